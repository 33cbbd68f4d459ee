"""Runs many mutated inputs of one command: python tests/fuzz/run.py verify --cases 100000 --seed 1

Each case has a number, and a seed and a number give it again: --start goes on after an interrupt,
and `--start N --cases 1` repeats one. What fails is printed once for each kind of failure, made as
small as can be. The exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import cases
import trials

EVERY = 5000  # cases from one line of progress to the next
MEMORY = 3 * 2**30  # bytes of addresses: a small input needs a hundredth
FRAMES = 30  # lines of a traceback
GROWTH = 400  # MiB that a run may grow by: nothing is kept from one case to the next


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=sorted(cases.COMMANDS))
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=trials.SECONDS, help="for one case")
    parser.add_argument("--show", action="store_true", help="print each case")
    asked = parser.parse_args()
    limit_memory()
    gc.set_threshold(100_000, 50, 50)
    quick = "/dev/shm" if os.path.isdir("/dev/shm") else None  # no disk has to write it all
    with tempfile.TemporaryDirectory(prefix="shapecalc-fuzz-", dir=quick) as folder:
        return run(asked, Path(folder))


def run(asked: argparse.Namespace, folder: Path) -> int:
    met: Counter[str] = Counter()
    began, first = time.perf_counter(), megabytes()
    end = asked.start + asked.cases
    for number in range(asked.start, end):
        faulthandler.dump_traceback_later(asked.seconds * 3, exit=True)  # stuck in C code
        case = cases.case(asked.command, asked.seed, number)
        if asked.show:
            print(f"{number}: {case}", flush=True)
        failure = trials.tried(case, folder / "case", asked.seconds)
        if failure is not None:
            met[failure.signature] += 1
            if met[failure.signature] == 1:
                tell(asked, number, case, failure, folder / "case")
        done = number + 1 - asked.start
        if done % EVERY == 0 or number + 1 == end:
            seconds = time.perf_counter() - began
            print(
                f"{number + 1:,} of {end:,}: {seconds:.0f} s, {megabytes():.0f} MiB,"
                f" {met.total():,} failed in {len(met):,} ways",
                flush=True,
            )
    faulthandler.cancel_dump_traceback_later()
    if megabytes() - first > GROWTH:
        met["memory"] += 1
        print(f"memory grew from {first:.0f} to {megabytes():.0f} MiB")
    for signature, count in met.most_common():
        print(f"{count:6,} {signature}")
    return 1 if met else 0


def tell(
    asked: argparse.Namespace, number: int, case: cases.Case, failure: trials.Failure, folder: Path
) -> None:
    """Print a failure with the smallest case found."""
    faulthandler.cancel_dump_traceback_later()
    smaller = case
    if not failure.signature.startswith("more than"):
        smaller = trials.shrunk(case, failure.signature, folder)
    print(f"\n== {failure.signature}\nseed {asked.seed}, case {number}\n{smaller}")
    print("\n".join(failure.details.splitlines()[-FRAMES:]), flush=True)


def limit_memory() -> None:
    """Let too large an array be an error of Python's instead of the machine's."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return


def megabytes() -> float:
    """Return the process' largest size so far, 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    sys.exit(main())
