"""What a student's own working shows of a mistake: `(32 + 2*2 - 5)/1` and `W - F + 2P` of one in
the formula of sizes, `5*5*3*10 + 1` of one in a count, `30.5, rounded down` of what was rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isclose as is_close
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from shapecalc.geometry import Fit
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.formula_terms import (
    adds_some_of,
    adds_up,
    counted,
    is_twice,
    parts,
    stands,
    stands_for_any_size,
    terms_of,
)
from shapecalc.grading.frequency import DECAYED
from shapecalc.grading.halved_filter import shows_half
from shapecalc.grading.lone_steps import is_by, rates_of_lone_steps
from shapecalc.grading.macs_in_working import shows_macs
from shapecalc.grading.mean_in_working import divisors, shows_mean
from shapecalc.grading.misconceptions.variants import Change, refit
from shapecalc.grading.notation import bare, with_aside
from shapecalc.grading.other_ways import excludes, shows_the_way
from shapecalc.grading.outer_brackets import without_outer_brackets
from shapecalc.grading.regex import regex
from shapecalc.grading.relu_in_working import takes_relu
from shapecalc.grading.side_by_side import shows_side_by_side
from shapecalc.grading.stated_filters import shows_filter, with_filter
from shapecalc.grading.stated_logarithms import probabilities, to_another_base
from shapecalc.grading.sum_without_bias import shows_no_bias
from shapecalc.grading.summed_terms import (
    THOUSANDS,
    chains_in,
    is_another_product,
    is_bare_step,
    is_of_field,
    is_same_product,
)
from shapecalc.grading.sums_in_text import HINGE, is_whole, of_squares, sums_in
from shapecalc.grading.undilated_padding import shows_no_dilation
from shapecalc.grading.unpadded import rounds_up
from shapecalc.grading.values import Value
from shapecalc.grading.worked_out import worked_out as worked_out_expression

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
from shapecalc.grading.misconceptions.question_context import QuestionContext

LONGEST = 1000  # characters that are looked through
MOST_FORMULAS = 8  # of one answer, and as many with what they go on from put in
FORMULA = regex(r"(?<![\w.])[\dWFSP(\[][\dWFSP()\[\] .+*/×·−-]*")
OPERATION = regex(r"[\w)\]]\s*[-+*·×]\s*[\w(\[.]")  # no arrow, `1.5 -> 2`
TWICE_P = regex(r"(?<![\w.])\(?2\)? ?[*·×]? ?\(?P\b")
RESULT = regex(r"\s*=\s*(\d+)(?![\d.])")
NUMBER = regex(r"\d+(?:\.\d+)?")
LEADING = regex(r"\d+(?![\d.])")
DECIMAL = regex(r"(?<![\w.])\d+\.\d+(?![\w.]*\w)")
BY = regex(r"(?<=[\d)]) ?[xX] ?(?=[\d(])")  # 5x5x3x10 + 1; a volume, too
SIDE_BY_SIDE = regex(r"(?<=[\d)\]])(?=[(\[])|(?<=[)\]])(?=[\d.])")  # (5)(5), 0.1(24)
LONE = regex(r"(?<![A-Za-z])[(\[] ?(\d+(?:\.\d+)?) ?[)\]]")
# A result with its sum in brackets, `11 (5 + 2*3)`; a factor with its sum is written so as well.
BEHIND_ITS_RESULT = regex(r"(?<![\w.*+/×·-] )(?<![\w.])(\d{1,12}) \(([^()\[\]]*[+][^()\[\]]*)\)")
# A result with what it is worked out by, `4 (55 - 5 + P + 1 = 55)`: no factor of that.
WITH_EQUATION = regex(
    r"(?<![\w.*+/×·-] )(?<![\w.])(\d{1,12}) ?(?=[(\[][^()]*(?:\([^()]*\)[^()]*)*=)"
)
SMALL_P = regex(r"(?<=[+\d(] )p\b|(?<=[+\d(])p\b")
# Between the steps of a sum that is told one by one: `5, then +2, +1 (pool), +2`.
STEP_BY_STEP = regex(r"(?<=\d)(?: ?\([A-Za-z ]{1,30}\))?[,;] (?:and |then ){0,2}(?=\+ ?\d)")
PRODUCT = regex(r"\(([\d\s*×]+)\)")
ONE = regex(r"(?<![\d.,])1(?![\d.,])")
SIZES = regex(r"(?<![\w.,])\d{1,6}(?: ?[xX×] ?\d{1,6})+(?![\w.,]*\d)")
SIZE = regex(r"\d+")
COUNTED = regex(r"^depth | (?:weights|bias(?:es)?)\b")  # of numbers
COUNT = regex(r"[\d\s,*×+]+")
UP = regex(r"\bround(?:ed|ing|s)?(?: [a-z]+){0,2} up\b|\bceil", re.IGNORECASE)
DOWN = regex(r"\bdown\b|\bfloor|\bup to\b|\b(?:not|n't)\b", re.IGNORECASE)
OF_MEAN = regex(r"\b(?:means?|averaged?|avg|mse)\b", re.IGNORECASE)
OF_HALF = regex(r"(?<![\w.])(?:(?:1 ?/ ?2|0?\.5) ?(?:[*·×] ?[\d(\[]|[(\[])|½|half\b)")
SIGNED, RATE = "gradient_added", "rate_forgotten"
STEPPED = frozenset((SIGNED, RATE))
LONE_STEP, OTHER_BASE = frozenset(("step_alone",)), frozenset(("loss_base",))
LEFT_OUT, ACTIVATED = frozenset(("layer_left_out",)), frozenset(("activation_applied",))
FOR_LEAKY = frozenset(("relu_for_leaky",))
HALVED, MEAN = HALF_OR_MEAN = ("loss_halved", "loss_mean")  # which are one number of two outputs
NOT_SQUARED = "filter_not_squared"
NO_JUMPS = frozenset(("field_of_blocks", "field_pools_left_out", "field_stride_ignored"))
ONE_STRIDE = frozenset(("field_one_stride_ignored",))
NOT_HALVED = "loss_not_halved"  # which a bare sum of squares shows
DIVIDED = regex(  # 40/2; 40 is divisible by 2
    r"(?<![\w.)+*/×·−-])(?<![)+*/×·−-] )(\d{1,6}) ?(?:[/÷]|(?:(?:is|can be) )?(?:evenly )?"
    r"(?:divisible|dividable|divided) by|mod\b|%) ?(\d{1,4})(?![\w.]*\d)",
    re.IGNORECASE,
)


class Working(NamedTuple):
    """The sums and products that stand in an answer, as texts; empty where there are none.

    `unrounded` are the numbers with decimals in it, `volumes` sizes such as 10x10, `squares` what
    bare sums of squares come to, `sums` what all sums and products do, `chains` numbers one after
    the other. `mean` says that it speaks of one, `half` that it takes one, `whole` that it has
    nothing to round: whole numbers are added and multiplied, `2*3 + 1 = 7`. `rates` are those of
    steps that stand alone (None: by its name), `logs` the numbers below 1 that one is taken of,
    `divided` two lone numbers of which one is divided by the other, or said to be divisible by it.
    `up` says that it rounds up, and nothing down; `of_filter` is a text with but a filter's size;
    `activated` says that what an activation makes of the right value was given in words, `relu`
    that one is taken; `over` are the whole numbers that something is divided by.
    """

    formulas: tuple[str, ...] = ()
    twice_P: bool = False
    unrounded: tuple[float, ...] = ()
    volumes: tuple[tuple[int, ...], ...] = ()
    squares: tuple[float, ...] = ()
    mean: bool = False
    half: bool = False
    chains: tuple[tuple[int, ...], ...] = ()
    sums: tuple[float, ...] = ()
    whole: bool = False
    rates: tuple[float | None, ...] = ()
    logs: tuple[str, ...] = ()
    divided: tuple[tuple[int, int], ...] = ()
    up: bool = False
    of_filter: str = ""
    activated: bool = False
    relu: bool = False
    over: tuple[int, ...] = ()

    @property
    def numbers(self) -> frozenset[float]:
        """The numbers in its formulas, without their signs."""
        found = (NUMBER.findall(formula) for formula in self.formulas)
        return frozenset(float(number) for numbers in found for number in numbers)

    def agrees(self, context: QuestionContext, cause: Cause) -> bool | None:
        """Say whether it is worked out as who makes a mistake does; None if that is not shown.

        The order of terms and factors and the stride do not matter.
        """
        if cause.wrong.way is not None:
            between = cause.wrong.way.between
            met = any(v[: len(s)] == s for v in between for s in self.volumes)
            return met or shows_the_way(self.chains, context, cause) or None
        if context.key == "receptive_field":
            return shows_filter(self.of_filter, context, cause) or self._is_of_field(cause) or None
        value = cause.wrong.value
        if cause.misconception.name == NOT_HALVED and isinstance(value, int | float):
            return any(is_close(value, squares) for squares in self.squares) or None
        if cause.names <= DECAYED and isinstance(value, int | float):
            whole = any(is_close(value, found) for found in self.sums)
            return whole or self._has_decay(context, value) or None
        if not cause.names.isdisjoint(HALF_OR_MEAN):
            if self.mean:
                return MEAN in cause.names
            if self.half and context.query.key == "loss":
                return HALVED in cause.names
        if cause.names <= STEPPED:
            return self._is_step(context, cause.names) or None
        if shows_no_bias(context, cause, self.formulas):
            return True
        if cause.names == ACTIVATED:
            return self.activated or None
        if cause.names == FOR_LEAKY:
            return self.relu or None
        if cause.names == LONE_STEP:
            return self.has_lone_step(context) or None
        if cause.names == LEFT_OUT:
            layers = counted(*context.subject.terms(context.key).values())
            return any(adds_some_of(f, layers, value) for f in self.formulas) or None
        if cause.names == OTHER_BASE and isinstance(value, float):
            return to_another_base(self.logs, value) is not None or None
        for shows in (shows_half, shows_mean, shows_no_dilation, shows_macs, shows_side_by_side):
            shown = shows(self, context, cause)
            if shown is not None:
                return shown
        if rounds_up(self.unrounded, context, cause):
            return True
        change = cause.misconception.change
        if change is None or not context.fits:
            if any(f"{a}/{b}" in cause.wrong.arithmetic.split() for a, b in self.divided):
                return True  # depth 20/2 = 10
            summands = _summands(cause.wrong.arithmetic) if self.formulas else None
            same = bool(summands) and summands in map(_summands, self.formulas)
            return same or is_same_product(self.formulas, cause.wrong.arithmetic) or None
        if change.less and context.asks_for("P") and self._adds_one(context.fits, value):
            return False
        if self.twice_P and change.sides is not None:
            return False
        if change.sides is not None and context.asks_for("P"):
            return self._counts_once(context.fits)
        return any(self._is_of(fit, change) for fit in context.fits) or None

    def _counts_once(self, fits: Sequence[Fit]) -> bool | None:
        """Say whether a P that is asked for stands once in a window's formula, as the letter or as
        the number of both sides' zeros; None if that is not shown. The letter shows it whichever
        size it is that is kept.
        """
        for fit in fits:
            zeros = fit.before + fit.after
            letters = {"W": fit.W, "F": fit.F, "S": fit.S, "P": zeros}
            once = counted(fit.W, -fit.span, zeros)
            each = counted(fit.W, -fit.span, fit.before, fit.after)
            for formula in self.formulas:
                if stands(formula, letters, (once, each), counted(1)):
                    twice = stands(formula, letters, (each,), counted(1))
                    return not twice and not is_twice(fit.before, formula)
                if stands_for_any_size(formula, letters, counted(-fit.span, zeros), counted(1)):
                    return True
        return None

    def _adds_one(self, fits: Sequence[Fit], P: Value) -> bool:
        """Say whether a window's formula stands here with its + 1, for the right P or this one."""
        for fit in fits:
            sums = [counted(fit.W, -fit.span, zeros) for zeros in _zeros(fit, P)]
            letters = {"W": fit.W, "F": fit.F, "S": fit.S, "P": fit.before}
            if any(stands(formula, letters, sums, counted(1)) for formula in self.formulas):
                return True
        return False

    def _has_decay(self, context: QuestionContext, loss: float) -> bool:
        """Say whether what the weights add to a loss stands here by itself, `0.05*6 = 0.3`."""
        if context.query.key != "loss":
            return False
        added = loss - sum(part.value for part in context.subject.computed.losses)
        found = map(worked_out, self.formulas)
        return added > 0 and any(f is not None and is_close(added, f) for f in found)

    def _is_of_field(self, cause: Cause) -> bool | None:
        no_jumps = not cause.names.isdisjoint(NO_JUMPS)
        arithmetic, formulas = cause.wrong.arithmetic, self.formulas
        if cause.names == ONE_STRIDE:  # a lone 4 may be the right jump without F - 1 as well
            formulas = tuple(f for f in formulas if not is_bare_step(f))
        return is_of_field(formulas, self.chains, arithmetic, all_factors=no_jumps)

    def _is_step(self, context: QuestionContext, names: frozenset[str]) -> bool:
        """Say whether a step stands here with a mistake in its sign, its rate or both: the old
        value and rate * gradient, `1 + 0.1*24`.
        """
        example = context.subject.trace.spec.example
        old = context.of(context.query.name, context.query.key.removesuffix(".next"))
        right = context.right
        if not isinstance(old, int | float) or not isinstance(right, int | float):
            return False
        if example is None or not example.rate or not old:
            return False
        change = (right - old) / (example.rate if RATE in names else 1)
        wrong = sorted((old, -change if SIGNED in names else change))
        return any(adds_up(formula, wrong) for formula in self.formulas)

    def has_lone_step(self, context: QuestionContext) -> bool:
        """Say whether a step by the example's rate stands here without the old value."""
        example = context.subject.trace.spec.example
        return example is not None and bool(example.rate) and is_by(self.rates, example.rate or 0)

    def contradicts(self, context: QuestionContext, cause: Cause) -> bool:
        """Say whether it is worked out as who makes a mistake does not do: with other factors that
        come to the same, or with sizes of 1 for a dense layer, `1*1*48*64`, by a cause that leaves
        the sizes out: it is another volume that they are of; or with 2P for a P that stands once.
        """
        if excludes(self.formulas, self.chains, context, cause):
            return True
        if context.key == "receptive_field":
            return self._is_of_field(cause) is False
        if context.asks_for("P") and cause.misconception.change is not None:
            return self.agrees(context, cause) is False
        if not self.formulas:
            return self._divides_by_another(context, cause)
        squared = NOT_SQUARED in cause.names  # 3*3*32 for 3*96 is, though it is as much
        if is_another_product(self.formulas, cause.wrong.arithmetic, all_factors=squared):
            return True
        own = context.weighted
        if own is None or not own.dense or all(size == 1 for size in own.F):
            return False
        summands = _summands(cause.wrong.arithmetic)
        same = (f for f in self.formulas if summands and _summands(f) == summands)
        return any(len(ONE.findall(formula)) >= len(own.F) for formula in same)

    def _divides_by_another(self, context: QuestionContext, cause: Cause) -> bool:
        """Say whether a size is divided by something else than the stride which a cause keeps."""
        change = cause.misconception.change
        if change is None or change.S is not None or context.key != "output" or not context.fits:
            return False
        fit = context.fits[0]
        return fit.S > 1 and any(a == fit.W and b != fit.S for a, b in self.divided)

    def slides(self, fit: Fit) -> bool:
        """Say whether a formula begins with W - F of a window, whatever its padding."""
        wanted = counted(fit.W, -fit.span)
        letters = {"F": fit.F, "S": fit.S, "P": fit.before}
        above = (terms_of(parts(formula)[0], letters) for formula in self.formulas)
        return any(terms is not None and not wanted - terms for terms in above)

    def stands(self, fit: Fit, change: Change) -> bool:
        """Say whether a window's formula itself stands here with some of its numbers changed."""
        return self._replace(unrounded=())._is_of(fit, change)

    def _is_of(self, fit: Fit, change: Change) -> bool:
        """Say whether a window's formula stands here with some of its numbers changed, or without
        any formula what it comes to before it is rounded, to which several may come.
        """
        letters = {"W": fit.W, "F": fit.F, "S": fit.S}
        if fit.before == fit.after:
            letters["P"] = fit.before
        wrong = refit(fit, change)
        last = counted(1 - change.less)
        paddings = (wrong.before + wrong.after,), (wrong.before, wrong.after)
        slid = [counted(wrong.W, -wrong.span, *padding) for padding in paddings]
        steps = worked_out_expression(wrong.strides()) if wrong.remainder else 0.0
        if steps and not {steps, steps + 1}.isdisjoint(self.unrounded) and not self.slides(fit):
            return True
        return any(stands(formula, letters, slid, last) for formula in self.formulas)


def _zeros(fit: Fit, P: Value) -> list[int]:
    """Return how many zeros a window's formula has that is worked out for an asked P."""
    return [fit.before + fit.after, *([2 * P] if isinstance(P, int) else [])]


def working_in(answer: Any) -> Working:
    """Return what is worked out in an answer."""
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return Working()
    alone = bare(answer)
    if alone:
        return Working(volumes=(alone,) if len(alone) > 1 else ())
    text = "\n".join(map(with_aside, answer.splitlines()))
    written = text
    text = BEHIND_ITS_RESULT.sub(_result_last, SMALL_P.sub("P", text))
    text = WITH_EQUATION.sub(r"\1; ", text)
    text = text if "[" in text else STEP_BY_STEP.sub(" ", text)
    text = LONE.sub(r"\1", SIDE_BY_SIDE.sub("*", text))
    unrounded = tuple(float(number[0]) for number in DECIMAL.finditer(text))
    whole_numbers = THOUSANDS.sub("", text)
    formulas = [formula for formula in _in_full(whole_numbers) if OPERATION.search(formula)]
    products = BY.sub("*", text)
    if products != text:
        formulas += [formula for formula in _in_full(products) if "+" in formula]
    sizes = (SIZE.findall(match[0]) for match in islice(SIZES.finditer(text), MOST_FORMULAS))
    volumes = tuple(tuple(map(int, size)) for size in sizes)
    squares = tuple(filter(None, map(of_squares, text.split("=")[:MOST_FORMULAS])))
    mean = bool(OF_MEAN.search(text))
    half = bool(OF_HALF.search(answer) or OF_HALF.search(text))
    divided = () if formulas else islice(DIVIDED.finditer(text), MOST_FORMULAS)
    return Working(
        tuple(formulas),
        bool(TWICE_P.search(text)),
        unrounded[:MOST_FORMULAS],
        volumes,
        squares,
        mean,
        half,
        tuple(chains_in(text)),
        tuple(sums_in(text)) if formulas or HINGE.search(text) else (),
        is_whole(text),
        tuple(rates_of_lone_steps(written)),
        tuple(probabilities(written)),
        tuple((int(found[1]), int(found[2])) for found in divided),
        bool(UP.search(text)) and not DOWN.search(text),
        with_filter(written),
        relu=takes_relu(answer),
        over=divisors(text),
    )


def _result_last(found: re.Match[str]) -> str:
    """Return a sum with its result behind it, `900 weights + 1 bias` without these words; a product
    with a sum as it is.
    """
    added = COUNTED.sub("", found[2])
    return f"{added} = {found[1]}" if worked_out(added) == int(found[1]) else found[0]


def _in_full(text: str) -> Iterator[str]:
    """Yield the formulas of a text; one that goes on from an earlier result with that put in, too:
    `(64-6)/2` for `64-6 = 58, 58/2 = 29`.
    """
    results: dict[str, str] = {}
    for match in islice(FORMULA.finditer(text), 2 * MOST_FORMULAS):
        formula = without_outer_brackets(match[0].strip())
        yield formula
        leading = LEADING.match(formula)
        if leading and leading[0] in results and formula != leading[0]:
            formula = f"({results[leading[0]]}){formula[leading.end() :]}"
            yield formula
        result = RESULT.match(text, match.end())
        if result and len(formula) < LONGEST:
            results[result[1]] = formula


def _summands(text: str) -> list[Any] | None:
    """Return what a count adds up, `5*5*3*10 + 1`: 750 and 1; the factors of a lone product. None
    for another text.
    """
    text = COUNTED.sub("", text.partition("=")[0])
    text = re.sub(r",(?=\d{3})", "", text).replace("×", "*")
    text = PRODUCT.sub(r"\1", text)
    if not COUNT.fullmatch(text):
        return None
    terms = [[int(n) for n in re.findall(r"\d+", term) if int(n) != 1] for term in text.split("+")]
    return sorted(map(prod, terms)) if len(terms) > 1 else sorted(terms[0])
