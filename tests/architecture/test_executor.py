"""The engine knows no layer kind, kernels no formula, and every kind that computes has a kernel."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shapecalc.executor.kernels import KERNELS, Kernel
from shapecalc.layers import KINDS
from shapecalc.layers.composite import Composite

EXECUTOR = Path(__file__).resolve().parents[2] / "shapecalc" / "executor"
KERNEL_FILES = sorted((EXECUTOR / "kernels").rglob("*.py"))
TABLE = {"KERNELS", "Context", "Kernel", "Parameters", "Saved", "blocks"}  # no single kind's
CLASSES = {cls.__name__ for cls in KERNELS.values()}
COMPUTING = [kind for kind, cls in KINDS.items() if not issubclass(cls, Composite)]
FIELDS = {name for cls in KINDS.values() for name in cls.model_fields} | {"model_fields_set"}
GENERAL = [
    "engine",
    "buffers",
    "arrays",
    "limits",
    "parameters",
    "gradient_check",
    "in_network_check",
    "joins_check",
    "network_gradient_check",
    "pattern",
]


def label(path: Path) -> str:
    """Return a file's path inside the executor."""
    return str(path.relative_to(EXECUTOR))


# -- no layer kind ---------------------------------------------------------------------------------


def docstrings(tree: ast.AST) -> set[ast.expr]:
    """Return the nodes that are the text of a docstring."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }


def kinds_named(text: str) -> Iterator[str]:
    """Yield what code says about single kinds: their names as text, their kernels, comparisons."""
    tree = ast.parse(text)
    without = docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(value)) if node not in without:
                yield from set(re.findall(r"\w+", value)) & set(KINDS)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in CLASSES:
                yield name
            case ast.ImportFrom(module=str(module)) if ".kernels" in module:
                yield from {alias.name for alias in node.names} - TABLE
            case ast.Compare():
                sides = [node.left, *node.comparators]
                yield from (
                    s.attr for s in sides if isinstance(s, ast.Attribute) if s.attr == "kind"
                )


@pytest.mark.parametrize("name", GENERAL)
def test_the_engine_and_the_checks_know_no_kind(name: str) -> None:
    assert list(kinds_named((EXECUTOR / f"{name}.py").read_text(encoding="utf-8"))) == []


def test_the_engine_takes_its_kernels_from_the_table_once() -> None:
    text = (EXECUTOR / "engine.py").read_text(encoding="utf-8")
    assert re.findall(r"\S*\.kind\S*", text) == ["KERNELS[node.kind](node.layer)"]
    assert "isinstance" not in text


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('if step.kernel == "conv":\n    pass', ["conv"]),
        ('MERGES = ("add",)', ["add"]),
        ('x = f"the {y} max_pool"', ["max_pool"]),
        ("from shapecalc.executor.kernels.conv import Conv", ["Conv"]),
        ("from shapecalc.executor.kernels import conv", ["conv"]),
        ("import a\nwhole = isinstance(kernel, a.Softmax)", ["Softmax"]),
        ("done = node.kind == kind", ["kind"]),
        ("done = kind in (node.kind,)", []),
    ],
)
def test_a_kind_that_is_planted_is_found(planted: str, found: list[str]) -> None:
    text = (EXECUTOR / "engine.py").read_text(encoding="utf-8")
    assert list(kinds_named(f"{text}\n{planted}\n")) == found


def test_a_kind_in_a_docstring_or_inside_a_word_is_none() -> None:
    assert (
        list(kinds_named('def f():\n    """As conv and dense."""\n    own.add("padding")\n')) == []
    )


# -- no formula ------------------------------------------------------------------------------------


def taken(text: str) -> set[str]:
    """Return the modules of the package that code imports from, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("shapecalc")}


def foreign(text: str) -> set[str]:
    """Return what a kernel imports that is neither a kernel's nor memory or random numbers."""
    own = (
        "shapecalc.executor.kernels.",
        "shapecalc.executor.buffers.",
        "shapecalc.executor.rng.",
        "shapecalc.registry.",
    )
    return {name for name in taken(text) if not name.startswith(own)}


BOUND = {"pool"}  # the layer that a field names, with fields of its own
READ = {"counts_padding"}  # what fields say together where one is not written


def asked(text: str) -> set[str]:
    """Return what code reads of a layer that is no field of a spec."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            holder = node.value
            if (holder.id if isinstance(holder, ast.Name) else holder.attr) == "layer":
                found.add(node.attr)
    return found - FIELDS - BOUND - READ


@pytest.mark.parametrize("path", KERNEL_FILES, ids=label)
def test_a_kernel_knows_arrays_and_fields_and_no_formula(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert foreign(text) == set()
    assert asked(text) == set()


def test_memory_knows_nothing_of_the_package() -> None:
    assert taken((EXECUTOR / "buffers.py").read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "planted",
    [
        "from shapecalc.geometry import fit_window",
        "import shapecalc.geometry",
        "from shapecalc import geometry",
        "def f():\n    from shapecalc.layers.window import sides",
        "from shapecalc.layers import Conv",
        "from shapecalc.receptive_field import Axis",
        "from shapecalc.executor.session import Session",
    ],
)
def test_an_import_of_a_formula_is_found(planted: str) -> None:
    text = (EXECUTOR / "kernels" / "pool.py").read_text(encoding="utf-8")
    assert len(foreign(f"{text}\n{planted}\n")) == 1


@pytest.mark.parametrize(
    "planted",
    [
        "y = self.layer.output_of(x.shape)",
        "sizes = layer.sizes(x)",
        "n = kernel.layer.macs_of(x)[0]",
        "shapes = self.layer.parameters([x.shape[1:]])",
    ],
)
def test_a_method_of_the_layer_is_found(planted: str) -> None:
    text = (EXECUTOR / "kernels" / "pool.py").read_text(encoding="utf-8")
    assert len(asked(f"{text}\n{planted}\n")) == 1


# -- a kernel for every kind -----------------------------------------------------------------------


def test_every_kind_that_computes_has_a_kernel_and_composites_have_none() -> None:
    assert sorted(KERNELS) == sorted(COMPUTING)
    assert len(set(KERNELS.values())) == len(KERNELS), "a class is one kind's"


@pytest.mark.parametrize("kind", COMPUTING)
def test_a_kernel_computes_both_ways_and_says_how(kind: str) -> None:
    cls = KERNELS[kind]
    assert issubclass(cls, Kernel)
    assert cls.forward is not Kernel.forward
    assert cls.backward is not Kernel.backward
    first = (cls.__doc__ or "").partition("\n")[0]
    assert re.match(rf"{kind}( over the depth)?: ", first), first


@pytest.mark.parametrize("kind", COMPUTING)
def test_a_kernel_is_in_the_file_named_as_its_layers(kind: str) -> None:
    home = KINDS[kind].__module__.rpartition(".")[2]
    module = importlib.import_module(f"shapecalc.executor.kernels.{home}")
    assert module.KERNELS[kind] is KERNELS[kind]
