"""A value has the wrong type or lies outside its range.

Numbers are strict, so that no slip turns into another network:

    F: "3"            a number in quotes is text: write 3
    units: true       true is not 1
    K: 2.5            filters are counted in whole numbers
    S: 0              a window with stride 0 would never move
    P: -1             padding adds; the layer `crop` takes away
    dropout: 1.5      a rate is at least 0 and less than 1
    input: 32x32x0    every size of a volume is 1 or more
    rounding: ceil    in a convolution: only pools add a window

Truths are true and false. In YAML 1.2, unlike 1.1, yes, no, on and off are plain text.

Bad, since `no` is text:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, bias: no}

Good, with 10*3*5*5 = 750 weights and no bias:

    input: 32x32x3
    layers:
      - conv: {K: 10, F: 5, bias: false}

Source: YAML Ain't Markup Language, version 1.2.2, section 10.3, "Core Schema".
"""
