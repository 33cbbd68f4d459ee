"""What all layers share: what is known behind a fault, names of axes, values as a spec has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.executor.verify import verify
from shapecalc.layers.base import axis_titles, per_axis, show, show_value

Ask = Callable[..., Any]
REFUSED: dict[str, Any] = {
    "conv": {"K": 2, "F": 99, "bias": False}
}  # nobody knows what comes out of it
NOTHING = (0, 0, 0, 0)  # weights, biases, non-trainable, MACs

KNOWN: list[tuple[Any, tuple[int | None, ...]]] = [
    ({"conv": {"K": 3, "F": 3}}, (None, 3, 0, None)),
    ({"conv": {"K": 3, "F": 3, "bias": False}}, (None, 0, 0, None)),
    ({"depthwise_conv": {"F": 3}}, (None, None, 0, None)),
    ({"depthwise_conv": {"F": 3, "bias": False}}, (None, 0, 0, None)),
    ({"conv_transpose": {"K": 3, "F": 3}}, (None, 3, 0, None)),
    ({"conv_transpose": {"K": 3, "F": 3, "bias": False}}, (None, 0, 0, None)),
    ({"dense": 5}, (None, 5, 0, None)),
    ({"dense": {"units": 5, "bias": False}}, (None, 0, 0, None)),
    ("batch_norm", (None, None, None, 0)),
    ({"batch_norm": {"affine": False}}, (0, 0, None, 0)),
    ("instance_norm", (None, None, 0, 0)),
    ({"instance_norm": {"affine": False}}, NOTHING),
    ("layer_norm", (None, None, 0, 0)),
    ({"group_norm": 2}, (None, None, 0, 0)),
    ({"group_norm": {"groups": 2, "affine": False}}, NOTHING),
    ("prelu", (1, 0, 0, 0)),
    ({"prelu": {"per_channel": True}}, (None, 0, 0, 0)),
    *(
        (kind, NOTHING)
        for kind in ("relu", "dropout", "softmax", "lrn", "flatten", "global_avg_pool")
    ),
    *(({kind: 2}, NOTHING) for kind in ("max_pool", "avg_pool", "l2_pool", "adaptive_max_pool")),
    *(({kind: 2}, NOTHING) for kind in ("pad", "crop", "upsample")),
    ({"add": ["conv1", "conv1"]}, NOTHING),
    ({"concat": ["conv1", "conv1"]}, NOTHING),
]


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "counts"), KNOWN, ids=str)
def test_what_is_known_of_a_layer_whose_input_is_not(
    ask: Ask, layer: Any, counts: tuple[int | None, ...]
) -> None:
    asked = ask("8x8x4", REFUSED, layer)
    assert asked.codes == ["SC202"]  # its own fault alone: nothing is reported twice
    found = tuple(asked[key] for key in ("weights", "biases", "non_trainable", "macs"))
    assert found == counts
    known = None not in counts[:2]
    assert asked["parameters"] == (sum(n or 0 for n in counts[:2]) if known else None)
    assert asked["output"] == ([5] if asked["kind"] == "dense" else None)
    assert asked["input"] is None
    assert (asked["receptive_field"], asked["jump"]) == (None, None)


def test_a_reshape_is_as_large_as_it_says(ask: Ask) -> None:
    assert ask("8x8x4", REFUSED, {"reshape": "2x3x4"})["output"] == [2, 3, 4]


@pytest.mark.parametrize("kind", ["conv", "conv_transpose"])
def test_what_is_known_of_a_layer_that_is_refused(ask: Ask, kind: str) -> None:
    asked = ask("8x8x4", {kind: {"K": 6, "F": 3, "groups": 4}})
    assert asked.codes == ["SC204"]
    found = [asked[key] for key in ("output", "weights", "biases", "non_trainable", "macs")]
    assert found == [None, None, 6, 0, None]


def test_only_what_differs_is_named(ask: Ask) -> None:
    def conv(volume: str) -> str:
        said: str = ask(volume, {"conv": {"K": 1, "F": 3, "S": [2, 3]}}).said("SC201")
        return said.partition(" | ")[0]

    assert "height: (8 - 3" in conv("8x9x1")
    assert "width" not in conv("8x9x1")
    assert "width: (10 - 3" in conv("9x10x1")
    assert "height" not in conv("9x10x1")
    both = conv("8x10x1")
    assert "height: (8 - 3 + 2*0)/2 + 1 = 3.5" in both
    assert "width: (10 - 3 + 2*0)/3 + 1 = 3.33" in both
    alike: str = ask("8x8x1", {"conv": {"K": 1, "F": 3, "S": 2}}).said("SC201")
    assert "height" not in alike
    assert "width" not in alike


@pytest.mark.parametrize(
    ("rank", "titles"),
    [
        (1, ("length",)),
        (2, ("height", "width")),
        (3, ("frames", "height", "width")),
        (4, ("axis 0", "axis 1", "axis 2", "axis 3")),
    ],
)
def test_axes_have_names(rank: int, titles: tuple[str, ...]) -> None:
    assert axis_titles(rank) == titles


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        ((3, 5), "3x5"),
        ((3,), "[3]"),
        (((0, 1), (2, 3)), "[[0,1],[2,3]]"),
        (((0, 1),), "[[0,1]]"),
        ((1, (2, 3)), "[1,[2,3]]"),
        (True, "true"),
        (False, "false"),
        (0.25, "0.25"),
        (1e-05, "1e-05"),
        ("same", "same"),
        (None, "null"),
        ({"w": {"shape": (2,), "role": "weight"}}, "{w: {shape: [2], role: weight}}"),
    ],
)
def test_a_value_is_shown_as_a_spec_writes_it(value: Any, text: str) -> None:
    assert show_value(value) == text


def test_small_helpers() -> None:
    assert show((32, 32, 3)) == "32x32x3"
    assert show((10,)) == "10"
    assert per_axis(3, 2, "F") == (3, 3)
    assert per_axis((3, 5), 2, "F") == (3, 5)


# Every kind but those whose windows slide, on volumes of five axes and more.
MANY = [
    {"dense": {"units": 4, "flatten": False}}, "layer_norm", "batch_norm", {"group_norm": 2},
    "instance_norm", "lrn", "gelu", "softmax", "prelu", "rms_norm", "l2_normalize", "scale",
    {"slice": {"axis": 3, "start": 1}}, {"pad": 1}, {"crop": 1}, {"upsample": 2},
    {"pixel_unshuffle": 2}, {"pixel_shuffle": 2}, {"channel_shuffle": 2}, "glu",
    {"residual": {"body": ["relu"]}}, {"parallel": {"branches": [[], []]}},
    {"upsample": {"scale": 2, "mode": "bilinear"}},
    {"adaptive_avg_pool": 2}, {"adaptive_max_pool": 1},
    "global_avg_pool", "global_max_pool", "flatten", {"dense": 3},
]  # fmt: skip


@pytest.mark.quick(1)
@pytest.mark.parametrize("axes", [5, 8])
def test_kinds_without_sliding_windows_take_up_to_eight_axes(axes: int) -> None:
    reversed_axes = {"transpose": [*reversed(range(axes - 1)), axes - 1]}
    spec = {"input": [*[1] * (axes - 5), 2, 1, 1, 2, 4], "layers": [reversed_axes, *MANY]}
    traced = trace(spec)
    assert traced.diagnostics == ()
    assert traced.complete
    assert traced.output == (3,)
    assert verify(traced).agrees
    for kind in ("conv", "max_pool", "conv_transpose"):
        window = {kind: {"F": 1} | ({} if kind == "max_pool" else {"K": 1})}
        found = trace({"input": spec["input"], "layers": [window]}).diagnostics
        assert "SC206" in [diagnostic.code for diagnostic in found]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("conv", "F, S, P, rounding, bias, dilation, K, groups, mode"),
        ("local_conv", "F, S, P, rounding, bias, K"),
        ("operation", "what, output, parameters, macs"),
    ],
)
def test_a_field_that_is_not_there_is_answered_with_our_words_alone(kind: str, fields: str) -> None:
    found = trace({"input": "8x8x3", "layers": [{kind: {"K": 2, "F": 3, "quux": 1}}]})
    hint = next(d.hint for d in found.diagnostics if "quux" in d.message)
    assert hint == f"it has {fields}, name, from, expect, trainable, share"
