"""A format of another tool: its reader, registered for a test, and files of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shapecalc.cli import group
from shapecalc.readers import READERS

TOY = Path(__file__).parent / "toy.py"


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    spec = spec_from_file_location("toy_reader", TOY)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    READERS.register("toy")(module)
    yield
    del READERS.things["toy"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def invoke(*words: str) -> Result:
        result = CliRunner().invoke(group, words)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


@pytest.fixture(params=["text", "binary"])
def save(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., str]:
    """Write a network of the format, as a text of lines or as a binary file; return its name."""

    def write(*nodes: dict[str, Any], name: str = "net.toy", **keys: Any) -> str:
        lines = ",\n".join(f"  {json.dumps(node)}" for node in nodes)
        rest = "".join(f', "{key}": {json.dumps(value)}' for key, value in keys.items())
        raw = f'{{"toy": 1, "nodes": [\n{lines}\n]{rest}}}'.encode()
        mark = b"\x00\xffTOY" if request.param == "binary" else b""
        (tmp_path / name).write_bytes(mark + raw)
        return name

    write.binary = request.param == "binary"  # type: ignore[attr-defined]
    return write
