"""Two questions of an assignment have the same id.

Without an id, a question is called by what it asks for.

Bad:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [conv1.output, {ask: conv1.output, points: 2}]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [conv1.output, {id: again, ask: conv1.output, points: 2}]
"""
