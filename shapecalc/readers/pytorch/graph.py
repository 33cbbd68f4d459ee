"""The spec that a program becomes, node by node."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from math import ceil, floor
from typing import Any

from shapecalc.diagnostics import LIMIT
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.pytorch import arithmetic, dense, norms, shapes, windows
from shapecalc.readers.pytorch.arguments import operator_of
from shapecalc.readers.pytorch.calls import Call, Fixed, Given, Unfit
from shapecalc.readers.pytorch.program import (
    BUFFER,
    CONSTANT,
    Held,
    Program,
    Ref,
    Written,
    flat,
)
from shapecalc.readers.pytorch.roles import role_of
from shapecalc.readers.tensors import shapes as tensor_shapes
from shapecalc.readers.tensors.layouts import Layouts, Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Constant, Shape, Tensor, product

Handler = Callable[[Call], Tensor | list[Tensor]]
OPERATORS: Mapping[str, Handler] = {
    **windows.OPERATORS, **dense.OPERATORS, **norms.OPERATORS, **arithmetic.OPERATORS,
    **shapes.OPERATORS,
}  # fmt: skip
IMAGES = (4, 5)  # axes of a batch of images or of films, whose depth PyTorch has in front
AT_THE_END = ("linear.", "layer_norm.", "native_layer_norm.", "rms_norm.")  # the last axis
KEEPING = frozenset(arithmetic.OPERATORS) | frozenset(norms.OPERATORS) | {
    "cat.default", "concat.default", "slice.Tensor", "narrow.default", "roll.default",
    "pad.default", "constant_pad_nd.default", *(f"{name}.default" for name in shapes.SAME),
    "to.dtype", "to.device", "chunk.default", "split.Tensor", "split_with_sizes.default",
}  # fmt: skip
MOST_BASES = 100  # arrays that one is made of, before they count as a layer of their own
# Operators that multiply: how often, only those say that are read. All others of ATen take none.
MULTIPLYING = re.compile(
    r"(?!upsample)(?:.*_)?"
    r"(?:\w*mm|mv|matmul|conv\w*|bilinear|linear|einsum|attention\w*|v?dot|outer|inner|tensordot|"
    r"lstm\w*|gru\w*|rnn\w*|fft\w*|solve\w*|kron|inv|svd\w*)"
)
# Operators whose values do not depend on those that come in.
MADE = re.compile(
    r"(?:new_)?(?:zeros|ones|full|empty)(?:_like)?\.\w+|(?:rand|randn)(?:_like)?\.\w+"
)
OWN = re.compile(r"[a-z0-9_]+\.[A-Za-z0-9_]+")  # an operator of ATen


class Graph:
    """Puts one node after the other into a network."""

    def __init__(self, program: Program, given: Mapping[str, Sizes] = NOTHING) -> None:
        self.program, self.inputs = program, given
        self.nodes = _nodes(program)
        images = {
            name: windows.DEPTH
            for name in program.inputs
            if name in program.tensors and len(program.tensors[name].sizes) in IMAGES
        }
        self.network = Network(Layouts(self.nodes, images), given)
        self.values: dict[str, Given] = {}
        self.numbers: dict[str, Any] = {}
        self.wanted = {
            one.name
            for node in program.nodes
            for value in node.arguments.values()
            for one in flat(value)
            if isinstance(one, Ref)
        } | set(program.outputs)

    def built(self) -> list[Tensor]:
        """Return the network's outputs, all nodes being added."""
        behind = batch_behind(self.program)
        for name in self.program.inputs:
            tensor = self.program.tensors.get(name)
            shape = None if tensor is None else tensor.sizes
            batch = 1 if name in behind else 0
            self.values[name] = self.network.input(name, shape, (name,), batch=batch)
        for name, held in self.program.held.items():
            self.values[name] = self._held(name, held)
        for written, node in zip(self.program.nodes, self.nodes, strict=True):
            self._add(written, node)
        found = (self._output(name) for name in self.program.outputs)
        return [tensor for tensor in found if tensor is not None]

    def shape(self, given: Given | None) -> Shape | None:
        """Return the shape of a tensor or an array as far as it is known."""
        if given is None or isinstance(given, Fixed):
            return None if given is None else given.shape
        return self.network.shape(given)

    def stated(self, name: str) -> Shape | None:
        """Return the shape of a tensor as the file has it: it holds for the file's own inputs."""
        tensor = self.program.tensors.get(name)
        return None if tensor is None or self.inputs else tensor.sizes

    def _held(self, name: str, held: Held) -> Fixed:
        """Return an array that the program holds: a whole number is no parameter."""
        tensor = self.program.tensors[name]
        sizes = tuple(size or 0 for size in tensor.sizes)
        if held.role == CONSTANT or (held.role == BUFFER and not tensor.floating):
            return Fixed(sizes)
        role = "statistic" if held.role == BUFFER else role_of(held.name)
        base = Constant(held.name, sizes, held.origin, role, None, tensor.learned)
        return Fixed(sizes, (base,), True)

    def _output(self, name: str) -> Tensor | None:
        """Return an output; one that is an input gets a layer, what is held is none."""
        found = self.values.get(name)
        if not isinstance(found, Tensor):
            return None
        if found.source in self.network.items.inputs:
            node = Node(f"{name}_out", "identity", (name,), (), (name,))
            return tensor_shapes.identity(self.network, node, found)
        return found

    # -- nodes -------------------------------------------------------------------------------------

    def _add(self, written: Written, node: Node) -> None:
        """Add what a node is in the spec, and note what it gives."""
        if not any(written.outputs):
            return  # an assertion
        call = Call.of(self, written, node)
        if all(name not in self.program.tensors for name in written.outputs):
            self._number(call)
            return
        outputs = self._outputs(call)
        for number, name in enumerate(written.outputs):
            if name is None:
                continue
            if number < len(outputs):
                self.values[name] = outputs[number]
            elif name in self.wanted:
                self.values[name] = self._further(call, outputs, number)
        if self.inputs:
            return
        for name in written.outputs:
            value, stated = self.values.get(name or ""), self.program.tensors.get(name or "")
            if isinstance(value, Tensor) and stated is not None:
                self.network.claim(value, stated.sizes)

    def _outputs(self, call: Call) -> list[Given]:
        tensors = call.tensors
        if (not tensors and not _multiplies(call.operator)) or MADE.fullmatch(call.operator):
            fixed = self._fixed(call)
            if len(fixed.bases) <= MOST_BASES:
                return [fixed] * len(call.written.outputs)
        handler = OPERATORS.get(call.operator)
        if handler is not None and tensors:
            try:
                found = handler(call)
            except Unfit:
                pass
            else:
                return list(found) if isinstance(found, list) else [found]
        return self._opaque(call)

    def _fixed(self, call: Call) -> Fixed:
        """Return what is made of arrays alone: it takes no layer, and counts where it is used."""
        bases = tuple(call.bases)
        tensor = self.program.tensors.get(call.written.outputs[0] or "")
        shape = None if tensor is None else tensor.sizes
        held = [one for name in call.args for one in call.listed(name)]
        one = held[0] if len(held) == 1 else None
        whole = isinstance(one, Fixed) and one.whole and call.operator in shapes.WHOLE
        if whole and bases and product(*(shape or (None,))) != bases[0].size:
            whole = False
        return Fixed(shape, bases, whole)

    def _opaque(self, call: Call) -> list[Given]:
        """Add an operation for what has no kind."""
        stated = [call.stated(number) for number in range(call.used)]
        macs = dense.macs_of(call) if _multiplies(call.operator) else 0
        found = self.network.operation(call.node, call.tensors, stated, call.bases, macs=macs)
        return list(found)

    def _further(self, call: Call, outputs: list[Given], number: int) -> Given:
        """Return an output beside the one that the kind has, such as the places of a max pool."""
        shape = call.stated(number)
        before = [one for one in outputs[:1] if isinstance(one, Tensor)]
        if not before:
            return Fixed(shape, tuple(call.bases))
        return self.network.operation(call.node, before, [shape], suffix=f":{number}")[0]

    # -- numbers -----------------------------------------------------------------------------------

    def _number(self, call: Call) -> None:
        """Note a number that is computed of sizes, as far as it is known."""
        name = next(name for name in call.written.outputs if name is not None)
        found = self._size_of(call) if call.operator == "sym_size.int" else _computed(
            call.written.target, [call.value(name) for name in call.args]
        )  # fmt: skip
        self.numbers[name] = self.program.numbers.get(name) if found is None else found

    def _size_of(self, call: Call) -> int | None:
        shape, axis = self.shape(call.given("self")), call.value("dim")
        if shape is None or type(axis) is not int or not -len(shape) <= axis < len(shape):
            return None
        return shape[axis]


def _multiplies(operator: str) -> bool:
    """Say whether an operator takes multiplications that only those that are read can tell."""
    if not OWN.fullmatch(operator):
        return True
    return MULTIPLYING.fullmatch(operator.partition(".")[0]) is not None


COMPUTED: Mapping[str, Callable[..., Any]] = {
    "_operator.add": lambda a, b: a + b,
    "_operator.sub": lambda a, b: a - b,
    "_operator.mul": lambda a, b: a * b,
    "_operator.floordiv": lambda a, b: a // b,
    "_operator.truediv": lambda a, b: a / b,
    "_operator.mod": lambda a, b: a % b,
    "_operator.neg": lambda a: -a,
    "math.ceil": ceil,
    "math.floor": floor,
    "math.trunc": int,
    "torch.sym_max": max,
    "torch.sym_min": min,
    "torch.sym_int": int,
    "torch.sym_float": float,
}


def _computed(target: str, values: list[Any]) -> Any:
    function = COMPUTED.get(target)
    if function is None or not all(type(value) in (int, float) for value in values):
        return None
    try:
        found = function(*values)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return found if abs(found) <= LIMIT else None


def batch_behind(program: Program) -> set[str]:
    """Return the tensors whose batch is axis 1: what recurrent layers take.

    A sequence has it there unless `batch_first`, a state of layers x batch x units always.
    """
    found = set()
    for written in program.nodes:
        if OPERATORS.get(operator_of(written.target)) is not dense.recurrent:
            continue
        given = written.arguments
        taken = [*flat(given.get("hx"))]
        if given.get("batch_first") is not True:
            taken.append(given.get("input"))
        found |= {one.name for one in taken if isinstance(one, Ref)}
    return {
        name for name in found & program.tensors.keys() if len(program.tensors[name].sizes) == 3
    }


# -- nodes of the spec -----------------------------------------------------------------------------


def _nodes(program: Program) -> list[Node]:
    """Return the nodes with their names, and what they say of the order of axes."""
    computed = set(program.inputs)
    taken: list[list[str]] = []  # of each node, what is computed of the inputs
    for written in program.nodes:
        inputs = [name for name in _references(written) if name in computed]
        if inputs:
            computed.update(name for name in written.outputs if name is not None)
        taken.append(inputs)
    pairs = [*zip(program.nodes, taken, strict=True)]
    layers = [w for w, inputs in pairs if inputs or _multiplies(operator_of(w.target))]
    names = _names(program, layers)
    found = []
    for written, inputs in pairs:
        operator = operator_of(written.target)
        found.append(
            Node(
                names.get(written.name, written.name), _what(operator), inputs,
                [name or "" for name in written.outputs], (written.name,),
                _depth(program, written, operator), _order(program, written, operator),
                operator in KEEPING,
            )
        )  # fmt: skip
    return found


def _what(operator: str) -> str:
    """Return what the file calls an operator, without its overload."""
    return f"aten.{operator.partition('.')[0]}" if OWN.fullmatch(operator) else operator


def _depth(program: Program, written: Written, operator: str) -> int | None:
    """Return the axis that an operator takes for the depth; None for one that does not mind."""
    if operator.startswith(AT_THE_END):
        return -1
    if operator in ("pad.default", "constant_pad_nd.default"):  # all but the batch and the depth
        pad, rank = written.arguments.get("pad"), _rank(program, written)
        return windows.DEPTH if isinstance(pad, list) and len(pad) == 2 * (rank - 2) > 0 else None
    return windows.DEPTH if operator in windows.OPERATORS or operator in norms.OPERATORS else None


def _order(program: Program, written: Written, operator: str) -> Any:
    rank = _rank(program, written)
    return shapes.order_of(operator, written.arguments, rank) if rank else None


def _rank(program: Program, written: Written) -> int:
    """Return how many axes an operator's first tensor has; 0 where that is not known."""
    name = written.arguments.get("self")
    tensor = program.tensors.get(name.name) if isinstance(name, Ref) else None
    return 0 if tensor is None else len(tensor.sizes)


def _references(written: Written) -> Iterable[str]:
    """Yield the names of the values that a node takes."""
    values = (one for value in written.arguments.values() for one in flat(value))
    return (one.name for one in values if isinstance(one, Ref))


def _names(program: Program, nodes: Iterable[Written]) -> dict[str, str]:
    """Return names for nodes: that of the module around a node, if it is the module's own.

    Beside others in the same module a node's name is the module's and its own.
    """
    inside: defaultdict[str, list[Written]] = defaultdict(list)
    for node in nodes:
        if node.path and any(node.outputs):
            inside[node.path].append(node)
    paths = sorted(inside, key=lambda path: path.replace(".", "\0"))  # parts behind their wholes
    outer = {one for one, next_ in pairwise(paths) if next_.startswith(f"{one}.")}
    found = {}
    for path, here in inside.items():
        main = [] if path in outer else here
        if len({node.target for node in main}) > 1:
            holding = [node for node in main if _takes_held(node, program)]
            main = holding if len(holding) == 1 else []
        own = {id(node) for node in main}
        for node in here:
            found[node.name] = path if id(node) in own else f"{path}/{node.name}"
    return found


def _takes_held(node: Written, program: Program) -> bool:
    """Say whether a node computes with what the program holds, and does not only move it."""
    held = any(name in program.held for name in _references(node))
    return held and operator_of(node.target) not in shapes.WHOLE
