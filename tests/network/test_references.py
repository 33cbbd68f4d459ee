"""Fields that name another layer: what they mean in scopes and blocks, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc

LAYERS: list[Any] = [
    {"conv": {"name": "skip", "K": 4, "F": 3}},
    {"max_pool": {"name": "small", "F": 2}},
    "relu",
    {"crop": {"name": "cut", "from": "skip", "like": "small"}},
]


def traced(*layers: Any, **more: Any) -> Any:
    return shapecalc.trace({"input": "12x11x2", "rounding": "floor", "layers": [*layers], **more})


def codes(trace: Any) -> list[tuple[str, str]]:
    return [(d.code, d.where) for d in trace.diagnostics if d.severity == "error"]


def test_what_is_named_is_a_second_source() -> None:
    trace = traced(*LAYERS)
    assert codes(trace) == []
    record = trace["cut"].to_dict()
    assert record["from"] == ["skip", "small"]
    assert record["input"] == [[10, 9, 4], [5, 4, 4]]
    assert record["output"] == [5, 4, 4]
    assert record["fields"]["like"] == "small"


def test_a_block_names_its_own_layers_and_those_it_is_given() -> None:
    up = {
        "parameters": {"other": None},
        "layers": [
            {"conv": {"K": 3, "F": 3, "P": 1}},
            {"crop": {"like": "$other"}},
            {"crop": {"like": "input", "from": "conv1"}},
            {"crop": {"like": "crop1"}},
        ],
    }
    trace = traced(
        *LAYERS[:3], {"up": {"from": "skip", "other": "small"}}, {"up": "input"},
        {"crop": {"like": "up1.crop1", "from": "skip"}},
        blocks={"up": up},
    )  # fmt: skip
    assert trace["up1.crop1"].output == (5, 4, 3)
    assert trace["up1.crop2"].output == (10, 9, 3)
    assert trace["up1.crop3"].output == (5, 4, 3)
    assert trace["crop1"].output == (5, 4, 4)
    assert codes(trace) == [("SC205", "blocks.up.layers[1].crop")]  # 5x4 like 12x11


@pytest.mark.parametrize(
    ("value", "code", "hint"),
    [
        ("smal", "SC107", "did you mean small?"),
        ("relu2", "SC107", "only earlier layers"),
        ("crop1", "SC107", ""),  # itself
        ("tail", "SC107", ""),  # a later one
        ("small.relu", "SC107", ""),
        ("two words", "SC104", ""),
        ("", "SC104", ""),
        ("x" * 1000, "SC104", ""),
        (5, "SC104", ""),
        (None, "SC103", "for example crop: 4"),
        (["small"], "SC104", ""),
        ({"small": 1}, "SC104", ""),
    ],
)
def test_what_names_nothing(value: Any, code: str, hint: str) -> None:
    trace = traced(
        *LAYERS[:3], {"crop": {"from": "skip", "like": value}}, {"dense": {"name": "tail", "K": 2}}
    )
    (found,) = (d for d in trace.diagnostics if d.severity == "error")
    assert found.code == code
    assert hint in found.hint
    assert found.where == "layers[3].crop" + (".like" if code != "SC103" else "")
    assert trace.layers[3].output is None


def test_what_is_named_must_be_one_volume() -> None:
    inputs = {"left": "8x8x2", "right": "8x8x3"}
    pair = {"layers": [{"crop": {"like": "input"}}]}
    layers = [{"pair": {"from": ["left", "right"]}}, {"crop": {"like": "input", "from": "left"}}]
    trace = shapecalc.trace({"inputs": inputs, "blocks": {"pair": pair}, "layers": layers})
    assert ("SC109", "blocks.pair.layers[0].crop.like") in codes(trace)
    assert ("SC107", "layers[1].crop.like") in codes(trace)


def test_what_is_not_known_says_nothing_more() -> None:
    trace = traced({"conv": {"name": "a", "K": 4}}, {"crop": {"from": "input", "like": "a"}})
    assert codes(trace) == [("SC103", "layers[0].conv")]
    assert trace["crop1"].output is None


def test_a_repeat_says_it_once() -> None:
    trace = traced({"repeat": {"times": 500, "layers": [{"crop": {"like": "nothing"}}]}})
    assert codes(trace) == [("SC107", "layers[0].repeat.layers[0].crop.like")]
