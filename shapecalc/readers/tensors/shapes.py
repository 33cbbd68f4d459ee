"""What moves values, joins, cuts and reduces: axes are the file's, negative ones from the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, product, values_of
from shapecalc.readers.tensors.windows import global_pool
from shapecalc.volumes import MOST_AXES, axes_of

POOLED = {"mean": "avg", "max": "max"}  # reductions that are global pools


def identity(network: Network, node: Node, x: Tensor) -> Tensor:
    """Add what changes nothing."""
    return network.add(node, "identity", {}, [x])


def transpose(x: Tensor, order: Sequence[int]) -> Tensor | None:
    """Return a tensor with its axes in another order; None where they are not its axes.

    No layer is needed: the volume stays as it is, and only how the file has its axes changes.
    """
    if x.rank is None or sorted(order) != list(range(x.rank)):
        return None
    place = {axis: number for number, axis in enumerate(order)}
    return x._replace(axes=tuple(place[axis] for axis in x.axes))


def reshape(network: Network, node: Node, x: Tensor, shape: Shape) -> Tensor:
    """Add a reshape to a shape with the batch; sizes that are not known are None."""
    return _reshaped(network, node, x, shape, _batch_behind(network, x, network.shape(x), shape))


def _reshaped(network: Network, node: Node, x: Tensor, shape: Shape, batch: int | None) -> Tensor:
    """Add a reshape to a shape of which an axis is the batch."""
    name = node.outputs[0] if node.outputs else ""
    before = network.shape(x)
    axes = network.axes(name, len(shape), batch)
    volume = [shape[axis] for axis in axes] or [1]
    if before is not None and tuple(before) == tuple(shape) and x.batch == batch:
        return identity(network, node, x)
    if len(volume) == 1 and batch is not None and x.batch is not None:
        return network.add(node, "flatten", {}, [x], rank=len(shape), axes=axes)
    if None in volume or len(volume) > MOST_AXES or values_of(before) is None:
        return network.operation(node, [x], [shape])[0]
    rest = [size for number, size in enumerate(shape) if number != batch]
    if product(*rest) != product(*(network.volume(x) or ())):
        return network.operation(node, [x], [shape])[0]
    return network.add(node, "reshape", {"output": volume}, [x], rank=len(shape), axes=axes)


def _batch_behind(network: Network, x: Tensor, before: Shape | None, shape: Shape) -> int | None:
    """Return the axis that is the batch after a reshape; None where it went into another one.

    It is the axis of that size in front of which there are as many values as before.
    """
    if before is None or x.rank is None:
        return 0 if shape and shape[0] in (None, network.batch) else None
    if x.batch is None:  # such as windows of an image; they come back together
        places = [axis for axis, size in enumerate(shape) if size == network.batch]
        if len(shape) < 2 or not places:
            return None
        return places[0] if places[0] == 0 or len(places) == 1 else None
    front = product(*before[: x.batch])
    for number, size in enumerate(shape):
        if size == network.batch and product(*shape[:number]) == front:
            return number
    return None


def filled_in(network: Network, x: Tensor, target: Sequence[int | None]) -> Shape:
    """Return a reshape's target with the size that stands as -1, where it can be worked out."""
    total = values_of(network.shape(x))
    rest = [size for size in target if size != -1]
    if len(rest) == len(target):
        return tuple(target)
    known = product(*rest)
    found = total // known if total is not None and known and total % known == 0 else None
    return tuple(found if size == -1 else size for size in target)


def flatten(network: Network, node: Node, x: Tensor, start: int, end: int = -1) -> Tensor:
    """Add a flatten of the file's axes from `start` to `end`."""
    first, last = x.counted(start), x.counted(end)
    if first is None or last is None or x.rank is None or last < first:
        return network.operation(node, [x])[0]
    if first == 1 and last == x.rank - 1 and x.batch == 0:
        return network.add(node, "flatten", {}, [x], rank=2, axes=(1,))
    shape = network.shape(x)
    if shape is None:
        return network.operation(node, [x])[0]
    middle = product(*shape[first : last + 1])
    return reshape(network, node, x, (*shape[:first], middle, *shape[last + 1 :]))


def squeeze(network: Network, node: Node, x: Tensor, axes: Sequence[int] | None) -> Tensor:
    """Add a squeeze of axes of size 1; of all such axes where none are named."""
    shape = network.shape(x)
    if shape is None or x.rank is None:
        return network.operation(node, [x])[0]
    if axes is None:
        gone = {axis for axis, size in enumerate(shape) if size == 1 and axis != x.batch}
    else:
        gone = {n for axis in axes if (n := x.counted(axis)) is not None and shape[n] == 1}
    left = [axis for axis in range(x.rank) if axis not in gone]
    batch = left.index(x.batch) if x.batch in left else None
    return _reshaped(network, node, x, tuple(shape[axis] for axis in left), batch)


def unsqueeze(network: Network, node: Node, x: Tensor, axes: Sequence[int]) -> Tensor:
    """Add axes of size 1 at places counted in what comes out."""
    shape = network.shape(x)
    if shape is None:
        return network.operation(node, [x])[0]
    rank = len(shape) + len(axes)
    places = {axis % rank for axis in axes if -rank <= axis < rank}
    if len(places) != len(axes):
        return network.operation(node, [x])[0]
    old = [axis for axis in range(rank) if axis not in places]
    batch = None if x.batch is None else old[x.batch]
    left = iter(shape)
    sizes = tuple(1 if axis in places else next(left) for axis in range(rank))
    return _reshaped(network, node, x, sizes, batch)


def concat(network: Network, node: Node, tensors: Sequence[Tensor], axis: int) -> Tensor:
    """Add tensors behind each other along an axis."""
    first = tensors[0]
    at = first.counted(axis)
    if len(tensors) == 1:
        return identity(network, node, first)
    alike = all(t.rank == first.rank and {*t.axes} == {*first.axes} for t in tensors)
    if at is None or not alike or at not in first.axes:
        return network.operation(node, tensors, [joined(network, tensors, (), axis)])[0]
    tensors = [network.in_order(node, tensor, first.axes) for tensor in tensors]
    fields: dict[str, Any] = {}
    if at != first.depth:
        fields["axis"] = _axis(first, at)
    return network.add(node, "concat", fields, tensors)


def joined(
    network: Network, tensors: Sequence[Tensor], constants: Sequence[Constant], axis: int
) -> Shape | None:
    """Return the shape of tensors and arrays behind each other; None where it does not follow."""
    shapes = [network.shape(tensor) for tensor in tensors]
    known = [shape for shape in shapes if shape is not None] + [c.shape for c in constants]
    if len(known) < len(shapes) + len(constants) or len({len(s) for s in known}) != 1:
        return None
    rank = len(known[0])
    if not -rank <= axis < rank:
        return None
    at = axis % rank
    sizes = [size for shape in known if (size := shape[at]) is not None]
    total = sum(sizes) if len(sizes) == len(known) else None
    return (*known[0][:at], total, *known[0][at + 1 :])


def cut(
    network: Network,
    node: Node,
    x: Tensor,
    axis: int,
    start: int,
    stop: int,
    output: int = 0,
    suffix: str = "",
) -> Tensor:
    """Add the part of an axis from `start` up to `stop`, which is not included; both from 0.

    `output` is the number of the node's output that it is; `suffix` stands behind its name.
    """
    shape, at = network.shape(x), x.counted(axis)
    size = None if shape is None or at is None else shape[at]
    suffix += f":{output}" if output else ""
    if at is not None and size is not None and (start, min(stop, size)) == (0, size):
        return network.add(node, "identity", {}, [x], suffix=suffix)
    if at is None or at not in x.axes or size is None or not 0 <= start < stop:
        return network.operation(node, [x], [_with(shape, at, None)], kept=x, suffix=suffix)[0]
    fields: dict[str, Any] = {} if at == x.depth else {"axis": _axis(x, at)}
    stop = min(stop, size)
    part = stop - start
    if size % part == 0 and start % part == 0:
        fields |= {"part": start // part + 1, "of": size // part}
    else:
        fields |= {"start": start} if start else {}
        fields |= {"stop": stop} if stop < size else {}
    return network.add(node, "slice", fields, [x], suffix=suffix)


def split(network: Network, node: Node, x: Tensor, axis: int, sizes: Sequence[int]) -> list[Tensor]:
    """Add all parts of an axis, one an output."""
    parts, start = [], 0
    for number, size in enumerate(sizes):
        parts.append(cut(network, node, x, axis, start, start + size, number))
        start += size
    return parts


def taken(network: Network, node: Node, x: Tensor, axis: int, place: int | None = None) -> Tensor:
    """Add one place of an axis, which goes: a slice and a reshape where the place is known."""
    shape, at = network.shape(x), x.counted(axis)
    if shape is None or at is None:
        return network.operation(node, [x])[0]
    size, left = shape[at], shape[:at] + shape[at + 1 :]
    if place is None or size is None or not -size <= place < size or at not in x.axes:
        axes = tuple(axis - (axis > at) for axis in x.axes if axis != at)
        kept = Tensor(x.source, len(left), axes)
        return network.operation(node, [x], [left], kept=kept)[0]
    place %= size
    part = x if size == 1 else cut(network, node, x, axis, place, place + 1, suffix="/place")
    batch = None if x.batch is None else x.batch - (x.batch > at)
    return _reshaped(network, node, part, left, batch)


def reduced(
    network: Network,
    node: Node,
    function: str,
    x: Tensor,
    axes: Sequence[int] | None,
    keep: bool,
) -> Tensor:
    """Add mean, max, sum, ... over axes (None: all); over all positions mean and max are pools."""
    shape = network.shape(x)
    counted = (
        set(range(x.rank or 0))
        if axes is None
        else {a for n in axes if (a := x.counted(n)) is not None}
    )
    spatial = set(x.axes[:-1])
    if x.rank is not None and axes is not None and function in POOLED and len(x.axes) > 1:
        left = [axis for axis in x.axes if axis not in counted]
        if len(left) == 1 and len(counted) == len(spatial) and x.batch not in counted:
            depth = left[0]
            found = global_pool(network, node, POOLED[function], x, depth, keep)
            if found is not None:
                return found
    if shape is None or x.rank is None:
        return network.operation(node, [x])[0]
    sizes: Shape = tuple(
        1 if n in counted else size for n, size in enumerate(shape) if keep or n not in counted
    )
    kept = x if keep else None
    if not keep and x.batch is not None and x.batch not in counted:
        kept = network.laid(node, len(sizes), sum(n not in counted for n in range(x.batch)))
    return network.operation(node, [x], [sizes], kept=kept)[0]


def expanded(network: Network, node: Node, x: Tensor, shape: Shape) -> Tensor:
    """Add a stretching of axes of size 1; one that changes nothing is an identity."""
    if network.shape(x) == shape:
        return identity(network, node, x)
    return network.operation(node, [x], [shape], kept=x if len(shape) == x.rank else None)[0]


def _axis(x: Tensor, at: int) -> str | int:
    """Return what the spec calls an axis of the file."""
    return axes_of((1,) * len(x.axes))[x.axes.index(at)]


def _with(shape: Shape | None, at: int | None, size: int | None) -> Shape | None:
    return None if shape is None or at is None else (*shape[:at], size, *shape[at + 1 :])
