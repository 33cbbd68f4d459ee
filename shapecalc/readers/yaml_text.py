"""YAML as plain data with places: events from PyYAML, scalars by YAML 1.2, nothing executed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path, quote
from shapecalc.document import Document, Place, Places, Span
from shapecalc.readers.base import MAX_DEPTH, MOST_VALUES, TOO_DEEP, twice, unreadable
from shapecalc.readers.scalars import resolve
from shapecalc.rules import Rule


class PurePython(yaml.SafeLoader):
    """PyYAML's own parser, made to take tabs between two values as libyaml does."""

    def scan_to_next_token(self) -> None:
        """Go to the next token, past blanks and comments."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()


Loader: Any = getattr(yaml, "CSafeLoader", PurePython)  # libyaml where it is there
CONTROL = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # YAML 1.2
STR_TAGS = ("!", "tag:yaml.org,2002:str")
CORE_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null"))
CONTAINER_TAGS = ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
MAX_VALUES = 1_000_000  # that aliases may stand for
SHORT = 100_000  # characters of a text whose places are kept: it is read once, in a third more time


class Unreadable(Exception):
    """Stops the reading: the fault, and its place."""

    def __init__(
        self, message: str, place: Place, hint: str = "", rule: Rule = rules.UNREADABLE
    ) -> None:
        super().__init__(message)
        self.fault = Fault(rule, message, hint)
        self.place = place


@dataclass(slots=True)
class _Open:
    """A container that is being filled."""

    value: Any
    places: dict[Any, Span]
    anchor: str | None
    mapping: bool
    key: str | None = None  # the key whose value comes next
    repeated: bool = False  # the key came before, so its value is dropped
    step: str | int = 0  # the key or index of the value read last
    size: int = 1  # values inside, aliases counted in full


@dataclass
class _Reader:
    """Builds the data from PyYAML's events; a stack instead of recursion, so depth is no danger.

    Places take more memory than the data, so they are kept only if they are `wanted`; of a long
    text a second reading finds them once something has to be located.
    """

    wanted: bool = False
    values: int = 0
    twice: bool = False
    places: Places = field(default_factory=Places)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int] | None] = field(default_factory=dict)
    of_keys: dict[str, str] = field(default_factory=dict)  # anchors that stand before a key
    documents: int = 0
    aliased: bool = False
    end: Place = (1, 1)  # of the last text read: block containers end with it

    def event(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._open(event, kind is yaml.MappingStartEvent)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = self.stack.pop()
            self._close(event)
            if done.anchor:
                self.anchors[done.anchor] = (done.value, done.size)
            if self.stack:
                self._grow(self.stack[-1], done.size, event)
        elif kind is yaml.AliasEvent:
            self._alias(event)
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise Unreadable(
                    "a second document begins here", _place(event), "one spec a file: split it"
                )

    def _close(self, event: Any) -> None:
        """Note where an item of a list ends whose end was not known when it was met."""
        if not self.wanted:
            return
        if _end(event) != _place(event):  # a bracket
            self.end = _end(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and not top.mapping:
            top.places[top.step] = top.places[top.step][:2] + self.end

    def _open(self, event: Any, mapping: bool) -> None:
        if event.tag is not None and event.tag not in CONTAINER_TAGS:
            raise _unknown_tag(event)
        if len(self.stack) >= MAX_DEPTH:
            raise _too_deep(_place(event))
        value: Any = {} if mapping else []
        places: dict[Any, Span] = {}
        if self.wanted:
            self.places.children[id(value)] = places
        if event.anchor:
            self.anchors[event.anchor] = None  # not finished: an alias to it would be a circle
        self._attach(value, event)
        self.stack.append(_Open(value, places, event.anchor, mapping))

    def _scalar(self, event: Any) -> None:
        if self.wanted:
            self.end = _end(event)
        top = self.stack[-1] if self.stack else None
        if top is not None and top.mapping and top.key is None:
            self._key(top, event)
            return
        value = event.value
        if event.tag is None or event.tag in CORE_TAGS:
            if event.implicit[0] or event.tag in CORE_TAGS:
                value = resolve(value)
        elif event.tag not in STR_TAGS:
            raise _unknown_tag(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        if top is not None:
            top.size += 1
        self._attach(value, event)

    def _alias(self, event: Any) -> None:
        self.aliased = True
        name = quote(event.anchor)
        if event.anchor in self.of_keys:
            key = quote(self.of_keys[event.anchor])
            hint = f"put it before the whole: &{name} {{{key}: ...}}"
            raise Unreadable(
                f"*{name} is the key {key} alone, where &{name} is", _place(event), hint
            )
        if event.anchor not in self.anchors:
            hint = f"write &{name} before the value that it stands for"
            raise Unreadable(f"the alias *{name} has no anchor", _place(event), hint)
        anchored = self.anchors[event.anchor]
        if anchored is None:
            hint = "repeat: and blocks: write a piece several times"
            raise Unreadable(f"the alias *{name} contains itself", _place(event), hint)
        value, size = anchored
        if self.stack:
            top = self.stack[-1]
            if top.mapping and top.key is None:
                raise Unreadable("an alias cannot be a key", _place(event))
            self._grow(top, size, event)
        self._attach(value, event)

    def _grow(self, top: _Open, size: int, event: Any) -> None:
        top.size += size
        if self.aliased and top.size > MAX_VALUES:
            message = f"aliases stand for more than {MAX_VALUES:,} values"
            raise Unreadable(
                message, _place(event), "write blocks and repeat instead", rules.LIMIT_PASSED
            )

    def _key(self, top: _Open, event: Any) -> None:
        key = event.value
        top.key = key
        if event.anchor:
            self.of_keys[event.anchor] = key
        top.repeated = key in top.value
        self.twice |= top.repeated
        if not self.wanted:
            return
        if top.repeated:
            path = (*self._path(), key)
            self.findings.append(twice(key, path, top.places[key], _place(event)))
        else:
            top.places[key] = _span(event)

    def _attach(self, value: Any, event: Any) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            message = f"the file has more than {MOST_VALUES:,} values"
            raise Unreadable(
                message, _place(event), "write blocks and repeat instead", rules.LIMIT_PASSED
            )
        if not self.stack:
            self.places.root = value
            return
        top = self.stack[-1]
        if not top.mapping:
            top.step = len(top.value)
            if self.wanted:
                top.places[top.step] = _span(event)
            top.value.append(value)
        elif top.key is None:
            hint = "a key is text; [ ] and { } belong on the right of a colon"
            raise Unreadable("a list or mapping cannot be a key", _place(event), hint)
        else:
            if not top.repeated:
                top.value[top.key] = value
            top.step, top.key = top.key, None

    def _path(self) -> Path:
        return tuple(top.step for top in self.stack[:-1])


def read_yaml(text: str, file: str | None = None) -> Document:
    """Return the document of a YAML text. Never raises: what is wrong is among its findings."""
    reader = _Reader(wanted=len(text) <= SHORT)
    try:
        _feed(reader, text)
        if reader.twice and not reader.wanted:  # a second reading finds the places of both keys
            reader = _Reader(wanted=True)
            _feed(reader, text)
    except Unreadable as stop:
        return unreadable(stop.fault, stop.place, file)
    places = reader.places if reader.wanted else None
    return Document(reader.places.root, file, reader.findings, lambda: places or _places(text))


def _places(text: str) -> Places:
    reader = _Reader(wanted=True)
    _feed(reader, text)
    return reader.places


def _feed(reader: _Reader, text: str) -> None:
    control = CONTROL.search(text)
    if control is not None:
        raise _bad_character(text, control.start())
    loader = Loader(text)
    event = None
    try:
        while loader.check_event():
            event = loader.get_event()
            reader.event(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse_depth(text, reader, event, mark)
        place = _place_of_mark(text, mark) if mark else (1, 1)
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(f"not YAML: {quote(said, 200)}", place, _hint(text, place)) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise Unreadable(f"not YAML: {quote(str(error))}", (1, 1)) from None
    finally:
        loader.dispose()


def _refuse_depth(text: str, reader: _Reader, last: Any, mark: Any) -> None:
    """Raise for brackets that nest too deeply, where the loader met its own limit before ours.

    libyaml looks ahead: it may have read hundreds of brackets before it tells of the first.
    """
    start = last.end_mark.index if last is not None else 0
    depth = len(reader.stack)
    for bracket in re.finditer(r"[][{}]", text[start : mark.index if mark else None]):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise _too_deep(_place_of(text, start + bracket.start()))


BARE_MARK = re.compile(r"(?:[:\[{,-]|^)\s*\?")  # YAML takes a ? there for the sign of a key
TWO_KEYS = re.compile(r"\s*- *\w+(?:: +\w+: | *\{\w+: )")  # - conv: K: 10, and - conv {K: 10


def _hint(text: str, place: Place) -> str:
    """Name the usual cause of an error of YAML's grammar."""
    lines = text.splitlines()
    line = lines[place[0] - 1] if place[0] <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces: YAML does not allow tabs"
    if BARE_MARK.search(line):
        return 'put quotes around what begins with ?, as in "?x?x3"; a field may say any'
    if TWO_KEYS.match(line):
        return "put the fields of a layer in braces, as in - conv: {K: 10, F: 5}"
    return "check the indentation, and quotes and brackets that were not closed"


def _bad_character(text: str, position: int) -> Unreadable:
    message = "a control character, which YAML does not allow"
    return Unreadable(message, _place_of(text, position), "remove it")


def _too_deep(place: Place) -> Unreadable:
    return Unreadable(TOO_DEEP.message, place, TOO_DEEP.hint, TOO_DEEP.rule)


def _place_of_mark(text: str, mark: Any) -> Place:
    """Return a mark's place; at the end of the text loaders differ by a line."""
    if mark.index >= len(text):
        return _place_of(text, len(text))
    return mark.line + 1, mark.column + 1


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def _unknown_tag(event: Any) -> Unreadable:
    return Unreadable(f"the tag {quote(event.tag)} is not read", _place(event), "remove the tag")


def _place(event: Any) -> Place:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _end(event: Any) -> Place:
    mark = event.end_mark
    return mark.line + 1, mark.column + 1


def _span(event: Any) -> Span:
    return _place(event) + _end(event)
