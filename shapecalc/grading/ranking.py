"""Which mistake is behind a wrong answer, if any: the one place that decides.

A misconception only says what answers it gives; none knows the others. One is named for an answer
that it explains whole. Where several do, the commoner one is meant, then the more specific one.
And none is named where chance does as well: the more models are tried, and the fewer answers there
are that somebody may give who makes another mistake, the likelier some model gives it anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from shapecalc.grading.alternatives import (
    MOST_ALTERNATIVES,
    MOST_COMMON,
    as_one,
    credited_of,
    differing,
    either,
    left_beside,
    of_two,
    perhaps,
    shared,
    specific,
    specific_pairs,
    with_credited,
)
from shapecalc.grading.candidates import Candidates
from shapecalc.grading.cause import Cause
from shapecalc.grading.chance import room
from shapecalc.grading.comparison import alike
from shapecalc.grading.evidence import NOTHING_ELSE, Evidence
from shapecalc.grading.frequency import (
    COMMON,
    COMMON_IN_SIZES,
    CUT_TO_0,
    DECAYED,
    MOVED,
    OF_A_PART,
    OF_ONE_DEPTH,
    ONLY_AGAIN,
    ONLY_SHOWN,
    RARE,
    UNCERTAIN,
)
from shapecalc.grading.places import ANY_ONE, not_in, placed
from shapecalc.grading.shown_before import shown_before
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written import is_rounded_from, last_digit
from shapecalc.layers.activation import Elementwise, PRelu

SURE, PERHAPS = 0.06, 0.25  # how likely chance may be
CERTAIN = 0.001  # what a right answer to another question says nothing against
OF_TWO = 0.5  # so much less, where two mistakes at once are needed
FEW = 2  # different wrong numbers, which slips may leave
OF_NONE = 1000.0  # answers in the place of 0: who says that there are none met it by no chance
LEARNED = ("parameters", "weights", "biases", "trainable")
LONE = 100  # answers that one number may be, below which no mistake behind it is certain


class Explanations(Candidates):
    """Tells which mistake is behind a wrong answer to one question.

    In a network of the student's `own` wrong volumes, only a mistake that is sure is one more; in
    one of own values also one of a few, where chance is as little. Of an answer that was `chosen`
    from a few none is named that was made on the way to it.
    """

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
        if found and not found.names.isdisjoint(self._never_certain):
            found = found._replace(sure=False)
        working = evidence.working
        here = found is not None and not (found.before or self.own)
        if found and here and working.volumes and not self.is_stated(given, working):
            others = evidence.behind(self._on_the_way.giving(given))
            found = shown_before(found, others, self.context, working.volumes)
        return self._or_here(self._placed(found, given, evidence), given, evidence, credited)

    @property
    def _never_certain(self) -> frozenset[str]:
        """The mistakes that give the number of another place, which may be taken by chance, or for
        one number a part of it.
        """
        query = self.context.query
        if not query.place:
            return UNCERTAIN
        weight = query.key.endswith((".weight.grad", ".weight.next"))
        return UNCERTAIN | MOVED if weight else UNCERTAIN | OF_A_PART

    def _placed(self, found: Cause | None, given: Value, evidence: Evidence) -> Cause | None:
        """Return a cause with all places at which it gives an answer, on the way or in a total."""
        if found is None or not (found.before or evidence.counted):
            return found
        if not found.before:
            return not_in(self.context, self._in_layers, found, evidence.counted)
        return placed(self.context, found, given, evidence, self.near, self._anywhere)

    def _or_here(
        self, found: Cause | None, given: Value, evidence: Evidence, credited: Collection[str]
    ) -> Cause | None:
        """Return a cause that was made on the way as one of two, where one in the count gives
        the same and would be certain without it: other answers that show how somebody computes
        sizes say nothing of how they count.
        """
        if found is None or not found.before or found.either or self.context.key == "output":
            return found
        fitting = evidence.between(evidence.leaves(self._ones.giving(given), own=self.own))
        others = [c for c in fitting if c.misconception.change is None and found.names != c.names]
        others = [c for c in others if found.names | c.names != OF_ONE_DEPTH]
        here = self._likely(given, specific(others), evidence) if others else None
        if here is None or not here.sure:
            return found
        if found.wrong.arithmetic.endswith(here.wrong.arithmetic):  # a working of both, if any
            return of_two(found, here, credited)
        left = evidence.as_worked_out(self.context, [found, here])
        return of_two(found, here, credited) if len(left) == 2 else left[0] if left else found

    def _cause_of(
        self, given: Value, credited: Collection[str], evidence: Evidence, *, two: bool
    ) -> Cause | None:
        """Return the same, without all places on the way at which it may have been made."""
        giving = self._ones.giving(given)
        fitting = evidence.leaves(giving, own=self.own)
        gone = len(fitting) < len(giving)  # by which another one is no likelier
        fitting = evidence.as_worked_out(self.context, self._far_from_chance(given, fitting))
        fitting = [c for c in fitting if self._may_be_told(c, evidence)]
        if self._says_nothing(given):
            if evidence.working.activated:  # 0 in words, what becomes of -2
                return next(iter(fitting), None)
            shown = [c for c in fitting if evidence.working.agrees(self.context, c)]
            if shown:
                return shown[0]
            told = [c for c in fitting if c.misconception.name in evidence.told]
            return perhaps(told or (self._cut(given, fitting) if self._of_activation else []))
        every = evidence.between(fitting)
        one = specific(every)
        found = self._made_elsewhere(given, evidence, two=two or self.own)
        if found is not None:
            return found
        found = self._likely(given, one, evidence)
        clear = all(cause in every for cause in specific(fitting))
        if found and found.misconception.name not in evidence.told:
            found = found._replace(sure=found.sure and clear)
        if self.own and found is None and not one:
            pairs = self._two(given, evidence)
            found = self._likely_two(given, pairs, evidence)
            found = found or self._made_elsewhere_and_here(given, evidence)
            found = found or self._shared(given, pairs, evidence)
        if self.own:
            return self._in_own(found, every, credited, clear=clear)
        found = with_credited(found, every, credited)
        if found is None and not one:
            found = self._repeated(given, evidence, credited)
        if found is None and not one and two and not gone:
            pairs = self._two(given, evidence)
            found = self._likely_two(given, pairs, evidence)
            found = found or self._shared(given, pairs, evidence, credited)
        return found or perhaps(self._cut(given, every))

    def _in_own(
        self,
        found: Cause | None,
        every: Sequence[Cause],
        credited: Collection[str],
        *,
        clear: bool,
    ) -> Cause | None:
        """Return the cause that is found in own numbers, if it is sure. Of values also which of a
        few it may be, if the other answers leave them all (`clear`), or that which is credited:
        these follow from nothing that could be another layer's.
        """
        values = self.context.query.executed
        told = found and (found.sure or found.tied or (values and clear and found.either))
        found = found if told else None
        return with_credited(found, every, credited) if values else found

    def _may_be_told(self, cause: Cause, evidence: Evidence) -> bool:
        """Say whether the working shows a mistake which no number shows alone."""
        alone = cause.names.isdisjoint(ONLY_SHOWN)
        return alone or bool(evidence.working.agrees(self.context, cause))

    def _far_from_chance(self, given: Value, causes: list[Cause]) -> list[Cause]:
        """Return the causes of an answer without those that are only told of a number which is one
        of many.
        """
        certain = [cause for cause in causes if cause.names.isdisjoint(UNCERTAIN)]
        few = certain != causes and room(self.right, given, near=self.near) < LONE
        return certain if few else causes

    def _cut(self, given: Value, fitting: Sequence[Cause]) -> list[Cause]:
        """Return the causes that make 0 of what is wrong in an answer, where all of that is 0: with
        a small slope there are few numbers nearby, but who guesses does not find each such place.
        """
        if not self.context.query.executed:
            return []
        ours, theirs = flat(self.right), flat(given)
        if len(ours) != len(theirs):
            return []
        off = (b for a, b in zip(ours, theirs, strict=True) if not self.near.near(a, b))
        return [] if any(off) else [c for c in fitting if c.misconception.name in CUT_TO_0]

    def _wrong_values(self, given: Value) -> int:
        """Return how many different numbers are in an array where it has another than is right."""
        ours, theirs = flat(self.right), flat(given)
        pairs = zip(ours, theirs, strict=True) if len(ours) == len(theirs) else ()
        return len({b for a, b in pairs if not self.near.near(a, b)})

    def rounded(self, given: Value, evidence: Evidence) -> Cause | None:
        """Return the one common mistake that gives an answer but for its rounding to fewer decimals
        than count, if chance is less likely; it is not certain.
        """
        if not isinstance(given, float) or given.is_integer() or not isinstance(self.right, float):
            return None
        if self._ones.giving(given):
            return None  # which needs no rounding, and was found to tell nothing
        common = [c for c in self._tiers[0] if c.names.isdisjoint(UNCERTAIN)]
        fitting = [c for c in common if is_rounded_from([given], flat(c.wrong.value))]
        found = as_one(evidence.as_worked_out(self.context, specific(evidence.between(fitting))))
        answers = 2 * abs(self.right) / last_digit(given)
        if len(found) != 1 or len({c.wrong.value for c in common}) > SURE * answers:
            return None
        return found[0].rounded(given)

    def names_alone(self, given: Value, evidence: Evidence) -> frozenset[str]:
        """Return the names of the single mistakes that give an answer, of those that the other
        answers leave.
        """
        fitting = specific(evidence.between(self._ones.giving(given)))
        return frozenset().union(*(cause.names for cause in fitting))

    @property
    def _of_activation(self) -> bool:
        """Whether the value of an activation is asked for."""
        context = self.context
        own = context.query.kind == "example" and context.query.key == context.query.name
        return own and isinstance(context.layer, Elementwise | PRelu)

    def made_elsewhere(
        self, given: Value, credited: Collection[str], evidence: Evidence, *, two: bool
    ) -> Cause | None:
        """Return the cause of an answer that other answers of the student certainly have as well,
        `two` if one is not: what somebody does elsewhere goes before all that nothing else shows.
        """
        found = self._placed(self._made_elsewhere(given, evidence, two=two), given, evidence)
        return self._or_here(found, given, evidence, credited)

    def _made_elsewhere(self, given: Value, evidence: Evidence, *, two: bool) -> Cause | None:
        """Return the same, without all places on the way at which it may have been made."""
        made = evidence.made
        if self.own and evidence.working.chains:  # its sizes show which of these it is
            made |= {*evidence.told}
        if not made:
            return None
        tried = self._here(made)
        shown = evidence.as_worked_out(self.context, tried.giving(given))
        causes = list(tried.causes)
        again = self.own or not shown  # who goes on from an own volume makes it at each layer there
        if again and not self.is_stated(given, evidence.working):
            more = self._of_names(made, made if two else frozenset())
            shown = evidence.behind(more.giving(given)) or shown
            causes += more.causes
        found = self._judged(given, specific(shown), causes, evidence, unique=True)
        if found and self.context.asks_for("P") and self.alone(given) == found.names:
            return found._replace(sure=True)  # which nothing else gives
        return found if found and (found.sure or not self.own) else None

    def _likely(self, given: Value, fitting: Sequence[Cause], evidence: Evidence) -> Cause | None:
        """Return the commonest of the causes that give an answer, if chance is less likely."""
        if not fitting:
            return None
        common, usual, rare = (_of(tier, fitting) for tier in self._tiers)
        rare += [cause for cause in fitting if not cause.names.isdisjoint(ONLY_SHOWN)]
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

    def _repeated(
        self, given: Value, evidence: Evidence, credited: Collection[str]
    ) -> Cause | None:
        """Return the mistake that an answer follows from, made on the way to it, if chance is less
        likely, or it is `credited`; one that may be behind another answer goes before all others.
        """
        fitting = evidence.behind(self._on_the_way.giving(given))
        if not fitting:
            return None
        several = len({c.misconception.name for c in specific(fitting)}) > 1
        here = self.single if self.context.key in ("output", "") else self._carried
        tried = [*self._on_the_way.causes, *here]
        again = [cause for cause in fitting if evidence.maybe >= cause.names]
        if again:
            fitting = again
            tried = [cause for cause in tried if evidence.maybe >= cause.names]
        way = fitting[0].wrong.way
        if way is None:
            return None
        sizes = room(way.right, way.wrong, slips=True)
        found = self._judged(given, specific(fitting), tried, evidence, unique=True, answers=sizes)
        if found is None:
            return with_credited(None, specific(fitting), credited)
        if evidence.working.agrees(self.context, found):
            return found
        if self._at_one_layer(given, found, evidence):
            return with_credited(None, [found], credited)
        record, of_volume = self.context.record, self.context.key == "output"
        unseen = way.depth_alone and not of_volume  # it may be any other layer's
        unseen |= of_volume and record is not None and record.kind == "flatten"  # of few sizes
        return found._replace(sure=found.sure and not several and not unseen)

    def _at_one_layer(self, given: Value, found: Cause, evidence: Evidence) -> bool:
        """Say whether another common mistake in a size, made at one layer on the way, gives an
        answer as what is found there does.
        """
        ways = chain.from_iterable(self._anywhere(name, ANY_ONE) for name in COMMON_IN_SIZES)
        causes = (Cause(one.misconception, one.wrong) for one in ways)
        same = [c for c in causes if alike(c.wrong.value, given, self.near)]
        left = [c for c in evidence.behind(same) if not evidence.speaks_against(c)]
        return any(cause.names != found.names for cause in left)

    def _likely_two(
        self, given: Value, fitting: Sequence[Cause], evidence: Evidence
    ) -> Cause | None:
        """Return the one pair of mistakes that gives an answer, if chance is less likely.

        Of values, who makes one small slip often comes to what two odd mistakes give: one of them
        has to be common or made elsewhere, and none is certain unless both are, or what is wrong is
        more than a few slips.
        """
        usual = COMMON | evidence.made
        fitting = [c for c in fitting if self._is_shown(c, evidence)]
        if self.context.query.executed:
            fitting = [c for c in fitting if not c.names.isdisjoint(usual)]
        if not fitting:
            return None
        tried = list(self._tiers[0])
        for tier in self._pairs:
            tried += tier
            if here := _of(tier, fitting):
                found = self._judged(given, here, tried, evidence, unique=True, rate=OF_TWO)
                odd = found and self.context.query.executed and not found.names <= usual
                odd = odd and self._wrong_values(given) <= FEW
                return found._replace(sure=False) if found and odd else found
        return None

    def _is_shown(self, pair: Cause, evidence: Evidence) -> bool:
        """Say whether one of two mistakes shows elsewhere, or both in the working, if need be."""
        again = ONLY_AGAIN.get(pair.names)
        shown = again is None or again in evidence.made
        return shown or bool(evidence.working.agrees(self.context, pair))

    def _two(self, given: Value, evidence: Evidence) -> list[Cause]:
        """Return the pairs of mistakes that give an answer."""
        pairs = evidence.leaves(self._twos.giving(given), own=self.own)
        counted = self.context.key not in ("output", "input", "")
        return pairs if counted else specific_pairs(pairs)

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
        if not pairs or self.context.query.executed:
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
        if answers is None and given == 0 and self.context.key in LEARNED:
            answers = OF_NONE
        elif answers is None:
            square = self.context.key in ("receptive_field", "jump")  # as most are
            answers = room(self.right, given, square or rate < 1, self.near, self._adding_up)
        tried = [cause for cause in tried if self._is_as_long(cause, given)]
        tried = [c for c in tried if c.names.isdisjoint(UNCERTAIN) or c in fitting]
        chance = len({c.wrong.value for c in tried}) / answers
        if likely and (self.context.query.executed or found.before):
            tried = left_beside(found, tried, evidence)
        if len({c.wrong.value for c in tried}) / answers > rate * PERHAPS:
            return None
        lone = len(flat(self.right)) == 1 and answers < LONE
        sure = chance <= rate * SURE and not lone
        if found.either and self.own and not sure:
            return None
        sure = sure and not found.either
        carried = not self.context.total and any(cause in self._carried for cause in first)
        unlikely = not likely or (not found.either and any(map(evidence.doubts, first)))
        chosen = self._may_be_met(found) or self.stands_elsewhere(given)
        rare = chance <= CERTAIN and not chosen  # a size is one of few
        if unlikely and (not rare or carried or found.before):
            return found._replace(sure=False) if sure else None
        return found._replace(sure=sure and len(first) == among)

    def _may_be_met(self, found: Cause) -> bool:
        """Say whether somebody may come to a number of an example in another way, as numbers by
        hand are made of few: a third of it is 2 times 5 for 6 times 5.
        """
        one = self.context.query.executed and len(flat(self.right)) == 1
        return one and not found.names <= DECAYED

    def _most(self, causes: Sequence[Cause]) -> int:
        """Return of how many causes that give an answer one is said to be meant: of sizes and
        counts none of several that are not common, as these are one of few.
        """
        names = {cause.misconception.name for cause in causes}
        if COMMON.isdisjoint(names):
            return MOST_ALTERNATIVES if self.context.query.executed else 1
        return MOST_COMMON if self.context.slides and names <= COMMON else MOST_ALTERNATIVES

    def _is_as_long(self, cause: Cause, given: Value) -> bool:
        """Say whether a cause may give an answer at all: an array has as many values."""
        return not self.context.query.executed or len(flat(cause.wrong.value)) == len(flat(given))


def _of(tier: Sequence[Cause], fitting: Sequence[Cause]) -> list[Cause]:
    return [cause for cause in fitting if any(cause is other for other in tier)]
