"""PyTorch's functions of single values, and its arithmetic with two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.pytorch.calls import Call, Fixed, Unfit
from shapecalc.readers.tensors import arithmetic
from shapecalc.readers.tensors.values import Constant, Tensor, broadcast

Handler = Callable[[Call], Tensor]
Fields = Mapping[str, Any]
Meaning = tuple[str | None, Fields]  # a kind, or none, and its fields
OTHERS = (
    "neg", "rsqrt", "erf", "sin", "cos", "log", "log2", "log1p", "expm1", "reciprocal", "square",
    "floor", "ceil", "round", "sign", "log_sigmoid", "hardshrink", "softshrink", "logical_not",
    "bitwise_not", "isnan", "atan", "celu", "threshold", "alpha_dropout", "cumsum", "rad2deg",
    "nan_to_num", "clamp_max", "clamp_min",
)  # fmt: skip


def function(kind: str | None) -> Handler:
    """Return what adds a function without fields."""
    return lambda call: arithmetic.elementwise(call.network, call.node, kind, call.tensor("self"))


def told(read: Callable[[Call], Meaning]) -> Handler:
    """Return what adds a function whose kind the arguments tell."""

    def add(call: Call) -> Tensor:
        kind, fields = read(call)
        x = call.tensor("self" if "self" in call.args else "input")  # dropout has it both ways
        return arithmetic.elementwise(call.network, call.node, kind, x, fields)

    return add


def _gelu(call: Call) -> Meaning:
    return ("gelu" if call.value("approximate") == "none" else None), NOTHING


def _between(low: Any, high: Any) -> Meaning:
    if (low, high) == (0, 6):
        return "relu6", NOTHING
    if (low, high) == (-1, 1):
        return "hard_tanh", NOTHING
    if low == 0 and high is None:
        return "relu", NOTHING
    if low == 0 and isinstance(high, int | float) and high > 0:
        return "relu", {"max": high}
    return None, NOTHING


def _hardtanh(call: Call) -> Meaning:
    return _between(call.value("min_val"), call.value("max_val"))


def _clamp(call: Call) -> Meaning:
    return _between(call.value("min"), call.value("max"))


def _leaky_relu(call: Call) -> Meaning:
    slope = call.value("negative_slope")
    return ("leaky_relu", {"slope": slope}) if isinstance(slope, int | float) else (None, NOTHING)


def _elu(call: Call) -> Meaning:
    usual = all(call.value(name) == 1 for name in ("alpha", "scale", "input_scale"))
    return ("elu" if usual else None), NOTHING


def _softplus(call: Call) -> Meaning:
    return ("softplus" if call.value("beta") == 1 else None), NOTHING


def _dropout(call: Call) -> Meaning:
    rate = call.value("p")
    return ("dropout", {"rate": rate}) if isinstance(rate, int | float) and 0 <= rate < 1 else (
        None, NOTHING
    )  # fmt: skip


def softmax(kind: str) -> Handler:
    """Return what adds softmax or log_softmax along an axis."""
    return lambda call: arithmetic.softmax(
        call.network, call.node, kind, call.tensor("self"), call.integer("dim")
    )


def prelu(call: Call) -> Tensor:
    """Add a prelu with one slope, or one for each slice; the slices are axis 1."""
    slopes = call.constant("weight")
    x = call.network.with_depth(call.node, call.tensor("self"), 1)
    arrays = {"weight": slopes}
    if x is None or not call.network.can_hold("prelu", arrays):
        raise Unfit
    if slopes.size == 1:
        return call.network.add(call.node, "prelu", {}, [x], arrays)
    if (call.network.volume(x) or (None,))[-1] != slopes.size:
        raise Unfit
    return call.network.add(call.node, "prelu", {"slopes": "per_slice"}, [x], arrays)


def glu(call: Call) -> Tensor:
    """Add a glu, which halves an axis: the depth."""
    x = call.network.with_depth(call.node, call.tensor("self"), call.integer("dim"))
    if x is None:
        raise Unfit
    return call.network.add(call.node, "glu", {}, [x])


def binary(name: str) -> Handler:
    """Return what adds a function of two: tensors, an array or a number."""

    def add(call: Call) -> Tensor:
        if call.value("alpha") not in (None, 1):
            raise Unfit
        return _joined(call, name, call.given("self"), call.given("other"))

    return add


def turned(call: Call) -> Tensor:
    """Add a number minus a tensor."""
    if call.value("alpha") != 1:
        raise Unfit
    return _with_number(call, "subtract", call.tensor("self"), "other", behind=False)


def _joined(call: Call, name: str, a: Any, b: Any) -> Tensor:
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return arithmetic.binary(call.network, call.node, name, a, b)
    if b is None and isinstance(a, Tensor):
        return _with_number(call, name, a, "other", behind=True)
    x, array, behind = (a, b, True) if isinstance(a, Tensor) else (b, a, False)
    if not isinstance(x, Tensor) or not isinstance(array, Fixed):
        raise Unfit
    learned = array.whole and array.bases[0].role != "statistic"
    if learned and array.shape is not None and None not in array.shape:
        constant = call.constant("other" if behind else "self")
        return arithmetic.with_constant(call.network, call.node, name, x, constant, behind=behind)
    shape = broadcast(call.network.shape(x), array.shape)
    kept = x if shape is None or len(shape) == x.rank else None
    return call.network.operation(call.node, [x], [shape], array.bases, kept=kept)[0]


def _with_number(call: Call, name: str, x: Tensor, argument: str, *, behind: bool) -> Tensor:
    number = call.value(argument)
    if not isinstance(number, int | float):
        return call.network.operation(call.node, [x], [call.network.shape(x)], kept=x)[0]
    constant = Constant("", (), None, None, (number,))
    return arithmetic.with_constant(call.network, call.node, name, x, constant, behind=behind)


def choice(call: Call) -> Tensor:
    """Add a choice or a comparison among several tensors and arrays."""
    given = [one for name in call.args for one in call.listed(name)]
    if call.bases or not call.tensors:
        raise Unfit
    shapes = [call.graph.shape(one) for one in given]
    return arithmetic.choice_of(call.network, call.node, call.tensors, shapes)


ARITHMETIC = {"add": "add", "sub": "subtract", "mul": "multiply", "div": "divide"}
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
OPERATORS: Mapping[str, Handler] = {
    **{
        f"{name}.default": function(kind)
        for name, kind in {
            "relu": "relu", "relu6": "relu6", "silu": "silu", "sigmoid": "sigmoid", "tanh": "tanh",
            "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid", "selu": "selu",
            "mish": "mish", "exp": "exp", "abs": "abs", "sqrt": "sqrt",
        }.items()
    },
    **{f"{name}.default": function(None) for name in OTHERS},
    "pow.Tensor_Scalar": function(None),
    "gelu.default": told(_gelu),
    "hardtanh.default": told(_hardtanh),
    "clamp.default": told(_clamp),
    "leaky_relu.default": told(_leaky_relu),
    "elu.default": told(_elu),
    "softplus.default": told(_softplus),
    **dict.fromkeys(("dropout.default", "feature_dropout.default", "native_dropout.default"),
                    told(_dropout)),
    **dict.fromkeys(("softmax.int", "_softmax.default"), softmax("softmax")),
    **dict.fromkeys(("log_softmax.int", "_log_softmax.default"), softmax("log_softmax")),
    "prelu.default": prelu,
    "_prelu_kernel.default": prelu,
    "glu.default": glu,
    **{f"{word}.{end}": binary(kind) for word, kind in ARITHMETIC.items()
       for end in ("Tensor", "Scalar")},
    "rsub.Scalar": turned,
    "maximum.default": binary("maximum"),
    "minimum.default": binary("minimum"),
    **{f"{word}.Scalar": function(None) for word in COMPARISONS},
    **{f"{word}.Tensor": choice for word in COMPARISONS},
    "where.self": choice,
    "where.ScalarOther": choice,
    "where.ScalarSelf": choice,
    "masked_fill.Scalar": choice,
    "logical_and.default": choice,
    "logical_or.default": choice,
}  # fmt: skip
