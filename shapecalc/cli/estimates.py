"""What a report may tell besides: the memory a network takes, and what another tool prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import Named
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.registry import Registry
    from shapecalc.reports.dialects import Asked

# As shapecalc.footprint has them, which is imported once it is asked for; a test compares.
DTYPES = ("float32", "float16", "bfloat16", "mixed")
OPTIMIZERS = ("sgd", "momentum", "adam")
MOST_EXAMPLES = 2**32
DIALECTS = ("torchinfo", "keras", "fvcore", "thop", "ptflops", "darknet")

Estimate = Callable[[Trace], "Memory"]


def memory_options(command: Any) -> Any:
    """Add --memory, and what it is asked with, to a command."""
    for option in reversed((
        click.option(
            "--memory",
            is_flag=True,
            help="Add the memory of inference and training: what is kept, the peak, each layer's.",
        ),
        click.option(
            "--batch",
            type=click.IntRange(1, MOST_EXAMPLES),
            metavar="N",
            help="With --memory: the examples of a batch, in the place of the network's own.",
        ),
        click.option(
            "--dtype",
            type=click.Choice(DTYPES),
            help="With --memory: the precision (float32 unless given); mixed keeps parameters in"
            " float32.",
        ),
        click.option(
            "--optimizer",
            type=click.Choice(OPTIMIZERS),
            help="With --memory: what training updates with (sgd unless given).",
        ),
        click.option(
            "--fit",
            metavar="BYTES",
            help="With --memory: say the largest batch whose training fits in so much, as 8GiB.",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


dialect_option = click.option(
    "--dialect",
    type=Named(lambda: _dialects(), DIALECTS),
    help="Add the totals as another tool prints them, and why they are not ours, term by term.",
)


def estimator(memory: bool, **asked: Any) -> Estimate | None:
    """Return what estimates a network's memory, if that is asked for. Raises UsageError."""
    given = {name: value for name, value in asked.items() if value is not None}
    if not memory:
        for name in given:
            raise click.UsageError(f"--{name} is for --memory")
        return None
    from shapecalc.footprint import estimate, read_bytes  # few ask for it

    fit = given.pop("fit", None)
    try:
        limit = None if fit is None else read_bytes(fit)
    except ValueError as error:
        raise click.UsageError(f"--fit: {error}") from None
    return lambda trace: estimate(trace, limit=limit, **given)


def _dialects() -> Registry[Any]:
    from shapecalc.reports.dialects import DIALECTS  # few ask for one

    return DIALECTS


def in_dialect(tool: str, trace: Trace) -> Asked:
    from shapecalc.reports.dialects import asked

    return asked(tool, trace)
