"""An exported program as plain data: what goes in, what is held, nodes in order, what comes out.

Everything is looked at as it is read: a program that is given back holds together. Stack traces,
which have paths of the author's machine in them, are left behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from shapecalc.diagnostics import LIMIT, quote
from shapecalc.readers.pytorch.malformed import Malformed

MAJORS = (5, 6, 7, 8)  # of the schema
MOST_AXES = 64  # of a tensor of PyTorch
LONGEST_NAME = 1000
UNBOUNDED = {"Infinity": float("inf"), "-Infinity": -float("inf"), "NaN": float("nan")}
FLOATING = frozenset((6, 7, 8, 9, 10, 11, 13, 29, 30, 31, 32, 33))  # numbers of data types
NO_STACK = "_empty_nn_module_stack_from_metadata_hook"
MOST_LOOKED_AT = 20  # nodes that may tell the module's class
ROOT = re.compile(r"[^,;]*,(?:|L\[['\"]self['\"]\]|L__self__),[^,;]*?([A-Za-z_]\w{0,99})(?:;|$)")
SELF = re.compile(r"(?:L\[['\"]self['\"]\]|L__self__)\.?")  # before a module's path, once

PARAMETER, BUFFER, CONSTANT = "parameter", "buffer", "tensor_constant"
NAMES = {PARAMETER: "parameter_name", BUFFER: "buffer_name", CONSTANT: "tensor_constant_name"}

Sizes = tuple[int | None, ...]  # of a tensor as the file has it, with the batch


class Ref(NamedTuple):
    """A value of the graph: a tensor, or a number that is computed."""

    name: str


class Other:
    """An argument that says nothing about shapes: a graph, a device, an object."""


OTHER = Other()
Value = Any  # None, bool, int, float, str, Ref, OTHER, or a list of those


class Tensor(NamedTuple):
    """What the file says of a tensor; None is a size that is an expression."""

    sizes: Sizes
    floating: bool
    learned: bool


class Held(NamedTuple):
    """A tensor that the program holds: its own name, what it is, and what is one with it."""

    name: str
    role: str
    origin: Any


class Written(NamedTuple):
    """A node as it is written: a call of an operator.

    `path` is that of the innermost module around it, `module` its class.
    """

    name: str
    target: str
    arguments: Mapping[str, Value]
    outputs: tuple[str | None, ...]
    path: str
    module: str


class Program(NamedTuple):
    """A graph, and the class of the module. Every reference leads to what comes before."""

    name: str
    inputs: tuple[str, ...]
    held: Mapping[str, Held]
    nodes: tuple[Written, ...]
    outputs: tuple[str, ...]
    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, int | None]


def program_of(data: Any, sharing: Mapping[str, tuple[Any, ...]]) -> Program:
    """Return the program in a file's JSON. Raises Malformed with the node that is wrong."""
    top = _mapping(data, "the program")
    _check_version(top.get("schema_version"))
    module = _mapping(top.get("graph_module"), "graph_module")
    graph = _mapping(module.get("graph"), "graph_module.graph")
    signature = _mapping(module.get("signature"), "graph_module.signature")
    written = _mapping(graph.get("tensor_values"), "tensor_values")
    tensors = {name: _tensor(name, value) for name, value in written.items()}
    numbers = {
        name: _size(value, name)
        for name, value in _mapping(graph.get("sym_int_values", {}), "sym_int_values").items()
    }
    inputs, held = _signature(signature, tensors, sharing)
    known = {*inputs, *held, *_others(signature)}
    nodes = []
    for number, entry in enumerate(_list(graph.get("nodes"), "nodes")):
        node = _node(entry, number)
        _check_references(node, known)
        nodes.append(node)
    outputs = _outputs(signature)
    for name in outputs:
        if name not in known:
            raise Malformed(f"the output {quote(name)} comes from no node")
    return Program(_class(module), inputs, held, tuple(nodes), outputs, tensors, numbers)


def _check_version(version: Any) -> None:
    major = version.get("major") if isinstance(version, dict) else version
    if type(major) is not int or major not in MAJORS:
        told = quote(major) if isinstance(major, int | str) else "none"
        known = f"{MAJORS[0]} to {MAJORS[-1]} are known"
        raise Malformed(f"schema version {told}, {known}", hint="export it with PyTorch 2.13")


# -- tensors ---------------------------------------------------------------------------------------


def _tensor(name: str, data: Any) -> Tensor:
    entry = _mapping(data, f"the tensor {quote(name)}")
    sizes = _list(entry.get("sizes"), f"the sizes of {quote(name)}")
    if len(sizes) > MOST_AXES:
        raise Malformed(f"{quote(name)} has {len(sizes):,} axes", name)
    return Tensor(
        tuple(_size(size, name) for size in sizes),
        entry.get("dtype") in FLOATING if type(entry.get("dtype")) is int else False,
        entry.get("requires_grad") is True,
    )


def _size(data: Any, name: str) -> int | None:
    """Return a size; None for an expression."""
    entry = _mapping(data, f"a size of {quote(name)}")
    if "as_expr" in entry:
        return None
    size = entry.get("as_int")
    if type(size) is not int or not 0 <= size <= LIMIT:
        raise Malformed(f"a size of {quote(name)} is {quote(size)}", name)
    return size


def _signature(
    signature: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    sharing: Mapping[str, tuple[Any, ...]],
) -> tuple[tuple[str, ...], dict[str, Held]]:
    """Return the names of the inputs, and what the program holds by the names of its values."""
    inputs: list[str] = []
    held: dict[str, Held] = {}
    for kind, spec in _specs(signature, "input_specs"):
        argument = _mapping(spec.get("arg", {}), "an argument of the signature")
        if kind == "user_input":
            inputs += [value.name for value in flat(_value(argument)) if isinstance(value, Ref)]
        elif kind in NAMES:
            value, name = _text(argument.get("name")), _text(spec.get(NAMES[kind]))
            if value not in tensors:
                raise Malformed(f"nothing is said of the size of {quote(name)}", name)
            if value in held:
                raise Malformed(f"{quote(value)} stands twice among the inputs", name)
            place = sharing.get(name)
            size = prod(size or 0 for size in tensors[value].sizes)
            held[value] = Held(name, kind, (*place, size) if place and size else name)
    if len({*inputs, *held}) < len(inputs) + len(held):
        raise Malformed("an input stands twice in the signature")
    return tuple(inputs), held


def _others(signature: Mapping[str, Any]) -> Iterator[str]:
    """Return the names of objects, tokens and numbers that go in as well."""
    for kind, spec in _specs(signature, "input_specs"):
        if kind not in NAMES and kind != "user_input":
            argument = spec.get("arg")
            name = argument.get("name") if isinstance(argument, dict) else spec.get("name")
            if isinstance(name, str):
                yield name


def _outputs(signature: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for kind, spec in _specs(signature, "output_specs"):
        if kind in ("user_output", "loss_output"):
            argument = _mapping(spec.get("arg"), "an output")
            value = _value({"as_tensor": argument} if kind == "loss_output" else argument)
            found += [one.name for one in flat(value) if isinstance(one, Ref)]
    return tuple(dict.fromkeys(found))


def _specs(signature: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in _list(signature.get(key), key):
        for kind, spec in _mapping(entry, key).items():
            if spec is not None:
                yield kind, _mapping(spec, quote(kind))


# -- nodes -----------------------------------------------------------------------------------------


def _node(data: Any, number: int) -> Written:
    entry = _mapping(data, f"nodes[{number}]")
    name = f"nodes[{number}]"
    try:
        outputs = tuple(_names(_list(entry.get("outputs"), "outputs")))
        first = next((output for output in outputs if output), name)
        name = _text(entry.get("name") or first)
        arguments = {
            _text(argument.get("name")): _value(argument.get("arg"))
            for argument in map(_as_mapping, _list(entry.get("inputs"), "inputs"))
        }
        metadata = entry.get("metadata")
        stack = metadata.get("nn_module_stack") if isinstance(metadata, dict) else None
        path, module = _module(stack if isinstance(stack, str) else "")
        return Written(name, _text(entry.get("target")), arguments, outputs, path, module)
    except Malformed as error:
        error.node = error.node or name
        raise


def _names(outputs: list[Any]) -> Iterator[str | None]:
    for output in outputs:
        value = _value(output)
        values = value if isinstance(value, list) else [value]
        yield from (one.name if isinstance(one, Ref) else None for one in values)


def _check_references(node: Written, known: set[str]) -> None:
    """Raise Malformed for what nothing before gives; note what the node gives."""
    for value in node.arguments.values():
        for one in flat(value):
            if isinstance(one, Ref) and one.name not in known:
                raise Malformed(f"it takes {quote(one.name)}, which nothing before it gives",
                                node.name)  # fmt: skip
    for output in node.outputs:
        if output in known:
            raise Malformed(f"it gives {quote(output)}, which is there already", node.name)
        if output is not None:
            known.add(output)


def _class(module: Mapping[str, Any]) -> str:
    """Return the name of the class of the whole module, which stands first around every node."""
    for node in module["graph"]["nodes"][:MOST_LOOKED_AT]:
        metadata = node.get("metadata")
        stack = metadata.get("nn_module_stack") if isinstance(metadata, dict) else None
        if isinstance(stack, str) and (found := ROOT.match(stack)):
            return found[1]
    return ""


def _module(stack: str) -> tuple[str, str]:
    """Return path and class of the innermost module: `key,path,class` for each, with ; between."""
    parts = stack.rpartition(";")[2].split(",")
    if len(parts) != 3 or len(parts[1]) > LONGEST_NAME or parts[1] == NO_STACK:
        return "", ""
    return SELF.sub("", parts[1], count=1), parts[2]


# -- arguments -------------------------------------------------------------------------------------


def _value(data: Any) -> Value:
    """Return an argument: one key says what it is."""
    entry = _mapping(data, "an argument")
    for key, value in entry.items():
        if value is not None or key == "as_none":
            read = VALUES.get(key)
            return OTHER if read is None else read(value)
    return None


def flat(value: Value) -> Iterator[Value]:
    """Yield the values in an argument."""
    if isinstance(value, list):
        for one in value:
            yield from flat(one)
    else:
        yield value


def _ref(data: Any) -> Ref:
    return Ref(_text(_mapping(data, "a tensor").get("name")))


def _optional(data: Any) -> Value:
    entry = _mapping(data, "a tensor")
    inner = entry.get("as_tensor")
    return None if inner is None else _ref(inner)


def _symbol(data: Any) -> Value:
    """Return a number, or the value that is one."""
    entry = _mapping(data, "a number")
    name = entry.get("as_name")
    return entry.get("as_int", entry.get("as_float")) if name is None else Ref(_text(name))


def _number(data: Any) -> Value:
    if isinstance(data, str) and data in UNBOUNDED:
        return UNBOUNDED[data]
    return data if isinstance(data, int | float | str) else OTHER


def _listed(read: Callable[[Any], Value]) -> Callable[[Any], Value]:
    return lambda data: [read(one) for one in _list(data, "an argument")]


VALUES: Mapping[str, Callable[[Any], Value]] = {
    "as_none": lambda data: None,
    "as_tensor": _ref,
    "as_tensors": _listed(_ref),
    "as_optional_tensor": _optional,
    "as_optional_tensors": _listed(_optional),
    "as_nested_tensors": _listed(_listed(_ref)),
    **dict.fromkeys(("as_int", "as_float", "as_bool", "as_string", "as_scalar_type"), _number),
    **dict.fromkeys(("as_ints", "as_floats", "as_bools", "as_strings"), _listed(_number)),
    **dict.fromkeys(("as_sym_int", "as_sym_bool", "as_sym_float"), _symbol),
    **dict.fromkeys(("as_sym_ints", "as_sym_bools", "as_sym_floats"), _listed(_symbol)),
}


def _as_mapping(data: Any) -> Mapping[str, Any]:
    return _mapping(data, "an argument")


def _mapping(data: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Malformed(f"{what} is {quote(data)} and no mapping")
    return data


def _list(data: Any, what: str) -> list[Any]:
    if not isinstance(data, list):
        raise Malformed(f"{what} is {quote(data)} and no list")
    return data


def _text(data: Any) -> str:
    if not isinstance(data, str) or len(data) > LONGEST_NAME:
        raise Malformed(f"{quote(data)} is no name")
    return data
