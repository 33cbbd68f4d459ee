"""Level 4: sizes that fit, what a unit sees, FLOPs by conventions, layers that are counted; values:
level4_values.py.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from shapecalc.grading.kinds.flops import USUAL, convention_in_words
from shapecalc.grading.quiz import level4_values
from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.problem import (
    DEPTHS,
    POOLS,
    UNITS,
    Part,
    Problem,
    Spec,
    Template,
    Window,
    image,
    layer,
    named_layers,
    network,
    window_of,
)
from shapecalc.grading.settings import COUNTED

FARTHEST = 5  # row and column of a unit; one outside is drawn again
CONVENTIONS = [pair for pair in product(*COUNTED.values()) if pair != USUAL]


def _sliding(kinds: tuple[str, ...], windows: list[Window], draw: Draws, D: int) -> Spec | None:
    """Return layers that slide, on an input that they all fit."""
    volume = image(draw, windows, D)
    if volume is None:
        return None
    layers = [layer(kind, window, draw) for kind, window in zip(kinds, windows, strict=True)]
    return network(volume, *layers)


def _seen(*kinds: str) -> Template:
    """Return what asks for the rows and columns that a unit of the last layer sees."""

    def draw_problem(draw: Draws) -> Problem | None:
        windows = [window_of(kind, draw) for kind in kinds]
        spec = _sliding(kinds, windows, draw, draw.one_of((1, 3)))
        if spec is None:
            return None
        *_, (last, _, _) = named_layers(spec)
        row, column = draw.below(FARTHEST + 1), draw.below(FARTHEST + 1)
        text = (
            f"Which rows and columns of the input does the unit of {last} at row {row}, column"
            f" {column} see (first to last, all counted from 0, padding left out)?"
        )
        return Problem(spec, (Part(f"{last}.receptive_field[{row},{column}]", text),))

    return Template(tuple(dict.fromkeys(kinds)), draw_problem)


def _strided(kind: str, draw: Draws) -> Window:
    """Return a window whose stride is above 1, so that not all sizes fit."""
    if kind in POOLS:
        return draw.one_of(((2, 2, 0), (3, 3, 0), (3, 2, 0), (4, 4, 0), (5, 2, 0), (5, 3, 0)))
    F = draw.one_of((3, 3, 4, 5, 7))
    return F, draw.one_of((2, 2, 3, 4)), draw.between(0, (F - 1) // 2)


def _size(*kinds: str) -> Template:
    """Return what asks for a size that fits; which one it is drawn with is not told."""

    def draw_problem(draw: Draws) -> Problem | None:
        windows = [_strided(kind, draw) for kind in kinds]
        spec = _sliding(kinds, windows, draw, draw.one_of(DEPTHS))
        text = (
            "Which height and width of the input fit, with nothing left over at any stride? One"
            " size that fits is enough."
        )
        return None if spec is None else Problem(spec, (Part("fitting(input)", text),))

    return Template(tuple(dict.fromkeys(kinds)), draw_problem)


def _operations(spec: Spec, name: str, draw: Draws) -> Problem:
    """Return what asks for the FLOPs of a layer by a convention that is not the usual one."""
    mac, bias = draw.one_of(CONVENTIONS)
    text = (
        f"How many floating-point operations does {name} take for one example,"
        f" {convention_in_words((mac, bias))}?"
    )
    counting = {"flops": {"mac": mac, "bias": bias}}
    return Problem(spec, (Part(f"{name}.flops", text, counting),))


def _by_convention(kind: str) -> Template:
    """Return what asks for the FLOPs of one layer that slides."""

    def draw_problem(draw: Draws) -> Problem | None:
        spec = _sliding((kind,), [window_of(kind, draw)], draw, draw.one_of(DEPTHS))
        return None if spec is None else _operations(spec, f"{kind}1", draw)

    return Template((kind,), draw_problem)


def _dense_by_convention(draw: Draws) -> Problem | None:
    spec = network((draw.between(2, 400),), {"dense": {"units": draw.one_of(UNITS)}})
    return _operations(spec, "dense1", draw)


def _counted(draw: Draws) -> Problem | None:
    """Convolutions, a pool behind some of them, and dense layers."""
    kinds: list[str] = []
    for _ in range(draw.between(2, 4)):
        kinds += ["conv"] * draw.between(1, 2) + ["max_pool"] * draw.below(2)
    windows: list[Window] = [(2, 2, 0) if kind in POOLS else (3, 1, 1) for kind in kinds]
    volume = image(draw, windows, 3)
    if volume is None:
        return None
    layers = [layer(kind, window, draw) for kind, window in zip(kinds, windows, strict=True)]
    dense: list[dict[str, Any]] = [
        {"dense": {"units": draw.one_of(UNITS)}} for _ in range(draw.between(1, 3))
    ]
    return Problem(
        network(volume, *layers, *dense),
        (
            Part("total.layers", "How many layers does it have, the input not counted?"),
            Part("total.weight_layers", "How many of its layers multiply by weights?"),
        ),
    )


TEMPLATES = (
    _seen("conv", "conv"),
    _seen("conv", "max_pool", "conv"),
    _seen("max_pool", "max_pool"),
    _seen("avg_pool", "avg_pool"),
    _seen("depthwise_conv", "depthwise_conv"),
    _size("conv", "conv"),
    _size("conv", "max_pool"),
    _size("max_pool", "max_pool"),
    _size("avg_pool", "avg_pool"),
    _size("depthwise_conv", "depthwise_conv"),
    _by_convention("conv"),
    _by_convention("depthwise_conv"),
    Template(("dense",), _dense_by_convention),
    Template(("conv", "max_pool", "dense"), _counted),
    *level4_values.TEMPLATES,
)
