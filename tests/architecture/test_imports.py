"""`report`, `check` and `import shapecalc` are quick: NumPy and the executor are not loaded.

A child process runs each of them and tells what it has loaded.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # reads every file of the package, or starts interpreters

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "specs" / "networks" / "alexnet.yaml"
HEAVY = ("numpy", "shapecalc.executor")
TELL = """
print("loaded:", *[name for name in {watched!r} if name in sys.modules], file=sys.stderr)
"""
COMMAND = """
import sys
sys.argv = ["shapecalc", *{arguments!r}]
from shapecalc.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


def loaded(program: str, watched: tuple[str, ...] = HEAVY) -> set[str]:
    """Run a program in a new interpreter; return which of some modules it has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\n{TELL.format(watched=watched)}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("loaded:"))
    return set(line.split()[1:])


def command(*arguments: str) -> str:
    """Return a program that runs a command of the command line."""
    return COMMAND.format(arguments=list(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", str(SPEC)),
        ("report", "--explain", "--format", "markdown", str(SPEC)),
        ("report", "--format", "json", str(SPEC)),
        ("report", "--format", "csv", str(SPEC)),
        ("check", str(SPEC)),
        ("check", "--format", "json", str(SPEC.parent)),
        ("calc", "32x32x3", "conv", "K=10", "F=5", "P=2"),
        ("explain", "conv"),
    ],
    ids=lambda arguments: " ".join(arguments[:3]).replace(str(ROOT), ""),
)
def test_a_command_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert loaded(command(*arguments)) == set()


def test_only_open_sizes_load_what_deals_with_them() -> None:
    ours = ("shapecalc.open_sizes", "shapecalc.given_inputs", "shapecalc.network.given_inputs")
    assert loaded(command("report", str(SPEC)), ours) == set()
    assert loaded(command("report", str(SPEC.with_name("dncnn.yaml"))), ours) == {ours[0]}
    assert loaded(command("check", "--input", "227x227x3", str(SPEC)), ours) == {*ours[1:]}


def test_only_explain_loads_the_pages() -> None:
    pages = ("shapecalc.pages",)
    assert loaded(command("report", str(SPEC)), pages) == set()
    assert loaded(command("check", str(SPEC)), pages) == set()
    assert loaded(command("explain", "padding"), pages) == set(pages)


def test_working_is_made_only_where_it_is_shown() -> None:
    sentences = ("shapecalc.reports.sentences",)
    assert loaded(command("report", str(SPEC)), sentences) == set()
    assert loaded(command("report", "--format", "csv", str(SPEC)), sentences) == set()
    assert loaded(command("check", str(SPEC)), sentences) == set()
    assert loaded(f"import shapecalc\nshapecalc.trace({str(SPEC)!r})", sentences) == set()
    assert loaded(command("report", "--explain", str(SPEC)), sentences) == set(sentences)


def test_only_explain_loads_the_pages_of_rules() -> None:
    """The catalogue is one module; rules that run over a trace come with it, the pages do not."""
    pages = ("shapecalc.checks.sc101_unreadable", "shapecalc.checks.sc201_stride_fit")
    assert loaded(command("report", str(SPEC)), pages) == set()
    assert loaded(command("check", "--select", "SC1,SC2", str(SPEC)), pages) == set()
    assert loaded(command("explain", "SC201"), pages) == {pages[1]}


DIAGNOSE = """
import shapecalc
found = shapecalc.check({{"input": "8x8x4", "layers": {layers}}})
assert [one.code for one in found] == [{code!r}], found
"""
SEARCHES = ("shapecalc.repairs.inputs", "shapecalc.repairs.merges", "shapecalc.repairs.claims")


@pytest.mark.parametrize(
    ("code", "layers", "searches"),
    [
        ("SC405", [{"dense": 3}], ()),
        ("SC105", ["no_such_layer"], ()),
        (
            "SC201",
            [{"conv": {"K": 1, "F": 3, "S": 2}}],
            ("shapecalc.repairs.inputs", "shapecalc.repairs.claims"),
        ),
        (
            "SC205",
            [{"conv": {"K": 4, "F": 3}}, {"add": ["input", "conv1"]}],
            ("shapecalc.repairs.inputs", "shapecalc.repairs.merges"),  # which asks the other
        ),
    ],
)
def test_searches_for_repairs_are_loaded_for_rules_that_have_some(
    code: str, layers: list[object], searches: tuple[str, ...]
) -> None:
    assert loaded(DIAGNOSE.format(layers=layers, code=code), SEARCHES) == {*searches}


JSON = '{"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3, "S": 2}}, {"dense": {"F": 1}}]}'


@pytest.mark.parametrize("command_name", ["report", "check"])
def test_yaml_is_not_loaded_where_json_is_read(tmp_path: Path, command_name: str) -> None:
    path = tmp_path / "spec.json"
    path.write_text(JSON, encoding="utf-8")  # with faults: their repairs are tried
    program = command(command_name, str(path)).replace("assert not stop.code", "assert stop.code")
    assert loaded(program, ("yaml", "json")) == {"json"}
    path.with_suffix(".yaml").write_text("input: 8\nlayers:\n  - relu\n", encoding="utf-8")
    yaml = command(command_name, str(path.with_suffix(".yaml")))
    assert "yaml" in loaded(yaml, ("yaml",))  # so the test can fail


# All that is said of PyTorch's and Keras' words but which of them are ours as well.
VOCABULARY = tuple(
    f"shapecalc.frameworks.{path.stem}"
    for path in sorted((ROOT / "shapecalc" / "frameworks").glob("*.py"))
    if path.stem not in ("__init__", "synonyms")
)
THEIRS = """
import shapecalc
assert shapecalc.trace({"input": 3, "layers": [{"Linear": {"out_features": 2}}]}).complete
"""


@pytest.mark.parametrize("folder", ["kinds", "networks"])
def test_who_writes_in_our_words_does_not_load_the_frameworks(folder: str) -> None:
    assert len(VOCABULARY) > 4
    assert loaded(command("check", str(ROOT / "specs" / folder)), VOCABULARY) == set()
    assert loaded(command("report", str(SPEC)), VOCABULARY) == set()


def test_who_writes_in_theirs_does() -> None:
    words = {"shapecalc.frameworks.pytorch", "shapecalc.frameworks.keras"}
    assert words <= loaded(THEIRS, VOCABULARY)


def test_only_schema_loads_the_language_schema() -> None:
    module = ("shapecalc.language_schema",)
    assert loaded(command("check", str(SPEC)), module) == set()
    assert loaded(command("schema", "--help"), module) == set()
    assert loaded(command("schema"), module) == set(module)


def test_the_package_loads_nothing_heavy() -> None:
    assert loaded("import shapecalc") == set()
    assert loaded(f"import shapecalc\nprint(shapecalc.trace({str(SPEC)!r}))") == set()


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("import numpy", {"numpy"}),
        ("from numpy import linalg", {"numpy"}),
        (
            "import types\nsys.modules['shapecalc.executor'] = types.ModuleType('x')",
            {"shapecalc.executor"},
        ),
    ],
)
def test_a_heavy_import_is_noticed(planted: str, found: set[str]) -> None:
    assert loaded(planted + command("report", str(SPEC))) == found
    assert loaded(command("check", str(SPEC)) + planted) == found


def test_a_failing_command_is_noticed() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        loaded(command("report", "no-such-file.yaml"))


def test_a_spec_loads_nothing_of_other_formats() -> None:
    inside = ("shapecalc.readers.keras.document", "shapecalc.checkpoints")
    assert loaded(command("report", str(SPEC)), inside) == set()
