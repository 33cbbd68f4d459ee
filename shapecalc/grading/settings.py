"""What a question takes from the whole assignment where it says nothing itself: how far a number
may be off, what a known mistake gets, and what follows from an earlier slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import nearest, quote, some
from shapecalc.grading.answers import Form, read_answer
from shapecalc.grading.kinds import fitting_input
from shapecalc.grading.kinds.flops import USUAL
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.moments import deadline
from shapecalc.grading.query import Query
from shapecalc.grading.question import EXACT, Late, Policy, Tolerance
from shapecalc.grading.section import Section
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.layers.base import show

COUNTED = {"mac": (1, 2), "bias": (1, 2, 0)}  # in FLOPs: the last of each unless it is written
ORDERS = ("depth_last", "depth_first")
SHOWS = ("always", "hint", "never", "after_due")
ATTEMPTS = ("latest", "highest", "first")


def tolerance(question: Section, whole: Section, exact: bool) -> Tolerance:
    """Return how far a number may be off; one that is counted is exact unless something is said."""
    holder = question if "tolerance" in question.data else whole
    value = holder.data.get("tolerance")
    if value is None:
        return EXACT if exact else Tolerance()
    if not isinstance(value, Mapping):
        return Tolerance(holder.number("tolerance"))
    inner = holder.within("tolerance")
    for key in value:
        if key not in Tolerance._fields:
            hint = "write {absolute: 0.01} or {relative: 0.01}"
            inner.wrong(
                rules.UNKNOWN_ASSIGNMENT_KEY, f"a tolerance has no {quote(key)}", hint, str(key)
            )
    return Tolerance(**{key: inner.number(key) for key in Tolerance._fields if key in value})


def partial_credit(question: Section, whole: Section) -> dict[str, float]:
    """Return the share of the points by misconception; a question's own come first. A share of 0
    takes another one back, and is no credit.
    """
    both = {**_credits(whole), **_credits(question)}
    return {name: share for name, share in both.items() if share}


def _credits(holder: Section) -> dict[str, float]:
    credits_ = holder.data.get("partial")
    if credits_ is None:
        return {}
    if not isinstance(credits_, Mapping):
        message = f"partial must be a mapping, not {quote(credits_)}"
        holder.wrong(
            rules.WRONG_ASSIGNMENT_VALUE, message, "for example {forgot_bias: 0.5}", "partial"
        )
        return {}
    inner, known = holder.within("partial"), [m.name for m in misconceptions()]
    found = {}
    for name in credits_:
        if name in known:
            found[name] = inner.share(name)
            continue
        close = nearest(str(name), known)
        hint = f"did you mean {close}?" if close else f"there is {some(known, 40)}"
        inner.wrong(
            rules.UNKNOWN_ASSIGNMENT_KEY,
            f"there is no misconception {quote(name)}",
            hint,
            str(name),
        )
    return found


def follow_through(question: Section, whole: Section) -> float:
    """Return the share of the points that an answer gets which follows from an earlier slip."""
    holder = question if "follow_through" in question.data else whole
    return holder.share("follow_through")


def accepted(question: Section, form: Form) -> tuple[Value, ...]:
    """Return further answers that are right."""
    written = question.data.get("accept")
    if written is None:
        return ()
    listed = written if isinstance(written, list) else [written]
    found = []
    for answer in listed:
        try:
            found.append(read_answer(answer, form))
        except Unreadable as error:
            question.wrong(rules.WRONG_ASSIGNMENT_VALUE, f"accept: {error}", "", "accept")
    return tuple(found)


def depth_first(question: Section, whole: Section) -> bool:
    """Say whether sizes are asked for in PyTorch's order."""
    holder = question if "order" in question.data else whole
    return holder.one_of("order", ORDERS) == "depth_first"


def given(question: Section, whole: Section) -> bool:
    """Say whether a prompt that is written tells the volume that its layer takes."""
    return (question if "given" in question.data else whole).truth("given", True)


def by_convention(query: Query, question: Section, whole: Section) -> Query:
    """Return a question for FLOPs as one by the convention that is written, unless it is the usual
    one; others as they are.
    """
    holder = question if "flops" in question.data else whole
    written = holder.data.get("flops")
    if written is None:
        return query
    if not isinstance(written, Mapping):
        message, example = f"flops must be a mapping, not {quote(written)}", "{mac: 1, bias: 0}"
        holder.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, f"for example {example}", "flops")
        return query
    inner = holder.within("flops")
    inner.knows_only(tuple(COUNTED), "a convention of FLOPs")
    convention = tuple(_one_of(inner, key, numbers) for key, numbers in COUNTED.items())
    if query.kind != "record" or query.key != "flops" or convention == USUAL:
        return query
    return query._replace(kind="flops", place=convention)


def excluding(query: Query, subject: Subject, question: Section) -> Query:
    """Return a question for a size that fits as one for another than that which is written; others
    as they are. Raises Unanswerable.
    """
    size = question.data.get("exclude")
    if size is None:
        return query
    message, hint = "only a question for a size that fits excludes one", "leave exclude out"
    if query.kind == "fitting":
        found, name = None, query.name
        with suppress(Unreadable):
            found = fitting_input.excluding(subject.layers, query, read_answer(size, "sizes"))
        if found is not None:
            return found
        given = show(fitting_input.written(subject.layers, query))
        message = f"exclude must be a size of {name}, {given}, not {quote(size)}"
        hint = f"for example exclude: {given}"
    question.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, hint, "exclude")
    return query


def _one_of(section: Section, key: str, numbers: Sequence[int]) -> int:
    """Return one of some numbers, the last unless another is written."""
    value = section.data.get(key, numbers[-1])
    if type(value) is int and value in numbers:
        return value
    message = f"{key} must be {' or '.join(map(str, sorted(numbers)))}, not {quote(value)}"
    section.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, "", key)
    return numbers[-1]


def policy(whole: Section) -> Policy:
    """Return how the class is handled."""
    due = _moment(whole)
    show: Any = whole.one_of("show", SHOWS)
    if show == "after_due" and due is None:
        hint = "write due: 2026-11-20 23:59"
        whole.wrong(rules.MISSING_IN_ASSIGNMENT, "show: after_due needs a due date", hint, "show")
    attempts: Any = whole.one_of("attempts", ATTEMPTS) if "attempts" in whole.data else None
    return Policy(show, due, _late(whole), attempts, _columns(whole))


def _moment(whole: Section) -> datetime | None:
    text = whole.text("due")
    try:
        return deadline(text) if text else None
    except ValueError:
        message, hint = f"due is no date: {quote(text)}", "write due: 2026-11-20 23:59"
        whole.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, hint, "due")
        return None


def _late(whole: Section) -> Late:
    written = whole.data.get("penalty")
    if not isinstance(written, Mapping):
        return Late(whole.share("penalty"))
    inner = whole.within("penalty")
    inner.knows_only(("per_day", "most"), "a penalty")
    return Late(inner.share("per_day"), True, inner.share("most") if "most" in written else 1.0)


def _columns(whole: Section) -> dict[str, str]:
    written = whole.data.get("columns")
    if written is None:
        return {}
    if not isinstance(written, Mapping) or not all(isinstance(c, str) for c in written.values()):
        message = f"columns must be a mapping to names of columns, not {quote(written)}"
        hint = 'for example {q1: "Response 1", student: "Email address"}'
        whole.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, hint, "columns")
        return {}
    return {str(key): column for key, column in written.items()}
