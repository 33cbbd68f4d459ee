"""Layers with a layer or a model inside: TimeDistributed, SpectralNormalization, ConvLSTM.

Volumes have the depth last, as in the spec; what is not known of them is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shapecalc.diagnostics import LayerError
from shapecalc.frameworks.conversion import read_layer
from shapecalc.layers import KINDS, Layer
from shapecalc.layers.base import Parameters
from shapecalc.quantities import Role
from shapecalc.readers.items import ROUNDING, TRIED, Items, Sizes, turned, turned_back
from shapecalc.readers.keras.formulas import formula_of
from shapecalc.readers.keras.opaque import Config, product, whole
from shapecalc.readers.keras.words import given, word_of
from shapecalc.readers.opaque import Opaque, Shapes

FIRST = "channels_first"
# What the last axis of a wrapped layer's kernel is, under its name in the configuration.
LAST_OF_KERNEL = {
    "Dense": "units", "Embedding": "output_dim", "Conv1D": "filters", "Conv2D": "filters",
    "Conv3D": "filters", "DepthwiseConv1D": "depth_multiplier",
    "DepthwiseConv2D": "depth_multiplier",
}  # fmt: skip


def of_layer(class_name: str, config: Config, sizes: Sizes) -> Opaque | None:
    """Return what is known of a layer of one source, without its activation; None if nothing."""
    word = word_of(class_name)
    reading = read_layer(word, given(word, config)) if word is not None and word.kind else None
    along = config.get("axis", -1)
    depth = along in (-1, len(sizes), [-1], [len(sizes)])
    if reading is None or reading.kind not in KINDS or reading.kind == "prelu" or not depth:
        formula = formula_of(class_name)
        return None if formula is None else formula(config, [sizes])
    refused = any(not meaning.harmless for meaning in reading.refused.values())
    if refused or KINDS[reading.kind].merges or config.get("data_format") == FIRST:
        return None
    fields = dict(reading.fields)
    if reading.kind == "dense" and len(sizes) > 1:
        fields["flatten"] = False
    found = _numbers(reading.kind, fields, [sizes])
    return None if found is None else found.opaque()


def at_each_step(inner: Opaque, sizes: Sizes) -> Opaque:
    """Return what is known of a layer that is used on each first axis of a volume."""
    (output, *_) = inner.outputs
    given_back = None if output is None else (sizes[0], *output)
    macs = None if inner.macs is None else product(sizes[0], inner.macs)
    return Opaque((given_back,), inner.parameters, macs, inner.statistics)


def normalized(class_name: str, config: Config, sizes: Sizes) -> Opaque | None:
    """Return a layer whose kernel is divided by its largest singular value.

    It keeps a vector as long as the kernel's last axis. Source: Keras, SpectralNormalization.
    """
    found = of_layer(class_name, config, sizes)
    if found is None or found.parameters is None:
        return found
    last = whole(config.get(LAST_OF_KERNEL.get(class_name, "")))
    if class_name.endswith("Transpose"):
        last = sizes[-1]
    if last is None:
        return found._replace(parameters=None, statistics=None)
    return found._replace(statistics={**(found.statistics or {}), "vector_u": [1, last]})


def conv_lstm(class_name: str, config: Config, sizes: Sizes) -> Opaque | None:
    """Return an LSTM that convolves: F filters of K values for each of 4 gates.

    K*D*4F weights on what comes in, K*F*4F on the state, which keeps its size, and 4F biases.
    `sizes` are in the file's order. Source: Keras, layers.ConvLSTM2D.
    """
    filters, axes = whole(config.get("filters")), len(sizes) - 2
    if filters is None or class_name != f"ConvLSTM{axes}D":
        return None
    first = config.get("data_format") == FIRST
    step = turned_back(sizes[1:]) if first else sizes[1:]
    conv = {**config, "data_format": "channels_last", "use_bias": False}
    inner = of_layer(f"Conv{axes}D", conv, step)
    if inner is None or inner.parameters is None or inner.outputs[0] is None:
        return None
    ((*kernel, depth),) = [(*shape[2:], shape[1]) for shape in inner.parameters.values()]
    output = inner.outputs[0]
    shapes: Shapes = {
        "kernel": [*kernel, depth, 4 * filters],
        "recurrent_kernel": [*kernel, filters, 4 * filters],
    }
    values = product(*kernel, depth + filters, 4 * filters)
    if config.get("use_bias", True):
        shapes["bias"] = [4 * filters]
    volume = turned(output) if first else output
    outputs: tuple[Sizes | None, ...] = (volume,)
    if config.get("return_sequences"):
        outputs = ((sizes[0], *volume),)
    if config.get("return_state"):
        outputs += (volume, volume)
    return Opaque(outputs, shapes, product(sizes[0], *output[:-1], values))


# -- models ----------------------------------------------------------------------------------------


def summed(items: Items, output: str) -> Opaque | None:
    """Return what is known of all layers of a model as of one; None where some are frozen.

    Of an operation's own arrays some cannot be, so that their number would be false.
    """
    parameters: Shapes | None = {}
    statistics: Shapes = {}
    macs: int | None = 0
    for item in items.listed:
        if item.beside.get("trainable") is False:
            return None
        found = _numbers(item.kind, item.fields, [items.volume(s) for s in item.sources])
        macs = None if found is None or found.macs is None or macs is None else macs + found.macs
        if "share" in item.beside:
            continue
        if found is None or found.parameters is None:
            parameters = None
        elif parameters is not None:
            one = found.opaque()
            parameters |= {f"{item.name}.{k}": v for k, v in (one.parameters or {}).items()}
            statistics |= {f"{item.name}.{k}": v for k, v in (one.statistics or {}).items()}
    return Opaque((items.file_volume(output),), parameters, macs, statistics)


# -- one layer of ours -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Numbers:
    """What is known of a layer of ours: its arrays by name, with shape and role."""

    output: Sizes | None
    parameters: dict[str, tuple[tuple[int, ...], Role]] | None
    macs: int | None

    def opaque(self) -> Opaque:
        """Return the same, its parameters by what they are."""
        if self.parameters is None:
            return Opaque((self.output,), None, self.macs)
        shapes: dict[str, Shapes] = {"weight": {}, "bias": {}, "statistic": {}}
        for name, (shape, role) in self.parameters.items():
            shapes[role][name] = list(shape)
        learned = shapes["weight"] | shapes["bias"]
        return Opaque((self.output,), learned, self.macs, shapes["statistic"])


def _numbers(
    kind: str, fields: Mapping[str, Any], volumes: Sequence[Sizes | None]
) -> _Numbers | None:
    """Return what is known of a layer; None where it does not fit or its sources are unknown."""
    try:
        layer = KINDS[kind].model_validate(fields).with_rounding(ROUNDING)
        if layer.opaque:
            unknown = layer.known_counts().parameters is None
            known = None if unknown else _arrays(layer.parameters(()))
            return _Numbers(getattr(layer, "output", None), known, layer.known_macs())
        found = [_with(layer, volumes, size) for size in TRIED]
    except (LayerError, ValidationError):
        return None
    if found[0] is None or found[1] is None:
        return None
    one, other = found[0], found[1]
    assert one.output is not None
    assert other.output is not None
    output = tuple(a if a == b else None for a, b in zip(one.output, other.output, strict=True))
    return _Numbers(
        output,
        one.parameters if one.parameters == other.parameters else None,
        one.macs if one.macs == other.macs else None,
    )


def _with(layer: Layer, volumes: Sequence[Sizes | None], size: int) -> _Numbers | None:
    """Return a layer's numbers with a size in the place of those that are not known."""
    known = [volume for volume in volumes if volume is not None]
    if len(known) < len(volumes):
        return None
    filled = [tuple(size if s is None else s for s in volume) for volume in known]
    output = layer.volume(filled)
    return _Numbers(output, _arrays(layer.parameters(filled)), layer.macs(filled, output))


def _arrays(parameters: Parameters) -> dict[str, tuple[tuple[int, ...], Role]]:
    return {name: (one.shape, one.role) for name, one in parameters.items()}
