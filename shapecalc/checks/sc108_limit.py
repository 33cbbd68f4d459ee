"""A limit is passed.

A few lines can describe a network that no machine could hold. So that such a file is refused at
once, with its place, there are limits far above what networks need:

    100,000 layers, once blocks and repeats are expanded, or as many as --max-layers says
    100 blocks, residuals, parallels and repeats inside one another
    2^63 - 1, about 9.2*10^18, for any number, size or count of weights or MACs

Repeats multiply: four of 100 inside one another hold 100*100*100*100 = 100,000,000 layers. So do
dense layers: 4*10^9 values into 4*10^9 units take 1.6*10^19 weights. The usual cause is a zero too
many, or a size meant for another field. A network that is meant to be larger is read by report,
check, verify and calc with --max-layers 1000000, and in Python by trace(source, max_layers=10**6);
a million layers take some seconds and 600 MB.

Files larger than 32 MiB, brackets nested deeper than 310 and aliases that stand for more than
1,000,000 values are refused as well. Of a Keras file, that is its configuration without the
weights; it may have 100,000 layers and as many calls of them, 200,000 references to tensors, 10,000
tensors in one call, and names of 500 characters, and --max-layers does not change that.

Bad, since 200,000 layers are more than 100,000:

    input: 32x32x3
    layers:
      - repeat: {times: 200000, layers: [relu]}

Good:

    input: 32x32x3
    layers:
      - repeat: {times: 2, layers: [relu]}
"""
