"""--module: the one place that runs somebody's code, in the current folder first."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shapecalc.cli import group

SOURCE = '''
import json
print("printed while it is imported")

LAYERS = [{"class_name": "Dense", "config": {"units": 3, "batch_input_shape": [None, 4]}}]


class Model:
    """What is asked of a model of Keras."""

    def get_config(self):
        return {}

    def to_json(self):
        return json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": LAYERS}})


class Needs(Model):
    def __init__(self, size):
        pass


def fails():
    raise ValueError("two\\nlines")


def leaves():
    raise SystemExit(3)


class Nested:
    made = Model()


made = Model()
five = 5
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder with code in it."""
    (tmp_path / "nets_of_a_test.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "broken_of_a_test.py").write_text("def", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in ("nets_of_a_test", "broken_of_a_test"):
        sys.modules.pop(name, None)


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words))


@pytest.mark.parametrize("name", ["Model", "made", "Nested.made"])
def test_a_model_is_reported_checked_and_verified(folder: Path, name: str) -> None:
    where = f"nets_of_a_test:{name}"
    report = run("report", "--module", where, "--format", "json")
    assert report.exit_code == 0
    read = json.loads(report.stdout)  # what the code prints is not among it
    assert (read["file"], read["totals"]["parameters"]) == (where, 15)
    assert run("check", "--module", where).exit_code == 0
    assert run("verify", "--module", where).exit_code == 0
    assert run("verify", "--module", where, "--jobs", "2").exit_code == 0


@pytest.mark.parametrize("command", ["report", "check", "verify"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nets_of_a_test:Needs", "calling Needs() fails: TypeError"),
        ("nets_of_a_test:fails", "fails: ValueError: two lines"),
        ("nets_of_a_test:leaves", "fails: SystemExit: 3"),
        ("nets_of_a_test:five", "int"),
        ("nets_of_a_test:nothing", "has no nothing"),
        ("no_such_module_at_all:Net", "fails: ModuleNotFoundError"),
        ("broken_of_a_test:Net", "fails: SyntaxError"),
    ],
)
def test_what_the_code_does_wrong_is_one_line(
    folder: Path, command: str, name: str, said: str
) -> None:
    result = run(command, "--module", name)
    assert result.exit_code == 2
    (line,) = [line for line in result.stderr.splitlines() if name in line]
    assert line.startswith(f"shapecalc: {name}: ")
    assert said in line
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words",
    [["--module", "nets_of_a_test"], ["--module", ":Net"], ["--module", "a:b", "net.yaml"], []],
)
def test_wrong_usage_is_told(folder: Path, words: list[str]) -> None:
    result = run("check", *words)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_nothing_is_run_without_it(folder: Path) -> None:
    (folder / "net.py").write_text("raise SystemExit(open('ran', 'w'))", encoding="utf-8")
    assert run("report", "net.py").exit_code == 1
    assert run("check", "nets_of_a_test:Model").exit_code == 2
    assert not (folder / "ran").exists()
    assert "nets_of_a_test" not in sys.modules
