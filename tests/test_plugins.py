"""Plug-ins of one file each are found and used through the command line, in processes of their own.

They are named by --plugin, or as entry points of a package that seems to be installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # starts an interpreter for every test

ROOT = Path(__file__).resolve().parents[1]
Run = Callable[..., subprocess.CompletedProcess[str]]

KIND = '''"""A layer kind with its kernel."""

import numpy as np

from shapecalc.executor.kernels import kernels
from shapecalc.executor.kernels.elementwise import Elementwise
from shapecalc.layers import Layer, kinds


@kinds.register("square")
class Square(Layer):
    """square: x*x of every value.

    Backward: dx = 2*x*dy.

    Example: 8x8x1 stays 8x8x1, and 3 becomes 9.

        - square

    Source: arithmetic.
    """


@kernels.register("square")
class SquareKernel(Elementwise):
    """x*x of each value."""

    def value(self, x, out):
        np.multiply(x, x, out=out)

    def gradient(self, upstream, kept, out):
        np.multiply(upstream, 2 * kept, out=out)
'''
SPEC = "input: 8x8x1\nlayers:\n  - conv: {K: 2, F: 3}\n  - square: {name: squared}\n"


WAYS = ("module", "entry point")  # beside a file


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `python -m shapecalc` in a folder of its own, which modules are imported from, too."""

    def start(*words: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(ROOT), str(tmp_path / "installed")])
        return subprocess.run(
            [sys.executable, "-m", "shapecalc", *words],
            capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, timeout=60, check=False,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip

    return start


def write(path: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def install(tmp_path: Path, module: str, text: str, entry_points: str) -> None:
    """Put a module where it is imported from, with what a package tells of its entry points."""
    folder = tmp_path / "installed"
    write(folder / f"{module}.py", text)
    info = folder / f"{module}-1.0.dist-info"
    write(info / "METADATA", f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    write(info / "entry_points.txt", entry_points)


@pytest.fixture(params=["file", *(pytest.param(way, marks=pytest.mark.slow) for way in WAYS)])
def plugin(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Provide the kind in one of the ways there are; return the words that name it."""
    write(tmp_path / "spec.yaml", SPEC)
    if request.param == "file":
        write(tmp_path / "plugins" / "squares.py", KIND)
        return ["--plugin", str(Path("plugins", "squares.py"))]
    if request.param == "module":
        write(tmp_path / "installed" / "squares.py", KIND)
        return ["--plugin", "squares"]
    install(tmp_path, "squares", KIND, "[shapecalc.kinds]\nsquare = squares:Square\n")
    return []


# -- kinds -----------------------------------------------------------------------------------------


def test_a_kind_is_reported(run: Run, plugin: list[str]) -> None:
    done = run("report", *plugin, "spec.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "squared" in done.stdout
    assert "6x6x2" in done.stdout


def test_a_kind_is_checked(run: Run, plugin: list[str], tmp_path: Path) -> None:
    done = run("check", *plugin, "spec.yaml")
    assert (done.returncode, done.stdout) == (0, "")
    write(tmp_path / "spec.yaml", SPEC.replace("{name: squared}", "{size: 3}"))
    done = run("check", *plugin, "spec.yaml")
    assert done.returncode == 1
    assert "SC102" in done.stdout


def test_a_kind_is_explained(run: Run, plugin: list[str]) -> None:
    done = run("explain", *plugin, "square")
    assert (done.returncode, done.stderr) == (0, "")
    assert "x*x of every value" in done.stdout


def test_a_kind_is_verified_with_its_kernel(run: Run, plugin: list[str]) -> None:
    done = run("verify", *plugin, "spec.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "squared" in done.stdout


def test_a_kind_is_known_to_other_processes(run: Run, plugin: list[str], tmp_path: Path) -> None:
    write(tmp_path / "more" / "a.yaml", SPEC)
    write(tmp_path / "more" / "b.yaml", SPEC)
    done = run("verify", *plugin, "--jobs", "2", "more")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_kernel_of_a_plug_in_is_found(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    write(tmp_path / "squares.py", KIND.replace("2 * kept", "2.001 * kept"))
    done = run("verify", "--plugin", "squares.py", "spec.yaml")
    assert done.returncode == 1
    assert "SC302" in done.stdout


def test_a_kind_without_a_kernel_cannot_be_verified(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    write(tmp_path / "squares.py", KIND.partition("\n\n\n@kernels")[0])
    done = run("verify", "--plugin", "squares.py", "spec.yaml")
    assert done.returncode == 1
    assert "SC105 error: the layer kind square cannot be run" in done.stdout


def test_without_the_plug_in_there_is_no_such_kind(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    done = run("check", "spec.yaml")
    assert done.returncode == 1
    assert "SC105" in done.stdout


def test_the_option_stands_before_a_command_as_well(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    write(tmp_path / "squares.py", KIND)
    assert run("--plugin", "squares.py", "check", "spec.yaml").returncode == 0
    assert (
        run("--plugin", "squares.py", "check", "--plugin", "squares.py", "spec.yaml").stdout == ""
    )


# -- readers ---------------------------------------------------------------------------------------

READER = '''"""A format of lines behind a mark: the input, then a convolution's filters in each."""

import sys

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Document, Places
from shapecalc.readers import READERS
from shapecalc.readers.base import unreadable

MARK = bytes([0, 255]) + b"TOY\\n"
endings = (".toy",)


def claims(start, name):
    return start.startswith(MARK)


def read(file):
    raw = file.read(1000)
    if len(raw) > 1000:
        return unreadable(Fault(rules.LIMIT_PASSED, "too long", "shorten it"), (1, 1), file.name)
    if not raw.endswith(b"\\n"):
        return None
    volume, *lines = raw.removeprefix(MARK).decode("ascii").splitlines()
    layers = [{"conv": {"K": int(line), "F": 3}} for line in lines]
    data = {"input": volume, "layers": layers}

    def places():
        where = {"layers": (2, 1, 2, 2)}
        rows = {n: (n + 3, 1, n + 3, len(line) + 1) for n, line in enumerate(lines)}
        return Places(data, {id(data): where, id(layers): rows})

    return Document(data, file.name, [], places)
'''
REGISTERED = '\n\nREADERS.register("toy")(sys.modules[__name__])\n'
TOY = b"\x00\xffTOY\n8x8x3\n4\n5\n"


@pytest.fixture(params=["file", pytest.param("package", marks=pytest.mark.slow)])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Provide the reader in one of the ways there are, and a file of its format."""
    (tmp_path / "net.toy").write_bytes(TOY)
    if request.param == "file":
        write(tmp_path / "toys.py", READER + REGISTERED)
        return ["--plugin", "toys.py"]
    install(tmp_path, "toy_formats", READER, "[shapecalc.readers]\ntoy = toy_formats\n")
    return ["--plugin", "toy-formats"]


def test_a_reader_is_found_by_the_bytes(run: Run, reader: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.toy").rename(tmp_path / "net.yaml")
    done = run("report", *reader, "net.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "6x6x4" in done.stdout
    assert "4x4x5" in done.stdout
    assert run("verify", *reader, "net.yaml").returncode == 0


def test_a_readers_files_are_found_in_folders(run: Run, reader: list[str]) -> None:
    done = run("check", *reader, ".")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "1 file checked: nothing found\n"


def test_findings_stand_where_the_reader_says(run: Run, reader: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.toy").write_bytes(TOY + b"6\n7\n")
    done = run("check", *reader, "net.toy")
    assert done.returncode == 1
    assert done.stdout.startswith("net.toy:6:1: SC202 error: conv4")


def test_a_readers_limits_are_its_own(run: Run, reader: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.toy").write_bytes(TOY + b"6\n" * 500)
    assert "SC108 error: too long" in run("check", *reader, "net.toy").stdout


def test_what_a_reader_leaves_is_read_by_the_others(
    run: Run, reader: list[str], tmp_path: Path
) -> None:
    (tmp_path / "net.toy").write_bytes(TOY[:-1])
    assert "SC101 error: this is a binary file" in run("check", *reader, "net.toy").stdout
    (tmp_path / "net.toy").write_bytes(b"input: 8x8x1\nlayers:\n  - relu\n")
    assert run("check", *reader, "net.toy").returncode == 0


def test_an_installed_reader_is_not_active_unless_it_is_named(run: Run, tmp_path: Path) -> None:
    install(tmp_path, "toy_formats", READER, "[shapecalc.readers]\ntoy = toy_formats\n")
    (tmp_path / "net.toy").write_bytes(TOY)
    done = run("check", "net.toy")
    assert done.returncode == 1
    assert "SC101 error: this is a binary file" in done.stdout


# -- formats ---------------------------------------------------------------------------------------

REPORT = '''"""A report of the edges of a network's graph."""

from shapecalc.reports import FORMATS, Format


def render(trace, layout):
    edges = [f"{source} -> {r.name};" for r in trace.layers for source in r.sources]
    return "\\n".join(["digraph {", *edges, "}"])


DOT = Format(render)
'''


@pytest.mark.parametrize("way", ["file", "entry point"])
def test_a_report_format(run: Run, tmp_path: Path, way: str) -> None:
    write(tmp_path / "spec.yaml", SPEC.replace("square: {name: squared}", "relu"))
    words = []
    if way == "file":
        write(tmp_path / "dots.py", REPORT + '\n\nFORMATS.register("dot")(DOT)\n')
        words = ["--plugin", "dots.py"]
    else:
        install(tmp_path, "dots", REPORT, "[shapecalc.reports]\ndot = dots:DOT\n")
    done = run("report", *words, "--format", "dot", "spec.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "digraph {\ninput -> conv1;\nconv1 -> relu1;\n}\n"
    done = run("report", *words, "--format", "dit", "spec.yaml")
    assert done.returncode == 2
    assert "'dit' is not one of 'table'" in done.stderr


EXPORT = '''"""A network as the names of its layers."""


def export(trace):
    return "".join(f"{record.name}\\n" for record in trace.layers)
'''


@pytest.mark.parametrize("way", ["file", "entry point"])
def test_a_format_to_convert_to(run: Run, tmp_path: Path, way: str) -> None:
    write(tmp_path / "spec.yaml", SPEC.replace("square: {name: squared}", "relu"))
    words = []
    if way == "file":
        registered = (
            "from shapecalc.exporters import EXPORTERS\n\nEXPORTERS.register('names')(export)\n"
        )
        write(tmp_path / "naming.py", f"{EXPORT}\n\n{registered}")
        words = ["--plugin", "naming.py"]
    else:
        install(tmp_path, "naming", EXPORT, "[shapecalc.exporters]\nnames = naming:export\n")
    done = run("convert", *words, "--to", "names", "spec.yaml")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "conv1\nrelu1\n")
    assert "'nams' is not" in run("convert", "--to", "nams", "spec.yaml").stderr


DIAGNOSTICS = '''"""Findings as a count of each code."""

import sys
from collections import Counter

from shapecalc.reports.diagnostics import FORMATS

NAME = "counts"
FOR_PEOPLE = False


def render(found, paint=None):
    counts = Counter(d.code for _, diagnostics in found for d in diagnostics)
    return "".join(f"{code} {count}\\n" for code, count in sorted(counts.items()))


FORMATS.register("counts")(sys.modules[__name__])
'''


def test_a_format_of_findings(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    write(tmp_path / "counting.py", DIAGNOSTICS)
    done = run("check", "-q", "--plugin", "counting.py", "--format", "counts", "spec.yaml")
    assert (done.returncode, done.stderr, done.stdout) == (1, "", "SC105 1\n")


MARKS = '''"""Marks as one line a student."""

from shapecalc.grading.exports import FORMATS


@FORMATS.register("lines")
def render(run):
    return "".join(f"{graded.student} {graded.marked.score:g}\\n" for graded in run.graded)
'''
QUIZ = '''"""A quiz as the number of its problems."""

from shapecalc.grading.quiz.formats import FORMATS


@FORMATS.register("number")
def render(quiz):
    return f"{len(quiz.problems)} problems\\n"
'''
HOMEWORK = "spec: {input: 8x8x1, layers: [conv: {K: 2, F: 3}]}\nquestions: [conv1.parameters]\n"


def test_a_format_of_marks(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "hw.yaml", HOMEWORK)
    write(tmp_path / "ann.yaml", "conv1.parameters: 20\n")
    write(tmp_path / "lines.py", MARKS)
    done = run("grade", "--plugin", "lines.py", "--format", "lines", "hw.yaml", "ann.yaml")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "ann 1\n")


def test_a_format_of_a_quiz(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "number.py", QUIZ)
    done = run("quiz", "--plugin", "number.py", "--format", "number", "-n", "3")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "3 problems\n")


# -- misconceptions, rules, commands ---------------------------------------------------------------

MISCONCEPTION = '''"""Every count is one too many."""

from shapecalc.grading.misconceptions import register
from shapecalc.grading.misconceptions.question_context import Misconception, Wrong


def model(context):
    if context.key == "parameters":
        yield Wrong(context.right + 1, f"{context.right} + 1")


register(Misconception("one_more", "one was added", model))
'''


@pytest.mark.parametrize("files", [1, 40])
def test_a_misconception(run: Run, tmp_path: Path, files: int) -> None:
    write(tmp_path / "hw.yaml", f"{HOMEWORK}partial: {{one_more: 0.5}}\n")
    for number in range(files):
        write(tmp_path / "class" / f"s{number}.yaml", "conv1.parameters: 21\n")
    write(tmp_path / "one_more.py", MISCONCEPTION)
    done = run("grade", "--plugin", "one_more.py", "--jobs", "2", "hw.yaml", "class")
    assert done.returncode == 0
    assert done.stdout.count("one was added") >= files


RULE = '''"""A convolution has an odd number of filters.

Even numbers are easier to halve.
"""

import sys

from shapecalc import checks
from shapecalc.checks.rule import Check, finding
from shapecalc.layers.conv import Conv
from shapecalc.rules import Rule

ODD = Rule("XY101", "odd-filters", "warning")


def of_layer(record, trace):
    if record.layer.K % 2:
        return [finding(ODD, record, f"{record.layer.K} is odd", "take one more")]
    return []


CHECK = Check(ODD, (Conv,), of_layer)
'''
ODD = "input: 8x8x1\nlayers:\n  - conv: {K: 3, F: 3}\n"


@pytest.mark.parametrize("way", ["file", "package"])
def test_a_rule(run: Run, tmp_path: Path, way: str) -> None:
    write(tmp_path / "spec.yaml", ODD)
    words = ["--plugin", "odd.py"]
    if way == "file":
        write(tmp_path / "odd.py", RULE + "checks.register(sys.modules[__name__])\n")
    else:
        install(tmp_path, "odd_rules", RULE, "[shapecalc.rules]\nXY101 = odd_rules\n")
        assert run("check", "spec.yaml").stdout == ""
        words = ["--plugin", "odd-rules"]
    done = run("check", *words, "spec.yaml")
    assert done.stdout.startswith("spec.yaml:3:5: XY101 warning: conv1")
    assert run("check", *words, "--select", "XY", "spec.yaml").stdout == done.stdout
    assert run("check", *words, "--ignore", "XY", "spec.yaml").stdout == ""
    assert "easier to halve" in run("explain", *words, "XY101").stdout


COMMAND = '''"""A command."""

import click

from shapecalc.cli import commands


@commands.register("hello")
@click.command("hello")
def command():
    """Say hello."""
    click.echo("hello")
'''


def test_a_command(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "hello.py", COMMAND)
    done = run("--plugin", "hello.py", "hello")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "hello\n")
    assert "Say hello." in run("--plugin", "hello.py", "--help").stdout


# -- plug-ins that fail ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1/0", "ZeroDivisionError: division by zero"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = (", "SyntaxError"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        (KIND.replace('"square"', '"conv"'), "ValueError: there is a layer kind conv already"),
    ],
    ids=["raises", "imports", "syntax", "exits", "taken"],
)
def test_a_plug_in_that_cannot_be_imported_is_one_line(
    run: Run, tmp_path: Path, text: str, said: str
) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    write(tmp_path / "bad.py", text)
    done = run("report", "--plugin", "bad.py", "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("shapecalc: the plug-in bad.py cannot be used: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["no_such_package", "no_such_file.py", "a b", ".", "json.py"])
def test_a_plug_in_that_is_not_there_is_one_line(run: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    done = run("report", "--plugin", name, "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"shapecalc: the plug-in {name} cannot be used: ")
    assert done.stderr.count("\n") == 1


def test_an_entry_point_that_cannot_be_imported_is_one_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    install(tmp_path, "squares", "1/0", "[shapecalc.kinds]\nsquare = squares:Square\n")
    done = run("report", "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "shapecalc: the plug-in squares:Square cannot be used: "
        "ZeroDivisionError: division by zero\n"
    )


def test_a_plug_in_that_raises_later_is_one_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "spec.yaml", SPEC)
    method = "    def volume(self, inputs):\n        return inputs[7]\n\n\n@kernels"
    write(tmp_path / "squares.py", KIND.replace("\n@kernels", method))
    done = run("report", "--plugin", "squares.py", "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "shapecalc: the plug-in squares cannot be used: IndexError: tuple index out of range\n"
    )


# -- what is installed is looked at only if it must be ---------------------------------------------

LOADED = """
import sys
sys.argv = ["shapecalc", *{words!r}]
from shapecalc import registry
looked = []
real = registry.entry_points
registry.entry_points = lambda group: looked.append(group) or real(group)
from shapecalc.cli import main
try:
    main()
except SystemExit:
    print(*sorted(set(looked)), file=sys.stderr)
"""


def looked_at(tmp_path: Path, *words: str) -> str:
    """Return the groups of entry points that a command asks for."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(words=list(words))],
        capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stderr.splitlines()[-1]


def test_our_own_names_are_found_without_looking_at_what_is_installed(tmp_path: Path) -> None:
    text = "input: 8x8x1\nlayers:\n  - Conv2d: {out_channels: 2, kernel_size: 3}\n  - fc: 10\n"
    write(tmp_path / "spec.yaml", text)
    for command in ("report", "check"):
        assert looked_at(tmp_path, command, "spec.yaml") == ""
    assert looked_at(tmp_path, "explain", "padding") == ""
    write(tmp_path / "spec.yaml", SPEC)
    assert looked_at(tmp_path, "check", "spec.yaml") == "shapecalc.kinds"


# -- what does not fit -----------------------------------------------------------------------------

LAYER = "from shapecalc.layers import Layer, kinds\n"
MISFITS = {
    "a name with a blank": LAYER + "@kinds.register('a b')\nclass A(Layer):\n    'a: a.'\n",
    "a kind that is no Layer": LAYER + "@kinds.register('square')\nclass A:\n    'a: a.'\n",
    "a kind without a page": LAYER + "@kinds.register('square')\nclass A(Layer):\n    pass\n",
    "a command that is none": "from shapecalc.cli import commands\ncommands.register('foo')(5)\n",
    "a format that is none": (
        "from shapecalc.reports import FORMATS\nFORMATS.register('x')(print)\n"
    ),
    "a reader that is none": "from shapecalc.readers import READERS\nREADERS.register('x')(5)\n",
    "a kernel that is none": (
        "from shapecalc.executor.kernels import kernels\nkernels.register('x')(int)\n"
    ),
    "a module that is not there": (
        "from shapecalc.reports import FORMATS\nFORMATS.register('x')('nosuchmodule:X')\n"
    ),
    "no error of Python": "class E(BaseException): pass\nraise E('no')\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", MISFITS)
def test_what_cannot_be_used_is_one_line(run: Run, tmp_path: Path, what: str) -> None:
    write(tmp_path / "misfit.py", MISFITS[what])
    write(tmp_path / "spec.yaml", "input: 8\nlayers: [relu]\n")
    done = run("report", "--plugin", "misfit.py", "--format", "x", "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "the plug-in" in done.stderr
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize("value", ["raise ValueError('spoilt')", "return 3"])
def test_a_kind_that_misbehaves_is_not_our_internal_error(
    run: Run, tmp_path: Path, value: str
) -> None:
    kind = LAYER + "@kinds.register('square')\nclass A(Layer):\n    'a: a.'\n"
    write(tmp_path / "odd.py", f"{kind}    def volume(self, inputs): {value}\n")
    write(tmp_path / "spec.yaml", SPEC)
    done = run("check", "--plugin", "odd.py", "spec.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the plug-in odd" in done.stderr.splitlines()[0]
    assert "internal error" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plug_in_that_is_named_twice_is_loaded_once(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "squares.py", KIND)
    write(tmp_path / "spec.yaml", SPEC)
    done = run("report", "--plugin", "squares.py", "--plugin", "./squares.py", "spec.yaml")
    assert (done.returncode, done.stderr) == (0, "")
