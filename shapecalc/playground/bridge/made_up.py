"""Small whole numbers for a picture of a window: easy to multiply, and the same at every visit."""

from __future__ import annotations

MIX = 0x9E3779B1  # spreads neighbouring numbers over 32 bits (Knuth's multiplicative hashing)
BITS = 0xFFFFFFFF


def drawn(least: int, most: int, *place: int) -> int:
    """Return a whole number from `least` to `most` for a place; neighbours look unrelated."""
    mixed = 0
    for number in place:
        mixed = ((mixed ^ (number & BITS)) * MIX + 1) & BITS
        mixed ^= mixed >> 15
    return least + mixed % (most - least + 1)


def value(slice_: int, place: tuple[int, ...]) -> int:
    """Return an input value, 0 to 5."""
    return drawn(0, 5, 1, slice_, *place)


def weight(slice_: int, tap: tuple[int, ...]) -> int:
    """Return a weight of the first filter, -2 to 2."""
    return drawn(-2, 2, 2, slice_, *tap)


def pointwise(slice_: int) -> int:
    """Return the weight of a slice in a filter of 1x1, 1 to 3."""
    return drawn(1, 3, 3, slice_)


BIAS = 1
