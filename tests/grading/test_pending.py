"""What may follow from an answer that a person has to look at first."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark
from shapecalc.grading.marks import Mark

# (32 - 5)/1 + 1 = 28, 14 behind the pool; 5*5*3*8 + 8 = 608 parameters
SIZES: dict[str, Any] = {
    "input": "32x32x3", "layers": [{"conv": {"K": 8, "F": 5}}, {"max_pool": 2}],
}  # fmt: skip
# 1*2 - 1 = 1 and 3*2 - 1 = 5, whose sum is 6
VALUES: dict[str, Any] = {
    "input": "2x1",
    "layers": [{"conv": {"K": 1, "F": 1}}, "flatten", {"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {
            "input": [[1, 3]], "conv1.weight": [[[2]]], "conv1.bias": [-1],
            "dense1.weight": [[1, 1]],
        },
    },
}  # fmt: skip
UNREAD = "see my scan"


def marked(spec: dict[str, Any], answers: dict[str, Any], **policy: Any) -> list[Mark]:
    """Return the marks of one student's answers, of which those that follow have their points."""
    given = {"spec": spec, "questions": list(answers), "show": "always", "follow_through": 1}
    return list(mark({**given, **policy}, answers).marks)


@pytest.mark.parametrize(
    ("spec", "first", "then", "wrong", "right"),
    [
        (SIZES, "conv1.output", "max_pool1.output", "10x10x8", "14x14x8"),
        (VALUES, "conv1.value", "dense1.value", 91, 6),
    ],
)
def test_what_may_follow_from_it_is_to_be_looked_at_too(
    spec: dict[str, Any], first: str, then: str, wrong: Any, right: Any
) -> None:
    found = marked(spec, {first: UNREAD, then: wrong})[1]
    assert (found.verdict, found.points) == ("needs a look", 0)
    assert "may follow from your answer to question 1" in found.feedback
    assert marked(spec, {first: UNREAD, then: right})[1].verdict == "right"
    assert marked(spec, {then: wrong})[0].verdict == "wrong"
    assert marked(spec, {then: UNREAD, first: wrong})[1].verdict == "wrong"


@pytest.mark.parametrize(
    ("first", "verdict"), [("dense1.bias.grad", "needs a look"), ("conv1.bias.grad", "wrong")]
)
def test_the_gradient_of_a_bias_is_an_outputs_if_that_has_one_position(
    first: str, verdict: str
) -> None:
    """The convolution has two, so that the gradient of its weights follows from no bias."""
    example = VALUES["example"]
    spec = {
        **VALUES,
        "layers": [*VALUES["layers"][:2], {"dense": 1}],
        "example": {**example, "loss": {"half_squared_error": [0]}},
    }
    assert marked(spec, {first: UNREAD, "conv1.weight.grad": 91})[1].verdict == verdict


HINGE = {
    "input": 2,
    "layers": [{"dense": {"units": 3, "bias": False}}],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[1, 0], [0, 1], [1, 1]]},
        "loss": {"svm": 2},
    },
}


def test_a_gradient_of_the_loss_waits_for_the_scores_and_not_for_the_number_of_the_loss() -> None:
    """Scores 1, 2 and 3: only class 1 is within the margin, and that by 2 - 3 + 1 = 0."""
    answers = {"dense1.value": UNREAD, "loss": 4, "dense1.grad": [1, 1, -2]}
    _, loss, gradient = marked(HINGE, answers)
    for found in (loss, gradient):
        assert found.verdict == "needs a look"
        assert "may follow from your answer to question 1" in found.feedback
    answers = {"dense1.value": [1, 2, 3], "loss": UNREAD, "dense1.grad": [1, 1, -2]}
    *_, gradient = marked(HINGE, answers)
    assert gradient.verdict == "wrong"
    assert "question 2" not in gradient.feedback


def test_what_hangs_on_something_else_is_marked() -> None:
    _, found = marked(SIZES, {"conv1.output": UNREAD, "conv1.parameters": 617})
    assert found.verdict == "wrong"


@pytest.mark.parametrize(
    ("answer", "waits"),
    [("15680", True), ("14*14*8*10 = 15680", False)],
)
def test_a_mistake_that_is_certain_is_named_all_the_same(answer: str, waits: bool) -> None:
    """14*14*8*10 = 15,680 weights without the 10 biases; a working leaves nothing to wait for."""
    spec = {**SIZES, "layers": [*SIZES["layers"], {"dense": 10}]}
    found = marked(spec, {"max_pool1.output": UNREAD, "dense1.parameters": answer})[1]
    assert (found.verdict, found.misconception) == ("wrong", "forgot_bias")
    told = (
        "A teacher has to look at your answer to question 1 first; if this follows from it, your"
        " points change."
    )
    assert found.feedback.endswith(told) is waits


@pytest.mark.parametrize(
    ("asked", "answer", "mistake", "hangs"),
    [
        # 28*28*8 * 75 = 470,400; with 6,272 additions it is no multiple of 75
        ("conv1.macs", "476672", "macs_with_biases", False),
        ("conv1.macs", "940800", "flops_for_macs", True),  # 75 * 12,544, of twice as many outputs
        ("conv1.macs", "28*28*8*75 = 470475", "arithmetic_slip", False),  # 75 * 6,273
        # 26*26*4 * 72 = 194,688; with 2,704 additions it is no multiple of the 36 of one slice
        ("conv2.macs", "197392", "macs_with_biases", False),
        ("conv2.macs", "389376", "flops_for_macs", True),  # 36 * 10,816
        ("conv2.output", "26x26x32", "depth_multiplied", False),  # 4 slices, whatever comes in
        ("conv2.output", "25x25x4", "forgot_plus_one", True),  # 27 - 3 + 1 = 25
        ("conv2.parameters", "288", "forgot_bias", False),  # 36*D + 4 for no D
    ],
)
def test_a_mistake_is_certain_where_nothing_in_the_place_of_another_answer_leads_there(
    asked: str, answer: str, mistake: str, hangs: bool
) -> None:
    spec = {**SIZES, "layers": [SIZES["layers"][0], {"conv": {"K": 4, "F": 3}}]}
    found = marked(spec, {"conv1.output": UNREAD, asked: answer})[1]
    assert (found.verdict, found.misconception) == ("wrong", mistake)
    assert found.hangs is hangs
    assert ("A teacher has to look at" in found.feedback) is hangs


# 29x29x8, then 27x27 = 729 positions with 5*72 = 360 weights and 5 biases: 262,440 MACs
ODD = {"input": "33x33x3", "layers": [SIZES["layers"][0], {"conv": {"K": 5, "F": 3}}]}


@pytest.mark.parametrize(
    ("before", "answer", "bias", "mistake", "hangs"),
    [
        # 262,440 is 2*180 * 729, of a depth of 4 that has 180 weights; but 2*360 * 364.5
        ({}, "262440", 0, "macs_for_flops", True),
        ({"conv2.weights": 360}, "262440", 0, "macs_for_flops", False),
        ({"conv2.parameters": 365}, "262440", 0, "macs_for_flops", False),
        ({"conv2.weights": 999}, "262440", 0, "macs_for_flops", True),
        ({"conv1.weights": 600}, "262440", 0, "macs_for_flops", True),  # of another layer
        # 524,880 without the 3,645 additions is (2*360 + 5) * 723.97
        ({"conv2.weights": 360}, "524880", 1, "other_convention", False),
        ({"conv2.weights": 360}, "522000", 1, None, True),  # (2*360 + 5) * 24*30
    ],
)
def test_flops_wait_for_no_volume_that_has_other_weights_than_were_right(
    before: dict[str, int], answer: str, bias: int, mistake: str | None, hangs: bool
) -> None:
    answers = {**before, "conv1.output": UNREAD, "conv2.flops": answer}
    found = marked(ODD, answers, flops={"bias": bias})[-1]
    assert found.misconception == mistake
    assert ("teacher has to look at" in found.feedback) is hangs
    assert found.verdict == ("wrong" if mistake else "needs a look")


def test_by_any_convention_flops_follow_from_a_volume() -> None:
    """Of 27x27 come 25*25 * (2*360 + 5) = 453,125."""
    answers = {"conv1.output": "27x27x8", "conv2.flops": 453125}
    found = marked(ODD, answers, flops={"bias": 1}, follow_through=0.5)[1]
    assert (found.verdict, found.points) == ("followed through", 0.5)


CHANGE = "first; if this follows from it, your points change."
MAY_CHANGE = "first; your points may change then."
MAY_FOLLOW = "first; this may follow from it."


@pytest.mark.parametrize(
    ("follow_through", "partial", "told"),
    [
        (1, 0, CHANGE),  # 0 points, and all of them
        (1, 0.5, CHANGE),
        (0.5, 0.5, MAY_CHANGE),  # as much as it has
        (0, 0.5, MAY_CHANGE),
        (0, 0, MAY_FOLLOW),  # nothing but what is right has points
    ],
)
def test_it_is_told_what_happens_to_the_points_of_what_may_follow(
    follow_through: float, partial: float, told: str
) -> None:
    """28/2 - 1 = 13 by the forgotten 1 of (28 - 2)/2 + 1, and 26/2 = 13."""
    found = marked(
        SIZES, {"conv1.output": UNREAD, "max_pool1.output": "13x13x8"},
        follow_through=follow_through, partial={"forgot_plus_one": partial} if partial else {},
    )[1]  # fmt: skip
    assert (found.misconception, found.points) == ("forgot_plus_one", partial)
    assert found.feedback.endswith(told)
    assert found.hangs is (told != MAY_FOLLOW)


def test_a_receptive_field_hangs_on_no_volume() -> None:
    """1 + 4 + 1 = 6."""
    _, found = marked(SIZES, {"conv1.output": UNREAD, "max_pool1.receptive_field": "9x9"})
    assert found.verdict == "wrong"
    assert "question 1" not in found.feedback


def test_behind_a_right_volume_nothing_waits_for_what_stands_before_it() -> None:
    spec = {**SIZES, "layers": [*SIZES["layers"], {"conv": {"K": 4, "F": 3}}]}
    answers = {"conv1.output": UNREAD, "max_pool1.output": "14x14x8", "conv2.output": "9x9x4"}
    assert [one.verdict for one in marked(spec, answers)] == ["needs a look", "right", "wrong"]
    answers["max_pool1.output"] = "10x10x8"
    assert [one.verdict for one in marked(spec, answers)] == ["needs a look"] * 3


def test_behind_right_values_nothing_waits_for_what_stands_before_them() -> None:
    answers = {"conv1.value": UNREAD, "flatten1.value": [1, 5], "dense1.value": 91}
    assert [one.verdict for one in marked(VALUES, answers)] == ["needs a look", "right", "wrong"]


@pytest.mark.parametrize(("unread", "waits"), [("dense1.value", False), ("softmax1.grad", True)])
def test_what_is_told_to_go_on_from_an_answer_does_not_wait_for_it(
    unread: str, waits: bool
) -> None:
    """The probabilities 0.88, 0.12 and 0.006 of scores 4, 2 and -1 were taken for the gradient of
    the scores: they may wait for an answer that these do not go on from, and for no other.
    """
    spec: dict[str, Any] = {
        "input": "1",
        "layers": [{"dense": 3}, "softmax"],
        "example": {
            "given": {"input": [1], "dense1.weight": [[3], [2], [0]], "dense1.bias": [0, 0, 0]},
            "loss": {"cross_entropy": 1},
        },
    }
    given = {unread: "see my scan", "softmax1.value": "0.876, 0.118, 0.006"}
    found = marked(spec, {**given, "dense1.grad": "0.876, 0.118, 0.006"})[-1]
    assert found.misconception == "label_not_subtracted"
    assert "follows from your answer" in found.feedback
    assert ("A teacher has to look at" in found.feedback) is waits
    # It may be the same mistake in what follows from that one, too.
    assert found.feedback.endswith("first; your points may change then.") is waits


def test_what_follows_past_an_answer_that_is_not_read_waits_for_that() -> None:
    """20x20 is half of 40x40; the pool's volume between may be anything."""
    spec = {"input": "44x44x3", "layers": [{"conv": {"K": 8, "F": 5}}, {"max_pool": 2}, "flatten"]}
    answers = {
        "conv1.output": "38x38x8",
        "max_pool1.output": UNREAD,
        "flatten1.output": 19 * 19 * 8,
    }
    given = {"spec": spec, "questions": list(answers), "follow_through": 1}
    found = mark(given, answers).marks[2]
    assert found.verdict == "needs a look"
    assert "may follow from your answer to question 2" in found.feedback
    assert mark(given, {**answers, "max_pool1.output": "19x19x8"}).marks[2].points == 1


def test_what_waits_for_an_answer_that_waits_itself_is_told_of_the_first() -> None:
    """Nothing is to be decided of 10x10x8, which stands in question 2; 7*7*8 = 392 is of 7x7."""
    spec = {"input": "32x32x3", "layers": [*SIZES["layers"], "flatten", {"dense": 4}]}
    answers = {"conv1.output": UNREAD, "max_pool1.output": "10x10x8", "flatten1.output": 392}
    _, second, third = marked(spec, answers)
    for found in (second, third):
        assert found.verdict == "needs a look"
        assert "answer to question 1: " in found.feedback
        assert "question 2" not in found.feedback


# 3*6 = 18 behind the ReLU, and 18 - 0 is the gradient there
DEEPER: dict[str, Any] = {
    "input": "2x1",
    "layers": [*VALUES["layers"], "relu", {"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {**VALUES["example"]["given"], "dense2.weight": [[3]]},
        "loss": {"half_squared_error": [0]},
    },
}


def test_what_is_right_for_a_nearer_answer_does_not_wait_with_that() -> None:
    """7 may follow from what is not read; 3*7 = 21 follows from 7, whatever that is."""
    answers = {"conv1.value": UNREAD, "dense1.value": 7, "relu1.value": 7, "dense2.value": 21}
    found = marked(DEEPER, answers)
    assert [one.verdict for one in found] == ["needs a look"] * 2 + ["followed through"] * 2
    assert "It follows correctly from your answer 7 to question 3" in found[3].feedback
    assert marked(DEEPER, {**answers, "dense2.value": 22})[3].verdict == "wrong"


@pytest.mark.parametrize(("gradient", "verdict"), [(15, "followed through"), (16, "needs a look")])
def test_what_is_right_for_one_answer_does_not_wait_for_another(
    gradient: int, verdict: str
) -> None:
    """3*5 = 15; the output of the ReLU tells only whether anything comes through."""
    answers = {"relu1.value": UNREAD, "dense2.value": 18, "dense2.grad": 5, "dense1.grad": gradient}
    found = marked(DEEPER, answers)
    assert [one.verdict for one in found] == ["needs a look", "right", "wrong", verdict]


@pytest.mark.parametrize(
    ("total", "verdict"), [(16307, "followed through"), (16308, "needs a look")]
)
def test_a_sum_of_what_was_answered_waits_for_no_volume(total: int, verdict: str) -> None:
    """14*14*8*10 + 10 = 15,690, and 15,690 + 617 = 16,307."""
    spec = {**SIZES, "layers": [*SIZES["layers"], {"dense": 10}]}
    answers = {"max_pool1.output": UNREAD, "conv1.parameters": 617, "total.parameters": total}
    assert marked(spec, answers)[2].verdict == verdict


@pytest.mark.parametrize(
    ("field", "value", "output", "verdict"),
    [
        ("P(conv2)", 3, "32x32x4", "followed through"),  # (28 - 3 + 2*3)/1 + 1 = 32
        ("P(conv1)", 2, "32x32x4", "needs a look"),  # (32 - 5 + 2*2)/1 + 1 = 32, and past 28x28
    ],
)
def test_a_volume_that_is_right_for_an_own_padding_waits_for_nothing_before_that(
    field: str, value: int, output: str, verdict: str
) -> None:
    spec = {"input": "32x32x3", "layers": [SIZES["layers"][0], {"conv": {"K": 4, "F": 3, "P": 1}}]}
    answers = {"conv1.output": UNREAD, field: value, "conv2.output": output}
    assert marked(spec, answers)[2].verdict == verdict


DENSE: dict[str, Any] = {**SIZES, "layers": [*SIZES["layers"], {"dense": 10}]}


@pytest.mark.parametrize(
    ("total", "verdict"),
    [(5777, "needs a look"), (16298, "right"), (16307, "followed through")],
)
def test_a_total_waits_for_its_terms(total: int, verdict: str) -> None:
    """617 + 5,160 = 5,777; 14*14*8*10 + 10 = 15,690, and that is 16,307 with 617, 16,298 right."""
    counts = {"conv1.parameters": 617, "dense1.parameters": "5160 I think, or is it 5120?"}
    found = marked(DENSE, {**counts, "total.parameters": total})[2]
    assert found.verdict == verdict
    waits = "may follow from your answer to question 2" in found.feedback
    assert waits is (verdict == "needs a look")


@pytest.mark.parametrize(
    ("asked", "verdict"), [("conv1.parameters", "needs a look"), ("total.macs", "wrong")]
)
def test_a_count_waits_for_its_parts_and_for_nothing_that_it_has_not(
    asked: str, verdict: str
) -> None:
    assert marked(SIZES, {"conv1.weights": UNREAD, asked: 701})[1].verdict == verdict


def test_a_total_does_not_wait_for_parts_of_a_count_that_was_given() -> None:
    answers = {"conv1.weights": UNREAD, "conv1.parameters": 608, "total.parameters": 9999}
    assert [one.verdict for one in marked(DENSE, answers)] == ["needs a look", "right", "wrong"]


@pytest.mark.parametrize(
    ("pool", "output", "waits"),
    [
        (UNREAD, "12x12x4", False),
        (UNREAD, "", True),
        ("14x14x8", UNREAD, True),
        (UNREAD, "11x11x4", True),
    ],
)
def test_with_the_right_output_of_a_layer_its_count_waits_for_nothing_before_that(
    pool: str, output: str, waits: bool
) -> None:
    """(14 - 3)/1 + 1 = 12; 2 * 12*12*4 * 3*3*8 = 82,944 operations."""
    spec = {**SIZES, "layers": [*SIZES["layers"], {"conv": {"K": 4, "F": 3}}]}
    answers = {"max_pool1.output": pool, "conv2.output": output, "conv2.macs": 82944}
    found = marked(spec, answers)[2]
    assert found.misconception == "flops_for_macs"
    assert found.hangs is waits


@pytest.mark.parametrize(
    ("given", "waits"),
    [
        ({"max_pool1.output": "14x14x8"}, False),
        ({"dense1.parameters": 15690}, False),
        ({"conv1.parameters": 608}, True),
        ({"dense1.weights": 15680}, True),
    ],
)
def test_a_total_waits_for_no_volume_on_which_right_terms_hang_alone(
    given: dict[str, Any], waits: bool
) -> None:
    """14*14*8*10 = 15,680 with 600 of conv1, which hangs on no volume: 16,280 without biases."""
    answers = {"conv1.output": UNREAD, **given, "total.parameters": 16280}
    found = marked(DENSE, answers)[2]
    assert found.misconception == "forgot_bias"
    assert found.hangs is waits


@pytest.mark.parametrize(
    ("asked", "first", "then", "verdict", "told"),
    [
        # 80 + 40 + 330, the depth of both convolutions forgotten: 3*3*8 + 8 and 3*3*4 + 4
        ("dense1.parameters", "330 or 320", "80+40+330 = 450", "partly right", False),
        ("dense1.parameters", "330 or 320", "450", "partly right", True),
        ("dense1.parameters", "330 or 320", "80+40+320 = 440", "needs a look", True),  # 320 is one
        ("conv2.output", UNREAD, "80+40+330 = 450", "partly right", False),
        ("conv1.output", UNREAD, "80+40+330 = 450", "partly right", True),  # 40 may go on from it
    ],
)
def test_a_total_of_right_terms_does_not_wait_for_what_these_hang_on(
    asked: str, first: str, then: str, verdict: str, told: bool
) -> None:
    """Rightly 8*3*9 + 8 = 224, 4*8*9 + 4 = 292, and 10*32 + 10 = 330 behind 2x4x4: 846."""
    spec = {
        "input": "6x8x3",
        "layers": [{"conv": {"K": 8, "F": 3}}, {"conv": {"K": 4, "F": 3}}, {"dense": 10}],
    }
    answers = {asked: first, "total.parameters": then}
    found = marked(spec, answers, partial={"forgot_depth": 0.25})[1]
    assert found.verdict == verdict
    assert ("your answer to question 1" in found.feedback) is told


def test_a_total_with_an_own_count_does_not_wait_for_what_that_hangs_on() -> None:
    """8*10 + 10 = 90 is of the depth alone; 10*2 + 2 = 22 hangs on the ten units. With both and
    without the batch norm it is 608 + 90 + 22 = 720.
    """
    layers = [{"conv": {"K": 8, "F": 5}}, "batch_norm", "flatten", {"dense": 10}, {"dense": 2}]
    spec = {"input": "32x32x3", "layers": layers}
    answers = {"batch_norm1.output": UNREAD, "dense1.parameters": 90, "total.parameters": 720}
    *_, total = marked(spec, answers)
    assert (total.verdict, total.misconception) == ("wrong", "layer_left_out")
    assert "with your answer 90 to question 2" in total.feedback
    assert "has to look" not in total.feedback
    answers.pop("dense1.parameters")
    assert marked(spec, answers)[-1].verdict == "needs a look"
