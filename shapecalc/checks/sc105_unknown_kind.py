"""There is no layer kind of this name.

Kinds are written in small letters with underscores: conv, max_pool, batch_norm. A kind has no
number of dimensions in its name, since that follows from the input: conv is one for a sequence
(10x1), an image (32x32x3) and a film (16x112x112x3). `shapecalc explain` lists all kinds.

A misspelt kind gets the one that was meant, another tool's word the kind that it stands for:

    deconv         conv_transpose
    InnerProduct   dense
    pooling        max_pool or avg_pool

Words of PyTorch and Keras are read (SC410). A layer that is well known and not here, such as gru,
is said to be not here, and no other kind is offered for it. A call of Python is put into our words:
`nn.Conv2d(3, 16, 3)` is conv: {K: 16, F: 3}.

The output of an unknown layer is unknown, and so is all that depends on it; no number is made up.
What is not built in can be put together from other layers as a block, whose name is then a kind.

Bad, since there is no recurrent layer:

    input: 100x8
    layers:
      - gru: 16

Good:

    input: 100x8
    layers:
      - conv: {K: 16, F: 3}
"""
