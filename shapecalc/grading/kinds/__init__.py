"""Kinds of questions with a rule of their own: one file each, with a KIND, named here by its word.

What a report or an executed example answers is no such kind: it is one of their numbers.
"""

from __future__ import annotations

from shapecalc.grading.kinds.kind import Kind
from shapecalc.registry import Registry

FILES = {
    "fitting": "fitting_input",
    "flops": "flops",
    "formula": "letters",
    "im2col": "im2col_values",
    "layers": "layer_count",
    "range": "field_range",
}
KINDS: Registry[Kind] = Registry(
    "kind of question",
    {word: f"{__name__}.{file}:KIND" for word, file in FILES.items()},
    fits=lambda thing: isinstance(thing, Kind),
    needs="a Kind",
)

__all__ = ["KINDS", "Kind"]
