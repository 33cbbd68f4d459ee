"""There is no layer kind of this name.

Kinds are written in small letters with underscores: conv, max_pool, batch_norm. A kind has no
number of dimensions in its name, since that follows from the input: conv is one for a sequence
(10x1), an image (32x32x3) and a film (16x112x112x3). `shapecalc explain` lists all kinds.

Class names of PyTorch and Keras, such as Conv2d and MaxPooling2D, are read as the kind they mean
(SC410). For a word of another tool the hint has ours:

    InnerProduct     dense
    Deconvolution    conv_transpose
    swish            silu

The output of an unknown layer is unknown, and so is all that depends on it; no number is made up.
What is not built in can be put together from other layers as a block, whose name is then a kind.

Bad, since InnerProduct is Caffe's word:

    input: 512
    layers:
      - InnerProduct: 10

Good:

    input: 512
    layers:
      - dense: 10
"""

from shapecalc.checks.rule import Rule

RULE = Rule("SC105", "unknown layer kind")
