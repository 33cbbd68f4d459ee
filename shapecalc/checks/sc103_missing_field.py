"""A required field is missing.

What has no sensible default must be written: input (or inputs) and layers at the top; K and F of a
convolution, F of a pool, units of a dense layer, times and layers of a repeat, and so on; every
parameter of a block whose default is null. `shapecalc explain conv` lists the fields of a kind;
those with a value in parentheses have a default.

A guess would be worse than the question. On a depth of 3, 64 filters have

    64*3*3*3 = 1,728 weights with F=3
    64*3*5*5 = 4,800 weights with F=5

Bad, since 64 is the number of filters, and their size is not given:

    input: 32x32x3
    layers:
      - conv: 64

Good:

    input: 32x32x3
    layers:
      - conv: {K: 64, F: 3}
"""
