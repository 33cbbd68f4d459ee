"""Sums of an example that are 0 by hand, and not in floating point."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark


def right(spec: dict[str, Any], path: str, answer: Any) -> bool:
    (found,) = mark({"spec": spec, "questions": [path]}, {path: answer}).marks
    return found.verdict == "right"


def net(values: list[float], *layers: Any, **example: Any) -> dict[str, Any]:
    """Return a network of a row of values with an example."""
    given = {"input": values, **example.pop("given")}
    return {
        "input": len(values),
        "layers": list(layers),
        "example": {"given": given, **example},
    }


def test_nothing_comes_back_through_a_relu_whose_input_cancels() -> None:
    """3*0.1 - 0.3 = 0 and 3*0.3 - 0.5 = 0.4: the first slope is 0, the second 1."""
    spec = {
        "input": "3x1",
        "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}, "relu"],
        "example": {
            "given": {"input": [[0.1, 0.3, 0.5]], "conv1.weight": [[[3, -1]]]},
            "upstream": {"relu1": [[4, 2]]},
        },
    }
    assert 3 * 0.1 - 0.3 > 0  # in floating point
    assert right(spec, "conv1.grad", [[0, 2]])
    assert not right(spec, "conv1.grad", [[4, 2]])
    assert right(spec, "conv1.weight.grad", [[2 * 0.3, 2 * 0.5]])


@pytest.mark.parametrize(("bias", "gradient"), [(-0.3, 0), (-0.29, 5)])
def test_a_bias_may_cancel_what_a_unit_adds_up(bias: float, gradient: int) -> None:
    """0.1 + 0.2 is 0.3, and 0.01 more than 0.29."""
    unit = {"dense": {"units": 1}}
    given = {"dense1.weight": [[1, 1]], "dense1.bias": [bias]}
    spec = net([0.1, 0.2], unit, "relu", given=given, upstream={"relu1": [5]})
    assert right(spec, "input.grad", [gradient, gradient])


def test_what_is_small_by_itself_stays() -> None:
    """1e-6 * 1e-6 is the only product there."""
    given = {"dense1.weight": [[1e-6]]}
    spec = net([1e-6], {"dense": {"units": 1, "bias": False}}, "relu", given=given,
               upstream={"relu1": [5e6]})  # fmt: skip
    assert right(spec, "input.grad", [5])


@pytest.mark.filterwarnings("ignore:overflow")
def test_what_is_too_large_for_a_float_is_no_sum_that_cancels() -> None:
    """1e18 over twenty layers of 1e18 is far beyond 1e308."""
    layers = [{"dense": {"units": 1, "bias": False}}] * 20
    given = {f"dense{n}.weight": [[1e18]] for n in range(1, 21)}
    spec = net([1e18], *layers, given=given)
    assert not right(spec, "dense20.value", [0])
