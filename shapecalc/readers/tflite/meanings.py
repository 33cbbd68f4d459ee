"""What each operator of TensorFlow Lite is in a network, in one table.

Operators that are not in it are operations, whose outputs are those that the file states.
"""

from __future__ import annotations

from collections.abc import Mapping

from shapecalc.readers.tensors.layouts import Node
from shapecalc.readers.tflite import moved, pointwise, weighted
from shapecalc.readers.tflite.model import Operator
from shapecalc.readers.tflite.translation import Call, Meaning, Translation

MEANINGS: Mapping[str, Meaning] = {**weighted.MEANINGS, **pointwise.MEANINGS, **moved.MEANINGS}

# Operators that take the depth last, and those whose output has the axes of what comes in.
DEPTH_LAST = frozenset(
    (*weighted.DEPTH_LAST, "DEPTH_TO_SPACE", "SPACE_TO_DEPTH", "RESIZE_BILINEAR",
     "RESIZE_NEAREST_NEIGHBOR", "L2_NORMALIZATION", "LOCAL_RESPONSE_NORMALIZATION", "PRELU")
)  # fmt: skip
KEEP = frozenset((*pointwise.KEEP, "CONCATENATION", "PAD", "PADV2", "MIRROR_PAD", "SLICE", "SPLIT"))


def node_of(translation: Translation, operator: Operator) -> Node:
    """Return an operator as layouts need it. It has no name: its first output's is its own."""
    names = translation.names
    name = names[operator.outputs[0]]
    call = Call(operator, Node(name, operator.what, (), ()))
    order = translation.numbers(call, 1) if operator.what == "TRANSPOSE" else None
    taken = [n for n in operator.inputs if n is not None and n not in translation.arrays]
    return Node(
        name,
        operator.what,
        [names[number] for number in taken if number not in translation.sizes],
        [names[number] for number in operator.outputs],
        (name,),
        depth=-1 if operator.what in DEPTH_LAST else None,
        order=order,
        keeps=operator.what in KEEP,
    )
