"""What a number of an example hangs on directly, and through which layers."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.query import read_path
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import flat

# conv1 0, relu1 1, max_pool1 2, flatten1 3, dense1 4, softmax1 5
SPEC = {
    "input": "3x3x1",
    "layers": [
        {"conv": {"K": 1, "F": 2}}, "relu", {"max_pool": {"F": 2}}, "flatten", {"dense": 2},
        "softmax",
    ],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "conv1.weight": [[[[1, 0], [0, 1]]]],
            "conv1.bias": [0], "dense1.weight": [[1], [2]], "dense1.bias": [0, 0],
        },
        "loss": {"cross_entropy": 0},
        "rate": 0.1,
    },
}  # fmt: skip


def subject() -> Subject:
    (question,) = read_assignment({"spec": SPEC, "questions": ["loss"]}).questions
    return question.subject


@pytest.mark.parametrize(
    ("key", "ends", "direct"),
    [
        ("dense1", ["conv1", "relu1"], ["relu1"]),
        ("loss", ["dense1", "conv1"], ["dense1"]),
        ("conv1", ["relu1", "loss", "dense1.grad"], []),
        (
            "dense1.weight.grad",
            ["max_pool1", "dense1", "dense1.grad"],
            ["max_pool1", "dense1.grad"],
        ),
        ("conv1.bias.grad", ["conv1", "dense1.grad"], ["conv1", "dense1.grad"]),
        ("conv1.bias.grad", ["conv1.grad", "dense1.grad"], ["conv1.grad"]),
        ("conv1.bias.next", ["conv1.bias.grad", "conv1.grad"], ["conv1.bias.grad"]),
        ("dense1.grad", ["conv1", "dense1.grad"], ["conv1"]),  # not on itself
        ("conv1.grad", ["conv1", "relu1", "relu1.grad"], ["relu1", "relu1.grad"]),  # the slope's
        ("relu1.grad", ["relu1", "max_pool1.grad"], ["relu1", "max_pool1.grad"]),
    ],
)
def test_what_a_number_hangs_on_directly(key: str, ends: list[str], direct: list[str]) -> None:
    assert list(subject().way_back(key, ends).keys) == direct


@pytest.mark.parametrize(
    ("key", "ends", "layers", "loss"),
    [
        ("relu1", [], {0, 1}, False),
        ("loss", ["dense1"], {5}, True),
        ("conv1.grad", ["dense1.grad", "conv1"], {1, 2, 3, 4}, False),
        ("dense1.bias.next", ["dense1"], {4, 5}, True),
    ],
)
def test_the_layers_on_the_way(key: str, ends: list[str], layers: set[int], loss: bool) -> None:
    way = subject().way_back(key, ends)
    assert (set(way.layers), way.loss) == (layers, loss)


def pooled(kind: str, **more: Any) -> dict[str, Any]:
    """Return a convolution that doubles and a pool over 2x2, to which 4 and 8 come back."""
    given = {
        "input": [[1, 2, 5, 3], [7, 4, 6, 9]], "conv1.weight": [[2]], "conv1.bias": [1],
    }  # fmt: skip
    layers = [{"conv": {"K": 1, "F": 1}}, {kind: 2}]
    example = {"given": given, "upstream": {f"{kind}1": [[4, 8]]}}
    return {"input": "2x4x1", "layers": layers, "example": example}


@pytest.mark.parametrize(("kind", "direct"), [("max_pool", ["conv1"]), ("avg_pool", [])])
def test_only_what_comes_back_to_a_max_pool_hangs_on_its_values(
    kind: str, direct: list[str]
) -> None:
    questions = read_assignment({"spec": pooled(kind), "questions": ["conv1.grad"]}).questions
    assert list(questions[0].subject.way_back("conv1.grad", ["conv1"]).keys) == direct
    # nor does what comes back through the convolution hang on what goes into that
    ends = ["input", "conv1.grad"]
    assert list(questions[0].subject.way_back("input.grad", ends).keys) == ["conv1.grad"]


@pytest.mark.parametrize(("kind", "verdict"), [("max_pool", "needs a look"), ("avg_pool", "wrong")])
def test_values_that_are_not_read_hold_nothing_back_that_does_not_hang_on_them(
    kind: str, verdict: str
) -> None:
    """The mean of four has a quarter of 4 and of 8 come back to each: 1 and 2, no 3."""
    asked = ["conv1.value", "conv1.grad"]
    marker = Marker(read_assignment({"spec": pooled(kind), "questions": asked}))
    answers = {"conv1.value": "ask Ben", "conv1.grad": [[1, 1, 2, 3], [1, 1, 2, 2]]}
    first, second = marker.mark("somebody", answers).marks
    assert (first.verdict, second.verdict) == ("needs a look", verdict)


# one unit of a convolution sees all of a row of two: it has one position
NARROW = {
    "input": "2x1",
    "layers": [{"conv": {"K": 2, "F": 2}}, {"dense": 1}],
    "example": {
        "given": {
            "input": [[1, 3]], "conv1.weight": [[[2, 1]], [[1, -1]]], "conv1.bias": [0, 0],
            "dense1.weight": [[1, 2]], "dense1.bias": [0],
        },
        "loss": {"half_squared_error": [0]},
        "rate": 0.1,
    },
}  # fmt: skip
TWO = {"input": [[[1, 3]], [[2, 5]]]}  # examples
EACH = {"dense": {"units": 2, "flatten": False}}  # at each of two positions


def narrow(*layers: Any, loss: Any = None, **more: Any) -> dict[str, Any]:
    """Return that network with other layers, or with more given."""
    example: dict[str, Any] = {**NARROW["example"], **more}  # type: ignore[dict-item]
    example["loss"] = loss or example["loss"]
    return {**NARROW, "layers": [*layers] or NARROW["layers"], "example": example}


@pytest.mark.parametrize(
    ("spec", "key", "equal"),
    [
        (SPEC, "dense1.bias.grad", "dense1.grad"),
        (SPEC, "conv1.bias.grad", None),  # four positions
        (SPEC, "dense1.weight.grad", None),
        (SPEC, "dense1.grad", None),
        (SPEC, "loss", None),
        (NARROW, "conv1.bias.grad", "conv1.grad"),
        (NARROW, "conv1.weight.grad", None),
        (
            narrow(
                given=NARROW["example"]["given"] | TWO,  # type: ignore[index]
                loss={"half_squared_error": [[0], [0]]},
            ),
            "dense1.bias.grad",
            None,  # two examples
        ),
        (  # weights decay, biases do not
            narrow(loss={"half_squared_error": [0], "weight_decay": 0.5}),
            "dense1.bias.grad",
            "dense1.grad",
        ),
        (
            narrow(
                EACH,
                given={"input": [[1, 3]], "dense1.weight": [[1], [2]], "dense1.bias": [0, 0]},
                loss={"half_squared_error": [[0, 0], [0, 0]]},
            ),
            "dense1.bias.grad",
            None,  # two positions
        ),
        (
            narrow(
                {"dense": 2},
                {"dense": {"units": 2, "share": "dense1"}},
                given={"input": [[1, 3]], "dense1.weight": [[1, 2], [3, 4]]},
                loss={"half_squared_error": [0, 0]},
            ),
            "dense1.bias.grad",
            None,  # of two layers
        ),
    ],
)
def test_the_gradient_of_biases_is_the_outputs_where_nothing_is_added_up(
    spec: dict[str, Any], key: str, equal: str | None
) -> None:
    (question,) = read_assignment({"spec": spec, "questions": [key]}).questions
    assert question.subject.equal_gradient(key) == equal
    if equal is not None:
        values = question.subject.answer(read_path(equal))
        assert flat(values) == flat(question.right)
