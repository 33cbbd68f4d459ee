"""A weight file has tensors that belong to no layer of the network.

`--weights FILE` compares a network with a weight file. What an optimizer keeps is no parameter and
does not count; nor do whole numbers of 64 bits and truths, as counters of batches, tables of
positions and masks are; nor does a tensor that is another one under a second name.

Warned of: "no layer has fc.weight [1000, 512], fc.bias [1000] of net.pth": the file is that of a
network with a layer more, or the layer is written without its bias.

Good: nothing has to be done if these are parts that the network leaves out on purpose, such as a
classifier on top of features.
"""
