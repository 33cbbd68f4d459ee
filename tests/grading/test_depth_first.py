"""Assignments that ask for volumes depth first: what students read has all of them in that order,
and nothing else is turned round.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import _mapped
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.marks import Mark
from shapecalc.grading.question import Question

# 12x25x21, (25 - 3)/2 + 1 = 12 and (21 - 3)/2 + 1 = 10 behind the pool, 40x12x10, and 20x6x5
SPEC: dict[str, Any] = {
    "input": "49x41x3",
    "layers": [
        {"conv": {"K": 12, "F": 5, "S": 2, "P": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"name": "wide", "K": 40, "F": 1}},
        {"conv": {"name": "last", "K": 20, "F": 2, "S": 2}},
        "relu",
        "flatten",
        {"dense": 10},
    ],
}
FLAT: dict[str, Any] = {  # its filter is 5 high and 3 wide
    "input": "49x41x3",
    "layers": [{"conv": {"K": 12, "F": [5, 3], "S": 2, "P": [2, 1]}}],
}


def asked(*questions: Any, spec: dict[str, Any] = SPEC, **more: Any) -> dict[str, Any]:
    """Return an assignment of questions that ask for the depth first."""
    whole = {"spec": spec, "order": "depth_first", "show": "always", "follow_through": 0.5}
    return {**whole, "questions": [*questions], **more}


def marked(answers: dict[str, str], **more: Any) -> list[Mark]:
    """Return the marks of answers by the paths of their questions."""
    return list(mark(asked(*answers, **more), answers).marks)


def questions(*paths: Any, **more: Any) -> list[Question]:
    """Return the questions as they are read."""
    assignment = read_assignment(asked(*paths, **more))
    assert assignment.usable, assignment.diagnostics
    return assignment.questions


def test_an_own_answer_is_quoted_as_it_was_asked_for() -> None:
    """8x7 for 12x10 behind the pool, and 8*7*40 outputs of 12 MACs behind that: 26880."""
    pool, count = marked({"max_pool1.output": "12x8x7", "wide.macs": "26880"})
    assert (pool.verdict, count.verdict) == ("wrong", "followed through")
    assert "your answer 12x8x7 to question 1" in count.feedback
    _, wide = marked({"max_pool1.output": "12x8x7", "wide.output": "40x8x6"})
    assert "From your answer 12x8x7 to question 1 it would be 40x8x7." in wide.feedback


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        # (49 - 5)/2 + 1 = 23, (41 - 5)/2 + 1 = 19
        ("conv1.output", "12x23x19", "(41 - 5)/2 + 1 = 19, so 12x23x19."),
        ("conv1.output", "12x21x25", "swapped: depth x width x height = 12x21x25."),
        ("conv1.output", "3x25x21", "the depth of the input was kept: depth 3, so 3x25x21;"),
        ("last.output", "20x5x6", "depth x width x height = 20x5x6."),
        ("last.output", "40x12x10", "not of the output: 40x12x10."),
        ("max_pool1.output", "40x12x10", "for another layer: the output of wide = 40x12x10."),
        ("flatten1.output", "20x6x5", "not of the output: 20x6x5."),
        # depth 3 kept, and no padding
        ("conv1.output", "3x23x19", "so 3x23x19."),
        # 25*21*12*40 MACs in front of the pool
        ("wide.macs", "252000", "on 12x25x21, 25*21 * 12*40 = 252,000;"),
    ],
)
def test_a_cause_has_its_volumes_in_that_order(path: str, answer: str, told: str) -> None:
    (found,) = marked({path: answer})
    assert told.lower() in found.feedback.lower()


def test_a_working_has_them_so() -> None:
    relu, conv = questions("relu1.output", "relu1.input")
    assert (relu.working, relu.right_shown) == ("output = input = 20x6x5", "20x6x5")
    assert conv.right_shown == "20x6x5"


def test_a_sum_of_volumes_and_other_axes_are_told_so() -> None:
    """8x6x4 is kept, and of its axes the depth goes first: a height of 4, and a depth of 8."""
    layers = [
        {"residual": {"name": "skip", "body": [{"conv": {"K": 4, "F": 1}}]}},
        {"transpose": ["depth", "width", "height"]},
    ]
    spec = {"input": "8x6x4", "layers": layers}
    added, turned = questions("skip.output", "transpose1.output", spec=spec)
    assert added.working == "4x8x6 with 4x8x6, value by value: 4x8x6"
    assert turned.working == "axes height, depth, width: 8x4x6"


def test_who_writes_the_depth_first_is_not_told_of_it() -> None:
    """The depth in the middle, as nobody asked for it."""
    (found,) = marked({"conv1.output": "21x12x25"}, partial={"depth_first": 0.5})
    assert (found.verdict, found.misconception) == ("wrong", None)


def test_a_volume_with_the_right_depth_is_meant_as_it_was_asked_for() -> None:
    """With 24 filters 24x20x24 is a height of 20, though that is (41 - 5 + 2)/2 + 1 for a width."""
    spec = {"input": "49x41x3", "layers": [{"conv": {"K": 24, "F": 5, "S": 2, "P": 2}}]}
    (found,) = marked({"conv1.output": "24x20x24"}, spec=spec)
    assert found.misconception is None
    assert marked({"conv1.output": "20x24x24"}, spec=spec)[0].misconception is None
    (last,) = marked({"conv1.output": "23x19x24"}, spec=spec)  # no padding, and its depth last
    assert last.misconception == "padding_ignored"


def test_one_size_may_be_the_depth_still() -> None:
    (found,) = marked({"conv1.output.height": "12"})
    assert "it is the depth, not the height" in found.feedback.lower()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("H=25, W=20, D=12", "The height and the depth are right; the width is not."),
        ("25x20 with 12 channels", "The height and the depth are right; the width is not."),
        ("torch.Size([12, 25, 20])", "The height and the depth are right; the width is not."),
        ("25x21", "The height and the width are right; the depth is missing."),
        ("H=12, W=25, D=21", "The sizes are right; their order is not."),
        ("large", "as a volume such as 10x32x32"),
    ],
)
def test_sizes_with_names_and_a_plane_alone_are_not_turned(answer: str, told: str) -> None:
    (found,) = marked({"conv1.output": answer})
    assert told in found.feedback
    assert found.points == 0


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("conv1.receptive_field", "5x3", "3x5"),
        ("conv1.im2col", "45x525", "525x45"),  # 5*3*3 values of 25*21 windows
        ("conv1.weight.shape", "12x3x5x3", "3x12x3x5"),
        ("P(conv1)", "2x1", "1x2"),
    ],
)
def test_what_is_no_volume_is_not_turned(path: str, right: str, wrong: str) -> None:
    (found,) = marked({path: wrong}, spec=FLAT)
    assert found.verdict == "wrong"
    assert f"The right answer is {right}" in found.feedback
    assert marked({path: right}, spec=FLAT)[0].verdict == "right"


def test_a_size_that_fits_has_its_height_first() -> None:
    (question,) = questions("fitting(input)", spec=FLAT)
    height, width = map(int, question.right_shown.split("x"))
    assert height - width == 8  # as 49 and 41


def test_choices_and_accepted_answers_are_read_in_that_order() -> None:
    choices = ["12x23x19", "12x25x21", "3x25x21"]
    of_shape = {"ask": "conv1.weight.shape", "choices": ["3x12x5x5", "12x3x5x5"]}
    volume, shape = questions({"ask": "conv1.output", "choices": choices}, of_shape)
    assert volume.choices == ((23, 19, 12), (25, 21, 12), (25, 21, 3))
    assert shape.choices == ((3, 12, 5, 5), (12, 3, 5, 5))
    (other,) = questions({"ask": "conv1.output", "accept": "12x24x21"})
    assert other.accepted == ((24, 21, 12),)


def test_the_sheet_has_its_volumes_so_and_says_it_of_the_input() -> None:
    assignment = read_assignment(asked("last.macs", "wide.parameters", "P(last)"))
    sheet = FORMATS["markdown"](assignment)
    assert "- input: 3x49x41 (depth x height x width)\n" in sheet
    assert "last: conv K=20 F=2 S=2 P=? on 40x12x10. How many" in sheet
    assert "wide: conv K=40 F=1 S=1 P=0 on 12x12x10. How many" in sheet
    assert "last: conv K=20 F=2 S=2 P=? takes 40x12x10 and gives 20x6x5." in sheet
    fitting = FORMATS["markdown"](read_assignment(asked("fitting(input)", "conv1.parameters")))
    assert "- input: 3xHxW (depth x height x width)\n" in fitting
    assert "on 3xHxW. How many parameters" in fitting


def test_where_only_some_ask_so_the_network_has_its_depth_last() -> None:
    """Each question is told its own volumes in its own order."""
    last = {"ask": "last.parameters", "order": "depth_last"}
    sheet = FORMATS["markdown"](read_assignment(asked("wide.parameters", last)))
    assert "- input: 49x41x3 (height x width x depth)\n" in sheet
    assert "on 12x12x10. How many parameters" in sheet
    assert "on 12x10x40. How many parameters" in sheet
    plain = FORMATS["markdown"](read_assignment(asked("conv1.parameters", order="depth_last")))
    assert "- input: 49x41x3\n" in plain


def test_a_sheet_that_was_handed_out_before_is_read() -> None:
    """It has its volumes with the depth last."""
    assignment = read_assignment(asked("conv1.output", "wide.parameters"))
    before = (
        "- input: 49x41x3",
        "**1.** conv1: conv K=12 F=5 S=2 P=2 on 49x41x3."
        " What is its output volume (depth x height x width)? (1 point)",
        "Answer: 12x25x21",
        "**2.** wide: conv K=40 F=1 S=1 P=0 on 12x10x12."
        " How many parameters does it have, biases included? (1 point; an exact whole number)",
        "Answer: 520",
    )
    text = _mapped(assignment).without_sheet("\n".join(before))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines == ["conv1.output:", "12x25x21", "wide.parameters:", "520"]


def test_a_quiz_takes_a_count_as_a_number_and_a_volume_in_that_order() -> None:
    quiz = FORMATS["gift"](read_assignment(asked("last.output", "wide.parameters")))
    assert "=20x6x5\n=20 x 6 x 5\n" in quiz
    assert "=520:0#Right." in quiz


def test_a_false_key_is_told_in_that_order() -> None:
    assignment = read_assignment(asked({"ask": "conv1.output", "key": "12x23x19"}))
    (found,) = assignment.diagnostics
    assert "the key says 12x23x19, 12x25x21 is computed" in found.message
    assert "so 12x23x19" in found.message


def test_an_array_has_its_slices_in_their_order() -> None:
    example = {"given": {"input": [1], "dense1.weight": [[1], [2]], "dense1.bias": [0, 0]}}
    spec = {"input": 1, "layers": [{"dense": 2}], "example": example}
    (found,) = marked({"dense1.value": "2, 1"}, spec=spec)
    assert found.points == 0
    assert found.right == "[1, 2]"
