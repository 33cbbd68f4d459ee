"""What comments of a spec ask for: that findings be left out.

`# shapecalc: ignore[SC402]` speaks for its line, or for the line below if it stands alone;
`# shapecalc: ignore-file[SC402, SC4]` for the whole file. Codes may be beginnings of codes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

import yaml

from shapecalc.document import Directive
from shapecalc.readers.yaml_text import Loader

COMMENT = re.compile(
    r"(?<!\S)#[ \t]*shapecalc:[ \t]*ignore(-file)?(?![\w-])[ \t]*(?:\[([^\]\n]*)\])?"
)


def directives(text: str) -> tuple[Directive, ...]:
    """Return what the comments of a YAML text ask for; nothing of one that is no YAML."""
    found = list(COMMENT.finditer(text))
    if not found:
        return ()
    try:
        scalars = list(_scalars(text))
    except yaml.YAMLError:  # the spec is not readable, which no comment hides
        return ()
    starts = [start for start, _ in scalars]
    listed = []
    for match in found:
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or match.start() >= scalars[before][1]:
            listed.append(_directive(text, match))
    return tuple(listed)


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each scalar begins and ends: what stands inside is no comment."""
    for token in yaml.scan(text, Loader):
        if isinstance(token, yaml.ScalarToken):
            yield token.start_mark.index, token.end_mark.index


def _directive(text: str, match: re.Match[str]) -> Directive:
    start = text.rfind("\n", 0, match.start()) + 1
    line = text.count("\n", 0, match.start()) + 1
    alone = not text[start : match.start()].strip()
    codes = None if match[2] is None else tuple(filter(None, map(str.strip, match[2].split(","))))
    return Directive(
        line=line,
        column=match.start() - start + 1,
        end_column=match.end() - start + 1,
        codes=codes or (),
        speaks_for=None if match[1] else _next(text, line) if alone else line,
    )


def _next(text: str, line: int) -> int:
    """Return the first line behind one that is more than a comment."""
    for number, below in enumerate(text.split("\n")[line:], line + 1):
        if below.strip() and not below.lstrip().startswith("#"):
            return number
    return line
