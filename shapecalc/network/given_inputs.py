"""Volumes given in the place of a spec's own inputs: `--input 224x224x3`, `inputs=` in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, refusal, some
from shapecalc.layers.read_volumes import AXIS_NAMES, read_partial_volume
from shapecalc.volumes import PartialVolume


def _names(data: Mapping[str, Any]) -> Sequence[str]:
    written = data.get("inputs")
    if "input" in data or not isinstance(written, Mapping):
        return ["input"]
    return [str(name) for name in written]


def given_volumes(given: Any, data: Mapping[str, Any]) -> dict[str, PartialVolume]:
    """Return what is given by the names of a spec's inputs: one volume for the only input, or a
    mapping.

    Raises SpecError for what is no volume, and for a name that is no input's.
    """
    names = _names(data)
    axes = isinstance(given, Mapping) and any(set(given) == set(axes) for axes in AXIS_NAMES)
    if not isinstance(given, Mapping) or (axes and given.keys().isdisjoint(names)):
        if len(names) != 1:
            message = f"the network has the inputs {some(names)}"
            hint = f"say which: {quote(next(iter(names), 'input'))}=32x32x3, or a mapping in Python"
            raise refusal(Fault(rules.WRONG_VALUE, message, hint), "inputs")
        given = {names[0]: given}
    found = {}
    for name, value in given.items():
        if name not in names:
            message = f"the network has no input {quote(name)}"
            raise refusal(Fault(rules.NO_SUCH_NAME, message, f"there is {some(names)}"), "inputs")
        found[str(name)] = read_given(value, str(name))
    return found


def read_given(value: Any, name: str) -> PartialVolume:
    """Return the volume given for an input. Raises SpecError for what is none."""
    try:
        return read_partial_volume(value)
    except PydanticCustomError as error:
        context = error.context or {}
        hint = ", ".join(repair.text for repair in context.get("repairs", ()))
        fault = Fault(rules.of(error.type), f"{quote(name)} {error.message()}", hint)
        raise refusal(fault, "inputs") from None


def unnamed(given: Mapping[str, PartialVolume]) -> dict[str, PartialVolume]:
    """Return volumes with open sizes in the place of names: readers take no others."""
    return {
        name: tuple(None if isinstance(size, str) else size for size in volume)
        for name, volume in given.items()
    }


def is_other(data: Mapping[str, Any], given: Mapping[str, PartialVolume]) -> bool:
    """Say whether a spec's own inputs are known to have other sizes than those given."""
    written = data.get("inputs")
    own = {"input": data.get("input"), **(written if isinstance(written, Mapping) else {})}
    for name, volume in given.items():
        try:
            now = read_partial_volume(own.get(name))
        except PydanticCustomError:
            continue
        if len(now) != len(volume) or any(
            not isinstance(a, str) and a not in (None, b) for a, b in zip(now, volume, strict=True)
        ):
            return True
    return False
