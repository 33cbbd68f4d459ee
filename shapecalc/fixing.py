"""Fixes of a file: the edits of its findings made in its text, as long as nothing gets worse.

An edit touches its own stretch of the text, so comments and layout stay. Safe ones leave the
network as it was meant, whatever was meant; the others change it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Diagnostic, unfolded
from shapecalc.edits import Edit, edited, stretches
from shapecalc.ignoring import with_comments
from shapecalc.tracing import Trace

MOST_ROUNDS = 50  # a fix may bring to light what was hidden behind its fault
MOST_TRIED = 100_000  # layers that are traced for edits that mend nothing, and
LEAST_TRIED = 20  # such edits that are tried of a network of any size

Wanted = Callable[[Diagnostic], bool]
Stretch = tuple[int, int]  # of a text, its start and its end


class Fixed(NamedTuple):
    """A file's text with fixes made, in how many places, and the trace of it."""

    text: str
    fixes: int
    trace: Trace


def fixed(
    trace: Trace, wanted: Wanted, unsafe: bool, again: Callable[[str], Trace]
) -> Fixed | None:
    """Return the text of a traced file with the fixes of the findings that are wanted.

    `again` traces another text of the file. None for a network that no text is edited for: data,
    files of other formats, very long ones. Fixing what is fixed already changes nothing.
    """
    source = trace.spec.document.source
    if source is None or not source.editable:
        return None
    text = source.text
    written: list[Stretch] = []
    refused: set[Edit] = set()
    for _ in range(MOST_ROUNDS):
        edits: Sequence[Edit] = _apart(_edits(trace, wanted, unsafe, refused))
        if not edits:
            break
        done, tried = _made(text, trace, edits, again), len(refused)
        if done is None:
            done, edits = _one(text, trace, edits, refused, again)
        if done is not None:
            written = _with(written, text, edits)
            text, trace = done
        elif len(refused) == tried:  # no more are tried
            break
    return Fixed(text, len(written), trace)


def _with(written: Sequence[Stretch], text: str, edits: Sequence[Edit]) -> list[Stretch]:
    """Return the stretches that edits have written, with those of a further round.

    What is written over again stays one: it is one place that a reader sees changed.
    """
    found = list(written)
    for start, end, put in stretches(text, edits):
        grown = len(put) - (end - start)
        touched = [one for one in found if one[0] <= end and start <= one[1]]
        apart = [
            (first + grown, last + grown) if first > end else (first, last)
            for first, last in found
            if (first, last) not in touched
        ]
        first = min([start, *(one[0] for one in touched)])
        found = [*apart, (first, max([end, *(one[1] for one in touched)]) + grown)]
    return found


def commented(trace: Trace, wanted: Wanted, again: Callable[[str], Trace]) -> Fixed | None:
    """Return the text of a traced file with comments that silence the findings that are wanted.

    A line at whose end no comment can stand gets none: there the text goes on. None for a network
    without a text that takes comments.
    """
    source = trace.spec.document.source
    if source is None or not source.editable or not source.takes_comments:
        return None
    text, count = source.text, 0
    by_line: defaultdict[int, list[Diagnostic]] = defaultdict(list)
    for found in filter(wanted, unfolded(trace.diagnostics)):
        if found.line is not None and found.rule.stage != "reading":
            by_line[found.line].append(found)
    every = [found for listed in by_line.values() for found in listed]
    changed = with_comments(text, every)
    after = again(changed) if every else trace
    if _same(trace, after, len(every)):
        return Fixed(changed, len(every), after)
    for there in by_line.values():  # some line cannot have one: one after the other
        changed = with_comments(text, there)
        after = again(changed)
        if _same(trace, after, len(there)):
            text, trace, count = changed, after, count + len(there)
    return Fixed(text, count, trace)


def _same(before: Trace, after: Trace, fewer: int) -> bool:
    """Say whether a text has the same data as before, and so many findings less."""
    if after.spec.document.data != before.spec.document.data:
        return False
    findings = [len(list(unfolded(trace.diagnostics))) for trace in (before, after)]
    return findings[0] - findings[1] == fewer


def _edits(trace: Trace, wanted: Wanted, unsafe: bool, refused: set[Edit]) -> list[Edit]:
    """Return the first edit of each finding, in the order of the text."""
    found = []
    for diagnostic in filter(wanted, trace.diagnostics):
        first = next((edit for edit in _of(diagnostic) if edit not in refused), None)
        if first is not None and (unsafe or first.safe):
            found.append(first)
    return sorted(dict.fromkeys(found))


def _of(diagnostic: Diagnostic) -> Sequence[Edit]:
    """Return the edits of a finding; of a false claim those that say what is computed instead."""
    if diagnostic.rule is not rules.FALSE_CLAIM:
        return diagnostic.edits
    return [edit for edit in diagnostic.edits if edit.of_claim]


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """Return edits without those that touch one before them: the next round has them."""
    apart: list[Edit] = []
    for edit in edits:
        if not apart or (apart[-1].end_line, apart[-1].end_column) < (edit.line, edit.column):
            apart.append(edit)
    return apart


def _made(
    text: str, trace: Trace, edits: Sequence[Edit], again: Callable[[str], Trace]
) -> tuple[str, Trace] | None:
    """Return a text with edits made, and its trace; None where it is not better than before."""
    changed = edited(text, edits)
    if changed == text:
        return None
    after = again(changed)
    better = _weight(after) < _weight(trace)
    return (changed, after) if better else None


def _one(
    text: str,
    trace: Trace,
    edits: Sequence[Edit],
    refused: set[Edit],
    again: Callable[[str], Trace],
) -> tuple[tuple[str, Trace] | None, Sequence[Edit]]:
    """Return what the first edit does that mends something alone; those before it are refused.

    Each is tried with a trace of its own, so that only so many are tried of a long network.
    """
    most = max(LEAST_TRIED, MOST_TRIED // max(1, len(trace.layers)))
    for edit in edits[: max(0, most - len(refused))]:
        done = _made(text, trace, (edit,), again)
        if done is not None:
            return done, (edit,)
        refused.add(edit)
    return None, ()


def _weight(trace: Trace) -> tuple[int, ...]:
    """Return how much is wrong: by severity, the errors first.

    A kind that is not known hides what is wrong with its fields: it weighs more than they do.
    """
    found = list(unfolded(trace.diagnostics))
    unknown = sum(one.rule is rules.UNKNOWN_KIND for one in found)
    counts = Counter(one.severity for one in found)
    return unknown, counts["error"], counts["warning"], counts["advice"]
