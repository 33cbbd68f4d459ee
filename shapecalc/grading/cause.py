"""A mistake behind a wrong answer, and the sentence that tells of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import NamedTuple

from shapecalc.grading.comparison import whole_numbers
from shapecalc.grading.frequency import ANOTHERS
from shapecalc.grading.misconceptions import MISCONCEPTIONS, depth_first, swapped_axes
from shapecalc.grading.misconceptions.question_context import (
    AND,
    Misconception,
    Wrong,
    title_of,
)
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Value, flat, shown
from shapecalc.grading.written import is_rounded_from, may_stand_for

MOST_NAMES = 4096  # of single mistakes and of pairs
OF_A_LAYER = regex(r" of [\w.]+(?= was )")  # the bias of conv1 was not added


@lru_cache(maxsize=MOST_NAMES)
def _each(name: str) -> frozenset[str]:
    """Return the names that one is made of: they are asked for many times an answer."""
    return frozenset(name.split(", "))


class Cause(NamedTuple):
    """A mistake that explains a wrong answer; not `sure` where chance might do as well.

    `either` are the mistakes of which it is one, if there are several. `source` is what was put in,
    where that is no right number: `your answer 15x15x8 to question 4`; the mistake may have been
    made `again` there, or `throughout`: what was put in has it and no other mistake. Of those that
    it is made of, some may be `known` from before. Those that are `tied` always give one number, so
    that they count as one.
    `unexplained` is what it leaves without a cause: `the height and the width are wrong, too`.
    """

    misconception: Misconception
    wrong: Wrong
    sure: bool = True
    either: tuple[Cause, ...] = ()
    source: str = ""
    tied: bool = False
    again: bool = False
    unexplained: str = ""
    throughout: bool = False
    known: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The names of the mistakes that it is made of."""
        return _each(self.misconception.name)

    @property
    def before(self) -> bool:
        """Whether the mistake was made on the way to what is asked about."""
        return self.wrong.way is not None

    @property
    def made(self) -> int:
        """How many mistakes it takes: one that is made at several layers is as many."""
        at = self.wrong.way.at if self.wrong.way else ()
        return len(self.names) - 1 + max(len(at), 1)

    def rounded(self, value: Value) -> Cause:
        """Return the same, not certain, where what it gives was rounded to a value."""
        arithmetic = f"{self.wrong.arithmetic}, rounded {shown(value)}"
        either = tuple(cause.rounded(value) for cause in self.either)
        wrong = self.wrong._replace(arithmetic=arithmetic)
        return self._replace(wrong=wrong, sure=False, either=either)

    def as_written(self, value: Value) -> Cause:
        """Return the same with the number that it gives as a student wrote that: with no more
        places, and about that one where it is no rounding of it; one that is told with its rounding
        stays.
        """
        exact, given = flat(self.wrong.value), flat(value)
        if not (len(exact) == len(given) == 1 and isinstance(exact[0], float)):
            return self
        if not may_stand_for(given, exact) or isinstance(given[0], bool):
            return self
        rounded = is_rounded_from(given, exact)
        before = "(?:(?<=would be )|(?<= it is )|(?<= = ))" if rounded else "(?<=would be )"
        number = rf"{before}{re.escape(shown(exact[0]))}(?![\w.]*\d|, rounded )"
        own = f"{'' if rounded else 'about '}{shown(float(given[0]))}"
        arithmetic = re.sub(number, own, self.wrong.arithmetic)
        either = tuple(cause.as_written(value) for cause in self.either)
        return self._replace(wrong=self.wrong._replace(arithmetic=arithmetic), either=either)

    def after(self, told: Collection[str]) -> Cause:
        """Return the same as made again, where the student was `told` of it before: in the same
        words, or in such as come behind these. Another layer's answer is another one each time.
        "Again" says that it was made `as well`.
        """
        names = {name for one in told for name in one.split(", ")} - {ANOTHERS}
        again, wrong = self.names <= names and self._known, self.wrong
        if again and wrong.by_itself:
            wrong = wrong._replace(explanation=wrong.by_itself)
        known = frozenset() if again or self.either else self.names & names
        return self._replace(again=again, wrong=wrong, known=known)

    def share(self, partial: Mapping[str, float]) -> float:
        """Return the share of the points that an answer has for it: of the mistakes of which it is
        one, the largest; of mistakes that are made at once, of one of them that of the other.

        Credit is for an answer that is right but for a mistake: who has something else wrong
        besides gets none, as if that had a name without credit.
        """
        if self.either:
            return max(cause.share(partial) for cause in self.either)
        if self.unexplained:
            return 0.0
        return prod(self.shares(partial))

    def shares(self, partial: Mapping[str, float]) -> list[float]:
        """Return what each of the mistakes has that are made at once; of two that are one by name
        that of this one, if it has any.
        """
        parts = () if self.misconception.name in partial else self.misconception.parts
        return [partial.get(name, 0.0) for name in parts or sorted(self.names)]

    @property
    def told(self) -> str:
        """What was done wrong, with the arithmetic that leads to the answer.

        An array is not told again: its arithmetic is the answer itself. That of a mistake which
        explains but some sizes is another volume's.
        """
        value = self.wrong.value
        several = isinstance(value, tuple) and len(flat(value)) > 1
        array = several and not whole_numbers(value) and not self.wrong.sizes
        if array or self.unexplained:
            return self.hint
        source = f"with {self.source}, " if self.source else ""
        if self.either:
            parts = [f"{cause.title}: {cause.wrong.arithmetic}" for cause in self.either]
            return f"perhaps {source}{'; or '.join(parts)}"
        whole = self._explanation  # of two mistakes what is right is not told: it comes behind
        right = whole.removeprefix(self.title) if whole.startswith(self.title) else ""
        done = AND.join(self._new_first(self.title.split(AND)))
        right = right if done.endswith(self.title.split(AND)[-1]) else ""
        return f"{self._begin}{done}: {source}{self.wrong.arithmetic}{right}"

    @property
    def hint(self) -> str:
        """What was done wrong, without a number but those that the student gave."""
        follows = self.source and not self.unexplained
        source = f". Otherwise it follows from {self.source}" if follows else ""
        if self.either:
            return f"perhaps {', or '.join(cause.title for cause in self.either)}{source}"
        each = [_in_brackets(one) for one in self._new_first(self._explanation.split(AND))]
        several = "" if len(each) == 1 else "two mistakes at once: "
        said = self._explanation if len(each) == 1 else ", and ".join(each)
        return f"{self._begin}{several}{said}{source}"

    @property
    def matter(self) -> str:
        """What was done wrong, in the words that the student is told, whether it is sure or not;
        without those that go on from what they were told before.
        """
        titles = [cause.title for cause in self.either]
        found = ", or ".join(titles) if titles else self.wrong.by_itself or self._explanation
        return f"{found}; and {self.unexplained}" if self.unexplained else found

    @property
    def besides(self) -> str:
        """What it leaves without a cause, also for the student's own numbers; empty for nothing."""
        source = f", even with {self.source}" if self.source else ""
        return f"{self.unexplained}{source}" if self.unexplained else ""

    @property
    def title(self) -> str:
        """What was done wrong, without what would be right."""
        return title_of(self._explanation)

    @property
    def swaps(self) -> bool:
        """Whether the values are the right ones in another order."""
        return not self.either and self.title == swapped_axes.OF_VALUES

    @property
    def turns(self) -> bool:
        """Whether the depth of a volume stands in the place of another size."""
        return depth_first.MISCONCEPTION.name in self.names

    @property
    def in_its_words(self) -> bool:
        """Whether it is told in the mistake's own words, wherever it was made."""
        words = self.misconception.explanation, *self.misconception.others
        own = tuple(map(title_of, words))
        return self.title.startswith(own) or OF_A_LAYER.sub("", self.title).startswith(own)

    def _new_first(self, each: Sequence[str]) -> list[str]:
        """Return what was done wrong, one by one; of two mistakes that last, as made again, which
        the student was told of before in these words.
        """
        names = sorted(self.names)
        if len(each) != len(names) or not self.known:
            return [*each]
        again = [
            name in self.known and one.startswith(MISCONCEPTIONS[name].title)
            for name, one in zip(names, each, strict=True)
        ]
        new = [one for one, known in zip(each, again, strict=True) if not known]
        return [*new, *(f"again {one}" for one, known in zip(each, again, strict=True) if known)]

    @property
    def _known(self) -> bool:
        """Whether who was told of the misconception knows what is meant here."""
        return self.in_its_words or self.wrong.known

    @property
    def _begin(self) -> str:
        known = "" if self.in_its_words else f"{self.misconception.title}: "
        return f"{'' if self.sure else 'perhaps '}{f'again {known}' if self.again else ''}"

    @property
    def _explanation(self) -> str:
        return self.wrong.explanation or self.misconception.explanation


def _in_brackets(explanation: str) -> str:
    """Return what was done wrong with what would be right in brackets, to stand among others."""
    wrong, _, right = explanation.partition("; ")
    return f"{wrong} ({right})" if right else wrong
