"""A framework's layer in our words and back: what is said to be written reads as the same layer."""

from __future__ import annotations

from typing import Any

import pytest
from framework_layers import Case, cases

import shapecalc
from shapecalc.frameworks import conversion
from shapecalc.frameworks.conversion import read_layer, write_layer
from shapecalc.frameworks.lookups import KERAS, PYTORCH, all_words
from shapecalc.frameworks.meanings import Stated, Word
from shapecalc.layers import KINDS, Layer

CASES = list(cases())
PREFIX = {PYTORCH: "nn", KERAS: "keras.layers"}
# What a framework's layer of the kind cannot have, in the cases.
LEFT = {
    (PYTORCH, "conv"): {"P"},  # same at a stride of 2
    (PYTORCH, "conv_transpose"): {"P"},  # same, and Keras' valid
    (PYTORCH, "max_pool"): {"P"},
    (PYTORCH, "avg_pool"): {"P"},
    (KERAS, "conv"): {"P", "mode"},  # numbers, and what they are filled with
    (KERAS, "pad"): {"mode"},
    (KERAS, "conv_transpose"): {"P", "groups"},
    (KERAS, "max_pool"): {"P", "rounding"},
    (KERAS, "avg_pool"): {"P", "rounding", "count_include_pad"},
    (KERAS, "prelu"): {"slopes"},  # one for all
    (PYTORCH, "prelu"): {"slopes"},  # one a value
    (PYTORCH, "batch_norm"): {"scale"},  # false; its bias is our center
    (PYTORCH, "layer_norm"): {"scale"},
    (PYTORCH, "relu"): {"max", "slope", "threshold"},
    (KERAS, "upsample"): {"mode", "output", "scale"},
    (KERAS, "rms_norm"): {"weight"},  # false
    (KERAS, "scale"): {"weight"},  # false
}
NO_LAYER = {
    PYTORCH: {
        "depthwise_conv",
        "separable_conv",
        "local_conv",
        "global_max_pool",
        "global_avg_pool",
        "crop",
        "layer_norm",
        "rms_norm",
        "exp",
        "transpose",
        "l2_normalize",
        "scale",
        "reshape",  # on a volume with spatial axes
    },
    KERAS: {
        *("l2_pool", "instance_norm", "lrn"),
        *("channel_shuffle", "pixel_shuffle", "pixel_unshuffle"),
    },
}


def word_of(framework: str, name: str) -> Word:
    return next(w for w in all_words() if (w.framework, w.name) == (framework, name))


def layer_of(case: Case) -> tuple[str, Layer]:
    """Return a case's layer of ours."""
    ((kind, value),) = (case.ours if isinstance(case.ours, dict) else {case.ours: None}).items()
    if not isinstance(value, dict):
        value = {} if value is None else {KINDS[kind].shorthand: value}
    return kind, KINDS[kind].model_validate(value)


def defaults(kind: str) -> dict[str, Any]:
    fields = KINDS[kind].model_fields.items()
    return {name: field.default for name, field in fields if not field.is_required()}


def records(volume: tuple[int, ...], item: Any) -> Any:
    trace = shapecalc.trace({"input": list(volume), "layers": [item]})
    told = trace.to_dict()
    assert not [d for d in trace.diagnostics if d.code < "SC4"], trace.diagnostics
    return [{**record, "fields": None} for record in told["layers"]], told["totals"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{len(case.theirs)}")
def test_a_layer_is_read_as_ours(case: Case) -> None:
    reading = read_layer(word_of(case.framework, case.name), case.theirs)
    assert reading is not None
    kind, layer = layer_of(case)
    assert (reading.kind, KINDS[kind].model_validate(reading.fields)) == (kind, layer)
    assert not reading.refused
    assert not reading.unknown


def test_what_a_layer_is_written_as_reads_as_the_same_layer() -> None:
    whole, left, none = 0, {}, {PYTORCH: set[str](), KERAS: set[str]()}
    for case in CASES:
        kind, layer = layer_of(case)
        for framework, prefix in PREFIX.items():
            written = write_layer(framework, kind, layer.values(), case.volume, defaults(kind))
            if written is None:
                none[framework].add(kind)
            elif written.left:
                left[framework, kind] = left.get((framework, kind), set()) | {*written.left}
            else:
                whole += 1
                item = {f"{prefix}.{written.word.name}": written.given}
                assert records(case.volume, item) == records(case.volume, case.ours), item
    assert left == LEFT
    assert none == NO_LAYER
    assert whole > 350


@pytest.mark.parametrize(
    ("framework", "kind", "fields", "volume", "name", "given"),
    [
        (PYTORCH, "conv", {"K": 8, "F": (3, 5), "S": 2, "P": ((1, 1), (2, 2)), "bias": False},
         (9, 9, 3), "Conv2d", {"in_channels": 3, "out_channels": 8, "kernel_size": [3, 5],
                               "stride": 2, "padding": [1, 2], "bias": False}),
        (PYTORCH, "conv", {"K": 8, "F": 3, "S": 1, "P": "same"}, (9, 3), "Conv1d",
         {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "stride": 1, "padding": "same"}),
        (KERAS, "conv", {"K": 8, "F": 3, "S": 1, "P": "causal"}, (9, 3), "Conv1D",
         {"filters": 8, "kernel_size": 3, "strides": 1, "padding": "causal"}),
        (PYTORCH, "conv", {"K": 8, "F": 3, "S": 1, "P": 1, "mode": "circular"}, (9, 3), "Conv1d",
         {"in_channels": 3, "out_channels": 8, "kernel_size": 3, "stride": 1, "padding": 1,
          "padding_mode": "circular"}),
        (PYTORCH, "pad", {"P": 1, "mode": "replicate"}, (9, 9, 3), "ReplicationPad2d",
         {"padding": 1}),
        (KERAS, "conv", {"K": 8, "F": 3, "S": 2, "P": "same"}, (9, 9, 9, 3), "Conv3D",
         {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}),
        (PYTORCH, "max_pool", {"F": 3, "S": 2, "P": 1, "rounding": "ceil"}, (9, 9, 3), "MaxPool2d",
         {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
        (PYTORCH, "dense", {"units": 10}, (4, 4, 2), "Linear",
         {"in_features": 32, "out_features": 10}),
        (KERAS, "batch_norm", {"affine": False, "eps": 0.1}, (4, 4, 2), "BatchNormalization",
         {"epsilon": 0.1, "center": False, "scale": False}),
        (PYTORCH, "pad", {"P": ((3, 4), (1, 2))}, (4, 4, 2), "ZeroPad2d",
         {"padding": [1, 2, 3, 4]}),
        (PYTORCH, "layer_norm", {"over": "all"}, (4, 5, 2), "LayerNorm",
         {"normalized_shape": [2, 4, 5]}),
        (KERAS, "layer_norm", {"over": "all", "affine": True, "center": False, "scale": True},
         (4, 5, 2), "LayerNormalization", {"axis": [1, 2, 3], "center": False, "scale": True}),
        (PYTORCH, "concat", {"axis": "width"}, (4, 5, 2), "cat", {"dim": 3}),
        (PYTORCH, "concat", {"axis": "depth"}, (4, 5, 2), "cat", {"dim": 1}),
        (KERAS, "concat", {"axis": 0}, (4, 5, 2), "Concatenate", {"axis": 1}),
        (KERAS, "concat", {"axis": "depth"}, (4, 5, 2), "Concatenate", {}),
        (KERAS, "pad", {"P": ((3, 4),)}, (4, 2), "ZeroPadding1D", {"padding": [3, 4]}),
        (KERAS, "tanh", {}, (4, 4, 2), "Activation", {"activation": "tanh"}),
        (KERAS, "upsample", {"scale": 2, "mode": "nearest"}, (4, 2), "UpSampling1D", {"size": 2}),
        (PYTORCH, "softmax", {}, (4,), "Softmax", {"dim": 1}),
        (PYTORCH, "layer_norm", {"affine": True}, (4,), "LayerNorm",
         {"normalized_shape": 4, "elementwise_affine": True}),
        (PYTORCH, "reshape", {"output": (2, 3, 4)}, (24,), "Unflatten",
         {"dim": 1, "unflattened_size": [4, 2, 3]}),
        (PYTORCH, "prelu", {"slopes": "per_slice"}, (4, 4, 2), "PReLU", {"num_parameters": 2}),
    ],
)  # fmt: skip
def test_words_and_parameters_of_a_kind(
    framework: str,
    kind: str,
    fields: dict[str, Any],
    volume: tuple[int, ...],
    name: str,
    given: dict[str, Any],
) -> None:
    written = write_layer(framework, kind, fields, volume, defaults(kind))
    assert written is not None
    assert (written.word.name, written.given, written.left) == (name, given, ())


def test_what_has_no_place_is_left_not_dropped() -> None:
    for framework, kind, fields, left in (
        (KERAS, "conv", {"K": 8, "F": 3, "P": 1}, ("P",)),
        (PYTORCH, "conv", {"K": 8, "F": 3, "P": ((0, 1), (0, 1))}, ("P",)),
        (PYTORCH, "conv", {"K": 8, "F": 3, "P": "full"}, ("P",)),
        (KERAS, "conv", {"K": 8, "F": 3, "rounding": "exact"}, ("rounding",)),
        (KERAS, "prelu", {"slopes": "one"}, ("slopes",)),
    ):
        written = write_layer(framework, kind, fields, (4, 4, 2), defaults(kind))
        assert written is not None
        assert written.left == left
    # nothing is taken for a default unless it is said to be one
    bare = write_layer(KERAS, "max_pool", {"F": 2, "dilation": 1}, (4, 4, 2))
    assert bare is not None
    assert bare.left == ("dilation",)
    assert write_layer(PYTORCH, "crop", {"P": 1}, (4, 4, 2)) is None
    along = {"units": 3, "flatten": False}
    assert write_layer(PYTORCH, "dense", along, (4, 4, 2)) is None
    keras = write_layer(KERAS, "dense", along, (4, 4, 2), {"flatten": True})
    assert keras is not None
    assert keras.left == ("flatten",)  # in a spec Keras' word flattens
    assert write_layer(PYTORCH, "layer_norm", {}, (4, 4, 2)) is None
    assert write_layer(PYTORCH, "reshape", {"output": (4, 8)}, (4, 4, 2)) is None
    assert write_layer(KERAS, "conv", {"K": 8, "F": 3}, (4,)) is None


def test_a_reading_says_what_else_a_layer_says() -> None:
    config = {
        "name": "a", "filters": 6, "kernel_size": [3, 3], "padding": "same", "activation": "relu",
        "data_format": "channels_first", "batch_input_shape": [None, 9, 9, 3],
    }  # fmt: skip
    reading = read_layer(word_of(KERAS, "Conv2D"), config)
    assert reading is not None
    assert reading.fields == {"K": 6, "F": [3, 3], "P": "same"}
    assert reading.behind == "relu"
    assert reading.refused.keys() == {"data_format"}
    assert reading.refused["data_format"].fault.startswith("leave it out")
    assert reading.stated == (Stated("volume", (9, 9, 3)),)
    assert reading.unknown == ("name",)
    leaky = read_layer(word_of(KERAS, "Activation"), {"activation": "leaky_relu"})
    assert leaky is not None
    assert (leaky.kind, leaky.fields) == ("leaky_relu", {"slope": 0.2})
    assert read_layer(word_of(KERAS, "Activation"), {"activation": "none"}) is None
    absent = read_layer(word_of(KERAS, "LeakyReLU"), {})
    assert absent is not None
    assert absent.fields == {"slope": 0.3}


def test_every_rule_for_a_value_belongs_to_a_parameter() -> None:
    known = {
        (w.framework, kind, key) for w in all_words() for kind in ("", w.kind) for key in w.fields
    }
    assert conversion.WRITTEN.keys() <= known


def test_a_false_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is read back: a wrong value for a field leaves the field."""
    false = {**conversion.WRITTEN, (KERAS, "conv", "padding"): lambda fields, volume: "valid"}
    monkeypatch.setattr(conversion, "WRITTEN", false)
    written = write_layer(KERAS, "conv", {"K": 8, "F": 3, "P": "same"}, (9, 9, 3))
    assert written is not None
    assert written.left == ("P",)


@pytest.mark.parametrize(
    ("framework", "name", "given", "axis"),
    [
        (KERAS, "Concatenate", {}, None),
        (KERAS, "Concatenate", {"axis": -1}, None),
        (KERAS, "Concatenate", {"axis": 3}, None),  # of an image, the depth
        (KERAS, "Concatenate", {"axis": 2}, 1),
        (PYTORCH, "cat", {"dim": 1}, None),
        (PYTORCH, "cat", {"dim": 2}, 0),
        (PYTORCH, "cat", {"dim": 4}, 2),
    ],
)
def test_the_axis_that_is_joined(
    framework: str, name: str, given: dict[str, Any], axis: int | None
) -> None:
    reading = read_layer(word_of(framework, name), given)
    assert reading is not None
    assert not reading.refused
    assert reading.fields == ({} if axis is None else {"axis": axis})
