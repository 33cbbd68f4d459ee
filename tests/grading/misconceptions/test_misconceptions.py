"""Every wrong model against hand arithmetic, over all stored networks, and on random numbers."""

from __future__ import annotations

import random
import re
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc.diagnostics import LayerError
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.misconceptions import SHARED, misconceptions, wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.query import COUNTS, OF_TOTAL, SIZES, read_path
from shapecalc.grading.repeated import repeated
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import shown

SPECS = Path(__file__).resolve().parents[3] / "specs"
LARGEST = 80  # layers of a network in which every question is tried; of larger ones, a sample


def net(volume: str | int, *layers: Any, **more: Any) -> dict[str, Any]:
    """Return a network in place."""
    return {"input": volume, "layers": list(layers), **more}


CONV = net("32x32x3", {"conv": {"K": 10, "F": 5, "P": 2}})
WIDE = net("40x32x3", {"conv": {"K": 10, "F": 5, "P": 2}})
LOCAL = net("6x6x4", {"local_conv": {"K": 4, "F": 3}})
SEPARABLE = net("8x8x10", {"separable_conv": {"K": 100, "F": 5}})
ALEX = net("227x227x3", {"conv": {"K": 96, "F": 11, "S": 4}})
KERAS = net("12x12x32", {"conv": {"K": 64, "F": 3}}, {"max_pool": 2}, "flatten", {"dense": 10})
POOL = net("32x32x16", {"max_pool": {"F": 2, "S": 2}})
NORM = net("56x56x64", {"conv": {"K": 64, "F": 3, "P": 1}}, "batch_norm")
BETWEEN_POOLS, BETWEEN_POOLS_AT_2 = (
    net(
        "64x64x3",
        {"conv": {"K": 4, "F": 5, "S": stride, "P": 2}},
        {"max_pool": 2},
        {"conv": {"K": 4, "F": 3, "P": 1}},
        {"max_pool": 2},
        {"conv": {"K": 4, "F": 3, "P": 1}},
    )
    for stride in (1, 2)
)
TWICE = net("15x15x1", {"conv": {"K": 4, "F": 3, "S": 2}}, {"conv": {"K": 4, "F": 3, "S": 2}})
INNER = net("15x15x1", {"conv": {"K": 4, "F": 3, "S": 2}}, {"conv": {"K": 4, "F": 3, "P": 1}})
DIGITS = net(  # d.yx at depth d, row y, column x
    "4x4x2", {"conv": {"K": 1, "F": 2, "S": 2}},
    example={"given": {"input": [
        [[round(d + y / 10 + x / 100, 2) for x in range(4)] for y in range(4)] for d in range(2)
    ]}},
)  # fmt: skip
DROPPED = net(  # 1.13 and 6.10 stay
    "4", {"dropout": 0.5}, {"dense": {"units": 1, "bias": False}},
    example={"given": {
        "input": [1.13, 5, 6.1, 11], "dropout1.mask": [1, 0, 1, 0], "dense1.weight": [[1, 1, 1, 1]],
    }},
)  # fmt: skip


def descending(**how: Any) -> dict[str, Any]:
    """Return w*2 with the loss (2w)^2, so that the gradient is 8w; w is 1, the rate 0.01."""
    return net(
        1, {"dense": {"units": 1, "bias": False}},
        example={
            "given": {"input": [2], "dense1.weight": [[1]]},
            "loss": {"squared_error": [0]}, "rate": 0.01, **how,
        },
    )  # fmt: skip


THRICE_DOWN = descending(steps=3)
ROLLING = descending(steps=2, optimizer={"momentum": 0.9})
ADAM = descending(optimizer="adam")
THRICE = net("15x15x1", *[{"conv": {"K": 4, "F": 3}}] * 3)
OVERLAPPING = net(
    "99x99x3", {"conv": {"K": 48, "F": 11, "S": 4}}, {"max_pool": {"F": 3, "S": 2}},
    {"conv": {"K": 64, "F": 5, "P": 2}}, {"max_pool": {"F": 3, "S": 2}},
)  # fmt: skip
ACTIVATED = net(4, "relu", example={"given": {"input": [-2, 3, -1, 4]}})
LENET = net(
    "32x32x1", {"conv": {"K": 6, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 16, "F": 5}},
)  # fmt: skip
UP = net("8x8x4", {"conv_transpose": {"K": 6, "F": 4, "S": 2, "P": 1}})
SLICES = net("8x8x4", {"depthwise_conv": {"F": 3}})
MULTIPLIED = net("8x8x16", {"depthwise_conv": {"F": 3, "multiplier": 4}})
ALONG = net("20x6", {"conv": {"K": 10, "F": 3}})
GROUPS = net("27x27x96", {"conv": {"K": 256, "F": 5, "P": 2, "groups": 2}})
LINE = net(
    "3x1", {"conv": {"K": 1, "F": 3}}, "relu",
    example={
        "given": {"input": [[1, 2, 3]], "conv1.weight": [[[1, -1, 2]]], "conv1.bias": [-8]},
        "loss": {"squared_error": [[3]]},
        "rate": 0.1,
    },
)  # fmt: skip
IMAGE = net(
    "2x2x1", {"conv": {"K": 1, "F": 1, "bias": False}},
    example={
        "given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[3]]]]},
        "loss": {"squared_error": [[0, 0], [0, 0]]},
        "rate": 0.1,
    },
)  # fmt: skip
BATCH = net(
    1, {"dense": {"units": 1, "bias": False}},
    example={
        "given": {"input": [[1], [2], [3]], "dense1.weight": [[2]]},
        "loss": {"squared_error": [[0], [0], [0]]},
    },
)  # fmt: skip
# As AlexNet: five convolutions and three dense layers among twenty.
STACK = net(
    "32x32x3", *[{"conv": {"K": 8, "F": 3, "P": 1}}, "relu"] * 5, *[{"max_pool": 2}] * 3,
    "flatten", *[{"dense": 10}, "relu"] * 3,
)  # fmt: skip
DEEP = net("12x12x3", {"conv": {"K": 8, "F": 3, "P": "same"}})
STRAIGHT = net("8x8x3", {"conv": {"K": 10, "F": 5, "bias": False}})
LAST = net("5x5x2", {"max_pool": {"F": 1, "S": 3, "rounding": "ceil"}})
UNET = net(
    "20x20x3", {"conv": {"K": 16, "F": 1}}, {"conv": {"K": 32, "F": 1, "from": "input"}},
    {"concat": ["conv1", "conv2"]}, {"add": ["conv1", "conv1"]},
)  # fmt: skip
GLOBAL = net("8x6x48", "global_avg_pool")
BLOCKS = net(
    "64x64x1", *[{"conv": {"K": 4, "F": 3}}, {"max_pool": {"F": 2, "S": 2}}] * 3, rounding="floor",
)  # fmt: skip


def example(volume: str | int, *layers: Any, **arrays: Any) -> dict[str, Any]:
    """Return a network with an example; `given` and what is beside it, as keywords."""
    return net(volume, *layers, example=arrays)


# Two slices of 3x3 and a filter of 2x2 on both. The first gives 1*1 + 2*2 + 0*4 + 3*5 = 20, 26, 38
# and 44, the second 2, 0, 5 and 1, its top left values; the bias is -1.
SLICED = example(
    "3x3x2", {"conv": {"K": 1, "F": 2}},
    given={
        "input": [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[2, 0, 1], [5, 1, 0], [0, 3, 4]]],
        "conv1.weight": [[[[1, 2], [0, 3]], [[1, 0], [0, 0]]]], "conv1.bias": [-1],
    },
    upstream={"conv1": [[1, 2], [3, 4]]},
)  # fmt: skip
# 1, 2, -1 and 0 go into the ReLU: 3*[1, 2] - 2*[2, 4] comes to the filter, and nothing of 5 and 4
AT_0 = example(
    "5x1", {"conv": {"K": 1, "F": 2, "bias": False}}, "relu",
    given={"input": [[1, 2, 4, 3, 3]], "conv1.weight": [[[-1, 1]]]},
    upstream={"relu1": [[3, -2, 5, 4]]},
)  # fmt: skip
UNITS = example(
    "3", {"dense": 2},
    given={"input": [1, 2, 3], "dense1.weight": [[1, 3, 2], [0, -1, 4]]},
    upstream={"dense1": [2, 5]},
)  # fmt: skip
FILTERS = example(
    "3x1", {"conv": {"K": 2, "F": 2, "bias": False}},
    given={"input": [[1, 2, 3]], "conv1.weight": [[[1, 2]], [[3, -1]]]},
    upstream={"conv1": [[1, 2], [4, 5]]},
)  # fmt: skip
UNROLLED = example(
    "1x3x1", "flatten", {"dense": 2},
    given={"input": [[[1, 2, 3]]], "dense1.weight": [[1, 3, 2], [0, -1, 4]]},
    upstream={"dense1": [2, 5]},
)  # fmt: skip
ABSOLUTE = example(
    "4x1", "relu", {"dense": 1},
    given={"input": [[-1.5, 2, 0.5, -3]], "dense1.weight": [[5, -1, 1, 1]]},
)  # fmt: skip
# 0, 1, 2, 3, 4, 0: 0*1 + 1*2 = 2, 2 + 6 = 8 and 4 + 0 = 4; the larger of two is 8, and 8
SIDES = example(
    "4x1", {"conv": {"K": 1, "F": 2, "S": 2, "P": 1}}, {"max_pool": {"F": 2, "S": 1}},
    given={"input": [[1, 2, 3, 4]], "conv1.weight": [[[1, 2]]]},
)  # fmt: skip
POOLED = [[1, 2, 5, 6], [3, 4, 7, 8], [9, 8, 1, 1], [7, 4, 2, 8]]
SMALLER = {"given": {"input": POOLED}, "upstream": {"max_pool1": [[4, 8], [12, 16]]}}
TIED = example(
    "2x4x1", {"max_pool": 2},
    given={"input": [[3, 1, 5, 8], [2, 3, 0, 7]]}, upstream={"max_pool1": [[4, 8]]},
)  # fmt: skip
PEAK = example(
    "3x3x1", {"max_pool": {"F": 2, "S": 1}},
    given={"input": [[1, 2, 3], [4, 9, 5], [6, 7, 8]]}, upstream={"max_pool1": [[1, 2], [3, 4]]},
)  # fmt: skip
AVERAGED = example(
    "3x3x1", {"avg_pool": {"F": 2, "S": 1}},
    given={"input": [[1, 2, 3], [4, 9, 5], [6, 7, 8]]}, upstream={"avg_pool1": [[4, 8], [12, 16]]},
)  # fmt: skip
MEANS = {"given": {"input": POOLED}, "upstream": {"avg_pool1": [[4, 8], [12, 16]]}}
# Two slices as one window each; and two bins of three values of five: one is in both.
TWO_SLICES = {"input": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]}
WHOLE = example(
    "2x2x2", "global_avg_pool", given=TWO_SLICES, upstream={"global_avg_pool1": [[[6]], [[12]]]}
)
WHOLE_LARGEST = example(
    "2x2x2", {"global_max_pool": {"keep": False}},
    given=TWO_SLICES, upstream={"global_max_pool1": [6, 12]},
)  # fmt: skip
BINS, LARGEST_BINS = (
    example(
        "5x1", {kind: 2},
        given={"input": [[1, 2, 3.5, 4.5, 5]]}, upstream={f"{kind}1": [[6, 12]]},
    )
    for kind in ("adaptive_avg_pool", "adaptive_max_pool")
)  # fmt: skip
# w = 0.5, x = 2, b = -0.4: z = 0.6, a = 0.6457, (a - 1)^2 = 0.1255, a(1 - a) = 0.2288,
# dz = 2*(a - 1)*0.2288 = -0.1621, dw = 2*dz = -0.3242
UNIT: dict[str, Any] = {
    "given": {"input": [2], "dense1.weight": [[0.5]], "dense1.bias": [-0.4]},
    "loss": {"squared_error": [1]}, "rate": 0.5,
}  # fmt: skip
NEURON = example(1, {"dense": 1}, "sigmoid", **UNIT)
TANH = example(1, {"dense": 1}, "tanh", **UNIT)
HALF = example(1, {"dense": 1}, "sigmoid", **{**UNIT, "loss": {"half_squared_error": [1]}})
# The errors are 1, 2 and 4: 21/3 = 7.
MEAN = example(3, "identity", given={"input": [1, 2, 4]}, loss={"mean_squared_error": [0, 0, 0]})
# e^0, e^1, e^2 over 11.1073: 0.0900, 0.2447, 0.6652
SCORES = example(
    2, {"dense": 3},
    given={"input": [1, 0], "dense1.weight": [[0, 0], [1, 0], [2, 0]], "dense1.bias": [0, 0, 0]},
    loss={"cross_entropy": 0},
)  # fmt: skip
# The same with the third class: -ln 0.6652 = 0.4076, -ln 0.2447 = 1.4076
THIRD = {**SCORES, "example": {**SCORES["example"], "loss": {"cross_entropy": 2}}}
# Scores 2, 3 and 11, which are 0.125, 0.1875 and 0.6875 of their sum; -ln 0.6875 = 0.3747
SHARES = example(
    2, {"dense": {"units": 3, "bias": False}}, "softmax",
    given={"input": [1, 0], "dense1.weight": [[2, 0], [3, 0], [11, 0]]}, loss={"cross_entropy": 2},
)  # fmt: skip
# Scores 3.2, 2, 1.7 and the second class: 3.2 - 2 + 1 = 2.2, 1.7 - 2 + 1 = 0.7, in all 2.9
HINGE = example(
    2, {"dense": 3},
    given={
        "input": [1, 0], "dense1.weight": [[3.2, 0], [2, 0], [1.7, 0]], "dense1.bias": [0, 0, 0],
    },
    loss={"svm": 1},
)  # fmt: skip
# The squared weights are 3.2^2 + 2^2 + 1.7^2 = 17.13 in all; the gradients are 1, -2 and 1.
DECAYED = {
    **HINGE, "example": {**HINGE["example"], "loss": {"svm": 1, "weight_decay": 0.1}, "rate": 0.1},
}  # fmt: skip
# 0^2 + 1^2 + 2^2 = 5, a quarter of which is 1.25 beside 0.4076
CROSS_DECAYED = {
    **THIRD, "example": {**THIRD["example"], "loss": {"cross_entropy": 2, "weight_decay": 0.5}},
}  # fmt: skip
# (0 - 3)^2 = 9, and 1^2 + 1^2 + 2^2 = 6
LINE_DECAYED = {
    **LINE, "example": {**LINE["example"], "loss": {"squared_error": [[3]], "weight_decay": 0.7}},
}  # fmt: skip
# 1*2 - 1.5*3 = -2.5, which is 3.5 off; 2^2 + 1.5^2 = 6.25 and 1 + 3^2 = 10
TWO_DECAYED = example(
    1, {"dense": {"units": 2, "bias": False}}, {"dense": {"units": 1, "bias": False}},
    given={"input": [1], "dense1.weight": [[2], [-1.5]], "dense2.weight": [[1, 3]]},
    loss={"squared_error": [1], "weight_decay": 0.2},
)  # fmt: skip
# 5 - 3 = 2: half of 4, and 4
ERROR = example(
    1, {"dense": 1}, given={"input": [2], "dense1.weight": [[2]], "dense1.bias": [1]},
    loss={"half_squared_error": [3]},
)  # fmt: skip
# Three pixels of 1, 2, 3 each put down 1, 10, 100 one further: 1, 10 + 2, 100 + 20 + 3, ...
SPREAD = example(
    "3x1", {"conv_transpose": {"K": 1, "F": 3}},
    given={"input": [[1, 2, 3]], "conv_transpose1.weight": [[[1, 10, 100]]]},
)  # fmt: skip
# Flattened, 1 and 2 of the first slice stand before 3 and 4 of the second.
FLAT = example(
    "1x2x2", "flatten", {"dense": {"units": 1, "bias": False}},
    given={"input": [[[1, 2]], [[3, 4]]], "dense1.weight": [[1, 10, 100, 1000]]},
    upstream={"dense1": [1]}, rate=0.1,
)  # fmt: skip
UNFLATTENED = {**FLAT, "layers": FLAT["layers"][1:]}  # a dense layer flattens by itself
# 1*5 + 2*6 = 17 and 3*5 + 4*6 = 39
SQUARE = example(
    2, {"dense": {"units": 2, "bias": False}},
    given={"input": [5, 6], "dense1.weight": [[1, 2], [3, 4]]},
    upstream={"dense1": [1, 10]}, rate=0.1,
)  # fmt: skip
FIGURE = example(  # at stride 1 the sums of two neighbours are 3, 5, 7, 9
    "5x1", {"conv": {"K": 1, "F": 2, "S": 3, "bias": False}},
    given={"input": [[1, 2, 3, 4, 5]], "conv1.weight": [[[1, 1]]]},
)  # fmt: skip


def leaking(layer: Any, kind: str, **given: Any) -> dict[str, Any]:
    """Return a network in which -2, 3 and -4 go into an activation, and 1.5, 4 and 2 come back."""
    return example(
        "3x1", {"conv": {"K": 1, "F": 1}}, layer,
        given={"input": [[-2, 3, -4]], "conv1.weight": [[[1]]], **given},
        upstream={f"{kind}1": [[1.5, 4, 2]]},
    )  # fmt: skip


LEAKY = leaking({"leaky_relu": 0.5}, "leaky_relu")
PRELU = leaking("prelu", "prelu", **{"prelu1.weight": [0.5]})
ELU = leaking("elu", "elu")
# 2*1, 2*(-2), 2*3, 2*4, without -4, and three times that less 1: 5, -1, 17, 23. Back come 3 times
# 1, -1, 2, -3 to the ReLU, and 0 for -3 to the first convolution.
CHAIN = example(
    "4x1", {"conv": {"K": 1, "F": 1}}, "relu", {"conv": {"K": 1, "F": 1}},
    given={
        "input": [[1, -2, 3, 4]], "conv1.weight": [[[2]]], "conv2.weight": [[[3]]],
        "conv2.bias": [-1],
    },
    upstream={"conv2": [[1, -1, 2, -3]]},
)  # fmt: skip
# 3 pixels, 2 apart, doubled: 3 + 2*1 = 5 and 5 + 2*1 = 7
DOUBLED = net(
    "16x16x3", {"conv": {"K": 8, "F": 3, "S": 2, "P": 1}}, {"upsample": 2},
    *[{"conv": {"K": 4, "F": 3, "P": 1}}] * 2, rounding="floor",
)  # fmt: skip
# 3 and 3 + 2*2 = 7 pixels, 4 apart; the filter of 2 at S=2 spreads each: 2 apart, 7 + 2*2 = 11
SPREAD_OUT = net(
    "16x16x3", *[{"conv": {"K": 8, "F": 3, "S": 2, "P": 1}}] * 2,
    {"conv_transpose": {"K": 8, "F": 2, "S": 2}}, {"conv": {"K": 4, "F": 3, "P": 1}},
    rounding="floor",
)  # fmt: skip
# The mean of 1, 1, 5, 5 is 3, the variance 4: -1, -1, 1, 1, times 1.5 and 0.25 more
NORMED = example(
    "4x1", {"conv": {"K": 1, "F": 1}}, "batch_norm", "relu",
    given={
        "input": [[1, 1, 5, 5]], "conv1.weight": [[[1]]], "batch_norm1.weight": [1.5],
        "batch_norm1.bias": [0.25],
    },
)  # fmt: skip

# 3*3*96 = 864 and 96*128 = 12,288 weights
SEPARATED = net(
    "11x11x96", {"depthwise_conv": {"F": 3, "P": 1, "bias": False}}, "batch_norm", "relu",
    {"conv": {"K": 128, "F": 1, "bias": False}}, {"conv": {"K": 128, "F": 1}},
)  # fmt: skip
# 5; 5 + (2 - 1)*1 = 6; 6 + (7 - 1)*2 = 18, as 3*(3 - 1) + 1 = 7; 18 + (4 - 1)*2 = 24
DILATED = net(
    "96x96x3", {"conv": {"K": 8, "F": 5, "P": 2}}, "relu", {"max_pool": 2},
    {"conv": {"K": 16, "F": 3, "dilation": 3, "P": 3}}, {"conv": {"K": 16, "F": 4, "P": 1}},
)  # fmt: skip

# A misconception, a network, a question and the wrong number, worked out by hand.
FOR_LAYERS = {  # where the misconception's own words do not fit
    ("gradient_averaged", "conv1.weight.grad"): "the mean over the positions was taken; the"
    " gradient of a filter is the sum over them",
    ("forgot_depth", "conv1.output_bytes"): "the depth of the output was forgotten",
    ("output_for_parameters", "conv1.output_bytes"): "the bytes of the parameters were given, not",
    ("slope_forgotten", "dense1.weight.grad"): "the slope of sigmoid1 was forgotten; the gradient",
    ("other_slope", "dense1.weight.grad"): "the slope of a",  # sigmoid, or tanh
    ("field_one_stride_ignored", "conv3.receptive_field"): "the stride of max_pool2 was left out",
    (
        "pool_stride_from_filter",
        "max_pool2.receptive_field",
    ): "the strides of pools were taken as F",
    ("pool_stride_from_filter", "max_pool2.jump"): "the strides of pools were taken as F",
    ("forgot_depth", "conv1.activations"): "the depth of the output was forgotten",
    ("forgot_depth", "dense1.parameters"): "the depth of the input was forgotten",
    ("neighbour", "max_pool1.output"): "it is the volume of the input, not of the output",
    ("one_bias", "total.parameters"): "one bias was counted for each layer; every filter and unit",
    ("one_bias", "conv1.parameters"): "one bias was counted for the whole layer; every filter has",
    ("one_bias", "conv1.biases"): "one bias was counted for the whole layer; every filter has its",
    ("loss_base", "loss"): "was taken; here it is the natural one",
    ("other_class", "loss"): "class 0 was taken; the target is class 2",
    ("other_class", "dense1.grad"): "class 0 was taken; the target is class 2",
    ("one_bias", "dense1.parameters"): "one bias was counted for the whole layer; every unit",
    (
        "bias_per_input",
        "dense1.parameters",
    ): "a bias was counted for each input; every unit has one",
    ("groups_ignored", "depthwise_conv1.parameters"): "it was counted as an ordinary convolution;",
    (
        "groups_ignored",
        "depthwise_conv1.weight.shape",
    ): "it was counted as an ordinary convolution;",
    ("one_group_only", "depthwise_conv1.parameters"): "the filters of only one slice were counted;",
    (
        "one_group_only",
        "depthwise_conv1.weight.shape",
    ): "the filters of only one slice were counted;",
    ("half_filter_padding", "P(conv1)"): "half of F, ",
    ("absent_bias_counted", "total.parameters"): "biases were counted in layers that have none",
    ("swapped_axes", "conv1.value"): "rows and columns were swapped",
    ("swapped_axes", "conv1.value[0,0,1]"): "rows and columns were swapped",
    ("dense_transposed", "dense1.weight.grad"): "rows and columns were swapped; as in the weights",
    ("dense_transposed", "dense1.weight.grad[0,1]"): "rows and columns were swapped; as in the",
    ("stride_ignored", "conv1.value"): "the stride was taken as 1, and only a corner",
    ("field_own_stride", "conv3.receptive_field"): "the stride of each layer itself was counted;",
    ("brackets_left_out", "conv1.output"): "only 2P was divided by S; there are no brackets around",
    ("shape_axes_swapped", "dense1.weight.shape"): "the inputs were written before the units,",
    ("shape_axes_swapped", "conv_transpose1.weight.shape"): "the filters were written before the",
    ("relu_for_leaky", "leaky_relu1.value"): "the slope below 0 was taken as 0; here it is 0.5",
    ("relu_for_leaky", "conv1.grad"): "the slope below 0 was taken as 0; here it is 0.5",
    ("relu_for_leaky", "conv1.weight.grad"): "the slope below 0 was taken as 0; here it is",
    ("relu_for_leaky", "prelu1.value"): "the slope below 0 was taken as 0; here it is the layer's",
    ("activation_applied", "conv1.value"): "was applied as well; it comes behind conv1",
    ("activation_applied", "dense1.value"): "the activation sigmoid1 was applied as well; it comes",
    ("field_enlarging_ignored", "conv2.receptive_field"): "the enlarging by upsample1 was ignored",
    ("field_enlarging_ignored", "conv3.receptive_field"): "1 was ignored; behind it neighbours",
    ("field_enlarging_ignored", "conv3.jump"): "the enlarging by upsample1 was ignored; behind it",
    ("bias_in_weights", "depthwise_conv1.weights"): "biases were counted with the weights; there",
    ("dilation_ignored", "conv3.receptive_field"): "the dilation of a layer before it was taken as",
    (
        "block_counted",
        "depthwise_conv1.weights",
    ): "two layers were counted together, depthwise",
    ("block_counted", "depthwise_conv1.macs"): "and conv1; depthwise_conv1 is asked for",
    ("block_counted", "conv1.parameters"): "and conv1; conv1 is asked for",
    ("neighbour", "conv1.value"): "were given; those of conv1 are asked for",
    ("neighbour", "conv2.value"): "were given; those of conv2 are asked for",
    ("neighbour", "relu1.grad"): "was given; that of relu1 is asked for",
}
CASES: list[tuple[str, dict[str, Any], str, Any]] = [
    ("padding_once", CONV, "conv1.output", (32 - 5 + 2 + 1, 30, 10)),
    ("padding_once", net("15x15x8", {"pad": 2}), "pad1.output", (17, 17, 8)),
    ("padding_once", UP, "conv_transpose1.output", (7 * 2 - 1 + 4, 17, 6)),
    ("padding_ignored", CONV, "conv1.output", (28, 28, 10)),
    ("padding_ignored", net("15x15x8", {"pad": 2}), "pad1.output", (15, 15, 8)),
    ("padding_ignored", UP, "conv_transpose1.output", "18x18x6"),
    ("forgot_plus_one", CONV, "conv1.output", "31x31x10"),
    ("forgot_plus_one", ALEX, "conv1.output", (54, 54, 96)),
    ("forgot_plus_one", net("32x1", {"conv": {"K": 4, "F": 5}}), "conv1.output", (27, 4)),
    ("stride_ignored", ALEX, "conv1.output", (217, 217, 96)),
    ("stride_ignored", UP, "conv_transpose1.output", (7 - 2 + 4, 9, 6)),
    (
        "stride_ignored",
        net("32x32x3", {"conv": {"K": 8, "F": 3, "S": 2, "P": "same"}}),
        "conv1.output",
        (32, 32, 8),
    ),
    (
        "dilation_ignored",
        net("32x32x3", {"conv": {"K": 8, "F": 3, "dilation": 2}}),
        "conv1.output",
        (30, 30, 8),
    ),
    (
        "ceil_for_floor",
        net("112x112x64", {"max_pool": {"F": 3, "S": 2, "rounding": "floor"}}),
        "max_pool1.output",
        (56, 56, 64),
    ),
    (
        "floor_for_ceil",
        net("27x27x3", {"max_pool": {"F": 2, "S": 2, "rounding": "ceil"}}),
        "max_pool1.output",
        (13, 13, 3),
    ),
    ("depth_kept", CONV, "conv1.output", (32, 32, 3)),
    ("depth_kept", net("32x32x3", {"conv": {"K": 1, "F": 5}}), "conv1.output", (28, 28, 3)),
    ("depth_pooled", POOL, "max_pool1.output", (16, 16, 8)),
    ("depth_padded", net("15x15x8", {"pad": 2}), "pad1.output", (19, 19, 12)),
    ("depth_padded", CONV, "conv1.output", (32, 32, 14)),
    ("depth_multiplied", CONV, "conv1.output", (32, 32, 30)),
    ("depth_first", CONV, "conv1.output", (10, 32, 32)),
    ("depth_first", ALEX, "conv1.input", (3, 227, 227)),
    ("swapped_axes", WIDE, "conv1.output", (32, 40, 10)),
    ("swapped_axes", IMAGE, "conv1.value[0,0,1]", 3 * 3),
    ("swapped_axes", IMAGE, "conv1.value", [[3, 9], [6, 12]]),
    ("neighbour", LENET, "max_pool1.output", (28, 28, 6)),
    ("neighbour", LENET, "conv2.parameters", 5 * 5 * 6 + 6),
    ("transposed_as_conv", UP, "conv_transpose1.output", (4, 4, 6)),
    ("forgot_bias", CONV, "conv1.parameters", 750),
    ("forgot_bias", KERAS, "total.parameters", 9 * 32 * 64 + 1600 * 10),
    ("forgot_bias", NORM, "batch_norm1.parameters", 64),
    ("forgot_bias", NORM, "total.parameters", 9 * 64 * 64 + 64),
    ("forgot_bias", NORM, "total.parameters", 9 * 64 * 64 + 2 * 64),  # gamma and beta
    ("one_bias", CONV, "conv1.parameters", 751),
    ("one_bias", CONV, "conv1.biases", 1),
    ("one_bias", KERAS, "total.parameters", 9 * 32 * 64 + 1600 * 10 + 2),
    ("bias_per_input", CONV, "conv1.parameters", 753),
    ("bias_per_input", LENET, "conv2.biases", 6),
    ("forgot_depth", CONV, "conv1.parameters", 260),
    ("forgot_depth", CONV, "conv1.weights", 250),
    ("forgot_depth", CONV, "conv1.macs", 32 * 32 * 250),
    ("forgot_depth", ALEX, "conv1.im2col", (121, 3025)),
    ("forgot_depth", ALEX, "conv1.activations", 3025),
    ("forgot_depth", NORM, "conv1.parameters", 9 * 64 + 64),
    ("forgot_depth", KERAS, "dense1.parameters", 25 * 10 + 10),
    # 3x3 on depth 3: 3*3*K + K also is F*D*K + K
    (
        "forgot_depth",
        net("32x32x3", {"conv": {"K": 8, "F": 3}}),
        "conv1.parameters",
        9 * 8 + 8,
    ),
    ("forgot_depth_and_bias", CONV, "conv1.parameters", 250),
    ("forgot_depth_one_bias", CONV, "conv1.parameters", 251),
    ("forgot_filters", CONV, "conv1.parameters", 76),
    ("forgot_filters", CONV, "conv1.output", (32, 32, 1)),
    ("filter_not_squared", CONV, "conv1.parameters", 5 * 3 * 10 + 10),
    ("activations_for_parameters", CONV, "conv1.parameters", 10240),
    ("bytes_for_values", CONV, "conv1.activations", 4 * 10240),
    ("forgot_depth", CONV, "conv1.output_bytes", 4 * 32 * 32),
    ("values_for_bytes", CONV, "conv1.output_bytes", 10240),
    ("values_for_bytes", CONV, "conv1.bytes", 760),
    ("double_precision", CONV, "conv1.output_bytes", 8 * 10240),
    ("double_precision", NORM, "batch_norm1.bytes", 8 * 4 * 64),
    ("output_for_parameters", CONV, "conv1.bytes", 4 * 10240),
    ("output_for_parameters", CONV, "conv1.output_bytes", 4 * 760),
    ("macs_for_flops", CONV, "conv1.flops", 768_000),
    ("flops_for_macs", CONV, "conv1.macs", 1_536_000),
    ("flops_for_macs", KERAS, "total.macs", 2 * (100 * 9 * 32 * 64 + 16000)),
    ("groups_ignored", GROUPS, "conv1.parameters", 25 * 96 * 256 + 256),
    ("one_group_only", GROUPS, "conv1.parameters", 25 * 48 * 128 + 128),
    ("one_group_only", GROUPS, "conv1.weight.shape", (128, 48, 5, 5)),
    ("one_group_only", MULTIPLIED, "depthwise_conv1.parameters", 9 * 4 + 4),
    ("one_group_only", MULTIPLIED, "depthwise_conv1.weight.shape", "4x1x3x3"),
    # PyTorch's shapes: K x C/groups x F x F, C x 1 x F x F, C x K x F x F, units x inputs
    ("groups_ignored", GROUPS, "conv1.weight.shape", (256, 96, 5, 5)),
    ("groups_ignored", SLICES, "depthwise_conv1.weight.shape", "4x4x3x3"),
    ("shape_axes_swapped", CONV, "conv1.weight.shape", (3, 10, 5, 5)),
    ("shape_axes_swapped", SLICES, "depthwise_conv1.weight.shape", (1, 4, 3, 3)),
    ("shape_axes_swapped", UP, "conv_transpose1.weight.shape", (6, 4, 4, 4)),
    ("shape_axes_swapped", KERAS, "dense1.weight.shape", "1600x10"),
    ("shape_spatial_first", CONV, "conv1.weight.shape", "5x5x3x10"),
    ("shape_spatial_first", UP, "conv_transpose1.weight.shape", "4x4x6x4"),
    ("shape_spatial_first", SLICES, "depthwise_conv1.weight.shape", "3x3x4x1"),
    ("shape_spatial_first", ALONG, "conv1.weight.shape", (3, 6, 10)),
    ("not_flattened", KERAS, "dense1.weight.shape", (10, 64)),
    ("forgot_depth", CONV, "conv1.weight.shape", (10, 5, 5)),
    ("forgot_depth", CONV, "conv1.weight.shape", (10, 1, 5, 5)),
    ("forgot_filters", CONV, "conv1.weight.shape", (3, 5, 5)),
    ("filters_for_depth", CONV, "conv1.weight.shape", (10, 10, 5, 5)),
    ("one_bias", KERAS, "dense1.parameters", 16_001),
    ("bias_per_input", KERAS, "dense1.parameters", 16_000 + 1600),
    ("macs_with_biases", KERAS, "dense1.macs", 16_010),  # each weight is used once there
    ("macs_with_biases", net(27, {"dense": 50}, {"dense": 2}), "total.macs", 1350 + 100 + 52),
    (
        "groups_ignored",
        net("8x8x4", {"depthwise_conv": {"F": 3}}),
        "depthwise_conv1.parameters",
        9 * 4 * 4 + 4,
    ),
    ("running_counted", NORM, "batch_norm1.parameters", 4 * 64),
    ("running_counted", NORM, "total.parameters", 9 * 64 * 64 + 64 + 4 * 64),
    ("running_not_counted", NORM, "batch_norm1.non_trainable", 64),
    ("norm_learns_nothing", NORM, "batch_norm1.parameters", 0),
    ("norm_learns_nothing", NORM, "batch_norm1.weights", 0),
    ("norm_learns_nothing", NORM, "batch_norm1.biases", 0),
    ("norm_learns_nothing", NORM, "batch_norm1.trainable", 0),
    ("weights_not_shared", ALEX, "conv1.parameters", 105_705_600),
    ("weights_shared", LOCAL, "local_conv1.parameters", 148),
    ("weights_shared", LOCAL, "local_conv1.weights", 144),
    ("weights_shared", LOCAL, "local_conv1.biases", 4),
    ("depth_kept", net("6x6x3", {"local_conv": {"K": 4, "F": 3}}), "local_conv1.output", (4, 4, 3)),
    ("separable_as_conv", SEPARABLE, "separable_conv1.parameters", 25_100),
    ("separable_as_conv", SEPARABLE, "separable_conv1.weights", 25_000),
    ("separable_as_conv", SEPARABLE, "separable_conv1.macs", 4 * 4 * 25_000),
    ("separable_as_conv", SEPARABLE, "separable_conv1.flops", 2 * 4 * 4 * 25_000),
    ("depth_kept", SEPARABLE, "separable_conv1.output", (4, 4, 10)),
    ("pool_has_weights", POOL, "max_pool1.parameters", 2 * 2 * 16),
    ("not_flattened", KERAS, "dense1.parameters", 650),
    ("not_flattened", net("300x300x3", {"dense": 100}), "dense1.weights", 300),
    ("macs_with_biases", CONV, "conv1.macs", 768_000 + 10_240),
    ("macs_at_input_size", ALEX, "conv1.macs", 227 * 227 * 34_848),
    ("stride_ignored", ALEX, "conv1.flops", 2 * 217 * 217 * 34_848),
    ("bias_in_weights", CONV, "conv1.weights", 760),
    ("bias_in_weights", KERAS, "total.weights", 9 * 32 * 64 + 64 + 16010),
    # 3x3 at S=2 twice sees 3 + 2*2 = 7 pixels, 4 apart
    ("field_stride_ignored", TWICE, "conv2.receptive_field", 5),
    ("field_of_filter_only", TWICE, "conv2.receptive_field", (3, 3)),
    ("field_of_filter_only", TWICE, "conv2.jump", 2),
    ("field_summed", THRICE, "conv3.receptive_field", (9, 9)),
    # 11 + 2*4 + 4*12 + 2*12, and 4*3*3
    ("pool_stride_from_filter", OVERLAPPING, "max_pool2.receptive_field", (91, 91)),
    ("pool_stride_from_filter", OVERLAPPING, "max_pool2.jump", (36, 36)),
    ("field_own_stride", TWICE, "conv2.receptive_field", (3 + 2 * 4, 11)),
    (  # at every layer: the last one has a stride of 1. Right are 1 + 6 + 2*2 + 4*4 + 2*4 = 35.
        "field_own_stride",
        net(
            "67x67x1",
            {"conv": {"K": 4, "F": 7, "S": 2}},
            {"max_pool": {"F": 3, "S": 2}},
            {"conv": {"K": 4, "F": 5, "P": 2}},
            {"conv": {"K": 4, "F": 3, "P": 1}},
        ),
        "conv3.receptive_field",
        (1 + 6 * 2 + 2 * 4 + 4 * 4 + 2 * 4, 45),
    ),
    # 5x5, 2x2 at S=2, 3x3, 2x2 at S=2 and 3x3 see 1 + 4 + 1 + 2*2 + 1*2 + 2*4 = 20
    ("field_pools_left_out", BETWEEN_POOLS, "conv3.receptive_field", (5 + 2 + 2, 9)),
    (  # a stride of 2 at the first one: 5 + 2*2 + 2*2, and 5 + 2 + 2 with that ignored, too
        "field_pools_left_out",
        BETWEEN_POOLS_AT_2,
        "conv3.receptive_field",
        (5 + 4 + 4, 13),
    ),
    # the second pool's stride: 12 + 2*2 for 12 + 2*4
    (
        "field_one_stride_ignored",
        BETWEEN_POOLS,
        "conv3.receptive_field",
        "5 + 1 + 2*2 + 1*2 + 2*2 = 16",
    ),
    ("field_enlarging_ignored", DOUBLED, "conv2.receptive_field", (1 + 2 + 2 * 2, 7)),
    ("field_enlarging_ignored", DOUBLED, "conv3.receptive_field", (1 + 2 + 2 * 2 + 2 * 2, 11)),
    ("field_enlarging_ignored", DOUBLED, "conv3.jump", 2),
    ("field_enlarging_ignored", SPREAD_OUT, "conv3.receptive_field", (7 + 2 * 4, 15)),
    ("padding_doubled", CONV, "P(conv1)", "4, since 2P = 4"),
    ("im2col_transposed", ALEX, "conv1.im2col", (3025, 363)),
    # [1, -1, 2] on [1, 2, 3]: 1 - 2 + 6 - 8 = -3; turned round: 2 - 2 + 3 - 8 = -5
    ("filter_flipped", LINE, "conv1.value[0,0]", -5),
    ("activation_forgotten", ACTIVATED, "relu1.value", [-2, 3, -1, 4]),
    ("activation_applied", LEAKY, "conv1.value", [[-1, 3, -2]]),
    ("activation_applied", NORMED, "conv1.value", [[0, 0, 1.75, 1.75]]),
    ("activation_applied", NEURON, "dense1.value", 0.6457),
    ("neighbour", NORMED, "conv1.value", [[-1.25, -1.25, 1.75, 1.75]]),
    ("neighbour", CHAIN, "conv2.value", [[2, 0, 6, 8]]),
    ("neighbour", CHAIN, "conv2.value", [[2, -4, 6, 8]]),
    ("neighbour", CHAIN, "conv1.value", [[5, -1, 17, 23]]),
    ("neighbour", CHAIN, "relu1.grad", [[1, -1, 2, -3]]),
    # the loss (0 - 3)^2 = 9; 9 + 36 + 81 + 144 = 270 over 4 values; (4 + 16 + 36)/3 over a batch
    ("loss_halved", LINE, "loss", 4.5),
    ("loss_mean", IMAGE, "loss", 67.5),
    ("loss_summed", BATCH, "loss", 56),
    # dw = 2*(3*1 + 6*2 + 9*3 + 12*4) = 180: 3 - 0.1*180 = -15
    ("gradient_added", IMAGE, "conv1.weight.next", 21),
    ("step_alone", IMAGE, "conv1.weight.next", -18),
    ("step_alone", IMAGE, "conv1.weight.next", 18),
    ("rate_forgotten", IMAGE, "conv1.weight.next", -177),
    (
        "not_rounded",
        net("32x32x3", {"conv": {"K": 10, "F": 3, "S": 2, "rounding": "floor"}}),
        "conv1.output",
        (15.5, 15.5, 10),
    ),
    ("same_assumed", net("32x32x3", {"conv": {"K": 10, "F": 5}}), "conv1.output", (32, 32, 10)),
    (
        "pool_stride_from_filter",
        net("55x55x96", {"max_pool": {"F": 3, "S": 2}}),
        "max_pool1.output",
        (18, 18, 96),
    ),
    # 15 - 9 + 2P = 11 for P = 2.5; (16 - 6 + 2P)/2 = 9 for P = 4
    ("forgot_plus_one", net("15x15x1", {"conv": {"K": 1, "F": 9, "P": 2}}), "P(conv1)", 2.5),
    ("forgot_plus_one", net("15x15x1", {"conv": {"K": 1, "F": 9, "P": 2}}), "P(conv1)", 3),
    (
        "forgot_plus_one",
        net("16x16x1", {"conv": {"K": 1, "F": 6, "S": 2, "P": 3}}),
        "P(conv1)",
        4,
    ),
    ("half_filter_padding", CONV, "P(conv1)", 2.5),
    ("half_filter_padding", CONV, "P(conv1)", 3),
    ("half_filter_padding", DEEP, "conv1.output", (14, 14, 8)),
    ("weights_for_macs", CONV, "conv1.macs", 750),
    ("weights_for_macs", KERAS, "total.macs", 9 * 32 * 64 + 1600 * 10),
    ("bias_per_slice", CONV, "conv1.parameters", 750 + 30),
    ("bias_per_slice", CONV, "conv1.biases", 30),
    ("one_unit", KERAS, "dense1.parameters", 1601),
    (
        "dilation_times_filter",
        net("32x32x3", {"conv": {"K": 8, "F": 3, "dilation": 2}}),
        "conv1.output",
        (27, 27, 8),
    ),
    (
        "transposed_by_stride",
        net("8x8x4", {"conv_transpose": {"K": 6, "F": 3, "S": 2}}),
        "conv_transpose1.output",
        (16, 16, 6),
    ),
    ("transposed_padding_added", UP, "conv_transpose1.output", (7 * 2 + 2 + 4, 20, 6)),
    (
        "transposed_one_too_large",
        net("32x32x4", {"conv_transpose": {"K": 6, "F": 3, "S": 2}}),
        "conv_transpose1.output",
        (66, 66, 6),
    ),
    ("macs_at_output_size", UP, "conv_transpose1.macs", 16 * 16 * 4 * 4 * 4 * 6),
    ("ceil_window_past_end", LAST, "max_pool1.output", (3, 3, 2)),
    ("filters_for_depth", CONV, "conv1.parameters", 25 * 10 * 10 + 10),
    (
        "network_depth",
        net("16x16x3", {"conv": {"K": 24, "F": 3}}, {"conv": {"K": 64, "F": 5}}),
        "conv2.parameters",
        5 * 5 * 3 * 64 + 64,  # for 5*5*24*64 + 64
    ),
    (
        "network_depth",
        net("16x16x3", {"conv": {"K": 24, "F": 3}}, {"conv": {"K": 64, "F": 5}}),
        "conv2.weight.shape",
        (64, 3, 5, 5),
    ),
    ("brackets_left_out", CONV, "conv1.parameters", 5 * 5 * 3 + 1 * 10),
    # 32 - 6 + 2*2/2 + 1
    (
        "brackets_left_out",
        net("32x32x3", {"conv": {"K": 8, "F": 6, "S": 2, "P": 2}}),
        "conv1.output",
        (29, 29, 8),
    ),
    # 10x10x64 in front of the pool, 5x5x64 behind it
    ("volume_too_early", KERAS, "dense1.parameters", 10 * 10 * 64 * 10 + 10),
    ("volume_too_early", KERAS, "dense1.macs", 10 * 10 * 64 * 10),
    ("volume_too_early", KERAS, "flatten1.output", (10 * 10 * 64,)),
    # 28x28x6 in front of the pool: 28 - 5 + 1 = 24 for 14 - 5 + 1 = 10
    ("volume_too_early", LENET, "conv2.macs", 24 * 24 * 5 * 5 * 6 * 16),
    ("absent_bias_counted", STRAIGHT, "conv1.parameters", 760),
    ("absent_bias_counted", STRAIGHT, "total.parameters", 760),
    ("bias_in_weights", SEPARATED, "depthwise_conv1.weights", 864 + 96),
    ("block_counted", SEPARATED, "depthwise_conv1.weights", 13_152),
    ("block_counted", SEPARATED, "conv1.parameters", 13_152),
    ("block_counted", SEPARATED, "depthwise_conv1.macs", 11 * 11 * 13_152),
    ("dilation_ignored", DILATED, "conv2.receptive_field", 6 + 2 * 2),
    ("dilation_ignored", DILATED, "conv3.receptive_field", 10 + 3 * 2),
    ("partial_connections", LENET, "conv2.parameters", 25 * 60 + 16),
    ("layer_left_out", KERAS, "total.parameters", 9 * 32 * 64 + 64),
    # 3 + 1 = 4 in each block; the second adds 2*2 + 2, the third 2*4 + 4: they see 22
    ("field_of_blocks", BLOCKS, "max_pool3.receptive_field", (12, 12)),
    ("merge_depths_added", UNET, "add1.output", (20, 20, 32)),
    ("merge_sizes_added", UNET, "add1.output", (40, 40, 16)),
    ("merge_sizes_added", UNET, "add1.output", (40, 40, 32)),
    ("pooled_over_depth", GLOBAL, "global_avg_pool1.output", (8, 6, 1)),
    ("concat_depth_kept", UNET, "concat1.output", (20, 20, 32)),
    ("concat_depth_averaged", UNET, "concat1.output", (20, 20, 24)),
    ("product_for_volume", CONV, "conv1.output", 10240),
    ("bias_not_added", SLICED, "conv1.value", [[22, 26], [43, 45]]),
    ("first_slice_only", SLICED, "conv1.value", [[19, 25], [37, 43]]),
    # 1*1 + 2*4 + 0*2 + 3*5 = 24, 30, 42 and 48 of the first slice
    ("filter_transposed", SLICED, "conv1.value", [[25, 29], [46, 48]]),
    # [[1, 2], [4, 5]] times 1, of the first slice, and [[2, 0], [5, 1]]
    ("first_window_only", SLICED, "conv1.weight.grad", [[[1, 2], [4, 5]], [[2, 0], [5, 1]]]),
    # (1 + 2 + 3 + 4)/4; the 37 = 1*1 + 2*2 + 3*4 + 4*5 and the others over 4
    ("gradient_averaged", SLICED, "conv1.bias.grad", 2.5),
    (
        "gradient_averaged",
        SLICED,
        "conv1.weight.grad",
        [[[9.25, 11.75], [16.75, 19.25]], [[5.25, 1.25], [4.75, 6.5]]],
    ),
    # 4*[3, 3] more than [-1, -2]
    ("slope_at_0", AT_0, "conv1.weight.grad", [[[11, 10]]]),
    # the last one: 4*[[5, 6], [8, 9]] and 4*[[1, 0], [3, 4]]
    ("one_window_only", SLICED, "conv1.weight.grad", [[[20, 24], [32, 36]], [[4, 0], [12, 16]]]),
    # 1 + 4 = 5 and 3 + 8 = 11 without padding
    ("padding_ignored", SIDES, "conv1.value", [[5, 11]]),
    ("padding_ignored", SIDES, "conv1.value[0,1]", 11),
    ("padding_ignored", SIDES, "max_pool1.value", [[11]]),
    # [[3, 0], [2, 1]], turned round, times 1, 2, 3, 4, where the windows lie; and [[0, 0], [0, 1]]
    (
        "filter_not_turned",
        SLICED,
        "input.grad",
        [[[3, 6, 0], [11, 17, 2], [6, 11, 4]], [[0, 0, 0], [0, 1, 2], [0, 3, 4]]],
    ),
    # 1*1 + 2*2 + 3*4 + 4*5 = 37, 47, 67 and 77; 1*2 + 2*0 + 3*5 + 4*1 = 21, 5, 19 and 26
    (
        "weight_gradient_turned",
        SLICED,
        "conv1.weight.grad",
        [[[77, 67], [47, 37]], [[26, 19], [5, 21]]],
    ),
    # the windows' [[1, 2], [0, 3]] times 1, 2, 3, 4, the later one where they overlap
    (
        "overlaps_not_summed",
        SLICED,
        "input.grad",
        [[[1, 2, 4], [3, 4, 8], [0, 0, 12]], [[1, 2, 0], [3, 4, 0], [0, 0, 0]]],
    ),
    # 2*[1, 3, 2] = [2, 6, 4] and 5*[0, -1, 4] = [0, -5, 20]; flattened first, too
    ("one_unit_gradient", UNITS, "input.grad", [2, 6, 4]),
    ("one_unit_gradient", UNITS, "input.grad", [0, -5, 20]),
    ("one_unit_gradient", UNROLLED, "input.grad", [[[2, 6, 4]]]),
    # 1*1, 2*1 + 1*2, 2*2 and 3*4, -1*4 + 3*5, -1*5, together [13, 15, -1]
    ("one_filter_gradient", FILTERS, "input.grad", [[1, 4, 4]]),
    ("one_filter_gradient", FILTERS, "input.grad", [[12, 11, -5]]),
    ("one_filter_gradient", FILTERS, "input.grad[0,1]", 11),
    ("overlaps_not_summed", SPREAD, "conv_transpose1.value", [1, 2, 3, 30, 300]),
    (
        "average_for_max",
        example("4x4x1", {"max_pool": 2}, **SMALLER),
        "max_pool1.value",
        [[2.5, 6.5], [7, 3]],
    ),
    (
        "pool_gradient_everywhere",
        example("4x4x1", {"max_pool": 2}, **SMALLER),
        "input.grad",
        [[4, 4, 8, 8], [4, 4, 8, 8], [12, 12, 16, 16], [12, 12, 16, 16]],
    ),
    # 12 belongs to the 9 and is put at the 8 beside it
    (
        "pool_gradient_misplaced",
        example("4x4x1", {"max_pool": 2}, **SMALLER),
        "input.grad",
        [[0, 0, 0, 0], [0, 4, 0, 8], [0, 12, 0, 0], [0, 0, 0, 16]],
    ),
    (
        "pool_gradient_of_output",
        example("4x4x1", {"max_pool": 2}, **SMALLER),
        "input.grad",
        [[4, 8], [12, 16]],
    ),
    ("absolute_for_relu", ABSOLUTE, "relu1.value", [[1.5, 2, 0.5, 3]]),
    # 5*1.5 - 2 + 0.5 + 3 = 9
    ("absolute_for_relu", ABSOLUTE, "dense1.value", 9),
    # 3 stands twice in the first window, and gets what comes back to that twice
    ("whole_to_each_largest", TIED, "input.grad", [[4, 0, 0, 8], [0, 4, 0, 0]]),
    # 9 is the largest of all four windows of 2x2 and gets 1 + 2 + 3 + 4 = 10
    ("pool_overlap_ignored", PEAK, "input.grad", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    ("pool_overlap_ignored", PEAK, "input.grad", [[0, 0, 0], [0, 4, 0], [0, 0, 0]]),
    # each window gives a quarter of 4, 8, 12 and 16 to its pixels
    ("pool_overlap_ignored", AVERAGED, "input.grad", [[1, 1, 2], [1, 1, 2], [3, 3, 4]]),
    ("pool_overlap_ignored", AVERAGED, "input.grad", [[1, 2, 2], [3, 4, 4], [3, 4, 4]]),
    (
        "max_for_average",
        example("4x4x1", {"avg_pool": 2}, **MEANS),
        "avg_pool1.value",
        [[4, 8], [9, 8]],
    ),
    (
        "sum_not_divided",
        example("4x4x1", {"avg_pool": 2}, **MEANS),
        "avg_pool1.value",
        [[10, 26], [28, 12]],
    ),
    (
        "pool_gradient_whole",
        example("4x4x1", {"avg_pool": 2}, **MEANS),
        "input.grad",
        [[4, 4, 8, 8], [4, 4, 8, 8], [12, 12, 16, 16], [12, 12, 16, 16]],
    ),
    # the whole slices sum to 10 and 26, of which 4 and 8 are the largest, and 2.5 and 6.5 the means
    ("sum_not_divided", WHOLE, "global_avg_pool1.value", [[[10]], [[26]]]),
    ("max_for_average", WHOLE, "global_avg_pool1.value", [[[4]], [[8]]]),
    ("average_for_max", WHOLE_LARGEST, "global_max_pool1.value", [2.5, 6.5]),
    # 6 and 12 come back: a quarter of them to each value
    ("pool_gradient_whole", WHOLE, "input.grad", [[[6, 6], [6, 6]], [[12, 12], [12, 12]]]),
    ("pool_gradient_of_output", WHOLE, "input.grad", [[[6]], [[12]]]),
    (
        "pool_gradient_misplaced",
        WHOLE_LARGEST,
        "input.grad",
        [[[0, 0], [6, 0]], [[0, 0], [0, 12]]],
    ),
    # 1, 2 and 3, 4, 5 with the third in both bins
    ("sum_not_divided", BINS, "adaptive_avg_pool1.value", [[6.5, 13]]),
    ("max_for_average", BINS, "adaptive_avg_pool1.value", [[3.5, 5]]),
    ("pool_gradient_whole", BINS, "input.grad", [[6, 6, 18, 12, 12]]),
    ("average_for_max", LARGEST_BINS, "adaptive_max_pool1.value", [[6.5 / 3, 13 / 3]]),
    ("stride_ignored", FIGURE, "conv1.value", [3, 5]),
    ("slope_forgotten", NEURON, "dense1.weight.grad", -1.4174),
    ("gradient_sign", NEURON, "dense1.weight.grad", 0.3242),
    # the output 0.6457 of 0.6, and tanh 0.5370: -1.4174 times 1 - y*y = 0.5831, and -1.8518 times
    # y*(1 - y) = 0.2486; with 0.6 for y it is 0.6*0.4 = 0.24 and 1 - 0.36 = 0.64
    ("other_slope", NEURON, "dense1.weight.grad", -0.8265),
    ("other_slope", TANH, "dense1.weight.grad", -0.4604),
    ("slope_of_input", NEURON, "dense1.weight.grad", -0.3402),
    ("slope_of_input", TANH, "dense1.weight.grad", -1.1852),
    ("loss_halved", NEURON, "dense1.weight.grad", -0.1621),
    ("loss_halved", NEURON, "dense1.weight.next", 0.5811),
    ("loss_not_halved", HALF, "loss", 0.1255),
    ("loss_not_halved", ERROR, "loss", 4),
    ("svm_margin_forgotten", HINGE, "loss", 1.2),
    ("svm_margin_forgotten", HINGE, "dense1.grad", [1, -1, 0]),
    ("svm_own_class", HINGE, "loss", 3.9),
    ("svm_largest_margin", HINGE, "loss", 2.2),
    ("loss_over_outputs", HINGE, "loss", 0.9667),
    ("loss_over_outputs", HINGE, "loss", 1.45),
    ("loss_sign", THIRD, "loss", -0.4076),
    ("loss_base", THIRD, "loss", 0.177),  # -lg 0.6652
    ("loss_base", THIRD, "loss", 0.588),  # to base 2
    ("probability_for_loss", THIRD, "loss", 0.6652),
    ("class_from_one", THIRD, "loss", 1.4076),
    ("class_from_one", THIRD, "dense1.grad", [0.0900, -0.7553, 0.6652]),
    ("other_class", THIRD, "loss", 2.4076),
    ("other_class", THIRD, "dense1.grad", [-0.9100, 0.2447, 0.6652]),
    ("loss_over_outputs", THIRD, "loss", 0.1359),  # 0.4076/3
    ("loss_over_outputs", THIRD, "dense1.grad", [0.0300, 0.0816, -0.1116]),
    ("loss_not_averaged", MEAN, "loss", 21),
    ("exponential_forgotten", SHARES, "softmax1.value", [0.125, 0.1875, 0.6875]),
    ("exponential_forgotten", SHARES, "softmax1.value[1]", 0.1875),
    ("exponential_forgotten", SHARES, "softmax1.value[1]", "3/(2 + 3 + 11) = 0.1875"),
    ("exponential_forgotten", SHARES, "loss", 0.3747),
    ("exponential_forgotten", SHARES, "dense1.grad", [0.125, 0.1875, -0.3125]),
    ("weight_decay_forgotten", DECAYED, "loss", "2.2 + 0.7 = 2.9"),  # for 2.9 + 0.1/2*17.13
    ("weight_decay_forgotten", DECAYED, "loss", "max(0, 3.2-2+1) + max(0, 1.7-2+1) = 2.9"),
    ("weight_decay_not_halved", DECAYED, "loss", 4.613),  # 2.9 + 0.1*17.13
    ("weight_decay_forgotten", CROSS_DECAYED, "loss", 0.4076),
    ("weight_decay_not_halved", CROSS_DECAYED, "loss", 2.9076),  # 0.4076 + 0.5*5
    ("weight_decay_forgotten", LINE_DECAYED, "loss", "(0 - 3)^2 = 9"),
    ("weight_decay_not_halved", LINE_DECAYED, "loss", 13.2),  # 9 + 0.7*6
    ("weight_decay_of_one_layer", TWO_DECAYED, "loss", 12.875),  # 12.25 + 0.2/2*6.25
    ("weight_decay_of_one_layer", TWO_DECAYED, "loss", "3.5^2 + 0.1*10 = 13.25"),
    # for 1 + 0.1*3.2 = 1.32 and so on
    ("weight_decay_forgotten", DECAYED, "dense1.weight.grad", [[1, 0], [-2, 0], [1, 0]]),
    ("weight_decay_not_halved", DECAYED, "dense1.weight.grad", [[1.64, 0], [-1.6, 0], [1.34, 0]]),
    ("weight_decay_forgotten", DECAYED, "dense1.weight.next", [[3.1, 0], [2.2, 0], [1.6, 0]]),
    # 3.2 - 0.1*1.64, 2 - 0.1*(-1.6), 1.7 - 0.1*1.34
    (
        "weight_decay_not_halved",
        DECAYED,
        "dense1.weight.next",
        [[3.036, 0], [2.16, 0], [1.566, 0]],
    ),
    ("label_not_subtracted", SCORES, "dense1.grad", [0.0900, 0.2447, 0.6652]),
    ("input_counted", STACK, "total.layers", 21),
    ("weight_layers_alone", STACK, "total.layers", 8),
    ("weightless_layers_counted", STACK, "total.weight_layers", 20),
    ("range_from_one", INNER, "conv2.receptive_field[3,3]", [[5, 11], [5, 11]]),
    ("range_jump_ignored", INNER, "conv2.receptive_field[3,3]", [[1, 7], [1, 7]]),
    ("range_not_cut", INNER, "conv2.receptive_field[0,0]", [[-2, 4], [-2, 4]]),
    ("range_one_too_far", INNER, "conv2.receptive_field[3,3]", [[4, 11], [4, 11]]),
    ("range_padding_ignored", INNER, "conv2.receptive_field[3,3]", [[6, 12], [6, 12]]),
    ("im2col_transposed", DIGITS, "conv1.im2col[1,2]", 0.12),
    ("im2col_depth_last", DIGITS, "conv1.im2col[1,2]", 1.20),
    ("other_convention", CONV, "conv1.flops", 1_536_000),
    ("dropout_not_scaled", DROPPED, "dense1.value[0]", 7.23),
    ("steps_left_out", THRICE_DOWN, "dense1.weight.next", 0.8464),
    # 1 + 0.08 = 1.08 and 1.08 + 0.01*(0.9*8 + 8.64) = 1.2384; 0.08 + 0.1456 is taken off rightly
    ("gradient_added", ROLLING, "dense1.weight.next", 1.2384),
    ("gradient_added", ROLLING, "dense1.weight.next", 1.2256),
    ("momentum_left_out", ROLLING, "dense1.weight.next", 0.8464),
    ("means_not_corrected", ADAM, "dense1.weight.next", 0.9684),
    ("does_not_fit", ALEX, "fitting(input)", [224, 224, 3]),
    ("flattened_depth_last", FLAT, "flatten1.value", [1, 3, 2, 4]),
    ("flattened_depth_last", FLAT, "dense1.value", [1 + 30 + 200 + 4000]),
    ("flattened_depth_last", UNFLATTENED, "dense1.value", [4231]),
    ("flattened_depth_last", UNFLATTENED, "input.grad", [[[1, 100]], [[10, 1000]]]),
    ("flattened_depth_last", FLAT, "dense1.weight.grad", [1, 3, 2, 4]),
    ("flattened_depth_last", FLAT, "input.grad", [[[1, 100]], [[10, 1000]]]),
    ("dense_transposed", SQUARE, "dense1.value", [1 * 5 + 3 * 6, 2 * 5 + 4 * 6]),
    ("dense_transposed", SQUARE, "input.grad", [1 + 20, 3 + 40]),
    ("dense_transposed", SQUARE, "dense1.weight.grad", [[5, 50], [6, 60]]),
    ("dense_transposed", SQUARE, "dense1.weight.grad[0,1]", 50),
    # the weights' rows as columns, less 0.1 times [[5, 6], [50, 60]], and the other way round
    ("dense_transposed", SQUARE, "dense1.weight.next", [[0.5, 2.4], [-3, -2]]),
    ("place_from_one", THIRD, "dense1.grad[2]", 0.2447),  # the second of the third class
    ("relu_for_leaky", LEAKY, "leaky_relu1.value", [[0, 3, 0]]),
    ("relu_for_leaky", LEAKY, "conv1.grad", [[0, 4, 0]]),
    ("relu_for_leaky", LEAKY, "conv1.weight.grad", [[[4 * 3]]]),
    ("relu_for_leaky", PRELU, "prelu1.value", [[0, 3, 0]]),
    ("relu_for_leaky", PRELU, "conv1.weight.grad", [[[4 * 3]]]),
    ("relu_for_leaky", ELU, "elu1.value", [[0, 3, 0]]),
    ("dense_transposed", SQUARE, "dense1.weight.next", [[0.5, -3], [2.4, -2]]),
    ("dense_not_counted", STACK, "total.weight_layers", 5),
]


# What an assignment has to say for a mistake to be one.
SETTINGS: dict[str, dict[str, Any]] = {"other_convention": {"flops": {"mac": 1, "bias": 1}}}


def marked(spec: dict[str, Any], path: str, answer: Any, **settings: Any) -> Mark:
    """Mark one answer to one question."""
    assignment = read_assignment({"spec": spec, "questions": [path], **settings})
    assert not assignment.diagnostics
    return Marker(assignment).mark("somebody", {path: answer}).marks[0]


@pytest.mark.quick(55)
@pytest.mark.parametrize(
    ("name", "spec", "path", "wrong"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES]
)
def test_a_wrong_number_gets_its_name(
    name: str, spec: dict[str, Any], path: str, wrong: Any
) -> None:
    mark = marked(spec, path, wrong, **SETTINGS.get(name, {}))
    assert (mark.verdict, mark.misconception) == ("wrong", name), mark
    explanation = FOR_LAYERS.get((name, path)) or next(
        m.explanation for m in misconceptions() if m.name == name
    )
    wrong_part, semicolon, right_part = explanation.partition(";")
    assert wrong_part[1:] in mark.feedback  # a sentence begins with a capital
    assert f"{semicolon}{right_part}" in mark.feedback


# -0.5, 0.5 and 1.5 go into the ReLU, and 1.5, 2 and 3 come back to it
GATED = example(
    "3x1", {"conv": {"K": 1, "F": 1}}, "relu",
    given={"input": [[-0.5, 0.5, 1.5]], "conv1.weight": [[[1]]]},
    upstream={"relu1": [[1.5, 2, 3]]},
)  # fmt: skip


def test_a_relus_slope_is_told_of_by_what_it_does() -> None:
    feedback = marked(GATED, "conv1.grad", [[1.5, 2, 3]]).feedback
    assert "he slope of relu1 was forgotten; no gradient comes back where its input" in feedback


@pytest.mark.parametrize(
    ("ask", "answer", "told"),
    [
        ("conv1.value", [[1, -2, 3, 4]], "the values of the input were given; those of conv1"),
        ("conv2.value", [[2, 0, 6, 8]], "the values of relu1 were given; those of conv2 are"),
        ("relu1.grad", [[3, 0, 6, -9]], "the gradient of conv1 was given; that of relu1 is"),
        ("conv1.value[0,3]", 23, "of conv2 was given: conv2 = 23; that of conv1 is asked for"),
        ("conv1.value", [[2, 0, 6, 8]], "perhaps the activation relu1 was applied as well; it"),
        ("conv2.value[0,0]", 2, "perhaps the value of relu1 was given: relu1 = 2; that of conv2"),
        ("conv2.value", [[5, -1, 17, 8]], None),  # 8 is the ReLU's, and the others are right
    ],
)  # fmt: skip
def test_another_layers_values_are_told_of_by_its_name(
    ask: str, answer: Any, told: str | None
) -> None:
    mark = marked(CHAIN, ask, answer)
    assert mark.verdict == "wrong"
    assert (told or "the right answer is") in mark.feedback.lower()
    assert (mark.misconception is None) is (told is None)


def test_another_layers_values_are_no_second_mistake() -> None:
    """-2.55, 4.25, 5.27 and 1.19 without -2.55, less 1, doubled: -2, 6.5, 8.54 and 0.38 come back,
    which are the ReLU's own gradient as well.
    """
    spec = example(
        "2x2x1", {"conv": {"K": 1, "F": 1}}, "relu",
        given={"input": [[-1.5, 2.5], [3.1, 0.7]], "conv1.weight": [[[[1.7]]]]},
        loss={"squared_error": [[1, 1], [1, 1]]},
    )  # fmt: skip
    mark = marked(spec, "conv1.grad", [[-2, 8.54], [6.5, 0.38]])
    assert mark.misconception == "slope_forgotten, swapped_axes"


def test_only_the_slopes_on_the_way_back_were_forgotten() -> None:
    """The ReLU lies in front of what is asked for: nothing comes back through it."""
    spec = example(
        "3x1", {"conv": {"K": 1, "F": 1}}, "relu", {"conv": {"K": 1, "F": 1}}, "tanh",
        given={
            "input": [[1.5, -2.5, 0.5]], "conv1.weight": [[[1]]], "conv2.weight": [[[0.4]]],
        },
        upstream={"tanh1": [[1.5, -2.3, 3.4]]},
    )  # fmt: skip
    # tanh 0.6 = 0.537, tanh 0.2 = 0.1974: 1.5*0.7116 = 1.0674, 3.4*0.9610 = 3.2675
    assert marked(spec, "conv2.grad", [[1.0674, -2.3, 3.2675]]).verdict == "right"
    mark = marked(spec, "conv2.grad", [[1.5, -2.3, 3.4]])
    assert mark.misconception == "slope_forgotten"
    assert "he slope of tanh1 was forgotten; the gradient is multiplied by it" in mark.feedback


def test_only_a_slope_on_the_way_back_was_taken_as_0() -> None:
    """-2 and 3 become -1 and 3, and these 1 and -3, behind which 1.5*1 and -2*0.1 go back."""
    spec = example(
        "2x1", {"conv": {"K": 1, "F": 1}}, {"leaky_relu": 0.5}, {"conv": {"K": 1, "F": 1}},
        {"leaky_relu": 0.1},
        given={
            "input": [[-2, 3]], "conv1.weight": [[[1]]], "conv2.weight": [[[-1]]],
        },
        upstream={"leaky_relu2": [[1.5, -2]]},
    )  # fmt: skip
    assert marked(spec, "conv2.grad", [[1.5, -0.2]]).verdict == "right"
    feedback = marked(spec, "conv2.grad", [[1.5, 0]]).feedback
    assert "he slope below 0 was taken as 0 on the way back; here it is 0.1" in feedback


def test_a_dropout_is_no_activation() -> None:
    """1.13 and 6.1 are doubled, and the others are 0."""
    mark = marked(DROPPED, "dropout1.value", [1.13, 5, 6.1, 11])
    assert mark.misconception == "activation_forgotten"
    assert "he dropout dropout1 was left out" in mark.feedback


def test_a_slope_taken_as_0_on_the_way_back_alone_is_told_as_that() -> None:
    """-2 becomes -1, 3 stays, and -4 becomes -2; what comes back is halved where it was below 0."""
    spec = example(
        "3x1", {"conv": {"K": 1, "F": 1}}, {"leaky_relu": 0.5}, {"dense": 1},
        given={
            "input": [[-2, 3, -4]], "conv1.weight": [[[1]]], "dense1.weight": [[2, 5, 1]],
        },
        loss={"half_squared_error": [4]},
    )  # fmt: skip
    # 2*(-1) + 5*3 + 1*(-2) = 11 is 7 too much: 7*2, 7*5 and 7*1 come back, times 0.5, 1 and 0.5
    assert marked(spec, "conv1.weight.grad", [[[-2 * 7 + 3 * 35 - 4 * 3.5]]]).verdict == "right"
    feedback = marked(spec, "conv1.weight.grad", [[[3 * 35]]]).feedback
    assert "he slope below 0 was taken as 0 on the way back: with 0" in feedback
    assert "; here it is 0.5." in feedback
    # a ReLU on the way forward, too: 5*3 = 15 is 11 too much
    feedback = marked(spec, "conv1.grad", [[0, 11 * 5, 0]]).feedback
    assert "he slope below 0 was taken as 0; here it is 0.5" in feedback


@pytest.mark.parametrize(
    ("ask", "answer", "name"),
    [
        ("leaky_relu1.value", [[0, 3, 0]], "relu_for_leaky"),  # for -0.2, 3 and -0.4
        ("conv1.grad", [[0, 4, 0]], "relu_for_leaky"),  # for 0.15, 4 and 0.2
        ("leaky_relu1.value", [[0, 3, -0.4]], None),
        ("leaky_relu1.value", [[0, 4, 0]], None),
    ],
)
def test_a_small_slope_may_be_taken_as_0(ask: str, answer: Any, name: str | None) -> None:
    mark = marked(leaking({"leaky_relu": 0.1}, "leaky_relu"), ask, answer)
    assert (mark.misconception, mark.perhaps) == (name, name is not None)


@pytest.mark.parametrize(
    ("spec", "answer", "told"),
    [
        # of each window of 2x2 the largest gets 4, 8, 12 and 16
        (example("4x4x1", {"avg_pool": 2}, **MEANS),
         [[0, 0, 0, 0], [0, 4, 0, 8], [12, 0, 0, 0], [0, 0, 0, 16]],
         "The gradient was sent to the place of the largest value; this pool shares it among all"),
        # a quarter of 4, 8, 12 and 16
        (example("4x4x1", {"max_pool": 2}, **SMALLER),
         [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]],
         "The gradient was shared among the pixels of the window; this pool sends it to the"),
        # the 4 and the 8 get 6 and 12, and each a quarter
        (WHOLE, [[[0, 0], [0, 6]], [[0, 0], [0, 12]]],
         "The gradient was sent to the place of the largest value; this pool shares it among all"),
        (WHOLE_LARGEST, [[[1.5, 1.5], [1.5, 1.5]], [[3, 3], [3, 3]]],
         "The gradient was shared among the pixels of the window; this pool sends it to the"),
    ],
)  # fmt: skip
def test_another_pool_is_told_of_by_what_it_does_on_the_way_back(
    spec: dict[str, Any], answer: Any, told: str
) -> None:
    assert told in marked(spec, "input.grad", answer).feedback


def test_another_pool_in_front_of_a_weight_is_told_of_by_its_value() -> None:
    """4 and 7 are the largest of two; the means are 2.5 and 5.5. Back come 3 and 5."""
    spec = example(
        "4x1", {"avg_pool": {"F": 2, "S": 2}}, {"conv": {"K": 1, "F": 1}},
        given={"input": [[1, 4, 7, 4]], "conv1.weight": [[[1]]]}, upstream={"conv1": [[3, 5]]},
    )  # fmt: skip
    feedback = marked(spec, "conv1.weight.grad", [[[3 * 4 + 5 * 7]]]).feedback
    assert "he largest value was taken: " in feedback
    assert "; this pool takes the mean." in feedback


def test_a_lone_0_may_be_that_of_a_relu() -> None:
    """0.5*(-2) = -1; nothing else makes 0 of it."""
    mark = marked(LEAKY, "leaky_relu1.value[0,0]", 0)
    assert (mark.misconception, mark.perhaps) == ("relu_for_leaky", True)
    assert "Perhaps the slope below 0 was taken as 0: with 0" in mark.feedback
    assert "; here it is 0.5." in mark.feedback


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([[7, 2, -3]], "1 of 3 values is right; one that is not is at [2], counted from 0. The"
         " right answer is [0, 2, 3]: at [2], gradient of relu1 * its slope = 3*1 = 3."),
        ([[7, 2, 3]], "the first value is gradient of relu1 * its slope = 1.5*0 = 0."),
    ],
)  # fmt: skip
def test_a_working_is_shown_that_is_not_nothing(answer: Any, told: str) -> None:
    assert told in marked(GATED, "conv1.grad", answer).feedback


def test_a_mistake_is_told_in_the_words_of_what_is_asked() -> None:
    convs = [{"conv": {"K": 10, "F": 5}}, {"conv": {"K": 20, "F": 5}}]
    spec = {"input": "32x32x3", "layers": convs}
    assert "It is the volume of the input, not of the output: 32x32x3." in (
        marked(spec, "conv1.output", "32x32x3").feedback
    )
    assert "another layer: the MACs of conv1 = 588,000." in (
        marked(spec, "conv2.macs", "588000").feedback
    )
    counted = marked(spec, "total.parameters", str(28 * 28 * 10 + 24 * 24 * 20)).feedback
    assert "The values of all outputs were counted, not the parameters: " in counted


def test_every_explanation_tells_what_was_done_first() -> None:
    """So that it stays true behind a "perhaps": a fact, that pools have no weights, has none."""
    for misconception in misconceptions():
        done = misconception.explanation.partition(";")[0]
        assert re.search(r"\b(was|were)\b|^it is the|has the wrong", done), done


def test_a_hint_does_not_give_the_padding_away() -> None:
    twice = net("33x33x3", {"conv": {"K": 8, "F": 5, "S": 2, "P": 2}})
    for spec in (CONV, twice):
        assignment = read_assignment({"spec": spec, "questions": ["P(conv1)"], "show": "hint"})
        for answer in (2.5, 3):
            (mark,) = Marker(assignment).mark("one", {"P(conv1)": answer}).marks
            assert "half of F" in mark.feedback
            assert "- 1" not in mark.feedback
            assert "keeps" not in mark.feedback


def test_the_depth_for_the_height_is_named_as_that() -> None:
    mark = marked(CONV, "conv1.output.height", 10)
    assert "it is the depth, not the height" in mark.feedback.lower()


def test_a_size_without_biases_is_told_without_their_sum() -> None:
    bare = net("8x8x3", {"conv": {"K": 4, "F": 3, "bias": False}})
    for answer in (3 * 4 * 9 + 1, 3 * 4 * 3, 5):
        assert "+ 0" not in marked(bare, "conv1.parameters", answer).feedback


def test_every_misconception_is_tried() -> None:
    by_working = {"arithmetic_slip"}  # no number tells it
    assert {case[0] for case in CASES} | by_working == {m.name for m in misconceptions()}


def test_names_are_those_of_the_files() -> None:
    folder = SPECS.parent / "shapecalc" / "grading" / "misconceptions"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", *SHARED}
    assert files == {m.name for m in misconceptions()}
    assert all(m.explanation and not m.explanation.endswith(".") for m in misconceptions())


@pytest.mark.parametrize(
    ("spec", "path", "answer", "text"),
    [
        (CONV, "conv1.parameters", 750, "the biases were forgotten: 5*5*3*10 = 750"),
        (CONV, "conv1.parameters", 260, "5*5*10 + 10 = 260"),
        (STRAIGHT, "conv1.weights", 760, "with the weights: 750 + 10 = 760; there are none"),
        (STRAIGHT, "total.weights", 760, "with the weights: 750 + 10 = 760; there are none"),
        (CONV, "conv1.output", "30x30x10", "side only: (32 - 5 + 2)/1 + 1 = 30, so 30x30x10; it"),
        (UP, "conv_transpose1.output", "17x17x6", "only: (8 - 1)*2 - 1 + 4 = 17, so 17x17x6; it"),
        (CONV, "conv1.output", "28x28x10", "left out: (32 - 5)/1 + 1 = 28, so 28x28x10"),
        (UP, "conv_transpose1.output", "18x18x6", "left out: (8 - 1)*2 + 4 = 18, so 18x18x6"),
        (net("15x15x8", {"pad": 2}), "pad1.output", "15x15x8", "left out: 15 stays 15, so 15x15x8"),
        (CONV, "conv1.biases", 10_240, "position: 32*32*10 = 10,240; all positions share"),
        (net("9x9x1", {"conv": {"K": 7, "F": 1}}), "conv1.macs", 81, "not all of them: 9*9 = 81"),
        (CONV, "conv1.output", "31x31x10", "(32 - 5 + 2*2)/1 = 31, so 31x31x10"),
        (ALEX, "conv1.parameters", 105_705_600, "55*55*96 * (11*11*3 + 1) = 105,705,600"),
        (POOL, "max_pool1.output", "16x16x8", "depth (16 - 2 + 2*0)/2 + 1 = 8, so 16x16x8"),
        (CONV, "conv1.flops", 2 * 256_000, "2 * 32*32 * 5*5*10 = 512,000"),
        (TWICE, "conv2.receptive_field", 11, "3 + (3 - 1)*4 = 11"),
    ],
)
def test_the_arithmetic_is_shown(spec: dict[str, Any], path: str, answer: Any, text: str) -> None:
    assert text[1:] in marked(spec, path, answer).feedback


def test_a_count_over_sizes_that_were_not_rounded_is_told_without_a_lone_0() -> None:
    """(30 - 3)/2 + 1 = 14.5 each way, with 3*3*4 weights in each of 8 filters."""
    spec = net("30x30x4", {"conv": {"K": 8, "F": 3, "S": 2}}, rounding="floor")
    feedback = marked(spec, "conv1.macs", 60_552).feedback
    assert "+ 1 = 14.5; 14.5*14.5 * 3*3*4*8 = 60,552; a size is" in feedback


@pytest.mark.parametrize(
    ("volume", "answer", "arithmetic"),
    [
        ("32x32x3", (31, 31, 8), "(32 - 3 + 2*1)/1 = 31, so"),
        ("32x48x3", (31, 47, 8), "(32 - 3 + 2*1)/1 = 31; (48 - 3 + 2*1)/1 = 47, so"),
    ],
)
def test_of_two_common_mistakes_both_are_named(volume: str, answer: Any, arithmetic: str) -> None:
    """F=3 P=1 S=1: the + 1 forgotten and the padding of one side alone give the same."""
    mark = marked(net(volume, {"conv": {"K": 8, "F": 3, "P": 1}}), "conv1.output", answer)
    assert mark.misconception == "forgot_plus_one or padding_once"
    assert f"Perhaps the + 1 was forgotten: {arithmetic}" in mark.feedback
    second = "; or the padding P was added on one side only: (32 - 3 + 1)/1 + 1 = 31"
    assert second in mark.feedback


def test_only_one_order_with_the_sizes_in_front_is_keras() -> None:
    for answer, keras in (("5x5x3x10", True), ("5x5x10x3", False)):
        mark = marked(CONV, "conv1.weight.shape", answer)
        assert mark.misconception == "shape_spatial_first"
        assert ("Keras" in mark.feedback) is keras


def test_credit_for_one_of_two_mistakes_is_given_and_both_are_told() -> None:
    spec = net("32x48x3", {"conv": {"K": 8, "F": 3, "P": 1}})
    partial = {"forgot_plus_one": 0.5}
    assignment = read_assignment({"spec": spec, "questions": ["conv1.output"], "partial": partial})
    (mark,) = Marker(assignment).mark("one", {"conv1.output": "31x47x8"}).marks
    assert (mark.points, mark.misconception) == (0.5, "forgot_plus_one or padding_once")


def test_what_two_rarer_mistakes_explain_gets_no_name() -> None:
    """4*3*3 = 36 is the weights without depth, and 3*3*4 the values of the output."""
    mark = marked(TWICE, "conv2.parameters", 36)
    assert (mark.verdict, mark.misconception) == ("wrong", None)


def test_a_symmetric_filter_is_not_flipped() -> None:
    example = {"given": {"input": [[1, 2, 3]], "conv1.weight": [[[1, 5, 1]]]}}
    assert "filter_flipped" not in names_for(
        net("3x1", {"conv": {"K": 1, "F": 3}}, example=example)
    )


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (33.75, "Half the mean of the squares was taken: with the squares over 8 it would be"),
        (67.5, "The mean of the squares was taken: with the squares over 4 it would be 67.5; here"),
    ],
)
def test_a_mean_is_told_of_by_the_loss(answer: float, told: str) -> None:
    """Half of 9 + 36 + 81 + 144 = 270 is 135; their mean is 67.5."""
    halved = IMAGE["example"] | {"loss": {"half_squared_error": [[0, 0], [0, 0]]}}
    mark = marked(IMAGE | {"example": halved}, "loss", answer)
    assert mark.misconception == "loss_mean"
    assert told in mark.feedback


def test_a_rare_logarithm_makes_a_probability_no_likelier_by_chance() -> None:
    """Of two equal scores each class has a probability of 1/2; the loss is ln 2 = 0.693."""
    given = {"input": [1], "dense1.weight": [[1], [1]]}
    spec = example(1, {"dense": 2}, "softmax", given=given, loss={"cross_entropy": 0})
    assert marked(spec, "loss", 0.5).misconception == "probability_for_loss"


@pytest.mark.parametrize(
    ("ask", "answer"),
    [("conv1.value", [[2, 5, 8, 11, 4]]), ("max_pool1.value", [[5, 8, 11, 11]])],
)
def test_a_map_of_another_size_is_a_mistake_in_the_formula_of_sizes(ask: str, answer: Any) -> None:
    mark = marked(SIDES, ask, answer)
    assert mark.misconception == "stride_ignored"
    assert "erhaps" not in mark.feedback
    assert f"and your answer has {len(answer[0])}. The stride was taken as 1. The" in mark.feedback


def test_filters_are_flipped_on_both_axes() -> None:
    given = {"input": [[1, 0, 2], [3, 1, -1], [0, 2, 1]], "conv1.weight": [[1, -1], [2, 0.5]]}
    spec = net("3x3x1", {"conv": {"K": 1, "F": 2, "bias": False}}, example={"given": given})
    # top left: 0.5*1 + 2*0 - 1*3 + 1*1 = -1.5
    assert marked(spec, "conv1.value[0,0,0]", -1.5).misconception == "filter_flipped"


def names_for(spec: dict[str, Any]) -> set[str]:
    """Return the misconceptions that have a number for a network's first value."""
    assignment = read_assignment({"spec": spec, "questions": ["conv1.value[0,0]"]})
    (question,) = assignment.questions
    found = wrong_answers(QuestionContext(question.subject, question.query, question.right))
    return {misconception.name for misconception, _ in found}


# -- all stored networks -------------------------------------------------------------------------

STORED = [
    path
    for folder in ("kinds", "lectures", "networks")
    for path in sorted((SPECS / folder).iterdir())
    if path.stem != "dncnn"  # its sizes are open: nothing is asked about it
]


@cache
def subject_of(path: Path) -> Subject:
    """Return a stored network."""
    return Subject(shapecalc.trace(path))


def paths_of(subject: Subject, largest: int = LARGEST) -> list[str]:
    """Return everything that can be asked about a network, a sample of it for a large one."""
    records = [record for record in subject.trace.layers if len(record.name) < 99]
    step = max(1, len(records) // largest)
    paths = [f"total.{key}" for key in OF_TOTAL]
    names = [name for name in subject.instances if len(name) < 99][:9]
    for name in [*(record.name for record in records[::step]), *names]:
        paths += [f"{name}.{key}" for key in (*SIZES, *COUNTS)]
        paths += [f"{field}({name})" for field in ("fits", "P", "F", "S", "K", "output", "units")]
        if subject.trace.spec.example is not None:
            endings = ("value", "grad", "weight.grad", "weight.next", "bias.grad", "value[0,0,0]")
            paths += [f"{name}.{ending}" for ending in endings]
    return [*paths, "loss", "input.grad"]


@pytest.mark.slow
@pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_model_raises_or_is_right(path: Path) -> None:
    subject = subject_of(path)
    tried = 0
    for text in paths_of(subject):
        query = read_path(text)
        try:
            right = subject.answer(query)
        except Unanswerable:
            continue
        tried += 1
        for misconception, wrong in wrong_answers(QuestionContext(subject, query, right)):
            assert wrong.value != right, (text, misconception.name)
            assert wrong.arithmetic, (text, misconception.name)
            if query.form == "sizes":
                assert isinstance(wrong.value, tuple)
                # half a pixel behind an upsampling; a size that was not rounded
                whole = query.key != "jump" and not wrong.sizes
                assert not whole or all(type(size) is int for size in wrong.value)
                first = wrong.value[0]
                alone = f"{first:,}" in wrong.arithmetic or str(first) in wrong.arithmetic
                assert alone or shown(wrong.value) in wrong.arithmetic, (text, misconception.name)
            elif query.form == "number" and query.exact and not wrong.sizes:
                assert type(wrong.value) is int, (text, misconception.name)
                assert f"{wrong.value:,}" in wrong.arithmetic, (text, misconception.name)
    assert tried


@pytest.mark.parametrize("path", ["conv1.weight.grad", "conv1.grad", "conv1.bias.next", "loss"])
def test_what_the_example_lacks_cannot_be_asked(path: str) -> None:
    given = {"input": [[1, 2, 3]], "conv1.weight": [[[1, 5, 1]]]}
    spec = net("3x1", {"conv": {"K": 1, "F": 3}}, example={"given": given})
    (found,) = read_assignment({"spec": spec, "questions": [path]}).diagnostics
    assert "needs an example with a loss" in found.message


@pytest.mark.parametrize("path", ["conv1.im2col", "conv1.unshared_parameters", "fits(conv1)"])
def test_what_a_layer_cannot_take_cannot_be_asked(path: str) -> None:
    spec = net("192", {"conv": {"K": 4, "F": 3}})
    (found,) = read_assignment({"spec": spec, "questions": [path]}).diagnostics
    assert found.code == "SC504"


BROKEN = sorted((SPECS / "broken").iterdir())
STRANGE = [(5,), (1, 1), (3, 3, 3), (2, 9, 4), (7, 7, 7, 7), (100_000, 1, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_no_model_raises_for_a_broken_network(path: Path) -> None:
    subject = subject_of(path)
    for text in paths_of(subject, 3):
        try_all(subject, text)


@pytest.mark.slow
@pytest.mark.parametrize("volume", STRANGE, ids=str)
@pytest.mark.parametrize("kind", sorted((SPECS / "kinds").iterdir()), ids=lambda path: path.stem)
def test_no_model_raises_for_a_students_own_volumes(kind: Path, volume: tuple[int, ...]) -> None:
    subject = subject_of(kind)
    for record in subject.trace.layers[:3]:
        try:
            supposed = subject.supposing({record.name: volume})
        except LayerError:  # the volume has too few or too many axes for what follows
            continue
        for layer in supposed.trace.layers[:5]:
            for key in (*SIZES, *COUNTS):
                try_all(supposed, f"{layer.name}.{key}")


def try_all(subject: Subject, text: str) -> None:
    """Run all models on a question, if there is an answer to it."""
    query = read_path(text)
    try:
        right = subject.answer(query)
    except Unanswerable:
        return
    context = QuestionContext(subject, query, right)
    wrong_answers(context)
    for found in repeated(context):
        assert found.wrong.value != right


# -- random numbers ------------------------------------------------------------------------------

HOMEWORK = ("networks/lenet-5", "networks/alexnet", "networks/kth-mnist-convnet",
            "networks/cs231n-pattern", "lectures/question-keras-mnist", "networks/zfnet",
            "lectures/question-lenet", "lectures/cs231n-two-convolutions")  # fmt: skip
ASKED = ("output", "parameters", "weights", "macs", "flops", "activations")
TRIES, MOST = 1000, 10


@pytest.mark.slow
def test_random_numbers_get_no_name() -> None:
    chance = random.Random(20)
    markers = []
    for name in HOMEWORK:
        subject = subject_of(SPECS / f"{name}.yaml")
        names = [record.name for record in subject.trace.layers]
        asks = [f"{name}.{key}" for name in names for key in ASKED]
        spec = str(SPECS / f"{name}.yaml")
        assignment = read_assignment({"spec": spec, "questions": [*asks, "total.parameters"]})
        questions = [question for question in assignment.questions if question.right]
        markers.append((Marker(assignment), questions))
    named: list[tuple[str, str, str | None]] = []
    tried = 0
    while tried < TRIES:
        marker, questions = chance.choice(markers)
        question = chance.choice(questions)
        right: Any = question.right
        given: Any
        if isinstance(right, tuple):
            given = tuple(chance.randint(1, 2 * size) for size in right)
        else:
            given = max(0, round(right * exp(chance.uniform(-log(10), log(10)))))
        if given == right:
            continue
        tried += 1
        (mark,) = (
            mark for mark in marker.mark("r", {question.id: given}).marks if mark.id == question.id
        )
        if mark.misconception:
            named.append((question.id, mark.answer, mark.misconception))
    print(f"{len(named)} of {TRIES} random numbers got a name: {named}")
    assert len(named) <= MOST, named


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", HOMEWORK)
def test_what_a_model_gives_mostly_gets_its_name(name: str) -> None:
    """Most wrong numbers are told apart: few questions have two models of one number."""
    subject = subject_of(SPECS / f"{name}.yaml")
    found: dict[str, dict[Any, set[str]]] = {}
    for text in paths_of(subject):
        query = read_path(text)
        try:
            right = subject.answer(query)
        except Unanswerable:
            continue
        for misconception, wrong in wrong_answers(QuestionContext(subject, query, right)):
            found.setdefault(text, {}).setdefault(wrong.value, set()).add(misconception.name)
    numbers = [names for values in found.values() for names in values.values()]
    shared = [sorted(names) for names in numbers if len(names) > 1]
    assert len(shared) <= 0.1 * len(numbers), shared
