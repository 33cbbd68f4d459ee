"""Files of PyTorch's torch.save, in both layouts: what the pickle holds, with tensors as shapes.

Since 1.6 a file is an archive with NAME/data.pkl and the values of each storage in a member of its
own (TorchScript's, too); before, it was five pickles in a row and the storages behind them. Values
are never read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from shapecalc.checkpoints.archives import Archive
from shapecalc.checkpoints.base import Checkpoint, Damaged, Unsupported
from shapecalc.checkpoints.dtypes import BITS, MOST_AXES, MOST_SIZE, bytes_of
from shapecalc.checkpoints.pickles import MOST_BYTES, Global, Makers, Persistent, read_pickle
from shapecalc.checkpoints.state_dicts import state_of
from shapecalc.checkpoints.stored import Storage, StoredTensor

__all__ = ["Saved", "Storage", "StoredTensor", "claims", "read", "read_saved", "title"]

title = "a PyTorch weight file (.pt, .pth)"
ZIP = b"PK\x03\x04"
BEGINS = re.compile(
    rb"PK\x03\x04.{26}[^\0/]{1,200}/(?:data\.pkl|data/|code/|constants|byteorder|version|\.)",
    re.DOTALL,
)
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"  # the pickle of it, but for its end
PROTOCOL = 1001
PICKLE = "/data.pkl"  # in a folder that is called as the file was
MOST_STORAGES = 100_000
FEW_STEPS = 1000  # of the small pickles in front

STORAGES = {  # names of classes, and what their values are
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8", "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8", "QUInt8Storage": "quint8", "QInt32Storage": "qint32",
    "UntypedStorage": "uint8",
}  # fmt: skip
DTYPES = {  # PyTorch's own names of some
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32",
    "short": "int16", "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip


class Saved(NamedTuple):
    """What torch.save was given, and how it was written: zip, legacy or TorchScript."""

    root: Any
    layout: str


def claims(start: bytes, name: str) -> bool:
    """Say whether a file begins as torch.save writes it, or TorchScript."""
    return start.startswith(MAGIC) or BEGINS.match(start) is not None


def read(stream: BinaryIO, path: Path | None) -> Checkpoint | None:
    """Return the tensors of a state dict, wherever it stands in what was saved; of a whole module
    its parameters and buffers. None where an archive is of something else.
    """
    stream.seek(0)
    if stream.read(4) == ZIP and not _pickles_in(Archive(stream)):
        return None
    return state_of(read_saved(stream).root)


def read_saved(stream: BinaryIO) -> Saved:
    """Return what a file holds: dicts, lists, Objects, StoredTensors. Nothing of it is run.

    See pickles.py for what else may be in it. Raises Damaged, Unsupported.
    """
    stream.seek(0)
    if stream.read(4) == ZIP:
        return _read_archive(stream)
    stream.seek(0)
    return _read_legacy(stream)


# -- the layouts -----------------------------------------------------------------------------------


def _read_archive(stream: BinaryIO) -> Saved:
    import io

    archive = Archive(stream)
    pickles = _pickles_in(archive)
    if len(pickles) != 1:
        raise Damaged("an archive without the one data.pkl that torch.save writes")
    raw = archive.read(pickles[0], MOST_BYTES)
    storages: dict[str, Storage] = {}
    root = read_pickle(io.BytesIO(raw), MAKERS, _remembering(storages))
    folder = pickles[0].removesuffix("data.pkl")
    for storage in storages.values():
        there = archive.sizes.get(f"{folder}data/{storage.key}")
        if there is None:
            raise Damaged(f"the file has no values {folder}data/{storage.key}")
        if there < bytes_of(storage.values, storage.dtype):
            raise Damaged(f"the values in {folder}data/{storage.key} are fewer than is said")
    script = f"{folder}constants.pkl" in archive.sizes
    return Saved(root, "TorchScript" if script else "zip")


def _pickles_in(archive: Archive) -> list[str]:
    return [name for name in archive.sizes if name.endswith(PICKLE) and name.count("/") == 1]


def _read_legacy(stream: BinaryIO) -> Saved:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if read_pickle(stream, most_steps=FEW_STEPS) != MAGIC_NUMBER:
        raise Damaged("this is not what torch.save writes")
    if read_pickle(stream, most_steps=FEW_STEPS) != PROTOCOL:
        raise Unsupported("a version of torch.save's files that is not known")
    read_pickle(stream, most_steps=FEW_STEPS)  # the machine on which it was written
    storages: dict[str, Storage] = {}
    root = read_pickle(stream, MAKERS, _remembering(storages))
    keys = read_pickle(stream, most_steps=3 * MOST_STORAGES)
    if not isinstance(keys, list):
        raise Damaged("the list of storages is none")
    named = {str(key) for key in keys if isinstance(key, str | int)}
    if not storages.keys() <= named:
        raise Damaged("the file has no values of some of its tensors")
    values = sum(8 + bytes_of(s.values, s.dtype) for s in storages.values())
    if stream.tell() + values > size:
        raise Damaged("the values are cut short", size)
    return Saved(root, "legacy")


# -- what the pickle names -------------------------------------------------------------------------


def _remembering(storages: dict[str, Storage]) -> Any:
    """Return what makes something of identities of what is outside, and remembers storages."""

    def made(identity: Any) -> Any:
        if not isinstance(identity, tuple) or not identity:
            return Persistent(identity)
        if identity[0] == "module" and len(identity) > 1:  # a class, with its source code
            return identity[1]
        if identity[0] != "storage" or len(identity) < 5:
            return Persistent(identity)
        _, kind, key, _, values = identity[:5]
        name = kind.name if isinstance(kind, Global) else None
        if not isinstance(key, str | int) or not _is_size(values):
            raise Damaged("a storage of impossible size")
        if name not in STORAGES:
            raise Unsupported("a storage of a type that is not known")
        storage = Storage(STORAGES[name], str(key)[:200], values)
        known = storages.setdefault(storage.key, storage)
        if bytes_of(known.values, known.dtype) < bytes_of(storage.values, storage.dtype):
            storages[storage.key] = storage
        return storage

    return made


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_SIZE


def _shape(value: Any) -> tuple[int, ...]:
    """Return a shape. Raises Damaged for anything else, and for more values than can be."""
    shape = _sizes(value)
    if not _is_size(prod(shape)):
        raise Damaged("a tensor of impossible shape")
    return shape


def _sizes(value: Any) -> tuple[int, ...]:
    """Return a shape or strides. Raises Damaged for anything else."""
    if not isinstance(value, tuple) or len(value) > MOST_AXES or not all(map(_is_size, value)):
        raise Damaged("a tensor of impossible shape")
    return value


def _tensor(arguments: tuple[Any, ...]) -> StoredTensor:
    """Of _rebuild_tensor: storage, offset, shape, stride; and of _v2: requires_grad, hooks."""
    storage, offset, shape, stride, *rest = _at_least(4, arguments)
    if not isinstance(storage, Storage) or not _is_size(offset):
        raise Damaged("a tensor without values")
    return _checked(
        StoredTensor(
            storage.dtype,
            _shape(shape),
            storage,
            offset,
            _sizes(stride),
            bool(rest and rest[0] is True),
        )
    )


def _checked(tensor: StoredTensor) -> StoredTensor:
    """Raise Damaged where a tensor looks at more than its storage has."""
    storage = tensor.storage
    if storage is None or len(tensor.stride) != len(tensor.shape):
        raise Damaged("a tensor with other strides than axes")
    if 0 in tensor.shape:
        return tensor
    steps = zip(tensor.shape, tensor.stride, strict=True)
    last = tensor.offset + sum((size - 1) * step for size, step in steps)
    bits = BITS.get(tensor.dtype, 8)
    if (last + 1) * bits > storage.values * BITS.get(storage.dtype, 8):
        raise Damaged("a tensor of more values than there are")
    return tensor


def _tensor_of_type(arguments: tuple[Any, ...]) -> StoredTensor:
    """Of _rebuild_tensor_v3, whose storage is of bytes: the type comes as the seventh."""
    storage, offset, shape, stride, grad, _, dtype = _at_least(7, arguments)[:7]
    if not isinstance(storage, Storage) or not _is_size(offset):
        raise Damaged("a tensor without values")
    return _checked(
        StoredTensor(_dtype(dtype), _shape(shape), storage, offset, _sizes(stride), grad is True)
    )


def _parameter(arguments: tuple[Any, ...]) -> Any:
    """Of _rebuild_parameter: the tensor, requires_grad."""
    tensor, grad = _at_least(2, arguments)[:2]
    if not isinstance(tensor, StoredTensor):
        return tensor
    return replace(tensor, requires_grad=grad is True, parameter=True)


def _quantized(arguments: tuple[Any, ...]) -> StoredTensor:
    """Of _rebuild_qtensor: storage, offset, shape, stride, scales, requires_grad."""
    return _tensor((*_at_least(4, arguments)[:4], False))


def _without_values(arguments: tuple[Any, ...]) -> StoredTensor:
    """Of _rebuild_meta_tensor_no_storage: type, shape, stride, requires_grad."""
    dtype, shape, _, grad = _at_least(4, arguments)[:4]
    return StoredTensor(_dtype(dtype), _shape(shape), requires_grad=grad is True)


def _of_subclass(arguments: tuple[Any, ...]) -> Any:
    """Of _rebuild_from_type_v2: what makes the tensor, the class, its arguments, its state."""
    maker, _, inner = _at_least(3, arguments)[:3]
    known = isinstance(maker, Global) and maker in PLAIN_MAKERS and isinstance(inner, tuple)
    return PLAIN_MAKERS[maker](inner) if known else None


def _dtype(value: Any) -> str:
    name = value.name if isinstance(value, Global) else ""
    name = DTYPES.get(name, name)
    if name not in BITS:
        raise Unsupported("a tensor of a type that is not known")
    return name


def _at_least(count: int, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(arguments) < count:
        raise Damaged("a tensor with too few arguments")
    return arguments


def _named(names: Iterable[str]) -> list[Global]:
    return [Global("torch._utils", name) for name in names]


PLAIN_MAKERS: Makers = dict(
    zip(
        _named(
            (
                "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter",
                "_rebuild_parameter_with_state", "_rebuild_qtensor",
                "_rebuild_meta_tensor_no_storage",
            )
        ),
        (_tensor, _tensor, _tensor_of_type, _parameter, _parameter, _quantized, _without_values),
        strict=True,
    )
)  # fmt: skip
MAKERS: Makers = {
    **PLAIN_MAKERS,
    Global("torch._tensor", "_rebuild_from_type_v2"): _of_subclass,
    Global("torch", "Size"): lambda arguments: _sizes(arguments[0]) if arguments else (),
}
