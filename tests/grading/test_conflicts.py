"""Questions of a sheet that need each other's answers, or tell them."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import read_assignment
from shapecalc.grading.handout.conflicts import conflicts

SPEC: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 10, "F": 5, "P": 2}}, "relu", {"max_pool": 2}],
}


def told(*questions: Any, **keys: Any) -> list[str]:
    found = read_assignment({"spec": SPEC, "questions": list(questions), **keys})
    assert found.usable, found.diagnostics
    return list(conflicts(found))


@pytest.mark.parametrize(
    "other",
    ["conv1.output", "relu1.output", "relu1.input", "max_pool1.input", "conv1.output.depth"],
)
def test_a_field_and_the_volume_that_it_follows_from(other: str) -> None:
    """P from the output, and the output from P: whoever knows neither can find none."""
    (said,) = told(other, "P(conv1)")
    assert said.startswith(
        "questions 1 and 2: P of conv1 follows from its output only, and that from P; leave one out"
    )
    given = {"ask": "P(conv1)", "prompt": "Which padding of conv1 keeps height and width?"}
    assert told(other, given) == []


TELLS = (
    "the text of question 2 tells 16x16x4, and question 1 asks for that height and width; leave one"
    " out, or give it in a prompt of your own"
)


@pytest.mark.parametrize(
    ("other", "field", "padding", "said"),
    [
        ("max_pool1.output", "P(conv2)", 1, [TELLS]),
        ("max_pool1.output.width", "K(conv2)", 1, [TELLS]),
        ("max_pool1.activations", "P(conv2)", 1, [TELLS]),
        ("max_pool1.output.depth", "P(conv2)", 1, []),
        ("max_pool1.output", "P(conv2)", 0, []),  # 14x14x4, from which 16 does not follow
        ("conv2.parameters", "P(conv2)", 1, []),
    ],
)
def test_the_output_of_a_layer_that_keeps_the_size_which_another_asks_for(
    other: str, field: str, padding: int, said: list[str]
) -> None:
    last = {"conv": {"K": 4, "F": 3, "P": padding}}
    spec = {**SPEC, "layers": [*SPEC["layers"], last]}
    assert told(other, field, spec=spec) == said
    own = {"ask": field, "prompt": "What keeps the height and the width there?"}
    assert told(other, own, spec=spec) == []


def test_two_fields_that_give_one_size() -> None:
    """F=5, P=2 and F=3, P=1 both keep 32."""
    (said,) = told("F(conv1)", "max_pool1.output", "P(conv1)")
    assert said.startswith("questions 1 and 3: F and P of conv1 follow only from each other; ")


@pytest.mark.parametrize(
    "questions",
    [
        ["conv1.output", "conv1.parameters", "max_pool1.output", "fits(conv1)"],
        ["P(conv1)", "max_pool1.output", "conv1.parameters"],
        ["K(conv1)", "P(conv1)"],
        ["conv1.output", {"ask": "P(conv1)", "prompt": "Which padding keeps the size?"}],
    ],
)
def test_what_can_be_answered_is_not_told(questions: list[Any]) -> None:
    assert told(*questions) == []


def test_a_field_that_another_network_is_printed_with() -> None:
    """The second network is printed with its P=2, and its conv1 is the first one's."""
    also = {"id": "q2", "ask": "max_pool1.parameters", "spec": {**SPEC, "name": "Variant"}}
    (said,) = told("P(conv1)", also)
    assert said == (
        "question 1: P of conv1 is printed with Network 2 (Variant), which has the same layer;"
        " ask about another one"
    )
    own = {"ask": "P(conv1)", "prompt": "Which padding keeps the size?"}
    assert told(own, also) == [said]
    assert told("P(conv1)", {**also, "ask": "P(conv1)"}) == []
    assert told(own, {**also, "ask": "padding(conv1)"}) == []
    layers = [{"conv": {"K": 10, "F": 5, "P": 1}}, *SPEC["layers"][1:]]
    assert told("P(conv1)", {**also, "spec": {**SPEC, "layers": layers}}) == []


def test_another_network_is_another_matter() -> None:
    other = {"ask": "P(conv1)", "spec": {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}]}}
    assert told("conv1.output", {**other, "id": "q2"}) == []


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        ("The output is 32x32x10. How many values?", True),
        ("The output is 32 x 32 x 10. How many values?", True),
        ("The output is 132x32x10. How many values?", False),
        ("How many parameters, if the input is 32x32x3?", False),
    ],
)
def test_a_text_that_tells_another_answer(prompt: str, says: bool) -> None:
    found = told("conv1.output", {"ask": "conv1.parameters", "prompt": prompt})
    expected = "the text of question 2 tells the answer to question 1: 32x32x10"
    assert found == ([expected] if says else [])


def test_a_text_that_tells_a_count() -> None:
    prompt = "conv1 has 760 parameters. How many MACs?"
    found = told("conv1.parameters", {"ask": "conv1.macs", "prompt": prompt})
    assert found == ["the text of question 2 tells the answer to question 1: 760"]


def test_a_flattened_volume_that_is_asked_for_is_not_told() -> None:
    layers = [*SPEC["layers"], "flatten", {"dense": 7}]
    found = read_assignment(
        {"spec": {**SPEC, "layers": layers}, "questions": ["max_pool1.output", "dense1.parameters"]}
    )
    assert "2560" not in found.questions[1].prompt  # 16*16*10
    alone = read_assignment(
        {"spec": {**SPEC, "layers": layers}, "questions": ["dense1.parameters"]}
    )
    assert "2560" in alone.questions[0].prompt
