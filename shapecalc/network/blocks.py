"""Blocks: pieces of network with parameters, read once and filled in for every instance."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import (
    MAX_NESTING,
    Fault,
    Finding,
    Findings,
    Path,
    quote,
    repairable,
    some,
)
from shapecalc.edits import Action, Change, Repair
from shapecalc.layers import kind_of
from shapecalc.layers.field_types import NAME
from shapecalc.network.validation import (
    MISSING,
    PARAMETER,
    no_parameter,
    stray_parameter,
    unknown_key,
    wrong_value,
)

# Keys that belong to the network, not to a kind; the last is for layers with weights.
COMMON = ("name", "from", "expect", "trainable", "share")
RESERVED = ("input", "loss", "total")
BLOCK_KEYS = {"parameters": "parameters", "layers": "layers"}
LONGEST_NAME = 200
DEEPEST = 3 * MAX_NESTING + 10  # brackets; a layer inside another takes three
NUMBERS = frozenset((int, float, bool))
MOST_FILLED = 1000


class Argument(str):
    """Text given to a block: as a name it is looked up where the instance is written.

    A name inside a layer that is given may also be one of its neighbours': `strict` is False.
    """

    __slots__ = ("scope", "strict")
    scope: Any
    strict: bool


@dataclass
class Block:
    """A block as written. `broken` where it uses itself: its instances are unknown."""

    name: str
    parameters: dict[str, Any]
    layers: list[Any]
    path: Path
    plain: set[int] = field(default_factory=set)  # ids of containers without any $parameter
    walked: set[int] = field(default_factory=set)  # ids of those with some
    broken: bool = False
    used: bool = False
    known: dict[Any, list[Any]] = field(default_factory=dict)  # layers filled with numbers

    def filled(self, arguments: Mapping[str, Any], limits: Any) -> list[Any]:
        """Return the layers with every $parameter replaced; each value copied is spent.

        The same numbers give the same lists: who knows these by identity reads their layers once.
        """
        values = tuple(arguments.values())
        types = tuple(map(type, values))  # 1, 1.0 and true are equal
        known = self.known.get((values, types)) if NUMBERS.issuperset(types) else None
        if known is not None:
            return known
        filled = [self._fill(item, arguments, limits) for item in self.layers]
        if NUMBERS.issuperset(types) and len(self.known) < MOST_FILLED:
            self.known[values, types] = filled
        return filled

    def _fill(self, value: Any, arguments: Mapping[str, Any], limits: Any) -> Any:
        if isinstance(value, str):
            if value[:1] == "$" and PARAMETER.fullmatch(value):
                return arguments.get(value[1:], MISSING)
            return value
        if isinstance(value, int | float) or id(value) in self.plain:
            return value
        if isinstance(value, (dict, Mapping)):  # what nearly all are is asked first
            limits.spend_values(len(value))
            filled = {}  # in loops, not comprehensions: these would nest twice as deep
            for key, inner in value.items():
                filled[key] = self._fill(inner, arguments, limits)
            return filled
        if isinstance(value, list | tuple):
            limits.spend_values(len(value))
            items = []
            for inner in value:
                items.append(self._fill(inner, arguments, limits))
            return items
        return value


def scoped(value: Any, scope: Any, done: dict[int, Any] | None = None, depth: int = 0) -> Any:
    """Return an argument with every text in it marked with the scope it is written in.

    A list that stands in several places is marked once: doubling it in each of thirty nested
    blocks would never end.
    """
    if isinstance(value, str):
        if isinstance(value, Argument):
            return value
        marked = Argument(value)
        marked.scope, marked.strict = scope, depth == 0
        return marked
    if not isinstance(value, Mapping | list | tuple) or depth > DEEPEST:
        return value
    done = {} if done is None else done
    if id(value) in done:
        return done[id(value)]
    copy: Any = {} if isinstance(value, Mapping) else []
    done[id(value)] = copy
    if isinstance(value, Mapping):
        for key, inner in value.items():
            copy[key] = scoped(inner, scope, done, depth + 1)
    else:
        names = depth == 0 and all(isinstance(inner, str) for inner in value)
        for inner in value:
            copy.append(scoped(inner, scope, done, 0 if names else depth + 1))
    return copy


def read_blocks(written: Any, findings: Findings) -> dict[str, Block]:
    """Return the blocks of a spec; what is wrong with them is added to the findings."""
    if written is None:
        return {}
    if not isinstance(written, Mapping):
        fault = wrong_value("blocks", "a mapping of names to blocks", written)
        findings.append(Finding(fault, ("blocks",)))
        return {}
    blocks = {}
    for key, value in written.items():
        block = _read_block(str(key), value, findings)
        if block is not None:
            blocks[block.name] = block
    return blocks


def _read_block(name: str, value: Any, findings: Findings) -> Block | None:
    path: Path = ("blocks", name)
    if kind_of(name) or name in RESERVED:
        what = "a layer kind" if kind_of(name) else "reserved"
        fault = Fault(
            rules.NAME_USED_TWICE, f"{quote(name)} is {what}", "give the block another name"
        )
        findings.append(Finding(fault, path))
        return None
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        findings.append(Finding(bad_name(name, "rename"), path))
        return None
    unread = Block(name, {}, [], path, broken=True)  # its instances are unknown, not unknown kinds
    if not isinstance(value, Mapping):
        hint = "write layers: [...] in it"
        findings.append(Finding(wrong_value("a block", "a mapping with layers", value, hint), path))
        return unread
    for key in value:
        if key not in BLOCK_KEYS:
            fault = unknown_key(str(key), value, "a block", BLOCK_KEYS, {}, (), findings)
            findings.append(Finding(fault, (*path, str(key))))
    layers = value.get("layers")
    if "layers" not in value:
        findings.append(
            Finding(Fault(rules.MISSING_FIELD, "a block needs layers", "add layers: [...]"), path)
        )
        return unread
    if not isinstance(layers, list | tuple):
        fault = wrong_value("layers", "a list of layers", layers)
        findings.append(Finding(fault, (*path, "layers")))
        return unread
    parameters = _read_parameters(value.get("parameters"), (*path, "parameters"), findings)
    block = Block(name, parameters, list(layers), path)
    for index, item in enumerate(layers):
        _find_parameters(item, block, (*path, "layers", index), findings)
    return block


def _read_parameters(written: Any, path: Path, findings: Findings) -> dict[str, Any]:
    if written is None:
        return {}
    if not isinstance(written, Mapping):
        hint = "null as a default means that the parameter must be given"
        fault = wrong_value("parameters", "a mapping of names to defaults", written, hint)
        findings.append(Finding(fault, path))
        return {}
    for name in map(str, written):
        if name in COMMON or name in RESERVED:
            fault = Fault(
                rules.NAME_USED_TWICE,
                f"{quote(name)} is reserved",
                "give the parameter another name",
            )
            findings.append(Finding(fault, (*path, name)))
        elif not NAME.fullmatch(name):
            findings.append(Finding(bad_name(name, "rename"), (*path, name)))
    return {str(name): default for name, default in written.items()}


def name_fault(name: Any, own: bool = False) -> Fault | None:
    """Return what is wrong with the name that a layer is given, None where it is one.

    A file of another format has `own` names: any text that is not empty.
    """
    if own:
        if isinstance(name, str) and name:
            return None
        return Fault(rules.WRONG_VALUE, f"a name is text, not {quote(name) or 'an empty one'}")
    if isinstance(name, str) and NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        if name not in RESERVED:
            return None
        return Fault(rules.NAME_USED_TWICE, f"{name} is a reserved name", "choose another")
    stray = stray_parameter(name)
    return bad_name(name) if stray is None else no_parameter("name", stray)


def bad_name(name: object, action: Action = "set") -> Fault:
    """Return the fault of a name with other characters than names have.

    `action` says how it is changed: `rename` where it is a key.
    """
    shown = f'"{quote(name)}"' if isinstance(name, str) else quote(name)
    message = f"a name is up to {LONGEST_NAME} characters of a-z, A-Z, 0-9, _ and -, not {shown}"
    if isinstance(name, str) and "$" in name:
        hint = "$name replaces a whole value, never a part of a text"
        return Fault(rules.WRONG_VALUE, message, hint)
    text = str(name) if isinstance(name, str | int) and not isinstance(name, bool) else ""
    mended = re.sub(r"[^A-Za-z0-9_-]+", "_", text[:LONGEST_NAME]).strip("_")
    hint = "write it in quotes" if isinstance(name, int) else f"{quote(mended)} is one"
    repairs = [Repair(hint, Change(action, mended))] if mended else []
    return repairable(rules.WRONG_VALUE, message, repairs)


def _find_parameters(
    value: Any, block: Block, path: Path, findings: Findings, depth: int = 0
) -> bool:
    """Report every $name that is no parameter; note which containers hold none at all."""
    if isinstance(value, str):
        if not PARAMETER.fullmatch(value):
            return False
        if value[1:] not in block.parameters:
            message = f"{quote(value)} is not a parameter of the block {block.name}"
            known = some([f"${name}" for name in block.parameters]) or "none"
            findings.append(Finding(Fault(rules.NO_SUCH_NAME, message, f"it has {known}"), path))
        return True
    if depth > DEEPEST or id(value) in block.plain or id(value) in block.walked:
        if depth > DEEPEST:
            block.plain.add(id(value))
        return id(value) in block.walked
    if isinstance(value, Mapping):
        items: Any = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    else:
        return False
    found = False
    block.walked.add(id(value))
    for key, inner in items:
        step = key if isinstance(key, int) else str(key)
        found |= _find_parameters(inner, block, (*path, step), findings, depth + 1)
    if not found:
        block.plain.add(id(value))
        block.walked.discard(id(value))
    return found


def given_fields(block: Block, value: Any) -> dict[str, Any]:
    """Return an instance's fields; a bare value is the first parameter."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {str(key): inner for key, inner in value.items()}
    return {next(iter(block.parameters), ""): value}


def arguments_of(
    block: Block,
    fields: Mapping[str, Any],
    value: Any,
    path: Path,
    scope: Any,
    findings: Findings,
) -> dict[str, Any]:
    """Return every parameter of an instance with its value; MISSING where none was given.

    What is wrong belongs to the instance around it, the owner of the scope.
    """
    owner = scope.owner
    arguments = dict(block.parameters)
    if block.broken:
        return arguments
    for key, given in fields.items():
        stray = stray_parameter(given)
        if stray is not None:
            place = (*path, key) if isinstance(value, Mapping) else path
            findings.append(Finding(no_parameter(key, stray), place, owner))
            arguments[key] = MISSING
        elif key in arguments:
            if given is not None:
                arguments[key] = scoped(given, scope)
        elif not key or not isinstance(value, Mapping):
            message = f"the block {block.name} has no parameters and takes no value"
            fault = Fault(rules.WRONG_VALUE, message, "leave the value out")
            findings.append(Finding(fault, path, owner))
        elif not findings.again(owner, (*path, key), rules.UNKNOWN_KEY):
            words = {name: name for name in block.parameters}
            fault = unknown_key(key, fields, f"the block {block.name}", words, {}, COMMON, findings)
            findings.append(Finding(fault, (*path, key), owner))
    missing = [name for name, argument in arguments.items() if argument is None]
    for name in missing:
        arguments[name] = MISSING
    if missing:
        given = some([f"{name}: ..." for name in missing])
        message = f"the block {block.name} needs {some(missing)}"
        hint = f"for example {block.name}: {{{given}}}"
        findings.append(Finding(Fault(rules.MISSING_FIELD, message, hint), path, owner))
    return arguments
