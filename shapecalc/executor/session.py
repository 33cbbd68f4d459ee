"""A network with its parameters, ready for passes: what comes from outside is checked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, Fault, quote, some
from shapecalc.executor.arrays import channels_last, numeric, refusal, shaped
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.engine import Engine
from shapecalc.executor.limits import (
    need_choice,
    need_room,
    need_sound,
    need_truth,
    need_whole,
)
from shapecalc.executor.losses import SQUARES, Loss, cross_entropy, squares, svm
from shapecalc.executor.parameters import owned_by, prepare
from shapecalc.executor.rng import generator
from shapecalc.network import Node
from shapecalc.network.example import LOSSES, OF_CLASSES, WEIGHT_DECAY
from shapecalc.tracing import Trace
from shapecalc.worked_example import Names, no_class, output_of_loss

Keep = Literal["all", "outputs"]
DTYPES = ("float32", "float64")


class Session:
    """A network with its parameters, ready for any number of passes."""

    def __init__(
        self,
        trace: Trace,
        parameters: Mapping[str, Any] | None = None,
        *,
        seed: int = 0,
        dtype: str = "float64",
        training: bool = True,
        keep: Keep = "all",
        fast: bool | None = None,
        plain: bool = False,
        backward: bool = True,
        stand_ins: bool = False,
        repeated: bool = False,
    ) -> None:
        """`fast` allows Winograd's convolution, by default in float32 only; `plain` forbids all
        but the plainest methods; with `stand_ins` random values stand for what operations give;
        with `repeated` large parameters are a few drawn values again and again. Raises SpecError
        for a faulty spec and for faulty parameters.
        """
        sized = need_sound(trace, stand_ins=stand_ins)
        need_choice("dtype", dtype, DTYPES)
        need_choice("keep", keep, ("all", "outputs"))
        seed, training = need_whole("seed", seed), need_truth("training", training)
        self.trace, self.seed, self.keep = sized, seed, keep
        self.count = trace.spec.batch  # examples in the last inputs
        self.names = Names(trace.spec, trace.layers)
        self.buffers = Buffers(dtype)
        self.learns = backward
        self._decay = 0.0  # the last loss's
        self._need_room(trace.spec.batch)
        self.owned = owned_by(sized)
        own = prepare(
            self.names, self.owned, parameters or {}, self.buffers, seed, repeated=repeated
        )
        outputs = {index for index in trace.spec.outputs.values() if index is not None}
        values = trace.spec.values
        every = {*values.inputs, *map(values.of, range(len(own)))}
        self.shown = every if keep == "all" else outputs
        kept = self.shown | self._logits(outputs)
        if fast is None:
            fast = self.buffers.dtype == np.float32
        self.engine = Engine(
            trace.spec, own, self.buffers,
            keep=kept, training=training, seed=seed, fast=fast, plain=plain, learn=backward,
        )  # fmt: skip

    def _logits(self, outputs: set[int]) -> set[int]:
        """Return what goes into a final softmax: a cross entropy is computed from it."""
        nodes = [node for index in outputs if (node := self._node(index))]
        return {source for node in nodes if node.kind == "softmax" for source in node.sources or ()}

    def _node(self, index: int) -> Node | None:
        layer = self.trace.spec.values.producer(index)
        return None if layer is None else self.trace.spec.nodes[layer]

    def inputs(self, given: Any = None, batch: int | None = None) -> list[Array]:
        """Return the network's inputs channels last: those given, the others standard normal."""
        names = list(self.trace.inputs)
        if given is None:
            given = {}
        elif not isinstance(given, Mapping):
            if len(names) > 1:
                message = f"the network has the inputs {some(names)}"
                raise refusal(Fault(rules.WRONG_VALUE, message, "give a mapping by name"), "inputs")
            given = {names[0]: given}
        for key in given:
            if key not in names:
                message = f"the network has no input {quote(key)}"
                raise refusal(
                    Fault(rules.NO_SUCH_NAME, message, f"there is {some(names)}"), str(key)
                )
        dtype = self.buffers.dtype
        arrays = {
            name: shaped(numeric(values, name, dtype), self._shape(index), name, batched=True)
            for index, name in enumerate(names)
            if (values := given.get(name)) is not None
        }
        counts = {name: len(array) for name, array in arrays.items()}
        if len(set(counts.values())) > 1:
            message = f"the inputs hold different numbers of examples: {counts}"
            raise refusal(
                Fault(rules.WRONG_VALUE, message, "give as many of each"), next(iter(counts))
            )
        count = next(iter(counts.values()), batch or self.trace.spec.batch)
        if not count:
            message = "there are no examples in the inputs"
            raise refusal(
                Fault(rules.WRONG_VALUE, message, "give one at least"), next(iter(counts))
            )
        self._need_room(count)
        for index, name in enumerate(names):
            if name not in arrays:
                random = generator("input", self.seed, index)
                shape = (count, *self._shape(index))
                # In float64 whatever the run: float32 has ties, where a maximum has kinks.
                arrays[name] = random.standard_normal(shape).astype(dtype)
        self.count = count
        return [channels_last(arrays[name]) for name in names]

    def _need_room(self, batch: int) -> None:
        need_room(
            self.trace, batch, self.buffers.dtype.itemsize,
            keep_all=self.keep == "all", backward=self.learns,
        )  # fmt: skip

    def _shape(self, index: int) -> tuple[int, ...]:
        shape = self.names.value_shape(index)
        assert shape is not None, "a sound spec has every volume"
        return shape

    def losses(self, loss: Mapping[str, Any]) -> list[Loss]:
        """Return the loss of the last forward pass, a part for every output that has one."""
        self._decay = self._weight_decay(loss)
        loss = {kind: wanted for kind, wanted in loss.items() if kind != WEIGHT_DECAY}
        if len(loss) != 1 or next(iter(loss)) not in LOSSES:
            message = f"loss must be one of {some(LOSSES)}, not {quote(str(dict(loss)))}"
            raise refusal(
                Fault(rules.WRONG_VALUE, message, "for example {'cross_entropy': 6}"), "loss"
            )
        ((kind, wanted),) = loss.items()
        outputs = self.trace.spec.outputs
        key = f"loss.{kind}"
        written = wanted if isinstance(wanted, Mapping) else {None: wanted}
        if not written:
            hint = f"there is {some(list(outputs))}"
            raise refusal(Fault(rules.MISSING_FIELD, f"{kind} names no output", hint), key)
        parts = []
        for name, values in written.items():
            output = output_of_loss(name, outputs)
            if isinstance(output, Fault):
                raise refusal(output, key)
            parts.append(self._loss(kind, output, values, key))
        return parts

    def _loss(self, kind: str, name: str, values: Any, key: str) -> Loss:
        index = self.trace.spec.outputs[name] or 0
        output, shape = self.value(index), self._shape(index)
        array = numeric(values, key, self.buffers.dtype)
        wanted = shape[1:] if kind in OF_CLASSES else shape
        array = shaped(array, wanted, key, batched=True)
        if len(array) != len(output):
            message = f"{key} holds {len(array)} examples, and there are {len(output)}"
            raise refusal(Fault(rules.WRONG_VALUE, message, "give one for each"), key)
        if kind in SQUARES:
            return squares(kind, output, index, channels_last(array))
        classes = array.astype(np.intp)
        wrong = array[(classes != array) | (classes < 0) | (classes >= shape[0])]
        if wrong.size:
            raise refusal(no_class(f"{wrong.flat[0]:g}", name, shape[0]), key)
        if kind == "svm":
            return svm(output, index, classes)
        node = self._node(index)
        before = node.sources[0] if node and node.sources and node.kind == "softmax" else index
        logits = self.value(before)
        return cross_entropy(output, index, node, classes, logits)

    def upstream(self, given: Mapping[str, Any]) -> dict[int, Array]:
        """Return upstream gradients by index, channels last."""
        found: dict[int, Array] = {}
        for name, values in given.items():
            index = self.names.values.get(name)
            if index is None:
                message = f"upstream names no layer {quote(name)}"
                raise refusal(
                    Fault(rules.NO_SUCH_NAME, message, some(list(self.names.values), 8)), name
                )
            array = numeric(values, name, self.buffers.dtype)
            array = shaped(array, self._shape(index), name, batched=True)
            if len(array) != self.count:
                message = f"the upstream gradient of {quote(name)} holds {len(array)} examples"
                raise refusal(
                    Fault(rules.WRONG_VALUE, message, "give as many as of the inputs"), name
                )
            found[index] = channels_last(array)
        return found

    def backward(self, losses: Sequence[Loss], *, inputs_too: bool = True) -> None:
        """Pass the gradients of losses back."""
        upstream: dict[int, Array] = {}
        for part in losses:
            before = upstream.get(part.at)
            upstream[part.at] = part.gradient if before is None else before + part.gradient
        self.engine.backward(upstream, inputs_too=inputs_too)
        for index, name, weight in self.decaying():
            learned = self.engine.parameter_gradients[index]
            decay = weight * weight.dtype.type(self._decay)
            learned[name] = learned[name] + decay if name in learned else decay

    def loss_of(self, losses: Sequence[Loss]) -> float:
        """Return the loss: the sum of its parts, and what the weight decay adds."""
        decayed = sum(
            float(np.sum(np.square(weight, dtype=np.float64))) for *_, weight in self.decaying()
        )
        return sum(part.value for part in losses) + self._decay / 2 * decayed

    def _weight_decay(self, loss: Mapping[str, Any]) -> float:
        decay = loss.get(WEIGHT_DECAY, 0.0)
        if type(decay) not in (int, float) or not 0 <= decay <= LIMIT:
            message = f"{WEIGHT_DECAY} must be a positive number, not {quote(str(decay))}"
            raise refusal(Fault(rules.WRONG_VALUE, message, "for example 0.01"), "loss")
        return float(decay)

    def decaying(self) -> Iterator[tuple[int, str, Array]]:
        """Yield the weights that a weight decay takes hold of, each with its layer and name."""
        for index, name in self.names.decaying() if self._decay else ():
            yield index, name, self.engine.parameters[index][name]

    def value(self, index: int) -> Array:
        """Return a value of the last forward pass, channels last."""
        value = self.engine.values[index]
        assert value is not None, "the value was not kept"
        return value
