"""How many layers the commands let a network have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

MANY = "input: 8\nlayers:\n  - repeat: {times: %d, layers: [relu]}\n"


@pytest.mark.parametrize("command", ["report", "check", "verify"])
def test_the_commands_take_max_layers(
    run: Callable[..., Result], tmp_path: Path, command: str
) -> None:
    (tmp_path / "many.yaml").write_text(MANY % 8, encoding="utf-8")
    assert run(command, "many.yaml").exit_code == 0
    assert run(command, "many.yaml", "--max-layers", "8").exit_code == 0
    assert run(command, "-", "--max-layers", "8", stdin=MANY % 8).exit_code == 0
    few = run(command, "many.yaml", "--max-layers", "7")
    assert few.exit_code == 1
    assert "SC108" in few.output
    assert "the network has more than 7 layers" in few.output
    assert run(command, "-", "--max-layers", "7", stdin=MANY % 8).exit_code == 1


def test_calc_takes_max_layers(run: Callable[..., Result]) -> None:
    words = ("calc", "8", "repeat", "times=8", "layers=[relu]")
    assert run(*words).exit_code == 0
    assert run(*words, "--max-layers", "8").exit_code == 0
    few = run(*words, "--max-layers", "7")
    assert few.exit_code == 1
    assert "the network has more than 7 layers" in few.output


@pytest.mark.parametrize("command", ["report", "check", "verify", "calc"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5", "9" * 5000])
def test_a_wrong_number_is_wrong_usage(
    run: Callable[..., Result], command: str, value: str
) -> None:
    result = run(command, "8", f"--max-layers={value}")
    assert result.exit_code == 2
    assert "--max-layers" in result.output


@pytest.mark.slow
def test_more_than_the_usual_limit_is_reported_and_checked(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "many.yaml").write_text(MANY % 100_001, encoding="utf-8")
    assert run("check", "many.yaml").exit_code == 1
    result = run("check", "many.yaml", "--max-layers", "100001")
    assert result.exit_code == 0, result.output
