"""Sound networks that are hard to confirm: kinks, gradients of 0, fields that see less than a box.

Each was accused by a check that took rounding, or a unit exactly at its kink, for a fault.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from shapecalc import Trace
from shapecalc.executor import run
from shapecalc.executor.verify import verify

pytestmark = pytest.mark.slow

TraceText = Callable[..., Trace]
CONV, ONE = "{conv: {K: 2, F: 3, P: 1}}", "{conv: {K: 2, F: 1}}"

SOUND = {
    # a relu over zeros: in the padding, behind a dropout, behind another relu
    "padding": f"input: 8x8x3\nlayers: [{CONV}, relu, {ONE}, relu, global_avg_pool, dense: 3]\n",
    "pad": f"input: 6x6x1\nlayers: [pad: 2, {ONE}, relu]\n",
    "dropout": f"input: 6x6x1\nlayers: [dropout, {ONE}, relu]\n",
    "gaps": "input: 6x6x1\nlayers: [conv_transpose: {K: 2, F: 1, S: 2}, relu]\n",
    "chain": "input: 4\nlayers: [dense: 2, relu, dense: 2, relu, dense: 2, relu]\n",
    # a normalization of one or two values: the gradient is 0, or nearly
    "batch": "input: 8\nlayers: [dense: 6, batch_norm, relu, dense: 3, softmax]\n",
    "pooled": "input: 8x8x2\nlayers: [global_avg_pool, batch_norm]\n",
    "instance": "input: 1x1x3\nlayers: [instance_norm]\n",
    "two": "input: 4\nlayers: [dense: 2, layer_norm, dense: 2]\n",
    # nothing comes back to the input
    "one class": "input: 8x8x1\nlayers: [dense: 1, softmax]\n",
    "outside": "input: 2x2x1\nlayers: [conv: {K: 1, F: 1, P: 1, S: 3}]\n",
    # pixels that no window sees, or that were cut off
    "dilated": "input: 3x1\nlayers: [conv: {K: 1, F: 3, P: 1, dilation: 2}, dense: 1]\n",
    "cropped": f"input: 4x4x1\nlayers: [crop: 1, {CONV}]\n",
    # a maximum of padding alone is minus infinity, in the layer and behind it
    "padding alone": "input: 2x2x2\nlayers: [max_pool: {F: 2, S: 1, P: 1, dilation: 3}]\n",
    "behind it": "input: 2x3x2\nlayers: [max_pool: {F: [2, 1], S: 1, P: [1, 0], dilation: 3},"
    f" {CONV}, batch_norm, relu, dense: 3, softmax]\n",
    "beside it": "input: 2x5x2\nlayers: [max_pool: {F: [2, 3], S: 1, P: [1, 1], dilation: 3},"
    " relu, dense: 2]\n",
    # branches that lie apart, and one that is stretched
    "apart": "input: 8x8x1\nlayers: [max_pool: {name: a, F: 2},"
    " conv: {name: b, K: 1, F: 5, from: input}, add: [a, b]]\n",
    "stretched": "input: 8x8x2\nlayers: [avg_pool: 8, multiply: [input, avg_pool1]]\n",
    # a reshape that leaves the values of a position together, and one that parts them
    "tokens": "input: 8x8x3\nlayers: [conv: {K: 5, F: 4, S: 4}, reshape: 4x5, layer_norm]\n",
    "space to depth": f"input: 8x8x4\nlayers: [{CONV}, reshape: 4x4x8, {CONV}, dense: 2]\n",
    "in a branch": f"input: 4x4x2\nlayers: [residual: [reshape: 2x2x8, {ONE.replace('2', '8', 1)},"
    " relu, reshape: 4x4x2], instance_norm, softmax]\n",
    # rounding that adds up from layer to layer
    "deep": "input: 4\nlayers: [repeat: {times: 1000, layers: [tanh]}]\n",
}  # fmt: skip


# What names other layers: SegNet's way down and up, a decoder that crops, a pyramid.
SOUND |= {
    "segnet": """
input: 9x8x2
rounding: floor
layers: [conv: {K: 3, F: 3, P: 1}, relu, max_pool: 2, conv: {K: 3, F: 3, P: 1}, relu,
  max_pool: {F: 3, S: 2, P: 1}, max_unpool: max_pool2, conv: {K: 3, F: 3, P: 1},
  max_unpool: max_pool1, separable_conv: {K: 2, F: 3}, local_conv: {K: 2, F: 2}]
""",
    "decoder": """
input: 13x12x2
rounding: floor
layers: [conv: {K: 2, F: 3, name: skip}, max_pool: 2, conv: {K: 2, F: 2},
  upsample: {scale: 1.6, mode: bilinear}, crop: {like: upsample1, from: skip},
  concat: [upsample1, crop1], conv: {K: 2, F: 2}]
""",
    "pyramid": """
input: 11x9x2
rounding: floor
layers: [conv: {K: 2, F: 3, S: 2, P: 1, name: c3}, conv: {K: 2, F: 3, S: 2, P: 1, name: c4},
  upsample: {like: c3}, add: [upsample1, c3], conv: {K: 2, F: 3, P: 1},
  upsample: {output: 4x17, mode: bilinear}]
""",
}  # fmt: skip


def test_a_network_that_jumps_with_rounding_is_not_accused(trace_text: TraceText) -> None:
    """The border that bilinear repeats makes pixels equal but for rounding: a pool takes any."""
    trace = trace_text("""
input: 9x13x2
layers: [conv: {K: 2, F: 3, P: 1}, upsample: {output: 4x2, mode: bilinear},
  upsample: {output: 12x14, mode: bilinear}, max_pool: {F: 3, S: 1, P: 1, name: down},
  max_unpool: down, max_pool: 2]
""")
    notes = []
    for seed in range(8):
        found = verify(trace, seed=seed)
        assert found.diagnostics == (), [d.message for d in found.diagnostics]
        notes += found.notes
    assert any("which of equal values max_unpool1 takes" in note for note in notes)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_network_is_not_accused(name: str, trace_text: TraceText) -> None:
    trace = trace_text(SOUND[name])
    for seed in range(2 if name == "deep" else 8):
        for batch in (1, 2):
            found = verify(trace, seed=seed, batch=batch).diagnostics
            assert found == (), (seed, batch, [d.message for d in found])


def test_inputs_and_weights_are_drawn_apart() -> None:
    """NumPy fills seeds up with zeros: (0, 0) and (0, 0, 0) give the same numbers."""
    result = run({"input": "8x8x1", "layers": [{"dense": 1}]}, seed=0)
    x, weight = result.outputs["input"].reshape(-1), result.parameters["dense1.weight"].reshape(-1)
    assert abs(np.corrcoef(x, weight)[0, 1]) < 0.5
