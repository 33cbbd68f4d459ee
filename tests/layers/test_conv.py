"""Convolutions: sizes and counts by loops over every connection, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from shapecalc import trace

Ask = Callable[..., Any]


def positions(W: int, F: int, S: int, before: int, after: int, dilation: int) -> list[list[int]]:
    """Return the taps of every window, by laying it down at every stride."""
    found: list[list[int]] = []
    start = -before
    while start + dilation * (F - 1) < W + after:
        found.append([start + dilation * tap for tap in range(F)])
        start += S
    return found


@pytest.mark.parametrize(
    ("volume", "fields", "output", "weights", "biases", "macs"),
    [
        # CS231n: ten 5x5 filters, stride 1, pad 2
        ("32x32x3", {"K": 10, "F": 5, "P": 2}, [32, 32, 10], 750, 10, 768_000),
        # AlexNet; 105,705,600 weights if they were not shared, less a bias for each of 290,400
        ("227x227x3", {"K": 96, "F": 11, "S": 4}, [55, 55, 96], 34_848, 96, 105_415_200),
        ("63x63x16", {"K": 32, "F": 7, "S": 2}, [29, 29, 32], 25_088, 32, 21_099_008),
        ("121x121x16", {"K": 32, "F": 4, "S": 3}, [40, 40, 32], 8_192, 32, 13_107_200),
        ("300x300x3", {"K": 100, "F": 5}, [296, 296, 100], 7_500, 100, 657_120_000),
        ("256x256x3", {"K": 128, "F": 7}, [250, 250, 128], 18_816, 128, 1_176_000_000),
        ("32x32x1", {"K": 6, "F": 5}, [28, 28, 6], 150, 6, 117_600),  # LeNet
        ("10x1", {"K": 1, "F": 3}, [8, 1], 3, 1, 24),  # MIT 6.036, ten samples
        ("4x6x6x2", {"K": 5, "F": [2, 3, 3]}, [3, 4, 4, 5], 180, 5, 8_640),
        ("8x8x4", {"K": 6, "F": 3, "P": 1, "groups": 2, "bias": False}, [8, 8, 6], 108, 0, 6_912),
    ],
)
def test_known_convolutions(
    ask: Ask,
    volume: str,
    fields: dict[str, Any],
    output: list[int],
    weights: int,
    biases: int,
    macs: int,
) -> None:
    asked = ask(volume, {"conv": fields})
    assert asked.codes == []
    assert asked["output"] == output
    assert (asked["weights"], asked["biases"], asked["macs"]) == (weights, biases, macs)
    assert asked["parameters"] == weights + biases
    assert asked["non_trainable"] == 0


def test_counts_are_the_connections(ask: Ask) -> None:
    compared = 0
    grid = product((1, 2, 4), (1, 2, 3, 4), (1, 2, 4), (1, 2, 3), (1, 2), (0, 1), (True, False))
    for D, K, groups, F, S, P, bias in grid:
        if D % groups or K % groups:
            continue
        weights, products = set(), 0
        windows = positions(5, F, S, P, P, 1)
        for k, d in product(range(K), range(D)):
            if k // (K // groups) == d // (D // groups):  # filter and slice are of one group
                weights |= {(k, d, tap) for tap in range(F)}
                products += sum(map(len, windows))
        fields = {"K": K, "F": F, "S": S, "P": P, "groups": groups, "bias": bias}
        asked = ask((5, D), {"conv": fields}, rounding="floor")
        expected = [len(windows), K], len(weights), K if bias else 0, products
        counted = (asked["output"], asked["weights"], asked["biases"], asked["macs"])
        assert counted == expected, (D, fields)
        compared += 1
    assert compared > 400


def test_a_depthwise_convolution_has_filters_of_depth_one(ask: Ask) -> None:
    for D, multiplier, F, bias in product((1, 3, 4), (1, 2, 3), (1, 2, 3), (True, False)):
        own = ask((7, 6, D), {"depthwise_conv": {"F": F, "multiplier": multiplier, "bias": bias}})
        K = D * multiplier
        grouped = ask((7, 6, D), {"conv": {"K": K, "F": F, "groups": D, "bias": bias}})
        assert own["output"] == [8 - F, 7 - F, K]
        assert own["weights"] == K * F * F
        assert own["biases"] == (K if bias else 0)
        assert own["macs"] == (8 - F) * (7 - F) * K * F * F
        for key in ("output", "weights", "biases", "parameters", "macs", "receptive_field"):
            assert own[key] == grouped[key], key


def test_mobilenets_first_depthwise_layer(ask: Ask) -> None:
    asked = ask("112x112x32", {"depthwise_conv": {"F": 3, "P": 1, "bias": False}})
    assert (asked["output"], asked["parameters"]) == ([112, 112, 32], 288)
    assert asked["macs"] == 112 * 112 * 32 * 9


@pytest.mark.parametrize(
    ("volume", "fields", "output", "weights", "biases", "macs"),
    [
        # every one of 8*8*4 inputs is multiplied with 6*4*4 weights
        ("8x8x4", {"K": 6, "F": 4, "S": 2, "P": 1}, [16, 16, 6], 384, 6, 24_576),
        ("5x1", {"K": 1, "F": 2, "S": 3}, [14, 1], 2, 1, 10),  # PyTorch
        ("5x1", {"K": 1, "F": 2, "S": 3, "P": "valid"}, [15, 1], 2, 1, 10),  # Keras
        ("5x1", {"K": 1, "F": 2, "S": 3, "P": "valid", "output_padding": 0}, [14, 1], 2, 1, 10),
        ("7x7x8", {"K": 4, "F": 2, "S": 3, "P": "valid"}, [21, 21, 4], 128, 4, 6_272),
        # Keras: an autoencoder's way back from 2 to 25
        ("2x8", {"K": 1, "F": 3, "S": 2, "P": "same", "output_padding": 1}, [4, 1], 24, 1, 48),
        ("4x8", {"K": 1, "F": 3, "S": 2, "P": "same", "output_padding": 0}, [7, 1], 24, 1, 96),
        ("13x8", {"K": 1, "F": 3, "S": 2, "P": "same", "output_padding": 0}, [25, 1], 24, 1, 312),
        ("4x1", {"K": 1, "F": 4, "S": 3, "P": "same", "output_padding": [2]}, [11, 1], 4, 1, 16),
        ("5x1", {"K": 1, "F": 2, "S": 3, "P": "same"}, [15, 1], 2, 1, 10),
        ("5x7x2", {"K": 4, "F": 3, "S": 2, "P": "same"}, [10, 14, 4], 72, 4, 2_520),
        ("4x4x4", {"K": 2, "F": 3, "groups": 2, "P": "valid"}, [6, 6, 2], 36, 2, 576),
        ("28x28x1024", {"K": 512, "F": 2, "S": 2}, [56, 56, 512], 2_097_152, 512, 1_644_167_168),
        ("3x2x2x1", {"K": 1, "F": 2, "S": 2, "bias": False}, [6, 4, 4, 1], 8, 0, 96),
    ],
)
def test_known_transposed_convolutions(
    ask: Ask,
    volume: str,
    fields: dict[str, Any],
    output: list[int],
    weights: int,
    biases: int,
    macs: int,
) -> None:
    asked = ask(volume, {"conv_transpose": fields})
    assert asked.codes == []
    assert asked["output"] == output
    assert (asked["weights"], asked["biases"], asked["macs"]) == (weights, biases, macs)


# -- words and values --------------------------------------------------------------------------

WORDS = [
    ("conv", "K", "filters"),
    ("conv", "K", "out_channels"),
    ("conv_transpose", "K", "filters"),
    ("conv_transpose", "K", "out_channels"),
    *((kind, "F", "kernel_size") for kind in ("conv", "depthwise_conv", "conv_transpose")),
    *((kind, "S", "stride") for kind in ("conv", "depthwise_conv", "conv_transpose")),
    *((kind, "S", "strides") for kind in ("conv", "depthwise_conv", "conv_transpose")),
    *((kind, "P", "padding") for kind in ("conv", "depthwise_conv", "conv_transpose")),
]


def fields_of(kind: str) -> dict[str, Any]:
    """Return fields with none at its default."""
    fields = {"F": 3, "S": 2, "P": 1}
    return fields if kind == "depthwise_conv" else {"K": 4} | fields


@pytest.mark.parametrize(("kind", "letter", "word"), WORDS)
def test_the_frameworks_words_are_read(ask: Ask, kind: str, letter: str, word: str) -> None:
    fields = fields_of(kind)
    lettered = ask("7x9x2", {kind: fields})
    value = fields.pop(letter)
    worded = ask("7x9x2", {kind: fields | {word: value}})
    assert worded.codes == []
    assert worded.record == lettered.record


@pytest.mark.parametrize(("kind", "letter", "word"), WORDS)
def test_one_field_in_two_words_is_an_error(ask: Ask, kind: str, letter: str, word: str) -> None:
    fields = fields_of(kind)
    asked = ask("7x9x2", {kind: fields | {word: fields[letter]}})
    assert asked.codes == ["SC106"]
    assert asked["output"] is None


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv", "conv_transpose"])
@pytest.mark.parametrize(
    ("letter", "value", "same"),
    [
        ("F", [3, 5], "3x5"),
        ("F", "3 × 5", [3, 5]),
        ("F", [3, 3], 3),
        ("S", [1, 2], "1x2"),
        ("S", (2, 2), 2),
        ("P", [1, 0], "1X0"),
        ("P", [1, 1], 1),
        ("P", [[1, 1], [2, 2]], [1, 2]),
        ("P", [1, [2, 2]], [1, 2]),
        ("P", "valid", 0),
        ("dilation", [2, 1], "2x1"),
    ],
)
def test_a_value_for_each_axis(ask: Ask, kind: str, letter: str, value: Any, same: Any) -> None:
    fields = {"F": 3} if kind == "depthwise_conv" else {"K": 2, "F": 3}
    first = ask("9x11x2", {kind: fields | {letter: value}}, rounding="floor")
    second = ask("9x11x2", {kind: fields | {letter: same}}, rounding="floor")
    assert first.codes == second.codes == []
    for key in ("output", "weights", "macs", "receptive_field", "jump"):
        assert first[key] == second[key]


def test_each_axis_goes_by_its_own_values(ask: Ask) -> None:
    fields = {"K": 2, "F": [3, 2], "S": [2, 1], "P": [[0, 2], [1, 0]], "dilation": [1, 3]}
    asked = ask("9x11x5", {"conv": fields})
    sizes = [len(positions(9, 3, 2, 0, 2, 1)), len(positions(11, 2, 1, 1, 0, 3))]
    assert asked["output"] == [*sizes, 2]
    assert asked["weights"] == 2 * 5 * 3 * 2
    assert asked["macs"] == sizes[0] * sizes[1] * asked["weights"]


def test_uneven_padding_in_one_dimension(ask: Ask) -> None:
    asked = ask((10, 1), {"conv": {"K": 1, "F": 4, "P": [[1, 2]]}})
    assert asked["output"] == [10, 1]
    assert asked["derivation"][0] == "(10 - 4 + 1 + 2)/1 + 1 = 10"


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv"])
def test_full_padding_lets_every_tap_meet_every_pixel(ask: Ask, kind: str) -> None:
    for W, F, dilation in product((1, 4, 7), (1, 2, 3), (1, 2)):
        fields = {"F": F, "dilation": dilation, "P": "full"} | ({"K": 1} if kind == "conv" else {})
        zeros = dilation * (F - 1)
        asked = ask((W, 1), {kind: fields})
        assert asked["output"] == [len(positions(W, F, 1, zeros, zeros, dilation)), 1]


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["3", 0, -1, 2.5, 3.0, True, None, [], [3, 0], [3, "3"], {}, "a"])
@pytest.mark.parametrize("letter", ["F", "S", "dilation"])
def test_sizes_are_strict(ask: Ask, letter: str, value: Any) -> None:
    asked = ask("32x32x3", {"conv": {"K": 4, "F": 3} | {letter: value}})
    assert asked.codes == ["SC104"], asked.found
    assert letter in asked.said("SC104")
    assert asked["output"] is None
    assert asked["weights"] is None
    assert asked["macs"] is None


@pytest.mark.parametrize("value", ["4", 0, -4, 4.5, 4.0, True, None, [4], {}])
@pytest.mark.parametrize("letter", ["K", "groups"])
def test_counts_of_filters_are_strict(ask: Ask, letter: str, value: Any) -> None:
    asked = ask("32x32x4", {"conv": {"K": 4, "F": 3} | {letter: value}})
    assert asked.codes == ["SC104"], asked.found


@pytest.mark.parametrize(
    "value",
    ["1", -1, 1.0, False, None, [], [1, -1], "SAME", [[1]], [[1, 2, 3]], "mirror", [[-1, 0]]],
)
@pytest.mark.parametrize("kind", ["conv", "conv_transpose"])
def test_paddings_are_strict(ask: Ask, kind: str, value: Any) -> None:
    asked = ask("32x32x4", {kind: {"K": 4, "F": 3, "P": value}})
    assert asked.codes == ["SC104"], asked.found


@pytest.mark.parametrize("value", ["yes", "true", 1, 0, None, []])
def test_bias_is_true_or_false(ask: Ask, value: Any) -> None:
    assert ask("8x8x1", {"conv": {"K": 1, "F": 3, "bias": value}}).codes == ["SC104"]


@pytest.mark.parametrize("policy", ["full", "same_lower"])
def test_a_transposed_convolution_takes_no_other_policy(ask: Ask, policy: str) -> None:
    assert ask("8x8x1", {"conv_transpose": {"K": 1, "F": 3, "P": policy}}).codes == ["SC104"]


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv"])
def test_a_convolution_is_never_rounded_up(ask: Ask, kind: str) -> None:
    fields = {"F": 3, "S": 2} | ({"K": 4} if kind == "conv" else {})
    asked = ask("32x32x4", {kind: fields | {"rounding": "ceil"}})
    assert asked.codes == ["SC104"]
    floored = ask("32x32x4", {kind: fields}, rounding="ceil")
    assert floored["output"] == [15, 15, 4]
    assert floored.codes == ["SC401"]


def test_its_own_rounding_wins(ask: Ask) -> None:
    fields = {"K": 4, "F": 3, "S": 2}
    assert ask("32x32x3", {"conv": fields | {"rounding": "floor"}}).errors == []
    assert ask("32x32x3", {"conv": fields | {"rounding": "exact"}}, rounding="floor").errors == [
        "SC201"
    ]


@pytest.mark.parametrize(
    ("layer", "missing"),
    [
        ({"conv": 64}, "F"),
        ({"conv": {"K": 64}}, "F"),
        ({"conv": {"F": 3}}, "K"),
        ({"depthwise_conv": {}}, "F"),
        ("depthwise_conv", "F"),
        ({"conv_transpose": 64}, "F"),
        ({"conv_transpose": {"F": 3}}, "K"),
    ],
)
def test_a_missing_field_is_named(ask: Ask, layer: Any, missing: str) -> None:
    asked = ask("32x32x3", layer)
    assert asked.codes == ["SC103"]
    assert re.search(rf"\b{missing}\b", asked.said("SC103"))
    assert asked.hint("SC103")


def test_a_bare_number_of_filters_gets_a_hint_with_that_number(ask: Ask) -> None:
    assert "{K: 64, F: 3}" in ask("32x32x3", {"conv": 64}).hint("SC103")


def test_a_stride_that_does_not_fit_keeps_the_floor(ask: Ask) -> None:
    asked = ask("224x224x3", {"conv": {"K": 96, "F": 11, "S": 4}})
    assert asked.codes == ["SC201"]
    assert "54.25" in asked.said("SC201")
    assert "remainder 1" in asked.said("SC201")
    assert asked["output"] == [54, 54, 96]  # the walk goes on with the floor
    assert asked["weights"] == 34_848
    assert asked["macs"] == 54 * 54 * 96 * 363


def test_the_axis_that_does_not_fit_is_named(ask: Ask) -> None:
    said = ask("7x8x1", {"conv": {"K": 1, "F": 3, "S": 2}}).said("SC201")
    assert "width" in said
    assert "3.5" in said
    assert "height" not in said


@pytest.mark.parametrize(
    ("volume", "fields"),
    [
        ("3x3x1", {"K": 1, "F": 5}),
        ("3x9x1", {"K": 1, "F": 5}),
        ("4x1", {"K": 1, "F": 3, "dilation": 2}),
        ("1x1x512", {"K": 8, "F": 4, "P": 1}),
        ("2x8x8x1", {"K": 1, "F": 3}),
    ],
)
def test_a_filter_larger_than_its_input_is_refused(
    ask: Ask, volume: str, fields: dict[str, Any]
) -> None:
    asked = ask(volume, {"conv": fields})
    assert asked.codes == ["SC202"]
    assert asked["output"] is None
    assert asked["macs"] is None
    assert asked["weights"] is not None  # they do not depend on the size
    assert asked.hint("SC202")


def test_groups_must_divide_both_depths_and_the_hints_work(ask: Ask) -> None:
    refused = 0
    for kind, D, K, groups in product(
        ("conv", "conv_transpose"), range(1, 9), (2, 4, 6, 7), (2, 3, 4)
    ):
        fields = {"K": K, "F": 1, "groups": groups}
        asked = ask((4, D), {kind: fields})
        good = D % groups == 0 and K % groups == 0
        assert asked.codes == ([] if good else ["SC204"]), (kind, D, K, groups)
        if good:
            continue
        refused += 1
        assert asked["output"] is None
        assert asked["weights"] is None
        hint = asked.hint("SC204")
        offers = re.findall(r"\b(groups|K)=(\d+)(?! and)", hint.replace("keeps groups", ""))
        offered = {(name, int(value)) for name, value in offers}
        changed = [fields | {name: value} for name, value in offered if fields[name] != value]
        assert changed, hint
        for mended in changed:
            assert ask((4, D), {kind: mended}).codes == [], (hint, mended)
    assert refused > 50


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"S": 2, "output_padding": 1}, []),
        ({"S": 2, "output_padding": 2}, ["SC208"]),
        ({"S": 1, "output_padding": 1}, ["SC208"]),
        ({"S": 1, "dilation": 2, "output_padding": 1}, []),
        ({"S": 2, "dilation": 3, "output_padding": 2}, []),
        ({"S": 2, "dilation": 3, "output_padding": 3}, ["SC208"]),
        ({"S": [1, 2], "output_padding": [0, 1]}, []),
        ({"S": [1, 2], "output_padding": [1, 0]}, ["SC208"]),
        ({"S": 3, "output_padding": 2}, []),
        ({"output_padding": 0}, []),
    ],
)
def test_output_padding_is_smaller_than_stride_or_dilation(
    ask: Ask, fields: dict[str, Any], codes: list[str]
) -> None:
    asked = ask("5x5x1", {"conv_transpose": {"K": 1, "F": 3} | fields})
    assert asked.codes == codes
    if codes:
        most = re.search(r"output_padding=(\d+)", asked.hint("SC208"))
        assert most
        mended = fields | {"output_padding": int(most[1])}
        assert ask("5x5x1", {"conv_transpose": {"K": 1, "F": 3} | mended}).codes == []


@pytest.mark.parametrize("P", ["same", "valid"])
def test_an_output_padding_beside_keras_words(ask: Ask, P: str) -> None:
    written = {"K": 1, "F": 3, "S": 2, "P": P}
    for extra, codes in ((0, []), (1, []), (2, ["SC208"]), (9, ["SC208"])):
        asked = ask("5x5x1", {"conv_transpose": written | {"output_padding": extra}})
        assert asked.codes == codes
    assert "output_padding=1 is the most" in asked.hint("SC208")


def test_nothing_left_of_same_is_repaired_by_what_keras_takes(ask: Ask) -> None:
    fields = {"K": 1, "F": 2, "S": 2, "P": "same", "output_padding": 0}
    asked = ask("1x3x1", {"conv_transpose": fields})
    assert asked.codes == ["SC202"]
    assert "(1 - 1)*2 + 2 - 2*floor(2/2) = 0" in asked.said("SC202")
    assert asked.hint("SC202").startswith("leaving out output_padding gives 2x6")
    del fields["output_padding"]
    assert ask("1x3x1", {"conv_transpose": fields})["output"] == [2, 6, 1]


def test_a_transposed_convolution_may_not_crop_everything_away(ask: Ask) -> None:
    refused = 0
    for W, F, S, P in product(range(1, 4), range(1, 4), range(1, 3), range(5)):
        cells = {i * S + tap for i in range(W) for tap in range(F)}
        left = max(cells) + 1 - P - P
        asked = ask((W, 1), {"conv_transpose": {"K": 1, "F": F, "S": S, "P": P}})
        if left > 0:
            assert asked["output"] == [left, 1]
            continue
        refused += 1
        assert asked.codes == ["SC202"]
        assert asked["output"] is None
        offered = re.search(r"P=(\d+) gives (\d+)", asked.hint("SC202"))
        assert offered
        fields = {"K": 1, "F": F, "S": S, "P": int(offered[1])}
        assert ask((W, 1), {"conv_transpose": fields})["output"] == [int(offered[2]), 1]
    assert refused > 10


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv", "conv_transpose"])
@pytest.mark.parametrize(
    ("volume", "values"),
    [
        ("100", {}),
        ("10x4", {"F": [3, 3]}),
        ("9x9x4", {"F": [3, 3, 3]}),
        ("9x9x4", {"F": [3]}),
        ("9x9x4", {"S": [1, 1, 1]}),
        ("9x9x4", {"P": [[1, 1]]}),
        ("9x9x4", {"dilation": "1x1x1"}),
        ("9x9x9x4", {"P": [1, 1]}),
    ],
)
def test_ranks_that_do_not_agree(ask: Ask, kind: str, volume: str, values: dict[str, Any]) -> None:
    fields = {"F": 3} | values
    asked = ask(volume, {kind: fields if kind == "depthwise_conv" else {"K": 4} | fields})
    assert asked.codes == ["SC206"]
    assert asked["output"] is None
    assert asked.hint("SC206")


# -- causal padding, and padding with the input's own values ------------------------------------


@pytest.mark.parametrize("kind", [{"conv": {"K": 2}}, {"depthwise_conv": {}}], ids=str)
def test_causal_has_a_window_end_on_every_s_th_value(ask: Ask, kind: Any) -> None:
    ((name, more),) = kind.items()
    for W, F, S, dilation in product((1, 5, 6), (1, 2, 3), (1, 2, 4), (1, 3)):
        fields = more | {"F": F, "S": S, "dilation": dilation, "P": "causal"}
        asked = ask((W, 2), {name: fields})
        assert asked.errors == []
        assert asked["output"] == [len(range(0, W, S)), 2]
        span = (F - 1) * dilation + 1
        assert asked["receptive_field"] == [span]
        assert f"P = {span - 1} before and 0 after" in asked["derivation"][0] or F == 1
        openly = ask((W, 2), {name: fields | {"P": [[span - 1, 0]]}}, rounding="floor")
        assert asked["output"] == openly["output"]


def test_causal_is_for_one_axis_and_for_convolutions(ask: Ask) -> None:
    asked = ask("8x8x2", {"conv": {"K": 2, "F": 3, "P": "causal"}})
    assert asked.codes == ["SC206"]
    assert "P=same" in asked.hint("SC206")
    assert ask("8x2", {"max_pool": {"F": 3, "P": "causal"}}).codes == ["SC104"]
    assert ask("8x2", {"conv_transpose": {"K": 2, "F": 3, "P": "causal"}}).codes == ["SC104"]


@pytest.mark.parametrize("kind", ["conv", "pad"])
@pytest.mark.parametrize(("mode", "most"), [("reflect", 4), ("circular", 5), ("replicate", None)])
def test_how_far_a_mode_fills(ask: Ask, kind: str, mode: str, most: int | None) -> None:
    fields: dict[str, Any] = {"mode": mode} | ({"K": 1, "F": 1} if kind == "conv" else {})
    for P, before in product(range(8), (True, False)):
        sides: Any = [[P, 0] if before else [0, P], 0]
        asked = ask("5x9x1", {kind: fields | {"P": sides}})
        refused = most is not None and most < P
        assert asked.errors == (["SC203"] if refused else [])
        if not refused:
            assert asked["output"] == [5 + P, 9, 1]
        else:
            assert f"P={most} " in asked.hint("SC203")
            assert "mode: zeros" in asked.hint("SC203")


def test_padding_by_name_is_limited_as_well(ask: Ask) -> None:
    assert ask("2x1", {"conv": {"K": 1, "F": 3, "P": "full", "mode": "reflect"}}).codes == ["SC203"]
    assert ask("2x1", {"conv": {"K": 1, "F": 2, "P": "full", "mode": "reflect"}}).codes == []


def test_other_words_for_a_mode_are_offered(ask: Ask) -> None:
    for word, mode in (("mirror", "reflect"), ("edge", "replicate"), ("wrap", "circular")):
        asked = ask("8x8x2", {"pad": {"P": 1, "mode": word}})
        assert asked.codes == ["SC104"]
        assert mode in asked.hint("SC104")


def test_what_padding_with_values_does_to_the_rules(ask: Ask) -> None:
    fields = {"K": 1, "F": 2, "P": 2}
    assert ask("4x4x1", {"conv": fields}).codes == ["SC406"]
    assert ask("4x4x1", {"conv": fields | {"mode": "replicate"}}).codes == []
    dropped = {"K": 1, "F": 3, "S": 2, "P": [[1, 0]]}  # W[5], but it stands in front as well
    assert ask("6x1", {"conv": dropped}, rounding="floor").codes == []
    dropped = {"K": 1, "F": 3, "S": 3, "P": [[1, 0]]}  # 7 values, the last is in no window
    assert ask("6x1", {"conv": dropped}, rounding="floor").codes == ["SC401"]
    assert ask("6x1", {"conv": dropped | {"mode": "circular"}}, rounding="floor").codes == []
    assert ask("6x1", {"conv": dropped | {"mode": "reflect"}}, rounding="floor").codes == ["SC401"]


@pytest.mark.parametrize("letter", ["K", "F", "S", "dilation", "groups"])
def test_numbers_beyond_the_limit(ask: Ask, letter: str) -> None:
    fields = {"K": 4, "F": 3} | {letter: 2**63}
    assert ask("32x32x4", {"conv": fields}).codes == ["SC108"]


def test_the_largest_number_is_a_number(ask: Ask) -> None:
    asked = ask("1x1x1", {"conv": {"K": 2**63 - 1, "F": 1, "bias": False}})
    assert asked.codes == []
    assert asked["weights"] == 2**63 - 1


def test_counts_beyond_the_limit_are_unknown(ask: Ask) -> None:
    asked = ask((1, 1, 2**32), {"conv": {"K": 2**32, "F": 1, "bias": False}})
    assert asked.codes == ["SC108"]
    assert asked["weights"] is None
    assert asked["macs"] is None


@pytest.mark.parametrize(
    ("layer", "cure"),
    [
        ({"conv": {"K": 4, "F": 3, "activation": "relu"}}, "layer of its own"),
        ({"conv_transpose": {"K": 4, "F": 3, "padding_mode": "reflect"}}, "with zeros"),
        ({"conv": {"K": 4, "F": 3, "data_format": "channels_first"}}, "depth last"),
        ({"conv": {"K": 4, "F": 3, "kernal": 3}}, "kernel"),
        ({"conv": {"K": 4, "F": 3, "multiplier": 2}}, ""),
        ({"conv_transpose": {"K": 4, "F": 3, "rounding": "floor"}}, ""),
    ],
)
def test_a_field_that_is_not_there(ask: Ask, layer: Any, cure: str) -> None:
    asked = ask("32x32x3", layer)
    assert asked.codes == ["SC102"]
    assert cure in asked.hint("SC102")


@pytest.mark.parametrize(
    ("kind", "theirs", "ours"),
    [
        ("conv", {"in_channels": 3}, {}),
        ("conv", {"use_bias": False}, {"bias": False}),
        ("conv", {"dilation_rate": 2}, {"dilation": 2}),
        ("conv", {"padding_mode": "zeros"}, {}),
        ("conv", {"data_format": "channels_last", "activation": None}, {}),
        ("depthwise_conv", {"depth_multiplier": 2}, {"multiplier": 2}),
        ("conv_transpose", {"use_bias": False}, {"bias": False}),
    ],
)
def test_frameworks_fields_are_read(
    ask: Ask, kind: str, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    fields = {"F": 3} if kind == "depthwise_conv" else {"K": 4, "F": 3}
    asked = ask("32x32x3", {kind: fields | theirs})
    assert asked.codes == ["SC410"]
    assert asked.record == ask("32x32x3", {kind: fields | ours}).record


# -- what is shown -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "rounding", "text"),
    [
        ({"conv": {"K": 96, "F": 11, "S": 4}}, "floor", "conv K=96 F=11 S=4 P=0"),
        ({"conv": {"F": 3, "K": 4, "bias": True}}, "exact", "conv K=4 F=3 S=1 P=0"),
        (
            {"conv": {"K": 4, "F": [3, 5], "P": "same", "groups": 2, "bias": False}},
            "exact",
            "conv K=4 F=3x5 S=1 P=same bias=false groups=2",
        ),
        (
            {"conv": {"K": 4, "F": 3, "P": [[0, 1], [1, 2]], "dilation": 2}},
            "exact",
            "conv K=4 F=3 S=1 P=[[0,1],[1,2]] dilation=2",
        ),
        (
            {"depthwise_conv": {"F": 3, "multiplier": 2}},
            "exact",
            "depthwise_conv F=3 S=1 P=0 multiplier=2",
        ),
        (
            {"conv_transpose": {"K": 4, "F": 2, "S": 2, "output_padding": 1}},
            "exact",
            "conv_transpose K=4 F=2 S=2 P=0 output_padding=1",
        ),
        (
            {"conv": {"K": 4, "F": 3, "rounding": "floor"}},
            "exact",
            "conv K=4 F=3 S=1 P=0 rounding=floor",
        ),
    ],
)
def test_a_layer_is_described_by_its_fields(layer: Any, rounding: str, text: str) -> None:
    spec = {"input": "30x30x4", "rounding": rounding, "layers": [layer]}
    (record,) = trace(spec).layers
    assert record.summary == text


def test_a_refusal_names_the_layer_its_fields_and_its_input(ask: Ask) -> None:
    said = ask("224x224x3", {"conv": {"K": 96, "F": 11, "S": 4}}).said("SC201")
    for part in ("conv1", "F=11", "S=4", "224x224x3"):
        assert part in said


# -- separable and local ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "fields", "output", "weights", "biases", "macs"),
    [
        # keras-team/keras, SeparableConv2D(100, 5) on ten slices: 1,350 parameters
        ("416x416x10", {"K": 100, "F": 5}, [412, 412, 100], 1_250, 100, 212_180_000),
        ("12x3", {"K": 5, "F": 3, "P": 1, "multiplier": 2}, [12, 5], 48, 5, 576),
        ("9x9x4", {"K": 2, "F": 3, "S": 2, "bias": False}, [4, 4, 2], 44, 0, 704),
        ("5x6x7x2", {"K": 3, "F": [1, 2, 3], "dilation": 2}, [5, 4, 3, 3], 18, 3, 1_080),
    ],
)
def test_separable_convolutions(
    ask: Ask,
    volume: str,
    fields: dict[str, Any],
    output: list[int],
    weights: int,
    biases: int,
    macs: int,
) -> None:
    asked = ask(volume, {"separable_conv": fields})
    assert asked.codes == []
    assert asked["output"] == output
    assert (asked["weights"], asked["biases"], asked["macs"]) == (weights, biases, macs)


def test_a_separable_convolution_is_two_with_one_bias(ask: Ask) -> None:
    for volume, F, S, P, m in product((8, (7, 6)), (1, 3), (1, 2), (0, 1, "same"), (1, 3)):
        full = (*(volume if isinstance(volume, tuple) else (volume,)), 4)
        window = {"F": F, "S": S, "P": P, "multiplier": m}
        result = trace(
            {"input": list(full), "rounding": "floor", "layers": [
                {"depthwise_conv": {**window, "bias": False}}, {"conv": {"K": 5, "F": 1}},
            ]}
        )  # fmt: skip
        asked = ask(full, {"separable_conv": {"K": 5, **window}}, rounding="floor")
        assert tuple(asked["output"]) == result.output
        for key in ("weights", "biases", "macs"):
            assert asked[key] == result.totals[key], (full, window, key)
        field = result.layers[-1].receptive_field
        assert field is not None
        assert asked["receptive_field"] == [*field]


def test_a_local_convolution_has_a_weight_for_every_connection(ask: Ask) -> None:
    for F, S, P, K, bias in product((1, 2, 3), (1, 2), (0, 1), (1, 4), (True, False)):
        windows = len(positions(6, F, S, P, P, 1))
        fields = {"K": K, "F": F, "S": S, "P": P, "bias": bias}
        asked = ask((6, 6, 3), {"local_conv": fields}, rounding="floor")
        outputs = windows * windows * K
        assert asked["output"] == [windows, windows, K]
        assert (asked["weights"], asked["macs"]) == (outputs * F * F * 3,) * 2
        assert asked["biases"] == outputs * bias


def test_the_working_of_a_local_convolution_has_its_positions() -> None:
    found = trace({"input": "6x5x3", "layers": [{"local_conv": {"K": 4, "F": [3, 2]}}]})
    said = found.to_dict()["layers"][0]["derivation"]
    assert "weights = 4*4*4 * 3*3*2 = 1,152" in said
    assert "biases = 4*4*4 = 64" in said


def test_a_local_convolution_that_does_not_fit(ask: Ask) -> None:
    asked = ask("6x6x3", {"local_conv": {"K": 4, "F": 7}})
    assert asked.codes == ["SC202"]
    assert (asked["weights"], asked["biases"], asked["macs"]) == (None, None, None)
    asked = ask("6x6x3", {"local_conv": {"K": 4, "F": 3, "S": 2}})
    assert asked.codes == ["SC201"]
    assert (asked["output"], asked["weights"]) == ([2, 2, 4], 432)  # at the floor
    assert ask("12", {"local_conv": {"K": 4, "F": 3}}).codes == ["SC206"]
    assert ask("6x6x3", {"local_conv": {"K": 4, "F": 3, "dilation": 2}}).codes == ["SC102"]
