"""Which terms of a total are right, and which go on from the student's own answers.

8x8x3, 4 filters of 3x3: 6x6x4, 3*3*3*4 + 4 = 112 parameters, 6*6*4*27 = 3,888 MACs; 2 filters of
3x3: 4x4x2, 3*3*4*2 + 2 = 74 and 4*4*2*36 = 1,152; 5 units on 4*4*2 = 32 values: 165 and 160. On
5x5x2 these have 5*5*2*5 + 5 = 255.

CIFAR: 9*3*32 + 32 = 896, 9*32*64 + 64 = 18,496, 8*8*64*10 + 10 = 40,970 parameters: 60,362. LENET:
25*6 + 6 = 156, 25*6*16 + 16 = 2,416, 400*120 + 120 = 48,120, 10,164 and 850; its volumes are
28x28x6, 14x14x6, 10x10x16 and 5x5x16.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark

SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 5}],
}
CIFAR: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [
        {"conv": {"K": 32, "F": 3, "P": 1}}, {"max_pool": 2},
        {"conv": {"K": 64, "F": 3, "P": 1}}, {"max_pool": 2},
        "flatten", {"dense": 10},
    ],
}  # fmt: skip
LENET: dict[str, Any] = {
    "input": "32x32x1",
    "layers": [
        {"conv": {"K": 6, "F": 5}}, {"max_pool": 2}, {"conv": {"K": 16, "F": 5}}, {"max_pool": 2},
        "flatten", {"dense": 120}, {"dense": 84}, {"dense": 10},
    ],
}  # fmt: skip


def last(answers: dict[str, Any], **more: Any) -> Mark:
    """Return the mark of the last of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, "questions": list(answers)} | more)
    assert assignment.usable, assignment.diagnostics
    return Marker(assignment).mark("one", answers).marks[-1]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            {"conv1.parameters": 100, "total.parameters": "100 + 71 + 165 = 336"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "conv2.parameters": 70,
                "total.parameters": "100 + 70 + 63 = 233",
            },
            "Of its terms, those of conv1 and conv2 are your answers to questions 1 and 2; that of"
            " dense1 is not right.",
        ),
        (
            {"conv2.output": "5x5x2", "total.parameters": "112 + 71 + 255 = 438"},
            "1 of 3 terms is right, and that of dense1 follows from your answer to question 1; that"
            " of conv2 is not right.",
        ),
        (
            {
                "conv2.output": "5x5x2",
                "conv1.parameters": 100,
                "total.parameters": "100 + 71 + 255 = 426",
            },
            "Of its terms, that of conv1 is your answer to question 2, and that of dense1 follows"
            " from your answer to question 1; that of conv2 is not right.",
        ),
        (  # 100 weights and 4 biases
            {"conv1.weights": 100, "total.parameters": "104 + 73 + 165 = 342"},
            "1 of 3 terms is right, and that of conv1 follows from your answer to question 1; that"
            " of conv2 is not right.",
        ),
        (
            {"conv1.macs": 3880, "total.macs": "3,880 + 1,100 + 160 = 5,140"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (  # flatten1 has none
            {"conv1.parameters": 100, "total.parameters": "100 + 71 + 0 + 165 = 336"},
            "1 of 3 terms is right, and that of conv1 is your answer to question 1; that of conv2"
            " is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "total.parameters": "conv1: 100, conv2: 71, dense1: 165; total 336",
            },
            "Read as 100 + 71 + 165 = 336. 1 of 3 terms is right, and that of conv1 is your answer"
            " to question 1; that of conv2 is not right.",
        ),
        (
            {
                "conv1.parameters": 100,
                "total.parameters": {"conv1": 100, "conv2": 71, "dense1": 165},
            },
            "Read as 100 + 71 + 165 = 336. 1 of 3 terms is right, and that of conv1 is your answer"
            " to question 1; that of conv2 is not right.",
        ),
        (  # an own answer that stands nowhere in it
            {"conv1.parameters": 100, "total.parameters": "112 + 71 + 165 = 348"},
            "2 of 3 terms are right; that of conv2 is not.",
        ),
    ],
)
@pytest.mark.parametrize("show", ["hint", "always"])
def test_terms_that_are_own_answers_or_follow_from_them_are_told(
    answers: dict[str, Any], told: str, show: str
) -> None:
    mark = last(answers, follow_through=1, show=show)
    assert mark.verdict == "wrong"
    assert mark.feedback.startswith(told)


def test_terms_in_another_order_are_not_told_to_be_a_layers() -> None:
    mark = last({"total.parameters": "165 + 71 + 112 = 348"})
    assert mark.verdict == "wrong"
    assert mark.feedback.startswith("The right answer is 351")


def test_a_total_follows_where_each_of_its_terms_is_right_or_follows() -> None:
    """From 6x6x3 3*3*3*2 + 2 = 56 parameters follow, for which the right 74 stand here."""
    answers = {"conv1.output": "6x6x3", "conv2.output": "5x5x2"}
    mark = last(answers | {"total.parameters": "112 + 74 + 255 = 441"}, follow_through=0.5)
    assert (mark.verdict, mark.points) == ("followed through", 0.5)
    assert mark.feedback.startswith("It follows correctly from your answer 5x5x2 to question 2.")
    for other in ("112 + 75 + 255 = 442", "255 + 74 + 112 = 441", 441):
        assert last(answers | {"total.parameters": other}, follow_through=0.5).verdict == "wrong"


NO_BIAS, AGAIN = "the biases were forgotten", "again the biases were forgotten"
POOLED = (
    "the depth was pooled too at max_pool2: {}depth (64 - 2 + 2*0)/2 + 1 = 32, so 8x8x32;"
    " 8*8*32*10 + 10 = 20,490; a pool works slice by slice."
)
SAME = "the padding was taken to be same at conv1 and conv2"


@pytest.mark.parametrize(
    ("spec", "answers", "told"),
    [
        (  # the mistake of the second question, made in two of five layers
            LENET,
            {
                "conv1.parameters": 156,
                "dense1.parameters": 48000,
                "total.parameters": "156 + 2416 + 48000 + 10080 + 850 = 61502",
            },
            "3 of 5 terms are right, and that of dense1 is your answer to question 2; that of"
            f" dense2 is not right. In that of dense2, {AGAIN}: 120*84 = 10,080.",
        ),
        (  # conv2 has 32 * 9 * 64 weights as is right: max_pool1 leaves its depth
            CIFAR,
            {"total.parameters": "896 + 18496 + 20490 = 39882"},
            "2 of 3 terms are right; that of dense1 is not. In that of dense1, perhaps "
            + POOLED.format(""),
        ),
        (
            CIFAR,
            {
                "max_pool1.output": "16x16x16",
                "total.parameters": "896 + 9280 + 20490 = 30666",
            },
            "1 of 3 terms is right, and that of conv2 follows from your answer to question 1; that"
            " of dense1 is not right. In that of dense1, again "
            + POOLED.format("with your answer 16x16x16 to question 1, "),
        ),
        (  # 6*6*16*120 without 120 biases
            LENET,
            {
                "conv2.output": "12x12x16",
                "total.parameters": "156 + 2416 + 69120 + 10164 + 850 = 82706",
            },
            f"4 of 5 terms are right; that of dense1 is not. In that of dense1, {NO_BIAS}: with"
            " your answer 12x12x16 to question 1, 6*6*16*120 = 69,120.",
        ),
        (  # 5*5*16 + 16 of one slice
            LENET,
            {"total.parameters": "156 + 416 + 48120 + 10080 + 850 = 59622"},
            "3 of 5 terms are right; those of conv2 and dense2 are not. In that of conv2, perhaps"
            " the depth of the filters was forgotten: 5*5*16 + 16 = 416. In that of dense2,"
            f" {NO_BIAS}: 120*84 = 10,080.",
        ),
        (  # 9*32 without the depth and the biases, which nobody asked for; 9*64 as before
            CIFAR,
            {
                "conv2.weights": 576,
                "total.parameters": "288 + 576 + 40970 = 41834",
            },
            "1 of 3 terms is right; those of conv1 and conv2 are not. In that of conv1, the depth"
            " of the filters and the biases were forgotten: 3*3*32 = 288. In that of conv2, which"
            " is your answer to question 1, the depth of the filters and the biases were"
            " forgotten: 3*3*64 = 576.",
        ),
        (  # 32*32*150, 16*16*2400 and 8*8*16*120 for 28*28*150, 10*10*2400 and 400*120
            LENET,
            {"total.macs": "153600 + 614400 + 122880 + 10080 + 840 = 901800"},
            "2 of 5 terms are right; those of conv1, conv2 and dense1 are not. One mistake is"
            f" behind those of conv1, conv2 and dense1: {SAME}: ceil(32/1) = 32, P = 2, so 32x32x6;"
            " ceil(16/1) = 16, P = 2, so 16x16x16; P is 0 here.",
        ),
        (  # 32*32*150, 12*12*2400 and 6*6*16*120: the volume of conv1 alone is wrong
            LENET,
            {"total.macs": "153600 + 345600 + 69120 + 10080 + 840 = 579240"},
            "2 of 5 terms are right; those of conv1, conv2 and dense1 are not. One mistake is"
            " behind those of conv1, conv2 and dense1: the padding was taken to be same at conv1:"
            " ceil(32/1) = 32, P = 2, so 32x32x6; P is 0 here.",
        ),
        (
            LENET,
            {"total.activations": "6144 + 1536 + 4096 + 1024 + 1024 + 120 + 84 + 10 = 14038"},
            "3 of 8 terms are right; those of conv1, max_pool1, conv2, max_pool2 and 1 more are"
            " not. One mistake is behind those of conv1, max_pool1, conv2, max_pool2 and 1 more:"
            f" {SAME}: ceil(32/1)",
        ),
        (  # 2461 for 2416
            LENET,
            {"total.parameters": "156 + 2461 + 48120 + 10164 + 850 = 61751"},
            "4 of 5 terms are right; that of conv2 is not. The right answer",
        ),
    ],
)  # fmt: skip
def test_what_is_behind_a_wrong_term_is_told(
    spec: dict[str, Any], answers: dict[str, Any], told: str
) -> None:
    mark = last(answers, spec=spec)
    assert (mark.verdict, mark.misconception) == ("wrong", None)
    assert mark.feedback.startswith(told)


def test_no_number_is_told_of_a_term_before_it_may_be() -> None:
    answers = {"total.parameters": "156 + 416 + 48120 + 10080 + 850 = 59622"}
    mark = last(answers, spec=LENET, show="hint")
    assert mark.feedback == (
        "3 of 5 terms are right; those of conv2 and dense2 are not. In that of conv2, perhaps the"
        f" depth of the filters was forgotten. In that of dense2, {NO_BIAS}."
    )


@pytest.mark.parametrize(
    ("layers", "answer", "told"),
    [
        (  # 4*4*2 = 32 and 8 for 512 and 40: as much as without the 512 of dense1
            [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 4, "F": 3}}, "flatten", {"dense": 8},
             {"dense": 5}],
            "108 + 144 + 32 + 8 = 292",
            "2 of 4 terms are right; those of dense1 and dense2 are not.",
        ),
    ],
)  # fmt: skip
def test_a_sum_has_no_cause_that_none_of_its_terms_has(
    layers: list[Any], answer: str, told: str
) -> None:
    """On 8x8x3: 6x6x4, 3*3*3*4 = 108 weights; 4x4x4, 3*3*4*4 = 144; 64*8 = 512, 8*5 = 40."""
    mark = last({"total.weights": answer}, spec={"input": "8x8x3", "layers": layers})
    assert mark.misconception is None
    assert mark.feedback.startswith(told)


def test_biases_that_are_there_in_one_layer_are_no_weights() -> None:
    """Of 60,362 the 32 of conv1 and the 10 of dense1 are missing."""
    mark = last({"total.parameters": 60320}, spec=CIFAR)
    assert mark.misconception == "forgot_bias"
    assert mark.feedback.startswith(
        "The biases were forgotten in all other layers: 60,256 + 64 in conv2 = 60,320."
    )


def test_nor_has_one_that_was_added_up_wrongly() -> None:
    """As above, and 292 is what they come to."""
    layers = [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 4, "F": 3}}, "flatten", {"dense": 8},
              {"dense": 5}]  # fmt: skip
    spec = {"input": "8x8x3", "layers": layers}
    mark = last({"total.weights": "108 + 144 + 32 + 8 = 293"}, spec=spec)
    assert mark.misconception is None
    right = last({"total.parameters": "156 + 2416 + 48120 + 10164 + 850 = 61716"}, spec=LENET)
    assert right.feedback.startswith("Your working is right and gives 61,706, but its result was")


DEPTH, TWO = "the depth of the filters was forgotten", "in two terms of the sum"


@pytest.mark.parametrize(
    ("answer", "matter"),
    [
        # 9*32 + 32 = 320 and 9*64 + 64 = 640, without the depth; 41,000 was given before
        ("320 + 640 + 41000 = 41960", f"{DEPTH}, {TWO}"),
        # of one layer alone that is not certain
        ("896 + 640 + 41000 = 42536", f"perhaps {DEPTH}, in one term of the sum"),
        # 9*3*32 = 864 without the biases
        ("864 + 640 + 41000 = 42504", "the biases were forgotten, in one term of the sum; and"
         f" {DEPTH}, in one term of the sum"),
        ("320 + 18500 + 41000 = 59820", f"{DEPTH}, in one term of the sum; and one more term is"
         " wrong"),
        ("897 + 18500 + 41000 = 60397", ""),
        (41960, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("show", ["hint", "always"])
def test_the_mistakes_in_a_totals_terms_are_what_is_the_matter_with_it(
    answer: str | int, matter: str, show: str
) -> None:
    answers = {"dense1.parameters": 41_000, "total.parameters": answer}
    mark = last(answers, spec=CIFAR, show=show)
    assert (mark.verdict, mark.misconception, mark.matter) == ("wrong", None, matter)
