"""What is wrong with the geometry of a scene, by its own measures of text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from shapecalc.pictures.scene import Box, Line, Point, Scene, Text

SLACK = 0.8  # px that letters' boxes may share: they are taller than the letters
TOUCHED = 2.0  # px of such a box at its edges that a line may touch


def faults(scene: Scene) -> Iterator[str]:
    """Yield texts that overlap, that lie across a line or the edge of a thing, and what is cut
    off.
    """
    texts = [leaf for leaf in scene.leaves() if isinstance(leaf, Text)]
    things = [leaf for leaf in scene.leaves() if getattr(leaf, "solid", False)]
    whole = Box(0, 0, scene.width, scene.height)
    for leaf in scene.leaves():
        if not whole.holds(leaf.box, 0.5):
            yield f"{leaf} is outside of {scene.width:.0f}×{scene.height:.0f}"
    boxed = sorted(((text.box, text) for text in texts), key=lambda pair: pair[0].top)
    for number, (box, text) in enumerate(boxed):
        for other, second in boxed[number + 1 :]:
            if other.top >= box.bottom:
                break
            if box.meets(other, SLACK):
                yield f"{text.text!r} and {second.text!r} overlap at {box}"
    solid = [thing.box for thing in things]
    for box, text in boxed:
        for thing in solid:
            if box.meets(thing, SLACK) and not thing.holds(box, SLACK) and not box.holds(thing, 3):
                yield f"{text.text!r} at {box} lies across the edge of {thing}"
    ways = [leaf for leaf in scene.leaves() if isinstance(leaf, Line)]
    segments = [pair for way in ways for pair in pairwise(way.points)]
    for box, text in boxed:
        inner = Box(
            box.left + TOUCHED, box.top + TOUCHED, box.right - TOUCHED, box.bottom - TOUCHED
        )
        if any(_crosses(start, end, inner) for start, end in segments):
            yield f"a line runs through {text.text!r} at {box}"


def _crosses(start: Point, end: Point, box: Box) -> bool:
    """Say whether a line has a point in a box: it is cut to the box, axis by axis."""
    first, last = 0.0, 1.0
    sides = ((box.left, box.right), (box.top, box.bottom))
    for here, there, (low, high) in zip(start, end, sides, strict=True):
        if here == there:
            if not low < here < high:
                return False
            continue
        enters, leaves = sorted(((low - here) / (there - here), (high - here) / (there - here)))
        first, last = max(first, enters), min(last, leaves)
    return first < last
