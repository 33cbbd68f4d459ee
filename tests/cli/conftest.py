"""What tests of the commands share: running them, and files to run them on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shapecalc.cli import group

SOUND = "name: sound\ninput: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - relu\n"
FAULTY = "name: faulty\ninput: 10x10x1\nlayers:\n  - conv: {K: 2, F: 3, S: 2}\n  - relu\n"
WARNED = "input: 8x8x1\nlayers:\n  - max_pool: {F: 2, S: 3}\n"  # SC402, a warning
ADVISED = "input: 7x7x8\nlayers:\n  - dense: 3\n"  # SC405, advice


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command line in a folder of its own, without the user's colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def invoke(*words: str | Path, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(group, [str(word) for word in words], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return invoke


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with a sound spec, a faulty one, one warned about and one advised."""
    for name, text in [
        ("sound.yaml", SOUND),
        ("faulty.yaml", FAULTY),
        ("warned.yaml", WARNED),
        ("advised.yaml", ADVISED),
    ]:
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def spawn(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run `python -m shapecalc` as a process of its own."""

    def start(
        *words: str, stdin: bytes | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        return subprocess.run(
            [sys.executable, "-m", "shapecalc", *words],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": str(ROOT), **(env or {})},
            timeout=60,
            check=False,
        )

    return start


ROOT = Path(__file__).resolve().parents[2]
