"""Only network/values.py knows how values are numbered: nobody else adds or takes away inputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # reads every file of the package, or starts interpreters

PACKAGE = Path(__file__).resolve().parents[2] / "shapecalc"
OTHER_OFFSETS = {PACKAGE / "readers", PACKAGE / "checkpoints"}  # of characters, of bytes
FILES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "network" / "values.py" and OTHER_OFFSETS.isdisjoint(path.parents)
]


def is_number_of_inputs(node: ast.AST) -> bool:
    """Say whether an expression is called offset, or counts the inputs of a network."""
    if isinstance(node, ast.Name | ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr
        return name == "offset"
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    counted = node.args[0] if node.args else None
    own = isinstance(counted, ast.Attribute) and counted.attr.lstrip("_") == "inputs"
    return node.func.id == "len" and own


def by_hand(text: str) -> Iterator[int]:
    """Yield the lines that compute with the number of inputs, or keep it for that."""
    for node in ast.walk(ast.parse(text)):
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.BinOp):
            parts = [node.left, node.right]
        elif isinstance(node, ast.AugAssign | ast.Assign | ast.AnnAssign):
            parts = [node.value]
        elif isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
            if not any(isinstance(part, ast.Constant) for part in compared):
                parts = [*compared]
        elif isinstance(node, ast.Slice):
            parts = [node.lower, node.upper]
        elif isinstance(node, ast.Call) and not is_number_of_inputs(node):
            parts = [*node.args] if getattr(node.func, "id", "") == "range" else []
        if any(part is not None and is_number_of_inputs(part) for part in parts):
            yield node.lineno if isinstance(node, ast.expr | ast.stmt) else 0


def test_nobody_numbers_values_by_hand() -> None:
    assert len(FILES) > 200
    found = {str(path): list(by_hand(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "volume = volumes[layer + self.offset]",
        "self.offset = len(trace.inputs)",
        "record = layers[source - len(self._inputs)]",
        "index -= offset",
        "known = source < offset",
        "for value in range(self.offset): pass",
        "mine = volumes[len(spec.inputs):]",
        "if source >= len(self.trace.inputs): pass",
    ],
)
def test_a_value_numbered_by_hand_is_found(planted: str) -> None:
    assert list(by_hand(planted))


@pytest.mark.parametrize(
    "text", ["alone = len(trace.inputs) == 1", "if len(spec.inputs) > 1: pass", "wanted = 2 + n"]
)
def test_counting_the_inputs_is_no_numbering(text: str) -> None:
    assert list(by_hand(text)) == []
