"""Sums of a student's own answers: totals, and results that were worked out wrongly.

8x8x3, 4 filters of 3x3: 6x6x4, 3*3*3*4 + 4 = 112 parameters, 6*6*4*27 = 3,888 MACs; 2 filters of
3x3: 4x4x2, 3*3*4*2 + 2 = 74 and 4*4*2*36 = 1,152; 5 units on 4*4*2 = 32 values: 165 and 160. In all
351 parameters and 5,200 MACs.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.own_answers import OwnAnswers

SPEC: dict[str, Any] = {
    "input": "8x8x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"conv": {"K": 2, "F": 3}}, "flatten", {"dense": 5}],
}


def marked(answers: dict[str, Any], **more: Any) -> list[Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": SPEC, "questions": list(answers)} | more)
    assert assignment.usable, assignment.diagnostics
    return list(Marker(assignment).mark("one", answers).marks)


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        (  # 6*6*3*27 = 2,916, 5*5*2*27 = 1,350, 5*5*2*5 = 250
            {"conv1.output": "6x6x3", "conv2.output": "5x5x2", "total.macs": 4516},
            "your answer 6x6x3 to question 1 and your answer 5x5x2 to question 2",
        ),
        (  # 2,916, 4*4*2*27 = 864 and 160: 4x4x2 follows from 6x6x3 as well
            {"conv1.output": "6x6x3", "conv2.output": "4x4x2", "total.macs": 3940},
            "your answer 6x6x3 to question 1",
        ),
        (  # 7*7*4*27 = 5,292, 1,152 and 160: from 7x7x4 alone 5x5x2 follows
            {"conv1.output": "7x7x4", "conv2.output": "4x4x2", "total.macs": 6604},
            "your answer 7x7x4 to question 1 and your answer 4x4x2 to question 2",
        ),
        (  # 112, 3*3*3*2 + 2 = 56, 5*5*2*5 + 5 = 255; the conv1 of 112 hangs on neither
            {"conv1.output": "6x6x3", "conv2.output": "5x5x2", "total.parameters": 423},
            "your answer 6x6x3 to question 1 and your answer 5x5x2 to question 2",
        ),
        (  # 108 for 112, and the right 74 in place of the wrong 70
            {"conv1.parameters": 108, "conv2.parameters": 70, "total.parameters": 347},
            "your answer 108 to question 1",
        ),
        (  # 100, 74 and 255
            {
                "conv1.output": "6x6x3",
                "conv2.output": "5x5x2",
                "conv1.parameters": 100,
                "conv2.parameters": 74,
                "total.parameters": 429,
            },
            "your answer 5x5x2 to question 2 and your answer 100 to question 3",
        ),
        (  # 100, 3*3*3*2 + 2 = 56, and the 255 that follows from 5x5x2
            {
                "conv1.output": "6x6x3",
                "conv2.output": "5x5x2",
                "conv1.parameters": 100,
                "dense1.parameters": 255,
                "total.parameters": 411,
            },
            "your answer 6x6x3 to question 1, your answer 100 to question 3 and your answer 255 to"
            " question 4",
        ),
    ],
)
def test_a_total_names_all_answers_that_it_follows_from_and_no_other(
    answers: dict[str, Any], source: str
) -> None:
    *_, mark = marked(answers, follow_through=1)
    assert mark.verdict == "followed through"
    assert mark.feedback.startswith(f"It follows correctly from {source}.")


CHAIN = {
    "input": "12x12x3",
    "layers": [{"conv": {"K": 4, "F": 3}}, {"max_pool": 2}, {"conv": {"K": 6, "F": 3, "P": 1}},
               "flatten", {"dense": 5}, {"dense": 3}],
}  # fmt: skip
VOLUMES = {"conv1": (10, 10, 4), "max_pool1": (5, 5, 4), "conv2": (5, 5, 6)}
COUNTS = {
    "parameters": {"conv1": 112, "conv2": 222, "dense1": 755, "dense2": 18},
    "macs": {"conv1": 10_800, "conv2": 5_400, "dense1": 750, "dense2": 15},
}


def chain_total(key: str, own: dict[str, Any]) -> int:
    """Return the total of CHAIN with some volumes and counts in place, layer by layer."""

    def volume(layer: str, right: tuple[int, ...]) -> Any:
        return own.get(f"{layer}.output", right)

    counts = key == "parameters"
    H, W, D = volume("conv1", (10, 10, 4))
    found = {"conv1": 27 * 4 + 4 if counts else H * W * D * 27}
    H, W, D = volume("max_pool1", (H // 2, W // 2, D))
    C, (H, W, D) = D, volume("conv2", (H, W, 6))
    found["conv2"] = 9 * C * 6 + 6 if counts else H * W * D * 9 * C
    found["dense1"] = H * W * D * 5 + 5 * counts
    found["dense2"] = 15 + 3 * counts
    return sum(own.get(f"{layer}.{key}", count) for layer, count in found.items())


def own_answers(key: str, given: dict[str, Any], total: int) -> list[tuple[str, Any]] | None:
    """Return the answers, by what they are to, that a total follows from."""
    asked = {"spec": CHAIN, "questions": [*given, f"total.{key}"]}
    *questions, last = read_assignment(asked).questions
    own = OwnAnswers()
    for question in questions:
        value = given[question.query.path]
        (own.add_right if value == question.right else own.add)(question, value)
    followed = own.lead_to(last, total)
    return [(q.query.path, v) for q, v in followed.sources] if followed else None


@pytest.mark.parametrize("key", COUNTS)
@pytest.mark.parametrize("seed", range(60))
def test_the_answers_that_are_named_lead_to_the_total_by_themselves(key: str, seed: int) -> None:
    """None of them is left out, and none too many is named."""
    rng = Random(f"{key} {seed}")
    right = {f"{layer}.output": volume for layer, volume in VOLUMES.items()}
    right |= {f"{layer}.{key}": count for layer, count in COUNTS[key].items()}
    assert chain_total(key, right) == chain_total(key, {})
    given: dict[str, Any] = {}
    for path, value in right.items():
        wrong = value + rng.choice([-7, 9, 1000]) if isinstance(value, int) else tuple(
            size + rng.choice([0, 0, 3, 6]) for size in value  # in no order the right ones
        )  # fmt: skip
        given |= rng.choice([{}, {}, {path: value}, {path: wrong}, {path: wrong}])
    total = chain_total(key, given)
    if total == chain_total(key, {}):
        return
    named = own_answers(key, given, total)
    assert named is not None, (given, total)
    assert chain_total(key, dict(named)) == total, (given, named)
    for one in named:
        rest = dict(other for other in named if other != one)
        assert chain_total(key, rest) != total, (given, named, one)


@pytest.mark.parametrize(
    ("answers", "source"),
    [
        ({"conv1.weights": 100, "total.parameters": 343}, "your answer 100 to question 1"),
        (  # 27 + 4 = 31 and 165, for which 74 is right
            {"conv1.weights": 27, "total.parameters": 270}, "your answer 27 to question 1",
        ),
        (
            {"conv1.weights": 100, "conv1.biases": 3, "total.parameters": 342},
            "your answer 100 to question 1 and your answer 3 to question 2",
        ),
        (  # its own 28, whatever the weights were
            {"conv1.weights": 27, "conv1.parameters": 28, "total.parameters": 267},
            "your answer 28 to question 2",
        ),
        (  # 100 + 4, 74 and 255
            {"conv2.output": "5x5x2", "conv1.weights": 100, "total.parameters": 433},
            "your answer 5x5x2 to question 1 and your answer 100 to question 2",
        ),
        ({"dense2.parameters": 20, "total.weights": 360}, "your answer 20 to question 1"),
        ({"dense2.weights": 20, "total.parameters": 371}, "your answer 20 to question 1"),
    ],
)  # fmt: skip
def test_a_total_of_parameters_follows_from_own_weights_and_biases(
    answers: dict[str, Any], source: str
) -> None:
    """dense2 has 5*3 = 15 weights and no biases: 366 parameters in all, of them 355 weights."""
    spec = SPEC
    if any("dense2" in ask for ask in answers):
        spec = {**SPEC, "layers": [*SPEC["layers"], {"dense": {"units": 3, "bias": False}}]}
    *_, mark = marked(answers, spec=spec, follow_through=1)
    assert mark.verdict == "followed through", mark
    assert mark.feedback.startswith(f"It follows correctly from {source}.")


def test_own_weights_are_no_term_beside_right_parameters() -> None:
    """Nothing follows from a slip in front of a right count: 343 is 351 - 8."""
    answers = {"conv1.weights": 100, "conv1.parameters": 112, "total.parameters": 343}
    assert marked(answers, follow_through=1)[-1].verdict == "wrong"


def test_own_weights_are_told_with_a_mistake_in_the_other_terms() -> None:
    """One filter in conv1, 27 + 4, and in conv2, 36 + 1: 31 + 37 + 165 = 233."""
    *_, mark = marked({"conv1.weights": 27, "total.parameters": 233})
    told = "with your answer 27 to question 1, 31 + 37 + 165 = 233."
    assert mark.misconception == "forgot_filters"
    assert told in mark.feedback


def test_a_total_may_have_the_right_sizes_from_a_layer_on() -> None:
    """7*7*4*27 = 5,292, 5*5*2*36 = 1,800, and 160 of 4x4x2, where 250 follows of 5x5x2."""
    *_, mark = marked({"conv1.output": "7x7x4", "total.macs": 7252}, follow_through=1)
    assert mark.verdict == "followed through"
    assert mark.feedback.startswith(
        "It follows correctly from your answer 7x7x4 to question 1;"
        " from dense1 on it has the right sizes."
    )
    *_, other = marked({"conv1.output": "7x7x4", "total.macs": 7253}, follow_through=1)
    assert other.verdict == "wrong"


CONVS = ({"K": 16, "F": 5, "P": 2}, {"K": 32, "F": 3}, {"K": 24, "F": 3, "P": 1})


def test_volumes_that_lead_to_a_total_go_before_a_field_that_does_so_too() -> None:
    """28 + 2*4 - 5 + 1 = 32, 16, 14 and 7 with P=4; and 14 that conv2 keeps, 7 and 7*7*24 = 1176
    from the right 14x14x16.
    """
    pool = {"max_pool": {"F": 2, "S": 2}}
    convs = [{"conv": one} for one in CONVS]
    layers = [convs[0], pool, convs[1], pool, convs[2], "flatten", {"dense": 40}, {"dense": 5}]
    answers = {
        "P(conv1)": 4, "max_pool1.output": "14x14x16", "conv2.output": "14x14x32",
        "flatten1.output": 1176, "total.parameters": 1200 + 4608 + 6912 + 47040 + 200,
    }  # fmt: skip
    homework = {"spec": {"input": "28x28x3", "layers": layers}, "questions": list(answers)}
    *_, mark = Marker(read_assignment(homework)).mark("one", answers).marks
    assert mark.misconception == "forgot_bias"
    assert "with your answer 1176 to question 4, the weights alone are 59,960" in mark.feedback


def test_a_mistake_in_the_terms_that_were_not_asked_for_is_told_with_those_that_were() -> None:
    """108 without the 4 biases, 15 = 2*5 + 5 on the depth alone, and 72 without the 2 biases."""
    answers = {"conv1.parameters": 108, "dense1.parameters": 15, "total.parameters": 195}
    *_, mark = marked(answers, partial={"forgot_bias": 0.5}, follow_through=0.5)
    assert (mark.misconception, mark.points) == ("forgot_bias", 0.25)
    source = "your answer 108 to question 1 and your answer 15 to question 2"
    told = f"The biases were forgotten in conv2 as well: with {source}, 108 + 72 + 15 = 195."
    assert mark.feedback.startswith(told)
    assert mark.matter == "the biases were forgotten in conv2"  # for who is told of nothing else
    *_, other = marked({**answers, "total.parameters": 196})
    assert other.misconception is None


@pytest.mark.parametrize(
    ("whole", "mistake"),
    [
        (1604, "one_bias"),
        (1601, "one_bias"),  # 108 + 1 in the convolution, too
        (1606, None),
    ],
)
def test_a_mistake_may_be_made_again_in_layers_of_that_kind_alone(
    whole: int, mistake: str | None
) -> None:
    """112, then 144*10 + 1 for 1,450 and 10*5 + 1 for 55: 112 + 1,441 + 51 = 1,604."""
    layers = [{"conv": {"K": 4, "F": 3}}, "flatten", {"dense": 10}, {"dense": 5}]
    answers = {"dense1.parameters": 1441, "total.parameters": whole}
    mark = marked(answers, spec={"input": "8x8x3", "layers": layers})[1]
    assert mark.misconception == mistake
    if whole == 1604:
        told = "Again one bias was counted for the whole layer in dense2: with your answer 1,441"
        assert mark.feedback.startswith(told)
        assert "112 + 1,441 + 51 = 1,604" in mark.feedback


def test_each_kind_of_layers_may_have_a_mistake_of_its_own() -> None:
    """3*3*4 = 36 and 3*3*2 = 18 without depth and biases, 32*5 = 160 without the biases."""
    answers = {"conv1.parameters": 36, "dense1.parameters": 160, "total.parameters": 36 + 18 + 160}
    *_, mark = marked(answers)
    assert mark.misconception == "forgot_depth_and_bias"
    assert "36 + 18 + 160 = 214" in mark.feedback
    *_, other = marked({**answers, "total.parameters": 215})
    assert other.misconception is None


def test_a_right_working_with_a_wrong_result_is_told_as_that() -> None:
    asked = {"conv1.parameters": "3*3*3*4 + 4 = 122"}
    (mark,) = marked(asked)
    assert (mark.verdict, mark.points, mark.misconception) == ("wrong", 0, "arithmetic_slip")
    assert mark.feedback.startswith(
        "Your working is right and gives 112, but its result was worked out wrongly."
    )
    (credited,) = marked(asked, partial={"arithmetic_slip": 0.5})
    assert (credited.verdict, credited.points) == ("partly right", 0.5)
    (hinted,) = marked(asked, show="hint")
    assert hinted.feedback == "Your working is right, but its result was worked out wrongly."


def test_what_a_working_comes_to_decides_what_it_follows_from_and_its_cause() -> None:
    """100 + 74 + 165 = 339, and 3*3*4*2 = 72 without the biases."""
    first, second, third = marked({
        "conv1.parameters": 100,
        "total.parameters": "100 + 74 + 165 = 349",
        "conv2.parameters": "3*3*4*2 = 82",
    })  # fmt: skip
    assert first.misconception is None
    assert second.misconception == "arithmetic_slip"
    assert second.feedback.startswith(
        "Your working follows correctly from your answer 100 to question 1 and gives 339"
    )
    assert third.misconception == "forgot_bias, arithmetic_slip"
    assert "Your working gives 72, not what you wrote. The biases were forgotten" in third.feedback


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2916 + 1350 + 251 = 4.5k", "wrong"),  # 4,517, rounded
        ("3888 + 1152 + 160 = 5.2k", "right"),
        ("3888 + 1152 + 160 = 5200", "right"),
        ("3888 + 1153 = 5051", "wrong"),  # nothing explains 5,041
    ],
)
def test_no_other_result_is_taken_for_a_slip(answer: str, verdict: str) -> None:
    (mark,) = marked({"total.macs": answer})
    assert (mark.verdict, mark.misconception) == (verdict, None)


# x = 1, z = -2*1 + 0.5 = -1.5, loss (z - 1)^2/2 = 3.125; dz = z - 1 = -2.5 and dw = dz * x = -2.5.
ONE_UNIT = {
    "input": 1,
    "layers": [{"dense": 1}],
    "example": {
        "given": {"input": [1], "dense1.weight": [[-2]], "dense1.bias": [0.5]},
        "loss": {"half_squared_error": [1]},
    },
}


def one_unit(ask: str, answer: str) -> Mark:
    read = read_assignment({"spec": ONE_UNIT, "questions": [{"id": "a", "ask": ask}]})
    return Marker(read).mark("Ada", {"a": answer}).marks[0]


def test_a_minus_in_front_belongs_to_the_working() -> None:
    for text in ("-1.5 - 1 = 2.5", "- 1.5 - 1 = 2.5", "so -1.5 - 1 = 2.5"):
        mark = one_unit("dense1.weight.grad[0,0]", text)
        told = "Your working is right and gives -2.5, but you wrote it with the opposite sign."
        assert mark.feedback.startswith(told)
    for text in ("-3.5 + 0 = -3.5", "-3.5*1 = -3.5", "2*(-1.5) - 0.5 = -3.5"):
        assert "Your working" not in one_unit("dense1.weight.grad[0,0]", text).feedback


@pytest.mark.parametrize(
    "text",
    ["-ln(0.182) = {}", "log(0.182) = {}", "e^0.182 = {}", "exp(1 + 2) = {}", "sqrt 2*3 = {}",
     "max(0, 1 + 2) = {}", "ln(1 + 2) + 3*4 = {}", "3 K * (2 + 3) = {}", "half of 3*4 = {}"],
)  # fmt: skip
def test_a_function_in_a_working_is_never_dropped(text: str) -> None:
    asked = one_unit("loss", text.format("-1.71"))
    assert "Your working" not in asked.feedback
    asked = marked({"conv1.parameters": text.format("117")})[0]
    assert "Your working" not in asked.feedback


def test_a_word_in_front_of_a_working_is_none_of_it() -> None:
    (mark,) = marked({"conv1.parameters": "parameters 3*3*3*4 + 4 = 113"})
    assert mark.misconception == "arithmetic_slip"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-ln(0.25) = -1.386", "you wrote it with the opposite sign"),
        ("-ln(p) = - ln 0.25 = 1.29", "its result was worked out wrongly"),
        ("ln(0.25) = -1.386", "he minus in front of the logarithm was forgotten"),
    ],
)
def test_a_natural_logarithm_is_worked_out(text: str, told: str) -> None:
    """The softmax of 4 equal values is 1/4: -ln(1/4) = 1.386."""
    given = {"input": [1, 1, 1, 1]}
    spec = {
        "input": 4,
        "layers": ["softmax"],
        "example": {"given": given, "loss": {"cross_entropy": 0}},
    }
    read = read_assignment({"spec": spec, "questions": [{"id": "a", "ask": "loss"}]})
    assert read.usable, read.diagnostics
    (mark,) = Marker(read).mark("Ada", {"a": text}).marks
    assert told in mark.feedback


def test_wrong_weights_in_every_layer_of_a_total_without_biases() -> None:
    """16*16*9 = 2,304 and 25*32*32 = 25,600 for 144 and 800, beside 432 + 512 + 320 weights."""
    layers: list[Any] = [
        {"conv": {"K": 16, "F": 3}}, {"depthwise_conv": {"F": 3}}, {"conv": {"K": 32, "F": 1}},
        {"depthwise_conv": {"F": 5, "P": 2}}, "global_avg_pool", {"dense": 10},
    ]  # fmt: skip
    spec = {"input": "33x33x3", "layers": layers}
    (mark,) = marked({"total.parameters": 432 + 2304 + 512 + 25_600 + 320}, spec=spec)
    assert mark.misconception == "forgot_bias, groups_ignored"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        # 3*3*3*4 + 4 = 112, 3*3*4*2 + 2 = 74 and 5*33 = 165
        ("112 + 70 + 165 = 347", "2 of 3 terms are right; that of conv2 is not."),
        ("112 + 3*3*4*2 + 100 = 284", "1 of 3 terms is right; those of conv2 and dense1 are not"),
        ("112 + 70 + 165 = 350", ""),  # a slip in adding up
        ("112 + 70 + 160 + 5 = 347", ""),  # of four terms none is a layer's
        ("100 + 70 + 177 = 347", ""),
        ("347", ""),
    ],
)
def test_of_a_totals_terms_those_that_are_right_are_told(answer: str, told: str) -> None:
    (mark,) = marked({"total.parameters": answer})
    assert mark.verdict == "wrong"
    assert (told or "The right answer") in mark.feedback
    assert ("terms" in mark.feedback) is bool(told)


def test_own_counts_of_dense_layers_alone_lead_to_a_total_whatever_has_credit() -> None:
    """8*4 = 32 for 36, beside 15 and 8: no other kind of layers is there to have the mistake."""
    spec = {"input": "8", "layers": [{"dense": 4}, {"dense": 3}, {"dense": 2}]}
    answers = {"dense1.parameters": 32, "total.parameters": 55}
    *_, mark = marked(answers, spec=spec, partial={"forgot_bias": 0.5}, follow_through=1)
    assert (mark.verdict, mark.points) == ("followed through", 1)


# 7*7*3*32 = 4,704 weights and 32 biases, 3*3*32*32 + 32 = 9,248, 3*3*32*64 + 64 = 18,496; 3x3x64
# has 576 values, and 5,760 weights and 10 biases lead on from these.
DEEP: dict[str, Any] = {
    "input": "13x13x3",
    "layers": [
        {"conv": {"K": 32, "F": 7}},
        {"conv": {"K": 32, "F": 3}},
        {"conv": {"K": 64, "F": 3}},
        "flatten",
        {"dense": 10},
    ],
}
FORGOTTEN = "forgot_depth_and_bias"  # 7*7*32 = 1,568, 3*3*32 = 288, 3*3*64 = 576


def summed(weights: int, second: int, total: Any) -> Mark:
    """Return the mark of a total beside own terms, that of the dense layer without its biases."""
    answers = {"conv1.weights": weights, "conv2.parameters": second, "dense1.parameters": 5760}
    return marked({**answers, "total.parameters": total}, spec=DEEP)[-1]


@pytest.mark.parametrize("total", [8192, "1568 + 288 + 576 + 5760 = 8192"])
def test_own_weights_are_a_term_where_the_biases_are_forgotten_everywhere(total: Any) -> None:
    mark = summed(1568, 288, total)
    assert mark.misconception == FORGOTTEN
    assert "your answer 5,760 to question 3, 1,568 + 288 + 576 + 5,760 = 8,192" in mark.feedback


@pytest.mark.parametrize(
    ("weights", "second", "total"),
    [
        (1568, 288, 8193),
        (1568, 288, 1568 + 288 + 18432 + 5760),  # the third with its depth, without its biases
        (1500, 9248, 1500 + 9248 + 576 + 5760),  # no term has both mistakes
        (1568, 9216, 1568 + 9216 + 576 + 5760),  # which has the depth
    ],
)
def test_another_sum_has_no_such_cause(weights: int, second: int, total: int) -> None:
    assert summed(weights, second, total).misconception != FORGOTTEN


def test_a_mistake_shown_elsewhere_is_in_each_layer_of_a_total_of_own_sizes() -> None:
    """With filters as deep as the image the second convolution has 3*3*3*6 + 6 = 168 parameters
    and the others 3*3*3*8 + 8 = 224; on 2x2x8 for 3x3x8 the dense layer has 32*10 + 10 = 330. In
    all that is 946.
    """
    spec = {
        "input": "9x9x3",
        "rounding": "floor",
        "layers": [
            {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 6, "F": 3, "P": 1}},
            {"conv": {"K": 8, "F": 3}}, {"max_pool": 2}, "flatten", {"dense": 10},
        ],
    }  # fmt: skip
    answers = {"conv2.parameters": 168, "max_pool1.output": "2x2x8", "total.parameters": 946}
    assignment = read_assignment({"spec": spec, "questions": [*answers]})
    *_, mark = Marker(assignment).mark("Ada", answers).marks
    assert (mark.misconception, mark.perhaps) == ("network_depth", False)
    assert "with your answer 2x2x8 to question 2" in mark.feedback
