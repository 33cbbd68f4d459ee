"""What the keys of a worked example stand for: `conv1`, `conv1.weight`, `input.grad`, `loss`.

Arrays are depth first, as lectures print them: a value is D x spatial sizes (units for a flat one),
a parameter is laid out as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, LayerError, Path, quote, some, suggestion
from shapecalc.layers.activation import Dropout
from shapecalc.layers.base import NO_PARAMETERS, Parameters, show
from shapecalc.layers.field_types import Volume
from shapecalc.network import NetworkSpec
from shapecalc.network.example import OF_CLASSES, Example, Numbers, examples_in
from shapecalc.records import LayerRecord
from shapecalc.volumes import all_known, is_known

Role = Literal["value", "gradient", "parameter", "parameter gradient", "next", "loss", "mask"]
Lack = Literal["loss", "gradient", "rate"]
Shape = tuple[int, ...]

HINTS: Mapping[Lack, str] = {  # how what an example lacks is written
    "loss": "for example loss: {squared_error: 0.5}",
    "gradient": "for example upstream: {conv1: [...]}",
    "rate": "for example rate: 0.1",
}
ABSENT: Mapping[Lack, str] = {
    "loss": "no loss",
    "gradient": "neither a loss nor an upstream gradient",
    "rate": "no rate",
}


MASK = "mask"  # of a dropout: 1 for each value that stays, 0 for the others


class Target(NamedTuple):
    """What a key stands for. `at` counts values (inputs first), or layers for parameters, masks."""

    role: Role
    at: int = 0
    parameter: str = ""
    shape: Shape | None = ()  # of one example; None where it is not known

    @property
    def batched(self) -> bool:
        """Whether the array may have a further axis for the batch."""
        return self.role in ("value", "gradient", "mask")


def depth_first(volume: Volume) -> Shape:
    """Return a volume's sizes as arrays have them: the depth before the spatial sizes."""
    return (volume[-1], *volume[:-1])


class Names:
    """Looks up the keys of an example. Raises KeyError, with a fault, for what is not there."""

    def __init__(self, spec: NetworkSpec, records: Sequence[LayerRecord]) -> None:
        self.spec = spec
        self.records = records

    @cached_property
    def values(self) -> Mapping[str, int]:
        """Every input, layer and instance by name, with the index of its value."""
        found = {
            g.name: g.sources[0] for g in self.spec.instances if g.sources and len(g.sources) == 1
        }
        found |= {record.name: self.spec.values.of(i) for i, record in enumerate(self.records)}
        return found | {name: i for i, name in enumerate(self.spec.inputs)}

    def parameters(self, layer: int) -> Parameters:
        """Return a layer's own parameters; none where they are not known."""
        record = self.records[layer]
        if record.layer is None or record.layer.opaque or not record.input or record.shares:
            return NO_PARAMETERS
        if not all_known(record.input):
            return NO_PARAMETERS
        try:
            parameters = record.layer.parameters(record.input)
        except LayerError:
            return NO_PARAMETERS
        one = record.shares_one
        if one is None:
            return parameters
        return {name: own for name, own in parameters.items() if name != one.name}

    def decaying(self) -> list[tuple[int, str]]:
        """Return the parameters that a weight decay takes hold of, each by its layer and its name:
        the weights of the layers that multiply by them and learn.
        """
        return [
            (at, name)
            for at, record in enumerate(self.records)
            if record.layer is not None and record.layer.multiplies and record.learns
            for name, parameter in self.parameters(at).items()
            if parameter.role == "weight"
        ]

    def value_shape(self, index: int) -> Shape | None:
        """Return the shape of a value, depth first."""
        layer = self.spec.values.producer(index)
        inputs = list(self.spec.inputs.values())
        volume = inputs[index] if layer is None else self.records[layer].output
        return depth_first(volume) if volume is not None and is_known(volume) else None

    def find(self, key: str) -> Target:
        """Return what a key stands for. Raises KeyError with a Fault."""
        if key == "loss":
            return Target("loss")
        if key in self.values:
            return Target("value", self.values[key], shape=self.value_shape(self.values[key]))
        name, _, ending = key.rpartition(".")
        if ending == "grad" and name in self.values:
            return self.find(name)._replace(role="gradient")
        if ending in ("grad", "next"):
            target = self._parameter(name, key)
            if not self._learned(target):
                raise KeyError(
                    Fault(rules.NO_SUCH_NAME, f"{name} is not learned: it has no {ending}")
                )
            if ending == "grad" and not self.records[target.at].learns:
                message = f"{name} is frozen (trainable: false): it has no gradient"
                hint = f"write {name}.next, which is as it was"
                raise KeyError(Fault(rules.NO_SUCH_NAME, message, hint))
            return target._replace(role="next" if ending == "next" else "parameter gradient")
        dropout = self._dropout(name) if ending == MASK else None
        if dropout is not None:
            shape = self.value_shape(self.spec.values.of(dropout))
            return Target("mask", dropout, shape=shape)
        return self._parameter(key, key)

    def _dropout(self, name: str) -> int | None:
        """Return the number of a dropout layer, None where the name is of something else."""
        value = self.values.get(name)
        layer = None if value is None else self.spec.values.producer(value)
        dropped = layer is not None and isinstance(self.records[layer].layer, Dropout)
        return layer if dropped else None

    def _learned(self, target: Target) -> bool:
        """Say whether a parameter has a gradient, as far as that is known."""
        parameter = self.parameters(target.at).get(target.parameter)
        return parameter is None or parameter.learned

    def _parameter(self, key: str, whole: str) -> Target:
        name, _, parameter = key.rpartition(".")
        value = self.values.get(name)
        index = None if value is None else self.spec.values.producer(value)
        if index is None:
            raise KeyError(self._unknown(whole))
        record = self.records[index]
        own = self.parameters(index)
        if parameter in own:
            return Target("parameter", index, parameter, own[parameter].shape)
        if record.shares:
            hint = f"its weights are those of {record.shares}: write {record.shares}.{parameter}"
            message = f"{quote(whole)}: {record.name} has no weights of its own"
            raise KeyError(Fault(rules.NO_SUCH_NAME, message, hint))
        one = record.shares_one
        if one is not None and one.name == parameter:
            message = f"{quote(whole)}: {record.name} has its {parameter} from {one.owner}"
            raise KeyError(Fault(rules.NO_SUCH_NAME, message, f"write {one.of}"))
        if record.layer is None or record.input is None or not all_known(record.input):
            return Target("parameter", index, parameter, None)
        has = f"it has {some(list(own))}" if own else f"{record.name} has no parameters"
        raise KeyError(Fault(rules.NO_SUCH_NAME, f"{record.name} has no {quote(parameter)}", has))

    def _unknown(self, key: str) -> Fault:
        hint = suggestion(key, lambda: self.values, (), f"there is {some(list(self.values), 8)}")
        return Fault(rules.NO_SUCH_NAME, f"{quote(key)} names no input, layer or parameter", hint)


def lacking(role: Role, example: Example) -> Lack | None:
    """Return what an example would need for an array of a role to be computed; None: it has it."""
    if role == "loss" and example.loss_kind is None:
        return "loss"
    backward = role in ("gradient", "parameter gradient", "next")
    if backward and example.loss_kind is None and not example.upstream:
        return "gradient"
    return "rate" if role == "next" and example.rate is None else None


def faults(spec: NetworkSpec, records: Sequence[LayerRecord]) -> list[Finding]:
    """Return what is wrong with the names, and with the shapes of what is given."""
    if spec.example is None:
        return []
    return _Checker(Names(spec, records)).findings


def output_of_loss(name: str | None, outputs: Collection[str]) -> str | Fault:
    """Return the output that a loss is of; None stands for the only one."""
    if name is None:
        if len(outputs) == 1:
            return next(iter(outputs))
        message = "there are several outputs, and the loss names none"
        hint = f"for example {{{next(iter(outputs), 'output')}: ...}}"
        return Fault(rules.NO_SUCH_NAME, message, hint)
    if name in outputs:
        return name
    message = f"{quote(name)} is none of the network's outputs"
    return Fault(rules.NO_SUCH_NAME, message, f"there is {some(list(outputs))}")


def no_class(value: object, output: str, classes: int) -> Fault:
    """Return the fault of a value that should be the number of a class."""
    message = f"{quote(value)} is not a class: {output} has {classes}, counted from 0"
    return Fault(rules.WRONG_VALUE, message, f"write 0 to {classes - 1}")


class _Checker:
    """Checks an example's names and the shapes of what it gives."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.findings: list[Finding] = []
        self.batch: int | None = None
        example = names.spec.example
        assert example is not None
        for key, numbers in example.given.items():
            self._check(key, numbers, ("given", key), ("value", "parameter", "mask"))
        for key, numbers in example.upstream.items():
            self._check(key, numbers, ("upstream", key), ("value",), inputs=True)
        for output, numbers in example.loss.items():
            path: Path = ("loss", str(example.loss_kind), *([output] if output else []))
            self._loss(output, numbers, path, example.loss_kind in OF_CLASSES)
        for key in example.expect:
            target = self._find(key, ("expect", key))
            if target is not None:
                self._expected(key, target)

    def _find(self, key: str, path: Path) -> Target | None:
        try:
            return self.names.find(key)
        except KeyError as error:
            self._add(error.args[0], path)
            return None

    def _check(
        self,
        key: str,
        numbers: Numbers,
        path: Path,
        roles: tuple[Role, ...],
        inputs: bool = False,
    ) -> None:
        target = self._find(key, path)
        if target is None:
            return
        computed = target.role == "value" and not inputs
        computed = computed and target.at not in self.names.spec.values.inputs
        if target.role not in roles or computed:
            message = f"{quote(key)} is computed, and cannot be given"
            self._add(Fault(rules.NO_SUCH_NAME, message, "give inputs and parameters"), path)
        elif target.role == "mask" and self._no_mask(key, numbers, path):
            return
        elif target.shape is not None:
            self._shape(key, numbers.shape, target.shape, target.batched, path)

    def _no_mask(self, key: str, numbers: Numbers, path: Path) -> bool:
        """Report what is no mask, or one for nothing; say whether it is."""
        example = self.names.spec.example
        wrong = _first(numbers.values, lambda m: m not in (0, 1))
        if wrong is not None:
            message = f"{quote(key)} holds {quote(wrong)}, and a mask holds 0 and 1"
            self._add(Fault(rules.WRONG_VALUE, message, "1 for each value that stays"), path)
        elif example is not None and example.training is False:
            message = f"{quote(key)} is given, and with training: false nothing is dropped"
            self._add(Fault(rules.WRONG_VALUE, message, "leave training or the mask out"), path)
        else:
            return False
        return True

    def _shape(self, key: str, given: Shape, wanted: Shape, batched: bool, path: Path) -> None:
        count = examples_in(given, wanted, batched)
        if count is None:
            message = f"{quote(key)} is {_sizes(given)}, and should be {_sizes(wanted)}"
            hint = "depth first; leading axes of 1 may be left out" + (
                ", one further axis is the batch" if batched else ""
            )
            self._add(Fault(rules.WRONG_VALUE, message, hint), path)
        elif batched and self.batch not in (None, count):
            message = f"{quote(key)} holds {count} examples, others {self.batch}"
            self._add(Fault(rules.WRONG_VALUE, message, "give as many of each"), path)
        elif batched:
            self.batch = count

    def _loss(self, output: str | None, numbers: Numbers, path: Path, classes: bool) -> None:
        outputs = self.names.spec.outputs
        name = output_of_loss(output, outputs)
        if isinstance(name, Fault):
            self._add(name, path)
            return
        index = outputs[name]
        shape = None if index is None else self.names.value_shape(index)
        if shape is None:
            return
        if not classes:
            self._shape(name, numbers.shape, shape, True, path)
            return
        self._shape(name, numbers.shape, (*shape[1:],), True, path)
        wrong = _first(numbers.values, lambda c: type(c) is not int or not 0 <= c < shape[0])
        if wrong is not None:
            self._add(no_class(wrong, name, shape[0]), path)

    def _expected(self, key: str, target: Target) -> None:
        example = self.names.spec.example
        assert example is not None
        if target.role == "mask":
            message = f"{quote(key)} is given or drawn, and not computed"
            hint = f"expect {quote(key.removesuffix(f'.{MASK}'))}, its output"
            self._add(Fault(rules.NO_SUCH_NAME, message, hint), ("expect", key))
        lack = lacking(target.role, example)
        if lack is not None:
            message = f"{quote(key)} is expected, and the example has {ABSENT[lack]}"
            self._add(Fault(rules.MISSING_FIELD, message, HINTS[lack]), ("expect", key))

    def _add(self, fault: Fault, path: Path) -> None:
        self.findings.append(Finding(fault, ("example", *path)))


def _first(values: object, wrong: Callable[[object], bool]) -> object:
    """Return the first number of nested lists that is wrong, or None."""
    if isinstance(values, list | tuple):
        return next((w for row in values if (w := _first(row, wrong)) is not None), None)
    return values if wrong(values) else None


def _sizes(shape: Shape) -> str:
    return show(shape) if shape else "a single number"
