"""The rules' pages: every module of this folder called sc###_name has one, its docstring."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from types import ModuleType


@cache
def _modules() -> dict[str, str]:
    folder = str(Path(__file__).parent)
    names = sorted(module.name for module in pkgutil.iter_modules([folder]))
    return {name[:5].upper(): name for name in names if name.startswith("sc") and name[5:6] == "_"}


def _module(code: str) -> ModuleType:
    return import_module(f"shapecalc.checks.{_modules()[code]}")


def codes() -> dict[str, str]:
    """Return every code with what it stands for, in order."""
    return {code: name[6:].replace("_", " ") for code, name in _modules().items()}


def page(code: str) -> str | None:
    """Return a rule's page, or None where there is no such code."""
    if code not in _modules():
        return None
    module = _module(code)
    heading = f"{code} {module.RULE.name} ({module.RULE.severity})"
    return f"{heading}\n\n{cleandoc(module.__doc__ or '')}"
