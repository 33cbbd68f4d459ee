"""How a layer's number follows, as a student who was asked for it reads it."""

from __future__ import annotations

from math import isclose
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.grading.query import read_path
from shapecalc.grading.subject import Subject
from shapecalc.grading.worked_out import worked_out
from shapecalc.tracing import KnownTrace

BEFORE = "(product of the strides before)"
NET: dict[str, Any] = {
    "input": "11x9x8",
    "layers": [
        {"conv": {"K": 32, "F": [2, 3], "S": [1, 2], "groups": 2}},
        "relu",
        {"max_pool": {"F": 2, "S": 2}},
        {"conv_transpose": {"K": 6, "F": 3, "bias": False}},
        {"depthwise_conv": {"F": 3}},
        {"dense": 5},
    ],
    "rounding": "floor",
}


@pytest.mark.parametrize(
    ("path", "answer", "working"),
    [
        # 10x4x32, then 5x2x32, 7x4x6, 5x2x6 and 5
        ("conv1.weight.shape", (32, 4, 2, 3), "K x C/groups x F x F = 32x4x2x3"),
        ("conv_transpose1.weight.shape", (32, 6, 3, 3), "C x K x F x F = 32x6x3x3"),
        ("depthwise_conv1.weight.shape", (6, 1, 3, 3), "C x 1 x F x F = 6x1x3x3"),
        ("dense1.weight.shape", (5, 60), "units x inputs = 5x60"),
        ("conv1.bias.shape", (32,), "K = 32"),
        ("conv1.im2col", (24, 40), "2*3*4 = 24 values in a window, 10*4 = 40 positions"),
        ("conv1.activations", 1280, "10*4*32 = 1,280"),
        ("conv1.bytes", 3200, "800 parameters, 4 bytes each"),
        ("conv1.output_bytes", 5120, "10*4*32*4 = 5,120"),
        ("conv1.biases", 32, "one for each filter"),
        ("dense1.biases", 5, "one for each unit"),
        ("conv_transpose1.biases", 0, "it has no biases"),
        ("conv_transpose1.parameters", 1728, "weights = 32*6*3*3 = 1,728; parameters = 1,728"),
        ("relu1.input", (10, 4, 32), "the output of conv1"),
        ("conv1.input", (11, 9, 8), ""),
        ("conv1.output.depth", 32, "the depth is the number of filters, 32"),
        ("max_pool1.output.depth", 32, "the depth stays as it is"),
        ("max_pool1.parameters", 0, "it has nothing to learn"),
        ("max_pool1.macs", 0, "it has no weights to multiply by"),
        ("relu1.receptive_field", (2, 3), "kept as it was before this layer"),
        ("relu1.jump", (1, 2), "kept as it was before this layer"),
        ("max_pool1.jump", (2, 4),
         "height: jump = product of the strides of conv1 and max_pool1 = 1*2 = 2;"
         " width: jump = product of the strides of conv1 and max_pool1 = 2*2 = 4"),
        ("dense1.receptive_field", (11, 9),
         "receptive field: a dense layer sees the whole input"),
        ("conv1.trainable", 800, "none of its 800 parameters is frozen"),
        ("total.non_trainable", 0, ""),
    ],
)  # fmt: skip
def test_an_answer_is_told_by_its_own_numbers(path: str, answer: Any, working: str) -> None:
    traced = trace(NET)
    assert isinstance(traced, KnownTrace)
    subject, query = Subject(traced), read_path(path)
    assert subject.answer(query) == answer
    assert subject.working(query) == working


def test_one_jump_is_told_once_where_the_fields_differ() -> None:
    convs = [{"conv": {"K": 1, "F": [3, 2]}}, {"conv": {"K": 1, "F": 2, "S": 2}}]
    traced = trace({"input": "11x10x1", "layers": convs, "rounding": "floor"})
    assert isinstance(traced, KnownTrace)
    assert Subject(traced).working(read_path("conv2.jump")) == (
        "jump = product of the strides of conv1 and conv2 = 1*2 = 2"
    )


def test_a_jump_is_told_by_the_strides_of_all_layers() -> None:
    """2*1*2*3 = 12; behind two branches only that stride is told which comes after them."""
    conv = {"conv": {"K": 2, "F": 3, "S": 2, "P": 1}}
    layers: list[Any] = [
        conv, "relu", {"conv": {"K": 2, "F": 3, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 2, "F": 3, "S": 3}}, {"residual": [{"conv": {"K": 2, "F": 3, "P": 1}}]},
        {"max_pool": 2},
    ]  # fmt: skip
    traced = trace({"input": "48x48x3", "layers": layers, "rounding": "floor"})
    assert isinstance(traced, KnownTrace)
    told = Subject(traced).working
    assert told(read_path("conv1.jump")) == f"jump = {BEFORE} * S = 1*2 = 2"
    assert told(read_path("conv3.jump")) == (
        "jump = product of the strides of conv1, conv2, max_pool1 and conv3 = 2*1*2*3 = 12"
    )
    assert told(read_path("max_pool2.jump")) == f"jump = {BEFORE} * S = 12*2 = 24"


def test_a_field_behind_branches_is_told_from_where_they_meet() -> None:
    """3 and 5 pixels meet; 5 + (3 - 1)*1 = 7, + (2 - 1)*1 = 8."""
    layers: list[Any] = [
        {"conv": {"K": 2, "F": 3, "P": 1}}, {"residual": [{"conv": {"K": 2, "F": 3, "P": 1}}]},
        {"conv": {"K": 2, "F": 3}}, {"max_pool": 2},
    ]  # fmt: skip
    traced = trace({"input": "16x16x3", "layers": layers})
    assert isinstance(traced, KnownTrace)
    assert Subject(traced).working(read_path("max_pool1.receptive_field")) == (
        f"receptive field = field before conv3 + the sum of (F - 1)*{BEFORE}"
        " over conv3 and max_pool1 = 5 + (3 - 1)*1 + (2 - 1)*1 = 8; 5 before conv3 is the larger of"
        " conv2's 1 + (3 - 1)*1 + (3 - 1)*1 = 5 and conv1's 3"
    )


@pytest.mark.parametrize(
    ("branches", "told"),
    [
        # alike, 3 and 3; of three the last; of five only the widest; 3x5 and 3x1 on each axis
        ([3, 3], "; 3 before last is a0's 1 + (3 - 1)*1 = 3"),
        ([3, 1, 5], "; 5 before last is the largest of a0's 3, a1's 1 and a2's 1 + (5 - 1)*1 = 5"),
        ([3, 1, 5, 1, 1], "; 5 before last is the largest of 5 branches, a2's 1 + (5 - 1)*1 = 5"),
        (
            [[3, 5], [3, 1]],
            "; width: 5 before last is the larger of a0's 1 + (5 - 1)*1 = 5 and a1's 1",
        ),
    ],
)
def test_the_widest_branch_is_told_with_its_working(branches: list[Any], told: str) -> None:
    convs = [
        {"conv": {"name": f"a{at}", "K": 2, "F": F, "P": "same", "from": "input"}}
        for at, F in enumerate(branches)
    ]
    names = [f"a{at}" for at in range(len(branches))]
    layers = [*convs, {"concat": names}, "relu", {"conv": {"name": "last", "K": 2, "F": 3}}]
    traced = trace({"input": "16x12x3", "layers": layers})
    assert isinstance(traced, KnownTrace)
    assert Subject(traced).working(read_path("last.receptive_field")).endswith(told)


def test_what_is_no_branchs_field_is_not_told_as_one() -> None:
    """Behind a second merge there is no working from the input on; and one branch that is shifted
    by a padding on one side lies beside the other: together they see more than each.
    """
    block = {"residual": [{"conv": {"K": 3, "F": 3, "P": 1}}]}
    twice = trace({"input": "16x16x3", "layers": [block, block, {"conv": {"K": 2, "F": 3}}]})
    assert isinstance(twice, KnownTrace)
    told = Subject(twice).working(read_path("conv3.receptive_field"))
    assert told.endswith("; 5 before conv3 is the larger of conv2's 5 and add1's 3")
    apart = [
        {"conv": {"name": "a", "K": 2, "F": 3, "P": [2, 0], "from": "input"}},
        {"conv": {"name": "b", "K": 2, "F": 3, "P": [0, 2], "from": "input"}},
        {"concat": ["a", "b"]}, {"conv": {"name": "last", "K": 2, "F": 3}},
    ]  # fmt: skip
    beside = trace({"input": "16x16x3", "layers": apart})
    assert isinstance(beside, KnownTrace)
    assert "branch" not in Subject(beside).working(read_path("last.receptive_field"))
    assert "before last" not in Subject(beside).working(read_path("last.receptive_field"))


def test_a_fields_numbers_are_named() -> None:
    """Fields of 5 and 6, jumps of 1 and 2; a filter of 3 at a dilation of 2 is 5 wide."""
    layers = [
        {"conv": {"K": 8, "F": 5}},
        {"max_pool": {"F": 2, "S": 2}},
        {"conv": {"K": 2, "F": 4}},
    ]
    dilated = {"conv": {"K": 2, "F": 3, "dilation": 2}}
    traced = trace({"input": "40x40x3", "layers": [*layers, dilated]})
    assert isinstance(traced, KnownTrace)
    told = [Subject(traced).working(read_path(f"conv{n}.receptive_field")) for n in (2, 3)]
    said = f"receptive field = 1 + the sum of ({{}}F - 1)*{BEFORE} over conv1, max_pool1"
    assert told == [
        f"{said.format('')} and conv2 = 1 + (5 - 1)*1 + (2 - 1)*1 + (4 - 1)*2 = 12",
        f"{said.format('effective ')}, conv2 and conv3"
        " = 1 + (5 - 1)*1 + (2 - 1)*1 + (4 - 1)*2 + (5 - 1)*2 = 20",
    ]


def test_a_field_is_told_from_the_input_on() -> None:
    """1 + 5*1 = 6, jump 2; 6 + 2*2 = 10, jump 4; 10 + 4*4 = 26; 26 + 2*4 = 34; 34 + 2*8 = 50."""
    layers = [
        {"conv": {"K": 24, "F": 6, "S": 2, "P": 1}}, "relu", {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 64, "F": 5, "P": 2}}, "relu", {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 96, "F": 3, "P": 1}}, "flatten", {"dropout": 0.5}, {"dense": 10},
    ]  # fmt: skip
    traced = trace({"input": "64x64x3", "layers": layers})
    assert isinstance(traced, KnownTrace)
    subject = Subject(traced)
    assert subject.working(read_path("conv3.receptive_field")) == (
        f"receptive field = 1 + the sum of (F - 1)*{BEFORE}"
        " over conv1, max_pool1, conv2, max_pool2 and conv3"
        " = 1 + (6 - 1)*1 + (3 - 1)*2 + (5 - 1)*4 + (3 - 1)*4 + (3 - 1)*8 = 50"
    )
    assert subject.working(read_path("conv1.receptive_field")) == (
        f"receptive field = field before + (F - 1)*{BEFORE} = 1 + (6 - 1)*1 = 6"
    )
    # 7*7*96 = 4,704 values
    assert subject.working(read_path("dense1.weights")) == "weights = 10 * 7*7*96 = 47,040"
    assert subject.working(read_path("dense1.macs")) == "MACs = 10 * 7*7*96 = 47,040"


def test_a_field_behind_many_layers_is_told_from_the_layer_before() -> None:
    """1 + 13*2 = 27 behind 13 filters of 3x3, and 29 behind 14."""
    traced = trace({"input": "40x40x1", "layers": [{"conv": {"K": 1, "F": 3}}] * 14})
    assert isinstance(traced, KnownTrace)
    working = Subject(traced).working(read_path("conv14.receptive_field"))
    assert working.endswith(
        "field before + (F - 1)*(product of the strides before) = 27 + (3 - 1)*1 = 29"
    )


def test_the_jump_behind_a_layer_that_enlarges_is_no_product_of_strides() -> None:
    """At S=2 neighbours are 2 pixels apart, doubled 1, pooled 2 again: 3 + (3 - 1)*2 = 7."""
    layers = [
        {"conv": {"K": 4, "F": 3, "S": 2}},
        {"upsample": 2},
        {"max_pool": 2},
        {"conv": {"K": 2, "F": 3, "S": 2}},
    ]
    traced = trace({"input": "19x19x1", "layers": layers, "rounding": "floor"})
    assert isinstance(traced, KnownTrace)
    subject, apart = Subject(traced), "(pixels between neighbours before)"
    assert BEFORE in subject.working(read_path("conv1.receptive_field"))
    assert subject.working(read_path("conv2.receptive_field")) == (
        f"receptive field = 1 + the sum of (F - 1)*{apart} over conv1 and conv2"
        " = 1 + (3 - 1)*1 + (3 - 1)*2 = 7"
    )
    assert subject.working(read_path("conv2.jump")) == f"jump = {apart} * S = 2*2 = 4"


DOWN = {"conv": {"K": 8, "F": 3, "S": 2, "P": 1}}  # sees 3 pixels, 2 apart
ROW = "one output reaches over at most"
SUM = "(F - 1)*(pixels between neighbours before)"
SKIPPED = [
    {"conv": {"K": 8, "F": 3, "P": 1}}, {"max_pool": 2},
    {"conv_transpose": {"K": 8, "F": 2, "S": 2}}, {"concat": ["conv1", "conv_transpose1"]},
    {"conv": {"K": 8, "F": 3, "P": 1}},
    {"upsample": {"scale": 2, "mode": "bilinear"}},
]  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "ask", "right", "working"),
    [
        # a copy of each value; then two of four copies, or three, are of at most two values
        ([DOWN, {"upsample": 2}], "upsample1.receptive_field", 3,
         "receptive field = 3: one output sees at most one value of conv1, which sees 3 pixels"),
        ([DOWN, {"upsample": 2}], "upsample1.jump", 1, f"jump = {BEFORE}/scale = 2/2 = 1"),
        ([DOWN, {"upsample": 2}, {"max_pool": {"F": 2, "S": 1}}], "max_pool1.receptive_field", 5,
         f"receptive field = 3 + (2 - 1)*2 = 5: {ROW} 2 values of conv1, which see 3 pixels each,"
         " 2 apart"),
        ([DOWN, {"upsample": 2}, {"conv": {"K": 1, "F": 3}}], "conv2.receptive_field", 5,
         f"receptive field = 1 + the sum of {SUM} over conv1 and conv2"
         " = 1 + (3 - 1)*1 + (3 - 1)*1 = 5"),
        ([DOWN, {"upsample": 3}, {"conv": {"K": 1, "F": 2, "S": 2}}], "conv2.jump", 4 / 3,
         "jump = (pixels between neighbours before) * S = 2/3*2 = 4/3"),
        # between two values; a filter of 4 at S=2 lies on at most two, one of 3 also at S=1
        ([DOWN, {"upsample": {"scale": 2, "mode": "bilinear"}}], "upsample1.receptive_field", 5,
         f"receptive field = 3 + (2 - 1)*2 = 5: {ROW} 2 values of conv1, which see 3 pixels each,"
         " 2 apart"),
        ([DOWN, DOWN, {"conv_transpose": {"K": 4, "F": 4, "S": 2, "P": 1}}],
         "conv_transpose1.receptive_field", 11,
         f"receptive field = 7 + (2 - 1)*4 = 11: {ROW} 2 values of conv2, which see 7 pixels each,"
         " 4 apart"),
        ([DOWN, DOWN, {"conv_transpose": {"K": 4, "F": 4, "S": 2, "P": 1}}],
         "conv_transpose1.jump", 2, f"jump = {BEFORE}/S = 4/2 = 2"),
        ([{"conv_transpose": {"K": 4, "F": 3, "S": 2}}], "conv_transpose1.receptive_field", 2,
         f"receptive field = 1 + (2 - 1)*1 = 2: {ROW} 2 pixels of the input"),
        ([{"upsample": 2}], "upsample1.receptive_field", 1,
         "receptive field = 1: one output sees at most one pixel of the input"),
        ([{"max_pool": 2}, {"max_unpool": "max_pool1"}], "max_unpool1.receptive_field", 2,
         "receptive field = 2: one output sees at most one value of max_pool1, which sees 2"
         " pixels"),
        # 1 + 2 + 1 = 4 behind the pool, and 3 pixels beside: 4 + 2*1 = 6 behind the two joined
        (SKIPPED, "conv2.receptive_field", 6,
         f"receptive field = field before + {SUM} = 4 + (3 - 1)*1 = 6; 4 before conv2 is the"
         " larger of conv1's 3 and conv_transpose1's 1 + (3 - 1)*1 + (2 - 1)*1 = 4"),
        (SKIPPED, "upsample1.receptive_field", 8,
         "receptive field = 8x8, the widest of those of its outputs, which do not all see equally"
         " much"),
    ],
)  # fmt: skip
def test_a_field_behind_a_layer_that_enlarges_is_worked_out(
    layers: list[Any], ask: str, right: float, working: str
) -> None:
    subject = Subject(trace({"input": "16x16x3", "layers": layers, "rounding": "floor"}))
    query = read_path(ask)
    assert subject.answer(query) == (right, right)
    assert subject.working(query) == working


def test_of_axes_that_are_enlarged_otherwise_each_is_worked_out() -> None:
    layers = [DOWN, {"upsample": {"scale": [2, 1]}}]
    subject = Subject(trace({"input": "16x16x3", "layers": layers, "rounding": "floor"}))
    assert subject.working(read_path("upsample1.jump")) == (
        f"height: jump = {BEFORE}/scale = 2/2 = 1; width: jump = {BEFORE}/scale = 2/1 = 2"
    )


ENLARGING = (
    {"upsample": 2}, {"upsample": 3}, {"upsample": {"scale": 2, "mode": "bilinear"}},
    *({"conv_transpose": {"K": 2, "F": F, "S": S}} for F in (1, 2, 3, 4) for S in (2, 3)),
)  # fmt: skip


@pytest.mark.parametrize("layer", ENLARGING, ids=str)
def test_the_arithmetic_of_a_field_comes_to_it(layer: Any) -> None:
    """Whichever way it is told; it is known behind every layer that enlarges."""
    for F in (1, 2, 3, 4):
        for S in (1, 2):
            windows = [{"conv": {"K": 2, "F": F, "S": S}}, {"max_pool": {"F": 2, "S": 1}}]
            layers = [DOWN, layer, *windows]
            subject = Subject(trace({"input": "24x24x3", "layers": layers, "rounding": "floor"}))
            for record in subject.trace.layers[1:]:
                query = read_path(f"{record.name}.receptive_field")
                (size, _) = record.receptive_field
                for one in subject.derivations(query):
                    assert one.reason != "widest_of_outputs"
                    if one.expression is not None:
                        assert isclose(worked_out(one.expression), size)
                    elif one.reason == "over_values":
                        assert one.value == size == one.given["size"]


CONV, POOL = {"K": 4, "F": 3}, {"F": 3}


@pytest.mark.parametrize("rounding", ["exact", "floor", "ceil"])
@pytest.mark.parametrize(
    ("volume", "layer", "right", "working"),
    [
        ("10x10x3", {"conv": {**CONV, "S": 2}}, False,
         "(10 - 3 + 2*0)/2 = 3.5, not a whole number"),
        ("11x11x3", {"conv": {**CONV, "S": 2}}, True, "(11 - 3 + 2*0)/2 = 4, a whole number"),
        ("10x10x3", {"max_pool": {**POOL, "S": 2}}, False,
         "(10 - 3 + 2*0)/2 = 3.5, not a whole number"),
        ("10x10x3", {"max_pool": {**POOL, "S": 4, "P": 1}}, False,
         "(10 - 3 + 2*1)/4 = 2.25, not a whole number"),
        ("10x11x3", {"conv": {**CONV, "S": 2}}, False,
         "height: (10 - 3 + 2*0)/2 = 3.5, not a whole number;"
         " width: (11 - 3 + 2*0)/2 = 4, a whole number"),
        ("10x10x3", {"conv": {**CONV, "S": 2, "P": [[0, 1], [0, 1]]}}, True,
         "(10 - 3 + 0 + 1)/2 = 4, a whole number"),
        ("10x10x3", {"conv": {**CONV, "S": 2, "P": "same"}}, True,
         "(10 - 3 + 0 + 1)/2 = 4, a whole number"),
        ("10x10x3", {"conv": {**CONV, "S": 2, "dilation": 2}}, False,
         "(10 - (2*(3 - 1) + 1) + 2*0)/2 = 2.5, not a whole number"),
    ],
)  # fmt: skip
def test_whether_a_stride_fits_follows_from_a_quotient_that_is_not_rounded(
    volume: str, layer: dict[str, Any], right: bool, working: str, rounding: str
) -> None:
    spec = {"input": volume, "layers": [layer], "rounding": rounding}
    query = read_path(f"fits({next(iter(layer))}1)")
    subject = Subject(trace(spec))
    assert subject.answer(query) is right
    assert subject.working(query) == working


def test_a_window_that_only_ceil_lets_in_has_less_than_no_strides() -> None:
    """One window on 2 of 3 values: -1/2 is rounded up to 0 strides."""
    spec = {"input": "2x2x1", "layers": [{"max_pool": {"F": 3, "S": 2}}], "rounding": "ceil"}
    working = Subject(trace(spec)).working(read_path("fits(max_pool1)"))
    assert working == "(2 - 3 + 2*0)/2 = -0.5, not a whole number"


def test_a_filter_that_is_too_large_is_told_without_rounding() -> None:
    spec = {"input": "2x2x1", "layers": [{"conv": {"K": 1, "F": 5, "S": 2}}], "rounding": "floor"}
    working = Subject(trace(spec)).working(read_path("fits(conv1)"))
    assert working == "(2 - 5 + 2*0)/2: 2 + 2*0 is less than 5"
