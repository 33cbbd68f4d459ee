"""Files that are no specs: named for what they are by their bytes, whatever they are called."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shapecalc import Trace
from shapecalc.readers import foreign, native
from shapecalc.reports import table

pytestmark = pytest.mark.usefixtures("parser")  # both give the same values, faults and places

TraceText = Callable[..., Trace]
SPECS = Path(__file__).resolve().parents[2] / "specs"
SOUND = "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n"


def archive(*names: str, content: bytes = b"\x80\x02}q\x00.") -> bytes:
    """Return a ZIP archive with these files in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name in names:
            file.writestr(name, content)
    return written.getvalue()


LEGACY = (
    b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\x00."
    b"\x80\x02}q\x00.\x80\x02]q\x00."
)
ARRAY = b"{'descr': '<f4', 'fortran_order': False, 'shape': (), }"
ARRAY = b"\x93NUMPY\x01\0" + bytes([len(ARRAY), 0]) + ARRAY + bytes(4)
HDF5 = (  # version 2, with an empty group
    b"\x89HDF\r\n\x1a\n\x02\x08\x08\0" + bytes(8) + b"\xff" * 8 + b"\x3b\0\0\0\0\0\0\0"
    + b"\x30" + bytes(11) + b"OHDR\x02\0\0" + bytes(4)
)  # fmt: skip
SUMMARY = """Model: "sequential"
_________________________________________________________________
 Layer (type)                Output Shape              Param #
=================================================================
 conv2d (Conv2D)             (None, 26, 26, 32)        320
"""
BOXES = """┏━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)          ┃ Output Shape          ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩
"""
TORCHINFO = """===========================================================================
Layer (type:depth-idx)                   Output Shape              Param #
===========================================================================
├─Conv2d: 1-1                            [1, 6, 28, 28]            156
"""
MODULE = """Net(
  (conv1): Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))
  (fc): Linear(in_features=400, out_features=10, bias=True)
)
"""
PYTHON = '''"""A net."""
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
'''
POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)

FILES: dict[str, tuple[str, bytes | str]] = {  # by a short name: what it is, and its bytes
    "lfs": ("a Git LFS pointer", POINTER),
    "saved-model": ("a TensorFlow SavedModel (.pb)", b"\x08\x01\x12\xd6\x9c\x01\x0a\x93"),
    "h5-weights": ("an HDF5 file (.h5), as Keras saves weights", HDF5 + b"\0layer_names\0"),
    "hugging-face": ("a Hugging Face model's configuration", '{"model_type": "llama"}'),
    "notebook": ("a Jupyter notebook", '{"cells": [], "nbformat": 4, "metadata": {}}'),
    "notebook-cut": ("a Jupyter notebook", '{"cells": [{"cell_type": "code", "source": ["x'),
    "summary-keras": ("a model's summary", SUMMARY),
    "summary-keras-3": ("a model's summary", BOXES),
    "summary-torchinfo": ("a model's summary", TORCHINFO),
    "module": ("a PyTorch module as it is printed", MODULE),
    "markdown": ("a Markdown text", f"# A network\n\n```python\n{PYTHON}\n```\n"),
    "python": ("Python source", PYTHON),
    "python-fenced": ("Python source", f'"""Docs.\n\n```\nx\n```\n"""\n{PYTHON}'),
    "python-script": ("Python source", "#!/usr/bin/env python3\nprint(1)\n"),
    "python-expression": ("Python source", "nn.Sequential(\n    nn.Conv2d(1, 6, 5),\n)\n"),
    "python-keras": ("Python source", "model = Sequential()\nmodel.add(Dense(10))\n"),
    "python-def": ("Python source", "def forward(self, input: Tensor):\n    return input\n"),
    "weights-zip": ("a PyTorch weight file (.pt, .pth)", archive("m/data.pkl", "m/data/0")),
    "weights-legacy": ("a PyTorch weight file (.pt, .pth)", LEGACY),
    "torchscript": ("a PyTorch weight file (.pt, .pth)",
                    archive("m/data.pkl", "m/code/__torch__/net.py", "m/constants.pkl")),
    "pickle": ("a Python pickle", pickle.dumps({"a": [1, 2]})),
    "pickle-2": ("a Python pickle", pickle.dumps([1], protocol=2)),
    "safetensors": ("a safetensors weight file", b"\x02\0\0\0\0\0\0\0{}"),
    "npz": ("a NumPy archive (.npz)", archive("conv1.weight.npy", "b.npy", content=ARRAY)),
    "npy": ("a NumPy array (.npy)", b"\x93NUMPY\x01\0v\0{'descr': '<f8'}"),
    "darknet-weights": ("a Darknet weight file (.weights)",
                        b"\0\0\0\0\x02\0\0\0\x05\0\0\0\0\x10\xa0\x01\0\0\0\0\x93\xbe\0\0"),
    "html": ("a web page", "\n<!DOCTYPE html>\n<html><head></head></html>"),
    "html-lower": ("a web page", "<html lang=en>"),
    "xml": ("an XML file", '<?xml version="1.0"?>\n<net name="a" version="11"></net>'),
    "svg": ("a picture", '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "pdf": ("a PDF document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"),
    "word": ("an Office document", archive("[Content_Types].xml", "word/document.xml")),
    "word-97": ("an Office document", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16),
    "rtf": ("an Office document", "{\\rtf1\\ansi{\\fonttbl\\f0 Arial;}\n\\f0 hello\\par}"),
    "png": ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "jpeg": ("a picture", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    "gif": ("a picture", b"GIF89a\x01\0\x01\0"),
    "webp": ("a picture", b"RIFF\x24\0\0\0WEBPVP8 "),
    "heic": ("a picture", b"\0\0\0\x18ftypheic\0\0\0\0"),
    "gzip": ("a compressed file", b"\x1f\x8b\x08\0\0\0\0\0"),
    "zip": ("a ZIP archive", archive("net.yaml")),
    "7z": ("an archive", b"7z\xbc\xaf\x27\x1c\0\x04"),
    "tar": ("an archive", b"net.yaml" + b"\0" * 249 + b"ustar\x0000"),
    "utf-16": ("UTF-16 text", SOUND.encode("utf-16")),
    "utf-16-le": ("UTF-16 text", SOUND.encode("utf-16-le")),
    "utf-16-be": ("UTF-16 text", SOUND.encode("utf-16-be")),
    "utf-32": ("UTF-32 text", SOUND.encode("utf-32")),
    "utf-32-be": ("UTF-32 text", SOUND.encode("utf-32-be")),
    "table": ("a table of answers", "Student,conv1,dense1\nAda,28x28x6,10\n"),
    "assignment": ("an assignment", "title: t\nspec: a.yaml\nquestions: [conv1.output]\n"),
    "assignment-json": ("an assignment", '{"spec": {"layers": []}, "questions": "all"}'),
    "answers": ("a student's answers", "student: Ada\nconv1: 28x28x6\n"),
    "answers-nested": ("a student's answers", '{"answers": {"conv1": "28x28x6"}}'),
    "unknown": ("a binary file", bytes(range(256))),
    "zeros": ("a binary file", bytes(1000)),
    "text-with-nul": ("a binary file", b"input: 8\nlayers: [relu]\n\0\0"),
}  # fmt: skip


def only(trace: Trace) -> str:
    """Return the message of the one finding, after looking at the rest of it."""
    (found,) = trace.diagnostics
    assert found.code == "SC101"
    assert found.hint
    assert (found.line, found.column) in ((1, 1), (3, 1))
    assert not trace.complete
    assert trace.layers == ()
    assert trace.output is None
    assert set(trace.totals.values()) == {None}
    return found.message


@pytest.mark.parametrize("ending", ["yaml", "shape.yaml", "onnx"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_for_what_it_is(trace_text: TraceText, name: str, ending: str) -> None:
    what, content = FILES[name]
    assert only(trace_text(content, f"{name}.{ending}")) == f"this is {what}"


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("assignment", "answers")])
def test_a_file_called_json_is_named_too(trace_text: TraceText, name: str) -> None:
    what, content = FILES[name]
    assert only(trace_text(content, "some.json")) == f"this is {what}"


@pytest.mark.parametrize("name", FILES)
def test_its_name_in_a_file_hides_nothing(trace_text: TraceText, name: str) -> None:
    """The byte order mark of a text changes nothing, nor do other line breaks."""
    what, content = FILES[name]
    if isinstance(content, str):
        content = "\ufeff" + content.replace("\r\n", "\n").replace("\n", "\r\n")
        assert only(trace_text(content)) == f"this is {what}"


def test_every_line_of_the_tables_has_a_file() -> None:
    known = {what for what, _ in FILES.values()}
    for kind in (*foreign.BINARY, *foreign.TEXT, *(kind for _, kind in foreign.KEYS)):
        assert kind.name in known


def test_hints_say_what_to_do(trace_text: TraceText) -> None:
    for name, words in {
        "lfs": "git lfs pull",
        "utf-16": "save the file as UTF-8",
        "python": "write the network as a spec",
        "saved-model": "write the network as a spec",
        "weights-zip": "weights do not tell",
        "assignment": "shapecalc grade",
        "answers": "shapecalc grade ASSIGNMENT FILE",
        "html": "press Raw",
    }.items():
        (found,) = trace_text(FILES[name][1]).diagnostics
        assert words in found.hint
        assert ("UTF-8" in found.hint) is (name == "utf-16")


@pytest.mark.slow
@pytest.mark.parametrize("style", ["table", "markdown", "latex"])
@pytest.mark.parametrize("name", [*FILES, "broken"])
def test_no_table_of_question_marks_is_printed(
    trace_text: TraceText, name: str, style: str
) -> None:
    content = FILES[name][1] if name in FILES else "input: [8\nlayers: ["
    text = table.render(trace_text(content, "some.yaml"), style, explain=True)
    assert "?" not in text
    assert "total" not in text
    assert "SC101" in text
    assert "some.yaml" in text.splitlines()[0]


# -- what is a spec, or meant as one ---------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [p for p in sorted(SPECS.rglob("*.yaml")) if "homework" not in p.parts],
    ids=lambda path: path.name,
)
def test_no_spec_is_taken_for_something_else(path: Path) -> None:
    raw = path.read_bytes()
    document = native.read_bytes(raw, str(path))
    assert document.data is not None or not any(
        finding.fault.message.startswith("this is ") for finding in document.findings
    )
    assert foreign.binary(raw) is None
    assert foreign.text(raw) is None


@pytest.mark.parametrize(
    "text",
    [
        "# import torch, nn.Conv2d(3, 6, 5)\ninput: 8\nlayers: [relu\n",
        "description: |\n  import torch\n  def f(): pass\ninput: 8\nlayers: [relu\n",
        "input: 8\nlayers {\n  - relu\n",  # a colon is missing
        "name: <html>\ninput: 8\nlayers: [relu\n",
        "name: PK\ninput: 8\nlayers: [relu\n",
        "input: 8\nlayers:\n  - conv: {K: 3, F: 3\n  - net: [net]\n",
        "input: 8\nname: a\x07b\nlayers: [relu]\n",
        "input: 8\nname: é\nlayers: [relu]\n".encode("latin-1"),
        "student: 8x8x3\nlayers: [relu]\nanswers: 3\n",
        "questions: 3\ninput: 8\nlayers: [relu]\n",
        "a: 1\n",
        "just text\n",
        "- 1\n",
    ],
)
def test_a_spec_gone_wrong_is_told_what_is_wrong(trace_text: TraceText, text: str | bytes) -> None:
    trace = trace_text(text)
    assert trace.diagnostics
    assert not any(found.message.startswith("this is ") for found in trace.diagnostics)


def test_what_is_meant_as_a_spec_is_not_passed_over_in_a_folder() -> None:
    meant = {
        name: native.read_bytes(content if isinstance(content, bytes) else content.encode(), name)
        for name, (_, content) in FILES.items()
    }
    assert {name for name, document in meant.items() if document.is_spec} == {
        *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"),
        *("unknown", "zeros", "text-with-nul"),  # a spec whose file was damaged
    }
    assert not native.read_bytes("a: 1\n".encode("utf-16"), "a").is_spec


# -- hostile ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_was_cut_off_anywhere_is_a_fault_and_no_crash(name: str) -> None:
    content = FILES[name][1]
    raw = content if isinstance(content, bytes) else content.encode()
    for end in range(0, len(raw), max(1, len(raw) // 40)):
        document = native.read_bytes(raw[:end], "cut.yaml")
        assert document.findings or document.data is not None or raw[:1] == b"#"


def test_junk_behind_every_beginning_is_a_fault_and_no_crash() -> None:
    dice = random.Random(1)
    for what, content in FILES.values():
        raw = content if isinstance(content, bytes) else content.encode()
        junk = raw[:12] + dice.randbytes(2_000)
        (finding, *_) = native.read_bytes(junk, "junk.yaml").findings
        assert finding.fault.code == "SC101", what


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [b"\n", b" ", b"\t\n", b"\r\n", b"import ", b"class A(", b"layers {", b"a(\n (b): ", b"a.",
     b"layer {\n#\n", b"{", b'"', b"<", b"PK\x03\x04", b"\x89HDF", b"x = a.", b"\0", b"name,",
     b"{layers\n"],
)  # fmt: skip
def test_long_files_take_time_in_proportion(piece: bytes) -> None:
    """A pattern that starts anew at every place of a megabyte would never end."""
    raw = piece * (2**20 // len(piece))
    foreign.kind_of(raw, None)
    native.read_bytes(raw, "long.yaml")


def test_a_file_larger_than_any_spec_is_named_all_the_same() -> None:
    for name in ("saved-model", "weights-legacy", "safetensors", "h5-weights"):
        what, content = FILES[name]
        assert isinstance(content, bytes)
        raw = content + bytes(native.MAX_BYTES)
        (finding,) = native.read_bytes(raw, name).findings
        assert finding.fault.message == f"this is {what}"
    (finding,) = native.read_bytes(b"input: 8\n" * (native.MAX_BYTES // 8), "a.yaml").findings
    assert finding.fault.code == "SC108"
