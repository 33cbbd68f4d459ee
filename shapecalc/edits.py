"""Changes of a spec's data: what a repair does, apart from how the text of a file shows it.

A `Change` names a place by its path. Layers and checks make changes without knowing where their
layer is written; `at` puts the path in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

Path = tuple[str | int, ...]
Action = Literal[
    "set", "rename", "remove", "insert", "append", "replace", "field", "before", "behind",
    "several", "given",
]  # fmt: skip

DEEPEST = 400  # containers inside one another; deeper data is not changed


class Change(NamedTuple):
    """One change of a spec, at a path behind that of a fault less its last `up` steps.

    set: the value at the path becomes `value`; a key that is missing is added.
    rename: the key that ends the path becomes `value`, a bare kind likewise.
    remove: the key or item that ends the path goes.
    insert: `value` is put in front of the list item that ends the path.
    append: `value` is put at the end of the list at the path.
    replace: the list item that ends the path gives way to the items of `value`.
    field: the layer written at the path gets `value` in its field `name`, however it is written;
    None takes the field out; without a name `value` holds several fields.
    before: the layer `value` is put in front of the layer written at the path.
    behind: the layer `value` is put behind it, if nothing but the next layer takes its output.
    given: the input called as the path ends, which was given in the place of the spec's own, is
    given as `value`; the data stays.
    several: the changes of `value`, one after the other; the places of all are those of the data
    before, so that what renames a key comes behind what is inside it.
    """

    action: Action
    value: Any = None
    path: Path = ()
    name: str = ""
    up: int = 0

    def at(self, path: Path) -> Change:
        """Return the change with the path of a fault in front of its own."""
        if self.action == "several":
            return self._replace(value=tuple(change.at(path) for change in self.value))
        return self._replace(path=(*path[: len(path) - self.up], *self.path), up=0)


def several(*changes: Change) -> Change:
    """Return one change that stands for a few."""
    return changes[0] if len(changes) == 1 else Change("several", changes)


class Repair(NamedTuple):
    """What would work: a text for people, and the change it stands for.

    It is `safe` where the network stays the one that was meant: a word is spelt as we spell it.
    """

    text: str
    change: Change
    safe: bool = False


class Edit(NamedTuple):
    """A change of a file's text: from line and column, both from 1, up to the end (exclusive)."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    safe: bool  # the network stays the one that was meant, whatever was meant
    title: str  # what the edit does, in words
    of_claim: bool = False  # the claim at fault says what is computed; the network stays

    def to_dict(self) -> dict[str, Any]:
        """Return the keys of `--format json`."""
        return {key: value for key, value in self._asdict().items() if key != "of_claim"}

    def applied(self, text: str) -> str:
        """Return a text with the edit made."""
        return edited(text, (self,))


def edited(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with edits made that do not overlap."""
    for start, end, put in stretches(text, edits):
        text = text[:start] + put + text[end:]
    return text


def stretches(text: str, edits: Sequence[Edit]) -> Iterator[tuple[int, int, str]]:
    """Yield where each edit starts and ends in a text, and what it puts there.

    The last one comes first, so that the places of the others stay while they are made.
    """
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, reverse=True):
        start = starts[edit.line - 1] + edit.column - 1
        yield start, starts[edit.end_line - 1] + edit.end_column - 1, edit.text


class Unchangeable(Exception):
    """Raised where a change has no place in the data."""


def changed(data: Any, change: Change) -> Any:
    """Return a copy of data with a change made; raise Unchangeable where it cannot be.

    What stands in several places (an anchor and its aliases) is changed in all of them, as an edit
    of the text would.
    """
    if change.action == "several":
        for part in change.value:
            data = changed(data, part)
        return data
    if change.action == "given":
        return data
    if not change.path:
        raise Unchangeable
    try:
        copy = _copied(data, {}, 0)
    except RecursionError:
        raise Unchangeable from None
    *outer, last = change.path
    parent = value_at(copy, tuple(outer))
    if change.action == "append":
        target = _inside(parent, last)
        if not isinstance(target, list):
            raise Unchangeable
        target.append(change.value)
    else:
        _make(parent, last, change)
    return copy


def value_at(data: Any, path: Path) -> Any:
    """Return the value at a path; raise Unchangeable where there is none."""
    for step in path:
        data = _inside(data, step)
    return data


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[_key(value, step)]
    except (KeyError, IndexError, TypeError):
        raise Unchangeable from None


def _key(value: Any, step: str | int) -> Any:
    """Return the key that a path's step stands for: paths hold text, mappings of users any key."""
    if isinstance(value, str):
        raise Unchangeable
    if not isinstance(value, Mapping) or step in value:
        return step
    return next((key for key in value if str(key) == step), step)


def _make(parent: Any, step: str | int, change: Change) -> None:
    if isinstance(parent, list):
        _make_in_list(parent, step, change)
    elif isinstance(parent, dict):
        _make_in_mapping(parent, step, change)
    else:
        raise Unchangeable


def _make_in_list(parent: list[Any], step: str | int, change: Change) -> None:
    if not isinstance(step, int) or not 0 <= step < len(parent):
        raise Unchangeable
    if change.action == "insert":
        parent.insert(step, change.value)
    elif change.action == "remove":
        del parent[step]
    elif change.action == "replace":
        parent[step : step + 1] = change.value
    elif change.action == "set" or isinstance(parent[step], str):
        parent[step] = change.value
    else:
        raise Unchangeable


def _make_in_mapping(parent: dict[Any, Any], step: str | int, change: Change) -> None:
    key = _key(parent, step)
    if change.action == "set":
        parent[key] = change.value
        return
    if key not in parent or change.action not in ("rename", "remove"):
        raise Unchangeable
    if change.action == "remove":
        del parent[key]
        return
    if change.value in parent:
        raise Unchangeable
    items = [(change.value if old == key else old, value) for old, value in parent.items()]
    parent.clear()
    parent.update(items)


def _copied(value: Any, done: dict[int, Any], depth: int) -> Any:
    """Return lists and mappings as new ones, each once; everything else as it is."""
    if not isinstance(value, Mapping | list | tuple):
        return value
    if id(value) in done:
        return done[id(value)]
    if depth > DEEPEST:
        raise Unchangeable
    copy: Any = {} if isinstance(value, Mapping) else []
    done[id(value)] = copy
    if isinstance(value, Mapping):
        for key, inner in value.items():
            copy[key] = _copied(inner, done, depth + 1)
    else:
        for inner in value:
            copy.append(_copied(inner, done, depth + 1))
    return copy


def size_of(value: Any, most: int) -> int:
    """Return how many values data holds, counted up to `most`; shared ones once."""
    waiting, seen, count = [value], set(), 0
    while waiting and count <= most:
        inner = waiting.pop()
        count += 1
        if isinstance(inner, Mapping | list | tuple) and id(inner) not in seen:
            seen.add(id(inner))
            count += len(inner)
            if count <= most:
                waiting.extend(inner.values() if isinstance(inner, Mapping) else inner)
    return count


def is_data(value: Any) -> bool:
    """Say whether a file can hold a value: mappings, lists, texts, numbers, truth values, null."""
    waiting, seen = [value], set()
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Mapping | list | tuple):
            if id(inner) not in seen:
                seen.add(id(inner))
                waiting.extend(inner.values() if isinstance(inner, Mapping) else inner)
        elif inner is not None and not isinstance(inner, str | int | float):
            return False
    return True


def set_field(name: str, value: Any) -> Change:
    """Return the change of one field of the layer at fault."""
    return Change("field", value, name=name)
