"""An ONNX file as plain objects: nodes, attributes, tensors; what is too large is passed by."""

from __future__ import annotations

import struct
import tracemalloc
from typing import Any

import pytest
from onnx_files import (
    GRAPHS,
    INT64,
    Array,
    block,
    graph,
    model,
    node,
    number,
    tensor,
    varint,
    weights,
    whole,
)

from shapecalc.readers.onnx.messages import FEW, MOST_DEPTH, MOST_ENTRIES, read_model
from shapecalc.readers.onnx.model import MOST_VALUES, Graph, Model, Tensor
from shapecalc.readers.onnx.wire import Malformed


def graph_of(raw: bytes) -> Graph:
    """Return the graph of a model's bytes."""
    found = read_model(raw).graph
    assert found is not None
    return found


def initializer(raw: bytes) -> Tensor:
    """Return a tensor that is read as an initializer."""
    found = graph_of(block(7, block(5, raw)))
    (only,) = found.initializers.values()
    return only


def test_a_model_has_versions_inputs_and_outputs() -> None:
    found = read_model(model(GRAPHS[0](), opset=13))
    assert (found.ir_version, found.producer, found.opsets) == (9, "tests", {"": 13})
    assert found.graph is not None
    assert found.graph.name == "toy"
    assert [(v.name, v.shape) for v in found.graph.inputs] == [("x", ("N", 3, 8, 8))]
    assert found.graph.initializers["w"][:4] == ("w", (4, 3, 3, 3), 1, None)
    conv = found.graph.nodes[0]
    assert (conv.op, conv.name, conv.inputs, conv.outputs) == (
        "Conv",
        "conv",
        ["x", "w", "b"],
        ["c"],
    )
    assert conv.attributes == {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}


@pytest.mark.parametrize("name", ["", "ai.onnx"])
def test_the_operators_of_onnx_itself_have_two_names(name: str) -> None:
    found = read_model(block(8, block(1, name) + number(2, 11)))
    assert found.opsets == {"": 11}


def values_of(*raw: bytes) -> Any:
    """Return the value of an attribute that is written in some fields."""
    made = block(1, block(4, "Op") + block(5, b"".join(raw)))
    return graph_of(block(7, made)).nodes[0].attributes["a"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (number(3, 300) + number(20, 2), 300),
        (number(3, -7) + number(20, 2), -7),
        (number(3, 2), 2),  # files of IR version 1 have no type
        (number(20, 2), 0),  # a 0 may be left out
        (number(20, 1), 0.0),
        (number(20, 7), []),
        (varint(2 << 3 | 5) + struct.pack("<f", 0.1), 0.1),
        (block(4, "SAME_UPPER") + number(20, 3), "SAME_UPPER"),
        (number(8, 3) + number(8, -1) + number(8, 200), [3, -1, 200]),
        (block(8, varint(3) + varint(-1)) + number(20, 7), [3, -1]),
        (block(7, struct.pack("<2f", 0.5, 2.0)), [0.5, 2.0]),
        (varint(7 << 3 | 5) + struct.pack("<f", 0.5), [0.5]),
        (block(9, "x") + block(9, "y"), ["x", "y"]),
        (block(21, "alpha"), None),  # of a function's caller
        (block(99, "new") + number(98, 5) + number(3, 1), 1),  # fields of later versions
        (b"".join(number(8, 1) for _ in range(MOST_VALUES + 1)), None),
    ],
)
def test_attributes_of_every_type(raw: bytes, value: Any) -> None:
    assert values_of(block(1, "a"), raw) == value
    assert values_of(raw, block(1, "a")) == value


@pytest.mark.parametrize(
    ("data_type", "raw", "values"),
    [
        (1, block(9, struct.pack("<2f", 0.1, -1)), [0.1, -1.0]),
        (1, block(4, struct.pack("<2f", 0.1, 3)), [pytest.approx(0.1), 3.0]),
        (7, block(9, struct.pack("<2q", -1, 2**40)), [-1, 2**40]),
        (7, block(7, varint(-1) + varint(5)), [-1, 5]),
        (7, number(7, -1) + number(7, 5), [-1, 5]),
        (6, block(5, varint(8) + varint(-9)), [8, -9]),
        (9, block(5, b"\x01\x00"), [True, False]),
        (10, block(5, varint(0x3C00) + varint(0xC000)), [1.0, -2.0]),
        (10, block(9, b"\x00\x3c\x00\xc0"), [1.0, -2.0]),
        (11, block(10, struct.pack("<2d", 0.1, 2)), [0.1, 2.0]),
        (16, block(9, b"\x80\x3f\x80\x3f"), None),  # bfloat16
        (1, block(9, b"\0" * 7), None),  # not what the shape asks for
        (1, b"", None),
    ],
)
def test_tensors_of_every_type(data_type: int, raw: bytes, values: Any) -> None:
    for dims in (number(1, 2), block(1, varint(2))):
        found = initializer(dims + number(2, data_type) + block(8, "t") + raw)
        assert found[:3] == ("t", (2,), data_type)
        assert found.values == values


def test_values_of_weights_are_not_read() -> None:
    many = (0.0,) * (FEW + 1)
    assert initializer(tensor(Array((FEW + 1,), many), "t")).values is None
    assert initializer(tensor(Array((FEW,), many[1:]), "t")).values == [0.0] * FEW
    assert initializer(tensor(Array((4,)), "t"))[3:5] == (None, None)  # in another file


def test_a_tensor_of_no_shape_and_one_without_values() -> None:
    assert initializer(tensor(whole(3, flat=False))).values == [3]
    assert initializer(tensor(Array((0,), (), INT64))).values == []
    assert initializer(number(1, 2**62) + number(1, 2**62)).shape == (2**62, 2**62)


@pytest.mark.parametrize(
    "raw", [number(1, -3), b"".join(number(1, 1) for _ in range(65)), block(1, b"\x01" * 65)]
)
def test_shapes_that_are_none_are_damaged(raw: bytes) -> None:
    with pytest.raises(Malformed):
        initializer(raw)


def outcome(raw: bytes) -> Model | int:
    """Return the model of a file, or the byte at which it is damaged."""
    try:
        return read_model(raw)
    except Malformed as error:
        return error.at


@pytest.mark.parametrize("made", GRAPHS)
def test_a_file_cut_off_anywhere_is_read_or_damaged_but_nothing_else(made: Any) -> None:
    raw = model(made(), opset=20)
    whole_graph = len(model(made(), opset=None))
    for size in range(len(raw)):
        found = outcome(raw[:size])
        # Only where a part of the model ends could the file end.
        is_whole = isinstance(found, Model) and found.graph is not None
        assert is_whole == (size == whole_graph)
        assert isinstance(found, Model) or 0 <= found <= size


@pytest.mark.parametrize("made", GRAPHS)
def test_lengths_that_lie_are_read_or_damaged(made: Any) -> None:
    raw = model(made())
    for place in range(0, len(raw), 9):
        for byte in (0, 1, 127, 128, 255):
            changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
            found = outcome(changed)
            assert isinstance(found, Model) or 0 <= found <= len(raw)


def test_graphs_inside_one_another_have_an_end() -> None:
    inner = graph([node("Relu", ["x"], ["y"])], {}, {})
    for _ in range(MOST_DEPTH):
        inner = graph([node("If", ["c"], ["y"], then_branch=inner)], {}, {})
    assert read_model(model(inner)).graph
    deeper = graph([node("If", ["c"], ["y"], then_branch=inner)], {}, {})
    with pytest.raises(Malformed, match="nested"):
        read_model(model(deeper))


@pytest.mark.parametrize("most", [1000, pytest.param(MOST_ENTRIES, marks=pytest.mark.slow)])
def test_a_file_of_more_parts_than_any_network_is_refused(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shapecalc.readers.onnx.messages.MOST_ENTRIES", most)
    with pytest.raises(Malformed, match="parts"):
        read_model(block(7, block(1, b"") * (most + 1)))
    with pytest.raises(Malformed, match="parts"):
        read_model(block(7, block(1, block(1, b"") * (most + 1))))


def test_a_large_array_is_passed_by() -> None:
    large = 30 * 2**20
    raw = model(graph(
        [node("Constant", [], ["c"], value=Array((2, 2), (1.0,) * 4))], {}, {},
        {"w": Array((large // 4,), None)},
    ))  # fmt: skip
    inside = block(5, number(1, large // 4) + number(2, 1) + block(8, "v") + block(9, bytes(large)))
    raw = raw[:2] + block(7, inside) + raw[2:]
    tracemalloc.start()
    found = read_model(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.graph is not None
    assert found.graph.initializers["v"].stored == large
    assert peak < 2**20


def test_one_graph_in_two_parts_is_one() -> None:
    """Protocol buffers join messages that stand twice."""
    first = graph([node("Relu", ["x"], ["y"])], {"x": (1,)}, {})
    second = graph([node("Relu", ["y"], ["z"])], {}, {"z": (1,)}, weights(w=(2,)))
    found = graph_of(block(7, first) + block(7, second))
    assert [one.op for one in found.nodes] == ["Relu", "Relu"]
    assert list(found.initializers) == ["w"]


def test_names_that_are_no_text_are_damaged() -> None:
    raw = block(7, block(1, block(3, b"\xff\xfe") + block(4, "Relu")))
    with pytest.raises(Malformed, match="UTF-8") as error:
        read_model(raw)
    assert error.value.at == raw.index(b"\xff")
    assert values_of(block(1, "a"), block(4, b"\xff")) == "\\xff"  # an attribute may be any bytes
