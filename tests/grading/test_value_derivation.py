"""How one value of an executed example follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shapecalc import trace
from shapecalc.derivations import text
from shapecalc.executor.example_check import ComputedExample
from shapecalc.executor.verify import verify
from shapecalc.grading import mark
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.query import read_path
from shapecalc.grading.subject import Subject
from shapecalc.grading.value_derivation import value_derivation
from shapecalc.grading.values import flat
from shapecalc.tracing import KnownTrace

# Three positions of depth 2, by hand: 1*1 + 2*4 + 10 = 19 at the first.
ALONG: dict[str, Any] = {
    "input": "3x2",
    "layers": [{"dense": {"units": 2, "flatten": False}}],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6]],
            "dense1.weight": [[1, 2], [3, 4]],
            "dense1.bias": [10, 20],
        },
        "upstream": {"dense1": [[1, 0, 0], [0, 0, 2]]},
        "expect": {
            "dense1": [[19, 22, 25], [39, 46, 53]],
            "input.grad": [[1, 0, 6], [2, 0, 8]],
            "dense1.weight.grad": [[1, 4], [6, 12]],
            "dense1.bias.grad": [1, 2],
        },
    },
}


@pytest.mark.parametrize(
    ("place", "value", "working"),
    [
        ((0, 0), 19, "1.0*1.0 + 2.0*4.0 + 10.0"),
        ((0, 2), 25, "1.0*3.0 + 2.0*6.0 + 10.0"),
        ((1, 1), 46, "3.0*2.0 + 4.0*5.0 + 20.0"),
    ],
)
def test_a_value_of_a_dense_layer_along_the_depth(
    place: tuple[int, ...], value: float, working: str
) -> None:
    traced = trace(ALONG)
    assert traced.spec.example is not None
    assert verify(traced).agrees
    computed = ComputedExample(traced, traced.spec.example, seed=0, training=True)
    derivation = value_derivation(computed, traced.layers[0], place)
    assert derivation is not None
    assert derivation.expression is not None
    assert (derivation.value, text(derivation.expression)) == (value, working)


@pytest.mark.parametrize(
    ("layer", "place", "told"),
    [
        ({"leaky_relu": 0.5}, 0, "-1: 0.5*(-2) = -1."),
        ({"leaky_relu": 0.5}, 1, "8: 8 is not below 0, so it stays as it is."),
        ({"leaky_relu": 2}, 1, "8: 8 is not below 0, so it stays as it is."),
        ({"relu": {"slope": 0.25}}, 0, "-0.5: 0.25*(-2) = -0.5."),
        ({"relu": {"slope": 0.25}}, 1, "8: 8 is not below 0, so it stays as it is."),
        (
            {"relu": {"slope": 0.25, "threshold": 3}},
            1,
            "8: 8 is not below 3, so it stays as it is.",
        ),
        ({"relu": {"slope": 0.25, "max": 6}}, 1, "6."),
        ("relu", 1, "8: max(0, 8) = 8."),
        ("relu6", 1, "6: min(max(0, 8), 6) = 6."),
        ("hard_sigmoid", 0, "0.166667: min(max(0, (-2) + 3), 6)/6 = 0.166667."),
        ("hard_swish", 0, "-0.333333: (-2)*min(max(0, (-2) + 3), 6)/6 = -0.333333."),
        ("elu", 0, "-0.864665: exp(-2) - 1 = -0.864665."),
        ("elu", 1, "8: 8 is not below 0, so it stays as it is."),
        ("silu", 0, "-0.238406: (-2)/(1 + exp(2)) = -0.238406."),
        ("softplus", 0, "0.126928: ln(1 + exp(-2)) = 0.126928."),
        ("prelu", 0, "-0.5: 0.25*(-2) = -0.5."),
        ("prelu", 1, "8: 8 is not below 0, so it stays as it is."),
    ],
)
def test_an_activation_is_worked_out_with_its_parameter(layer: Any, place: int, told: str) -> None:
    """exp(-2) = 0.135335, ln(1.135335) = 0.126928, and 2/(1 + 7.389056) = 0.238406."""
    kind = layer if isinstance(layer, str) else next(iter(layer))
    given: dict[str, Any] = {"input": [-2, 8]}
    if kind == "prelu":
        given["prelu1.weight"] = [0.25]
    spec = {"input": 2, "layers": [layer], "example": {"given": given}}
    ask = f"{kind}1.value[{place}]"
    (marked,) = mark({"spec": spec, "questions": [ask]}, {ask: 100}).marks
    assert marked.feedback.endswith(f"The right answer is {told}")


def test_the_first_value_of_a_leaky_relu_is_not_told_by_a_relus_formula() -> None:
    """A maximum with 0 would leave nothing of the -0.2 beside it."""
    example = {"given": {"input": [1, -2]}}
    spec = {"input": 2, "layers": [{"leaky_relu": 0.1}], "example": example}
    ask = "leaky_relu1.value"
    (marked,) = mark({"spec": spec, "questions": [ask]}, {ask: [5, 5]}).marks
    told = "[1, -0.2]: the first value, 1, is not below 0, so it stays as it is."
    assert marked.feedback.endswith(told)


# Hand-worked: 2*1 + 3*2 + 1 = 9 and -1*1 + 1*2 + 0 = 1 before the relu, less 8 and 1.
STEP: dict[str, Any] = {
    "input": 2,
    "layers": [{"dense": 2}, "relu"],
    "example": {
        "given": {"input": [1, 2], "dense1.weight": [[2, 3], [-1, 1]], "dense1.bias": [1, 0]},
        "loss": {"squared_error": [8, 3]},
        "rate": 0.5,
    },
}
SLID: dict[str, Any] = {
    "input": "2x2x1",
    "layers": [{"conv": {"K": 1, "F": 1, "bias": False}}, {"avg_pool": 2}],
    "example": {
        "given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[3]]]]},
        "upstream": {"avg_pool1": [[8]]},
    },
}
# One window of a whole slice: (3 + 5 + 4 + 6)/4 = 4.5 and (1 + 1 + 1 + 0)/4 = 0.75.
SLICES = {"input": [[[3, 5], [4, 6]], [[1, 1], [1, 0]]]}
WHOLE: dict[str, Any] = {
    "input": "2x2x2",
    "layers": ["global_avg_pool"],
    "example": {"given": SLICES, "upstream": {"global_avg_pool1": [[[8]], [[-2]]]}},
}
FLAT: dict[str, Any] = {
    "input": "2x2x2",
    "layers": [{"global_max_pool": {"keep": False}}],
    "example": {"given": SLICES, "upstream": {"global_max_pool1": [8, -2]}},
}
BINS: dict[str, Any] = {
    "input": "5x1",
    "layers": [{"adaptive_avg_pool": 2}],
    "example": {
        "given": {"input": [[1, 2, 3, 4, 5]]}, "upstream": {"adaptive_avg_pool1": [[6, 12]]},
    },
}  # fmt: skip
JOINED: dict[str, Any] = {
    "inputs": {"a": 2, "b": 2},
    "layers": [{"multiply": ["a", "b"]}, {"average": ["a", "multiply1"]}],
    "example": {"given": {"a": [2, 3], "b": [5, 7]}},
}


# Hand-worked: 3*2 - 6 = 0, of which the sigmoid is 0.5 and its slope 0.25; a list of one value.
ONE: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}, "sigmoid"],
    "example": {
        "given": {"input": [2], "dense1.weight": [[3]], "dense1.bias": [-6]},
        "loss": {"squared_error": [1]},
    },
}
# tanh(0.5 + 0.25) = 0.635149, and tanh of that 0.561587.
DEEP: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": 1}, "tanh", {"dense": {"units": 1, "bias": False}}, "tanh"],
    "example": {
        "given": {
            "input": [1], "dense1.weight": [[0.5]], "dense1.bias": [0.25], "dense2.weight": [[1]],
        },
        "loss": {"half_squared_error": [0]},
        "rate": 1,
    },
}  # fmt: skip
LARGEST: dict[str, Any] = {
    "input": "2x2x1",
    "layers": [{"max_pool": 2}],
    "example": {"given": {"input": [[1, 4], [3, 2]]}, "upstream": {"max_pool1": [[7]]}},
}
BATCH: dict[str, Any] = {
    "input": 1,
    "layers": [{"dense": {"units": 1, "bias": False}}],
    "example": {
        "given": {"input": [[1], [2]], "dense1.weight": [[3]]},
        "loss": {"squared_error": [[1], [4]]},
    },
}
FLATTENED = {
    "input": "1x1x1",
    "layers": ["relu", "flatten", {"dense": {"units": 2, "bias": False}}],
    "example": {
        "given": {"input": [[5]], "dense1.weight": [[1], [2]]},
        "loss": {"squared_error": [3, 8]},
    },
}
RELU = "gradient of relu1 at [1] = 2*(output - target) = 2*(1 - 3) = -4"
MEAN = "2*(output - target)/(number of examples)"
DENSE = "gradient of dense1 at [1] = gradient of relu1 * its slope = (-4)*1 = -4"


def decayed(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a network with a weight decay of 0.5 beside its loss."""
    loss = {**spec["example"]["loss"], "weight_decay": 0.5}
    return {**spec, "example": {**spec["example"], "loss": loss}}


def scored(loss: dict[str, Any], final: str = "identity") -> dict[str, Any]:
    """Return scores 1, 3, 2 and a loss of them."""
    return {"input": 3, "layers": [final], "example": {"given": {"input": [1, 3, 2]}, "loss": loss}}


@pytest.mark.parametrize(
    ("spec", "path", "working"),
    [
        (STEP, "loss", "sum of (output - target)^2 = (9 - 8)^2 + (1 - 3)^2"),
        (STEP, "relu1.grad[1]", "2*(output - target) = 2*(1 - 3)"),
        (STEP, "dense1.grad[1]",
         f"{RELU}; gradient of relu1 * its slope = (-4)*1"),
        (STEP, "dense1.weight.grad[1,1]",
         f"{RELU}; {DENSE}; gradient of dense1 * its input = (-4)*2"),
        (STEP, "dense1.bias.grad[1]",
         f"{RELU}; gradient of dense1 at [1] = gradient of relu1 * its slope = (-4)*1"),
        (STEP, "input.grad[0]",
         "gradient of relu1 at [0] = 2*(output - target) = 2*(9 - 8) = 2;"
         " likewise at [1] = 2*(1 - 3) = -4;"
         " gradient of dense1 at [0] = gradient of relu1 * its slope = 2*1 = 2;"
         " likewise at [1] = (-4)*1 = -4;"
         " sum of weight * gradient of dense1 over the units = 2*2 + (-1)*(-4)"),
        (STEP, "dense1.weight.next[1,1]",
         f"{RELU}; {DENSE};"
         " gradient of dense1.weight = gradient of dense1 * its input = (-4)*2 = -8;"
         " weight - rate*gradient = 1 - 0.5*(-8)"),
        (ONE, "dense1.grad", "gradient of sigmoid1 = 2*(output - target) = 2*(0.5 - 1) = -1;"
         " gradient of sigmoid1 * its slope y*(1 - y) = (-1) * 0.5*(1 - 0.5)"),
        (ONE, "dense1.value", "3*2 + (-6)"),
        (ONE, "sigmoid1.value", "1/(1 + exp(0))"),
        (STEP, "relu1.value[1]", "max(0, 1)"),
        (DEEP, "dense1.weight.next[0,0]",
         "gradient of tanh2 = output - target = 0.561587 - 0 = 0.561587;"
         " gradient of dense2 = gradient of tanh2 * its slope (1 - y*y)"
         " = 0.561587*(1 - 0.561587*0.561587) = 0.384474;"
         " gradient of tanh1 = weight * gradient of dense2 = 1*0.384474 = 0.384474;"
         " gradient of dense1 = gradient of tanh1 * its slope (1 - y*y)"
         " = 0.384474*(1 - 0.635149*0.635149) = 0.229372;"
         " gradient of dense1.weight = gradient of dense1 * its input = 0.229372*1 = 0.229372;"
         " weight - rate*gradient = 0.5 - 1*0.229372"),
        (scored({"cross_entropy": 2}, "softmax"), "softmax1.value[2]",
         "exp(2)/(exp(1) + exp(3) + exp(2))"),
        (ONE, "input.grad[0]", "gradient of sigmoid1 = 2*(output - target) = 2*(0.5 - 1) = -1;"
         " gradient of dense1 = gradient of sigmoid1 * its slope y*(1 - y)"
         " = (-1) * 0.5*(1 - 0.5) = -0.25; weight * gradient of dense1 = 3*(-0.25)"),
        (SLID, "avg_pool1.value[0,0,0]", "(3 + 6 + 9 + 12)/4"),
        (SLID, "conv1.value", "the first value is 3*1"),
        (SLID, "conv1.grad[0,1,1]",
         "gradient of avg_pool1/(number of values in the window) = 8/4"),
        (SLID, "conv1.weight.grad[0,0,0,0]",
         "sum of gradient of conv1 * its input over the windows = 2*1 + 2*2 + 2*3 + 2*4"),
        (SLID, "input.grad[0,0,0]",
         "gradient of conv1 at [0,0] = gradient of avg_pool1/(number of values in the window)"
         " = 8/4 = 2; weight * gradient of conv1 = 3*2"),
        (WHOLE, "global_avg_pool1.value", "the first value is (3 + 5 + 4 + 6)/4"),
        (WHOLE, "global_avg_pool1.value[1,0,0]", "(1 + 1 + 1 + 0)/4"),
        (WHOLE, "input.grad[1,0,1]",
         "gradient of global_avg_pool1/(number of values in the slice) = (-2)/4"),
        (FLAT, "global_max_pool1.value[0]", "max(3, 5, 4, 6)"),
        (FLAT, "input.grad[0,1,1]",
         "gradient of global_max_pool1 * (1 if it is the largest of the slice, otherwise 0)"
         " = 8*1"),
        (FLAT, "input.grad[1,0,1]", "gradient of global_max_pool1"
         " * (1 if it is the largest of the slice, here the first of several equal ones,"
         " otherwise 0) = (-2)*0"),
        (BINS, "adaptive_avg_pool1.value[0,1]", "(3 + 4 + 5)/3"),
        (BINS, "input.grad[0,2]", "sum of gradient of adaptive_avg_pool1"
         "/(number of values in the bin) over the bins = 6/3 + 12/3"),
        (LARGEST, "input.grad[0,0,1]",
         "gradient of max_pool1 * (1 if it is the largest of the window, otherwise 0) = 7*1"),
        (BATCH, "dense1.weight.grad",
         f"gradient of dense1 at [0,0] = {MEAN} = 2*(3 - 1)/2 = 2;"
         " likewise at [1,0] = 2*(6 - 4)/2 = 2;"
         " sum of gradient of dense1 * its input over the examples = 2*1 + 2*2"),
        (decayed(STEP), "dense1.weight.grad[1,1]",
         f"{RELU}; {DENSE}; gradient of dense1 * its input + weight_decay * weight"
         " = (-4)*2 + 0.5*1"),
        (decayed(STEP), "dense1.bias.grad[1]",
         f"{RELU}; gradient of dense1 at [1] = gradient of relu1 * its slope = (-4)*1"),
        # 2*(1*5 - 3) = 4 and 2*(2*5 - 8) = 4 behind the flattened [5], and 1*4 + 2*4 = 12
        (FLATTENED, "relu1.grad",
         "gradient of dense1 at [0] = 2*(output - target) = 2*(5 - 3) = 4;"
         " likewise at [1] = 2*(10 - 8) = 4;"
         " gradient of flatten1 = sum of weight * gradient of dense1 over the units"
         " = 1*4 + 2*4"),
        (decayed(STEP), "dense1.weight.next[1,1]",
         f"{RELU}; {DENSE}; gradient of dense1.weight"
         " = gradient of dense1 * its input + weight_decay * weight = (-4)*2 + 0.5*1 = -7.5;"
         " weight - rate*gradient = 1 - 0.5*(-7.5)"),
        (decayed(BATCH), "dense1.weight.grad",
         f"gradient of dense1 at [0,0] = {MEAN} = 2*(3 - 1)/2 = 2;"
         " likewise at [1,0] = 2*(6 - 4)/2 = 2;"
         " sum of gradient of dense1 * its input over the examples + weight_decay * weight"
         " = 2*1 + 2*2 + 0.5*3"),
        (JOINED, "multiply1.value[1]", "3*7"),
        (JOINED, "average1.value[1]", "(3 + 21)/2"),
        (scored({"svm": 2}), "loss",
         "sum of max(0, score - score of class 2 + 1) = max(0, 1 - 2 + 1) + max(0, 3 - 2 + 1)"),
        (scored({"half_squared_error": [1, 1, 1]}), "loss",
         "(sum of (output - target)^2)/2 = ((1 - 1)^2 + (3 - 1)^2 + (2 - 1)^2)/2"),
        # e^2/(e + e^3 + e^2) = 0.244728...
        (scored({"cross_entropy": 2}, "softmax"), "input.grad[2]",
         "probability - target = 0.244728 - 1"),
        (scored({"cross_entropy": 2}, "softmax"), "loss",
         "-ln(probability of class 2) = -ln(0.244728)"),
        (scored({"cross_entropy": 2}), "loss",
         "probability of class 2 = exp(2)/(exp(1) + exp(3) + exp(2)) = 0.244728;"
         " -ln(probability of class 2) = -ln(0.244728)"),
        (BATCH, "loss", "mean over the examples of (output - target)^2"
         " = ((3 - 1)^2 + (6 - 4)^2)/2"),
        (scored({"squared_error": [1, 3, 0], "weight_decay": 0.5}), "loss",
         "sum of (output - target)^2"
         " = (1 - 1)^2 + (3 - 3)^2 + (2 - 0)^2"),
        (decayed(STEP), "loss", "sum of (output - target)^2 + weight_decay/2"
         " * sum of the squared weights = ((9 - 8)^2 + (1 - 3)^2) + 0.5/2*15"),
        (decayed(DEEP), "loss", "(output - target)^2/2 + weight_decay/2"
         " * sum of the squared weights of dense1 and dense2"
         " = (0.561587 - 0)^2/2 + 0.5/2*(0.25 + 1)"),
    ],
)  # fmt: skip
def test_gradients_losses_and_merges_have_their_working(
    spec: dict[str, Any], path: str, working: str
) -> None:
    traced = trace(spec)
    assert isinstance(traced, KnownTrace)
    subject, query = Subject(traced), read_path(path)
    found = flat(subject.answer(query))[0]
    result = f"{found:.6g}"
    assert subject.working(query) == (working if working == result else f"{working} = {result}")


SPECS = sorted((Path(__file__).resolve().parents[2] / "specs" / "lectures").iterdir())


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_no_working_of_a_lectures_example_fails(path: Path) -> None:
    """What is written out is worked out again before it is shown, so it cannot be wrong."""
    traced = trace(path)
    if not isinstance(traced, KnownTrace) or traced.spec.example is None:
        return
    subject = Subject(traced)
    for record in traced.layers:
        for ending in ("value[0,0,0]", "value[0]", "grad[0,0,0]", "grad[0]", "weight.grad[0,0]",
                       "weight.grad[0,0,0,0]", "weight.next[0,0]", "bias.grad[0]"):  # fmt: skip
            query = read_path(f"{record.name}.{ending}")
            try:
                subject.answer(query)
            except Unanswerable:
                continue
            subject.working(query)


def test_a_leaky_slope_on_the_way_back_is_worked_out() -> None:
    """Below 0, 4 comes back as 4*0.5."""
    spec = {
        "input": 2,
        "layers": [{"leaky_relu": 0.5}],
        "example": {"given": {"input": [-2, 8]}, "upstream": {"leaky_relu1": [4, 3]}},
    }
    for ask, told in (("input.grad[0]", "4*0.5 = 2."), ("input.grad[1]", "3*1 = 3.")):
        (marked,) = mark({"spec": spec, "questions": [ask]}, {ask: 100}).marks
        assert marked.feedback.endswith(f"gradient of leaky_relu1 * its slope = {told}")


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        ({"relu": {"slope": 0.5}}, "gradient of relu1 * its slope = 4*0.5 = 2."),
        ({"leaky_relu": -0.5}, "gradient of leaky_relu1 * its slope = 4*(-0.5) = -2."),
    ],
)
def test_a_slope_on_the_way_back_is_that_of_the_input(layer: Any, told: str) -> None:
    """-2 goes in, whatever sign comes out, and 4 comes back."""
    (kind,) = layer
    example = {"given": {"input": [-2, 8]}, "upstream": {f"{kind}1": [4, 3]}}
    spec = {"input": 2, "layers": [layer], "example": example}
    (marked,) = mark({"spec": spec, "questions": ["input.grad[0]"]}, {"input.grad[0]": 100}).marks
    assert marked.feedback.endswith(told)


def test_zero_has_no_sign() -> None:
    """-1.5 times an input of 0."""
    spec = {
        "input": 2,
        "layers": [{"dense": {"units": 1, "bias": False}}],
        "example": {
            "given": {"input": [0, 3], "dense1.weight": [[1, 2]]}, "upstream": {"dense1": [-1.5]},
        },
    }  # fmt: skip
    answers = {"dense1.weight.grad": [[1, 2]], "dense1.weight.grad[0,0]": 1}
    whole, first = mark({"spec": spec, "questions": [*answers]}, answers).marks
    assert whole.right == "[0, -4.5]"
    assert first.feedback.endswith("gradient of dense1 * its input = (-1.5)*0 = 0.")


def test_places_are_told_as_the_arrays_are_written() -> None:
    """A single slice is written as its rows; of two slices the place has a slice in front."""
    for units, written in ((1, "[0,0]"), (2, "[0,0,0]")):
        spec = {
            "input": "2x2x1",
            "layers": [{"conv": {"K": units, "F": 1, "bias": False}}, {"avg_pool": 1}],
            "example": {
                "given": {"input": [[1, 2], [3, 4]], "conv1.weight": [[[[3]]]] * units},
                "upstream": {"avg_pool1": [[[8, 8], [8, 8]]] * units},
            },
        }
        (marked,) = mark({"spec": spec, "questions": ["input.grad"]}, {"input.grad": 1}).marks
        assert f"gradient of conv1 at {written} = gradient of avg_pool1/" in marked.feedback
