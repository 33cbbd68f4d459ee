"""Which of several causes of one wrong number is named."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.alternatives import specific
from shapecalc.grading.cause import Cause
from shapecalc.grading.chance import room
from shapecalc.grading.comparison import alike
from shapecalc.grading.frequency import MORE_SPECIFIC
from shapecalc.grading.misconceptions import misconceptions, wrong_answers
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranking import Explanations


def cause(name: str, value: Any = 1) -> Cause:
    """Return a cause that gives a number."""
    return Cause(Misconception(name, f"says {name}", lambda context: ()), Wrong(value, ""))


def net(volume: str, *layers: Any, **more: Any) -> dict[str, Any]:
    """Return a network in place."""
    return {"input": volume, "layers": list(layers), **more}


def explanations(spec: dict[str, Any], path: str) -> Explanations:
    """Return what may be behind the wrong answers to a question."""
    (question,) = read_assignment({"spec": spec, "questions": [path]}).questions
    return Explanations(QuestionContext(question.subject, question.query, question.right))


def test_the_more_specific_one_is_named_in_any_order() -> None:
    weak, strong, other = cause("neighbour"), cause("stride_ignored"), cause("forgot_bias")
    assert specific([weak, strong]) == specific([strong, weak]) == [strong]
    assert specific([weak, strong, other]) == [strong, other]


def test_who_gives_way_still_outdoes_others() -> None:
    """At D = K: one bias for filters without depth, one filter, filters without depth."""
    chain = [cause("forgot_depth_one_bias"), cause("forgot_filters"), cause("forgot_depth")]
    assert specific(chain) == chain[-1:]


CONV = net("32x32x3", {"conv": {"K": 10, "F": 5, "P": 2}})
TINY = net("5x5x1", {"conv": {"K": 2, "F": 3, "P": 1}})


@pytest.mark.parametrize(
    ("spec", "path", "given", "name", "sure"),
    [
        (CONV, "conv1.parameters", 750, "forgot_bias", True),  # one of 304 near 760
        (TINY, "conv1.parameters", 18, "", False),  # one of 8 near 20
        (CONV, "conv1.output", (31, 31, 10), "forgot_plus_one", True),
        (CONV, "conv1.parameters", 777, "", False),
        # two at once
        (net("40x32x3", {"conv": {"K": 10, "F": 5, "P": 2}}), "conv1.output", (31, 39, 10),
         "forgot_plus_one, swapped_axes", True),
        (CONV, "conv1.output", (28, 28, 3), "depth_kept, padding_ignored", False),
        (CONV, "conv1.parameters", 5 * 3 * 10 + 1, "filter_not_squared, one_bias", False),
        (CONV, "conv1.flops", 32 * 32 * 250, "forgot_depth, macs_for_flops", True),
        (CONV, "conv1.macs", 28 * 28 * 250, "forgot_depth, padding_ignored", True),
        # one, made before, or in every layer
        (CONV, "conv1.macs", 28 * 28 * 750, "padding_ignored", True),
        (CONV, "conv1.activations", 31 * 31 * 10, "forgot_plus_one", True),
        (net("8x8x3", {"conv": {"K": 4, "F": 3}}, {"conv": {"K": 5, "F": 3}}, {"dense": 10}),
         "total.parameters", 9 * 4 + 4 + 9 * 5 + 5 + 16 * 10 + 10, "forgot_depth", True),
    ],
)  # fmt: skip
def test_a_cause_is_named_where_chance_does_not_do_as_well(
    spec: dict[str, Any], path: str, given: Any, name: str, sure: bool
) -> None:
    found = explanations(spec, path).cause_of(given)
    assert (found.misconception.name if found else "") == name
    assert found is None or found.sure is sure


def test_what_is_credited_is_believed() -> None:
    """A teacher who gives credit for a mistake expects it, however small the number is."""
    tiny = explanations(TINY, "conv1.parameters")
    assert tiny.cause_of(18) is None
    found = tiny.cause_of(18, ["forgot_bias"])
    assert found is not None
    assert (found.misconception.name, found.sure) == ("forgot_bias", False)


def test_how_many_other_answers_there_are() -> None:
    assert room(760, 750) == 304  # 20 % to either side
    assert room(760, 100) == 500  # five times as wide, further off
    assert room((10, 10, 5), (9, 9, 5)) == 4 * 4 * 2
    assert room((10, 10, 5), (9, 9, 5), slips=True) == 4
    assert room((30, 30), (29,), slips=True) == room((30, 30), (29, 29), slips=True) == 12
    assert room(0.5, 0.25) == 2 * 0.5 * 100  # to two decimals
    assert room(3.0, -2.0) == 6
    assert room((1.0, 2.0, 3.0), (1.0, 2.0, -3.0)) == 3 * 6  # which cell, and what stands there


def test_no_misconception_is_more_specific_than_itself() -> None:
    def outdone_by(name: str, seen: frozenset[str]) -> None:
        assert name not in seen
        for other in MORE_SPECIFIC.get(name, ()):
            outdone_by(other, seen | {name})

    for name in MORE_SPECIFIC:
        outdone_by(name, frozenset())


def test_the_ranking_names_only_what_there_is() -> None:
    names = {misconception.name for misconception in misconceptions()}
    assert {*MORE_SPECIFIC, *sum(MORE_SPECIFIC.values(), ())} <= names


LEAKY = net(
    "3x1", {"conv": {"K": 1, "F": 1}}, {"leaky_relu": 0.5},
    example={
        "given": {"input": [[-2.1, 3.4, -4.3]], "conv1.weight": [[[1]]]},
        "upstream": {"leaky_relu1": [[1.5, 4.1, 2.2]]},
    },
)  # fmt: skip
# What is given way to, on a network where both give one number.
MEETINGS: list[tuple[str, str, dict[str, Any], str]] = [
    ("activation_forgotten", "slope_forgotten",
     net("3x1", {"conv": {"K": 1, "F": 1}}, "relu",
         example={"given": {"input": [[1.3, 2, 3]], "conv1.weight": [[[-1.37]]]},
                  "upstream": {"relu1": [[2.21, 1.13, 4]]}}), "conv1.weight.grad"),
    ("bias_per_input", "one_bias", net("9x9x1", {"conv": {"K": 4, "F": 3}}), "conv1.parameters"),
    ("depth_multiplied", "depth_kept", net("9x9x3", {"conv": {"K": 1, "F": 3}}), "conv1.output"),
    ("field_own_stride", "field_summed",
     net("16x16x1", {"conv": {"K": 1, "F": 2}}, {"max_pool": {"F": 2, "S": 2}},
         rounding="floor"), "max_pool1.receptive_field"),
    ("filter_flipped", "filter_not_turned",
     net("3x1", {"conv": {"K": 1, "F": 2}},
         example={"given": {"input": [[1.3, 2, 3]], "conv1.weight": [[[1.37, 2.2]]]},
                  "upstream": {"conv1": [[2.21, 1.13]]}}), "input.grad"),
    ("filter_not_squared", "forgot_depth", net("9x9x3", {"conv": {"K": 7, "F": 3}}),
     "conv1.weights"),
    ("filter_not_squared", "macs_for_flops", net("9x9x5", {"conv": {"K": 7, "F": 2}}),
     "conv1.flops"),
    ("forgot_depth_one_bias", "forgot_filters", net("9x9x4", {"conv": {"K": 4, "F": 3}}),
     "conv1.parameters"),
    ("forgot_filters", "forgot_depth", net("9x9x4", {"conv": {"K": 4, "F": 3}}), "conv1.weights"),
    ("forgot_filters", "depth_kept", net("9x9x1", {"conv": {"K": 4, "F": 3}}), "conv1.output"),
    ("forgot_plus_one", "floor_for_ceil",
     net("15x15x3", {"max_pool": {"F": 2, "S": 2, "rounding": "ceil"}}), "max_pool1.output"),
    ("forgot_plus_one", "dilation_times_filter",
     net("32x32x3", {"conv": {"K": 8, "F": 3, "dilation": 2}}), "conv1.output"),
    ("gradient_sign", "gradient_added",
     net("1", {"dense": {"units": 1}},
         example={"given": {"input": [3], "dense1.weight": [[2]], "dense1.bias": [1]},
                  "loss": {"half_squared_error": [4]}, "rate": 0.1}), "dense1.bias.next"),
    ("max_for_average", "pool_gradient_whole",
     net("2x2x1", {"avg_pool": 2},
         example={"given": {"input": [[1.3, 2], [3, 1]]}, "upstream": {"avg_pool1": [[2.21]]}}),
     "input.grad[0,1,0]"),
    ("same_assumed", "ceil_for_floor",
     net("32x32x3", {"max_pool": {"F": 3, "S": 2}}, rounding="floor"), "max_pool1.output"),
    ("filters_for_depth", "forgot_depth", net("9x9x12", {"conv": {"K": 1, "F": 5}}),
     "conv1.weights"),
    ("filters_for_depth", "groups_ignored", net("8x8x8", {"depthwise_conv": {"F": 3}}),
     "depthwise_conv1.weights"),
    ("network_depth", "filters_for_depth",
     net("16x16x7", {"conv": {"K": 24, "F": 3}}, {"conv": {"K": 7, "F": 5}}), "conv2.parameters"),
    ("one_group_only", "macs_for_flops", net("9x9x8", {"conv": {"K": 6, "F": 3, "groups": 2}}),
     "conv1.flops"),
    ("one_group_only", "forgot_depth", net("9x9x16", {"conv": {"K": 12, "F": 3, "groups": 4}}),
     "conv1.weights"),
    ("one_group_only", "filter_not_squared",
     net("9x9x15", {"conv": {"K": 21, "F": 3, "groups": 3}}), "conv1.weights"),
    ("other_class", "class_from_one",
     net("1", {"dense": {"units": 2}},
         example={"given": {"input": [3], "dense1.weight": [[1], [2]]},
                  "loss": {"cross_entropy": 1}}), "loss"),
    ("neighbour", "stride_ignored",
     net("16x16x4", {"conv": {"K": 4, "F": 3, "P": 1}}, {"conv": {"K": 4, "F": 3, "S": 2, "P": 1}},
         {"conv": {"K": 4, "F": 1}}, rounding="floor"), "conv2.output"),
    ("neighbour", "field_of_filter_only",
     net("16x16x4", {"conv": {"K": 4, "F": 3}}, {"conv": {"K": 4, "F": 3}}),
     "conv2.receptive_field"),
    ("neighbour", "field_enlarging_ignored",
     net("16x16x3", {"conv": {"K": 8, "F": 3, "S": 2, "P": 1}}, {"upsample": 2},
         {"conv": {"K": 4, "F": 3}}, rounding="floor"), "conv2.jump"),
    ("slope_at_0", "slope_forgotten",
     net("3x1", {"conv": {"K": 1, "F": 1}}, "relu",
         example={"given": {"input": [[1.3, 0, 3]], "conv1.weight": [[[1.5]]]},
                  "upstream": {"relu1": [[2.21, 1.13, 4]]}}), "conv1.grad"),
    ("neighbour", "activation_applied", LEAKY, "conv1.value"),
    ("neighbour", "activation_forgotten", LEAKY, "leaky_relu1.value"),
    ("neighbour", "slope_forgotten", LEAKY, "conv1.grad"),
    ("volume_too_early", "macs_for_flops",
     net("8x8x3", {"conv": {"K": 8, "F": 1}}, {"conv": {"K": 16, "F": 1}},
         {"conv": {"K": 40, "F": 3}}), "conv3.flops"),
    ("volume_too_early", "flops_for_macs",
     net("8x8x3", {"conv": {"K": 16, "F": 1}}, {"conv": {"K": 8, "F": 1}},
         {"conv": {"K": 20, "F": 3}}), "conv3.macs"),
    ("volume_too_early", "filter_not_squared",
     net("8x8x2", {"conv": {"K": 5, "F": 1}}, {"conv": {"K": 15, "F": 1}},
         {"conv": {"K": 40, "F": 3}}), "conv3.weights"),
]  # fmt: skip


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("weak", "strong", "spec", "path"), MEETINGS, ids=[f"{m[0]}-{m[1]}" for m in MEETINGS]
)
def test_where_two_meet_the_more_specific_one_is_named(
    weak: str, strong: str, spec: dict[str, Any], path: str
) -> None:
    assignment = {"spec": spec, "questions": [path]}
    (question,) = read_assignment(assignment).questions
    answers = wrong_answers(QuestionContext(question.subject, question.query, question.right))
    given = [w.value for m, w in answers if m.name == weak]
    both = [value for value in given if any(alike(w.value, value) for m, w in answers
                                            if m.name == strong)]  # fmt: skip
    assert both
    (marked,) = mark(assignment, {path: both[0]}).marks
    assert marked.misconception == strong


# 3*1 and 3*2 for 0 and 0: 9 + 36 = 45 is halved as the mean of two squares, which is 22.5
OF_TWO = net(
    "1", {"dense": {"units": 2}},
    example={
        "given": {"input": [3], "dense1.weight": [[1], [2]]},
        "loss": {"squared_error": [0, 0]},
    },
)  # fmt: skip
EITHER = "loss_halved or loss_mean"


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"loss": 22.5}, EITHER),
        ({"loss": "(3^2 + 6^2)/2 = 22.5"}, EITHER),
        ({"loss": "the mean of 9 and 36 = 22.5"}, "loss_mean"),
        ({"loss": "MSE: 22.5"}, "loss_mean"),
        ({"dense1.weight.grad": [[3 * 3], [6 * 3]]}, EITHER),
        # of an own [3.7, 6.2] it is (13.69 + 38.44)/2, and 3.7*3 and 6.2*3
        ({"dense1.value": [3.7, 6.2], "loss": 26.065}, EITHER),
        ({"dense1.value": [3.7, 6.2], "dense1.weight.grad": [[11.1], [18.6]]}, EITHER),
        # and with the wrong sign
        ({"dense1.weight.grad": [[-3 * 3], [-6 * 3]]},
         "gradient_sign, loss_halved or gradient_sign, loss_mean"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("credited", ["loss_halved", "loss_mean", None])
def test_half_of_two_squares_is_their_mean(
    answers: dict[str, Any], name: str, credited: str | None
) -> None:
    partial = {credited: 0.5} if credited else {}
    assignment = {
        "spec": OF_TWO, "questions": [*answers], "follow_through": 0.5, "partial": partial,
    }  # fmt: skip
    *_, marked = mark(assignment, answers).marks
    assert marked.misconception == name
    assert marked.perhaps is (name != "loss_mean")
    paid = credited is not None and credited in name and "sign" not in name
    assert marked.points == (0.5 / len(answers) if paid else 0)


def test_of_three_squares_half_and_mean_differ() -> None:
    spec = net(
        "1", {"dense": {"units": 3}},
        example={
            "given": {"input": [3], "dense1.weight": [[1], [2], [3]]},
            "loss": {"squared_error": [0, 0, 0]},
        },
    )  # fmt: skip
    for answer, name in ((63, "loss_halved"), (42, "loss_mean")):  # of 9 + 36 + 81 = 126
        (marked,) = mark({"spec": spec, "questions": ["loss"]}, {"loss": answer}).marks
        assert marked.misconception == name


def test_every_rank_is_met() -> None:
    assert {(m[0], m[1]) for m in MEETINGS} == {
        (weak, strong) for weak, others in MORE_SPECIFIC.items() for strong in others
    }
