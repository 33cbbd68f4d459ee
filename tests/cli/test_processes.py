"""Work of several processes: in order, whatever happens to one of them, and gone with Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shapecalc.cli.processes import THREADS, in_order, one_thread

pytestmark = pytest.mark.slow

Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
EXIT = "__import__('os')._exit(3)"  # as if the system had ended the process


def lost(item: Any) -> str:
    return f"lost {item}"


# -- the order of results --------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_are_in_the_order_of_the_items(jobs: int) -> None:
    slow_first = ["__import__('time').sleep(0.3) or 'first'", "2 + 2", "'third'"]
    told: list[int] = []
    found = list(in_order(eval, slow_first, jobs, lost=lost, progress=told.append))
    assert found == ["first", 4, "third"]
    assert told[-1] == 3
    assert told == sorted(told)


def test_there_may_be_nothing_to_do() -> None:
    assert list(in_order(eval, [], 3, lost=lost)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_that_is_ended_costs_its_own_item(jobs: int) -> None:
    items = ["1", EXIT, "3", EXIT, "5", "6"]
    found = list(in_order(eval, items, jobs, lost=lost))
    assert found == [1, lost(EXIT), 3, lost(EXIT), 5, 6]
    assert list(in_order(os._exit, [0, 1], jobs, lost=lost)) == [lost(0), lost(1)]


def test_large_results_pass() -> None:
    found = list(in_order(len, ["x" * 10**6] * 3, 2, lost=lost))
    assert found == [10**6] * 3
    assert list(in_order(eval, ["'y' * 10**6"] * 3, 2, lost=lost)) == ["y" * 10**6] * 3


@pytest.mark.skipif(os.name != "posix", reason="a process is asked whether it is there")
def test_processes_end_with_the_one_who_asks() -> None:
    results = in_order(eval, ["__import__('os').getpid()"] * 4, 2, lost=lost)
    pid = next(results)
    results.close()
    assert gone(lambda: os.kill(pid, 0))


def gone(ask: Callable[[], None]) -> bool:
    """Say whether processes are not there any more, in a few seconds at the latest."""
    for _ in range(50):
        try:
            ask()
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


# -- threads ---------------------------------------------------------------------------------------


def test_libraries_use_one_thread_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    with one_thread():
        (seen,) = in_order(eval, ["dict(__import__('os').environ)"], 1, lost=lost)
        assert {name: seen[name] for name in THREADS} == {
            name: "3" if name == "OMP_NUM_THREADS" else "1" for name in THREADS
        }
    assert [name for name in THREADS if name in os.environ] == ["OMP_NUM_THREADS"]


# -- verify ----------------------------------------------------------------------------------------

SPECS = {
    "a.yaml": "input: 9x9x3\nlayers: [conv: {K: 4, F: 3}, batch_norm, relu, dense: 5]\n",
    "b.yaml": "input: 4\nlayers: [dense: 2, softmax]\n",
    "c.yaml": "input: 4x4x1\nlayers: [conv: {K: 1, F: 9}]\n",
    "d.yaml": "input: 3\nlayers: [relu]\nexample: {given: {input: [-1, 0, 3]},"
    " expect: {relu1: [0, 1, 3]}}\n",
    "e.yaml": "input: [\n",
    "f.json": '{"input": "8x8x2", "layers": [{"max_pool": 2}, {"lrn": 3}, "gelu"]}',
    "settings.yaml": "version: 2\n",
    "z.yaml": "input: 100000x100000x1\nlayers: [relu]\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SPECS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("form", "jobs"), [("table", "2"), ("json", "4")])
def test_jobs_change_nothing_but_the_time(spawn: Spawn, folder: Path, form: str, jobs: str) -> None:
    words = ["verify", ".", "missing.yaml", "-", "b.yaml", "--format", form]
    given = b"input: 4\nlayers: [tanh]\n"
    done = [spawn(*words, "--jobs", number, stdin=given) for number in ("1", jobs)]
    assert [item.returncode for item in done] == [2, 2]
    assert done[0].stdout == done[1].stdout
    assert done[0].stderr == done[1].stderr
    # b.yaml, which is in the folder too, is verified once.
    assert done[0].stdout.count(b"all agree" if form == "table" else b'"agrees": true') >= 4
    assert b"missing.yaml: " in done[0].stderr


FOUND = "input: 9x9x1\nlayers:\n  - max_pool: {F: 2, S: 3}\n  - conv: {K: 1, F: 2, S: 2}\n"
SILENT = 'ignore = ["SC402"]\n[per-file-ignores]\n"quiet*" = ["SC2"]\n'


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with files of all sorts, and one with settings of its own."""
    folder = tmp_path_factory.mktemp("many")
    for name, text in SPECS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "inner").mkdir()
    (folder / "inner" / "shapecalc.toml").write_text(SILENT, encoding="utf-8")
    for number in range(12):
        (folder / f"found{number}.yaml").write_text(FOUND, encoding="utf-8")
        (folder / "inner" / f"quiet{number}.yaml").write_text(FOUND, encoding="utf-8")
        (folder / "inner" / f"found{number}.yaml").write_text(FOUND, encoding="utf-8")
    if os.name == "posix":
        (folder / "odd.yaml").symlink_to("nowhere")
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "json"),
        ("--strict", "--select", "SC4,SC2", "--statistics"),
        ("--format", "junit", "--quiet", "--ignore", "SC402", "--input", "12x12x1"),
    ],
)
def test_jobs_change_nothing_but_the_time_of_a_check(
    spawn: Spawn, many: Path, words: tuple[str, ...]
) -> None:
    words = ("check", str(many), "missing.yaml", "-", *words)
    done = [spawn(*words, "--jobs", jobs, stdin=FOUND.encode()) for jobs in "13"]
    assert [item.returncode for item in done] == [2, 2]
    assert done[0].stdout == done[1].stdout
    assert done[0].stderr == done[1].stderr
    assert done[0].stderr.count(b"missing.yaml: ") == 1
    assert done[0].stderr.count(b"odd.yaml: ") == (os.name == "posix")


ODD = """\
import os, sys, time
from shapecalc.readers import READERS

endings = ()

def claims(start, name):
    if b"deadly" in start:
        os._exit(3)
    if b"slow" in start:
        time.sleep(60)
    if b"spoilt" in start:
        raise KeyError("spoilt")
    return False

def read(file):
    return None

READERS.register("odd")(sys.modules[__name__])
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Give a folder with a plug-in that ends a process, or lets it wait, for what a file says."""
    (tmp_path / "odd.py").write_text(ODD, encoding="utf-8")
    return tmp_path


def test_a_file_that_ends_its_process_costs_no_other(spawn: Spawn, odd: Path) -> None:
    for number in range(20):
        name = "deadly" if number in (3, 4, 11) else "harmless"
        (odd / f"{number:02}.yaml").write_text(f"name: {name}\n{FOUND}", encoding="utf-8")
    done = spawn("check", ".", "--plugin", "odd.py", "--jobs", "2")
    assert done.returncode == 2
    told = [line.partition(b": its process was ended") for line in done.stderr.splitlines()]
    ended = [file for file, said, _ in told if said]
    assert ended == [f"shapecalc: {number:02}.yaml".encode() for number in (3, 4, 11)]
    assert done.stdout.count(b"SC201 error") == 17


def test_what_a_plug_in_breaks_is_told_in_one_line(spawn: Spawn, odd: Path) -> None:
    for number in range(9):
        (odd / f"{number}.yaml").write_text(f"name: spoilt\n{FOUND}", encoding="utf-8")
    done = [spawn("check", ".", "--plugin", "odd.py", "--jobs", jobs) for jobs in "12"]
    assert [item.returncode for item in done] == [2, 2]
    assert done[0].stderr == done[1].stderr
    assert done[0].stderr.splitlines() == [
        b"shapecalc: the plug-in odd cannot be used: KeyError: 'spoilt'"
    ]


SLOW = """\
input: 220x220x16
layers:
  - repeat: {times: 3, layers: [{conv: {K: 16, F: 3, P: 1}}, batch_norm, gelu]}
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to a group of processes")
@pytest.mark.parametrize("command", ["verify", "check"])
def test_ctrl_c_ends_all_processes_without_a_word_too_many(odd: Path, command: str) -> None:
    (odd / "a.yaml").write_text("input: 2x2x3\nlayers: [max_pool: {F: 1, S: 2}]\nrounding: floor\n")
    for name in "bcd":
        (odd / f"{name}.yaml").write_text(f"name: slow\n{SLOW}" if command == "check" else SLOW)
    extra = ["--plugin", "odd.py"] if command == "check" else []
    with subprocess.Popen(
        [sys.executable, "-m", "shapecalc", command, ".", "--jobs", "2", *extra],
        cwd=odd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert b"a.yaml" in running.stdout.readline()  # the others are being worked on
        started = time.monotonic()
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert time.monotonic() - started < 10
    assert running.returncode == 130
    assert said.decode().split() == ["shapecalc:", "interrupted"]
    assert gone(lambda: os.killpg(running.pid, 0))
