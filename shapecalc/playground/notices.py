"""The licences of everything that the page holds, as one text."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from shapecalc.playground.packages import locked_wheels

RULE = "-" * 78


def text(modules: Path, wheels: Sequence[Path]) -> str:
    """Return the notices of the packages of npm and of the wheels that a site was built from."""
    return "\n\n".join([_HEADING, *_of_npm(modules), *_of_wheels(wheels)]) + "\n"


def _of_npm(modules: Path) -> Iterator[str]:
    for path in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        about = json.loads(path.read_text(encoding="utf-8"))
        licences = sorted(path.parent.glob("LICEN[SC]E*"))
        yield _notice(
            f"{about['name']} {about['version']}",
            about.get("license", ""),
            [file.read_text(encoding="utf-8") for file in licences],
        )


def _of_wheels(wheels: Sequence[Path]) -> Iterator[str]:
    for wheel, path in zip(locked_wheels(), wheels, strict=True):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if "/licenses/" in name.lower()]
            texts = [archive.read(name).decode("utf-8") for name in names]
        yield _notice(f"{wheel.name} {wheel.version}", wheel.licence, texts)


def _notice(title: str, licence: str, texts: Sequence[str]) -> str:
    return "\n".join([RULE, f"{title} ({licence})", "", *(text.strip() for text in texts)])


_HEADING = """\
The shapecalc playground is made of shapecalc (MIT) and of the packages below, unchanged but for
what was left out, compiled and bundled.

Pyodide is under the Mozilla Public License 2.0, https://www.mozilla.org/MPL/2.0/, and its source is
at https://github.com/pyodide/pyodide. It contains CPython, which is under the licence of the Python
Software Foundation, https://docs.python.org/3/license.html."""
