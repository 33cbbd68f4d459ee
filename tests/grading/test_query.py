"""What a path asks for, and what is no path."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.query import read_path


@pytest.mark.parametrize(
    ("path", "kind", "form", "name", "key", "place"),
    [
        ("conv1.output", "record", "sizes", "conv1", "output", ()),
        ("stage1.block2.conv1.macs", "record", "number", "stage1.block2.conv1", "macs", ()),
        ("total.parameters", "record", "number", "total", "parameters", ()),
        ("fits(conv2)", "fits", "truth", "conv2", "fits", ()),
        ("P(conv2)", "field", "field", "conv2", "P", ()),
        ("conv1.value[0,2,1]", "example", "number", "conv1", "conv1", (0, 2, 1)),
        ("conv1.value", "example", "array", "conv1", "conv1", ()),
        ("conv1.bias.grad[ 0 ]", "example", "number", "conv1.bias", "conv1.bias.grad", (0,)),
        ("conv1.weight.next", "example", "array", "conv1.weight", "conv1.weight.next", ()),
        ("input.grad[1]", "example", "number", "input", "input.grad", (1,)),
        ("loss", "example", "number", "", "loss", ()),
        ("conv1.output.height", "size", "number", "conv1", "height", ()),
        ("stage1.conv1.weight.shape", "shape", "sizes", "stage1.conv1", "weight", ()),
    ],
)  # fmt: skip
def test_paths(path: str, kind: str, form: str, name: str, key: str, place: Any) -> None:
    query = read_path(path)
    assert (query.kind, query.form, query.name, query.key, query.place) == (
        kind,
        form,
        name,
        key,
        place,
    )


@pytest.mark.parametrize(
    "path",
    [
        "",
        "conv1",
        "conv1.size",
        "total.output",
        "conv1.output[0]",
        "fits()",
        "[0]",
        "a" * 500,
        "x(y)z",
    ],
)
def test_paths_that_ask_for_nothing(path: str) -> None:
    with pytest.raises(Unanswerable):
        read_path(path)
