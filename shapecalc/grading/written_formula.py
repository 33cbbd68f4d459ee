"""Formulas as people write them: `O = (W - F + 2P)/S + 1 = 31`, `1 + (W + 2P - F)//S`."""

from __future__ import annotations

import re
from typing import Any

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.formula import NO_LETTERS, Formula, formula_of
from shapecalc.grading.notation import SO, SUPERSCRIPTS, UNSURE, on_one_line, plain
from shapecalc.grading.regex import regex
from shapecalc.grading.written_numbers import Unreadable, number_of

LONGEST = 300  # characters
RAISED = regex(r"(?<=[A-Za-z])[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
FLOORED = (
    (regex(r"\\lfloor\b"), "⌊"),
    (regex(r"\\rfloor\b"), "⌋"),
    (regex(r"\b([WC])_(?:in|\{in\})(?!\w)"), r"\1"),
    (regex(r"\b(?:(?:math|np|numpy)\.floor|int)(?= ?\()"), "floor"),
)
# In front of a formula: `the width is`, `formula:`; and behind it: `, where all fit`, `with F = 7`.
CALLED = regex(r"(?:[A-Za-z]{2,} )*(?:is|formula|width|height|size):? +|[A-Za-z ]{2,}: *", re.I)
REMARK = regex(r"(?:[;,] | (?:because|since|as|if|when|where|with|for)\b).*")
NAME = regex(r"[A-Za-z]\w*(?: [A-Za-z]\w*)*['′]?")  # of what is worked out: W_out, O
NOT_ITS_NUMBER = "your formula was marked, not the number behind it"


def read_formula(answer: Any) -> tuple[Formula, str]:
    """Return the formula that an answer gives, and a note of what is not plain about that.

    Raises ValueError for what is none, with the reason.
    """
    text = answer if isinstance(answer, str) else str(answer)
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    for pattern, sign in FLOORED:
        text = pattern.sub(sign, text)
    text = RAISED.sub(lambda raised: "^" + raised[0].translate(SUPERSCRIPTS), text)
    whole = SO.sub("=", on_one_line(text))
    unsure = UNSURE.match(whole)
    behind = whole[unsure.end() :] if unsure else whole
    behind = behind[called.end() :] if (called := CALLED.match(behind)) else behind
    ways = (whole, behind, REMARK.sub("", behind), SO.sub("=", plain(text)))
    refused: ValueError | None = None
    for way in dict.fromkeys(ways):
        try:
            return _of_sides(way)
        except ValueError as error:
            refused = refused or error
    raise refused or ValueError(NO_LETTERS)


def _of_sides(text: str) -> tuple[Formula, str]:
    """Return the formula of `O = ... = ...`: its last side; but where that is a number, or a name
    behind a formula, the one in letters. Raises ValueError.
    """
    sides = [side.strip(" .,;") for side in text.split("=")]
    *_, last = sides
    found: list[Formula] = []
    refused = ValueError(NO_LETTERS)
    for side in sides:
        try:
            found.append(formula_of(side))
        except ValueError as error:
            if str(error) != NO_LETTERS and not NAME.fullmatch(side):
                refused = error
    longer = [formula for formula in found if len(formula.text) > 1]
    if len(set(longer)) > 1:
        raise ValueError("the formulas on its sides are not the same")
    if found and found[-1].text == last and (len(last) > 1 or not longer):
        return found[-1], ""
    number = _is_number(last)
    if not longer or not (number or NAME.fullmatch(last)):
        if found and number and not longer:
            refused = ValueError(f"a formula is asked for, not a number for {found[-1]}")
        raise refused
    return longer[-1], NOT_ITS_NUMBER if number else ""


def _is_number(text: str) -> bool:
    """Say whether a text is a number, or comes to one."""
    try:
        number_of(text)
    except Unreadable:
        return worked_out(text) is not None
    return True
