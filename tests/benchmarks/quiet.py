"""Whether the machine is quiet: what other processes took of it while something was measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")
MOST = 0.12  # of a core: with more, medians of two runs differ by more than a few percent
TRIES = 5
STAT = Path("/proc/stat")  # where nobody says what others take, nothing is done again


def worked() -> float:
    """Return the seconds that all cores together have worked, what a host has stolen included."""
    words = STAT.read_text(encoding="ascii").split(maxsplit=9)[1:9]
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = map(int, words)
    ticks = user + nice + system + interrupts + soft + stolen
    return ticks / os.sysconf("SC_CLK_TCK")


def ours(processes: Sequence[int]) -> float:
    """Return the seconds that this process took, its children that have ended, and some others."""
    seconds = sum(os.times()[:4])
    for process in processes:
        after = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        user, system = after.split()[11:13]
        seconds += (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return seconds


class Watch:
    """Measures again what others have disturbed, and remembers how often they did.

    `processes` are those whose work is measured, beside this one and children that end meanwhile.
    """

    def __init__(self, processes: Sequence[int] = ()) -> None:
        self.processes = processes
        self.shares: list[float] = []  # of a core, that others took in each measurement that counts

    def quietly(self, measure: Callable[[], T]) -> T:
        """Return a measurement during which others took little, or of some the least disturbed."""
        if not STAT.exists():
            return measure()
        tries = []
        for _ in range(TRIES):
            start, before = perf_counter(), worked() - ours(self.processes)
            found = measure()
            others = worked() - ours(self.processes) - before
            tries.append((others / (perf_counter() - start), found))
            if tries[-1][0] <= MOST:
                break
        share, found = min(tries, key=lambda one: one[0])
        self.shares.append(share)
        return found

    def warning(self) -> str:
        """Return what is to be said of the measurements; empty where all were undisturbed."""
        disturbed = [share for share in self.shares if share > MOST]
        if not disturbed:
            return ""
        return (
            f"Warning: the machine is not quiet. In {len(disturbed)} of {len(self.shares)}"
            f" measurements others took up to {max(disturbed):.0%} of a core, tried {TRIES} times"
            " each: ratios may be off."
        )
