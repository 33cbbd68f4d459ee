"""Which of a student's own volumes an answer follows from, where it hangs on several.

44x44x64: max_pool1 halves the sizes, 22x22x64; conv1 gives (22 - 4 + 2*1)/2 + 1 = 11, 11x11x96; it
has 4*4*64*96 = 98,304 weights and takes 11*11*98,304 = 11,894,784 MACs.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "44x44x64",
    "layers": [{"max_pool": 2}, {"conv": {"K": 96, "F": 4, "S": 2, "P": 1}}],
}
POOL, CONV, MACS = "max_pool1.output", "conv1.output", "conv1.macs"
OWN_SIZE, OWN_DEPTH = "your answer 9x9x96 to question 2", "your answer 22x22x32 to question 1"


def marked(answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    keys = {"spec": SPEC, "questions": list(answers), "show": "always", "follow_through": 0.5}
    assignment = read_assignment({**keys, **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    ("pool", "answer", "source"),
    [
        ("22x22x32", "9*9*96*4*4*64 = 7962624", OWN_SIZE),  # which is 2*9*9*96*4*4*32 as well
        ("22x22x32", 9 * 9 * 96 * 4 * 4 * 64, OWN_SIZE),
        ("22x22x32", 11 * 11 * 96 * 4 * 4 * 32, OWN_DEPTH),
        ("22x22x32", 9 * 9 * 96 * 4 * 4 * 32, f"{OWN_DEPTH} and {OWN_SIZE}"),
        # (20 - 4 + 2)/2 + 1 = 10
        ("20x20x32", 10 * 10 * 96 * 4 * 4 * 32, "your answer 20x20x32 to question 1"),
        ("20x20x32", 11 * 11 * 96 * 4 * 4 * 32, "your answer 20x20x32 to question 1"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"partial": {"forgot_depth": 0.25}}])
def test_a_count_at_own_volumes_may_have_the_right_ones_of_the_others(
    pool: str, answer: str | int, source: str, more: dict[str, Any]
) -> None:
    mark = marked({POOL: pool, CONV: "9x9x96", MACS: answer}, **more)[MACS]
    assert (mark.verdict, mark.points, mark.misconception) == ("followed through", 0.5, None)
    assert mark.feedback.startswith(f"It follows correctly from {source}.")


def test_a_mistake_behind_an_own_volume_is_not_named_again_in_what_follows_from_that() -> None:
    """(22 - 4 + 1)/2 + 1 = 10.5, so 10x10x96, told of there; 10*10*96*4*4*64 = 9,830,400."""
    answers = {POOL: "22x22x32", CONV: "(22-4+1)/2+1 = 10.5 so 10x10x96", MACS: 9_830_400}
    marks = marked(answers, partial={"padding_once": 0.25})
    assert marks[CONV].misconception == "padding_once"
    assert (marks[MACS].verdict, marks[MACS].points) == ("followed through", 0.5)


@pytest.mark.parametrize("answer", [9 * 9 * 96 * 4 * 4 * 63, 2 * 10 * 10 * 96 * 4 * 4 * 64])
def test_what_follows_from_none_of_them_is_wrong(answer: int) -> None:
    mark = marked({POOL: "22x22x32", CONV: "9x9x96", MACS: answer})[MACS]
    assert (mark.verdict, mark.points) == ("wrong", 0)


def test_weights_say_nothing_of_an_own_output() -> None:
    """4*4*32*96 + 96 = 49,248."""
    answers = {CONV: "9x9x32", "conv1.parameters": 49_248}
    assert marked(answers)["conv1.parameters"].verdict == "wrong"
    beside = marked({POOL: "22x22x32", **answers})["conv1.parameters"]
    assert beside.feedback.startswith(f"It follows correctly from {OWN_DEPTH}.")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        # 11*11*96 * 4*4*32 = 5,947,392 follow from 22x22x32; 11,894,784 are right
        ("about 5.9 million", "needs a look"), ("5.95 million", "needs a look"),
        ("about 5947 thousand", "needs a look"), ("5.9e6", "needs a look"),
        ("5.94 million", "needs a look"),  # the digits behind it are left out
        ("about 6.1 million", "wrong"), ("5.96 million", "wrong"), ("5,900,000", "wrong"),
        ("about 11.9 million", "needs a look"), (5_947_392, "followed through"),
    ],
)  # fmt: skip
def test_a_rounded_number_may_be_what_follows(answer: Any, verdict: str) -> None:
    found = marked({POOL: "22x22x32", MACS: answer})[MACS]
    assert found.verdict == verdict
    assert ("It may be rounded" in found.feedback) is (verdict == "needs a look")


def test_a_rounded_number_is_wrong_where_what_follows_has_no_points() -> None:
    found = marked({POOL: "22x22x32", MACS: "about 5.9 million"}, follow_through=0)[MACS]
    assert found.verdict == "wrong"


def test_a_rounded_total_may_be_the_sum_of_own_counts() -> None:
    """98,304 weights and 96 biases are right; 49,152 + 96 = 49,248 is an own count."""
    answers = {"conv1.parameters": 49_248, "total.parameters": "about 49 thousand"}
    assert marked(answers)["total.parameters"].verdict == "needs a look"
    answers["total.parameters"] = "about 48 thousand"
    assert marked(answers)["total.parameters"].verdict == "wrong"


# 8x8x10 and 8x8x12; the mean of a slice is one number, so that dense1 has 12*6 + 6 = 78 parameters
# whatever the size is; on what the mean is taken of it would have 8*8*12*6 + 6 = 4,614.
AVERAGED: dict[str, Any] = {
    "input": "16x16x3", "rounding": "floor",
    "layers": [
        {"conv": {"K": 10, "F": 3, "S": 2, "P": 1}}, {"conv": {"K": 12, "F": 3, "P": 1}},
        "global_avg_pool", "flatten", {"dense": 6},
    ],
}  # fmt: skip
EARLY = "The volume of one layer too early was taken, in front of global_avg_pool1: with your"


@pytest.mark.parametrize(
    ("volumes", "source", "answer"),
    [
        ({"conv2.output": "7x7x12"}, "7x7x12 to question 1, on 7x7x12", "7*7*12*6+6 = 3534"),
        ({"conv2.output": "7x7x12"}, "7x7x12 to question 1, on 7x7x12", 3534),
        ({"conv1.output": "9x9x10"}, "9x9x10 to question 1, on 9x9x12", 9 * 9 * 12 * 6 + 6),
        (
            {"conv1.output": "9x9x10", "conv2.output": "7x7x12"},
            "7x7x12 to question 2, on 7x7x12",
            3534,
        ),
    ],
)
def test_a_mistake_takes_own_sizes_that_the_right_way_does_not_hang_on(
    volumes: dict[str, str], source: str, answer: str | int
) -> None:
    found = marked({**volumes, "dense1.parameters": answer}, spec=AVERAGED)["dense1.parameters"]
    assert (found.misconception, found.perhaps) == ("volume_too_early", False)
    assert found.feedback.startswith(f"{EARLY} answer {source}, ")


@pytest.mark.parametrize("answer", [8 * 8 * 12 * 6 + 6, 72, 3535, 90])
def test_what_own_sizes_change_nothing_of_is_not_said_to_go_on_from_them(answer: int) -> None:
    """72 = 12*6 without the biases, 4,614 with the right sizes; 3,535 and 90 by no mistake."""
    answers = {"conv2.output": "7x7x12", "dense1.parameters": answer}
    found = marked(answers, spec=AVERAGED)["dense1.parameters"]
    assert "your answer" not in found.feedback
    assert (found.misconception is None) == (answer in (3535, 90))


@pytest.mark.parametrize(
    ("ask", "answer", "name", "told"),
    [
        # conv2 has 3*3*10 = 90 weights in each of 12 filters, and 12 biases
        ("parameters", 7 * 7 * 12 * 91, "weights_not_shared", "7*7*12 * (3*3*10 + 1) = 53,508;"),
        ("weights", 7 * 7 * 12 * 90, "weights_not_shared", "7*7*12 * 90 = 52,920;"),
        ("parameters", "7*7*12 = 588", "activations_for_parameters", "7*7*12 = 588."),
        ("parameters", 7 * 7 * 23, None, ""),
        ("parameters", 7 * 7 * 12 * 91 + 1, None, ""),
    ],
)
def test_filters_may_be_counted_at_each_position_of_a_layers_own_output(
    ask: str, answer: int | str, name: str | None, told: str
) -> None:
    found = marked({"conv2.output": "7x7x12", f"conv2.{ask}": answer}, spec=AVERAGED)
    mark = found[f"conv2.{ask}"]
    assert (mark.misconception, mark.perhaps) == (name, False)
    source = ": with your answer 7x7x12 to question 1, "
    assert f"{source if name else ''}{told}" in mark.feedback
