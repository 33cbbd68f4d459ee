"""shapecalc schema: a JSON Schema of the language on standard output, or in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from shapecalc.language_schema import language_schema

Run = Callable[..., Result]


def test_it_prints_the_schema_in_ascii(run: Run) -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == language_schema()
    assert result.stdout.isascii()


def test_a_file_is_written_and_not_replaced_unless_asked(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "shapecalc.schema.json"
    assert run("schema", "-o", file).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8")) == language_schema()
    assert run("schema", "-o", file).exit_code == 2
    assert run("schema", "-o", file, "--force").exit_code == 0
    assert run("schema", "-o", tmp_path / "missing" / "schema.json").exit_code == 2
    assert run("schema", "more").exit_code == 2
