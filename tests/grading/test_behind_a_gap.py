"""An answer in front of a gap, and its working or a remark behind that."""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# 24 - 5 + 1 = 20, 20/2 = 10, 10 - 3 + 1 = 8; 3*3*12*32 + 32 = 3,488; 1 + 4 + 1 + 2*2 = 10
SIZES = {
    "input": "24x24x3",
    "layers": [{"conv": {"K": 12, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 32, "F": 3}}],
}
# 1*2 - 3*0.5 = 0.5, and 0.5 + 0.25 = 0.75: e^0.75/(e^0.75 + e^0) = 0.679, -ln(0.679) = 0.387;
# the gradient of the second score is 0.321, and 2 * 0.321 = 0.642 that of its weight
VALUES: dict[str, Any] = {
    "input": "2",
    "layers": [{"dense": 2}, "softmax"],
    "example": {
        "given": {
            "input": [2, 3],
            "dense1.weight": [[1, -0.5], [0, 0]],
            "dense1.bias": [0.25, 0],
        },
        "loss": {"cross_entropy": 0},
        "rate": 0.5,
    },
}
VOLUME, COUNT, FIELD = "conv2.output", "conv2.parameters", "conv2.receptive_field"
LOSS, GRADIENT, NEXT = "loss", "dense1.weight.grad[1,0]", "dense1.weight.next[1,0]"
PROBABILITIES, SCORES, BIAS = "softmax1.value", "dense1.value", "dense1.bias.next[1]"


def marked(ask: str, answer: Any) -> Mark:
    """Return the mark of one answer."""
    spec = SIZES if "conv" in ask else VALUES
    assignment = read_assignment({"spec": spec, "questions": [ask]})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (VOLUME, "8x8x32   pooling gives 10x10x12 first, then (10-3)/1+1 = 8"),
        (VOLUME, "8x8x32   20 -> 10 (pool) -> 8"),
        (VOLUME, "8x8x32\tthe pool gives 10x10"),
        (COUNT, "3,488   each filter 3*3*12 = 108 weights + 1 bias, times 32"),
        (COUNT, "3488   3*3*12 = 108 for each, + 1, times 32 filters"),
        (FIELD, "10x10   1 -> 5 (conv) -> 6 (pool) -> 10"),
        ("F(conv2)", "3   since 10 - 3 + 1 = 8"),
        (FIELD, "10   1, 5, 6, 10"),
        (LOSS, "0.387     -ln(e^0.75/(e^0.75 + 1))"),
        (LOSS, "0.387     -ln(0.679)"),
        (LOSS, "0.387   p = 0.679, -ln 0.679"),
        (LOSS, "0.387    of class 0"),
        (LOSS, "0.387 -ln(0.679)"),
        (LOSS, "0.387, -ln(0.679)"),
        (NEXT, "-0.321, 0 - 0.5*0.642"),
        (FIELD, "10, 10"),
        (GRADIENT, "0.642   2 * 0.321"),
        (GRADIENT, "0.642   dscore times x"),
        (NEXT, "-0.321   0 - 0.5*0.642"),
        (NEXT, "-0.321   w - 0.5*g"),
        (BIAS, "-0.16    0 - 0.5*0.321"),
        (SCORES, "[0.75, 0]   (2 - 1.5 + 0.25 ; 0 + 0)"),
        (SCORES, "[0.75, 0]   W * (2, 3) + b"),
        (SCORES, "[0.75, 0]   0.25*(3, 0)"),
        (SCORES, "0.75, 0\t-1*(-0.75, 0)"),
        (VOLUME, "8x8x32   pool: 10x10x12; (10-3)/1 + 1 = 8.0"),
        (PROBABILITIES, "[0.679, 0.321]   that of class 0 is e^0.75/(e^0.75 + 1)"),
    ],
)
def test_an_answer_stands_in_front_of_its_working(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict == "right"


@pytest.mark.parametrize(
    ("ask", "answer", "cause"),
    [
        (VOLUME, "9x9x32   the pool gives 10, then 10 - 3 + 2 = 9", None),
        (COUNT, "3456   3*3*12*32, without biases", "forgot_bias"),
        (FIELD, "8x8   1 -> 5 -> 6 -> 8", "field_stride_ignored"),
        (LOSS, "0.168   softmax = (0.679, 0.321), -log(0.679)", "loss_base"),
        (LOSS, "0.168   -log(0.679)", "loss_base"),
        (LOSS, "0.679    probability of class 0", "probability_for_loss"),
        (NEXT, "0.321   0 + 0.5*0.642", "gradient_added or step_alone"),
    ],
)
def test_so_does_a_wrong_one_that_its_working_comes_to(
    ask: str, answer: str, cause: str | None
) -> None:
    mark = marked(ask, answer)
    assert mark.verdict == "wrong"
    assert cause is None or mark.misconception == cause


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (VOLUME, "8x8x32   no, 9x9x32"),
        (VOLUME, "8x8x32   or 9x9x32"),
        (VOLUME, "8, 8"),
        (COUNT, "3488   3*3*12*32 + 2*32 = 3520"),
        (FIELD, "10   1 -> 5 -> 6 -> 8"),
        (COUNT, "3488   weights 3456, biases 16"),
        (COUNT, "3488   3*3*12 = 108 weights + 1 bias, times 16"),
        (LOSS, "0.387   2 * 0.387 = 0.774"),
        (GRADIENT, "0.642   * 2 = 1.284"),
        (GRADIENT, "0.642   times 2"),
        (PROBABILITIES, "[0.679, 0.321]   times 2"),
    ],
)
def test_where_another_result_may_be_meant_it_is_not_right(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict != "right"


@pytest.mark.parametrize(
    "answer", ["24x24x3   20   10   8x8x32", "20   pool -> 10   conv -> 8x8x32"]
)
def test_what_steps_side_by_side_begin_with_is_not_called_wrong(answer: str) -> None:
    assert marked(VOLUME, answer).verdict != "wrong"


def test_the_last_step_of_a_working_is_not_taken_for_the_answer() -> None:
    """With scores of 0.5 and 3.5 the loss of class 1 would be -ln(0.953) = 0.049."""
    spec = {**VALUES, "example": {**VALUES["example"], "loss": {"cross_entropy": 1}}}
    given = {"spec": spec, "questions": [SCORES, LOSS], "follow_through": 1}
    answers = {SCORES: "[0.5, 3.5]", LOSS: "0.049   p1 = e^3.5/(e^0.5 + e^3.5) = 0.953"}
    marks = Marker(read_assignment(given)).mark("one", answers).marks
    assert marks[1].verdict == "followed through"


def test_a_list_of_another_length_is_told_to_be_that() -> None:
    mark = marked(PROBABILITIES, "[0.679, 0.2, 0.121]   e^z over the sum")
    assert mark.verdict == "wrong"
    assert "It takes 2 values, and your answer has 3." in mark.feedback


def test_a_student_is_shown_the_gap() -> None:
    mark = marked(COUNT, "3456 \t 3*3*12*32,  without biases")
    assert mark.answer == "3456   3*3*12*32,   without biases"


@pytest.mark.parametrize(
    "answer",
    [
        "2 0   4 5   (after the relu)", "2 0   4 5 after the relu", "2 0\t4 5\tthe largest of each",
        "[2, 0]   [4, 5]   max of each", "2   0   4   5   max of each",
        "[2, 0, 4, 5]   max(2, 1, 0, 1) = 2",
    ],
)  # fmt: skip
def test_the_rows_of_an_array_may_stand_apart(answer: str) -> None:
    """The first row in front of a gap is not the whole answer."""
    rows = [[2, 1, 0, -1], [0, 1, -2, 0], [4, 0, 5, 1], [1, 2, 3, 0]]
    spec = {
        "input": "4x4x1",
        "layers": [{"max_pool": 2}],
        "example": {"given": {"input": rows}},
    }
    assignment = read_assignment({"spec": spec, "questions": ["max_pool1.value"]})
    (mark,) = Marker(assignment).mark("one", {"max_pool1.value": answer}).marks
    assert mark.verdict == "right"


def test_the_sizes_of_two_axes_may_stand_apart() -> None:
    spec = {"input": "9x8x1", "layers": [{"conv": {"K": 1, "F": [3, 2], "P": [1, 0]}}]}
    assignment = read_assignment({"spec": spec, "questions": ["F(conv1)"]})
    (mark,) = Marker(assignment).mark("one", {"F(conv1)": "3   2 in the two directions"}).marks
    assert mark.verdict != "wrong"


@pytest.mark.parametrize("working", ["with W = 10, F = 3", "because S = 1"])
def test_a_number_that_is_given_is_no_result(working: str) -> None:
    assert marked(VOLUME, f"8x8x32   {working}").verdict == "right"


@pytest.mark.parametrize("between", [" ", ", ", "\n", "   "])
def test_the_larger_of_two_numbers_beside_a_list_is_no_value_of_it(between: str) -> None:
    assert marked(PROBABILITIES, f"[0.679, 0.321]{between}max(2, 1)").verdict != "wrong"


@pytest.mark.parametrize(
    ("show", "told"),
    [
        (
            "always",
            "Your working comes to 3,488, not to what stands in front of it, so it has no points"
            " yet: a teacher has to choose.",
        ),
        (
            "hint",
            "Your working does not come to what stands in front of it, so it has no points yet: a"
            " teacher has to choose.",
        ),
    ],
)
@pytest.mark.parametrize(
    "answer", ["3478   108*32 + 32 = 3488", "3478   108*32 = 3456, + 32 = 3488"]
)
def test_it_is_told_that_a_working_states_another_number(show: str, told: str, answer: str) -> None:
    """3,456 weights and 32 biases."""
    assignment = read_assignment({"spec": SIZES, "questions": [COUNT], "show": show})
    mark = Marker(assignment).mark("one", {COUNT: answer}).marks[0]
    assert (mark.verdict, mark.feedback) == ("needs a look", told)


@pytest.mark.parametrize(
    ("ask", "text"),
    [(FIELD, "9.5  " * 198), (COUNT, "9  " * 330)],
)
def test_a_long_row_of_numbers_with_gaps_is_read_fast(ask: str, text: str) -> None:
    marked(ask, "1")
    assignment = read_assignment({"spec": SIZES if "conv" in ask else VALUES, "questions": [ask]})
    marker = Marker(assignment)
    start = process_time()
    marker.mark("one", {ask: text})
    assert process_time() - start < 2
