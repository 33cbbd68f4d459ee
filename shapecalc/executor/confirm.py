"""Confirms a spec: every prediction of the trace beside what running the network gives.

Layer by layer: the volume, the parameters that were allocated and got a gradient, the multiply-
accumulates that the kernels did, the gradients against differences, the receptive field against
what one output's gradient reaches. Then the network as a whole, and the worked example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from shapecalc.diagnostics import Diagnostic, Fault, Finding, SpecError, where
from shapecalc.executor.buffers import Array
from shapecalc.executor.compared_example import ComputedExample
from shapecalc.executor.field_check import field_checks
from shapecalc.executor.gradient_check import GOOD, GOOD_SINGLE, LayerCheck, Tensor
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.session import Session
from shapecalc.executor.whole_check import random_upstream, whole_check
from shapecalc.layers.base import show
from shapecalc.records import LayerRecord
from shapecalc.tracing import Trace
from shapecalc.verification import Check, Verification

Progress = Callable[[int, int], None]  # layers done, and how many there are
MANY = 2**18  # different random values for a layer's weights; larger ones repeat them
WHOLE = 1e-4  # the error that passes for a whole network, where kinks cannot be left out
FAULT = "this is a fault of shapecalc, not of the spec: please report it"


def confirm(
    trace: Trace,
    *,
    batch: int | None = None,
    seed: int = 0,
    dtype: str = "float64",
    training: bool = True,
    only: str | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Return all checks of a traced spec. Never raises for what is wrong with the spec."""
    size = batch or trace.spec.batch
    mode = "training" if training else "inference"
    settings = f"{dtype}, batch {size}, seed {seed}, {mode}"
    found = tuple(d for d in trace.diagnostics if d.severity == "error")
    plan = _Plan(trace, size, seed, dtype, training, only, progress)
    try:
        plan.run()
    except SpecError as error:
        found += tuple(d for d in error.diagnostics if d not in found)
    found += tuple(_located(trace, finding) for finding in plan.findings)
    file, name = trace.spec.file, trace.name
    return Verification(file, name, settings, plan.checks, found, plan.notes)


class _Plan:
    """The checks of one spec, done one after the other."""

    def __init__(
        self,
        trace: Trace,
        batch: int,
        seed: int,
        dtype: str,
        training: bool,
        only: str | None,
        progress: Progress | None,
    ) -> None:
        self.trace, self.batch, self.seed = trace, batch, seed
        self.dtype, self.training = dtype, training
        self.progress = progress or (lambda done, total: None)
        self.only = only
        self.checks: list[Check] = []
        self.findings: list[Finding] = []
        self.notes: list[str] = []
        self.chosen = [
            index for index, record in enumerate(trace.layers) if _belongs(record.name, only)
        ]

    def run(self) -> None:
        """Run the network once, check its layers, then the whole and the example."""
        self._example()
        session = Session(
            self.trace, seed=self.seed, dtype=self.dtype, training=self.training,
            keep="outputs", fast=False,
        )  # fmt: skip
        inputs = session.inputs(batch=self.batch)
        if not self._passes(session, inputs):
            return
        for index in self.chosen:
            self._counted(session, index)
        if self.only is None:
            self._whole(session, inputs)
        del session, inputs  # their memory is needed
        self._gradients()
        self._fields()
        self.checks.sort(key=self._order)

    def _order(self, check: Check) -> int:
        """Order checks by layer, those of the network as a whole last."""
        order = {record.name: index for index, record in enumerate(self.trace.layers)}
        return order.get(check.layer or "", len(order))

    # -- one pass ------------------------------------------------------------------------------

    def _passes(self, session: Session, inputs: Sequence[Array]) -> bool:
        """Run forward and backward; say whether the kernels went through."""
        engine = session.engine
        try:
            engine.forward(inputs)
            engine.backward(random_upstream(session, self.seed))
        except (ValueError, KeyError, IndexError, FloatingPointError) as error:
            index = min(len(engine.shapes), len(engine.steps) - 1)
            name = self.trace.layers[index].name
            what = " ".join(str(error).split())[:200]
            self._fail(Check(name, "execution", "runs", what, False), f"{name} cannot run: {what}")
            return False
        return True

    def _counted(self, session: Session, index: int) -> None:
        """Compare the volume, the parameters and the MACs of one layer."""
        record, engine = self.trace.layers[index], session.engine
        (count, *volume) = engine.shapes[index]
        self._compare(record, "output", list(record.output or ()), list(volume))
        if count != self.batch:
            self._compare(record, "batch", self.batch, count)
        own = engine.parameters[index]
        learned = engine.parameter_gradients[index]
        kept = sum(a.size for name, a in own.items() if name.startswith("running"))
        if not record.shares:
            allocated = sum(a.size for a in own.values()) - kept
            got = sum(a.size for a in learned.values())
            executed = min(allocated, got) if index in engine.reached else allocated
            self._compare(record, "parameters", record.parameters, executed)
            self._compare(record, "non_trainable", record.non_trainable, kept)
        macs, rest = divmod(engine.forward_macs[index], count)
        self._compare(record, "macs", record.macs, macs if not rest else macs + rest / count)

    def _compare(self, record: LayerRecord, what: str, predicted: Any, executed: Any) -> None:
        agrees = predicted == executed
        check = Check(record.name, what, predicted, executed, agrees)
        if agrees:
            self.checks.append(check)
            return
        title = "MACs" if what == "macs" else what.replace("_", " ")
        message = f"{record.name}: {title} {_text(predicted)} predicted, {_text(executed)} executed"
        self._fail(check, message)

    def _fail(self, check: Check, message: str) -> None:
        self.checks.append(check)
        records = {record.name: record for record in self.trace.layers}
        path = records[check.layer].path if check.layer in records else ()
        self.findings.append(Finding(Fault("SC302", message, FAULT), path, check.layer))

    # -- gradients -----------------------------------------------------------------------------

    def _gradients(self) -> None:
        """Check each layer's backward pass; layers that are alike once."""
        done: dict[Any, tuple[str, list[Tensor]]] = {}
        probed = alike = 0
        for number, index in enumerate(self.chosen):
            self.progress(number, len(self.chosen))
            record = self.trace.layers[index]
            key = (record.kind, repr(record.layer), record.input)
            if key not in done:
                done[key] = record.name, self._checked(record, index)
            else:
                alike += 1
            first, tensors = done[key]
            for tensor in tensors:
                probed += not tensor.exhaustive
                self._gradient(record, tensor, "" if first == record.name else f"as {first}")
        self.progress(len(self.chosen), len(self.chosen))
        if probed:
            self.notes.append(
                "gradients: every value in turn of tensors of up to 400 values (where that is"
                " quick), two random directions for larger ones"
            )
        if alike:
            self.notes.append(f"{alike:,} layers are like an earlier one and share its result")

    def _checked(self, record: LayerRecord, index: int) -> list[Tensor]:
        random = np.random.default_rng((self.seed, index, 2))
        batch = min(self.batch, 4)
        inputs = [random.standard_normal((batch, *v)) for v in record.input or ()]
        layer = record.layer
        assert layer is not None, "a sound spec has every layer"
        kernel = KERNELS[record.kind](layer)
        parameters = {
            name: np.ascontiguousarray(kernel.inside(name, _values(random, name, shape)))
            for name, shape in layer.parameters(record.input or ()).items()
        }
        return LayerCheck(
            kernel, inputs, parameters, training=self.training, dtype=self.dtype,
            seed=(self.seed, index),
        ).run()  # fmt: skip

    def _gradient(self, record: LayerRecord, tensor: Tensor, how: str) -> None:
        bound = GOOD if self.dtype == "float64" else GOOD_SINGLE
        what = f"gradient {tensor.name}"
        if not how:
            how = "every value" if tensor.exhaustive else "random directions"
        agrees = tensor.error is not None and tensor.error <= bound
        check = Check(record.name, what, bound, tensor.error, agrees, how)
        if agrees:
            self.checks.append(check)
        elif tensor.error is None:
            self._fail(check, f"{record.name}: backward gives no gradient of {tensor.name}")
        else:
            self._fail(
                check,
                f"{record.name}: the gradient of {tensor.name} is wrong: relative error"
                f" {tensor.error:.1e} against centred differences (at most {bound:.0e} passes)",
            )

    # -- the rest ------------------------------------------------------------------------------

    def _fields(self) -> None:
        checks, note = field_checks(self.trace, self.chosen)
        for check in checks:
            if check.agrees:
                self.checks.append(check)
                continue
            message = (
                f"{check.layer}: receptive field {_text(check.predicted)} predicted,"
                f" {_text(check.executed)} measured"
            )
            self._fail(check, message + (f" ({check.how})" if check.how else ""))
        if note:
            self.notes.append(note)

    def _whole(self, session: Session, inputs: Sequence[Array]) -> None:
        """Check how the gradients of the layers are joined: along one direction each of all
        inputs and of all parameters.
        """
        if self.dtype != "float64":
            session = Session(self.trace, seed=self.seed, training=self.training, keep="outputs")
            inputs = session.inputs(batch=self.batch)
            session.engine.forward(inputs)
            session.engine.backward(random_upstream(session, self.seed))
        joined = whole_check(session, inputs, self.seed)
        for name, error in joined.items():
            agrees = error <= WHOLE
            check = Check(None, f"gradient {name}", WHOLE, error, agrees, "a random direction")
            if agrees:
                self.checks.append(check)
            else:
                self._fail(
                    check,
                    f"the gradient of the {name} of the whole network is wrong:"
                    f" relative error {error:.1e}",
                )

    def _example(self) -> None:
        example = self.trace.spec.example
        if example is None or any(d.code < "SC3" for d in self.trace.diagnostics):
            return
        computed = ComputedExample(self.trace, example, seed=self.seed, training=self.training)
        checks, findings = computed.compare()
        self.checks += checks
        self.findings += findings


def _values(random: np.random.Generator, name: str, shape: Sequence[int]) -> Array:
    """Return random values for a parameter, of a size that keeps a layer's output about 1."""
    some = random.standard_normal(min(prod(shape), MANY))
    if name == "running_var":
        some = 0.5 + np.abs(some)
    elif len(shape) > 1:
        some /= np.sqrt(prod(shape[1:]))
    elif name == "weight":
        some = 1 + 0.2 * some
    return np.resize(some, shape)


def _belongs(name: str, only: str | None) -> bool:
    """Say whether a layer is the one asked for, or inside the instance asked for."""
    return only is None or name == only or name.startswith(f"{only}.")


def _located(trace: Trace, finding: Finding) -> Diagnostic:
    fault = finding.fault
    line, column = trace.spec.document.locate(finding.path)
    return Diagnostic(
        fault.code, finding.severity, fault.message, fault.hint, finding.layer,
        where(finding.path), line, column,
    )  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, list):
        return show(tuple(value))
    return f"{value:,}" if isinstance(value, int | float) else str(value)
