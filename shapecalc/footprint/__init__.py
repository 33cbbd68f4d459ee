"""How much memory a network takes, in inference and in training, and which batch fits.

schedule.py walks forward and backward as PyTorch does, and says what is alive when; estimate.py
makes bytes of it.
"""

from shapecalc.footprint.estimate import (
    DTYPES,
    OPTIMIZERS,
    Fit,
    LayerMemory,
    Memory,
    estimate,
    read_bytes,
)

__all__ = [
    "DTYPES",
    "OPTIMIZERS",
    "Fit",
    "LayerMemory",
    "Memory",
    "estimate",
    "read_bytes",
]
