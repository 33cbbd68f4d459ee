"""Fixes of specs in odd layouts: nothing but what a fix is about changes, byte for byte.

A spec gets comments, blank lines, other line ends and a fault or two. Its fixed text without what
was put in must be that of the spec fixed as it was: fixes see data, and no layout.
"""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

import shapecalc
from shapecalc import network
from shapecalc.fixing import fixed
from shapecalc.readers.native import read_text

SPECS = Path(__file__).resolve().parents[2] / "specs"
LONGEST = 6_000  # characters: nothing new is in a longer one, and each is traced many times
ROUNDS = 2  # layouts of each spec
LINE = re.compile(r"^[ \t]*# ~\d+[^\n]*\n(?:(?<=gap\n)\n)?", re.MULTILINE)
BEHIND = re.compile(r"[ \t]+# ~\d+[^\n]*")
WORDS = ("gap", "é漢🙂", "shapecalc", "- conv: {K: 1}", "'\"", "expect: {output: 1}", "[{")
FAULTS = (("conv", "cnov"), ("relu", "rleu"), ("bias: false", "bias: no"), ("units", "untis"))

FILES = [
    path
    for folder in ("broken", "kinds", "lectures", "networks")
    for path in sorted((SPECS / folder).glob("*.yaml"))
    if path.stat().st_size <= LONGEST and not path.name.startswith("sc101")
]


def traced(text: str) -> shapecalc.Trace:
    document = read_text(text, "a.yaml")
    document.format = "spec"
    return shapecalc.trace(network.build(document))


def mended(text: str, unsafe: bool) -> str:
    done = fixed(traced(text), lambda found: True, unsafe, traced)
    return text if done is None else done.text


def data(text: str) -> object:
    return read_text(text, "a.yaml").data


def faulty(text: str, rng: Random) -> str:
    """Return a spec with a word misspelt."""
    old, new = rng.choice(FAULTS)
    return text.replace(old, new, 1)


def laid_out(text: str, rng: Random) -> str:
    """Return a spec with comments, each of which leaves the data as it is."""
    lines = text.split("\n")[:-1]
    wanted = data(text)
    for number in rng.sample(range(len(lines)), min(len(lines), 6)):
        before = lines[number]
        comment = f"# ~{number} {rng.choice(WORDS)}"
        if rng.random() < 0.5:
            lines[number] += rng.choice(("  ", "\t", " ")) + comment
        else:
            gap = "\n" if comment.endswith("gap") else ""
            lines[number] = f"{' ' * rng.randrange(9)}{comment}\n{gap}{before}"
        if data("\n".join(lines) + "\n") != wanted:  # inside a text
            lines[number] = before
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """Return a text without what was put in."""
    return BEHIND.sub("", LINE.sub("", text))


def one(text: str, rng: Random) -> bool:
    """Compare the fixes of a spec in a layout with those as it was; say whether there were any."""
    unsafe = rng.random() < 0.5
    text = faulty(text, rng)
    odd = laid_out(text, rng)
    assert plain(odd) == text
    expected = mended(text, unsafe)
    comments = re.findall("# ~.*", odd)
    ends = rng.choice(("\n", "\r\n"))
    found = mended(odd.replace("\n", ends), unsafe)
    assert found.count("\n") == found.count(ends)
    found = found.replace(ends, "\n")
    assert plain(found) == expected, f"{odd}\n-> {found}"
    assert re.findall("# ~.*", found) == comments, f"{odd}\n-> {found}"
    assert mended(found, unsafe) == found
    return expected != text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_layouts_stay_as_they_are(seed: int) -> None:
    fixes = 0
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if data(text) is None or not text.endswith("\n"):
            continue
        fixes += one(text, Random(f"{seed} {path.name}"))
    assert fixes > 40


def test_a_comment_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "input: 8x8x1\nlayers:\n  - cnov: {K: 1, F: 3}\n  - relu\n"
    planted = globals()["mended"]
    monkeypatch.setitem(
        globals(), "mended", lambda text, unsafe: re.sub("  # ~.*", "", planted(text, unsafe))
    )
    with pytest.raises(AssertionError):
        any(one(text, Random(seed)) is None for seed in range(20))
