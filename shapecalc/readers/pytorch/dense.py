"""PyTorch's products: dense layers, products of tensors, attention, recurrent layers, tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from shapecalc.readers.pytorch.calls import Call, Fixed, Given, Unfit, bases_of, whole
from shapecalc.readers.tensors import dense
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, broadcast
from shapecalc.readers.tensors.values import product as values_product

Handler = Callable[[Call], Tensor | list[Tensor]]
LONGEST_EQUATION = 500


def linear(call: Call) -> Tensor:
    """Add a dense layer. Its weight is units x inputs."""
    weight, bias = call.constant("weight"), call.optional("bias")
    if len(weight.shape) != 2:
        raise Unfit
    return dense.linear(call.network, call.node, call.tensor("input"), weight, bias, call.stated())


def addmm(call: Call) -> Tensor:
    """Add a dense layer after decomposition: bias + x times weight, which is inputs x units."""
    if call.value("beta") != 1 or call.value("alpha") != 1:
        raise Unfit
    return _by_matrix(call, "mat1", "mat2", call.constant("self"))


def _by_matrix(call: Call, x: str, matrix: str, bias: Constant | None = None) -> Tensor:
    weight = call.constant(matrix)
    if len(weight.shape) != 2 or (bias is not None and bias.shape != weight.shape[1:]):
        raise Unfit
    turned = weight.transposed((1, 0))
    return dense.linear(call.network, call.node, call.tensor(x), turned, bias, call.stated())


def product(first: str, second: str) -> Handler:
    """Return what adds the product of two: a dense layer where the second one is a matrix."""

    def add(call: Call) -> Tensor:
        a, b = call.given(first), call.given(second)
        if isinstance(a, Tensor) and isinstance(b, Fixed) and len(b.shape or ()) == 2:
            try:
                return _by_matrix(call, first, second)
            except Unfit:
                pass
        return _product(call, a, b, [one for one in call.tensors if one not in (a, b)])

    return add


def _product(call: Call, a: Given | None, b: Given | None, rest: Sequence[Tensor]) -> Tensor:
    """Add a product, of which one may be an array, as an operation with the MACs that it takes."""
    one, other = call.graph.shape(a), call.graph.shape(b)
    if not one or not other:
        raise Unfit
    shape: Shape | None
    if len(one) == 1 or len(other) == 1:
        shape = (*one[:-1], *other[:-2], *other[-1:]) if len(other) > 1 else one[:-1]
    else:
        front = broadcast(one[:-2], other[:-2])
        shape = None if front is None else (*front, one[-2], other[-1])
    tensors = [given for given in (a, b) if isinstance(given, Tensor)]
    return dense.product_of(call.network, call.node, [*tensors, *rest], shape or call.stated(),
                            one[-1], call.bases)  # fmt: skip


def einsum(call: Call) -> Tensor:
    """Add a product by an equation: MACs are the product of the sizes of all its letters."""
    written = call.value("equation")
    equation = re.sub(r"\s+", "", written) if isinstance(written, str) else ""
    left, arrow, right = equation.partition("->")
    terms, given = left.split(","), call.listed("tensors")
    letters = left.replace(",", "") + right
    if not arrow or len(equation) > LONGEST_EQUATION or len(terms) != len(given):
        raise Unfit
    if not letters.isalpha():  # an ellipsis
        raise Unfit
    sizes: dict[str, int | None] = {}
    for term, one in zip(terms, given, strict=True):
        shape = call.graph.shape(one)
        if shape is None or len(shape) != len(term):
            raise Unfit
        sizes.update(zip(term, shape, strict=True))
    if not set(right) <= sizes.keys():
        raise Unfit
    inner: int | None = 1
    for letter in sizes.keys() - set(right):
        size = sizes[letter]
        inner = None if inner is None or size is None else inner * size
    shape = tuple(sizes[letter] for letter in right)
    pairs = zip(terms, given, strict=True)
    computed = [(term, one) for term, one in pairs if isinstance(one, Tensor)]
    kept = dense.laid_by_letters(call.network, call.node, computed, right)
    return dense.product_of(
        call.network, call.node, call.tensors, shape, inner, bases_of(given), kept
    )


def attention(call: Call) -> Tensor:
    """Add attention without its projections."""
    q, k, v = (call.tensor(name) for name in ("query", "key", "value"))
    mask = call.given("attn_mask")
    if bases_of([] if mask is None else [mask]):
        raise Unfit
    rest = [mask] if isinstance(mask, Tensor) else []
    return dense.attention(call.network, call.node, q, k, v, rest)


def recurrent(call: Call) -> list[Tensor]:
    """Add an RNN, LSTM or GRU of some layers, in one direction or both."""
    x, given = call.tensor("input"), call.listed("params")
    arrays = [whole(one) for one in given]
    layers = call.integer("num_layers")
    matrices = [array for array in arrays if len(array.shape) == 2]
    shape = call.network.shape(x)
    if len(matrices) < 2 or layers < 1 or call.args.get("data") is not None:
        raise Unfit
    both = call.value("bidirectional") is True
    h = matrices[-1].shape[0] if len(matrices) == 3 * layers * (1 + both) else matrices[1].shape[1]
    output: Shape | None = None
    steps = None
    if shape is not None and len(shape) > 1:
        output = (*shape[:-1], h * (1 + both))
        steps = shape[1 if call.value("batch_first") is True and len(shape) == 3 else 0]
    rest = [one for one in call.listed("hx") if isinstance(one, Tensor)]
    shapes = [output, *(call.stated(number) for number in range(1, call.used))]
    # A state is layers x batch x units, whichever axis of the sequence is the batch.
    state = None if x.batch is None else 1
    batches = [x.batch, *[state] * (len(shapes) - 1)]
    return dense.recurrent(call.network, call.node, x, rest, shapes, arrays, steps, batches)


def embedding(call: Call) -> Tensor:
    """Add a table of which each number that comes in takes a row."""
    return dense.embedding(call.network, call.node, call.tensor("indices"), call.constant("weight"))


# Products, and the argument whose last axis they sum over.
SUMMED = {"addmm": "mat1", "mm": "self", "bmm": "self", "matmul": "self", "baddbmm": "batch1"}


def macs_of(call: Call) -> int | None:
    """Return the MACs of a product that no kind takes; None where they do not follow.

    Of a convolution or a dense layer each output value takes as many as the weight has values for
    each filter.
    """
    name, shape = call.operator.partition(".")[0], call.stated()
    summed = call.graph.shape(call.given(SUMMED.get(name, "")))
    if name in ("linear", "conv1d", "conv2d", "conv3d"):
        each = (call.graph.shape(call.given("weight")) or ())[1:]
    else:
        each = (summed or ())[-1:]
    if not each or shape is None:
        return None
    macs = values_product(*shape, *each)
    batched = any(tensor.batch is not None for tensor in call.tensors)
    return macs // call.network.batch if macs is not None and batched else macs


OPERATORS: Mapping[str, Handler] = {
    "linear.default": linear,
    "addmm.default": addmm,
    "mm.default": product("self", "mat2"),
    "bmm.default": product("self", "mat2"),
    "matmul.default": product("self", "other"),
    "baddbmm.default": product("batch1", "batch2"),
    "einsum.default": einsum,
    "scaled_dot_product_attention.default": attention,
    "_scaled_dot_product_flash_attention_for_cpu.default": attention,
    "lstm.input": recurrent,
    "gru.input": recurrent,
    "rnn_tanh.input": recurrent,
    "rnn_relu.input": recurrent,
    "embedding.default": embedding,
}
