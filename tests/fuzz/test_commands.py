"""Mutated inputs of every command, a few of each; run.py beside this runs as many as are wanted."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import click
import pytest
from cases import COMMANDS, Case, case
from trials import Result, TooSlow, limited, tried, wrong

import shapecalc

FEW, MANY = 20, 80


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "cases",
    [range(FEW), pytest.param(range(FEW, MANY), marks=pytest.mark.slow)],
    ids=["few", "many"],
)
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_no_mutated_input_is_a_crash(command: str, cases: range, tmp_path: Path) -> None:
    tested = 0
    for number in cases:
        mutant = case(command, 1, number)
        failure = tried(mutant, tmp_path / "case")
        assert failure is None, f"{failure}\n{mutant}"
        tested += bool(mutant.words)
    assert tested == len(cases)


def test_a_number_gives_the_same_case_again() -> None:
    assert case("grade", 1, 7) == case("grade", 1, 7)
    assert case("grade", 1, 7) != case("grade", 1, 8) != case("grade", 2, 8)


# -- what must not happen is noticed ---------------------------------------------------------------

JSON = ["check", "a.yaml", "--format", "json"]


@pytest.mark.parametrize(
    ("words", "result", "signature"),
    [
        (["check"], Result(0, "", "", KeyError("a")), "KeyError"),
        (["check"], Result(2, "", "shapecalc: internal error, please report it", None), "internal"),
        (["grade"], Result(1, "Traceback (most recent call last):", "", None), "Traceback"),
        (["check"], Result(3, "", "", None), "exit code 3"),
        (["check"], Result(1, "a\x1b[31m", "", None), "control characters"),
        (JSON, Result(1, "[NaN]", "", None), "no json"),
        (JSON, Result(1, "[{]", "", None), "no json"),
        (["report", "a.yaml", "--format", "csv"], Result(0, 'a,"b\n', "", None), "no csv"),
    ],
)
def test_a_planted_fault_is_noticed(words: list[str], result: Result, signature: str) -> None:
    try:
        raise result.error or ValueError
    except Exception:  # an exception that was raised has a traceback
        failure = wrong(Case(words), result)
    assert failure is not None
    assert failure.signature.startswith(signature)


def test_a_crash_of_a_command_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapecalc, "trace", lambda *_, **__: 1 // 0)
    spec = {"a.yaml": b"input: 8x8x1\nlayers: [relu]\n"}
    failure = tried(Case(["report", "a.yaml"], spec), tmp_path / "case")
    assert failure is not None
    assert failure.signature.startswith("ZeroDivisionError")


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no such timer")
def test_what_takes_too_long_is_noticed() -> None:
    with pytest.raises(TooSlow), limited(0.05):
        time.sleep(10)


def test_what_is_right_is_no_failure() -> None:
    assert wrong(Case(JSON), Result(1, "[]\n", "", None)) is None
    assert wrong(Case(["check"]), Result(0, "fine\n", "", None)) is None


# -- what was found --------------------------------------------------------------------------------


def test_an_item_that_is_none_past_the_limit_is_a_finding() -> None:
    found = shapecalc.check({"input": 8, "layers": ["relu", {}]}, max_layers=1)
    assert [d.code for d in found] == ["SC108"]


@pytest.mark.parametrize("name", ["\x7f", "\x1b[31m", "a\u2028b", "\u202e"])
@pytest.mark.parametrize("value", [0.5, "8x8x1", None])
def test_an_inputs_name_prints_no_control_character(name: str, value: object) -> None:
    trace = shapecalc.trace({"inputs": {name: value, "b": 8}, "layers": ["relu"]})
    printed = str(trace)
    assert not set(printed) & {"\x7f", "\x1b", "\u2028", "\u202e"}
    assert click.unstyle(printed) == printed


def test_a_parameter_that_was_not_given_is_in_no_edit(tmp_path: Path) -> None:
    """The item that a repair would write anew holds $se, for which there is no value."""
    path = tmp_path / "net.json"
    path.write_text(
        '{"blocks": {"r": {"": {"": 0}, "layers": [{"cv": {}, "1": {"ers": {},'
        ' "s": [{"cv": {"F": "$se"}}, ""]}}, "ru"]}}, "": [{"pr": {}}]}',
        encoding="utf-8",
    )
    assert {d.code for d in shapecalc.check(path)} >= {"SC102", "SC105"}


@pytest.mark.parametrize("name", ["\x7f", "\x1b[31m"])
def test_a_name_in_a_hint_prints_no_control_character(name: str) -> None:
    spec = {"inputs": {name: 8, "b": 8}, "layers": [{"add": "b"}]}
    assert not {"\x7f", "\x1b"} & set("".join(d.hint for d in shapecalc.check(spec)))
