"""The bias left out of a value: 5 for 5 - 8 = -3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.misconceptions.rerun import Given, given_otherwise, mapped, with_given
from shapecalc.grading.values import flat, shown
from shapecalc.grading.wording import in_a_row
from shapecalc.network.example import Numbers
from shapecalc.quantities import Role
from shapecalc.records import KnownRecord

MOST_LAYERS = 4  # of which each is taken alone


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the example with every bias 0, and with those of one layer."""
    found = with_given(context, "bias_not_added", _without())
    biased = _biased(context) if found is not None else []
    if found is None or not biased:
        return
    several = len(biased) > 1
    own = [context.query.key] == biased  # of the layer itself, which needs no name
    told = "" if own else f"the bias{'es' if several else ''} of {in_a_row(biased)}"
    yield _wrong(found, told, several)
    for name in biased if 1 < len(biased) <= MOST_LAYERS else ():
        found = with_given(context, f"bias_not_added {name}", _without(name))
        if found is not None:
            told = "" if name == context.query.key else f"the bias of {name}"
            yield _wrong(found, told, False)


def _wrong(value: Any, of: str, several: bool) -> Wrong:
    text = f"without {'these' if several else 'the bias'} it would be {shown(value)}"
    told = f"{of} {'were' if several else 'was'} not added" if of else ""
    return Wrong(value, text, told)


def _biased(context: QuestionContext) -> list[str]:
    """Return the layers whose given biases are on the way to what is asked, and not all 0."""
    subject = context.subject
    ends = sorted(subject.otherwise.get("supposed", ()))
    on_the_way = subject.way_back(context.query.key, ends).layers
    found: list[str] = []

    def note(record: KnownRecord, role: Role, numbers: Numbers) -> None:
        if role == "bias" and any(flat(numbers.values)):
            found.append(record.name)

    given_otherwise(subject, note)
    names = [subject.trace.layers[at].name for at in sorted(on_the_way)]
    return [name for name in names if name in found]


def _without(layer: str = "") -> Given:
    """Return the change of every bias to 0, or of one layer's."""

    def change(record: KnownRecord, role: Role, numbers: Numbers) -> Numbers | None:
        if role != "bias" or layer not in ("", record.name):
            return None
        return numbers._replace(values=mapped(numbers.values, lambda value: 0, len(numbers.shape)))

    return change


MISCONCEPTION = Misconception("bias_not_added", "the bias was not added", model, kinds=("example",))
