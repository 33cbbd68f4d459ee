"""The JSON Schema of the language: no false alarm, and wrong keys and values are refused."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import shapecalc
from shapecalc import rules
from shapecalc.diagnostics import LIMIT
from shapecalc.frameworks import lookups
from shapecalc.language_schema import fields_of, language_schema
from shapecalc.layers import ALIASES, KINDS, field_types, read_numbers, read_volumes
from shapecalc.layers.base import field_word, field_words
from shapecalc.network.expectations import LayerExpectations, NetworkExpectations
from shapecalc.readers.native import read_path

jsonschema = pytest.importorskip("jsonschema")  # in the extra "test"

SPECS = Path(__file__).resolve().parents[1] / "specs"
STRUCTURE = (rules.UNKNOWN_KEY, rules.MISSING_FIELD, rules.WRONG_VALUE, rules.UNKNOWN_KIND)
# Broken in a way that no schema of one value can see.
UNSEEN = {
    "sc102-activation": "frameworks' fields are read beside our kinds, and this one at null",
    "sc102-block-parameter": "what a block takes is written in the same file",
    "sc103-block-parameter": "what a block takes is written in the same file",
    "sc104-example-nan": "JSON has no such number",
    "sc104-example-ragged": "rows of one length are not to be had in a schema",
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return language_schema()


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Any:
    return jsonschema.Draft7Validator(schema)


def as_json(data: Any) -> Any:
    """Return data as JSON would hold it: keys are text."""
    if isinstance(data, Mapping):
        return {str(key): as_json(value) for key, value in data.items()}
    return [as_json(value) for value in data] if isinstance(data, list | tuple) else data


def specs() -> Iterator[tuple[Path, Any, set[rules.Rule]]]:
    """Yield every spec with its data and the rules it breaks while it is read."""
    for path in sorted(SPECS.rglob("*.[yj]*")):
        if path.parent.name == "frameworks":  # files of other formats are no specs
            continue
        spec = shapecalc.read(path)
        if spec.document.is_native and spec.document.data is not None and spec.readable:
            broken = {f.rule for f in spec.findings if f.rule.stage == "reading"}
            yield path, as_json(read_path(path).data), broken


ALL = list(specs())
GOOD = [data for _, data, broken in ALL if not broken]


def test_it_is_a_schema_of_draft_07(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(schema)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


def test_every_reference_is_there_and_every_definition_is_used(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    for name in schema["definitions"]:
        assert f'"#/definitions/{name}"' in text, name
    parts = text.split('"#/definitions/')[1:]
    assert {part.partition('"')[0] for part in parts} <= schema["definitions"].keys()


@pytest.mark.slow
def test_a_spec_that_can_be_read_is_never_refused(validator: Any) -> None:
    assert len(GOOD) > 140
    refused = [
        (path.name, error.json_path, error.message[:200])
        for path, data, broken in ALL
        if not broken
        for error in validator.iter_errors(data)
    ]
    assert refused == []


def test_wrong_keys_values_and_kinds_are_refused(validator: Any) -> None:
    faulty = [(path, data) for path, data, broken in ALL if broken.intersection(STRUCTURE)]
    assert len(faulty) > 30
    passed = {path.stem for path, data in faulty if validator.is_valid(data)}
    assert passed == set(UNSEEN)
    assert len(faulty) - len(passed) >= 30


NET: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"name": "a", "K": 8, "F": 3, "P": "same", "expect": {"output": "32x32x8"}}},
        "relu",
        {"residual": {"body": [{"conv": {"K": 8, "F": 3, "P": 1}}], "shortcut": []}},
        {"parallel": [[{"max_pool": 2}], [{"avg_pool": {"F": 2, "S": 2}}]]},
        {"repeat": {"times": 2, "layers": [{"dense": 10}]}},
        {"Conv2d": {"out_channels": 3, "kernel_size": 1}},
        "batch_norm_2d",
    ],
}


@pytest.mark.quick(7)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("input",), "32x0x3"), (("input",), True), (("batch",), 0), (("rounding",), "up"),
        (("layers",), {}), (("layers", 0), 3), (("layers", 0), {}), (("layers", 1), "reluu"),
        (("layers", 0, "conv", "K"), "8"), (("layers", 0, "conv", "K"), True),
        (("layers", 0, "conv", "F"), 0), (("layers", 0, "conv", "F"), [3, 3, 3, 3]),
        (("layers", 0, "conv", "P"), "some"), (("layers", 0, "conv", "bias"), "no"),
        (("layers", 0, "conv", "kernal"), 3), (("layers", 0, "conv", "name"), "a b"),
        (("layers", 0, "conv", "from"), 3), (("layers", 0, "conv", "expect", "output"), -1),
        (("layers", 0, "conv", "expect", "weight"), 1), (("layers", 0, "name"), "a"),
        (("layers", 2, "residual", "body"), "relu"), (("layers", 2, "residual", "body", 0), 7),
        (("layers", 2, "residual", "body", 0, "conv", "K"), 0.5),
        (("layers", 3, "parallel", 0), "relu"), (("layers", 3, "parallel", 1, 0, "avg_pool"), 0),
        (("layers", 4, "repeat", "times"), -1), (("layers", 4, "repeat", "name"), "a"),
        (("layers", 4, "repeat", "layers", 0, "dense"), "10"), (("expect",), {"weight": 1}),
        (("outputs",), []), (("blocks",), {"b": []}), (("blocks",), {"conv": {"layers": []}}),
        (("layers", 6), "batch-norm-4d"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_refused(validator: Any, path: tuple[Any, ...], value: Any) -> None:
    assert validator.is_valid(NET)
    planted = copy.deepcopy(NET)
    place = planted
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not validator.is_valid(planted)


def test_a_parameter_may_stand_for_any_value_in_a_block(validator: Any) -> None:
    fields = {"K": "$k", "F": ["$h", 3], "P": [["$p", 0], "$q"], "from": "$source", "bias": "$b"}
    layers = [
        "$layer", {"conv": fields}, {"reshape": ["$h", "$w"]}, {"dense": "$units"},
        {"parallel": ["$branch", [{"other": {"width": "$w"}}]]},
        {"residual": {"body": "$body", "name": "$name"}},
        {"relu": {"expect": {"output": ["$h", 3], "parameters": "$n"}}},
    ]  # fmt: skip
    blocks = {"other": {"parameters": {"width": None}, "layers": layers}}
    net = {"input": 3, "blocks": blocks, "layers": [{"other": 3}, "other"]}
    assert validator.is_valid(net)
    fields["K"] = "$k $l"
    assert not validator.is_valid(net)


def test_every_word_of_a_kind_and_of_a_framework_is_known(validator: Any) -> None:
    for kind, meant in {**{kind: kind for kind in KINDS}, **ALIASES}.items():
        example = KINDS[meant].example()
        assert validator.is_valid(shapecalc_spec(example)), kind
    for name in lookups.names():
        assert validator.is_valid({"input": 3, "layers": [name, {name: {}}, f"nn.{name}"]}), name


def shapecalc_spec(item: str) -> Any:
    from shapecalc.readers.yaml_text import read_yaml

    return as_json(read_yaml(f"input: 8x8x4\nlayers:\n  - {item}\n").data)


# -- field types -------------------------------------------------------------------------------

PROBES: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, 3, 10, -1, LIMIT, LIMIT + 1, -LIMIT, -LIMIT - 1, 10**30,
    0.0, 0.5, 1.0, 1.5, 3.0, -0.5, -1.0, 0.999, 1e-300, 1e300, math.inf, -math.inf, math.nan,
    "", " ", "3", "0", "3x5", "3×5", "3 X 5", " 3 x 5 ", "03x5", "0x3", "3x0", "3x5x7", "3x5x7x9",
    "3x5x7x9x2", "3x", "x3", "-3x5", "3.5x2", "3x5\n", "true", "x" * 500, "1x" * 300 + "1",
    "99999999999999999999x3", "9999999999999999999x3",
    "same", "same_lower", "valid", "full", "Same", "exact", "floor", "ceil", "nearest", "bilinear",
    "?", "?x?x3", "? x 3", "8x?x?", "?x8x8x3", "?x?x8x3", "??x3", "?3", "?x?x?x?x?", "?x0",
    [None], [None, None, 3], [8, None], [None, 3], [None, 8, 8, 3], [None] * 4, [None] * 5,
    {"units": None}, {"height": None, "width": 4, "depth": 3}, {"length": None, "depth": 0},
    "concat", "add", "multiply", "relu", "$name",
    [], [3], [3, 5], [3, 5, 7], [3, 5, 7, 9], [3, 5, 7, 9, 2], [0], [0, 1], [-1, 2], [3, "5"],
    [3, None], [3, True], [3.5, 1], [3, LIMIT + 1], ["3x5"], [[1, 2]], [[1, 2], [3, 4]],
    [[1, 2], 3], [[1, 2, 3]], [[1]], [[0, -1]], [[]], [[1, 2]] * 4, ["relu"], [["relu"], []],
    {}, {"units": 5}, {"height": 4, "width": 4, "depth": 3}, {"height": 4, "width": 4},
    {"length": 0, "depth": 3}, {"depth": 3, "length": 2}, {"K": 3}, {"frames": 2, "height": 4,
    "width": 4, "depth": 3}, {"units": 5, "depth": 3}, {"a": "3x3"}, {"a": 0}, {"a": [3, 5]},
)  # fmt: skip
# Where a type and its schema differ on purpose.
DIFFERENT = {
    "3.0": "JSON has one kind of number: 3.0 is 3",
    "1.0": "JSON has one kind of number: 1.0 is 1",
    "-1.0": "likewise",
    "0.0": "JSON has one kind of number: 0.0 is 0",
    "nan": "JSON has no such number, so a schema says nothing of it",
    "'9999999999999999999x3'": "how many digits a pattern can tell, but not that 2^63 is passed",
}


def types() -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Yield every field of every kind and of the claims, and every named type: type and schema."""
    models: dict[str, type[BaseModel]] = {
        **KINDS, "claims of a layer": LayerExpectations, "claims of a network": NetworkExpectations,
    }  # fmt: skip
    for title, model in models.items():
        schemas = fields_of(model)
        assert [*schemas] == field_words(model)
        for name, field in model.model_fields.items():
            annotated: Any = field.annotation
            if field.metadata:
                annotated = Annotated[(annotated, *field.metadata)]
            yield f"{title}.{name}", annotated, schemas[field_word(name)]
    for name, annotated in vars(field_types).items():
        if any(
            isinstance(m, read_numbers.FieldType) for m in getattr(annotated, "__metadata__", ())
        ):
            yield name, annotated, TypeAdapter(annotated).json_schema()


def differences(annotated: Any, schema: dict[str, Any]) -> list[str]:
    """Return the probes that a type takes and its schema refuses, or the other way round."""
    adapter, checker = TypeAdapter(annotated), jsonschema.Draft7Validator(schema)
    found = []
    for probe in PROBES:
        try:
            adapter.validate_python(probe)
            taken = True
        except ValidationError:
            taken = False
        if taken is not checker.is_valid(probe):
            found.append(repr(probe))
    return found


TYPES = list(types())


def test_every_field_has_a_schema() -> None:
    assert len(TYPES) > 90
    for name, _, schema in TYPES:
        assert set(schema) - {"title", "default"}, name


@pytest.mark.quick(35)
@pytest.mark.parametrize(("name", "annotated", "schema"), TYPES, ids=[name for name, *_ in TYPES])
def test_a_schema_takes_what_its_type_takes(name: str, annotated: Any, schema: Any) -> None:
    assert set(differences(annotated, schema)) <= set(DIFFERENT), name


@pytest.mark.slow
def test_every_difference_is_one() -> None:
    found = {probe for _, annotated, schema in TYPES for probe in differences(annotated, schema)}
    assert found == set(DIFFERENT)


@pytest.mark.parametrize(
    ("annotated", "schema", "probe"),
    [
        (field_types.Positive, read_numbers.NATURAL, "0"),
        (field_types.Natural, read_numbers.POSITIVE, "0"),
        (field_types.Truth, {}, "1"),
        (field_types.Sizes, read_volumes.VOLUME, "[3, 5, 7, 9]"),
        (field_types.Border, {"anyOf": [read_numbers.NATURAL, {"enum": ["same"]}]}, "'same'"),
    ],
)
def test_a_schema_that_is_another_types_is_found(annotated: Any, schema: Any, probe: str) -> None:
    assert probe in differences(annotated, schema)
