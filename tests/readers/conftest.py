"""Every test of reading runs twice: with libyaml, and without."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _both_parsers(parser: str) -> None:
    """Both give the same values, faults and places."""
