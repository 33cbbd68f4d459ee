"""shapecalc grade: what is read and written, exit codes, several processes, hostile files."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from shapecalc import interrupts
from shapecalc.cli.grade import FORMATS
from shapecalc.grading import class_run, exports

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
NETWORK = "input: 32x32x3\nlayers:\n  - conv: {K: 10, F: 5, P: 2}\n  - max_pool: 2\n"
HOMEWORK = "spec: net.yaml\nquestions: [conv1.output, conv1.parameters, max_pool1.output]\n"
RIGHT = "{conv1.output: 32x32x10, conv1.parameters: 760, max_pool1.output: 16x16x10}\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX file system")


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    """Return a folder with an assignment, a right answer file, and a folder of a class."""
    (tmp_path / "net.yaml").write_text(NETWORK)
    (tmp_path / "hw.yaml").write_text(HOMEWORK)
    (tmp_path / "right.yaml").write_text(RIGHT)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.yaml").write_text(RIGHT)
    (tmp_path / "class" / "bob.json").write_text('{"conv1.parameters": 750}')
    (tmp_path / "class" / "eve.yaml").write_text("[")
    return tmp_path


def submissions(result: Result) -> list[dict[str, Any]]:
    found = json.loads(result.stdout)["submissions"]
    assert isinstance(found, list)
    return found


# -- exit codes ------------------------------------------------------------------------------------


def test_0_once_everybody_is_marked_even_if_some_are_not_gradable(run: Run, homework: Path) -> None:
    result = run("grade", "hw.yaml", "class", "--format", "json")
    assert result.exit_code == 0
    assert [(s["student"], s["score"]) for s in submissions(result)] == [
        ("ann", 3.0), ("bob", 0.0), ("eve", None),
    ]  # fmt: skip
    assert submissions(result)[1]["marks"][1]["misconception"] == "forgot_bias"


def test_the_formats_offered_are_those_that_are_there() -> None:
    assert list(FORMATS) == list(exports.FORMATS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("questions: [\n", "SC101"),
        ("spec: net.yaml\nquestions: [conv1.size]\n", "SC505"),
        ("", "SC"),
    ],
)
def test_a_faulty_assignment_is_2_with_its_findings(
    run: Run, homework: Path, text: str, code: str
) -> None:
    (homework / "hw.yaml").write_text(text)
    result = run("grade", "hw.yaml", "right.yaml")
    assert result.exit_code == 2
    assert result.stdout.startswith("hw.yaml:")
    assert code in result.stdout


@pytest.mark.parametrize(
    ("question", "what"),
    [("{ask: conv1.output, key: 32x32x9}", "key"), ("{ask: conv9.output}", "assignment")],
)
def test_what_is_to_be_corrected_before_anything_is_marked_is_told(
    run: Run, homework: Path, question: str, what: str
) -> None:
    (homework / "hw.yaml").write_text(f"spec: net.yaml\nquestions: [{question}]\n")
    result = run("grade", "hw.yaml", "right.yaml")
    assert result.exit_code == 2
    assert result.stderr == f"shapecalc: nothing was marked: correct the {what} first\n"


@pytest.mark.parametrize("name", ["missing.yaml", "class", "nul\0.yaml"])
def test_an_assignment_that_cannot_be_opened_is_2(run: Run, homework: Path, name: str) -> None:
    result = run("grade", name, "right.yaml")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_submission_that_cannot_be_opened_is_2_and_the_others_are_marked(
    run: Run, homework: Path
) -> None:
    result = run("grade", "hw.yaml", "missing.yaml", "right.yaml", "--format", "csv")
    assert result.exit_code == 2
    assert "missing.yaml" in result.stderr
    assert "right,1,1,1,3,graded" in result.stdout


def test_a_folder_without_answers_is_2(run: Run, homework: Path) -> None:
    (homework / "empty").mkdir()
    result = run("grade", "hw.yaml", "empty")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "nothing to grade" in result.stderr


@pytest.mark.parametrize(
    "words",
    [["hw.yaml"], [], ["hw.yaml", "right.yaml", "--jobs", "0"],
     ["hw.yaml", "right.yaml", "--format", "xml"], ["hw.yaml", "right.yaml", "--preset", "x"],
     ["hw.yaml", "right.yaml", "--student-regex", "("],
     ["hw.yaml", "right.yaml", "--student-regex", "(?P<name>.*)"],
     ["hw.yaml", "right.yaml", "--student-regex", "(?P<student>.*)", "--preset", "moodle"]],
)  # fmt: skip
def test_wrong_usage_is_2(run: Run, homework: Path, words: list[str]) -> None:
    result = run("grade", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


@pytest.mark.parametrize("form", exports.OF_ONE)
def test_a_platforms_format_is_of_one_submission(run: Run, homework: Path, form: str) -> None:
    result = run("grade", "hw.yaml", "class", "--format", form)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "takes one submission" in result.stderr
    result = run("grade", "hw.yaml", "right.yaml", "--format", form)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["score"] == (3 if form == "gradescope" else 1)
    assert run("grade", "hw.yaml", "class/eve.yaml", "--format", form).exit_code == 1


# -- whose it is -----------------------------------------------------------------------------------


def test_two_submissions_of_one_student_are_both_marked(run: Run, homework: Path) -> None:
    (homework / "class" / "cat.yaml").write_text("student: ANN\nconv1.parameters: 1\n")
    result = run("grade", "hw.yaml", "class", "--format", "csv")
    assert result.exit_code == 0
    table = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [(row["student"], row["total"], row["status"]) for row in table[1:]] == [
        ("ann", "3", "graded; duplicate"),
        ("bob", "0", "graded"),
        ("ANN", "0", "graded; duplicate"),
        ("eve", "", "not gradable"),
    ]


def test_students_of_one_name_are_told_apart_by_their_numbers(run: Run, homework: Path) -> None:
    text = "name,id,conv1.parameters\nAnn,1,760\nAnn,2,750\nBob,2,1\n"
    (homework / "class.csv").write_text(text)
    result = run("grade", "hw.yaml", "class.csv", "--format", "json")
    assert [s["duplicate"] for s in submissions(result)] == [False, True, True]


def test_presets_name_students_and_say_who_is_late(run: Run, homework: Path) -> None:
    (homework / "canvas").mkdir()
    (homework / "canvas" / "leeann_LATE_1_2_hw.yaml").write_text(
        "student: Eve\n" + RIGHT.strip("{}\n").replace(", ", "\n")
    )
    result = run("grade", "hw.yaml", "canvas", "--preset", "canvas", "--format", "csv")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == (
        "leeann,1,1,1,1,3,graded; late,,canvas/leeann_LATE_1_2_hw.yaml"
    )
    result = run(
        "grade", "hw.yaml", "canvas", "--student-regex", r"_(?P<student>\d)_", "--format", "csv"
    )
    assert result.stdout.splitlines()[-1].startswith("1,")
    assert run("grade", "hw.yaml", "canvas", "--preset", "gradescope").exit_code == 2


# -- nothing disappears ----------------------------------------------------------------------------

ODD: dict[str, bytes] = {
    "Q8.yaml": b"CONV1.OUTPUT: 32@32x32\nConv1.Parameters: 5*5*3*10 + 10\n",
    "lines.txt": b"conv1.output: 32x32x10\nconv1.parameters = 7\n",
    "page.html": b"<p>conv1.output: 32&times;32&times;10</p>",
    "no_ending": b"conv1.output: 1x1x1\n",
    "answers.yaml.bak": b"conv1.output: 1x1x1\n",
    "table.tsv": b"name\tconv1.output\nTom\t32x32x10\nTim\t\n",
    "empty.yaml": b"",
    "blank.txt": b"  \n",
    "binary.yaml": b"\0\1\2",
    "broken.yaml": b"a: [",
    "list.json": b"[1, 2]",
    "deep.json": b"[" * 5000,
    "word.docx": b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml",
    "more.zip": b"PK\x03\x04" + b"\0" * 40,
    "scan.pdf": b"%PDF-1.7\n%\xe2\xe3",
    "photo.png": b"\x89PNG\r\n\x1a\n\0\0",
    "utf16.yaml": "conv1.output: 1\n".encode("utf-16"),
    "latin.txt": b"conv1.output: \xff\xfe",
    "code.py": b"print(1)\n",
    "notebook.ipynb": b'{"cells": []}',
    "other.csv": b"a,b\n1,2\n",
    "quotes.csv": b'name,conv1.output\nAnn,"x\n',
    "formula.csv": b"name,conv1.output\n=1+1,=1+1\n",
    "Thumbs.db": b"\xd0\xcf",
    ".DS_Store": b"\0",
    "deep/er/hw.yaml": b"conv1.parameters: 760\n",
    "deep/er/sketch.png": b"\x89PNG\r\n\x1a\n\0\0",
    "__MACOSX/._hw.yaml": b"\0\5",
}


def test_every_file_and_row_of_a_folder_is_in_the_result(run: Run, homework: Path) -> None:
    folder = homework / "odd"
    for name, content in ODD.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(100 * 2**20)
    (folder / "hollow").mkdir()
    links = ["link.yaml", "around"] if sys.platform != "win32" else []
    for name, target in zip(links, ["right.yaml", "odd"], strict=False):
        (folder / name).symlink_to(homework / target)
    result = run("grade", "hw.yaml", "odd", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    whole = json.loads(result.stdout)
    told = {item["file"]: item for item in [*whole["submissions"], *whole["skipped"]]}
    assert set(told) == {str(Path("odd", name)) for name in [*ODD, "huge.yaml", "hollow", *links]}
    assert len(whole["submissions"]) + len(whole["skipped"]) == len(told) + 1  # Tom and Tim
    graded = {Path(s["file"]).name: s["score"] for s in whole["submissions"] if s["gradable"]}
    assert graded == {
        "Q8.yaml": 1, "lines.txt": 1, "page.html": 1, "no_ending": 0, "answers.yaml.bak": 0,
        "table.tsv": 0, "quotes.csv": 0, "formula.csv": 0, "hw.yaml": 1,
    }  # fmt: skip
    assert all(item["reason"] for item in told.values() if not item.get("gradable"))
    assert {Path(item["file"]).name for item in whole["skipped"]} == {
        "Thumbs.db", ".DS_Store", "sketch.png", "._hw.yaml", *links[1:],
    }  # fmt: skip
    table = run("grade", "hw.yaml", "odd").stdout
    assert all(str(Path("odd", name)) in table for name in ODD)
    gradebook = run("grade", "hw.yaml", "odd", "--format", "csv")
    assert "Thumbs.db (left by an operating system)" in gradebook.stderr
    assert len(list(csv.reader(io.StringIO(gradebook.stdout)))) == 2 + len(whole["submissions"])


def test_nothing_gradable_at_all_is_1(run: Run, homework: Path) -> None:
    (homework / "bad.csv").write_text("a,b\n1,2\n")
    result = run("grade", "hw.yaml", "bad.csv")
    assert result.exit_code == 1
    assert "bad.csv" in result.stdout
    assert "no column is named after a question" in result.stderr


def test_columns_are_mapped_on_the_command_line(run: Run, homework: Path) -> None:
    (homework / "t.csv").write_text("wer,first,second\nAnn,32x32x10,760\n")
    words = ["--columns", "conv1.output=first", "--columns", "conv1.parameters=second"]
    result = run(
        "grade", "hw.yaml", "t.csv", *words, "--columns", "student=wer", "--format", "json"
    )
    assert [(s["student"], s["score"]) for s in submissions(result)] == [("Ann", 2)]
    for wrong in ("first", "conv9=first", "=x", "conv1.output="):
        assert run("grade", "hw.yaml", "t.csv", "--columns", wrong).exit_code == 2


# -- a class on one screen, and a file a student ---------------------------------------------------


def test_the_summary_is_a_table_or_json(run: Run, homework: Path) -> None:
    result = run("grade", "hw.yaml", "class", "--summary")
    assert result.exit_code == 0
    assert "2 of 3 submissions graded; mean 1.50, median 1.50 of 3 points" in result.stdout
    result = run("grade", "hw.yaml", "class", "--summary", "--format", "json")
    assert json.loads(result.stdout)["graded"] == 2
    assert run("grade", "hw.yaml", "class", "--summary", "--format", "csv").exit_code == 2


def test_feedback_is_a_file_a_student_and_replaces_none(run: Run, homework: Path) -> None:
    words = ("grade", "hw.yaml", "class", "--feedback", "told")
    assert run(*words).exit_code == 0
    assert sorted(path.name for path in (homework / "told").iterdir()) == [
        "ann.txt", "bob.txt", "eve.txt",
    ]  # fmt: skip
    assert "Question 2 (conv1.parameters)" in (homework / "told" / "bob.txt").read_text("utf-8")
    (homework / "told" / "bob.txt").write_text("mine")
    (homework / "told" / "ann.txt").unlink()
    assert run(*words).exit_code == 2
    assert [path.name for path in (homework / "told").glob("ann*")] == []
    assert (homework / "told" / "bob.txt").read_text() == "mine"
    assert run(*words, "--force").exit_code == 0
    assert (homework / "told" / "bob.txt").read_text() != "mine"


# -- -o --------------------------------------------------------------------------------------------


def test_o_writes_a_file_and_replaces_none(run: Run, homework: Path) -> None:
    words = ("grade", "hw.yaml", "right.yaml", "--format", "csv", "-o", "marks.csv")
    result = run(*words)
    assert (result.exit_code, result.stdout) == (0, "")
    written = (homework / "marks.csv").read_bytes()
    assert written.startswith(b"student,conv1.output,")
    assert b"\r" not in written
    (homework / "marks.csv").write_text("mine")
    assert run(*words).exit_code == 2
    assert (homework / "marks.csv").read_text() == "mine"
    assert run(*words, "--force").exit_code == 0
    assert (homework / "marks.csv").read_bytes() == written
    assert not list(homework.glob(".*"))


@pytest.mark.parametrize("target", ["hw.yaml", "right.yaml", "class"])
def test_o_never_replaces_what_is_read(run: Run, homework: Path, target: str) -> None:
    before = (homework / "hw.yaml").read_text()
    result = run("grade", "hw.yaml", "right.yaml", "class", "-o", target, "--force")
    assert result.exit_code == 2
    assert (homework / "hw.yaml").read_text() == before
    assert (homework / "right.yaml").read_text() == RIGHT


def test_o_into_no_folder_is_2(run: Run, homework: Path) -> None:
    result = run("grade", "hw.yaml", "right.yaml", "-o", "no/where.txt")
    assert result.exit_code == 2
    assert "where.txt" in result.stderr


# -- several processes -----------------------------------------------------------------------------


@pytest.fixture
def large(homework: Path) -> Path:
    """Return the folder with a class of 70, some of whose files are broken."""
    for number in range(70):
        text = "{" if number % 10 == 3 else f'{{"conv1.parameters": {700 + number}}}'
        (homework / "class" / f"s{number:02}.json").write_text(text)
    return homework


@pytest.mark.slow
def test_jobs_change_neither_marks_nor_their_order(spawn: Spawn, large: Path) -> None:
    one, two = (spawn("grade", "hw.yaml", "class", "--format", "json", "--jobs", n) for n in "12")
    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout
    assert one.stderr == two.stderr == b""
    assert len(json.loads(one.stdout)["submissions"]) == 73


def test_a_fault_of_ones_own_is_told_and_the_others_are_marked(
    run: Run, homework: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = class_run.Marker.mark

    def broken(self: class_run.Marker, student: str, *answers: Any) -> Any:
        if student == "bob":
            raise ZeroDivisionError("planted")
        return real(self, student, *answers)

    monkeypatch.setattr(class_run.Marker, "mark", broken)
    result = run("grade", "hw.yaml", "class", "--format", "csv")
    assert result.exit_code == 2
    assert "ann,1,1,1,3,graded" in result.stdout
    assert "bob.json: internal error in marking (ZeroDivisionError), please report" in result.stderr


# -- hostile files ---------------------------------------------------------------------------------


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_class_with_hostile_files_is_marked(spawn: Spawn, homework: Path, form: str) -> None:
    folder = homework / "class"
    os.mkfifo(folder / "fifo.yaml")
    (folder / "link.yaml").symlink_to(homework / "right.yaml")
    with (folder / "huge.yaml").open("wb") as file:
        file.truncate(100 * 2**20)
    (folder / "deep.yaml").write_text("[" * 10**5)
    (folder / "bomb.yaml").write_text(
        "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    )
    (folder / "binary.csv").write_bytes(b"\0\xff")
    (folder / "blanks.json").write_text(json.dumps({"conv1.output": "1" + " " * 990 + "!"}))
    (folder / "name.json").write_text(
        json.dumps({"student": "=cmd|' /C calc'!A0\x1b[2J\n", "conv1.output": "\x1b[31m" * 100})
    )
    (folder / "=1+1\x1b[31m.yaml").write_text("student: ../../../x\nconv1.output: ../../x\n")
    result = spawn("grade", "hw.yaml", "class", "--format", form)
    text = result.stdout.decode()
    assert result.returncode == 0, result.stderr
    assert result.stderr == b""
    assert "\x1b" not in text
    assert "ann" in text
    if form == "csv":
        table = list(csv.reader(io.StringIO(text, newline="")))
        assert len(table) == 2 + 12
        assert [row[-3] for row in table].count("not gradable") == 7
        assert all(
            cell.lstrip()[:1] not in tuple("=+-@\t\r") or not cell for r in table for cell in r
        )


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0,
                    reason="root reads everything")  # fmt: skip
def test_a_file_that_may_not_be_read(run: Run, homework: Path) -> None:
    file = homework / "class" / "bob.json"
    file.chmod(0)
    result = run("grade", "hw.yaml", "class", "--format", "json")
    assert result.exit_code == 0
    assert "cannot be opened" in submissions(result)[1]["reason"]
    assert run("grade", "hw.yaml", "class/bob.json").exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are passed on otherwise there")
def test_other_processes_leave_the_word_to_the_first_when_interrupted() -> None:
    ask = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"

    def ignored() -> str:
        return subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True
        ).stdout.strip()

    before = signal.getsignal(signal.SIGINT)
    with interrupts.ignored():
        assert ignored() == "True"
    assert signal.getsignal(signal.SIGINT) is before
    assert ignored() == str(before is signal.SIG_IGN)  # as where it is ignored from the start
    with ThreadPoolExecutor() as pool:  # where signals cannot be set
        pool.submit(lambda: interrupts.ignored().__enter__()).result()
