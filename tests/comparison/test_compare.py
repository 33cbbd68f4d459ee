"""What differs between two networks: planted changes are found, other ways of writing are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.comparison import Difference

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
