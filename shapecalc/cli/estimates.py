"""What a report may tell besides: the memory a network takes, and what another tool prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import Named
from shapecalc.cli.memory_options import asked_of_memory
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.registry import Registry
    from shapecalc.reports.dialects import Asked

DIALECTS = ("torchinfo", "keras", "fvcore", "thop", "ptflops", "darknet")

Estimate = Callable[[Trace], "Memory"]


dialect_option = click.option(
    "--dialect",
    type=Named(lambda: _dialects(), DIALECTS),
    help="Add the totals as another tool prints them, and why they are not ours, term by term.",
)


def estimator(memory: bool, **asked: Any) -> Estimate | None:
    """Return what estimates a network's memory, if that is asked for. Raises UsageError."""
    given = asked_of_memory(memory, **asked)
    if given is None:
        return None
    from shapecalc.footprint import estimate  # few ask for it

    return lambda trace: estimate(trace, **given)


def _dialects() -> Registry[Any]:
    from shapecalc.reports.dialects import DIALECTS  # few ask for one

    return DIALECTS


def in_dialect(tool: str, trace: Trace) -> Asked:
    """Return what another tool prints of a network."""
    from shapecalc.reports.dialects import asked

    return asked(tool, trace)
