"""Where on the way to an answer a mistake was made, as far as its number tells: 14 for 15 behind a
pool and a padded convolution is a + 1 that was forgotten at either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, combinations

from shapecalc.grading.cause import Cause
from shapecalc.grading.combinations import with_others
from shapecalc.grading.comparison import alike
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.in_layers import InLayer, in_one_layer
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.misconceptions.variants import AS_IS
from shapecalc.grading.other_ways import goes_by_others
from shapecalc.grading.question import Tolerance
from shapecalc.grading.repeated import (
    MOST_TOLD,
    Repeated,
    made_at,
    occasions,
    told_at,
    windows,
)
from shapecalc.grading.stated_windows import stated
from shapecalc.grading.student_working import Working
from shapecalc.grading.values import Value
from shapecalc.grading.wording import in_a_row

Places = tuple[str, ...]  # the layers at which a mistake is made at once, in the network's order
ANY_ONE: Places = ("",)  # as many places, whichever
MOST_IN_FULL = 6  # layers at which a mistake may be made, of which all sets are tried
Made = dict[Places, tuple[Repeated, Cause]]


def placed(
    context: QuestionContext,
    found: Cause,
    given: Value,
    evidence: Evidence,
    near: Tolerance,
    anywhere: Callable[[str, Places], Sequence[Repeated]],
) -> Cause | None:
    """Return a cause that was made on the way with all places at which it gives an answer, where
    there are others than those that it tells; `anywhere` gives what a mistake does at such ones.
    None where a working has other sizes than at any of them.
    """
    way = found.wrong.way
    if way is None or found.either or not 0 < len(way.at) <= MOST_TOLD:
        return found
    for name in sorted(found.names):
        made = {
            cause.wrong.way.at: (one, cause)
            for one in anywhere(name, way.at)
            for cause in _with_the_others(context, one, found)
            if cause.wrong.way is not None and alike(cause.wrong.value, given, near)
        }
        chains = evidence.working.chains
        by_others = [at for at, (_, c) in made.items() if goes_by_others(chains, context, c)]
        if by_others and len(by_others) == len(made):
            return None
        if way.at in made:
            left = {at: one for at, one in made.items() if at not in by_others}
            return _told(context, found, _left(context, left, evidence))
    return found


def elsewhere(context: QuestionContext, name: str, at: Places) -> Iterator[Repeated]:
    """Yield what a mistake gives at any so many layers or fewer; of many layers at each alone, at
    all of these places but one, and with another layer for one of them.
    """
    layers = occasions(context, name)
    if _in_full(context, name):
        counts = range(1, len(at) + 1)
        yield from made_at(context, name, chain(*(combinations(layers, n) for n in counts)))
        return
    fewer = [{*at} - {one} for one in at if len(at) > 1]
    others = [rest | {layer} for rest in fewer for layer in layers]
    found = map(frozenset, [*({layer} for layer in layers), *fewer, *others])
    yield from made_at(context, name, dict.fromkeys(found))


def _in_full(context: QuestionContext, name: str) -> bool:
    """Say whether all sets of layers are tried at which a mistake may be made."""
    return len(occasions(context, name)) <= MOST_IN_FULL


def not_in(
    context: QuestionContext,
    in_layers: Sequence[InLayer],
    found: Cause,
    counted: Collection[str],
) -> Cause:
    """Return a cause that was made in one layer of a total without those that are rightly counted,
    if it was made in another one.
    """
    if all(wrong != found.wrong for _, wrong in in_one_layer(context, in_layers)):
        return found
    left = (
        w
        for m, w in in_one_layer(context, in_layers, counted)
        if m.name == found.misconception.name
    )
    wrong = next((wrong for wrong in left if wrong.value == found.wrong.value), found.wrong)
    return found._replace(wrong=wrong)


def _with_the_others(context: QuestionContext, one: Repeated, found: Cause) -> Iterator[Cause]:
    """Yield what a mistake gives with those that a cause has besides."""
    others = found.names if len(found.names) > 1 else frozenset()
    for misconception, wrong in with_others(context, [one], others):
        if misconception.name == found.misconception.name:
            yield found._replace(wrong=wrong)


def _left(context: QuestionContext, made: Made, evidence: Evidence) -> Made:
    """Return the places that the student's right volumes and working leave."""
    causes = evidence.behind([cause for _, cause in made.values()])
    causes = evidence.as_worked_out(context, causes)
    chains = [{*chain} for chain in evidence.working.chains]
    shown = [c for c in causes if c.wrong.way and any(s <= c.wrong.way.sizes for s in chains)]
    left = _all_shown(shown or causes, evidence.working)
    made = {at: (one, cause) for at, (one, cause) in made.items() if cause in left}
    made = {at: found for at, found in made.items() if _all_matter(context, found[0], made)}
    return _as_stated(context, made, evidence.working)


def _all_shown(causes: list[Cause], working: Working) -> list[Cause]:
    """Return those of the causes of which a working has each wrong size on the way, if any."""
    sizes = {*chain(*working.chains), *(volume[0] for volume in working.volumes)}
    between = [{v[0] for v in c.wrong.way.between} if c.wrong.way else {0} for c in causes]
    shown = [c for c, wrong in zip(causes, between, strict=True) if wrong and wrong <= sizes]
    return shown or causes


def _all_matter(context: QuestionContext, one: Repeated, made: Made) -> bool:
    """Say whether all places at which a mistake is made may matter: none of them is in front of
    volumes that are right again, as of a convolution which sets the depth, where it gives the
    answer without these as well.
    """
    way, reached = one.wrong.way, {context.query.name}
    for name in reversed(list(context.subject.records)):
        if name in reached:
            sources = context.subject.records[name].sources or ()
            reached.update(source for source in sources if source in one.outputs)
    left = tuple(at for at in way.at if at in reached) if way is not None else ()
    return way is None or left == way.at or left not in made


def _as_stated(context: QuestionContext, made: Made, working: Working) -> Made:
    """Return the places that go with the most formulas of the working, which say what goes into
    their layers: `(14 - 3)/2` is none behind a + 1 that was forgotten where it makes 13 of 14.
    """
    names = {one.misconception.name for one, _ in made.values()}
    if len(made) < 2 or not working.formulas or not all(_in_full(context, n) for n in names):
        return made
    counts = {at: len(_formulas(context, one, working)) for at, (one, _) in made.items()}
    most = max(counts.values())
    return {at: found for at, found in made.items() if counts[at] == most}


def _formulas(context: QuestionContext, one: Repeated, working: Working) -> set[str]:
    """Return the formulas of a working that are made with a mistake where that is, and else are
    right.
    """
    at = one.wrong.way.at if one.wrong.way else ()
    found: set[str] = set()
    for name, fit in windows(context, one):
        change = one.misconception.change if name in at else AS_IS
        if change is not None:
            found |= stated(working, fit, change)
    return found


def _told(context: QuestionContext, found: Cause, made: Made) -> Cause:
    """Return a cause with all places that are left, and the arithmetic of each of two layers, or of
    the most that were on the way for an example.
    """
    if not made:
        return found
    usual = found.wrong.way.at if found.wrong.way else ()
    one, cause = made[max(made, key=lambda at: (len(at), at == usual))]
    if len(made) == 1:
        return cause
    if max(map(len, made)) > 1:
        example = "for example " if one.told else ""
        told, arithmetic = f"{example}{one.told}", f"{example}{one.wrong.arithmetic}"
    else:
        told = ", or ".join(other.told for other, _ in made.values()) if len(made) == 2 else ""
        follows = next(filter(None, (other.follows for other, _ in made.values())), "")
        further = "" if told.endswith(follows) else follows  # of a volume it is the last one
        arithmetic = "; ".join(filter(None, (told, further)))
    full = _in_full(context, one.misconception.name)
    explanation = told_at(one.explanation, _where(context, list(made), in_full=full))
    way = one.wrong.way and one.wrong.way._replace(at=min(made, key=len))
    wrong = one.wrong._replace(arithmetic=arithmetic, explanation=explanation, way=way)
    return next(_with_the_others(context, one._replace(wrong=wrong, told=told), found), found)


def _where(context: QuestionContext, places: Sequence[Places], *, in_full: bool) -> str:
    """Return `at conv1 or at conv2` for places of which it is one, `at conv1 and perhaps at conv2`
    where only one of them is certain; `at two or more of` them where none does it alone, which is
    known if all sets of them were tried.
    """
    order = list(context.subject.records)
    names = sorted({name for at in places for name in at}, key=order.index)
    if len(names) > MOST_TOLD:
        return f"at one or more of {len(names)} layers"
    counts = {len(at) for at in places}
    if counts == {1}:
        return f"at {' or at '.join([', at '.join(names[:-1]), names[-1]])}"
    certain = [name for name in names if all(name in at for at in places)]
    left = [name for name in names if name not in certain]
    further = {number - len(certain) for number in counts}
    sure = f"at {in_a_row(certain)} and " if certain else ""
    if certain and max(further) < 2:
        *first, last = left
        either = f"{', '.join(first)} or {last}" if first else last
        return f"{sure}{'perhaps ' if 0 in further else ''}at {either}"
    if 0 in further:
        return f"{sure}perhaps at one or more of {in_a_row(left)}"
    if len(left) == 2:
        return f"{sure}at {left[0]}, at {left[1]} or at both"
    fewest = "two" if min(further) > 1 and in_full else "one"
    return f"{sure}at {fewest} or more of {in_a_row(left)}"
