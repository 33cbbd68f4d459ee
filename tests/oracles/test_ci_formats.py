"""SARIF and JUnit, read back by parsers of other people, with as many findings as there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc import check
from shapecalc.diagnostics import Diagnostic
from shapecalc.reports import diagnostics

BROKEN = Path(__file__).parents[2] / "specs" / "broken"


@pytest.fixture(scope="module")
def found() -> list[tuple[str, list[Diagnostic]]]:
    """Give the findings of the broken specs."""
    return [(str(path), check(path)) for path in sorted(BROKEN.glob("*.yaml"))]


def test_sarif_is_read_back(found: diagnostics.Found) -> None:
    sarif = pytest.importorskip("sarif_pydantic")
    log = sarif.Sarif.model_validate_json(diagnostics.named("sarif").render(found))
    (run,) = log.runs
    expected = [diagnostic.code for _, diagnostics_ in found for diagnostic in diagnostics_]
    assert [result.rule_id for result in run.results] == expected
    assert {rule.id for rule in run.tool.driver.rules} == {*expected}


def test_junit_is_read_back(found: diagnostics.Found) -> None:
    junitparser = pytest.importorskip("junitparser")
    document = junitparser.JUnitXml.fromstring(diagnostics.named("junit").render(found).encode())
    cases = [case for suite in document for case in suite]
    assert len(cases) == sum(max(1, len(diagnostics_)) for _, diagnostics_ in found)
    errors = [d for _, diagnostics_ in found for d in diagnostics_ if d.severity == "error"]
    assert sum(bool(case.result) for case in cases) == len(errors)
