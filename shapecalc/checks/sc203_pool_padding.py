"""A pool's padding is more than half of its filter, or padding is wider than a mode fills.

A pool's largest P is half of what the filter spans, rounded down:

    (dilation*(F - 1) + 1)/2

F=2 and F=3 allow P=1, F=5 allows 2, F=3 with dilation 2 spans 5 and allows 2. The limit is
PyTorch's, which refuses such a pool. The more padding, the less a window at the border has to
pool. From P=F on a window would see padding only: a max pool, whose padding counts as minus
infinity, would have no maximum there.

What works: a smaller P, a larger F, or `pad` before the pool. That layer has no limit, but its
zeros are values like all others, and may be the largest. `P: same` never passes the limit.

In a conv or pad, `mode: reflect` mirrors the W values at the border, without the one at the edge,
and takes P up to W - 1; `mode: circular` goes round once, up to W. `replicate` and `zeros` have no
limit.

Bad, since 2 is more than 3/2:

    input: 8x8x3
    layers:
      - max_pool: {F: 3, S: 1, P: 2}

Good, since (8 - 3 + 2*1)/1 + 1 = 8 keeps the size:

    input: 8x8x3
    layers:
      - max_pool: {F: 3, S: 1, P: 1}

Sources: PyTorch, torch.nn.functional.max_pool2d, torch.nn.AvgPool2d and torch.nn.ReflectionPad2d.
"""
