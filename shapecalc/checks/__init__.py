"""The rules, one file each: the docstring is the page that `shapecalc explain CODE` prints.

Most rules of shapecalc/rules.py are met where specs are read and traced, and only their pages are
here. The others look at a finished trace: each is one file with its rule, what looks for it (CHECK)
and its page, and one line below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

from shapecalc import rules, walking
from shapecalc.checks.rule import Check, OfLayer
from shapecalc.diagnostics import Finding, Findings, Later
from shapecalc.layers.base import Layer
from shapecalc.network import NetworkSpec
from shapecalc.rules import Rule
from shapecalc.tracing import KnownTrace, T, Trace, with_findings

_OURS = (
    "sc206_rank",
    "sc301_expect",
    "sc401_dropped_values",
    "sc402_skipped_pixels",
    "sc403_useless_bias",
    "sc404_uneven_same",
    "sc405_dense_on_volume",
    "sc406_window_in_padding",
    "sc407_misaligned_branches",
    "sc408_input_order",
    "sc410_framework_word",
    "sc411_no_layers",
)
_OF_FILES = ("sc601_taken_from_file", "sc602_not_known", "sc604_input_size")  # seldom needed
CHECKS: list[Check] = []
MODULES: dict[str, ModuleType] = {}  # by the code of the rule


def register(module: ModuleType) -> None:
    """Add a rule of one file: a module with a Check called CHECK, whose docstring is the page.

    A module that is there already is left alone. Raises ValueError where another rule has its code
    or name, AttributeError without a CHECK.
    """
    check: Check = module.CHECK
    if MODULES.get(check.rule.code) is module:
        return
    rules.add(check.rule)
    CHECKS.append(check)
    MODULES[check.rule.code] = module
    _without.cache_clear()


class _Checks(dict[type[Layer], tuple[OfLayer, ...]]):
    """Some checks, and by the class of a layer what looks at it."""

    def __init__(self, checks: Collection[Check]) -> None:
        super().__init__()
        self.checks = checks

    def __missing__(self, layer: type[Layer]) -> tuple[OfLayer, ...]:
        wanted = (check.of_layer for check in self.checks if issubclass(layer, check.layers))
        self[layer] = found = tuple(of_layer for of_layer in wanted if of_layer is not None)
        return found


@cache
def _without(left_out: frozenset[Rule]) -> _Checks:
    return _Checks([check for check in CHECKS if check.rule not in left_out])


for _name in _OURS:
    register(import_module(f"{__name__}.{_name}"))
# Advice on how a spec is written; a framework writes its files as it does.
_ON_SPECS = frozenset(check.rule for check in CHECKS if check.rule.stage == "advice")


def traced(spec: NetworkSpec) -> Trace:
    """Return the checked trace of a spec. Never raises: a fault stops only what depends on it.

    Files of other formats get our advice on specs only as far as the spec has it `selected`.
    """
    if spec.given or spec.is_open or spec.wild:  # on a floor above, and rare
        module = "named_sizes" if spec.is_named else "open_sizes"
        module = "any_fields" if spec.wild else module
        module = "given_inputs" if spec.given else module
        found: Trace = import_module(f"shapecalc.{module}").traced(spec)
        return found
    return checked(walking.walk(spec))


def _wanted(spec: NetworkSpec, among: frozenset[Rule] | None = None) -> _Checks:
    """Return the checks that a network is asked for; `among` are the only rules that count."""
    left_out = frozenset() if spec.document.is_native else _ON_SPECS - spec.selected
    if among is not None:
        left_out |= {check.rule for check in CHECKS} - among
    return _without(left_out)


def checked(
    trace: KnownTrace, *, partial: bool = True, among: frozenset[Rule] | None = None
) -> KnownTrace:
    """Return the trace with what the rules find added to its findings; without the `partial` ones,
    sizes of its inputs were put there by nobody but us. `among` are the only rules looked for.
    """
    findings = Findings()
    checks = _wanted(trace.spec, among)
    fine = set()  # layers with their inputs of which nothing is to be said
    for record in trace.layers:
        layer, inputs = record.layer, record.input
        if layer is None or inputs is None or record.output is None:
            continue
        finders = checks[type(layer)]
        if finders and (id(layer), inputs) not in fine:
            found = [one for find in finders for one in find(record, trace)]
            findings += found
            if not found:
                fine.add((id(layer), inputs))
    for check in checks.checks:
        if check.of_network is not None and (partial or not check.partial):
            findings += check.of_network(trace)
    if partial:
        findings += _of_file(trace)
    return with_findings(trace, findings.counted())


def of_fields(rules: frozenset[Rule]) -> bool:
    """Say whether all of some rules find the same at other sizes."""
    return rules <= {check.rule for check in CHECKS if check.of_fields}


def checked_in_part(trace: T) -> T:
    """Return a trace whose volumes are known in part with what the `partial` rules find."""
    findings = Findings()
    for check in _wanted(trace.spec).checks:
        if check.of_network is not None and check.partial:
            findings += check.of_network(trace)
    findings += _of_file(trace)
    return with_findings(trace, findings.counted())


def _of_file(trace: Trace) -> Iterator[Finding | Later]:
    """Yield what a reader could not learn from a file of another format, and what few specs ask."""
    names = () if trace.spec.document.is_native else _OF_FILES
    for name in (*names, "sc412_any_field") if trace.spec.choices else names:
        check: Check = import_module(f"{__name__}.{name}").CHECK
        assert check.of_network is not None
        yield from check.of_network(trace)
