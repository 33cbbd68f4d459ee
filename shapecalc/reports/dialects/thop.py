"""thop 0.1.1: macs, params = thop.profile(model, (x,)), which is in evaluation mode.

Modules that it has no rule for count 0, and their parameters are left out. Source: thop,
profile.py, vision/basic_hooks.py and vision/calc_func.py.
"""

from __future__ import annotations

from shapecalc.records import LayerRecord
from shapecalc.reports.dialects.figures import (
    Figure,
    by_output,
    counted,
    for_kinds,
    positions,
    rank,
    read,
    values,
)
from shapecalc.tracing import Trace

NO_RULE = ("group_norm", "rms_norm", "scale", "local_conv")


def _resized(record: LayerRecord) -> int:
    if getattr(record.layer, "mode", "") != "bilinear":
        return values(record)
    return values(record) * {1: 5, 2: 11}.get(rank(record), 0)  # linear, bilinear; not trilinear


def _softmax(record: LayerRecord) -> int:
    D = (record.output or (0,))[-1] or 0
    return positions(record.output) * (3 * D - 1)


MORE = {
    **for_kinds(
        "transposed convolutions: by the positions of the output", by_output, "conv_transpose"
    ),
    **for_kinds(
        "norms: 4 for each value, 2 without parameters",
        lambda record: values(record) * (4 if record.parameters else 2),
        *("batch_norm", "instance_norm", "layer_norm"),
    ),
    **for_kinds("prelu: 1 for each value", values, "prelu"),
    **for_kinds("softmax: 3 for each value, less 1 for each sum", _softmax, "softmax"),
    **for_kinds("average pools: 1 for each output value", values, "avg_pool"),
    **for_kinds(
        "adaptive average pools: 1 for each input and each output value",
        lambda record: read(record) + values(record),
        *("adaptive_avg_pool", "global_avg_pool"),
    ),
    **for_kinds("upsampling: 1 for each output value, 11 if bilinear", _resized, "upsample"),
}
LESS = for_kinds(
    "modules without a rule: their parameters are left out",
    lambda record: 0 if record.shares else -(record.parameters or 0),
    *NO_RULE,
)


def figures(trace: Trace) -> list[Figure]:
    """Return the two numbers, for one example."""
    return [
        counted(trace, "macs", _float, "macs", MORE, "MACs"),
        counted(trace, "params", _float, "parameters", LESS, "parameters"),
    ]


def _float(number: int) -> str:
    return f"{number}.0"
