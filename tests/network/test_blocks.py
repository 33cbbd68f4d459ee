"""Blocks: parameters and what may stand for them, instances, and faults inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Trace

TraceText = Callable[..., Trace]


def net(blocks: str, layers: str, size: str = "8x8x4") -> str:
    return f"input: {size}\nblocks:\n{blocks}\nlayers: {layers}\n"


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


def sources(trace: Trace) -> list[list[str] | None]:
    return [record["from"] for record in trace.to_dict()["layers"]]


UNIT = """
  unit:
    parameters: {width: null, size: 3, act: relu}
    layers: [{conv: {K: $width, F: $size, P: same}}, $act]
"""


# -- values ----------------------------------------------------------------------------------------


def test_defaults_hold_where_nothing_is_given(trace_text: TraceText) -> None:
    trace = trace_text(net(UNIT, "[{unit: {width: 6}}]"))
    assert trace.diagnostics == ()
    assert [(r.kind, r.output, r.weights) for r in trace.layers] == [
        ("conv", (8, 8, 6), 6 * 4 * 3 * 3),
        ("relu", (8, 8, 6), 0),
    ]


def test_given_values_replace_defaults(trace_text: TraceText) -> None:
    trace = trace_text(net(UNIT, "[{unit: {width: 6, size: 5, act: tanh}}]"))
    assert [(r.kind, r.weights) for r in trace.layers] == [("conv", 6 * 4 * 5 * 5), ("tanh", 0)]


def test_a_bare_value_is_the_first_parameter(trace_text: TraceText) -> None:
    assert trace_text(net(UNIT, "[{unit: 6}]")).output == (8, 8, 6)


@pytest.mark.parametrize("instance", ["unit", "{unit: }", "{unit: {}}", "{unit: {size: 5}}"])
def test_a_parameter_without_default_must_be_given(trace_text: TraceText, instance: str) -> None:
    trace = trace_text(net(UNIT, f"[{instance}]"))
    assert codes(trace) == ["SC103"]
    assert "width" in trace.diagnostics[0].message
    assert trace.diagnostics[0].where.startswith("layers[0]")
    assert trace.output is None


def test_without_parameters_an_instance_is_a_bare_word(trace_text: TraceText) -> None:
    blocks = "  b: {layers: [relu]}"
    for instance in ("b", "{b: }", "{b: {}}"):
        trace = trace_text(net(blocks, f"[{instance}]"))
        assert trace.diagnostics == ()
        assert [r.name for r in trace.layers] == ["b1.relu1"]


def test_a_value_for_a_block_without_parameters_is_refused(trace_text: TraceText) -> None:
    trace = trace_text(net("  b: {layers: [relu]}", "[{b: 3}]"))
    assert len(trace.diagnostics) == 1
    assert trace.diagnostics[0].severity == "error"
    assert trace.diagnostics[0].where == "layers[0].b"


def test_an_unknown_parameter_is_refused_with_the_nearest_known_one(
    trace_text: TraceText,
) -> None:
    trace = trace_text(net(UNIT, "[{unit: {width: 6, sice: 5}}]"))
    (found,) = trace.diagnostics
    assert (found.code, found.where) == ("SC102", "layers[0].unit.sice")
    assert "size" in found.hint
    assert trace.output == (8, 8, 6)


@pytest.mark.parametrize(
    ("value", "outputs"),
    [
        ("relu", [(8, 8, 4)]),
        ("{conv: {K: 2, F: 3}}", [(6, 6, 2)]),
        ("{max_pool: 2}", [(4, 4, 4)]),
        ("{residual: {body: [relu]}}", [(8, 8, 4), (8, 8, 4)]),
        ("leaf", [(8, 8, 4), (8, 8, 1)]),
        ("{leaf: 5}", [(8, 8, 4), (8, 8, 5)]),
    ],
)
def test_a_parameter_may_stand_for_a_layer(
    trace_text: TraceText, value: str, outputs: list[tuple[int, ...]]
) -> None:
    blocks = """
  leaf: {parameters: {k: 1}, layers: [tanh, {conv: {K: $k, F: 1}}]}
  b: {parameters: {layer: null}, layers: [$layer]}
"""
    trace = trace_text(net(blocks, f"[{{b: {{layer: {value}}}}}]"))
    assert trace.diagnostics == ()
    assert [r.output for r in trace.layers] == outputs


def test_a_parameter_may_stand_for_a_list_of_layers(trace_text: TraceText) -> None:
    blocks = """
  b:
    parameters: {body: null, shortcut: [], times: 2}
    layers:
      - residual: {body: $body, shortcut: $shortcut}
      - repeat: {times: $times, layers: $body}
      - parallel: {branches: [$body, []]}
"""
    trace = trace_text(net(blocks, "[{b: {body: [relu, tanh]}}]"))
    assert trace.diagnostics == ()
    assert [r.name.removeprefix("b1.") for r in trace.layers] == [
        "relu1", "tanh1", "add1", "relu2", "tanh2", "relu3", "tanh3", "relu4", "tanh4", "concat1",
    ]  # fmt: skip
    assert trace.output == (8, 8, 8)


def test_a_list_of_layers_as_an_item_is_refused(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {body: null}, layers: [$body]}"
    assert codes(trace_text(net(blocks, "[{b: {body: [relu, tanh]}}]"))) == ["SC104"]


def test_a_parameter_may_stand_for_any_field(trace_text: TraceText) -> None:
    blocks = """
  b:
    parameters: {called: x, pad: same, bias: true, side: 1, out: null}
    layers:
      - conv: {name: $called, K: 2, F: [3, $side], P: $pad, bias: $bias, expect: {output: $out}}
"""
    values = "{bias: false, side: 5, pad: [[1, 1], [0, 0]], out: 8x4x2}"
    trace = trace_text(net(blocks, f"[{{b: {values}}}]"))
    assert trace.diagnostics == ()
    (record,) = trace.layers
    assert record.name == "b1.x"
    assert record.output == (8, 4, 2)
    assert (record.weights, record.biases) == (2 * 4 * 3 * 5, 0)


def test_values_pass_through_nested_blocks(trace_text: TraceText) -> None:
    blocks = """
  inner: {parameters: {k: null, s: 1}, layers: [{conv: {K: $k, F: 1, S: $s}}]}
  outer:
    parameters: {width: null, stride: 1}
    layers: [{inner: {k: $width}}, {inner: {k: $width, s: $stride}}, {inner: $width}]
"""
    trace = trace_text(net(blocks, "[{outer: {width: 3}}, {outer: 5}]"))
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    assert [r.output for r in trace.layers] == [(8, 8, 3)] * 3 + [(8, 8, 5)] * 3
    assert trace.layers[3].name == "outer2.inner1.conv1"


def test_a_missing_value_is_reported_once_and_not_where_it_was_to_go(
    trace_text: TraceText,
) -> None:
    blocks = """
  inner: {parameters: {k: null}, layers: [{conv: {K: $k, F: 1}}]}
  outer: {parameters: {width: null}, layers: [{inner: $width}, {dense: $width}]}
"""
    trace = trace_text(net(blocks, "[outer]"))
    assert codes(trace) == ["SC103"]
    assert len(trace.layers) == 2
    assert trace.layers[0].parameters is None


# -- where parameters are not read -----------------------------------------------------------------


def test_a_parameter_is_never_part_of_a_text(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {n: 3}, layers: [{relu: {name: r$n}}, {max_pool: {F: 1x$n}}]}"
    trace = trace_text(net(blocks, "[b]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [
        ("SC104", "blocks.b.layers[0].relu.name"),
        ("SC104", "blocks.b.layers[1].max_pool.F"),
    ]


def test_a_parameter_is_never_a_key(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {kind: dense, k: K}, layers: [{$kind: 3}, {dense: {$k: 3}}]}"
    trace = trace_text(net(blocks, "[b]"))
    assert trace.diagnostics
    assert all(d.severity == "error" for d in trace.diagnostics)
    assert {d.where.split(".")[2] for d in trace.diagnostics} == {"layers[0]", "layers[1]"}


@pytest.mark.parametrize(
    "layers",
    ["[$x]", "[{dense: $x}]", "[{dense: {K: 3, name: $x}}]", "[{relu: {from: $x}}]",
     "[{residual: $x}]", "[{repeat: {times: $x, layers: [relu]}}]", "[{conv: {K: 1, F: [1, $x]}}]"],
)  # fmt: skip
def test_a_parameter_outside_blocks_names_nothing(trace_text: TraceText, layers: str) -> None:
    trace = trace_text(f"input: 8x8x4\nlayers: {layers}\n")
    assert "SC107" in codes(trace)
    assert not trace.complete


def test_a_parameter_that_the_block_has_not_is_reported_once(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {width: 3}, layers: [{conv: {K: $widht, F: 1}}]}"
    trace = trace_text(net(blocks, "[b, b]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [
        ("SC107", "blocks.b.layers[0].conv.K")
    ]
    assert "$width" in trace.diagnostics[0].hint


def test_there_is_no_arithmetic(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {w: 3}, layers: [{dense: $w*2}]}"
    assert codes(trace_text(net(blocks, "[b]"))) in (["SC104"], ["SC107"])


# -- names as parameters ---------------------------------------------------------------------------


def test_a_name_given_as_a_parameter_is_looked_up_where_the_instance_is_written(
    trace_text: TraceText,
) -> None:
    blocks = "  join: {parameters: {other: null}, layers: [tanh, relu, {add: [relu1, $other]}]}"
    trace = trace_text(net(blocks, "[relu, sigmoid, {join: {other: relu1}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[-1] == ["join1.relu1", "relu1"]


def test_a_name_that_is_only_inside_the_instance_is_not_found_from_outside(
    trace_text: TraceText,
) -> None:
    blocks = "  join: {parameters: {other: null}, layers: [relu, {add: [relu1, $other]}]}"
    assert codes(trace_text(net(blocks, "[tanh, {join: {other: relu1}}]"))) == ["SC107"]


def test_a_name_passes_through_nested_blocks(trace_text: TraceText) -> None:
    blocks = """
  inner: {parameters: {skip: null}, layers: [relu, {concat: [relu1, $skip]}]}
  outer: {parameters: {skip: null}, layers: [relu, relu, {inner: {skip: $skip}}]}
"""
    trace = trace_text(net(blocks, "[tanh, relu, {outer: {skip: relu1}}, {outer: {skip: tanh1}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[5] == ["outer1.inner1.relu1", "relu1"]
    assert sources(trace)[9] == ["outer2.inner1.relu1", "tanh1"]


def test_a_list_of_names_is_a_parameter(trace_text: TraceText) -> None:
    blocks = "  fuse: {parameters: {parts: null}, layers: [{concat: $parts}, {conv: {K: 1, F: 1}}]}"
    trace = trace_text(net(blocks, "[relu, tanh, {fuse: {parts: [relu1, tanh1, input]}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[2] == ["relu1", "tanh1", "input"]
    assert trace.layers[2].output == (8, 8, 12)


def test_a_dotted_name_is_a_parameter(trace_text: TraceText) -> None:
    blocks = """
  down: {layers: [relu, tanh]}
  up: {parameters: {skip: null}, layers: [{concat: [input, $skip]}]}
"""
    trace = trace_text(net(blocks, "[down, {up: {skip: down1.relu1}}, {up: {skip: down1}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[2:] == [
        ["down1.tanh1", "down1.relu1"], ["up1.concat1", "down1.tanh1"],
    ]  # fmt: skip


def test_names_written_in_a_layer_given_as_a_parameter_are_looked_up_outside(
    trace_text: TraceText,
) -> None:
    blocks = "  b: {parameters: {layer: null}, layers: [relu, tanh, $layer]}"
    trace = trace_text(net(blocks, "[relu, {b: {layer: {add: [relu1, input]}}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[-1] == ["relu1", "input"]


def test_a_default_name_is_looked_up_inside(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {other: relu1}, layers: [relu, tanh, {add: [tanh1, $other]}]}"
    trace = trace_text(net(blocks, "[b]"))
    assert sources(trace)[-1] == ["b1.tanh1", "b1.relu1"]


# -- which blocks there may be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("blocks", "where"),
    [
        ("  b: {layers: [relu, b]}", ["blocks.b.layers[1]"]),
        ("  b: {layers: [{residual: {body: [{b: {}}]}}]}",
         ["blocks.b.layers[0].residual.body[0].b"]),
        ("  b: {layers: [c]}\n  c: {layers: [b]}", ["blocks.b.layers[0]", "blocks.c.layers[0]"]),
        ("  b: {layers: [{repeat: {times: 0, layers: [b]}}]}",
         ["blocks.b.layers[0].repeat.layers[0]"]),
    ],
)  # fmt: skip
def test_a_block_may_not_use_itself(trace_text: TraceText, blocks: str, where: list[str]) -> None:
    trace = trace_text(net(blocks, "[relu, b, tanh]"))
    found = [(d.code, d.where) for d in trace.diagnostics]
    assert found == [("SC107", place) for place in where]
    assert not trace.complete


def test_a_block_that_gets_itself_as_a_parameter_ends(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {inner: null}, layers: [relu, $inner]}"
    trace = trace_text(net(blocks, "[{b: {inner: {b: {inner: {b: {inner: tanh}}}}}}]"))
    assert trace.diagnostics == ()
    assert [r.kind for r in trace.layers] == ["relu", "relu", "relu", "tanh"]


@pytest.mark.parametrize("name", ["conv", "fc", "residual", "repeat", "input", "loss", "total"])
def test_a_kinds_or_reserved_name_is_no_blocks(trace_text: TraceText, name: str) -> None:
    trace = trace_text(net(f"  {name}: {{layers: [relu]}}", "[tanh]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC106", f"blocks.{name}")]
    assert trace.output == (8, 8, 4)


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("relu", "SC104"), ("[relu]", "SC104"), ("3", "SC104"), ("", "SC104"),
        ("{}", "SC103"), ("{parameters: {a: 1}}", "SC103"),
        ("{layers: relu}", "SC104"), ("{layers: {a: b}}", "SC104"), ("{layers: }", "SC104"),
        ("{layers: [relu], parameters: [a]}", "SC104"),
        ("{layers: [relu], parameter: {a: 1}}", "SC102"),
        ("{layers: [relu], name: x}", "SC102"),
        ("{layers: [relu], parameters: {name: 1}}", "SC106"),
        ("{layers: [relu], parameters: {from: 1}}", "SC106"),
        ("{layers: [relu], parameters: {'a b': 1}}", "SC104"),
    ],
)  # fmt: skip
def test_a_block_that_is_written_wrong_is_one_fault(
    trace_text: TraceText, block: str, code: str
) -> None:
    trace = trace_text(net(f"  b: {block}", "[relu]"))
    assert codes(trace) == [code]
    assert trace.diagnostics[0].where.startswith("blocks.b")
    assert trace.output == (8, 8, 4)


def test_a_block_that_nobody_uses_is_checked_too(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {k: null}, layers: [{conv: {K: $k, F: 0}}, reul]}"
    trace = trace_text(net(blocks, "[relu]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [
        ("SC104", "blocks.b.layers[0].conv.F"),
        ("SC105", "blocks.b.layers[1]"),
    ]
    assert [r.name for r in trace.layers] == ["relu1"]


def test_a_block_that_nobody_uses_adds_nothing(trace_text: TraceText) -> None:
    blocks = "  b: {parameters: {k: null, x: null}, layers: [{dense: $k}, {add: [input, $x]}]}"
    trace = trace_text(net(blocks, "[relu]"))
    assert trace.diagnostics == ()
    assert len(trace.layers) == 1


# -- instances -------------------------------------------------------------------------------------


def test_an_instance_takes_from_and_name(trace_text: TraceText) -> None:
    trace = trace_text(net(UNIT, "[relu, tanh, {unit: {width: 3, from: relu1, name: u}}]"))
    assert sources(trace)[2] == ["relu1"]
    assert trace.layers[2].name == "u.conv1"


def test_an_instance_without_layers_passes_its_input_on(trace_text: TraceText) -> None:
    trace = trace_text(net("  none: {layers: []}", "[relu, none, tanh, {sigmoid: {from: none1}}]"))
    assert trace.diagnostics == ()
    assert sources(trace) == [["input"], ["relu1"], ["relu1"]]


def test_expect_on_an_instance_means_its_last_output_and_its_sums(trace_text: TraceText) -> None:
    # conv 4 -> 6: 6*4*9 + 6 = 222; the relu learns nothing; macs 8*8*6*36 = 13,824
    right = "{output: 8x8x6, weights: 216, biases: 6, parameters: 222, macs: 13824, jump: 1}"
    trace = trace_text(net(UNIT, f"[{{unit: {{width: 6, expect: {right}}}}}]"))
    assert trace.diagnostics == ()
    wrong = "{output: 8x8x5, weights: 215, biases: 5, parameters: 221, macs: 13823, jump: 2}"
    trace = trace_text(net(UNIT, f"[{{unit: {{width: 6, expect: {wrong}}}}}]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [
        ("SC301", f"layers[0].unit.expect.{key}")
        for key in ("output", "weights", "biases", "parameters", "macs", "jump")
    ]
    assert "216" in trace.diagnostics[1].message


# -- faults inside ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "first", "more"),
    [
        ("[{b: 3}]", "b1.conv1", None),
        ("[{b: 3}, {b: 3}, {b: 3}]", "b1.conv1", "2"),
        ("[{b: {f: 3, name: left}}, {b: 3}]", "left.conv1", "1"),
        ("[{repeat: {times: 40, layers: [{b: 3}]}}]", "b1.conv1", "39"),
    ],
)
def test_a_fault_inside_a_block_is_given_once_with_the_first_instance_and_how_many_more(
    trace_text: TraceText, layers: str, first: str, more: str | None
) -> None:
    # Every instance meets 8x8: (8 - 3)/2 + 1 = 3.5, rounded down 3, upsampled 6, padded 8.
    blocks = "  b: {parameters: {f: null}, layers: [{conv: {K: 4, F: $f, S: 2}}, {upsample: 2}, "
    trace = trace_text(net(blocks + "{pad: 1}]}", layers))
    (found,) = trace.diagnostics
    assert (found.code, found.where) == ("SC201", "blocks.b.layers[0].conv")
    assert found.layer == first
    assert found.line == 3
    assert first in found.message
    if more is None:
        assert "more" not in found.message
    else:
        assert f"{more} more" in found.message


def test_a_fault_of_one_instance_points_into_the_block_and_names_it(
    trace_text: TraceText,
) -> None:
    trace = trace_text(net(UNIT, "[{unit: 3}, {unit: {width: 0}}, {unit: {width: 3, size: 0}}]"))
    assert [d.code for d in trace.diagnostics] == ["SC104", "SC104"]
    assert all(d.where.startswith("blocks.unit.layers[0].conv") for d in trace.diagnostics)
    assert [d.layer for d in trace.diagnostics] == ["unit2.conv1", "unit3.conv1"]
