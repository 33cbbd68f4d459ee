"""What operators are put into a network with: their tensors, the arrays of the file, its claims.

The file states the shape of every tensor. Each is compared with what comes out, and taken where
shapecalc has no kind for an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

from shapecalc.quantities import Role
from shapecalc.readers.items import Sizes
from shapecalc.readers.tensors import shapes
from shapecalc.readers.tensors.layouts import Layouts, Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor
from shapecalc.readers.tflite.model import Graph, Operator
from shapecalc.readers.tflite.operators import BUILTIN
from shapecalc.readers.tflite.sizes import Numbers, measured

SIZES = ("SHAPE", "RANK")  # their outputs are numbers of the graph's own arithmetic
# What changes only how an array is stored, or what its axes are, or their order.
SAME_SHAPE = ("DEQUANTIZE", "QUANTIZE", "FAKE_QUANT", "CAST", "DENSIFY")
SAME_VALUES = (*SAME_SHAPE, "RESHAPE", "SQUEEZE", "EXPAND_DIMS")
SAME_ARRAY = (*SAME_VALUES, "TRANSPOSE")
RANDOM = ("RANDOM_STANDARD_NORMAL", "RANDOM_UNIFORM", "MULTINOMIAL")
INTEGERS = ("int32", "int64", "uint32", "uint64", "bool", "string")  # that are never learned
# Operators that multiply: where none of their meanings fits, nobody can tell how often.
MULTIPLY = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "CONV_3D_TRANSPOSE",
            "FULLY_CONNECTED", "BATCH_MATMUL", "LSTM", "UNIDIRECTIONAL_SEQUENCE_LSTM",
            "BIDIRECTIONAL_SEQUENCE_LSTM", "RNN", "UNIDIRECTIONAL_SEQUENCE_RNN",
            "BIDIRECTIONAL_SEQUENCE_RNN", "SVDF", "RFFT2D", "LSH_PROJECTION",
            "STABLEHLO_CONVOLUTION", "STABLEHLO_DOT_GENERAL", "STABLEHLO_CUSTOM_CALL",
            "DELEGATE")  # fmt: skip
# Operators that run other graphs of the file.
OTHER_GRAPHS = ("CALL", "IF", "WHILE", "CALL_ONCE", "STABLEHLO_COMPOSITE", "STABLEHLO_WHILE",
                "STABLEHLO_CASE", "STABLEHLO_REDUCE", "STABLEHLO_REDUCE_WINDOW", "STABLEHLO_SORT",
                "STABLEHLO_SCATTER")  # fmt: skip
MOST_SETTINGS = 4096  # bytes of a custom operator's options: there may be weights in more
ACTIVATIONS = {1: "relu", 2: "hard_tanh", 3: "relu6", 4: "tanh"}  # inside an operator


class Array(NamedTuple):
    """Data of the file, perhaps stored or shaped in another way; `key` is what it counts by."""

    name: str
    shape: tuple[int, ...]
    key: Any
    values: Sequence[float] | None
    learned: bool


class Call(NamedTuple):
    """An operator with what it is in the network."""

    operator: Operator
    node: Node

    @property
    def what(self) -> str:
        """The operator's name."""
        return self.operator.what

    @property
    def options(self) -> Mapping[str, Any]:
        """The operator's options by name."""
        return self.operator.options


Given = Tensor | list[Tensor] | None  # None: the operator has no meaning of its own here
Meaning = Callable[["Translation", Call], Given]
NodeOf = Callable[["Translation", Operator], Node]  # an operator as layouts need it


class Translation:
    """The network so far, and what each of the file's tensors is in it.

    Shapes that the file states are those of its own inputs, and hold for no others.
    """

    def __init__(self, graph: Graph, given: Mapping[str, Sizes], node_of: NodeOf) -> None:
        self.graph, self.names = graph, _names(graph)
        self.holds = not given
        self.arrays: dict[int, Array] = {}
        self.sizes: dict[int, Numbers | None] = {}  # of tensors, and what follows from them
        self.values: dict[int, Tensor] = {}
        self.steps: list[Call | Operator] = []  # in their order; operators alone give sizes
        inputs = set(graph.inputs)
        for number, tensor in enumerate(graph.tensors):
            if tensor.buffer is not None and number not in inputs:
                self.arrays[number] = self._array(number)
        nodes = []
        for operator in graph.operators:
            if not operator.outputs:  # it changes a variable, which is no part of the network
                continue
            if self._measures(operator):
                self.steps.append(operator)
            elif not self._folded(operator):
                nodes.append(node_of(self, operator))
                self.steps.append(Call(operator, nodes[-1]))
        self.network = Network(Layouts(nodes), given)
        for number in dict.fromkeys(graph.inputs):
            tensor = graph.tensors[number]
            name = self.names[number]
            self.values[number] = self.network.input(name, tensor.shape, (name,))

    # -- what an operator takes --------------------------------------------------------------------

    def number(self, call: Call, index: int) -> int | None:
        """Return which tensor is an input of an operator; None where it is left out."""
        inputs = call.operator.inputs
        return inputs[index] if index < len(inputs) else None

    def tensor(self, call: Call, index: int) -> Tensor | None:
        """Return an input that is computed."""
        number = self.number(call, index)
        return None if number is None else self.values.get(number)

    def tensors(self, call: Call) -> list[Tensor]:
        """Return all inputs that are computed."""
        return [self.values[n] for n in call.operator.inputs if n in self.values]

    def image(self, call: Call, index: int) -> Tensor | None:
        """Return an input that is computed, whose first axis is the batch by the operator's rule.

        Where it is not the batch any more, as after frames were cut out of a sound, it is again.
        """
        x = self.tensor(call, index)
        shape = None if x is None or x.batch is not None else self.shape(x)
        if x is None or not shape or shape[0] != self.network.batch:
            return x
        return shapes.reshape(self.network, self.step(call, "batch"), x, shape)

    def array(self, call: Call, index: int) -> Array | None:
        """Return an input that is kept in the file."""
        number = self.number(call, index)
        return None if number is None else self.arrays.get(number)

    def constant(
        self, call: Call, index: int, role: Role | None, name: str = ""
    ) -> Constant | None:
        """Return an input that is kept in the file as what it is for the operator."""
        array = self.array(call, index)
        if array is None:
            return None
        return Constant(name or array.name, array.shape, array.key, role, array.values)

    def operand(self, call: Call, index: int) -> Constant | None:
        """Return an array as an operand of arithmetic: one number is no parameter."""
        array = self.array(call, index)
        if array is None:
            return None
        counts = array.learned and any(size != 1 for size in array.shape)
        return self.constant(call, index, "weight" if counts else None)

    def numbers(self, call: Call, index: int) -> list[int] | None:
        """Return the whole numbers in an input; None where they are not known."""
        number = self.number(call, index)
        found = None if number is None else self._numbers_in(number)
        if found is None or any(number != number // 1 for number in found):
            return None
        return [int(number) for number in found]

    def _numbers_in(self, number: int) -> Numbers | None:
        """Return the numbers in a tensor that is kept in the file, or follows from sizes."""
        array = self.arrays.get(number)
        return self.sizes.get(number) if array is None else array.values

    def shape(self, tensor: Tensor) -> Shape | None:
        """Return the shape of what is computed, in the file's order."""
        return self.network.shape(tensor)

    def stated(self, call: Call, output: int = 0) -> Shape | None:
        """Return the shape that the file states of an output, where it holds.

        A tensor without values is no volume.
        """
        outputs = call.operator.outputs
        if not self.holds or output >= len(outputs):
            return None
        shape = self.graph.tensors[outputs[output]].shape
        return None if shape is not None and 0 in shape else shape

    # -- what it gives -----------------------------------------------------------------------------

    def add(self, call: Call, meaning: Meaning | None) -> None:
        """Add what an operator is in the network; an operation where it means nothing here."""
        found = meaning(self, call) if meaning else None
        if found is None:
            found = self.opaque(call)
        listed = found if isinstance(found, list) else [found]
        if listed:
            listed[0] = self._activated(call, listed[0])
        for number, (index, value) in enumerate(zip(call.operator.outputs, listed, strict=False)):
            self.values[index] = value
            shape = self.stated(call, number)
            if shape is not None:
                self.network.claim(value, shape)

    def opaque(self, call: Call) -> list[Tensor]:
        """Add an operator that has no kind, with all arrays that it takes."""
        operator = call.operator
        arrays = [self.operand(call, index) for index in range(len(operator.inputs))]
        tells = call.what in BUILTIN and call.what not in (*MULTIPLY, *OTHER_GRAPHS)
        return self.network.operation(
            call.node,
            self.tensors(call),
            [self.stated(call, number) for number in range(len(operator.outputs))],
            [array for array in arrays if array is not None],
            macs=0 if tells else None,
            known=call.what not in OTHER_GRAPHS and operator.custom <= MOST_SETTINGS,
        )

    def step(self, call: Call, suffix: str) -> Node:
        """Return the node for a step in front of an operator itself."""
        return replace(call.node, name=f"{call.node.name}/{suffix}", outputs=())

    def _activated(self, call: Call, value: Tensor) -> Tensor:
        """Add the activation inside an operator as a layer behind it."""
        number = call.options.get("activation", 0)
        if not number:
            return value
        kind = ACTIVATIONS.get(number)
        if kind is None:  # the sign bit, and what may be added to the schema
            node = self.step(call, "activation")
            return self.network.operation(node, [value], kept=value, what=f"activation {number}")[0]
        return self.network.add(call.node, kind, {}, [value], suffix=f"/{kind}")

    # -- arrays and sizes --------------------------------------------------------------------------

    def measure(self, operator: Operator) -> None:
        """Work out the sizes that an operator gives."""
        inputs = [number for number in operator.inputs if number is not None]
        for output in operator.outputs:
            if operator.what in SIZES:
                tensor = self.values.get(inputs[0]) if inputs else None
                shape = None if tensor is None else self.shape(tensor)
                if shape is None:
                    continue
                known = [size for size in shape if size is not None]
                if operator.what == "RANK":
                    self.sizes[output] = [len(shape)]
                elif len(known) == len(shape):
                    self.sizes[output] = known
                continue
            whole = self.graph.tensors[output].type.name in INTEGERS
            found = [self._numbers_in(number) for number in inputs]
            self.sizes[output] = measured(operator, whole, found)

    def _measures(self, operator: Operator) -> bool:
        """Say whether an operator gives sizes of tensors, or computes with such alone."""
        inputs = [number for number in operator.inputs if number is not None]
        if operator.what not in SIZES:
            if not any(number in self.sizes for number in inputs):
                return False
            if any(n not in self.sizes and n not in self.arrays for n in inputs):
                return False
        self.sizes.update(dict.fromkeys(operator.outputs))
        return True

    def _folded(self, operator: Operator) -> bool:
        """Say whether an operator makes arrays of arrays."""
        inputs = [number for number in operator.inputs if number is not None]
        if not inputs or any(number not in self.arrays for number in inputs):
            return False
        if operator.what in RANDOM or operator.what not in BUILTIN:
            return False
        if operator.what not in SAME_SHAPE:
            shapes = [self.graph.tensors[number].shape for number in operator.outputs]
            if any(shape is None or None in shape for shape in shapes):
                return False
        for number in operator.outputs:
            self.arrays[number] = self._made(operator, [self.arrays[n] for n in inputs], number)
        return True

    def _made(self, operator: Operator, inputs: Sequence[Array], number: int) -> Array:
        """Return an array that is made of others: still the first one, or a new one."""
        made, first = self._array(number), inputs[0]
        if operator.what in SAME_SHAPE:
            return first
        if operator.what in SAME_ARRAY:
            values = first.values if operator.what in SAME_VALUES else None
            return first._replace(shape=made.shape, values=values)
        learned = any(array.learned and prod(array.shape) > 1 for array in inputs)
        return made._replace(learned=learned)

    def _array(self, number: int) -> Array:
        """Return a tensor's data. A size that is left open is 1 in the data."""
        tensor = self.graph.tensors[number]
        shape = tuple(1 if size is None else size for size in tensor.shape or ())
        learned = tensor.type.name not in INTEGERS
        return Array(self.names[number], shape, number, tensor.values, learned)


def _names(graph: Graph) -> list[str]:
    """Return a name for each tensor, none twice: the first of those that the converter joined."""
    names: list[str] = []
    known: set[str] = set()
    counts: dict[str, int] = {}
    for tensor in graph.tensors:
        own = name = tensor.name.split(";")[0] or tensor.name
        while name in known:
            counts[own] = counts.get(own, 1) + 1
            name = f"{own}_{counts[own]}"
        known.add(name)
        names.append(name)
    return names
