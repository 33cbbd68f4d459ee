"""A layer left out of a total, or all of a kind: 760 for conv1's 760 and dense1's 16,010."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Number

MOST_NAMED = 4  # layers


class LeftOut(NamedTuple):
    """Layers that may be left out of a total, the kind where it is all of one."""

    names: Sequence[str]
    kind: str = ""

    def wrong(self, total: Number, terms: Mapping[str, Number]) -> Wrong:
        """Return the total without them."""
        counts = [(terms[name], name) for name in self.names]
        if len(counts) > MOST_NAMED:
            counts = [(sum(count for count, _ in counts), f"the {len(counts)} {self.kind} layers")]
        value = total - sum(count for count, _ in counts)
        some = [(count, name) for count, name in counts if count] or counts  # - 0 says nothing
        without = " - ".join(f"{count:,} of {name}" for count, name in some)
        explanation = f"the {self.kind} layers were left out of the total" if self.kind else ""
        return Wrong(value, f"{total:,} - {without} = {value:,}", explanation)


def that_may_be_left_out(subject: Subject, terms: Mapping[str, Number]) -> Iterator[LeftOut]:
    """Yield each of the layers that a total counts, then all layers of each kind that has several,
    but for where there is one kind alone.
    """
    of_kind: dict[str, list[str]] = {}
    for name in terms:
        of_kind.setdefault(subject.records[name].kind, []).append(name)
        yield LeftOut([name])
    for kind, names in of_kind.items():
        if 1 < len(names) < len(terms):
            yield LeftOut(names, kind)


def model(context: QuestionContext) -> Iterable[Wrong]:
    """Yield the total without each one of its layers, and without each kind of them."""
    if not context.total or not isinstance(context.right, int):
        return
    factor = 2 if context.key == "flops" else 1
    terms = {name: factor * count for name, count in context.subject.terms(context.key).items()}
    for layers in that_may_be_left_out(context.subject, terms):
        yield layers.wrong(context.right, terms)


MISCONCEPTION = Misconception(
    "layer_left_out", "a layer was left out of the total", model, kinds=("record",)
)
