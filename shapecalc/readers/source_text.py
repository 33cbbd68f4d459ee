"""The text that a spec was read from, and what of it a change of the data replaces.

A change becomes one edit of one stretch of the text; comments and layout around it stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from shapecalc.document import Document, Place
from shapecalc.edits import Change, Edit, Path
from shapecalc.readers.scalars import resolve

MOST_TEXT = 1_000_000  # characters of a file that edits are made for
PLAIN = re.compile(r"[A-Za-z0-9_$./+-][A-Za-z0-9_$./+ -]*(?<! )")
DASH = re.compile(r"(?P<before>[ -]*)-(?P<blanks> +)")
COMMENT = re.compile(r"(?<=\s)#[^\r\n]*")
OTHER_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # line breaks for YAML, not for others


@dataclass(slots=True)
class Part:
    """A value as it stands in the text, from offset `start` up to `end`."""

    start: int
    end: int
    flow: bool = True  # of a container: written with brackets
    entries: dict[str | int, Entry] = field(default_factory=dict)
    mapping: bool = False
    nothing: bool = False  # no text at all, as behind `relu:`


class Entry(NamedTuple):
    """A key or an item of a container: where the key stands (or the item), and its value."""

    start: int
    end: int
    value: Part


class Stretch(NamedTuple):
    """What an edit replaces, by offsets, and by what."""

    start: int
    end: int
    text: str


@dataclass
class SourceText:
    """A text with the parser that takes it apart; `read` gives the document of an edited one."""

    text: str
    is_json: bool
    read: Callable[[str], Document]
    _root: Part | None = None

    @cached_property
    def editable(self) -> bool:
        """Whether edits are made of it: not of a very long text, nor with odd line breaks."""
        return len(self.text) <= MOST_TEXT and not OTHER_BREAKS.search(self.text)

    @property
    def takes_comments(self) -> bool:
        """Whether comments may stand in it."""
        return not self.is_json

    def edit(self, change: Change, title: str, safe: bool) -> Edit | None:
        """Return the edit that makes a change, or None where the text gives no room for it."""
        if not self.editable:
            return None
        if self._root is None:
            self._root = _json_parts(self.text) if self.is_json else _yaml_parts(self.text)
        stretch = _Editor(self.text, self._root, self.is_json).stretch(change)
        if stretch is None:
            return None
        start, end, text = stretch
        comments = () if self.is_json else COMMENT.findall(self.text, start, end)
        if any(comment not in text for comment in comments):  # it would go with the edit
            return None
        if "\r\n" in self.text:
            text = text.replace("\n", "\r\n")
        return Edit(*self._place(start), *self._place(end), text, safe, title)

    def _place(self, offset: int) -> Place:
        before = self.text.count("\n", 0, offset)
        return before + 1, offset - (self.text.rfind("\n", 0, offset) + 1) + 1


class _Editor:
    """Finds the stretch of one change."""

    def __init__(self, text: str, root: Part, is_json: bool) -> None:
        self.text, self.root, self.is_json = text, root, is_json

    def stretch(self, change: Change) -> Stretch | None:
        if change.action == "several":
            return self._several(change.value)
        parent = self._part(change.path[:-1])
        if parent is None or not change.path:
            return None
        step = change.path[-1]
        entry = parent.entries.get(step)
        if entry is None:
            if change.action == "set" and parent.mapping:
                return self._add(parent, str(step), change.value)
            return None
        if change.action == "set":
            return self._set(parent, entry, change.value)
        if change.action == "rename" and not parent.mapping:
            return self._set(parent, entry, change.value)
        if change.action == "rename":
            return Stretch(entry.start, entry.end, self._key(change.value))
        if change.action == "insert":
            return self._insert(parent, entry, change.value)
        if change.action == "append":
            return self._append(entry.value, change.value)
        if change.action == "replace":
            return self._replace(parent, entry, change.value)
        return self._remove(parent, [step]) if change.action == "remove" else None

    def _several(self, changes: Sequence[Change]) -> Stretch | None:
        """Return the stretch from the first change to the last, with what is between them."""
        removed: dict[Path, list[str | int]] = {}
        for change in changes:
            if change.action == "remove":
                removed.setdefault(change.path[:-1], []).append(change.path[-1])
        others = [change for change in changes if change.action != "remove"]
        found: list[Stretch | None] = []
        for path, steps in removed.items():
            parent = self._part(path)
            if parent is None or not set(steps) <= set(parent.entries):
                return None
            if parent.mapping and len(steps) == len(parent.entries):  # what is added stands alone
                added = [c for c in others if c.action == "set" and c.path[:-1] == path]
                others = [change for change in others if change not in added]
                alone = {str(change.path[-1]): change.value for change in added}
                found.append(Stretch(parent.start, parent.end, self._value(alone)))
            else:
                runs = _runs(list(parent.entries), steps)
                found += [self._remove(parent, run) for run in runs]
        found += [self.stretch(change) for change in others]
        return self._joined(found)

    def _joined(self, found: Sequence[Stretch | None]) -> Stretch | None:
        stretches = sorted((s for s in found if s is not None), key=lambda s: s[:2])
        if len(stretches) < len(found) or not found:
            return None
        text, end = "", stretches[0].start
        for stretch in stretches:
            if stretch.start < end:
                return None
            text += self.text[end : stretch.start] + stretch.text
            end = stretch.end
        return Stretch(stretches[0].start, end, text)

    def _part(self, path: Path) -> Part | None:
        part = self.root
        for step in path:
            if step not in part.entries:
                return None
            part = part.entries[step].value
        return part

    # -- what is written -----------------------------------------------------------------------

    def _key(self, word: str) -> str:
        return json.dumps(word) if self.is_json else flow(word)

    def _value(self, value: Any) -> str:
        return json.dumps(value) if self.is_json else flow(value)

    def _pair(self, key: str, value: Any) -> str:
        return f"{self._key(key)}: {self._value(value)}"

    def _item(self, parent: Part, value: Any) -> str:
        """Return an item; behind a dash, a kind with its fields needs no brackets."""
        if not parent.flow and isinstance(value, dict) and len(value) == 1:
            return self._pair(*next(iter(value.items())))
        return self._value(value)

    # -- the actions ---------------------------------------------------------------------------

    def _set(self, parent: Part, entry: Entry, value: Any) -> Stretch:
        old = entry.value
        text = self._value(value) if parent.mapping else self._item(parent, value)
        if old.nothing:
            colon = self.text[entry.end : old.start]
            text = f" {text}" if ":" in colon else f": {text}"
        return Stretch(old.start, old.end, text)

    def _add(self, parent: Part, key: str, value: Any) -> Stretch | None:
        pair = self._pair(key, value)
        entries = list(parent.entries.values())
        if not entries:
            return Stretch(parent.start, parent.end, f"{{{pair}}}")
        if parent.flow:
            end = max(entries[-1].end, entries[-1].value.end)
            return Stretch(end, end, f", {pair}")
        first = entries[0].start
        indent = first - (self.text.rfind("\n", 0, first) + 1)
        return Stretch(first, first, f"{pair}\n{' ' * indent}")

    def _insert(self, parent: Part, entry: Entry, value: Any) -> Stretch | None:
        between = self._between(parent, entry)
        if between is None:
            return None
        return Stretch(entry.start, entry.start, self._item(parent, value) + between)

    def _replace(self, parent: Part, entry: Entry, values: list[Any]) -> Stretch | None:
        between = self._between(parent, entry)
        if between is None:
            return None
        text = between.join(self._item(parent, value) for value in values)
        return Stretch(entry.start, entry.value.end, text)

    def _append(self, items: Part, value: Any) -> Stretch | None:
        text = self._item(items, value)
        if not items.entries:
            return Stretch(items.start, items.end, f"[{text}]")
        last = list(items.entries.values())[-1]
        between = self._between(items, last)
        if between is None:
            return None
        end = last.value.end
        if not items.flow:  # behind a comment
            found = self.text.find("\n", end)
            end = found if found >= 0 else len(self.text)
            end -= self.text[end - 1 : end] == "\r"
        return Stretch(end, end, between + text)

    def _between(self, items: Part, entry: Entry) -> str | None:
        """Return what stands between two items of a list, as its layout has it at one of them."""
        if items.flow:
            return ", "
        line = self.text[self.text.rfind("\n", 0, entry.start) + 1 : entry.start]
        dash = DASH.fullmatch(line)
        return None if dash is None else f"\n{' ' * len(dash['before'])}-{dash['blanks']}"

    def _remove(self, parent: Part, run: Sequence[str | int]) -> Stretch | None:
        """Take out entries that stand side by side."""
        keys = list(parent.entries)
        place = keys.index(run[0])
        entries = [parent.entries[key] for key in keys]
        entry, last = entries[place], parent.entries[run[-1]]
        end = max(last.end, last.value.end)
        if place + len(run) < len(entries):
            return Stretch(entry.start, entries[place + len(run)].start, "")
        if parent.mapping and len(run) == len(entries):
            return Stretch(parent.start, parent.end, "{}")
        if parent.flow:
            before = entries[place - 1] if place else None
            start = max(before.end, before.value.end) if before else entry.start
            return Stretch(start, end, "")
        line = self.text.rfind("\n", 0, entry.start)
        if not place or line < 0 or self.text[line + 1 : entry.start].strip(" -"):
            return None
        return Stretch(line - (self.text[line - 1 : line] == "\r"), end, "")


def _runs(keys: Sequence[str | int], chosen: Sequence[str | int]) -> list[list[str | int]]:
    """Return the chosen keys in groups that stand side by side."""
    runs: list[list[str | int]] = []
    before = None
    for key in keys:
        if key in chosen:
            if before in chosen and runs:
                runs[-1].append(key)
            else:
                runs.append([key])
        before = key
    return runs


def flow(value: Any) -> str:
    """Return a value as one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and resolve(value) == value and value[0] != "-"
        return value if plain else json.dumps(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)


# -- taking a text apart ---------------------------------------------------------------------------


def _yaml_parts(text: str) -> Part:
    import yaml  # which JSON does not need

    from shapecalc.readers import yaml_text

    loader = yaml_text.Loader(text)
    try:
        node = loader.get_single_node()
    except (yaml.YAMLError, RecursionError):
        node = None
    finally:
        loader.dispose()
    return _part_of(node, {}) if node is not None else Part(0, 0)


def _part_of(node: Any, done: dict[int, Part]) -> Part:
    if id(node) in done:
        return done[id(node)]
    start, end = node.start_mark.index, node.end_mark.index
    part = done[id(node)] = Part(start, end, bool(getattr(node, "flow_style", True)))
    if node.id == "scalar":
        part.nothing = start == end
    elif node.id == "mapping":
        part.mapping = True
        for key, value in node.value:
            if key.id == "scalar":
                inner = _part_of(value, done)
                entry = Entry(key.start_mark.index, key.end_mark.index, inner)
                part.entries.setdefault(key.value, entry)
    else:
        for index, value in enumerate(node.value):
            inner = _part_of(value, done)
            part.entries[index] = Entry(inner.start, inner.start, inner)
    if not part.flow:  # a block's mark is that of what comes behind it
        part.end = max((max(e.end, e.value.end) for e in part.entries.values()), default=start)
    return part


JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[][{},:]|[^][{},:"\s]+')


def _json_parts(text: str) -> Part:
    """Take apart a text that is known to be JSON."""
    root = outermost = Part(0, 0)
    stack: list[Part] = [outermost]
    key: tuple[str, int, int] | None = None
    for token in JSON_TOKEN.finditer(text):
        word, top = token[0], stack[-1]
        if word in ",:":
            continue
        if word in "]}":
            stack.pop().end = token.end()
            continue
        if top.mapping and key is None:
            key = json.loads(word), token.start(), token.end()
            continue
        part = Part(token.start(), token.end(), mapping=word == "{")
        if top is outermost:
            root = part
        elif key is not None:
            top.entries.setdefault(key[0], Entry(key[1], key[2], part))
            key = None
        else:
            top.entries[len(top.entries)] = Entry(part.start, part.start, part)
        if word in "[{":
            stack.append(part)
    return root
