"""A problem in words: the network as a lecture would say it, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.grading.query import Query, read_path
from shapecalc.grading.quiz.problem import Problem, named_layers
from shapecalc.quantities import QUANTITIES

NOTES = (
    "Volumes are height x width x depth. Parameters are weights and biases; pools have none."
    " A stride fits if the last window ends where the padded input ends."
)
ASKS = {
    "output": "What is the output volume of {name} (height x width x depth)?",
    **{quantity.key: quantity.drawn for quantity in QUANTITIES.values()},
    "receptive_field": (
        "How large is the receptive field of one output of {name}, in input pixels"
        " (height x width)?"
    ),
    "jump": (
        "How many input pixels apart are the receptive fields of two neighbouring outputs of"
        " {name} (down x across)?"
    ),
    "im2col": (
        "im2col writes every window of {name} as a column. How large is the matrix (rows x"
        " columns)?"
    ),
    "unshared_parameters": (
        "How many parameters would {name} have if every output value had a filter and a bias of"
        " its own?"
    ),
    "P": "Which padding P on each side of {name} keeps height and width as they are?",
    "fits": "Does the stride of {name} fit, with nothing left over? (yes or no)",
}


def ask(path: str) -> str:
    """Return what a path asks for, as a sentence."""
    query = read_path(path)
    name = "the whole network" if query.name == "total" else query.name
    return ASKS[query.key].format(name=name)


def introduction(problem: Problem) -> str:
    """Return the network in words, without the hyperparameter that is asked for."""
    if problem.intro:
        return problem.intro
    queries = [read_path(part.path) for part in problem.parts]
    layers = [
        f"{name}, {_layer(kind, fields, [query for query in queries if query.name == name])}"
        for name, kind, fields in named_layers(problem.spec)
    ]
    size = problem.spec["input"]
    start = (
        f"The input is a volume of {size}"
        if "x" in size
        else f"The input is a vector of {size} numbers"
    )
    end = " Sizes that are not whole are rounded down." if problem.spec.get("rounding") else ""
    return f"{start}. It goes through {'; then '.join(layers)}.{end}"


def _layer(kind: str, fields: Mapping[str, Any], queries: list[Query]) -> str:
    if kind == "dense":
        units = fields["units"]
        return f"a fully connected layer of {units} units, each with a bias"
    hidden = [query.key for query in queries if query.kind == "field"]
    F = f"{fields['F']}x{fields['F']}"
    said = {
        "conv": f"a convolution with {fields.get('K')} filters of {F}, each with a bias",
        "depthwise_conv": f"a depthwise convolution with a {F} filter and a bias for each slice",
        "max_pool": f"max pooling with windows of {F}",
        "avg_pool": f"average pooling with windows of {F}",
    }[kind]
    words = [said]
    for key, word in (("groups", "groups"), ("S", "stride"), ("P", "padding")):
        if key in fields and key not in hidden:
            words.append(f"{word} {fields[key]}" if key != "groups" else f"in {fields[key]} groups")
    return ", ".join(words)
