"""Markdown as plain text for a terminal: the few signs that our pages use, and lines that fit.

Code is indented instead of fenced, tables are drawn with blanks, and a paragraph is wrapped anew
only where one of its lines is too wide, so that a page is otherwise printed as it is written.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence

CODE = "    "  # how far code is indented
GAP = "  "  # between the columns of a table
NARROWEST = 16  # what a column of a table keeps of its width
TIED = "\N{NO-BREAK SPACE}"  # a blank inside code, where no line ends
SIGNS_OF_CODE = ("$ ", "{", " = ")  # of a spec, a command, a formula: no list of words has them
LAST_COLUMN = re.compile(r" *\S.* {2,}(?=[^ #])")  # all before it; a comment is none


def heading(text: str) -> str:
    """Return what a page says behind its name on its first line: `# name: what it is about`."""
    first = text.lstrip().partition("\n")[0]
    return first.partition(": ")[2]


def shown(markdown: str, width: int | None = None) -> str:
    """Return a Markdown page as text."""
    blocks = (_block(block, width) for block in _blocks(markdown))
    return "\n\n".join(block for block in blocks if block)


def fitted(text: str, width: int | None = None) -> str:
    """Return text no wider than asked, paragraphs and what is indented in columns; code is left
    alone.
    """
    return "\n\n".join(_wrapped(block, width) for block in text.split("\n\n"))


def definitions(terms: Mapping[str, str], width: int | None = None, indent: int = 0) -> str:
    """Return a list of terms with what they mean behind them, in two columns."""
    return textwrap.indent(_drawn(list(terms.items()), _less(width, indent)), " " * indent)


def _less(width: int | None, indent: int) -> int | None:
    return None if width is None else width - indent


def _blocks(markdown: str) -> Iterator[str]:
    """Yield what blank lines separate; code between fences is one block."""
    lines: list[str] = []
    fenced = False
    for line in [*markdown.splitlines(), ""]:
        if line.strip() or fenced:
            lines.append(line)
        elif lines:
            yield "\n".join(lines)
            lines = []
        fenced ^= line.startswith("```")


def _block(block: str, width: int | None) -> str:
    if block.startswith("<!--"):
        return ""
    if block.startswith("```"):
        return textwrap.indent("\n".join(block.splitlines()[1:-1]), CODE)
    if block.startswith("# "):
        return _wrapped(block[2:], width)
    if block.startswith("## "):
        return f"{block[3:]}\n{'-' * len(block[3:])}"
    if block.startswith("|"):
        return _table(block, width)
    return _wrapped(_plain(block), width)


def _plain(text: str) -> str:
    """Return text without the signs for bold, and with * and | that were escaped."""
    return re.sub(r"\\([*|])", r"\1", text.replace("**", ""))


def _wrapped(block: str, width: int | None) -> str:
    lines = block.splitlines()
    if width is None or all(len(line) <= width for line in lines):
        return block
    if block.startswith(CODE):
        words = not any(sign in block for sign in SIGNS_OF_CODE)
        return "\n".join(_hung(line, width, words) for line in lines)
    items = re.split(r"\n(?=- )", block)  # a list, or one paragraph
    return "\n".join(_paragraph(item, width) for item in items)


def _paragraph(text: str, width: int) -> str:
    """Return one paragraph or item wrapped."""
    return _filled(text, width, "", "  " if text.startswith("- ") else "")


def _hung(line: str, width: int, words: bool) -> str:
    """Return an indented line whose last column is wrapped; or the whole, where it is `words`."""
    columns = LAST_COLUMN.match(line)
    if columns is not None:
        start = columns[0]
        below = " " * len(start)
    else:
        start = " " * (len(line) - len(line.lstrip()))
        below = f"{start}  "
    if len(line) <= width or len(start) + NARROWEST > width or not (words or columns):
        return line
    return _filled(line[len(start) :], width, start, below)


def _filled(text: str, width: int, start: str, below: str) -> str:
    """Return text wrapped behind a start, its further lines behind another one; short code, such as
    a formula, stays on one line.
    """
    code = rf"`[^`]{{1,{width // 2}}}`"
    tied = re.sub(code, lambda found: found[0].replace(" ", TIED), " ".join(text.split()))
    wrapped = textwrap.fill(
        tied,
        width,
        initial_indent=start,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(TIED, " ")


# -- tables ----------------------------------------------------------------------------------------


def _table(block: str, width: int | None) -> str:
    head, _, *body = ([cell.strip() for cell in _cells(line)] for line in block.splitlines())
    return _drawn(body, width, head)


def _cells(line: str) -> list[str]:
    """Return the cells of a row; a bar inside code or behind a backslash is no border."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [_plain(cell) for cell in re.split(r"(?<!\\)\|", inner)]


def _drawn(
    rows: Sequence[Sequence[str]], width: int | None, head: Sequence[str] | None = None
) -> str:
    """Return rows in columns as wide as they need; the widest give way, and their cells wrap. Where
    even that is too wide, each row is a list of its cells.
    """
    all_rows = [head, *rows] if head else list(rows)
    columns = list(zip(*all_rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [
        max(NARROWEST, *(len(w) for cell in column for w in cell.split())) for column in columns
    ]
    while width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        spare = [has if has > keeps else 0 for has, keeps in zip(widths, least, strict=True)]
        if not any(spare):
            return "\n".join(_listed(rows, width, head))
        widths[spare.index(max(spare))] -= 1
    lines = [line for row in all_rows for line in _row(row, widths)]
    if head:
        lines.insert(sum(1 for _ in _row(head, widths)), GAP.join("-" * w for w in widths))
    return "\n".join(lines)


def _listed(rows: Sequence[Sequence[str]], width: int, head: Sequence[str] | None) -> Iterator[str]:
    """Yield the lines of rows whose cells stand one below the other, each with the title of its
    column; the first column's stands above all.
    """
    if head:
        yield from (head[0], "-" * len(head[0]))
    for first, *rest in rows:
        if first:
            yield _filled(first, width, "", CODE)
        titles = [f"{title}: " for title in head[1:]] if head else [""] * len(rest)
        for title, cell in zip(titles, rest, strict=True):
            if cell:
                yield _filled(f"{title}{cell}", width, GAP, CODE)


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the lines of one row."""
    wrapped = [
        textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
        for cell, width in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, wrapped))):
        parts = [lines[number] if number < len(lines) else "" for lines in wrapped]
        padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
        yield GAP.join(padded).rstrip()
