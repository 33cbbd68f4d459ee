"""Fields that say any: what is listed is what a trace takes, all of it in the range looked at."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from click.testing import CliRunner

import shapecalc
from shapecalc.any_fields import chosen
from shapecalc.cli import group
from shapecalc.wildcards import PLACEHOLDERS, Choice


def choice(volume: str, layer: dict[str, Any], *more: Any, rounding: str = "exact") -> Choice:
    """Return what fits in the fields of the first layer that says any."""
    spec = {"input": volume, "layers": [layer, *more], "rounding": rounding}
    return next(iter(chosen(shapecalc.read(spec)).choices.values()))


def fits(volume: str, kind: str, fields: dict[str, Any], rounding: str = "exact") -> bool:
    """Say whether a layer takes a volume."""
    spec = {"input": volume, "layers": [{kind: fields}], "rounding": rounding}
    return not any(found.rule.structural for found in shapecalc.trace(spec).findings)


@pytest.mark.parametrize(
    ("volume", "kind", "fields", "name", "values"),
    [
        ("32x32x3", "conv", {"K": 1, "F": 5}, "P", range(5)),
        ("17x17x3", "conv", {"K": 1, "F": 4, "S": 3}, "P", range(4)),
        ("17x13x3", "conv", {"K": 1, "F": 3}, "S", range(1, 20)),
        ("20x1", "max_pool", {"S": 2}, "F", range(1, 25)),
        ("20x20x1", "conv", {"K": 1, "F": 3}, "dilation", range(1, 25)),
        ("8x8x1", "conv_transpose", {"K": 1, "F": 3, "S": 3}, "output_padding", range(9)),
        ("8x8x6", "conv", {"F": 3, "groups": 3}, "K", range(1, 13)),
        ("9x9x1", "max_pool", {"F": 4, "S": 1}, "P", range(9)),
    ],
)
def test_all_values_that_fit_are_listed(
    volume: str, kind: str, fields: dict[str, Any], name: str, values: range
) -> None:
    found = choice(volume, {kind: {**fields, name: "any"}})
    wanted = {n for n in values if fits(volume, kind, {**fields, name: n})}
    listed = [value.fields[name] for value in found.values]
    assert set(listed) == wanted
    assert not found.more
    (size,) = shapecalc.read({"input": volume, "layers": []}).inputs.values()
    sizes = [value.output[:-1] == (size or ())[:-1] for value in found.values]
    assert sizes == sorted(sizes, reverse=True), "what keeps the size comes first"


def test_several_fields_fit_together() -> None:
    found = choice("9x9x1", {"conv": {"K": 1, "F": "any", "P": "any", "S": 2}})
    listed = {(value.fields["F"], value.fields["P"]) for value in found.values}
    for F, P in product(range(1, 8), range(4)):
        fit = P < F and fits("9x9x1", "conv", {"K": 1, "F": F, "P": P, "S": 2})
        assert ((F, P) in listed) == fit


def test_the_rest_of_the_network_decides_where_it_can() -> None:
    body = [{"conv": {"K": "any", "F": 3, "P": 1}}]
    trace = shapecalc.trace({"input": "8x8x6", "layers": [{"residual": body}]})
    assert trace["conv1"].output == (8, 8, 6)
    layers = [{"conv": {"name": "a", "K": 4, "F": 3, "P": "any"}}, {"conv": {"K": 4, "F": 3}}]
    layers.append({"concat": ["a", "conv2"]})
    trace = shapecalc.trace({"input": "8x8x6", "layers": layers})
    assert [found.code for found in trace.findings] == ["SC205", "SC412"]


def test_a_block_and_a_repeat_have_one_value() -> None:
    conv = {"conv": {"K": 4, "F": "$f", "P": "any"}}
    blocks = {"b": {"parameters": {"f": None}, "layers": [conv]}}
    layers = [{"repeat": {"times": 3, "layers": [{"b": {"f": 5}}]}}, {"b": {"f": 7}}]
    trace = shapecalc.trace({"input": "8x8x3", "blocks": blocks, "layers": layers})
    assert trace.output == (8, 8, 4)
    assert not [found for found in trace.findings if found.severity == "error"]


@pytest.mark.parametrize("word", ["any", "?"])
def test_names_and_open_sizes(word: str) -> None:
    layers = [{"conv": {"K": 2, "F": 3, "P": word}}]
    assert shapecalc.trace({"input": "HxWx3", "layers": layers}).to_dict()["output"] == [
        "H",
        "W",
        2,
    ]
    assert shapecalc.trace({"input": "?x?x3", "layers": layers})["conv1"].layer.P == 1  # type: ignore[union-attr]


def test_other_fields_take_no_any() -> None:
    for field in ("groups", "bias", "mode"):
        trace = shapecalc.trace(
            {"input": "8x8x3", "layers": [{"conv": {"K": 2, "F": 3, field: "any"}}]}
        )
        assert [found.code for found in trace.findings] == ["SC104"]
    assert set(PLACEHOLDERS) == {"P", "F", "S", "K", "dilation", "output_padding"}


def test_what_never_fits_says_why() -> None:
    trace = shapecalc.trace({"input": "4x4x3", "layers": [{"conv": {"K": 2, "F": 9, "S": "any"}}]})
    assert [found.code for found in trace.findings] == ["SC202", "SC412"]
    assert trace.findings[1].fault.message == "conv1: no S from 1 to 4 fits"


def places(W: int, F: int, S: int, P: int) -> tuple[int, bool]:
    """Count the places of a window, and say whether the last one ends with the padded axis."""
    starts = range(0, W + 2 * P - F + 1, S)
    return len(starts), len(starts) > 0 and starts[-1] + F == W + 2 * P


@pytest.mark.parametrize("kind", ["conv", "max_pool"])
@pytest.mark.parametrize("volume", ["9x9x1", "8x6x1", "11x1"])
def test_three_fields_that_fit_together_against_a_plain_loop(kind: str, volume: str) -> None:
    *spatial, _ = map(int, volume.split("x"))
    fields = {"F": "any", "S": "any", "P": "any"} | ({"K": 1} if kind == "conv" else {})
    found = choice(volume, {kind: fields})
    wanted = {}
    most = max(spatial)
    for F, S, P in product(range(1, most + 1), range(1, most + 1), range(most // 2 + 1)):
        sizes = [places(W, F, S, P) for W in spatial]
        useful = P < F and (kind == "conv" or (2 * P <= F and max(F, S) > 1))
        if useful and all(fit for _, fit in sizes):
            wanted[F, S, P] = tuple(size for size, _ in sizes)
    listed = {(v.fields["F"], v.fields["S"], v.fields["P"]): v.output[:-1] for v in found.values}
    assert listed.items() <= wanted.items()
    assert len(listed) + found.more == len(wanted)
    kept = {key for key, sizes in wanted.items() if sizes == tuple(spatial)}
    assert set(list(listed)[: len(kept)]) == kept  # they come first
    simple = [sum(key) for key in list(listed)[len(kept) :]]
    assert simple == sorted(simple)


def test_a_pool_that_does_nothing_is_no_answer() -> None:
    for fields in ({"F": "any"}, {"F": "any", "S": 1}, {"F": "any", "S": "any", "P": "any"}):
        found = choice("9x9x1", {"max_pool": fields})
        assert found.values
        assert not [v for v in found.values if v.fields["F"] == v.fields.get("S", 1) == 1]


@pytest.mark.slow
def test_four_fields_of_a_large_image_are_found_in_time() -> None:
    fields = dict.fromkeys(("F", "S", "P", "dilation"), "any")
    start = process_time()
    found = choice("224x224x3", {"conv": {"K": 8, **fields}})
    assert process_time() - start < 4  # half a second; each made a layer, it would take a minute
    assert found.values[0].fields == {"F": 1, "S": 1, "P": 0, "dilation": 1}
    assert {"F": 3, "S": 1, "P": 1, "dilation": 1} in [value.fields for value in found.values]


def test_where_no_padding_fits_same_is_offered() -> None:
    conv = {"K": 4, "F": 3, "S": 4, "P": "any"}
    assert not any(places(10, 3, 4, P)[1] for P in range(3))
    trace = shapecalc.trace({"input": "10x10x3", "layers": [{"conv": conv}]})
    (found,) = (d for d in trace.diagnostics if d.code == "SC412")
    assert (found.message, found.hint) == ("conv1: no P from 0 to 2 fits", "P=same gives 3x3x4")
    same = shapecalc.trace({"input": "10x10x3", "layers": [{"conv": {**conv, "P": "same"}}]})
    assert same.output == (3, 3, 4)


def test_what_another_field_forbids_is_not_put_down_to_any() -> None:
    conv = {"K": 4, "F": 3, "S": 4, "P": "any", "groups": 2}
    trace = shapecalc.trace({"input": "10x10x3", "layers": [{"conv": conv}]})
    assert [found.code for found in trace.findings] == ["SC204"]


def spread(W: int, F: int, S: int = 1, P: int = 0, dilation: int = 1, extra: int = 0) -> int:
    """Count the values of a transposed convolution along an axis, by putting every filter down."""
    covered = {at * S + tap * dilation for at in range(W) for tap in range(F)}
    return max(covered) + 1 + extra - 2 * P


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("volume", "fields", "name", "most"),
    [
        ("1x1x2", {"F": "any"}, "F", 60),
        ("3x5x1", {"F": 2, "dilation": "any"}, "dilation", 60),
        ("4x2x1", {"F": 2, "S": "any"}, "S", 60),
        ("9x4x1", {"F": 4, "S": 2, "P": "any"}, "P", 30),
        (
            "9x15x1",
            {"F": 5, "S": 2, "P": 1, "output_padding": 1, "dilation": "any"},
            "dilation",
            50,
        ),
        ("9x11x2", {"F": 4, "S": 3, "dilation": "any"}, "dilation", 50),
    ],
)
@pytest.mark.parametrize("pooled", [False, True])
def test_a_transposed_convolution_against_a_plain_loop(
    volume: str, fields: dict[str, Any], name: str, most: int, pooled: bool
) -> None:
    *spatial, _ = map(int, volume.split("x"))
    given = {key: value for key, value in fields.items() if value != "any"}
    given = {"extra" if key == "output_padding" else key: n for key, n in given.items()}
    wanted = {}
    for n in range(0 if name == "P" else 1, most):
        sizes = tuple(spread(W, **{**given, name: n}) for W in spatial)
        if min(sizes) > 0 and not (pooled and any(size % 2 for size in sizes)):
            wanted[n] = sizes
    assert wanted
    pool = [{"max_pool": 2}] if pooled else []
    found = choice(volume, {"conv_transpose": {"K": 1, "bias": False, **fields}}, *pool)
    listed = {value.fields[name]: value.output[:-1] for value in found.values}
    assert {n: sizes for n, sizes in listed.items() if n < most} == wanted
    assert bool(found.beyond) == (name != "P")


def test_what_comes_behind_decides_among_endless_values() -> None:
    layers = [{"conv_transpose": {"K": 8, "F": "any", "bias": False}}, {"conv": {"K": 1, "F": 4}}]
    expect = {"output": "1x1x1"}
    trace = shapecalc.trace({"input": "1x1x100", "layers": layers, "expect": expect})
    assert (trace["conv_transpose1"].output, trace.output) == ((4, 4, 8), (1, 1, 1))
    assert [found.code for found in trace.findings] == ["SC412"]
    layers = [{"conv_transpose": {"K": 4, "F": 3, "dilation": "any"}}]
    trace = shapecalc.trace({"input": "3x3x4", "layers": layers, "expect": {"output": "9x9x4"}})
    assert trace.output == (9, 9, 4)  # (3 - 1)*1 + 3*(3 - 1) + 1
    assert (
        trace.findings[0].fault.message
        == "conv_transpose1: dilation that fit: dilation=3 gives 9x9x4"
    )


def test_that_there_are_larger_values_is_said() -> None:
    layer = {"conv_transpose": {"K": 2, "F": "any"}}
    (found,) = shapecalc.trace({"input": "1x1x3", "layers": [layer]}).diagnostics
    assert found.message.endswith("F=8 gives 8x8x2, and all larger ones")
    pooled = shapecalc.trace({"input": "1x1x3", "layers": [layer, {"max_pool": 2}]})
    assert pooled.diagnostics[0].message.endswith("F=16 gives 16x16x2, and more")


@pytest.mark.parametrize("stride", [{}, {"S": 1}])
def test_the_padding_of_a_written_pool_of_one_pixel_is_found(stride: dict[str, int]) -> None:
    for more in ({}, {"dilation": "any"}):
        found = choice("8x8x3", {"max_pool": {"F": 1, "P": "any", **stride, **more}})
        assert [value.fields["P"] for value in found.values] == [0]


@pytest.mark.parametrize("kind", ["conv", "max_pool"])
def test_the_network_goes_on_with_what_brings_no_warning(kind: str, tmp_path: Path) -> None:
    fields = "K: 8, F: any, S: 2" if kind == "conv" else "F: any, S: 2"
    path = tmp_path / "net.yaml"
    path.write_text(f"input: 33x33x3\nlayers:\n  - {kind}: {{{fields}}}\n", encoding="utf-8")
    trace = shapecalc.trace(path)
    assert [found.code for found in trace.findings] == ["SC412"]
    assert trace.layers[0].layer.F == 3  # type: ignore[union-attr]
    result = CliRunner().invoke(group, ["check", "--fix", "--unsafe-fixes", str(path)])
    assert result.exit_code == 0
    written = path.read_text(encoding="utf-8")
    assert written == f"input: 33x33x3\nlayers:\n  - {kind}: {{{fields.replace('any', '3')}}}\n"


def test_the_only_value_that_skips_no_pixels_is_written(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    text = "input: 8x8x3\nlayers:\n  - conv: {K: 4, F: any, S: 7}\n"
    path.write_text(text, encoding="utf-8")
    trace = shapecalc.trace(path)
    assert [found.code for found in trace.findings] == ["SC412"]
    assert trace.layers[0].layer.F == 8  # type: ignore[union-attr] # F=1 fits, but skips pixels
    CliRunner().invoke(group, ["check", "--fix", "--unsafe-fixes", str(path)])
    assert path.read_text(encoding="utf-8") == text.replace("any", "8")
