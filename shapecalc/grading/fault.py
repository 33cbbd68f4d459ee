"""What stops an assignment: a fault, before its place is known."""

from __future__ import annotations

from shapecalc import rules
from shapecalc.diagnostics import Fault
from shapecalc.rules import Rule


class Unanswerable(Exception):
    """A question that the network cannot answer; `fault` says why."""

    def __init__(self, message: str, hint: str = "", rule: Rule = rules.NOTHING_TO_ASK) -> None:
        super().__init__(message)
        self.fault = Fault(rule, message, hint)
