"""Products that are told with their factors.

conv1 of 5x5 on 16x16x24 with P=2 has 48*5*5*24 = 28,800 weights and 48 biases; of 16*16*48 =
12,288 outputs each takes 600 multiply-accumulates, 7,372,800 together.
"""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark
from shapecalc.grading.stated_products import stated_product

SPEC = {"input": "16x16x24", "layers": [{"conv": {"K": 48, "F": 5, "P": 2}}]}
MACS, PARAMETERS = "conv1.macs", "conv1.parameters"


def marked(ask: str, answer: str) -> Mark:
    given = {"spec": SPEC, "questions": [ask], "partial": {"forgot_bias": 0.5}}
    return mark(given, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (MACS, "600 per output, 16·16·48 = 12288 outputs: 7,372,800"),
        (MACS, "600 per output, 12288 outputs: 7,372,800"),
        (MACS, "600 per output, 16*16*48 = 12288 outputs, so 7,372,800"),
        (MACS, "12288 outputs, 600 per output = 7372800"),
        (MACS, "5*5*24 = 600 MACs for each output and 16x16x48 outputs: 7372800 in total"),
        (MACS, "12,288 outputs, 600 each: 12288*600 = 7,372,800 MACs"),
        (PARAMETERS, "601 per filter, 48 filters: 28848"),
    ],
)
def test_the_product_behind_its_factors_is_the_answer(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict == "right"


@pytest.mark.parametrize(
    ("ask", "answer", "cause"),
    [
        (MACS, "25 per output, 12288 outputs: 307,200", "forgot_depth"),
        (PARAMETERS, "600 per filter, 48 filters: 28800", "forgot_bias"),
        (PARAMETERS, "61 per filter, 48 filters: 2928", None),
    ],
)
def test_it_is_the_answer_where_it_is_wrong(ask: str, answer: str, cause: str | None) -> None:
    found = marked(ask, answer)
    assert (found.verdict in ("wrong", "partly right"), found.misconception) == (True, cause)


@pytest.mark.parametrize(
    "answer",
    [
        "600 per output", "600 per output, 12288 outputs", "600 per output: 12288",
        "600 per output, 12288 outputs: 7,372,801", "12288 outputs: 600",
        "600 per output, 12288 outputs, 24 slices: 7,372,800",
        "600 per output, 48 per place, 12288 outputs: 7,372,800",
        "600 per output, 12288 outputs: 7,372,800 or 600",
        "600 per output, 12288 outputs: not 7,372,800",
    ],
)  # fmt: skip
def test_what_is_no_such_product_is_not_read_as_one(answer: str) -> None:
    assert stated_product(answer) is None


def test_a_part_of_a_count_is_for_a_person_to_look_at() -> None:
    assert marked(MACS, "600 per output").verdict == "needs a look"
    assert marked(MACS, "600 per output: 12288").verdict == "needs a look"


def test_a_long_text_takes_no_time() -> None:
    start = process_time()
    for text in ("1 1 1 " * 160 + "each", "600 a b per " * 80, "per " + "x" * 990, "each 1s" * 140):
        stated_product(text)
    assert process_time() - start < 2
