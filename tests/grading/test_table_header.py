"""Which column is which question's, as forms and platforms head them; what is told of others."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from shapecalc.grading import exports
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.columns import Mapped
from shapecalc.grading.exports.feedback import letter
from shapecalc.grading.exports.summary import SUMMARIES
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.prompts import on_the_sheet
from shapecalc.grading.submission_file import Found
from shapecalc.grading.table_header import header_of

VOLUME, COUNT, FITS = (
    "What is the volume behind conv1 (height x width x depth)?",
    "Total number of parameters of conv1",
    "Does the stride of conv1 fit? (yes or no)",
)
PROMPTS = {"volume": VOLUME, "count": COUNT, "fits": FITS}


def questions(*names: str, ids: Sequence[str] = (), **mapped: str) -> dict[str, str]:
    """Return the columns of questions by their ids."""
    prompts = {id_: f"text {id_}" for id_ in ids} or PROMPTS
    header = header_of(names, prompts, Mapped(prompts, mapped))
    return {id_: names[at] for id_, at in header.questions.items()}


@pytest.mark.parametrize(
    "behind", ["", " (1 point)", " (1 point) *", " (required) (2 Points)", "?"]
)
@pytest.mark.parametrize("before", ["", "2. ", "Question 2: ", "Q2) ", "Q 2. ", "4711: "])
@pytest.mark.parametrize("name", [VOLUME, COUNT, FITS])
def test_a_question_is_found_by_its_text(before: str, name: str, behind: str) -> None:
    (id_,) = (id_ for id_, prompt in PROMPTS.items() if prompt == name)
    column = f"{before}{name}{behind}"
    assert questions("Name", column) == {id_: column}


def test_a_text_without_what_stands_in_brackets() -> None:
    assert questions("Does the stride of conv1 fit?") == {"fits": "Does the stride of conv1 fit?"}
    assert not questions("Does the stride of conv2 fit?")


def test_brackets_tell_questions_apart() -> None:
    prompts = {"h": "The output of conv1 (height)", "d": "The output of conv1 (depth)"}
    names = ("The output of conv1 (depth) (1 point)", "The output of conv1 (height)")
    assert header_of(names, prompts, Mapped(prompts)).questions == {"h": 1, "d": 0}
    assert not header_of(["The output of conv1"], prompts, Mapped(prompts)).questions


def test_questions_of_one_text_are_in_their_order() -> None:
    prompts = {"a": "How many parameters?", "b": "Other", "c": "How many parameters?"}
    mapped = Mapped(prompts)
    both = ["How many parameters?", "How many parameters? (1 point)"]
    assert header_of(both, prompts, mapped).questions == {"a": 0, "c": 1}
    assert not header_of(both[:1], prompts, mapped).questions


@pytest.mark.parametrize("word", ["Question", "Q", "Response", "answer", "Frage", "Task"])
def test_numbers_count_questions(word: str) -> None:
    names = [f"{word} {n}" for n in (1, 2, 3)]
    assert questions(*names) == dict(zip(PROMPTS, names, strict=True))
    rephrased = [f"{name}: in other words" for name in names]
    assert questions(*rephrased) == dict(zip(PROMPTS, rephrased, strict=True))


def test_a_mapped_column_leaves_the_others_to_be_found() -> None:
    """By number, by text, or by Canvas' order of those that are left."""
    assert questions("Response 1", "mine", "Response 3", count="mine") == {
        "volume": "Response 1", "count": "mine", "fits": "Response 3",
    }  # fmt: skip
    assert questions(VOLUME, "mine", FITS, count="mine") == {
        "volume": VOLUME, "count": "mine", "fits": FITS,
    }  # fmt: skip
    assert questions("471: x", "mine", "472: y", count="mine") == {
        "volume": "471: x", "count": "mine", "fits": "472: y",
    }  # fmt: skip


def test_a_bare_number_counts_questions_only_where_a_text_shows_it() -> None:
    """Forms number all their fields; the first may ask for a group."""
    assert questions(f"1. {VOLUME}", "2. How many?") == {
        "volume": f"1. {VOLUME}", "count": "2. How many?",
    }  # fmt: skip
    shifted = ["1. Your group", f"2. {VOLUME}", "3. How many?"]
    assert questions(*shifted) == {"volume": shifted[1]}
    assert not questions("1. Your group", "2. Your hobby")


def test_bare_numbers_that_are_those_of_all_questions_count_them() -> None:
    names = ["1. Volume", "2. Parameters (2 points)", "3) Fit?"]
    assert questions("Full name", *names) == dict(zip(PROMPTS, names, strict=True))
    assert questions(*names, ids=("q1", "q2", "q3")) == {
        f"q{number}": name for number, name in enumerate(names, 1)
    }
    # Not where ids have other numbers, where the order is another, or one more is counted.
    assert not questions(*names, ids=("q2", "q1", "q3"))
    assert not questions(*names[::-1])
    assert not questions(*names, "4. Remarks")
    assert not questions(*names[:2])
    assert not questions("1. Full name", "2. Email", "3. Volume")
    assert not questions("1.5", "2.5", "3.5")
    assert questions(*names, count=names[0]) == {"count": names[0]}


def test_numbers_that_contradict_ids_count_nothing() -> None:
    assert questions("q1", "Response 3", ids=("q2", "q1", "q3")) == {"q1": "q1"}


def test_moodle_puts_questions_and_right_answers_beside_responses() -> None:
    names = [f"{what} {n}" for n in (1, 2, 3) for what in ("Question", "Response", "Right answer")]
    assert not header_of(names, PROMPTS, Mapped(PROMPTS)).told.ignored
    assert questions(*names) == {
        "volume": "Response 1", "count": "Response 2", "fits": "Response 3",
    }  # fmt: skip


def test_microsoft_forms() -> None:
    """Beside each question it puts points and feedback, and its own about the attempt."""
    names = ["ID", "Start time", "Completion time", "Email", "Name", "Total points",
             "Quiz feedback", "Grade posted time",
             *(f"{before}{name}" for name in (VOLUME, COUNT, FITS)
               for before in ("", "Points - ", "Feedback - "))]  # fmt: skip
    header = header_of(names, PROMPTS, Mapped(PROMPTS))
    assert {id_: names[at] for id_, at in header.questions.items()} == PROMPTS
    assert not header.told.ignored


# -- what is told ----------------------------------------------------------------------------------


def graded(folder: Path, head: Sequence[str], *rows: Sequence[str], **keys: Any) -> ClassRun:
    file = folder / "form.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([head, *rows])
    asks = {"volume": "conv1.output", "count": "conv1.parameters", "fits": "fits(conv1)"}
    assignment = read_assignment(
        {
            "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]},
            "questions": [{"id": i, "ask": ask, "prompt": PROMPTS[i]} for i, ask in asks.items()],
            **keys,
        }
    )
    return grade(assignment, [Found(str(file), otherwise="form")])


def test_nobody_is_told_to_have_given_no_answer_where_there_is_no_column(tmp_path: Path) -> None:
    head = ["Timestamp", "Email Address", VOLUME, "Your remarks"]
    rows = [["t", "ann@x.org", "28x28x10", "fine"], ["t", "bob@x.org", "", ""]]
    found = graded(tmp_path, head, *rows, columns={"fits": "Fits"})
    ann, bob = found.graded
    assert [mark.verdict for mark in ann.marked.marks] == ["right", *["needs a look"] * 2]
    assert [mark.verdict for mark in bob.marked.marks] == ["blank", *["needs a look"] * 2]
    assert not any("You gave no answer" in mark.feedback for mark in ann.marked.marks)
    assert "has no column for this question" in ann.marked.marks[1].feedback
    assert not ann.notes
    told = exports.render("table", found), SUMMARIES["table"](found)
    for text in told:
        assert text.count("no column was found for questions 2 and 3: their answers need") == 1
        assert text.count("`columns` names Fits, which is no column here") == 1
        assert text.count("columns that answer no question: Your remarks") == 1
    assert found.tally.unread == 4
    (table,) = json.loads(SUMMARIES["json"](found))["tables"]
    assert table == {
        "file": str(tmp_path / "form.csv"),
        "ignored": ["Your remarks"],
        "missing": ["count", "fits"],
        "absent": ["Fits"],
        "twice": [],
        "numbered": "",
    }


def test_whose_columns_are_found_by_numbers_alone_is_told(tmp_path: Path) -> None:
    head = ["Name", "1. Volume", "2. Parameters", "3. Fit?"]
    found = graded(tmp_path, head, ["Ann", "28x28x10", "760", "yes"])
    (ann,) = found.graded
    assert [mark.verdict for mark in ann.marked.marks] == ["right"] * 3
    told = (
        "columns were found by their numbers alone:"
        " 1. Volume is volume, 2. Parameters is count, 3. Fit? is fits"
    )
    for text in (exports.render("table", found), SUMMARIES["table"](found)):
        assert text.count(told) == 1
    (own,) = graded(tmp_path, head[1:], ["28x28x10", "760", "yes"]).graded
    assert told in own.notes


def test_a_student_is_not_told_what_the_author_has_to_write(tmp_path: Path) -> None:
    found = graded(tmp_path, ["Name", "Size", "Parameters"], ["Ann", "28x28x10", "760"])
    (ann,) = found.graded
    assert "write --columns 'volume=ITS COLUMN'" in ann.marked.reason
    texts = ["\n".join(letter(ann, found.assignment.policy))]
    texts += [exports.render(name, found) for name in ("gradescope", "prairielearn")]
    for text in texts:
        assert "--columns" not in text
        assert "could not be matched to the questions" in text
        assert "your teacher has to look at it" in text


def test_columns_that_have_their_use_are_not_told(tmp_path: Path) -> None:
    found = graded(tmp_path, ["name", VOLUME, COUNT, FITS], ["Ann", "28x28x10", "760", "yes"])
    assert not found.tally.tables
    assert "Columns" not in exports.render("table", found)


def test_a_students_own_table_is_blank_where_it_answers_nothing(tmp_path: Path) -> None:
    """Without a column that may be meant for it; otherwise a person has to look."""
    (found,) = graded(tmp_path, [VOLUME, COUNT], ["28x28x10", "760"]).graded
    assert found.marked.marks[2].verdict == "blank"
    (found,) = graded(tmp_path, [VOLUME, "Stride ok?"], ["28x28x10", "yes"]).graded
    assert [mark.verdict for mark in found.marked.marks[1:]] == ["needs a look"] * 2
    assert "no question is called Stride ok?" in found.notes[0]
    (found,) = graded(tmp_path, [VOLUME, FITS, "Total"], ["28x28x10", "yes", "760"]).graded
    assert found.marked.marks[1].verdict == "needs a look"


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("What is your name?", "name"),
        ("Your full name (first and last)", "name"),
        ("Name (as in Moodle)", "name"),
        ("Student's name", "name"),
        ("Please enter your e-mail address", "email"),
        ("Student ID number", "id number"),
        ("Matrikelnummer", "id number"),
        ("Filename of your code", None),
        ("Name of the layer, your guess", None),
    ],
)
def test_forms_ask_who_answers_in_words_of_their_own(column: str, told: str | None) -> None:
    header = header_of([column, VOLUME], PROMPTS, Mapped(PROMPTS))
    assert header.people == ({told: 0} if told else {})
    assert header.unknown == ({} if told else {column: 0})


def test_a_question_about_a_name_is_a_question() -> None:
    prompts = {"q": "What is your name for a 1x1 convolution?"}
    header = header_of([*prompts.values(), "Name"], prompts, Mapped(prompts))
    assert (header.questions, header.people) == ({"q": 0}, {"name": 1})


def test_rows_of_nobody_say_what_to_write(tmp_path: Path) -> None:
    rows = [["t", "28x28x10", "Ann"], ["t", "28x28x10", "Bob"]]
    head = ["Timestamp", VOLUME, "Who?"]
    (found,) = graded(tmp_path, head, *rows).graded
    assert "no column tells whose they are: write --columns 'student=ITS COLUMN'" in (
        found.marked.reason
    )
    ann, bob = graded(tmp_path, head, *rows, columns={"student": "Who?"}).graded
    assert (ann.student, bob.student) == ("Ann", "Bob")


def test_a_table_without_a_row_is_not_gradable(tmp_path: Path) -> None:
    (found,) = graded(tmp_path, ["name", VOLUME]).graded
    assert "no row under the header" in found.marked.reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Question 1" + " " * 3000 + ".", "()" * 2000, "(" * 4000])
def test_hostile_headers_take_no_time(name: str) -> None:
    """A row of 1 MB holds 250 of them; blanks before a full stop once took over a minute."""
    start = process_time()
    header_of([name] * 250, PROMPTS, Mapped(PROMPTS))
    assert process_time() - start < 20


@pytest.mark.parametrize("before", ["", "2. "])
def test_a_text_is_found_as_it_stands_on_a_sheet(tmp_path: Path, before: str) -> None:
    """Its network stands in front of it there; 28 - 5 + 1 = 24, 32 - 3 + 1 = 30."""
    own = "What is the output of conv1?"
    specs: list[Any] = [
        {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}]},
        {"input": "32x32x3", "layers": [{"conv": {"K": 12, "F": 3}}]},
    ]
    asked = [
        {"id": id_, "spec": spec, "ask": "conv1.output", "prompt": own}
        for id_, spec in zip("ab", specs, strict=True)
    ]
    assignment = read_assignment({"questions": asked})
    texts = on_the_sheet(assignment.questions)
    assert texts["b"] == f"Network 2. {own}"
    head = ["Name", f"{before}{texts['b']} (1 point)", texts["a"]]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, ["Ann", "30x30x12", "24x24x10"]])
    (ann,) = grade(assignment, [Found(str(path))]).graded
    assert [mark.verdict for mark in ann.marked.marks] == ["right", "right"]
