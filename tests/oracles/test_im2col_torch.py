"""The im2col matrix against PyTorch's unfold, which has the same order of rows and columns."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from shapecalc.grading import read_assignment  # noqa: E402


@pytest.mark.parametrize(("F", "S", "P", "dilation"), [(3, 1, 1, 1), (3, 2, 0, 1), (2, 1, 1, 3)])
def test_values_are_those_of_unfold(F: int, S: int, P: int, dilation: int) -> None:
    image = torch.arange(2 * 7 * 9, dtype=torch.float64).reshape(1, 2, 7, 9) + 1
    unfolded = torch.nn.functional.unfold(image, F, dilation=dilation, padding=P, stride=S)[0]
    spec: dict[str, Any] = {
        "input": "7x9x2",
        "layers": [{"conv": {"K": 1, "F": F, "S": S, "P": P, "dilation": dilation}}],
        "example": {"given": {"input": image[0].tolist()}},
    }
    (question,) = read_assignment({"spec": spec, "questions": ["conv1.im2col.values"]}).questions
    assert question.right == tuple(map(tuple, unfolded.tolist()))
