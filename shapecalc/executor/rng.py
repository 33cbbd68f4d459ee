"""Random numbers by purpose, so that no two arrays of a run are drawn from one stream.

NumPy fills seeds up with zeros, (0,) and (0, 0) are the same: each begins with its purpose.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

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
]
PURPOSES: tuple[str, ...] = get_args(Purpose)


def generator(purpose: Purpose, *numbers: int) -> np.random.Generator:
    """Return the random numbers of a purpose, a seed, and what else tells arrays apart."""
    return np.random.default_rng((PURPOSES.index(purpose) + 1, *numbers))
