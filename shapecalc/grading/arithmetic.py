"""Sums and products as people write them: `16*3*5*5 + 16`, `(5x5x3 + 1) x 10`, `2^10`.

A text is worked out by a small grammar of its own: + - * / ^, Python's // and brackets between
plain numbers, side by side for their product; in formulas also letters, side by side as well, and
floor. Nothing else is understood, and no step may grow past what an answer can be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from shapecalc.diagnostics import quote
from shapecalc.grading.regex import regex

MOST_DIGITS = 40  # of a result, and of what leads there
MOST_BRACKETS = 20  # inside one another
LARGEST_POWER = 64
NUMBER = regex(r"\d{1,3}(?:[,_']\d{3})+(?![\d.])|\d+(?:\.\d+)?|\.\d+")
TIMES = "*xX×·⋅∗"
OVER = "/÷"
FLOORED = "//"
TOKEN = regex(rf"\s*(?:({NUMBER.pattern})|({FLOORED}|[-+^()\[\]{TIMES}{OVER}]))\s*")
FLOOR = "floor"
OPENING = {"(": ")", "[": "]", "⌊": "⌋"}
LETTERED = regex(
    rf"\s*(?:({NUMBER.pattern})|(floor(?= ?\()|{FLOORED}|[-+^()\[\]⌊⌋{TIMES}{OVER}]|[A-Z]))\s*"
)
CLOSING = "0123456789)]"
WHAT_IT_IS_NOT = "no sum or product of numbers"
TOO_LARGE = "its numbers are too large"


def worked_out(text: str) -> Fraction | None:
    """Return what a sum or product comes to; None for a text that is none, a bare number too."""
    try:
        tokens = _tokens(text)
        if len(tokens) < 3:
            return None
        reader = _Reader(tokens)
        value = reader.sum(0)
    except (ValueError, ZeroDivisionError):
        return None
    return value if reader.at == len(tokens) else None


def formula_value(text: str, letters: Mapping[str, Fraction]) -> Fraction:
    """Return what a formula comes to with numbers in the place of its letters, which are capitals.

    Raises ValueError for what is none, with what is not understood, and ZeroDivisionError.
    """
    tokens = _formula_tokens(text, letters)
    reader = _Reader(tokens, letters)
    value = reader.sum(0)
    if reader.at < len(tokens):
        raise reader.unexpected()
    return value


def _formula_tokens(text: str, letters: Mapping[str, Fraction]) -> list[str]:
    """Return the tokens of a formula; a product without a sign behind a division is refused."""
    text = text.replace("**", "^")
    found: list[str] = []
    at, divided = 0, False
    while at < len(text):
        match = LETTERED.match(text, at)
        sign = match[2] or "" if match else ""
        if match is None or (sign.isupper() and sign not in letters and sign not in TIMES):
            raise ValueError(_not_understood(text, at, letters))
        token = match[1] or ("*" if sign in TIMES else "/" if sign in OVER else sign)
        if found and _ends(found[-1]) and (token in letters or token == FLOOR or token in OPENING):
            if divided:
                raise ValueError(f"what {quote(text[:at].strip())} is divided by needs brackets")
            found.append("*")
        divided = token in ("/", FLOORED) or (divided and (token in letters or token[-1].isdigit()))
        found.append(token)
        at = match.end()
    return found


def _not_understood(text: str, at: int, letters: Mapping[str, Fraction]) -> str:
    """Return what is wrong with the word, or the sign, at a place of a formula."""
    parts = (part[0] for part in re.finditer(r"[A-Za-z]+|\S", text) if part.end() > at)
    return f"{quote(next(parts, text))} is none of {', '.join(letters)}, and no sign of arithmetic"


def _ends(token: str) -> bool:
    """Say whether a token ends a factor."""
    return token[-1].isdigit() or token.isupper() or token in OPENING.values()


def _tokens(text: str) -> list[str]:
    text = text.replace("**", "^")
    found: list[str] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(WHAT_IT_IS_NOT)
        sign = match[2] or ""
        if (
            sign in ("(", "[")
            and found
            and found[-1][-1] in CLOSING
            and text[match.start(2) - 1] == " "
        ):
            raise ValueError(WHAT_IT_IS_NOT)  # 760 (5*5*3*10 + 10) is no product
        if match[1] and found and found[-1] in (")", "]"):
            if not _is_factor(found, match[1]) or text[match.start(1) - 1] == " ":
                raise ValueError(WHAT_IT_IS_NOT)
            found.append("*")
        found.append(match[1] or ("*" if sign in TIMES else "/" if sign in OVER else sign))
        at = match.end()
    return found


def _is_factor(before: list[str], number: str) -> bool:
    """Say whether a number right behind a bracket is one more factor, as it is behind a sum: not in
    `(2)760`, which may be the second answer, in `(32*32)10`, which may be a volume, nor in
    `(4 - 3)2`, which may have been a square; nor behind a division.
    """
    at = max((at for at, token in enumerate(before) if token in OPENING), default=0)
    is_sum = not {"+", "-"}.isdisjoint(before[at:])
    return is_sum and number not in ("2", "3") and {"/", FLOORED}.isdisjoint(before)


class _Reader:
    """Goes through the tokens once; each method reads what its name says."""

    def __init__(self, tokens: list[str], letters: Mapping[str, Fraction] | None = None) -> None:
        self.tokens, self.at, self.letters = tokens, 0, letters or {}

    def _next(self, *wanted: str) -> str:
        """Return and pass the next token, if it is one of some; otherwise nothing."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        if token and token in wanted:
            self.at += 1
            return token
        return ""

    def unexpected(self) -> ValueError:
        """Return what is wrong at the next token, or at the end."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        before = self.tokens[self.at - 1] if self.at else ""
        if token and before and _ends(before):
            if token in OPENING.values():
                return ValueError("a bracket is closed that was not opened")
            return ValueError(f"there is no sign between {before} and {token}")
        missing = f"a {'letter or ' if self.letters else ''}number is missing"
        if before:
            return ValueError(f"{missing} behind {before}")
        return ValueError(f"{missing} in front of {token}" if token else "it is empty")

    def sum(self, depth: int) -> Fraction:
        """Read terms with + and - between them."""
        sign = self._next("+", "-")
        value = self._product(depth)
        value = -value if sign == "-" else value
        while sign := self._next("+", "-"):
            term = self._product(depth)
            value = _bounded(value + term if sign == "+" else value - term)
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._power(depth)
        while True:
            if self._next("*"):
                value = _bounded(value * self._power(depth))
            elif self._next("/"):
                value = _bounded(value / self._power(depth))
            elif self._next(FLOORED):
                value = Fraction(value // self._power(depth))
            elif self.at < len(self.tokens) and self.tokens[self.at] in "([":  # 10(5*5*3 + 1)
                value = _bounded(value * self._power(depth))
            else:
                return value

    def _power(self, depth: int) -> Fraction:
        value = self._factor(depth)
        if self._next("^"):
            power = self._factor(depth)
            if power.denominator != 1 or not 0 <= power <= LARGEST_POWER:
                raise ValueError(f"a power that is no whole number up to {LARGEST_POWER}")
            return _raised(value, int(power))
        return value

    def _factor(self, depth: int) -> Fraction:
        if self._next(FLOOR):
            return Fraction(self._factor(depth) // 1)
        if opened := self._next(*OPENING):
            if depth == MOST_BRACKETS:
                raise ValueError(f"more than {MOST_BRACKETS} brackets inside one another")
            value = self.sum(depth + 1)
            if not self._next(OPENING[opened]):
                at_end = self.at == len(self.tokens)
                raise ValueError("a bracket is not closed") if at_end else self.unexpected()
            return Fraction(value // 1) if opened == "⌊" else value
        if letter := self._next(*self.letters):
            return self.letters[letter]
        if self.at == len(self.tokens) or not self.tokens[self.at][-1].isdigit():
            raise self.unexpected()
        self.at += 1
        digits = re.sub(r"[,_']", "", self.tokens[self.at - 1])
        if len(digits) > MOST_DIGITS:
            raise ValueError(TOO_LARGE)
        return Fraction(digits)


def _raised(value: Fraction, power: int) -> Fraction:
    result = Fraction(1)
    for _ in range(power):
        result = _bounded(result * value)
    return result


def _bounded(value: Fraction) -> Fraction:
    """Return a number that is not too long to be an answer."""
    most = 10**MOST_DIGITS
    if abs(value.numerator) > most or value.denominator > most:
        raise ValueError(TOO_LARGE)
    return value
