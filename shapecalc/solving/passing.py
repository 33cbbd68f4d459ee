"""A network followed once with sizes that have names: volumes and counts of every layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapecalc.diagnostics import LayerError, UnknownVolume
from shapecalc.layers.base import NO_COUNTS, Counts
from shapecalc.network import NetworkSpec
from shapecalc.solving.named import Names

AnyVolume = tuple[Any, ...] | None


@dataclass(frozen=True)
class Passed:
    """The volumes of all values, as `spec.values` numbers them, and what all layers come to."""

    spec: NetworkSpec
    names: Names
    values: list[AnyVolume]
    inputs: list[tuple[tuple[Any, ...], ...] | None]  # the layers', None: not known
    counts: list[Counts]
    products: list[Any]  # the layers' MACs, None: not known

    @property
    def volumes(self) -> dict[str, AnyVolume]:
        """The outputs' volumes by name."""
        return {
            name: None if value is None else self.values[value]
            for name, value in self.spec.outputs.items()
        }

    @property
    def outputs(self) -> dict[str, list[Any] | None]:
        """The outputs' sizes, as text where they depend on others."""
        return {
            name: None if v is None else [W if isinstance(W, int) else str(W) for W in v]
            for name, v in self.volumes.items()
        }

    @property
    def macs(self) -> Any:
        """The sum of all layers' MACs."""
        return None if None in self.products else sum(self.products)

    @property
    def tied(self) -> list[str]:
        """The layers whose weights depend on the sizes."""
        nodes = zip(self.spec.nodes, self.counts, strict=True)
        return [
            n.name for n, c in nodes if c.weights is not None and not isinstance(c.weights, int)
        ]


def passed(spec: NetworkSpec, names: Names, sizes: Mapping[Any, Any]) -> Passed:
    """Return what becomes of sizes, by the axes of inputs, on their way through a network.

    Where a layer refuses, what is behind it is not known.
    """
    by_key = {(axis.input, axis.number): size for axis, size in sizes.items()}
    values: list[AnyVolume] = [
        volume and (*(by_key.get((name, n), W) for n, W in enumerate(volume[:-1])), volume[-1])
        for name, volume in spec.inputs.items()
    ]
    found = Passed(spec, names, values, [], [], [])
    known: dict[Any, tuple[AnyVolume, Counts, Any]] = {}  # blocks have one layer many times
    for node in spec.nodes:
        layer = node.layer
        sources = node.sources or ()
        inputs: tuple[tuple[Any, ...], ...] | None
        inputs = tuple([v for source in sources if (v := values[source]) is not None])
        if node.sources is None or len(inputs) < len(sources):
            inputs = None
        if layer is None:
            output, counts, macs = None, Counts(None, None, None), None
        elif inputs is None:
            output, counts = layer.known_volume(), layer.known_counts()
            macs = None if layer.multiplies else 0
        else:
            key = id(layer), inputs
            made = known.get(key)
            if made is None:
                made = known[key] = _of_layer(layer, inputs)
            output, counts, macs = made
        if layer is not None and layer.opaque:
            macs = layer.known_macs()
        values.append(output)
        found.inputs.append(inputs)
        found.counts.append(counts)
        found.products.append(macs)
    return found


def _of_layer(layer: Any, inputs: tuple[tuple[Any, ...], ...]) -> tuple[AnyVolume, Counts, Any]:
    try:
        output = layer.volume(inputs)
    except UnknownVolume:
        output = None
    except LayerError as error:
        output = error.output
    counts = NO_COUNTS
    if layer.has_weights:
        try:
            counts = layer.counts(inputs)
        except LayerError:
            counts = layer.known_counts()
    if not layer.multiplies:
        return output, counts, 0
    return output, counts, None if output is None else layer.macs(inputs, output)
