"""How long a check of many small files takes, against composing the same files with libyaml.

    python tests/benchmarks/check.py [--files 10000] [--runs 3] [--jobs 2]

Run by hand. Both sides are processes of their own with as many jobs, started in turns; processor
time is compared, for a busy machine shows less in it, and the time that passed is printed beside.
The peak of memory is that of the largest process, for all files and for a tenth of them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from quiet import Watch

ROOT = Path(__file__).resolve().parents[2]
GOAL = 1 / 0.7
COMPOSE = """
import multiprocessing, sys
from pathlib import Path
import yaml

def compose(path):
    yaml.compose(path.read_text(encoding="utf-8"), yaml.CSafeLoader)

if __name__ == "__main__":
    folder, jobs = sys.argv[1:]
    with multiprocessing.get_context("spawn").Pool(int(jobs)) as pool:
        for _ in pool.imap(compose, sorted(Path(folder).iterdir()), chunksize=50):
            pass
"""


class Taken(NamedTuple):
    """What a command took: seconds of processors, seconds that passed, and megabytes."""

    processors: float
    passed: float
    megabytes: float


def text_of(number: int) -> str:
    """Return a small spec, another one for each number."""
    depth = number % 1000 + 1
    return (
        f"name: network {number}\ninput: 32x32x3\nlayers:\n"
        f"  - conv: {{K: {depth}, F: 5, expect: {{output: 28x28x{depth}}}}}\n"
        "  - relu\n  - max_pool: 2\n  - flatten\n  - dense: 10\nexpect: {output: 10}\n"
    )


def written(folder: Path, files: int) -> Path:
    """Write so many specs into a folder; return it."""
    folder.mkdir()
    for number in range(files):
        (folder / f"{number:06}.yaml").write_text(text_of(number), encoding="utf-8")
    return folder


def taken(command: list[str]) -> Taken:
    """Run a command; return what it and its processes took."""
    script = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, *command],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    passed, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processors = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Taken(processors, passed, int(done.stdout) / unit)


def main() -> None:
    """Measure both sides, and print what they took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000, help="how many files there are")
    parser.add_argument("--runs", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--jobs", type=int, default=2, help="processes on both sides")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        all_files = written(Path(temporary, "all"), args.files)
        tenth = written(Path(temporary, "tenth"), args.files // 10)
        compose = Path(temporary, "compose.py")
        compose.write_text(COMPOSE, encoding="utf-8")
        check = [sys.executable, "-m", "shapecalc", "check", "--isolated", "-q"]
        jobs = str(args.jobs)
        commands = {
            "composing": [sys.executable, str(compose), str(all_files), jobs],
            "check": [*check, "--jobs", jobs, str(all_files)],
            "check of a tenth": [*check, "--jobs", jobs, str(tenth)],
        }
        times: dict[str, list[Taken]] = {name: [] for name in commands}
        watch = Watch()
        for _ in range(args.runs):
            for name, command in commands.items():
                times[name].append(watch.quietly(partial(taken, command)))
    middle = {
        name: Taken(*(median(column) for column in zip(*several, strict=True)))
        for name, several in times.items()
    }
    for name, (processors, passed, megabytes) in middle.items():
        print(f"{name:17} {processors:6.2f} s of processors {passed:6.2f} s {megabytes:5.0f} MB")
    ratios = [
        own.processors / other.processors
        for own, other in zip(times["check"], times["composing"], strict=True)
    ]
    listed = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"check / composing: {median(ratios):.2f} ({listed}); the goal is {GOAL:.2f}")
    grown = middle["check"].megabytes / middle["check of a tenth"].megabytes
    print(f"memory of all files / of a tenth: {grown:.2f}")
    print(watch.warning())


if __name__ == "__main__":
    main()
