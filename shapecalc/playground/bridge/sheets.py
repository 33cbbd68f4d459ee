"""A sheet of questions: drawn by a level and a seed, or set by a teacher about one network.

Either is what the assignment of `shapecalc grade` is, so that answers are marked as there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from shapecalc import readers
from shapecalc.diagnostics import quote
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.marking import Marker
from shapecalc.grading.query import read_path
from shapecalc.grading.question import Assignment
from shapecalc.grading.quiz import make_quiz
from shapecalc.grading.quiz.words import NOTES
from shapecalc.playground.bridge import Refused
from shapecalc.playground.bridge.hidden import Table, table

FILE = "network.shape.yaml"
TITLE = "Fill in what is missing"
LONGEST_SPEC = 100_000  # characters
MOST_ASKED = 200
# A mistake is named and explained without the numbers: who is told may try again. What follows from
# one's own slip counts. There are no points.
PRACTICE = {"show": "hint", "follow_through": 1}

Path = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Drawn(_Sheet):
    """Questions of a level that a seed decides."""

    level: Literal[1, 2]
    seed: int = Field(ge=0, lt=2**53)  # what JavaScript can count
    count: int = Field(5, ge=1, le=20)


class Set(_Sheet):
    """Questions about a network: numbers that its table hides, and further ones below."""

    spec: str = Field(max_length=LONGEST_SPEC)
    hide: tuple[Path, ...] = Field((), max_length=MOST_ASKED)
    ask: tuple[Path, ...] = Field((), max_length=MOST_ASKED)
    title: str = Field("", max_length=200)


Sheet = Drawn | Set
_SHEET: TypeAdapter[Sheet] = TypeAdapter(Sheet)


class Item(NamedTuple):
    """A question as the page shows it. `number` is the one that feedback calls it by."""

    id: str
    number: int
    text: str
    form: str  # sizes, field, number or truth


class Problem(NamedTuple):
    """What is told, and what is asked about it."""

    intro: str
    items: tuple[Item, ...]


class Opened(NamedTuple):
    """A sheet that can be answered. `table` has the network that a teacher asks about."""

    title: str
    notes: str
    problems: tuple[Problem, ...]
    table: Table | None
    assignment: Assignment
    marker: Marker  # says what went wrong, without the numbers
    telling: Marker  # says the right answer and its working as well


def opened(written: Mapping[str, Any]) -> Opened:
    """Return a sheet. Raises Refused for one that cannot be read or answered."""
    try:
        return _opened(_SHEET.validate_python(written))
    except ValidationError:
        raise Refused("This link sets no questions that can be read.") from None


@lru_cache(maxsize=16)
def _opened(sheet: Sheet) -> Opened:
    if isinstance(sheet, Drawn):
        return _drawn(sheet)
    return _set(sheet)


def _drawn(sheet: Drawn) -> Opened:
    quiz = make_quiz(seed=sheet.seed, level=sheet.level, count=sheet.count)
    numbers = {q.id: number for number, q in enumerate(quiz.assignment.questions, 1)}
    problems = tuple(
        Problem(
            problem.intro,
            tuple(
                Item(item.id, numbers[item.id], item.text, item.question.query.form)
                for item in problem.items
            ),
        )
        for problem in quiz.problems
    )
    return _marked(quiz.title, NOTES, problems, None, quiz.mapping)


def _set(sheet: Set) -> Opened:
    paths = list(dict.fromkeys((*sheet.hide, *sheet.ask)))
    if not paths:
        raise Refused("Nothing is asked: hide a number, or write a question.")
    for path in paths:
        _need_no_run(path)
    document = readers.read_bytes(sheet.spec.encode("utf-8"), FILE)
    if document.findings:
        raise Refused(f"The network cannot be read: {document.findings[0].fault.message}.")
    if not isinstance(document.data, Mapping):
        raise Refused("The network cannot be read: it is no mapping with an input and layers.")
    mapping = {
        "title": sheet.title,
        "spec": document.data,
        "questions": [{"id": path, "ask": path} for path in paths],
    }
    assignment = _read(mapping)
    shown = table(assignment.questions, frozenset(sheet.hide))
    items = tuple(
        Item(q.id, number, q.prompt, q.query.form)
        for number, q in enumerate(assignment.questions, 1)
    )
    title = assignment.title or assignment.questions[0].subject.trace.name or TITLE
    return _marked(title, "", (Problem("", items),), shown, mapping)


def _need_no_run(path: str) -> None:
    """Refuse a question for a value that a network computes: the page cannot run one."""
    try:
        query = read_path(path)
    except Unanswerable as error:
        raise Refused(_said(error.fault.message, error.fault.hint)) from None
    if query.executed:
        raise Refused(
            f"This cannot be asked: {quote(path)} is a value that the network computes, and it is"
            " not run in the browser; ask for sizes, counts, receptive fields, P(LAYER) or"
            " fits(LAYER)."
        )


def _to_practise(mapping: Mapping[str, Any]) -> dict[str, Any]:
    questions = [{**question, "points": 0} for question in mapping["questions"]]
    return {**mapping, **PRACTICE, "questions": questions}


def _read(mapping: Mapping[str, Any]) -> Assignment:
    assignment = read_assignment(_to_practise(mapping))
    if assignment.findings:
        fault = assignment.findings[0].fault
        raise Refused(_said(fault.message, fault.hint))
    return assignment


def _said(message: str, hint: str) -> str:
    return f"This cannot be asked: {message}" + (f"; {hint}." if hint else ".")


def _marked(
    title: str,
    notes: str,
    problems: Sequence[Problem],
    shown: Table | None,
    mapping: Mapping[str, Any],
) -> Opened:
    assignment = _read(mapping)
    telling = read_assignment({**_to_practise(mapping), "show": "always"})
    return Opened(
        title, notes, tuple(problems), shown, assignment, Marker(assignment), Marker(telling)
    )
