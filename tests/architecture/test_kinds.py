"""Every layer kind has its page, its smallest spec and, where the executor is, its kernel."""

from __future__ import annotations

import ast
import re
from inspect import cleandoc
from pathlib import Path

import pytest

from shapecalc.layers import ALIASES, KINDS, Layer
from shapecalc.layers.base import field_words
from shapecalc.layers.composite import Composite

ROOT = Path(__file__).resolve().parents[2]
SPECS = ROOT / "specs" / "kinds"
EXECUTOR = ROOT / "shapecalc" / "executor"
COMPOSED = [kind for kind, cls in KINDS.items() if issubclass(cls, Composite)]
COMPUTING = [kind for kind, cls in KINDS.items() if not issubclass(cls, Composite)]


def lacking(kind: str, page: str | None) -> list[str]:
    """Return what a kind's page does not have."""
    text = cleandoc(page or "")
    wanted = {} if kind in COMPOSED else {"its backward pass": r"^Backward"}
    wanted |= {
        "a first line with its name": rf"\A{kind}( \([a-z, ]+\))?: .",
        "an example with numbers": r"^Example: (?:.*\n)*?.*\d",
        "a line as a spec writes it": rf"^    - \{{?{kind}\b",
        "a source": r"^Sources?: \S",
    }
    return [what for what, pattern in wanted.items() if not re.search(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_page(kind: str) -> None:
    assert lacking(kind, KINDS[kind].__doc__) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_its_fields_on_its_page(kind: str) -> None:
    page = cleandoc(KINDS[kind].__doc__ or "")
    fields = re.search(r"^Fields: ((?:.+\n?)+)", page, re.MULTILINE)
    for name in field_words(KINDS[kind]):
        assert fields is not None, name
        assert re.search(rf"\b{name}\b", fields[1]), name


PAGE = """conv: K filters slide.

    Backward: dW is the sum of x times dy.

    Example: 32x32x3 with K=10: 760 parameters.

        - conv: {K: 10, F: 5}

    Source: CS231n.
    """


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("conv: K", "K", "a first line with its name"),
        ("Example", "For example", "an example with numbers"),
        ("- conv:", "- pool:", "a line as a spec writes it"),
        ("Source:", "See", "a source"),
        ("Backward", "Back", "its backward pass"),
    ],
)
def test_a_page_that_lacks_something_is_found(old: str, new: str, what: str) -> None:
    assert lacking("conv", PAGE) == []
    assert lacking("conv", PAGE.replace(old, new)) == [what]
    assert len(lacking("conv", None)) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_smallest_spec(kind: str) -> None:
    text = (SPECS / f"{kind.replace('_', '-')}.yaml").read_text(encoding="utf-8")
    assert re.search(rf"\b{kind}\b", text)
    assert "expect" in text


def test_a_class_stands_for_one_kind_and_aliases_for_kinds() -> None:
    classes = list(KINDS.values())
    assert len(classes) == len(set(classes))
    assert all(issubclass(cls, Layer) for cls in classes)
    assert set(ALIASES.values()) <= set(KINDS)
    assert not set(ALIASES) & set(KINDS)


def texts(folder: Path) -> set[str]:
    """Return every text that the files of a folder hold as a value."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_every_kind_has_a_kernel_once_there_is_an_executor() -> None:
    if EXECUTOR.is_dir():
        assert set(COMPUTING) <= texts(EXECUTOR / "kernels")


def test_a_missing_kernel_is_found(tmp_path: Path) -> None:
    (tmp_path / "pool.py").write_text('KERNELS = {"max_pool": f}\n', encoding="utf-8")
    assert "max_pool" in texts(tmp_path)
    assert "avg_pool" not in texts(tmp_path)
