"""The text of HTML, as platforms export what was typed into a box; its tables are Markdown's."""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape

from shapecalc.grading.regex import regex

BREAKS = regex(r"(?i)<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]{0,200}>")
TAGS = regex(r"<(?=[A-Za-z/!?])[^<>]{0,1000}>")  # <0.5, 0.5> is a list
OF_TABLES = regex(r"(?i)<(/?)(table|tr|td|th)\b[^<>]{0,1000}>")


def plain_text(text: str) -> str:
    """Return a text without tags and entities, a line where HTML begins one."""
    text = with_markdown_tables(text)
    if TAGS.search(text):
        text = TAGS.sub("", BREAKS.sub("\n", text))
    return unescape(text)


def with_markdown_tables(text: str) -> str:
    """Return a text in which every table of HTML is one of Markdown, its first row the header."""
    if "<td" not in text.lower():
        return text
    parts: list[str] = []
    rows: list[list[str]] | None = None
    at, in_cell = 0, False
    for tag in OF_TABLES.finditer(text):
        between, at = text[at : tag.start()], tag.end()
        begins, name = not tag[1], tag[2].lower()
        if rows is None:
            parts.append(between)
            rows = [] if begins and name == "table" else None
            continue
        if in_cell:
            rows[-1][-1] += between
        in_cell = begins and name in ("td", "th")
        if name == "table" and not begins:
            parts.append(_in_markdown(rows))
            rows = None
        elif begins and (name == "tr" or not rows):
            rows.append([])
        if rows and in_cell:
            rows[-1].append("")
    parts.append(_in_markdown(rows or []))
    return "".join([*parts, text[at:]])


def _in_markdown(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in rows if row]
    if lines:
        lines.insert(1, "|---" * len(next(filter(None, rows))) + "|")
    return "\n".join(["", *lines, ""])


def _cell(text: str) -> str:
    """Return what stands in a cell, on one line."""
    text = unescape(TAGS.sub("", BREAKS.sub(" ", text)))
    return " ".join(text.replace("|", "\\|").split())
