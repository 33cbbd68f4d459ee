"""The output_padding is smaller than neither S nor dilation.

A transposed convolution turns W values into

    (W - 1)*S - 2P + dilation*(F - 1) + 1 + output_padding

values along each axis. It goes the way of a convolution backwards, and there rounding down makes
several sizes one: with F=3 S=2 P=1, 15 and 16 pixels both give 8. output_padding chooses between
them on the way back:

    output_padding 0: (8 - 1)*2 - 2*1 + 3 = 15
    output_padding 1: (8 - 1)*2 - 2*1 + 3 + 1 = 16

S sizes share one result, so 0 to S - 1 reach them all. 17 is where 9 values lead, not 8. As
PyTorch does, this rule also allows values below the dilation. It is the same for Keras' words for
P, same and valid, whose sizes `explain conv_transpose` has. What works: a smaller output_padding,
another P or F, or a `pad` layer behind it.

Bad, since 2 is smaller than neither 2 nor 1:

    input: 8x8x4
    layers:
      - conv_transpose: {K: 4, F: 3, S: 2, P: 1, output_padding: 2}

Good:

    input: 8x8x4
    layers:
      - conv_transpose: {K: 4, F: 3, S: 2, P: 1, output_padding: 1}

Source: PyTorch, torch.nn.ConvTranspose2d.
"""
