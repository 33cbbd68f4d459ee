"""The text of a Jupyter notebook as lines of answers; its code is not read, and nothing is run.

The format is nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from shapecalc.grading.html_text import plain_text
from shapecalc.grading.submission_file import NotGradable

ENDING = ".ipynb"
MOST_BYTES = 16 * 1024 * 1024  # a notebook holds its pictures
MOST_CELLS = 2000
MOST_OBJECTS = 200_000  # brackets and braces, of which each takes more than its text
MOST_ITEMS = 1_000_000
OF_TEXT = ("markdown", "raw")


class Notebook(NamedTuple):
    """The lines of the cells of text, what each is called, `Cell 3, line 2`, and how many cells of
    code there are.
    """

    lines: tuple[str, ...]
    names: tuple[str, ...]
    programs: int


def read_notebook(raw: bytes) -> Notebook:
    """Return the text of a notebook. Raises NotGradable for what is none."""
    if raw.count(b"{") + raw.count(b"[") > MOST_OBJECTS or raw.count(b",") > MOST_ITEMS:
        raise NotGradable(
            "too many lists and objects: clear the notebook's outputs and hand it in again"
        )
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotGradable("not a notebook that can be read: its JSON is damaged") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if not isinstance(cells, list):
        raise NotGradable("not a notebook that can be read: it has no cells")
    if len(cells) > MOST_CELLS:
        raise NotGradable(f"more than {MOST_CELLS:,} cells")
    lines: list[str] = []
    names: list[str] = []
    code = 0
    for place, (kind, source) in enumerate(_cells(cells), 1):
        if kind in OF_TEXT:
            own = [*plain_text(source).splitlines(), ""]  # nothing goes on in the next cell
            lines += own
            names += [f"Cell {place}, line {number}" for number in range(1, len(own) + 1)]
        else:
            code += bool(source.strip())
    return Notebook(tuple(lines), tuple(names), code)


def _cells(cells: list[Any]) -> Iterator[tuple[str, str]]:
    """Yield the type and the source of each cell; a source is a text, or a list of lines."""
    for cell in cells:
        known = cell if isinstance(cell, dict) else {}
        source = known.get("source", "")
        parts = source if isinstance(source, list) else [source]
        yield str(known.get("cell_type")), "".join(p for p in parts if isinstance(p, str))
