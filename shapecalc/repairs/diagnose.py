"""Findings as users see them: located, in order, with edits that were tried and consequences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from shapecalc import rules
from shapecalc.diagnostics import Diagnostic, Finding, Path
from shapecalc.edits import Edit
from shapecalc.repairs.candidates import candidates
from shapecalc.repairs.places import Key, key_of
from shapecalc.repairs.trial import Outcome, Trials, gives_inputs
from shapecalc.repairs.uses import Uses
from shapecalc.tracing import KnownTrace, Trace

MOST_OFFERS = 6
MOST_EXPLAINED = 20
Cause = Callable[[KnownTrace, Finding], str]


class _Item:
    """A finding on its way: what mends it, and what is gone then."""

    def __init__(self, finding: Finding, diagnostic: Diagnostic) -> None:
        self.finding = finding
        self.diagnostic = diagnostic
        self.left: frozenset[Key] | None = None  # found still after one or another of its repairs
        self.untried = False  # there was no time for its repairs
        self.outcomes: list[Outcome] = []


def diagnose(trace: Trace, cause: Cause | None = None) -> tuple[Diagnostic, ...]:
    """Return every finding with its place, in the order of the file.

    `cause` names the mistake behind a false claim; marking knows them, which is above this floor.
    """
    uses = Uses(trace)
    placed = trace.spec.document.placed(trace.findings)
    items = [_Item(finding, uses.told(finding, diagnostic)) for finding, diagnostic in placed]
    trials = Trials(trace)
    explained = 0
    for item in items:
        if (
            cause is not None
            and isinstance(trace, KnownTrace)
            and item.finding.rule is rules.FALSE_CLAIM
            and explained < MOST_EXPLAINED
        ):
            explained += 1
            _explain(item, cause(trace, item.finding))
        item.untried = not trials.possible
        if not item.untried:
            _mend(item, trials)
    return tuple(_folded(items, trials))


def _explain(item: _Item, why: str) -> None:
    """Put the mistake behind a number in front of what would work."""
    if why:
        fault = item.finding.fault
        hint = f"{fault.hint}; {why}" if fault.hint and not fault.otherwise else why
        item.finding = item.finding._replace(fault=fault._replace(hint=hint, otherwise=""))
        item.diagnostic = item.diagnostic._replace(hint=hint)


def _mend(item: _Item, trials: Trials) -> None:
    """Try what might mend a finding; put what does into its hint and edits."""
    fault = item.finding.fault
    found = list(_working(item.finding, trials))
    if not found:
        if fault.repairs:  # they were tried, and none works
            item.diagnostic = item.diagnostic._replace(hint=fault.otherwise)
        return
    found.sort(key=lambda outcome: outcome.rank)
    found = [one for one in found if one.leaves == found[0].leaves][:MOST_OFFERS]
    item.left = frozenset().union(*(one.keys for one in found))
    item.outcomes = found
    offered = []
    for outcome in found:
        edit = _edit(item.finding, outcome, trials)
        if edit is not None or not trials.editable or gives_inputs(outcome.change):
            offered.append((outcome.text, edit))
    fact = "" if fault.repairs or fault.otherwise else fault.hint
    offers = ", ".join(text for text, _ in offered) or fault.otherwise
    if fault.repairs and not fault.hint:  # the message itself tells them
        offers = ""
    hint = "; ".join(part for part in (fact, offers) if part)
    edits = tuple(edit for _, edit in offered if edit is not None)
    item.diagnostic = item.diagnostic._replace(hint=hint, edits=edits)


def _edit(finding: Finding, outcome: Outcome, trials: Trials) -> Edit | None:
    """Return the edit that makes a change, marked where it is of a false claim itself."""
    edit, (action, _, path, _, _) = trials.edit(outcome), outcome.change
    of_claim = (finding.rule, action, finding.path) == (rules.FALSE_CLAIM, "set", path)
    return edit._replace(of_claim=of_claim) if edit is not None else None


def _working(finding: Finding, trials: Trials) -> Iterable[Outcome]:
    own = [r._replace(change=r.change.at(finding.path)) for r in finding.fault.repairs]
    seen = set()
    # Where sizes are open, repairs that work with numbers have none to work with.
    searched = candidates(trials.trace, finding) if isinstance(trials.trace, KnownTrace) else ()
    for repair in (*own, *searched):
        if repair.text in seen:
            continue
        seen.add(repair.text)
        outcome = trials.outcome(finding, repair)
        if outcome is not None:
            yield outcome


def _folded(items: list[_Item], trials: Trials) -> Iterable[Diagnostic]:
    """Put each finding that is gone once another one is mended behind that one.

    That one stands earlier, or inside: the missing F of a conv is gone once its `kernal` is.
    """
    behind: dict[int, list[Diagnostic]] = {}
    folded: set[int] = set()
    missing = _missing_fields(items)
    for place, item in enumerate(items):
        if place in folded:
            continue
        for other_place in _candidates(item, len(items), missing):
            other = items[other_place]
            if (
                other_place == place
                or other_place in folded
                or not _gone(other.finding, item, trials)
            ):
                continue
            inside = _within(item, other) and not _gone(item.finding, other, trials)
            if other_place > place or inside:
                folded.add(other_place)
                behind.setdefault(place, []).append(other.diagnostic)
    for place, item in enumerate(items):
        if place not in folded:
            yield item.diagnostic._replace(consequences=tuple(behind.get(place, ())))


def _missing_fields(items: list[_Item]) -> dict[Path, list[int]]:
    """Return where the missing fields of each layer are told."""
    missing: dict[Path, list[int]] = {}
    for place, item in enumerate(items):
        if item.finding.rule is rules.MISSING_FIELD:
            missing.setdefault(item.finding.path, []).append(place)
    return missing


def _candidates(item: _Item, count: int, missing: Mapping[Path, list[int]]) -> Iterable[int]:
    """Return which findings may be behind one: few of one without trials, of which there may be
    very many.
    """
    if item.untried:
        known = item.finding.rule is rules.UNKNOWN_KEY
        return missing.get(item.finding.path[:-1], ()) if known else ()
    return range(count) if item.left is not None else ()


def _within(item: _Item, other: _Item) -> bool:
    return item.finding.path[: len(other.finding.path)] == other.finding.path


def _gone(finding: Finding, item: _Item, trials: Trials) -> bool:
    """Say whether a finding is gone once an error is mended.

    Warnings and advice stand beside each other: what mends one is a matter of taste.
    """
    if item.untried:
        return _renamed(item.finding, finding)
    mended = item.left is not None and item.finding.severity == "error"
    if finding.rule.stage == "reading" and item.finding.rule.stage == "shapes":
        return False  # what could not be read comes before what does not fit
    if not mended or item.left is None or key_of(finding) in item.left:
        return False
    return all(trials.is_rarer(finding, outcome.said) for outcome in item.outcomes)


def _renamed(misspelt: Finding, missing: Finding) -> bool:
    """Say whether a field is missing because it is misspelt, which needs no trial to tell."""
    if missing.rule is not rules.MISSING_FIELD or misspelt.rule is not rules.UNKNOWN_KEY:
        return False
    changes = [repair.change for repair in misspelt.fault.repairs]
    meant = {change.value for change in changes if change.action == "rename"}
    needed = {repair.change.name for repair in missing.fault.repairs}
    return misspelt.path[:-1] == missing.path and bool(meant & needed)
