"""Operators of PyTorch by name, and what their arguments are where a file leaves them out.

A file leaves out arguments at the end of the list that are as PyTorch has them by default. Source:
the schemas in PyTorch's native_functions.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc.readers.pytorch.program import Value, Written

ATEN = "torch.ops.aten."

Defaults = Mapping[str, Value]


def operator_of(target: str) -> str:
    """Return an operator's name: of ATen without a prefix, in place or not the same.

    torch.ops.aten.relu_.default is relu.default; those of others keep their whole name.
    """
    if not target.startswith(ATEN):
        return target
    name, dot, overload = target.removeprefix(ATEN).partition(".")
    if name.endswith("_") and not name.endswith("__"):
        name = name[:-1]
    return f"{name}{dot}{overload}"


def arguments_of(node: Written) -> dict[str, Value]:
    """Return all arguments of a node by name, those that are left out, too."""
    return {**DEFAULTS.get(operator_of(node.target), {}), **node.arguments}


def _convolution(axes: int, padding: Value) -> Defaults:
    return {
        "bias": None, "stride": [1] * axes, "padding": padding, "dilation": [1] * axes, "groups": 1,
    }  # fmt: skip


def _transposed(axes: int) -> Defaults:
    return {
        "bias": None, "stride": [1] * axes, "padding": [0] * axes, "output_padding": [0] * axes,
        "groups": 1, "dilation": [1] * axes,
    }  # fmt: skip


def _max_pool(axes: int) -> Defaults:
    return {
        "stride": [], "padding": [0] * axes, "dilation": [1] * axes, "ceil_mode": False,
    }  # fmt: skip


def _avg_pool(axes: int) -> Defaults:
    found = {"stride": [], "padding": [0] * axes, "ceil_mode": False, "count_include_pad": True}
    return found if axes == 1 else {**found, "divisor_override": None}


def _scales(axes: int) -> Defaults:
    names = ("scales_d", "scales_h", "scales_w")[-axes:] if axes > 1 else ("scales",)
    return dict.fromkeys(names)


ALPHA: Defaults = {"alpha": 1}
PRODUCT: Defaults = {"beta": 1, "alpha": 1}
REDUCED: Defaults = {"keepdim": False, "dtype": None}
FIRST: Defaults = {"dim": 0}

DEFAULTS: Mapping[str, Defaults] = {
    **{f"conv{n}d.default": _convolution(n, [0] * n) for n in (1, 2, 3)},
    **{f"conv{n}d.padding": _convolution(n, "valid") for n in (1, 2, 3)},
    "conv_transpose1d.default": _transposed(1),
    **{f"conv_transpose{n}d.input": _transposed(n) for n in (2, 3)},
    **{f"max_pool{n}d.default": _max_pool(n) for n in (1, 2, 3)},
    "max_pool1d_with_indices.default": _max_pool(1),
    **{f"max_pool{n}d_with_indices.default": _max_pool(n) for n in (2, 3)},
    **{f"avg_pool{n}d.default": _avg_pool(n) for n in (1, 2, 3)},
    "layer_norm.default": {"weight": None, "bias": None, "eps": 1e-5, "cudnn_enable": True},
    "group_norm.default": {"weight": None, "bias": None, "eps": 1e-5, "cudnn_enabled": True},
    "rms_norm.default": {"weight": None, "eps": None},
    "linear.default": {"bias": None},
    "addmm.default": PRODUCT,
    "baddbmm.default": PRODUCT,
    "einsum.default": {"path": None},
    "gelu.default": {"approximate": "none"},
    "hardtanh.default": {"min_val": -1, "max_val": 1},
    "leaky_relu.default": {"negative_slope": 0.01},
    "elu.default": {"alpha": 1, "scale": 1, "input_scale": 1},
    "celu.default": {"alpha": 1.0},
    "softplus.default": {"beta": 1, "threshold": 20},
    "glu.default": {"dim": -1},
    "softmax.int": {"dtype": None},
    "log_softmax.int": {"dtype": None},
    "clamp.default": {"min": None, "max": None},
    **dict.fromkeys(("add.Tensor", "add.Scalar", "sub.Tensor", "sub.Scalar", "rsub.Scalar"), ALPHA),
    **dict.fromkeys(("cat.default", "concat.default", "stack.default", "chunk.default",
                     "split.Tensor", "split.sizes", "split_with_sizes.default", "unbind.int"),
                    FIRST),
    "slice.Tensor": {"dim": 0, "start": None, "end": None, "step": 1},
    "flatten.using_ints": {"start_dim": 0, "end_dim": -1},
    "expand.default": {"implicit": False},
    "roll.default": {"dims": []},
    "pad.default": {"mode": "constant", "value": None},
    "constant_pad_nd.default": {"value": 0},
    **{f"upsample_nearest{n}d.default": _scales(n) for n in (1, 2, 3)},
    "upsample_linear1d.default": _scales(1),
    "upsample_bilinear2d.default": _scales(2),
    "upsample_bicubic2d.default": _scales(2),
    "upsample_trilinear3d.default": _scales(3),
    "mean.dim": REDUCED,
    "mean.default": {"dtype": None},
    "sum.dim_IntList": REDUCED,
    "amax.default": {"dim": [], "keepdim": False},
    "amin.default": {"dim": [], "keepdim": False},
    "max.dim": {"keepdim": False},
    "min.dim": {"keepdim": False},
    "embedding.default": {"padding_idx": -1, "scale_grad_by_freq": False, "sparse": False},
    "scaled_dot_product_attention.default": {
        "attn_mask": None, "dropout_p": 0.0, "is_causal": False, "scale": None,
        "enable_gqa": False,
    },
    "_scaled_dot_product_flash_attention_for_cpu.default": {
        "dropout_p": 0.0, "is_causal": False, "attn_mask": None, "scale": None,
    },
    "_native_multi_head_attention.default": {
        "mask": None, "need_weights": True, "average_attn_weights": True, "mask_type": None,
    },
}  # fmt: skip
