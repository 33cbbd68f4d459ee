"""Marks as tables for the terminal: each student's, what went wrong, then the whole class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapecalc.diagnostics import quote
from shapecalc.grading.exports import number, two_decimals
from shapecalc.grading.exports.feedback import (
    VERDICTS,
    explained,
    feedback,
    of_columns,
    of_hanging,
    of_mean,
    of_times,
    reached,
    who_did,
)
from shapecalc.grading.feedback import tells
from shapecalc.grading.graded import ClassRun, Graded
from shapecalc.grading.marks import Mark, title
from shapecalc.grading.multiple_choice import right_told
from shapecalc.grading.shortened import shortened
from shapecalc.reports.table import drawn

NUMBERS = ("points", "of")
COLUMNS = [(name, name in NUMBERS) for name in ("question", "answer", "verdict", *NUMBERS)]
LONGEST = 40  # characters of an id or an answer


def render(class_run: ClassRun) -> Iterator[str]:
    """Yield everybody's table, what was skipped, and a summary if there is more than one."""
    between = ""
    rights = [right_told(question) for question in class_run.assignment.questions]
    for graded in class_run.graded:
        yield f"{between}{_student(graded, rights)}\n"
        between = "\n"
    if class_run.tally.skipped:
        yield f"{between}Skipped:\n"
        between = "\n"
        yield from (f"  {item.file}: {item.marked.reason}\n" for item in class_run.skipped)
    if class_run.tally.tables:
        yield f"{between}Columns:\n"
        between = "\n"
        yield from (f"  {said}\n" for said in of_columns(class_run))
    for said in of_times(class_run):
        yield f"{between}{said}\n"
        between = "\n"
    if class_run.tally.graded > 1:
        yield f"{between}{_class(class_run)}\n"


def _student(graded: Graded, rights: Sequence[str]) -> str:
    identity = f" ({graded.identity})" if graded.identity not in ("", graded.student) else ""
    heading = "; ".join([f"{graded.student}{identity}: {reached(graded)}", *graded.remarks])
    lines = [f"{heading}  [{graded.file}]"]
    if graded.gradable:
        lines += [_table(graded)]
        lines += [
            f"  {title(place, mark)}: {_told(mark, right)}"
            for place, (mark, right) in enumerate(zip(graded.marked.marks, rights, strict=True), 1)
            if mark.verdict not in ("right", "blank") or mark.note
        ]
    return "\n".join([*lines, *(f"  {note}" for note in graded.notes)])


def _told(mark: Mark, right: str) -> str:
    """Return what the student is told, and what is not shown there."""
    if mark.verdict == "right" or tells(mark.feedback, right):
        return feedback(mark)
    return f"{feedback(mark)} [right: {right}]"


def _table(graded: Graded) -> str:
    rows = [
        [quote(m.id, LONGEST), shortened(m.answer, LONGEST), VERDICTS[m.verdict].lower(),
         str(number(m.points)), str(number(m.possible))]
        for m in graded.marked.marks
    ]  # fmt: skip
    if graded.penalty:
        rows.append(["late penalty", "", "", f"-{number(graded.penalty)}", ""])
    total = ["total", "", "", str(number(graded.score)), str(number(graded.marked.possible))]
    return drawn("table", COLUMNS, rows, total)


def _class(class_run: ClassRun) -> str:
    """Return how the class did: means are of those who could be graded."""
    tally = class_run.tally
    lines = [f"Class: {tally.marked:,} of {tally.counted:,} graded"]
    if class_run.mean is not None:
        lines[0] += f", mean {two_decimals(class_run.mean)} of {number(class_run.possible)} points"
    lines += filter(None, [of_mean(class_run), of_hanging(class_run)])
    for name, count in tally.mistaken.most_common():
        answers = tally.misconceptions[name]
        told = tally.words[name] or explained(name)
        lines.append(f"  {who_did(told, count, answers, tally.perhaps[name])}")
    if tally.duplicates:
        lines.append("  duplicate: submissions of one name or number all count; attempts: in the")
        lines.append("  assignment chooses one")
    return "\n".join(lines)
