"""Merges: which volumes agree, what comes out, and hints that make them agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import yaml

from shapecalc import trace

Ask = Callable[..., Any]
STRETCHING = ("add", "subtract", "multiply", "maximum", "average")


def merged(kind: str, *volumes: list[int]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Merge a few inputs; return the record and what is found (SC408 apart)."""
    names = [f"i{index}" for index in range(len(volumes))]
    spec = {"inputs": dict(zip(names, volumes, strict=True)), "layers": [{kind: names}]}
    result = trace(spec).to_dict()
    return result["layers"][0], [d for d in result["diagnostics"] if d["code"] != "SC408"]


def stretched(volumes: tuple[list[int], ...]) -> list[int] | None:
    """Fill the merged volume cell by cell; None where some value has no partner."""
    rank = max(map(len, volumes))
    full = [[1] * (rank - 1) + v if len(v) == 1 else v for v in volumes]
    if any(len(v) != rank for v in full):
        return None
    sizes = []
    for axis in range(rank):
        cells = max(v[axis] for v in full)
        if any(v[axis] not in (1, cells) for v in full):
            return None
        sizes.append(cells)
    return sizes


SIZES = ([4], [1], [3, 4], [1, 4], [3, 1], [2, 3, 4], [2, 1, 4], [1, 1, 4], [2, 3, 5], [2, 2, 4])


@pytest.mark.slow
@pytest.mark.parametrize("kind", STRETCHING)
def test_axes_of_one_are_stretched_and_nothing_else(kind: str) -> None:
    agreed = refused = 0
    for volumes in [*product(SIZES, repeat=2), *product(SIZES[::2], repeat=3)]:
        record, found = merged(kind, *volumes)
        expected = stretched(volumes)
        assert record["output"] == expected, volumes
        assert [d["code"] for d in found] == ([] if expected else ["SC205"]), volumes
        counted = ("weights", "biases", "parameters", "non_trainable", "macs")
        assert [record[key] for key in counted] == [0] * 5
        agreed += expected is not None
        refused += expected is None
    assert agreed > 50
    assert refused > 50


def test_concat_joins_the_depth_and_stretches_nothing() -> None:
    agreed = refused = 0
    for volumes in [*product(SIZES, repeat=2), *product(SIZES[::2], repeat=3)]:
        record, found = merged("concat", *volumes)
        good = len({tuple(v[:-1]) for v in volumes}) == 1
        depth = sum(v[-1] for v in volumes)
        assert record["output"] == ([*volumes[0][:-1], depth] if good else None), volumes
        assert [d["code"] for d in found] == ([] if good else ["SC205"]), volumes
        agreed += good
        refused += not good
    assert agreed > 10
    assert refused > 100


@pytest.mark.parametrize(
    ("kind", "volumes", "output"),
    [
        ("add", ([56, 56, 256], [56, 56, 256]), [56, 56, 256]),
        ("multiply", ([56, 56, 64], [1, 1, 64]), [56, 56, 64]),  # squeeze and excitation
        ("multiply", ([56, 56, 64], [64]), [56, 56, 64]),  # a flat gate
        ("concat", ([28, 28, 64], [28, 28, 128], [28, 28, 32], [28, 28, 32]), [28, 28, 256]),
        ("concat", ([10], [20]), [30]),
        ("average", ([10], [10], [10]), [10]),
        ("subtract", ([4, 4, 3], [1, 1, 1]), [4, 4, 3]),
        ("maximum", ([2, 3, 4, 5], [2, 3, 4, 5]), [2, 3, 4, 5]),
    ],
)
def test_known_merges(kind: str, volumes: tuple[list[int], ...], output: list[int]) -> None:
    record, found = merged(kind, *volumes)
    assert found == []
    assert record["output"] == output
    assert record["input"] == list(volumes)
    assert record["from"] == [f"i{index}" for index in range(len(volumes))]


OFFER = re.compile(r"(conv|crop|pad|upsample): (\{.*?\}|\[\[.*?\]\]) on i(\d) gives \S+?(?=,|$)")


def mended(volumes: list[list[int]], hint: str) -> list[list[list[int]]]:
    """Return the volumes with each layer that a hint offers put behind its source, one by one."""
    results = []
    for kind, written, place in OFFER.findall(hint):
        layer = {kind: yaml.safe_load(written)}
        result = trace({"input": volumes[int(place)], "layers": [layer]}).to_dict()
        assert not [d for d in result["diagnostics"] if d["severity"] == "error"], hint
        changed = [*volumes]
        changed[int(place)] = result["output"]
        other = volumes[1 - int(place)]
        assert all(m > 1 or w == 1 for m, w in zip(result["output"], other, strict=True)), hint
        results.append(changed)
    return results


@pytest.mark.quick(2)
@pytest.mark.parametrize("kind", [*STRETCHING, "concat"])
def test_hints_on_sizes_make_the_volumes_agree(kind: str) -> None:
    compared = 0
    for a, b, axis in product((1, 4, 7, 9), (2, 3, 5, 8, 10), (0, 1)):
        volumes = [[5, 5, 2], [5, 5, 2]]
        volumes[0][axis], volumes[1][axis] = a, b
        _, found = merged(kind, *volumes)
        if not found:
            continue
        for changed in mended(volumes, found[0]["hint"]):
            assert changed != volumes, (volumes, found[0]["hint"])
            assert merged(kind, *changed)[1] == [], (volumes, found[0]["hint"], changed)
            compared += 1
    assert compared > 10


@pytest.mark.quick(1)
@pytest.mark.parametrize("kind", ["add", "multiply", "concat"])
def test_hints_on_several_axes_make_the_volumes_agree(kind: str) -> None:
    compared = mixed = 0
    sizes = ((9, 9), (5, 5), (8, 6), (8, 8), (7, 7), (4, 9), (7, 8), (7, 4), (1, 3))
    for (H, W), (h, w), depth in product(sizes, sizes, (2, 5)):
        volumes = [[H, W, 2], [h, w, depth]]
        _, found = merged(kind, *volumes)
        if not found or (h, w) == (H, W):
            continue
        hint = found[0]["hint"]
        if (H - h) * (W - w) < 0:  # each is the larger one somewhere: no one layer helps
            assert not mended(volumes, hint), (volumes, hint)
            mixed += 1
            continue
        for changed in mended(volumes, hint):
            assert merged(kind, *changed)[1] == [], (volumes, hint)
            compared += 1
    assert compared > 30
    assert mixed > 5


def test_only_axes_that_differ_are_named() -> None:
    def said(kind: str, *volumes: list[int]) -> str:
        message: str = merged(kind, *volumes)[1][0]["message"]
        return message.rpartition(":")[2].strip()

    assert said("add", [8, 6, 2], [7, 6, 2]) == "height 8 and 7 differ"
    assert said("add", [8, 6, 2], [8, 5, 3]) == "width 6 and 5, depth 2 and 3 differ"
    assert said("add", [8, 6, 2], [1, 5, 2]) == "width 6 and 5 differ"
    assert said("concat", [8, 6, 2], [1, 6, 3]) == "height 8 and 1 differ"
    assert said("add", [4, 6, 2], [4, 6, 2], [4, 6, 3]) == "depth 2 and 3 differ"
    assert said("add", [4, 2], [3, 2]) == "length 4 and 3 differ"
    assert said("add", [4], [3]) == "units 4 and 3 differ"


@pytest.mark.parametrize("kind", STRETCHING)
def test_hints_on_depths_name_a_depth_that_is_there(kind: str) -> None:
    record, found = merged(kind, [8, 8, 16], [8, 8, 24])
    assert record["output"] is None
    assert "16" in found[0]["message"]
    assert "24" in found[0]["message"]
    changed = mended([[8, 8, 16], [8, 8, 24]], found[0]["hint"])
    assert changed == [[[8, 8, 24], [8, 8, 24]], [[8, 8, 16], [8, 8, 16]]]


@pytest.mark.parametrize("kind", [*STRETCHING, "concat"])
def test_a_disagreement_names_both_volumes(kind: str) -> None:
    _, found = merged(kind, [8, 6, 2], [7, 6, 2])
    assert "8x6x2" in found[0]["message"]
    assert "7x6x2" in found[0]["message"]
    assert "height" in found[0]["message"]


@pytest.mark.parametrize("kind", [*STRETCHING, "concat"])
@pytest.mark.parametrize("written", [{"from": ["input"]}, "input", {"from": "relu1"}, None])
def test_a_merge_needs_two_sources(ask: Ask, kind: str, written: Any) -> None:
    asked = ask("4x4x1", "relu", {kind: written})
    assert asked.codes == ["SC109"]
    assert asked["output"] is None


def test_the_same_source_twice_counts_twice(ask: Ask) -> None:
    assert ask("4x4x3", {"concat": ["input", "input"]})["output"] == [4, 4, 6]
    assert ask("4x4x3", {"add": ["input", "input"]})["output"] == [4, 4, 3]


@pytest.mark.parametrize("kind", [*STRETCHING, "concat"])
def test_a_merge_has_no_other_fields(ask: Ask, kind: str) -> None:
    written = {"from": ["input", "input"], "mode": 1}
    assert ask("4x4x3", {kind: written}).errors == ["SC102"]


def test_a_depth_beyond_the_limit_is_unknown() -> None:
    record, found = merged("concat", [2**62], [2**62])
    assert record["output"] is None
    assert [d["code"] for d in found] == ["SC108"]


def test_the_working_of_concat(ask: Ask) -> None:
    asked = ask("4x4x3", {"concat": ["input", "input", "input"]})
    assert asked["derivation"][0] == "depth 3 + 3 + 3 = 9"


@pytest.mark.parametrize(
    ("axis", "one", "other", "output"),
    [
        ("depth", [4, 5, 3], [4, 5, 2], [4, 5, 5]),
        ("height", [4, 5, 3], [2, 5, 3], [6, 5, 3]),
        ("width", [4, 5, 3], [4, 1, 3], [4, 6, 3]),
        (1, [4, 5, 3], [4, 1, 3], [4, 6, 3]),
        ("length", [7, 2], [1, 2], [8, 2]),
        ("frames", [2, 4, 5, 3], [3, 4, 5, 3], [5, 4, 5, 3]),
        ("depth", [7], [2], [9]),
        (3, [1, 2, 3, 4, 5], [1, 2, 3, 2, 5], [1, 2, 3, 6, 5]),
    ],
)
def test_concat_joins_along_any_axis(
    axis: Any, one: list[int], other: list[int], output: list[int]
) -> None:
    spec = {
        "inputs": {"a": one, "b": other},
        "layers": [{"concat": {"from": ["a", "b"], "axis": axis}}],
    }
    traced = trace(spec)
    assert [d for d in traced.diagnostics if d.severity == "error"] == []
    assert traced.output == tuple(output)


@pytest.mark.parametrize(
    ("axis", "code", "said", "hints"),
    [
        ("height", "SC205", "width 5 and 6, depth 3 and 4 differ", ()),
        ("length", "SC206", "4x5x3 has no axis length", ()),
        (3, "SC206", "4x5x3 has no axis 3", ()),
        (-1, "SC104", "not -1", ("depth",)),
        ("channels", "SC104", "depth, length", ()),
        (8, "SC104", "not 8", ()),
    ],
)
def test_what_concat_cannot_join(axis: Any, code: str, said: str, hints: tuple[str, ...]) -> None:
    layer = {"concat": {"from": ["a", "b"], "axis": axis}}
    spec = {"inputs": {"a": [4, 5, 3], "b": [2, 6, 4]}, "layers": [layer]}
    (found,) = trace(spec).diagnostics
    assert found.code == code
    assert said in found.message
    assert all(hint in found.hint for hint in hints)


def test_the_repairs_of_a_concat_along_the_height_work() -> None:
    layers = [
        {"conv": {"K": 4, "F": 3}},
        {"concat": {"from": ["conv1", "input"], "axis": "height"}},
    ]
    (found,) = trace({"input": [9, 8, 3], "layers": layers}).diagnostics
    assert found.code == "SC205"
    assert "width 6 and 8, depth 4 and 3 differ" in found.message
    narrower = [{"conv": {"K": 3, "F": 3}}, layers[1]]
    (found,) = trace({"input": [9, 8, 3], "layers": narrower}).diagnostics
    assert "P=1 in conv1 gives 18x8x3" in found.hint
    assert "pad: [[0,0],[1,1]] on conv1 gives 16x8x3" in found.hint


@pytest.mark.parametrize(
    ("volumes", "output"),
    [
        (([8, 8, 64], [8, 8, 32]), [8, 8, 64]),
        (([8, 8, 32], [8, 8, 64]), [8, 8, 32]),
        (([8, 6, 4], [4, 9, 2], [1, 1, 4]), [8, 6, 4]),
        (([5], [9]), [5]),
        (([8, 8, 4], [4]), None),
    ],
)
def test_add_with_unequal_first_has_the_first_volume(
    volumes: tuple[list[int], ...], output: list[int] | None
) -> None:
    names = "abc"[: len(volumes)]
    inputs = dict(zip(names, volumes, strict=True))
    layer = {"add": {"from": [*names], "unequal": "first"}}
    traced = trace({"inputs": inputs, "layers": [layer]})
    codes = [d.code for d in traced.diagnostics if d.severity == "error"]
    assert codes == ([] if output else ["SC205"])
    assert traced.output == (tuple(output) if output else None)
    assert trace({"inputs": inputs, "layers": [{"add": [*names]}]}).output in (None, (8, 8, 4))
    wrong = {"add": {"from": [*names], "unequal": "last"}}
    assert "SC104" in [d.code for d in trace({"inputs": inputs, "layers": [wrong]}).diagnostics]
