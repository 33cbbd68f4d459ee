"""What is mutated: the repository's specs, assignments and answers, and small networks."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

import shapecalc
from shapecalc.document import Document
from shapecalc.grading.assignment import assignment_of
from shapecalc.grading.values import shown
from shapecalc.layers import ALIASES, KINDS
from shapecalc.layers.composite import Composite
from shapecalc.readers import native

SPECS = Path(__file__).resolve().parents[2] / "specs"
SMALL = 3_000  # values, parameters and multiply-accumulates of a network that is run in no time
SHORT = 20_000  # bytes of a text that is mutated


class Text(NamedTuple):
    """A file of the corpus: its bytes, and its data where it can be read."""

    raw: bytes
    data: Any


class Homework(NamedTuple):
    """An assignment with its networks in place, and the right answer to each question."""

    data: dict[str, Any]
    answers: dict[str, str]


@cache
def specs() -> list[Text]:
    """Return every spec, sound and broken."""
    found = []
    for path in sorted(SPECS.rglob("*")):
        if path.suffix in (".yaml", ".yml", ".json") and "homework" not in path.parts:
            raw = path.read_bytes()
            if len(raw) < SHORT:
                found.append(Text(raw, plain(native.read_bytes(raw, path.name).data)))
    return found


@cache
def small_networks() -> list[Any]:
    """Return the data of the specs that a machine runs in no time."""
    found = []
    for text in specs():
        if isinstance(text.data, dict) and is_small(shapecalc.trace(text.data)):
            found.append(text.data)
    return found


def is_small(trace: shapecalc.Trace, batch: int = 1) -> bool:
    """Say whether running a network takes little time."""
    sizes = [trace.totals[key] or 0 for key in ("activations", "macs")]
    inputs = [product(volume) for volume in trace.inputs.values() if volume]
    parameters = trace.totals["parameters"] or 0
    return (
        len(trace.layers) <= 40
        and max(parameters, *(batch * n for n in (*sizes, *inputs, 0))) <= SMALL
    )


def product(volume: Any) -> int:
    total = 1
    for size in volume:
        total *= size or 1  # one that is left open
    return total


@cache
def homework() -> list[Homework]:
    """Return the assignments of specs/homework, and one of all that can be asked."""
    found = []
    for path in sorted(SPECS.glob("homework/*/assignment.yaml")):
        data = in_place(yaml.safe_load(path.read_bytes()), path.parent)
        found.append(answered(data))
    return [*found, answered(EVERYTHING)]


def some_homework(rng: Random) -> Homework:
    """Return an assignment with some of its questions: tracing all its networks takes time."""
    whole = rng.choice(homework())
    listed = whole.data["questions"]
    kept = rng.sample(range(len(listed)), min(len(listed), rng.choice((1, 2, 3, 4, 6))))
    ids = list(whole.answers)
    return Homework(
        {**whole.data, "questions": [listed[index] for index in kept]},
        {ids[index]: whole.answers[ids[index]] for index in kept},
    )


def in_place(value: Any, folder: Path) -> Any:
    """Return an assignment's data with the networks that it names."""
    if isinstance(value, dict):
        return {
            key: plain(native.read_path(folder / inner).data)
            if key == "spec" and isinstance(inner, str)
            else in_place(inner, folder)
            for key, inner in value.items()
        }
    return [in_place(inner, folder) for inner in value] if isinstance(value, list) else value


def answered(data: dict[str, Any]) -> Homework:
    read = assignment_of(Document(data), Path())
    assert read.usable, read.diagnostics
    return Homework(data, {question.id: shown(question.right) for question in read.questions})


def plain(value: Any) -> Any:
    """Return data without the marks that reading leaves on it, no value in two places."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


EVERYTHING: dict[str, Any] = {
    "title": "Everything",
    "partial": {"forgot_bias": 0.5},
    "follow_through": 0.5,
    "tolerance": {"relative": 0.01},
    "spec": {
        "input": "6x6x2",
        "layers": [
            {"conv": {"K": 3, "F": 3, "S": 1, "P": 1}},
            "batch_norm",
            "relu",
            {"max_pool": 2},
            {"dense": {"units": 4, "name": "out"}},
        ],
        "example": {
            "given": {
                "input": [[[1, 2, 0, 1, 0, 1]] * 6] * 2,
                "conv1.weight": [[[[1] * 3] * 3] * 2] * 3,
                "out.weight": [[1] * 27, [0] * 27, [-1] * 27, [2] * 27],
            },
            "loss": {"squared_error": [0.5, 0, 1, 0]},
            "rate": 0.1,
            "training": False,
        },
    },
    "questions": [
        {"id": "q1", "ask": "conv1.output", "points": 2, "key": "6x6x3"},
        {"id": "q2", "ask": "conv1.parameters", "partial": {"forgot_bias": 0.25}, "key": 57},
        "P(conv1)",
        {"id": "q4", "ask": "fits(max_pool1)", "follow_through": 1},
        "total.macs",
        "max_pool1.receptive_field",
        {"id": "q7", "ask": "conv1.im2col", "prompt": "What shape has the matrix?"},
        {"id": "q8", "ask": "conv1.value[0,1,2]", "tolerance": 0.5},
        "relu1.value",
        "batch_norm1.non_trainable",
        "conv1.flops",
        "conv1.unshared_parameters",
    ],
}


# -- small networks --------------------------------------------------------------------------------


def network(rng: Random) -> dict[str, Any]:
    """Draw a small network of all kinds; one in three may not fit."""
    volume = [rng.randint(3, 6) for _ in range(rng.choice((0, 1, 2, 2, 2, 3)))]
    if len(volume) == 3:
        volume = [2, 3, 4]
    spec: dict[str, Any] = {
        "input": [*volume, rng.randint(1, 3)],
        "layers": [],
    }
    fitting = rng.random() < 0.7
    for _ in range(rng.randint(1, 4)):
        layers = [*spec["layers"], item(rng)]
        if not fitting or shapecalc.trace({**spec, "layers": layers}).complete:
            spec["layers"] = layers
    if rng.random() < 0.3:
        spec["rounding"] = rng.choice(("floor", "ceil", "exact"))
    if rng.random() < 0.2:
        spec["batch"] = rng.randint(1, 3)
    if rng.random() < 0.25:
        spec["example"] = example(rng, spec)
    if rng.random() < 0.1:
        sizes = ("?" if rng.random() < 0.6 else str(size) for size in spec["input"])
        spec["input"] = "x".join(sizes)
    return spec


def item(rng: Random, depth: int = 0) -> Any:
    """Draw one layer."""
    kind = rng.choice(sorted(KINDS) + (["conv", "max_pool", "avg_pool"] if depth else ["conv"] * 4))
    if rng.random() < 0.1:
        kind = rng.choice([word for word, meant in ALIASES.items() if meant == kind] or [kind])
    cls = KINDS[ALIASES.get(kind, kind)]
    if issubclass(cls, Composite):
        inside = [item(rng, depth + 1) for _ in range(rng.randint(0, 2))] if depth < 2 else ["relu"]
        values: Any = {"body": inside, "branches": [inside, ["relu"]], "layers": inside, "times": 2}
        return {kind: {key: values[key] for key in cls.model_fields if key in values}}
    fields = {name: field(rng, name) for name in cls.model_fields if name in FIELDS}
    needed = {n for n, f in cls.model_fields.items() if f.is_required()}
    fields = {n: v for n, v in fields.items() if n in needed or rng.random() < 0.3}
    if cls.merges:
        fields["from"] = rng.choice((["input", "input"], ["input", "conv1"], ["relu1", "relu1"]))
    if rng.random() < 0.1:
        fields["trainable"] = rng.choice((True, False))
    if cls.has_weights and rng.random() < 0.1:
        one = {"weight": "conv1", "transposed": rng.choice((True, False))}
        fields["share"] = rng.choice(("conv1", {"weight": "conv1"}, {"bias": "dense1"}, one))
    return {kind: fields} if fields else kind


FIELDS: dict[str, tuple[Any, ...]] = {
    "K": (1, 2, 4), "units": (1, 3), "F": (1, 2, 3, [2, 3], "3x1"), "S": (1, 2, 3, [1, 2]),
    "P": (0, 1, 2, "same", "same_lower", "valid", "full", "causal", [[0, 1], [1, 0]]),
    "dilation": (1, 2),
    "groups": (1, 2), "bias": (True, False), "rounding": ("exact", "floor", "ceil"),
    "multiplier": (1, 2), "output_padding": (0, 1), "output": ([2, 2], 3, "2x3", [4, 3, 3]),
    "rate": (0, 0.5, 0.9), "affine": (True, False), "eps": (1e-5, 0.1), "size": (1, 3, 5),
    "alpha": (1e-4, 1), "beta": (0.75, 0), "k": (1, 2), "slope": (0.01, -1),
    "scale": (1, 2, [1, 2]),
    "mode": ("nearest", "bilinear", "zeros", "reflect", "replicate", "circular"),
    "per_channel": (True, False),
    "count_include_pad": (True, False),
}  # fmt: skip


def field(rng: Random, name: str) -> Any:
    return rng.choice(FIELDS[name])


def example(rng: Random, spec: dict[str, Any]) -> dict[str, Any]:
    """Draw a worked example: given arrays, a loss, and what is expected of it."""
    arrays = (1, [1, 2], [[1, 0], [0, 1]], [[[0.5]]], None, [], "1 2 3")
    names = ("input", "conv1.weight", "conv1.bias", "conv1", "relu1", "dense1.weight", "input.grad",
             "conv1.weight.grad", "conv1.weight.next", "loss", "max_pool1.grad")  # fmt: skip
    drawn: dict[str, Any] = {}
    for key in ("given", "expect", "upstream"):
        if rng.random() < 0.6:
            drawn[key] = {rng.choice(names): rng.choice(arrays) for _ in range(rng.randint(0, 3))}
    if rng.random() < 0.5:
        drawn["loss"] = {
            rng.choice(
                (
                    "squared_error",
                    "cross_entropy",
                    "svm",
                    "half_squared_error",
                    "mean_squared_error",
                )
            ): rng.choice((0, 1, 0.5, [1, 0]))
        }
    if rng.random() < 0.3:
        drawn["training"] = rng.choice((True, False))
    if rng.random() < 0.3:
        drawn["rate"] = rng.choice((0.1, 1))
    return drawn
