"""The quiz in text2qti's plain text, which that program turns into QTI for Canvas and others.

Its texts are Markdown, so what Markdown gives a meaning to is escaped. It knows no feedback for
wrong numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.diagnostics import quote
from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import Asked, asked_in, margin, spellings

SPECIAL = re.compile(r"([\\`*_\[\]])")


def render(quiz: Quiz) -> str:
    """Return the quiz."""
    lines = [f"Quiz title: {escape(quiz.title)}"]
    lines += [f"Quiz description: {escape(quote(quiz.assignment.description, 400))}", ""]
    for number, asked in enumerate(asked_in(quiz), 1):
        lines += [*_question(number, asked), ""]
    return "\n".join(lines)


def _question(number: int, asked: Asked) -> Iterator[str]:
    yield f"Title: {asked.id}"
    yield f"Points: {asked.question.points:g}"
    yield f"{number}. {escape(asked.text)}"
    if asked.question.working:
        yield f"... {escape(asked.question.working)}"
    if asked.way == "truth":
        yield f"{'*' if asked.true else ''}a) True"
        yield f"{'' if asked.true else '*'}b) False"
    elif asked.way == "choice":
        for letter, option in zip("abcdefgh", asked.options, strict=False):
            yield f"{'*' if option.right else ''}{letter}) {escape(option.text)}"
            if not option.right:
                yield f"... {escape(option.feedback)}"
    elif asked.way == "short":
        for spelled in spellings(asked.question):
            yield f"* {spelled}"
    elif asked.key == "0":
        yield "= [-0.001, 0.001]"  # text2qti refuses 0 itself
    else:
        off = margin(asked.question)
        yield f"= {asked.key}" if off == "0" else f"= {asked.key} +- {off}"


def escape(text: str) -> str:
    """Return text without a meaning in Markdown."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("$", "&#36;")
    return SPECIAL.sub(r"\\\1", text)
