"""The rules, one file each: the docstring is the page that `shapecalc explain CODE` prints.

Most rules of shapecalc/rules.py are met where specs are read and traced, and only their pages are
here. The others look at a finished trace: each is one file with its rule, what looks for it (CHECK)
and its page, and one line below.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from shapecalc import rules, tracing
from shapecalc.checks.rule import Check, OfLayer
from shapecalc.diagnostics import Findings
from shapecalc.layers.base import Layer
from shapecalc.network import NetworkSpec
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
    _checks_of.cache_clear()


@cache
def _checks_of(layer: type[Layer]) -> tuple[OfLayer, ...]:
    checks = (check.of_layer for check in CHECKS if issubclass(layer, check.layers))
    return tuple(of_layer for of_layer in checks if of_layer is not None)


for _name in _OURS:
    register(import_module(f"{__name__}.{_name}"))


def traced(spec: NetworkSpec) -> Trace:
    """Return the checked trace of a spec. Never raises: a fault stops only what depends on it."""
    if spec.given or spec.is_open:  # on a floor above, and rare
        module = "given_inputs" if spec.given else "open_sizes"
        found: Trace = import_module(f"shapecalc.{module}").traced(spec)
        return found
    return checked(tracing.walk(spec))


def checked(trace: KnownTrace, *, partial: bool = True) -> KnownTrace:
    """Return the trace with what the rules find added to its findings; without the `partial` ones,
    sizes of its inputs were put there by nobody but us.
    """
    findings = Findings()
    for record in trace.layers:
        if record.layer is not None and record.output is not None and record.input is not None:
            for find in _checks_of(type(record.layer)):
                found = find(record, trace)
                if found:
                    findings += found
    for check in CHECKS:
        if check.of_network is not None and (partial or not check.partial):
            findings += check.of_network(trace)
    return with_findings(trace, findings.counted())


def checked_in_part(trace: T) -> T:
    """Return a trace whose volumes are known in part with what the `partial` rules find."""
    findings = Findings()
    for check in CHECKS:
        if check.of_network is not None and check.partial:
            findings += check.of_network(trace)
    return with_findings(trace, findings.counted())
