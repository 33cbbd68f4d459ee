"""shapecalc regrade: who changes once a key is corrected, and what is no gradebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
NETWORK = "input: 32x32x3\nlayers:\n  - conv: {K: 10, F: 5, P: 2}\n"
HOMEWORK = """spec: net.yaml
questions:
  - {id: q1, ask: conv1.output}
  - {id: q2, ask: conv1.parameters%s}
"""


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """Return a folder with a class of three, and its marks."""
    (tmp_path / "net.yaml").write_text(NETWORK)
    (tmp_path / "hw.yaml").write_text(HOMEWORK % "")
    (tmp_path / "class").mkdir()
    for name, count in (("ann", 760), ("bob", 750), ("eve", 7)):
        text = f"q1: 32x32x10\nq2: {count}\n"
        (tmp_path / "class" / f"{name}.yaml").write_text(text)
    assert run("grade", "hw.yaml", "class", "--format", "csv", "-o", "old.csv").exit_code == 0
    return tmp_path


def test_who_gains_by_an_answer_that_is_accepted(run: Run, folder: Path) -> None:
    """760 is right, 750 lacks the biases; without a change nobody changes."""
    assert run("regrade", "old.csv", "hw.yaml", "class").stdout == (
        "no points change (3 students, mean 1.33)\n"
    )
    (folder / "hw.yaml").write_text(HOMEWORK % ", accept: 750")
    result = run("regrade", "old.csv", "hw.yaml", "class")
    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
points change for 1 of 3 students: 1 up, 0 down; mean 1.33 before, 1.67 now
single answers: 1 up (q2: 1), 0 down

student    question      before    now
---------  ----------  --------  -----
bob        q2                 0      1
bob        total              1      2
"""
    )
    assert result.stderr == (
        "shapecalc: hw.yaml: question 2 accepts 750, which a mistake gives, so that it counts as"
        " right: the biases were forgotten: 5*5*3*10 = 750 (forgot_bias)\n"
    )
    text = run("regrade", "old.csv", "hw.yaml", "class", "--format", "csv").stdout
    assert text == "student,id,question,before,after\nbob,,q2,0,1\nbob,,total,1,2\n"


def test_who_loses_and_which_points_are_others(run: Run, folder: Path) -> None:
    (folder / "hw.yaml").write_text(HOMEWORK % ", points: 0.5")
    text = run("regrade", "old.csv", "hw.yaml", "class").stdout
    assert text.startswith(
        "points change for 1 of 3 students: 0 up, 1 down; mean 1.33 before, 1.17 now\n"
    )
    assert "points of q2: 1 before, 0.5 now\npoints of total: 2 before, 1.5 now\n" in text


def test_an_answer_that_loses_is_told_where_the_student_gains(run: Run, folder: Path) -> None:
    """One answer is worth 2 points more, and another one no longer its point."""
    old = (folder / "old.csv").read_text().splitlines()
    head = old[0].split(",")
    rows = [line.split(",") for line in old]
    ann = next(row for row in rows if row[0] == "ann")
    for column, points in (("q1", "0"), ("q2", "2"), ("total", "2")):
        ann[head.index(column)] = points
    (folder / "other.csv").write_text("\n".join(map(",".join, rows)) + "\n")
    text = run("regrade", "other.csv", "hw.yaml", "class").stdout
    assert text.splitlines()[:2] == [
        "points change for 1 of 3 students: 0 up, 0 down, 1 with the same total;"
        " mean 1.33 before, 1.33 now",
        "single answers: 1 up (q1: 1), 1 down (q2: 1)",
    ]


def test_each_way_names_its_questions(run: Run, folder: Path) -> None:
    """The key's depth was wrong and nobody had q1; q2 took 750, which Bob alone has."""
    old = "student,q1,q2,total\nPoints Possible,1,1,2\nann,0,1,1\nbob,0,1,1\neve,0,0,0\n"
    (folder / "other.csv").write_text(old)
    text = run("regrade", "other.csv", "hw.yaml", "class").stdout
    assert text.splitlines()[:2] == [
        "points change for 3 of 3 students: 2 up, 0 down, 1 with the same total;"
        " mean 0.67 before, 1.33 now",
        "single answers: 3 up (q1: 3), 1 down (q2: 1)",
    ]


def test_questions_are_named_in_their_order_whoever_changes_first(run: Run, folder: Path) -> None:
    old = "student,q1,q2,total\nPoints Possible,1,1,2\nann,1,0,1\nbob,0,0,0\neve,1,0,1\n"
    (folder / "other.csv").write_text(old)
    text = run("regrade", "other.csv", "hw.yaml", "class").stdout
    assert "\nsingle answers: 2 up (q1: 1, q2: 1), 0 down\n" in text


def test_points_so_far_are_compared_where_an_answer_is_open(run: Run, folder: Path) -> None:
    """Ann has 2 points and Eve 1; Bob, whose q1 cannot be read, 0 so far, and 1 once 750 is
    accepted: the means are 3/3 and 4/3.
    """
    (folder / "class" / "bob.yaml").write_text("q1: see page 2\nq2: 750\n")
    assert run("grade", "hw.yaml", "class", "--format", "csv", "-o", "open.csv").exit_code == 0
    told = (
        "1 student has, or had, an answer that needs a look:"
        " for that one the totals are the points so far\n"
    )
    assert run("regrade", "open.csv", "hw.yaml", "class").stdout == (
        f"no points change (3 students, mean 1.00)\n{told}"
    )
    (folder / "hw.yaml").write_text(HOMEWORK % ", accept: 750")
    text = run("regrade", "open.csv", "hw.yaml", "class").stdout
    assert text.startswith(
        f"points change for 1 of 3 students: 1 up, 0 down; mean 1.00 before, 1.33 now\n"
        f"single answers: 1 up (q2: 1), 0 down\n{told}"
    )
    assert "bob        total so far         0      1\n" in text


def test_points_so_far_are_of_those_alone_whose_answers_are_open(run: Run, folder: Path) -> None:
    """The totals of Ann are whole ones."""
    for name in ("bob", "eve"):
        (folder / "class" / f"{name}.yaml").write_text("q1: see page 2\nq2: 750\n")
    assert run("grade", "hw.yaml", "class", "--format", "csv", "-o", "open.csv").exit_code == 0
    assert run("regrade", "open.csv", "hw.yaml", "class").stdout.endswith(
        "\n2 students have, or had, answers that need a look:"
        " for those 2 the totals are the points so far\n"
    )


def test_both_means_are_of_the_same_students(run: Run, folder: Path) -> None:
    """Ann, 2 of 2, cannot be read any more: of Bob and Eve, 1 each, the mean stays."""
    (folder / "class" / "ann.yaml").write_text("[")
    text = run("regrade", "old.csv", "hw.yaml", "class").stdout
    assert text.startswith(
        "points change for 1 of 3 students: 0 up, 1 down; mean 1.00 before, 1.00 now"
        ", of the 2 who are graded both times\n"
    )


def test_who_is_new_gone_or_not_gradable_any_more_is_told(run: Run, folder: Path) -> None:
    (folder / "class" / "ann.yaml").write_text("[")
    (folder / "class" / "bob.yaml").rename(folder / "class" / "joe.yaml")
    text = run("regrade", "old.csv", "hw.yaml", "class").stdout
    assert "ann        total              2   none" in text
    assert text.endswith("\nnew: joe\n\ngone: bob\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no columns student and total"),
        (b"a,b\n1,2\n", "no columns student and total"),
        (b"student,total\nann,2\n", "no row Points Possible"),
        (b"student,total\xff\n", "not a CSV in UTF-8"),
        (b'student,total\n"' + b"x" * 200_000, "not a CSV in UTF-8"),
        (None, "No such file"),
    ],
)
def test_what_is_no_gradebook_is_2(run: Run, folder: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        (folder / "other.csv").write_bytes(content)
    result = run("regrade", "other.csv", "hw.yaml", "class")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("shapecalc: other.csv: ")
    assert why in result.stderr


def test_the_older_marks_are_not_written_over(run: Run, folder: Path) -> None:
    result = run("regrade", "old.csv", "hw.yaml", "class", "-o", "old.csv", "--force")
    assert result.exit_code == 2
    assert "would overwrite a file that is read" in result.stderr


def test_columns_without_a_question_are_told_beside_the_marks(run: Run, folder: Path) -> None:
    """A gradebook and its changes have no place for that."""
    (folder / "form.csv").write_text("name,q1,the second\nann,32x32x10,760\n")
    told = "form.csv: no column was found for question 2: its answers need a look"
    graded = run("grade", "hw.yaml", "form.csv", "--format", "csv")
    again = run("regrade", "old.csv", "hw.yaml", "form.csv")
    for result in (graded, again):
        assert result.exit_code == 0
        assert told in result.stderr
        assert told not in result.stdout
    found = run("grade", "hw.yaml", "form.csv", "--format", "csv", "--columns", "q2=the second")
    assert "no column" not in found.stderr
