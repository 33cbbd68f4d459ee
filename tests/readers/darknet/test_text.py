"""The dialect of .cfg files, as Darknet reads it: blanks, comments, numbers, and the places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import shapecalc
from shapecalc import Trace, readers
from shapecalc.cli import group
from shapecalc.readers import darknet
from shapecalc.readers.darknet.sections import atoi, sections_of

Net = Callable[..., Trace]
CFG = """# a comment

[net]
; another
width = 16#900
 height\t=\t 8
channels=3
width=99

[convolutional]
filters = 1 2
size=3
size=5
  pad=1
=7
stride
groups=
activation=linear
"""


def test_options_are_read_as_darknet_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(CFG.replace("\n", "\r\n"), encoding="utf-8", newline="")
    trace = shapecalc.trace(path)
    assert trace.diagnostics == ()
    assert trace.inputs == {"input": (8, 16, 3)}
    # 12 filters ("1 2" without its blank) of 3x3 (the first of two), padded by half of that
    assert [(r.name, r.output, r.weights) for r in trace] == [("conv_0", (8, 16, 12), 12 * 27)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1152#960", 1152),
        ("-4", -4),
        ("+3", 3),
        (".5", 0),
        ("2.9", 2),
        ("x", 0),
        ("", 0),
        ("0x10", 0),
        ("--1", 0),
        ("9" * 60, 10**40),
    ],
)
def test_numbers_are_what_stands_in_front_of_the_first_other_character(
    text: str, number: int
) -> None:
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0.25", 0.25), (".5x", 0.5), ("-3e2", -300.0), ("x", 0.0), ("1e9999", 1e99), ("5.", 5.0)],
)
def test_numbers_with_a_point(text: str, number: float) -> None:
    (section,) = sections_of(f"[a]\nkey={text}")
    assert section.real("key", 7.0) == pytest.approx(number, rel=1e300 if number > 1e90 else 1e-12)
    assert section.real("other", 7.0) == 7.0


def test_lists_end_at_a_number_sign() -> None:
    (section,) = sections_of("[route]\nlayers = -1, 8 , x,#3,4")
    assert section.numbers("layers") == [-1, 8, 0, 0]
    assert section.numbers("from") == []


@pytest.mark.parametrize(
    ("raw", "whether"),
    [
        (b"[net]\nwidth=1", True),
        (b"\xef\xbb\xbf# x\n\n ; y\r\n [ network ] \n", True),
        (b"[convolutional]\nfilters=3", True),
        (b"x=1\n[net]\n", False),
        (b"[metadata]\n[net]\n", False),
        (b"# [net]\n", False),
        (b"layers: [net]\n", False),
        (b"", False),
    ],
)
def test_a_file_is_claimed_by_its_first_section(raw: bytes, whether: bool) -> None:
    assert darknet.claims(raw, "any.txt") is whether


def test_comments_may_be_in_any_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_bytes(b"[net]\ninputs=4 #\xb0\xd7\n[connected]\noutput=2\n#\xff\xfe\n")
    assert shapecalc.trace(path).totals.parameters == 4 * 2 + 2


def test_the_format_and_what_it_prints_of_a_file_without_net(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text("\n[convolutional]\nfilters=2\n", encoding="utf-8")
    trace = shapecalc.trace(path)
    assert trace.spec.document.format == "darknet"
    (found,) = trace.diagnostics
    assert (found.code, found.line, found.column) == ("SC101", 2, 1)


@pytest.mark.parametrize(
    "text",
    [
        "[net]\ngit-fetch-with-cli = true\n",  # cargo's
        "[metadata]\nname = x\n",  # setuptools'
        "[tool:pytest]\naddopts = -q\n[flake8]\nmax-line-length=100\n",
    ],
)
def test_cfg_files_of_other_programs_are_no_networks(text: str) -> None:
    document = readers.read_bytes(text.encode(), "setup.cfg")
    assert document.format == "spec"
    assert not document.is_spec


def test_a_finding_stands_at_the_option_that_tells_the_value(net: Net) -> None:
    trace = net("convolutional filters=2 size=3 pad=1", "convolutional filters=0 size=x groups=5")
    places = {(found.code, found.line): found.where for found in trace.diagnostics}
    # [net] and its sizes are lines 1 to 4
    assert places == {("SC104", 10): "conv_1.filters", ("SC104", 11): "conv_1.size"}
    (one,) = net("convolutional filters=2 size=3 groups=5").diagnostics
    assert (one.code, one.line, one.column, one.end_column) == ("SC204", 5, 1, 16)


def test_the_end_of_an_option_is_that_of_its_text(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text("[net]\ninputs=4\n[connected]\n   output  = 0 \t\n", encoding="utf-8")
    (found,) = shapecalc.trace(path).diagnostics
    assert (found.line, found.column, found.end_line, found.end_column) == (4, 4, 4, 15)


# -- hostile files ---------------------------------------------------------------------------------


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[net]\n" + "a=1\n" * 400_001, "SC108"),
        ("[net]\ninputs=1\n[silence]\n[route]\nlayers=" + "-1," * 10_001, "SC108"),
        ("[net]\nwidth=" + "9" * 5000 + "\nheight=2\nchannels=2\n[maxpool]", "SC108"),
        ("[net]\ninputs=1\n" + "[silence]\n" * 100_001, "SC108"),
        ("[net]\ninputs=1\n[silence]\n" + f"[route]\nlayers={'0,' * 9_999}0\n" * 21, "SC108"),
        ("[net]\ninputs=1\n[\x1b[31m\x00]\n", "SC602"),
        ("[net]\ninputs=1\n[" + "x" * 100_000, "SC602"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(text, encoding="utf-8")
    found = shapecalc.trace(path).diagnostics
    assert code in {one.code for one in found}
    assert all("\x1b" not in one.message and len(one.message) < 1000 for one in found)


def test_many_lists_of_one_layer_take_no_time(net: Net) -> None:
    listed = ",".join(["0"] * 10_000)
    trace = net("silence", *[f"route layers={listed}"] * 5, size="1x1x1")
    assert trace.layers[-1].output == (1, 1, 10_000)


def test_a_folder_has_its_networks_checked_and_other_cfg_files_skipped(tmp_path: Path) -> None:
    (tmp_path / "net.cfg").write_text("[net]\ninputs=4\n[connected]\noutput=2\n", encoding="utf-8")
    (tmp_path / "setup.cfg").write_text("[metadata]\nname = x\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["check", str(tmp_path)])
    assert result.exit_code == 0
    assert "1 file checked, 1 skipped" in result.stderr


@pytest.mark.parametrize(("key", "written"), [("width", "abc"), ("height", "-3")])
def test_a_size_that_is_none_is_an_error_at_its_line(
    tmp_path: Path, key: str, written: str
) -> None:
    path = tmp_path / "a.cfg"
    net = {"width": "8", "height": "8", key: written}
    lines = "".join(f"{name}={size}\n" for name, size in net.items())
    path.write_text(f"[net]\n{lines}channels=3\n[convolutional]\nfilters=4\n", encoding="utf-8")
    faults = [one for one in shapecalc.check(path) if one.severity == "error"]
    assert [(one.code, one.line) for one in faults] == [("SC104", 2 + list(net).index(key))]
    assert written in faults[0].message
