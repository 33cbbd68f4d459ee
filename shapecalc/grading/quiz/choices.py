"""How a question is answered in a quiz: from options, as a number, in words, or by yes and no.

Wrong options are what known misconceptions compute, so that choosing one tells what went wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.answers import read_answer
from shapecalc.grading.comparison import is_right
from shapecalc.grading.feedback import right_answer
from shapecalc.grading.formula import Formula
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Question
from shapecalc.grading.quiz.build import Item, Quiz, QuizProblem
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.rounding import rounded
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.wording import capital
from shapecalc.grading.written_numbers import Unreadable

ResponseType = Literal["truth", "choice", "number", "short"]
RIGHT = "Right."  # what is told with a right answer
CHOSEN = ("sizes", "ranges")  # forms of answers that are chosen, if there are enough wrong ones
FEWEST, MOST = 2, 4  # wrong options
# Moodle refuses to import any other share of the points.
SHARES = (0.0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0)


class Option(NamedTuple):
    """An answer to offer or to expect. `share` is its part of the points; `feedback` is what went
    wrong, in words that may stand behind a colon.
    """

    text: str
    share: float
    feedback: str
    misconception: str | None = None

    @property
    def right(self) -> bool:
        """Whether it is the key."""
        return self.misconception is None

    @property
    def told(self) -> str:
        """What a student is told who gives it, as a sentence."""
        return RIGHT if self.right else f"{capital(self.feedback).removesuffix('.')}."


class QuizQuestion(NamedTuple):
    """A question as other programs ask it; options in order, the key among them."""

    id: str
    text: str
    response_type: ResponseType
    question: Question
    options: tuple[Option, ...]

    @property
    def key(self) -> str:
        """The right answer, as it is typed in."""
        return typed(self.question, self.question.right)

    @property
    def true(self) -> bool:
        """The right answer of a question answered by yes or no."""
        return self.question.right is True


def questions_of(quiz: Quiz) -> list[QuizQuestion]:
    """Return all questions of a quiz, each with a text that needs no other."""
    return [
        _question_of(quiz, problem, item) for problem in quiz.problems for item in problem.items
    ]


def _question_of(quiz: Quiz, problem: QuizProblem, item: Item) -> QuizQuestion:
    question = item.question
    text = f"{problem.intro} {item.text}".strip()
    key = Option(typed(question, question.right), 1.0, question.working)
    if question.choices:
        options = tuple(_given(question, key))
        return QuizQuestion(item.id, text, "choice", question, options)
    if question.query.form == "truth":
        fits = f"The stride of {question.query.name} fits, with nothing left over."
        said = f"{problem.intro} {fits}".strip()
        return QuizQuestion(item.id, said, "truth", question, (key,))
    right = question.right
    if question.turns(right) or not isinstance(right, int | float | tuple):
        return QuizQuestion(item.id, text, "short", question, (key,))
    if isinstance(question.right, tuple) and question.query.form not in CHOSEN:
        return QuizQuestion(item.id, text, "short", question, (key,))
    wrong = known_wrong(question)
    if question.query.form in CHOSEN:
        draw = quiz.draws("options", item.id)
        several = len(flat(question.right)) > 1  # among volumes, a lone number is easily left out
        wrong = [option for option in wrong if not (several and option.text.isdecimal())]
        chosen = draw.shuffled(wrong)[:MOST]
        if len(chosen) < FEWEST:
            return QuizQuestion(item.id, text, "short", question, (key,))
        return QuizQuestion(item.id, text, "choice", question, tuple(draw.shuffled([key, *chosen])))
    return QuizQuestion(item.id, text, "number", question, (key, *wrong))


def _given(question: Question, key: Option) -> Iterator[Option]:
    """Yield the choices of an author's, with the mistake behind a wrong one if one is known."""
    known = {option.text: option for option in known_wrong(question)}
    for value in question.choices:
        text = question.shown(value) if isinstance(value, tuple) else typed(question, value)
        if is_right(question, value):
            yield key._replace(text=text)
        else:
            wrong = known.get(typed(question, value), Option(text, 0.0, "Not right.", ""))
            yield wrong._replace(text=text)


def known_wrong(question: Question) -> list[Option]:
    """Return the wrong answers that exactly one misconception gives, as marking tells them."""
    context = QuestionContext(
        question.subject, question.query, question.right, depth_first=question.depth_first
    )
    try:
        explanations = Explanations(context)
        answers = explanations.single
    except Exception:  # as in marking: a mistake in a model takes nothing but its options
        return []
    found: dict[str, Option] = {}
    for answer in answers:
        misconception, wrong = answer.misconception, answer.wrong
        text = typed(question, wrong.value)
        cause = explanations.cause_of(wrong.value)
        if cause is None or cause.misconception is not misconception or text in found:
            continue
        if _offered(question, wrong.value, text):
            share = question.partial.get(misconception.name, 0.0)
            found[text] = Option(
                text,
                min(SHARES, key=lambda known: abs(known - share)),
                f"{wrong.explanation or misconception.explanation}: {quote(wrong.arithmetic, 400)}",
                misconception.name,
            )
    return list(found.values())


def _offered(question: Question, value: Value, text: str) -> bool:
    """Say whether a wrong answer can be printed: it reads back as itself, and is wrong.

    What is the right answer rounded is told so, and has no other cause.
    """
    parts: list[Any] = flat(value)
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in parts):
        return False
    if question.query.form == "sizes" and not all(type(p) is int and p > 0 for p in parts):
        return False
    try:
        read = read_answer(text, question.query.form)
    except Unreadable:
        return False
    return read == value and not is_right(question, value) and not rounded(question, value)


def plain(value: Value) -> str:
    """Return a value as a program reads it: `760`, `5.75`, `32x32x10`, without commas."""
    if isinstance(value, bool | tuple | str | Formula):
        return shown(value)
    whole = round(value)
    return str(whole) if abs(value - whole) < 1e-9 else f"{value:.10g}"


def typed(question: Question, value: Value) -> str:
    """Return an answer as a program reads it, ranges in words."""
    return question.shown(value) if question.query.form == "ranges" else plain(value)


def afterwards(question: Question) -> str:
    """Return what everybody is told once a question is over: the right answer and its working."""
    return right_answer(question)


def margin(question: Question) -> str:
    """Return how far a number may be off, as marking has it; 0 for what is counted."""
    right = question.right
    return plain(question.tolerance.margin(right if isinstance(right, int | float) else 0))


def spellings(question: Question) -> list[str]:
    """Return how sizes or a list may be typed, for programs that compare letter by letter."""
    right = question.right
    if question.query.form == "formula":
        text = question.right_shown
        return list(dict.fromkeys((text, text.replace(" ", ""), text.replace("*", ""))))
    if question.query.form == "array" and isinstance(right, tuple):
        return _lists(shown(right))
    if question.query.form != "sizes" or not isinstance(right, tuple):
        return [typed(question, right)]
    sizes = question.shown(right).split("x")
    found = [mark.join(sizes) for mark in ("x", " x ", "×", ",", ", ")]
    found += [f"({', '.join(sizes)})", f"[{', '.join(sizes)}]"]
    if question.query.key in ("receptive_field", "jump") and len(set(sizes)) == 1:
        found.append(sizes[0])
    if question.query.key == "output" and sizes[-1] == "1":
        found.append("x".join(sizes[:-1]))
    return list(dict.fromkeys(found))


def _lists(text: str) -> list[str]:
    """Return how a list may be typed: with commas, blanks or both, and with or without brackets."""
    texts = [text, text.replace(", ", ","), text.replace(", ", " "), text.replace(", ", "; ")]
    bare = [one[1:-1] for one in texts] if text.count("[") == 1 else []
    return list(dict.fromkeys(texts + bare))
