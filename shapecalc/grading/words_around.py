"""Answers in words that begin with the right one, or have it among them, though another was read.

People write a remark or a working behind an answer: `15x10x24 because (30-4+2)/2+1 = 15`, `1216;
16*75 = 1200 without bias`. What is meant is for a person to say, but it is not simply wrong.
"""

from __future__ import annotations

import re

from shapecalc.grading.answers import PLAIN, VOLUME, Unreadable, is_blank, read_answer
from shapecalc.grading.comparison import is_right
from shapecalc.grading.notation import plain
from shapecalc.grading.question import Question

NUMBER = re.compile(r"\d+")
WORD = re.compile(r"[A-Za-z]{2,}")
# What follows a number that is no part of a sum or product: a word, a comma, a bracket, an end.
REMARK = re.compile(r"\s*(?:[;:,(\[]\s*)?(?![xX×] ?\d)[A-Za-z\d(≈~]")


def holds_the_right_one(question: Question, answer: object) -> bool:
    """Say whether a text that was not read as right has the right answer in it."""
    if not isinstance(answer, str):
        return False
    text = plain(answer)
    form = question.query.form
    if form == "sizes":
        return _has_volume(question, text) or _names_all(question, answer)
    return form in ("number", "field") and _begins(question, text)


def nothing_is_right(question: Question, answer: object) -> bool:
    """Say whether `none` may be an answer: where 0 is right, it is no blank."""
    said = isinstance(answer, str) and answer.strip(" .").lower() in ("none", "null")
    return said and is_blank(answer) and question.right == 0


def _has_volume(question: Question, text: str) -> bool:
    return any(_is_right(question, found[0]) for found in VOLUME.finditer(text))


def _names_all(question: Question, text: str) -> bool:
    """Say whether the numbers of a text in words are those of a weight's shape, in any order."""
    if question.query.kind != "shape" or not WORD.search(text):
        return False
    right = question.right if isinstance(question.right, tuple) else (question.right,)
    given = list(map(int, NUMBER.findall(text[:200])))
    return sorted(given) == sorted(right) or given == [*dict.fromkeys(right)]


def _begins(question: Question, text: str) -> bool:
    first = PLAIN.match(text)
    if first is None or not REMARK.match(text, first.end()):
        return False
    return _is_right(question, first[0])


def _is_right(question: Question, text: str) -> bool:
    try:
        return is_right(question, read_answer(text, question.query.form))
    except Unreadable:
        return False
