"""What else of a student's tells between causes: their own working, their right answers."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.practice import Practice


def net(volume: str | int, *layers: Any, **more: Any) -> dict[str, Any]:
    """Return a network in place."""
    return {"input": volume, "layers": list(layers), **more}


def marked(spec: dict[str, Any], answers: dict[str, Any], **more: Any) -> list[Mark]:
    """Return the marks of one student's answers, by what is asked."""
    assignment = read_assignment({"spec": spec, "questions": list(answers), **more})
    assert assignment.usable, assignment.diagnostics
    return list(Marker(assignment).mark("one", answers).marks)


def line(weight: list[float], bias: float, given: list[float]) -> dict[str, Any]:
    """Return a network of one window and a ReLU: the filter's products, plus a bias."""
    layers = {"conv": {"K": 1, "F": len(given)}}, "relu"
    values = {"input": [given], "conv1.weight": [[weight]], "conv1.bias": [bias]}
    example = {"given": values, "loss": {"squared_error": [[3]]}}
    return net(f"{len(given)}x1", *layers, example=example)


# 1*1 + 1*2 + 2*2 + 1 = 8; without the 1, and flipped as 2*1 + 1*2 + 1*2 + 1, it is 7
TIED = line([1, 1, 2], 1, [1, 2, 2])


def test_a_value_that_two_mistakes_give_names_both_of_them() -> None:
    (mark,) = marked(TIED, {"conv1.value[0,0]": 7})
    assert mark.misconception == "bias_not_added or filter_flipped"
    told = "Perhaps the bias was not added: without the bias it would be 7; or the filter was"
    assert f"{told} flipped: with flipped filters it would be 7." in mark.feedback


@pytest.mark.parametrize(
    ("weight", "bias", "answer", "perhaps"),
    [
        ([1, 1], 3, 3, True),  # 1*1 + 1*2 + 3 = 6: one of 12 whole numbers
        ([0.25, 0.125], 1.5, 0.5, True),  # 0.25 + 0.25 + 1.5 = 2: one of 40 with a decimal
        ([0.25, 0.11], 1.5, 0.47, False),  # 0.25 + 0.22 + 1.5 = 1.97: one of 394 with two
    ],
)
def test_a_small_number_is_not_told_of_as_certain(
    weight: list[float], bias: float, answer: float, perhaps: bool
) -> None:
    """A filter that is alike from both ends would not tell; this one flipped gives another."""
    (mark,) = marked(line(weight, bias, [1, 2]), {"conv1.value[0,0]": answer})
    assert mark.misconception == "bias_not_added"
    said = "Perhaps the bias was not added" if perhaps else "The bias was not added"
    assert said in mark.feedback


def test_who_added_the_bias_elsewhere_has_hardly_forgotten_it() -> None:
    """7*1.25 + 1.25 = 10, and 7*2.3 + 1.5 = 17.6: 16.1 without the 1.5."""
    given = {"input": [7], "dense1.weight": [[1.25], [2.3]], "dense1.bias": [1.25, 1.5]}
    spec = net(1, {"dense": 2}, example={"given": given})
    first, second = "dense1.value[0]", "dense1.value[1]"
    (alone,) = marked(spec, {second: 16.1})
    assert alone.feedback.startswith("The bias was not added")
    for asked in ({first: 10, second: 16.1}, {second: 16.1, first: 10}):  # in either order
        beside = {mark.id: mark for mark in marked(spec, asked)}[second]
        assert beside.misconception == "bias_not_added"
        assert beside.feedback.startswith("Perhaps the bias was not added")
    both = {mark.id: mark for mark in marked(spec, {first: 8.75, second: 16.1})}[second]
    assert both.feedback.startswith("Again the bias was not added")  # left out there as well


def test_what_may_be_chance_and_is_done_right_elsewhere_is_not_named() -> None:
    """1*1 + 1*2 + 3 = 6, and 3 without the bias: one of few numbers, and added next to it."""
    given = {"input": [1, 2], "dense1.weight": [[1, 1], [1, 2]], "dense1.bias": [3, 2]}
    spec = net(2, {"dense": 2}, example={"given": given})
    (alone,) = marked(spec, {"dense1.value[0]": 3})
    assert alone.misconception == "bias_not_added"
    _, beside = marked(spec, {"dense1.value[1]": 7, "dense1.value[0]": 3})
    assert (beside.verdict, beside.misconception) == ("wrong", None)


def test_a_mistake_that_is_made_at_a_third_question_is_told_of_as_before() -> None:
    """5*5*3*6 = 450 and 3*3*6*5 = 270 without the biases, which 20*10 + 10 = 210 has."""
    spec = net("8x8x3", {"conv": {"K": 6, "F": 5}}, {"conv": {"K": 5, "F": 3}}, {"dense": 10})
    right, first, second = (f"{name}.parameters" for name in ("dense1", "conv1", "conv2"))
    one, other = {first: 450}, {second: 270}
    for answers, sure in (({right: 210, **one}, False), ({right: 210, **one, **other}, True)):
        mark = {mark.id: mark for mark in marked(spec, answers)}[first]
        assert mark.misconception == "forgot_bias"
        assert mark.feedback.startswith("The biases were" if sure else "Perhaps the biases were")


def test_the_students_working_outweighs_right_answers() -> None:
    spec = net("32x32x3", {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 4, "F": 3}})
    answers = {"conv2.output": "30x30x4", "conv1.output": "(32 - 3 + 2*1)/1 = 31, so 31x31x8"}
    _, mark = marked(spec, answers)
    assert "The + 1 was forgotten" in mark.feedback


def test_of_two_causes_the_one_that_a_right_answer_speaks_against_is_not_named() -> None:
    """32 - 3 + 2 = 31 has no + 1, and 32 - 3 + 1 + 1 = 31 has P once."""
    spec = net("32x32x3", {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 4, "F": 3}})
    (alone,) = marked(spec, {"conv1.output": "31x31x8"})
    assert alone.misconception == "forgot_plus_one or padding_once"
    # 32 - 3 + 1 = 30 has it, and no padding
    _, beside = marked(spec, {"conv2.output": "30x30x4", "conv1.output": "31x31x8"})
    assert beside.misconception == "padding_once"
    assert "Perhaps the padding P was added on one side only" in beside.feedback


def test_a_number_that_chance_hardly_gives_is_told_of_as_before() -> None:
    """5*5*3*64 = 4,800 weights and 3*3*64*128 = 73,728, without 64 and 128 biases."""
    spec = net("32x32x3", {"conv": {"K": 64, "F": 5}}, {"conv": {"K": 128, "F": 3}})
    answers = {"conv1.parameters": 4864, "conv2.parameters": 73728}
    _, mark = marked(spec, answers)
    assert mark.feedback.startswith("The biases were forgotten: 3*3*64*128 = 73,728.")


def test_a_right_answer_speaks_against_a_mistake_that_has_credit() -> None:
    """As above: 32 - 3 + 1 = 30 has the + 1."""
    spec = net("32x32x3", {"conv": {"K": 8, "F": 3, "P": 1}}, {"conv": {"K": 4, "F": 3}})
    answers = {"conv2.output": "30x30x4", "conv1.output": "31x31x8"}
    _, mark = marked(spec, answers, partial={"forgot_plus_one": 0.5})
    assert (mark.misconception, mark.points) == ("padding_once", 0)


def test_a_sign_is_not_to_blame_where_other_gradients_have_the_right_one() -> None:
    """The filter 1, -1 is its own negative from the other end; -2 and -3 come back to 1, 2, 4: for
    the filter -2 - 6 = -8 and -4 - 12 = -16, for the input -2, 2 - 3 and 3.
    """
    given = {"input": [[1, 2, 4]], "conv1.weight": [[[1, -1]]]}
    example = {"given": given, "loss": {"half_squared_error": [[1, 1]]}}
    spec = net("3x1", {"conv": {"K": 1, "F": 2}}, example=example)
    wrong = {"input.grad": [[2, 1, -3]]}
    (alone,) = marked(spec, wrong, partial={"gradient_sign": 0.5})
    assert (alone.misconception, alone.points) == ("filter_not_turned or gradient_sign", 0.5)
    asked = {"conv1.weight.grad": [[-8, -16]], **wrong}
    _, beside = marked(spec, asked, partial={"gradient_sign": 0.5})
    assert (beside.misconception, beside.points) == ("filter_not_turned", 0)
    assert "erhaps the filter was not turned by 180 degrees" in beside.feedback


@pytest.mark.parametrize(
    ("working", "name"),
    [
        ("(120-5+4)/2 = 59.5 -> 59", "forgot_plus_one"),
        ("(120-5+2)/2 + 1 = 59.5 -> 59", "padding_once"),
        ("59.5 -> 59", "forgot_plus_one or padding_once"),
    ],
)
def test_a_formula_shows_more_than_what_it_comes_to(working: str, name: str) -> None:
    """(120 - 5 + 2*2)/2 without the + 1 and (120 - 5 + 2)/2 + 1 are 59.5 both."""
    spec = net("120x120x3", {"conv": {"K": 8, "F": 5, "S": 2, "P": 2}}, rounding="floor")
    (found,) = marked(spec, {"conv1.output": f"59x59x8 ({working})"})
    assert (found.misconception, found.perhaps) == (name, " or " in name)


@pytest.mark.parametrize(
    ("gradient", "name"),
    [([-16, -8], "gradient_sign"), ([16, 8], "gradient_added"), (None, "gradient_added")],
)
def test_a_step_up_is_one_with_the_wrong_sign_of_another_answer(
    gradient: list[int] | None, name: str
) -> None:
    """Of 3*2 + 5*1 + 1 = 12 and the target 4 the gradient is 8, of the inputs 8*2 = 16 and 8, of
    the weights 24 and 40; 2 - 0.1*24 = -0.4 and 1 - 0.1*40 = -3, with the other sign 4.4 and 5.
    """
    given = {"input": [3, 5], "dense1.weight": [[2, 1]], "dense1.bias": [1]}
    example = {"given": given, "loss": {"half_squared_error": [4]}, "rate": 0.1}
    spec = net("2", {"dense": {"units": 1}}, example=example)
    before = {} if gradient is None else {"input.grad": gradient}
    *_, step = marked(spec, {**before, "dense1.weight.next": [[4.4, 5]]})
    assert (step.misconception, step.perhaps) == (name, False)


def test_of_two_that_nothing_tells_apart_the_credited_one_is_paid_and_both_are_told() -> None:
    (mark,) = marked(TIED, {"conv1.value[0,0]": 7}, partial={"bias_not_added": 0.5})
    assert (mark.misconception, mark.points) == ("bias_not_added or filter_flipped", 0.5)
    assert mark.feedback.startswith("Perhaps the bias was not added: ")
    assert "; or the filter was flipped: " in mark.feedback


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("other", "cause"), [(12, "filter_flipped"), (14, "bias_not_added"), (13, None)]
)
@pytest.mark.parametrize("credited", ["bias_not_added", "filter_flipped"])
def test_the_mistake_behind_another_answer_is_named_whichever_has_credit(
    other: float, cause: str | None, credited: str
) -> None:
    """1*2 + 1*2 + 2*5 + 1 = 15; flipped it is 2*2 + 1*2 + 1*5 + 1 = 12, without the bias 14."""
    spec = line([1, 1, 2], 1, [1, 2, 2])
    spec["example"]["given"]["input"] = [[1, 2, 2, 5]]
    spec["example"]["loss"] = {"squared_error": [[3, 3]]}
    answers = {"conv1.value[0,0]": 7, "conv1.value[0,1]": other}
    for asked in (answers, dict(reversed(answers.items()))):
        marks = {m.id: m for m in marked(spec | {"input": "4x1"}, asked, partial={credited: 0.5})}
        first = marks["conv1.value[0,0]"]
        assert first.misconception == (cause or "bias_not_added or filter_flipped")
        assert first.points == (0.5 if cause in (None, credited) else 0)


def test_which_mistake_explains_more_of_the_answers() -> None:
    """Of the wrong ones first; then fewer of the right ones speak against it."""
    a, b, c = "abc"
    wrong = {"1": frozenset({a, b, c}), "2": frozenset({a})}
    assert Practice({}, wrong, wrong).outdone("1", (a, b, c)) == {(b, a), (c, a)}
    assert Practice({}, wrong, wrong).outdone("2", (a, b)) == frozenset()  # both explain the first
    with_another = {"2": frozenset({b})}  # only with another mistake beside it
    assert Practice({}, with_another, {}).outdone("1", (a, b)) == frozenset()
    followed = Practice({}, wrong, wrong)
    followed.has_followed("2")
    assert followed.outdone("1", (a, b, c)) == frozenset()
    right = {"3": frozenset({a, b, c}), "4": frozenset({a, b})}
    assert Practice(right, wrong, wrong).outdone("1", (a, b, c)) == {(b, a), (c, a), (b, c)}
    apart = {"3": frozenset({b}), "4": frozenset({c})}
    assert Practice(apart, wrong, wrong).outdone("1", (b, c)) == frozenset()


@pytest.mark.parametrize("asked", ["conv1.bias.grad", "conv1.weight.grad"])
def test_nothing_but_zeros_is_no_mistake_of_which_zeros_are_left(asked: str) -> None:
    """The first window is behind a ReLU that lets nothing through: -0.5, and 0.5, 1.5 after it."""
    given = {"input": [[2, 3, 4]], "conv1.weight": [[[1]]], "conv1.bias": [-2.5]}
    example = {"given": given, "loss": {"squared_error": [[1, 0, 0]]}}
    spec = net("3x1", {"conv": {"K": 1, "F": 1}}, "relu", example=example)
    (mark,) = marked(spec, {asked: 0}, partial={"first_window_only": 0.25})
    assert (mark.verdict, mark.misconception, mark.points) == ("wrong", None, 0)


@pytest.mark.parametrize(("first", "named"), [(8.75, True), (9.13, False)])
def test_zeros_are_a_mistake_that_was_made_before(first: float, named: bool) -> None:
    """7*1.25 + 1.25 = 10, 8.75 without the bias; 7*0 + 2.5 is 0 without it."""
    given = {"input": [7], "dense1.weight": [[1.25], [0]], "dense1.bias": [1.25, 2.5]}
    spec = net(1, {"dense": 2}, example={"given": given})
    _, mark = marked(spec, {"dense1.value[0]": first, "dense1.value[1]": 0})
    assert (mark.misconception == "bias_not_added") is named
    assert mark.feedback.startswith("Perhaps again the bias was not added") is named


def test_what_a_teacher_credits_is_believed_whatever_else_is_right() -> None:
    given = {"input": [7], "dense1.weight": [[1.25], [2.3]], "dense1.bias": [1.25, 1.5]}
    spec = net(1, {"dense": 2}, example={"given": given})
    answers = {"dense1.value[0]": 10, "dense1.value[1]": 16.1}
    _, mark = marked(spec, answers, partial={"bias_not_added": 0.5})
    assert (mark.points, mark.misconception) == (0.5, "bias_not_added")


@pytest.mark.parametrize(("credit", "points"), [(("bias_not_added",), 0), ((), 0.1)])
def test_two_credited_mistakes_at_once_get_the_share_of_a_share(
    credit: tuple[str, ...], points: float
) -> None:
    """0.5*2.5 + 1.25*3.5 = 5.625 and 0.5*3.5 + 1.25*1.5 = 3.625: flipped, without the 7.75."""
    given = {"input": [[2.5, 3.5, 1.5]], "conv1.weight": [[[1.25, 0.5]]], "conv1.bias": [7.75]}
    spec = net("3x1", {"conv": {"K": 1, "F": 2}}, example={"given": given})
    both = {"bias_not_added": 0.5, "filter_flipped": 0.2}
    partial = {name: both[name] for name in credit or both}
    (mark,) = marked(spec, {"conv1.value": [[5.625, 3.625]]}, partial=partial)
    assert (mark.misconception, mark.points) == ("bias_not_added, filter_flipped", points)
    told = "It has 50 % of the points for the one mistake, and of these 20 % for the other."
    assert (told in mark.feedback) is bool(points)


@pytest.mark.parametrize(
    ("partial", "points"),
    [
        ({"forgot_depth": 0.25, "forgot_bias": 0.5}, 0.125),
        ({"forgot_bias": 0.5}, 0),
        ({"forgot_depth": 0.25, "forgot_bias": 0.5, "forgot_depth_and_bias": 0.75}, 0.75),
    ],
)
def test_two_mistakes_of_one_name_are_paid_as_two(partial: dict[str, float], points: float) -> None:
    """24 filters of 3x3 over 16 slices with 24 biases: 3*3*24 = 216 for 3,480."""
    spec = net("8x8x16", {"conv": {"K": 24, "F": 3}})
    (mark,) = marked(spec, {"conv1.parameters": 216}, partial=partial)
    assert (mark.misconception, mark.points) == ("forgot_depth_and_bias", points)
    told = "It has 50 % of the points for the one mistake, and of these 25 % for the other."
    assert (told in mark.feedback) is (points == 0.125)


def test_one_bias_beside_a_forgotten_depth_is_paid_as_two_mistakes_as_well() -> None:
    """3*3*24 + 1 = 217."""
    spec = net("8x8x16", {"conv": {"K": 24, "F": 3}})
    partial = {"forgot_depth": 0.25, "one_bias": 0.5}
    (mark,) = marked(spec, {"conv1.parameters": 217}, partial=partial)
    assert (mark.misconception, mark.points) == ("forgot_depth_one_bias", 0.125)


@pytest.mark.parametrize(
    ("working", "cause"),
    [
        ("(32 - 3 + 2*1)/1 = 31, so 31x31x8", "forgot_plus_one"),
        ("31x31x8 ((32 + 2 - 3)/1)", "forgot_plus_one"),
        ("31x31x8, W - F + 2P", "forgot_plus_one"),
        ("31x31x8 (2P is added)", "forgot_plus_one"),
        ("(32 - 3 + 1)/1 + 1 = 31, so 31x31x8", "padding_once"),
        ("(W - F + P)/S + 1: 31x31x8", "padding_once"),
        ("(32 + 2(1) - 3)/1 = 31, so 31x31x8", "forgot_plus_one"),
        ("(32 + (2)(1) - 3)/(1) = 31, so 31x31x8", "forgot_plus_one"),
        ("31x31x8, W - F + 2(P)", "forgot_plus_one"),
        (r"\frac{32 - 3 + 1}{1} + 1 = 31, so 31x31x8", "padding_once"),
        ("31x31x8", "forgot_plus_one or padding_once"),
        ("31x31x8, 32 - 1", "forgot_plus_one or padding_once"),
    ],
)
def test_the_students_working_decides_between_two(working: str, cause: str) -> None:
    spec = net("32x32x3", {"conv": {"K": 8, "F": 3, "P": 1}})
    (mark,) = marked(spec, {"conv1.output": working})
    assert (mark.verdict, mark.misconception) == ("wrong", cause)


# (64 - 6 + 2*1)/2 + 1 = 31; without the + 1 it is 30, without P too, and with P once 30.5
HALVED = net("64x64x3", {"conv": {"K": 24, "F": 6, "S": 2, "P": 1}})


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("(64 - 6 + 2*1)/2 = 30, so 30x30x24", "forgot_plus_one"),
        ("(64-6+1)/2+1 = 30.5, so 30x30x24", "padding_once"),
        ("30x30x24 (30.5 rounded down)", "padding_once"),
        ("64-6 = 58, 58/2 = 29, 29+1 = 30 => 30x30x24", "padding_ignored"),
        ("64 - 6 = 58 / 2 = 29 + 1 = 30, so 30x30x24", "padding_ignored"),
    ],
)
@pytest.mark.parametrize("credited", ["forgot_plus_one", "padding_ignored", "padding_once"])
def test_the_working_decides_which_mistake_it_is_whatever_has_credit(
    answer: str, cause: str, credited: str
) -> None:
    (mark,) = marked(HALVED, {"conv1.output": answer}, partial={credited: 0.25})
    assert mark.misconception == cause
    assert "erhaps" not in mark.feedback
    assert mark.points == (0.25 if cause == credited else 0)


def test_without_a_working_common_mistakes_are_all_told_and_credit_is_paid() -> None:
    (mark,) = marked(HALVED, {"conv1.output": "30x30x24"}, partial={"padding_once": 0.25})
    every = "forgot_plus_one or padding_ignored or padding_once"
    assert (mark.misconception, mark.points, mark.perhaps) == (every, 0.25, True)
    assert "Perhaps the + 1 was forgotten" in mark.feedback
    assert "An answer with one of these mistakes gets 25 % of the points." in mark.feedback


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        ("(14-16)^2 + (4-3)^2 = 5", True),
        ("L = (14 - 16)² + (4 - 3)² = 5", True),
        ("5", False),
        ("(14-16)^2 + 1 = 5", False),
    ],
)
def test_a_bare_sum_of_squares_shows_that_the_half_is_missing(answer: str, sure: bool) -> None:
    """1/2*((16 - 14)^2 + (3 - 4)^2) = 2.5, where 5 is one of few numbers."""
    given = {"input": [1], "dense1.weight": [[16], [3]]}
    example = {"given": given, "loss": {"half_squared_error": [14, 4]}}
    (mark,) = marked(net(1, {"dense": 2}, example=example), {"loss": answer})
    assert mark.misconception == "loss_not_halved"
    assert ("Perhaps the half of the squared error was left out" in mark.feedback) is not sure
    assert "he half of the squared error was left out" in mark.feedback


@pytest.mark.parametrize(
    ("answer", "name", "sure"),
    [
        ("2 + 1 = 3", "weight_decay_forgotten", True),
        ("max(0, 3-2+1) + max(0, 2-2+1) = 3", "weight_decay_forgotten", True),
        ("max(0, 3 - 2 + 1) + max(0; 1) + max(0, -5 + 2) = 3", "weight_decay_forgotten", True),
        ("3", None, False),  # is 3.45 rounded
        ("2 + 1 + 0.1*9 = 3.9", "weight_decay_not_halved", True),
        ("3 + 0.1(1^2 + 2^2 + 2^2) = 3.9", "weight_decay_not_halved", True),
        ("3.9", "weight_decay_not_halved", False),
    ],
)
def test_a_working_shows_what_became_of_the_weight_decay(
    answer: str, name: str | None, sure: bool
) -> None:
    """Scores 2, 3 and 2, of which the first is to be the largest: 2 + 1 + 0.1/2*(1 + 4 + 4)."""
    weights = [[1, 0], [0, 2], [0, 2]]
    given = {"input": [2, 1], "dense1.weight": weights, "dense1.bias": [0, 1, 0]}
    example = {"given": given, "loss": {"svm": 0, "weight_decay": 0.1}}
    (mark,) = marked(net(2, {"dense": 3}, example=example), {"loss": answer})
    assert mark.misconception == name
    assert name is None or mark.perhaps is not sure


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("12.9 (3.5^2 = 12.25 and 0.1*6.25 = 0.625 for the weights)", None),
        ("13.25 (3.5^2 = 12.25 and 0.1*10 = 1 for the weights)", "weight_decay_of_one_layer"),
        ("15.5 (3.5^2 = 12.25 and 0.2*16.25 = 3.25)", "weight_decay_not_halved"),
    ],
)
def test_the_decay_by_itself_shows_a_mistake_also_in_a_bracket_behind_the_answer(
    answer: str, name: str | None
) -> None:
    """1*2 - 1.5*3 = -2.5 is 3.5 off; 2^2 + 1.5^2 = 6.25 and 1 + 3^2 = 10: 12.25 + 0.1*16.25."""
    layers = ({"dense": {"units": 2, "bias": False}}, {"dense": {"units": 1, "bias": False}})
    given = {"input": [1], "dense1.weight": [[2], [-1.5]], "dense2.weight": [[1, 3]]}
    example = {"given": given, "loss": {"squared_error": [1], "weight_decay": 0.2}}
    (mark,) = marked(net(1, *layers, example=example), {"loss": answer})
    assert (mark.misconception, mark.perhaps) == (name, False)


@pytest.mark.parametrize(
    "answer",
    ["6*6*3*24 + 1 = 2593", "6x6x3x24+1", "6*6*3*24 = 2592, 2592+1 = 2593", "6(6)(3)(24)+1",
     "(6*6*3)(24) + 1 = 2593", "(6x6x3)24 + 1 = 2593"],
)  # fmt: skip
def test_a_working_that_is_the_mistake_itself_makes_it_sure(answer: str) -> None:
    """A right count elsewhere, 3*3*24*10 + 10 = 2,170, speaks against it, and the number alone."""
    layers = ({"conv": {"K": 24, "F": 6, "S": 2, "P": 1}}, {"conv": {"K": 10, "F": 3}})
    asked = {"conv2.parameters": 2170, "conv1.parameters": 2593}
    _, alone = marked(net("64x64x3", *layers), asked)
    assert "Perhaps one bias was counted" in alone.feedback
    _, shown = marked(net("64x64x3", *layers), {**asked, "conv1.parameters": answer})
    assert shown.misconception == "one_bias"
    assert "One bias was counted" in shown.feedback


def test_same_is_not_said_to_keep_a_size_that_a_stride_halves() -> None:
    """64/2 = 32 with padding, where none is: (64 - 6)/2 + 1 = 30."""
    spec = net("64x64x3", {"conv": {"K": 24, "F": 6, "S": 2}})
    (mark,) = marked(spec, {"conv1.output": "32x32x24"})
    assert mark.misconception == "same_assumed"
    assert (
        "padding was taken to be same: ceil(64/2) = 32, P = 2, so 32x32x24; P is 0 here"
        in mark.feedback
    )


# 3*2 is 6 for 2: a gradient of 2*4*2 = 16, and 3 - 0.1*16 = 1.4
STEP = net(
    1, {"dense": {"units": 1, "bias": False}},
    example={
        "given": {"input": [2], "dense1.weight": [[3]]},
        "loss": {"squared_error": [2]}, "rate": 0.1,
    },
)  # fmt: skip
NEXT = "dense1.weight.next[0,0]"


@pytest.mark.parametrize(
    ("ask", "answer", "name", "sure"),
    [
        (NEXT, "3 + 0.1*16 = 4.6", "gradient_added", True),
        (NEXT, "0.1*16 + 3 = 4.6", "gradient_added", True),
        (NEXT, "3 + 1.6 = 4.6", "gradient_added", True),
        (NEXT, "3 + (0.1)(16) = 4.6", "gradient_added", True),
        (NEXT, "3 + 0.1(16) = 4.6", "gradient_added", True),
        (NEXT, "3 + (0.1)16 = 4.6", "gradient_added", True),
        (NEXT, "3 - (0.1)(-16) = 4.6", "gradient_added", True),
        (NEXT, "(3) + [0.1][16] = 4.6", "gradient_added", True),
        (NEXT, r"3 + 0.1 \cdot 16 = 4.6", "gradient_added", True),
        (NEXT, r"3 + \frac{1}{10}(16) = 4.6", "gradient_added", True),
        (NEXT, "3 + (0.4 + 1.2) = 4.6", "gradient_added", False),  # other terms
        (NEXT, "3 - 1(16) = -13", "rate_forgotten", True),
        (NEXT, "3 - 16 = -13", "rate_forgotten", True),
        (NEXT, "3 + 16 = 19", "gradient_added, rate_forgotten", True),
        (NEXT, "4.6", "gradient_added", False),
        (NEXT, "5 - 0.4 = 4.6", "gradient_added", False),  # something else
        ("loss", "1/2*(6 - 2)^2 = 8", "loss_halved", True),
        ("loss", "0.5*(6-2)^2 = 8", "loss_halved", True),
        ("loss", "half of 16 = 8", "loss_halved", True),
        ("loss", "8", "loss_halved", False),
    ],
)
def test_a_working_shows_a_step_and_a_half(ask: str, answer: str, name: str, sure: bool) -> None:
    (mark,) = marked(STEP, {ask: answer}, partial=dict.fromkeys(name.split(", "), 0.5))
    assert (mark.misconception, mark.perhaps) == (name, not sure)


def test_right_weights_say_nothing_of_biases_that_a_layer_has_not() -> None:
    """3*3*96 = 864 weights, 96*128 = 12,288 parameters; with 128 biases 12,416."""
    layers = [{"depthwise_conv": {"F": 3, "P": 1, "bias": False}}]
    spec = net("11x11x96", *layers, {"conv": {"K": 128, "F": 1, "bias": False}})
    _, found = marked(spec, {"depthwise_conv1.weights": 864, "conv1.parameters": 12_416})
    assert (found.misconception, found.perhaps) == ("absent_bias_counted", False)


# (33 - 3 + 2)/2 + 1 = 17; 16 without the + 1, without the padding, and with that of one side
BESIDE_A_FIELD = net(
    "65x65x3",
    {"conv": {"K": 8, "F": 7, "S": 2, "P": 3}},
    {"max_pool": {"F": 3, "S": 2, "P": 1}},
    {"conv": {"K": 8, "F": 3, "P": 1}},
)


@pytest.mark.parametrize("sized", [{}, {"conv1.output": "33x33x8"}])
@pytest.mark.parametrize("field", [{}, {"P(conv2)": 1}, {"P(conv2)": "1 (same)"}])
def test_a_right_field_does_not_tell_which_mistake_is_made_at_another_layer(
    sized: dict[str, Any], field: dict[str, Any]
) -> None:
    answers = {**sized, "max_pool1.output": "16x16x8", **field}
    credit = {"padding_once": 0.25, "forgot_plus_one": 0.25}
    mark = marked(BESIDE_A_FIELD, answers, partial=credit)[len(sized)]
    assert mark.misconception == "forgot_plus_one or padding_ignored or padding_once"
    assert mark.perhaps


def test_another_size_does_tell_which_one_it_is() -> None:
    """(65 - 7)/2 + 1 = 30; with the right one of conv2, whose padding counts, it is not certain."""
    answers = {"conv1.output": "30x30x8", "max_pool1.output": "14x14x8", "P(conv2)": 1}
    mark = marked(BESIDE_A_FIELD, answers)[0]
    assert (mark.misconception, mark.perhaps) == ("padding_ignored", True)


# Each input plus the bias 1; the largest of every 2x2 is 2 -1 / 4 5, and 2 0 / 4 5 behind the ReLU.
LARGEST = net(
    "4x4x1",
    {"conv": {"K": 1, "F": 1}},
    "relu",
    {"max_pool": 2},
    example={
        "given": {
            "input": [[1, 0, -2, -3], [-1, -4, -4, -2], [3, 0, 4, 1], [2, -1, 0, 3]],
            "conv1.weight": [1],
            "conv1.bias": [1],
        }
    },
)
CONV_RIGHT = {"conv1.value": "2 1 -1 -2; 0 -3 -3 -1; 4 1 5 2; 3 0 1 4"}


def test_of_one_wrong_value_behind_right_ones_fewer_mistakes_are_tried() -> None:
    """Who has the right convolution added its bias: that 1 0 / 3 4 is no other way to go wrong."""
    pooled = {"max_pool1.value": "2 -1; 4 5"}
    (alone,) = marked(LARGEST, pooled)
    _, behind = marked(LARGEST, {**CONV_RIGHT, **pooled})
    assert alone.misconception is None
    assert (behind.misconception, behind.perhaps) == ("activation_forgotten", True)
    assert "Perhaps the activation relu1 was left out." in behind.feedback


@pytest.mark.quick(2)
@pytest.mark.parametrize("slipped", ["2 0; 4 6", "2 3; 4 5", "2 -2; 4 5", "0 -1; 4 5", "2 0; 3 5"])
def test_a_slip_behind_right_values_has_no_cause(slipped: str) -> None:
    assert marked(LARGEST, {**CONV_RIGHT, "max_pool1.value": slipped})[-1].misconception is None


def test_right_sizes_do_not_speak_against_a_field_without_its_1() -> None:
    """66 - 5 + 2 + 1 = 64, 32 - 3 + 1 = 30; the field is 1 + 4 + 1 + 2*2 + 1*2 + 2*4 = 20."""
    convs: list[Any] = [{"conv": {"K": 12, "F": 5, "P": 1}}, {"conv": {"K": 20, "F": 3}}]
    last = {"conv": {"K": 28, "F": 3, "S": 2}}
    spec = net("66x66x3", convs[0], {"max_pool": 2}, convs[1], {"max_pool": 2}, last)
    right = {"conv1.output": "64x64x12", "conv2.output": "30x30x20"}
    field = marked(spec, {**right, "conv3.receptive_field": "19x19"})[-1]
    assert (field.misconception, field.perhaps) == ("forgot_plus_one", True)
