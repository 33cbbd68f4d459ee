"""The text of a question, where its author wrote none."""

from __future__ import annotations

from shapecalc.grading.query import Asked
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


def prompt_for(subject: Subject, asked: Asked) -> str:
    """Return the question in words, with what the layer is and takes."""
    if asked.name == "total":
        return f"How many {QUANTITIES[asked.key].summed}?"
    if asked.kind == "example":
        return f"What is {asked.path}?"
    about = _about(subject, asked)
    if asked.kind == "field":
        record = subject.records[asked.name]
        gives = f" and gives {show(record.output)}" if record.output else ""
        return f"{about}{gives}. What is {asked.key}?"
    return f"{about}. {WORDS[asked.key]}"


def _about(subject: Subject, asked: Asked) -> str:
    record = subject.records.get(asked.name)
    if record is None:
        return asked.name
    fields = record.layer.described() if record.layer else ""
    if asked.kind == "field":
        fields = " ".join(
            part for part in fields.split(" ") if not part.startswith(f"{asked.key}=")
        )
    takes = " and ".join(show(volume) for volume in record.input or ())
    return f"{asked.name}: {record.kind} {fields}".rstrip() + f" on {takes}"
