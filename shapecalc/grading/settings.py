"""What a question takes from the whole assignment where it says nothing itself: how far a number
may be off, what a known mistake gets, and what follows from an earlier slip.
"""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc import rules
from shapecalc.diagnostics import nearest, quote, some
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.question import Tolerance
from shapecalc.grading.section import Section


def tolerance(question: Section, whole: Section) -> Tolerance:
    """Return how far a float may be off."""
    holder = question if "tolerance" in question.data else whole
    value = holder.data.get("tolerance")
    if value is None:
        return Tolerance()
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
    """Return the share of the points by misconception; a question's own come first."""
    return {**_credits(whole), **_credits(question)}


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
