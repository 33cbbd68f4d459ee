"""What is written for people, spreadsheets and platforms, checked against documented fields."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import exports
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports import summary
from shapecalc.grading.exports.feedback import feedback, letter
from shapecalc.grading.exports.letters import letters
from shapecalc.grading.exports.summary import SUMMARIES
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark, Marked
from shapecalc.grading.submission_file import Found
from shapecalc.reports.csv_text import harmless

HOMEWORK = {
    "title": "Homework 1",
    "spec": {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5, "P": 2}}, "relu"]},
    "questions": [
        {"id": "q1", "ask": "conv1.output", "points": 2},
        {"id": "q2", "ask": "conv1.parameters", "partial": {"forgot_bias": 0.5}},
        {"id": "=q3", "ask": "conv1.weights", "points": 0.5},
        {"id": "q4", "ask": "fits(conv1)"},
    ],
}
RIGHT = {"q1": "32x32x10", "q2": 760, "=q3": 750, "q4": "yes"}
SLIPS = {"q1": "32 x 32 x 10", "q2": 750, "=q3": "many", "q4": None, "q5": 1}


@pytest.fixture
def class_run(tmp_path: Path) -> ClassRun:
    """Return a class of one right, one with slips, and one whose file is broken."""
    files = {"Ann": RIGHT, "Bob": SLIPS}
    for name, answers in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(answers))
    (tmp_path / "Eve.json").write_text("{")
    found = [Found(str(tmp_path / f"{name}.json"), name) for name in ("Ann", "Bob", "Eve")]
    found[1] = found[1]._replace(late=True)
    return grade(read_assignment(HOMEWORK), found)


def alone(class_run: ClassRun, place: int) -> ClassRun:
    return replace(class_run, everything=[list(class_run.graded)[place]])


def loaded(form: str, class_run: ClassRun) -> Any:
    text = exports.render(form, class_run)
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_class_is_what_the_exports_are_to_tell(class_run: ClassRun) -> None:
    assert [graded.marked.score for graded in class_run.graded] == [4.5, 2.5, 0]
    assert [g.status for g in class_run.graded] == [
        "graded", "graded; late; needs a look", "not gradable",
    ]  # fmt: skip
    assert class_run.mean == 3.5
    assert class_run.tally.misconceptions == {"forgot_bias": 1}


# -- table -----------------------------------------------------------------------------------------


def test_the_table_tells_every_slip_and_the_class(class_run: ClassRun) -> None:
    text = exports.render("table", class_run)
    assert "Ann: 4.5 of 4.5 points" in text
    assert "Bob: 2.5 of 4.5 points; 1 answer needs a look; late" in text
    assert "5*5*3*10 = 750" in text  # the student's own arithmetic
    assert "Question 2: Partly right, 0.5 of 1 point. Your answer: 750. The biases" in text
    assert "The right answer is 760" in text
    assert "SC509 no question is called q5" in text
    assert "Eve: not gradable: " in text
    assert "Class: 2 of 3 graded, mean 3.50 of 4.5 points" in text
    assert "1 answer needs a look and counts as 0 points in the mean" in text
    assert "  1 student: the biases were forgotten" in text
    assert "forgot_bias" not in text  # a word of assignments, not for reading
    assert "Class" not in exports.render("table", alone(class_run, 0))


# -- json ------------------------------------------------------------------------------------------


def test_json_holds_everything(class_run: ClassRun) -> None:
    whole = loaded("json", class_run)
    assert whole["schema"] == "shapecalc.grade/1"
    assert list(whole) == ["schema", "assignment", "submissions", "skipped", "summary"]
    assert [q["id"] for q in whole["assignment"]["questions"]] == ["q1", "q2", "=q3", "q4"]
    ann, bob, eve = whole["submissions"]
    assert list(ann) == list(bob) == list(eve)
    assert (ann["score"], bob["late"], eve["gradable"]) == (4.5, True, False)
    assert eve["score"] is None
    assert eve["reason"]
    assert [mark["verdict"] for mark in bob["marks"]] == [
        "right", "partly right", "needs a look", "blank",
    ]  # fmt: skip
    assert bob["marks"][1]["misconception"] == "forgot_bias"
    assert whole["summary"]["misconceptions"] == {"forgot_bias": 1}


# -- the class on one screen -----------------------------------------------------------------------


def test_what_is_not_certain_is_told_as_perhaps_of_a_class_as_well() -> None:
    """3*3*3*2 = 54 without the 2 biases; so small a number may come from something else."""
    spec = {"input": "7x7x3", "layers": [{"conv": {"K": 2, "F": 3, "P": 1}}]}
    data = {"spec": spec, "questions": ["conv1.parameters"], "partial": {"forgot_bias": 0.5}}
    assignment = read_assignment(data)
    marker = Marker(assignment)
    unsure, sure = (
        Graded(marker.mark(name, {"conv1.parameters": answer}), name)
        for name, answer in (("Ann", "54"), ("Bob", "3*3*3*2 = 54"))
    )
    told = "the biases were forgotten"
    for graded, said in (
        ([unsure], f"1 student: perhaps {told}\n"),
        ([sure], f"1 student: {told}\n"),
        ([unsure, sure], f"2 students (1 perhaps): {told}\n"),
    ):
        one = ClassRun(assignment, graded)
        assert said in SUMMARIES["table"](one)
    assert said in exports.render("table", one) + "\n"  # of both
    (asked,) = json.loads(SUMMARIES["json"](ClassRun(assignment, [unsure, sure])))["questions"]
    assert (asked["causes"], asked["perhaps"]) == ({"forgot_bias": 2}, {"forgot_bias": 1})


def test_the_summary_counts_every_question_and_names_what_nothing_explains(
    class_run: ClassRun,
) -> None:
    whole = json.loads(SUMMARIES["json"](class_run))
    assert (whole["submissions"], whole["graded"]) == (3, 2)
    assert (whole["mean"], whole["median"]) == (3.5, 3.5)
    assert [part["count"] for part in whole["histogram"]] == [0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    second, third, fourth = whole["questions"][1:]
    assert (second["right"], second["partly_right"], second["mean"]) == (1, 1, 0.75)
    assert second["causes"] == {"forgot_bias": 1}
    assert (third["needs_a_look"], third["unread"]) == (1, {"many": 1})
    assert (fourth["blank"], fourth["unexplained"]) == (1, {})
    text = SUMMARIES["table"](class_run)
    assert "2 of 3 submissions graded; mean 3.50, median 3.50 of 4.5 points" in text
    assert "1 answer needs a look and counts as 0 points in the mean" in text
    assert "not gradable: Eve" in text
    assert "  1 student: the biases were forgotten" in text
    assert "forgot_bias" not in text
    assert '1 student: "many", needs a look' in text
    assert "2.25 to under 2.7  # 1" in text
    assert "4.05 to 4.5  # 1" in text


def test_causes_are_counted_by_students_and_answers(tmp_path: Path) -> None:
    """10 filters of 5x5x3 have 750 weights, and 760 parameters."""
    asks = [{"id": f"q{n}", "ask": "conv1.parameters"} for n in range(3)]
    found = []
    for name, answers in {"Ann": ["750", "750", "760"], "Bob": ["750", "760", "760"]}.items():
        (tmp_path / f"{name}.json").write_text(
            json.dumps({f"q{n}": a for n, a in enumerate(answers)})
        )
        found.append(Found(str(tmp_path / f"{name}.json"), name))
    run = grade(read_assignment({**HOMEWORK, "questions": asks}), found)
    told = "  2 students (3 answers, 1 perhaps): the biases were forgotten\n"
    assert told in exports.render("table", run)
    whole = json.loads(SUMMARIES["json"](run))
    assert (whole["misconceptions"], whole["mistaken_students"]) == (
        {"forgot_bias": 3},
        {"forgot_bias": 2},
    )


def test_an_answer_is_shown_as_all_who_gave_it_wrote_it(tmp_path: Path) -> None:
    """13 and 13x13 are one wrong answer; that which only one way was written for is shown so."""
    asks = ["conv1.receptive_field", "conv1.jump", "conv1.macs"]
    wrong = {"Ann": ["13", "7", "30,000 or so"], "Bob": ["13x13", "7", "11"]}
    found = []
    for name, answers in wrong.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(dict(zip(asks, answers, strict=True))))
        found.append(Found(str(tmp_path / f"{name}.json"), name))
    run = grade(read_assignment({**HOMEWORK, "questions": asks}), found)
    asked = json.loads(SUMMARIES["json"](run))["questions"]
    assert [q["unexplained"] for q in asked] == [
        {"13x13": 2},
        {"7": 2},
        {"30,000 or so": 1, "11": 1},
    ]


def test_the_commonest_answers_are_counted_exactly_however_many_there_are() -> None:
    answers = [f"{n}x{n}x1" for n in range(50)] * 3 + [f"{n}" for n in range(1000)]
    answers += ["7x7x7"] * 60 + ["5x5x5"] * 40
    random.Random(1).shuffle(answers)
    assignment = read_assignment({**HOMEWORK, "questions": ["conv1.output"]})
    right = Mark("conv1.output", "wrong", 0.0, 1.0, "", "", "", None, "")
    everybody = [
        Graded(Marked(str(n), (right._replace(answer=answer),)), "a.csv")
        for n, answer in enumerate(answers)
    ]
    few = partial(summary.Commonest, 100)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(summary, "Commonest", few)
        (asked,) = summary.summary_of(ClassRun(assignment, everybody))["questions"]
    assert list(asked["unexplained"].items())[:2] == [("7x7x7", 60), ("5x5x5", 40)]


# -- csv -------------------------------------------------------------------------------------------


def whole_rows(class_run: ClassRun) -> list[list[str]]:
    return list(csv.reader(io.StringIO(exports.render("csv", class_run), newline="")))


def rows(class_run: ClassRun) -> list[list[str]]:
    """Return the rows without the feedback and the file at their ends."""
    return [row[:-2] for row in whole_rows(class_run)]


def test_the_gradebook_has_points_possible_and_a_row_a_student(class_run: ClassRun) -> None:
    assert rows(class_run) == [
        ["student", "q1", "q2", "'=q3", "q4", "total", "answers to look at", "points so far",
         "status"],
        ["Points Possible", "2", "1", "0.5", "1", "4.5", "", "", ""],
        ["Ann", "2", "1", "0.5", "1", "4.5", "", "", "graded"],
        ["Bob", "2", "0.5", "", "0", "", "1", "2.5", "graded; late; needs a look"],
        ["Eve", "", "", "", "", "", "", "", "not gradable"],
    ]  # fmt: skip


def test_a_gradebook_in_which_all_is_marked_has_no_columns_for_what_is_open(
    class_run: ClassRun,
) -> None:
    assert rows(alone(class_run, 0)) == [
        ["student", "q1", "q2", "'=q3", "q4", "total", "status"],
        ["Points Possible", "2", "1", "0.5", "1", "4.5", ""],
        ["Ann", "2", "1", "0.5", "1", "4.5", "graded"],
    ]


def test_the_gradebook_has_what_students_are_told(class_run: ClassRun) -> None:
    head, _, ann, bob, eve = (row[-2] for row in whole_rows(class_run))
    assert (head, ann) == ("feedback", "")
    assert "Question 2: Partly right" in bob
    assert "Question 4: 0 of 1 point. You gave no answer. The right answer is yes" in bob
    assert eve == "line 1: a { is not closed"


def test_the_gradebook_has_what_is_noted_of_an_answer_and_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("q1: 32x32x10\nq1: 5x5\nsee the photo\n", encoding="utf-8")
    marked = grade(read_assignment(HOMEWORK), [Found(str(path), "Ann")])
    feedback = whole_rows(marked)[-1][-2]
    assert "q1 is answered twice: 32x32x10 counted, 5x5 did not" in feedback
    assert "Line 3 was not read: `see the photo`" in feedback


def test_numbers_that_tell_students_apart_have_a_column(class_run: ClassRun) -> None:
    ann, bob, eve = class_run.graded
    table = rows(replace(class_run, everything=[ann._replace(identity="+7"), bob, eve]))
    assert [row[1] for row in table] == ["id", "", "'+7", "", ""]
    assert {len(row) for row in table} == {10}


def test_the_gradebook_says_where_everything_was_read(class_run: ClassRun, tmp_path: Path) -> None:
    head, possible, *files = (row[-1] for row in whole_rows(class_run))
    assert (head, possible) == ("file", "")
    assert files == [str(tmp_path / f"{name}.json") for name in ("Ann", "Bob", "Eve")]


STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", " \t@", "\uff1d", "\uff0b", "\u00a0="]


@pytest.mark.parametrize("start", STARTS)
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = f'{start}HYPERLINK("http://x","y")'
    questions = [{"id": hostile, "ask": "conv1.output"}]
    assignment = read_assignment({**HOMEWORK, "questions": questions, "title": hostile})
    marker = Marker(assignment)
    graded = [
        Graded(marker.mark(hostile, {hostile: hostile}), hostile, (hostile,), hostile),
        Graded(marker.not_gradable(hostile, hostile), hostile, (), hostile, True, True),
    ]
    table = whole_rows(ClassRun(assignment, graded))
    assert len(table) == 4
    for row in table:
        for cell in row:
            assert cell.lstrip()[:1] not in tuple("=+-@\uff1d\uff0b")
            assert cell[:1] not in ("\t", "\r", "\n")


def test_only_formulas_are_quoted() -> None:
    for text in ("Ann", "O'Neil", "7-up", "", "a=b", " Ann", "'=1"):
        assert harmless(text) == text


# -- a file a student ------------------------------------------------------------------------------

HOSTILE = [
    "../../etc/passwd", "/root/x", "C:\\x", "..", ".", "", "con", "a\0b", "x" * 500, "\u202egpj",
    "~", "-rf", "a:b", "ANN", "ann", "\u00c5sa", "A\u030asa", "$(id)", "a\nb",
]  # fmt: skip


def test_no_name_leaves_the_folder_and_none_is_lost(tmp_path: Path) -> None:
    marker = Marker(read_assignment(HOMEWORK))
    graded = [Graded(marker.mark(name, RIGHT), "a.yaml") for name in HOSTILE]
    found = dict(letters(ClassRun(marker.assignment, graded)))
    assert len(found) == len(HOSTILE)
    assert len({name.casefold() for name in found}) == len(HOSTILE)
    for name in found:
        (tmp_path / name).write_text("x", encoding="utf-8")
        assert (tmp_path / name).resolve().parent == tmp_path.resolve()
        assert name[0] not in ".-~"
        assert name.casefold() != "con.txt"
    assert len(list(tmp_path.iterdir())) == len(HOSTILE)


def test_a_letter_says_until_when_it_was_due(class_run: ClassRun) -> None:
    assignment = read_assignment({**HOMEWORK, "due": "2026-11-20"})
    bob = dict(letters(replace(class_run, assignment=assignment)))["Bob.txt"]
    assert "It was handed in late: it was due by 2026-11-20 23:59.\n" in bob


@pytest.mark.parametrize(
    ("penalty", "when", "told"),
    [
        ({"per_day": 0.1}, "2026-11-22 09:00",
         "It was handed in at 2026-11-22 09:00, 1 day 9 hours late: it was due by 2026-11-20 23:59."
         " That counts as 2 days and costs 20 % of the points reached (10 % for each day that has"
         " begun), and of those that are still to be given."),
        ({"per_day": 0.1}, "2026-11-21 00:12:09",
         ", 13 minutes late: it was due by 2026-11-20 23:59. That counts as 1 day and costs 10 %"),
        ({"per_day": 0.3, "most": 0.5}, "2026-11-30 09:00",
         "That counts as 10 days and costs 50 % of the points reached (30 % for each day that has"
         " begun, 50 % at most)"),
        (0.25, "2026-11-21 09:00",
         ", 9 hours 1 minute late: it was due by 2026-11-20 23:59. That costs 25 %"),
        (0.25, "", "It was handed in late: it was due by 2026-11-20 23:59. That costs 25 %"),
    ],
)  # fmt: skip
def test_a_letter_says_what_being_late_costs_and_why(
    class_run: ClassRun, penalty: Any, when: str, told: str
) -> None:
    assignment = read_assignment({**HOMEWORK, "due": "2026-11-20", "penalty": penalty})
    bob = list(class_run.graded)[1]._replace(when=when)
    late = replace(class_run, assignment=assignment, everything=[bob])
    assert told in dict(letters(late))["Bob.txt"]
    assert told in loaded("gradescope", late)["output"]


def test_a_gradebook_has_no_penalty_of_points_that_are_not_all_given(class_run: ClassRun) -> None:
    """2.5 points so far, less a fifth: 0.5 of the missing points would be less a fifth, too."""
    more = {"due": "2026-11-20", "penalty": {"per_day": 0.1}}
    when = "2026-11-22 09:00"
    ann, bob, _ = (
        g._replace(when=when, late=True, penalty=g.marked.score * 0.2) for g in class_run.graded
    )
    run = replace(
        class_run, assignment=read_assignment({**HOMEWORK, **more}), everything=[ann, bob]
    )
    head, _, *told = whole_rows(run)
    first, second = (dict(zip(head, row, strict=True)) for row in told)
    assert (first["late penalty"], first["total"], first["points so far"]) == ("-0.9", "3.6", "")
    assert (second["late penalty"], second["total"], second["points so far"]) == ("", "", "2")
    assert "1 day 9 hours late" in first["feedback"]
    assert first["feedback"].endswith(
        "That counts as 2 days and costs 20 % of the points reached (10 % for each day that has"
        " begun)."
    )
    assert "20 % of the points reached" in second["feedback"]
    assert "and of those that are still to be given. | Question 2: " in second["feedback"]


def test_a_letter_tells_every_question_by_its_number(class_run: ClassRun) -> None:
    bob = dict(letters(class_run))["Bob.txt"]
    assert bob.startswith("Bob: 2.5 of 4.5 points; 1 answer needs a look\nIt was handed in late.\n")
    assert "Question 1: Right.\n" in bob
    assert (
        'Question 3 (=q3): To be looked at. Your answer: "many". It could not be read as a number,'
        in bob
    )
    assert "Question 4: 0 of 1 point. You gave no answer. The right answer is yes" in bob


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("750 (5*5*3*10)", " Your answer: 750 (5*5*3*10). The"),
        ("750 parameters", " Your answer: 750 parameters. The"),
        ("750.", " Your answer: 750. The"),
        ("exp(2)/(exp(2) + exp(3))", " Your answer: exp(2)/(exp(2) + exp(3)). The"),
        ("750, all weights", ' Your answer: "750, all weights". The'),
        ("I counted 750.", ' Your answer: "I counted 750." The'),
        ("It is 750!", ' Your answer: "It is 750!" The'),
    ],
)
def test_where_an_answer_of_words_ends_is_seen(answer: str, told: str) -> None:
    mark = Mark("q", "wrong", 0, 1, answer, "760", "", None, "The biases were forgotten.")
    assert told in feedback(mark)


def test_a_note_that_quotes_a_sentence_has_one_full_stop(class_run: ClassRun) -> None:
    notes = ("Line 2 was not read: `It was hard.`", "Line 3 was not read: `a`")
    noted = next(class_run.graded)._replace(notes=notes)
    told = list(letter(noted, class_run.assignment.policy))
    assert told[-2:] == ["Line 2 was not read: `It was hard.`", "Line 3 was not read: `a`."]


# -- platforms -------------------------------------------------------------------------------------

NO_FORMATS = {"feedback", "letters", "summary"}  # what the formats share, and what else is written
GRADESCOPE = {"score", "output", "visibility", "tests"}
GRADESCOPE_TEST = {
    "name", "number", "score", "max_score", "status", "output", "output_format", "visibility",
}  # fmt: skip
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
PRAIRIELEARN = {"gradable", "score", "message", "format_errors", "tests"}
PRAIRIELEARN_TEST = {"name", "description", "points", "max_points", "message", "output"}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_gradescope(class_run: ClassRun, place: int) -> None:
    whole = loaded("gradescope", alone(class_run, place))
    assert set(whole) == GRADESCOPE
    assert whole["score"] == [4.5, 2.5, 0][place]
    assert whole["visibility"] in VISIBILITIES
    assert len(whole["tests"]) == [4, 4, 0][place]
    for test in whole["tests"]:
        assert set(test) | {"status"} == GRADESCOPE_TEST
        part = 0 < test["score"] < test["max_score"]  # neither passed nor failed
        assert part <= ("status" not in test)
        if "status" in test:
            assert test["status"] == ("passed" if test["score"] == test["max_score"] else "failed")
        assert test["output_format"] == "text"
        assert test["visibility"] in VISIBILITIES
        assert isinstance(test["number"], str)
    assert sum(test["score"] for test in whole["tests"]) == whole["score"]
    assert ["4.5 of", "no question is called q5", "is not marked yet"][place] in whole["output"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_prairielearn(class_run: ClassRun, place: int) -> None:
    whole = loaded("prairielearn", alone(class_run, place))
    assert set(whole) == PRAIRIELEARN
    assert whole["score"] == pytest.approx([1, 2.5 / 4.5, 0][place])
    assert whole["gradable"] is (place < 2)
    assert len(whole["format_errors"]) == (place == 2)
    for test in whole["tests"]:
        assert set(test) == PRAIRIELEARN_TEST
        assert 0 <= test["points"] <= test["max_points"]
        assert all(isinstance(test[key], str) for key in ("name", "description", "message"))


def test_every_export_is_of_one_file_and_listed() -> None:
    folder = Path(exports.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", *NO_FORMATS}
    found = {exports.FORMATS[form].__module__.rpartition(".")[2] for form in exports.FORMATS}
    assert modules == found
    assert set(exports.OF_ONE) <= set(exports.FORMATS)


def test_points_that_are_all_nought_are_no_division_by_it() -> None:
    questions = [{"id": "a", "ask": "conv1.output", "points": 0}]
    assignment = read_assignment({**HOMEWORK, "questions": questions})
    graded = Graded(Marker(assignment).mark("Ann", {"a": "1x1x1"}), "a.yaml")
    for form in exports.FORMATS:
        assert exports.render(form, ClassRun(assignment, [graded]))


@pytest.mark.parametrize(("show", "times"), [("always", 0), ("hint", 1), ("never", 1)])
def test_the_teacher_is_shown_the_right_answer_once(tmp_path: Path, show: str, times: int) -> None:
    """That of a question of yes or no, too: an answer may not be readable as `yes or no`."""
    (tmp_path / "a.yaml").write_text("q: yes\n")
    (tmp_path / "b.yaml").write_text("q: 7\n")
    spec = {"input": "6x6x1", "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}], "rounding": "floor"}
    asked = {"spec": spec, "show": show, "questions": [{"id": "q", "ask": "fits(conv1)"}]}
    found = grade(
        read_assignment(asked), [Found(str(tmp_path / f"{name}.yaml"), name) for name in "ab"]
    )
    text = exports.render("table", found)
    assert text.count("[right: no]") == times + 1
    assert text.count("The right answer is no") == 1 - times


def test_answers_that_mean_the_same_are_counted_together(tmp_path: Path) -> None:
    """13 pixels are 13x13; the right ones are 5x5."""
    questions = ["conv1.receptive_field", "conv1.output", "conv1.weights"]
    answers = [
        ("13", "[9, 9, 9]", "9,111"), ("13x13", "9 x 9 x 9", 9111), ([13, 13], "(9,9,9)", "3037*3"),
    ]  # fmt: skip
    found = []
    for n, some in enumerate(answers):
        (tmp_path / f"{n}.json").write_text(json.dumps(dict(zip(questions, some, strict=True))))
        found.append(Found(str(tmp_path / f"{n}.json"), str(n)))
    run = grade(read_assignment({**HOMEWORK, "questions": questions}), found)
    asked = json.loads(SUMMARIES["json"](run))["questions"]
    assert [q["unexplained"] for q in asked] == [{"13x13": 3}, {"9x9x9": 3}, {"9,111": 3}]


def test_an_answer_that_was_not_found_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("q1: 32x32x10\nthe second one: 760\n")
    run = grade(read_assignment(HOMEWORK), [Found(str(tmp_path / "a.txt"), "Ann")])
    text = SUMMARIES["table"](run)
    assert '""' not in text
    assert "1 student: no answer was found, needs a look" in text


@pytest.mark.parametrize(
    ("mean", "text"),
    [(20.79 / 2, "10.40"), (0.125, "0.13"), (2, "2.00"), (4 / 3, "1.33"), (1e-7, "0.00")],
)
def test_a_mean_is_rounded_half_up(mean: float, text: str) -> None:
    assert exports.two_decimals(mean) == text
