"""The quiz in GIFT, the text format that Moodle imports.

A number is `{#=760:0#Right. =%50%750:0#the biases were forgotten}`, a choice `{=right ~wrong#why}`,
yes and no `{T}` or `{F}`; what stands behind #### is shown to everybody afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.diagnostics import quote
from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import (
    Option,
    QuizQuestion,
    afterwards,
    margin,
    questions_of,
    spellings,
)
from shapecalc.grading.regex import regex

SPECIAL = regex(r"([\\~=#{}:])")


def render(quiz: Quiz) -> str:
    """Return the quiz, a blank line between questions, which is what ends one."""
    about = dict.fromkeys((quiz.title, quote(quiz.assignment.description, 400)))
    head = "".join(f"// {line}\n" for line in about)
    return "\n".join([head, *[_question(quiz_question) for quiz_question in questions_of(quiz)]])


def _question(quiz_question: QuizQuestion) -> str:
    answers = "\n".join(_answers(quiz_question))
    working = f"####{escape(afterwards(quiz_question.question))}\n"
    start = {"number": "{#", "truth": "{T" if quiz_question.true else "{F"}.get(
        quiz_question.response_type, "{"
    )
    between = f"\n{answers}\n{working}" if answers else f"{working}".rstrip("\n")
    return f"::{escape(quiz_question.id)}::{escape(quiz_question.text)} {start}{between}}}\n"


def _answers(quiz_question: QuizQuestion) -> Iterator[str]:
    if quiz_question.response_type == "short":
        for spelled in spellings(quiz_question.question):
            yield f"={escape(spelled)}"
    elif quiz_question.response_type == "choice":
        for option in quiz_question.options:
            yield f"{_sign(option)}{escape(option.text)}{_feedback(option)}"
    elif quiz_question.response_type == "number":
        for option in quiz_question.options:
            share = "" if option.right else f"%{option.share * 100:.3g}%"
            off = margin(quiz_question.question)
            yield f"={share}{option.text}:{off}{_feedback(option)}"


def _sign(option: Option) -> str:
    if option.right:
        return "="
    return f"~%{option.share * 100:.3g}%" if option.share else "~"


def _feedback(option: Option) -> str:
    return f"#{escape(option.told)}"


def escape(text: str) -> str:
    """Return text with a backslash before what GIFT gives a meaning to."""
    return SPECIAL.sub(r"\\\1", text)
