"""The values of an assignment's mappings: text, numbers, shares; what is none is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Path, nearest, quote, some
from shapecalc.grading.fault import Faults
from shapecalc.rules import Rule


class Section:
    """A mapping with its place in the document. A faulty value is reported and its default read."""

    def __init__(self, data: Mapping[str, Any], path: Path, faults: Faults) -> None:
        self.data, self.path, self.faults = data, path, faults

    def within(self, key: str) -> Section:
        """Return the mapping behind a key."""
        return Section(self.data[key], (*self.path, key), self.faults)

    def knows_only(self, keys: Sequence[str], what: str) -> None:
        """Report the keys that are none of some."""
        for key in self.data:
            if key not in keys:
                close = nearest(str(key), keys)
                hint = f"did you mean {close}?" if close else f"there is {some(keys)}"
                self.wrong(
                    rules.UNKNOWN_ASSIGNMENT_KEY, f"{what} has no {quote(key)}", hint, str(key)
                )

    def text(self, key: str) -> str:
        """Return a text, or a number as text; empty where there is none."""
        value = self.data.get(key)
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            return value
        self.wrong(rules.WRONG_ASSIGNMENT_VALUE, f"{key} must be text, not {quote(value)}", "", key)
        return ""

    def number(self, key: str, otherwise: float = 0.0) -> float:
        """Return a number from 0 to a thousand million."""
        return self._upto(10**9, "a number, 0 or more", key, otherwise)

    def share(self, key: str) -> float:
        """Return a share of the points, from 0 to 1."""
        return self._upto(1, "a share from 0 to 1", key, 0.0)

    def truth(self, key: str, otherwise: bool) -> bool:
        """Return yes or no."""
        value = self.data.get(key, otherwise)
        if isinstance(value, bool):
            return value
        message = f"{key} must be true or false, not {quote(value)}"
        self.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, "", key)
        return otherwise

    def one_of(self, key: str, words: Sequence[str]) -> str:
        """Return one of some words, the first unless another is written."""
        value = self.data.get(key, words[0])
        if value in words:
            return str(value)
        message = f"{key} must be {' or '.join(words)}, not {quote(value)}"
        self.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, "", key)
        return words[0]

    def _upto(self, most: int, wanted: str, key: str, otherwise: float) -> float:
        value = self.data.get(key, otherwise)
        if type(value) in (int, float) and 0 <= value <= most:  # NaN is neither
            return float(value)
        self.wrong(
            rules.WRONG_ASSIGNMENT_VALUE, f"{key} must be {wanted}, not {quote(value)}", "", key
        )
        return otherwise

    def wrong(self, rule: Rule, message: str, hint: str, *below: str) -> None:
        """Report a fault of this mapping, or of what stands below some keys of it."""
        self.faults.add(rule, message, hint, (*self.path, *below))
