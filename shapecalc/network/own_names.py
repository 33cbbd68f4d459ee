"""What a file of another format writes in its own way: names, any text, each once, and claims."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from shapecalc.diagnostics import quote
from shapecalc.layers.field_types import PartialVolume
from shapecalc.layers.read_volumes import STATED_VOLUME, read_stated_volume
from shapecalc.network.blocks import LONGEST_NAME
from shapecalc.network.expectations import LayerExpectations, optional


class OwnNames:
    """How the names of a file are shown: as they are, if they can be printed.

    Others are cleaned and cut, and told apart where they would be equal. Layers are looked up by
    the names as the file has them.
    """

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._taken: set[str] = set()
        self._equal: Counter[str] = Counter()

    def shown(self, name: str) -> str:
        """Return how a name is shown, the same at every call."""
        known = self._shown.get(name)
        if known is None:
            known = clean = quote(name, LONGEST_NAME)
            while known in self._taken:
                self._equal[clean] += 1
                known = f"{clean}~{self._equal[clean] + 1}"
            self._taken.add(known)
            self._shown[name] = known
        return known


class StatedExpectations(LayerExpectations):
    """The claims that a file makes about a layer: its lists of sizes have no batch in front."""

    output: Annotated[PartialVolume | None, optional(read_stated_volume, STATED_VOLUME)] = None
