"""Compares the parameters of a network with the tensors of a weight file.

sides.py has what each of the two keeps, layer by layer; matching.py says which belong together, by
their names or else by order and shape; fields.py looks for the field that would make a layer fit;
comparison.py says what is missing, unexpected or of another shape.
"""
