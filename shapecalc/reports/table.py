"""The report as a table for the terminal, Markdown or LaTeX, with the working and the findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shapecalc.diagnostics import Diagnostic, briefly, quote
from shapecalc.layers.base import show
from shapecalc.reports import Format, Layout
from shapecalc.reports.columns import COLUMNS, cell, default_columns, rows_of, total_cells
from shapecalc.tracing import Trace

if TYPE_CHECKING:
    from shapecalc.footprint import Memory
    from shapecalc.reports.dialects import Asked

STYLES = {"markdown": "github", "latex": "latex_booktabs"}  # tabulate's names
MARKS = str.maketrans({sign: f"\\{sign}" for sign in "\\`<|"})
SHRINKABLE = {"kind": 22, "name": 22, "file": 22}  # cut first, down to this width
KEEPING_END = ("name", "file")
DROPPED_FIRST = ("output_bytes", "jump", "shares", "from", "layers", "input", "frozen",
                 "trainable", "non_trainable", "receptive_field", "weights", "biases", "macs",
                 "kind", "parameters", "output")  # fmt: skip
GAP = 2  # blanks between columns


def render(
    trace: Trace,
    style: str = "table",
    columns: Sequence[str] | None = None,
    depth: int | None = None,
    explain: bool = False,
    width: int | None = None,
    memory: Memory | None = None,
    dialect: Asked | None = None,
) -> str:
    """Return the whole report. `width` is the space there is, None for any; `memory` and what
    another tool prints are added.

    Columns that are asked for are all shown; of the default ones some may give way.
    """
    if not trace.layers and not trace.spec.readable:  # no network: a table would be of nothing
        parts = [_aside(_fenced(findings(trace.diagnostics), style), style)]
        return "\n\n".join([heading(trace, style), *(parts if trace.diagnostics else [])])
    keys = list(columns or default_columns([trace], memory is not None))
    cells = [[cell(row, key) for key in keys] for row in rows_of(trace, depth, memory)]
    last: list[str] | None = total_cells(trace, keys, memory)
    left_out: list[str] = []
    if style == "table" and width is not None:
        titles = {key: COLUMNS[key].title for key in keys}
        keys, cells, last, left_out = fitted(keys, titles, cells, last, width, columns is None)
    notes = [as_written(summary(trace), style)]
    own = AS_PRINTED.get(trace.spec.document.format or "")
    if own is not None:
        notes[0] += own(trace)
    if left_out:
        names = ", ".join(COLUMNS[key].title for key in left_out)
        notes[0] += f"\nNot shown for lack of width: {names}. --columns chooses."
    if trace.spec.is_named and trace.fitting_inputs:
        notes[0] += "\nNames stand for sizes that fit: shapecalc sizes says which those are."
    if style == "table" and not explain:
        notes[0] += "\n--explain shows how each number follows."
    if any(record.shared for record in trace.layers):
        notes[0] += "\nLayers that share weights are listed with them; the totals count them once."
    if memory is not None:
        notes.append(_fenced(str(memory), style))
    if dialect is not None:
        notes.append(_fenced(str(dialect), style))
    if explain:
        notes.append(_fenced(working(trace, depth), style))
    if trace.diagnostics:
        notes.append(_fenced(findings(trace.diagnostics), style))
    notes = [_aside(note, style) for note in notes]
    table = drawn(style, _titles(keys), cells, last)
    return "\n\n".join([heading(trace, style), table, *notes])


def _aside(text: str, style: str) -> str:
    """Return text beside a table, which LaTeX takes as a comment."""
    if style != "latex":
        return text
    return "\n".join(f"% {line}".rstrip() for line in text.splitlines())


def as_written(text: str, style: str) -> str:
    """Return text of a file so that Markdown shows it as it is: no HTML, no code, no cell's end."""
    return text.translate(MARKS) if style == "markdown" else text


def _fenced(text: str, style: str) -> str:
    """Keep Markdown from running the lines together."""
    return f"```\n{text}\n```" if style == "markdown" else text


def heading(trace: Trace, style: str = "table") -> str:
    """Return the first line: the network's name, and its inputs."""
    title = quote(trace.name) if trace.name else quote(trace.spec.file or "network", 400)
    if not trace.spec.document.is_native:
        title += f" ({trace.spec.document.format})"
    inputs = ", ".join(
        f"{quote(name)} {show(volume) if volume else '?'}" for name, volume in trace.inputs.items()
    )
    axes = {4: "frames x height x width x depth", 3: "height x width x depth", 2: "length x depth"}
    first = next(iter(trace.inputs.values()), None)
    unit = f" ({axes[len(first)]})" if first and len(first) in axes else ""
    sign = {"markdown": "## ", "latex": "% "}.get(style, "")
    title, inputs = as_written(title, style), as_written(inputs, style)
    return f"{sign}{title}: {inputs}{unit}" if inputs else f"{sign}{title}"


def _titles(keys: Sequence[str]) -> list[tuple[str, bool]]:
    return [(COLUMNS[key].title, COLUMNS[key].number) for key in keys]


def drawn(
    style: str,
    columns: Sequence[tuple[str, bool]],
    cells: list[list[str]],
    last: list[str] | None = None,
) -> str:
    """Draw a table of columns by their titles, and whether they hold numbers; `last` are totals.

    The terminal's is drawn here: its widths are known by then.
    """
    headers = [title for title, _ in columns]
    if style != "table":
        from tabulate import tabulate

        if style == "markdown":
            cells = [[as_written(text, style) for text in row] for row in cells]
        align = ["right" if number else "left" for _, number in columns]
        return tabulate(
            [*cells, *([] if last is None else [last])],
            headers=headers,
            tablefmt=STYLES[style],
            colalign=align,
            disable_numparse=True,  # or a layer called 1e3 would print as 1000
        )
    widths = _widths(headers, cells, last)
    rule = ["-" * width for width in widths]
    pads = [str.rjust if number else str.ljust for _, number in columns]
    return "\n".join(
        (" " * GAP).join(map(_pad, pads, row, widths)).rstrip()
        for row in (headers, rule, *cells, *(() if last is None else (rule, last)))
    )


def _pad(justify: Callable[[str, int], str], text: str, width: int) -> str:
    return justify(text, width)


def fitted(
    keys: list[str],
    titles: Mapping[str, str],
    cells: list[list[str]],
    last: list[str] | None,
    width: int,
    may_drop: bool,
) -> tuple[list[str], list[list[str]], list[str] | None, list[str]]:
    """Cut long texts, then leave columns out, until the table is no wider than `width`.

    What is left out comes last.
    """
    left_out: list[str] = []
    while True:
        widths = _widths([titles[key] for key in keys], cells, last)
        over = sum(widths) + GAP * (len(widths) - 1) - width
        cut = cells
        for key, least in SHRINKABLE.items():
            if over > 0 and key in keys:
                column = keys.index(key)
                room = max(least, widths[column] - over)
                over -= max(0, widths[column] - room)
                cut = [_cut(row, column, room, key in KEEPING_END) for row in cut]
        if over <= 0 or len(keys) == 1 or not may_drop:
            return keys, cut, last, left_out
        dropped = next((key for key in DROPPED_FIRST if key in keys), keys[-1])
        column = keys.index(dropped)
        left_out.append(dropped)
        keys, last = _without(keys, column), last and _without(last, column)
        cells = [_without(row, column) for row in cells]


def _widths(
    headers: Sequence[str], cells: Sequence[Sequence[str]], last: Sequence[str] | None
) -> list[int]:
    rows = cells if last is None else [*cells, last]
    return [max(map(len, column)) for column in zip(headers, *rows, strict=True)]


def _cut(row: list[str], column: int, room: int, keep_end: bool) -> list[str]:
    text = row[column]
    if len(text) <= room:
        return row
    short = "..." + text[3 - room :] if keep_end else text[: room - 3] + "..."
    return [*row[:column], short, *row[column + 1 :]]


def _without(row: list[str], column: int) -> list[str]:
    return row[:column] + row[column + 1 :]


def summary(trace: Trace) -> str:
    """Return the outputs and the totals, in lines."""
    totals = trace.totals
    outputs = ", ".join(
        f"{quote(name)} {show(volume) if volume else '?'}" for name, volume in trace.outputs.items()
    )
    kept = totals["non_trainable"]
    parameters = f"{_number(totals['parameters'])} parameters"
    if totals["frozen"] != 0 and not all(record.learns for record in trace.layers):
        parameters += f" ({_number(totals['trainable'])} trainable,"
        parameters += f" {_number(totals['frozen'])} frozen)"
    if kept:
        parameters += f", {_number(kept)} non-trainable values"
    return (
        f"Output: {outputs or '?'}\n"
        f"{parameters}; for one example {_number(totals['macs'])} multiply-accumulates (MACs)"
        f" and {_number(totals['activations'])} activations"
    )


def _as_in_keras(trace: Trace) -> str:
    """Return the numbers of Keras' own summary, where they are not ours."""
    totals = trace.totals
    parameters, kept, frozen = (totals.get(key, 0) for key in
                                ("parameters", "non_trainable", "frozen"))  # fmt: skip
    if parameters is None or kept is None or frozen is None or not kept + frozen:
        return ""
    return (
        f"\nAs Keras' summary has it: {parameters + kept:,} total params, {parameters - frozen:,}"
        f" trainable, {kept + frozen:,} non-trainable"
    )


def _as_in_darknet(trace: Trace) -> str:
    """Return the number that Darknet prints when it loads a network."""
    from shapecalc.reports.dialects.darknet import bflops  # few networks are Darknet's

    found = bflops(trace)
    return f"\nAs Darknet prints it: Total BFLOPS {'?' if found is None else f'{found:.3f}'}"


# What the program prints of its own networks, by its format.
AS_PRINTED: Mapping[str, Callable[[Trace], str]] = {
    "keras": _as_in_keras,
    "darknet": _as_in_darknet,
}


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def working(trace: Trace, depth: int | None = None) -> str:
    """Return how every number of every layer follows, with the values put in."""
    lines = ["Working"]
    shown = {row.name for row in rows_of(trace, depth)}
    for record in trace.layers:
        if record.name not in shown:
            continue
        volumes = ", ".join(map(show, record.input)) if record.input else "an unknown volume"
        lines.append(f"\n{record.name}: {quote(record.summary, 400)} on {volumes}")
        lines += [f"    {line}" for line in record.derivation or ["unknown"]]
    return "\n".join(lines)


def findings(diagnostics: Sequence[Diagnostic]) -> str:
    """Return what was found, each with its place and hint."""
    lines = ["Findings"]
    for found in briefly(diagnostics):
        place = f" (line {found.line}, column {found.column})" if found.line else ""
        lines.append(f"  {found.code} {found.severity}{place}: {found.told}")
        if found.hint:
            lines.append(f"        {found.hint}")
    return "\n".join(lines)


def _report(style: str, trace: Trace, layout: Layout) -> str:
    shown = (layout.columns, layout.depth, layout.explain, layout.width)
    text = render(trace, style, *shown, layout.memory, layout.dialect)
    comment = "% " if style == "latex" else ""
    return f"{comment}{layout.file}\n{text}" if layout.file else text


TABLE, MARKDOWN, LATEX = (
    Format(partial(_report, style), between="\n\n\n", tells=True)
    for style in ("table", "markdown", "latex")
)
