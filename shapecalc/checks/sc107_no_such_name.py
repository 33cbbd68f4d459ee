"""A name refers to nothing that is there.

`from`, `share`, `of`, `like`, `outputs`, `expect`, `example` and a block's `$parameter` refer to
something by its name. The hint gives the nearest name that could be meant. What can be named:

    a layer by its own name, or by its kind and number: the second convolution is conv2
    only an earlier layer in `from`, `share`, `of` and `like`: a network has no circles
    only a max_pool in a max_unpool's `of`
    a layer inside a block's instance from outside: stage2.bottleneck1.conv2
    `input`: the network's only input, or inside a block what the instance takes
    `$width` only inside a block that lists width among its parameters

A block that uses itself, directly or through another one, is reported here too: it would never
end.

Bad, since no layer is called stem:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5}
      - conv: {K: 20, F: 3, from: stem}

Good:

    input: 32x32x3
    layers:
      - conv: {name: stem, K: 10, F: 5}
      - conv: {K: 20, F: 3, from: stem}
"""
