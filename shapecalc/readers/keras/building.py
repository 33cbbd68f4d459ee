"""What the layers of a file are put into a spec with: values, their axes, what is not computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapecalc.layers import KINDS
from shapecalc.readers.items import Item, Items, Sizes, turned_back
from shapecalc.readers.keras.layouts import Layouts
from shapecalc.readers.keras.stated import Stated
from shapecalc.readers.keras.walk import Call, Flattened, Tensor
from shapecalc.readers.opaque import Opaque


class Building:
    """The spec so far, and which of its values each of the file's tensors is."""

    def __init__(
        self, flat: Flattened, layouts: Layouts, stated: dict[Tensor, list[Stated]]
    ) -> None:
        self.flat, self.layouts, self.stated = flat, layouts, stated
        self.items = Items()
        self.values: dict[Tensor, str] = {}
        self._owners: dict[str | int, str] = {}

    def sources(self, call: Call) -> list[str]:
        """Return the values that a call takes."""
        return [self.values[tensor] for tensor in call.inputs]

    def rank(self, value: str) -> int | None:
        """Return how many axes a value has, a flat vector one."""
        return self.items.ranks[value]

    def add(
        self,
        call: Call,
        kind: str,
        fields: dict[str, Any],
        sources: Sequence[str],
        rank: int | None,
        *,
        first: bool = False,
        name: str = "",
    ) -> str:
        """Add a layer for a call; return its value.

        `name` is put behind the call's own. What has weights shares those of the first call.
        """
        item = Item(call_name(call) + name, kind, fields, tuple(sources), call.layer.path)
        if KINDS[kind].has_weights:
            own = call.name if call.layer.shared_id is None else call.layer.shared_id
            if call.layer.config.get("trainable") is False:
                item.beside["trainable"] = False
            if call.earlier and own in self._owners:
                item.beside["share"] = self._owners[own]
            elif not call.earlier:
                self._owners[own] = item.name = self.items.free(item.name)
        return self.items.add(item, rank, first=first)

    def gives(self, call: Call, value: str) -> None:
        """Say that a value is a call's first output."""
        self.values[call.outputs[0]] = value

    def rest(self, call: Call) -> None:
        """Add what is not known of a call's further outputs, where its kind has one only."""
        first = self.values[call.outputs[0]]
        for number, tensor in enumerate(call.outputs):
            if tensor not in self.values:
                fields = {"what": call.layer.class_name, "parameters": {}, "macs": 0}
                name = f":{number}"
                self.values[tensor] = self.add(call, "operation", fields, [first], None, name=name)

    # -- axes --------------------------------------------------------------------------------------

    def in_order(self, call: Call, value: str, first: bool) -> str:
        """Return a value with its depth where a layer takes it: of a file that mixes both orders.

        A layer that takes the depth from the wrong end computes with other axes than were meant.
        """
        rank = self.rank(value)
        if (value in self.items.first) == first or rank in (None, 1):
            return value
        assert rank is not None
        last = rank - 1
        axes = [*range(1, rank), 0] if first else [last, *range(last)]
        return self.transposed(call, value, axes, first=first)

    def transposed(
        self, call: Call, value: str, axes: Sequence[int], *, first: bool = False
    ) -> str:
        """Return a value with its axes, as numbered here, in another order."""
        if list(axes) == list(range(len(axes))):
            return value
        name = "/transposed"
        return self.add(
            call, "transpose", {"axes": list(axes)}, [value], len(axes), first=first, name=name
        )

    def axis(self, value: str, axis: Any) -> int | None:
        """Return an axis of the file, where 0 is the batch, as it is numbered here.

        None where it is none. Of a value of unknown rank, -1 is the depth, and no other is known.
        """
        rank = self.rank(value)
        if type(axis) is not int:
            return None
        if rank is None:
            return -1 if axis == -1 and value not in self.items.first else None
        number = axis + rank if axis < 0 else axis - 1
        if not 0 <= number < rank:
            return None
        return (number - 1) % rank if value in self.items.first else number

    def is_depth(self, value: str, axis: int | None) -> bool:
        """Say whether an axis, as numbered here, is the depth."""
        rank = self.rank(value)
        return axis is not None and axis in (-1, None if rank is None else rank - 1)

    # -- what is not computed ----------------------------------------------------------------------

    def opaque(
        self, call: Call, what: str, found: Opaque, sources: Sequence[str], name: str = ""
    ) -> str:
        """Add an operation for a call, and one more for each further output; return its value.

        A volume that does not follow is the one that the file states.
        """
        values: list[str] = []
        outputs = (*found.outputs, *[None] * (len(call.outputs) - len(found.outputs)))
        for number in range(1 if name else len(call.outputs)):
            kept = sources[0] if found.keeps and sources else None
            volume, first = self._output(call, outputs[number], number, kept)
            rank = None if volume is None else len(volume)
            if rank is None and kept is not None:
                rank = self.rank(kept)
            fields: dict[str, Any] = {"what": what}
            if volume is not None:
                fields["output"] = list(volume)
            if number:
                fields |= {"parameters": {}, "macs": 0}
            else:
                arrays = found.arrays()
                if arrays is not None:
                    fields["parameters"] = arrays
                if found.macs is not None:
                    fields["macs"] = found.macs
            before = values[:1] if number else sources
            value = self.add(
                call, "operation", fields, before, rank, first=first,
                name=f"{name}:{number}" if number else name,
            )  # fmt: skip
            values.append(value)
            if not name:
                self.values[call.outputs[number]] = value
        return values[0]

    def _output(
        self, call: Call, computed: Sizes | None, number: int, kept: str | None
    ) -> tuple[Sizes | None, bool]:
        """Return the volume of an output, its depth last, and whether the file has it first.

        `kept` is the value whose volume it is, if any.
        """
        tensor = call.outputs[number]
        sizes = computed
        for stated in self.stated.get(tensor, ()):
            if sizes is None or (None in sizes and len(sizes) == len(stated.shape) - 1):
                sizes = stated.shape[1:]
        if not sizes:
            return (None if sizes is None else (1,)), kept in self.items.first
        turned = self.layouts.depth_first(tensor) if kept is None else kept in self.items.first
        first = len(sizes) > 1 and turned
        return (turned_back(sizes) if first else sizes), first


def call_name(call: Call) -> str:
    """Return the name of a call: the layer's, numbered from its second call on."""
    return f"{call.name}#{call.earlier + 1}" if call.earlier and _again(call) else call.name


def _again(call: Call) -> bool:
    """Say whether the name was given to an earlier call: one layer in two models has two names."""
    return call.layer.shared_id is None or len(call.layer.nodes) > 1
