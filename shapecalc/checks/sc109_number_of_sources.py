"""A layer has the wrong number of sources.

add, subtract, multiply, maximum, average and concat merge two or more volumes; every other layer
takes exactly one. Without `from` that is the layer before. What to write:

    a merge of two layers             `add: [conv1, conv3]`
    the sum with the layer's input    `residual: [...]`, or `input` among the sources
    one branch in a parallel          a second one; `[]` passes the input on unchanged
    a conv of two volumes             a concat before it, which joins their depths
    several inputs                    `from` in the first layer, to say which one it takes

Bad, since a sum needs two volumes:

    input: 32x32x3
    layers:
      - conv: {K: 3, F: 3, P: 1}
      - add: [conv1]

Good:

    input: 32x32x3
    layers:
      - conv: {K: 3, F: 3, P: 1}
      - add: [input, conv1]
"""
