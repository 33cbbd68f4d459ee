"""How it follows whether a stride fits: the quotient as it is, which no rounding hides."""

from __future__ import annotations

from shapecalc.derivations import Derivation
from shapecalc.geometry import Fit, quotient
from shapecalc.layers.base import by_axis
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord


def stride_derivations(record: KnownRecord) -> list[Derivation]:
    """Return how many strides a window goes, `(10 - 3 + 2*0)/2 = 3.5`, on each axis that differs.

    Nothing is rounded, whatever the network's `rounding`: the question is whether it would be.
    """
    if not isinstance(record.layer, Sliding) or not record.input:
        return []
    return by_axis([_strides(fit) for fit in record.layer.fits(record.input[0]).axes])


def _strides(fit: Fit) -> Derivation:
    room = fit.W + fit.before + fit.after - fit.span
    if not fit.size:
        given = {"padded": fit.W + fit.before + fit.after, "span": fit.span}
        return Derivation("output", None, fit.strides(), reason="too_large", given=given)
    if fit.follows and room % fit.S:  # a filter of less than S: there is no padding that fits
        return fit.derivation()
    return Derivation("output", quotient(room, fit.S), fit.strides(), reason="whole_or_not")
