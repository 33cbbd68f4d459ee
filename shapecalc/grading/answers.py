"""Answers as people write them: `32x32x10`, `(None, 32, 32, 10)`, `7,600 parameters`, `1/3`, `yes`.

Nothing is evaluated: an answer is matched against the few forms that a value can be written in.
What is blank or matches none is said to be so, and is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from math import isfinite
from typing import Any, Literal

from shapecalc.diagnostics import quote
from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.values import Number, Value

Form = Literal["sizes", "field", "number", "truth", "array"]

LONGEST = 1000  # characters of an answer
MOST_DIGITS = 40
MOST_VALUES = 10_000  # of an array
DEEPEST = 6  # lists inside one another
NOTHING = ("", "-", "--", "?", "n/a", "na", "none", "null")
YES = ("yes", "y", "true", "t")
NO = ("no", "n", "false", "f", "not", "doesn't")
AXES = (
    "frames",
    "height",
    "h",
    "length",
    "l",
    "width",
    "w",
    "depth",
    "d",
    "channels",
    "c",
    "units",
)
CROSS = re.compile(r"\s*(?:(?<![a-z])[xX×](?![a-z])|[*·;]|\bby\b)\s*")
REMARK = re.compile(r"\s*\([^()]*=[^()]*\)$")
NAMED = re.compile(r"([a-z]+) ?= ?([0-9.,]*[0-9])", re.IGNORECASE)
BATCH = re.compile(r"^\s*(none|\?|-1|n|batch|batch_size)\s*[,x]\s*", re.IGNORECASE)
DIGITS = r"\d{1,3}(?:[,_' ]\d{3})+|\d+(?:_\d+)*"
PLAIN = re.compile(rf"[-+]?(?:(?:{DIGITS})(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{{1,3}})?")
FRACTION = re.compile(rf"([-+]?(?:{DIGITS}))\s*/\s*({DIGITS})")
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
UNIT = re.compile(
    r"(?: ?(k|K|M|G|thousand|million)(?![A-Za-z]))?(?: ?[A-Za-z(][A-Za-z²³ ()-]*)?[.,]?"
)
THOUSANDS = {"k": 10**3, "K": 10**3, "thousand": 10**3, "M": 10**6, "million": 10**6, "G": 10**9}


class Unreadable(ValueError):
    """An answer that stands for no value; the text says what was expected."""


def is_blank(answer: Any) -> bool:
    """Say whether nothing was answered."""
    if answer is None or (isinstance(answer, float) and answer != answer):
        return True
    if isinstance(answer, str):
        return answer[:20].strip().lower() in NOTHING and len(answer.strip()) <= 20
    return isinstance(answer, list | tuple | Mapping) and not answer


def read_answer(answer: Any, form: Form) -> Value:
    """Return the value of an answer. Raises Unreadable."""
    if isinstance(answer, str):
        if len(answer) > LONGEST:
            raise Unreadable(f"longer than {LONGEST:,} characters")
        answer = " ".join(answer.split())  # runs of blanks would be tried in every split
        answer = REMARK.sub("", answer.strip("\"'`$").strip()).replace("\u2212", "-")
        if "=" in answer and form != "truth":
            return _worked(answer, form)
    return READERS[form](answer)


def _worked(answer: str, form: Form) -> Value:
    """Read a working with its result, `5*5*3*10 + 10 = 760`, or sizes by name, `H=32, W=32`."""
    named = dict(NAMED.findall(answer.lower()))
    if form == "sizes" and len(named) > 1:
        return _sizes(named)
    found = []
    for part in reversed(answer.split("=")):
        with suppress(Unreadable):
            found.append(READERS[form](part.strip()))
    if not found:
        raise Unreadable(f"{quote(answer)} has no result")
    if form == "sizes":  # a volume rather than the number of its values
        return max(found, key=lambda sizes: len(sizes) if isinstance(sizes, tuple) else 0)
    return found[0]


def _number(answer: Any) -> Number:
    if type(answer) is int and abs(answer) < 10**MOST_DIGITS:
        return answer
    if isinstance(answer, float) and isfinite(answer):
        return int(answer) if answer.is_integer() and abs(answer) < 2**53 else answer
    if isinstance(answer, list | tuple) and len(answer) == 1:
        return _number(answer[0])
    if isinstance(answer, str):
        found = 0 if answer.lower() == "zero" else _spelled(_bare(answer))
        if found is not None:
            return found
    raise Unreadable(f"{quote(answer)} is not a number")


def _bare(text: str) -> str:
    """Return a number without what is written around it: brackets, a comma, a blank sign."""
    text = text.strip("[]{}, ")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip(", ")
    return re.sub(r"^([-+]) (?=[0-9.])", r"\1", text)


def _spelled(text: str) -> Number | None:
    """Return the number that a text spells, whatever unit stands behind it, or None."""
    fraction = FRACTION.match(text)
    if fraction and UNIT.fullmatch(text, fraction.end()):
        over, under = (_plain(part) for part in fraction.groups())
        return _whole_if_so(over / under) if under else None
    if DECIMAL_COMMA.fullmatch(text) and not PLAIN.fullmatch(text):
        return _plain(text.replace(",", "."))
    plain = PLAIN.match(text)
    unit = UNIT.fullmatch(text, plain.end()) if plain else None
    if not plain or not unit:
        return None
    value = _plain(plain[0])
    return _whole_if_so(round(value * THOUSANDS[unit[1]], 6)) if unit[1] else value


def _plain(text: str) -> Number:
    digits = re.sub(r"[,_' ]", "", text)
    if len(digits) > MOST_DIGITS:
        raise Unreadable(f"a number of more than {MOST_DIGITS} digits")
    return int(digits) if re.fullmatch(r"[-+]?\d+", digits) else _whole_if_so(float(digits))


def _whole_if_so(value: Number) -> Number:
    if not isfinite(value):
        raise Unreadable("a number that is too large")
    return int(value) if float(value).is_integer() and abs(value) < 2**53 else value


def _sizes(answer: Any) -> tuple[Number, ...]:
    """Read `32x32x10`, `[32, 32, 10]`, `(None, 32, 32, 10)`; a single number is one size."""
    if isinstance(answer, list | tuple):
        if len(answer) > 1 and answer[0] in (None, "None"):
            answer = answer[1:]
        if not 0 < len(answer) <= DEEPEST:
            raise Unreadable("not one size for each axis")
        return tuple(_number(size) for size in answer)
    if isinstance(answer, Mapping):
        axes = {str(name).lower(): size for name, size in answer.items()}
        if not set(axes) <= set(AXES):
            raise Unreadable(f"sizes by name are {', '.join(AXES)}")
        return _sizes([axes[name] for name in AXES if name in axes])
    if not isinstance(answer, str):
        return (_number(answer),)
    bare = answer.strip("()[]{} ")
    text = BATCH.sub("", bare)
    parts = CROSS.split(text)
    if len(parts) == 1 and (bare != answer or not PLAIN.fullmatch(text)):  # 7,600 is one number
        parts = re.split(r"\s*,\s*|\s+(?=\d)", text.rstrip(", "))
    if len(parts) > DEEPEST:
        raise Unreadable(f"{quote(answer)} has too many sizes")
    return tuple(_number(part) for part in parts)


def _field(answer: Any) -> Value:
    """Read a hyperparameter: a number, one for each axis, pairs of sides, or a policy's name."""
    if isinstance(answer, str) and answer.lower() in PADDING_POLICIES:
        return answer.lower()
    if isinstance(answer, list | tuple) and any(isinstance(side, list | tuple) for side in answer):
        return tuple(_sizes(side) for side in answer[:DEEPEST])
    sizes = _sizes(answer)
    return sizes[0] if len(sizes) == 1 else sizes


def _truth(answer: Any) -> bool:
    if isinstance(answer, bool):
        return answer
    words = re.findall(r"[a-z']+", answer.lower()) if isinstance(answer, str) else []
    if words and words[0] in YES:
        return True
    if words and (words[0] in NO or set(words[:4]) & {"not", "doesn't"}):
        return False
    if words[:1] == ["fits"] or words[:2] == ["it", "fits"]:
        return True
    raise Unreadable(f"{quote(answer)} is neither yes nor no")


def _array(answer: Any) -> tuple[Any, ...]:
    """Read nested lists, or numbers in brackets, with commas, semicolons, blanks or line ends."""
    if isinstance(answer, str):
        answer = [part for part in re.split(r"[\s,;\[\](){}]+", answer) if part]
    count = [0]

    def read(value: Any, depth: int) -> Any:
        if isinstance(value, list | tuple):
            if depth > DEEPEST:
                raise Unreadable("lists are nested too deeply")
            return tuple(read(part, depth + 1) for part in value)
        count[0] += 1
        if count[0] > MOST_VALUES:
            raise Unreadable(f"more than {MOST_VALUES:,} values")
        return _number(value)

    if not isinstance(answer, list | tuple):
        answer = [answer]
    return tuple(read(answer, 0))


READERS: Mapping[Form, Callable[[Any], Value]] = {
    "sizes": _sizes,
    "field": _field,
    "number": _number,
    "truth": _truth,
    "array": _array,
}
