"""The report as JSON: Trace.to_dict(), one object a file."""

from __future__ import annotations

import json

from shapecalc.reports import Format, Layout
from shapecalc.tracing import Trace


def render(trace: Trace, single: bool = True) -> str:
    """Return the object, on one line if it is one of several (JSON Lines).

    All but ASCII is escaped, so that no control character of a spec reaches a terminal.
    """
    return json.dumps(trace.to_dict(), indent=2 if single else None)


def _report(trace: Trace, layout: Layout) -> str:
    return render(trace, single=layout.file is None)


JSON = Format(_report, tells=True)
