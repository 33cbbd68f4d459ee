"""What an answer is by itself: right, blank or for a person to look at, or what it can mean."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shapecalc.grading.activated_in_words import is_activated
from shapecalc.grading.answered import Read
from shapecalc.grading.answers import LONGEST
from shapecalc.grading.behind_a_gap import (
    ends_with_it,
    in_front_of_a_gap,
    is_contradicted,
    right_step,
    with_its_result,
)
from shapecalc.grading.biases_behind import has_biases_beside, in_parts
from shapecalc.grading.both_sides import of_one_side
from shapecalc.grading.closing_remarks import without_remark
from shapecalc.grading.comes_to import before_its_working, slipped_from
from shapecalc.grading.comparison import (
    by_another_convention,
    is_only_accepted,
    is_right,
    is_rounded,
    ways_to_read,
)
from shapecalc.grading.concluded import conclusion_of
from shapecalc.grading.counts_of_all import of_all
from shapecalc.grading.feedback import Told, given
from shapecalc.grading.hyperparameters import in_numbers
from shapecalc.grading.labelled_terms import without_names
from shapecalc.grading.left_to_choose import left_to_choose, two_values
from shapecalc.grading.marks import Mark, Verdict
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.notation import bare
from shapecalc.grading.plainer_answers import plainer_answer
from shapecalc.grading.question import Question
from shapecalc.grading.reading import TAKEN, Reading
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.result_in_front import (
    beside_another_result,
    is_slip,
    may_be_dashed,
    result_in_front,
)
from shapecalc.grading.rounded_sums import exact_sum
from shapecalc.grading.several_sizes import all_fit
from shapecalc.grading.slipped_sizes import slipped_size
from shapecalc.grading.slipped_steps import SlippedStep, slipped_step
from shapecalc.grading.slips_in_list import slips_in_list
from shapecalc.grading.student_working import Working, working_in
from shapecalc.grading.tied_pools import NOTE
from shapecalc.grading.told_in_a_sentence import is_sentence, rounded_at_end
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.words_around import holds_the_right_one, leaves_a_choice, nothing_is_right
from shapecalc.grading.written_numbers import Unreadable

MOST_TEXTS = 1000  # that are remembered, and twice as many


class FirstLook:
    """Looks at answers by themselves, whoever gave them; texts are remembered."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self._texts: Remembered[Any, Read | Mark] = Remembered(MOST_TEXTS)

    def at(self, question: Question, answer: Any) -> Read | Mark:
        """Return what an answer means, and its mark if it is right; or its mark if it is blank or
        needs a look.
        """
        if not isinstance(answer, str):
            return self._newly_at(question, answer)
        return self._texts.get((question.id, answer), lambda: self._newly_at(question, answer))

    def _newly_at(self, question: Question, answer: Any) -> Read | Mark:
        if nothing_is_right(question, answer):
            why = self.told.unread(question, "")
            return unmarked(question, "needs a look", given(answer), why)
        if is_blank(answer):
            told = self.told.blank(question, answer)
            return unmarked(question, "blank", given(answer) if answer else "", told)
        read = self._read(question, answer)
        if isinstance(read, Mark) or read.right is None:
            return read
        return read._replace(right=read.right._replace(answer=given(answer)))

    def _bare(self, question: Question, written: str) -> Read:
        """Return what an answer means that is nothing but the number or the sizes asked for, as
        most are: it has no words, working or other value that would have to be looked at.
        """
        ways = ways_to_read(question, written)
        found = _right_one(question, ways)
        right = self.right(question, self._note(question, found)) if found else None
        return _read_as(question, ways, found, right, working_in(written))

    def _read(self, question: Question, written: Any) -> Read | Mark:
        if _is_bare(question, written):
            return self._bare(question, written)
        if all_fit(question, written):
            return self.right(question, "")._replace(answer=given(written))
        of_field = question.query.kind == "field" and isinstance(written, str)
        answer = written if question.query.form == "array" else without_remark(written)
        if isinstance(answer, str) and len(answer) <= LONGEST and not question.query.executed:
            answer = exact_sum(question, plainer_answer(question.query, answer))
            answer = in_parts(question, answer)
        apart = in_front_of_a_gap(question, answer)
        in_front = apart or result_in_front(question, answer) or conclusion_of(question, answer)
        answer = of_one_side(answer) if of_field else without_names(question, answer)
        if question.query.kind == "record" and question.query.form == "number":
            answer = of_all(answer)
        whole = answer
        answer = in_front.number if in_front else before_its_working(question, answer) or answer
        slip = None if in_front else beside_another_result(question, answer)
        try:
            ways = ways_to_read(question, answer)
        except Unreadable as error:
            if slip is None:
                why = self._unread(question, answer, error)
                return unmarked(question, "needs a look", given(written), why)
            ways = []
        if slip and not _right_one(question, ways):
            in_front, answer = slip, slip.number
            ways = ways_to_read(question, answer)
            if _right_one(question, ways):
                return unmarked(question, "needs a look", given(written), self.told.several())
        if is_sentence(question, written):
            ways = [_told_to_be_taken(question, way) for way in ways]
        found = _right_one(question, ways)
        right = self.right(question, self._note(question, found)) if found else None
        if right is None and any(is_rounded(question, reading) for reading in ways):
            return unmarked(question, "needs a look", given(written), self.told.rounded())
        activated = right is None and bool(ways) and is_activated(question, written, ways[0].value)
        if leaves_a_choice(question, answer) or (
            right is None and not activated and holds_the_right_one(question, answer)
        ):
            told = self.told.several(two_values(question, answer, ways))
            return unmarked(question, "needs a look", given(written), told)
        worked = None
        if right is None:
            text = with_its_result(in_front) if in_front and not of_field else whole
            worked = slipped_from(question, text, ways)
            said = in_front is None or ends_with_it(in_front)
            if not said and not _may_be_slip(question, ways[0].value, worked):
                worked = None
        slipped = _slipped_step(question, written) if right is None else None
        if right is None and worked is None and question.query.executed:
            slipped = slips_in_list(question, written, ways[0].value)
        if slipped is not None:
            worked = slipped.value
            ways = [Reading(slipped.stated)] if ways[0].value != slipped.stated else ways
        if apart and worked is None and is_contradicted(question, apart):
            step = right_step(question, apart)
            told = self.told.several() if step is None else self.told.other_step(question, step)
            return unmarked(question, "needs a look", given(written), told)
        dashed = not in_front and may_be_dashed(question, written)
        if right is None and (dashed or has_biases_beside(question, written, ways)):
            return unmarked(question, "needs a look", given(written), self.told.several())
        working = working_in(in_front.working if in_front else whole)
        working = working._replace(activated=activated)
        read = _read_as(question, ways, found, right, working)
        return read._replace(worked=worked, step=slipped)

    def _unread(self, question: Question, answer: Any, error: Unreadable) -> str:
        """Return what is told about a text that is not read: what is known of its numbers."""
        between = left_to_choose(question, answer)
        if between:
            return self.told.several(between)
        number = rounded_at_end(answer) if isinstance(answer, str) else ""
        with suppress(Unreadable):
            if number and any(is_rounded(question, way) for way in ways_to_read(question, number)):
                return self.told.rounded()
        return self.told.unread(question, str(error), text=answer)

    def _note(self, question: Question, right: Reading) -> str:
        """Return what is to be told of how a right answer was read, or why it is right as well."""
        tied = NOTE if by_another_convention(question, right.value) else ""
        return right.note or self._in_numbers(question, right.value) or tied

    def right(self, question: Question, note: str) -> Mark:
        """Return the mark of a right answer."""
        return Mark(
            question.id, "right", question.points, question.points, "", question.right_shown,
            question.working, None, self.told.right(note), note,
        )  # fmt: skip

    def _in_numbers(self, question: Question, value: Value) -> str:
        """Return what a right answer of a word, `same`, is as a number, where that is shown."""
        if question.query.kind != "field" or not isinstance(value, str) or self.told.hides:
            return ""
        found = in_numbers(question.subject.records[question.query.name], question.query, value)
        return f"{value} is {question.query.key} = {shown(found)} here"


def _told_to_be_taken(question: Question, reading: Reading) -> Reading:
    """Return what was read in a sentence with a note of that, if it has none."""
    return reading._replace(note=reading.note or f"{question.shown(reading.value)} {TAKEN}")


def _slipped_step(question: Question, written: Any) -> SlippedStep | None:
    """Return the step of a count's working that has a slip and is gone on from, if one has; of
    sizes' it may be the last one.
    """
    query = question.query
    counted = query.form == "number" and query.exact and not question.choices
    step = slipped_step(written) if counted else slipped_size(question, written)
    return None if step is None or is_right(question, step.stated) else step


def _may_be_slip(question: Question, written: Value, worked: Value | None) -> bool:
    """Say whether a number in front of a working may be a slip in it; sizes are few enough."""
    if question.query.form == "array" and worked is not None:
        written, worked = flat(written)[0], flat(worked)[0]
    if not isinstance(written, int | float) or not isinstance(worked, int | float):
        return True
    return is_slip(written, worked)


def _is_bare(question: Question, written: Any) -> bool:
    """Say whether an answer is nothing but a count, or as many sizes as are asked for."""
    if question.query.kind != "record" or question.choices or not isinstance(written, str):
        return False
    numbers = bare(written)
    return bool(numbers) and len(numbers) == len(flat(question.right))


def _read_as(
    question: Question,
    ways: list[Reading],
    right: Reading | None,
    mark: Mark | None,
    working: Working,
) -> Read:
    """Return what an answer can mean, of which one may be `right`, and has its mark then."""
    meant = tuple((type(reading.value), reading) for reading in ways)
    value = right.value if right else ()
    accepted = right.value if right and is_only_accepted(question, right.value) else None
    return Read(ways, meant, mark, working, value=value, accepted=accepted)


def _right_one(question: Question, ways: Sequence[Reading]) -> Reading | None:
    return next((reading for reading in ways if is_right(question, reading.value)), None)


def unmarked(question: Question, verdict: Verdict, answer: str, why: str) -> Mark:
    """Return the mark of an answer without points, and why it has none."""
    return Mark(
        question.id, verdict, 0.0, question.points, answer, question.right_shown,
        question.working, None, why,
    )  # fmt: skip
