"""Plug-ins that a user names: their code is run, and what they register is active from then on.

Rules and readers of an installed package are active only if the package is named; kinds and report
formats are found by their names (registry.py).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from shapecalc.registry import PLUGINS, PluginError, code_of, entry_points, load

ACTIVE: list[str] = []  # in the order they were named; other processes use them, too


def activate(name: str) -> None:
    """Import a plug-in: a module, a path to a .py file, or an installed package.

    Raises PluginError where it cannot be imported, and where what it registers cannot be.
    """
    known = str(Path(name).resolve()) if name.endswith(".py") else name  # however it is written
    if known in ACTIVE:
        return
    if name.endswith(".py"):
        _run_file(name)
    elif not _installed(name):
        with code_of(name):
            import_module(name)
        PLUGINS.add(name.partition(".")[0])
    ACTIVE.append(known)


def _run_file(name: str) -> None:
    """Import a file, whatever folder it is in."""
    path = Path(name)
    title = re.sub(r"\W", "_", path.stem)
    if title in sys.modules:
        raise PluginError(name, f"there is a module {title} already; give the file another name")
    spec = spec_from_file_location(title, path)
    if spec is None or spec.loader is None:
        raise PluginError(name, "it is not Python")
    module = sys.modules[title] = module_from_spec(spec)
    with code_of(name):
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[title]
            raise
    PLUGINS.add(title)


def _installed(name: str) -> bool:
    """Load the rules and readers that an installed package names; say whether it names any."""
    from shapecalc import checks, readers

    wanted: tuple[tuple[str, Callable[[str, Any], object]], ...] = (
        ("shapecalc.rules", lambda _, module: checks.register(module)),
        ("shapecalc.readers", lambda title, reader: readers.READERS.register(title)(reader)),
    )
    found = False
    for group, register in wanted:
        for title, entry in entry_points(group).items():
            package = _normal(entry.dist.name if entry.dist else "")
            if _normal(name) not in (package, _normal(entry.module.partition(".")[0])):
                continue
            found = True
            with code_of(name):
                register(title, load(entry))
    return found


def _normal(name: str) -> str:
    """Return a package's name as packages are compared by."""
    return re.sub(r"[-_.]+", "-", name).lower()
