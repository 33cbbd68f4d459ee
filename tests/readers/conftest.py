"""Tests that may read YAML run twice: with libyaml, and without.

They are those of this folder, and those in the others that use `parser`; the formats there are
binary or have parsers of their own. Without is slow, but for the tests of YAML itself: the gate
runs them all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs without libyaml as slow."""
    for item in items:
        called = getattr(item, "callspec", None)
        if called is None or called.params.get("parser") != "without-libyaml":
            continue
        if HERE in item.path.parents and item.path.name != "test_yaml_text.py":
            item.add_marker(pytest.mark.slow)
