"""Several steps with momentum and Adam against PyTorch's optimizers."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from shapecalc.grading import read_assignment  # noqa: E402

WEIGHT = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.5]]
BIAS = [0.1, -0.2]
INPUT, TARGET = [[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]], [[1.0, 0.0], [-1.0, 2.0]]


@pytest.mark.parametrize(
    ("optimizer", "make"),
    [
        (None, lambda own: torch.optim.SGD(own, lr=0.05)),
        ({"momentum": 0.8}, lambda own: torch.optim.SGD(own, lr=0.05, momentum=0.8)),
        ({"momentum": 0}, lambda own: torch.optim.SGD(own, lr=0.05, momentum=0)),
        ({"adam": {"beta1": 0}}, lambda own: torch.optim.Adam(own, lr=0.05, betas=(0.0, 0.999))),
        ("adam", lambda own: torch.optim.Adam(own, lr=0.05)),
        ({"adam": {"beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3}},
         lambda own: torch.optim.Adam(own, lr=0.05, betas=(0.7, 0.9), eps=1e-3)),
    ],
)  # fmt: skip
def test_parameters_after_four_steps(optimizer: Any, make: Any) -> None:
    weight = torch.tensor(WEIGHT, dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(BIAS, dtype=torch.float64, requires_grad=True)
    stepping = make([weight, bias])
    given = torch.tensor(INPUT, dtype=torch.float64)
    target = torch.tensor(TARGET, dtype=torch.float64)
    for _ in range(4):
        stepping.zero_grad()
        output = torch.tanh(given @ weight.T + bias)
        ((output - target) ** 2).sum(1).mean().backward()
        stepping.step()
    spec = {
        "input": 3,
        "layers": [{"dense": 2}, "tanh"],
        "example": {
            "given": {"input": INPUT, "dense1.weight": WEIGHT, "dense1.bias": BIAS},
            "loss": {"squared_error": TARGET},
            "rate": 0.05,
            "steps": 4,
            "optimizer": optimizer,
        },
    }
    asks = ["dense1.weight.next", "dense1.bias.next"]
    ours = [
        question.right for question in read_assignment({"spec": spec, "questions": asks}).questions
    ]
    assert torch.allclose(torch.tensor(ours[0], dtype=torch.float64), weight.detach(), atol=1e-12)
    assert torch.allclose(torch.tensor(ours[1], dtype=torch.float64), bias.detach(), atol=1e-12)
