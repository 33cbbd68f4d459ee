"""Behind a layer whose field is asked for and whose output the text tells."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

OWN = "24x24x16"  # where 26 - 5 + 1 = 22


def marked(answers: dict[str, Any], F: int = 3, prompt: str = "") -> list[Mark]:
    """Return the marks of answers about 26 -> 22 -> (22 - 4 + 2*1)/2 + 1 = 11 -> 5."""
    layers = [{"conv": {"K": 16, "F": 5}}, {"conv": {"K": 32, "F": 4, "S": 2, "P": 1}}]
    last = {"conv": {"K": 48, "F": F, "S": 2 if F == 3 else 1}}
    field = {"ask": "P(conv2)", "id": "P(conv2)", **({"prompt": prompt} if prompt else {})}
    questions = [field if ask == "P(conv2)" else ask for ask in answers]
    spec = {"input": "26x26x1", "layers": [*layers, last]}
    more = {"given": False, "follow_through": 0.75, "show": "always"}
    assignment = read_assignment({"spec": spec, "questions": questions, **more})
    assert assignment.usable, assignment.diagnostics
    return list(Marker(assignment).mark("one", answers).marks)


def behind(field: Any, answer: str, F: int = 3, prompt: str = "") -> Mark:
    """Return the mark of an output behind the own volume and an own field."""
    answers = {"conv1.output": OWN, "P(conv2)": field, "conv3.output": answer}
    return marked(answers, F, prompt)[-1]


@pytest.mark.parametrize("field", [0, "", 2.5])  # (24 - 4 + 2*0)/2 + 1 = 11, as it is told
def test_a_mistake_starts_from_the_output_that_is_told(field: Any) -> None:
    """Same padding: ceil(11/2) = 6. Of 24 the right P makes 12, which nobody has who reads 11."""
    mark = behind(field, "6x6x48")
    assert mark.misconception == "same_assumed"
    assert "ceil(11/2) = 6" in mark.feedback
    assert "to question" not in mark.feedback


def test_an_own_field_follows_from_nothing_without_the_own_volume_in_front_of_it() -> None:
    """With 24 and P = 0 it is 11; 22 and P = 0 would make 10, and (10 - 3)/2 + 1 = 4.5."""
    mark = behind(0, "4x4x48")
    assert mark.verdict == "wrong"
    assert "follows correctly" not in mark.feedback


@pytest.mark.parametrize("field", [0, "", 2.5])
def test_nothing_follows_from_an_own_volume_and_a_right_field_that_is_not_known(field: Any) -> None:
    """24 and the right P make 12, and 12 - 5 + 1 = 8; of the 11 on the sheet it is 7."""
    assert behind(field, "8x8x48", F=5).verdict == "wrong"


def test_who_has_the_right_field_may_go_on_from_an_own_volume_with_it() -> None:
    """(24 - 4 + 2*1)/2 + 1 = 12, and 12 - 5 + 1 = 8."""
    mark = behind(1, "8x8x48", F=5)
    assert mark.verdict == "followed through"
    assert "from your answer 24x24x16 to question 1." in mark.feedback


def test_what_an_own_volume_and_an_own_field_make_is_gone_on_from() -> None:
    """(24 - 4 + 2*2)/2 + 1 = 13, and (13 - 3)/2 + 1 = 6."""
    mark = behind(2, "6x6x48")
    assert mark.verdict == "followed through"
    told = "from your answer 24x24x16 to question 1 and your answer 2 to question 2."
    assert told in mark.feedback


@pytest.mark.parametrize("told", [True, False])
def test_of_an_own_volume_and_an_own_field_neither_leads_on_alone(told: bool) -> None:
    """With 24 and P = 3 it is 14, and 14 - 5 + 1 = 10; 24 alone makes 12, and then 8."""
    prompt = "What is P, if conv2 gives 11x11?" if told else "What is P?"
    mark = behind(3, "8x8x48", F=5, prompt=prompt)
    assert mark.verdict == ("wrong" if told else "followed through")


# -- the field itself, for an own volume that its stride does not fit -----------------------------


def of_field(own: str, answer: Any, S: int = 2) -> Mark:
    """Return the mark of a padding for which an own input becomes 11x11, or 6x6 at a stride of 4:
    (22 - 4 + 2*1)/2 + 1 = 11 and (22 - 4 + 2*1)/4 + 1 = 6.
    """
    conv = {"conv": {"K": 32, "F": 4, "S": S, "P": 1}}
    spec = {"input": "26x26x1", "layers": [{"conv": {"K": 16, "F": 5}}, conv]}
    more = {"follow_through": 0.75, "partial": {"forgot_plus_one": 0.5}, "show": "always"}
    questions = ["conv1.output", "P(conv2)"]
    assignment = read_assignment({"spec": spec, "questions": questions, **more})
    assert assignment.usable, assignment.diagnostics
    answers = {"conv1.output": own, "P(conv2)": answer}
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("2.5   (21 - 4 + 2P)/2 = 11", "(21 - 4 + 2P)/2 = 11 for P = 2.5"),
        (2.5, "(21 - 4 + 2P)/2 = 11 for P = 2.5"),
        ("3 (2.5 rounded up)", "(21 - 4 + 2P)/2 = 11 for P = 2.5, rounded up = 3"),
    ],
)
def test_without_the_one_a_padding_comes_out_for_an_own_volume(answer: Any, line: str) -> None:
    """26 - 5 = 21, and 21 - 4 + 2P = 22 for P = 2.5."""
    mark = of_field("21x21x16", answer)
    assert mark.misconception == "forgot_plus_one"
    assert f"with your answer 21x21x16 to question 1, {line}" in mark.feedback


@pytest.mark.parametrize("answer", [1.5, "1.5   (21-4+2P)/2+1=11"])
def test_a_padding_with_a_fraction_is_told_to_follow_though_it_is_none(answer: Any) -> None:
    """21 - 4 + 2P = 20 for P = 1.5."""
    mark = of_field("21x21x16", answer)
    told = "It follows from your answer 21x21x16 to question 1, but a padding is a whole number."
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    assert told in mark.feedback


@pytest.mark.parametrize("own", ["22x22x16", "24x24x16", "23x23x16"])
def test_a_fraction_that_does_not_follow_is_not_told_to(own: str) -> None:
    """For 24 it is 0, and for 23 half a zero."""
    assert "It follows" not in of_field(own, 1.5).feedback


def test_a_padding_that_leaves_something_over_does_not_follow() -> None:
    """(21 - 4 + 2*2)/2 + 1 = 11.5, which is no size."""
    assert of_field("21x21x16", 2).verdict != "followed through"


def test_no_padding_is_tried_with_an_output_that_is_not_the_one_told() -> None:
    """For 21 both 2 and 3 make (21 - 4 + 2P)/4 + 1 a 6, rounded down, and the right one a 5. But
    (21 - 4 + 2P)/4 = 5 has not forgotten the + 1 of 6.
    """
    assert of_field("21x21x16", "1.5   (21-4+2P)/4 = 5", S=4).misconception is None
