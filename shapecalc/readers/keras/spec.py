"""A model of Keras in the spec language: every call of a layer as a layer of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shapecalc.diagnostics import MAX_LAYERS
from shapecalc.frameworks.conversion import Reading, read_layer
from shapecalc.frameworks.keras1 import modern
from shapecalc.frameworks.meanings import ACTIVATIONS, NOTHING, Word
from shapecalc.layers import KINDS
from shapecalc.readers.items import Sizes, turned_back
from shapecalc.readers.keras import operations, wrapping
from shapecalc.readers.keras.building import Building
from shapecalc.readers.keras.formulas import formula_of
from shapecalc.readers.keras.graph import Malformed
from shapecalc.readers.keras.layouts import Layouts
from shapecalc.readers.keras.opaque import inner_of
from shapecalc.readers.keras.preprocessing import FIXED
from shapecalc.readers.keras.stated import stated_shapes
from shapecalc.readers.keras.structure import read_model
from shapecalc.readers.keras.walk import Call, Flattened, flatten
from shapecalc.readers.keras.words import given, is_own, word_of
from shapecalc.readers.opaque import UNKNOWN, Opaque

FIRST = "channels_first"
LINEAR = ("linear", None)
KEEPING = frozenset(kind for kind, _ in ACTIVATIONS.values())  # the volume, without weights
OF_APPLICATIONS = ("LayerScale", "CustomScaleLayer")  # classes of keras.applications' own
ALIKE = ("S", "F", "P", "dilation", "scale")  # fields with a number for each axis


def translated(
    flat: Flattened, inputs: Mapping[str, Sizes] = NOTHING, *, inside: bool = False
) -> Building:
    """Return the spec of a model's calls, with other volumes in the place of some of its inputs'.

    `inside` says that the model is one inside a layer.

    Shapes that a file states are those of its own inputs, and hold for no others.
    """
    layouts = Layouts(flat, _depth_first, _passes)
    building = Building(flat, layouts, {} if inputs else stated_shapes(flat))
    network = _Network(building, inputs, inside)
    for call in flat.calls:
        network.call(call)
    return network.building


def _depth_first(call: Call) -> bool | None:
    """Say whether a layer with windows takes its depth first; None for all others."""
    class_name, config = modern(call.layer.class_name, call.layer.config)
    word = word_of(class_name)
    if word is None or not word.axes or "data_format" not in config:
        return None
    return bool(config["data_format"] == FIRST)


def _passes(call: Call) -> bool:
    """Say whether a layer gives its axes in the order in which it gets them."""
    if operations.name_of(call.layer) is not None:
        return operations.keeps_order(call.layer)
    word = word_of(modern(call.layer.class_name, call.layer.config)[0])
    if word is None:
        return (
            call.layer.class_name in operations.MERGED
            or formula_of(call.layer.class_name) is not None
        )
    return not word.axes and word.kind not in ("flatten", "reshape", "transpose", "dense")


class _Network:
    """Puts one call after the other into a spec."""

    def __init__(self, building: Building, inputs: Mapping[str, Sizes], inside: bool) -> None:
        self.building = building
        self.inputs, self.inside = inputs, inside
        self.opened = 0  # calls of models inside layers
        self.items = building.items

    def call(self, call: Call) -> None:
        """Add what a call is in the spec."""
        layer = call.layer
        if not call.inputs and (layer.class_name == "InputLayer" or layer.batch_shape is not None):
            self._input(call)
        elif operations.name_of(layer) is not None and is_own(layer):
            operations.add(self.building, call)
        elif not (is_own(layer) and self._layer(call)):
            self._unknown(call)
        self.building.rest(call)
        self._claims(call)

    # -- inputs and claims -------------------------------------------------------------------------

    def _input(self, call: Call) -> None:
        shape = call.layer.batch_shape
        volume: Sizes | None = None if shape is None else shape[1:] or (1,)
        first = self.building.layouts.depth_first(call.outputs[0])
        if first and volume is not None and len(volume) > 1:
            volume = turned_back(volume)
        own = volume
        volume = self.inputs.get(call.name, volume)
        name = self.items.add_input(call.name, volume, call.layer.path)
        if own is not None:
            self.items.own[name] = own
        if first:
            self.items.first.add(name)
        if shape is not None and len(shape) <= 1:
            self.items.ranks[name] = 0
        self.building.gives(call, name)

    def _claims(self, call: Call) -> None:
        """Let what the file states of an output be compared with what comes out."""
        for tensor in call.outputs:
            value = self.building.values[tensor]
            stated = self.building.stated.get(tensor, ())
            rank = self.items.ranks[value]
            if rank is None and stated:
                self.items.ranks[value] = len(stated[0].shape) - 1
            item = self.items.producer(value)
            if item is None or not stated or item.kind == "operation":
                continue
            sizes = stated[0].shape[1:]
            if sizes and None not in sizes:
                turn = value in self.items.first and len(sizes) > 1
                item.beside["expect"] = {"output": list(turned_back(sizes) if turn else sizes)}
                item.claim_path = stated[0].path

    # -- layers ------------------------------------------------------------------------------------

    def _unknown(self, call: Call) -> None:
        """Add an operation for what has no kind."""
        class_name, config = modern(call.layer.class_name, call.layer.config)
        if is_own(call.layer) and self._wrapping(call, class_name, config):
            return
        sources = self.building.sources(call)
        formula = formula_of(class_name) if is_own(call.layer) else None
        if formula is None:
            found = UNKNOWN
        else:
            sizes = [self.items.file_volume(source) for source in sources]
            found = formula(config, sizes or [None])
        self.building.opaque(call, call.layer.class_name, found, sources)

    def _wrapping(self, call: Call, class_name: str, config: Mapping[str, Any]) -> bool:
        """Add a layer with a layer or a model inside; say whether it is one, and known."""
        if not call.inputs:
            return False
        if class_name == "TimeDistributed":
            return self._distributed(call, config)
        sizes = self.items.file_volume(self.building.sources(call)[0])
        if not sizes:
            return False
        if class_name.startswith("ConvLSTM"):
            return self._wrapped(call, class_name, wrapping.conv_lstm(class_name, config, sizes))
        inner = inner_of(config) if class_name == "SpectralNormalization" else None
        if inner is None:
            return False
        found = wrapping.normalized(*inner, sizes)
        return self._wrapped(call, f"SpectralNormalization {inner[0]}", found, inner[1])

    def _wrapped(
        self, call: Call, what: str, found: Opaque | None, inner: Mapping[str, Any] = NOTHING
    ) -> bool:
        """Add an operation with the activation of the layer inside; say whether it is known."""
        if found is None:
            return False
        activation = _activation(inner.get("activation"))
        value = self.building.opaque(call, what, found, self.building.sources(call)[:1])
        if activation is not None:
            self.building.gives(call, self._behind(call, activation, value))
        return True

    def _distributed(self, call: Call, config: Mapping[str, Any]) -> bool:
        """Add a layer that is used at each step of a sequence; say whether it was one.

        One that works along the depth, or value by value, does the same on the whole sequence.
        """
        inner = inner_of(config)
        if inner is None:
            return False
        class_name, own = inner
        word = word_of(class_name)
        if word is not None and (
            not word.kind or word.kind == "dense" or _is_elementwise(word.kind)
        ):
            layer = replace(call.layer, class_name=class_name, config=own)
            return self._layer(call._replace(layer=layer))
        sizes = self.items.file_volume(self.building.sources(call)[0])
        if not sizes or len(sizes) < 2:
            return False
        if isinstance(own.get("layers"), list):
            found = self._model(config["layer"], sizes[1:])
            own = NOTHING
        else:
            found = wrapping.of_layer(class_name, own, sizes[1:])
        found = None if found is None else wrapping.at_each_step(found, sizes)
        formula = word is None and formula_of(class_name) is not None
        return self._wrapped(
            call, f"TimeDistributed {class_name}", found, NOTHING if formula else own
        )

    def _model(self, entry: Any, sizes: Sizes) -> Opaque | None:
        """Return what is known of a model inside a layer, of one input and one output.

        One level is opened, and no more layers than a network may have: the same model may be
        written into many layers.
        """
        if self.inside:
            return None
        try:
            flat = flatten(read_model(entry))
        except Malformed:
            return None
        self.opened += len(flat.calls)
        if self.opened > MAX_LAYERS or len(flat.inputs) != 1 or len(flat.outputs) != 1:
            return None
        name = flat.calls[flat.inputs[0].call].name
        building = translated(flat, {name: sizes}, inside=True)
        if building.layouts.mixed:
            return None
        return wrapping.summed(building.items, building.values[flat.outputs[0]])

    def _layer(self, call: Call) -> bool:
        """Add a layer that has a kind, with its activation behind it; say whether it has one."""
        class_name, config = modern(call.layer.class_name, call.layer.config)
        if class_name in OF_APPLICATIONS and call.inputs:
            return self._of_applications(call, class_name, config)
        if class_name in FIXED and call.inputs:
            return self._scaled(call, class_name, config)
        word = word_of(class_name)
        if word is None or not call.inputs:
            return False
        told = given(word, config)
        told.pop("activation", None)
        activation = _activation(config.get("activation"))
        if not word.kind:
            return self._activated(call, activation)
        reading = read_layer(word, told)
        if reading is None or reading.kind not in KINDS:
            return False
        if any(not meaning.harmless for meaning in reading.refused.values()):
            return False
        value = self._value(call, word, config, reading)
        if value is None:
            return False
        if activation is not None:
            value = self._behind(call, activation, value)
        self.building.gives(call, value)
        return True

    def _of_applications(self, call: Call, class_name: str, config: Mapping[str, Any]) -> bool:
        """Add a layer of ConvNeXt or Inception-ResNet: learned scales, or a sum x + number*y."""
        sources = self.building.sources(call)
        if class_name == "LayerScale":
            self._kept(call, "scale", {}, sources[0])
            return True
        if len(sources) != 2:
            return False
        first, rank = sources[1] in self.items.first, self.building.rank(sources[1])
        fields = {"weight": config.get("scale")}
        behind = self.building.add(
            call, "scale", fields, sources[1:], rank, first=first, name="/scaled"
        )
        value = operations.merged(self.building, call, "add", [sources[0], behind], None)
        if value is not None:
            self.building.gives(call, value)
        return value is not None

    def _scaled(self, call: Call, class_name: str, config: Mapping[str, Any]) -> bool:
        """Add a scale of fixed numbers; say whether they are known, and are those of slices."""
        found = FIXED[class_name](config)
        if found is None:
            return False
        source = self.building.sources(call)[0]
        counts = {len(numbers) for numbers in found} - {1}
        if counts:  # along the depth of volumes that have so many slices, and of no others
            axes = config.get("axis", -1)
            (axis,) = axes if isinstance(axes, list) and len(axes) == 1 else (axes,)
            volume = self.items.volume(source)
            depth = None if volume is None else volume[-1]
            known = self.building.is_depth(source, self.building.axis(source, axis))
            if not known or counts != {depth or max(counts)}:
                return False
        weight, bias = (numbers if len(numbers) > 1 else numbers[0] for numbers in found)
        fields = {"weight": weight} | ({"bias": bias} if bias != 0 else {})
        self._kept(call, "scale", fields, source)
        return True

    def _value(
        self, call: Call, word: Word, config: Mapping[str, Any], reading: Reading
    ) -> str | None:
        """Return the value that a layer gives before its activation, or None where it has no kind.

        What depends on axes is settled here.
        """
        kind, fields = reading.kind, _shortened(reading.fields)
        sources = self.building.sources(call)
        source = sources[0]
        if word.axes:
            if source in self.items.inputs:
                self.items.own.setdefault(source, (None,) * (word.axes[0] + 1))
            first = config.get("data_format") == FIRST
            source = self.building.in_order(call, source, first)
            flat = "keep" in fields and not fields["keep"]
            rank = 1 if flat else word.axes[0] + 1
            return self.building.add(call, kind, fields, [source], rank, first=first and not flat)
        if KINDS[kind].merges:
            return self._merged(call, kind, config, sources)
        if kind == "dense":
            source = self.building.in_order(call, source, False)
            if self.building.rank(source) not in (0, 1):
                fields["flatten"] = False
            return self.building.add(call, kind, fields, [source], self.building.rank(source))
        if kind == "flatten":
            return self.building.add(call, kind, fields, [source], 1)
        if kind == "reshape":
            return operations.reshaped(self.building, call, fields.get("output"), source)
        if kind == "transpose":
            axes = fields.get("axes")
            listed = axes if isinstance(axes, list) else []
            numbers = [0, *(axis + 1 for axis in listed if type(axis) is int)]
            return operations.permuted(self.building, call, numbers, source)
        if "axis" in word.fields:
            return self._along(call, kind, fields, config.get("axis", -1), source)
        if kind == "prelu":
            return self._slopes(call, config.get("shared_axes"), source)
        return self._kept(call, kind, fields, source)

    def _kept(self, call: Call, kind: str, fields: dict[str, Any], source: str) -> str:
        """Add a layer that keeps its volume."""
        value = self.building.add(
            call, kind, fields, [source], self.building.rank(source),
            first=source in self.items.first,
        )  # fmt: skip
        self.building.gives(call, value)
        return value

    def _merged(
        self, call: Call, kind: str, config: Mapping[str, Any], sources: list[str]
    ) -> str | None:
        """Add a layer that joins several values."""
        axis = config.get("axis", -1) if kind == "concat" else None
        return operations.merged(self.building, call, kind, sources, axis)

    def _along(
        self, call: Call, kind: str, fields: dict[str, Any], axis: Any, source: str
    ) -> str | None:
        """Add a layer that works along the depth, or over all axes at once, which some kinds can.

        None where it works along another axis: ours do not.
        """
        axes = axis if isinstance(axis, list) else [axis]
        numbers = [self.building.axis(source, one) for one in axes]
        rank = self.building.rank(source)
        if kind == "group_norm" and fields.get("groups") == -1:  # every slice on its own
            kind, fields = "instance_norm", {k: v for k, v in fields.items() if k != "groups"}
        if len(numbers) == 1 and (self.building.is_depth(source, numbers[0]) or rank is None):
            return self._kept(call, kind, fields, source)
        if rank is None or None in numbers:
            return None
        if sorted(n for n in numbers if n is not None) == list(range(rank)):
            if "over" not in KINDS[kind].model_fields:
                return None
            return self._kept(call, kind, fields | {"over": "all"}, source)
        return None

    def _slopes(self, call: Call, shared: Any, source: str) -> str | None:
        """Add a prelu, whose slopes are shared along some axes; None where it has no kind."""
        rank = self.building.rank(source)
        axes = shared if isinstance(shared, list) else [] if shared is None else [shared]
        if not axes:
            return self._kept(call, "prelu", {"slopes": "per_value"}, source)
        numbers = {self.building.axis(source, axis) for axis in axes}
        if rank is None or None in numbers:
            return None
        if numbers == set(range(rank - 1)):
            return self._kept(call, "prelu", {"slopes": "per_slice"}, source)
        if numbers == set(range(rank)):
            return self._kept(call, "prelu", {"slopes": "one"}, source)
        return None

    # -- activations -------------------------------------------------------------------------------

    def _activated(self, call: Call, activation: Any) -> bool:
        """Add an Activation, whose name is all that it has."""
        source = self.building.sources(call)[0]
        kind, fields = _kind_of_activation(activation)
        if not kind:
            what = activation if isinstance(activation, str) else call.layer.class_name
            self.building.opaque(call, what, self._as(source), [source])
            return True
        self._kept(call, kind, fields, source)
        return True

    def _behind(self, call: Call, activation: Any, source: str) -> str:
        """Add the activation inside a layer as a layer behind it, with a name of its own."""
        kind, fields = _kind_of_activation(activation)
        shown = activation if isinstance(activation, str) else "activation"
        if not kind:
            return self.building.opaque(call, shown, self._as(source), [source], f"/{shown}")
        return self.building.add(
            call, kind, fields, [source], self.building.rank(source),
            first=source in self.items.first, name=f"/{kind}",
        )  # fmt: skip

    def _as(self, source: str) -> Opaque:
        """Return what is known of an operation that keeps its volume and has no weights."""
        return Opaque((self.items.file_volume(source),), {}, 0, keeps=True)


def _is_elementwise(kind: str) -> bool:
    """Say whether a kind keeps its volume and has no weights."""
    return kind in KEEPING or kind == "dropout"


def _shortened(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with [3, 3] as 3, which is the same for every axis."""
    found = dict(fields)
    for key in ALIKE:
        values = found.get(key)
        if not isinstance(values, list) or not values or type(values[0]) is not int:
            continue
        if all(type(value) is int and value == values[0] for value in values):
            found[key] = values[0]
    return found


def _activation(written: Any) -> Any:
    """Return an activation's name; a layer that is one as its class and configuration.

    None where there is none. Files of Keras 3 write functions and layers as mappings.
    """
    if written in LINEAR:
        return None
    if not isinstance(written, Mapping):
        return written
    class_name, config = written.get("class_name"), written.get("config")
    if class_name == "function" and isinstance(config, str):
        return _activation(config)
    if isinstance(class_name, str) and isinstance(config, Mapping) and word_of(class_name):
        return class_name, config
    return class_name if isinstance(class_name, str) else "activation"


def _kind_of_activation(activation: Any) -> tuple[str, dict[str, Any]]:
    """Return the kind and the fields of an activation; no kind where it has none here."""
    if activation is None:
        return "identity", {}
    if isinstance(activation, str):
        kind, fields = ACTIVATIONS.get(activation, ("", {}))
        return (kind, dict(fields)) if kind in KINDS else ("", {})
    if isinstance(activation, tuple):
        class_name, config = activation
        word = word_of(class_name)
        assert word is not None
        reading = read_layer(word, given(word, config))
        if reading is not None and reading.kind in KINDS and not word.axes:
            refused = any(not meaning.harmless for meaning in reading.refused.values())
            elementwise = not KINDS[reading.kind].has_weights and not KINDS[reading.kind].merges
            if elementwise and not refused:
                return reading.kind, reading.fields
    return "", {}
