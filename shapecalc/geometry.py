"""Sizes along one axis: the one copy of (W - F + 2P)/S + 1 and of everything that rests on it.

W is the input's size, F the filter's, S the stride, P the zero padding, as in the lectures
(Stanford CS231n, "Convolutional Networks"). Nothing else in the package divides by a stride.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import gcd, isqrt
from typing import TYPE_CHECKING, Literal, NamedTuple

from shapecalc.derivations import (
    Derivation,
    Expression,
    Operation,
    minus,
    over,
    plus,
    rounded,
    times,
)

if TYPE_CHECKING:
    from fractions import Fraction

Rounding = Literal["exact", "floor", "ceil"]
Padding = int | str | tuple[int, int]  # both sides, a policy by name, or (before, after)

PADDING_POLICIES = ("same", "same_lower", "valid", "full")
CAUSAL = "causal"  # a policy for one axis: all of the padding is in front
BORDERS = ("zeros", "reflect", "replicate", "circular")  # what padding is filled with
FOLLOWING = frozenset(("same", "same_lower", CAUSAL))
FAR = 64  # how far from the written value a repair is looked for


def effective(F: int, dilation: int) -> int:
    """Return how many pixels a dilated filter spans: dilation*(F - 1) + 1."""
    return dilation * (F - 1) + 1


class Fit(NamedTuple):
    """How a window slides along one axis. `size` 0 means that the filter does not fit in."""

    W: int
    F: int
    S: int
    before: int
    after: int
    dilation: int
    policy: str  # exact, floor or ceil; same, same_lower or causal
    size: int
    remainder: int  # what S leaves over of W - F + 2P

    @property
    def span(self) -> int:
        """The filter's effective size."""
        return effective(self.F, self.dilation)

    @property
    def follows(self) -> bool:
        """Whether the padding follows from the sizes, so that there are ceil(W/S) windows."""
        return self.policy in FOLLOWING

    @property
    def dropped(self) -> int:
        """How many rows or columns of real values no window reaches at the far end."""
        end = (self.size - 1) * self.S + self.span
        return min(self.W, max(0, self.before + self.W - end))

    @property
    def has_gaps(self) -> bool:
        """Whether the stride leaves pixels between windows."""
        return self.span < self.S and self.size > 1

    def places(self, window: int) -> range:
        """Return where the taps of a window lie; below 0 and from W on is no input."""
        start = window * self.S - self.before
        return range(start, start + self.span, self.dilation)

    def seen(self, window: int) -> Iterator[tuple[int, int]]:
        """Yield the taps of a window that lie on the input, each with its pixel."""
        start = self.places(window).start
        for tap in range(max(0, -(start // self.dilation)), self.F):
            pixel = start + tap * self.dilation
            if pixel >= self.W:
                return
            yield tap, pixel

    def strides(self) -> Operation:
        """Return how many strides the window goes, (W - F + 2P)/S with the numbers put in."""
        return over(plus(self.W, minus(_filter(self.F, self.dilation)), *self._zeros()), self.S)

    def steps(self) -> Operation:
        """Return the formula without its + 1: the strides, rounded where S does not divide."""
        if self.follows:
            return rounded("ceil", over(self.W, self.S))
        strides = self.strides()
        down_or_up = self.remainder and self.policy != "exact"
        return rounded(self.policy, strides) if down_or_up else strides

    def formula(self) -> Operation:
        """Return the formula with the numbers put in, (227 - 11 + 2*0)/4 + 1."""
        return self.steps() if self.follows else plus(self.steps(), 1)

    def derivation(self) -> Derivation:
        """Return how the size follows; a Fraction where the stride does not fit."""
        formula = self.formula()
        if self.follows:
            known = type(self.W) is int or self.S == 1
            P = [Derivation("P", (self.before, self.after))] if known else []
            return Derivation("output", self.size, formula, beside=P)
        if not self.size:
            return self._too_large(formula)
        if self.remainder and self.policy == "exact":
            return Derivation("output", quotient(self._room + self.S, self.S), formula)
        if self.policy == "ceil" and self.remainder and -(-self._room // self.S) + 1 != self.size:
            less = plus(formula, minus(1))
            return Derivation("output", self.size, less, reason="window_past_the_input")
        return Derivation("output", self.size, formula)

    def whole_or_not(self) -> Derivation:
        """Return how many strides the window goes, rounded by no policy: (10 - 3 + 2*0)/2 = 3.5."""
        if not self.size:
            return self._too_large(self.strides())
        if self.follows and self._room % self.S:  # F below S: no padding makes it whole
            return self.derivation()
        strides = quotient(self._room, self.S)
        return Derivation("output", strides, self.strides(), reason="whole_or_not")

    def _too_large(self, formula: Operation) -> Derivation:
        given = {"padded": plus(self.W, *self._zeros()), "span": self.span}
        return Derivation("output", None, formula, reason="too_large", given=given)

    def _zeros(self) -> tuple[Expression, ...]:
        """Return the terms of the padding: 2*P, or both sides."""
        same = self.before == self.after
        return (times(2, self.before),) if same else (self.before, self.after)

    @property
    def _room(self) -> int:
        return self.W + self.before + self.after - self.span

    def fraction(self) -> str:
        """Return the number of windows to two decimals."""
        return decimals(self._room // self.S + 1, self.remainder, self.S)


def decimals(whole: int, rest: int, S: int) -> str:
    """Return whole + rest/S to two decimals, in whole-number arithmetic; never a whole number."""
    hundredths = (200 * rest + S) // (2 * S)
    return f"{whole}.{min(99, max(1, hundredths)):02d}".rstrip("0")


def _filter(F: int, dilation: int) -> Expression:
    """Return a filter's effective size with the numbers put in."""
    return F if dilation == 1 else plus(times(dilation, plus(F, minus(1))), 1)


@lru_cache(maxsize=8192)
def fit_window(W: int, F: int, S: int, P: Padding, dilation: int, rounding: Rounding) -> Fit:
    """Return how a window of F fits on W, with stride S and padding P.

    `same` is TensorFlow's: ceil(W/S) windows, the odd zero at the end (`same_lower`: first).
    `causal` is Keras': as many, each ends on the pixel that it is for, so none is behind.
    `ceil` adds a window, unless it would start past the input and its leading padding (PyTorch);
    it is the only one where the filter is larger than the padded input, by less than S.
    """
    span = effective(F, dilation)
    if P == "same" or P == "same_lower":
        size = -(-W // S)
        if type(W) is not int and S > 1:  # the zeros of a size that is no number are none, either
            return Fit(W, F, S, 0, 0, dilation, str(P), size, 0)
        total = max((size - 1) * S + span - W, 0)
        less = total // 2
        before = less if P == "same" else total - less
        return Fit(W, F, S, before, total - before, dilation, str(P), size, 0)
    if P == CAUSAL:
        return Fit(W, F, S, span - 1, 0, dilation, CAUSAL, -(-W // S), 0)
    before, after = sides(P, span)
    room = W + (before + after - span)
    steps, remainder = divmod(room, S)
    if rounding == "ceil":  # what is left over by more than this begins before the input ends
        steps = (room + S - 1 - min(S - 1, max(0, S - span + after))) // S
    if steps < 0:
        return Fit(W, F, S, before, after, dilation, rounding, 0, 0)
    return Fit(W, F, S, before, after, dilation, rounding, steps + 1, remainder)


class Step(NamedTuple):
    """What a receptive field needs of one axis: the window, the stride, the zeros in front."""

    span: int
    S: int
    before: int


class Fits(NamedTuple):
    """How a window slides along all axes, with what every layer and rule asks of it."""

    axes: tuple[Fit, ...]
    sizes: tuple[int, ...]
    passes: bool  # the filter fits in, and under `exact` the stride divides
    has_gaps: bool  # on some axis the stride leaves pixels between windows
    has_empty_window: bool  # on some axis a window lies wholly in the padding
    steps: tuple[Step, ...]


def slide_all(
    spatial: tuple[int, ...],
    F: tuple[int, ...],
    S: tuple[int, ...],
    P: tuple[Padding, ...],
    dilation: tuple[int, ...],
    rounding: Rounding,
) -> Fits:
    """Return how a window slides along all axes; one entry an axis in every argument."""
    axes = [
        fit_window(W, *axis, rounding) for W, *axis in zip(spatial, F, S, P, dilation, strict=True)
    ]
    passes = all(fit.size and not (rounding == "exact" and fit.remainder) for fit in axes)
    known = all(type(W) is int for W in spatial)  # rules ask of numbers alone
    return Fits(
        tuple(axes),
        tuple(fit.size for fit in axes),
        passes,
        known and any(fit.has_gaps for fit in axes),
        known and passes and any(has_empty_window(fit) for fit in axes),
        tuple(Step(fit.span, fit.S, _in_front(fit)) for fit in axes),
    )


def _in_front(fit: Fit) -> int:
    """Return the zeros in front; None, with which nothing can be computed, where they depend on a
    size that is no number.
    """
    known = type(fit.W) is int or fit.S == 1 or fit.policy not in ("same", "same_lower")
    return fit.before if known else None  # type: ignore[return-value]


def sides(P: Padding, span: int) -> tuple[int, int]:
    """Return the zeros before and after one axis for a P that does not depend on W."""
    if isinstance(P, int):
        return P, P
    if isinstance(P, tuple):
        return P
    return (span - 1, span - 1) if P == "full" else (0, 0)


def widest_border(mode: str, W: int) -> int | None:
    """Return how much padding W values can fill on one side; None where there is no limit.

    `reflect` mirrors all values but the first, `circular` goes round once (PyTorch).
    """
    return {"reflect": W - 1, "circular": W}.get(mode)


def never_seen(fit: Fit, mode: str) -> int:
    """Return how many real values at the far end no window sees, in the padding in front neither.

    There `circular` has the last `before` values, and `reflect` those up to W[before].
    """
    if mode == "circular":
        return max(0, fit.dropped - fit.before)
    return min(fit.dropped, max(0, fit.W - 1 - fit.before)) if mode == "reflect" else fit.dropped


def both_sides(before: int, after: int) -> str:
    """Return the padding of one axis in words."""
    return str(before) if before == after else f"{before} before and {after} after"


class TransposedFit(NamedTuple):
    """How a transposed convolution spreads one axis: (W - 1)*S - 2P + F + output_padding."""

    W: int
    F: int
    S: int
    before: int  # cropped
    after: int
    dilation: int
    output_padding: int  # zeros added at the end
    size: int
    policy: str  # same or valid; empty where P is a number
    written: int | None  # the output_padding that the layer says

    @property
    def span(self) -> int:
        """The filter's effective size."""
        return effective(self.F, self.dilation)

    def reach(self, output: int) -> range:
        """Return the inputs whose part of the result may cover an output."""
        first, last = spread_reach(output, Step(self.span, self.S, self.before))
        return range(max(0, first), min(self.W, last + 1))

    def added(self, output: int) -> Iterator[tuple[int, int]]:
        """Yield the taps that write an output, each with the input that they multiply."""
        for pixel in self.reach(output):
            tap, between = divmod(output + self.before - pixel * self.S, self.dilation)
            if not between:
                yield tap, pixel

    def formula(self) -> Operation:
        """Return the formula with the numbers put in, (8 - 1)*2 - 2*1 + 4."""
        F = _filter(self.F, self.dilation)
        grown = times(plus(self.W, minus(1)), self.S)
        if self.policy == "same" and self.written is None:
            return times(self.W, self.S)
        if self.policy and self.written is None:
            return plus(grown, Operation("max", F, self.S))
        extra = (self.written,) if self.written else ()
        if self.policy == "same":
            return plus(grown, F, minus(times(2, rounded("floor", over(F, 2)))), *extra)
        same = self.before == self.after
        P = times(2, self.before) if same else plus(self.before, self.after)
        return plus(grown, minus(P), F, *extra)

    def derivation(self) -> Derivation:
        """Return how the size follows, with the padding that a policy comes to."""
        beside = []
        if self.policy == "same" or (self.policy and self.written is None):
            beside.append(Derivation("P", (self.before, self.after)))
            if self.output_padding and self.output_padding != self.written:
                beside.append(Derivation("output_padding", self.output_padding))
        return Derivation("output", self.size, self.formula(), beside=beside)


@lru_cache(maxsize=4096)
def fit_transposed(
    W: int, F: int, S: int, P: Padding, dilation: int, written: int | None
) -> TransposedFit:
    """Return the size of a transposed convolution; `written` is its output_padding, if it has one.

    P crops the result (PyTorch). Under `same` the size is W*S, or, with a written output_padding,
    what a crop of floor(F/2) on both sides leaves and so many zeros; `valid` crops nothing, and
    fills up with zeros where S > F (Keras).
    """
    span = effective(F, dilation)
    before, after = sides(P, span) if P != "same" else (0, 0)
    zeros = written or 0
    if P == "same":
        surplus = span - S if written is None else 2 * (span // 2) - written
        before, zeros = max(surplus, 0) // 2, max(-surplus, 0)
        after = max(surplus, 0) - before
    elif P == "valid" and written is None:
        zeros = max(S - span, 0)
    size = (W - 1) * S + span - before - after + zeros
    policy = P if isinstance(P, str) else ""
    return TransposedFit(W, F, S, before, after, dilation, zeros, size, policy, written)


def spread_reach(j: int, step: Step) -> tuple[int, int]:
    """Return the first and the last input that output j of a transposed convolution sees.

    Input i adds to the outputs i*S - P up to i*S - P + F - 1. Where S > F some outputs see none;
    the first is behind the last then.
    """
    return -(-(j + step.before - step.span + 1) // step.S), (j + step.before) // step.S


def quotient(a: int | Fraction, b: int) -> int | Fraction:
    """Return a/b: a whole number where it is one, otherwise a Fraction."""
    whole, rest = divmod(a, b)
    if not rest:
        return whole
    from fractions import Fraction  # rarely needed, and slow to import

    return Fraction(a) / b


def fits(W: int, F: int, S: int, P: Padding, dilation: int) -> bool:
    """Say whether the stride divides the way the window goes, and the filter fits in."""
    fit = fit_window(W, F, S, P, dilation, "exact")
    return fit.size > 0 and not fit.remainder


class Windows(NamedTuple):
    """A filter, a padding and a dilation, and the strides with which its windows end with the
    padded input; at how many places it stands with stride 1.
    """

    F: int
    P: int
    dilation: int
    strides: Sequence[int]
    places: tuple[int, ...]

    def sizes(self, S: int) -> tuple[int, ...]:
        """Return at how many places it stands with one of the strides."""
        return tuple((count - 1) // S + 1 for count in self.places)


def fitting_strides(
    spatial: tuple[int, ...], F: int, P: int, dilation: int, largest: int
) -> Windows | None:
    """Return the strides up to `largest` that fit, None where the filter does not.

    A stride fits if it divides the way that the window goes on every axis; one window goes none.
    """
    axes = [fit_window(W, F, 1, P, dilation, "exact") for W in spatial]
    if not all(fit.size for fit in axes):
        return None
    way = gcd(*(fit.size - 1 for fit in axes))
    strides = divisors(way) if way else range(1, largest + 1)
    if way > largest:
        strides = tuple(S for S in strides if largest >= S)
    return Windows(F, P, dilation, strides, tuple(fit.size for fit in axes))


@lru_cache(maxsize=1024)
def divisors(number: int) -> tuple[int, ...]:
    """Return the divisors of a positive number, the smallest first."""
    small = [n for n in range(1, isqrt(number) + 1) if not number % n]
    large = [number // n for n in reversed(small) if n * n != number]
    return (*small, *large)


def near(value: int, least: int) -> Iterator[int]:
    """Yield whole numbers from `least` up, nearest to `value` first, the smaller of two first."""
    for distance in range(1, FAR + 1):
        if value - distance >= least:
            yield value - distance
        yield value + distance


def completed(fit: Fit) -> tuple[int, int]:
    """Return the padding of one axis with the zeros added that make the stride fit."""
    missing = fit.S - fit.remainder if fit.remainder else 0
    return fit.before + missing // 2, fit.after + missing - missing // 2


def zeros_for(fit: Fit, size: int) -> tuple[int, int] | None:
    """Return the padding with which a window stands at `size` places, the last of which ends with
    the padded input; None where it would leave out real values.
    """
    missing = (size - 1) * fit.S + fit.span - fit.W
    return None if missing < 0 else (missing // 2, missing - missing // 2)


def fitting_inputs(fit: Fit) -> tuple[int, int]:
    """Return the input sizes below and above W at which the window and its stride fit."""
    if not fit.size:
        least = fit.span - fit.before - fit.after
        return least, least
    if not fit.remainder:
        return fit.W, fit.W
    return fit.W - fit.remainder, fit.W + fit.S - fit.remainder


def has_empty_window(fit: Fit) -> bool:
    """Say whether some window lies wholly in the padding: none of its taps meets the input.

    Only the first and the last window can, unless dilation leaves gaps wider than the input.
    """
    if not fit.before and not fit.after:
        return False
    windows: Iterator[int] = iter((0, fit.size - 1))
    if fit.dilation > fit.W:
        windows = iter(range(min(fit.size, 4096)))
    return any(not any(True for _ in fit.seen(window)) for window in windows)
