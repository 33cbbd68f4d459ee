"""Protocol buffers' wire format: fields in place, and what is damaged with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from onnx_files import block, number, varint

from shapecalc.readers.onnx.wire import (
    Malformed,
    fields,
    open_data,
    packed,
    signed,
)
from shapecalc.readers.onnx.wire import (
    varint as read_varint,
)


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63 - 1, 2**64 - 1])
def test_a_varint_is_read_back(value: int) -> None:
    raw = varint(value)
    assert read_varint(raw, 0, len(raw)) == (value, len(raw))


def test_a_negative_number_takes_all_64_bits() -> None:
    raw = varint(-5)
    assert signed(read_varint(raw, 0, len(raw))[0]) == -5
    assert packed(varint(-1) + varint(3) + varint(200), 0, 13, 10) == [-1, 3, 200]


def test_packed_numbers_end_where_there_are_enough() -> None:
    assert packed(b"\x01" * 50, 0, 50, 3) == [1, 1, 1]


def test_fields_of_all_kinds_are_passed_by() -> None:
    raw = number(1, 7) + block(2, "ab") + bytes([3 << 3 | 5, 1, 2, 3, 4])
    raw += bytes([4 << 3 | 1, *range(8)]) + number(1000, 2)
    found = [(tag >> 3, at, end) for tag, at, end in fields(raw, 0, len(raw))]
    assert [field for field, _, _ in found] == [1, 2, 3, 4, 1000]
    assert found[0][1] == 7
    assert raw[found[1][1] : found[1][2]] == b"ab"
    assert found[3][2] - found[3][1] == 8


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        (b"\x0a\x05abc", 0),  # longer than what it is in
        (b"\x08\x01\x0a", 2),  # nothing behind the tag
        (b"\x08" + b"\x80" * 11, 1),  # a number without an end
        (b"\x80" * 12, 0),
        (b"\x02\x01", 0),  # field 0
        (b"\x08\x01\x0b", 2),  # a group, which is no longer in use
        (b"\x0d\x01\x02", 0),  # 32 bits of which there are 16
        (b"\x0a\xff\xff\xff\xff\x7f", 0),
    ],
)
def test_what_is_damaged_is_told_with_its_byte(raw: bytes, at: int) -> None:
    with pytest.raises(Malformed) as error:
        list(fields(raw, 0, len(raw)))
    assert error.value.at == at


def test_a_large_file_is_not_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as stream:
        stream.write(block(1, "x"))
        stream.truncate(40 * 2**20)  # zeros, which no disk has to hold
    with path.open("rb") as stream:
        data = open_data(stream)
        assert not isinstance(data, bytes)
        assert next(fields(data, 0, len(data))) == (10, 2, 3)
        assert data[2:3] == b"x"
        data.close()
