"""The operators of TensorFlow Lite by number, and where each one's options stand.

Source: TensorFlow, tensorflow/compiler/mlir/lite/schema/schema.fbs (the schema of version 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CUSTOM = 32  # its name is a text in the file

NAMES = (
    "ADD", "AVERAGE_POOL_2D", "CONCATENATION", "CONV_2D", "DEPTHWISE_CONV_2D", "DEPTH_TO_SPACE",
    "DEQUANTIZE", "EMBEDDING_LOOKUP", "FLOOR", "FULLY_CONNECTED", "HASHTABLE_LOOKUP",
    "L2_NORMALIZATION", "L2_POOL_2D", "LOCAL_RESPONSE_NORMALIZATION", "LOGISTIC",
    "LSH_PROJECTION", "LSTM", "MAX_POOL_2D", "MUL", "RELU", "RELU_N1_TO_1", "RELU6", "RESHAPE",
    "RESIZE_BILINEAR", "RNN", "SOFTMAX", "SPACE_TO_DEPTH", "SVDF", "TANH", "CONCAT_EMBEDDINGS",
    "SKIP_GRAM", "CALL", "CUSTOM", "EMBEDDING_LOOKUP_SPARSE", "PAD",
    "UNIDIRECTIONAL_SEQUENCE_RNN", "GATHER", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND",
    "TRANSPOSE", "MEAN", "SUB", "DIV", "SQUEEZE", "UNIDIRECTIONAL_SEQUENCE_LSTM",
    "STRIDED_SLICE", "BIDIRECTIONAL_SEQUENCE_RNN", "EXP", "TOPK_V2", "SPLIT", "LOG_SOFTMAX",
    "DELEGATE", "BIDIRECTIONAL_SEQUENCE_LSTM", "CAST", "PRELU", "MAXIMUM", "ARG_MAX", "MINIMUM",
    "LESS", "NEG", "PADV2", "GREATER", "GREATER_EQUAL", "LESS_EQUAL", "SELECT", "SLICE", "SIN",
    "TRANSPOSE_CONV", "SPARSE_TO_DENSE", "TILE", "EXPAND_DIMS", "EQUAL", "NOT_EQUAL", "LOG",
    "SUM", "SQRT", "RSQRT", "SHAPE", "POW", "ARG_MIN", "FAKE_QUANT", "REDUCE_PROD",
    "REDUCE_MAX", "PACK", "LOGICAL_OR", "ONE_HOT", "LOGICAL_AND", "LOGICAL_NOT", "UNPACK",
    "REDUCE_MIN", "FLOOR_DIV", "REDUCE_ANY", "SQUARE", "ZEROS_LIKE", "FILL", "FLOOR_MOD",
    "RANGE", "RESIZE_NEAREST_NEIGHBOR", "LEAKY_RELU", "SQUARED_DIFFERENCE", "MIRROR_PAD", "ABS",
    "SPLIT_V", "UNIQUE", "CEIL", "REVERSE_V2", "ADD_N", "GATHER_ND", "COS", "WHERE", "RANK",
    "ELU", "REVERSE_SEQUENCE", "MATRIX_DIAG", "QUANTIZE", "MATRIX_SET_DIAG", "ROUND",
    "HARD_SWISH", "IF", "WHILE", "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5",
    "SCATTER_ND", "SELECT_V2", "DENSIFY", "SEGMENT_SUM", "BATCH_MATMUL",
    "PLACEHOLDER_FOR_GREATER_OP_CODES", "CUMSUM", "CALL_ONCE", "BROADCAST_TO", "RFFT2D",
    "CONV_3D", "IMAG", "REAL", "COMPLEX_ABS", "HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT",
    "HASHTABLE_SIZE", "REDUCE_ALL", "CONV_3D_TRANSPOSE", "VAR_HANDLE", "READ_VARIABLE",
    "ASSIGN_VARIABLE", "BROADCAST_ARGS", "RANDOM_STANDARD_NORMAL", "BUCKETIZE",
    "RANDOM_UNIFORM", "MULTINOMIAL", "GELU", "DYNAMIC_UPDATE_SLICE", "RELU_0_TO_1",
    "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_SUM", "ATAN2",
    "UNSORTED_SEGMENT_MIN", "SIGN", "BITCAST", "BITWISE_XOR", "RIGHT_SHIFT",
    "STABLEHLO_LOGISTIC", "STABLEHLO_ADD", "STABLEHLO_DIVIDE", "STABLEHLO_MULTIPLY",
    "STABLEHLO_MAXIMUM", "STABLEHLO_RESHAPE", "STABLEHLO_CLAMP", "STABLEHLO_CONCATENATE",
    "STABLEHLO_BROADCAST_IN_DIM", "STABLEHLO_CONVOLUTION", "STABLEHLO_SLICE",
    "STABLEHLO_CUSTOM_CALL", "STABLEHLO_REDUCE", "STABLEHLO_ABS", "STABLEHLO_AND",
    "STABLEHLO_COSINE", "STABLEHLO_EXPONENTIAL", "STABLEHLO_FLOOR", "STABLEHLO_LOG",
    "STABLEHLO_MINIMUM", "STABLEHLO_NEGATE", "STABLEHLO_OR", "STABLEHLO_POWER",
    "STABLEHLO_REMAINDER", "STABLEHLO_RSQRT", "STABLEHLO_SELECT", "STABLEHLO_SUBTRACT",
    "STABLEHLO_TANH", "STABLEHLO_SCATTER", "STABLEHLO_COMPARE", "STABLEHLO_CONVERT",
    "STABLEHLO_DYNAMIC_SLICE", "STABLEHLO_DYNAMIC_UPDATE_SLICE", "STABLEHLO_PAD",
    "STABLEHLO_IOTA", "STABLEHLO_DOT_GENERAL", "STABLEHLO_REDUCE_WINDOW", "STABLEHLO_SORT",
    "STABLEHLO_WHILE", "STABLEHLO_GATHER", "STABLEHLO_TRANSPOSE", "DILATE",
    "STABLEHLO_RNG_BIT_GENERATOR", "REDUCE_WINDOW", "STABLEHLO_COMPOSITE",
    "STABLEHLO_SHIFT_LEFT", "STABLEHLO_CBRT", "STABLEHLO_CASE",
)  # fmt: skip


BUILTIN = frozenset(NAMES)


class Option(NamedTuple):
    """A field of an operator's options: its slot, its kind as struct has it, its default.

    The kind "list" is a vector of numbers, without a default.
    """

    slot: int
    kind: str
    default: float = 0


class Options(NamedTuple):
    """A table of options: its number in the union of all, and its fields by name."""

    number: int
    fields: Mapping[str, Option]


def _fused(slot: int) -> dict[str, Option]:
    """Return the field for an activation in the operator itself."""
    return {"activation": Option(slot, "b")}


_STRIDES = {"padding": Option(0, "b"), "stride_w": Option(1, "i"), "stride_h": Option(2, "i")}
_CONV = _STRIDES | _fused(3) | {"dilation_w": Option(4, "i", 1), "dilation_h": Option(5, "i", 1)}
_DEPTHWISE = (
    _STRIDES | _fused(4) | {"dilation_w": Option(5, "i", 1), "dilation_h": Option(6, "i", 1)}
)
_POOL = _STRIDES | {"filter_w": Option(3, "i"), "filter_h": Option(4, "i")} | _fused(5)
_CONV_3D = {
    "padding": Option(0, "b"),
    "stride_d": Option(1, "i"), "stride_w": Option(2, "i"), "stride_h": Option(3, "i"),
    **_fused(4),
    "dilation_d": Option(5, "i", 1), "dilation_w": Option(6, "i", 1),
    "dilation_h": Option(7, "i", 1),
}  # fmt: skip
_SLICE = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
_REDUCED = Options(27, {"keep": Option(0, "?")})
_RESIZED = {"align_corners": Option(0, "?"), "half_pixel_centers": Option(1, "?")}

# What an operator is computed with; fields that change no size or name are not read.
OPTIONS: Mapping[str, Options] = {
    "CONV_2D": Options(1, _CONV),
    "DEPTHWISE_CONV_2D": Options(2, _DEPTHWISE),
    "TRANSPOSE_CONV": Options(49, _STRIDES | _fused(3)),
    "CONV_3D": Options(106, _CONV_3D),
    "CONV_3D_TRANSPOSE": Options(106, _CONV_3D),
    **dict.fromkeys(("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"), Options(5, _POOL)),
    "FULLY_CONNECTED": Options(8, _fused(0) | {"keep": Option(2, "?")}),
    "BATCH_MATMUL": Options(101, {"turn_x": Option(0, "?"), "turn_y": Option(1, "?")}),
    "CONCATENATION": Options(10, {"axis": Option(0, "i")} | _fused(1)),
    "ADD": Options(11, _fused(0)),
    "MUL": Options(21, _fused(0)),
    "SUB": Options(28, _fused(0)),
    "DIV": Options(29, _fused(0)),
    "LOCAL_RESPONSE_NORMALIZATION": Options(
        13,
        {
            "radius": Option(0, "i"), "bias": Option(1, "f"), "alpha": Option(2, "f"),
            "beta": Option(3, "f"),
        },
    ),
    "LEAKY_RELU": Options(75, {"slope": Option(0, "f")}),
    "GELU": Options(116, {"approximate": Option(0, "?")}),
    "RESHAPE": Options(17, {"shape": Option(0, "list")}),
    "SQUEEZE": Options(30, {"axes": Option(0, "list")}),
    "SPACE_TO_DEPTH": Options(19, {"block": Option(0, "i")}),
    "DEPTH_TO_SPACE": Options(94, {"block": Option(0, "i")}),
    "GATHER": Options(23, {"axis": Option(0, "i"), "batch_axes": Option(1, "i")}),
    "STRIDED_SLICE": Options(32, {name: Option(n, "i") for n, name in enumerate(_SLICE)}),
    "SPLIT": Options(35, {"count": Option(0, "i")}),
    "SPLIT_V": Options(79, {"count": Option(0, "i")}),
    "PACK": Options(59, {"axis": Option(1, "i")}),
    "UNPACK": Options(64, {"count": Option(0, "i"), "axis": Option(1, "i")}),
    "MIRROR_PAD": Options(77, {"mode": Option(0, "b")}),
    "RESIZE_BILINEAR": Options(
        15, {"align_corners": Option(2, "?"), "half_pixel_centers": Option(3, "?")}
    ),
    "RESIZE_NEAREST_NEIGHBOR": Options(74, _RESIZED),
    **dict.fromkeys(
        (
            "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL",
        ),
        _REDUCED,
    ),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": Options(71, {"time_major": Option(3, "?")}),
    "BIDIRECTIONAL_SEQUENCE_LSTM": Options(
        69, {"merged": Option(3, "?"), "time_major": Option(4, "?", 1)}
    ),
    "UNIDIRECTIONAL_SEQUENCE_RNN": Options(31, {"time_major": Option(0, "?")}),
    "BIDIRECTIONAL_SEQUENCE_RNN": Options(
        70, {"time_major": Option(0, "?"), "merged": Option(2, "?")}
    ),
}  # fmt: skip
