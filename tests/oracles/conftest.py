"""What the second opinions share: one layer traced on one input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from shapecalc import trace


class Answer(NamedTuple):
    """What is computed for one layer; output is None where the layer is refused."""

    output: tuple[int, ...] | None
    parameters: int | None
    codes: tuple[str, ...]


Ask = Callable[..., Answer]
REFUSALS = ("SC104", "SC2")


def ask_layer(volume: Sequence[int], layer: Any, rounding: str = "floor") -> Answer:
    """Trace one layer on one input volume."""
    spec = {"input": list(volume), "rounding": rounding, "layers": [layer]}
    result = trace(spec).to_dict()
    codes = tuple(item["code"] for item in result["diagnostics"] if item["severity"] == "error")
    assert all(code.startswith(REFUSALS) for code in codes), (spec, codes)
    last = result["layers"][-1] if result["layers"] else {"output": None, "parameters": None}
    if codes or last["output"] is None:
        return Answer(None, None, codes)
    return Answer(tuple(last["output"]), result["totals"]["parameters"], ())


@pytest.fixture
def ask() -> Ask:
    """Give the function that traces one layer."""
    return ask_layer
