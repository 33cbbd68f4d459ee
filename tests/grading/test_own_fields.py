"""What follows from a student's own padding, stride, filter or number of filters."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# (63 - 7)/2 + 1 = 29, (29 - 3)/2 + 1 = 14, (14 - 5 + 2*2)/1 + 1 = 14, 14/2 = 7
SPEC: dict[str, Any] = {
    "input": "63x63x3",
    "layers": [
        {"conv": {"K": 16, "F": 7, "S": 2}}, {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 32, "F": 5, "P": 2}}, {"max_pool": 2}, "flatten", {"dense": 10},
    ],
}  # fmt: skip


def marked(answers: dict[str, Any], prompts: dict[str, str] | None = None) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    more = {"follow_through": 0.5, "show": "always"}
    asked = [{"ask": a, "id": a, "prompt": p} for a, p in (prompts or {}).items()]
    questions = [next((q for q in asked if q["ask"] == a), a) for a in answers]
    assignment = read_assignment({"spec": SPEC, "questions": questions, **more})
    assert assignment.usable, assignment.diagnostics
    return {one.id: one for one in Marker(assignment).mark("one", answers).marks}


@pytest.mark.parametrize(
    ("field", "own", "ask", "answer"),
    [
        ("P(conv2)", 1, "conv2.output", "12x12x32"),  # (14 - 5 + 2*1)/1 + 1
        ("P(conv2)", 1, "max_pool2.output", "6x6x32"),
        ("P(conv2)", 1, "dense1.parameters", 6 * 6 * 32 * 10 + 10),
        ("F(conv2)", 3, "conv2.output", "16x16x32"),  # (14 - 3 + 2*2)/1 + 1
        ("F(conv2)", 3, "conv2.parameters", 3 * 3 * 16 * 32 + 32),
        ("K(conv2)", 64, "conv2.parameters", 5 * 5 * 16 * 64 + 64),
        ("K(conv2)", 64, "max_pool2.output", "7x7x64"),
        ("K(conv2)", 64, "dense1.weights", 7 * 7 * 64 * 10),
        ("S(conv1)", 1, "conv1.output", "57x57x16"),
        ("S(conv1)", 1, "conv2.receptive_field", "17x17"),  # 7 + 2*1 + 4*2
        ("units(dense1)", 100, "dense1.parameters", 7 * 7 * 32 * 100 + 100),
        ("K(conv2)", 64, "total.parameters",
         7 * 7 * 3 * 16 + 16 + 5 * 5 * 16 * 64 + 64 + 7 * 7 * 64 * 10 + 10),
    ],
)  # fmt: skip
def test_what_follows_from_an_own_field_has_the_credit_for_it(
    field: str, own: int, ask: str, answer: Any
) -> None:
    mark = marked({field: own, ask: answer})[ask]
    assert (mark.verdict, mark.points) == ("followed through", 0.5), mark
    assert f"It follows correctly from your answer {own} to question 1." in mark.feedback
    assert marked({ask: answer})[ask].verdict == "wrong"


def test_an_own_volume_goes_on_with_an_own_field() -> None:
    """57 -> (57 - 3)/2 + 1 = 28 -> (28 - 5 + 2*1)/1 + 1 = 26 -> 13."""
    mark = marked(
        {"conv1.output": "57x57x16", "P(conv2)": 1, "max_pool2.output": "13x13x32"}
    )["max_pool2.output"]  # fmt: skip
    assert mark.verdict == "followed through"
    told = "from your answer 57x57x16 to question 1 and your answer 1 to question 2."
    assert told in mark.feedback


def test_an_own_volume_without_the_own_field_follows_from_that_alone() -> None:
    """57 -> 28 -> with the right P of 2, 28 -> 14; where the text says that conv2 gives 14x14, not
    28x28, nobody has this.
    """
    answers = {"conv1.output": "57x57x16", "P(conv2)": 1, "max_pool2.output": "14x14x32"}
    mark = marked(answers, {"P(conv2)": "What is P?"})["max_pool2.output"]
    assert mark.verdict == "followed through"
    assert "from your answer 57x57x16 to question 1." in mark.feedback
    assert marked(answers)["max_pool2.output"].verdict == "wrong"


def test_a_field_before_a_right_volume_leads_to_nothing() -> None:
    answers = {"P(conv2)": 1, "conv2.output": "14x14x32", "max_pool2.output": "6x6x32"}
    assert marked(answers)["max_pool2.output"].verdict == "wrong"


@pytest.mark.parametrize("own", [0, -3, 10**9, "same and more", [1, 2, 3], "1x1x1"])
def test_a_field_that_a_layer_cannot_have_is_left_aside(own: Any) -> None:
    mark = marked({"S(conv1)": own, "max_pool2.output": "6x6x32"})["max_pool2.output"]
    assert mark.verdict == "wrong"


@pytest.mark.parametrize(
    ("field", "own"),
    [
        ("P(conv2)", [[1], [2, 3]]), ("P(conv2)", [[1, 2, 3], [1, 2, 3]]), ("P(conv2)", [[1, 2]]),
        ("P(conv2)", [[1, [2, 3]], 0]), ("S(conv2)", [[1, 2], [1, 2]]), ("F(conv2)", "same"),
        ("K(conv2)", [3, 3]), ("S(conv2)", 0),
    ],
)  # fmt: skip
def test_a_field_that_no_layer_can_have_is_wrong_and_leads_to_nothing(field: str, own: Any) -> None:
    first, then = marked({field: own, "conv2.output": "9x9x32"}).values()
    assert first.verdict in ("wrong", "needs a look")
    assert (then.verdict, then.points) == ("wrong", 0)


# -- volumes that are no such ones -----------------------------------------------------------------


@pytest.mark.parametrize("own", ["16x29x29", "29x16x29", "29x29"])
def test_a_volume_in_another_order_goes_on_as_the_right_one(own: str) -> None:
    """29 -> 14 -> 14 - 5 + 2*3 + 1 = 16 -> 8; that is no padding of the pool."""
    mark = marked({"conv1.output": own, "P(conv2)": 3, "max_pool2.output": "8x8x32"})
    assert mark["conv1.output"].verdict == "wrong"
    assert mark["max_pool2.output"].verdict == "followed through"
    assert "from your answer 3 to question 2." in mark["max_pool2.output"].feedback


def test_a_wrong_volume_with_its_depth_first_goes_on_with_it_last() -> None:
    """57x57x16 -> 28 -> 28 -> 14."""
    mark = marked({"conv1.output": "16x57x57", "max_pool2.output": "14x14x32"})
    assert mark["max_pool2.output"].verdict == "followed through"


def test_right_sizes_in_another_order_speak_against_a_mistake() -> None:
    """(63 - 7)/2 = 28 would be without the + 1, and (14 - 5 + 2*2)/1 = 13."""
    ask, given = "conv2.output", "13x13x32"
    assert not marked({ask: given})[ask].perhaps
    assert marked({"conv1.output": "16x29x29", ask: given})[ask].perhaps


@pytest.mark.parametrize("own", ["1x1x16", "2x2x16", "5x1x29"])
def test_an_answer_that_leads_nowhere_does_not_stop_another(own: str) -> None:
    """A pool of 3x3 takes no 2x2."""
    mark = marked({"conv1.output": own, "P(conv2)": 3, "max_pool2.output": "8x8x32"})
    assert mark["max_pool2.output"].verdict == "followed through"
    assert "from your answer 3 to question 2." in mark["max_pool2.output"].feedback


def test_of_two_networks_each_goes_on_with_its_own_volume() -> None:
    """Both have layers of the same names: (33 - 3)/2 + 1 = 16 and (21 - 3)/2 + 1 = 10 are right."""
    first = {"input": "33x33x1", "layers": [{"conv": {"K": 4, "F": 3, "S": 2}}, {"max_pool": 2}]}
    questions = [
        {"id": "a", "spec": first, "ask": "conv1.output"},
        {"id": "b", "spec": {**first, "input": "21x21x1"}, "ask": "conv1.output"},
        {"id": "c", "spec": first, "ask": "max_pool1.output"},
        {"id": "d", "spec": {**first, "input": "21x21x1"}, "ask": "max_pool1.output"},
    ]
    assignment = read_assignment({"questions": questions, "show": "always"})
    assert assignment.usable, assignment.diagnostics
    answers = {"a": "30x30x4", "b": "18x18x4", "c": "15x15x4", "d": "9x9x4"}
    marks = Marker(assignment).mark("one", answers).marks
    assert [mark.verdict for mark in marks[2:]] == ["followed through"] * 2


# -- a field behind an own volume ------------------------------------------------------------------

# 71 -> (71 - 7)/2 + 1 = 33 -> (33 - 3)/2 + 1 = 16 -> (16 - 5 + 2*2)/1 + 1 = 16 -> 8 -> 4
FIELDS: dict[str, Any] = {
    "input": "71x71x3",
    "layers": [
        {"conv": {"K": 24, "F": 7, "S": 2}}, {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 48, "F": 5, "P": 2}}, {"max_pool": 2}, {"conv": {"K": 32, "F": 2, "S": 2}},
    ],
}  # fmt: skip
BEFORE = {"conv1.output": "(71 - 7)/2 = 32, so 32x32x24", "max_pool1.output": "14x14x24"}


def of_field(answers: dict[str, Any], prompt: str = "", **more: Any) -> Mark:
    """Return the mark of the last of the answers, which is to a question about a field."""
    *others, last = answers
    asked = {"spec": FIELDS, "questions": [*others, {"ask": last, "prompt": prompt or None}]}
    if not prompt:
        del asked["questions"][-1]["prompt"]
    assignment = read_assignment({**asked, "follow_through": 1, "show": "always", **more})
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("own", "field", "answer"),
    [
        ({"max_pool1.output": "14x14x24"}, "P(conv2)", 3),  # 14 - 5 + 2*3 + 1 = 16
        ({"max_pool1.output": "14x14x24"}, "P(conv2)", "14 - 5 + 2P + 1 = 16, so P = 3"),
        ({"max_pool1.output": "14x14x24"}, "P(conv2)", "14 + 2P - 5 = 15, so 2P = 6 and P = 3"),
        (BEFORE, "P(conv2)", "14 - 5 + 2P + 1 = 16, so P = 3"),
        ({"max_pool1.output": "18x18x24"}, "P(conv2)", 1),  # 18 - 5 + 2*1 + 1 = 16
        ({"max_pool1.output": "14x14x24"}, "F(conv2)", 3),  # 14 - 3 + 2*2 + 1 = 16
        ({"conv2.output": "16x16x24", "max_pool2.output": "11x11x48"}, "S(conv3)", 3),
        ({"max_pool1.output": "14x14x24", "S(conv2)": 2}, "P(conv2)", 10),
    ],
)  # fmt: skip
def test_a_field_follows_from_an_own_volume(own: dict[str, Any], field: str, answer: Any) -> None:
    """(11 - 2)/3 + 1 = 4; (14 - 5 + 2P)/2 + 1 = 16 for P = 10.5, which is none."""
    found = of_field({**own, field: answer})
    follows = answer != 10
    assert found.verdict == ("followed through" if follows else "wrong")
    assert ("It follows correctly from your answer" in found.feedback) is follows
    assert of_field({field: answer}).verdict == "wrong"


@pytest.mark.parametrize(
    ("prompt", "verdict"),
    [
        ("", "followed through"),
        ("Which P makes conv2 give 16 x 16?", "followed through"),
        ("Which P does conv2 need?", "wrong"),  # for what output, the text does not tell
        ("Which P makes conv2 give 160x160?", "wrong"),
    ],
)
def test_the_output_that_a_field_is_to_give_has_to_be_told(prompt: str, verdict: str) -> None:
    assert of_field({"max_pool1.output": "14x14x24", "P(conv2)": 3}, prompt).verdict == verdict


def test_a_field_follows_from_an_own_output_where_no_other_is_told() -> None:
    """16 - 5 + 2*3 + 1 = 18; with the right output of 16 it is 2."""
    own = {"conv2.output": "18x18x48", "P(conv2)": 3}
    assert of_field(own, "What is P?").verdict == "followed through"
    assert of_field({**own, "conv2.output": "16x16x48"}, "What is P?").verdict == "wrong"


@pytest.mark.parametrize("answer", [4, 1, "2.5", "3x4"])
def test_a_field_that_gives_another_output_does_not_follow(answer: Any) -> None:
    found = of_field({"max_pool1.output": "14x14x24", "P(conv2)": answer})
    assert found.verdict == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "5x5 filter going from 14 to 16: 16 = 14 - 5 + 2P, so P = 3.5?? I write 3",
        "14 - 5 + 2P = 16, P = 3.5", "3 (3.5 rounded down)", "16 = 14 - 5 + 2P, P = 3.5, I take 4",
    ],
)  # fmt: skip
@pytest.mark.parametrize("own", [BEFORE, {"max_pool1.output": "14x14x24"}])
def test_without_the_one_an_own_volume_leads_to_half_a_padding(
    own: dict[str, str], answer: str
) -> None:
    found = of_field({**own, "P(conv2)": answer}, partial={"forgot_plus_one": 0.5})
    assert (found.verdict, found.points) == ("partly right", 0.5)
    assert found.misconception == "forgot_plus_one"
    assert "the + 1 was forgotten: with your answer 14x14x24" in found.feedback.replace(
        "The", "the"
    )
    assert "14 - 5 + 2P = 16 for P = 3.5" in found.feedback


def test_half_of_a_filter_does_not_follow_where_a_working_shows_it() -> None:
    answer = "half of 5 is 2.5, so 3"
    found = of_field({"max_pool1.output": "14x14x24", "P(conv2)": answer})
    assert (found.verdict, found.misconception) == ("wrong", "half_filter_padding")


def test_a_field_waits_for_a_volume_that_a_person_has_to_look_at() -> None:
    assert of_field({"max_pool1.output": "see my scan", "P(conv2)": 3}).verdict == "needs a look"
    assert of_field({"max_pool1.output": "see my scan", "K(conv2)": 3}).verdict == "wrong"
    assert of_field({"max_pool1.output": "see my scan", "P(conv2)": 2}).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("2 because 15-3+2+1 = 15", True),
        ("2 because 17-3+2+1 = 17", True),
        ("2", False),
        ("2 because 13-3+2+1 = 13", False),  # whose size that is nothing tells
        ("2 because 15-3+2 = 14", False),
    ],
)
def test_a_working_with_an_own_size_shows_that_a_padding_was_counted_once(
    answer: str, sure: bool
) -> None:
    """33x33x4 gives 17x17x4, the own one is 15x15x4: (15 - 3 + 2*1)/1 + 1 = 15 as well."""
    spec = {
        "input": "33x33x4",
        "layers": [{"max_pool": {"F": 3, "S": 2, "P": 1}}, {"conv": {"K": 4, "F": 3, "P": 1}}],
    }
    answers = {"max_pool1.output": "15x15x4", "P(conv1)": answer}
    asked = {"spec": spec, "questions": [*answers], "show": "always"}
    found = mark(asked, answers).marks[1]
    assert (found.misconception or "").startswith("pad")
    assert (found.misconception == "padding_once" and not found.perhaps) is sure
    own = "with your answer 15x15x4 to question 1, (15 - 3 + 2)/1 + 1 = 15" in found.feedback
    assert own is (sure and "17" not in answer)


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("4, since 55 - 5 + P + 1 = 55", True),  # 27 by who forgets the pool
        ("4, since (55 + P - 5)/1 + 1 = 55", True),
        ("4 (27 - 5 + P + 1 = 27)", True),
        ("P = 4 ((27 - 5 + P)/1 + 1 = 27)", True),
        ("4, since 27 - 5 + p + 1 = 27", True),
        ("4, since 55 - 3 + P + 1 = 57", False),  # by no filter that is here
        ("4, since 55 - 5 + 2P + 1 = 55", False),
        ("4, since 55 - 5 + 4 + 1 = 55", False),
        ("4", False),
    ],
)
def test_the_letter_in_a_working_shows_that_a_padding_was_counted_once(
    answer: str, sure: bool
) -> None:
    """(55 - 3)/2 + 1 = 27 and (27 - 5 + 2*2)/1 + 1 = 27, as 27 - 5 + 4 + 1 is."""
    pool, conv = {"max_pool": {"F": 3, "S": 2}}, {"conv": {"K": 4, "F": 5, "P": 2}}
    asked = {"spec": {"input": "55x55x4", "layers": [pool, conv]}, "questions": ["P(conv1)"]}
    (found,) = mark(asked, {"P(conv1)": answer}).marks
    assert (found.misconception == "padding_once" and not found.perhaps) is sure


def test_an_own_size_that_stands_in_a_working_is_the_one_that_is_told() -> None:
    """17 in a working is right there, 15 is the student's own."""
    spec = {
        "input": "33x33x4",
        "layers": [{"max_pool": {"F": 3, "S": 2, "P": 1}}, {"conv": {"K": 4, "F": 3, "P": 1}}],
    }
    answers = {"max_pool1.output": "15x15x4", "P(conv1)": "2, since 15 - 3 + P + 1 = 15"}
    found = mark({"spec": spec, "questions": [*answers], "show": "always"}, answers).marks[1]
    assert "with your answer 15x15x4 to question 1, (15 - 3 + 2)/1 + 1 = 15" in found.feedback
    answers["P(conv1)"] = "2, since 17 - 3 + P + 1 = 17"
    found = mark({"spec": spec, "questions": [*answers], "show": "always"}, answers).marks[1]
    assert "on one side only: (17 - 3 + 2)/1 + 1 = 17" in found.feedback


# 32 -> 32 -> 16 -> 16 -> 7.5; of 7 with P=2 conv2 makes 9, or 8 without the + 1, and max_pool2 2.5
# of 8; with the right P=1 it keeps 7, of which max_pool2 makes (7 - 3)/2 = 2.
FEWEST: dict[str, Any] = {
    "input": "32x32x3",
    "rounding": "floor",
    "layers": [
        {"conv": {"K": 16, "F": 5, "P": 2}}, {"max_pool": 2},
        {"conv": {"K": 16, "F": 3, "P": 1}}, {"max_pool": {"F": 3, "S": 2}},
    ],
}  # fmt: skip
BOTH_PLACES = (
    "at conv2 and max_pool2: with your answer 7x7x16 to question 2 and your answer 2 to question 3,"
)
ONE_PLACE = "with your answer 7x7x16 to question 2, (7 - 3 + 2*0)/2 = 2, so 2x2x16."


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("2x2x16", f": {ONE_PLACE}"),
        ("(7 - 3)/2 = 2, so 2x2x16", f": {ONE_PLACE}"),
        ("(8 - 3)/2 = 2.5, so 2x2x16", f" {BOTH_PLACES}"),
    ],
)
def test_of_own_numbers_those_are_meant_with_which_the_fewest_mistakes_are_needed(
    answer: str, told: str
) -> None:
    answers = {"conv1.output": "31x31x16", "max_pool1.output": "7x7x16", "P(conv2)": 2}
    spec = {"spec": FEWEST, "questions": [*answers, "max_pool2.output"], "show": "always"}
    assignment = read_assignment(spec)
    mark = Marker(assignment).mark("one", answers | {"max_pool2.output": answer}).marks[-1]
    assert (mark.misconception, mark.perhaps) == ("forgot_plus_one", False)
    assert f"Again the + 1 was forgotten{told}" in mark.feedback
