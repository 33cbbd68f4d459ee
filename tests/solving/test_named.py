"""Sizes with names: what is written in them equals a trace with numbers, at sizes that fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from math import ceil, floor
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sized_networks

import shapecalc
from shapecalc.solving.named import Names
from shapecalc.walking import walk

SPECS = Path(__file__).resolve().parents[2] / "specs"
COUNTED = ("weights", "biases", "parameters", "macs", "activations")


def value(text: object, numbers: Mapping[str, int]) -> object:
    """Return what an expression of ours comes to."""
    if not isinstance(text, str):
        return text
    names: dict[str, Any] = {name: Fraction(number) for name, number in numbers.items()}
    python = text.replace(",", "").replace("^", "**")
    return eval(python, {"floor": floor, "ceil": ceil, "__builtins__": {}}, names)


def with_names(data: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """Return a spec with names for the sizes of its input."""
    return {**data, "input": [*("H", "W")[:rank], data["input"][-1]]}


def compared(data: Mapping[str, Any]) -> list[str]:
    """Return where the report in names differs from those in numbers."""
    rank = len(data["input"]) - 1
    spec = shapecalc.read(dict(data))
    found = shapecalc.sizes(spec)
    if not found.fits or found.constraints:
        return []
    named = shapecalc.trace(with_names(data, rank)).to_dict()
    if named["diagnostics"] and any(d["severity"] == "error" for d in named["diagnostics"]):
        return ["an error"]
    sizes = [[W for W in range(150, 260) if one.fits.has(W)][:3] for one in found.axes]
    wrong = []
    for given in product(*sizes):
        numbers = dict(zip("HW", given, strict=False))
        trace = walk(shapecalc.read({**data, "input": [*given, data["input"][-1]]}))
        for record, layer in zip(trace.layers, named["layers"], strict=True):
            output = tuple(value(size, numbers) for size in layer["output"] or ())
            if output != (record.output or ()):
                wrong.append(f"{record.name} {given}: {layer['output']} is not {record.output}")
            wrong += [
                f"{record.name} {key} {given}: {layer[key]} is not {getattr(record, key)}"
                for key in COUNTED
                if value(layer[key], numbers) != getattr(record, key)
            ]
            field = layer["receptive_field"] or (None,) * 9
            wrong += [
                f"{record.name} {given}: receptive field {field} is not {record.receptive_field}"
                for said, is_ in zip(field, record.receptive_field or (), strict=False)
                if said is not None and value(said, numbers) != is_
            ]
    return wrong


@pytest.mark.quick(1)
@pytest.mark.parametrize("name", ["alexnet", "u-net", "resnet-18", "yolov3-tiny"])
def test_networks_in_names(name: str) -> None:
    data = dict(shapecalc.read(SPECS / f"networks/{name}.yaml").document.data)
    volume = next(iter(shapecalc.read(data).inputs.values()))
    assert volume is not None
    assert compared({**data, "input": [*volume], "expect": None}) == []


@pytest.mark.slow
def test_random_networks_in_names() -> None:
    for number in range(25):
        data = sized_networks.network(Random(f"named.{number}"))
        assert compared(data) == [], data


def test_expressions_are_what_a_person_writes() -> None:
    trace = shapecalc.trace(SPECS / "networks/alexnet.yaml", inputs="HxWx3")
    assert str(trace["conv1"].output[0]) == "(H - 11)/4 + 1"  # type: ignore[index]
    resnet = shapecalc.trace(SPECS / "networks/resnet-18.yaml", inputs="HxWx3")
    assert "ceil(H/32)xceil(W/32)x512" in str(resnet)
    text = str(trace)
    assert "(H - 11)/4 + 1 x (W - 11)/4 + 1 x 96" in text
    assert "24,898*H*W - 386,510*H - 386,510*W + 27,762,594" in text
    assert trace.complete
    assert trace["dense1"].weights is not None
    assert "(H - 11 + 2*0)/4 + 1 = (H - 11)/4 + 1" in " ".join(trace["conv1"].derivation)
    json.dumps(trace.to_dict())


@pytest.mark.slow
def test_floors_in_a_row_are_merged() -> None:
    names = Names({"W": 100})
    W = names.size("W")
    for a, m, b, n in product(range(-3, 4), (1, 2, 3, 4), range(-3, 4), (1, 2, 3, 6)):
        merged = ((W + a) // m + b) // n
        nested = (2 * ((W + a) // m) + b) // 3 * 2 + W
        for number in range(20, 60):
            names.numbers = {**names.numbers, "W": number}
            assert names.number(merged) == ((number + a) // m + b) // n
            shown = value(str(merged), {"W": number})
            assert shown == ((number + a) // m + b) // n, (str(merged), number)
            wanted = (2 * ((number + a) // m) + b) // 3 * 2 + number
            assert value(str(nested), {"W": number}) == wanted, (str(nested), number)


@pytest.mark.parametrize(
    ("written", "inputs"),
    [
        ("HxWx3", ["H", "W", 3]),
        ("H × W × 3", ["H", "W", 3]),
        (["H", "W", 3], ["H", "W", 3]),
        ({"height": "h1", "width": 32, "depth": 3}, ["h1", 32, 3]),
        ("Lx4", ["L", 4]),
        ("TxHxWx3", ["T", "H", "W", 3]),
    ],
)
def test_names_are_read(written: Any, inputs: list[Any]) -> None:
    trace = shapecalc.trace({"input": written, "layers": ["relu"]})
    assert not trace.findings
    assert trace.complete
    assert trace.to_dict()["inputs"] == {"input": inputs}
    assert trace.to_dict()["output"] == inputs


@pytest.mark.parametrize("written", ["HxW", "xxWx3", "HHxWx3", "NxHxWx3", "nx32x32x3", "H-1xWx3"])
def test_what_is_no_name_is_refused(written: str) -> None:
    (found, *_) = shapecalc.trace({"input": written, "layers": ["relu"]}).findings
    assert found.severity == "error"


def test_one_name_twice_is_one_size() -> None:
    turned = {"transpose": ["width", "height", "depth"]}
    layers: list[Any] = [turned, {"add": ["transpose1", "input"]}]
    assert shapecalc.trace({"input": "HxHx3", "layers": layers}).complete


def test_sizes_that_never_fit_are_found() -> None:
    layers: list[Any] = [{"conv": {"K": 1, "F": 2, "name": "a"}}, {"concat": ["a", "input"]}]
    trace = shapecalc.trace({"input": "HxWx1", "layers": layers})
    assert [found.code for found in trace.findings] == ["SC205"]
    assert not trace.complete


def test_verification_needs_numbers_and_offers_some() -> None:
    found = shapecalc.verify(SPECS / "networks/lenet-5.yaml", inputs="HxWx1")
    assert "--input" in found.diagnostics[0].hint


def halves_and_thirds(times: int, copies: int) -> dict[str, Any]:
    """Return a network that joins what two strides leave, over and over, and so many copies."""
    layers: list[Any] = []
    for n in range(times):
        before = f"joined{n - 1}" if n else "input"
        for S in (2, 3):
            pool = {"F": S, "S": S, "rounding": "floor", "from": before, "name": f"pool{n}_{S}"}
            layers.append({"max_pool": pool})
        joined = {"from": [f"pool{n}_2", f"pool{n}_3"], "axis": "length", "name": f"joined{n}"}
        layers.append({"concat": joined})
    layers += [{"conv": {"K": 2, "F": 1}} for _ in range(copies)]
    return {"input": "Lx2", "layers": layers}


def test_sizes_that_nobody_can_read_are_not_written() -> None:
    once = shapecalc.trace(halves_and_thirds(1, 1))
    assert str(once.output[0]) == "floor(L/2) + floor(L/3)"  # type: ignore[index]
    often = shapecalc.trace(halves_and_thirds(4, 1))
    assert often.output == (None, 2)
    assert often.complete
    assert max(map(len, str(often).splitlines())) < 200


def test_counts_that_are_rounded_in_hundreds_of_ways_are_not_added() -> None:
    strides = range(2, 120)
    pools = [
        {"max_pool": {"F": S, "S": S, "rounding": "ceil", "from": "input", "name": f"by{S}"}}
        for S in strides
    ]
    trace = shapecalc.trace({"input": "HxWx2", "layers": pools})
    assert trace.totals.activations is None
    few = shapecalc.trace({"input": "HxWx2", "layers": pools[:3]})
    wanted = sum(2 * -(-60 // S) * -(-50 // S) for S in strides[:3])
    assert value(format(few.totals.activations, ","), {"H": 60, "W": 50}) == wanted


def phased(size: str) -> dict[str, Any]:
    """Return a network whose field depends on what the size leaves over when divided by 3.

    Two neighbours see one pixel behind the upsampling. The windows of 6 begin at the first of the
    two where there are no zeros in front of them, or two, and at the second where there is one.
    """
    layers: list[Any] = [
        {"conv": {"K": 2, "F": 3}},
        {"upsample": 2},
        {"conv": {"K": 2, "F": 6, "S": 6, "P": "same", "name": "last"}},
    ]
    return {"input": f"{size}x2", "layers": layers}


def test_a_field_that_some_sizes_share_is_not_said_to_be_that_of_all() -> None:
    fields = [shapecalc.trace(phased(str(W)))["last"].receptive_field for W in (224, 225, 226)]
    assert fields == [(5,), (5,), (6,)]
    named = shapecalc.trace(phased("L"))
    assert named["last"].receptive_field == (None,)
    assert named["upsample1"].receptive_field == (3,)
    text = " ".join(named["last"].derivation)
    assert "receptive field = ?" in text
    assert "None" not in text


def test_a_warning_is_one_only_where_no_size_avoids_it() -> None:
    """F=5 S=2 uses every row of an odd height; F=1 S=2 skips rows of every one."""
    data = {"input": "HxWx3", "rounding": "floor"}
    dropped = {**data, "layers": [{"conv": {"K": 8, "F": 5, "S": 2}}]}
    assert not shapecalc.check(dropped)
    (skipped,) = shapecalc.check({**data, "layers": [{"conv": {"K": 8, "F": 1, "S": 2}}]})
    assert (skipped.code, "HxWx3" in skipped.message) == ("SC402", True)
    assert "?" not in skipped.message + skipped.hint
    assert "112" not in skipped.hint  # of one size among all
