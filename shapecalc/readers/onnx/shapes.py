"""ONNX' operators that move values, join, cut and reduce."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.readers.onnx.arguments import arguments
from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.onnx.dense import gather_rows
from shapecalc.readers.onnx.evaluation.arrays import Unfit
from shapecalc.readers.onnx.evaluation.parts import parts_of, sliced
from shapecalc.readers.onnx.evaluation.reductions import reduced as reduced_shape
from shapecalc.readers.onnx.evaluation.reshaping import reshaped as reshaped_shape
from shapecalc.readers.onnx.evaluation.reshaping import unsqueezed
from shapecalc.readers.tensors import shapes, windows
from shapecalc.readers.tensors.values import Shape, Tensor, broadcast, product

SHUFFLED = (0, 1, 4, 2, 5, 3)  # the order of axes of PyTorch's pixel shuffle
UNSHUFFLED = (0, 1, 3, 5, 2, 4)
INTERLEAVED = ((0, 2, 1, 3, 4), (0, 2, 1, 3))  # of ShuffleNet's channel shuffle


def reshape(call: Call) -> Tensor | None:
    """Reshape; the first of the two around a transpose may be part of a shuffle."""
    x = call.tensor(0)
    target = call.given.get("shape")
    if not isinstance(target, list):
        return None
    found = _shuffle(call, x, target)
    if found is not None:
        return found
    sizes = _target(call, x, target)
    return shapes.reshape(call.network, call.at, x, sizes)


def _target(call: Call, x: Tensor, target: Sequence[int | None]) -> Shape:
    """Return the shape that a reshape gives as far as it is known. Raises Unfit."""
    known = call.network.shape(x)
    keeps = call.whole("allowzero", 0) == 0
    if known is None:
        return tuple(None if size == -1 or (size == 0 and keeps) else size for size in target)
    return reshaped_shape(known, target, not keeps)


def _shuffle(call: Call, x: Tensor, target: list[int | None]) -> Tensor | None:
    """Return a pixel shuffle or a channel shuffle that begins here, or None.

    They are written as a reshape, a transpose and another reshape; the latter two are done with.
    """
    translation, shape = call.translation, call.network.shape(x)
    if len(target) not in (4, 5, 6) or x.rank not in (3, 4):
        return None
    turned = translation.only_user(call.node.outputs[0], "Transpose")
    back = None if turned is None else translation.only_user(turned.outputs[0], "Reshape")
    if turned is None or back is None or shape is None or None in shape:
        return None
    order = tuple(turned.order or ())
    file = translation.files[id(back)]
    after = arguments(file, translation.opset, translation.constants.array).get("shape")
    middle = _target(call, x, target)
    if not isinstance(after, list) or None in middle or sorted(order) != [*range(len(middle))]:
        return None
    permuted = tuple(middle[axis] for axis in order)
    final = reshaped_shape(permuted, after, False)
    found = _shuffled(call, x, shape, middle, order, final)
    if found is not None:
        for node in (turned, back):
            translation.same[id(node)] = call.node.outputs[0]
        translation.forget(call.node.outputs[0], *turned.outputs)
    return found


def _shuffled(
    call: Call, x: Tensor, shape: Shape, middle: Shape, order: tuple[int, ...], final: Shape
) -> Tensor | None:
    """Return the shuffle that three steps are, by the shapes between them."""
    N, C, *sizes = shape
    if order in INTERLEAVED and len(middle) == len(shape) + 1 and final == shape:
        if middle[0] == N and tuple(middle[3:]) == tuple(sizes):
            found = call.network.with_depth(call.at, x, 1)
            if found is None or len(found.axes) < 2:
                return None
            return call.network.add(call.at, "channel_shuffle", {"groups": middle[1]}, [found])
        return None
    if len(shape) != 4 or len(middle) != 6:
        return None
    H, W = sizes
    if order == SHUFFLED and middle[2] == middle[3] and middle[0] == N and middle[4:] == (H, W):
        r = middle[2] or 1
        if final == (N, middle[1], (H or 0) * r, (W or 0) * r):
            return windows.pixel_shuffle(call.network, call.at, "pixel_shuffle", x, r)
    if order == UNSHUFFLED and middle[3] == middle[5] and middle[:2] == (N, C):
        r = middle[3] or 1
        if final == (N, product(C, r, r), middle[2], middle[4]):
            return windows.pixel_shuffle(call.network, call.at, "pixel_unshuffle", x, r)
    return None


def flatten(call: Call) -> Tensor:
    """Flatten: the axes in front of one, and those from it on."""
    x = call.tensor(0)
    axis = call.whole("axis", 1)
    if axis == 1 and x.batch == 0:
        return shapes.flatten(call.network, call.at, x, 1)
    shape = call.network.shape(x)
    if shape is None or not -len(shape) <= axis <= len(shape):
        raise Unfit
    axis += len(shape) if axis < 0 else 0
    sizes = (product(*shape[:axis]), product(*shape[axis:]))
    return shapes.reshape(call.network, call.at, x, sizes)


def transpose(call: Call) -> Tensor | None:
    """Transpose: no layer, but another order of axes in the file."""
    x = call.tensor(0)
    if x.rank is None:
        return None
    order = call.listed("perm", [*range(x.rank)][::-1])
    return shapes.transpose(x, order)


def squeeze(call: Call) -> Tensor:
    """Squeeze of some axes, or of all that have a size of 1."""
    axes = call.listed("axes") if "axes" in call.given else None
    return shapes.squeeze(call.network, call.at, call.tensor(0), axes)


def unsqueeze(call: Call) -> Tensor:
    """Unsqueeze: axes of size 1."""
    return shapes.unsqueeze(call.network, call.at, call.tensor(0), call.listed("axes"))


def concat(call: Call) -> Tensor:
    """Concat of tensors, of which some may be constant."""
    axis = call.whole("axis", 1)
    tensors = call.tensors()
    if not tensors:
        raise Unfit
    if len(tensors) == len(call.node.inputs):
        return shapes.concat(call.network, call.at, tensors, axis)
    rows: list[Shape | None] = []
    for place in range(len(call.node.inputs)):
        tensor, known = call.maybe(place), call.known(place)
        if tensor is not None:
            rows.append(call.network.shape(tensor))
        else:
            rows.append(None if known is None or known.array is None else known.array.shape)
    first = next((shape for shape in rows if shape is not None), None)
    shape = None
    if first is not None and -len(first) <= axis < len(first):
        at = axis % len(first)
        parts = [None if row is None or len(row) != len(first) else row[at] for row in rows]
        total = None if None in parts else sum(part or 0 for part in parts)
        shape = (*first[:at], total, *first[at + 1 :])
    arrays = call.kept(False)
    return call.network.operation(call.at, tensors, [shape], arrays, kept=_whole(tensors))[0]


def _whole(tensors: Sequence[Tensor]) -> Tensor | None:
    """Return the tensor whose axes the others have, too, in the same order."""
    first = tensors[0]
    return first if all(tensor.axes == first.axes for tensor in tensors) else None


def cut(call: Call) -> Tensor | None:
    """Slice: a part of one axis is a slice of ours, of several an operation."""
    x = call.tensor(0)
    shape = call.network.shape(x)
    if shape is None:
        return None
    places = sliced(shape, call.given)
    parts = [
        (axis, place) for axis, (size, place) in enumerate(zip(shape, places, strict=True))
        if place is None or place != range(size or 0)
    ]  # fmt: skip
    if not parts:
        return shapes.identity(call.network, call.at, x)
    axis, place = parts[0]
    if len(parts) == 1 and place is not None and place.step == 1 and len(place):
        return shapes.cut(call.network, call.at, x, axis, place.start, place.stop)
    sizes = tuple(None if place is None else len(place) for place in places)
    return call.network.operation(call.at, [x], [sizes], kept=x)[0]


def split(call: Call) -> Sequence[Tensor]:
    """Split into parts, one an output."""
    x = call.tensor(0)
    shape, axis = call.network.shape(x), x.counted(call.whole("axis", 0))
    if shape is None or axis is None:
        raise Unfit
    sizes = parts_of(shape[axis], call.given, len(call.node.outputs))
    whole = [size for size in sizes if size is not None and size >= 0]
    if len(whole) < len(call.node.outputs):
        raise Unfit
    return shapes.split(call.network, call.at, x, axis, whole[: len(call.node.outputs)])


def gather(call: Call) -> Tensor | None:
    """Gather: rows of a table, one place of an axis, or several."""
    axis = call.whole("axis", 0)
    x = call.maybe(0)
    if x is None:
        return gather_rows(call) if axis == 0 else None
    known, index = call.known(1), call.maybe(1)
    array = None if known is None else known.array
    at = x.counted(axis)
    if at is None:
        raise Unfit
    if array is not None and array.shape == ():
        return shapes.taken(call.network, call.at, x, at)
    shape = call.network.shape(x)
    where = call.network.shape(index) if index is not None else array.shape if array else None
    sizes = None if shape is None or where is None else (*shape[:at], *where, *shape[at + 1 :])
    return call.network.operation(call.at, call.tensors(), [sizes])[0]


def like(place: int) -> Handler:
    """Return the handler of what has the shape of one of its inputs."""

    def handler(call: Call) -> Tensor:
        x = call.maybe(place)
        known = call.known(place)
        shape = call.network.shape(x) if x is not None else known.shape if known else None
        return call.network.operation(
            call.at, call.tensors(), [shape], call.kept(False), kept=x
        )[0]  # fmt: skip

    return handler


def expand(call: Call) -> Tensor | None:
    """Expand: axes of size 1 are stretched."""
    x = call.tensor(0)
    target = call.given.get("shape")
    if not isinstance(target, list):
        return None
    shape = broadcast(call.network.shape(x), tuple(target))
    if shape is None:
        return None
    return shapes.expanded(call.network, call.at, x, shape)


def tile(call: Call) -> Tensor | None:
    """Tile: axes are repeated."""
    x = call.tensor(0)
    times, shape = call.listed("repeats"), call.network.shape(x)
    if shape is None or len(times) != len(shape):
        return None
    sizes = tuple(product(size, by) for size, by in zip(shape, times, strict=True))
    return call.network.operation(call.at, [x], [sizes], kept=x)[0]


def _reduced(function: str) -> Handler:
    """Return the handler of a reduction; over all positions some are pools."""

    def handler(call: Call) -> Tensor:
        x = call.tensor(0)
        axes = call.listed("axes") if "axes" in call.given else None
        if axes is None and call.whole("noop_with_empty_axes", 0) == 1:
            return shapes.identity(call.network, call.at, x)
        keep = call.whole("keepdims", 1) == 1
        return shapes.reduced(call.network, call.at, function, x, axes, keep)

    return handler


def _arg(call: Call) -> Tensor:
    """ArgMax and ArgMin: the place along one axis."""
    x = call.tensor(0)
    shape = call.network.shape(x)
    given = {"axes": [call.whole("axis", 0)], "keepdims": call.whole("keepdims", 1)}
    sizes = None if shape is None else reduced_shape(shape, given)[0]
    keep = given["keepdims"] == 1
    return call.network.operation(call.at, [x], [sizes], kept=x if keep else None)[0]


def one_hot(call: Call) -> Tensor:
    """OneHot: one more axis."""
    x = call.tensor(0)
    shape, depth = call.network.shape(x), call.given.get("depth")
    if shape is None:
        raise Unfit
    axis = call.whole("axis", -1) % (len(shape) + 1)
    size = int(depth) if isinstance(depth, int | float) else None
    added = unsqueezed(shape, [axis])
    sizes = (*added[:axis], size, *added[axis + 1 :])
    return call.network.operation(call.at, [x], [sizes])[0]


def top_k(call: Call) -> Sequence[Tensor]:
    """TopK: the largest values along an axis, and where they stand."""
    x = call.tensor(0)
    shape, axis = call.network.shape(x), x.counted(call.whole("axis", -1))
    if shape is None or axis is None:
        raise Unfit
    k = call.given.get("k")
    size = k if type(k) is int and k >= 0 else None
    sizes = (*shape[:axis], size, *shape[axis + 1 :])
    return call.network.operation(call.at, [x], [sizes, sizes], kept=x)


OPERATORS: dict[str, Handler] = {
    "ArgMax": _arg,
    "ArgMin": _arg,
    "Concat": concat,
    "Expand": expand,
    "Flatten": flatten,
    "Gather": gather,
    "GatherElements": like(1),
    "OneHot": one_hot,
    "Reshape": reshape,
    "ScatterElements": like(0),
    "ScatterND": like(0),
    "Slice": cut,
    "Split": split,
    "Squeeze": squeeze,
    "Tile": tile,
    "TopK": top_k,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
    **{
        f"Reduce{name}": _reduced(function)
        for name, function in (
            ("L1", "l1"), ("L2", "l2"), ("LogSum", "log_sum"), ("LogSumExp", "log_sum_exp"),
            ("Max", "max"), ("Mean", "mean"), ("Min", "min"), ("Prod", "prod"), ("Sum", "sum"),
            ("SumSquare", "sum_square"),
        )
    },
}  # fmt: skip
