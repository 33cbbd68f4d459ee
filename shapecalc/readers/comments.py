"""What comments of a spec ask for: that findings be left out.

`# shapecalc: ignore[SC402]` speaks for its line, or for the line below if it stands alone;
`# shapecalc: ignore-file[SC402, SC4]` for the whole file. Codes may be beginnings of codes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import yaml

from shapecalc.document import Directive
from shapecalc.readers.yaml_text import Loader

ENDS = r"\r\n\x85\u2028\u2029"  # what ends a line of YAML
COMMENT = re.compile(
    r"(?<!\S)#[ \t]*shapecalc:[ \t]*ignore(-file)?(?![\w-])"
    rf"[ \t]*(?:\[([^]{ENDS}]*)\])?"
)
BREAK = re.compile(rf"\r\n|[{ENDS}]")


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
    ends = [match.end() for match in BREAK.finditer(text)]
    lines = [text[start:end] for start, end in pairwise([0, *ends, len(text)])]
    below = _below(lines)
    listed = []
    for match in found:
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or match.start() >= scalars[before][1]:
            number = bisect_right(ends, match.start())
            start = ends[number - 1] if number else 0
            alone = not lines[number][: match.start() - start].strip()
            listed.append(_directive(match, number + 1, start, below[number] if alone else None))
    return tuple(listed)


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each scalar begins and ends: what stands inside is no comment."""
    for token in yaml.scan(text, Loader):
        if isinstance(token, yaml.ScalarToken):
            yield token.start_mark.index, token.end_mark.index


def _directive(match: re.Match[str], line: int, start: int, below: int | None) -> Directive:
    """Return what a comment asks for; one that stands alone speaks for the line `below`."""
    codes = None if match[2] is None else tuple(filter(None, map(str.strip, match[2].split(","))))
    return Directive(
        line=line,
        column=match.start() - start + 1,
        end_column=match.end() - start + 1,
        codes=codes or (),
        speaks_for=None if match[1] else below or line,
    )


def _below(lines: Sequence[str]) -> list[int]:
    """Return for each line the number of the first one behind it that is more than a comment.

    Where there is none it is the number of the line itself.
    """
    below = [0] * len(lines)
    last = 0
    for index in range(len(lines) - 1, -1, -1):
        below[index] = last or index + 1
        if lines[index].strip() and not lines[index].lstrip().startswith("#"):
            last = index + 1
    return below
