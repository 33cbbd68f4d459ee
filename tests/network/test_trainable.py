"""`trainable: false` on layers and on what holds layers: which parameters are frozen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc import SpecError
from shapecalc.executor import run

TraceText = Callable[[str], Any]
DENSE = {"dense": {"units": 2, "name": "d"}}  # 4*2 + 2 = 10


def traced(*layers: Any, blocks: Any = None, **more: Any) -> Any:
    spec: dict[str, Any] = {"input": 4, "layers": list(layers), **more}
    return shapecalc.trace(spec | ({"blocks": blocks} if blocks else {}))


def codes(trace: Any) -> list[str]:
    return [d.code for d in trace.diagnostics]


@pytest.mark.parametrize("written", [True, None])
def test_parameters_are_trained_unless_frozen(written: bool | None) -> None:
    more = {} if written is None else {"trainable": written}
    trace = traced({"dense": {"units": 2, **more}})
    assert codes(trace) == []
    record = trace.layers[0]
    assert (record.parameters, record.trainable, record.frozen) == (10, 10, 0)
    frozen = traced({"dense": {"units": 2, "trainable": False}}).layers[0]
    assert (frozen.parameters, frozen.trainable, frozen.frozen) == (10, 0, 10)
    assert frozen.macs == record.macs


def test_statistics_are_no_parameters() -> None:
    trace = traced({"batch_norm": {"trainable": False}}, {"batch_norm": {}})
    assert dict(trace.totals) | {"macs": 0, "activations": 0} == {
        "weights": 8, "biases": 8, "parameters": 16, "trainable": 8, "frozen": 8,
        "non_trainable": 16, "macs": 0, "activations": 0,
    }  # fmt: skip


def test_every_layer_takes_it_and_a_block_may_pass_it_on() -> None:
    block = {
        "parameters": {"learn": True},
        "layers": [{"dense": {"units": 4, "trainable": "$learn"}}],
    }
    trace = traced(
        {"relu": {"trainable": False}}, {"b": {"learn": False}}, {"b": {}}, blocks={"b": block}
    )
    assert codes(trace) == []
    assert [record.frozen for record in trace.layers] == [0, 20, 0]


@pytest.mark.parametrize(
    "group",
    [
        {"residual": {"body": [{"dense": 4}], "shortcut": [{"dense": 4}], "trainable": False}},
        {"parallel": {"branches": [[{"dense": 2}], [{"dense": 6}]], "trainable": False}},
        {"b": {"trainable": False}},
        {"outer": {"trainable": False}},
    ],
    ids=lambda group: next(iter(group)),
)
def test_a_group_freezes_all_that_is_inside(group: Any) -> None:
    inner = {"dense": {"units": 4, "trainable": True}}  # what is around it wins
    blocks = {
        "b": {"layers": [inner, {"repeat": {"times": 1, "layers": [{"dense": 4}]}}]},
        "outer": {"layers": ["b"]},
    }
    trace = traced(DENSE, {"dense": 4}, group, {"dense": 1}, blocks=blocks)
    assert codes(trace) == []
    *_, last = trace.layers
    assert trace.totals.frozen == 40
    assert (trace.layers[0].frozen, last.frozen) == (0, 0)
    assert trace.totals.trainable + trace.totals.frozen == trace.totals.parameters


def test_who_shares_learns_as_the_owner_does() -> None:
    trace = traced(
        {"dense": {"units": 4, "name": "owner", "trainable": False}},
        {"dense": {"units": 4, "share": "owner"}},
    )
    assert [record.frozen for record in trace.layers] == [20, 20]
    assert (trace.totals.parameters, trace.totals.frozen) == (20, 20)


@pytest.mark.parametrize("value", ["false", 0, None, [], "$x"])
def test_it_is_true_or_false(value: Any) -> None:
    trace = traced({"dense": {"units": 2, "trainable": value}})
    assert codes(trace) == ["SC104"]
    assert trace.diagnostics[0].where == "layers[0].dense.trainable"
    assert trace.layers[0].parameters == 10


def test_a_repeat_does_not_take_it() -> None:
    assert codes(traced({"repeat": {"times": 1, "layers": ["relu"], "trainable": False}})) == [
        "SC102"
    ]


def test_what_is_not_known_is_neither() -> None:
    trace = traced({"conv": {"K": 2, "F": 3, "trainable": False}})
    assert (trace.layers[0].trainable, trace.layers[0].frozen) == (None, None)
    assert (trace.totals.trainable, trace.totals.frozen) == (None, None)


def test_it_may_be_claimed() -> None:
    claimed = {"units": 2, "trainable": False, "expect": {"trainable": 0, "frozen": 10}}
    assert codes(traced({"dense": claimed}, expect={"trainable": 0, "frozen": 10})) == []
    wrong = traced({"dense": claimed | {"expect": {"frozen": 0}}})
    assert codes(wrong) == ["SC301"]
    assert "frozen 0 expected, 10 computed" in wrong.diagnostics[0].message


def test_keras_word_is_read(trace_text: TraceText) -> None:
    trace = trace_text(
        "input: 4\nlayers: [{Dense: {units: 2, trainable: false}}, {ReLU: {trainable: false}}]"
    )
    assert codes(trace) == ["SC410", "SC410"]
    assert trace.totals.frozen == 10


def test_the_table_says_what_is_frozen_only_where_something_is() -> None:
    assert "frozen" not in str(traced(DENSE))
    text = str(traced(DENSE, {"dense": {"units": 3, "trainable": False}}))
    assert "19 parameters (10 trainable, 9 frozen);" in text


def test_frozen_parameters_have_no_gradient_and_pass_one_back() -> None:
    layers = [
        {"dense": {"units": 3, "name": "a", "trainable": False}},
        {"dense": {"units": 2, "name": "b"}},
    ]
    values = {"a.weight": np.ones((3, 4)), "b.weight": np.ones((2, 3))}
    loss = {"squared_error": [1, 2]}
    result = run({"input": 4, "layers": layers}, parameters=values, loss=loss)
    free = run(
        {"input": 4, "layers": [{"dense": {"units": 3, "name": "a"}}, layers[1]]},
        parameters=values, loss=loss,
    )  # fmt: skip
    assert {n for n in result.gradients if "." in n} == {"b.weight", "b.bias"}
    assert {n for n in free.gradients if "." in n} > {"a.weight", "b.weight"}
    np.testing.assert_array_equal(result.gradients["input"], free.gradients["input"])
    np.testing.assert_array_equal(result.gradients["b.weight"], free.gradients["b.weight"])
    assert {*result.parameters} == {*free.parameters}


def test_an_example_of_a_frozen_layer() -> None:
    spec: dict[str, Any] = {
        "input": 1,
        "layers": [{"dense": {"units": 1, "name": "a", "trainable": False}}],
        "example": {
            "given": {"input": 2, "a.weight": 3, "a.bias": 1},
            "loss": {"squared_error": 0},
            "rate": 0.1,
            "expect": {"a": 7, "input.grad": 42, "a.weight.next": 3, "a.bias.next": 1},
        },
    }
    assert shapecalc.verify(spec).agrees
    spec["example"]["expect"] = {"a.weight.next": 0.2}
    assert not shapecalc.verify(spec).agrees
    spec["example"]["expect"] = {"a.weight.grad": 28}
    trace = shapecalc.trace(spec)
    assert codes(trace) == ["SC107"]
    assert "frozen" in trace.diagnostics[0].message
    with pytest.raises(SpecError):
        run(spec, parameters={"a.weight.grad": 1})


def test_open_sizes_change_nothing_of_it() -> None:
    layers = [
        {"conv": {"K": 3, "F": 3, "P": 1, "name": "e", "trainable": False}},
        {"conv_transpose": {"K": 3, "F": 3, "P": 1, "share": {"weight": "e"}}},
    ]
    for volume in ("8x8x3", "?x?x3"):
        totals = shapecalc.trace({"input": volume, "layers": layers}).totals
        assert (totals.parameters, totals.trainable, totals.frozen) == (87, 3, 84)
