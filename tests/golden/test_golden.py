"""Whole reports, working and all, against stored ones: a change of any line is seen in a review.

`pytest tests/golden --update-golden` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc import trace
from shapecalc.reports import table

STORED = Path(__file__).resolve().parent / "stored"
SPECS = Path(__file__).resolve().parents[2] / "specs"
LECTURES = (
    "cs231n-assignment-2",
    "kth-nine-by-nine-ceil",
    "mit-backpropagation-chain",
    "ntnu-two-filters",
    "question-three-3x3",
    "sharif-same-padding",
)
REPORTED = [
    *sorted((SPECS / "networks").glob("*.yaml")),
    *(SPECS / "lectures" / f"{name}.yaml" for name in LECTURES),
]


def stored_at(spec: Path, folder: Path = STORED) -> Path:
    """Return where a spec's report is stored."""
    return folder / spec.parent.name / f"{spec.stem}.txt"


def report(spec: Path) -> str:
    """Return the report that is stored."""
    return table.render(trace(spec), explain=True) + "\n"


def compare(text: str, path: Path, update: bool) -> None:
    """Compare a report with the stored one, line by line; or store it."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    assert path.is_file(), f"{path} is missing: pytest --update-golden writes it"
    stored = path.read_text(encoding="utf-8").splitlines()
    lines = text.splitlines()
    for number, (old, new) in enumerate(zip(stored, lines, strict=False), start=1):
        assert new == old, f"{path.name}, line {number}; --update-golden accepts it"
    assert len(lines) == len(stored), f"{path.name} has {len(lines)} lines, stored {len(stored)}"


@pytest.mark.parametrize("spec", REPORTED, ids=lambda spec: f"{spec.parent.name}/{spec.stem}")
def test_a_report_is_as_stored(spec: Path, update_golden: bool) -> None:
    compare(report(spec), stored_at(spec), update_golden)


def test_nothing_else_is_stored() -> None:
    """A report whose spec is gone or renamed would be compared with nothing."""
    assert sorted(STORED.rglob("*.txt")) == sorted(map(stored_at, REPORTED))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("34,944", "34,945"),  # a count
        ("55x55x96", "54x54x96"),  # a volume
        ("(227 - 11 + 2*0)/4 + 1 = 55", "(227 - 11)/4 + 1 = 55"),  # a working
        ("total", "sum"),
        ("Working", "Working\n"),  # one line more
        ("    MACs = 0\n", ""),  # lines less
    ],
)
def test_a_change_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    spec = SPECS / "networks" / "alexnet.yaml"
    text = report(spec)
    path = stored_at(spec, tmp_path)
    compare(text, path, update=True)
    compare(text, path, update=False)
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(AssertionError, match="alexnet"):
        compare(text, path, update=False)
    compare(text, path, update=True)
    compare(text, path, update=False)


def test_a_missing_report_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="update-golden"):
        compare("text\n", tmp_path / "gone.txt", update=False)
