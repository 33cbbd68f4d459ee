"""The sizes that fit, as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shapecalc.diagnostics import quote, some
from shapecalc.solving.fitting import AxisSizes, FittingSizes
from shapecalc.volumes import show

SCHEMA = "shapecalc.sizes/1"
MOST_FACTORS = 12


def text(found: FittingSizes) -> str:
    """Return what fits, axis by axis, with what asks for it and what comes out."""
    return "\n".join(_lines(found))


def _lines(found: FittingSizes) -> Iterator[str]:
    spec = found.spec
    title = quote(spec.name) if spec.name else quote(spec.file or "network", 400)
    yield f"{title}: {_inputs(found)}" if spec.inputs else title
    yield ""
    if not found.fits:
        nothing = "No size fits" if found.axes else "Nothing fits"
        yield f"{nothing if found.solved else 'Not known'}: {found.reason}"
        return
    for axes in _alike(found):
        yield from _axes(found, axes)
    if found.constraints:
        yield f"Have to be equal: {'; '.join(found.constraints)}"
    yield ""
    for name, volume in found.outputs.items():
        yield f"Output {quote(name)}: {'?' if volume is None else show(volume)}"
    macs = found.macs
    yield f"MACs: {'?' if macs is None else format(macs, ',')}"
    tied = found.passed.tied if found.passed is not None else []
    if tied:
        has = (
            "has weights whose number depends"
            if len(tied) == 1
            else "have weights whose number depends"
        )
        yield f"{some(tied, 5)} {has} on the size: once trained, the network keeps it."


def _inputs(found: FittingSizes) -> str:
    return ", ".join(
        f"{quote(name)} {show(volume) if volume else '?'}"
        for name, volume in found.spec.inputs.items()
    )


def _alike(found: FittingSizes) -> list[list[AxisSizes]]:
    """Return the axes, those of an input together of which the same is to be said."""
    groups: list[list[AxisSizes]] = []
    for one in found.axes:
        before = groups[-1][0] if groups else None
        if before is not None and _said(before) == _said(one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _said(one: AxisSizes) -> tuple[Any, ...]:
    return one.axis.input, one.fits, tuple(one.factors), one.present


def _axes(found: FittingSizes, axes: Sequence[AxisSizes]) -> Iterator[str]:
    one = axes[0]
    letters = list(dict.fromkeys(found.letters[other.axis] for other in axes))
    of = f" of {quote(one.axis.input)}" if len(found.spec.inputs) > 1 else ""
    titles = " and ".join(other.axis.title for other in axes)
    fits = one.fits.text(", ".join(letters)) or "no size"
    yield f"{titles}{of}: {fits}"
    if one.factors:
        shown = one.factors[:MOST_FACTORS]
        factors = ", ".join(f"{quote(layer)} {factor}" for layer, factor in shown)
        more = len(one.factors) - len(shown)
        yield f"    factors: {factors}" + (f", and {more:,} more" if more else "")
    if one.present is not None:
        below, above = one.nearest
        if below == above:
            yield f"    {one.present} fits; next to it {_neighbours(one)}"
        else:
            near = [str(size) for size in (below, above) if size is not None]
            yield f"    {one.present} does not fit; the nearest {_do(near)}"


def _do(near: Sequence[str]) -> str:
    return f"{' and '.join(near)} {'do' if len(near) > 1 else 'does'}" if near else "is not known"


def _neighbours(one: AxisSizes) -> str:
    present = one.present or 0
    below, above = one.fits.nearest(present - 1)[0], one.fits.nearest(present + 1)[1]
    return " and ".join(str(size) for size in (below, above) if size is not None) or "none does"


def of_sizes(found: FittingSizes) -> dict[str, Any]:
    """Return what fits as JSON has it."""
    inputs: dict[str, Any] = {name: {} for name in found.spec.inputs}
    for one in found.axes:
        inputs[one.axis.input][one.axis.title] = {
            "fits": one.fits.listed(),
            "factors": [{"layer": layer, "factor": factor} for layer, factor in one.factors],
            "nearest": None if one.present is None else list(one.nearest),
        }
    macs = found.macs
    return {
        "schema": SCHEMA,
        "file": found.spec.file,
        "inputs": inputs,
        "outputs": dict(found.outputs),
        "macs": macs if macs is None or isinstance(macs, int) else format(macs, ","),
        "constraints": list(found.constraints),
        **({} if found.fits else {"reason": found.reason, "layer": found.layer}),
    }
