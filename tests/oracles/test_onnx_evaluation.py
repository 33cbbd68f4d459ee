"""The evaluator of shape arithmetic against ONNX' own reference implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shapecalc.readers.onnx.arguments import arguments
from shapecalc.readers.onnx.evaluation.arrays import Array
from shapecalc.readers.onnx.evaluation.evaluator import Evaluator
from shapecalc.readers.onnx.messages import read_model

pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

TYPES = {
    "int64": TensorProto.INT64, "float32": TensorProto.FLOAT, "bool": TensorProto.BOOL,
}  # fmt: skip
OPSET = 18


def ints(*values: Any) -> Any:
    return np.array(values, dtype=np.int64)


GRID = np.arange(24, dtype=np.int64).reshape(2, 3, 4)
FLOATS = np.array([-1.5, -0.5, 0.5, 2.5], dtype=np.float32)
CASES: list[tuple[str, list[Any], dict[str, Any]]] = [
    *((op, [GRID, ints(5)], {}) for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Equal")),
    *((op, [GRID - 12, ints(5, -3, 2, -7)], {}) for op in ("Mul", "Div", "Mod", "Greater")),
    *((op, [GRID, GRID[:, :1]], {}) for op in ("Less", "LessOrEqual", "GreaterOrEqual", "Sum")),
    *((op, [FLOATS], {}) for op in ("Floor", "Ceil", "Round", "Abs", "Neg", "Sign", "Relu")),
    *((op, [np.abs(FLOATS)], {}) for op in ("Sqrt", "Log", "Exp", "Reciprocal", "Sigmoid")),
    *((op, [FLOATS > 0, FLOATS < 2], {}) for op in ("And", "Or", "Xor")),
    ("Not", [FLOATS > 0], {}),
    ("Pow", [ints(2, 3, 4), ints(3)], {}),
    ("Mod", [ints(-7, 7), ints(3, -3)], {"fmod": 1}),
    ("Cast", [FLOATS], {"to": TensorProto.INT64}),
    ("Cast", [ints(0, 2)], {"to": TensorProto.BOOL}),
    ("Cast", [ints(3)], {"to": TensorProto.FLOAT}),
    ("Where", [GRID > 7, GRID, ints(-1)], {}),
    ("Range", [np.int64(3), np.int64(11), np.int64(3)], {}),
    ("Range", [np.int64(5), np.int64(-5), np.int64(-4)], {}),
    ("Size", [GRID], {}),
    ("Concat", [GRID, GRID + 1], {"axis": 0}),
    ("Concat", [GRID, GRID + 1], {"axis": -2}),
    ("Gather", [GRID, ints(2, 0)], {"axis": 1}),
    ("Gather", [GRID, np.int64(-1)], {"axis": 2}),
    ("Gather", [GRID, np.array([[0, 1], [1, 1]])], {"axis": 0}),
    ("Slice", [GRID, ints(1), ints(3), ints(1)], {}),
    ("Slice", [GRID, ints(-1, 0), ints(-100, 2**62), ints(2, 0), ints(-2, 1)], {}),
    ("Slice", [GRID, ints(0, 1), ints(1, 2)], {}),
    ("Split", [GRID, ints(1, 2)], {"axis": 1}),
    ("Squeeze", [GRID[:1]], {}),
    ("Squeeze", [GRID[:1, :1], ints(0)], {}),
    ("Unsqueeze", [GRID, ints(0, -1)], {}),
    ("Reshape", [GRID, ints(0, -1, 2)], {}),
    ("Reshape", [GRID, ints(4, 6)], {}),
    ("Flatten", [GRID], {"axis": 2}),
    ("Flatten", [GRID], {"axis": -1}),
    ("Transpose", [GRID], {"perm": [2, 0, 1]}),
    ("Transpose", [GRID], {}),
    ("Expand", [GRID[:, :1], ints(2, 3, 1)], {}),
    ("Expand", [ints(7), ints(2, 2)], {}),
    ("Tile", [GRID, ints(1, 2, 2)], {}),
    ("ConstantOfShape", [ints(2, 3)], {"value": np.array([7], dtype=np.int64)}),
    ("ScatterND", [GRID, np.array([[0, 1], [1, 2]]), np.zeros((2, 4), np.int64)], {}),
    ("ScatterND", [ints(1, 2, 3), np.array([[0], [2]]), ints(8, 9)], {}),
    ("NonZero", [GRID % 3], {}),
    ("ReduceProd", [GRID + 1, ints(0, 2)], {"keepdims": 0}),
    ("ReduceSum", [GRID, ints(1)], {}),
    ("ReduceMax", [GRID, ints(-1)], {"keepdims": 1}),
    ("ReduceMin", [GRID], {}),
]  # fmt: skip


@pytest.mark.parametrize(("op", "inputs", "given"), CASES)
def test_an_operator_gives_what_the_reference_gives(op: str, inputs: Any, given: Any) -> None:
    arrays = [np.asarray(one) for one in inputs]
    attributes = {
        name: numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for name, value in given.items()
    }
    outputs = ["y", "z"] if op == "Split" else ["y"]
    names = [f"x{n}" for n in range(len(arrays))]
    made = helper.make_node(op, names, outputs, **attributes)
    graph = helper.make_graph(
        [made], "g",
        [helper.make_tensor_value_info(n, TYPES[str(a.dtype)], a.shape)
         for n, a in zip(names, arrays, strict=True)],
        [helper.make_tensor_value_info(n, TensorProto.UNDEFINED, None) for n in outputs],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    expected = ReferenceEvaluator(model).run(None, dict(zip(names, arrays, strict=True)))
    found = read_model(model.SerializeToString()).graph
    assert found is not None
    ours = {name: as_ours(array) for name, array in zip(names, arrays, strict=True)}
    known: Callable[[str], Array | None] = ours.get
    results = Evaluator().evaluate(
        op, [ours[name] for name in names], arguments(found.nodes[0], OPSET, known)
    )
    assert len(results) == len(expected)
    for result, array in zip(results, expected, strict=True):
        assert result.shape == np.shape(array)
        assert result.values == pytest.approx(np.ravel(array).tolist(), rel=1e-6)


def as_ours(array: Any) -> Array:
    """Return an array of NumPy as the evaluator has it."""
    return Array(array.shape, TYPES[str(array.dtype)], array.ravel().tolist())
