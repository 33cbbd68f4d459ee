"""How often marking names a mistake, truly and falsely; how long a class takes, how much memory.

    python tests/benchmarks/grading.py [--students 1000] [--jobs 1 2] [--table-rows 100000]
                                       [--problems 1000] [--seed 1]

First the rates of causes.py, over so many problems of either kind; 0 leaves them out.

A class is made up in a temporary folder: right, wrong, blank and unreadable answers, those of the
misconceptions, and files that hold none. `--table-rows` also grades a CSV of that many rows. Run
by hand, on a quiet machine.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.misconceptions import wrong_answers
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.question import Question
from shapecalc.grading.values import Value, shown

sys.path.insert(0, str(Path(__file__).resolve().parent))

from causes import print_rates

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = (
    "conv1.output", "conv1.parameters", "conv1.macs", "max_pool1.output", "conv2.output",
    "conv2.weights", "conv2.parameters", "max_pool2.output", "conv3.output", "conv3.parameters",
    "conv4.output", "conv4.parameters", "conv5.output", "conv5.receptive_field",
    "max_pool3.output", "dense1.parameters", "dense2.parameters", "dense3.parameters",
    "total.parameters", "total.macs",
)  # fmt: skip
MEASURE = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
peak /= 2**20 if sys.platform == "darwin" else 2**10
print(json.dumps([done.returncode, seconds, peak]))
"""


def _wrong_values(question: Question) -> list[Value]:
    """Return what the misconceptions answer."""
    context = QuestionContext(question.subject, question.query, question.right)
    return [wrong.value for _, wrong in wrong_answers(context)]


class Student:
    """Answers as a student of some skill gives them."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = questions
        self.wrong = {question.id: _wrong_values(question) or [0] for question in questions}

    def answers(self, draw: random.Random) -> dict[str, str | None]:
        """Return an answer to each question."""
        skill = draw.uniform(0.2, 1)
        return {q.id: self._answer(q, draw, skill) for q in self.questions}

    def _answer(self, question: Question, draw: random.Random, skill: float) -> str | None:
        luck = draw.random()
        if luck < skill:
            return shown(question.right)
        kind = draw.choice(("misconception", "wrong", "wrong", "blank", "unreadable"))
        if kind == "misconception":
            return shown(draw.choice(self.wrong[question.id]))
        if kind == "wrong":
            size = draw.randint(1, 300)
            sizes = question.query.form == "sizes"
            return f"{size}x{size}x{draw.randint(1, 512)}" if sizes else str(size * 977)
        return None if kind == "blank" else "no idea"


def class_of(students: int, folder: Path, student: Student) -> None:
    """Write a folder of submissions; two of a hundred are no answer files."""
    draw = random.Random(0)
    for number in range(students):
        file = folder / f"student{number:05}.yaml"
        if number % 100 == 0:
            file.write_bytes(b"\0\1\2")
        elif number % 100 == 1:
            file.write_text("a: [", encoding="utf-8")
        else:
            file.write_text(json.dumps(student.answers(draw)), encoding="utf-8")


def table_of(students: int, file: Path, student: Student) -> None:
    """Write a CSV of submissions."""
    draw = random.Random(0)
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, ["student", *(q.id for q in student.questions)])
        writer.writeheader()
        for number in range(students):
            writer.writerow({"student": f"student{number}", **student.answers(draw)})


def graded(assignment: Path, handed_in: Path, jobs: int, form: str) -> tuple[float, float]:
    """Return the seconds and the peak megabytes (of the largest process) that grading takes."""
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
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--table-rows", type=int, default=0)
    parser.add_argument("--problems", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    if wanted.problems:
        print_rates(wanted.problems, wanted.seed)
    if not wanted.students:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assignment = folder / "homework.json"
        spec = str(ROOT / "specs" / "networks" / "alexnet.yaml")
        assignment.write_text(json.dumps({"spec": spec, "questions": QUESTIONS}), encoding="utf-8")
        student = Student(read_assignment(assignment).questions)
        (folder / "class").mkdir()
        class_of(wanted.students, folder / "class", student)
        for jobs in wanted.jobs:
            for form in ("csv", "table"):
                seconds, peak = graded(assignment, folder / "class", jobs, form)
                what = f"{wanted.students:,} files, {len(QUESTIONS)} questions, {jobs} jobs, {form}"
                print(f"{what}: {seconds:.1f} s, {peak:.0f} MB", flush=True)
        if wanted.table_rows:
            table_of(wanted.table_rows, folder / "class.csv", student)
            seconds, peak = graded(assignment, folder / "class.csv", 1, "csv")
            print(f"a CSV of {wanted.table_rows:,} rows: {seconds:.1f} s, {peak:.0f} MB")


if __name__ == "__main__":
    main()
