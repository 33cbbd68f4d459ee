"""The specs that come with the page, in the sections of its dialog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import shapecalc
from shapecalc.playground.packages import BuildError

HERE = Path(__file__).parent
HOMES = (HERE / "specs", HERE.parents[1] / "specs")  # of an installed package, of a checkout
FIRST = "networks/lenet-5.yaml"  # what a new visitor sees
LONGEST = 90  # characters about an example
BROKEN = "A mistake to find and to repair"
CODED = re.compile(r"sc\d+")  # how the files begin that break one rule each
SPOILERS = re.compile(r"\A(#.*\n)+")  # what tests await of a broken spec, and what is wrong with it


class Section(NamedTuple):
    """Some examples under a heading: their files, or patterns of them."""

    title: str
    note: str
    files: tuple[str, ...]


SECTIONS = (
    Section(
        "Start here",
        "one idea each",
        (
            "lectures/cs231n-conv-10-filters.yaml",
            FIRST,
            "broken/alexnet-224-without-padding.yaml",
            "kinds/residual.yaml",
            "kinds/repeat.yaml",
            "lectures/question-three-3x3.yaml",
        ),
    ),
    Section("Published networks", "checked against their papers", ("networks/*.yaml",)),
    Section(
        "Find the mistake",
        "each breaks one rule",
        ("broken/sc2*.yaml", "broken/sc301*.yaml", "broken/sc4*.yaml"),
    ),
    Section("Lectures", "worked examples of courses", ("lectures/*.yaml",)),
    Section("Layer kinds", "the smallest network of each", ("kinds/*.yaml",)),
)


def folder() -> Path:
    """Return where the specs are. Raises BuildError where they are missing."""
    for home in HOMES:
        if (home / FIRST).is_file():
            return home
    raise BuildError(
        "the specs that come with shapecalc are missing: take its wheel, or a checkout"
    )


def sections() -> list[dict[str, object]]:
    """Return the sections as the page takes them."""
    home = folder()
    return [
        {"title": part.title, "note": part.note, "items": [_item(p, home) for p in _of(part, home)]}
        for part in SECTIONS
    ]


def _of(section: Section, home: Path) -> Iterator[Path]:
    for pattern in section.files:
        yield from sorted(home.glob(pattern))


def _item(path: Path, home: Path) -> dict[str, str]:
    """Return one example: its text, how it is called, and a line about it."""
    spec = shapecalc.read(path)
    file = path.relative_to(home).as_posix()
    code, _, words = path.stem.partition("-")
    called, told = spec.name or path.stem, spec.source or spec.description or ""
    if CODED.fullmatch(code):
        rule = next(found.rule for found in shapecalc.check(path) if found.code == code.upper())
        called, told = (
            f"{words.replace('-', ' ').capitalize()} ({rule.code})",
            rule.title.capitalize(),
        )
    elif file.startswith("broken/"):
        told = BROKEN
    elif file.startswith("kinds/"):
        called = path.stem.replace("-", "_")
    text = path.read_text(encoding="utf-8")
    if file.startswith("broken/"):
        text = SPOILERS.sub("", text)
    return {"file": file, "name": called, "about": told[:LONGEST], "text": text}
