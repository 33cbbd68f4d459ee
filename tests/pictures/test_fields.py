"""The style field: what it shows of receptive fields, at any size."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import shapecalc
from shapecalc.pictures import scene_of
from shapecalc.pictures.scene import Box, Line, Scene, Strokes
from shapecalc.pictures.text import cut
from tests.pictures.networks import network, texts


def test_the_receptive_field_has_the_numbers_of_the_lectures() -> None:
    """Three 3x3 convolutions see 7x7; the first output of padded ones begins 3 pixels outside."""
    layers = [{"conv": {"K": 1, "F": 3, "P": 1}}] * 3
    scene = scene_of(shapecalc.trace({"input": "9x9x1", "layers": layers}), "field")
    shown = texts(scene)
    assert {"3×3", "5×5", "7×7", "−1", "−2", "−3"} <= set(shown)
    assert "dashed: field of the first output, cut at the border: 3 outside" in shown
    assert shown.count("3 + 3") == 1  # pixels of the last layer's fields beyond the border
    sizes = sorted(box.right - box.left for box in squares(scene))
    assert [round(size / sizes[0], 2) for size in sizes] == [1, 1.67, 2.33]  # 3, 5 and 7 pixels


def squares(scene: Scene) -> list[Box]:
    """Return the fields on the input, without the bars beside them."""
    boxes = [leaf.box for leaf in scene.leaves() if getattr(leaf, "role", "")[:6] == "field-"]
    return [b for b in boxes if b.right - b.left == pytest.approx(b.bottom - b.top)]


def ticks(scene: Scene) -> list[float]:
    drawn = [leaf for leaf in scene.leaves() if isinstance(leaf, Strokes) and leaf.role == "tick"]
    return [start[0] for strokes in drawn for start, _ in strokes.strokes]


@pytest.mark.parametrize(("size", "words"), [
    (9, "ticks: outputs of the last layer, 1 pixel apart"),
    (300, "ticks: every 5th output of the last layer, all 1 pixel apart"),
    (3000, "ticks: every 50th output of the last layer, all 1 pixel apart"),
])  # fmt: skip
def test_ticks_stand_for_outputs_of_the_whole_layer(size: int, words: str) -> None:
    layers = [{"conv": {"K": 1, "F": 3, "P": 1}}]
    scene = scene_of(shapecalc.trace({"input": [size, size, 1], "layers": layers}), "field")
    assert words in texts(scene)
    drawn = ticks(scene)
    border = next(leaf.box for leaf in scene.leaves() if getattr(leaf, "role", "") == "border")
    assert all(other - one >= 5 for one, other in pairwise(drawn))
    every = 1 if size == 9 else int(re.findall(r"every (\d+)th", words)[0])
    assert len(drawn) == -(-size // every)
    assert drawn[0] < border.left + 0.1 * (border.right - border.left)
    assert drawn[-1] > border.left + 0.9 * (border.right - border.left)


@pytest.mark.parametrize("name", ["resnet-50", "u-net", "alexnet", "densenet-121", "wavenet"])
def test_every_layer_that_changes_the_field_is_named_and_no_leaders_cross(name: str) -> None:
    trace = network(name)
    scene = scene_of(trace, "field")
    sizes = {record.name: record.receptive_field for record in trace.layers}
    windows = [  # behind an upsampling a window may see no more than its input does
        record
        for record in trace.layers
        if record.layer is not None and record.layer.values().get("F", 1) != 1
        and record.field is not None and not record.field.whole
        and record.receptive_field != sizes.get((record.sources or ("",))[0])
    ]  # fmt: skip
    assert len(windows) > 4
    assert {cut(record.name) for record in windows} <= set(texts(scene))
    leaders = [
        leaf.points
        for leaf in scene.leaves()
        if isinstance(leaf, Line) and leaf.role.startswith("leader-")
    ]
    # It is named in the table, and in the picture where there is one: not of a single axis.
    assert texts(scene).count("input") == (2 if leaders else 1)
    levels = [(points[1][1], points[2][1]) for points in leaders]
    assert levels == sorted(levels)  # in one order at the bend and at the names
    assert len({level for level, _ in levels}) == len(levels)


def test_what_the_border_cuts_is_red() -> None:
    specs = [{"input": "9x9x1", "layers": [{"conv": {"K": 1, "F": 3, "P": p}}]} for p in (1, 0)]
    padded, plain = (scene_of(shapecalc.trace(spec), "field") for spec in specs)
    roles = [[getattr(leaf, "role", "") for leaf in scene.leaves()] for scene in (padded, plain)]
    assert {"cut", "beyond"} <= set(roles[0])
    assert not {"cut", "beyond"} & set(roles[1])
    cut = [leaf.box for leaf in padded.leaves() if getattr(leaf, "role", "") == "cut"]
    pixel = next(leaf.box for leaf in padded.leaves() if getattr(leaf, "role", "") == "border")
    side = (pixel.right - pixel.left) / 9
    area = sum((box.right - box.left) * (box.bottom - box.top) for box in cut)
    assert area == pytest.approx(5 * side**2)  # of 3×3 pixels, 4 are inside
