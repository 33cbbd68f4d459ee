"""Finds the tensors in what PyTorch saved: a state dict, alone or in a training's checkpoint.

A checkpoint of a training holds the state dict under a name of its own beside the optimizer's state
and others; which names those are is custom. A whole module has its parameters and buffers, and
those of the modules in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shapecalc.checkpoints.base import (
    LONGEST_NAME,
    MOST_TENSORS,
    Checkpoint,
    Tensor,
    Unsupported,
    checked_shape,
)
from shapecalc.checkpoints.pickles import Object
from shapecalc.checkpoints.stored import StoredTensor

WRAPPERS = (  # the first of them that holds tensors is the network
    "state_dict", "model_state_dict", "model_state", "model", "module", "net", "network", "params",
    "weights", "ema", "model_ema", "state_dict_ema", "ema_state_dict", "params_ema",
)  # fmt: skip
OF_TRAINING = ("optim", "sched", "lr_", "scaler", "amp", "rng")  # how other names begin
OF_MODULES = ("_parameters", "_buffers", "_modules")  # attributes of an nn.Module, in order
MOST_STEPS = 500_000
DEEPEST = 100


def state_of(root: Any) -> Checkpoint:
    """Return the tensors of the network that is in what was saved."""
    found = _Walk().tensors(root)
    if isinstance(root, dict) and not any(isinstance(v, StoredTensor) for v in root.values()):
        for wrapper in WRAPPERS:
            inside = _Walk().tensors(root.get(wrapper))
            if inside:
                return Checkpoint(inside, "pytorch", within=wrapper)
    return Checkpoint(found, "pytorch")


class _Walk:
    """Goes through dicts, lists and modules, each once on a way down, and counts its steps."""

    def __init__(self) -> None:
        self._steps = 0

    def tensors(self, root: Any) -> tuple[Tensor, ...]:
        """Return every tensor by the names that lead to it."""
        found = []
        waiting = [("", root, frozenset[int]())]
        while waiting:
            name, value, above = waiting.pop()
            self._steps += 1
            if isinstance(value, StoredTensor):
                found.append(_tensor(name, value))
                continue
            inside = list(_members(value))
            self._steps += len(inside)
            if self._steps > MOST_STEPS or len(found) > MOST_TENSORS:
                raise Unsupported("a file of far too many parts")
            if not inside or id(value) in above:
                continue
            if len(above) >= DEEPEST:
                raise Unsupported(f"a file that is nested deeper than {DEEPEST}")
            below = above | {id(value)}
            for key, member in reversed(inside):
                full = f"{name}.{key}" if name and key else name or key
                if len(full) <= LONGEST_NAME:
                    waiting.append((full, member, below))
        return tuple(found)


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what is inside, by name, in order; what belongs to the training is left out."""
    if isinstance(value, dict):
        for key, member in value.items():
            name = key if isinstance(key, str) else str(key) if isinstance(key, int) else None
            if name is not None and not name.lower().startswith(OF_TRAINING):
                yield name, member
    elif isinstance(value, list | tuple):
        yield from ((str(number), member) for number, member in enumerate(value))
    elif isinstance(value, Object):
        attributes = value.attributes
        modules = [attributes[word] for word in OF_MODULES if word in attributes]
        if modules:
            yield from (("", inside) for inside in modules)
        else:  # a module of TorchScript, a dict of a class of its own
            yield from _members(value.pairs or attributes)


def _tensor(name: str, stored: StoredTensor) -> Tensor:
    shape = checked_shape(stored.shape, "a tensor")
    return Tensor(name, shape, stored.dtype, identity=stored.identity)
