"""A network's memory in words. Imported only where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc.diagnostics import quote
from shapecalc.footprint import Memory

UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
NOT_COUNTED = (
    "A lower bound. Not counted: what a graphics card's driver keeps, work space of convolutions,",
    "what an allocator rounds up and leaves unused, copies that mixed precision makes, temporary",
    "values of the loss and the optimizer.",
)


def amount(size: int | None) -> str:
    """Return bytes as `97.49 MiB`, or `?` where they are not known."""
    if size is None:
        return "?"
    for unit, name in UNITS:
        if size >= unit:
            return f"{size / unit:,.2f} {name}"
    return f"{size:,} bytes"


def text(memory: Memory) -> str:
    """Return a line for each number."""
    examples = "1 example" if memory.batch == 1 else f"{memory.batch:,} examples"
    lines = [f"Memory in {memory.dtype} for {examples}, trained with {memory.optimizer}"]
    told = list(rows(memory))
    wide = max(len(name) for name, _, _ in told)
    right = max(len(size) for _, size, _ in told)
    lines += [f"  {name:<{wide}}  {size:>{right}}  {note}".rstrip() for name, size, note in told]
    return "\n".join([*lines, *remarks(memory), *NOT_COUNTED])


def remarks(memory: Memory) -> Iterator[str]:
    """Yield the batch that fits, where it is asked for, and why a number is not known."""
    if memory.fit is not None:
        limit, batch = memory.fit
        most = "not known" if batch is None else f"{batch:,}"
        if batch == 0:
            most = "none, not even a single example"
        yield f"Largest batch whose training fits in {amount(limit)}: {most}"
    if memory.needs:
        yield f"? is not known: every size is needed here, for example {memory.needs}"
    elif memory.peak is None:
        yield "? is not known: it depends on a layer that is not known."


def rows(memory: Memory) -> Iterator[tuple[str, str, str]]:
    """Yield each number: what it is, how much, and a note, which may be empty."""
    yield "parameters", amount(memory.parameters), ""
    if memory.buffers:
        yield "running statistics", amount(memory.buffers), ""
    yield "gradients of parameters", amount(memory.gradients), ""
    yield "optimizer state", amount(memory.optimizer_state), ""
    yield "kept for backward", amount(memory.kept), "the input, and what layers keep"
    at = f"while {quote(memory.peak_layer)} runs {memory.peak_pass}" if memory.peak_layer else ""
    yield "peak of training", amount(memory.peak), at
    where = memory.inference_peak_layer
    at = f"while {quote(where)} runs" if where else ""
    yield "peak of inference", amount(memory.inference_peak), at
