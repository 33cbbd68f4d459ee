"""Words of PyTorch and Keras that are part of the language, beside the lectures' letters."""

from __future__ import annotations

from collections.abc import Mapping

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "K": ("filters", "out_channels"),
    "F": ("kernel_size", "pool_size"),
    "S": ("stride", "strides"),
    "P": ("padding",),
}
