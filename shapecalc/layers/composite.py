"""Composites: residual, parallel and repeat hold lists of layers; network/ unfolds them.

They compute nothing themselves: the merge of a residual or parallel is a layer of its own.
"""

from typing import Annotated

from pydantic import Field

from shapecalc.layers.base import Layer
from shapecalc.layers.field_types import LayerList, Natural, choice


class Composite(Layer):
    """A layer written with other layers inside it."""


class Residual(Composite):
    """residual: body + shortcut, both fed with the layer's input.

    The two volumes must agree; the merge is a layer called add1, add2, ... or by `name`.
    An empty shortcut, the default, is the identity.

    Example: 56x56x256 through a body that gives 56x56x256: the sum is 56x56x256.

        - residual: {body: [{conv: {K: 256, F: 3, P: 1}}, relu], shortcut: []}

    Fields: body (main), shortcut ([]): lists of layers.

    Source: He et al., "Deep Residual Learning for Image Recognition", 2015.
    """

    body: LayerList
    shortcut: LayerList = Field(default=[])  # which pydantic copies; a factory costs a start 6 ms

    shorthand = "body"


class Parallel(Composite):
    """parallel: branches side by side, all fed with the layer's input, then merged.

    merge: concat (the default) joins their depths, add and multiply work value by value; the merge
    is a layer called concat1, add1, ... or by `name`. An empty branch is the identity.

    Example: 28x28x192 into branches of depth 64 and 128: 64 + 128 = 192, so 28x28x192.

        - parallel: [[{conv: {K: 64, F: 1}}], [{conv: {K: 128, F: 3, P: 1}}]]

    Fields: branches (main): lists of layers; merge (concat).

    Source: Szegedy et al., "Going Deeper with Convolutions", 2014.
    """

    branches: LayerList
    merge: Annotated[str, choice("concat", "add", "multiply")] = "concat"

    shorthand = "branches"


class Repeat(Composite):
    """repeat: the same layers several times, one after the other.

    Each time has weights of its own; to use weights again, see share.

    Example: two times a conv of 64 filters: conv1 and conv2.

        - repeat: {times: 2, layers: [{conv: {K: 64, F: 3, P: 1}}, relu]}

    Fields: times (0 allowed), layers; nothing else, not even a name.

    Source: Simonyan and Zisserman, "Very Deep Convolutional Networks", 2014, whose stages repeat.
    """

    times: Natural
    layers: LayerList
