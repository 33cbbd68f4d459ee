"""The rules' pages: the docstrings of this folder's modules sc###_name, and of what registers."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pathlib import Path

from shapecalc import rules
from shapecalc.checks import MODULES  # with the rules that run there, the catalogue is whole


@cache
def _files() -> dict[str, str]:
    folder = str(Path(__file__).parent)
    names = sorted(module.name for module in pkgutil.iter_modules([folder]))
    return {name[:5].upper(): name for name in names if name.startswith("sc") and name[5:6] == "_"}


def codes(*prefixes: str) -> list[str]:
    """Return the codes of rules in order: of all, or those that begin with one of some prefixes."""
    return [rule.code for rule in rules.beginning(*prefixes)]


def page(code: str) -> str | None:
    """Return a rule's page, or None where there is no such code."""
    rule = rules.CATALOGUE.get(code)
    if rule is None:
        return None
    module = MODULES.get(code) or import_module(f"shapecalc.checks.{_files()[code]}")
    heading = f"{code} {rule.title} ({rule.severity})"
    return f"{heading}\n\n{cleandoc(module.__doc__ or '')}"
