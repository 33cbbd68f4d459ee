"""FLOPs by the conventions of the literature; the question says which."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.quiz.choices import known_wrong

# 28x28 positions, 10 filters of 5*5*3: 588,000 MACs, 7,840 biases; then 10 units on 7,840 values.
SPEC = {"input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5}}, "relu", {"dense": 10}]}
MACS, BIASES = 28 * 28 * 10 * 75, 28 * 28 * 10


def asked(ask: str = "conv1.flops", **keys: Any) -> Any:
    return read_assignment({"spec": SPEC, "questions": [{"ask": ask, **keys}]})


@pytest.mark.parametrize(
    ("convention", "right"),
    [
        ({"mac": 1, "bias": 0}, MACS),  # He et al., 2016: "FLOPs (multiply-adds)"
        ({"mac": 2, "bias": 0}, 2 * MACS),
        ({"mac": 2}, 2 * MACS),
        ({"bias": 1}, 2 * MACS + BIASES),
        ({"mac": 1, "bias": 1}, MACS + BIASES),
        ({"mac": 2, "bias": 2}, 2 * 28 * 28 * (3 * 25 + 1) * 10),  # Molchanov et al., 2017
    ],
)
def test_a_layer_by_each_convention(convention: dict[str, int], right: int) -> None:
    (question,) = asked(flops=convention).questions
    assert question.right == right


def test_the_network_and_what_has_no_weights() -> None:
    convention = {"mac": 1, "bias": 1}
    (whole,) = asked("total.flops", flops=convention).questions
    assert whole.right == MACS + BIASES + 7840 * 10 + 10
    assert whole.working == "666,400 MACs + 7,850 biases added"
    (none,) = asked("relu1.flops", flops=convention).questions
    assert none.right == 0


@pytest.mark.parametrize(
    ("ask", "convention", "told"),
    [
        ("conv1.flops", {}, "MACs = 28*28*10 * 5*5*3 = 588,000; FLOPs = 2 * 588,000 = 1,176,000"),
        ("conv1.flops", {"mac": 1}, "MACs = 28*28*10 * 5*5*3 = 588,000"),
        (
            "conv1.flops",
            {"bias": 1},
            "MACs = 28*28*10 * 5*5*3 = 588,000; biases added = 28*28*10 = 7,840;"
            " FLOPs = 2 * 588,000 + 7,840 = 1,183,840",
        ),
        (
            "dense1.flops",
            {"bias": 2},
            "MACs = 10*7840 = 78,400; biases added = 10; FLOPs = 2 * 78,400 + 2 * 10 = 156,820",
        ),
        ("relu1.flops", {}, "it has no weights to multiply by"),
        ("relu1.flops", {"bias": 1}, "it has no weights to multiply by"),
        ("total.flops", {}, "2 * (conv1 588,000 + dense1 78,400)"),
    ],
)
def test_the_multiply_accumulates_of_a_layer_are_worked_out_first(
    ask: str, convention: dict[str, int], told: str
) -> None:
    (question,) = asked(ask, flops=convention).questions
    assert question.working == told


def test_a_volume_that_was_flattened_is_told_and_what_is_no_single_layer_in_short() -> None:
    spec: dict[str, Any] = {
        "input": "3x3x2",
        "blocks": {"two": {"layers": [{"conv": {"K": 1, "F": 3}}, {"dense": 1}]}},
        "layers": ["flatten", {"dense": {"units": 4, "bias": False}}],
    }
    (dense,) = read_assignment({"spec": spec, "questions": ["dense1.flops"]}).questions
    assert dense.working == "MACs = 4 * 3*3*2 = 72; FLOPs = 2 * 72 = 144"
    blocks = {**spec, "layers": [{"two": {"name": "b"}}]}
    counting = {"ask": "b.flops", "flops": {"bias": 1}}
    (both,) = read_assignment({"spec": blocks, "questions": [counting]}).questions
    assert both.working == "2 * 19 MACs + 2 biases added"  # 3*3*2 and 1; a bias each


def test_the_question_says_how_to_count() -> None:
    (other,) = asked(flops={"mac": 1, "bias": 1}).questions
    assert "counting one for each multiply-accumulate and one for each bias that is added?" in (
        other.prompt
    )


BARE: dict[str, Any] = {  # 28*28*10 * 75 = 588,000 MACs of a layer without biases; 10*7840 + 10
    "input": "32x32x3", "layers": [{"conv": {"K": 10, "F": 5, "bias": False}}, {"dense": 10}],
}  # fmt: skip
HOW = "counting two for each multiply-accumulate"


@pytest.mark.parametrize(
    ("spec", "ask", "convention", "told"),
    [
        (SPEC, "conv1.flops", {}, f"{HOW} and nothing for biases?"),
        (SPEC, "total.flops", {}, f"{HOW} and nothing for biases?"),
        (SPEC, "relu1.flops", {}, f"{HOW}?"),
        (BARE, "conv1.flops", {}, f"{HOW}?"),
        (BARE, "conv1.flops", {"bias": 1}, f"{HOW}?"),
        (BARE, "total.flops", {}, f"{HOW} and nothing for biases?"),
        (SPEC, "conv1.flops", {"mac": 1}, "counting one for each multiply-accumulate and nothing"),
    ],
)
def test_the_usual_convention_is_told_with_biases_where_there_are_any(
    spec: Any, ask: str, convention: dict[str, int], told: str
) -> None:
    counting = {"ask": ask, "flops": convention} if convention else {"ask": ask}
    (question,) = read_assignment({"spec": spec, "questions": [counting]}).questions
    assert told in question.prompt
    assert ("bias" in question.prompt.rpartition(",")[2]) == ("nothing" in told)


def test_a_network_without_biases_has_no_word_of_them() -> None:
    spec = {**BARE, "layers": BARE["layers"][:1]}
    (whole,) = read_assignment({"spec": spec, "questions": ["total.flops"]}).questions
    assert whole.prompt.endswith(f"for one example, {HOW}?")
    (wrong,) = mark(
        {"spec": spec, "questions": ["conv1.flops"], "flops": {"mac": 1}},
        {"conv1.flops": 1_176_000},
    ).marks
    assert f"{HOW}, 1,176,000" in wrong.feedback


@pytest.mark.parametrize(
    ("answer", "arithmetic"),
    [
        (1_183_840, "1,176,000 + 7,840 = 1,183,840"),
        (1_191_680, "1,176,000 + 2 * 7,840 = 1,191,680"),
    ],
)
def test_that_biases_add_no_operation_is_a_convention(answer: int, arithmetic: str) -> None:
    (found,) = mark({"spec": SPEC, "questions": ["conv1.flops"]}, {"conv1.flops": answer}).marks
    assert found.misconception == "macs_with_biases"
    reason = f"FLOPs are found here by {HOW} and nothing for biases"
    assert f"The biases were counted too: {arithmetic}; {reason}." in found.feedback
    (macs,) = mark({"spec": SPEC, "questions": ["conv1.macs"]}, {"conv1.macs": 595_840}).marks
    assert "588,000 + 7,840 = 595,840; they multiply nothing." in macs.feedback


def test_a_choice_of_a_quiz_tells_the_same_reason() -> None:
    (question,) = asked().questions
    told = [one.feedback for one in known_wrong(question) if "1,183,840" in one.feedback]
    assert len(told) == 1
    assert "nothing for biases: 1,176,000 + 7,840" in told[0]


def test_it_may_stand_at_the_top_and_another_convention_has_a_name() -> None:
    homework = {"spec": SPEC, "questions": ["conv1.flops", "conv1.macs"], "flops": {"mac": 1}}
    marks = mark(homework, {"conv1.flops": "588000", "conv1.macs": "588000"}).marks
    assert [found.verdict for found in marks] == ["right", "right"]
    (wrong, _) = mark(homework, {"conv1.flops": "1176000"}).marks
    assert wrong.misconception == "other_convention"
    assert "counting two for each multiply-accumulate and nothing for biases" in wrong.feedback
    assert "The right answer is 588,000: MACs = 28*28*10 * 5*5*3 = 588,000." in wrong.feedback


@pytest.mark.parametrize(
    ("flops", "code", "says"),
    [
        (2, "SC503", "a mapping"),
        ({"mac": 3}, "SC503", "mac must be 1 or 2"),
        ({"mac": True}, "SC503", "mac must be 1 or 2"),
        ({"bias": -1}, "SC503", "bias must be 0 or 1 or 2"),
        ({"macs": 1}, "SC501", "has no macs"),
    ],
)
def test_what_is_no_convention_is_a_fault(flops: Any, code: str, says: str) -> None:
    (found,) = asked(flops=flops).diagnostics
    assert found.code == code
    assert says in found.message
