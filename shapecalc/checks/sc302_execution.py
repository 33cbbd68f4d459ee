"""Prediction and execution disagree: found by `shapecalc verify`.

The network was run forward and backward in NumPy, by code that shares nothing with the calculator,
and something came out that the report does not say: another volume, other parameters or multiply-
accumulates, a gradient that the differences do not verify, a receptive field that a gradient does
not fill. A gradient is confirmed by centred differences with h = 1e-5 in float64; the error is
max|a - n| / max(1e-8, max(|a| + |n|)), of which 1e-7 or less is good, up to 1e-4 usual at kinks,
and more than 1e-2 wrong.

No spec is to blame for it: one of the two is wrong, and the maintainers want to know.

Verify runs networks that are sound. Refused, since the stride does not fit:

    input: 10x10x1
    layers:
      - conv: {K: 1, F: 3, S: 2}

Good, predictions and execution agree:

    input: 11x11x1
    layers:
      - conv: {K: 1, F: 3, S: 2}

Source: Stanford CS231n, "Neural Networks Part 3: Gradient Checks".
"""
