"""How one value of an executed example follows."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc import trace
from shapecalc.derivations import text
from shapecalc.executor.example_check import ComputedExample
from shapecalc.executor.verify import verify
from shapecalc.grading.value_derivation import value_derivation

# Three positions of depth 2, by hand: 1*1 + 2*4 + 10 = 19 at the first.
ALONG: dict[str, Any] = {
    "input": "3x2",
    "layers": [{"dense": {"units": 2, "flatten": False}}],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6]],
            "dense1.weight": [[1, 2], [3, 4]],
            "dense1.bias": [10, 20],
        },
        "upstream": {"dense1": [[1, 0, 0], [0, 0, 2]]},
        "expect": {
            "dense1": [[19, 22, 25], [39, 46, 53]],
            "input.grad": [[1, 0, 6], [2, 0, 8]],
            "dense1.weight.grad": [[1, 4], [6, 12]],
            "dense1.bias.grad": [1, 2],
        },
    },
}


@pytest.mark.parametrize(
    ("place", "value", "working"),
    [
        ((0, 0), 19, "1.0*1.0 + 2.0*4.0 + 10.0"),
        ((0, 2), 25, "1.0*3.0 + 2.0*6.0 + 10.0"),
        ((1, 1), 46, "3.0*2.0 + 4.0*5.0 + 20.0"),
    ],
)
def test_a_value_of_a_dense_layer_along_the_depth(
    place: tuple[int, ...], value: float, working: str
) -> None:
    traced = trace(ALONG)
    assert traced.spec.example is not None
    assert verify(traced).agrees
    computed = ComputedExample(traced, traced.spec.example, seed=0, training=True)
    derivation = value_derivation(computed, traced.layers[0], place)
    assert derivation is not None
    assert derivation.expression is not None
    assert (derivation.value, text(derivation.expression)) == (value, working)
