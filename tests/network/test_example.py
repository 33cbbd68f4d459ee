"""The form of a worked example: its keys, arrays, losses and numbers, each fault at its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.network.example import TOLERANCE, Example, examples_in

TraceText = Callable[..., Trace]
# `example` is on line 4, its keys in column 3.
NET = "input: 3x3x1\nlayers: [{conv: {K: 1, F: 2}}, flatten, {dense: 2}, softmax]\n\nexample:\n"
X = "[[1, 0, 2], [3, 1, -1], [0, 2, 1]]"


@pytest.fixture
def traced(trace_text: TraceText) -> Callable[..., Trace]:
    """Trace the network with an example of some lines."""
    return lambda *lines: trace_text(NET + "".join(f"  {line}\n" for line in lines))


def found(trace: Trace) -> list[tuple[str, str]]:
    return [(d.code, d.where) for d in trace.diagnostics]


def example_of(trace: Trace) -> Example:
    assert trace.diagnostics == ()
    assert trace.spec.example is not None
    return trace.spec.example


# -- what is read ----------------------------------------------------------------------------------


def test_everything_is_read(traced: Callable[..., Trace]) -> None:
    example = example_of(
        traced(
            f"given: {{input: {X}, conv1.bias: 0.5}}",
            "loss: {cross_entropy: 1}",
            "rate: 0.25",
            "training: false",
            "expect: {conv1: [[1, null], [null, 4]], loss: 2}",
            "tolerance: 1e-3",
        )
    )
    assert {key: numbers.shape for key, numbers in example.given.items()} == {
        "input": (3, 3),
        "conv1.bias": (),
    }
    assert example.given["input"].values == [[1, 0, 2], [3, 1, -1], [0, 2, 1]]
    assert (example.loss_kind, list(example.loss)) == ("cross_entropy", [None])
    assert (example.rate, example.training, example.tolerance) == (0.25, False, 1e-3)
    assert example.expect["conv1"] == ((2, 2), [[1, None], [None, 4]])
    assert example.upstream == {}


def test_what_is_left_out_has_its_usual_value(traced: Callable[..., Trace]) -> None:
    example = example_of(traced("upstream: {conv1: [[1, 2], [3, 4]]}"))
    assert example.upstream["conv1"].shape == (2, 2)
    assert (example.given, example.expect, example.loss_kind) == ({}, {}, None)
    assert (example.rate, example.training) == (None, None)
    assert example.tolerance == TOLERANCE == 1e-6


@pytest.mark.parametrize("text", ["", "example: null\n", "example: {}\n"])
def test_an_example_may_be_missing_or_empty(trace_text: TraceText, text: str) -> None:
    trace = trace_text(f"input: 3\nlayers: [relu]\n{text}")
    assert trace.diagnostics == ()
    assert (trace.spec.example is None) is (text != "example: {}\n")


# -- what is refused -------------------------------------------------------------------------------

WRONG: list[tuple[str, str, str, str]] = [
    # unknown keys, and what is meant by them
    ("expected: {conv1: 1}", "SC102", "expected", "write expect"),
    ("input: [1]", "SC102", "input", "under given"),
    ("inputs: [1]", "SC102", "inputs", "under given"),
    ("output: [1]", "SC102", "output", "under expect"),
    ("weights: [1]", "SC102", "weights", "under given"),
    ("learning_rate: 1", "SC102", "learning_rate", "write rate"),
    ("lr: 1", "SC102", "lr", "write rate"),
    ("atol: 1", "SC102", "atol", "write tolerance"),
    ("tolerence: 1", "SC102", "tolerence", "tolerance"),
    # arrays
    ("given: [1, 2]", "SC104", "given", "mapping of names"),
    ("expect: 3", "SC104", "expect", "mapping of names"),
    ("upstream: conv1", "SC104", "upstream", "mapping of names"),
    ("given: {input: [[1, 2, 3], [1, 2], [1, 2, 3]]}", "SC104", "given.input", "[1, 2] beside"),
    ("given: {input: [[1, 2, 3], 4, [1, 2, 3]]}", "SC104", "given.input", "4 beside"),
    ("given: {input: [[1, 2], [1, [2]], [1, 2]]}", "SC104", "given.input", "different lengths"),
    ("given: {input: [[1, x, 3], [1, 2, 3]]}", "SC104", "given.input", "not x"),
    ("given: {input: text}", "SC104", "given.input", "not text"),
    ("given: {input: [[1, true, 3]]}", "SC104", "given.input", "not true"),
    ("given: {input: [[1, null, 3]]}", "SC104", "given.input", "not nothing"),
    ("given: {input: null}", "SC104", "given.input", "not nothing"),
    ("given: {input: {a: 1}}", "SC104", "given.input", "not a mapping"),
    ("given: {input: []}", "SC104", "given.input", "empty list"),
    ("given: {input: [[1, 2, 3], []]}", "SC104", "given.input", "empty list"),
    ("given: {input: [[.nan, 2, 3]]}", "SC104", "given.input", "not nan"),
    ("given: {input: [[1, -.inf, 3]]}", "SC104", "given.input", "not -inf"),
    ("given: {input: [1, 1e300]}", "SC104", "given.input", "2^63"),
    ("given: {input: [1, 9223372036854775808]}", "SC104", "given.input", "beyond 2^63"),
    ("given: {input: [[[[[[[1]]]]]]]}", "SC104", "given.input", "more than 6 levels"),
    ("upstream: {conv1: [[1, null], [3, 4]]}", "SC104", "upstream.conv1", "not nothing"),
    ("expect: {conv1: [[1, ~], [3, x]]}", "SC104", "expect.conv1", "not x"),
    ("expect: {conv1: [[1, ~], [3]]}", "SC104", "expect.conv1", "[3] beside"),
    # losses
    ("loss: squared_error", "SC104", "loss", "one of squared_error"),
    ("loss: 3", "SC104", "loss", "not 3"),
    ("loss: {mse: 1}", "SC104", "loss", "one of squared_error"),
    ("loss: {cross_entropy: 1, squared_error: [1, 0]}", "SC104", "loss", "must be one of"),
    ("loss: {}", "SC104", "loss", "must be one of"),
    ("loss: {weight_decay: 0.1}", "SC104", "loss", "must be one of"),
    ("loss: {svm: 0, weight_decay: -1}", "SC104", "loss.weight_decay", "not -1"),
    ("loss: {svm: 9}", "SC104", "loss.svm", "9 is not a class"),
    ("loss: {cross_entropy: one}", "SC104", "loss.cross_entropy", "not one"),
    ("loss: {cross_entropy: null}", "SC104", "loss.cross_entropy", "not nothing"),
    ("loss: {squared_error: {softmax1: x}}", "SC104", "loss.squared_error.softmax1", "not x"),
    # single values
    ("rate: 0", "SC104", "rate", "positive number, not 0"),
    ("rate: -0.1", "SC104", "rate", "not -0.1"),
    ("rate: true", "SC104", "rate", "not true"),
    ("rate: .inf", "SC104", "rate", "not inf"),
    ("rate: [0.1]", "SC104", "rate", "not [0.1]"),
    ("tolerance: -1", "SC104", "tolerance", "not -1"),
    ("tolerance: .nan", "SC104", "tolerance", "not nan"),
    ("tolerance: small", "SC104", "tolerance", "not small"),
    ("training: 1", "SC104", "training", "true or false, not 1"),
    ("training: maybe", "SC104", "training", "true or false, not maybe"),
]


@pytest.mark.parametrize(("line", "code", "where", "said"), WRONG, ids=[w[0] for w in WRONG])
def test_a_fault_of_form_is_found_at_its_place(
    traced: Callable[..., Trace], line: str, code: str, where: str, said: str
) -> None:
    (fault,) = traced(line).diagnostics
    assert (fault.code, fault.where) == (code, f"example.{where}")
    assert fault.severity == "error"
    assert said in f"{fault.message}; {fault.hint}"
    key = where.rpartition(".")[2]
    wanted = 3 if where == key else line.index(key, line.index(":")) + 3
    assert (fault.line, fault.column) == (5, wanted)


@pytest.mark.parametrize("value", ["3", "[1, 2]", "text", "true"])
def test_an_example_that_is_no_mapping_is_refused(trace_text: TraceText, value: str) -> None:
    trace = trace_text(f"input: 3\nlayers: [relu]\nexample: {value}\n")
    assert found(trace) == [("SC104", "example")]
    assert "{given: {input:" in trace.diagnostics[0].hint


def test_loss_and_upstream_together_are_refused(traced: Callable[..., Trace]) -> None:
    trace = traced("loss: {cross_entropy: 1}", "upstream: {conv1: [[1, 2], [3, 4]]}")
    assert found(trace) == [("SC106", "example.upstream")]
    assert "two sources" in trace.diagnostics[0].message


def test_all_that_is_wrong_is_told_at_once(traced: Callable[..., Trace]) -> None:
    trace = traced("given: {input: x}", "rate: -1", "lr: 1", "expect: {conv1: [], dense1: [1, 2]}")
    assert sorted(found(trace)) == [
        ("SC102", "example.lr"),
        ("SC104", "example.expect.conv1"),
        ("SC104", "example.given.input"),
        ("SC104", "example.rate"),
    ]


@pytest.mark.parametrize("line", ["tolerance: 0", "rate: 3", "training: true", "rate: null"])
def test_what_may_be_written_may_be(traced: Callable[..., Trace], line: str) -> None:
    example_of(traced(line))


def test_text_from_the_file_is_quoted_safely() -> None:
    hostile = "\x1b[31m" + "x" * 200
    spec: dict[str, Any] = {
        "input": 2,
        "layers": ["relu"],
        "example": {hostile: 1, "given": {"input": [hostile, 1]}},
    }
    first, second = shapecalc.trace(spec).diagnostics
    for text in (*first, *second):
        assert "\x1b" not in str(text)
        assert "x" * 81 not in str(text)


# -- how many examples -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "wanted", "count"),
    [
        ((2, 3, 3), (2, 3, 3), 1),
        ((4, 2, 3, 3), (2, 3, 3), 4),
        ((1, 2, 3, 3), (2, 3, 3), 1),
        ((3, 3), (1, 3, 3), 1),
        ((5, 3, 3), (1, 3, 3), 5),
        ((5, 1, 3, 3), (1, 3, 3), 5),
        ((3,), (1, 1, 3), 1),
        ((2, 3), (1, 1, 3), 2),
        ((), (1,), 1),
        ((), (1, 1, 1), 1),
        ((), (), 1),
        ((7,), (), 7),
        ((7,), (1,), 7),
        ((1,), (1,), 1),
        ((), (3,), None),
        ((3, 3), (2, 3, 3), None),
        ((3, 2, 3), (2, 3, 3), None),
        ((2, 2, 2, 3, 3), (2, 3, 3), None),
        ((3, 1), (1, 3), None),
        ((9,), (3, 3), None),
    ],
)
def test_leading_ones_may_be_left_out_and_one_axis_is_the_batch(
    shape: tuple[int, ...], wanted: tuple[int, ...], count: int | None
) -> None:
    assert examples_in(shape, wanted) == count
    if count == 1 and len(shape) <= len(wanted):
        assert examples_in(shape, wanted, batched=False) == 1
    else:
        assert examples_in(shape, wanted, batched=False) is None
