"""The quiz in text2qti's plain text, which that program turns into QTI for Canvas and others.

Its texts are Markdown, so what Markdown gives a meaning to is escaped. It knows no feedback for
wrong numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase

from shapecalc.diagnostics import quote
from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import (
    QuizQuestion,
    afterwards,
    margin,
    questions_of,
    spellings,
)
from shapecalc.grading.regex import regex

SPECIAL = regex(r"([\\`*_\[\]])")


def render(quiz: Quiz) -> str:
    """Return the quiz."""
    lines = [f"Quiz title: {escape(quiz.title)}"]
    lines += [f"Quiz description: {escape(quote(quiz.assignment.description, 400))}", ""]
    for number, quiz_question in enumerate(questions_of(quiz), 1):
        lines += [*_question(number, quiz_question), ""]
    return "\n".join(lines)


def _question(number: int, quiz_question: QuizQuestion) -> Iterator[str]:
    yield f"Title: {quiz_question.id}"
    yield f"Points: {quiz_question.question.points:g}"
    yield f"{number}. {escape(quiz_question.text)}"
    yield f"... {escape(afterwards(quiz_question.question))}"
    if quiz_question.response_type == "truth":
        yield f"{'*' if quiz_question.true else ''}a) True"
        yield f"{'' if quiz_question.true else '*'}b) False"
    elif quiz_question.response_type == "choice":
        for letter, option in zip(ascii_lowercase, quiz_question.options, strict=False):
            yield f"{'*' if option.right else ''}{letter}) {escape(option.text)}"
            if not option.right:
                yield f"... {escape(option.told)}"
    elif quiz_question.response_type == "short":
        for spelled in spellings(quiz_question.question):
            yield f"* {spelled}"
    elif quiz_question.key == "0":
        yield "= [-0.001, 0.001]"  # text2qti refuses 0 itself
    else:
        off = margin(quiz_question.question)
        yield f"= {quiz_question.key}" if off == "0" else f"= {quiz_question.key} +- {off}"


def escape(text: str) -> str:
    """Return text without a meaning in Markdown."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace("$", "&#36;")
    return SPECIAL.sub(r"\\\1", text)
