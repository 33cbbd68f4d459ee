"""PyTorch's losses and autograd as a second opinion on the executor's losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shapecalc.executor import run

torch = pytest.importorskip("torch")
functional = torch.nn.functional

EXAMPLES, CLASSES = 3, 4
# Output N x 4 behind the dense layer, N x 4 x 2 x 3 behind the convolution alone.
FLAT = {"input": "2x3x2", "layers": ["flatten", {"dense": CLASSES}]}
SPATIAL = {"input": "2x3x2", "layers": [{"conv": {"K": CLASSES, "F": 1}}]}


def hinge(scores: Any, classes: Any) -> Any:
    """Return PyTorch's hinge loss, which is over the number of classes, summed over positions."""
    rows = scores.movedim(1, -1).reshape(-1, CLASSES)
    whole = functional.multi_margin_loss(rows, classes.reshape(-1), reduction="sum")
    return whole * CLASSES / len(scores)


LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "squared_error": lambda y, t: functional.mse_loss(y, t, reduction="sum") / len(y),
    "half_squared_error": lambda y, t: functional.mse_loss(y, t, reduction="sum") / 2 / len(y),
    "mean_squared_error": functional.mse_loss,
    "cross_entropy": lambda y, t: functional.cross_entropy(y, t, reduction="sum") / len(y),
    "svm": hinge,
}


@pytest.mark.parametrize("decay", [0, 0.3])
@pytest.mark.parametrize("spec", [FLAT, SPATIAL], ids=["flat", "spatial"])
@pytest.mark.parametrize("kind", LOSSES)
def test_values_and_gradients_are_pytorchs(kind: str, spec: dict[str, Any], decay: float) -> None:
    draw = np.random.default_rng(5)
    name = "dense1" if spec is FLAT else "conv1"
    x = draw.standard_normal((EXAMPLES, 2, 2, 3))
    shape = (CLASSES, 12) if spec is FLAT else (CLASSES, 2, 1, 1)
    weight, bias = draw.standard_normal(shape), draw.standard_normal(CLASSES)
    positions = () if spec is FLAT else (2, 3)
    if kind in ("cross_entropy", "svm"):
        target: Any = draw.integers(CLASSES, size=(EXAMPLES, *positions))
    else:
        target = draw.standard_normal((EXAMPLES, CLASSES, *positions))
    result = run(
        spec,
        inputs=x,
        parameters={f"{name}.weight": weight, f"{name}.bias": bias},
        loss={kind: target, "weight_decay": decay},
    )
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    image, w, b = tensors
    y = functional.linear(image.flatten(1), w, b) if spec is FLAT else functional.conv2d(*tensors)
    loss = LOSSES[kind](y, torch.tensor(target)) + decay / 2 * w.square().sum()
    loss.backward()
    assert result.loss == pytest.approx(loss.item(), rel=1e-12)
    for key, tensor in zip(("input", f"{name}.weight", f"{name}.bias"), tensors, strict=True):
        np.testing.assert_allclose(result.gradients[key], tensor.grad.numpy(), atol=1e-12)
