"""Names: how layers are called and numbered, and what `from` finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Trace

TraceText = Callable[..., Trace]

BLOCKS = """
blocks:
  unit:
    layers: [{conv: {K: 4, F: 3, P: 1}}, relu]
  stage:
    layers: [unit, {unit: {name: last}}, unit]
"""


def net(layers: str, blocks: str = "", inputs: str = "input: 8x8x4") -> str:
    return f"{inputs}\n{blocks}\nlayers: {layers}\n"


def names(trace: Trace) -> list[str]:
    return [record.name for record in trace.layers]


def sources(trace: Trace) -> list[list[str] | None]:
    return [record["from"] for record in trace.to_dict()["layers"]]


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


CONV = "{conv: {K: 4, F: 3, P: 1}}"


# -- numbering -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("[relu, relu, relu]", ["relu1", "relu2", "relu3"]),
        ("[relu, tanh, relu, tanh]", ["relu1", "tanh1", "relu2", "tanh2"]),
        # The named one counts: conv, conv named b, conv give conv1, b, conv3.
        (f"[{CONV}, {{conv: {{name: b, K: 4, F: 1}}}}, {CONV}]", ["conv1", "b", "conv3"]),
        ("[{relu: {name: first}}, relu, relu]", ["first", "relu2", "relu3"]),
        # An alias counts under the real kind.
        ("[{fc: 3}, {linear: 3}, {dense: 3}]", ["dense1", "dense2", "dense3"]),
        ("[{dense: 3}, {fc: {K: 3, name: out}}, {linear: 3}]", ["dense1", "out", "dense3"]),
    ],
)
def test_layers_are_numbered_per_kind_and_named_ones_count(
    trace_text: TraceText, layers: str, expected: list[str]
) -> None:
    trace = trace_text(net(layers, inputs="input: 1x1x4"))
    assert names(trace) == expected
    assert trace.diagnostics == ()


def test_an_alias_is_recorded_as_the_real_kind(trace_text: TraceText) -> None:
    trace = trace_text(net("[{fc: 3}, {linear: 3}]", inputs="input: 4"))
    assert [record.kind for record in trace.layers] == ["dense", "dense"]


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        # body, shortcut, merge
        (f"[{{residual: {{body: [{CONV}, relu, {CONV}], shortcut: [{CONV}]}}}}, relu]",
         ["conv1", "relu1", "conv2", "conv3", "add1", "relu2"]),
        # written the other way round, the order stays body, shortcut, merge
        (f"[{{residual: {{shortcut: [{CONV}], body: [relu]}}}}]", ["relu1", "conv1", "add1"]),
        # branch by branch, merge
        (f"[{{parallel: [[relu, {CONV}], [], [relu]]}}, relu]",
         ["relu1", "conv1", "relu2", "concat1", "relu3"]),
        ("[{parallel: {branches: [[relu], [relu]], merge: add}}]", ["relu1", "relu2", "add1"]),
        ("[{parallel: {merge: multiply, branches: [[relu], []]}}]", ["relu1", "multiply1"]),
        # name means the merge, which is counted all the same
        ("[{residual: {name: sum, body: [relu]}}, {residual: {body: [relu]}}]",
         ["relu1", "sum", "relu2", "add2"]),
        ("[{parallel: {name: join, branches: [[relu], []]}}, {parallel: [[], []]}]",
         ["relu1", "join", "concat2"]),
        # a merge of a composite counts with those that are written
        ("[relu, {add: [relu1, input]}, {residual: {body: [relu]}}, {add: [add1, add2]}]",
         ["relu1", "add1", "relu2", "add2", "add3"]),
        # nothing opens a scope but a block's instance
        ("[{residual: {body: [{residual: {body: [relu]}}, {parallel: [[relu], [relu]]}, "
         "{conv: {K: 4, F: 1}}]}}]",
         ["relu1", "add1", "relu2", "relu3", "concat1", "conv1", "add2"]),
        ("[{repeat: {times: 3, layers: [relu, tanh]}}, relu]",
         ["relu1", "tanh1", "relu2", "tanh2", "relu3", "tanh3", "relu4"]),
        ("[{repeat: {times: 2, layers: [{repeat: {times: 2, layers: [relu]}}, tanh]}}]",
         ["relu1", "relu2", "tanh1", "relu3", "relu4", "tanh2"]),
    ],
)  # fmt: skip
def test_composites_open_no_scope_and_have_a_fixed_order(
    trace_text: TraceText, layers: str, expected: list[str]
) -> None:
    trace = trace_text(net(layers))
    assert names(trace) == expected
    assert trace.diagnostics == ()


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ("[unit, unit]", ["unit1.conv1", "unit1.relu1", "unit2.conv1", "unit2.relu1"]),
        (f"[{CONV}, unit, {CONV}]", ["conv1", "unit1.conv1", "unit1.relu1", "conv2"]),
        ("[unit, {unit: {name: b}}, unit]",
         ["unit1.conv1", "unit1.relu1", "b.conv1", "b.relu1", "unit3.conv1", "unit3.relu1"]),
        ("[{repeat: {times: 2, layers: [unit]}}]",
         ["unit1.conv1", "unit1.relu1", "unit2.conv1", "unit2.relu1"]),
        ("[{residual: {body: [unit], shortcut: [unit]}}]",
         ["unit1.conv1", "unit1.relu1", "unit2.conv1", "unit2.relu1", "add1"]),
        ("[stage]",
         ["stage1.unit1.conv1", "stage1.unit1.relu1", "stage1.last.conv1", "stage1.last.relu1",
          "stage1.unit3.conv1", "stage1.unit3.relu1"]),
    ],
)  # fmt: skip
def test_an_instance_opens_a_scope_in_which_numbering_restarts(
    trace_text: TraceText, layers: str, expected: list[str]
) -> None:
    trace = trace_text(net(layers, BLOCKS))
    assert names(trace) == expected
    assert trace.diagnostics == ()


# -- names that may not be -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["input", "loss", "total"])
def test_reserved_names_are_refused(trace_text: TraceText, name: str) -> None:
    trace = trace_text(net(f"[{{relu: {{name: {name}}}}}]"))
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC106", "layers[0].relu.name")]
    assert len(trace.layers) == 1


@pytest.mark.parametrize("name", ["a_b-C9", "_", "-x", "a9", "'12'", "conv", "relu", "x" * 80])
def test_names_are_letters_digits_underscores_and_hyphens(trace_text: TraceText, name: str) -> None:
    trace = trace_text(net(f"[{{relu: {{name: {name}}}}}]"))
    assert trace.diagnostics == ()
    assert names(trace) == [name.strip("'")]


@pytest.mark.parametrize(
    "name",
    ["a.b", "a b", '""', '"a\\n"', "é", "3", "true", "~", "[a]", "{a: b}", "a/b", "$x", "'a$x'"],
)
def test_other_names_are_refused(trace_text: TraceText, name: str) -> None:
    trace = trace_text(net(f"[{{relu: {{name: {name}}}}}, {CONV}]"))
    assert len(trace.diagnostics) == 1
    assert trace.diagnostics[0].code in ("SC104", "SC106", "SC107")
    assert trace.diagnostics[0].where == "layers[0].relu.name"
    assert len(trace.layers) == 2
    assert trace.output == (8, 8, 4)


@pytest.mark.parametrize(
    ("layers", "where"),
    [
        ("[{relu: {name: a}}, {tanh: {name: a}}]", "layers[1].tanh.name"),
        ("[relu, {tanh: {name: relu1}}]", "layers[1].tanh.name"),
        ("[{relu: {name: tanh1}}, tanh]", "layers[1]"),
        ("[{relu: {name: a}}, {residual: {name: a, body: [tanh]}}]", "layers[1].residual.name"),
        ("[{relu: {name: a}}, {unit: {name: a}}]", "layers[1].unit.name"),
        ("[{unit: {name: a}}, {unit: {name: a}}]", "layers[1].unit.name"),
        ("[{relu: {name: unit1}}, unit]", "layers[1]"),
    ],
)
def test_a_name_is_given_once_in_a_scope(trace_text: TraceText, layers: str, where: str) -> None:
    trace = trace_text(net(layers, BLOCKS))
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC106", where)]


def test_the_same_name_in_two_scopes_is_no_repetition(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [{relu: {name: a}}]}}"
    trace = trace_text(net("[{tanh: {name: a}}, b, b]", blocks))
    assert trace.diagnostics == ()
    assert names(trace) == ["a", "b1.a", "b2.a"]


@pytest.mark.parametrize(
    ("layers", "where"),
    [
        ("[{repeat: {times: 2, layers: [{relu: {name: a}}]}}]",
         "layers[0].repeat.layers[0].relu.name"),
        ("[{repeat: {times: 2, layers: [{unit: {name: a}}]}}]",
         "layers[0].repeat.layers[0].unit.name"),
        ("[{repeat: {times: 2, layers: [{residual: {body: [relu], name: a}}]}}]",
         "layers[0].repeat.layers[0].residual.name"),
        ("[{repeat: {times: 2, layers: [{residual: {body: [{relu: {name: a}}]}}]}}]",
         "layers[0].repeat.layers[0].residual.body[0].relu.name"),
        ("[{repeat: {times: 2, layers: [{repeat: {times: 1, layers: [{relu: {name: a}}]}}]}}]",
         "layers[0].repeat.layers[0].repeat.layers[0].relu.name"),
    ],
)  # fmt: skip
def test_an_explicit_name_in_a_repeat_of_more_than_one_is_refused_once(
    trace_text: TraceText, layers: str, where: str
) -> None:
    trace = trace_text(net(layers, BLOCKS))
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC106", where)]
    assert "block" in trace.diagnostics[0].hint


@pytest.mark.parametrize(
    "layers",
    [
        "[{repeat: {times: 1, layers: [{relu: {name: a}}]}}]",
        "[{repeat: {times: 3, layers: [named]}}]",  # an instance's names are its own
        "[{repeat: {times: 3, layers: [stage]}}]",
    ],
)
def test_a_name_in_a_repeat_of_one_or_in_a_block_is_fine(
    trace_text: TraceText, layers: str
) -> None:
    blocks = BLOCKS + "  named: {layers: [{relu: {name: a}}]}\n"
    assert trace_text(net(layers, blocks)).diagnostics == ()


# -- from ------------------------------------------------------------------------------------------


def test_a_layer_takes_the_one_before_it(trace_text: TraceText) -> None:
    trace = trace_text(net(f"[{CONV}, relu, {{dense: 3}}]"))
    assert sources(trace) == [["input"], ["conv1"], ["relu1"]]


def test_from_takes_an_earlier_layer_by_either_name(trace_text: TraceText) -> None:
    layers = f"[{CONV}, {{relu: {{name: r}}}}, {{tanh: {{from: conv1}}}}, {{tanh: {{from: r}}}}]"
    trace = trace_text(net(layers))
    assert sources(trace) == [["input"], ["conv1"], ["conv1"], ["r"]]
    assert trace.diagnostics == ()


def test_from_takes_a_list_of_names(trace_text: TraceText) -> None:
    layers = "[relu, tanh, {add: [relu1, tanh1, input]}, {concat: {from: [add1, relu1]}}]"
    trace = trace_text(net(layers))
    assert sources(trace)[2:] == [["relu1", "tanh1", "input"], ["add1", "relu1"]]
    assert trace.output == (8, 8, 8)


def test_from_takes_the_same_layer_twice(trace_text: TraceText) -> None:
    trace = trace_text(net("[relu, {concat: [relu1, relu1]}]"))
    assert trace.diagnostics == ()
    assert trace.output == (8, 8, 8)


def test_a_list_of_one_name_is_one_source(trace_text: TraceText) -> None:
    trace = trace_text(net("[relu, tanh, {relu: {from: [relu1]}}]"))
    assert trace.diagnostics == ()
    assert sources(trace)[2] == ["relu1"]


def test_input_is_the_networks_only_input(trace_text: TraceText) -> None:
    trace = trace_text(net("[relu, {tanh: {from: input}}]"))
    assert sources(trace)[1] == ["input"]
    named = trace_text(net("[relu, {tanh: {from: input}}]", inputs="inputs: {x: 8x8x4}"))
    assert named.diagnostics == ()
    assert sources(named)[1] == ["x"]


@pytest.mark.parametrize(
    ("layers", "where"),
    [
        ("[{relu: {from: nowhere}}]", "layers[0].relu.from"),
        ("[{relu: {from: tanh1}}, tanh]", "layers[0].relu.from"),  # only earlier ones
        ("[{relu: {name: a, from: a}}]", "layers[0].relu.from"),
        ("[{relu: {from: relu1}}]", "layers[0].relu.from"),
        ("[relu, {add: {from: [relu1, b]}}]", "layers[1].add.from[1]"),
        ("[unit, {relu: {from: conv1}}]", "layers[1].relu.from"),  # inside the instance only
        ("[unit, {relu: {from: unit1.conv2}}]", "layers[1].relu.from"),
        ("[unit, {relu: {from: unit1.conv1.x}}]", "layers[1].relu.from"),
        ("[relu, {relu: {from: relu1.x}}]", "layers[1].relu.from"),
        ("[unit, {relu: {from: unit2}}]", "layers[1].relu.from"),
        ("[relu, {relu: {from: .relu1}}]", "layers[1].relu.from"),
        ("[relu, {relu: {from: ''}}]", "layers[1].relu.from"),
        ("[relu, {residual: {body: [{relu: {from: add1}}]}}]",
         "layers[1].residual.body[0].relu.from"),
    ],
)  # fmt: skip
def test_a_name_that_is_nowhere_earlier_is_refused(
    trace_text: TraceText, layers: str, where: str
) -> None:
    trace = trace_text(net(layers, BLOCKS))
    assert [(d.code, d.where) for d in trace.diagnostics] == [("SC107", where)]
    faulty = next(r for r in trace.to_dict()["layers"] if r["from"] is None)
    assert faulty["input"] is None
    assert not trace.complete


def test_a_wrong_name_gets_the_nearest_one_as_a_hint(trace_text: TraceText) -> None:
    layers = "[{relu: {name: encoder}}, {tanh: {from: encodr}}]"
    assert "encoder" in trace_text(net(layers)).diagnostics[0].hint


@pytest.mark.parametrize("origin", ["3", "true", "~", "[]", "{a: b}", "[relu1, 3]", "[[relu1]]"])
def test_from_is_a_name_or_a_list_of_names(trace_text: TraceText, origin: str) -> None:
    trace = trace_text(net(f"[relu, {{tanh: {{from: {origin}}}}}]"))
    assert set(codes(trace)) == {"SC104"}
    assert not trace.complete


# -- dotted names and scopes -----------------------------------------------------------------------


def test_dotted_names_reach_into_instances(trace_text: TraceText) -> None:
    layers = """
  - stage
  - tanh: {from: stage1.unit1.conv1}
  - tanh: {from: stage1.last}
  - tanh: {from: stage1}
"""
    trace = trace_text(net(layers, BLOCKS))
    assert trace.diagnostics == ()
    assert sources(trace)[-3:] == [
        ["stage1.unit1.conv1"], ["stage1.last.relu1"], ["stage1.unit3.relu1"],
    ]  # fmt: skip


def test_an_instances_name_means_its_last_output(trace_text: TraceText) -> None:
    trace = trace_text(net("[{unit: {name: u}}, tanh, {relu: {from: u}}]", BLOCKS))
    assert sources(trace)[-1] == ["u.relu1"]


def test_names_are_searched_in_the_innermost_scope_first(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [relu, tanh, {sigmoid: {from: relu1}}]}}"
    trace = trace_text(net("[relu, b]", blocks))
    assert sources(trace)[-1] == ["b1.relu1"]


def test_names_are_searched_outward(trace_text: TraceText) -> None:
    blocks = """
blocks:
  inner: {layers: [tanh, {sigmoid: {from: relu1}}, {sigmoid: {from: softplus1}}]}
  outer: {layers: [softplus, inner]}
"""
    trace = trace_text(net("[relu, outer]", blocks))
    assert trace.diagnostics == ()
    assert sources(trace)[-2:] == [["relu1"], ["outer1.softplus1"]]


def test_what_is_outside_but_later_is_not_found(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [{sigmoid: {from: relu1}}]}}"
    assert codes(trace_text(net("[b, relu]", blocks))) == ["SC107"]


def test_input_inside_a_block_is_what_the_instance_takes(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [relu, {add: [relu1, input]}]}}"
    trace = trace_text(net("[tanh, sigmoid, b, {b: {from: tanh1}}]", blocks))
    assert sources(trace)[2:] == [
        ["sigmoid1"], ["b1.relu1", "sigmoid1"], ["tanh1"], ["b2.relu1", "tanh1"],
    ]  # fmt: skip


def test_input_inside_a_block_of_several_sources_is_a_list(trace_text: TraceText) -> None:
    blocks = """
blocks:
  fuse: {layers: [{concat: input}, {conv: {K: 2, F: 1}}]}
  deep: {layers: [fuse]}
"""
    layers = "[relu, tanh, {fuse: {from: [relu1, tanh1]}}, {deep: {from: [relu1, fuse1]}}]"
    trace = trace_text(net(layers, blocks))
    assert trace.diagnostics == ()
    assert sources(trace)[2:] == [
        ["relu1", "tanh1"], ["fuse1.concat1"],
        ["relu1", "fuse1.conv1"], ["deep1.fuse1.concat1"],
    ]  # fmt: skip
    assert [r.output for r in trace.layers[2:]] == [(8, 8, 8), (8, 8, 2), (8, 8, 6), (8, 8, 2)]


def test_the_first_layer_of_a_block_with_several_sources_must_merge_them(
    trace_text: TraceText,
) -> None:
    blocks = "blocks: {b: {layers: [relu]}, m: {layers: [add]}}"
    trace = trace_text(net("[relu, tanh, {b: {from: [relu1, tanh1]}}]", blocks))
    assert codes(trace) == ["SC109"]
    trace = trace_text(net("[relu, tanh, {m: {from: [relu1, tanh1]}}]", blocks))
    assert trace.diagnostics == ()
    assert sources(trace)[-1] == ["relu1", "tanh1"]


def test_input_in_a_composite_is_still_the_networks(trace_text: TraceText) -> None:
    trace = trace_text(net("[relu, {residual: {body: [tanh, {add: [tanh1, input]}]}}]"))
    assert sources(trace)[2] == ["tanh1", "input"]


def test_layers_of_one_branch_may_name_those_of_an_earlier_one(trace_text: TraceText) -> None:
    trace = trace_text(net("[{parallel: [[relu], [{tanh: {from: relu1}}]]}]"))
    assert sources(trace)[1] == ["relu1"]


# -- several inputs --------------------------------------------------------------------------------

TWO = "inputs: {left: 8x8x4, right: 8x8x2}"


def test_several_inputs_are_named(trace_text: TraceText) -> None:
    trace = trace_text(net("[{concat: [left, right]}, relu]", inputs=TWO))
    assert trace.diagnostics == ()
    assert trace.inputs == {"left": (8, 8, 4), "right": (8, 8, 2)}
    assert trace.output == (8, 8, 6)
    assert sources(trace)[0] == ["left", "right"]


@pytest.mark.parametrize("layers", ["[relu]", "[unit]", "[{residual: {body: [relu]}}]"])
def test_with_several_inputs_the_first_layer_must_say_from(
    trace_text: TraceText, layers: str
) -> None:
    trace = trace_text(net(layers, BLOCKS, inputs=TWO))
    assert codes(trace) == ["SC109"]
    assert "left" in trace.diagnostics[0].hint
    assert "right" in trace.diagnostics[0].hint
    assert trace.output is None


def test_with_several_inputs_the_word_input_names_nothing(trace_text: TraceText) -> None:
    assert codes(trace_text(net("[{relu: {from: input}}]", inputs=TWO))) == ["SC107"]


def test_a_layer_may_not_take_an_inputs_name(trace_text: TraceText) -> None:
    trace = trace_text(net("[{relu: {from: left, name: left}}]", inputs=TWO))
    assert codes(trace) == ["SC106"]


@pytest.mark.parametrize("name", ["loss", "total"])
def test_an_input_may_not_have_a_reserved_name(trace_text: TraceText, name: str) -> None:
    trace = trace_text(net(f"[{{relu: {{from: {name}}}}}]", inputs=f"inputs: {{{name}: 8}}"))
    assert "SC106" in codes(trace)


# -- the number of sources -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["add", "subtract", "multiply", "maximum", "average", "concat"])
def test_a_merge_needs_two_or_more_sources(trace_text: TraceText, kind: str) -> None:
    for layers in (f"[relu, {kind}]", f"[relu, {{{kind}: relu1}}]", f"[relu, {{{kind}: [relu1]}}]"):
        trace = trace_text(net(layers))
        assert codes(trace) == ["SC109"], layers
        assert trace.output is None
    assert trace_text(net(f"[relu, {{{kind}: [relu1, input]}}]")).diagnostics == ()


@pytest.mark.parametrize(
    "layer",
    ["{conv: {K: 1, F: 1, from: [relu1, input]}}", "{relu: {from: [relu1, relu1]}}",
     "{dense: {units: 3, from: [relu1, input]}}", "{residual: {body: [], from: [relu1, input]}}",
     "{parallel: {branches: [[], []], from: [relu1, input]}}"],
)  # fmt: skip
def test_every_other_layer_takes_exactly_one_source(trace_text: TraceText, layer: str) -> None:
    trace = trace_text(net(f"[relu, {layer}]"))
    assert codes(trace) == ["SC109"]
    assert not trace.complete
