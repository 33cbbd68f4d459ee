"""Volumes whose plane and depth stand apart, whose sizes have names, or whose order is told."""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.volumes_in_words import volumes_in_words

SPEC = {"input": "28x28x1", "layers": [{"conv": {"K": 8, "F": 5, "P": 2}}]}  # 28x28x8
SIZES = {"input": "20x30x3", "layers": [{"conv": {"K": 8, "F": 3, "P": 1}}]}  # 20x30x8


def mark(answer: object, spec: dict[str, object] = SPEC) -> Mark:
    asked = read_assignment({"spec": spec, "questions": ["conv1.output"], "show": "always"})
    return Marker(asked).mark("one", {"conv1.output": answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        "28x28, depth 8", "28x28 (depth 8)", "spatial 28x28, depth 8", "depth 8, 28x28",
        "28x28; depth: 8", "28x28, depth stays 8", "28 x 28 pixels, 8 filters",
        "28x28 with 8 channels", "8 channels, each 28x28", "8 activation maps of size 28x28",
        "28*28 with 8 feature maps", "28x28, eight channels", "still 28x28 but 8 deep",
        "28x28x8 with 8 channels", "8@28x28", "(28, 28) x 8", "(28x28)x8", "8 x (28, 28)",
        "[28,28] x 8", "28x28(x8)", "8 28x28 maps",
        "28^2 x 8", "28²x8", "28^2*8 = 6272",
        "8x28x28 (CHW)", "8x28x28 (channels first)", "(C, H, W) = (8, 28, 28)",
        "depth x height x width = 8x28x28", "28x28x8 (HxWxC)",
        "(N, 8, 28, 28)", "(None, 8, 28, 28)", "(N, 28, 28, 8)", "batch x 8 x 28 x 28",
        [None, 8, 28, 28],
        "H_out=28, W_out=28, C_out=8", "W2=28, H2=28, D2=8", "W2 = H2 = 28, D2 = K = 8",
        "H=28, W=28, K=8", "W = (28-5+4)/1+1 = 28, H = 28, D = 8", "W=28 (28-5+4+1), H=28, D=8",
        "W1=28, H1=28, D1=1, W2=28, H2=28, D2=8",
        "28 - 5 + 4 + 1 = 28; 28x28x8", "28 x 28 x K = 28 x 28 x 8",
    ],
)  # fmt: skip
def test_a_right_volume_is_right_however_its_depth_is_told(answer: object) -> None:
    """(28 - 5 + 2*2)/1 + 1 = 28, and K = 8."""
    assert mark(answer).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("28x28, depth 1", "The depth of the input was kept"),
        ("24x24, depth 8", "The padding P was left out"),
        ("8 maps of 24x24", "The padding P was left out"),
        ("24^2*8", "The padding P was left out"),
        ("8x24x24 (CHW)", "The padding P was left out"),
        ("H2=24, W2=24, D2=8", "The padding P was left out"),
        ("(N, 24, 24, 8)", "The padding P was left out"),
        ("28x28", "the depth is missing"),
        ("28^2", "the depth is missing"),
    ],
)
def test_a_wrong_one_is_wrong_for_its_reason(answer: str, told: str) -> None:
    found = mark(answer)
    assert found.verdict == "wrong"
    assert told in found.feedback


@pytest.mark.parametrize(
    "answer",
    [
        "28x28, 8 or 16 channels", "28x28 (depth 8 in, 16 out)", "28x28 no depth 8",
        "28x28, depth 8 -> 14x14x8", "W=28, W=24, D=8", "W2=28, H2=28 minus 4, D2=8",
        "28x28x8 (CHW)", "28x28 minus 8", "28x28x16 with 8 channels",
    ],
)  # fmt: skip
def test_what_says_two_things_is_not_taken_for_one(answer: str) -> None:
    assert mark(answer).verdict in ("needs a look", "wrong")
    assert not mark(answer).points


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("8x20x30 (C x H x W)", "right"),
        ("WxHxC = 30x20x8", "right"),
        ("8x30x20 (CWH)", "right"),
        ("30x20x8 (H x W x C)", "wrong"),
        ("20x30, 8 channels", "right"),
        ("W=30, H=20, D=8", "right"),
        ("30x20, 8 channels", "wrong"),
        ("(N, 8, 30, 20)", "wrong"),
        ("W=20, H=30, D=8", "wrong"),
    ],
)
def test_height_and_width_are_told_apart(answer: str, verdict: str) -> None:
    """20 high and 30 wide: (20 - 3 + 2)/1 + 1 and (30 - 3 + 2)/1 + 1."""
    assert mark(answer, SIZES).verdict == verdict


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a 576-dimensional vector", [(576,)]),
        ("vector with 576 entries", [(576,)]),
        ("10 (10x10)", [(10, 10)]),
        ("10 (12x12)", []),
        ("10 by 10 pixels of the input", [(10, 10)]),
        ("8x8x8 with 8 channels", [(8, 8, 8), (8, 8, 8, 8)]),
        ("8x5x20x30 (C, D, H, W)", [(5, 20, 30, 8)]),
        ("20x30x8 (HxHxC)", []),
        ("7x7, K = 3", [(7, 7, 3), (7, 7)]),
        ("28x28x8", []),
        ("28x28, 5x5 filters", []),
        ("28x28, depth 8 and stride 2", []),
        ("x" * 1000, []),
        ("28x28 " + "the " * 40 + "8", []),
    ],
)
def test_a_text_is_read_as_a_whole(text: str, sizes: list[tuple[int, ...]]) -> None:
    assert volumes_in_words(text) == sizes


def test_a_filters_size_beside_a_field_is_no_depth() -> None:
    """F = 5 at the first layer; K = 7 is said of it."""
    asked = read_assignment({"spec": SPEC, "questions": ["conv1.receptive_field"]})
    found = Marker(asked).mark("one", {"conv1.receptive_field": "5x5, K = 7"}).marks[0]
    assert found.verdict == "right"
