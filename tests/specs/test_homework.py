"""The sample assignments: computed keys against what the courses print, and their submissions."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shapecalc.cli import group
from shapecalc.grading import read_assignment

HOMEWORK = Path(__file__).resolve().parents[2] / "specs" / "homework"
COURSES = ("cs231n", "kth", "ntnu", "practice")

# Typed from the courses, a second time: course -> question -> answer.
PUBLISHED: dict[str, dict[str, Any]] = {
    "cs231n": {
        "volume": (32, 32, 10),
        "parameters": 760,
        "neuron_weights": 75,
        "neuron_bias": 1,
        "deep_neuron": 180,
        "stride_3": False,
        "im2col": (363, 3025),
        "three_small": 27 * 64 * 64,
        "one_large": 49 * 64 * 64,
        "product": -1,
        "sigmoid": pytest.approx(0.73, abs=0.005),
        "sigmoid_gradient": pytest.approx(-0.39, abs=0.005),
        "golden": pytest.approx(-0.08759809, abs=1e-8),
    },
    "kth": {
        "conv1": (28, 28, 32),
        "pool1": (14, 14, 32),
        "conv2": (14, 14, 64),
        "pool2": (7, 7, 64),
        "flat": (3136,),
        "conv1_parameters": 832,
        "conv2_parameters": 51264,
        "dense_parameters": 3212288,
        "all_parameters": 832 + 51264 + 3212288 + 10250,
        "field": (16, 16),  # 5, 6, then 4*2 more, then 2 more
        "rounded_up": (4, 4, 3),
        "filter_gradient": 1 * 1 + 2 * 0 - 2 * 3 + 1 * 1,
        "next_weight": pytest.approx(1 + 0.1 * 4),
    },
    "ntnu": {
        "map": (6, 6, 1),
        "corner": 1 + 2 + 3 - 2,
        "misprinted": 1 + 2 + 0 - 2,
        "pooling_stride": 2,
        "pooled": (3, 3, 1),
        "filters_weights": 54,
        "filters_biases": 2,
        "alexnet_volume": (55, 55, 96),
        "alexnet_shared": 34944,
        "alexnet_unshared": 105705600,
        "pool_gradient": 2,
    },
    "practice": {
        "same_5": (32, 32, 10),
        "same_5_count": 760,
        "dense_300": 27000100,
        "conv_300": 7600,
        "conv_256": 18944,
        "strided": (29, 29, 32),
        "padded_2": (19, 19, 8),
        "padded_1": (33, 33, 32),
        "same_for_7": 3,
        "same_for_5": 2,
        "pool_2": (16, 16, 16),
        "pool_4": (32, 32, 12),
        "even": (40, 40, 32),
        "keras_1": 320,
        "keras_2": 18496,
        "keras_3": 16010,
        "keras_all": 34826,
        "lenet_1": 156,
        "lenet_2": 2416,
        "lenet_3": 48120,
        "lenet_4": 10164,
        "lenet_5": 850,
        "lenet_all": 61706,
        "rounded_down": (4, 5, 1),
        "two_layers": 2100,
        "along_one_axis": (5, 5, 1, 2),
        "along_one_axis_stride_2": (5, 1),
    },
}


def grade(course: str, *options: str) -> str:
    """Return what grading a course's submissions prints."""
    folder = HOMEWORK / course
    words = ["grade", str(folder / "assignment.yaml"), str(folder / "submissions"), *options]
    result = CliRunner().invoke(group, words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("course", COURSES)
def test_the_computed_answers_are_those_of_the_course(course: str) -> None:
    assignment = read_assignment(HOMEWORK / course / "assignment.yaml")
    assert assignment.diagnostics == ()
    assert {question.id: question.right for question in assignment.questions} == PUBLISHED[course]
    assert all(question.key is None for question in assignment.questions), "keys are computed"


@pytest.mark.parametrize(
    ("course", "right", "wrong", "broken"),
    [
        ("cs231n", "Ada", "Ben", "cleo"),
        ("kth", "Astrid", "Björn", "carin"),
        ("ntnu", "Anne", "Bjarne", "cato"),
    ],
)
def test_one_is_right_one_is_wrong_and_one_is_broken(
    course: str, right: str, wrong: str, broken: str
) -> None:
    _, possible, *rows = csv.reader(io.StringIO(grade(course, "--format", "csv")))
    students = {row[0]: row[1:-2] for row in rows}  # without the feedback and the file
    possible = possible[:-2]
    assert students[right] == [*possible[1:-1], "graded"]
    assert students[wrong][-1].startswith("graded")
    assert 0 < float(students[wrong][-2]) < float(possible[-2])
    assert students[broken][-1] == "not gradable"


@pytest.mark.parametrize(
    ("course", "question", "misconception"),
    [
        ("cs231n", "volume", "padding_once"),
        ("cs231n", "parameters", "forgot_bias"),
        ("cs231n", "neuron_weights", "forgot_depth"),
        ("kth", "conv2_parameters", "forgot_depth"),
        ("kth", "rounded_up", "floor_for_ceil"),
        ("kth", "next_weight", "gradient_added"),
        ("ntnu", "misprinted", "filter_flipped"),
        ("ntnu", "filters_biases", "one_bias"),
        ("ntnu", "alexnet_volume", "forgot_plus_one"),
        ("practice", "conv_300", "forgot_depth_one_bias"),
        ("practice", "strided", "depth_kept"),
        ("practice", "padded_2", "depth_padded"),
        ("practice", "padded_1", "padding_once"),
        ("practice", "same_for_7", "padding_doubled"),
        ("practice", "pool_2", "depth_pooled"),
        ("practice", "rounded_down", "ceil_for_floor"),
    ],
)
def test_a_typical_mistake_is_named(course: str, question: str, misconception: str) -> None:
    students = json.loads(grade(course, "--format", "json"))["submissions"]
    marks = [mark for student in students for mark in student["marks"]]
    named = {mark["misconception"] for mark in marks if mark["id"] == question}
    assert misconception in named


def test_what_follows_from_a_mistake_is_told() -> None:
    assert "follows correctly from your answer 24x24x32 to question" in grade("kth")
    assert "follows correctly from your answer 416 to question" in grade("practice")


# -- Gradescope ------------------------------------------------------------------------------------

GRADESCOPE = HOMEWORK / "gradescope"
ROOT = HOMEWORK.parents[1]
WHEEL = "shapecalc_nn-0.1.0-py3-none-any.whl"
LINUX = pytest.mark.skipif(sys.platform == "win32", reason="Gradescope runs Linux")

# What the scripts call, made so that no test needs a network or changes the system: `apt-get` notes
# what is asked for, `pip wheel` writes an empty wheel, and a virtual environment is a folder with
# this Python's pip and shapecalc, whose pip notes what it installs.
STANDS_IN = {
    "apt-get": 'echo "$@" >> "$LOG"; case "$*" in *"$MISSING"*) exit 100;; esac',
    "pip": f'[ "$1" = wheel ] && touch "$4/{WHEEL}"',
    "python3": """
if [ "$1" = -m ] && [ "$2" = venv ]; then
    mkdir -p "$3/bin"
    printf '#!/bin/sh\necho pip "$@" >> "$LOG"\n' > "$3/bin/pip"
    printf '#!/bin/sh\nexec "$REAL" -m shapecalc "$@"\n' > "$3/bin/shapecalc"
    chmod +x "$3/bin/pip" "$3/bin/shapecalc"
elif [ "$1" = -c ] && [ -n "$OLD" ]; then
    exit 1
else
    exec "$REAL" "$@"
fi""",
    "python3.12": 'OLD= exec python3 "$@"',
}


class Platform:
    """The folders as Gradescope lays them out, and its programs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = root / "source"
        self.log = root / "log.txt"
        programs = root / "programs"
        programs.mkdir()
        for name, script in STANDS_IN.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        self.environment = os.environ | {
            "AUTOGRADER_ROOT": str(root),
            "LOG": str(self.log),
            "MISSING": "nothing",
            "OLD": "",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "REAL": sys.executable,
        }

    def run(self, *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run bash with Gradescope's environment."""
        return subprocess.run(
            ["bash", *words], env=self.environment, cwd=cwd, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip

    def set_up(self, *wheels: str) -> subprocess.CompletedProcess[str]:
        """Run setup.sh with these wheels in the archive."""
        shutil.copytree(GRADESCOPE, self.source, dirs_exist_ok=True)
        for wheel in wheels:
            (self.source / wheel).touch()
        return self.run(str(self.source / "setup.sh"))

    def logged(self) -> list[str]:
        """Return what was asked of apt-get, and of pip in the environment."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def gradescope(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


@pytest.mark.slow
@LINUX
@pytest.mark.parametrize(
    ("name", "score"), [("ada.yaml", 15), ("ben.yaml", None), ("cleo.yaml", 0)]
)
def test_gradescope_gets_its_results(gradescope: Platform, name: str, score: float | None) -> None:
    """The autograder is run as Gradescope runs it: source, submission and results in a folder."""
    assert gradescope.set_up(WHEEL).returncode == 0
    submission = gradescope.root / "submission"
    submission.mkdir()
    text = (HOMEWORK / "cs231n" / "assignment.yaml").read_text(encoding="utf-8")
    lectures = (HOMEWORK.parent / "lectures").as_posix()
    text = text.replace("../../lectures", lectures)
    (gradescope.source / "assignment.yaml").write_text(text, encoding="utf-8")
    shutil.copy(HOMEWORK / "cs231n" / "submissions" / name, submission)
    for _ in range(2 if name == "ben.yaml" else 1):  # a submission may be graded again
        assert gradescope.run(str(gradescope.source / "run_autograder")).returncode == 0
    results = json.loads((gradescope.root / "results" / "results.json").read_text(encoding="utf-8"))
    assert results["score"] == (score if score is not None else results["score"])
    assert sum(test["max_score"] for test in results["tests"]) in (0, 15)
    if name == "ben.yaml":
        assert any("biases were forgotten" in test["output"] for test in results["tests"])


@pytest.mark.slow
@LINUX
def test_the_archive_is_made_as_its_readme_says(gradescope: Platform, tmp_path: Path) -> None:
    readme = (GRADESCOPE / "README.md").read_text(encoding="utf-8")
    (commands,) = re.findall(r"```sh\n((?s:.+?))```", readme)
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "specs", folder / "specs")
    made = gradescope.run("-euc", commands, cwd=folder)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        archive.extractall(gradescope.source)
    assert {"setup.sh", "run_autograder", WHEEL} <= {p.name for p in gradescope.source.iterdir()}
    assert gradescope.run(str(gradescope.source / "setup.sh")).returncode == 0
    submission = gradescope.root / "submission"
    submission.mkdir()
    (submission / "answers.yaml").write_text("conv1: 28x28x32\n", encoding="utf-8")
    assert gradescope.run(str(gradescope.source / "run_autograder")).returncode == 0
    results = (gradescope.root / "results" / "results.json").read_text(encoding="utf-8")
    assert json.loads(results)["score"] == 1


@LINUX
def test_setting_up_installs_our_wheel_and_nothing_by_name(gradescope: Platform) -> None:
    done = gradescope.set_up(WHEEL)
    assert done.returncode == 0, done.stderr
    assert gradescope.logged() == [
        "update",
        "install -y python3 python3-venv",
        f"pip install {gradescope.source / WHEEL}",
    ]


@LINUX
@pytest.mark.parametrize(
    ("wheels", "said"),
    [
        ([], "no shapecalc_nn-*.whl in the archive"),
        (["shapecalc-1.0-py3-none-any.whl"], "no shapecalc_nn-*.whl in the archive"),
        ([WHEEL, WHEEL.replace("0.1", "0.2")], "several wheels"),
    ],
)
def test_without_its_one_wheel_the_set_up_stops(
    gradescope: Platform, wheels: list[str], said: str
) -> None:
    done = gradescope.set_up(*wheels)
    assert done.returncode == 1
    assert done.stderr.startswith(f"setup.sh: {said}")
    assert gradescope.logged() == []


@LINUX
def test_an_older_python_is_not_taken(gradescope: Platform) -> None:
    gradescope.environment |= {"OLD": "yes", "MISSING": "python3.13"}
    done = gradescope.set_up(WHEEL)
    packages = ["python3", "python3.13", "python3.12"]
    assert gradescope.logged()[:4] == ["update", *(f"install -y {p} {p}-venv" for p in packages)]
    assert done.returncode == 0, done.stderr


def test_nobody_elses_package_is_ever_installed() -> None:
    """Another package is called shapecalc on the index: ours is installed from a file alone."""
    texts = [ROOT / "README.md", ROOT / "pyproject.toml", *(ROOT / "specs").rglob("*")]
    texts += [path for path in (ROOT / "shapecalc").rglob("*") if path.suffix in (".py", ".md")]
    for path in texts:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"install\b[^\n`]*\sshapecalc(?![\w/])", text), path
