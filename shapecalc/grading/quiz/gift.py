"""The quiz in GIFT, the text format that Moodle imports.

A number is `{#=760:0#ok =%50%750:0#the biases were forgotten}`, a choice `{=right ~wrong#why}`,
yes and no `{T}` or `{F}`; what stands behind #### is shown to everybody afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapecalc.diagnostics import quote
from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import Asked, Option, asked_in, margin, spellings

SPECIAL = re.compile(r"([\\~=#{}:])")


def render(quiz: Quiz) -> str:
    """Return the quiz, a blank line between questions, which is what ends one."""
    head = f"// {quiz.title}\n// {quote(quiz.assignment.description, 400)}\n"
    return "\n".join([head, *[_question(asked) for asked in asked_in(quiz)]])


def _question(asked: Asked) -> str:
    answers = "\n".join(_answers(asked))
    working = f"####{escape(asked.question.working)}\n" if asked.question.working else ""
    start = {"number": "{#", "truth": "{T" if asked.true else "{F"}.get(asked.way, "{")
    between = f"\n{answers}\n{working}" if answers else f"{working}".rstrip("\n")
    return f"::{escape(asked.id)}::{escape(asked.text)} {start}{between}}}\n"


def _answers(asked: Asked) -> Iterator[str]:
    if asked.way == "short":
        for spelled in spellings(asked.question):
            yield f"={escape(spelled)}"
    elif asked.way == "choice":
        for option in asked.options:
            yield f"{_sign(option)}{escape(option.text)}{_feedback(option)}"
    elif asked.way == "number":
        for option in asked.options:
            share = "" if option.right else f"%{option.share * 100:.3g}%"
            off = margin(asked.question) if option.right else "0"
            yield f"={share}{option.text}:{off}{_feedback(option)}"


def _sign(option: Option) -> str:
    if option.right:
        return "="
    return f"~%{option.share * 100:.3g}%" if option.share else "~"


def _feedback(option: Option) -> str:
    return "#ok" if option.right else f"#{escape(option.feedback)}"


def escape(text: str) -> str:
    """Return text with a backslash before what GIFT gives a meaning to."""
    return SPECIAL.sub(r"\\\1", text)
