"""The text of a question, where its author wrote none."""

from __future__ import annotations

from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.layers.base import show
from shapecalc.quantities import QUANTITIES

WORDS = {
    "output": "What is its output volume?",
    "input": "What is its input volume?",
    **{quantity.key: quantity.asked for quantity in QUANTITIES.values()},
    "receptive_field": "How large is the receptive field of one of its outputs?",
    "jump": "How many input pixels apart are the receptive fields of two neighbouring outputs?",
    "unshared_parameters": "How many parameters would it have if every output had its own filter?",
    "im2col": "How large is its im2col matrix, rows by columns?",
    "fits": "Does the stride fit? (yes or no)",
}


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
    return f"{about}. {WORDS[query.key]}"


def _about(subject: Subject, query: Query) -> str:
    record = subject.records.get(query.name)
    if record is None:
        return query.name
    fields = record.layer.described() if record.layer else ""
    if query.kind == "field":
        fields = " ".join(
            part for part in fields.split(" ") if not part.startswith(f"{query.key}=")
        )
    takes = " and ".join(show(volume) for volume in record.input or ())
    return f"{query.name}: {record.kind} {fields}".rstrip() + f" on {takes}"
