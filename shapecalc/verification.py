"""What verifying a network found: predictions beside what execution gave, one check each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from math import isfinite
from typing import Any, NamedTuple

from shapecalc.diagnostics import Diagnostic

SCHEMA = "shapecalc.verify/1"


class Check(NamedTuple):
    """One prediction and what executing gave. `layer` is None for the network as a whole.

    `predicted` of a gradient is the analytic one's bound on the relative error, `executed` the
    error itself. `how` says what was done where it was not everything.
    """

    layer: str | None
    compared: str  # a quantity, or the key of a worked example
    predicted: Any
    executed: Any
    agrees: bool
    how: str = ""
    example: bool = False  # of the worked example, whose keys are any names
    tensor: str = ""  # whose gradient is compared

    @property
    def quantity(self) -> str:
        """What is compared: output, gradient ..., or example."""
        return "example" if self.example else self.compared

    @property
    def what(self) -> str:
        """The quantity with the tensor, `gradient weight`, or the key of a worked example."""
        return f"{self.compared} {self.tensor}" if self.tensor else self.compared

    def to_dict(self) -> dict[str, Any]:
        """Return the check as `--format json` prints it."""
        return {
            "layer": self.layer,
            "what": self.what,
            "predicted": self.predicted,
            "executed": _as_json(self.executed),
            "agrees": self.agrees,
            "how": self.how,
            "example": self.example,
        }


def _as_json(value: Any) -> Any:
    """Return a value; None for what JSON has no number for, infinity and NaN."""
    return None if isinstance(value, float) and not isfinite(value) else value


@dataclass(frozen=True)
class Verification:
    """All checks of one spec, the errors found, and notes on what was probed.

    `not_run` has the kinds of the layers that were to be checked and could not be run, by name.
    """

    file: str | None
    name: str | None
    settings: str  # dtype, batch, seed and mode, as the heading names them
    checks: Sequence[Check] = ()
    diagnostics: Sequence[Diagnostic] = ()
    notes: Sequence[str] = field(default=())
    not_run: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the table that the command prints. It is drawn on a floor above."""
        text: str = import_module("shapecalc.reports.verification_table").render(self)
        return text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows."""
        bundle: dict[str, str] = import_module("shapecalc.reports.notebook").of_verification(self)
        return bundle

    @property
    def agrees(self) -> bool:
        """Whether every check agrees, and the spec has no error."""
        sound = not any(d.severity == "error" for d in self.diagnostics)
        return sound and all(check.agrees for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return what `--format json` prints."""
        return {
            "schema": SCHEMA,
            "file": self.file,
            "name": self.name,
            "settings": self.settings,
            "agrees": self.agrees,
            "checks": [check.to_dict() for check in self.checks],
            "not_run": list(self.not_run),
            "notes": list(self.notes),
            "diagnostics": [diagnostic.to_dict() for diagnostic in self.diagnostics],
        }
