"""Layers one behind the other, and what another value of one field makes of the last one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from shapecalc.diagnostics import LayerError
from shapecalc.edits import Change
from shapecalc.geometry import effective
from shapecalc.layers.base import Layer
from shapecalc.layers.conv import Convolution
from shapecalc.layers.field_types import Volume
from shapecalc.tracing import KnownTrace

FARTHEST = 12  # layers back from where volumes meet
# Values of a field that are tried, the nearest to the written one first.
VALUES: dict[str, Sequence[Any]] = {
    "S": range(1, 9),
    "P": range(9),
    "output_padding": range(4),
    "rounding": ("floor", "ceil"),
    "scale": range(1, 9),
    "F": range(1, 12),
    "dilation": range(1, 5),
}
DEPTHS = ("K", "units")


class Chains:
    """The layers of a trace by their indices, followed back from one of them."""

    def __init__(self, trace: KnownTrace) -> None:
        self.trace = trace
        self.values = trace.spec.values
        self.names = {record.name: index for index, record in enumerate(trace.layers)}

    def back(self, source: int, farthest: int = FARTHEST) -> list[int]:
        """Return the layers from a source back to the next merge or input, the nearest first."""
        found: list[int] = []
        while len(found) < farthest:
            index = self.values.producer(source)
            if index is None:
                break
            node = self.trace.spec.nodes[index]
            if node.layer is None or len(node.sources or ()) != 1:
                break
            found.append(index)
            source = (node.sources or ())[0]
        return found

    def behind(self, chain: Sequence[int], layer: Layer) -> Volume | None:
        """Return the last volume of a chain whose first layer gives way to another.

        The chain has the nearest layer first, as `back` returns it.
        """
        *following, first = chain
        volumes = self.trace.layers[first].input
        if volumes is None:
            return None
        try:
            return self.through(list(reversed(following)), layer.volume(volumes))
        except LayerError:
            return None

    def through(self, indices: Sequence[int], volume: Volume) -> Volume | None:
        """Return what layers, one behind the other, make of a volume; None where one refuses."""
        try:
            for index in indices:
                layer = self.trace.spec.nodes[index].layer
                if layer is not None:
                    volume = layer.volume([volume])
        except LayerError:
            return None
        return volume


def others(layer: Layer, field: str, depth: int | None = None) -> Iterator[tuple[Any, Layer]]:
    """Yield other values of a field with the layer that has them; `depth` is what K may be.

    A stride is tried rounded down, too: a shortcut of F=1 S=2 fits no even size otherwise.
    """
    fields = type(layer).model_fields
    if field not in fields:
        return
    now = getattr(layer, field)
    values: Sequence[Any] = [depth] if field in DEPTHS and depth else VALUES.get(field, ())
    if isinstance(now, int):
        values = sorted(values, key=lambda value: abs(value - now))
    for value in values:
        if value != now:
            yield value, layer.model_copy(update={field: value})
            if field == "S" and getattr(layer, "rounding", "floor") is None:
                yield value, layer.model_copy(update={field: value, "rounding": "floor"})


def sensible(field: str, before: Layer, after: Layer) -> bool:
    """Say whether somebody may mean another value of a field.

    A filter of 1x1 is no smaller one of 3x3, an even one in the place of an odd one shifts the
    volume, and dilation is nothing to make sizes agree with. Padding is at most half of what the
    filter spans; a stride beyond the filter skips pixels, as projections of 1x1 alone do.
    """
    then, now = (_whole_fields(layer) for layer in (before, after))
    if field not in ("F", "S", "P", "dilation") or then is None or now is None:
        return True
    if field == "F":
        parity = isinstance(after, Convolution) and then["F"] % 2 == 1
        return now["F"] > 1 and (now["F"] % 2 == 1 or not parity)
    if field == "dilation":
        return then["dilation"] > 1
    span = effective(now["F"], now["dilation"])
    return 2 * now["P"] <= span if field == "P" else now["S"] <= span or now["F"] == 1


def _whole_fields(layer: Layer) -> dict[str, int] | None:
    """Return a window's F, S, P and dilation where each is one number."""
    names = {"F": 1, "S": 1, "P": 0, "dilation": 1}
    values = {name: layer.values().get(name, usual) for name, usual in names.items()}
    return values if all(type(value) is int for value in values.values()) else None


def written(field: str, value: Any, before: Layer, after: Layer) -> tuple[str, Change]:
    """Return how another value of a field is written, and the change."""
    if field == "rounding":
        return f"rounding: {value}", Change("field", value, name=field)
    text = f"{field}={value}"
    if getattr(before, "rounding", None) == getattr(after, "rounding", None):
        return text, Change("field", value, name=field)
    return f"{text} with rounding: floor", Change("field", {field: value, "rounding": "floor"})
