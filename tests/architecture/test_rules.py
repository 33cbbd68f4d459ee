"""Codes of rules stand in the catalogue and in the rules' files; all else names a rule or asks it.

Tests may hold codes in quotes: they are expectations from outside.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # reads every file of the package, or starts interpreters

PACKAGE = Path(__file__).resolve().parents[2] / "shapecalc"
CATALOGUE = PACKAGE / "rules.py"
OWN = sorted((PACKAGE / "checks").glob("sc*.py"))
OTHERS = sorted({*PACKAGE.rglob("*.py")} - {CATALOGUE, *OWN})
CODE = re.compile(r"SC\d{1,3}")
ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
BEGINNINGS = ("startswith", "endswith", "removeprefix", "partition")


def offenders(paths: list[Path], find: Callable[[str], Iterator[str]]) -> dict[str, list[str]]:
    """Return what is found in files, by the names of those in which something is."""
    assert len(paths) > 20
    found = {label(path): list(find(path.read_text(encoding="utf-8"))) for path in paths}
    return {name: lines for name, lines in found.items() if lines}


def label(path: Path) -> str:
    """Return a file's path inside the package."""
    return path.relative_to(PACKAGE).as_posix()


def docstrings(tree: ast.AST) -> set[int]:
    """Return the identities of the strings that stand alone: what they say is for people."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def quoted_codes(text: str) -> Iterator[str]:
    """Yield the codes that stand in quotes: alone, or in front of a message."""
    tree = ast.parse(text)
    spared = docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in spared:
            continue
        found = re.match(rf"{CODE.pattern}\b", node.value) if isinstance(node.value, str) else None
        if found:
            yield f"line {node.lineno}: {found.group()}"


def is_code(node: ast.expr) -> bool:
    """Say whether an expression is a code: `code`, `x.code`, a code in quotes, or a part of one."""
    if isinstance(node, ast.Subscript):
        return is_code(node.value)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and CODE.fullmatch(node.value) is not None
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    # A command's exit code is a number, and called `code`, too: nobody compares that by order.
    return name == "code" or name.endswith("_code")


def compared_codes(text: str) -> Iterator[str]:
    """Yield the lines that compare a code by order, or by how it begins."""
    for node in ast.walk(ast.parse(text)):
        compared: list[ast.expr] = []
        if isinstance(node, ast.Compare) and any(isinstance(op, ORDER) for op in node.ops):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            compared = [node.func.value, *node.args] if node.func.attr in BEGINNINGS else []
        elif isinstance(node, ast.Compare):  # code[:3] == ..., a beginning written otherwise
            compared = [n for n in (node.left, *node.comparators) if isinstance(n, ast.Subscript)]
        if any(is_code(one) for one in compared):
            yield f"line {compared[0].lineno}"


def test_no_code_stands_in_quotes() -> None:
    assert offenders(OTHERS, quoted_codes) == {}


def test_codes_are_not_compared() -> None:
    assert offenders([*OTHERS, *OWN], compared_codes) == {}


@pytest.mark.parametrize("path", OWN, ids=label)
def test_a_rules_file_quotes_no_code_but_its_own_once(path: Path) -> None:
    found = [line.split()[-1] for line in quoted_codes(path.read_text(encoding="utf-8"))]
    assert found in ([], [path.name[:5].upper()])


def test_the_catalogue_quotes_codes_and_finds_beginnings() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert len(list(quoted_codes(text))) > 20
    assert list(compared_codes(text))


# -- planted faults ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'fault = Fault("SC104", message)',
        'codes = ("SC1",)',
        'wrong = found.code == "SC301"',
        'note = f"SC509 no question is called {name}"',
        'note = "SC508 " + reason',
    ],
)
def test_a_planted_code_in_quotes_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f'"""A file."""\n\n{line}\n', encoding="utf-8")
    assert list(quoted_codes(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        'early = found.code < "SC3"',
        'early = "SC3" > code',
        "early = found.fault.code <= last",
        'reading = found.code.startswith("SC1")',
        "reading = rule.code.startswith(READING)",
        'reading = code[:3] == "SC1"',
        'reading = word.startswith("SC2")',
    ],
)
def test_a_planted_comparison_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "planted.py"
    path.write_text(f'"""A file."""\n\n{line}\n', encoding="utf-8")
    assert list(compared_codes(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        'def f():\n    """SC201 is said where strides do not fit."""',
        "fault = Fault(rules.WRONG_VALUE, message)",
        "early = found.rule.structural and found.code in codes",
        "same = found.code == other.code",
        "few = count < 3 and name.startswith('conv')",
    ],
)
def test_what_names_or_asks_a_rule_is_sound(line: str) -> None:
    assert not list(quoted_codes(line))
    assert not list(compared_codes(line))
