"""Counts that are told by what one has, or by what they add up to."""

from __future__ import annotations

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.counts_of_all import of_all
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

# 8*(5*5*1 + 1) = 208, 16*(3*3*8 + 1) = 1168.
SPEC = {"input": "28x28x1", "layers": [{"conv": {"K": 8, "F": 5}}, {"conv": {"K": 16, "F": 3}}]}
ASKED = ["conv1.parameters", "conv1.biases", "total.parameters"]


def mark(ask: str, answer: str) -> Mark:
    asked = read_assignment({"spec": SPEC, "questions": ASKED, "show": "always"})
    return Marker(asked).mark("one", {ask: answer}).marks[ASKED.index(ask)]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("conv1.biases", "one per filter: 8"),
        ("conv1.biases", "1 per filter = 8"),
        ("conv1.biases", "8 = one per filter"),
        ("conv1.biases", "8, 1 per filter"),
        ("conv1.biases", "1 bias per filter \u2192 8 biases"),
        ("conv1.parameters", "26 per filter * 8 = 208"),
        ("conv1.parameters", "26 per filter, 208 total"),
        ("conv1.parameters", "26 each -> 208"),
        ("conv1.parameters", "26 parameters per filter, so 208"),
        ("conv1.parameters", "weights 200, biases 8, total 208"),
        ("conv1.parameters", "200 weights, 8 biases => 208"),
        ("conv1.parameters", "208: 200 weights, 8 biases"),
        ("conv1.parameters", "8*25 weights and 8 biases, 208"),
        ("conv1.parameters", "200w + 8b"),
        ("conv1.parameters", "(F*F*C+1)*K = 208"),
        ("total.parameters", "208, 1168 -> 1376"),
        ("total.parameters", "208 and 1168 make 1376"),
        ("total.parameters", "conv 1: 208, conv 2: 1168, total 1376"),
        ("total.parameters", "conv1 208, conv2 1168: 1376"),
        ("total.parameters", "in total 1376"),
    ],
)
def test_the_count_of_all_is_read(ask: str, answer: str) -> None:
    assert mark(ask, answer).verdict == "right"


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("conv1.biases", "one per filter: 16", "wrong"),
        ("conv1.parameters", "26 per filter", "needs a look"),
        ("conv1.parameters", "26 per filter, 8 filters", "needs a look"),
        ("conv1.parameters", "200 weights, 8 biases => 218", "needs a look"),
        ("total.parameters", "208, 1168 -> 1386", "wrong"),
    ],
)
def test_what_does_not_go_together_is_not_right(ask: str, answer: str, verdict: str) -> None:
    assert mark(ask, answer).verdict == verdict


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("26 per filter, so 200", "26 per filter, so 200"),  # 26 does not go into 200
        ("0 per filter, so 8", "0 per filter, so 8"),
        ("208 + 1168 = 1376", "208 + 1168 = 1376"),  # its terms are looked at
        ("26 per filter, so 208", "208"),
        (208, 208),
    ],
)
def test_another_answer_stays_as_it_is(text: object, read: object) -> None:
    assert of_all(text) == read
