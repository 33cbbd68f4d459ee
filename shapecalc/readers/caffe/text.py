"""Protobuf's text format as plain data, without the definition of any message.

Forks of Caffe have fields of their own, so every name is taken as it comes. Values keep where they
stand in the text. The format is protocolbuffers' "Text Format Language Specification".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from shapecalc.diagnostics import Path, quote
from shapecalc.document import Place, Places, Span
from shapecalc.readers.scalars import whole

MOST_FIELDS = 1_000_000
DEEPEST = 100  # messages inside one another; Caffe's go five deep

TOKEN = re.compile(
    r"""
    (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>-?[ \t]*(?:0[xX][0-9A-Fa-f]+
        |(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[fF]?)(?![A-Za-z0-9_.]))
    | (?P<infinite>-[ \t]*(?i:inf|infinity|nan)\b)
    | (?P<text>"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+')
    | (?P<mark>[][{}<>:,;])
    """,
    re.VERBOSE,
)
BLANK = re.compile(r"(?:[\s\ufeff]++|#[^\n]*+){1,1000}+")  # the more at once, the more memory
SPACE = r"(?:[\s\ufeff,;]++|\#[^\n]*+){0,100}+"
# A name with one plain value, or with what opens its message; or what closes one.
FIELD = re.compile(
    rf"""
    {SPACE} (?:
        ([A-Za-z_]\w*+) \s*+ (?:
            : \s*+ (?:"([^"\\\n]*+)" | '([^'\\\n]*+)' | ([A-Za-z_]\w*+)
                | (-?(?:0|[1-9][0-9]*+))(?![\w.]))
            (?= \s*+ (?:[A-Za-z_}}>]|\Z))
            | :? \s*+ (\{{)
        )
        | (\}})
    )
    """,
    re.VERBOSE | re.ASCII,
)
OPENS, CLOSES = 6, 7  # the groups of FIELD
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
CLOSING = {"{": "}", "<": ">"}
QUOTES = ('"', "'")
LONGEST_NUMBER = 400


class Word(str):
    """A value without quotes that is no number: true, or a name such as MAX."""

    __slots__ = ()


class Broken(Exception):
    """A text that breaks off, or has something where nothing of it may stand, at an offset."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


class Message:
    """The fields of a message by name, each as often as it is written, in order."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: dict[str, list[Field]] = {}


Value = int | float | str | Message


class Field(NamedTuple):
    """A value, and where its field begins and ends in the text."""

    value: Value
    start: int
    end: int


class _Open(NamedTuple):
    """A message that is not closed yet: what closes it, its field, and whether that is a list's."""

    message: Message
    closing: str
    name: str
    start: int
    listed: bool


def parse(text: str) -> Message:
    """Return the fields of a text. Raises Broken, with the offset of what is wrong."""
    return _Parser(text).message()


class _Parser:
    """Reads messages. `FIELD` takes what most fields are in one step, tokens all the rest."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = Message()
        self.opened = [_Open(self.root, "", "", 0, False)]
        self.listing = ""  # the field whose list is being read
        self.list_start = 0
        self.count = 0
        self.kind, self.token, self.start = "", "", 0
        self.end = 0  # of the token before

    def message(self) -> Message:
        """Read the whole text."""
        position, text, opened = 0, self.text, self.opened
        while True:
            match = FIELD.match(text, position)
            if match is None or (match.lastindex == CLOSES and not self._closes_plainly()):
                self._go_to(position)
                if self._step():
                    return self.root
                position = self.start
                continue
            position = match.end()
            name, double, single, word, number, _, _ = match.groups()
            kind = match.lastindex
            if kind == CLOSES:
                self._close(position)
            elif kind == OPENS:
                self._open("{", name, match.start(1), False)
            else:
                value: Value = double or single or ""
                if word or number:
                    value = Word(word) if word else whole(number)
                self._add(opened[-1].message, name, Field(value, match.start(1), position))

    def _closes_plainly(self) -> bool:
        """Say whether a brace closes a message that is none of a list."""
        return self.opened[-1].closing == "}" and not self.opened[-1].listed

    # -- by tokens ---------------------------------------------------------------------------------

    def _go_to(self, position: int) -> None:
        self.start, self.token = position, ""
        self.advance()

    def advance(self) -> None:
        """Go on to the next token; refuse what is none."""
        self.end = self.start + len(self.token)
        position = self.end
        while blank := BLANK.match(self.text, position):
            position = blank.end()
        match = TOKEN.match(self.text, position)
        if match is not None:
            self.kind, self.token, self.start = match.lastgroup or "", match[0], position
            return
        self.kind, self.token, self.start = "end", "", position
        if position == len(self.text):
            return
        token = self.text[position]
        if token in QUOTES:
            raise Broken("a text is not closed on its line", position)
        raise Broken(f"{quote(token)} is no value: a text stands in quotes", position)

    def _step(self) -> bool:
        """Read one field, the beginning or end of a message, or a list; say whether all is read."""
        while True:
            if self.listing:
                if self._ends_list():
                    self.listing = ""
                    return False
                name, start = self.listing, self.list_start
            elif self.token in (",", ";"):
                self.advance()
                return False
            elif self.token == self.opened[-1].closing and self.kind in ("mark", "end"):
                if len(self.opened) == 1:
                    return True
                self.advance()
                self._close(self.end)
                if not self.listing:
                    return False
                continue
            else:
                start = self.start
                name = self._name(self.opened[-1])
                if self.token == "[":
                    self.listing, self.list_start = name, start
                    self.advance()
                    continue
            if self.token in CLOSING and self.kind == "mark":
                self._open(self.token, name, start, bool(self.listing))
                self.advance()
                return False
            value = self._scalar(name)
            self._add(self.opened[-1].message, name, Field(value, start, self.end))
            if not self.listing:
                return False

    def _ends_list(self) -> bool:
        """Say whether the list ends here, going on behind its end or its comma."""
        while self.token == "," and self.kind == "mark":
            self.advance()
        if self.token == "]" and self.kind == "mark":
            self.advance()
            return True
        return False

    def _open(self, bracket: str, name: str, start: int, listed: bool) -> None:
        if len(self.opened) > DEEPEST:
            raise Broken(f"messages are nested deeper than {DEEPEST}", start)
        self.opened.append(_Open(Message(), CLOSING[bracket], name, start, listed))
        self.listing = ""

    def _close(self, end: int) -> None:
        """End a message; go on with the list that it is in, if any."""
        closed = self.opened.pop()
        field = Field(closed.message, closed.start, end)
        self._add(self.opened[-1].message, closed.name, field)
        if closed.listed:
            self.listing, self.list_start = closed.name, closed.start

    def _add(self, message: Message, name: str, field: Field) -> None:
        self.count += 1
        if self.count > MOST_FIELDS:
            raise Broken(f"more than {MOST_FIELDS:,} values", field.start)
        listed = message.fields.get(name)
        if listed is None:
            message.fields[name] = [field]
        else:
            listed.append(field)

    def _name(self, around: _Open) -> str:
        """Read the name of a field up to its value."""
        if self.kind != "word":
            raise Broken(self._no_field(around), self.start)
        name = self.token
        self.advance()
        if self.token == ":" and self.kind == "mark":
            self.advance()
        elif self.token not in CLOSING or self.kind != "mark":
            raise Broken(f"{quote(name)} has no value: a colon stands before it", self.start)
        return name

    def _no_field(self, around: _Open) -> str:
        if self.kind == "end":
            line = self.text.count("\n", 0, around.start) + 1
            return f"the file ends inside {quote(around.name)}, which begins in line {line}"
        if self.token in ("}", ">", "]"):
            closes = f", {around.closing} closes it" if around.closing else ""
            inside = f"{quote(around.name)} is open{closes}" if around.name else "nothing is open"
            return f"{self.token} closes nothing here: {inside}"
        return f"{quote(self.token)} is no name of a field"

    def _scalar(self, name: str) -> Value:
        """Read a value that is no message."""
        kind, token = self.kind, self.token
        if kind == "text":
            parts = []
            while self.kind == "text":
                parts.append(_unescaped(self.token[1:-1]))
                self.advance()
            return "".join(parts)
        if kind == "end":
            raise Broken(f"the file ends before the value of {quote(name)}", self.start)
        if kind == "mark":
            raise Broken(f"{quote(name)} has no value", self.start)
        self.advance()
        if kind == "word":
            return Word(token)
        if kind == "infinite":
            return float("nan" if token.lower().endswith("nan") else "-inf")
        return _number(token.replace(" ", "").replace("\t", ""))


def _number(token: str) -> int | float:
    digits = token.lstrip("-")
    sign = -1 if token[0] == "-" else 1
    if digits[:2] in ("0x", "0X"):
        return sign * int(digits[2:][:LONGEST_NUMBER], 16)
    if digits.isdigit():
        octal = len(digits) > 1 and digits[0] == "0" and not set(digits) & {"8", "9"}
        return sign * (int(digits[:LONGEST_NUMBER], 8) if octal else whole(digits))
    return float(token.rstrip("fF")[:LONGEST_NUMBER])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        octal, hexadecimal, letter = match.groups()
        if octal or hexadecimal:
            return chr(int(octal, 8) if octal else int(hexadecimal, 16))
        return ESCAPED.get(letter, letter)

    return ESCAPE.sub(one, text)


# -- places ----------------------------------------------------------------------------------------


class TextPlaces(Places):
    """Where values stand: a path has the names of fields, each with its number where it is
    written several times, from 0.
    """

    def __init__(self, root: Message, text: str) -> None:
        super().__init__(root)
        self.place = placing(text)

    def find(self, path: Path) -> Span:
        """Return the place of a path's last field, or of the nearest that is there."""
        found: Field | None = None
        value: Value = self.root
        steps = list(path)
        while steps and isinstance(value, Message):
            fields = value.fields.get(str(steps.pop(0)), ())
            index = steps.pop(0) if steps and isinstance(steps[0], int) else 0
            if not isinstance(index, int) or index >= len(fields):
                break
            found = fields[index]
            value = found.value
        if found is None:
            return (1, 1, 1, 1)
        return self.place(found.start) + self.place(found.end)


def placing(text: str) -> Callable[[int], Place]:
    """Return what gives the line and column of an offset, both from 1."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(offset: int) -> Place:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    return place
