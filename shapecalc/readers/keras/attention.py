"""Layers of Keras that attend: their outputs, parameters and MACs by formula."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from shapecalc.readers.items import Sizes
from shapecalc.readers.keras.opaque import Config, product, whole
from shapecalc.readers.opaque import Opaque, Shapes


def attention(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Multi-head attention of queries over keys and values, with a projection of each and one back.

    With N heads of key size K and value size V: (Dq + Dk)*N*K + Dv*N*V + N*V*Do weights; MACs are
    those of the projections and of both products. Source: Keras, layers.MultiHeadAttention.
    """
    heads, size = whole(config.get("num_heads")), whole(config.get("key_dim"))
    values = whole(config.get("value_dim")) or size
    query, value, key = _three(inputs)
    stated = config.get("output_shape")
    out = query[-1] if query else None
    if stated is not None:
        stated = stated if isinstance(stated, list) else [stated]
        out = whole(stated[-1]) if len(stated) == 1 else None
    output = None if query is None else (*query[:-1], out)
    if None in (heads, size, out) or not query or not key or not value:
        return Opaque((output,))
    assert heads is not None
    assert size is not None
    assert values is not None
    assert out is not None
    depths = {"query": (query[-1], size), "key": (key[-1], size), "value": (value[-1], values)}
    shapes: Shapes = {}
    for name, (depth, width) in depths.items():
        if depth is None:
            return Opaque((output,))
        shapes[f"{name}.kernel"] = [depth, heads, width]
        if config.get("use_bias", True):
            shapes[f"{name}.bias"] = [heads, width]
    shapes["attention_output.kernel"] = [heads, values, out]
    if config.get("use_bias", True):
        shapes["attention_output.bias"] = [out]
    long, wide = product(*query[:-1]), product(*key[:-1])
    macs = None
    if long is not None and wide is not None and config.get("attention_axes") in (None, [1]):
        kernels = {name: prod(shape) for name, shape in shapes.items() if name.endswith("kernel")}
        behind = ("query.kernel", "attention_output.kernel")
        macs = sum(n * (long if name in behind else wide) for name, n in kernels.items())
        macs += long * wide * heads * (size + values)
    return Opaque((output,), shapes, macs)


def grouped(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Attention whose G key and value heads are shared by N query heads of size H.

    D*N*H weights of the queries (twice with a gate), D*G*H of keys and of values, N*H*D back.
    Source: Keras, layers.GroupQueryAttention.
    """
    heads, shared = whole(config.get("num_query_heads")), whole(config.get("num_key_value_heads"))
    size = whole(config.get("head_dim"))
    query, value, key = _three(inputs)
    if heads is None or shared is None or size is None or not query or not key or not value:
        return Opaque((query,))
    out = query[-1]
    depths = {"query": (out, heads), "key": (key[-1], shared), "value": (value[-1], shared)}
    if config.get("use_gate"):
        depths["gate"] = (out, heads)
    shapes: Shapes = {}
    for name, (depth, count) in depths.items():
        if depth is None or out is None:
            return Opaque((query,))
        shapes[f"{name}.kernel"] = [depth, count, size]
        if config.get("use_bias", True):
            shapes[f"{name}.bias"] = [count, size]
    assert out is not None
    shapes["attention_output.kernel"] = [heads, size, out]
    if config.get("use_bias", True):
        shapes["attention_output.bias"] = [out]
    long, wide = product(*query[:-1]), product(*key[:-1])
    if long is None or wide is None:
        return Opaque((query,), shapes)
    macs = 2 * long * wide * heads * size
    for name, shape in shapes.items():
        if name.endswith("kernel"):
            macs += prod(shape) * (wide if name in ("key.kernel", "value.kernel") else long)
    return Opaque((query,), shapes, macs)


def weighted(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Values weighted by products of queries and keys, which a learned number may scale."""
    concat = config.get("score_mode") == "concat"
    shapes: Shapes = {"scale": []} if config.get("use_scale", False) else {}
    if concat:
        shapes["concat_score_weight"] = []
    return _weighted(inputs, shapes, None if concat else 1)


def additive(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Values weighted by sums of queries and keys: a scale for each place of the depth."""
    query = inputs[0]
    if not config.get("use_scale", True):
        return _weighted(inputs, {}, 0)
    depth = query[-1] if query else None
    return _weighted(inputs, None if depth is None else {"scale": [depth]}, 1)


def _weighted(
    inputs: Sequence[Sizes | None], shapes: Shapes | None, products: int | None
) -> Opaque:
    """Return attention without projections; `products` is how many each place of a score takes."""
    query, value, key = _three(inputs)
    if not query or not value or not key:
        return Opaque((None,), shapes)
    pairs = product(*query[:-1], *value[-2:-1])
    depth = query[-1]
    macs = None
    if products is not None and depth is not None:
        macs = product(pairs, None if value[-1] is None else products * depth + value[-1])
    return Opaque(((*query[:-1], value[-1]),), shapes, macs)


def _three(inputs: Sequence[Sizes | None]) -> tuple[Sizes | None, Sizes | None, Sizes | None]:
    """Return query, value and key, of which the later ones may be left out."""
    query = inputs[0] if inputs else None
    value = inputs[1] if len(inputs) > 1 else query
    return query, value, inputs[2] if len(inputs) > 2 else value
