"""Evaluates operators on small arrays: the arithmetic of shapes in a graph.

What operators do: https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from math import prod

from shapecalc.readers.onnx.evaluation.arrays import Array, Given, Unfit, is_small
from shapecalc.readers.onnx.evaluation.by_value import (
    cast,
    divided,
    each,
    mod,
    power,
    range_of,
    where,
)
from shapecalc.readers.onnx.evaluation.parts import (
    concat,
    gather,
    nonzero,
    scatter,
    slice_of,
    split,
)
from shapecalc.readers.onnx.evaluation.reductions import reduction
from shapecalc.readers.onnx.evaluation.reshaping import (
    constant_of_shape,
    expand,
    flatten,
    identity,
    matrix_product,
    reshape,
    size_of,
    squeeze,
    tile,
    transpose,
    unsqueeze,
    without_values,
)
from shapecalc.readers.onnx.model import ALL_VALUES, BOOL


class Evaluator:
    """Computes what operators give; of all together no more values than ALL_VALUES."""

    def __init__(self) -> None:
        self.left = ALL_VALUES

    def evaluate(self, op: str, arrays: Sequence[Array | None], given: Given) -> list[Array]:
        """Return what an operator gives for arrays that are known, [] where that is not known.

        `given` are its arguments. An array that is left out, or of which nothing is known, is None.
        """
        function = OPERATORS.get(op)
        if function is None:
            return []
        known = [
            array if array is None or array.values is None or is_small(array.shape)
            else array._replace(values=None)
            for array in arrays
        ]  # fmt: skip
        try:
            found = function(known, given)
        except (Unfit, ArithmeticError, LookupError, TypeError, ValueError):
            return []  # what does not fit together: nothing follows from it
        outputs = found if isinstance(found, list) else [found]
        for array in outputs:
            if array.values is not None:
                self.left -= len(array.values)
        if self.left < 0:
            return [array._replace(values=None) for array in outputs]
        return outputs


OPERATORS: dict[str, Callable[[Sequence[Array | None], Given], Array | list[Array]]] = {
    "Abs": each(abs),
    "Add": each(operator.add),
    "And": each(lambda a, b: bool(a and b), BOOL),
    "Cast": cast,
    "CastLike": cast,
    "Ceil": each(lambda a: float(math.ceil(a))),
    "Concat": concat,
    "ConstantOfShape": constant_of_shape,
    "Div": each(divided),
    "Equal": each(operator.eq, BOOL),
    "Exp": each(math.exp),
    "Expand": expand,
    "Flatten": flatten,
    "Floor": each(lambda a: float(math.floor(a))),
    "Gather": gather,
    "Greater": each(operator.gt, BOOL),
    "GreaterOrEqual": each(operator.ge, BOOL),
    "Identity": identity,
    "Less": each(operator.lt, BOOL),
    "LessOrEqual": each(operator.le, BOOL),
    "Log": each(math.log),
    "MatMul": matrix_product,
    "Max": each(max),
    "Min": each(min),
    "Mod": mod,
    "Mul": each(operator.mul),
    "Neg": each(operator.neg),
    "NonZero": nonzero,
    "Not": each(operator.not_, BOOL),
    "Or": each(lambda a, b: bool(a or b), BOOL),
    "Pow": each(power),
    "Range": range_of,
    "Reciprocal": each(lambda a: 1 / a),
    "ReduceMax": reduction(max),
    "ReduceMean": reduction(lambda listed: sum(listed) / len(listed)),
    "ReduceMin": reduction(min),
    "ReduceProd": reduction(prod),
    "ReduceSum": reduction(sum),
    "Relu": each(lambda a: max(a, 0)),
    "Reshape": reshape,
    "Round": each(lambda a: float(round(a))),
    "ScatterND": scatter,
    "Sigmoid": each(lambda a: 1 / (1 + math.exp(-a))),
    "Sign": each(lambda a: (a > 0) - (a < 0)),
    "Size": size_of,
    "Slice": slice_of,
    "Split": split,
    "Sqrt": each(math.sqrt),
    "Squeeze": squeeze,
    "Sub": each(operator.sub),
    "Sum": each(lambda *numbers: sum(numbers)),
    "Tanh": each(math.tanh),
    "Tile": tile,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
    "Where": where,
    "Xor": each(lambda a, b: bool(a) != bool(b), BOOL),
    **dict.fromkeys(
        ("Clip", "Cos", "CumSum", "Dropout", "Erf", "Gelu", "HardSigmoid", "HardSwish",
         "LayerNormalization", "LeakyRelu", "LpNormalization", "LogSoftmax", "Sin", "Softmax",
         "Softplus", "Trilu"), without_values,
    ),
}  # fmt: skip
