"""There is no layer kind of this name.

Kinds are written in small letters with underscores: conv, max_pool, batch_norm. A kind has no
number of dimensions in its name, since that follows from the input: conv is one for a sequence
(10x1), an image (32x32x3) and a film (16x112x112x3). `shapecalc explain` lists all kinds.

The hint names the nearest kind, or what another tool's word is called here:

    Conv2d, Conv2D           conv
    Linear, InnerProduct     linear or dense
    MaxPooling2D             max_pool
    GlobalAveragePooling2D   global_avg_pool
    Concatenate              concat

The output of an unknown layer is unknown, and so is all that depends on it; no number is made up.
What is not built in can be put together from other layers as a block, whose name is then a kind.

Bad, since Conv2d is PyTorch's word:

    input: 32x32x3
    layers:
      - Conv2d: {out_channels: 16, kernel_size: 3}

Good:

    input: 32x32x3
    layers:
      - conv: {out_channels: 16, kernel_size: 3}
"""

from shapecalc.checks.rule import Rule

RULE = Rule("SC105", "unknown layer kind")
