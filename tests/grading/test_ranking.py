"""Which of several causes of one wrong number is named."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.misconceptions import misconceptions, wrong_answers
from shapecalc.grading.misconceptions.question_context import Misconception, QuestionContext, Wrong
from shapecalc.grading.ranking import MORE_SPECIFIC, Cause, alike, cause_of, likeliest


def cause(name: str, value: Any = 1) -> Cause:
    """Return a cause that gives a number."""
    return Misconception(name, f"says {name}", lambda context: ()), Wrong(value, "")


def net(volume: str, *layers: Any, **more: Any) -> dict[str, Any]:
    """Return a network in place."""
    return {"input": volume, "layers": list(layers), **more}


def test_one_cause_is_named_however_often_it_gives_the_number() -> None:
    once = cause("forgot_bias")
    assert likeliest([once]) is once
    assert likeliest([once, cause("forgot_bias")]) is once


def test_nothing_is_named_where_nothing_or_too_much_explains_it() -> None:
    assert likeliest([]) is None
    assert likeliest([cause("forgot_bias"), cause("forgot_depth")]) is None
    assert cause_of(2, [cause("forgot_bias", 1)]) is None


def test_the_more_specific_one_is_named_in_any_order() -> None:
    weak, strong = cause("neighbour"), cause("stride_ignored")
    assert likeliest([weak, strong]) is likeliest([strong, weak]) is strong
    assert likeliest([weak, strong, cause("forgot_bias")]) is None


def test_who_gives_way_still_outdoes_others() -> None:
    """At D = K: one bias for filters without depth, one filter, filters without depth."""
    chain = [cause("forgot_depth_one_bias"), cause("forgot_filters"), cause("forgot_depth")]
    assert likeliest(chain) is chain[-1]


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


# What is given way to, on a network where both give one number.
MEETINGS: list[tuple[str, str, dict[str, Any], str]] = [
    ("bias_per_input", "one_bias", net("9x9x1", {"conv": {"K": 4, "F": 3}}), "conv1.parameters"),
    ("depth_multiplied", "depth_kept", net("9x9x3", {"conv": {"K": 1, "F": 3}}), "conv1.output"),
    ("field_own_stride", "field_summed",
     net("16x16x1", {"conv": {"K": 1, "F": 2}}, {"max_pool": {"F": 2, "S": 2}},
         rounding="floor"), "max_pool1.receptive_field"),
    ("filter_not_squared", "forgot_depth", net("9x9x3", {"conv": {"K": 7, "F": 3}}),
     "conv1.weights"),
    ("filter_not_squared", "macs_for_flops", net("9x9x5", {"conv": {"K": 7, "F": 2}}),
     "conv1.flops"),
    ("forgot_depth_one_bias", "forgot_filters", net("9x9x4", {"conv": {"K": 4, "F": 3}}),
     "conv1.parameters"),
    ("forgot_filters", "forgot_depth", net("9x9x4", {"conv": {"K": 4, "F": 3}}), "conv1.weights"),
    ("forgot_filters", "depth_kept", net("9x9x1", {"conv": {"K": 4, "F": 3}}), "conv1.output"),
    ("forgot_plus_one", "floor_for_ceil",
     net("7x7x3", {"max_pool": {"F": 2, "S": 2, "rounding": "ceil"}}), "max_pool1.output"),
    ("loss_mean", "loss_halved",
     net("1", {"dense": {"units": 2}},
         example={"given": {"input": [3], "dense1.weight": [[1], [2]]},
                  "loss": {"squared_error": [0, 0]}}), "loss"),
    ("neighbour", "stride_ignored",
     net("16x16x4", {"conv": {"K": 4, "F": 3, "P": 1}}, {"conv": {"K": 4, "F": 3, "S": 2, "P": 1}},
         {"conv": {"K": 4, "F": 1}}, rounding="floor"), "conv2.output"),
    ("neighbour", "field_of_filter_only",
     net("16x16x4", {"conv": {"K": 4, "F": 3}}, {"conv": {"K": 4, "F": 3}}),
     "conv2.receptive_field"),
]  # fmt: skip


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


def test_every_rank_is_met() -> None:
    assert {(m[0], m[1]) for m in MEETINGS} == {
        (weak, strong) for weak, others in MORE_SPECIFIC.items() for strong in others
    }
