"""Regular expressions that are compiled late are those that `re.compile` would have made."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from shapecalc import grading
from shapecalc.grading.regex import regex


def _modules() -> list[str]:
    found = pkgutil.walk_packages(grading.__path__, f"{grading.__name__}.")
    return [module.name for module in found]


def _within(value: object) -> Iterator[re.Pattern[str]]:
    if type(value) is type(regex("")):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _within(part)
    elif isinstance(value, dict):
        yield from _within([*value.values()])


@pytest.mark.parametrize("name", _modules())
def test_each_can_be_compiled(name: str) -> None:
    for value in vars(importlib.import_module(name)).values():
        for pattern in _within(value):
            assert pattern.groups >= 0


def test_flags_and_groups() -> None:
    pattern = regex(r"(?P<size>\d+) ?PX", re.IGNORECASE)
    found = pattern.match("12 px")
    assert found is not None
    assert found["size"] == "12"
    assert pattern.match("px") is None
    assert pattern.sub("-", "1px, 22PX") == "-, -"
    assert pattern.pattern == r"(?P<size>\d+) ?PX"


def test_nothing_is_compiled_before_it_is_used() -> None:
    faulty = regex("(")
    with pytest.raises(re.error):
        faulty.search("(")
