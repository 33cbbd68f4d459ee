"""Settings, rows and the Pareto front of sweeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import pytest

import shapecalc
from shapecalc.cli.sweep import over
from shapecalc.sweep.front import front_of
from shapecalc.sweep.rows import Row, Source, base_of, failed, row_of
from shapecalc.sweep.settings import BadSetting, combinations, read_setting, target_of

NET = b"""
input: 12x12x3
blocks:
  unit:
    parameters: {K: null, F: 3, P: 1}
    layers: [{conv: {K: $K, F: $F, P: $P, bias: false}}, batch_norm, relu]
layers:
  - conv: {filters: 4, F: 3, P: 1, expect: {output: 12x12x4}}
  - max_pool: 2
  - unit: {name: a, K: 8}
  - unit: {name: b, K: 6, F: 5, P: 2}
  - unit: 5
  - dense: 10
expect: {output: 10}
"""


def source(*names: str, raw: bytes = NET, **memory: Any) -> Source:
    return Source(raw, "net.yaml", names, 1000, tuple(memory.items()) or None)


def by_hand(**changes: str) -> dict[str, int | None]:
    """Trace the spec with its text changed."""
    import yaml

    text = (
        NET.decode().replace("expect: {output: 10}", "").replace(", expect: {output: 12x12x4}", "")
    )
    for old, new in changes.items():
        old = old.replace("__", ": ")
        assert old in text
        text = text.replace(old, new, 1)
    return dict(shapecalc.trace(yaml.safe_load(text)).totals)


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("conv1.K", "7", {"filters__4": "K: 7"}),  # the same field in another word
        ("conv1.filters", "7", {"filters__4": "K: 7"}),
        ("max_pool1.F", "3x2", {"max_pool__2": "max_pool: {F: [3, 2]}"}),
        ("max_pool1.S", "1", {"max_pool__2": "max_pool: {F: 2, S: 1}"}),
        ("a.K", "16", {"K__8": "K: 16"}),
        ("unit.F", "1", {"null, F__3": "null, F: 1"}),
        ("a.conv1.bias", "true", {"bias__false": "bias: true"}),
        ("b.batch_norm1.affine", "false", {"batch_norm, ": "{batch_norm: {affine: false}}, "}),
        ("unit3.K", "9", {"unit__5": "unit: 9"}),
        ("unit3.F", "1", {"unit__5": "unit: {K: 5, F: 1}"}),
        ("dense1.units", "3", {"dense__10": "dense: 3"}),
        ("input", "16x16x3", {"12x12x3": "16x16x3"}),
    ],
)
def test_a_value_is_written_where_its_name_says(
    name: str, value: str, changes: dict[str, str]
) -> None:
    row = row_of(source(name), (value,))
    expected = by_hand(**changes)
    assert row.fits, row.found
    assert dict(row.numbers) == {key: expected[key] for key in row.numbers}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("conv1.Q", "has no field Q; it has F, S, P, "),
        ("relu1.K", "there is no layer or block relu1"),
        ("covn1.K", "did you mean conv1"),
        ("stem.K", "no layer or block stem; there is conv1, max_pool1, a.conv1, "),
        ("unit.K", "changes nothing: every unit is given its own; set a.K"),
        ("unit.width", "has no parameter width; it has K, F, P"),
        ("a.Q", "has no parameter Q"),
        ("width", "is neither input nor"),
    ],
)
def test_names_that_mean_nothing_are_told(name: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        base_of(source(name))


@pytest.mark.parametrize(
    "text",
    [
        "conv1.K", "=3", "conv1.K=", "conv1.K=3,,4", "conv1.F=[3,5]", "a.K,=3", "a.K,b.K=1:2:3",
        "a.K,b.K=1:", "a.K,b.K,c.K=1,2:3",
    ],
)  # fmt: skip
def test_no_settings(text: str) -> None:
    with pytest.raises(BadSetting):
        read_setting(text)


def test_too_many_combinations_are_refused_before_they_are_made() -> None:
    settings = [read_setting(f"a{n}.K={','.join(map(str, range(1, 40)))}") for n in range(60)]
    with pytest.raises(BadSetting, match="more than 10,000"):
        combinations(settings)
    with pytest.raises(BadSetting, match="twice"):
        combinations([read_setting("input=1,2"), read_setting("input=3")])


def test_combinations_come_in_order() -> None:
    found = combinations([read_setting("a.K=1,2"), read_setting("b.F=3x5,7")])
    assert found == [("1", "3x5"), ("1", "7"), ("2", "3x5"), ("2", "7")]


def test_names_with_commas_between_are_set_together() -> None:
    together = [read_setting("a.K,b.K=16,32:64"), read_setting("b.F=3,5")]
    assert combinations(together) == [
        ("16", "16", "3"),
        ("16", "16", "5"),
        ("32", "64", "3"),
        ("32", "64", "5"),
    ]
    with pytest.raises(BadSetting, match="twice"):
        combinations([read_setting("a.K,b.K=1"), read_setting("b.K=3")])


def test_a_combination_that_fails_has_a_row_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = source("conv1.F", "input")
    wrong = row_of(asked, ("15", "9x9x3"))
    assert {found.code for found in wrong.found} == {"SC202"}
    assert row_of(asked, ("3", "wide")).found
    assert row_of(asked, ("x", "12x12x3")).found[0].code == "SC104"
    monkeypatch.setattr("shapecalc.sweep.rows._traced", lambda *_: [][1])
    (found,) = row_of(asked, ("3", "12x12x3")).found
    assert "cannot be worked out" in found.message


def test_claims_of_the_file_are_not_held_against_other_values() -> None:
    assert row_of(source("conv1.K", "dense1.units"), ("5", "11")).fits


def test_memory_comes_with_it_where_it_is_asked_for() -> None:
    row = row_of(source("a.K", limit=10**6, batch=2), ("8",))
    found = shapecalc.memory({"input": "1x1x1", "layers": ["relu"]})
    assert found.peak is not None
    assert {"peak", "inference_peak", "kept"} <= row.numbers.keys()
    assert row.batch is not None
    assert row.batch > 1


def test_the_front_against_all_pairs() -> None:
    """Every row against every other one, over a grid of all small points."""
    points = [(a, b, (a * 7 + b * 5) % 4) for a, b in product(range(6), repeat=2)]
    rows = [Row((str(n),), {"x": a, "y": b, "z": c}, {}) for n, (a, b, c) in enumerate(points)]
    rows += [failed(("lost",)), Row(("open",), {"x": None, "y": None, "z": None}, {})]
    for keys in (("x",), ("x", "y"), ("x", "y", "z"), ("z", "y")):
        values = [tuple(row.numbers[key] or 0 for key in keys) for row in rows[: len(points)]]
        beaten = {
            n
            for n, one in enumerate(values)
            if any(all(a <= b for a, b in zip(o, one, strict=True)) and o != one for o in values)
        }
        assert front_of(rows, keys) == {*range(len(points))} - beaten


def test_executors_give_rows_in_order_and_their_faults_are_rows() -> None:
    def work(values: tuple[str, ...]) -> Row:
        if values == ("2",):
            raise OSError("gone")
        return Row(values, {}, {})

    items = [(str(n),) for n in range(5)]
    with ThreadPoolExecutor(2) as executor:
        rows = list(over(executor, work, items))
    assert [row.values for row in rows] == items
    assert [row.fits for row in rows] == [True, True, False, True, True]


def test_of_other_formats_inputs_alone_are_set() -> None:
    raw = b"[net]\nheight=8\nwidth=8\nchannels=3\n[convolutional]\nfilters=2\nsize=3\npad=1\n"
    with pytest.raises(BadSetting, match="convert"):
        base_of(source("conv1.K", raw=raw))
    row = row_of(source("input", raw=raw), ("16x16x3",))
    assert row.fits
    assert [*row.outputs.values()] == ["16x16x2"]


def test_what_a_name_means_depends_on_the_network() -> None:
    traced = shapecalc.trace(
        {"inputs": {"left": 8, "right": 8}, "layers": [{"dense": {"units": 2, "from": "left"}}]}
    )
    assert target_of(traced, "left").input == "left"
    with pytest.raises(BadSetting, match="left or right"):
        target_of(traced, "input")


def test_open_and_named_sizes_are_no_numbers() -> None:
    for size in ("?x?x3", "NxNx3"):
        row = row_of(source("input", batch=1), (size,))
        assert row.numbers.get("peak") is None
        assert not any("worked out" in found.message for found in row.found)
