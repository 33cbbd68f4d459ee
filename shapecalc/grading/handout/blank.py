"""An empty answer file for students to fill in, in YAML: the networks, and a line a question."""

from __future__ import annotations

import json

from shapecalc.diagnostics import quote
from shapecalc.grading.handout import (
    UNTITLED,
    headings,
    instructions,
    networks,
    numbered,
    points,
)
from shapecalc.grading.multiple_choice import listed
from shapecalc.grading.question import Assignment

# YAML drops what stands behind a #, and takes no text behind a list.
IN_QUOTES = 'Working goes behind its answer, both in quotes: "12 (3*4)"; behind a # it is not read.'


def render(assignment: Assignment) -> str:
    """Return the file: a line for each question, which stands above it."""
    lines = [f"# {quote(' '.join(assignment.title.split()) or UNTITLED, 400)}"]
    lines += [f"# {quote(line, 1000)}" for line in assignment.description.splitlines()]
    lines += [f"# {line}" for line in (*instructions(assignment), IN_QUOTES)]
    for heading, (_, layers) in zip(headings(assignment), networks(assignment), strict=True):
        lines += ["#", f"# {quote(heading, 400)}", *(f"#   {quote(line, 1000)}" for line in layers)]
    lines += ["", "student:"]
    for number, question, text in numbered(assignment):
        lines += ["", f"# {number}. {quote(text, 1000)} ({points(question)})"]
        lines += [f"#    {choice}" for choice in listed(question)]
        lines.append(f"{json.dumps(question.id)}:")
    return "\n".join(lines) + "\n"
