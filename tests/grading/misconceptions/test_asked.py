"""Every misconception is asked about the questions that it says it is about, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.misconceptions import (
    MISCONCEPTIONS,
    Misconception,
    Wrong,
    misconceptions,
    register,
    wrong_answers,
)
from shapecalc.grading.misconceptions.question_context import QuestionContext
from shapecalc.grading.repeated import repeated
from tests.grading.misconceptions.test_misconceptions import (
    CASES,
    CONV,
    LINE,
    POOL,
    SETTINGS,
    UP,
    WIDE,
    net,
)

GRADING = Path(__file__).resolve().parents[3] / "shapecalc" / "grading"
NUMBERS = count(1)  # of names: what is known of a name is kept


def asked(spec: dict[str, Any], path: str, **settings: Any) -> QuestionContext:
    """Return one question about a network."""
    assignment = read_assignment({"spec": spec, "questions": [path], **settings})
    assert not assignment.diagnostics
    (question,) = assignment.questions
    return QuestionContext(question.subject, question.query, question.right)


class Planted:
    """A misconception that notes the paths of the questions that its model is asked about."""

    def __init__(self) -> None:
        self.name, self.paths = f"planted{next(NUMBERS)}", list[str]()

    def register(self, **declared: Any) -> None:
        """Register it with a declaration."""
        register(Misconception(self.name, "one was planted", self.model, **declared))

    def model(self, context: QuestionContext) -> Iterator[Wrong]:
        """Yield what is nowhere right."""
        self.paths.append(context.query.path)
        yield Wrong(1.5, "3/2")


@pytest.fixture
def planted() -> Iterator[Planted]:
    """Return a misconception that is there as long as the test runs, once it is registered."""
    one = Planted()
    yield one
    MISCONCEPTIONS.things.pop(one.name, None)


ASKED = ("conv1.output", "conv1.parameters", "conv1.macs", "conv1.flops", "conv1.weight.shape",
         "P(conv1)", "total.layers", "conv1.value", "conv1.weight.grad", "loss",
         "conv1.im2col[0,0]")  # fmt: skip
EXECUTED = ["conv1.value", "conv1.weight.grad", "loss"]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"keys": ("parameters",)}, ["conv1.parameters"]),
        ({"keys": ("output", "macs")}, ["conv1.output", "conv1.macs"]),
        ({"kinds": ("example",)}, EXECUTED),
        ({"keys": ("output",), "kinds": ("example",)}, ["conv1.output", *EXECUTED]),
        ({"kinds": ("field", "layers")}, ["P(conv1)", "total.layers"]),
        ({"keys": ("flops",)}, ["conv1.flops"]),
        ({"kinds": ("flops",)}, []),  # as these, but by a convention of the question's own
        ({}, list(ASKED)),
    ],
)
def test_a_model_is_asked_about_what_it_says(
    declared: dict[str, Any], expected: list[str], planted: Planted
) -> None:
    contexts = [asked(LINE, path) for path in ASKED]
    for context in contexts:
        wrong_answers(context)  # before it is there: nobody keeps that there is none
    planted.register(**declared)
    found = [
        context.query.path
        for context in contexts
        for misconception, _ in wrong_answers(context)
        if misconception.name == planted.name
    ]
    assert (found, planted.paths) == (expected, expected)


def test_flops_by_a_convention_are_a_kind_of_their_own(planted: Planted) -> None:
    planted.register(kinds=("flops",))
    wrong_answers(asked(LINE, "conv1.flops", flops={"mac": 1, "bias": 1}))
    assert planted.paths == ["conv1.flops"]


def test_no_volume_on_the_way_is_asked_about_of_a_model_of_counts(planted: Planted) -> None:
    planted.register(keys=("macs",))
    chain = net("9x9x1", {"conv": {"K": 2, "F": 3}}, {"conv": {"K": 2, "F": 3}})
    context = asked(chain, "conv2.macs")
    assert list(repeated(context))
    assert list(repeated(context, [planted.name])) == []
    assert planted.paths == []


def test_one_height_is_asked_about_by_its_volume(planted: Planted) -> None:
    planted.register(keys=("output",))
    wrong_answers(asked(CONV, "conv1.output.width"))
    assert planted.paths == ["conv1.output"]


@pytest.mark.parametrize(
    ("about", "word"), [({"keys": ("parametres",)}, "parametres"), ({"kinds": ("size",)}, "size")]
)
def test_what_nothing_asks_for_is_refused(about: dict[str, tuple[str, ...]], word: str) -> None:
    with pytest.raises(ValueError, match=f"is about {word}, which nothing asks for"):
        register(Misconception("about_nothing", "nothing was counted", lambda _: (), **about))
    assert "about_nothing" not in MISCONCEPTIONS


def test_models_are_asked_in_one_place() -> None:
    files = [path for path in GRADING.rglob("*.py") if ".model(" in path.read_text("utf-8")]
    assert [path.name for path in files] == ["question_context.py"]


BARE = net("32x32x3", {"conv": {"K": 10, "F": 5, "P": 2, "bias": False}})
BLOCK = net(
    "4x4x3", {"depthwise_conv": {"F": 3, "P": 1, "bias": False}}, {"conv": {"K": 2, "F": 1}}
)
DILATED = net("32x32x3", {"conv": {"K": 4, "F": 3, "P": 2, "dilation": 2}})
STRIDES = net("31x31x1", {"conv": {"K": 1, "F": 3, "S": 2}}, {"conv": {"K": 1, "F": 3, "S": 3}})
GROUPS = net("4x4x4", {"conv": {"K": 6, "F": 1, "groups": 2}})
VALID = net("6x6x1", {"conv": {"K": 2, "F": 3}})
DEEPER = net("8x8x3", {"conv": {"K": 5, "F": 3, "P": 1}}, {"conv": {"K": 2, "F": 3, "P": 1}})
FLAT = net("4x4x3", "flatten", {"dense": 2})
UNITS = net(12, {"dense": 5})
LENET = net("14x14x6", {"conv": {"K": 16, "F": 5}})
SQUEEZED = net(
    "27x27x3", {"conv": {"K": 24, "F": 1}}, {"conv": {"K": 8, "F": 1}},
    {"conv": {"K": 20, "F": 3, "P": 1}},
)  # fmt: skip
POOLED = net("4x4x3", {"max_pool": 2}, "flatten", {"dense": 2})
COUNTS = ("weights", "macs", "flops")


def counts(name: str, spec: dict[str, Any], layer: str, weights: int, at: int = 1) -> list[Any]:
    """Return the cases of a layer's counts with a mistake in its weights, at many positions."""
    numbers = (weights, at * weights, 2 * at * weights)
    return [(name, spec, f"{layer}.{key}", n) for key, n in zip(COUNTS, numbers, strict=True)]


# The questions that CASES leaves out of those that a misconception says it is about.
MORE: list[tuple[str, dict[str, Any], str, Any]] = [
    ("absent_bias_counted", BARE, "conv1.biases", 10),
    # 4*4*9*3 = 432 and 4*4*3*2 = 96, both twice
    ("block_counted", BLOCK, "conv1.flops", 864 + 192),
    ("dilation_ignored", DILATED, "P(conv1)", 1),
    ("field_summed", STRIDES, "conv2.jump", (5, 5)),
    *counts("filter_not_squared", CONV, "conv1", 5 * 3 * 10, 1024),
    *counts("filters_for_depth", CONV, "conv1", 5 * 5 * 10 * 10, 1024),
    ("forgot_bias", CONV, "conv1.unshared_parameters", 768_000),
    *counts("forgot_depth", CONV, "conv1", 5 * 5 * 10, 1024),
    *counts("forgot_filters", CONV, "conv1", 5 * 5 * 3, 1024),
    *counts("groups_ignored", GROUPS, "conv1", 4 * 6, 16),
    ("macs_at_input_size", VALID, "conv1.flops", 2 * 36 * 18),
    # 16*16 times 4*4*4*6
    ("macs_at_output_size", UP, "conv_transpose1.flops", 196_608),
    ("macs_with_biases", CONV, "conv1.flops", 1_536_000 + 10_240),
    *counts("network_depth", DEEPER, "conv2", 3 * 3 * 3 * 2, 64),
    *counts("not_flattened", FLAT, "dense1", 3 * 2),
    *counts("one_group_only", GROUPS, "conv1", 2 * 3, 16),
    *counts("one_unit", UNITS, "dense1", 12),
    ("padding_once", CONV, "P(conv1)", 4),
    ("partial_connections", LENET, "conv1.weights", 25 * 60),
    ("pool_has_weights", POOL, "max_pool1.weights", 2 * 2 * 16),
    ("product_for_volume", CONV, "conv1.input", (3072,)),
    ("swapped_axes", WIDE, "conv1.input", (32, 40, 3)),
    *counts("volume_too_early", POOLED, "dense1", 4 * 4 * 3 * 2),
    # 3*3*24*20 = 4,320 for 3*3*8*20, at 27*27 = 729 positions
    *counts("volume_too_early", SQUEEZED, "conv3", 4320, 729),
    ("volume_too_early", SQUEEZED, "conv3.parameters", 4340),
    ("volume_too_early", SQUEEZED, "conv3.weight.shape", (20, 24, 3, 3)),
    ("weights_for_macs", CONV, "conv1.flops", 2 * 750),
    ("weights_not_shared", CONV, "conv1.weights", 10_240 * 75),
    ("weights_not_shared", CONV, "conv1.biases", 10_240),
]


@pytest.mark.parametrize(
    ("name", "spec", "path", "value"), MORE, ids=[f"{case[0]}-{case[2]}" for case in MORE]
)
def test_a_misconception_answers_what_it_says(
    name: str, spec: dict[str, Any], path: str, value: Any
) -> None:
    found = [wrong.value for one, wrong in wrong_answers(asked(spec, path)) if one.name == name]
    assert value in found


def test_each_question_that_a_misconception_says_it_is_about_is_tried() -> None:
    """So that no declaration is narrower than it was without a case that tells."""
    tried: dict[str, set[str]] = {}
    for name, spec, path, _ in (*CASES, *MORE):
        context = asked(spec, path, **SETTINGS.get(name, {}))
        kind = f"a {context.query.kind}"
        tried.setdefault(name, set()).update({kind, context.key} - {""})
    left = {
        one.name: {*one.keys, *(f"a {kind}" for kind in one.kinds)} - tried.get(one.name, set())
        for one in misconceptions()
    }
    assert {name: what for name, what in left.items() if what} == {}
