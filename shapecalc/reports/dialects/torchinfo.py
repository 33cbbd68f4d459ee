"""torchinfo 1.8: torchinfo.summary(model, (1, ...)).

Source: torchinfo, layer_info.py (calculate_macs) and model_statistics.py.
"""

from __future__ import annotations

from shapecalc.reports.dialects.figures import (
    Figure,
    Term,
    biased,
    by_output,
    counted,
    figure,
    for_kinds,
    values,
    whole,
)
from shapecalc.tracing import Trace

BIASES = "biases: an addition for each output value, of a dense layer once for all positions"
OWN = "norms, prelu and scale: their parameters, once"
MORE = {
    **for_kinds(BIASES, biased, "conv", "depthwise_conv", "separable_conv"),
    **for_kinds(
        BIASES,
        lambda record: (record.weights or 0) + (record.biases or 0) - (record.macs or 0),
        "dense",
    ),
    **for_kinds(
        "transposed convolutions: by the positions of the output, with biases",
        lambda record: by_output(record) + biased(record),
        "conv_transpose",
    ),
    **for_kinds(
        OWN,
        lambda record: record.parameters or 0,
        *("batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm", "prelu", "scale"),
    ),
}
BYTES = 4
UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"))


def figures(trace: Trace) -> list[Figure]:
    """Return the lines below torchinfo's table, for a batch of one."""
    totals = trace.totals
    outputs = _bytes(totals["activations"])
    dropped = BYTES * sum(values(record) for record in trace.layers if not record.parameters)
    kept = BYTES * sum(values(record) for record in trace.layers if record.parameters)
    terms = [
        Term("layers without parameters are left out", -dropped),
        Term("the others twice, the second time for their gradients", kept),
    ]
    return [
        figure("Total params", whole, "parameters", totals["parameters"]),
        figure("Trainable params", whole, "trainable", totals["trainable"]),
        figure("Non-trainable params", whole, "frozen", totals["frozen"]),
        counted(trace, "Total mult-adds", _readable, "macs", MORE, "MACs"),
        figure(
            "Forward/backward pass size (MB)", _megabytes, "bytes of all outputs", outputs, terms
        ),
        figure("Params size (MB)", _megabytes, "bytes of parameters", _bytes(totals["parameters"])),
    ]


def _bytes(count: int | None) -> int | None:
    return None if count is None else BYTES * count


def _megabytes(size: int) -> str:
    return f"{size / 10**6:.2f}"


def _readable(number: int) -> str:
    unit, name = next((unit for unit in UNITS if number >= unit[0]), UNITS[-1])
    scaled = number / unit
    return f"{int(scaled):,} ({name})" if scaled.is_integer() else f"{scaled:,.2f} ({name})"
