"""The browser says what Python says: a sample of the examples; all_examples.py has all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.playground.all_examples import differing, examples

pytestmark = pytest.mark.slow  # starts a browser

EVERY = 9  # of so many examples one is compared


def test_the_browser_says_what_python_says(page: Any) -> None:
    sample = examples()[::EVERY]
    assert len(sample) > 20
    assert differing(page, sample) == []


def test_a_difference_is_found(page: Any) -> None:
    name, text = examples()[0]
    assert differing(page, [(name, text)], lambda raw: raw.replace(b"K: 10", b"K: 11")) == [name]
