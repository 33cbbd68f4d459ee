"""Hostile and broken files: an answer in little time and memory, and the other files' reports too.

Each case runs in a process of its own. `measured` starts a small Python that starts shapecalc and
asks the system for its child's peak memory: the memory of the test run itself does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

resource = pytest.importorskip("resource", reason="the system does not tell a child's memory")

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 20.0  # of the processor; generous: two are promised, and some machines are slow
MEGABYTES = 500.0
GOOD = "name: good\ninput: 32x32x3\nlayers: [{conv: {K: 10, F: 5, P: 2}}]\n"

MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[2:], capture_output=True, timeout=float(sys.argv[1]))
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = used.ru_utime + used.ru_stime  # whatever else the machine is doing
peak = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps([done.returncode, seconds, peak, done.stdout.decode("utf-8", "replace"),
                  done.stderr.decode("utf-8", "replace")]))
"""
WITHOUT_LIBYAML = """
import yaml
vars(yaml).pop("CSafeLoader", None)
from shapecalc.cli import main
main()
"""


@dataclass(frozen=True)
class Outcome:
    """What a measured process returned, and what it took."""

    code: int
    seconds: float
    megabytes: float
    stdout: str
    stderr: str


def measured(*words: str | Path) -> Outcome:
    """Run Python with these words; fail where it takes longer than any of it should."""
    command = [sys.executable, "-c", MEASURE, str(SECONDS * 9), sys.executable, *map(str, words)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return Outcome(*json.loads(done.stdout))


def assert_harmless(outcome: Outcome) -> None:
    print(f"{outcome.seconds:.2f} s, {outcome.megabytes:.0f} MB, exit code {outcome.code}")
    assert outcome.code in (1, 2)
    assert "Traceback" not in outcome.stderr
    assert "internal error" not in outcome.stderr
    assert outcome.seconds < SECONDS
    assert outcome.megabytes < MEGABYTES


# -- specs that multiply ---------------------------------------------------------------------------


def alias_bomb() -> str:
    lines = ["a0: &a0 [relu, relu, relu, relu, relu, relu, relu, relu, relu, relu]"]
    for level in range(1, 40):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]")
    return "\n".join(lines) + "\ninput: 8\nlayers: *a39\n"


def blocks_that_multiply(levels: int, width: int) -> str:
    blocks = [f"  b{level}: {{layers: [{', '.join([f'b{level + 1}'] * width)}]}}"
              for level in range(levels)]  # fmt: skip
    return "\n".join(
        ["input: 8", "blocks:", *blocks, f"  b{levels}: {{layers: [relu]}}", "layers: [b0]", ""]
    )


def doubled_arguments(levels: int) -> str:
    """Return blocks that hand a list of twice their argument on: 2**levels values at the end."""
    blocks = [
        f"  b{level}: {{parameters: {{x: null}}, layers: [{{b{level + 1}: {{x: [$x, $x]}}}}]}}"
        for level in range(levels)
    ]
    last = f"  b{levels}: {{parameters: {{x: null}}, layers: [{{conv: {{K: 1, F: $x}}}}]}}"
    return "\n".join(["input: 8x8x1", "blocks:", *blocks, last, "layers: [{b0: 1}]", ""])


def doubled_bodies(levels: int) -> str:
    """Return blocks that hand layers on in which their argument stands twice."""
    blocks = [
        f"  b{level}: {{parameters: {{x: null}},"
        f" layers: [{{b{level + 1}: {{x: {{parallel: [[$x], [$x]]}}}}}}]}}"
        for level in range(levels)
    ]
    last = f"  b{levels}: {{parameters: {{x: null}}, layers: [$x]}}"
    return "\n".join(["input: 8x8x1", "blocks:", *blocks, last, "layers: [{b0: relu}]", ""])


def swapped_arguments(levels: int) -> str:
    """Return blocks of two instances each whose arguments are permuted in two ways."""
    names = [f"p{i}" for i in range(8)]
    turned = ", ".join(f"{a}: ${b}" for a, b in zip(names, names[1:] + names[:1], strict=True))
    pairs = [names[1], names[0], *names[2:]]
    swapped = ", ".join(f"{a}: ${b}" for a, b in zip(names, pairs, strict=True))
    unset = ", ".join(f"{name}: null" for name in names)
    blocks = [
        f"  b{i}: {{parameters: {{{unset}}},"
        f" layers: [{{b{i + 1}: {{{turned}}}}}, {{b{i + 1}: {{{swapped}}}}}]}}"
        for i in range(levels)
    ]
    last = f"  b{levels}: {{parameters: {{{unset}}}, layers: [relu]}}"
    first = ", ".join(f"{name}: {i + 1}" for i, name in enumerate(names))
    return "\n".join(["input: 8", "blocks:", *blocks, last, f"layers: [{{b0: {{{first}}}}}]", ""])


def repeated(times: int, layers: str) -> str:
    return f"input: 8x8x1\nlayers:\n  - relu\n  - repeat: {{times: {times}, layers: {layers}}}\n"


def nested(before: str, after: str, times: int) -> str:
    return "input: 8x8x1\nlayers: [" + before * times + "relu" + after * times + "]\n"


def wrong_names(number: int) -> str:
    """Return layers each of which names one that is not there, though many are called alike."""
    return "input: 8\nlayers:\n" + "".join(
        f"  - relu: {{name: layer_number_{i}, from: layer_nunber_{i}}}\n" for i in range(number)
    )


WORD = "".join(chr(97 + i % 26) for i in range(200))
HUGE = 10**18

SPECS: dict[str, str | bytes] = {
    "empty": b"",
    "binary": bytes(range(256)) * 4_000,
    "zeros": b"\0" * 5_000_000,
    "utf-16": GOOD.encode("utf-16"),
    "no-mapping": "- 1\n- 2\n",
    "brackets": b"[" * 10_000_000,
    "braces": b"{" * 10_000_000,
    "brackets-in-layers": b"input: 8\nlayers: " + b"[" * 5_000_000 + b"]" * 5_000_000,
    "dashes": b"- " * 5_000_000,
    "keys": b"? " * 5_000_000,
    "one-long-line": b"name: " + b"x" * 10_000_000,
    "one-long-number": b"input: " + b"9" * 10_000_000,
    "one-long-size": b"input: " + b"8x" * 3_000_000 + b"8",
    "one-long-name": f"input: 8\nlayers: [{{relu: {{name: {'x' * 3_000_000}}}}}]".encode(),
    "one-long-kind": b"input: 8\nlayers: [" + b"x" * 3_000_000 + b"]",
    "one-long-key": b'input: 8\nlayers: [relu]\n? "' + b"x" * 3_000_000 + b'"\n: 1\n',
    "many-anchors": "input: 8\nlayers:\n" + "".join(f"  - &a{i} x\n" for i in range(50_000)),
    "alias-bomb": alias_bomb(),
    "alias-circle": "input: 8\nlayers: &l [relu, {residual: *l}]\n",
    "tags": "input: 8\nlayers: [" + "!!python/object:os.system " * 10_000 + "]\n",
    "repeat-times": repeated(1_000_000_000, "[relu]"),
    "repeat-largest": repeated(2**63 - 1, "[relu]"),
    "repeat-beyond": repeated(2**200, "[relu]"),
    "repeat-nested": repeated(
        10**9, "[{repeat: {times: 1000000000, layers: [{repeat: {times: 10, layers: [tanh]}}]}}]"
    ),
    "repeat-of-faults": repeated(1_000_000, "[reul]"),
    "repeat-of-null": repeated(10**9, "[~]"),
    "repeat-of-many-nulls": repeated(10**9, "[" + "~, " * 1_000 + "3]"),
    "repeat-of-unknown-block": repeated(10**9, "[{unit: 3}]"),
    "sources-that-multiply": repeated(20_000, f"[{{add: [{', '.join(['relu1'] * 1_000)}]}}]"),
    "blocks-that-multiply": blocks_that_multiply(10, 10),
    "blocks-deep": blocks_that_multiply(90, 2),
    "blocks-in-a-circle": "input: 8\nblocks: {a: {layers: [b, b]}, b: {layers: [a, a]}}\n"
                          "layers: [a]\n",
    "arguments-that-double": doubled_arguments(60),
    "bodies-that-double": doubled_bodies(60),
    "arguments-that-swap": swapped_arguments(60),
    "sizes": f"input: {HUGE}x{HUGE}x{HUGE}\n"
             f"layers: [{{conv: {{K: {HUGE}, F: 3}}}}, {{dense: {HUGE}}}]\n",
    "sizes-larger": f"input: {10**30}x3x3\nlayers: [relu]\n",
    "size-per-axis": f"input: {HUGE}x{HUGE}x3\nlayers: [{{max_pool: {{F: 7, S: [2, {HUGE}]}}}}]\n",
    "upsampled": "input: 8x8x1\nlayers: [{repeat: {times: 90, layers: [{upsample: 1000000}]}}]\n",
    "strides": "input: 8x8x1\n"
               "layers: [{repeat: {times: 90, layers: [{max_pool: {F: 1, S: 999983}}]}}, reul]\n",
    "fractions": "input: 8x8x1\nlayers: [{repeat: {times: 400, layers: [{adaptive_avg_pool: 7},"
                 " {adaptive_avg_pool: 11}]}}, reul]\n",
    "padding": f"input: 8x8x1\n"
               f"layers: [{{conv: {{K: 1, F: {HUGE}, P: {HUGE}, dilation: {HUGE}}}}}]\n",
    "remainder": f"input: {HUGE + 1}x3\n"
                 f"layers: [{{conv: {{K: 1, F: 2, S: {HUGE // 2 + 7}}}}}]\n",
    "groups": f"input: 1x1x{HUGE}\n"
              f"layers: [{{conv: {{K: {HUGE - 1}, F: 1, groups: {HUGE // 7}}}}}]\n",
    "bins": f"input: {HUGE}x{HUGE - 1}x1\nlayers: [{{adaptive_max_pool: {HUGE // 3}}}, reul]\n",
    "reshaped": f"input: {HUGE}\nlayers: [{{reshape: {HUGE - 1}x2x3x5}}]\n",
    "negative": "input: -8x-8x-1\nlayers: [{conv: {K: -1, F: -3, S: -2, P: -1}}]\n",
    "zero": "input: 0x0x0\nlayers: [{conv: {K: 0, F: 0, S: 0, dilation: 0, groups: 0}}]\n",
    "not-a-number": "input: [.nan, .nan, 3]\n"
                    "layers: [{conv: {K: .nan, F: .nan}}, {dropout: .nan}]\n",
    "infinite": "input: .inf\nlayers: [{dense: .inf}, {dropout: -.inf}, {upsample: 1e999}]\n",
    "residuals": nested("{residual: [", "]}", 500),
    "residuals-100": nested("{residual: [", "]}", 101),
    "repeats": nested("{repeat: {times: 1, layers: [", "]}}", 500),
    "repeats-that-multiply": nested("{repeat: {times: 9, layers: [", "]}}", 90),
    "parallels": nested("{parallel: [[], [", "]]}", 500),
    "parallels-that-multiply": nested(
        "{repeat: {times: 3, layers: [{parallel: [[], [", "]]}]}}", 45
    ),
    "lists": nested("[", "]", 5_000),
    "mappings": nested("{relu: ", "}", 5_000),
    "wrong-names": wrong_names(3_000),
    "wrong-kinds": "input: 8\nlayers: [" + "reul, " * 50_000 + "relu]\n",
    "wrong-words": "input: 8\nlayers:\n" + "".join(f"  - {WORD}{i}\n" for i in range(2_000)),
    "wrong-fields": "input: 8x8x1\nlayers: [{conv: {"
                    + "".join(f"{WORD}{i}: 1, " for i in range(5_000)) + "K: 1}}]\n",
    "wrong-keys": "input: 8\nlayers: [reul]\n" + "".join(f"{WORD}{i}: 1\n" for i in range(5_000)),
    "wrong-parameters": "input: 8\nblocks:\n  b: {parameters: {x: 1}, layers: ["
                        + "$y, " * 20_000 + "]}\nlayers: [b]\n",
    "same-name": "input: 8\nlayers:\n" + "  - relu: {name: a}\n" * 20_000,
    "same-key": "input: 8\nlayers: [relu]\n" + "name: a\n" * 20_000,
    "many-nulls": "input: 8\nlayers: [" + "~, " * 50_000 + "]\n",
    "many-outputs": "input: 8\nlayers: [relu]\noutputs: [" + "relu2, " * 5_000 + "]\n",
    "many-claims": "input: 8\nlayers: [relu]\nexpect: {outputs: {"
                   + "".join(f"o{i}: 8, " for i in range(5_000)) + "}}\n",
    "many-inputs": "inputs: {" + "".join(f"i{i}: 8, " for i in range(20_000))
                   + "}\nlayers: [relu]\n",
    "dotted": f"input: 8\nlayers: [{{relu: {{from: {'a.' * 500_000}a}}}}]\n",
}  # fmt: skip

JSON: dict[str, str | bytes] = {
    "empty": b"",
    "brackets": b"[" * 10_000_000,
    "objects": b'{"a":' * 2_000_000,
    "closed": b'{"input": 8, "layers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "number": b'{"input": ' + b"9" * 10_000_000 + b', "layers": []}',
    "exponent": b'{"input": 1e999999999, "layers": [{"dense": 1e-999999999}]}',
    "fraction": b'{"input": 0.' + b"3" * 5_000_000 + b', "layers": []}',
    "constants": b'{"input": NaN, "layers": [{"dense": Infinity}, {"dropout": -Infinity}]}',
    "same-key": b'{"input": 8, "layers": [], ' + b'"name": "a", ' * 50_000 + b'"name": "b"}',
    "text": b'{"input": 8, "layers": ["' + b"x" * 5_000_000 + b'"]}',
    "escapes": b'{"input": 8, "layers": ["' + b"\\u001b" * 500_000 + b'"]}',
    "surrogates": b'{"input": 8, "layers": ["\\ud800", "\\udfff\\ud800", {"\\ud800": 1}]}',
    "items": b'{"input": 8, "layers": [' + b"0," * 50_000 + b"0]}",
    "times": b'{"input": 8, "layers": [{"repeat": {"times": 1000000000, "layers": ["relu"]}}]}',
}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", SPECS)
def test_a_hostile_yaml_file_is_a_fault_and_no_hindrance(tmp_path: Path, name: str) -> None:
    hostile = write(tmp_path, "hostile.yaml", SPECS[name])
    good = write(tmp_path, "good.yaml", GOOD)
    outcome = measured("-m", "shapecalc", "report", hostile, good, "--format", "json")
    assert_harmless(outcome)
    assert outcome.code == 1
    reports = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [report["name"] for report in reports][-1] == "good"
    assert reports[-1]["totals"]["parameters"] == 760
    assert reports[0]["complete"] is False
    assert any(found["severity"] == "error" for found in reports[0]["diagnostics"])


@pytest.mark.parametrize(
    "name",
    ["empty", "binary", "zeros", "utf-16", "no-mapping", "brackets", "brackets-in-layers",
     "dashes", "keys", "one-long-key", "many-anchors", "alias-bomb", "alias-circle", "tags",
     "repeat-times", "lists", "mappings", "same-key"],
)  # fmt: skip
def test_a_hostile_yaml_file_is_no_hindrance_without_libyaml(tmp_path: Path, name: str) -> None:
    hostile = write(tmp_path, "hostile.yaml", SPECS[name])
    good = write(tmp_path, "good.yaml", GOOD)
    with_libyaml = measured("-m", "shapecalc", "report", hostile, good, "--format", "json")
    outcome = measured("-c", WITHOUT_LIBYAML, "report", hostile, good, "--format", "json")
    assert_harmless(outcome)
    assert outcome.code == 1
    mine, theirs = (
        [
            [(d["code"], d["line"], d["column"]) for d in json.loads(line)["diagnostics"]]
            for line in done.stdout.splitlines()
        ]
        for done in (outcome, with_libyaml)
    )
    assert mine == theirs


@pytest.mark.parametrize(
    "name",
    ["binary", "brackets", "alias-bomb", "repeat-times", "repeat-of-faults", "blocks-that-multiply",
     "blocks-deep", "arguments-that-swap", "sources-that-multiply", "residuals", "wrong-names",
     "wrong-kinds", "same-name", "many-nulls"],
)  # fmt: skip
def test_a_hostile_file_is_checked(tmp_path: Path, name: str) -> None:
    hostile = write(tmp_path, "hostile.yaml", SPECS[name])
    good = write(tmp_path, "good.yaml", GOOD.replace("conv", "convolve"))
    outcome = measured("-m", "shapecalc", "check", hostile, good, "--format", "json")
    assert_harmless(outcome)
    assert outcome.code == 1
    found = json.loads(outcome.stdout)
    assert {item["file"] for item in found} == {str(hostile), str(good)}


@pytest.mark.parametrize("name", JSON)
def test_a_hostile_json_file_is_a_fault_and_no_hindrance(tmp_path: Path, name: str) -> None:
    hostile = write(tmp_path, "hostile.json", JSON[name])
    good = write(tmp_path, "good.yaml", GOOD)
    outcome = measured("-m", "shapecalc", "report", hostile, good, "--format", "json")
    assert_harmless(outcome)
    assert outcome.code == 1
    assert json.loads(outcome.stdout.splitlines()[-1])["totals"]["parameters"] == 760


@pytest.mark.parametrize("form", ["table", "markdown", "latex", "csv"])
@pytest.mark.parametrize("name", ["residuals", "sizes", "fractions", "wrong-names", "binary"])
def test_every_format_reports_a_hostile_file(tmp_path: Path, name: str, form: str) -> None:
    hostile = write(tmp_path, "hostile.yaml", SPECS[name])
    good = write(tmp_path, "good.yaml", GOOD)
    words = ["--explain", "--format", form]
    outcome = measured("-m", "shapecalc", "report", hostile, good, *words)
    assert_harmless(outcome)
    assert "conv1" in outcome.stdout


@pytest.mark.parametrize("command", ["report", "check"])
def test_a_missing_file_is_2_and_the_others_are_processed(tmp_path: Path, command: str) -> None:
    good = write(tmp_path, "good.yaml", GOOD.replace("conv", "convolve"))
    outcome = measured("-m", "shapecalc", command, tmp_path / "missing.yaml", good)
    assert_harmless(outcome)
    assert outcome.code == 2
    assert "missing.yaml" in outcome.stderr
    assert "SC105" in outcome.stdout


def test_a_folder_of_hostile_files_is_reported(tmp_path: Path) -> None:
    for name in ("alias-bomb", "residuals", "zero", "binary"):
        write(tmp_path, f"{name}.yaml", SPECS[name])
    good = write(tmp_path, "good.yaml", GOOD)
    outcome = measured("-m", "shapecalc", "report", tmp_path, good)
    assert_harmless(outcome)
    assert outcome.code == 1
    assert "760" in outcome.stdout


def test_a_folder_of_hostile_files_is_checked(tmp_path: Path) -> None:
    for name in ("alias-bomb", "blocks-that-multiply", "residuals", "sizes", "zero", "binary"):
        write(tmp_path, f"{name}.yaml", SPECS[name])
    write(tmp_path, "good.yaml", GOOD)
    outcome = measured("-m", "shapecalc", "check", tmp_path, "--format", "json")
    assert_harmless(outcome)
    assert len({item["file"] for item in json.loads(outcome.stdout)}) == 6


# -- mappings that no file can hold ----------------------------------------------------------------

CYCLES = {
    "layers": "layers = []; layers.append({'residual': layers}); spec['layers'] = layers",
    "item": "layers = []; layers.append(layers); spec['layers'] = layers",
    "repeat": "r = {'times': 9}; r['layers'] = [{'repeat': r}, 'relu']; "
              "spec['layers'] = [{'repeat': r}]",
    "parallel": "b = []; b += [[{'parallel': b}], ['relu']]; spec['layers'] = [{'parallel': b}]",
    "field": "f = {}; f['K'] = f; spec['layers'] = [{'conv': f}]",
    "size": "f = []; f += [f, f]; spec['layers'] = [{'conv': {'K': 1, 'F': f, 'P': f}}]",
    "from": "f = []; f += [f, f]; spec['layers'] = ['relu', {'add': f}]",
    "claims": "e = {}; e['output'] = e; spec['expect'] = e; "
              "spec['layers'] = [{'relu': {'expect': e}}]",
    "input": "i = []; i += [i, i, 3]; spec['input'] = i",
    "inputs": "i = {}; i['a'] = i; del spec['input']; spec['inputs'] = i",
    "blocks": "b = {}; b['b'] = b; spec['blocks'] = b; spec['layers'] = ['b']",
    "block": "l = []; l += [{'b': {}}, l, {'residual': l}]; spec['blocks'] = {'b': {'layers': l}}",
    "parameters": "p = {}; p['p'] = p; spec['blocks'] = {'b': {'parameters': p, 'layers': ['$p']}};"
                  " spec['layers'] = ['b', {'b': p}]",
    "argument": "a = []; a.append({'residual': a}); spec['blocks'] = {'b': {'parameters': {'x': 1},"
                " 'layers': [{'residual': '$x'}]}}; spec['layers'] = [{'b': a}]",
    "top": "spec['name'] = spec['layers'] = spec['blocks'] = spec['expect'] = spec",
    "outputs": "o = []; o.append(o); spec['outputs'] = o",
    "example": "spec['example'] = spec; spec['layers'] = [{'relu': spec}]",
}  # fmt: skip


@pytest.mark.parametrize("name", CYCLES)
def test_a_mapping_that_contains_itself_is_a_fault(name: str) -> None:
    code = f"""
import json, sys
import shapecalc
spec = {{"input": "8x8x1", "layers": ["relu"]}}
{CYCLES[name]}
trace = shapecalc.trace(spec)
text = str(trace)
json.dumps(trace.to_dict(), allow_nan=False)
faults = [d for d in trace.diagnostics if d.severity == "error"]
print(len(text), len(faults), trace.complete)
sys.exit(1 if faults or {name!r} == "example" else 0)
"""
    assert_harmless(measured("-c", code))


@pytest.mark.parametrize("depth", [5_000, 100_000])
def test_a_mapping_nested_without_end_is_a_fault(depth: int) -> None:
    code = f"""
import json, sys
import shapecalc
deep = "relu"
for _ in range({depth}):
    deep = {{"residual": [deep]}}
lists = "relu"
for _ in range({depth}):
    lists = [lists]
block = {{"parameters": {{"x": 1}}, "layers": [deep, lists]}}
for spec in (
    {{"input": "8x8x1", "layers": [deep]}},
    {{"input": "8x8x1", "layers": [lists]}},
    {{"input": lists, "layers": [{{"conv": {{"K": lists, "F": lists}}}}]}},
    {{"input": 8, "blocks": {{"b": block}}, "layers": ["b", {{"b": deep}}, {{"b": lists}}]}},
    {{"input": 8, "layers": ["relu"], "expect": lists, "outputs": lists, "name": lists}},
):
    trace = shapecalc.trace(spec)
    json.dumps(trace.to_dict(), allow_nan=False)
    assert str(trace)
    assert any(d.severity == "error" for d in trace.diagnostics), spec.keys()
sys.exit(1)
"""
    assert_harmless(measured("-c", code))


# -- honest and large ------------------------------------------------------------------------------


def test_the_measurement_notices_time_and_memory() -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass\nx = bytearray(200_000_000)"
    outcome, idle = measured("-c", busy), measured("-c", "pass")
    assert outcome.seconds >= 0.5
    assert idle.seconds < outcome.seconds
    assert outcome.megabytes > idle.megabytes + 150


def test_reading_standard_input_is_limited_too(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys;"
        "done = subprocess.run([sys.executable, '-m', 'shapecalc', 'report', '-'],"
        " input=b'[' * 40_000_000, capture_output=True);"
        "sys.stderr.buffer.write(done.stderr); sys.exit(done.returncode)"
    )
    assert_harmless(measured("-c", code))


@pytest.mark.parametrize(
    ("faulty", "sound"),
    [
        ("[{conv: {K: 1, F: 3, P: 1, kernal: 3}}]", "[{conv: {K: 1, F: 3, P: 1}}]"),
        (
            "[{upsample: 2}, {pad: 2}, {max_pool: {F: 3, S: 2}}]",
            "[{upsample: 2}, {pad: 2}, {max_pool: {F: 4, S: 2}}]",
        ),
        (
            "[{max_pool: {F: 1, S: 2, rounding: floor}}, {upsample: 2}]",
            "[{max_pool: {F: 2, S: 2, rounding: floor}}, {upsample: 2}]",
        ),
        ("[{relu: {expect: {output: 3}}}]", "[{relu: {expect: {output: 8x8x1}}}]"),
    ],
)
def test_a_fault_that_recurs_takes_the_memory_of_a_sound_layer(
    tmp_path: Path, faulty: str, sound: str
) -> None:
    outcomes = []
    for layers in (faulty, sound):
        path = write(tmp_path, "many.yaml", repeated(20_000, layers))
        outcomes.append(measured("-m", "shapecalc", "report", path, "-o", tmp_path / "many.txt"))
        (tmp_path / "many.txt").unlink()
    took = [outcome.megabytes for outcome in outcomes]
    print(f"{took[0]:.0f} MB instead of {took[1]:.0f}")
    assert took[0] < 1.3 * took[1]
