"""--memory and what it is asked with, for the commands that have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

# As shapecalc.footprint has them, which is imported once it is asked for; a test compares.
DTYPES = ("float32", "float16", "bfloat16", "mixed")
OPTIMIZERS = ("sgd", "momentum", "adam")
MOST_EXAMPLES = 2**32

Command = TypeVar("Command", bound=Callable[..., object])


def memory_options(command: Command) -> Command:
    """Add --memory, --batch, --dtype, --optimizer and --fit to a command."""
    for option in reversed(_options()):
        command = option(command)
    return command


def _options() -> list[Callable[[Any], Any]]:
    return [
        click.option(
            "--memory",
            is_flag=True,
            help="Add the memory of inference and training: what is kept, the peak.",
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
            help="With --memory: say the largest batch whose training fits in so much, as 8GiB;"
            " 8G are 8*1000^3 bytes.",
        ),
    ]


def asked_of_memory(memory: bool, **asked: Any) -> dict[str, Any] | None:
    """Return what the memory is estimated with; None where it is not asked for.

    Raises UsageError where something is asked of it alone, or is no amount of memory.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    if not memory:
        for name in given:
            raise click.UsageError(f"--{name} is for --memory")
        return None
    from shapecalc.footprint import read_bytes  # few ask for it

    fit = given.pop("fit", None)
    try:
        return given | ({} if fit is None else {"limit": read_bytes(fit)})
    except ValueError as error:
        raise click.UsageError(f"--fit: {error}") from None
