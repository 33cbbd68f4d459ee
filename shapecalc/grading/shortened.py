"""A long answer where there is little room: its beginning, and the result at its end."""

from __future__ import annotations

from shapecalc.diagnostics import quote
from shapecalc.grading.regex import regex

LINKS = ("=", "->", "→", "⇒", "≈")  # in front of a result
LEFT_OUT = " ... "
MORE = " ..."  # behind a whole number or word
RESULT = regex(rf"(?:{'|'.join(LINKS)})>?\s*\S+")
IN_FRONT = regex(r"\s*[\[(]|.*\S   ?\S")
BROKEN_OFF = regex(r"[^\s+*×·;(]+$")  # a number, or a word


def shortened(text: str, length: int) -> str:
    """Return user text safe to print, of at most `length` characters: of a longer one the beginning
    and what stands behind its last equals sign or arrow; the beginning alone if that has it, as a
    list has and what a gap parts from its working, or if there is none.
    """
    if len(text) <= length or IN_FRONT.match(text, 0, length):
        return _cut(text, length)
    at = max(map(text.rfind, LINKS))
    result = RESULT.match(text, max(at, 0))
    end = _cut(text[at:], length // 2)
    room = length - len(end) - len(LEFT_OUT)
    if result is None or result.end() <= length - len(MORE) or at <= room:
        return _cut(text, length)
    return quote(f"{_begin(text, room)}{LEFT_OUT}{end}", length)


def _cut(text: str, length: int) -> str:
    """Return the beginning of a text with a sign that it goes on, safe to print."""
    whole = len(text) <= length
    return quote(text if whole else f"{_begin(text, length - len(MORE))}{MORE}", length)


def _begin(text: str, room: int) -> str:
    """Return the beginning of a text, up to where a number or a word would be broken."""
    whole = BROKEN_OFF.sub("", text[:room]).rstrip()
    return whole if len(whole) > room // 2 else text[:room].rstrip()
