"""What stops an assignment: a fault, before its place is known."""

from __future__ import annotations

from shapecalc.diagnostics import Fault


class Unanswerable(Exception):
    """A question that the network cannot answer; `fault` says why."""

    def __init__(self, message: str, hint: str = "", code: str = "SC505") -> None:
        super().__init__(message)
        self.fault = Fault(code, message, hint)
