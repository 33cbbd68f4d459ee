"""The receptive field measured: one output's gradient is passed back, and where it arrives counts.

Only where a gradient goes matters, not how large it is. So each kernel runs backward on values
chosen so that nothing cancels, positive inputs, weights and gradients, with a few channels; what
arrives is made 0 or random again before the next kernel. Channels hold ramps in every
direction: the largest value of a window lies in each of its corners in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from shapecalc.diagnostics import Refusal
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.kernels import KERNELS, Context
from shapecalc.layers import Layer
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace

ROOM = 2**24  # values of an array that a measurement may need

Interval = tuple[int, int]  # first and last pixel along an axis


class Measured(NamedTuple):
    """Where one output looks: for each spatial axis the first and last pixel of the input."""

    layer: int
    at: tuple[int, ...]  # the output's position
    reached: tuple[Interval, ...] | None  # None where nothing arrived


class Tracker:
    """Passes marks back from one output of each of some layers to the inputs, all in one go."""

    def __init__(self, trace: Trace, layers: Sequence[int]) -> None:
        self.trace = trace
        self.offset = len(trace.inputs)
        self.layers = list(layers)
        self.random = np.random.default_rng(0)
        self.marks: dict[int, Array] = {}  # by value: targets x spatial sizes (or units), bool

    def run(self) -> list[Measured]:
        """Return what each layer's central output sees; layers beyond the room are left out."""
        at = {}
        for row, layer in enumerate(self.layers):
            record = self.trace.layers[layer]
            sizes = _places(record.output or ())
            at[layer] = tuple(size // 2 for size in sizes)
            self._mark(layer + self.offset, sizes)[(row, *at[layer])] = True
        lost = np.zeros(len(self.layers), bool)
        for layer in reversed(range(len(self.trace.layers))):
            marks = self.marks.pop(layer + self.offset, None)
            if marks is None:
                continue
            rows = np.flatnonzero(marks.reshape(len(marks), -1).any(axis=1))
            if not self._pass_back(layer, marks, rows):
                lost[rows] = True
        return [
            Measured(layer, at[layer], self._reached(row))
            for row, layer in enumerate(self.layers)
            if not lost[row]
        ]

    def _mark(self, value: int, sizes: Sequence[int]) -> Array:
        if value not in self.marks:
            self.marks[value] = np.zeros((len(self.layers), *sizes), bool)
        return self.marks[value]

    def _pass_back(self, layer: int, marks: Array, rows: Array) -> bool:
        """Pass the marks of some rows through one layer; say whether there was room."""
        record = self.trace.layers[layer]
        volumes, thin = list(record.input or ()), record.layer
        assert thin is not None, "only sound networks are measured"
        assert record.output is not None, "only sound networks are measured"
        few = all(len(v) > 1 for v in (*volumes, record.output)) or record.kind == "dense"
        if few:
            channels = max(2 ** (len(volumes[0]) - 1), len(volumes))
            volumes = [(*v[:-1], channels) if len(v) > 1 else v for v in volumes]
            thin = _thinned(thin, channels)
        if len(rows) * max(prod(volumes[0]), prod(record.output[:-1])) > ROOM:
            return False
        gradients = self._gradients(record, thin, volumes, marks[rows], few)
        if gradients is None:
            return False
        sources = self.trace.spec.nodes[layer].sources or ()
        for source, gradient in zip(sources, gradients, strict=True):
            arrived: Array = np.array(gradient, bool)
            if gradient.ndim > 2:
                arrived = np.logical_or.reduce(arrived, axis=-1)
            self._mark(source, arrived.shape[1:])[rows] |= arrived
        return True

    def _gradients(
        self,
        record: LayerRecord,
        layer: Layer,
        volumes: Sequence[tuple[int, ...]],
        marks: Array,
        few: bool,
    ) -> Sequence[Array] | None:
        context = Context(Buffers("float32"), training=False)
        kernel = KERNELS[record.kind](layer)
        count = len(volumes)
        inputs = [_ramps(volume, len(marks), i, count) for i, volume in enumerate(volumes)]
        try:
            shapes = layer.parameters(volumes)
        except Refusal:
            return None
        parameters = {
            name: kernel.inside(name, self._positive(shape)) for name, shape in shapes.items()
        }
        output, saved = kernel.forward(context, inputs, parameters)
        upstream = self._positive(output.shape)
        if record.kind == "dense" and few:  # any unit sees what every unit sees
            upstream *= np.logical_or.reduce(marks, axis=1, keepdims=True)
        else:
            upstream *= marks if output.ndim == 2 else marks[..., None]
        wanted = [True] * len(inputs)
        below, _ = kernel.backward(context, upstream, saved, parameters, wanted)
        return [gradient for gradient in below if gradient is not None]

    def _positive(self, shape: Sequence[int]) -> Array:
        return self.random.uniform(0.5, 1.5, shape).astype(np.float32)

    def _reached(self, row: int) -> tuple[Interval, ...] | None:
        """Return the extent of what arrived at the inputs, on all of them together."""
        reached: tuple[Interval, ...] | None = None
        for value in range(self.offset):
            marks = self.marks.get(value)
            if marks is None or not marks[row].any():
                continue
            places = np.nonzero(marks[row])
            here = tuple((int(axis.min()), int(axis.max())) for axis in places)
            if reached is None or len(reached) != len(here):
                reached = here
            reached = tuple(
                (min(a, c), max(b, d)) for (a, b), (c, d) in zip(reached, here, strict=True)
            )
        return reached


def _places(volume: tuple[int, ...]) -> tuple[int, ...]:
    """Return the sizes of what is marked: positions of a volume, values of a flat vector."""
    return volume[:-1] if len(volume) > 1 else volume


def _thinned(layer: Layer, channels: int) -> Layer:
    """Return a layer with a few channels: where a gradient goes does not depend on the depth."""
    changes: dict[str, Any] = {"K": channels, "units": channels, "groups": 1}
    fields = type(layer).model_fields
    return layer.model_copy(update={k: v for k, v in changes.items() if k in fields})


def _ramps(volume: tuple[int, ...], examples: int, source: int, sources: int) -> Array:
    """Return values about 1 that grow in another direction in every channel.

    Of several sources, each is the largest in some channel.
    """
    channels = volume[-1]
    values = np.ones(volume, np.float32)
    values += (np.arange(channels) % sources == source).astype(np.float32) * (sources > 1)
    directions = list(product((-1, 1), repeat=len(volume) - 1))
    for axis, size in enumerate(volume[:-1]):
        sign = np.array([directions[c % len(directions)][axis] for c in range(channels)])
        ramp = (np.arange(size) - (size - 1) / 2) / (4 * size)
        shape = [1] * len(volume)
        shape[axis] = size
        values += ramp.reshape(shape) * sign
    return np.broadcast_to(values, (examples, *volume)).astype(np.float32)
