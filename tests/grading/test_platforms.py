"""Tables as platforms export them, attempts, and being late; their columns are documented ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import exports
from shapecalc.grading.answer_texts import lines_of
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports.feedback import of_times
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.moments import days_late, deadline, moment, time_late
from shapecalc.grading.regrading import NotAGradebook, read_gradebook, regraded
from shapecalc.grading.submission_file import Found, NotGradable

SPEC = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}, {"max_pool": 2}]}
QUESTIONS = [
    {"id": "q1", "ask": "conv1.output", "prompt": "What is the volume behind conv1?"},
    {"id": "q2", "ask": "conv1.parameters", "prompt": "How many parameters has conv1?"},
]
BOTH, ONE = ["28x28x10", "760"], ["28x28x10", "1"]


def graded(folder: Path, head: Sequence[str], *rows: Sequence[str], **keys: Any) -> ClassRun:
    """Return a class that was handed in as a table."""
    file = folder / "export.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as text:
        csv.writer(text).writerows([head, *rows])
    assignment = read_assignment({"spec": SPEC, "questions": QUESTIONS, **keys})
    assert assignment.usable, assignment.diagnostics
    return grade(assignment, [Found(str(file), otherwise="export")])


def scores(found: ClassRun) -> list[tuple[str, str, float]]:
    return [(item.student, item.identity, item.score) for item in found.counted]


def test_google_forms(tmp_path: Path) -> None:
    """Questions are columns by their texts, people by their addresses; a quiz adds its points."""
    head = ["Timestamp", "Email Address", "First name", "Last name", "ID number",
            "What is the volume behind conv1?", "What is the volume behind conv1? [Score]",
            "How many parameters has conv1? (1 point)"]  # fmt: skip
    people = [["Ann", "Lee", "7"], ["Ann", "Lee", "8"], ["Bob", "", ""]]
    found = graded(
        tmp_path,
        head,
        *(["2026/11/20 9:05:03 PM GMT+1", f"{n}@x.org", *who, BOTH[0], "1 / 1", BOTH[1]]
          for n, who in enumerate(people)),
    )  # fmt: skip
    assert scores(found) == [("Ann Lee", "7", 2), ("Ann Lee", "8", 2), ("Bob", "2@x.org", 2)]
    assert not any(item.duplicate or item.notes for item in found.graded)


def test_a_form_of_many_rows_has_no_duplicates_but_attempts(tmp_path: Path) -> None:
    rows = [["t", f"s{n % 300}@x.org", *BOTH] for n in range(306)]
    found = graded(tmp_path, ["", "Email Address", "q1", "q2"], *rows)
    assert len(list(found.graded)) == 306
    assert len(list(found.counted)) == 300
    assert not any(item.duplicate for item in found.graded)


def test_moodle_responses(tmp_path: Path) -> None:
    head = ["Last name", "First name", "ID number", "Email address", "Status", "Started",
            "Completed", "Duration", "Grade/2.00", "Response 1", "Response 2"]  # fmt: skip
    row = ["Lee", "Ann", "100", "ann@x.org", "Finished", "20 November 2026 9:00 PM",
           "20 November 2026 9:30 PM", "30 mins", "0.00", *BOTH]  # fmt: skip
    found = graded(tmp_path, head, row, ["Overall average", *[""] * 7, "0.00", "", ""])
    assert scores(found) == [("Ann Lee", "100", 2)]
    assert [item.marked.reason for item in found.skipped] == [
        "line 3 is Overall average: nobody's answers"
    ]
    table = exports.render("csv", found).splitlines()
    assert table[0] == (
        "student,id,Last name,First name,ID number,Email address,q1,q2,total,handed in,status,"
        "feedback,file"
    )
    assert table[2] == (
        "Ann Lee,100,Lee,Ann,100,ann@x.org,1,1,2,2026-11-20 21:30,graded,,"
        f"{tmp_path / 'export.csv'}"
    )


def test_canvas_student_analysis(tmp_path: Path) -> None:
    head = ["name", "id", "sis_id", "section", "section_id", "section_sis_id", "submitted",
            "attempt", "4711: <p>volume</p>", "1.0", "4712: <p>parameters</p>", "1.0", "n correct",
            "n incorrect", "score"]  # fmt: skip
    row = ["Ann", "1", "s1", "A", "2", "", "2026-11-20 20:00:00 UTC", "1", BOTH[0], "0.0", BOTH[1],
           "0.0", "0", "2", "0"]  # fmt: skip
    assert scores(graded(tmp_path, head, row)) == [("Ann", "1", 2)]


@pytest.mark.parametrize("name", ["Q1", "q1: What is it?", "Q1. volume", "q 1", "q1 (1 point)"])
def test_a_column_is_found_by_an_id_however_it_is_written(tmp_path: Path, name: str) -> None:
    assert scores(graded(tmp_path, ["name", name, "q2"], ["Ann", *BOTH])) == [("Ann", "", 2)]


def test_the_author_maps_columns(tmp_path: Path) -> None:
    columns = {"q1": "first thing", "q2": "q1", "student": "wer"}
    found = graded(tmp_path, ["wer", "first thing", "q1"], ["Ann", *BOTH], columns=columns)
    assert scores(found) == [("Ann", "", 2)]


# -- attempts and being late -----------------------------------------------------------------------

HEAD = ["Timestamp", "email", "q1", "q2"]
ROWS = [
    ["2026-11-20 20:00:00", "a@x", *BOTH],
    ["2026-11-22 20:00:00", "a@x", *ONE],
    ["2026-11-21 20:00:00", "a@x", "", ""],
]


@pytest.mark.parametrize(
    ("attempts", "score"), [(None, 1), ("latest", 1), ("highest", 2), ("first", 2)]
)
def test_one_attempt_counts(tmp_path: Path, attempts: str | None, score: float) -> None:
    keys = {} if attempts is None else {"attempts": attempts}
    found = graded(tmp_path, HEAD, *ROWS, **keys)
    assert scores(found) == [("a@x", "a@x", score)]
    assert len(list(found.graded)) == 3
    assert found.mean == score
    assert next(found.counted).status == "graded; 3 attempts"
    assert len(exports.render("csv", found).splitlines()) == 3


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [(0.25, [2, 0.75, 1.5]), ({"per_day": 0.25}, [2, 0.5, 1.5]),
     ({"per_day": 0.8, "most": 0.5}, [2, 0.5, 1.0])],
)  # fmt: skip
def test_being_late_costs_a_share(tmp_path: Path, penalty: Any, expected: list[float]) -> None:
    """Two days late is one and a bit: each day counts as it begins. BOTH is 2, ONE is 1."""
    rows = [
        ["2026-11-20 23:59:59", "a", *BOTH],
        ["2026-11-22 20:00:00", "b", *ONE],
        ["2026-11-21 20:00:00", "c", *BOTH],
        ["soon", "d", *BOTH],
    ]
    found = graded(tmp_path, HEAD, *rows, due="2026-11-20", penalty=penalty)
    assert [item.score for item in found.graded] == [*expected, 2]
    assert [item.late for item in found.graded] == [False, True, True, False]
    assert "lateness is not known" in list(found.graded)[3].notes[0]


@pytest.mark.parametrize("penalty", [0.25, None])
@pytest.mark.parametrize("when", ["2026-11-20 12:00", "2026-11-22 12:00"])
def test_the_gradebook_has_a_column_of_penalties_wherever_there_is_a_rule(
    tmp_path: Path, penalty: float | None, when: str
) -> None:
    """Its columns are the same for two classes of which one is in time."""
    keys = {} if penalty is None else {"penalty": penalty}
    found = graded(tmp_path, HEAD, [when, "a", *BOTH], due="2026-11-20", **keys)
    head, *_, row = csv.reader(io.StringIO(exports.render("csv", found)))
    assert ("late penalty" in head) is (penalty is not None)
    if penalty is not None:
        late = when.startswith("2026-11-22")
        assert row[head.index("late penalty")] == ("-0.5" if late else "")


@pytest.mark.parametrize(
    ("count", "who"),
    [(2, "(ann and bob)"), (5, "(ann, bob, cid, dan and eve)"),
     (7, "(ann, bob, cid, dan, eve and 2 more)")],
)  # fmt: skip
def test_who_does_not_say_when_is_named(tmp_path: Path, count: int, who: str) -> None:
    names = ["ann", "bob", "cid", "dan", "eve", "fay", "gus"][:count]
    rows = [["", name, *BOTH] for name in names]
    (told,) = of_times(graded(tmp_path, HEAD, *rows, due="2026-11-20"))
    assert f"{count} submissions do not say when they were handed in" in told
    assert f"count as in time {who}; in a file" in told


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("2026-11-03 10:05", "2026-11-03 10:05"),
        ("23 November 2026 8:05 PM", "2026-11-23 20:05"),
        ("11/23/2026 10:05:09", "2026-11-23 10:05:09"),
        ("23/11/2026 10:05:09", "2026-11-23 10:05:09"),
        ("2026/11/20 5:00:07 PM GMT+1", "2026-11-20 17:00:07 UTC+01:00"),
        ("2026-11-20T12:00Z", "2026-11-20 12:00 UTC"),
        # none that is read without doubt
        ("11/3/2026 10:05:09", "11/3/2026 10:05:09"),
        ("2026-11-20 20:00 CET", "2026-11-20 20:00 CET"),
        ("2026-11-20", "2026-11-20"),
        ("soon", "soon"),
    ],
)
def test_the_gradebook_has_one_form_of_times(tmp_path: Path, when: str, shown: str) -> None:
    found = graded(tmp_path, HEAD, [when, "ann", *BOTH])
    head, _, row = csv.reader(io.StringIO(exports.render("csv", found)))
    assert row[head.index("handed in")] == shown


def test_who_says_nothing_of_when_counts_as_in_time_and_that_is_told(tmp_path: Path) -> None:
    """Four lines of text, two of YAML; the last one says nothing."""
    files = {
        "a.txt": "Name: a\nTimestamp: 2026-11-22 10:00\nq1: 5\n",
        "b.txt": "q1: 5\n**Submitted:** 2026-11-21 10:00\n",
        "c.md": "| question | answer |\n| --- | --- |\n| q1 | 5 |\n\nsubmission time: 2026-11-20\n",
        "d.yaml": "submitted: 2026-11-21 10:00\nq1: 5\n",
        "e.txt": "Handed in: 2026-11-21 10:00\nq1: 5\n",
        "f.yaml": "handed_in: 2026-11-19 10:00\nq1: 5\n",
        "g.txt": "q1: 5\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    spec = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]}
    asked = {"spec": spec, "questions": [{"id": "q1", "ask": "F(conv1)"}], "due": "2026-11-20"}
    found = grade(read_assignment(asked), [Found(str(tmp_path / name)) for name in files])
    assert [item.late for item in found.graded] == [True, True, False, True, True, False, False]
    assert not any(item.notes for item in found.graded)
    (told,) = of_times(found)
    assert told.startswith("1 submission does not say when it was handed in and counts as in time")
    assert told in exports.render("table", found)
    head, _, *rows = csv.reader(io.StringIO(exports.render("csv", found)))
    at = head.index("handed in")
    assert head[at + 1] == "days late"
    assert [row[at : at + 2] for row in rows][:2] == [
        ["2026-11-22 10:00", "2"],
        ["2026-11-21 10:00", "1"],
    ]
    assert rows[-1][at : at + 2] == ["", ""]
    del asked["due"]
    found = grade(read_assignment(asked), [Found(str(tmp_path / name)) for name in files])
    assert not [*of_times(found)]
    assert "days late" not in exports.render("csv", found)


@pytest.mark.parametrize("name", ["total", "Status", "student", "late penalty", "points so far"])
def test_a_question_called_as_another_column_has_one_of_its_own(tmp_path: Path, name: str) -> None:
    """Its points and the total are two columns, before and after regrading."""
    spec = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}]}
    asked = {"spec": spec, "questions": ["F(conv1)", {"id": name, "ask": "K(conv1)", "points": 2}]}
    (tmp_path / "a.yaml").write_text(f"F(conv1): 5\n{name}: 10\n", encoding="utf-8")
    found = grade(read_assignment(asked), [Found(str(tmp_path / "a.yaml"), "Ann")])
    rows = list(csv.reader(io.StringIO(exports.render("csv", found))))
    assert len(rows[0]) == len(set(rows[0]))
    assert dict(zip(rows[0], rows[2], strict=True))[f"{name} (question 2)"] == "2"
    assert dict(zip(rows[0], rows[2], strict=True))["total"] == "3"
    book = read_gradebook(rows)
    assert not regraded(book, book).changes
    rows[0] = [cell.replace(f"{name} (question 2)", "F(conv1)") for cell in rows[0]]
    with pytest.raises(NotAGradebook, match="two columns are called F"):
        read_gradebook(rows)


@pytest.mark.parametrize(
    ("due", "last", "first_late"),
    [
        ("2026-11-20", "2026-11-20 23:59:59", "2026-11-21 00:00:00"),
        ("20261120", "2026-11-20 23:59:59", "2026-11-21 00:00:00"),
        ("2026-11-20 23:59", "2026-11-20 23:59:59", "2026-11-21 00:00:00"),
        ("2026-11-20 18:00:00", "2026-11-20 18:00:00", "2026-11-20 18:00:01"),
        ("20 November 2026 6:00 PM", "2026-11-20 18:00:59", "2026-11-20 18:01:00"),
    ],
)
def test_a_day_and_a_minute_last_to_their_ends(due: str, last: str, first_late: str) -> None:
    assert days_late(deadline(due), moment(last)) == 0
    assert days_late(deadline(due), moment(first_late)) == 1


@pytest.mark.parametrize(
    ("handed_in", "by"),
    [
        ("2026-11-20 23:59:59", ""),
        ("2026-11-21 00:00:00", "1 minute"),
        ("2026-11-21 00:12:09", "13 minutes"),
        ("2026-11-21 08:30", "8 hours 31 minutes"),
        ("2026-11-21 23:59:59", "1 day"),
        ("2026-11-22 00:00", "1 day 1 minute"),
        ("2026-11-23 02:59:30", "2 days 3 hours"),
        ("2026-11-23 03:40", "2 days 3 hours"),
    ],
)
def test_how_late_is_said_to_the_minute(handed_in: str, by: str) -> None:
    """A clock at both ends: from 23:59 to 00:12 are 13 minutes, to 08:30 are 8 hours 31 minutes."""
    assert time_late(deadline("2026-11-20 23:59"), moment(handed_in)) == by
    zoned = time_late(deadline("2026-11-20 23:59+00:00"), moment("2026-11-21 01:12:09+01:00"))
    assert zoned == "13 minutes"


@pytest.mark.parametrize(
    "text",
    ["2026-11-20 21:05:03", "2026/11/20 9:05:03 PM", "11/20/2026 21:05:03", "2026-11-20T21:05:03",
     "20/11/2026 21:05:03", "2026-11-20 21:05:03.000000 America/Los_Angeles"[:26]],
)  # fmt: skip
def test_times_of_platforms(text: str) -> None:
    assert moment(text).replace(tzinfo=None) == datetime(2026, 11, 20, 21, 5, 3)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("11/3/2026 10:05 PM", datetime(2026, 11, 3, 22, 5)),
        ("11/3/2026 10:05:07 PM", datetime(2026, 11, 3, 22, 5, 7)),
        ("20/11/2026 10:05 PM", datetime(2026, 11, 20, 22, 5)),
        ("2026/11/3 12:05 AM", datetime(2026, 11, 3, 0, 5)),
    ],
)
def test_times_with_am_and_pm(text: str, meant: datetime) -> None:
    assert moment(text) == meant


@pytest.mark.parametrize(
    ("times", "late"),
    [
        (["4/5/2026 10:05 PM", "4/25/2026 10:05 PM"], [False, False]),
        (["5/4/2026 10:05 PM", "4/25/2026 10:05 PM"], [True, False]),
        (["5/4/2026 10:05 PM", "25/4/2026 10:05 PM"], [False, False]),  # the 5th of April
        (["5/4/2026 22:05:00", "25/4/2026 22:05:00"], [False, False]),
        (["4/5/2026 10:05 PM", "25/4/2026 10:05 PM"], [True, False]),
    ],
)
def test_a_column_tells_whether_the_day_stands_in_front(
    tmp_path: Path, times: list[str], late: list[bool]
) -> None:
    rows = [[name, when, *BOTH] for name, when in zip(("Ann", "Bo"), times, strict=True)]
    run = graded(tmp_path, ["Name", "Timestamp", "q1", "q2"], *rows, due="2026-04-30", penalty=0.5)
    assert [one.late for one in run.everything] == late


def test_zones_count_where_both_have_one() -> None:
    due = moment("2026-11-20 20:00:00+00:00")
    assert moment("2026-11-20 20:00:00 UTC") == due  # Canvas
    assert moment("2026-11-20 21:00 GMT+1") == due
    assert days_late(due, moment("2026/11/20 9:05:03 PM GMT+2")) == 0
    assert days_late(due, moment("2026/11/20 9:05:03 PM GMT+1")) == 1
    assert days_late(due, moment("2026/11/20 7:05:03 PM")) == 0


@pytest.mark.parametrize("text", ["", "soon", "2026-13-40", "9" * 100, "12"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        moment(text)


# -- text ------------------------------------------------------------------------------------------


def test_an_answer_that_is_none_takes_no_other_line_with_it() -> None:
    found = lines_of("1. 33x25x16\n2. ?\n3. 2.35\n", ("size", "count", "value"))
    assert found.answers["size"] == "33x25x16"
    assert found.answers["value"] == "2.35"
    assert found.answers.get("count", "") in ("", "?")


def test_lines_of_text_and_of_a_text_box() -> None:
    text = "Name: Ann Lee\n\nQ1) 28x28x10\n**q2:** 760 = 750 + 10\nthank you: bye\n---\n"
    found = lines_of(text, ("q1", "q2"))
    assert found.student == "Ann Lee"
    assert found.answers == {"q1": "28x28x10", "q2": "760 = 750 + 10"}
    assert found.notes == ("Line 5 was not read: `thank you: bye`",)
    html = "<p>Q1: 28&times;28&times;10<br />q2 = <b>760</b></p><script>q2: 1</script>"
    assert lines_of(html, ("q1", "q2")).answers == {"q1": "28\u00d728\u00d710", "q2": "760"}


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("q4. 13x13x24", {"q4": "13x13x24"}),
        ("q5 4608", {"q5": "4608"}),
        ("q5 = 9*512 = 4608", {"q5": "9*512 = 4608"}),
        ("q7:\n\n40570", {"q7": "40570"}),
        ("q.7: 40570", {"q7": "40570"}),
        ("\u201cq1\u201d: 56x56x16", {"q1": "56x56x16"}),
        ("q2\uff1a28x28x16", {"q2": "28x28x16"}),
        ("P(conv1): 1\nfits (conv1): yes", {"P(conv1)": "1", "fits(conv1)": "yes"}),
        ("conv1.weight.grad 5", {"conv1.weight.grad": "5"}),
        ("q3: [[1, 2],\n[3, 4]]", {"q3": "[[1, 2], [3, 4]]"}),
        ("1: 7\n2. 8\n(3) 9", {"q1": "7", "q2": "8", "q3": "9"}),  # numbers, as sheets have them
        ("Question 3: 7", {"q3": "7"}),
    ],
)
def test_lines_are_read_as_people_write_them(text: str, answers: dict[str, str]) -> None:
    ids = (*(f"q{n}" for n in range(1, 8)), "P(conv1)", "P(conv2)", "fits(conv1)")
    ids += ("conv1.weight", "conv1.weight.grad")
    found = lines_of(text, ids)
    assert (found.answers, found.notes, found.unread) == (answers, (), False)


def test_numbers_are_no_answers_where_ids_are_or_where_they_contradict_ids() -> None:
    assert lines_of("q1: 5\n2. I multiplied", ("q1", "q2")).answers == {"q1": "5"}
    assert not lines_of("Question 2: 5", ("q2", "q1")).answers
    assert not lines_of("Question 3: 5", ("q1", "q2")).answers


def test_numbers_go_on_counting_where_words_began() -> None:
    """Each question once and in order; steps of a working are no answers."""
    ids = tuple(f"q{n}" for n in range(1, 7))
    found = lines_of("Q1: 5\n2) 7\nQuestion 3 - 8\n4. 9\n5 = 10\n", ids)
    assert found.answers == {"q1": "5", "q2": "7", "q3": "Question 3 - 8", "q4": "9", "q5": "10"}
    assert not found.unread
    steps = "q1: 5\n1. 25 weights\n2. 10 filters\nq2: 6\nq3: 7\n"
    assert lines_of(steps, ids).answers == {"q1": "5", "q2": "6", "q3": "7"}
    assert lines_of("q5: 5\n1. 25 weights\n2. 10 filters\n", ids).answers == {"q5": "5"}
    assert lines_of("q1: 5\n2. I multiplied\n3. I added", (*ids, "q7")).answers == {"q1": "5"}


@pytest.mark.parametrize("minus", ["-", "\u2013", "\u2212"])
@pytest.mark.parametrize(
    "line", ["2. {} 1.6", "2: {} 1.6", "2) {} 1.6", "q2: {} 1.6", "q2 = {} 1.6"]
)
def test_a_minus_behind_a_question_s_number_is_the_answer_s(line: str, minus: str) -> None:
    for before in ("", "student: Bo\n", "# Q3\nstudent: Bo\n"):
        found = lines_of(f"{before}{line.format(minus)}\n", ("q1", "q2", "q3"))
        assert found.answers["q2"] == f"{minus} 1.6"
        assert not found.unread


def test_a_minus_takes_no_other_line_with_it() -> None:
    found = lines_of("1. - 1.636\n2. 1.164\n3. - 5 + 2*3 = 1\n", ("dw", "step", "sum"))
    assert found.answers == {"dw": "- 1.636", "step": "1.164", "sum": "- 5 + 2*3 = 1"}
    table = "| question | answer |\n| --- | --- |\n| 2 | - 1.636 |\n| 1 | - 0.8, 0.8 |\n"
    assert lines_of(table, ("dz", "dw")).answers == {"dz": "- 0.8, 0.8", "dw": "- 1.636"}
    dashed = lines_of("q1 - 32x32x10\n- q2: 5\n", ("q1", "q2"))
    assert dashed.answers == {"q1": "32x32x10", "q2": "5"}


def test_a_text_of_too_many_lines_is_refused() -> None:
    with pytest.raises(NotGradable, match="more than 5,000 lines"):
        lines_of("q1 a\n" * 5001, ("q1",))
