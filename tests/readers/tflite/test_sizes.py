"""Arithmetic with sizes of tensors: as plain Python has it, and bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from shapecalc.readers.tflite.model import Operator
from shapecalc.readers.tflite.sizes import measured


def one(what: str, *inputs: Sequence[float] | None, whole: bool = True, **options: Any) -> Any:
    """Return what an operator gives."""
    names = ("begin_mask", "end_mask", "shrink_axis_mask")
    options = dict.fromkeys(names, 0) | options
    return measured(Operator(what, (), (), options, 0, ()), whole, inputs)


@pytest.mark.parametrize(
    ("what", "inputs", "options", "expected"),
    [
        ("CAST", [[2.9, 3]], {}, [2, 3]),
        ("PACK", [[1], [2], [3]], {}, [1, 2, 3]),
        ("CONCATENATION", [[1, 2], [3]], {}, [1, 2, 3]),
        ("ADD", [[1, 2], [10]], {}, [11, 12]),
        ("SUB", [[7], [1, 2]], {}, [6, 5]),
        ("FLOOR_DIV", [[7, 8], [2, 3]], {}, [3, 2]),
        ("FLOOR_MOD", [[7], [4]], {}, [3]),
        ("DIV", [[7], [2]], {}, [3]),
        ("MAXIMUM", [[7, 1], [4]], {}, [7, 4]),
        ("REDUCE_PROD", [[2, 3, 4], [0]], {}, [24]),
        ("GATHER", [[5, 6, 7], [2, 0]], {}, [7, 5]),
        ("SLICE", [[5, 6, 7], [1], [-1]], {}, [6, 7]),
        ("SLICE", [[5, 6, 7], [0], [2]], {}, [5, 6]),
        ("STRIDED_SLICE", [[5, 6, 7], [1], [3], [1]], {}, [6, 7]),
        ("STRIDED_SLICE", [[5, 6, 7], [1], [0], [1]], {"end_mask": 1}, [6, 7]),
        ("STRIDED_SLICE", [[5, 6, 7], [0], [0], [2]], {"begin_mask": 1, "end_mask": 1}, [5, 7]),
        ("STRIDED_SLICE", [[5, 6, 7], [-1], [0], [1]], {"shrink_axis_mask": 1}, [7]),
    ],
)
def test_what_operators_give(
    what: str, inputs: list[list[float]], options: dict[str, int], expected: list[int]
) -> None:
    assert one(what, *inputs, **options) == expected


@pytest.mark.parametrize(
    ("what", "inputs"),
    [
        ("ADD", [[1], None]),
        ("ADD", [[1, 2], [1, 2, 3]]),
        ("DIV", [[1], [0]]),
        ("FLOOR_DIV", [[1], [0]]),
        ("MUL", [[2**40], [2**40]]),
        ("MUL", [[1e300], [1e300]]),
        ("GATHER", [[1], [7]]),
        ("SLICE", [[1], [], []]),
        ("STRIDED_SLICE", [[1, 2], [0], [2], [0]]),
        ("REDUCE_MAX", [[], [0]]),
        ("CONCATENATION", [[1] * 40, [1] * 40]),
        ("SIN", [[1]]),
        ("ADD", []),
    ],
)
def test_what_is_not_known(what: str, inputs: list[Sequence[float] | None]) -> None:
    assert one(what, *inputs) is None
