"""Which mistakes one student makes and does not make, as all the answers together show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain


class Practice:
    """What a student's right and wrong answers show of the mistakes, by their names."""

    def __init__(
        self,
        right: Iterable[frozenset[str]] = (),
        wrong: Iterable[frozenset[str]] = (),
        certain: Mapping[str, frozenset[str]] | None = None,
        possible: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """`right` are the mistakes, for each right answer, that would have given another; `wrong`
        those, for each wrong one, that give it; `certain` and `possible` those that are certainly
        or perhaps behind the wrong answer to a question, or made on the way there, by its id.
        """
        self._unmade = frozenset().union(*right)
        self._made = Counter(chain.from_iterable(wrong))
        self._certain = certain or {}
        self._possible = possible or {}

    def against(self, suspected: frozenset[str]) -> frozenset[str]:
        """Return the mistakes that are hardly behind one answer: right ones speak against them, and
        no wrong one but this, of which they are `suspected`, for them.
        """
        return frozenset(n for n in self._unmade if self._made[n] <= (n in suspected))

    def made_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that are certainly behind wrong answers to other questions."""
        return _of_others(self._certain, question)

    def suspected_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that may be behind wrong answers to other questions."""
        return _of_others(self._possible, question)


def _of_others(found: Mapping[str, frozenset[str]], question: str) -> frozenset[str]:
    return frozenset().union(*(names for other, names in found.items() if other != question))
