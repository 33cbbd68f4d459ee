"""A number as another tool prints it, and how it comes from ours, term by term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.volumes import all_known, as_data, is_known


class More(NamedTuple):
    """What a tool counts of a layer beyond what is counted here, or less, and why."""

    why: str
    count: Callable[[LayerRecord], int]


class Term(NamedTuple):
    """A part of the difference between two numbers."""

    why: str
    value: int


class Figure(NamedTuple):
    """A number of a tool: its title and text there, and the number here that is meant alike.

    The value is `ours` and all terms added up; None where something is not known.
    """

    title: str
    printed: str
    value: int | None
    ours: int | None
    name: str  # what ours is
    terms: tuple[Term, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as JSON has it."""
        return {
            "title": self.title,
            "printed": self.printed,
            "value": as_data(self.value),
            "ours": {"name": self.name, "value": as_data(self.ours)},
            "terms": [{"why": term.why, "value": as_data(term.value)} for term in self.terms],
        }


def figure(
    title: str,
    show: Callable[[int], str],
    name: str,
    ours: int | None,
    terms: Iterable[Term] = (),
) -> Figure:
    """Return a figure of its terms; those of 0 are left out."""
    if ours is None:
        return Figure(title, "?", None, None, name)
    kept = tuple(term for term in terms if term.value)
    value = ours + sum(term.value for term in kept)
    printed = show(value) if isinstance(value, int) else str(value)  # of named sizes: a formula
    return Figure(title, printed, value, ours, name, kept)


def counted(
    trace: Trace,
    title: str,
    show: Callable[[int], str],
    quantity: str,
    more: Mapping[str, More],
    name: str,
) -> Figure:
    """Return the figure of a total that a tool counts otherwise for some kinds of layers."""
    ours, sums = trace.totals[quantity], dict[str, int]()
    for record in trace.layers:
        rule = more.get(record.kind)
        if rule is None:
            continue
        known = record.output is not None and is_known(record.output)
        if not known or record.input is None or not all_known(record.input):
            ours = None
            break
        sums[rule.why] = sums.get(rule.why, 0) + rule.count(record)
    return figure(title, show, name, ours, (Term(*item) for item in sums.items()))


def for_kinds(why: str, count: Callable[[LayerRecord], int], *kinds: str) -> dict[str, More]:
    """Return the same rule for some kinds."""
    return dict.fromkeys(kinds, More(why, count))


# -- what is counted -------------------------------------------------------------------------------


def whole(number: int) -> str:
    """Return a number as `1,234`."""
    return f"{number:,}"


def values(record: LayerRecord) -> int:
    """Return the values of the output."""
    return record.activations or 0


def read(record: LayerRecord) -> int:
    """Return the values of the first input."""
    return prod(record.input[0]) if record.input else 0  # type: ignore[arg-type]


def positions(volume: Sequence[int | None] | None) -> int:
    """Return the positions of a volume."""
    return prod(volume[:-1]) if volume else 0  # type: ignore[arg-type]


def rank(record: LayerRecord) -> int:
    """Return the number of the input's spatial axes."""
    return len(record.input[0]) - 1 if record.input else 0


def biased(record: LayerRecord) -> int:
    """Return an addition for each output value where there are biases."""
    return values(record) if record.biases else 0


def by_output(record: LayerRecord) -> int:
    """Return what a transposed convolution has more if its output's positions count."""
    return (record.weights or 0) * positions(record.output) - (record.macs or 0)
