"""Plain data as YAML text, laid out as people write specs: short values in braces, the rest below.

What is read back is the same data: PyYAML puts into quotes what YAML would read as something else,
and what only YAML 1.2 reads so, such as 1e3, gets them, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import yaml

from shapecalc.readers.scalars import resolve

WIDTH = 100  # columns of a line
MOST_LAYERS = 4  # inside the braces of one line
INDENT = "  "
PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_.$/]*|[1-9][0-9]*(?:x[0-9]+)+")
BREAKS = re.compile("[\n\x85\u2028\u2029]")  # that YAML takes for the end of a line

Comments = Mapping[tuple[int, Any], str]  # by the identity of a container, and a key or index in it


def text_of(spec: Mapping[str, Any], comments: Comments, most: int) -> str | None:
    """Return a spec as text; None where it is longer than `most` characters.

    A comment stands behind the item or the key that it is for.
    """
    written: list[str] = []
    for line in _Layout(comments).document(spec):
        most -= len(line) + 1
        if most < 0:
            return None
        written.append(line)
    return "\n".join(written) + "\n"


class _Layout:
    def __init__(self, comments: Comments) -> None:
        self.comments = comments

    def document(self, spec: Mapping[str, Any]) -> Iterator[str]:
        """Yield the lines of a spec, each of its blocks and layers on lines of its own."""
        if not spec:
            yield "{}"
        for key, value in spec.items():
            listed = value and isinstance(value, list | tuple) and key == "layers"
            named = value and isinstance(value, Mapping) and key == "blocks"
            if listed or named:
                yield f"{key}:"
                yield from self._items(value, INDENT) if listed else self._blocks(value)
            else:
                yield from self._entry(key, value, "")

    def _blocks(self, blocks: Mapping[str, Any]) -> Iterator[str]:
        for name, block in blocks.items():
            short = isinstance(block, Mapping) and "parameters" not in block
            if short or not isinstance(block, Mapping) or not block:
                yield from self._noted(self._entry(name, block, INDENT), blocks, name)
            else:
                below = self._block(block)
                yield from self._noted([f"{INDENT}{_key(name)}:"], blocks, name)
                yield from below

    def _block(self, block: Mapping[str, Any]) -> Iterator[str]:
        start = f"{INDENT * 2}parameters: "
        for key, value in block.items():
            if key != "parameters" or not _is_flat(value) or not value:
                yield from self._entry(key, value, INDENT * 2)
            else:
                yield from _filled(start, value, INDENT * 3)

    def _mapping(self, value: Mapping[Any, Any], indent: str) -> Iterator[str]:
        for key, inner in value.items():
            yield from self._noted(self._entry(key, inner, indent), value, key)

    def _items(self, values: Sequence[Any], indent: str) -> Iterator[str]:
        for index, value in enumerate(values):
            yield from self._noted(self._item(value, indent), values, index)

    def _entry(self, key: Any, value: Any, indent: str) -> Iterator[str]:
        """Yield the lines of a key with its value."""
        start = f"{indent}{_key(key)}:"
        line = self._line(value, WIDTH - len(start) - 1)
        if line is not None:
            yield f"{start} {line}"
            return
        if _is_flat(value) and not isinstance(value, Mapping):
            yield from _filled(f"{start} ", value, indent + INDENT)
            return
        yield start
        if isinstance(value, Mapping):
            yield from self._mapping(value, indent + INDENT)
        else:
            yield from self._items(value, indent + INDENT)

    def _item(self, value: Any, indent: str) -> Iterator[str]:
        """Yield the lines of an item of a list."""
        start = f"{indent}- "
        one = isinstance(value, Mapping) and len(value) == 1
        line = None if one else self._line(value, WIDTH - len(start))
        if line is not None:
            yield start + line
            return
        below = indent + INDENT
        if one:
            ((key, inner),) = value.items()
            begun = f"{start}{_key(key)}: "
            if self._line(inner, WIDTH - len(begun)) is None and _is_flat(inner):
                yield from _filled(begun, inner, below + INDENT)
                return
        lines = self._mapping(value, below) if isinstance(value, Mapping) else None
        for index, inner in enumerate(self._items(value, below) if lines is None else lines):
            yield inner if index else start + inner[len(below) :]

    def _line(self, value: Any, room: int) -> str | None:
        """Return a value in what is left of a line; None where lines below are better."""
        if not isinstance(value, Mapping | list | tuple):
            return _scalar(value, False)
        line = _flow(value, room)
        if line is None or _layers_in(value) > MOST_LAYERS or self._tells(value):
            return None
        return line

    def _tells(self, value: Any) -> bool:
        """Say whether something inside a value has a comment, for which braces leave no room."""
        if not self.comments or not isinstance(value, Mapping | list | tuple):
            return False
        if isinstance(value, Mapping):
            keys: Any = value.keys()
            inner: Any = value.values()
        else:
            keys, inner = range(len(value)), value
        return any((id(value), key) in self.comments for key in keys) or any(
            map(self._tells, inner)
        )

    def _noted(self, lines: Iterator[str] | list[str], container: Any, key: Any) -> Iterator[str]:
        """Yield lines with a comment behind the first, or above it where there is no room."""
        comment = self.comments.get((id(container), key)) if self.comments else None
        for index, line in enumerate(lines):
            if not comment or index:
                yield line
            elif len(line) + len(comment) + 4 <= WIDTH:
                yield f"{line}  # {comment}"
            else:
                yield f"{line[: len(line) - len(line.lstrip())]}# {comment}"
                yield line


# -- in one line -----------------------------------------------------------------------------------


def _flow(value: Any, room: int) -> str | None:
    """Return a value as it stands inside braces; None where it does not fit."""
    if not isinstance(value, Mapping | list | tuple):
        return _scalar(value, True)
    pieces: list[str] = []
    room -= 2
    pairs = value.items() if isinstance(value, Mapping) else ((None, inner) for inner in value)
    for key, inner in pairs:
        start = f"{_key(key, True)}: " if isinstance(value, Mapping) else ""
        text = _flow(inner, room - len(start))
        room -= len(start) + len(text or "")
        if text is None or room < 0:
            return None
        pieces.append(start + text)
        room -= 2
    joined = ", ".join(pieces)
    return f"{{{joined}}}" if isinstance(value, Mapping) else f"[{joined}]"


def _is_flat(value: Any) -> bool:
    """Say whether a value is a list or a mapping of single values."""
    inner = value.values() if isinstance(value, Mapping) else value
    return not any(isinstance(one, Mapping | list | tuple) for one in inner)


def _filled(start: str, value: Any, indent: str) -> Iterator[str]:
    """Yield a list or a mapping of single values in brackets, in as many lines as it takes."""
    if isinstance(value, Mapping):
        brackets, pieces = "{}", [f"{_key(k, True)}: {_scalar(v, True)}" for k, v in value.items()]
    else:
        brackets, pieces = "[]", [_scalar(one, True) for one in value]
    line = start + brackets[0]
    for number, piece in enumerate(pieces, 1):
        if number > 1 and len(line) + len(piece) > WIDTH - 2:
            yield line.rstrip()
            line = indent
        line += piece + (", " if number < len(pieces) else brackets[1])
    yield line


def _layers_in(value: Any) -> int:
    """Return how many layers, or mappings of fields, stand in lists inside a value."""
    if isinstance(value, Mapping):
        return sum(map(_layers_in, value.values()))
    if not isinstance(value, list | tuple):
        return 0
    if all(isinstance(inner, str) for inner in value):
        return 1
    return sum(
        1 + _layers_in(inner) if isinstance(inner, str | Mapping) else _layers_in(inner)
        for inner in value
    )


def _key(key: Any, inside: bool = False) -> str:
    return _scalar(str(key), inside)


@lru_cache(4096, typed=True)  # 0, 0.0 and false are equal
def _scalar(value: Any, inside: bool) -> str:
    """Return a single value, `inside` braces or not."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return _text(str(value), inside)
    raise TypeError(f"a {type(value).__name__} is no YAML")


def _number(value: float) -> str:
    text = repr(float(value))
    text = {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(text, text)
    return re.sub(r"e([-+]?)0*(?=[0-9])", lambda match: f"e{match[1].strip('+')}", text)


def _text(text: str, inside: bool) -> str:
    if PLAIN.fullmatch(text) and len(text) < WIDTH and resolve(text) == text:
        return text
    if inside:
        written = _dumped([text], flow=True).strip()[1:-1]
    else:
        written = _dumped(text).removesuffix("...\n").strip()
    reads_otherwise = written == text and resolve(text) != text
    if BREAKS.search(written) or not text.isprintable() or reads_otherwise:
        return _dumped(text, style='"').strip()
    return written


def _dumped(value: Any, *, flow: bool = False, style: str | None = None) -> str:
    return yaml.safe_dump(
        value,
        default_flow_style=flow,
        default_style=style,
        width=10**9,
        allow_unicode=style is None,
    )
