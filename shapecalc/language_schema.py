"""A JSON Schema (draft-07) of the spec language, for editors: kinds, fields, values, their pages.

It is generated from the kinds themselves. Where `blocks` is written a kind may be any name, so a
layer stands in it twice: with our kinds and frameworks' alone, and with any word. Whether names
exist and sizes fit is for `check` to say; a spec that `check` can read is never refused.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from shapecalc.frameworks import lookups
from shapecalc.layers import ALIASES, KINDS, Layer
from shapecalc.layers.base import aliases, field_words
from shapecalc.layers.composite import Composite, Repeat
from shapecalc.layers.field_types import LAYERS, NAME
from shapecalc.layers.read_numbers import POSITIVE, Schema
from shapecalc.layers.read_volumes import PARTIAL_VOLUME
from shapecalc.network.blocks import LONGEST_NAME, RESERVED
from shapecalc.network.example import KEYS as EXAMPLE_KEYS
from shapecalc.network.example import LOSSES, MOST_STEPS, WEIGHT_DECAY
from shapecalc.network.expectations import LayerExpectations, NetworkExpectations
from shapecalc.network.optimizer import ADAM, DIVISORS
from shapecalc.network.spec import ROUNDINGS
from shapecalc.network.validation import PARAMETER
from shapecalc.wildcards import PLACEHOLDERS, WORDS

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
NO_NAMES: Schema = {"type": "array", "maxItems": 0}
NAMES: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
# As a key, or in the place of a layer: with a capital or a dot it may be any class's name.
OTHER_WORD = r"[A-Za-z0-9_.-]*[A-Z.][A-Za-z0-9_.-]*"
# What editors ask a language server not to offer: it is read, and not our first word.
ANOTHER_WORD: Schema = {"doNotSuggest": True}


class _Untitled(GenerateJsonSchema):
    """Leaves out pydantic's own titles: those of our field types are left."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def language_schema() -> Schema:
    """Return the schema of a whole spec, as JSON holds it."""
    schema = _Language().spec()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "shapecalc spec",
    } | schema


def fields_of(model: type[BaseModel]) -> dict[str, Schema]:
    """Return the schema of every field of a kind's or of claims' model, by our name for it."""
    written = model.model_json_schema(schema_generator=_Untitled)
    return dict(written.get("properties", {}))


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name.replace(' ', '_')}"}


def _either(*schemas: Schema) -> Schema:
    """Return the schema of what one of some allows; those of several are put side by side."""
    flat: list[Schema] = []
    for schema in schemas:
        flat += schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    return {"anyOf": flat}


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _mapping(properties: Mapping[str, Schema], **more: Any) -> Schema:
    return {
        "type": "object", "properties": dict(properties), "additionalProperties": False, **more,
    }  # fmt: skip


class _Language:
    """Puts the schema together. What has a title, or is met often, is a definition."""

    def __init__(self) -> None:
        name = {"type": "string", "pattern": _whole(NAME.pattern), "maxLength": LONGEST_NAME}
        self.definitions: dict[str, Schema] = {
            "parameter": {
                "type": "string",
                "pattern": _whole(PARAMETER.pattern),
                "description": "a block's parameter: $name stands for a whole value",
            },
            "name": {**name, "not": {"enum": list(RESERVED)}},
            "array": _either(
                {"type": ["number", "null"]},
                {"type": "array", "items": _reference("array"), "minItems": 1},
            ),
        }

    # -- the top level -------------------------------------------------------------------------

    def spec(self) -> Schema:
        volume = self.value(PARTIAL_VOLUME, parameters=False)
        inputs = {
            "type": "object",
            "propertyNames": _either(_reference("name"), {"const": "input"}),
            "additionalProperties": volume,
            "minProperties": 1,
        }
        self._layers("layer", any_kind=False)
        self._layers("layer_or_block", any_kind=True)
        properties: dict[str, Schema] = {
            "name": TEXT_OR_NULL,
            "description": TEXT_OR_NULL,
            "source": TEXT_OR_NULL,
            "input": volume,
            "inputs": inputs,
            "batch": self.value(POSITIVE, parameters=False),
            "rounding": {"enum": list(ROUNDINGS), "default": ROUNDINGS[0]},
            "blocks": self._blocks(),
            "layers": {"type": "array"},
            "outputs": _either(
                {"type": "null"}, TEXT, {"type": "array", "items": TEXT, "minItems": 1}
            ),
            "expect": _either(
                {"type": "null"}, self._claims(NetworkExpectations, parameters=False)
            ),
            "example": _either({"type": "null"}, self._example()),
        }
        with_blocks = {"properties": {"layers": _reference("layer_or_block_list")}}
        without = {"properties": {"layers": _reference("layer_list")}}
        return _mapping(
            properties,
            required=["layers"],
            oneOf=[{"required": ["input"]}, {"required": ["inputs"]}],
            **{"if": {"required": ["blocks"]}, "then": with_blocks, "else": without},
            definitions=self.definitions,
        )

    def _blocks(self) -> Schema:
        taken = {"not": {"enum": [*KINDS, *ALIASES]}}
        block = _mapping(
            {
                "parameters": {"type": ["object", "null"]},
                "layers": _reference("layer_or_block_list"),
            },
            required=["layers"],
        )
        return {
            "type": ["object", "null"],
            "propertyNames": {"allOf": [_reference("name"), taken]},
            "additionalProperties": block,
        }

    def _claims(self, model: type[BaseModel], parameters: bool) -> Schema:
        return _mapping(
            {name: self.value(schema, parameters) for name, schema in fields_of(model).items()}
        )

    def _example(self) -> Schema:
        array = _reference("array")
        arrays = {"type": ["object", "null"], "additionalProperties": array}
        positive = {"type": ["number", "null"], "exclusiveMinimum": 0}
        named = {"type": "object", "additionalProperties": array, "minProperties": 1}
        target, decay = _either(array, named), {"type": ["number", "null"], "minimum": 0}
        losses = [_mapping({kind: target, WEIGHT_DECAY: decay}, required=[kind]) for kind in LOSSES]
        known: dict[str, Schema] = {
            "given": arrays,
            "loss": _either({"type": "null"}, *losses),
            "upstream": arrays,
            "rate": positive,
            "steps": {"type": ["integer", "null"], "minimum": 1, "maximum": MOST_STEPS},
            "optimizer": self._optimizer(),
            "training": {"type": ["boolean", "null"]},
            "expect": arrays,
            "tolerance": {"type": ["number", "null"], "minimum": 0},
        }
        return _mapping({key: known[key] for key in EXAMPLE_KEYS})

    def _optimizer(self) -> Schema:
        share: Schema = {"type": "number", "minimum": 0, "exclusiveMaximum": 1}
        positive = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
        adam = {key: positive if key in DIVISORS else share for key in ADAM}
        kinds = [
            _mapping({"momentum": share}, required=["momentum"]),
            _mapping({"adam": _mapping(adam)}, required=["adam"]),
        ]
        return _either({"enum": ["adam", None]}, *kinds)

    # -- values --------------------------------------------------------------------------------

    def value(self, schema: Schema, parameters: bool = True) -> Schema:
        """Return a field type's schema; a $name may stand for the value and for each part of it."""
        placed = self._placed(schema, parameters)
        return _either(placed, _reference("parameter")) if parameters else placed

    def _placed(self, schema: Schema, parameters: bool) -> Schema:
        """Return a schema, or where it has a title the reference to its definition."""
        placed = {key: self._part(key, part, parameters) for key, part in schema.items()}
        title = placed.pop("title", None)
        if title is None:
            return placed
        bare = {key: self._part(key, part, False) for key, part in schema.items() if key != "title"}
        name = title if placed == bare else f"{title} with parameters"
        self.definitions[name.replace(" ", "_")] = placed
        return _reference(name)

    def _part(self, key: str, part: Any, parameters: bool) -> Any:
        if key == "anyOf":
            return [self._placed(schema, parameters) for schema in part]
        if key in ("items", "additionalProperties") and isinstance(part, dict):
            return self.value(part, parameters)
        if key == "properties":
            return {name: self.value(schema, parameters) for name, schema in part.items()}
        return part

    # -- layers --------------------------------------------------------------------------------

    def _layers(self, name: str, any_kind: bool) -> None:
        """Define a layer, a list of layers and every kind that holds some."""
        layers = _reference(f"{name}_list")
        self.definitions[f"{name}_list"] = {"type": "array", "items": _reference(name)}
        keys: dict[str, Schema] = {}
        for kind, cls in KINDS.items():
            own = f"{name}_{kind}" if issubclass(cls, Composite) else kind
            if own not in self.definitions:
                self.definitions[own] = self._kind(cls, kind, layers)
            keys[kind] = _reference(own)
        bare = [kind for kind, cls in KINDS.items() if not _needs_fields(cls)]
        # a kind that may stand alone is offered as such, and not as a key: relu, not relu: ...
        patterns = {_whole(kind): keys[kind] for kind in bare}
        patterns |= {_whole(word): keys[kind] for word, kind in ALIASES.items()}
        offered = [
            {"const": kind, "description": self.definitions[kind]["description"]} for kind in bare
        ]
        word = "[$A-Za-z0-9_.-].*" if any_kind else f"{OTHER_WORD}|{_framework_words()}"
        if not any_kind:
            patterns[_whole(word)] = ANOTHER_WORD
        mapping = {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {kind: schema for kind, schema in keys.items() if kind not in bare},
            "patternProperties": patterns,
            "additionalProperties": any_kind,
        }
        # Editors tell alternatives apart by their titles, to explain the one that is written.
        alone = {"title": "a kind without fields", "oneOf": offered}
        text = {"title": "another word for a kind", "type": "string", "pattern": _whole(word)}
        self.definitions[name] = _either(alone, mapping, text, _reference("parameter"))

    def _kind(self, cls: type[Layer], kind: str, layers: Schema) -> Schema:
        """Return the schema of what stands behind a kind: fields, the main field's value, null."""
        fields = {
            name: self._field(name, schema, layers) for name, schema in fields_of(cls).items()
        }
        words = aliases(cls)
        properties = {
            word: fields[name] if word == name else {**fields[name], **ANOTHER_WORD}
            for word, name in words.items()
        }
        foreign = {key for key in lookups.fields_of(kind) if key not in properties}
        properties |= dict.fromkeys(sorted(foreign), ANOTHER_WORD)
        properties |= self._common(cls)
        required = field_words(cls, required=True)
        needed = [
            _one_of(
                [*(word for word, meant in words.items() if meant == name), *_foreign(kind, name)]
            )
            for name in required
        ]
        if cls.one_of:
            ours = [word for word, meant in words.items() if meant in cls.one_of]
            theirs = [word for name in cls.one_of for word in _foreign(kind, name)]
            needed.append(_one_of([*ours, *theirs]))
        options = [_mapping(properties, **({"allOf": needed} if needed else {}))]
        if cls.merges:
            options.append(NAMES)
        elif cls.shorthand is None:
            options.append(NO_NAMES)
        elif required in ([], [cls.shorthand]):
            options += [fields[cls.shorthand], _reference("parameter")]
        if not _needs_fields(cls):
            options.append({"type": "null"})
        page = inspect.getdoc(cls) or ""
        first = page.partition("\n\n")[0].partition(": ")[2] or page
        return {"description": first, "markdownDescription": page, **_either(*options)}

    def _common(self, cls: type[Layer]) -> dict[str, Schema]:
        """Return the keys that belong to the network."""
        if cls is Repeat:
            return {}
        if "layer_claims" not in self.definitions:
            self.definitions["layer_claims"] = self._claims(LayerExpectations, parameters=True)
        common = {
            "name": _either(_reference("name"), _reference("parameter")),
            "from": _either(NAMES, NO_NAMES) if cls.any_sources else NAMES,
            "expect": _either(_reference("layer_claims"), _reference("parameter")),
            "trainable": _either({"type": "boolean"}, _reference("parameter")),
        }
        return common | ({"share": self._share()} if cls.has_weights else {})

    def _share(self) -> Schema:
        """Return the schema of a layer's name, or of one parameter and the layer that it is of."""
        transposed = _either({"type": "boolean"}, _reference("parameter"))
        one = {
            "type": "object",
            "properties": {"transposed": transposed},
            "additionalProperties": TEXT,
            "minProperties": 1,
            "maxProperties": 2,
        }
        return _either(TEXT_OR_NULL, one)

    def _field(self, name: str, schema: Schema, layers: Schema) -> Schema:
        """Return the schema of a field, with its default beside it."""
        bare = {key: part for key, part in schema.items() if key != "default"}
        if bare == LAYERS:
            parameter = _reference("parameter")
            if name == "branches":
                layers = {"type": "array", "items": _either(layers, parameter)}
            return _either(layers, parameter)
        default = schema.get("default")
        if name in PLACEHOLDERS:
            bare = _either(bare, {"enum": list(WORDS)})
        return self.value(bare) | ({} if default is None else {"default": default})


def _needs_fields(cls: type[Layer]) -> bool:
    return bool(field_words(cls, required=True) or cls.one_of)


def _foreign(kind: str, name: str) -> list[str]:
    """Return the frameworks' words for a field of ours."""
    found = {
        key
        for word in lookups.all_words()
        if word.kind == kind
        for key, ours in lookups.renamed(word).items()
        if ours == name
    }
    return sorted(found - {name})


def _one_of(words: Iterable[str]) -> Schema:
    needed = [{"required": [word]} for word in dict.fromkeys(words)]
    return needed[0] if len(needed) == 1 else {"anyOf": needed}


def _framework_words() -> str:
    """Return a pattern of frameworks' layers as they are written in small letters: max_pool_2d."""
    parts = {
        "[-_]?".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+[a-zA-Z]?", name)).lower()
        for name in lookups.names()
    }
    return "|".join(sorted(parts))
