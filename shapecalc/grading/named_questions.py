"""Questions that a text names by their numbers: `number 10`, `Q9 and 10`, `questions 9 to 11`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.grading.regex import regex

WORDS = r"(?:question|frage|q|item|task|problem|exercise|aufgabe|part)s?"
CALLED = rf"(?:(?:{WORDS}|(?:{WORDS} )?(?:numbers?|nos?\.?|nrs?\.?|#))[ .]?)"
NUMBERS = rf"\d{{1,3}}(?:(?: ?[,&] ?| ?- ?|,? (?:and|or|to) ){CALLED}?\d{{1,3}})*(?![\w.]*\w)"
# Behind these a number alone is no value: `no time for 10`; `I did not get 10` may tell of one.
DONE = r"(?:(?<=\bfor )|(?<=\bdo )|(?<=\bfinish )|(?<=\banswer )|(?<=\battempt ))"
NAMED = regex(rf"(?<![\w#])(?:(?:the )?{CALLED}|{DONE}){NUMBERS}", re.IGNORECASE)
# `the result is the number 10` names none.
BY_WORD = regex(rf"(?<![\w#])(?<!\bis )(?<!\bthe ){CALLED}{NUMBERS}", re.IGNORECASE)
ANSWERED = regex(r"\s*[:=]")  # what stands behind the name of a question is its answer
RANGE = regex(rf"(\d+)(?: ?- ?| to ){CALLED}?(\d+)|(\d+)", re.IGNORECASE)
DIGIT = regex(r"\d")
LONGEST = 300  # characters of a line that is looked at: a range may stand for many numbers


def as_this(text: str) -> str:
    """Return a text with `this` for the questions that it names."""
    return NAMED.sub("this", text)


def numbers_in(text: str) -> list[str]:
    """Return the numbers of the questions that a text names, each once; none of a long one."""
    return _each(NAMED, text) if len(text) <= LONGEST else []


def spoken_of(line: str) -> list[str]:
    """Return the numbers of the questions that a line is about, each once: it has no other numbers,
    or begins as an answer to one, `number 10: 5`. A long one is about none.
    """
    if len(line) > LONGEST:
        return []
    begun = BY_WORD.match(line)
    if begun and ANSWERED.match(line, begun.end()):
        return [*_numbers(begun[0])]
    if DIGIT.search(BY_WORD.sub("", line)):
        return []
    return _each(BY_WORD, line)


def each_number(named: str) -> list[str]:
    """Return the numbers that `9, 10` or `9 to 11` stands for, each once."""
    return [*dict.fromkeys(_numbers(named))]


def _each(pattern: re.Pattern[str], text: str) -> list[str]:
    found = (number for named in pattern.finditer(text) for number in _numbers(named[0]))
    return [*dict.fromkeys(found)]


def _numbers(named: str) -> Iterator[str]:
    for first, last, alone in RANGE.findall(named):
        yield from [alone] if alone else map(str, range(int(first), int(last) + 1))
