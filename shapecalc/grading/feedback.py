"""What a student is told about an answer: what is right, what went wrong, what would be right.

How much is told is the author's to say (`show`): `never` gives the verdict alone, `hint` the
mistake as well, without its numbers, from which the right answer can be had, `always` these and the
right answer with its working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import CONDITIONAL, LONGEST, SEVERAL, WANTED
from shapecalc.grading.cause import Cause
from shapecalc.grading.lists import DEEPEST
from shapecalc.grading.moments import days_late
from shapecalc.grading.multiple_choice import letters
from shapecalc.grading.no_answer import is_not_known
from shapecalc.grading.query import Query
from shapecalc.grading.question import EXACT, Policy, Question
from shapecalc.grading.record_derivation import depth_derivation
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.wording import in_a_row, sizes_of
from shapecalc.grading.written import is_rounded_from
from shapecalc.reports import sentences

Shown = Literal["never", "hint", "always"]
RIGHT_ANSWER = "The right answer is "
# The same for every question: that an answer needs three digits would tell that it is small.
USUAL_PRECISION = "two decimals, below 1 three digits such as 0.0123, are enough"
MOST_PRINTED = 400  # pieces of a list or a mapping


class Told(NamedTuple):
    """Sentences about one answer; empty where there is nothing to say."""

    shown: Shown

    @property
    def hides(self) -> bool:
        """Whether numbers are kept from the students."""
        return self.shown != "always"

    def wrong(self, question: Question, value: Value, cause: Cause | None, credit: str = "") -> str:
        """Return what is told about a wrong answer, and about one that got some `credit`."""
        said = [right_part(question, value)]
        if cause is None:
            said.append(rounded(question, value))
        else:
            said.append(f"{capital(cause.told if self.shown == 'always' else cause.hint)}.")
        return self._sentences([*said, credit], question, value)

    def followed(
        self,
        question: Question,
        source: str,
        share: float,
        rounded: bool = False,
        right_from: str = "",
        *,
        more: bool = False,
        value: Value = (),
    ) -> str:
        """Return what is told about an answer that follows from an earlier slip, and has a share of
        the points; `more` than others have, where the mistake behind it has these.
        """
        begin = f"; from {right_from} on it has the right sizes" if right_from else ""
        none = "" if share else ", but what follows from a slip gives no points here"
        said = [f"It follows correctly from {source}{begin}{none}."]
        if more:
            said.append(f"It gets {_percent(share)} of the points, as the mistake behind it does.")
        elif 0 < share < 1 and question.points:
            said.append(f"What follows from a slip gets {_percent(share)} of the points.")
        if rounded:
            said.append("A size is rounded down on the way, for the stride does not fit there.")
        return self._sentences(said, question, value)

    def rounded_own(self, supposed: Question, value: Value, source: str, question: Question) -> str:
        """Return what is told where an answer is rounded too far from what follows from earlier
        ones, which is the right answer to the `supposed` question.
        """
        return self._sentences([rounded(supposed, value, source)], question, value)

    def slipped(
        self,
        question: Question,
        value: Value,
        source: str,
        cause: Cause | None,
        *,
        opposite: bool = False,
        credit: str = "",
    ) -> str:
        """Return what is told where a working comes to another value than was written behind it, or
        to its `opposite`: to the right one, to what follows from an earlier answer, or to one with
        a cause.
        """
        if cause is not None:
            told = cause.told if self.shown == "always" else cause.hint
            said = [f"Your working gives {shown(value)}, not what you wrote.", f"{capital(told)}."]
            return self._sentences(said, question)
        good = f"follows correctly from {source}" if source else "is right"
        gives = f" and gives {shown(value)}" if self.shown == "always" else ""
        slip = (
            "you wrote it with the opposite sign"
            if opposite
            else "its result was worked out wrongly"
        )
        said = [f"Your working {good}{gives}, but {slip}.", credit]
        return self._sentences(said, question)

    def right(self, note: str) -> str:
        """Return what is told about a right answer, which may have been read with some care."""
        return f"Right; {note}." if note else "Right."

    def blank(self, question: Question, answer: Any) -> str:
        """Return what is told where nothing was answered, or only that one does not know."""
        text = given(answer) if isinstance(answer, str) and answer.strip() else ""
        said = f'You wrote "{text}", which counts as no answer.' if text else "You gave no answer."
        if is_not_known(answer):
            said = "You wrote that you do not know."
        return f"{said} {right_answer(question)}" if self.shown == "always" else said

    def lost(self) -> str:
        """Return what is told where no answer was found, but not all was read."""
        return (
            "No answer to this question was found, but not all that you handed in could be read:"
            " a teacher has to look at it, and it has no points yet."
        )

    def goes_on(self) -> str:
        """Return what is told of a wrong answer with lines below it that were not read."""
        return (
            "What stands below it was not read as a part of it, so it has no points yet: a teacher"
            " has to look at it."
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
        if why == CONDITIONAL:
            return (
                "It says yes or no on a condition only, so it has no points yet: a teacher has to"
                " look at it."
            )
        wanted = _wanted(question)
        more = f" ({why})" if why and not why.endswith(WANTED[question.query.form]) else ""
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
            "It may be rounded, and the exact number is asked for, so it has no points yet: a"
            " teacher has to look at it."
        )

    def _sentences(self, said: list[str], question: Question, value: Value = ()) -> str:
        if self.shown == "never":
            return ""
        said = [sentence for sentence in said if sentence]
        if self.shown == "always":
            said.append(right_answer(question, value))
        return " ".join(said)


def credit_told(question: Question, mistake: float, through: float = 1.0) -> str:
    """Return why so much is given for a mistake, and for one in what follows from an earlier slip,
    in shares of the points; empty where nothing is, or there are none.
    """
    if not mistake * through * question.points:
        return ""
    told = f"An answer with this mistake gets {_percent(mistake)} of the points"
    if through < 1:
        told += f", and {_percent(through)} of these since it follows from an earlier slip"
    return f"{told}."


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


def both_credited(one: float, other: float) -> str:
    """Return why so much is given for two mistakes that were made at once."""
    return (
        f"It has {one * 100:.4g} % of the points for the one mistake, and of these"
        f" {other * 100:.4g} % for the other."
    )


def given(answer: Any) -> str:
    """Return an answer as the student is shown it; a list or a mapping with its values, from its
    beginning.
    """
    if isinstance(answer, list | tuple | Mapping):
        return quote("".join(islice(_printed(answer), MOST_PRINTED)), 200)
    return quote(" ".join(answer[:LONGEST].split()) if isinstance(answer, str) else answer)


def _printed(answer: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(answer, list | tuple | Mapping):
        opening, closing = "{}" if isinstance(answer, Mapping) else "[]"
        yield opening
        for place, part in enumerate(answer if depth < DEEPEST else ["..."]):
            yield ", " if place else ""
            if isinstance(answer, Mapping) and depth < DEEPEST:
                yield f"{quote(part)}: "
                part = answer[part]
            yield from _printed(part, depth + 1)
        yield closing
    else:
        yield f"{answer:.6g}" if isinstance(answer, float) else quote(answer)


def shown_at(policy: Policy, now: datetime | None) -> Shown:
    """Return how much is told at a time; without one it is before the due date."""
    if policy.show != "after_due":
        return policy.show
    over = now is not None and policy.due is not None and days_late(policy.due, now) > 0
    return "always" if over else "hint"


def right_answer(question: Question, value: Value = ()) -> str:
    """Return the right answer as a sentence, with its working: of an array that of a value that is
    not right in an answer, or of the first one.
    """
    working = _working_of_a_wrong_one(question, value) or question.working
    because = f": {working}{_depth(question)}" if working else ""
    return f"{RIGHT_ANSWER}{question.right_shown}{because}."


def _working_of_a_wrong_one(question: Question, value: Value) -> str:
    """Return how the first value follows that is not right, or the first such that is not 0, of
    which more is to be learned; empty where that is the first one of all.
    """
    query, right = question.query, question.right
    if query.kind != "example" or query.form != "array" or len(flat(right)) != len(flat(value)):
        return ""
    near = question.tolerance.near
    at = first_wrong(right, value, lambda a, b: not a or near(a, b))
    at = at or first_wrong(right, value, near)
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


def rounded(question: Question, value: Value, source: str = "") -> str:
    """Return how exactly a number is asked for, where a wrong answer is the right one rounded: of a
    question whose right answer is what follows from a `source`, if there is one.
    """
    sure = is_rounded_too_far(question, value)
    if sure is None:
        return ""
    if isinstance(question.right, int):
        return "It is rounded; the exact number is asked for."
    it = f"it follows from {source} but " if source else "it "
    it = f"{it}is rounded too far: give {_wanted_digits(question, value)}."
    return capital(it if sure else f"perhaps {it}")


def _wanted_digits(question: Question, value: Value) -> str:
    """Return how exactly the numbers are asked for that are not near enough, as a sheet says it."""
    if not question.tolerance.usual:
        return "more digits"
    pairs = zip(flat(question.right), flat(value), strict=True)
    small = {abs(a) < 1 for a, b in pairs if not question.tolerance.near(a, b)}
    told = {False: "two decimals", True: "three digits, such as 0.0123"}
    return told[small.pop()] if len(small) == 1 else f"{told[False]}, below 1 {told[True]}"


def is_rounded_too_far(question: Question, value: Value) -> bool | None:
    """Say whether an answer is the right one with fewer digits than are asked for: True if so,
    False if perhaps, None if not.

    A whole number for a float may well have come from something else, and 0 is what a slope or a
    pool often gives: it counts only beside others that are rounded. Of numbers below 1, such as
    probabilities, nothing is left in whole ones: nobody rounds these so.
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
        if is_rounded_from([b for _, b in off], [a for a, _ in off], digits):
            if not digits and all(abs(a) < 1 for a, _ in off):
                return None
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
    return USUAL_PRECISION


def _wanted(question: Question) -> str:
    """Return what an answer has to be, with an example that is none of the right one."""
    query, right = question.query, question.right
    if query.form != "sizes" or not isinstance(right, tuple):
        return WANTED[query.form]
    axes = len(right) - 1 if query.kind == "fitting" else len(right)
    shape = query.kind == "shape"
    example = "x".join(("20x10x5x5" if shape else "40x40x40").split("x")[:axes])
    if axes == 1:
        return f"a number such as {example}"
    if query.kind == "fitting":
        return f"a size such as {example}"
    if shape:
        return f"a shape such as {example}"
    return WANTED[query.form] if axes == 3 else f"sizes such as {example}"


def matter(question: Question, value: Value) -> str:
    """Return what is wrong with an answer that has no cause, in short; empty where it is the number
    that is wrong.
    """
    said = rounded(question, value) or misfit(question.query, question.right, value, "the answer")
    return f"{said[:1].lower()}{said[1:]}".rstrip(".")


def right_part(question: Question, value: Value) -> str:
    """Return which sizes or values of a wrong answer are right, if only some are; or what it should
    have been in the first place: so many values.
    """
    query, right = question.query, question.right
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    said = misfit(query, right, value)
    if said and len(flat(right)) == 1 and _add_up(question, value):
        return f"{said[:-1]}; added up, these are right."
    if said:
        return said
    if query.form == "array":
        ours, theirs = flat(right), flat(value)
        near = question.tolerance.near
        same = sum(near(a, b) for a, b in zip(ours, theirs, strict=True))
        if not same:
            return ""
        at = first_wrong(right, value, near)
        first = f"; the first wrong one is at {_index(at)}, counted from 0" if at else ""
        verb = "is" if same == 1 else "are"
        return f"{same:,} of {len(ours):,} values {verb} right{first}."
    names = sizes_of(query, len(right))
    if not len(names) == len(right) == len(value):
        return ""
    good = [name for name, a, b in zip(names, right, value, strict=True) if a == b]
    bad = [name for name, a, b in zip(names, right, value, strict=True) if a != b]
    if not good or not bad:
        return ""
    return f"{capital(_listed(good))} right; {_listed(bad)} not."


def _add_up(question: Question, value: Value) -> bool:
    """Say whether the values of an answer add up to the only one that is asked for."""
    numbers = [float(number) for number in flat(value) if isinstance(number, int | float)]
    return len(numbers) > 1 and question.tolerance.near(flat(question.right)[0], sum(numbers))


def misfit(query: Query, right: Value, value: Value, whose: str = "your answer") -> str:
    """Return that an answer has not as many values, sizes or axes as are asked for, or has them in
    another order; empty for others.
    """
    if not isinstance(right, tuple) or not isinstance(value, tuple):
        return ""
    if query.form == "array":
        wanted, has = len(flat(right)), len(flat(value))
        values = "value" if wanted == 1 else "values"
        return f"It takes {wanted:,} {values}, and {whose} has {has:,}." if wanted != has else ""
    if sorted(value) == sorted(right) and len(right) > 1:
        what = "ranges" if query.form == "ranges" else "sizes"
        return f"The {what} are right; their order is not."
    if len(value) == len(right):
        return ""
    if query.kind == "shape":
        axes = _count(len(right), "axis", "axes")
        return f"The right shape has {axes}, {whose} has {_number_word(len(value))}."
    names = sizes_of(query, len(right))
    if len(names) == len(right) > 1 and value == right[:-1] and query.form == "sizes":
        return f"{capital(_listed([*names[:-1]]))} right; the {names[-1]} is missing."
    one_for_all = query.key in ("receptive_field", "jump") and len(value) == 1  # of the axes
    if len(names) != len(right) or one_for_all:
        return ""
    return f"{capital(_count(len(right), 'size'))} are asked for: {' x '.join(names)}."


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
    said = in_a_row([f"the {name}" for name in names])
    return f"{said} {'are' if len(names) > 1 else 'is'}"


def _count(count: int, one: str, several: str = "") -> str:
    """Return `three sizes`, small numbers as words."""
    return f"{_number_word(count)} {one if count == 1 else several or f'{one}s'}"


def _number_word(count: int) -> str:
    words = ("no", "one", "two", "three", "four", "five")
    return words[count] if count < len(words) else str(count)


def capital(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]
