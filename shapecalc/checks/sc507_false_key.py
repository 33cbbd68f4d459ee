"""The key of a question is not what is computed.

A key is never needed, answers are marked by the computed value; one that is written is compared,
and nothing is marked until it is mended. Where a typical mistake produces the printed number, it
is named.

Bad, since 5*5*3*10 weights and 10 biases make 760:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.parameters, key: 750}]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.parameters, key: 760}]
"""
