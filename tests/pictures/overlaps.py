"""What is wrong with the geometry of a scene, by its own measures of text."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.pictures.scene import Box, Scene, Text

SLACK = 0.8  # px that letters' boxes may share: they are taller than the letters


def faults(scene: Scene) -> Iterator[str]:
    """Yield texts that overlap, that lie across the edge of a thing, and what is cut off."""
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
