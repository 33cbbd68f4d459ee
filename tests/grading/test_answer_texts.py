"""Lines of text that begin with a number alone, and a first line that may be a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc.grading.answer_texts import first_of
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.graded import Graded
from shapecalc.grading.submission_file import Found

ALL = [
    {"id": "q1", "ask": "conv1.output"},
    {"id": "q2", "ask": "conv1.parameters"},
    {"id": "q3", "ask": "fits(conv1)"},
    {"id": "q4", "ask": "fitting(input)"},
    {"id": "q5", "ask": "total.parameters"},
]
SHEET = {
    "spec": {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 2}]},
    "questions": ALL,
}


def graded(path: Path, text: str) -> Graded:
    path.write_text(text, encoding="utf-8")
    (found,) = grade(read_assignment(SHEET), [Found(str(path), otherwise="stem")]).graded
    return found


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("q1: 24x24x10\n4) 65x65\n", {"q1": "24x24x10", "q4": "65x65"}),
        ("q1: 24x24x10\n4. 65\n", {"q1": "24x24x10", "q4": "65"}),
        ("q5: 12282\n2) 760\n3) yes\n", {"q2": "760", "q3": "yes", "q5": "12282"}),
        ("2. 760\nq3: yes\n", {"q2": "760", "q3": "yes"}),
        ("q3:\n4. 65x65\n", {"q4": "65x65"}),
        ("q1: 24x24x10\n4) idk\n", {"q1": "24x24x10", "q4": "idk"}),
        # What no such question can have for an answer, steps, and numbers that are answered.
        ("q1: 24x24x10\n3) 65x65\n", {"q1": "24x24x10"}),
        ("q1: 24x24x10\n2) as in the lecture\n", {"q1": "24x24x10"}),
        ("q2: 760\n1) 24x24\n", {"q2": "760"}),
        ("q5: 12282\n1. 24x24x10\n2. 760\n", {"q5": "12282"}),
        ("q1: 24x24x10\nq3: yes\n3. 760\n4. 11522\n", {"q1": "24x24x10", "q3": "yes"}),
        ("q1: 24x24x10\n5 = 2 + 3\n", {"q1": "24x24x10"}),
        ("q3: yes\n2.5\n", {"q3": "yes"}),
        ("q1: 24x24x10\n4) 65x65\n4) 66x66\n", {"q1": "24x24x10"}),
    ],
)
def test_a_number_alone_counts_where_its_question_has_no_other_line(
    tmp_path: Path, text: str, given: dict[str, str]
) -> None:
    found = graded(tmp_path / "a.txt", text)
    assert {mark.id: mark.answer for mark in found.marked.marks if mark.answer} == given
    lost = [note for note in found.notes if "was not read" in note]
    looked_at = [mark for mark in found.marked.marks if mark.unread]
    assert bool(lost) is bool(looked_at)
    assert len(given) + len(lost) == len(text.splitlines()) - text.count(":\n")


def test_a_line_that_was_read_by_its_number_alone_is_told(tmp_path: Path) -> None:
    found = graded(tmp_path / "a.txt", "Name: Ben\nq1: 24x24x10\n4) 65x65\n")
    assert found.notes == ("Line 3 was read as the answer to question 4",)


@pytest.mark.parametrize(
    "text",
    [
        "# Dmitri Petrov\n\nq1: 24x24x10\n",
        "Dmitri Petrov\nq1: 24x24x10\n",
        "# Dmitri Petrov\n\n| question | answer |\n|---|---|\n| q1 | 24x24x10 |\n",
    ],
)
def test_a_first_line_that_may_be_a_name_is_told_and_no_name(tmp_path: Path, text: str) -> None:
    """A title of letters alone, `Deep Learning`, looks the same."""
    found = graded(tmp_path / "a.md", text)
    assert found.marked.student == "stem"
    (note,) = found.notes
    assert note.startswith("The first line, `Dmitri Petrov`, was not taken as a name")
    named = graded(tmp_path / "b.md", text.replace("\n", "\nName: Ann\n", 1))
    assert (named.marked.student, named.notes) == ("Ann", ())


def test_a_name_of_one_word_leaves_no_doubt_about_a_blank(tmp_path: Path) -> None:
    found = graded(tmp_path / "a.txt", "Jon\nq1: 24x24x10\n")
    assert [mark.verdict for mark in found.marked.marks][:2] == ["right", "blank"]
    assert found.notes == (
        "The first line, `Jon`, was not taken as a name: write `Name: Jon` for that",
    )


@pytest.mark.parametrize("line", ["Yes", "False", "Same", "Sixteen", "jon", "24x24x10", "B"])
def test_a_first_word_that_may_be_an_answer_is_no_name(tmp_path: Path, line: str) -> None:
    found = graded(tmp_path / "a.txt", f"{line}\nq1: 24x24x10\n")
    assert found.marked.marks[1].verdict == "needs a look"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("# Emil Sørensen, assignment 3", "Emil Sørensen, assignment 3"),
        ("## Emil Sørensen - Homework 3", "Emil Sørensen - Homework 3"),
        ("# Emil Sørensen: Lab 2 (CNNs)", "Emil Sørensen: Lab 2 (CNNs)"),
        ("**Emil Sørensen** (s204711)", "Emil Sørensen (s204711)"),
        ("Emil Sørensen, assignment 3", "Emil Sørensen, assignment 3"),
    ],
)
def test_a_name_beside_which_sheet_it_is_is_told_as_well(
    tmp_path: Path, line: str, written: str
) -> None:
    found = graded(tmp_path / "a.md", f"{line}\n\nq1: 24x24x10\n")
    assert found.marked.student == "stem"
    told = f"The first line, `{written}`, was not taken as a name: write `Name: Emil Sørensen` for"
    assert any(note.startswith(told) for note in found.notes), found.notes


@pytest.mark.parametrize(
    "line",
    ["# Homework 3", "# Answers", "# Solutions to sheet three", "# Homework 3: Residual Networks",
     "# Assignment 3, shapes and counts of a residual network", "# Lab 2 - Ana Diaz's class",
     "# Week 3, homework 2"],
)  # fmt: skip
def test_a_title_is_told_as_no_name(tmp_path: Path, line: str) -> None:
    assert not graded(tmp_path / "a.md", f"{line}\nq1: 24x24x10\n").notes


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("q2: 5*5*3*10 = 750\n750 + 10 = 760\nq3: yes\n", "needs a look"),
        ("q2: weights 750\nbiases 10\nq3: yes\n", "needs a look"),
        ("q2:\n1) 5*5*3 = 75\n2) 750 + 10 = 760\nq3: yes\n", "needs a look"),
        ("q2: 750\nq3: yes\n750 + 10\n", "wrong"),  # below another one
        ("q2: 750\nQuestion 12: 5x5\n", "wrong"),
        ("q2: 750\nI forgot nothing\n", "wrong"),
        ("q2: 750\nsee my page 10\n", "wrong"),
        ("q2: 750\n12) 5x5\n", "wrong"),
        ("q2: 760\nthat is 750 + 10\n", "right"),
    ],
)
def test_a_wrong_answer_with_numbers_below_it_is_for_a_person(
    tmp_path: Path, text: str, verdict: str
) -> None:
    """5*5*3*10 + 10 = 760; who stops reading after the first line sees 750, without the biases."""
    assert graded(tmp_path / "a.txt", text).marked.marks[1].verdict == verdict


def test_what_follows_from_an_answer_for_a_person_still_follows(tmp_path: Path) -> None:
    """Without the biases 750, and 750 + 24*24*10*2 + 2 = 12,272 in all."""
    found = graded(tmp_path / "a.txt", "q2: 750\nwith biases 760\nq5: 12272\n").marked.marks
    assert [found[1].verdict, found[4].verdict] == ["needs a look", "followed through"]


TABLE = "| Q | answer | working |\n|---|---|---|\n"


@pytest.mark.parametrize(
    ("text", "given", "twice"),
    [
        (
            "1) 24x24x10\n2) 760\n5) 12282\n\nq5: 5\n",
            {"q1": "24x24x10", "q2": "760", "q5": "12282"},
            "q5 is answered twice: 12282 counted, 5 did not",
        ),
        (
            "q5: 5\n\n1) 24x24x10\n2) 760\n5) 12282\n",
            {"q1": "24x24x10", "q2": "760", "q5": "5"},
            "q5 is answered twice: 5 counted, 12282 did not",
        ),
        (
            f"{TABLE}| 1 | 24x24x10 | 28-5+1 |\n| 2 | see paper | |\n| 3 | yes | |\n| 4 | | |\n"
            "| 5 | 12282 | |\n\nq 5 is 5\n",
            {"q1": "24x24x10   28-5+1", "q2": "see paper", "q3": "yes", "q5": "12282"},
            "q5 is answered twice: 12282 counted, is 5 did not",
        ),
    ],
)
def test_a_question_answered_by_its_number_and_by_its_id_costs_no_other_line(
    tmp_path: Path, text: str, given: dict[str, str], twice: str
) -> None:
    found = graded(tmp_path / "a.md", text)
    assert {mark.id: mark.answer for mark in found.marked.marks if mark.answer} == given
    assert twice in found.notes
    assert not [note for note in found.notes if "was not read" in note]


def test_a_row_that_is_not_read_is_told_as_it_is_written(tmp_path: Path) -> None:
    text = f"q1: 24x24x10\n\n{TABLE}| 1 | 45x45x24 | 48 - 4 + 1 |\n"
    found = graded(tmp_path / "a.md", text)
    assert found.notes == ("Line 5 was not read: `| 1 | 45x45x24 | 48 - 4 + 1 |`",)


@pytest.mark.parametrize("heading", ["# {}", "## {}", "## {}.", "### {})", "## **{}**", "# {} #"])
@pytest.mark.parametrize("title", ["", "# Homework 3\n\n"])
def test_a_number_alone_in_a_heading_is_a_questions(
    tmp_path: Path, title: str, heading: str
) -> None:
    answers = ("24x24x10", "760", "yes")
    parts = [f"{heading.format(n)}\n\n{answer}\n" for n, answer in enumerate(answers, 1)]
    found = graded(tmp_path / "a.md", title + "\n".join(parts))
    given = {mark.id: mark.answer for mark in found.marked.marks if mark.answer}
    assert given == dict(zip(("q1", "q2", "q3"), answers, strict=True))
    assert not [note for note in found.notes if "not read" in note]


def test_a_number_in_a_heading_is_no_answer_beside_ids(tmp_path: Path) -> None:
    found = graded(tmp_path / "a.md", "## 2\nq1: 24x24x10\nq2: 760\n## 2024\nq3: yes\n")
    given = {mark.id: mark.answer for mark in found.marked.marks if mark.answer}
    assert given == {"q1": "24x24x10", "q2": "760", "q3": "yes"}


@pytest.mark.parametrize(
    "line", ["Anna Berg, homework 2", "Anna Berg (s204711)", "Dmitri, group 4"]
)
def test_a_name_beside_which_sheet_it_is_is_told_once(tmp_path: Path, line: str) -> None:
    found = graded(tmp_path / "a.txt", f"{line}\n\n1. 24x24x10\n2. 760\n")
    (note,) = (note for note in found.notes if line in note)
    assert "was not taken as a name" in note
    assert not [mark for mark in found.marked.marks if mark.unread]


@pytest.mark.parametrize(
    "title",
    ["# Exercise 4", "# Exercise 4: shapes and counts", "Exercise 4 - my solutions", "Problem 2"],
)
@pytest.mark.parametrize("third", ["(b)", "b", "(a) yes"])
def test_a_title_with_a_number_is_no_answer(tmp_path: Path, title: str, third: str) -> None:
    chosen = [{**q, "choices": ["yes", "no"]} if q["id"] == "q3" else q for q in ALL]
    assignment = read_assignment({**SHEET, "questions": chosen})
    text = f"{title}\n\nName: Ann Lee\n\n1. 24x24x10\n2. 760\n3. {third}\n4. 65x65\n5. 12282\n"
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    (found,) = grade(assignment, [Found(str(path))]).graded
    assert found.student == "Ann Lee"
    answers = [mark.answer for mark in found.marked.marks]
    assert answers == ["24x24x10", "760", third, "65x65", "12282"]
    assert not found.notes


def test_a_title_may_stand_below_the_name(tmp_path: Path) -> None:
    answers = "1. 24x24x10\n2. 760\n3. yes\n4. 65x65\n5. 12282\n"
    found = graded(tmp_path / "a.txt", f"Name: Ann Lee\nExercise 3\n\n{answers}")
    assert [mark.answer for mark in found.marked.marks][2:] == ["yes", "65x65", "12282"]
    assert (found.student, found.notes) == ("Ann Lee", ())


def test_an_answer_above_all_is_no_title(tmp_path: Path) -> None:
    """What can be an answer is one, and so is what has no other line, in whatever words."""
    found = graded(tmp_path / "a.txt", "Exercise 2: 760\n1. 24x24x10\n3. yes\n")
    assert [mark.answer for mark in found.marked.marks] == ["24x24x10", "760", "yes", "", ""]
    found = graded(tmp_path / "b.txt", "Exercise 4: see the photo\n1. 24x24x10\n2. 760\n3. yes\n")
    assert found.marked.marks[3].unread


@pytest.mark.parametrize(
    ("below", "verdict"), [("= 750", "wrong"), ("in all 750.", "wrong"), ("= 760", "needs a look")]
)
def test_a_result_below_that_says_the_same_leaves_nothing_to_look_at(
    tmp_path: Path, below: str, verdict: str
) -> None:
    found = graded(tmp_path / "a.txt", f"q1: 24x24x10\nq2: 750\n{below}\nq3: yes\n")
    assert found.marked.marks[1].verdict == verdict


def test_a_title_with_a_number_and_a_name_below_it_leave_the_answer_in_its_place(
    tmp_path: Path,
) -> None:
    text = "# Exercise 4\n**Ann Lee**, 27 November\n\n1. `24x24x10`, as F = 5\n2. 760\n4. 65x65\n"
    found = graded(tmp_path / "a.md", text)
    answers = [mark.answer for mark in found.marked.marks]
    assert answers == ["24x24x10, as F = 5", "760", "", "65x65", ""]
    assert not [note for note in found.notes if "twice" in note]


@pytest.mark.parametrize(
    ("below", "told"),
    [
        ("I was not sure if there is more to do.", "taken for a remark, not for a second answer"),
        ("I think it is 8", "q1 is answered twice"),
        ("the second one", "q1 is answered twice"),
    ],
)
def test_a_sentence_without_a_number_is_no_second_answer(below: str, told: str) -> None:
    found, (note,) = first_of([("q1", "7"), ("q1", below)])
    assert found == {"q1": "7"}
    assert told in note
    assert below in note
