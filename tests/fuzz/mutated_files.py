"""What the tests of every kind of mutated file share: a result or findings, never a crash.

A test's module says how a case is made of a random number (``Mutant``); the rest is here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from cases import Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trials import tried

Mutant = Callable[[Random], Case | None]  # None: not worth a run

COMMANDS = (
    ["report"],
    ["report", "--format", "json"],
    ["report", "--explain"],
    ["check"],
    ["verify"],
    ["convert"],
    ["convert", "--to", "yaml"],
)
SECONDS = 20.0
FEW, MANY = 25, 300


def one(mutant: Mutant, folder: Path, seed: int) -> None:
    """Run one mutated file through one command."""
    case = mutant(Random(seed))
    if case is None:
        return
    failure = tried(case, folder / "case", SECONDS)
    assert failure is None, f"{failure}\n{seed} {case.words}"


def many(mutant: Mutant, folder: Path, count: int = MANY) -> None:
    """Run the first cases."""
    for seed in range(count):
        one(mutant, folder, seed)


def no_crash(mutant: Mutant) -> tuple[Callable[..., None], Callable[..., None]]:
    """Return two tests: a few cases, other ones at each run, and the many that are the same."""

    @settings(
        max_examples=FEW,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.integers(0, 2**32))
    def in_few(tmp_path: Path, seed: int) -> None:
        one(mutant, tmp_path, seed)

    @pytest.mark.slow
    def in_many(tmp_path: Path) -> None:
        many(mutant, tmp_path)

    return in_few, in_many
