"""ONNX' functions of single values, and its arithmetic."""

from __future__ import annotations

from math import isclose
from typing import Any

from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.onnx.constants import Known
from shapecalc.readers.onnx.evaluation.arrays import Unfit
from shapecalc.readers.tensors import arithmetic
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, broadcast

BINARY = {
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide", "Pow": "power",
    "Max": "maximum", "Min": "minimum", "Sum": "add", "Mean": "average",
    **dict.fromkeys(
        ("And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitShift", "Equal", "Greater",
         "GreaterOrEqual", "Less", "LessOrEqual", "Mod", "Or", "Xor"), "compare",
    ),
}  # fmt: skip
MANY = {"add": "add", "maximum": "maximum", "average": "average"}  # kinds of several sources


def _plain(kind: str | None) -> Handler:
    """Return the handler of a function without arguments; None where we have no such kind."""
    return lambda call: arithmetic.elementwise(call.network, call.at, kind, call.tensor(0))


def leaky_relu(call: Call) -> Tensor:
    """LeakyRelu: alpha is its slope."""
    return _kept(call, "leaky_relu", {"slope": call.number("alpha", 0.01)})


def elu(call: Call) -> Tensor:
    """Elu: ours has an alpha of 1."""
    return _kept(call, "elu" if call.number("alpha", 1.0) == 1 else None)


def gelu(call: Call) -> Tensor:
    """Gelu, exact or by tanh: what is approximated is the same function."""
    return _kept(call, "gelu")


def hard_sigmoid(call: Call) -> Tensor:
    """HardSigmoid: ours is that of an alpha of 1/6."""
    alpha, beta = call.number("alpha", 0.2), call.number("beta", 0.5)
    ours = isclose(alpha, 1 / 6, abs_tol=1e-4) and beta == 0.5
    return _kept(call, "hard_sigmoid" if ours else None)


def clip(call: Call) -> Tensor:
    """Clip: from 0 on it is a ReLU, with or without a limit."""
    low, high = (call.given.get(name) for name in ("min", "max"))
    number = isinstance(high, int | float) and 0 < high < 3e38
    if low == 0 and number:
        if high == 6:
            return _kept(call, "relu6")
        return _kept(call, "relu", {"max": high})
    if low == 0 and (high is None or isinstance(high, float)):
        return _kept(call, "relu")
    if low == -1 and high == 1:
        return _kept(call, "hard_tanh")
    return _kept(call, None)


def thresholded(call: Call) -> Tensor:
    """ThresholdedRelu: x above alpha, 0 below."""
    return _kept(call, "relu", {"threshold": call.number("alpha", 1.0)})


def dropout(call: Call) -> Tensor:
    """Dropout: ratio is its rate."""
    rate = call.given.get("ratio", 0.5)
    known = isinstance(rate, int | float) and 0 <= rate < 1
    return _kept(call, "dropout", {"rate": rate} if known and rate != 0.5 else {})


def softmax(call: Call) -> Tensor:
    """Softmax; in old versions along all axes from one on, together."""
    x = call.tensor(0)
    kind = {"Softmax": "softmax", "LogSoftmax": "log_softmax"}[call.node.op]
    axis = call.whole("axis", -1)
    if "flattens" in call.given:
        shape, first = call.network.shape(x), x.counted(axis)
        if shape is None or first is None:
            return _kept(call, None)
        wide = [n for n in range(first, len(shape)) if shape[n] != 1]
        axis = wide[0] if len(wide) == 1 else first if first == len(shape) - 1 else axis
        if len(wide) > 1:
            return _kept(call, None)
    return arithmetic.softmax(call.network, call.at, kind, x, axis)


def prelu(call: Call) -> Tensor | None:
    """PRelu: one slope, one for each slice, or one for each value."""
    x, slopes = call.tensor(0), call.weight(1)
    sizes = call.network.shape(x)
    if x.rank is None or len(slopes.shape) > x.rank:
        return None
    along = [axis + x.rank - len(slopes.shape) for axis, n in enumerate(slopes.shape) if n != 1]
    fields: dict[str, Any] = {}
    if along == [x.depth]:
        fields = {"slopes": "per_slice"}
    elif along:
        per_value = sizes is not None and set(along) >= {a for a in x.axes if sizes[a] != 1}
        if not per_value:
            return None
        fields = {"slopes": "per_value"}
    arrays = {"weight": slopes}
    if not call.network.can_hold("prelu", arrays):
        return None
    return call.network.add(call.at, "prelu", fields, [x], arrays)


def _kept(call: Call, kind: str | None, fields: dict[str, Any] | None = None) -> Tensor:
    return arithmetic.elementwise(call.network, call.at, kind, call.tensor(0), fields or {})


def quantized(call: Call) -> Tensor:
    """QuantizeLinear and DequantizeLinear: other numbers for the same values."""
    x = call.tensor(0)
    return call.network.operation(call.at, [x], [call.network.shape(x)], kept=x)[0]


# -- several tensors -------------------------------------------------------------------------------


def binary(call: Call) -> Tensor | None:
    """A function of two tensors, or of a tensor and a constant; some take more."""
    function = BINARY[call.node.op]
    if len(call.node.inputs) == 1:
        return _kept(call, "identity")
    if len(call.node.inputs) > 2:
        return _of_many(call, function)
    a, b = call.maybe(0), call.maybe(1)
    if a is not None and b is not None:
        if function == "average":
            return _of_many(call, function)
        return arithmetic.binary(call.network, call.at, function, a, b)
    place = 1 if a is not None else 0
    known = call.known(place)
    if known is None:
        raise Unfit
    x = call.tensor(1 - place)
    constant = _aligned(call, known, x)
    if constant is None:
        return _with_arrays(call, x, known)
    return arithmetic.with_constant(call.network, call.at, function, x, constant, behind=place == 1)


def _aligned(call: Call, known: Known, x: Tensor) -> Constant | None:
    """Return a constant whose axes are aligned at the end, as they were not before version 7."""
    constant = known.operand()
    axis = call.given.get("axis")
    if constant is None or call.given.get("broadcast") != 1 or axis is None or x.rank is None:
        return constant
    counted = x.counted(call.whole("axis", 0))
    if counted is None:
        raise Unfit
    behind = x.rank - counted - len(constant.shape)
    return constant.reshaped((*constant.shape, *[1] * max(behind, 0)))


def _with_arrays(call: Call, x: Tensor, known: Known) -> Tensor:
    """Add arithmetic with what is computed from arrays, which are counted here."""
    array = known.array
    shape: Shape | None = None if array is None else array.shape
    sizes = broadcast(call.network.shape(x), shape)
    kept = x if sizes is None or len(sizes) == x.rank else None
    return call.network.operation(call.at, [x], [sizes], known.counted(), kept=kept)[0]


def _of_many(call: Call, function: str) -> Tensor:
    """Add a function of several tensors of one shape; with others it is an operation."""
    tensors = call.tensors()
    shapes = [call.network.shape(tensor) for tensor in tensors]
    if not tensors:
        raise Unfit
    first = tensors[0]
    alike = all(t.axes == first.axes and t.rank == first.rank for t in tensors)
    if function in MANY and alike and len(tensors) == len(call.node.inputs) > 1:
        return call.network.add(call.at, MANY[function], {}, tensors)
    arrays = call.kept(False)
    constants = [known.array for place in range(len(call.node.inputs))
                 if (known := call.known(place)) is not None]  # fmt: skip
    sizes = broadcast(*shapes, *(None if array is None else array.shape for array in constants))
    kept = next((one for one in tensors if sizes is not None and one.rank == len(sizes)), None)
    return call.network.operation(call.at, tensors, [sizes], arrays, kept=kept)[0]


def where(call: Call) -> Tensor:
    """Where: one of two tensors, value by value."""
    return _of_many(call, "where")


FUNCTIONS: dict[str, str | None] = {
    "Abs": "abs", "Exp": "exp", "HardSwish": "hard_swish", "Mish": "mish", "Relu": "relu",
    "Selu": "selu", "Sigmoid": "sigmoid", "Softplus": "softplus", "Softsign": "softsign",
    "Sqrt": "sqrt", "Swish": "silu", "Tanh": "tanh", "Cast": "identity", "CastLike": "identity",
    "Identity": "identity",
    **dict.fromkeys(
        ("Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Bernoulli", "BitwiseNot", "Ceil",
         "Celu", "Cos", "Cosh", "CumSum", "Erf", "Floor", "Hardmax", "IsInf", "IsNaN", "Log",
         "LpNormalization", "MeanVarianceNormalization", "Neg", "Not", "Reciprocal",
         "ReverseSequence", "Round", "Shrink", "Sign", "Sin", "Sinh", "Tan", "Trilu"),
    ),
}  # fmt: skip
OPERATORS: dict[str, Handler] = {
    **{name: _plain(kind) for name, kind in FUNCTIONS.items()},
    **dict.fromkeys(BINARY, binary),
    "Clip": clip,
    "DequantizeLinear": quantized,
    "Dropout": dropout,
    "Elu": elu,
    "Gelu": gelu,
    "HardSigmoid": hard_sigmoid,
    "LeakyRelu": leaky_relu,
    "LogSoftmax": softmax,
    "PRelu": prelu,
    "QuantizeLinear": quantized,
    "Softmax": softmax,
    "ThresholdedRelu": thresholded,
    "Where": where,
}
