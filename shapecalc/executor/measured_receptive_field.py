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

from shapecalc.diagnostics import LayerError
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.kernels import KERNELS, Context
from shapecalc.layers import Layer
from shapecalc.layers.dense import Dense
from shapecalc.layers.field_types import Volume
from shapecalc.layers.pool import GlobalPool
from shapecalc.layers.reshape import Reshape
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace

ROOM = 2**24  # values of an array that a measurement may need

Interval = tuple[int, int]  # first and last pixel along an axis


class Measured(NamedTuple):
    """Where one output looks: for each spatial axis the first and last pixel of the input."""

    layer: int
    at: tuple[int, ...]  # the output's position
    reached: tuple[Interval, ...] | None  # None where nothing arrived


class Tracker:
    """Passes marks back from one output of each of some layers to the inputs, all in one go."""

    def __init__(self, trace: KnownTrace, layers: Sequence[int]) -> None:
        self.trace = trace
        self.values = trace.spec.values
        self.layers = list(layers)
        self.random = np.random.default_rng(0)
        self.buffers = Buffers("float32")
        self.buffers.room = ROOM * self.buffers.dtype.itemsize
        self.volumes = [*trace.inputs.values(), *(record.output for record in trace.layers)]
        mixed = [r.field is not None and r.field.mixed for r in trace.layers]
        # Values whose marks have a depth of their own.
        self.single = [*(False for _ in self.values.inputs), *mixed]
        self.marks: dict[int, Array] = {}  # by value: targets x places, bool

    def run(self) -> list[Measured]:
        """Return what each layer's central output sees; layers beyond the room are left out."""
        at = {}
        for row, layer in enumerate(self.layers):
            own = self._mark(self.values.of(layer))
            at[layer] = tuple(size // 2 for size in own.shape[1:])
            own[(row, *at[layer])] = True
        lost = np.zeros(len(self.layers), bool)
        for layer in reversed(range(len(self.trace.layers))):
            marks = self.marks.pop(self.values.of(layer), None)
            if marks is None:
                continue
            rows = np.flatnonzero(marks.reshape(len(marks), -1).any(axis=1))
            # Nothing may have come so far: one value behind a softmax depends on no input.
            if len(rows) and not self._pass_back(layer, marks, rows):
                lost[rows] = True
        return [
            Measured(layer, at[layer], self._reached(row))
            for row, layer in enumerate(self.layers)
            if not lost[row]
        ]

    def _mark(self, value: int) -> Array:
        """Return the marks of a value: of the positions of a volume, or of its single values."""
        if value not in self.marks:
            volume = self.volumes[value] or ()
            sizes = volume if self.single[value] or len(volume) == 1 else volume[:-1]
            self.marks[value] = np.zeros((len(self.layers), *sizes), bool)
        return self.marks[value]

    def _pass_back(self, layer: int, marks: Array, rows: Array) -> bool:
        """Pass the marks of some rows through one layer; say whether there was room."""
        record = self.trace.layers[layer]
        volumes, thin, output = list(record.input or ()), record.layer, record.output
        assert thin is not None, "only sound networks are measured"
        assert output is not None, "only sound networks are measured"
        few = not self.single[self.values.of(layer)] and _can_be_thin(record, volumes, output)
        if few:
            channels = _channels(thin, volumes)
            volumes = [(*v[:-1], channels) if len(v) > 1 else v for v in volumes]
            output = (*output[:-1], channels)
            thin = _thinned(thin, channels, output)
        if len(rows) * max(map(prod, (volumes[0], output))) > ROOM:
            return False
        gradients = self._gradients(record, thin, volumes, marks[rows], few)
        if gradients is None:
            return False
        sources = self.trace.spec.nodes[layer].sources or ()
        for source, gradient in zip(sources, gradients, strict=True):
            arrived: Array = np.array(gradient, bool)
            if gradient.ndim > 2 and (few or not self.single[source]):
                arrived = np.logical_or.reduce(arrived, axis=-1)
                if self.single[source]:  # a layer that is thinned looks at the whole depth
                    arrived = arrived[..., None]
            self._mark(source)[rows] |= arrived
        return True

    def _gradients(
        self,
        record: KnownRecord,
        layer: Layer,
        volumes: Sequence[tuple[int, ...]],
        marks: Array,
        few: bool,
    ) -> Sequence[Array] | None:
        context = Context(self.buffers, training=False)
        kernel = KERNELS[record.kind](layer)
        count = len(volumes)
        inputs = [_ramps(volume, len(marks), i, count) for i, volume in enumerate(volumes)]
        try:
            owned = layer.parameters(volumes)
        except LayerError:
            return None
        parameters = {
            name: kernel.to_kernel_layout(name, self._positive(p.shape))
            for name, p in owned.items()
        }
        output, saved = kernel.forward(context, inputs, parameters)
        upstream = self._positive(output.shape)
        if few and _sees_all(record):  # any unit sees what every unit sees
            upstream *= np.logical_or.reduce(marks, axis=1, keepdims=True)
        else:
            upstream *= marks if marks.ndim == output.ndim else marks[..., None]
        wanted = [True] * len(inputs)
        below, _ = kernel.backward(context, upstream, saved, parameters, wanted)
        return [gradient for gradient in below if gradient is not None]

    def _positive(self, shape: Sequence[int]) -> Array:
        return self.random.uniform(0.5, 1.5, shape).astype(np.float32)

    def _reached(self, row: int) -> tuple[Interval, ...] | None:
        """Return the extent of what arrived at the inputs, on all of them together."""
        reached: tuple[Interval, ...] | None = None
        for value in self.values.inputs:
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


def _can_be_thin(record: KnownRecord, volumes: Sequence[Volume], output: Volume) -> bool:
    """Say whether a few channels show where a gradient goes."""
    layer = record.layer
    if layer is not None and (layer.mixes_depth or layer.only_depth() is not None):
        return False
    if _sees_all(record):
        return True
    if record.kind == "reshape" and prod(volumes[0][:-1]) != prod(output[:-1]):
        return False  # values move from one position to another, as the depth has it
    return all(len(volume) > 1 for volume in (*volumes, output))


def _channels(layer: Layer, volumes: Sequence[Volume]) -> int:
    """Return how many channels show where a gradient goes: one does if the layer adds all values
    up; if it may choose the largest, each source and each corner of a window has to be that in one.
    """
    if layer.multiplies:
        return 1
    corners: int = 2 ** (len(volumes[0]) - 1)
    return max(corners, len(volumes))


def _sees_all(record: KnownRecord) -> bool:
    """Say whether it gives units alone, and any of them sees what every other sees.

    A dense layer's do, and so do those of a global pool that keeps no axes: which value of its
    slice is the largest says nothing of what a unit may see.
    """
    layer = record.layer
    if isinstance(layer, Dense):
        return layer.whole((record.input or ((),))[0])
    return isinstance(layer, GlobalPool) and not layer.keep


def _thinned(layer: Layer, channels: int, output: Volume) -> Layer:
    """Return a layer with a few channels: where a gradient goes does not depend on the depth."""
    changes: dict[str, Any] = {"K": channels, "units": channels, "groups": 1}
    if isinstance(layer, Reshape):
        changes["output"] = output
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
