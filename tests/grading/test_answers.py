"""Answers as people write them: what each stands for, and what stands for nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from shapecalc.grading.answers import CONDITIONAL, Form, read_answer, readings
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.values import shown
from shapecalc.grading.written_numbers import Unreadable


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
        ("32@40x40", (40, 40, 32)),
        ("torch.Size([1, 32, 40, 40])", (40, 40, 32)),
        ("torch.Size([32, 40, 40])", (40, 40, 32)),
        ("torch.Size([64, 10])", (10,)),
        ("tf.TensorShape([None, 55, 55, 96])", (55, 55, 96)),
        (r"$40 \times 40 \times 32$", (40, 40, 32)),
        ("40 x 40 with 32 channels", (40, 40, 32)),
        ("32 feature maps of size 40x40", (40, 40, 32)),
        ("height 40, width 41, depth 32", (40, 41, 32)),
        ("(227-11)/4+1 = 55, so 55x55x96", (55, 55, 96)),
        ("The output is 55x55x96 because the stride is 4", (55, 55, 96)),
        ("28x28x10; I used P=0", (28, 28, 10)),
        ("28x28x10 (height x width x depth)", (28, 28, 10)),
        ("(30-3)/2 = 13.5, rounded down 13x13x24", (13, 13, 24)),
        ("(30-3)/2+1 = 14.5, floor 14: 14x14x24", (14, 14, 24)),
        ("8-2 = 6, /2 = 3: 3x3x32", (3, 3, 32)),
        ("13x13x24, since (30-3)/2 = 13.5", (13, 13, 24)),
        ("120 units (flattened 5x5x16)", (120,)),
        ("I think 27", (27,)),
        ("not sure but 27x27", (27, 27)),
        ("I'd say it's 27", (27,)),
        ("my guess: 27 x 27", (27, 27)),
        ("27?", (27,)),
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
        ("16*3*5*5 + 16", 1216),
        ("(5x5x3 + 1) x 10", 760),
        ("10(5*5*3+1)", 760),
        ("(5*5*3+1)10", 760),
        ("760 (5*5*3*10 + 10)", 760),
        ("760 (S=1)", 760),
        ("7.6*10^3", 7600),
        ("5\u00b2\u00b73\u00b710", 750),
        ("10\u00b3", 1000),
        (r"\(5 \times 5 \times 3 \times 10 + 10 = 760\)", 760),
        ("7{,}600$", 7600),
        (r"\frac{1}{3}", 1 / 3),
        ("about 7600", 7600),
        ("the answer is 760.", 760),
        ("760 because 5*5*3*10 + 10", 760),
        ("760 parameters, I think", 760),
        ("750 weights + 10 biases = 760", 760),
        ("1.234.567", 1_234_567),
        ("1.234,5", 1234.5),
        ("0,125", 0.125),
        ("np.float64(0.25)", 0.25),
        ("Four", 4),
        ("minus 3.5", -3.5),
        ("The loss is 0.25", 0.25),
        ("The answer is twelve.", 12),
        ("ninety-six filters", 96),
        ("seven hundred and sixty", 760),
        ("a hundred", 100),
        ("twelve hundred", 1200),
        ("one thousand two hundred and sixteen", 1216),
        ("two thousand", 2000),
        ("one half", 0.5),
        ("The loss is one-half.", 0.5),
        ("minus one half", -0.5),
        ("two thirds", 2 / 3),
        ("three quarters", 0.75),
        ("not sure, 760", 760),
        ("I'm not sure but 760", 760),
        ("probably 760", 760),
        ("just a guess: 760", 760),
        ("we get 760 parameters", 760),
        ("it should be 760", 760),
        ("(68-7)//2 + 1", 31),  # 61 is above the stroke alone
        ("61//2 + 1 = 31", 31),
        ("60 // two filters", 60),
        ("the sum is 3", 3),
        ("db: 3", 3),
        ("L: -1.5", -1.5),
        ("2\u00bd", 2.5),
        ("-ln(0.26)", 1.347073647966609),
        ("-ln 0.26", 1.347073647966609),
        ("-log10(0.26)", 0.585026652029182),
        ("log2(8)", 3),
        ("-ln(e^1/(e^0 + e^1 + e^2))", 1.407605964444380),  # ln(1 + e + e^2) - 1
        ("sqrt(2.25) + exp(0)", 2.5),
        ("a third", 1 / 3),
        ("five sixteenths", 0.3125),
        ("three squares", 3),
    ],
)
def test_numbers(answer: Any, value: float) -> None:
    assert read_answer(answer, "number") == pytest.approx(value)


@pytest.mark.parametrize("remark", [", rounded", " sum of 9", "; half of 1", " (a half)"])
def test_a_number_that_begins_with_its_point_keeps_it(remark: str) -> None:
    assert read_answer(f".5{remark}", "number") == 0.5
    assert read_answer(f"...5{remark}", "number") == 5


def test_a_volume_in_words() -> None:
    assert read_answer("thirty-two by thirty-two by ten", "sizes") == (32, 32, 10)
    assert read_answer("five by five by 48", "sizes") == (5, 5, 48)
    assert read_answer("32 by thirty-two by ten", "sizes") == (32, 32, 10)


@pytest.mark.parametrize("form", ["number", "sizes", "field"])
@pytest.mark.parametrize(
    "text",
    ["three squared", "3 squared", "two cubed", "two and a half", "2 and a half", "3 quarters",
     "two and one half", "one half of it", "three hundredths", "three doubled", "4 halved",
     "one quarter of 8", "two point five"],
)  # fmt: skip
def test_a_number_of_which_a_word_makes_another_is_not_read_as_itself(
    text: str, form: Form
) -> None:
    with pytest.raises(Unreadable):
        read_answer(text, form)


def test_a_word_beside_digits_is_no_number() -> None:
    assert read_answer("760, that is the one", "number") == 760


@pytest.mark.parametrize(
    "answer",
    ["yes", "Yes", "y", "TRUE", True, "fits", "yes (32)", "yes, remainder = 0", "I think it fits",
     "yes, no remainder", "it fits, which does not need padding", "it does", "Answer: yes",
     "(65-5)/3 = 20, so yes", "60/3 = 20, it fits", "20 -> yes", "20 is an integer",
     "64-8 = 56, even, so yes", "56 is even: yes",
     "(N-F)/S+1 = (30-3)/1+1 = 28, so it fits", "N=30, F=3, it fits", "y = 28, it fits",
     "fits without rounding", "it fits because the remainder is 0", "it fits with no remainder",
     "Yes. If we divide, 27/1 = 27"],
)  # fmt: skip
def test_yes(answer: Any) -> None:
    assert read_answer(answer, "truth") is True


@pytest.mark.parametrize(
    "answer",
    ["no", "No.", "n", "false", False, "does not fit", "No; 2.33", "it doesn\u2019t fit",
     "doesnt fit", "it does not", "I think no", "no, that is not true of it",
     "(64-5)/3 = 19.67, so no", "19.67, it does not fit", "19.67 -> no", "19.67 so it doesn't",
     "(64-5)/3+1 = 20.67, doesn't fit", "(W-F+2P)/S = 59/3 = 19.67, not an integer",
     "59/3 is not a whole number", "19 remainder 2, no", "19.67 which is no whole number",
     "64-7 = 57, odd, so no", "57 is odd, no",
     "N = 31, F = 2: it does not fit", "(N-F)/S = 14.5, no", "n, 14.5", "fit is not possible"],
)  # fmt: skip
def test_no(answer: Any) -> None:
    assert read_answer(answer, "truth") is False


@pytest.mark.parametrize(
    "answer",
    ["whole number only if padded", "fits only after rounding down", "fits, but only with P = 1",
     "integer division leaves a remainder", "it fits if rounded down", "it fits (rounded down)",
     "yes, but only if it is padded", "yes if rounded down", "yes if you round down",
     "No (with floor yes)", "if you round down, yes"],
)  # fmt: skip
def test_what_fits_on_a_condition_is_neither_yes_nor_no(answer: str) -> None:
    with pytest.raises(Unreadable, match=CONDITIONAL if "division" not in answer else None):
        read_answer(answer, "truth")


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("correct", True), ("That is correct.", True), ("Correct: (5-3)/2 + 1 = 2", True),
        ("incorrect", False), ("not correct, 1.5 is no integer", False), ("it's wrong", False),
    ],
)  # fmt: skip
def test_a_statement_may_be_called_correct(answer: str, value: bool) -> None:
    assert read_answer(answer, "truth") is value


@pytest.mark.parametrize(
    "said",
    ["it's {}", "its {}", "It\u2019s {}.", "it is {}", "That's {}, you get 17.5", "this is {}",
     "it's {} since you get 17.5", "the statement is {}", "The given statement is {}: 17.5",
     "this claim is {}", "I'd say {}", "I'd say it's {}", "I think that it is {}", "it must be {}",
     "I'm pretty sure it's {}", "clearly {}", "it's probably {}", "(40-5)/2 = 17.5, so it's {}",
     "=> {}"],
)  # fmt: skip
def test_a_statement_may_be_said_to_be_true_or_false(said: str) -> None:
    assert read_answer(said.format("false"), "truth") is False
    assert read_answer(said.format("true"), "truth") is True


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("it's not true", False), ("it isn't true", False), ("not true, 17.5", False),
        ("untrue", False), ("it's a no", False), ("that's a yes", True), ("that's right", True),
        ("it is false that it fits", False), ("no, it does not fit", False),
    ],
)  # fmt: skip
def test_a_statement_may_be_denied(answer: str, value: bool) -> None:
    assert read_answer(answer, "truth") is value


@pytest.mark.parametrize(
    "answer",
    ["it's true or false", "it's false, no wait, it's true", "it's false? no, true",
     "it's neither true nor false", "it is true only if P = 1", "it's true unless P is 0",
     "it's true when P is 1", "it's half true", "it would be true with P = 1", "that's not false",
     "it's true that it does not fit", "it's false, it fits", "it's true, it does not fit",
     "it's false for conv1 and true for conv2", "it's true for 41 but not for 40",
     "it would be true with P = 1, so false", "I'm not sure it's true", "it's no problem"],
)  # fmt: skip
def test_who_says_both_of_a_statement_or_neither_is_not_read(answer: str) -> None:
    with pytest.raises(Unreadable):
        read_answer(answer, "truth")


@pytest.mark.parametrize(
    "answer",
    ["correct answer: no", "correct is false", "correct would be 2.5", "correct - no",
     "wrong, it fits", "not wrong", "correct, but only if rounded"],
)  # fmt: skip
def test_who_calls_something_else_correct_says_neither(answer: str) -> None:
    with pytest.raises(Unreadable):
        read_answer(answer, "truth")


@pytest.mark.parametrize("answer", ["yes/no", "(N-F)/S + 1 = 28", "perhaps", "rounded down"])
def test_what_says_neither_has_no_condition(answer: str) -> None:
    with pytest.raises(Unreadable, match="is not yes or no"):
        read_answer(answer, "truth")


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
    "answer",
    [
        "[5, 5, 1, 2]",
        "5 5 1 2",
        "5; 5; 1; 2",
        "| 5 5 |\n| 1 2 |",
        "5 and 5 and 1 and 2",
        "5\n5\n1\n2",
        [5, 5, 1, 2],
        r"\begin{bmatrix}5 & 5\\ 1 & 2\end{bmatrix}",
        "tensor([[5., 5.], [1., 2.]], dtype=torch.float64)",
    ],
)
def test_arrays(answer: Any) -> None:
    assert read_answer(answer, "array") == (5, 5, 1, 2)


@pytest.mark.parametrize(
    ("answer", "form", "values"),
    [
        ("7.600", "number", [7.6, 7600]),
        ("7,600", "number", [7600, 7.6]),
        ("7*7*40", "sizes", [(7, 7, 40), (1960,)]),
        ("7*7*40=1960", "sizes", [(7, 7, 40), (1960,)]),
        ("1960 = 7*7*40", "sizes", [(7, 7, 40), (1960,)]),
        ("7x7x40", "sizes", [(7, 7, 40)]),
        ("(1,32,40,40)", "sizes", [(1, 32, 40, 40), (40, 40, 32)]),
        ("28x28x10 = 32x32x10", "sizes", [(32, 32, 10)]),
        ("750 = 760", "number", [760]),
        ("0,5; 0,25", "array", [(0, 5, 0, 25), (0.5, 0.25)]),
    ],
)
def test_what_can_be_meant_in_several_ways(answer: str, form: Form, values: list[Any]) -> None:
    """Two answers at once are not two ways to mean one."""
    assert [reading.value for reading in readings(answer, form)] == values


def test_a_dash_behind_a_name_parts_it_or_is_a_minus() -> None:
    for dash in ("-", "\u2013"):
        parted, minus = readings(f"dw {dash} 1.6", "number")
        assert (parted.value, parted.note) == (1.6, "its dash was not read as a minus")
        assert (minus.value, minus.note) == (-1.6, "read as -1.6")
    (parted, minus) = readings("db - 3, 1", "array")
    assert (parted.value, minus.value) == ((3, 1), (-3, 1))
    (matrix,) = readings("dw - [[6, 4], [0, 14]]", "array")
    assert matrix.value == (6, 4, 0, 14)
    assert [r.value for r in readings("dw: - 1.6", "number")] == [-1.6]
    assert [r.value for r in readings("conv1 - 32x32x10", "sizes")] == [(32, 32, 10)]
    for said in ("I think - 1.6", "we get - 1.6", "the loss is - 1.6"):
        assert [r.value for r in readings(said, "number")] == [-1.6]
    with pytest.raises(Unreadable):
        readings("dw \u2212 1.6", "number")  # no dash: U+2212 is a minus
    assert read_answer("0 \u00bd 1", "array") == (0, 0.5, 1)
    assert "natural logarithm" in readings("-log(0.26)", "number")[0].note
    assert "natural" not in readings("-log10(0.26)", "number")[0].note


def test_a_note_says_that_a_working_was_taken() -> None:
    (reading,) = readings("16*3*5*5 + 16", "number")
    assert reading.note == "your expression gives 1,216"
    assert readings("16*3*5*5 + 16 = 1216", "number")[0].note == ""


def test_a_note_tells_the_number_that_was_read() -> None:
    assert readings("7.600", "number")[1].note == "read as 7,600"
    assert readings("7,600", "number")[1].note == "read as 7.6"


def test_a_volume_with_the_number_of_its_values_is_that_volume() -> None:
    """15*15*24 = 5,400."""
    for text in ("15*15*24 = 5400", "5400 = 15x15x24", "15 x 15 x 24 = 5400 values"):
        found = readings(text, "sizes")[0]
        assert found.value == (15, 15, 24)
        assert found.note == "read as 15x15x24; 5,400 is how many values it has"
    assert readings("15*15*24", "sizes")[0].note == ""
    assert readings("15*15*24 = 5401", "sizes")[0].note == ""


@pytest.mark.parametrize(
    "answer",
    [None, "", "  ", "-", "?", "n/a", "None", [], {}, float("nan"), "idk", "Not sure.",
     "I have no idea", "no answer", "sorry, no time left", "ran out of time :(", "N.A.", "tbd",
     "skipped, too hard", "didn't get to this one", "(no time)", "____", "\u2014", "gave up",
     "I forgot how to do this", "not enough time, sorry", "- no time -"],
)  # fmt: skip
def test_blank(answer: Any) -> None:
    assert is_blank(answer)


@pytest.mark.parametrize("answer", [0, "0", False, "no", "none of them", [0], "not sure, 760",
     "sorry, 16", "no time, but 760", "forgot the bias", "too small", "I can't do it",
     "ran out of time, see paper"])  # fmt: skip
def test_not_blank(answer: Any) -> None:
    assert not is_blank(answer)


WRONG = "so something above must be wrong"


@pytest.mark.parametrize(
    ("answer", "blank"),
    [
        (f"? the avg pool gives me a width of 0, {WRONG}", True),
        ("?? I get a height of -1, this can't be right", True),
        ("? one of my answers is wrong", False),  # a number word may be a guess
        (f"the avg pool gives me a width of 0, {WRONG}", False),
        (f"? 0, {WRONG}", False),
        (f"? a width of 0.5, {WRONG}", False),
        ("? the width is 0*3, that is wrong", False),
        ("? the width is 0, so 5800 cannot be right", False),
        ("? 760, but something is wrong", False),
        ("? the width is 0", False),
        ("? it doesn't fit", False),
    ],
)
def test_a_question_mark_with_what_must_be_wrong_before_is_blank(answer: str, blank: bool) -> None:
    assert is_blank(answer) == blank


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ("no idea", "number"),
        ("760 or 750", "number"),
        ("no idea, see page 7", "number"),
        ("750 weights + 10 biases", "number"),
        ("2^64^64", "number"),
        ("9" * 39 + "*" + "9" * 39, "number"),
        ("1/0", "number"),
        ("1e999", "number"),
        ("7,60,0", "number"),
        (float("inf"), "number"),
        (True, "number"),
        ({"a": 1}, "number"),
        ("9" * 41, "number"),
        ("ln(0)", "number"),
        ("exp(1000)", "number"),
        ("1.2e^4", "number"),  # e^4 is 54.6, but 12,000 is meant
        ("ln(x)", "number"),
        ("x" * 1001, "sizes"),
        ("wide", "sizes"),
        ("1x2x3x4x5x6x7", "sizes"),
        ([[1, 2], 3], "sizes"),
        ({"colour": 3}, "sizes"),
        ("perhaps", "truth"),
        *((both, "truth") for both in ("yes/no", "y n", "Y/N", "T/F", "yes and no", "no, yes?")),
        *((said, "truth") for said in ("not sure", "no idea at all", "not applicable", "so so")),
        *(
            (said, "truth")
            for said in ("19.67", "19.67, so it fits? no", "19.67, yes or no", "3 s")
        ),
        ("27/2 = 13.5, not 13x13x24", "sizes"),
        ("four times the input", "number"),
        ("one less", "number"),
        ("(2)760", "number"),  # the second answer, or a product
        ("(7-3)2", "number"),  # may have been a square
        ("(32*32)10", "number"),  # may be a volume
        ("100/(7-2)10", "number"),
        ("2 dozen", "number"),
        (1, "truth"),
        ("a b", "array"),
        ("a = 5, b = 5, c = 1, d = 2", "array"),
        ([[[[[[[[1]]]]]]]], "array"),
        ([0] * 10_001, "array"),
        ("__import__('os')", "number"),
    ],
)
def test_unreadable(answer: Any, form: Form) -> None:
    with pytest.raises(Unreadable):
        read_answer(answer, form)


@pytest.mark.quick(25)
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
        "is:" * 330,
        "1^" * 500,
        "(1" * 400,
        "1+" * 500,
        "so " * 330,
        "\\frac{" * 160,
        "P=1 " * 250,
        "$" * 999 + "x",
        "a hundred and one " * 55,
        "no/yes " * 140,
        "I think " * 124 + "1",
        "a - 1 " * 166,
        "ln(" * 333,
        "ln 2 " * 200,
        "w11=1 " * 166,
        "50% " * 250,
        "2\u00bd" * 500,
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
        (read_answer("0, 0.24, 0.67", "array"), "[0, 0.24, 0.67]"),
        (None, ""),
    ],
)
def test_values_as_feedback_prints_them(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("sizes", "16 (maybe 14)"),
        ("sizes", "16 or 14"),
        ("sizes", "12x12x24 no wait 13x13x24"),
        ("field", "0 or 1"),
        ("number", "4640 (or 4608 if biases are not counted?)"),
        ("number", "4640, maybe 4608"),
        ("number", "\u2248 2.08 M MACs, exactly 2 076 672"),
        ("truth", "yes or no"),
        ("array", "[9, 18] or [18, 9]"),
    ],
)
def test_two_answers_are_none(form: Form, text: str) -> None:
    with pytest.raises(Unreadable, match="more than one answer"):
        read_answer(text, form)


@pytest.mark.parametrize(
    ("form", "text", "value"),
    [
        ("sizes", "13x13x24 or so", (13, 13, 24)),
        ("sizes", "28x28 (16 channels)", (28, 28, 16)),
        ("number", "maybe 4640", 4640),
        ("number", "0.5 or 1/2", 0.5),
        ("truth", "no, maybe", False),
    ],
)
def test_a_choice_of_one_is_an_answer(form: Form, text: str, value: object) -> None:
    assert read_answer(text, form) == value


@pytest.mark.parametrize(
    ("answer", "value", "off"),
    [
        ("1.2k", 1200, 50),
        ("1,2k", 1200, 50),
        ("1.2 thousand parameters", 1200, 50),
        ("12*100 = 1.2k", 1200, 50),
        ("2,08 million", 2_080_000, 5000),
        ("1.2e3", 1200, 50),
        ("1.2 MFLOPs", 1_200_000, 50_000),
        ("0.7 GMACs", 700_000_000, 50_000_000),
        ("34.9k params", 34_900, 50),
        ("4.8 MB", 4_800_000, 50_000),
        ("5 KiB", 5120, 512),
        ("1.216k", 1216, 0.5),
        ("about 1200", 1200, 50),
        ("≈ 1216", 1216, 0.5),
        ("1200", 1200, 0),
        ("1200 (75*16)", 1200, 0),
        ("1,216 Kernels", 1216, 0),
        ("\u215b", 0.125, 0),
    ],
)
def test_what_stands_behind_a_number_and_how_far_it_is_rounded(
    answer: str, value: float, off: float
) -> None:
    found = readings(answer, "number")[0]
    assert (found.value, found.off) == (value, off)


@pytest.mark.parametrize("text", ["12 ~ 1" + "0" * 400, "~1" + "0" * 400, "12 or 1e99", "1e99k"])
def test_a_huge_number_ends_nothing(text: str) -> None:
    with suppress(Unreadable):
        readings(text, "number")


def test_a_comma_before_a_unit_and_a_kilobyte_have_two_readings() -> None:
    """4,864 bytes are 4.75 * 1,024."""
    assert [r.value for r in readings("1,216k", "number")] == [1_216_000, 1216]
    assert [r.value for r in readings("4.75 KB", "number")] == [4750, 4864]
