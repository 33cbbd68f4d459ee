"""A teacher's own assignment for those who answer it: on paper, on a platform, as an empty file.

One file a format, each with render(assignment) -> str; the platforms' are those of quizzes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from shapecalc.grading.handout.given import given
from shapecalc.grading.handout.legend import meanings
from shapecalc.grading.moments import shown_deadline
from shapecalc.grading.prompts import Secrets, by_network, described, name_of, on_the_sheet, titles
from shapecalc.grading.question import Assignment, Late, Question
from shapecalc.grading.quiz.build import Item, Quiz, QuizProblem
from shapecalc.grading.quiz.formats import FORMATS as QUIZ_FORMATS
from shapecalc.grading.rounding import precision
from shapecalc.grading.values import flat
from shapecalc.grading.wording import questions_by
from shapecalc.registry import Registry

UNTITLED = "Homework"
OF_LISTS = (
    "Several values are written as a list, [1, -2.5, 3]; rows and slices as lists in a list,"
    " [[1, 2], [3, 4]], or one after the other."
)
PLATFORMS = ("gift", "moodle-xml", "text2qti")


def as_quiz(assignment: Assignment) -> Quiz:
    """Return an assignment as a quiz of one question a problem, each with its whole network."""
    title = " ".join(assignment.title.split()) or UNTITLED
    description = " ".join(assignment.description.split()) or title
    about = zip(titles(assignment.questions).values(), networks(assignment), strict=True)
    intros = {
        question.id: f"{title}: {'; '.join(layers)}."
        for title, (questions, layers) in about
        for question in questions
    }
    problems = tuple(
        QuizProblem(number, intros[q.id], (Item(q.id, _with_precision(q), q),))
        for number, q in enumerate(assignment.questions, 1)
    )
    named = replace(assignment, title=title, description=description)
    return Quiz(0, "", 0, {}, named, problems)


def networks(assignment: Assignment) -> Iterator[tuple[list[Question], list[str]]]:
    """Yield the questions about each network, and the network, a line a layer, with what an example
    gives. What is asked for is not told there.
    """
    for subject, questions in by_network(assignment.questions).items():
        example = subject.trace.spec.example
        executed = any(question.query.executed for question in questions)
        lines = given(subject.trace, example) if executed and example is not None else ()
        yield questions, [*described(subject, Secrets(questions)), *lines]


def numbered(assignment: Assignment) -> Iterator[tuple[int, Question, str]]:
    """Yield the questions with their numbers and texts, as a sheet has them."""
    texts = on_the_sheet(assignment.questions)
    for number, question in enumerate(assignment.questions, 1):
        yield number, question, " ".join(texts[question.id].split())


def _with_precision(question: Question) -> str:
    exact = "" if question.choices else precision(question)
    return " ".join(question.prompt.split()) + (f" ({exact})" if exact else "")


def headings(assignment: Assignment) -> Iterator[str]:
    """Yield a heading for each network, with its name if it has one, and the questions about it."""
    numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
    groups = [questions for questions, _ in networks(assignment)]
    for place, questions in enumerate(groups, 1):
        which = f"Network {place}" if len(groups) > 1 else "The network"
        name = name_of(questions[0].subject)
        about = questions_by([numbers[question.id] for question in questions])
        yield f"{which}{f': {name}' if name else ''} ({about})"


def several(assignment: Assignment) -> bool:
    """Say whether an assignment is about more than one network."""
    return len({question.subject for question in assignment.questions}) > 1


def instructions(assignment: Assignment) -> list[str]:
    """Return what stands below the title: until when, what being late costs, which attempt counts,
    for what else than right answers there are points, how a list is written, and what the letters,
    fields and kinds of layers mean.
    """
    policy, questions = assignment.policy, assignment.questions
    told = [f"To be handed in by {shown_deadline(policy.due)}."] if policy.due else []
    told += [late_rule(policy.late)] if policy.late.share else []
    told += [f"Of several attempts the {policy.attempts} counts."] if policy.attempts else []
    told += list(credit_rules(questions))
    arrays = (q for q in questions if q.query.form == "array" and not q.choices)
    listed = any(len(flat(q.right)) > 1 for q in arrays)
    lines = [line for _, layers in networks(assignment) for line in layers]
    return [*told, *([OF_LISTS] if listed else []), *meanings(questions, lines)]


def credit_rules(questions: Sequence[Question]) -> Iterator[str]:
    """Yield for which wrong answers there are points, without the mistakes: these tell too much."""
    shares = {question.follow_through for question in questions if question.follow_through}
    if shares:
        least, most = min(shares) * 100, max(shares) * 100
        share = f"{least:.4g}" if least == most else f"{least:.4g} to {most:.4g}"
        where = _where([bool(question.follow_through) for question in questions])
        yield (
            f"An answer that follows correctly from wrong answers of yours gets {share} % of its"
            f" points{where}."
        )
    if any(question.partial for question in questions):
        where = _where([bool(question.partial) for question in questions])
        yield f"For some mistakes there is a part of the points{where}: show your working."


def _where(holds: Sequence[bool]) -> str:
    """Return ` in questions 2 and 6` for what holds in some questions only."""
    numbers = [number for number, one in enumerate(holds, 1) if one]
    return "" if all(holds) else f" in {questions_by(numbers)}"


def late_rule(late: Late) -> str:
    """Return what being late costs, in a sentence."""
    most = late.most * 100
    limit = f", {most:.4g} % at most" if late.each_day and late.most < 1 else ""
    each = " for each day that has begun" if late.each_day else ""
    return f"Who hands in late loses {late.share * 100:.4g} % of the points reached{each}{limit}."


def points(question: Question) -> str:
    """Return `1 point`, with how exact the answer has to be, or that a letter is asked for."""
    word = "point" if question.points == 1 else "points"
    how = "answer with a letter" if question.choices else precision(question)
    return f"{question.points:g} {word}{f'; {how}' if how else ''}"


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
