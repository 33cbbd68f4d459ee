"""A view of one layer: its window on a part of the input, with the arithmetic of one output value.

The values are made up (made_up.py): the picture shows how a layer works, not what it has learned.
Everything on the page is worked out here, the sizes by the layer's own formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from math import ceil, floor
from typing import Any, NamedTuple

from shapecalc.diagnostics import LayerError
from shapecalc.layers.base import Layer, axis_titles
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.pool import AvgPool, L2Pool, MaxPool
from shapecalc.playground.bridge import made_up
from shapecalc.playground.bridge.last import layer_of_last
from shapecalc.playground.bridge.window_axis import (
    WIDEST,
    Part,
    SlidingAxis,
    TransposedAxis,
)
from shapecalc.playground.bridge.window_values import (
    Output,
    Window,
    largest,
    mean,
    number,
    root,
    summed,
)
from shapecalc.records import LayerRecord
from shapecalc.reports import sentences
from shapecalc.volumes import all_known, is_known, show

MOST_SLICES = 3  # that are drawn and added up
ROOM = (5, 16)  # fewest and most places that are drawn along an axis
DRAWN = "conv, depthwise_conv, conv_transpose, max_pool, avg_pool and l2_pool"
Compute = Callable[[tuple[int, ...]], Output]


class Shown(NamedTuple):
    """What of a layer is shown: its window, how its outputs are computed, how deep it looks."""

    window: Window
    compute: Compute
    padding_counts: bool = True
    slices: int = 1  # that are added up here
    deep: int = 1  # that a real output adds up
    bias: bool = False


def of_last(index: int, at: Sequence[int] = (), room: int = 11) -> dict[str, Any]:
    """Return the view of a layer of the network that the page shows."""
    return layer_view(layer_of_last(index), at, room)


def layer_view(record: LayerRecord, at: Sequence[int] = (), room: int = 11) -> dict[str, Any]:
    """Return what the page shows of a layer at one place of its output.

    `at` is the output's place, (row, column) or (position,), the nearest one where there is none
    such; `room` is how many values fit beside each other. Where there is nothing to draw,
    `drawn` is false and `why` says the reason.
    """
    told: dict[str, Any] = {
        "name": record.name,
        "summary": record.summary,
        "input": [show(volume) for volume in record.input or ()],
        "output": show(record.output) if record.output is not None else None,
        "sizes": _told(record, "output"),
        "field_working": _told(record, "receptive_field"),
    }
    try:
        shown = _shown(record)
    except (LayerError, _NotDrawn) as error:
        why = error.fault.message if isinstance(error, LayerError) else str(error)
        return {**told, "drawn": False, "why": why}
    axes = shown.window.axes
    given = [*at, *(0 for _ in axes)][: len(axes)]
    place = tuple(min(max(0, one), axis.size - 1) for one, axis in zip(given, axes, strict=True))
    room = min(max(ROOM[0], room), ROOM[1])
    parts = [axis.part(one, room) for axis, one in zip(axes, place, strict=True)]
    output = shown.compute(place)
    return {
        **told,
        "drawn": True,
        "axes": list(axis_titles(len(axes))),
        "at": list(place),
        "size": [axis.size for axis in axes],
        "part": _part(shown, parts),
        "window": _window(shown, output),
        "filter": _filter(shown, record.layer) if shown.window.weighted else None,
        "value": number(output.value),
        "lines": [[line._asdict() for line in lines] for lines in output.lines],
        "total": output.total,
        "notes": _notes(shown, record),
        "field": _field(record, place),
    }


class _NotDrawn(Exception):
    """A layer that there is no window of to draw, and why."""


def _shown(record: LayerRecord) -> Shown:
    """Return what is shown of a layer. Raises _NotDrawn, or LayerError for one that is faulty."""
    layer = record.layer
    if layer is None or not record.input or record.output is None:
        raise _NotDrawn(f"the sizes of {record.name} are not known: mend what is found first")
    if not all_known(record.input) or not is_known(record.output):
        raise _NotDrawn(f"the sizes of {record.name} are not all known: write them in the input")
    volume = record.input[0]
    if type(layer) not in _SHOWN:
        raise _NotDrawn(f"{record.kind} has no window that slides; drawn are {DRAWN}")
    rank = len(volume) - 1
    if rank > 2:
        raise _NotDrawn("windows are drawn in one and two dimensions, and this one has three")
    shown = _SHOWN[type(layer)](layer, volume)
    widest = max(axis.span for axis in shown.window.axes)
    if widest > WIDEST:
        raise _NotDrawn(f"its window spans {widest:,} values, more than the {WIDEST} that fit here")
    return shown


def _convolution(layer: Conv | DepthwiseConv, volume: tuple[int, ...]) -> Shown:
    deep = layer.filters(volume[-1])[1]
    window = Window(tuple(map(SlidingAxis, layer.fits(volume).axes)), layer.border(), True)
    return _adding(window, deep, layer.bias)


def _transposed(layer: ConvTranspose, volume: tuple[int, ...]) -> Shown:
    window = Window(tuple(map(TransposedAxis, layer.transposed_fits(volume))), "zeros", True)
    return _adding(window, volume[-1] // layer.groups, layer.bias)


def _adding(window: Window, deep: int, bias: bool) -> Shown:
    slices = min(deep, MOST_SLICES)
    return Shown(window, partial(summed, window, slices, bias), True, slices, deep, bias)


def _pool(layer: MaxPool | AvgPool | L2Pool, volume: tuple[int, ...]) -> Shown:
    window = Window(tuple(map(SlidingAxis, layer.fits(volume).axes)), "zeros", False)
    if isinstance(layer, MaxPool):
        return Shown(window, partial(largest, window), False)
    if isinstance(layer, AvgPool):
        return Shown(window, partial(mean, window, layer.counts_padding), layer.counts_padding)
    return Shown(window, partial(root, window))


_SHOWN: dict[type[Layer], Callable[[Any, tuple[int, ...]], Shown]] = {
    Conv: _convolution,
    DepthwiseConv: _convolution,
    ConvTranspose: _transposed,
    MaxPool: _pool,
    AvgPool: _pool,
    L2Pool: _pool,
}


def has_window(record: LayerRecord) -> bool:
    """Say whether a layer's kind has a window that can be looked at."""
    return type(record.layer) in _SHOWN


def _part(shown: Shown, parts: Sequence[Part]) -> dict[str, Any]:
    """Return the values of the part that is drawn, of the input by slice, row and column; None
    where padding has no value.
    """
    places, outputs = _rows([p.places for p in parts]), _rows([p.outputs for p in parts])
    window = shown.window

    def value(number: int, place: tuple[int, ...]) -> int | None:
        return window.at(number, place) if shown.padding_counts or window.inside(place) else None

    return {
        "places": [p.places.start for p in parts],
        "outputs": [p.outputs.start for p in parts],
        "input": [
            [[value(number, place) for place in row] for row in places]
            for number in range(shown.slices)
        ],
        "inside": [[window.inside(place) for place in row] for row in places],
        "output": [[number(shown.compute(place).value) for place in row] for row in outputs],
        "whole": all(
            len(p.outputs) == axis.size for p, axis in zip(parts, window.axes, strict=True)
        ),
    }


def _rows(ranges: Sequence[range]) -> list[list[tuple[int, ...]]]:
    """Return the places of a part, row by row; one axis is a single row."""
    *rows, columns = ranges
    return [[(*row, column) for column in columns] for row in product(*rows)]


def _window(shown: Shown, output: Output) -> dict[str, Any]:
    """Return the places that the window looks at, by tap, and the one that is chosen."""
    (taps, *_) = output.seen
    return {
        "taps": [list(one.tap) for one in taps],
        "places": [list(one.place) for one in taps],
        "chosen": list(output.chosen) if output.chosen else None,
    }


def _filter(shown: Shown, layer: Any) -> dict[str, Any]:
    """Return the weights by slice, row and column, and the bias."""
    taps = _rows([range(axis.F) for axis in shown.window.axes])
    weights = [
        [[made_up.weight(number, tap) for tap in row] for row in taps]
        for number in range(shown.slices)
    ]
    return {"weights": weights, "bias": made_up.BIAS if shown.bias else None}


def _notes(shown: Shown, record: LayerRecord) -> list[str]:
    """Return what differs between the picture and the layer."""
    notes = []
    if shown.deep > shown.slices:
        notes.append(
            f"{shown.slices} of {shown.deep:,} slices are added up here; {record.name} adds up all"
            f" {shown.deep:,}."
        )
    if shown.window.mode != "zeros":
        notes.append(f"The padding repeats values of the input: mode {shown.window.mode}.")
    if not shown.padding_counts and any(axis.padded for axis in shown.window.axes):
        notes.append(f"The padding does not count: {record.name} looks at the input alone.")
    return notes


def _told(record: LayerRecord, quantity: str) -> list[str]:
    return [sentences.sentence(one) for one in sentences.chosen(record, [quantity])]


def _field(record: LayerRecord, place: Sequence[int]) -> dict[str, Any] | None:
    """Return which pixels of the network's input an output sees; None where that is not known."""
    field = record.field
    if field is None or not field.placed or not field.extent:
        return None
    if field.whole or field.axes is None or len(field.axes) != len(place):
        return None
    spans = [(axis.start(at), axis.end(at)) for axis, at in zip(field.axes, place, strict=True)]
    return {
        "extent": list(field.extent),
        "spans": [[float(low), float(high)] for low, high in spans],
        "said": _said(spans, field.extent, field.exact),
    }


LINES = {"height": "rows", "width": "columns", "length": "positions"}


def _said(spans: Sequence[tuple[Any, Any]], extent: Sequence[int], exact: bool) -> str:
    """Tell which part of the network's input an output sees."""
    parts = [
        f"{LINES[title]} {floor(low)} to {ceil(high)}"
        for title, (low, high) in zip(axis_titles(len(spans)), spans, strict=True)
    ]
    over = any(low < 0 or high >= W for (low, high), W in zip(spans, extent, strict=True))
    return (
        f"It sees {'' if exact else 'at most '}{' and '.join(parts)} of the network's input, which"
        f" is {show(extent)}{', and some of the padding around it' if over else ''}."
    )
