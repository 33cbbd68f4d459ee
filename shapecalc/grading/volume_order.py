"""In which order the sizes of a volume are written: its depth last, as a network has it and as all
is computed, or first, as PyTorch has it. A volume is turned where it is read or put into a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.derivations import Derivation
from shapecalc.grading.values import Value, shown

# Of derivations that tell whole volumes, what these are besides the value; products have no order.
WHOLE: Mapping[str, tuple[str, ...]] = {
    "axes": ("order",),
    "input_of": (),
    "kept": (),
    "merged": ("inputs",),
    "stated": (),
}


def depth_first(value: Any) -> Any:
    """Return a volume with its depth, the last size, in front; what is none as it is."""
    return (value[-1], *value[:-1]) if isinstance(value, tuple) and len(value) > 1 else value


def depth_last(value: Any) -> Any:
    """Return a volume with its first size, the depth, at the end; what is none as it is."""
    return (*value[1:], value[0]) if isinstance(value, tuple) and len(value) > 1 else value


def volume_text(volume: Value, *, first: bool) -> str:
    """Return a volume as it is written, with its depth `first` or last."""
    return shown(depth_first(volume) if first else volume)


def in_order(derivation: Derivation, *, first: bool) -> Derivation:
    """Return how a number follows, with the whole volumes in that in an order."""
    if not first or derivation.reason not in WHOLE:
        return derivation
    given = dict(derivation.given)
    for key in WHOLE[derivation.reason]:
        parts = tuple(given[key])
        given[key] = (*map(depth_first, parts),) if key == "inputs" else depth_first(parts)
    return Derivation(
        derivation.quantity, depth_first(derivation.value), derivation.expression,
        part=derivation.part, reason=derivation.reason, given=given, beside=derivation.beside,
    )  # fmt: skip
