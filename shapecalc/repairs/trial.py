"""Tries a change of a spec: the network is read, traced and checked anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from shapecalc import checks, network, rules, walking
from shapecalc.checks.sc408_input_order import RULE as INPUT_ORDER
from shapecalc.diagnostics import Finding, SpecError
from shapecalc.edits import Change, Edit, Repair, Unchangeable, changed, is_data, size_of
from shapecalc.repairs.effects import Effects, effects
from shapecalc.repairs.places import Key, key_of
from shapecalc.repairs.written import resolved
from shapecalc.rules import Rule
from shapecalc.tracing import Trace

MOST_VALUES = 60_000  # read anew for one spec, in all trials: a second or so
OPEN_WALKS = 40  # that a trial costs where sizes are open: others are looked for and put there


class Outcome(NamedTuple):
    """What a repair that works leaves."""

    repair: Repair
    change: Change  # the repair's, where it stands in the data
    keys: frozenset[Key]  # the findings that are left
    said: Counter[tuple[Rule, str]]  # how many of reading are left, by what they say
    errors: int
    effects: Effects

    @property
    def leaves(self) -> tuple[int, int]:
        """How many errors are left, and how many warnings it brings."""
        return self.errors, self.effects.warnings

    @property
    def rank(self) -> tuple[int, int, bool, int, int, bool, int, bool]:
        """What comes first has the smallest: what leaves less, then what changes less.

        An input that looks as if its depth came first, still, is the likelier fault. Another input
        is another network, of which every volume changes. Rounding leaves the network with what it
        drops.
        """
        looks_wrong = any(rule is INPUT_ORDER for rule, _, _ in self.keys)
        rounds = self.change.path[-1:] == ("rounding",)
        done = self.effects
        least = done.cut_off, done.moved, done.of_input, done.drops
        return *self.leaves, looks_wrong, *least, rounds

    @property
    def text(self) -> str:
        """What the repair is, and what a reader has to know before it is made."""
        return f"{self.repair.text}{self.effects.remark}"


class Trials:
    """Tries changes of one traced spec, as many as there is time for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.document = trace.spec.document
        self.left = MOST_VALUES
        walks = OPEN_WALKS if trace.spec.is_open else 1
        self.cost = size_of(self.document.data, MOST_VALUES) + walks * len(trace.layers)
        self.before = _of_reading(trace.findings)
        self.said = _said(trace.findings)
        self.errors = _errors(trace)

    @property
    def possible(self) -> bool:
        """Whether there is time for another one."""
        return isinstance(self.document.data, Mapping) and self.cost <= self.left

    @property
    def editable(self) -> bool:
        """Whether repairs can be written as edits of the text; if not, hints alone say them."""
        return self.document.source is not None and self.document.source.editable

    def outcome(self, finding: Finding, repair: Repair) -> Outcome | None:
        """Return what a repair leaves, or None where it does not mend the finding."""
        hurried = finding.severity != "error" and not self.errors
        try:
            change = resolved(self.trace, finding.layer, repair.change, finding.more)
            if not is_data(change.value):  # a parameter that was not given is in it
                return None
            if hurried and self._breaks(repair.change, change):
                return None
            after = self._traced(change, hurried)
        except (Unchangeable, SpecError):  # the latter: no such input can be given
            return None
        errors = _errors(after)
        if finding.severity != "error" and errors > self.errors:
            return None  # what is no error is not mended by one
        if self._uncovers(finding, after):
            return None
        keys = frozenset(key_of(found, change, self.document.data) for found in after.findings)
        said = _said(after.findings)
        if key_of(finding) in keys or not self.is_rarer(finding, said):
            return None
        found = effects(self.trace, finding, change, after)
        return Outcome(repair, change, keys, said, errors, found) if found.acceptable else None

    def _uncovers(self, finding: Finding, after: Trace) -> bool:
        """Say whether there are more faults of reading after a change, of some rule.

        Of a layer whose kind was not known nothing could be said.
        """
        found: Sequence[Finding] = after.findings
        if finding.rule is rules.UNKNOWN_KIND:
            layer = finding.path[:-1]
            found = [one for one in found if one.path[: len(layer)] != layer]
        return any(count > self.before[rule] for rule, count in _of_reading(found).items())

    def is_rarer(self, finding: Finding, said: Counter[tuple[Rule, str]]) -> bool:
        """Say whether a fault of reading is met less often than before, wherever it stands now."""
        what = finding.rule, finding.fault.message
        return finding.rule.stage != "reading" or said[what] < self.said[what]

    def edit(self, outcome: Outcome) -> Edit | None:
        """Return the edit of the text that makes the change, read back; None where none does."""
        source = self.document.source
        if source is None or gives_inputs(outcome.change):
            return None
        edit = source.edit(outcome.change, outcome.text, safe=outcome.repair.safe)
        if edit is None or _plain(source.read(edit.applied(source.text)).data) != _plain(
            changed(self.document.data, outcome.change)
        ):
            return None
        return edit

    def _breaks(self, change: Change, there: Change) -> bool:
        """Say whether a field's change makes an error, as far as can be told without reading."""
        written = there.path[: len(change.path)] == change.path  # not an instance's argument
        if change.action != "field" or not written or not isinstance(change.value, int):
            return False
        self.left -= len(self.trace.layers)
        update = {change.name: change.value}
        nodes = [
            replace(node, layer=node.layer.model_copy(update=update))
            if node.path == change.path and node.layer is not None
            else node
            for node in self.trace.spec.nodes
        ]
        return bool(_errors(walking.walk(replace(self.trace.spec, nodes=nodes), to_the_end=False)))

    def _traced(self, change: Change, hurried: bool) -> Trace:
        """Return the trace of the changed spec; the first error ends a hurried one."""
        if not self.possible:
            raise Unchangeable
        self.left -= self.cost
        data = changed(self.document.data, change)
        # What reading the text found is not found again in the data.
        document = replace(self.document, data=data, findings=list(self.document.findings))
        before = self.trace.spec
        given = {**before.given, **_given(change)}
        spec = network.build(document, before.max_layers, given or None)
        if before.selected:
            spec = replace(spec, selected=before.selected)
        if spec.is_open or spec.given or spec.wild or not hurried:
            return checks.traced(spec)
        after = walking.walk(spec, to_the_end=False)
        return after if _errors(after) else checks.checked(after)


def _given(change: Change) -> dict[str, Any]:
    """Return the inputs that a change gives in the place of the spec's own."""
    parts = change.value if change.action == "several" else (change,)
    return {str(part.path[-1]): part.value for part in parts if part.action == "given"}


def gives_inputs(change: Change) -> bool:
    """Say whether a change is one of the command, and not of the file."""
    return bool(_given(change))


def _errors(trace: Trace) -> int:
    return sum(found.severity == "error" for found in trace.findings)


def _of_reading(findings: Sequence[Finding]) -> Counter[Rule]:
    """Count, by their rules, the faults that were met while a spec was read."""
    return Counter(found.rule for found in findings if found.rule.stage == "reading")


def _said(findings: Sequence[Finding]) -> Counter[tuple[Rule, str]]:
    """Count the faults of reading by what they say."""
    return Counter((f.rule, f.fault.message) for f in findings if f.rule.stage == "reading")


def _plain(value: Any) -> Any:
    """Return data with tuples as lists, as a file has them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
