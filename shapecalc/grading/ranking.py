"""Which mistake is behind a wrong answer, if any: the one place that decides.

A misconception only says what answers it gives; none knows the others. One is named for an answer
that it explains whole. Where several do, the commoner one is meant, then the more specific one.
And none is named where chance does as well: the more models are tried, and the fewer answers there
are that somebody may give who makes another mistake, the likelier some model gives it anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import chain

from shapecalc.grading import combinations
from shapecalc.grading.alternatives import (
    MOST_ALTERNATIVES,
    MOST_COMMON,
    as_one,
    credited_of,
    differing,
    either,
    perhaps,
    shared,
    specific,
    specific_pairs,
    with_credited,
)
from shapecalc.grading.cause import Cause
from shapecalc.grading.causes_by_value import Causes
from shapecalc.grading.chance import room
from shapecalc.grading.comparison import NEAR as NEAR_ENOUGH
from shapecalc.grading.comparison import alike
from shapecalc.grading.evidence import NOTHING_ELSE, Evidence
from shapecalc.grading.frequency import (
    ANOTHERS,
    COMMON,
    CUT_TO_0,
    RARE,
    SLIPS,
)
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.places import Places, elsewhere, not_in, placed
from shapecalc.grading.question import Tolerance
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.repeated import Repeated, repeated
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written import is_rounded_from, last_digit
from shapecalc.layers.activation import Elementwise, PRelu

SURE, PERHAPS = 0.06, 0.25  # how likely chance may be
CERTAIN = 0.001  # what a right answer to another question says nothing against
OF_TWO = 0.5  # so much less, where two mistakes at once are needed
LONE = 100  # answers that one number may be, below which no mistake behind it is certain
NOT_USUAL = COMMON | RARE
MOST_NAMED = 20  # sets of names whose numbers are kept
MOST_REPEATED = 50  # names


class Explanations:
    """What may be behind the wrong answers to one question; floats are compared as `near` says.

    In a network of the student's `own` wrong volumes, only a mistake that is sure is one more. Of
    an answer that was `chosen` from a few none is named that was made on the way to it.
    """

    def __init__(
        self,
        context: QuestionContext,
        near: Tolerance = NEAR_ENOUGH,
        *,
        own: bool = False,
        chosen: bool = False,
    ) -> None:
        self.context, self.right, self.near, self.own = context, context.right, near, own
        self.chosen = chosen
        self._named: Remembered[tuple[frozenset[str], ...], Causes] = Remembered(MOST_NAMED)
        self._repeats: Remembered[str, list[Repeated]] = Remembered(MOST_REPEATED)
        self._places: Remembered[tuple[str, Places], list[Repeated]] = Remembered(MOST_REPEATED)

    @cached_property
    def single(self) -> list[Cause]:
        """What one mistake gives, made here."""
        return [Cause(m, w) for m, w in wrong_answers(self.context, self.near)]

    @cached_property
    def _tiers(self) -> list[list[Cause]]:
        """All causes, the commonest first."""
        found = [c for c in self.single if self._counts(c)]
        carried = self._carried
        common = [c for c in found if c.misconception.name in COMMON]
        rare = [c for c in found if c.misconception.name in RARE]
        usual = [c for c in found if c.misconception.name not in NOT_USUAL]
        return [common, usual, [*rare, *carried]]

    @cached_property
    def _carried(self) -> list[Cause]:
        """What one mistake gives that was made before."""
        return [] if self.own else self._causes(combinations.carried(self.context))

    @cached_property
    def _on_the_way(self) -> Causes:
        """What one mistake gives that was made on the way to the layer, too."""
        alone = self.own or self.chosen
        found = [] if alone else self._causes(combinations.on_the_way(self.context))
        return Causes(found, self.near, self.right)

    @cached_property
    def _pairs(self) -> list[list[Cause]]:
        """Two mistakes at once, those of two common ones first."""
        single = [(cause.misconception, cause.wrong) for cause in self.single]
        pairs = combinations.pairs_in_own if self.own else combinations.pairs
        found = self._causes(pairs(self.context, single))
        found = [c for c in found if ANOTHERS not in c.names]
        common = [c for c in found if c.names <= COMMON]
        return [common, [*self._tiers[1], *self._tiers[2], *(c for c in found if c not in common)]]

    def _causes(self, found: Iterable[tuple[Misconception, Wrong]]) -> list[Cause]:
        causes = [Cause(misconception, wrong) for misconception, wrong in found]
        return [cause for cause in causes if self._counts(cause)]

    def _counts(self, cause: Cause) -> bool:
        return not alike(self.right, cause.wrong.value, self.near)

    def cause_of(
        self,
        given: Value,
        credited: Collection[str] = (),
        *,
        two: bool = True,
        evidence: Evidence = NOTHING_ELSE,
    ) -> Cause | None:
        """Return the cause of a wrong answer, `two` mistakes if one is not; None if none is likely.

        The student's other answers decide between causes. Of those that they leave, what is
        `credited` by its name is believed: a teacher expects it.
        """
        found = self._cause_of(given, credited, evidence, two=two)
        return self._placed(found, given, evidence)

    def _placed(self, found: Cause | None, given: Value, evidence: Evidence) -> Cause | None:
        """Return a cause with all places at which it gives an answer, on the way or in a total."""
        if found is None or not (found.before or evidence.counted):
            return found
        if not found.before:
            return not_in(self.context, self._in_layers, found, evidence.counted)
        return placed(self.context, found, given, evidence, self.near, self._anywhere)

    @cached_property
    def _in_layers(self) -> list[combinations.InLayer]:
        """What one mistake gives in each layer of a total."""
        return list(combinations.mistakes_in_layers(self.context))

    def _anywhere(self, name: str, at: Places) -> list[Repeated]:
        """Return what a mistake gives at layers on the way such as these."""
        return self._places.get(
            (name, at), lambda: [*elsewhere(self.context, name, at), *self._again(name)]
        )

    def _cause_of(
        self, given: Value, credited: Collection[str], evidence: Evidence, *, two: bool
    ) -> Cause | None:
        """Return the same, without all places on the way at which it may have been made."""
        fitting = evidence.as_worked_out(self.context, self._ones.giving(given))
        if self._says_nothing(given):
            told = [c for c in fitting if c.misconception.name in evidence.told]
            return perhaps(told or (self._cut(given, fitting) if self._of_activation else []))
        every = evidence.between(fitting)
        one = specific(every)
        found = self._made_elsewhere(given, evidence, two=two or self.own)
        if found is not None:
            return found
        found = self._likely(given, one, evidence)
        if found and found.misconception.name not in evidence.told:
            clear = all(cause in every for cause in specific(fitting))
            found = found._replace(sure=found.sure and clear)
        if self.own and found is None and not one:
            pairs = self._two(given)
            found = self._likely_two(given, pairs, evidence)
            found = found or self._made_elsewhere_and_here(given, evidence)
            found = found or self._shared(given, pairs, evidence)
        if self.own:
            return found if found and (found.sure or found.tied) else None
        found = with_credited(found, every, credited)
        if found is None and not one:
            found = self._repeated(given, evidence)
        if found is None and not one and two:
            pairs = self._two(given)
            found = self._likely_two(given, pairs, evidence)
            found = found or self._shared(given, pairs, evidence, credited)
        return found or perhaps(self._cut(given, every))

    def _cut(self, given: Value, fitting: Sequence[Cause]) -> list[Cause]:
        """Return the causes that make 0 of what is wrong in an answer, where all of that is 0: with
        a small slope there are few numbers nearby, but who guesses does not find each such place.
        """
        ours, theirs = flat(self.right), flat(given)
        if not self.context.query.executed or len(ours) != len(theirs):
            return []
        off = (b for a, b in zip(ours, theirs, strict=True) if not self.near.near(a, b))
        return [] if any(off) else [c for c in fitting if c.misconception.name in CUT_TO_0]

    def rounded(self, given: Value, evidence: Evidence) -> Cause | None:
        """Return the one common mistake that gives an answer but for its rounding to fewer decimals
        than count, if chance is less likely; it is not certain.
        """
        if not isinstance(given, float) or given.is_integer() or not isinstance(self.right, float):
            return None
        common = self._tiers[0]
        fitting = [c for c in common if is_rounded_from([given], flat(c.wrong.value))]
        found = as_one(evidence.as_worked_out(self.context, specific(evidence.between(fitting))))
        answers = 2 * abs(self.right) / last_digit(given)
        if len(found) != 1 or len({c.wrong.value for c in common}) > SURE * answers:
            return None
        return found[0].rounded(given)

    def _says_nothing(self, given: Value) -> bool:
        """Say whether an answer about an example is nothing but zeros: many a mistake leaves
        nothing, and so does who guesses.
        """
        return self.context.query.executed and not any(flat(given))

    @property
    def _of_activation(self) -> bool:
        """Whether the value of an activation is asked for."""
        context = self.context
        own = context.query.kind == "example" and context.query.key == context.query.name
        return own and isinstance(context.layer, Elementwise | PRelu)

    def alone(self, given: Value) -> frozenset[str]:
        """Return the names of all mistakes that may be behind an answer without another."""
        return self._names(given, self._ones)

    def gives(self, names: frozenset[str], given: Value) -> bool:
        """Say whether these mistakes and no others give an answer, made here or on the way, too."""
        again = self._of_names(names, names if len(names) > 1 else frozenset())
        causes = chain(self._here(names).giving(given), again.giving(given))
        return any(cause.names == names for cause in causes)

    def suspected(self, given: Value) -> frozenset[str]:
        """Return the names of all mistakes that may be behind an answer, alone or with another."""
        return self.alone(given) or (frozenset() if self.own else self._names(given, self._twos))

    def on_the_way(self, given: Value) -> frozenset[str]:
        """Return the names of the mistakes that an answer may follow from."""
        return self._names(given, self._on_the_way)

    def led_through(self, given: Value) -> frozenset[str]:
        """Return the layers of which an answer may have a wrong volume by what it follows from."""
        ways = (cause.wrong.way for cause in self._on_the_way.giving(given))
        return frozenset().union(*(way.layers for way in ways if way is not None))

    def _names(self, given: Value, causes: Causes) -> frozenset[str]:
        if self._says_nothing(given):
            return frozenset()
        return frozenset().union(*(cause.names for cause in causes.giving(given)))

    @cached_property
    def unmade(self) -> frozenset[str]:
        """The mistakes that somebody does not make whose answer is right: they give another.

        A right padding was not found with a formula that counts the zeros otherwise.
        """
        names = {cause.misconception.name for cause in self.single}
        if self.context.asks_for("P"):
            answers = combinations.answers_of(self.context, "output")
            names |= {m.name for m, _ in answers if m.change is not None and m.change.sides}
        return frozenset(names) - SLIPS

    @cached_property
    def _ones(self) -> Causes:
        return Causes(chain(*self._tiers), self.near, self.right)

    @cached_property
    def _all_names(self) -> frozenset[str]:
        """The mistakes that are behind any answer, alone."""
        return frozenset().union(*(cause.names for cause in self._ones.causes))

    @cached_property
    def _twos(self) -> Causes:
        return Causes(chain(*self._pairs), self.near, self.right)

    def made_elsewhere(self, given: Value, evidence: Evidence, *, two: bool) -> Cause | None:
        """Return the cause of an answer that other answers of the student certainly have as well,
        `two` if one is not: what somebody does elsewhere goes before all that nothing else shows.
        """
        return self._placed(self._made_elsewhere(given, evidence, two=two), given, evidence)

    def _made_elsewhere(self, given: Value, evidence: Evidence, *, two: bool) -> Cause | None:
        """Return the same, without all places on the way at which it may have been made."""
        if not evidence.made:
            return None
        tried = self._here(evidence.made)
        shown = evidence.as_worked_out(self.context, tried.giving(given))
        causes = list(tried.causes)
        if self.own or not shown:  # who goes on from an own volume makes it at every layer there
            more = self._of_names(evidence.made, evidence.made if two else frozenset())
            shown = evidence.behind(more.giving(given)) or shown
            causes += more.causes
        found = self._judged(given, specific(shown), causes, evidence, unique=True)
        return found if found and (found.sure or not self.own) else None

    def _here(self, names: frozenset[str]) -> Causes:
        """Return what mistakes of these names give, made here."""
        if self.own:
            found = self._causes(wrong_answers(self.context, self.near, names))
            return Causes(found, self.near, self.right)

        def of_ones() -> Causes:
            every = (c for c in self._ones.causes if names >= c.names)
            return Causes(every, self.near, self.right)

        return self._named.get((names & self._all_names,), of_ones)

    def _likely(self, given: Value, fitting: Sequence[Cause], evidence: Evidence) -> Cause | None:
        """Return the commonest of the causes that give an answer, if chance is less likely."""
        if not fitting:
            return None
        common, usual, rare = (_of(tier, fitting) for tier in self._tiers)
        tried = list(self._tiers[0])
        if usual or not common:
            tried += self._tiers[1]
        if common or usual:
            return self._judged(given, [*common, *usual], tried, evidence)
        return self._judged(given, rare, [*tried, *self._tiers[2]], evidence, unique=True)

    def _made_elsewhere_and_here(self, given: Value, evidence: Evidence) -> Cause | None:
        """Return a mistake that other answers have as well, and a common one that none has."""
        if not evidence.made:
            return None
        pairs = self._of_names(evidence.made, evidence.made | COMMON)
        fitting = specific(evidence.as_worked_out(self.context, pairs.giving(given)))
        return self._judged(given, fitting, pairs.causes, evidence, unique=True, rate=OF_TWO)

    def _of_names(self, names: frozenset[str], others: frozenset[str]) -> Causes:
        """Return what mistakes of these names give, made on the way there, too, with `others`."""
        met = frozenset(name for name in names if self._again(name))

        def found() -> Causes:
            again = chain.from_iterable(map(self._again, sorted(met)))
            pairs = combinations.with_others(self.context, again, others)
            return Causes(self._causes(pairs), self.near, self.right)

        return self._named.get((met, others), found) if met else found()

    def _again(self, name: str) -> list[Repeated]:
        """Return what one mistake gives that is made on the way, too: many students make it."""
        if self.chosen:
            return []
        return self._repeats.get(name, lambda: list(repeated(self.context, (name,))))

    def _repeated(self, given: Value, evidence: Evidence) -> Cause | None:
        """Return the mistake that an answer follows from, made on the way to it, if chance is less
        likely; one that may be behind another answer goes before all others.
        """
        fitting = evidence.behind(self._on_the_way.giving(given))
        several = len({c.misconception.name for c in specific(fitting)}) > 1
        here = self.single if self.context.key in ("output", "") else self._carried
        tried = [*self._on_the_way.causes, *here]
        again = [cause for cause in fitting if evidence.maybe >= cause.names]
        if again:
            fitting = again
            tried = [cause for cause in tried if evidence.maybe >= cause.names]
        way = fitting[0].wrong.way if fitting else None
        if way is None:
            return None
        sizes = room(way.right, way.wrong, slips=True)
        found = self._judged(given, specific(fitting), tried, evidence, unique=True, answers=sizes)
        if found is None or evidence.working.agrees(self.context, found):
            return found
        unseen = way.depth_alone and self.context.key != "output"  # it may be any other layer's
        return found._replace(sure=found.sure and not several and not unseen)

    def _likely_two(
        self, given: Value, fitting: Sequence[Cause], evidence: Evidence
    ) -> Cause | None:
        """Return the one pair of mistakes that gives an answer, if chance is less likely.

        Of values, who makes one small slip often comes to what two odd mistakes give: one of them
        has to be common or made elsewhere, and none is certain unless both are.
        """
        usual = COMMON | evidence.made
        if self.context.query.executed:
            fitting = [c for c in fitting if not c.names.isdisjoint(usual)]
        tried = list(self._tiers[0])
        for tier in self._pairs:
            tried += tier
            if here := _of(tier, fitting):
                found = self._judged(given, here, tried, evidence, unique=True, rate=OF_TWO)
                odd = found and self.context.query.executed and not found.names <= usual
                return found._replace(sure=False) if found and odd else found
        return None

    def _two(self, given: Value) -> list[Cause]:
        """Return the pairs of mistakes that give an answer."""
        pairs = self._twos.giving(given)
        return specific_pairs(pairs) if self.context.key in ("output", "input") else pairs

    def _shared(
        self,
        given: Value,
        pairs: Sequence[Cause],
        evidence: Evidence,
        credited: Collection[str] = (),
    ) -> Cause | None:
        """Return the mistake that is in all pairs which give a volume, where nothing tells which of
        them is meant, if chance is less likely in its own sizes; or the pair of which a working
        shows the other sizes, or that is `credited`.
        """
        if not pairs:
            return None
        pairs = evidence.as_worked_out(self.context, list(pairs))
        told = []
        for cause, seen in shared(pairs, self.single, self.right, given):
            tiers = self._tiers if cause.misconception.name in RARE else self._tiers[:2]
            sizes, answers = differing(self.right, seen), room(self.right, seen, slips=True)
            others = [c for c in chain(*tiers) if differing(self.right, c.wrong.value) <= sizes]
            if found := self._judged(seen, [cause], [cause, *others], evidence, answers=answers):
                told.append(found)
        if len(pairs) == 1 and evidence.working.agrees(self.context, pairs[0]):
            other = next((c for c in told if c.misconception.change is None), None)
            if other is not None:
                return pairs[0]._replace(sure=other.sure)
        return credited_of(pairs, credited) or told[0] if told else None

    def _judged(
        self,
        given: Value,
        fitting: Sequence[Cause],
        tried: Sequence[Cause],
        evidence: Evidence,
        *,
        unique: bool = False,
        rate: float = 1,
        answers: float | None = None,
    ) -> Cause | None:
        """Return what is told of the causes that give an answer: one, or which two it may be.

        Of more than two it cannot be told which is meant; nor of two that are both not common, or
        where it is to be `unique`. `answers` is how many there may be, if not as the value says.
        """
        first = [*{cause.misconception.name: cause for cause in reversed(fitting)}.values()]
        first = evidence.as_worked_out(self.context, first)
        if not first:
            return None
        half = first[0].misconception.change is not None and len(first[0].names) > 1
        if len(first) == 1 and not half and evidence.working.agrees(self.context, first[0]):
            return first[0]
        likely = [cause for cause in first if not evidence.speaks_against(cause)]
        among, first = len(first), as_one(likely or first)
        if len(first) > (1 if unique else self._most(first)):
            return None
        found = first[0] if len(first) == 1 else either(first)
        if answers is None:
            square = self.context.key in ("receptive_field", "jump")  # as most are
            answers = room(self.right, given, square or rate < 1, self.near)
        tried = [cause for cause in tried if self._is_as_long(cause, given)]
        chance = len({c.wrong.value for c in tried}) / answers
        if likely and self.context.query.executed:  # a right value before it leaves fewer mistakes
            tried = [cause for cause in tried if not evidence.speaks_against(cause)]
        if len({c.wrong.value for c in tried}) / answers > rate * PERHAPS:
            return None
        lone = len(flat(self.right)) == 1 and answers < LONE
        sure = chance <= rate * SURE and not lone
        if found.tied and self.own and not sure:
            return None
        sure = sure and not found.either
        carried = not self.context.total and any(cause in self._carried for cause in first)
        unlikely = not likely or (not found.either and any(map(evidence.doubts, first)))
        if unlikely and (chance > CERTAIN or carried or found.before):  # a size is one of few
            return found._replace(sure=False) if sure else None
        return found._replace(sure=sure and len(first) == among)

    def _most(self, causes: Sequence[Cause]) -> int:
        """Return of how many causes that give an answer one is said to be meant."""
        names = {cause.misconception.name for cause in causes}
        if COMMON.isdisjoint(names):
            return 1
        return MOST_COMMON if self.context.slides and names <= COMMON else MOST_ALTERNATIVES

    def _is_as_long(self, cause: Cause, given: Value) -> bool:
        """Say whether a cause may give an answer at all: an array has as many values."""
        return not self.context.query.executed or len(flat(cause.wrong.value)) == len(flat(given))


def _of(tier: Sequence[Cause], fitting: Sequence[Cause]) -> list[Cause]:
    return [cause for cause in fitting if any(cause is other for other in tier)]
