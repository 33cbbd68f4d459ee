"""What follows from a student's own numbers: values of an example, and volumes rounded down."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.own_answers import OwnAnswers

# 1*1 + 2*2 + 0.5 = 5.5 and 1*2 + 2*3 + 0.5 = 8.5; 5.5 - 8.5 + 0.25 = -2.75
SPEC = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2}}, "relu", {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, 2, 3]], "conv1.weight": [[[1, 2]]], "conv1.bias": [0.5],
            "dense1.weight": [[1, -1]], "dense1.bias": [0.25],
        },
        "loss": {"squared_error": [3]},
        "rate": 0.1,
    },
}  # fmt: skip
FIRST = {"conv1.value": [[5, 8.5]]}  # the bias left out of the first


def marked(spec: Any, answers: dict[str, Any], **more: Any) -> dict[str, Mark]:
    """Return the marks of one student's answers, by what is asked."""
    more = {"follow_through": 0.5, **more}
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return {mark.id: mark for mark in Marker(assignment).mark("one", answers).marks}


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("relu1.value", [[5, 8.5]]),
        ("relu1.value[0,0]", 5),
        ("dense1.value[0]", 5 - 8.5 + 0.25),
        ("loss", (-3.25 - 3) ** 2),
        ("dense1.grad[0]", 2 * (-3.25 - 3)),
        ("dense1.weight.grad", [[-12.5 * 5, -12.5 * 8.5]]),
        ("dense1.weight.next", [[1 + 0.1 * 62.5, -1 + 0.1 * 106.25]]),
        ("dense1.bias.next", [0.25 + 0.1 * 12.5]),
        ("conv1.grad", [[-12.5, 12.5]]),
        ("conv1.weight.grad", [[[-12.5 * 1 + 12.5 * 2, -12.5 * 2 + 12.5 * 3]]]),
    ],
)
def test_what_follows_from_a_wrong_value_has_the_credit_for_it(ask: str, answer: Any) -> None:
    mark = marked(SPEC, {**FIRST, ask: answer})[ask]
    assert (mark.verdict, mark.points) == ("followed through", 0.5)
    assert "It follows correctly from your answer [[5, 8.5]] to question 1." in mark.feedback
    (alone,) = marked(SPEC, {ask: answer}).values()
    assert alone.verdict == "wrong"


@pytest.mark.quick(1)
@pytest.mark.parametrize(("ask", "answer"), [("relu1.value[0,0]", 5.4), ("loss", 38.9)])
def test_what_does_not_follow_from_a_wrong_value_is_wrong(ask: str, answer: Any) -> None:
    assert marked(SPEC, {**FIRST, ask: answer})[ask].verdict == "wrong"


def test_every_step_follows_from_the_one_before() -> None:
    answers = {
        **FIRST, "relu1.value": [[5, 8.5]], "dense1.value[0]": -3.25, "loss": 39.0625,
        "dense1.weight.grad": [[-62.5, -106.25]], "dense1.weight.next": [[7.25, 9.625]],
    }  # fmt: skip
    _, *marks = marked(SPEC, answers).values()
    assert {mark.verdict for mark in marks} == {"followed through"}
    sources = [mark.feedback.partition(" to ")[2].partition(". ")[0] for mark in marks]
    both = "2 and your answer -3.25 to question 3"  # though the latter follows from the former
    assert sources == [f"question {n}" for n in (1, 2, 3, both, 5)]


def test_the_nearest_answers_are_named_beside_those_that_they_follow_from() -> None:
    """9 for 8 goes on as 3*9 - 20 = 7 for 4, whose gradient is 2*(7 - 3) = 8: the step is
    3 - 0.1*(8*9) = -4.2. Who adds it has 3 + 7.2 = 10.2; both hang on the 9 and on the 8.
    """
    spec = {
        "input": "1x1x1",
        "layers": [{"conv": {"K": 1, "F": 1}}, "flatten", {"dense": 1}],
        "example": {
            "given": {
                "input": 4, "conv1.weight": [[[[2]]]], "conv1.bias": [0],
                "dense1.weight": [[3]], "dense1.bias": [-20],
            },
            "loss": {"squared_error": [3]}, "rate": 0.1,
        },
    }  # fmt: skip
    earlier = {"conv1.value": 9, "dense1.grad": 8}
    for step in (-4.2, 10.2):
        mark = marked(spec, {**earlier, "dense1.weight.next": step})["dense1.weight.next"]
        assert "your answer 9 to question 1 and your answer 8 to question 2" in mark.feedback


@pytest.mark.quick(1)
@pytest.mark.parametrize("loss", [{"squared_error": [3]}, {"half_squared_error": [[0.25]]}])
@pytest.mark.parametrize("slip", [1.0, -2.5])
def test_a_step_from_an_own_gradient_takes_the_weight_decay_once(loss: Any, slip: float) -> None:
    """The gradient of the loss has it: what is right of the weight is w - rate*gradient."""
    example = {**SPEC["example"], "loss": {**loss, "weight_decay": 0.5}}  # type: ignore[dict-item]
    spec, weight = {**SPEC, "example": example}, (1, -1)
    ((kind, (wanted,)),) = loss.items()
    wanted, double = (wanted, 2) if kind == "squared_error" else (wanted[0], 1)
    back = double * (-2.75 - wanted)
    own = [back * x + 0.5 * w for x, w in zip((5.5, 8.5), weight, strict=True)]
    own[1] += slip
    once = [w - 0.1 * g for w, g in zip(weight, own, strict=True)]
    twice = [w - 0.1 * (g + 0.5 * w) for w, g in zip(weight, own, strict=True)]
    for ask, values in (("dense1.weight.next", once), ("dense1.weight.next[0,1]", once[1])):
        answer = [values] if ask.endswith("next") else values
        _, mark = marked(spec, {"dense1.weight.grad": [own], ask: answer}).values()
        assert (mark.verdict, mark.points, mark.misconception) == ("followed through", 0.5, None)
    _, mark = marked(spec, {"dense1.weight.grad": [own], "dense1.weight.next": [twice]}).values()
    assert (mark.verdict, mark.points) == ("wrong", 0)


def test_a_mistake_with_the_right_gradient_is_not_certain_behind_an_own_one() -> None:
    """-97.75 - 0.5 = -98.25 is right, and -1 + 9.775 without the decay; an own -97.25 that has it
    comes to as much with another 0.5*(-1), and with the right one's working it is plain.
    """
    loss = {"squared_error": [3], "weight_decay": 0.5}
    spec = {**SPEC, "example": {**SPEC["example"], "loss": loss}}  # type: ignore[dict-item]
    ask = "dense1.weight.next[0,1]"
    for own, sure in (([-62.75, -98.25], True), ([-62.75, -97.25], False)):
        mark = marked(spec, {"dense1.weight.grad": [own], ask: 8.775})[ask]
        assert (mark.misconception, mark.perhaps) == ("weight_decay_forgotten", not sure)
    answers = {"dense1.weight.grad": [[-62.75, -97.25]], ask: "-1 + 0.1*97.75 = 8.775"}
    assert not marked(spec, answers)[ask].perhaps


def test_a_weight_decay_that_a_gradient_lacks_is_charged_there_alone() -> None:
    """Without 0.5*w the gradient is -11.5*(5.5, 8.5), and the step from it follows."""
    example = {**SPEC["example"], "loss": {"squared_error": [3], "weight_decay": 0.5}}  # type: ignore[dict-item]
    answers = {"dense1.weight.grad": [[-63.25, -97.75]], "dense1.weight.next": [[7.325, 8.775]]}
    first, mark = marked({**SPEC, "example": example}, answers).values()
    assert first.misconception == "weight_decay_forgotten"
    assert (mark.verdict, mark.misconception) == ("followed through", None)
    up = {**answers, "dense1.weight.next": [[1 - 6.325, -1 - 9.775]]}
    _, mark = marked({**SPEC, "example": example}, up).values()
    assert (mark.misconception, mark.perhaps) == ("gradient_added", False)
    assert "your answer [[-63.25, -97.75]] to question 1" in mark.feedback


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("ask", "halved", "all_of_it"),
    [
        ("loss", 39.0625 / 2 + 1.75, (39.0625 + 1.75) / 2),
        ("dense1.weight.grad", [[-30.75, -53.625]], [[-31, -53.375]]),
        ("dense1.weight.next", [[1 + 3.075, -1 + 5.3625]], [[1 + 3.1, -1 + 5.3375]]),
    ],
)
def test_a_mistake_in_the_loss_behind_a_slip_leaves_the_weight_decay(
    ask: str, halved: Any, all_of_it: Any
) -> None:
    """Half of (-3.25 - 3)^2 = 39.0625, and 0.5/2*(1 + 4 + 1 + 1); -6.25 comes back to (5, 8.5)."""
    loss = {"squared_error": [3], "weight_decay": 0.5}
    spec = {**SPEC, "example": {**SPEC["example"], "loss": loss}}  # type: ignore[dict-item]
    mark = marked(spec, {**FIRST, "relu1.value": [[5, 8.5]], ask: halved})[ask]
    assert (mark.misconception, mark.perhaps) == ("loss_halved", False)
    mark = marked(spec, {**FIRST, "relu1.value": [[5, 8.5]], ask: all_of_it})[ask]
    assert mark.misconception is None


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("loss", "name"),
    [
        ("2.725 = (4.25 - 3.625) + 0.1*21", None),
        ("2.725 = 4.2 - 2.525 + 1.05", "svm_margin_forgotten"),
        ("2.725", "svm_margin_forgotten"),
        ("3.725 + 1 = 4.725", "svm_own_class"),
    ],
)
def test_a_working_with_own_numbers_has_no_mistake_with_the_right_ones(
    loss: str, name: str | None
) -> None:
    """Scores 4.2, -0.2625 and 2.525 of class 2: 2.675, and 1.05 for the weights; without the margin
    2.725, which is 0.625 + 2.1 as well.
    """
    mark = hinged([4.25, -0.875, 3.625], loss)
    assert (mark.misconception, mark.source) == (name, "")


def test_a_working_with_own_numbers_shows_the_mistake_behind_them() -> None:
    """2.625 + 2.1, and not 2.675 + 1.05 + 1 for the class itself."""
    mark = hinged([4.25, 0.125, 2.625], "4.725 = (4.25 - 2.625 + 1) + 0.1*21")
    assert (mark.misconception, mark.perhaps) == ("weight_decay_not_halved", False)
    assert mark.source == "your answer [4.25, 0.125, 2.625] to question 1"
    mark = hinged([4.25, 0.125, 2.625], "4.725 = (4.2 - 2.525 + 1) + 1.05 + 1")
    assert (mark.misconception, mark.source) == ("svm_own_class", "")


def hinged(scores: list[float], loss: str) -> Mark:
    """Return the mark of a loss behind these scores."""
    rows = [[2, 2.2], [-2, 1.7375], [2, 0.525]]
    given = {"input": [1, 1], "dense1.weight": rows, "dense1.bias": [0, 0, 0]}
    decay = 2.1 / sum(w * w for row in rows for w in row)
    example = {"given": given, "loss": {"svm": 2, "weight_decay": decay}}
    spec = {"input": 2, "layers": [{"dense": 3}], "example": example}
    return marked(spec, {"dense1.value": scores, "loss": loss})["loss"]


def test_only_the_answers_that_another_follows_from_are_named() -> None:
    """(0.5 - 1)*6 = -3: the class's probability, and what the dense layer takes."""
    given = {
        "input": [[1, 2, 3]], "conv1.weight": [[[1, 2]]], "conv1.bias": [0.5],
        "dense1.weight": [[0.5], [0]], "dense1.bias": [0, 0],
    }  # fmt: skip
    layers = [{"conv": {"K": 1, "F": 2}}, {"max_pool": 2}, {"dense": 2}, "softmax"]
    example = {"given": given, "loss": {"cross_entropy": 0}}
    answers = {
        "conv1.value": [[5, 8]], "max_pool1.value": [6], "softmax1.value": [0.5, 0.5],
        "dense1.weight.grad[0,0]": -3,
    }  # fmt: skip
    *_, mark = marked({"input": "3x1", "layers": layers, "example": example}, answers).values()
    told = "from your answer 6 to question 2 and your answer [0.5, 0.5] to question 3."
    assert told in mark.feedback


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("relu1.value[0,0]", 5, "followed through"),
        ("dense1.value[0]", -3.25, "wrong"),  # hangs on the second value, which was not given
        ("dense1.grad[0]", -12.5, "wrong"),
    ],
)
def test_from_one_value_only_what_hangs_on_it_alone_follows(
    ask: str, answer: Any, verdict: str
) -> None:
    assert marked(SPEC, {"conv1.value[0,0]": 5, ask: answer})[ask].verdict == verdict


def test_values_that_were_given_one_by_one_are_one_array() -> None:
    for second in (8.5, 8.25):  # right and wrong
        answers = {"conv1.value[0,0]": 5, "conv1.value[0,1]": second}
        result = 5 - second + 0.25
        mark = marked(SPEC, {**answers, "dense1.value[0]": result})["dense1.value[0]"]
        assert mark.verdict == "followed through"


def test_nothing_follows_from_a_slip_before_a_right_array() -> None:
    answers = {**FIRST, "relu1.value": [[5.5, 8.5]], "dense1.value[0]": -3.25}
    marks = marked(SPEC, answers)
    assert marks["relu1.value"].verdict == "right"
    assert marks["dense1.value[0]"].verdict == "wrong"


@pytest.mark.parametrize(
    ("kind", "value"), [("avg_pool", (5 + 8.5) / 2), ("max_pool", 8.5), ("relu", 5)]
)
def test_a_pool_follows_from_all_values_of_its_window(kind: str, value: float) -> None:
    """The largest value stays the largest: with the right answer nothing is to follow."""
    layer: Any = {kind: 2} if kind != "relu" else kind
    spec = {**SPEC, "layers": [{"conv": {"K": 1, "F": 2}}, layer]}
    given = {k: v for k, v in SPEC["example"]["given"].items() if "dense" not in k}  # type: ignore[index]
    spec["example"] = {"given": given}
    ask = f"{kind}1.value[0,0]"
    verdict = "right" if kind == "max_pool" else "followed through"
    assert marked(spec, {**FIRST, ask: value})[ask].verdict == verdict
    part = marked(spec, {"conv1.value[0,0]": 5, ask: value})[ask].verdict
    assert part == {"avg_pool": "wrong", "max_pool": "right", "relu": "followed through"}[kind]


def test_the_largest_of_a_window_is_not_known_from_one_value() -> None:
    """9 for 5.5 is larger than 8.5, but whether it is the largest hangs on what was not given."""
    given = {"input": [[1, 2, 3]], "conv1.weight": [[[1, 2]]], "conv1.bias": [0.5]}
    layers = [{"conv": {"K": 1, "F": 2}}, {"max_pool": 2}]
    spec = {"input": "3x1", "layers": layers, "example": {"given": given}}
    ask = "max_pool1.value[0,0]"
    assert marked(spec, {"conv1.value": [[9, 8.5]], ask: 9})[ask].verdict == "followed through"
    assert marked(spec, {"conv1.value[0,0]": 9, ask: 9})[ask].verdict == "wrong"


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("layer", "own", "gradient", "of_right_slope"),
    [
        ("relu", [0.5, 1], [1, 2], [1, 0]),  # -0.5 below 0, and 1 written for the 0
        ("sigmoid", [0.8, 0.6], [0.8 * 0.2, 2 * 0.6 * 0.4], [0.235004, 0.470007]),
        ("tanh", [0.6, -0.8], [1 - 0.36, 2 * (1 - 0.64)], [0.786448, 1.572895]),
        ("softplus", [0.693147, 1.386294], [0.5, 2 * 0.75], [0.622459, 0.755081]),  # ln 2, ln 4
    ],
)
def test_a_slope_follows_from_an_activations_own_output(
    layer: str, own: list[float], gradient: list[float], of_right_slope: list[float]
) -> None:
    """1 and 2 come back to what 0.5 and -0.5 were made into; y(1 - y) is of the student's y."""
    given = {"input": [1], "dense1.weight": [[0.5], [-0.5]], "dense1.bias": [0, 0]}
    example: Any = {"given": given, "upstream": {f"{layer}1": [1, 2]}}
    spec = {"input": 1, "layers": [{"dense": 2}, layer], "example": example}
    answers = {f"{layer}1.value": own, "dense1.grad": gradient, "dense1.weight.grad": gradient}
    weight = [[part] for part in gradient]
    _, mark, of_weight = marked(spec, {**answers, "dense1.weight.grad": weight}).values()
    assert (mark.verdict, of_weight.verdict) == ("followed through", "followed through")
    (alone,) = marked(spec, {"dense1.grad": gradient}).values()
    assert alone.verdict == "wrong"
    right = [round(part, 4) for part in of_right_slope]
    # who has the right slope is right, whatever was said before
    *_, still = marked(spec, {f"{layer}1.value": own, "dense1.grad": right}).values()
    assert still.verdict == "right"


def test_a_slope_and_the_loss_follow_from_the_same_output() -> None:
    """-0.5 made into 1: the loss gives 1*1 back, and the ReLU passes it on; not to a 0."""
    given = {"input": [1], "dense1.weight": [[-0.5]], "dense1.bias": [0]}
    example: Any = {"given": given, "loss": {"half_squared_error": [0.25]}}
    spec = {"input": 1, "layers": [{"dense": 1}, "relu"], "example": example}
    *_, mark = marked(spec, {"relu1.value": [1], "dense1.grad": [0.75]}).values()
    assert mark.verdict == "followed through"
    *_, other = marked(spec, {"relu1.value": [1], "dense1.grad": [-0.25]}).values()
    assert other.verdict == "wrong"


def test_a_loss_and_its_gradient_follow_from_wrong_probabilities() -> None:
    """Scores 0 and 2 taken for probabilities of 0.4 and 0.6: -ln 0.6, and p - y."""
    example = {
        "given": {"input": [1], "dense1.weight": [[0], [2]], "dense1.bias": [0, 0]},
        "loss": {"cross_entropy": 1},
    }
    spec = {"input": 1, "layers": [{"dense": 2}, "softmax"], "example": example}
    answers = {"softmax1.value": [0.4, 0.6], "loss": 0.5108, "dense1.bias.grad": [0.4, -0.4]}
    _, loss, gradient = marked(spec, answers).values()
    assert loss.verdict == gradient.verdict == "followed through"


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (1e300, "wrong"),
        # none of these is read, so what may follow is not known either
        (float("inf"), "needs a look"),
        (float("nan"), "needs a look"),
        (10**400, "needs a look"),
    ],
)
def test_values_that_lead_nowhere_harm_nobody(value: Any, verdict: str) -> None:
    mark = marked(SPEC, {"conv1.value": [[value, 8.5]], "dense1.value[0]": -3.25})
    assert mark["dense1.value[0]"].verdict == verdict


POOLED = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 8, "F": 3, "P": 1}}, {"max_pool": {"F": 2, "S": 2}},
               "flatten", {"dense": 10}],
}  # fmt: skip


def test_a_size_that_was_rounded_down_is_told_to_be() -> None:
    """(31 - 2)/2 + 1 = 15.5, and (30 - 2)/2 + 1 = 15; 15*15*8*10 + 10 weights behind it."""
    ask = "max_pool1.output"
    odd = marked(POOLED, {"conv1.output": "31x31x8", ask: "15x15x8"})[ask]
    source = "from your answer 31x31x8 to question 1"
    assert odd.verdict == "followed through"
    assert source in odd.feedback
    at = "A size is rounded down at max_pool1, for the stride does not fit"
    assert f"{at}: (31 - 2 + 2*0)/2 + 1 = 15.5. The right answer" in odd.feedback
    behind = marked(POOLED, {"conv1.output": "31x31x8", "dense1.parameters": 18010})
    assert f"{at}: (31 - 2 + 2*0)/2 + 1 = 15.5." in behind["dense1.parameters"].feedback
    hinted = marked(POOLED, {"conv1.output": "31x31x8", ask: "15x15x8"}, show="hint")[ask].feedback
    assert hinted.endswith(f"{at}.")
    even = marked(POOLED, {"conv1.output": "30x30x8", ask: "15x15x8"})[ask]
    assert "It follows correctly from your answer 30x30x8 to question 1." in even.feedback
    assert "rounded down" not in even.feedback


def test_a_mistake_with_the_students_own_volume_says_so() -> None:
    """15*15*8*10 = 18,000 weights behind 15x15x8, where 16*16*8*10 = 20,480 is right."""
    answers = {"max_pool1.output": "15x15x8", "dense1.parameters": 18000}
    mark = marked(POOLED, answers)["dense1.parameters"]
    assert mark.misconception == "forgot_bias"
    told = "forgotten: with your answer 15x15x8 to question 1, 15*15*8*10 = 18,000."
    assert told in mark.feedback
    hinted = marked(POOLED, answers, show="hint")["dense1.parameters"].feedback
    assert (
        hinted
        == "The biases were forgotten. Otherwise it follows from your answer 15x15x8 to question 1."
    )


def test_sizes_are_also_swapped_with_the_students_own_volume() -> None:
    """27 - 3 = 24 and 43 - 3 = 40, the width in front."""
    layers = [{"conv": {"K": 8, "F": 5}}, {"conv": {"K": 10, "F": 3}}]
    spec = {"input": "32x48x3", "layers": layers}
    mark = marked(spec, {"conv1.output": "27x43x8", "conv2.output": "40x24x10"})["conv2.output"]
    assert mark.misconception == "forgot_plus_one, swapped_axes"
    told = "with your answer 27x43x8 to question 1, (27 - 3 + 2*0)/1 = 24; (43 - 3 + 2*0)/1 = 40,"
    assert f"{told} so 24x40x10; swapped 40x24x10." in mark.feedback


def test_a_size_that_is_not_rounded_is_told_as_that() -> None:
    """(30 - 3)/2 + 1 = 14.5 of the 30x30 that was given for (64 - 6 + 2)/2 + 1 = 31."""
    layers = [{"conv": {"K": 24, "F": 6, "S": 2, "P": 1}}, {"max_pool": {"F": 3, "S": 2}}]
    answers = {"conv1.output": "30x30x24", "max_pool1.output": "14.5x14.5x24"}
    data = {"spec": {"input": "64x64x3", "layers": layers}, "questions": list(answers)}
    for show, told in (
        ("always", "with your answer 30x30x24 to question 1, (30 - 3 + 2*0)/2 + 1 = 14.5; a size is"
         " a whole number, and the stride does not fit here."),
        ("hint", "the stride does not fit here. Otherwise it follows from your answer 30x30x24"),
    ):  # fmt: skip
        _, mark = Marker(read_assignment({**data, "show": show})).mark("one", answers).marks
        assert (mark.verdict, mark.misconception) == ("wrong", "not_rounded")
        assert told in mark.feedback


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("answers", "name", "points", "told"),
    [
        # (-3.37 - 3)^2/2 and half of 2*(-3.37 - 3)
        ({"loss": 20.29}, "loss_halved", 0.25, "with your answer -3.37 to question 1, with 1/2"),
        ({"dense1.grad": -6.37}, "loss_halved", 0.25, "with your answer -3.37 to question 1, "),
        ({"dense1.grad": 12.74}, "gradient_sign", 0, "wrong sign"),
        # 0.25 - 0.1*12.74, and 0.25 + 12.74
        ({"dense1.bias.grad": -12.74, "dense1.bias.next": -1.024}, "gradient_added", 0,
         "with your answer -12.74 to question 2, bias + rate * gradient = -1.024"),
        # 0.25 - 12.74
        ({"dense1.bias.grad": -12.74, "dense1.bias.next": -12.49}, "gradient_added, rate_forgotten",
         0, "with your answer -12.74 to question 2, weight + gradient = -12.49"),
        ({"dense1.bias.grad": -12.74, "dense1.bias.next": 12.99}, "rate_forgotten", 0,
         "The learning rate was left out: with your answer -12.74 to question 2, "),
    ],
)  # fmt: skip
def test_another_mistake_behind_a_slip_is_named(
    answers: dict[str, Any], name: str, points: float, told: str
) -> None:
    """Half of what is given for the mistake, since half is given for what follows from a slip."""
    answers = {"dense1.value": [-3.37], **answers}
    *_, mark = marked(SPEC, answers, partial={"loss_halved": 0.5}).values()
    assert (mark.misconception, mark.points) == (name, points)
    assert told in mark.feedback
    (alone,) = [m for k, m in marked(SPEC, {[*answers][-1]: [*answers.values()][-1]}).items()]
    assert alone.misconception is None


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (20.3, "loss_halved"),  # (-3.37 - 3)^2/2 = 20.28845
        (20.4, None),
        (20, None),  # it may be anything
        (40.6, None),  # what follows, (-3.37 - 3)^2 = 40.577: it is only rounded
    ],
)
def test_a_mistake_behind_a_slip_may_be_rounded_as_well(answer: float, name: str | None) -> None:
    *_, mark = marked(SPEC, {"dense1.value": [-3.37], "loss": answer}).values()
    assert mark.misconception == name
    if name:
        assert mark.perhaps
        assert "it would be 20.2885, rounded 20.3; " in mark.feedback
    (alone,) = marked(SPEC, {"loss": answer}).values()
    assert alone.misconception is None


def test_chance_with_a_students_own_values_is_no_mistake() -> None:
    """2 is half of (1 - 3)^2, and one of few whole numbers."""
    *_, mark = marked(SPEC, {"dense1.value": [1], "loss": 2}).values()
    assert mark.misconception is None


LINE = {  # 2*1 = 2, and 2*(2 - 1) = 2
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {"given": {"input": [1], "dense1.weight": [[2]]}, "loss": {"squared_error": [1]}},
}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (1.67, "followed through"),  # 1.8333 was gone on with: 2*0.8333
        (1.66, "followed through"),  # 2*0.83
        (1.68, "wrong"),  # 1.835 at most gives 1.67
    ],
)
def test_who_goes_on_with_more_digits_than_were_written_follows(
    answer: float, verdict: str
) -> None:
    marks = marked(LINE, {"dense1.value": 1.83, "dense1.grad": answer})
    assert marks["dense1.grad"].verdict == verdict


@pytest.mark.parametrize(
    ("answer", "settings", "verdict"),
    [
        (0.14, {}, "followed through"),  # 0.294*0.486 = 0.142884
        (0.15, {}, "wrong"),
        (0.14, {"tolerance": {"relative": 0.01}}, "wrong"),
    ],
)
def test_a_smaller_number_that_follows_needs_no_more_decimals(
    answer: float, settings: dict[str, Any], verdict: str
) -> None:
    """0.5*0.486 = 0.243 is right to two decimals, as the question says."""
    weights = {"dense1.weight": [[0.5]], "dense2.weight": [[0.486]]}
    layer = {"dense": {"units": 1, "bias": False}}
    spec = {"input": 1, "layers": [layer, layer], "example": {"given": {"input": [1], **weights}}}
    marks = marked(spec, {"dense1.value": 0.294, "dense2.value": answer}, **settings)
    assert marks["dense2.value"].verdict == verdict


def test_an_answer_that_another_one_stands_behind_is_no_source() -> None:
    """-11*5 = -55 and -11*8.4 = -92.4: the dense layer's own output no longer matters."""
    answers = {
        "relu1.value": [[5, 8.4]], "dense1.value": [-3], "dense1.grad": [-11],
        "dense1.weight.grad": [[-55, -92.4]],
    }  # fmt: skip
    *_, mark = marked(SPEC, answers).values()
    told = "from your answer [[5, 8.4]] to question 1 and your answer -11 to question 3."
    assert told in mark.feedback


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("conv1.grad", [[-11, 11]], "followed through"),
        ("dense1.weight.grad", [[-11 * 5.5, -11 * 8.5]], "followed through"),
        ("dense1.bias.next", 0.25 + 0.1 * 11, "followed through"),
        ("conv1.grad", [[-11, -11]], "wrong"),
        ("conv1.grad", [[-12, 12]], "wrong"),
    ],
)
def test_who_has_the_gradient_of_a_bias_goes_on_with_it_as_the_outputs(
    ask: str, answer: Any, verdict: str
) -> None:
    """2*(-2.75 - 3) = -11.5 comes back to the only unit, and to its bias."""
    mark = marked(SPEC, {"dense1.bias.grad": [-11], ask: answer})[ask]
    assert mark.verdict == verdict
    assert ("from your answer -11 to question 1." in mark.feedback) is (verdict != "wrong")


def test_an_answer_to_the_gradient_of_the_output_itself_goes_before_that_of_the_bias() -> None:
    first = {"dense1.grad": [-10], "dense1.bias.grad": [-11]}
    for back, verdict in ((-10, "followed through"), (-11, "wrong")):
        mark = marked(SPEC, {**first, "conv1.grad": [[back, -back]]})["conv1.grad"]
        assert mark.verdict == verdict
        assert ("from your answer -10 to question 1." in mark.feedback) is (back == -10)


def test_right_values_of_a_bias_are_gone_on_with_as_they_were_rounded() -> None:
    """5*(3.656 - 4) = -1.72, and with -0.34 for -0.344 times 5 it is -1.7."""
    answers = {"dense2.bias.grad": -0.34, "dense1.grad": -1.7}
    assert [mark.verdict for mark in marked(CHAIN, answers).values()] == ["right", "right"]
    assert marked(CHAIN, {"dense1.grad": -1.7})["dense1.grad"].verdict == "wrong"


def test_one_value_of_a_bias_is_one_of_an_output_with_one_position() -> None:
    """5 comes back to the convolution's two values, -2 for 1*3 - 1*5, times 1 and 2."""
    spec: dict[str, Any] = {
        "input": "2x1",
        "layers": [{"conv": {"K": 2, "F": 2}}, {"dense": 1}],
        "example": {
            "given": {
                "input": [[3, 5]], "conv1.weight": [[[1, 1]], [[1, -1]]], "conv1.bias": [0, 0],
                "dense1.weight": [[1, 2]], "dense1.bias": [0],
            },
            "loss": {"half_squared_error": [-1]},
        },
    }  # fmt: skip
    answers = {"conv1.bias.grad[1]": 7, "conv1.weight.grad[1,0,0]": 21}
    assert marked(spec, answers)["conv1.weight.grad[1,0,0]"].verdict == "followed through"
    other = {"conv1.bias.grad[1]": 7, "conv1.weight.grad[0,0,0]": 21}
    assert marked(spec, other)["conv1.weight.grad[0,0,0]"].verdict == "wrong"


def test_what_follows_from_several_is_said_to_follow_from_the_nearest() -> None:
    """The step takes what comes back to the weights, which was answered before the output's."""
    answers = {
        "dense1.weight.grad": [[-60.5, -93.5]], "dense1.grad": [-11],
        "dense1.weight.next[0,0]": 1 + 0.1 * 60.5,
    }  # fmt: skip
    step = marked(SPEC, answers)["dense1.weight.next[0,0]"]
    assert "It follows correctly from your answer [[-60.5, -93.5]] to question 1." in step.feedback


# 1.625, 2*1.625 = 3.25, 3.25 - 2.61 = 0.64 and 0.64*1.625 = 1.04
ON_TWO_WAYS = {
    "input": "1",
    "layers": [{"dense": {"units": 1, "bias": False}}] * 2,
    "example": {
        "given": {"input": [1.625], "dense1.weight": [[1]], "dense2.weight": [[2]]},
        "loss": {"half_squared_error": [2.61]},
    },
}


@pytest.mark.parametrize(
    ("first", "source"),
    [
        (1.6, "your answer 1.6 to question 1"),  # 0.63*1.6 = 1.008
        (1.625, "your answer 0.63 to question 3"),  # 0.625*1.625 = 1.016, and 0.625 is 0.63
    ],
)
def test_nothing_follows_from_a_number_that_is_far_behind_a_right_one(
    first: float, source: str
) -> None:
    """3.2 stands behind the gradient 0.63, which is right within the tolerance."""
    given = {
        "dense1.value": first, "dense2.value": 3.2, "dense2.grad": 0.63, "dense2.weight.grad": 1.01,
    }  # fmt: skip
    found = marked(ON_TWO_WAYS, given, tolerance=0.01)
    verdicts = [mark.verdict for mark in found.values()]
    assert verdicts[2:] == ["right", "followed through"]
    assert f"It follows correctly from {source}." in found["dense2.weight.grad"].feedback


def test_what_follows_from_two_arrays_follows_whatever_was_said_in_between() -> None:
    """The first unit is off, the second gets -1*-11 = 11; that of relu1 is said to get 5."""
    answers = {
        "conv1.value": [[-1, 8.5]], "dense1.grad": [-11], "relu1.grad[0,1]": 5,
        "conv1.bias.grad": 11,
    }  # fmt: skip
    *_, mark = marked(SPEC, answers).values()
    assert mark.verdict == "followed through"
    assert "to question 1 and your answer -11 to question 2." in mark.feedback


@pytest.mark.parametrize(("steps", "times"), [(5, 200), (10, 100)])
def test_an_example_of_many_steps_is_computed_the_less_often(steps: int, times: int) -> None:
    """A step takes 3 layers times 30, and 100,000 are enough for one student: 1,111 steps."""
    example = {**SPEC["example"], "steps": steps}  # type: ignore[dict-item]
    asked = ["conv1.value", "dense1.weight.next"]
    first, then = read_assignment(
        {"spec": {**SPEC, "example": example}, "questions": asked}
    ).questions
    own = OwnAnswers()
    own.add(first, ((5.0, 8.5),))
    found = sum(len(list(own.networks(then))) for _ in range(300))
    assert times <= found <= times * 1.2


@pytest.mark.parametrize(("follow_through", "share"), [(0.75, 0.8), (0.9, 0.9)])
def test_what_follows_from_a_mistake_has_its_points_and_is_told_to_follow(
    follow_through: float, share: float
) -> None:
    """2.5*3.1 + 1.25 = 9 and 2*9 + 5 = 23: without the first bias 7.75, and 20.5 behind it."""
    given = {"input": [2.5], "dense1.weight": [[3.1]], "dense1.bias": [1.25],
             "dense2.weight": [[2]], "dense2.bias": [5]}  # fmt: skip
    spec = {"input": 1, "layers": [{"dense": 1}, {"dense": 1}], "example": {"given": given}}
    policy = {"partial": {"bias_not_added": 0.8}, "follow_through": follow_through}
    first, second = marked(spec, {"dense1.value": 7.75, "dense2.value": 20.5}, **policy).values()
    assert (first.misconception, first.points) == ("bias_not_added", 0.8)
    assert (second.verdict, second.misconception) == ("followed through", None)
    assert second.points == share
    assert "It follows correctly from your answer 7.75 to question 1." in second.feedback
    assert ("as the mistake behind it does" in second.feedback) is (share > follow_through)


# 0.3656*2 = 0.7312, and 5*0.7312 = 3.656, which 5*0.73 = 3.65 is not near enough to
CHAIN: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}, {"dense": 1}],
    "example": {
        "given": {"input": [2], "dense1.weight": [[0.3656]], "dense2.weight": [[5]]},
        "loss": {"half_squared_error": [4]},
    },
}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (0.73, 3.65, "right"),
        (0.73, 3.656, "right"),
        (0.73, 3.653, "right"),  # somewhere between
        (0.73, 3.64, "wrong"),
        (0.73, -3.65, "wrong"),
        (0.7312, 3.65, "wrong"),
        (None, 3.65, "wrong"),
    ],
)
def test_what_follows_from_right_numbers_as_they_were_rounded_is_right(
    first: float | None, second: float, verdict: str
) -> None:
    found = marked(CHAIN, {"dense1.value": first, "dense2.value": second})["dense2.value"]
    assert found.verdict == verdict
    told = "Right; it follows from your own numbers in question 1."
    assert (found.feedback == told) is (verdict == "right" and second == 3.65)


def test_a_slip_behind_a_rounded_right_answer_is_followed_with_it() -> None:
    """5*(3.65 - 4) = -1.75 for 5*(3.656 - 4) = -1.72; and 2*-1.75 = -3.5 behind it."""
    answers = {"dense1.value": 0.73, "dense2.value": 3.65, "dense1.grad": -1.75}
    assert {m.verdict for m in marked(CHAIN, answers).values()} == {"right"}
    wrong = marked(CHAIN, {**answers, "dense1.grad": 1.75, "dense1.weight.grad": 3.5})
    assert [m.verdict for m in wrong.values()] == ["right", "right", "wrong", "followed through"]


# 0, 1, 2, 3, 0 times 1, 2: 2, 1 + 4 = 5, 2 + 6 = 8 and 3; without the zeros 5 and 8
PADDED: dict[str, Any] = {
    "input": "3x1",
    "layers": [{"conv": {"K": 1, "F": 2, "P": 1}}, "relu", {"max_pool": 2}, {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, 2, 3]], "conv1.weight": [[[1, 2]]], "dense1.weight": [[1, 1]],
        },
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("map_", "relu", "pool", "verdicts"),
    [
        ([[5, 8]], [[5, 8]], [[8]], ["partly right", "followed through", "followed through"]),
        ([[-5, 8]], [[0, 8]], [[8]], ["wrong", "followed through", "followed through"]),
        ([[-5, 8]], [[5, 8]], [[8]], ["wrong", "partly right", "followed through"]),
        ([[5, 8]], [[0, 8]], [[8]], ["partly right", "wrong", "followed through"]),
        ([[9] * 7], [[9] * 7], [[9] * 3], ["wrong", "wrong", "wrong"]),  # no windows give seven
    ],
)
def test_a_map_of_another_size_is_gone_on_with(
    map_: Any, relu: Any, pool: Any, verdicts: list[str]
) -> None:
    answers = {"conv1.value": map_, "relu1.value": relu, "max_pool1.value": pool}
    found = marked(PADDED, answers, partial={"padding_ignored": 0.25})
    assert [mark.verdict for mark in found.values()] == verdicts


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (
            5.2,
            "It follows from your answer 1.0312 to question 1 but is rounded too far: give two",
        ),
        (5, "Perhaps it follows from your answer 1.0312 to question 1 but is rounded too far: "),
        (5.3, "From your answer 1.0312 to question 1 it would be 5.156. The right answer is "),
        (5.16, "It follows correctly from your answer 1.0312 to question 1."),
    ],
)
def test_what_follows_from_a_slip_may_be_rounded_too_far(second: float, told: str) -> None:
    """5*1.0312 = 5.156."""
    found = marked(CHAIN, {"dense1.value": 1.0312, "dense2.value": second})["dense2.value"]
    assert found.feedback.startswith(told)
    assert found.points == (0.5 if second == 5.16 else 0)


@pytest.mark.parametrize(
    ("second", "begin"),
    [
        ("[0.012, 3]", "It follows from your answer 0.0115 to question 1 but its 0.012 is rounded"),
        ("[0.013, 3]", "1 of 2 values is right"),
        ("[0.0115, 3]", "It follows correctly from your answer 0.0115 to question 1."),
    ],
)
def test_one_small_value_of_several_may_be_rounded_too_far(second: str, begin: str) -> None:
    """1*0.0115 for 1*0.0147, and 0 + 3: three digits are asked for."""
    given = {"input": [1], "dense1.weight": [[0.0147]], "dense1.bias": [0],
             "dense2.weight": [[1], [0]], "dense2.bias": [0, 3]}  # fmt: skip
    spec = {"input": 1, "layers": [{"dense": 1}, {"dense": 2}], "example": {"given": given}}
    found = marked(spec, {"dense1.value": 0.0115, "dense2.value": second})["dense2.value"]
    assert found.feedback.startswith(begin)


def test_of_values_that_are_rounded_too_far_one_that_is_not_right_is_shown() -> None:
    """0*1.0312 = 0 is right and 7*1.0312 = 7.2184 rounded."""
    answers = {"dense1.value": 1.0312, "dense2.value": [0, 7.2]}
    found = marked(rounded_chain(0, 7), answers)["dense2.value"]
    told = "It follows from your answer 1.0312 to question 1 but its 7.2 is rounded too far:"
    assert found.feedback.startswith(told)
    assert "[0, 5.1184]: at [1], 7*0.7312 = 5.1184." in found.feedback


def test_values_that_were_not_added_up_are_told_to_be_right() -> None:
    """2*(5.5 - 3) = 5 and 2*(8.5 - 4) = 9 come back to the bias: 14."""
    spec = {**SPEC, "layers": SPEC["layers"][:1]}
    given = {k: v for k, v in SPEC["example"]["given"].items() if k.startswith(("input", "conv"))}
    spec["example"] = {"given": given, "loss": {"squared_error": [[3, 4]]}}
    for answer, right in (([5, 9], True), ([5, 8], False)):
        found = marked(spec, {"conv1.bias.grad": answer})["conv1.bias.grad"]
        assert found.feedback.startswith("It takes 1 value, and your answer has 2")
        assert ("has 2; added up, these are right." in found.feedback) is right


def test_a_mistake_behind_a_slip_without_which_the_same_follows_as_without_the_slip() -> None:
    """The ReLU lets nothing of 7.31 and 4.17 back, nor of -7.31 and 4.17: 0 for the bias in either
    case, and without its slope 11.48, or -3.14 behind the slip.
    """
    spec = {
        "input": "2x1",
        "layers": [{"conv": {"K": 1, "F": 1}}, "relu"],
        "example": {
            "given": {"input": [[-1, -2]], "conv1.weight": [[[1]]], "conv1.bias": [0]},
            "loss": {"half_squared_error": [[-7.31, -4.17]]},
        },
    }
    answers = {"conv1.value": [[-1, -2.5]], "relu1.grad": [[-7.31, 4.17]], "conv1.bias.grad": -3.14}
    bias = marked(spec, answers)["conv1.bias.grad"]
    assert bias.misconception == "slope_forgotten"
    assert "your answer [[-7.31, 4.17]] to question 2" in bias.feedback


def rounded_chain(*weights: int) -> dict[str, Any]:
    """Return a network in which each weight is multiplied by 0.3656*2 = 0.7312."""
    given = {"input": [2], "dense1.weight": [[0.3656]], "dense2.weight": [[w] for w in weights]}
    loss = {"half_squared_error": [1.0] * len(weights)}
    layers = [{"dense": 1}, {"dense": len(weights)}]
    return {"input": 1, "layers": layers, "example": {"given": given, "loss": loss}}


@pytest.mark.parametrize(
    ("first", "second", "told", "working"),
    [
        (0.73, [3.65, 5.11, 2.92], "2 of 3 values are right; the wrong one is at [2]", "[2]"),
        (0.73, [3.65, 5.2, -2.92], "2 of 3 values are right; the wrong one is at [1]", "[1]"),
        (0.73, [5.2, 5.11, -2.92], "2 of 3 values are right; the wrong one is at [0]", ""),
        (0.7312, [3.65, 5.11, -2.92], "1 of 3 values is right; the first wrong one is at [0]", ""),
        (0.73, [3.6, 5.2, 2.92], "", ""),  # none is right
        (0.73, [3.65, 5.11], "It takes 3 values, and your answer has 2.", ""),
    ],
)
def test_values_that_follow_from_right_numbers_as_they_were_rounded_are_counted_as_right(
    first: float, second: list[float], told: str, working: str
) -> None:
    """5, 7 and -4 times 0.7312 is 3.656, 5.1184 and -2.9248; times 0.73 it is 3.65, 5.11, -2.92."""
    answers = {"dense1.value": first, "dense2.value": second}
    found = marked(rounded_chain(5, 7, -4), answers)["dense2.value"]
    assert found.verdict == "wrong"
    assert found.feedback.startswith(told or "The right answer is ")
    assert (", counted from 0." in found.feedback) is ("wrong one" in told)
    first_value = "[3.656, 5.1184, -2.9248]: the first value is 5*0.7312 = 3.656."
    each = {"": first_value, "[1]": "at [1], 7*0.7312", "[2]": "at [2], (-4)*0.7312"}
    assert each[working] in found.feedback


def test_what_follows_is_shown_at_a_value_that_is_not_right_as_it_was_rounded() -> None:
    """(50*0.7312 - 1)*0.73 = 25.9588 follows from a right number, 4*0.73 = 2.92 from a slip."""
    answers = {
        "dense1.value": 0.73, "dense2.grad": [35.56, 4], "dense2.weight.grad": [[25.96], [2.92]],
    }  # fmt: skip
    found = marked(rounded_chain(50, 7), answers)["dense2.weight.grad"]
    assert found.verdict == "followed through"
    assert "; at [1,0], gradient of dense2 * its input = " in found.feedback


def test_a_mistake_in_what_follows_from_a_right_number_as_it_was_rounded() -> None:
    """5*0.73 = 3.65 and 7*0.73 = 5.11 without the biases, where 3.656 and 5.1184 are exact."""
    given = {
        "input": [2], "dense1.weight": [[0.3656]],
        "dense2.weight": [[5], [7]], "dense2.bias": [1.25, 2.5],
    }  # fmt: skip
    spec = {"input": 1, "layers": [{"dense": 1}, {"dense": 2}], "example": {"given": given}}
    asked = ["dense1.value", "dense2.value"]
    partial = {"bias_not_added": 0.25}
    marker = Marker(read_assignment({"spec": spec, "questions": asked, "partial": partial}))
    for first, cause in ((0.7312, None), (0.73, "bias_not_added"), (0.7312, None)):  # one class
        answers = dict(zip(asked, (first, [3.65, 5.11]), strict=True))
        _, second = marker.mark("one", answers).marks
        assert (second.misconception, second.points) == (cause, 0.25 if cause else 0)
        assert ("he bias was not added" in second.feedback) is bool(cause)


def test_what_is_certain_from_own_values_goes_before_what_may_be() -> None:
    """2 + 0.1*0.203 = 2.0203 adds their own gradient; turned by 180 degrees it would be 2.0208."""
    spec = {
        "input": "5x5x1",
        "layers": [{"conv": {"K": 1, "F": 2}}, "relu", {"max_pool": 2}, "flatten", {"dense": 3}],
        "example": {
            "given": {
                "input": [[1, 0, 2, 1, 0], [3, 1, 0, 2, 1], [0, 2, 1, 1, 3], [1, 0, 2, 0, 1],
                          [2, 1, 0, 3, 1]],
                "conv1.weight": [[[[1, -1], [2, 0]]]],
                "conv1.bias": [-1],
                "dense1.weight": [[0.2, -0.1, 0.5, 0], [0.3, 0.1, -0.2, 0.4],
                                  [-0.5, 0.2, 0.1, 0.3]],
                "dense1.bias": [0.1, -0.2, 0.3],
            },
            "loss": {"cross_entropy": 1},
            "rate": 0.1,
        },
    }  # fmt: skip
    step = "conv1.weight.next[0,0,1,0]"
    answers = {"conv1.weight.grad": "-0.203 0.192; 0.203 -0.011", step: "2 + 0.1*0.203 = 2.020"}
    partial = {"weight_gradient_turned": 0.5}
    assignment = read_assignment({"spec": spec, "questions": list(answers), "partial": partial})
    found = Marker(assignment).mark("one", answers).marks[1]
    assert (found.misconception, found.perhaps) == ("gradient_added", False)
    alone = Marker(assignment).mark("one", {step: "2.020"}).marks[1]
    assert alone.misconception == "weight_gradient_turned"
    assert alone.perhaps


TWO_FILTERS = {
    "input": "3x1",
    "layers": [{"conv": {"K": 2, "F": 2}}, {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, 2, 3]], "conv1.weight": [[[1, 1]], [[1, -1]]], "conv1.bias": [0, 0],
            "dense1.weight": [[1, -1, 2, 0.5]], "dense1.bias": [0],
        },
        "upstream": {"dense1": [1]},
    },
}  # fmt: skip


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        # 3*1 - 1*2 = 1 and 3*2 - 1*3 = 3; 2*1 + 0.7*2 = 3.4 and 2*2 + 0.7*3 = 6.1
        ([[1, 3], [9, 9]], "2 of 4 values follow from your answer [[3, -1], [2, 0.7]] to question"
         " 1; the first one that does not is at [1,0,0], counted from 0: from your numbers, sum of"
         " gradient of conv1 * its input over the windows = 2*1 + 0.7*2 = 3.4. The right answer"),
        ([[1, 9], [3.4, 6.1]], "3 of 4 values follow from your answer [[3, -1], [2, 0.7]] to"
         " question 1; the one that does not is at [0,0,1], counted from 0: from your"
         " numbers, sum of gradient of conv1 * its input over the windows = 3*2 + (-1)*3 = 3."),
        ([[1, 9], [9, 9]], "Not right"),  # one may do so by chance
        ([[1, 9], [9, 6.1]], "Not right"),  # not a whole filter, nor most values
        ([[-1, 9], [3, 5.5]], "3 of 4 values are right; the wrong one is at [0,0,1]"),
        ([[9, 9], [9, 9]], "Not right"),
    ],
)  # fmt: skip
def test_values_that_follow_from_own_numbers_are_told_where_they_are_a_good_part(
    answer: Any, told: str
) -> None:
    """Right are 1*1 - 1*2 = -1 and 1*2 - 1*3 = -1; 2*1 + 0.5*2 = 3 and 2*2 + 0.5*3 = 5.5."""
    answers = {"conv1.grad": [[3, -1], [2, 0.7]], "conv1.weight.grad": answer}
    mark = marked(TWO_FILTERS, answers)["conv1.weight.grad"]
    assert (mark.verdict, mark.points) == ("wrong", 0)
    assert told in f"Not right. {mark.feedback}"
    assert ("follow from your answer" in mark.feedback) == ("follow from" in told)


@pytest.mark.parametrize("show", ["hint", "never"])
def test_what_comes_to_a_value_from_own_numbers_is_shown_with_the_answers_alone(show: str) -> None:
    answers = {"conv1.grad": [[3, -1], [2, 0.7]], "conv1.weight.grad": [[1, 3], [9, 9]]}
    mark = marked(TWO_FILTERS, answers, show=show)["conv1.weight.grad"]
    assert "3.4" not in mark.feedback
    assert ("2 of 4 values follow" in mark.feedback) == (show == "hint")


CORNERS: dict[str, Any] = {
    "input": "4x4x1",
    "layers": ["relu", "leaky_relu", {"max_pool": 2}, "flatten", {"dense": 1}],
    "example": {
        "given": {
            "input": [[9, 0, 0, 8], [0, 0, 0, 0], [0, 0, 0, 0], [7, 0, 0, 6]],
            "dense1.weight": [[2, 4, 6, 8]], "dense1.bias": [0],
        },
        "loss": {"half_squared_error": [139]},
    },
}  # fmt: skip


def test_a_mistake_that_gives_other_sizes_is_told_behind_own_numbers() -> None:
    """Of 4 windows the largest is at a corner each; (-0.335, 0.245)*W is what comes back to the
    pool, 4 values, where its input has 16: 0.5*-0.335 + 1*0.245 = 0.0775 and so on.
    """
    rows = [[9, 0, 0, 8], [0, 0, 0, 0], [0, 0, 0, 0], [7, 0, 0, 6]]
    weights = [[0.5, -1, 0, 0.25], [1, 0.5, -0.5, 0]]
    own = [-0.335, 0.245]
    back = [sum(w[at] * g for w, g in zip(weights, own, strict=True)) for at in range(4)]
    given = {
        "input": [rows],
        "dense1.weight": weights, "dense1.bias": [0, 0],
    }  # fmt: skip
    layers = ["relu", {"max_pool": 2}, "flatten", {"dense": 2}]
    example = {"given": given, "loss": {"squared_error": [0, 0]}}
    spec = {"input": "4x4x1", "layers": layers, "example": example}
    mistake = "pool_gradient_of_output"
    answers = {"dense1.grad": own, "relu1.grad": [[round(v, 3) for v in back[:2]], back[2:]]}
    found = marked(spec, answers, partial={mistake: 0.5}, follow_through=1)["relu1.grad"]
    assert (found.misconception, found.perhaps, found.points) == (mistake, False, 0.5)
    assert "from your answer [-0.335, 0.245] to question 1" in found.feedback
    answers["relu1.grad"] = [[0.3, -0.2], [0.4, 0.1]]
    assert marked(spec, answers, partial={mistake: 0.5})["relu1.grad"].misconception is None


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ("relu1.grad", "The gradient of max_pool1's output was given; that of relu1's output is"),
        (
            "input.grad",
            "The gradient of max_pool1's output was given; that of the network's input is",
        ),
        ("leaky_relu1.grad", "The gradient of the pool's output was given; that of its input is"),
    ],
)
def test_the_gradient_of_a_pools_output_is_known_in_front_of_activations(
    ask: str, told: str
) -> None:
    """2*9 + 4*8 + 6*7 + 8*6 = 140 is 1 too much: the weights are what comes back to the pool."""
    mistake = "pool_gradient_of_output"
    mark = marked(CORNERS, {ask: [[2, 4], [6, 8]]}, partial={mistake: 0.5})[ask]
    assert (mark.misconception, mark.perhaps, mark.points) == (mistake, False, 0.5)
    assert f"It takes 16 values, and your answer has 4. {told} asked for." in mark.feedback


def test_the_gradient_of_a_pools_output_is_none_in_front_of_another_layer() -> None:
    """3 times as large, 420 is 1 too much."""
    given = {**CORNERS["example"]["given"], "conv1.weight": [[3]], "conv1.bias": [0]}
    layers = ["relu", {"conv": {"K": 1, "F": 1}}, *CORNERS["layers"][2:]]
    example = {"given": given, "loss": {"half_squared_error": [419]}}
    spec = {"input": "4x4x1", "layers": layers, "example": example}
    answer = [[2, 4], [6, 8]]
    found = marked(spec, {"conv1.grad": answer, "relu1.grad": answer})
    assert found["conv1.grad"].misconception == "pool_gradient_of_output"
    assert found["relu1.grad"].misconception is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (0.25 + 0.1 * -11.5, "bias + rate * gradient = -0.9"),
        (0.25 + 11.5, "bias - gradient = 11.75"),
    ],
)
def test_the_step_of_a_bias_is_told_as_one(answer: float, told: str) -> None:
    """The gradient is 2*(-2.75 - 3) = -11.5."""
    assert told in marked(SPEC, {"dense1.bias.next": answer})["dense1.bias.next"].feedback


def test_of_one_value_a_number_is_wanted() -> None:
    found = marked(SPEC, {"dense1.bias.next": "see the back"})["dense1.bias.next"]
    assert found.feedback.startswith("It could not be read as a number")


def test_an_own_array_that_a_text_lists_is_told_in_rows() -> None:
    """[1, 2] times [3, 4] is [[3, 6], [4, 8]]; 0.1 of 5 for the 3 is taken from 1."""
    given = {"input": [1, 2], "dense1.weight": [[1, 0], [0, 1]], "dense1.bias": [0, 0]}
    example = {"given": given, "loss": {"half_squared_error": [-2, -2]}, "rate": 0.1}
    spec = {"input": 2, "layers": [{"dense": 2}], "example": example}
    answers = {"dense1.weight.grad": "5, 6, 4, 8", "dense1.weight.next[0,0]": 0.5}
    found = marked(spec, answers)["dense1.weight.next[0,0]"]
    assert "from your answer [[5, 6], [4, 8]] to question 1." in found.feedback


# The largest of 1, 3 and of 5, 2 are 3, 5; their means 2, 3.5 lead to 2*1.3 - 3.5*2.1 = -4.75,
# which is 5.75 below 1: -5.75*1.3 = -7.475 and 5.75*2.1 = 12.075, halved -3.7375 and 6.0375
MEANS: dict[str, Any] = {
    "input": "4x1",
    "layers": [{"max_pool": 2}, "flatten", {"dense": 1}],
    "example": {
        "given": {"input": [1, 3, 5, 2], "dense1.weight": [[1.3, -2.1]]},
        "loss": {"half_squared_error": [1]},
    },
}


def test_a_mistake_of_several_values_is_meant_in_what_follows_where_it_was_made_before() -> None:
    """The mean for the largest all the way leads from the right numbers to the same."""
    answers = {
        "max_pool1.value": [[2, 3.5]],
        "dense1.grad": -5.75,
        "input.grad": [[-3.7375, -3.7375, 6.0375, 6.0375]],
    }
    found = marked(MEANS, answers, partial={"average_for_max": 0.25})["input.grad"]
    assert (found.misconception, found.perhaps, found.points) == ("average_for_max", False, 0.25)
    told = "this pool sends it to the place of the largest value"
    again = "Again the mean was taken: the gradient was shared among the pixels of the window"
    assert f"{again}; {told}" in found.feedback
    assert "Otherwise it follows from your answer -5.75 to question 2." in found.feedback


@pytest.mark.parametrize(("third", "of"), [(6.6, None), (3.3, 2), (4.8, None)])
def test_what_is_rounded_too_far_follows_from_the_nearest_own_number(
    third: float, of: int | None
) -> None:
    """1.3*2.57 = 3.341, and 1.3*5*1.0212 = 6.6378 passes over it; 1.3*5*0.7312 = 4.7528."""
    given = {**CHAIN["example"]["given"], "dense3.weight": [[1.3]]}
    spec = {"input": 1, "layers": [{"dense": 1}] * 3, "example": {"given": given}}
    answers = {"dense1.value": 1.0212, "dense2.value": 2.57, "dense3.value": third}
    found = marked(spec, answers)["dense3.value"]
    told = f"It follows from your answer 2.57 to question {of} but is rounded too far"
    assert found.feedback.startswith(told) is bool(of)
    instead = "From your answer 2.57 to question 2 it would be 3.341."
    assert found.feedback.startswith(instead) is (third == 6.6)  # 4.8 is the right one, rounded
    assert ("to question" in found.feedback) is (third != 4.8)


@pytest.mark.parametrize(("own", "answer", "is_told"), [(1.07, 1.9, False), (10.7, 0.9, True)])
def test_a_step_of_one_digit_is_not_told_to_be_rounded_too_far(
    own: float, answer: float, is_told: bool
) -> None:
    """2 - 0.1*1.07 = 1.893 and 2 - 0.1*10.7 = 0.93, where 2 - 0.1*3*6 = 0.2 is right."""
    spec = {
        "input": 1,
        "layers": [{"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": {"input": [3], "dense1.weight": [[2]]},
            "loss": {"half_squared_error": [0]},
            "rate": 0.1,
        },
    }
    answers = {"dense1.weight.grad": own, "dense1.weight.next": answer}
    feedback = marked(spec, answers)["dense1.weight.next"].feedback
    told = f"It follows from your answer {own:g} to question 1 but is rounded too far: "
    assert feedback.startswith(told) is is_told
    assert ("rounded" in feedback) is is_told
