"""Diagnostics as text, one file a format.

A format, a module or an object, has a NAME, for `--format`, and `render(found)`, which returns what
is printed for the diagnostics of some files. FOR_PEOPLE says that they are told of file by file,
and of much advice a part only; other formats are written once, for all files and in full. A format
that tells what fails from what does not has `render_strictly` beside it, for when warnings fail.
One that shows more of a file than its findings has `of_file(file, found, trace)`, which takes what
it needs of a trace, and `render_files`, which gets what that returned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shapecalc.registry import Registry, having

if TYPE_CHECKING:
    from typing import Protocol

    from shapecalc.diagnostics import Diagnostic
    from shapecalc.rules import Severity

    Found = Sequence[tuple[str, Sequence[Diagnostic]]]  # diagnostics by the file's name
    Paint = Callable[[str, Severity], str]  # colours a text for a terminal

    class Format(Protocol):
        """A module of this folder."""

        NAME: str
        FOR_PEOPLE: bool

        def render(self, found: Found, paint: Paint = ...) -> str:
            """Return the text, with a line break at its end if there is any."""


FORMATS: Registry[Format] = Registry(
    "format of findings",
    {
        name: f"{__name__}.{name}"
        for name in ("text", "json", "github", "gitlab", "junit", "sarif", "rdjson", "html")
    },
    fits=having("NAME", "FOR_PEOPLE", "render"),
    needs="a format, with NAME, FOR_PEOPLE and render",
)


def named(name: str) -> Format:
    """Return the format of a name in FORMATS."""
    return FORMATS[name]


def unpainted(text: str, severity: Severity) -> str:
    """Return a text as it is: no terminal shows it."""
    return text
