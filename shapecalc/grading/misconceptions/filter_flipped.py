"""The filter flipped, as in a true convolution: [1,-1,2] on [1,2,3] gives 2 - 2 + 3 = 3 for 5."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import shown
from shapecalc.layers.conv import Convolution
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.network.example import Numbers


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the value of the example with all given filters turned round."""
    query = context.query
    weights = query.key.removesuffix(".next").removesuffix(".grad").endswith(".weight")
    if query.kind != "example" or weights or query.key.endswith(".next"):
        return
    flipped = _flipped(context.subject)
    found = QuestionContext(flipped, query, 0).of(query.name) if flipped else None
    if found is not None:
        yield Wrong(found, f"with the filters turned round = {shown(found)}")


def _flipped(subject: Subject) -> Subject | None:
    """Return the network whose example has its given filters turned round; None: it has none."""
    if subject not in _TURNED:
        spec = subject.trace.spec
        given = dict(spec.example.given) if spec.example else {}
        found = False
        for record in subject.trace.layers:
            key = f"{record.name}.weight"
            if key in given and isinstance(record.layer, Convolution | ConvTranspose):
                rank = len(record.input[0]) - 1 if record.input else 0
                levels, values = given[key]
                given[key] = Numbers(levels, _turned(values, len(levels), rank))
                found = True
        if found and spec.example:
            example = replace(spec.example, given=given)
            trace = replace(subject.trace, spec=replace(spec, example=example))
            _TURNED[subject] = Subject(trace)
        else:
            _TURNED[subject] = None
    return _TURNED[subject]


def _turned(values: Any, levels: int, rank: int) -> Any:
    """Return nested lists with the last `rank` of their levels turned round."""
    if not levels:
        return values
    inner = [_turned(part, levels - 1, rank) for part in values]
    return inner[::-1] if levels <= rank else inner


_TURNED: WeakKeyDictionary[Subject, Subject | None] = WeakKeyDictionary()


MISCONCEPTION = Misconception(
    "filter_flipped", "the filter was flipped; layers correlate and do not flip", model
)
