"""Answers as lines of text, `q1: 32x32x10`, as they are typed into a box or an editor."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape

from shapecalc.grading.columns import NAMES, by_plain_id, matched, plain

BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/li|/tr|/h\d)\b[^<>]{0,200}>")
TAGS = re.compile(r"<[^<>]{0,1000}>")
LINE = re.compile(r"\W*(.{1,400}?)\s*(?:[:=)\]]|\s[-–]\s)\s*(.*)")


def lines_of(text: str, ids: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the student, if a line names one, and the answers of the lines that have an id.

    What stands on further lines belongs to no answer.
    """
    if TAGS.search(text):
        text = unescape(TAGS.sub("", BREAKS.sub("\n", text)))
    short = by_plain_id(ids)
    student = ""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = LINE.fullmatch(line.strip().strip("*_`"))
        if match is None:
            continue
        id_ = matched(match[1], ids, short)
        if id_ is not None:
            found.setdefault(id_, match[2].strip(" *_`"))
        elif plain(match[1]) in NAMES and not student:
            student = match[2].strip(" *_`")
    return student, found
