"""What tests of Darknet's files share: sections are written to a file behind [net], and traced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import shapecalc
from shapecalc import Trace


@pytest.fixture
def net(tmp_path: Path) -> Callable[..., Trace]:
    """Trace sections, each `word key=value key=value`, behind a [net] of height x width x depth."""

    def run(*sections: str, size: str = "8x8x3", **given: object) -> Trace:
        sizes = zip(("height", "width", "channels"), size.split("x"), strict=False)
        head = [f"{key}={value}" for key, value in sizes] if "x" in size else [f"inputs={size}"]
        lines = ["[net]", *head]
        for section in sections:
            word, *options = section.split()
            lines += [f"[{word}]", *options]
        path = tmp_path / "net.cfg"
        path.write_text("\n".join(lines), encoding="utf-8")
        return shapecalc.trace(path, **given)  # type: ignore[arg-type]

    return run
