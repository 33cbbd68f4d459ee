"""Layers of Keras that prepare categories, numbers, texts and images: no weights, one volume.

Sources: Keras, layers.CategoryEncoding, Discretization, Hashing, StringLookup, TextVectorization,
Rescaling, Normalization.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

from shapecalc.diagnostics import LIMIT
from shapecalc.readers.items import Sizes
from shapecalc.readers.keras.opaque import Config, Formula, whole
from shapecalc.readers.opaque import Opaque

Depth = Callable[[Config], int | None]


def _tokens(config: Config) -> int | None:
    return whole(config.get("num_tokens"))


def _bins(config: Config) -> int | None:
    """Return the number of bins: one more than there are boundaries between them."""
    boundaries = config.get("bin_boundaries")
    return len(boundaries) + 1 if isinstance(boundaries, list) else whole(config.get("num_bins"))


def _words(config: Config) -> int | None:
    """Return the size of a vocabulary; of one that is learned only what it is filled up to."""
    key = "max_tokens" if config.get("pad_to_max_tokens") else "vocabulary_size"
    return whole(config.get(key))


def _encoded(depth_of: Depth, usual: str) -> Formula:
    """Numbers as they are, or as vectors with a place for each category, of all or of each."""

    def numbers(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
        volume, mode = inputs[0], config.get("output_mode", usual)
        if mode == "int" or not volume:
            return Opaque((volume,), {}, 0)
        alone = mode == "one_hot" and volume[-1] != 1
        if len(volume) > 1 and not alone:
            return Opaque((None,), {}, 0)
        return Opaque(((*(volume if alone else volume[:-1]), depth_of(config)),), {}, 0)

    return numbers


def _sentences(config: Config, inputs: Sequence[Sizes | None]) -> Opaque:
    """Texts as numbers of their words, or as one vector each."""
    if config.get("output_mode", "int") == "int":
        return Opaque(((whole(config.get("output_sequence_length")),),), {}, 0)
    return Opaque(((_words(config),),), {}, 0)


ENCODERS = {
    "CategoryEncoding": _encoded(_tokens, "multi_hot"),
    "Discretization": _encoded(_bins, "int"),
    "HashedCrossing": _encoded(_bins, "int"),
    "Hashing": _encoded(_bins, "int"),
    "IntegerLookup": _encoded(_words, "int"),
    "StringLookup": _encoded(_words, "int"),
    "TextVectorization": _sentences,
}


# -- fixed numbers ---------------------------------------------------------------------------------

Numbers = list[float]  # one for each slice, or a single one for all
LEAST_DEVIATION = 1e-7  # Keras' epsilon: no smaller standard deviation is divided by


def rescaled(config: Config) -> tuple[Numbers, Numbers] | None:
    """Return what x is multiplied by, and what is added; None where one is no number or list."""
    scale, offset = _numbers(config.get("scale")), _numbers(config.get("offset", 0))
    return None if scale is None or offset is None else (scale, offset)


def normalized(config: Config) -> tuple[Numbers, Numbers] | None:
    """Return weight and bias of (x - mean)/deviation, or of its inverse x*deviation + mean.

    None where mean and variance are not given: they are learned from the data then.
    """
    mean, variance = _numbers(config.get("mean")), _numbers(config.get("variance"))
    if mean is None or variance is None or min(variance) < 0:
        return None
    deviation = [max(sqrt(one), LEAST_DEVIATION) for one in variance]
    if config.get("invert"):
        return deviation, mean
    weight = [1 / one for one in deviation]
    means, weights = (numbers * max(len(mean), len(weight)) if len(numbers) == 1 else numbers
                      for numbers in (mean, weight))  # fmt: skip
    if len(means) != len(weights):
        return None
    return weight, [-a * b for a, b in zip(means, weights, strict=True)]


def _numbers(value: Any) -> Numbers | None:
    listed = value if isinstance(value, list) else [value]
    known = [float(one) for one in listed if type(one) in (int, float) and abs(one) <= LIMIT]
    return known if known and len(known) == len(listed) else None


FIXED: dict[str, Callable[[Config], tuple[Numbers, Numbers] | None]] = {
    "Normalization": normalized,
    "Rescaling": rescaled,
}
