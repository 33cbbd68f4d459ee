"""Reading assignments: what is computed for each question, and every fault at its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import read_assignment

CONV = "spec: {input: 32x32x3, layers: [conv: {K: 10, F: 5, P: 2}]}\n"
OUTPUT = "questions: [conv1.output]\n"
ASKED = CONV + "questions:\n  - "


def written(text: str, folder: Path) -> Any:
    """Read an assignment from a file."""
    path = folder / "assignment.yaml"
    path.write_text(text, encoding="utf-8")
    return read_assignment(path)


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        ("questions: [conv1.output\n", "SC101", 2, ""),
        ("- a\n", "SC503", 1, "a mapping"),
        (CONV, "SC502", 1, "no questions"),
        ("input: 8x8x3\nlayers: [relu]\n", "SC503", 1, "spec of a network"),
        (CONV + "questions: []\n", "SC502", 2, "no questions"),
        (CONV + "questions: 3\n", "SC503", 2, "list"),
        (CONV + "question: []\nquestions: [conv1.output]\n", "SC501", 2, "question"),
        (ASKED + "conv1.output\n  - conv2.output\n", "SC505", 4, "conv2"),
        (ASKED + "{ask: conv1.size}\n", "SC505", 3, "size"),
        (ASKED + "{ask: G(conv1)}\n", "SC505", 3, "field"),
        (ASKED + "{ask: 'conv1.value[0,0,0]'}\n", "SC505", 3, "example"),
        (ASKED + "{ask: conv1.output, point: 1}\n", "SC501", 3, "point"),
        (ASKED + "{ask: conv1.output, points: -1}\n", "SC503", 3, "points"),
        (ASKED + "{ask: conv1.output, points: .nan}\n", "SC503", 3, "points"),
        (ASKED + "{points: 1}\n", "SC502", 3, "asks nothing"),
        (ASKED + "{ask: 3}\n", "SC503", 3, "text"),
        (ASKED + "3\n", "SC503", 3, "path or a mapping"),
        (ASKED + "conv1.output\n  - conv1.output\n", "SC506", 4, "two questions"),
        (ASKED + "{ask: conv1.parameters, key: 750}\n", "SC507", 3, "biases"),
        (ASKED + "{ask: conv1.parameters, key: many}\n", "SC503", 3, "key"),
        (CONV + "partial: {forgot_bais: 1}\nquestions: all\n", "SC501", 2, "forgot_bais"),
        (CONV + "partial: 1\nquestions: [conv1.output]\n", "SC503", 2, "mapping"),
        (CONV + "follow_through: much\nquestions: [conv1.output]\n", "SC503", 2, "follow_through"),
        ("questions: [conv1.output]\n", "SC502", 1, "no spec"),
        ("questions: all\n", "SC502", 1, "spec"),
        ("spec: nowhere.yaml\nquestions: [conv1.output]\n", "SC504", 1, "nowhere.yaml"),
        ("spec: 3\nquestions: [conv1.output]\n", "SC503", 1, "path or a network"),
        ("spec: {input: 9x9x1, layers: [convv: 3]}\nquestions: all\n", "SC504", 1, "SC105"),
        ("spec: {input: 3, layers: [conv: {K: 1, F: 3}]}\n" + OUTPUT, "SC504", 2, "flat"),
        (
            "spec: {input: 5x5x3, layers: [conv: {K: 4, F: 9}, conv: {K: 4, F: 3}]}\n"
            "questions: [conv2.weight.shape]\n",
            "SC504", 2, "F=9 is larger than the padded input 5",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_is(
    text: str, code: str, line: int, said: str, tmp_path: Path
) -> None:
    found = written(text, tmp_path)
    assert not found.usable
    assert [(d.code, d.line) for d in found.diagnostics] == [(code, line)]
    assert said in found.diagnostics[0].message


def test_a_sound_question_is_kept_beside_a_faulty_one(tmp_path: Path) -> None:
    found = written(CONV + "questions: [conv1.output, conv9.output]\n", tmp_path)
    assert [question.id for question in found.questions] == ["conv1.output"]
    assert not found.usable


def test_all_asks_for_every_volume_and_the_parameters_where_there_are_any() -> None:
    spec = {"input": "8x8x1", "layers": [{"conv": {"K": 2, "F": 3}}, "relu", {"dense": 4}]}
    found = read_assignment({"spec": spec, "questions": "all"})
    assert [(question.id, question.right) for question in found.questions] == [
        ("conv1.output", (6, 6, 2)),
        ("conv1.parameters", 20),
        ("relu1.output", (6, 6, 2)),
        ("dense1.output", (4,)),
        ("dense1.parameters", 292),
    ]


def test_a_stride_that_does_not_fit_may_be_asked_for() -> None:
    spec = {"input": "7x7x1", "layers": [{"conv": {"K": 1, "F": 3, "S": 3}}]}
    found = read_assignment({"spec": spec, "questions": ["fits(conv1)"]})
    assert found.usable
    assert found.questions[0].right is False


def test_instances_answer_with_their_sums() -> None:
    conv = {"conv": {"K": 4, "F": 3, "P": 1}}
    blocks = {"pair": {"layers": [conv, conv]}}
    spec = {"input": "8x8x4", "blocks": blocks, "layers": ["pair", "pair"]}
    asks = ["pair2.parameters", "pair1.conv2.parameters", "pair2.output", "pair2.receptive_field"]
    found = read_assignment({"spec": spec, "questions": asks})
    assert [question.right for question in found.questions] == [296, 148, (8, 8, 4), (9, 9)]


def test_a_value_is_shown_with_its_products() -> None:
    spec = {
        "input": "3x1",
        "layers": [{"conv": {"K": 1, "F": 2}}, {"max_pool": 2}],
        "example": {"given": {"input": [1, 2, -3], "conv1.weight": [4, 5], "conv1.bias": [6]}},
    }
    asks = ["conv1.value[0,1]", "max_pool1.value[0,0]"]
    found = read_assignment({"spec": spec, "questions": asks})
    assert [(q.right, q.working) for q in found.questions] == [
        (-1.0, "4*2 + 5*(-3) + 6 = -1"),
        (20.0, "max(20, -1) = 20"),
    ]


def test_workings_tell_what_is_asked_for_and_no_more() -> None:
    layers: list[Any] = [{"conv": {"K": 8, "F": 3}}, {"max_pool": 2}, {"dense": 5}]
    asks = ["total.parameters", "max_pool1.receptive_field", "dense1.activations"]
    found = read_assignment({"spec": {"input": "10x10x3", "layers": layers}, "questions": asks})
    total, field, _ = (question.working for question in found.questions)
    assert total == "conv1 224 + dense1 645"  # 3*3*3*8 + 8 and 4*4*8*5 + 5
    assert field.endswith(" = 1 + (3 - 1)*1 + (2 - 1)*1 = 4")


def test_a_place_outside_is_answered_with_one_inside() -> None:
    spec = {"input": "2", "layers": [{"dense": 1}, {"dense": 3}],
            "example": {"given": {"input": [1, 2], "dense1.weight": [[1, 1]],
                                  "dense2.weight": [[1], [1], [1]]}}}  # fmt: skip
    asks = ["dense1.value[0,0,0]", "dense2.value[3]"]
    one, three = read_assignment({"spec": spec, "questions": asks}).diagnostics
    assert (one.message, one.hint) == (
        "dense1.value[0,0,0]: dense1 has one value", "write dense1.value[0]"
    )  # fmt: skip
    assert three.hint == "the last value is dense2.value[2]; indices count from 0, depth first"


def test_a_value_that_would_be_drawn_is_refused() -> None:
    spec = {"input": "2", "layers": [{"dense": 1}], "example": {"given": {"input": [1, 2]}}}
    (found,) = read_assignment({"spec": spec, "questions": ["dense1.value"]}).diagnostics
    assert found.code == "SC505"
    assert "dense1.weight would be drawn" in found.message


@pytest.mark.parametrize(
    "ask", ["conv1.value[0,0,9]", "conv1.value[0]", "conv9.value[0]", "conv1.slope.grad"]
)
def test_places_outside_an_array_are_refused(ask: str) -> None:
    spec = {
        "input": "3x3x1",
        "layers": [{"conv": {"K": 1, "F": 2}}],
        "example": {
            "given": {"input": [[1, 2, 3]] * 3, "conv1.weight": [[1, 2], [3, 4]]},
            "upstream": {"conv1": [[1, 1], [1, 1]]},
        },
    }
    found = read_assignment({"spec": spec, "questions": [ask]})
    assert [d.code for d in found.diagnostics] == ["SC505"]


# -- strides that do not fit -----------------------------------------------------------------------

MISFIT = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 10, "F": 5, "S": 2}}, {"max_pool": 2}, {"conv": {"K": 4, "F": 3}}],
}


@pytest.mark.parametrize(
    "ask",
    ["conv1.output", "conv1.macs", "conv1.activations", "conv2.output", "conv2.input",
     "max_pool1.output", "total.macs"],
)  # fmt: skip
@pytest.mark.parametrize("network", [MISFIT, {**MISFIT, "rounding": "exact"}])
def test_behind_a_stride_that_does_not_fit_nothing_is_known(ask: str, network: Any) -> None:
    read = read_assignment({"spec": network, "questions": [{"id": "q", "ask": ask}]})
    (found,) = [d for d in read.diagnostics if d.severity == "error"]
    assert found.code == "SC504"
    assert "(32 - 5 + 2*0)/2 + 1 = 14.5" in found.message
    if "rounding" not in network:
        assert "rounding: floor gives 14x14" in found.hint
        mended = {**network, "rounding": "floor"}
        assert read_assignment({"spec": mended, "questions": [ask]}).usable


@pytest.mark.parametrize(
    ("ask", "right"),
    [("conv2.parameters", 4 * 3 * 3 * 10 + 4), ("conv2.biases", 4), ("conv2.output.depth", 4),
     ("conv2.weight.shape", (4, 10, 3, 3)), ("total.parameters", 760 + 364),
     ("conv1.receptive_field", (5, 5))],
)  # fmt: skip
def test_behind_such_a_stride_what_hangs_on_depths_alone_is_known(ask: str, right: Any) -> None:
    """The size that was rounded down stands in no text."""
    (found,) = read_assignment({"spec": MISFIT, "questions": [ask]}).questions
    assert found.right == right
    assert not re.search(r"\b(14|7)x", found.prompt + found.working)


@pytest.mark.parametrize("ask", ["dense1.parameters", "total.parameters", "flatten1.activations"])
def test_behind_such_a_stride_what_hangs_on_sizes_is_not(ask: str) -> None:
    layers = [{"conv": {"K": 10, "F": 5, "S": 2}}, "flatten", {"dense": 10}]
    (found,) = read_assignment(
        {"spec": {"input": "32x32x3", "layers": layers}, "questions": [ask]}
    ).diagnostics
    assert found.code == "SC504"


@pytest.mark.parametrize("ask", ["conv1.parameters", "conv1.input", "fits(conv1)", "S(conv1)"])
def test_what_does_not_follow_from_the_size_may_be_asked(ask: str) -> None:
    read = read_assignment({"spec": MISFIT, "questions": [{"id": "q", "ask": ask}]})
    assert [d for d in read.diagnostics if d.severity == "error"] == []


DEEP: dict[str, Any] = {
    **MISFIT,
    "layers": [
        *MISFIT["layers"],
        {"conv": {"K": 4, "F": 3, "P": 1}},
        {"conv": {"K": 8, "F": 3, "P": "same"}},
        {"avg_pool": {"F": 3, "S": 2}},
        {"conv_transpose": {"K": 2, "F": 2, "S": 2}},
    ],
}


@pytest.mark.parametrize(
    "ask",
    ["P(conv2)", "F(conv2)", "dilation(conv2)", "P(conv3)", "P(conv4)", "S(max_pool1)",
     "fits(max_pool1)", "fits(avg_pool1)", "S(conv_transpose1)"],
)  # fmt: skip
def test_behind_such_a_stride_nobody_can_work_out_a_field(ask: str) -> None:
    """W of (W - F + 2P)/S + 1 would be 14.5, or what was made of that."""
    read = read_assignment({"spec": DEEP, "questions": [{"id": "q", "ask": ask}]})
    (found,) = [d for d in read.diagnostics if d.severity == "error"]
    assert found.code == "SC504"
    assert found.message.startswith(f"{ask} is not known: conv1 (F=5 S=2 P=0) on 32x32x3: ")
    assert "rounding: floor gives 14x14" in found.hint
    mended = {**DEEP, "rounding": "floor"}
    assert read_assignment({"spec": mended, "questions": [ask]}).usable


@pytest.mark.parametrize(
    ("ask", "right", "told"),
    [
        ("K(conv2)", 4, "takes the output of max_pool1 and gives a depth of 4. What is K,"),
        ("fits(conv2)", True, "on the output of max_pool1. Does its stride fit"),  # each one of 1
    ],
)
def test_behind_such_a_stride_a_field_without_sizes_is_known(
    ask: str, right: Any, told: str
) -> None:
    (found,) = read_assignment({"spec": MISFIT, "questions": [ask]}).questions
    assert found.right == right
    assert told in found.prompt


def test_a_network_that_rounds_is_asked_about() -> None:
    network = {**MISFIT, "rounding": "floor"}
    read = read_assignment({"spec": network, "questions": ["conv2.output", "total.macs"]})
    assert [question.right for question in read.questions] == [(5, 5, 4), 147_000 + 9000]


def test_a_key_is_offered_as_a_file_would_have_it() -> None:
    network = {"input": 3, "layers": [{"dense": 3000}]}
    question = {"id": "q", "ask": "dense1.parameters", "key": 9000}
    (found,) = read_assignment({"spec": network, "questions": [question]}).diagnostics
    assert "write key: 12000," in found.hint


# -- texts of questions ----------------------------------------------------------------------------

CHAIN: dict[str, Any] = {
    "input": "32x32x3",
    "layers": [{"conv": {"K": 10, "F": 5, "P": 1}}, "relu", {"max_pool": 2}, {"dense": 7}],
}


def prompts(*asks: Any, **keys: Any) -> dict[str, str]:
    found = read_assignment({"spec": CHAIN, "questions": list(asks), **keys})
    assert found.usable, found.diagnostics
    return {question.id: question.prompt for question in found.questions}


def test_no_text_of_ours_tells_the_answer_of_another_question() -> None:
    """conv1 gives 30x30x10, and relu1 keeps it; the pool gives 15x15x10."""
    found = prompts("conv1.output", "max_pool1.output", "dense1.input", "P(conv1)", "F(max_pool1)")
    assert (
        found["conv1.output"]
        == "conv1: conv K=10 F=5 S=1 P=? on 32x32x3. What is its output volume"
        " (height x width x depth)?"
    )
    padding = "What is P, the padding on each side?"
    assert found["P(conv1)"] == f"conv1: conv K=10 F=5 S=1 P=? on 32x32x3. {padding}"
    for text in found.values():
        assert not any(answer in text for answer in ("30x30x10", "15x15x10", "P=1", "F=2"))
    assert "on the output of relu1." in found["max_pool1.output"]
    told = "dense1: dense units=7 on the output of max_pool1. What is its input volume"
    assert told in found["dense1.input"]


def test_what_is_not_asked_for_is_told() -> None:
    assert "on 30x30x10." in prompts("max_pool1.output")["max_pool1.output"]
    told = "conv1: conv K=10 F=5 S=1 P=? takes 32x32x3 and gives 30x30x10. What is P, "
    assert prompts("P(conv1)")["P(conv1)"].startswith(told)
    text = prompts("conv1.output", order="depth_first")["conv1.output"]
    assert text.endswith("What is its output volume (depth x height x width)?")


def test_values_are_asked_for_in_words() -> None:
    spec = {
        "input": "3x3x1",
        "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}, "flatten"],
        "example": {
            "given": {"input": [[1, 2, 3]] * 3, "conv1.weight": [[1, 0], [0, 1]]},
            "loss": {"squared_error": [0, 0, 0, 0]},
            "rate": 0.1,
        },
    }
    asks = ["conv1.value[0,1,1]", "flatten1.value", "input.grad[0,2,1]",
            "conv1.weight.next[0,0,1,0]", "conv1.weight.next", "conv1.weight.grad",
            "loss"]  # fmt: skip
    found = read_assignment({"spec": spec, "questions": asks})
    assert [question.prompt for question in found.questions] == [
        "What is the output of conv1, at depth 0, row 1, column 1 (counted from 0)?",
        "What is the output of flatten1? Write all values.",
        "What is the gradient of the loss with respect to the input, at depth 0, row 2, column 1"
        " (counted from 0)?",
        "What is the weight of conv1 after one step of gradient descent (rate 0.1), at filter 0,"
        " depth 0, row 1, column 0 (counted from 0)?",
        "What are the weights of conv1 after one step of gradient descent (rate 0.1)?"
        " Write all values, row by row.",
        "What is the gradient of the loss with respect to the weights of conv1? Write all values,"
        " row by row.",
        "What is the loss?",
    ]


def test_a_row_of_values_is_no_volume() -> None:
    """The pool gives 15x15x10: 2,250 values."""
    found = prompts("dense1.output", "dense1.output.depth")
    assert all(text.endswith("How many values does it give?") for text in found.values())
    flat = {"input": "12", "layers": [{"dense": 7}]}
    (question,) = read_assignment({"spec": flat, "questions": ["dense1.parameters"]}).questions
    assert question.prompt.startswith("dense1: dense units=7 on 12 values. ")
    (question,) = read_assignment({"spec": flat, "questions": ["dense1.input"]}).questions
    assert question.prompt == "dense1: dense units=7 on the input. How many values does it take?"


def test_biases_are_told_of_only_where_there_are_some() -> None:
    found = prompts("conv1.parameters", "max_pool1.parameters", "conv1.weights", "total.parameters")
    told = {key: "biases" in text for key, text in found.items()}
    assert told == {
        "conv1.parameters": True, "max_pool1.parameters": False, "conv1.weights": True,
        "total.parameters": True,
    }  # fmt: skip
    bare = {"input": "9x9x1", "layers": [{"conv": {"K": 2, "F": 3, "bias": False}}]}
    asks = ["conv1.parameters", "conv1.weights", "conv1.macs", "total.parameters"]
    for question in read_assignment({"spec": bare, "questions": asks}).questions:
        assert "biases" not in question.prompt, question.prompt


def test_a_network_that_is_written_twice_is_one() -> None:
    """So its layers have one name on the sheet, and what follows from one question counts."""
    text = '{"input": "9x9x1", "layers": [{"conv": {"K": 1, "F": 3}}, {"dense": 4}]}'
    one, again = json.loads(text), json.loads(text)
    other = json.loads(text.replace('"K": 1', '"K": true'))  # which equals the first in Python
    asks = [{"ask": "conv1.output", "spec": one}, {"ask": "dense1.weights", "spec": again}]
    found = read_assignment({"questions": asks}).questions
    assert found[0].subject is found[1].subject
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"layers": deep}
    for wrong in (other, deep):
        wrong_asks = [asks[0], {"ask": "conv1.macs", "spec": wrong}]
        assert not read_assignment({"questions": wrong_asks}).usable


def test_of_several_networks_each_is_named_where_no_layer_is() -> None:
    one = {
        "name": "One unit",
        "input": "1",
        "layers": [{"dense": 1}],
        "example": {
            "given": {"input": [3], "dense1.weight": [[0.5]], "dense1.bias": [7]},
            "loss": {"squared_error": [8]},
        },
    }
    two = {**one, "name": ""}
    asks = [{"id": f"{ask} {n}", "ask": ask, "spec": spec}
            for n, spec in enumerate((one, two)) for ask in ("loss", "total.macs")]  # fmt: skip
    found = [question.prompt for question in read_assignment({"questions": asks}).questions]
    assert found[0] == "Network 1 (One unit). What is the loss?"
    assert found[2] == "Network 2. What is the loss?"
    assert len(set(found)) == 4
    asks[2]["spec"]["name"] = "How large is the loss of one unit?"
    found = [question.prompt for question in read_assignment({"questions": asks}).questions]
    assert found[2] == "Network 2. What is the loss?"  # a question in the question


def test_several_slices_are_written_one_by_one() -> None:
    layers = [{"conv": {"K": 2, "F": 2}}]
    given = {
        "input": [[1, 2], [3, 4]],
        "conv1.weight": [[[[1, 0], [0, 1]]]] * 2,
        "conv1.bias": [0] * 2,
    }
    spec = {"input": "2x2x1", "layers": layers, "example": {"given": given}}
    (question,) = read_assignment({"spec": spec, "questions": ["conv1.value"]}).questions
    assert question.prompt == "What is the output of conv1? Write all values, slice by slice."


def test_what_a_dropouts_mask_decides_cannot_be_asked() -> None:
    example = {"given": {"input": [1, 2, 3]}, "loss": {"squared_error": [0, 0, 0]}}
    spec: dict[str, Any] = {"input": "3", "layers": ["relu", "dropout"], "example": example}
    asks = ["relu1.value", "dropout1.value", "loss", "input.grad"]
    found = read_assignment({"spec": spec, "questions": asks})
    assert [question.id for question in found.questions] == ["relu1.value"]
    assert all("dropout1 drops at random" in d.message for d in found.diagnostics)
    fixed = {**spec, "example": {**example, "training": False}}
    assert read_assignment({"spec": fixed, "questions": asks}).usable


@pytest.mark.parametrize(
    ("keys", "code"),
    [({"show": "sometimes"}, "SC503"), ({"show": "after_due"}, "SC502"), ({"due": "soon"}, "SC503"),
     ({"penalty": 2}, "SC503"), ({"penalty": {"per_week": 1}}, "SC501"),
     ({"attempts": "best"}, "SC503"), ({"columns": ["a"]}, "SC503"), ({"order": "nchw"}, "SC503")],
)  # fmt: skip
def test_how_a_class_is_handled_is_checked(keys: dict[str, Any], code: str) -> None:
    found = read_assignment({"spec": CHAIN, "questions": ["conv1.output"], **keys})
    assert [d.code for d in found.diagnostics] == [code]


def test_further_answers_are_read_like_any() -> None:
    bad = {"ask": "conv1.parameters", "accept": ["perhaps"]}
    (found,) = read_assignment({"spec": CHAIN, "questions": [bad]}).diagnostics
    assert (found.code, found.where) == ("SC503", "questions[0].accept")


def test_all_values_of_the_input_may_be_asked_for() -> None:
    """An array is no volume that other texts must not tell."""
    given = {"input": [[1, 2], [3, 4]]}
    spec = {"input": "2x2x1", "layers": ["relu"], "example": {"given": given}}
    found = read_assignment({"spec": spec, "questions": ["input.value", "relu1.output"]})
    assert [question.right for question in found.questions] == [((1, 2), (3, 4)), (2, 2, 1)]


def test_a_share_of_0_is_no_credit() -> None:
    """It takes back what the whole assignment gives, and no mistake is expected for its sake."""
    spec = {"input": "9x9x1", "layers": [{"conv": {"K": 2, "F": 3}}]}
    asks = [{"ask": "conv1.weights", "partial": {"forgot_filters": 0}}, "conv1.biases"]
    given = {"spec": spec, "questions": asks, "partial": {"forgot_filters": 0.5, "one_bias": 0.5}}
    weights, biases = read_assignment(given).questions
    assert weights.partial == {"one_bias": 0.5}
    assert biases.partial == {"forgot_filters": 0.5, "one_bias": 0.5}
