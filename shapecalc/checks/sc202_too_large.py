"""The filter is larger than the padded input, or nothing would be left.

A filter spans dilation*(F - 1) + 1 pixels and must find room on W + 2P. With dilation 4, F=3
already spans 4*(3 - 1) + 1 = 9. Division can hide the fault: with F=6 on 5 pixels and S=2,
(5 - 6)/2 + 1 is 1 in C, as if there were a window.

It often comes late in a network, after poolings, or with smaller images than it was made for.
LeNet-5 expects 32x32. On the 28x28 of MNIST its sizes are 28, 24, 12, 8, 4, and the third
convolution has no room for 5. What works: P, a smaller F or dilation, a larger input, one
pooling less. Under `rounding: ceil` a pool's filter may be larger, by less than S: that is one
window, as in PyTorch and Caffe. A conv_transpose whose P crops everything and a crop that leaves
nothing are reported here too.

Bad, since a 5x5 filter has no room on 4x4:

    input: 28x28x1
    layers:
      - conv: {K: 6, F: 5}
      - avg_pool: 2
      - conv: {K: 16, F: 5}
      - avg_pool: 2
      - conv: {K: 120, F: 5}

Good, since 28 + 2*2 = 32:

    input: 28x28x1
    layers:
      - conv: {K: 6, F: 5, P: 2}
      - avg_pool: 2
      - conv: {K: 16, F: 5}
      - avg_pool: 2
      - conv: {K: 120, F: 5}

Source: LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998.
"""
