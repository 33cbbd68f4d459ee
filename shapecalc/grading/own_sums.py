"""What follows from a student's own counts: a total of them, a layer's weights and biases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import NamedTuple, TypeGuard

from shapecalc.grading.misconceptions import MISCONCEPTIONS
from shapecalc.grading.misconceptions.question_context import QuestionContext, Wrong
from shapecalc.grading.own_arrays import Answered
from shapecalc.grading.question import Question
from shapecalc.grading.repeated import told_at
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number, Value
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.normalization import Normalization
from shapecalc.quantities import REPORTED

SUMMED = tuple(quantity.key for quantity in REPORTED)
PARTS = {"parameters": ("weights", "biases")}  # of a layer's count
MOST_TERMS = 6  # of which any may be put in; of more, all of them
MOST_TOLD = 12  # terms that a sum writes out
MOST_NAMED = 3  # layers with a wrong term of their own
MOST_CHOSEN = 20  # sets of mistakes, one for each kind of layers
NO_BIASES = "forgot_bias"


class Term(NamedTuple):
    """A student's own count, and by how much it changes a sum; `also` are other layers, counted
    from the same numbers, for which it holds as well.
    """

    answered: Answered
    more: Number
    also: Sequence[str] = ()


Alike = Callable[[Question], Sequence[str]]  # the layers that a count holds for as well


def is_total(question: Question) -> bool:
    """Say whether a question is about a count of the whole network."""
    return question.query.name == "total" and question.query.key in SUMMED


def has_terms(question: Question) -> bool:
    """Say whether other answers may be terms of what a question asks for."""
    return question.query.name == "total" or question.query.key in PARTS


def is_term(question: Question, other: Question) -> bool:
    """Say whether another question's answer is a term of what a question asks for."""
    query, theirs = question.query, other.query
    if theirs.kind != "record":
        return False
    record = question.subject.records.get(theirs.name)  # not of an instance, which holds others
    if query.name == "total" and record is not None:
        if query.key == "weights" and not record.biases:  # all of its parameters are weights
            return theirs.key in ("weights", "parameters")
        return theirs.key in (query.key, *PARTS.get(query.key, ()))
    return theirs.name == query.name and theirs.key in PARTS.get(query.key, ())


def terms(question: Question, subject: Subject, own: Sequence[Answered]) -> list[Term]:
    """Return a student's own terms that are not those of a network; of a layer whose whole count
    was given, this one.
    """
    found = []
    whole = {other.query.name for other, _ in own if other.query.key == question.query.key}
    for other, value in own:
        part = other.query.key != question.query.key and other.query.name in whole
        if is_term(question, other) and _counted(value) and not part:
            expected = subject.answer(other.query)
            if _counted(expected) and value != expected:
                found.append(Term((other, value), value - expected))
    return found


def of_its_layer(_question: Question) -> Sequence[str]:
    """Return that a count holds for its own layer alone."""
    return ()


def in_all(own: Iterable[Term], alike: Alike) -> list[Term]:
    """Return a student's own terms with the layers for which they hold as well."""
    return [term._replace(also=alike(term.answered[0])) for term in own]


def added(own: Iterable[Term]) -> Number:
    """Return by how much a student's own terms change a sum."""
    return sum(term.more * (1 + len(term.also)) for term in own)


def wrong_terms(question: Question, own: Sequence[Answered]) -> list[Answered]:
    """Return those of a student's own counts that are wrong and go into a sum."""
    return [term.answered for term in terms(question, question.subject, own)]


def sum_of(
    question: Question, own: Sequence[Answered], value: Value, alike: Alike
) -> Sequence[Term] | None:
    """Return the student's own counts of which a total, or a layer's parameters, is the sum: of
    their layers alone, or also of those that are counted `alike`.
    """
    query, right = question.query, question.right
    summed = query.key in SUMMED and query.form == "number"
    if not summed or not _counted(right) or not _counted(value) or value == right:
        return None
    ways = _ways(terms(question, question.subject, own), alike)
    return next((some for some in ways if right + added(some) == value), None)


def _ways(own: Sequence[Term], alike: Alike) -> Iterator[Sequence[Term]]:
    """Yield the ways to put own counts into a sum: those of the asked layers alone first."""
    few = len(own) <= MOST_TERMS
    for count in range(len(own), 0 if few else len(own) - 1, -1):
        yield from combinations(own, count)
    everywhere = in_all(own, alike)
    if any(term.also for term in everywhere):
        yield everywhere
        both = zip(own, everywhere, strict=True)
        either = [(None, one, all_) if all_.also else (None, one) for one, all_ in both]
        for some in product(*either) if few else ():
            yield [term for term in some if term is not None]


def right_from(question: Question, subject: Subject, value: Value) -> str:
    """Return the layer from which on a total has the right terms, and those of a network with the
    student's own volumes before it; empty where it is no such sum.
    """
    total = subject.answer(question.query)
    if not _counted(total):
        return ""
    found = ""
    for name, right, own in reversed(list(_both(question, subject))):
        if right != own:
            total, found = total + right - own, name
            if total == value and total != question.right:
                return found
    return ""


def mixed(question: Question, subject: Subject, name: str) -> Number:
    """Return a total of a network's terms, and of the right ones from a layer on."""
    total: Number = 0
    behind = False
    for layer, right, own in _both(question, subject):
        behind |= layer == name
        total += right if behind else own
    return total


def _both(question: Question, subject: Subject) -> Iterator[tuple[str, Number, Number]]:
    """Yield each layer that has a term, with the right one and another network's."""
    every = subject.of_each(question.query)
    for name, right in question.subject.of_each(question.query).items():
        own = every.get(name)
        if _counted(right) and _counted(own):
            yield name, right, own


def with_the_mistake(
    question: Question,
    own: Sequence[Answered],
    suspected: Mapping[str, Collection[str]],
    value: Value,
) -> tuple[str, Wrong] | None:
    """Return the mistake that a total has in all terms that were not asked for, the student's own
    being the others; of several the first one. `suspected` are those of own wrong counts, by the
    layers' names.
    """
    if not is_total(question):
        return None
    given, weights = _given(question, own), _weights_alone(question, own)
    asked = len({other.query.name for other, v in own if v != other.right} & given.keys())
    for made in _made(question, suspected) if asked else ():
        unbiased = {name: v for name, v in weights.items() if _without_biases(question, name, made)}
        for own_terms in (given, given | unbiased) if unbiased else (given,):
            numbers = dict(_numbers(question, own_terms, made))
            if sum(numbers.values()) == value and numbers:
                listed = [f"{number:,}" for number in numbers.values() if number]
                short = len(listed) <= MOST_TOLD
                told = " + ".join(listed) if short else f"the sum of {len(listed)} terms"
                anew = [] if own_terms is not given else _made_anew(question, numbers, own_terms)
                there, by_itself = _told_in(made, anew)
                arithmetic = f"{told} = {value:,}"
                wrong = Wrong(value, arithmetic, there, by_itself=by_itself)
                return next(iter(made.values())), wrong
    return None


def _made_anew(
    question: Question, numbers: Mapping[str, Number], own: Mapping[str, Number]
) -> list[str]:
    """Return the layers that have a wrong term which was not given before."""
    right = question.subject.of_each(question.query)
    return [name for name, number in numbers.items() if name not in own and number != right[name]]


def _told_in(made: Mapping[str, str], anew: Sequence[str]) -> tuple[str, str]:
    """Return what was done wrong in these layers as well, and that by itself; nothing where they
    are many, or it is not one.
    """
    if not 0 < len(anew) <= MOST_NAMED or len({*made.values()}) > 1:
        return "", ""
    explanation, where = MISCONCEPTIONS[next(iter(made.values()))].explanation, in_a_row(anew)
    return told_at(explanation, f"in {where} as well"), told_at(explanation, f"in {where}")


def _made(question: Question, suspected: Mapping[str, Collection[str]]) -> Iterator[dict[str, str]]:
    """Yield mistakes by the kinds of layers in which they may be made: one in all, in all but norms
    or dense ones, or in those of the layers that have it; then in each kind its own.
    """
    layers = question.subject.trace.layers
    kinds = {layer.name: layer.kind for layer in layers}
    norms = {layer.kind for layer in layers if isinstance(layer.layer, Normalization)}
    for name in sorted({name for names in suspected.values() for name in names}):
        yield dict.fromkeys(kinds.values(), name)
        if norms and name == NO_BIASES:  # beta need not be one
            yield {kind: name for kind in kinds.values() if kind not in norms}
        if others := {kind: name for kind in kinds.values() if kind != "dense"}:
            yield others
        those = {kinds[at] for at, names in suspected.items() if name in names and at in kinds}
        yield dict.fromkeys(those, name)
    by_kind: dict[str, set[str]] = {}
    for layer, names in suspected.items():
        if layer in kinds:
            by_kind.setdefault(kinds[layer], set()).update(names)
    if len(by_kind) > 1:
        for chosen in islice(product(*map(sorted, by_kind.values())), MOST_CHOSEN):
            yield dict(zip(by_kind, chosen, strict=True))


def _given(question: Question, own: Sequence[Answered]) -> dict[str, Number]:
    """Return what a student has for the terms of a total, by layers: as given, right or wrong, or
    with the wrong one of the parts that it has.
    """
    found = {
        other.query.name: v
        for other, v in own
        if is_term(question, other) and other.query.key == question.query.key and _counted(v)
    }
    for (other, _), more, _ in terms(question, question.subject, own):
        name = other.query.name
        if other.query.key != question.query.key:
            right = question.subject.of_each(question.query).get(name)
            found[name] = found.get(name, right if _counted(right) else 0) + more
    return found


def _weights_alone(question: Question, own: Sequence[Answered]) -> dict[str, Number]:
    """Return the wrong weights of layers whose whole count a student was not asked for."""
    if question.query.key != "parameters":
        return {}
    return {
        other.query.name: value
        for (other, value), _, _ in terms(question, question.subject, own)
        if other.query.key == "weights" and _counted(value)
    }


def _without_biases(question: Question, name: str, made: Mapping[str, str]) -> bool:
    """Say whether the mistake in a layer's kind leaves its biases out, alone or with another."""
    mistake = made.get(question.subject.records[name].kind)
    return mistake is not None and NO_BIASES in (mistake, *MISCONCEPTIONS[mistake].parts)


def _numbers(
    question: Question, given: dict[str, Number], made: Mapping[str, str]
) -> Iterator[tuple[str, Number]]:
    """Yield the terms of a total, by layers: those given, others as the mistake has them that is
    made in a layer's kind, the right ones where there is none.
    """
    for name, right in question.subject.of_each(question.query).items():
        kind = question.subject.records[name].kind
        if name in given:
            yield name, given[name]
        elif not right or kind not in made:
            yield name, right if _counted(right) else 0
        else:
            query = question.query._replace(name=name)
            context = QuestionContext(question.subject, query, right)
            wrongs = MISCONCEPTIONS[made[kind]].answers(context)
            wrong = next((w.value for w in wrongs), right)
            yield name, wrong if _counted(wrong) else 0


def _counted(value: object) -> TypeGuard[Number]:
    return isinstance(value, int | float) and not isinstance(value, bool)
