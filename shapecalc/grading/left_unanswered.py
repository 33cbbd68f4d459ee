"""Lines that say which questions are left without an answer: `Sorry, no time left for number 10.`,
`10 - no time`.

Each is read as just that: the answer to the question that it names, if that has no other one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from shapecalc.diagnostics import quote
from shapecalc.grading.columns import by_number, by_plain_id
from shapecalc.grading.joined_lines import Line
from shapecalc.grading.named_questions import LONGEST, NUMBERS, each_number, numbers_in, spoken_of
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.regex import regex

# A number alone in front of it: `10 - no time`, `9, 10 (skipped)`; who is `not sure` may mean a
# value.
BY_NUMBER = regex(
    rf"\W{{0,3}}(?P<numbers>{NUMBERS})(?: ?[-:;,./)\]]+ ?| )"
    r"(?P<said>(?!.*\b(?:sure|unsure)\b)\(?[^\W\d_].*|(?<![\d ] )\?+)"
)
DASHES = str.maketrans("\u2013\u2014\t", "-- ")


def left_unanswered(line: str, ids: Collection[str], *, begun: bool = False) -> list[str]:
    """Return the ids of the questions that a line names if it says of them that they are not
    answered, and nothing else. A number in front of that may be the answer that was `begun` above.
    """
    if is_blank(line):
        return _each(numbers_in(line), ids)
    counted = None if begun else _counted(line)
    return _each(counted[0], ids) if counted else []


def _counted(line: str) -> tuple[list[str], str] | None:
    """Return the numbers that a line begins with and what it says of them, if that is no answer."""
    if len(line) > LONGEST:
        return None
    found = BY_NUMBER.fullmatch(" ".join(line.translate(DASHES).split()))
    if found is None or not is_blank(found["said"]):
        return None
    return each_number(found["numbers"]), found["said"]


def is_about_others(line: str, id_: str | None, ids: Collection[str]) -> bool:
    """Say whether a line that was not read is about other questions than the one above it."""
    about = _each(spoken_of(line), ids)
    return bool(about) and id_ not in about


def as_said(
    answers: Mapping[str, str], lines: Iterable[Line], ids: Collection[str]
) -> dict[str, str]:
    """Return answers with what lines say of questions that have none."""
    said = {id_: _said(line) for line in lines if line.aside for id_ in _said_of(line, ids)}
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


def _said(line: Line) -> str:
    """Return what a line says, without a number in front, which may be a value elsewhere."""
    counted = None if is_blank(line.text) else _counted(line.text)
    return counted[1] if counted else line.text


def _each(numbers: Collection[str], ids: Collection[str]) -> list[str]:
    """Return the questions of numbers, none if one is no question's."""
    short = by_plain_id(ids)
    found = [by_number(number, ids, short) for number in numbers]
    return [id_ for id_ in found if id_ is not None] if all(found) else []
