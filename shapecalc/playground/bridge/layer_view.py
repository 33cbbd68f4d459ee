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
from shapecalc.geometry import fit_window
from shapecalc.layers.base import axis_titles
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
    separable,
    summed,
)
from shapecalc.records import LayerRecord
from shapecalc.reports import sentences
from shapecalc.volumes import all_known, is_known, show

MOST_SLICES = 3  # that are drawn and added up
ROOM = (5, 16)  # fewest and most places that are drawn along an axis
Compute = Callable[[tuple[int, ...]], Output]


class Shown(NamedTuple):
    """What of a layer is shown: its window, how its outputs are computed, how deep it looks."""

    window: Window
    compute: Compute
    padding_counts: bool = True
    slices: int = 1  # that are added up here
    deep: int = 1  # that a real output adds up
    bias: bool = False
    told: str = ""  # what else there is to know of its weights


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
    place = tuple(
        min(max(0, one), axis.fit.size - 1) for one, axis in zip(given, axes, strict=True)
    )
    room = min(max(ROOM[0], room), ROOM[1])
    parts = [axis.part(one, room) for axis, one in zip(axes, place, strict=True)]
    output = shown.compute(place)
    return {
        **told,
        "drawn": True,
        "axes": list(axis_titles(len(axes))),
        "at": list(place),
        "size": [axis.fit.size for axis in axes],
        "part": _part(shown, parts),
        "window": _window(shown, output),
        "filter": _filter(shown, place) if shown.window.weighted else None,
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
    if record.kind not in _SHOWN:
        raise _NotDrawn(_UNLIKE.get(record.kind, f"{record.kind} has no window that slides"))
    rank = len(volume) - 1
    if rank > 2:
        raise _NotDrawn("windows are drawn in one and two dimensions, and this one has three")
    shown = _SHOWN[record.kind](layer, volume)
    widest = max(axis.fit.span for axis in shown.window.axes)
    if widest > WIDEST:
        raise _NotDrawn(f"its window spans {widest:,} values, more than the {WIDEST} that fit here")
    return shown


# What draws a kind: of the layer and its input's volume. By name, so that no family is imported
# before a network has one.


def _convolution(layer: Any, volume: Sequence[int], local: bool = False) -> Shown:
    axes = tuple(map(SlidingAxis, layer.fits(volume).axes))
    told = (
        "Every place has a filter of its own, and this is the one of this place." if local else ""
    )
    window = Window(axes, layer.border(), True, local)
    return _adding(window, layer.filters(volume[-1])[1], layer.bias, told)


def _separable(layer: Any, volume: Sequence[int]) -> Shown:
    found = _convolution(layer, volume)
    weights = ", ".join(str(made_up.pointwise(number)) for number in range(found.slices))
    told = (
        f"What each slice gives is then weighted by the filter of 1x1, whose weights are {weights}."
    )
    compute = partial(separable, found.window, found.slices, found.bias)
    return found._replace(compute=compute, told=told)


def _transposed(layer: Any, volume: Sequence[int]) -> Shown:
    window = Window(tuple(map(TransposedAxis, layer.transposed_fits(volume))), weighted=True)
    return _adding(window, volume[-1] // layer.groups, layer.bias)


def _adding(window: Window, deep: int, bias: bool, told: str = "") -> Shown:
    slices = min(deep, MOST_SLICES)
    return Shown(window, partial(summed, window, slices, bias), True, slices, deep, bias, told)


def _sliding(layer: Any, volume: Sequence[int]) -> Window:
    return Window(tuple(map(SlidingAxis, layer.fits(volume).axes)))


def _whole(volume: Sequence[int]) -> Window:
    """Return the window of a global pool: as large as the input."""
    return Window(tuple(SlidingAxis(fit_window(W, W, 1, 0, 1, "exact")) for W in volume[:-1]))


def _largest(window: Window) -> Shown:
    return Shown(window, partial(largest, window), padding_counts=False)


def _mean(window: Window, padding_counts: bool = True) -> Shown:
    return Shown(window, partial(mean, window, padding_counts), padding_counts)


def _root(window: Window) -> Shown:
    return Shown(window, partial(root, window))


_SHOWN: dict[str, Callable[[Any, Sequence[int]], Shown]] = {
    "conv": _convolution,
    "depthwise_conv": _convolution,
    "separable_conv": _separable,
    "local_conv": partial(_convolution, local=True),
    "conv_transpose": _transposed,
    "max_pool": lambda layer, volume: _largest(_sliding(layer, volume)),
    "avg_pool": lambda layer, volume: _mean(_sliding(layer, volume), layer.counts_padding),
    "l2_pool": lambda layer, volume: _root(_sliding(layer, volume)),
    "global_max_pool": lambda layer, volume: _largest(_whole(volume)),
    "global_avg_pool": lambda layer, volume: _mean(_whole(volume)),
}
_BINS = "{} has windows of several sizes: the input is divided into as many as it has outputs"
_UNLIKE = {
    **{kind: _BINS.format(kind) for kind in ("adaptive_max_pool", "adaptive_avg_pool")},
    "max_unpool": "max_unpool puts values back where a max_pool took them, and has no window",
}


def has_window(record: LayerRecord) -> bool:
    """Say whether a layer's kind has a window that can be looked at."""
    return record.kind in _SHOWN


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
            len(p.outputs) == axis.fit.size for p, axis in zip(parts, window.axes, strict=True)
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


def _filter(shown: Shown, place: tuple[int, ...]) -> dict[str, Any]:
    """Return the weights at a place of the output by slice, row and column, and the bias."""
    taps = _rows([range(axis.fit.F) for axis in shown.window.axes])
    weights = [
        [[shown.window.weight(number, tap, place) for tap in row] for row in taps]
        for number in range(shown.slices)
    ]
    return {"weights": weights, "bias": made_up.BIAS if shown.bias else None}


def _notes(shown: Shown, record: LayerRecord) -> list[str]:
    """Return what the picture does not show, and what differs between it and the layer."""
    notes = [shown.told] if shown.told else []
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
