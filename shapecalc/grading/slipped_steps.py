"""A step of a working that comes to another number than is written behind it, where the working
goes on with that: `24*3*7*7 = 3428, 3428 + 24 = 3452`, `3452 (24*3*7*7 = 3428, + 24)`.

Carried on with what the step comes to, 3,528, it gives 3,552. It is taken so only where all other
steps come to what is written behind them, and lead to one number in the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.notation import SO, with_aside
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number, Value, shown
from shapecalc.grading.wording import in_a_row

MOST = 8  # steps of a working
LONGEST_STEP = 100  # characters, as it is told
GROUPED = regex(r"(?<=\d),(?=\d{3}(?!\d))")
NEW_LINE = regex(r"\s*\n\s*(?!\s|=)")
PLUS, TIMES = regex(r"\bplus\b", re.IGNORECASE), regex(r"\btimes\b", re.IGNORECASE)
WORD = regex(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])|\ba\b", re.IGNORECASE)
AND = regex(r"\b(?:and|then|because|since)\b|(?<=\d)(?:[ \t]{2,}|\t)(?=[\d(])", re.IGNORECASE)
EMPTY = regex(r"[(\[]\s*[)\]]")
ASIDE = regex(r"\(([^()=]*(?:\([^()=]*\)[^()=]*)*=[^=].*)\)\s*$")  # 3452 (24*147 = 3428, + 24)
PARTED = regex(r"[,;:]|(?<!\d)\.|\.(?!\d)")
NUMBER, WHOLE = regex(r"[0-9]+"), regex(r"[0-9]{1,15}")
ADDED = regex(r"[+*×x]\s*\d")


class SlippedStep(NamedTuple):
    """A step, what it comes to and what is written behind it; and what the whole working comes to
    with and without that slip, a number or sizes. Of a volume's also the size that the window in
    it slides `over`; of a list's values the steps with slips behind `others` of them.
    """

    step: str
    right: Number
    written: Number
    value: Value
    stated: Value
    over: int = 0
    others: tuple[SlippedStep, ...] = ()


class Result(NamedTuple):
    """What is worked out and the result that is written for it; and the step of it that is wrong,
    if one is.
    """

    formula: str
    written: Fraction
    slip: tuple[str, Fraction, Fraction] | None = None


def slipped_step(answer: object, given: Collection[int] | None = None) -> SlippedStep | None:
    """Return the one step of a working that was worked out wrongly and that it goes on from; None
    where there is no such step, and for a text that may mean something else.

    Of a size it may be the last step; `given` are numbers that may stand beside it by themselves.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or "=" not in SO.sub("=", answer):
        return None
    if OR.search(answer) or TAKEN_BACK.search(answer):
        return None
    found = _results(_in_signs(answer))
    if found is None:
        return None
    results, alone = found
    results += _sum_of_all(results, alone) if given is None else []
    slips = [result for result in results if result.slip]
    used = [{Fraction(n) for n in NUMBER.findall(result.formula)} for result in results]
    others = [[u for r, u in zip(results, used, strict=True) if r is not one] for one in results]
    ends = [r for r, o in zip(results, others, strict=True) if not any(r.written in u for u in o)]
    if len(slips) != 1 or len(ends) != 1 or slips[0].slip is None:
        return None
    step, right, written = slips[0].slip
    stated, value = ends[0].written, _corrected(ends[0], results)
    known = {stated}.union(*used, map(Fraction, given or ()))
    if value is None or value == stated or not known.issuperset(alone):
        return None
    if given is None and slips[0] is ends[0] and written == stated:
        return None  # the last one, behind which it does not go on
    numbers = [right, written, value, stated]
    if given is not None and WHOLE.fullmatch(step):
        return None  # 5 = 6
    if len(step) > LONGEST_STEP or any(number.denominator != 1 for number in numbers):
        return None
    whole = [int(number) for number in numbers]
    return SlippedStep(step, whole[0], whole[1], whole[2], whole[3])


def slips_told(slipped: SlippedStep, *, hides: bool) -> str:
    """Return what went wrong in a step, and in those of other values of a list."""
    steps = [slipped, *slipped.others]
    what = "slips" if slipped.others else "a slip"
    if hides:
        return f"{what} in {in_a_row([one.step for one in steps])}"
    told = [f"{s.step} is {shown(s.right)}, not {shown(s.written)}" for s in steps]
    return f"{what}: {'; '.join(told)}"


def _in_signs(answer: str) -> list[str]:
    """Return the steps of a text without its words, with what stands in brackets behind all."""
    text = AND.sub("; ", NEW_LINE.sub("; ", answer.strip()))
    text = GROUPED.sub("", SO.sub("=", with_aside(text)))
    text = TIMES.sub("*", PLUS.sub("+", text))
    text = EMPTY.sub(" ", WORD.sub(" ", text))
    aside = ASIDE.search(text)
    if aside and "=" not in text[: aside.start()]:
        text = f"{text[: aside.start()]}; {aside[1]}"
    pieces = islice((piece.strip(" .!?") for piece in PARTED.split(text)), 2 * MOST + 1)
    return [piece for piece in pieces if piece]


def _results(pieces: Sequence[str]) -> tuple[list[Result], list[Fraction]] | None:
    """Return all that is worked out in some steps, and the numbers that stand alone; None where one
    of the steps is not of numbers alone.
    """
    results: list[Result] = []
    alone: list[Fraction] = []
    if len(pieces) > 2 * MOST:
        return None
    for piece in pieces:
        if results and ADDED.match(piece):
            piece = f"{results[-1].written} {piece}"  # 3428, + 24
        parts = [part.strip() for part in piece.split("=")]
        parts = parts[1:] if len(parts) > 1 and not parts[0] else parts
        values = [_value(part) for part in parts]
        numbers = [value for value in values if value is not None]
        if len(numbers) < len(values):
            return None
        if len(parts) == 1 and WHOLE.fullmatch(parts[0]):
            alone += numbers
            continue
        if WHOLE.fullmatch(parts[0]):  # 3452 = 3428 + 24
            parts, numbers = [*parts[1:], parts[0]], [*numbers[1:], numbers[0]]
        chain = _chain(parts, numbers)
        if chain is None:
            return None
        results += [result for result in chain if result not in results]
    return (results, alone) if 0 < len(results) <= MOST else None


def _sum_of_all(results: Sequence[Result], alone: Sequence[Fraction]) -> list[Result]:
    """Return the last number as the sum of a result and of the numbers that stand alone before it,
    `24*147 = 3428, biases 24, total 3452`, if it is that.
    """
    *terms, total = alone or [Fraction(0)]
    terms = [results[0].written, *terms]
    added = len(results) == 1 and len(terms) > 1 and sum(terms) == total
    return [Result(" + ".join(map(str, terms)), total)] if added else []


def _chain(parts: Sequence[str], values: Sequence[Fraction]) -> list[Result] | None:
    """Return what is worked out between equals signs: all of it is one number, but where somebody
    goes on behind a result, `24*147 = 3528 + 24 = 3552`. None with more than one slip.
    """
    found: list[Result] = []
    first, slips = 0, []
    for at, (one, other) in enumerate(pairwise(values)):
        if one == other:
            continue
        slip = _difference(parts[at], one, parts[at + 1])
        leading = NUMBER.match(parts[at + 1])
        if slip is None and leading and first == at:
            written = Fraction(leading[0])
            wrong = (parts[at], one, written) if written != one else None
            found.append(Result(parts[at], written, wrong))
            first = at + 1
        else:
            slips.append(slip or (parts[at], one, other))
    slip = slips[0] if slips else None
    if len(slips) > 1:
        return None
    return [*found, Result(parts[first], values[-1], slip)]


def _difference(step: str, value: Fraction, behind: str) -> tuple[str, Fraction, Fraction] | None:
    """Return the part of a step in the place of which another number stands in what is written
    behind it, `24*147` in `24*147 + 24 = 3428 + 24`; None where they differ in more.
    """
    if WHOLE.fullmatch(behind):
        return step, value, Fraction(behind)
    before = re.sub(r"\d+$", "", _alike(step, behind))
    one, other = step[len(before) :], behind[len(before) :]
    after = re.sub(r"^\d+", "", _alike(one[::-1], other[::-1])[::-1])
    one, other = (text[: len(text) - len(after)].strip() for text in (one, other))
    worked = worked_out(one)
    if not WHOLE.fullmatch(other) or worked is None:
        return None
    if worked_out(f"{before}({one}){after}") != value:
        return None
    bare = one[1:-1] if one[0] == "(" and worked_out(one[1:-1]) == worked else one
    return bare, worked, Fraction(other)


def _corrected(end: Result, results: Sequence[Result]) -> Fraction | None:
    """Return what the last result comes to if each goes on from what the others really come to."""
    right = {result.written: result.written for result in results}
    for _ in results:
        for result in results:
            formula = result.formula
            for written, value in right.items():
                number = rf"(?<![\d.]){written}(?![\d./])"
                if value != written != result.written and len(re.findall(number, formula)) == 1:
                    formula = re.sub(number, f"({value})", formula)
            worked = worked_out(formula)
            if worked is None:
                return None
            right[result.written] = worked
    return right[end.written]


def _alike(one: str, other: str) -> str:
    """Return what two texts begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(sign for sign, _ in pairs)


def _value(part: str) -> Fraction | None:
    return Fraction(part) if WHOLE.fullmatch(part) else worked_out(part)
