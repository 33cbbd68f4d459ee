"""Arrays from outside: checked against the network, and turned channels last; and back again.

Outside, a value is N x D x spatial sizes (N x units), as PyTorch and the lectures have it; inside
it is N x spatial sizes x D.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from shapecalc import rules
from shapecalc.diagnostics import Fault, quote
from shapecalc.diagnostics import refusal as refusal
from shapecalc.executor.buffers import Array
from shapecalc.layers.base import show
from shapecalc.network.example import examples_in

REAL = "biuf"  # NumPy's letters for truth, whole numbers and floating point


def numeric(values: Any, key: str, dtype: npt.DTypeLike, holes: bool = False) -> Array:
    """Return values as an array of real numbers. Raises SpecError for everything else.

    With `holes`, None is read as NaN: a place that is not compared.
    """
    try:
        raw = np.asarray(values)
        with np.errstate(over="ignore"):  # what is too large for float32 is found below
            array = np.asarray(raw if _letter(raw) in REAL else _converted(raw), dtype=dtype)
    except MemoryError:
        raise
    except Exception as error:  # what stands for an array may raise anything
        said = " ".join(str(error).split())
        message = f"{quote(key)} is not an array of real numbers ({quote(said)})"
        raise refusal(Fault(rules.WRONG_VALUE, message), key) from None
    if not holes and not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        at = f" at {place}" if place else ""
        message = f"{quote(key)} holds {array[tuple(place)]}{at}"
        raise refusal(Fault(rules.WRONG_VALUE, message, "give finite numbers"), key)
    return array


def _letter(array: Array) -> str:
    return array.dtype.str[1]


def _converted(raw: Array) -> Array:
    """Return an array of objects as numbers; raise TypeError for text, dates and complex ones.

    float() reads text, which is no number here, and NumPy drops the imaginary part in silence.
    """
    letter = _letter(raw)
    if letter != "O":
        titles = {"c": "complex numbers", "U": "text", "S": "text", "M": "dates", "m": "times"}
        raise TypeError(f"it holds {titles.get(letter, 'records')}")
    if any(isinstance(value, str | bytes | complex) for value in raw.flat):
        raise TypeError("it holds text or complex numbers")
    return raw.astype(np.float64)


def shaped(array: Array, wanted: tuple[int, ...], key: str, batched: bool = False) -> Array:
    """Return an array with all its axes: `wanted`, or N x wanted if it is `batched`.

    Leading axes of 1 may be left out, one further axis is the batch. Raises SpecError.
    """
    count = examples_in(array.shape, wanted, batched)
    if count is None:
        given = show(array.shape) if array.shape else "a single number"
        message = f"{quote(key)} is {given}, and should be {show(wanted)}"
        hint = "N examples: N x " + show(wanted) if batched else "PyTorch's layout"
        raise refusal(Fault(rules.WRONG_VALUE, message, hint), key)
    return array.reshape((count, *wanted) if batched else wanted)


def channels_last(array: Array) -> Array:
    """Return N x D x spatial sizes as N x spatial sizes x D, contiguous."""
    return np.ascontiguousarray(np.moveaxis(array, 1, -1))


def depth_first(array: Array) -> Array:
    """Return N x spatial sizes x D as N x D x spatial sizes, a view."""
    return np.moveaxis(array, -1, 1)
