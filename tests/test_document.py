"""Findings of a document as users see them: each once, placed, in the order of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

import shapecalc
from shapecalc import rules
from shapecalc.diagnostics import Diagnostic, Fault, Finding, in_order
from shapecalc.document import Document

TEXT = "input: 8x8x1\nlayers:\n  - relu\n  - conv: {K: 1, F: 3}\n"


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Return a document that was a file."""
    path = tmp_path / "a.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return shapecalc.read(path).document


def finding(message: str, *path: str | int) -> Finding:
    return Finding(Fault(rules.WRONG_VALUE, message), path)


def test_findings_come_in_the_order_of_the_file(document: Document) -> None:
    found = [finding("late", "layers", 1, "conv", "F"), finding("early", "input")]
    shown = document.diagnostics(found)
    assert [(d.message, d.line, d.column) for d in shown] == [("early", 1, 1), ("late", 4, 18)]


def test_a_finding_is_told_once(document: Document) -> None:
    found = [finding("same", "input"), finding("same", "input"), finding("other", "input")]
    assert [d.message for d in document.diagnostics(found)] == ["same", "other"]


def test_findings_stay_with_their_diagnostics(document: Document) -> None:
    found = [finding("late", "layers", 1), finding("early", "input")]
    placed = document.placed(found)
    assert [(f.fault.message, d.message) for f, d in placed] == [("early",) * 2, ("late",) * 2]


def test_data_that_was_no_file_has_no_lines() -> None:
    (shown,) = Document({"input": 3}).diagnostics([finding("wrong", "input")])
    assert (shown.where, shown.line, shown.column) == ("input", None, None)


def test_a_diagnostic_about_a_value_moves_to_where_the_document_has_it(document: Document) -> None:
    found = Diagnostic("SC104", "error", "wrong", "", None, "F", None, None)
    moved = document.moved(found, ("layers", 1, "conv", "F"))
    assert (moved.where, moved.line, moved.column) == ("layers[1].conv.F", 4, 18)


def test_diagnostics_of_several_steps_are_put_in_order_each_once() -> None:
    def at(line: int | None) -> Diagnostic:
        return Diagnostic("SC104", "error", "wrong", "", None, "", line, line)

    assert in_order([at(3), at(None), at(1), at(3)]) == (at(None), at(1), at(3))
