"""What a file of Keras 3 says of the shapes between its layers, brought to who gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shapecalc.diagnostics import Path
from shapecalc.readers.keras.graph import Shape
from shapecalc.readers.keras.walk import Call, Flattened, Tensor

OF_BUILDING = "build_config.input_shape"


class Stated(NamedTuple):
    """A shape that is stated of a tensor, with the batch, and where."""

    shape: Shape
    path: Path


def stated_shapes(flat: Flattened) -> dict[Tensor, list[Stated]]:
    """Return what is stated of each tensor: each shape once, at the place that comes first."""
    found: dict[Tensor, list[Stated]] = {}
    for call in flat.calls:
        for tensor, stated in _of_call(call):
            before = found.setdefault(tensor, [])
            if all(stated.shape[1:] != other.shape[1:] for other in before):
                before.append(stated)
    return found


def _of_call(call: Call) -> Iterator[tuple[Tensor, Stated]]:
    """Yield what a call and its layer state of the tensors that come in."""
    for tensor, shape in zip(call.inputs, call.node.shapes, strict=True):
        if shape:
            yield tensor, Stated(shape, call.node.path)
    if call.earlier:  # a layer is built once, for its first call
        return
    for claim in call.layer.claims:
        if claim.what == OF_BUILDING and len(call.inputs) == 1:
            yield call.inputs[0], Stated(claim.shape, claim.path)
        elif claim.what.startswith(f"{OF_BUILDING}."):
            number = claim.what.rpartition(".")[2]
            if number.isdigit() and int(number) < len(call.inputs):
                yield call.inputs[int(number)], Stated(claim.shape, claim.path)
