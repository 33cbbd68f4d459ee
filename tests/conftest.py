"""What tests of all folders share: a spec's text written to a file and traced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import shapecalc
from shapecalc import Trace


@pytest.fixture
def trace_text(tmp_path: Path) -> Callable[..., Trace]:
    """Trace a spec given as text or bytes, as if it were read from a file of that name."""

    def run(text: str | bytes, name: str = "spec.yaml") -> Trace:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return shapecalc.trace(path)

    return run
