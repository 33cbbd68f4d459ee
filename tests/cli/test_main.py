"""The command line as a whole: help, unknown words, tracebacks, pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

import shapecalc
from shapecalc.cli import group

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
ROOT = Path(__file__).resolve().parents[2]


def commands() -> dict[str, click.Command]:
    """Return every command by its name, hidden ones left out."""
    assert isinstance(group, click.Group)
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    assert all(found.values())
    return {name: command for name, command in found.items() if command and not command.hidden}


def options() -> list[tuple[str, str]]:
    """Return every option of every command, by its longest word."""
    return [
        (name, max(parameter.opts, key=len))
        for name, command in commands().items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
    ]


def test_the_contracts_commands_are_there() -> None:
    assert {"report", "check", "calc", "explain"} <= set(commands())


def test_the_contracts_options_are_there() -> None:
    assert {
        ("report", "--format"), ("report", "--columns"), ("report", "--depth"),
        ("report", "--explain"), ("report", "--output"),
        ("check", "--format"), ("check", "--select"), ("check", "--ignore"), ("check", "--strict"),
        ("calc", "--rounding"), ("calc", "--format"),
    } <= set(options())  # fmt: skip


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_lists_every_command(run: Run, word: str) -> None:
    result = run(word)
    assert result.exit_code == 0
    for name in commands():
        assert name in result.stdout


@pytest.mark.parametrize("name", ["report", "check", "calc", "explain"])
def test_every_command_has_help_for_itself_and_its_options(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    for command, option in options():
        if command == name:
            assert option in result.stdout
    for parameter in commands()[name].params:
        if isinstance(parameter, click.Option) and "help" not in parameter.opts[0]:
            assert parameter.help, parameter.name


def test_version_is_the_packages(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert shapecalc.__version__ in result.stdout


def test_without_a_command_help_is_printed(run: Run) -> None:
    result = run()
    assert result.exit_code in (0, 2)
    assert "report" in result.output


@pytest.mark.parametrize(
    ("word", "near"), [("reprot", "report"), ("chekc", "check"), ("xyzzy", None), ("-x", None)]
)
def test_an_unknown_command_is_2_with_the_nearest_one(
    run: Run, word: str, near: str | None
) -> None:
    result = run(word)
    assert result.exit_code == 2
    assert result.stdout == ""
    if near:
        assert near in result.stderr


# -- as a process ----------------------------------------------------------------------------------


def test_the_package_runs_as_a_module(spawn: Spawn, files: Path) -> None:
    result = spawn("report", "sound.yaml")
    assert result.returncode == 0
    assert b"conv1" in result.stdout
    assert result.stderr == b""
    assert spawn("report", "faulty.yaml").returncode == 1
    assert spawn("report", "missing.yaml").returncode == 2
    assert spawn("reprot").returncode == 2


def test_standard_input_is_read_as_bytes(spawn: Spawn) -> None:
    text = "\ufeffname: Сеть\ninput: 8x8x1\nlayers: [{conv: {K: 2, F: 3}}]\n"
    result = spawn("report", "-", stdin=text.encode(), env={"PYTHONIOENCODING": "utf-8"})
    assert result.returncode == 0
    assert "Сеть".encode() in result.stdout
    assert spawn("report", "-", stdin=b"\xff\xfe").returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_console_that_cannot_show_a_name_gives_no_traceback(
    spawn: Spawn, files: Path, encoding: str
) -> None:
    (files / "n.yaml").write_text("name: 网络\ninput: 8\nlayers: [relu, 网]\n", encoding="utf-8")
    for words in (
        ["report", "n.yaml"],
        ["check", "n.yaml"],
        ["report", "n.yaml", "--format", "csv"],
    ):
        result = spawn(*words, env={"PYTHONIOENCODING": encoding})
        assert result.returncode == 1
        assert b"Traceback" not in result.stderr
        assert b"internal error" not in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently there")
@pytest.mark.parametrize("command", ["report", "check"])
def test_a_pipe_that_closes_early_gives_no_traceback(files: Path, command: str) -> None:
    text = "input: 8\nlayers:\n" + "  - reul\n" * 3_000
    (files / "long.yaml").write_text(text)
    process = subprocess.Popen(
        [sys.executable, "-m", "shapecalc", command, str(files / "long.yaml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(100)
    process.stdout.close()
    errors = process.stderr.read()
    process.wait(timeout=60)
    process.stderr.close()
    assert b"Traceback" not in errors
    assert b"internal error" not in errors
    assert b"BrokenPipe" not in errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently there")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "words",
    [["report", "faulty.yaml", "--format", "csv"], ["check", "faulty.yaml"],
     ["audit", "faulty.yaml"], ["verify", "sound.yaml"], ["calc", "8x8x1", "relu"], ["explain"],
     ["quiz"], ["--help"], ["report"], ["nope"]],
    ids=" ".join,
)  # fmt: skip
def test_a_pipe_that_nobody_reads_is_quiet(files: Path, words: list[str], stream: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    other = {"stdout": "stderr", "stderr": "stdout"}[stream]
    done = subprocess.run(
        [sys.executable, "-m", "shapecalc", *words],
        cwd=files, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
        **{stream: theirs, other: subprocess.PIPE},
    )  # fmt: skip
    os.close(theirs)
    errors = done.stderr or b""
    assert done.returncode in (0, 1, 2)
    for words_of_a_crash in (b"Traceback", b"internal error", b"BrokenPipe", b"Exception ignored"):
        assert words_of_a_crash not in errors


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("command", ["report", "check", "audit", "verify"])
def test_a_stream_that_is_closed_is_no_traceback(files: Path, command: str, number: int) -> None:
    closed = f'exec "$0" -m shapecalc {command} sound.yaml {number}>&-'.replace("0>&-", "0<&-")
    done = subprocess.run(
        ["sh", "-c", closed, sys.executable], cwd=files, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0
    assert b"error" not in done.stderr


# -- interrupted -----------------------------------------------------------------------------------

INTERRUPTED = """
import sys
import shapecalc.cli.files
from shapecalc.cli import main
def interrupt(*given):
    raise KeyboardInterrupt
shapecalc.cli.files.read = interrupt
sys.argv = ["shapecalc", *sys.argv[1:]]
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "report", "verify"])
def test_an_interrupted_command_says_so_in_a_line_and_is_130(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, command, "-"],
        input=b"", capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stdout == b""
    assert done.stderr.split() == [b"shapecalc:", b"interrupted"]


@pytest.mark.parametrize(
    ("error", "said"),
    [("MemoryError", "there is not enough memory"), ("KeyboardInterrupt", "interrupted")],
)
def test_what_goes_wrong_outside_a_command_is_a_line(error: str, said: str) -> None:
    code = (
        "import shapecalc.cli\n"
        f"def group(**given): raise {error}\n"
        "shapecalc.cli.group = group\n"
        "shapecalc.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == (130 if error == "KeyboardInterrupt" else 2)
    assert done.stderr.strip() == f"shapecalc: {said}"


ODD = [
    "", " ", "-", "--", "---", ".", "~", "\\", "\x1b[31m", "é", "网络", "a" * 5_000,
    "missing.yaml", "*.yaml", "-1", "0", "=", "@file", "%s", "{0}", "$HOME", "nul:", "con",
]  # fmt: skip


@pytest.mark.parametrize("command", ["report", "check", "calc", "explain"])
def test_no_word_gives_a_traceback(run: Run, command: str) -> None:
    for word in ODD:
        result = run(command, word, stdin="")
        assert result.exit_code in (0, 1, 2), word
        assert "Traceback" not in result.output
        assert "internal error" not in result.output
        assert result.output.strip() or command == "check", word


def test_a_path_with_a_nul_is_no_traceback(run: Run) -> None:
    for command in ("report", "check"):
        result = run(command, "a\x00b.yaml")
        assert result.exit_code == 2
        assert "Traceback" not in result.output


# -- on a terminal ---------------------------------------------------------------------------------


@pytest.fixture
def terminal(files: Path) -> Callable[..., str]:
    """Run a command on a pseudo-terminal and return what it prints there."""
    pty = pytest.importorskip("pty", reason="needs pseudo-terminals")

    def start(*words: str, **env: str) -> str:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "shapecalc", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=files,
            env={**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **env},
        )
        os.close(theirs)
        chunks = []
        try:
            while chunk := os.read(ours, 65536):
                chunks.append(chunk)
        except OSError:  # Linux says so when the other side is closed
            pass
        os.close(ours)
        assert process.wait(timeout=60) in (0, 1)
        return b"".join(chunks).decode().replace("\r\n", "\n")

    return start


@pytest.mark.slow
def test_a_terminal_gets_colour_unless_it_is_not_wanted(terminal: Callable[..., str]) -> None:
    assert "\x1b[" in terminal("check", "faulty.yaml")
    assert "\x1b[" not in terminal("check", "faulty.yaml", NO_COLOR="1")
    assert "\x1b[" not in terminal("check", "faulty.yaml", "--format", "json").partition("]")[0]


@pytest.mark.slow
def test_a_terminals_width_is_kept(files: Path, terminal: Callable[..., str]) -> None:
    name = "a_rather_long_name_of_a_layer_that_needs_much_room"
    text = f"input: 8x8x1\nlayers:\n  - conv: {{name: {name}, K: 2, F: 3}}\n"
    (files / "long.yaml").write_text(text)
    drawn = terminal("report", "long.yaml", COLUMNS="60").split("\n\n")[1]
    assert max(map(len, drawn.splitlines())) <= 60
    assert "6x6x2" in drawn
    assert name in terminal("report", "long.yaml", COLUMNS="300")


@pytest.mark.slow
def test_a_page_is_wrapped_to_the_terminals_width(terminal: Callable[..., str]) -> None:
    for word in ("counting", "SC405", "dense"):
        lines = terminal("explain", word, COLUMNS="70").splitlines()
        assert max(len(line) for line in lines if not line.startswith("    ")) <= 70
    assert max(map(len, terminal("explain", COLUMNS="70").splitlines())) <= 70
