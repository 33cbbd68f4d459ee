"""Reports: a Trace in, text out. They do no arithmetic and know no terminal.

A format is one file with a Format; a plug-in registers its own in FORMATS, or names it as an entry
point of the group shapecalc.reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from shapecalc.registry import Registry

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.reports.dialects import Asked
    from shapecalc.tracing import Trace

Paint = Callable[[str, str], str]


def unpainted(text: str, count: str) -> str:
    """Return a text as it is: no terminal shows it."""
    return text


class Layout:
    """What is asked of a report; a format takes from it what it knows of.

    `file` names the file where there are several, `heading` says that it is the first of them, and
    `width` is the space there is, None for any. `ascii` says that nothing but ASCII can be shown,
    and `paint` gives a text the colour of a count. `memory` is what the network takes, and
    `dialect` what another tool prints of it, where they are asked for.
    """

    def __init__(
        self,
        columns: Sequence[str] | None = None,
        depth: int | None = None,
        explain: bool = False,
        file: str | None = None,
        heading: bool = True,
        width: int | None = None,
        ascii: bool = False,  # noqa: A002 - str.isascii
        paint: Paint = unpainted,
        memory: Memory | None = None,
        dialect: Asked | None = None,
    ) -> None:
        self.columns, self.depth, self.explain = columns, depth, explain
        self.file, self.heading, self.width = file, heading, width
        self.ascii, self.paint = ascii, paint
        self.memory, self.dialect = memory, dialect


class Format:
    """A format of reports: `render` returns a network's text, without a last line break.

    `between` stands between the texts of several files, unless there is a `whole`, which returns
    one text of all of them. What was found is printed beside the report unless it `tells` of that
    itself; `even` asks for the same columns in all files.
    """

    def __init__(
        self,
        render: Callable[[Trace, Layout], str],
        *,
        between: str = "\n",
        tells: bool = False,
        even: bool = False,
        whole: Callable[[Iterable[tuple[Trace, Layout]]], str] | None = None,
    ) -> None:
        self.render, self.between, self.tells, self.even = render, between, tells, even
        self.whole = whole


FORMATS: Registry[Format] = Registry(
    "report format",
    {
        "table": "shapecalc.reports.table:TABLE",
        "markdown": "shapecalc.reports.table:MARKDOWN",
        "latex": "shapecalc.reports.table:LATEX",
        "csv": "shapecalc.reports.csv_text:CSV",
        "json": "shapecalc.reports.json_text:JSON",
        "bars": "shapecalc.reports.bars:BARS",
        "html": "shapecalc.reports.html.network:HTML",
    },
    "shapecalc.reports",
    fits=lambda thing: isinstance(thing, Format),
    needs="a Format",
)
