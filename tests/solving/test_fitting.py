"""Which sizes fit: published networks, and random ones against a trace at every size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sized_networks

import shapecalc
from shapecalc import geometry, rules
from shapecalc.diagnostics import Fault, LayerError
from shapecalc.layers import conv_transpose, merge, window
from shapecalc.network import NetworkSpec
from shapecalc.solving import classes, size
from shapecalc.solving.axes import axes_of
from shapecalc.solving.fitting import inputs
from shapecalc.solving.search import Search
from shapecalc.solving.sets import Sizes, union

SPECS = Path(__file__).resolve().parents[2] / "specs"


def told(source: Any, title: str = "height") -> str:
    """Return what is said to fit along an axis of the input."""
    found = shapecalc.sizes(source)
    return next(one.fits.text("W") for one in found.axes if one.axis.title == title)


def u_net(depth: int, P: Any, crop: bool) -> dict[str, Any]:
    """Return a small U-Net."""
    layers: list[Any] = []
    for level in range(depth):
        layers += [{"conv": {"name": f"down{level}", "K": 2, "F": 3, "P": P}}, {"max_pool": 2}]
    layers.append({"conv": {"K": 2, "F": 3, "P": P}})
    for level in reversed(range(depth)):
        up, skip = f"up{level}", f"down{level}"
        layers.append({"conv_transpose": {"name": up, "K": 2, "F": 2, "S": 2}})
        if crop:
            layers.append({"crop": {"name": f"crop{level}", "from": skip, "like": up}})
            skip = f"crop{level}"
        layers += [{"concat": [skip, up]}, {"conv": {"K": 2, "F": 3, "P": P}}]
    return {"input": "64x64x1", "layers": layers}


def test_published_networks() -> None:
    """U-Net: Ronneberger et al. say that the input must make every pool's even; 572 does."""
    found = shapecalc.sizes(SPECS / "networks/u-net.yaml")
    assert [one.fits.text("W") for one in found.axes] == ["W = 188 + 16k, from 188"] * 2
    assert [one.nearest for one in found.axes] == [(572, 572)] * 2
    pools = [(f"max_pool{n}", 2) for n in range(1, 5)]
    assert [list(one.factors) for one in found.axes] == [pools] * 2
    assert found.outputs == {"softmax1": ["H - 184", "W - 184", 2]}
    macs = "733,888*H*W - 90,947,712*H - 90,947,712*W + 14,356,195,584"
    assert f"{found.macs:,}" == macs
    assert told(SPECS / "networks/alexnet.yaml") == "W = 67 + 32k, from 67"
    assert told(SPECS / "networks/squeezenet.yaml") == "W = 35 + 16k, from 35"
    assert told(SPECS / "networks/resnet-50.yaml") == "every W from 1"


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_padded_u_net_takes_multiples_of_two_to_its_depth(depth: int) -> None:
    step = 2**depth
    assert told(u_net(depth, "same", False)) == f"W = {step} + {step}k, from {step}"


def test_an_unpadded_u_net_without_crop_takes_nothing_and_stops_at_its_first_concat() -> None:
    found = shapecalc.sizes(u_net(2, 0, False))
    assert not found.fits
    assert found.layer == "concat1"
    assert "concat1" in str(found)
    assert shapecalc.sizes(u_net(2, 0, True)).fits


def test_the_input_for_a_wanted_output() -> None:
    found = shapecalc.sizes(SPECS / "networks/u-net.yaml")
    assert found.inputs_for((388, 388)) == {"input": (572, 572, 1)}
    assert found.inputs_for((4, 20)) == {"input": (188, 204, 1)}
    assert found.inputs_for((5, 20)) is None
    with pytest.raises(ValueError, match="no output"):
        found.inputs_for((388, 388), "conv1")


def sizes_and_outputs(source: dict[str, Any]) -> dict[int, int]:
    """Return the output's length for every input up to 200 that a trace takes."""
    found = {}
    for W in range(1, 201):
        trace = shapecalc.trace(source, inputs=(W, 2))
        if not any(one.rule.structural for one in trace.findings):
            found[W] = (trace.output or (0,))[0]
    return found  # type: ignore[return-value]


@pytest.mark.slow
@pytest.mark.parametrize(
    "layers",
    [
        [{"conv": {"K": 2, "F": 3, "S": 2, "rounding": "floor"}}, {"conv": {"K": 2, "F": 2}}],
        [{"conv": {"K": 2, "F": 5, "S": 3}}],
        [
            {"concat": {"name": "joined", "from": ["input", "input", "input"], "axis": "length"}},
            {"max_pool": {"name": "half", "F": 2, "S": 2, "rounding": "floor"}},
            {"concat": {"from": ["input", "half"], "axis": "length"}},
            {"max_pool": {"F": 3, "S": 4, "rounding": "floor"}},
        ],
    ],
)
def test_the_nearest_outputs_are_those_of_a_trace(layers: list[Any]) -> None:
    source = {"input": "64x2", "layers": layers}
    found, there = shapecalc.sizes(source), sizes_and_outputs(source)
    for wanted in range(1, 30):
        given = found.inputs_for([wanted])
        assert (given is not None) == (wanted in there.values())
        assert given is None or there[(given["input"])[0]] == wanted
        below = max((size for size in there.values() if size <= wanted), default=None)
        above = min((size for size in there.values() if size >= wanted), default=None)
        near = found.nearest_outputs([wanted])
        assert [output for (output,), _ in near] == [
            *dict.fromkeys(size for size in (below, above) if size is not None)
        ]
        assert all(there[given["input"][0]] == output for (output,), given in near)


def test_a_condition_on_one_axis_is_no_relation_of_two() -> None:
    layers: list[Any] = [
        {"concat": {"name": "joined", "from": ["input", "input", "input"], "axis": "length"}},
        {"max_pool": {"name": "half", "F": 2, "S": 4, "rounding": "floor"}},
        {"add": ["half", "input"]},
    ]
    found = shapecalc.sizes({"input": "5x2", "layers": layers})
    said = {W for W in range(1, 50) if found.axes[0].fits.has(W)}
    assert said == {W for W in range(1, 50) if 1 in (n := (3 * W - 2) // 4 + 1, W) or n == W}
    assert not found.constraints


def test_floors_in_floors_end_soon() -> None:
    layers: list[Any] = []
    for n in range(40):
        before = f"p{n - 1}" if n else "input"
        joined = {"name": f"c{n}", "from": [before] * 4 + ["input"], "axis": "length"}
        layers += [{"concat": joined}, {"max_pool": {"name": f"p{n}", "F": 3, "S": 3}}]
    found = shapecalc.sizes({"input": "64x3", "rounding": "floor", "layers": layers})
    assert "cannot be worked out" in found.reason
    assert "No size fits" not in str(found)


def test_inputs_that_hang_together() -> None:
    layers: list[Any] = [
        {"conv": {"name": "a", "from": "left", "K": 2, "F": 2, "S": 2}},
        {"concat": ["a", "right"]},
    ]
    found = shapecalc.sizes({"inputs": {"left": "30x8x1", "right": "15x4x1"}, "layers": layers})
    assert (
        found.constraints == (["right.height = left.height/2", "right.width = left.width/2"])
        or len(found.constraints) == 2
    )
    fits = {one.axis.key: one.fits.text("W") for one in found.axes}
    assert fits["left.height"] == "W = 2 + 2k, from 2"
    assert fits["right.height"] == "every W from 1"


def test_a_part_of_one_axis_alone_leaves_no_square_that_fits() -> None:
    layers = [{"slice": {"axis": "height", "start": 1}}, {"max_pool": {"F": 3, "S": 4}}]
    found = shapecalc.sizes({"input": "50x50x2", "layers": layers})
    height, width = found.axes
    for W in range(1, 60):  # windows of 3, 4 apart, that end where the axis does
        assert height.fits.has(W) == any(1 + 3 + 4 * n == W for n in range(20))
        assert width.fits.has(W) == any(3 + 4 * n == W for n in range(20))


def test_a_gate_fits_where_no_square_does() -> None:
    layers: list[Any] = [
        {"slice": {"axis": "height", "start": 1}},
        {"conv": {"K": 2, "F": 3, "S": 7}},
        {"global_avg_pool": {"from": "conv1", "name": "gate"}},
        {"multiply": ["conv1", "gate"]},
        {"conv": {"K": 2, "F": 3}},
    ]
    height, width = shapecalc.sizes({"input": "50x50x2", "layers": layers}).axes
    for W in range(1, 60):  # the last filter asks for three windows
        assert height.fits.has(W) == any(1 + 3 + 7 * n == W for n in range(2, 20))
        assert width.fits.has(W) == any(3 + 7 * n == W for n in range(2, 20))


def test_one_and_three_axes() -> None:
    layers = [{"conv": {"K": 1, "F": 4, "S": 4}}, {"max_pool": 2}]
    assert told({"input": "40x1", "layers": layers}, "length") == "W = 8 + 8k, from 8"
    assert told({"input": "16x16x16x1", "layers": layers}, "frames") == "W = 8 + 8k, from 8"


def test_json() -> None:
    made = shapecalc.sizes(SPECS / "networks/u-net.yaml").to_dict()
    assert made["schema"] == "shapecalc.sizes/1"
    height = made["inputs"]["input"]["height"]
    assert height["fits"] == [{"offset": 188, "step": 16, "from": 188}]
    assert height["factors"][0] == {"layer": "max_pool1", "factor": 2}
    assert height["nearest"] == [572, 572]
    none = shapecalc.sizes(u_net(1, 0, False)).to_dict()
    assert none["inputs"]["input"]["height"]["fits"] == []
    assert none["layer"] == "concat1"


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        ({"input": "8x8x3"}, "layers"),
        ({"input": "8x8x3", "layers": [{"conv": {"K": 1}}]}, "F"),
        ({"layers": ["relu"]}, "input"),
        ({"input": "8x8x3", "layers": [{"reshape": "5x5x5"}]}, "reshape"),
        ({"input": "8x8x3", "layers": [{"conv": {"K": 1, "F": 3, "S": 10**9, "P": 9}}]}, ""),
        ({"input": "8x8x3", "layers": [{"conv": {"K": 1, "F": 10**12}}] * 3}, ""),
    ],
)
def test_what_cannot_be_solved_says_why(spec: dict[str, Any], word: str) -> None:
    found = shapecalc.sizes(spec)
    assert found.fits or word in found.reason
    assert str(found)
    assert found.to_dict()


def fits(one: dict[str, int], W: int) -> bool:
    """Say whether a size is in one of the parts that JSON has, as it is to be read."""
    if not one["step"]:
        return one["offset"] == W
    return one["from"] <= W and (W - one["offset"]) % one["step"] == 0


# -- sets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_union_has_the_sizes_of_its_classes(seed: int) -> None:
    random = Random(seed)
    made = []
    for _ in range(random.randint(1, 5)):
        low = random.randint(0, 9)
        high = random.choice((None, low + random.randint(0, 6)))
        made.append(classes.Class(random.choice((1, 2, 4, 6)), random.randint(0, 9), low, high))
    found = union(made)
    for W in range(200):
        assert found.has(W) == any(one.has(W) for one in made), (W, found)
    below, above = found.nearest(60)
    sizes = [W for W in range(200) if found.has(W)]
    assert below == max((W for W in sizes if W <= 60), default=None)
    assert above == min((W for W in sizes if W >= 60), default=None)
    listed = [W for W in range(200) if any(fits(one, W) for one in found.listed())]
    assert listed == sizes


def test_sets_in_words() -> None:
    assert Sizes(()).text("W") == ""
    some = union([classes.Class(1, 0, 7, 7), classes.Class(4, 1, 3, None)])
    assert some.text("W") == "W = 13 + 4k, from 13; W = 7"


# -- sizes that are equal at some numbers alone ----------------------------------------------------


def windows(W: int, F: int, S: int, before: int = 0, after: int = 0, past: int = 0) -> int:
    """Count where a window can stand, one by one; one that reaches past the end starts before."""
    found, at = 0, -before
    while at + F <= W + after or (at + F <= W + after + past and at < W):
        found, at = found + 1, at + S
    return found


BRANCHES: list[dict[str, Any]] = [
    {"conv": {"name": "a", "K": 2, "F": 1, "S": 4, "P": [[0, 3], [2, 0]]}},
    {"max_pool": {"name": "b", "F": 2, "S": 4}},
    {"avg_pool": {"name": "c", "F": 3, "S": 2, "rounding": "ceil"}},
    {"avg_pool": {"name": "d", "F": 1, "S": 4, "rounding": "ceil"}},
    {"add": {"name": "e", "from": ["d", "b"]}},
    {"conv": {"name": "f", "K": 2, "F": 7, "S": 2, "P": "full"}},
    {"conv": {"name": "g", "K": 2, "F": 2, "S": 2}},
    {"add": ["g", "c"]},
]


def branches_agree(W: int, before: int, after: int) -> bool:
    """Follow the branches along one axis; sizes of 1 are stretched."""
    a = windows(W, 1, 4, before, after)
    b = windows(a, 2, 4)
    c = windows(b, 3, 2, past=1)
    d = windows(c, 1, 4, past=3)
    if not (a and b and c and d) or (1 not in (d, b) and d != b):
        return False
    f = windows(max(d, b), 7, 2, 6, 6)
    g = windows(f, 2, 2)
    return g > 0 and (g == c or 1 in (g, c))


def test_branches_that_agree_at_some_sizes_alone() -> None:
    """Both rounded in another way, so equal where each is one number, and nowhere else."""
    found = shapecalc.sizes({"input": "32x32x2", "rounding": "floor", "layers": BRANCHES})
    for one, sides in zip(found.axes, ((0, 3), (2, 0)), strict=True):
        said = {W for W in range(1, 301) if one.fits.has(W)}
        assert said == {W for W in range(1, 301) if branches_agree(W, *sides)}
        assert said


def unlike_by_a_set(layer: merge.Stretching, inputs: Sequence[Any]) -> Any:
    """Merge as a kind may that does not ask whether sizes are equal."""
    sizes = []
    for values in zip(*inputs, strict=True):
        large = {value for value in values if value != 1}
        if len(large) > 1:
            raise LayerError(rule=rules.DISAGREEMENT, say=lambda: Fault(rules.DISAGREEMENT, ""))
        sizes.append(large.pop() if large else 1)
    return tuple(sizes)


def test_a_kind_that_asks_nothing_of_sizes_gives_no_wrong_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(merge.Stretching, "unlike", unlike_by_a_set)
    found = shapecalc.sizes({"input": "32x32x2", "rounding": "floor", "layers": BRANCHES})
    assert not found.fits
    assert "works with numbers alone" in found.reason


KIND_SPECS = sorted((SPECS / "kinds").glob("*.yaml"))


def asked_by_hash(spec: NetworkSpec, patch: pytest.MonkeyPatch) -> bool:
    """Say whether a network's kinds look sizes up in sets, beside what caches do."""

    def refuse(one: size.Size) -> int:
        raise AssertionError("a size is asked for its hash")

    cached = (geometry, "fit_window"), (window, "_fits"), (conv_transpose, "fit_transposed")
    axes = axes_of(spec)
    with patch.context() as uncached:
        for module, name in cached:
            uncached.setattr(module, name, getattr(module, name).__wrapped__)
        uncached.setattr(size.Size, "__hash__", refuse)
        try:
            Search(spec).run(lambda W: inputs(spec, dict.fromkeys(axes, W)))
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize("path", KIND_SPECS, ids=lambda path: path.stem)
def test_kinds_compare_sizes_one_by_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not asked_by_hash(shapecalc.read(path), monkeypatch)


def test_a_kind_that_looks_sizes_up_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    layers: list[Any] = [{"conv": {"K": 2, "F": 2, "S": 2}}, {"add": ["conv1", "input"]}]
    spec = shapecalc.read({"input": "8x2", "layers": layers})
    assert not asked_by_hash(spec, monkeypatch)
    monkeypatch.setattr(merge.Stretching, "unlike", unlike_by_a_set)
    assert asked_by_hash(spec, monkeypatch)


# -- by brute force --------------------------------------------------------------------------------


def compared(count: int, seed: int) -> list[str]:
    """Return where random networks fit and are not said to, or the other way round."""
    found: list[str] = []
    for number in range(count):
        spec = shapecalc.read(sized_networks.network(Random(f"{seed}.{number}")))
        found += sized_networks.differences(spec)
    return found


@pytest.mark.slow
def test_a_few_random_networks_at_every_size() -> None:
    assert compared(8, 11) == []


@pytest.mark.slow
def test_random_networks_at_every_size() -> None:
    assert compared(80, 12) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "u-net", "yolov3-tiny", "squeezenet", "googlenet"])
def test_specs_at_every_size(name: str) -> None:
    assert list(sized_networks.differences(shapecalc.read(SPECS / f"networks/{name}.yaml"))) == []


def test_planted_faults_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def off_by_one(scope: Any, variable: Any, c: int, m: int) -> size.Size:
        b, c = divmod(c + 1, m)
        return size.Size(scope, variable, 1, b, c, m)

    spec = shapecalc.read(
        {"input": "32x1", "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}, {"max_pool": 2}]}
    )
    layers = [{"conv": {"K": 1, "F": 3, "S": 2}}, {"conv": {"K": 1, "F": 4}}]
    floors = shapecalc.read({"input": "32x1", "rounding": "floor", "layers": layers})
    assert list(sized_networks.differences(spec)) == []
    assert list(sized_networks.differences(floors)) == []
    with monkeypatch.context() as patch:
        patch.setattr(size, "floored", off_by_one)
        assert list(sized_networks.differences(floors)) == [shapecalc.sizes(floors).reason]
    monkeypatch.setattr(Search, "confirm", lambda *_: None)  # which would notice
    with monkeypatch.context() as patch:
        patch.setattr(size, "floored", off_by_one)
        assert list(sized_networks.differences(floors))
    right = classes.Class.at_least
    with monkeypatch.context() as patch:
        patch.setattr(classes.Class, "at_least", lambda s, x, least: right(s, x, least + 1))
        assert list(sized_networks.differences(spec))
    rests = classes.Class._rest
    with monkeypatch.context() as patch:
        patch.setattr(
            classes.Class, "_rest", lambda s, r, times: None if r == 1 else rests(s, r, times)
        )
        assert list(sized_networks.differences(spec))
