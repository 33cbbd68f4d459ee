"""What others disturb is measured again, and told where that is no help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.benchmarks import quiet


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[float]:
    """Return shares of a core that others take from now on, one measurement after the other."""
    shares: list[float] = []
    clock, taken = [0.0], [0.0]

    def passing() -> float:
        clock[0] += 0.5  # asked before and after: a measurement takes half a second
        return clock[0]

    def reading() -> Iterator[float]:
        while True:
            yield taken[0]
            taken[0] += 0.5 * shares.pop(0)
            yield taken[0]

    readings = reading()
    monkeypatch.setattr(quiet, "STAT", tmp_path)
    monkeypatch.setattr(quiet, "perf_counter", passing)
    monkeypatch.setattr(quiet, "worked", lambda: next(readings))
    monkeypatch.setattr(quiet, "ours", lambda processes: 0.0)
    return shares


@pytest.mark.parametrize(
    ("shares", "counts", "warned"),
    [
        ([0.0], 0, False),
        ([0.9, 0.02], 1, False),
        ([0.9, 0.5, 0.11], 2, False),
        ([0.9, 0.5, 0.3, 0.8, 0.7], 2, True),
    ],
)
def test_disturbed_measurements_are_repeated(
    others: list[float], shares: Sequence[float], counts: int, warned: bool
) -> None:
    others += shares
    turns = iter(range(len(shares)))
    watch = quiet.Watch()
    assert watch.quietly(lambda: next(turns)) == counts
    assert not others
    assert ("30% of a core" in watch.warning()) == warned
    assert bool(watch.warning()) == warned


@pytest.mark.skipif(not quiet.STAT.exists(), reason="nobody says what other processes take")
def test_own_work_is_no_disturbance() -> None:
    before_all, before = quiet.worked(), quiet.ours(())
    assert sum(number * number for number in range(2_000_000))
    taken = quiet.ours(()) - before
    assert taken > 0
    assert quiet.worked() - before_all > taken - 0.05  # ticks are hundredths of a second
