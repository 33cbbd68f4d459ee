"""How many layers: the counts that papers state, and what is no layer or no kind of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"
SMALL: dict[str, Any] = {
    "input": "8x8x3",
    "blocks": {"pair": {"layers": [{"conv": {"K": 4, "F": 3, "P": 1}}, "relu"]}},
    "layers": ["pair", "pair", "batch_norm", {"dense": 5}],
}


@pytest.mark.parametrize(
    ("network", "count"),
    [
        ("alexnet", 8),  # "eight learned layers", Krizhevsky et al., 2012
        ("vgg-16", 16),  # "16 weight layers", Simonyan and Zisserman, 2015
        ("vgg-19", 19),
        (
            "darknet-53",
            53,
        ),  # Redmon and Farhadi, 2018
    ],
)
def test_weight_layers_are_those_that_papers_count(network: str, count: int) -> None:
    spec = str(NETWORKS / f"{network}.yaml")
    (question,) = read_assignment({"spec": spec, "questions": ["total.weight_layers"]}).questions
    assert question.right == count


def test_layers_of_a_network_of_a_kind_and_of_an_instance() -> None:
    asks = ["total.layers", "layers(conv)", "layers(fc)", "layers(max_pool)", "pair2.layers",
            "pair1.weight_layers", "total.weight_layers"]  # fmt: skip
    found = read_assignment({"spec": SMALL, "questions": asks})
    assert not found.findings
    assert [question.right for question in found.questions] == [6, 2, 1, 0, 2, 1, 3]
    assert [question.working for question in found.questions[:2]] == [
        "2 conv + 2 relu + 1 batch_norm + 1 dense",
        "",
    ]


@pytest.mark.parametrize(
    ("ask", "says", "hint"),
    [
        ("conv1.layers", "there is no layer conv1", ""),
        ("pair1.conv1.layers", "is one layer", "total.layers"),
        ("layers(convv)", "no kind of layer convv", "conv"),
        ("layers(conv1)", "no kind of layer conv1", "conv"),
    ],
)
def test_what_has_no_layers_is_a_fault(ask: str, says: str, hint: str) -> None:
    (found,) = read_assignment({"spec": SMALL, "questions": [ask]}).diagnostics
    assert found.code == "SC505"
    assert says in found.message
    assert hint in found.hint


def test_layers_that_a_file_only_names_are_counted_without_their_weights() -> None:
    spec = {"input": "8", "layers": [{"dense": 3}, {"operation": {"what": "LSTM", "output": 4}}]}
    found = read_assignment({"spec": spec, "questions": ["total.layers", "total.weight_layers"]})
    assert [question.right for question in found.questions] == [2]
    assert "operation1 is not computed" in found.diagnostics[0].message


def test_a_count_is_marked_as_a_number_and_told_with_its_working() -> None:
    homework = {"spec": SMALL, "questions": ["total.weight_layers", "total.layers"]}
    (right, wrong) = mark(homework, {"total.weight_layers": "3 layers", "total.layers": "7"}).marks
    assert right.verdict == "right"
    assert wrong.verdict == "wrong"
    assert "The right answer is 6: 2 conv + 2 relu + 1 batch_norm + 1 dense." in wrong.feedback


def test_credit_is_given_for_counting_the_input() -> None:
    homework = {"spec": SMALL, "questions": ["total.layers"], "partial": {"input_counted": 0.5}}
    (found,) = mark(homework, {"total.layers": "7"}).marks
    assert (found.verdict, found.points) == ("partly right", 0.5)
