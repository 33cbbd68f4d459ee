"""What the axes of an example's arrays are, in words: depth, row, column; unit, input."""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc.grading.weight_axes import weight_axes
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace
from shapecalc.worked_example import Names, Target

SPATIAL: Mapping[int, tuple[str, ...]] = {
    1: ("position",), 2: ("row", "column"), 3: ("frame", "row", "column"),
}  # fmt: skip
LETTERS = {"u": "unit", "i": "input", "K": "filter", "C": "depth"}  # of a weight's axes


def array_axes(trace: KnownTrace, key: str, count: int | None = None) -> tuple[str, ...]:
    """Return a word for each axis of what a key stands for, or for the last `count`; nothing where
    they have none. Leading axes of 1 may be left out of an array, and one more is the batch.
    """
    target = _found(trace, key)
    words = _words(trace, target) if target is not None else ()
    if count is None:
        return words
    if target is not None and target.batched and words and count == len(words) + 1:
        return ("example", *words)
    return words[len(words) - count :] if 0 < count <= len(words) else ()


def outermost(trace: KnownTrace, key: str) -> str:
    """Return what an array of several axes is a list of: `slice`, `row`, `unit`; axes of 1 are left
    out. Empty for a single row of values.
    """
    target = _found(trace, key)
    if target is None or not target.shape:
        return ""
    words = _words(trace, target)
    sizes = zip(words[:-1], target.shape, strict=False)
    found = next((word for word, size in sizes if size > 1), "")
    return "slice" if found == "depth" else found


def _found(trace: KnownTrace, key: str) -> Target | None:
    try:
        return Names(trace.spec, trace.layers).find(key)
    except KeyError:
        return None


def _words(trace: KnownTrace, target: Target) -> tuple[str, ...]:
    if target.parameter:
        return _of_parameter(trace.layers[target.at], target.parameter)
    spatial = SPATIAL.get(len(target.shape or ()) - 1, ()) if target.batched else ()
    return ("depth", *spatial) if spatial else ()


def _of_parameter(record: KnownRecord, name: str) -> tuple[str, ...]:
    """Return the axes of a weight or a bias, in PyTorch's order."""
    layer = record.layer
    parameter = layer.parameters(record.input).get(name) if layer and record.input else None
    letters = weight_axes(layer, parameter) if parameter is not None else ()
    spatial = SPATIAL.get(letters.count("F"), ())
    rest = letters[: len(letters) - len(spatial)]
    if rest[1:] == ("1",):  # each filter of a depthwise convolution sees one slice
        return ("filter", "depth", *spatial)
    return (*(LETTERS[letter[0]] for letter in rest), *spatial)
