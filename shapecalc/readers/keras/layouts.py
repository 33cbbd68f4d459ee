"""Which axis of each tensor is the depth: files of Keras may have it first.

Layers with windows say so themselves (data_format). What they give goes through others that do not
mind, so an input is as the first layer behind it takes it that does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from shapecalc.readers.keras.walk import Call, Flattened, Tensor

Format = Callable[[Call], bool | None]  # whether the depth comes first; None: it does not say
Passes = Callable[[Call], bool]  # whether a call keeps the order of axes, whichever it is


class Layouts:
    """Says of tensors that no layer with windows gives whether their depth comes first."""

    def __init__(self, flat: Flattened, first: Format, passes: Passes) -> None:
        self._passes = passes
        self._formats = [first(call) for call in flat.calls]
        self.mixed = any(self._formats)  # only then is there anything to look for
        self._users: defaultdict[Tensor, list[int]] = defaultdict(list)
        self._calls = flat.calls
        if self.mixed:
            for index, call in enumerate(flat.calls):
                for tensor in call.inputs:
                    self._users[tensor].append(index)
        self._known: dict[Tensor, bool] = {}

    def depth_first(self, tensor: Tensor) -> bool:
        """Say whether the depth of a tensor comes first, as what takes it says."""
        if not self.mixed:
            return False
        if tensor not in self._known:
            self._find(tensor)
        return self._known[tensor]

    def _find(self, start: Tensor) -> None:
        """Look for the nearest layer behind a tensor that minds; all in between are as that one."""
        waiting, met = [start], {start}
        found = False
        for tensor in waiting:
            if tensor in self._known:
                found = self._known[tensor]
                break
            formats = [self._formats[user] for user in self._users[tensor]]
            said = next((one for one in formats if one is not None), None)
            if said is not None:
                found = said
                break
            for user in self._users[tensor]:
                if self._passes(self._calls[user]):
                    new = [output for output in self._calls[user].outputs if output not in met]
                    met.update(new)
                    waiting += new
        self._known.update(dict.fromkeys(met - self._known.keys(), found))
