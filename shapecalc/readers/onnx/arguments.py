"""Arguments of operators, the same whichever version of ONNX wrote them.

What was an attribute became an input in many operators, some defaults changed, some attributes
other names. Source: https://github.com/onnx/onnx/blob/main/docs/Changelog.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shapecalc.readers.onnx.evaluation.arrays import Array
from shapecalc.readers.onnx.model import Node

Known = Callable[[str], "Array | None"]  # what is known of a tensor by its name
NEWEST = 1000  # of a file that does not say its version

# Of each operator the inputs that are arguments, and which one each is.
INPUTS: dict[str, tuple[tuple[str, int], ...]] = {
    "AffineGrid": (("size", 1),),
    "CenterCropPad": (("shape", 1),),
    "Clip": (("min", 1), ("max", 2)),
    "Col2Im": (("image_shape", 1), ("block_shape", 2)),
    "ConstantOfShape": (("shape", 0),),
    "Dropout": (("ratio", 1),),
    "Expand": (("shape", 1),),
    "OneHot": (("depth", 1),),
    "Pad": (("pads", 1), ("value", 2), ("axes", 3)),
    "Reshape": (("shape", 1),),
    "Resize": (("roi", 1), ("scales", 2), ("sizes", 3)),
    "Slice": (("starts", 1), ("ends", 2), ("axes", 3), ("steps", 4)),
    "Split": (("split", 1),),
    "Squeeze": (("axes", 1),),
    "Tile": (("repeats", 1),),
    "TopK": (("k", 1),),
    "Unsqueeze": (("axes", 1),),
    "Upsample": (("scales", 1),),
    **{
        f"Reduce{name}": (("axes", 1),)
        for name in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum",
                     "SumSquare")
    },
}  # fmt: skip
SCALARS = frozenset(("min", "max", "ratio", "value", "depth", "k"))  # and no lists


class Unknown:
    """Stands for an argument that is computed from what comes in."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def arguments(node: Node, opset: int, known: Known) -> dict[str, Any]:
    """Return a node's arguments by name: plain numbers, texts and lists, or UNKNOWN.

    A size in a list that is not known is None. Arguments that are left out are left out.
    """
    given = node.attributes
    special = SPECIAL.get(node.op)
    inputs = INPUTS.get(node.op)
    if special is None and inputs is None:
        return given
    given = dict(given)
    if node.op == "Resize" and len(node.inputs) == 2:
        inputs = (("scales", 1),)  # before version 11
    for name, place in inputs or ():
        if place >= len(node.inputs) or not node.inputs[place]:
            continue
        array = known(node.inputs[place])
        if array is None or (array.values is None and array.shape != (0,)):
            size = None if array is None or len(array.shape) != 1 else array.shape[0]
            open_ = name not in SCALARS and size is not None and size <= 64
            given[name] = [None] * size if open_ and size is not None else UNKNOWN
        elif name in SCALARS:
            given[name] = array.values[0] if array.values else UNKNOWN
        else:
            given[name] = list(array.values or ())
    if special is not None:
        special(node, opset, given)
    return given


def _softmax(node: Node, opset: int, given: dict[str, Any]) -> None:
    """Before version 13 the axes from `axis` on are one, and it is 1 by default."""
    if opset < 13:
        given.setdefault("axis", 1)
        given["flattens"] = True
    else:
        given.setdefault("axis", -1)


def _reduced(node: Node, opset: int, given: dict[str, Any]) -> None:
    """No axes at all are all axes."""
    if given.get("axes") == []:
        del given["axes"]


def _pad(node: Node, opset: int, given: dict[str, Any]) -> None:
    """Version 1 calls them paddings; a value is 0 where none is given."""
    if "paddings" in given:
        given["pads"] = given.pop("paddings")


def _tile(node: Node, opset: int, given: dict[str, Any]) -> None:
    """Version 1 repeats one axis, by an input of its own."""
    if opset < 6:
        given["repeats"] = UNKNOWN


def _upsample(node: Node, opset: int, given: dict[str, Any]) -> None:
    """Version 1 has factors of height and width by themselves."""
    if "height_scale" in given and "width_scale" in given:
        given["scales"] = [1.0, 1.0, given["height_scale"], given["width_scale"]]


def _split(node: Node, opset: int, given: dict[str, Any]) -> None:
    given["outputs"] = len(node.outputs)


def _topk(node: Node, opset: int, given: dict[str, Any]) -> None:
    given.setdefault("axis", -1)


SPECIAL: dict[str, Callable[[Node, int, dict[str, Any]], None]] = {
    "Hardmax": _softmax, "LogSoftmax": _softmax, "Pad": _pad, "Softmax": _softmax,
    "Split": _split, "Tile": _tile, "TopK": _topk, "Upsample": _upsample,
    **dict.fromkeys((name for name in INPUTS if name.startswith("Reduce")), _reduced),
}  # fmt: skip
