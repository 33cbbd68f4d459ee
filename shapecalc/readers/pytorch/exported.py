"""A program of torch.export in memory, as the same plain data that a file gives.

Only its graph and the sizes of its tensors are looked at; their values are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from shapecalc.readers.pytorch.program import (
    BUFFER,
    CONSTANT,
    OTHER,
    PARAMETER,
    Held,
    Program,
    Ref,
    Tensor,
    Value,
    Written,
)

ROLES = {"PARAMETER": PARAMETER, "BUFFER": BUFFER, "CONSTANT_TENSOR": CONSTANT}
PART = "getitem"  # takes one of several outputs


def program_of_export(exported: Any, name: str) -> Program:
    """Return the program of an ExportedProgram."""
    reading = _Reading(exported)
    inputs, held = [], {}
    for spec in exported.graph_signature.input_specs:
        value, kind = getattr(spec.arg, "name", None), spec.kind.name
        if value not in reading.tensors:
            continue
        if kind == "USER_INPUT":
            inputs.append(value)
        elif kind in ROLES:
            held[value] = Held(spec.target, ROLES[kind], reading.origin(spec.target))
            if kind == "PARAMETER":
                learned = exported.state_dict[spec.target].requires_grad
                tensor = reading.tensors[value]
                reading.tensors[value] = tensor._replace(learned=learned)
    outputs = [
        spec.arg.name
        for spec in exported.graph_signature.output_specs
        if spec.kind.name == "USER_OUTPUT" and getattr(spec.arg, "name", None) in reading.known
    ]
    return Program(
        name, tuple(inputs), held, tuple(reading.nodes()), tuple(dict.fromkeys(outputs)),
        reading.tensors, reading.numbers,
    )  # fmt: skip


class _Reading:
    """Reads a graph of torch.fx."""

    def __init__(self, exported: Any) -> None:
        self.exported = exported
        self.tensors: dict[str, Tensor] = {}
        self.numbers: dict[str, int | None] = {}
        for node in exported.graph.nodes:
            value = node.meta.get("val")
            if hasattr(value, "shape"):
                self.tensors[node.name] = Tensor(
                    tuple(map(_size, value.shape)), value.dtype.is_floating_point, False
                )
            elif not isinstance(value, tuple | list):
                self.numbers[node.name] = _size(value)
        self.known = self.tensors.keys() | self.numbers.keys()

    def origin(self, name: str) -> Any:
        """Return what a parameter or buffer is counted by: where its values stand."""
        tensor = self.exported.state_dict.get(name)
        if tensor is None or not tensor.numel():
            return name
        try:
            place = tensor.untyped_storage().data_ptr()
        except (NotImplementedError, RuntimeError):  # without values, or of a class of its own
            return name
        return (place, tensor.storage_offset(), prod(tensor.shape)) if place else name

    def nodes(self) -> Iterator[Written]:
        """Yield the calls of operators."""
        for node in self.exported.graph.nodes:
            if node.op != "call_function" or _is_part(node):
                continue
            path, module = _module(node.meta.get("nn_module_stack"))
            target = _target(node.target)
            yield Written(
                node.name, target, _arguments(node), tuple(self._outputs(node)), path, module
            )

    def _outputs(self, node: Any) -> Iterator[str | None]:
        value = node.meta.get("val")
        if not isinstance(value, tuple | list):
            yield None if value is None else node.name
            return
        parts = {user.args[1]: user.name for user in node.users if _is_part(user)}
        for number in range(len(value)):
            yield parts.get(number)


def _is_part(node: Any) -> bool:
    return getattr(node.target, "__name__", "") == PART and node.op == "call_function"


def _size(value: Any) -> int | None:
    return value if type(value) is int else None


def _target(target: Any) -> str:
    """Return the name of an operator as files have it."""
    if hasattr(target, "_schema"):
        return f"torch.ops.{target}"
    return f"{getattr(target, '__module__', '')}.{getattr(target, '__name__', '')}"


def _arguments(node: Any) -> Mapping[str, Value]:
    """Return a node's arguments by their names."""
    schema = getattr(node.target, "_schema", None)
    names = [argument.name for argument in schema.arguments] if schema else []
    names += [f"arg_{number}" for number in range(len(names), len(node.args))]
    return {
        **{name: _value(value) for name, value in zip(names, node.args, strict=False)},
        **{name: _value(value) for name, value in node.kwargs.items()},
    }


def _value(value: Any) -> Value:
    if hasattr(value, "op") and hasattr(value, "users"):  # a node
        return Ref(value.name)
    if isinstance(value, tuple | list):
        return [_value(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | str) else OTHER


def _module(stack: Any) -> tuple[str, str]:
    """Return path and class of the innermost module around a node."""
    if not isinstance(stack, dict) or not stack:
        return "", ""
    path, kind = [*stack.values()][-1]
    return str(path), kind if isinstance(kind, str) else getattr(kind, "__name__", "")
