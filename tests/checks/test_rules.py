"""Every rule of SC3xx and SC4xx: what it must find, and what it must leave alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from shapecalc import Diagnostic, Trace

TraceText = Callable[..., Trace]


def net(layers: str, size: str = "8x8x4", more: str = "") -> str:
    return f"input: {size}\n{more}\nlayers: {layers}\n"


def codes(trace: Trace) -> list[str]:
    return [found.code for found in trace.diagnostics]


def only(trace: Trace, code: str, severity: str) -> Diagnostic:
    """Return the one finding that there is, of the code and severity it must have."""
    (found,) = trace.diagnostics
    assert (found.code, found.severity) == (code, severity)
    return found


# -- SC301: a claim is false -----------------------------------------------------------------------

# conv 10 filters 5x5 on 32x32x3, P 2: 32x32x10; 10*3*25 = 750 + 10; 32*32*10*75 = 768,000
CLAIMS = [
    ("output", "32x32x10", "32x32x3"),
    ("output", "[32, 32, 10]", "[32, 32, 11]"),
    ("output", "{height: 32, width: 32, depth: 10}", "{height: 32, width: 31, depth: 10}"),
    ("weights", "750", "760"),
    ("biases", "10", "1"),
    ("parameters", "760", "750"),
    ("non_trainable", "0", "1"),
    ("macs", "768000", "1536000"),
    ("receptive_field", "[5, 5]", "[5, 6]"),
    ("receptive_field", "5", "3"),
    ("receptive_field", "5x5", "4x5"),
    ("jump", "[1, 1]", "[2, 1]"),
    ("jump", "1", "2"),
]


@pytest.mark.parametrize(("key", "right", "wrong"), CLAIMS)
def test_sc301_compares_every_claim_about_a_layer(
    trace_text: TraceText, key: str, right: str, wrong: str
) -> None:
    def claimed(value: str) -> Trace:
        layer = f"{{conv: {{K: 10, F: 5, P: 2, expect: {{{key}: {value}}}}}}}"
        return trace_text(net(f"[{layer}]", "32x32x3"))

    assert claimed(right).diagnostics == ()
    found = only(claimed(wrong), "SC301", "error")
    assert found.where == f"layers[0].conv.expect.{key}"
    assert found.layer == "conv1"
    assert "conv1" in found.message
    assert claimed(wrong).complete  # the numbers are known, and the walk was not stopped


def test_sc301_says_both_numbers_and_how_the_computed_one_follows(trace_text: TraceText) -> None:
    layer = "{conv: {K: 10, F: 5, P: 2, expect: {parameters: 2600}}}"
    found = only(trace_text(net(f"[{layer}]", "32x32x3")), "SC301", "error")
    assert "2,600" in found.message
    assert "760" in found.message
    assert "750 + 10" in found.hint


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("output", "10", "11"),
        ("weights", "61470", "61706"),
        ("biases", "236", "226"),
        ("parameters", "61706", "61707"),
        ("non_trainable", "0", "2"),
        ("macs", "416520", "833040"),
        ("activations", "14808", "15832"),
        ("outputs", "{softmax1: 10}", "{softmax1: 12}"),
    ],
)
def test_sc301_compares_every_claim_about_the_network(
    trace_text: TraceText, key: str, right: str, wrong: str
) -> None:
    layers = (
        "[{conv: {K: 6, F: 5}}, tanh, {avg_pool: 2}, {conv: {K: 16, F: 5}}, tanh, {avg_pool: 2},"
        " flatten, {dense: 120}, {dense: 84}, {dense: 10}, softmax]"
    )
    right_one = trace_text(net(layers, "32x32x1", f"expect: {{{key}: {right}}}"))
    assert right_one.diagnostics == ()
    wrong_one = trace_text(net(layers, "32x32x1", f"expect: {{{key}: {wrong}}}"))
    assert only(wrong_one, "SC301", "error").where.startswith(f"expect.{key}")


def test_sc301_compares_several_outputs_by_name(trace_text: TraceText) -> None:
    def claimed(outputs: str) -> Trace:
        more = f"outputs: [dense1, dense2]\nexpect: {{outputs: {outputs}}}"
        return trace_text(net("[{dense: 3}, {dense: {K: 4, from: input}}]", "8", more))

    assert claimed("{dense1: 3, dense2: 4}").diagnostics == ()
    assert claimed("{dense2: 4}").diagnostics == ()
    assert only(claimed("{dense1: 3, dense2: 3}"), "SC301", "error").where.endswith("dense2")
    assert codes(claimed("{dense3: 4}")) == ["SC107"]


def test_sc301_does_not_compare_what_is_null(trace_text: TraceText) -> None:
    claims = "{output: 9, weights: 9, parameters: 9, macs: 9, receptive_field: 9, jump: 9}"
    layers = f"[{{conv: {{K: 2, F: 99}}}}, {{conv: {{K: 2, F: 3, expect: {claims}}}}}]"
    trace = trace_text(net(layers, more="expect: {output: 9, parameters: 9, macs: 9}"))
    assert codes(trace) == ["SC202"]
    flat = trace_text(net("[{dense: {K: 3, expect: {receptive_field: 9, jump: 9}}}]", "8"))
    assert flat.diagnostics == ()


def test_sc301_takes_null_for_no_claim(trace_text: TraceText) -> None:
    assert trace_text(net("[{relu: {expect: {output: ~, macs: }}}]")).diagnostics == ()


def test_sc301_compares_with_the_floor_size_behind_sc201(trace_text: TraceText) -> None:
    layer = "{conv: {K: 2, F: 3, S: 2, expect: {output: 3x3x2}}}"  # (8 - 3)/2 + 1 = 3.5
    assert codes(trace_text(net(f"[{layer}]"))) == ["SC201"]


# -- SC401: rounding drops real values -------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "layer", "said", "unsaid"),
    [
        ("6x6x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", ["row", "column"], []),
        ("6x7x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", ["row"], ["column"]),
        ("7x6x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", ["column"], ["row"]),
        ("8x8x1", "max_pool: {F: 3, rounding: floor}", ["2 rows", "2 columns"], []),
        ("7x7x1", "avg_pool: {F: 2, rounding: floor}", ["row", "column"], []),
        ("6x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", [], ["row", "column"]),
        ("6x7x7x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", ["frame"], ["row", "column"]),
        # padding only in front: the window that is lost held a real column
        ("5x5x1", "conv: {K: 1, F: 3, S: 2, P: [[1, 0], [1, 0]], rounding: floor}", ["row"], []),
        ("9x9x1", "conv: {K: 1, F: 2, S: 3, dilation: 3, rounding: floor}", ["2 rows"], []),
    ],
)
def test_sc401_says_which_real_values_rounding_drops(
    trace_text: TraceText, size: str, layer: str, said: list[str], unsaid: list[str]
) -> None:
    found = only(trace_text(net(f"[{{{layer}}}]", size)), "SC401", "warning")
    for word in said:
        assert word in found.message
    for word in unsaid:
        assert word not in found.message
    assert size in found.message
    assert f"{layer.partition(':')[0]}1" in found.message
    assert found.where == f"layers[0].{layer.partition(':')[0]}"


@pytest.mark.parametrize(
    ("size", "layer", "why"),
    [
        ("7x7x1", "conv: {K: 1, F: 3, S: 2, rounding: floor}", "it divides"),
        ("6x6x1", "conv: {K: 1, F: 3, S: 2, P: 1, rounding: floor}", "only padding is lost"),
        ("8x8x1", "conv: {K: 1, F: 5, S: 2, P: 2, rounding: floor}", "only padding is lost"),
        ("6x6x1", "max_pool: {F: 3, S: 2, P: 1, rounding: floor}", "only padding is lost"),
        ("6x6x1", "conv: {K: 1, F: 3, S: 2, P: [[0, 1], [0, 1]], rounding: floor}", "it divides"),
        ("6x6x1", "max_pool: {F: 3, S: 2, rounding: ceil}", "ceil adds a window"),
        ("7x7x1", "max_pool: {F: 2, rounding: ceil}", "ceil adds a window"),
    ],
)
def test_sc401_leaves_alone_what_loses_no_real_value(
    trace_text: TraceText, size: str, layer: str, why: str
) -> None:
    assert codes(trace_text(net(f"[{{{layer}}}]", size))) == [], why


def test_sc401_is_not_said_where_sc402_says_it(trace_text: TraceText) -> None:
    # F 1 S 2 on 4: columns 0 and 2 are read, 1 and 3 are skipped
    trace = trace_text(net("[{conv: {K: 1, F: 1, S: 2, rounding: floor}}]", "4x4x1"))
    only(trace, "SC402", "warning")


def test_sc401_is_not_said_beside_sc201(trace_text: TraceText) -> None:
    assert codes(trace_text(net("[{conv: {K: 1, F: 3, S: 2}}]", "6x6x1"))) == ["SC201"]


def test_sc401_follows_the_networks_rounding(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 1, F: 3, S: 2}}]"
    only(trace_text(net(layers, "6x6x1", "rounding: floor")), "SC401", "warning")
    only(trace_text(net(layers, "6x6x1", "rounding: ceil")), "SC401", "warning")  # a conv floors


# -- SC402: the stride skips pixels ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "layer"),
    [
        ("5x5x1", "conv: {K: 1, F: 1, S: 2}"),
        ("8x8x1", "max_pool: {F: 2, S: 3}"),
        ("8x8x1", "depthwise_conv: {F: 2, S: 3}"),
        ("9x1", "avg_pool: {F: 1, S: 4}"),
        ("7x8x1", "conv: {K: 1, F: 2, S: [1, 3]}"),  # along the width only
        ("9x9x1", "conv: {K: 1, F: 2, S: 4, dilation: 2, rounding: floor}"),  # spans 3
    ],
)
def test_sc402_finds_a_stride_larger_than_the_filter(
    trace_text: TraceText, size: str, layer: str
) -> None:
    found = only(trace_text(net(f"[{{{layer}}}]", size)), "SC402", "warning")
    kind = layer.partition(":")[0]
    assert found.layer == f"{kind}1"
    for word in (f"{kind}1", size, "S="):
        assert word in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("size", "layer"),
    [
        ("8x8x1", "conv: {K: 1, F: 2, S: 2}"),
        ("8x8x1", "max_pool: 2"),
        ("9x9x1", "conv: {K: 1, F: 3, S: 2}"),
        ("7x7x1", "conv: {K: 1, F: 2, S: 3, dilation: 3}"),  # spans 4
        ("8x8x1", "conv: {K: 1, F: 1}"),
        ("1x1x1", "conv: {K: 1, F: 1, S: 2}"),  # one window: nothing lies between
    ],
)
def test_sc402_leaves_a_stride_up_to_the_filter_alone(
    trace_text: TraceText, size: str, layer: str
) -> None:
    assert codes(trace_text(net(f"[{{{layer}}}]", size))) == []


# -- SC403: a bias before a batch norm -------------------------------------------------------------


@pytest.mark.parametrize(
    "layers",
    [
        "[{conv: {K: 2, F: 3}}, batch_norm]",
        "[{conv: {K: 2, F: 3}}, {batch_norm: {affine: false}}]",
        "[{conv: {K: 2, F: 3}}, {batch_norm: {scale: false}}]",
        "[{depthwise_conv: 3}, batch_norm]",
        "[{conv_transpose: {K: 2, F: 3}}, batch_norm]",
        "[flatten, {dense: 3}, batch_norm]",
        "[{conv: {K: 2, F: 3}}, {batch_norm: {from: conv1}}, {batch_norm: {from: conv1}}]",
        "[{conv: {K: 2, F: 3, bias: true}}, batch_norm, relu]",
        "[{residual: {body: [{conv: {K: 4, F: 3, P: 1}}, batch_norm]}}]",
    ],
)
def test_sc403_finds_a_bias_that_only_batch_norms_see(trace_text: TraceText, layers: str) -> None:
    found = only(trace_text(net(layers)), "SC403", "advice")
    assert found.layer is not None
    assert found.layer in found.message
    assert "bias: false" in found.hint
    assert found.where.rpartition(".")[2] in ("conv", "depthwise_conv", "conv_transpose", "dense")


@pytest.mark.parametrize(
    "layers",
    [
        "[{conv: {K: 2, F: 3, bias: false}}, batch_norm]",
        "[{conv: {K: 2, F: 3}}, relu, batch_norm]",
        "[{conv: {K: 2, F: 3}}, {batch_norm: {center: false}}]",
        "[{conv: {K: 2, F: 3}}, layer_norm]",
        "[{local_conv: {K: 2, F: 3}}, batch_norm]",
        "[{conv: {K: 2, F: 3}}, instance_norm]",
        "[{conv: {K: 2, F: 3}}, {group_norm: 2}]",
        "[batch_norm, {conv: {K: 2, F: 3}}]",
        # the bias is seen by another layer too
        "[{conv: {K: 2, F: 3}}, batch_norm, {relu: {from: conv1}}]",
        "[{conv: {K: 4, F: 1}}, {residual: {body: [batch_norm]}}]",
        "[batch_norm, batch_norm]",  # a norm's beta is no bias of a layer before
        "[{max_pool: 2}, batch_norm]",
        "[{conv: {K: 2, F: 3}}, flatten, batch_norm]",
    ],
)
def test_sc403_leaves_biases_alone_that_something_else_sees(
    trace_text: TraceText, layers: str
) -> None:
    assert "SC403" not in codes(trace_text(net(layers)))


def test_sc403_leaves_an_outputs_bias_alone(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 2, F: 3}}, batch_norm]"
    assert codes(trace_text(net(layers, more="outputs: [conv1, batch_norm1]"))) == []


def test_sc403_is_said_once_for_a_block(trace_text: TraceText) -> None:
    blocks = "blocks: {b: {layers: [{conv: {K: 4, F: 3, P: 1}}, batch_norm, relu]}}"
    found = only(trace_text(net("[b, b, b]", more=blocks)), "SC403", "advice")
    assert found.where == "blocks.b.layers[0].conv"
    assert found.layer == "b1.conv1"
    assert "2 more" in found.message


# -- SC404: same pads more on one side -------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "layer", "sides"),
    [
        ("224x224x3", "conv: {K: 2, F: 3, S: 2, P: same}", "[[0,1],[0,1]]"),
        ("224x224x3", "conv: {K: 2, F: 3, S: 2, P: same_lower}", "[[1,0],[1,0]]"),
        ("8x8x1", "conv: {K: 2, F: 2, P: same}", "[[0,1],[0,1]]"),
        ("8x8x1", "conv: {K: 2, F: 4, P: same}", "[[1,2],[1,2]]"),
        ("8x9x1", "conv: {K: 2, F: 3, S: 2, P: same}", "[[0,1],[1,1]]"),  # one axis is enough
        ("8x8x1", "max_pool: {F: 3, S: 2, P: same}", "[[0,1],[0,1]]"),
        ("8x1", "conv: {K: 1, F: 2, P: same}", "[[0,1]]"),
    ],
)
def test_sc404_says_how_same_pads_where_that_is_uneven(
    trace_text: TraceText, size: str, layer: str, sides: str
) -> None:
    found = only(trace_text(net(f"[{{{layer}}}]", size)), "SC404", "advice")
    assert sides in found.message.replace(" ", "")
    assert size in found.message
    again = trace_text(
        net(f"[{{{layer.replace('same_lower', sides).replace('same', sides)}}}]", size)
    )
    assert [d.code for d in again.diagnostics] in ([], ["SC203"])
    if not again.diagnostics:
        assert again.output == trace_text(net(f"[{{{layer}}}]", size)).output


@pytest.mark.parametrize(
    ("size", "layer"),
    [
        ("8x8x1", "conv: {K: 2, F: 3, P: same}"),
        ("225x225x3", "conv: {K: 2, F: 3, S: 2, P: same}"),
        ("8x8x1", "max_pool: {F: 2, P: same}"),
        ("8x8x1", "conv: {K: 2, F: 1, P: same}"),
        ("8x8x1", "conv: {K: 2, F: 2, P: full}"),
        ("8x8x1", "conv: {K: 2, F: 2, P: valid}"),
        ("8x8x1", "conv: {K: 2, F: 2, P: [[0, 1], [0, 1]]}"),
        ("8x8x1", "conv: {K: 2, F: 2, dilation: 2, P: same}"),  # spans 3
    ],
)
def test_sc404_leaves_even_padding_alone(trace_text: TraceText, size: str, layer: str) -> None:
    assert codes(trace_text(net(f"[{{{layer}}}]", size))) == []


# -- SC405: dense on a volume ----------------------------------------------------------------------


@pytest.mark.parametrize("size", ["7x7x512", "1x2x8", "2x1x8", "10x1", "2x2x2x2"])
def test_sc405_is_said_where_dense_flattens_a_volume(trace_text: TraceText, size: str) -> None:
    found = only(trace_text(net("[{dense: 3}]", size)), "SC405", "advice")
    assert "dense1" in found.message
    assert size in found.message
    kept = "x".join([*size.split("x")[:-1], "3"])
    assert found.hint == f"put flatten before it, flatten: false gives {kept}"


@pytest.mark.parametrize(
    ("size", "layers"),
    [
        ("7x7x512", "[{dense: {units: 3, flatten: false}}]"),
        ("1x1x512", "[{dense: 3}]"),
        ("1x8", "[{dense: 3}]"),
        ("1x1x1x8", "[{dense: 3}]"),
        ("512", "[{dense: 3}]"),
        ("7x7x8", "[flatten, {dense: 3}]"),
        ("7x7x8", "[global_avg_pool, {dense: 3}]"),
    ],
)
def test_sc405_is_not_said_where_nothing_is_mixed(
    trace_text: TraceText, size: str, layers: str
) -> None:
    assert "SC405" not in codes(trace_text(net(layers, size)))


# -- SC406: a window wholly in the padding ---------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "layer", "axes"),
    [
        ("4x4x1", "conv: {K: 1, F: 2, P: 2}", ["height", "width"]),
        ("4x4x1", "conv: {K: 1, F: 1, P: 1}", ["height", "width"]),
        ("4x4x1", "conv: {K: 1, F: 2, P: [0, 2]}", ["width"]),
        ("4x4x1", "conv: {K: 1, F: 2, P: [[0, 2], [0, 0]]}", ["height"]),
        ("4x4x1", "conv: {K: 1, F: 3, P: [[3, 0], [0, 0]]}", ["height"]),
        ("4x1", "conv: {K: 1, F: 3, P: 3}", ["length"]),
        ("4x4x1", "depthwise_conv: {F: 2, P: 2}", ["height", "width"]),
        # taps at 0 and 2 of three: on one pixel with two zeros each side the middle one misses it
        ("1x1x1", "conv: {K: 1, F: 2, dilation: 2, P: 2}", ["height", "width"]),
    ],
)
def test_sc406_finds_a_window_that_sees_no_input(
    trace_text: TraceText, size: str, layer: str, axes: list[str]
) -> None:
    found = only(trace_text(net(f"[{{{layer}}}]", size)), "SC406", "warning")
    for axis in ("height", "width", "length"):
        assert (axis in found.message) is (axis in axes)
    assert size in found.message
    assert "P=" in found.message


@pytest.mark.parametrize(
    ("size", "layer"),
    [
        ("4x4x1", "conv: {K: 1, F: 2, P: 1}"),
        ("4x4x1", "conv: {K: 1, F: 3, P: 2}"),
        ("4x4x1", "conv: {K: 1, F: 3, P: full}"),
        ("4x4x1", "conv: {K: 1, F: 3, P: same}"),
        ("4x4x1", "max_pool: {F: 2, S: 2, P: 1}"),
        ("4x4x1", "conv: {K: 1, F: 2, dilation: 3, P: 3}"),
        # two zeros in front, but the stride jumps over the window behind them
        ("5x5x1", "conv: {K: 1, F: 3, S: 2, P: [[2, 0], [2, 0]]}"),
    ],
)
def test_sc406_leaves_windows_alone_that_see_the_input(
    trace_text: TraceText, size: str, layer: str
) -> None:
    assert "SC406" not in codes(trace_text(net(f"[{{{layer}}}]", size)))


@pytest.mark.quick(4)
@pytest.mark.parametrize("W", [1, 3, *(pytest.param(W, marks=pytest.mark.slow) for W in (2, 5))])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("F", [1, 2, 3])
def test_sc406_agrees_with_a_plain_loop_over_the_windows(
    trace_text: TraceText, W: int, F: int, dilation: int
) -> None:
    for before in range(6):
        for after in range(6):
            padded = before + W + after
            starts = range(padded - dilation * (F - 1))
            real = range(before, before + W)
            missed = any(
                all(start + tap * dilation not in real for tap in range(F)) for start in starts
            )
            fields = f"{{K: 1, F: {F}, dilation: {dilation}, P: [[{before}, {after}]]}}"
            trace = trace_text(net(f"[{{conv: {fields}}}]", f"{W}x1"))
            if len(starts):
                assert ("SC406" in codes(trace)) is missed, fields
            else:
                assert "SC202" in codes(trace), fields


# -- SC407: branches that are not aligned ----------------------------------------------------------

EVEN_END = "{conv: {K: 4, F: 2, P: [[0, 1], [0, 1]]}}"
EVEN_FRONT = "{conv: {K: 4, F: 2, P: [[1, 0], [1, 0]]}}"


@pytest.mark.parametrize(
    "branches",
    [
        f"[[{EVEN_END}], []]",  # half a pixel off
        f"[[{EVEN_END}], [{EVEN_FRONT}]]",
        f"[[{EVEN_END}], [{{conv: {{K: 4, F: 3, P: 1}}}}]]",
        # (9 - 3 + 2)/2 + 1 = 5 and 9 - 5 + 1 = 5, but jumps of 2 and 1
        "[[{conv: {K: 4, F: 3, S: 2, P: 1}}], [{conv: {K: 4, F: 5}}]]",
        "[[{conv: {K: 4, F: 3, S: 2, P: 1}}, instance_norm], [{conv: {K: 4, F: 5}}]]",
    ],
)
def test_sc407_finds_branches_whose_jumps_or_centres_differ(
    trace_text: TraceText, branches: str
) -> None:
    trace = trace_text(net(f"[{{parallel: {branches}}}]", "9x9x4"))
    found = only(trace, "SC407", "advice")
    assert found.layer == "concat1"
    assert "concat1" in found.message


@pytest.mark.parametrize(
    "layers",
    [
        "[{parallel: [[], [{conv: {K: 4, F: 3, P: 1}}], [{conv: {K: 4, F: 5, P: 2}}]]}]",
        "[{residual: [{conv: {K: 4, F: 3, P: 1}}, {conv: {K: 4, F: 3, P: 1}}]}]",
        f"[{EVEN_END}, {{concat: [conv1, conv1]}}]",
        f"[{{parallel: [[{EVEN_END}], [{EVEN_END}]]}}]",
        f"[{EVEN_END}, {{residual: [relu]}}]",
        "[{parallel: [[{conv: {K: 4, F: 3, S: 2, P: 1}}], [{max_pool: {F: 3, S: 2, P: 1}}]]}]",
        # one half-pixel shift forth and one back
        f"[{{parallel: [[{EVEN_END}, {EVEN_FRONT}], []]}}]",
        # behind global pools nothing has a place
        f"[{EVEN_END}, {{parallel: {{branches: [[], [global_avg_pool]], merge: multiply}}}}]",
        f"[{{parallel: {{branches: [[{EVEN_END}], [global_avg_pool]], merge: multiply}}}}]",
        f"[{{parallel: [[{EVEN_END}, global_avg_pool], [global_max_pool]]}}]",
        "[{parallel: [[flatten], [flatten]]}]",
    ],
)
def test_sc407_leaves_aligned_branches_alone(trace_text: TraceText, layers: str) -> None:
    trace = trace_text(net(layers, "9x9x4"))
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    assert "SC407" not in codes(trace)


def test_sc407_compares_where_fields_end_in_causal_networks(trace_text: TraceText) -> None:
    causal = "{conv: {K: 4, F: 3, P: causal}}"
    assert "SC407" not in codes(trace_text(net(f"[{{residual: [{causal}]}}]", "20x4")))
    late = "{conv: {K: 4, F: 3, P: [[1, 1]]}}"  # sees one value that is still to come
    trace = trace_text(net(f"[{causal}, {{residual: [{late}, {causal}]}}]", "20x4"))
    assert only(trace, "SC407", "advice").layer == "add1"


def test_sc407_looks_at_written_merges_too(trace_text: TraceText) -> None:
    trace = trace_text(net(f"[{EVEN_END}, {{add: [conv1, input]}}]"))
    assert only(trace, "SC407", "advice").where == "layers[1].add"


# -- SC408: the order of the input -----------------------------------------------------------------


@pytest.mark.quick(4)
@pytest.mark.parametrize(
    ("size", "better"),
    [
        # depth first
        ("3x224x224", "224x224x3"),
        ("1x28x28", "28x28x1"),
        ("3x32x32", "32x32x3"),
        ("3x480x640", "480x640x3"),
        ("3x16x112x112", "16x112x112x3"),
        # no depth
        ("28x28", "28x28x1"),
        ("224x224", "224x224x1"),
        # a batch in front of an image, in PyTorch's order and in Keras'
        ("1x3x224x224", "224x224x3"),
        ("1x3x512x512", "512x512x3"),
        ("1x3x32x32", "32x32x3"),
        ("1x1x28x28", "28x28x1"),
        ("1x3x480x640", "480x640x3"),
        ("1x512x7x7", "7x7x512"),
        ("1x224x224x3", "224x224x3"),
        ("1x28x28x1", "28x28x1"),
        ("1x7x7x512", "7x7x512"),
        # in front of a sequence, and of a vector
        ("1x3x100", "100x3"),
        ("1x784", "784"),
    ],
)
def test_sc408_finds_an_input_that_looks_out_of_order_and_offers_the_one_meant(
    trace_text: TraceText, size: str, better: str
) -> None:
    trace = trace_text(net("[relu]", size))
    found = only(trace, "SC408", "advice")
    assert trace.output == tuple(map(int, size.split("x")))  # it is computed as written
    assert found.where == "input"
    assert size in found.message
    assert found.hint.startswith(f"write {better}:")
    assert trace_text(net("[relu]", better)).diagnostics == ()


@pytest.mark.parametrize(
    ("size", "offers"),
    [
        ("16x3x112x112", ["112x112x3 if 16 is a batch", "16x112x112x3 if 16 is the number of fr"]),
        ("32x1x28x28", ["28x28x1 if 32 is a batch", "32x28x28x1 if 32 is the number of frames"]),
        ("1x16x112x112", ["112x112x16 if 1 is a batch", "16x112x112x1 if 1 is the depth"]),
    ],
)
def test_sc408_offers_both_where_it_cannot_be_told(
    trace_text: TraceText, size: str, offers: list[str]
) -> None:
    found = only(trace_text(net("[relu]", size)), "SC408", "advice")
    for offer in offers:
        assert offer in found.hint


def test_sc408_names_which_of_several_inputs(trace_text: TraceText) -> None:
    trace = trace_text("inputs: {a: 8x8x3, b: 3x64x64}\nlayers: [{relu: {from: a}}]\n")
    assert only(trace, "SC408", "advice").where == "inputs.b"


@pytest.mark.parametrize(
    "size",
    ["224x224x3", "28x28x1", "10x1", "100x64", "784", "16x112x112x3", "7x7x512", "1x1x512",
     "56x56x64", "3x3x3", "64x7x7", "1x10x64", "9x9x9", "1x100x3", "1x1x1x512", "8x8x8x3",
     "4x4x4x64"],
)  # fmt: skip
def test_sc408_leaves_ordinary_inputs_alone(trace_text: TraceText, size: str) -> None:
    assert "SC408" not in codes(trace_text(net("[relu]", size)))


# -- severities ------------------------------------------------------------------------------------


def test_advice_and_warnings_leave_a_trace_complete(trace_text: TraceText) -> None:
    layers = "[{conv: {K: 2, F: 1, S: 2}}, batch_norm, {conv: {K: 2, F: 2, P: same}}, {dense: 3}]"
    trace = trace_text(net(layers, "9x9x4"))
    assert {d.code: d.severity for d in trace.diagnostics} == {
        "SC402": "warning", "SC403": "advice", "SC404": "advice", "SC405": "advice",
    }  # fmt: skip
    assert trace.complete


# -- SC301: fields that a layer over the whole input has widened -----------------------------------

WIDE = [
    "instance_norm",
    "{group_norm: 3}",
    "global_max_pool",
    "{reshape: 192}, softmax",
    "{reshape: 192}, {dense: 4}",
]


@pytest.mark.parametrize("wide", WIDE)
@pytest.mark.parametrize("between", ["relu", "{dropout: 0.5}, tanh", "relu, {residual: [silu]}"])
def test_a_claim_about_a_widened_field_names_the_layer_that_did(
    trace_text: TraceText, wide: str, between: str
) -> None:
    claim = "{sigmoid: {name: claimed, expect: {receptive_field: 5}}}"
    found = only(trace_text(net(f"[{wide}, {between}, {claim}]", "8x8x3")), "SC301", "error")
    kind = re.findall("[a-z_]+", wide)[-1]
    assert found.message == "claimed: receptive field 5 expected, 8x8 computed"
    assert found.hint.startswith(f"since {kind}1 ({kind}) every value sees the whole input")


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        # the layer itself, and one behind which nothing is whole: the working says it
        ("[{instance_norm: {expect: {receptive_field: 3}}}]", "statistics run over the whole"),
        ("[relu, {conv: {K: 1, F: 3, expect: {receptive_field: 5}}}]", "1 + (3 - 1)*1 = 3"),
        # the first of several; of branches, the one that is whole
        ("[instance_norm, relu, instance_norm, {relu: {expect: {receptive_field: 3}}}]",
         "since instance_norm1 "),
        ("[{conv: {name: a, K: 3, F: 1}}, {instance_norm: {from: input}},"
         " {add: {from: [a, instance_norm1], name: b}}, {relu: {expect: {receptive_field: 1}}}]",
         "since instance_norm1 "),
        # a residual's claim, and an instance's
        ("[{residual: {body: [instance_norm, relu], expect: {receptive_field: 1}}}]",
         "since instance_norm1 "),
        ("[b, {b: {expect: {receptive_field: 5}}}]", "since b1.group_norm1 "),
        # a stretched merge; not a claim about anything else
        ("[{avg_pool: {name: p, F: 8}}, {multiply: [input, p]}, {relu: {expect: {receptive_field:"
         " 1}}}]", "since multiply1 (multiply) "),
    ],
)  # fmt: skip
def test_what_widened_a_field(trace_text: TraceText, layers: str, said: str) -> None:
    blocks = "blocks: {b: {layers: [{conv: {K: 3, F: 3, P: 1}}, {group_norm: 1}, relu]}}"
    found = only(trace_text(net(layers, "8x8x3", blocks)), "SC301", "error")
    assert said in found.hint


def test_other_claims_behind_a_widened_field_keep_their_working(trace_text: TraceText) -> None:
    layers = "[instance_norm, {conv: {K: 1, F: 1, expect: {parameters: 3}}}]"
    found = only(trace_text(net(layers, "8x8x3")), "SC301", "error")
    assert "since" not in found.hint
    assert "parameters = 3 + 1 = 4" in found.hint
