"""Which input fits: every size that all layers take is right, and one that they refuse is told why.

AlexNet's first layers, 11x11 at S=4 and a pool of 3x3 at S=2: (W - 11)/4 + 1 has to be odd and 3 or
more, so W = 19 + 8k; 227 is one, the 224 of the paper is none (CS231n).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.handout.conflicts import conflicts
from shapecalc.grading.marks import Mark

UNET = Path(__file__).resolve().parents[2] / "specs" / "networks" / "u-net.yaml"
ASK = "fitting(input)"


def alexnet(size: str = "227x227x3") -> dict[str, Any]:
    layers = [{"conv": {"K": 96, "F": 11, "S": 4}}, "relu", {"max_pool": {"F": 3, "S": 2}}]
    return {"input": size, "layers": layers}


def homework(spec: Any = None, *more: Any, **keys: Any) -> dict[str, Any]:
    return {"spec": spec or alexnet(), "questions": [{"ask": ASK, **keys}, *more]}


def marked(answer: Any, spec: Any = None, **keys: Any) -> Mark:
    return mark(homework(spec), {ASK: answer}, **keys).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["227x227", "227x227x3", "227", 19, [35, 67], "(None, 227, 227, 3)", "H = 227, W = 35",
     "torch.Size([1, 3, 227, 227])", "(1, 227, 227, 3)", [1, 227, 35, 3], "19, 27, 35"],
)  # fmt: skip
def test_every_size_that_fits_is_right(answer: Any) -> None:
    assert marked(answer).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("227x227 or 35x35", "right"),
        ("35x35, 227x227", "right"),
        ("19x19, 27x27 and 35x35", "right"),
        ("227 x 227 or also 19 x 27", "right"),
        ("227x227 or 224x224", "needs a look"),
        ("224x224 or 227x227", "needs a look"),
        ("227x227, not 224x224", "right"),
    ],
)
def test_several_sizes_are_right_if_all_fit(answer: str, verdict: str) -> None:
    assert marked(answer).verdict == verdict


def test_right_is_what_a_loop_over_the_windows_finds() -> None:
    """Windows are placed one by one; the last has to end where the input ends."""

    def windows(W: int, F: int, S: int) -> int:
        starts = [start for start in range(0, W, S) if start + F <= W]
        return len(starts) if starts and starts[-1] + F == W else 0

    spec = alexnet()
    (question,) = read_assignment(homework(spec)).questions
    for W in range(1, 80):
        conv = windows(W, 11, 4)
        fits = bool(conv and windows(conv, 3, 2))
        assert question.subject.suits(question.query, (W, 227)) == fits, W


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("224x224", "(224 - 11 + 2*0)/4 + 1 = 54.25"),  # CS231n: "224 - 11 is not divisible by 4"
        ("224", "54.25"),
        ("11x11", "max_pool1 (F=3 S=2 P=0) on 1x1x96"),
        ("227x227x1", "the depth of input is 3, not 1"),
        ("(1, 227, 227, 5)", "the depth of input is 3, not 5"),
        ("(1, 224, 224, 3)", "54.25"),
        ("19, 27, 36", "the depth of input is 3, not 36"),
    ],
)
def test_a_size_that_does_not_fit_is_told_with_the_layer_that_refuses_it(
    answer: str, says: str
) -> None:
    found = marked(answer)
    assert (found.verdict, found.misconception) == ("wrong", "does_not_fit")
    assert says in found.feedback
    assert "is 235x235: one of those that fit (H and W: 19, 27, 35, ...)." in found.feedback


@pytest.mark.parametrize("answer", ["0x0", "-5", "2.5", "10000000000x227", [227, 227, 227, 3]])
def test_what_is_no_size_is_wrong_without_a_cause(answer: Any) -> None:
    found = marked(answer)
    assert (found.verdict, found.misconception) == ("wrong", None)


@pytest.mark.parametrize(
    "answer", ["all that are odd", "odd, 3x3 windows", "any odd size, 19x19 pooling", "3x3-filters"]
)
def test_what_is_no_size_of_the_input_needs_a_look(answer: str) -> None:
    assert marked(answer).verdict == "needs a look"


def test_a_hint_tells_no_number_and_credit_goes_by_the_name() -> None:
    found = mark({**homework(), "show": "hint"}, {ASK: "224"}).marks[0]
    assert found.feedback == "A size was chosen that not every layer takes."
    paid = mark({**homework(), "partial": {"does_not_fit": 0.25}}, {ASK: "224"}).marks[0]
    assert (paid.verdict, paid.points) == ("partly right", 0.25)


def test_a_written_size_that_fits_is_told_nowhere() -> None:
    found = read_assignment(homework(alexnet(), "conv1.parameters", "P(conv1)"))
    for form in ("markdown", "latex", "blank"):
        text = FORMATS[form](found)
        assert "227" not in text
        assert "55" not in text
    assert "HxWx3" in FORMATS["markdown"](found)


def test_a_written_size_that_does_not_fit_is_printed_and_the_nearest_is_the_answer() -> None:
    """The sheet has the size; the question does not say of it that it does not fit."""
    found = read_assignment(homework(alexnet("224x224x3")))
    (question,) = found.questions
    assert question.right == (227, 227, 3)
    assert question.prompt.startswith("Which height and width of the input fit all layers of the")
    assert "input: 224x224x3" in FORMATS["markdown"](found)


@pytest.mark.parametrize("form", ["gift", "moodle-xml", "text2qti"])
def test_a_platform_is_given_sizes_to_choose_from(form: str) -> None:
    text = FORMATS[form](read_assignment(homework(alexnet("224x224x3"))))
    assert "227x227x3" in text
    assert "54.25" in text


def test_a_text_with_one_axis_and_one_of_two_inputs() -> None:
    pool = [{"conv": {"K": 4, "F": 4, "S": 3}}]
    (line,) = read_assignment(homework({"input": "11x4", "layers": pool})).questions
    assert line.right == (13, 4)
    assert line.prompt.startswith("Which length of the input fits all layers of the network, with")
    both = {
        "inputs": {"left": "8x8x2", "right": "8x6x2"},
        "layers": [{"add": {"from": ["left", "right"]}}],
    }
    found = read_assignment({"spec": both, "questions": ["fitting(right)"]})
    assert [question.right for question in found.questions] == [(8, 8, 2)]
    assert "left" in found.questions[0].working


@pytest.mark.slow
def test_a_whole_network_is_asked_about() -> None:
    """U-Net: W = 188 + 16k (Ronneberger et al., 2015, choose 572)."""
    (question,) = read_assignment({"spec": str(UNET), "questions": [ASK]}).questions
    assert question.right == (588, 588, 1)
    assert "H and W: 188, 204, 220, ..." in question.working
    for W in (172, 188, 204, 570, 571):
        assert question.subject.suits(question.query, (W, W)) == (W in (188, 204))


@pytest.mark.parametrize(
    ("spec", "ask", "code", "says"),
    [
        (alexnet(), "fitting(image)", "SC505", "there is no input image"),
        (alexnet(), "fitting(conv1)", "SC505", "there is no input conv1"),
        ({"input": 8, "layers": ["relu"]}, ASK, "SC505", "flat"),
        ({"input": "9x9x3", "layers": [{"conv": {"K": 2, "F": 3, "groups": 2}}]}, ASK, "SC504",
         "no size of the input fits"),
    ],
)  # fmt: skip
def test_what_cannot_fit_cannot_be_asked(spec: Any, ask: str, code: str, says: str) -> None:
    (found,) = read_assignment({"spec": spec, "questions": [ask]}).diagnostics
    assert found.code == code
    assert says in found.message


def test_a_key_and_choices_are_checked() -> None:
    assert not read_assignment(homework(key="35x35")).findings
    (found,) = read_assignment(homework(key="224x224")).diagnostics
    assert found.code == "SC507"
    chosen = homework(choices=["224x224x3", "227x227x3", "225x225x3"])
    assert mark(chosen, {ASK: "b"}).marks[0].verdict == "right"
    (found,) = read_assignment(homework(choices=["19x19x3", "27x27x3"])).diagnostics
    assert "2 of its choices are right" in found.message


def test_questions_that_need_the_size_are_told_and_the_advice_works() -> None:
    asked = ["conv1.output", "conv1.parameters", "max_pool1.output"]
    found = read_assignment(homework(alexnet(), *asked))
    (told,) = conflicts(found)
    assert told == (
        "question 1 hides the size of input, on which questions 2 and 4 hang; with"
        " `exclude: 227x227` question 1 asks for another size, and the size of input is told"
    )
    mended = read_assignment(homework(alexnet(), *asked, exclude="227x227"))
    assert mended.usable, mended.diagnostics
    assert not list(conflicts(mended))
    sheet = FORMATS["markdown"](mended)
    assert "- input: 227x227x3" in sheet
    assert "height and width of the input other than 227x227 fit all layers" in sheet
    assert "on 227x227x3. What is its output volume" in sheet


def test_a_field_needs_the_size_and_a_size_without_another_has_no_such_advice() -> None:
    told = [*conflicts(read_assignment(homework(alexnet(), "P(conv1)")))]
    assert [text.partition(";")[0] for text in told] == [
        "question 1 hides the size of input, on which question 2 hangs"
    ]
    shown = read_assignment(homework(alexnet("224x224x3"), "conv1.parameters"))
    assert not list(conflicts(shown))
    only = {"input": "4x4x1", "layers": ["flatten", {"reshape": "4x4x1"}, {"conv": {"F": 2}}]}
    only["layers"][2] = {"conv": {"K": 1, "F": 2}}
    (said,) = conflicts(read_assignment(homework(only, "P(conv1)")))
    assert said.endswith("question 2 hangs; ask question 1 about another network")
    (fault,) = read_assignment(homework(only, exclude="4x4")).diagnostics
    assert (fault.code, fault.hint) == ("SC504", "leave `exclude` out")
    assert "no size was found that fits but 4x4x1" in fault.message


@pytest.mark.parametrize(
    ("answer", "right"),
    [("227x227", False), ("227", False), ("227x227x3", False), ("(1, 227, 227, 3)", False),
     ("227x235", True), ("19x19", True), ("219", True), ("19, 27, 227", True), ("224", False)],
)  # fmt: skip
@pytest.mark.parametrize("exclude", ["227x227", 227, [227, 227, 3]])
def test_a_size_that_is_excluded_is_not_right(answer: str, right: bool, exclude: Any) -> None:
    """227 = 19 + 8*26 fits, and so does every other size of that row."""
    found = mark(homework(exclude=exclude), {ASK: answer}).marks[0]
    assert found.verdict == ("right" if right else "wrong")
    if not right:
        told = "235x235: one of those that fit (H and W: 19, 27, 35, ...) other than 227x227."
        assert told in found.feedback
        assert (found.misconception == "does_not_fit") is (answer == "224")


@pytest.mark.parametrize(
    ("ask", "exclude", "says"),
    [
        (ASK, "227x227x1", "exclude must be a size of input, 227x227x3, not 227x227x1"),
        (ASK, "all", "exclude must be a size of input, 227x227x3, not all"),
        (ASK, {"H": {}}, "exclude must be a size of input"),
        ("conv1.output", "227x227", "only a question for a size that fits excludes one"),
    ],
)
def test_what_cannot_be_excluded(ask: str, exclude: Any, says: str) -> None:
    asked = {"spec": alexnet(), "questions": [{"ask": ask, "exclude": exclude}]}
    (found,) = read_assignment(asked).diagnostics
    assert found.code == "SC503"
    assert found.message.startswith(says)


@pytest.mark.parametrize(
    ("text", "told"),
    [("Which size other than 227x227 fits?", True), ("Another than 227 x 227 x 3?", True),
     ("Which size fits?", False), ("Other than 1227x227?", False)],
)  # fmt: skip
def test_a_text_that_tells_the_hidden_size_is_told(text: str, told: bool) -> None:
    said = [
        "the text of question 1 tells 227x227, which counts as right; with `exclude: 227x227`"
        " another size is asked for"
    ]
    assert list(conflicts(read_assignment(homework(prompt=text)))) == (said if told else [])
    assert list(conflicts(read_assignment(homework(prompt=text, exclude="227x227")))) == []
