"""Counts in parts by name, and what a class sees of an answer that is a mapping.

conv1 has 5*5*3*10 = 750 weights and 10 biases; dense1 24*24*10*2 = 11,520 and 2; together 12,282.
"""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.marks import Mark
from shapecalc.grading.submission_file import Found

SPEC = {"input": "28x28x3", "layers": [{"conv": {"K": 10, "F": 5}}, "flatten", {"dense": 2}]}
LAYERS = {"conv1": 760, "dense1": 11522}


def marked(ask: str, answer: Any) -> Mark:
    return mark({"spec": SPEC, "questions": [ask]}, {ask: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    [
        {"weights": 750, "biases": 10},
        {"Weights": "750", "bias": 10.0},
        {"weights": "5*5*3*10 = 750", "biases": 10},
        {"weights": 750, "biases": 10, "total": 760},
        "weights: 750, biases: 10",
        "weights = 750, biases = 10",
        "750 weights and 10 biases",
        "750 weights + 10 biases",
        "750 weights 10 biases",
        "10 biases; 5*5*3*10 weights",
        "weights: 5x5x3x10 = 750, bias: 10",
        "750 (weights) + 10 (biases)",
        "weights - 750, biases - 10",
        "weights: 750 (5*5*3*10), biases: 10 (one each)",
        "weights: 750, biases: 10, total: 760",
        "weights: 750\nbiases: 10\n",
        "750 weights\n+ 10 biases",
        "750 (+10 bias)",
        "750 weights (+ 10 biases)",
        "750 (plus 10 for the biases)",
        "760 (750 weights + 10 biases)",
        "760 parameters in all (750 weights and 10 biases)",
    ],
)
def test_weights_and_biases_are_added_up(answer: Any) -> None:
    found = marked("conv1.parameters", answer)
    assert found.verdict == "right"
    assert "750" in found.note
    assert found.note.endswith("= 760")


def test_a_total_is_the_sum_of_its_layers() -> None:
    found = marked("total.parameters", LAYERS)
    assert (found.verdict, found.note) == ("right", "read as 760 + 11,522 = 12,282")
    assert marked("total.parameters", {"weights": 12270, "biases": 12}).verdict == "right"
    assert (
        marked("total.parameters", {"conv1": 750, "dense1": 11520}).misconception == "forgot_bias"
    )


def test_a_layer_that_has_none_may_be_a_part_of_a_total() -> None:
    assert marked("total.parameters", {"flatten1": 0, **LAYERS}).verdict == "right"
    assert marked("total.parameters", {"flatten1": 1, **LAYERS}).verdict == "needs a look"


@pytest.mark.parametrize(
    "answer",
    [
        "weights: 1, weights: 750, biases: 10",
        "-750 weights and 1510 biases",
        "weights: 750; biases: 10; total: 770",
        "weights: 750, biases: 10, and 5 more",
        {"weights": 750, "bias": 5, "biases": 10},
        {"weights": 750, "biases": 10, "Weights": 1},
    ],
)
def test_parts_that_contradict_each_other_are_for_a_person(answer: Any) -> None:
    assert marked("conv1.parameters", answer).verdict == "needs a look"


@pytest.mark.parametrize(
    ("ask", "answer", "verdict"),
    [
        ("conv1.parameters", "760 (+10 bias)", "needs a look"),  # 770, or 760 with them?
        ("conv1.parameters", "750 (+1 bias)", "wrong"),
        ("conv1.parameters", "740 (+10 bias)", "wrong"),
        ("conv1.parameters", "760 (750 weights + 11 biases)", "needs a look"),
        ("conv1.parameters", "761 (751 weights + 10 biases)", "wrong"),
        ("conv1.weights", "750 (+10 bias)", "right"),
        ("conv1.weights", "760 (750 weights + 10 biases)", "needs a look"),
    ],
)
def test_biases_in_brackets_are_added_to_the_weights_alone(
    ask: str, answer: str, verdict: str
) -> None:
    assert marked(ask, answer).verdict == verdict


def test_a_wrong_sum_gets_the_name_of_its_mistake() -> None:
    found = marked("conv1.parameters", "weights: 750, biases: 1")
    assert (found.verdict, found.misconception) == ("wrong", "one_bias")
    assert found.feedback.startswith("Read as 750 + 1 = 751.")


@pytest.mark.parametrize(
    ("ask", "answer", "shown"),
    [
        ("conv1.parameters", {"weights": 750}, "{weights: 750}"),
        ("conv1.parameters", {"weights": 750, "bias": 10, "other": 1}, None),
        ("conv1.parameters", {"weights": 750, "bias": 10, "total": 761}, None),
        ("conv1.parameters", {"weights": [750, 1], "bias": {"a": 1}},
         "{weights: [750, 1], bias: {a: 1}}"),
        ("conv1.macs", {"weights": 750, "biases": 10}, "{weights: 750, biases: 10}"),
        ("total.parameters", {"conv1": 760}, "{conv1: 760}"),
        ("total.parameters", {"conv1": 760, "dense9": 11522}, None),
    ],
)  # fmt: skip
def test_other_names_are_for_a_person_who_sees_what_was_handed_in(
    ask: str, answer: Any, shown: str | None
) -> None:
    found = marked(ask, answer)
    assert found.verdict == "needs a look"
    assert "a mapping" not in f"{found.answer} {found.feedback}"
    assert shown is None or found.answer == shown


def test_a_result_behind_the_parts_counts() -> None:
    assert marked("conv1.parameters", "750 weights + 10 biases = 760").verdict == "right"
    assert marked("conv1.parameters", "750 weights + 10 biases = 770").verdict == "wrong"
    assert marked("conv1.weights", "weights: 750, biases: 10").verdict == "right"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "q1:\n  weights: 7.5e2\n  biases: 10\n"),
        ("a.json", '{"q1": {"weights": 7.5e2, "biases": 10}}'),
    ],
)
def test_numbers_of_parts_are_shown_as_they_were_written(
    tmp_path: Any, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    spec = {"spec": SPEC, "questions": [{"id": "q1", "ask": "conv1.parameters"}]}
    (graded,) = grade(read_assignment(spec), [Found(str(path))]).graded
    (found,) = graded.marked.marks
    assert (found.verdict, found.answer) == ("right", "{weights: 7.5e2, biases: 10}")


def test_a_long_or_deep_answer_is_shown_from_its_beginning() -> None:
    long = {f"k{n}": n for n in range(1000)}
    assert marked("conv1.parameters", long).answer.startswith("{k0: 0, k1: 1, k2: 2, ")
    assert marked("conv1.parameters", [[7]] * 1000).answer.startswith("[[7], [7], ")
    assert marked("conv1.parameters", [[[[[[[[7]]]]]]]]).answer == "[[[[[[[...]]]]]]]"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("760: 750 weights and one bias for each of the 10 filters", "right"),
        ("760: 750 weights plus 1 bias for each of the 10 filters", "right"),
        ("750 weights and one bias for each of the 10 filters, so 760", "right"),
        ("750: 750 weights and one bias for each of the 10 filters", "wrong"),
        # without a total they may be of all filters, or of each
        ("750 weights and one bias for each of the 10 filters", "needs a look"),
        ("75 weights and one bias for each of the 10 filters", "needs a look"),
        ("760: 740 weights and one bias for each of the 10 filters", "needs a look"),
        ("760: 75 weights and one bias for each of the 10 filters", "needs a look"),
    ],
)
def test_a_bias_for_each_of_some_filters_is_as_many_beside_the_total(
    answer: str, verdict: str
) -> None:
    assert marked("conv1.parameters", answer).verdict == verdict
