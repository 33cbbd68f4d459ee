"""What of a graph is constant: weights, numbers, and what is computed from them and from shapes.

Which arrays are parameters: an initializer that is of floating-point numbers, wherever it is used
(a single number, whatever axes of one it has, only under a name of its own: exporters keep limits
and factors like that); any other constant of such numbers where it is the operand of an operator
with weights. The names tell them apart: exporters merge arrays with equal values, and give each
layer's its name back by an Identity. Several values in arithmetic with a tensor are taken for
weights, too: scales and shifts are written like that.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from shapecalc.quantities import Role
from shapecalc.readers.onnx.arguments import arguments
from shapecalc.readers.onnx.evaluation.arrays import Array
from shapecalc.readers.onnx.evaluation.evaluator import Evaluator
from shapecalc.readers.onnx.model import (
    FLOAT,
    FLOATING,
    INT64,
    QUANTISED,
    Graph,
    Node,
    Tensor,
    ValueInfo,
)
from shapecalc.readers.onnx.wire import Malformed
from shapecalc.readers.tensors.values import Constant

# Operators that give the same values: what is counted is the array behind them.
VIEWS = frozenset(
    ("Cast", "CastLike", "DequantizeLinear", "Expand", "Flatten", "QuantizeLinear", "Reshape",
     "Squeeze", "Transpose", "Unsqueeze")
)  # fmt: skip
MOST_JOINED = 2_000_000  # arrays behind all constants that are computed
OWN = re.compile(r"(?:\w+\.)+\w+|[^\W\d]+")  # a path of modules, or a word without numbers
MADE = re.compile(r"const|scalar|literal|lifted|_default$", re.IGNORECASE)  # by an exporter
QUANTIZING = ("DequantizeLinear", "QuantizeLinear")
NUMBERS = {"value_float": FLOAT, "value_floats": FLOAT, "value_int": INT64, "value_ints": INT64}


@dataclass(slots=True, eq=False)
class Known:
    """A constant. `array` is None where nothing is known of it but that it is one.

    `key` is the name that it is counted by, and `own` the shape that counts; what is computed from
    several has no key, and `behind` it are the arrays that are counted where it is used. `counts`
    says that it is one wherever it is used, `weighs` that it is where a weight is wanted.
    """

    array: Array | None
    key: str = ""
    own: tuple[int, ...] | None = None
    counts: bool = False
    weighs: bool = False
    behind: tuple[Constant, ...] = ()

    def counted(self, bearing: bool = False, role: Role = "weight") -> tuple[Constant, ...]:
        """Return the arrays that are counted where it is used, by an operator with weights or not.

        None is counted of which the shape is not known.
        """
        if not self.key or self.own is None or not (self.counts or (bearing and self.weighs)):
            return self.behind
        return (Constant(self.key, self.own, self.key, role), *self.behind)

    def viewed(self, array: Array | None, key: str) -> Known:
        """Return the same values in another shape, or under another name."""
        return Known(array, key, self.own, self.counts, self.weighs, self.behind)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape where all of it is known."""
        if self.array is None or None in self.array.shape:
            return None
        return self.array.shape  # type: ignore[return-value]

    def weight(self, role: Role = "weight") -> Constant | None:
        """Return it as an array that a layer keeps; None where it is not one by itself."""
        if not self.key or self.behind or self.shape is None or not self.weighs:
            return None
        return Constant(self.key, self.shape, self.key, role)

    def operand(self) -> Constant | None:
        """Return it as an operand of arithmetic beside a tensor; None where nothing is known of it.

        A single number that is no initializer belongs to the arithmetic.
        """
        if self.array is None or self.shape is None or self.behind:
            return None
        several = self.weighs and self.own is not None and prod(self.own) > 1
        if self.key and (self.counts or several):
            return Constant(self.key, self.shape, self.key, "weight")
        return Constant(self.key, self.shape, self.key, None, self.array.values)


UNKNOWN_CONSTANT = Known(None)
# Of operators the inputs that are weights wherever they come from.
PLACES = {
    **dict.fromkeys(("Conv", "ConvTranspose", "Gemm", "InstanceNormalization",
                     "LayerNormalization"), (1, 2)),
    **dict.fromkeys(("GRU", "LSTM", "RNN"), (1, 2, 3)),
    "BatchNormalization": (1, 2, 3, 4),
    "PRelu": (1,),
}  # fmt: skip


def left_out(graph: Graph) -> list[Tensor]:
    """Return the weights of a file that was written without them: they stand among its inputs.

    That is so where an operator takes an input as a weight, and none takes it in another way.
    PyTorch writes what comes in first, and all weights behind it.
    """
    inputs = [value for value in graph.inputs if value.name not in graph.initializers]
    if len(inputs) < 2:
        return []
    weights: set[str] = set()
    others: set[str] = set()
    for node in graph.nodes:
        places = PLACES.get(node.op, ())
        if node.op != "Identity":
            for place, name in enumerate(node.inputs):
                (weights if place in places else others).add(name)
    alone = weights - others
    first = next((n for n, value in enumerate(inputs) if value.name in alone), len(inputs))
    return [
        Tensor(value.name, shape, value.data_type, None, None, 0)
        for value in inputs[max(first, 1) :]
        if (shape := _sizes(value)) is not None
    ]


def _is_own(name: str) -> bool:
    """Say whether a name is one that a parameter has in its model: blocks.0.gain, logit_scale.

    Exporters make names of numbers (val_12), of operators (onnx::Mul_3, scalar_tensor_default), or
    say that it is a constant.
    """
    return OWN.fullmatch(name) is not None and MADE.search(name) is None


def _sizes(value: ValueInfo) -> tuple[int, ...] | None:
    """Return a shape all of whose sizes are known."""
    sizes = tuple(size for size in value.shape or (None,) if isinstance(size, int))
    return sizes if len(sizes) == len(value.shape or (None,)) else None


class Constants:
    """The constants of a graph by the names of their tensors."""

    def __init__(self, opset: int) -> None:
        self.found: dict[str, Known] = {}
        self.opset = opset
        self.evaluator = Evaluator()
        self.joined = 0

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def array(self, name: str) -> Array | None:
        """Return what is known of a constant's values."""
        known = self.found.get(name)
        return None if known is None else known.array

    def keep(self, initializers: Iterable[Tensor]) -> None:
        """Take up what a graph begins with."""
        found = self.found
        for tensor in initializers:
            floats = tensor.data_type in FLOATING
            array = Array(tensor.shape, tensor.data_type, tensor.values)
            counts = floats and (prod(tensor.shape) > 1 or _is_own(tensor.name))
            weighs = floats or tensor.data_type in QUANTISED
            found[tensor.name] = Known(array, tensor.name, tensor.shape, counts, weighs)

    def constant(self, node: Node) -> None:
        """Take up what a node Constant gives."""
        name = node.outputs[0]
        for attribute, value in node.attributes.items():
            if isinstance(value, Tensor):
                array = Array(value.shape, value.data_type, value.values)
                weighs = value.data_type in FLOATING
                self.found[name] = Known(array, name, value.shape, False, weighs)
                return
            if attribute in NUMBERS:
                listed = value if isinstance(value, list) else [value]
                shape = (len(listed),) if isinstance(value, list) else ()
                array = Array(shape, NUMBERS[attribute], listed)
                weighs = array.data_type == FLOAT
                self.found[name] = Known(array, name, shape, False, weighs)
                return
        self.found[name] = UNKNOWN_CONSTANT

    def numbers(self, name: str, array: Array) -> None:
        """Take up numbers that come of a shape."""
        self.found[name] = Known(array)

    def fold(self, node: Node) -> None:
        """Take up what a node gives all of whose inputs are constant."""
        found = self.found
        if node.op == "Identity":
            known, name = found.get(node.inputs[0], UNKNOWN_CONSTANT), node.outputs[0]
            # Its name is one of its own: of arrays with equal values there may be one only.
            found[name] = known.viewed(known.array, name) if known.key else known
            return
        operands = [found.get(name, UNKNOWN_CONSTANT) if name else None for name in node.inputs]
        given = arguments(node, self.opset, self.array)
        arrays = [None if known is None else known.array for known in operands]
        outputs = self.evaluator.evaluate(node.op, arrays, given)
        if node.op in QUANTIZING and arrays[0] is not None:
            outputs = [arrays[0]]
        first = operands[0] if operands else None
        for number, name in enumerate(node.outputs):
            array = outputs[number] if number < len(outputs) else None
            if node.op in VIEWS and first is not None and first.key:
                found[name] = first.viewed(array, first.key)
            elif node.op == "ConstantOfShape" and array is not None:
                weighs = array.data_type in FLOATING
                own: Any = None if None in array.shape else array.shape
                found[name] = Known(array, name, own, False, weighs)
            else:
                found[name] = Known(array, behind=self._behind(node, operands))

    def _behind(self, node: Node, operands: Sequence[Known | None]) -> tuple[Constant, ...]:
        """Return the arrays that an operator counts; a table in front of a product is no weight.

        Raises Malformed where arrays are joined again and again, as no network has them.
        """
        arrays: dict[Hashable, Constant] = {}
        for number, known in enumerate(operands):
            if known is None or not (known.counts or known.behind or known.weighs):
                continue
            if node.op == "MatMul":
                counted = known.counted(True) if number else known.behind
            else:
                counted = known.counted()
            arrays.update((array.key, array) for array in counted)
        self.joined += len(arrays)
        if self.joined > MOST_JOINED:
            raise Malformed(f"more than {MOST_JOINED:,} arrays are joined to others", node.at)
        return tuple(arrays.values())
