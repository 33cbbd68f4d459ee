"""A sweep as a table, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.reports.csv_text import harmless
from shapecalc.sweep.rows import OF_MEMORY, TOTALS, Row, Source
from shapecalc.sweep.settings import Setting
from shapecalc.volumes import as_data

SCHEMA = "shapecalc.sweep/1"
TITLES = {
    "macs": "MACs",
    "peak": "peak bytes",
    "inference_peak": "inference peak bytes",
    "kept": "kept bytes",
}
UNKNOWN = "?"
WIDE = 60  # characters of a reason in one line of the table
LONGEST = 400  # characters of a reason


class Sweep(NamedTuple):
    """The rows of a sweep, and the numbers of those on its front; None where none was asked for."""

    source: Source
    settings: Sequence[Setting]
    rows: Sequence[Row]
    front: set[int] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The totals that the rows have."""
        return TOTALS if self.source.memory is None else (*TOTALS, *OF_MEMORY)

    @property
    def asks_batch(self) -> bool:
        """Whether the largest batch is asked for."""
        return "limit" in dict(self.source.memory or ())


def table(sweep: Sweep) -> str:
    """Return a table for the terminal."""
    from tabulate import tabulate

    shown = [key for key in sweep.keys if key not in ("activations", "kept")]
    headers = [quote(name) for name in sweep.source.names]
    headers += [TITLES.get(key, key) for key in shown] + ["output"]
    headers += ["largest batch"] if sweep.asks_batch else []
    headers += ["front"] if sweep.front is not None else []
    wrong = any(not row.fits for row in sweep.rows)
    cells = []
    for number, row in enumerate(sweep.rows):
        line = [*map(quote, row.values)]
        line += [_count(row.numbers.get(key)) if row.fits else "-" for key in shown]
        line.append(_outputs(row, ", ") if row.fits else "-")
        line += [_count(row.batch) if row.fits else "-"] if sweep.asks_batch else []
        line += ["*" if number in sweep.front else ""] if sweep.front is not None else []
        cells.append([*line, _found(row)] if wrong else line)
    align = ["left"] * len(sweep.source.names) + ["right"] * len(shown)
    align += ["left"] * (len(headers) + wrong - len(align))
    headers += ["does not fit"] if wrong else []
    text: str = tabulate(
        cells, headers=headers, tablefmt="simple", colalign=align, disable_numparse=True
    )
    return f"{text}\n\n{_summary(sweep)}\n"


def _summary(sweep: Sweep) -> str:
    fit = sum(row.fits for row in sweep.rows)
    many = "combination" if len(sweep.rows) == 1 else "combinations"
    text = f"{len(sweep.rows):,} {many}, {fit:,} {'fits' if fit == 1 else 'fit'}"
    if sweep.front is None:
        return text
    if fit and not sweep.front:
        return f"{text}; none is compared: their totals depend on sizes that are left open"
    return f"{text}; * {len(sweep.front):,} that no other one beats"


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _outputs(row: Row, between: str) -> str:
    return between.join(volume or UNKNOWN for volume in row.outputs.values()) or UNKNOWN


def _found(row: Row) -> str:
    if row.fits:
        return ""
    first = row.found[0]
    more = f" (and {len(row.found) - 1} more)" if len(row.found) > 1 else ""
    text = f"{first.code} {first.message}" if first.code else first.message
    return "\n".join(wrap(quote(text, LONGEST) + more, WIDE))


def csv_text(sweep: Sweep) -> str:
    """Return a line a combination, plain numbers, the unknown empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    more = (["batch"] if sweep.asks_batch else []) + (["pareto"] if sweep.front is not None else [])
    names = [harmless(quote(name)) for name in sweep.source.names]
    writer.writerow([*names, "fits", *sweep.keys, "output", *more, "codes", "message"])
    for number, row in enumerate(sweep.rows):
        line: list[Any] = [harmless(quote(value)) for value in row.values]
        line += [_truth(row.fits), *("" if n is None else n for n in _numbers(sweep, row))]
        line.append(harmless(_outputs(row, " ")) if row.fits else "")
        line += ["" if row.batch is None else row.batch] if sweep.asks_batch else []
        line += [_truth(number in sweep.front)] if sweep.front is not None else []
        codes = " ".join(dict.fromkeys(found.code for found in row.found if found.code))
        line += [codes, harmless(row.found[0].message) if row.found else ""]
        writer.writerow(line)
    return text.getvalue()


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _numbers(sweep: Sweep, row: Row) -> Iterator[int | None]:
    return (row.numbers.get(key) for key in sweep.keys)


def json_text(sweep: Sweep) -> str:
    """Return the object `shapecalc.sweep/1`; `together` are names that are set together."""
    names = sweep.source.names
    rows = []
    for number, row in enumerate(sweep.rows):
        made: dict[str, Any] = {
            "set": dict(zip(names, row.values, strict=True)),
            "fits": row.fits,
            **dict(zip(sweep.keys, map(as_data, _numbers(sweep, row)), strict=True)),
            "outputs": dict(row.outputs),
        }
        if sweep.asks_batch:
            made["batch"] = row.batch
        if sweep.front is not None:
            made["pareto"] = number in sweep.front
        rows.append(made | {"findings": [found._asdict() for found in row.found]})
    found: dict[str, Any] = {"schema": SCHEMA, "file": sweep.source.file, "set": {}}
    for setting in sweep.settings:
        by_name = zip(*setting.values, strict=True)
        found["set"] |= dict(zip(setting.names, map(list, by_name), strict=True))
    together = [list(setting.names) for setting in sweep.settings if len(setting.names) > 1]
    found |= {"together": together} if together else {}
    found["rows"] = rows
    return json.dumps(found, indent=2) + "\n"


FORMATS: dict[str, Callable[[Sweep], str]] = {"table": table, "csv": csv_text, "json": json_text}
