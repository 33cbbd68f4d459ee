"""The spec's top level, composites, shared weights, rounding, and how faults are contained."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shapecalc import Trace
from shapecalc.diagnostics import unfolded

TraceText = Callable[..., Trace]


def net(layers: str, size: str = "8x8x4", more: str = "") -> str:
    return f"input: {size}\n{more}\nlayers: {layers}\n"


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


def errors(trace: Trace) -> list[tuple[str, str]]:
    return [(d.code, d.where) for d in trace.diagnostics if d.severity == "error"]


def records(trace: Trace) -> dict[str, dict[str, Any]]:
    return {record["name"]: record for record in trace.to_dict()["layers"]}


# -- the top level ---------------------------------------------------------------------------------


def test_the_contracts_own_example_is_sound(trace_text: TraceText) -> None:
    trace = trace_text("""
name: LeNet-5
source: LeCun et al., Gradient-based learning applied to document recognition, 1998
input: 32x32x1                  # height x width x depth
layers:
  - conv: {K: 6, F: 5}          # S 1, P 0
  - tanh
  - avg_pool: {F: 2, S: 2}
  - conv: {name: conv_b, K: 16, F: 5, expect: {output: 10x10x16, parameters: 2416}}
  - tanh
  - avg_pool: 2                 # a bare value is the layer's main field
  - flatten
  - dense: 120
  - dense: 84
  - dense: 10
  - softmax
expect: {output: 10, parameters: 61706}
""")
    assert trace.diagnostics == ()
    assert trace.name == "LeNet-5"
    assert [record.output for record in trace.layers] == [
        (28, 28, 6), (28, 28, 6), (14, 14, 6), (10, 10, 16), (10, 10, 16), (5, 5, 16), (400,),
        (120,), (84,), (10,), (10,),
    ]  # fmt: skip
    assert [r.parameters for r in trace.layers if r.parameters] == [156, 2416, 48120, 10164, 850]


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("227x227x3", (227, 227, 3)),
        ("10x1", (10, 1)),
        ("16x112x112x3", (16, 112, 112, 3)),
        ("784", (784,)),
        ("[784]", (784,)),
        ("[20, 30, 4]", (20, 30, 4)),
        ("{length: 10, depth: 2}", (10, 2)),
        ("{height: 20, width: 30, depth: 4}", (20, 30, 4)),
        ("{frames: 9, height: 20, width: 30, depth: 4}", (9, 20, 30, 4)),
        ("{units: 784}", (784,)),
    ],
)
def test_inputs_are_read_in_all_forms(
    trace_text: TraceText, text: str, volume: tuple[int, ...]
) -> None:
    trace = trace_text(net("[relu]", text))
    assert trace.inputs == {"input": volume}
    assert trace.output == volume
    assert [d for d in trace.diagnostics if d.severity == "error"] == []


@pytest.mark.parametrize(
    "text",
    [
        "0", "-1", "8x0x3", "1.5", "true", '""', "8x", "x8", "8xx8", "8x8x8x8x8x8x8x8x8", "[]",
        "[8, 8, 8, 8, 8, 8, 8, 8, 8]", "[8, '8']", "[8, true]", "{}", "{height: 8, width: 8}",
        "{height: 8, depth: 3}",
        "{height: 8, width: 8, depth: 3, frames: 2, units: 1}", "~",
        "-8x8x3", "1e1x3", ".nan", ".inf", "[.nan, 3]", "eight", "8x?x3", "(None, None, 8, 3)",
    ],
)  # fmt: skip
def test_what_is_no_volume_is_refused_and_unknown(trace_text: TraceText, text: str) -> None:
    trace = trace_text(net("[{conv: {K: 2, F: 1}}, relu]", text))
    assert [d.code for d in trace.diagnostics] == ["SC104"]
    assert trace.diagnostics[0].where.startswith("input")
    assert trace.inputs == {"input": None}
    assert [record.output for record in trace.layers] == [None, None]
    assert trace.output is None


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("[[8]]", (8,)), ("8 8 3", (8, 8, 3)), ("8*8*3", (8, 8, 3)), ("8,8,3", (8, 8, 3)),
        ("8.0x8x3", (8, 8, 3)), ("(8, 8, 3)", (8, 8, 3)), ("(None, 8, 8, 3)", (8, 8, 3)),
        ("[null, 8, 8, 3]", (8, 8, 3)), ("(1, 3, 8, 8)", (8, 8, 3)),
        ("torch.Size([1, 3, 8, 8])", (8, 8, 3)), ("[-1, 3, 8, 8]", (8, 8, 3)),
        ("'?x3x8x8'", (8, 8, 3)), ("Nx3x8x8", (8, 8, 3)),
        ("TensorShape([None, 8, 8, 3])", (8, 8, 3)),
    ],
)  # fmt: skip
def test_the_walk_goes_on_with_the_volume_that_was_meant(
    trace_text: TraceText, text: str, volume: tuple[int, ...]
) -> None:
    trace = trace_text(net("[relu]", text))
    (found,) = trace.diagnostics
    assert (found.code, found.where) == ("SC104", "input")
    assert found.hint.startswith(f"write {'x'.join(map(str, volume))}")
    assert trace.output == volume
    assert not trace.complete
    (edit,) = found.edits
    assert trace_text(edit.applied(net("[relu]", text))).diagnostics == ()
    several = trace_text(f"inputs:\n  a: 8x8x3\n  b: {text}\nlayers: [{{relu: {{from: b}}}}]")
    assert several.output == volume


@pytest.mark.parametrize(
    ("layers", "mended"),
    [
        ("[{relu: {expect: {output: [null, 8, 8, 4]}}}]", "output: 8x8x4"),
        ("[{relu: {expect: {output: [-1, 4, 8, 8]}}}]", "output: 8x8x4"),
        ("[{reshape: [null, 4, 64]}]", "reshape: 4x64"),
        ("[{reshape: {output: [null, 256]}}]", "output: 256"),
        ("[relu]\nexpect: {output: 'torch.Size([1, 4, 8, 8])'}", "output: 8x8x4"),
        ("[relu]\nexpect: {outputs: {relu1: '(None, 8, 8, 4)'}}", "relu1: 8x8x4"),
    ],
)
def test_wherever_a_volume_is_written_the_one_that_was_meant_is_offered(
    trace_text: TraceText, layers: str, mended: str
) -> None:
    trace = trace_text(net(layers))
    (found,) = trace.diagnostics
    assert found.code == "SC104"
    assert trace.layers[0].output is not None
    (edit,) = found.edits
    text = edit.applied(net(layers))
    assert mended in text
    assert trace_text(text).diagnostics == ()


def test_a_claim_in_a_frameworks_order_is_still_compared(trace_text: TraceText) -> None:
    layers = "[{relu: {expect: {output: [null, 9, 9, 4]}}}]"
    (false,) = trace_text(net(layers)).diagnostics
    assert false.code == "SC301"
    assert [behind.code for behind in false.consequences] == ["SC104"]  # one edit mends both


@pytest.mark.parametrize(
    "text", [str(2**63), "8x9223372036854775808x3", "[8, 9223372036854775808]"]
)
def test_a_size_beyond_the_limit_is_refused(trace_text: TraceText, text: str) -> None:
    assert errors(trace_text(net("[relu]", text))) == [("SC108", "input")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layers: [relu]", [("SC103", "")]),
        ("input: 8", [("SC103", "")]),
        ("{}", [("SC103", ""), ("SC103", "")]),
        ("input: 8\ninputs: {a: 8}\nlayers: [relu]", [("SC106", "inputs")]),
        ("inputs: {}\nlayers: [relu]", [("SC104", "inputs")]),
        ("inputs: 8x8x3\nlayers: [relu]", [("SC104", "inputs")]),
        ("inputs: [8, 9]\nlayers: [relu]", [("SC104", "inputs")]),
        ("inputs: {a.b: 8}\nlayers: [relu]", [("SC104", "inputs.a.b")]),
        ("input: 8\nlayers: relu", [("SC104", "layers")]),
        ("input: 8\nlayers:", [("SC104", "layers")]),
        ("input: 8\nlayers: {relu: {}}", [("SC104", "layers")]),
        ("input: 8\nlayers: [relu]\nname: 3", [("SC104", "name")]),
        ("input: 8\nlayers: [relu]\nname: [a]", [("SC104", "name")]),
        ("input: 8\nlayers: [relu]\nbatch: 0", [("SC104", "batch")]),
        ("input: 8\nlayers: [relu]\nbatch: '1'", [("SC104", "batch")]),
        ("input: 8\nlayers: [relu]\nbatch: true", [("SC104", "batch")]),
        ("input: 8\nlayers: [relu]\nrounding: up", [("SC104", "rounding")]),
        ("input: 8\nlayers: [relu]\nrounding: [floor]", [("SC104", "rounding")]),
        ("input: 8\nlayers: [relu]\nblocks: [relu]", [("SC104", "blocks")]),
        ("input: 8\nlayers: [relu]\nlayer: []", [("SC102", "layer")]),
        ("input: 8\nlayers: [relu]\nInput: 8", [("SC102", "Input")]),
        ("input: 8\nlayers: [relu]\nexpect: 10", [("SC104", "expect")]),
        ("input: 8\nlayers: [relu]\nexpect: {outputt: 8}", [("SC102", "expect.outputt")]),
        ("input: 8\nlayers: [relu]\nexpect: {parameters: -1}", [("SC104", "expect.parameters")]),
        ("input: 8\nlayers: [relu]\nexpect: {output: 0}", [("SC104", "expect.output")]),
        ("input: 8\nlayers: [relu]\noutputs: 3", [("SC104", "outputs")]),
    ],
)  # fmt: skip
def test_faults_of_the_top_level_are_located(
    trace_text: TraceText, text: str, expected: list[tuple[str, str]]
) -> None:
    trace = trace_text(text + "\n")
    assert errors(trace) == expected
    assert not trace.complete


def test_an_unknown_key_gets_the_nearest_known_one(trace_text: TraceText) -> None:
    trace = trace_text("input: 8\nlayers: [relu]\nroundng: floor\n")
    assert "rounding" in trace.diagnostics[0].hint


def test_a_spec_without_layers_gives_its_input_back(trace_text: TraceText) -> None:
    trace = trace_text(net("[]"))
    assert codes(trace) == ["SC411"]
    assert trace.output == trace.inputs["input"]
    assert trace.complete
    assert trace.layers == ()
    assert trace.totals["parameters"] == 0


def test_batch_and_texts_change_no_number(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 2, F: 3}}]"
    plain = trace_text(net(layers)).to_dict()
    more = trace_text(net(layers, more="batch: 64\ndescription: text\nsource: a book")).to_dict()
    assert more == plain


# -- outputs ---------------------------------------------------------------------------------------


def test_the_output_is_the_last_layers(trace_text: TraceText) -> None:
    trace = trace_text(net("[{conv: {K: 2, F: 3}}, {relu: {from: input}}]"))
    assert trace.outputs == {"relu1": (8, 8, 4)}
    assert trace.output == (8, 8, 4)


def test_the_default_output_of_a_composite_or_instance_is_its_last_layer(
    trace_text: TraceText,
) -> None:
    assert trace_text(net("[{residual: {body: [relu], name: r}}]")).outputs == {"r": (8, 8, 4)}
    blocks = "blocks: {b: {layers: [relu, {max_pool: 2}]}}"
    assert trace_text(net("[b]", more=blocks)).outputs == {"b1.max_pool1": (4, 4, 4)}


def test_outputs_lists_several(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [relu, {max_pool: 2}]}}\noutputs: [conv1, b1, b1.relu1]"
    trace = trace_text(net("[{conv: {K: 2, F: 3}}, b]", more=blocks))
    assert trace.diagnostics == ()
    assert trace.outputs == {"conv1": (6, 6, 2), "b1": (3, 3, 2), "b1.relu1": (6, 6, 2)}
    assert trace.output is None
    assert trace.complete


def test_one_output_that_is_listed_is_the_output(trace_text: TraceText) -> None:
    trace = trace_text(net("[{conv: {K: 2, F: 3}}, relu, tanh]", more="outputs: [conv1]"))
    assert trace.outputs == {"conv1": (6, 6, 2)}
    assert trace.output == (6, 6, 2)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ("[nowhere]", [("SC107", "outputs[0]")]),
        ("[relu1, nowhere]", [("SC107", "outputs[1]")]),
        ("[relu1, relu1]", [("SC106", "outputs[1]")]),
        ("[relu1, 3]", [("SC104", "outputs[1]")]),
        ("[[relu1]]", [("SC104", "outputs[0]")]),
    ],
)
def test_outputs_must_name_layers_once(
    trace_text: TraceText, outputs: str, expected: list[tuple[str, str]]
) -> None:
    trace = trace_text(net("[relu]", more=f"outputs: {outputs}"))
    assert errors(trace) == expected
    assert not trace.complete


# -- layers as they are written --------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["relu", "{relu: }", "{relu: {}}", "{relu: ~}", "{relu: null}"])
def test_a_bare_kind_a_null_and_an_empty_mapping_mean_the_same(
    trace_text: TraceText, layer: str
) -> None:
    trace = trace_text(net(f"[{layer}]"))
    assert trace.diagnostics == ()
    assert [r.name for r in trace.layers] == ["relu1"]


@pytest.mark.parametrize(
    "fields",
    [
        "{K: 6, F: 3, S: 1, P: 1}",
        "{filters: 6, kernel_size: 3, strides: 1, padding: 1}",
        "{out_channels: 6, kernel_size: 3, stride: 1, padding: 1}",
        "{K: 6, pool_size: [3, 3], P: [[1, 1], [1, 1]]}",
        "{K: 6, F: 3x3, S: '1x1', P: [1, 1]}",
        "{K: 6, F: 3 × 3, P: same}",
        "{K: 6, F: 3, padding: same_lower, bias: true, groups: 1, dilation: 1, rounding: exact}",
    ],
)
def test_other_tools_words_and_all_forms_mean_the_same(trace_text: TraceText, fields: str) -> None:
    trace = trace_text(net(f"[{{conv: {fields}}}]"))
    assert trace.diagnostics == ()
    assert trace.output == (8, 8, 6)
    assert trace.totals["parameters"] == 6 * 4 * 9 + 6


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ("{K: 6, filters: 6, F: 3}", "layers[0].conv.filters"),
        ("{filters: 6, out_channels: 6, F: 3}", None),
        ("{K: 6, F: 3, kernel_size: 3}", "layers[0].conv.kernel_size"),
        ("{K: 6, F: 3, stride: 1, strides: 1}", None),
        ("{K: 6, F: 3, P: 1, padding: 1}", "layers[0].conv.padding"),
    ],
)
def test_the_same_field_twice_is_refused(
    trace_text: TraceText, fields: str, where: str | None
) -> None:
    trace = trace_text(net(f"[{{conv: {fields}}}]"))
    assert codes(trace) == ["SC106"]
    if where:
        assert trace.diagnostics[0].where == where


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ("3", "SC104"), ("~", "SC104"), ("[relu]", "SC104"), ("{}", "SC104"), ("true", "SC104"),
        ("1.5", "SC104"), ("reul", "SC105"), ("''", "SC105"), ("{3: 4}", "SC105"),
        ("{relu: 3}", "SC104"), ("{relu: [a]}", "SC104"), ("{conv: relu}", "SC104"),
        ("{relu: {}, tanh: {}}", "SC102"), ("{dense: {}}", "SC103"), ("{dense: [10]}", "SC104"),
    ],
)  # fmt: skip
def test_an_item_that_is_no_layer_is_one_fault_and_the_rest_goes_on(
    trace_text: TraceText, item: str, code: str
) -> None:
    trace = trace_text(net(f"[relu, {item}, {{tanh: {{from: relu1}}}}]"))
    assert code in codes(trace)
    assert all(d.where.startswith("layers[1]") for d in trace.diagnostics)
    assert trace.layers[-1].output == (8, 8, 4)


def test_every_missing_field_is_named(trace_text: TraceText) -> None:
    trace = trace_text(net("[conv, {conv_transpose: {S: 2}}]"))
    assert set(codes(trace)) == {"SC103"}
    for index in (0, 1):
        here = [d for d in trace.diagnostics if d.where.startswith(f"layers[{index}]")]
        text = " ".join(d.message for d in here)
        assert "K" in text.split()
        assert "F" in text.split()


# -- residual and parallel -------------------------------------------------------------------------


def test_a_residual_adds_body_and_shortcut(trace_text: TraceText) -> None:
    body, short = "{conv: {K: 6, F: 3, P: 1, S: 1}}", "{conv: {K: 6, F: 1}}"
    trace = trace_text(net(f"[relu, {{residual: {{body: [{body}, tanh], shortcut: [{short}]}}}}]"))
    found = records(trace)
    assert trace.diagnostics == ()
    assert found["conv1"]["from"] == ["relu1"]
    assert found["conv2"]["from"] == ["relu1"]
    assert found["add1"]["from"] == ["tanh1", "conv2"]
    assert trace.output == (8, 8, 6)


@pytest.mark.parametrize("residual", ["{body: [tanh], shortcut: []}", "{body: [tanh]}", "[tanh]"])
def test_an_empty_shortcut_is_the_identity(trace_text: TraceText, residual: str) -> None:
    trace = trace_text(net(f"[relu, {{residual: {residual}}}]"))
    assert trace.diagnostics == ()
    assert records(trace)["add1"]["from"] == ["tanh1", "relu1"]


def test_a_residual_whose_sides_disagree_is_refused_at_itself(trace_text: TraceText) -> None:
    trace = trace_text(net("[{residual: {body: [{conv: {K: 6, F: 3}}]}}, relu]"))
    assert errors(trace) == [("SC205", "layers[0].residual")]
    assert trace.diagnostics[0].layer == "add1"
    assert [r.output for r in trace.layers] == [(6, 6, 6), None, None]


def test_a_parallel_joins_the_depth_of_its_branches(trace_text: TraceText) -> None:
    layers = "[relu, {parallel: [[{conv: {K: 3, F: 1}}], [], [tanh, {conv: {K: 5, F: 3, P: 1}}]]}]"
    trace = trace_text(net(layers))
    found = records(trace)
    assert trace.diagnostics == ()
    assert found["concat1"]["from"] == ["conv1", "relu1", "conv2"]
    assert found["concat1"]["input"] == [[8, 8, 3], [8, 8, 4], [8, 8, 5]]
    assert trace.output == (8, 8, 12)


@pytest.mark.parametrize("merge", ["add", "multiply"])
def test_a_parallel_may_merge_value_by_value(trace_text: TraceText, merge: str) -> None:
    layers = f"[{{parallel: {{branches: [[relu], [global_avg_pool, sigmoid]], merge: {merge}}}}}]"
    trace = trace_text(net(layers))
    assert trace.diagnostics == ()
    assert trace.layers[-1].name == f"{merge}1"
    assert trace.layers[-1].kind == merge
    assert trace.output == (8, 8, 4)


def test_a_parallel_whose_branches_disagree_is_refused_at_itself(trace_text: TraceText) -> None:
    trace = trace_text(net("[{parallel: [[{max_pool: 2}], []]}]"))
    assert errors(trace) == [("SC205", "layers[0].parallel")]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("{residual: }", "SC103"), ("{residual: {shortcut: []}}", "SC103"), ("residual", "SC103"),
        ("{residual: {body: relu}}", "SC104"), ("{residual: {body: [relu], merge: add}}", "SC102"),
        ("{residual: {body: [relu], shortcut: relu}}", "SC104"),
        ("{residual: 3}", "SC104"),
        ("{parallel: {}}", "SC103"), ("parallel", "SC103"), ("{parallel: 3}", "SC104"),
        ("{parallel: [[relu], tanh]}", "SC104"), ("{parallel: []}", "SC109"),
        ("{parallel: {branches: [[], []], merge: sum}}", "SC104"),
        ("{parallel: [[relu]]}", "SC109"), ("{parallel: [[]]}", "SC109"),
        ("{parallel: {branches: [[], []], share: relu1}}", "SC102"),
    ],
)  # fmt: skip
def test_composites_that_are_written_wrong_are_refused(
    trace_text: TraceText, layer: str, code: str
) -> None:
    trace = trace_text(net(f"[relu, {layer}, {{tanh: {{from: relu1}}}}]"))
    assert codes(trace) == [code]
    assert trace.diagnostics[0].where.startswith("layers[1]")
    assert trace.layers[-1].output == (8, 8, 4)


def test_from_on_a_composite_feeds_its_branches(trace_text: TraceText) -> None:
    layers = "[relu, tanh, {residual: {body: [sigmoid], from: relu1}}]"
    found = records(trace_text(net(layers)))
    assert found["sigmoid1"]["from"] == ["relu1"]
    assert found["add1"]["from"] == ["sigmoid1", "relu1"]


def test_expect_on_a_composite_means_the_merge_and_the_sums_inside(trace_text: TraceText) -> None:
    # two convs 4 -> 4, F 3: 4*4*9 + 4 = 148 each; macs 8*8*4*36 = 9,216 each
    body = "[{conv: {K: 4, F: 3, P: 1}}, {conv: {K: 4, F: 3, P: 1}}]"
    right = "{output: 8x8x4, weights: 288, parameters: 296, macs: 18432, receptive_field: 5}"
    assert trace_text(net(f"[{{residual: {{body: {body}, expect: {right}}}}}]")).diagnostics == ()
    wrong = "{output: 8x8x8, parameters: 295}"
    trace = trace_text(net(f"[{{residual: {{body: {body}, expect: {wrong}}}}}]"))
    assert errors(trace) == [
        ("SC301", "layers[0].residual.expect.output"),
        ("SC301", "layers[0].residual.expect.parameters"),
    ]
    wrong = "{output: 8x8x4, biases: 9}"
    trace = trace_text(net(f"[{{parallel: {{branches: [{body}, []], expect: {wrong}}}}}]"))
    assert errors(trace) == [
        ("SC301", "layers[0].parallel.expect.output"),
        ("SC301", "layers[0].parallel.expect.biases"),
    ]


# -- repeat ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [0, 1, 2, 7])
def test_a_repeat_puts_its_layers_one_after_the_other(trace_text: TraceText, times: int) -> None:
    layers = f"[relu, {{repeat: {{times: {times}, layers: [{{conv: {{K: 4, F: 3}}}}]}}}}, tanh]"
    trace = trace_text(net(layers, "20x20x4"))
    assert trace.diagnostics == ()
    assert trace.output == (20 - 2 * times, 20 - 2 * times, 4)
    assert trace.totals["parameters"] == times * (4 * 4 * 9 + 4)  # weights of its own each time
    assert records(trace)["tanh1"]["from"] == [f"conv{times}" if times else "relu1"]


def test_many_repeats_are_fine(trace_text: TraceText) -> None:
    trace = trace_text(net("[{repeat: {times: 1000, layers: [{dense: 4}, relu]}}]", "4"))
    assert trace.diagnostics == ()
    assert trace.layers[-1].name == "relu1000"
    assert trace.totals["parameters"] == 1000 * 20


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        ("{layers: [relu]}", "SC103"), ("{times: 2}", "SC103"), ("{}", "SC103"), ("3", None),
        ("{times: -1, layers: [relu]}", "SC104"), ("{times: 1.5, layers: [relu]}", "SC104"),
        ("{times: '2', layers: [relu]}", "SC104"), ("{times: true, layers: [relu]}", "SC104"),
        ("{times: 2, layers: relu}", "SC104"), ("{times: 2, layers: [relu], name: a}", "SC102"),
        ("{times: 2, layers: [relu], from: relu1}", "SC102"),
        ("{times: 2, layers: [relu], expect: {output: 8}}", "SC102"),
        ("{times: 2, layers: [relu], share: relu1}", "SC102"),
    ],
)  # fmt: skip
def test_a_repeat_takes_times_and_layers_and_nothing_else(
    trace_text: TraceText, repeat: str, code: str | None
) -> None:
    trace = trace_text(net(f"[relu, {{repeat: {repeat}}}, {{tanh: {{from: relu1}}}}]"))
    assert trace.diagnostics
    if code:
        assert set(codes(trace)) == {code}
    assert trace.layers[-1].output == (8, 8, 4)
    assert not trace.complete


def test_a_fault_in_a_repeat_is_given_once(trace_text: TraceText) -> None:
    trace = trace_text(net("[{repeat: {times: 50, layers: [{conv: {K: 4, F: 0}}, reul]}}]"))
    assert errors(trace) == [
        ("SC104", "layers[0].repeat.layers[0].conv.F"),
        ("SC105", "layers[0].repeat.layers[1]"),
    ]


def test_one_million_layers_are_the_limit(trace_text: TraceText) -> None:
    trace = trace_text(net("[{repeat: {times: 1000001, layers: [relu]}}]"))
    assert errors(trace) == [("SC108", "layers[0].repeat")]
    assert [(r.name, r.output) for r in trace.layers] == [("repeat1", None)]
    assert set(trace.totals.values()) == {None}
    blocks = "blocks: {b: {layers: [{repeat: {times: 1000, layers: [relu, tanh]}}]}}"
    trace = trace_text(net("[relu, {repeat: {times: 600, layers: [b]}}]", more=blocks))
    assert errors(trace) == [("SC108", "layers[1].repeat")]
    assert [r.name for r in trace.layers] == ["relu1", "repeat1"]


@pytest.mark.parametrize("kind", ["residual", "repeat", "block", "mixed"])
def test_nesting_is_limited_to_100(trace_text: TraceText, kind: str) -> None:
    def nested(depth: int) -> str:
        if kind == "block":
            blocks = [f"b{i}: {{layers: [b{i + 1}]}}" for i in range(depth - 1)]
            last = f"b{depth - 1}: {{layers: [relu]}}"
            return net("[b0]", more=f"blocks: {{{', '.join([*blocks, last])}}}")
        layers = "relu"
        for level in range(depth):
            if kind == "repeat" or (kind == "mixed" and level % 2):
                layers = f"{{repeat: {{times: 1, layers: [{layers}]}}}}"
            else:
                layers = f"{{residual: [{layers}]}}"
        return net(f"[{layers}]")

    assert trace_text(nested(100)).diagnostics == ()
    trace = trace_text(nested(101))
    assert codes(trace) == ["SC108"]
    assert not trace.complete


# -- share -----------------------------------------------------------------------------------------


def test_a_layer_uses_anothers_weights(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 4, F: 3, P: 1}}, relu, {conv: {K: 4, F: 3, P: 1, share: conv1}}]"
    trace = trace_text(net(layers))
    assert trace.diagnostics == ()
    owner, _, user = trace.to_dict()["layers"]
    assert (owner["shares"], user["shares"]) == (None, "conv1")
    for key, value in [("weights", 144), ("biases", 4), ("parameters", 148), ("macs", 9216)]:
        assert owner[key] == user[key] == value
    assert trace.totals["weights"] == 144
    assert trace.totals["biases"] == 4
    assert trace.totals["parameters"] == 148
    assert trace.totals["macs"] == 2 * 9216
    assert trace.totals["activations"] == 3 * 256


def test_sharing_what_is_shared_names_the_owner(trace_text: TraceText) -> None:
    layers = (
        "[{dense: 8}, {dense: {K: 8, share: dense1}}, {dense: {K: 8, share: dense2, name: c}},"
        " {dense: {K: 8, share: c}}]"
    )
    trace = trace_text(net(layers, "8"))
    assert trace.diagnostics == ()
    assert [r.shares for r in trace.layers] == [None, "dense1", "dense1", "dense1"]
    assert trace.totals["parameters"] == 72


def test_every_kind_with_weights_can_share(trace_text: TraceText) -> None:
    layers = """
  - depthwise_conv: {F: 3, P: 1}
  - depthwise_conv: {F: 3, P: 1, share: depthwise_conv1}
  - conv_transpose: {K: 4, F: 1}
  - conv_transpose: {K: 4, F: 1, share: conv_transpose1}
  - batch_norm
  - batch_norm: {share: batch_norm1}
  - layer_norm
  - layer_norm: {share: layer_norm1}
  - prelu
  - prelu: {share: prelu1}
"""
    trace = trace_text(net(layers))
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    # depthwise 4*9 + 4, transposed 4*4 + 4, the norms 4 + 4 each, prelu 1
    assert trace.totals["parameters"] == 40 + 20 + 8 + 8 + 1


def test_an_instance_shares_another_layer_by_layer(trace_text: TraceText) -> None:
    blocks = """blocks:
  unit: {layers: [{conv: {K: 4, F: 3, P: 1, bias: false}}, batch_norm, relu]}
  tower: {layers: [unit, {dense: 5}]}
"""
    layers = "[{tower: {name: left}}, {tower: {from: input, share: left}}]"
    trace = trace_text(net(layers, more=blocks))
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    assert [(r.name, r.shares) for r in trace.layers[4:]] == [
        ("tower2.unit1.conv1", "left.unit1.conv1"),
        ("tower2.unit1.batch_norm1", "left.unit1.batch_norm1"),
        ("tower2.unit1.relu1", None),
        ("tower2.dense1", "left.dense1"),
    ]
    assert trace.totals["parameters"] == 144 + 8 + (8 * 8 * 4 * 5 + 5)


def test_a_layer_shares_one_inside_an_instance(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [{conv: {K: 4, F: 3, P: 1}}]}}"
    trace = trace_text(net("[b, {conv: {K: 4, F: 3, P: 1, share: b1.conv1}}]", more=blocks))
    assert trace.diagnostics == ()
    assert trace.layers[1].shares == "b1.conv1"


def test_a_repeat_may_share_one_layers_weights(trace_text: TraceText) -> None:
    layers = "[{dense: 8}, {repeat: {times: 3, layers: [{dense: {K: 8, share: dense1}}, relu]}}]"
    trace = trace_text(net(layers, "8"))
    assert trace.diagnostics == ()
    assert trace.totals["parameters"] == 72
    assert trace.totals["macs"] == 4 * 64


@pytest.mark.parametrize(
    "layers",
    [
        "[{conv: {K: 4, F: 3}}, {conv: {K: 5, F: 3, share: conv1}}]",  # other filters
        "[{conv: {K: 4, F: 3}}, {conv: {K: 4, F: 1, share: conv1}}]",  # other size
        "[{conv: {K: 6, F: 1}}, {conv: {K: 6, F: 1, share: conv1}}]",  # other depth
        "[{conv: {K: 4, F: 3}}, {conv: {K: 4, F: 3, bias: false, share: conv1}}]",
        "[{conv: {K: 4, F: 3}}, {conv: {K: 4, F: [3, 1], share: conv1}}]",
        "[{conv: {K: 4, F: 1}}, {conv_transpose: {K: 4, F: 1, share: conv1}}]",
        "[relu, {conv: {K: 4, F: 3, share: relu1}}]",
        "[batch_norm, {layer_norm: {share: batch_norm1}}]",
    ],
)
def test_weights_of_other_shapes_or_kinds_are_not_shared(
    trace_text: TraceText, layers: str
) -> None:
    trace = trace_text(net(layers))
    assert len(errors(trace)) == 1
    code, where = errors(trace)[0]
    assert code in ("SC209", "SC107")
    assert where.startswith("layers[1]")
    assert not trace.complete


@pytest.mark.parametrize("fields", ["S: 2, F: 2", "P: 1, F: 2", "F: 2, dilation: 2", "F: 2x2"])
def test_what_changes_no_weights_does_not_hinder_sharing(
    trace_text: TraceText, fields: str
) -> None:
    layers = f"[{{conv: {{K: 4, F: 2}}}}, {{conv: {{K: 4, {fields}, share: conv1, from: input}}}}]"
    assert trace_text(net(layers)).diagnostics == ()


@pytest.mark.parametrize(
    ("layers", "code"),
    [
        ("[{dense: {K: 8, share: nowhere}}]", "SC107"),
        ("[{dense: {K: 8, share: dense2}}, {dense: 8}]", "SC107"),
        ("[{dense: {K: 8, share: dense1}}]", "SC107"),
        ("[{dense: {K: 8, share: input}}]", "SC107"),
        ("[{dense: 8}, {dense: {K: 8, share: [dense1]}}]", "SC104"),
        ("[{dense: 8}, {dense: {K: 8, share: 1}}]", "SC104"),
        ("[relu, {relu: {share: relu1}}]", "SC102"),  # only a layer with weights takes share
        ("[b, {b: {share: nowhere}}]", "SC107"),
        ("[b, {c: {share: b1}}]", "SC107"),
        ("[{dense: 8}, {b: {share: dense1}}]", "SC107"),
        ("[{b: {share: b1}}]", "SC107"),
    ],
)
def test_share_must_name_an_earlier_owner(trace_text: TraceText, layers: str, code: str) -> None:
    blocks = "blocks: {b: {layers: [{dense: 8}]}, c: {layers: [{dense: 8}]}}"
    trace = trace_text(net(layers, "8", blocks))
    assert codes(trace) == [code]
    assert not trace.complete


# -- rounding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("top", "layer", "expected"),
    [
        ("exact", "{conv: {K: 1, F: 3, S: 2}}", None),  # (6 - 3)/2 + 1 = 2.5
        ("floor", "{conv: {K: 1, F: 3, S: 2}}", 2),
        ("ceil", "{conv: {K: 1, F: 3, S: 2}}", 2),  # ceil floors in convolutions
        ("ceil", "{depthwise_conv: {F: 3, S: 2}}", 2),
        ("exact", "{max_pool: {F: 3, S: 2}}", None),
        ("floor", "{max_pool: {F: 3, S: 2}}", 2),
        ("ceil", "{max_pool: {F: 3, S: 2}}", 3),
        ("ceil", "{avg_pool: {F: 3, S: 2}}", 3),
        ("ceil", "{l2_pool: {F: 3, S: 2}}", 3),
        # the layer's own word wins
        ("floor", "{max_pool: {F: 3, S: 2, rounding: ceil}}", 3),
        ("floor", "{max_pool: {F: 3, S: 2, rounding: exact}}", None),
        ("ceil", "{max_pool: {F: 3, S: 2, rounding: floor}}", 2),
        ("floor", "{conv: {K: 1, F: 3, S: 2, rounding: exact}}", None),
        ("exact", "{conv: {K: 1, F: 3, S: 2, rounding: floor}}", 2),
        # same is never touched
        ("floor", "{conv: {K: 1, F: 3, S: 4, P: same}}", 2),
        ("exact", "{conv: {K: 1, F: 3, S: 4, P: same}}", 2),
        # where it divides, nothing is rounded
        ("ceil", "{max_pool: 2}", 3),
        ("floor", "{max_pool: 2}", 3),
    ],
)
def test_the_networks_rounding_holds_where_a_layer_says_none(
    trace_text: TraceText, top: str, layer: str, expected: int | None
) -> None:
    trace = trace_text(net(f"[{layer}]", "6x6x1", f"rounding: {top}"))
    if expected is None:
        assert errors(trace) == [("SC201", trace.diagnostics[0].where)]
    else:
        assert errors(trace) == []
        assert trace.output == (expected, expected, 1)


def test_rounding_reaches_composites_and_blocks(trace_text: TraceText) -> None:
    more = "rounding: ceil\nblocks: {b: {layers: [{max_pool: {F: 3, S: 2}}]}}"
    layers = "[{parallel: [[b], [{repeat: {times: 1, layers: [{max_pool: {F: 3, S: 2}}]}}]]}]"
    trace = trace_text(net(layers, "6x6x1", more))
    assert errors(trace) == []
    assert trace.output == (3, 3, 2)


@pytest.mark.parametrize("layer", ["{conv: {K: 1, F: 3, S: 2, rounding: ceil}}",
                                   "{depthwise_conv: {F: 3, rounding: ceil}}"])  # fmt: skip
def test_a_convolutions_own_rounding_cannot_be_ceil(trace_text: TraceText, layer: str) -> None:
    trace = trace_text(net(f"[{layer}]", "7x7x1"))
    assert [code for code, _ in errors(trace)] == ["SC104"]
    assert trace.diagnostics[0].where.endswith(".rounding")


# -- faults ----------------------------------------------------------------------------------------


def test_all_faults_of_a_file_are_given_in_one_go_in_its_order(trace_text: TraceText) -> None:
    trace = trace_text("""
nmae: x
input: 8x8x4
batch: none
blocks:
  b: {parameters: {k: null}, layers: [{conv: {K: $kk, F: 3}}]}
layers:
  - reul
  - conv: {K: 0, F: 3, stride: "2"}
  - relu: {from: nowhere}
  - conv: {K: 2, F: 3, S: 2, from: input}
  - conv: {K: 2, F: 9, from: input}
  - dense: {units: 3, share: nobody, from: input, expect: {output: 4, size: 3}}
  - residual: {bdy: []}
  - b
  - add: [conv2]
outputs: [nothing]
expect: {paramters: 3}
""")
    every = unfolded(trace.diagnostics)
    assert sorted((d.line, d.code) for d in every if d.severity == "error") == sorted(
        [
            (2, "SC102"),
            (4, "SC104"),
            (6, "SC107"),
            (8, "SC105"),
            (9, "SC104"),
            (9, "SC104"),
            (10, "SC107"),
            (11, "SC201"),
            (12, "SC202"),
            (13, "SC107"),
            (13, "SC102"),
            (14, "SC103"),
            (14, "SC102"),
            (15, "SC103"),
            (16, "SC109"),
            (17, "SC107"),
            (18, "SC102"),
        ]
    )


def test_a_fault_stops_only_what_depends_on_it(trace_text: TraceText) -> None:
    trace = trace_text(net("""
  - conv: {K: 4, F: 9}
  - relu
  - conv: {K: 6, F: 3}
  - flatten
  - dense: 10
  - softmax
  - conv: {K: 2, F: 3, from: input, name: side}
  - global_avg_pool
""", "8x8x3"))  # fmt: skip
    assert codes(trace) == ["SC202"]
    found = records(trace)
    assert found["conv1"]["input"] == [[8, 8, 3]]
    assert found["conv1"]["output"] is None
    assert found["conv1"]["macs"] is None
    assert found["relu1"]["input"] is None
    assert found["relu1"]["output"] is None
    assert found["relu1"]["parameters"] == 0  # a relu has none, whatever it gets
    assert found["relu1"]["macs"] == 0
    assert found["conv2"]["output"] is None
    assert found["conv2"]["weights"] is None
    assert found["conv2"]["biases"] == 6
    assert found["conv2"]["parameters"] is None
    assert found["conv2"]["macs"] is None
    assert found["flatten1"]["output"] is None
    assert found["dense1"]["output"] == [10]  # its units say so
    assert found["dense1"]["weights"] is None
    assert found["dense1"]["macs"] is None
    assert found["softmax1"]["output"] == [10]
    assert found["side"]["output"] == [6, 6, 2]
    assert found["side"]["parameters"] == 2 * 27 + 2
    assert trace.output == (1, 1, 2)
    totals = trace.totals
    assert totals["weights"] is None
    assert totals["parameters"] is None
    assert totals["macs"] is None
    assert totals["activations"] is None
    assert not trace.complete


def test_a_faulty_branch_leaves_the_other_known(trace_text: TraceText) -> None:
    layers = "[{parallel: [[{conv: {K: 3, F: 3, P: 1}}], [{conv: {K: 3, F: 0}}]]}, relu]"
    trace = trace_text(net(layers))
    assert codes(trace) == ["SC104"]
    assert [r.output for r in trace.layers] == [(8, 8, 3), None, None, None]
    assert trace.layers[0].parameters == 3 * 36 + 3


def test_a_layer_of_an_unknown_kind_keeps_a_record_of_which_nothing_is_known(
    trace_text: TraceText,
) -> None:
    trace = trace_text(net("[relu, {convolve: {K: 3}}, {tanh: {from: relu1}}]"))
    assert codes(trace) == ["SC105"]
    assert len(trace.layers) == 3
    record = trace.to_dict()["layers"][1]
    for key in ("output", "weights", "biases", "parameters", "macs", "non_trainable"):
        assert record[key] is None, key
    assert trace.layers[2].output == (8, 8, 4)
    assert trace.totals["parameters"] is None


@pytest.mark.parametrize(
    ("layers", "code", "cure"),
    [
        ("[{conv: 64}]", "SC103", "{K: 64, F: 3}"),
        ("[{conv: {K: 64, F: 3, activation: relu}}]", "SC102", "layer of its own"),
        ("[{dense: {units: 64, activation: relu}}]", "SC102", "layer of its own"),
        ("[{relu: {}, name: act}]", "SC102", "indent"),
        ("[{conv: {K: 3, F: 3}, name: c1}]", "SC102", "indent"),
    ],
)
def test_a_frameworks_habit_gets_a_hint_that_works(
    trace_text: TraceText, layers: str, code: str, cure: str
) -> None:
    trace = trace_text(net(layers))
    found = next(d for d in trace.diagnostics if d.severity == "error")
    assert found.code == code
    assert cure in found.hint, found.hint


def test_a_misspelt_field_gets_the_nearest_one(trace_text: TraceText) -> None:
    trace = trace_text(net("[{conv: {K: 3, F: 3, kernal_size: 3}}]"))
    assert codes(trace) == ["SC102"]
    assert "kernel_size" in trace.diagnostics[0].hint
