"""What the layers' tests share: one layer, or a few, on one input volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from shapecalc import trace


@dataclass(frozen=True)
class Asked:
    """The last layer's record as `--format json` prints it, and everything found."""

    record: dict[str, Any]
    found: list[dict[str, Any]]

    @property
    def codes(self) -> list[str]:
        """All codes, in order."""
        return sorted(item["code"] for item in self.found)

    @property
    def errors(self) -> list[str]:
        """The codes of errors."""
        return sorted(item["code"] for item in self.found if item["severity"] == "error")

    def said(self, code: str) -> str:
        """Return the message and hint of the one finding of a code."""
        (item,) = (item for item in self.found if item["code"] == code)
        return f"{item['message']} | {item['hint']}"

    def hint(self, code: str) -> str:
        """Return the hint of the one finding of a code."""
        return self.said(code).partition(" | ")[2]

    def __getitem__(self, key: str) -> Any:
        return self.record[key]


def ask_layers(volume: Any, *layers: Any, rounding: str = "exact") -> Asked:
    """Trace layers on one input volume."""
    given = list(volume) if isinstance(volume, tuple) else volume
    result = trace({"input": given, "rounding": rounding, "layers": list(layers)}).to_dict()
    return Asked(result["layers"][-1] if result["layers"] else {}, result["diagnostics"])


@pytest.fixture
def ask() -> Callable[..., Asked]:
    """Give the function that traces a layer."""
    return ask_layers
