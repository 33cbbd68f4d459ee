"""The volumes to add, multiply or join do not agree.

add, subtract, multiply, maximum and average work value by value. All sizes must be equal, but an
axis of size 1 is stretched, and a flat vector of D counts as 1x1xD:

    56x56x256 and 56x56x256    56x56x256
    56x56x256 and 1x1x256      56x56x256
    56x56x256 and 56x56x64     do not agree

concat joins depths, so the spatial sizes must be equal: 28x28x64 and 28x28x128 give 28x28x192,
while 28x28x64 and 14x14x64 do not agree. Nothing is stretched there. Along another axis, as the
height, all other sizes must be equal, the depths too. add with unequal first takes any sizes.

A max_unpool takes what the max_pool that `of` names gives, and no other volume. A crop cuts down to
the size of the layer that `like` names, which cannot be larger.

What works: a 1x1 convolution in the shortcut for another depth, the same stride in all branches,
P for the rows that a filter loses, or crop, pad and upsample.

Bad, since the body gives 56x56x128 and the shortcut 56x56x64:

    input: 56x56x64
    layers:
      - residual:
          body: [{conv: {K: 128, F: 3, P: 1}}, relu]

Good, with a projection in the shortcut:

    input: 56x56x64
    layers:
      - residual:
          body: [{conv: {K: 128, F: 3, P: 1}}, relu]
          shortcut: [{conv: {K: 128, F: 1}}]

Source: He et al., "Deep Residual Learning for Image Recognition", 2015.
"""
