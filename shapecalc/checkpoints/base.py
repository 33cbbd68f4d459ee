"""What the readers of weight files share: the tensors that they give, and what they raise.

A reader of a format is a module, registered in __init__.py under the format's name, with

    claims(start, name)         whether a file is of its format, by its first bytes or its name
    read(stream, path)          its Checkpoint; the path is None where there is no folder around it
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from math import prod
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from shapecalc.checkpoints.dtypes import BITS, MOST_AXES, MOST_SIZE, bytes_of

MOST_TENSORS = 200_000
LONGEST_NAME = 4096


class Unreadable(ValueError):
    """A file that cannot be read. `offset` is the byte of the file, or None."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        place = "" if offset is None else f" at byte {offset:,}"
        super().__init__(f"{message}{place}")
        self.offset = offset


class Damaged(Unreadable):
    """What stands in the file is not what a file of its format has there."""


class Unsupported(Unreadable):
    """Sound as far as can be told, but of a kind that is not read here."""


class Tensor(NamedTuple):
    """A named tensor of a weight file: its shape, its type as NumPy names it, never its values.

    `layer` is the name of its layer where the file tells it beside the tensor's own; `identity` is
    equal for tensors that are one and the same, such as tied weights, and None where each is alone.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    layer: str | None = None
    identity: Hashable = None

    @property
    def values(self) -> int:
        """How many values it has."""
        return prod(self.shape)

    @property
    def bytes(self) -> int | None:
        """How many bytes its values take, packed; None for types of no fixed size."""
        return bytes_of(self.values, self.dtype) if self.dtype in BITS else None


class Checkpoint(NamedTuple):
    """What a weight file holds. `layout` is the framework whose order of axes the weights have.

    `ordered` says whether the tensors stand in the order in which the network has them; `within`
    names the part of the file that they are, where it holds other things as well.
    """

    tensors: tuple[Tensor, ...]
    layout: str | None = None
    ordered: bool = True
    within: str | None = None

    @property
    def is_keras_3(self) -> bool:
        """Whether groups are called by the layers' classes."""
        return self.layout == "keras" and not self.ordered


class CheckpointReader(Protocol):
    """Reads one format."""

    title: str  # of a file of it, as "a safetensors weight file"

    def claims(self, start: bytes, name: str) -> bool:
        """Say whether a file is of the format, by its first bytes (up to 64 KiB) or its name."""

    def read(self, stream: BinaryIO, path: Path | None) -> Checkpoint | None:
        """Return the tensors; None where another reader is to be asked. Raises Unreadable."""


def checked_shape(sizes: Sequence[object], name: str) -> tuple[int, ...]:
    """Return a shape as it is. Raises Damaged for one that no tensor can have."""
    shape = []
    for size in sizes:
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < MOST_SIZE:
            raise Damaged(f"an impossible shape of {name}")
        shape.append(size)
    if len(shape) > MOST_AXES or prod(shape) >= MOST_SIZE:
        raise Damaged(f"an impossible shape of {name}")
    return tuple(shape)


def natural(name: str) -> list[tuple[str, int]]:
    """Return a key by which conv2d comes before conv2d_2, and that before conv2d_10."""
    parts = re.findall(r"([^\d]*)(\d{0,15})", name)
    return [(text, int(number) if number else -1) for text, number in parts]


def shown(name: str) -> str:
    """Return a text of a file for a message: no control characters, 80 characters at most."""
    plain = "".join(c if c.isprintable() else "?" for c in name[:81])
    return plain if len(plain) <= 80 else f"{plain[:77]}..."
