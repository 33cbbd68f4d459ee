"""A name or key is used twice, or is reserved.

Names must be told apart: `from`, `share` and the results refer to layers by them. YAML readers
commonly keep the last of two equal keys without a word; here that is an error. It is met as

    two layers of one name
    an unnamed layer whose name is taken: if the first conv is named conv2, the next is conv2 too
    a name inside a repeat of more than one: write a block, whose instances are numbered
    one key twice in a mapping, or two words for one field (F and kernel_size)
    input, loss or total as a layer's name: they are reserved
    a block called like a layer kind

Inside a block's instance names begin anew, so that two instances may both have a conv1. From
outside these are `bottleneck1.conv1` and `bottleneck2.conv1`.

Bad, since two layers are called features:

    input: 32x32x3
    layers:
      - conv: {name: features, K: 10, F: 5}
      - conv: {name: features, K: 20, F: 5}

Good:

    input: 32x32x3
    layers:
      - conv: {name: features, K: 10, F: 5}
      - conv: {name: more_features, K: 20, F: 5}
"""
