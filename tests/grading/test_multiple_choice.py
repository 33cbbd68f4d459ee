"""Answers to choose from: AlexNet's first volume, (227 - 11)/4 + 1 = 55."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import exports, mark, read_assignment
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.marks import Mark

SPEC = {"input": "227x227x3", "layers": [{"conv": {"K": 96, "F": 11, "S": 4}}, "relu"]}
CHOICES = ["54x54x96", "55x55x3", "55x55x96", "56x56x96"]


def asked(choices: Any = CHOICES, ask: str = "conv1.output", **keys: Any) -> dict[str, Any]:
    return {"spec": SPEC, "questions": [{"id": "q", "ask": ask, "choices": choices, **keys}]}


def marked(answer: Any, **keys: Any) -> Mark:
    return mark(asked(**keys), {"q": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["c", "C", "(c)", "c)", "c.", " c ", "answer c", "Option C", "c: 55x55x96", "(c) 55 x 55 x 96",
     "c 55x55x96", "55x55x96", [55, 55, 96], "the third one", "3rd", "Third option", "option 3",
     "I choose c", "my answer is (c)", "c is my answer", "c?", "(227-11)/4+1 = 55, so c",
     "(227-11)/4 + 1 = 55 -> (c)", "216/4 + 1 = 55: answer C", "55x55x96 (c)", "55x55x96, so c"],
)  # fmt: skip
def test_a_letter_or_the_answer_itself_is_right(answer: Any) -> None:
    assert marked(answer).verdict == "right"


FIELDS = {"ask": "conv1.receptive_field", "choices": ["3x3", "4x4", "11x11", "15x15"]}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("11", "right"), (11, "right"), ("11 pixels", "right"), ("15", "wrong"),
     ("12", "needs a look"), ("3", "needs a look"), (4, "needs a look")],  # the third, or 3x3?
)  # fmt: skip
def test_equal_sizes_of_a_choice_may_be_given_once(answer: Any, verdict: str) -> None:
    assert marked(answer, **FIELDS).verdict == verdict


def test_a_wrong_choice_has_the_cause_of_its_answer() -> None:
    found = marked("a")
    assert (found.verdict, found.misconception) == ("wrong", "forgot_plus_one")
    assert found.feedback.startswith("(a) is 54x54x96. ")
    assert found.answer == "a"
    assert marked("b", partial={"depth_kept": 0.5}).points == 0.5


def test_one_of_four_letters_makes_no_cause_certain() -> None:
    """(227 - 11)/4 = 54, without the + 1, which who works it out has certainly forgotten."""
    for answer in ("a", "54x54x96", "54 x 54 x 96"):
        assert "Perhaps the + 1 was forgotten" in marked(answer).feedback
    assert "The + 1 was forgotten" in marked("(227 - 11)/4 = 54, so 54x54x96").feedback


@pytest.mark.parametrize(
    "answer",
    ["e", "e because it fits", "cc", "z)", "None of the above", "all of them", "the fifth",
     "option 7", 3, "3", "number 3"],
)  # fmt: skip
def test_what_names_no_choice_needs_a_look_and_is_told_their_letters(answer: Any) -> None:
    found = marked(answer)
    assert found.verdict == "needs a look"
    assert "one of the choices, (a) to (d)" in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "a or c",
        "a, c",
        "a/c",
        "a c",
        "(a) and (c)",
        "c: 54x54x96",
        "54x54x96, so c",
        "55x55x96 (a)",
        "55, so a or c",
        "55: (a) or (c)",
        "55, so c / a",
        "55, so not a but c",
    ],
)
def test_two_choices_are_none(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, "to choose" in found.feedback) == ("needs a look", True)


@pytest.mark.parametrize(
    "answer",
    ["I get 55, so not (a)", "I get 55, so not (c)", "55, so it isn't a", "55, so cannot be (a)",
     "55, so I would exclude (b)", "55 -> never c", "not (a)"],
)  # fmt: skip
def test_a_letter_that_is_denied_is_not_chosen(answer: str) -> None:
    found = marked(answer)
    assert (found.verdict, "one of the choices" in found.feedback) == ("needs a look", True)


@pytest.mark.parametrize(
    "said",
    [
        "{} because it fits",
        "({}), because 227 is padded by nothing",
        "{}. since (227-11)/4 + 1 is whole",
        "({}) - the usual one",
        "{}) with padding 0",
        "I choose ({}) because the filters are 96",
        "{} because not every pixel is a window's first",
        "{}: the window slides by 4",
        "{}, as the stride is 4",
    ],
)
def test_a_letter_with_a_reason_is_the_letter(said: str) -> None:
    assert marked(said.format("c")).verdict == "right"
    assert marked(said.format("a")).verdict == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "a because not c",
        "(a), or rather (c)",
        "c because 54x54x96 is too small",
        "a: because 55x55x96",
        "(a) is not right",
        "(c) - wrong",
        "a, no, c",
        "c - never",
        "a map of 55x55",
        "a stride of 4",
        "e because it fits",
    ],
)
def test_a_letter_beside_another_choice_or_a_denial_is_for_a_person(answer: str) -> None:
    assert marked(answer).verdict == "needs a look"


POOL = {
    "spec": {"input": "14x14x64", "layers": [{"max_pool": 2}]},
    "questions": [{"id": "q", "ask": "max_pool1.parameters", "choices": [0, 256, 320, 4]}],
}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "{}) pooling has no weights",
        "({}) no learnable parameters",
        "{}. there are no weights in a pool",
        "{}: a pool doesn't learn",
        "{}) Pooling layers do not have any weights.",
        "{} - max pooling is not trainable",
    ],
)
def test_what_a_layer_lacks_is_a_reason_and_no_denial(said: str) -> None:
    """A pool has nothing to learn: 0 parameters."""
    assert mark(POOL, {"q": said.format("a")}).marks[0].verdict == "right"
    assert mark(POOL, {"q": said.format("c")}).marks[0].verdict == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "a) pooling has no weights, no, b)",
        "a) pooling has no weights wait b)",
        "a) pooling has no weights, actually b",
        "A) pooling has no weights but I take B.",
        "a) pooling has no weights is wrong",
        "a) pooling has no weights so it cannot be right",
        "a) no, pooling has weights",
        "a) has no biases",
        "a) does not have biases",
        "a) no way",
        "a) makes no sense",
    ],
)
def test_a_reason_with_another_letter_or_a_denial_is_for_a_person(answer: str) -> None:
    assert mark(POOL, {"q": answer}).marks[0].verdict == "needs a look"


def test_the_right_choice_is_told_with_its_letter() -> None:
    assert "The right answer is (c), 55x55x96: (227 - 11" in marked("a").feedback
    run = ClassRun(found := read_assignment(asked()), [Graded(mark(found, {"q": "e"}), "ada.txt")])
    (table, *_) = exports.parts("table", run)
    assert table.count("[right: (c), 55x55x96]") == 1
    run = ClassRun(found, [Graded(mark(found, {"q": "a"}), "ada.txt")])
    assert "[right:" not in "".join(exports.parts("table", run))  # told once


def test_a_number_denied_in_the_working_leaves_the_letter() -> None:
    """(227 - 11)/4 is 54, and 55 with the + 1."""
    assert marked("216/4 = 54 is not all, +1 gives 55, so c").verdict == "right"
    assert marked("55x55x96 is a volume").verdict == "right"  # no letter: a volume


@pytest.mark.parametrize(
    "answer",
    [10**5000, [10**5000], {"width": 10**5000}, -(10**5000)],
    ids=["number", "list", "mapping", "negative"],
)
def test_a_huge_number_is_no_choice(answer: Any) -> None:
    assert marked(answer).verdict in ("wrong", "needs a look")


def test_a_number_that_is_a_choice_is_that_and_no_place() -> None:
    """P is 0 in conv1: (a) is 2, (b) is 0."""
    choices: dict[str, Any] = {"choices": [2, 0, 1], "ask": "P(conv1)"}
    assert marked("2", **choices).verdict == "wrong"
    assert marked("3", **choices).verdict == "needs a look"
    assert marked("the second", **choices).verdict == "right"
    assert marked("7", **choices).verdict == "wrong"


def test_depth_first_choices_are_in_that_order() -> None:
    choices = ["96x55x55", "55x55x96"]
    assert marked("a", choices=choices, order="depth_first").verdict == "right"
    found = read_assignment(asked(choices, order="depth_first"))
    assert "(a) 96x55x55" in FORMATS["markdown"](found)


def test_numbers_and_fields_have_choices_too() -> None:
    """96*(11*11*3) + 96 parameters."""
    assert marked("b", choices=[34_848, 34_944], ask="conv1.parameters").verdict == "right"
    assert marked("a", choices=[34_848, 34_944], ask="conv1.parameters").misconception
    assert marked("a", choices=[0, 3], ask="P(conv1)").verdict == "right"


@pytest.mark.parametrize(
    ("choices", "ask", "says"),
    [
        (["54x54x96", "56x56x96"], "conv1.output", "none of its choices is right: 55x55x96"),
        (["55x55x96", "55 x 55 x 96"], "conv1.output", "2 of its choices are right"),
        (["55x55x96", "1x1x1", "1x1x1"], "conv1.output", "two of its choices are the same"),
        (["55x55x96", "many"], "conv1.output", "not a volume"),
        (["55x55x96"], "conv1.output", "a list of 2 to 26 answers"),
        ("55x55x96", "conv1.output", "a list of 2 to 26 answers"),
        (list(range(27)), "conv1.macs", "a list of 2 to 26 answers"),
        (["yes", "no"], "fits(conv1)", "have no choices"),
    ],
)
def test_choices_that_are_none_are_a_fault(choices: Any, ask: str, says: str) -> None:
    (found,) = read_assignment(asked(choices, ask)).diagnostics
    assert (found.code, found.severity) == ("SC503", "error")
    assert says in found.message


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_lists_the_choices_in_their_order(form: str) -> None:
    text = FORMATS[form](read_assignment(asked()))
    places = [text.index(f"({letter}) {c}") for letter, c in zip("abcd", CHOICES, strict=True)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("gift", "=55x55x96#Right.", "~56x56x96#Not right."),
        ("text2qti", "*c) 55x55x96", "d) 56x56x96"),
        ("moodle-xml", '<answer fraction="100" format="plain_text">', "<text>56x56x96</text>"),
    ],
)
def test_a_platform_is_given_the_choices(form: str, right: str, wrong: str) -> None:
    text = FORMATS[form](read_assignment(asked()))
    assert right in text
    assert wrong in text
    assert "The + 1 was forgotten" in text or "the + 1 was forgotten" in text


@pytest.mark.parametrize(
    "answer",
    [10**5000, -(10**5000), [10**5000], {"a": 10**5000}, 10**9, 2.5, [["c"]], True],
    ids=range(8),
)
def test_an_answer_that_is_no_choice_and_no_text_harms_nobody(answer: Any) -> None:
    assert marked(answer).verdict in ("wrong", "needs a look")
