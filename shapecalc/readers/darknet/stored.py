"""The values of a .weights file, in their order: a header, and then float32 after float32.

The header is three whole numbers of 4 bytes, the version, and how many images were seen: 4 bytes,
or 8 from version 0.2 on. No names and no sizes are in the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shapecalc.diagnostics import LayerError
from shapecalc.readers.darknet.network import Stored
from shapecalc.readers.items import TRIED


class StoredArray(NamedTuple):
    """An array of a .weights file: whose it is, its shape as PyTorch has it; None: not known."""

    layer: str
    parameter: str
    shape: tuple[int, ...] | None

    @property
    def name(self) -> str:
        """Its name among a network's parameters, as conv_0.weight."""
        return f"{self.layer}.{self.parameter}"


def stored_arrays(stored: Iterable[Stored], records: Iterable[Any]) -> list[StoredArray]:
    """Return the arrays that Darknet writes of a network, in the order in which they are `stored`.

    `records` are those of its trace.
    Layers that use the weights of others (share_index) are not stored, nor are blurs.
    Source: Darknet, save_weights_upto in parser.c; of [lstm] as AlexeyAB's orders the gates.
    """
    found = []
    shapes: dict[str, Mapping[str, tuple[int, ...]]] = {}
    by_name = {record.name: record for record in records}
    for layer, parameter in stored:
        if layer not in shapes:
            shapes[layer] = _shapes(by_name[layer])
        found.append(StoredArray(layer, parameter, shapes[layer].get(parameter)))
    return found


def _shapes(record: Any) -> Mapping[str, tuple[int, ...]]:
    """Return the shapes of a layer's parameters that are known, whatever sizes are left open."""
    layer, inputs = record.layer, record.input or ()
    if layer is None or (record.input is None and not layer.opaque):
        return {}
    tried = []
    for size in TRIED:
        filled = [tuple(size if s is None else s for s in volume) for volume in inputs]
        try:
            tried.append({k: one.shape for k, one in layer.parameters(filled).items()})
        except LayerError:  # a finding says why
            return {}
    first, second = tried
    return {name: shape for name, shape in first.items() if second.get(name) == shape}
