"""What stops an assignment: a fault before its place is known, and all faults with theirs."""

from __future__ import annotations

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path
from shapecalc.rules import Rule


class Unanswerable(Exception):
    """A question that the network cannot answer; `fault` says why."""

    def __init__(self, message: str, hint: str = "", rule: Rule = rules.NOTHING_TO_ASK) -> None:
        super().__init__(message)
        self.fault = Fault(rule, message, hint)


class Faults:
    """Adds what is wrong to an assignment's findings, each once."""

    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings

    def add(self, rule: Rule, message: str, hint: str, path: Path) -> None:
        """Add a fault at a place of the document."""
        self.put(Fault(rule, message, hint), path)

    def put(self, fault: Fault, path: Path) -> None:
        """Add a fault that is at hand."""
        finding = Finding(fault, path)
        if finding not in self._findings:
            self._findings.append(finding)
