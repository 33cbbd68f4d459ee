"""The README shows what the program prints: every console block is run again and compared."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import shapecalc
from shapecalc.cli import COMMANDS, group
from shapecalc.executor.confirm import confirm
from shapecalc.grading import read_assignment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n\$ shapecalc (.+)\n((?s:.)*?)```", README)
SPECS = [text for text in re.findall(r"```yaml\n((?s:.)*?)```", README) if "layers:" in text]
LEFT_OUT = "[...]\n"
# A relative error of about 1e-7 is rounding, which is another one on every processor.
ROUNDING = re.compile(r"(?:(?<=inputs: )|(?<=parameters: )|(?<=  ))(?:< 1e-7|\d\.\de-\d\d) *")


def run(arguments: str) -> str:
    """Return what a command line prints, messages on standard error included."""
    return ROUNDING.sub("~0 ", CliRunner().invoke(group, arguments.split()).output)


def pattern(shown: str) -> re.Pattern[str]:
    """Return a pattern for a shown output, in which [...] stands for lines left out."""
    parts = [re.escape(part) for part in ROUNDING.sub("~0 ", shown).split(LEFT_OUT)]
    return re.compile("(?s:.*)".join(parts))


@pytest.mark.parametrize(("arguments", "shown"), CONSOLE, ids=[a for a, _ in CONSOLE])
def test_console_blocks_are_current(
    arguments: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert pattern(shown).fullmatch(run(arguments)), run(arguments)


def test_a_stale_block_is_noticed() -> None:
    assert not pattern("conv1  760\n").fullmatch("conv1  761\n")


def test_each_command_is_shown() -> None:
    shown = {arguments.split()[0] for arguments, _ in CONSOLE}
    assert shown == set(COMMANDS)


@pytest.mark.parametrize("text", SPECS)
def test_specs_are_right(text: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    if "questions:" in text:
        assert read_assignment(path).diagnostics == ()
        return
    verified = confirm(shapecalc.trace(path))
    assert verified.agrees, verified.diagnostics


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_mentioned(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert any(option in README for option in parameter.opts), (name, parameter.opts)
