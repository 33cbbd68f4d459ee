"""Repairs of what was meant elsewhere, their order, and what is gone with a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import shapecalc
from shapecalc import Diagnostic
from shapecalc.diagnostics import chosen, unfolded

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"
U_NET = """\
input: 64x64x1
layers:
  - conv: {K: 8, F: 3, P: 1}
  - relu
  - max_pool: 2
  - conv: {K: 16, F: 3, P: 1}
  - relu
  - max_pool: 2
  - conv: {K: 32, F: 3, P: 1}
  - relu
  - upsample: 2
  - concat: [upsample1, relu1]   # relu2 is meant
"""
LOST_ROW = """\
input: 101x101x1
rounding: floor
layers:
  - conv: {name: skip, K: 8, F: 3, P: 1}
  - max_pool: 2
  - conv_transpose: {K: 8, F: 2, S: 2}
  - concat: [conv_transpose1, skip]
"""
SHORTCUT = """\
input: 57x57x64
layers:
  - residual:
      body: [{conv: {K: 128, F: 3, S: 2, P: 1}}, relu, {conv: {K: 128, F: 3, P: 1}}]
      shortcut: [{conv: {K: 128, F: 1}}]
"""
BRANCH = """\
input: 28x28x192
layers:
  - parallel:
      - [{conv: {K: 64, F: 1}}]
      - [{conv: {K: 96, F: 1}}, {conv: {K: 128, F: 3}}]
"""
IDENTITY = "input: 8x8x4\nlayers:\n  - residual: {body: [{conv: {K: 6, F: 3, P: 1}}]}\n"


def found(text: str, path: Path) -> list[Diagnostic]:
    """Return what is found in a text."""
    path.write_text(text, encoding="utf-8")
    return list(shapecalc.trace(path).diagnostics)


def mended(text: str, diagnostic: Diagnostic, title: str) -> str:
    """Return the text with the edit of a title made."""
    (edit,) = [edit for edit in diagnostic.edits if edit.title == title]
    return edit.applied(text)


@pytest.mark.parametrize(
    ("text", "code", "title", "mark"),
    [
        (U_NET, "SC205", "from relu2 in place of relu1 gives 32x32x48", "[upsample1, relu2]"),
        (
            LOST_ROW,
            "SC205",
            "output_padding=1 in conv_transpose1 gives 101x101x16",
            "{K: 8, F: 2, S: 2, output_padding: 1}",
        ),
        (SHORTCUT, "SC205", "S=2 in conv3 gives 29x29x128", "{K: 128, F: 1, S: 2}"),
        (BRANCH, "SC205", "P=1 in conv3 gives 28x28x192", "{K: 128, F: 3, P: 1}"),
        (IDENTITY, "SC205", "K=4 in conv1 gives 8x8x4", "{K: 4, F: 3, P: 1}"),
        (
            IDENTITY,
            "SC205",
            "conv: {K: 6, F: 1} at the end of the shortcut gives 8x8x6",
            "shortcut: [{conv: {K: 6, F: 1}}]",
        ),
    ],
)
def test_what_was_meant_elsewhere_is_offered(
    tmp_path: Path, text: str, code: str, title: str, mark: str
) -> None:
    path = tmp_path / "net.yaml"
    (fault,) = [d for d in found(text, path) if d.code == code]
    assert title in fault.hint
    repaired = mended(text, fault, title)
    assert mark in repaired
    assert [d for d in found(repaired, path) if d.severity == "error"] == []


def test_the_skip_of_the_same_kind_comes_first(tmp_path: Path) -> None:
    (fault,) = found(U_NET, tmp_path / "net.yaml")
    assert fault.edits[0].title.startswith("from relu2")


def test_a_repair_that_leaves_fewer_errors_comes_first(tmp_path: Path) -> None:
    """Two windows of 2 with stride 2 on 9: S=1 is the nearest, but the next layer wants 5."""
    text = (
        "input: 9x9x1\nlayers:\n  - conv: {K: 1, F: 2, S: 2}\n"
        "  - conv: {K: 1, F: 5, S: 4, expect: {output: 1x1x1}}\n"
    )
    fault = found(text, tmp_path / "net.yaml")[0]
    assert fault.code == "SC201"
    (best, *_) = fault.edits
    assert [d.code for d in found(best.applied(text), tmp_path / "net.yaml")] == []


# -- one cause, one finding ------------------------------------------------------------------------


def alexnet(old: str, new: str) -> str:
    """Return AlexNet's spec with one slip."""
    text = (NETWORKS / "alexnet.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("F: 11, S: 4", "F: 11, S: 3", "S=4 gives 55x55x96"),
        ("K: 96, F: 11", "K: 69, F: 11", "K=96 gives 55x55x96"),
        (
            "K: 384, F: 3, P: 1, expect: {output",
            "K: 384, F: 3, expect: {output",
            "P=1 gives 13x13x384",
        ),
    ],
)
def test_one_slip_in_a_fully_claimed_alexnet_is_one_finding(
    tmp_path: Path, old: str, new: str, title: str
) -> None:
    text, path = alexnet(old, new), tmp_path / "alexnet.yaml"
    (fault,) = found(text, path)
    assert fault.code == "SC301"
    assert len(fault.consequences) >= 4
    assert fault.edits[0].title == title
    assert found(fault.edits[0].applied(text), path) == []


def test_two_slips_are_two_findings(tmp_path: Path) -> None:
    text = alexnet("F: 11, S: 4", "F: 11, S: 3").replace("biases: 10568", "biases: 10567")
    first, second = found(text, tmp_path / "alexnet.yaml")
    assert (first.where, second.where) == ("layers[0].conv.expect.output", "expect.biases")
    assert second.consequences == ()


def test_what_is_behind_a_finding_stands_alone_without_it(tmp_path: Path) -> None:
    faults = found(alexnet("F: 11, S: 4", "F: 11, S: 3"), tmp_path / "alexnet.yaml")
    every = list(unfolded(faults))
    assert len(every) == 1 + len(faults[0].consequences)
    assert list(chosen(faults, lambda d: True)) == faults
    alone = list(chosen(faults, lambda d: d is not faults[0]))
    assert alone == list(faults[0].consequences)


def test_warnings_are_not_folded(tmp_path: Path) -> None:
    """A window in the padding and pixels skipped: one P mends the first, and that is chance."""
    text = "input: 4x4x1\nlayers:\n  - conv: {K: 1, F: 1, P: 2, S: 2, rounding: floor}\n"
    codes = [d.code for d in found(text, tmp_path / "net.yaml")]
    assert sorted(codes) == ["SC402", "SC406"]


STAGES = """
input: 56x56x64
rounding: floor
blocks:
  unit:
    parameters: {S: 1}
    layers: [{conv: {K: 64, F: 1, S: $S}}, relu]
layers: [UNITS, global_avg_pool]
"""


@pytest.mark.parametrize(
    ("units", "titles"),
    [
        ("{unit: 2}", ["F=2 gives 28x28", "S=1 gives 56x56"]),
        ("unit, {unit: 2}", ["S=1 gives 56x56"]),  # where S is 1, F=2 gives 55x55: a row is lost
        ("{unit: 2}, {unit: 2}", ["F=2 gives 28x28"]),  # S=1 mends only one of two
        ("{unit: 2}, unit, {unit: 2}", []),
    ],
)
def test_a_warning_is_not_mended_by_an_error(units: str, titles: list[str], tmp_path: Path) -> None:
    text = STAGES.replace("UNITS", units)
    path = tmp_path / "net.yaml"
    (warning,) = found(text, path)
    assert warning.code == "SC402"
    assert [edit.title for edit in warning.edits] == titles
    for edit in warning.edits:
        after = found(edit.applied(text), path)
        assert not [d for d in after if d.code == "SC402" or d.severity == "error"]


RESIDUAL = """
input: 32x32x3
layers:
  - conv: {K: 16, F: 3, P: 1}
  - residual:
      body: [{conv: {K: 32, F: 3, S: 2, P: 1}}, relu, {conv: {K: 32, F: 3, P: 1}}]
      shortcut: [{conv: {K: 32, F: 1, S: 2}}]
"""


def test_a_repair_that_leaves_more_errors_than_another_is_not_offered(tmp_path: Path) -> None:
    """S=1 in the body alone fits, and the branches no longer agree."""
    (error,) = [d for d in found(RESIDUAL, tmp_path / "net.yaml") if d.severity == "error"]
    assert error.code == "SC201"
    assert {d.code for d in error.consequences} == {"SC201"}
    titles = [edit.title for edit in error.edits]
    assert titles == [
        "rounding: floor for the whole network",  # the network's input is left alone, if it can be
        "input: 31x31x3 gives 16x16",
        "input: 33x33x3 gives 17x17",
    ]
    for edit in error.edits:
        after = found(edit.applied(RESIDUAL), tmp_path / "net.yaml")
        assert not [d for d in after if d.severity == "error"], edit.title


def test_channels_first_is_told_by_in_channels(tmp_path: Path) -> None:
    text = (
        "input: 3x32x32\nlayers:\n  - Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}\n"
    )
    (error,) = [d for d in found(text, tmp_path / "net.yaml") if d.severity == "error"]
    assert error.code == "SC301"
    assert error.edits[0].applied(text).startswith("input: 32x32x3\n")


def test_a_batch_in_front_is_told_by_a_layer_for_images(tmp_path: Path) -> None:
    layers = "  - Conv2d: {out_channels: 8, kernel_size: 3, padding: 1}\n  - MaxPool2d: 2\n"
    text = f"input: 64x32x32x3\nlayers:\n{layers}{layers}"
    (error,) = [d for d in found(text, tmp_path / "net.yaml") if d.severity == "error"]
    assert error.edits[0].applied(text).startswith("input: 32x32x3\n")
    assert len(error.consequences) == 3


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("inputs: 8x8x1\nlayers: [relu]\n", "input: 8x8x1\nlayers: [relu]\n"),
        ("input: 8x8x1\nlayers:\n  - batch_norm: 8\n", "input: 8x8x1\nlayers:\n  - batch_norm\n"),
    ],
)
def test_a_word_or_value_too_much(text: str, mended: str, tmp_path: Path) -> None:
    (fault,) = found(text, tmp_path / "net.yaml")
    assert fault.edits[0].applied(text) == mended


def test_the_padding_that_is_nearest_comes_first(tmp_path: Path) -> None:
    body = "{conv: {K: 4, F: 3}}, {conv: {K: 4, F: 3, P: 1}}"
    text = f"input: 8x8x4\nlayers:\n  - residual: [{body}]\n"
    (fault,) = found(text, tmp_path / "net.yaml")
    padded = [edit.title for edit in fault.edits if edit.title.startswith("P=")]
    assert padded == ["P=1 in conv1 gives 8x8x4"]  # P=2 is more than half of conv2's F=3


def test_a_mapping_has_hints_and_no_edits() -> None:
    spec: dict[str, Any] = {"input": "9x9x1", "layers": [{"conv": {"K": 1, "F": 2, "S": 2}}]}
    (fault,) = shapecalc.trace(spec).diagnostics
    assert "S=1 gives 8x8" in fault.hint
    assert fault.edits == ()


def test_a_block_is_mended_where_its_parameter_is_given(tmp_path: Path) -> None:
    text = (
        "input: 9x9x1\nblocks:\n  down:\n    parameters: {stride: 1}\n"
        "    layers: [{conv: {K: 1, F: 2, S: $stride}}]\n"
        "layers:\n  - down\n  - down: {stride: 3}\n  - global_avg_pool\n"
    )
    (fault,) = found(text, tmp_path / "net.yaml")
    titles = {edit.title: edit.applied(text) for edit in fault.edits}
    assert "- down: {stride: 2}\n" in titles["S=2 gives 4x4"]


def test_a_false_claim_names_the_mistake_behind_it(tmp_path: Path) -> None:
    text = "input: 32x32x3\nlayers:\n  - conv: {K: 10, F: 5, expect: {parameters: 750}}\n"
    (fault,) = found(text, tmp_path / "net.yaml")
    assert "biases were forgotten" in fault.hint
    assert "parameters = 750 + 10 = 760" in fault.hint


FAULTS = [{"conv": {"K": 1, "F": 2, "S": 2}}, {"conv": {"K": 1, "F": 2, "P": 1}}]
GAPS: list[Any] = [  # F=2 and S=1 both change the size, and the last layer takes no other
    {"conv": {"K": 1, "F": 1, "S": 2}},
    {"upsample": 2},
    {"crop": [[0, 1], [0, 1]]},
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "some", "rest"),
    [("9x9x1", FAULTS, []), ("65x65x1", GAPS, [{"add": ["input", "crop1500"]}])],
)
def test_many_faults_cost_a_bounded_number_of_trials(
    size: str, some: list[Any], rest: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shapecalc.repairs import trial

    walked = []
    walk = trial.walking.walk
    monkeypatch.setattr(
        trial.walking,
        "walk",
        lambda spec, **how: walked.append(len(spec.nodes)) or walk(spec, **how),
    )
    layers = some * 1500 + rest
    spec = {"input": size, "rounding": "floor" if rest else "exact", "layers": layers}
    found = shapecalc.trace(spec).diagnostics
    assert rest == [] or "error" not in {d.severity for d in found}
    assert 0 < sum(walked) <= trial.MOST_VALUES + 2 * len(layers)


@pytest.mark.parametrize(
    ("layer", "safe"),
    [
        ("convv: {K: 1, F: 3}", True),
        ("conv: {K: 1, F: 3, strid: 1}", True),
        ("conv: {K: 1, F: 3, bias: no}", True),
        ("conv: {K: 1, F: 2, S: 2}", False),
        ("conv: {K: 1.5, F: 3}", False),
        ("conv: {K: 1, F: 3, expect: {parameters: 9}}", False),
    ],
)
def test_an_edit_is_safe_where_only_the_spelling_changes(
    tmp_path: Path, layer: str, safe: bool
) -> None:
    (fault,) = found(f"input: 9x9x1\nlayers:\n  - {layer}\n", tmp_path / "net.yaml")
    assert {edit.safe for edit in fault.edits} == {safe}


@pytest.mark.parametrize("times", [500, pytest.param(30_000, marks=pytest.mark.slow)])
def test_a_misspelt_field_is_one_finding_however_often_its_block_is_used(
    times: int, tmp_path: Path
) -> None:
    """Of a network too large to be read again, what follows from a word's spelling is known."""
    text = (
        "input: 8x8x3\nblocks:\n  b:\n    layers: [relu, relu, {dense: {unit: 4}}]\n"
        f"layers:\n  - repeat: {{times: {times}, layers: [b]}}\n"
    )
    (fault,) = [d for d in found(text, tmp_path / "net.yaml") if d.severity == "error"]
    assert fault.code == "SC102"
    assert [d.code for d in fault.consequences] == ["SC103"]


@pytest.mark.parametrize("size", [56, 57])
@pytest.mark.parametrize("rounding", ["floor", "exact"])
@pytest.mark.parametrize("named", [False, True])
def test_a_missing_projection_comes_first(
    size: int, rounding: str, named: bool, tmp_path: Path
) -> None:
    """He et al. (2015): where a body halves the sizes and widens the depth, F=1 S=2 follows."""
    P = 1 if size % 2 or rounding == "floor" else "[[0, 1], [0, 1]]"
    one, two = f"{{conv: {{K: 128, F: 3, S: 2, P: {P}}}}}", "{conv: {K: 128, F: 3, P: 1}}"
    layers = (
        f"  - {one}\n  - relu\n  - {two}\n  - add: [input, conv2]\n"
        if named
        else f"  - residual:\n      body: [{one}, relu, {two}]\n"
    )
    text = f"input: {size}x{size}x64\nrounding: {rounding}\nlayers:\n{layers}"
    (fault,) = [d for d in found(text, tmp_path / "net.yaml") if d.code == "SC205"]
    assert fault.edits[0].title.startswith("conv: {K: 128, F: 1, S: 2")
    after = found(fault.edits[0].applied(text), tmp_path / "net.yaml")
    assert [d for d in after if d.severity == "error"] == []


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_what_collapses_to_one_pixel_comes_last(size: int, tmp_path: Path) -> None:
    text = (
        f"input: {size}x{size}x3\nrounding: floor\nlayers:\n"
        "  - conv: {K: 8, F: 3, S: 2, P: 1}\n"
        "  - conv_transpose: {K: 3, F: 3, S: 2, P: 1}\n"
        "  - add: [input, conv_transpose1]\n"
    )
    (fault,) = [d for d in found(text, tmp_path / "net.yaml") if d.code == "SC205"]
    assert fault.edits[0].title.startswith("output_padding=1 in conv_transpose1")
    assert fault.edits[1].title.startswith("F=4 in conv_transpose1")


def test_the_pool_that_lost_a_row_is_named(tmp_path: Path) -> None:
    text = LOST_ROW.replace("conv_transpose: {K: 8, F: 2, S: 2}", "upsample: 2")
    text = text.replace("conv_transpose1", "upsample1")
    (fault,) = [d for d in found(text, tmp_path / "net.yaml") if d.code == "SC205"]
    assert fault.edits[0].title.startswith("rounding: ceil in max_pool1 and crop")
    assert found(fault.edits[0].applied(text), tmp_path / "net.yaml") == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_a_hint_does_not_depend_on_whether_an_edit_can_be_written(
    tmp_path: Path, line_end: str
) -> None:
    lines = ["input: 8x8x3", "layers:", "  - conv: {K: 4, F: 3, S: 2}", ""]
    path = tmp_path / "spec.yaml"
    path.write_bytes(line_end.join(lines).encode())
    (found,) = shapecalc.check(path)
    assert "P=[[0,1],[0,1]] gives 4x4" in found.hint
    assert bool(found.edits) is (line_end in ("\n", "\r\n"))


def test_a_larger_input_is_offered_once_with_what_the_layer_gives_then() -> None:
    """The network ends flat, which is no size of a window's output."""
    spec = {
        "input": "32x32x3",
        "layers": [
            {"conv": {"K": 4, "F": 50}}, {"conv": {"K": 4, "F": 3, "P": 1}}, "flatten",
            {"dense": 10},
        ],
    }  # fmt: skip
    (found,) = [one for one in shapecalc.check(spec) if one.code == "SC202"]
    offers = [part for part in found.hint.split(", ") if part.startswith("input: ")]
    assert offers == ["input: 50x50x3 gives 1x1"]
