"""Students for the marking's benchmark: problems, right answers, typical and other mistakes.

Written without the package, from the formulas as they stand in lectures and with plain loops, so
that the marking is not measured with its own models. A typical mistake is one that a teacher knows
from courses and names; the others are as plausible and have no name: a slip of the pen, two numbers
swapped, a sum for a product. Where another one's number is that of a typical one, it is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from math import ceil, exp, log, prod
from typing import Any, NamedTuple

Answer = Any
Named = Mapping[str, Answer]


class Problem(NamedTuple):
    """A question about a network, its answer, and wrong ones by the mistake that leads there."""

    spec: dict[str, Any]
    ask: str
    right: Answer
    typical: Named
    others: Named


def problem(
    spec: dict[str, Any], ask: str, right: Answer, typical: Named, others: Named
) -> Problem:
    """Return a problem without wrong answers that are right, none, or of two kinds at once."""
    named = {name: answer for name, answer in typical.items() if _usable(answer, right)}
    known = [_rounded(answer) for answer in named.values()]
    rest = {
        name: answer
        for name, answer in others.items()
        if _usable(answer, right) and _rounded(answer) not in known
    }
    return Problem(spec, ask, right, named, rest)


def _rounded(answer: Answer) -> Answer:
    if isinstance(answer, list | tuple):
        return tuple(map(_rounded, answer))
    return round(float(answer), 3)


def _usable(answer: Answer, right: Answer) -> bool:
    if answer is None or _rounded(answer) == _rounded(right):
        return False
    return not isinstance(right, tuple) or min(answer) > 0


# -- shapes and counts -----------------------------------------------------------------------------


def slips(draw: random.Random, right: int) -> dict[str, int]:
    """Return a whole number miscalculated or miscopied."""
    digits = str(right)
    found = {"a digit misread": _misread(draw, digits)}
    if len(digits) > 2:
        at = draw.randrange(len(digits) - 1)
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        found |= {
            "digits swapped": int(swapped),
            "a digit lost": int(digits[:at] + digits[at + 1 :]),
            "a carry lost": right - 10 ** draw.randrange(1, len(digits)),
            "a zero more": 10 * right,
        }
    return found


def _misread(draw: random.Random, digits: str) -> int:
    at = draw.randrange(len(digits))
    return int(digits[:at] + draw.choice("1234567890") + digits[at + 1 :])


def conv_numbers(draw: random.Random) -> tuple[int, int, int, int, int, int]:
    """Return W, D, K, F, S and P of a convolution as lectures have them, where the stride fits."""
    while True:
        W = draw.choice(
            (7, 12, 13, 14, 15, 16, 19, 24, 28, 31, 32, 48, 55, 56, 63, 64, 112, 224, 227)
        )
        F, S = draw.choice((1, 3, 3, 3, 5, 5, 7, 11)), draw.choice((1, 1, 1, 2, 2, 3, 4))
        P = draw.choice((0, 0, 1, 2, (F - 1) // 2))
        if F > W or (W - F + 2 * P) % S or P >= F:
            continue
        D = draw.choice((1, 3, 3, 6, 8, 16, 32, 64, 96))
        return W, D, draw.choice((6, 8, 10, 12, 16, 20, 32, 64, 96, 128, 256)), F, S, P


def conv_output(draw: random.Random) -> Problem:
    W, D, K, F, S, P = conv_numbers(draw)
    o = (W - F + 2 * P) // S + 1

    def square(n: float, depth: int = K) -> tuple[int, int, int]:
        return int(n), int(n), depth

    typical = {
        "padding_ignored": square((W - F) // S + 1) if P else None,
        "padding_once": square((W - F + P) // S + 1) if P else None,
        "forgot_plus_one": square(o - 1),
        "stride_ignored": square(W - F + 2 * P + 1) if S > 1 else None,
        "depth_kept": square(o, D),
        "forgot_filters": square(o, 1),
        "depth_multiplied": square(o, D * K),
        "depth_first": (K, o, o),
        "same_assumed": square(ceil(W / S)) if not P else None,
        "product_for_volume": (o * o * K,),
        "padding_ignored+forgot_plus_one": square((W - F) // S) if P else None,
        "padding_ignored+stride_ignored": square(W - F + 1) if P and S > 1 else None,
        "padding_ignored+depth_kept": square((W - F) // S + 1, D) if P else None,
        "forgot_plus_one+depth_kept": square(o - 1, D),
        "same_assumed+depth_kept": square(ceil(W / S), D) if not P else None,
    }  # fmt: skip
    others = {
        "F and S swapped": square((W - S + 2 * P) // F + 1),
        "P for S": square((W - F + 2 * S) // max(1, P) + 1),
        "F added": square((W + F + 2 * P) // S + 1),
        "side by side": square((W + 2 * P) // F),
        "2P taken away": square((W - F - 2 * P) // S + 1),
        "2 added": square(o + 1),
        "F halved": square((W - F // 2 + 2 * P) // S + 1),
        "depths added": square(o, D + K),
        "depth divided": square(o, max(1, K // max(2, D))),
        "depth misread": square(o, _misread(draw, str(K))),
        "size misread": square(_misread(draw, str(o))),
        "size miscalculated": square(max(1, o + draw.choice((-7, -5, -4, -3, 3, 4, 5, 7)))),
        "F squared": square((W - F * F + 2 * P) // S + 1),
        "unequal": (o, max(1, o - draw.randrange(2, 6)), K),
    }  # fmt: skip
    return problem(_conv(W, D, K, F, S, P), "conv1.output", (o, o, K), typical, others)


def _conv(W: int, D: int, K: int, F: int, S: int, P: int, **more: Any) -> dict[str, Any]:
    return {"input": f"{W}x{W}x{D}", "layers": [{"conv": {"K": K, "F": F, "S": S, "P": P, **more}}]}


def conv_parameters(draw: random.Random) -> Problem:
    W, D, K, F, S, P = conv_numbers(draw)
    o = (W - F + 2 * P) // S + 1
    bias = draw.random() < 0.85
    right = F * F * D * K + K * bias
    typical = {
        "forgot_bias": F * F * D * K,
        "forgot_depth": F * F * K + K * bias if D > 1 else None,
        "one_bias": F * F * D * K + 1 if bias else None,
        "forgot_filters": F * F * D + bias,
        "filter_not_squared": F * D * K + K * bias,
        "bias_per_slice": F * F * D * K + D * K if bias else None,
        "filters_for_depth": F * F * K * K + K * bias,
        "activations_for_parameters": o * o * K,
        "absent_bias_counted": None if bias else F * F * D * K + K,
        "forgot_depth+forgot_bias": F * F * K if bias and D > 1 else None,
        "forgot_depth+one_bias": F * F * K + 1 if bias and D > 1 else None,
        "filter_not_squared+forgot_bias": F * D * K if bias and F > 1 else None,
        "forgot_filters+forgot_bias": F * F * D if bias else None,
        "filters_for_depth+forgot_bias": F * F * K * K if bias and D > 1 else None,
    }  # fmt: skip
    others = {
        "F added to itself": (F + F) * D * K + K,
        "depth added": (F * F + D) * K + K,
        "depths added": F * F * (D + K) + K,
        "filters added": F * F * D + K + 1,
        "cubed": F**3 * K + K,
        "depth squared": F * F * D * D * K + K,
        "another K": F * F * D * (K + draw.choice((-2, 2, 4))) + K,
        "another F": (F + 2) ** 2 * D * K + K,
        "another D": F * F * (D + 1) * K + K,
        "bias squared": F * F * D * K + F * F * K,
        "with the stride": F * F * D * K * (S + 1) + K,
        "the input": W * W * D + K,
        "two biases": F * F * D * K + 2 * K + 1,
        **slips(draw, right),
    }  # fmt: skip
    spec = _conv(W, D, K, F, S, P, **({} if bias else {"bias": False}))
    return problem(spec, "conv1.parameters", right, typical, others)


def conv_work(draw: random.Random) -> Problem:
    W, D, K, F, S, P = conv_numbers(draw)
    o = (W - F + 2 * P) // S + 1
    weights = F * F * D * K
    at_stride_1, unpadded = W - F + 2 * P + 1, (W - F) // S + 1
    ask = draw.choice(("macs", "flops", "activations"))
    if ask == "activations":
        typical: dict[str, Answer] = {
            "forgot_depth": o * o,
            "neighbour": W * W * D,
            "padding_ignored": unpadded**2 * K if P else None,
            "stride_ignored": at_stride_1**2 * K if S > 1 else None,
            "depth_kept": o * o * D,
            "forgot_plus_one": (o - 1) ** 2 * K,
            "bytes_for_values": 4 * o * o * K,
        }
        right = o * o * K
    else:
        twice = 2 if ask == "flops" else 1
        right = twice * o * o * weights
        typical = {
            "weights_for_macs": twice * weights,
            "macs_at_input_size": twice * W * W * weights,
            "stride_ignored": twice * at_stride_1**2 * weights if S > 1 else None,
            "padding_ignored": twice * unpadded**2 * weights if P else None,
            "forgot_depth": twice * o * o * F * F * K,
            "forgot_filters": twice * o * o * F * F * D,
            "macs_for_flops" if twice == 2 else "flops_for_macs": 3 - twice
            and o * o * weights * (3 - twice),
            "filter_not_squared": twice * o * o * F * D * K,
            "macs_with_biases": twice * o * o * weights + o * o * K,
        }
        if twice == 2:
            typical["forgot_depth+macs_for_flops"] = o * o * F * F * K
    others = {
        "positions not squared": right // o,
        "four times": 4 * right if ask != "activations" else None,
        "half the filters": right // 2 if K > 2 and ask != "flops" else None,
        "weights and positions added": o * o + weights,
        "another size": (o + 2) ** 2 * K * (1 if ask == "activations" else F * F * D),
        "input and output": (o * o + W * W) * K,
        **slips(draw, right),
    }  # fmt: skip
    return problem(_conv(W, D, K, F, S, P), f"conv1.{ask}", right, typical, others)


def pool_output(draw: random.Random) -> Problem:
    W, D = draw.choice((12, 13, 14, 24, 27, 28, 32, 55, 56, 112)), draw.choice((6, 16, 32, 64, 96))
    F, S = draw.choice(((2, 2), (2, 2), (3, 2), (3, 2), (3, 3), (2, 1)))
    o = (W - F) // S + 1
    typical = {
        "pool_stride_from_filter": ((W - F) // F + 1,) * 2 + (D,) if F != S else None,
        "stride_ignored": (W - F + 1,) * 2 + (D,) if S > 1 else None,
        "forgot_plus_one": (o - 1, o - 1, D),
        "ceil_for_floor": (o + 1, o + 1, D) if (W - F) % S else None,
        "depth_pooled": (o, o, (D - F) // S + 1),
        "neighbour": (W, W, D),
        "depth_first": (D, o, o),
        "product_for_volume": (o * o * D,),
    }  # fmt: skip
    others = {
        "twice": (o // 2, o // 2, D),
        "less F": (W - F - 2, W - F - 2, D),
        "depth doubled": (o, o, 2 * D),
        "one axis": (o, W, D),
        "misread": (_misread(draw, str(o)),) * 2 + (D,),
        "F padded": (o + F, o + F, D),
        "depth lost": (o, o, 1),
        "a quarter of the depth": (o, o, D // 4),
    }  # fmt: skip
    spec = {
        "input": f"{W}x{W}x{D}",
        "rounding": "floor",
        "layers": [{"max_pool": {"F": F, "S": S}}],
    }
    return problem(spec, "max_pool1.output", (o, o, D), typical, others)


def dense_parameters(draw: random.Random) -> Problem:
    w, D = draw.choice((4, 5, 6, 7, 8)), draw.choice((16, 32, 64, 120, 256))
    n = draw.choice((10, 84, 100, 120, 128, 256, 1000))
    inputs = w * w * D
    right = inputs * n + n
    typical = {
        "forgot_bias": inputs * n,
        "one_bias": inputs * n + 1,
        "not_flattened": D * n + n,
        "forgot_depth": w * w * n + n,
        "one_unit": inputs + 1,
        "bias_per_input": inputs * n + inputs,
        "not_flattened+forgot_bias": D * n,
        "forgot_depth+forgot_bias": w * w * n,
    }  # fmt: skip
    others = {
        "added": inputs + n,
        "side not squared": w * D * n + n,
        "both biases": (inputs + 1) * (n + 1),
        "twice": 2 * inputs * n + n,
        "units squared": n * n + n,
        "another side": (w + 1) ** 2 * D * n + n,
        "another depth": w * w * (D // 2) * n + n,
        **slips(draw, right),
    }  # fmt: skip
    spec = {"input": f"{w}x{w}x{D}", "layers": ["flatten", {"dense": n}]}
    return problem(spec, "dense1.parameters", right, typical, others)


def transposed_output(draw: random.Random) -> Problem:
    W, D, K = draw.choice((4, 7, 8, 14, 16)), draw.choice((32, 64, 128)), draw.choice((16, 32, 64))
    F, S, P = draw.choice(((2, 2, 0), (3, 2, 0), (4, 2, 1), (5, 2, 2), (3, 2, 1), (4, 4, 0)))
    o = (W - 1) * S - 2 * P + F
    typical = {
        "transposed_by_stride": (W * S, W * S, K),
        "transposed_padding_added": ((W - 1) * S + 2 * P + F,) * 2 + (K,),
        "transposed_one_too_large": (o + 1, o + 1, K),
        "transposed_as_conv": ((W - F + 2 * P) // S + 1,) * 2 + (K,) if W >= F else None,
        "padding_ignored": ((W - 1) * S + F,) * 2 + (K,) if P else None,
        "depth_kept": (o, o, D),
    }  # fmt: skip
    others = {
        "W for W - 1": (W * S + F - 2 * P,) * 2 + (K,),
        "F taken away": ((W - 1) * S - F + 2 * P,) * 2 + (K,),
        "W + F": (W + F, W + F, K),
        "F times": (W * F + 3, W * F + 3, K),
        "misread": (_misread(draw, str(o)),) * 2 + (K,),
        "halved": (o // 2, o // 2, K),
    }  # fmt: skip
    spec = {
        "input": f"{W}x{W}x{D}",
        "layers": [{"conv_transpose": {"K": K, "F": F, "S": S, "P": P}}],
    }
    return problem(spec, "conv_transpose1.output", (o, o, K), typical, others)


def dilated_output(draw: random.Random) -> Problem:
    W, D, K, F = draw.choice((16, 28, 32, 64)), 3, draw.choice((8, 16, 32)), draw.choice((3, 5))
    d = draw.choice((2, 3))
    span = d * (F - 1) + 1
    o = W - span + 1
    typical = {
        "dilation_ignored": (W - F + 1,) * 2 + (K,),
        "dilation_times_filter": (W - F * d + 1,) * 2 + (K,),
        "forgot_plus_one": (o - 1, o - 1, K),
        "same_assumed": (W, W, K),
        "depth_kept": (o, o, D),
    }  # fmt: skip
    others = {
        "d added": (W - F - d + 1 + 4,) * 2 + (K,),
        "d as the stride": ((W - F) // d + 1,) * 2 + (K,),
        "misread": (_misread(draw, str(o)),) * 2 + (K,),
        "d squared": (W - d * d * F + 1,) * 2 + (K,),
    }
    spec = {"input": f"{W}x{W}x{D}", "layers": [{"conv": {"K": K, "F": F, "dilation": d}}]}
    return problem(spec, "conv1.output", (o, o, K), typical, others)


def network(draw: random.Random) -> Problem:
    """A conv, a pool, a conv, a dense layer: a total, a field, or a layer's neighbour."""
    W, D = draw.choice((28, 32, 64)), draw.choice((1, 3))
    K1, K2, n = draw.choice((6, 8, 16)), draw.choice((16, 20, 32)), draw.choice((10, 84, 100))
    F1, F2 = draw.choice((3, 5)), draw.choice((3, 5))
    o1 = W - F1 + 1
    p1 = o1 // 2
    o2 = p1 - F2 + 1
    inputs = o2 * o2 * K2
    spec = {
        "input": f"{W}x{W}x{D}",
        "rounding": "floor",
        "layers": [
            {"conv": {"K": K1, "F": F1}}, {"max_pool": 2}, {"conv": {"K": K2, "F": F2}},
            "flatten", {"dense": n},
        ],
    }  # fmt: skip
    weights = (F1 * F1 * D * K1, F2 * F2 * K1 * K2, inputs * n)
    if draw.random() < 0.5:
        right = sum(weights) + K1 + K2 + n
        each = [weights[0] + K1, weights[1] + K2, weights[2] + n]
        typical: dict[str, Answer] = {
            "forgot_bias": sum(weights),
            "one_bias": sum(weights) + 3,
            "layer_left_out": right - draw.choice(each),
            "forgot_depth": (F1 * F1 + 1) * K1 + (F2 * F2 + 1) * K2 + (o2 * o2 + 1) * n,
            "filter_not_squared": None,
            "network_depth": (F1 * F1 * 3 + 1) * K1 + (F2 * F2 * 3 + 1) * K2 + (inputs + 1) * n,
        }
        others: dict[str, Answer] = {
            "a layer twice": right + draw.choice(each),
            "another dense": right + n * K2,
            "one pool more": sum(each[:2]) + ((o2 // 2) ** 2 * K2 + 1) * n,
            "the field": right + F1 * F2,
            **slips(draw, right),
        }
        return problem(spec, "total.parameters", right, typical, others)
    field = F1 + 1 + (F2 - 1) * 2
    right_field = (field, field)
    typical = {
        "field_stride_ignored": (F1 + 1 + F2 - 1,) * 2,
        "field_of_filter_only": (F2, F2),
        "field_summed": (F1 + 2 + F2,) * 2,
    }
    others = {
        "multiplied": (F1 * F2,) * 2,
        "pool forgotten": (F1 + 2 * F2 + 3,) * 2,
        "too large": (field + draw.choice((3, 5, 6)),) * 2,
        "the output": (o2, o2),
    }
    return problem(spec, "conv2.receptive_field", right_field, typical, others)


def merged(draw: random.Random) -> Problem:
    w, a = draw.choice((7, 8, 14, 28)), draw.choice((16, 32, 64))
    joins = draw.random() < 0.5
    b = draw.choice((8, 16, 48, 96, 128)) if joins else a
    layers = [
        {"conv": {"K": a, "F": 1}}, {"conv": {"K": b, "F": 1, "from": "input"}},
        {"concat" if joins else "add": ["conv1", "conv2"]},
    ]  # fmt: skip
    spec = {"input": f"{w}x{w}x3", "layers": layers}
    if joins:
        right = (w, w, a + b)
        typical: dict[str, Answer] = {
            "concat_depth_kept": (w, w, max(a, b)),
            "concat_depth_averaged": (w, w, (a + b) // 2) if (a + b) % 2 == 0 else None,
            "depth_first": (a + b, w, w),
        }
    else:
        right = (w, w, a)
        typical = {
            "merge_depths_added": (w, w, 2 * a),
            "merge_sizes_added": (2 * w, 2 * w, 2 * a),
            "depth_first": (a, w, w),
        }
    others = {
        "multiplied": (w, w, a * b),
        "everything added": (2 * w, 2 * w, a + b) if joins else None,
        "misread": (w, w, _misread(draw, str(right[2]))),
        "sides added": (2 * w, w, a),
        "the difference": (w, w, abs(a - b) or 1),
    }
    return problem(spec, "concat1.output" if joins else "add1.output", right, typical, others)


COUNTED: tuple[Callable[[random.Random], Problem], ...] = (
    conv_output, conv_output, conv_parameters, conv_parameters, conv_work, pool_output,
    dense_parameters, transposed_output, dilated_output, network, merged,
)  # fmt: skip


# -- values and gradients --------------------------------------------------------------------------

Grid = list[list[float]]


def grid(draw: random.Random, rows: int, columns: int, whole: bool) -> Grid:
    """Return a matrix of small numbers, as an exam has them."""
    if whole:
        return [[draw.randint(-4, 5) for _ in range(columns)] for _ in range(rows)]
    return [[round(draw.uniform(-1, 1), 2) for _ in range(columns)] for _ in range(rows)]


def slide(image: Grid, taps: Grid, step: int = 1) -> Grid:
    """Return the sums of products of a filter at every position."""
    size = len(taps)
    at = range(0, len(image) - size + 1, step)
    return [
        [
            sum(image[i + a][j + b] * taps[a][b] for a in range(size) for b in range(size))
            for j in at
        ]
        for i in at
    ]


def plus(*grids: Grid) -> Grid:
    """Return the sum of matrices."""
    return [
        [sum(values) for values in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)
    ]


def shifted(values: Grid, number: float) -> Grid:
    """Return a matrix with a number added."""
    return [[value + number for value in row] for row in values]


def flipped(taps: Grid) -> Grid:
    """Return a filter turned round."""
    return [row[::-1] for row in taps[::-1]]


def turned(values: Grid) -> Grid:
    """Return a matrix transposed."""
    return [list(row) for row in zip(*values, strict=True)]


def map_slips(draw: random.Random, right: Grid) -> dict[str, Grid]:
    """Return a map with one to five cells miscalculated."""
    found = {}
    for count in (1, 2, 3, 5):
        if count > len(right) * len(right[0]):
            break
        copy = [list(row) for row in right]
        cells = [(i, j) for i in range(len(right)) for j in range(len(right[0]))]
        for i, j in draw.sample(cells, count):
            copy[i][j] = copy[i][j] + draw.choice((-3, -2, -1, 1, 2, 3, 5, 10, -7))
        found[f"{count} slips"] = copy
    return found


def value_slips(draw: random.Random, right: float) -> dict[str, float]:
    """Return one value miscalculated."""
    return {
        "slip": round(right + draw.choice((-3, -2, -1, 1, 2, 4, 0.1, -0.2, 0.03)), 4),
        "ten times": 10 * right,
        "two thirds": round(right * 2 / 3, 4),
        "squared": round(right * right, 4),
        "an inverse": round(1 / right, 4) if right else 1.0,
        "dropped digit": round(right / 10, 4),
    }


def conv_map(draw: random.Random) -> Problem:
    """A convolution's map, of one or two slices, maybe behind a relu; whole or one value."""
    whole = draw.random() < 0.6
    D, F, S = draw.choice((1, 1, 2)), draw.choice((2, 3)), draw.choice((1, 1, 2))
    W = F + S * draw.choice((1, 2))
    slices = [grid(draw, W, W, whole) for _ in range(D)]
    taps = [grid(draw, F, F, whole) for _ in range(D)]
    bias = draw.choice((1, -1, 2, -3)) if whole else round(draw.uniform(-1, 1), 2)

    def result(filters: list[Grid], step: int = S, depth: int = D) -> Grid:
        parts = [slide(x, w, step) for x, w in zip(slices[:depth], filters, strict=False)]
        return plus(*parts)

    right = shifted(result(taps), bias)
    size = len(right)
    corner = [row[:size] for row in shifted(result(taps, 1), bias)[:size]]
    typical = {
        "bias_not_added": result(taps),
        "filter_flipped": shifted(result([flipped(w) for w in taps]), bias),
        "filter_transposed": shifted(result([turned(w) for w in taps]), bias),
        "first_slice_only": shifted(result(taps, depth=1), bias) if D > 1 else None,
        "stride_ignored": corner if S > 1 else None,
        "swapped_axes": turned(right),
        "bias_not_added+filter_flipped": result([flipped(w) for w in taps]),
    }
    others = {
        "one tap lost": shifted(_without_tap(slices, taps, S), bias),
        "summed": shifted(result([[[1.0] * F] * F] * D), bias),
        "bias twice": shifted(right, bias),
        "bias taken away": shifted(right, -2 * bias),
        "signs lost": [[abs(v) for v in row] for row in right],
        "columns reversed": [row[::-1] for row in right],
        "filter's columns reversed": shifted(result([[r[::-1] for r in w] for w in taps]), bias),
        "mean": [[v / (F * F) for v in row] for row in right],
        **map_slips(draw, right),
    }
    spec = {
        "input": f"{W}x{W}x{D}",
        "layers": [{"conv": {"K": 1, "F": F, "S": S}}],
        "example": {"given": {"input": slices, "conv1.weight": [taps], "conv1.bias": [bias]}},
    }
    if draw.random() < 0.6:
        return problem(spec, "conv1.value", right, typical, others)
    i, j = draw.randrange(size), draw.randrange(size)
    one = {name: g[i][j] if g else None for name, g in typical.items()}
    rest = {n: g[i][j] for n, g in others.items() if "slips" not in n}
    rest |= value_slips(draw, right[i][j])
    return problem(spec, f"conv1.value[0,{i},{j}]", right[i][j], one, rest)


def _without_tap(slices: list[Grid], taps: list[Grid], step: int) -> Grid:
    holed = [[list(row) for row in w] for w in taps]
    holed[0][-1][-1] = 0
    return plus(*(slide(x, w, step) for x, w in zip(slices, holed, strict=True)))


def pooled(draw: random.Random) -> Problem:
    """A pool's map, or the gradient that it sends back."""
    kind = draw.choice(("max_pool", "avg_pool"))
    W = draw.choice((4, 6))
    image = grid(draw, W, W, True)
    while len({v for row in image for v in row}) < 8 or not _distinct(image):
        image = [[draw.randint(-9, 20) for _ in range(W)] for _ in range(W)]
    n = W // 2
    blocks = [[_block(image, i, j) for j in range(n)] for i in range(n)]
    largest: Grid = [[max(b) for b in row] for row in blocks]
    mean: Grid = [[sum(b) / 4 for b in row] for row in blocks]
    total: Grid = [[sum(b) for b in row] for row in blocks]
    spec: dict[str, Any] = {
        "input": f"{W}x{W}x1", "layers": [{kind: 2}], "example": {"given": {"input": image}},
    }  # fmt: skip
    if draw.random() < 0.5:
        if kind == "max_pool":
            right, typical = largest, {"average_for_max": mean}
        else:
            right, typical = mean, {"max_for_average": largest, "sum_not_divided": total}
        others = {
            "smallest": [[min(b) for b in row] for row in blocks],
            "first": [[b[0] for b in row] for row in blocks],
            "halved": [[v / 2 for v in row] for row in total],
            **map_slips(draw, right),
        }
        return problem(spec, f"{kind}1.value", right, typical, others)
    up = [[float(draw.choice((1, 2, 3, 4, 5, -2, -4, 8))) for _ in range(n)] for _ in range(n)]
    spec["example"]["upstream"] = {f"{kind}1": up}
    spread = [[up[i // 2][j // 2] for j in range(W)] for i in range(W)]
    if kind == "max_pool":
        right = [
            [up[i // 2][j // 2] * (image[i][j] == largest[i // 2][j // 2]) for j in range(W)]
            for i in range(W)
        ]
        typical = {"pool_gradient_everywhere": spread}
    else:
        right = [[v / 4 for v in row] for row in spread]
        typical = {"pool_gradient_whole": spread}
    others = {
        "times the value": [[right[i][j] * image[i][j] for j in range(W)] for i in range(W)],
        "top left": [
            [up[i // 2][j // 2] * (i % 2 == j % 2 == 0) for j in range(W)] for i in range(W)
        ],
        "halved": [[v / 2 for v in row] for row in right],
        **map_slips(draw, right),
    }
    return problem(spec, "input.grad", right, typical, others)


def _block(image: Grid, i: int, j: int) -> list[float]:
    return [image[2 * i + a][2 * j + b] for a in range(2) for b in range(2)]


def _distinct(image: Grid) -> bool:
    n = len(image) // 2
    return all(len(set(_block(image, i, j))) == 4 for i in range(n) for j in range(n))


def neuron(draw: random.Random) -> Problem:
    """A unit of two or three inputs with a sigmoid and a squared error, and one step."""
    size = draw.choice((2, 3))
    x = [round(draw.uniform(-2, 2), 1) or 0.5 for _ in range(size)]
    w = [round(draw.uniform(-1, 1), 1) or 0.3 for _ in range(size)]
    bias, target = round(draw.uniform(-1, 1), 1) or 0.2, draw.choice((0, 1))
    rate = draw.choice((0.1, 0.5, 0.01))
    z = sum(a * b for a, b in zip(x, w, strict=True)) + bias
    unbiased = z - bias
    a, a0 = _sigmoid(z), _sigmoid(unbiased)
    slope, error = a * (1 - a), a - target
    spec = {
        "input": size,
        "layers": [{"dense": 1}, "sigmoid"],
        "example": {
            "given": {"input": x, "dense1.weight": [w], "dense1.bias": [bias]},
            "loss": {"squared_error": [target]},
            "rate": rate,
        },
    }
    ask = draw.choice(
        (
            "sigmoid1.value[0]",
            "loss",
            "dense1.weight.grad",
            "dense1.weight.next",
            "dense1.bias.grad",
        )
    )
    if ask == "sigmoid1.value[0]":
        right: Answer = a
        typical: dict[str, Answer] = {"bias_not_added": a0, "activation_forgotten": z}
        others: dict[str, Answer] = {
            "tanh": 2 * _sigmoid(2 * z) - 1,
            "sign": _sigmoid(-z) if z else None,
            **value_slips(draw, a),
        }
    elif ask == "loss":
        right = error**2
        typical = {
            "loss_halved": error**2 / 2,
            "bias_not_added": (a0 - target) ** 2,
            "activation_forgotten": (z - target) ** 2,
        }
        others = {
            "not squared": abs(error),
            "a log": -log(max(1e-3, 1 - abs(error))),
            **value_slips(draw, right),
        }
    else:
        pull = 2 * error * slope
        ins = [1.0] if ask == "dense1.bias.grad" else x

        def all_of(factor: float) -> list[float]:
            return [factor * v for v in ins]

        right = all_of(pull)
        typical = {
            "slope_forgotten": all_of(2 * error),
            "loss_halved": all_of(error * slope),
            "gradient_sign": all_of(-pull),
            "slope_forgotten+loss_halved": all_of(error),
            "loss_halved+gradient_sign": all_of(-error * slope),
        }
        others = {
            "the output for the slope": all_of(2 * error * a),
            "error squared": all_of(2 * error * error * slope),
            "input forgotten": [pull] * len(ins) if ask != "dense1.bias.grad" else None,
            "the weight for the input": [pull * v for v in w] if len(ins) > 1 else None,
            "slope twice": all_of(pull * slope),
            **{n: [v, *right[1:]] for n, v in value_slips(draw, right[0]).items()},
        }
        if ask == "dense1.weight.next":
            typical.pop("gradient_sign"), typical.pop("loss_halved+gradient_sign")
            typical = {n: _step(w, v, rate) for n, v in typical.items()}
            typical |= {
                "gradient_added": _step(w, right, -rate),
                "rate_forgotten": _step(w, right, 1),
                "step_alone": [-rate * v for v in right],
            }
            others = {n: _step(w, v, rate) for n, v in others.items() if v} | {
                "ten times the rate": _step(w, right, 10 * rate),
            }
            right = _step(w, right, rate)
        if len(ins) == 1 and ask != "dense1.weight.next":
            return problem(spec, ask, right, typical, others)
    return problem(spec, ask, right, typical, others)


def _sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def _step(w: list[float], gradient: list[float], rate: float) -> list[list[float]]:
    return [[a - rate * b for a, b in zip(w, gradient, strict=True)]]


def classes(draw: random.Random) -> Problem:
    """Scores behind a dense layer, a softmax and a cross entropy: the loss, and what comes back."""
    scores = [round(draw.uniform(-2, 3), 1) for _ in range(3)]
    x = [round(draw.uniform(-2, 2), 1) or 1.0 for _ in range(2)]
    w = [[round(draw.uniform(-1, 1), 1) for _ in x] for _ in scores]
    bias = [round(draw.uniform(-1, 1), 1) for _ in scores]
    at = draw.randrange(3)
    z = [
        sum(p * q for p, q in zip(row, x, strict=True)) + b for row, b in zip(w, bias, strict=True)
    ]
    z0 = [v - b for v, b in zip(z, bias, strict=True)]
    p, p0 = _softmax(z), _softmax(z0)
    spec = {
        "input": 2,
        "layers": [{"dense": 3}, "softmax"],
        "example": {
            "given": {"input": x, "dense1.weight": w, "dense1.bias": bias},
            "loss": {"cross_entropy": at},
        },
    }
    ask = draw.choice(("softmax1.value", "loss", "dense1.grad", "dense1.weight.grad"))
    pull = [v - (i == at) for i, v in enumerate(p)]
    if ask == "softmax1.value":
        right: Answer = p
        typical: dict[str, Answer] = {
            "bias_not_added": p0,
            "exponential_forgotten": [v / sum(z) for v in z] if abs(sum(z)) > 0.01 else None,
        }
        others: dict[str, Answer] = {
            "sigmoids": [_sigmoid(v) for v in z],
            "by the largest": [exp(v - max(z)) for v in z],
            "two swapped": [p[1], p[0], p[2]],
        }
    elif ask == "loss":
        right = -log(p[at])
        typical = {
            "bias_not_added": -log(p0[at]),
            "loss_sign": log(p[at]),
            "probability_for_loss": p[at],
            "class_from_one": -log(p[at - 1]) if at else None,
            "other_class": -log(p[(at + 1) % 3]),
            "loss_base": right / log(draw.choice((2, 10))),
        }
        others = {
            "no log": 1 - p[at],
            **value_slips(draw, right),
        }
    else:
        outer = ask == "dense1.weight.grad"

        def shown(g: list[float]) -> Answer:
            return [[v * u for u in x] for v in g] if outer else g

        right = shown(pull)
        typical = {
            "label_not_subtracted": shown(p),
            "gradient_sign": shown([-v for v in pull]),
            "other_class": shown([v - (i == (at + 1) % 3) for i, v in enumerate(p)]),
        }
        others = {
            "the label alone": shown([float(i == at) for i in range(3)]),
            "1 added": shown([v + (i == at) for i, v in enumerate(p)]),
            "with its slope": shown([v * q * (1 - q) for v, q in zip(pull, p, strict=True)]),
            "the scores": shown([v - (i == at) for i, v in enumerate(z)]),
        }
    return problem(spec, ask, right, typical, others)


def _softmax(z: list[float]) -> list[float]:
    total = sum(map(exp, z))
    return [exp(v) / total for v in z]


def conv_gradient(draw: random.Random) -> Problem:
    """The gradients of a convolution's filter, bias and input from a given upstream gradient."""
    W, F, whole = draw.choice((3, 4)), 2, draw.random() < 0.6
    n = W - F + 1
    image, taps, up = grid(draw, W, W, whole), grid(draw, F, F, whole), grid(draw, n, n, whole)
    ask = draw.choice(("conv1.weight.grad", "input.grad", "conv1.bias.grad"))
    spec = {
        "input": f"{W}x{W}x1",
        "layers": [{"conv": {"K": 1, "F": F}}],
        "example": {
            "given": {"input": image, "conv1.weight": taps, "conv1.bias": [0]},
            "upstream": {"conv1": up},
        },
    }
    first = [[image[a][b] * up[0][0] for b in range(F)] for a in range(F)]
    if ask == "conv1.weight.grad":
        right: Answer = slide(image, up)
        typical: dict[str, Answer] = {
            "first_window_only": first,
            "weight_gradient_turned": flipped(right),
            "gradient_averaged": [[v / (n * n) for v in row] for row in right],
        }
        others: dict[str, Answer] = {
            "up turned": slide(image, flipped(up)),
            **map_slips(draw, right),
        }
    elif ask == "conv1.bias.grad":
        right = [sum(map(sum, up))]
        mean: Answer = [right[0] / (n * n)]
        typical = {"first_window_only": [up[0][0]], "gradient_averaged": mean}
        others = {"count": [n * n], "largest": [max(map(max, up))]}
    else:
        right, over = _scattered(up, taps, W, True), _scattered(up, taps, W, False)
        typical = {
            "overlaps_not_summed": over,
            "filter_not_turned": _scattered(up, flipped(taps), W, True),
        }
        others = {
            "times the image": [[right[i][j] * image[i][j] for j in range(W)] for i in range(W)],
            "mean": [[v / 4 for v in row] for row in right],
            **map_slips(draw, right),
        }
    return problem(spec, ask, right, typical, others)


def _scattered(up: Grid, taps: Grid, W: int, summed: bool) -> Grid:
    found = [[0.0] * W for _ in range(W)]
    for i, row in enumerate(up):
        for j, pull in enumerate(row):
            for a, line in enumerate(taps):
                for b, tap in enumerate(line):
                    before = found[i + a][j + b] if summed else 0.0
                    found[i + a][j + b] = before + pull * tap
    return found


VALUED: tuple[Callable[[random.Random], Problem], ...] = (
    conv_map, conv_map, pooled, neuron, neuron, classes, conv_gradient,
)  # fmt: skip


# -- samples ---------------------------------------------------------------------------------------


def problems(
    makers: tuple[Callable[[random.Random], Problem], ...], count: int, seed: int
) -> Iterator[Problem]:
    """Yield problems in turn, always the same ones for a seed."""
    draw = random.Random(seed)
    for number in range(count):
        yield makers[number % len(makers)](draw)


def near(draw: random.Random, right: Answer) -> Answer:
    """Return whole numbers within 20 % of the right ones, each drawn on its own; not the right."""
    while True:
        sizes = right if isinstance(right, tuple) else (right,)
        drawn = tuple(draw.randint(ceil(0.8 * n), max(1, int(1.2 * n))) for n in sizes)
        if drawn != sizes:
            return drawn if isinstance(right, tuple) else drawn[0]
        if all(ceil(0.8 * n) == int(1.2 * n) for n in sizes):
            return None


def values_of(right: Answer) -> int:
    """Return how many numbers an answer has."""
    return prod([len(right), values_of(right[0])]) if isinstance(right, list | tuple) else 1
