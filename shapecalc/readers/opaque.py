"""What is known of an operation that has no kind, whichever format it stands in.

Shapes are as the file has them, without the batch. What is not known is None.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from shapecalc.readers.items import Sizes

Shapes = dict[str, list[int]]


class Opaque(NamedTuple):
    """What is known of a layer: its outputs, its parameters by name, its MACs.

    What is called a bias counts as one, and `statistics` are not learned. What `keeps` its volume
    gives the first one that comes in, its axes in the same order.
    """

    outputs: tuple[Sizes | None, ...] = (None,)
    parameters: Shapes | None = None
    macs: int | None = None
    statistics: Shapes | None = None
    keeps: bool = False

    def arrays(self) -> dict[str, Any] | None:
        """Return an operation's arrays with their roles."""
        if self.parameters is None:
            return None
        arrays: dict[str, Any] = {
            name: {"shape": shape, "role": "bias"} if name.endswith("bias") else shape
            for name, shape in self.parameters.items()
        }
        for name, shape in (self.statistics or {}).items():
            arrays[name] = {"shape": shape, "role": "statistic"}
        return arrays


UNKNOWN = Opaque()
