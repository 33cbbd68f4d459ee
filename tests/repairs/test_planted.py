"""One wrong S, P, F or K planted in a branch: its right value is among the first two offers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import shapecalc
from shapecalc import Diagnostic

SIZES = (28, *(pytest.param(size, marks=pytest.mark.slow) for size in (14, 56, 57, 65)))
OFFERS = 2


def conv(K: int, F: int, **fields: int) -> dict[str, Any]:
    """Return a convolution as it is written."""
    return {"conv": {"K": K, "F": F, **fields}}


def residual(depth: int, S: int) -> tuple[list[Any], list[list[Any]]]:
    """Return a residual with a projection of 1x1, and its branches."""
    body = [conv(32, 3, S=S, P=1), *(conv(32, 3, S=1, P=1) for _ in range(depth))]
    shortcut = [conv(32, 1, S=S, P=0)]
    return [{"residual": {"body": body, "shortcut": shortcut}}], [body, shortcut]


def bottleneck(depth: int, S: int) -> tuple[list[Any], list[list[Any]]]:
    """Return a residual whose stride stands in the 3x3 between two 1x1."""
    body = [conv(8, 1, S=1, P=0), *(conv(8, 3, S=1, P=1) for _ in range(depth - 1))]
    body += [conv(8, 3, S=S, P=1), conv(32, 1, S=1, P=0)]
    shortcut = [conv(32, 1, S=S, P=0)]
    return [{"residual": {"body": body, "shortcut": shortcut}}], [body, shortcut]


def inception(depth: int, S: int) -> tuple[list[Any], list[list[Any]]]:
    """Return four branches, of which the middle ones reduce their depth first."""
    threes = [conv(8, 1, S=1, P=0), *(conv(8, 3, S=1, P=1) for _ in range(depth - 1))]
    branches = [
        [conv(8, 1, S=S, P=0)],
        [*threes, conv(8, 3, S=S, P=1)],
        [conv(8, 1, S=1, P=0), conv(8, 5, S=S, P=2)],
        [{"max_pool": {"F": 3, "S": S, "P": 1}}, conv(8, 1, S=1, P=0)],
    ]
    return [{"parallel": {"branches": branches}}], branches


def named(depth: int, S: int) -> tuple[list[Any], list[list[Any]]]:
    """Return an add of named layers: a body and a projection of the input."""
    body = [conv(32, 3, S=S, P=1), *(conv(32, 3, S=1, P=1) for _ in range(depth))]
    body[-1]["conv"]["name"] = "body"
    side = conv(32, 1, S=S, P=0)
    side["conv"].update({"name": "side", "from": "input"})
    return [*body, side, {"add": ["body", "side"]}], [body, [side]]


STRUCTURES = {
    "residual": residual,
    "bottleneck": bottleneck,
    "concat": inception,
    "add": named,
}


def planted(name: str, size: int, depth: int, S: int) -> Iterator[tuple[Any, str, int]]:
    """Yield specs with one wrong field, the field and its right value."""
    layers, branches = STRUCTURES[name](depth, S)
    spec = {"input": f"{size}x{size}x16", "rounding": "floor", "layers": layers}
    for branch in branches:
        for layer in branch:
            ((kind, fields),) = layer.items()
            for field, wrong in slips(kind, fields):
                right = fields[field]
                fields[field] = wrong
                yield copy.deepcopy(spec), field, right
                fields[field] = right


def slips(kind: str, fields: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield what people write in the place of a right value."""
    yield "S", 3 - fields["S"]
    if fields["F"] > 1:
        yield "P", 0
        if kind == "conv":
            yield "F", fields["F"] + 2
    if kind == "conv":
        yield "K", fields["K"] * 2


def faults(spec: Any, path: Path) -> tuple[str, list[Diagnostic]]:
    """Return a spec's text and the disagreements in it."""
    text = yaml.safe_dump(spec, sort_keys=False, width=1000)
    path.write_text(text, encoding="utf-8")
    return text, [d for d in shapecalc.trace(path).diagnostics if d.code == "SC205"]


@pytest.mark.slow
@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("S", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_what_was_planted_is_among_the_first_two_offers(
    name: str, size: int, S: int, tmp_path: Path
) -> None:
    """Where two layers would mend it alike, nothing tells them apart: the field counts."""
    total, missed = 0, []
    for depth in (1, 2):
        for spec, field, right in planted(name, size, depth, S):
            text, found = faults(spec, tmp_path / "net.yaml")
            if not found:
                continue  # the sizes agree all the same
            total += 1
            titles = [edit.title for edit in found[0].edits[:OFFERS]]
            if not any(title.startswith(f"{field}={right} in ") for title in titles):
                missed.append((depth, field, right, [e.title for e in found[0].edits]))
            for edit in found[0].edits[:OFFERS]:
                assert faults_after(edit.applied(text), tmp_path / "net.yaml") == []
    assert total
    assert not missed, (len(missed), total)


def faults_after(text: str, path: Path) -> list[Diagnostic]:
    """Return the errors of a text."""
    path.write_text(text, encoding="utf-8")
    return [d for d in shapecalc.trace(path).diagnostics if d.severity == "error"]
