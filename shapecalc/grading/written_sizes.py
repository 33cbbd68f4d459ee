"""Sizes as people write them: `32x32x10`, `(None, 32, 32, 10)`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.grading.lists import DEEPEST
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written_numbers import PLAIN, Unreadable, number_of

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
SLICES = r"(?:channels|feature ?maps|maps|filters|slices|kernels|deep)"
CROSS = regex(r"\s*(?:(?<![a-z])[xX×](?![a-z])|[*·;]|\bby\b|\btimes(?= ?\d))\s*")
BATCH = regex(r"^\s*(none|\?|-1|n|batch|batch_size)\s*[,x]\s*", re.IGNORECASE)
# Words with which a number of a list is a size: `27 high, 27 wide`, not `46 with it, 30 without`.
OF_A_SIZE = regex(
    r"by|times|and|each|in|of|the|left|right|top|bottom|px|pixels?|high|tall|wide|deep|long|rows?"
    rf"|col(?:umn)?s?|feature|values?|numbers?|neurons?|outputs?|{'|'.join(AXES)}|{SLICES}"
    r"|channel|map|filter|slice|kernel|unit",
    re.IGNORECASE,
)
WORD = regex(r"[A-Za-z]{2,}")
# 7,600 is one number, and so is 7,600 values
ONE = regex(rf"{PLAIN.pattern}|[1-9]\d{{0,2}}(?:,\d{{3}})+ [A-Za-z][A-Za-z -]*[.]?")
VOLUME = regex(r"(?<![\w.^])\d+(?: ?[xX×] ?\d+)+(?![\w.]*\w)")
DENIED = regex(
    r"\b(?:not|never|no|too|wrong|instead|less|more|bigger|larger|smaller|greater"
    r"|(?:is|are|was|do|does|did|ca|can|wo)n['\u2019]?t)\b",
    re.IGNORECASE,
)
# What a remark says that a layer lacks; it denies no volume in front: 12x12x20 - no padding here.
LACKED = regex(
    r"(?<=\d [-\u2013\u2014] )(?:there is |with |as )?no (?:zero[- ]?)?(?:padding|zeros|dilation)\b"
    r"(?! (?:is|was|would|changes?)\b)",
    re.IGNORECASE,
)
FROM = regex(r"\bfrom (?:the |an? )?(?:input )?$", re.IGNORECASE)  # 24x24 to 22
# What makes none of a volume: a sum that it is a part of, and what it is the size of.
GOES_ON = regex(r"\s*[-+*/^]\s*\d|\) ?[xX×*] ?\d|[ -](?:window|filter|kernel|pool)", re.IGNORECASE)
# What may follow a volume that is stated: `24x24x10, F = 5`.
REMARKED = regex(r"\s*[,;:(\[]|\.?\s+(?:where|with|for|if|as|since|because)\b", re.IGNORECASE)


def read_sizes(answer: Any) -> tuple[Number, ...]:
    """Read `32x32x10`, `[32, 32, 10]`, `(None, 32, 32, 10)`; a single number is one size.

    Raises Unreadable.
    """
    if isinstance(answer, list | tuple):
        if has_batch(answer):
            answer = answer[1:]
        if not 0 < len(answer) <= DEEPEST:
            raise Unreadable("not one size for each axis")
        return tuple(number_of(size) for size in answer)
    if isinstance(answer, Mapping):
        axes = {str(name).lower(): size for name, size in answer.items()}
        if not set(axes) <= set(AXES):
            raise Unreadable(f"sizes by name are {', '.join(AXES)}")
        return read_sizes([axes[name] for name in AXES if name in axes])
    if not isinstance(answer, str):
        return (number_of(answer),)
    bare = answer.strip("()[]{} ")
    text = BATCH.sub("", bare)
    parts = CROSS.split(text)
    if len(parts) == 1 and (bare != answer or not ONE.fullmatch(text)):
        parts = re.split(r"\s*,\s*|\s+(?=\d)", text.rstrip(", "))
    if len(parts) > DEEPEST:
        raise Unreadable(f"{quote(answer)} has too many sizes")
    words = WORD.findall(text) if len(parts) > 1 else []
    if not all(OF_A_SIZE.fullmatch(word) for word in words):
        raise Unreadable(f"{quote(answer)} has words between its sizes")
    return tuple(number_of(part) for part in parts)


def has_batch(answer: Any) -> bool:
    """Say whether sizes have a batch in front that is no number, `(None, 32, 32, 10)`."""
    if isinstance(answer, list | tuple):
        return len(answer) > 1 and answer[0] in (None, "None")
    return isinstance(answer, str) and BATCH.match(answer.strip("()[]{} ")) is not None


def stated_volume(text: str) -> tuple[Number, ...] | None:
    """Return the only volume of a text that begins with it, as a clause of its own; None where it
    may be denied.
    """
    volume = VOLUME.match(text)
    if volume is None or not REMARKED.match(text, volume.end()):
        return None
    return only_volume(text)


def only_volume(text: str) -> tuple[Number, ...] | None:
    """Return the only volume in a text of words, if there is one that is not denied there."""
    if DENIED.search(text):
        return None
    volumes = [
        v
        for v in VOLUME.finditer(text)
        if not GOES_ON.match(text, v.end()) and not FROM.search(text, 0, v.start())
    ]
    found = {read_sizes(volume[0]) for volume in volumes}
    return found.pop() if len(found) == 1 else None
