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
        ("two words", "SC107", ""),
        ("two\nlines", "SC104", ""),
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


# -- max_unpool ------------------------------------------------------------------------------------

SEGNET: list[Any] = [
    {"conv": {"name": "wide", "K": 4, "F": 3, "P": 1}},
    {"max_pool": {"name": "half", "F": 2}},
    {"max_pool": {"name": "fourth", "F": 2}},
]


def test_an_unpooling_goes_back_to_what_its_pool_takes() -> None:
    trace = traced(*SEGNET, {"max_unpool": "fourth"}, "relu", {"max_unpool": {"of": "half"}})
    assert codes(trace) == []
    assert [record.output for record in trace.layers[3:]] == [(6, 5, 4), (6, 5, 4), (12, 11, 4)]
    assert trace["max_unpool1"].sources == ("fourth", "half")
    assert trace["max_unpool2"].sources == ("relu1", "wide")
    assert trace["max_unpool2"].jump == (1, 1)


def test_an_unpooling_in_blocks_names_the_pool_that_is_given() -> None:
    up = {"parameters": {"pool": None}, "layers": [{"max_unpool": "$pool"}, "relu"]}
    down = {"layers": ["relu", {"max_pool": {"F": 2}}]}
    layers = ["down", "down", {"up": "down2.max_pool1"}, {"up": {"pool": "down1"}}]
    trace = traced(*layers, blocks={"up": up, "down": down})
    assert codes(trace) == []
    assert trace.output == (12, 11, 2)
    assert trace["up2.max_unpool1"].sources == ("up1.relu1", "down1.relu1")


@pytest.mark.parametrize(
    ("layer", "code", "place", "hint"),
    [
        ("wide", "SC107", "", "fourth is a max_pool"),  # half is one, too, and does not fit
        ("input", "SC107", "", "fourth is a max_pool"),
        ("forth", "SC107", "", "did you mean fourth?"),
        ({"of": "wide"}, "SC107", ".of", "fourth is a max_pool"),
        ({"of": "half"}, "SC205", "", "of: fourth, which gives 3x2x4"),
        ({"of": "half", "from": "wide"}, "SC205", "", "of names the pool"),
        ({"of": "fourth", "from": "narrow"}, "SC205", "", "K=4 in narrow gives 6x5x4"),
        ({"of": "half", "from": "flat"}, "SC206", "", "a pool of as many axes"),
        ({"of": ["half"]}, "SC104", ".of", ""),
        ({}, "SC103", "", "max_unpool: max_pool1"),
    ],
)
def test_what_cannot_be_unpooled(layer: Any, code: str, place: str, hint: str) -> None:
    others = [
        {"conv": {"name": "narrow", "K": 1, "F": 1}},
        {"flatten": {"name": "flat"}},
        {"dropout": {"from": "fourth"}},
    ]
    trace = traced(*SEGNET, *others, {"max_unpool": layer})
    assert codes(trace) == [(code, f"layers[6].max_unpool{place}")]
    (hints,) = [d.hint for d in trace.diagnostics if d.severity == "error"]
    assert hint in hints


def test_pytorchs_word_says_that_the_pool_is_named() -> None:
    trace = traced(*SEGNET, {"MaxUnpool2d": {"kernel_size": 2, "stride": 2}})
    found = [d for d in trace.diagnostics if d.severity == "error"]
    assert {d.code for d in found} == {"SC102"}
    assert all("of names the max pool" in d.hint for d in found)
    trace = traced(*SEGNET, {"nn.MaxUnpool2d": {"of": "fourth"}})
    assert codes(trace) == []
    assert "SC410" in [d.code for d in trace.diagnostics]


# -- upsample --------------------------------------------------------------------------------------


def test_an_upsampling_to_the_size_of_a_layer() -> None:
    trace = traced(*LAYERS[:3], {"upsample": {"like": "skip"}}, {"add": ["upsample1", "skip"]})
    assert codes(trace) == []
    assert trace["upsample1"].output == (10, 9, 4)
    assert trace["upsample1"].sources == ("relu1", "skip")
    flat = traced("flatten", {"upsample": {"like": "flatten1", "from": "input"}})
    assert codes(flat) == [("SC206", "layers[1].upsample")]
    flat = traced("flatten", {"upsample": {"like": "input"}})
    assert codes(flat) == [("SC206", "layers[1].upsample")]
    both = traced({"upsample": {"like": "input", "output": 4}})
    assert codes(both) == [("SC104", "layers[0].upsample")]
