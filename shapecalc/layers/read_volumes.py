"""Volumes as a spec writes them: whole, known in part, with names for sizes, stated by a file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.diagnostics import quote
from shapecalc.edits import Change, Repair
from shapecalc.layers.read_numbers import (
    CROSSED,
    LONGEST_SIZES,
    MAX_SPATIAL,
    POSITIVE,
    SIZE_NAME,
    Schema,
    check_whole,
    crossed,
    crossed_schema,
    list_schema,
    wrong,
)
from shapecalc.volumes import MOST_AXES, PartialVolume, Reading, Volume, offers, readings, show

# A size, one that is not known, or the name of one: a letter other than x, perhaps with digits.
SIZE = r"[A-WYZa-wyz][0-9]*|[0-9]+|\?"
OPEN = rf"\s*(?:{SIZE})(?:\s*[xX×]\s*(?:{SIZE}))*\s*"
BATCHES = ("n", "b")  # a name in front of three sizes that is no size
AXIS_NAMES = (
    ("units",),
    ("length", "depth"),
    ("height", "width", "depth"),
    ("frames", "height", "width", "depth"),
)


def _volume_schema(title: str, *, partial: bool = False, stated: bool = False) -> Schema:
    size: Schema = POSITIVE
    if partial:
        name = {"type": "string", "pattern": f"^{SIZE_NAME}$"}
        size = {"anyOf": [POSITIVE, {"type": "null"}, name]}
    text, listed = crossed_schema(1, 1, MOST_AXES, partial=partial), list_schema(size, MOST_AXES)
    if partial:  # where only the first is open, it is a batch
        text["not"] = {"pattern": r"^\s*\?(\s*[xX×]\s*[0-9]+){3,}\s*$"}
    if partial and not stated:
        batch = {"items": [{"type": "null"}], "additionalItems": POSITIVE, "minItems": 4}
        listed["not"] = batch
    return {
        "title": title,
        "anyOf": [
            POSITIVE,
            text,
            listed,
            *(
                {
                    "type": "object",
                    "properties": dict.fromkeys(names, size),
                    "required": list(names),
                    "additionalProperties": False,
                }
                for names in AXIS_NAMES
            ),
        ],
    }


VOLUME = _volume_schema("volume")
PARTIAL_VOLUME = _volume_schema("volume, known in part or whole", partial=True)
STATED_VOLUME = _volume_schema("volume that a file states", partial=True, stated=True)


def read_volume(value: Any) -> Volume:
    """Read a volume as `227x227x3`, [227, 227, 3], 784 or a mapping of its axes' names.

    Where it can be told what was written, a batch in front for one, the error's context holds
    repairs and, if there is one reading alone, under `meant` the volume to go on with.
    """
    try:
        return _volume(value)
    except PydanticCustomError as error:
        meant = readings(value)
        context: dict[str, Any] = {"message": error.message(), "repairs": rewritings(meant)}
        if isinstance(value, str) and value[:1] == "(" and ")" not in value:
            context["hint"] = "write it with crosses, as 32x32x3: in { } a comma ends a value"
        if len(meant) == 1:
            context["meant"] = meant[0].volume
        raise PydanticCustomError(error.type, "{message}", context) from None


def read_partial_volume(value: Any) -> PartialVolume:
    """Read a volume of which sizes may be left open: `?x?x3`, [null, null, 3], {height: null, ...}.

    Where only the first of four sizes is open, it is a volume behind a batch (Keras), and none of
    ours; a mapping says which axis it is. A spatial size may have a name: `HxWx3`, [H, W, 3].
    """
    sizes: Any = None
    if isinstance(value, str):
        short = len(value) <= LONGEST_SIZES
        if short and not CROSSED.fullmatch(value) and re.fullmatch(OPEN, value):
            sizes = [_open_size(size) for size in re.findall(SIZE, value)]
    elif isinstance(value, list | tuple) and any(_is_open(size) for size in value):
        sizes = value
    if isinstance(value, Mapping) and any(_is_open(size) for size in value.values()):
        sizes = _named_axes(value)
    if sizes is not None and any(isinstance(size, str) for size in sizes):
        return _with_names(value, sizes)
    if isinstance(value, Mapping):
        pass  # it says which axis is open
    elif sizes is not None and len(sizes) > MAX_SPATIAL and None not in sizes[1:]:
        sizes = None
    if sizes is None:
        return read_volume(value)
    return _partly_known(sizes)


def read_stated_volume(value: Any) -> PartialVolume:
    """Read a volume as a reader of another format states it: it has no batch in front."""
    if isinstance(value, list | tuple) and None in value:
        return _partly_known(value)
    return read_partial_volume(value)


def _partly_known(sizes: Sequence[Any]) -> PartialVolume:
    known = _volume([1 if _is_open(size) else size for size in sizes])
    return tuple(size if _is_open(size) else k for k, size in zip(known, sizes, strict=True))


def _open_size(text: str) -> int | str | None:
    if text == "?":
        return None
    return int(text) if text.isdigit() else text


def _is_open(size: object) -> bool:
    """Say whether a size is not known, or has a name."""
    return size is None or (isinstance(size, str) and re.fullmatch(SIZE_NAME, size) is not None)


def _with_names(value: Any, sizes: Sequence[Any]) -> PartialVolume:
    """Return a volume whose spatial sizes have names, as far as they are axes of ours."""
    batch = len(sizes) > MAX_SPATIAL and str(sizes[0]).lower() in BATCHES
    if batch and isinstance(value, str) and not any(isinstance(s, str) for s in sizes[1:]):
        return read_volume(value)  # says what is meant
    message = hint = ""
    if batch:
        message = f"must be a volume without a batch, not {quote(value)}"
        hint = f"write {show(sizes[1:])}"
    elif isinstance(sizes[-1], str):
        message = f"must be a volume whose depth is a number or ?, not {quote(value)}"
        hint = "spatial sizes have names, as in HxWx3"
    if message:
        context = {"message": message, "hint": hint}
        raise PydanticCustomError(rules.WRONG_VALUE.code, "{message}", context)
    return _partly_known(sizes)


def rewritings(meant: Sequence[Reading]) -> tuple[Repair, ...]:
    """Return what may be written in the place of sizes that are no volume here, or hardly one."""
    return tuple(
        Repair(offer, Change("set", show(volume) if len(volume) > 1 else volume[0]))
        for offer, volume in offers(meant)
    )


def _volume(value: Any) -> Volume:
    wanted = "a volume such as 32x32x3 (height x width x depth), 10x1 or 784"
    if isinstance(value, Mapping):
        value = _named_axes(value)
    elif isinstance(value, str):
        sizes = crossed(value)
        if sizes is None:
            raise wrong(wanted, value)
        value = sizes
    elif not isinstance(value, list | tuple):
        value = [value]
    if not 1 <= len(value) <= MOST_AXES:
        raise wrong(f"{wanted}: one to eight sizes", value)
    return tuple(check_whole(size, 1, "positive whole numbers") for size in value)


def read_target(value: Any) -> Volume:
    """Read the volume that a reshape gives. -1 may be a batch or a size to be worked out."""
    sizes = value if isinstance(value, list | tuple) else [value]
    if any(size == -1 or (isinstance(size, str) and "-1" in size) for size in sizes):
        message = wrong("a volume with every size written", value).message()
        hint = "-1 is not worked out: write the size itself, and no batch"
        raise PydanticCustomError(
            rules.WRONG_VALUE.code, "{message}", {"message": message, "hint": hint}
        )
    return read_volume(value)


def _named_axes(value: Mapping[Any, Any]) -> list[Any]:
    for names in AXIS_NAMES:
        if set(names) == set(value):
            return [value[name] for name in names]
    named = quote(", ".join(map(str, value)))
    wanted = "a volume by name: height, width, depth (or length, frames, units)"
    raise PydanticCustomError(
        rules.WRONG_VALUE.code, "{message}", {"message": f"must be {wanted}, not one of {named}"}
    )
