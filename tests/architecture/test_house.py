"""What every file of the package keeps to: one formula, docstrings."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # reads every file of the package, or starts interpreters

PACKAGE = Path(__file__).resolve().parents[2] / "shapecalc"
FILES = sorted(PACKAGE.rglob("*.py"))
STRIDES = ("S", "stride", "strides")


def label(path: Path) -> str:
    """Return a file's path inside the package."""
    return str(path.relative_to(PACKAGE))


# -- no stride division outside geometry.py ----------------------------------------------------


def is_stride(node: ast.expr) -> bool:
    """Say whether an expression is a stride: S, stride, x.S, x.stride, or one axis of it."""
    if isinstance(node, ast.Subscript):
        return is_stride(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr in STRIDES
    return isinstance(node, ast.Name) and node.id in STRIDES


def stride_divisions(text: str) -> list[int]:
    """Return the lines on which something is divided by a stride."""
    lines = []
    for node in ast.walk(ast.parse(text)):
        divisor: ast.expr | None = None
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
            divisor = node.right
        elif isinstance(node, ast.AugAssign) and isinstance(
            node.op, ast.Div | ast.FloorDiv | ast.Mod
        ):
            divisor = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if (
                called in ("divmod", "floordiv", "truediv", "mod", "Fraction")
                and len(node.args) == 2
            ):
                divisor = node.args[1]
        if divisor is not None and is_stride(divisor):
            lines.append(node.lineno)
    return lines


def test_nothing_else_divides_by_a_stride() -> None:
    others = [path for path in FILES if path.name != "geometry.py"]
    assert len(others) > 200
    found = {label(path): stride_divisions(path.read_text(encoding="utf-8")) for path in others}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_geometry_does() -> None:
    assert stride_divisions((PACKAGE / "geometry.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "o = (W - F + 2*P)/S + 1",
        "o = (W - F + 2*P)//S + 1",
        "o = -(-W//layer.S)",
        "r = room % fit.stride",
        "steps, rest = divmod(room, S)",
        "steps, rest = divmod(room, self.stride[0])",
        "room //= stride",
        "jump = Fraction(jump, step.S)",
        "def f():\n    return [w // s for w in W] and W[0] // strides[0]",
    ],
)
def test_a_planted_division_is_found(text: str) -> None:
    assert stride_divisions(text)


@pytest.mark.parametrize(
    "text", ["jump = jump*S", "S/2", "x = S % 2", "divmod(S, 2)", "a/b", "'{}'.format(S)"]
)
def test_other_uses_of_a_stride_are_none(text: str) -> None:
    assert stride_divisions(text) == []


# -- docstrings --------------------------------------------------------------------------------


def undocumented(text: str) -> Iterator[str]:
    """Yield the file, public classes and public functions that have no docstring."""
    tree = ast.parse(text)
    if not ast.get_docstring(tree):
        yield "the file"
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.name


def test_everything_public_has_a_docstring() -> None:
    found = {label(path): list(undocumented(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("path", FILES, ids=label)
def test_every_public_method_has_a_docstring_of_its_own_or_its_base(path: Path) -> None:
    if path.name == "__main__.py":
        return
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    missing = []
    for name, cls in vars(module).items():
        if not inspect.isclass(cls) or cls.__module__ != module.__name__ or name.startswith("_"):
            continue
        for method, value in vars(cls).items():
            own = inspect.isfunction(value) and value.__module__ == module.__name__
            if own and not method.startswith("_") and not inspect.getdoc(getattr(cls, method)):
                missing.append(f"{name}.{method}")
    assert not missing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""File."""\ndef f():\n    pass\n', ["f"]),
        ('"""File."""\nclass A:\n    x = 1\n', ["A"]),
        ('"""File."""\nasync def f():\n    pass\n', ["f"]),
        ("x = 1\n", ["the file"]),
        ('"""File."""\ndef _f():\n    pass\nclass A:\n    """A."""\n', []),
    ],
)
def test_a_missing_docstring_is_found(text: str, found: list[str]) -> None:
    assert list(undocumented(text)) == found
