"""What the axes of a weight are, in PyTorch's order, and in what other orders they are written."""

from __future__ import annotations

from typing import Any

from shapecalc.grading.wording import volume_axes
from shapecalc.layers.base import Parameter
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense


def weight_axes(layer: Any, parameter: Parameter) -> tuple[str, ...]:
    """Return a letter or formula for each of the axes; empty where they have none."""
    if isinstance(layer, Dense):
        return ("units", "inputs") if parameter.role == "weight" else ("units",)
    if not isinstance(layer, Conv | DepthwiseConv | ConvTranspose):
        return ()
    if parameter.role != "weight":
        return ("K",) if not isinstance(layer, DepthwiseConv) else ()
    F = ("F",) * (len(parameter.shape) - 2)
    if isinstance(layer, DepthwiseConv):
        return ("C" if layer.multiplier == 1 else "C*multiplier", "1", *F)
    shared = "/groups" if layer.groups > 1 else ""
    if isinstance(layer, ConvTranspose):
        return ("C", f"K{shared}", *F)
    return ("K", f"C{shared}", *F)


def axes_in_words(layer: Any, parameter: Parameter) -> tuple[str, ...]:
    """Return what each of the axes is, as `filters`, `depth`, `height`, `width`; empty where they
    have no letters.
    """
    axes = weight_axes(layer, parameter)
    if isinstance(layer, Dense) or len(axes) < 2:
        return axes
    spatial = volume_axes(len(axes) - 1)[:-1]
    grouped = isinstance(layer, DepthwiseConv) or layer.groups > 1
    if isinstance(layer, ConvTranspose):
        return ("depth of the input", "filters of a group" if grouped else "filters", *spatial)
    return ("filters", "depth of a filter" if grouped else "depth", *spatial)
