"""Changes that make good input hostile: of data, of text, of a table, of words on a command line.

All take a `random.Random`, so that a number gives the same case on every machine.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import yaml

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2, 3, 4, 7, 10, 64, 1000, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**70), 10**40,
    10**500, 0.5, -0.0, 1.0, 2.5, 1e-320, 1e300, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
TEXTS = (
    "", " ", "x", "3", "3x3", "0x3", "8x8x1", "1e400", ".nan", "-0", "1_000", "1,5", "1,000", "1/0",
    "no", "null", "~", "all", "input", "conv1", "relu", "leaf", "total", "loss", "same", "valid",
    "None", "(None, 3, 3, 1)", "[3, 3, 1]", "1 = 1 = 1", "=1+1", "@SUM(1)", "$width", "$", "$$",
    "a.b",
    "a..b", ".", "..", "../x", "/", "-", "--", "-x", "\x00", "\x1b[31m", "\x7f", "\x85", "\u2028",
    "\u202e", "\ufeff", "\ud800", "\U0001f389", "é", "e\u0301", "٣", "３ｘ３", "²", "½", "Ⅷ", "−3",
    "×", "x" * 300, "9" * 50, "9" * 5000, "(" * 60, "1x" * 40, "a=1 " * 50, "%s", "{}", "\\",
    '"', "'",
    "<b>", "]]>", "\t", "\n", "\r\n", "a\nb", "a,b", "a;b", "#", "# shapecalc",
)  # fmt: skip
HUGE_KEYS = ("<<", "", "name", "from", "share", "expect", "layers", "student", "id", "0", "null")
PIECES = (
    "\t", "\n", " ", ":", ": ", "- ", "[", "]", "{", "}", ",", '"', "'", "#", "&a", "*a", "!", "!!",
    "|", ">", "%", "@", "`", "?", "---", "...", "<<: ", "\\", "\\u0000", "\x00", "\x7f", "\x85",
    "\ufeff", "\ud800", "é", "\U0001f389", "\u2028", "~", "null", "1e999", "0x3", ".nan", "9" * 50,
    "\r", ";", "=", "0", "1", "-1", "9", "x", "e", ".", "_", "/",
)  # fmt: skip
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def hostile(rng: Random) -> Any:
    """Return a value that few expect."""
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(NUMBERS)
    if kind < 5:
        return rng.choice(TEXTS)
    if kind == 5:
        return rng.choice((None, True, False))
    if kind == 6:
        return copy.deepcopy(
            rng.choice(([], {}, [[]], [{}], {"": []}, [None] * 5, {"a": {"a": 1}}))
        )
    return nested(rng)


def nested(rng: Random) -> Any:
    """Return lists or mappings inside one another, some few, some many."""
    value: Any = rng.choice((1, "a", None))
    for _ in range(rng.choice((1, 2, 3, 6, 7, 40, 110, 330))):
        value = [value] if rng.random() < 0.7 else {rng.choice(("a", "layers", "body")): value}
    return value


# -- data ------------------------------------------------------------------------------------------


def containers(value: Any) -> Iterator[Any]:
    """Yield every list and mapping inside a value."""
    if isinstance(value, list | dict):
        yield value
        for inner in list(value.values() if isinstance(value, dict) else value):
            yield from containers(inner)


def mutated(rng: Random, data: Any, others: Sequence[Any] = ()) -> Any:
    """Return data with a few places changed; `others` may lend parts of theirs."""
    data = copy.deepcopy(data)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        places = list(containers(data))
        if not places:
            return hostile(rng)
        lender = rng.choice(others) if others and rng.random() < 0.5 else data
        lent = copy.deepcopy(rng.choice(list(containers(lender)) or [lender]))
        change(rng, rng.choice(places), lent)
    return data


def change(rng: Random, place: Any, lent: Any) -> None:
    """Change a mapping or list: replace, delete, add, double or move a value, or rename its key."""
    if rng.random() < 0.6:
        lent = hostile(rng)
    elif isinstance(lent, dict) and lent and rng.random() < 0.7:
        lent = rng.choice(list(lent.values()))
    elif isinstance(lent, list) and lent and rng.random() < 0.7:
        lent = rng.choice(lent)
    how = rng.choice(("replace", "replace", "number", "delete", "add", "double", "swap", "key"))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    if not keys:
        how = "add"
    key = rng.choice(keys) if keys else None
    if how == "replace":
        place[key] = lent
    elif how == "number":
        place[key] = near(rng, place[key])
    elif how == "delete":
        del place[key]
    elif how == "swap":
        other = rng.choice(keys)
        place[key], place[other] = place[other], place[key]
    elif isinstance(place, list):
        index = key if how == "double" and key is not None else rng.randint(0, len(place))
        place.insert(index, copy.deepcopy(place[index]) if how == "double" else lent)
    elif how == "key" and key is not None:
        place[rng.choice((*HUGE_KEYS, *TEXTS, f"{key}s", key[:-1]))] = place.pop(key)
    else:
        place[rng.choice((*HUGE_KEYS, *TEXTS))] = lent


def near(rng: Random, value: Any) -> Any:
    """Return a value like another: a number next to it, a text that lacks a piece."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + rng.choice((-2, -1, 1, 2, value))
    if isinstance(value, float):
        return rng.choice(
            (
                -value,
                value / 2,
                int(value) if value == value and abs(value) < 2**63 else 0,
                value + 1,
            )
        )
    if isinstance(value, str):
        return text(rng, value, most=1)
    return [value]


def dumped(rng: Random, data: Any) -> tuple[str, bytes]:
    """Return data as a file's ending and bytes: YAML or JSON, as people or programs write it."""
    if rng.random() < 0.5:
        ascii_ = rng.random() < 0.5
        written = json.dumps(data, ensure_ascii=ascii_, indent=rng.choice((None, 1)))
        return rng.choice((".json", ".yaml")), encoded(written)
    try:
        written = yaml.dump(
            data,
            Dumper=DUMPER,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=rng.choice((None, True, False)),
        )
    except (RecursionError, UnicodeError, yaml.YAMLError):
        written = json.dumps(data)
    return rng.choice((".yaml", ".yaml", ".yml")), encoded(written)


def encoded(written: str) -> bytes:
    """Return a text's bytes, lone surrogates and all."""
    return written.encode("utf-8", "surrogatepass")


# -- text ------------------------------------------------------------------------------------------


def text(rng: Random, written: str, most: int = 5, other: str = "") -> str:
    """Return a text with a few pieces cut out, put in, repeated, or taken from another text."""
    for _ in range(rng.randint(1, most)):
        start = rng.randint(0, len(written))
        end = rng.randint(start, min(len(written), start + rng.choice((1, 3, 8, 40))))
        begin = rng.randint(0, len(other))
        piece = rng.choice(
            (
                rng.choice(PIECES),
                rng.choice(PIECES),
                written[start:end] * 2,
                "",
                other[begin : begin + 30],
            )
        )
        written = written[:start] + piece + written[end:]
    return written


def flipped(rng: Random, raw: bytes) -> bytes:
    """Return bytes of which a few are others, or none at all."""
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    if rng.random() < 0.1:
        return bytes(changed[: rng.randint(0, len(changed))])
    if rng.random() < 0.05:
        return rng.choice(
            (
                b"",
                b"\xef\xbb\xbf" + changed,
                bytes(changed).replace(b"\n", b"\r\n"),
                bytes(changed).decode("latin-1").encode("utf-16"),
                b"\x00" * 9,
            )
        )
    return bytes(changed)


def doubled_lines(rng: Random, written: str) -> str:
    """Return a text in which a line stands twice: a key of a mapping, or an item of a list."""
    lines = written.splitlines(keepends=True)
    if lines:
        line = rng.choice(lines)
        lines.insert(rng.randint(0, len(lines)), line)
    return "".join(lines)


def file_of(rng: Random, raw: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Return a file's bytes changed as text or as bytes."""
    kind = rng.randrange(4)
    if kind == 0:
        return flipped(rng, raw)
    written = raw.decode("utf-8", "replace")
    if kind == 1:
        return encoded(doubled_lines(rng, written))
    other = rng.choice(others).decode("utf-8", "replace") if others else ""
    return encoded(text(rng, written, other=other))


def words(rng: Random, good: Sequence[str]) -> list[str]:
    """Return the words of a command line with one or two changed, left out, doubled or moved."""
    changed = list(good)
    for _ in range(rng.choice((0, 1, 1, 2))):
        if not changed:
            break
        index = rng.randrange(len(changed))
        how = rng.choice(("replace", "text", "delete", "double", "swap"))
        if how == "replace":
            changed[index] = argument(rng.choice((*TEXTS, *map(str, NUMBERS[:-6]))))
        elif how == "text":
            changed[index] = argument(text(rng, changed[index], most=2))
        elif how == "delete":
            del changed[index]
        elif how == "double":
            changed.insert(index, changed[index])
        else:
            other = rng.randrange(len(changed))
            changed[index], changed[other] = changed[other], changed[index]
    return changed


def argument(word: str) -> str:
    """Return a word as a system passes it: without NUL, and bytes that are no UTF-8 escaped.

    A path leads nowhere out of the folder of the case: not into all files of the machine.
    """
    if word.startswith("/") or ".." in word:
        word = word.replace("/", "|")
    return encoded(word.replace("\x00", "")).decode("utf-8", "surrogateescape")
