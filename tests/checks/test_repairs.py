"""What SC201 offers works: every repair of its hint is applied, and gives what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Diagnostic

VALUE = r"\[\[.+?\]\]|\[\d+\]|[0-9x]+"
OFFER = re.compile(rf"(?:([SPF])=({VALUE})|rounding: (floor)|input: ([0-9x]+)) gives ([0-9x]+)")


def offers(found: Diagnostic) -> list[tuple[str, Any, list[int]]]:
    """Return the repairs of a hint: what is changed, to what, and the sizes that gives."""
    taken = list(OFFER.finditer(found.hint))
    assert ", ".join(match.group() for match in taken) == found.hint, "a hint of repairs only"
    repairs = []
    for match in taken:
        field, text, rounding, size, sizes = match.groups()
        value: Any = rounding or size
        if field:
            value = text if "x" in text else json.loads(text)
        name = field or ("rounding" if rounding else "input")
        repairs.append((name, value, [int(size) for size in sizes.split("x")]))
    return repairs


def applied(spec: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """Return the spec with one repair."""
    (layer,) = spec["layers"]
    ((kind, fields),) = layer.items()
    if field == "input":
        return {**spec, "input": value}
    return {**spec, "layers": [{kind: {**fields, field: value}}]}


def check_repairs(spec: dict[str, Any]) -> list[tuple[str, Any, list[int]]]:
    """Insist that every repair passes and gives what it says; return the repairs."""
    (found,) = [d for d in shapecalc.trace(spec).diagnostics if d.severity == "error"]
    assert found.code == "SC201"
    repairs = offers(found)
    for field, value, sizes in repairs:
        trace = shapecalc.trace(applied(spec, field, value))
        wrong = [d for d in trace.diagnostics if d.severity == "error"]
        assert wrong == [], (spec, field, value)
        assert trace.output is not None
        assert list(trace.output[:-1]) == sizes, (spec, field, value)
    return repairs


def divides(W: int, F: int, S: int, before: int, after: int) -> bool:
    """Say whether windows of F with stride S end exactly with the padded input."""
    starts = range(0, before + W + after - F + 1, S)
    return len(starts) > 0 and starts[-1] + F == before + W + after


def windows(W: int, F: int, S: int, P: int) -> int:
    """Count the places of a window."""
    return len(range(0, W + 2 * P - F + 1, S))


def skips(W: int, F: int, S: int, P: int) -> bool:
    """Say whether pixels between windows are left out."""
    return F < S and windows(W, F, S, P) > 1


GRID = [
    (W, F, S, P)
    for W in range(3, 13)
    for F in range(1, 6)
    for S in range(2, 5)
    for P in range(min(F, 3))  # more than F - 1 is a window that sees no pixel
    if W + 2 * P >= F
]


def test_the_grid_holds_both_outcomes() -> None:
    fitting = sum(divides(W, F, S, P, P) for W, F, S, P in GRID)
    assert 100 < fitting < len(GRID) - 100


@pytest.mark.quick(3)
@pytest.mark.parametrize("S", [2, 3, 4])
@pytest.mark.parametrize("F", [1, 2, 3, 4, 5])
def test_repairs_of_a_convolution_work(F: int, S: int) -> None:
    for W, P in [(W, P) for W, f, s, P in GRID if (f, s) == (F, S)]:
        layer = {"conv": {"K": 2, "F": F, "S": S, "P": P}}
        spec = {"input": [W, W, 1], "layers": [layer]}
        if divides(W, F, S, P, P):
            assert not any(d.code == "SC201" for d in shapecalc.trace(spec).diagnostics)
            continue
        repairs = check_repairs(spec)
        kinds = {field for field, _, _ in repairs}
        assert {"rounding"} < kinds <= {"S", "P", "F", "input", "rounding"}, spec
        assert "input" in kinds or F < S, spec
        for field, value, _ in repairs:
            if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
                after = {"W": W, "F": F, "S": S, "P": P, field: int(value)}
                assert after["F"] > 1 or F == 1, (spec, field, value)
                assert windows(**after) > 1 or windows(W, F, S, P) == 1, (spec, field, value)
                assert skips(**after) <= skips(W, F, S, P), (spec, field, value)


@pytest.mark.quick(3)
@pytest.mark.parametrize("S", [2, 3, 4])
@pytest.mark.parametrize("F", [2, 3, 4, 5])
@pytest.mark.parametrize(
    "kind",
    ["max_pool", *(pytest.param(k, marks=pytest.mark.slow) for k in ("avg_pool", "l2_pool"))],
)
def test_repairs_of_a_pool_work(kind: str, F: int, S: int) -> None:
    for W, P in [(W, P) for W, f, s, P in GRID if (f, s) == (F, S) and P <= F // 2]:
        spec = {"input": [W, W, 1], "layers": [{kind: {"F": F, "S": S, "P": P}}]}
        if divides(W, F, S, P, P):
            assert not any(d.code == "SC201" for d in shapecalc.trace(spec).diagnostics)
            continue
        kinds = {field for field, _, _ in check_repairs(spec)}
        assert {"rounding"} < kinds, spec
        assert {"S", "input"} <= kinds or F < S, spec


@pytest.mark.quick(1)
@pytest.mark.parametrize("F", [2, 3, 4, 5])
def test_repairs_of_a_pool_whose_stride_is_not_written_work(F: int) -> None:
    for W in range(F, 14):
        spec = {"input": [W, W, 1], "layers": [{"max_pool": {"F": F}}]}
        if divides(W, F, F, 0, 0):
            assert shapecalc.trace(spec).diagnostics == ()
        else:
            assert {"input", "rounding"} <= {field for field, _, _ in check_repairs(spec)}


@pytest.mark.slow
def test_repairs_of_unlike_axes_work() -> None:
    fields = [
        {"F": 3, "S": 2}, {"F": [3, 2], "S": 2}, {"F": 3, "S": [2, 3]},
        {"F": 3, "S": 2, "P": [0, 1]}, {"F": 2, "S": 3, "P": [[1, 0], [0, 0]]},
        {"F": 3, "S": 2, "dilation": 2}, {"F": [2, 3], "S": [3, 2], "P": 1, "dilation": [2, 1]},
    ]  # fmt: skip
    met = 0
    for height in range(6, 12):
        for width in range(6, 12):
            for chosen in fields:
                spec = {"input": [height, width, 1], "layers": [{"conv": {"K": 1, **chosen}}]}
                if any(d.code == "SC201" for d in shapecalc.trace(spec).diagnostics):
                    check_repairs(spec)
                    met += 1
    assert met > 100


@pytest.mark.parametrize("size", [[10, 1], [9, 10, 11, 1]])
def test_repairs_in_one_and_three_dimensions_work(size: list[int]) -> None:
    check_repairs({"input": size, "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}]})


@pytest.mark.slow
def test_the_nearest_repairs_are_offered() -> None:
    for W, F, S, P in GRID:
        if divides(W, F, S, P, P):
            continue
        spec = {"input": [W, W, 1], "layers": [{"conv": {"K": 1, "F": F, "S": S, "P": P}}]}
        (found,) = [d for d in shapecalc.trace(spec).diagnostics if d.severity == "error"]
        given: dict[str, list[Any]] = {}
        for field, value, _ in offers(found):
            given.setdefault(field, []).append(value)
        strides = [s for s in range(1, 20) if divides(W, F, s, P, P) and s <= max(F, S)]
        filters = [f for f in range(2, 20) if divides(W, f, S, P, P) and f > P and not f < S <= F]
        near_W = min(abs(w - W) for w in range(1, 40) if divides(w, F, S, P, P))
        sizes = [int(size.partition("x")[0]) for size in given.get("input", ())]
        if F >= S:  # otherwise the nearest one may skip pixels, and is not offered
            assert abs(given["S"][0] - S) == min(abs(s - S) for s in strides), spec
            assert not sizes or abs(sizes[0] - W) == near_W, spec
            near_F = min(filters, key=lambda f: (abs(f - F), f))
            if windows(W, near_F, S, P) > 1 or windows(W, F, S, P) == 1:
                assert abs(given["F"][0] - F) == abs(near_F - F), spec
        alike = [p for p in range(F) if divides(W, F, S, p, p)]
        near_P = min(alike, key=lambda p: (abs(p - P), p), default=P)
        if near_P != P and F >= S and windows(W, F, S, near_P) >= min(2, windows(W, F, S, P)):
            assert abs(given["P"][0] - P) == abs(near_P - P), spec


@pytest.mark.parametrize(
    ("size", "layer", "said"),
    [
        ("224x224x3", {"conv": {"K": 96, "F": 11, "S": 4}}, ["54.25", "remainder 1"]),
        ("10x10x1", {"conv": {"K": 1, "F": 3, "S": 2}}, ["4.5", "remainder 1"]),
        ("7x7x1", {"conv": {"K": 1, "F": 3, "S": 3}}, ["2.33", "remainder 1"]),
        ("8x8x1", {"max_pool": {"F": 3}}, ["2.67", "remainder 2"]),
        ("9x8x1", {"max_pool": {"F": 3, "S": 2}}, ["3.5", "remainder 1", "width"]),
    ],
)
def test_the_message_says_the_fraction_and_the_remainder(
    size: str, layer: dict[str, Any], said: list[str]
) -> None:
    (found,) = shapecalc.trace({"input": size, "layers": [layer]}).diagnostics
    assert found.code == "SC201"
    for words in said:
        assert words in found.message


def test_alexnets_famous_input_is_repaired_to_227() -> None:
    spec = {"input": "224x224x3", "layers": [{"conv": {"K": 96, "F": 11, "S": 4}}]}
    (found,) = shapecalc.trace(spec).diagnostics
    repairs = {(field, str(value)): sizes for field, value, sizes in offers(found)}
    assert repairs[("input", "223x223x3")] == [54, 54]
    assert repairs[("input", "227x227x3")] == [55, 55]
    assert repairs[("rounding", "floor")] == [54, 54]


def test_a_repair_may_be_written_as_the_hint_says(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = "input: 10x10x1\nlayers:\n  - conv: {K: 1, F: 3, S: 2}\n"
    path.write_text(text, encoding="utf-8")
    (found,) = shapecalc.trace(path).diagnostics
    written = {match[1]: match[2] for match in OFFER.finditer(found.hint) if match[1]}
    path.write_text(text.replace("S: 2", f"S: 2, P: {written['P']}"), encoding="utf-8")
    assert shapecalc.trace(path).diagnostics == ()
    path.write_text(text.replace("S: 2", "S: 2, rounding: floor"), encoding="utf-8")
    assert shapecalc.trace(path).output == (4, 4, 1)
