"""A teacher's own assignment for those who answer it: on paper, on a platform, as an empty file.

One file a format, each with render(assignment) -> str; the platforms' are those of quizzes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from shapecalc.grading.prompts import Secrets, described
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.quiz.build import Item, Quiz, QuizProblem
from shapecalc.grading.quiz.formats import FORMATS as QUIZ_FORMATS
from shapecalc.grading.subject import Subject
from shapecalc.registry import Registry

UNTITLED = "Homework"
PLATFORMS = ("gift", "moodle-xml", "text2qti")


def as_quiz(assignment: Assignment) -> Quiz:
    """Return an assignment as a quiz of one question a problem, each with its whole network."""
    title = " ".join(assignment.title.split()) or UNTITLED
    description = " ".join(assignment.description.split()) or title
    intros = {
        question.id: f"The network: {'; '.join(layers)}."
        for questions, layers in networks(assignment)
        for question in questions
    }
    problems = tuple(
        QuizProblem(number, intros[q.id], (Item(q.id, " ".join(q.prompt.split()), q),))
        for number, q in enumerate(assignment.questions, 1)
    )
    named = replace(assignment, title=title, description=description)
    return Quiz(0, "", 0, {}, named, problems)


def networks(assignment: Assignment) -> Iterator[tuple[list[Question], list[str]]]:
    """Yield the questions about each network, and the network, a line a layer. What is asked for is
    not told there.
    """
    by_network: dict[Subject, list[Question]] = {}
    for question in assignment.questions:
        by_network.setdefault(question.subject, []).append(question)
    for subject, questions in by_network.items():
        yield questions, list(described(subject, Secrets(questions)))


LETTERS = {
    "K": "K is the number of filters",
    "F": "F is the size of a filter or window",
    "S": "S is the stride",
    "P": "P is the padding on each side",
}


def legend(assignment: Assignment) -> str:
    """Return what the letters in the networks mean, in a sentence; empty where there are none."""
    text = " ".join(line for _, layers in networks(assignment) for line in layers)
    used = [meaning for letter, meaning in LETTERS.items() if f" {letter}=" in text]
    return f"{'; '.join(used)}." if used else ""


def _on_platform(form: str, assignment: Assignment) -> str:
    return QUIZ_FORMATS[form](as_quiz(assignment))


FORMATS: Registry[Callable[[Assignment], str]] = Registry(
    "format of an assignment",
    {name: f"{__name__}.{name}:render" for name in ("markdown", "latex", "blank")},
    fits=callable,
    needs="a function",
)
for _form in PLATFORMS:
    FORMATS.register(_form)(partial(_on_platform, _form))
