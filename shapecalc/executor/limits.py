"""What a run refuses before it begins: faulty specs, wrong arguments, arrays too large.

Memory is what was measured to be resident, beyond what Python and NumPy take themselves. The
estimate was within 1.4 times the measurement for verifying and for passes forward and backward on
the networks tried, within twice it for a forward pass alone. Times depend on the machine and on the
kinds of layers; the estimate was within twice the measurement wherever that took a fifth of a
second or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, Fault, Finding, SpecError, quote
from shapecalc.executor.arrays import refusal
from shapecalc.executor.gradient_check import is_small
from shapecalc.executor.kernels import KERNELS
from shapecalc.layers.conv import Convolution
from shapecalc.layers.window import Sliding
from shapecalc.network.values import last_uses
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace, Trace, known

MAX_BYTES = 16 * 2**30  # what a run may need
MAX_MACS = 10**12  # of a pass that verify makes, taps of pools included: half a minute on two cores
MOST = 4  # examples that gradients are checked on
DOUBLE = 8  # bytes: gradients are checked in float64
PER_OPERATION = 2.5e-10  # seconds of verifying, on one core that does nothing else
PER_WINDOW_VALUE = 9e-9  # copied out of the input, and added up again
PER_VALUE = 1.5e-8  # of outputs, in three passes
PER_PARAMETER = 6e-9  # drawn, and with a gradient
PER_LAYER = 3e-4
PER_PASS = 3e-5  # of those that check one value of a small tensor
PER_SMALL_OPERATION = 2.5e-9


def need_sound(trace: Trace, *, stand_ins: bool = False) -> KnownTrace:
    """Return a trace that can be run. Raises SpecError where a size of the input is not known, or
    something is wrong with the spec; false claims do not matter here.

    Operations cannot be run; what only verifies the others has `stand_ins` for them.
    """
    wrong = [d for d in trace.diagnostics if d.rule.structural]
    if wrong:
        raise SpecError(wrong)
    sized = known(trace)
    for record in sized.layers:
        fault = _not_run(record, stand_ins)
        if fault is not None:
            raise SpecError([trace.spec.document.located(Finding(fault, record.path, record.name))])
    if not trace.outputs:
        raise refusal(
            Fault(rules.MISSING_FIELD, "the network has no output", "name one under outputs"), ""
        )
    for name, volume in sized.inputs.items():
        if volume is None:
            fault = Fault(rules.MISSING_FIELD, f"the size of {quote(name)} is not known")
            raise refusal(fault, name)
    return sized


def _not_run(record: KnownRecord, stand_ins: bool) -> Fault | None:
    """Return why a layer cannot be run."""
    if KERNELS.get(record.kind) is None:  # of a plug-in
        hint = "its plug-in has no kernel for it"
        return Fault(rules.UNKNOWN_KIND, f"the layer kind {record.kind} cannot be run", hint)
    if record.layer is not None and record.layer.opaque and not stand_ins:
        hint = "verify runs the layers around it"
        return Fault(
            rules.UNKNOWN_KIND,
            f"{record.title} cannot be run: nothing is known of how it computes",
            hint,
        )
    if record.output is None:
        return Fault(rules.MISSING_FIELD, f"the output of {record.name} is not known")
    return None


def need_room(
    trace: KnownTrace, batch: int, itemsize: int, *, keep_all: bool, backward: bool
) -> None:
    """Raise SpecError if a run would need more than MAX_BYTES."""
    _need(resident(trace, batch, itemsize, keep_all=keep_all, backward=backward), batch, itemsize)


def need_room_to_check(trace: KnownTrace, batch: int, itemsize: int, chosen: Iterable[int]) -> None:
    """Raise SpecError if verifying would need more than MAX_BYTES."""
    _need(resident_to_check(trace, batch, itemsize, chosen), batch, itemsize)


def _need(needed: int, batch: int, itemsize: int) -> None:
    if needed > MAX_BYTES:
        message = (
            f"running {batch:,} {'example' if batch == 1 else 'examples'} needs about"
            f" {(needed + 2**29) // 2**30:,} GiB, more than {MAX_BYTES // 2**30}"
        )
        hint = "a smaller batch, or float32" if batch > 1 or itemsize > 4 else "a smaller network"
        raise refusal(Fault(rules.LIMIT_PASSED, message, hint), "batch")


def resident(
    trace: KnownTrace, batch: int, itemsize: int, *, keep_all: bool, backward: bool
) -> int:
    """Return how many bytes a run has in memory at its height.

    Parameters, with gradients; the values that are kept, with gradients; and what one kernel needs
    beside them, as much as its input and output. Arrays that a caller gives are the caller's.
    """
    parameters = (trace.totals["parameters"] or 0) + (trace.totals["non_trainable"] or 0)
    largest = max((0 if r.shares else r.weights or 0 for r in trace.layers), default=0)
    values = sum(prod(volume) for volume in trace.inputs.values() if volume is not None)
    values += trace.totals["activations"] or 0
    one_kernel = max(map(_around, trace.layers), default=0)
    if backward:
        held = (2 * values if keep_all else values + one_kernel) + one_kernel
    else:
        held = (values if keep_all else _alive(trace)) + one_kernel // 2
    drawing = parameters + 5 * largest // 4  # the largest one is laid out anew
    running = (2 if backward else 1) * parameters + batch * held
    return itemsize * max(drawing, running)


def resident_to_check(trace: KnownTrace, batch: int, itemsize: int, chosen: Iterable[int]) -> int:
    """Return how many bytes verifying has in memory at its height: in its passes through the whole
    network, or in the check of one layer's gradients.
    """
    whole = resident(trace, batch, itemsize, keep_all=False, backward=True)
    examples = min(batch, MOST)
    layers = [_checked(trace.layers[index], examples) for index in chosen]
    return max([whole, *(DOUBLE * values for values in layers)])


def _checked(record: KnownRecord, examples: int) -> int:
    """Return how many values the check of a layer's gradients holds.

    Its inputs and parameters, these with gradients; six arrays as large as the output, and two for
    the differences along the common directions, or along each tensor's where these disagree.
    """
    inputs, output = sum(map(prod, record.input or ())), prod(record.output or ())
    parameters = _parameters(record)
    tensors = len(record.input or ()) + (2 if parameters else 0)
    return 2 * parameters + examples * (inputs + output * (6 + 2 * tensors))


def _parameters(record: KnownRecord) -> int:
    if record.shares:
        return 0
    return (record.parameters or 0) + (record.non_trainable or 0)


def _around(record: KnownRecord) -> int:
    return sum(map(prod, record.input or ())) + prod(record.output or ())


def _alive(trace: KnownTrace) -> int:
    """Return the most values that a forward pass holds which keeps the outputs alone."""
    sizes = [prod(volume or ()) for volume in trace.inputs.values()]
    sizes += [record.activations or 0 for record in trace.layers]
    values, outputs = trace.spec.values, {*trace.spec.outputs.values()}
    alive = most = sum(sizes[value] for value in values.inputs)
    for index, done in enumerate(last_uses([n.sources for n in trace.spec.nodes])):
        alive += sizes[values.of(index)]
        most = max(most, alive)
        alive -= sum(sizes[value] for value in done - outputs)
    return most


def work_of(trace: KnownTrace) -> int:
    """Return the operations of a pass over one example: MACs, and the taps of pools."""
    return (trace.totals["macs"] or 0) + sum(map(_taps, trace.layers))


def _taps(record: KnownRecord) -> int:
    """Return how many values a pool looks at: one axis after the other."""
    layer = record.layer
    if not isinstance(layer, Sliding) or layer.multiplies or not record.input:
        return 0
    axes = layer.fits(record.input[0]).axes
    return prod(record.output or ()) * sum(min(fit.F, fit.W) for fit in axes)


def window_values(record: KnownRecord) -> int:
    """Return how many values the windows of a convolution have together, each as often as its slice
    has filters of its own. Few filters take little longer than these values.
    """
    layer = record.layer
    if not isinstance(layer, Convolution) or not record.input or not record.output:
        return 0
    taps = prod(fit.F for fit in layer.fits(record.input[0]).axes)
    own: int = getattr(layer, "multiplier", 1)
    return prod(record.output[:-1]) * record.input[0][-1] * taps * own


def need_time(trace: KnownTrace, batch: int) -> None:
    """Raise SpecError if checking, some twenty passes, would take more than about an hour."""
    work = batch * work_of(trace)
    if work > MAX_MACS:
        what = "MACs" if work == batch * (trace.totals["macs"] or 0) else "MACs and taps of pools"
        message = f"a pass has {work:,} {what}, verify takes at most {MAX_MACS:,}"
        raise refusal(Fault(rules.LIMIT_PASSED, message, "a smaller input or batch"), "batch")


def seconds_to_check(
    trace: KnownTrace, batch: int, chosen: Sequence[int], *, alone: bool = False
) -> float:
    """Return about how long verifying takes on one core.

    Layers with small tensors, or all if they are checked `alone`, take as long once more, those
    that are alike once, and small tensors two passes of the layer for each value.
    """
    seconds = _seconds(trace.layers, batch)
    examples = min(batch, MOST)
    records = [trace.layers[index] for index in chosen]
    once = {(id(record.layer), record.input): record for record in records}
    for record in once.values():
        passes = _passes_by_value(record, examples)
        operations = _operations(record, examples)
        if alone or passes:
            seconds += _seconds([record], examples)
        seconds += passes * (PER_PASS + PER_SMALL_OPERATION * operations)
    return seconds


def _passes_by_value(record: KnownRecord, examples: int) -> int:
    """Return the passes through a layer that checking small tensors value by value takes."""
    sizes = [examples * prod(volume) for volume in record.input or ()]
    sizes += [record.weights or 0, record.biases or 0]
    once = _operations(record, examples)
    return sum(2 * size for size in sizes if is_small(size, once))


def _operations(record: KnownRecord, examples: int) -> int:
    return examples * ((record.macs or 0) + (record.activations or 0))


def _seconds(records: Iterable[KnownRecord], batch: int) -> float:
    seconds = 0.0
    for record in records:
        example = PER_OPERATION * ((record.macs or 0) + _taps(record))
        example += PER_WINDOW_VALUE * window_values(record)
        example += PER_VALUE * (record.activations or 0)
        seconds += batch * example + PER_PARAMETER * _parameters(record) + PER_LAYER
    return seconds


def need_names(name: str, value: object) -> None:
    """Raise SpecError unless an argument is nothing, or a mapping by name."""
    if value is None or (isinstance(value, Mapping) and all(isinstance(key, str) for key in value)):
        return
    message = f"{name} must be a mapping by name, not {quote(value)}"
    raise refusal(Fault(rules.WRONG_VALUE, message), name)


def need_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise SpecError unless an argument is one of a few words."""
    if not isinstance(value, str) or value not in choices:
        message = f"{name} must be {' or '.join(choices)}, not {quote(value)}"
        raise refusal(Fault(rules.WRONG_VALUE, message), name)


def need_whole(name: str, value: object) -> int:
    """Return an argument as a whole number, 0 or more; raise SpecError for anything else."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        number = -1
    else:
        number = int(value)
    if not 0 <= number <= LIMIT:
        message = f"{name} must be a whole number, 0 or more, not {quote(value)}"
        raise refusal(Fault(rules.WRONG_VALUE, message), name)
    return number


def need_truth(name: str, value: object) -> bool:
    """Return an argument as a truth value; raise SpecError for anything else, such as "no"."""
    if not isinstance(value, bool | np.bool_):
        message = f"{name} must be true or false, not {quote(value)}"
        raise refusal(Fault(rules.WRONG_VALUE, message), name)
    return bool(value)
