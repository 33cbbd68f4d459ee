"""Right values, gradients and steps as students spell them, and the same with a slip.

x = (1, 2): W x + b = (1 + 1, -1 + 2 + 0.5, 0.5 - 1) = (2, 1.5, -0.5). e^2 + e^1.5 + e^-0.5 = 7.389
+ 4.482 + 0.607 = 12.477, so p = (0.592, 0.359, 0.049), the loss of class 1 is -ln 0.359 = 1.024,
p - y = (0.592, -0.641, 0.049), dW = (p - y) x^T, and the new b = (0, 0.5, 0) - 0.1*(p - y).
"""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker

SPEC = {
    "input": 2,
    "layers": [{"dense": {"units": 3}}, "softmax"],
    "example": {
        "given": {
            "input": [1, 2],
            "dense1.weight": [[1, 0.5], [-1, 1], [0.5, -0.5]],
            "dense1.bias": [0, 0.5, 0],
        },
        "loss": {"cross_entropy": 1},
        "rate": 0.1,
    },
}
SCORES, PROBABILITIES, LOSS = "dense1.value", "softmax1.value", "loss"
GRADIENT, WEIGHTS, BIASES = "dense1.grad", "dense1.weight.grad", "dense1.bias.next"
ONE, ONE_NEXT = "dense1.grad[1]", "dense1.weight.next[0,0]"
ASSIGNMENT = read_assignment(
    {
        "spec": SPEC,
        "questions": [SCORES, PROBABILITIES, LOSS, GRADIENT, WEIGHTS, BIASES, ONE, ONE_NEXT],
    }
)
MARKER = Marker(ASSIGNMENT)


def verdict(ask: str, answer: str) -> str:
    marks = MARKER.mark("one", {ask: answer}).marks
    return next(mark.verdict for mark in marks if mark.id == ask)


SIGNS = [
    (PROBABILITIES, "p₀ = 0.592, p₁ = 0.359, p₂ = 0.049"),
    (PROBABILITIES, "~0.592, ~0.359, ~0.049"),
    (PROBABILITIES, "p0 ≈ 0.592, p1 ≈ 0.359, p2 ≈ 0.049"),
    (PROBABILITIES, "p0 is 0.592, p1 is 0.359, p2 is 0.049"),
    (PROBABILITIES, "⟨0.592, 0.359, 0.049⟩"),
    (PROBABILITIES, "<0.592, 0.359, 0.049>"),
    (PROBABILITIES, "5.92·10⁻¹, 0.359, 0.049"),
    (PROBABILITIES, "0.592, 0.359, 4.9*10^-2"),
    (PROBABILITIES, "1) 0.592\n2) 0.359\n3) 0.049"),
    (PROBABILITIES, "- 0.592\n- 0.359\n- 0.049"),
    (PROBABILITIES, "• 0.592\n• 0.359\n• 0.049"),
    (PROBABILITIES, "a) 0.592, 0.359, 0.049"),
    (PROBABILITIES, "0.592, 0.359, 0.049 I think"),
    (GRADIENT, "dL/dz0 = 0.592, dL/dz1 = -0.641, dL/dz2 = 0.049"),
    (GRADIENT, "∂L/∂z_1 = 0.592, ∂L/∂z_2 = -0.641, ∂L/∂z_3 = 0.049"),
    (GRADIENT, "for z0: 0.592, for z1: 0.359 - 1 = -0.641, for z2: 0.049"),
    (GRADIENT, "0.592, minus 0.641, 0.049"),
    (WEIGHTS, "⎡0.592 1.184⎤\n⎢-0.641 -1.282⎥\n⎣0.049 0.097⎦"),
    (BIASES, "b0' = -0.0592, b1' = 0.5641, b2' = -0.0049"),
    (BIASES, "b0: 0 -> -0.0592, b1: 0.5 -> 0.5641, b2: 0 -> -0.0049"),
    (SCORES, "2, 1,5, -0,5"),
    (PROBABILITIES, "0.592, 0,359, 0.049"),
    (PROBABILITIES, "$\\hat{y}_0 = 0.592$, $\\hat{y}_1 = 0.359$, $\\hat{y}_2 = 0.049$"),
    (
        GRADIENT,
        "$\\frac{\\partial L}{\\partial z_0} = 0.592$,"
        " $\\frac{\\partial L}{\\partial z_1} = -0.641$,"
        " $\\frac{\\partial L}{\\partial z_2} = 0.049$",
    ),
    (BIASES, "b0 := -0.0592, b1 := 0.5641, b2 := -0.0049"),
    (ONE, "-6.41 * 10^-1"),
    (ONE, "-0.641, because 0.359 - 1"),
    (ONE_NEXT, "w ← 0.941"),
]
WORKINGS = [
    (SCORES, "1*1 + 0.5*2 + 0 = 2, -1*1 + 1*2 + 0.5 = 1.5, 0.5*1 + -0.5*2 = -0.5"),
    (SCORES, "z1 = w11*x1 + w12*x2 + b1 = 1 + 1 = 2; z2 = -1 + 2 + 0.5 = 1.5; z3 = 0.5 - 1 = -0.5"),
    (PROBABILITIES, "e^2/12.477 = 0.592, e^1.5/12.477 = 0.359, e^-0.5/12.477 = 0.049"),
    (PROBABILITIES, "exp(2)/12.477 = 0.592, exp(1.5)/12.477 = 0.359, exp(-0.5)/12.477 = 0.049"),
    (GRADIENT, "p - y: 0.592 - 0 = 0.592, 0.359 - 1 = -0.641, 0.049 - 0 = 0.049"),
    (GRADIENT, "p - y = 0.592 - 0 = 0.592, 0.359 - 1 = -0.641, 0.049 - 0 = 0.049"),
    (
        WEIGHTS,
        "dW = x * d: 0.592*1 = 0.592, 0.592*2 = 1.184; -0.641*1 = -0.641, -0.641*2 = -1.282;"
        " 0.0486*1 = 0.0486, 0.0486*2 = 0.0972",
    ),
    (
        WEIGHTS,
        "0.592*(1,2) = (0.592, 1.184)\n-0.641*(1,2) = (-0.641, -1.282)\n"
        "0.0486*(1,2) = (0.0486, 0.0972)",
    ),
    (BIASES, "0 - 0.1*0.592 = -0.0592\n0.5 + 0.0641 = 0.5641\n0 - 0.0049 = -0.0049"),
    (BIASES, "b - lr*db: 0 - 0.0592 = -0.0592, 0.5 + 0.0641 = 0.5641, 0 - 0.0049 = -0.0049"),
]
NAMES = [
    (PROBABILITIES, "P(cat)=0.592, P(dog)=0.359, P(bird)=0.049"),
    (PROBABILITIES, "P(y=0) = 0.592, P(y=1) = 0.359, P(y=2) = 0.049"),
    (PROBABILITIES, "class 0 59.2%, class 1 35.9%, class 2 4.86%"),
    (WEIGHTS, "For x0: 0.592, -0.641, 0.049; for x1: 1.184, -1.282, 0.097"),
    (WEIGHTS, "Unit 0 → (0.592, 1.184), unit 1 → (-0.641, -1.282), unit 2 → (0.049, 0.097)"),
    (PROBABILITIES, "cat: 0.592, dog: 0.359, bird: 0.049"),
    (PROBABILITIES, "0.592 for class 0, 0.359 for class 1, 0.049 for class 2"),
    (PROBABILITIES, "0.592 (cat), 0.359 (dog), 0.049 (bird)"),
    (PROBABILITIES, "the first is 0.592, the second 0.359 and the third 0.049"),
]
LAST = [
    (PROBABILITIES, "z = [2, 1.5, -0.5], so p = [0.592, 0.359, 0.049]"),
    (PROBABILITIES, "e^2 = 7.389, e^1.5 = 4.482, e^-0.5 = 0.607, so p = 0.592, 0.359, 0.049"),
    (PROBABILITIES, "The probabilities are 0.592, 0.359 and 0.049"),
    (GRADIENT, "y = [0, 1, 0], p = [0.592, 0.359, 0.049], p - y = [0.592, -0.641, 0.049]"),
    (GRADIENT, "subtract 1 from the correct class: [0.592, -0.641, 0.049]"),
    (BIASES, "old: [0, 0.5, 0], new: [-0.0592, 0.5641, -0.0049]"),
    (PROBABILITIES, "[7.389, 4.482, 0.607] / 12.477 = [0.592, 0.359, 0.049]"),
    (BIASES, "after the step: [-0.0592, 0.5641, -0.0049]"),
    (BIASES, "db = [0.592, -0.641, 0.049], b - 0.1*db = [-0.0592, 0.5641, -0.0049]"),
    (ONE_NEXT, "it decreases by 0.0592 to 0.941"),
]
EVERY = [*SIGNS, *WORKINGS, *NAMES, *LAST]


@pytest.mark.parametrize(("ask", "answer"), EVERY)
def test_what_is_plain_is_read(ask: str, answer: str) -> None:
    assert verdict(ask, answer) == "right"


RESULTS = {
    SCORES: ("1.5", "1,5"),
    PROBABILITIES: ("0.592", "5.92", "59.2"),
    GRADIENT: ("0.641",),
    WEIGHTS: ("1.184",),
    BIASES: ("0.5641",),
    ONE: ("0.641", "6.41"),
    ONE_NEXT: ("0.941",),
}


@pytest.mark.parametrize(("ask", "answer"), EVERY)
def test_the_same_with_another_result_is_not_right(ask: str, answer: str) -> None:
    found = next(result for result in RESULTS[ask] if result in answer)
    before, _, behind = answer.rpartition(found)
    slipped = f"{before}{found[0]}{found[1:].translate(str.maketrans('1459', '8673'))}{behind}"
    assert verdict(ask, slipped) != "right"


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (PROBABILITIES, "P(dog)=0.359, P(cat)=0.592, P(bird)=0.049"),
        (PROBABILITIES, "0.592 for class 1, 0.359 for class 0, 0.049 for class 2"),
        (PROBABILITIES, "second: 0.592, first: 0.359, third: 0.049"),
        (PROBABILITIES, "p = [0.5, 0.3, 0.2], not [0.592, 0.359, 0.049]"),
        (PROBABILITIES, "p = [0.5, 0.3, 0.2], q = [0.592, 0.359, 0.049]"),
        (PROBABILITIES, "half of p: [0.592, 0.359, 0.049]"),
        (PROBABILITIES, "[0.592, 0.359, 0.049] (add 1 to each)"),
        (PROBABILITIES, "p 0.592 0.359 0.049"),
        (PROBABILITIES, "(2) [0.592, 0.359] (1) [0.049]"),
        (GRADIENT, "dz = [0.5, -0.5, 0.1], db = [0.592, -0.641, 0.049]"),
        (GRADIENT, "-dz = [0.592, -0.641, 0.049]"),
        (GRADIENT, "the gradient is minus [0.592, -0.641, 0.049]"),
        (GRADIENT, "dL/dz1 = 0.592, dL/dz0 = -0.641, dL/dz2 = 0.049"),
        (ONE, "the first is -0.641"),
    ],
)
def test_what_may_be_meant_otherwise_is_for_a_person(ask: str, answer: str) -> None:
    assert verdict(ask, answer) == "needs a look"


def test_values_behind_a_formula_are_those_that_count() -> None:
    """y - p has the other sign than p - y."""
    answer = "y - p: 0 - 0.592 = -0.592, 1 - 0.359 = 0.641, 0 - 0.049 = -0.049"
    mark = next(m for m in MARKER.mark("one", {GRADIENT: answer}).marks if m.id == GRADIENT)
    assert (mark.verdict, mark.misconception) == ("wrong", "gradient_sign")


def test_hostile_texts_take_no_time() -> None:
    pieces = ["p - y: ", "[", "1) 2\n", "P(a) = 1, ", "dW = x*d = ", "1 -> 2, ", "0.5*(1, 2) = ",
              "the first ", "so p = ", "max(0, -3) ", "z_1", "e^2 = 7.4, ", "- 0.5\n"]  # fmt: skip
    for piece in pieces:
        for length in (1000, 10_000):
            text = (piece * length)[: length - 1] + "3"
            start = process_time()
            verdict(PROBABILITIES, text)
            verdict(LOSS, text)
            assert process_time() - start < 2, piece
