"""A problem in words: the network as a lecture would say it, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.grading.kinds.flops import convention_in_words
from shapecalc.grading.query import Query, read_path
from shapecalc.grading.quiz.problem import Problem, named_layers
from shapecalc.grading.wording import WORDINGS

NOTES = (
    "Volumes are height x width x depth. Parameters are weights and biases; pools have none."
    " A stride fits if the last window ends where the padded input ends."
)


def ask(path: str) -> str:
    """Return what a path asks for, as a sentence."""
    query = read_path(path)
    name = "the whole network" if query.name == "total" else query.name
    return WORDINGS[query.key].drawn.format(name=name, counting=convention_in_words())


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
    if any(query.kind == "fitting" for query in queries):  # which one it is drawn with is no hint
        size = f"HxWx{size.rpartition('x')[2]}"
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
