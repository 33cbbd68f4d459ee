"""What a run refuses before it begins: faulty specs, wrong arguments, arrays too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from shapecalc.diagnostics import LIMIT, Fault, SpecError, quote
from shapecalc.executor.arrays import refusal
from shapecalc.tracing import Trace

MAX_BYTES = 16 * 2**30  # what a run may need for parameters, values and their gradients
MAX_MACS = 10**12  # of a pass that verify makes: half a minute on two cores


def need_sound(trace: Trace) -> None:
    """Raise SpecError where something is wrong with the spec; false claims do not matter here."""
    wrong = [d for d in trace.diagnostics if d.code < "SC3"]
    if wrong:
        raise SpecError(wrong)
    if not trace.complete:
        raise refusal(Fault("SC103", "the network has no output", "name one under outputs"), "")


def need_room(trace: Trace, batch: int, itemsize: int) -> None:
    """Raise SpecError if the arrays would need more than MAX_BYTES."""
    parameters = (trace.totals["parameters"] or 0) + (trace.totals["non_trainable"] or 0)
    values = trace.totals["activations"] or 0
    values += sum(prod(volume) for volume in trace.inputs.values() if volume is not None)
    needed = 2 * itemsize * (parameters + batch * values)
    if needed > MAX_BYTES:
        message = (
            f"running {batch:,} {'example' if batch == 1 else 'examples'} needs about"
            f" {needed / 2**30:,.0f} GiB, more than {MAX_BYTES // 2**30}"
        )
        hint = "a smaller batch, or float32" if batch > 1 or itemsize > 4 else "a smaller network"
        raise refusal(Fault("SC108", message, hint), "batch")


def need_time(trace: Trace, batch: int) -> None:
    """Raise SpecError if checking, some twenty passes, would take more than about an hour."""
    macs = batch * (trace.totals["macs"] or 0)
    if macs > MAX_MACS:
        message = f"a pass has {macs:,} MACs, verify takes at most {MAX_MACS:,}"
        raise refusal(Fault("SC108", message, "a smaller input or batch"), "batch")


def need_names(name: str, value: object) -> None:
    """Raise SpecError unless an argument is nothing, or a mapping by name."""
    if value is None or (isinstance(value, Mapping) and all(isinstance(key, str) for key in value)):
        return
    message = f"{name} must be a mapping by name, not {quote(value)}"
    raise refusal(Fault("SC104", message), name)


def need_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Raise SpecError unless an argument is one of a few words."""
    if not isinstance(value, str) or value not in choices:
        message = f"{name} must be {' or '.join(choices)}, not {quote(value)}"
        raise refusal(Fault("SC104", message), name)


def need_whole(name: str, value: object) -> int:
    """Return an argument as a whole number, 0 or more; raise SpecError for anything else."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        number = -1
    else:
        number = int(value)
    if not 0 <= number <= LIMIT:
        message = f"{name} must be a whole number, 0 or more, not {quote(value)}"
        raise refusal(Fault("SC104", message), name)
    return number


def need_truth(name: str, value: object) -> bool:
    """Return an argument as a truth value; raise SpecError for anything else, such as "no"."""
    if not isinstance(value, bool | np.bool_):
        message = f"{name} must be true or false, not {quote(value)}"
        raise refusal(Fault("SC104", message), name)
    return bool(value)
