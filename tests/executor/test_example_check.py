"""A worked example against what is computed: the first place that differs, tolerance, null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc import SpecError, Trace
from shapecalc.diagnostics import Finding
from shapecalc.executor import run
from shapecalc.executor.example_check import SHOWN, ComputedExample
from shapecalc.executor.verify import verify
from shapecalc.verification import Check

TraceText = Callable[..., Trace]
Spec = dict[str, Any]


def compared(
    size: Any, layers: list[Any], example: Mapping[str, Any], seed: int = 0, **more: Any
) -> tuple[list[Check], list[Finding]]:
    """Return the checks and findings of a network with an example."""
    spec = {"input": size, "layers": layers, "example": example, **more}
    trace = shapecalc.trace(spec)
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    assert trace.spec.example is not None
    return ComputedExample(trace, trace.spec.example, seed=seed, training=True).compare()


def counted(*sizes: int) -> Any:
    """Return 1, 2, 3, ... as nested lists."""
    return np.arange(1, np.prod(sizes) + 1).reshape(sizes).tolist()


# -- the place -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "shape", "place", "words"),
    [
        ("4", (4,), (2,), "unit 2"),
        ("4", (3, 4), (1, 3), "example 1, unit 3"),
        ("5x2", (2, 5), (1, 4), "depth 1, position 4"),
        ("2x3x2", (2, 2, 3), (1, 0, 2), "depth 1, row 0, column 2"),
        ("2x3x1", (2, 3), (1, 2), "depth 0, row 1, column 2"),
        ("2x3x1", (2, 1, 2, 3), (1, 0, 1, 0), "example 1, depth 0, row 1, column 0"),
        ("4x2x3x2", (2, 4, 2, 3), (1, 3, 0, 2), "depth 1, frame 3, row 0, column 2"),
    ],
)
def test_a_value_that_differs_is_named_with_both_numbers(
    size: str, shape: tuple[int, ...], place: tuple[int, ...], words: str
) -> None:
    values = counted(*shape)
    wrong = np.array(values, float)
    right = wrong[place]
    wrong[place] = -0.5
    example = {"given": {"input": values}, "expect": {"relu1": values, "input": wrong.tolist()}}
    (agreeing, differing), (finding,) = compared(size, ["relu"], example)
    total = wrong.size
    text = f"{total} values"
    assert agreeing == Check("relu1", "relu1", text, text, True, example=True)
    assert differing == Check("input", "input", -0.5, right, False, f"{words} (from 0)", True)
    assert finding.path == ("example", "expect", "input")
    assert (finding.fault.code, finding.layer) == ("SC303", "input")
    assert finding.fault.message == (
        f"input at {words} (from 0) is {right:g}, and -0.5 was expected; 1 of {total} values differ"
    )


def test_the_first_of_several_is_named_and_the_others_counted() -> None:
    example = {
        "given": {"input": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]},
        "expect": {"relu1": [[[1, 2], [3, -4]], [[0, 6], [None, 9]]]},
    }
    (check,), (finding,) = compared("2x2x2", ["relu"], example)
    assert (check.predicted, check.executed) == (-4, 4)
    assert "depth 0, row 1, column 1" in finding.fault.message
    assert finding.fault.message.endswith("3 of 7 values differ")
    assert finding.fault.hint == "computed: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]"


def test_a_parameters_place_is_its_index() -> None:
    example = {
        "given": {"conv1.weight": [[1, 2], [3, 4]]},
        "expect": {"conv1.weight": [[1, 2], [3, 5]], "conv1.bias": [0.25]},
    }
    (weight, bias), (first, second) = compared("3x3x1", [{"conv": {"K": 1, "F": 2}}], example)
    assert weight == Check("conv1", "conv1.weight", 5, 4, False, "[0, 0, 1, 1]", True)
    assert "conv1.weight at [0, 0, 1, 1] is 4, and 5 was expected" in first.fault.message
    assert bias == Check("conv1", "conv1.bias", 0.25, 0, False, "[0]", True)
    assert second.fault.message == "conv1.bias at [0] is 0, and 0.25 was expected"


def test_a_large_array_is_not_shown() -> None:
    for size, shown in ((SHOWN, True), (SHOWN + 1, False)):
        expect = {"relu1": [0] * size}
        example = {"given": {"input": [1] * size}, "expect": expect}
        _, (finding,) = compared(size, ["relu"], example)
        assert bool(finding.fault.hint) is shown


def test_no_number_is_minus_zero() -> None:
    """The gradient is -1*0 = -0."""
    given, expect = {"input": [-3]}, {"input.grad": [1]}
    example = {"given": given, "upstream": {"relu1": [-1]}, "expect": expect}
    _, (finding,) = compared(1, ["relu"], example)
    assert finding.fault.message == "input.grad at unit 0 (from 0) is 0, and 1 was expected"
    assert finding.fault.hint == "computed: [0]"


# -- tolerance and null ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tolerance", "step", "agrees"),
    [
        (None, 0.9e-6, True),
        (None, -0.9e-6, True),
        (None, 1.1e-6, False),
        (None, -1.1e-6, False),
        (0, 1e-15, False),
        (0.5, 0.5, True),  # a difference of the tolerance is none
        (0.5, -0.5, True),
        (0.5, 0.5625, False),
    ],
)
def test_the_tolerance_is_the_largest_difference_that_agrees(
    tolerance: float | None, step: float, agrees: bool
) -> None:
    example: Spec = {"given": {"input": [2, 1]}, "expect": {"relu1": [2, 1 + step]}}
    example |= {} if tolerance is None else {"tolerance": tolerance}
    (check,), findings = compared(2, ["relu"], example)
    assert check.agrees is agrees
    assert len(findings) == (not agrees)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ([None, 1, None], "1 value"),
        ([None, None, 5], "is 0, and 5 was expected"),
        ([7, None, 0], "2 values"),
        ([None, None, None], "0 values"),
    ],
)
def test_null_is_not_compared(expected: list[float | None], said: str) -> None:
    example = {"given": {"input": [7, 1, -3]}, "expect": {"relu1": expected}}
    (check,), findings = compared(3, ["relu"], example)
    assert check.agrees is (findings == [])
    assert (findings[0].fault.message if findings else check.executed).endswith(said)


# -- shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ([1, 2, 3], "relu1 is 1x2x2, and 3 was expected"),
        ([[1, 2, 3], [4, 5, 6]], "relu1 is 1x2x2, and 2x3 was expected"),
        (7, "relu1 is 1x2x2, and a number was expected"),
        ([[[1, 2], [3, 4]], [[1, 2], [3, 4]]], "relu1 is 1x2x2, and 2x2x2 was expected"),
    ],
)
def test_an_expected_array_of_another_shape(expected: Any, said: str) -> None:
    example = {"given": {"input": [[1, 2], [3, 4]]}, "expect": {"relu1": expected}}
    (check,), (finding,) = compared("2x2x1", ["relu"], example)
    assert finding.fault.message == said
    assert check.executed == [1, 1, 2, 2]
    assert check.predicted == list(np.shape(expected))
    assert not check.agrees


def test_a_batch_of_another_size() -> None:
    example = {"given": {"input": [[1, 2], [3, 4]]}, "expect": {"relu1": [1, 2]}}
    (check,), (finding,) = compared(2, ["relu"], example)
    assert finding.fault.message == "relu1 is 2 x 2, and 2 was expected"
    assert (check.predicted, check.executed) == ([2], [2, 2])
    assert "[[1, 2], [3, 4]]" in finding.fault.hint


# -- what is computed ------------------------------------------------------------------------------

DENSE = [{"dense": {"units": 1}}, "relu"]
GIVEN = {"input": [[2, 1], [0, 3]], "dense1.weight": [[1, -1]], "dense1.bias": [0.5]}


def test_a_step_of_gradient_descent_by_hand() -> None:
    """z = x1 - x2 + 1/2: 1.5 and -2.5. loss = ((1.5 - 1)^2 + (0 - 2)^2)/2."""
    example: Spec = {
        "given": GIVEN,
        "loss": {"squared_error": [[1], [2]]},
        "rate": 0.5,
        "expect": {
            "dense1": [[1.5], [-2.5]],
            "relu1": [[1.5], [0]],
            "loss": 2.125,
            "relu1.grad": [[0.5], [-2]],
            "dense1.grad": [[0.5], [0]],
            "dense1.weight.grad": [[1, 0.5]],
            "dense1.bias.grad": [0.5],
            "dense1.weight.next": [[0.5, -1.25]],
            "dense1.bias.next": [0.25],
            "input.grad": [[0.5, -0.5], [0, 0]],
            "dense1.weight": [[1, -1]],
        },
        "tolerance": 0,
    }
    checks, findings = compared(2, DENSE, example)
    assert findings == []
    assert {check.what: check.layer for check in checks} == {
        key: None if key == "loss" else key.split(".")[0] for key in example["expect"]
    }
    for key, value in example["expect"].items():
        wrong = np.array(value, float)
        wrong.flat[-1] += 0.125
        one = example | {"expect": {key: wrong.tolist()}}
        _, (finding,) = compared(2, DENSE, one)
        assert finding.path == ("example", "expect", key)


def test_where_no_gradient_comes_the_gradient_is_zero() -> None:
    layers = [{"dense": 2}, {"dense": {"units": 2, "from": "input"}}]
    expect = {"dense2.grad": [0, 0], "dense2.weight.grad": [[0, 0], [0, 0]], "dense1.grad": [1, 2]}
    example = {"upstream": {"dense1": [1, 2]}, "expect": expect}
    checks, findings = compared(2, layers, example, outputs=["dense1", "dense2"])
    assert findings == []
    assert len(checks) == 3


def test_a_final_softmax_shows_its_own_gradient_too() -> None:
    """p = 1/4, 3/4: -1/p at the class, and p - 1 before the softmax."""
    example = {
        "given": {"input": [0, float(np.log(3))]},
        "loss": {"cross_entropy": 1},
        "expect": {
            "loss": float(-np.log(0.75)),
            "softmax1.grad": [0, -4 / 3],
            "input.grad": [0.25, -0.25],
        },
        "tolerance": 1e-14,
    }
    assert compared(2, ["softmax"], example)[1] == []


@pytest.mark.parametrize("training", [True, False])
def test_an_example_says_whether_it_is_training(training: bool) -> None:
    running = {"batch_norm1.running_mean": [1], "batch_norm1.running_var": [4]}
    expect = [[[-1, 1]]] if training else [[[0, 2]]]  # (x - 3)/2, or (x - 1)/2
    example = {
        "given": {"input": [[[1, 5]]], **running},
        "training": training,
        "expect": {"batch_norm1": expect},
        "tolerance": 1e-5,
    }
    assert compared("2x1", ["batch_norm"], example)[1] == []
    other = example | {"training": not training}
    assert len(compared("2x1", ["batch_norm"], other)[1]) == 1


@pytest.mark.parametrize("seed", [0, 3])
def test_what_is_not_given_is_drawn_from_the_seed(seed: int) -> None:
    spec: Spec = {"input": 3, "layers": [{"dense": 2}]}
    drawn = run(spec, seed=seed).outputs["dense1"].tolist()
    example = {"expect": {"dense1": drawn}, "tolerance": 0}
    assert compared(3, spec["layers"], example, seed=seed)[1] == []
    assert len(compared(3, spec["layers"], example, seed=seed + 1)[1]) == 1


def test_an_input_that_is_not_given_has_as_many_examples_as_there_are_elsewhere() -> None:
    drawn = run({"input": 2, "layers": ["tanh"], "batch": 3}, seed=0).outputs["tanh1"].tolist()
    assert compared(2, ["tanh"], {"expect": {"tanh1": drawn}, "tolerance": 0})[1] == []
    upstream = {"upstream": {"dense1": [[1], [2], [4]]}, "expect": {"dense1.bias.grad": 7}}
    assert compared(2, DENSE, upstream)[1] == []


def test_an_example_is_computed_in_float64_whatever_the_run() -> None:
    third = {"given": {"input": [1 / 3]}, "expect": {"tanh1": [np.tanh(1 / 3).item()]}}
    trace = shapecalc.trace({"input": 1, "layers": ["tanh"], "example": third | {"tolerance": 0}})
    result = verify(trace, dtype="float32")
    assert result.agrees
    assert "tanh1" in {check.what for check in result.checks}


# -- arrays that do not fit ------------------------------------------------------------------------


def test_what_only_running_finds_has_its_place(trace_text: TraceText) -> None:
    text = "example: {given: {batch_norm1.running_var: [1, -1]}}\n"
    trace = trace_text(f"input: 2\nlayers: [batch_norm]\n{text}")
    assert trace.spec.example is not None
    with pytest.raises(SpecError) as caught:
        ComputedExample(trace, trace.spec.example, seed=0, training=True)
    (found,) = caught.value.diagnostics
    assert found.where == "example.given.batch_norm1.running_var"
    assert (found.line, found.column) == (3, text.index("batch_norm1") + 1)
