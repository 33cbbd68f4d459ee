"""The result of tracing: its keys, its numbers, what is null, and what cannot be changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.diagnostics import unfolded

TraceText = Callable[..., Trace]

ALEXNET = """
name: AlexNet
input: 227x227x3
layers:
  - conv: {K: 96, F: 11, S: 4}
  - relu
  - max_pool: {F: 3, S: 2}
  - conv: {K: 256, F: 5, P: 2}
  - relu
  - max_pool: {F: 3, S: 2}
  - conv: {K: 384, F: 3, P: 1}
  - relu
  - conv: {K: 384, F: 3, P: 1}
  - relu
  - conv: {K: 256, F: 3, P: 1}
  - relu
  - max_pool: {F: 3, S: 2}
  - flatten
  - dense: 4096
  - relu
  - dropout
  - dense: 4096
  - relu
  - dropout
  - dense: 1000
  - softmax
"""

# -- the shape of the result -----------------------------------------------------------------------

TOP = (
    "schema", "file", "name", "complete", "inputs", "outputs", "output", "layers", "groups",
    "totals", "diagnostics",
)  # fmt: skip
RECORD = (
    "name", "kind", "from", "input", "fields", "output", "weights", "biases", "parameters",
    "trainable", "frozen", "non_trainable", "shares", "macs", "activations", "receptive_field",
    "jump", "derivation",
)  # fmt: skip
TOTALS = (
    "weights", "biases", "parameters", "trainable", "frozen", "non_trainable", "macs",
    "activations",
)  # fmt: skip
DIAGNOSTIC = (
    *("code", "severity", "message", "hint", "layer", "where", "line", "column"),
    *("end_line", "end_column", "edits", "consequences"),
)


def test_the_result_has_the_contracts_keys_in_their_order(trace_text: TraceText) -> None:
    result = trace_text("input: 8x8x1\nlayers: [{conv: {K: 2, F: 3, S: 2}}, reul]\n").to_dict()
    assert tuple(result) == TOP
    assert all(tuple(record) == RECORD for record in result["layers"])
    assert tuple(result["totals"]) == TOTALS
    assert len(result["diagnostics"]) == 2
    assert all(tuple(found) == DIAGNOSTIC for found in result["diagnostics"])


def test_the_result_is_json(trace_text: TraceText) -> None:
    result = trace_text(ALEXNET).to_dict()
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_alexnet_is_as_published(trace_text: TraceText) -> None:
    trace = trace_text(ALEXNET, "alexnet.yaml")
    result = trace.to_dict()
    assert result["schema"] == "shapecalc.report/1"
    assert Path(result["file"]).name == "alexnet.yaml"
    assert result["name"] == "AlexNet"
    assert result["complete"] is True
    assert result["inputs"] == {"input": [227, 227, 3]}
    assert result["outputs"] == {"softmax1": [1000]}
    assert result["output"] == [1000]
    assert result["diagnostics"] == []
    assert result["totals"]["weights"] == 62_367_776
    assert result["totals"]["biases"] == 10_568
    assert result["totals"]["parameters"] == 62_378_344
    assert result["totals"]["non_trainable"] == 0
    first = result["layers"][0]
    working = first.pop("derivation")
    assert first == {
        "name": "conv1", "kind": "conv", "from": ["input"], "input": [[227, 227, 3]],
        "fields": {
            "K": 96, "F": 11, "S": 4, "P": 0, "dilation": 1, "groups": 1, "bias": True,
            "mode": "zeros",
        },
        "output": [55, 55, 96], "weights": 34848, "biases": 96, "parameters": 34944,
        "trainable": 34944, "frozen": 0, "non_trainable": 0, "shares": None, "macs": 105415200,
        "activations": 290400, "receptive_field": [11, 11],
        "jump": [4, 4],
    }  # fmt: skip
    assert working[0] == "(227 - 11 + 2*0)/4 + 1 = 55"
    assert [r["receptive_field"] for r in result["layers"] if r["kind"] == "max_pool"] == [
        [19, 19], [67, 67], [195, 195],
    ]  # fmt: skip


LENET = """
input: 32x32x1
layers: [{conv: {K: 6, F: 5}}, tanh, {avg_pool: 2}, {conv: {K: 16, F: 5}}, tanh, {avg_pool: 2},
  flatten, {dense: 120}, {dense: 84}, {dense: 10}, softmax]
"""


def test_totals_are_sums_over_the_layers(trace_text: TraceText) -> None:
    trace = trace_text(LENET)
    # 28*28*6*25, 10*10*16*150, 400*120, 120*84, 84*10
    assert trace.totals["macs"] == 117_600 + 240_000 + 48_000 + 10_080 + 840
    # 28*28*6 twice, 14*14*6, 10*10*16 twice, 5*5*16 twice, 120, 84, 10 twice; no input
    assert trace.totals["activations"] == 2 * 4704 + 1176 + 2 * 1600 + 2 * 400 + 120 + 84 + 20
    assert trace.totals["parameters"] == 61_706
    assert trace.totals["weights"] == 61_706 - 236
    assert trace.totals["biases"] == 6 + 16 + 120 + 84 + 10


def test_parameters_are_weights_and_biases_in_every_record(trace_text: TraceText) -> None:
    for record in trace_text(LENET).to_dict()["layers"]:
        assert record["parameters"] == record["weights"] + record["biases"]


def test_a_batch_norms_running_values_are_not_parameters(trace_text: TraceText) -> None:
    trace = trace_text("input: 8x8x16\nlayers: [batch_norm, {batch_norm: {affine: false}}]\n")
    first, second = trace.to_dict()["layers"]
    assert (first["weights"], first["biases"], first["parameters"]) == (16, 16, 32)
    assert (second["weights"], second["biases"], second["parameters"]) == (0, 0, 0)
    assert first["non_trainable"] == second["non_trainable"] == 32
    assert trace.totals["parameters"] == 32
    assert trace.totals["non_trainable"] == 64


# -- complete, outputs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        (LENET, True),
        ("input: 8\nlayers: [relu]\noutputs: [relu1, input]", None),
        ("inputs: {a: 8, b: 9}\nlayers: [{dense: {K: 3, from: a}}]\noutputs: [dense1]", True),
        ("input: 8x8x1\nlayers: [{conv: {K: 1, F: 1, S: 7}}]", True),  # SC402 is a warning
        ("input: 7x7x8\nlayers: [{dense: 3}]", True),  # SC405 is advice
        ("input: 8\nlayers: [relu]\nexpect: {output: 9}", True),  # SC301 is no SC1xx or SC2xx
        ("input: 8x8x1\nlayers: [{conv: {K: 1, F: 3, S: 2}}]", False),
        ("input: 8\nlayers: [relu, reul]", False),
        ("input: 8\nlayers: [relu]\nkey: 1", False),
        ("input: 8\nlayers: [relu]\nname: 3", False),
        ("", False),
    ],
)
def test_complete_means_no_error_of_the_spec_and_nothing_unknown(
    trace_text: TraceText, text: str, complete: bool | None
) -> None:
    trace = trace_text(text)
    if complete is not None:
        assert trace.complete is complete
    assert trace.to_dict()["complete"] is trace.complete


def test_with_several_outputs_the_output_is_null_and_complete(trace_text: TraceText) -> None:
    text = "input: 8\nlayers: [{dense: 3}, {dense: {K: 4, from: input}}]\noutputs: [dense1, dense2]"
    result = trace_text(text).to_dict()
    assert result["outputs"] == {"dense1": [3], "dense2": [4]}
    assert result["output"] is None
    assert result["complete"] is True


# -- null ------------------------------------------------------------------------------------------


def test_after_sc201_the_walk_goes_on_with_the_floor_size(trace_text: TraceText) -> None:
    text = "input: 10x10x3\nlayers: [{conv: {K: 4, F: 3, S: 2}}, {conv: {K: 5, F: 4}}, {dense: 2}]"
    trace = trace_text(text)
    assert [(d.code, d.severity) for d in trace.diagnostics] == [("SC201", "error")]
    # (10 - 3)/2 + 1 = 4.5, so 4; 4*4*4 output values times 27
    assert [r.output for r in trace.layers] == [(4, 4, 4), (1, 1, 5), (2,)]
    assert trace.layers[0].macs == 4 * 4 * 4 * 27
    assert trace.totals["parameters"] == (4 * 27 + 4) + (5 * 64 + 5) + (5 * 2 + 2)
    assert trace.output == (2,)
    assert not trace.complete


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("{conv: {K: 4, F: 9}}", "SC202"),
        ("{max_pool: {F: 2, S: 2, P: 2}}", "SC203"),
        ("{conv: {K: 4, F: 1, groups: 2}}", "SC204"),
        ("{conv: {K: 4, F: [1, 1, 1]}}", "SC206"),
        ("{reshape: 7}", "SC207"),
        ("{conv_transpose: {K: 4, F: 2, output_padding: 1}}", "SC208"),
        ("{convolve: 3}", "SC105"),
        ("{conv: {K: 4}}", "SC103"),
        ("{conv: {K: 4, F: x}}", "SC104"),
        ("{conv: {K: 4, F: 1, from: x}}", "SC107"),
        ("{conv: {K: 4, F: 1, from: [input, input]}}", "SC109"),
        ("{pad: {P: 9223372036854775807}}", "SC108"),
    ],
)
def test_what_is_not_known_is_null_and_never_0(
    trace_text: TraceText, layer: str, code: str
) -> None:
    trace = trace_text(f"input: 8x8x3\nlayers:\n  - {layer}\n  - conv: {{K: 2, F: 3}}\n")
    assert [d.code for d in trace.diagnostics] == [code]
    assert len(trace.layers) == 2  # every written layer keeps a record
    last = trace.to_dict()["layers"][1]
    if code != "SC207":  # the volume that reshape was told is known
        assert last["output"] is None
        assert last["weights"] is None
        assert last["parameters"] is None
        assert last["macs"] is None
        assert last["receptive_field"] is None
        assert last["jump"] is None
        assert trace.totals["parameters"] is None
        assert trace.totals["activations"] is None
        assert trace.output is None
        assert trace.to_dict()["outputs"] == {"conv2" if "conv:" in layer else "conv1": None}
    assert not trace.complete
    assert "?" in str(trace)


def test_a_volume_with_one_bad_axis_is_null_whole(trace_text: TraceText) -> None:
    trace = trace_text("input: 8x3x1\nlayers: [{conv: {K: 4, F: 5}}]\n")
    assert [d.code for d in trace.diagnostics] == ["SC202"]
    assert trace.layers[0].output is None
    assert trace.layers[0].parameters == 4 * 25 + 4  # they do not depend on the input's size


def test_a_count_beyond_the_limit_is_null(trace_text: TraceText) -> None:
    huge = 2**62
    trace = trace_text(f"input: {huge}\nlayers: [{{dense: {huge}}}, relu]\n")
    assert [d.code for d in trace.diagnostics] == ["SC108"]
    assert trace.layers[0].weights is None
    assert trace.totals["weights"] is None
    assert trace.layers[1].output == (huge,)


# -- receptive field and jump ----------------------------------------------------------------------


def fields(trace: Trace) -> list[tuple[Any, Any]]:
    return [(r["receptive_field"], r["jump"]) for r in trace.to_dict()["layers"]]


def test_the_field_grows_by_the_filter_times_the_jump(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 1, F: 3}}, {max_pool: 2}, {conv: {K: 1, F: [3, 5]}}, relu]"
    trace = trace_text(f"input: 30x30x1\nlayers: {layers}\n")
    # 1 + 2 = 3; 3 + 1*1 = 4, jump 2; 4 + 2*2 = 8 and 4 + 4*2 = 12
    assert fields(trace) == [
        ([3, 3], [1, 1]), ([4, 4], [2, 2]), ([8, 12], [2, 2]), ([8, 12], [2, 2]),
    ]  # fmt: skip


def test_the_field_is_not_clipped_to_the_input(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 1, F: 5, P: 2}}, {conv: {K: 1, F: 5, P: 2}}]"
    assert fields(trace_text(f"input: 4x4x1\nlayers: {layers}\n"))[1] == ([9, 9], [1, 1])


@pytest.mark.parametrize(
    ("layer", "field", "jump"),
    [
        ("{dense: 3}", [12, 12], None),
        ("global_avg_pool", [12, 12], None),
        ("global_max_pool", [12, 12], None),
        ("instance_norm", [12, 12], [2, 2]),
        ("{group_norm: 1}", [12, 12], [2, 2]),
        ("batch_norm", [3, 3], [2, 2]),
        ("layer_norm", [3, 3], [2, 2]),
        ("lrn", [3, 3], [2, 2]),
        ("flatten", [3, 3], None),
        ("{reshape: 25}", [3, 3], None),
        ("{upsample: 2}", [3, 3], [1, 1]),
        ("{upsample: 4}", [3, 3], [0.5, 0.5]),
        ("{adaptive_avg_pool: 5}", [3, 3], [2, 2]),
        ("{pad: 1}", [3, 3], [2, 2]),
        ("dropout", [3, 3], [2, 2]),
    ],
)
def test_special_kinds_treat_the_field_as_promised(
    trace_text: TraceText, layer: str, field: list[int], jump: list[float] | None
) -> None:
    # (12 - 3 + 1)/2 + 1 = 6 with one zero at the end; then 5 with none
    conv = "{conv: {K: 1, F: 3, S: 2, rounding: floor}}"
    trace = trace_text(f"input: 12x12x1\nlayers: [{conv}, {layer}]\n")
    assert fields(trace)[1] == (field, jump)


def test_a_flat_input_has_no_field(trace_text: TraceText) -> None:
    assert fields(trace_text("input: 8\nlayers: [{dense: 3}, relu]\n")) == [(None, None)] * 2


def test_a_merge_takes_the_hull_of_its_branches(trace_text: TraceText) -> None:
    layers = "[{parallel: [[{conv: {K: 1, F: 3, P: 1}}], [{conv: {K: 1, F: 7, P: 3}}], []]}]"
    assert fields(trace_text(f"input: 9x9x1\nlayers: {layers}\n"))[-1] == ([7, 7], [1, 1])
    # Fields of 2 that reach one pixel to the left and one to the right span 3 together.
    layers = (
        "[{parallel: [[{conv: {K: 1, F: 2, P: [[1, 0], [1, 0]]}}],"
        " [{conv: {K: 1, F: 2, P: [[0, 1], [0, 1]]}}]]}]"
    )
    assert fields(trace_text(f"input: 9x9x1\nlayers: {layers}\n"))[-1] == ([3, 3], [1, 1])


# -- working ---------------------------------------------------------------------------------------


def test_the_working_puts_the_values_in(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 10, F: 5, P: 2}}, {max_pool: 2}, flatten, {dense: 10}]"
    conv, pool, flat, dense = trace_text(f"input: 32x32x3\nlayers: {layers}\n").to_dict()["layers"]
    text = "\n".join(conv["derivation"])
    assert "(32 - 5 + 2*2)/1 + 1 = 32" in text
    assert "10*3*5*5 = 750" in text
    assert "750 + 10 = 760" in text
    assert "768,000" in text  # 32*32*10 values of 75 products
    assert "(32 - 2 + 2*0)/2 + 1 = 16" in pool["derivation"][0]
    assert "16*16*10 = 2560" in flat["derivation"][0].replace(",", "")
    assert "25600" in "".join(dense["derivation"]).replace(",", "")


# -- diagnostics -----------------------------------------------------------------------------------


def test_diagnostics_are_in_the_files_order_with_line_and_column(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: 10x10x1\n"
        "layers:\n"
        "  - conv: {K: 1, F: 3, S: 2, expect: {output: 5x5x1}}\n"
        "  - dense: 3\n"
        "  - conv: {F: 3, K: 0, from: nowhere, S: 0}\n"
        "nme: x\n"
    )
    # SC301 compares with the floor size 4x4x1; the dense takes a volume
    assert [(d.code, d.line, d.column) for d in unfolded(trace.diagnostics)] == [
        ("SC201", 3, 5),
        ("SC301", 3, 39),  # a zero more at the end, and the claim is true
        ("SC405", 4, 5),
        ("SC104", 5, 18),
        ("SC107", 5, 24),
        ("SC104", 5, 39),
        ("SC102", 6, 1),
    ]
    first = trace.diagnostics[0]
    assert first.layer == "conv1"
    assert first.where == "layers[0].conv"
    assert first.severity == "error"
    assert [d.severity for d in trace.diagnostics if d.code == "SC405"] == ["advice"]


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("{conv: {K: 96, F: 11, S: 4}}", ["conv1", "F=11", "S=4", "P=0", "224x224x3", "54.25"]),
        ("{conv: {K: 96, F: 300}}", ["conv1", "300", "224x224x3"]),
        ("{max_pool: {F: 3, S: 2, name: p}}", ["p (", "F=3", "S=2", "224x224x3", "111.5"]),
        ("{max_pool: {F: 3, P: 2}}", ["max_pool1", "F=3", "P=2", "224x224x3", "half"]),
        ("{conv: {K: 4, F: 1, groups: 2}}", ["conv1", "groups=2", "224x224x3", "depth 3"]),
        ("{reshape: 100}", ["reshape1", "224x224x3", "150,528", "100"]),
        ("{residual: [{max_pool: 2}]}", ["add1", "224x224x3", "112x112x3"]),
    ],
)
def test_a_message_names_the_layer_its_fields_and_the_volume(
    trace_text: TraceText, layer: str, words: list[str]
) -> None:
    trace = trace_text(f"input: 224x224x3\nlayers: [{layer}]\n")
    (found,) = trace.diagnostics
    assert found.code.startswith("SC2")
    for word in words:
        assert word in found.message
    assert found.hint


# -- as a table ------------------------------------------------------------------------------------


def test_the_text_of_a_trace_is_its_table(trace_text: TraceText) -> None:
    lines = str(trace_text(ALEXNET)).splitlines()
    row = next(line for line in lines if line.startswith("conv1"))
    for cell in ("55x55x96", "34,848", "34,944", "105,415,200"):
        assert cell in row
    assert any("62,378,344" in line for line in lines)
    assert "AlexNet" in lines[0]


# -- nothing can be changed ------------------------------------------------------------------------


def test_records_and_diagnostics_are_frozen(trace_text: TraceText) -> None:
    trace = trace_text("input: 10x10x1\nlayers: [{conv: {K: 1, F: 3, S: 2}}]\n")
    for thing, name in [
        (trace, "layers"),
        (trace.layers[0], "name"),
        (trace.layers[0], "output"),
        (trace.diagnostics[0], "code"),
    ]:
        before = getattr(thing, name)
        with pytest.raises((AttributeError, TypeError)):
            setattr(thing, name, None)
        assert getattr(thing, name) == before
    assert isinstance(trace.layers, tuple)
    assert isinstance(trace.diagnostics, tuple)


def test_a_result_that_is_changed_changes_no_later_one(trace_text: TraceText) -> None:
    trace = trace_text(LENET)
    result = trace.to_dict()
    before = json.dumps(result)
    result["layers"][0]["output"].append(7)
    result["layers"].clear()
    result["inputs"]["input"][0] = 0
    result["totals"]["weights"] = 0
    result["outputs"].clear()
    assert json.dumps(trace.to_dict()) == before


def test_tracing_twice_gives_the_same(trace_text: TraceText) -> None:
    assert trace_text(ALEXNET).to_dict() == trace_text(ALEXNET).to_dict()


# -- never raises ----------------------------------------------------------------------------------

VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**63, -(2**70), 1.5, float("nan"), float("inf"), "", "x", "3",
    "$x", "input", "conv1", "8x8x1", [], [None], [[]], [1, 2, 3, 4, 5], ["conv1"], {}, {"a": 1},
    {"conv": None}, {"name": None}, {"output": None},
]  # fmt: skip
TOP_KEYS = (
    "name", "description", "source", "input", "inputs", "batch", "rounding", "blocks", "layers",
    "outputs", "expect", "example",
)  # fmt: skip


@pytest.mark.quick(3)
@pytest.mark.parametrize("key", TOP_KEYS)
def test_no_value_of_a_top_level_key_raises(key: str) -> None:
    for value in VALUES:
        spec = {"input": "8x8x1", "layers": [{"conv": {"K": 1, "F": 3}}], key: value}
        trace = shapecalc.trace(spec)
        json.dumps(trace.to_dict(), allow_nan=False)
        assert str(trace)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["conv", "depthwise_conv", "separable_conv", "local_conv", "conv_transpose", "max_unpool",
     "max_pool", "avg_pool", "adaptive_avg_pool",
     "dense", "flatten", "reshape", "dropout", "batch_norm", "group_norm", "lrn", "relu",
     "leaky_relu", "prelu", "pad", "crop", "upsample", "add", "concat", "residual", "parallel",
     "repeat", "block"],
)  # fmt: skip
def test_no_value_of_a_field_raises(kind: str) -> None:
    block = {"parameters": {"K": 1}, "layers": [{"conv": {"K": "$K", "F": 3}}]}
    fields = (
        "K", "F", "S", "P", "dilation", "groups", "bias", "rounding", "output_padding", "units",
        "multiplier", "output", "rate", "eps", "affine", "size", "scale", "mode", "slope", "from",
        "name", "expect", "share", "body", "shortcut", "branches", "merge", "times", "layers",
        "of", "like",
    )  # fmt: skip
    right = {"K": 2, "F": 3, "layers": ["relu"], "body": ["relu"], "branches": [[], []],
             "times": 2, "units": 3, "output": 4, "P": 1, "scale": 2, "groups": 1}  # fmt: skip
    known = {
        **dict.fromkeys(("conv", "separable_conv", "local_conv", "conv_transpose"), ("K", "F")),
        "depthwise_conv": ("F",),
    }
    for field in fields:
        for value in VALUES:
            base = {k: right[k] for k in known.get(kind, ())}
            layer = {kind: {**base, field: value}}
            spec = {"input": "8x8x1", "blocks": {"block": block}, "layers": ["relu", layer, "tanh"]}
            trace = shapecalc.trace(spec)
            json.dumps(trace.to_dict(), allow_nan=False)
            assert str(trace)
            assert trace.layers[0].output == (8, 8, 1)


@pytest.mark.parametrize("path", ["missing.yaml", "missing/net.yaml", ""])
def test_a_missing_path_raises_os_error(tmp_path: Path, path: str) -> None:
    with pytest.raises((FileNotFoundError, IsADirectoryError, PermissionError)):
        shapecalc.trace(tmp_path / path)
    with pytest.raises((FileNotFoundError, IsADirectoryError, PermissionError)):
        shapecalc.trace(str(tmp_path / path))
