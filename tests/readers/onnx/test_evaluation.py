"""The arithmetic of shapes: sizes that are not known, and what is too large."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.readers.onnx.evaluation.arrays import Array, broadcast, vector
from shapecalc.readers.onnx.evaluation.evaluator import OPERATORS, Evaluator
from shapecalc.readers.onnx.evaluation.reshaping import shape_of
from shapecalc.readers.onnx.model import ALL_VALUES, BOOL, FLOAT, INT64, MOST_VALUES

OPEN = vector([1, None, 8])


def evaluated(op: str, *arrays: Array | None, **given: Any) -> Array | None:
    """Return the first thing that an operator gives."""
    found = Evaluator().evaluate(op, arrays, given)
    return found[0] if found else None


def scalar(value: Any, data_type: int = INT64) -> Array:
    return Array((), data_type, [value])


@pytest.mark.parametrize(
    ("op", "arrays", "given", "values"),
    [
        ("Gather", (OPEN, scalar(1)), {"axis": 0}, [None]),
        ("Gather", (OPEN, scalar(-1)), {"axis": 0}, [8]),
        ("Mul", (OPEN, scalar(2)), {}, [2, None, 16]),
        ("Div", (OPEN, scalar(0)), {}, [None, None, None]),
        ("Concat", (OPEN, vector([-1])), {"axis": 0}, [1, None, 8, -1]),
        ("Equal", (OPEN, vector([-1, -1, 8])), {}, [False, None, True]),
        ("Where", (Array((2,), BOOL, [None, True]), vector([3, 4]), vector([3, 5])), {}, [3, 4]),
        ("Where", (Array((1,), BOOL, [None]), vector([3]), vector([4])), {}, [None]),
        ("Slice", (OPEN,), {"starts": [1], "ends": [2**63 - 1]}, [None, 8]),
        ("Slice", (OPEN,), {"starts": [-1], "ends": [-(2**63)], "steps": [-1]}, [8, None, 1]),
        ("ReduceProd", (OPEN,), {"keepdims": 0}, [None]),
        ("Size", (Array((3, None), FLOAT),), {}, [None]),
        ("Cast", (Array((1,), FLOAT, [float("inf")]),), {"to": INT64}, [None]),
        ("Pow", (scalar(10), scalar(10**9)), {}, [None]),
        ("Mul", (scalar(2**62), scalar(4)), {}, [None]),
        ("Sqrt", (scalar(-1.0, FLOAT),), {}, [None]),
        ("Mod", (scalar(-7), scalar(3)), {}, [2]),
        ("Mod", (scalar(-7), scalar(3)), {"fmod": 1}, [-1]),
        ("Div", (scalar(-7), scalar(2)), {}, [-3]),
    ],
)
def test_values(op: str, arrays: Any, given: Any, values: Any) -> None:
    found = evaluated(op, *arrays, **given)
    assert found is not None
    assert found.values == values


@pytest.mark.parametrize(
    ("op", "arrays", "given", "shape"),
    [
        ("Reshape", (Array((2, 6), FLOAT),), {"shape": [-1, 4]}, (3, 4)),
        ("Reshape", (Array((2, None), FLOAT),), {"shape": [0, -1, 4]}, (2, None, 4)),
        ("Reshape", (Array((2, 6), FLOAT),), {"shape": [None, 4]}, (None, 4)),
        ("Expand", (Array((1, 3), FLOAT),), {"shape": [5, 1, 1]}, (5, 1, 3)),
        ("ConstantOfShape", (None,), {"shape": [None, 2]}, (None, 2)),
        ("Range", (scalar(0), scalar(None), scalar(1)), {}, (None,)),
        ("Gather", (Array((169, 3), FLOAT), Array((49, 49), INT64)), {"axis": 0}, (49, 49, 3)),
        ("MatMul", (Array((1, 5, 2), FLOAT), Array((2, 7), FLOAT)), {}, (1, 5, 7)),
        ("NonZero", (Array((4, 4), BOOL),), {}, (2, None)),
        ("Sigmoid", (Array((10**6, 10**6), FLOAT),), {}, (10**6, 10**6)),
    ],
)
def test_shapes_of_what_has_no_known_values(op: str, arrays: Any, given: Any, shape: Any) -> None:
    found = evaluated(op, *arrays, **given)
    assert found is not None
    assert found.shape == shape
    assert found.values is None


@pytest.mark.parametrize(
    ("op", "arrays", "given"),
    [
        ("Add", (vector([1, 2]), vector([1, 2, 3])), {}),
        ("Reshape", (vector([1, 2]),), {"shape": [3, -1]}),
        ("Reshape", (vector([1, 2]),), {"shape": [-1, -1]}),
        ("Transpose", (vector([1, 2]),), {"perm": [1]}),
        ("Gather", (vector([1, 2]), scalar(2)), {}),
        ("Concat", (vector([1]), scalar(1)), {"axis": 0}),
        ("Slice", (vector([1]),), {"starts": [0.5], "ends": [1]}),
        ("Unsqueeze", (vector([1]),), {"axes": [5]}),
        ("Squeeze", (vector([1]),), {"axes": "x"}),
        ("Add", (vector([1]), None), {}),
        ("ConstantOfShape", (None,), {"shape": [-2]}),
        ("NoSuchOperator", (vector([1]),), {}),
    ],
)
def test_what_does_not_fit_gives_nothing(op: str, arrays: Any, given: Any) -> None:
    assert evaluated(op, *arrays, **given) is None


def test_the_shape_of_an_array_is_an_array() -> None:
    assert shape_of((2, None, 5), {}) == vector([2, None, 5])
    assert shape_of((2, None, 5), {"start": -2}) == vector([None, 5])
    assert shape_of((2, None, 5), {"start": "x"}).values is None


@pytest.mark.parametrize(
    ("op", "arrays", "given"),
    [
        ("Expand", (vector([7]),), {"shape": [10**9, 10**9]}),
        ("Tile", (vector([7]),), {"repeats": [10**12]}),
        ("Tile", (Array((0, 1), INT64, []),), {"repeats": [1, 10**12]}),
        ("Range", (scalar(0), scalar(2**60), scalar(1)), {}),
        ("ConstantOfShape", (None,), {"shape": [2**40]}),
        ("Transpose", (Array((0, 10**12), INT64, []),), {}),
        ("Add", (Array((0, 10**12), INT64, []), scalar(1)), {}),
        ("Split", (Array((10**12, 0), INT64, []),), {"split": [1] * 3, "outputs": 3}),
    ],
)
def test_bombs_have_a_shape_and_no_values(op: str, arrays: Any, given: Any) -> None:
    found = evaluated(op, *arrays, **given)
    assert found is not None
    assert found.values is None


@pytest.mark.slow
def test_no_more_is_computed_than_there_is_memory_for() -> None:
    evaluator, array = Evaluator(), vector(range(MOST_VALUES))
    known = sum(
        evaluator.evaluate("Neg", [array], {})[0].values is not None
        for _ in range(2 * ALL_VALUES // MOST_VALUES)
    )
    assert known == ALL_VALUES // MOST_VALUES


def test_broadcasting_with_sizes_that_are_not_known() -> None:
    assert broadcast([(None, 3), (1, 1)]) == (None, 3)
    assert broadcast([(None, 3), (4, 1)]) == (4, 3)
    assert broadcast([(2,), ()]) == (2,)


@pytest.mark.parametrize("op", OPERATORS)
def test_every_operator_takes_nothing_calmly(op: str) -> None:
    assert Evaluator().evaluate(op, [], {}) == []
    assert isinstance(Evaluator().evaluate(op, [None, None, None], {}), list)
