"""What a kind of question is: how it is answered, put in words, worked out and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shapecalc.derivations import Derivation
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.values import Value


class Kind(NamedTuple):
    """A kind of question about a network.

    `answer` raises Unanswerable where there is nothing to ask, and is None for what is not known.
    `prompt` is given what a layer is, `conv1: conv K=96 F=11 S=4 P=0 on 227x227x3`, without what
    must not be told. `suits` says of an answer that is not the computed one whether it is right as
    well, and `why_wrong` what is the matter with one that is not.
    """

    answer: Callable[[NamedLayers, Query], Value | None]
    derivations: Callable[[NamedLayers, Query], Sequence[Derivation]]
    prompt: Callable[[NamedLayers, Query, str], str]
    suits: Callable[[NamedLayers, Query, Value], bool] | None = None
    why_wrong: Callable[[NamedLayers, Query, Value], str] | None = None
