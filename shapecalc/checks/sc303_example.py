"""A value of `example` is not what is computed: found by `shapecalc verify`.

The example's arrays are put in, the others drawn from the seed, and each expected array is compared
with what comes out. The message gives the first place that differs, the value there and the one
expected; the hint shows the computed array. Arrays are depth first, null is not compared, and
`tolerance` is the largest absolute difference (1e-6).

Bad, since relu keeps 3 and 0 is not 1:

    input: 3
    layers: [relu]
    example: {given: {input: [-1, 0, 3]}, expect: {relu1: [0, 1, 3]}}

Good:

    input: 3
    layers: [relu]
    example: {given: {input: [-1, 0, 3]}, expect: {relu1: [0, 0, 3]}}
"""
