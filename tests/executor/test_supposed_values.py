"""An example computed on with other arrays in the place of its own, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapecalc import trace
from shapecalc.executor.example_check import ComputedExample
from shapecalc.tracing import KnownTrace

# 2*3 + 1 = 7, 7 after the ReLU, 7*0.5 = 3.5; the error is 3.5 - 3 = 0.5
SPEC: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}, "relu", {"dense": 1}],
    "example": {
        "given": {
            "input": [2], "dense1.weight": [[3]], "dense1.bias": [1],
            "dense2.weight": [[0.5]], "dense2.bias": [0],
        },
        "loss": {"squared_error": [3]},
        "rate": 0.1,
    },
}  # fmt: skip


def computed(key: str, spec: dict[str, Any] = SPEC, **supposed: list[Any]) -> Any:
    """Return what a key gives with other arrays supposed, by names with _ for a point."""
    traced = trace(spec)
    assert isinstance(traced, KnownTrace)
    assert traced.spec.example is not None
    arrays = {name.replace("_", "."): np.array(a, float) for name, a in supposed.items()}
    example = ComputedExample(traced, traced.spec.example, seed=0, training=True, supposed=arrays)
    return example.array(example.session.names.find(key)).tolist()


@pytest.mark.parametrize(
    ("key", "right", "supposed"),
    [
        ("relu1", [[7]], [[4]]),
        ("dense2", [[3.5]], [[2]]),
        ("loss", 0.25, 1),
        ("dense2.weight.grad", [[2 * 0.5 * 7]], [[2 * -1 * 4]]),
        ("dense1.weight.next", [[3 - 0.1 * 1 * 0.5 * 2]], [[3 - 0.1 * -2 * 0.5 * 2]]),
    ],
)
def test_all_behind_a_supposed_output_follows_from_it(key: str, right: Any, supposed: Any) -> None:
    assert computed(key) == pytest.approx(np.array(right))
    assert computed(key, dense1=[[4]]) == pytest.approx(np.array(supposed))


def test_a_supposed_gradient_goes_on_from_there() -> None:
    """Of 10 for the ReLU's output: 10*2 = 20 for the weight; nothing forward changes."""
    assert computed("dense1.weight.grad", relu1_grad=[[10]]) == [[20]]
    assert computed("dense2.weight.grad", relu1_grad=[[10]]) == [[7]]
    assert computed("loss", relu1_grad=[[10]]) == 0.25


def test_a_supposed_gradient_of_a_weight_is_stepped_by() -> None:
    assert computed("dense1.weight.next", dense1_weight_grad=[[20]]) == [[1]]
    assert computed("dense1.bias.next", dense1_weight_grad=[[20]]) == pytest.approx([1 - 0.1 * 0.5])


def test_a_supposed_gradient_of_a_shared_weight_stands_for_all_of_it() -> None:
    """Both layers add to it: 0.5*2*2 at the first, 1*2*2 at the second, and the step takes 10."""
    layers = [{"dense": {"units": 1, "name": "own"}}, {"dense": {"units": 1, "share": "own"}}]
    given = {"input": [2], "own.weight": [[1]], "own.bias": [0]}
    spec = {"input": 1, "layers": layers}
    for loss in ({"loss": {"squared_error": [1]}}, {"upstream": {"dense2": [2]}}):
        example = {"given": given, "rate": 0.1, **loss}
        assert computed("own.weight.grad", {**spec, "example": example}) == [[8]]
        own = computed("own.weight.next", {**spec, "example": example}, own_weight_grad=[[10]])
        assert own == [[0]]


X, TARGET, WEIGHT, RATE, DECAY = (1, 2), (3, -1), ((0.5, -1), (2, 0.25)), 0.1, 0.5


def stepped(gradient: list[list[float]], steps: int, momentum: float) -> list[list[float]]:
    """Return a dense layer's weights after steps, the first one by this gradient."""
    weight = [list(row) for row in WEIGHT]
    velocity = [[0.0, 0.0], [0.0, 0.0]]
    for step in range(steps):
        for unit in range(2):
            error = sum(w * x for w, x in zip(weight[unit], X, strict=True)) - TARGET[unit]
            for i in range(2):
                down = error * X[i] + DECAY * weight[unit][i] if step else gradient[unit][i]
                velocity[unit][i] = momentum * velocity[unit][i] + down
        for unit in range(2):
            for i in range(2):
                weight[unit][i] -= RATE * velocity[unit][i]
    return weight


@pytest.mark.parametrize("momentum", [0, 0.5])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_supposed_gradient_has_the_weight_decay_in_it(steps: int, momentum: float) -> None:
    """It is all of the gradient of the loss; only the steps behind the first compute theirs."""
    given = {"input": [*X], "dense1.weight": [[*row] for row in WEIGHT]}
    example: dict[str, Any] = {
        "given": given, "loss": {"half_squared_error": [*TARGET], "weight_decay": DECAY},
        "rate": RATE, "steps": steps,
    }  # fmt: skip
    if momentum:
        example["optimizer"] = {"momentum": momentum}
    spec = {"input": 2, "layers": [{"dense": {"units": 2, "bias": False}}], "example": example}
    own = [[-4.0, -9.0], [4.5, 7.0]]
    found = computed("dense1.weight.next", spec, dense1_weight_grad=own)
    assert found == pytest.approx(np.array(stepped(own, steps, momentum)))
    right = computed("dense1.weight.grad", spec)
    found = computed("dense1.weight.next", spec, dense1_weight_grad=right)
    assert found == pytest.approx(np.array(computed("dense1.weight.next", spec)))


def test_a_supposed_input_changes_nothing() -> None:
    assert computed("loss", input=[[9]]) == 0.25


def test_a_cross_entropy_follows_from_supposed_probabilities() -> None:
    """-ln 0.25, and 0.75 and 0.25 - 1 at the scores, -1/0.25 at the probability."""
    given = {"input": [1], "dense1.weight": [[0], [2]], "dense1.bias": [0, 0]}
    example = {"given": given, "loss": {"cross_entropy": 1}}
    spec = {"input": 1, "layers": [{"dense": 2}, "softmax"], "example": example}
    own: dict[str, Any] = {"softmax1": [[0.75, 0.25]]}
    assert computed("loss", spec, **own) == pytest.approx(1.386294)
    assert computed("dense1.grad", spec, **own)[0] == pytest.approx([0.75, -0.75])
    assert computed("softmax1.grad", spec, **own)[0] == pytest.approx([0, -4])


def test_a_slope_follows_from_the_output_that_is_supposed() -> None:
    """A sigmoid of 0.75 has the slope 0.75*0.25 where 3 comes back; one of 0.5 has 0.25."""
    layers = [{"dense": 1}, "sigmoid"]
    given = {"input": [1], "dense1.weight": [[0]], "dense1.bias": [0]}
    example = {"given": given, "upstream": {"sigmoid1": [3]}}
    spec = {"input": 1, "layers": layers, "example": example}
    assert computed("dense1.grad", spec) == [[0.75]]
    assert computed("dense1.grad", spec, sigmoid1=[[0.75]]) == [[0.5625]]
