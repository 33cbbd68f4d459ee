"""Files that are not ours, told by their bytes: what each one is, and what to do about it.

A line of a table is a kind of file. A reader that learns to read a kind takes its line out.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Mapping
from typing import Any, NamedTuple

HEAD = 2**16  # bytes in which a text shows what it is

SPEC = "write the network as a spec, with input: and layers:"
NOT_READ = f"shapecalc does not read such files: {SPEC}"
WEIGHTS = "weights do not tell how layers are joined: shapecalc report lists them"
CODE = f"shapecalc runs no code: {SPEC}"
PICKLE = f"a pickle can run code, so it is not opened: {SPEC}"
SUMMARY = f"a summary leaves out filter sizes and strides: {SPEC}"
SETTINGS = f"it names no layers: {SPEC}"
TEXT_WANTED = "a spec is a text file, with input: and layers:"
UNPACK = "unpack it, and name the files in it"
FETCH = "`git lfs pull` fetches the file itself"
UTF_8 = "save the file as UTF-8"


class Kind(NamedTuple):
    """A kind of file: what it begins with or has in it, its name, and what to do.

    `inside` stands anywhere in the file, where the beginning does not tell enough.
    """

    pattern: bytes
    name: str
    hint: str
    inside: bytes = b""

    @property
    def fetched(self) -> bool:
        """Whether the hint says how to come by the file that is meant."""
        return self.hint == FETCH


ZIP = rb"PK\x03\x04"
HDF5 = rb"\x89HDF\r\n\x1a\n"
BINARY = (  # at the beginning; the more special comes first
    Kind(rb"PK\x03\x04.{26}[^\0]{1,200}?\.npy", "a NumPy archive (.npz)", WEIGHTS),
    Kind(ZIP, "a PyTorch weight file (.pt, .pth)", WEIGHTS, rb"/data\.pkl"),
    Kind(ZIP, "an Office document", TEXT_WANTED, rb"\[Content_Types\]\.xml"),
    Kind(ZIP, "a ZIP archive", UNPACK),
    Kind(rb"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19", "a PyTorch weight file (.pt, .pth)",
         WEIGHTS),
    Kind(rb"\x80[\x02-\x05][(}\]\x8a\x8c\x95Xcq]", "a Python pickle", PICKLE),
    Kind(rb".{4}\0{4}\{\s*[\"}]", "a safetensors weight file", WEIGHTS),
    Kind(HDF5, "an HDF5 file (.h5), as Keras saves weights", WEIGHTS),
    Kind(rb"\x93NUMPY", "a NumPy array (.npy)", WEIGHTS),
    Kind(rb"\x08\x01\x12[\x80-\xff]", "a TensorFlow SavedModel (.pb)", NOT_READ),
    Kind(rb"\0{4}[\x01\x02]\0{3}[\0-\x09]\0{3}", "a Darknet weight file (.weights)", WEIGHTS),
    Kind(rb"%PDF-", "a PDF document", TEXT_WANTED),
    Kind(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", TEXT_WANTED),
    Kind(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0{4}|RIFF.{4}WEBP|II\*\0|MM\0\*|"
         rb".{4}ftyp(?:heic|avif|mif1)", "a picture", TEXT_WANTED),
    Kind(rb"\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ\0|\x28\xb5\x2f\xfd", "a compressed file", UNPACK),
    Kind(rb"7z\xbc\xaf|Rar!\x1a|.{257}ustar", "an archive", UNPACK),
    Kind(rb"\xff\xfe\0\0|\0\0\xfe\xff|(?:[\t\r\n -~]\0{3}){4}|(?:\0{3}[\t\r\n -~]){4}",
         "UTF-32 text", UTF_8),
    Kind(rb"\xff\xfe|\xfe\xff|(?:[\t\r\n -~]\0){4}|(?:\0[\t\r\n -~]){4}", "UTF-16 text", UTF_8),
)  # fmt: skip
TEXT = (  # in the first lines
    Kind(rb"\Aversion https://git-lfs\.github\.com/spec/", "a Git LFS pointer",
         FETCH),
    Kind(rb"(?i)\A\s*(?:<!--|<!doctype html|<html|<head|<body)", "a web page",
         "save the file that the page shows; on GitHub, press Raw"),
    Kind(rb"\A\{\\rtf", "an Office document", TEXT_WANTED),
    Kind(rb"\A\s*(?:<\?xml[^>]*>\s*)?<svg\b", "a picture", TEXT_WANTED),
    Kind(rb"\A\s*<\?xml", "an XML file", NOT_READ),
    Kind(rb"\A(?!\s*(?:[\"']{3}|#!|from |import ))(?s:.*?)^ {0,3}(?:```|~~~)", "a Markdown text",
         "put the spec in it into a file of its own"),
    Kind(rb"Layer \(type", "a model's summary", SUMMARY),
    Kind(rb"^\w+\(\r?\n +\(\w+\): \w+\(", "a PyTorch module as it is printed", CODE),
    Kind(rb"[\"']nbformat[\"']|[\"']cell_type[\"']", "a Jupyter notebook", CODE),
    Kind(rb"\A#!.*python|^from [.\w]+ import |^import [.\w]+(?: as \w+)?\s*(?:#|$)|^def \w+\(|"
         rb"^class \w+(?:\(.*\))?:\s*$|^(?:\w+ = )?(?:nn|torch|tf|keras|layers|models)\.[\w.]+\(|"
         rb"^\w+ = (?:\w+\.)*[A-Z]\w+\(|^\w+\.add\(", "Python source", CODE),
    Kind(rb"(?i)\A[\"']?(?:student|name|email|id)[\"']?[,;\t]", "a table of answers",
         "shapecalc grade ASSIGNMENT FILE marks answers"),
)  # fmt: skip
KEYS: tuple[tuple[set[str], Kind], ...] = (  # of a mapping
    ({"cells", "nbformat"}, Kind(b"", "a Jupyter notebook", CODE)),
    ({"model_type"}, Kind(b"", "a Hugging Face model's configuration", SETTINGS)),
    ({"architectures"}, Kind(b"", "a Hugging Face model's configuration", SETTINGS)),
)
UNKNOWN = Kind(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]", "a binary file", TEXT_WANTED)


def kind_of(raw: bytes, data: Any) -> Kind | None:
    """Return what a file is, or None where that cannot be told.

    `data` is what was read from it as YAML or JSON; a mapping is told by its keys.
    """
    if isinstance(data, Mapping):
        return next((kind for keys, kind in KEYS if keys <= data.keys()), None)
    return binary(raw) or text(raw)


def binary(raw: bytes) -> Kind | None:
    """Return what a file is that begins as no text does, or None."""
    for kind in BINARY:
        if re.match(kind.pattern, raw, re.DOTALL) and re.search(kind.inside, raw):
            return kind
    return None


def text(raw: bytes) -> Kind | None:
    """Return what a text is that is no spec, or bytes that are no text, or None."""
    head = raw[:HEAD].removeprefix(b"\xef\xbb\xbf")
    for kind in TEXT:
        if re.search(kind.pattern, head, re.MULTILINE):
            return kind
    return UNKNOWN if b"\0" in head or _is_no_text(head) else None


def _is_no_text(head: bytes) -> bool:
    """Say whether bytes are neither UTF-8 nor free of what no other text has."""
    try:
        getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return re.search(UNKNOWN.pattern, head) is not None
    return False
