"""Several steps down the gradient, with momentum and Adam's, by hand.

The loss is (2w)^2, so that the gradient is 8w; w is 1, and the rate 0.01.
"""

from __future__ import annotations

from typing import Any

import pytest

import shapecalc
from shapecalc.grading import mark, read_assignment
from shapecalc.grading.handout import FORMATS


def spec(expect: Any = None, **how: Any) -> dict[str, Any]:
    return {
        "input": 1,
        "layers": [{"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": {"input": [2], "dense1.weight": [[1]]},
            "loss": {"squared_error": [0]},
            "rate": 0.01,
            "expect": {"dense1.weight.next": [[expect]]} if expect is not None else {},
            **how,
        },
    }


def misprints(written: Any) -> list[str]:
    found = shapecalc.verify(written).diagnostics
    assert {one.code for one in found if one.severity == "error"} <= {"SC303"}
    return [one.message for one in found if one.code == "SC303"]


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("how", "right"),
    [
        ({}, 0.92),  # 1 - 0.01*8
        ({"steps": 2}, 0.8464),  # 0.92 - 0.01*7.36
        ({"steps": 3}, 0.778688),
        ({"optimizer": {"momentum": 0.9}}, 0.92),  # from rest
        ({"steps": 2, "optimizer": {"momentum": 0}}, 0.8464),  # plain
        # 8/8, then the gradient 8*0.99 = 7.92 over sqrt(7.92^2): the rate each time
        ({"steps": 2, "optimizer": {"adam": {"beta1": 0, "beta2": 0}}}, 0.98),
        # 8; 0.9*8 + 7.36 = 14.56 and 0.92 - 0.1456 = 0.7744; 0.9*14.56 + 6.1952 = 19.2992
        ({"steps": 2, "optimizer": {"momentum": 0.9}}, 0.7744),
        ({"steps": 3, "optimizer": {"momentum": 0.9}}, 0.581408),
        ({"optimizer": "adam"}, 0.99),  # the first step is as long as the rate
        ({"optimizer": {"adam": {"beta1": 0.5, "epsilon": 0.5}}}, 1 - 0.01 * 8 / 8.5),
    ],
)
def test_verify_computes_what_a_hand_does(how: dict[str, Any], right: float) -> None:
    assert misprints(spec(right, **how)) == []
    (found,) = misprints(spec(right + 0.01, **how))
    assert found.startswith("dense1.weight.next")


def test_adam_is_the_algorithm_of_its_paper() -> None:
    """Kingma and Ba, 2015, algorithm 1, line by line, with the gradient 8w."""
    w, m, v = 1.0, 0.0, 0.0
    for t in range(1, 6):
        g = 8 * w
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g * g
        w = w - 0.01 * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-8)
    assert misprints(spec(w, steps=5, optimizer="adam", tolerance=1e-12)) == []


def test_what_is_shared_frozen_or_without_a_gradient() -> None:
    """A layer used twice goes down the sum of its gradients; a frozen one stays.

    y = w*w*f*x with w = 2, f = 3, x = 1 is 12; half of its square has the gradient 12 at y, so
    12*2*w*f = 144 at w; rate 0.001 gives 1.856, and then y = 10.334208 and 115.08.. at w.
    """
    dense = {"units": 1, "bias": False}
    written = {
        "input": 1,
        "layers": [
            {"dense": {**dense, "name": "w"}},
            {"dense": {**dense, "name": "again", "share": "w"}},
            {"dense": {**dense, "name": "f", "trainable": False}},
        ],
        "example": {
            "given": {"input": [1], "w.weight": [[2]], "f.weight": [[3]]},
            "loss": {"half_squared_error": [0]},
            "rate": 0.001,
            "steps": 2,
            "expect": {
                "f.weight.next": [[3]],
                "w.weight.next": [[1.856 - 0.001 * 6 * 1.856 * 10.334208]],
            },
        },
    }
    assert misprints(written) == []


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"steps": 0}, "steps must be a whole number from 1 to 10"),
        ({"steps": 1.5}, "steps must be"),
        ({"steps": True}, "steps must be"),
        ({"steps": 11}, "steps must be"),
        ({"optimizer": "sgd"}, "optimizer must be"),
        ({"optimizer": {"momentum": 1}}, "with numbers from 0 to below 1, or nothing, not"),
        ({"optimizer": {"momentum": -0.1}}, "optimizer must be"),
        ({"optimizer": {"momentum": False}}, "optimizer must be"),
        ({"optimizer": {"momentum": "much"}}, "optimizer must be"),
        ({"optimizer": {"adam": {"beta3": 0.5}}}, "optimizer must be"),
        ({"optimizer": {"adam": {"epsilon": 0}}}, "optimizer must be"),
        ({"optimizer": {"adam": {}, "momentum": 0.9}}, "optimizer must be"),
        ({"optimizer": [1]}, "optimizer must be"),
    ],
)
def test_what_is_no_optimizer_is_a_fault(how: dict[str, Any], says: str) -> None:
    (found, *_) = shapecalc.check(spec(**how))
    assert (found.code, found.severity) == ("SC104", "error")
    assert says in found.message


def test_homework_asks_for_it_and_tells_each_step() -> None:
    ask = "dense1.weight.next"
    written = spec(steps=2, optimizer={"momentum": 0.9})
    found = read_assignment({"spec": written, "questions": [ask]})
    (question,) = found.questions
    assert "after 2 steps of gradient descent with momentum 0.9 (rate 0.01)?" in question.prompt
    assert question.working == (
        "gradient in step 1 = 8; velocity = 0.9*0 + 8 = 8; weight after step 1 = 1 - 0.01*8 = 0.92;"
        " gradient in step 2 = 7.36; velocity = 0.9*8 + 7.36 = 14.56;"
        " weight after step 2 = 0.92 - 0.01*14.56 = 0.7744"
    )
    assert "velocity = 0.9*velocity + gradient, from 0; then weight - rate*velocity" in (
        FORMATS["markdown"](found).replace("\\", "")
    )
    assert mark(found, {ask: "0.7744"}).marks[0].verdict == "right"
    assert mark(found, {ask: "0.8464"}).marks[0].misconception == "momentum_left_out"
    adam = spec(optimizer="adam")
    (question,) = read_assignment({"spec": adam, "questions": [ask]}).questions
    assert "mean, corrected = 0.8/(1 - 0.9^1) = 8" in question.working
    assert "weight after step 1 = 1 - 0.01*8/(64^0.5 + 1e-08) = 0.99" in question.working


@pytest.mark.parametrize(
    "how",
    [{}, {"optimizer": "adam"}, {"optimizer": {"momentum": 0.9}, "steps": 2}, {"steps": 2}],
)
def test_what_is_frozen_stays_and_is_told_to(how: dict[str, Any]) -> None:
    """Nothing is taken from 0.5 and 0.25, whatever comes back to them."""
    written = spec(**how)
    frozen = {"dense": {"units": 1, "name": "kept", "trainable": False}}
    written["layers"] = [frozen, {"dense": {"units": 1, "bias": False, "name": "dense1"}}]
    written["example"]["given"] |= {"kept.weight": [[0.5]], "kept.bias": [0.25]}
    for ask, right in (("kept.weight.next", 0.5), ("kept.bias.next[0]", 0.25)):
        found = read_assignment({"spec": written, "questions": [ask]})
        (question,) = found.questions
        assert question.working == "kept is frozen, and no step changes it"
        assert mark(found, {ask: right}).marks[0].verdict == "right"
        (wrong,) = mark(found, {ask: 7}).marks
        assert wrong.verdict == "wrong"
        assert ": kept is frozen, and no step changes it." in wrong.feedback


def test_adam_makes_no_step_of_what_is_0_but_for_rounding() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in float64; a step along it would be as long as the rate."""
    written = spec(optimizer={"adam": {"epsilon": 1e-20}}, rate=0.5)
    written["example"] |= {
        "given": {"input": [[1], [1], [1]], "dense1.weight": [[1]]},
        "upstream": {"dense1": [[0.1], [0.2], [-0.3]]},
    }
    del written["example"]["loss"]
    written["example"]["expect"] = {"dense1.weight.next": [[1]]}
    assert misprints(written) == []
    written["example"]["upstream"] = {"dense1": [[0.1], [0.2], [-0.299]]}  # 0.001 is a gradient
    assert misprints(written) == ["dense1.weight.next at [0, 0] is 0.5, and 1 was expected"]
