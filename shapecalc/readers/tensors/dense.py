"""Products with matrices: dense layers, products of two tensors, attention, recurrent layers."""

from __future__ import annotations

from collections.abc import Sequence

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
) -> Tensor:
    """Add a product each of whose values is a sum of `inner` products."""
    values = None if shape is None else product(*shape)
    macs = None if values is None or inner is None else values * inner
    if macs is not None and any(source.batch is not None for source in sources):
        macs //= network.batch
    return network.operation(node, sources, [shape], constants, macs=macs)[0]


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
) -> list[Tensor]:
    """Add an RNN, LSTM or GRU; every matrix multiplies once at each of `steps` steps."""
    matrices = sum(array.size for array in arrays if array.role == "weight")
    macs = None if steps is None else matrices * steps
    return network.operation(node, [x, *rest], shapes, arrays, macs=macs)


def embedding(
    network: Network, node: Node, ids: Tensor, table: Constant, shape: Shape | None = None
) -> Tensor:
    """Add a table of which each number that comes in takes a row."""
    sizes = network.shape(ids)
    if shape is None and sizes is not None:
        shape = (*sizes, *table.shape[1:])
    return network.operation(node, [ids], [shape], [table])[0]
