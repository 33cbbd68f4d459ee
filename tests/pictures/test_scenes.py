"""Scenes of every network and every kind: no texts overlap, nothing is cut off."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from overlaps import faults

import shapecalc
from shapecalc import Trace
from shapecalc.pictures import STYLES, draw, scene_of
from shapecalc.pictures.scene import Box, Group, Line, Part, Polygon, Rect, Scene, Strokes, Text
from shapecalc.pictures.text import cut
from shapecalc.pictures.writers import svg

SPECS = Path(__file__).resolve().parents[2] / "specs"
EVERYTHING = [
    path
    for folder in ("networks", "kinds", "broken", "lectures")
    for path in sorted((SPECS / folder).glob("*.yaml"))
]
SAMPLE = ("alexnet", "u-net", "googlenet", "yolov3-tiny", "mobilenet-v2", "densenet-121")
MADE: dict[str, dict[str, Any]] = {
    "unknown sizes": {"input": "?x?x3", "layers": [{"conv": {"K": 4, "F": 3}}, "global_avg_pool"]},
    "unknown volume": {"layers": [{"conv": {"K": 4, "F": 3}}, "relu", {"dense": 3}]},
    "named sizes": {
        "input": "HxWx3",
        "layers": [
            {"conv": {"K": 8, "F": 3, "S": 2}},
            "relu",
            {"residual": {"body": [{"conv": {"K": 8, "F": 3, "P": 1}}, "relu"]}},
            "global_avg_pool",
            {"dense": 5},
        ],
    },
    "nothing": {"input": "4x4x1", "layers": []},
    "flat": {"input": 784, "layers": [{"dense": 10}, "softmax"]},
    "huge": {"input": "900000000x4x1", "layers": [{"conv": {"K": 90000, "F": 3}}, "flatten"]},
    "film": {"input": "16x56x56x3", "layers": [{"conv": {"K": 8, "F": 3}}, {"max_pool": 2}]},
    "two inputs, two outputs": {
        "inputs": {"left": "32x32x3", "right": 10},
        "layers": [
            {"conv": {"K": 4, "F": 3, "from": "left", "name": "a"}},
            {"flatten": {"name": "b"}},
            {"dense": {"units": 7, "from": "right", "name": "c"}},
            {"concat": ["b", "c"]},
        ],
        "outputs": ["a", "concat1"],
    },
    "the same read twice": {
        "input": "8x8x4",
        "layers": [
            {"conv": {"K": 4, "F": 1, "name": "a"}},
            {"conv": {"K": 4, "F": 1, "name": "b", "from": "input"}},
            {"add": ["a", "b"]},
            {"concat": ["a", "b"]},
        ],
    },
    "unknown at the beginning": {
        "input": "?x8x4",
        "layers": [{"dense": 3}, "relu", {"dense": 4}],
    },
    "crossing": {
        "input": "16x16x4",
        "layers": [
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "a"}},
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "b"}},
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "c", "from": "a"}},
            {"add": {"from": ["b", "c"], "name": "d"}},
            {"add": {"from": ["a", "d"], "name": "e"}},
            {"concat": ["e", "b", "c"]},
        ],
    },
}


def network(name: str) -> Trace:
    return shapecalc.trace(SPECS / "networks" / f"{name}.yaml")


def texts(scene: Scene) -> list[str]:
    return [leaf.text for leaf in scene.leaves() if isinstance(leaf, Text)]


def titles(parts: tuple[Part, ...]) -> list[str]:
    """Return the titles of all groups, the inner ones as well."""
    groups = [part for part in parts if isinstance(part, Group)]
    return [title for group in groups for title in (group.title, *titles(group.parts)) if title]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [*SAMPLE, *MADE])
def test_nothing_overlaps(name: str, style: str) -> None:
    trace = shapecalc.trace(MADE[name]) if name in MADE else network(name)
    for width in (None, 390):
        assert not list(faults(scene_of(trace, style, width)))


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_nothing_overlaps_in_any_network_or_kind(style: str) -> None:
    assert len(EVERYTHING) > 150
    for path in EVERYTHING:
        trace = shapecalc.trace(path)
        for width in (None, 390, 1400):
            assert not list(faults(scene_of(trace, style, width))), (path, width)
        assert not list(faults(scene_of(trace, style, depth=0))), path


WORD = Text(50, 50, "word", "name")
THING = Rect(20, 20, 200, 60, "card", solid=True)


@pytest.mark.parametrize(
    "planted",
    [
        Text(60, 55, "another", "note"),
        Text(395, 50, "beyond the edge", "note"),
        Text(215, 50, "half in it", "note"),
        Polygon(((52, 40), (70, 40), (70, 60)), "conv", solid=True),
        Line(((10, 10), (10, 300)), "flow"),
    ],
)
def test_a_planted_fault_is_found(planted: Part) -> None:
    sound = Scene(400, 100, "t", "d", (THING, WORD))
    assert not list(faults(sound))
    assert list(faults(sound._replace(parts=(THING, WORD, planted))))


# -- what is drawn -----------------------------------------------------------------------------


def test_alexnet_has_a_glyph_for_what_changes_the_volume() -> None:
    """Twelve glyphs for 24 layers; the volumes are those of the paper, as the lectures print it."""
    scene = scene_of(network("alexnet"))
    layers = [t for t in titles(scene.parts) if ":" in t.splitlines()[0] and "MACs," not in t]
    assert len(layers) == 12
    shown = texts(scene)
    for volume in ("227×227×3", "55×55×96", "27×27×256", "13×13×384", "6×6×256", "4,096", "1,000"):
        assert volume in shown
    assert shown.count("ReLU · drop") == 2
    assert "11×11, /4" in shown
    # Convolutions take 94 % of the MACs, the first dense layer 61 % of the parameters.
    assert {"39%", "20%", "61%", "27%"} <= set(shown)


def test_equal_runs_are_drawn_once() -> None:
    shown = texts(scene_of(network("vgg-16")))
    assert shown.count("conv1 × 3") == 3
    assert "dense2" in shown  # its weights are others than those of dense1
    graph = texts(scene_of(network("resnet-50"), "graph"))
    assert [text for text in graph if text.startswith("×")] == [
        "× 2  stage1.bottleneck2–3", "× 3  stage2.bottleneck2–4",
        "× 5  stage3.bottleneck2–6", "× 2  stage4.bottleneck2–3",
    ]  # fmt: skip
    assert len(graph) < 200


def test_a_run_ends_with_the_volume_of_its_last() -> None:
    """Behind a dense block of six layers are 64 + 6*32 slices (Table 1 of the DenseNet paper)."""
    trace = network("densenet-121")
    assert "56×56×96 … 256" in texts(scene_of(trace))
    graph = texts(scene_of(trace, "graph"))
    assert "56×56×256" in graph
    assert "56×56×96" not in graph


def test_a_picture_wraps_where_it_is_asked_to() -> None:
    trace = network("alexnet")
    wide, narrow = scene_of(trace, width=1500), scene_of(trace, width=390)
    assert narrow.width <= 390 < wide.width <= 1500
    assert narrow.height > 2 * wide.height


def test_arcs_that_a_row_cuts_have_a_number_at_both_ends() -> None:
    scene = scene_of(network("u-net"))
    assert [texts(scene).count(number) for number in "123"] == [2, 2, 2]
    ends = [title for title in titles(scene.parts) if title.startswith(("to ", "from "))]
    assert sorted(ends) == [*(f"from {n} crop" for n in (1, 2, 3)), "to 1", "to 2", "to 3"]


def test_a_number_at_an_end_is_no_layer_of_that_name() -> None:
    """Layers that are called as the ends are stand in bold letters, the ends in rings."""
    scene = scene_of(shapecalc.trace(MADE["crossing"]))
    rings = [leaf for leaf in scene.leaves() if isinstance(leaf, Rect) and "ring" in leaf.role]
    inside = [
        text.text
        for text in scene.leaves()
        if isinstance(text, Text) and any(ring.box.holds(text.box) for ring in rings)
    ]
    assert len(inside) == len(rings) > 2
    assert all(text.isdecimal() for text in inside)


@pytest.mark.parametrize("name", ["fpn-resnet-50", "yolov3", "wavenet"])
def test_no_edge_is_lost(name: str) -> None:
    """Whoever reads a layer from outside of its branch has the number of that layer."""
    trace = network(name)
    shown = [t for t in titles(scene_of(trace).parts) if t.startswith(("to ", "from "))]
    there, here = (
        {number for title in shown if title.startswith(way) for number in numbers(title)}
        for way in ("to ", "from ")
    )
    assert there == here
    if name == "fpn-resnet-50":  # three outputs, and three laterals that are read twice
        assert sum(title.startswith("from ") for title in shown) >= 9


def numbers(title: str) -> list[str]:
    """Return the numbers of `to 1, 2`, or the one of `from 1 conv 1×1, 256`."""
    first, *others = title.partition(" ")[2].split(", ")
    return [first.split()[0]] if " " in first else [first, *others]


@pytest.mark.parametrize(
    "name", ["alexnet", "vgg-16", "resnet-50", "googlenet", "u-net", "densenet-121", "yolov3"]
)
def test_bars_count_every_layer(name: str) -> None:
    trace = network(name)
    pattern = re.compile(r".*: ([\d,]+) MACs, ([\d,]+) parameters")
    bars = [found for t in titles(scene_of(trace).parts) if (found := pattern.fullmatch(t))]
    macs, parameters = (
        sum(int(found[group].replace(",", "")) for found in bars) for group in (1, 2)
    )
    assert (macs, parameters) == (trace.totals.macs, trace.totals.parameters)


@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_a_fault_is_marked_where_it_is(style: str) -> None:
    trace = shapecalc.trace(SPECS / "broken" / "sc201-twice.yaml")
    scene = scene_of(trace, style)
    roles = [leaf.role for leaf in scene.leaves() if not isinstance(leaf, Text)]
    assert "faulty" in roles
    shown = texts(scene)
    assert len([text for text in shown if text.startswith("SC201")]) == 4  # twice beside, below
    assert any("the stride does not fit" in title for title in titles(scene.parts))


@pytest.mark.parametrize("style", STYLES)
def test_what_is_not_known_is_a_question_mark(style: str) -> None:
    shown = texts(scene_of(shapecalc.trace(MADE["unknown sizes"]), style))
    assert any("?×?×" in text for text in shown) or style == "field"


def test_depth_folds_blocks() -> None:
    trace = network("resnet-50")
    for style in ("volumes", "graph"):
        folded, whole = (scene_of(trace, style, depth=depth) for depth in (0, None))
        assert len(texts(folded)) < len(texts(whole)) / 2
        assert any("layers" in text for text in texts(folded))


def test_every_input_and_output_is_there() -> None:
    shown = texts(scene_of(shapecalc.trace(MADE["two inputs, two outputs"]), "graph"))
    assert {"input left 32×32×3", "input right 10"} <= set(shown)
    assert {"output concat1 3,607", "conv 3×3, 4 · output", "a"} <= set(shown)
    assert "output" in texts(scene_of(shapecalc.trace(MADE["two inputs, two outputs"])))


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


def test_thousand_layers_are_drawn_and_ten_thousand_refused() -> None:
    layers = [{"conv": {"K": 3 + i * i % 11, "F": 3, "P": 1}} for i in range(1000)]
    for style in STYLES:
        scene = scene_of(shapecalc.trace({"input": "9x9x1", "layers": layers}), style)
        assert scene.width < 2000
    many = shapecalc.trace({"input": 3, "layers": [{"dense": 3}, "relu", "tanh", "relu"] * 3000})
    with pytest.raises(ValueError, match="too many"):
        draw(many)


def test_branches_that_nest_too_deep_are_drawn_in_order() -> None:
    layers: list[dict[str, Any]] = [{"conv": {"name": f"c{i}", "K": 4, "F": 1}} for i in range(100)]
    for i in range(98, 0, -1):
        source = f"a{i + 1}" if i < 98 else "c99"
        layers.append({"add": {"name": f"a{i}", "from": [f"c{i}", source]}})
    trace = shapecalc.trace({"input": "8x8x4", "layers": layers})
    assert trace.complete
    for style in ("volumes", "graph"):
        assert texts(scene_of(trace, style))


@pytest.mark.parametrize("style", STYLES)
def test_no_picture_is_wider_than_asked(style: str) -> None:
    for name in ("googlenet", "yolov3", "fpn-resnet-50"):
        scene = scene_of(network(name), style, 390)
        assert scene.width * scene.zoom <= 390.001
        shown = re.search(r' width="([\d.]+)"', svg.write(scene))
        assert shown is not None
        assert float(shown[1]) == pytest.approx(scene.width * scene.zoom, abs=0.1)


def test_branches_lie_one_below_the_other_where_there_is_less_room() -> None:
    """The module of four branches has its cards in one column, in the order they are written."""
    cards = [
        leaf.box
        for leaf in scene_of(network("googlenet"), "graph", 390).leaves()
        if isinstance(leaf, Rect) and leaf.role == "card"
    ]
    assert all(one.bottom < other.top for one, other in pairwise(cards))
    beside = [
        leaf.box.top
        for leaf in scene_of(network("googlenet"), "graph").leaves()
        if isinstance(leaf, Rect) and leaf.role == "card"
    ]
    assert beside != sorted(beside)


@pytest.mark.parametrize(
    ("layers", "shortcuts"),
    [
        ([{"residual": [{"conv": {"K": 4, "F": 3, "P": 1}}] * 2}], 1),
        # A projection, as in Figure 3 of the ResNet paper.
        (
            [{"residual": {
                "body": [{"conv": {"K": 8, "F": 3, "P": 1}}] * 2,
                "shortcut": [{"conv": {"K": 8, "F": 1}}],
            }}],
            1,
        ),
        # Branches of an inception module are no shortcuts.
        (
            [{"parallel": {"branches": [
                [{"conv": {"K": 4, "F": 1}}], [{"conv": {"K": 4, "F": 3, "P": 1}}] * 2,
            ]}}],
            0,
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_only_shortcuts_have_their_colour(
    style: str, layers: list[dict[str, Any]], shortcuts: int
) -> None:
    scene = scene_of(shapecalc.trace({"input": "8x8x4", "layers": layers}), style)
    ways = [leaf for leaf in scene.leaves() if isinstance(leaf, Line) and leaf.role == "skip"]
    assert any(way.arrow for way in ways) == bool(shortcuts)
    assert ("shortcut" in texts(scene)) == bool(shortcuts)  # in the legend


@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_a_sum_that_does_not_fit_is_red_and_its_volumes_are_told(style: str) -> None:
    scene = scene_of(shapecalc.trace(SPECS / "broken" / "sc205-residual.yaml"), style)
    assert "merge-faulty" in [getattr(leaf, "role", "") for leaf in scene.leaves()]
    shown = texts(scene)
    assert "SC205" in shown
    assert any(text.endswith("4×4×3") for text in shown)
    assert sum(text.endswith("8×8×3") for text in shown) == 2  # the input, and beside the shortcut


def test_a_block_of_one_convolution_has_its_own_name() -> None:
    spec = {
        "input": "16x16x3",
        "blocks": {"unit": [{"conv": {"K": 8, "F": 3}}, "relu"]},
        "layers": [{"unit": {"name": "first"}}, {"conv": {"K": 2, "F": 1}},
                   {"unit": {"name": "second"}}],
    }  # fmt: skip
    for style in ("volumes", "graph"):
        shown = texts(scene_of(shapecalc.trace(spec), style))
        assert {"first", "second", "conv1"} <= set(shown)
        assert shown.count("conv1") == 1


def test_columns_are_of_about_one_height() -> None:
    """No short end stands alone in a second column."""
    scene = scene_of(network("googlenet"), "graph")
    cards = [leaf.box for leaf in scene.leaves() if isinstance(leaf, Rect) and leaf.role == "card"]
    middle = scene.width / 2
    ends = [max(box.bottom for box in cards if (box.left < middle) == left) for left in (1, 0)]
    assert min(ends) > 0.85 * max(ends)
