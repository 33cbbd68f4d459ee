"""ptflops 0.7: get_model_complexity_info(model, shape), with its pytorch backend, the default.

It counts modules by hooks and functions of torch.nn.functional by patches; modules that call such a
function are counted both ways. Source: ptflops, pytorch_engine.py and pytorch_ops.py.
"""

from __future__ import annotations

from shapecalc.records import LayerRecord
from shapecalc.reports.dialects.figures import (
    Figure,
    biased,
    counted,
    figure,
    for_kinds,
    positions,
    read,
    values,
)
from shapecalc.tracing import Trace

POOLS = "pools: 1 for each input value, counted as module and as function"
POOLED = (
    *("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool"),
    *("global_max_pool", "global_avg_pool"),
)


def _lrn(record: LayerRecord) -> int:
    """Return two products and a sum for each value, and the pool over the padded squares."""
    D, size = (record.output or (0,))[-1] or 0, getattr(record.layer, "size", 0)
    return 3 * values(record) + positions(record.output) * (D + size - 1)


MORE = {
    **for_kinds(
        "biases: an addition for each output value",
        biased,
        *("conv", "depthwise_conv", "separable_conv", "conv_transpose", "dense"),
    ),
    **for_kinds(
        "relu, prelu, elu, gelu: 1 for each value, counted as module and as function",
        lambda record: 2 * values(record),
        *("relu", "prelu", "elu", "gelu"),
    ),
    **for_kinds(
        "relu6, leaky_relu, silu, softmax: 1 for each value",
        values,
        *("relu6", "leaky_relu", "silu", "softmax"),
    ),
    **for_kinds(POOLS, lambda record: 2 * read(record), *POOLED),
    **for_kinds(
        "l2 pools: 1 for each input and 2 for each output value",
        lambda record: read(record) + 2 * values(record),
        "l2_pool",
    ),
    **for_kinds(
        "norms: 2 for each value, 1 without parameters and in a layer norm",
        lambda record: values(record) * (2 if record.parameters else 1),
        *("batch_norm", "instance_norm", "group_norm"),
    ),
    **for_kinds(
        "norms: 2 for each value, 1 without parameters and in a layer norm", values, "layer_norm"
    ),
    **for_kinds("lrn: its products and sums, and a pool over its squares", _lrn, "lrn"),
    **for_kinds(
        "upsampling: 1 for each output value, counted as module and as function",
        lambda record: 2 * values(record),
        "upsample",
    ),
}


def figures(trace: Trace) -> list[Figure]:
    """Return the two numbers, for one example."""
    return [
        counted(trace, "Computational complexity", _macs, "macs", MORE, "MACs"),
        figure("Number of parameters", _parameters, "parameters", trace.totals["parameters"]),
    ]


def _macs(number: int) -> str:
    for unit, name in ((10**9, "GMac"), (10**6, "MMac"), (10**3, "KMac")):
        if number >= unit:
            return f"{round(number / unit, 2)} {name}"
    return f"{number} Mac"


def _parameters(number: int) -> str:
    for unit, name in ((10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{round(number / unit, 2)} {name}"
    return str(number)
