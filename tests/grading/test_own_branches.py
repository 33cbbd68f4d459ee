"""Branches that a student's own volumes make differ: the answer to their merge goes on from one of
them, and is told of the others.

12x12x3 goes through a conv with padding (12x12x4), and from there through another (12x12x8) beside
a pool and a transposed conv, (12 - 2)/2 + 1 = 6 and (6 - 1)*2 + 2 = 12 (12x12x8).
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

BRANCHES: list[Any] = [
    {"conv": {"K": 4, "F": 3, "P": 1}},
    {"conv": {"K": 8, "F": 3, "P": 1, "from": "conv1", "name": "left"}},
    {"max_pool": {"F": 2, "S": 2, "from": "conv1"}},
    {"conv_transpose": {"K": 8, "F": 2, "S": 2, "name": "right"}},
]
DIFFER = "The depth is right; the height and the width are not."
LEFT, RIGHT, JOINED, ADDED = "left.output", "right.output", "concat1.output", "add1.output"


def last(
    merge: Any, answers: dict[str, Any], show: str = "always", layers: list[Any] = BRANCHES
) -> Mark:
    spec = {"input": "12x12x3", "layers": [*layers, merge]}
    keys = {"spec": spec, "questions": [*answers], "given": False, "follow_through": 1.0}
    return mark({**keys, "show": show}, answers).marks[-1]


def told(merge: Any, answers: dict[str, Any], show: str = "always") -> str:
    found = last(merge, answers, show)
    assert (found.verdict, found.points, found.misconception) == ("wrong", 0, None)
    return found.feedback.split(" The right answer")[0]


CONCAT, ADD = {"concat": ["left", "right"]}, {"add": ["left", "right"]}


@pytest.mark.parametrize(
    ("own", "answer", "said"),
    [
        # Both wrong; one wrong, the other right; one alone, beside what is right.
        (("10x10x8", "14x14x8"), "10x10x16", "answers to questions 1 and 2 lead|10x10 and 14x14"),
        (("10x10x8", "14x14x8"), "14x14x16", "answers to questions 1 and 2 lead|10x10 and 14x14"),
        (("10x10x8", "12x12x8"), "10x10x16", "answers to questions 1 and 2 lead|10x10 and 12x12"),
        (("10x10x8", None), "10x10x16", "answer to question 1 leads|10x10 and 12x12"),
    ],
)
def test_an_answer_with_the_sizes_of_one_branch(
    own: tuple[str, str | None], answer: str, said: str
) -> None:
    given = {asked: one for asked, one in zip((LEFT, RIGHT), own, strict=True) if one}
    who, sizes = said.split("|")
    assert told(CONCAT, {**given, JOINED: answer}) == (
        f"{DIFFER} Your {who} to branches of {sizes}, which cannot be joined."
    )


def test_a_hint_tells_no_sizes() -> None:
    given = {LEFT: "10x10x8", RIGHT: "14x14x8", JOINED: "10x10x16"}
    assert told(CONCAT, given, "hint") == (
        f"{DIFFER} Your answers to questions 1 and 2 lead to branches that cannot be joined."
    )
    assert told(CONCAT, given, "never") == ""


@pytest.mark.parametrize("answer", ["11x11x16", "10x14x16"])
def test_other_sizes_are_of_no_branch(answer: str) -> None:
    given = {LEFT: "10x10x8", RIGHT: "14x14x8", JOINED: answer}
    assert "branches" not in told(CONCAT, given)


def test_own_branches_that_agree_are_joined() -> None:
    """Without either of the two the other would not fit what is right: both are needed."""
    given = {LEFT: "10x10x8", RIGHT: "10x10x8", JOINED: "10x10x16"}
    found = last(CONCAT, given)
    assert (found.verdict, found.follows) == ("followed through", (LEFT, RIGHT))
    added = last(ADD, {LEFT: "10x10x8", RIGHT: "10x10x8", ADDED: "10x10x8"})
    assert (added.verdict, added.follows) == ("followed through", (LEFT, RIGHT))


def test_an_own_output_that_is_added_is_no_answer_for_another_layer() -> None:
    """Of 11x11x4 the pool makes (11 - 2)/2 + 1 = 5.5, rounded down 5, and that 10x10."""
    cannot = "which cannot be added."
    assert told(ADD, {LEFT: "10x10x8", ADDED: "10x10x8"}) == (
        f"{DIFFER} Your answer to question 1 leads to branches of 10x10x8 and 12x12x8, {cannot}"
    )
    assert told(ADD, {"conv1.output": "11x11x4", LEFT: "11x11x8", ADDED: "11x11x8"}) == (
        f"{DIFFER} Your answers to questions 1 and 2 lead to branches of 11x11x8 and 10x10x8,"
        f" {cannot} A size is rounded down at max_pool1, for the stride does not fit:"
        " (11 - 2 + 2*0)/2 + 1 = 5.5."
    )


def test_points_for_another_layers_answer_stay() -> None:
    spec = {"input": "12x12x3", "layers": [*BRANCHES, ADD]}
    asked = {"ask": ADDED, "id": "sum", "partial": {"neighbour": 0.5}}
    given = {LEFT: "10x10x8", "sum": "10x10x8"}
    found = mark({"spec": spec, "questions": [{"ask": LEFT, "id": LEFT}, asked]}, given).marks[1]
    assert (found.points, found.misconception) == (0.5, "neighbour")


def test_of_a_sequence_the_length_is_told() -> None:
    layers = [{"conv": {"K": 4, "F": [3], "P": 1}}, {"concat": ["conv1", "input"]}]
    keys = {"spec": {"input": "27x12", "layers": layers}, "show": "always"}
    given = {"conv1.output": "25x4", JOINED: "25x16"}
    found = mark({**keys, "questions": [*given]}, given).marks[1].feedback
    assert "leads to branches of length 25 and 27, which cannot be joined. The right" in found
