"""Which mistakes one student makes and does not make, as all the answers together show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import permutations
from types import MappingProxyType

Names = Mapping[str, frozenset[str]]  # of mistakes, by the id of a question
NOTHING: Names = MappingProxyType({})


class Practice:
    """What a student's right and wrong answers show of the mistakes, by their names."""

    def __init__(
        self,
        right: Names = NOTHING,
        wrong: Names = NOTHING,
        alone: Names = NOTHING,
        certain: Names = NOTHING,
        possible: Names = NOTHING,
    ) -> None:
        """Of each question, `right` are the mistakes that would have given another answer than the
        right one; `wrong` those that give the wrong one, `alone` without another beside it;
        `certain` and `possible` those that are certainly or perhaps behind it, or made on the way
        there.
        """
        self._unmade, self._made, self._alone = map(_by_name, (right, wrong, alone))
        self._certain, self._possible = certain, possible

    def has_followed(self, question: str) -> None:
        """Note that a wrong answer follows from others: no mistake was made there."""
        for questions in self._alone.values():
            questions.discard(question)

    def against(self, question: str) -> frozenset[str]:
        """Return the mistakes that are hardly behind one answer: right ones speak against them, and
        no wrong one but this for them.
        """
        return frozenset(n for n in self._unmade if self._made.get(n, set()) <= {question})

    def made_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that are certainly behind wrong answers to other questions."""
        return _of_others(self._certain, question)

    def suspected_beside(self, question: str) -> frozenset[str]:
        """Return the mistakes that may be behind wrong answers to other questions."""
        return _of_others(self._possible, question)

    def outdone(self, question: str, suspected: Iterable[str]) -> frozenset[tuple[str, str]]:
        """Return pairs of the mistakes that one answer is `suspected` of, the second the likelier:
        it explains more of the other wrong answers whole, and all that the first does; or the
        same ones, and fewer of the right answers speak against it.
        """
        made = {name: self._alone.get(name, set()) - {question} for name in suspected}
        unmade = {name: self._unmade.get(name, set()) for name in suspected}
        return frozenset(
            (a, b)
            for a, b in permutations(made, 2)
            if made[a] < made[b] or (made[a] == made[b] and unmade[a] > unmade[b])
        )


def _of_others(found: Names, question: str) -> frozenset[str]:
    return frozenset().union(*(names for other, names in found.items() if other != question))


def _by_name(names: Names) -> dict[str, set[str]]:
    """Return the questions by the names that each has."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for question, own in names.items():
        for name in own:
            found[name].add(question)
    return dict(found)
