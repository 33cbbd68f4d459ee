"""No false accusation: a small sample of the marking's benchmark, against students of its own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.slow
def test_causes_are_true_and_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from causes import measured

    rates = measured(220, seed=2)
    assert [str(rate) for rate in rates if not rate.kept] == []
    assert all(len(rate.cases) > 200 for rate in rates)


def test_the_students_share_no_line_with_the_package() -> None:
    text = (BENCHMARKS / "student_mistakes.py").read_text(encoding="utf-8")
    assert "shapecalc" not in text
