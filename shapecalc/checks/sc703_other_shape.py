"""A tensor of a weight file has another shape than the layer it belongs to.

`--weights FILE` compares a network with a weight file. Shapes are in PyTorch's order of axes, as
explain says of each kind, also those of files that have another one: Keras has the filters last.
Where one field of the layer, or two, would make it fit, the hint says which; layers that have other
shapes only because of it are named there, and not told again.

Bad: "conv2: weight is [16, 6, 5, 5], and [32, 6, 5, 5] in net.pth", and K=32 would fit: the weights
are those of a network with 32 filters.

Good: `conv: {K: 32, F: 5}`, or the weights of the network with 16.
"""
