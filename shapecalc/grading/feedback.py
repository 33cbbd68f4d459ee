"""What a student is told about an answer: what is right, what went wrong, what would be right.

How much is told is the author's to say (`show`): `never` gives the verdict alone, `hint` the
mistake as well, without its numbers, from which the right answer can be had, `always` these and the
right answer with its working.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import CONDITIONAL, LONGEST, WANTED
from shapecalc.grading.cause import Cause
from shapecalc.grading.comparison import each_right
from shapecalc.grading.credit import percent
from shapecalc.grading.differences import first_wrong, followed_part, right_part, wrong_one
from shapecalc.grading.followed_in_part import InPart
from shapecalc.grading.lists import DEEPEST
from shapecalc.grading.moments import days_late
from shapecalc.grading.multiple_choice import letters, right_told
from shapecalc.grading.no_answer import is_not_known
from shapecalc.grading.notation import GAP
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.question import Policy, Question
from shapecalc.grading.reading import SEVERAL
from shapecalc.grading.regex import regex
from shapecalc.grading.rounded_down import rounded_at
from shapecalc.grading.rounding import NO_WORKING, rounded
from shapecalc.grading.shortened import shortened
from shapecalc.grading.size_alone import divided_alone
from shapecalc.grading.slipped_steps import SlippedStep, slips_told
from shapecalc.grading.student_working import Working
from shapecalc.grading.tried_out import tried_out
from shapecalc.grading.turned_arrays import is_turned
from shapecalc.grading.values import Value, flat, index
from shapecalc.grading.whole_volume import of_all_sizes
from shapecalc.grading.without_a_list import numbers_asked
from shapecalc.grading.wording import capital
from shapecalc.grading.wrong_steps import wrong_step

Shown = Literal["never", "hint", "always"]
RIGHT_ANSWER = "The right answer is "
ONE_OF_MANY = "A right answer is "
A_VOLUME_FIRST = "a volume such as 10x32x32"
LONGEST_SHOWN = 200  # characters of an answer: a working has its result at the end
SHOWN_GAP = "   "
MOST_TOLD = 8  # values of what follows from own answers
# Behind a number or a list, `[1, 2] (if so)`, or in front.
NUMBER_AMONG_WORDS = regex(r"\d[^\W\d_]*[\])}]*[,;.:]?\s(?s:.*)[^\W\d_]{3}|[^\W\d_]{3}(?s:.*)\d")
ESCAPED = regex(r"\\(?=[*_\[\]])")  # in a notebook, `2\*3` is 2*3
MOST_PRINTED = 400  # pieces of a list or a mapping


class Told(NamedTuple):
    """Sentences about one answer; empty where there is nothing to say."""

    shown: Shown

    @property
    def hides(self) -> bool:
        """Whether numbers are kept from the students."""
        return self.shown != "always"

    def wrong(
        self,
        question: Question,
        value: Value,
        cause: Cause | None,
        credit: str = "",
        *,
        good: Sequence[bool],
        followed: Sequence[bool] = (),
        working: Working = NO_WORKING,
        in_part: str = "",
        from_own: str = "",
    ) -> str:
        """Return what is told about a wrong answer, and about one that got some `credit`; of one
        without a cause also that it is rounded. Which values of an array are `good` is for the
        whole of what is marked to say, which are or have `followed` from others, and as a sentence
        which do, or which terms of a total are right, `in_part`, and what would follow, `from_own`.
        """
        said = [in_part or right_part(question, value, good, followed)]
        if cause is not None and cause.swaps and not is_turned(question, value):
            said = []
        if cause is not None and cause.turns and {*flat(value)} != {*flat(question.right)}:
            said = []  # 12 in front is no right height: it is the depth
        if cause is None:
            said.append("" if self.hides else tried_out(question, value))
            said.append(divided_alone(question, working))
            said.append(rounded(question, value, working) or from_own)
        else:
            said += self._of_cause(cause.as_written(value))
        return self._sentences([*said, credit], question, followed or good)

    def _of_cause(self, cause: Cause) -> list[str]:
        """Return what is told of a mistake, and of what it leaves unexplained."""
        told = [cause.told if self.shown == "always" else cause.hint, cause.besides]
        return [f"{capital(sentence)}." for sentence in told if sentence]

    def in_part(self, question: Question, part: InPart, source: str) -> str:
        """Return which values of a wrong array follow from earlier answers, and what comes to the
        first one that does not, in the last step to it.
        """
        at = first_wrong(question.right, part.good)
        working = part.subject.working_at(question.query, at) if self.shown == "always" else ""
        return followed_part(question, part.good, source, working.rpartition("; ")[2])

    def from_own(self, question: Question, value: Value, source: str) -> str:
        """Return what would follow from own answers, those of a `source` if it is not told before,
        where the right one is told as well.
        """
        numbers = source or "your numbers"
        told = f"From {numbers} it would be {question.shown(value)}."
        return told if self.shown == "always" else ""

    def followed(
        self,
        question: Question,
        source: str,
        share: float,
        followed: Followed,
        working: Working = NO_WORKING,
        *,
        more: bool = False,
        good: Sequence[bool] = (),
    ) -> str:
        """Return what is told about an answer that follows from an earlier slip, and has a share of
        the points; `more` than others have, where the mistake behind it has these. Of layers
        that have their sizes rounded down for it, that is told, and a wrong step of its working.
        """
        begin = f"; from {followed.right_from} on it has the right sizes"
        begin = begin if followed.right_from else ""
        none = "" if share else ", but what follows from a slip gives no points here"
        said = [f"It follows correctly from {source}{begin}{none}."]
        if more:
            said.append(f"It gets {percent(share)} of the points, as the mistake behind it does.")
        elif 0 < share < 1 and question.points:
            said.append(f"What follows from a slip gets {percent(share)} of the points.")
        if followed.rounded:
            said.append(rounded_at(followed.rounded, hides=self.hides))
        if slip := wrong_step(question, followed, working):
            said.append(slip.hint if self.hides else slip.told)
        return self._sentences(said, question, good)

    def rounded_own(
        self,
        supposed: Question,
        value: Value,
        source: str,
        question: Question,
        good: Sequence[bool],
        working: Working,
    ) -> str:
        """Return what is told where an answer is rounded too far from what follows from earlier
        ones, which is the right answer to the `supposed` question.
        """
        exact = self.from_own(supposed, supposed.right, "") if len(flat(value)) <= MOST_TOLD else ""
        return self._sentences([rounded(supposed, value, working, source), exact], question, good)

    def slipped(
        self,
        question: Question,
        value: Value,
        source: str,
        cause: Cause | None,
        *,
        opposite: bool = False,
        step: SlippedStep | None = None,
        credit: str = "",
    ) -> str:
        """Return what is told where a working comes to another value than was written behind it, or
        to its `opposite`: to the right one, to what follows from an earlier answer, or to one with
        a cause; of a slip in a `step` that it goes on from, what that comes to.
        """
        if cause is not None:
            said = [f"Your working gives {question.shown(value)}, not what you wrote."]
            return self._sentences([*said, *self._of_cause(cause)], question)
        good = f"follows correctly from {source}" if source else "is right"
        if step is not None:
            right = each_right(question, step.stated)
            part = right_part(question, step.stated, right) if right and not source else ""
            slips = slips_told(step, hides=self.hides)
            said = [part, f"Your working {good} but for {slips}.", credit]
            return self._sentences(said, question, right)
        gives = f" and gives {question.shown(value)}" if self.shown == "always" else ""
        slip = "its result was worked out wrongly"
        slip = "you wrote it with the opposite sign" if opposite else slip
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
            "A line below it that was not read may belong to it, so it has no points yet: a teacher"
            " has to look at it."
        )

    def hangs_on(self, number: int, then: str) -> str:
        """Return what is told of a wrong answer that may follow from one which is not read: `then`
        what happens to the points, where a mistake is certain to be behind it.
        """
        if then:
            return f"A teacher has to look at your answer to question {number} first; {then}."
        return (
            f"It is not right, but may follow from your answer to question {number}: a teacher has"
            " to look at that first, and this has no points yet."
        )

    def no_column(self) -> str:
        """Return what is told where a class' table has no column for a question."""
        return (
            "The table of everybody's answers has no column for this question: a teacher has to"
            " look at it, and it has no points yet."
        )

    def unread(self, question: Question, why: str, between: str = "", text: object = "") -> str:
        """Return what is told about an answer whose `text` could not be read, for it leaves a
        choice `between` two, if it is known which.
        """
        if why == SEVERAL:
            which = f", {between}," if between else ""
            return (
                f"More than one answer was read{which or ','} so it has no points yet: a teacher"
                " has to choose."
            )
        if why == CONDITIONAL:
            return (
                f"It says {_wanted(question)} on a condition only, so it has no points yet: a"
                " teacher has to look at it."
            )
        wanted = _wanted(question)
        more = f" ({why})" if why and not why.endswith(WANTED[question.query.form]) else ""
        asked = "" if self.shown == "never" else numbers_asked(question, text)
        if question.choices:
            wanted, more = f"one of the choices, {letters(question)}", ""
        elif not more and not asked and NUMBER_AMONG_WORDS.search(f"{text}"):
            return (
                f"It has words around its numbers and could not be read for certain as {wanted}, so"
                " it has no points yet: a teacher has to look at it. A working may stand behind an"
                " answer, but these words leave open which one is meant; the answer alone is read."
            )
        return (
            f"It could not be read as {wanted}{more}, so it has no points yet:"
            f" a teacher has to look at it. {asked}"
        ).rstrip()

    def several(self, between: str = "") -> str:
        """Return what is told where an answer has words around it, and more than one may be meant;
        `between` which two, if that is known.
        """
        if between:
            return (
                f"More than one answer was read, {between}, so it has no points yet: a teacher has"
                " to choose."
            )
        return (
            "Your answer can be understood in more than one way, so it has no points yet: a teacher"
            " has to look at it."
        )

    def other_step(self, question: Question, step: Value) -> str:
        """Return what is told where a working comes to another value than stands in front of it."""
        comes = f"comes to {question.shown(step)}, not to what stands in front of it,"
        comes = "does not come to what stands in front of it," if self.hides else comes
        return f"Your working {comes} so it has no points yet: a teacher has to choose."

    def rounded(self) -> str:
        """Return what is told where a rounded number is given and the exact one is asked for."""
        return (
            "It may be rounded, and the exact number is asked for, so it has no points yet: a"
            " teacher has to look at it."
        )

    def _sentences(self, said: list[str], question: Question, good: Sequence[bool] = ()) -> str:
        if self.shown == "never":
            return ""
        said = [sentence for sentence in said if sentence]
        if self.shown == "always":
            said.append(right_answer(question, good))
        return " ".join(said)


def given(answer: Any) -> str:
    """Return an answer as the student is shown it; a list or a mapping with its values, from its
    beginning.
    """
    if isinstance(answer, list | tuple | Mapping):
        return quote("".join(islice(_printed(answer), MOST_PRINTED)), LONGEST_SHOWN)
    if isinstance(answer, str):
        parts = GAP.split(answer[:LONGEST].strip())  # what stands apart stays so
        text = SHOWN_GAP.join(" ".join(part.split()) for part in parts)
        return shortened(ESCAPED.sub("", text), LONGEST_SHOWN)
    return quote(answer, LONGEST_SHOWN)


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


def right_answer(question: Question, good: Sequence[bool] = ()) -> str:
    """Return the right answer as a sentence, with its working: of an array that of a value that is
    not `good` in an answer, or of the first one.
    """
    working = _working_of_a_wrong_one(question, good) or question.working
    because = f": {of_all_sizes(question, working)}" if working else ""
    begin = ONE_OF_MANY if question.query.kind == "fitting" else RIGHT_ANSWER
    return f"{begin}{right_told(question)}{because}."


def _working_of_a_wrong_one(question: Question, good: Sequence[bool]) -> str:
    """Return how a value follows that is not right, the one that is named; empty where that is the
    first one of all.
    """
    query, right = question.query, question.right
    if query.kind != "example":
        return ""
    at = wrong_one(right, good)
    if not any(at):
        return ""
    before, then, working = question.subject.working_at(query, at).rpartition("; ")
    return f"{before}{then}at {index(at)}, {working}" if working else ""


def tells(feedback: str, right: str) -> bool:
    """Say whether the right answer stands in what is told."""
    return f"{RIGHT_ANSWER}{right}" in feedback or f"{ONE_OF_MANY}{right}" in feedback


def _wanted(question: Question) -> str:
    """Return what an answer has to be, with an example that is none of the right one."""
    query, right = question.query, question.right
    if query.form == "array" and len(flat(right)) == 1:
        return WANTED["number"]
    if query.form != "sizes" or not isinstance(right, tuple):
        return "true or false" if question.of_a_statement else WANTED[query.form]
    axes = len(right) - 1 if query.kind == "fitting" else len(right)
    shape = query.kind == "shape"
    example = "x".join(("20x10x5x5" if shape else "40x40x40").split("x")[:axes])
    if axes == 1:
        return f"a number such as {example}"
    if query.kind == "fitting":
        return f"a size such as {example}"
    if shape:
        return f"a shape such as {example}"
    if axes != 3:
        return f"sizes such as {example}"
    return A_VOLUME_FIRST if question.depth_first and query.of_a_volume else WANTED[query.form]
