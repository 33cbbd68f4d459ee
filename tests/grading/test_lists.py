"""Lists of values in the spellings that students use, and those that stay for a person to read."""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading.answers import Unreadable, readings

TWO_SLICES = (2, 0, 2, 0, 7, 4, 9, 9)


@pytest.mark.parametrize(
    "text",
    [
        "slice 0: 2 0 / 2 0, slice 1: 7 4 / 9 9",
        "Slice 1: 2 0 / 2 0; Slice 2: 7 4 / 9 9",
        "depth 0: [[2,0],[2,0]] depth 1: [[7,4],[9,9]]",
        "channel 1: (2 0; 2 0), channel 2: (7 4; 9 9)",
        "first slice: 2 0 2 0; second slice: 7 4 9 9",
        "slice 1 row 1: 2 0, row 2: 2 0; slice 2 row 1: 7 4, row 2: 9 9",
        "2 0 / 2 0, 7 4 / 9 9",
        "2 0 / 2 0 | 7 4 / 9 9",
        "2,0 / 2,0 // 7,4 / 9,9",
        "[[2,0],[2,0]] / [[7,4],[9,9]]",
    ],
)
def test_names_of_slices_and_signs_between_rows_are_no_values(text: str) -> None:
    assert readings(text, "array")[0].value == TWO_SLICES


@pytest.mark.parametrize(
    "text",
    [
        "(1.8, 1.2, 0)^T",
        "[1.8, 1.2, 0].T",
        "z = (1.8, 1.2, 0)ᵀ",
        r"$(1.8, 1.2, 0)^{\top}$",
        "z1 = 1.8, z2 = 1.2, z3 = 0",
        "z_0 = 1.8; z_1 = 1.2; z_2 = 0",
        "z[0] = 1.8, z[1] = 2*0.6 = 1.2, z[2] = 0",
        "2*0.9 = 1.8, 0.6*2 = 1.2, 1 - 1 = 0",
        "[2*0.9, 0.6*2, 0]",
        "18/10, 12/10, 0",
        "18 / 10, 12 / 10, 0",
    ],
)
def test_a_row_is_read_as_what_it_comes_to(text: str) -> None:
    assert readings(text, "array")[0].value == pytest.approx((1.8, 1.2, 0))


@pytest.mark.parametrize(
    "text",
    [
        "[[1, 2], [3, 4]]^T",  # another matrix
        "slice 0: 2 0, slice 2: 7 4",  # one is missing
        "z2 = 1.8, z1 = 1.2",  # which one is meant to be first?
        "z1 = 1, h1 = 2, z2 = 3, h2 = 4",
        "a = 5, b = 5",
        "2*3 = 6, b = 5",
        "2 0 / 2 7 / 4",
    ],
)
def test_what_could_be_meant_otherwise_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable):
        readings(text, "array")


def test_that_results_were_taken_is_told() -> None:
    (read,) = readings("2*(-1-1) = -4, 2*(5.222-2) = 6.444", "array")
    assert (read.value, bool(read.note)) == ((-4, 6.444), True)
    assert not readings("8/9, 17/9", "array")[0].note


@pytest.mark.parametrize("part", ["a1:", "a1 ", " / ", "1 / ", "1 / 1, ", "(", "1.1.", "first a "])
def test_a_hostile_list_takes_no_time(part: str) -> None:
    began = process_time()
    with pytest.raises(Unreadable):
        readings((part * 1000)[:990] + "!", "array")
    assert process_time() - began < 0.5
