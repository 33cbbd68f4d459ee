"""Routes, shortcuts and what shares weights: which layers they take, and what comes out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from shapecalc import SpecError, Trace
from shapecalc.executor import run

Net = Callable[..., Trace]
LINEAR = "activation=linear"


def found(trace: Trace) -> list[tuple[str, int | None]]:
    """Return the codes and lines of what is wrong."""
    return [(one.code, one.line) for one in trace.diagnostics if one.severity == "error"]


def conv(filters: int, *more: str) -> str:
    """Return a convolution without activation."""
    return " ".join([f"convolutional filters={filters} {LINEAR}", *more])


# -- route -----------------------------------------------------------------------------------------


def test_a_route_names_layers_forward_and_backward(net: Net) -> None:
    trace = net(conv(2), conv(4), conv(8), "route layers=-1,0,-2#,1")
    assert found(trace) == []
    assert trace["route_3"].sources == ("conv_2", "conv_0", "conv_1")
    assert trace.output == (8, 8, 14)


def test_a_route_of_one_layer_goes_back_to_it(net: Net) -> None:
    trace = net(conv(2), conv(4), "route layers=0", conv(5))
    assert trace["conv_3"].input == ((8, 8, 2),)
    assert set(trace.outputs) == {"conv_1", "conv_3"}


def test_a_route_takes_one_of_equal_groups(net: Net) -> None:
    trace = net(conv(2), conv(6), "route layers=-1,-2 groups=4 group_id=2")
    assert trace["joined_2"].output == (8, 8, 8)
    assert trace.output == (8, 8, 2)
    image = np.random.default_rng(0).standard_normal((1, 3, 8, 8))
    outputs = run(trace.spec, inputs=image, keep="all").outputs
    joined = np.concatenate([outputs["conv_1"], outputs["conv_0"]], axis=1)
    assert np.array_equal(outputs["route_2"], joined[:, 4:6])
    one = net(conv(2), conv(6), "route layers=-1 groups=2 group_id=1")
    assert (one["route_2"].sources, one.output) == (("conv_1",), (8, 8, 3))


@pytest.mark.parametrize(
    ("sections", "code", "line"),
    [  # [net] and its sizes are lines 1 to 4, a convolution has 3
        (["route layers=-1"], "SC107", 6),
        ([conv(2), "route layers=1"], "SC107", 9),
        ([conv(2), "route layers=-1,7"], "SC107", 9),
        ([conv(2), "route layers=-2"], "SC107", 9),
        ([conv(2), "route"], "SC103", 8),
        ([conv(2), "maxpool stride=2", "route layers=0,1"], "SC205", 11),
        ([conv(3), "route layers=-1 groups=2"], "SC204", 10),
        ([conv(4), "route layers=-1 groups=2 group_id=2"], "SC104", 10),
    ],
)
def test_a_route_that_leads_nowhere_is_told_at_its_line(
    net: Net, sections: list[str], code: str, line: int
) -> None:
    assert found(net(*sections)) == [(code, line)]


# -- shortcut --------------------------------------------------------------------------------------


def test_a_shortcut_adds_an_earlier_layer(net: Net) -> None:
    trace = net(conv(4), conv(2), conv(4), "shortcut from=-3 activation=leaky")
    record = trace["shortcut_3"]
    assert record.sources == ("conv_2", "conv_0")
    assert record.layer is not None
    assert record.layer.values()["unequal"] == "refuse"
    assert trace["leaky_3"].output == (8, 8, 4)


@pytest.mark.parametrize(("first", "second"), [(4, 6), (6, 4)])
def test_a_shortcut_of_unequal_depths_adds_what_is_common(
    net: Net, first: int, second: int
) -> None:
    trace = net(conv(first), conv(second), "shortcut from=-2")
    assert found(trace) == []
    assert trace.output == (8, 8, second)
    image = np.random.default_rng(0).standard_normal((1, 3, 8, 8))
    outputs = run(trace.spec, inputs=image, keep="all").outputs
    wanted = outputs["conv_1"].copy()
    wanted[:, :4] += outputs["conv_0"][:, :4]
    assert np.allclose(outputs["shortcut_2"], wanted)


def test_a_shortcut_of_unequal_sizes_keeps_those_before_it(net: Net) -> None:
    trace = net(conv(4), conv(8, "stride=2"), "shortcut from=-2")
    assert (found(trace), trace.output) == ([], (4, 4, 8))


@pytest.mark.parametrize(
    ("kind", "weights"), [("per_feature", 3), ("per_layer", 3), ("per_channel", 12), ("none", 0)]
)
def test_a_shortcut_may_have_weights(net: Net, kind: str, weights: int) -> None:
    trace = net(conv(4), conv(4), conv(4), f"shortcut from=-2,-3 weights_type={kind}")
    assert found(trace) == []
    assert trace["shortcut_3"].weights == weights
    assert trace.output == (8, 8, 4)


def test_a_shortcut_says_what_is_wrong(net: Net) -> None:
    assert found(net(conv(4), "shortcut from=-3")) == [("SC107", 9)]
    assert found(net(conv(4), "shortcut")) == [("SC103", 8)]
    assert found(net(conv(4), "shortcut from=0 weights_type=some")) == [("SC104", 10)]


# -- products --------------------------------------------------------------------------------------


def test_scale_channels_multiplies_slices_of_an_earlier_layer(net: Net) -> None:
    trace = net(conv(4), "avgpool", conv(4), "scale_channels from=-3 activation=relu")
    assert found(trace) == []
    assert trace["scale_channels_3"].sources == ("conv_0", "conv_2")
    assert trace["relu_3"].output == (8, 8, 4)


def test_sam_multiplies_value_by_value(net: Net) -> None:
    trace = net(conv(4), conv(4), "sam from=-2")
    assert (found(trace), trace.output) == ([], (8, 8, 4))
    assert found(net(conv(4), conv(5), "sam from=-2")) == [("SC205", 12)]


# -- shared weights --------------------------------------------------------------------------------


@pytest.mark.parametrize("index", ["0", "-2"])
def test_share_index_counts_weights_once(net: Net, index: str) -> None:
    own = conv(3, "size=3 pad=1 batch_normalize=1")
    trace = net(own, conv(3), f"{own} dilation=2 share_index={index}")
    assert found(trace) == []
    assert (trace["conv_2"].shares, trace["batch_norm_2"].shares) == ("conv_0", "batch_norm_0")
    assert trace.totals.parameters == 81 + 6 + 12
    assert trace.totals.non_trainable == 6
    assert trace["conv_2"].macs == 64 * 81


def test_who_shares_may_be_shared(net: Net) -> None:
    trace = net(conv(3), conv(3, "share_index=0"), conv(3, "share_index=-1"))
    assert found(trace) == []
    assert trace["conv_2"].shares == "conv_0"
    assert trace.totals.parameters == 12


def test_share_index_says_what_is_wrong(net: Net) -> None:
    assert found(net(conv(3), conv(3, "share_index=1"))) == [("SC107", 11)]
    assert found(net("maxpool", conv(3, "share_index=0"))) == [("SC107", 9)]
    assert found(net(conv(4), conv(3, "share_index=0"))) == [("SC209", 8)]


# -- what needs an image, and what nobody knows ----------------------------------------------------


@pytest.mark.parametrize(
    "section", ["convolutional", "maxpool", "avgpool", "local", "reorg", "upsample", "crop"]
)
def test_what_needs_an_image_is_told_where_there_is_none(net: Net, section: str) -> None:
    (one,) = (o for o in net(section, size="6").diagnostics if o.severity == "error")
    assert (one.code, one.line) == ("SC206", 3)
    assert "must output image" in one.hint
    behind = net("connected output=4", section, size="6")
    assert found(behind) == []
    again = net("connected output=4", "softmax", section, size="6")
    assert found(again) == [("SC206", 6)]


def test_the_output_is_what_a_loss_judges(net: Net) -> None:
    trace = net("connected output=4 activation=linear", "softmax", "cost type=sse", size="6")
    assert set(trace.outputs) == {"softmax_1"}
    assert trace["cost_2"].output == (4,)


def test_a_section_that_nobody_knows_is_not_known(net: Net) -> None:
    trace = net(conv(4), "mystery width=3", conv(2))
    assert [(one.code, one.line) for one in trace.diagnostics] == [("SC602", 8)]
    assert (trace["mystery_1"].output, trace.output) == (None, None)
    assert trace["conv_2"].kind == "conv"  # the numbers of those behind are kept


def test_a_slip_in_the_name_of_a_section_is_an_error(net: Net) -> None:
    trace = net(conv(4), "convolutinal filters=2")
    (one,) = (o for o in trace.diagnostics if o.severity == "error")
    assert (one.code, one.line, one.hint) == ("SC105", 8, "[convolutional]?")


def test_nothing_may_stand_behind_the_name_of_a_section(net: Net) -> None:
    trace = net(conv(4), "maxpool]#2 size=2 stride=2")
    assert found(trace) == [("SC105", 8)]


# -- inputs ----------------------------------------------------------------------------------------


def test_another_input_takes_the_place_of_the_files_own(net: Net) -> None:
    sections = [conv(4, "size=3 stride=2 pad=1"), "shortcut from=-1", "crop crop_height=2"]
    assert net(*sections, inputs="16x12x3")["conv_0"].output == (8, 6, 4)
    assert net(*sections, size="0x0x3", inputs=(16, 12, 3))["conv_0"].output == (8, 6, 4)
    assert net("connected output=2", size="0x0x0", inputs=10).totals.parameters == 22


def test_sizes_that_a_file_leaves_out_are_asked_for(net: Net) -> None:
    trace = net(conv(4, "size=3 pad=1"), "maxpool stride=2", conv(18), "yolo classes=1 mask=0,1,2",
                size="0x0x3")  # fmt: skip
    assert [one.code for one in trace.diagnostics] == ["SC604"]
    assert trace.output == (None, None, 18)
    assert trace.totals.parameters == 27 * 4 + 4 + 4 * 18 + 18
    assert [one.code for one in net(conv(4), size="0x0x0").diagnostics] == ["SC604"]


@pytest.mark.parametrize("given", ["8x8", "8x8x3x1", "100"])
def test_an_input_with_other_axes_is_refused(net: Net, given: str) -> None:
    with pytest.raises(SpecError, match=r"height x width x depth"):
        net(conv(4), inputs=given)
