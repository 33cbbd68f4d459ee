"""The text of a question, where its author wrote none."""

from __future__ import annotations

from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.wording import WORDINGS
from shapecalc.layers.base import show
from shapecalc.quantities import QUANTITIES


def prompt_for(subject: Subject, query: Query) -> str:
    """Return the question in words, with what the layer is and takes."""
    if query.name == "total":
        return f"How many {QUANTITIES[query.key].summed}?"
    if query.kind == "example":
        return f"What is {query.path}?"
    about = _about(subject, query)
    if query.kind == "field":
        record = subject.records[query.name]
        gives = f" and gives {show(record.output)}" if record.output else ""
        return f"{about}{gives}. What is {query.key}?"
    return f"{about}. {WORDINGS[query.key].asked}"


def _about(subject: Subject, query: Query) -> str:
    record = subject.records.get(query.name)
    if record is None:
        return query.name
    hidden = query.key if query.kind == "field" else ""
    fields = record.layer.summary(without=hidden) if record.layer else ""
    takes = " and ".join(show(volume) for volume in record.input or ())
    return f"{query.name}: {record.kind} {fields}".rstrip() + f" on {takes}"
