"""What may be meant beyond the layer at fault: a stride in a branch, another skip, a claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import chain, islice

from shapecalc import rules
from shapecalc.checks.sc401_dropped_values import RULE as DROPPED_VALUES
from shapecalc.checks.sc408_input_order import RULE as INPUT_ORDER
from shapecalc.diagnostics import Finding
from shapecalc.edits import Repair
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace

MOST = 30

Search = Callable[[KnownTrace, Finding], Iterator[Repair]]

# What looks for repairs of a rule, as module and function, the likelier ones first. It is loaded
# where the rule is broken: most networks need none of it.
SEARCHES: dict[Rule, tuple[str, ...]] = {
    rules.STRIDE_FIT: (
        "claims.claimed_fields",
        "inputs.meant_inputs",
        "inputs.rounded",
        "inputs.fitting",
        "inputs.inputs",
    ),
    rules.TOO_LARGE: (
        "claims.claimed_fields",
        "inputs.meant_inputs",
        "paddings.paddings",
        "inputs.fitting",
        "inputs.sound",
        "inputs.inputs",
    ),
    rules.DISAGREEMENT: ("references.references", "merges.merges"),
    rules.RANK: ("inputs.meant_inputs",),
    rules.FALSE_CLAIM: ("inputs.meant_inputs", "claims.claims"),
    DROPPED_VALUES: ("inputs.fitting", "inputs.inputs"),
    INPUT_ORDER: ("inputs.meant_given",),
}


def candidates(trace: KnownTrace, finding: Finding) -> Iterator[Repair]:
    """Yield repairs that nobody has tried yet, the likelier ones first; paths are the spec's."""
    searches = map(_loaded, SEARCHES.get(finding.rule, ()))
    return islice(chain.from_iterable(search(trace, finding) for search in searches), MOST)


def _loaded(name: str) -> Search:
    module, _, function = name.partition(".")
    search: Search = getattr(import_module(f"shapecalc.repairs.{module}"), function)
    return search
