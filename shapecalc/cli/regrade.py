"""shapecalc regrade: mark again, and say whose points change."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shapecalc.cli.files import UNUSABLE, complain, say
from shapecalc.cli.marking import code_of, marked, marking_options, tell_of_class
from shapecalc.cli.output import output_options, refuse_overwriting, write
from shapecalc.diagnostics import quote, some

if TYPE_CHECKING:
    from shapecalc.grading.regrading import Change, Gradebook, Regrading

MOST_BYTES = 256 * 1024 * 1024
MOST_NAMED = 20  # of those who are new or gone
FORMATS = ("table", "csv")


@click.command("regrade")
@click.argument("marks", metavar="MARKS")
@click.argument("assignment", metavar="ASSIGNMENT")
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How to write the changes.",
)
@output_options
@marking_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    marks: str,
    assignment: str,
    submissions: tuple[str, ...],
    form: str,
    output: Path | None,
    force: bool,
    **how: Any,
) -> None:
    """Mark again, and say whose points are others than in MARKS, the gradebook that
    `shapecalc grade --format csv` wrote before: once a key is corrected, an answer accepted or a
    weight changed.

    Exit code 0 whether points change or not. MARKS is left as it is.
    """
    from shapecalc.grading import exports
    from shapecalc.grading.regrading import read_gradebook, regraded

    refuse_overwriting(output, force, (marks, assignment, *submissions))
    before = _gradebook(marks)
    run = marked(assignment, submissions, **how) if before else None
    if before is None or run is None:
        ctx.exit(UNUSABLE)
    everybody, unopened = run
    tell_of_class(everybody)
    rows = csv.reader(io.StringIO("".join(exports.parts("csv", everybody)), newline=""))
    changes = regraded(before, read_gradebook(rows))
    if not write(_csv(changes) if form == "csv" else _table(changes), output):
        ctx.exit(UNUSABLE)
    ctx.exit(UNUSABLE if everybody.tally.failed or unopened else code_of(everybody))


def _gradebook(path: str) -> Gradebook | None:
    """Return the older marks; None, with the reason told, where there are none to read."""
    from shapecalc.grading.regrading import NotAGradebook, read_gradebook
    from shapecalc.grading.submission_file import NotGradable, opened

    try:
        with opened(path, MOST_BYTES) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            return read_gradebook(csv.reader(text))
    except (NotGradable, NotAGradebook) as error:
        say(path, str(error))
    except (csv.Error, UnicodeDecodeError):
        say(path, "not a CSV in UTF-8")
    except OSError as error:
        complain(path, error)
    return None


def _csv(regrading: Regrading) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("student", "id", "question", "before", "after"))
    writer.writerows(map(_harmless, regrading.changes))
    return text.getvalue()


def _harmless(change: Change) -> list[str]:
    """Return the cells without a formula; points below 0 are none."""
    from shapecalc.grading.regrading import number
    from shapecalc.reports.csv_text import harmless

    return [cell if number(cell) is not None else harmless(cell) for cell in change]


def _table(regrading: Regrading) -> str:
    return "\n\n".join(filter(None, _parts(regrading))) + "\n"


def _parts(regrading: Regrading) -> Iterator[str]:
    yield _head(regrading)
    yield "\n".join(
        f"points of {quote(c.column)}: {c.before or 'none'} before, {c.after or 'none'} now"
        for c in regrading.possible
    )
    yield _rows(regrading.changes)
    for what, names in (("new", regrading.new), ("gone", regrading.gone)):
        if names:
            more = ", ..." if len(names) > MOST_NAMED else ""
            yield f"{what}: {', '.join(map(quote, names[:MOST_NAMED]))}{more}"


def _head(regrading: Regrading) -> str:
    """Return how many change, and which way; of whom the means are, where not of all."""
    from shapecalc.grading.exports import two_decimals
    from shapecalc.grading.regrading import moved

    word = "student" if regrading.students == 1 else "students"
    before, after = regrading.means
    some = regrading.of_means != regrading.students
    whose = f" of the {regrading.of_means:,} who are graded both times" if some else ""
    changed = len({(change.student, change.identity) for change in regrading.changes})
    if not changed:
        mean = "" if after is None else f", mean {two_decimals(after)}{whose}"
        return f"no points change ({regrading.students:,} {word}{mean}){_open(regrading)}"
    gained, lost = map(len, moved(regrading.totals))
    said = f"points change for {changed:,} of {regrading.students:,} {word}"
    same = changed - gained - lost  # one answer up, one down; or an unread one is worth 0
    said += f": {gained:,} up, {lost:,} down" + (f", {same:,} with the same total" * (same > 0))
    if before is not None and after is not None:
        means = f"mean {two_decimals(before)} before, {two_decimals(after)} now"
        said += f"; {means}{',' if whose else ''}{whose}"
    return said + _single(regrading) + _open(regrading)


def _single(regrading: Regrading) -> str:
    """Return a line on single answers: who gains by one may lose by another."""
    from shapecalc.grading.regrading import moved

    if not regrading.answers:
        return ""
    ways = zip(("up", "down"), moved(regrading.answers), strict=True)
    told = (_counted(way, changes, regrading.columns) for way, changes in ways)
    return f"\nsingle answers: {', '.join(told)}"


def _counted(way: str, changes: Sequence[Change], columns: Sequence[str]) -> str:
    """Return how many go a way, and at which questions in their order, `3 up (q1: 1, q3: 2)`."""
    where = Counter(change.column for change in changes)
    named = [f"{column}: {where[column]:,}" for column in columns if where[column]]
    return f"{len(changes):,} {way}" + (f" ({some(named, MOST_NAMED)})" if named else "")


def _open(regrading: Regrading) -> str:
    """Return a line on students with answers that have no points yet, if there are some."""
    if not regrading.open:
        return ""
    have = f"{regrading.open:,} students have, or had, answers that need"
    whose = f"those {regrading.open:,}"
    if regrading.open == 1:
        have, whose = "1 student has, or had, an answer that needs", "that one"
    return f"\n{have} a look: for {whose} the totals are the points so far"


def _rows(changes: Sequence[Change]) -> str:
    from tabulate import tabulate

    if not changes:
        return ""
    with_ids = any(change.identity for change in changes)
    rows = [
        [quote(change.student), *[quote(change.identity)] * with_ids, quote(change.column),
         quote(change.before) or "none", quote(change.after) or "none"]
        for change in changes
    ]  # fmt: skip
    heads = ["student", *["id"] * with_ids, "question", "before", "now"]
    aligned = [*["left"] * (len(heads) - 2), "right", "right"]
    return tabulate(rows, heads, colalign=aligned, disable_numparse=True)
