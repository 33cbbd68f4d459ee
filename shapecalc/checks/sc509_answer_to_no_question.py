"""An answer stands under an id that no question has: it is ignored, and the student is told.

Not asked, if the question is called conv1.output:

    conv1.ouput: 28x28x10

Good:

    conv1.output: 28x28x10
"""
