"""What torch.save writes, without PyTorch: pickles of its calls, in both layouts."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZES = {"Float": 4, "Double": 8, "Half": 2, "BFloat16": 2, "Long": 8, "Byte": 1}
MAGIC = 0x1950A86A20F9469CFC6C


@dataclass(frozen=True)
class Name:
    """Something that a pickle imports."""

    module: str
    name: str


@dataclass(frozen=True)
class Call:
    """Something that a pickle calls, and the state that it gives to the result."""

    called: Any
    arguments: tuple[Any, ...] = ()
    state: Any = None


@dataclass(frozen=True)
class Kept:
    """Something that is kept outside of the pickle."""

    identity: Any


def dumps(value: Any) -> bytes:
    """Return a pickle of plain data, Names, Calls and what is Kept outside."""
    return b"\x80\x02" + _written(value) + b"."


def _written(value: Any) -> bytes:
    match value:
        case Name():
            return f"c{value.module}\n{value.name}\n".encode()
        case Kept():
            return _written(value.identity) + b"Q"
        case Call():
            made = _written(value.called) + _written(value.arguments) + b"R"
            return made + (b"" if value.state is None else _written(value.state) + b"b")
        case tuple():
            return b"(" + b"".join(map(_written, value)) + b"t"
        case list():
            return b"](" + b"".join(map(_written, value)) + b"e"
        case dict():
            flat = b"".join(_written(part) for pair in value.items() for part in pair)
            return b"}(" + flat + b"u"
        case _:
            return pickle.dumps(value, 2)[2:-1]


def tensor(
    shape: Sequence[int],
    key: str = "0",
    kind: str = "Float",
    values: int | None = None,
    grad: bool = False,
) -> Call:
    """Return the call that rebuilds a tensor whose values lie in a row."""
    stride, count = [], 1
    for size in reversed(shape):
        stride.insert(0, count)
        count *= size
    storage = ("storage", Name("torch", f"{kind}Storage"), key, "cpu", values or count)
    arguments = (Kept(storage), 0, tuple(shape), tuple(stride), grad, Call(ORDERED))
    return Call(Name("torch._utils", "_rebuild_tensor_v2"), arguments)


ORDERED = Name("collections", "OrderedDict")


def state_dict(shapes: Mapping[str, Sequence[int]]) -> dict[str, Call]:
    """Return a state dict of tensors with storages of their own."""
    return {name: tensor(shape, str(key)) for key, (name, shape) in enumerate(shapes.items())}


def module(name: str, attributes: dict[str, Any]) -> Call:
    """Return an object of one of torch.nn's classes, such as conv.Conv2d."""
    where, _, kind = name.rpartition(".")
    cls = Name(f"torch.nn.modules.{where}", kind)
    return Call(
        Name("copy_reg", "_reconstructor"), (cls, Name("builtins", "object"), None), attributes
    )


def _storages(value: Any) -> dict[str, int]:
    """Return the bytes of every storage by its key."""
    found: dict[str, int] = {}
    match value:
        case Kept(("storage", Name(name=kind), key, _, count)):
            found[key] = count * SIZES.get(kind.removesuffix("Storage"), 1)
        case Call():
            found = _storages([value.arguments, value.state])
        case dict():
            found = _storages(list(value.values()))
        case list() | tuple():
            for part in value:
                found |= _storages(part)
    return found


def zipped(value: Any, folder: str = "net", extra: Mapping[str, bytes] | None = None) -> bytes:
    """Return the archive that torch.save writes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{folder}/data.pkl", dumps(value))
        archive.writestr(f"{folder}/byteorder", "little")
        for key, size in _storages(value).items():
            archive.writestr(f"{folder}/data/{key}", bytes(size))
        archive.writestr(f"{folder}/version", "3\n")
        for name, raw in (extra or {}).items():
            archive.writestr(f"{folder}/{name}", raw)
    return stream.getvalue()


def legacy(value: Any) -> bytes:
    """Return what torch.save wrote before it wrote archives."""
    storages = _storages(value)
    head = dumps(MAGIC) + dumps(1001) + dumps({"little_endian": True}) + dumps(value)
    data = b"".join(struct.pack("<q", size) + bytes(size) for size in storages.values())
    return head + dumps(list(storages)) + data
