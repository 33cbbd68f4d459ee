"""The order of .weights files, and the figure of BFLOPS in reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import prod

from shapecalc import Trace
from shapecalc.readers.darknet.stored import StoredArray
from shapecalc.reports import table

Net = Callable[..., Trace]


def stored(trace: Trace) -> list[StoredArray]:
    """Return what Darknet stores of a network."""
    found: list[StoredArray] = trace.spec.document.own.arrays(trace)
    return found


def number_of_values(arrays: list[StoredArray]) -> int | None:
    shapes = [array.shape for array in arrays]
    return None if None in shapes else sum(prod(shape) for shape in shapes if shape is not None)


def test_biases_come_first_and_the_weights_of_convolutions_last(net: Net) -> None:
    trace = net(
        "convolutional filters=2 size=3 batch_normalize=1 antialiasing=1",
        "convolutional filters=4 groups=2",
        "convolutional filters=4 groups=2 share_index=-1",
        "connected output=5 batch_normalize=1",
        "connected output=6",
        size="4x4x3",
    )
    assert [(array.name, array.shape) for array in stored(trace)] == [
        ("batch_norm_0.bias", (2,)),
        ("batch_norm_0.weight", (2,)),
        ("batch_norm_0.running_mean", (2,)),
        ("batch_norm_0.running_var", (2,)),
        ("conv_0.weight", (2, 3, 3, 3)),
        ("conv_1.bias", (4,)),
        ("conv_1.weight", (4, 1, 1, 1)),
        ("batch_norm_3.bias", (5,)),
        ("connected_3.weight", (5, 16)),
        ("batch_norm_3.weight", (5,)),
        ("batch_norm_3.running_mean", (5,)),
        ("batch_norm_3.running_var", (5,)),
        ("connected_4.bias", (6,)),
        ("connected_4.weight", (6, 5)),
    ]


def test_all_that_is_learned_or_kept_is_stored(net: Net) -> None:
    trace = net(
        "convolutional filters=4 size=3 pad=1 batch_normalize=1",
        "shortcut from=-1 weights_type=per_channel",
        "batchnorm",
        "local filters=2 size=3",
        "conv_lstm output=2 pad=1 peephole=1 batch_normalize=1",
        "crnn hidden=3 output=2 batch_normalize=1 size=1",
        "implicit filters=7",
        "connected output=3",
        "rnn hidden=4 output=3",
        "gru output=3 batch_normalize=1",
        "lstm output=5",
    )
    totals = trace.totals
    assert totals.parameters is not None
    assert totals.non_trainable is not None
    assert number_of_values(stored(trace)) == totals.parameters + totals.non_trainable
    assert len({array.name for array in stored(trace)}) == len(stored(trace))


def test_what_is_not_known_is_not_counted(net: Net) -> None:
    trace = net("convolutional filters=4", size="8x8x0")
    assert number_of_values(stored(trace)) is None
    assert [array.shape for array in stored(trace)] == [(4,), None]
    sized = net("convolutional filters=4", "avgpool", size="0x0x3")
    assert number_of_values(stored(sized)) == 4 + 12
    broken = net("convolutional filters=4 groups=2")
    assert number_of_values(stored(broken)) is None


def test_bflops_stand_below_the_table_and_among_the_totals(net: Net) -> None:
    trace = net("convolutional filters=64 size=3 pad=1", size="100x100x32")
    # 2*100*100*64*32*9 = 368,640,000
    assert "As Darknet prints it: Total BFLOPS 0.369" in table.render(trace)
    data = json.loads(json.dumps(trace.to_dict()))
    assert data["format"] == "darknet"
    assert data["totals"]["bflops"] == 0.36864
    unknown = net("convolutional filters=64", size="0x0x3")
    assert "Total BFLOPS ?" in table.render(unknown)
    assert unknown.to_dict()["totals"]["bflops"] is None


def test_other_networks_have_no_bflops(trace_text: Callable[..., Trace]) -> None:
    trace = trace_text("input: 8x8x1\nlayers: [relu]\n")
    assert "bflops" not in trace.to_dict()["totals"]
    assert "BFLOPS" not in table.render(trace)
    unreadable = trace_text("[convolutional]\nfilters=2\n", "net.cfg")
    assert "bflops" not in unreadable.to_dict()["totals"]
