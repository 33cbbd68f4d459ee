"""Tensors as PyTorch's pickles have them: a view of a storage, whose values are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple


class Storage(NamedTuple):
    """Values that tensors look at: their type, and the key that they have in the file."""

    dtype: str
    key: str
    values: int


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor: its type as NumPy names it, its shape, where in which storage its values are.

    `storage` is None where the file has no values of it. `parameter` says whether it is an
    nn.Parameter; others are buffers, or what a state dict has made of parameters.
    """

    dtype: str
    shape: tuple[int, ...]
    storage: Storage | None = None
    offset: int = 0
    stride: tuple[int, ...] = ()
    requires_grad: bool = False
    parameter: bool = False

    @property
    def identity(self) -> tuple[Any, ...] | None:
        """Equal for tensors that are one and the same, such as tied weights."""
        if self.storage is None:
            return None
        return (self.storage.key, self.offset, self.shape, self.stride)
