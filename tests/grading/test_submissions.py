"""Answer files: what is read from them, and that hostile ones are refused in little time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shapecalc.grading.submission_file import Found, Submission, clean
from shapecalc.grading.submissions import read_submissions

IDS = ("q1", "q2", "conv1.output")
ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


def read(path: Path, content: str | bytes, ids: tuple[str, ...] = IDS) -> list[Submission]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_submissions(Found(str(path), otherwise="stem"), ids))


def one(path: Path, content: str | bytes, ids: tuple[str, ...] = IDS) -> Submission:
    (submission,) = read(path, content, ids)
    return submission


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "# Homework 3: Convolutions\n\nq1: 32x32x10\nq2: 760\n",
        "Homework 3\nName: Ann\nq1: 32x32x10\nq2: 760\n",
        "CS231n Assignment 1\nAnn Lee, group of two\n\nq1: 32x32x10\nq2: 760\n",
        "Student ID: 4711\nDate: 20.11.2026\nq1: 32x32x10\n## Part two\nq2: 760\n",
        "# Answers\n## q1\n32x32x10\n## q2\n760\n",
    ],
)
def test_a_heading_and_what_tells_of_the_student_is_no_line_that_was_not_read(
    tmp_path: Path, text: str
) -> None:
    found = one(tmp_path / "a.md", text)
    assert found.answers == {"q1": "32x32x10", "q2": "760"}
    assert (found.notes, found.unread) == ((), False)


@pytest.mark.parametrize("line", ["Thank you!", "(sorry for being late!)", "Kind regards, Ann"])
def test_a_word_to_the_reader_makes_no_blank_doubtful(tmp_path: Path, line: str) -> None:
    found = one(tmp_path / "a.txt", f"q1: 32x32x10\n{line}\nq2: 760\n{line}\n")
    assert found.answers == {"q1": "32x32x10", "q2": "760"}
    assert (found.notes, found.unread) == ((), False)


@pytest.mark.parametrize("line", ["Sorry, see the photo", "Thanks: 32x32x10", "K * C * F * F + K"])
def test_what_may_say_more_is_no_word_to_the_reader(tmp_path: Path, line: str) -> None:
    assert one(tmp_path / "a.txt", f"q1: 32x32x10\n{line}\n").unread


@pytest.mark.parametrize(
    "line", ["conv: 32x32x10", "# conv: 5", "32x32x10", "I think yes", "yes", "volume 760", "Q9: 7"]
)
def test_what_may_be_an_answer_is_no_heading(tmp_path: Path, line: str) -> None:
    found = one(tmp_path / "a.txt", f"{line}\nq2: 760\n")
    assert found.notes == (f"Line 1 was not read: `{line}`",)
    assert found.unread


@pytest.mark.parametrize("line", ["Name: Ann", "# Name: Ann", "**Name:** Ann", "Submitted by: Ann"])
def test_a_line_with_a_name_names_who_answered_unless_a_platform_does(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "a.md"
    assert one(path, f"{line}\nq1: 5\n").student == "Ann"
    (found,) = read_submissions(Found(str(path), "Bob"), IDS)
    assert found.student == "Bob"


@pytest.mark.parametrize(
    "table",
    [
        "| question | answer |\n|----------|:------:|\n| q1 | 32x32x10 |\n| q2 | 760 |\n",
        "question | answer\n--- | ---\nq1 | 32x32x10\nq2 | 760\n",
        "| q1 | 32x32x10 |\n|---|---|\n| **q2** | `760` |\n",
        "| # | Question | My answer | Points |\n|-|-|-|-|\n| Q1 | How large? | 32x32x10 | 1 |\n"
        "| Q2 | How many? | 760 | 2 |\n",
        "| q1 | q2 |\n|---|---|\n| 32x32x10 | 760 |\n",
        "| name | q1 | q2 |\n|---|---|---|\n| Ann | 32x32x10 | 760 |\n",
    ],
)
def test_a_table_in_markdown_has_rows_as_a_csv_has(tmp_path: Path, table: str) -> None:
    found = one(tmp_path / "a.md", f"# Homework\n\nName: Ann\n\n{table}\nconv1.output: 5x5x5\n")
    assert found.answers == {"q1": "32x32x10", "q2": "760", "conv1.output": "5x5x5"}
    assert (found.student, found.notes, found.unread) == ("Ann", (), False)


@pytest.mark.parametrize(
    "table",
    [
        "| question | answer |\n|---|---|\n| 1 | 32x32x10 |\n| 2 |  |\n| conv1.output | &nbsp; |\n",
        "| # | asked | answer |\n|---|---|---|\n| 1 | size? | 32x32x10 |\n"
        "| 2 | count? | |\n| conv1.output |\n",
        "| q1 | 32x32x10 |\n|---|---|\n| q2 | |\n| conv1.output | |\n",
    ],
)
def test_an_empty_cell_of_a_table_in_markdown_is_a_blank(tmp_path: Path, table: str) -> None:
    found = one(tmp_path / "a.md", f"Name: Ann\n\n{table}\n")
    assert found.answers["q1"] == "32x32x10"
    assert (found.answers["q2"], found.answers["conv1.output"]) == ("", "")
    assert (found.notes, found.unread) == ((), False)
    below = one(tmp_path / "a.md", f"{table}\nsee page 2\n")
    assert below.unread
    assert all("page" not in answer for answer in below.answers.values())


@pytest.mark.parametrize(
    "rows",
    [
        "<thead><tr><th>Question</th><th>Answer</th></tr></thead><tbody><tr><td>q1</td>"
        "<td><p>32x32x10<br></p></td></tr><tr><td><b>q2</b></td><td> </td></tr></tbody>",
        "<tr><td>q1<td>32x32x10<tr><td>q2<td>&nbsp;",
        "\n<tr><th>q1</th>\n<th>q2</th></tr>\n<tr><td>32x32x10</td>\n<td></td></tr>\n",
    ],
)
def test_a_table_in_html_is_read_as_one_in_markdown(tmp_path: Path, rows: str) -> None:
    text = f"<p>Name: Ann</p><TABLE border=1>{rows}</table><p>conv1.output: 5x5x5</p>"
    found = one(tmp_path / "a.html", text)
    assert found.answers == {"q1": "32x32x10", "q2": "", "conv1.output": "5x5x5"}
    assert (found.student, found.notes, found.unread) == ("Ann", (), False)


@pytest.mark.parametrize("tag", ["<table>", "<td", "<tr><td>", "</td>", "<table><td>"])
def test_tables_of_html_that_never_end_take_little_time(tmp_path: Path, tag: str) -> None:
    start = time.monotonic()
    assert one(tmp_path / "a.html", f"q1: 5\n<td>{tag * 20_000}").answers["q1"].startswith("5")
    assert time.monotonic() - start < 5


def test_a_class_in_a_table_of_markdown(tmp_path: Path) -> None:
    rows = "| name | q1 | q2 |\n|---|---|---|\n| Ann | 1 | 2 |\n| Bob | 3 | 4 |\n"
    found = read(tmp_path / "a.md", rows)
    assert [(item.student, item.answers["q2"]) for item in found] == [("Ann", "2"), ("Bob", "4")]


def test_what_stands_beside_a_table_is_told_where_it_was_not_read(tmp_path: Path) -> None:
    table = "| q1 | q2 |\n|---|---|\n| 32x32x10 | 760 |\n"
    found = one(tmp_path / "a.md", f"{table}\nconv: 5x5x5\n")
    assert (found.notes, found.unread) == (("Line 5 was not read: `conv: 5x5x5`",), True)


def test_a_csv_with_more_columns_than_the_answer(tmp_path: Path) -> None:
    text = "question,text,answer,points\nq1,How large?,32x32x10,1\nq2,How many?,760,2\n"
    assert one(tmp_path / "a.csv", text).answers == {"q1": "32x32x10", "q2": "760"}


# -- YAML and JSON ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "student: Ann\nq1: 32x32x10\nq2: 760\n"),
        ("a.yml", "student: Ann\nanswers: {q1: 32x32x10, q2: 760}\n"),
        ("a.json", '{"student": "Ann", "q1": "32x32x10", "q2": 760}'),
        ("A.JSON.json", '\ufeff{"student": "Ann", "answers": {"q1": "32x32x10", "q2": 760}}'),
        ("a.csv", "student,q1,q2\nAnn,32x32x10,760\n"),
    ],
)
def test_every_form_gives_raw_answers_and_the_student(tmp_path: Path, name: str, text: str) -> None:
    found = one(tmp_path / name, text)
    assert found.reason == ""
    assert found.student == "Ann"
    assert {key: str(value) for key, value in found.answers.items()} == {
        "q1": "32x32x10",
        "q2": "760",
    }
    assert found.file == str(tmp_path / name)


def test_without_a_student_the_file_is_named_by_what_was_found(tmp_path: Path) -> None:
    assert one(tmp_path / "a.yaml", "q1: 1\n").student == "stem"
    assert one(tmp_path / "a.yaml", "student: [1]\nq1: 1\n").student == "stem"
    assert one(tmp_path / "a.yaml", "student: 4711\nq1: 1\n").student == "4711"
    assert one(tmp_path / "a.csv", "q1,q2\n1,2\n").student == "stem"


def test_a_platform_is_believed_more_than_the_file(tmp_path: Path) -> None:
    for name, text in [("a.yaml", "student: Eve\nq1: 1\n"), ("a.csv", "name,q1\nEve,1\n")]:
        path = tmp_path / name
        path.write_text(text)
        (found,) = read_submissions(Found(str(path), "Bob", "7"), IDS)
        assert (found.student, found.identity) == ("Bob", "7")


def test_a_students_own_table_has_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("student,q1\nAnn,1\nBob,2\n")
    (found,) = read_submissions(Found(str(path), "Eve"), IDS)
    assert "several rows" in found.reason
    assert found.student == "Eve"


def test_a_question_may_be_called_like_a_key(tmp_path: Path) -> None:
    ids = ("student", "answers", "name")
    found = one(tmp_path / "a.yaml", "student: 1\nanswers: {name: 2}\n", ids)
    assert found.answers == {"student": 1, "answers": {"name": 2}}
    assert found.student == "stem"
    found = one(tmp_path / "a.csv", "student,name,email\n1,2,a@b\n", ids)
    assert found.answers == {"student": "1", "name": "2"}
    assert found.student == "a@b"


def test_an_answer_to_no_question_is_noted_and_ignored(tmp_path: Path) -> None:
    found = one(tmp_path / "a.yaml", "q1: 1\nconv1.outptu: 2\n")
    assert found.answers == {"q1": 1}
    assert len(found.notes) == 1
    assert found.notes[0].startswith("SC509 ")
    assert "conv1.output?" in found.notes[0]
    many = one(tmp_path / "a.yaml", "q1: 1\n" + "".join(f"x{n}: 1\n" for n in range(50)))
    assert len(many.notes) == 11
    assert "40 more" in many.notes[-1]


def test_of_two_answers_to_a_question_the_first_counts_and_both_are_told(tmp_path: Path) -> None:
    told = "q2 is answered twice: 5 counted, 6 did not"
    for name, text in [("a.txt", "q2: 5\nQ2: 6\nq2:"), ("a.yaml", "Q2: 5\nq2: 6\n")]:
        found = one(tmp_path / name, text)
        assert {key: str(value) for key, value in found.answers.items()} == {"q2": "5"}
        assert found.notes == (told,)
    for name, text in [("a.yaml", "q1: 1\nq1: 2\n"), ("a.json", '{"q1": 1, "q1": 2}')]:
        found = one(tmp_path / name, text)
        assert (found.answers, found.notes) == (
            {"q1": 1},
            ("q1 is answered twice: the first counted",),
        )
    table = one(tmp_path / "a.csv", "q1,q1\n1,2\n")
    assert table.answers == {"q1": "1"}
    assert "two columns" in table.notes[0]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"q1: 1\0\n", "binary"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture, not answers"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document, not answers"),
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "an Office document, not answers"),
        ("q1: 1\n".encode("utf-16"), "UTF-16 text: save the file as UTF-8"),
        (b"import torch\nq1 = 3\n", "Python source"),
        (b"q1: \xff\xfe\n", "UTF-8"),
        (b"- q1\n- q2\n", "no question is named"),
        (b"just text", "no question is named"),
        (b"# nothing but a comment\n", "no question is named"),
        (b"{q1: 1\n", "line"),
        (b"other: !!python/object/apply:os.system [x]\n", "quotes"),
        (b"other: 1\n", "none of its keys"),
        (b"{}\n", "none of its keys"),
        (b"a: &a [*a]\n", "quotes"),
        (b"[" * 90_000, "nested deeper"),
        (b"[" * 110_000, "values"),
        (b"other: " + b"{a: " * 50_000, "nested deeper"),
    ],
)
def test_what_holds_no_answers_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    found = one(tmp_path / "a.yaml", content)
    assert reason in found.reason
    assert not found.answers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", 'student: 4.5\nq1: 4.608  # a point of thousands\n"q2" : 4640.\n'),
        ("a.yaml", "answers: {q1: 4.608, q2: 4640.}\n"),
        ("a.json", '{"q1":4.608,\n"q2": 464.0e1}'),
    ],
)
def test_floats_are_as_they_are_written(tmp_path: Path, name: str, text: str) -> None:
    found = one(tmp_path / name, text).answers
    assert found["q1"] == "4.608"
    assert found["q2"] in ("4640.", "464.0e1")


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_floats_in_lists_are_as_they_are_written(tmp_path: Path, name: str) -> None:
    text = '{"q1": [[1.50, -2], [4.0e1, 0.250]], "q2": {"w": 1.0}}'
    found = one(tmp_path / name, text).answers
    assert found == {"q1": [["1.50", -2], ["4.0e1", "0.250"]], "q2": {"w": "1.0"}}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"q1: 1\nq2:\n\t3\n", "line 3: begins with a tab; use spaces"),
        (b'"q1":56x56x16\nq2: 3\n', "line 1: put a space after the colon"),
        (b"q1: 1\nq2:3\nq3: 4\n", "line 2: put a space after the colon"),
        (b"q1: %5\n", "line 1: put the answer in quotes"),
        (b"q1: a: b\n", "line 1: put the answer in quotes"),
        (b"q1: 1\nq2: [1, 2\nq3: 4\n", "line 2: a [ is not closed"),
        (b'q1: "1\nq2: 3\n', 'line 1: a " is not closed'),
        (b"q1: 1\nq2: \xd8\n", "line 2: not UTF-8 text: save the file as UTF-8"),
        (b"%PDF-1.7\n%\xe2\xe3", "save the answers as text (.txt) and hand them in again"),
    ],
)
def test_a_student_is_told_what_to_mend(tmp_path: Path, content: bytes, reason: str) -> None:
    found = one(tmp_path / "a.yaml", content)
    assert reason in " ".join([found.reason, *found.notes])


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("q1: 4.608\nq2: ?\n", {"q1": "4.608", "q2": "?"}),
        ("q1: [1,\n  2]\nq2: (30-3)/2: 13\n", {"q1": [1, 2], "q2": "(30-3)/2: 13"}),
        ("'q1':\n- 1\n- 2\nq2:760 # mine\n", {"q1": [1, 2], "q2": "760 # mine"}),
        ("1: 5x5\n2: !x 5\n", {1: "5x5", "q2": "!x 5"}),
        ("q1: 5\nq2: *weights\n", {"q1": 5, "q2": "weights"}),
        ("answers:\n  q1: yes\n  q2: %5\n", {"q1": "yes", "q2": "%5"}),
        ("q1: 5\nq2: @\nq1: 6\n", {"q1": 5, "q2": "@"}),
        ("q1: 5\nq2: {{x}}\n", {"q1": 5, "q2": "{{x}}"}),
        ("q1: 12: so\n# q2: 4\nq2: 3\n", {"q1": "12: so", "q2": 3}),
        ("# q1: 4 is a guess\nq1: 12: so\n  # q2: 4\nq2: 3\n", {"q1": "12: so", "q2": 3}),
        ("q1: 12: so\n# q2: 4\n", {"q1": "12: so"}),
    ],
)
def test_a_slip_in_yaml_costs_no_other_answer(
    tmp_path: Path, text: str, answers: dict[str, object]
) -> None:
    found = one(tmp_path / "a.yaml", f"student: Ann\n{text}")
    assert {str(key): str(value) for key, value in found.answers.items()} == {
        f"q{key}" if isinstance(key, int) else key: str(value) for key, value in answers.items()
    }
    assert (found.student, found.reason, found.unread) == ("Ann", "", False)
    assert found.notes[0].startswith("Your file is not valid YAML (line ")


def test_what_no_piece_of_broken_yaml_tells_is_for_a_person(tmp_path: Path) -> None:
    found = one(tmp_path / "a.yaml", "q1: 5\nq2:\n  - 1\n  - : 2\n  - ]\nnot an answer\n")
    assert found.answers == {"q1": 5}
    assert found.unread
    assert found.notes[1:] == (
        "Line 2 was not read: `q2: - 1 - : 2 - ]`",
        "Line 6 was not read: `not an answer`",
    )


@pytest.mark.slow
def test_broken_yaml_is_read_in_little_time(tmp_path: Path) -> None:
    pieces = "".join(f"x{n}: ?\n" for n in range(1990))
    start = time.monotonic()
    assert one(tmp_path / "a.yaml", f"q1: 5\n{pieces}").answers == {"q1": 5}
    assert "more than 2,000" in one(tmp_path / "a.yaml", f"q1: 5\n{pieces}{pieces}").reason
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"q1": 5,\n "q2": [1, 2', "line 2: a [ is not closed"),
        (b'{"q1": 5', "line 1: a { is not closed"),
        (b'{"q1": 4x4x1}', 'line 1: not JSON: put the answer in double quotes, as in "32x32x10"'),
        (b'{"q1": yes}', 'line 1: not JSON: put the answer in double quotes, as in "32x32x10"'),
        (b'{"q1": 5 "q2": 1}', 'line 1: not JSON: a comma is missing in front of "q2"'),
        (b"{'q1': 5}", "line 1: not JSON: write double quotes, not single ones"),
        (b'{"q1": 5,}', "line 1: not JSON: no comma belongs before the last }"),
        (b'{\n"q1": "4x4x1}', 'line 2: not JSON: a " is not closed'),
        (b'{q1: "4x4x1"}', "line 1: not JSON: put the question's name in double quotes"),
        (b'"q2": [5]', "line 1: begin with { and end with }"),
        (b'{"q1": NaN}', "line 1: not JSON: NaN is not a number in JSON"),
    ],
)
def test_a_student_is_told_what_to_mend_in_json(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    found = one(tmp_path / "a.json", content)
    mend = reason.replace("not JSON: ", "")
    read = f"Your file is not valid JSON ({mend}), so it was read answer by answer"
    told = ("", read) if found.answers else (f"SC508 {reason}",)
    assert (found.reason, *found.notes) == told


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_table_has_a_row_a_student(tmp_path: Path, delimiter: str, start: str) -> None:
    rows = [["Name", "id", "q1", "conv1.output"], ["Ann", "1", "5", '"32,32,10"'], ["", "", "", ""],
            ["Bob", "2", "", "a"]]  # fmt: skip
    text = start + "\r\n".join(delimiter.join(row) for row in rows)
    ann, bob = read(tmp_path / "a.csv", text)
    assert (ann.student, ann.identity) == ("Ann", "1")
    assert ann.answers == {"q1": "5", "conv1.output": "32,32,10"}
    assert bob.answers == {"q1": "", "conv1.output": "a"}


@pytest.mark.parametrize("head", ["", "question,answer\n", "Name,Ann\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_may_have_a_row_a_question(tmp_path: Path, head: str, delimiter: str) -> None:
    text = f"{head}q1,5\nconv1.output,32x32x10\n,\n".replace(",", delimiter)
    found = one(tmp_path / "a.csv", text)
    assert found.answers == {"q1": "5", "conv1.output": "32x32x10"}
    assert found.student == ("Ann" if "Ann" in head else "stem")
    assert (found.notes, found.unread) == ((), False)


def test_a_row_that_answers_no_question_is_told_as_it_stands(tmp_path: Path) -> None:
    """With the lines of the file, of which one is empty, and one in the middle of a cell."""
    text = 'question,mark,answer\n\nq1,1,5\n2,,8\nconv1.output,1,"32x32x10\nor so"\nmore,,\n'
    found = one(tmp_path / "a.csv", text)
    assert found.answers == {"q1": "5", "conv1.output": "32x32x10"}
    assert found.notes == (
        "The row on line 4 was not read: `2, 8`",
        "A further line in the row on line 6 was not read: `or so`",
        "The row on line 7 was not read: `more`",
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("question,answer\nq1,5\nconv1.output,32,32,10\n", "32,32,10"),
        ("question;answer\nq1;5\nconv1.output;32;32;10;;\n", "32;32;10"),
        # which cells are the answer cannot be told: it is read as no volume
        ("question,answer,mark\nq1,5,1\nconv1.output,32,32,10,1\n", "32: 32: 10: 1"),
    ],
)
def test_an_answer_in_a_row_of_its_own_keeps_its_commas(
    tmp_path: Path, text: str, answer: str
) -> None:
    found = one(tmp_path / "a.csv", text)
    assert (found.answers["q1"], found.answers["conv1.output"]) == ("5", answer)


def test_a_cell_may_have_lines_of_html_and_their_signs(tmp_path: Path) -> None:
    """`<br>` begins a line, `&lt;br&gt;` is how a student shows that sign, here to nobody."""
    text = "question,answer\nq1,5<br>so\nq2,7\n<br>,&lt;br&gt; then\n"
    found = one(tmp_path / "a.csv", text)
    assert found.answers == {"q1": "5", "q2": "7"}
    assert found.notes == (
        "A further line in the row on line 2 was not read: `so`",
        "The row on line 4 was not read: `<br>, &lt;br&gt; then`",
    )


@pytest.mark.parametrize("ids", [("q1", "conv1.output"), ("1", "2", "conv1.output")])
def test_students_with_numbers_are_no_questions(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """1 and 2 in front of a row are students where the header has a question's column beside."""
    found = read(tmp_path / "a.csv", "student,conv1.output\n1,5x5x1\n2,4x4x1\n3,see page 2\n", ids)
    assert [(s.student, s.answers["conv1.output"], s.notes) for s in found] == [
        ("1", "5x5x1", ()), ("2", "4x4x1", ()), ("3", "see page 2", ()),
    ]  # fmt: skip
    nobody = one(tmp_path / "b.csv", "No,conv1.output\n1,5x5x1\n2,4x4x1\n", ("q1", *ids[-1:]))
    assert "no column tells whose they are" in nobody.reason


def test_numbers_below_a_word_for_questions_are_these(tmp_path: Path) -> None:
    found = one(tmp_path / "a.csv", "Question,Answer 1\n1,5\n2,760\n")
    assert found.answers == {"q1": "5", "q2": "760"}


def test_ids_with_commas_are_columns_too(tmp_path: Path) -> None:
    ids = ("conv1.value[0,2,1]", "b")
    found = one(tmp_path / "a.csv", 'id;"conv1.value[0,2,1]";b\n7;1,5;2\n', ids)
    assert found.answers == {"conv1.value[0,2,1]": "1,5", "b": "2"}
    assert found.student == "7"


def test_commas_outside_quotes_are_not_read_as_other_answers(tmp_path: Path) -> None:
    ann, bob = read(tmp_path / "a.csv", "name,q1,q2\nAnn,32,32,10\nBob,1\n")
    assert ann.student == "Ann"
    assert "line 2 has 4 cells under 3 columns" in ann.reason
    assert bob.answers == {"q1": "1", "q2": ""}


def test_a_row_without_a_name_is_named_by_its_line(tmp_path: Path) -> None:
    assert [s.student for s in read(tmp_path / "a.csv", "name,q1\n,1\nBob,2\n")] == [
        "stem, line 2 (no name)",
        "Bob",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b'"",""\n', "nothing stands in its cells"),
        (b"a,b\n1,2\n", "no column"),
        (b"q1,q2\n", "no row"),
        (b"q1\n1\n2\n", "several rows"),
        (b"\0\0", "binary"),
        (b"q1," + b"," * 2_000_000, "longer"),
        (b'name,q1\nAnn,"' + b"x\n" * 100_000 + b'"', "a quote is never closed"),
        (b"name,q1\nAnn,\xff\n", "line 2 is not UTF-8"),
        (b"name,q1\nAnn," + b"1" * 2_000_000, "line 2 is longer"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in one(tmp_path / "a.csv", content).reason


def test_the_rows_before_a_broken_one_count(tmp_path: Path) -> None:
    found = read(tmp_path / "a.csv", b"name,q1\nAnn,1\nBob,\xff\nEve,3\n")
    assert [(s.student, bool(s.reason)) for s in found] == [("Ann", False), ("stem", True)]


def test_columns_are_limited(tmp_path: Path) -> None:
    """Half a million of them would take 20 seconds to look through."""
    assert "more than 5,000 columns" in one(tmp_path / "a.csv", "a," * 60_000 + "\n1\n").reason
    wide = "a|" * 60_000 + "\n-|-\n1|2\n"
    assert "no line begins" in one(tmp_path / "a.md", wide).reason


def test_rows_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapecalc.grading.answer_tables.MOST_ROWS", 3)
    found = read(tmp_path / "a.csv", "name,q1\n" + "".join(f"s{n},1\n" for n in range(9)))
    assert len(found) == 4
    assert "more than 3 rows" in found[-1].reason


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (" Ann \n  Lee\t", "Ann Lee"),
        ("\x1b[31mred", "?[31mred"),
        ("a\u202eb", "a?b"),
        (17, "17"),
        (None, ""),
        (True, ""),
        ({"a": 1}, ""),
    ],
)
def test_names_are_made_safe(name: object, safe: str) -> None:
    assert clean(name) == safe
    assert len(clean("x" * 10**6)) == 120


def test_a_name_is_never_a_path(tmp_path: Path) -> None:
    found = one(tmp_path / "a.yaml", "student: ../../etc/passwd\nq1: ../../etc/passwd\n")
    assert found.student == "../../etc/passwd"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml"]


# -- what is no file -------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    (found,) = read_submissions(Found(str(path), otherwise="x"), IDS)
    assert not found.answers
    return found.reason


@POSIX
def test_links_pipes_sockets_and_devices_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    (tmp_path / "secret").write_text("q1: 1\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe.yaml")
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.yaml")
        assert "a socket" in refusal(tmp_path / "socket.yaml")
    assert "a link" in refusal(tmp_path / "link.yaml")
    assert "a pipe" in refusal(tmp_path / "pipe.yaml")
    assert "a pipe" in refusal(tmp_path / "pipe.csv")
    assert "a device" in refusal(Path(os.devnull))


def test_a_folder_and_a_missing_file_are_no_submission(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").mkdir()
    assert "a folder" in refusal(tmp_path / "f.yaml")
    assert "cannot be opened" in refusal(tmp_path / "missing.yaml")
    assert "cannot be opened" in refusal(tmp_path / "nul\0.yaml")


# -- bounds ----------------------------------------------------------------------------------------

MEASURED = """
import re, resource, sys
from pathlib import Path
from shapecalc.grading.submission_file import Found
from shapecalc.grading.submissions import read_submissions
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
for path in sys.argv[1:]:
    found = list(read_submissions(Found(path, otherwise="x"), ("q1", "q2")))
    print(len(found), found[-1].reason)
scale = 2**20 if sys.platform == "darwin" else 2**10
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
status = Path("/proc/self/status")
if status.exists():  # Linux counts the parent's memory before the program was loaded
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
print(peak / scale)
"""


def planted(folder: Path) -> list[Path]:
    """Write files that cost a naive reader much; the sparse ones take no room."""
    bomb = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (folder / "bomb.yaml").write_text("\n".join(bomb) + "\nq1: *a29\n")
    for name in ("sparse.yaml", "sparse.json", "sparse.csv"):
        with (folder / name).open("wb") as file:
            file.truncate(100 * 2**20)
    (folder / "line.csv").write_bytes(b"q1" + b"," * (31 * 2**20))
    (folder / "many.yaml").write_bytes(b"q1: [" + b"1," * 500_000 + b"]\n")
    (folder / "deep.json").write_bytes(b'{"q1":' * 150_000)
    (folder / "quotes.csv").write_bytes(b"q1,q2\n" + b'"\n' * (10 * 2**20))
    return sorted(folder.iterdir())


@pytest.mark.slow
def test_hostile_files_take_little_memory_and_time(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="the system limits no memory")
    files = planted(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, files)],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *lines, megabytes = done.stdout.splitlines()
    told = dict(zip((file.name for file in files), lines, strict=True))
    assert told["bomb.yaml"] == "1 "  # the answer is `*a29`, which nothing puts in
    assert all("larger than" in told[f"sparse.{end}"] for end in ("yaml", "json", "csv"))
    assert "longer than" in told["line.csv"]
    assert "values" in told["many.yaml"]
    assert "lines" in told["quotes.csv"]
    assert "values" in told["deep.json"]
    assert float(megabytes) < 400
