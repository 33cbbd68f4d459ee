"""Repairs of false claims: one wrong field of a fully claimed network is one finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import shapecalc
from shapecalc import Diagnostic

KEYS = ("output", "parameters", "macs", "receptive_field", "jump")
ALEXNET: list[Any] = [
    {"conv": {"K": 96, "F": 11, "S": 4}},
    {"max_pool": {"F": 3, "S": 2}},
    {"conv": {"K": 256, "F": 5, "P": 2}},
    {"max_pool": {"F": 3, "S": 2}},
    {"conv": {"K": 256, "F": 3, "P": 1}},
    {"max_pool": {"F": 3, "S": 2}},
]
CASE = """\
input: {size}x{size}x1
rounding: floor
layers:
"""


def errors(text: str, path: Path) -> list[Diagnostic]:
    """Return the errors of a text."""
    path.write_text(text, encoding="utf-8")
    return [d for d in shapecalc.trace(path).diagnostics if d.severity == "error"]


def claimed(rounding: str) -> dict[str, Any]:
    """Return a network of which every layer claims all its numbers."""
    spec = {"input": "227x227x3", "rounding": rounding, "layers": [*ALEXNET]}
    trace = shapecalc.trace(spec)
    for place, record in enumerate(trace.layers):
        ((kind, fields),) = ALEXNET[place].items()
        numbers = {key: record.number(key) for key in KEYS}
        expect = {k: list(v) if isinstance(v, tuple) else v for k, v in numbers.items()}
        spec["layers"][place] = {kind: {**fields, "expect": expect}}
    return spec


@pytest.mark.quick(3)
@pytest.mark.parametrize("rounding", ["exact", pytest.param("floor", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("layer", "field"), [(p, f) for p in range(6) for f in ("F", "S")])
@pytest.mark.parametrize("slip", [1, *(pytest.param(s, marks=pytest.mark.slow) for s in (-1, 2))])
def test_one_wrong_field_is_one_finding_with_its_repair(
    rounding: str, layer: int, field: str, slip: int, tmp_path: Path
) -> None:
    spec = claimed(rounding)
    (fields,) = spec["layers"][layer].values()
    right = fields.get(field, 1)
    if right + slip < 1:
        pytest.skip("no such value")
    fields[field] = right + slip
    text = yaml.safe_dump(spec, sort_keys=False)
    (fault,) = errors(text, tmp_path / "net.yaml")
    best = fault.edits[0]
    assert best.title.startswith(f"{field}={right}")
    assert errors(best.applied(text), tmp_path / "net.yaml") == []


@pytest.mark.parametrize(("F", "claim"), [(3, 5), (3, 7), (5, 3)])
def test_a_claimed_receptive_field_gets_its_filter(F: int, claim: int, tmp_path: Path) -> None:
    fields = f"{{K: 8, F: {F}, expect: {{receptive_field: {claim}, parameters: 1}}}}"
    text = f"input: 32x32x3\nlayers:\n  - conv: {fields}\n"
    found = errors(text, tmp_path / "net.yaml")
    (fault,) = [d for d in found if d.where.endswith("receptive_field")]
    assert fault.edits[0].title == f"F={claim} gives receptive field {claim}x{claim}"


@pytest.mark.quick(2)
@pytest.mark.parametrize("size", [23, 28, 30, 40])
@pytest.mark.parametrize("stages", [3, 4])
def test_what_leaves_a_later_filter_too_large_is_not_offered(
    size: int, stages: int, tmp_path: Path
) -> None:
    """What fits the layer alone, such as P=1, leaves the next pool without an input."""
    stage = "  - conv: {{K: {K}, F: 3}}\n  - relu\n  - max_pool: 2\n"
    text = CASE.format(size=size) + "".join(stage.format(K=8 * (k + 1)) for k in range(stages))
    found = errors(text, tmp_path / "net.yaml")
    for fault in found:
        assert fault.code == "SC202"
        assert fault.edits
        assert any(edit.title.startswith("input: ") for edit in fault.edits)
        if size // 2**stages:
            assert any(edit.title.startswith("P: same in conv1") for edit in fault.edits)
        for edit in fault.edits:
            assert errors(edit.applied(text), tmp_path / "net.yaml") == []


def test_the_input_that_a_claim_is_right_for_is_named(tmp_path: Path) -> None:
    text = (
        "input: 227x227x3\nrounding: floor\nlayers:\n"
        "  - conv: {K: 96, F: 11, S: 4, expect: {output: 54x54x96}}\n"
    )
    (fault,) = errors(text, tmp_path / "net.yaml")
    assert "the + 1 was forgotten" in fault.hint
    assert "or perhaps the layer was meant to have an input of 226x226x3" in fault.hint
