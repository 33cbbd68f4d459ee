"""Two mistakes at once in a volume: what is plain of them is told where nothing tells the rest.

14x14x16 under 32 filters of 3x3 with P=1 gives 14x14x32. Without the + 1 the size is 14 - 3 + 2 =
13, and with the padding on one side only (14 - 3 + 1)/1 + 1 = 13 as well.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.cause import Cause
from shapecalc.grading.marks import Mark
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.ranking import Explanations

BOTH_WRONG = "The height and the width are wrong, too."
KEPT = "the depth of the input was kept; the depth of the output is the number of filters"


def net(volume: str, *layers: dict[str, Any]) -> dict[str, Any]:
    """Return a network whose sizes are rounded down."""
    return {"input": volume, "layers": list(layers), "rounding": "floor"}


def conv(volume: str, **fields: Any) -> dict[str, Any]:
    """Return a network of one convolution."""
    return net(volume, {"conv": fields})


PADDED = conv("14x14x16", K=32, F=3, P=1)


def cause_of(spec: dict[str, Any], path: str, given: Any) -> Cause | None:
    """Return what is told to be behind an answer."""
    (question,) = read_assignment({"spec": spec, "questions": [path]}).questions
    context = QuestionContext(question.subject, question.query, question.right)
    return Explanations(context).cause_of(given)


def marked(spec: dict[str, Any], answers: dict[str, str], **more: Any) -> list[Mark]:
    """Return the marks of one student's answers."""
    return list(mark({"spec": spec, "questions": list(answers), **more}, answers).marks)


@pytest.mark.parametrize(
    ("spec", "given", "name", "sure", "unexplained"),
    [
        (PADDED, (13, 13, 16), "depth_kept", True, "the height and the width are wrong, too"),
        # 3 is one of a few numbers, so it is not certain
        (conv("14x14x3", K=32, F=3, P=1), (13, 13, 3), "depth_kept", False,
         "the height and the width are wrong, too"),
        # not rounded is (14 - 3)/2 + 1 = 6.5, which is one of a few about 6
        (conv("14x14x16", K=32, F=3, S=2), (6.5, 6.5, 16), "depth_kept", True,
         "the height and the width are wrong, too"),
        (conv("100x16", K=32, F=[3], P=1), (99, 16), "depth_kept", True,
         "the length is wrong, too"),
        # both are plain: 28 - 5 + 4 = 27, and with P on one side only it is 26
        (conv("28x28x16", K=32, F=5, P=2), (27, 27, 16), "depth_kept, forgot_plus_one", True, ""),
        # one filter gives a depth of 1 as well, and the depth kept is the more specific of them
        (conv("28x28x1", K=8, F=5, S=2), (24, 24, 1), "depth_kept, stride_ignored", True, ""),
        (conv("30x20x3", K=16, F=3, P=1), (16, 29, 19), "depth_first", True,
         "the height and the width are wrong, too"),
        # no mistake gives a size of 17
        (PADDED, (17, 17, 16), "", False, ""),
        # no mistake gives a depth of 19
        (PADDED, (13, 13, 19), "", False, ""),
    ],
)  # fmt: skip
def test_the_mistake_that_all_have_in_common_is_told(
    spec: dict[str, Any], given: tuple[int, ...], name: str, sure: bool, unexplained: str
) -> None:
    found = cause_of(spec, "conv1.output", given)
    assert (found.misconception.name if found else "") == name
    assert found is None or (found.sure, found.unexplained) == (sure, unexplained)


def test_in_a_sum_no_mistake_is_seen_apart_from_the_other() -> None:
    """32*1*1 weights at each of 56*56 positions, of one filter or of 32 one slice deep."""
    spec = conv("56x56x32", K=32, F=1)
    assert cause_of(spec, "conv1.parameters", 56 * 56 * 32 + 32) is None


@pytest.mark.parametrize(("show", "right"), [("hint", ""), ("always", " The right answer is ")])
def test_what_a_student_reads(show: str, right: str) -> None:
    (found,) = marked(PADDED, {"conv1.output": "13x13x16"}, show=show)
    assert found.feedback.startswith(f"{KEPT.capitalize()}. {BOTH_WRONG}{right}")
    assert found.matter == f"{KEPT}; and {BOTH_WRONG[0].lower()}{BOTH_WRONG[1:-1]}"


@pytest.mark.parametrize(
    ("working", "name"),
    [
        ("(14 - 3 + 2)/1 = 13, so 13x13x16", "depth_kept, forgot_plus_one"),
        ("(14 - 3 + 1)/1 + 1 = 13, so 13x13x16", "depth_kept, padding_once"),
        ("2P = 2, so 13x13x16", "depth_kept, forgot_plus_one"),
    ],
)
def test_the_working_tells_the_other_mistake(working: str, name: str) -> None:
    (found,) = marked(PADDED, {"conv1.output": working})
    assert found.misconception == name
    assert "= 13; depth 16, so 13x13x16. The right answer is " in found.feedback


@pytest.mark.parametrize(
    ("partial", "name", "points"),
    [
        # credit is for an answer that is right but for this
        ({"depth_kept": 0.5}, "depth_kept", 0),
        ({"padding_once": 0.5}, "depth_kept", 0),
        ({"depth_kept": 0.5, "padding_once": 0.4}, "depth_kept, padding_once", 0.2),
        ({"depth_kept": 0.5, "padding_once": 0.4, "forgot_plus_one": 0.6},
         "depth_kept, forgot_plus_one or depth_kept, padding_once", 0.3),
    ],
)  # fmt: skip
def test_two_mistakes_that_both_have_credit_are_believed(
    partial: dict[str, float], name: str, points: float
) -> None:
    (found,) = marked(PADDED, {"conv1.output": "13x13x16"}, partial=partial)
    assert (found.misconception, found.points) == (name, points)
    (alone,) = marked(PADDED, {"conv1.output": "14x14x16"}, partial=partial)
    assert alone.points == partial.get("depth_kept", 0)


def test_no_credit_makes_a_volume_of_two_mistakes_that_nothing_gives() -> None:
    credit = {"depth_kept": 0.5, "padding_once": 0.4}
    (found,) = marked(PADDED, {"conv1.output": "17x17x16"}, partial=credit)
    assert (found.misconception, found.points) == (None, 0)


@pytest.mark.parametrize(("pooled", "given"), [("13x13x16", "12x12x16"), ("13x13x32", "12x12x32")])
def test_in_what_follows_from_an_earlier_slip(pooled: str, given: str) -> None:
    """conv2 keeps the 13 that it gets; without the + 1, or with P on one side only, it gives 12. So
    it does of the right 14 with no padding, but that is not what the student goes on from.
    """
    spec = net(
        "28x28x16", {"conv": {"K": 32, "F": 3, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 48, "F": 3, "P": 1}},
    )  # fmt: skip
    found = marked(spec, {"max_pool1.output": pooled, "conv2.output": given}, show="hint")[1]
    assert (found.misconception, found.perhaps) == ("depth_kept", False)
    assert found.feedback == (
        f"{KEPT.capitalize()}. {BOTH_WRONG[:-1]}, even with your answer {pooled} to question 1."
    )


@pytest.mark.parametrize(
    ("depth", "name", "told"),
    [
        (3, "depth_kept, padding_once", "Perhaps the depth of the input was kept; and the padding"),
        # 32 + 2*1, if the zeros counted there; 33 is nothing
        (
            34,
            "padding_once",
            "The padding P was added on one side only; it goes on both. The depth",
        ),
        (33, None, "The right answer is 14x14x32"),
    ],
)
def test_a_working_of_the_sizes_is_none_of_the_depth(
    depth: int, name: str | None, told: str
) -> None:
    answer = f"(14 - 3 + 1)/1 + 1 = 13, so 13x13x{depth}"
    (found,) = marked(conv("14x14x3", K=32, F=3, P=1), {"conv1.output": answer})
    assert found.misconception == name
    assert found.feedback.startswith(told)


def test_sizes_that_are_right_are_not_told_to_be_wrong_by_an_own_volume() -> None:
    """(28 - 2)/2 + 1 = 14 and (14 - 3 + 2)/1 + 1 = 14; from 15x15x16 it would be 15x15x48."""
    spec = net("28x28x32", {"max_pool": 2}, {"conv": {"K": 48, "F": 3, "P": 1}})
    answers = {"max_pool1.output": "15x15x16", "conv1.output": "14x14x16"}
    found = marked(spec, answers, show="always")[1]
    assert found.feedback.startswith("The height and the width are right; the depth is not.")
    assert "wrong, too" not in found.feedback
