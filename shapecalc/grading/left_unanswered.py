"""Lines that say which questions are left without an answer: `Sorry, no time left for number 10.`

Each is read as just that: the answer to the question that it names, if that has no other one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from shapecalc.diagnostics import quote
from shapecalc.grading.columns import by_number, by_plain_id
from shapecalc.grading.joined_lines import Line
from shapecalc.grading.named_questions import numbers_in, spoken_of
from shapecalc.grading.no_answer import is_blank


def left_unanswered(line: str, ids: Collection[str]) -> list[str]:
    """Return the ids of the questions that a line names if it says of them that they are not
    answered, and nothing else.
    """
    return _each(numbers_in(line), ids) if is_blank(line) else []


def is_about_others(line: str, id_: str | None, ids: Collection[str]) -> bool:
    """Say whether a line that was not read is about other questions than the one above it."""
    about = _each(spoken_of(line), ids)
    return bool(about) and id_ not in about


def as_said(
    answers: Mapping[str, str], lines: Iterable[Line], ids: Collection[str]
) -> dict[str, str]:
    """Return answers with what lines say of questions that have none."""
    said = {id_: line.text for line in lines if line.aside for id_ in _said_of(line, ids)}
    return {**said, **{id_: text for id_, text in answers.items() if text or id_ not in said}}


def contradicted(
    answers: Mapping[str, str],
    lines: Iterable[Line],
    ids: Collection[str],
    told: Sequence[tuple[str, str]],
) -> Iterator[str]:
    """Yield what is told of such lines about questions that have answers."""
    for line in lines:
        has_one = line.aside and not all(is_blank(answers[id_]) for id_ in _said_of(line, ids))
        if has_one:
            name, written = told[line.number - 1]
            yield f"{name} was taken for a remark: `{quote(written.strip())}`"


def _said_of(line: Line, ids: Collection[str]) -> list[str]:
    return left_unanswered(line.text, ids)


def _each(numbers: Collection[str], ids: Collection[str]) -> list[str]:
    """Return the questions of numbers, none if one is no question's."""
    short = by_plain_id(ids)
    found = [by_number(number, ids, short) for number in numbers]
    return [id_ for id_ in found if id_ is not None] if all(found) else []
