"""Scenes of every network and every kind: no texts overlap, nothing is cut off."""

from __future__ import annotations

import re
from itertools import combinations, pairwise, product
from typing import Any

import pytest
from overlaps import faults

import shapecalc
from shapecalc.pictures import STYLES, draw, scene_of
from shapecalc.pictures.scene import Box, Line, Part, Polygon, Rect, Scene, Text
from shapecalc.pictures.styles.volumes.references import Reference, Rings
from shapecalc.pictures.styles.volumes.stubs import Stub, one_over_the_other
from shapecalc.pictures.writers import svg
from tests.pictures.networks import MADE, PATHS, SPECS, network, texts, titles

SAMPLE = (
    "alexnet",
    "u-net",
    "googlenet",
    "yolov3-tiny",
    "mobilenet-v2",
    "densenet-121",
    "resnet-18",
)


@pytest.mark.quick(12)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [*SAMPLE, *MADE])
def test_nothing_overlaps(name: str, style: str) -> None:
    trace = network(name)
    for width in (None, 390):
        assert not list(faults(scene_of(trace, style, width)))


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_nothing_overlaps_in_any_network_or_kind(style: str) -> None:
    assert len(PATHS) > 150
    for path in PATHS:
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
        Line(((30, 30), (70, 60)), "flow"),
        Line(((50, 30), (50, 60)), "flow"),
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
    assert [texts(scene).count(number) for number in "12"] == [2, 2]
    ends = [title for title in titles(scene.parts) if title.startswith(("to ", "from "))]
    assert sorted(ends) == ["from 1 crop", "from 2 crop", "to 1", "to 2"]


def test_rows_end_where_no_arc_and_no_block_is_cut() -> None:
    """Behind a fork, too: its arc begins with the next row."""
    for name in ("resnet-50", "mobilenet-v2", "densenet-121"):
        scene = scene_of(network(name))
        found = titles(scene.parts)
        assert not [title for title in found if title.startswith(("to ", "from "))]
        starts = [leaf.points[0][0] for leaf in scene.leaves() if _incoming(leaf)]
        assert len(starts) > 0  # there are several rows
    drawn = texts(scene_of(network("mobilenet-v2")))
    assert [drawn.count(f"change{n}") for n in range(1, 7)] == [1] * 6


def _incoming(leaf: Part) -> bool:
    return isinstance(leaf, Line) and leaf.role == "flow" and leaf.points[0][0] < 10


def test_rings_stand_where_no_line_goes_through_them() -> None:
    """The second one's line would go through what is told of the first one."""
    rings = [Rings([Reference(1, "conv 1×1, 512, /2")]), Rings([Reference(2)])]
    stubs = [
        Stub(x, 0.0, 40.0, x + ring.width / 2, ring, True)
        for x, ring in zip((20.0, 50.0), rings, strict=True)
    ]
    first, second = one_over_the_other(stubs)
    assert first.top > second.top == 40.0
    scene = Scene(300, 100, "t", "d", tuple(stub.draw(0, 80) for stub in (first, second)))
    assert not list(faults(scene))
    scene = scene._replace(parts=tuple(stub.draw(0, 80) for stub in stubs))
    assert list(faults(scene))


def test_short_rows_of_further_outputs_stand_side_by_side() -> None:
    scene = scene_of(network("fpn-resnet-50"))
    places = {t.text: t for t in scene.leaves() if isinstance(t, Text) and t.text in OUTPUTS}
    assert [*places] == [*OUTPUTS]
    assert places["p3"].x < places["p4"].x < places["p5"].x
    axes = [leaf for leaf in scene.leaves() if isinstance(leaf, Line) and leaf.role == "axis"]
    assert len({line.points[0][1] for line in axes[-3:]}) == 1


OUTPUTS = ("p3", "p4", "p5")


def test_lanes_to_further_outputs_do_not_lie_on_each_other() -> None:
    scene = scene_of(network("fpn-resnet-50"), "graph", depth=0)
    lanes = [leaf for leaf in scene.leaves() if isinstance(leaf, Line) and len(leaf.points) == 5]
    assert len(lanes) == 3
    for one, other in combinations(lanes, 2):
        for (a, b), (c, d) in product(pairwise(one.points), pairwise(other.points)):
            assert not Box(*map(min, a, b), *map(max, a, b)).meets(
                Box(*map(min, c, d), *map(max, c, d)), -0.5
            )


def test_a_run_at_the_end_of_a_graph_has_its_output() -> None:
    assert "output 64×64×8" in texts(scene_of(network("long"), "graph"))


def test_a_number_in_a_kind_is_none_of_its_name() -> None:
    """relu61 is the first relu6, not a name that somebody gave."""
    shown = " ".join(texts(scene_of(network("mobilenet-v2"), "graph")))
    assert "BN · ReLU6" in shown
    assert "relu6" not in shown


def test_a_graph_is_not_cut_for_a_short_end() -> None:
    """The arcs of a U-Net hold it together: it stays one column."""
    scene = scene_of(network("u-net"), "graph")
    (start,) = (t for t in scene.leaves() if isinstance(t, Text) and t.text.startswith("input "))
    (end,) = (t for t in scene.leaves() if isinstance(t, Text) and t.text.startswith("output "))
    assert start.x == end.x


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


def test_a_block_with_runs_in_it_has_its_name() -> None:
    """Of factored4 two convolutions are drawn once; factored2 stands for itself and factored3."""
    for style in ("volumes", "graph"):
        shown = texts(scene_of(network("inception-v3"), style))
        assert shown.count("factored4") == 1


def test_layers_that_all_differ_stand_in_several_cards_and_columns() -> None:
    layers = [{"conv": {"K": 8 + n % 31, "F": 1 + n % 3 * 2, "P": n % 3}} for n in range(300)]
    scene = scene_of(shapecalc.trace({"input": "64x64x8", "layers": layers}), "graph")
    cards = [leaf.box for leaf in scene.leaves() if isinstance(leaf, Rect) and leaf.role == "card"]
    assert len(cards) == 15
    assert len({box.left + box.right for box in cards}) >= 4  # the middles of columns
    assert scene.height < 2 * scene.width


def test_what_joins_and_is_no_merge_has_its_name() -> None:
    """A block that reads two volumes, an unpooling: a circle with a dot says too little."""
    for name, depth, names in (
        ("fpn-resnet-50", 0, {"m2", "m3", "m4"}),
        ("segnet", None, {"max_unpool1", "max_unpool5"}),
    ):
        for style in ("volumes", "graph"):
            assert names <= {*texts(scene_of(network(name), style, depth=depth))}


def test_columns_are_of_about_one_height() -> None:
    """No short end stands alone in a second column."""
    scene = scene_of(network("googlenet"), "graph")
    cards = [leaf.box for leaf in scene.leaves() if isinstance(leaf, Rect) and leaf.role == "card"]
    middle = scene.width / 2
    ends = [max(box.bottom for box in cards if (box.left < middle) == left) for left in (1, 0)]
    assert min(ends) > 0.85 * max(ends)
