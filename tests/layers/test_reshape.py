"""Layers that move values about: nothing is learned, and no value may get lost unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from shapecalc import trace

Ask = Callable[..., Any]
NOTHING = ("weights", "biases", "parameters", "non_trainable", "macs")


@pytest.mark.parametrize(
    ("volume", "layer", "output"),
    [
        ("7x7x64", "flatten", [3136]),
        ("12", "flatten", [12]),
        ("2x3x4x5", "flatten", [120]),
        ("3136", {"reshape": "7x7x64"}, [7, 7, 64]),
        ("7x7x64", {"reshape": 3136}, [3136]),
        ("7x7x64", {"reshape": [49, 64]}, [49, 64]),
        ("8", {"reshape": {"output": "2x2x2x1"}}, [2, 2, 2, 1]),
        ("8", {"reshape": {"output": {"height": 2, "width": 2, "depth": 2}}}, [2, 2, 2]),
        ("15x15x8", {"pad": 2}, [19, 19, 8]),
        ("31x31x32", {"pad": 1}, [33, 33, 32]),
        ("10x3", {"pad": [[1, 2]]}, [13, 3]),
        ("10x10x3", {"pad": [[0, 1], [2, 3]]}, [11, 15, 3]),
        ("10x10x3", {"pad": [1, 0]}, [12, 10, 3]),
        ("10x10x3", {"pad": "1x2"}, [12, 14, 3]),
        ("2x3x4x5", {"pad": 1}, [4, 5, 6, 5]),
        ("5x5x1", {"pad": 0}, [5, 5, 1]),
        ("64x64x512", {"crop": 4}, [56, 56, 512]),
        ("64x60x2", {"crop": [[1, 2], [3, 4]]}, [61, 53, 2]),
        ("10x3", {"crop": {"P": [4]}}, [2, 3]),
        ("5x5x1", {"crop": {"padding": 2}}, [1, 1, 1]),
        ("13x13x256", {"upsample": 2}, [26, 26, 256]),
        ("13x7x256", {"upsample": [1, 3]}, [13, 21, 256]),
        ("13x7x256", {"upsample": {"scale": "2x1", "mode": "bilinear"}}, [26, 7, 256]),
        ("4x3", {"upsample": 5}, [20, 3]),
        ("2x3x4x5", {"upsample": 2}, [4, 6, 8, 5]),
        ("13x7x256", {"upsample": 1.5}, [19, 10, 256]),
        ("13x7x256", {"upsample": {"scale": [0.5, 2.0]}}, [6, 14, 256]),
        ("100x3", {"upsample": 1.15}, [114, 3]),
        # torchvision's feature pyramid: to the size of the skip connection
        ("50x84x256", {"upsample": {"output": "100x167"}}, [100, 167, 256]),
        ("5x4x3x2", {"upsample": {"output": 7, "mode": "bilinear"}}, [7, 7, 7, 2]),
    ],
)
def test_known_sizes(ask: Ask, volume: str, layer: Any, output: list[int]) -> None:
    asked = ask(volume, layer)
    assert asked.codes == []
    assert asked["output"] == output
    assert [asked[key] for key in NOTHING] == [0] * 5


def test_reshape_keeps_the_number_of_values_and_the_hint_does_too(ask: Ask) -> None:
    refused = 0
    for H, W, D, output in product(
        (1, 2, 6), (1, 4), (3, 5), ([12], [2, 6], [3, 4, 1], [1, 1, 30])
    ):
        asked = ask((H, W, D), {"reshape": output})
        values = len([None for _ in range(H) for _ in range(W) for _ in range(D)])
        wanted = 1
        for size in output:
            wanted *= size
        assert asked.codes == ([] if values == wanted else ["SC207"])
        if values == wanted:
            assert asked["output"] == output
            continue
        refused += 1
        assert asked["output"] is None
        said = asked.said("SC207")
        assert str(values) in said
        assert str(wanted) in said
        offered = re.search(r"output: (\d+(?:x\d+)*)", asked.hint("SC207"))
        assert offered
        sizes = [int(size) for size in offered[1].split("x")]
        mended = ask((H, W, D), {"reshape": sizes})
        assert mended.codes == []
        assert mended["output"] == sizes
    assert refused > 30


def test_a_crop_may_not_take_everything_and_the_hint_leaves_something(ask: Ask) -> None:
    refused = 0
    for H, W, P in product((1, 2, 5, 6), (3, 4), (1, 2, 3)):
        asked = ask((H, W, 2), {"crop": P})
        left = [H - P - P, W - P - P]
        assert asked.codes == ([] if min(left) > 0 else ["SC202"])
        if min(left) > 0:
            assert asked["output"] == [*left, 2]
            continue
        refused += 1
        assert asked["output"] is None
        offered = re.search(r"P=(\d+) leaves (\d+)x(\d+)", asked.hint("SC202"))
        assert offered
        most, *sizes = map(int, offered.groups())
        assert ask((H, W, 2), {"crop": most})["output"] == [*sizes, 2]
        assert min(H, W) - 2 * (most + 1) < 1  # one more would be too much
    assert refused > 10


def test_an_uneven_crop_may_not_take_everything_either(ask: Ask) -> None:
    assert ask("5x5x1", {"crop": [[0, 0], [4, 1]]}).codes == ["SC202"]
    assert ask("5x5x1", {"crop": [[0, 0], [3, 1]]})["output"] == [5, 1, 1]


@pytest.mark.parametrize("layer", [{"pad": 1}, {"crop": 1}, {"upsample": 2}], ids=str)
def test_some_need_places(ask: Ask, layer: Any) -> None:
    asked = ask("100", layer)
    assert asked.codes == ["SC206"]
    assert asked["output"] is None


@pytest.mark.parametrize(
    ("volume", "layer"),
    [
        ("9x9x4", {"pad": [[1, 1]]}),
        ("9x4", {"pad": [1, 1]}),
        ("9x9x4", {"crop": [1, 1, 1]}),
        ("9x9x4", {"upsample": [2]}),
        ("9x4", {"upsample": "2x2"}),
    ],
)
def test_a_list_has_an_entry_for_each_axis(ask: Ask, volume: str, layer: Any) -> None:
    assert ask(volume, layer).codes == ["SC206"]


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("reshape", "SC103"),
        ("pad", "SC103"),
        ({"crop": {}}, "SC103"),
        ("upsample", "SC103"),
        ({"upsample": {"mode": "nearest"}}, "SC103"),
        ({"flatten": 3}, "SC104"),
        ({"flatten": {"start_dim": 2}}, "SC102"),
        ({"reshape": "7xx7"}, "SC104"),
        ({"reshape": "2x2x2x2x2x2x2x2x2"}, "SC104"),
        ({"reshape": []}, "SC104"),
        ({"reshape": [0, 4]}, "SC104"),
        ({"reshape": -1}, "SC104"),
        ({"reshape": True}, "SC104"),
        ({"reshape": {"target_shape": "7xx7"}}, "SC104"),
        ({"pad": -1}, "SC104"),
        ({"pad": "1"}, "SC104"),
        ({"pad": "same"}, "SC104"),
        ({"crop": "valid"}, "SC104"),
        ({"pad": 1.5}, "SC104"),
        ({"pad": [[1, 2, 3]]}, "SC104"),
        ({"upsample": 0}, "SC104"),
        ({"upsample": -1.5}, "SC104"),
        ({"upsample": float("nan")}, "SC104"),
        ({"upsample": [2, 0.0]}, "SC104"),
        ({"upsample": "1.5x2"}, "SC104"),
        ({"upsample": {"output": 7.5}}, "SC104"),
        ({"upsample": {"output": "16x16x3"}}, "SC206"),
        ({"upsample": {"scale": 2, "output": 16}}, "SC104"),
        ({"upsample": 0.1}, "SC202"),
        ({"upsample": {"scale": 2, "mode": "bicubic"}}, "SC104"),
        ({"upsample": {"scale": 2, "mode": True}}, "SC104"),
        ({"upsample": {"scale": 2, "align_corners": True}}, "SC102"),
        ({"upsample": {"scale_factor": 2, "scale": 2}}, "SC106"),
        ({"upsample": {"size": 16}}, "SC102"),
        ({"pad": {"P": 1, "padding": 1}}, "SC106"),
        ({"upsample": 2**63}, "SC108"),
    ],
)
def test_fields_that_are_wrong(ask: Ask, layer: Any, code: str) -> None:
    asked = ask("8x8x2", layer)
    assert code in asked.codes
    assert {*asked.errors} <= {code, "SC103"}  # a misspelt field is missing as well
    assert asked["weights"] == 0 or asked["weights"] is None


def test_sizes_beyond_the_limit_are_unknown(ask: Ask) -> None:
    asked = ask((2**62, 1, 1), {"upsample": [4, 1]})
    assert asked.codes == ["SC108"]
    assert asked["output"] is None


def test_workings(ask: Ask) -> None:
    near = ask("4x5x3", {"upsample": [2, 3]})["derivation"]
    assert near[:2] == ["height: 4*2 = 8", "width: 5*3 = 15"]
    assert not any("bound" in line for line in near)
    assert any(
        "upper bound" in line
        for line in ask("4x5x3", {"upsample": {"scale": 2, "mode": "bilinear"}})["derivation"]
    )
    assert ask("4x5x3", {"pad": [[1, 2], [0, 1]]})["derivation"][:2] == [
        *("height: 4 + 1 + 2 = 7", "width: 5 + 0 + 1 = 6"),
    ]
    assert ask("4x4x3", {"crop": 1})["derivation"][0] == "4 - 2*1 = 2"
    assert ask("4x5x3", {"crop": [[1, 2], [0, 1]]})["derivation"][:2] == [
        *("height: 4 - 1 - 2 = 1", "width: 5 - 0 - 1 = 4"),
    ]
    assert ask("4x5x3", "flatten")["derivation"][0] == "4*5*3 = 60"
    assert ask("4x5x3", {"reshape": "6x10"})["derivation"][0] == "4*5*3 = 60 = 6*10"


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("flatten", "flatten"),
        ({"reshape": "4x32"}, "reshape output=4x32"),
        ({"pad": [[0, 1], [2, 3]]}, "pad P=[[0,1],[2,3]]"),
        ({"crop": 1}, "crop P=1"),
        ({"upsample": 2}, "upsample scale=2"),
        ({"upsample": {"scale": [1, 2], "mode": "bilinear"}}, "upsample scale=1x2 mode=bilinear"),
    ],
)
def test_a_layer_is_described_by_its_fields(layer: Any, text: str) -> None:
    (record,) = trace({"input": "8x8x2", "layers": [layer]}).layers
    assert record.summary == text


# -- shuffles, slice, transpose --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "layer", "output"),
    [
        ("28x28x240", {"channel_shuffle": 3}, [28, 28, 240]),
        ("12", {"channel_shuffle": {"groups": 4}}, [12]),
        ("32x32x12", {"pixel_shuffle": 2}, [64, 64, 3]),
        ("32x32x12", {"pixel_shuffle": {"scale": "3x2", "order": "tensorflow"}}, [96, 64, 2]),
        ("10x8", {"pixel_shuffle": 4}, [40, 2]),
        ("2x3x4x8", {"pixel_shuffle": 2}, [4, 6, 8, 1]),
        ("64x64x3", {"pixel_unshuffle": 2}, [32, 32, 12]),
        ("6x4x3", {"pixel_unshuffle": [3, 2]}, [2, 2, 18]),
        ("28x28x116", {"slice": {"part": 2, "of": 2}}, [28, 28, 58]),
        ("28x20x6", {"slice": {"axis": "height", "part": 1, "of": 4}}, [7, 20, 6]),
        ("28x20x6", {"slice": {"axis": "width", "start": 3}}, [28, 17, 6]),
        ("10x6", {"slice": {"axis": "length", "stop": -4}}, [6, 6]),
        ("5x4x3x8", {"slice": {"axis": "frames", "start": -2, "stop": -1}}, [1, 4, 3, 8]),
        ("10", {"slice": {"start": 2, "stop": 5}}, [3]),
        ("4x4x3", "slice", [4, 4, 3]),
        ("20x30x4", {"transpose": ["width", "height", "depth"]}, [30, 20, 4]),
        ("20x30x4", {"transpose": {"axes": [2, 0, 1]}}, [4, 20, 30]),
        ("5x7", {"transpose": ["depth", "length"]}, [7, 5]),
        ("5", {"transpose": ["units"]}, [5]),
        ("2x3x4x5", {"transpose": [3, 2, 1, 0]}, [5, 4, 3, 2]),
    ],
)
def test_what_changes_places(ask: Ask, volume: str, layer: Any, output: list[int]) -> None:
    asked = ask(volume, layer)
    assert asked.codes == []
    assert asked["output"] == output
    assert [asked[key] for key in NOTHING] == [0] * 5


@pytest.mark.parametrize(
    ("volume", "layer", "code", "hint"),
    [
        ("4x4x8", {"channel_shuffle": 3}, "SC204", "groups=2 does"),
        ("4x4x8", {"channel_shuffle": 0}, "SC104", ""),
        ("4x4x9", {"pixel_shuffle": 2}, "SC204", ""),
        ("4x4x8", {"pixel_shuffle": 4}, "SC204", "scale=2 does"),
        ("16", {"pixel_shuffle": 2}, "SC206", "reshape"),
        ("4x4x8", {"pixel_shuffle": {"scale": 2, "order": "onnx"}}, "SC104", ""),
        ("5x4x3", {"pixel_unshuffle": 2}, "SC201", "pad: [[0,1],[0,0]] before it gives 6x4"),
        ("4x4x7", {"slice": {"part": 1, "of": 2}}, "SC204", "of=1 does"),
        ("4x4x7", {"slice": {"part": 3, "of": 2}}, "SC104", ""),
        ("4x4x7", {"slice": {"part": 1}}, "SC104", ""),
        ("4x4x7", {"slice": {"part": 1, "of": 7, "stop": 2}}, "SC104", ""),
        ("4x4x7", {"slice": {"start": 1.5}}, "SC104", ""),
        ("4x4x7", {"slice": {"start": 3, "stop": 3}}, "SC202", "stop=7"),
        ("4x4x7", {"slice": {"stop": 9}}, "SC202", "stop=7"),
        ("4x4x7", {"slice": {"stop": 8}}, "SC202", "stop=7"),
        ("4x4x6", {"slice": {"part": 1, "of": 5}}, "SC204", "of=3 does"),
        ("4x4x7", {"slice": {"start": -9}}, "SC202", "it has 0 to 7"),
        ("4x4x7", {"slice": {"axis": "length", "stop": 2}}, "SC206", "axis=height"),
        ("7", {"slice": {"axis": "height", "stop": 2}}, "SC206", "axis=depth"),
        ("4x4x7", {"transpose": ["depth", "length"]}, "SC206", "axes=[depth, height, width]"),
        ("4x4x7", {"transpose": [1, 0]}, "SC206", "axes=[1, 0, 2]"),
        ("4x4x7", {"transpose": [0, 0, 1]}, "SC104", ""),
        ("4x4x7", {"transpose": [1, 2, 3]}, "SC104", ""),
        ("4x4x7", {"transpose": ["depth", "depth", "width"]}, "SC104", ""),
        ("4x4x7", {"transpose": ["depth", 0, 1]}, "SC104", ""),
        ("4x4x7", {"transpose": 5}, "SC104", ""),
        ("4x4x7", "transpose", "SC103", ""),
    ],
)
def test_what_cannot_change_places(ask: Ask, volume: str, layer: Any, code: str, hint: str) -> None:
    asked = ask(volume, layer)
    assert asked.codes == [code]
    assert hint in asked.hint(code)


def test_the_fields_behind_what_changes_places(ask: Ask) -> None:
    conv = {"conv": {"K": 16, "F": 3, "S": 2, "P": 1}}
    for layer, jump in (
        ({"channel_shuffle": 4}, [2, 2]),
        ({"slice": {"part": 1, "of": 2}}, [2, 2]),
        ({"slice": {"axis": "width", "start": 1}}, [2, 2]),
        ({"pixel_shuffle": 2}, [1, 1]),
        ({"transpose": [1, 0, 2]}, None),
    ):
        result = trace({"input": "15x15x3", "layers": [conv, layer]}).to_dict()
        record = result["layers"][-1]
        assert (record["receptive_field"], record["jump"]) == ([3, 3], jump), layer
    result = trace({"input": "15x15x3", "layers": [conv, {"pixel_unshuffle": 4}]}).to_dict()
    assert (result["layers"][-1]["receptive_field"], result["layers"][-1]["jump"]) == (
        [9, 9],
        [8, 8],
    )


@pytest.mark.parametrize(
    ("sources", "aligned"),
    [
        # 8 like 5: one before, two after
        ([{"crop": {"like": "small", "from": "input"}}, {"crop": {"P": [[1, 2], [1, 2]]}}], True),
        ([{"crop": {"like": "small", "from": "input"}}, {"crop": {"P": [[2, 1], [2, 1]]}}], False),
        ([{"pixel_shuffle": {"scale": 2, "from": "deep"}}, {"upsample": 2}], True),
    ],
)
def test_where_the_fields_begin(sources: list[dict[str, Any]], aligned: bool) -> None:
    (one,), (other,) = sources
    first, second = sources[0][one], sources[1][other]
    fields = second if isinstance(second, dict) else {"scale": second}
    layers = [
        {"conv": {"name": "small", "K": 2, "F": 4}},
        {"conv": {"name": "deep", "K": 8, "F": 1, "from": "input"}},
        {one: {**first, "name": "a"}},
        {other: {**fields, "name": "b", "from": "input"}},
        {"add": ["a", "b"]},
    ]
    codes = [item.code for item in trace({"input": "8x8x2", "layers": layers}).diagnostics]
    assert codes == ([] if aligned else ["SC407"])
