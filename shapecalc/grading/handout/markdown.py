"""The assignment on paper, in Markdown: the networks, then the questions in their order."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.grading.handout import (
    UNTITLED,
    headings,
    instructions,
    networks,
    numbered,
    points,
    several,
)
from shapecalc.grading.handout.sample import sample
from shapecalc.grading.multiple_choice import listed
from shapecalc.grading.question import Assignment
from shapecalc.grading.quiz.markdown import LINE, escape

OF_A_FILE = (
    "If you hand in a text file: fill in this one, or write `Name:` and your name on its first"
    " line, then a line for each question: its number, then the answer{}.\n"
    "The answer stands first on its line, and its working behind it on the same line."
)


def render(assignment: Assignment) -> str:
    """Return the sheet, with lines to write on."""
    return "\n".join(_lines(assignment))


def _lines(assignment: Assignment) -> Iterator[str]:
    yield f"# {escape(' '.join(assignment.title.split()) or UNTITLED)}\n"
    if assignment.description:
        yield f"{escape(' '.join(assignment.description.split()))}\n"
    yield f"Name: {LINE}\n"
    line = sample(assignment)
    yield f"{OF_A_FILE.format(f', such as `{line}`' if line else '')}\n"
    yield from (f"{escape(told)}\n" for told in instructions(assignment))
    about = zip(headings(assignment), networks(assignment), strict=True)
    for heading, (_, layers) in about:
        yield f"## {escape(heading)}\n"
        yield from (f"- {escape(line)}" for line in layers)
        yield ""
    yield from ["## Questions\n"] if several(assignment) else []
    for number, question, text in numbered(assignment):
        yield f"**{number}.** {escape(text)} ({points(question)})\n"
        if question.choices:
            yield "\n".join(f"- {choice}" for choice in listed(question)) + "\n"
        yield f"Answer: {LINE}\n"
