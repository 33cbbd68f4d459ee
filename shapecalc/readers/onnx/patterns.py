"""Operators that exporters write as several nodes, put together again.

A version of ONNX has an operator or has it not: GELU came with 20, group norm with 18, layer norm
with 17, hard swish with 14. Older files hold the formula, node by node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import isclose, sqrt
from typing import Any

from shapecalc.readers.onnx.model import Graph, Node, Tensor

TRIGGERS = frozenset(("Erf", "Clip", "InstanceNormalization", "Sqrt"))


def simplified(graph: Graph, ends: frozenset[str]) -> Sequence[Node]:
    """Return a graph's nodes with what is one operator as one node.

    `ends` are the names of the graph's outputs, which must be there.
    """
    if not any(node.op in TRIGGERS for node in graph.nodes):
        return graph.nodes
    finder = _Finder(graph, ends)
    for node in graph.nodes:
        if node.domain:
            continue
        if node.op == "Erf":
            finder.gelu(node)
        elif node.op == "Clip":
            finder.hard_swish(node)
        elif node.op == "Sqrt":
            finder.layer_norm(node)
        elif node.op == "InstanceNormalization":
            finder.group_norm(node)
    return finder.left()


class _Finder:
    """Looks from one node of a formula for the others."""

    def __init__(self, graph: Graph, ends: frozenset[str]) -> None:
        self.graph, self.ends = graph, ends
        self.users: defaultdict[str, list[Node]] = defaultdict(list)
        self.makers: dict[str, Node] = {}
        for node in graph.nodes:
            for name in node.inputs:
                self.users[name].append(node)
            self.makers.update(dict.fromkeys(node.outputs, node))
        self.gone: set[int] = set()
        self.instead: dict[int, Node] = {}

    def left(self) -> list[Node]:
        """Return the nodes with those that were found in the place of the last of theirs."""
        return [
            self.instead.get(id(node), node)
            for node in self.graph.nodes
            if id(node) not in self.gone
        ]

    # -- one step ----------------------------------------------------------------------------------

    def values(self, name: str) -> list[Any] | None:
        """Return the values of a small constant that stands in the file as it is."""
        tensor: Any = self.graph.initializers.get(name)
        node = self.makers.get(name)
        if node is not None and node.op == "Constant":
            tensor = next(iter(node.attributes.values()), None)
        if isinstance(tensor, Tensor):
            return tensor.values
        if isinstance(tensor, int | float):
            return [tensor]
        return tensor if isinstance(tensor, list) else None

    def number(self, name: str) -> float | None:
        """Return a constant of one number."""
        values = self.values(name)
        one = values[0] if values is not None and len(values) == 1 else None
        return one if isinstance(one, int | float) else None

    def is_constant(self, name: str) -> bool:
        """Say whether a name is an array of the file, or one under another name."""
        for _ in range(4):
            node = self.makers.get(name)
            if node is None:
                return name in self.graph.initializers
            if node.op == "Constant":
                return True
            if node.op not in ("Identity", "Unsqueeze"):
                return False
            name = node.inputs[0] if node.inputs else ""
        return False

    def user(self, node: Node | None, *ops: str) -> Node | None:
        """Return the only node that takes what another gives, if it is one of some operators."""
        if node is None or len(node.outputs) != 1 or node.outputs[0] in self.ends:
            return None
        users = self.users[node.outputs[0]]
        if len(users) != 1 or users[0].op not in ops or users[0].domain:
            return None
        return users[0]

    def maker(self, name: str, *ops: str) -> Node | None:
        """Return the node that gives a tensor, if it is one of some operators."""
        node = self.makers.get(name)
        return node if node is not None and node.op in ops and not node.domain else None

    def beside(self, node: Node | None, name: str) -> str | None:
        """Return the other one of a node's two inputs."""
        if node is None or len(node.inputs) != 2 or name not in node.inputs:
            return None
        return node.inputs[1 - node.inputs.index(name)]

    def by(self, node: Node | None, *numbers: float) -> str | None:
        """Return the input beside one of some numbers; a divisor or an exponent is behind."""
        if node is None or len(node.inputs) != 2:
            return None
        first, second = node.inputs
        for name, other in ((first, second), (second, first)):
            found = self.number(other)
            if found is not None and any(isclose(found, n, rel_tol=1e-3) for n in numbers):
                return name
            if node.op in ("Div", "Pow", "Sub"):
                return None
        return None

    def put(self, op: str, inputs: list[str], nodes: Iterable[Node], **attributes: Any) -> None:
        """Let the last of some nodes be an operator, and the others go."""
        *others, last = nodes
        made = Node(last.at)
        made.op, made.name, made.inputs, made.outputs = op, last.name, inputs, last.outputs
        made.attributes = attributes
        self.instead[id(last)] = made
        self.gone.update(id(node) for node in others)

    def alone(self, nodes: Iterable[Node], within: Sequence[Node]) -> bool:
        """Say whether what some nodes give is taken by none but others of them."""
        inside = {id(node) for node in within}
        return all(
            name not in self.ends and all(id(user) in inside for user in self.users[name])
            for node in nodes
            for name in node.outputs
        )

    # -- formulas ----------------------------------------------------------------------------------

    def gelu(self, erf: Node) -> None:
        """Find x/2 (1 + erf(x/sqrt 2))."""
        scaled = self.maker(erf.inputs[0] if erf.inputs else "", "Div", "Mul")
        x = self.by(scaled, sqrt(2) if scaled and scaled.op == "Div" else sqrt(0.5))
        added = self.user(erf, "Add")
        if scaled is None or x is None or added is None or self.by(added, 1.0) is None:
            return
        product = self.user(added, "Mul")
        if product is None:
            return
        other = self.beside(product, added.outputs[0])
        half = self.maker(other or "", "Mul", "Div")
        if half is not None and self.by(half, 2.0 if half.op == "Div" else 0.5) == x:
            nodes = [scaled, erf, added, half, product]
        else:
            last = self.user(product, "Mul", "Div")
            if last is None:
                return
            is_x = other == x and self.by(last, 2.0 if last.op == "Div" else 0.5) is not None
            is_half = self.by(product, 0.5) is not None and last.op == "Mul"
            if not is_x and not (is_half and self.beside(last, product.outputs[0]) == x):
                return
            nodes = [scaled, erf, added, product, last]
        if self.alone(nodes[:-1], nodes):
            self.put("Gelu", [x], nodes)

    def hard_swish(self, clip: Node) -> None:
        """Find x relu6(x + 3)/6, or that without the x in front."""
        limits = [clip.attributes.get("min"), clip.attributes.get("max")]
        for place, name in enumerate(clip.inputs[1:3]):
            limits[place] = self.number(name)
        added = self.maker(clip.inputs[0] if clip.inputs else "", "Add")
        x = self.by(added, 3.0)
        if limits != [0, 6] or added is None or x is None:
            return
        divided = self.user(clip, "Div", "Mul")
        if divided is not None and self.by(divided, 6.0 if divided.op == "Div" else 1 / 6):
            nodes = [added, clip, divided]
            if self.alone(nodes[:-1], nodes):
                self.put("HardSigmoid", [x], nodes, alpha=1 / 6, beta=0.5)
            return
        product = divided if divided is not None and divided.op == "Mul" else None
        last = self.user(product, "Div", "Mul")
        if product is None or last is None or self.beside(product, clip.outputs[0]) != x:
            return
        if self.by(last, 6.0 if last.op == "Div" else 1 / 6) is None:
            return
        nodes = [added, clip, product, last]
        if self.alone(nodes[:-1], nodes):
            self.put("HardSwish", [x], nodes)

    def layer_norm(self, root: Node) -> None:
        """Find (x - mean)/sqrt(variance + eps) * weight + bias."""
        shifted = self.maker(root.inputs[0] if root.inputs else "", "Add")
        divided = self.user(root, "Div")
        if shifted is None or divided is None or len(shifted.inputs) != 2:
            return
        eps = next((n for name in shifted.inputs if (n := self.number(name)) is not None), None)
        variance = next(
            (m for name in shifted.inputs if (m := self.maker(name, "ReduceMean"))), None
        )
        square = self.maker(variance.inputs[0], "Pow", "Mul") if variance else None
        if eps is None or variance is None or square is None or len(square.inputs) != 2:
            return
        if square.op == "Pow" and self.by(square, 2.0) is None:
            return
        if square.op == "Mul" and square.inputs[0] != square.inputs[1]:
            return
        around = self.maker(square.inputs[0], "Sub")
        top = self.maker(divided.inputs[0], "Sub")
        if around is None or top is None or around.inputs != top.inputs:
            return
        x, average = around.inputs[0], self.maker(around.inputs[-1], "ReduceMean")
        if average is None or average.inputs[:1] != [x]:
            return
        axes = self.axes(average)
        if axes is None or axes != self.axes(variance):
            return
        nodes = [average, around, square, variance, shifted, root, divided]
        if top is not around:
            nodes.insert(2, top)
        self.with_weights("LayerNormalization", x, nodes, axes=axes, epsilon=eps)

    def group_norm(self, norm: Node) -> None:
        """Find an instance norm of groups, without weights of its own, between two reshapes."""
        before = self.maker(norm.inputs[0] if norm.inputs else "", "Reshape")
        after = self.user(norm, "Reshape")
        if before is None or after is None or len(before.inputs) != 2 or len(norm.inputs) != 3:
            return
        target = self.values(before.inputs[1])
        if target is None or len(target) != 3 or target[0] != 0 or target[2] != -1:
            return
        if not all(self.maker(name, "Constant") for name in norm.inputs[1:]):
            return
        eps = norm.attributes.get("epsilon", 1e-5)
        nodes = [before, norm, after]
        self.with_weights(
            "GroupNormalization", before.inputs[0], nodes, num_groups=target[1], epsilon=eps
        )

    def with_weights(self, op: str, x: str, nodes: list[Node], **attributes: Any) -> None:
        """Put a norm with the weight and the bias that follow it, if they do."""
        inputs = [x]
        for factor in ("Mul", "Add"):
            last = nodes[-1]
            following = self.user(last, factor)
            array = self.beside(following, last.outputs[0])
            if following is None or array is None or not self.is_constant(array):
                break
            inputs.append(array)
            nodes.append(following)
        if len(inputs) == 2:  # a factor alone is left where it is
            nodes, inputs = nodes[:-1], [x]
        if self.alone(nodes[:-1], nodes):
            self.put(op, inputs, nodes, **attributes)

    def axes(self, node: Node) -> list[int] | None:
        """Return the axes of a reduction."""
        axes = node.attributes.get("axes")
        if len(node.inputs) > 1:
            axes = self.values(node.inputs[1])
        if not isinstance(axes, list) or node.attributes.get("keepdims", 1) != 1:
            return None
        return axes if axes and all(type(axis) is int for axis in axes) else None
