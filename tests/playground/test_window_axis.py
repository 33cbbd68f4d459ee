"""Which part of an axis is drawn, and where the taps of a window lie: against plain loops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from shapecalc.geometry import fit_transposed, fit_window
from shapecalc.playground.bridge.window_axis import SlidingAxis, TransposedAxis, WindowAxis

SLID = [
    SlidingAxis(fit_window(W, F, S, P, dilation, "floor"))
    for W, F, S, P, dilation in product((1, 5, 9, 40), (1, 2, 5), (1, 2, 7), (0, 1, 2), (1, 3))
    if dilation * (F - 1) + 1 <= W + 2 * P
]
TRANSPOSED = [
    TransposedAxis(fit_transposed(W, F, S, P, dilation, None))
    for W, F, S, P, dilation in product((1, 4, 30), (1, 2, 5), (1, 2, 7), (0, 1), (1, 3))
    if (W - 1) * S - 2 * P + dilation * (F - 1) + 1 > 0
]


def test_taps_lie_dilation_apart_and_windows_a_stride() -> None:
    for axis in SLID:
        fit, start = axis.fit, -axis.fit.before
        for output in range(axis.fit.size):
            expected = [(tap, start + tap * fit.dilation) for tap in range(fit.F)]
            assert axis.taps(output) == expected, axis
            start += fit.S


def test_a_window_of_ceil_stops_behind_the_padding() -> None:
    axis = SlidingAxis(fit_window(6, 3, 2, 0, 1, "ceil"))
    assert axis.fit.size == 3
    assert axis.taps(2) == [(0, 4), (1, 5)]


def test_every_input_writes_its_taps() -> None:
    for axis in TRANSPOSED:
        fit = axis.fit
        written: dict[int, list[tuple[int, int]]] = {output: [] for output in range(fit.size)}
        for pixel, tap in product(range(fit.W), range(fit.F)):
            output = pixel * fit.S + tap * fit.dilation - fit.before
            if output in written:
                written[output].append((tap, pixel))
        assert {output: axis.taps(output) for output in written} == written, axis


def every_output(axes: Sequence[WindowAxis]) -> Iterator[tuple[WindowAxis, int]]:
    """Yield each axis with each place of its output."""
    for axis in axes:
        for output in range(axis.fit.size):
            yield axis, output


@pytest.mark.quick(1)
@pytest.mark.parametrize("room", [5, 11, 16])
def test_a_part_holds_the_output_and_all_that_it_looks_at(room: int) -> None:
    axes: list[WindowAxis] = [*SLID, *TRANSPOSED]
    for axis, output in every_output(axes):
        part = axis.part(output, room)
        assert output in part.outputs
        assert part.outputs.start >= 0
        assert part.outputs.stop <= axis.fit.size
        seen = {at for one in part.outputs for _, at in axis.taps(one)}
        assert seen <= set(part.places)
        assert len(part.outputs) <= max(room, 3)


def test_the_part_of_a_sliding_window_fits_the_room() -> None:
    for axis in SLID:
        for output in range(axis.fit.size):
            most = max(16, axis.fit.span + 2 * axis.fit.S)
            assert len(axis.part(output, 16).places) <= most


def test_the_window_goes_through_a_part_before_the_next_is_shown() -> None:
    axis = SlidingAxis(fit_window(32, 5, 1, 0, 1, "exact"))
    parts = [axis.part(output, 11) for output in range(axis.fit.size)]
    assert [part.outputs for part in parts[:7]] == [range(7)] * 7
    assert parts[7].outputs == range(7, 14)
    assert parts[-1].outputs == range(21, 28)
    assert parts[0].places == range(11)


def test_a_wide_window_is_shown_to_move() -> None:
    axis = SlidingAxis(fit_window(227, 11, 4, 0, 1, "exact"))
    assert axis.part(0, 11).outputs == range(3)
    assert axis.part(0, 11).places == range(19)


def test_a_small_input_is_shown_whole_with_what_no_window_reaches() -> None:
    part = SlidingAxis(fit_window(6, 2, 2, 1, 1, "floor")).part(0, 11)
    assert (part.outputs, part.places) == (range(4), range(-1, 7))
    part = SlidingAxis(fit_window(6, 4, 4, 0, 1, "floor")).part(0, 11)
    assert (part.outputs, part.places) == (range(1), range(6))
