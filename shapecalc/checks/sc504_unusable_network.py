"""The network of an assignment cannot be used, or the value asked for is not known.

It cannot be opened, it is at fault itself (`shapecalc check` tells more), or a stride or a volume
does not fit before the layer that is asked about. `fits(LAYER)` may be asked where it does not, but
not behind that, nor may `P(LAYER)`, `F(LAYER)` or `S(LAYER)`: nobody has a whole size there.

Bad, since two filters of 5 do not fit into 6x6:

    spec: {input: 6x6x1, layers: [conv: {K: 1, F: 5}, conv: {K: 1, F: 5}]}
    questions: [conv2.output]

Good:

    spec: {input: 6x6x1, layers: [conv: {K: 1, F: 3}, conv: {K: 1, F: 3}]}
    questions: [conv2.output]
"""
