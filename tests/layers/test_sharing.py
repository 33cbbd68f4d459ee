"""Why a layer cannot use another one's weights: the reason names what truly differs."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from shapecalc import trace

WITH_WEIGHTS: list[tuple[str, dict[str, Any]]] = [
    *(("conv", {"K": 4, "F": 3, "P": 1} | more) for more in ({}, {"bias": False}, {"groups": 2})),
    *(("conv", {"K": K, "F": F, "P": "same"}) for K, F in ((4, 1), (4, [3, 5]), (8, 3))),
    ("conv_transpose", {"K": 4, "F": 3, "P": 1}),
    ("conv_transpose", {"K": 4, "F": 3, "P": 1, "bias": False}),
    ("depthwise_conv", {"F": 3, "P": 1}),
    ("depthwise_conv", {"F": 1, "bias": False}),
    ("dense", {"units": 4}),
    ("dense", {"units": 4, "bias": False}),
    *(("batch_norm", {"affine": affine}) for affine in (True, False)),
    *(("instance_norm", {"affine": affine}) for affine in (True, False)),
    *(("layer_norm", {"affine": affine}) for affine in (True, False)),
    *(("group_norm", {"groups": 2, "affine": affine}) for affine in (True, False)),
    *(("prelu", {"slopes": slopes}) for slopes in ("one", "per_slice", "per_value")),
]
BOTH = re.compile(r"its ([a-z ]+) is ([0-9x]+), that of one ([0-9x]+)")


def shared(first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]) -> Any:
    """Return the finding of a layer that shares another one, both on the same input; or None."""
    spec = {
        "input": [8, 8, 4],
        "layers": [
            {first[0]: first[1] | {"name": "one"}},
            {second[0]: second[1] | {"name": "two", "share": "one", "from": "input"}},
        ],
    }
    result = trace(spec)
    found = [d for d in result.diagnostics if d.code == "SC209"]
    return (found[0] if found else None), result


@pytest.mark.parametrize(("first", "second"), product(WITH_WEIGHTS, repeat=2))
def test_the_reason_is_a_difference(first: Any, second: Any) -> None:
    found, result = shared(first, second)
    owned = [record.layer.parameters(record.input) for record in result.layers]
    shapes = [{name: parameter.shape for name, parameter in own.items()} for own in owned]
    if first[0] == second[0] and shapes[0] == shapes[1]:
        assert found is None
        return
    message = found.message.removeprefix("two cannot share one: ")
    assert message != found.message
    if not shapes[0]:
        assert message == "one has no weights"
    elif first[0] != second[0]:
        assert re.match(rf"one is an? {first[0]}\b", message)
        assert re.search(rf"and two an? {second[0]}\b", message)
        layouts = re.findall(r"whose weight is ([^,]+)", message)
        assert len(layouts) in (0, 2)
        assert len({*layouts}) == len(layouts)
    else:
        for name, mine, theirs in BOTH.findall(message):
            assert mine != theirs
            key = name.replace(" ", "_")
            assert "x".join(map(str, shapes[1][key])) == mine
            assert "x".join(map(str, shapes[0][key])) == theirs
        missing = re.findall(r"(?:one|it) has a ([a-z ]+), (?:one|it) has none", message)
        assert {*missing} == {n.replace("_", " ") for n in shapes[0].keys() ^ shapes[1].keys()}
        assert missing or BOTH.search(message)


def test_a_tied_autoencoder_is_told_of_the_kinds() -> None:
    """Both weights are 16x1x4x4 here."""
    conv = ("conv", {"K": 16, "F": 4, "S": 2, "P": 1, "bias": False})
    transposed = ("conv_transpose", {"K": 1, "F": 4, "S": 2, "P": 1, "bias": False})
    spec = {
        "input": [28, 28, 1],
        "layers": [
            {conv[0]: conv[1] | {"name": "enc"}},
            "relu",
            {transposed[0]: transposed[1] | {"share": "enc"}},
        ],
    }
    (found,) = trace(spec).diagnostics
    assert found.code == "SC209"
    assert "enc is a conv, whose weight is K x D/groups x F..." in found.message
    assert "conv_transpose1 a conv_transpose, whose weight is D x K/groups x F..." in found.message
    assert "16x1x4x4" not in found.message


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        ({"K": 4}, {"K": 5}, "K=4 as one has"),
        ({"K": 4, "F": 3}, {"K": 4, "F": 5, "P": 1}, "F=3 as one has"),
        ({"K": 4, "bias": False}, {"K": 4}, "bias: false as one has"),
        ({"K": 4}, {"K": 4, "bias": False}, "bias: true as one has"),
        ({"K": 4, "groups": 2}, {"K": 4}, "groups=2 as one has"),
        ({"K": 4}, {"K": 5, "F": 1}, ""),
    ],
)
def test_the_field_that_makes_the_shapes_equal_is_offered(
    first: dict[str, Any], second: dict[str, Any], hint: str
) -> None:
    found, _ = shared(("conv", {"F": 3, **first}), ("conv", {"F": 3, **second}))
    assert found.hint == ", ".join(filter(None, (hint, "leave out share")))
