"""The worked example of a spec: arrays given, a loss or upstream gradient, and arrays expected.

Only the form is read here: lists of lists of numbers, all rows of one length. Whether a name is
there and a shape is right depends on the volumes (worked_example.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, Fault, Finding, Findings, Path, quote, some
from shapecalc.network.optimizer import EXAMPLE, PLAIN, WANTED, Optimizer, read_optimizer
from shapecalc.network.validation import unknown_key, wrong_value
from shapecalc.rules import Rule

WORDS = (
    "given", "loss", "upstream", "rate", "steps", "optimizer", "training", "expect", "tolerance",
)  # fmt: skip
KEYS = {key: key for key in WORDS}
OF_CLASSES = ("cross_entropy", "svm")  # losses whose target is a class
LOSSES = ("squared_error", "half_squared_error", "mean_squared_error", *OF_CLASSES)
WEIGHT_DECAY = "weight_decay"  # beside a loss: half of it times the squared weights is added
MAX_AXES = 6  # a batch, three spatial axes and a depth are five
MOST_STEPS = 10
TOLERANCE = 1e-6


class Numbers(NamedTuple):
    """An array as written: nested lists, and the length of each level. A number has no level."""

    shape: tuple[int, ...]
    values: Any


@dataclass(frozen=True)
class Example:
    """A worked example. `loss` and `upstream` are by the name of an output or layer.

    The name None stands for the network's only output. `rate`, `steps` and `optimizer` say how
    parameters go down the gradient.
    """

    given: Mapping[str, Numbers] = field(default_factory=dict)
    loss_kind: str | None = None
    loss: Mapping[str | None, Numbers] = field(default_factory=dict)
    weight_decay: float = 0.0
    upstream: Mapping[str, Numbers] = field(default_factory=dict)
    rate: float | None = None
    steps: int = 1
    optimizer: Optimizer = PLAIN
    training: bool | None = None
    expect: Mapping[str, Numbers] = field(default_factory=dict)
    tolerance: float = TOLERANCE

    @property
    def plain(self) -> bool:
        """Whether parameters go down by rate*gradient, once: momentum starts from rest."""
        return self.steps == 1 and not self.optimizer.adam


def read_example(data: Any, findings: Findings) -> Example | None:
    """Return the example of a spec's data; what is wrong with its form is added to findings."""
    if not isinstance(data, Mapping):
        hint = "for example {given: {input: [1, 2]}, expect: {relu1: [1, 2]}}"
        findings.append(Finding(wrong_value("example", "a mapping", data, hint), ("example",)))
        return None
    return _Reader(data, findings).read()


class _Reader:
    """Reads an example key by key; what is faulty is reported and left out."""

    def __init__(self, data: Mapping[str, Any], findings: Findings) -> None:
        self.data = data
        self.findings = findings

    def read(self) -> Example:
        for key in self.data:
            if key not in KEYS:
                from shapecalc.frameworks.elsewhere import EXAMPLE  # all keys of most are known

                fault = unknown_key(
                    str(key), self.data, "example", KEYS, EXAMPLE, (), self.findings
                )
                self.findings.append(Finding(fault, ("example", str(key))))
        if self.data.get("loss") is not None and self.data.get("upstream") is not None:
            message = "loss and upstream are two sources of the gradient"
            self._report(rules.NAME_USED_TWICE, message, "keep one of them", ("upstream",))
        kind, loss, decay = self._loss()
        training = self.data.get("training")
        if training is not None and not isinstance(training, bool):
            self._add(wrong_value("training", "true or false", training), ("training",))
            training = None
        tolerance = self._positive("tolerance", zero=True)
        return Example(
            self._arrays("given"),
            kind,
            loss,
            decay,
            self._arrays("upstream"),
            self._positive("rate"),
            self._steps(),
            self._optimizer(),
            training,
            self._arrays("expect", holes=True),
            TOLERANCE if tolerance is None else tolerance,
        )

    def _steps(self) -> int:
        steps = self.data.get("steps")
        if steps is None or (type(steps) is int and 1 <= steps <= MOST_STEPS):
            return steps or 1
        wanted = f"a whole number from 1 to {MOST_STEPS}"
        self._add(wrong_value("steps", wanted, steps), ("steps",))
        return 1

    def _optimizer(self) -> Optimizer:
        written = self.data.get("optimizer")
        optimizer = read_optimizer(written)
        if optimizer is None:
            self._add(wrong_value("optimizer", WANTED, written, EXAMPLE), ("optimizer",))
        return optimizer or PLAIN

    def _arrays(self, key: str, holes: bool = False) -> dict[str, Numbers]:
        return self._named(self.data.get(key), (key,), holes)

    def _named(self, written: Any, path: Path, holes: bool = False) -> dict[str, Numbers]:
        if written is None:
            return {}
        if not isinstance(written, Mapping):
            hint = "for example {conv1: [[1, 2], [3, 4]]}"
            wanted = "a mapping of names to arrays"
            self._add(wrong_value(str(path[-1]), wanted, written, hint), path)
            return {}
        arrays = {}
        for name, values in written.items():
            numbers = self._numbers(values, (*path, str(name)), holes)
            if numbers is not None:
                arrays[str(name)] = numbers
        return arrays

    def _loss(self) -> tuple[str | None, dict[str | None, Numbers], float]:
        written = self.data.get("loss")
        if written is None:
            return None, {}, 0.0
        kinds = [k for k in written if k != WEIGHT_DECAY] if isinstance(written, Mapping) else []
        if kinds not in [[kind] for kind in LOSSES]:
            hint = "for example {squared_error: 0.5} or {cross_entropy: 6}"
            wanted = f"one of {some(LOSSES)}"
            self._add(wrong_value("loss", wanted, written, hint), ("loss",))
            return None, {}, 0.0
        (kind,) = kinds
        decay = self._positive(WEIGHT_DECAY, zero=True, within=written, path=("loss",)) or 0.0
        wanted, path = written[kind], ("loss", kind)
        if isinstance(wanted, Mapping):
            if not wanted:
                self._report(
                    rules.MISSING_FIELD, f"{kind} names no output", "write {output: ...}", path
                )
            return kind, dict(self._named(wanted, path).items()), decay
        numbers = self._numbers(wanted, path)
        return kind, {} if numbers is None else {None: numbers}, decay

    def _positive(
        self,
        key: str,
        zero: bool = False,
        within: Mapping[str, Any] | None = None,
        path: Path = (),
    ) -> float | None:
        value = (self.data if within is None else within).get(key)
        if value is None:
            return None
        if type(value) in (int, float) and (0 < value <= LIMIT or (zero and value == 0)):
            return float(value)
        self._add(wrong_value(key, "a positive number", value), (*path, key))
        return None

    def _numbers(self, values: Any, path: Path, holes: bool = False) -> Numbers | None:
        try:
            return Numbers(_shape(values, holes), values)
        except ValueError as error:
            hint = "lists of numbers, depth first: [[[row], [row]], [[row], [row]]]"
            self._report(rules.WRONG_VALUE, f"{quote(path[-1])} {error}", hint, path)
            return None

    def _report(self, rule: Rule, message: str, hint: str, path: Path) -> None:
        self._add(Fault(rule, message, hint), path)

    def _add(self, fault: Fault, path: Path) -> None:
        self.findings.append(Finding(fault, ("example", *path)))


def _shape(values: Any, holes: bool, level: int = 0) -> tuple[int, ...]:
    """Return the length of each level of nested lists. Raises ValueError with what is wrong."""
    if isinstance(values, list | tuple):
        if level >= MAX_AXES:
            raise ValueError(f"has more than {MAX_AXES} levels of lists")
        if not values:
            raise ValueError("has an empty list")
        first = _shape(values[0], holes, level + 1)
        for row in values[1:]:
            if _shape(row, holes, level + 1) != first:
                raise ValueError(f"has rows of different lengths: {quote(row)} beside others")
        return (len(values), *first)
    if values is None and holes:
        return ()
    if type(values) not in (int, float):
        raise ValueError(f"must hold numbers, not {quote(values)}")
    if not abs(values) <= LIMIT:  # NaN, too
        raise ValueError(f"must hold numbers up to 2^63, not {quote(values)}")
    return ()


def examples_in(shape: Sequence[int], wanted: Sequence[int], batched: bool = True) -> int | None:
    """Return how many examples an array holds where one has the shape `wanted`; None: it fits not.

    Leading axes of 1 may be left out, one further axis is the batch.
    """
    given = tuple(shape)
    spare = next((n for n, size in enumerate(wanted) if size != 1), len(wanted))
    one = {tuple(wanted[skip:]) for skip in range(spare + 1)}
    if given in one:
        return 1
    return given[0] if batched and given and given[1:] in one else None


__all__ = ["Example", "Numbers", "examples_in", "read_example"]
