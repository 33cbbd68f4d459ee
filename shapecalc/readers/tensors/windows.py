"""What slides over positions: convolutions, pools, borders, and what changes the resolution.

Windows have a number for each spatial axis, paddings a pair (before, after) for each. `depth` is
the file's axis of the depth, 1 or -1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from shapecalc.diagnostics import LIMIT
from shapecalc.layers.read_numbers import MAX_SPATIAL
from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, product

Pairs = Sequence[Sequence[int]]


def conv(
    network: Network,
    node: Node,
    x: Tensor,
    weight: Constant,
    bias: Constant | None,
    *,
    K: int,
    F: Sequence[int],
    S: Sequence[int],
    P: Pairs | str,
    dilation: Sequence[int],
    groups: int,
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add a convolution, depthwise where every slice has filters of its own.

    `P` may be a word: same, same_lower. `shape` is the output's in the file, where it tells;
    without it, that of an input which no kind takes is not known.
    """
    arrays = _arrays(weight, bias)
    found = _windowed(network, node, x, len(F), depth)
    kind, fields = "conv", {"K": K, "F": alike(F)}
    if groups > 1 and weight.shape[1] == 1 and K % groups == 0:
        kind, fields = "depthwise_conv", {"F": alike(F)}
        if groups != K:
            fields["multiplier"] = K // groups
    if found is None or not network.can_hold(kind, arrays) or not _all_positive(F, S, dilation):
        return _unfit(network, node, x, [weight, bias], shape, prod(F) * weight.shape[1])
    _put(fields, S=(alike(S), 1), P=(padding(P), 0), dilation=(alike(dilation), 1))
    if kind == "conv" and groups != 1:
        fields["groups"] = groups
    if bias is None:
        fields["bias"] = False
    value = network.add(node, kind, fields, [found], arrays)
    network.claim_weights(value, weight)
    return value


def conv_transpose(
    network: Network,
    node: Node,
    x: Tensor,
    weight: Constant,
    bias: Constant | None,
    *,
    K: int,
    F: Sequence[int],
    S: Sequence[int],
    P: Pairs | str,
    dilation: Sequence[int],
    groups: int,
    output_padding: Sequence[int],
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add a transposed convolution. `P` may be same or valid, as Keras has them."""
    arrays = _arrays(weight, bias)
    found = _windowed(network, node, x, len(F), depth)
    one_sided = not isinstance(P, str) and any(a < 0 or b < 0 for a, b in P)
    if (
        found is None
        or one_sided
        or not network.can_hold("conv_transpose", arrays)
        or not _all_positive(F, S, dilation)
    ):
        return _unfit(network, node, x, [weight, bias], shape, None)
    fields: dict[str, Any] = {"K": K, "F": alike(F)}
    _put(fields, S=(alike(S), 1), P=(padding(P), 0), dilation=(alike(dilation), 1))
    _put(fields, output_padding=(alike(output_padding), 0), groups=(groups, 1))
    if bias is None:
        fields["bias"] = False
    value = network.add(node, "conv_transpose", fields, [found], arrays)
    network.claim_weights(value, weight)
    return value


def pool(
    network: Network,
    node: Node,
    kind: str,
    x: Tensor,
    *,
    F: Sequence[int],
    S: Sequence[int],
    P: Pairs | str,
    dilation: Sequence[int] = (),
    ceil: bool = False,
    count_include_pad: bool = True,
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add a pool with windows: max_pool, avg_pool or l2_pool."""
    found = _windowed(network, node, x, len(F), depth)
    apart = any(step != 1 for step in dilation)
    if found is None or (apart and kind != "max_pool") or not _all_positive(F, S, dilation):
        return network.operation(node, [x], [shape])[0]
    fields: dict[str, Any] = {"F": alike(F)}
    _put(fields, S=(alike(S), alike(F)), P=(padding(P), 0))
    if apart:
        fields["dilation"] = alike(dilation)
    if ceil:
        fields["rounding"] = "ceil"
    if kind == "avg_pool" and not count_include_pad and fields.get("P", "same") != "same":
        fields["count_include_pad"] = False
    return network.add(node, kind, fields, [found])


def adaptive_pool(
    network: Network,
    node: Node,
    kind: str,
    x: Tensor,
    output: Sequence[int | None],
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add a pool to a given size, `avg` or `max`; one value a slice is a global pool.

    A size that is None stays as it is.
    """
    found = _windowed(network, node, x, len(output), depth)
    if found is not None and all(size == 1 for size in output):
        return network.add(node, f"global_{kind}_pool", {}, [found])
    volume = None if found is None else network.volume(found)
    sizes = list(output)
    if None in sizes and volume is not None:
        sizes = [own if size is None else size for size, own in zip(sizes, volume, strict=False)]
    if found is None or None in sizes:
        return network.operation(node, [x], [shape])[0]
    whole = [size for size in sizes if size is not None]
    return network.add(node, f"adaptive_{kind}_pool", {"output": alike(whole)}, [found])


def global_pool(
    network: Network, node: Node, kind: str, x: Tensor, depth: int = 1, keep: bool = True
) -> Tensor | None:
    """Add a global pool, `avg` or `max`; None where the volume has no positions."""
    found = network.with_depth(node, x, depth)
    if found is None or len(found.axes) < 2 or found.rank is None:
        return None
    if keep:
        return network.add(node, f"global_{kind}_pool", {}, [found])
    batch = found.batch is not None
    return network.add(
        node, f"global_{kind}_pool", {"keep": False}, [found],
        rank=1 + batch, axes=(int(batch),),
    )  # fmt: skip


def upsample(
    network: Network,
    node: Node,
    x: Tensor,
    *,
    scale: Sequence[float] | None = None,
    output: Sequence[int] | None = None,
    mode: str,
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add a change of resolution by factors or to sizes; modes other than nearest and bilinear are
    operations.
    """
    sizes = scale or output or ()
    found = _windowed(network, node, x, len(sizes), depth)
    if found is None or mode not in ("nearest", "bilinear") or not _all_positive(sizes):
        return network.operation(node, [x], [shape], kept=x)[0]
    field = "scale" if scale else "output"
    whole = [int(size) if float(size).is_integer() else size for size in sizes]
    fields: dict[str, Any] = {field: alike(whole)}
    _put(fields, mode=(mode, "nearest"))
    return network.add(node, "upsample", fields, [found])


def pad(
    network: Network,
    node: Node,
    x: Tensor,
    pairs: Pairs,
    mode: str = "zeros",
) -> Tensor:
    """Add a border, by a pair for every axis of the file; negative ones cut off."""
    shape = network.shape(x)
    sizes = None if shape is None else _padded(shape, pairs)
    flat = [number for pair in pairs for number in pair]
    spatial = [pairs[axis] for axis in x.axes[:-1]] if x.rank == len(pairs) else []
    others = sum(map(sum, pairs)) - sum(map(sum, spatial))
    if not any(flat):
        return network.add(node, "identity", {}, [x])
    if spatial and not others and all(abs(n) <= LIMIT for n in flat):
        if min(flat) >= 0:
            fields: dict[str, Any] = {"P": padding(spatial)}
            _put(fields, mode=(mode, "zeros"))
            return network.add(node, "pad", fields, [x])
        if max(flat) <= 0:
            return network.add(node, "crop", {"P": padding([(-a, -b) for a, b in spatial])}, [x])
    return network.operation(node, [x], [sizes], kept=x)[0]


def pixel_shuffle(
    network: Network,
    node: Node,
    kind: str,
    x: Tensor,
    scale: int,
    order: str = "pytorch",
    depth: int = 1,
    shape: Shape | None = None,
) -> Tensor:
    """Add pixel_shuffle or pixel_unshuffle."""
    found = network.with_depth(node, x, depth)
    if found is None or len(found.axes) < 2:
        return network.operation(node, [x], [shape])[0]
    fields: dict[str, Any] = {"scale": scale}
    _put(fields, order=(order, "pytorch"))
    return network.add(node, kind, fields, [found])


# -- fields ----------------------------------------------------------------------------------------


def alike(values: Sequence[Any]) -> Any:
    """Return a number for each axis as a field has it: one number where all are the same."""
    return values[0] if values and values.count(values[0]) == len(values) else list(values)


def padding(P: Pairs | str) -> Any:
    """Return paddings as a field has them: one number where all are the same, or a word."""
    if isinstance(P, str):
        return P
    before = [a for a, _ in P]
    return alike(before) if before == [b for _, b in P] else [list(pair) for pair in P]


def _put(fields: dict[str, Any], **values: tuple[Any, Any]) -> None:
    """Put values into fields that are not the default beside them."""
    fields.update({key: value for key, (value, usual) in values.items() if value != usual})


def _all_positive(*numbers: Sequence[float]) -> bool:
    return all(0 < number <= LIMIT for listed in numbers for number in listed)


def _arrays(weight: Constant, bias: Constant | None) -> Mapping[str, Constant]:
    return {"weight": weight} if bias is None else {"weight": weight, "bias": bias}


def _windowed(network: Network, node: Node, x: Tensor, axes: int, depth: int) -> Tensor | None:
    """Return a tensor with as many spatial axes in front of its depth; None where it has others."""
    if not 1 <= axes <= MAX_SPATIAL or len(x.axes) != axes + 1:
        return None
    return network.with_depth(node, x, depth)


def _unfit(
    network: Network,
    node: Node,
    x: Tensor,
    arrays: Sequence[Constant | None],
    shape: Shape | None,
    each: int | None,
) -> Tensor:
    """Add a convolution that no kind takes; `each` is how many MACs an output value takes."""
    values = None if shape is None else product(*shape)
    macs = None if values is None or each is None else values * each // network.batch
    kept = [array for array in arrays if array is not None]
    return network.operation(node, [x], [shape], kept, macs=macs)[0]


def _padded(shape: Shape, pairs: Pairs) -> Shape | None:
    if len(shape) != len(pairs):
        return None
    return tuple(
        None if size is None else size + sum(pair) for size, pair in zip(shape, pairs, strict=True)
    )
