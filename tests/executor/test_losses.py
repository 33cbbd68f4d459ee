"""Losses and upstream gradients by hand: their values, and where their gradients enter."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest

from shapecalc.executor import run

Spec = dict[str, Any]


def chain(size: str | int, *layers: Any, **more: Any) -> Spec:
    """Return a spec whose layers follow each other."""
    return {"input": size, "layers": list(layers), **more}


def listed(arrays: Any, *names: str) -> list[Any]:
    """Return arrays as nested lists, without the axis of a batch of one."""
    found = [arrays[name] for name in names]
    return [(a[0] if len(a) == 1 else a).tolist() for a in found]


# -- losses ----------------------------------------------------------------------------------------


def test_squared_error_is_averaged_over_the_batch() -> None:
    x, wanted = [[1, -2], [3, 4]], [[0, 0], [1, 1]]
    result = run(chain(2, "relu"), inputs=x, loss={"squared_error": wanted})
    assert result.loss == (1 + 0 + 4 + 9) / 2
    assert listed(result.gradients, "relu1", "input") == [[[1, 0], [2, 3]]] * 2


@pytest.mark.parametrize("kind", ["half_squared_error", "mean_squared_error"])
def test_the_halved_and_the_mean_error_of_two_outputs(kind: str) -> None:
    """Both are half of (1 + 0 + 4 + 9)/2 for two outputs, and so are their gradients."""
    x, wanted = [[1, -2], [3, 4]], [[0, 0], [1, 1]]
    result = run(chain(2, "relu"), inputs=x, loss={kind: wanted})
    assert result.loss == 3.5
    assert listed(result.gradients, "input") == [[[0.5, 0], [1, 1.5]]]


def test_the_hinge_loss_of_a_slide() -> None:
    """Scores 3.2, 5.1, -1.7 of class 0: 5.1 - 3.2 + 1 = 2.9, and 0 for the third."""
    result = run(chain(3, "identity"), inputs=[3.2, 5.1, -1.7], loss={"svm": 0})
    assert result.loss == pytest.approx(2.9)
    assert listed(result.gradients, "input") == [[-1, 1, 0]]


def test_weight_decay_takes_weights_and_leaves_biases() -> None:
    """Loss (2*3 + 1 - 0)^2 = 49 and 0.5/2 * 2^2 = 1; the gradient 2*7*3 + 0.5*2 = 43."""
    parameters = {"dense1.weight": [[2]], "dense1.bias": [1]}
    loss = {"squared_error": 0, "weight_decay": 0.5}
    result = run(chain(1, {"dense": 1}), inputs=[3], parameters=parameters, loss=loss)
    assert result.loss == 50
    assert listed(result.gradients, "dense1.weight", "dense1.bias") == [[43], 14]


LOGITS = [log(1), log(2), log(5)]  # probabilities 1/8, 2/8, 5/8


@pytest.mark.parametrize(
    ("final", "shown"), [(None, None), ("softmax", [0, -4, 0]), ("log_softmax", [0, -1, 0])]
)
@pytest.mark.parametrize("copies", [1, 3])
def test_cross_entropy_enters_before_a_final_softmax(
    final: str | None, shown: list[float] | None, copies: int
) -> None:
    layers = [{"dense": {"units": 3, "bias": False}}, *([final] if final else [])]
    result = run(
        chain(3, *layers),
        inputs=[LOGITS] * copies,
        parameters={"dense1.weight": np.eye(3)},
        loss={"cross_entropy": 1 if copies == 1 else [1] * copies},
    )
    assert result.loss == pytest.approx(log(4), abs=1e-14)
    wanted = np.array([[1 / 8, 2 / 8 - 1, 5 / 8]] * copies) / copies
    np.testing.assert_allclose(result.gradients["dense1"], wanted, atol=1e-15)
    np.testing.assert_allclose(result.gradients["input"], wanted, atol=1e-15)
    if shown:  # -1/p and -1 at the class
        ends = np.array([shown] * copies) / copies
        np.testing.assert_allclose(result.gradients[f"{final}1"], ends, atol=1e-14)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("score", [720, 745, 800])  # e^-720 and e^-745 are subnormal, e^-800 is 0
def test_a_probability_of_nearly_0_has_an_infinite_gradient(score: float) -> None:
    """-1/p is beyond the largest float; what comes in front of the softmax, p - y, is not."""
    result = run(chain(2, "softmax"), inputs=[[0, score]], loss={"cross_entropy": [0]})
    assert result.loss == score
    assert listed(result.gradients, "softmax1", "input") == [[-np.inf, 0], [-1, 1]]


def test_cross_entropy_sums_over_positions() -> None:
    x = np.zeros((2, 2, 3))
    x[:, 0, 0] = [log(1), log(3)]
    result = run(chain("2x3x2", "softmax"), inputs=x, loss={"cross_entropy": [[1, 0, 0], [1] * 3]})
    assert result.loss == pytest.approx(log(4 / 3) + 5 * log(2), abs=1e-14)
    np.testing.assert_allclose(result.gradients["input"][0, :, 0, 0], [1 / 4, -1 / 4], atol=1e-15)


@pytest.mark.parametrize("final", ["softmax", "log_softmax"])
def test_a_hopeless_class_has_a_finite_loss_and_gradient(final: str) -> None:
    result = run(chain(2, final), inputs=[1000, 0], loss={"cross_entropy": 1})
    assert result.loss == 1000
    assert listed(result.gradients, "input") == [[1, -1]]


TWO = {
    "input": 2,
    "layers": ["relu", {"tanh": {"from": "input"}}],
    "outputs": ["relu1", "tanh1"],
}


def test_losses_of_several_outputs_are_added_up() -> None:
    one = run(TWO, inputs=[3, 0], loss={"squared_error": {"relu1": [1, 1]}})
    assert one.loss == 4 + 1
    assert listed(one.gradients, "input") == [[4, 0]]
    both = run(TWO, inputs=[3, 0], loss={"squared_error": {"relu1": [1, 1], "tanh1": [0, 2]}})
    assert both.loss == pytest.approx(5 + np.tanh(3) ** 2 + 4)
    slope = 2 * np.tanh(3) * (1 - np.tanh(3) ** 2)
    np.testing.assert_allclose(both.gradients["input"], [[4 + slope, -4]], rtol=1e-12)


def test_two_losses_may_enter_at_one_place() -> None:
    spec = chain(3, {"dense": {"units": 3, "bias": False}}, "softmax")
    wanted = {"cross_entropy": {"dense1": 1, "softmax1": 2}}
    spec |= {"outputs": ["dense1", "softmax1"]}
    result = run(spec, inputs=LOGITS, parameters={"dense1.weight": np.eye(3)}, loss=wanted)
    assert result.loss == pytest.approx(log(4) + log(8 / 5), abs=1e-14)
    np.testing.assert_allclose(result.gradients["input"], [[2 / 8, 4 / 8 - 1, 10 / 8 - 1]])


def test_without_a_loss_there_are_no_gradients_of_values() -> None:
    result = run(chain(2, {"dense": 1}))
    assert result.loss is None
    assert not any(name in result.gradients for name in ("input", "dense1"))


# -- upstream --------------------------------------------------------------------------------------


def test_an_upstream_gradient_enters_where_it_is_given() -> None:
    layers = [{"dense": {"units": 1, "bias": False}} for _ in range(3)]
    weights = {f"dense{i}.weight": [[float(i + 1)]] for i in (1, 2, 3)}
    result = run(
        chain(1, *layers), inputs=[5], parameters=weights, upstream={"dense2": [7], "dense1": [1]}
    )
    assert listed(result.outputs, "dense1", "dense2", "dense3") == [[10], [30], [120]]
    assert listed(result.gradients, "dense2", "dense1", "input") == [[7], [22], [44]]
    found = [result.gradients[f"dense{i}.weight"].item() for i in (1, 2, 3)]
    assert found == [22 * 5, 7 * 10, 0]  # nothing comes back to the third
    assert "dense3" not in result.gradients


def test_an_upstream_gradient_of_an_instance_is_that_of_its_last_layer() -> None:
    spec = {
        "input": 2,
        "blocks": {"unit": {"layers": ["relu", "relu"]}},
        "layers": ["unit"],
    }
    result = run(spec, inputs=[1, -1], upstream={"unit1": [3, 4]})
    assert listed(result.gradients, "unit1.relu2", "input") == [[3, 4], [3, 0]]
