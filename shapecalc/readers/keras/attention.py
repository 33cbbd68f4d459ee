"""Layers of Keras that attend: their outputs, parameters and MACs by formula."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from shapecalc.readers.keras.items import Sizes
from shapecalc.readers.keras.opaque import Config, Opaque, Shapes, product, whole


def attention(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Multi-head attention of queries over keys and values, with a projection of each and one back.

    With N heads of key size K and value size V: (Dq + Dk)*N*K + Dv*N*V + N*V*Do weights; MACs are
    those of the projections and of both products. Source: Keras, layers.MultiHeadAttention.
    """
    heads, size = whole(config.get("num_heads")), whole(config.get("key_dim"))
    values = whole(config.get("value_dim")) or size
    query = inputs[0] if inputs else None
    value = inputs[1] if len(inputs) > 1 else query
    key = inputs[2] if len(inputs) > 2 else value
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
