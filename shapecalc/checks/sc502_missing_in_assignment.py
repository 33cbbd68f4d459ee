"""An assignment lacks its questions, a question what it asks, or the network that it asks about.

Bad, since the question asks nothing:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{id: q1, points: 2}]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{id: q1, points: 2, ask: conv1.output}]
"""
