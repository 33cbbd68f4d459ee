"""Repairs under SC201 and SC202: every one is tried, and none that lies nearer is passed over.

Whether a window fits is decided by laying it down over the padded axis, not by a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from shapecalc import trace

Sides = tuple[int, int]
OFFER = re.compile(
    r"(?:(S|P|F|dilation)=|(input|rounding): )"
    r"([\dx]+|floor|\[\d+\]|\[\[[\d,\[\]]+\]\]) gives ([\dx]+)"
)


def lay(W: int, F: int, S: int, P: Sides, dilation: int = 1) -> tuple[int, bool]:
    """Count windows, and say whether the last one ends with the padded axis."""
    start, count, end = 0, 0, 0
    while start + dilation * (F - 1) < W + sum(P):
        count, end = count + 1, start + dilation * (F - 1) + 1
        start += S
    return count, count > 0 and end == W + sum(P)


class Offer(NamedTuple):
    """One repair: the field, its value as text, and the output that it promises."""

    field: str
    value: str
    output: list[int]


def offers(hint: str) -> list[Offer]:
    """Read a hint; nothing in it may be anything but offers, and what the input may mean."""
    hint = re.sub(r"(, )?input: \S+ \([^)]*\)", "", hint)
    found = []
    for one in OFFER.finditer(hint):
        found.append(Offer(one[1] or one[2], one[3], [int(size) for size in one[4].split("x")]))
    assert OFFER.sub("", hint).replace(", ", "") == "", hint
    return found


def ask(volume: list[int], kind: str, fields: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Return the output and the hints of errors by their code."""
    result = trace({"input": volume, "layers": [{kind: fields}]}).to_dict()
    errors = {d["code"]: d["hint"] for d in result["diagnostics"] if d["severity"] == "error"}
    return result["layers"][0]["output"], errors


def mended(
    volume: list[int], fields: dict[str, Any], offer: Offer
) -> tuple[list[int], dict[str, Any]]:
    """Return volume and fields with the offer taken."""
    if offer.field == "input":
        return [int(size) for size in offer.value.split("x")], fields
    if offer.field == "rounding":
        return volume, fields | {"rounding": "floor"}
    value: Any = offer.value
    if value.startswith("["):
        value = [[int(n) for n in pair.split(",")] for pair in re.findall(r"\[(\d+,\d+)\]", value)]
        value = value or [int(n) for n in re.findall(r"\d+", offer.value)]
    elif "x" not in value:
        value = int(value)
    return volume, fields | {offer.field: value}


def grid(kind: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield every small (W, F, S, P) whose stride does not fit, and whose windows see the input."""
    for W, F, S, P in product(range(2, 13), range(1, 5), range(2, 5), range(3)):
        count, good = lay(W, F, S, (P, P))
        if count and not good and not (kind != "conv" and P > F // 2) and P < F:
            yield W, F, S, P


class Window(NamedTuple):
    """One axis, and the window that slides over it."""

    W: int
    F: int
    S: int
    P: int

    @property
    def count(self) -> int:
        return lay(self.W, self.F, self.S, (self.P, self.P))[0]

    @property
    def fits(self) -> bool:
        return lay(self.W, self.F, self.S, (self.P, self.P))[1]

    @property
    def skips(self) -> bool:
        return self.F < self.S and self.count > 1

    def stays_whole(self, *after: Window) -> bool:
        """Say whether other windows leave more than one place, and skip no pixels, where this one
        does; each is for an axis that is as this one.
        """
        return all(not (one.count == 1 < self.count or one.skips > self.skips) for one in after)

    def takes_S(self, S: int) -> bool:
        """Say whether S fits and goes no farther than the filter, if the S there is does not."""
        return self._replace(S=S).fits and max(self.F, self.S) >= S

    def takes_F(self, F: int) -> bool:
        """Say whether F fits, sees neighbours, and is larger than P, and no smaller than S if the F
        there is is not.
        """
        return self._replace(F=F).fits and max(1, self.P) < F and not F < self.S <= self.F

    def takes_P(self, P: int) -> bool:
        """Say whether P fits, and no window lies in it wholly."""
        return self._replace(P=P).fits and self.F > P


def fields_of(kind: str, F: int, S: int, P: int) -> dict[str, Any]:
    """Return a layer's fields."""
    return {"F": F, "S": S, "P": P} | ({"K": 2} if kind == "conv" else {})


def least_change(good: Callable[[int], bool], start: int, least: int) -> int | None:
    """Return the nearest value that passes, the smaller of two; None up to 30 away."""
    for distance in range(1, 31):
        for value in (start - distance, start + distance):
            if value >= least and good(value):
                return value
    return None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_every_repair_does_what_it_says(kind: str) -> None:
    tried = 0
    for W, F, S, P in grid(kind):
        fields = fields_of(kind, F, S, P)
        _, errors = ask([W, 2], kind, fields)
        assert list(errors) == ["SC201"]
        for offer in offers(errors["SC201"]):
            volume, changed = mended([W, 2], fields, offer)
            output, still = ask(volume, kind, changed)
            assert not still, (W, fields, offer, still)
            assert output == [*offer.output, 2], (W, fields, offer)
            tried += 1
    assert tried > 400


@pytest.mark.quick(1)
@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_the_nearest_of_each_field_is_offered(kind: str) -> None:
    compared = 0
    for W, F, S, P in grid(kind):
        _, errors = ask([W, 2], kind, fields_of(kind, F, S, P))
        found = {offer.field: offer for offer in reversed(offers(errors["SC201"]))}
        half = 10**9 if kind == "conv" else F // 2  # a pool's padding is at most half its filter
        here = Window(W, F, S, P)

        def fits_F(f: int, here: Window = here) -> bool:
            return here.takes_F(f) and (kind == "conv" or f // 2 >= here.P)

        def fits_P(p: int, here: Window = here, half: int = half) -> bool:
            return p <= half and here.takes_P(p)

        for field, good, start, least in (
            ("S", here.takes_S, S, 1),
            ("F", fits_F, F, 1),
            ("P", fits_P, P, 0),
        ):
            nearest = least_change(good, start, least)
            if nearest is not None and here.stays_whole(here._replace(**{field: nearest})):
                assert field in found, (field, nearest, W, F, S, P)
                assert found[field].value == str(nearest), (W, F, S, P)
            elif field != "P":  # zeros on one side may do
                assert field not in found, (W, F, S, P)
        sizes = [
            w
            for w in range(1, W + S + 1)
            if abs(w - W) < S and here._replace(W=w).fits and here.stays_whole(here._replace(W=w))
        ]
        inputs = {o.value for o in offers(errors["SC201"]) if o.field == "input"}
        assert inputs == {f"{size}x2" for size in sizes}, (W, F, S, P)
        assert found["rounding"].output == [lay(W, F, S, (P, P))[0]]
        compared += 1
    assert compared > 100


@pytest.mark.slow
def test_one_number_for_all_axes_fits_all_of_them() -> None:
    compared = 0
    for H, W, F, S, P in product(range(4, 10), range(4, 10), (2, 3), (2, 3), (0, 1)):
        both = (H, W)
        if all(lay(size, F, S, (P, P))[1] for size in both):
            continue
        _, errors = ask([H, W, 2], "conv", {"K": 2, "F": F, "S": S, "P": P})
        found = {offer.field: offer.value for offer in reversed(offers(errors["SC201"]))}

        axes = [Window(size, F, S, P) for size in both]
        for field, start, least in (("S", S, 1), ("F", F, 1), ("P", P, 0)):

            def good(value: int, name: str = f"takes_{field}", axes: Any = axes) -> bool:
                return all(getattr(axis, name)(value) for axis in axes)

            nearest = least_change(good, start, least)
            if nearest is not None and all(
                axis.stays_whole(axis._replace(**{field: nearest})) for axis in axes
            ):
                assert found[field] == str(nearest), (field, H, W, F, S, P)
            else:
                assert field not in found or not found[field].isdigit(), (field, H, W, F, S, P)
        compared += 1
    assert compared > 100


def test_repairs_that_lie_far_away() -> None:
    """500 on 100x90: 90 is the largest that fits in, and 90 + 2*205 are 500."""
    _, errors = ask([100, 90, 1], "conv", {"K": 1, "F": 500})
    found = {offer.field: offer for offer in offers(errors["SC202"])}
    assert (found["F"].value, found["F"].output) == ("90", [11, 1])
    assert (found["P"].value, found["P"].output) == ("205", [11, 1])
    assert (found["input"].value, found["input"].output) == ("500x500x1", [1, 1])
    _, errors = ask([100, 1], "conv", {"K": 1, "F": 300, "dilation": 2, "P": [[3, 4]]})
    found = {offer.field: offer for offer in offers(errors["SC202"])}
    # 107 padded positions hold taps 0, 2, ..., 106
    assert (found["F"].value, found["F"].output) == ("54", [1])


def test_known_repairs() -> None:
    """CS231n: 10 with F=3 S=2 does not fit; nor does AlexNet's 224."""
    _, errors = ask([10, 10, 1], "conv", {"K": 1, "F": 3, "S": 2})
    hint = errors["SC201"]
    for part in ("S=1 gives 8x8", "input: 9x9x1 gives 4x4", "rounding: floor gives 4x4"):
        assert part in hint
    assert re.search(r"P=\[\[0,1\],\[0,1\]\] gives 5x5", hint)
    assert re.search(r"F=2 gives 5x5", hint)
    _, errors = ask([224, 224, 3], "conv", {"K": 96, "F": 11, "S": 4})
    assert "input: 227x227x3 gives 55x55" in errors["SC201"]
    assert "input: 223x223x3 gives 54x54" in errors["SC201"]
    assert "rounding: floor gives 54x54" in errors["SC201"]


def test_what_doubles_the_size_comes_last_and_nothing_is_repeated() -> None:
    for volume, fields in (
        ([10, 10, 1], {"K": 1, "F": 3, "S": 2}),
        ([10, 13, 1], {"K": 1, "F": [3, 4], "S": 2}),
        ([12, 1], {"K": 1, "F": 4, "S": 3, "P": 1}),
    ):
        _, errors = ask(volume, "conv", fields)
        found = offers(errors["SC201"])
        assert len({(o.field, o.value) for o in found}) == len(found)
        fields = [offer.field for offer in found]
        assert fields[-1] == "S"
        assert fields.index("rounding") < fields.index("input")  # which is another network
        assert {"S", "P", "F", "input", "rounding"} >= {o.field for o in found} >= {"S", "input"}


@pytest.mark.slow
def test_repairs_of_several_axes_do_what_they_say() -> None:
    tried = 0
    sizes = product(
        (5, 6, 8), (7, 10), ((3, 2), (2, 2), (3, 3)), ((2, 3), (3, 3)), ((0, 0), (1, 0))
    )
    for H, W, F, S, P in sizes:
        for fields in (
            {"K": 2, "F": list(F), "S": list(S), "P": list(P)},
            {"K": 2, "F": F[0], "S": S[1], "P": [[P[0], P[1]], [0, 1]]},
        ):
            _, errors = ask([H, W, 2], "conv", fields)
            if "SC201" not in errors:
                continue
            for offer in offers(errors["SC201"]):
                volume, changed = mended([H, W, 2], fields, offer)
                output, still = ask(volume, "conv", changed)
                assert not still, (H, W, fields, offer)
                assert output == [*offer.output, 2], (H, W, fields, offer)
                tried += 1
    assert tried > 100


@pytest.mark.quick(1)
@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_repairs_of_a_filter_that_is_too_large(kind: str) -> None:
    tried = refused = 0
    for W, F, S, dilation in product(range(1, 6), range(2, 9), (1, 2, 3), (1, 2)):
        if lay(W, F, S, (0, 0), dilation)[0]:
            continue
        fields = fields_of(kind, F, S, 0) | {"dilation": dilation}
        output, errors = ask([W, 2], kind, fields)
        assert output is None
        assert list(errors) == ["SC202"]
        refused += 1
        found = offers(errors["SC202"])
        assert "rounding" not in {offer.field for offer in found}  # it cannot help
        for offer in found:
            volume, changed = mended([W, 2], fields, offer)
            result, still = ask(volume, kind, changed)
            assert not still, (W, fields, offer)
            assert result == [*offer.output, 2]
            tried += 1
            assert (offer.field, offer.value) != ("F", "1")
    assert refused > 50
    assert tried >= 2 * refused


def test_a_pool_whose_stride_is_not_written_moves_by_the_offered_size() -> None:
    for W, F in product(range(3, 14), range(2, 6)):
        _, errors = ask([W, 2], "max_pool", {"F": F})
        if "SC201" not in errors:
            continue
        for offer in offers(errors["SC201"]):
            volume, changed = mended([W, 2], {"F": F}, offer)
            output, still = ask(volume, "max_pool", changed)
            assert not still, (W, F, offer)
            assert output == [*offer.output, 2]
