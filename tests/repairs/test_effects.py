"""What a repair does to the rest of the network decides whether, and where, it is offered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import shapecalc
from shapecalc.cli.fixes import traced_again
from shapecalc.edits import Change, changed
from shapecalc.fixing import fixed
from shapecalc.repairs.effects import effects
from tests.repairs.texts import found_in


def titles(text: str, path: Path, code: str) -> list[str]:
    (fault,) = [one for one in found_in(text, path) if one.code == code]
    return [edit.title for edit in fault.edits]


RESIDUAL = "input: {0}\nlayers:\n  - residual:\n      body: [{1}]\n      shortcut: [{2}]\n"


@pytest.mark.parametrize(
    ("size", "body", "shortcut"),
    [
        ("7x7x16", "{conv: {K: 16, F: 3, P: 1}}, relu, {conv: {K: 16, F: 3}}", ""),
        ("8x8x3", "{conv: {K: 3, F: 5, S: 1}}", ""),
        ("8x8x3", "{conv: {K: 3, F: 2, S: 2}}", ""),
        ("16x16x8", "{conv: {K: 8, F: 7}}", "{conv: {K: 8, F: 1}}"),
        (
            "32x32x4",
            "{conv: {K: 4, F: 3, S: 2, P: 1, rounding: floor}}",
            "{max_pool: {F: 3, S: 1}}",
        ),
    ],
)
def test_volumes_are_not_made_to_agree_by_one_pixel(
    size: str, body: str, shortcut: str, tmp_path: Path
) -> None:
    """F as large as the volume, or a stride of its size, leaves one pixel, which is stretched."""
    text = RESIDUAL.format(size, body, shortcut)
    path = tmp_path / "net.yaml"
    (fault,) = [one for one in found_in(text, path) if one.code == "SC205"]
    assert fault.edits
    for edit in fault.edits:
        path.write_text(edit.applied(text), encoding="utf-8")
        after = shapecalc.trace(path)
        assert not [one for one in after.diagnostics if one.severity == "error"], edit.title
        for record in after.layers:
            assert record.output is not None
            assert 1 not in record.output[:-1], (edit.title, record.name)
            if record.input and len(record.input) > 1:
                assert len(set(record.input)) == 1, edit.title


def test_an_se_block_is_stretched_on_purpose(tmp_path: Path) -> None:
    """What was one pixel before its fault may be stretched once it is mended."""
    gate = "global_avg_pool, {conv: {K: 4, F: 1}}, relu, {conv: {K: 9, F: 1}}, sigmoid"
    text = f"input: 8x8x8\nlayers:\n  - parallel: {{merge: multiply, branches: [[], [{gate}]]}}\n"
    assert "K=8 in conv2 gives 8x8x8" in titles(text, tmp_path / "net.yaml", "SC205")


SHORTCUT = """input: 56x56x64
rounding: floor
layers:
  - residual:
      body: [{conv: {K: 128, F: 3, S: 2, P: 1}}, relu, {conv: {K: 128, F: 3, P: 1}}]
      shortcut: [{conv: {K: 128, F: 1, S: 2}}, batch_norm]
"""


def test_a_stride_in_a_shortcut_is_usual_and_stays(tmp_path: Path) -> None:
    (warning,) = [d for d in found_in(SHORTCUT, tmp_path / "net.yaml") if d.code == "SC402"]
    assert warning.hint.startswith("usual in a shortcut")
    assert warning.edits == ()


def test_what_mends_skipped_pixels_leaves_the_output_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    chain = "input: 9x9x3\nlayers:\n  - conv: {K: 4, F: 1, S: 2}\n"
    for text, offers in (
        (chain, ["F=2 P=[[0,1],[0,1]] gives 5x5"]),
        (chain + "  - global_avg_pool\n", ["F=2 P=[[0,1],[0,1]] gives 5x5", "S=1 gives 9x9"]),
        # in a body, S=1 would leave the sum at odds, and F=2 the branches not aligned
        (SHORTCUT.replace("F: 3, S: 2, P: 1", "F: 1, S: 2"), []),
    ):
        warning = next(one for one in found_in(text, path) if one.code == "SC402")
        assert [edit.title for edit in warning.edits] == offers
        before = shapecalc.trace(path).outputs
        for edit in warning.edits:
            path.write_text(edit.applied(text), encoding="utf-8")
            assert shapecalc.trace(path).outputs == before


def test_a_pool_is_never_made_one_that_does_nothing(tmp_path: Path) -> None:
    text = "input: 7x7x8\nrounding: {}\nlayers:\n  - max_pool: 2\n  - conv: {{K: 4, F: 1}}\n"
    for rounding, code in (("floor", "SC401"), ("exact", "SC201")):
        offers = titles(text.format(rounding), tmp_path / "net.yaml", code)
        assert offers
        assert not [title for title in offers if title.startswith("F=1 ")]


def test_what_changes_the_sizes_least_comes_first(tmp_path: Path) -> None:
    """S=1 doubles 14.5, S=5 makes 44 of 54.75; the others come to one more or less."""
    for size, F, S in ((32, 5, 2), (226, 11, 4)):
        text = f"input: {size}x{size}x3\nlayers:\n  - conv: {{K: 8, F: {F}, S: {S}}}\n"
        offers = titles(text, tmp_path / "net.yaml", "SC201")
        assert offers[-1].startswith("S=")
        assert offers[0].startswith("P=")


def test_a_layer_that_worked_is_not_broken() -> None:
    """five is at odds with four, and agrees with another five: K=4 would turn that round."""
    conv = "- conv: {{name: {0}, K: {1}, F: 1, from: input}}"
    layers = [conv.format(*one) for one in (("four", 4), ("five", 5), ("too", 5))]
    merges = ["- add: {name: odd, from: [four, five]}", "- add: {name: sound, from: [five, too]}"]
    spec = yaml.safe_load("\n".join(["input: 8x8x3", "layers:", *layers, *merges]))
    before = shapecalc.trace(spec)
    (finding,) = [one for one in before.findings if one.layer == "odd"]
    for place, K, acceptable in ((1, 4, False), (0, 5, True)):
        change = Change("set", K, ("layers", place, "conv", "K"))
        after = shapecalc.trace(changed(spec, change))
        assert after["odd"].output is not None
        assert effects(before, finding, change, after).acceptable == acceptable


def test_a_place_that_is_written_twice_is_one_fix(tmp_path: Path) -> None:
    """The claim is made to say what is computed, twice: the window fits after the first round."""
    fields = "{K: 4, F: 5, S: 2, expect: {output: 1000x1000x4}}"
    text = f"input: 32x32x3\nlayers:\n  - conv: {fields}\n"
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    trace, rounds = shapecalc.trace(path), []

    def again(new: str) -> shapecalc.Trace:
        rounds.append(new)
        return traced_again(trace, new)

    done = fixed(trace, lambda one: True, True, again)
    assert done is not None
    assert done.text == text.replace("1000x1000", "15x15").replace("}}", "}, P: [[0, 1], [0, 1]]}")
    assert len({re.findall("output: [0-9x]+", new)[0] for new in rounds}) == 2
    assert done.fixes == 2


DECODER = """\
input: 100x100x1
layers:
  - conv: {name: e1, K: 16, F: 3, P: 1}
  - relu
  - max_pool: 2
  - conv: {name: e2, K: 32, F: 3, P: 1}
  - relu
  - max_pool: 2
  - conv: {K: 64, F: 3, P: 1}
  - conv_transpose: {name: u2, K: 32, F: 2, S: 2}
  - concat: [e2, u2]
  - conv: {K: 32, F: 3, P: 1}
  - conv_transpose: {name: u1, K: 16, F: 3, S: 2}   # F: 2 is meant
  - concat: [e1, u1]
  - conv: {K: 2, F: 1}
"""


def test_no_decoder_is_cut_off_where_a_field_would_do(tmp_path: Path) -> None:
    """relu1 agrees with e1, too; taken for u1, all between the two would be without use."""
    offered = titles(DECODER, tmp_path / "net.yaml", "SC205")
    assert offered[0] == "F=2 in u1 gives 100x100x32"
    (cutting,) = [title for title in offered if title.startswith("from relu1")]
    assert offered[-1] == cutting
    # of the 11 layers from relu1 to u1 those behind it
    assert cutting.endswith(" (9 layers are used no more)")


def test_a_source_by_a_wrong_name_is_still_found(tmp_path: Path) -> None:
    """Nothing is cut off by it: the layer that is meant was without use before."""
    text = DECODER.replace("F: 3, S: 2}   # F: 2 is meant", "F: 2, S: 2}")
    text = text.replace("[e1, u1]", "[e2, u1]")
    offered = titles(text, tmp_path / "net.yaml", "SC205")
    assert "from e1 in place of e2 gives 100x100x32" in offered[:2]
    assert not [title for title in offered[:2] if "used no more" in title]


LIT = """\
input: 32x32x3
layers:
  - conv: {K: 8, F: 35}
  - conv: {K: 9, F: 3, P: 1, groups: 3}
  - conv: {K: 10, F: 3, P: 1, groups: 5}
"""


def test_a_repair_says_what_it_brings_to_light(tmp_path: Path) -> None:
    """8 slices cannot be dealt out to 3 groups, which nobody knows while conv1's volume is not."""
    path = tmp_path / "net.yaml"
    (fault,) = found_in(LIT, path)
    assert fault.code == "SC202"
    assert len(fault.edits) > 1
    for edit in fault.edits:
        assert edit.title.endswith(" (then SC204 in conv2)"), edit.title
        after = found_in(edit.applied(LIT), path)
        assert [(one.code, one.layer) for one in after] == [("SC204", "conv2")]
    sound = LIT.replace("groups: 3", "groups: 4").replace("K: 9", "K: 20")
    assert not [title for title in titles(sound, path, "SC202") if "then" in title]


@pytest.mark.parametrize("block", [False, True])
def test_a_file_is_mended_without_another_input_where_that_can_be(
    block: bool, tmp_path: Path
) -> None:
    """32 is an even size: F=3 S=2 P=1 leaves a rest, which floor drops and 33 would not have."""
    layers = "  - conv: {K: 8, F: 3, S: 2, P: 1}\n" * 2
    text = f"input: 32x32x3\nlayers:\n{layers}"
    if block:
        inside = layers.replace("  -", "      -")
        text = f"input: 32x32x3\nblocks:\n  down:\n    layers:\n{inside}layers: [down, down]\n"
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    trace = shapecalc.trace(path)
    done = fixed(trace, lambda found: True, True, lambda new: traced_again(trace, new))
    assert done is not None
    assert done.text != text
    assert "input: 32x32x3" in done.text
    assert not [one for one in done.trace.diagnostics if one.severity == "error"]


def test_the_input_is_another_where_it_is_what_is_wrong(tmp_path: Path) -> None:
    text = "input: 3x32x32\nlayers:\n  - conv: {K: 8, F: 2, S: 2}\n"
    offered = titles(text, tmp_path / "net.yaml", "SC201")
    meant = offered.index("input: 32x32x3 (the depth comes last)")
    assert meant < offered.index("rounding: floor gives 1x16")


PROJECTED = """\
input: {input}
{rounding}blocks:
  down:
    parameters: {{width: null, stride: 2}}
    layers:
      - residual: [{{conv: {first}}}, relu, {{conv: {{K: $width, F: 3, P: 1}}}}]
layers:
  - conv: {{K: 16, F: 3, P: 1}}
  - down: {{width: 32{strides[0]}}}
  - down: {{width: 64{strides[1]}}}
"""


@pytest.mark.parametrize("strides", [("", ""), (", stride: 1", ""), ("", ", stride: 1")])
@pytest.mark.parametrize(
    ("first", "floors"),
    [
        ("{K: $width, F: 3, S: $stride, P: 1, rounding: floor}", False),
        ("{K: $width, F: 3, S: $stride, P: 1}", True),
        ("{out_channels: $width, kernel_size: 3, stride: $stride, padding: 1}", True),
    ],
)
def test_a_projection_in_a_block_takes_the_blocks_parameters(
    first: str, floors: bool, strides: tuple[str, str], tmp_path: Path
) -> None:
    """He et al.'s shortcut: a number would fit one instance alone."""
    rounding = "rounding: floor\n" if floors else ""
    text = PROJECTED.format(input="32x32x3", rounding=rounding, first=first, strides=strides)
    path = tmp_path / "net.yaml"
    (fault,) = [one for one in found_in(text, path) if one.severity == "error"]
    assert fault.code == "SC205"
    assert "conv: {K: $width, F: 1, S: $stride" in fault.edits[0].title
    after = found_in(fault.edits[0].applied(text), path)
    assert not [one for one in after if one.severity == "error"]


def test_what_is_said_of_a_projection_is_the_same_where_none_can_be_written() -> None:
    """Data has no text to edit; 1x1 with the stride, rounded down, as in the repair."""
    body = [{"conv": {"K": 32, "F": 3, "S": 2, "P": 1, "rounding": "floor"}}]
    (fault,) = shapecalc.trace({"input": "32x32x16", "layers": [{"residual": body}]}).diagnostics
    hint = "conv: {K: 32, F: 1, S: 2, rounding: floor}"
    assert fault.hint.startswith(hint)
