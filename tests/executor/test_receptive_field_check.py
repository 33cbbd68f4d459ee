"""What is compared of receptive fields: all of an exact one, a bound of the others."""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.executor.receptive_field_check import field_checks
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.receptive_field import (
    AROUND,
    BOUND,
    EXACT,
    UNPLACED,
    Field,
    bounding,
    of_input,
    slid,
    spread_out,
)

CONV = {"conv": {"K": 2, "F": 3}}
SPREAD = {"conv_transpose": {"K": 2, "F": 2, "S": 2}}


def traced(*layers: Any) -> Trace:
    found = shapecalc.trace({"input": "12x12x2", "layers": list(layers)})
    assert not [d for d in found.diagnostics if d.severity == "error"]
    return found


def last(trace: Trace) -> Field:
    found = trace.layers[-1].field
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("layers", "doubt"),
    [
        ([CONV], EXACT),
        ([{"upsample": {"scale": 2, "mode": "nearest"}}], EXACT),
        ([{"upsample": {"scale": 2, "mode": "bilinear"}}], BOUND),
        ([{"adaptive_avg_pool": 5}], BOUND),
        ([SPREAD], BOUND),
        ([SPREAD, CONV, "relu"], BOUND),
        ([SPREAD, {"dense": 3}], BOUND),
        ([{"crop": 1}, CONV], BOUND),
        ([{"slice": {"axis": "height", "stop": 9}}], BOUND),
        ([{"slice": {"stop": 1}}], BOUND),
        ([{"crop": {"like": "input"}}], BOUND),
        ([CONV, {"concat": {"from": ["conv1", "conv1"], "axis": "height"}}], BOUND),
        ([CONV, {"concat": ["conv1", "conv1"]}], EXACT),
        ([{"pad": 2}, CONV], EXACT),
        ([{"pad": {"P": 2, "mode": "reflect"}}, CONV], UNPLACED),
        ([{"pad": {"P": 2, "mode": "replicate"}}, CONV], UNPLACED),
        ([{"pad": {"P": 2, "mode": "circular"}}, CONV], AROUND),
        ([{"pad": {"P": 0, "mode": "circular"}}, CONV], EXACT),
        ([{"conv": {"K": 2, "F": 3, "P": 1, "mode": "reflect"}}], UNPLACED),
        ([{"conv": {"K": 2, "F": 3, "P": 1, "mode": "circular"}}], AROUND),
        ([CONV, {"channel_shuffle": 2}], EXACT),
        ([CONV, {"transpose": [0, 1, 2]}], EXACT),
        ([CONV, {"transpose": [1, 0, 2]}], BOUND),
        ([CONV, "flatten"], BOUND),
        ([{"dense": 3}], EXACT),
        ([{"conv": {"name": "c", "K": 2, "F": 1, "S": 2, "rounding": "floor"}},
          {"crop": {"name": "d", "P": 3, "from": "input"}},
          {"add": {"from": ["c", "d"]}}], UNPLACED),
    ],
)  # fmt: skip
def test_a_field_knows_whether_it_is_exact(layers: list[Any], doubt: int) -> None:
    found = last(traced(*layers))
    assert found.doubt == doubt
    assert found.exact == (doubt == EXACT)
    assert found.placed == (doubt < UNPLACED)


def test_only_bounding_adds_doubt_and_nothing_takes_it_away() -> None:
    field = of_input((9, 9))
    assert bounding(None) is None
    bound = bounding(bounding(field, UNPLACED))
    assert bound is not None
    assert bound.doubt == UNPLACED
    behind = spread_out(slid(bound, []), [])
    assert behind is not None
    assert behind.doubt == UNPLACED


def test_pixels_left_out_make_a_whole_field_a_bound() -> None:
    checks, _ = field_checks(
        traced({"conv": {"K": 2, "F": 1, "S": 4, "rounding": "floor"}}, {"dense": 3}), [1]
    )
    assert checks[0].agrees
    assert checks[0].how == "a bound"
    checks, _ = field_checks(traced({"conv": {"K": 2, "F": 4, "S": 4}}, {"dense": 3}), [1])
    assert checks[0].agrees
    assert checks[0].how == ""


def test_a_bound_that_is_taken_for_exact_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a transposed convolution whose field claims to be exact."""
    layers = [{"crop": 1}, SPREAD, CONV, {"max_pool": {"F": 3, "S": 1}}, CONV]
    assert all(check.agrees for check in field_checks(traced(*layers), range(5)).checks)
    true = ConvTranspose.receptive_field

    def too_wide(self: ConvTranspose, fields: Any, inputs: Any, output: Any) -> Field | None:
        found = true(self, fields, inputs, output)
        assert found is not None
        assert found.axes is not None
        wider = tuple(axis._replace(ends=tuple(e + 2 for e in axis.ends)) for axis in found.axes)
        return found._replace(axes=wider, doubt=EXACT)

    monkeypatch.setattr(ConvTranspose, "receptive_field", too_wide)
    found = field_checks(traced(*layers), range(5)).checks
    assert [check.layer for check in found if not check.agrees]


@pytest.mark.quick(2)
@pytest.mark.parametrize("pool", ["global_max_pool", "global_avg_pool"])
@pytest.mark.parametrize(
    "behind", [[], ["flatten"], [{"channel_shuffle": 2}], [{"transpose": [0]}]]
)
def test_a_global_pool_that_keeps_no_axes_sees_everything(pool: str, behind: list[Any]) -> None:
    layers = [{"conv": {"K": 4, "F": 3}}, {pool: {"keep": False}}, *behind]
    found = shapecalc.verify({"input": "8x6x2", "layers": layers})
    assert found.agrees, [d.message for d in found.diagnostics]
