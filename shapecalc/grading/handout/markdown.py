"""The assignment on paper, in Markdown: each network, then what is asked about it."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.grading.handout import UNTITLED, legend, networks
from shapecalc.grading.question import Assignment
from shapecalc.grading.quiz.markdown import LINE, escape


def render(assignment: Assignment) -> str:
    """Return the sheet, with lines to write on."""
    return "\n".join(_lines(assignment))


def _lines(assignment: Assignment) -> Iterator[str]:
    numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
    yield f"# {escape(' '.join(assignment.title.split()) or UNTITLED)}\n"
    if assignment.description:
        yield f"{escape(' '.join(assignment.description.split()))}\n"
    yield f"Name: {LINE}\n"
    if told := legend(assignment):
        yield f"{escape(told)}\n"
    for questions, layers in networks(assignment):
        yield from (f"- {escape(line)}" for line in layers)
        yield ""
        for question in questions:
            points = f"({question.points:g} point{'' if question.points == 1 else 's'})"
            text = escape(" ".join(question.prompt.split()))
            yield f"**{numbers[question.id]}.** {text} {points}\n\nAnswer: {LINE}\n"
