"""What was meant by sizes that are no volume here, or hardly one: a batch in front, depth first.

A volume is written spatial sizes first, depth last, without a batch. PyTorch, Keras and NumPy print
shapes in other ways: `torch.Size([1, 3, 32, 32])`, `(None, 32, 32, 3)`, `[-1, 64, 112, 112]`. A
size that is not known is `?` here, and None, null or -1 there, as the batch is. Where it can be
told which volume that is, there is one reading; where it cannot, there are several or none, and
nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, Literal, NamedTuple, TypeGuard

Volume = tuple[int, ...]  # spatial sizes first, depth last
# None for a size that is not known. A size that has a name stands as text in the place of a number
# (named_sizes.py); who computes with sizes asks is_known.
PartialVolume = tuple[int | None, ...]
Notation = Literal["ours", "tuple", "torch", "keras"]

LARGEST = 2**63 - 1
CHANNELS = (1, 3, 4)  # grey, colour, colour with transparency
SMALLEST_IMAGE = 8
MOST_CHARACTERS = 400
MOST_AXES = 8
MOST_SIZES = MOST_AXES + 1  # and a batch

BATCH_WORDS = ("n", "b", "bs", "batch", "batch_size")
UNKNOWN_WORDS = ("none", "null", "?", "-1")
# Compiled when they are first needed: most volumes are written as they should be.
PREFIX = r"(?:[A-Za-z_][\w.]*\s*[(=]\s*)+(?=[(\[]|[\d?-]|None)"
SEPARATOR = r"\s*[,;xX×*]\s*|\s+"
DEPTH_AT_SIZES = r"([0-9]+)\s*@\s*([0-9]+\s*[xX×]\s*[0-9]+(?:\s*[xX×]\s*[0-9]+)?)"
WHOLE = r"0*([1-9][0-9]{0,18})(?:\.0*)?"

AXES = {
    "channels": "depth", "channel": "depth", "c": "depth", "d": "depth",
    "h": "height", "w": "width", "l": "length", "time": "length", "steps": "length",
    "t": "frames",
}  # fmt: skip


class Reading(NamedTuple):
    """A volume that may be meant; `batch` is what stands in front of it, None where nothing does.

    `turned` says that its depth was written first, `grey` that its depth was not written.
    """

    volume: PartialVolume
    batch: str | None = None
    turned: bool = False
    grey: bool = False


def titles_of(volume: PartialVolume) -> tuple[str, ...]:
    """Return the names of all axes in written order; a flat vector's is its depth.

    More than three spatial axes have no names: they are numbered from 0.
    """
    rank = len(volume) - 1
    if rank > 3:
        return (*(f"axis {number}" for number in range(rank)), "depth")
    return (
        (*("frames", "height", "width")[3 - rank :], "depth") if rank != 1 else ("length", "depth")
    )


def sized(title: str, size: object) -> str:
    """Return an axis with its size: `height 32`, or `axis 0 of 32` where it has no name."""
    return f"{title} of {size}" if title.startswith("axis ") else f"{title} {size}"


def axes_of(volume: PartialVolume) -> tuple[str | int, ...]:
    """Return what each axis is called in a spec: its name, or its number where it has none."""
    titles = titles_of(volume)
    return titles if len(titles) <= 4 else (*range(len(volume) - 1), "depth")


def show(volume: Iterable[object]) -> str:
    """Return a volume as `32x32x3`, a size that is not known as `?`."""
    sizes = [*map(str, volume)]
    text = "x".join(sizes)
    if " " in text:  # (H - 11)/4 + 1 x (W - 11)/4 + 1 x 96
        text = " x ".join(sizes)
    return text.replace("None", "?")


def all_known(volumes: tuple[PartialVolume, ...]) -> TypeGuard[tuple[Volume, ...]]:
    """Say whether every size of some volumes is known."""
    return all(map(is_known, volumes))


def values_in(volume: PartialVolume) -> int | None:
    """Return how many values a volume has; None where that depends on a size not known."""
    return prod(volume) if is_known(volume) else None


def is_known(volume: PartialVolume) -> TypeGuard[Volume]:
    """Say whether every size is a number."""
    return all(type(size) is int for size in volume)


def plain(size: Any) -> int | None:
    """Return a size or a count that is a number; None where it is not known, or a formula in sizes
    that have names.
    """
    return size if isinstance(size, int) else None


def as_data(value: Any, how: str = "") -> Any:
    """Return a number as JSON has it: one that depends on sizes with names is text."""
    told = value is None or isinstance(value, int | float | str)
    return value if told else format(value, how)


def readings(value: Any) -> tuple[Reading, ...]:
    """Return what a value that is no volume here may mean, the likeliest first."""
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        if len(value) == 1 and isinstance(value[0], list | tuple):
            value = value[0]
        if len(value) <= MOST_SIZES:
            return _sizes([_token(size) for size in value], _notation(value))
    if isinstance(value, float):
        return _sizes([_token(value)], "tuple")
    return ()


def doubts(volume: PartialVolume) -> tuple[Reading, ...]:
    """Return what a volume may mean that looks as if it had a batch, or its depth first."""
    if not is_known(volume):
        return _open_doubts(volume)
    if len(volume) > 4:
        return _many(volume)
    if len(volume) == 4:
        return _four(volume)
    if len(volume) == 3:
        first, *rest = volume
        if _depth_first(volume):
            return (Reading((*rest, first), turned=True),)
        if first == 1 and rest[0] == 3 and rest[1] >= SMALLEST_IMAGE:
            return (Reading((rest[1], 3), "1", turned=True),)
    if len(volume) == 2:
        if volume[0] == volume[1] >= SMALLEST_IMAGE:
            return (Reading((*volume, 1), grey=True),)
        if volume[0] == 1 < volume[1]:
            return (Reading(volume[1:], "1"),)
    return ()


def offers(found: Sequence[Reading]) -> list[tuple[str, PartialVolume]]:
    """Return each volume that may be meant with the words that offer it."""
    if len(found) != 1:
        return [(f"write {show(r.volume)} if {_condition(r, found)}", r.volume) for r in found]
    (reading,) = found
    why = reason(reading)
    return [(f"write {show(reading.volume)}" + (f": {why}" if why else ""), reading.volume)]


def reason(reading: Reading) -> str:
    """Say why a volume is written otherwise."""
    why = []
    if reading.batch is not None:
        why.append("the batch is not part of a volume")
    if reading.turned:
        why.append("the depth comes last")
    if reading.grey:
        why.append("a grey image has depth 1")
    return ", and ".join(why)


def _condition(reading: Reading, among: Sequence[Reading]) -> str:
    batches = [other.batch for other in among if other.batch is not None]
    if reading.grey:
        return "it is a grey image"
    if reading.batch is not None and len(batches) < len(among):
        return f"{reading.batch} is a batch"
    if len(reading.volume) == 4 and str(reading.volume[0]) in batches:
        return f"{reading.volume[0]} is the number of frames"
    return f"{reading.volume[-1]} is the depth"


# -- texts, lists and mappings -----------------------------------------------------------------


def _text(text: str) -> tuple[Reading, ...]:
    text = text[: MOST_CHARACTERS + 1].strip()
    if len(text) > MOST_CHARACTERS:
        return ()
    notation: Notation = "tuple"
    prefix = re.match(PREFIX, text)
    if prefix:
        name = prefix.group().lower()
        notation = "torch" if "size" in name else "keras" if "tensorshape" in name else "tuple"
        text = text[prefix.end() :]
    inner = text.strip("()[] ,")
    if not inner:
        return ()
    lenet = re.fullmatch(DEPTH_AT_SIZES, inner)
    if lenet:
        sizes = [_token(size) for size in (*re.split(SEPARATOR, lenet[2]), lenet[1])]
        return _written(sizes)
    tokens = re.split(SEPARATOR, inner)
    if len(tokens) > MOST_SIZES:
        return ()
    if notation == "tuple":
        notation = _notation(tokens)
    return _sizes([_token(token) for token in tokens], notation)


def _written(sizes: Sequence[int | str | None]) -> tuple[Reading, ...]:
    whole = [size for size in sizes if isinstance(size, int)]
    return (Reading(tuple(whole)),) if len(whole) == len(sizes) else ()


def _named(value: Mapping[Any, Any]) -> tuple[Reading, ...]:
    """Read a mapping with other names for the axes, and perhaps a batch."""
    sizes = {}
    batch = None
    for key, size in list(value.items())[: MOST_SIZES + 1]:
        name = str(key).lower()
        if name in BATCH_WORDS:
            batch = str(size)
            continue
        name = AXES.get(name, name)
        whole = _token(size)
        if name in sizes or not isinstance(whole, int):
            return ()
        sizes[name] = whole
    if "length" in sizes and "height" in sizes:
        return ()
    order = ("frames", "length", "height", "width", "depth")
    volume = tuple(sizes[name] for name in order if name in sizes)
    known = set(sizes)
    full = {"depth"} < known <= set(order) and (
        known in ({"length", "depth"}, {"height", "width", "depth"})
        or known == {"frames", "height", "width", "depth"}
    )
    return (Reading(volume, batch),) if full and len(volume) == len(sizes) else ()


def _token(size: Any) -> int | str | None:
    """Return a size as a number, a batch or a size not known as text, None for anything else."""
    if isinstance(size, bool):
        return None
    if size is None:
        return "null"
    if isinstance(size, int):
        if size == -1:
            return "-1"
        return size if 0 < size <= LARGEST else None
    if isinstance(size, float):
        return int(size) if size.is_integer() and 0 < size <= LARGEST else None
    if not isinstance(size, str) or len(size) > 40:
        return None
    word = size.strip()
    if word.lower() in UNKNOWN_WORDS or word.lower() in BATCH_WORDS:
        return word
    whole = re.fullmatch(WHOLE, word)
    return int(whole[1]) if whole and int(whole[1]) <= LARGEST else None


def _notation(tokens: Sequence[Any]) -> Notation:
    """Tell by what stands for the batch: torchsummary prints -1, Keras None or ?."""
    first = tokens[0] if len(tokens) else 0
    if first == -1 or first == "-1":
        return "torch"
    unknown = first is None or (isinstance(first, str) and first.lower() in UNKNOWN_WORDS)
    return "keras" if unknown else "tuple"


# -- which order, and is there a batch? --------------------------------------------------------


def _sizes(tokens: Sequence[int | str | None], notation: Notation) -> tuple[Reading, ...]:
    if not tokens or any(token is None for token in tokens):
        return ()
    batch = tokens[0] if isinstance(tokens[0], str) else None
    rest = tokens if batch is None else tokens[1:]
    if any(isinstance(size, str) for size in rest):
        return _open(tokens)
    sizes = tuple(size for size in rest if isinstance(size, int))
    if not sizes or len(sizes) > MOST_SIZES:
        return ()
    if batch is not None:
        return _ordered(sizes, batch, notation) if len(sizes) <= MOST_AXES else ()
    return _without_mark(sizes, notation)


def _without_mark(sizes: Volume, notation: Notation) -> tuple[Reading, ...]:
    """Nothing but numbers: is the first a batch?"""
    first, *rest = sizes
    behind = tuple(rest)
    batch = str(first)
    if len(sizes) == 1:
        return (Reading(sizes),)
    if len(sizes) > 4:
        return _many_without_mark(sizes, notation)
    if notation == "torch" and len(sizes) in (2, 4):
        return _ordered(behind, batch, notation)
    if len(sizes) == 4:
        if first == 1:
            return _ordered(behind, batch, notation)
        if sizes[1] in CHANNELS and sizes[3] not in CHANNELS:
            return _batch_or_frames(sizes)
        return (*_ordered(behind, batch, notation)[:1], Reading(sizes))
    if len(sizes) == 3:
        if _depth_first(sizes):
            return (Reading((*behind, first), turned=True),)
        if notation == "torch":
            return ()
        if first == 1 and rest[0] != 1:
            return (*_ordered(behind, batch, notation), Reading(sizes))
        return _ordered(sizes, None, notation)
    if first == 1:
        return (Reading(behind, batch),)
    if first == rest[0] >= SMALLEST_IMAGE:
        return Reading((*sizes, 1), grey=True), Reading(sizes)
    return Reading(behind, batch), Reading(sizes)


def _many_without_mark(sizes: Volume, notation: Notation) -> tuple[Reading, ...]:
    """Five numbers are likelier a batch of films than a volume; more can be either."""
    first, *rest = sizes
    film = len(sizes) == 5 and (rest[0] in CHANNELS or rest[-1] in CHANNELS)
    found = _ordered(tuple(rest), str(first), notation)
    if film or first == 1 or notation == "torch":
        return found
    return (*found[:1], Reading(sizes)) if len(sizes) <= MOST_AXES else ()


def _ordered(sizes: Volume, batch: str | None, notation: Notation) -> tuple[Reading, ...]:
    """Return the sizes behind a batch with the depth last, in both orders where both may be."""
    first, *rest = sizes
    last = Reading(sizes, batch)
    turned = Reading((*rest, first), batch, turned=True)
    if len(sizes) == 1 or len(set(sizes)) == 1:
        return (last,)
    if _depth_first(sizes):
        return (turned,)
    if _depth_first(sizes[::-1]):
        return (last,)
    if len(sizes) == 2:
        few = first in CHANNELS and rest[0] >= SMALLEST_IMAGE
        if notation == "keras" or (rest[0] in CHANNELS and first >= SMALLEST_IMAGE):
            return (last,)
        return (turned,) if few else (turned, last)
    if notation == "torch":
        return (turned,)
    if sizes[-1] in CHANNELS or sizes[-3] == sizes[-2]:
        return (last,)
    if len(sizes) == 4 and first in CHANNELS:
        return (turned,)
    if sizes[-1] == sizes[-2]:
        return (turned,) if first > sizes[-1] else (turned, last)
    return (last,) if notation in ("keras", "ours") or batch is None else (last, turned)


def _many(volume: Volume) -> tuple[Reading, ...]:
    """Doubts about five sizes and more: a batch of one, or one of films or scans."""
    first, second, *_, last = volume
    film = len(volume) == 5 and (second in CHANNELS or last in CHANNELS)
    if (first == 1 != second) or (film and min(volume[2:4]) >= SMALLEST_IMAGE):
        return _ordered(volume[1:], str(first), "ours")
    return ()


def _open(tokens: Sequence[int | str | None]) -> tuple[Reading, ...]:
    """Read sizes of which some behind the first are not known: Keras' (None, None, None, 3)."""
    if any(isinstance(size, str) and size.lower() in BATCH_WORDS for size in tokens[1:]):
        return ()
    sizes = tuple(size if isinstance(size, int) else None for size in tokens)
    whole, behind = Reading(sizes), Reading(sizes[1:], str(tokens[0]))
    if len(sizes) == 2:
        return (behind,)
    if len(sizes) == 3:
        image = sizes[0] is None and (sizes[-1] is None or sizes[-1] in CHANNELS)
        first = isinstance(sizes[0], int) and sizes[0] in CHANNELS and sizes[1:] == (None, None)
        if first:
            return (Reading((*sizes[1:], sizes[0]), turned=True),)
        return (whole,) if image else (whole, behind)
    if len(sizes) == 4 and sizes[0] is not None and sizes[0] > 1 and None in sizes[1:3]:
        return behind, whole
    if len(sizes) in (4, 5) and sizes[1] in CHANNELS and sizes[-1] is None:
        return (Reading((*sizes[2:], sizes[1]), str(tokens[0]), turned=True),)
    return (behind,) if len(sizes) in (4, 5) else ()


def _open_doubts(volume: PartialVolume) -> tuple[Reading, ...]:
    """Doubts about a volume that is known in part."""
    first, *behind = volume
    if len(volume) == 4 and first in (None, 1):
        (reading,) = _open([("?" if size is None else size) for size in volume])
        return (reading,)
    if len(volume) == 3 and first in CHANNELS and behind == [None, None] and first != 1:
        return (Reading((*behind, first), turned=True),)
    return ()


def _depth_first(sizes: Volume) -> bool:
    """Say whether three sizes look like an image with its depth first."""
    if len(sizes) != 3:
        return False
    D, H, W = sizes
    return D in CHANNELS and min(H, W) >= SMALLEST_IMAGE and (H == W or D == 3)


def _batch_or_frames(sizes: Volume) -> tuple[Reading, ...]:
    count, D, H, W = sizes
    return (
        Reading((H, W, D), str(count), turned=True),
        Reading((count, H, W, D), turned=True),
    )


def _four(volume: Volume) -> tuple[Reading, ...]:
    """Doubts about four sizes, which are frames x height x width x depth as they are written."""
    first, second, third, last = volume
    images = min(third, last) >= SMALLEST_IMAGE and (third == last or second == 3)
    if first == 1 and (second, third) != (1, 1):
        found = _ordered(volume[1:], "1", "ours")
        if images and second >= SMALLEST_IMAGE and third == last:
            grey = Reading((second, third, last, 1), turned=True)  # a film or scan, depth first
            return (*found[:1], grey)
        return found
    if not images:
        return ()
    if second in CHANNELS and last not in CHANNELS and first != 1:
        return _batch_or_frames(volume)
    if first in CHANNELS and first != 1 and third == last:
        return (Reading((*volume[1:], first), turned=True),)
    return ()


__all__ = [
    "PartialVolume",
    "Reading",
    "Volume",
    "all_known",
    "doubts",
    "is_known",
    "offers",
    "readings",
    "reason",
    "show",
    "values_in",
]
