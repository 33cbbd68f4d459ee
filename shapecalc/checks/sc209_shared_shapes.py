"""Shared weights have different shapes.

`share: OTHER` lets a layer use another layer's weights, which are then counted once. That works
only if the shapes are the same, and a convolution's shape is K x D/groups x F x F: not only the
fields must agree, but also the depth D of the two inputs. The spatial sizes need not.

    8 filters of 3x3 on depth 1: 8x1x3x3, that is 8*1*3*3 = 72 weights
    8 filters of 3x3 on depth 3: 8x3x3x3, that is 8*3*3*3 = 216 weights

Both layers must also be of one kind, or both convolutions: a conv_transpose's weight is
D x K/groups x F x F, which is that of the convolution that it turns round. Both have a bias or
none, unless `share: {weight: OTHER}` names the one parameter that is shared; `transposed: true`
beside it swaps its first two axes, for tied dense layers. Two instances of a block that share must
have the same layers, and none that shares one parameter. What works: the same fields and the same
depth (a 1x1 convolution before one of them changes it), or weights of its own, without share.

Bad, since one image has depth 1 and the other depth 3:

    inputs: {left: 28x28x1, right: 28x28x3}
    layers:
      - conv: {name: one, K: 8, F: 3, from: left}
      - conv: {name: two, K: 8, F: 3, from: right, share: one}
      - subtract: [one, two]

Good, with 72 weights and 8 biases in all:

    inputs: {left: 28x28x1, right: 28x28x1}
    layers:
      - conv: {name: one, K: 8, F: 3, from: left}
      - conv: {name: two, K: 8, F: 3, from: right, share: one}
      - subtract: [one, two]

Source: Bromley et al., "Signature Verification using a Siamese Time Delay Neural Network", 1993.
"""
