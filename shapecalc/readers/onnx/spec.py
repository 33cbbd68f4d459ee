"""An ONNX graph in the spec language: constants are folded, every other node becomes a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapecalc.diagnostics import quote
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.onnx import arithmetic, dense, norms, shapes, windows
from shapecalc.readers.onnx.arguments import NEWEST, arguments
from shapecalc.readers.onnx.calls import Call, Handler
from shapecalc.readers.onnx.constants import Constants, left_out
from shapecalc.readers.onnx.evaluation.arrays import Array, Unfit, sized
from shapecalc.readers.onnx.evaluation.reshaping import shape_of
from shapecalc.readers.onnx.model import INT64, Graph, Model, ValueInfo
from shapecalc.readers.onnx.model import Node as FileNode
from shapecalc.readers.onnx.patterns import simplified
from shapecalc.readers.onnx.wire import Malformed
from shapecalc.readers.tensors.layouts import Layouts, Node
from shapecalc.readers.tensors.network import Network
from shapecalc.readers.tensors.values import Shape, Tensor

OPERATORS: Mapping[str, Handler] = {
    **windows.OPERATORS, **dense.OPERATORS, **norms.OPERATORS, **arithmetic.OPERATORS,
    **shapes.OPERATORS,
}  # fmt: skip
RECURRENT = ("GRU", "LSTM", "RNN")
# Operators that work along the depth, by the axis that it is.
ALONG = {
    **dict.fromkeys(
        ("AveragePool", "BatchNormalization", "Conv", "ConvInteger", "ConvTranspose",
         "DepthToSpace", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool",
         "GroupNormalization", "InstanceNormalization", "LRN", "LpPool", "MaxPool", "MaxUnpool",
         "PRelu", "QLinearConv", "Resize", "SpaceToDepth", "Upsample"), 1,
    ),
    **dict.fromkeys(
        ("Gemm", "LayerNormalization", "MatMul", "MatMulInteger", "QLinearMatMul",
         "RMSNormalization"), -1,
    ),
    **dict.fromkeys(RECURRENT, 2),
}  # fmt: skip
KEEPING = frozenset(
    name for name in arithmetic.OPERATORS if name not in ("PRelu", "Where")
) | {"Concat", "Expand", "Pad", "Slice", "Split"}  # fmt: skip
# Operators with arrays of weights: any constant operand of floating-point numbers is one.
BEARING = frozenset(ALONG) - {
    "AveragePool", "DepthToSpace", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "LRN",
    "LpPool", "MaxPool", "MaxUnpool", "Resize", "SpaceToDepth", "Upsample",
} | {"Attention", "DeformConv", "Einsum"}  # fmt: skip
MULTIPLYING = BEARING - {
    "BatchNormalization", "GroupNormalization", "InstanceNormalization", "LayerNormalization",
    "PRelu", "RMSNormalization",
}  # fmt: skip
BRANCHING = frozenset(("If", "Loop", "Scan", "SequenceMap"))
RANDOM = frozenset(
    ("Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike")
)


class Translation:
    """A graph that is put into a spec, node by node.

    `tensors` are those that are computed, by the file's names. `contradicted` are names of those of
    which the file states another number of axes, with it and the computed one. `files` has the
    file's node of each of the nodes of `network`, and `same` those that an earlier layer has done,
    with what they give.
    """

    def __init__(self, model: Model, graph: Graph, inputs: Mapping[str, Sizes] = NOTHING) -> None:
        self.graph = graph
        self.opset = model.opsets.get("", NEWEST)
        self.ends = frozenset(value.name for value in graph.outputs)
        self.constants = Constants(self.opset)
        self.tensors: dict[str, Tensor] = {}
        self.files: dict[int, FileNode] = {}
        self.same: dict[int, str] = {}
        self.pools: dict[str, str] = {}
        self.contradicted: list[tuple[str, int, int]] = []
        self._stated: dict[str, ValueInfo] = {}
        if not inputs:  # shapes that a file states are those of its own inputs
            self._stated = {v.name: v for v in (*graph.stated, *graph.outputs)}
        self.constants.keep((*graph.initializers.values(), *left_out(graph)))
        nodes = simplified(graph, self.ends)
        todo = self._first(nodes)
        self.network = Network(Layouts([node for node, _ in todo if node is not None]), inputs)
        for value in graph.inputs:
            if value.name not in self.constants:
                self._input(value)
        for at, node in todo:
            if at is None:
                self._late(node)
            else:
                self._node(at, node)

    # -- what a graph says -------------------------------------------------------------------------

    def stated(self, name: str) -> Shape | None:
        """Return the shape that the file states of a tensor."""
        value = self._stated.get(name)
        return None if value is None else _whole(value.shape)

    def forget(self, *names: str) -> None:
        """Leave out what the file states of tensors between the steps of one layer."""
        for name in names:
            self._stated.pop(name, None)

    def only_user(self, name: str, op: str) -> Node | None:
        """Return the only node that takes a tensor, if it is of an operator, and no output is."""
        users = self.network.layouts.users(name)
        if len(users) != 1 or users[0].what != op or name in self.ends:
            return None
        return users[0]

    def _input(self, value: ValueInfo) -> None:
        """Add an input; recurrent layers have the batch behind the steps, or its name tells it."""
        named = [axis for axis, size in enumerate(value.shape or ()) if _is_batch(size)]
        batch = named[0] if len(named) == 1 else 0
        for user in self.network.layouts.users(value.name):
            file = self.files[id(user)]
            if user.what in RECURRENT and file.attributes.get("layout") != 1:
                batch = 1
        shape = _whole(value.shape)
        self.tensors[value.name] = self.network.input(
            value.name, shape, (value.name,), depth_first=True, batch=batch
        )

    # -- constants ---------------------------------------------------------------------------------

    def _first(self, nodes: Sequence[FileNode]) -> list[tuple[Node | None, FileNode]]:
        """Fold what is constant by itself; return the rest, those without a Node being constant
        once the shapes in front of them are known.
        """
        constants, found = self.constants, self.constants.found
        late: set[str] = set()
        todo: list[tuple[Node | None, FileNode]] = []
        for node in nodes:
            op = node.op
            if not node.outputs:  # nothing comes of it
                continue
            if op == "Constant" and not node.domain:
                constants.constant(node)
                continue
            if op in BRANCHING or node.domain or op in RANDOM or not node.inputs:
                todo.append((self._at(node), node))
                continue
            waits = op in ("Shape", "Size")
            if not waits:
                names = [name for name in node.inputs if name and name not in found]
                if not names:
                    constants.fold(node)
                    continue
                waits = late.issuperset(names)
            if waits:
                late.update(node.outputs)
            todo.append((None if waits else self._at(node), node))
        return todo

    def _late(self, node: FileNode) -> None:
        """Take up a constant that depends on shapes."""
        name = node.inputs[0]
        if node.op in ("Shape", "Size") and name in self.tensors:
            shape = self.network.shape(self.tensors[name])
            for output in node.outputs:
                self.constants.numbers(output, self._measured(node, shape))
        elif node.op in ("Shape", "Size") and name in self.constants:
            array = self.constants.array(name)
            for output in node.outputs:
                self.constants.numbers(
                    output, self._measured(node, None if array is None else array.shape)
                )
        else:
            self._check(node)
            self.constants.fold(node)

    def _measured(self, node: FileNode, shape: Shape | None) -> Array:
        if shape is None:
            return Array((None,) if node.op == "Shape" else (), INT64)
        if node.op == "Size":
            return Array((), INT64, [sized(shape)])
        return shape_of(shape, node.attributes)

    # -- nodes -------------------------------------------------------------------------------------

    def _at(self, node: FileNode) -> Node:
        """Return a node as what all formats share has it."""
        name = node.name or next(filter(None, node.outputs), node.op)
        what = node.op if not node.domain else f"{node.domain}.{node.op}"
        at = Node(name, what, node.inputs, node.outputs, (name,))
        if not node.domain:
            if node.op == "Transpose":
                order = node.attributes.get("perm")
                at.order = order if isinstance(order, list) else None
            else:
                at.depth = ALONG.get(node.op)
                at.keeps = node.op in KEEPING
        elif node.domain.endswith("channels_last"):
            at.depth = -1
        self.files[id(at)] = node
        return at

    def _check(self, node: FileNode) -> None:
        """Raise Malformed where a node takes what nothing gives."""
        for name in node.inputs:
            if name and name not in self.tensors and name not in self.constants:
                told = f"{quote(node.name or node.op)} takes {quote(name)}"
                raise Malformed(f"{told}, which nothing in front of it gives", node.at)

    def _node(self, at: Node, node: FileNode) -> None:
        """Add a node's layers."""
        if id(at) in self.same:
            tensor = self.tensors[self.same[id(at)]]
            self.tensors.update(dict.fromkeys(node.outputs[:1], tensor))
            self._claim(node)
            return
        self._check(node)
        given = arguments(node, self.opset, self.constants.array)
        call = Call(self, node, at, given)
        handler = OPERATORS.get(node.op) if not node.domain else None
        found: Tensor | Sequence[Tensor] | None = None
        if handler is not None:
            try:
                found = handler(call)
            except Unfit:
                found = None
        if found is None:
            found = self._opaque(call)
        outputs = [found] if isinstance(found, Tensor) else list(found)
        self._gives(at, node, outputs)
        self._claim(node)

    def _gives(self, at: Node, node: FileNode, outputs: list[Tensor]) -> None:
        """Take up what a node gives; further outputs that are used are operations of their own."""
        for number, name in enumerate(node.outputs):
            if number < len(outputs):
                self.tensors[name] = outputs[number]
            elif name:
                users = self.network.layouts.users(name)
                if name not in self.ends and self._is_undone(outputs[0], users):
                    self.pools[name] = outputs[0].source
                    self.tensors[name] = outputs[0]  # a max_unpool names its pool
                elif users or name in self.ends:
                    self.tensors[name] = self._further(at, outputs[0], number)

    def _is_undone(self, first: Tensor, users: Sequence[Node]) -> bool:
        """Say whether something is a max pool, and its places are used to go back alone."""
        item = self.network.items.producer(first.source)
        back = all(user.what == "MaxUnpool" for user in users)
        return item is not None and item.kind == "max_pool" and back and len(users) > 0

    def _further(self, at: Node, first: Tensor, number: int) -> Tensor:
        shape = self.stated(at.outputs[number])
        return self.network.operation(at, [first], [shape], kept=first if not shape else None,
                                      suffix=f":{number}")[0]  # fmt: skip

    def _opaque(self, call: Call) -> list[Tensor]:
        """Add an operation for what has no kind: of its arrays and shapes is known what the file
        tells.
        """
        node = call.node
        shapes_ = [self.stated(name) for name in node.outputs] or [None]
        branching = node.op in BRANCHING and not node.domain
        multiplies = node.domain != "" or node.op in MULTIPLYING or branching
        sources = call.tensors()
        bearing = node.domain != "" or node.op in BEARING
        if branching:
            sources += self._captured(node)
        arrays = () if branching else call.kept(bearing)
        return self.network.operation(
            call.at, sources, shapes_, arrays, macs=None if multiplies else 0, known=not branching
        )

    def _captured(self, node: FileNode) -> list[Tensor]:
        """Return the tensors that graphs inside a node take from around it."""
        names: dict[str, None] = {}
        waiting = [value for value in node.attributes.values() if isinstance(value, Graph)]
        for graph in waiting:
            for inner in graph.nodes:
                names.update(dict.fromkeys(inner.inputs))
                waiting += [v for v in inner.attributes.values() if isinstance(v, Graph)]
        return [self.tensors[name] for name in names if name in self.tensors]

    def _claim(self, node: FileNode) -> None:
        """Let what the file says of shapes be compared with what comes out."""
        for name in node.outputs:
            if name in self._stated:
                tensor, shape = self.tensors.get(name), self.stated(name)
                if tensor is None or not shape:  # no axes stand for no shape, too
                    continue
                if tensor.rank in (None, len(shape)):
                    self.network.claim(tensor, shape)
                else:
                    self.contradicted.append((name, len(shape), tensor.rank or 0))


def _is_batch(size: int | str | None) -> bool:
    """Say whether the name of a size is one that exporters and people give the batch."""
    return isinstance(size, str) and (size in ("N", "b", "bs") or size.lower().startswith("batch"))


def _whole(shape: Sequence[int | str | None] | None) -> Shape | None:
    """Return a shape of which sizes that have a name are not known."""
    if shape is None:
        return None
    return tuple(size if isinstance(size, int) and size > 0 else None for size in shape)
