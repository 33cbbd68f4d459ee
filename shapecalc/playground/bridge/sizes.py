"""The input sizes at which the network that the page shows fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shapecalc.edits import Change
from shapecalc.playground.bridge import Refused
from shapecalc.playground.bridge.last import last
from shapecalc.solving.fitting import AxisSizes, FittingSizes, fitting
from shapecalc.volumes import PartialVolume, Volume, show

WANTED = re.compile(r"[1-9][0-9]{0,8}(?:\s*[xX×]\s*[1-9][0-9]{0,8})*")


def sizes(wanted: str) -> dict[str, Any]:
    """Return what fits, as text, and inputs that fit with what writes them into the text.

    With a `wanted` output size, as 388x388, the inputs are those that give it.
    """
    found = fitting(last().spec)
    head, _, told = str(found).partition("\n\n")
    if wanted.strip():
        offers = [_given(found, wanted.strip())] if found.fits else []
    else:
        offers = list(_near(found))
    return {"fits": found.fits, "text": told or head, "offers": offers}


def _given(found: FittingSizes, wanted: str) -> dict[str, Any]:
    if not WANTED.fullmatch(wanted):
        raise Refused(f"{wanted[:40]!r} is no size such as 388x388.")
    try:
        given = found.inputs_for([int(size) for size in re.split(r"\s*[xX×]\s*", wanted)])
    except ValueError as error:
        raise Refused(f"This output cannot be asked for: {error}.") from None
    if given is None:
        raise Refused(f"No input gives the output {wanted}.")
    return _offer(found, given)


def _near(found: FittingSizes) -> Iterator[dict[str, Any]]:
    """Yield the inputs below and above the present ones, all axes at once."""
    if found.fits:
        for below in (True, False):
            volumes = {
                name: _volume(found.of(name), volume, below)
                for name, volume in found.spec.inputs.items()
            }
            given = {name: volume for name, volume in volumes.items() if volume is not None}
            if len(given) == len(volumes):
                yield _offer(found, given)


def _volume(axes: Sequence[AxisSizes], volume: PartialVolume | None, below: bool) -> Volume | None:
    """Return the next volume that fits; None where a size is open, or there is none."""
    sizes = [_beside(one, below) for one in axes]
    known = [size for size in sizes if size is not None]
    depth = volume[-1] if volume else None
    if not known or len(known) < len(sizes) or not isinstance(depth, int):
        return None
    return (*known, depth)


def _beside(one: AxisSizes, below: bool) -> int | None:
    """Return the next size of an axis that is not its own."""
    if one.present is None:
        return None
    return one.fits.nearest(one.present + (-1 if below else 1))[0 if below else 1]


def _offer(found: FittingSizes, given: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Return inputs as text, with the edits that write them; none where the text has no room."""
    told = ", ".join(
        show(volume) if len(given) == 1 else f"{name}: {show(volume)}"
        for name, volume in given.items()
    )
    source = found.spec.document.source
    data = found.spec.document.data
    edits = []
    for name, volume in given.items():
        path = ("input",) if isinstance(data, Mapping) and "input" in data else ("inputs", name)
        change = Change("set", show(volume), path)
        edit = None if source is None else source.edit(change, f"input: {show(volume)}", False)
        if edit is None:
            return {"text": told, "edits": []}
        edits.append(edit.to_dict())
    return {"text": told, "edits": edits}
