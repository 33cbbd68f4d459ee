"""Every edit that is offered works: applied to the text, it mends its finding and adds no other.

The edits are made by a plain cut of the text, and judged by what a fresh reading finds.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import shapecalc
from shapecalc import Diagnostic
from shapecalc.edits import Edit
from tests.repairs.texts import found_in

SPECS = Path(__file__).resolve().parents[2] / "specs"
BROKEN = sorted((SPECS / "broken").glob("*.yaml"))
SOUND = sorted([*(SPECS / "kinds").glob("*.yaml"), *(SPECS / "lectures").glob("*.yaml")])
MUST = ("SC102", "SC103", "SC104", "SC105", "SC201", "SC202", "SC205", "SC208")


def cut(text: str, edit: Edit) -> str:
    """Return the text with the edit made, line by line."""
    lines = text.split("\n")
    before = [*lines[: edit.line - 1], lines[edit.line - 1][: edit.column - 1]]
    after = [lines[edit.end_line - 1][edit.end_column - 1 :], *lines[edit.end_line :]]
    return "\n".join(before) + edit.text + "\n".join(after)


def faults_of_reading(found: Iterable[Diagnostic]) -> Counter[str]:
    """Count the findings of each code that says the spec cannot be read as one."""
    return Counter(d.code for d in found if d.code.startswith("SC1"))


def failures(text: str, path: Path) -> Iterator[tuple[str, Diagnostic, Edit]]:
    """Yield each edit with what is wrong with it."""
    found = found_in(text, path)
    for diagnostic in found:
        for edit in diagnostic.edits:
            after = found_in(cut(text, edit), path)
            elsewhere = [d for d in after if not comes_to_light(d, behind=diagnostic)]
            if faults_of_reading(elsewhere) - faults_of_reading(found):
                yield "a new fault of reading", diagnostic, edit
            place = (diagnostic.code, diagnostic.layer, diagnostic.where)
            if diagnostic.layer and places(after)[place] >= places(found)[place]:
                yield "its finding is there still", diagnostic, edit
            said = (diagnostic.code, diagnostic.where, diagnostic.message)
            if any((d.code, d.where, d.message) == said for d in after):
                yield "the same finding at the same place", diagnostic, edit
            for behind in diagnostic.consequences:
                # Where it stands may change: the bare value of a kind becomes one of its fields.
                if any(one(d) == one(behind) for d in after):
                    yield f"what was said to be behind it stays: {behind.message}", diagnostic, edit


def comes_to_light(found: Diagnostic, behind: Diagnostic) -> bool:
    """Say whether a finding is of a layer of whose kind nothing could be said before."""
    layer = behind.where.rpartition(".")[0]
    return behind.code == "SC105" and found.where.startswith(layer)


def places(found: Iterable[Diagnostic]) -> Counter[tuple[str, str | None, str]]:
    """Count the findings of one code at one place: one may go, and the other stay."""
    return Counter((d.code, d.layer, d.where) for d in found)


def one(found: Diagnostic) -> tuple[str, str | None, str]:
    """Return what a finding is known by, wherever it stands."""
    return found.code, found.layer, found.message


@pytest.mark.quick(25)
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_edit_of_a_broken_spec_works(path: Path, tmp_path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        assert not shapecalc.trace(path).diagnostics[0].edits
        return
    assert list(failures(text, tmp_path / "spec.yaml")) == []


def test_every_code_that_can_be_mended_has_edits() -> None:
    offered = {d.code for path in BROKEN for d in shapecalc.trace(path).diagnostics if d.edits}
    assert set(MUST) <= offered


def spoilt(text: str, rng: random.Random) -> str:
    """Return a spec with one or two slips: a letter lost, another number, a word too much."""
    for _ in range(rng.randint(1, 2)):
        words = list(re.finditer(r"[A-Za-z_]{3,}|\d+", text))
        word = rng.choice(words)
        old = word[0]
        if old.isdigit():
            new = rng.choice([str(int(old) + rng.choice((-2, -1, 1, 2))), f'"{old}"', "0"])
        else:
            place = rng.randrange(len(old))
            new = rng.choice([old[:place] + old[place + 1 :], old + old[-1], old.upper()])
        text = text[: word.start()] + new + text[word.end() :]
    return text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_every_edit_of_a_spoilt_spec_works(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    edits = 0
    for round_ in range(40):
        text = rng.choice(SOUND).read_text(encoding="utf-8")
        text = spoilt(text, rng)
        if round_ % 4 == 0:
            text = text.replace("\n", "\r\n")
        path = tmp_path / "spec.yaml"
        assert list(failures(text, path)) == [], text
        edits += sum(len(d.edits) for d in found_in(text, path))
    assert edits > 20


def test_a_wrong_edit_is_noticed(tmp_path: Path) -> None:
    """The check above is no formality: an edit that mends nothing is found."""
    text = "input: 9x9x1\nlayers:\n  - conv: {K: 1, F: 2, S: 2}\n"
    path = tmp_path / "spec.yaml"
    found = found_in(text, path)
    good = found[0].edits[0]
    for wrong, why in ((good._replace(text="5"), False), (good._replace(text="x"), True)):
        after = found_in(cut(text, wrong), path)
        assert (after[0].code == "SC201") is not why
        assert bool(faults_of_reading(after) - faults_of_reading(found)) is why
