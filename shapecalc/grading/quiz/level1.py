"""Level 1: one layer, its output volume, or its weights, biases and parameters."""

from __future__ import annotations

from collections.abc import Callable

from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.problem import (
    DEPTHS,
    POOLS,
    UNITS,
    Problem,
    Template,
    asking,
    image,
    layer,
    network,
    window_of,
)


def one_layer(kind: str, *keys: str) -> Template:
    """Return what asks for some keys of one layer that slides."""

    def draw_problem(draw: Draws) -> Problem | None:
        window = window_of(kind, draw)
        volume = image(draw, [window], draw.one_of(DEPTHS))
        if volume is None:
            return None
        paths = [f"{kind}1.{key}" for key in keys]
        return asking(network(volume, layer(kind, window, draw)), *paths)

    return Template((kind,), draw_problem)


def _dense(*keys: str) -> Callable[[Draws], Problem | None]:
    def draw_problem(draw: Draws) -> Problem | None:
        spec = network((draw.between(2, 400),), {"dense": {"units": draw.one_of(UNITS)}})
        return asking(spec, *[f"dense1.{key}" for key in keys])

    return draw_problem


TEMPLATES = (
    one_layer("conv", "output"),
    one_layer("conv", "parameters"),
    one_layer("conv", "weights", "biases"),
    one_layer("conv", "output", "parameters"),
    *[one_layer(kind, "output") for kind in POOLS],
    one_layer("max_pool", "output", "parameters"),
    one_layer("depthwise_conv", "output"),
    one_layer("depthwise_conv", "weights", "biases"),
    Template(("dense",), _dense("parameters")),
    Template(("dense",), _dense("weights", "biases")),
)
