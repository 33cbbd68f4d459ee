"""Volumes that are given in the place of a file's own inputs."""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote, refusal
from shapecalc.readers.items import Items, Sizes
from shapecalc.volumes import show, titles_of


def check_axes(items: Items, given: Mapping[str, Sizes]) -> None:
    """Raise SpecError for a volume that has other axes than the input in whose place it is put."""
    for name, volume in given.items():
        own = items.own.get(name, volume)
        axes = len(own)
        if axes == len(volume):
            continue
        written = show(volume)
        message = f"{quote(name)} is {' x '.join(titles_of((None,) * axes))}, {written} is not"
        if axes < len(volume):
            hint = f"the batch is no part of a volume: {show(volume[-axes:])}"
        else:
            usual = (*volume[:1] * (axes - 1), 1)  # a square, and one channel
            rest = (b if a is None else a for a, b in zip(own, usual, strict=True))
            hint = f"for example {show((*volume, *[*rest][len(volume) :]))}"
        raise refusal(Fault(rules.WRONG_VALUE, message, hint), "inputs")
