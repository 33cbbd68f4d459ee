"""What a student is told about an answer: what is right, what went wrong, what would be right.

How much is told is the author's to say (`show`): `never` gives the verdict alone, `hint` the
mistake as well, without its numbers, from which the right answer can be had, `always` these and the
right answer with its working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import DEEPEST, SEVERAL, WANTED
from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import two_decimals_are_enough
from shapecalc.grading.moments import days_late
from shapecalc.grading.multiple_choice import letters
from shapecalc.grading.no_answer import is_not_known
from shapecalc.grading.question import EXACT, Policy, Question
from shapecalc.grading.record_derivation import depth_derivation
from shapecalc.grading.values import Value, flat
from shapecalc.grading.wording import sizes_of
from shapecalc.reports import sentences

Shown = Literal["never", "hint", "always"]
RIGHT_ANSWER = "The right answer is "
LONGEST_LIST = 200  # values that are printed


class Told(NamedTuple):
    """Sentences about one answer; empty where there is nothing to say."""

    shown: Shown

    def wrong(self, question: Question, value: Value, cause: Cause | None) -> str:
        """Return what is told about a wrong answer, and about one that got some credit."""
        said = [right_part(question, value)]
        if cause is None:
            said.append(rounded(question, value))
        else:
            said.append(f"{capital(cause.told if self.shown == 'always' else cause.hint)}.")
        return self._sentences(said, question, value)

    def followed(
        self, question: Question, source: str, points: float, rounded: bool = False
    ) -> str:
        """Return what is told about an answer that follows from an earlier slip."""
        source += " (rounded down, for the stride does not fit there)" if rounded else ""
        credit = "" if points else ", but what follows from a slip gives no points here"
        return self._sentences([f"It follows correctly from {source}{credit}."], question)

    def right(self, note: str) -> str:
        """Return what is told about a right answer, which may have been read with some care."""
        return f"Right; {note}." if note else "Right."

    def blank(self, answer: Any) -> str:
        """Return what is told where nothing was answered, or only that one does not know."""
        if is_not_known(answer):
            return "You wrote that you do not know."
        text = given(answer) if isinstance(answer, str) and answer.strip() else ""
        return f'You wrote "{text}", which counts as no answer.' if text else "You gave no answer."

    def lost(self) -> str:
        """Return what is told where no answer was found, but not all was read."""
        return (
            "No answer to this question was found, but not all that you handed in could be read:"
            " a teacher has to look at it, and it has no points yet."
        )

    def no_column(self) -> str:
        """Return what is told where a class' table has no column for a question."""
        return (
            "The table of everybody's answers has no column for this question: a teacher has to"
            " look at it, and it has no points yet."
        )

    def unread(self, question: Question, why: str) -> str:
        """Return what is told about an answer that could not be read."""
        if why == SEVERAL:
            return (
                "More than one answer was read, so it has no points yet: a teacher has to choose."
            )
        wanted = WANTED[question.query.form]
        more = f" ({why})" if why and not why.endswith(wanted) else ""
        if question.choices:
            wanted, more = f"one of the choices, {letters(question)}", ""
        return (
            f"It could not be read as {wanted}{more}, so it has no points yet:"
            " a teacher has to look at it."
        )

    def several(self) -> str:
        """Return what is told where an answer has words around it, and more than one is meant."""
        return (
            "Your answer can be understood in more than one way, so it has no points yet: a teacher"
            " has to look at it."
        )

    def rounded(self) -> str:
        """Return what is told where a rounded number is given and the exact one is asked for."""
        return (
            "It is rounded, and the exact number is asked for, so it has no points yet: a teacher"
            " has to look at it."
        )

    def _sentences(self, said: list[str], question: Question, value: Value = ()) -> str:
        if self.shown == "never":
            return ""
        said = [sentence for sentence in said if sentence]
        if self.shown == "always":
            said.append(right_answer(question, value))
        return " ".join(said)


def given(answer: Any) -> str:
    """Return an answer as the student is shown it; a list with its values."""
    if isinstance(answer, list | tuple) and len(answer) <= LONGEST_LIST:
        values = list(islice(_printed(answer), LONGEST_LIST))
        return quote("".join(values), 200)
    return quote(answer)


def _printed(answer: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(answer, list | tuple) and depth < DEEPEST:
        yield "["
        for place, part in enumerate(answer):
            yield ", " if place else ""
            yield from _printed(part, depth + 1)
        yield "]"
    else:
        yield f"{answer:.6g}" if isinstance(answer, float) else quote(answer)


def shown_at(policy: Policy, now: datetime | None) -> Shown:
    """Return how much is told at a time; without one it is before the due date."""
    if policy.show != "after_due":
        return policy.show
    over = now is not None and policy.due is not None and days_late(policy.due, now) > 0
    return "always" if over else "hint"


def right_answer(question: Question, value: Value = ()) -> str:
    """Return the right answer as a sentence, with its working: of an array that of the first value
    that is not right in an answer, or of the first one.
    """
    working = _working_of_the_first_wrong(question, value) or question.working
    because = f": {working}{_depth(question)}" if working else ""
    return f"{RIGHT_ANSWER}{question.right_shown}{because}."


def _working_of_the_first_wrong(question: Question, value: Value) -> str:
    """Return how the first value follows that is not right; empty where that is the first one."""
    query, right = question.query, question.right
    if query.kind != "example" or query.form != "array" or len(flat(right)) != len(flat(value)):
        return ""
    at = first_wrong(right, value, question.tolerance.near)
    if not any(at):
        return ""
    working = question.subject.working_at(query, at)
    return f"at {_index(at)}, {working}" if working else ""


def tells(feedback: str, right: str) -> bool:
    """Say whether the right answer stands in what is told."""
    return f"{RIGHT_ANSWER}{right}" in feedback


def _depth(question: Question) -> str:
    """Return where the depth of a volume comes from, which no formula of a size tells."""
    record, right = question.subject.records.get(question.query.name), question.right
    if record is None or question.query.key != "output" or not isinstance(right, tuple):
        return ""
    if len(right) < 2 or "depth" in question.working or not record.input:
        return ""
    told = depth_derivation(record)
    return f"; {sentences.sentence(told)}" if told else ""


def rounded(question: Question, value: Value) -> str:
    """Return how exactly a number is asked for, where a wrong answer is the right one rounded."""
    sure = is_rounded_too_far(question, value)
    if sure is None:
        return ""
    if isinstance(question.right, int):
        return "It is rounded; the exact number is asked for."
    wanted = precision(question).removesuffix(" are enough").rstrip(",") or "more digits"
    return f"{'It' if sure else 'Perhaps it'} is rounded too far: give {wanted}."


def is_rounded_too_far(question: Question, value: Value) -> bool | None:
    """Say whether an answer is the right one with fewer digits than are asked for: True if so,
    False if perhaps, None if not.

    A whole number for a float may well have come from something else, and 0 is what a slope or a
    pool often gives: it counts only beside others that are rounded.
    """
    right = question.right
    if isinstance(right, int) and isinstance(value, int | float) and not isinstance(right, bool):
        exact = any(value == float(f"{right:.{digits}e}") for digits in range(4))  # 2.08 million
        return True if exact and value != right and abs(value) >= 1000 else None
    ours, theirs = flat(question.right), flat(value)
    if not ours or len(ours) != len(theirs) or not all(isinstance(n, float) for n in ours):
        return None
    if not all(isinstance(n, int | float) for n in theirs):
        return None
    near = question.tolerance.near
    off = [(a, b) for a, b in zip(ours, theirs, strict=True) if not near(a, b)]
    zeros = [b == 0 for _, b in off]
    for digits in range(3):
        if all(abs(b - round(a, digits)) < 1e-9 for a, b in off):
            return None if all(zeros) else bool(digits) and not any(zeros)
    return None


def precision(question: Question) -> str:
    """Return how exactly a number is to be given; empty where its author says or none is asked."""
    if question.query.form not in ("number", "array"):
        return ""
    if question.query.exact:
        return "an exact whole number" if question.tolerance == EXACT else ""
    if not question.tolerance.usual:
        return ""
    if two_decimals_are_enough(question):
        return "two decimals are enough"
    return "three digits, such as 0.0123, are enough"


def right_part(question: Question, value: Value) -> str:
    """Return which sizes or values of a wrong answer are right, if only some are."""
    query, right = question.query, question.right
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    if query.form == "array":
        ours, theirs = flat(right), flat(value)
        near = question.tolerance.near
        same = sum(near(a, b) for a, b in zip(ours, theirs, strict=False))
        if len(ours) != len(theirs):
            return f"It takes {len(ours):,} values, and your answer has {len(theirs):,}."
        if not same:
            return ""
        at = first_wrong(right, value, near)
        first = f"; the first wrong one is at {_index(at)}, counted from 0" if at else ""
        verb = "is" if same == 1 else "are"
        return f"{same:,} of {len(ours):,} values {verb} right{first}."
    if sorted(value) == sorted(right) and len(right) > 1:
        what = "ranges" if query.form == "ranges" else "sizes"
        return f"The {what} are right; their order is not."
    if query.kind == "shape" and len(value) != len(right):
        axes = _count(len(right), "axis", "axes")
        return f"The right shape has {axes}, your answer has {_number_word(len(value))}."
    names = sizes_of(query, len(right))
    if len(names) != len(right):
        return ""
    if len(value) != len(right):
        if (
            query.key in ("receptive_field", "jump") and len(value) == 1
        ):  # one number stands for all axes
            return ""
        return f"{capital(_count(len(right), 'size'))} are asked for: {' x '.join(names)}."
    good = [name for name, a, b in zip(names, right, value, strict=True) if a == b]
    bad = [name for name, a, b in zip(names, right, value, strict=True) if a != b]
    if not good or not bad:
        return ""
    return f"{capital(_listed(good))} right; {_listed(bad)} not."


def _index(at: Sequence[int]) -> str:
    return f"[{','.join(map(str, at))}]"


def first_wrong(right: Value, value: Value, near: Callable[[float, float], bool]) -> list[int]:
    """Return the index, for each axis, of the first value of an array that is not right."""
    pairs = zip(flat(right), flat(value), strict=True)
    at = next((n for n, pair in enumerate(pairs) if not near(*pair)), None)
    index: list[int] = []
    part: Any = right
    while at is not None and isinstance(part, tuple) and part:
        inside = len(flat(part[0]))
        index.append(at // inside)
        part, at = part[at // inside], at % inside
    return index


def _listed(names: list[str]) -> str:
    """Return `the height and the width are`."""
    *first, last = [f"the {name}" for name in names]
    return f"{', '.join(first)} and {last} are" if first else f"{last} is"


def _count(count: int, one: str, several: str = "") -> str:
    """Return `three sizes`, small numbers as words."""
    return f"{_number_word(count)} {one if count == 1 else several or f'{one}s'}"


def _number_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[count] if count < len(words) else str(count)


def capital(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]
