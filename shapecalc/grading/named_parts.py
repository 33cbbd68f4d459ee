"""Counts that are given in parts, each by its name: `{weights: 12800, biases: 32}`.

Where the names are exactly the parts, the weights and the biases, or the layers of a total, what is
meant is their sum.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

from shapecalc.grading.answers import LONGEST, Reading
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.notation import plain
from shapecalc.grading.question import Question
from shapecalc.grading.values import Number, shown
from shapecalc.grading.written_numbers import Unreadable, number_of, whole_if_so

OF_PARAMETERS = frozenset(("weights", "biases"))
SPELLED = {"weight": "weights", "bias": "biases"}
SUMS = ("total", "sum", "parameters")
MOST = 100  # parts
BOTH = re.compile(r"(?=.*\bweights?\b).*\bbias(?:es)?\b", re.IGNORECASE)
BETWEEN = re.compile(r"\s*(?:[;&+]|,(?!\d{3})|\band\b|\bplus\b)\s*", re.IGNORECASE)
NAME = r"\(?(?:the )?(weights?|bias(?:es)?)\)?"
PART = re.compile(
    rf"{NAME}(?: ?[:=]| is| are)? ([^a-z]+)|([^a-z]+?) ?{NAME}[.]?", re.IGNORECASE
)  # weights: 5*5*3*10 = 750; 750 weights


def sum_of_parts(question: Question, answer: Any) -> Reading | None:
    """Return the sum of the parts of a count, if all of them are given by name, and nothing else;
    a sum that stands beside them has to be theirs.
    """
    query = question.query
    if query.kind != "record" or query.form != "number":
        return None
    given = answer if isinstance(answer, Mapping) else _in_words(answer)
    if given is None or len(given) > MOST:
        return None
    try:
        parts = {_spelled(name): _number(value) for name, value in given.items()}
    except Unreadable:
        return None
    sums = {parts.pop(name) for name in SUMS if name in parts}
    if len(parts) < 2 or parts.keys() not in _parts_of(question):
        return None
    total = whole_if_so(sum(parts.values()))
    if sums - {total}:
        return None
    return Reading(total, f"read as {' + '.join(map(shown, parts.values()))} = {shown(total)}")


def _parts_of(question: Question) -> list[Set[str]]:
    """Return the names of what a count is made of, in each way it is."""
    query = question.query
    found: list[Set[str]] = [OF_PARAMETERS] if query.key == "parameters" else []
    if query.name == "total":
        layers = (d.given.get("layers", ()) for d in question.subject.derivations(query))
        found += [{_spelled(name) for name in names} for names in layers]
    return found


def _spelled(name: Any) -> str:
    plainer = str(name)[:LONGEST].strip().lower()
    return SPELLED.get(plainer, plainer)


def _number(value: Any) -> Number:
    """Return a part's number, which may be a working. Raises Unreadable."""
    if not isinstance(value, str):
        return number_of(value)
    result = value.rpartition("=")[2].strip()
    worked = worked_out(result)
    return number_of(result) if worked is None else whole_if_so(float(worked))


def _in_words(answer: Any) -> dict[str, str] | None:
    """Return the parts of `12800 weights and 32 biases`, `weights: 12800, biases: 32`."""
    if (
        not isinstance(answer, str)
        or len(answer) > LONGEST
        or not BOTH.match(text := plain(answer))
    ):
        return None
    found: dict[str, str] = {}
    for piece in BETWEEN.split(text):
        part = PART.fullmatch(piece)
        if part is None:
            return None
        name, behind, before, name_behind = part.groups()
        found[name or name_behind] = behind or before
    return found
