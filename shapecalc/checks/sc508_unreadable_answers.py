"""A file of answers cannot be read: `shapecalc grade` marks it as not gradable, and goes on.

Answers are a YAML or JSON mapping from a question's id to the answer, or a CSV table with a column
a question.

Not gradable:

    - 28x28x10
    - 760

Good:

    student: Ada
    conv1.output: 28x28x10
    conv1.parameters: 760
"""
