"""A question asks for something that is not there.

A path is LAYER.KEY (output, input, weights, biases, parameters, non_trainable, macs, flops, bytes,
activations, receptive_field, jump, unshared_parameters, im2col), total.KEY, fits(LAYER), a field as
P(LAYER), or of the executed example LAYER.value[depth,row,column], LAYER.weight.grad, loss.

Bad, since there is no conv2:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [conv2.output]

Good:

    spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5}]}
    questions: [conv1.output]
"""
