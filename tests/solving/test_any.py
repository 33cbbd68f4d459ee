"""Fields that say any: what is listed is what a trace takes, all of it in the range looked at."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import shapecalc
from shapecalc.any_fields import chosen
from shapecalc.wildcards import PLACEHOLDERS, Choice


def choice(volume: str, layer: dict[str, Any], *more: Any, rounding: str = "exact") -> Choice:
    """Return what fits in the fields of the first layer that says any."""
    spec = {"input": volume, "layers": [layer, *more], "rounding": rounding}
    return next(iter(chosen(shapecalc.read(spec)).choices.values()))


def fits(volume: str, kind: str, fields: dict[str, Any], rounding: str = "exact") -> bool:
    """Say whether a layer takes a volume."""
    spec = {"input": volume, "layers": [{kind: fields}], "rounding": rounding}
    return not any(found.rule.structural for found in shapecalc.trace(spec).findings)


@pytest.mark.parametrize(
    ("volume", "kind", "fields", "name", "values"),
    [
        ("32x32x3", "conv", {"K": 1, "F": 5}, "P", range(5)),
        ("17x17x3", "conv", {"K": 1, "F": 4, "S": 3}, "P", range(4)),
        ("17x13x3", "conv", {"K": 1, "F": 3}, "S", range(1, 20)),
        ("20x1", "max_pool", {"S": 2}, "F", range(1, 25)),
        ("20x20x1", "conv", {"K": 1, "F": 3}, "dilation", range(1, 25)),
        ("8x8x1", "conv_transpose", {"K": 1, "F": 3, "S": 3}, "output_padding", range(9)),
        ("8x8x6", "conv", {"F": 3, "groups": 3}, "K", range(1, 13)),
        ("9x9x1", "max_pool", {"F": 4, "S": 1}, "P", range(9)),
    ],
)
def test_all_values_that_fit_are_listed(
    volume: str, kind: str, fields: dict[str, Any], name: str, values: range
) -> None:
    found = choice(volume, {kind: {**fields, name: "any"}})
    wanted = {n for n in values if fits(volume, kind, {**fields, name: n})}
    listed = [value.fields[name] for value in found.values]
    assert set(listed) == wanted
    assert not found.more
    (size,) = shapecalc.read({"input": volume, "layers": []}).inputs.values()
    sizes = [value.output[:-1] == (size or ())[:-1] for value in found.values]
    assert sizes == sorted(sizes, reverse=True), "what keeps the size comes first"


def test_several_fields_fit_together() -> None:
    found = choice("9x9x1", {"conv": {"K": 1, "F": "any", "P": "any", "S": 2}})
    listed = {(value.fields["F"], value.fields["P"]) for value in found.values}
    for F, P in product(range(1, 8), range(4)):
        assert ((F, P) in listed) == fits("9x9x1", "conv", {"K": 1, "F": F, "P": P, "S": 2})


def test_the_rest_of_the_network_decides_where_it_can() -> None:
    body = [{"conv": {"K": "any", "F": 3, "P": 1}}]
    trace = shapecalc.trace({"input": "8x8x6", "layers": [{"residual": body}]})
    assert trace["conv1"].output == (8, 8, 6)
    layers = [{"conv": {"name": "a", "K": 4, "F": 3, "P": "any"}}, {"conv": {"K": 4, "F": 3}}]
    layers.append({"concat": ["a", "conv2"]})
    trace = shapecalc.trace({"input": "8x8x6", "layers": layers})
    assert {found.code for found in trace.findings} == {"SC412", "SC205"}


def test_a_block_and_a_repeat_have_one_value() -> None:
    conv = {"conv": {"K": 4, "F": "$f", "P": "any"}}
    blocks = {"b": {"parameters": {"f": None}, "layers": [conv]}}
    layers = [{"repeat": {"times": 3, "layers": [{"b": {"f": 5}}]}}, {"b": {"f": 7}}]
    trace = shapecalc.trace({"input": "8x8x3", "blocks": blocks, "layers": layers})
    assert trace.output == (8, 8, 4)
    assert not [found for found in trace.findings if found.severity == "error"]


@pytest.mark.parametrize("word", ["any", "?"])
def test_names_and_open_sizes(word: str) -> None:
    layers = [{"conv": {"K": 2, "F": 3, "P": word}}]
    assert shapecalc.trace({"input": "HxWx3", "layers": layers}).to_dict()["output"] == [
        "H",
        "W",
        2,
    ]
    assert shapecalc.trace({"input": "?x?x3", "layers": layers})["conv1"].layer.P == 1  # type: ignore[union-attr]


def test_other_fields_take_no_any() -> None:
    for field in ("groups", "bias", "mode"):
        trace = shapecalc.trace(
            {"input": "8x8x3", "layers": [{"conv": {"K": 2, "F": 3, field: "any"}}]}
        )
        assert [found.code for found in trace.findings] == ["SC104"]
    assert set(PLACEHOLDERS) == {"P", "F", "S", "K", "dilation", "output_padding"}


def test_what_never_fits_says_why() -> None:
    trace = shapecalc.trace({"input": "4x4x3", "layers": [{"conv": {"K": 2, "F": 9, "S": "any"}}]})
    assert [found.code for found in trace.findings] == ["SC202"]
