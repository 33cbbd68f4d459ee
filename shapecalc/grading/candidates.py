"""What mistakes give as the answer to one question: each alone, made before, and two at once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import chain

from shapecalc.grading import combinations
from shapecalc.grading.adding_up import adding_up
from shapecalc.grading.cause import Cause
from shapecalc.grading.causes_by_value import Causes
from shapecalc.grading.comparison import NEAR as NEAR_ENOUGH
from shapecalc.grading.comparison import alike
from shapecalc.grading.frequency import (
    COMMON,
    OF_SOMETHING_ELSE,
    ONLY_SHOWN,
    RARE,
    SLIPS,
)
from shapecalc.grading.in_layers import InLayer, mistakes_in_layers
from shapecalc.grading.misconceptions import (
    dilation_ignored,
    forgot_bias,
    volume_too_early,
    wrong_answers,
)
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.places import Places, elsewhere
from shapecalc.grading.question import Tolerance
from shapecalc.grading.remembered import Remembered
from shapecalc.grading.repeated import Repeated, repeated
from shapecalc.grading.stated_windows import stated
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value, flat
from shapecalc.layers.normalization import Normalization

NOT_USUAL = COMMON | RARE
TOO_EARLY = volume_too_early.MISCONCEPTION.name
MOST_NAMED = 20  # sets of names whose numbers are kept
MOST_REPEATED = 50  # names


class Candidates:
    """The mistakes that may be behind the wrong answers to one question; floats are compared as
    `near` says.

    In a network of the student's `own` wrong volumes fewer are among them, and for an answer that
    was `chosen` from a few none that was made on the way to it.
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
        """What one mistake gives, made here, where that is not right."""
        return [Cause(m, w) for m, w in wrong_answers(self.context, self.near)]

    @cached_property
    def _adding_up(self) -> list[list[int]]:
        """The numbers of the answer that add up to what is known (see adding_up.py)."""
        return adding_up(self.context)

    @cached_property
    def _tiers(self) -> list[list[Cause]]:
        """All causes that a number alone may show, the commonest first."""
        found = [c for c in self.single if c.names.isdisjoint(ONLY_SHOWN)]
        carried = self._carried
        common = [c for c in found if c.misconception.name in COMMON]
        rare = [c for c in found if c.misconception.name in RARE]
        usual = [c for c in found if c.misconception.name not in NOT_USUAL]
        return [common, usual, [*rare, *carried]]

    @cached_property
    def _carried(self) -> list[Cause]:
        """What one mistake gives that was made before; of own volumes in a layer's own output."""
        multiplied = self.context.key in ("macs", "flops") and not self.context.total
        if self.own and not multiplied:
            return []
        return self._causes(combinations.carried(self.context))

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
        found = [c for c in found if c.names.isdisjoint(OF_SOMETHING_ELSE | ONLY_SHOWN)]
        common = [c for c in found if c.names <= COMMON]
        others = [c for c in found if not c.names <= COMMON]
        return [common, [*self._tiers[1], *self._tiers[2], *others]]

    def _causes(self, found: Iterable[tuple[Misconception, Wrong]]) -> list[Cause]:
        """Return as causes what mistakes give, where that is not right."""
        right, near = self.right, self.near
        return [Cause(m, wrong) for m, wrong in found if not alike(right, wrong.value, near)]

    @cached_property
    def _ones(self) -> Causes:
        shown = (c for c in self.single if not c.names.isdisjoint(ONLY_SHOWN))
        return Causes(chain(*self._tiers, shown), self.near, self.right)

    @cached_property
    def _all_names(self) -> frozenset[str]:
        """The mistakes that are behind any answer, alone."""
        return frozenset().union(*(cause.names for cause in self._ones.causes))

    @cached_property
    def _twos(self) -> Causes:
        return Causes(chain(*self._pairs), self.near, self.right)

    @cached_property
    def _in_layers(self) -> list[InLayer]:
        """What one mistake gives in each layer of a total."""
        return list(mistakes_in_layers(self.context))

    def _anywhere(self, name: str, at: Places) -> list[Repeated]:
        """Return what a mistake gives at layers on the way such as these."""
        return self._places.get(
            (name, at), lambda: [*elsewhere(self.context, name, at), *self._again(name)]
        )

    def _here(self, names: frozenset[str]) -> Causes:
        """Return what mistakes of these names give, made here."""
        if self.own:
            found = [Cause(m, w) for m, w in wrong_answers(self.context, self.near, names)]
            if self.context.total and names:
                found += self._causes(combinations.in_every_layer(self.context, names))
            return Causes(found, self.near, self.right)

        def of_ones() -> Causes:
            every = (c for c in self._ones.causes if names >= c.names)
            return Causes(every, self.near, self.right)

        return self._named.get((names & self._all_names,), of_ones)

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

    @cached_property
    def met_on_the_way(self) -> frozenset[str]:
        """The mistakes that any answer may follow from."""
        return frozenset().union(*(cause.names for cause in self._on_the_way.causes))

    def led_through(self, given: Value) -> frozenset[str]:
        """Return the layers of which an answer may have a wrong volume by what it follows from."""
        ways = (cause.wrong.way for cause in self._on_the_way.giving(given))
        return frozenset().union(*(way.layers for way in ways if way is not None))

    def _names(self, given: Value, causes: Causes) -> frozenset[str]:
        if self._says_nothing(given):
            return frozenset()
        return frozenset().union(*(cause.names for cause in causes.giving(given)))

    def _says_nothing(self, given: Value) -> bool:
        """Say whether an answer about an example is nothing but zeros: many a mistake leaves
        nothing, and so does who guesses.
        """
        return self.context.query.executed and not any(flat(given))

    def stands_elsewhere(self, given: Value) -> bool:
        """Say whether a value that is asked for at a place is that at another place of its array:
        who takes the wrong one gives it, too.
        """
        query = self.context.query
        if query.kind != "example" or not query.place:
            return False
        whole = self.context.subject.answer(query._replace(form="array", place=()))
        return any(alike(value, given, self.near) for value in flat(whole))

    @cached_property
    def unmade(self) -> frozenset[str]:
        """The mistakes that somebody does not make whose answer is right: they give another.

        A right padding was not found with a formula that counts the zeros otherwise; but who knows
        the one for a dilated filter may take that for smaller elsewhere. Who counts the betas of a
        norm need not think of biases. Filters of the right depth say nothing of a pool left out.
        """
        names = {cause.misconception.name for cause in self.single}
        if TOO_EARLY in names:
            early = {c.wrong.value for c in self.single if c.misconception.name == TOO_EARLY}
            if early <= {wrong.value for wrong in volume_too_early.as_deep(self.context)}:
                names -= {TOO_EARLY}
        if self.context.asks_for("P"):
            names -= {dilation_ignored.MISCONCEPTION.name}
            answers = combinations.answers_of(self.context, "output")
            names |= {m.name for m, _ in answers if m.change is not None and m.change.sides}
        if isinstance(self.context.layer, Normalization):
            names -= {forgot_bias.MISCONCEPTION.name}
        return frozenset(names) - SLIPS

    def is_stated(self, given: Value, working: Working) -> bool:
        """Say whether a working has the formula of a mistake made here, with the volume that goes
        in: none was made on the way to it then.
        """
        if not working.formulas:  # as most: all that mistakes give is not worked out for it
            return False
        changes = (c.misconception.change for c in self._ones.giving(given))
        fits = self.context.fits
        return any(stated(working, fit, change) for change in changes if change for fit in fits)
