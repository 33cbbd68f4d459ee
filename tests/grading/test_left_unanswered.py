"""A line that says which question is left without an answer; what may hold one is for a person."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest

from shapecalc.grading.answer_texts import lines_of
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.graded import Graded
from shapecalc.grading.left_unanswered import is_about_others, left_unanswered
from shapecalc.grading.submission_file import Found

SHEET = {
    "spec": {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 2}]},
    "questions": ["conv1.output", "conv1.parameters", "fits(conv1)", "total.parameters"],
}
IDS = ("conv1.output", "conv1.parameters", "fits(conv1)", "total.parameters")
WAYS = (
    "Sorry, no time left for number 3.",
    "I ran out of time for number 3.",
    "I did not manage number 3",
    "Number 3 was skipped, sorry",
    "number 3 no time",
    "I left question 3 blank",
    "could not finish number 3 in time",
    "(no time for 3)",
    "For #3 I had no time.",
    "no. 3 is missing, sorry",
    "I don't know number 3",
)
# The volume is 24x24x10, so that 12,282 are all parameters; 12,283 are one too many.
WRONG = "12283"


def graded(path: Path, text: str) -> Graded:
    path.write_text(text, encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path), otherwise="stem")]).graded
    return found


@pytest.mark.parametrize("line", WAYS)
def test_the_question_that_a_line_leaves_unanswered_is_blank_and_no_other_waits(
    tmp_path: Path, line: str
) -> None:
    found = graded(tmp_path / "a.txt", f"1. 24x24x10\n2. 760\n3.\n4. {WRONG}\n{line}\n")
    assert [m.verdict for m in found.marked.marks] == ["right", "right", "blank", "wrong"]
    told = f'You wrote "{line}", which counts as no answer.'
    told = "You wrote that you do not know." if "know" in line else told
    assert found.marked.marks[2].feedback.startswith(told)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3 - no time", "no time"),
        ("3 \u2013 ran out of time", "ran out of time"),
        ("3 no time, sorry", "no time, sorry"),
        ("3 (skipped)", "(skipped)"),
        ("3 / did not finish", "did not finish"),
        ("3 - ?", "?"),
    ],
)
def test_a_number_alone_in_front_of_it_names_its_question(
    tmp_path: Path, line: str, said: str
) -> None:
    found = graded(tmp_path / "a.txt", f"1. 24x24x10\n2. 760\n4. {WRONG}\n{line}\n")
    assert [m.verdict for m in found.marked.marks] == ["right", "right", "blank", "wrong"]
    assert found.marked.marks[2].feedback.startswith(f'You wrote "{said}", which counts as no')
    assert found.notes == ()


@pytest.mark.parametrize(
    "line", ["3 - not sure", "3 ?", "3 - no time for the workings", "3, skip 2"]
)
def test_a_number_alone_that_may_be_a_value_names_none(line: str) -> None:
    assert left_unanswered(line, IDS) == []


def test_a_number_alone_below_an_open_question_may_be_its_answer(tmp_path: Path) -> None:
    found = graded(tmp_path / "a.txt", f"1. 24x24x10\n4. {WRONG}\n2.\n3 - no time\n")
    assert [m.answer for m in found.marked.marks][1:3] == ["3 - no time", ""]


def test_such_a_line_below_ids_or_in_the_place_of_its_answer_is_read_as_well(
    tmp_path: Path,
) -> None:
    line = "Sorry, no time left for number 3."
    for text in (f"q1: 1\n{line}\nq4: 5\n", f"q1: 1\nq3: {line}\nq4: 5\n", f"q3:\n{line}\n"):
        mark = graded(tmp_path / "a.txt", text).marked.marks[2]
        assert (mark.verdict, mark.answer) == ("blank", line)


def test_several_questions_are_left_unanswered_at_once() -> None:
    ids = [f"q{number}" for number in range(1, 12)]
    for line, found in {
        "no time for questions 9 and 10": ["q9", "q10"],
        "Numbers 9 to 11: ran out of time": ["q9", "q10", "q11"],
        "Q9, Q10 skipped": ["q9", "q10"],
        "9, 10 - no time": ["q9", "q10"],
        "9 \u2013 11: no time": ["q9", "q10", "q11"],
        "no time for questions 9 to 12": [],  # which is none of these
    }.items():
        assert left_unanswered(line, ids) == found


@pytest.mark.parametrize(
    "line",
    [
        "for number 3 see below",
        "number 3: yes",
        "Number 3 was hard, my answer is yes",
        "number 3 is on the back",
        "no time for number 3, but yes",
        "I skipped the workings of number 3",
        "could not do number 3 without number 2",
        "same as number 3",
    ],
)
def test_what_may_hold_an_answer_is_for_a_person_and_holds_back_no_other(
    tmp_path: Path, line: str
) -> None:
    found = graded(tmp_path / "a.txt", f"1. 24x24x10\n2. 760\n4. {WRONG}\n{line}\n")
    assert [m.verdict for m in found.marked.marks][2:] == ["needs a look", "wrong"]
    assert found.notes == (f"Line 4 was not read: `{line}`",)


@pytest.mark.parametrize(
    "line",
    [
        "so it is 12282",
        "with number 3 it is 12282",
        "the number 3",
        "I did not get 3",
        "left 3 out",
    ],
)
def test_a_number_that_is_no_name_may_be_a_result(tmp_path: Path, line: str) -> None:
    assert left_unanswered(line, IDS) == []
    found = graded(tmp_path / "a.txt", f"1. 24x24x10\n2. 760\n3. yes\n4. {WRONG}\n{line}\n")
    expected = "wrong" if line.endswith("out") else "needs a look"  # no number stands at its end
    assert found.marked.marks[3].verdict == expected


def test_a_question_with_an_answer_keeps_it_and_the_line_is_told() -> None:
    line = "I ran out of time for number 3."
    lines = lines_of(f"1. 24x24x10\n3. yes\n{line}\n", IDS)
    assert lines.answers["fits(conv1)"] == "yes"
    assert lines.notes == (f"Line 3 was taken for a remark: `{line}`",)
    assert not lines.unread


@pytest.mark.parametrize(
    "line", ["Q" + "1-999, " * 40_000 + "x", "Q1-999 and " * 27, "1, " * 99 + "no"]
)
def test_many_ranges_of_questions_take_no_time(line: str) -> None:
    start = process_time()
    assert not is_about_others(line, "q1", ["q1", "q2"])
    assert not left_unanswered(line, ["q1", "q2"])
    assert process_time() - start < 2
