"""The layer cannot take a volume with this number of axes.

Spatial axes are all axes but the depth: 784 has none, 10x1 one, 32x32x3 two, 16x112x112x3 three.
dense, flatten, reshape, dropout, activations, merges, batch_norm, layer_norm and group_norm take
any volume. All other layers need one to three spatial axes.

A field with an entry for each axis must have as many as there are: `F: [3, 5]` is for images,
`F: [3, 3, 3]` for films. One number serves every axis.

It is often met behind a flatten or dense layer, where no rows and columns are left. Move the
convolutions in front of it, or give the values their shape back with reshape.

Bad, since 8*8*3 = 192 values in a row have no height and width:

    input: 8x8x3
    layers:
      - flatten
      - conv: {K: 4, F: 3}

Good:

    input: 8x8x3
    layers:
      - conv: {K: 4, F: 3}
      - flatten
"""

from shapecalc.checks.rule import Rule

RULE = Rule("SC206", "wrong number of axes")
