"""Makes a quiz: draws problems, checks each, and has the answers computed as for any assignment.

The forms of the problems are drawn from the seed, their numbers from the seed and the student: all
students of a seed get equally hard sheets. The first problems are the same however many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from unicodedata import normalize

from shapecalc.diagnostics import quote
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.quiz import level1, level2, level3, level4
from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.problem import KINDS, LARGEST, Part, Problem, Template
from shapecalc.grading.quiz.words import ask, introduction
from shapecalc.grading.values import Value, flat

LEVELS = {1: level1.TEMPLATES, 2: level2.TEMPLATES, 3: level3.TEMPLATES, 4: level4.TEMPLATES}
USUAL = {
    1: ("conv", "max_pool", "avg_pool"),
    2: KINDS,
    3: KINDS,
    4: KINDS,
}  # kinds, where none are named
MOST = 200
MOST_DRAWS = 1000  # for one problem
CREDIT = {"forgot_bias": 0.5}  # a share of the points, for the mildest slip


class Item(NamedTuple):
    """One question as a sheet shows it: its place in the problem, and the computed answer."""

    id: str
    text: str  # without the introduction
    question: Question


class QuizProblem(NamedTuple):
    """A problem of a quiz, in words."""

    number: int
    intro: str
    items: tuple[Item, ...]


class Quiz(NamedTuple):
    """A finished quiz. `mapping` is the assignment as a file holds it."""

    seed: int
    student: str
    level: int
    mapping: dict[str, Any]
    assignment: Assignment
    problems: tuple[QuizProblem, ...]

    @property
    def title(self) -> str:
        """What stands above the questions."""
        return self.assignment.title

    def draws(self, *key: str) -> Draws:
        """Return draws of this quiz' own, for what is not in the assignment."""
        return Draws(self.seed, self.student, self.level, *key)


def make_quiz(
    *,
    seed: int = 0,
    student: str = "",
    level: int = 1,
    kinds: Sequence[str] = (),
    count: int = 5,
) -> Quiz:
    """Return a quiz of `count` problems about some layer kinds, which no kinds leave to the level.

    Raises ValueError for a level, kind or count that there is not.
    """
    templates = _templates(level, kinds)
    if not 1 <= count <= MOST:
        raise ValueError(f"a quiz has 1 to {MOST} problems, not {count}")
    student = normalize("NFC", student)
    key = (seed, level, ",".join(kind for kind in KINDS if kind in kinds))
    problems: list[Problem] = []
    for index in range(count):
        turn, place = divmod(index, len(templates))
        template = Draws(*key, "order", turn).shuffled(templates)[place]
        problems.append(_drawn(template, Draws(*key, student, "numbers", index), problems))
    questions = [
        item for number, problem in enumerate(problems, 1) for item in _written(number, problem)
    ]
    whose = f", student {quote(student)}" if student else ""
    mapping: dict[str, Any] = {
        "title": f"Shapes of convolutional networks, level {level}",
        "description": f"Seed {seed}{whose}",
        "partial": dict(CREDIT),
        "questions": questions,
    }
    assignment = read_assignment(mapping)
    found = iter(assignment.questions)
    in_words = tuple(
        QuizProblem(
            number,
            introduction(problem),
            tuple(Item(q.id, _text(p), q) for p, q in zip(problem.parts, found, strict=False)),
        )
        for number, problem in enumerate(problems, 1)
    )
    return Quiz(seed, student, level, mapping, assignment, in_words)


def _templates(level: int, kinds: Sequence[str]) -> list[Template]:
    """Return the templates of a level whose kinds are all asked about."""
    if level not in LEVELS:
        raise ValueError(f"there is no level {level}")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f"no quiz asks about {', '.join(unknown)}")
    wanted = kinds or USUAL[level]
    return [template for template in LEVELS[level] if set(template.kinds) <= set(wanted)]


def _drawn(template: Template, draw: Draws, before: Sequence[Problem]) -> Problem:
    """Draw until a problem is sound and new to this quiz."""
    for _ in range(MOST_DRAWS):
        problem = template.draw(draw)
        if problem is not None and problem not in before and _sound(problem):
            return problem
    raise RuntimeError(f"no numbers found for a problem about {', '.join(template.kinds)}")


def _sound(problem: Problem) -> bool:
    """Say whether all is answered, in numbers that a person can work with, on a faultless spec."""
    assignment = read_assignment({"questions": _written(1, problem)})
    if assignment.findings or len(assignment.questions) != len(problem.parts):
        return False
    return all(
        _small(question.right) and (question.query.kind == "fits" or _faultless(question))
        for question in assignment.questions
    )


def _faultless(question: Question) -> bool:
    return not any(d.severity == "error" for d in question.subject.trace.diagnostics)


def _small(value: Value) -> bool:
    return all(abs(number) <= LARGEST for number in flat(value))


def _written(number: int, problem: Problem) -> list[dict[str, Any]]:
    """Return a problem's questions as an assignment holds them, all with one and the same spec."""
    intro = introduction(problem)
    letters = "abcdefgh" if len(problem.parts) > 1 else [""]
    return [
        {
            "id": f"q{number}{letter}",
            "ask": part.path,
            "prompt": f"{intro} {_text(part)}",
            "points": 1,
            "spec": problem.spec,
            **part.more,
        }
        for letter, part in zip(letters, problem.parts, strict=False)
    ]


def _text(part: Part) -> str:
    return part.text or ask(part.path)
