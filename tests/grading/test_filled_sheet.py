"""A sheet that comes back with answers on it: those are read, and nothing else of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.filled_sheet import LEAST, Sheet
from shapecalc.grading.graded import Graded
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.question import Assignment
from shapecalc.grading.quiz import make_quiz
from shapecalc.grading.quiz.formats import FORMATS as QUIZ_FORMATS
from shapecalc.grading.submission_file import Found

TWICE = "How many weights: 10, or more?"
ANSWERS = ["32x32x10", "true", "a", "750", "perhaps 3?"]
SHEET = Sheet(
    [("q1", "How many weights are there?"), ("q2", "It is 3x3. How many weights are there?")],
    ["# Sheet 1", "**1.** How many weights are there? (1 point)", "- (a) 10", "- (b) 30"],
)


@pytest.fixture
def assignment() -> Assignment:
    """Return an assignment with a prompt that reads like an answer, and one of choices."""
    found = read_assignment(
        {
            "title": "First convolutions",
            "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5, "P": 2}}, "relu"]},
            "questions": [
                "conv1.output",
                {"id": "q2", "ask": "fits(conv1)", "prompt": "True or false: S = 1 fits."},
                {"id": "which", "ask": "relu1.weights", "prompt": "Count?", "choices": ["0", "4"]},
                {"id": "q4", "ask": "conv1.weights", "prompt": TWICE},
                {"id": "3", "ask": "conv1.receptive_field", "prompt": TWICE},
            ],
        }
    )  # fmt: skip
    assert found.usable, found.diagnostics
    return found


def _graded(assignment: Assignment, folder: Path, text: str) -> Graded:
    path = folder / "handed_in.md"
    path.write_text(text, encoding="utf-8")
    run = grade(assignment, [Found(str(path), "")])
    (found,) = run.graded
    return found


def test_a_sheet_without_answers_has_none(assignment: Assignment, tmp_path: Path) -> None:
    found = _graded(assignment, tmp_path, FORMATS["markdown"](assignment))
    assert [mark.verdict for mark in found.marked.marks] == ["blank"] * 5
    assert not found.notes


@pytest.mark.parametrize("drawn", [False, True])
def test_what_stands_below_the_questions_is_read(
    assignment: Assignment, tmp_path: Path, drawn: bool
) -> None:
    """As a text, and as the page that Markdown draws is copied."""
    text = FORMATS["markdown"](assignment).replace("Name: " + "_" * 40, "Name: Ann Lee")
    for answer in ANSWERS:
        text = text.replace("Answer: " + "_" * 40, f"Answer: {answer} __", 1)
    if drawn:
        text = re.sub(r"[*\\]|#+ |- (?=\()", "", text)
    found = _graded(assignment, tmp_path, text)
    assert found.student == "Ann Lee"
    marks = found.marked.marks
    assert [mark.answer for mark in marks] == ANSWERS
    assert [mark.points for mark in marks[:4]] == [1, 1, 1, 1]
    assert not found.notes


def test_a_text_with_other_questions_is_left_as_it_is() -> None:
    text = "1. How many filters are there?\nAnswer: 5\n- (a) 10\n"
    assert SHEET.without(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("1. How many weights are there? 30", "q1: 30"),
        ("1. How many weights are there? (1 point) 30", "q1: 30"),
        ("1) How many weights are there?\n30, as 3*10", "q1: \n30, as 3*10"),
        (
            "# Sheet 1\n\n## 1\nHow many weights are there?\n\n**Answer:** 27\n\n## 2\n"
            "It is 3x3.\n**a)** How many weights are there? (2 points)\nAnswer: 9",
            "\n\n\nq1: \n\n27\n\n\n\nq2: \n9",
        ),
        # A printed choice below `Answer:` is an answer, and above it is none.
        (
            "**1.** How many weights are there?\n- (a) 10\n- (b) 30\nAnswer:\n(a) 10\n# Sheet 1",
            "q1: \n\n\n\n(a) 10\n",
        ),
        # Which choice is marked is for a person: the line is none of the sheet.
        (
            "**1.** How many weights are there?\n- (a) 10\n- [x] (b) 30",
            "q1: \n\n- [x] (b) 30",
        ),
        (
            "**1.** How many weights are there?\n- (a) 10\n- **(b) 30**\nAnswer: ____",
            "q1: \n\n- **(b) 30**\n",
        ),
    ],
)
def test_line_for_line_the_answers_are_left(text: str, left: str) -> None:
    assert SHEET.without(text) == left


def test_a_short_prompt_is_no_sign_of_a_sheet() -> None:
    prompt = "Output?"
    assert len(prompt) < LEAST
    assert Sheet([("q1", prompt)], [prompt]).without("1. Output?\n5") == "1. Output?\n5"


def test_a_filled_quiz_is_read(tmp_path: Path) -> None:
    """Its questions have a number, or a letter below that, behind what they are about."""
    quiz = make_quiz(seed=3, level=2, count=6)
    text = QUIZ_FORMATS["markdown"](quiz)
    numbers = range(101, 101 + text.count("Answer: ___"))
    for number in numbers:
        text = text.replace("Answer: " + "_" * 40, f"Answer: {number}", 1)
    found = _graded(quiz.assignment, tmp_path, text)
    assert [mark.answer for mark in found.marked.marks] == [str(number) for number in numbers]
    assert not found.notes


@pytest.mark.parametrize("told", ["", " and nothing for each bias that is added"])
def test_a_sheet_that_told_less_of_how_flops_are_counted_is_read(told: str) -> None:
    """The text has ` and nothing for biases` now; a class may hand in what was printed before."""
    asked = "How many operations are there, counting two for each multiply-accumulate{}?"
    now = asked.format(" and nothing for biases")
    sheet = Sheet([("q1", now)], [f"**1.** {now} (1 point)"])
    for text in (asked.format(told), now):
        assert sheet.without(f"**1.** {text} (1 point)\n\nAnswer: 600") == "q1: \n\n600"
