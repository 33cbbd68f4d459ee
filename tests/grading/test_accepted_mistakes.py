"""Accepted answers that a known mistake gives: what is told of them, and what follows from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shapecalc.document import Document
from shapecalc.grading import read_assignment
from shapecalc.grading.accepted_mistakes import accepted_mistakes
from shapecalc.grading.audit import audit_document
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.question import Assignment

# 31x31x16, 15x15x16, 15x15x32, 7x7x32, 7x7x48, 3x3x48 = 432 values, 64, 10. Without their biases
# the layers have 7*7*3*16 = 2352, 5*5*16*32 = 12800, 3*3*32*48 = 13824, 432*64 = 27648 and 640
# parameters; with them 57434 in all.
SPEC: dict[str, Any] = {
    "input": "67x67x3",
    "layers": [
        {"conv": {"K": 16, "F": 7, "S": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 32, "F": 5, "P": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 48, "F": 3, "P": 1}},
        {"max_pool": {"F": 3, "S": 2}},
        "flatten",
        {"dense": 64},
        {"dense": 10},
    ],
}
ASKS = ("conv2.parameters", "dense1.parameters", "total.parameters")
SHARES: dict[str, Any] = {"follow_through": 0.5, "partial": {"forgot_bias": 0.5}}


def homework(accept: Any, path: str = "conv2.parameters", **more: Any) -> dict[str, Any]:
    questions = [{"ask": path, "accept": accept}, *ASKS[1:]]
    return {"spec": SPEC, "questions": questions, **more}


def read(data: dict[str, Any]) -> Assignment:
    found = read_assignment(data)
    assert found.usable, found.diagnostics
    return found


def marked(data: dict[str, Any], *answers: Any) -> list[Mark]:
    found = read(data)
    given = dict(zip((q.id for q in found.questions), answers, strict=True))
    return list(Marker(found).mark("one", given).marks)


def test_an_accepted_answer_that_a_listed_mistake_gives_is_told() -> None:
    """12.8k is 12,832 rounded, and 12,800 without the biases."""
    told = (
        "question 1 accepts 12,800, which a mistake gives, so that it counts as right: the biases"
        " were forgotten: 5*5*16*32 = 12,800 (forgot_bias{})"
    )
    listed = list(accepted_mistakes(read(homework(["12.8k"], **SHARES))))
    assert listed == [told.format(", for which partial gives 0.5")]
    assert list(accepted_mistakes(read(homework(12800)))) == [told.format("")]
    audited = audit_document(Document(homework(12800)), Path())
    assert audited.doubts == (told.format(""),)
    assert audited.misprints == 0


def test_a_small_number_that_a_mistake_gives_is_told() -> None:
    """3*3*2*4 = 72 weights, and 4 biases: a student's 72 may be chance, the number is the same."""
    spec = {"input": "9x9x2", "layers": [{"conv": {"K": 4, "F": 3}}]}
    question = {"ask": "conv1.parameters", "accept": [72, 75]}
    (told,) = accepted_mistakes(read({"spec": spec, "questions": [question]}))
    assert told.endswith("right: the biases were forgotten: 3*3*2*4 = 72 (forgot_bias)")


def test_an_accepted_size_that_does_not_fit_is_told() -> None:
    """(44 - 5)/2 is not whole, (45 - 5)/2 is."""
    spec = {"input": "35x35x1", "layers": [{"conv": {"K": 2, "F": 5, "S": 2}}]}
    question = {"ask": "fitting(input)", "accept": ["44x44"]}
    (told,) = accepted_mistakes(read({"spec": spec, "questions": [question]}))
    assert told.startswith("question 1 accepts 44x44")
    assert "the stride does not fit" in told
    question["accept"] = ["45x45"]
    assert not list(accepted_mistakes(read({"spec": spec, "questions": [question]})))


@pytest.mark.parametrize("accept", [[12832], [12830], ["13k"], [12833]])
def test_what_no_mistake_gives_is_not_told(accept: list[Any]) -> None:
    assert list(accepted_mistakes(read(homework(accept)))) == []


def test_a_sum_without_biases_has_its_cause_beside_an_accepted_term() -> None:
    """The second term is right since it is accepted, the fourth is 64*48: 2352 + 12800 + 13824 +
    3072 + 640 = 32688.
    """
    *_, refused = marked(homework([], **SHARES), 12800, 3072, 32688)
    first, _, mark = marked(homework(["12.8k"], **SHARES), 12800, 3072, 32688)
    assert (first.verdict, first.points) == ("right", 1)
    assert (mark.verdict, mark.misconception) == ("partly right", "forgot_bias")
    assert mark.points == refused.points == 0.25
    assert "2,352 + 12,800 + 13,824 + 3,072 + 640 = 32,688" in mark.feedback


def test_what_follows_from_an_accepted_answer_is_right() -> None:
    """57434 - 32 = 57402; whoever has a dense layer wrong as well has an earlier slip."""
    *_, mark = marked(homework(12800, **SHARES), 12800, 27712, 57402)
    assert (mark.verdict, mark.points) == ("right", 1)
    assert mark.feedback == "Right; it follows from your answer 12,800 to question 1."
    *_, other = marked(homework(12800, **SHARES), 12800, 3136, 57402 - 27712 + 3136)
    assert (other.verdict, other.points) == ("followed through", 0.5)
    *_, plain = marked(homework([]), 12832, 27712, 57402)
    assert plain.verdict == "wrong"


def test_a_right_answer_that_is_accepted_as_well_leads_to_nothing_else() -> None:
    *_, mark = marked(homework([12832, 12832.0]), 12832, 27712, 57434)
    assert mark.feedback == "Right."


def test_what_follows_from_that_is_right_as_well() -> None:
    """Of 29x29x16 the pool makes (29 - 3)/2 + 1 = 14, and conv2 keeps that."""
    asks: list[Any] = [
        {"ask": "conv1.output", "accept": ["29x29x16"]},
        "max_pool1.output",
        "conv2.output",
    ]
    data = {"spec": SPEC, "questions": asks, **SHARES}
    found = marked(data, "29x29x16", "14x14x16", "14x14x32")
    assert [mark.verdict for mark in found] == ["right"] * 3
    assert found[2].note == "it follows from your answer 14x14x16 to question 2"
    whole = marked({**data, "follow_through": 1}, "29x29x16", "14x14x16", "14x14x32")
    assert [mark.verdict for mark in whole] == ["right"] * 3
    slipped = marked(data, "28x28x16", "29x29x16", "29x29x32")
    assert [mark.verdict for mark in slipped] == ["wrong", "wrong", "followed through"]


def test_a_field_that_is_accepted_may_end_in_the_depth_of_the_input() -> None:
    """7x7x3 is 7x7, and 9x9x3 is 9x9: which is accepted with its depth."""
    asks: list[Any] = [{"ask": "conv1.receptive_field", "accept": ["9x9x3"]}]
    data = {"spec": SPEC, "questions": asks}
    for answer in ("7x7x3", "9x9x3"):
        assert [mark.verdict for mark in marked(data, answer)] == ["right"]
    assert [mark.verdict for mark in marked(data, "8x8x3")] == ["wrong"]
