"""How often the marking names a mistake that was not made, and how often it knows one that was.

The students are in student_mistakes.py, which shares no line with the package: a number that they
arrive at by a mistake without a name, or at random, must get no cause. A cause that is only
"perhaps" counts as one.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from shapecalc.grading import read_assignment
from shapecalc.grading.comparison import same
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Question
from shapecalc.grading.ranking import Explanations

sys.path.insert(0, str(Path(__file__).resolve().parent))

from student_mistakes import COUNTED, VALUED, Answer, Problem, near, problems

RANDOM = 5  # random numbers for a question


class Case(NamedTuple):
    """One wrong answer, what was done wrong, and the cause that is named; empty: none is. It may
    explain the answer only `partly`.
    """

    ask: str
    done: str
    answer: Answer
    named: str
    sure: bool
    partly: bool


class Rate(NamedTuple):
    """A kind of wrong answers, how many of them should get a cause, and the answers."""

    title: str
    limit: float
    most: bool  # the limit is the most, not the least
    cases: list[Case]

    @property
    def share(self) -> float:
        """The part of the answers that get a cause: the whole one, where they should get any."""
        found = [case for case in self.cases if case.named and (self.most or not case.partly)]
        return len(found) / max(1, len(self.cases))

    @property
    def kept(self) -> bool:
        """Whether the rate is within its limit."""
        return self.share <= self.limit if self.most else self.share >= self.limit

    def __str__(self) -> str:
        """Return the rate as it is printed."""
        bound = f"at {'most' if self.most else 'least'} {self.limit:.0%}"
        return f"{self.title}: {self.share:.1%} of {len(self.cases):,} get a cause ({bound})"


class Judged:
    """A problem's question, and what the marking says of answers to it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        assignment = read_assignment({"spec": problem.spec, "questions": [problem.ask]})
        assert not assignment.diagnostics, assignment.diagnostics
        (self.question,) = assignment.questions
        assert _is(self.question, problem.right), (problem, self.question.right)
        context = QuestionContext(self.question.subject, self.question.query, self.question.right)
        self.explanations = Explanations(context)

    def case(self, done: str, answer: Answer) -> Case:
        """Return what is said about a wrong answer."""
        cause = self.explanations.cause_of(_nested(answer))
        named = cause.misconception.name if cause else ""
        sure, partly = (cause.sure, bool(cause.unexplained)) if cause else (False, False)
        return Case(self.problem.ask, done, answer, named, sure, partly)


def _is(question: Question, right: Answer) -> bool:
    return same(question, question.right, _nested(right))


def _nested(answer: Answer) -> Any:
    """Return an answer as it is read: nested tuples, numbers to four decimals or three digits."""
    if isinstance(answer, list | tuple):
        found = tuple(map(_nested, answer))
        while len(found) == 1 and isinstance(found[0], tuple):
            (found,) = found
        return found
    if isinstance(answer, int):
        return answer
    return round(answer, 4) if abs(answer) >= 0.01 else float(f"{answer:.3g}")


def measured(count: int, seed: int = 1) -> list[Rate]:
    """Return all rates, from so many problems of either kind."""
    counted = [Judged(problem) for problem in problems(COUNTED, count, seed)]
    valued = [Judged(problem) for problem in problems(VALUED, count, seed)]
    draw = random.Random(seed)
    drawn = [
        judged.case("random", answer)
        for judged in counted
        for _ in range(RANDOM)
        if (answer := near(draw, judged.problem.right)) is not None
    ]
    slips = list(_cases(valued, _others, lambda done: "slips" in done))
    return [
        Rate("random whole numbers within 20 %", 0.01, True, drawn),
        Rate("other mistakes, shapes and counts", 0.02, True, list(_cases(counted, _others))),
        Rate("other mistakes, values and gradients", 0.02, True,
             list(_cases(valued, _others, lambda done: "slips" not in done))),
        Rate("maps with one to five slips", 0.01, True, slips),
        Rate("typical mistakes, shapes and counts", 0.9, False, list(_cases(counted, _typical))),
        Rate("typical mistakes, values and gradients", 0.6, False, list(_cases(valued, _typical))),
    ]  # fmt: skip


def _typical(problem: Problem) -> dict[str, Answer]:
    return dict(problem.typical)


def _others(problem: Problem) -> dict[str, Answer]:
    return dict(problem.others)


def _cases(
    judged: list[Judged],
    answers: Callable[[Problem], dict[str, Answer]],
    chosen: Callable[[str], bool] = lambda done: True,
) -> Iterator[Case]:
    for one in judged:
        for done, answer in answers(one.problem).items():
            if chosen(done):
                yield one.case(done, answer)


# Two names of one mistake.
SAME = {
    "forgot_depth_and_bias": {"forgot_depth", "forgot_bias"},
    "forgot_depth_one_bias": {"forgot_depth", "one_bias"},
}


def misnamed(rate: Rate) -> list[Case]:
    """Return the typical mistakes that are called by another's name, and by no other beside."""
    return [
        case
        for case in rate.cases
        if case.named and not any(_is_told(case, name) for name in case.named.split(" or "))
    ]


def _is_told(case: Case, name: str) -> bool:
    """Say whether a name is that of what was done wrong, or of a part of it if it is to be one."""
    done, called = {*case.done.split("+")}, _called(name)
    return called < done if case.partly else called == done


def _called(named: str) -> set[str]:
    return SAME.get(named, {*named.split(", ")})


def print_rates(count: int, seed: int, closely: bool = False) -> None:
    """Print the rates; `closely` with what lies behind them."""
    for rate in measured(count, seed):
        print(f"{rate}{'' if rate.kept else ': NOT KEPT'}", flush=True)
        if not rate.most:
            other = len(misnamed(rate)) / len(rate.cases)
            partly = sum(case.partly for case in rate.cases) / len(rate.cases)
            told = f"{other:.1%} of all are called by another name, {partly:.1%} told in part"
            print(f"    {told}", flush=True)
        if closely:
            wrong = [case for case in rate.cases if case.named] if rate.most else misnamed(rate)
            missed = [] if rate.most else [case for case in rate.cases if not case.named]
            for case, times in Counter(map(_kind, (*wrong, *missed))).most_common(30):
                print(f"    {times:4} {case}")


def _kind(case: Case) -> str:
    return f"{case.ask.split('[')[0]}: {case.done} -> {case.named or 'nothing'}"


if __name__ == "__main__":
    print_rates(700, 1, closely=True)
