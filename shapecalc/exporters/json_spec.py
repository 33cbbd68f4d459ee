"""A network as a spec, in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, SpecError
from shapecalc.exporters.spec_data import data_of
from shapecalc.tracing import Trace


def export(trace: Trace) -> str:
    """Return the spec as JSON, with a line break at its end.

    Raises SpecError for a file in which no network can be read, or with an input of which not even
    the number of axes is known: the language has no such volume.
    """
    spec = data_of(trace)
    try:
        return json.dumps(spec, indent=2, allow_nan=False, default=_plain) + "\n"
    except (ValueError, TypeError, RecursionError):  # NaN, or what no file holds
        fault = Fault(rules.WRONG_VALUE, "the network holds a value that JSON has not")
        raise SpecError([trace.spec.document.located(Finding(fault, ()))]) from None


def _plain(value: Any) -> Any:
    """Return a mapping of any sort as JSON has it."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} is no JSON")
