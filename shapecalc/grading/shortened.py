"""A long answer where there is little room: its beginning, and the result at its end."""

from __future__ import annotations

from shapecalc.diagnostics import quote
from shapecalc.grading.regex import regex

LINKS = ("=", "->", "→", "⇒", "≈")  # in front of a result
LEFT_OUT = " ... "
RESULT = regex(rf"(?:{'|'.join(LINKS)})>?\s*\S+")
IN_FRONT = regex(r"\s*[\[(]|.*\S   ?\S")
BROKEN_OFF = regex(r"[^\s+*×·;(]+$")  # a number, or a word


def shortened(text: str, length: int) -> str:
    """Return user text safe to print, of at most `length` characters: of a longer one the beginning
    and what stands behind its last equals sign or arrow; the beginning alone if that has it, as a
    list has and what a gap parts from its working, or if there is none.
    """
    if len(text) <= length or IN_FRONT.match(text, 0, length):
        return quote(text, length)
    at = max(map(text.rfind, LINKS))
    result = RESULT.match(text, max(at, 0))
    end = quote(text[at:], length // 2)
    room = length - len(end) - len(LEFT_OUT)
    if result is None or result.end() <= length - len("...") or at <= room:
        return quote(text, length)
    begin = text[:room]
    whole = BROKEN_OFF.sub("", begin)
    begin = whole if len(whole) > room // 2 else begin
    return quote(f"{begin.rstrip()}{LEFT_OUT}{end}", length)
