"""The clauses of an answer: `2, because (5-1)/2 = 2` states a value and gives a reason for it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal, NamedTuple

from shapecalc.grading.number_words import in_digits
from shapecalc.grading.regex import regex

Link = Literal["", "next", "reason", "result", "aside"]

MOST = 40  # clauses of an answer that are looked at
BECAUSE = (
    r"(?:because|b/c|bc|'?cause|cuz|coz|since|as|due to|given that|so that|check(?:ed|ing)?|proof"
    r"|reason(?:ing)?|verif(?:y|ied|ication))\b"
)
# What stands behind these may be of another number than the one that is stated.
BESIDE = (
    r"(?:where|with|without|from|for|if|when|otherwise|else|rather than|instead of|(?:(?:and|but)"
    r" )?not|of which|to (?:keep|get|make|have|preserve)|which (?:gives|makes|leaves|means))\b"
)
SO = (
    r"(?:=>|->|\u21d2|\u2192|(?:so(?! that)|thus|hence|therefore|gives|makes|becomes|yields|that is"
    r"|which is)\b)"
)
CUT = regex(
    rf"(?P<reason>(?<![\w.]){BECAUSE}|<-|\s//\s*(?=[A-Za-z])|\s#\s)|(?P<beside>(?<![\w.]){BESIDE})"
    rf"|(?P<result>(?<![\w.]){SO}|=>|->|\u21d2|\u2192)"
    r"|(?P<next>[;\n]|[,:.!?](?=\s|$)|\s[-\u2013\u2014]+\s(?=[A-Za-z])|\b(?:and|then|but|while)\b)",
    re.IGNORECASE,
)
STRICT = regex(rf"(?<![\w.]){BECAUSE}|\s//\s*(?=[A-Za-z])|\s#\s", re.IGNORECASE)
CONCLUDES = regex(rf"(?<![\w.]){SO}[^\d]*\d", re.IGNORECASE)
# Who takes a value back says so between it and the one that is meant: `16, no, 14`. Of others,
# `no bias`, `no. of filters` and `bias correction` take nothing back.
TAKEN_BACK = regex(
    r"\b(?:no(?=\s*[,;:!?(]|\s*\.(?!\s?of\b)|\s+[-\u2013\u2014]|\s+(?:\d|(?:wait|sorry|that|it|i)\b))"
    r"|nope|nah|wait|(?:wh?)?oops|sorry|pardon|i mean(?:t)?|actually|edit:|rather"
    r"|correction(?=\s*[:,])|correct(?:ed|ing)(?: to)?:|make (?:that|it)|(?:scratch|strike) that"
    r"|hold on|my (?:bad|mistake))(?!\w)",
    re.IGNORECASE,
)
CLOSING = {")": "(", "]": "["}
# What tells something in brackets: words, an equation, a volume; a list or a factor does not.
TOLD = regex(r"[A-Za-z]{2,}|=|->|\u2192|\u21d2|^\s*\d+(?: ?[xX×] ?\d+)+\s*$")
ONE = regex(r"\bone\b", re.IGNORECASE)  # the first one
AROUND = " \t\n,;:.!?-\u2013\u2014"


class Clause(NamedTuple):
    """A part of an answer with a number in it, and how it is linked to what stands before it."""

    text: str
    link: Link


def clauses(text: str) -> list[Clause]:
    """Return the parts of an answer that have numbers, in their order.

    What follows a reason, or stands in brackets at the end, belongs to that up to a result; what
    another number is said of goes on to a comma, as does a reason in front of all.
    """
    found: list[Clause] = []
    before, inside = split_aside(text)
    for part, around in ((before, ""), (inside, "aside")):
        link: Link = "aside" if around else ""
        goes_on = bool(around)
        at = 0
        for cut in [*islice(CUT.finditer(part), MOST), None]:
            said = part[at : cut.start() if cut else len(part)].strip(AROUND)
            if _has_number(said):
                found.append(Clause(said, link))
                link = "reason" if goes_on else "next"
            if cut is None:
                break
            at = cut.end()
            if cut["reason"] or cut["beside"]:
                link, goes_on = "reason", goes_on or bool(cut["reason"] and found)
            elif cut["result"] and not around:
                link, goes_on = "result", False
            elif not goes_on and not (link == "result" and not said):
                link = "next"
    return found


def split_aside(text: str) -> tuple[str, str]:
    """Return an answer without the brackets behind it, and what these tell; nothing where they tell
    nothing in words or equations, or belong to a formula.
    """
    text = text.rstrip(AROUND)
    opening = CLOSING.get(text[-1:])
    if opening is None:
        return text, ""
    depth = 0
    for at in range(len(text) - 1, 0, -1):
        depth += (text[at] == text[-1]) - (text[at] == opening)
        if depth == 0:
            before, inside = text[:at], text[at + 1 : -1]
            apart = before[-1].isspace() and before.rstrip()[-1:] not in ("", *"=*+/^([-:")
            told = apart and _has_number(before) and TOLD.search(inside)
            return (before.rstrip(), inside) if told else (text, "")
    return text, ""


def statement(text: str) -> str | None:
    """Return what is stated in front of a reason or a check; None where there is none, it has no
    number, or a result is drawn behind it.
    """
    before, inside = split_aside(text)
    if inside and ("=" in inside or "(" in inside or CONCLUDES.search(inside)):
        return statement(before) or before
    reason = STRICT.search(text)
    if reason is None or CONCLUDES.search(text, reason.end()):
        return None
    stated = text[: reason.start()].rstrip(f"{AROUND}([")
    return stated if _has_number(stated) else None


def _has_number(text: str) -> bool:
    """Say whether there are digits in a text, or a number in words other than `one`."""
    return (
        any(sign.isdigit() for sign in text) or in_digits(without := ONE.sub("", text)) != without
    )
