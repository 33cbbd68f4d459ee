"""Sizes against plain loops: every window's position is written down, then counted.

No formula of the package is used here. A window is the list of the input positions it looks at;
positions below 0 or past the end lie in the padding.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from shapecalc import trace

POOLS = ("max_pool", "avg_pool", "l2_pool")
ROUNDINGS = ("exact", "floor", "ceil")
Window = list[int]


def windows(
    W: int, F: int, S: int, before: int, after: int, dilation: int = 1, up: bool = False
) -> tuple[list[Window], bool]:
    """Return all windows along one axis, and whether the last one ends with the padded input.

    With `up`, a window that lacks fewer than S positions at the end counts too, if it starts before
    the input's end.
    """
    found: list[Window] = []
    start = -before
    while True:
        window = [start + dilation * tap for tap in range(F)]
        if window[-1] >= W + after:
            break
        found.append(window)
        start += S
    fits = bool(found) and found[-1][-1] == W + after - 1
    if up and not fits and start < W and window[-1] - (W + after - 1) < S:
        found.append(window)
    return found, fits


def ask(volume: list[int], layer: Any, rounding: str = "exact") -> tuple[Any, list[str]]:
    """Return the last layer's record and all codes found."""
    layers = layer if isinstance(layer, list) else [layer]
    result = trace({"input": volume, "rounding": rounding, "layers": layers}).to_dict()
    return result["layers"][-1], [item["code"] for item in result["diagnostics"]]


def report(differing: list[Any], compared: int, least: int) -> None:
    """Fail with the differing points, or if there were fewer points than meant."""
    assert compared >= least, f"only {compared} points"
    assert not differing, "\n".join(
        [f"{len(differing)} of {compared} differ", *map(str, differing[:20])]
    )


@pytest.mark.slow
@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("kind", POOLS)
def test_pools_have_one_output_a_window(kind: str, rounding: str) -> None:
    differing = []
    compared = 0
    for W, F, S, P in product(range(1, 9), range(1, 5), range(1, 5), range(3)):
        if P > F // 2:
            continue
        found, fits = windows(W, F, S, P, P, up=rounding == "ceil")
        record, codes = ask([W, 2], {kind: {"F": F, "S": S, "P": P}}, rounding)
        size = [len(found), 2] if found else None
        refusals = [code for code in codes if code.startswith("SC2")]
        expected = (
            [] if fits or (found and rounding != "exact") else ["SC201" if found else "SC202"]
        )
        compared += 1
        if record["output"] != size or refusals != expected:
            differing.append((W, F, S, P, record["output"], refusals, size, expected))
    report(differing, compared, least=250)


@pytest.mark.slow
def test_a_dilated_pool_has_one_output_a_window() -> None:
    differing = []
    compared = 0
    for W, F, S, dilation, rounding in product(
        range(1, 10), (2, 3), range(1, 4), (2, 3), ("floor", "ceil")
    ):
        found, _ = windows(W, F, S, 0, 0, dilation, up=rounding == "ceil")
        fields = {"F": F, "S": S, "dilation": dilation}
        record, _ = ask([W, 2], {"max_pool": fields}, rounding)
        compared += 1
        if record["output"] != ([len(found), 2] if found else None):
            differing.append((W, F, S, dilation, rounding, record["output"], len(found)))
    report(differing, compared, least=200)


def test_padding_up_to_half_the_filter_and_no_further() -> None:
    for kind, F, P in product(POOLS, range(1, 6), range(4)):
        _, codes = ask([9, 2], {kind: {"F": F, "S": 1, "P": P}})
        assert ("SC203" in codes) is (P + P > F), (kind, F, P, codes)


@pytest.mark.slow
@pytest.mark.parametrize("rounding", ["exact", "floor"])
def test_convolutions_have_one_output_a_window(rounding: str) -> None:
    differing = []
    compared = 0
    grid = product(range(1, 8), range(1, 5), range(1, 4), range(3), range(3), (1, 2))
    for W, F, S, before, after, dilation in grid:
        found, fits = windows(W, F, S, before, after, dilation)
        fields = {"K": 3, "F": F, "S": S, "P": [[before, after]], "dilation": dilation}
        record, codes = ask([W, 2], {"conv": fields}, rounding)
        size = [len(found), 3] if found else None
        refusals = [code for code in codes if code.startswith("SC2")]
        expected = (
            [] if fits or (found and rounding == "floor") else ["SC201" if found else "SC202"]
        )
        compared += 1
        if record["output"] != size or refusals != expected:
            differing.append((W, F, S, before, after, dilation, record["output"], size, refusals))
    report(differing, compared, least=1500)


def test_convolutions_never_round_up() -> None:
    for W, F, S in product(range(1, 8), range(1, 4), range(1, 4)):
        found, _ = windows(W, F, S, 0, 0)
        record, _ = ask([W, 2], {"conv": {"K": 3, "F": F, "S": S}}, "ceil")
        assert record["output"] == ([len(found), 3] if found else None), (W, F, S)


def test_each_axis_goes_by_its_own_numbers() -> None:
    differing = []
    compared = 0
    pairs = [(1, 2), (3, 2), (2, 2)]
    for F, S, P, sizes in product(pairs, [(1, 2), (3, 1)], [(0, 1), (1, 0)], [(5, 6), (7, 4)]):
        if any(pad > size // 2 for pad, size in zip(P, F, strict=True)):
            continue
        counts = [
            len(windows(*axis, pad)[0])
            for *axis, pad in ([*point, point[3]] for point in zip(sizes, F, S, P, strict=True))
        ]
        for kind in POOLS:
            fields = {"F": list(F), "S": list(S), "P": list(P)}
            record, _ = ask([*sizes, 2], {kind: fields}, "floor")
            compared += 1
            if record["output"] != [*counts, 2]:
                differing.append((kind, sizes, F, S, P, record["output"], counts))
    report(differing, compared, least=30)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["same", "same_lower"])
@pytest.mark.parametrize("kind", [*POOLS, "conv", "depthwise_conv"])
def test_same_starts_a_window_at_every_stride_of_the_input(kind: str, policy: str) -> None:
    differing = []
    compared = 0
    for W, F, S in product(range(1, 10), range(1, 6), range(1, 5)):
        starts = list(range(0, W, S))
        zeros = max(starts[-1] + F - W, 0)
        fields = {"F": F, "S": S, "P": policy} | ({"K": 2} if kind == "conv" else {})
        record, codes = ask([W, 2], {kind: fields})
        uneven = "SC404" in codes
        refusals = [code for code in codes if code.startswith(("SC1", "SC2"))]
        compared += 1
        if record["output"] != [len(starts), 2] or refusals or uneven is not (zeros % 2 == 1):
            differing.append((W, F, S, record["output"], codes, len(starts), zeros))
    report(differing, compared, least=180)


@pytest.mark.parametrize(("W", "F", "S"), [(6, 2, 1), (8, 4, 1), (8, 3, 2), (9, 6, 4)])
def test_the_odd_zero_of_same_is_last_and_of_same_lower_first(W: int, F: int, S: int) -> None:
    """Two branches meet without SC407 only if both put their zeros in the same places."""
    zeros = list(range(0, W, S))[-1] + F - W
    assert zeros % 2, "an odd number of zeros, or the two are alike"
    less, more = zeros // 2, zeros - zeros // 2
    for policy, before, after in product(("same", "same_lower"), (less, more), (less, more)):
        if before == after:
            continue
        named = {"conv": {"K": 1, "F": F, "S": S, "P": policy}}
        written = {"conv": {"K": 1, "F": F, "S": S, "P": [[before, after]]}}
        _, codes = ask([W, 1], {"parallel": {"branches": [[named], [written]]}})
        alike = (before < after) is (policy == "same")
        assert ("SC407" in codes) is not alike, (policy, before, after, codes)


def test_transposed_convolutions_write_a_window_for_every_input() -> None:
    differing = []
    compared = 0
    grid = product(range(1, 5), range(1, 5), range(1, 4), range(3), (0, 1), (1, 2))
    for W, F, S, P, output_padding, dilation in grid:
        if output_padding >= S and output_padding >= dilation:
            continue
        written = {S * i + dilation * tap for i in range(W) for tap in range(F)}
        size = max(written) + 1 - P - P + output_padding
        fields = {
            "K": 3,
            "F": F,
            "S": S,
            "P": P,
            "output_padding": output_padding,
            "dilation": dilation,
        }
        record, codes = ask([W, 2], {"conv_transpose": fields})
        expected = [size, 3] if size > 0 else None
        compared += 1
        if record["output"] != expected or ("SC202" in codes) is not (expected is None):
            differing.append((fields, W, record["output"], codes, expected))
    report(differing, compared, least=400)


@pytest.mark.slow
def test_warnings_name_what_the_windows_leave_out() -> None:
    differing = []
    compared = 0
    grid = product(range(1, 9), range(1, 5), range(1, 5), range(4), range(4))
    for W, F, S, before, after in grid:
        found, fits = windows(W, F, S, before, after)
        if not found:
            continue
        fields = {"K": 1, "F": F, "S": S, "P": [[before, after]]}
        _, codes = ask([W, 1], {"conv": fields}, "floor")
        expected = set()
        if S > F and len(found) > 1:
            expected.add("SC402")
        elif not fits and found[-1][-1] < W - 1:
            expected.add("SC401")
        if any(all(place < 0 or place >= W for place in window) for window in found):
            expected.add("SC406")
        compared += 1
        if set(codes) != expected:
            differing.append((W, F, S, before, after, codes, expected))
    report(differing, compared, least=1500)


@pytest.mark.slow
def test_receptive_fields_follow_the_windows_back() -> None:
    differing = []
    compared = 0
    layers = [(F, S, dilation) for F, S, dilation in product((1, 2, 3), (1, 2), (1, 2))]
    for stack in product(layers, repeat=2):
        for third in [(2, 3, 1), (3, 1, 2)]:
            full = [*stack, third]

            def reach(output: int, full: list[tuple[int, int, int]] = full) -> set[int]:
                places = {output}
                for F, S, dilation in reversed(full):
                    places = {p * S + dilation * tap for p in places for tap in range(F)}
                return places

            first, second = reach(0), reach(1)
            field = max(first) - min(first) + 1
            jump = min(second) - min(first)
            written = [
                {"conv": {"K": 1, "F": F, "S": S, "dilation": dilation}} for F, S, dilation in full
            ]
            record, _ = ask([61, 1], written, "floor")
            compared += 1
            if record["receptive_field"] != [field] or record["jump"] != [jump]:
                differing.append((full, record["receptive_field"], record["jump"], field, jump))
    report(differing, compared, least=288)


@pytest.mark.parametrize("kind", ["adaptive_max_pool", "adaptive_avg_pool"])
def test_an_adaptive_pool_sees_its_widest_bin(kind: str) -> None:
    for W, bins in product(range(1, 14), range(1, 9)):
        widest = 0
        for j in range(bins):
            covered = [p for p in range(W) if (p + 1) * bins > j * W and p * bins < (j + 1) * W]
            widest = max(widest, len(covered))
        record, _ = ask([W, 2], {kind: {"output": bins}})
        assert record["output"] == [bins, 2]
        assert record["receptive_field"] == [widest], (W, bins)
