"""A value of an assignment has the wrong type or is out of range.

Points, tolerances and credits are numbers, 0 or more; a key is written as an answer would be.

Bad, since points are not negative:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.output, points: -2}]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [{ask: conv1.output, points: 2}]
"""
