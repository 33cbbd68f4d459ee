"""Readers are found by the bytes, the latest first; files are given to them as they are."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from shapecalc import readers
from shapecalc.document import Document
from shapecalc.readers.base import HEAD, File

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TEXT = b"input: 8x8x1\nlayers:\n  - relu\n"


class Ending:
    """Reads the last bytes of a file, which it seeks, and nothing else."""

    endings = (".end",)

    def claims(self, start: bytes, name: str) -> bool:
        """Claim files with a mark."""
        return start.startswith(b"\0END")

    def read(self, file: File) -> Document | None:
        """Return the input that stands at the end."""
        file.stream.seek(-5, os.SEEK_END)
        return Document({"input": file.stream.read().decode("ascii"), "layers": ["relu"]})


@pytest.fixture
def ending() -> Iterator[None]:
    """Register a reader for one test."""
    readers.READERS.register("ending")(Ending())
    yield
    del readers.READERS.things["ending"]


def test_a_document_knows_its_format(tmp_path: Path) -> None:
    path = tmp_path / "spec"
    path.write_bytes(TEXT)
    assert readers.read_path(path).format == "spec"
    assert readers.read_bytes(TEXT, "-").format == "spec"
    assert readers.read_mapping({"input": 8}).format is None


@pytest.mark.usefixtures("ending")
def test_a_reader_may_seek_in_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(b"\0END")
        file.seek(100 * 2**20)  # a hole: it takes no room
        file.write(b"9x9x2")
    document = readers.read_path(path)
    assert (document.format, document.data["input"]) == ("ending", "9x9x2")
    assert readers.read_bytes(TEXT, "large").format == "spec"
    assert readers.endings()[:3] == (".yaml", ".yml", ".json")
    assert readers.endings()[-1] == ".end"


@pytest.mark.parametrize("more", [-1, 0, 1, HEAD])
def test_a_file_is_read_whole(more: int) -> None:
    raw = bytes(range(256)) * (HEAD // 256 + 2)
    raw = raw[: HEAD + more]
    file = File("name", BytesIO(raw))
    assert file.start == raw[:HEAD]
    assert file.read(len(raw)) == raw
    assert file.read(HEAD - 10) == raw[: HEAD - 9] or len(raw) < HEAD


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    text = TEXT + b"#" * HEAD
    writer = threading.Thread(target=path.write_bytes, args=(text,))
    writer.start()
    document = readers.read_path(path)
    writer.join()
    assert document.data == {"input": "8x8x1", "layers": ["relu"]}
