"""Detectors: the depth that they need, and the sizes of images that go with the strides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shapecalc import Diagnostic, Trace

Net = Callable[..., Trace]

HEADS = [  # the section, and the depth that it needs
    ("yolo classes=80 mask=0,1,2 num=9", 255),
    ("yolo classes=80 mask=0,1#,2", 170),
    ("yolo classes=2 num=5", 35),
    ("yolo", 25),
    ("Gaussian_yolo classes=80 mask=6,7,8", 267),
    ("region classes=20 num=5", 125),
    ("region classes=80 num=5 coords=3", 420),
    ("iseg classes=80 ids=32", 112),
]


def told(trace: Trace) -> list[Diagnostic]:
    """Return what is wrong, advice left out."""
    return [found for found in trace.diagnostics if found.severity != "advice"]


@pytest.mark.parametrize(("head", "depth"), HEADS)
def test_a_detector_needs_its_depth(net: Net, head: str, depth: int) -> None:
    right = net(f"convolutional filters={depth} activation=linear", head)
    assert told(right) == []
    assert right.output == (8, 8, depth)
    for wrong in (depth - 1, depth + 1, 255 if depth != 255 else 18):
        trace = net(f"convolutional filters={wrong} batch_normalize=1", "dropout", head)
        (found,) = told(trace)
        # [net] and its sizes are lines 1 to 4, [convolutional] the fifth
        assert (found.code, found.line, found.where) == ("SC301", 6, "conv_0.filters")
        assert found.hint == f"write filters={depth} in conv_0"
        assert f"= {depth} slices, and gets {wrong}" in found.message
        assert found.layer == f"{head.split()[0]}_2"


def test_the_detector_of_the_first_yolo_needs_its_number_of_values(net: Net) -> None:
    head = "detection classes=20 coords=4 side=7 num=3"  # 7*7*((1 + 4)*3 + 20) = 1715
    assert told(net("connected output=1715", head)) == []
    (found,) = told(net("connected output=1470", head))
    assert (found.code, found.line) == ("SC301", 6)
    assert found.hint == "write output=1715 in connected_0"


def test_the_first_yolos_detector_may_get_an_image(net: Net) -> None:
    head = "detection classes=2 coords=4 side=2 num=2"  # 2*2*((1 + 4)*2 + 2) = 48
    assert told(net("convolutional filters=12", head, size="2x2x3")) == []
    (found,) = told(net("convolutional filters=12", head, size="4x4x3"))
    assert (found.code, found.line) == ("SC301", 7)
    assert "= 48 values, and gets 192" in found.message


def test_where_no_filters_are_written_the_section_is_named(net: Net) -> None:
    (found,) = told(net("convolutional size=1", "yolo classes=1 mask=0"))
    assert (found.code, found.line, found.where) == ("SC301", 5, "conv_0.filters")
    (found,) = told(net("convolutional filters=6", "route layers=0,0", "yolo classes=1 mask=0"))
    assert (found.code, found.line, found.where) == ("SC301", 9, "yolo_2")


def test_a_claim_of_a_detector_holds_at_any_input(net: Net) -> None:
    sections = "convolutional filters=18", "yolo classes=1 mask=0"
    assert [found.code for found in told(net(*sections, inputs="64x64x3"))] == ["SC301"]


STRIDES = [
    (["convolutional filters=18 size=3 stride=2 pad=1", "maxpool stride=2"], 4),
    (["convolutional filters=18 size=3 stride=8 pad=1", "upsample stride=4"], 8),
    (["maxpool stride=2", "reorg3d stride=3", "convolutional filters=18"], 6),
    (["maxpool size=2 stride=2 antialiasing=2", "convolutional filters=18"], 2),
    (["maxpool stride=2", "maxpool stride=2", "deconvolutional filters=18 size=2 stride=2"], 4),
]


@pytest.mark.parametrize(("sections", "stride"), STRIDES)
def test_sizes_that_are_no_multiple_of_the_strides_are_warned_of(
    net: Net, sections: list[str], stride: int
) -> None:
    head = "yolo classes=1 mask=0,1,2"
    whole = 12 * stride
    assert told(net(*sections, head, size=f"{whole}x{whole}x3")) == []
    trace = net(*sections, head, size=f"{whole}x{whole + 1}x3")
    found = next(one for one in told(trace) if one.code == "SC605")
    assert (found.severity, found.line) == ("warning", 3)
    assert f"width {whole + 1} is no multiple of {stride}" in found.message
    assert found.hint == f"width={whole} or width={whole + stride}"
    trace = net(*sections, head, size=f"{whole - 1}x{whole}x3")
    found = next(one for one in told(trace) if one.code == "SC605")
    assert (found.line, found.hint) == (2, f"height={whole - stride} or height={whole}")


def test_both_sizes_are_one_warning(net: Net) -> None:
    trace = net(
        "maxpool stride=4", "convolutional filters=6", "yolo classes=1 mask=0", size="9x7x3"
    )
    (found,) = told(trace)
    assert (found.code, found.line) == ("SC605", 3)
    assert "width 7 and height 9 are no multiples of 4" in found.message
    assert found.hint == "width=4 or width=8, height=8 or height=12"
    assert "join" not in found.message


def test_classifiers_take_any_size(net: Net) -> None:
    assert told(net("maxpool stride=2", "avgpool", "softmax", size="9x9x3")) == []


def test_a_stride_that_does_not_divide_breaks_a_join(net: Net) -> None:
    sections = ["maxpool stride=2", "maxpool stride=2", "upsample", "route layers=-1,0",
                "convolutional filters=6", "yolo classes=1 mask=0"]  # fmt: skip
    assert told(net(*sections, size="8x8x3")) == []
    codes = {found.code for found in told(net(*sections, size="8x6x3"))}
    assert codes == {"SC605", "SC205"}  # 6 -> 3 -> 2 -> 4, and not 3
