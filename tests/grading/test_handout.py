"""A teacher's assignment for those who answer it: sheets, quizzes, an empty answer file."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

import shapecalc
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.handout.given import LOSSES, OF_AXES, given
from shapecalc.grading.handout.legend import EVERYBODY_KNOWS, FIELDS
from shapecalc.grading.marking import Marker
from shapecalc.grading.question import Assignment
from shapecalc.grading.rounding import USUAL_PRECISION, precision
from shapecalc.grading.submission_file import Found
from shapecalc.grading.submissions import read_submissions
from shapecalc.layers import KINDS
from shapecalc.layers.base import field_word
from shapecalc.network.example import LOSSES as ALL_LOSSES

HOSTILE = "50 % of $x_1$ & #2 {a} \\b ~^<i>\n\nq: =3"
SPEC: dict[str, Any] = {
    "input": "8x8x1",
    "layers": [{"conv": {"K": 2, "F": 3, "P": 1, "name": "a"}}, {"max_pool": 2}, "flatten"],
    "example": {"given": {"input": [[1] * 8] * 8, "a.weight": [[[[1] * 3] * 3]] * 2}},
}


@pytest.fixture
def assignment() -> Assignment:
    """Return an assignment with every kind of answer."""
    found = read_assignment(
        {
            "title": HOSTILE,
            "spec": SPEC,
            "questions": [
                "a.output", "a.parameters", "P(a)", "fits(a)", "a.value[0,1,1]", "max_pool1.value",
                {"id": "yes: no", "ask": "flatten1.output", "prompt": HOSTILE},
                {"id": "first", "ask": "max_pool1.output", "order": "depth_first"},
            ],
        }
    )  # fmt: skip
    assert found.usable, found.diagnostics
    return found


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_no_sheet_tells_an_answer(assignment: Assignment, form: str) -> None:
    """a gives 8x8x2, the pool 4x4x2, all 32; a has 20 parameters and a padding of 1."""
    text = FORMATS[form](assignment)
    for answer in ("8x8x2", "4x4x2", "2x4x4", "P=1", "32", " 20"):
        assert answer not in text
    for number in range(1, 9):
        assert f"{number}." in text


def test_a_sheet_names_its_networks_and_says_how_exact_an_answer_is(tmp_path: Path) -> None:
    """An answer of 0.0123 needs its digits, one of 8.5 has none; neither is told so."""
    dense = {"input": "1", "layers": [{"dense": 1}]}
    given = {"input": [3], "dense1.weight": [[0.5]], "dense1.bias": [7]}
    small = given | {"dense1.weight": [[0.001]], "dense1.bias": [0.0093]}
    found = read_assignment(
        {
            "due": "2026-11-20",
            "spec": {**dense, "name": "One unit", "example": {"given": given}},
            "questions": [
                "dense1.value",
                "dense1.parameters",
                {"ask": "dense1.macs", "tolerance": {"relative": 0.1}},
                {"id": "s", "ask": "dense1.value", "spec": {**dense, "example": {"given": small}}},
                "dense1.output",
            ],
        }
    )
    assert found.usable, found.diagnostics
    for form in ("markdown", "latex", "blank"):
        text = FORMATS[form](found)
        assert "To be handed in by 2026-11-20 23:59." in text
        said = re.findall(r"\(1 point(.*?)\)", text)
        assert said == [
            *(f"; {USUAL_PRECISION}", "; an exact whole number", ""),
            *(f"; {USUAL_PRECISION}", ""),
        ]
        if form != "blank":
            assert "Network 1: One unit (questions 1 to 3 and 5)" in text
            assert "Network 2 (question 4)" in text


@pytest.mark.parametrize("form", ["markdown", "latex", "gift", "moodle-xml", "text2qti"])
def test_a_sheet_gives_all_that_an_example_needs(form: str) -> None:
    """A loss cannot be worked out from a network's layers alone."""
    spec = {
        "input": "3",
        "layers": [{"dense": {"units": 1}}],
        "example": {
            "given": {"input": [1, -2, 3], "dense1.weight": [[0.5, 0, 0.25]], "dense1.bias": [7]},
            "loss": {"half_squared_error": [1.5]},
            "rate": 0.1,
        },
    }
    text = html.unescape(FORMATS[form](read_assignment({"spec": spec, "questions": ["loss"]})))
    text = re.sub(r"[\\]", "", text)
    for needed in (
        "input = [1, -2, 3]", "dense1.weight (unit, input) = [[0.5, 0, 0.25]]", "dense1.bias = [7]",
        "half the sum of the squares of output - target, for the target [1.5]",
        "learning rate: 0.1",
    ):  # fmt: skip
        assert needed in text, text
    shapes = FORMATS[form](read_assignment({"spec": spec, "questions": ["dense1.parameters"]}))
    assert "given" not in shapes  # what no question needs


def lines_given(*layers: Any, volume: str = "2x2x3", **example: Any) -> list[str]:
    """Return what a sheet says of an example."""
    spec = {"input": volume, "layers": list(layers), "example": example}
    trace = shapecalc.trace(spec)
    assert not [found for found in trace.diagnostics if found.severity == "error"]
    assert trace.spec.example
    return list(given(trace, trace.spec.example))


def test_every_loss_has_its_words_and_a_long_array_its_shape() -> None:
    assert set(LOSSES) == set(ALL_LOSSES)
    image = [[[0.0] * 20] * 20] * 3
    loss = {"cross_entropy": 6, "weight_decay": 0.01}
    assert lines_given({"dense": 10}, volume="20x20x3", given={"input": image}, loss=loss) == [
        "order of dense1: it takes the values slice by slice, each row by row",
        OF_AXES,
        "given: input (depth, row, column) = an array of 3x20x20 that is handed out beside this"
        " sheet",
        "loss: the cross-entropy, -ln of the softmax, for class 6, counted from 0,"
        " plus 0.01/2 times the sum of all squared weights of dense1, without biases",
    ]
    assert lines_given("relu", volume="2", upstream={"relu1": [1, 2.5]}) == [
        "gradient of the loss with respect to relu1: [1, 2.5]"
    ]


def test_a_sheet_says_which_layers_weights_decay() -> None:
    """Not the frozen one's, nor the scales of the normalization; of two losses it is added once."""
    frozen = {"conv": {"K": 2, "F": 1, "trainable": False}}
    layers = [{"conv": {"K": 2, "F": 1}}, frozen, "batch_norm", {"dense": 2}]
    *_, loss = lines_given(*layers, loss={"cross_entropy": 1, "weight_decay": 0.5})
    told = "plus 0.5/2 times the sum of all squared weights of conv1 and dense1, without biases"
    assert loss.endswith(f", {told}")
    many = [{"dense": 3}] * 7
    *_, loss = lines_given(*many, volume="3", loss={"svm": 1, "weight_decay": 0.5})
    assert loss.endswith("squared weights of all 7 layers, without biases")
    spec = {
        "input": 2,
        "layers": [
            {"dense": {"units": 2, "name": "a"}},
            {"dense": {"units": 2, "name": "b", "from": "input"}},
        ],
        "outputs": ["a", "b"],
        "example": {"loss": {"squared_error": {"a": [1, 2], "b": [0, 1]}, "weight_decay": 1}},
    }
    trace = shapecalc.trace(spec)
    assert trace.spec.example
    *losses, added = given(trace, trace.spec.example)
    assert not any("squared weights" in loss for loss in losses)
    weights = "1/2 times the sum of all squared weights of a and b, without biases"
    assert added == f"to the sum of these losses is added {weights}"


@pytest.mark.parametrize(
    ("kind", "told"),
    [("softmax", "-ln of the output of softmax1"), ("log_softmax", "minus the output of log_so")],
)
def test_a_softmax_is_not_told_to_be_applied_twice(kind: str, told: str) -> None:
    (loss,) = lines_given({"dense": 2}, kind, volume="2", loss={"cross_entropy": 1})
    assert told in loss
    assert "the softmax" not in loss


@pytest.mark.parametrize(
    ("volume", "order"),
    [
        ("2x2x3", "slice by slice, each row by row"),
        ("2x2x1", "row by row"),
        ("4x3", "slice by slice, each from its beginning"),
        ("4", None),
    ],
)
def test_a_sheet_says_in_which_order_a_volume_is_flattened(volume: str, order: str | None) -> None:
    for layers in (["flatten", {"dense": 1}], [{"dense": 1}]):
        lines = lines_given(*layers, volume=volume, rate=0.1)
        told = [line.partition(": it takes the values ")[2] for line in lines if "order" in line]
        assert told == ([order] if order else [])


def test_a_sheet_names_the_axes_of_an_array() -> None:
    image, filters = [[[0] * 3] * 3] * 2, [[[[0] * 2] * 2] * 2] * 4
    conv = {"conv": {"K": 4, "F": 2}}
    lines = lines_given(
        conv, volume="3x3x2", given={"input": [image, image], "conv1.weight": filters}
    )
    assert [line.partition(" =")[0] for line in lines[1:]] == [
        "given: input (example, depth, row, column)",
        "given: conv1.weight (filter, depth, row, column)",
    ]
    rows = lines_given("relu", volume="2x2x1", given={"input": [[1, 2], [3, 4]]})
    assert "given: input (row, column) = [[1, 2], [3, 4]]" in rows


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_says_how_a_list_is_written(form: str) -> None:
    spec = {"input": "2", "layers": ["relu"], "example": {"given": {"input": [1, -2]}}}
    for ask, several in (("relu1.value", True), ("relu1.value[1]", False)):
        text = FORMATS[form](read_assignment({"spec": spec, "questions": [ask]}))
        assert ("Several values are written as a list" in text) is several


def test_an_array_of_one_value_is_asked_for_and_told_as_a_number() -> None:
    """3*0.5 + 0.25 = 1.75; 2*(1.75 - 1.5) = 0.5; 0.5 - 0.1*3*0.5 = 0.35."""
    spec = {
        "input": "1", "layers": [{"dense": 1}],
        "example": {"given": {"input": [3], "dense1.weight": [[0.5]], "dense1.bias": [0.25]},
                    "loss": {"squared_error": [1.5]}, "rate": 0.1},
    }  # fmt: skip
    asked = {"spec": spec, "questions": ["dense1.bias.grad", "dense1.weight.next"]}
    found = read_assignment(asked)
    assert [question.prompt for question in found.questions] == [
        "What is the gradient of the loss with respect to the bias of dense1?",
        "What is the weight of dense1 after one step of gradient descent (rate 0.1)?",
    ]
    assert "Several values" not in FORMATS["markdown"](found)
    marker = Marker(found)
    assert [mark.right for mark in marker.mark("", {}).marks] == ["0.5", "0.35"]
    for answer in ("0.5", "[0.5]", [0.5], 0.5):
        assert marker.mark("", {"dense1.bias.grad": answer}).marks[0].verdict == "right"
    assert "The right answer is 0.5: " in marker.mark("", {"dense1.bias.grad": 7}).feedback


def test_how_many_digits_are_enough_is_not_told_of_whole_numbers() -> None:
    """A row of zeros, or a lone number, would be told by that."""
    asks = ["relu1.value", "relu1.value[1]", "avg_pool1.value", "input.grad"]
    for values, told in (([2, -3, 0, 4], [0, 1, 0, 0]), ([2, -3, 1, 4], [0, 1, 1, 0])):
        spec = {
            "input": "4x1", "layers": ["relu", {"avg_pool": 2}],
            "example": {"given": {"input": values}, "upstream": {"avg_pool1": [2, 0]}},
        }  # fmt: skip
        found = read_assignment({"spec": spec, "questions": asks})
        assert found.usable, found.diagnostics
        assert [int(precision(question) == USUAL_PRECISION) for question in found.questions] == told
    spec["example"]["given"]["input"] = [-1, -2, -3, -4]
    found = read_assignment({"spec": spec, "questions": ["relu1.value"]})
    assert precision(found.questions[0]) == USUAL_PRECISION


def test_a_sheet_says_how_a_file_of_answers_looks_which_is_read_so(
    assignment: Assignment, tmp_path: Path
) -> None:
    sheet = FORMATS["markdown"](assignment)
    (example,) = re.findall(r"`(1\. \S+)`", sheet)
    assert "`Name:` and your name on its first line" in sheet
    file = tmp_path / "ada.txt"
    file.write_text(f"Name: Ada\n{example}\n2. 2*3*3 + 2 = 20\n", encoding="utf-8")
    (found,) = read_submissions(Found(str(file)), [q.id for q in assignment.questions])
    assert found.student == "Ada"
    assert found.answers == {"a.output": "40x40x40", "a.parameters": "2*3*3 + 2 = 20"}
    for form in ("latex", "blank"):
        assert "40x40x40" not in FORMATS[form](assignment)


@pytest.mark.parametrize(
    ("asks", "line"),
    [
        (["conv1.output"], "1. 50x50x50"),  # 42 - 3 + 1 = 40: the other is right
        (["conv1.weights", "conv1.output"], "1. 40"),
        (["fits(conv1)", "conv1.receptive_field"], "2. 40x40"),
        (["conv1.output.height"], "1. 50"),
        (["conv1.receptive_field[3,4]"], "1. rows 20 to 24, columns 30 to 34"),  # 3 to 5, 4 to 6
        ([{"ask": "conv1.weights", "choices": [14400, 360]}, "conv1.biases"], "2. 50"),
        (["fits(conv1)"], ""),
        ([{"ask": "conv1.weights", "choices": [14400, 360]}], ""),
    ],
)
def test_the_line_that_a_sheet_shows_is_of_a_kind_that_is_asked_for_and_right_for_nothing(
    asks: list[Any], line: str
) -> None:
    spec = {"input": "42x42x40", "layers": [{"conv": {"K": 40, "F": 3}}]}
    found = read_assignment({"spec": spec, "questions": asks})
    assert found.usable, found.diagnostics
    shown = re.findall(r"`(\d+\. [^`]+)`", FORMATS["markdown"](found))
    assert shown == ([line] if line else [])


@pytest.mark.parametrize(
    ("ask", "line"),
    [("[0]", "1. 2.5"), ("[1]", "1. 4.5"), ("", "1. [1, -2.5, 3]")],  # of 1, 2.5, 0
)
def test_the_line_that_a_sheet_shows_for_values_is_right_for_none(ask: str, line: str) -> None:
    spec = {"input": 3, "layers": ["relu"], "example": {"given": {"input": [1, 2.5, -1]}}}
    found = read_assignment({"spec": spec, "questions": [f"relu1.value{ask}"]})
    assert f" such as `{line}`." in FORMATS["markdown"](found)


@pytest.mark.parametrize("form", ["markdown", "latex"])
def test_a_sheet_explains_its_letters(form: str) -> None:
    layers = [{"conv": {"K": 2, "F": 3}}]
    found = read_assignment(
        {"spec": {"input": "5x5x1", "layers": layers}, "questions": ["conv1.output"]}
    )
    assert "K is the number of filters; F is the size of a filter or window" in FORMATS[form](found)


SHEET: list[Any] = [
    {"conv": {"K": 4, "F": 3, "dilation": 2, "groups": 2}}, "leaky_relu",
    {"depthwise_conv": {"F": 3, "bias": False}}, {"max_pool": 2}, "global_avg_pool", "flatten",
    {"dense": 3},
]  # fmt: skip


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_explains_the_fields_and_kinds_that_not_every_course_has(form: str) -> None:
    def told(*layers: Any) -> set[str]:
        spec = {"input": "20x20x2", "layers": list(layers)}
        text = FORMATS[form](read_assignment({"spec": spec, "questions": ["total.macs"]}))
        words = re.findall(
            r"^[^\w\n]*(?:noindent )?([a-zP_]+(?:=[a-z_]+)?): ", text.replace("\\_", "_"), re.M
        )
        return set(words) - {"input", "student"}

    every = {"dilation", "groups", "bias=false", "leaky_relu", "depthwise_conv"}
    every |= {"global_avg_pool", "dense"}
    assert told(*SHEET) == every
    assert told(SHEET[3], "relu", "flatten") == set()
    assert told({"depthwise_conv": {"F": 3}}) == {"depthwise_conv"}
    assert told({"max_pool": {"F": 3, "S": 2, "rounding": "ceil"}}) == {"rounding"}
    for P in ("same", "same_lower", "valid", "full"):
        assert told({"conv": {"K": 4, "F": 3, "P": P}}) == {f"P={P}"}


def test_a_kind_is_told_with_the_usual_value_of_a_field_that_is_not_printed() -> None:
    """Keras' LeakyReLU and PyTorch's have a slope of their own; the usual one here is PyTorch's."""
    found = read_assignment({"spec": {"input": "9", "layers": SHEET[1:2]}, "questions": "all"})
    text = FORMATS["blank"](found)
    assert "# leaky_relu: x above 0, slope times x below (slope is 0.01 unless written).\n" in text


def test_a_blank_file_says_where_a_working_is_read() -> None:
    found = read_assignment({"spec": {"input": "9", "layers": SHEET[1:2]}, "questions": "all"})
    assert (
        '# Working goes behind its answer, both in quotes: "12 (3*4)"; behind a # it is not read.\n'
        in (FORMATS["blank"](found))
    )


def test_every_field_of_a_legend_is_one_that_some_layer_prints() -> None:
    shown = {field_word(name) for cls in KINDS.values() for name in cls.model_fields}
    assert {field.partition("=")[0] for field in FIELDS} <= shown
    assert set(EVERYBODY_KNOWS) <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_heading_of_one_whole_sentence(kind: str) -> None:
    """A line of a legend ends where the heading does."""
    first, _, rest = str(KINDS[kind].__doc__).partition("\n")
    assert re.match(rf"{kind}( \([\w, ]+\))?: ", first)
    assert first.endswith(".")
    assert not rest.strip() or rest.startswith("\n")


def test_c_is_explained_where_the_shape_of_a_weight_is_asked() -> None:
    spec = {"input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    shape = read_assignment({"spec": spec, "questions": ["conv1.weight.shape"]})
    assert "C is the depth of the input" in FORMATS["markdown"](shape)
    other = read_assignment({"spec": spec, "questions": ["conv1.output"]})
    assert "C is the depth" not in FORMATS["markdown"](other)


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_has_its_authors_description(form: str) -> None:
    spec = {"input": "5x5x1", "layers": ["relu"]}
    description = "Do this on paper.\nA calculator is fine."
    asked = {"description": description, "spec": spec, "questions": ["relu1.output"]}
    text = FORMATS[form](read_assignment(asked))
    assert "Do this on paper." in text
    assert "A calculator is fine." in text


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"penalty": 0.25}, "Who hands in late loses 25 % of the points reached."),
        (
            {"penalty": {"per_day": 0.1, "most": 0.5}},
            "Who hands in late loses 10 % of the points reached for each day that has begun, 50 %"
            " at most.",
        ),
        ({"attempts": "latest"}, "Of several attempts the latest counts."),
        ({"penalty": 0}, ""),
    ],
)
@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_says_what_being_late_costs(form: str, keys: dict[str, Any], told: str) -> None:
    spec = {"input": "5x5x1", "layers": ["relu"]}
    found = read_assignment(
        {"due": "2026-11-20", "spec": spec, "questions": ["relu1.output"], **keys}
    )
    text = FORMATS[form](found).replace("\\", "")
    assert told in text
    assert ("hands in late" in text) is bool(keys.get("penalty"))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"follow_through": 0.75}, "from wrong answers of yours gets 75 % of its points.\n"),
        (
            {"partial": {"forgot_bias": 0.5}},
            "For some mistakes there is a part of the points: show",
        ),
        ({}, ""),
    ],
)
@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_sheet_says_what_else_gets_points(form: str, keys: dict[str, Any], told: str) -> None:
    """The mistakes are not named: who reads that biases are forgotten forgets none."""
    spec = {"input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    asked = ["conv1.output", "conv1.parameters"]
    text = FORMATS[form](read_assignment({"spec": spec, "questions": asked, **keys}))
    text = text.replace("\\", "")
    assert told in text
    assert (" of the points" in text or " of its points" in text) is bool(keys)
    assert "biases were" not in text
    one = [{"ask": ask, **(keys if ask != asked[0] else {})} for ask in asked]
    text = FORMATS[form](read_assignment({"spec": spec, "questions": one}))
    assert ("points in question 2" in text) is bool(keys)


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_questions_about_several_networks_stand_in_their_order_with_its_name(form: str) -> None:
    one = {"name": "One", "input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    other = {**one, "name": "Two"}
    asks = [
        {"id": "a", "ask": "conv1.output", "spec": one},
        {"id": "b", "ask": "fits(conv1)", "spec": other},
        {"id": "c", "ask": "conv1.parameters", "spec": one},
    ]
    text = FORMATS[form](read_assignment({"questions": asks}))
    found = re.findall(r"(\d)\.[ *}]+Network (\d) \((One|Two)\)\. conv1: conv", text)
    assert found == [("1", "1", "One"), ("2", "2", "Two"), ("3", "1", "One")]


@pytest.mark.parametrize(
    ("layer", "order"),
    [
        ({"conv": {"K": 2, "F": 3}}, "(filters x depth x height x width)"),
        ({"conv": {"K": 4, "F": 3, "groups": 2}}, "(filters x depth of a filter x height x width)"),
        ({"depthwise_conv": {"F": 3}}, "(filters x depth of a filter x height x width)"),
        ({"conv_transpose": {"K": 2, "F": 3}}, "(depth of the input x filters x height x width)"),
    ],
)
def test_the_shape_of_a_weight_is_asked_for_with_the_order_of_its_axes(
    layer: dict[str, Any], order: str
) -> None:
    spec = {
        "input": "5x5x4",
        "layers": [{next(iter(layer)): {**layer[next(iter(layer))], "name": "a"}}],
    }
    found = read_assignment({"spec": spec, "questions": ["a.weight.shape", "a.bias.shape"]})
    weight, bias = found.questions
    assert weight.prompt.endswith(f"What is the shape of its weights, as PyTorch has it {order}?")
    assert bias.prompt.endswith("What is the shape of its bias, as PyTorch has it?")


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_a_choice_is_answered_with_a_letter(form: str) -> None:
    question = {"ask": "conv1.parameters", "choices": [18, 20]}
    spec = {"input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    text = FORMATS[form](read_assignment({"spec": spec, "questions": [question]}))
    assert "(1 point; answer with a letter)" in text


def test_a_blank_file_has_the_networks() -> None:
    one = {"name": "One", "input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    asks = [
        {"ask": "conv1.output", "spec": one},
        {"id": "b", "ask": "total.macs", "spec": {**one, "name": "B"}},
    ]
    text = FORMATS["blank"](read_assignment({"questions": asks}))
    assert "# Network 1: One (question 1)\n#   input: 5x5x1\n#   conv1: conv K=2 F=3" in text
    assert "# Network 2: B (question 2)" in text


@pytest.mark.parametrize("form", ["gift", "moodle-xml", "text2qti"])
def test_a_platforms_question_names_its_network_as_its_text_does(form: str) -> None:
    one = {"name": "One", "input": "5x5x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    asks = [
        {"id": str(n), "ask": "total.macs", "spec": {**one, "name": name}}
        for n, name in ((1, "A"), (2, "B"))
    ]
    text = FORMATS[form](read_assignment({"questions": asks})).replace("\\", "")
    assert "Network 2 (B): input: 5x5x1" in text
    assert "Network 2 (B). How many" in text


def test_a_blank_file_is_an_answer_file(assignment: Assignment, tmp_path: Path) -> None:
    text = FORMATS["blank"](assignment)
    keys = yaml.safe_load(text)
    assert list(keys) == ["student", *(question.id for question in assignment.questions)]
    assert set(keys.values()) == {None}
    filled = tmp_path / "ann.yaml"
    for question in assignment.questions:
        shown = question.right_shown
        text = text.replace(f"{json.dumps(question.id)}:", f"{json.dumps(question.id)}: '{shown}'")
    filled.write_text(text, encoding="utf-8")
    (found,) = read_submissions(Found(str(filled)), [q.id for q in assignment.questions])
    assert Marker(assignment).mark("Ann", found.answers).score == 8


def test_quizzes_have_every_question_and_its_network(assignment: Assignment) -> None:
    root = ElementTree.fromstring(FORMATS["moodle-xml"](assignment))
    texts = [node.findtext("questiontext/text") or "" for node in root.findall("question")][1:]
    assert len(texts) == 8
    order = "(height x width x depth)"  # for one question asks for the depth first
    network = f"The network: input: 8x8x1 {order}; a: conv K=2 F=3 S=1 P=?;"
    assert all(text.startswith(network) for text in texts)
    kinds = [node.get("type") for node in root.findall("question")][1:]
    assert kinds[2:6] == ["numerical", "truefalse", "numerical", "shortanswer"]
    last = root.findall("question")[-1]
    assert "2x4x4" in [node.findtext("text") for node in last.findall("answer")]
    gift = FORMATS["gift"](assignment)
    assert gift.count("\n::") == 8
    assert "= " in FORMATS["text2qti"](assignment)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
@pytest.mark.slow
def test_the_document_is_latex(assignment: Assignment, tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text(FORMATS["latex"](assignment), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_list_has_several_spellings_for_a_platform_and_each_is_marked_right() -> None:
    spec = {
        "input": "2",
        "layers": [{"dense": {"units": 2, "bias": False}}],
        "example": {"given": {"input": [1, 2], "dense1.weight": [[1, 0], [0.25, 0]]}},
    }
    assignment = read_assignment({"spec": spec, "questions": [{"id": "q", "ask": "dense1.value"}]})
    root = ElementTree.fromstring(FORMATS["moodle-xml"](assignment))
    spelled = [str(answer.findtext("text")) for answer in root.iter("answer")]
    assert {"[1, 0.25]", "1, 0.25", "1 0.25"} <= set(spelled)
    marker = Marker(assignment)
    assert all(marker.mark("", {"q": text}).score == 1 for text in spelled)
    (told,) = [q.findtext("generalfeedback/text") for q in root if q.find("answer") is not None]
    assert told


def test_an_answer_written_as_a_blank_file_says_is_read(tmp_path: Path) -> None:
    """A list with text behind it is no YAML, in quotes it is."""
    given = {"input": [1, -1], "dense1.weight": [[1, 0], [0, 1]], "dense1.bias": [0, 0]}
    spec = {"input": 2, "layers": [{"dense": 2}], "example": {"given": given}}
    found = read_assignment({"spec": spec, "questions": ["dense1.value", "dense1.parameters"]})
    path = tmp_path / "ann.yaml"
    text = FORMATS["blank"](found).replace('value":', 'value": "[1, -1] (W x)"')
    path.write_text(text.replace('eters":', 'eters": "6 (2*2 + 2)"'), encoding="utf-8")
    (ann,) = grade(found, [Found(str(path))]).graded
    assert [mark.verdict for mark in ann.marked.marks] == ["right", "right"]
    assert ann.notes == ()
