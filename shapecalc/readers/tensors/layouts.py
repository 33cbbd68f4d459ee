"""Which axis of a tensor is the depth: what works along it says so, and all in front follow.

A file has the depth where its framework takes it, first or last. A convolution, a norm or a dense
layer tells; operators between them carry their axes along, in another order if they transpose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapecalc.diagnostics import Path
from shapecalc.frameworks.meanings import NOTHING

MOST_LOOKED_AT = 300  # operators behind a tensor: what is farther away says nothing of it


@dataclass(slots=True, eq=False)
class Node:
    """An operator of a file: its name, what the file calls it, its tensors by name, its place.

    `depth` is the axis that is the depth of its first tensor where it works along it (negative ones
    count from the end); `order` the order in which it puts that one's axes; `keeps` says that what
    comes out has the axes in the order of what comes in.
    """

    name: str
    what: str
    inputs: Sequence[str]  # tensors that are computed; an empty name stands for none
    outputs: Sequence[str]
    path: Path = ()
    depth: int | None = None
    order: Sequence[int] | None = None
    keeps: bool = False


class Layouts:
    """Says of a tensor of the file which of its axes is the depth.

    `usual` is the axis of tensors, by name, for which no operator tells; it is the last of others.
    """

    def __init__(self, nodes: Sequence[Node], usual: Mapping[str, int] = NOTHING) -> None:
        self._usual = usual
        self._users: defaultdict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            for name in dict.fromkeys(node.inputs):
                self._users[name].append(node)

    def users(self, name: str) -> Sequence[Node]:
        """Return the operators that take a tensor."""
        return self._users.get(name, ())

    def depth(self, name: str, rank: int, usual: int = -1) -> int:
        """Return the axis that is the depth, as the nearest operator that minds has it.

        It is the `usual` one where none does, unless the format says another for the tensor.
        """
        usual = self._usual.get(name, usual % rank if rank else -1)
        waiting = [(name, tuple(range(rank)))]  # with each tensor where its axes come from
        met = {name}
        for tensor, axes in waiting:
            for node in self._users.get(tensor, ()):
                if len(met) > MOST_LOOKED_AT:
                    return usual
                if node.depth is not None and node.inputs and node.inputs[0] == tensor:
                    if -len(axes) <= node.depth < len(axes):
                        return axes[node.depth]
                    continue
                behind = axes
                if node.order is not None:
                    if sorted(node.order) != list(range(len(axes))):
                        continue
                    behind = tuple(axes[axis] for axis in node.order)
                elif not node.keeps:
                    continue
                for output in node.outputs:
                    if output not in met:
                        met.add(output)
                        waiting.append((output, behind))
        return usual
