"""Bytes of a network in inference and training, for a batch, a precision and an optimizer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, NamedTuple

from shapecalc.footprint.schedule import Amount, Moment, Plan, Precision, backward, forward
from shapecalc.tracing import Trace, example_inputs

DTYPES: Mapping[str, Precision] = {
    "float32": Precision(4, 4),
    "float16": Precision(2, 2),
    "bfloat16": Precision(2, 2),
    "mixed": Precision(4, 2),  # automatic mixed precision: parameters stay in float32
}
OPTIMIZERS: Mapping[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}  # values a parameter
LIMITS = {
    "": 1, "b": 1, "k": 10**3, "kb": 10**3, "m": 10**6, "mb": 10**6, "g": 10**9, "gb": 10**9,
    "t": 10**12, "tb": 10**12, "ki": 2**10, "kib": 2**10, "mi": 2**20, "mib": 2**20, "gi": 2**30,
    "gib": 2**30, "ti": 2**40, "tib": 2**40,
}  # fmt: skip
MOST_BYTES = 2**80
LEAST_BARE = 2**20  # of a number without a unit: nobody means 8 bytes, or 8192
MOST_EXAMPLES = 2**32


class LayerMemory(NamedTuple):
    """A layer's bytes: its output, and what of it stays until the backward pass, its output or what
    it keeps beside that. None where it is not known.
    """

    output_bytes: int | None
    kept_bytes: int | None


class Fit(NamedTuple):
    """The largest batch whose training takes no more than `limit` bytes; 0 if none does."""

    limit: int
    batch: int | None


@dataclass(frozen=True)
class Memory:
    """The memory of a network, in bytes; None for what is not known.

    `kept` holds the input and what all layers keep for the backward pass. `peak` is the most that
    training takes at once, while `peak_layer` runs, `peak_pass` forward or backward;
    `inference_peak` the most that a forward pass takes. All are lower bounds of what a process
    takes: see `shapecalc explain memory`.
    """

    dtype: str
    batch: int
    optimizer: str
    parameters: int | None
    buffers: int | None
    gradients: int | None
    optimizer_state: int | None
    kept: int | None
    peak: int | None
    peak_layer: str | None
    peak_pass: str | None
    inference_peak: int | None
    inference_peak_layer: str | None
    fit: Fit | None
    layers: Mapping[str, LayerMemory]
    needs: str = ""  # the options that give the sizes that inputs leave open

    def to_dict(self) -> dict[str, Any]:
        """Return it as `report --memory --format json` has it, layers by their names."""
        return {
            **self.summary(),
            "layers": {name: layer._asdict() for name, layer in self.layers.items()},
        }

    def summary(self) -> dict[str, Any]:
        """Return the numbers of the whole network."""
        found = asdict(self)
        del found["layers"], found["needs"]
        if self.fit is None:
            del found["fit"]
        else:
            found["fit"] = self.fit._asdict()
        return found

    def __str__(self) -> str:
        """Return it in a line each. It is written on a floor above."""
        text: str = import_module("shapecalc.reports.memory").text(self)
        return text


def read_bytes(text: str | int) -> int:
    """Return a number of bytes: 8GiB, 500 MB, 24G, 1000B or 8589934592.

    Ki, Mi, Gi, Ti are powers of 1024; k, M, G, T powers of 1000. Raises ValueError for others, and
    for a text with a small number and no unit: it is seldom bytes that are meant.
    """
    found = re.fullmatch(r"\s*(\d{1,30}(?:\.\d{1,30})?)\s*([A-Za-z]*)\s*", str(text), re.ASCII)
    unit = LIMITS.get(found[2].lower()) if found else None
    if found is None or unit is None or not 1 <= float(found[1]) * unit <= MOST_BYTES:
        raise ValueError(f"{str(text)[:80]!r} is no amount of memory: write 8GiB, 500MB or 24G")
    number = found[1]
    if isinstance(text, str) and not found[2] and float(number) < LEAST_BARE:
        which = f"{number}GiB, {number}GB, or {number}B for bytes"
        raise ValueError(f"{text[:80]!r} has no unit: write {which}")
    whole, _, part = number.partition(".")
    return int(whole) * unit + int(part or 0) * unit // int(f"1{'0' * len(part)}")


def estimate(
    trace: Trace,
    *,
    batch: int | None = None,
    dtype: str = "float32",
    optimizer: str = "sgd",
    limit: int | None = None,
) -> Memory:
    """Return the memory of a traced network.

    `batch` is the network's own unless it is given; `limit` in bytes asks for the largest batch.
    Raises ValueError for a dtype or an optimizer that is not known, or a batch below 1 or above
    2^32.

    Source: PyTorch 2.13, torch.autograd.graph.saved_tensors_hooks, whose saved tensors every kind's
    `kept` repeats.
    """
    for name, value, known in (("dtype", dtype, DTYPES), ("optimizer", optimizer, OPTIMIZERS)):
        if value not in known:
            raise ValueError(f"{name} {value[:80]!r} is none of {', '.join(known)}")
    needs, trace = example_inputs(trace), trace.in_numbers
    batch = trace.spec.batch if batch is None else batch
    if not 1 <= batch <= MOST_EXAMPLES:
        raise ValueError(f"a batch has 1 to {MOST_EXAMPLES:,} examples")
    precision = DTYPES[dtype]
    plan = Plan(trace, precision)
    parameters = _times(trace.totals["parameters"], precision.parameter)
    buffers = _times(trace.totals["non_trainable"], precision.parameter)
    gradients = _times(trace.totals["trainable"], precision.parameter)
    state = _times(gradients, OPTIMIZERS[optimizer])
    training, inference = _moments(plan)
    fixed = None if None in (parameters, buffers) else (parameters or 0) + (buffers or 0)
    whole = None if fixed is None or state is None else fixed + state
    peak, at = _highest(training, batch, whole)
    inference_peak, where = _highest(inference, batch, fixed)
    return Memory(
        dtype,
        batch,
        optimizer,
        parameters,
        buffers,
        gradients,
        state,
        _kept(plan).of(batch) if plan.known else None,
        peak,
        at.layer if at else None,
        ("backward" if at.backward else "forward") if at else None,
        inference_peak,
        where.layer if where else None,
        None if limit is None else Fit(limit, _largest(training, whole, limit)),
        _layers(trace, plan, batch),
        needs,
    )


def _times(count: object, size: int) -> int | None:
    """Return a product; None of what is not known, or depends on a named size."""
    return count * size if isinstance(count, int) else None


def _moments(plan: Plan) -> tuple[list[Moment], list[Moment]]:
    """Return the moments of training and of inference; none where something is not known."""
    if not plan.known:
        return [], []
    ahead, held = forward(plan, training=True)
    return ahead + backward(plan, held), forward(plan, training=False)[0]


def _kept(plan: Plan) -> Amount:
    total = plan.size({*plan.keepers})
    for work in plan.work:
        total = total.plus(work.beside)
    return total


def _highest(
    moments: list[Moment], batch: int, fixed: int | None
) -> tuple[int | None, Moment | None]:
    if fixed is None or not moments:
        return None, None
    most = max(moments, key=lambda moment: moment.alive.of(batch))
    return fixed + most.alive.of(batch), most


def _largest(moments: list[Moment], fixed: int | None, limit: int) -> int | None:
    """Return the largest batch for which every moment stays within the limit."""
    if fixed is None or not moments:
        return None
    left = [(limit - fixed - m.alive.fixed, m.alive.each) for m in moments]
    return max(0, min(room // each for room, each in left if each))


def _layers(trace: Trace, plan: Plan, batch: int) -> dict[str, LayerMemory]:
    """Return each layer's bytes. What is kept counts for the layer that made it."""
    found = {}
    works = {work.name: work for work in plan.work}
    for record in trace.layers:
        values = _times(record.activations, plan.precision.value)
        work, kept = works.get(record.name), None
        if plan.known and work is not None:
            own = plan.roots[work.gives] == work.gives and work.gives in plan.keepers
            kept = work.beside.plus(plan.size([work.gives] if own else [])).of(batch)
        found[record.name] = LayerMemory(_times(values, batch), kept)
    return found
