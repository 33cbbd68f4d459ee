"""What a field says whose value is to be found, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

WORDS = ("any", "?")
# The fields that may say so, with what is read in their place until a value is chosen.
PLACEHOLDERS = {"P": 0, "F": 1, "S": 1, "K": 1, "dilation": 1, "output_padding": 0}

Beyond = Literal["", "some", "all"]


class Value(NamedTuple):
    """Values that fit, and the volume that a layer gives with them; empty where it is not known."""

    fields: Mapping[str, Any]
    output: tuple[Any, ...]


class Choice(NamedTuple):
    """What fits in the fields of a layer that say any, the chosen values first."""

    fields: tuple[str, ...]
    values: Sequence[Value]
    more: int  # values beyond those that are listed
    endless: tuple[str, ...]  # fields of which any larger value fits as well
    searched: tuple[tuple[str, int, int], ...] = ()  # each field, from where and up to where
    beyond: Beyond = ""  # whether values larger than those tried fit, too
