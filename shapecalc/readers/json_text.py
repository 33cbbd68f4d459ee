"""JSON as plain data; a second walk finds the places, once one is needed."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from math import inf
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path, quote
from shapecalc.document import Document, Place, Places, Span
from shapecalc.readers.base import MAX_DEPTH, MOST_VALUES, TOO_DEEP, twice, unreadable
from shapecalc.readers.scalars import whole

STRING = re.compile(r'"[^"\\]*+(?:\\(?s:.)?[^"\\]*+)*+"?')  # one that is never closed, too
BRACKET = re.compile(f"{STRING.pattern}|[][{{}}]")
STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
MOST_REPEATED = 100  # keys that are told of: one that stands a million times is one fault
NO_MARKS = bytes(set(range(256)) - set(b'[]{}"'))
TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[][{},:]|[^][{},:"\s]+')


class _NoNumber(Exception):
    """NaN or Infinity, which Python reads and JSON has not."""


def read_json(text: str, file: str | None = None, *, as_python: bool = False) -> Document:
    """Return the document of a JSON text. Never raises: what is wrong is among its findings.

    `as_python` also takes NaN and Infinity, which Python's own writer puts into files.
    """
    if text.count(",") > MOST_VALUES:
        fault = Fault(
            rules.LIMIT_PASSED, f"the file has more than {MOST_VALUES:,} values", "split it"
        )
        return unreadable(fault, (1, 1), file)
    if _depth(text) > MAX_DEPTH:  # json has a limit of its own, another one in every Python
        return unreadable(TOO_DEEP, _first_too_deep(text), file)
    repeated = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        found = dict(items)
        if len(found) == len(items):
            return found
        repeated = True
        found = dict(reversed(items))  # the first of equal keys is kept
        return dict(reversed(found.items()))

    def no_number(word: str) -> Any:
        raise _NoNumber(word)

    try:
        constant = float if as_python else no_number
        data = json.loads(text, object_pairs_hook=pairs, parse_int=whole, parse_constant=constant)
    except _NoNumber as error:
        word = str(error)
        fault = Fault(
            rules.UNREADABLE, f"not JSON: {word} is not a number in JSON", "write a finite number"
        )
        outside = STRING.sub(lambda quoted: re.sub(".", " ", quoted[0]), text)
        return unreadable(fault, _place(text, outside.find(word)), file)
    except json.JSONDecodeError as error:
        fault = Fault(
            rules.UNREADABLE, f"not JSON: {quote(error.msg)}", "check quotes, commas and brackets"
        )
        return unreadable(fault, (error.lineno, error.colno), file)
    document = Document(data, file, [], lambda: _Walk(text).places)
    if repeated:
        document.findings = _Walk(text, MOST_REPEATED).findings
    return document


def _depth(text: str) -> int:
    """Return how deep brackets are nested, if the text is JSON."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    if "\\" in text:
        brackets = "".join(re.findall("[][{}]", STRING.sub("", text))).encode()
    else:  # every quote begins or ends a text: nothing has to be looked at one by one
        marks = text.encode("utf-8", "surrogatepass").translate(None, NO_MARKS)
        brackets = b"".join(marks.replace(b'""', b"").split(b'"')[::2])
    return max(accumulate(map(STEPS.__getitem__, brackets.decode())), default=0)


def _first_too_deep(text: str) -> Place:
    """Return the place of the first bracket that is nested too deeply."""
    depth = 0
    for match in BRACKET.finditer(text):
        depth += STEPS.get(match[0], 0)
        if depth > MAX_DEPTH:
            break
    return _place(text, match.start())


def _place(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Walk:
    """Follows the tokens of a text that is known to be JSON, and notes where each one stands.

    It ends at the last of the findings that are wanted.
    """

    def __init__(self, text: str, most: float = inf) -> None:
        self.places = Places()
        self.findings: list[Finding] = []
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.stack: list[Any] = []
        self.steps: list[str | int] = []  # the key or index at each level
        self.key: str | None = None  # read, its value not yet
        for match in TOKEN.finditer(text):
            self._token(match[0], match.start(), match.end())
            if len(self.findings) == most:
                return

    def _token(self, token: str, position: int, end: int) -> None:
        if token in ",:":
            return
        if token in "]}":
            self.stack.pop()
            self.steps.pop()
            self._close(end)
            return
        container = self.stack[-1] if self.stack else None
        if isinstance(container, dict) and self.key is None:
            self._key(container, json.loads(token), self._span(position, end))
            return
        value: Any = {"{": {}, "[": []}.get(token, token)
        self._attach(container, value, self._span(position, end))
        if not isinstance(value, str):
            self.places.children.setdefault(id(value), {})
            self.stack.append(value)
            self.steps.append(0)

    def _key(self, container: dict[str, Any], key: str, span: Span) -> None:
        places = self.places.children[id(container)]
        self.key = self.steps[-1] = key
        if key in places:
            path: Path = tuple(self.steps)
            self.findings.append(twice(key, path, places[key], span[:2]))
        else:
            places[key] = span

    def _attach(self, container: Any, value: Any, span: Span) -> None:
        if container is None:
            self.places.root = value
        elif isinstance(container, list):
            self.steps[-1] = len(container)
            self.places.children[id(container)][len(container)] = span
            container.append(value)
        elif self.key is not None:
            container.setdefault(self.key, value)
            self.key = None

    def _close(self, end: int) -> None:
        """Note the end of a container that is an item of a list."""
        if self.stack and isinstance(self.stack[-1], list):
            places, index = self.places.children[id(self.stack[-1])], self.steps[-1]
            places[index] = places[index][:2] + self._place(end)

    def _span(self, position: int, end: int) -> Span:
        return self._place(position) + self._place(end)

    def _place(self, position: int) -> Place:
        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1
