"""Ignore comments: what they silence, which are of no use, and how they are written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import shapecalc
from shapecalc import rules
from shapecalc.diagnostics import Diagnostic
from shapecalc.document import Directive, Document
from shapecalc.fixing import commented
from shapecalc.ignoring import left_out
from shapecalc.readers.native import read_text

SKIPS = "{F: 2, S: 3}"  # SC402


def codes(tmp_path: Path, text: str) -> list[tuple[str, int | None]]:
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode())
    return [(found.code, found.line) for found in shapecalc.check(path)]


@pytest.mark.parametrize(
    "text",
    [
        f"input: 8x8x1\nlayers:\n  - max_pool: {SKIPS} # shapecalc: ignore[SC402]\n",
        f"input: 8x8x1\nlayers:\n  - max_pool: {SKIPS} #shapecalc:ignore[sc4] as in the paper\n",
        f"input: 8x8x1\nlayers:\n  # shapecalc: ignore[SC402]\n\n  - max_pool: {SKIPS}\n",
        f"# shapecalc: ignore-file[SC402]\ninput: 8x8x1\nlayers:\n  - max_pool: {SKIPS}\n",
        "input: 8x8x1\nlayers:\n  - max_pool: # shapecalc: ignore[SC402]\n     F: 2\n     S: 3\n",
    ],
)
def test_a_comment_silences_its_line_or_the_one_below_or_the_file(
    tmp_path: Path, text: str
) -> None:
    assert codes(tmp_path, text) == []


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# shapecalc: ignore[SC401]", ["SC402", "SC409"]),
        ("# shapecalc: ignore", ["SC402", "SC409"]),
        ("# shapecalc: ignore[]", ["SC402", "SC409"]),
        ("# shapecalc: ignore[SC9, SC402]", ["SC409"]),
        ("# shapecalc: ignore[SC104, SC402]", ["SC409"]),
        ("# shapecalc: ignore[SC402, SC302, SC501]", []),  # of other commands
        ("# shapecalc: ignored[SC402]", ["SC402"]),
        ("x# shapecalc: ignore[SC402]", ["SC101"]),
    ],
)
def test_a_comment_of_no_use_is_found(tmp_path: Path, comment: str, found: list[str]) -> None:
    text = f"input: 8x8x1\nlayers:\n  - max_pool: {SKIPS} {comment}\n"
    assert [code for code, _ in codes(tmp_path, text)] == found


def test_what_keeps_a_spec_from_being_read_is_not_silenced(tmp_path: Path) -> None:
    text = "input: 8\nlayers:\n  - rleu # shapecalc: ignore[SC105]\n"
    assert [code for code, _ in codes(tmp_path, text)] == ["SC105", "SC409"]


def test_a_text_that_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    text = (
        "name: 'a # shapecalc: ignore-file[SC402]'\nsource: |\n  # shapecalc: ignore-file[SC402]\n"
        f"input: 8x8x1\nlayers:\n  - max_pool: {SKIPS}\n"
    )
    assert "SC402" in [code for code, _ in codes(tmp_path, text)]


def test_what_was_folded_under_a_silenced_finding_stands_alone(tmp_path: Path) -> None:
    text = (
        "input: 10x10x1\nlayers:\n"
        "  - conv: {K: 2, F: 3, S: 2} # shapecalc: ignore[SC201]\n"
        "  - conv: {K: 2, F: 3, expect: {output: 3x3x2}}\n"
    )
    assert codes(tmp_path, text.replace(" # shapecalc: ignore[SC201]", "")) == [("SC201", 3)]
    assert codes(tmp_path, text) == [("SC301", 4)]


@pytest.mark.parametrize(
    ("comment", "left"),
    [("# shapecalc: ignore[SC401]", ""), ("# shapecalc: ignore[SC401, SC402] so", None)],
)
def test_the_edit_of_a_useless_comment_takes_it_out(
    tmp_path: Path, comment: str, left: str | None
) -> None:
    fields = SKIPS if left is None else "2"
    text = f"input: 8x8x1\nlayers:\n  - max_pool: {fields}  {comment}\n"
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = shapecalc.check(path)
    (edit,) = found.edits
    kept = "" if left is not None else "  # shapecalc: ignore[SC402] so"
    assert edit.applied(text) == f"input: 8x8x1\nlayers:\n  - max_pool: {fields}{kept}\n"
    assert edit.safe


def _commented(text: str) -> tuple[str, int]:
    def again(changed: str) -> shapecalc.Trace:
        document = read_text(changed, "a.yaml")
        document.format = "spec"
        return shapecalc.trace(shapecalc.network.build(document))

    done = commented(again(text), lambda found: True, again)
    assert done is not None
    return done.text, done.fixes


def test_comments_are_written_where_they_silence(tmp_path: Path) -> None:
    text = f"input: 8x8x1\r\nlayers:\r\n  - max_pool: {SKIPS}\r\n  - dense: 3  # last\r\n"
    changed, count = _commented(text)
    assert changed == (
        f"input: 8x8x1\r\nlayers:\r\n  - max_pool: {SKIPS}  # shapecalc: ignore[SC402]\r\n"
        "  - dense: 3  # last  # shapecalc: ignore[SC405]\r\n"
    )
    assert count == 2
    assert codes(tmp_path, changed) == []
    assert _commented(changed) == (changed, 0)


def test_a_code_is_added_to_a_comment_that_is_there(tmp_path: Path) -> None:
    text = f"input: 8x8x1\nlayers:\n  - max_pool: {SKIPS} # shapecalc: ignore[SC302]\n"
    changed, _ = _commented(text)
    assert changed.endswith(f"{SKIPS} # shapecalc: ignore[SC302, SC402]\n")
    assert codes(tmp_path, changed) == []


def test_a_line_that_goes_on_gets_no_comment() -> None:
    text = 'input: 8x8x1\nlayers: [{max_pool: {F: 2, S: 3, name: "a\n  b"}}]\n'
    changed, count = _commented(text)
    assert (changed, count) == (text, 0)


def test_tens_of_thousands_of_comments_take_bounded_time(tmp_path: Path) -> None:
    """Each was looked for in the whole text, which took a minute and more."""
    layers = "  # shapecalc: ignore[SC402]\n  - relu\n" * 20_000
    text = f"input: 8\nlayers:\n{layers}"
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    document = read_text(text, "a.yaml")
    assert document.directives is not None
    started = time.process_time()
    listed = document.directives()
    assert time.process_time() - started < 20
    assert [(d.line, d.speaks_for) for d in listed[-2:]] == [(39_999, 40_000), (40_001, 40_002)]


def test_comments_for_the_file_are_looked_at_once_for_a_code() -> None:
    directives = [Directive(1, n, n + 1, ("SC4",), None) for n in range(1, 3001)]
    rule = rules.of("SC402")
    found = [
        Diagnostic("SC402", rule.severity, "", "", None, "", n, 1, n, 2) for n in range(20_000)
    ]
    document = Document({}, directives=lambda: tuple(directives))
    started = time.process_time()
    assert left_out(found, document) == ()
    assert time.process_time() - started < 10


def test_what_was_not_looked_at_behind_an_error_is_not_judged(tmp_path: Path) -> None:
    """--fix mended the kind, and took out a comment that was of use."""
    text = (
        "input: 8x8x1\nlayers:\n  - rleu\n"
        f"  - max_pool: {SKIPS} # shapecalc: ignore[SC402]\n  - relu # shapecalc: ignore[SC999]\n"
    )
    assert codes(tmp_path, text) == [("SC105", 3), ("SC409", 5)]
    assert codes(tmp_path, text.replace("rleu", "relu")) == [("SC409", 5)]


@pytest.mark.parametrize("mark", ["\r", "\x85", "\u2028", "\u2029", "\r\n"])
def test_a_line_is_what_yaml_takes_for_one(tmp_path: Path, mark: str) -> None:
    silent = f"  - max_pool: {SKIPS} # shapecalc: ignore[SC402]"
    lines = ["input: 20x20x1", "layers:  # all", "  - relu", silent, "  - relu", "", "# end"]
    assert codes(tmp_path, mark.join(lines)) == []
    found = codes(tmp_path, mark.join([*lines, "# shapecalc: ignore[SC402"]))
    assert found == [("SC409", 8)]
    lines[3:4] = [silent.replace("402", "401")]
    assert codes(tmp_path, mark.join(lines)) == [("SC402", 4), ("SC409", 4)]
