"""An answer in words: the value that is stated counts, and no number in the reason behind it.

Each pattern is filled with right and wrong values of every kind of question: a wrong value is never
marked right because the right number stands beside it, and a right one is never marked wrong.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import pytest

from shapecalc.grading import read_assignment
from shapecalc.grading.clauses import clauses, split_aside, statement
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# (60 - 5 + 4)/1 + 1 = 60; 5*5*3*16 + 16 = 1,216; (30 - 4 + 2)/2 + 1 = 15; F = 6 + 3*2 = 12;
# 60*40*16 * 75 = 2,880,000.
NETWORK: dict[str, Any] = {
    "input": "60x40x3",
    "layers": [
        {"conv": {"K": 16, "F": 5, "P": 2}},
        {"max_pool": 2},
        {"conv": {"K": 24, "F": 4, "S": 2, "P": 1}},
        "flatten",
        {"dense": {"units": 10}},
    ],
}
# 48/2 = 24, 24 - 4 = 20, 20/2 = 10, (10 - 4 + 2)/2 + 1 = 5: sizes of 16 + 8k fit. The fields are
# 3, 3 + 4 = 7, 8, 8 + 2*4 = 16, 18, 18 + 4*3 = 30. 4*4*64*96 = 98,304, and 96 biases.
VGG: dict[str, Any] = {
    "input": "96x96x3",
    "layers": [
        {"conv": {"K": 32, "F": 3, "P": 1}},
        {"conv": {"K": 32, "F": 5, "P": 2}},
        {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "dilation": 2}},
        {"max_pool": 2},
        {"conv": {"K": 96, "F": 4, "S": 2, "P": 1}},
    ],
}
# ((1*1 + 3*2)^2 + (2*1 + 4*2)^2)/2 = 149/2
LOSS: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[1, 3], [2, 4]], "dense1.bias": [0, 0]},
        "loss": {"half_squared_error": [0, 0]},
    },
}


class Kind(NamedTuple):
    """A question with the letter of what it asks for, and a right and wrong answers to it."""

    ask: str
    letter: str
    right: str
    wrong: tuple[str, ...]
    spec: dict[str, Any] = NETWORK


KINDS = [
    Kind("P(conv1)", "P", "2", ("4", "16")),
    Kind("F(conv1)", "F", "5", ("3", "25")),
    Kind("conv1.parameters", "params", "1216", ("1,200", "76")),
    Kind("conv1.weights", "weights", "1200", ("1216", "75")),
    Kind("conv1.macs", "macs", "2,880,000", ("48000",)),
    Kind("conv2.output.height", "H", "15", ("14", "10")),
    Kind("conv2.output", "output", "15x10x24", ("14x9x24", "10x15x24")),
    Kind("dense1.output", "output", "10", ("3600", "24")),
    Kind("conv2.receptive_field", "RF", "12", ("14", "8")),
    Kind("conv2.receptive_field", "RF", "12x12", ("14x14", "8")),
    Kind("fitting(input)", "W", "48", ("50", "36"), VGG),
    Kind("loss", "L", "74.5", ("149", "37.25"), LOSS),
]
# What is stated is v, and what is beside it, o, tells of something else. Each is plainly v.
STATED = [
    "{v}, because {eo}", "{v} because {ev}", "{v} because {eo}", "{v} since {eo}", "{v}, as {eo}",
    "{v}; because {eo}", "{v}. Because {eo}.", "{v} - because {eo}", "{v}\nbecause {eo}",
    "{v} b/c {eo}", "{v}, cause {eo}", "{v} due to {eo}", "{v} so that {eo}", "{v}, reason: {eo}",
    "{v} ({eo})", "{v} (since {eo})", "{v} (check: {eo})", "{v} (so {o} in total)", "{v} [{eo}]",
    "{v} ({o} in total)", "{v} (half of {o})", "{v} (from {o})", "{v}, i.e. {o} in total",
    "{L} = {v} (so {o} in total)", "{L} = {v} because {eo}", "{L}: {v} because {eo}",
    "{L} must be {v}, since {eo}", "it must be {v} since {eo}", "it is {v}, because {eo}",
    "I get {v} because {eo}", "the answer is {v} since {eo}", "{L} has to be {v} as {eo}",
    "{v}, check: {eo}", "{v}. Check: {eo}.", "{v}, check {eo}", "{v} # {eo}", "{v} // by {eo}",
    "{ev} because {eo}", "{ev}, check: {eo}", "{ev} (check: {eo})", "{ev}, because {o}",
    "{v} because of the {o} inputs", "{v} since there are {o}", "{v} with {o} inputs",
    "{v} to keep {o}", "{v}, so that {o} stays", "{L} = {ev} on each side, {o} in total",
]  # fmt: skip
# Here v comes last, and is plainly what is meant.
CONCLUDED = [
    "{eo}, so {v}", "{o}, so {v}", "{o} -> {v}", "{eo}, therefore the answer is {v}",
    "with {o} inputs it gives {v}", "first {eo}, then {ev}", "since {eo}, {L} = {v}",
]  # fmt: skip
# Which is meant may be told by who reads it; v is what a reader takes it for.
OPEN = [
    "{eo}, half of it is {v}", "because {eo}: {v}", "since {eo}, it is {v}", "{eo}; {ev}",
    "{o} is too small, {v} works", "not {o} but {v}", "from {o} to {v}", "{eo} and {ev}",
    "{eo}\n{ev}", "{eo}, hence {L} = {v}", "2{L} = {o}, {L} = {v}", "{v}, not {o}", "{v}: {eo}",
    "{v} and not {o}", "{v} instead of {o}", "{v}, {o} is too much", "{v} with it, {o} without",
    "{v} which gives {o}", "{v} with {eo}", "{v} where {eo}", "{v} [{o}]", "{v} <- {o}",
    "{v}! {eo}", "{v}\n{eo}", "{v}, otherwise it would be {o}", "I would say {v}, because {eo}",
]  # fmt: skip


@cache
def marker(number: int) -> Marker:
    kind = KINDS[number]
    return Marker(read_assignment({"spec": kind.spec, "questions": [{"id": "a", "ask": kind.ask}]}))


def equation(value: str) -> str:
    """Return how a value is worked out, so that another one does not appear in it by chance."""
    if "x" in value:
        return f"{value.replace('x', ' x ')} = {value}"
    return f"({2 * float(value.replace(',', '')):g} - 0)/2 = {value}"


def fill(kind: Kind, pattern: str, value: str, other: str) -> str:
    return pattern.format(v=value, o=other, ev=equation(value), eo=equation(other), L=kind.letter)


@pytest.mark.quick(11)
@pytest.mark.parametrize("pattern", STATED + CONCLUDED)
def test_a_value_with_a_reason_is_marked_as_the_value_alone(pattern: str) -> None:
    """Beside the right one a wrong value may be for a person; alone it is wrong."""
    for number, kind in enumerate(KINDS):
        mark = marker(number).mark
        for wrong in kind.wrong:
            answer = fill(kind, pattern, kind.right, wrong)
            (found,) = mark("Ada", {"a": answer}).marks
            assert found.verdict == "right", answer
            answer = fill(kind, pattern, wrong, kind.right)
            (found,) = mark("Ada", {"a": answer}).marks
            assert found.verdict in ("wrong", "needs a look"), answer
        first, last = kind.wrong[0], kind.wrong[-1]
        answer = fill(kind, pattern, first, last)
        (found,) = mark("Ada", {"a": answer}).marks
        assert found.verdict == ("wrong" if "x" not in first else found.verdict) != "right", answer


@pytest.mark.quick(6)
@pytest.mark.parametrize("pattern", OPEN)
def test_what_may_be_meant_otherwise_is_never_marked_as_the_contrary(pattern: str) -> None:
    for number, kind in enumerate(KINDS):
        mark = marker(number).mark
        for wrong in kind.wrong:
            answer = fill(kind, pattern, kind.right, wrong)
            (found,) = mark("Ada", {"a": answer}).marks
            assert found.verdict in ("right", "needs a look"), answer
            answer = fill(kind, pattern, wrong, kind.right)
            (found,) = mark("Ada", {"a": answer}).marks
            assert found.verdict in ("wrong", "needs a look"), answer


def marked(ask: str, answer: str) -> Mark:
    read = read_assignment({"spec": VGG, "questions": [{"id": "a", "ask": ask}]})
    return Marker(read).mark("Ada", {"a": answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("P(conv2)", "P=2 (so 4 zeros per axis)", "right"),
        ("P(conv2)", "P=4 (2 on each side)", "needs a look"),
        ("P(conv2)", "F-1 = 4, half of it is 2", "needs a look"),
        ("P(conv2)", "P = (5-1)/2 = 2 on each side, 4 in total", "right"),
        ("P(conv2)", "P must be 2, since 96 - 5 + 4 + 1 = 96", "right"),
        ("P(conv2)", "(W - 5 + 2P) + 1 = W => P = 2", "right"),
        ("P(conv2)", "2P = 4, P = 2", "right"),
        ("P(conv2)", "P=1 gives 94, so P=2", "needs a look"),
        ("P(conv2)", "16 because 14+2", "wrong"),
        ("P(conv2)", "4, because 2P = F-1 must hold", "wrong"),
        ("P(conv2)", "F=4, P=3, S=2", "wrong"),
        ("P(conv2)", "S=2", "needs a look"),
        ("P(conv2)", "stride 2", "needs a look"),
        ("P(conv2)", "padding 2", "right"),
        ("P(conv2)", "none, 2 pixels are lost", "needs a look"),
        ("P(conv2)", "4 in total, 2 on each side", "needs a look"),
        ("P(conv2)", "(5-1)/2 = 2, so 3", "wrong"),
        ("fitting(input)", "48, because 48/8 = 6", "right"),
        ("fitting(input)", "48 since 48/8 = 6", "right"),
        ("fitting(input)", "40: 40/2=20, 20-4=16, 16/2=8, 8/2=4", "right"),
        ("fitting(input)", "48, 48/2 = 24, 24-4 = 20, 10, 5", "right"),
        ("fitting(input)", "48 -> 24 -> 20 -> 10 -> 5", "right"),
        ("fitting(input)", "50: 50/2=25, 25-4=21, 10.5", "wrong"),
        ("fitting(input)", "50, 50-2 = 48", "needs a look"),
        ("fitting(input)", "16 + 4*8 = 48", "right"),
        ("fitting(input)", "24, 32, 40", "right"),
        ("conv4.receptive_field", "3,7,8,16,18,30", "right"),
        ("conv4.receptive_field", "3 7 8 16 18 30", "right"),
        ("conv4.receptive_field", "3,7,8,16,18,46", "wrong"),
        ("conv4.receptive_field", "3,7,8,16,18,30,46", "needs a look"),
        ("conv4.receptive_field", "18, 30", "needs a look"),
        ("conv4.receptive_field", "18x30", "wrong"),
        ("conv4.receptive_field", "30, 18", "needs a look"),
        ("conv4.receptive_field", "30, 30", "right"),
        ("conv4.receptive_field", "18 compared to 30x30", "needs a look"),
        ("conv4.receptive_field", "you see 30x30", "right"),
        ("conv4.receptive_field", "46 with the depthwise one, 30 without", "needs a look"),
        ("conv4.receptive_field", "30 without the depthwise one, 46 with it", "needs a look"),
        ("conv3.output.height", "44x46", "needs a look"),
        ("conv3.output.height", "46x46x64", "wrong"),
        ("conv3.output.height", "43 (+1)", "needs a look"),
        ("conv3.output", "44x44x64 (2*(3-1)+1 = 5)", "right"),
        ("conv3.output", "44x44x64, F_eff = 5", "right"),
        ("conv3.output", "44x44x64, no padding, F = 5", "right"),
        ("conv3.output", "46x46x64, F_eff = 5", "wrong"),
        ("conv3.output", "46x46x64 (44x44x64 with the dilation)", "needs a look"),
        ("conv3.output", "H = W = 44, D = 64", "right"),
        ("conv3.output", "(48-5)+1 = 44; 64 filters", "needs a look"),
        ("conv3.output", "(48-3)+1 = 46; 64 filters", "wrong"),
        ("conv4.parameters", "98,304, +96 = 98,400", "right"),
        ("conv4.parameters", "98304, 98304 + 96 = 98400", "right"),
        ("conv4.parameters", "98304 and 96 more", "needs a look"),
        ("conv4.parameters", "98304, and 96 biases", "needs a look"),
        ("conv4.macs", "11*11*98304 = about 11.9 million", "right"),
    ],
)  # fmt: skip
def test_answers_of_a_class(ask: str, answer: str, verdict: str) -> None:
    assert marked(ask, answer).verdict == verdict


def test_the_last_of_growing_fields_is_told() -> None:
    assert marked("conv4.receptive_field", "3,7,8,16,18,30").feedback == (
        "Right; the last of the growing sizes, 30, was taken."
    )


def test_a_clause_is_linked_to_what_stands_before_it() -> None:
    found = clauses("2, because (5-1)/2 = 2: 96 rows stay, so 96x96 (3 at P = 1)")
    assert [(clause.text, clause.link) for clause in found] == [
        ("2", ""),
        ("(5-1)/2 = 2", "reason"),
        ("96 rows stay", "reason"),
        ("96x96", "result"),
        ("3 at P = 1", "aside"),
    ]
    assert [clause.link for clause in clauses("since 4 = 2P, P = 2")] == ["reason", "next"]
    assert clauses("no number here, because there is none") == []


def test_only_words_and_equations_in_brackets_are_an_aside() -> None:
    assert split_aside("760 (5*5*3*10 + 10 = 760)") == ("760", "5*5*3*10 + 10 = 760")
    assert split_aside("(5*5*3 + 1) * (10)") == ("(5*5*3 + 1) * (10)", "")
    assert split_aside("1/2 (49 + 100)") == ("1/2 (49 + 100)", "")
    assert statement("2 because (5-1)/2 = 2") == "2"
    assert statement("because (5-1)/2 = 2") is None
    assert statement("16 as it is, so 14") is None


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "answer",
    ["1 because " * 99, "2, " * 300, "1 (" * 300, "2 (so 3) " * 100, "P = 1 is " * 100,
     "1 so " * 200, "48 -> " * 150, "1 with 2 without " * 50, "= 1 " * 240, "1 - a " * 160,
     "1 [" * 200 + "]" * 200],
)  # fmt: skip
def test_no_long_answer_runs_away(answer: str) -> None:
    for number in range(len(KINDS)):
        marker(number).mark("Ada", {"a": answer})  # a runaway pattern would take years
