"""The sample assignments: computed keys against what the courses print, and their submissions."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shapecalc.cli import group
from shapecalc.grading import read_assignment

HOMEWORK = Path(__file__).resolve().parents[2] / "specs" / "homework"
ROOT = HOMEWORK.parents[1]
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
    ("course", "right", "wrong", "broken", "status"),
    [
        ("cs231n", "Ada", "Ben", "Cleo", "graded"),  # a slip in YAML costs no answer
        ("kth", "Astrid", "Björn", "carin", "not gradable"),
        ("ntnu", "Anne", "Bjarne", "cato", "not gradable"),
    ],
)
def test_one_is_right_one_is_wrong_and_one_is_broken(
    course: str, right: str, wrong: str, broken: str, status: str
) -> None:
    _, possible, *rows = csv.reader(io.StringIO(grade(course, "--format", "csv")))
    students = {row[0]: row[1:-2] for row in rows}  # without the feedback and the file
    possible = possible[:-2]
    assert students[right] == [*possible[1:-1], "graded"]
    assert students[wrong][-1].startswith("graded")
    assert 0 < float(students[wrong][-2]) < float(possible[-2])
    assert students[broken][-1] == status


@pytest.mark.quick(4)
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


def test_nobody_elses_package_is_ever_installed() -> None:
    """Another package is called shapecalc on the index: ours is installed from a file alone."""
    texts = [ROOT / "README.md", ROOT / "pyproject.toml", *(ROOT / "specs").rglob("*")]
    texts += [
        path for path in (ROOT / "shapecalc").rglob("*") if path.suffix in (".py", ".md", ".sh")
    ]
    for path in texts:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"install\b[^\n`]*\sshapecalc(?![\w/])", text), path
