"""What a student is told about an answer: what is right, what went wrong, what would be right.

How much is told is the author's to say (`show`): `never` gives the verdict alone, `hint` the
mistake as well, `always` the right answer with its working.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from shapecalc.grading.answers import WANTED, Form
from shapecalc.grading.moments import days_late
from shapecalc.grading.query import Query
from shapecalc.grading.question import Policy, Question
from shapecalc.grading.ranking import Cause
from shapecalc.grading.values import Value, flat
from shapecalc.grading.wording import sizes_of

Shown = Literal["never", "hint", "always"]


class Told(NamedTuple):
    """Sentences about one answer; empty where there is nothing to say."""

    shown: Shown

    def wrong(self, question: Question, value: Value, cause: Cause | None) -> str:
        """Return what is told about a wrong answer, and about one that got some credit."""
        said = [right_part(question.query, question.right, value)]
        said.append(rounded(question, value) if cause is None else f"{capital(cause.told)}.")
        return self._sentences(said, question)

    def followed(self, question: Question, source: str, points: float) -> str:
        """Return what is told about an answer that follows from an earlier slip."""
        credit = "" if points else ", but what follows from a slip gives no points here"
        return self._sentences([f"It follows correctly from {source}{credit}."], question)

    def right(self, note: str) -> str:
        """Return what is told about a right answer, which may have been read with some care."""
        return f"Right; {note}." if note else "Right."

    def blank(self) -> str:
        """Return what is told where nothing was answered."""
        return "You gave no answer."

    def unread(self, form: Form, why: str) -> str:
        """Return what is told about an answer that could not be read."""
        more = "" if why.endswith(WANTED[form]) else f" ({why})"
        return (
            f"It could not be read as {WANTED[form]}{more}, so it has no points yet:"
            " a teacher has to look at it."
        )

    def _sentences(self, said: list[str], question: Question) -> str:
        if self.shown == "never":
            return "Not right."
        said = [sentence for sentence in said if sentence]
        if self.shown == "always":
            said.append(right_answer(question))
        return " ".join(said) or "Not right."


def shown_at(policy: Policy, now: datetime | None) -> Shown:
    """Return how much is told at a time; without one it is before the due date."""
    if policy.show != "after_due":
        return policy.show
    over = now is not None and policy.due is not None and days_late(policy.due, now) > 0
    return "always" if over else "hint"


def right_answer(question: Question) -> str:
    """Return the right answer as a sentence, with its working."""
    because = f": {question.working}{_depth(question)}" if question.working else ""
    return f"The right answer is {question.right_shown}{because}."


def _depth(question: Question) -> str:
    """Return where the depth of a volume comes from, which no formula of a size tells."""
    record, right = question.subject.records.get(question.query.name), question.right
    if record is None or question.query.key != "output" or not isinstance(right, tuple):
        return ""
    if len(right) < 2 or "depth" in question.working or not record.input:
        return ""
    if getattr(record.layer, "K", None) == right[-1]:
        return f"; the depth is the number of filters, {right[-1]}"
    return "; the depth stays as it is" if record.input[0][-1] == right[-1] else ""


def rounded(question: Question, value: Value) -> str:
    """Return that the exact number is asked for, where a wrong answer is the right one rounded."""
    right = question.right
    if isinstance(right, tuple) or isinstance(value, tuple | str) or not right or not value:
        return ""
    for digits in range(1, 5):  # 2, 2.1, 2.08 or 2.077 million
        if value != right and float(f"{right:.{digits - 1}e}") == value:
            if isinstance(right, int) and abs(value) >= 1000:
                return "Your answer is rounded; the exact number is asked for."
            if isinstance(right, float):
                return "Your answer is rounded too far; give two decimals at least."
    return ""


def right_part(query: Query, right: Value, value: Value) -> str:
    """Return which sizes or values of a wrong answer are right, if only some are."""
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    if query.form == "array":
        ours, theirs = flat(right), flat(value)
        same = sum(abs(a - b) <= 1e-9 + 0.005 * abs(a) for a, b in zip(ours, theirs, strict=False))
        if len(ours) != len(theirs):
            return f"It takes {len(ours):,} values, and your answer has {len(theirs):,}."
        return f"{same:,} of {len(ours):,} values are right." if same else ""
    names = sizes_of(query, len(right))
    if len(names) != len(right):
        return ""
    if len(value) != len(right):
        if (
            query.key in ("receptive_field", "jump") and len(value) == 1
        ):  # one number stands for all axes
            return ""
        return f"{capital(_sizes(len(right)))} are asked for: {' x '.join(names)}."
    if sorted(value) == sorted(right):
        return "The sizes are right; their order is not."
    good = [name for name, a, b in zip(names, right, value, strict=True) if a == b]
    bad = [name for name, a, b in zip(names, right, value, strict=True) if a != b]
    if not good or not bad:
        return ""
    return f"{capital(_listed(good))} right; {_listed(bad)} not."


def _listed(names: list[str]) -> str:
    """Return `the height and the width are`."""
    return " and ".join(f"the {name}" for name in names) + (" is" if len(names) == 1 else " are")


def _sizes(count: int) -> str:
    return f"{('no', 'one', 'two', 'three', 'four')[count]} sizes"


def capital(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]
