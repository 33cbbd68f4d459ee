"""What lines of a text say that are no answers: a title, a name."""

from __future__ import annotations

import re

from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.columns import OTHERS, PEOPLE, TIMES, plain
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.number_words import in_digits
from shapecalc.grading.regex import regex
from shapecalc.grading.yes_or_no import yes_or_no

QUOTES = "\"'“”„‘’«»"
DECORATION = f" *_`#>-•({QUOTES}"

# What stands above the answers: `Homework 3: Convolutions`, `Ana Diaz`; in Markdown anywhere.
SHEET = regex(
    r"(?:cs\w*|homework|hw|assignment|exercises?|problem set|sheet|lab|quiz|week|answers?"
    r"|solutions?|submission|group|class|section|tutorial)\b[^:=]*(?::[^\d=]*)?",
    re.IGNORECASE,
)
PERSON = regex(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
ONE_NAME = regex(r"[^\W\d_][^\W\d_'’.-][\w'’.-]*")  # which nobody answers a question with
BESIDE = regex(r"\s*[,;:|(]\s*|\s+[-–—]\s+")  # what parts a name from what sheet it is
NUMBERED = regex(r"[^\W\d_]{0,3}\d{5,12}")  # s204711


def name_in(line: str) -> str:
    """Return what may be a name in a first line: all of it, or what stands in front of which sheet
    it is, `Ana Diaz, homework 3`, or of a student's number; empty where nothing may be.
    """
    first, *others = BESIDE.split(line.rstrip(")"), maxsplit=1)
    person = PERSON.fullmatch(first) or (others and is_name(first))
    if not person or SHEET.fullmatch(first):
        return ""
    return first if all(SHEET.fullmatch(x) or NUMBERED.fullmatch(x) for x in others) else ""


def is_title(line: str) -> bool:
    """Say whether a line above all answers is none itself: a title, a name, a sentence."""
    if SHEET.fullmatch(line):
        return True
    words = " " in line.strip() and not any(sign.isdigit() or sign in ":=" for sign in line)
    return words and not is_blank(line) and yes_or_no(line) is None


def is_name(line: str) -> bool:
    """Say whether a first line is one word that may be a name, and no answer: `Jon`."""
    if not ONE_NAME.fullmatch(line) or not line[0].isupper():
        return False
    answers = is_blank(line) or yes_or_no(line) is not None or line.lower() in PADDING_POLICIES
    return not answers and in_digits(line) == line


def of_person(line: str) -> bool:
    """Say whether a line tells more of who answered: `Student ID: 4711`, `Date: 20 November`."""
    key, separator, _ = line.partition(":")
    return bool(separator) and plain(key.strip(DECORATION)) in (*PEOPLE, *OTHERS, *TIMES)


def time_of(line: str) -> str:
    """Return when a line says that it was handed in, `Submitted: 20 November 2026 17:00`."""
    key, _, when = line.partition(":")
    return when.strip(" *_`") if plain(key.strip(DECORATION)) in TIMES else ""
