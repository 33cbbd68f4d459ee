"""What the keys of a worked example stand for: names, shapes, batches, and what has to be there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Diagnostic, Trace
from shapecalc.diagnostics import Fault
from shapecalc.worked_example import Names, Role, depth_first, faults

TraceText = Callable[..., Trace]
SPEC = """\
inputs: {left: 3x4x2, right: 3x4x2}
blocks:
  unit: {layers: [{conv: {name: inner, K: 5, F: 2}}, relu]}
layers:
  - subtract: [left, right]
  - unit
  - batch_norm
  - conv: {name: shared, K: 5, F: 2, P: 1, share: unit1.inner, from: subtract1}
  - global_avg_pool: {name: pool, from: batch_norm1}
  - flatten
  - dense: {name: last, units: 4, bias: false}
  - softmax
outputs: [softmax1]
"""
CHAIN = "input: 3x3x1\nlayers: [{conv: {K: 1, F: 2}}, flatten, {dense: 3}, log_softmax]\n"


@pytest.fixture
def names(trace_text: TraceText) -> Names:
    """Return the names of a network with two inputs, a block and shared weights."""
    trace = trace_text(SPEC)
    return Names(trace.spec, trace.layers)


# -- what a name stands for ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "role", "at", "parameter", "shape"),
    [
        ("left", "value", 0, "", (2, 3, 4)),
        ("right", "value", 1, "", (2, 3, 4)),
        ("subtract1", "value", 2, "", (2, 3, 4)),
        ("unit1.inner", "value", 3, "", (5, 2, 3)),
        ("unit1.relu1", "value", 4, "", (5, 2, 3)),
        ("unit1", "value", 4, "", (5, 2, 3)),  # an instance is its last layer
        ("last", "value", 9, "", (4,)),
        ("left.grad", "gradient", 0, "", (2, 3, 4)),
        ("unit1.grad", "gradient", 4, "", (5, 2, 3)),
        ("softmax1.grad", "gradient", 10, "", (4,)),
        ("unit1.inner.weight", "parameter", 1, "weight", (5, 2, 2, 2)),
        ("unit1.inner.bias", "parameter", 1, "bias", (5,)),
        ("last.weight", "parameter", 7, "weight", (4, 5)),
        ("batch_norm1.running_mean", "parameter", 3, "running_mean", (5,)),
        ("last.weight.grad", "parameter gradient", 7, "weight", (4, 5)),
        ("batch_norm1.bias.grad", "parameter gradient", 3, "bias", (5,)),
        ("unit1.inner.weight.next", "next", 1, "weight", (5, 2, 2, 2)),
        ("loss", "loss", 0, "", ()),
    ],
)
def test_a_key_is_found(
    names: Names, key: str, role: Role, at: int, parameter: str, shape: tuple[int, ...]
) -> None:
    target = names.find(key)
    assert target.batched is (role in ("value", "gradient"))
    assert target == (role, at, parameter, shape)


@pytest.mark.parametrize(
    ("key", "said", "hint"),
    [
        ("nothing", "nothing names no input, layer or parameter", "there is"),
        ("subtarct1", "names no input", "did you mean subtract1?"),
        ("laft", "names no input", "did you mean left?"),
        ("inner", "inner names no", ""),  # its whole name is unit1.inner
        ("nothing.grad", "nothing.grad names no", ""),
        ("last.bias", "last has no bias", "it has weight"),
        ("last.wieght", "last has no wieght", "it has weight"),
        ("last.bias.grad", "last has no bias", "it has weight"),
        ("unit1.relu1.weight", "unit1.relu1 has no weight", "has no parameters"),
        ("left.weight", "names no input, layer or parameter", ""),
        ("left.next", "left.next names no", ""),
        ("shared.weight", "shared has no weights of its own", "write unit1.inner.weight"),
        ("shared.weight.next", "shared has no weights of its own", "write unit1.inner.weight"),
        ("batch_norm1.running_var.grad", "not learned: it has no grad", ""),
        ("batch_norm1.running_mean.next", "not learned: it has no next", ""),
        ("last.weight.grad.grad", "last.weight.grad.grad", ""),
        ("loss.grad", "names no", ""),
        ("", "names no", ""),
        (".", "names no", ""),
        (".grad", "names no", ""),
    ],
)
def test_a_key_that_is_not_there_has_a_fault(names: Names, key: str, said: str, hint: str) -> None:
    with pytest.raises(KeyError) as caught:
        names.find(key)
    (fault,) = caught.value.args
    assert isinstance(fault, Fault)
    assert fault.code == "SC107"
    assert said in fault.message
    assert hint in fault.hint


def test_values_are_depth_first() -> None:
    assert depth_first((3, 4, 2)) == (2, 3, 4)
    assert depth_first((9, 3, 4, 2)) == (2, 9, 3, 4)
    assert depth_first((7,)) == (7,)


# -- faults of an example --------------------------------------------------------------------------


def diagnosed(trace: Trace) -> list[Diagnostic]:
    return [d for d in trace.diagnostics if d.severity == "error"]


X = "input: [[1, 0, 2], [3, 1, -1], [0, 2, 1]]"
WRONG = [
    # names
    ("given: {inptu: [1]}", "SC107", "given.inptu", "did you mean input?"),
    ("given: {conv2.weight: [1]}", "SC107", "given.conv2.weight", "names no"),
    ("given: {conv1: [[1, 2], [3, 4]]}", "SC107", "given.conv1", "computed"),
    ("given: {input.grad: [1]}", "SC107", "given.input.grad", "computed"),
    ("given: {conv1.weight.grad: [1]}", "SC107", "given.conv1.weight.grad", "computed"),
    ("given: {loss: 1}", "SC107", "given.loss", "computed"),
    ("upstream: {conv1.weight: [1]}", "SC107", "upstream.conv1.weight", "computed"),
    ("upstream: {cnov1: [1]}", "SC107", "upstream.cnov1", "did you mean conv1?"),
    ("expect: {cnov1: [1]}", "SC107", "expect.cnov1", "did you mean conv1?"),
    ("expect: {flatten1.weight: [1]}", "SC107", "expect.flatten1.weight", "no parameters"),
    ("loss: {cross_entropy: {dense1: 1}}", "SC107", "loss.cross_entropy.dense1", "none of"),
    # shapes
    ("given: {input: [[1, 2], [3, 4]]}", "SC104", "given.input", "2x2, and should be 1x3x3"),
    ("given: {input: 1}", "SC104", "given.input", "a single number, and should be"),
    ("given: {conv1.weight: [1, 2, 3, 4]}", "SC104", "given.conv1.weight", "be 1x1x2x2"),
    ("given: {conv1.weight: [[[[1, 2], [3, 4]]], [[[1, 2], [3, 4]]]]}", "SC104",
     "given.conv1.weight", "2x1x2x2, and should be 1x1x2x2"),
    ("given: {dense1.bias: [[1, 2, 3]]}", "SC104", "given.dense1.bias", "1x3, and should be 3"),
    ("upstream: {dense1: [1, 2]}", "SC104", "upstream.dense1", "2, and should be 3"),
    ("loss: {squared_error: [1, 2]}", "SC104", "loss.squared_error", "2, and should be 3"),
    ("loss: {squared_error: {log_softmax1: 1}}", "SC104", "loss.squared_error.log_softmax1",
     "should be 3"),
    # classes
    ("loss: {cross_entropy: 3}", "SC104", "loss.cross_entropy", "write 0 to 2"),
    ("loss: {cross_entropy: -1}", "SC104", "loss.cross_entropy", "-1 is not a class"),
    ("loss: {cross_entropy: 1.0}", "SC104", "loss.cross_entropy", "1.0 is not a class"),
    ("loss: {cross_entropy: [0, 2, 7]}", "SC104", "loss.cross_entropy", "7 is not a class"),
    # batches
    (f"{{given: {{{X}}}, upstream: {{dense1: [[1, 2, 3], [4, 5, 6]]}}}}", "SC104",
     "upstream.dense1", "2 examples, others 1"),
    (f"{{given: {{{X}}}, loss: {{cross_entropy: [1, 2]}}}}", "SC104", "loss.cross_entropy",
     "2 examples, others 1"),
    # what has to be there
    ("expect: {conv1.grad: [1]}", "SC103", "expect.conv1.grad", "neither a loss nor"),
    ("expect: {conv1.bias.grad: [1]}", "SC103", "expect.conv1.bias.grad", "neither a loss nor"),
    ("expect: {loss: 1}", "SC103", "expect.loss", "squared_error"),
    ("{upstream: {dense1: [1, 2, 3]}, expect: {loss: 1}}", "SC103", "expect.loss", "no loss"),
    ("{upstream: {dense1: [1, 2, 3]}, expect: {conv1.bias.next: [1]}}", "SC103",
     "expect.conv1.bias.next", "rate: 0.1"),
    ("{rate: 1, expect: {conv1.bias.next: [1]}}", "SC103", "expect.conv1.bias.next", "upstream"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "where", "said"), WRONG, ids=[w[0] for w in WRONG])
def test_a_fault_is_found_at_its_place(
    trace_text: TraceText, text: str, code: str, where: str, said: str
) -> None:
    example = text if text.startswith("{") else f"{{{text}}}"
    trace = trace_text(f"{CHAIN}example: {example}\n")
    (found,) = diagnosed(trace)
    assert (found.code, found.where) == (code, f"example.{where}")
    assert said in f"{found.message}; {found.hint}"
    key = where.partition(".")[2]
    key = key.rpartition(".")[2] if where.startswith("loss.") else key
    line = f"example: {example}"
    assert (found.line, found.column) == (3, line.rindex(f"{key}:") + 1)


@pytest.mark.parametrize(
    "text",
    [
        f"given: {{{X}, conv1.weight: [[1, 2], [3, 4]], conv1.bias: 1, dense1.bias: [1, 2, 3]}}",
        "given: {input: [[[1, 0, 2], [3, 1, -1], [0, 2, 1]], [[1, 0, 2], [3, 1, -1], [0, 2, 1]]]}",
        "upstream: {input: [[1, 0, 2], [3, 1, -1], [0, 2, 1]], dense1: [[1, 2, 3]]}",
        "{loss: {cross_entropy: 2}, expect: {loss: 1, input.grad: [1], conv1.bias.grad: [1]}}",
        "{loss: {cross_entropy: {log_softmax1: 0}}, rate: 1, expect: {dense1.bias.next: [1]}}",
        "{upstream: {dense1: [1, 2, 3]}, expect: {conv1.grad: [1], conv1.weight: [1]}}",
        "expect: {conv1: [5], flatten1: [[null]]}",  # shapes here are what verify compares
    ],
)
def test_what_is_right_is_left_alone(trace_text: TraceText, text: str) -> None:
    example = text if text.startswith("{") else f"{{{text}}}"
    trace = trace_text(f"{CHAIN}example: {example}\n")
    assert trace.spec.example is not None
    assert trace.diagnostics == ()
    assert faults(trace.spec, trace.layers) == []


def test_several_outputs_have_to_be_named_by_a_loss(trace_text: TraceText) -> None:
    text = "input: 2\nlayers: [relu, tanh]\noutputs: [relu1, tanh1]\nexample: {loss: {%s}}\n"
    (found,) = diagnosed(trace_text(text % "squared_error: [1, 2]"))
    assert (found.code, found.where) == ("SC107", "example.loss.squared_error")
    assert "{relu1: ...}" in found.hint
    assert diagnosed(trace_text(text % "squared_error: {tanh1: [1, 2], relu1: [0, 0]}")) == []


def test_a_class_for_every_position(trace_text: TraceText) -> None:
    text = "input: 2x3x4\nlayers: [softmax]\nexample: {loss: {cross_entropy: %s}}\n"
    assert diagnosed(trace_text(text % "[[0, 1, 2], [3, 0, 1]]")) == []
    (shape,) = diagnosed(trace_text(text % "[0, 1, 2]"))
    assert "3, and should be 2x3" in shape.message
    (label,) = diagnosed(trace_text(text % "[[0, 1, 2], [4, 0, 1]]"))
    assert "4 is not a class: softmax1 has 4" in label.message


def test_names_are_checked_where_volumes_are_not_known(trace_text: TraceText) -> None:
    """A faulty layer hides its shapes, and no more than them."""
    trace = trace_text(
        "input: 4x4x1\nlayers: [{conv: {K: 2, F: 9}}, {dense: 3}]\n"
        "example: {given: {conv1.weight: [1], dense1.weight: [1], dense2.bias: [1]}}\n"
    )
    found = {(d.code, d.where) for d in diagnosed(trace)}
    assert ("SC107", "example.given.dense2.bias") in found
    assert not any("dense1" in where for _, where in found)
    assert any(code.startswith("SC2") for code, _ in found)


def test_two_inputs_hold_as_many_examples(trace_text: TraceText) -> None:
    text = "inputs: {a: 2, b: 2}\nlayers: [{add: [a, b]}]\nexample: {given: {a: %s, b: [3, 4]}}\n"
    assert diagnosed(trace_text(text % "[1, 2]")) == []
    (found,) = diagnosed(trace_text(text % "[[1, 2], [3, 4], [5, 6]]"))
    assert (found.code, found.where) == ("SC104", "example.given.b")
    assert "1 examples, others 3" in found.message
