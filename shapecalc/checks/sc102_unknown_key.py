"""A key is not known where it stands.

A misspelt key that is skipped in silence leaves its field at the default: with `strid: 2` the
stride would stay 1, and a 2x2 filter on 32x32 would give 31x31 where 16x16 was meant. So every key
must be known. The hint names the nearest known one.

PyTorch's and Keras' words for a field are read (SC410). What a word means that is not computed
here is a fault, and the hint says what does it:

    activation: relu        write the activation as a layer of its own
    name beside the kind    indent it, it belongs among the layer's fields
    <<: *base               merge keys are not read: write a block

Bad, since activation is no field of a convolution:

    input: 32x32x3
    layers:
      - conv: {K: 16, F: 3, activation: relu}

Good:

    input: 32x32x3
    layers:
      - conv: {K: 16, F: 3}
      - relu
"""
