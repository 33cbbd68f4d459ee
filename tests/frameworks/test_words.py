"""Every framework's layer and field is read as the kind and field that it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from framework_layers import DEPTH, MERGES, SIZE, Case, cases

import shapecalc
from shapecalc import Trace
from shapecalc.edits import value_at
from shapecalc.frameworks.elsewhere import NO_LAYERS, NOT_YET, OTHER_WORDS
from shapecalc.frameworks.lookups import (
    BESIDE_A_KIND,
    all_words,
    called,
    fields_of,
    kinds_meant,
    spelled,
    words_of,
)
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.layers import KINDS
from shapecalc.network.shorthands import layer_meant
from shapecalc.readers.source_text import flow

CASES = list(cases())
NOISE = ("SC401", "SC402", "SC404")  # of our own rules, in either words
PREFIX = {"PyTorch": "nn", "Keras": "keras.layers"}
# What every Keras layer takes, and PyTorch's places: they have no effect here.
EVERYWHERE = {"dtype", "autocast", "trainable", "device", "input_shape", "batch_input_shape",
              "input_dim"}  # fmt: skip
# Fields of versions other than the newest, or of both of two layers of one name.
TRIED_BELOW = {
    "virtual_batch_size", "rms_scaling", "alpha", "interpolation", "divisor_override",
    "data_format",
}  # fmt: skip


def label(case: Case) -> str:
    return f"{case.name}-{len(case.volume) - 1}-{len(case.theirs)}"


def net(volume: tuple[int, ...], item: Any) -> dict[str, Any]:
    return {"input": list(volume), "layers": [item]}


def written(case: Case, name: str | None = None) -> Any:
    """Return the case's layer as an item of a list of layers."""
    name = name or f"{PREFIX[case.framework]}.{case.name}"
    return {name: case.theirs} if case.theirs else name


def codes(trace: Trace, *without: str) -> list[str]:
    return [d.code for d in trace.diagnostics if d.code not in without]


def records(trace: Trace) -> Any:
    """Return all that a report has but its findings."""
    told = trace.to_dict()
    return {key: told[key] for key in ("layers", "totals", "output", "complete")}


# -- layers ------------------------------------------------------------------------------------


def test_every_word_has_a_case() -> None:
    tried = {(case.framework, case.name) for case in CASES} | set(MERGES)
    words = {(word.framework, word.name) for word in all_words()}
    unpoolings = {("PyTorch", f"MaxUnpool{axes}d") for axes in (1, 2, 3)}  # they name a layer
    assert words - tried == {("PyTorch", "interpolate"), *unpoolings}
    assert tried <= words


def test_every_field_of_every_word_has_a_case() -> None:
    tried: dict[tuple[str, str], set[str]] = {}
    for case in CASES:
        tried.setdefault((case.framework, case.name), set()).update(case.theirs)
    for word in all_words():
        if (word.framework, word.name) in tried:
            left = set(word.fields) - tried[word.framework, word.name]
            untried = left - EVERYWHERE - TRIED_BELOW
            learned = ("initializer", "regularizer", "constraint")
            assert not {key for key in untried if not key.endswith(learned)}, (word.name, untried)


@pytest.mark.quick(69)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_layer_in_a_frameworks_words_is_the_one_in_ours(case: Case) -> None:
    theirs = shapecalc.trace(net(case.volume, written(case)))
    ours = shapecalc.trace(net(case.volume, case.ours))
    assert codes(theirs, "SC410", *NOISE) == []
    assert "SC410" not in codes(ours)
    assert records(theirs) == records(ours)
    assert theirs.layers[0].layer == ours.layers[0].layer, "values that no count shows"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=label)
def test_the_edit_puts_a_layer_into_our_words(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    for text in (flow(net(case.volume, written(case))), block_style(case)):
        path.write_text(text, encoding="utf-8")
        before = shapecalc.trace(path)
        (advice,) = (d for d in before.diagnostics if d.code == "SC410")
        assert advice.hint.startswith("write ")
        (edit,) = advice.edits
        path.write_text(edit.applied(text), encoding="utf-8")
        after = shapecalc.trace(path)
        assert codes(after, *NOISE) == [], edit.applied(text)
        assert records(after) == records(before)
        assert "# kept" in edit.applied(text) or "#" not in text


def block_style(case: Case) -> str:
    """Return a spec with a line for every field, as people write it, and a comment."""
    lines = [f"input: {flow(list(case.volume))}", "layers:"]
    name = f"{PREFIX[case.framework]}.{case.name}"
    if not case.theirs:
        return "\n".join([*lines, f"  - {name}  # kept", ""])
    lines.append(f"  - {name}:  # kept")
    lines += [f"      {key}: {flow(value)}" for key, value in case.theirs.items()]
    return "\n".join([*lines, ""])


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in CASES if c.name not in ("LeakyReLU", "PReLU")])
def test_without_a_prefix_the_fields_tell_which_framework_is_meant(case: Case) -> None:
    for name in (case.name, case.name.lower()):
        if name in KINDS or name in ("linear",):
            continue
        theirs = shapecalc.trace(net(case.volume, written(case, name)))
        ours = shapecalc.trace(net(case.volume, case.ours))
        if case.theirs or len(words_of(name)) == 1:
            assert records(theirs) == records(ours), name


@pytest.mark.parametrize(("word", "meant"), MERGES.items(), ids=str)
def test_merges(word: tuple[str, str], meant: tuple[str, dict[str, Any]]) -> None:
    name, (kind, fields) = word[1], meant
    sources = {"from": ["input", "relu1"]}
    spec = {"input": "8x8x3", "layers": ["relu", {name: {**fields, **sources}}]}
    theirs = shapecalc.trace(spec)
    ours = shapecalc.trace({"input": "8x8x3", "layers": ["relu", {kind: sources}]})
    assert codes(theirs) == ["SC410"]
    assert records(theirs) == records(ours)
    if name != "cat":
        bare = shapecalc.trace({"input": "8x8x3", "layers": ["relu", {name: sources["from"]}]})
        assert records(bare) == records(ours)


# -- names and blocks --------------------------------------------------------------------------


def test_an_alias_counts_under_the_real_kind() -> None:
    layers = ["Conv2d", "conv", "nn.Conv2d", "Conv2D", "conv2d"]
    fields = {"out_channels": 4, "kernel_size": 1}
    spec = {"input": "8x8x4", "layers": [{name: dict(fields)} for name in layers]}
    trace = shapecalc.trace(spec)
    assert [record.name for record in trace.layers] == [f"conv{i}" for i in range(1, 6)]
    assert {record.kind for record in trace.layers} == {"conv"}


def test_a_block_of_that_name_wins() -> None:
    spec = {
        "input": "8x8x4",
        "blocks": {"Conv2d": {"parameters": {"out_channels": 2}, "layers": ["relu", "tanh"]}},
        "layers": [{"Conv2d": {"out_channels": 4}}],
    }
    trace = shapecalc.trace(spec)
    assert codes(trace) == []
    assert [record.kind for record in trace.layers] == ["relu", "tanh"]


def test_name_from_expect_and_share_are_read_as_everywhere() -> None:
    layers = [
        {"Linear": {"name": "a", "out_features": 4, "expect": {"output": 4}}},
        {"Linear": {"from": "a", "out_features": 4, "name": "b"}},
        {"Linear": {"from": "a", "out_features": 4, "share": "b", "expect": {"output": 5}}},
    ]
    trace = shapecalc.trace({"input": 4, "layers": layers})
    assert codes(trace, "SC410") == ["SC301"]
    assert [record.shares for record in trace.layers] == [None, None, "b"]


def test_advice_is_given_once_a_layer_and_names_every_word() -> None:
    fields = {"in_channels": 4, "out_channels": 8, "kernel_size": 1, "padding_mode": "zeros"}
    trace = shapecalc.trace({"input": "8x8x4", "layers": [{"Conv2d": fields}]})
    (advice,) = trace.diagnostics
    assert (advice.code, advice.severity, advice.where) == ("SC410", "advice", "layers[0].Conv2d")
    assert "Conv2d, in_channels and padding_mode are words of PyTorch" in advice.message
    assert advice.hint == ("write conv for Conv2d, leave out in_channels, leave out padding_mode")


def test_a_block_met_often_is_advised_once() -> None:
    spec = {
        "input": "8x8x4",
        "blocks": {"b": {"layers": [{"Conv2d": {"K": 4, "F": 1}}]}},
        "layers": [{"repeat": {"times": 5, "layers": ["b"]}}],
    }
    (advice,) = shapecalc.trace(spec).diagnostics
    assert (advice.code, advice.where) == ("SC410", "blocks.b.layers[0].Conv2d")
    assert "and in 4 more" in advice.message


def test_a_parameter_reaches_a_frameworks_field() -> None:
    layer = {"Linear": {"out_features": "$units", "in_features": "$inputs", "bias": "$bias"}}
    block = {"parameters": {"units": None, "inputs": None, "bias": True}, "layers": [layer]}
    spec = {
        "input": 4,
        "blocks": {"b": block},
        "layers": [{"b": {"units": 3, "inputs": 4}}, {"b": {"units": 5, "inputs": 4}}],
    }
    trace = shapecalc.trace(spec)
    assert [record.output for record in trace.layers] == [(3,), (5,)]
    (false,) = (d for d in trace.diagnostics if d.code == "SC301")
    assert "in_features 4 expected, 3 is" in false.message
    spec["layers"] = ["b"]
    assert codes(shapecalc.trace(spec), "SC410") == ["SC103"]
    spec["layers"] = [layer]
    assert set(codes(shapecalc.trace(spec), "SC410")) == {"SC107"}


def test_an_edit_does_not_put_one_instances_value_into_the_block(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "input: 9x9x4\nblocks:\n  b:\n    parameters: {up: false}\n    layers:\n"
        "      - MaxPool2d: {kernel_size: 2, ceil_mode: $up}\nlayers: [b, {b: true}]\n",
        encoding="utf-8",
    )
    trace = shapecalc.trace(path)
    assert [record.output for record in trace.layers] == [(4, 4, 4), (2, 2, 4)]
    assert all(d.edits == () for d in trace.diagnostics if d.code == "SC410")


# -- what comes in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "item", "said"),
    [
        ("8x8x4", {"Conv2d": {"in_channels": 3, "out_channels": 2, "kernel_size": 3}}, "4 is the"),
        ("8x8x4", {"conv": {"in_channels": 3, "K": 2, "F": 3}}, "4 is the depth of 8x8x4"),
        ("8x8x4", {"BatchNorm2d": 3}, "num_features 3 expected, 4 is the depth"),
        ("8x8x4", {"BatchNorm2d": {"num_features": 3}}, "num_features 3 expected"),
        ("8x8x4", {"GroupNorm": {"num_groups": 2, "num_channels": 8}}, "num_channels 8 expected"),
        ("8x4", {"LayerNorm": 8}, "normalized_shape 8 expected, 4 is the depth of 8x4"),
        ("6x6x16", {"Linear": {"in_features": 400, "out_features": 3}}, "576 is the number of"),
        ("576", {"linear": {"in_features": 400, "out_features": 3}}, "576 is the number of"),
        ("8x8x4", {"PReLU": 3}, "num_parameters 3 expected"),
        ("8x8x4", {"Conv2D": {"filters": 2, "kernel_size": 3, "input_shape": [8, 8, 3]}},
         "input_shape 8x8x3 expected, 8x8x4 is the volume"),
        ("784", {"Dense": {"units": 2, "input_dim": 100}}, "input_dim 100 expected, 784 is"),
    ],
)  # fmt: skip
def test_what_a_field_says_of_the_input_is_compared(volume: str, item: Any, said: str) -> None:
    trace = shapecalc.trace({"input": volume, "layers": [item]})
    (false,) = (d for d in trace.diagnostics if d.severity == "error")
    assert false.code == "SC301"
    assert said in false.message
    assert trace.complete  # all is computed from what does come in


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("input: 8x8x4\nlayers:\n  - conv: {in_channels: 3, K: 2, F: 3}\n", "in_channels: 4"),
        ("input: 8x8x4\nlayers:\n  - BatchNorm2d: 3\n", "BatchNorm2d: 4"),
        ("input: 8x4\nlayers:\n  - LayerNorm: {normalized_shape: 8}\n", "normalized_shape: 4"),
    ],
)
def test_a_false_statement_has_an_edit(text: str, mended: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    (false,) = (d for d in shapecalc.trace(path).diagnostics if d.code == "SC301")
    (edit,) = false.edits
    assert mended in edit.applied(text)
    path.write_text(edit.applied(text), encoding="utf-8")
    assert codes(shapecalc.trace(path)) == ["SC410"]


@pytest.mark.parametrize(
    ("volume", "item", "code"),
    [
        ("28x28", {"Conv2d": {"K": 2, "F": 3}}, "SC206"),
        ("8x8x3", {"Conv1D": {"K": 2, "F": 3}}, "SC206"),
        ("8x8x3", {"MaxPool3d": 2}, "SC206"),
        ("8x8x3", "BatchNorm1d", "SC206"),
        ("100", {"Conv2d": {"K": 2, "F": 3}}, "SC206"),
        ("8x8x3", {"Softmax": {"dim": -1}}, "SC206"),
        ("8x8x3", {"softmax": {"axis": 1}}, "SC206"),
        ("8x8x3", {"Upsample": {"scale_factor": 2, "mode": "linear"}}, "SC206"),
        ("8x8x3", {"keras.layers.PReLU": {"shared_axes": [1]}}, "SC206"),
    ],
)
def test_a_layer_for_another_number_of_axes_is_refused(volume: str, item: Any, code: str) -> None:
    trace = shapecalc.trace({"input": volume, "layers": [item]})
    assert [d.code for d in trace.diagnostics if d.severity == "error"] == [code]


# -- what a word means that is not computed here ----------------------------------------------


@pytest.mark.parametrize(
    ("item", "said", "known"),
    [
        ({"Conv2D": {"filters": 2, "kernel_size": 1, "activation": "relu"}}, "- relu", True),
        ({"Conv2D": {"filters": 2, "kernel_size": 1, "activation": "swish"}}, "- silu", True),
        ({"Conv2D": {"filters": 2, "kernel_size": 1, "activation": "tanh_shrink"}}, "own", True),
        ({"ConvTranspose2d": {"K": 2, "F": 1, "padding_mode": "reflect"}}, "zeros", True),
        ({"Conv2D": {"filters": 2, "F": 1, "data_format": "channels_first"}}, "depth last", True),
        ({"BatchNorm2d": {"track_running_stats": False}}, "always kept", False),
        ({"RMSNorm": {"normalized_shape": [4, 8, 8]}}, "at each position", False),
        ({"GELU": {"approximate": "tanh"}}, "exact", True),
        ({"ELU": {"alpha": 2}}, "alpha 1", True),
        ({"Hardtanh": {"min_val": 0}}, "begins at -1", True),
        ({"Upsample": {"size": 16, "mode": "nearest-exact"}}, "starts", True),
        ({"Upsample": {"scale_factor": 1.5, "mode": "nearest-exact"}}, "starts", True),
        ({"Upsample": {"scale_factor": 1.5, "recompute_scale_factor": True}}, "output", True),
        ({"upsample": {"size": 2}}, "factor", False),
        ({"Upsample": {"scale_factor": 2, "mode": "bicubic"}}, "nearest or bilinear", True),
        ({"Upsample": {"scale_factor": 2, "align_corners": True}}, "half-pixel", True),
        ({"AdaptiveAvgPool2d": {"output_size": [None, 3]}}, "own size is not read", False),
        ({"AvgPool2d": {"kernel_size": 2, "divisor_override": 3}}, "window's size", True),
        ({"LPPool2d": {"norm_type": 1, "kernel_size": 2}}, "norm_type 2", True),
        ({"Flatten": {"start_dim": 2}}, "whole volume", True),
        ({"keras.layers.PReLU": {"shared_axes": [2]}}, "per_value", False),
        ({"Softmax": {"dim": 0}}, "along the depth", False),
        ({"Dense": {"units": 2, "lora_rank": 4}}, "low rank", False),
    ],
)
def test_what_is_not_computed_is_a_fault_with_a_true_hint(
    item: Any, said: str, known: bool
) -> None:
    volume = "8x4" if "Conv1D" in item else "8x8x4"
    trace = shapecalc.trace({"input": volume, "layers": [item]})
    errors = [d for d in trace.diagnostics if d.severity == "error"]
    assert len(errors) == 1, errors
    assert errors[0].code in ("SC102", "SC103", "SC104")
    assert said in errors[0].hint
    assert (trace.layers[0].parameters is not None) is known
    assert not trace.complete


def test_an_activation_inside_a_layer_is_moved_behind_it(tmp_path: Path) -> None:
    text = (
        "input: 8x8x4\nlayers:\n"
        "  - Conv2D: {filters: 2, kernel_size: 1, activation: relu}\n"
        "  - Dense:\n      units: 3  # three\n      activation: softmax\n"
    )
    path = tmp_path / "spec.yaml"
    for _ in range(2):
        path.write_text(text, encoding="utf-8")
        found = [d for d in shapecalc.trace(path).diagnostics if d.code == "SC102"]
        (edit,) = found[0].edits
        text = edit.applied(text)
    path.write_text(text, encoding="utf-8")
    trace = shapecalc.trace(path)
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    assert [record.kind for record in trace.layers] == ["conv", "relu", "dense", "softmax"]
    assert "# three" in text


def test_an_activation_is_not_moved_behind_a_layer_that_others_name() -> None:
    layers = [
        {"Conv2D": {"name": "a", "filters": 4, "kernel_size": 1, "activation": "relu"}},
        {"conv": {"K": 4, "F": 1}},
        {"add": ["a", "conv2"]},
    ]
    trace = shapecalc.trace({"input": "8x8x4", "layers": layers})
    (found,) = (d for d in trace.diagnostics if d.code == "SC102")
    assert found.edits == ()
    assert "layer of its own" in found.hint


def test_what_stays_different_is_said() -> None:
    def message(item: Any) -> str:
        (advice,) = shapecalc.trace({"input": "8x8x4", "layers": [item]}).diagnostics
        return advice.message

    assert "Keras' is 0.3" in message("LeakyReLU")
    assert "Keras' is 0.3" not in message("nn.LeakyReLU")
    assert "one slope" in message("PReLU")
    assert shapecalc.trace({"input": 8, "layers": ["keras.layers.LeakyReLU"]}).layers[0].layer == (
        shapecalc.trace({"input": 8, "layers": [{"leaky_relu": 0.3}]}).layers[0].layer
    )


@pytest.mark.parametrize("field", ["kernel_size", "F", "strides", "padding", "dilation_rate"])
def test_a_tuple_of_python_is_the_list_it_is(field: str) -> None:
    ours = {"kernel_size": "F", "strides": "S", "padding": "P", "dilation_rate": "dilation"}
    fields = {"K": 2, "F": 2, ours.get(field, field): [2, 1]}
    theirs = {"K": 2, field: "(2, 1)"} | ({} if field in ("F", "kernel_size") else {"F": 2})
    trace = shapecalc.trace({"input": "9x9x4", "rounding": "floor", "layers": [{"conv": theirs}]})
    assert "SC410" in codes(trace)
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    spec = {"input": "9x9x4", "rounding": "floor", "layers": [{"conv": fields}]}
    assert records(trace) == records(shapecalc.trace(spec))


@pytest.mark.parametrize(
    ("layer", "mended"),
    [
        ("conv: {K: 2, F: (3, 5)}", "conv: {K: 2, F: [3, 5]}"),
        ("conv: {F: (3, 5), K: 2}", "conv: {F: [3, 5], K: 2}"),
        ("Conv2D: {kernel_size: (3, 3), filters: 2}", "Conv2D: {kernel_size: [3, 3], filters: 2}"),
        ("conv: {K: 2, F: 3, P: ((1, 1), (2, 2))}", "conv: {K: 2, F: 3, P: [[1, 1], [2, 2]]}"),
    ],
)
def test_a_tuple_that_brackets_have_torn_is_put_together(
    layer: str, mended: str, tmp_path: Path
) -> None:
    text = f"input: 9x9x4\nlayers:\n  - {layer}\n"
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    trace = shapecalc.trace(path)
    (found,) = (d for d in trace.diagnostics if d.severity == "error")
    assert found.code == "SC104"
    assert trace.output is not None
    assert found.edits[0].applied(text) == text.replace(layer, mended)


# -- calls and lists ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("nn.Conv2d(4, 8, 3)", {"conv": {"K": 8, "F": 3}}),
        ("nn.Conv2d(4, 8, kernel_size=3, padding=1, bias=False)", {
            "conv": {"K": 8, "F": 3, "P": 1, "bias": False}
        }),
        ("Conv2D(8, (3, 3), padding='same')", {"conv": {"K": 8, "F": [3, 3], "P": "same"}}),
        ("nn.MaxPool2d(2, 2)", {"max_pool": {"F": 2, "S": 2}}),
        ("nn.ReLU(inplace=True)", "relu"),
        ("nn.ReLU(),", "relu"),
        ("nn.Linear(256, 10)", {"dense": {"units": 10}}),
        ("nn.Upsample(64)", {"upsample": {"output": 64}}),
        ("Dropout(0.3)", {"dropout": {"rate": 0.3}}),
        ("tf.keras.layers.BatchNormalization()", {"batch_norm": {"eps": 0.001}}),
        ("conv K=8 F=3 P=1", {"conv": {"K": 8, "F": 3, "P": 1}}),
        ("conv: K=8 F=3".replace(": ", " "), {"conv": {"K": 8, "F": 3}}),
    ],
)  # fmt: skip
def test_a_call_of_python_is_put_into_our_words(text: str, ours: Any, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    spec = f"input: 8x8x4\nlayers:\n  - {text}\n"
    path.write_text(spec, encoding="utf-8")
    trace = shapecalc.trace(path)
    (found,) = (d for d in trace.diagnostics if d.severity == "error")
    assert found.code == "SC105"
    assert records(trace)["layers"] == records(
        shapecalc.trace({"input": "8x8x4", "layers": [ours]})
    )["layers"]  # fmt: skip
    path.write_text(found.edits[0].applied(spec), encoding="utf-8")
    mended = shapecalc.trace(path)
    assert [d for d in mended.diagnostics if d.severity == "error"] == []
    assert value_at(mended.spec.document.data, ("layers", 0)) == ours


@pytest.mark.parametrize(
    ("value", "ours"),
    [
        ({"conv": "K=8 F=3"}, {"K": 8, "F": 3}),
        ({"conv": "K: 8, F: [3, 5], P: same"}, {"K": 8, "F": [3, 5], "P": "same"}),
        ({"conv": [8, 3]}, {"K": 8, "F": 3}),
        ({"Conv2d": [4, 8, 3]}, {"K": 8, "F": 3}),
        ({"Conv2D": [8, [3, 3]]}, {"K": 8, "F": [3, 3]}),
        ({"Linear": [256, 10]}, {"units": 10}),
        ({"max_pool": "F=2 S=2"}, {"F": 2, "S": 2}),
    ],
)
def test_a_value_in_the_place_of_fields_is_put_into_them(value: Any, ours: Any) -> None:
    trace = shapecalc.trace({"input": "8x8x4", "layers": [value]})
    (found,) = (d for d in trace.diagnostics if d.severity == "error")
    assert found.code == "SC104"
    (kind,) = (
        (word.kind for word in words_of(next(iter(value)))[:1])
        if (next(iter(value)) not in KINDS)
        else value
    )
    expected = shapecalc.trace({"input": "8x8x4", "layers": [{kind: ours}]})
    assert records(trace)["layers"] == records(expected)["layers"]
    for key in ours:
        assert f"{key}: " in found.hint


@pytest.mark.parametrize(
    "text",
    ["Conv2d(", "Conv2d()", "f(x)", "Conv2d(x, y)", "Conv2d(*a)", "(1, 2)", "a" * 1000 + "()",
     "Conv2d(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)", "__import__('os').system('true')",
     "Conv2d(3, 64, 3, stride=", "lambda: 0", "Conv2d(3, 64, 3) + 1", "(" * 200 + ")" * 200,
     "Conv2d(3, 64, 3, **k)", "\x00()", "foo.Conv2d(3, 64, 3)",
     "conv K=1 K=2", "conv K=", "conv =1",
    ],
)  # fmt: skip
def test_what_is_no_call_with_plain_values_is_an_unknown_kind(text: str) -> None:
    trace = shapecalc.trace({"input": "8x8x4", "layers": [text]})
    assert {d.code for d in trace.diagnostics} <= {"SC103", "SC104", "SC105", "SC410"}
    assert [d for d in trace.diagnostics if d.severity == "error"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("conv(16, 3)", [{"conv": {"K": 16, "F": 3}}]),
        ("conv(16, 3, 1, 1)", [{"conv": {"K": 16, "F": 3, "S": 1, "P": 1}}]),
        ("max_pool(2)", [{"max_pool": {"F": 2}}]),
        ("dense(10)", [{"dense": {"units": 10}}]),
        ("self.conv1 = nn.Conv2d(4, 16, 3)", [{"conv": {"K": 16, "F": 3}}]),
        ('Conv2D(16, 3, activation="relu")', [{"conv": {"K": 16, "F": 3}}, "relu"]),
        ('Dense(10, activation="softmax")', [{"dense": {"units": 10}}, "softmax"]),
    ],
)
def test_a_call_is_offered_as_the_layers_it_makes(
    text: str, meant: list[Any], tmp_path: Path
) -> None:
    path = tmp_path / "net.json"
    path.write_text(json.dumps({"input": "8x8x4", "layers": [text, "tanh"]}), encoding="utf-8")
    found = shapecalc.check(path)[0]
    (edit,) = found.edits
    after = json.loads(edit.applied(path.read_text(encoding="utf-8")))
    assert after["layers"] == [*meant, "tanh"]


@pytest.mark.parametrize("text", ["x.view(-1, 72)", "max_pool(F=2, mode=3)"])
def test_a_call_that_is_not_understood_gets_no_other_layer(text: str) -> None:
    (found,) = shapecalc.check({"input": "8x8x4", "layers": [text]})
    assert "without a call" in found.hint
    assert "conv: {K" not in found.hint


@pytest.mark.parametrize("word", ["MaxPool2d", "AvgPool2d", "MaxPooling2D"])
def test_a_list_that_may_be_a_window_or_two_arguments_is_asked_about(word: str) -> None:
    def traced(value: list[int]) -> shapecalc.Trace:
        return shapecalc.trace({"input": "9x9x4", "rounding": "floor", "layers": [{word: value}]})

    alike, unlike = traced([3, 3]), traced([3, 2])
    assert alike.output == (3, 3, 4)
    assert [d.severity for d in alike.diagnostics] == ["advice"]
    assert unlike.output == (4, 4, 4)
    (error,) = [d for d in unlike.diagnostics if d.severity == "error"]
    assert "F: 3, S: 2" in error.hint


def test_a_hint_for_a_list_is_one_that_the_kind_takes() -> None:
    found = shapecalc.check({"input": "32x32x3", "layers": [{"LayerNorm": [3, 32, 32]}]})
    assert not any("affine: 32" in d.hint for d in found)


def test_nothing_in_a_call_is_run(tmp_path: Path) -> None:
    target = tmp_path / "made"
    assert called(f"nn.Linear(open({str(target)!r}, 'w'), 3)", lambda word: ()) is None
    assert not target.exists()


# -- words without a kind ----------------------------------------------------------------------


@pytest.mark.parametrize("word", sorted(NOT_YET))
def test_a_layer_that_is_not_here_is_said_to_be_not_here(word: str) -> None:
    trace = shapecalc.trace({"input": "8x8x4", "layers": [word]})
    (found,) = trace.diagnostics
    assert (found.code, found.message) == ("SC105", f"there is no layer kind {word} yet")
    assert "did you mean" not in found.hint
    assert trace.layers[0].output is None


@pytest.mark.parametrize("word", [*NO_LAYERS, *OTHER_WORDS])
def test_another_tools_word_gets_what_it_is_here(word: str) -> None:
    (found,) = shapecalc.trace({"input": "8x8x4", "layers": [word]}).diagnostics
    assert found.code == "SC105"
    assert not OTHER_WORDS.get(word) or any(kind in found.hint for kind in OTHER_WORDS[word])
    assert NO_LAYERS.get(word, "") in found.hint


def test_no_word_is_in_two_lists_and_none_is_ours() -> None:
    lists = [set(NOT_YET), set(NO_LAYERS), set(OTHER_WORDS), {spelled(w.name) for w in all_words()}]
    ours = {spelled(kind) for kind in KINDS}
    for place, words in enumerate(lists):
        assert all(word == spelled(word) for word in words)
        for others in lists[place + 1 :]:
            assert not words & others
    assert not ours & (lists[0] | lists[1] | lists[2])
    assert {kind for kinds in OTHER_WORDS.values() for kind in kinds} <= set(KINDS)
    assert {word.kind for word in all_words()} - {""} <= set(KINDS)
    assert set(kinds_meant().values()) <= set(KINDS)


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("cnov", "conv"), ("convv", "conv"), ("dnese", "dense"), ("reluu", "relu"),
        ("max_poll", "max_pool"), ("MaxPool", "max_pool"), ("max-pool", "max_pool"),
        ("LeakyRelu", None), ("BatchNormalisation", "batch_norm"),
        ("Con2d", "conv"), ("Linaer", "linear"), ("relu7", None), ("conv_lstm", None),
        ("dense_net", None), ("drop", "dropout"), ("celu", None), ("swiglu", None),
        ("softmin", None), ("konv", "conv"), ("krop", "crop"), ("zigmoid", "sigmoid"),
        ("lsmt", None), ("conv9", None), ("xyz", None), ("minimun", None),
        ("max_unpol", "max_unpool"),
        ("separable_conv2d", None), ("group", None), ("global", None), ("hard", None),
    ],
)  # fmt: skip
def test_a_near_word_is_offered_only_if_it_is_the_same_one(word: str, offered: str | None) -> None:
    found = shapecalc.trace({"input": "8x8x4", "layers": [word]}).diagnostics
    hints = [d.hint for d in found if d.code == "SC105"]
    if offered is None:
        assert not any("did you mean" in hint for hint in hints), hints
    else:
        assert hints == [f"did you mean {offered}?"]


# -- the vocabulary ----------------------------------------------------------------------------


def conflicts() -> Iterator[tuple[str, str]]:
    """Yield the fields that mean different things in two layers of one kind."""
    met: dict[tuple[str, str], Any] = {}
    for word in all_words():
        for key, field in word.fields.items():
            if met.setdefault((word.kind, key), field) is not field:
                yield word.kind, key


def test_a_field_beside_a_kind_of_ours_means_one_thing() -> None:
    ours = {name for names in SYNONYMS.values() for name in names}
    told = {(kind, key) for kind, key in conflicts() if key not in ours}
    assert told == set(BESIDE_A_KIND)
    for kind, key in BESIDE_A_KIND:
        assert fields_of(kind)[key] is BESIDE_A_KIND[kind, key]


def test_the_sizes_of_the_cases() -> None:
    assert (SIZE, DEPTH) == (11, 4)
    assert len(CASES) > 200


# -- the guide ---------------------------------------------------------------------------------

GUIDE = Path(shapecalc.__file__).parent / "pages" / "guides" / "pytorch.md"
CALL = re.compile(r"`((?:nn\.)?[A-Z]\w*\((?:[^`()]|\([^`()]*\))*\))`")
FLAT = "GlobalAveragePooling2D()"  # with a flatten behind it, as its row says
ELSEWHERE = ("nn.Sequential(...)", "Sequential([...])")


def rows() -> Iterator[tuple[str, str]]:
    """Yield each call of the guide's table, with what stands beside it in our words."""
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        cells = line.strip("| ").split("|")
        if len(cells) == 3 and "`" in cells[2]:
            ours = cells[2].split("`")[1]
            for call in CALL.findall(" ".join(cells[:2])):
                if call not in (FLAT, *ELSEWHERE):
                    yield call, ours


@pytest.mark.parametrize(("call", "ours"), list(rows()))
def test_the_guides_table_says_what_is_read(call: str, ours: str) -> None:
    def told(item: Any) -> tuple[Any, Any]:
        trace = shapecalc.trace({"input": "8x8x64", "layers": [item]})
        return trace.output, trace.totals["parameters"]

    meant = layer_meant(call)
    assert meant is not None
    assert told(meant.item) == told(yaml.safe_load(ours))
    assert told(meant.item)[1] is not None


def test_the_guide_has_many_rows() -> None:
    assert len(list(rows())) > 25


# -- hostile values ----------------------------------------------------------------------------

HOSTILE: list[Any] = [
    None, True, -1, 0, 2**63, 2**200, 0.5, float("nan"), float("inf"), "", "x", "(", "(3, 3)", "(3",
    "((((", "None", "$x", "\x00", "a" * 5000, [], [[]], [None], [1] * 7, [[1, 2]] * 3,
    [float("nan")],
    [[1] * 50] * 50, {}, {"a": 1}, {"activation": "relu"}, [{"a": []}], "relu", "same", "causal",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("word", all_words(), ids=lambda word: f"{word.framework}-{word.name}")
def test_no_value_of_a_field_is_too_odd(word: Any) -> None:
    name = f"{PREFIX[word.framework]}.{word.name}"
    layers: list[Any] = [{name: value} for value in HOSTILE]
    for key in word.fields:
        layers += [{name: {key: value}} for value in HOSTILE]
        layers += [{word.kind or "relu": {key: value}} for value in HOSTILE]
    trace = shapecalc.trace({"input": "9x9x4", "layers": layers})
    assert len(trace.layers) == len(layers)
    for finding in trace.findings:
        assert len(finding.fault.message) < 500
        assert finding.fault.message.isprintable()
        assert finding.fault.hint.isprintable()
