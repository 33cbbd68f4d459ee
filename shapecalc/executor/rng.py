"""Random numbers by purpose, so that no two arrays of a run are drawn from one stream.

NumPy fills seeds up with zeros, (0,) and (0, 0) are the same: each begins with its purpose.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Purpose = Literal[
    "input",
    "parameter",
    "bias",
    "layer",
    "upstream",
    "direction of inputs",
    "direction of parameters",
    "checked layer",
    "checked gradient",
    "pattern",
]
PURPOSES: tuple[str, ...] = get_args(Purpose)
DIFFERENT = 2**18 - 5  # a prime: the repetition never falls in with rows, channels or filters


def generator(purpose: Purpose, *numbers: int) -> np.random.Generator:
    """Return the random numbers of a purpose, a seed, and what else tells arrays apart."""
    return np.random.default_rng((PURPOSES.index(purpose) + 1, *numbers))


def normal(random: np.random.Generator, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Fill a contiguous array with standard normal values; those of a large one repeat after
    DIFFERENT of them.
    """
    repeat(random.standard_normal(min(values.size, DIFFERENT)), values)
    return values


def repeat(values: npt.NDArray[Any], out: npt.NDArray[Any]) -> None:
    """Fill a contiguous array with values, again and again."""
    flat = out.reshape(-1)
    for first in range(0, flat.size, max(1, len(values))):
        part = flat[first : first + len(values)]
        part[...] = values[: len(part)]
