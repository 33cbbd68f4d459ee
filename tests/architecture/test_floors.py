"""Imports point down only, and never in a circle: read off the import statements.

Imports inside functions and those for types alone count as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # reads every file of the package, or starts interpreters

PACKAGE = Path(__file__).resolve().parents[2] / "shapecalc"

# The house from top to bottom. What stands on one floor does not know its neighbours.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("playground",),
    ("grading", "sweep"),
    ("executor.__init__",),  # a facade, too: it takes a file, as the next one does
    ("__init__",),  # the facade: joins readers, tracing and checks
    ("pages", "repairs", "plugins", "language_schema", "fixing"),
    ("ignoring",),
    ("given_inputs",),
    ("any_fields",),
    ("any_windows",),
    ("named_sizes",),
    ("open_sizes",),
    ("agreement", "exporters"),
    ("reports",),
    ("pictures",),
    ("solving",),
    ("fitting_sizes",),
    ("checks", "readers", "executor", "comparison", "weights", "footprint"),
    ("checkpoints",),
    ("walking",),
    ("tracing",),
    ("worked_example",),
    ("network", "records", "verification"),
    ("layers",),
    ("frameworks",),
    ("receptive_field", "document"),
    ("geometry", "resampling", "diagnostics", "volumes"),
    (
        "edits",
        "wildcards",
        "collector",
        "interrupts",
        "quantities",
        "rules",
        "registry",
        "derivations",
    ),
)
FACADES = tuple(name for names in FLOORS for name in names if name.endswith("__init__"))
# No dependency at all.
PLAIN = (
    "geometry", "resampling", "volumes", "diagnostics", "receptive_field", "document", "edits",
    "frameworks", "wildcards",
    "collector", "interrupts", "quantities", "rules", "registry", "derivations",
    "checkpoints",
)  # fmt: skip
TERMINAL = ("click", "sys", "os", "shutil")  # no report knows the terminal


def modules(package: Path) -> dict[str, Path]:
    """Return every module of a package by its dotted name; a folder's own is the folder's name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a file imports; `from a import b` is a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in known else str(node.module)


def graph(package: Path) -> dict[str, set[str]]:
    """Return which modules of a package each of them imports."""
    known = modules(package)
    return {
        name: {target for target in imports(path, known) if target in known} - {name}
        for name, path in known.items()
    }


def group(module: str) -> str:
    """Return what a module belongs to: a folder's or a single file's name, or a facade."""
    parts = module.split(".")
    if len(parts) == 2 and f"{parts[1]}.__init__" in FACADES:
        return f"{parts[1]}.__init__"
    return parts[1] if len(parts) > 1 else "__init__"


def floor(module: str) -> int:
    """Return a module's floor, counted from the top."""
    return next(index for index, names in enumerate(FLOORS) if group(module) in names)


def upward(package: Path) -> list[str]:
    """Return the imports that do not point down."""
    return [
        f"{module} imports {target}"
        for module, targets in graph(package).items()
        for target in sorted(targets)
        if group(module) != group(target) and floor(target) <= floor(module)
    ]


def circles(package: Path) -> list[str]:
    """Return the imports that lead back to where they start."""
    edges = graph(package)
    found = []
    for start in edges:
        waiting: list[tuple[str, tuple[str, ...]]]
        waiting, seen = [(target, (start, target)) for target in edges[start]], {start}
        while waiting:
            module, way = waiting.pop()
            if module == start:
                found.append(" -> ".join(way))
                break
            if module not in seen:
                seen.add(module)
                waiting += [(target, (*way, target)) for target in edges[module]]
    return found


def outside(package: Path, groups: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the packages other than this one that the modules of some groups import."""
    known = modules(package)
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        if group(name) in groups:
            tops = {target.partition(".")[0] for target in imports(path, known)}
            found[name] = tops - {package.name, "__future__"}
    return found


def test_every_module_has_a_floor() -> None:
    named = [name for names in FLOORS for name in names]
    assert len(named) == len(set(named))
    assert {group(module) for module in modules(PACKAGE)} <= set(named)


def test_imports_point_down_only() -> None:
    assert upward(PACKAGE) == []


def test_there_are_no_circles() -> None:
    assert circles(PACKAGE) == []


def test_the_lowest_floors_need_nothing_but_python() -> None:
    for module, tops in outside(PACKAGE, PLAIN).items():
        assert tops <= sys.stdlib_module_names, module


def test_no_report_knows_the_terminal() -> None:
    for module, tops in outside(PACKAGE, ("reports",)).items():
        assert not tops & {*TERMINAL}, module


def test_only_the_executor_computes_with_arrays() -> None:
    others = tuple(name for names in FLOORS for name in names if not name.startswith("executor"))
    for module, tops in outside(PACKAGE, others).items():
        assert "numpy" not in tops, module


def test_kernels_take_no_size_from_the_formula() -> None:
    """The windows decide, so that running the network is a second opinion."""
    for module, targets in graph(PACKAGE).items():
        if group(module) == "executor":
            assert f"{PACKAGE.name}.geometry" not in targets, module


# -- planted faults ----------------------------------------------------------------------------


def plant(folder: Path, files: dict[str, str]) -> Path:
    """Write a small package."""
    package = folder / "planted"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


SOUND = {
    "__init__.py": "from planted import tracing\nfrom planted.reports import table\n",
    "cli/__init__.py": "",
    "cli/check.py": "import planted\nfrom planted.tracing import walk\n",
    "reports/__init__.py": "",
    "reports/table.py": "import csv\nfrom planted.reports.columns import A\n",
    "reports/columns.py": "from planted.tracing import walk\n",
    "checks/__init__.py": "",
    "tracing.py": "from planted.layers import conv\n",
    "layers/__init__.py": "from planted.layers import conv\n",
    "layers/conv.py": "from planted.geometry import fit_window\nimport pydantic\n",
    "geometry.py": "from math import gcd\n",
    "diagnostics.py": "import json\n",
}


def test_a_sound_house_is_sound(tmp_path: Path) -> None:
    package = plant(tmp_path, SOUND)
    assert upward(package) == []
    assert circles(package) == []
    assert len(graph(package)) == len(SOUND)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("geometry.py", "from planted.layers.conv import Conv\n"),
        ("geometry.py", "from planted import diagnostics\n"),  # a neighbour
        ("layers/conv.py", "import planted.tracing\n"),
        ("layers/conv.py", "import planted\n"),  # the facade
        ("checks/__init__.py", "from planted.reports import table\n"),
        ("tracing.py", "def f():\n    from planted.reports import table\n"),
        ("tracing.py", "if TYPE_CHECKING:\n    from planted.cli import check\n"),
        ("reports/table.py", "from planted.cli.check import command\n"),
    ],
)
def test_an_import_that_points_up_is_found(tmp_path: Path, file: str, text: str) -> None:
    assert upward(plant(tmp_path, SOUND | {file: text}))


@pytest.mark.parametrize(
    "files",
    [
        {"reports/columns.py": "from planted.reports import table\n"},
        {
            "layers/conv.py": "from planted.layers.dense import D\n",
            "layers/dense.py": "def f():\n    from planted.layers.conv import C\n",
        },
        {"layers/conv.py": "from planted.layers import KINDS\n"},
    ],
)
def test_a_circle_is_found(tmp_path: Path, files: dict[str, str]) -> None:
    package = plant(tmp_path, SOUND | files)
    assert upward(package) == []
    assert circles(package)


def test_a_dependency_at_the_bottom_is_found(tmp_path: Path) -> None:
    package = plant(tmp_path, SOUND | {"geometry.py": "import numpy as np\n"})
    assert outside(package, PLAIN)["planted.geometry"] == {"numpy"}
    assert outside(package, ("reports",))["planted.reports.table"] == {"csv"}
