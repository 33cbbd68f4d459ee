"""A weight file has tensors that belong to no layer of the network.

`--weights FILE` compares a network with a weight file. What an optimizer keeps, and how many
batches a batch norm has seen, are no parameters and do not count; nor does a tensor that is another
one under a second name.

Warned of: "no layer has fc.weight [1000, 512], fc.bias [1000] of net.pth": the file is that of a
network with a layer more, or the layer is written without its bias.

Good: nothing has to be done if these are parts that the network leaves out on purpose, such as a
classifier on top of features.
"""
