"""The spec that a graph of operators becomes, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from shapecalc.diagnostics import Path
from shapecalc.document import Document
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.given_sizes import check_axes
from shapecalc.readers.items import ROUNDING, Item, Items, Sizes
from shapecalc.readers.tensors.layouts import Layouts, Node
from shapecalc.readers.tensors.values import Constant, Shape, Tensor
from shapecalc.volumes import MOST_AXES

NONE: tuple[Constant, ...] = ()
IMAGES = 4  # axes of a batch of images at least


class Network:
    """Layers, the tensors that they give, and which arrays are counted already.

    `batch` is the size of the batch: 1 where the file leaves it open.
    """

    def __init__(self, layouts: Layouts, given: Mapping[str, Sizes] = NOTHING) -> None:
        self.items = Items()
        self.layouts = layouts
        self.given = given  # volumes in the place of inputs'
        self.batch = 1
        self._owners: dict[Hashable, Item] = {}  # of arrays that layers keep
        self._counted: set[Hashable] = set()
        self._keys: dict[str, dict[str, Hashable]] = {}  # of a layer's arrays, by its name

    # -- tensors -----------------------------------------------------------------------------------

    def input(
        self,
        name: str,
        shape: Shape | None,
        path: Path,
        *,
        depth_first: bool = False,
        batch: int = 0,
    ) -> Tensor:
        """Add an input of the network; `batch` is the axis that is the batch, if it has so many.

        `depth_first` says that the depth of images is the next one, where no operator tells.
        """
        if shape is None:
            return Tensor(self.items.add_input(name, self.given.get(name), path), None)
        rank = len(shape)
        batch = batch if batch < rank else 0
        lone = rank == 1 and shape[0] not in (None, 1)  # a vector without a batch
        if shape and not lone and not self.items.inputs:
            self.batch = shape[batch] or 1
        usual = 1 if depth_first and rank >= IMAGES else -1
        axes = self.axes(name, rank, None if lone else batch, usual)
        own = tuple(shape[axis] for axis in axes) or (1,)
        value = self.items.add_input(name, self.given.get(name, own), path)
        self.items.own[value] = own
        return Tensor(value, rank, axes)

    def axes(self, name: str, rank: int, batch: int | None, usual: int = -1) -> tuple[int, ...]:
        """Return the axes of a new tensor in the order of its volume."""
        if not rank:
            return ()
        depth = self.layouts.depth(name, rank, usual)
        rest = [axis for axis in range(rank) if axis not in (batch, depth)]
        return tuple(rest) if depth == batch else (*rest, depth)

    def shape(self, tensor: Tensor) -> Shape | None:
        """Return a tensor's shape as far as it is known, in the file's order, with the batch."""
        volume = self.items.volume(tensor.source)
        if tensor.rank is None or volume is None:
            return None
        sizes: list[int | None] = [self.batch] * tensor.rank
        for axis, size in zip(tensor.axes, volume, strict=False):
            sizes[axis] = size
        return tuple(sizes)

    def volume(self, tensor: Tensor) -> Sizes | None:
        """Return the volume of a tensor as far as it is known."""
        return self.items.volume(tensor.source)

    def laid(self, node: Node, rank: int, batch: int | None, number: int = 0) -> Tensor:
        """Return how the axes of a node's output lie, of which one is the batch, or none."""
        name = node.outputs[number] if number < len(node.outputs) else ""
        return Tensor("", rank, self.axes(name, rank, batch))

    def batch_of(self, shape: Shape, sources: Sequence[Tensor]) -> int | None:
        """Return the axis that is the batch of what comes of some tensors.

        It stays where all of them have it, or it is the first one, if the size is the batch's.
        """
        places = [(one.batch, one.rank) for one in sources if one.batch is not None]
        if sources and not places:
            return None
        stays, rank = places[0] if len(set(places)) == 1 else (0, 0)
        for batch in (stays, 0) if rank == len(shape) else (0,):
            if batch is not None and batch < len(shape) and shape[batch] in (None, self.batch):
                return batch
        return None

    def in_order(self, node: Node, tensor: Tensor, axes: Sequence[int]) -> Tensor:
        """Return a tensor whose volume has its axes in an order: transposed where it is another."""
        axes = tuple(axes)
        if axes == tensor.axes or len(axes) < 2:
            return tensor
        order = [tensor.axes.index(axis) for axis in axes]
        fields = {"axes": order}
        value = self.add(node, "transpose", fields, [tensor], suffix="/transposed")
        return value._replace(axes=axes)

    def with_depth(self, node: Node, tensor: Tensor, axis: int) -> Tensor | None:
        """Return a tensor whose volume ends in an axis of the file, the others in their order.

        None where that axis is the batch, or there is no such axis.
        """
        depth = tensor.counted(axis)
        if depth is None or depth not in tensor.axes:
            return None
        front = tensor.axes[:-1]
        if tensor.axes[-1] == depth and sorted(front) == [*front]:  # as nearly always
            return tensor
        return self.in_order(node, tensor, (*sorted(set(tensor.axes) - {depth}), depth))

    # -- layers ------------------------------------------------------------------------------------

    def add(
        self,
        node: Node,
        kind: str,
        fields: dict[str, Any],
        sources: Sequence[Tensor],
        arrays: Mapping[str, Constant] = NOTHING,
        *,
        rank: int | None = None,
        axes: tuple[int, ...] | None = None,
        suffix: str = "",
    ) -> Tensor:
        """Add a layer that keeps some arrays, under our names for them; return what it gives.

        What comes out has the axes of the first source unless `rank` and `axes` say others. Arrays
        that an earlier layer keeps are shared with it.
        """
        item = Item(
            node.name + suffix, kind, fields, tuple(one.source for one in sources), node.path
        )
        keys = {name: array.key for name, array in arrays.items()}
        if keys:
            self._keep(item, arrays, keys)
        value = self.items.add(item, None)
        if keys:
            self._keys[item.name] = keys
            for key in keys.values():
                self._owners.setdefault(key, item)
            self._counted.update(keys.values())
        if axes is None:
            rank, axes = sources[0].rank, sources[0].axes
        self.items.ranks[value] = None if rank is None else max(1, len(axes))
        return Tensor(value, rank, axes)

    def _keep(
        self, item: Item, arrays: Mapping[str, Constant], keys: Mapping[str, Hashable]
    ) -> None:
        """Say on an item which arrays are another's, and whether they are learned."""
        learned = [array.trainable for array in arrays.values() if array.role != "statistic"]
        if learned and True not in learned:
            item.beside["trainable"] = False
        if self._owners.keys().isdisjoint(keys.values()):
            return
        shared = [name for name, key in keys.items() if key in self._owners]
        owner = self._owners[keys[shared[0]]]
        if len(shared) == len(keys) and self._keys[owner.name] == keys:
            item.beside["share"] = owner.name
        else:
            item.beside["share"] = {shared[0]: owner.name}

    def can_hold(self, kind: str, arrays: Mapping[str, Constant]) -> bool:
        """Say whether a layer of a kind can keep arrays: all new, or all those of one like it.

        One array alone may be another layer's, too, under the same name.
        """
        if self._counted.isdisjoint([array.key for array in arrays.values()]):
            return True
        shared = {name: array for name, array in arrays.items() if array.key in self._counted}
        owners = {id(self._owners.get(array.key)) for array in shared.values()}
        owner = self._owners.get(next(iter(shared.values())).key)
        if owner is None or len(owners) > 1 or owner.kind != kind:
            return False
        theirs = self._keys[owner.name]
        if any(theirs.get(name) != array.key for name, array in shared.items()):
            return False
        return len(shared) == 1 or theirs == {name: a.key for name, a in arrays.items()}

    def operation(
        self,
        node: Node,
        sources: Sequence[Tensor],
        shapes: Sequence[Shape | None] = (None,),
        constants: Iterable[Constant] = NONE,
        *,
        macs: int | None = 0,
        kept: Tensor | list[Tensor] | None = None,
        what: str = "",
        known: bool = True,
        suffix: str = "",
    ) -> list[Tensor]:
        """Add an operator that has no kind; return what it gives, one tensor a shape.

        `constants` are the arrays that it keeps: those that are counted already are left out. What
        is `kept` is the tensor whose axes come out in the same order, or one for each output.
        `known` is false where it may keep arrays that the file does not tell.
        """
        fields: dict[str, Any] = {"what": what or node.what}
        arrays = {array.key: array for array in constants if array.role}
        own = [array for key, array in arrays.items() if key not in self._counted]
        found: list[Tensor] = []
        for number, shape in enumerate(shapes):
            given = fields if not number else {"what": fields["what"]}
            if known or number:
                given["parameters"] = {} if number else _arrays(own)
            if macs is not None or number:
                given["macs"] = 0 if number else macs
            if number:
                before: Sequence[Tensor] = found[:1]
            else:
                before = list({one.source: one for one in sources}.values())
            like = kept[number] if isinstance(kept, list) else kept
            found.append(self._operation(node, given, before, shape, like, number, suffix))
        learned = [array for array in own if array.role != "statistic"]
        if learned and not any(array.trainable for array in learned):
            self.items.listed[-len(found)].beside["trainable"] = False
        self._counted.update(array.key for array in own)
        return found

    def _operation(
        self,
        node: Node,
        fields: dict[str, Any],
        before: Sequence[Tensor],
        shape: Shape | None,
        kept: Tensor | None,
        number: int,
        suffix: str,
    ) -> Tensor:
        """Add one output of an operation."""
        if kept is not None and (shape is None or len(shape) == kept.rank):
            tensor = kept
        elif shape is None:
            tensor = Tensor("", None)
        else:
            tensor = self.laid(node, len(shape), self.batch_of(shape, before), number)
        if shape is not None and tensor.rank == len(shape):
            volume = tuple(shape[axis] for axis in tensor.axes) or (1,)
            if len(volume) <= MOST_AXES:
                fields["output"] = list(volume)
        end = f":{number}" if number else ""
        item = Item(
            node.name + suffix + end,
            "operation",
            fields,
            tuple(one.source for one in before),
            node.path,
        )
        value = self.items.add(item, max(1, len(tensor.axes)) if tensor.rank else None)
        return tensor._replace(source=value)

    def count(self, constants: Iterable[Constant]) -> None:
        """Say that arrays are counted: in the fields of a layer that has no place to name them."""
        self._counted.update(array.key for array in constants)

    def claim(self, tensor: Tensor, shape: Shape) -> None:
        """Let what the file says of a tensor's shape be compared with what comes out.

        Of an operation whose output is not known it is the output.
        """
        item = self.items.producer(tensor.source)
        if item is None or tensor.rank is None:
            return
        if tensor.rank == len(shape):
            volume = [shape[axis] for axis in tensor.axes] or [1]
        else:  # axes that are not there: whichever is the batch, it is another volume
            volume = list(shape[1:]) or [1]
        known = item.fields.get("output") if item.kind == "operation" else None
        if item.kind == "operation" and (known is None or None in known):
            item.fields["output"] = volume
            return
        expected = item.beside.get("expect", NOTHING)
        if known == volume or None in volume or len(volume) > MOST_AXES or "output" in expected:
            return
        item.beside["expect"] = {**expected, "output": volume}
        item.claim_path = item.path

    def claim_weights(self, tensor: Tensor, weight: Constant) -> None:
        """Let the size of an array in the file be compared with what a layer's fields come to."""
        item = self.items.producer(tensor.source)
        if item is not None and "share" not in item.beside:
            item.beside.setdefault("expect", {})["weights"] = weight.size
            item.claim_path = item.path

    # -- the document ------------------------------------------------------------------------------

    def document(
        self,
        name: str,
        file: str | None,
        outputs: Iterable[Tensor],
        again: Callable[[Mapping[str, Sizes]], Document],
    ) -> Document:
        """Return the document of the network; `again` gives that with other volumes of inputs.

        Raises SpecError for a volume that has other axes than the input in whose place it is put.
        """
        items = self.items
        check_axes(items, self.given)
        data: dict[str, Any] = {"name": name} if name else {}
        data["inputs"] = {
            value: None if sizes is None else list(sizes) for value, sizes in items.inputs.items()
        }
        data["rounding"] = ROUNDING
        data["layers"] = items.layers()
        named = list(dict.fromkeys(tensor.source for tensor in outputs))
        if named:  # not an array of the file alone
            data["outputs"] = named
        document = Document(data, file, original_path=self._original)
        document.with_inputs = again
        return document

    def _original(self, path: Path) -> Path:
        """Return the name of the node that a path of the spec leads to."""
        if path[:1] == ("layers",) and len(path) > 1 and isinstance(path[1], int):
            item = self.items.listed[path[1]]
            return item.path or (item.name,)
        if path[:1] == ("inputs",) and len(path) > 1:
            return (str(path[1]),)
        return ()


def _arrays(own: Sequence[Constant]) -> dict[str, Any]:
    """Return the arrays that an operation keeps, each under a name of its own."""
    arrays: dict[str, Any] = {}
    for constant in own:
        name, number = constant.name, 1
        while name in arrays:
            number += 1
            name = f"{constant.name}_{number}"
        shape = list(constant.shape)
        arrays[name] = (
            shape if constant.role == "weight" else {"shape": shape, "role": constant.role}
        )
    return arrays
