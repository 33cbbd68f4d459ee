"""The worked example of a spec, computed: every expected array against what comes out.

It is computed in float64 whatever the precision of the run, since its numbers are decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Diagnostic, Fault, Finding, SpecError
from shapecalc.executor.arrays import depth_first, numeric
from shapecalc.executor.buffers import Array
from shapecalc.executor.cancelled_sums import CancelledSums
from shapecalc.executor.descent import Owned, Update, descent
from shapecalc.executor.given_masks import masks_in, put_in
from shapecalc.executor.kernels import Kernel
from shapecalc.executor.losses import Loss
from shapecalc.executor.results import gradient_of
from shapecalc.executor.session import Session
from shapecalc.layers.base import show
from shapecalc.network.example import OF_CLASSES, WEIGHT_DECAY, Example, Numbers, examples_in
from shapecalc.tracing import KnownTrace
from shapecalc.verification import Check
from shapecalc.worked_example import Target

MOST_KEPT = 100_000  # values of parameters of which every step is kept
SHOWN = 48  # values of a computed array that a hint shows at most


class ComputedExample:
    """An example's passes, and what each of its keys gives."""

    def __init__(
        self,
        trace: KnownTrace,
        example: Example,
        *,
        seed: int,
        training: bool,
        kernel: Callable[[Kernel], Kernel] | None = None,
        losses: Callable[[Sequence[Loss]], Sequence[Loss]] | None = None,
        supposed: Mapping[str, Array] | None = None,
    ) -> None:
        """Compute it; `kernel` and `losses` put others in the place of the layers' and the loss's,
        and `supposed` arrays in the place of those that its keys give (see supposed_values.py).

        Raises SpecError for arrays that do not fit, with paths into the spec.
        """
        self._kernel, self._other_losses, self._supposed = kernel, losses, supposed
        self.trace, self.example = trace, example
        self.losses: Sequence[Loss] = ()
        self._seed, self._training = seed, training
        try:
            self._compute(seed, training if example.training is None else example.training)
        except SpecError as error:
            raise SpecError([self._within(d) for d in error.diagnostics]) from None

    def _compute(self, seed: int, training: bool) -> None:
        trace, example = self.trace, self.example
        if self._supposed:  # verify has no use for it
            from shapecalc.executor.supposed_values import (
                suppose,
                suppose_gradients,
                supposed_losses,
            )
        given = {key: numbers.values for key, numbers in example.given.items()}
        inputs = {key: given.pop(key) for key in list(given) if key in trace.inputs}
        masks = masks_in(trace, given)
        held = {key: given.pop(key) for key in masks}
        self.session = Session(trace, given, seed=seed, training=training)
        put_in(self.session, masks, held)
        if self._kernel is not None:
            steps = self.session.engine.steps
            steps[:] = [step._replace(kernel=self._kernel(step.kernel)) for step in steps]
        if self._supposed:
            suppose(self.session, self._supposed)
        others = ((self.session.names.find(key), a) for key, a in (self._supposed or {}).items())
        self._other_gradients = {to.at: a for to, a in others if to.role == "gradient"}
        batch = self._batch()
        self.session.engine.watch = CancelledSums(self.session.engine)
        self.session.engine.forward(self.session.inputs(inputs, batch))
        if example.loss_kind:
            wanted: Any = {name: numbers.values for name, numbers in example.loss.items()}
            wanted = wanted.get(None, wanted)
            loss = {example.loss_kind: wanted, WEIGHT_DECAY: example.weight_decay}
            self.losses = self.session.losses(loss)
            if self._supposed:
                self.losses = supposed_losses(self.session, self.losses)
            if self._other_losses is not None:
                self.losses = self._other_losses(self.losses)
            self.session.backward(self.losses)
        elif example.upstream:
            upstream = {key: numbers.values for key, numbers in example.upstream.items()}
            self.session.engine.backward(self.session.upstream(upstream))
        if self._supposed and (self.losses or example.upstream):
            suppose_gradients(self.session, self._supposed)

    @cached_property
    def descent(self) -> Sequence[Mapping[Owned, Update]]:
        """Every step down the gradient; of many values the last."""
        kept: list[Mapping[Owned, Update]] = []
        for updates in descent(self):
            if sum(update.after.size for update in updates.values()) > MOST_KEPT:
                kept.clear()
            kept.append(updates)
        return kept

    def behind(self, parameters: Mapping[str, Array]) -> ComputedExample:
        """Return the same example computed with other parameters, laid out as in PyTorch."""
        given = {key: Numbers(array.shape, array) for key, array in parameters.items()}
        example = replace(self.example, given={**self.example.given, **given})
        return ComputedExample(
            self.trace, example, seed=self._seed, training=self._training,
            kernel=self._kernel, losses=self._other_losses,
        )  # fmt: skip

    def _batch(self) -> int | None:
        """Return how many examples the expected values have, for inputs that are not given."""
        example = self.example
        given = (*example.given.items(), *example.upstream.items(), *example.expect.items())
        for key, numbers in given:
            target = self.session.names.find(key)
            if target.batched and target.shape is not None:
                return examples_in(numbers.shape, target.shape)
        for output, numbers in self.example.loss.items():
            names = self.trace.outputs if output is None else [output]
            shape = self.session.names.find(next(iter(names))).shape
            if shape is not None:
                one = shape[1:] if self.example.loss_kind in OF_CLASSES else shape
                return examples_in(numbers.shape, one)
        return None

    def _within(self, found: Diagnostic) -> Diagnostic:
        """Return a faulty array's diagnostic with its place in the spec."""
        document = self.trace.spec.document
        for part in ("given", "upstream"):
            if found.where in getattr(self.example, part):
                return document.moved(found, ("example", part, found.where))
        return document.moved(found, ("example", *found.where.split(".")))

    def compare(self) -> tuple[list[Check], list[Finding]]:
        """Return a check for every expected array, and an SC303 for each that is not computed."""
        checks, findings = [], []
        for key, numbers in self.example.expect.items():
            target = self.session.names.find(key)
            check, fault = self._compared(key, numbers, target, self.array(target))
            checks.append(check)
            if fault is not None:
                findings.append(Finding(fault, ("example", "expect", key), check.layer))
        return checks, findings

    def array(self, target: Target) -> Array:
        """Return what a key gives, in its outside layout."""
        session, engine, index = self.session, self.session.engine, target.at
        if target.role == "value":
            return depth_first(session.value(index))
        if target.role == "gradient":
            if index in self._other_gradients:
                return self._other_gradients[index]
            gradient = gradient_of(session, self.losses, index)
            if gradient is None:  # nothing comes back to it
                gradient = np.zeros_like(session.value(index))
            return depth_first(gradient)
        if target.role == "loss":
            return np.array(self.session.loss_of(self.losses))
        step, name = engine.steps[index], target.parameter
        value = engine.parameters[index][name]
        if target.role == "parameter":
            return step.kernel.from_kernel_layout(name, value)
        gradient = engine.parameter_gradients[index].get(name, np.zeros_like(value))
        if target.role == "next" and not self.trace.layers[index].learns:
            gradient = value
        elif target.role == "next" and self.example.plain:
            gradient = value - (self.example.rate or 0) * gradient
        elif target.role == "next":
            gradient = self.descent[-1][index, name].after
        return step.kernel.from_kernel_layout(name, gradient)

    def _compared(
        self, key: str, numbers: Numbers, target: Target, computed: Array
    ) -> tuple[Check, Fault | None]:
        layer = self._layer(target)
        one = computed.shape[1:] if target.batched else computed.shape
        count = examples_in(numbers.shape, one, target.batched)
        if count is None or (target.batched and count != len(computed)):
            shape = show(one) if one else "a single number"
            if target.batched and len(computed) > 1:
                shape = f"{len(computed)} x {shape}"
            message = f"{key} is {shape}, and {show(numbers.shape) or 'a number'} was expected"
            sizes = list(numbers.shape), list(computed.shape)
            check = Check(layer, key, *sizes, False, example=True)
            return check, Fault(rules.FALSE_EXAMPLE, message, _hint(computed, target))
        wanted = numeric(numbers.values, key, np.float64, holes=True).reshape(computed.shape)
        compared = ~np.isnan(wanted)
        differs = ~(np.abs(computed - wanted) <= self.example.tolerance) & compared
        total = int(compared.sum())
        if not differs.any():
            text = f"{total:,} {'value' if total == 1 else 'values'}"
            return Check(layer, key, text, text, True, example=True), None
        place = tuple(np.argwhere(differs)[0].tolist())
        got, expected = float(computed[place]) + 0.0, float(wanted[place])  # + 0.0: no -0
        at = _place(place, target, len(computed) if target.batched else 1)
        message = f"{key}{at} is {got:.10g}, and {expected:.10g} was expected"
        if total > 1:
            message += f"; {int(differs.sum()):,} of {total:,} values differ"
        check = Check(layer, key, expected, got, False, at.removeprefix(" at "), example=True)
        return check, Fault(rules.FALSE_EXAMPLE, message, _hint(computed, target))

    def _layer(self, target: Target) -> str | None:
        if target.role == "loss":
            return None
        record = self.trace.producer(target.at) if target.batched else self.trace.layers[target.at]
        return [*self.trace.inputs][target.at] if record is None else record.name


def _place(place: tuple[int, ...], target: Target, examples: int) -> str:
    """Return where a value stands: in words for a value, by its index for a parameter."""
    if not place:
        return ""
    if not target.batched:
        return f" at {list(place)}"
    axes = {1: ["unit"], 2: ["depth", "position"], 3: ["depth", "row", "column"]}
    titles = axes.get(len(place) - 1, ["depth", "frame", "row", "column"])
    words = [f"{title} {i}" for title, i in zip(titles, place[1:], strict=True)]
    if examples > 1:
        words.insert(0, f"example {place[0]}")
    return f" at {', '.join(words)} (from 0)"


def _hint(computed: Array, target: Target) -> str:
    """Return the computed array, if it is small enough to read."""
    if computed.size > SHOWN:
        return ""
    array = computed[0] if target.batched and len(computed) == 1 else computed
    return f"computed: {_listed(array.tolist())}"


def _listed(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(map(_listed, values)) + "]"
    return f"{values + 0.0:.6g}"
