"""Level 3: receptive fields, multiply-accumulates, im2col; values: numeric_problems.py."""

from __future__ import annotations

from shapecalc.grading.quiz import numeric_problems
from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.level1 import one_layer
from shapecalc.grading.quiz.problem import (
    UNITS,
    Problem,
    Template,
    asking,
    image,
    layer,
    named_layers,
    network,
    window_of,
)


def _stack(*kinds: str) -> Template:
    """Return what asks for the receptive field and the jump of the last of three layers."""

    def draw_problem(draw: Draws) -> Problem | None:
        windows = [window_of(kind, draw) for kind in kinds]
        volume = image(draw, windows, draw.one_of((1, 3)))
        if volume is None:
            return None
        layers = [layer(kind, w, draw) for kind, w in zip(kinds, windows, strict=True)]
        spec = network(volume, *layers)
        *_, (last, _, _) = named_layers(spec)
        return asking(spec, f"{last}.receptive_field", f"{last}.jump")

    return Template(tuple(dict.fromkeys(kinds)), draw_problem)


def _dense_macs(draw: Draws) -> Problem | None:
    width = draw.between(2, 16)
    units = [draw.one_of(UNITS) for _ in range(2)]
    spec = network((width, width, draw.one_of((1, 3))), *[{"dense": {"units": n}} for n in units])
    return asking(spec, "dense1.macs", "total.macs")


def _unshared(draw: Draws) -> Problem | None:
    window = window_of("conv", draw)
    volume = image(draw, [window], draw.one_of((1, 3)), 20)
    if volume is None:
        return None
    spec = network(volume, layer("conv", window, draw))
    return asking(spec, "conv1.parameters", "conv1.unshared_parameters")


TEMPLATES = (
    _stack("conv", "conv", "conv"),
    _stack("conv", "max_pool", "conv"),
    _stack("max_pool", "max_pool", "max_pool"),
    _stack("avg_pool", "avg_pool", "avg_pool"),
    _stack("depthwise_conv", "depthwise_conv", "depthwise_conv"),
    one_layer("conv", "output", "macs"),
    one_layer("conv", "macs", "flops"),
    one_layer("depthwise_conv", "output", "macs"),
    one_layer("conv", "im2col"),
    Template(("dense",), _dense_macs),
    Template(("conv",), _unshared),
    *numeric_problems.TEMPLATES,
)
