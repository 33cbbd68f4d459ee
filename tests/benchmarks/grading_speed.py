"""How much processor time a class takes to grade, and how much memory, by its size.

    python tests/benchmarks/grading_speed.py [--students 1000 10000 30000] [--jobs 2] [--form csv]

Processor time of all processes is counted, divided by their number: what a machine with as many
free cores takes, however busy this one is. The class is that of grading.py: 20 questions; right,
wrong, blank and unreadable answers, those of the misconceptions, and files that hold none. Memory
is that of the largest process, and is to be the same for thirty times as many.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from grading import QUESTIONS, ROOT, Student, class_of

from shapecalc.grading.assignment import read_assignment

MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, peak]))
"""


def graded(assignment: Path, handed_in: Path, jobs: int, form: str) -> tuple[float, float]:
    """Return the seconds of processor time, and the peak megabytes of the largest process."""
    words = ["-m", "shapecalc", "grade", assignment, handed_in, "--jobs", jobs, "--format", form]
    command = [sys.executable, "-c", MEASURE, sys.executable, *map(str, words)]
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": paths}
    )
    code, seconds, peak = json.loads(done.stdout)
    assert code == 0, done.stderr.decode()
    return seconds, peak


def main() -> None:
    """Measure, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", default=[1000, 10_000, 30_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--form", default="csv")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assignment = folder / "homework.json"
        spec = str(ROOT / "specs" / "networks" / "alexnet.yaml")
        assignment.write_text(json.dumps({"spec": spec, "questions": QUESTIONS}), encoding="utf-8")
        student = Student(read_assignment(assignment).questions)
        for students in wanted.students:
            handed_in = folder / f"class{students}"
            handed_in.mkdir()
            class_of(students, handed_in, student)
            seconds, peak = graded(assignment, handed_in, wanted.jobs, wanted.form)
            what = f"{students:,} files of {len(QUESTIONS)} questions, {wanted.jobs} jobs"
            each = seconds / wanted.jobs
            print(f"{what}: {seconds:.1f} s of processor time, {each:.1f} s each, {peak:.0f} MB")


if __name__ == "__main__":
    main()
