"""What follows from a student's own values of an example: of layers, and of gradients.

Of an array of which only some values were given the others are not known. What hangs on them is not
determined: it comes out otherwise with others in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from shapecalc.grading.comparison import alike, as_asked
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.own_arrays import Answered, OwnArray, by_array
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.resized import with_own_size
from shapecalc.grading.soundness import larger, not_fitting
from shapecalc.grading.subject import Subject
from shapecalc.grading.turned_arrays import is_learned, is_turned, turned_back
from shapecalc.grading.values import Value, flat
from shapecalc.records import KnownRecord

OTHERS = (0.0, 3.0, -3.0)  # what values that were not given are moved by, in turns
TURNS = ((1, 1), (-1, -1), (1, -1), (-1, 1))  # in which values were rounded up or down
NEARBY = 0.05  # off what follows, or that share of it: worth asking whether rounding explains it


class OwnNetwork(NamedTuple):
    """A network with a student's own numbers in place, and the answers that these were.

    `others` are the same with other numbers where the student gave none; `volumes` are the outputs
    that it has, right ones as well. `arrays` are those in place, by their keys, `own` the answers
    that the wrong ones of them are from, and `sound` those of the right ones. The `turned` volumes
    have their depth first, by the ids of their questions.
    """

    subject: Subject
    sources: list[Answered]
    others: tuple[Subject, ...] = ()
    volumes: Sequence[Answered] = ()
    arrays: Mapping[str, OwnArray] = MappingProxyType({})
    own: Mapping[str, list[Answered]] = MappingProxyType({})
    sound: Mapping[str, list[Answered]] = MappingProxyType({})
    turned: frozenset[str] = frozenset()

    def rounded(
        self, query: Query, answer: Callable[[Subject], Any] | None = None
    ) -> list[KnownRecord]:
        """Return the layers that have their sizes rounded down, since their strides do not fit,
        without which a number, or another `answer`, would not follow: of another size there it
        would be another one.
        """
        if query.kind == "example":
            return []
        answer = answer or (lambda subject: subject.answer(query))
        unfit = not_fitting(self.subject.trace, query.name, query.key)
        return [record for record in unfit if self._hangs_on(record, answer)]

    def _hangs_on(self, record: KnownRecord, answer: Callable[[Subject], Any]) -> bool:
        """Say whether an answer hangs on the sizes that a layer gives: not where an own volume is
        in their place or stands between, and parameters hang on the depth alone.
        """
        if record.output is None or record.name in self.subject.supposed:
            return False
        try:
            other = answer(self.subject.further({record.name: larger(record.output)}))
        except Exception:  # nothing follows from it
            return True
        return bool(other != answer(self.subject))

    def determines(self, query: Query, value: Value) -> bool:
        """Say whether the value that follows for a question follows whatever was not given."""
        return all(alike(value, other.answer(query)) for other in self.others)

    def leads_to(self, question: Question, corrected: Value, value: Value) -> bool:
        """Say whether an answer follows from what the student's own numbers were before these were
        rounded; `corrected` is what follows from them as they are written.
        """
        ours, theirs = flat(corrected), flat(value)
        if not self.arrays or len(ours) != len(theirs):
            return False
        pairs = list(zip(ours, theirs, strict=True))
        if not all(abs(a - b) <= NEARBY * max(1.0, abs(a)) for a, b in pairs):
            return False
        ways = (other.answer(question.query) for other in self.before_rounding(question))
        return all(_between(question, [ours, *map(flat, ways)], theirs))

    def each_follows(self, question: Question, corrected: Value, value: Value) -> list[bool]:
        """Say of each number of an answer whether it follows as above from the student's own."""
        ways = (other.answer(question.query) for other in self.before_rounding(question))
        return _between(question, [flat(corrected), *map(flat, ways)], flat(value))

    def before_rounding(self, question: Question) -> Iterator[Subject]:
        """Yield a question's network with numbers in place that the student's own ones may have
        been rounded from; first as they are written, the right ones too. Nothing for sizes.
        """
        written = {key: array.written for key, array in self.arrays.items()}
        shifted = (
            {key: array.shifted(turns) for key, array in self.arrays.items()} for turns in TURNS
        )
        for arrays in (written, *shifted) if self.arrays else ():
            yield question.subject.with_values(arrays)

    def told_as(self, written: Mapping[str, Value]) -> OwnNetwork:
        """Return it with the answers in place as they were written, by the questions' ids."""
        own = {key: [(q, written[q.id]) for q, _ in found] for key, found in self.own.items()}
        return self._replace(sources=[(q, written[q.id]) for q, _ in self.sources], own=own)

    def needed(self, question: Question) -> list[Answered]:
        """Return those of the answers in place without which something else would follow: wrong
        ones, with right values in their place, or right ones as they were written where nothing
        comes through these from a wrong one.
        """
        direct = question.subject.way_back(question.query.key, tuple(self.arrays)).keys
        kept = [key for key in direct if key in self.own]
        if self.own and not kept:
            written = (self.sound[key] for key in direct if self.arrays[key].inexact)
            return [answered for answers in written for answered in answers] or self.sources
        values = {key: self.arrays[key].values for key in direct}
        corrected = self.subject.answer(question.query)
        for key in kept if len(kept) > 1 else ():
            right = OwnArray.of(question.subject, key, (), ()).values
            fewer = {**values, key: right}
            if alike(question.subject.with_values(fewer).answer(question.query), corrected):
                values, kept = fewer, [name for name in kept if name != key]
        own = (key for key in self.own if key in kept)
        return [answered for key in own for answered in self.own[key]]


def as_written(
    question: Question, right: Iterable[Answered]
) -> tuple[Subject, list[Answered]] | None:
    """Return a question's network with the right arrays that it hangs on directly as a student
    wrote them, rounded or, where several are right, other ones than are computed; and the answers
    that these are from. None where all are exact.
    """
    if question.query.kind != "example":
        return None
    subject, (_, sound) = question.subject, by_array(question, (), right)
    arrays = {key: OwnArray.of(subject, key, (), answers) for key, answers in sound.items()}
    known = {key: array for key, array in arrays.items() if array.whole}
    keys = subject.way_back(question.query.key, [*known]).keys
    written = {key: known[key].written for key in keys if known[key].inexact}
    if not written:
        return None
    return subject.with_values(written), [a for key in written for a in sound[key]]


def with_right_values(question: Question, right: Iterable[Answered]) -> Subject | None:
    """Return a question's network with the right arrays in place that an answer hangs on directly,
    as they are computed; also such as were given in part, where that is all that it hangs on. None
    where there are none.
    """
    if question.query.kind != "example":
        return None
    subject, (_, sound) = question.subject, by_array(question, (), right)
    arrays = {key: OwnArray.of(subject, key, (), answers) for key, answers in sound.items()}
    known = {key: array for key, array in arrays.items() if array.usable}
    for some in (known, {key: array for key, array in known.items() if array.whole}):
        keys = subject.way_back(question.query.key, [*some]).keys
        behind, *others = (
            subject.with_values({key: some[key].moved(by) for key in keys}) for by in OTHERS
        )
        if keys and all(alike(question.right, o.answer(question.query)) for o in others):
            return behind
    return None


def lie_between(question: Question, supposed: Subject, value: Value) -> list[bool]:
    """Say of each number of an answer whether it is right, or lies between the right one and that
    in a supposed network; nothing where there are not as many.
    """
    exact, written = flat(question.right), flat(supposed.answer(question.query))
    given, near = flat(value), question.tolerance.near
    if not len(exact) == len(written) == len(given):
        return []
    between = _between(question, [exact, written], given)
    return [near(a, b) or c for a, b, c in zip(exact, given, between, strict=True)]


def _between(question: Question, ways: Sequence[Any], numbers: Sequence[Any]) -> list[bool]:
    """Say of each number whether it lies, as exactly as is asked for, between what several ways
    give.
    """
    near = as_asked(question).near
    each = zip(numbers, zip(*ways, strict=True), strict=True)
    return [near(min(max(n, min(among)), max(among)), n) for n, among in each]


def with_values(
    question: Question,
    wrong: Iterable[Answered],
    right: Iterable[Answered],
    turned: Collection[str] = (),
) -> Iterator[OwnNetwork]:
    """Yield a question's network with each array in place that a student has wrong, the last one
    first, of those that the answer hangs on directly; then with several. Right arrays are in place
    as well: nothing comes through them.

    What has its axes in another order goes on as it is meant; of a layer also as it stands, value
    by value, for whoever keeps to that order. One that was told to be `turned`, by its question's
    id, goes on turned back as well.
    """
    if question.query.kind != "example":
        return
    wrong, right = [*wrong], [*right]
    yield from _with_each(question, wrong, right)
    lists = [(q, tuple(flat(v)) if is_turned(q, v) and not is_learned(q) else v) for q, v in wrong]
    if lists != wrong and not question.query.place:
        written = {q.id: v for q, v in wrong}
        for network in _with_each(question, lists, right):
            yield network.told_as(written)
    back = [(q, turned_back(q, v) if q.id in turned else v) for q, v in wrong]
    if back != wrong:
        written = {q.id: v for q, v in wrong}
        for network in _with_each(question, back, right):
            yield network.told_as(written)


def _with_each(
    question: Question, wrong: Sequence[Answered], right: Sequence[Answered]
) -> Iterator[OwnNetwork]:
    given, known, found = _own_arrays(question, wrong, right)
    ways, asked = question.subject.way_back, question.query.key
    found = {key: array for key, array in found.items() if ways(asked, (key,)).keys}
    direct, last_first = ways(asked, (*known, *found)).keys, [*found][::-1]
    for key in sorted(last_first, key=lambda key: key not in direct):
        yield _network(question.subject, known, {key: found[key]}, given)
    whole = [key for key, array in found.items() if array.whole]
    lasts = [list(found)[-count:] for count in range(2, len(found) + 1)]
    several = (ways(asked, keys).keys for keys in (whole, *lasts))
    for keys in dict.fromkeys(keys for keys in several if len(keys) > 1):
        yield _network(question.subject, known, {key: found[key] for key in keys}, given)


def with_own_sizes(question: Question, wrong: Iterable[Answered]) -> Iterator[OwnNetwork]:
    """Yield a question's network with an array of a student's that has another size, the last one
    first, and with the windows that give such a size.
    """
    changes = [found for one in misconceptions() if (found := one.change) is not None]
    for other, value in reversed([*wrong]):
        if len(flat(value)) == len(flat(other.right)):
            continue
        for change in changes:
            own = with_own_size(question.subject, question.query, change, other.query, value)
            if own is not None:
                yield OwnNetwork(own, [(other, value)])


def with_all_values(
    question: Question, wrong: Iterable[Answered], right: Iterable[Answered]
) -> OwnNetwork | None:
    """Return a question's network as a student goes on with it: with all arrays in place that the
    answer hangs on directly, and that were given whole, or as far as is needed; None where none of
    these is wrong.
    """
    given, known, found = _own_arrays(question, wrong, right)
    whole = {
        key: array
        for key, array in found.items()
        if array.whole or _is_enough(question, key, array)
    }
    keys = question.subject.way_back(question.query.key, [*known, *whole]).keys
    own = {key: array for key, array in whole.items() if key in keys}
    return _network(question.subject, known, own, given) if own else None


def with_nearest_values(
    question: Question, wrong: Iterable[Answered], right: Iterable[Answered]
) -> OwnNetwork | None:
    """Return a question's network with all wrong arrays in place that the answer hangs on directly,
    also such as were given in part; None where there is none.
    """
    given, known, found = _own_arrays(question, wrong, right)
    keys = question.subject.way_back(question.query.key, [*known, *found]).keys
    own = {key: array for key, array in found.items() if key in keys}
    return _network(question.subject, known, own, given) if own else None


def is_worked_with(question: Question, network: OwnNetwork, numbers: Collection[float]) -> bool:
    """Say whether these numbers, of a working, are those of a student's own arrays and not the
    right ones: one with decimals that is in none of these, or two, and none of theirs that the own
    ones lack.
    """
    computed, near = question.subject.computed, question.tolerance.near
    own: set[float] = set()
    right: set[float] = set()
    for key in network.own:
        array = network.arrays[key]
        exact = computed.array(computed.session.names.find(key))[array.given]
        own.update(abs(array.written[array.given]).tolist())
        right.update(abs(exact).tolist())
    shared = {a for a in own if any(near(b, a) for b in right)}
    seen = {n for n in numbers if n in own - shared}
    if any(n in numbers for n in right if not any(near(n, a) for a in own)):
        return False
    return len(seen) > 1 or any(not n.is_integer() for n in seen)


def _is_enough(question: Question, key: str, array: OwnArray) -> bool:
    """Say whether an array with some of its values given is all that an answer hangs on: a gradient
    at the place at which a plain step is asked for.
    """
    query, example = question.query, question.subject.trace.spec.example
    step = query.key.removesuffix(".next")
    if not query.place or example is None or not example.plain or key != f"{step}.grad":
        return False
    at = (*(0 for _ in range(array.given.ndim - len(query.place))), *query.place)
    return array.usable and query.key != step and bool(array.given[at])


def _own_arrays(
    question: Question, wrong: Iterable[Answered], right: Iterable[Answered]
) -> tuple[dict[str, list[Answered]], dict[str, OwnArray], dict[str, OwnArray]]:
    """Return a student's answers by arrays, the wrong ones where there are such, the arrays that
    are right, and the wrong ones.
    """
    slips, sound = by_array(question, wrong, right)
    known = {
        key: array
        for key, answers in sound.items()
        if key not in slips and (array := OwnArray.of(question.subject, key, (), answers)).whole
    }
    found = {
        key: array
        for key, answers in slips.items()
        if (array := OwnArray.of(question.subject, key, answers, sound.get(key, ()))).usable
    }
    return {**sound, **slips}, known, found


def _network(
    subject: Subject,
    known: Mapping[str, OwnArray],
    own: Mapping[str, OwnArray],
    given: Mapping[str, list[Answered]],
) -> OwnNetwork:
    arrays = {**known, **own}
    moves = OTHERS[:1] if all(array.whole for array in arrays.values()) else OTHERS
    first, *others = (
        subject.with_values({key: array.moved(by) for key, array in arrays.items()}) for by in moves
    )
    answers, sound = ({key: given[key] for key in some} for some in (own, known))
    sources = [answered for found in answers.values() for answered in found]
    return OwnNetwork(first, sources, tuple(others), arrays=arrays, own=answers, sound=sound)
