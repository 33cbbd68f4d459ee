"""Written prompts beside each other: none tells what another question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shapecalc.grading import mark, prompts, read_assignment
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.kinds import KINDS
from shapecalc.grading.prompts import Secrets, described
from shapecalc.grading.query import COUNTS
from shapecalc.grading.question import Assignment, Question

KEYS = (
    "output", "input", "output.height", "output.width", "output.depth", "receptive_field", "jump",
    "receptive_field[1,1]", "im2col", "weight.shape", "bias.shape", *COUNTS,
)  # fmt: skip
CALLS = ("fits({})", "formula({}.output.width)", "formula({}.parameters)", "P({})", "S({})")
WHOLE = ("total.parameters", "total.macs", "total.layers", "layers(conv)", "fitting(input)", "loss")


def network(size: int = 67, S: int = 2, **more: Any) -> dict[str, Any]:
    """Return 67x67x3, conv 31x31x16, pool 15x15x16, conv 15x15x32, pool 7x7x32, 1568 values, 10."""
    layers: list[Any] = [
        {"conv": {"K": 16, "F": 7, "S": S}},
        {"max_pool": {"F": 3, "S": 2}},
        {"conv": {"K": 32, "F": 5, "P": 2}},
        {"max_pool": {"F": 3, "S": 2}},
        "flatten",
        {"dense": 10},
    ]
    return {"input": f"{size}x{size}x3", "layers": layers, **more}


def every_path(names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        yield from (f"{name}.{key}" for key in KEYS)
        yield from (call.format(name) for call in CALLS)
    yield from WHOLE


def askable(spec: dict[str, Any], paths: Iterator[str], **keys: Any) -> Assignment:
    """Return an assignment of all paths that can be asked for about a network."""
    good = [p for p in paths if read_assignment({"spec": spec, "questions": [p]}).usable]
    found = read_assignment({"spec": spec, "questions": good, **keys})
    assert found.usable, found.diagnostics
    return found


def tokens(text: str) -> set[str]:
    """Return volumes, counts and words: 13x13x32, 12832, conv1."""
    return set(re.findall(r"[\w.-]*\w", text.replace(",", "").casefold()))


def told(asked: Assignment) -> set[tuple[str, str]]:
    """Return which prompts have another question's answer, which neither the printed network has
    nor that question itself, its words apart.
    """
    questions = asked.questions
    printed = tokens(
        " ".join(described(questions[0].subject, Secrets(questions))).replace("=", " ")
    )
    texts = {q.id: tokens(q.prompt.replace("=", " ")) for q in questions}
    answers = {q.id: tokens(q.right_shown) for q in questions}
    return {
        (question.id, other.id)
        for question in questions
        for other in questions
        if question is not other
        and answers[other.id] <= texts[question.id] - printed - _own(question) - texts[other.id]
    }


def _own(question: Question) -> set[str]:
    """Return what a question has to say: which unit it is about, and `yes or no`."""
    return {"yes", "no", *map(str, question.query.place)}


@pytest.mark.quick(1)
@pytest.mark.parametrize("size", [67, pytest.param(68, marks=pytest.mark.slow)])
@pytest.mark.parametrize("given", [True, False])
def test_no_prompt_tells_another_answer(size: int, given: bool) -> None:
    """68 does not fit at S=2: it is rounded down, and the sizes are the same."""
    spec = network(size, rounding="floor")
    names = ("conv1", "max_pool1", "conv2", "flatten1", "dense1")
    everything = askable(spec, every_path(names), given=given)
    assert len(everything.questions) > 100
    assert told(everything) == set()


BEHIND = [
    path
    for name in ("conv2", "dense1")
    for path in every_path((name,))
    if path.rpartition(".")[2] != "input" and path not in WHOLE
]


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "asked", ["max_pool1.output", "conv2.input", "max_pool1.activations", "max_pool2.activations"]
)
def test_no_prompt_tells_a_single_other_answer(asked: str) -> None:
    """15x15x16 would stand in conv2's prompts, and 1568, which max_pool2 gives, in dense1's."""
    assert told(askable(network(), iter([asked, *BEHIND]))) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conv1", "max_pool1", "flatten1"])
def test_no_prompt_tells_a_single_other_answer_of_any_kind(name: str) -> None:
    behind = [q.id for q in askable(network(), iter(BEHIND)).questions]
    for asked in askable(network(), every_path((name,))).questions:
        found = read_assignment({"spec": network(), "questions": [asked.id, *behind]})
        assert found.usable, asked.id
        assert told(found) == set(), asked.id


def test_a_prompt_that_tells_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Secrets, "hides_output", lambda self, name, volume: False)
    paths = ("max_pool1.output", "max_pool2.activations", "conv2.parameters", "dense1.parameters")
    found = told(askable(network(), iter(paths)))
    assert found == {
        ("conv2.parameters", "max_pool1.output"),
        ("dense1.parameters", "max_pool2.activations"),
    }


def wordings(size: int) -> dict[str, str]:
    """Return prompts without their numbers, of a network that is printed with a size."""
    asked = askable(network(size), every_path(("conv1",)))
    texts = {q.id: re.sub(r"\d+", "#", q.prompt.replace("HxWx", "#x#x")) for q in asked.questions}
    assert "fits(conv1)" in texts
    assert "fitting(input)" in texts
    return texts


def differing() -> set[str]:
    """Return the questions that are worded in another way where a stride does not fit."""
    fits, rest = wordings(67), wordings(68)
    return {id_ for id_ in fits.keys() & rest.keys() if fits[id_] != rest[id_]}


def test_no_wording_tells_whether_a_stride_fits() -> None:
    """(67 - 7)/2 is whole, (68 - 7)/2 is not."""
    assert differing() == set()


def test_a_wording_that_tells_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["fitting"]

    def telling(layers: Any, query: Any, about: str) -> str:
        odd = layers.trace.inputs["input"][0] % 2
        return kind.prompt(layers, query, about) if odd else "The input does not fit. Which would?"

    monkeypatch.setattr(prompts, "KINDS", {"fitting": kind._replace(prompt=telling), **_others()})
    assert differing() == {"fitting(input)"}


def _others() -> dict[str, Any]:
    return {word: KINDS[word] for word in KINDS if word != "fitting"}


def test_what_a_layer_takes_may_be_left_out() -> None:
    """67x67x3 is printed anyway; 15x15x16 and the 1568 values follow from the network."""
    paths = ["conv1.macs", "conv2.parameters", "dense1.parameters", {"id": "P", "ask": "P(conv2)"}]
    spec = network()
    plain, without = (
        read_assignment({"spec": spec, "questions": paths, **more}).questions
        for more in ({}, {"given": False})
    )
    assert plain[1].prompt.startswith("conv2: conv K=32 F=5 S=1 P=? on 15x15x16.")
    assert without[1].prompt.startswith("conv2: conv K=32 F=5 S=1 P=? on the output of max_pool1.")
    assert plain[2].prompt.startswith("dense1: dense units=10 on 1568 values.")
    assert without[2].prompt.startswith("dense1: dense units=10 on the output of flatten1.")
    assert plain[0].prompt == without[0].prompt
    assert "takes the output of max_pool1 and gives 15x15x32." in without[3].prompt
    alone = {"id": "q", "ask": "conv2.macs", "given": False}
    (one, other) = read_assignment({"spec": spec, "questions": ["conv2.weights", alone]}).questions
    assert "on 15x15x16" in one.prompt
    assert "on the output of max_pool1" in other.prompt
    wrong = read_assignment({"spec": spec, "questions": ["conv1.output"], "given": "no"})
    (said,) = wrong.diagnostics
    assert said.message == "given must be true or false, not no"


@pytest.mark.parametrize("form", ["markdown", "latex", "blank"])
def test_an_own_text_names_its_network_where_two_have_the_layer(form: str) -> None:
    def ask(id_: str, path: str, prompt: str, **more: Any) -> dict[str, Any]:
        return {"id": id_, "ask": path, "prompt": prompt, **more}

    two: dict[str, Any] = {
        "spec": {"name": "Tiny", "input": "9x9x2", "layers": ["relu", {"conv": {"K": 2, "F": 3}}]}
    }
    asked = [
        ask("a", "conv1.output", "How large is its output?"),
        ask("b", "total.parameters", "How many parameters in all?"),
        ask("c", "max_pool1.output", "What does the pool give?"),
        ask("d", "conv1.output", "What does conv1 give?", **two),
        ask("e", "conv1.parameters", "How many has conv1 of Tiny?", **two),
        ask("f", "relu1.output", "What does the relu give?", **two),
        ask("g", "conv1.macs", "How many MACs (network 2)?", **two),
    ]
    found = read_assignment({"spec": network(name="Large"), "questions": asked})
    assert found.usable, found.diagnostics
    sheet = " ".join(FORMATS[form](found).split())
    assert "Network 1 (Large). How large is its output?" in sheet
    assert "Network 1 (Large). How many parameters in all?" in sheet
    assert "Network 2 (Tiny). What does conv1 give?" in sheet
    for clear in asked[2], asked[4], asked[5], asked[6]:
        assert clear["prompt"] in sheet
        assert f"). {clear['prompt']}" not in sheet
    alone = read_assignment({"spec": network(name="Large"), "questions": asked[:2]})
    assert "Network 1" not in FORMATS[form](alone)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"rounding": "floor"}, ["rounding: floor, a size that is not whole is rounded down"]),
        ({"rounding": "ceil"},
         ["rounding: ceil, a size that is not whole is rounded up",
          "rounding: floor, a size of a convolution that is not whole is rounded down"]),
        ({}, []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [67, 68])
def test_a_network_that_rounds_says_so_whether_a_stride_fits_or_not(
    size: int, more: dict[str, Any], told: list[str]
) -> None:
    questions = ["fits(conv1)", "total.layers"]
    asked = read_assignment({"spec": network(size, **more), "questions": questions})
    assert asked.questions
    lines = [*described(asked.questions[0].subject, Secrets(asked.questions))]
    assert [line for line in lines if line.startswith("rounding")] == told


def test_rounding_is_not_told_where_nothing_can_be_rounded() -> None:
    spec = {"input": "8x8x1", "layers": [{"conv": {"K": 1, "F": 3}}], "rounding": "floor"}
    asked = read_assignment({"spec": spec, "questions": ["conv1.output"]})
    lines = described(asked.questions[0].subject, Secrets(asked.questions))
    assert not any("round" in line for line in lines)


KEEPING: dict[str, Any] = {
    "input": "48x48x3",
    "layers": [
        {"conv": {"name": "stem", "K": 16, "F": 5, "P": 2}},
        {"conv": {"name": "down", "K": 24, "F": 4, "S": 2, "P": 1}},
        {"conv": {"name": "squeeze", "K": 8, "F": 1}},
        "relu",
        {"conv": {"name": "expand", "K": 32, "F": 3, "P": 1}},
        {"conv": {"name": "half", "K": 40, "F": 2, "S": 2}},
        {"conv": {"name": "last", "K": 48, "F": 1}},
    ],
}
BEHIND_SQUEEZE = ["squeeze.macs", "expand.macs", "half.macs", "last.macs"]


@pytest.mark.parametrize(
    "asked",
    ["down.output", "down.output.width", "squeeze.input", "down.activations", "squeeze.output"],
)
def test_a_layer_that_keeps_the_sizes_does_not_tell_them(asked: str) -> None:
    """24x24x24 is asked for: 24x24x8 and 24x24x32 behind it have its height and width, and 12x12x40
    has not.
    """
    found = askable(KEEPING, iter([asked, *BEHIND_SQUEEZE]))
    texts = {question.id: question.prompt for question in found.questions}
    assert texts["expand.macs"].startswith("expand: conv K=32 F=3 S=1 P=1 on the output of relu1.")
    assert texts["half.macs"].startswith("half: conv K=40 F=2 S=2 P=0 on the output of expand.")
    assert texts["last.macs"].startswith("last: conv K=48 F=1 S=1 P=0 on 12x12x40.")


@pytest.mark.parametrize("asked", ["down.parameters", "down.output.depth", "stem.output"])
def test_sizes_that_nobody_asks_for_are_told(asked: str) -> None:
    found = askable(KEEPING, iter([asked, *BEHIND_SQUEEZE]))
    texts = {question.id: question.prompt for question in found.questions}
    assert texts["expand.macs"].startswith("expand: conv K=32 F=3 S=1 P=1 on 24x24x8.")


def test_a_flattened_map_of_another_depth_does_not_tell_its_sizes() -> None:
    """4x4x6 is asked for, and 4*4*2 = 32 values are flattened."""
    layers: list[Any] = [
        {"conv": {"K": 6, "F": 5}}, {"conv": {"K": 2, "F": 1}}, "flatten", "relu", {"dense": 3},
        {"dense": 7},
    ]  # fmt: skip
    asks = ["conv1.output", "dense1.parameters", "dense2.parameters"]
    found = askable({"input": "8x8x1", "layers": layers}, iter(asks))
    _, first, second = (question.prompt for question in found.questions)
    assert first.startswith("dense1: dense units=3 on the output of relu1.")
    assert second.startswith("dense2: dense units=7 on 3 values.")


def test_the_output_of_a_block_is_not_told_behind_it() -> None:
    block = {"layers": [{"conv": {"K": 6, "F": 2, "S": 2}}]}
    layers: list[Any] = ["half", {"conv": {"K": 2, "F": 1}}, {"conv": {"K": 5, "F": 3}}]
    spec = {"input": "8x8x1", "blocks": {"half": block}, "layers": layers}
    found = askable(spec, iter(["half1.output", "conv2.macs"]))
    assert found.questions[1].prompt.startswith("conv2: conv K=5 F=3 S=1 P=0 on the output of")


@pytest.mark.parametrize(
    ("prompt", "wrong", "told"),
    [
        ("True or false: the stride fits.", "false", "The right answer is true"),
        ("Is it true that the stride fits?", "no", "The right answer is true"),
        ("Does the stride fit?", "false", "The right answer is yes"),
    ],
)
def test_the_right_answer_is_told_in_the_words_of_the_question(
    prompt: str, wrong: str, told: str
) -> None:
    spec = {"input": "9x9x1", "layers": [{"conv": {"K": 2, "F": 3, "S": 2}}]}
    asked = {"spec": spec, "questions": [{"id": "q", "ask": "fits(conv1)", "prompt": prompt}]}
    assert told in mark(asked, {"q": wrong}).marks[0].feedback
