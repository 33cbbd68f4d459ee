"""How long a report takes, against torchinfo and against what any such tool must pay.

    python tests/benchmarks/report.py [--runs 9]

Run by hand. Commands are started cold and in turns, those that other processes disturbed again;
medians and their ratios are printed. Byte code of the package is cached, as pip leaves it. torch
and torchinfo are needed for the comparison only.
"""

from __future__ import annotations

import argparse
import compileall
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from quiet import Watch
from tabulate import tabulate

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from shapecalc import Trace, trace  # noqa: E402 - the path is needed first
from shapecalc.readers import native  # noqa: E402

SPEC = ROOT / "specs" / "networks" / "resnet-152.yaml"
FILES = 1000
CHAINS = (1_000, 10_000, 100_000)
REPORT = [sys.executable, "-m", "shapecalc", "report", str(SPEC)]
IMPORTS = [sys.executable, "-c", "import click, pydantic, tabulate, yaml"]
# `import pydantic` alone loads next to nothing: what is used of it comes with the first model.
MODELS = [sys.executable, "-c", "import click, tabulate, yaml; from pydantic import BaseModel"]
ONE_MODEL = [*MODELS[:2], f"{MODELS[2]}\nclass Model(BaseModel):\n    number: int = 1\nModel()"]
TORCHINFO = [
    sys.executable,
    "-c",
    "import sys; sys.path.insert(0, 'tests/oracles')\n"
    "import reference_networks, torchinfo\n"
    "columns = ('output_size', 'num_params', 'mult_adds')\n"
    "network = reference_networks.resnet(152)\n"
    "shape = (1, 3, 224, 224)\n"
    "summary = torchinfo.summary(network, shape, col_names=columns, depth=9, verbose=0)\n"
    "print(summary)\n"
    "print(summary.total_params)\n",
]
PEAK = (
    "import resource, subprocess, sys\n"
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
)
Row = tuple[str, str, str, str, str]
WATCH = Watch()


def output(command: Sequence[str]) -> str:
    """Run a command from the project's folder and return what it prints."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def seconds(command: Sequence[str]) -> float:
    """Return how long a command takes, its interpreter's start included."""
    start = perf_counter()
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=ROOT, stdout=quiet, stderr=quiet, check=True)
    return perf_counter() - start


def in_turns(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """Return each command's median time; they take turns, after one run that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            taken = WATCH.quietly(partial(seconds, command))
            if run:
                times[name].append(taken)
    return {name: median(values) for name, values in times.items()}


def peak_megabytes(command: Sequence[str]) -> float:
    """Return a command's largest resident memory, from a parent that has no other child."""
    kilobytes = int(output([sys.executable, "-c", PEAK, *command]))
    return kilobytes / (1024 * 1024 if sys.platform == "darwin" else 1024)


def chain(length: int) -> dict[str, Any]:
    """Return a network of conv, batch_norm, relu and max_pool in turns."""
    layers: list[Any] = []
    while len(layers) < length:
        layers += [
            {"conv": {"K": 64, "F": 3, "P": 1, "bias": False}},
            "batch_norm",
            "relu",
            {"max_pool": {"F": 3, "S": 1, "P": 1}},
        ]
    return {"input": "32x32x64", "layers": layers[:length]}


def derived(spec: Any) -> Trace:
    """Trace a network and derive every number."""
    result = trace(spec)
    for record in result.layers:
        assert record.derivation
    return result


def microseconds_a_layer(work: Callable[[Any], Trace], spec: Any, runs: int) -> float:
    """Return the median processor time of a trace, divided by its layers."""
    layers = len(work(spec).layers)
    times = []
    for _ in range(max(3, runs if layers < 20_000 else 0)):
        taken, result = WATCH.quietly(partial(timed, work, spec))
        times.append(taken)
        assert result.complete
    return median(times) / layers * 1e6


def timed(work: Callable[[Any], Trace], spec: Any) -> tuple[float, Trace]:
    """Return the processor time of some work on a spec, and what it gives."""
    start = process_time()
    result = work(spec)
    return process_time() - start, result


def compared(what: str, own: float, other: str, theirs: float, unit: str) -> Row:
    """Return a row with the ratio of two measurements."""
    digits = 0 if unit == "MB" else 2 if unit == "s" else 1
    return (
        what,
        f"{own:,.{digits}f} {unit}",
        other,
        f"{theirs:,.{digits}f} {unit}",
        f"{own / theirs:.2f}",
    )


def cold_rows(runs: int) -> list[Row]:
    """Return the rows on whole commands."""
    compileall.compile_dir(ROOT / "shapecalc", quiet=1)
    commands = {"report": REPORT, "imports": IMPORTS, "models": MODELS, "model": ONE_MODEL}
    has_torchinfo = all(find_spec(name) for name in ("torch", "torchinfo"))
    if has_torchinfo:
        counted = int(output(TORCHINFO).split()[-1])
        own = trace(SPEC).totals["parameters"]
        assert counted == own, f"not the same network: {counted} and {own} parameters"
        commands["torchinfo"] = TORCHINFO
    else:
        print("torch or torchinfo is not installed: nothing to compare the report with")
    times = in_turns(commands, runs)
    title = "cold report of ResNet-152"
    rows = [
        compared(title, times["report"], "its imports alone", times["imports"], "s"),
        compared(title, times["report"], "and pydantic's BaseModel", times["models"], "s"),
        compared(title, times["report"], "and one model of it", times["model"], "s"),
    ]
    memory = peak_megabytes(REPORT)
    if has_torchinfo:
        rows.insert(0, compared(title, times["report"], "torchinfo", times["torchinfo"], "s"))
        theirs = peak_megabytes(TORCHINFO)
        rows.append(compared("its peak memory", memory, "torchinfo", theirs, "MB"))
    rows.append(
        compared("its peak memory", memory, "its imports alone", peak_megabytes(IMPORTS), "MB")
    )
    return rows


def trace_rows(runs: int) -> list[Row]:
    """Return the rows on tracing in this process, from data that is parsed already."""
    networks: dict[str, Any] = {"ResNet-152": native.read_path(SPEC).data}
    networks |= {f"a chain of {length:,} layers": chain(length) for length in CHAINS}
    rows, taken = [], []
    for name, spec in networks.items():
        plain = microseconds_a_layer(trace, spec, runs)
        full = microseconds_a_layer(derived, spec, runs)
        taken.append(plain)
        rows.append(compared(f"trace of {name}", plain, "with derivations", full, "us/layer"))
    what = f"{CHAINS[-1]:,} layers"
    rows.append(compared(what, taken[-1], f"{CHAINS[0]:,} layers", taken[1], "us/layer"))
    return rows


def check_row(runs: int) -> Row:
    """Return the row on many small files."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            text = (
                f"name: network {number}\ninput: 32x32x3\nlayers:\n"
                f"  - conv: {{K: {number + 1}, F: 5, expect: {{output: 28x28x{number + 1}}}}}\n"
                "  - relu\n  - max_pool: 2\n  - flatten\n  - dense: 10\n"
                "expect: {output: 10}\n"
            )
            Path(folder, f"{number:04}.yaml").write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "shapecalc", "check", folder]
        taken = in_turns({"check": command}, max(3, runs // 2))["check"]
    return f"check of {FILES:,} small files", f"{FILES / taken:,.0f} files/s", "", "", ""


def main() -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=9, help="how often everything is measured")
    runs = parser.parse_args().runs
    rows = [*cold_rows(runs), *trace_rows(runs), check_row(runs)]
    headers = ("what", "shapecalc", "against", "", "ratio")
    align = ("left", "right", "left", "right", "right")
    print(tabulate(rows, headers=headers, colalign=align, disable_numparse=True))
    print(WATCH.warning())


if __name__ == "__main__":
    main()
