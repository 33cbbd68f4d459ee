"""Slices of an array among words are the answer where they are all of it.

Each pattern is filled with the right slices and with wrong ones: neither is taken for the other.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.slices_in_words import slices_behind_workings, with_slices_as_one

X, KERNELS = [[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[[1, 0], [-1, 2]], [[0, 1], [1, -1]]]
SPEC: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 2, "F": 2}}],
    "example": {
        "given": {"input": X, "conv1.weight": [[k] for k in KERNELS], "conv1.bias": [0, 0]}
    },
}
ONE, TWO = "[[3, 7], [-2, 3]]", "[[1, -2], [3, 2]]"
RIGHT = (((3, 7), (-2, 3)), ((1, -2), (3, 2)))


def mark(answer: Any) -> Mark:
    read = read_assignment({"spec": SPEC, "questions": [{"id": "a", "ask": "conv1.value"}]})
    return Marker(read).mark("Ada", {"a": answer}).marks[0]


def verdicts(pattern: str) -> tuple[str, str]:
    """Return the verdicts on the right slices, and with a 9 in the place of a 3."""
    return tuple(
        mark(pattern.replace("ONE", ONE).replace("TWO", two)).verdict
        for two in (TWO, TWO.replace("3", "9"))
    )


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    windows = [
        [[(np.array(X)[i : i + 2, j : j + 2] * k).sum() for j in (0, 1)] for i in (0, 1)]
        for k in KERNELS
    ]
    assert np.array(windows).tolist() == np.array(RIGHT).tolist()


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    "pattern",
    [
        "1 * upper window = ONE, 1 * lower window = TWO",
        "0.5 * the upper left window = ONE; -2 * the lower right window = TWO",
        "z1 = x * filter = ONE, z2 = x * filter = TWO",
        "z_0 = x * W = ONE and z_1 = x * W = TWO",
        "dF1 = -0.41 * window: ONE, dF2 = 1.23 * window: TWO",
        "dz = W^T * d = [-0.41, 1.23], goes to where the max was: ONE, TWO",
        "sent back to where the maximum is = ONE and TWO",
        "3 for every pixel in slice 1, 2 in slice 2: ONE, TWO",
        "each window times its filter, row by row, gives: ONE, TWO",
    ],
)
def test_slices_among_words_are_the_answer(pattern: str) -> None:
    assert verdicts(pattern) == ("right", "wrong")


@pytest.mark.parametrize(
    "pattern",
    [
        "1 * the second window = ONE, 1 * the other window = TWO",  # which one it is, is told
        "z2 = x * filter = ONE, z1 = x * filter = TWO",
        "z1 = x * filter = ONE, w2 = x * filter = TWO",
        "z1 = half of x * filter = ONE, z2 = x * filter = TWO",
        "z1 = still to be doubled = ONE, z2 = x * filter = TWO",
        "z1 = x * filter, missing 2 = ONE, z2 = x * filter = TWO",
        "2 * window still = ONE, 2 * window = TWO",
        "2 * wrong window = ONE, 2 * lower window = TWO",
        "2 * window = ONE, 2 * window = TWO, both minus 1",
        "2 * window = ONE, 2 * window = TWO * 2",
        "2 * ONE, 2 * TWO",
        "2 * window = ONE, 3 * window = TWO, 4 * window = TWO",
        "goes to where the max was: ONE, TWO, then minus 1",
        "not where the max was: ONE, TWO",
        "before the pool: ONE, TWO",
        "not sent to where the max was: ONE, TWO",
        "before: ONE, TWO, after: [[1, 1], [1, 1]], [[1, 1], [1, 1]]",
        "goes to where the max was: ONE, TWO and: [[1, 1], [1, 1]], [[1, 1], [1, 1]]",
    ],
)
def test_what_may_be_another_array_is_for_a_person(pattern: str) -> None:
    assert verdicts(pattern) == ("needs a look", "needs a look")


def test_slices_in_another_order_are_for_a_person() -> None:
    assert verdicts("2 * lower window = TWO, 1 * upper window = ONE")[0] == "needs a look"
    assert verdicts("1 * upper window = ONE, 2 * lower window = TWO")[0] == "right"


@pytest.mark.parametrize(
    "text", ["[" * 900, "1 * a = [[1]], " * 60, "a: " + "[[1, 2], [3, 4]], " * 50]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    begin = process_time()
    assert slices_behind_workings(text, RIGHT) == []
    assert with_slices_as_one(text, RIGHT) == text
    assert process_time() - begin < 2
