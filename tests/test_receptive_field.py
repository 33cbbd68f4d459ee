"""Receptive fields measured: every output position is the set of input positions it depends on.

Layers are played through on one axis with plain Python sets; no formula of the package is used.
A unit that saw a zero of some padding is at the edge, and is not measured.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from shapecalc import trace

pytestmark = pytest.mark.slow

NETWORKS = Path(__file__).resolve().parents[1] / "specs" / "networks"
LENGTH = 240  # of the input: so many units that the middle ones see no padding


class Unit(NamedTuple):
    """One position of a layer's output."""

    seen: frozenset[int]  # the input positions it depends on
    edge: bool = False


Line = list[Unit]
ZERO = Unit(frozenset(), True)


def joined(units: Sequence[Unit]) -> Unit:
    """Return a unit that depends on all of these."""
    return Unit(frozenset().union(*(u.seen for u in units)), any(u.edge for u in units))


def pixels(length: int = LENGTH) -> Line:
    """Return the input: each position sees itself."""
    return [Unit(frozenset([position])) for position in range(length)]


def windows(line: Line, F: int, S: int = 1, P: tuple[int, int] = (0, 0), d: int = 1) -> Line:
    """Slide a window: a convolution or a pool."""
    padded = [ZERO] * P[0] + line + [ZERO] * P[1]
    outputs = []
    start = 0
    while start + d * (F - 1) < len(padded):
        outputs.append(joined([padded[start + d * tap] for tap in range(F)]))
        start += S
    return outputs


def transposed(line: Line, F: int, S: int, P: tuple[int, int], extra: int, d: int) -> Line:
    """Write each unit through the filter; what would lie outside the input counts as padding."""
    written: dict[int, list[Unit]] = {}
    outside = d * F + 1
    for position in range(-outside, len(line) + outside):
        unit = line[position] if 0 <= position < len(line) else ZERO
        for tap in range(F):
            written.setdefault(position * S + d * tap, []).append(unit)
    size = (len(line) - 1) * S + d * (F - 1) + 1 + extra
    return [joined(written.get(cell, [])) for cell in range(P[0], size - P[1])]


def nearest(line: Line, scale: int) -> Line:
    """Repeat every unit."""
    return [unit for unit in line for _ in range(scale)]


def bilinear(line: Line, scale: int) -> Line:
    """Mix the two units next to each output's place, half-pixel centres (PyTorch)."""
    outputs = []
    for index in range(len(line) * scale):
        # it lies at (index + 1/2)/scale - 1/2 of the input
        low, rest = divmod(2 * index + 1 - scale, 2 * scale)
        near = [low, low + 1] if rest else [low]
        outputs.append(joined([line[i] if 0 <= i < len(line) else ZERO for i in near]))
    return outputs


def adaptive(line: Line, bins: int) -> Line:
    """Take bin j from floor(j*W/bins) up to ceil((j + 1)*W/bins)."""
    W = len(line)
    return [joined(line[j * W // bins : -(-(j + 1) * W // bins)]) for j in range(bins)]


class Step(NamedTuple):
    """A layer as a spec writes it, and as it is played through."""

    written: Any
    play: Callable[[Line], Line]
    scale: int = 1  # of an upsampling


def conv(F: int, S: int = 1, P: tuple[int, int] = (0, 0), d: int = 1) -> Step:
    """Return a convolution."""
    fields = {"K": 1, "F": F, "S": S, "P": [list(P)], "dilation": d}
    return Step({"conv": fields}, lambda line: windows(line, F, S, P, d))


def pool(kind: str, F: int, S: int, P: int = 0) -> Step:
    """Return a pool."""
    fields = {"F": F, "S": S, "P": P}
    return Step({kind: fields}, lambda line: windows(line, F, S, (P, P)))


def pad(before: int, after: int) -> Step:
    """Return a border of zeros."""
    return Step({"pad": [[before, after]]}, lambda line: windows(line, 1, 1, (before, after)))


def crop(before: int, after: int) -> Step:
    """Return a cut at both ends."""
    return Step({"crop": [[before, after]]}, lambda line: line[before : len(line) - after])


def upsample(scale: int) -> Step:
    """Return an upsampling that repeats."""
    return Step({"upsample": scale}, lambda line: nearest(line, scale), scale)


def upsample_bilinear(scale: int) -> Step:
    """Return an upsampling that interpolates."""
    fields = {"scale": scale, "mode": "bilinear"}
    return Step({"upsample": fields}, lambda line: bilinear(line, scale), scale)


def conv_transpose(F: int, S: int, P: tuple[int, int], extra: int, d: int) -> Step:
    """Return a transposed convolution."""
    fields = {"K": 1, "F": F, "S": S, "P": [list(P)], "output_padding": extra, "dilation": d}
    return Step({"conv_transpose": fields}, lambda line: transposed(line, F, S, P, extra, d), S)


def adaptive_pool(bins: int) -> Step:
    """Return an adaptive pool."""
    return Step({"adaptive_avg_pool": bins}, lambda line: adaptive(line, bins))


def ask(layers: Sequence[Any], length: int = LENGTH) -> tuple[dict[str, Any], list[str]]:
    """Return the last layer's record, and all codes."""
    result = trace({"input": [length, 1], "rounding": "floor", "layers": list(layers)}).to_dict()
    codes = [item["code"] for item in result["diagnostics"]]
    assert not [code for code in codes if code < "SC3"], (layers, codes)
    return result["layers"][-1], codes


def measured(line: Line, neighbours: int) -> dict[int, Unit]:
    """Return the units not at an edge by their index; none where fewer than `neighbours` are."""
    inner = {index: unit for index, unit in enumerate(line) if not unit.edge and unit.seen}
    return inner if len(inner) >= neighbours else {}


def width(unit: Unit) -> int:
    """Return how many positions lie from the first to the last that a unit sees."""
    return max(unit.seen) - min(unit.seen) + 1


def centre(unit: Unit) -> Fraction:
    """Return the middle of a unit's field."""
    return Fraction(max(unit.seen) + min(unit.seen), 2)


def moves(inner: dict[int, Unit], period: int) -> set[int]:
    """Return how far the fields lie apart of units that are `period` apart."""
    return {
        min(inner[index + period].seen) - min(unit.seen)
        for index, unit in inner.items()
        if index + period in inner
    }


# -- chains ------------------------------------------------------------------------------------

Told = Callable[[Sequence[Step]], tuple[int, float]]


def told(steps: Sequence[Step]) -> tuple[int, float]:
    """Return the receptive field and jump that are computed for a chain."""
    record, _ = ask([step.written for step in steps])
    (size,), (jump,) = record["receptive_field"], record["jump"]
    return size, jump


def random_window(rng: random.Random) -> Step:
    """Return a convolution, pool, pad or crop."""
    word = rng.choice(("conv", "conv", "conv", "max_pool", "avg_pool", "l2_pool", "pad", "crop"))
    F, S = rng.randint(1, 4), rng.choice((1, 1, 2, 3))
    if word == "conv":
        P = rng.choice(((0, 0), (1, 1), (0, 1), (2, 0), (3, 3)))
        return conv(F, S, P, rng.choice((1, 1, 2, 3)))
    if word == "pad":
        return pad(rng.randint(0, 3), rng.randint(0, 3))
    if word == "crop":
        return crop(rng.randint(0, 3), rng.randint(0, 3))
    return pool(word, F, S, rng.randint(0, F // 2))


def random_upsample(rng: random.Random) -> Step:
    """Return an upsampling that repeats."""
    return upsample(rng.choice((2, 2, 3)))


def random_transposed(rng: random.Random) -> Step:
    """Return a transposed convolution."""
    F, S, d = rng.randint(1, 4), rng.choice((1, 2, 2, 3)), rng.choice((1, 1, 2))
    extra = rng.randint(0, max(S, d) - 1)
    return conv_transpose(F, S, (rng.randint(0, 2), rng.randint(0, 2)), extra, d)


def random_bilinear(rng: random.Random) -> Step:
    """Return a bilinear upsampling."""
    return upsample_bilinear(rng.choice((1, 2, 2, 3, 4)))


def random_bins(rng: random.Random) -> Step:
    """Return an adaptive pool with many bins, equal or not."""
    return adaptive_pool(rng.choice((20, 24, 30, 37, 48, 60)))


Extra = Callable[[random.Random], Step]
Chain = tuple[list[Step], dict[int, Unit], int]


def play(steps: Sequence[Step]) -> Line:
    """Return the output of layers one after the other."""
    line = pixels()
    for step in steps:
        line = step.play(line)
    return line


def chains(seed: int, count: int, extra: Extra | None = None) -> Iterator[Chain]:
    """Yield random chains, their inner units, and after how many units they repeat themselves."""
    rng = random.Random(seed)
    found = 0
    while found < count:
        steps = [random_window(rng) for _ in range(rng.randint(1, 5))]
        if extra is not None:
            for _ in range(rng.randint(1, 2)):
                steps.insert(rng.randint(0, len(steps)), extra(rng))
        period = prod(step.scale for step in steps)
        inner = measured(play(steps), 2 * period + 1)
        if inner:
            found += 1
            yield steps, inner, period


def differing(told: Told, seed: int, count: int, extra: Extra | None = None) -> list[Any]:
    """Return the chains for which `told` and the measured fields do not say the same."""
    found = []
    for steps, inner, period in chains(seed, count, extra):
        size, jump = told(steps)
        most = max(width(unit) for unit in inner.values())
        apart = moves(inner, period)
        if size != most or apart != {round(jump * period)}:
            found.append(([step.written for step in steps], size, most, jump, period, apart))
    return found


def test_a_chain_of_windows_sees_what_is_computed() -> None:
    found = differing(told, seed=1, count=400)
    assert not found, f"{len(found)} differ, first {found[:5]}"


def test_a_chain_with_nearest_upsampling_sees_what_is_computed() -> None:
    found = differing(told, seed=2, count=300, extra=random_upsample)
    assert not found, f"{len(found)} differ, first {found[:5]}"


def one_pixel_more(steps: Sequence[Step]) -> tuple[int, float]:
    """Plant a fault: a field that is a pixel too large."""
    size, jump = told(steps)
    return size + 1, jump


def without_dilation(steps: Sequence[Step]) -> tuple[int, float]:
    """Plant a fault: dilation does not widen the field."""
    plain = [
        step._replace(written={"conv": step.written["conv"] | {"dilation": 1}})
        if "conv" in step.written
        else step
        for step in steps
    ]
    return told(plain)


def with_one_stride_less(steps: Sequence[Step]) -> tuple[int, float]:
    """Plant a fault: the last layer's stride is forgotten in the jump."""
    size, jump = told(steps)
    fields = next(iter(steps[-1].written.values()))
    return size, jump / (fields["S"] if isinstance(fields, dict) else 1)


@pytest.mark.parametrize("planted", [one_pixel_more, without_dilation, with_one_stride_less])
def test_the_measuring_notices_a_wrong_field(planted: Told) -> None:
    assert differing(planted, seed=1, count=60)


@pytest.mark.parametrize("extra", [random_upsample, random_transposed, random_bilinear])
def test_a_bound_is_never_too_small_and_the_jump_is_divided(extra: Extra) -> None:
    too_small, jumps = [], []
    for steps, inner, period in chains(seed=3, count=300, extra=extra):
        size, jump = told(steps)
        written = [step.written for step in steps]
        if size < max(width(unit) for unit in inner.values()):
            too_small.append((written, size))
        if moves(inner, period) != {round(jump * period)}:
            jumps.append((written, jump))
    assert not too_small, f"{len(too_small)} too small, first {too_small[:3]}"
    assert not jumps, f"{len(jumps)} jumps differ, first {jumps[:3]}"


def test_an_adaptive_pool_in_a_chain_is_never_too_small() -> None:
    too_small = []
    for steps, inner, _ in chains(seed=4, count=300, extra=random_bins):
        size, _ = told(steps)
        if size < max(width(unit) for unit in inner.values()):
            too_small.append(([step.written for step in steps], size))
    assert not too_small, f"{len(too_small)} too small, first {too_small[:3]}"


def test_bounds_are_close() -> None:
    """A bound that is far off would be never too small, too."""
    for extra in (random_transposed, random_bilinear):
        given = [
            (told(steps)[0], max(width(unit) for unit in inner.values()))
            for steps, inner, _ in chains(seed=5, count=200, extra=extra)
        ]
        exact = sum(size == most for size, most in given)
        assert exact > 0.75 * len(given)
        assert all(size <= 2 * most for size, most in given)


def test_one_transposed_convolution_sees_no_more_than_it_does() -> None:
    for F, S in product(range(1, 7), range(1, 5)):
        line = conv_transpose(F, S, (0, 0), 0, 1).play(pixels(30))
        most = max(width(unit) for unit in measured(line, 3).values())
        record, _ = ask([conv_transpose(F, S, (0, 0), 0, 1).written], 30)
        assert record["receptive_field"] == [most], (F, S)
        assert record["jump"] == [pytest.approx(1 / S)]


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 5])
def test_one_bilinear_upsampling_mixes_two_pixels(scale: int) -> None:
    line = bilinear(pixels(30), scale)
    most = max(width(unit) for unit in measured(line, 3).values())
    record, _ = ask([upsample_bilinear(scale).written], 30)
    assert most == (1 if scale == 1 else 2)
    assert record["receptive_field"] == [most]
    assert record["jump"] == [pytest.approx(1 / scale)]


def test_one_adaptive_pool_sees_its_widest_bin_and_moves_by_the_mean() -> None:
    for W, bins in product((7, 12, 13, 30), range(1, 9)):
        line = adaptive(pixels(W), bins)
        record, _ = ask([adaptive_pool(bins).written], W)
        assert record["receptive_field"] == [max(map(width, line))], (W, bins)
        (jump,) = record["jump"]
        for j, unit in enumerate(line):
            assert abs(min(unit.seen) - j * jump) < 1, (W, bins, j)


@pytest.mark.parametrize(
    ("steps", "length"),
    [
        ([conv(3), upsample(100), conv(5, 1, (2, 2))], 12),
        ([upsample(9), upsample(9), conv(4, 3)], 12),
        ([conv(2), upsample(70), conv(3, 7)], 12),
        ([conv_transpose(90, 80, (0, 0), 0, 1), conv(3, 2)], 12),
        ([upsample_bilinear(100), conv(7, 3)], 12),
        ([conv(3), adaptive_pool(77), conv(2)], 240),
        ([adaptive_pool(71), adaptive_pool(30), conv(2)], 240),
        ([upsample(5), adaptive_pool(97), conv(3)], 50),
        ([adaptive_pool(100), conv(2, 3)], 101),
    ],
    ids=lambda value: (
        " ".join(str(step.written) for step in value) if isinstance(value, list) else ""
    ),
)
def test_long_periods_are_bounded(steps: list[Step], length: int) -> None:
    """Not every phase of a large factor is looked at: the bound must hold and be close."""
    line = pixels(length)
    for step in steps:
        line = step.play(line)
    inner = measured(line, 3)
    record, _ = ask([step.written for step in steps], length)
    most = max(width(unit) for unit in inner.values())
    (size,), (jump,) = record["receptive_field"], record["jump"]
    assert most <= size <= most + 3
    first, last = min(inner), max(inner)
    mean = (min(inner[last].seen) - min(inner[first].seen)) / (last - first)
    assert abs(mean - jump) * (last - first) < 2 + jump


def test_equal_bins_are_a_pool() -> None:
    for bins in (20, 24, 30, 48, 60):
        F = LENGTH // bins
        after = conv(3, 2)
        as_bins = ask([conv(3, 1, (1, 1)).written, adaptive_pool(bins).written, after.written])
        as_pool = ask([conv(3, 1, (1, 1)).written, {"avg_pool": F}, after.written])
        for key in ("output", "receptive_field", "jump"):
            assert as_bins[0][key] == as_pool[0][key], (bins, key)


def test_axes_are_followed_apart() -> None:
    rng = random.Random(6)
    compared = 0
    while compared < 60:
        pairs = []
        for _ in range(rng.randint(1, 4)):
            P = [rng.choice(((0, 0), (1, 2), (2, 0))) for _ in range(2)]
            pairs.append(
                [conv(rng.randint(1, 4), rng.randint(1, 2), p, rng.choice((1, 2))) for p in P]
            )
        inner = [measured(play(steps), 3) for steps in zip(*pairs, strict=True)]
        if not all(inner):
            continue
        layers = []
        for height, width_ in pairs:
            a, b = height.written["conv"], width_.written["conv"]
            fields = {key: [a[key], b[key]] for key in ("F", "S", "dilation")}
            layers.append({"conv": {"K": 1, "P": [*a["P"], *b["P"]], **fields}})
        result = trace({"input": [LENGTH, LENGTH, 1], "rounding": "floor", "layers": layers})
        record = result.to_dict()["layers"][-1]
        sizes = [max(width(unit) for unit in axis.values()) for axis in inner]
        assert record["receptive_field"] == sizes
        assert [{jump} for jump in record["jump"]] == [moves(axis, 1) for axis in inner]
        compared += 1


def test_a_field_is_not_clipped_to_the_input() -> None:
    record, _ = ask([conv(7, 1, (3, 3)).written, conv(7, 1, (3, 3)).written], 3)
    assert record["output"] == [3, 1]
    assert record["receptive_field"] == [13]


# -- merges ------------------------------------------------------------------------------------


def random_branch(rng: random.Random, S: int) -> list[Step]:
    """Return a branch that gives ceil(W/S) units: the zeros make up for the filter's span."""
    steps = []
    for index in range(rng.randint(1, 2)):
        F, d = rng.choice((1, 1, 2, 3, 5)), rng.choice((1, 1, 2))
        zeros = d * (F - 1)
        before = zeros // 2 if rng.random() < 0.6 else rng.randint(0, zeros)
        steps.append(conv(F, 1 if index else S, (before, zeros - before), d))
    return steps


def test_a_merge_takes_the_hull_and_says_whether_the_branches_are_aligned() -> None:
    rng = random.Random(7)
    fields: list[Any] = []
    findings: list[Any] = []
    answers: set[bool] = set()
    for _ in range(300):
        S = rng.choice((1, 1, 2, 3))
        before = [random_window(rng) for _ in range(rng.randint(0, 2))]
        branches = [random_branch(rng, S) for _ in range(rng.randint(2, 3))]
        if S == 1 and rng.random() < 0.4:
            branches.append([])
        behind = conv(3, 2)
        start = play(before)
        lines = []
        for branch in branches:
            line = start
            for step in branch:
                line = step.play(line)
            lines.append(line)
        assert len({len(line) for line in lines}) == 1
        merged = [joined(units) for units in zip(*lines, strict=True)]
        inner, last = measured(merged, 3), measured(behind.play(merged), 3)
        if not inner or not last:
            continue
        written = {
            "branches": [[step.written for step in branch] for branch in branches],
            "merge": rng.choice(("add", "concat")),
        }
        layers = [*(step.written for step in before), {"parallel": written}]
        record, codes = ask(layers)
        most = max(map(width, inner.values()))
        if record["receptive_field"] != [most] or {*record["jump"]} != moves(inner, 1):
            fields.append((layers, record["receptive_field"], record["jump"], most))
        record, _ = ask([*layers, behind.written])
        most = max(map(width, last.values()))
        if record["receptive_field"] != [most] or {*record["jump"]} != moves(last, 1):
            fields.append((layers, "behind", record["receptive_field"], record["jump"], most))
        aligned = all(len({centre(line[i]) for line in lines}) == 1 for i in inner)
        if ("SC407" in codes) is aligned:
            findings.append((layers, codes, aligned))
        answers.add(aligned)
    assert answers == {True, False}
    assert not fields, f"{len(fields)} differ, first {fields[:3]}"
    assert not findings, f"{len(findings)} differ, first {findings[:3]}"


def test_the_hull_of_unlike_jumps_holds_every_position() -> None:
    """One branch moves faster than the other, so their fields drift apart."""
    rng = random.Random(8)
    compared = 0
    while compared < 100:
        length = rng.randint(12, 40)
        S, F, P = rng.choice((2, 3)), rng.randint(1, 4), (rng.randint(0, 2), rng.randint(0, 2))
        fast = conv(F, S, P)
        count = len(fast.play(pixels(length)))
        before = rng.randint(0, length - count)
        slow = crop(before, length - count - before)
        lines = [branch.play(pixels(length)) for branch in (fast, slow)]
        inner = measured([joined(units) for units in zip(*lines, strict=True)], 3)
        if not inner:
            continue
        layers = [{"parallel": [[fast.written], [slow.written]]}]
        record, codes = ask(layers, length)
        most = max(width(unit) for unit in inner.values())
        assert record["receptive_field"][0] >= most, (layers, length)
        assert record["receptive_field"][0] <= most + 2 * F + 4 * S, (layers, length)
        assert "SC407" in codes
        compared += 1


def test_the_hull_of_flattened_branches_is_not_too_small() -> None:
    """The values are still 2 positions back and 4 ahead: 7 positions in all, or not known."""
    spec = {
        "input": [20, 1],
        "layers": [
            {
                "parallel": {
                    "branches": [
                        [{"conv": {"K": 1, "F": 3, "P": [[2, 0]]}}, "flatten"],
                        [{"conv": {"K": 1, "F": 5, "P": [[0, 4]]}}, "flatten"],
                    ],
                    "merge": "add",
                }
            }
        ],
    }
    record = trace(spec).to_dict()["layers"][-1]
    assert record["receptive_field"] in (None, [7])
    assert record["jump"] is None


def aligned(body: list[Any], shortcut: list[Any], volume: Any = (32, 32, 8)) -> bool:
    """Say whether the two ways that meet are taken for aligned."""
    spec = {"input": list(volume), "layers": [{"residual": {"body": body, "shortcut": shortcut}}]}
    codes = [item["code"] for item in trace(spec).to_dict()["diagnostics"]]
    assert not [code for code in codes if code < "SC4"], codes
    return "SC407" not in codes


UP_AND_DOWN: list[tuple[list[Any], bool]] = [
    ([{"max_pool": 2}, {"upsample": 2}], True),
    ([{"max_pool": 2}, {"upsample": {"scale": 2, "mode": "bilinear"}}], True),
    ([{"max_pool": 2}, {"conv_transpose": {"K": 8, "F": 2, "S": 2}}], True),
    ([{"max_pool": 2}, {"conv_transpose": {"K": 8, "F": 4, "S": 2, "P": 1}}], True),
    ([{"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 8, "F": 5, "P": 2}}], True),
    ([{"conv": {"K": 8, "F": 2, "P": [[0, 1], [0, 1]]}}], False),  # half a pixel aside
    ([{"conv": {"K": 8, "F": 3, "P": [[1, 1], [0, 2]]}}], False),  # one axis alone
    ([{"crop": [[2, 0], [2, 0]]}, {"pad": [[0, 2], [0, 2]]}], False),
    ([{"crop": 2}, {"pad": 2}], True),
    # every second value, and every value of a quarter: jumps 2 and 1
    ([{"max_pool": {"F": 2, "S": 2}}, {"pad": 8}], False),
    ([{"conv_transpose": {"K": 8, "F": 2, "S": 2}}, {"crop": 16}], False),
]


@pytest.mark.parametrize(("body", "expected"), UP_AND_DOWN)
def test_known_branches(body: list[Any], expected: bool) -> None:
    assert aligned(body, []) is expected


@pytest.mark.parametrize(
    "up", [{"upsample": 2}, {"conv_transpose": {"K": 8, "F": 2, "S": 2}}], ids=str
)
def test_branches_are_compared_where_they_lie(up: Any) -> None:
    """Behind a crop of 4 in front, the first two fields lie around 4.5: at 4 and 5 on average."""
    front = {"crop": [[4, 0], [4, 0]]}
    ways = [[{"max_pool": 2}, up], [front], [{"crop": [[0, 4], [0, 4]]}]]
    assert aligned([front, *ways[0]], ways[1])
    assert not aligned([front, *ways[0]], ways[2])
    assert not aligned([{"crop": [[3, 1], [3, 1]]}, *ways[0]], ways[1])


def test_a_gate_that_sees_everything_is_not_compared() -> None:
    gate = ["global_avg_pool", {"conv": {"K": 8, "F": 1}}, "sigmoid"]
    spec = {
        "input": [32, 32, 8],
        "layers": [{"parallel": {"branches": [[], gate], "merge": "multiply"}}],
    }
    result = trace(spec).to_dict()
    assert result["diagnostics"] == []
    assert result["layers"][-1]["receptive_field"] == [32, 32]


def test_the_hull_of_unlike_fields() -> None:
    """One branch sees 2 positions back, the other 4 ahead: 7 positions with the one in between."""
    spec = {
        "input": [20, 1],
        "layers": [
            {
                "parallel": [
                    [{"conv": {"K": 1, "F": 3, "P": [[2, 0]]}}],
                    [{"conv": {"K": 1, "F": 5, "P": [[0, 4]]}}],
                ]
            }
        ],
    }
    record = trace(spec).to_dict()["layers"][-1]
    assert (record["receptive_field"], record["jump"]) == ([7], [1])


# -- layers that see everything, and what is not known -----------------------------------------

CONV: dict[str, Any] = {"conv": {"K": 4, "F": 3, "S": 2, "P": 1}}  # 3x3 seen, jump 2 on 8x6


def fields_of(layers: list[Any], volume: Any = (8, 6, 4)) -> list[tuple[Any, Any]]:
    """Return receptive field and jump of every layer; the stride may leave something over."""
    spec = {"input": volume if isinstance(volume, str) else list(volume), "rounding": "floor"}
    result = trace(spec | {"layers": layers}).to_dict()
    assert not [d for d in result["diagnostics"] if d["severity"] == "error"]
    assert result["complete"] is True
    return [(record["receptive_field"], record["jump"]) for record in result["layers"]]


KEEPERS: list[Any] = [
    *("relu", "gelu", "silu", "mish", "relu6", "hard_sigmoid", "hard_swish", "sigmoid", "tanh"),
    *("softplus", "softmax", "log_softmax", "elu", "selu", "leaky_relu", "prelu", "dropout"),
    *("hard_tanh", "softsign", "exp", "abs", "sqrt", "identity", "glu"),
    *("rms_norm", "l2_normalize", "scale"),
    *("batch_norm", "layer_norm", "lrn"),
    {"conv": {"K": 2, "F": 1}},
    {"max_pool": 1},
    {"pad": 1},
    {"crop": 1},
    {"upsample": 1},
]


@pytest.mark.parametrize("layer", KEEPERS, ids=str)
def test_layers_that_keep_the_field(layer: Any) -> None:
    assert fields_of([CONV, layer])[-1] == ([3, 3], [2, 2])


@pytest.mark.parametrize("layer", [{"dense": 5}, "global_avg_pool", "global_max_pool"], ids=str)
def test_layers_that_see_everything_lose_the_jump(layer: Any) -> None:
    after = [CONV, layer, "relu"]
    assert fields_of(after)[1:] == [([8, 6], None)] * 2


@pytest.mark.parametrize("norm", ["instance_norm", {"group_norm": 2}], ids=str)
def test_norms_over_the_positions_see_everything_and_keep_the_jump(norm: Any) -> None:
    first, second, third = fields_of([CONV, norm, CONV])
    assert first == ([3, 3], [2, 2])
    assert second == ([8, 6], [2, 2])
    assert third == ([8, 6], [4, 4])


def test_a_convolution_behind_a_global_pool_sees_everything() -> None:
    found = fields_of(
        ["global_avg_pool", {"conv": {"K": 3, "F": 1}}, {"conv": {"K": 3, "F": 3, "P": 1}}]
    )
    assert found == [([8, 6], None)] * 3


def test_flatten_and_reshape_keep_the_field_and_lose_the_jump() -> None:
    assert fields_of([CONV, "flatten", "relu"])[1:] == [([3, 3], None)] * 2
    assert fields_of([CONV, {"reshape": "6x8x1"}, "relu"])[1:] == [([3, 3], None)] * 2
    assert fields_of([CONV, "flatten", {"dense": 3}])[-1] == ([8, 6], None)


def test_what_a_window_sees_behind_a_reshape_is_not_known() -> None:
    """Its values come from anywhere: a window of more than one may see any pixels."""
    found = fields_of([CONV, {"reshape": "6x8x1"}, {"conv": {"K": 1, "F": 3}}])
    assert found[-1] == (None, None)


@pytest.mark.parametrize(
    ("layer", "kept"),
    [
        ({"conv": {"K": 1, "F": 1, "S": 2}}, True),
        ({"conv": {"K": 1, "F": [1, 3]}}, False),
        ({"conv": {"K": 1, "F": [3, 1]}}, False),
        ({"max_pool": 1}, True),
        ({"max_pool": 2}, False),
        ({"conv_transpose": {"K": 1, "F": 1}}, True),
        ({"conv_transpose": {"K": 1, "F": [1, 2]}}, False),
        ({"upsample": {"scale": [1, 2], "mode": "bilinear"}}, False),
        ({"adaptive_avg_pool": [6, 8]}, True),
        ({"adaptive_avg_pool": [6, 4]}, False),
        ({"pad": 1}, True),
        ({"crop": [[1, 0], [0, 1]]}, True),
    ],
    ids=str,
)
def test_behind_a_reshape_single_values_keep_their_field(layer: Any, kept: bool) -> None:
    field = [3, 3] if kept else None
    assert fields_of([CONV, {"reshape": "6x8x1"}, layer])[-1] == (field, None)


@pytest.mark.parametrize(
    ("layer", "across"),
    [
        ("lrn", True),
        ("layer_norm", True),
        ("softmax", True),
        ("log_softmax", True),
        ({"conv": {"K": 4, "F": 1}}, True),
        ({"conv": {"K": 4, "F": 1, "groups": 2}}, True),
        ({"conv": {"K": 8, "F": 1, "groups": 4}}, False),
        ({"conv_transpose": {"K": 4, "F": 1}}, True),
        ({"conv_transpose": {"K": 4, "F": 1, "groups": 4}}, False),
        ({"depthwise_conv": {"F": 1, "multiplier": 2}}, False),
        ({"max_pool": 1}, False),
        ("batch_norm", False),
        ("relu", False),
        ({"dropout": 0.5}, False),
        ({"pad": 1}, False),
    ],
    ids=str,
)
def test_what_looks_at_a_mixed_position_is_not_known(layer: Any, across: bool) -> None:
    """12 positions of depth 4 stay together as 12 tokens; 12 of depth 2 do not as 6 of depth 4."""
    tokens = fields_of([CONV, {"reshape": "12x4"}, layer])
    assert tokens[1:] == [([3, 3], None)] * 2
    thin = {"conv": CONV["conv"] | {"K": 2}}
    mixed = fields_of([thin, {"reshape": "6x4"}, layer])
    assert mixed[1:] == [([3, 3], None), (None if across else [3, 3], None)]


@pytest.mark.parametrize(
    ("branch", "kept"),
    [
        (["relu"], True),
        ([{"conv": {"K": 2, "F": 1}}], True),
        ([{"pad": [[0, 1]]}, {"crop": [[0, 1]]}], True),
        ([{"pad": [[0, 1]]}, {"crop": [[1, 0]]}], False),
        ([{"crop": [[1, 0]]}, {"pad": [[0, 1]]}], False),
        ([{"max_pool": {"F": 1, "S": 2}}, {"pad": 6}], False),
        ([{"conv_transpose": {"K": 2, "F": 1, "S": 2}}, {"crop": [[0, 23]]}], False),
        ([{"adaptive_avg_pool": 48}, {"crop": 12}], False),
        ([{"adaptive_avg_pool": 24}], True),
    ],
    ids=str,
)
def test_a_branch_that_moves_values_without_places_is_not_known(branch: Any, kept: bool) -> None:
    """Each value still sees 3x3 pixels; but the two that are added see other ones."""
    layers = [{"conv": {"K": 2, "F": 3, "P": 1}}, {"reshape": "24x2"}, {"residual": branch}]
    found = fields_of(layers, [6, 4, 1])
    assert found[-2] == ([3, 3], None)
    assert found[-1] == ([3, 3] if kept else None, None)


@pytest.mark.parametrize("merge", ["add", "concat"])
def test_flat_values_merged_with_themselves_keep_their_field(merge: str) -> None:
    found = fields_of([CONV, "flatten", {merge: ["flatten1", "flatten1"]}])
    assert found[-1] == ([3, 3], None)


def test_a_merge_with_what_sees_everything_does_so_too() -> None:
    layers = [
        CONV,
        "flatten",
        {"dense": {"units": 48, "from": "conv1"}},
        {"add": ["flatten1", "dense1"]},
    ]
    assert fields_of(layers)[-1] == ([8, 6], None)
    layers = [CONV, "instance_norm", {"concat": ["conv1", "instance_norm1"]}]
    assert fields_of(layers)[-1] == ([8, 6], [2, 2])


@pytest.mark.parametrize(
    "layer",
    [{"dense": 3}, "relu", "batch_norm", "layer_norm", {"group_norm": 5}, "dropout", "flatten"],
    ids=str,
)
def test_a_flat_input_has_no_field(layer: Any) -> None:
    assert fields_of([layer, "relu"], [10]) == [(None, None)] * 2


def test_a_flat_input_reshaped_to_a_volume_has_none_either() -> None:
    layers = [{"reshape": "2x5x1"}, {"conv": {"K": 1, "F": 2}}, "global_avg_pool"]
    assert fields_of(layers, [10]) == [(None, None)] * 3


def test_a_fraction_of_a_jump() -> None:
    found = fields_of([{"upsample": 2}, {"upsample": 2}, {"max_pool": {"F": 1, "S": 4}}])
    assert [jump for _, jump in found] == [[0.5, 0.5], [0.25, 0.25], [1, 1]]
    assert str(found[-1][1]) == "[1, 1]"  # a whole jump is a whole number again


def test_an_unknown_volume_has_no_field() -> None:
    spec = {"input": [4, 4, 1], "layers": [{"conv": {"K": 1, "F": 9}}, "relu"]}
    records = trace(spec).to_dict()["layers"]
    assert [(r["receptive_field"], r["jump"]) for r in records] == [(None, None)] * 2


@pytest.mark.parametrize(
    ("name", "layer", "field", "jump"),
    [
        # Araujo et al., Distill 2019, give these three for AlexNet v2, VGG-16 and MobileNet v1
        ("alexnet-224", "max_pool3", 195, 32),
        ("vgg-16", "stage5.max_pool1", 212, 32),
        ("mobilenet-v1", "separable13.relu62", 315, 32),
        # by hand, the stride in each stage's first 3x3: 11 + 3*8 = 35, + 8 + 3*16 = 91,
        # + 16 + 5*32 = 267, + 32 + 2*64 = 427 (the paper's own strides sit elsewhere)
        ("resnet-50", "stage4.relu3", 427, 32),
    ],
)
def test_published_fields(name: str, layer: str, field: int, jump: int) -> None:
    records = {r["name"]: r for r in trace(NETWORKS / f"{name}.yaml").to_dict()["layers"]}
    assert records[layer]["receptive_field"] == [field, field]
    assert records[layer]["jump"] == [jump, jump]


# -- values that change places ---------------------------------------------------------------------

C3 = {"conv": {"name": "c", "K": 12, "F": 3}}
ONE = {"conv": {"name": "one", "K": 2, "F": 1}}
NEXT = {"conv": {"name": "next", "K": 2, "F": 3}}


def fields(*layers: Any) -> dict[str, Any]:
    """Return receptive fields and jumps along height and width, by the layers' names."""
    found = trace({"input": "10x12x12", "layers": list(layers)})
    assert not [d for d in found.diagnostics if d.severity == "error"]
    return {record.name: (record.receptive_field, record.jump) for record in found}


@pytest.mark.parametrize("groups", [1, 2, 3, 12])
def test_a_shuffle_of_slices_keeps_field_and_jump(groups: int) -> None:
    found = fields(C3, {"channel_shuffle": {"name": "s", "groups": groups}}, NEXT)
    assert found["s"] == found["c"] == ((3, 3), (1, 1))
    assert found["next"] == ((5, 5), (1, 1))


@pytest.mark.parametrize(
    ("axes", "one"),
    [
        # what a position holds stays together, and neighbours are no longer neighbours
        ([1, 0, 2], (3, 3)),
        # a position holds values of many, which a filter of 1x1 joins
        ([2, 1, 0], None), ([0, 2, 1], None), ([2, 0, 1], None), ([1, 2, 0], None),
    ],
)  # fmt: skip
def test_a_transpose_keeps_the_field_and_loses_the_places(axes: list[int], one: Any) -> None:
    found = fields(C3, {"transpose": {"name": "t", "axes": axes}}, ONE, NEXT)
    assert found["t"] == ((3, 3), None)
    assert found["one"] == (one, None)
    assert found["next"] == (None, None)


def test_a_transpose_that_moves_nothing_changes_nothing() -> None:
    found = fields(C3, {"transpose": {"name": "t", "axes": [0, 1, 2]}}, ONE, NEXT)
    assert found["t"] == found["one"] == ((3, 3), (1, 1))
    assert found["next"] == ((5, 5), (1, 1))


def test_values_that_were_parted_stay_parted() -> None:
    turned, back = {"transpose": [2, 1, 0]}, {"transpose": {"name": "b", "axes": [1, 0, 2]}}
    found = fields(C3, turned, back, ONE)
    assert found["b"] == ((3, 3), None)
    assert found["one"] == (None, None)


@pytest.mark.parametrize("lost", [{"transpose": [1, 0, 2]}, {"transpose": [2, 1, 0]}, "flatten"])
def test_where_places_are_lost_another_order_of_slices_sees_other_values(lost: Any) -> None:
    kind = lost if isinstance(lost, str) else "transpose"
    shuffled = {"channel_shuffle": {"name": "s", "groups": 2}}
    found = fields(C3, lost, shuffled, {"add": {"name": "a", "from": [f"{kind}1", "s"]}})
    assert found["s"] == ((3, 3), None)
    assert found["a"] == (None, None)
    found = fields(C3, lost, "relu", {"add": {"name": "a", "from": [f"{kind}1", "relu1"]}})
    assert found["a"] == ((3, 3), None)
