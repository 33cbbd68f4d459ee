"""ONNX' products of matrices: dense layers, products of two tensors, recurrent layers; tables."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.onnx.constants import Known
from shapecalc.readers.onnx.evaluation.arrays import Unfit, broadcast
from shapecalc.readers.tensors import dense
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, product

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def gemm(call: Call) -> Tensor | None:
    """Gemm: A B + C, of which B is the weight, inputs x units unless it is transposed."""
    if call.whole("transA", 0):
        return None
    return _linear(call, call.weight(1), call.whole("transB", 0) == 1, call.known(2), call.has(2))


def matmul(call: Call) -> Tensor | None:
    """MatMul: with a constant behind it is a dense layer, whose bias is the sum that follows."""
    a, b = call.maybe(0), call.maybe(1)
    if a is not None and b is not None:
        return dense.matmul(call.network, call.at, a, b, call.stated)
    if a is None or call.known(1) is None:
        return _with_constant(call)
    known = call.known(1)
    if known is None or known.weight() is None or len(known.shape or ()) != 2:
        return _with_constant(call)
    return _linear(call, call.weight(1), False, None, False)


def quantized_matmul(call: Call) -> Tensor | None:
    """QLinearMatMul: an array, its scale and its zero point, twice; those of what comes out."""
    return _linear(call, call.weight(3), False, None, False)


def integer_matmul(call: Call) -> Tensor | None:
    """MatMulInteger: 8-bit numbers."""
    return _linear(call, call.weight(1), False, None, False)


def _linear(
    call: Call, weight: Constant, transposed: bool, bias: Known | None, has_bias: bool
) -> Tensor | None:
    if len(weight.shape) != 2:
        return None
    weight = weight if transposed else weight.transposed((1, 0))
    units, stated = weight.shape[0], call.stated
    found = None
    if has_bias:
        found = None if bias is None else bias.weight("bias")
        if found is None or found.size != units:  # of another shape: it is added as it is
            return _operation(call, weight)
        found = found.reshaped((units,))
    elif call.node.op == "MatMul":
        found = _sum_behind(call, units)
    return dense.linear(call.network, call.at, call.tensor(0), weight, found, stated)


def _operation(call: Call, weight: Constant) -> Tensor:
    """Add a dense layer whose bias no kind has."""
    x = call.tensor(0)
    shape = call.network.shape(x)
    out = None if shape is None else (*shape[:-1], weight.shape[0])
    return dense.product_of(call.network, call.at, [x], out, weight.shape[1], call.kept())


def _sum_behind(call: Call, units: int) -> Constant | None:
    """Return the bias that is added to a product by the node behind it, which is done with."""
    translation = call.translation
    output = call.node.outputs[0]
    users = translation.network.layouts.users(output)
    if len(users) != 1 or users[0].what != "Add" or output in translation.ends:
        return None
    added = translation.files[id(users[0])]
    others = [name for name in added.inputs if name != output]
    known = translation.constants.found.get(others[0]) if len(others) == 1 else None
    bias = None if known is None else known.weight("bias")
    if known is None or bias is None or not known.counts or known.shape is None:
        return None
    if bias.size != units or known.shape[-1:] != (units,):
        return None
    translation.same[id(users[0])] = output
    translation.forget(output)
    return bias.reshaped((units,))


def _with_constant(call: Call) -> Tensor | None:
    """Add a product with an array that is no matrix, or stands in front; a table is no weight."""
    place = 0 if call.maybe(0) is None else 1
    x, known = call.tensor(1 - place), call.known(place)
    shape = call.network.shape(x)
    if known is None or known.shape is None or shape is None:
        return None
    one, other = (known.shape, shape) if place == 0 else (shape, known.shape)
    out = _product_shape(one, other)
    arrays = known.counted(True) if place else known.behind
    return dense.product_of(call.network, call.at, [x], out, one[-1], arrays)


def _product_shape(one: Shape, other: Shape) -> Shape:
    """Return the shape of a product of matrices; a vector stands for one row or column."""
    if not one or not other:
        raise Unfit
    rows, columns = one[-2:-1], other[-1:] if len(other) > 1 else ()
    return (*broadcast([one[:-2], other[:-2]]), *rows, *columns)


def einsum(call: Call) -> Tensor | None:
    """Einsum: each index has a size; MACs are the product of all."""
    equation = call.text("equation", "").replace(" ", "")
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if not arrow or "." in equation or len(terms) != len(call.node.inputs):
        return None
    sizes: dict[str, int | None] = {}
    for place, term in enumerate(terms):
        tensor, known = call.maybe(place), call.known(place)
        shape = call.network.shape(tensor) if tensor else known.shape if known else None
        if shape is None or len(shape) != len(term):
            return None
        sizes.update(zip(term, shape, strict=True))
    if not set(right) <= sizes.keys():
        return None
    outer = product(*(sizes[index] for index in right))
    inner = product(*(size for index, size in sizes.items() if index not in right))
    shape = tuple(sizes[index] for index in right)
    macs_each = inner if len(terms) > 1 and outer is not None else 0
    computed = [(term, one) for place, term in enumerate(terms) if (one := call.maybe(place))]
    kept = dense.laid_by_letters(call.network, call.at, computed, right)
    return dense.product_of(
        call.network, call.at, call.tensors(), shape, macs_each, call.kept(), kept
    )


def recurrent(call: Call) -> Sequence[Tensor]:
    """LSTM, GRU, RNN: x is steps x batch x inputs; W, R and B have a part for each direction."""
    x, W, R = call.tensor(0), call.known(1), call.known(2)
    if W is None or R is None or W.shape is None or len(W.shape) != 3:
        raise Unfit
    shape = call.network.shape(x) or (None, None, None)
    directions, units = W.shape[0], W.shape[1] // GATES[call.node.op]
    batched = call.whole("layout", 0) == 1
    if len(shape) != 3:
        raise Unfit
    steps, batch = (shape[1], shape[0]) if batched else (shape[0], shape[1])
    last = (batch, directions, units) if batched else (directions, batch, units)
    every = (batch, steps, directions, units) if batched else (steps, directions, batch, units)
    shapes: Sequence[Shape | None] = (every, last, last)[: max(len(call.node.outputs), 1)]
    arrays = [*W.counted(True), *R.counted(True)]
    bias = call.known(3)
    if bias is not None:
        arrays += [array.of_role("bias") for array in bias.counted(True)]
    peepholes = call.known(7)
    if peepholes is not None:
        arrays += peepholes.counted(True)
    rest = [tensor for tensor in call.tensors() if tensor is not x]
    axes = [(1, 2, 3), (1, 2), (1, 2)] if batched else [(0, 1, 3), (0, 2), (0, 2)]
    kept = [Tensor(x.source, len(one) + 1, one) for one in axes]
    inner = W.shape[1] * (W.shape[2] + units) * directions  # every matrix, once at each step
    macs = None if steps is None else inner * steps
    return call.network.operation(call.at, [x, *rest], shapes, arrays, macs=macs, kept=kept)


def gather_rows(call: Call) -> Tensor:
    """Gather of a constant along its first axis: a table of which each number takes a row."""
    known, ids = call.known(0), call.tensor(1)
    shape = call.network.shape(ids)
    if known is None or known.shape is None:
        raise Unfit
    out = None if shape is None else (*shape, *known.shape[1:])
    return call.network.operation(call.at, [ids], [out], known.counted(True))[0]


OPERATORS: dict[str, Handler] = {
    "Einsum": einsum,
    "GRU": recurrent,
    "Gemm": gemm,
    "LSTM": recurrent,
    "MatMul": matmul,
    "MatMulInteger": integer_matmul,
    "QLinearMatMul": quantized_matmul,
    "RNN": recurrent,
}
