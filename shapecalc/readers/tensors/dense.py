"""Products with matrices: dense layers, products of two tensors, attention, recurrent layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, broadcast, product


def linear(
    network: Network,
    node: Node,
    x: Tensor,
    weight: Constant,
    bias: Constant | None,
    shape: Shape | None = None,
) -> Tensor:
    """Add a dense layer along the file's last axis. `weight` is units x inputs.

    `shape` is the output's in the file, where it tells.
    """
    units = weight.shape[0]
    arrays = {"weight": weight} | ({} if bias is None else {"bias": bias})
    found = network.with_depth(node, x, -1)
    if found is None or not units or not network.can_hold("dense", arrays):
        return _operation(network, node, x, weight, bias, shape)
    fields = {"units": units}
    if len(found.axes) > 1:
        fields["flatten"] = False
    if bias is None:
        fields["bias"] = False
    value = network.add(node, "dense", fields, [found], arrays)
    network.claim_weights(value, weight)
    return value


def _operation(
    network: Network,
    node: Node,
    x: Tensor,
    weight: Constant,
    bias: Constant | None,
    shape: Shape | None,
) -> Tensor:
    """Add a dense layer that no kind holds: its array is another's, or it mixes the batch."""
    sizes = network.shape(x)
    if shape is None and sizes:
        shape = (*sizes[:-1], weight.shape[0])
    values = product(*sizes) if sizes else None
    macs = None if values is None else values * weight.shape[0] // network.batch
    own = [weight] if bias is None else [weight, bias]
    return network.operation(node, [x], [shape], own, macs=macs)[0]


def matmul(
    network: Network, node: Node, a: Tensor, b: Tensor, shape: Shape | None = None
) -> Tensor:
    """Add the product of two tensors: of their last two axes, the others stretched."""
    one, other = network.shape(a), network.shape(b)
    if shape is None and one and other and len(one) > 1 and len(other) > 1:
        front = broadcast(one[:-2], other[:-2])
        shape = None if front is None else (*front, one[-2], other[-1])
    return product_of(network, node, [a, b], shape, one[-1] if one else None)


def product_of(
    network: Network,
    node: Node,
    sources: Sequence[Tensor],
    shape: Shape | None,
    inner: int | None,
    constants: Sequence[Constant] = (),
    kept: Tensor | None = None,
) -> Tensor:
    """Add a product each of whose values is a sum of `inner` products.

    `kept` is how the axes lie of what comes out, where more than its shape tells that.
    """
    values = None if shape is None else product(*shape)
    macs = None if values is None or inner is None else values * inner
    if macs is not None and any(source.batch is not None for source in sources):
        macs //= network.batch
    return network.operation(node, sources, [shape], constants, macs=macs, kept=kept)[0]


def laid_by_letters(
    network: Network, node: Node, terms: Iterable[tuple[str, Tensor]], right: str
) -> Tensor | None:
    """Return how the axes of an equation's output lie: the batch is where its letter stands.

    `terms` are the tensors with their letters. None where they do not agree on the batch's letter.
    """
    letters = {term[one.batch] for term, one in terms if one.batch is not None}
    if len(letters) != 1:
        return None
    place = right.find(letters.pop())
    return network.laid(node, len(right), None if place < 0 else place)


def attention(
    network: Network, node: Node, q: Tensor, k: Tensor, v: Tensor, rest: Sequence[Tensor] = ()
) -> Tensor:
    """Add softmax(q k^T) v, without projections. Axes: ... x positions x size of a head.

    MACs: queries times keys times the size of q and of v, for each head. `rest` is a mask.
    """
    one, keys, values = network.shape(q), network.shape(k), network.shape(v)
    if not one or not keys or not values or min(map(len, (one, keys, values))) < 2:
        return network.operation(node, [q, k, v, *rest], [None], macs=None)[0]
    front = product(*one[:-1], keys[-2])
    sizes = None if one[-1] is None or values[-1] is None else one[-1] + values[-1]
    macs = None if front is None or sizes is None else front * sizes // network.batch
    shape = (*one[:-1], values[-1])
    return network.operation(node, [q, k, v, *rest], [shape], macs=macs)[0]


def recurrent(
    network: Network,
    node: Node,
    x: Tensor,
    rest: Sequence[Tensor],
    shapes: Sequence[Shape | None],
    arrays: Sequence[Constant],
    steps: int | None,
    batches: Sequence[int | None],
) -> list[Tensor]:
    """Add an RNN, LSTM or GRU; every matrix multiplies once at each of `steps` steps.

    `batches` is the axis that is the batch of each of the `shapes`.
    """
    matrices = sum(array.size for array in arrays if len(array.shape) > 1)  # biases have one axis
    macs = None if steps is None else matrices * steps
    kept = [
        network.laid(node, len(shape), batch, number) if shape is not None else Tensor("", None)
        for number, (shape, batch) in enumerate(zip(shapes, batches, strict=True))
    ]
    return network.operation(node, [x, *rest], shapes, arrays, macs=macs, kept=kept)


def embedding(
    network: Network, node: Node, ids: Tensor, table: Constant, shape: Shape | None = None
) -> Tensor:
    """Add a table of which each number that comes in takes a row."""
    sizes = network.shape(ids)
    if shape is None and sizes is not None:
        shape = (*sizes, *table.shape[1:])
    return network.operation(node, [ids], [shape], [table])[0]
