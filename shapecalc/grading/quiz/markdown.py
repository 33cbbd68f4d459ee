"""The quiz on paper: a sheet with lines to write on, or the key with the working."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.grading.quiz.build import Item, Quiz, QuizProblem
from shapecalc.grading.quiz.choices import known_wrong, typed
from shapecalc.grading.quiz.words import NOTES
from shapecalc.grading.regex import regex

LINE = "_" * 40
SPECIAL = regex(r"([\\`*{}\[\]<>#|~!$&]|(?<!\w)_|_(?!\w))")  # max_pool1 is plain text


def render(quiz: Quiz, key: bool = False) -> str:
    """Return the question sheet, or the key sheet."""
    return "\n".join((_key if key else _sheet)(quiz))


def _head(quiz: Quiz, kind: str = "") -> Iterator[str]:
    yield f"# {escape(quiz.title)}{kind}"
    yield ""
    yield escape(quiz.assignment.description)
    yield ""


def _sheet(quiz: Quiz) -> Iterator[str]:
    yield from _head(quiz)
    yield f"Name: {LINE}"
    yield ""
    yield escape(NOTES)
    yield ""
    for problem in quiz.problems:
        yield f"## {problem.number}"
        yield ""
        yield escape(problem.intro)
        yield ""
        for item in problem.items:
            yield f"{_letter(problem, item)}{escape(item.text)} {_points(item)}"
            yield ""
            yield f"Answer: {LINE}"
            yield ""


def _key(quiz: Quiz) -> Iterator[str]:
    yield from _head(quiz, ": key")
    for problem in quiz.problems:
        yield f"## {problem.number}"
        yield ""
        yield escape(problem.intro)
        yield ""
        for item in problem.items:
            right = escape(typed(item.question, item.question.right))
            yield f"{_letter(problem, item)}{escape(item.text)} **{right}**"
            yield ""
            if item.question.working:
                yield f"`{item.question.working}`"
                yield ""
            known = known_wrong(item.question)
            for wrong in known:
                half = f" ({wrong.share:.0%} of the points)" if wrong.share else ""
                yield f"- {wrong.text}: {escape(wrong.feedback)}{half}"
            if known:
                yield ""


def _letter(problem: QuizProblem, item: Item) -> str:
    return f"**{item.id.lstrip('q0123456789')})** " if len(problem.items) > 1 else ""


def _points(item: Item) -> str:
    points = item.question.points
    return f"({points:g} point{'' if points == 1 else 's'})"


def escape(text: str) -> str:
    """Return text without a meaning in Markdown."""
    return SPECIAL.sub(r"\\\1", text)
