"""What moves values in PyTorch, joins, cuts and reduces them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shapecalc.readers.pytorch.calls import Call, Fixed, Unfit
from shapecalc.readers.tensors import shapes
from shapecalc.readers.tensors.values import Shape, Tensor

Handler = Callable[[Call], Tensor | list[Tensor]]
SAME = (
    "contiguous", "clone", "detach", "alias", "lift_fresh", "lift_fresh_copy", "_to_copy",
    "type_as", "positive",
)  # fmt: skip
REDUCTIONS = {
    "mean.dim": "mean", "mean.default": "mean", "sum.dim_IntList": "sum", "sum.default": "sum",
    "amax.default": "max", "amin.default": "min", "prod.dim_int": "prod", "var.dim": "var",
    "var.correction": "var", "std.dim": "std", "std.correction": "std", "all.dim": "all",
    "any.dim": "any", "logsumexp.default": "logsumexp", "argmax.default": "argmax",
    "argmin.default": "argmin", "linalg_vector_norm.default": "norm",
}  # fmt: skip


def same(call: Call) -> Tensor:
    """Return what comes in: a copy, another type, another place in memory."""
    return call.tensor("self")


# -- shapes ----------------------------------------------------------------------------------------


def reshape(argument: str) -> Handler:
    """Return what adds a reshape to sizes, of which one may be -1."""

    def add(call: Call) -> Tensor:
        x = call.tensor("self")
        return shapes.reshape(
            call.network, call.node, x, shapes.filled_in(call.network, x, call.sizes(argument))
        )

    return add


def flatten(call: Call) -> Tensor:
    """Add a flatten from one axis to another."""
    start, end = call.integer("start_dim"), call.integer("end_dim")
    return shapes.flatten(call.network, call.node, call.tensor("self"), start, end)


def unflatten(call: Call) -> Tensor:
    """Add a reshape of one axis into several."""
    x = call.tensor("self")
    shape, at = call.network.shape(x), x.counted(call.integer("dim"))
    if shape is None or at is None:
        raise Unfit
    sizes = call.sizes("sizes")
    known = [size for size in sizes if size not in (-1, None)]
    if None in sizes or sizes.count(-1) > 1 or 0 in known:
        raise Unfit
    rest = 1
    for size in known:
        rest *= size or 1
    own = shape[at]
    filled = [None if own is None else own // rest if size == -1 else size for size in sizes]
    return shapes.reshape(call.network, call.node, x, (*shape[:at], *filled, *shape[at + 1 :]))


def squeeze(call: Call) -> Tensor:
    """Add a squeeze of some axes, or of all of size 1."""
    axes = call.ints("dim") if "dim" in call.args else None
    return shapes.squeeze(call.network, call.node, call.tensor("self"), axes)


def unsqueeze(call: Call) -> Tensor:
    """Add an axis of size 1."""
    return shapes.unsqueeze(call.network, call.node, call.tensor("self"), call.ints("dim"))


def order_of(operator: str, args: Mapping[str, object], rank: int) -> Sequence[int] | None:
    """Return the order in which an operator puts axes; None for one that puts them in none."""
    pairs = {"transpose.int": ("dim0", "dim1"), "swapaxes.default": ("axis0", "axis1")}
    if operator == "permute.default":
        dims = args.get("dims")
        listed = dims if isinstance(dims, list) else []
        found = [axis % rank for axis in listed if type(axis) is int and -rank <= axis < rank]
        return found if sorted(found) == list(range(rank)) else None
    if operator in ("t.default", "numpy_T.default", "mT.default", "adjoint.default"):
        one, other = (-1, -2) if rank > 1 else (0, 0)
    elif operator in pairs:
        values = [args.get(name) for name in pairs[operator]]
        whole = [axis for axis in values if type(axis) is int and -rank <= axis < rank]
        if len(whole) < 2:
            return None
        one, other = whole
    elif operator.startswith("movedim."):
        return _moved(args.get("source"), args.get("destination"), rank)
    else:
        return None
    order = list(range(rank))
    if rank:
        order[one], order[other] = order[other], order[one]
    return order


def _moved(source: object, destination: object, rank: int) -> Sequence[int] | None:
    pairs = []
    for written in (source, destination):
        listed = written if isinstance(written, list) else [written]
        axes = [axis % rank for axis in listed if type(axis) is int and -rank <= axis < rank]
        if len(set(axes)) < len(listed):
            return None
        pairs.append(axes)
    moved, places = pairs
    if len(moved) != len(places):
        return None
    rest = iter(axis for axis in range(rank) if axis not in moved)
    return [moved[places.index(place)] if place in places else next(rest) for place in range(rank)]


def transpose(call: Call) -> Tensor:
    """Return a tensor with its axes in another order."""
    x = call.tensor("self")
    order = None if x.rank is None else order_of(call.operator, call.args, x.rank)
    found = None if order is None else shapes.transpose(x, order)
    if found is None:
        raise Unfit
    return found


# -- parts -----------------------------------------------------------------------------------------


def slice_(call: Call) -> Tensor:
    """Add a part of an axis. A whole axis is what comes in."""
    x, step = call.tensor("self"), call.integer("step")
    shape, at = call.network.shape(x), x.counted(call.integer("dim"))
    size = None if shape is None or at is None else shape[at]
    start, stop = call.value("start"), call.value("end")
    if (start in (None, 0) and stop is None and step == 1) or (
        start in (None, 0) and step == 1 and type(stop) is int and stop >= 2**62
    ):
        return x
    if shape is None or at is None or size is None or step < 1:
        raise Unfit
    if not all(edge is None or type(edge) is int for edge in (start, stop)):
        raise Unfit
    first, last, _ = slice(start, stop).indices(size)
    if (first, last, step) == (0, size, 1):
        return x
    if step == 1:
        return shapes.cut(call.network, call.node, x, at, first, last)
    left = len(range(first, last, step))
    return _kept(call, x, (*shape[:at], left, *shape[at + 1 :]))


def narrow(call: Call) -> Tensor:
    """Add a part of an axis by its length."""
    start = call.integer("start")
    return shapes.cut(
        call.network, call.node, call.tensor("self"), call.integer("dim"), start,
        start + call.integer("length"),
    )  # fmt: skip


def select(call: Call) -> Tensor:
    """Add one place of an axis, which goes."""
    place = call.value("index")
    return shapes.taken(
        call.network, call.node, call.tensor("self"), call.integer("dim"),
        place if type(place) is int else None,
    )  # fmt: skip


def split(call: Call) -> list[Tensor]:
    """Add all parts of an axis: as many as there are, of one size, or of sizes of their own."""
    x, axis = call.tensor("self"), call.integer("dim")
    shape, at = call.network.shape(x), x.counted(axis)
    size = None if shape is None or at is None else shape[at]
    named = [n for n in ("chunks", "split_sizes", "split_size") if call.args.get(n)]
    if not named:
        raise Unfit
    name = named[0]
    written, outputs = call.ints(name), len(call.written.outputs)
    if name == "split_sizes" or isinstance(call.args.get(name), list):
        sizes = written
    elif size is None or written[0] < 1:
        raise Unfit
    else:
        each = max(1, -(-size // written[0]) if name == "chunks" else written[0])
        if -(-size // each) != outputs:
            raise Unfit
        sizes = [min(each, size - start) for start in range(0, size, each)]
    if len(sizes) != outputs or not all(part > 0 for part in sizes):
        raise Unfit
    return shapes.split(call.network, call.node, x, axis, sizes)


def unbind(call: Call) -> list[Tensor]:
    """Add every place of an axis, which goes."""
    x = call.tensor("self")
    shape, at = call.network.shape(x), x.counted(call.integer("dim"))
    if shape is None or at is None:
        raise Unfit
    left = shape[:at] + shape[at + 1 :]
    return call.network.operation(call.node, [x], [left] * call.used)


def cat(call: Call) -> Tensor:
    """Add tensors behind each other, arrays among them, too."""
    given, axis = call.listed("tensors"), call.integer("dim")
    tensors = [one for one in given if isinstance(one, Tensor)]
    if tensors and len(tensors) == len(given):
        return shapes.concat(call.network, call.node, tensors, axis)
    shape = _behind(call, axis)
    return call.network.operation(call.node, tensors, [shape], call.bases)[0]


def _behind(call: Call, axis: int) -> Shape | None:
    found = [call.graph.shape(one) for one in call.listed("tensors")]
    known = [shape for shape in found if shape is not None]
    if not known or len(known) < len(found) or len({len(shape) for shape in known}) != 1:
        return None
    rank = len(known[0])
    if not -rank <= axis < rank:
        raise Unfit
    at = axis % rank
    sizes = [size for shape in known if (size := shape[at]) is not None]
    total = sum(sizes) if len(sizes) == len(known) else None
    return (*known[0][:at], total, *known[0][at + 1 :])


def stack(call: Call) -> Tensor:
    """Add tensors beside each other, along a new axis."""
    given, axis = call.listed("tensors"), call.integer("dim")
    shape = call.graph.shape(given[0]) if given else None
    if shape is None or not -len(shape) - 1 <= axis <= len(shape):
        raise Unfit
    at = axis % (len(shape) + 1)
    whole = (*shape[:at], len(given), *shape[at:])
    return call.network.operation(call.node, call.tensors, [whole], call.bases)[0]


# -- other things ----------------------------------------------------------------------------------


def expand(call: Call) -> Tensor:
    """Add a stretching of axes of size 1; -1 keeps a size."""
    x = call.tensor("self")
    shape, target = call.network.shape(x), call.sizes("size")
    if shape is None or len(target) < len(shape):
        raise Unfit
    own = (*[1] * (len(target) - len(shape)), *shape)
    sizes = tuple(old if new == -1 else new for old, new in zip(own, target, strict=True))
    if sizes == shape:
        return x
    return shapes.expanded(call.network, call.node, x, sizes)


def expand_as(call: Call) -> Tensor:
    """Add a stretching to the shape of another tensor."""
    x, target = call.tensor("self"), call.graph.shape(call.given("other"))
    if target is None or len(target) != x.rank:
        raise Unfit
    return shapes.expanded(call.network, call.node, x, target)


def repeat(call: Call) -> Tensor:
    """Add a tensor several times along its axes."""
    x, times = call.tensor("self"), call.ints("repeats")
    shape = call.network.shape(x)
    if shape is None or len(times) < len(shape):
        raise Unfit
    own = (*[1] * (len(times) - len(shape)), *shape)
    sizes = tuple(None if s is None else s * t for s, t in zip(own, times, strict=True))
    return _kept(call, x, sizes)


def kept(call: Call) -> Tensor:
    """Add what puts values in other places of the same volume."""
    x = call.tensor("self")
    return _kept(call, x, call.network.shape(x))


def _kept(call: Call, x: Tensor, shape: Shape | None) -> Tensor:
    alike = shape is None or len(shape) == x.rank
    return call.network.operation(call.node, [x], [shape], kept=x if alike else None)[0]


def reduced(function: str) -> Handler:
    """Return what adds mean, max, ... over some axes, or over all."""

    def add(call: Call) -> Tensor:
        written = call.args.get("dim")
        axes = None if written in (None, []) else call.ints("dim")
        keep = call.value("keepdim") is True
        return shapes.reduced(call.network, call.node, function, call.tensor("self"), axes, keep)

    return add


def extreme(function: str) -> Handler:
    """Return what adds max or min along an axis, where its places come out as well."""
    alone = reduced(function)

    def add(call: Call) -> Tensor:
        if call.used > 1:
            raise Unfit
        return alone(call)  # type: ignore[return-value]

    return add


def gathered(call: Call) -> Tensor:
    """Add the rows of a tensor that an array or a tensor of numbers names."""
    x, rows = call.tensor("self"), call.given("index")
    shape, at = call.network.shape(x), x.counted(call.integer("dim"))
    count = call.graph.shape(rows)
    if shape is None or at is None or not isinstance(rows, Fixed) or count is None:
        raise Unfit
    if rows.bases or len(count) != 1:
        raise Unfit
    return _kept(call, x, (*shape[:at], count[0], *shape[at + 1 :]))


OPERATORS: Mapping[str, Handler] = {
    **{f"{name}.default": same for name in SAME},
    "to.dtype": same,
    "to.device": same,
    "to.dtype_layout": same,
    "to.other": same,
    "view.default": reshape("size"),
    "_unsafe_view.default": reshape("size"),
    "reshape.default": reshape("shape"),
    "flatten.using_ints": flatten,
    "unflatten.int": unflatten,
    **dict.fromkeys(("squeeze.default", "squeeze.dim", "squeeze.dims"), squeeze),
    "unsqueeze.default": unsqueeze,
    **dict.fromkeys(
        ("permute.default", "transpose.int", "swapaxes.default", "t.default", "numpy_T.default",
         "mT.default", "movedim.int", "movedim.intlist"),
        transpose,
    ),
    "slice.Tensor": slice_,
    "narrow.default": narrow,
    "select.int": select,
    **dict.fromkeys(
        ("chunk.default", "split.Tensor", "split.sizes", "split.default",
         "split_with_sizes.default"),
        split,
    ),
    "unbind.int": unbind,
    **dict.fromkeys(("cat.default", "concat.default"), cat),
    "stack.default": stack,
    "expand.default": expand,
    "expand_as.default": expand_as,
    "repeat.default": repeat,
    "roll.default": kept,
    "flip.default": kept,
    "tril.default": kept,
    "triu.default": kept,
    **{name: reduced(function) for name, function in REDUCTIONS.items()},
    "max.dim": extreme("max"),
    "min.dim": extreme("min"),
    "index_select.default": gathered,
}  # fmt: skip
# What moves values of an array and loses none: what it gives is the same array still.
WHOLE = frozenset(
    name for name, handler in OPERATORS.items()
    if handler in (same, unflatten, squeeze, unsqueeze, flatten, transpose)
) | {"view.default", "_unsafe_view.default", "reshape.default"}  # fmt: skip
