"""Models of TensorFlow Lite as plain data: what is written is read, what lies is damaged."""

from __future__ import annotations

import io
import struct
import time

import pytest
from flatbuffers_written import Fields, Numbers, byte, long, whole, written
from tflite_files import CODES, INT4, INT8, INT32, Writer, small

from shapecalc.readers.tflite import flatbuffer
from shapecalc.readers.tflite.flatbuffer import Damaged, FlatBuffer
from shapecalc.readers.tflite.model import Graph, read
from shapecalc.readers.tflite.operators import NAMES, OPTIONS


def graph(raw: bytes) -> Graph:
    """Return what is read of a file."""
    return read(io.BytesIO(raw))


def said(raw: bytes) -> tuple[str, tuple[str | int, ...]]:
    """Return what is wrong with a file, and where."""
    with pytest.raises(Damaged) as caught:
        graph(raw)
    return caught.value.message, caught.value.path


# -- what is read ----------------------------------------------------------------------------------


def test_a_network_is_read_as_it_is_written() -> None:
    found = graph(small().bytes())
    assert [one.what for one in found.operators] == [
        "CONV_2D", "MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED", "SOFTMAX",
    ]  # fmt: skip
    conv, pool, reshape = found.operators[:3]
    assert conv.options == {
        "padding": 0, "stride_w": 2, "stride_h": 2, "activation": 1, "dilation_w": 1,
        "dilation_h": 1,
    }  # fmt: skip
    assert (pool.options["filter_w"], pool.options["filter_h"]) == (2, 2)
    assert reshape.options == {"shape": None}
    image, filters = (found.tensors[number] for number in conv.inputs[:2] if number is not None)
    assert (image.name, image.shape, image.buffer) == ("image", (None, 8, 8, 3), None)
    assert (filters.shape, filters.type.name, filters.values) == ((4, 3, 3, 3), "float32", None)
    assert filters.buffer is not None
    target = found.tensors[reshape.inputs[1] or 0]
    assert (target.type.name, target.values) == ("int32", (-1, 16))


def test_the_numbers_of_the_operators_are_those_of_the_schema() -> None:
    assert len(NAMES) == len(set(NAMES)) == 210
    assert all(NAMES[number] == name for name, number in CODES.items())
    assert set(OPTIONS) <= set(NAMES)


def test_an_operator_above_127_is_told_by_its_new_field() -> None:
    made = Writer()
    x = made.input("x", 1, 4)
    made.add("GELU", [x], [made.tensor("y", 1, 4)])
    assert graph(made.bytes()).operators[0].what == "GELU"
    made.codes[0] = Fields({0: byte(19), 3: whole(0)})  # written before that field was there
    assert graph(made.bytes()).operators[0].what == "RELU"
    made.codes[0] = Fields({3: whole(4000)})
    assert graph(made.bytes()).operators[0].what == "operator 4000"


def test_a_custom_operator_has_the_name_in_the_file() -> None:
    made = Writer()
    made.add("TFLite_Detection_PostProcess", [made.input("x", 1, 4), -1], [made.tensor("y", 1, 4)])
    (one,) = graph(made.bytes()).operators
    assert (one.what, one.inputs) == ("TFLite_Detection_PostProcess", (0, None))


def test_options_of_another_operator_are_none() -> None:
    """The runtime passes over them, too."""
    made = Writer()
    made.add("LEAKY_RELU", [made.input("x", 1, 4)], [made.tensor("y", 1, 4)], (9, {0: whole(7)}))
    assert graph(made.bytes()).operators[0].options == {"slope": 0}


@pytest.mark.parametrize(
    ("shape", "more", "expected"),
    [
        ((1, 8), {}, (1, 8)),
        ((1, 1, 8), {"signature": (-1, -1, 8)}, (None, None, 8)),
        ((), {}, None),  # in a file that tells others' number of axes
        ((), {"s8": byte(1)}, ()),
    ],
)
def test_a_shape_leaves_open_what_the_file_does(
    shape: tuple[int, ...], more: dict[str, object], expected: tuple[int | None, ...] | None
) -> None:
    made = Writer()
    made.outputs = [made.input("x", *shape, **more)]
    made.tensor("of one that tells", 1, s8=byte(1))
    assert graph(made.bytes()).tensors[0].shape == expected


def test_a_weight_that_is_sparse_or_packed_is_not_measured_in_bytes() -> None:
    made = small()
    packed = made.weight("packed", 3, 3, sort=INT4)
    sparse = made.tensor("sparse", 4, 4, data=b"\0\0\0\0", s6=Fields())
    found = graph(made.bytes())
    assert found.tensors[packed].values is None
    assert found.tensors[sparse].buffer is not None


def test_data_behind_all_tables_and_data_beside_the_file() -> None:
    """A model of more than 2 GB holds them by offset; newer ones in another file."""
    made = small()
    made.buffers.append(Fields({1: long(0), 2: long(8)}))
    inside = made.tensor("inside", 2, sort=INT32, s2=whole(len(made.buffers) - 1))
    beside = made.tensor("beside", 5, sort=INT8, s10=whole(1))
    size = len(made.bytes())
    made.buffers[-1][1] = long(size)
    found = graph(made.bytes() + struct.pack("<ii", 5, -6))
    assert found.tensors[inside].values == (5, -6)
    assert found.tensors[beside].buffer is not None
    message, where = said(made.bytes())
    assert message == f"8 bytes at byte {size:,}, where the file ends at byte {size:,}"
    assert where == ("buffers", len(made.buffers) - 1)


def test_of_weights_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that hold nothing else are not asked for."""
    made = small()
    made.weight("large", 1000, 1000)
    stream = io.BytesIO(made.bytes())
    pages = []
    own = FlatBuffer._page

    def counted(self: FlatBuffer, number: int, path: tuple[str | int, ...]) -> bytes:
        pages.append(number)
        return own(self, number, path)

    monkeypatch.setattr(FlatBuffer, "_page", counted)
    read(stream)
    assert len(pages) < 5 < 4_000_000 // flatbuffer.PAGE


# -- what lies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [8, 20, 100, 300, 600])
def test_a_file_that_is_cut_short_is_damaged(part: int) -> None:
    message, _ = said(small().bytes()[:part])
    assert "where the file ends at byte" in message


def test_every_cut_and_every_byte_that_is_another_gives_a_graph_or_a_place() -> None:
    raw = small().bytes()
    others = [raw[:end] for end in range(0, len(raw), 17)]
    for place in range(0, len(raw), 5):
        others += [raw[:place] + bytes([new]) + raw[place + 1 :] for new in (1, 255)]
    damaged = 0
    for other in others:
        try:
            graph(other)
        except Damaged:
            damaged += 1
    assert damaged > len(others) / 3


@pytest.mark.parametrize(
    ("change", "message", "where"),
    [
        (lambda made: made.tensors[1].update({2: whole(99)}),
         "buffer 99, where there are 6", ("tensors", 1, "buffer")),
        (lambda made: made.operators[0].update({0: whole(50)}),
         "operator code 50, where there are 5", ("operators", 0, "opcode_index")),
        (lambda made: made.operators[0].update({1: Numbers([0, 77])}),
         "tensor 77, where there are 11", ("operators", 0, "inputs")),
        (lambda made: made.operators[0].update({1: Numbers([0, -2])}),
         "tensor -2, where there are 11", ("operators", 0, "inputs")),
        (lambda made: made.operators[0].update({2: Numbers([-1])}),
         "tensor -1, where there are 11", ("operators", 0, "outputs")),
        (lambda made: made.tensors[0].update({7: Numbers([-1, 8])}),
         "a shape of 4 axes and a signature of 2", ("tensors", 0, "shape_signature")),
        (lambda made: made.tensors[0].update({0: Numbers([1, -8, 8, 3])}),
         "a size below 0", ("tensors", 0, "shape")),
        (lambda made: made.tensors[0].update({0: Numbers([1] * 40)}),
         "40 numbers, where there are at most 32", ("tensors", 0, "shape")),
        (lambda made: made.buffers[1].update({0: bytes(431)}),
         "431 bytes of data, where the shape asks for 432", ("tensors", 1, "buffer")),
        (lambda made: made.operators.reverse(),
         "tensor 7 is taken before an operator gives it", ("operators", 0, "inputs")),
        (lambda made: made.operators[1].update({1: Numbers([4])}),
         "tensor 4 is taken before an operator gives it", ("operators", 1, "inputs")),
        (lambda made: made.operators[1].update({2: Numbers([3])}),
         "tensor 3 is given twice", ("operators", 1, "outputs")),
        (lambda made: made.operators.pop(), "tensor 10 is given by no operator", ("outputs",)),
    ],
    ids=lambda value: None if callable(value) else "",
)  # fmt: skip
def test_what_refers_to_nothing_is_told_with_its_place(
    change: object, message: str, where: tuple[str | int, ...]
) -> None:
    made = small()
    assert callable(change)
    change(made)
    assert said(made.bytes()) == (message, ("subgraphs", 0, *where))


def test_another_version_and_a_model_without_a_graph() -> None:
    root = small().root()
    root[0] = whole(2)
    assert said(written(root, b"TFL3")) == ("version 2 of the schema, not 3", ("version",))
    root = small().root()
    root[2] = []
    assert said(written(root, b"TFL3")) == ("the model has no graph", ("subgraphs",))


def test_an_offset_that_leads_nowhere_and_a_table_in_front_of_the_file() -> None:
    raw = bytearray(written(Fields({1: []}), b"TFL3"))
    root = struct.unpack_from("<I", raw)[0]
    nowhere = raw.copy()
    struct.pack_into("<I", nowhere, root + 4, 0)
    with pytest.raises(Damaged, match=f"offset at byte {root + 4} leads nowhere"):
        list(FlatBuffer(io.BytesIO(nowhere)).root().tables(1, "operator_codes"))
    struct.pack_into("<i", raw, root, root + 1)
    with pytest.raises(Damaged, match="in front of the file"):
        FlatBuffer(io.BytesIO(raw)).root()


# -- what takes long -------------------------------------------------------------------------------


def repeated(count: int) -> bytes:
    """Return a file whose list of tensors holds one table very often."""
    raw = bytearray(small().bytes())
    graph_table = next(FlatBuffer(io.BytesIO(raw)).root().tables(2, "subgraphs"))
    place = graph_table._at + graph_table._slots[0]
    struct.pack_into("<I", raw, place, len(raw) - place)
    raw += struct.pack("<I", count)
    raw += b"".join(struct.pack("<I", 4 * left) for left in range(count, 0, -1))
    return bytes(raw) + struct.pack("<iHH", -4, 4, 4)  # a table without fields


@pytest.mark.parametrize("count", [10_000, pytest.param(2_000_000, marks=pytest.mark.slow)])
def test_a_list_that_repeats_one_table_is_not_followed_to_its_end(count: int) -> None:
    start = time.process_time()
    message, _ = said(repeated(count))
    assert "takes too much time or memory" in message
    assert time.process_time() - start < 20
