"""Pools: windows counted by a loop, bins by their definition, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from shapecalc import trace

Ask = Callable[..., Any]
SLIDING = ("max_pool", "avg_pool", "l2_pool")
GLOBAL = ("global_max_pool", "global_avg_pool")
ADAPTIVE = ("adaptive_max_pool", "adaptive_avg_pool")


@pytest.mark.parametrize("kind", SLIDING)
@pytest.mark.parametrize(
    ("volume", "fields", "output"),
    [
        ("32x32x16", {"F": 2, "S": 2}, [16, 16, 16]),
        ("128x128x12", {"F": 4, "S": 4}, [32, 32, 12]),
        ("24x24x3", 2, [12, 12, 3]),  # S is F unless written
        ("55x55x96", {"F": 3, "S": 2}, [27, 27, 96]),  # AlexNet
        ("112x112x64", {"F": 3, "S": 2, "P": 1, "rounding": "floor"}, [56, 56, 64]),  # ResNet
        ("112x112x64", {"F": 3, "S": 2, "rounding": "ceil"}, [56, 56, 64]),  # GoogLeNet
        ("7x7x3", {"F": 2, "S": 2, "rounding": "ceil"}, [4, 4, 3]),  # KTH ID2223
        ("5x5x1", {"F": 3, "S": 3, "P": 1, "rounding": "ceil"}, [2, 2, 1]),  # not 3, as PyTorch
        ("7x7x1280", {"F": 1280, "rounding": "ceil"}, [1, 1, 1280]),  # transformers' EfficientNet
        ("7x9x2", {"F": 9, "rounding": "ceil"}, [1, 1, 2]),
        ("3x9x2", {"F": 9, "P": 2, "rounding": "ceil"}, [1, 2, 2]),
        ("3x2", {"F": 4, "S": 2, "rounding": "ceil"}, [1, 2]),
        ("6x1", 3, [2, 1]),
        ("4x6x8x2", 2, [2, 3, 4, 2]),
        ("4x6x8x2", [2, 3, 4], [2, 2, 2, 2]),
        ("4x6x2", "2x3", [2, 2, 2]),
        ("6x6x2", {"F": [2, 3], "S": 1}, [5, 4, 2]),
        ("5x5x2", {"F": 2, "P": "same"}, [3, 3, 2]),
        ("5x5x2", {"F": 3, "S": 1, "P": [[1, 1], [0, 1]]}, [5, 4, 2]),
        ("5x5x2", {"F": 3, "S": 2, "P": "valid"}, [2, 2, 2]),
    ],
)
def test_known_pools(ask: Ask, kind: str, volume: str, fields: Any, output: list[int]) -> None:
    asked = ask(volume, {kind: fields})
    assert asked.errors == []
    assert asked["output"] == output
    counted = ("weights", "biases", "parameters", "non_trainable", "macs")
    assert [asked[key] for key in counted] == [0] * 5


@pytest.mark.quick(3)
@pytest.mark.parametrize("kind", SLIDING)
@pytest.mark.parametrize(
    ("volume", "fields", "most"),
    [
        ("7x7x3", {"F": 8, "rounding": "exact"}, None),
        ("7x7x3", {"F": 1280, "rounding": "floor"}, None),
        ("7x7x3", {"F": 9, "S": 2, "rounding": "ceil"}, 1),
        ("7x12x3", {"F": 12, "S": [3, 1], "rounding": "ceil"}, 2),
        ("5x3", {"F": 10, "S": 3, "P": 1, "rounding": "ceil"}, 2),
    ],
)
def test_a_filter_that_is_too_large(
    ask: Ask, kind: str, volume: str, fields: Any, most: int | None
) -> None:
    asked = ask(volume, {kind: fields})
    assert asked.codes == ["SC202"]
    (message,) = (d["message"] for d in asked.found)
    assert message.endswith(f"; ceil makes up for at most S - 1 = {most}") is (most is not None)


@pytest.mark.quick(1)
@pytest.mark.parametrize("kind", SLIDING)
def test_rounding_up_adds_a_window_where_something_is_left(ask: Ask, kind: str) -> None:
    added = 0
    for W, F, S, P in product(range(1, 10), range(1, 5), range(1, 5), range(3)):
        if P > F // 2 or F > W + P + P:
            continue
        starts = [-P]
        while starts[-1] + S + F <= W + P:
            starts.append(starts[-1] + S)
        left_over = starts[-1] + F < W + P
        if left_over and starts[-1] + S < W:
            starts.append(starts[-1] + S)
            added += 1
        asked = ask((W, 1), {kind: {"F": F, "S": S, "P": P}}, rounding="ceil")
        assert asked.errors == []
        assert asked["output"] == [len(starts), 1], (W, F, S, P)
    assert added > 50


@pytest.mark.parametrize("kind", SLIDING)
def test_padding_is_at_most_half_the_filter(ask: Ask, kind: str) -> None:
    for F, before, after in product(range(1, 6), range(4), range(4)):
        asked = ask((9, 1), {kind: {"F": F, "S": 1, "P": [[before, after]]}})
        too_much = 2 * max(before, after) > F
        assert asked.errors == (["SC203"] if too_much else []), (F, before, after)
        if too_much:
            assert asked["output"] is None
            offered = re.search(r"P=(\d+)", asked.hint("SC203"))
            assert offered
            mended = ask((9, 1), {kind: {"F": F, "S": 1, "P": int(offered[1])}})
            assert mended.errors == []
            assert int(offered[1]) == F // 2  # and no smaller than it may be


def test_half_of_a_dilated_filter_is_half_of_what_it_spans(ask: Ask) -> None:
    for P, allowed in ((2, True), (3, False)):
        asked = ask((20, 1), {"max_pool": {"F": 3, "S": 1, "dilation": 2, "P": P}})
        assert (asked.errors == []) is allowed, P


@pytest.mark.quick(1)
@pytest.mark.parametrize("kind", SLIDING)
def test_same_is_never_too_wide(ask: Ask, kind: str) -> None:
    for W, F, S, policy in product(range(1, 8), range(1, 6), range(1, 5), ("same", "same_lower")):
        asked = ask((W, 1), {kind: {"F": F, "S": S, "P": policy}})
        assert asked.errors == []
        assert asked["output"] == [len(range(0, W, S)), 1]


@pytest.mark.parametrize("kind", SLIDING)
def test_full_padding_is_too_wide(ask: Ask, kind: str) -> None:
    assert ask((9, 1), {kind: {"F": 3, "P": "full"}}).errors == ["SC203"]
    assert ask((9, 1), {kind: {"F": 1, "P": "full"}}).errors == []


@pytest.mark.parametrize("kind", SLIDING)
def test_a_pool_larger_than_its_input(ask: Ask, kind: str) -> None:
    asked = ask("3x8x2", {kind: 4})
    assert asked.codes == ["SC202"]
    assert asked["output"] is None
    assert asked["parameters"] == 0


@pytest.mark.parametrize("kind", SLIDING)
@pytest.mark.parametrize(
    ("word", "letter"),
    [
        ("kernel_size", "F"),
        ("pool_size", "F"),
        ("stride", "S"),
        ("strides", "S"),
        ("padding", "P"),
    ],
)
def test_the_frameworks_words_are_read(ask: Ask, kind: str, word: str, letter: str) -> None:
    fields: dict[str, Any] = {"F": 3, "S": 2, "P": 1}
    lettered = ask("7x9x2", {kind: fields})
    twice = ask("7x9x2", {kind: fields | {word: fields[letter]}})
    value = fields.pop(letter)
    worded = ask("7x9x2", {kind: fields | {word: value}})
    assert worded.codes == []
    assert worded.record == lettered.record
    assert twice.codes == ["SC106"]


@pytest.mark.parametrize("kind", SLIDING)
@pytest.mark.parametrize("value", ["2", 0, -2, 2.0, True, [], [2, 0], [2, 2, 2, 2], {"F": None}])
def test_sizes_are_strict(ask: Ask, kind: str, value: Any) -> None:
    asked = ask("8x8x1", {kind: value})
    assert asked.codes == ["SC104"], asked.found
    assert asked["output"] is None


@pytest.mark.parametrize(
    ("layer", "codes"),
    [
        ("max_pool", ["SC103"]),
        ({"avg_pool": {"S": 2}}, ["SC103"]),
        ({"max_pool": {"F": 2, "count_include_pad": False}}, ["SC102"]),
        ({"avg_pool": {"F": 2, "dilation": 2}}, ["SC102"]),
        ({"l2_pool": {"F": 2, "dilation": 2}}, ["SC102"]),
        ({"avg_pool": {"F": 2, "count_include_pad": 0}}, ["SC104"]),
        ({"max_pool": {"F": 2, "rounding": "up"}}, ["SC104"]),
        ({"global_avg_pool": 2}, ["SC104"]),
        ({"global_max_pool": {"F": 2}}, ["SC102"]),
        ({"adaptive_max_pool": {}}, ["SC103"]),
        ({"adaptive_max_pool": 0}, ["SC104"]),
        ({"adaptive_avg_pool": True}, ["SC104"]),
        ({"max_pool": {"F": 2, "share": "max_pool1"}}, ["SC102"]),
    ],
)
def test_fields_that_are_wrong(ask: Ask, layer: Any, codes: list[str]) -> None:
    assert ask("8x8x2", layer).codes == codes


@pytest.mark.parametrize(
    ("kind", "theirs", "ours"),
    [
        ("max_pool", {"F": 3, "ceil_mode": True}, {"F": 3, "rounding": "ceil"}),
        ("max_pool", {"F": 3, "ceil_mode": False}, {"F": 3, "rounding": "floor"}),
        ("max_pool", {"F": 2, "return_indices": False}, {"F": 2}),
        ("avg_pool", {"F": 2, "divisor_override": None}, {"F": 2}),
        ("l2_pool", {"F": 2, "norm_type": 2.0}, {"F": 2}),
        ("adaptive_avg_pool", {"output_size": 6}, {"output": 6}),
        ("adaptive_max_pool", {"output_size": [6, 5]}, {"output": [6, 5]}),
    ],
)
def test_frameworks_fields_are_read(
    ask: Ask, kind: str, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    asked = ask("8x8x2", {kind: theirs})
    assert "SC410" in asked.codes
    assert asked.errors == []
    assert asked.record == ask("8x8x2", {kind: ours}).record


@pytest.mark.parametrize("kind", [*SLIDING, *GLOBAL, *ADAPTIVE])
def test_a_pool_needs_places(ask: Ask, kind: str) -> None:
    asked = ask("100", kind if kind in GLOBAL else {kind: 2})
    assert asked.codes == ["SC206"]
    assert asked["output"] is None
    assert asked.hint("SC206")


@pytest.mark.parametrize("kind", [*SLIDING, *ADAPTIVE])
@pytest.mark.parametrize(
    ("volume", "sizes"), [("9x9x4", [3]), ("9x9x4", [3, 3, 3]), ("9x4", [3, 3])]
)
def test_a_list_has_an_entry_for_each_axis(
    ask: Ask, kind: str, volume: str, sizes: list[int]
) -> None:
    assert ask(volume, {kind: sizes}).codes == ["SC206"]


@pytest.mark.parametrize("kind", GLOBAL)
@pytest.mark.parametrize(
    ("volume", "output"),
    [
        ("7x7x2048", [1, 1, 2048]),
        ("10x3", [1, 3]),
        ("4x5x6x2", [1, 1, 1, 2]),
        ("1x1x1", [1, 1, 1]),
    ],
)
def test_a_global_pool_keeps_the_depth(ask: Ask, kind: str, volume: str, output: list[int]) -> None:
    asked = ask(volume, kind)
    assert asked.codes == []
    assert asked["output"] == output
    assert (asked["parameters"], asked["macs"]) == (0, 0)
    flat = ask(volume, {kind: {"keep": False}})
    assert flat.codes == []
    assert flat["output"] == output[-1:]
    assert flat["receptive_field"] == asked["receptive_field"]


@pytest.mark.parametrize("kind", ADAPTIVE)
@pytest.mark.parametrize(
    ("volume", "size", "output"),
    [
        ("13x13x256", "6x6", [6, 6, 256]),
        ("13x13x256", 6, [6, 6, 256]),
        ("13x9x256", [6, 2], [6, 2, 256]),
        ("7x7x512", 1, [1, 1, 512]),
        ("4x4x3", 8, [8, 8, 3]),  # more bins than pixels: PyTorch allows it
        ("10x3", 4, [4, 3]),
        ("10x3", [4], [4, 3]),
        ("4x5x6x2", "2x3x4", [2, 3, 4, 2]),
    ],
)
def test_an_adaptive_pool_gives_the_sizes_it_is_told(
    ask: Ask, kind: str, volume: str, size: Any, output: list[int]
) -> None:
    for layer in ({kind: size}, {kind: {"output": size}}):
        asked = ask(volume, layer)
        assert asked.codes == []
        assert asked["output"] == output
        assert (asked["parameters"], asked["macs"]) == (0, 0)


def test_the_workings_of_pools_without_windows(ask: Ask) -> None:
    assert ask("4x5x3", "global_max_pool")["derivation"][0] == (
        "each of the 3 slices 4x5 becomes one value"
    )
    assert ask("4x5x3", {"adaptive_max_pool": "2x3"})["derivation"][0] == (
        "output = 2x3 as given, depth 3 kept"
    )


def test_padding_too_wide_for_one_axis(ask: Ask) -> None:
    asked = ask("9x9x1", {"max_pool": {"F": [2, 5], "S": 1, "P": 2}})
    assert asked.codes == ["SC203"]
    assert "P=1 fits" in asked.hint("SC203")
    assert ask("9x9x1", {"max_pool": {"F": [2, 5], "S": 1, "P": 1}}).codes == []


def test_the_widest_bin_is_told(ask: Ask) -> None:
    """13 pixels in 6 bins: 0-2, 2-4, 4-6, 6-8, 8-10, 10-12."""
    asked = ask("13x7x1", {"adaptive_avg_pool": [6, 7]})
    assert asked["receptive_field"] == [3, 1]
    assert any("3x1" in line for line in asked["derivation"])


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ({"max_pool": 2}, "max_pool F=2 S=2 P=0"),
        ({"max_pool": {"F": 3, "S": 2}}, "max_pool F=3 S=2 P=0"),
        ({"max_pool": {"F": [2, 3]}}, "max_pool F=2x3 S=2x3 P=0"),
        (
            {"avg_pool": {"F": 2, "P": 1, "count_include_pad": False}},
            "avg_pool F=2 S=2 P=1 count_include_pad=false",
        ),
        ({"l2_pool": {"F": 2, "P": "same"}}, "l2_pool F=2 S=2 P=same"),
        ("global_avg_pool", "global_avg_pool"),
        ({"adaptive_avg_pool": 6}, "adaptive_avg_pool output=6"),
        ({"adaptive_avg_pool": "6x7"}, "adaptive_avg_pool output=6x7"),
    ],
)
def test_a_pool_is_described_by_its_fields(layer: Any, text: str) -> None:
    (record,) = trace({"input": "30x30x4", "rounding": "floor", "layers": [layer]}).layers
    assert record.summary == text
