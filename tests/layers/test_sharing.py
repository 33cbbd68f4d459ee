"""Why a layer cannot use another one's weights: the reason names what truly differs."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from shapecalc import trace

ALONE = "share: {weight: one} is for the weight alone"
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
CONVOLUTIONS = {"conv", "depthwise_conv", "conv_transpose"}
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


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), list(product(WITH_WEIGHTS, repeat=2)))
def test_the_reason_is_a_difference(first: Any, second: Any) -> None:
    found, result = shared(first, second)
    owned = [record.layer.parameters(record.input) for record in result.layers]
    shapes = [{name: parameter.shape for name, parameter in own.items()} for own in owned]
    alike = first[0] == second[0] or {first[0], second[0]} <= CONVOLUTIONS
    if alike and shapes[0] == shapes[1]:
        assert found is None
        return
    message = found.message.removeprefix("two cannot share one: ")
    assert message != found.message
    if not shapes[0]:
        assert message == "one has no weights"
    elif not alike or (first[0] != second[0] and shapes[0]["weight"] != shapes[1]["weight"]):
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


def tied(enc: dict[str, Any], dec: dict[str, Any], share: Any = "enc") -> Any:
    """Return the trace of an autoencoder whose decoder has weights of 16x1x4x4 like its encoder."""
    layers = [
        {"conv": {"K": 16, "F": 4, "S": 2, "P": 1, "name": "enc", **enc}},
        "relu",
        {"conv_transpose": {"K": 1, "F": 4, "S": 2, "P": 1, "share": share, **dec}},
    ]
    return trace({"input": [28, 28, 1], "layers": layers})


def test_a_tied_autoencoder_has_its_weight_once() -> None:
    """Lasagne's "connecting the weights of the conv layer with the deconv layer"."""
    both = tied({"bias": False}, {"bias": False})
    assert both.diagnostics == ()
    assert both.totals.parameters == 16 * 1 * 4 * 4
    assert both.totals.macs == 2 * 50_176
    own = tied({}, {}, {"weight": "enc"})
    assert own.diagnostics == ()
    assert (own.totals.weights, own.totals.biases, own.totals.parameters) == (256, 17, 273)
    assert own.layers[2].parameters == 257
    assert own.to_dict()["layers"][2]["shares"] == "enc.weight"
    assert "the weight counted with enc" in " ".join(own.layers[2].derivation)


def test_the_weight_alone_is_offered_where_the_biases_differ() -> None:
    (found,) = tied({}, {}).diagnostics
    assert found.code == "SC209"
    assert "its bias is 1, that of enc 16" in found.message
    assert found.hint == "share: {weight: enc} is for the weight alone, leave out share"


def test_convolutions_of_two_kinds_and_other_shapes_are_told_of_the_kinds() -> None:
    (found,) = tied({}, {"K": 2}).diagnostics
    assert found.code == "SC209"
    assert "enc is a conv, whose weight is K x D/groups x F..." in found.message
    assert "conv_transpose1 a conv_transpose, whose weight is D x K/groups x F..." in found.message
    assert "16x1x4x4" not in found.message


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        ({"K": 4}, {"K": 5}, "K=4 as one has"),
        ({"K": 4, "F": 3}, {"K": 4, "F": 5, "P": 1}, "F=3 as one has"),
        ({"K": 4, "bias": False}, {"K": 4}, f"bias: false as one has, {ALONE}"),
        ({"K": 4}, {"K": 4, "bias": False}, f"bias: true as one has, {ALONE}"),
        ({"K": 4, "groups": 2}, {"K": 4}, "groups=2 as one has"),
        ({"K": 4}, {"K": 5, "F": 1}, ""),
    ],
)
def test_the_field_that_makes_the_shapes_equal_is_offered(
    first: dict[str, Any], second: dict[str, Any], hint: str
) -> None:
    found, _ = shared(("conv", {"F": 3, **first}), ("conv", {"F": 3, **second}))
    assert found.hint == ", ".join(filter(None, (hint, "leave out share")))


# -- one parameter ------------------------------------------------------------------------------


def dense(*layers: dict[str, Any], **more: Any) -> Any:
    """Return the trace of dense layers on 6 values."""
    return trace({"input": 6, "layers": [{"dense": layer} for layer in layers], **more})


def test_tied_dense_layers_share_the_transposed_weight() -> None:
    enc = {"units": 4, "name": "enc"}
    dec = {"units": 6, "share": {"weight": "enc", "transposed": True}}
    result = dense(enc, dec)
    assert result.diagnostics == ()
    assert result.totals.parameters == 24 + 4 + 6
    assert result.totals.macs == 48


@pytest.mark.parametrize(
    ("share", "said", "hint"),
    [
        ("enc", "its weight is 6x4, that of enc 4x6", "share: {weight: enc, transposed: true}"),
        ({"weight": "enc"}, "its weight is 6x4, that of enc 4x6", "transposed: true beside it"),
        ({"kernel": "enc"}, "enc has weight, bias", "leave out share"),
        ({"bias": "enc"}, "its bias is 6, that of enc 4", "leave out share"),
        ({"weight": "relu1"}, "relu1 has no parameters", "leave out share"),
    ],
)
def test_what_does_not_fit_is_said(share: Any, said: str, hint: str) -> None:
    layers = [
        {"dense": {"units": 4, "name": "enc"}},
        "relu",
        {"dense": {"units": 6, "share": share}},
    ]
    (found,) = trace({"input": 6, "layers": layers}).diagnostics
    assert found.code == "SC209"
    assert said in found.message
    assert hint in found.hint


def test_a_square_weight_is_transposed_only_where_that_is_written() -> None:
    for share in ({"weight": "a"}, {"weight": "a", "transposed": True}):
        result = dense({"units": 6, "name": "a"}, {"units": 6, "share": share})
        assert result.diagnostics == ()
        assert result.layers[1].shares_one.transposed is ("transposed" in share)
    (found,) = dense(
        {"units": 6, "name": "a"}, {"units": 4, "share": {"weight": "a", "transposed": True}}
    ).diagnostics
    assert "that of a, transposed 6x6" in found.message


def test_who_shares_what_is_shared_has_it_from_the_first() -> None:
    turned = {"weight": "b", "transposed": True}
    result = dense(
        {"units": 4, "name": "a"},
        {"units": 6, "name": "b", "share": {"weight": "a", "transposed": True}},
        {"units": 4, "name": "c", "share": turned},
        {"units": 6, "name": "d", "share": {"bias": "b"}},
    )
    assert result.diagnostics == ()
    assert [record.shared for record in result.layers] == [None, "a.weight", "a.weight", "b.bias"]
    assert [r.shares_one.transposed for r in result.layers[1:]] == [True, False, False]
    assert result.totals.parameters == 24 + 4 + 6 + 4 + 24


def test_a_layer_that_has_one_from_another_is_not_shared_as_a_whole() -> None:
    result = dense(
        {"units": 6, "name": "a"},
        {"units": 6, "name": "b", "share": {"weight": "a"}},
        {"units": 6, "share": "b"},
    )
    (found,) = result.diagnostics
    assert found.code == "SC209"
    assert "its weight is a's" in found.message
    assert "share: {weight: a}" in found.hint


def test_instances_whose_layers_are_tied_are_not_shared() -> None:
    inner = [
        {"dense": {"units": 6, "name": "x"}},
        {"dense": {"units": 6, "share": {"weight": "x"}}},
    ]
    spec = {
        "input": 6,
        "blocks": {"b": {"layers": inner}},
        "layers": ["b", {"b": {"share": "b1"}}],
    }
    result = trace(spec)
    assert [d.code for d in result.diagnostics] == ["SC209"]
    assert result.layers[1].shared == "b1.x.weight"
    assert result.layers[3].shared == "b2.x.weight"


@pytest.mark.parametrize(
    ("share", "code"),
    [
        ({}, "SC104"),
        ({"transposed": True}, "SC104"),
        ({"weight": "a", "bias": "a"}, "SC104"),
        ({"weight": "a", "transposed": "yes"}, "SC104"),
        ({"weight": 3}, "SC104"),
        ({"weight": ["a"]}, "SC104"),
        ({3: "a"}, "SC104"),
        (["a"], "SC104"),
        ({"weight": "nobody"}, "SC107"),
        ({"weight": "input"}, "SC107"),
    ],
)
def test_what_share_takes(share: Any, code: str) -> None:
    result = dense({"units": 6, "name": "a"}, {"units": 6, "share": share})
    assert [d.code for d in result.diagnostics] == [code]


def test_a_block_may_be_given_whose_weight_is_shared() -> None:
    block = {
        "parameters": {"of": None},
        "layers": [{"dense": {"units": 6, "share": {"weight": "$of"}}}],
    }
    layers = [{"dense": {"units": 6, "name": "a"}}, {"b": "a"}, {"b": "a"}]
    result = trace({"input": 6, "blocks": {"b": block}, "layers": layers})
    assert result.diagnostics == ()
    assert result.totals.parameters == 36 + 3 * 6
