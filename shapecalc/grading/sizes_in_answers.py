"""Sizes as they stand in an answer: a volume, with a batch in front, in PyTorch's order, or beside
what it is worked out by.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, prod
from typing import Any

from shapecalc.grading.notation import TITLE
from shapecalc.grading.reading import SEVERAL, TAKEN, Reading
from shapecalc.grading.sizes_by_name import sizes_by_name
from shapecalc.grading.values import Number, Value, shown
from shapecalc.grading.volumes_in_words import OF_INPUT, volumes_in_words
from shapecalc.grading.written_numbers import Unreadable
from shapecalc.grading.written_sizes import LACKED, VOLUME, has_batch, only_volume, stated_volume


def as_sizes(value: Value) -> tuple[Any, ...]:
    """Return sizes, of which a single one may have been read as a number."""
    return value if isinstance(value, tuple) else (value,)


def of_a_volume(text: str) -> list[Reading]:
    """Return what a volume means whose sizes stand apart, or by their names. Raises Unreadable."""
    found = volumes_in_words(text)
    named = None if found else sizes_by_name(text)
    tells = OF_INPUT.search(text) is None  # which is of two sizes, or has them in any order
    return [Reading(sizes, named=tells) for sizes in found or ([] if named is None else [named])]


def behind_a_batch(answer: Any, sizes: tuple[Any, ...]) -> list[Reading]:
    """Return what sizes mean in PyTorch's order where a batch stands in front of them."""
    one = sizes[0] == 1
    if len(sizes) < (4 if one else 3) or not (one or has_batch(answer)):
        return []
    depth, *plane = sizes[1:] if one else sizes
    return [Reading((*plane, depth), "read as batch, depth, height, width", named=True)]


def worked_towards(found: list[Reading], text: str) -> list[Reading]:
    """Return the only volume of a text where it is stated in front, `13x13x24, F = 5`, or what was
    read first, if anything, is a size of it before it is rounded: `(30-3)/2 = 13.5, rounded down
    13x13x24`.

    Raises Unreadable for a size that is not whole beside a volume that may not be meant.
    """
    stated = stated_volume(TITLE.sub("", text))
    if stated is not None:
        return [Reading(stated)]
    sizes = only_volume(LACKED.sub("", text))
    taken = "" if sizes is None else f"{shown(sizes)} {TAKEN}"
    volumes = [] if sizes is None else [Reading(sizes, taken)]
    if not found:
        return volumes
    size = as_sizes(found[0].value)[0]
    if volumes and {floor(size), ceil(size)} & set(as_sizes(volumes[0].value)):
        return volumes
    if size != floor(size) and VOLUME.search(text):
        raise Unreadable(SEVERAL)
    return []


def of_framework(sizes: tuple[Number, ...]) -> list[Reading]:
    """Return what a shape in PyTorch's order means: it has the depth first, behind the batch."""
    note = "read in PyTorch's order, depth first"
    behind_batch, all_of_it = sizes[1:], sizes
    ways = [behind_batch, all_of_it] if len(sizes) in (2, 4, 5) else [all_of_it, behind_batch]
    return [Reading((*way[1:], way[0]), note, named=True) for way in ways if way]


def volume_and_products(found: Sequence[Reading]) -> list[Reading]:
    """Return the volume that a working states, and the products that are how many values it has."""
    best = max(found, key=lambda reading: len(as_sizes(reading.value)))
    count = prod(as_sizes(best.value))
    products = [reading for reading in found if reading.value == (count,) != best.value]
    if products and not best.note:
        told = f"read as {shown(best.value)}; {count:,} is how many values it has"
        best = best._replace(note=told)
    return [best, *products]
