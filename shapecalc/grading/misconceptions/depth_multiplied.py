"""The depth multiplied by the filters: 32x32x3 with 10 filters gives 32x32x30."""

from __future__ import annotations

from collections.abc import Iterable

from shapecalc.grading.misconceptions.case import Case, Misconception, Wrong
from shapecalc.layers.conv import Conv, ConvTranspose


def model(case: Case) -> Iterable[Wrong]:
    """Yield the output D*K deep."""
    if case.key == "output" and isinstance(case.layer, Conv | ConvTranspose) and case.volume:
        D, K = case.volume[-1], case.layer.K
        yield from case.deepened(D * K, f"depth {D}*{K} = {D * K}")


MISCONCEPTION = Misconception(
    "depth_multiplied", "the depths were multiplied; every filter gives one slice", model
)
