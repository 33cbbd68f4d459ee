"""A working of a volume or of a receptive field that is the right one but for a slip in a step:
`6x6x24   (11 - 3)/2 + 1 = 6`, `5 + 2*2 = 9, 9 + 2*4 = 17, 17 + 2*4 = 27`.

Sizes are small, so that it is not enough that it comes to the right ones: it has to be the formula
of the layer's window, or the sum that the field is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from shapecalc.geometry import Fit, quotient
from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.comparison import is_right
from shapecalc.grading.formula_terms import counted, size_in, terms_of
from shapecalc.grading.notation import plain
from shapecalc.grading.own_totals import Followed
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.result_in_front import is_slip
from shapecalc.grading.shown_sizes import windows
from shapecalc.grading.slipped_steps import SlippedStep, slipped_step
from shapecalc.grading.student_working import working_in
from shapecalc.grading.subject import Subject
from shapecalc.grading.summed_terms import addends

FIELD = "receptive_field"
MOST = 3  # volumes of a text
VOLUME = regex(r"(?<![\w.^])(?<![-+*/] )(?<![-+*/])\d{1,6}(?: ?[xX×] ?\d{1,6})+(?![\w.]*\w)")
SIZE = regex(r"\d+")
# (W - F + 2P)/S + 1 = (11 - 3)/2 + 1; W = 11, F = 3; r = 5 + 2*2; pool1: 5 + 2*2
IN_LETTERS = regex(r"(?<!\w)[\s()\[\]WFSP12/+*·×-]{3,60}=?")
LETTER = regex(r"[WFSP] ?[-+*/)]|[-+*/(2] ?[WFSP]")
GIVEN = regex(r"(?<![\w.])[WHDFSPK] ?= ?\d{1,6}(?![\d.]| ?[-+*/x(])")
NAMED = regex(
    r"(?<![\w.])(?:(?:[A-Za-z]\w{0,2} ?= ?)+(?=[\d(])|[A-Za-z][A-Za-z_]{1,20}\d{1,2}\b:?)"
)
PARTED = regex(r"[=,;:]")
GAP = regex(r"(?<=\d)(?:[ \t]{2,}|\t)(?=[\d(])|\s*\n\s*(?=[^\s=])")

Sizes = tuple[int, ...]


def slipped_size(question: Question, answer: object) -> SlippedStep | None:
    """Return the slip in a working of sizes that is else the right one, or that of another volume
    in front of the layer; None where there is none, or where something else may be meant.
    """
    query, right = question.query, question.right
    if not isinstance(answer, str) or len(answer) > LONGEST or query.kind != "record":
        return None
    if query.form != "sizes" or not isinstance(right, tuple) or question.choices:
        return None
    text = IN_LETTERS.sub(_without_letters, plain(GAP.sub("; ", answer.strip())))
    text = NAMED.sub("", GIVEN.sub(";", text))
    if query.key == FIELD:
        return _of_field(question, text, right)
    volumes = {*_volumes(text, len(right))} if query.key == "output" and len(right) > 1 else set()
    if len(volumes) > MOST:
        return None
    found = (_of_volume(question, text, stated, volumes - {stated}) for stated in volumes)
    return next(filter(None, found), None)


def goes_on_from(question: Question, followed: Followed | None, step: SlippedStep) -> bool:
    """Say whether a working with a slip goes on from what it follows from but for that: the window
    in it slides over the same size.
    """
    if followed is None or not step.over:
        return followed is not None
    return followed.subject is not None and _slides_over(question, followed.subject, step.over)


def _of_volume(
    question: Question, text: str, stated: Sizes, others: set[Sizes]
) -> SlippedStep | None:
    """Return the slip behind the volume that a text states, with no others but that which the
    window slides over.
    """
    *plane, depth = stated
    fits = _fits(question, question.subject)
    if len({*plane}) != 1 or not fits:
        return None
    text = _in_one_size(text, stated, others)
    given = {number for fit in fits for number in (fit.F, fit.S, fit.before, fit.after)}
    step = slipped_step(text, {*given - {fit.size for fit in fits}, *stated})
    if step is None or step.stated != plane[0] or not isinstance(step.value, int):
        return None
    over = {W for fit in fits for W in _slid_over(fit, working_in(text).formulas, step.value)}
    if len(over) != 1 or any({*other[:-1]} != over for other in others):
        return None
    value = (*(step.value for _ in plane), depth)
    W = over.pop()
    if is_right(question, value) and not _slides_over(question, question.subject, W):
        return None
    return step._replace(value=value, stated=stated, over=W)


def _of_field(question: Question, text: str, right: Sizes) -> SlippedStep | None:
    """Return the slip in the sum of a receptive field, which has its result in front or behind."""
    axes = len(right)
    volumes = {*_volumes(text, axes)}
    if len({size for volume in volumes for size in volume}) > 1:
        return None
    for volume in volumes:
        text = _with_result(_in_one_size(text, volume, set()), volume[0])
    step = slipped_step(text, {*accumulate(_terms(question))} - {*right})
    if step is None or not isinstance(step.value, int) or not isinstance(step.stated, int):
        return None
    value, stated = ((size,) * axes for size in (step.value, step.stated))
    if not is_right(question, value) or {*volumes} - {stated}:
        return None
    of_field = any(_is_field(question, formula) for formula in working_in(text).formulas)
    return step._replace(value=value, stated=stated) if of_field else None


def _fits(question: Question, subject: Subject) -> Sequence[Fit]:
    """Return how the window of the layer that is asked about slides in a network."""
    record = subject.records.get(question.query.name)
    if record is None or len(record.input or ()) != 1:
        return ()
    return [fit for volume in record.input or () for fit in windows(record.layer, volume)]


def _slides_over(question: Question, subject: Subject, W: int) -> bool:
    return {fit.W for fit in _fits(question, subject)} == {W}


def _volumes(text: str, axes: int) -> Iterator[Sizes]:
    """Yield the sizes in a text that are as many as an answer has."""
    for found in VOLUME.finditer(text):
        sizes = tuple(map(int, SIZE.findall(found[0])))
        if len(sizes) == axes:
            yield sizes


def _without_letters(found: re.Match[str]) -> str:
    return " " if LETTER.search(found[0]) else found[0]


def _in_one_size(text: str, stated: Sizes, others: set[Sizes]) -> str:
    """Return a text with but the first size of what it states, and without the other volumes."""

    def put(found: re.Match[str]) -> str:
        sizes = tuple(map(int, SIZE.findall(found[0])))
        if sizes in others:
            return ""
        if sizes != stated:
            return found[0]
        return f"{stated[0]}; " if not text[: found.start()].strip() else f"{stated[0]}"

    return VOLUME.sub(put, text)


def _with_result(text: str, size: int) -> str:
    """Return a working with what stands in front of it as its result, where it ends with a sum that
    has none and comes to about as much.
    """
    worked = worked_out(PARTED.split(text)[-1].strip(" .!"))
    return text if worked is None or not is_slip(size, worked) else f"{text.rstrip(' .!')} = {size}"


def _slid_over(fit: Fit, formulas: Sequence[str], size: int) -> Iterator[int]:
    """Yield what a layer's window slides over in a formula of its own that comes to a size, with
    nothing to round.
    """
    letters = {"F": fit.F, "S": fit.S, "P": fit.before}
    zeros = fit.before + fit.after
    for known in (counted(-fit.span, zeros), counted(-fit.span, fit.before, fit.after)):
        for formula in formulas:
            W = size_in(formula, letters, known, counted(1))
            if W is not None and quotient(W - fit.span + zeros, fit.S) + 1 == size:
                yield int(W)


def _terms(question: Question) -> list[int]:
    """Return what a receptive field adds up from layer to layer."""
    return addends(question.working.rpartition("=")[0].rpartition("=")[2].strip())


def _is_field(question: Question, formula: str) -> bool:
    """Say whether a sum has the terms of a receptive field, the first ones maybe in one."""
    own, right = terms_of(formula, {}), _terms(question)
    ways = (counted(sum(right[:first]), *right[first:]) for first in range(1, len(right)))
    return any(own == way for way in ways)
