"""geometry.py against a loop that walks a window over a padded list, cell by cell.

The list holds the input's positions, and None for every zero of the padding. What a window looks
at, what no window reaches and which window sees nothing real is read off the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest

from shapecalc.geometry import (
    Fit,
    Padding,
    Rounding,
    Step,
    TransposedFit,
    completed,
    effective,
    fit_transposed,
    fit_window,
    fits,
    fitting_inputs,
    has_empty_window,
    near,
    quotient,
    sides,
    slide_all,
    spread_reach,
)
from shapecalc.reports.sentences import sentence
from shapecalc.resampling import (
    bilinear_reach,
    bin_reach,
    nearest_reach,
    resized,
    scaled,
    widest_bin,
)

Cell = int | None  # an input position, or a zero of the padding
ROUNDINGS: tuple[Rounding, ...] = ("exact", "floor", "ceil")
Slide = Callable[[int, int, int, Padding, int, Rounding], Fit]


class Seen(NamedTuple):
    """What a loop over a padded list finds out about one axis."""

    before: int
    after: int
    size: int
    left_over: int  # cells behind the last window that ends inside
    dropped: int  # real values behind the last window
    has_gaps: bool
    has_empty_window: bool


def walk(W: int, F: int, S: int, P: Padding, dilation: int, rounding: Rounding) -> Seen:
    """Lay the window down at every stride, and look."""
    spread_taps = [dilation * tap for tap in range(F)]
    span = spread_taps[-1] + 1
    if P in ("same", "same_lower"):
        starts = list(range(0, W, S))  # a window for every S-th value, whatever the filter
        zeros = max(starts[-1] + span - W, 0)
        small, large = zeros // 2, zeros - zeros // 2
        before, after = (small, large) if P == "same" else (large, small)
    else:
        before, after = {"valid": (0, 0), "full": (span - 1, span - 1)}.get(str(P), (-1, -1))
        if isinstance(P, int):
            before = after = P
        elif isinstance(P, tuple):
            before, after = P
    cells: list[Cell] = [None] * before + list(range(W)) + [None] * after
    starts = []
    while (starts[-1] + S if starts else 0) + span <= len(cells):
        starts.append(starts[-1] + S if starts else 0)
    left_over = len(cells) - (starts[-1] + span) if starts else 0
    more = starts[-1] + S if starts else 0
    lacking = more + span - len(cells)
    if rounding == "ceil" and lacking < S and more < before + W:
        starts.append(more)  # PyTorch: it starts in the input or in the zeros before
        left_over = S - lacking
    if P in ("same", "same_lower"):
        left_over = 0
    windows = [[at(cells, start + tap) for tap in spread_taps] for start in starts]
    end = starts[-1] + span if starts else 0
    return Seen(
        before,
        after,
        len(starts),
        left_over,
        sum(cell is not None for cell in cells[end:]) if starts else 0,
        any(first + span < second for first, second in pairwise(starts)),
        any(all(cell is None for cell in window) for window in windows),
    )


def at(cells: list[Cell], index: int) -> Cell:
    """Return a cell of the list; nothing is there behind its end."""
    return cells[index] if index < len(cells) else None


def small_grid() -> Iterator[tuple[int, int, int, Padding, int, Rounding]]:
    """Yield every small setting: symmetric, uneven and named paddings."""
    pairs: list[Padding] = [(a, b) for a, b in product(range(4), repeat=2) if a != b]
    paddings: list[Padding] = [0, 1, 2, 3, *pairs, "same", "same_lower", "full", "valid"]
    axes = product(range(1, 9), range(1, 5), range(1, 5))
    for (W, F, S), P, dilation, rounding in product(axes, paddings, (1, 2, 3), ROUNDINGS):
        yield W, F, S, P, dilation, rounding


def differing(fit_of: Slide) -> Iterator[Any]:
    """Yield every setting for which `fit_of` and the loop do not say the same."""
    for setting in small_grid():
        W, F, S, P, dilation, rounding = setting
        seen, fit = walk(*setting), fit_of(W, F, S, P, dilation, rounding)
        said = Seen(
            fit.before,
            fit.after,
            fit.size,
            fit.remainder,
            fit.dropped if fit.size else 0,
            fit.has_gaps,
            has_empty_window(fit) if fit.size else False,
        )
        if said != seen:
            yield setting, said, seen


def test_a_window_slides_as_the_loop_does() -> None:
    found = list(differing(fit_window))
    assert not found, f"{len(found)} differ, first {found[:5]}"


def forgot_plus_one(*setting: Any) -> Fit:
    """Plant a fault: (W - F + 2P)/S."""
    fit = fit_window(*setting)
    return fit._replace(size=max(0, fit.size - 1))


def counted_padding_once(W: int, F: int, S: int, P: Padding, dilation: int, r: Rounding) -> Fit:
    """Plant a fault: (W - F + P)/S + 1."""
    return fit_window(W, F, S, (P, 0) if isinstance(P, int) else P, dilation, r)


def ignored_dilation(W: int, F: int, S: int, P: Padding, dilation: int, r: Rounding) -> Fit:
    """Plant a fault: the filter spans F whatever its dilation."""
    return fit_window(W, F, S, P, 1, r)


def rounded_up_always(W: int, F: int, S: int, P: Padding, dilation: int, r: Rounding) -> Fit:
    """Plant a fault: a last window may start in the zeros behind the input."""
    fit = fit_window(W, F, S, P, dilation, r)
    up = r == "ceil" and fit.remainder > 0
    return fit._replace(size=fit_window(W, F, S, P, dilation, "floor").size + 1) if up else fit


def odd_zero_first(W: int, F: int, S: int, P: Padding, dilation: int, r: Rounding) -> Fit:
    """Plant a fault: `same` is taken for `same_lower`."""
    return fit_window(W, F, S, "same_lower" if P == "same" else P, dilation, r)


def one_pixel_too_long(*setting: Any) -> Fit:
    """Plant a fault: the window at the end reaches one pixel less far than it is said to."""
    fit = fit_window(*setting)
    return fit._replace(W=fit.W + 1) if fit.size else fit


@pytest.mark.parametrize(
    "planted",
    [
        forgot_plus_one,
        counted_padding_once,
        ignored_dilation,
        rounded_up_always,
        odd_zero_first,
        one_pixel_too_long,
    ],
)
def test_the_loop_notices_a_wrong_formula(planted: Slide) -> None:
    assert any(differing(planted))  # the first is enough


def test_the_grid_holds_what_the_formula_is_about() -> None:
    seen = [walk(*setting) for setting in small_grid()]
    assert len(seen) > 20_000
    assert sum(s.size == 0 for s in seen) > 500
    assert sum(s.left_over > 0 for s in seen) > 2000
    assert sum(s.dropped > 0 for s in seen) > 500
    assert sum(s.has_gaps for s in seen) > 500
    assert sum(s.has_empty_window for s in seen) > 500
    ceil, floor = (
        [walk(*s).size for s in small_grid() if s[-1] == rounding] for rounding in ("ceil", "floor")
    )
    assert sum(up > down for up, down in zip(ceil, floor, strict=True)) > 500


# -- by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "size"),
    [
        ((227, 11, 4, 0, 1, "exact"), 55),  # CS231n, AlexNet
        ((32, 5, 1, 2, 1, "exact"), 32),  # CS231n, ten filters
        ((7, 3, 2, 0, 1, "exact"), 3),  # CS231n, lecture 5
        ((9, 2, 2, 0, 1, "ceil"), 5),  # KTH ID2223 rounds 7 and 9 up
        ((7, 1280, 1280, 0, 1, "ceil"), 1),  # EfficientNet in transformers pools so
        ((7, 1280, 1280, 0, 1, "floor"), 0),
        ((7, 8, 2, 0, 1, "ceil"), 1),
        ((7, 9, 2, 0, 1, "ceil"), 0),  # PyTorch: the output would be too small
        ((10, 3, 2, 0, 1, "floor"), 4),
        ((5, 3, 3, 1, 1, "ceil"), 2),  # ONNX' operators before opset 22 said 3
        ((224, 3, 2, "same", 1, "exact"), 112),  # TensorFlow
        ((5, 3, 1, "full", 1, "exact"), 7),  # Dumoulin and Visin, full padding
    ],
)
def test_known_sizes(setting: tuple[Any, ...], size: int) -> None:
    assert fit_window(*setting).size == size


@pytest.mark.parametrize(
    ("F", "dilation", "span"), [(1, 1, 1), (1, 9, 1), (3, 1, 3), (3, 2, 5), (5, 3, 13)]
)
def test_a_dilated_filter_spans_more(F: int, dilation: int, span: int) -> None:
    assert effective(F, dilation) == span


@pytest.mark.parametrize(
    ("P", "span", "zeros"),
    [
        (0, 3, (0, 0)),
        (2, 3, (2, 2)),
        ((1, 4), 3, (1, 4)),
        ("valid", 5, (0, 0)),
        ("full", 5, (4, 4)),
    ],
)
def test_sides(P: Padding, span: int, zeros: tuple[int, int]) -> None:
    assert sides(P, span) == zeros


def test_big_numbers_are_exact() -> None:
    W = 10**18
    assert fit_window(W, 1, 1, 0, 1, "exact").size == 1_000_000_000_000_000_000
    assert fit_window(W, 10, 9, 0, 1, "exact").size == 111_111_111_111_111_111
    assert fit_window(W, 10, 9, 0, 1, "exact").remainder == 0
    assert fit_window(W + 1, 2, 2, 0, 1, "exact").remainder == 1
    assert fit_window(W + 1, 2, 2, 0, 1, "floor").size == 500_000_000_000_000_000
    assert fit_window(W + 1, 2, 2, 0, 1, "ceil").size == 500_000_000_000_000_001
    assert fit_window(W, 3, 1, W, 1, "exact").size == 2_999_999_999_999_999_998
    assert fit_window(W + 1, 3, 2, "same", 1, "exact").size == 500_000_000_000_000_001
    assert fit_window(W, 2, 1, 0, W - 1, "exact").size == 1
    assert fit_transposed(W, 3, 3, 0, 1, 2).size == 3_000_000_000_000_000_002
    assert widest_bin(W, W - 1) == 2
    assert widest_bin(W + 2, W) == 2  # 1 + 1/n a bin, n = 10^18/2: one begins with the last 1/n
    assert widest_bin(W + 3, W) == 3  # no common divisor, so one begins and ends within a pixel
    assert widest_bin(W, 10**9) == 10**9


# -- the fraction ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("W", "F", "S", "text"),
    [
        (224, 11, 4, "54.25"),  # CS231n, why AlexNet's input must be 227
        (10, 3, 2, "4.5"),  # CS231n, the stride that does not fit
        (7, 3, 3, "2.33"),
        (8, 3, 3, "2.67"),
        (11, 1, 8, "2.25"),
        (3, 1, 16, "1.13"),  # 1.125
        (1001, 1, 2000, "1.5"),
        (2, 1, 1000, "1.01"),  # 1.001 must not read as 1
        (1000, 1, 1000, "1.99"),  # 1.999 must not read as 2
        (10**18, 10, 10**9, "1000000000.99"),
        (10**18 + 4, 2, 4, "250000000000000001.5"),
    ],
)
def test_a_fraction_is_told_to_two_decimals(W: int, F: int, S: int, text: str) -> None:
    assert fit_window(W, F, S, 0, 1, "exact").fraction() == text


def test_every_fraction_is_rounded_but_never_to_a_whole_number() -> None:
    compared = 0
    for S, rest in product(range(2, 301), range(1, 300)):
        if rest >= S:
            continue
        hundredths = (Decimal(rest) * 100 / Decimal(S)).to_integral_value(ROUND_HALF_UP)
        wanted = Decimal(4) + min(max(hundredths, Decimal(1)), Decimal(99)) / 100
        fit = fit_window(3 * S + rest + 1, 1, S, 0, 1, "exact")
        assert Decimal(fit.fraction()) == wanted, (S, rest)
        assert not fit.fraction().endswith("0")
        compared += 1
    assert compared == 299 * 300 // 2


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ((227, 11, 4, 0, 1, "exact"), "(227 - 11 + 2*0)/4 + 1 = 55"),
        ((32, 5, 1, 2, 1, "exact"), "(32 - 5 + 2*2)/1 + 1 = 32"),
        ((224, 11, 4, 0, 1, "exact"), "(224 - 11 + 2*0)/4 + 1 = 54.25"),
        ((10, 3, 2, 0, 1, "floor"), "floor((10 - 3 + 2*0)/2) + 1 = 4"),
        ((7, 2, 2, 0, 1, "ceil"), "ceil((7 - 2 + 2*0)/2) + 1 = 4"),
        ((112, 3, 2, (0, 1), 1, "exact"), "(112 - 3 + 0 + 1)/2 + 1 = 56"),
        ((16, 3, 1, 2, 2, "exact"), "(16 - (2*(3 - 1) + 1) + 2*2)/1 + 1 = 16"),
        ((224, 3, 2, "same", 1, "exact"), "ceil(224/2) = 112, P = 0 before and 1 after"),
        ((224, 3, 2, "same_lower", 1, "exact"), "ceil(224/2) = 112, P = 1 before and 0 after"),
        ((7, 3, 1, "same", 2, "floor"), "ceil(7/1) = 7, P = 2"),
        ((8, 2, 2, "same", 1, "ceil"), "ceil(8/2) = 4, P = 0"),
        ((7, 2, 2, 0, 1, "floor"), "floor((7 - 2 + 2*0)/2) + 1 = 3"),
        ((7, 1280, 1280, 0, 1, "ceil"), "ceil((7 - 1280 + 2*0)/1280) + 1 = 1"),
    ],
)
def test_the_working_has_the_numbers_put_in(setting: tuple[Any, ...], text: str) -> None:
    assert sentence(fit_window(*setting).derivation()) == text


def test_the_working_tells_of_a_window_that_is_dropped() -> None:
    working = sentence(
        fit_window(5, 3, 3, 1, 1, "ceil").derivation()
    )  # starts at 6, the input ends at 1 + 5
    assert working.startswith("ceil((5 - 3 + 2*1)/3) + 1 = 3")
    assert working.endswith("2")


def test_the_working_of_a_filter_that_does_not_fit_in_says_so() -> None:
    working = sentence(fit_window(3, 7, 2, 1, 1, "exact").derivation())
    assert "3 + 2*1" in working
    assert "less than 7" in working


# -- several axes ------------------------------------------------------------------------------


def test_several_axes_are_the_axes_one_by_one() -> None:
    settings: list[tuple[int, int, int, Padding, int]] = [
        (5, 2, 1, 0, 1),
        (6, 3, 2, 1, 1),
        (7, 2, 3, (0, 2), 1),
        (4, 3, 1, "same", 2),
        (3, 1, 2, 2, 1),
        (2, 3, 1, 0, 1),
    ]
    for rounding, *axes in product(ROUNDINGS, settings, settings):
        seen = [walk(*axis, rounding) for axis in axes]
        W, F, S, P, dilation = zip(*axes, strict=True)
        found = slide_all(W, F, S, P, dilation, rounding)
        assert found.sizes == tuple(axis.size for axis in seen), (axes, rounding)
        passes = all(s.size and (rounding != "exact" or not s.left_over) for s in seen)
        assert found.passes is passes, (axes, rounding)
        assert found.has_gaps is any(s.has_gaps for s in seen)
        assert found.has_empty_window is (passes and any(s.has_empty_window for s in seen))
        spans = [dilation * (F - 1) + 1 for _, F, _, _, dilation in axes]
        assert [step.span for step in found.steps] == spans
        assert [step.S for step in found.steps] == list(S)
        assert [step.before for step in found.steps] == [s.before for s in seen]


# -- transposed --------------------------------------------------------------------------------


def scattered(
    W: int, F: int, S: int, P: Padding, dilation: int, extra: int | None
) -> tuple[int, int]:
    """Write every input value through the filter; return the first cell kept and how many are."""
    taps = [dilation * tap for tap in range(F)]
    cells = {position * S + tap for position in range(W) for tap in taps}
    line = list(range(max(cells) + 1))
    before = after = 0
    if P == "same":
        half = (taps[-1] + 1) // 2
        wanted = W * S if extra is None else len(line) - half - half + extra
        more = max(len(line) - wanted, 0)
        before, after = more // 2, more - more // 2
        line += range(len(line), wanted)  # zeros at the end
    elif P == "valid" and extra is None:
        line += range(len(line), W * S)  # every value has S cells of its own
    else:
        line += range(len(line), len(line) + (extra or 0))
        if isinstance(P, int):
            before = after = P
        elif isinstance(P, tuple):
            before, after = P
    kept = line[before : len(line) - after] if len(line) > after else []
    return (kept[0], len(kept)) if kept else (0, 0)


def transposed_grid() -> Iterator[tuple[int, int, int, Padding, int, int | None]]:
    """Yield every small setting of a transposed convolution."""
    paddings: list[Padding] = [0, 1, 2, (0, 1), (2, 1), (0, 3), "same", "valid"]
    axes = product(range(1, 6), range(1, 5), range(1, 5))
    for (W, F, S), P, dilation, extra in product(axes, paddings, (1, 2, 3), (None, 0, 1, 2)):
        yield W, F, S, P, dilation, extra


def differing_transposed(spread_of: Callable[..., TransposedFit]) -> list[Any]:
    """Return every setting for which `spread_of` and the loop do not say the same."""
    found = []
    for setting in transposed_grid():
        part = spread_of(*setting)
        first, size = scattered(*setting)
        said = (part.before if part.size > 0 else 0, max(part.size, 0))
        if said != (first, size):
            found.append((setting, said, (first, size)))
    return found


def test_a_transposed_size_is_what_the_scattered_values_need() -> None:
    found = differing_transposed(fit_transposed)
    assert not found, f"{len(found)} differ, first {found[:5]}"
    assert sum(1 for _ in transposed_grid()) > 4000


def test_the_scattering_notices_a_wrong_formula() -> None:
    def uncropped(W: int, F: int, S: int, P: Padding, *more: Any) -> TransposedFit:
        return fit_transposed(W, F, S, 0, *more)

    def keras_everywhere(W: int, F: int, S: int, P: Padding, *more: Any) -> TransposedFit:
        return fit_transposed(W, F, S, "valid" if P == 0 else P, *more)

    def pytorch_everywhere(W: int, F: int, S: int, P: Padding, *more: Any) -> TransposedFit:
        return fit_transposed(W, F, S, 0 if P == "valid" else P, *more)

    def nothing_is_written(*setting: Any) -> TransposedFit:
        return fit_transposed(*setting[:-1], setting[-1] or None)

    def always_written(*setting: Any) -> TransposedFit:
        return fit_transposed(*setting[:-1], setting[-1] or 0)

    def more_in_front(*setting: Any) -> TransposedFit:
        part = fit_transposed(*setting)
        return part._replace(before=part.after, after=part.before)

    plants = (
        *(uncropped, keras_everywhere, pytorch_everywhere, nothing_is_written, always_written),
        more_in_front,
    )
    for planted in plants:
        assert differing_transposed(planted), planted


@pytest.mark.parametrize(
    ("setting", "size", "text"),
    [
        ((8, 4, 2, 1, 1, 0), 16, "(8 - 1)*2 - 2*1 + 4 = 16"),
        ((16, 3, 2, 1, 1, 1), 32, "(16 - 1)*2 - 2*1 + 3 + 1 = 32"),
        ((64, 3, 1, 0, 2, 0), 68, "(64 - 1)*1 - 2*0 + (2*(3 - 1) + 1) = 68"),
        ((5, 2, 3, 0, 1, None), 14, "(5 - 1)*3 - 2*0 + 2 = 14"),  # PyTorch
        (
            (5, 2, 3, "valid", 1, None),
            15,
            "(5 - 1)*3 + max(2, 3) = 15, P = 0, output_padding = 1",
        ),  # Keras
        ((5, 2, 3, "valid", 1, 0), 14, "(5 - 1)*3 - 2*0 + 2 = 14"),
        ((5, 2, 1, "valid", 3, None), 8, "(5 - 1)*1 + max(3*(2 - 1) + 1, 1) = 8, P = 0"),
        ((5, 2, 3, "same", 1, None), 15, "5*3 = 15, P = 0, output_padding = 1"),
        ((4, 3, 2, "same", 1, None), 8, "4*2 = 8, P = 0 before and 1 after"),
        ((4, 4, 2, "same", 1, None), 8, "4*2 = 8, P = 1"),
        (
            (2, 3, 2, "same", 1, 1),
            4,
            "(2 - 1)*2 + 3 - 2*floor(3/2) + 1 = 4, P = 0 before and 1 after",
        ),
        ((4, 3, 2, "same", 1, 0), 7, "(4 - 1)*2 + 3 - 2*floor(3/2) = 7, P = 1"),
        ((4, 3, 2, (0, 1), 1, 0), 8, "(4 - 1)*2 - (0 + 1) + 3 = 8"),
    ],
)
def test_known_transposed_sizes(setting: tuple[Any, ...], size: int, text: str) -> None:
    part = fit_transposed(*setting)
    assert part.size == size
    assert sentence(part.derivation()) == text


def test_a_transposed_same_is_the_way_back_of_a_convolution_with_same() -> None:
    for W, F, S in product(range(1, 7), range(1, 6), range(1, 5)):
        there = walk(W * S, F, S, "same", 1, "exact")
        back = fit_transposed(W, F, S, "same", 1, None)
        assert there.size == W
        assert (back.before, back.after) == (there.before, there.after), (W, F, S)


def test_a_written_output_padding_goes_the_way_of_the_odd_zero() -> None:
    """The convolution with same that leads back crops as much, at the same ends."""
    compared = 0
    for W, F, S, extra in product(range(1, 7), range(1, 6), range(1, 5), range(4)):
        part = fit_transposed(W, F, S, "same", 1, extra)
        if part.size < 1 or walk(part.size, F, S, "same", 1, "exact").size != W:
            continue
        there = walk(part.size, F, S, "same", 1, "exact")
        assert (part.before, part.after) == (there.before, there.after), (W, F, S, extra)
        compared += 1
    assert compared > 200


def test_zeros_are_added_where_a_transposed_same_needs_them() -> None:
    for W, F, S in product(range(1, 6), range(1, 5), range(1, 7)):
        part = fit_transposed(W, F, S, "same", 1, None)
        written = {position * S + tap for position in range(W) for tap in range(F)}
        assert part.output_padding == max(0, W * S - len(range(max(written) + 1))), (W, F, S)


def test_what_an_output_of_a_transposed_convolution_sees() -> None:
    for F, S, P in product(range(1, 6), range(1, 5), range(3)):
        for j in range(12):
            seen = [i for i in range(-12, 24) if 0 <= j - (i * S - P) < F]
            first, last = spread_reach(j, Step(F, S, P))
            assert list(range(first, last + 1)) == seen, (F, S, P, j)


def test_what_an_output_of_a_resampling_sees() -> None:
    for W, size in product(range(1, 9), range(1, 20)):
        resize = resized(W, size)
        for j in range(size):
            start = Fraction(j * W, size)
            assert nearest_reach(j, resize) == (int(start), int(start)), (W, size, j)
            centre = (Fraction(j) + Fraction(1, 2)) * W / size - Fraction(1, 2)
            near = [i for i in range(-2, 30) if abs(i - centre) < 1]
            first, last = bilinear_reach(j, resize)
            assert {*near} <= {*range(first, last + 1)}, (W, size, j)
            assert last - first + 1 <= (2 if size != W else 1)


def test_a_factor_is_the_decimal_that_is_written() -> None:
    assert scaled(7, 3, True) == (7, 21, 1, 3)
    assert scaled(7, 1.5, True) == (7, 10, 2, 3)
    assert scaled(10, 1.1, True) == (10, 11, 10, 11)
    assert scaled(100, 1.15, True).size == 114  # PyTorch's: the product is 114.99999999999999
    assert scaled(10, 0.25, True) == (10, 2, 4, 1)
    assert scaled(3, 1e-5, True) == (3, 0, 100_000, 1)
    assert scaled(2**62, 1.5, True).size == 3 * 2**61
    assert scaled(3, 1.25, True) == (3, 3, 4, 5)
    assert scaled(3, 1.25, False) == (3, 3, 1, 1)  # it stays as it is


# -- adaptive bins -----------------------------------------------------------------------------


def most_pixels(W: int, bins: int) -> int:
    """Return the most pixels that share at least a part with one of `bins` equal parts."""
    most = 0
    for j in range(bins):
        covered = 0
        for pixel in range(j * W // bins, W):
            if pixel * bins >= (j + 1) * W:
                break
            covered += (pixel + 1) * bins > j * W
        most = max(most, covered)
    return most


def test_the_widest_bin_is_the_widest_of_all() -> None:
    for W, bins in product(range(1, 41), repeat=2):
        assert widest_bin(W, bins) == most_pixels(W, bins), (W, bins)


def test_what_a_bin_covers() -> None:
    for W, bins in product(range(1, 16), repeat=2):
        for j in range(bins):
            pixels = [p for p in range(W) if (p + 1) * bins > j * W and p * bins < (j + 1) * W]
            first, last = bin_reach(j, W, bins)
            assert list(range(first, last + 1)) == pixels, (W, bins, j)


def test_not_every_widest_bin_is_the_quotient_rounded_up() -> None:
    """The tempting formula ceil(W/bins) is noticed: 13 pixels in 6 bins have one of 3, 7 in 3 too,
    but 5 in 3 has 3 (positions 1, 2, 3), where the quotient rounded up is 2.
    """
    assert most_pixels(5, 3) == 3
    wrong = [(W, b) for W, b in product(range(1, 41), repeat=2) if -(-W // b) != most_pixels(W, b)]
    assert (5, 3) in wrong
    assert len(wrong) > 500


# -- repairs -----------------------------------------------------------------------------------


def test_completed_padding_makes_the_stride_fit() -> None:
    compared = 0
    for W, F, S, P, dilation, _ in small_grid():
        fit = fit_window(W, F, S, P, dilation, "exact")
        if not fit.size or fit.policy != "exact":
            continue
        before, after = completed(fit)
        seen = walk(W, F, S, (before, after), dilation, "exact")
        assert seen.left_over == 0, (W, F, S, P, dilation)
        added = before - fit.before, after - fit.after
        assert min(added) >= 0
        assert sum(added) < S  # no more zeros than needed
        assert 0 <= added[1] - added[0] <= 1  # spread evenly, the odd one at the end
        compared += fit.remainder > 0
    assert compared > 2000


def test_fitting_inputs_fit_and_none_between_does() -> None:
    compared = 0
    for W, F, S, P, dilation, _ in small_grid():
        if P in ("same", "same_lower"):
            continue
        below, above = fitting_inputs(fit_window(W, F, S, P, dilation, "exact"))
        for size in range(max(1, min(below, W)), max(above, W) + 1):
            seen = walk(size, F, S, P, dilation, "exact")
            good = seen.size > 0 and not seen.left_over
            assert good is (size in (below, above)), (W, F, S, P, dilation, size)
        if walk(W, F, S, P, dilation, "exact").size:
            assert below <= W <= above
        else:
            assert W < below == above
        compared += below != above
    assert compared > 2000


def test_fits_says_whether_nothing_is_left_over() -> None:
    seen_both = set()
    for W, F, S, P, dilation, rounding in small_grid():
        if rounding != "exact":
            continue
        seen = walk(W, F, S, P, dilation, "exact")
        good = seen.size > 0 and not seen.left_over
        assert fits(W, F, S, P, dilation) is good, (W, F, S, P, dilation)
        seen_both.add(good)
    assert seen_both == {True, False}


def test_near_comes_nearer_first() -> None:
    values = near(3, 1)
    assert [next(values) for _ in range(7)] == [2, 4, 1, 5, 6, 7, 8]
    values = near(0, 0)
    assert [next(values) for _ in range(3)] == [1, 2, 3]


def test_near_ends() -> None:
    assert 0 < len(list(near(10**6, 1))) < 1000


@pytest.mark.parametrize(
    ("a", "b", "text"), [(6, 2, "3"), (3, 2, "3/2"), (10**18, 3, "1000000000000000000/3")]
)
def test_a_quotient_is_exact(a: int, b: int, text: str) -> None:
    assert str(quotient(a, b)) == text
