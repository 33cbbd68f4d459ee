"""Confirms a spec: every prediction of the trace beside what running the network gives.

Layer by layer: the volume, the parameters that were allocated and got a gradient, the multiply-
accumulates that the kernels did, the gradients against differences, in the network or alone, the
receptive field against what one output's gradient reaches. Then the network as a whole, and the
worked example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, SpecError, in_order, nearest, quote, some
from shapecalc.executor.arrays import refusal
from shapecalc.executor.buffers import Array, Buffers
from shapecalc.executor.example_check import ComputedExample
from shapecalc.executor.gradient_check import Tensor, bound, check_layer
from shapecalc.executor.in_network_check import InNetworkCheck
from shapecalc.executor.known_part import known_part
from shapecalc.executor.limits import (
    MOST,
    need_room_to_check,
    need_sound,
    need_time,
    need_whole,
    seconds_to_check,
)
from shapecalc.executor.network_gradient_check import (
    WHOLE,
    Whole,
    random_upstream,
    whole_check,
)
from shapecalc.executor.receptive_field_check import field_checks
from shapecalc.executor.rng import generator
from shapecalc.executor.session import Session
from shapecalc.layers.base import show
from shapecalc.quantities import ROLES
from shapecalc.records import KnownRecord
from shapecalc.tracing import KnownTrace, Trace, known
from shapecalc.verification import Check, Verification

Progress = Callable[[int, int], None]  # layers done, and how many there are
SMALL = 0.1  # biases that are drawn
FREE = 4  # times the largest value: what the passes keep of memory that no array holds
FAULT = "this is a fault of shapecalc, not of the spec: please report it"


def verify(
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
    size = trace.spec.batch if batch is None else batch
    mode = "training" if training else "inference"
    settings = f"{dtype}, batch {size}, seed {seed}, {mode}"
    found = [d for d in trace.diagnostics if d.severity == "error"]
    try:
        part = known_part(known(trace))
    except SpecError as error:
        found += error.diagnostics
        return Verification(trace.spec.file, trace.name, settings, (), in_order(found))
    plan = _Plan(part.trace, size, seed, dtype, training, only, progress)
    plan.notes += part.notes
    plan.not_run = {r.name for r in trace.layers} if part.notes else set()
    try:
        with np.errstate(all="ignore"):  # what is not finite is a finding
            plan.run()
    except SpecError as error:
        found += error.diagnostics
    except MemoryError:
        message = "there is not enough memory to run the network"
        plan.findings.append(Finding(Fault(rules.LIMIT_PASSED, message, "a smaller batch"), ()))
    found += trace.spec.document.diagnostics(plan.findings)
    file, name = trace.spec.file, trace.name
    not_run = {name: kind for name, kind in part.not_run.items() if _asked_for(name, only)}
    return Verification(file, name, settings, plan.checks, in_order(found), plan.notes, not_run)


def _asked_for(name: str, only: str | None) -> bool:
    """Say whether a layer is the only one to be checked, or in the only instance."""
    return only is None or name == only or name.startswith(f"{only}.")


def foreseen(trace: Trace, *, batch: int | None, dtype: str, only: str | None) -> float:
    """Return about how many seconds confirming will take; 0 where it will be refused at once."""
    try:
        sized = known_part(known(trace)).trace
        size, layers = batch or trace.spec.batch, chosen(sized, only)
        _need(sized, size, dtype, layers)
    except SpecError:
        return 0.0
    alone = only is not None or dtype != "float64"
    return seconds_to_check(sized, size, layers, alone=alone)


def _need(trace: KnownTrace, batch: int, dtype: str, layers: Sequence[int]) -> None:
    """Raise SpecError for what cannot be run."""
    need_sound(trace, stand_ins=True)
    need_time(trace, batch)
    need_room_to_check(trace, batch, np.dtype(dtype).itemsize, layers)


class _Plan:
    """The checks of one spec, done one after the other."""

    def __init__(
        self,
        trace: KnownTrace,
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
        self.not_run: set[str] = set()  # layers that the network has but for what is run
        self.places = {record.name: index for index, record in enumerate(trace.layers)}
        self.chosen = chosen(trace, only)

    def run(self) -> None:
        """Run the network once, check its layers, then the whole and the example."""
        if need_whole("batch", self.batch) < 1:
            raise refusal(Fault(rules.WRONG_VALUE, "batch must be 1 or more"), "batch")
        if not self.chosen and self.only is not None:
            if self.only in self.not_run:
                message = f"{quote(self.only)} is not run"
                raise refusal(Fault(rules.MISSING_FIELD, message, "; ".join(self.notes)), "only")
            close = nearest(self.only, self.places)
            hint = f"did you mean {quote(close)}?" if close else ""
            raise refusal(
                Fault(rules.NO_SUCH_NAME, f"there is no layer {quote(self.only)}", hint), "only"
            )
        _need(self.trace, self.batch, self.dtype, self.chosen)
        self._example()
        session = self._session(self.dtype)
        inputs = session.inputs(batch=self.batch)
        right = self._passes(session, inputs)
        buffers = session.buffers
        buffers.let_go()
        buffers.room = sum(
            array.nbytes for own in session.engine.parameters for array in own.values()
        )
        del session, inputs  # the memory of its parameters serves the layers'
        self._gradients(buffers if self.dtype == "float64" else Buffers("float64"), right)
        self._fields()
        self.checks.sort(key=self._order)

    def _passes(self, session: Session, inputs: Sequence[Array]) -> dict[int, list[Tensor]]:
        """Run the whole network, count, and check how its layers are joined; return the gradients
        of layers that are found right on the way.
        """
        largest = max((record.activations or 0 for record in self.trace.layers), default=0)
        session.buffers.room = FREE * self.batch * largest * session.buffers.dtype.itemsize
        alone = self.only is not None or self.dtype != "float64" or self._empty(session)
        check = None if alone else InNetworkCheck(session, self.seed)
        once = partial(_pass, session, inputs, self.seed)
        whole = self._attempt(session, partial(check.run, inputs) if check else once)
        for index in self.chosen:
            if index < len(session.engine.shapes):
                self._counted(session, index, whole)
        if not whole:
            return {}
        if check and check.right:
            self._joined(check.joined, "at every layer")
        elif self.only is None and (not check or self._attempt(session, once)):
            self._whole(session, inputs)
        return check.large if check else {}

    def _session(self, dtype: str) -> Session:
        """Return the network with biases drawn: with zeros, a relu over padding is at its kink."""
        session = Session(
            self.trace, seed=self.seed, dtype=dtype, training=self.training, keep="outputs",
            fast=False, stand_ins=True, repeated=True,
        )  # fmt: skip
        for index, own in enumerate(session.engine.parameters):
            biases = [own[name] for name, p in session.owned[index].items() if p.role == "bias"]
            if biases:
                random = generator("bias", self.seed, index)
                for bias in biases:
                    bias[...] = SMALL * random.standard_normal(bias.shape)
        return session

    def _order(self, check: Check) -> int:
        """Order checks by layer, those of the network as a whole last."""
        return self.places.get(check.layer or "", len(self.places))

    def _attempt(self, session: Session, work: Callable[[], None]) -> bool:
        """Run the network's kernels; say whether they went through. Any exception is a finding."""
        try:
            work()
        except (MemoryError, SpecError):
            raise
        except Exception as error:
            self._broken(self.trace.layers[session.engine.current].name, error)
            return False
        return True

    def _broken(self, name: str, error: Exception) -> None:
        if any((check.layer, check.quantity) == (name, "execution") for check in self.checks):
            return  # the whole network's run met it as well
        what = quote(" ".join(f"{type(error).__name__}: {error}".split()), 200)
        self._fail(Check(name, "execution", "runs", what, False), f"{name} cannot run: {what}")

    def _counted(self, session: Session, index: int, whole: bool) -> None:
        """Compare the volume, the parameters and the MACs of one layer."""
        record, engine = self.trace.layers[index], session.engine
        (count, *volume) = engine.shapes[index]
        self._compare(record, "output", list(record.output or ()), list(volume))
        if count != self.batch:
            self._compare(record, "batch", self.batch, count)
        if not record.shares:
            arrays, owned = engine.parameters[index], session.owned[index]
            if whole and index in engine.reached:  # what got a gradient is what is used
                kept = {name: a for name, a in arrays.items() if not owned[name].learned}
                arrays = {**engine.parameter_gradients[index], **kept}
            sizes = dict.fromkeys(ROLES.values(), 0)
            for name, array in arrays.items():  # a gradient of nothing counts as a weight's
                sizes[ROLES[owned[name].role if name in owned else "weight"]] += array.size
            one = record.shares_one
            if one is not None:
                role = session.owned[self.places[one.owner]][one.name].role
                sizes[ROLES[role]] += engine.parameters_of(engine.steps[index])[one.name].size
            for what, executed in sizes.items():
                self._compare(record, what, getattr(record, what), executed)
            total = sizes["weights"] + sizes["biases"]
            self._compare(record, "parameters", record.parameters, total)
        macs, rest = divmod(engine.forward_macs[index], count)
        self._compare(record, "macs", record.macs, macs if not rest else macs + rest / count)

    def _compare(self, record: KnownRecord, what: str, predicted: Any, executed: Any) -> None:
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
        place = self.places.get(check.layer or "")
        path = () if place is None else self.trace.layers[place].path
        self.findings.append(Finding(Fault(rules.EXECUTION, message, FAULT), path, check.layer))

    # -- gradients -----------------------------------------------------------------------------

    def _gradients(self, buffers: Buffers, right: Mapping[int, list[Tensor]]) -> None:
        """Check each layer's backward pass, but for those found right; layers alike once."""
        done: dict[Any, tuple[str, list[Tensor]]] = {}
        probed = alike = 0
        for number, index in enumerate(self.chosen):
            self.progress(number, len(self.chosen))
            record = self.trace.layers[index]
            key = (record.kind, repr(record.layer), record.input)
            if index in right:
                probed += 1
                for tensor in right[index]:
                    self._gradient(record, tensor, "in the network")
                continue
            if key not in done:
                try:
                    done[key] = record.name, self._tensors(record, index, buffers)
                except Exception as error:
                    self._broken(record.name, error)
                    done[key] = record.name, []
            else:
                alike += 1
            first, tensors = done[key]
            for tensor in tensors:
                probed += not tensor.exhaustive
                self._gradient(record, tensor, "" if first == record.name else f"as {first}")
        self.progress(len(self.chosen), len(self.chosen))
        if probed:
            self.notes.append(
                "probed: every value in turn of tensors of up to 400 values, where that is quick;"
                " larger ones together along random directions"
            )
        if alike:
            one = "1 layer is like an earlier one and shares its result"
            several = f"{alike:,} layers are like an earlier one and share its result"
            self.notes.append(one if alike == 1 else several)

    def _tensors(self, record: KnownRecord, index: int, buffers: Buffers) -> list[Tensor]:
        return check_layer(
            record, batch=min(self.batch, MOST), seed=(self.seed, index), training=self.training,
            dtype=self.dtype, buffers=buffers,
        )  # fmt: skip

    def _gradient(self, record: KnownRecord, tensor: Tensor, how: str) -> None:
        most = bound(self.dtype)
        if not how:
            how = "every value" if tensor.exhaustive else "random directions"
        agrees = tensor.error is not None and tensor.error <= most
        error = tensor.error
        check = Check(record.name, "gradient", most, error, agrees, how, tensor=tensor.name)
        if agrees:
            self.checks.append(check)
        elif tensor.error is None:
            self._fail(check, f"{record.name}: backward gives {tensor.fault} of {tensor.name}")
        else:
            self._fail(
                check,
                f"{record.name}: the gradient of {tensor.name} is wrong: relative error"
                f" {tensor.error:.1e} against centred differences (at most {most:.0e} passes)",
            )

    # -- the rest ------------------------------------------------------------------------------

    def _fields(self) -> None:
        wrong = {check.quantity for check in self.checks if not check.agrees}
        if wrong - {"weights", "biases", "parameters", "non_trainable", "example"}:
            self.notes.append("receptive fields are measured once everything else agrees")
            return
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
        engine = session.engine
        if empty := self._empty(session):
            self.notes.append(
                f"the network as a whole is not checked: windows of {some(empty, 4)} lie wholly in"
                " the padding (SC406), and their maximum is minus infinity"
            )
            return
        if self.dtype != "float64":
            session = self._session("float64")
            inputs = session.inputs(batch=self.batch)
            _pass(session, inputs, self.seed)
        session.buffers.let_go()
        found: list[Whole] = []
        self._attempt(session, lambda: found.append(whole_check(session, inputs, self.seed)))
        joined = found[0].errors if found else {}
        roots = [step.name for step in engine.steps if step.kernel.above_0]
        if roots and not all(map(isfinite, joined.values())):
            self.notes.append(
                f"the network as a whole is not checked: {some(roots, 4)} got values that are not"
                " above 0"
            )
            return
        if found and found[0].unsettled and max(joined.values(), default=0) > WHOLE:
            self.notes.append(
                "the network as a whole is not checked: rounding decides which of equal values"
                f" {some(found[0].unsettled, 4)} takes for the largest"
            )
            return
        self._joined(joined, "a random direction")

    def _joined(self, errors: Mapping[str, float], how: str) -> None:
        """Compare the gradients of all inputs, and of all parameters, of the network."""
        for name, error in errors.items():
            agrees = error <= WHOLE
            check = Check(None, "gradient", WHOLE, error, agrees, how, tensor=name)
            if agrees:
                self.checks.append(check)
            else:
                self._fail(
                    check,
                    f"the gradient of the {name} of the whole network is wrong:"
                    f" relative error {error:.1e}",
                )

    def _empty(self, session: Session) -> list[str]:
        """Return the layers some of whose outputs are the maximum of nothing."""
        return [
            step.name
            for step, record in zip(session.engine.steps, self.trace.layers, strict=True)
            if record.input and step.kernel.leaves_windows_empty((self.batch, *record.input[0]))
        ]

    def _example(self) -> None:
        example = self.trace.spec.example
        if example is None or any(d.rule.structural for d in self.trace.diagnostics):
            return
        computed = ComputedExample(self.trace, example, seed=self.seed, training=self.training)
        checks, findings = computed.compare()
        self.checks += checks
        self.findings += findings


def _pass(session: Session, inputs: Sequence[Array], seed: int) -> None:
    """Run forward, and backward from random upstream gradients."""
    session.engine.forward(inputs)
    session.engine.backward(random_upstream(session, seed))


def chosen(trace: KnownTrace, only: str | None) -> list[int]:
    """Return the layers that are checked: all, the one asked for, or those of an instance."""
    run = [i for i, r in enumerate(trace.layers) if r.layer is None or not r.layer.opaque]
    if only is None:
        return run
    return [i for i in run if _asked_for(trace.layers[i].name, only)]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return show(tuple(value))
    return f"{value:,}" if isinstance(value, int | float) else str(value)
