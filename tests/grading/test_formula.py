"""Formulas in letters: what is the same in other words is right, and everything else is bounded.

Right are those of lectures: (W - F + 2P)/S + 1, K(F*F*C + 1) (CS231n), and (W - 1)S - 2P + F
of a transposed convolution (Dumoulin and Visin, 2016).
"""

from __future__ import annotations

import random
import time
from fractions import Fraction
from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.arithmetic import formula_value
from shapecalc.grading.formula import POINTS, formula_of
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.marks import Mark

SIZE, COUNT, MACS = (
    f"formula(conv1.{key})" for key in ("output.width", "parameters", "macs")
)  # fmt: skip


def homework(ask: str, layer: Any = None, **keys: Any) -> dict[str, Any]:
    layers = [layer or {"conv": {"K": 96, "F": 11, "S": 4}}]
    return {"spec": {"input": "227x227x12", "layers": layers}, "questions": [{"ask": ask, **keys}]}


def marked(ask: str, answer: Any, layer: Any = None, **more: Any) -> Mark:
    return mark({**homework(ask, layer), **more}, {ask: answer}).marks[0]


def test_every_window_fits_at_the_points() -> None:
    for point in POINTS:
        W, F, S, P = (point[letter] for letter in "WFSP")
        assert (F - 1) % S == (W - 1) % S == P % S == 0
        assert 0 < P <= F // 2
        assert F < W
        assert point["K"] != point["C"]
    assert any(2 * point["P"] != point["F"] - 1 for point in POINTS)  # or W would be W/S


@pytest.mark.parametrize(
    "answer",
    ["(W - F + 2*P)/S + 1", "(W-F+2P)/S+1", "1 + (2P + W - F) / S", "((W-F)+P+P)/S + 1",
     "(w+2p-f)/s+1", "O = (W - F + 2P)/S + 1", r"$\frac{W-F+2P}{S} + 1$", "(W−F+2×P)÷S+1",
     r"\lfloor\frac{W - F + 2P}{S}\rfloor + 1", "floor((W - F + 2P)/S) + 1", "(W-F+2P+S)/S",
     "⌊(W-F+2P)/S⌋+1", "W/S - F/S + 2P/S + 1", "[(W - F + 2P)/S] + 1",
     "1 + (W + 2P - F)//S", "int((W-F+2P)/S) + 1", "math.floor((W-F+2P)/S) + 1",
     "the width is (W-F+2P)/S+1", "Formula: (W-F+2P)/S+1", "I think (W-F+2P)/S+1",
     "(W-F+2P)/S+1 with W = 227, F = 11", "(W-F+2P)/S+1, F=11, S=4, P=0",
     "(W-F+2P)/S+1 = W_out", "(W-F+2P)/S+1 = W", "31 = (W-F+2P)/S+1"],
)  # fmt: skip
def test_the_size_in_whatever_way_it_is_written(answer: str) -> None:
    found = marked(SIZE, answer)
    assert found.verdict == "right"
    assert found.right == "(W - F + 2*P)/S + 1"


@pytest.mark.parametrize(
    "answer",
    ["((W - F) + 2P)/S + 1 = 55", "(W-F+2P)/S+1 = (227-11)/4+1 = 55", "(W-F+2P)/S+1 -> 55",
     "W = (W-F+2P)/S+1 = 55", "(W-F+2P)/S+1 = 54", "(W-F+2P)/S+1\n= 55x55x96"],
)  # fmt: skip
def test_a_number_behind_a_formula_is_not_what_is_asked_for(answer: str) -> None:
    found = marked(SIZE, answer)
    assert found.verdict == "right"
    assert found.feedback == "Right; your formula was marked, not the number behind it."


def test_a_right_number_makes_no_wrong_formula_right() -> None:
    """(227 - 11)/4 = 54."""
    found = marked(SIZE, "(W-F+2P)/S = 55")
    assert (found.verdict, found.misconception) == ("wrong", "forgot_plus_one")
    assert marked(COUNT, "K*F*F*C = 34848").misconception == "forgot_bias"


@pytest.mark.parametrize(
    "answer",
    ["K(F*F*C + 1)", "K*F*F*C + K", "KF²C + K", "F^2CK + K", "F x F x C x K + K", "(F**2*C+1)*K",
     r"$(F^{2} \cdot C + 1) \times K$", "F F C K + K"],
)  # fmt: skip
def test_the_parameters_in_whatever_way_they_are_written(answer: str) -> None:
    assert marked(COUNT, answer).verdict == "right"


def test_two_formulas_that_differ_are_no_answer() -> None:
    """Whoever writes down both leaves the choice to the reader; in another order they are one."""
    assert marked(SIZE, "(W-F+P)/S+1 = (W-F+2P)/S+1").verdict == "needs a look"
    assert marked(SIZE, "(W+2P-F)/S+1 = (W-F+2P)/S+1").verdict == "right"


def test_what_is_right_is_right_at_other_numbers() -> None:
    """With numbers for letters the formula is what a loop over the window positions counts."""
    (question,) = read_assignment(homework(SIZE)).questions
    chance = random.Random(7)
    tried = 0
    while tried < 200:
        W, F, S, P = (chance.randint(1, n) for n in (60, 9, 5, 4))
        padded = W + 2 * P
        starts = [x for x in range(0, padded, S) if x + F <= padded]
        if not starts or starts[-1] + F != padded:
            continue
        tried += 1
        numbers = {"W": W, "F": F, "S": S, "P": P}
        letters = {letter: Fraction(n) for letter, n in numbers.items()}
        assert formula_value(str(question.right), letters) == len(starts)


@pytest.mark.parametrize(
    ("ask", "layer", "answer"),
    [
        ("formula(conv_transpose1.output.width)",
         {"conv_transpose": {"K": 2, "F": 4, "S": 2, "P": 1}}, "(W-1)S - 2P + F"),
        ("formula(max_pool1.output.height)", {"max_pool": 227}, "(W - F + 2P)/S + 1"),
        ("formula(max_pool1.output.depth)", {"max_pool": 227}, "C"),
        ("formula(depthwise_conv1.parameters)", {"depthwise_conv": {"F": 3}}, "C(F*F + 1)"),
        ("formula(conv1.weights)", {"conv": {"K": 4, "F": 3, "groups": 2}}, "K*C*F*F/2"),
        ("formula(conv1.weights)", {"conv": {"K": 10, "F": 3, "groups": 2}}, "F*F*(C/2)*K"),
        ("formula(conv1.output.width)", {"conv": {"K": 4, "F": 3, "dilation": 2}},
         "(W + 2P - 2(F - 1) - 1)/S + 1"),
        ("formula(dense1.parameters)", {"dense": 10}, "K(C + 1)"),
        ("formula(conv1.macs)", None, "((W-F+2P)/S+1)^2 * F*F*C*K"),
        ("formula(conv1.flops)", None, "2K*F*F*C*((W-F+2P)/S+1)^2"),
        ("formula(conv1.activations)", None, "K((W-F+2P)/S+1)^2"),
    ],
)  # fmt: skip
def test_formulas_of_other_layers_and_counts(ask: str, layer: Any, answer: str) -> None:
    assert marked(ask, answer, layer).verdict == "right"
    assert marked(ask, f"{answer} + 1", layer).verdict == "wrong"


@pytest.mark.parametrize(
    ("ask", "answer", "name"),
    [
        (SIZE, "(W-F+2P)/S", "forgot_plus_one"),
        (SIZE, "(W-F+P)/S+1", "padding_once"),
        (SIZE, "W-F+2P/S+1", "brackets_left_out"),
        (SIZE, "W - F + 2P / S + 1", "brackets_left_out"),
        (SIZE, "(W-F)/S+1", "padding_ignored"),
        (SIZE, "W-F+2P+1", "stride_ignored"),
        (COUNT, "K*F*F*C", "forgot_bias"),
        (COUNT, "K*F*F + K", "forgot_depth"),
        (COUNT, "K*F*F*C + 1", "one_bias"),
        (COUNT, "K*F*C + K", "filter_not_squared"),
        (COUNT, "F*F*C+1*K", "brackets_left_out"),
        (MACS, "W*W*F*F*C*K", "macs_at_input_size"),
        (MACS, "2((W-F+2P)/S+1)^2 F^2 C K", "flops_for_macs"),
        (SIZE, "W/S", None),
    ],
)
def test_a_wrong_formula_gets_the_name_of_its_mistake(
    ask: str, answer: str, name: str | None
) -> None:
    found = marked(ask, answer)
    assert (found.verdict, found.misconception) == ("wrong", name)
    assert f"The right answer is {found.right}." in found.feedback
    if name:
        assert "for example, your formula gives" in found.feedback


def test_a_wrong_formula_is_told_with_the_letters_that_it_hangs_on() -> None:
    """11*11*12*24 = 34,848, and 34,848 + 24 = 34,872."""
    found = marked(COUNT, "K*F*F*C")
    told = "with F = 11, K = 24, C = 12, for example, your formula gives 11*11*12*24 = 34,848"
    assert f"The biases were forgotten: {told}, and the right one 34,872." in found.feedback
    (hinted,) = [marked(COUNT, "K*F*F*C", show="hint")]
    assert hinted.feedback == "The biases were forgotten."


def test_a_formula_of_a_width_is_told_without_a_volume() -> None:
    """31 - 11 + 2*2 = 24: half of it, and with 2 for 2*2 half of 22 and 1."""
    for answer, told in (
        ("(W-F+2P)/S", "(31 - 11 + 2*2)/2 = 12, and the right one 13."),
        ("(W-F+P)/S+1", "(31 - 11 + 2)/2 + 1 = 12, and the right one 13; it goes on both."),
        ("(W-F)/S+1", "(31 - 11)/2 + 1 = 11, and the right one 13."),
        ("W", "31, and the right one 13."),
        ("W-F+2P/S+1", "31 - 11 + 2*2/2 + 1 = 23, and the right one 13; there"),
    ):
        assert f"your formula gives {told}" in marked(SIZE, answer).feedback


def test_credit_is_given_by_the_name() -> None:
    paid = marked(COUNT, "K*F*F*C", partial={"forgot_bias": 0.5})
    assert (paid.verdict, paid.points) == ("partly right", 0.5)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("(n + 2p - f)/s + 1", "N is none of W, F, S, P, K, C"),
        ("(227 - 11)/4 + 1", "it has no letters"),
        (55, "it has no letters"),
        ("(W-F+2P)/S+1)", "(a bracket is closed that was not opened)"),
        ("(W-F+2P/S+1", "(a bracket is not closed)"),
        ("(W-F+)/S+1", "(a letter or number is missing behind +)"),
        ("*W", "(a letter or number is missing in front of *)"),
        ("W 2 3", "(there is no sign between W and 2)"),
        ("W^K - F^65", "(a power that is no whole number up to 64)"),
        ("(227-11)/4+1 = 55", "it has no letters"),
        ("(W-F+2P)/S+1 = (227-11+2P)/4+1 = 55", "(the formulas on its sides are not the same)"),
        ("W = 55", "(a formula is asked for, not a number for W)"),
        ("W - F + 2P over S plus 1", "OVER is none of"),
        ("W/2S", "needs brackets"),
        ("W or F", "More than one answer"),
        ("__import__('os')", ""),
        ("W" * 301, "longer than 300"),
        ("ceil((W-F)/S)", "CEIL is none of"),
    ],
)
def test_what_is_no_formula_needs_a_look(answer: Any, says: str) -> None:
    found = marked(SIZE, answer)
    assert found.verdict == "needs a look"
    assert says in found.feedback


@pytest.mark.parametrize(
    "text",
    ["W^99", "9^64^64", "(" * 200 + "W", "W" + "^9" * 100, "W*" * 140 + "W", "1/(W-W)", "W" * 300,
     "9" * 60 + "W", "floor(" * 60 + "W" + ")" * 60, "((((W^64)^64)^64)^64)"],
)  # fmt: skip
def test_a_hostile_formula_takes_no_time(text: str) -> None:
    started = time.process_time()
    found = marked(SIZE, text)
    assert found.verdict in ("wrong", "needs a look")
    assert time.process_time() - started < 2


def test_formulas_are_compared_by_value() -> None:
    assert formula_of("(W+F)^2") == formula_of("W*W + 2WF + F^2")
    assert formula_of("(W+F)^2") != formula_of("W*W + F^2")
    assert len({formula_of("W + W"), formula_of("2W"), formula_of("W")}) == 2


def test_what_a_sheet_and_platforms_say() -> None:
    found = read_assignment(homework(SIZE))
    asked = "In letters, conv1 is a conv with K, F, S and P on WxWxC, where all windows fit."
    assert f"{asked} What is the width of its output, as a formula in letters?" in (
        FORMATS["markdown"](found).replace("\\", "")
    )
    assert "(W - F + 2*P)/S" not in FORMATS["blank"](found)
    gift = FORMATS["gift"](found)
    assert "\n=(W - F + 2*P)/S + 1\n" in gift
    assert "\n=(W-F+2*P)/S+1\n" in gift
    chosen = ["(W-F+2P)/S", "(W-F+2P)/S+1", "(W-F)/S"]
    offered = FORMATS["gift"](read_assignment(homework(SIZE, choices=chosen)))
    assert "~(W-F+2P)/S#" in offered
    assert "=(W-F+2P)/S+1#Right." in offered


def test_keys_and_choices_are_compared_by_value() -> None:
    assert not read_assignment(homework(COUNT, key="K + K*C*F^2")).findings
    (found,) = read_assignment(homework(COUNT, key="K*C*F^2")).diagnostics
    assert found.code == "SC507"
    assert "the biases were forgotten" in found.message
    (found,) = read_assignment(homework(COUNT, key="many")).diagnostics
    assert found.code == "SC503"
    twice = ["W", "(W-F+2P)/S+1", "1+(W-F+2P)/S"]
    (found,) = read_assignment(homework(SIZE, choices=twice)).diagnostics
    assert "2 of its choices are right" in found.message


@pytest.mark.parametrize(
    ("ask", "layer", "says"),
    [
        ("formula(conv9.parameters)", None, "there is no layer conv9"),
        ("formula(conv1.receptive_field)", None, "asks for a formula of"),
        ("formula(total.parameters)", None, "there is no layer total"),
        ("formula(relu1.output.width)", "relu", "has no such letters"),
        ("formula(max_pool1.parameters)", {"max_pool": 227}, "has no formula in letters"),
        ("formula(conv1.output.width)", {"conv": {"K": 4, "F": 3, "P": "same"}}, "same"),
        ("formula(dense1.output.width)", {"dense": 10}, "has no width"),
    ],
)
def test_what_has_no_letters_is_a_fault(ask: str, layer: Any, says: str) -> None:
    (found,) = read_assignment(homework(ask, layer)).diagnostics
    assert found.code == "SC505"
    assert says in found.message
