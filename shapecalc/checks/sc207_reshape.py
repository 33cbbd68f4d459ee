"""A reshape changes the number of values.

Reshape puts the same values into another volume, in the order depth, height, width. It can neither
add values nor drop any, so the products of the sizes must be equal. A generator that makes 4x4x1024
out of a vector needs

    4*4*1024 = 16,384 values

before the reshape. The hint keeps all sizes but one where that works out. A size of -1, which other
tools take for "whatever is left", is not read: every size is written.

What else works: a dense layer to change the number of values, as below; pad or crop to change
height and width; a 1x1 convolution to change the depth.

Bad, since 1024 values cannot fill 4x4x1024:

    input: 100
    layers:
      - dense: 1024
      - reshape: 4x4x1024

Good:

    input: 100
    layers:
      - dense: 16384
      - reshape: 4x4x1024

Sources: Radford et al., "Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks", 2015; PyTorch, torch.reshape.
"""
