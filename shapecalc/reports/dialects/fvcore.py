"""fvcore 0.1.5: FlopCountAnalysis(model, x).total() and parameter_count(model), in evaluation mode.

Its flops are multiply-accumulates. What has no handler counts 0. Source: fvcore, flop_count.py and
jit_handles.py.
"""

from __future__ import annotations

from shapecalc.records import LayerRecord
from shapecalc.reports.dialects.figures import (
    Figure,
    counted,
    figure,
    for_kinds,
    rank,
    read,
    values,
)
from shapecalc.tracing import Trace


def _has_gamma(record: LayerRecord) -> bool:
    return bool(record.weights)


def _resized(record: LayerRecord) -> int:
    if rank(record) != 2:
        return 0
    return values(record) * (4 if getattr(record.layer, "mode", "") == "bilinear" else 1)


MORE = {
    **for_kinds(
        "batch norms: 2 for each value, 1 without a gamma",
        lambda record: values(record) * (2 if _has_gamma(record) else 1),
        "batch_norm",
    ),
    **for_kinds(
        "other norms: 5 for each value, 4 without a gamma",
        lambda record: values(record) * (5 if _has_gamma(record) else 4),
        *("instance_norm", "layer_norm", "group_norm"),
    ),
    **for_kinds(
        "adaptive average pools of images: 1 for each input value",
        lambda record: read(record) if rank(record) == 2 else 0,
        *("adaptive_avg_pool", "global_avg_pool"),
    ),
    **for_kinds(
        "upsampling of images: 1 for each output value, 4 if bilinear", _resized, "upsample"
    ),
}


def figures(trace: Trace) -> list[Figure]:
    """Return fvcore's two totals, for one example."""
    return [
        counted(trace, "FlopCountAnalysis.total()", str, "macs", MORE, "MACs"),
        figure("parameter_count()", str, "parameters", trace.totals["parameters"]),
    ]
