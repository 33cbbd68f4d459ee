"""What differs between two networks: planted changes are found, other ways of writing are none."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.comparison import Difference
from shapecalc.comparison.matching import _longest

NETWORKS = Path(__file__).parents[2] / "specs" / "networks"


def spec(*layers: Any, **more: Any) -> dict[str, Any]:
    return {"input": "32x32x8", "layers": list(layers), **more}


def told(found: Difference) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return the changes: what, the layer, the fields."""
    return [
        (change.what, (change.old or change.new).name, dict(change.fields))  # type: ignore[union-attr]
        for change in found.changes
    ]


BODY: Sequence[Any] = (
    {"conv": {"K": 16, "F": 3, "P": 1}}, "batch_norm", "relu",
    {"conv": {"K": 16, "F": 3, "P": 1}}, "batch_norm", "relu", {"dense": 10},
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (({"conv": {"K": 4, "F": 3, "P": "same"}},), ({"conv": {"K": 4, "F": [3, 3], "P": 1}},)),
        (({"pad": 1}, {"conv": {"K": 4, "F": 3}}), ({"conv": {"K": 4, "F": 3, "P": 1}},)),
        (
            ({"pad": [[0, 1], [0, 1]]}, {"conv": {"K": 4, "F": 3, "S": 2}}),
            ({"conv": {"K": 4, "F": 3, "S": 2, "P": "same"}},),
        ),
        (("flatten", {"dense": 4}), ({"dense": 4},)),
        (("relu6",), ({"relu": {"max": 6}},)),
        (("identity", "relu"), ("relu",)),
        (({"depthwise_conv": 3},), ({"conv": {"K": 8, "F": 3, "groups": 8}},)),
        (("global_avg_pool", "flatten"), ({"global_avg_pool": {"keep": False}},)),
        (({"adaptive_avg_pool": 1},), ("global_avg_pool",)),
        (
            (
                {"relu": {"name": "a"}},
                {"tanh": {"from": "input", "name": "b"}},
                {"add": ["a", "b"]},
            ),
            (
                {"tanh": {"name": "c"}},
                {"relu": {"from": "input", "name": "d"}},
                {"add": ["c", "d"]},
            ),
        ),
        (
            ({"repeat": {"times": 2, "layers": [{"conv": {"K": 8, "F": 1}}, "relu"]}},),
            ({"conv": {"K": 8, "F": 1}}, "relu", {"conv": {"K": 8, "F": 1}}, "relu"),
        ),
    ],
)
def test_another_way_of_writing_is_the_same_network(one: Any, other: Any) -> None:
    found = shapecalc.diff(spec(*one), spec(*other))
    assert found.same, str(found)
    assert "the same network" in str(found)


@pytest.mark.parametrize(
    ("at", "layer", "expected"),
    [
        (0, {"conv": {"K": 16, "F": 3, "S": 2, "P": 1}}, {"S": (1, 2)}),
        (0, {"conv": {"K": 16, "F": 5, "P": 2}}, {"F": (3, 5), "P": (1, 2)}),
        (3, {"conv": {"K": 24, "F": 3, "P": 1}}, {"K": (16, 24)}),
        (3, {"conv": {"K": 16, "F": 3, "P": 1, "bias": False}}, {"bias": (True, False)}),
        (1, {"batch_norm": {"eps": 0.001}}, {"eps": (1e-5, 0.001)}),
        (0, {"conv": {"K": 16, "F": 3, "P": 1, "trainable": False}}, {"trainable": (True, False)}),
    ],
)
def test_one_changed_layer_is_one_change(at: int, layer: Any, expected: dict[str, Any]) -> None:
    changed = [*BODY]
    changed[at] = layer
    found = shapecalc.diff(spec(*BODY, rounding="floor"), spec(*changed, rounding="floor"))
    ((what, _, fields),) = told(found)
    assert (what, fields) == ("changed", expected)
    assert not found.same


@pytest.mark.parametrize("at", range(len(BODY)))
def test_a_layer_that_is_gone_is_named_and_one_that_came(at: int) -> None:
    less = [*BODY[:at], *BODY[at + 1 :]]
    gone, came = shapecalc.diff(spec(*BODY), spec(*less)), shapecalc.diff(spec(*less), spec(*BODY))
    kind = BODY[at] if isinstance(BODY[at], str) else next(iter(BODY[at]))
    for found, what in ((gone, "removed"), (came, "added")):
        (change,) = found.changes
        record = change.old or change.new
        assert record is not None
        assert (change.what, record.kind) == (what, kind)


def test_another_source_is_a_change() -> None:
    head: list[Any] = [{"relu": {"name": "a"}}, {"tanh": {"name": "b"}}]
    one = spec(*head, {"conv": {"K": 4, "F": 1, "from": "a", "name": "c"}}, outputs=["b", "c"])
    other = spec(*head, {"conv": {"K": 4, "F": 1, "from": "b", "name": "c"}}, outputs=["b", "c"])
    assert told(shapecalc.diff(one, other)) == [("changed", "c", {"from": (["a"], ["b"])})]


def test_another_input_is_told_though_no_layer_changed() -> None:
    found = shapecalc.diff(spec(*BODY), spec(*BODY) | {"input": "48x48x8"})
    assert (found.changes, found.same) == ((), False)
    assert str(found).startswith("input: 32x32x8 -> 48x48x8")


def test_names_alone_make_no_difference() -> None:
    found = shapecalc.diff(spec("relu"), spec({"relu": {"name": "other"}}))
    assert found.same
    assert found.to_dict()["layers"] == [
        {"change": "renamed", "old": "relu1", "new": "other", "fields": {}, "output": None}
    ]


def test_a_changed_stride_in_alexnet_is_one_change_and_what_follows_a_line() -> None:
    text = (NETWORKS / "alexnet.yaml").read_text(encoding="utf-8")
    document = shapecalc.read(NETWORKS / "alexnet.yaml").document
    assert "F: 11, S: 4" in text
    data = {**document.data, "layers": [*document.data["layers"]]}
    first = dict(data["layers"][0]["conv"]) | {"S": 3}
    data["layers"][0] = {"conv": first}
    found = shapecalc.diff(NETWORKS / "alexnet.yaml", data)
    assert told(found) == [("changed", "conv1", {"S": (4, 3)})]
    assert found.totals["parameters"] == (62378344, 91738472)
    assert found.behind == 14


def test_a_deeper_network_adds_its_blocks() -> None:
    found = shapecalc.diff(NETWORKS / "vgg-16.yaml", NETWORKS / "vgg-19.yaml")
    assert {change.what for change in found.changes} == {"added"}
    assert len(found.changes) == 6


def test_the_same_file_of_another_format_is_the_same(tmp_path: Path) -> None:
    written = tmp_path / "net.json"
    written.write_bytes(shapecalc.convert(NETWORKS / "resnet-18.yaml").encode())  # type: ignore[union-attr]
    assert shapecalc.diff(NETWORKS / "resnet-18.yaml", written).same


def test_very_different_networks_take_no_time() -> None:
    one = spec({"repeat": {"times": 2000, "layers": ["relu"]}})
    other = spec({"repeat": {"times": 2000, "layers": ["tanh"]}})
    found = shapecalc.diff(one, other)
    assert len(found.changes) == 4_000
    assert len(str(found).splitlines()) < 10


@pytest.mark.parametrize("kind", ["conv", "max_pool", "depthwise_conv"])
@pytest.mark.parametrize("size", ["?x?x3", "9x9x3"])
def test_no_padding_is_the_same_whether_the_size_is_open_or_not(kind: str, size: str) -> None:
    fields = {"F": 3, "S": 2} | ({"K": 4} if kind == "conv" else {})
    one, valid, padded = (
        {"input": size, "layers": [{kind: {**fields, "P": P}}]} for P in (0, "valid", 1)
    )
    assert shapecalc.diff(one, valid).same
    assert not shapecalc.diff(valid, padded).same


def test_a_transposed_convolution_without_a_crop_may_differ_where_it_is_valid() -> None:
    """Where the stride is wider than the window, Keras fills up with zeros."""
    one, valid = (
        {"input": "?x?x3", "layers": [{"conv_transpose": {"K": 4, "F": 2, "S": 3, "P": P}}]}
        for P in (0, "valid")
    )
    assert not shapecalc.diff(one, valid).same


@pytest.mark.parametrize(("one", "other"), [("aab", "abab"), ("abcab", "bacba"), ("", "a")])
def test_the_longest_common_order_is_found(one: str, other: str) -> None:
    pairs = sorted(_longest(one, other))
    assert all(one[a] == other[b] for a, b in pairs)
    assert all(before[1] < after[1] for before, after in pairwise(pairs))
    subsets = [set(combinations(one, len(pairs) + more)) for more in (0, 1)]
    common = [subset & set(combinations(other, len(next(iter(subset), ())))) for subset in subsets]
    assert common[0]
    assert not common[1]


def test_what_repeats_out_of_step_takes_no_time() -> None:
    """A search for the longest run took minutes."""
    old = shapecalc.trace(spec(*["relu"] * 2000))
    new = shapecalc.trace(spec("gelu", *["relu", "tanh"] * 1000))
    started = time.process_time()
    found = shapecalc.comparison.compare(old, new)
    assert time.process_time() - started < 10
    assert {what for what, *_ in told(found)} >= {"removed", "added"}


TWINS = (
    {"conv": {"K": 8, "F": 3, "P": 1, "name": "a"}},
    {"conv": {"K": 8, "F": 3, "P": 1, "name": "b", "from": "input"}},
)
PAIR = TWINS[0], "relu", {"conv": {"K": 8, "F": 3, "P": 1, "name": "b"}}
MEAN = "global_avg_pool"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (spec(*PAIR, "relu", outputs=["a", "b"]), spec(*PAIR, "relu", outputs=["a", "relu1"])),
        (spec(*PAIR, outputs=["a", "b"]), spec(*PAIR, outputs=["b", "a"])),
        (
            spec(*PAIR, {"conv": {"K": 8, "F": 3, "P": 1, "share": "a"}}),
            spec(*PAIR, {"conv": {"K": 8, "F": 3, "P": 1, "share": "b"}}),
        ),
        (spec({"pad": {"P": [[0, 2], [0, 2]]}}, MEAN), spec({"pad": {"P": [0, 2]}}, MEAN)),
        (spec({"crop": {"P": [[1, 2], [1, 2]]}}, MEAN), spec({"crop": {"P": [1, 2]}}, MEAN)),
        (spec(*TWINS, {"concat": ["a", "b"]}), spec(*TWINS, {"concat": ["a", "a"]})),
        (spec(*PAIR, {"concat": ["a", "b"]}), spec(*PAIR, {"concat": ["b", "a"]})),
    ],
)
def test_networks_that_look_alike_are_different(one: Any, other: Any) -> None:
    traces = [shapecalc.trace(network) for network in (one, other)]
    assert [d for trace in traces for d in trace.diagnostics if d.severity == "error"] == []
    found = shapecalc.comparison.compare(*traces)
    assert not found.same
    assert found.changes or found.outputs_from
    assert shapecalc.comparison.compare(traces[0], traces[0]).same


def test_which_of_two_equal_layers_is_which_makes_no_difference() -> None:
    one, other = (spec(*TWINS, {"concat": order}, "relu") for order in (["a", "b"], ["b", "a"]))
    found = shapecalc.comparison.compare(shapecalc.trace(one), shapecalc.trace(other))
    assert found.same, str(found)


def test_a_share_and_an_input_are_told_by_name() -> None:
    last = {"conv": {"K": 8, "F": 3, "P": 1, "name": "c"}}
    shared = {"conv": {**last["conv"], "share": "a"}}
    old, new = shapecalc.trace(spec(*PAIR, shared)), shapecalc.trace(spec(*PAIR, last))
    assert told(shapecalc.comparison.compare(old, new)) == [
        ("changed", "c", {"share": ("a", None)})
    ]
    both = [
        shapecalc.trace({"inputs": {"x": 8, "y": 8}, "layers": [{"concat": order}]})
        for order in (["x", "y"], ["y", "x"])
    ]
    (change,) = shapecalc.comparison.compare(*both).changes
    assert change.fields == {"from": (["x", "y"], ["y", "x"])}
