"""Darknet's .weights: a header, then values in the network's own order, and nothing else.

Source: load_weights in Darknet's parser.c.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO

from shapecalc.checkpoints.base import Checkpoint, Damaged, Tensor

title = "a Darknet weight file (.weights)"
BEGINS = re.compile(rb"\0{4}[\x01\x02]\0{3}[\0-\x09]\0{3}")  # 0.1.0 to 0.2.9
ALL = "all values"  # they have no names
NEW = 2  # from version 0.2 on the number of images seen has eight bytes


def claims(start: bytes, name: str) -> bool:
    """Say whether a file begins with one of Darknet's versions."""
    return BEGINS.match(start) is not None


def read(stream: BinaryIO, path: Path | None) -> Checkpoint:
    """Return all values as one tensor."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    numbers = [int.from_bytes(stream.read(4), "little") for _ in range(3)]
    header = 20 if numbers[0] * 10 + numbers[1] >= NEW else 16
    if size < header:
        raise Damaged("the header is cut short")
    if (size - header) % 4:
        raise Damaged("the values are cut short", size)
    return Checkpoint((Tensor(ALL, ((size - header) // 4,), "float32"),), "darknet")
