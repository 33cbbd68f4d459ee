"""What a question and what a student got."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from shapecalc.diagnostics import quote

Verdict = Literal["right", "partly right", "followed through", "wrong", "blank", "needs a look"]


class Mark(NamedTuple):
    """What one question got."""

    id: str
    verdict: Verdict
    points: float
    possible: float
    answer: str  # as given
    right: str
    working: str
    misconception: str | None
    feedback: str  # what the student is told
    note: str = ""  # how the answer was read, where that is not plain
    meant: str = ""  # what a wrong answer was read as, however it is written
    perhaps: bool = False  # whether the misconception is not certain
    matter: str = ""  # what is wrong with an answer, in short, for whoever looks at a whole class
    source: str = ""  # the earlier answers that it goes on from with a mistake, as they are told
    follows: tuple[str, ...] = ()  # the ids of the earlier answers that it is right for
    worked_out: bool = False  # with the misconception, as the working in the answer shows
    hangs: bool = False  # on one that a person looks at first, whereupon its points may change
    unfollowed: str = ""  # where the first value is of an array that follows but for some from own
    in_terms: tuple[str, ...] = ()  # the certain mistakes in a total's terms, if it has no cause

    @property
    def unread(self) -> bool:
        """Whether a person has to look: the answer is neither right nor wrong yet."""
        return self.verdict == "needs a look"


class Marked(NamedTuple):
    """What one student got. Where `reason` is given, nothing could be marked."""

    student: str
    marks: tuple[Mark, ...]
    reason: str = ""

    @property
    def score(self) -> float:
        """Points reached."""
        return round(sum([mark.points for mark in self.marks]), 6)

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum([mark.possible for mark in self.marks]), 6)

    @property
    def unread(self) -> int:
        """How many answers a person has to look at."""
        return [mark.verdict for mark in self.marks].count("needs a look")

    @property
    def feedback(self) -> str:
        """A paragraph for each question that is not right, by its number."""
        return self.reason or "\n".join(
            f"{title(number, mark)}: {mark.verdict}. {mark.feedback}".rstrip()
            for number, mark in enumerate(self.marks, 1)
            if mark.verdict != "right"
        )


def title(number: int, mark: Mark) -> str:
    """Return a question by its number, and by its id where that says more."""
    return _title(number, mark.id)


@lru_cache(maxsize=1000)  # every student is told of the same questions
def _title(number: int, id_: str) -> str:
    own = id_.lower().removeprefix("question").removeprefix("q").strip(" _-.") == str(number)
    return f"Question {number}" if own else f"Question {number} ({quote(id_)})"
