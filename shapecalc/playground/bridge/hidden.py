"""A network's table with numbers hidden that somebody else is to fill in.

What gives a hidden number away is left out, too: the same volume, or its height and width, behind
a layer that keeps it, and a total of which a term is hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from shapecalc.grading.prompts import Secrets, told_fields
from shapecalc.grading.question import Question
from shapecalc.layers.base import show
from shapecalc.playground.bridge import Refused
from shapecalc.quantities import QUANTITIES
from shapecalc.records import KnownRecord, LayerRecord, total_of
from shapecalc.reports.columns import COLUMNS
from shapecalc.tracing import Trace

USUAL = ("output", "parameters")  # columns that are always there
MOST_ROWS = 300
TOTAL = "total"


class Cell(NamedTuple):
    """A cell: its text, or the id of the question that it is. `kept_back` is one that tells."""

    text: str = ""
    asks: str = ""
    kept_back: bool = False


class Row(NamedTuple):
    """A layer, an input or the total, with a cell a column."""

    name: str
    what: str
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """The network as it is shown to whom is asked."""

    columns: tuple[str, ...]  # titles
    rows: tuple[Row, ...]


def table(questions: Sequence[Question], hide: Collection[str]) -> Table:
    """Return the table of the network that questions are about; those in `hide` are cells of it.

    Raises Refused for a network that is too long to show.
    """
    subject = questions[0].subject
    records = subject.trace.layers
    if len(records) > MOST_ROWS:
        raise Refused(
            f"The network has {len(records):,} layers; a table to fill in has at most {MOST_ROWS}."
        )
    secrets = Secrets(questions)
    asked = {(q.query.name, q.query.key): q for q in questions if q.query.kind == "record"}
    wanted = {key for (_, key), q in asked.items() if q.id in hide}
    keys = [key for key in COLUMNS if key in USUAL or key in wanted]

    def cell(name: str, key: str, text: str, secret: bool = False) -> Cell:
        question = asked.get((name, key))
        if question is None:
            return Cell(kept_back=True) if secret and text else Cell(text)
        return Cell(asks=question.id) if question.id in hide else Cell(kept_back=True)

    rows = []
    for name, volume in subject.trace.inputs.items():
        text = secrets.told_input(name, volume or ())
        rows.append(Row(name, "", tuple(Cell(text if k == "output" else "") for k in keys)))
    for record in records:
        what = f"{record.kind} {told_fields(record, secrets)}".rstrip()
        cells = (
            cell(record.name, key, _text(record, key), _tells(record, key, secrets)) for key in keys
        )
        rows.append(Row(record.name, what, tuple(cells)))
    totals = (
        cell(TOTAL, key, _total(subject.trace, key), any(k == key for _, k in asked))
        for key in keys
    )
    rows.append(Row(TOTAL, "", tuple(totals)))
    return Table(tuple(COLUMNS[key].title for key in keys), tuple(rows))


def _tells(record: KnownRecord, key: str, secrets: Secrets) -> bool:
    """Say whether a number that nobody asks for gives one away that somebody does."""
    output = record.output
    return key == "output" and output is not None and secrets.hides_output(record.name, output)


def _text(record: LayerRecord, key: str) -> str:
    value: Any = record.number(key)
    if value is None:
        return ""
    return show(value) if isinstance(value, tuple) else f"{value:,}"


def _total(trace: Trace, key: str) -> str:
    if key not in QUANTITIES:
        return ""
    value = total_of(QUANTITIES[key], trace.layers)
    return "" if value is None else f"{value:,}"


class Choice(NamedTuple):
    """A number that can be hidden: the path that asks for it, and its text."""

    path: str
    text: str


def choices(trace: Trace) -> Iterator[tuple[str, str, tuple[Choice | None, ...]]]:
    """Yield each layer of a network and the total, with what can be hidden in the usual columns."""
    for record in trace.layers[:MOST_ROWS]:
        found = [Choice(f"{record.name}.{key}", _text(record, key)) for key in USUAL]
        yield record.name, record.summary, tuple(one if one.text else None for one in found)
    totals = [Choice(f"{TOTAL}.{key}", _total(trace, key)) for key in USUAL]
    yield TOTAL, "", tuple(one if one.text else None for one in totals)
