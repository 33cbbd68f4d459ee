"""A verification as a table: a row a layer, then the network, the worked example and the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.layers.base import show
from shapecalc.verification import Check, Verification

TITLES = {
    "output": "output",
    "parameters": "parameters",
    "macs": "MACs",
    "gradient": "gradients",
    "receptive_field": "receptive field",
}
GOOD = 1e-7  # CS231n: a relative error of 1e-7 or less is good
BANDS = (
    "Gradients: the relative error of backward passes against centred differences.\n"
    "1e-7 or less is good, up to 1e-4 usual at kinks, more than 1e-2 wrong (CS231n).\n"
    "Kinks are left out here: up to 1e-6 passes, 1e-3 in float32, 1e-4 for the network as a whole."
)


def render(result: Verification) -> str:
    """Return the whole verification as text."""
    from tabulate import tabulate

    title = quote(result.name) if result.name else quote(result.file or "network", 400)
    parts = [f"{title}: {result.settings}"]
    rows = [[name, *cells(checks)] for name, checks in by_layer(result.checks).items()]
    if rows:
        titles = ["layer", *TITLES.values()]
        align = ["left", "left", "right", "right", "left", "left"]
        parts.append(tabulate(rows, titles, "simple", colalign=align, disable_numparse=True))
    lines = [line(check) for check in result.checks if check.layer is None or check.example]
    if lines:
        parts.append("\n".join(lines))
    if notes(result):
        parts.append("\n".join(notes(result)))
    parts.append(summary(result))
    return "\n\n".join(parts)


def summary(result: Verification) -> str:
    """Return the result in a line, with what was left out."""
    return "; ".join(filter(None, (_result(result), _left_out(result))))


def _left_out(result: Verification) -> str:
    """Say how many layers were not run: operations, unless other layers are among them."""
    count = len(result.not_run)
    if not count or not result.checks:
        return ""
    what = "operation" if set(result.not_run.values()) == {"operation"} else "layer"
    return f"1 {what} was not run" if count == 1 else f"{count:,} {what}s were not run"


def _result(result: Verification) -> str:
    errors = sum(d.severity == "error" for d in result.diagnostics)
    wrong = sum(not check.agrees for check in result.checks)
    total = len(result.checks)
    checks = f"{total:,} {'check' if total == 1 else 'checks'}"
    if not total:
        return f"not run: {errors} {'error' if errors == 1 else 'errors'}"
    if total == 1 and (wrong or not errors):
        return f"1 check, which {'disagrees' if wrong else 'agrees'}"
    if wrong:
        return f"{wrong:,} of {checks} {'disagrees' if wrong == 1 else 'disagree'}"
    if errors:
        agree = "agrees" if total == 1 else "agree"
        return f"{errors} {'error' if errors == 1 else 'errors'} in the spec; {checks} {agree}"
    return f"{checks}, all agree"


def by_layer(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """Return the checks of each layer; those of a worked example are not among them."""
    layers: dict[str, list[Check]] = {}
    for check in checks:
        if check.layer is not None and not check.example:
            layers.setdefault(check.layer, []).append(check)
    return layers


def cells(checks: Sequence[Check]) -> list[str]:
    """Return what each column says of one layer."""
    return [_cell([c for c in checks if c.quantity == column]) for column in TITLES]


def _cell(checks: Sequence[Check]) -> str:
    if not checks:
        return ""
    if checks[0].quantity == "gradient":
        errors = [c.executed if c.executed is not None else float("inf") for c in checks]
        wrong = [c.tensor for c in checks if not c.agrees]
        text = _error(max(errors))
        return f"{text} ({', '.join(wrong)}: WRONG)" if wrong else text
    (check,) = checks[:1]
    if check.agrees:
        mark = " *" if check.how and check.quantity == "receptive_field" else ""
        return _text(check.executed) + mark
    return f"{_text(check.predicted)}, but {_text(check.executed)}"


def _error(error: float) -> str:
    if error == float("inf"):
        return "none"
    return "< 1e-7" if error < GOOD else f"{error:.1e}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return show(tuple(value)) or "a number"
    return "none" if value is None else f"{value:,}"


def line(check: Check) -> str:
    """Return a check of the network as a whole, or of a worked example."""
    if not check.example:
        wrong = "" if check.agrees else " (WRONG)"
        return f"network, {check.quantity} of all {check.tensor}: {_error(check.executed)}{wrong}"
    if check.agrees:
        return f"example, {check.what}: {check.executed} as expected"
    if isinstance(check.executed, list):
        return f"example, {check.what}: {_text(check.executed)}, not {_text(check.predicted)}"
    return f"example, {check.what}: {check.executed:.10g}, not {check.predicted:.10g}"


def notes(result: Verification) -> list[str]:
    """Return what is to be said of gradients, where there are some."""
    if not any(check.quantity == "gradient" for check in result.checks):
        return []
    lines = [BANDS]
    lines += [note[:1].upper() + note[1:] + "." for note in result.notes]
    fields = (check for check in result.checks if check.quantity == "receptive_field")
    if any(check.how and check.agrees for check in fields):
        lines.append("* The prediction is an upper bound here, or was cut to the input.")
    return lines
