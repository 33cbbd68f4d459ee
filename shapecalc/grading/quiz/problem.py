"""What a problem is: a small network, and what is asked of it. Templates draw problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from shapecalc.grading.quiz.draws import Draws

Window = tuple[int, int, int]  # F, S, P
Spec = dict[str, Any]

KINDS = ("conv", "depthwise_conv", "max_pool", "avg_pool", "dense")  # what a quiz asks about
POOLS = ("max_pool", "avg_pool")
FILTERS = (4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64)
DEPTHS = (1, 3, 3, 3, 4, 6, 8, 16, 32)
UNITS = (2, 3, 4, 5, 10, 20, 50, 100)
WIDEST = 64  # an input's height and width
LARGEST = 10**7  # an answer that is still worked out by hand


class Part(NamedTuple):
    """One question of a problem; `text` is empty where the path says it all. `more` are keys that
    the question has in an assignment.
    """

    path: str
    text: str = ""
    more: Mapping[str, Any] = MappingProxyType({})


class Problem(NamedTuple):
    """A network in a spec, and what is asked of it; `intro` is empty where the spec says it all."""

    spec: Spec
    parts: tuple[Part, ...]
    intro: str = ""


class Template(NamedTuple):
    """Draws problems of one form. It is used where all its `kinds` are asked about.

    Numbers that do not suit make None, or a problem that is refused; both are drawn again.
    """

    kinds: tuple[str, ...]
    draw: Callable[[Draws], Problem | None]


def asking(spec: Spec | None, *paths: str) -> Problem | None:
    """Return a problem whose texts follow from the spec and the paths."""
    return None if spec is None else Problem(spec, tuple(map(Part, paths)))


def network(volume: Sequence[int], *layers: Mapping[str, Any]) -> Spec:
    """Return a spec of layers in a row."""
    return {"input": "x".join(map(str, volume)), "layers": list(layers)}


def named_layers(spec: Spec) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield name, kind and fields of a spec's layers, which are all written as mappings."""
    count: dict[str, int] = {}
    for layer in spec["layers"]:
        ((kind, fields),) = layer.items()
        count[kind] = count.get(kind, 0) + 1
        yield f"{kind}{count[kind]}", kind, fields


def width_through(draw: Draws, windows: Sequence[Window], most: int = WIDEST) -> int:
    """Return a width that all windows fit in a row; 0 where there is none.

    It is worked out backwards from the last output, so that nothing is ever left over.
    """
    found = []
    for last in range(2, most):
        width = last
        for F, S, P in reversed(windows):
            width = (width - 1) * S + F - 2 * P
        if max(F for F, _, _ in windows) < width <= most:
            found.append(width)
    return draw.one_of(found) if found else 0


def image(
    draw: Draws, windows: Sequence[Window], D: int, most: int = WIDEST
) -> tuple[int, ...] | None:
    """Return an input volume that all windows fit; one in four is no square."""
    height = width = width_through(draw, windows, most)
    if not draw.below(4):
        width = width_through(draw, windows, most)
    return (height, width, D) if height and width else None


def conv_window(draw: Draws) -> Window:
    """Return F, S and P of a convolution as lectures have them."""
    F = draw.one_of((2, 3, 3, 3, 4, 5, 5, 7))
    return F, draw.one_of((1, 1, 1, 2, 3)), draw.between(0, (F - 1) // 2)


def pool_window(draw: Draws) -> Window:
    """Return F, S and P of a pool: most do not overlap, none is padded."""
    return draw.one_of(((2, 2, 0), (2, 2, 0), (3, 3, 0), (3, 2, 0), (4, 4, 0), (5, 5, 0)))


def window_of(kind: str, draw: Draws) -> Window:
    """Return the window of a pool or a convolution."""
    return pool_window(draw) if kind in POOLS else conv_window(draw)


def layer(kind: str, window: Window, draw: Draws) -> Mapping[str, Any]:
    """Return a pool or a convolution as a spec holds it, with a number of filters drawn."""
    F, S, P = window
    fields = {"F": F, "S": S, **({} if kind in POOLS else {"P": P})}
    return {kind: {"K": draw.one_of(FILTERS), **fields} if kind == "conv" else fields}
