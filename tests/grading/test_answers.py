"""Answers as people write them: what each stands for, and what stands for nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from shapecalc.grading.answers import Form, Unreadable, is_blank, read_answer
from shapecalc.grading.values import shown


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("32x32x10", (32, 32, 10)),
        ("32×32×10", (32, 32, 10)),
        ("32 X 32 x10", (32, 32, 10)),
        ("32*32*10", (32, 32, 10)),
        ("32 by 32 by 10", (32, 32, 10)),
        ("32 32 10", (32, 32, 10)),
        ("[32, 32, 10]", (32, 32, 10)),
        ("(None, 32, 32, 10)", (32, 32, 10)),
        ("(None,26,26,256)", (26, 26, 256)),
        ("(?, 28, 28, 6)", (28, 28, 6)),
        ("27,27,256", (27, 27, 256)),
        ([32, 32, 10], (32, 32, 10)),
        ([None, 32, 32, 10], (32, 32, 10)),
        ({"height": 32, "width": 32, "depth": 10}, (32, 32, 10)),
        ("output = 32x32x10", (32, 32, 10)),
        ("32x32x10 (S=1)", (32, 32, 10)),
        ("32x32x10 = 10240", (32, 32, 10)),
        ("H=32, W=32, D=10", (32, 32, 10)),
        ("32 x 32 x 10 pixels", (32, 32, 10)),
        ("32·32·10", (32, 32, 10)),
        ({"depth": 10, "height": 32, "width": 32}, (32, 32, 10)),
        ("3136", (3136,)),
        ("3,136", (3136,)),
        (3136, (3136,)),
        ("54.25x54.25x96", (54.25, 54.25, 96)),
        ('"28x28x6"', (28, 28, 6)),
    ],
)
def test_volumes(answer: Any, value: tuple[float, ...]) -> None:
    assert read_answer(answer, "sizes") == value


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("7600", 7600),
        ("7,600", 7600),
        ("7_600", 7600),
        ("7 600", 7600),
        ("27,000,100", 27_000_100),
        ("7600 parameters", 7600),
        ("7600 params.", 7600),
        ("7.6k", 7600),
        ("62M", 62_000_000),
        ("5*5*3*10 + 10 = 760", 760),
        ("760 = 750 + 10", 760),
        ("760 (=750+10)", 760),
        ("768,000 MACs", 768_000),
        ("10 kernels", 10),
        ("760 Mal", 760),
        ("0.76 K", 760),
        ("0.76 thousand", 760),
        ("2 pixels", 2),
        ("\u22120.25", -0.25),
        ("- 0.25", -0.25),
        ("[0.5]", 0.5),
        ([0.5], 0.5),
        ("760,", 760),
        ("(10,)", 10),
        ("zero", 0),
        ("1/3", 1 / 3),
        ("-1/4", -0.25),
        ("-0.5", -0.5),
        ("0,5", 0.5),
        (".25", 0.25),
        ("1e3", 1000),
        ("2.0", 2),
        (2.5, 2.5),
        (-4, -4),
        ("$760$", 760),
    ],
)
def test_numbers(answer: Any, value: float) -> None:
    assert read_answer(answer, "number") == pytest.approx(value)


@pytest.mark.parametrize(
    "answer", ["yes", "Yes", "y", "TRUE", True, "fits", "yes (32)", "yes, remainder = 0"]
)
def test_yes(answer: Any) -> None:
    assert read_answer(answer, "truth") is True


@pytest.mark.parametrize("answer", ["no", "No.", "n", "false", False, "does not fit", "No; 2.33"])
def test_no(answer: Any) -> None:
    assert read_answer(answer, "truth") is False


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (3, 3),
        ("3", 3),
        ("3x3", (3, 3)),
        ("[3, 5]", (3, 5)),
        ("same", "same"),
        ([[0, 1], [0, 1]], ((0, 1),) * 2),
    ],
)
def test_hyperparameters(answer: Any, value: Any) -> None:
    assert read_answer(answer, "field") == value


@pytest.mark.parametrize(
    "answer", ["[5, 5, 1, 2]", "5 5 1 2", "5; 5; 1; 2", "5\n5\n1\n2", [5, 5, 1, 2]]
)
def test_arrays(answer: Any) -> None:
    assert read_answer(answer, "array") == (5, 5, 1, 2)


@pytest.mark.parametrize("answer", [None, "", "  ", "-", "?", "n/a", "None", [], {}, float("nan")])
def test_blank(answer: Any) -> None:
    assert is_blank(answer)


@pytest.mark.parametrize("answer", [0, "0", False, "no", "none of them", [0]])
def test_not_blank(answer: Any) -> None:
    assert not is_blank(answer)


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ("no idea", "number"),
        ("about 7600", "number"),
        ("1/0", "number"),
        ("1e999", "number"),
        ("7,60,0", "number"),
        (float("inf"), "number"),
        (True, "number"),
        ({"a": 1}, "number"),
        ("9" * 41, "number"),
        ("x" * 1001, "sizes"),
        ("wide", "sizes"),
        ("1x2x3x4x5x6x7", "sizes"),
        ([[1, 2], 3], "sizes"),
        ("10\u00b3", "number"),
        ({"colour": 3}, "sizes"),
        ("perhaps", "truth"),
        (1, "truth"),
        ("a b", "array"),
        ([[[[[[[[1]]]]]]]], "array"),
        ([0] * 10_001, "array"),
        ("__import__('os')", "number"),
    ],
)
def test_unreadable(answer: Any, form: Form) -> None:
    with pytest.raises(Unreadable):
        read_answer(answer, form)


@pytest.mark.parametrize("form", ["sizes", "field", "number", "truth", "array"])
@pytest.mark.parametrize(
    "answer",
    [
        "1" * 1000,
        "1," * 500,
        "(" * 1000,
        "x" * 1000,
        "1 " * 500,
        "=" * 1000,
        "1_" * 500,
        "-" * 999 + "1",
    ],
)
def test_no_answer_runs_away(answer: str, form: Form) -> None:
    with suppress(Unreadable):
        read_answer(answer, form)  # a runaway pattern would take years


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((32, 32, 10), "32x32x10"),
        (7600, "7,600"),
        (0.25, "0.25"),
        (True, "yes"),
        (False, "no"),
        ("same", "same"),
        (((1, 2), (3, 4)), "[[1, 2], [3, 4]]"),
        (None, ""),
    ],
)
def test_values_as_feedback_prints_them(value: Any, text: str) -> None:
    assert shown(value) == text
