"""The groups do not divide the input's depth or the number of filters.

With g groups the depth D is dealt out evenly, and so are the K filters: each filter sees D/g
slices only. Both must be whole numbers. A convolution then has K*D/g*F*F weights, g times fewer
than without groups. For D=16, K=8, F=3:

    groups 1: 8*16*3*3 = 1,152 weights
    groups 4: 8*4*3*3 = 288 weights

What works: a common divisor of D and K, which the hint gives, or another K. With groups equal to D
each slice has filters of its own; depthwise_conv is the shorter way to write that.

A group_norm deals out the depth only: its groups must divide D.

Bad, since 16 slices cannot be dealt out to 3 groups:

    input: 8x8x16
    layers:
      - conv: {K: 6, F: 3, groups: 3}

Good, since 2 divides 16 and 6:

    input: 8x8x16
    layers:
      - conv: {K: 6, F: 3, groups: 2}

Sources: Krizhevsky et al., 2012 (two groups, on two GPUs); Xie et al., "Aggregated Residual
Transformations for Deep Neural Networks", 2016; PyTorch, torch.nn.Conv2d and torch.nn.GroupNorm.
"""
