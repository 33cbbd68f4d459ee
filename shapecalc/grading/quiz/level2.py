"""Level 2: padding that keeps the size, strides that may not fit, groups, two layers."""

from __future__ import annotations

from typing import Any

from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.problem import (
    DEPTHS,
    FILTERS,
    POOLS,
    UNITS,
    WIDEST,
    Problem,
    Spec,
    Template,
    asking,
    image,
    layer,
    network,
    window_of,
)

SLIDING = ("conv", "depthwise_conv", *POOLS)


def _keeping(kind: str) -> Template:
    """Return what asks for the padding that keeps height and width."""

    def draw_problem(draw: Draws) -> Problem | None:
        half = draw.between(1, 5)
        window = (2 * half + 1, 1, half)
        width = draw.between(12, WIDEST)
        spec = network((width, width, draw.one_of(DEPTHS)), layer(kind, window, draw))
        return asking(spec, f"P({kind}1)")

    return Template((kind,), draw_problem)


def _strided(kind: str, draw: Draws, fits: bool) -> Spec | None:
    """Return one layer with a stride above 1 that fits, or that leaves a rest along both axes."""
    F = draw.one_of((2, 3, 4, 5) if kind in POOLS else (3, 4, 5, 7))
    S = draw.one_of((2, 3) if kind in POOLS else (2, 3, 4))
    P = 0 if kind in POOLS else draw.between(0, (F - 1) // 2)
    volume = image(draw, [(F, S, P)], draw.one_of(DEPTHS), WIDEST - S)
    if volume is None or S > F:
        return None
    rest = 0 if fits else draw.between(1, S - 1)
    height, width, D = volume
    return network((height + rest, width + rest, D), layer(kind, (F, S, P), draw))


def _fitting(kind: str) -> Template:
    """Return what asks whether a stride fits; one half of them do not."""
    return Template(
        (kind,), lambda draw: asking(_strided(kind, draw, bool(draw.below(2))), f"fits({kind}1)")
    )


def _rounded(kind: str) -> Template:
    """Return what asks for a volume that is rounded down."""

    def draw_problem(draw: Draws) -> Problem | None:
        spec = _strided(kind, draw, fits=False)
        if spec is not None:
            spec["rounding"] = "floor"
        return asking(spec, f"{kind}1.output")

    return Template((kind,), draw_problem)


def _two(first: str, second: str, *paths: str) -> Template:
    """Return what asks about two layers that slide, one after the other."""

    def draw_problem(draw: Draws) -> Problem | None:
        windows = [window_of(first, draw), window_of(second, draw)]
        volume = image(draw, windows, draw.one_of(DEPTHS))
        if volume is None:
            return None
        layers = [layer(k, w, draw) for k, w in zip((first, second), windows, strict=True)]
        return asking(network(volume, *layers), *paths)

    return Template(tuple(dict.fromkeys((first, second))), draw_problem)


def _dense(units: int) -> dict[str, Any]:
    return {"dense": {"units": units}}


def _dense_alone(draw: Draws) -> Problem | None:
    width = draw.between(4, 32)
    volume = (width, width, draw.one_of((1, 3, 3, 8, 16)))
    keys = draw.one_of((("parameters",), ("weights", "biases")))
    return asking(network(volume, _dense(draw.one_of(UNITS))), *[f"dense1.{key}" for key in keys])


def _dense_twice(draw: Draws) -> Problem | None:
    spec = network((draw.between(8, 200),), *[_dense(draw.one_of(UNITS)) for _ in range(2)])
    return asking(spec, "dense2.parameters", "total.parameters")


def _before_dense(kind: str) -> Template:
    """Return what asks about a dense layer on the volume that another layer makes."""

    def draw_problem(draw: Draws) -> Problem | None:
        window = window_of(kind, draw)
        volume = image(draw, [window], draw.one_of(DEPTHS), 24)
        if volume is None:
            return None
        spec = network(volume, layer(kind, window, draw), _dense(draw.one_of(UNITS)))
        return asking(spec, f"{kind}1.output", "dense1.parameters", "total.parameters")

    return Template((kind, "dense"), draw_problem)


def _grouped(draw: Draws) -> Problem | None:
    groups = draw.one_of((2, 2, 4))
    F = draw.one_of((3, 5))
    volume = image(draw, [(F, 1, 0)], groups * draw.between(1, 8))
    if volume is None:
        return None
    K = groups * draw.between(2, 12)
    spec = network(volume, {"conv": {"K": K, "F": F, "S": 1, "P": 0, "groups": groups}})
    return asking(spec, *draw.one_of((("conv1.weights",), ("conv1.output", "conv1.parameters"))))


def _separable(draw: Draws) -> Problem | None:
    F = draw.one_of((3, 3, 5))
    volume = image(draw, [(F, 1, 0)], draw.one_of((3, 4, 8, 16, 32)))
    if volume is None:
        return None
    point = {"conv": {"K": draw.one_of(FILTERS), "F": 1, "S": 1, "P": 0}}
    spec = network(volume, layer("depthwise_conv", (F, 1, 0), draw), point)
    return asking(spec, "depthwise_conv1.parameters", "conv1.parameters", "total.parameters")


TEMPLATES = (
    _keeping("conv"),
    *[_fitting(kind) for kind in SLIDING],
    *[_rounded(kind) for kind in SLIDING],
    _two("conv", "conv", "conv2.output", "total.parameters"),
    _two("conv", "conv", "conv2.parameters"),
    _two("conv", "max_pool", "max_pool1.output", "total.parameters"),
    _two("conv", "avg_pool", "avg_pool1.output"),
    _two("max_pool", "max_pool", "max_pool2.output"),
    _two("avg_pool", "avg_pool", "avg_pool2.output"),
    _two("depthwise_conv", "depthwise_conv", "depthwise_conv2.output", "total.parameters"),
    Template(("dense",), _dense_alone),
    Template(("dense",), _dense_twice),
    _before_dense("conv"),
    _before_dense("max_pool"),
    Template(("conv",), _grouped),
    Template(("depthwise_conv", "conv"), _separable),
)
