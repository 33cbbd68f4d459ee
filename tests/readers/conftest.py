"""Every test of reading runs twice: with libyaml, and without.

Without is slow, but for the tests of YAML itself: the gate runs them all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _both_parsers(parser: str) -> None:
    """Both give the same values, faults and places."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs without libyaml as slow."""
    for item in items:
        called = getattr(item, "callspec", None)
        if called is None or called.params.get("parser") != "without-libyaml":
            continue
        if HERE in item.path.parents and item.path.name != "test_yaml_text.py":
            item.add_marker(pytest.mark.slow)
