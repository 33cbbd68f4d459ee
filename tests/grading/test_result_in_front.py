"""A number in front of its working, on one line.

28x28x3: conv1 has 5*5*3*10 = 750 weights and 10 biases, 760 together; it takes 24*24*750 = 432,000
multiply-accumulates; dense1 has 5760*2 + 2 = 11,522 parameters; together 12,282. (5-1)/2 = 2 zeros
on each side keep the size.
"""

from __future__ import annotations

from time import process_time
from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "28x28x3",
    "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 2}],
}
SAME: dict[str, Any] = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5, "P": 2}}]}
CONV, WEIGHTS, MACS = "conv1.parameters", "conv1.weights", "conv1.macs"
FLAT, TOTAL, PADDING = "flatten1.output", "total.parameters", "P(conv1)"


def marked(ask: str, answer: str) -> Mark:
    spec = SAME if ask == PADDING else SPEC
    asked = {"spec": spec, "questions": [ask], "partial": {"forgot_bias": 0.5}, "show": "always"}
    return mark(asked, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (CONV, "760   5*5*3*10 + 10"),
        (CONV, "760\t750 + 10"),
        (CONV, "760  weights 750, biases 10"),
        (CONV, "760, 5*5*3*10 + 10"),
        (CONV, "760; 750 + 10"),
        (CONV, "760 - 5*5*3*10 + 10"),
        (CONV, "760 \u2013 5*5*3*10 + 10"),
        (WEIGHTS, "750    5*5*3*10"),
        (MACS, "432 000   24*24 places, each takes 5*5*3*10 = 750"),
        (MACS, "432,000   576*750"),
        (MACS, "432000   every one of the 24*24*10 outputs needs 75"),
        (MACS, "432000   all 5760 outputs need 75 each"),
        (TOTAL, "12282   conv1 760, dense1 11522"),
        (FLAT, "5760   24*24*10"),
        (FLAT, "5760, 24x24x10"),
        (PADDING, "2   (5-1)/2"),
        (PADDING, "2, 28 - 5 + 2P + 1 = 28"),
        (PADDING, "2; (28 - 5 + 2*P)/1 + 1 = 28"),
        (CONV, "770 - 10"),  # a minus
    ],
)
def test_a_right_number_in_front_of_its_working_is_right(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("4, 28 - 5 + P + 1 = 28", "padding_once"),
        ("3, 28 - 5 + 2P + 1 = 28", None),  # which 2 solves
    ],
)
def test_a_field_in_front_of_an_equation_is_read_where_it_solves_that(
    answer: str, cause: str | None
) -> None:
    found = marked(PADDING, answer)
    assert (found.verdict, found.misconception) == ("wrong", cause)


@pytest.mark.parametrize(
    "answer", ["750   5*5*3*10", "750\t75*10", "750, 75*10", "750 - 5*5*3*10", "750   3*250"]
)
def test_a_wrong_one_has_its_cause(answer: str) -> None:
    found = marked(CONV, answer)
    assert (found.misconception, found.points) == ("forgot_bias", 0.5)


SLIPPED = "Your working is right and gives 760, but its result was worked out wrongly."


@pytest.mark.parametrize(
    "answer",
    [
        "750   5*5*3*10 + 10",
        "750   5*5*3*10 + 10 = 750",
        "750 5*5*3*10 + 10",
        "751, because 5*5*3*10 + 10",
        "751: 5*5*3*10 + 10",
        "751 | 5*5*3*10+10",
        "751 # 5*5*3*10+10",
        "751 = 5*5*3*10+10",
        "751 (5*5*3*10 + 10)",
        "770   5*5*3*10 + 10",
        "751   5*5*3*10 + 10 = 750 + 10",
        "751   5*5*3*10 = 750, 750 + 10",
        "751 (5*5*3*10 + 10 = 750 + 10)",
        "751 because 10*(5*5*3 + 1) = 10*76",
        "751 (5*5*3*10 + 10 = 750 + 10 = 751)",
    ],
)
def test_a_wrong_result_in_front_of_a_right_working_is_a_slip(answer: str) -> None:
    found = marked(CONV, answer)
    assert (found.verdict, found.misconception) == ("wrong", "arithmetic_slip")
    assert found.feedback.startswith(SLIPPED)


@pytest.mark.parametrize(
    ("answer", "verdict", "cause"),
    [
        ("10 (5*5 + 1)", "partly right", "forgot_depth"),  # 260 = 5*5*10 + 10
        ("10 (5*5*3 + 1)", "right", None),
        ("2: 75*10", "needs a look", None),
        ("10, 5*5*3 + 1", "needs a look", None),
        ("76   5*5*3*10 + 10", "needs a look", None),
        ("76   5*5*3*10 + 10 = 750 + 10", "needs a look", None),
        # The weights, or the result.
        ("750   5*5*3*10 + 10 = 750 + 10", "needs a look", None),
        ("750 (5*5*3*10 + 10 = 750 + 10)", "needs a look", None),
        # The working has another one, which is the right one.
        ("751 (5*5*3*10 + 10 = 760)", "needs a look", None),
        ("751   5*5*3*10 + 10 = 750 + 10 = 760", "needs a look", None),
    ],
)
def test_a_number_far_from_what_a_working_comes_to_is_no_slip(
    answer: str, verdict: str, cause: str | None
) -> None:
    asked = {"id": CONV, "ask": CONV, "partial": {"forgot_depth": 0.5}}
    found = mark({"spec": SPEC, "questions": [asked]}, {CONV: answer}).marks[0]
    assert (found.verdict, found.misconception) == (verdict, cause)


@pytest.mark.parametrize(
    "answer",
    [
        "12210   750 + 11522",
        "12210, 750 + 11522",
        "12210   750 + 11522 = 12210",
        "12210   750 + 11522 = 762 + 11510",
    ],
)
def test_so_is_one_in_front_of_a_working_that_follows(answer: str) -> None:
    """750 + 11,522 = 12,272 by an own 750."""
    answers = {CONV: "750", "total.parameters": answer}
    found = mark({"spec": SPEC, "questions": [*answers]}, answers).marks[1]
    assert found.misconception == "arithmetic_slip"
    assert "follows correctly from your answer 750 to question 1 and gives 12,272" in found.feedback


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (CONV, "760   5*5*3*10"),
        (CONV, "760, 5*5*3*10"),
        (CONV, "760 - 5*5*3*10"),
        (CONV, "760   weights 750, biases 11"),
        (CONV, "760   no, 750 + 10"),
        (CONV, "760   not 750 + 10"),
        (CONV, "760   or 750 + 11"),
        (MACS, "432 000   24*24 places, each takes 5*5*3*10 = 751"),
        (MACS, "432 000   24*24 places + 750 each"),
        (MACS, "432 000   every one of the 24*24*10 outputs needs 76"),
        (MACS, "432 000   all 5760 outputs need 75 each, then halved"),
    ],
)
def test_a_working_that_does_not_come_to_it_is_for_a_person(ask: str, answer: str) -> None:
    assert marked(ask, answer).verdict == "needs a look"


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        (MACS, "432   000", "right"),  # one number
        (CONV, "76  * 10", "right"),
        (CONV, "750   + 10 = 760", "right"),
        (CONV, "780 - 5*5*3*10", "wrong"),
    ],
)
def test_what_is_one_number_or_one_sum_is_read_as_before(
    ask: str, answer: str, verdict: str
) -> None:
    assert marked(ask, answer).verdict == verdict


@pytest.mark.parametrize("part", ["word ", "1 ", "a 1, ", "a-1 ", "(", "1 and ", "x 1 = 1 "])
def test_a_long_text_takes_no_time(part: str) -> None:
    began = process_time()
    marked(CONV, "760   " + part * (990 // len(part)))
    assert process_time() - began < 2
