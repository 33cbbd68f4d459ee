"""Right answers among words: a remark or a working behind one is no reason to call it wrong."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.answer_texts import lines_of
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# (60 - 5 + 4)/1 + 1 = 60; 5*5*3*16 + 16 = 1,216; (30 - 4 + 2)/2 + 1 = 15; F = 6 + 3*2 = 12;
# 60*40*16 * 75 = 2,880,000;
# 15*10*24 = 3,600.
LAYERS: list[Any] = [
    {"conv": {"K": 16, "F": 5, "P": 2}},
    {"max_pool": 2},
    {"conv": {"K": 24, "F": 4, "S": 2, "P": 1}},
    "flatten",
    {"dense": {"units": 10}},
]


def mark(ask: str, answer: Any) -> Mark:
    spec = {"input": "60x40x3", "layers": LAYERS}
    read = read_assignment({"spec": spec, "questions": [{"id": "a", "ask": ask}]})
    return Marker(read).mark("Ada", {"a": answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv2.output", "The output is 15x10x24 because (30-4+2)/2+1 = 15"),
        ("max_pool1.output", "30x20x16 since 60/2 = 30"),
        ("conv2.output", "15x10x24; (20-4+2)/2+1=10"),
        ("conv2.output", "15x10x24, formula (W-F+2P)/S+1 = 15"),
        ("conv1.output", "60x40x16 [W=40]"),
        ("conv1.output", "(60-5+4)/1+1 = 60, 60x40x16"),
        ("conv1.parameters", "1216, bias=16"),
        ("conv1.parameters", "1216; 16*75 = 1200 without bias"),
        ("conv1.parameters", "1216 params = 4.9 kB"),
        ("conv1.parameters", "1,216 (of which bias = 16)"),
        ("conv2.jump", "4 where S = 2"),
        ("conv2.weight.shape", "24 filters of 16x4x4"),
        ("conv2.weight.shape", "out=24, in=16, k=4x4"),
        ("conv2.weight.shape", "16 input channels, 24 filters, 4x4"),
        ("max_pool1.parameters", "none"),
        ("conv1.output", "it stays 60x40 and has 16 channels"),
        ("conv1.output", "16 maps, each 60x40"),
        ("conv1.output", "60x40 with depth 16"),
        ("conv1.output", "60x40 (x16)"),
        ("conv1.output", "H=60, W=40, K=16"),
        ("conv1.output", "60/40/16"),
        ("conv1.output", "60-40-16"),
        ("conv1.parameters", "weights: 1200, biases: 16, total: 1216"),
        ("conv1.parameters", "1200 (1216 with bias)"),
        ("conv1.parameters", "16 filters with 76 each, that is 1216"),
        ("conv1.parameters", "76 per filter, 1216 in total"),
        ("dense1.output", "10 (from 3600)"),
        ("dense1.output", "3600 numbers go in and 10 come out"),
        ("flatten1.output", "a vector of 3600"),
        ("fits(conv2)", "No remainder"),
        ("fits(conv2)", "no pixels are left over"),
        ("fits(conv2)", "There is nothing left"),
    ],
)
def test_a_right_one_among_words_is_never_wrong(ask: str, answer: str) -> None:
    marked = mark(ask, answer)
    assert marked.verdict in ("right", "needs a look"), marked
    assert marked.misconception is None


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv2.output", "The output is 14x9x24 because (30-4+2)/2 = 14"),
        ("conv1.parameters", "1200, bias=16"),
        ("conv1.parameters", "1216*2 = 2432"),
        ("conv1.parameters", "1216 x 2"),
        ("conv2.weight.shape", "16x24x4x4"),
        ("conv2.weight.shape", "24 filters of 16x5x5"),
        ("conv1.output", "width 60, height 40, depth 16"),  # the height is 60
        ("conv1.output", "60x40x3 with 16 filters"),
        ("conv2.output", "14x9x24 (after pooling 15x10x16)"),
        ("conv2.output", "14x9x24, the input is 15x10x16"),
        ("conv1.parameters", "1216 - 16"),
        ("conv1.parameters", "1200 = 1216-16"),
        ("fits(conv2)", "No, it does not fit"),
    ],
)
def test_what_holds_no_right_one_is_wrong_as_before(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict in ("wrong", "partly right")


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.output", "not 60x40x16"),
        ("conv1.output", "60x40x16 would be with same padding, here 56x36x16"),
        ("conv1.output", "56x36x16 instead of 60x40x16"),
        ("conv1.output", "I don't think it is 60x40x16"),
        ("conv1.output", "60x40x16 + 1"),
        ("conv1.output", "I first thought 60x40x16 but it is 56x36x16"),
        ("conv1.parameters", "1216 per filter"),
        ("conv1.parameters", "1216 for each of the 16 filters"),
        ("conv1.parameters", "1216 weights each"),
        ("conv1.parameters", "not 1216"),
        ("conv1.parameters", "less than 1216"),
        ("P(conv1)", "2 on one side only"),
        ("fits(conv2)", "yes, it does not fit"),
        ("fits(conv2)", "yes for height, no for width"),
        ("fits(conv2)", "No, it fits"),
    ],
)
def test_what_is_denied_or_of_a_part_is_neither_right_nor_wrong(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "needs a look"


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.output", "60x40x3 -> 60x40x16"),
        ("conv1.output", "60x40x16, same as the input because P=2"),
        ("conv1.output", "60x40x16, not sure"),
        ("conv1.parameters", "1216, of which 1200 weights and 16 biases"),
        ("conv1.parameters", "each filter has 76, so 1216"),
        ("conv1.parameters", "1,216 for this layer"),
        ("conv1.macs", "2,880,000 per image"),
        ("conv1.macs", "2880000 MACs for one example"),
        ("P(conv1)", "2 on each side"),
        ("F(conv1)", "5 in each direction"),
        ("P(conv1)", "padding 2"),
        ("conv2.receptive_field", "12 per side"),
        ("fits(conv2)", "Yes - no pixels left"),
    ],
)
def test_a_plain_remark_takes_nothing_from_a_right_answer(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "right"


def test_a_depth_in_words_is_for_a_person() -> None:
    for answer in ("30x20, the depth doesn't change", "30x20, same depth", "30x20 (depth stays)"):
        assert mark("max_pool1.output", answer).verdict == "needs a look"
    assert mark("max_pool1.output", "30x20, the depth stays 16").verdict == "right"
    assert mark("max_pool1.output", "29x19, the depth stays 16").verdict == "wrong"
    assert mark("max_pool1.output", "30x20x16, same depth").verdict == "right"
    assert mark("max_pool1.output", "29x19x16, same depth").verdict == "wrong"


def test_none_is_a_blank_where_0_is_not_right() -> None:
    assert mark("conv1.parameters", "none").verdict == "blank"


# [1 0 1; 0 1 0; 1 1 1] times (1, 2, 3) is (4, 2, 6), and
# the gradient of the weight the outer product of (1, 1, 1) and (1, 2, 3).
LISTS: dict[str, Any] = {
    "input": 3,
    "layers": [{"dense": 3}],
    "example": {
        "given": {
            "input": [1, 2, 3],
            "dense1.weight": [[1, 0, 1], [0, 1, 0], [1, 1, 1]],
            "dense1.bias": [0, 0, 0],
        },
        "upstream": {"dense1": [1, 1, 1]},
    },
}


def mark_list(ask: str, lines: str) -> Mark:
    read = read_assignment({"spec": LISTS, "questions": [{"id": "d1", "ask": ask}]})
    answers = lines_of(f"d1: {lines}", ["d1"]).answers
    return Marker(read).mark("Ada", dict(answers)).marks[0]


@pytest.mark.parametrize(
    ("ask", "lines", "verdict"),
    [
        ("dense1.value", "4, 2\n6", "right"),
        ("dense1.value", "4\n2\n6", "right"),
        ("dense1.value", "4, 2, 6\n7", "needs a look"),  # a stray line
        ("dense1.value", "[4, 2, 6]\n[8, 0, 12]", "needs a look"),  # the next one's id forgotten
        ("dense1.value", "[4, 2, 5]\n7", "needs a look"),
        ("dense1.value", "4 2 6 7", "wrong"),
        ("dense1.weight.grad", "1 2 3\n1 2 3\n1 2 3", "right"),
        ("dense1.weight.grad", "1 2 3\n1 2 3\n1 2 3\n7", "needs a look"),
        ("dense1.weight.grad", "[1 2 3]\n[1 2 3]\n[1 2 3]\n[7, 8, 9]", "needs a look"),
        ("dense1.weight.grad", "1 2 3\n1 2 3\n1 2 3\n1 2 3", "wrong"),  # a matrix of another size
    ],
)
def test_a_line_below_a_list_that_is_complete_is_for_a_person(
    ask: str, lines: str, verdict: str
) -> None:
    assert mark_list(ask, lines).verdict == verdict


@pytest.mark.quick(17)
@pytest.mark.parametrize(
    ("ask", "first", "second"),
    [
        ("conv1.parameters", "1216", "1200"),
        ("conv1.parameters", "16*75 + 16 = 1216", "1200"),
        ("conv1.macs", "2880000", "48000"),
        ("P(conv1)", "2", "1"),
        ("conv2.receptive_field", "12", "14"),
        ("conv2.receptive_field", "5+1+6 = 12", "14"),
        ("conv2.output", "15x10x24", "14x9x24"),
    ],
)
@pytest.mark.parametrize(
    "word",
    [
        ", no, ",
        " no ",
        ". No. ",
        "... wait, the strides. ",
        "... no wait ",
        ", oops ",
        " (sorry, ",
        ", I mean ",
        ", actually ",
        "; correction: ",
        ", or rather ",
        " make that ",
    ],
)
def test_which_of_two_values_is_taken_back_is_for_a_person_to_say(
    ask: str, first: str, second: str, word: str
) -> None:
    assert mark(ask, f"{first}{word}{second}").verdict == "needs a look"
    assert mark(ask, f"{second}{word}{first}").verdict == "needs a look"


def test_a_value_may_be_taken_back_behind_a_long_working() -> None:
    working = f"{' + '.join(['8'] * 150)} + 16 = 1216"
    assert mark("conv1.parameters", working).verdict == "right"
    assert mark("conv1.parameters", f"{working}, no, 1200").verdict == "needs a look"


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.parameters", "1216, not 1200"),
        ("conv1.parameters", "16*76 = 1216, no. of filters 16"),
        ("conv1.parameters", "1200 + 16, no wait = 1216"),
        ("conv1.output", "sorry, 60x40x16"),
        ("conv1.output", "60x40x16 (no padding lost, S=1)"),
        ("conv1.output", "60x40x16, sorry for the mess"),
        ("fits(conv2)", "yes, actually, (30-4+2)/2 = 14"),
    ],
)
def test_nothing_is_taken_back_where_no_other_value_follows(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "right"


@pytest.mark.parametrize("field", ["P=2", "P = 2,", "p=2", "2"])
@pytest.mark.parametrize("reason", ["(5-1)/2", "(5-1)/2 = 2", "(F-1)/2", "F=5 and S=1"])
@pytest.mark.parametrize("word", ["because", "since", "as"])
def test_a_reason_behind_a_field_is_none_of_it(field: str, reason: str, word: str) -> None:
    assert mark("P(conv1)", f"{field} {word} {reason}").verdict == "right"
    wrong = field.replace("2", "1")
    assert mark("P(conv1)", f"{wrong} {word} {reason}").verdict in ("wrong", "needs a look")


def test_another_field_with_a_reason_is_not_the_one_that_is_asked_for() -> None:
    assert mark("P(conv1)", "S=2 because (5-1)/2").verdict == "needs a look"


@pytest.mark.parametrize(
    ("answer", "verdicts"),
    [
        ("none, pooling has nothing to learn", ["right", "wrong"]),
        ("None (a pool does not learn)", ["right", "wrong"]),
        ("it has no weights", ["right", "wrong"]),
        ("no parameters in the pool", ["right", "wrong"]),
        ("none, no time", ["needs a look", "needs a look"]),
        ("no weights, but 2 biases", ["needs a look", "needs a look"]),
        ("no weights, but biases", ["needs a look", "needs a look"]),
    ],
)
def test_none_with_a_reason_is_0(answer: str, verdicts: list[str]) -> None:
    asked = ("max_pool1.parameters", "conv1.parameters")
    assert [mark(ask, answer).verdict for ask in asked] == verdicts


def test_no_parameters_says_nothing_of_other_counts() -> None:
    assert mark("max_pool1.macs", "it has no weights").verdict == "needs a look"


@pytest.mark.parametrize("verb", ["is", "has", "needs"])
def test_each_filter_with_what_it_has_is_no_part(verb: str) -> None:
    """5*5*3*16 + 16 = 1,216."""
    assert mark("conv1.parameters", f"1216, each filter {verb} 75 weights").verdict == "right"
    assert mark("conv1.parameters", "1216 each filter").verdict == "needs a look"
