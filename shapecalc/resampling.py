"""Axes that are resampled: to a factor or a size, or into an adaptive pool's bins.

Source: PyTorch, torch.nn.Upsample (half-pixel centres) and torch.nn.AdaptiveAvgPool2d.
"""

from __future__ import annotations

from math import gcd
from typing import NamedTuple


class Resize(NamedTuple):
    """How an axis of W pixels is resampled to `size`: an output is old/new pixels wide."""

    W: int
    size: int
    old: int
    new: int


def scaled(W: int, scale: int | float, nearest: bool) -> Resize:
    """Return how an axis is resampled by a factor; a size that is no whole number is floored.

    The product is that of floating-point numbers, as PyTorch has it; the factor is the decimal
    number that is written. Unless the nearest pixel is taken, a size that comes to W counts as the
    factor 1 (PyTorch).
    """
    if isinstance(scale, int):
        return Resize(W, W * scale, 1, scale)
    from decimal import Decimal  # few factors are fractions

    size = int(W * scale) if type(W) is int else W.scaled(scale)  # type: ignore[attr-defined]
    if size == W and not nearest:
        return resized(W, size)
    new, old = Decimal(repr(scale)).as_integer_ratio()
    return Resize(W, size, old, new)


def resized(W: int, size: int) -> Resize:
    """Return how an axis is resampled to a size."""
    if type(W) is not int or type(size) is not int:  # nothing that is asked of it depends on this
        return Resize(W, size, 1, 1)
    common = gcd(W, size)
    return Resize(W, size, W // common, size // common)


def nearest_reach(j: int, resize: Resize) -> tuple[int, int]:
    """Return the input under the start of output j, floor(j*old/new), twice."""
    first = j * resize.old // resize.new
    return first, first


def bilinear_reach(j: int, resize: Resize) -> tuple[int, int]:
    """Return the two inputs around the centre of output j, (j + 1/2)*old/new - 1/2."""
    old, new = resize.old, resize.new
    first = ((2 * j + 1) * old - new) // (2 * new)
    return first, first if old == new else first + 1


def widest_bin(W: int, bins: int) -> int:
    """Return the most pixels an adaptive pool's bin covers.

    Bin j of `bins` covers floor(j*W/bins) up to ceil((j + 1)*W/bins) (PyTorch). With the fraction
    in lowest terms w/b, j*w mod b takes every value up to b - 1.
    """
    common = gcd(W, bins)
    w, b = W // common, bins // common
    return -(-(w + b - 1) // b)


def bin_reach(j: int, W: int, bins: int) -> tuple[int, int]:
    """Return the first and the last input that an adaptive pool's bin j covers."""
    return j * W // bins, -(-(j + 1) * W // bins) - 1
