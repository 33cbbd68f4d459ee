"""PyTorch's and Keras' own classes as a second opinion on what their words mean.

Every layer is made with the fields that its users write and run on zeros: the volume and the number
of parameters must be those of the layer that we read it as. No layer of theirs may be missing from
our lists of words.
"""

from __future__ import annotations

import inspect
import os
from typing import Any

import pytest
from framework_layers import Case, cases

from shapecalc import trace
from shapecalc.frameworks.conversion import read_layer, write_layer
from shapecalc.frameworks.elsewhere import NO_LAYERS, NOT_YET
from shapecalc.frameworks.lookups import all_words, spelled, words_of
from shapecalc.layers import KINDS

torch = pytest.importorskip("torch")
os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported
keras = pytest.importorskip("keras")

HOMES = {"PyTorch": torch.nn, "Keras": keras.layers}
CASES = list(cases())
FUNCTIONS = ("cat", "interpolate")  # PyTorch's, which are no classes
# What stands among the layers and computes no network's volume: bases, text, images, wrappers.
OTHERS = {
    "PyTorch": {
        "Module", "Container", "ParameterDict", "ParameterList", "DataParallel", "RNNBase",
    },
    "Keras": {
        "Layer", "Wrapper", "Pipeline", "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper",
        "CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
        "StringLookup", "TextVectorization", "MelSpectrogram", "STFTSpectrogram", "AugMix",
        "AutoContrast", "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp", "RandAugment",
        "Solarization", "ContrastLimitedAdaptiveHistogramEqualization",
    },
}  # fmt: skip


def label(case: Case) -> str:
    return f"{case.name}-{len(case.volume) - 1}-{len(case.theirs)}"


def tuples(value: Any) -> Any:
    """Return lists as the tuples that the frameworks want."""
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def opinion(case: Case) -> tuple[tuple[int, ...], int]:
    """Return the volume and the number of learned values that the framework comes to."""
    fields = {key: tuples(value) for key, value in case.theirs.items()}
    if case.name == "Unflatten":
        fields["unflattened_size"] = tuple(fields["unflattened_size"])
    layer = getattr(HOMES[case.framework], case.name)(**fields)
    if case.framework == "PyTorch":
        layer.eval()
        shape = (2, case.volume[-1], *case.volume[:-1])
        result = layer(torch.zeros(shape))
        count = sum(parameter.numel() for parameter in layer.parameters())
        _, *sizes = result.shape
        return (*sizes[1:], sizes[0]), count
    result = layer(keras.ops.zeros((2, *case.volume)))
    count = sum(weight.shape.num_elements() if hasattr(weight.shape, "num_elements")
                else int(keras.ops.size(weight)) for weight in layer.trainable_weights)  # fmt: skip
    return tuple(result.shape[1:]), int(count)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_framework_makes_the_same_of_its_layer(case: Case) -> None:
    name = f"{'nn' if case.framework == 'PyTorch' else 'keras.layers'}.{case.name}"
    ours = trace({"input": list(case.volume), "layers": [{name: case.theirs}]})
    assert (ours.output, ours.totals["parameters"]) == opinion(case)


@pytest.mark.parametrize("framework", HOMES)
@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_framework_takes_what_a_layer_is_written_as(case: Case, framework: str) -> None:
    word = next(w for w in words_of(case.name) if w.framework == case.framework)
    reading = read_layer(word, case.theirs)
    assert reading is not None
    cls = KINDS[reading.kind]
    fields = cls.model_validate(reading.fields).values()
    defaults = {name: field.default for name, field in cls.model_fields.items()}
    written = write_layer(framework, reading.kind, fields, case.volume, defaults)
    if written is None or written.left:
        return
    ours = trace({"input": list(case.volume), "layers": [{reading.kind: reading.fields}]})
    other = Case(framework, written.word.name, written.given, None, case.volume)
    assert (ours.output, ours.totals["parameters"]) == opinion(other)


@pytest.mark.parametrize("word", all_words(), ids=lambda word: f"{word.framework}-{word.name}")
def test_the_fields_are_those_of_the_class_in_its_order(word: Any) -> None:
    if word.name in FUNCTIONS:
        return
    signature = inspect.signature(getattr(HOMES[word.framework], word.name).__init__)
    theirs = [name for name in signature.parameters if name not in ("self", "kwargs", "args")]
    ours = list(word.fields)
    assert set(theirs) - {"lora_alpha", "quantization_config", "name"} <= set(ours), word.name
    listed = [name for name in ours if name in theirs]
    positional = [
        name for name in theirs if signature.parameters[name].kind != inspect.Parameter.KEYWORD_ONLY
    ]
    shared = [name for name in positional if name in listed][:3]
    assert listed[: len(shared)] == shared, "the first ones are given without their names"


@pytest.mark.parametrize("word", all_words(), ids=lambda word: f"{word.framework}-{word.name}")
def test_what_is_not_written_is_what_the_framework_takes(word: Any) -> None:
    """Where its default is another than ours, the word says so."""
    if word.name in FUNCTIONS:
        return
    signature = inspect.signature(getattr(HOMES[word.framework], word.name).__init__)
    for key, meaning in word.absent.items():
        if key not in signature.parameters:  # it is in the name: ReflectionPad2d
            assert spelled(meaning.fields[key])[:7] in spelled(word.name)
            continue
        default = signature.parameters[key].default
        if meaning.fields:
            written = word.fields[key](_plain(default), {key: default})
            assert dict(written.fields) in ({}, dict(meaning.fields)) or _alike(
                written.fields, meaning.fields
            ), (word.name, key, default)


def _plain(value: Any) -> Any:
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _alike(one: Any, other: Any) -> bool:
    """Say whether one number stands for the same on every axis."""

    def flat(value: Any) -> set[Any]:
        if isinstance(value, list):
            return {number for inner in value for number in flat(inner)}
        return {value}

    return {k: flat(v) for k, v in one.items()} == {k: flat(v) for k, v in other.items()}


@pytest.mark.parametrize("framework", HOMES)
def test_no_layer_is_missing(framework: str) -> None:
    base = torch.nn.Module if framework == "PyTorch" else keras.layers.Layer
    classes = {
        name
        for name, value in vars(HOMES[framework]).items()
        if inspect.isclass(value) and issubclass(value, base)
    }
    read = {word.name for word in all_words() if word.framework == framework}
    known = {
        name
        for name in classes
        if spelled(name) in NOT_YET or spelled(name) in NO_LAYERS or "Loss" in name
        or name.startswith("Random")
    }  # fmt: skip
    assert classes - read - known - OTHERS[framework] == set()
    assert read - classes == (set(FUNCTIONS) if framework == "PyTorch" else set())
    assert all(words_of(name) for name in read)
