"""Lists of values in the spellings that students use, and those that stay for a person to read."""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading.answer_texts import lines_of
from shapecalc.grading.answers import readings
from shapecalc.grading.values import flat
from shapecalc.grading.written_numbers import Unreadable

TWO_SLICES = (2, 0, 2, 0, 7, 4, 9, 9)


@pytest.mark.parametrize(
    "text",
    [
        "slice 0: 2 0 / 2 0, slice 1: 7 4 / 9 9",
        "Slice 1: 2 0 / 2 0; Slice 2: 7 4 / 9 9",
        "depth 0: [[2,0],[2,0]] depth 1: [[7,4],[9,9]]",
        "channel 1: (2 0; 2 0), channel 2: (7 4; 9 9)",
        "first slice: 2 0 2 0; second slice: 7 4 9 9",
        "first slice 2 0 2 0, second slice 7 4 9 9",
        "slice 1 row 1: 2 0, row 2: 2 0; slice 2 row 1: 7 4, row 2: 9 9",
        "2 0 / 2 0, 7 4 / 9 9",
        "2 0 / 2 0 | 7 4 / 9 9",
        "2,0 / 2,0 // 7,4 / 9,9",
        "[[2,0],[2,0]] / [[7,4],[9,9]]",
    ],
)
def test_names_of_slices_and_signs_between_rows_are_no_values(text: str) -> None:
    assert readings(text, "array")[0].value == TWO_SLICES


@pytest.mark.parametrize(
    "text",
    [
        "(1.8, 1.2, 0)^T",
        "[1.8, 1.2, 0].T",
        "z = (1.8, 1.2, 0)ᵀ",
        r"$(1.8, 1.2, 0)^{\top}$",
        "z1 = 1.8, z2 = 1.2, z3 = 0",
        "z_0 = 1.8; z_1 = 1.2; z_2 = 0",
        "z[0] = 1.8, z[1] = 2*0.6 = 1.2, z[2] = 0",
        "2*0.9 = 1.8, 0.6*2 = 1.2, 1 - 1 = 0",
        "[2*0.9, 0.6*2, 0]",
        "18/10, 12/10, 0",
        "18 / 10, 12 / 10, 0",
    ],
)
def test_a_row_is_read_as_what_it_comes_to(text: str) -> None:
    assert readings(text, "array")[0].value == pytest.approx((1.8, 1.2, 0))


@pytest.mark.parametrize(
    "text",
    [
        "[1, 1 3/4]",
        "1 and 1 3/4",
        "1, 7/4",
        "$1$, $\\frac{7}{4}$",
        "$1$, $\\frac74$",
        "1, 1\\frac{3}{4}",
        "\\(1\\), \\(\\frac{7}{4}\\)",
        "\\begin{pmatrix} 1 \\\\[4pt] \\dfrac{7}{4} \\end{pmatrix}",
        "(2 - 1, 3/2 + 1/4)",
        "(2 - 1, 3/2 + 1/4)^T = (1, 7/4)^T",
        "2 - 1 = 1 and 2 - 0.25 = 1.75",
        "p-y = 1, 2 - 0.25 = 1.75",
        "step 1: (0.5, 0.5), step 2: (1, 1.75)",
        "after step 1: [3 4]; after step 2: [1 1.75]",
        "b = step 1: (0.5, 0.5), step 2: (1, 1.75)",
    ],
)
def test_fractions_workings_and_the_last_step_are_read_in_a_list(text: str) -> None:
    assert readings(text, "array")[0].value == pytest.approx((1, 1.75))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("-3 1/2, 2", [(-3.5, 2), (-3, 0.5, 2)]),
        ("1 1/2; 3 1/4", [(1, 0.5, 3, 0.25), (1.5, 3.25)]),
        ("1 1 3/4; -2 -3 1/2", [(1, 1, 0.75, -2, -3, 0.5), (1, 1.75, -2, -3.5)]),
        ("1 5/4, 2", [(1, 1.25, 2)]),  # no mixed number
        ("0 1/2, 1", [(0, 0.5, 1)]),
        ("step 1: 5, step 2: 6", [(5, 6)]),
    ],
)
def test_a_number_beside_a_fraction_may_be_two_values(text: str, values: list[object]) -> None:
    assert [reading.value for reading in readings(text, "array")] == values


def test_that_the_last_of_several_steps_was_read_is_told() -> None:
    (reading,) = readings("step 1: 3 4, step 2: 1 1.75", "array")
    assert reading.note == "the last of your steps was read"


@pytest.mark.parametrize(
    "text", ["step 2: (1, 2), step 1: (3, 4)", "step 1: (1, 2), step 3: (3, 4)"]
)
def test_steps_that_do_not_count_on_are_for_a_person(text: str) -> None:
    with pytest.raises(Unreadable):
        readings(text, "array")


@pytest.mark.parametrize(
    "text",
    [
        "dL/dW: [[6, 4], [0, 14]]",
        "The negative ones become 0: 6 4; 0 14",
        "all of them: 6 4; 0 14",
        ".. 6, 4, 0, 14",
        "I think [[6, 4], [0, 14]]",
        "the answer is 6 4; 0 14",
        "every window adds to it: `[[6, 4], [0, 14]]`",
        "in all [[6, 4], [0, 14]]",
        "[[6, 4], [0, 14]] because they are added up",
        "[[6, 4], [0, 14]] (not averaged)",
        "6 4 0 14 (2x2)",
        "6 4 0 14 (row by row)",
        "w11 = 6, w12 = 4, w21 = 0, w22 = 14",
        "w11=6 w12=4 w21=0 w22=14",
        "w_{0,0} = 6; w_{0,1} = 4; w_{1,0} = 0; w_{1,1} = 14",
        "w[1,1]: 6, w[1,2]: 4, w[2,1]: 0, w[2,2]: 14",
        "[[2*3 = 6, 2*2 = 4], [0, 14]]",
        "[[6, 2*2 = 4], [0, 14]]",
        "[[2*3, 4], [0, 2*7]]",
        "dW = [[2*3, 4], [0, 14]]",
        "(2x2) [[6, 4], [0, 14]]",
        "2x2: [[6, 4], [0, 14]]",
        "6, 4; 0, 14 = dW",
        r"\left[\begin{array}{cc} 6 & 4 \\ 0 & 14 \end{array}\right]",
        ["6 4", "0 14"],
        ["[6, 4]", "[0, 14]"],
        {"row1": [6, 4], "row2": "0 14"},
        {"w11": 6, "w12": 4, "w21": 0, "w22": 14},
    ],
)
def test_words_around_a_matrix_and_names_in_it_are_no_values(text: object) -> None:
    assert flat(readings(text, "array")[0].value) == [6, 4, 0, 14]


@pytest.mark.parametrize(
    "text",
    [
        "not [[6, 4], [0, 14]]",
        "minus [[6, 4], [0, 14]]",
        "- [[6, 4], [0, 14]]",
        "2*[[6, 4], [0, 14]]",
        "[[6, 4], [0, 14]] / 2",
        "[[6, 4], [0, 14]]^T",
        "[[6, 4], [0, 14]] (transposed)",
        "the transpose of [[6, 4], [0, 14]]",
        "[[6, 4], [0, 14]] divided by n",
        "dW = [[6, 4], [0, 14]], db = 3",
        "[6, 4 = 2*2], [0, 14]",
        "zeros except (0,0) = 6, (0,1) = 4, (1,1) = 14",
        "w11=6, w21=0, w12=4, w22=14",  # row by row, or column by column?
        "w11=6, w12=4, w21=0",
        "(2x2)",
        "the answer is ->",
        [[6, None], [0, 14]],
        {"row1": [6, 4], "bias": 3},
        {"row2": [0, 14], "row1": [6, 4]},
    ],
)
def test_what_is_done_to_a_matrix_is_for_a_person(text: object) -> None:
    with pytest.raises(Unreadable):
        readings(text, "array")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("[- 0.818, 0.818]", (-0.818, 0.818)),
        ("- 0.818, - 0.5", (-0.818, -0.5)),
        ("[- 1, 1.5]", (-1, 1.5)),
        ("[[1, - 1], [- 1, 4]]", (1, -1, -1, 4)),
        ("1 -1 / 1 4", (1, -1, 1, 4)),
        ("1 -1; 1 4", (1, -1, 1, 4)),
        ("-0.25 / 2.75", (-0.25, 2.75)),
        ("- 0.25 / - 2.75", (-0.25, -2.75)),
        ("0 / 1.5", (0, 1.5)),
        ("1 / 2 / 3", (1, 2, 3)),
        ("1 / 2", (0.5,)),  # a fraction
        ("2 - 1, 4 - 1", (1, 3)),
    ],
)
def test_a_sign_belongs_to_its_value(text: str, values: tuple[float, ...]) -> None:
    assert readings(text, "array")[0].value == values


@pytest.mark.parametrize(
    "text",
    [
        "2*3, 1 -1",  # is 1 -1 worked out, or two values?
        "1 - 2 3",
        "[[1, 2], [3, 4]]^T",  # another matrix
        "slice 0: 2 0, slice 2: 7 4",  # one is missing
        "z2 = 1.8, z1 = 1.2",  # which one is meant to be first?
        "z1 = 1, h1 = 2, z2 = 3, h2 = 4",
        "a = 5, b = 5",
        "2*3 = 6, b = 5",
        "2 0 / 2 7 / 4",
    ],
)
def test_what_could_be_meant_otherwise_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        readings(text, "array")


@pytest.mark.parametrize(
    "text",
    ["1 -2; 3 -4", "[1 -2; 3 -4]", "1 -2, 3 -4", "[1 -2], [3 -4]", "1 -2 / 3 -4", "(1 -2; 3 -4)"],
)
def test_a_minus_at_its_number_alone_is_that_numbers(text: str) -> None:
    assert [way.value for way in readings(text, "array")] == [(1, -2, 3, -4)]


def test_a_minus_between_blanks_or_between_none_is_a_sums() -> None:
    for text in ("1 - 3, 7 - 4", "1-3; 7-4", "1 -3 = -2, 3"):
        assert readings(text, "array")[0].value == (-2, 3)
    with pytest.raises(Unreadable):
        readings("1 -2, 2*3 = 6", "array")  # two values and a sum, or two sums


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,5*2 = 1,0; 0,25*4 = 1,0", (1, 1)),
        ("1/2 = 0,5; 1/3 = 0,33", (0.5, 0.33)),
        ("0,5*2 = 1,0; 0,5*3 = 1,5", (1, 1.5)),
        ("2*3=6,2*4=8; 1*2=2,1*3=3", (6, 8, 2, 3)),
        ("2*3=6,5; 1*2=2,7", (6, 5, 2, 7)),  # 2*3 is not 6.5
    ],
)
def test_what_a_comma_in_a_working_is_its_result_tells(text: str, values: object) -> None:
    assert readings(text, "array")[0].value == values


@pytest.mark.parametrize(
    "text", ["0,5*2; 3", "2*3 = 6,0; 4", "0,5*2 = 1,5; 2*0,5 = 1,0", "2*500 = 1,000; 3"]
)
def test_a_comma_of_two_meanings_is_for_a_person(text: str) -> None:
    with pytest.raises(Unreadable):
        readings(text, "array")


def test_that_results_were_taken_is_told() -> None:
    (read,) = readings("2*(-1-1) = -4, 2*(5.222-2) = 6.444", "array")
    assert (read.value, bool(read.note)) == ((-4, 6.444), True)
    assert not readings("8/9, 17/9", "array")[0].note


@pytest.mark.parametrize("part", ["a1:", "a1 ", " / ", "1 / ", "1 / 1, ", "(", "1.1.", "first a "])
def test_a_hostile_list_takes_no_time(part: str) -> None:
    began = process_time()
    with pytest.raises(Unreadable):
        readings((part * 1000)[:990] + "!", "array")
    assert process_time() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "q1: slice 0:\n3 1\n3 1\nslice 1:\n5 2\n7 7",
        "q1:\nslice 0:\n3 1\n3 1\n\nslice 1:\n5 2\n7 7\nq2: 4",
        "1. 3 1\n3 1\n\n5 2\n7 7\n2. 4",
        "1. [[3, 1],\n[3, 1]]\n[[5, 2],\n[7, 7]]",
        "q1: 3, 1,\n3, 1,\n5, 2,\n7, 7",
    ],
)
def test_values_on_several_lines_are_one_list(text: str) -> None:
    found = lines_of(text, ["q1", "q2"])
    assert not found.unread
    assert flat(readings(found.answers["q1"], "array")[0].value) == [3, 1, 3, 1, 5, 2, 7, 7]


def test_a_value_below_a_number_is_not_lost() -> None:
    """It may be a second try: which one counts is not to be guessed."""
    answer = lines_of("q1: 38\n40\nq2: 5", ["q1", "q2"]).answers["q1"]
    with pytest.raises(Unreadable):
        readings(answer, "number")
    assert readings("38; the filters times 19", "number")[0].value == 38


@pytest.mark.parametrize("line", ["1.2", "1.25, 3", "- 0.5"])
def test_a_decimal_number_on_its_line_is_no_question(line: str) -> None:
    found = lines_of(f"1. 7\n2. 5\n3. 0.5,\n{line}", ["q1", "q2", "q3"])
    assert (found.answers["q1"], found.answers["q2"]) == ("7", "5")
    assert line.strip("- ") in found.answers["q3"]
    assert not found.notes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"3/\frac{1}{2}", 6),
        (r"\frac{3}{2}^2", 2.25),
        (r"2\frac{1}{2}", 2.5),
        (r"\frac{1}{2}\left(3 + 5\right)", 4),
        (r"e^{\frac{1}{2}}", 1.6487),  # the root of e
        (r"\frac{32 - 5}{2} + 1", 14.5),
    ],
)
def test_a_fraction_of_latex_is_one_number(text: str, value: float) -> None:
    assert readings(text, "number")[0].value == pytest.approx(value, abs=1e-4)
