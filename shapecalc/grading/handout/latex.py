"""The assignment on paper, as a LaTeX document that needs no package."""

from __future__ import annotations

import re
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
from shapecalc.grading.multiple_choice import listed
from shapecalc.grading.question import Assignment

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\^{}", "~": r"\~{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
RULE = r"\underline{\hspace{6cm}}"
HEAD = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\begin{document}
\begin{center}\Large """


def render(assignment: Assignment) -> str:
    """Return the document, with lines to write on."""
    return "\n".join(_lines(assignment)) + "\n"


def _lines(assignment: Assignment) -> Iterator[str]:
    yield f"{HEAD}{escape(assignment.title or UNTITLED)}\\end{{center}}"
    if assignment.description:
        yield f"{escape(assignment.description)}\n"
    yield f"\\noindent Name: {RULE}\n"
    yield from (f"\\noindent {escape(told)}\n" for told in instructions(assignment))
    about = zip(headings(assignment), networks(assignment), strict=True)
    for heading, (_, layers) in about:
        yield f"\\subsection*{{{escape(heading)}}}"
        yield "\\begin{itemize}"
        yield from (f"\\item {escape(line)}" for line in layers)
        yield "\\end{itemize}"
    yield from ["\\subsection*{Questions}"] if several(assignment) else []
    for number, question, text in numbered(assignment):
        asked = f"{escape(text)} ({points(question)})"
        yield f"\\noindent\\textbf{{{number}.}} {asked}\n"
        if question.choices:
            yield f"{escape('; '.join(listed(question)))}\n"
        yield f"\\noindent Answer: {RULE}\\bigskip\n"
    yield "\\end{document}"


def escape(text: str) -> str:
    """Return text on one line without a meaning in LaTeX."""
    one_line = " ".join(text.split())
    return re.sub(r"[\\{}$&#%_^~<>]", lambda sign: SPECIAL[sign[0]], one_line)
