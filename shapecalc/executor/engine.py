"""Runs a network forward and backward. It knows no layer kind: the kernels do the computing.

Values are numbered as the network's are. All arrays are channels last here. Nothing is kept that
neither the caller nor the backward pass needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from shapecalc.executor.buffers import Array, Buffers, same_memory
from shapecalc.executor.kernels import KERNELS, Context, Kernel, Parameters
from shapecalc.network import NetworkSpec
from shapecalc.network.values import last_uses
from shapecalc.network.wiring import SharedParameter


class Step(NamedTuple):
    """One layer of the program: its kernel, where its inputs are, and whose parameters it uses."""

    name: str
    kernel: Kernel
    sources: tuple[int, ...]
    owner: int  # index of the step whose parameters are used, its own where none are shared
    shared: Mapping[str, SharedParameter]  # those of other steps that are laid out otherwise there
    last_uses: frozenset[int]  # sources that no later step takes


class Watch(Protocol):
    """Looks on while an engine runs."""

    def before(self, index: int, given: Sequence[Array]) -> None:
        """See what a step takes."""

    def after(self, index: int, given: Sequence[Array], output: Array) -> None:
        """See what a step has made; what it took is as before, unless it may be written over."""

    def upstream(self, index: int, above: Array) -> Array:
        """See the gradient that comes to a step; return the one to go on with."""

    def returned(
        self, index: int, below: Sequence[Array | None], learned: Mapping[str, Array]
    ) -> None:
        """See the gradients that a step gives."""


class Engine:
    """A network ready to run. `parameters[i]` are those of step i, laid out for its kernel.

    A forward pass may be followed by one backward pass. `values` and `gradients` hold, by index,
    what `keep` asks for; `parameter_gradients` what the owners' parameters got.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Sequence[Parameters],
        buffers: Buffers,
        *,
        keep: Collection[int],
        training: bool = True,
        seed: int = 0,
        fast: bool = False,
        plain: bool = False,
        learn: bool = True,
    ) -> None:
        self.numbers = spec.values
        self.steps = _program(spec, parameters)
        self.parameters = parameters
        self.buffers = buffers
        self.keep = frozenset(keep)
        self.learn = learn  # whether a backward pass follows a forward pass
        self.contexts = [
            Context(buffers, training, fast, plain, (seed, index))
            for index in range(len(self.steps))
        ]
        uses = Counter(source for step in self.steps for source in step.sources)
        # Outputs of layers that one layer reads and nobody keeps.
        self._alone = {v for v, n in uses.items() if n == 1} - self.keep - {*self.numbers.inputs}
        self.values: list[Array | None] = []
        self.gradients: dict[int, Array] = {}
        self.parameter_gradients: list[dict[str, Array]] = []
        self.shapes: list[tuple[int, ...]] = []  # of each step's output
        self.forward_macs: list[int] = []  # multiply-accumulates of each step, all examples
        self.reached: set[int] = set()  # steps that a gradient came to
        self.current = 0  # the step that runs, or ran last
        self.watch: Watch | None = None
        self._saved: list[Any] = []

    def forward(self, inputs: Sequence[Array]) -> None:
        """Compute every layer's output from the network's inputs."""
        self.gradients, self.parameter_gradients, self._saved = {}, [], []
        self.shapes, self.forward_macs = [], []
        self.values = [*inputs]
        own = [False for _ in self.numbers.inputs]  # whether its memory has no other view
        for index, step in enumerate(self.steps):
            self.current = index
            context, kernel = self.contexts[index], step.kernel
            given = [_there(self.values[source]) for source in step.sources]
            first = step.sources[0] if step.sources else 0
            context.overwrite = kernel.in_place and own[first] and first in self._alone
            context.macs, context.examples = 0, len(inputs[0])
            if self.watch:
                self.watch.before(index, given)
            output, saved = kernel.forward(context, given, self.parameters_of(step))
            if self.watch:
                self.watch.after(index, given, output)
            self.shapes.append(output.shape)
            self.forward_macs.append(context.macs)
            fresh = not any(same_memory(output, array) for array in given)
            own.append((fresh or context.overwrite) and not kernel.keeps_output)
            self.values.append(output)
            self._saved.append(saved if self.learn else None)
            del given
            for source in step.last_uses:
                if source not in self.keep:
                    self.values[source] = None

    def backward(
        self, upstream: Mapping[int, Array], *, inputs_too: bool = True, parameters: bool = True
    ) -> None:
        """Pass gradients of some values back to the parameters and, if wanted, the inputs."""
        waiting: dict[int, Array] = dict(upstream)
        self.reached = set()
        own: set[int] = set()  # gradients that may be written over
        needed = self._needed(inputs_too)
        self.parameter_gradients = [{} for _ in self.steps]
        for index in reversed(range(len(self.steps))):
            step, value = self.steps[index], self.numbers.of(index)
            saved, self._saved[index] = self._saved[index], None
            above = waiting.pop(value, None)
            if above is None:
                continue
            self.reached.add(index)
            self.current = index
            context = self.contexts[index]
            if value in self.keep:
                self.gradients[value] = above
            context.overwrite = value in own and value not in self.keep
            wanted = [needed[source] for source in step.sources]
            if self.watch:
                above = self.watch.upstream(index, above)
            below, learned = step.kernel.backward(
                context, above, saved, self.parameters_of(step), wanted
            )
            if self.watch:
                self.watch.returned(index, below, learned)
            del saved
            if parameters:
                self._pass_to_owners(step, learned)
            views = [g for g in below if g is not None]
            for source, gradient in zip(step.sources, below, strict=True):
                if gradient is not None:
                    alone = sum(same_memory(gradient, other) for other in views) == 1
                    fresh = alone and (context.overwrite or not same_memory(gradient, above))
                    self._pass_on(waiting, own, source, gradient, fresh)
            del above, below, views
        for index in self.numbers.inputs:
            if index in waiting:
                self.gradients[index] = waiting[index]

    def _pass_on(
        self, waiting: dict[int, Array], own: set[int], source: int, gradient: Array, fresh: bool
    ) -> None:
        """Add a gradient to what a value has got from its other consumers."""
        if source not in waiting:
            waiting[source] = gradient
            if fresh:
                own.add(source)
        elif source in own:
            waiting[source] += gradient
        elif fresh:
            gradient += waiting[source]
            waiting[source] = gradient
            own.add(source)
        else:
            total = self.buffers.copy(gradient)
            total += waiting[source]
            waiting[source] = total
            own.add(source)

    def parameters_of(self, step: Step) -> Parameters:
        """Return the parameters that a step uses, laid out for its kernel, as views."""
        own = self.parameters[step.owner]
        if not step.shared:
            return own
        shared = {
            name: self.as_taken(step, name, self.parameters[one.owner][name])
            for name, one in step.shared.items()
        }
        return {**own, **shared}

    def as_taken(self, step: Step, name: str, array: Array) -> Array:
        """Return an array in the layout of a shared parameter's owner as a step takes it."""
        one = step.shared[name]
        array = self.steps[one.owner].kernel.from_kernel_layout(name, array)
        return step.kernel.to_kernel_layout(name, _turned(array, one))

    def _pass_to_owners(self, step: Step, learned: Parameters) -> None:
        """Add the gradients of a step's parameters to their owners', laid out as theirs."""
        self._learn(step.owner, {n: g for n, g in learned.items() if n not in step.shared})
        for name, one in step.shared.items():
            array = _turned(step.kernel.from_kernel_layout(name, learned[name]), one)
            kernel = self.steps[one.owner].kernel
            self._learn(one.owner, {name: kernel.to_kernel_layout(name, array)})

    def _learn(self, owner: int, learned: Parameters) -> None:
        sums = self.parameter_gradients[owner]
        for name, gradient in learned.items():
            sums[name] = sums[name] + gradient if name in sums else gradient

    def _needed(self, inputs_too: bool) -> list[bool]:
        """Say of each value whether a gradient has to reach it."""
        needed = [inputs_too for _ in self.numbers.inputs]
        for step in self.steps:
            learns = bool(self.parameters[step.owner]) or bool(step.shared)
            needed.append(learns or any(needed[source] for source in step.sources))
        return needed


def _turned(array: Array, one: SharedParameter) -> Array:
    """Return a parameter in PyTorch's layout as another layer has it, or the way back."""
    return array.swapaxes(0, 1) if one.transposed else array


def _program(spec: NetworkSpec, parameters: Sequence[Parameters]) -> list[Step]:
    steps: list[Step] = []
    last = last_uses([node.sources for node in spec.nodes])
    for index, (node, ends) in enumerate(zip(spec.nodes, last, strict=True)):
        sources = tuple(node.sources or ())
        owner = index if node.shares is None else node.shares
        kernel = KERNELS[node.kind](node.layer)
        shared: dict[str, SharedParameter] = {}
        if node.shares_one is not None:
            shared = {node.shares_one.name: node.shares_one}
        elif owner != index and type(steps[owner].kernel) is not type(kernel):
            shared = {name: SharedParameter(owner, name) for name in parameters[owner]}
            owner = index
        steps.append(Step(node.name, kernel, sources, owner, shared, ends))
    return steps


def _there(value: Array | None) -> Array:
    assert value is not None, "a value was dropped before its last use"
    return value
