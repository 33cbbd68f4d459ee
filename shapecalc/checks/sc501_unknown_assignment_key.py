"""A key of an assignment that is not known.

An assignment has title, description, spec, questions, partial, follow_through and tolerance; a
question has id, ask, prompt, points, key, spec, partial, follow_through and tolerance. Under
`partial` stand the names of misconceptions.

Bad, since points is meant:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.output, point: 2}]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.output, points: 2}]
"""
