"""The class on one screen tells a teacher what its students are told, and leaves nobody out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading import exports
from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.exports.summary import HEADERS, SUMMARIES
from shapecalc.grading.graded import ClassRun
from shapecalc.grading.submission_file import Found

# 1 + 2*5 = 11, 2 + 2*6 = 14, 4 + 2*8 = 20, 5 + 2*10 = 25
SPEC: dict[str, Any] = {
    "input": "3x3x1",
    "layers": [{"conv": {"K": 1, "F": 2, "bias": False}}, {"conv": {"K": 1, "F": 1}}],
    "example": {
        "given": {
            "input": [[1, 2, 3], [4, 5, 6], [7, 8, 10]],
            "conv1.weight": [[1, 0], [0, 2]],
            "conv2.weight": [0.1],
        }
    },
}


def graded(folder: Path, ask: str, *answers: Any) -> ClassRun:
    """Return a class with a student for each answer to a question."""
    found = []
    for number, answer in enumerate(answers):
        file = folder / f"s{number}.json"
        file.write_text(json.dumps({ask: answer}), encoding="utf-8")
        found.append(Found(str(file), f"s{number}"))
    return grade(read_assignment({"spec": SPEC, "questions": [ask]}), found)


@pytest.mark.parametrize(
    ("ask", "answer", "told"),
    [
        ("conv1.output", "7x7", "the height and the width are not right, and the depth is missing"),
        ("conv1.output", "1x2x2", "perhaps the depth was written first"),
        ("conv1.value", "11, 14, 20", "it takes 4 values, and the answer has 3"),
        ("conv2.value[0,0]", "1", "perhaps it is rounded too far"),
        ("conv1.value", "[[11, 20], [14, 25]]", "rows and columns were swapped"),
        ("conv1.weight.shape", "1x2", "the right shape has four axes, the answer has two"),
    ],
)
def test_what_a_student_is_told_is_in_the_summary(
    tmp_path: Path, ask: str, answer: str, told: str
) -> None:
    run = graded(tmp_path, ask, answer)
    (item,) = run.marked
    letter = item.marked.marks[0].feedback.lower().replace("your answer", "the answer")
    assert told in letter
    summary = SUMMARIES["table"](run)
    assert f"  1 student: {told}" in summary
    assert "no cause known" not in summary


def test_a_cause_is_told_in_the_words_of_its_question(tmp_path: Path) -> None:
    run = graded(tmp_path, "conv1.value", "[[11, 20], [14, 25]]", "[[11, 20], [14, 25]]")
    (asked,) = json.loads(SUMMARIES["json"](run))["questions"]
    assert asked["causes"] == {"swapped_axes": 2}
    assert asked["explanations"] == {"swapped_axes": "rows and columns were swapped"}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("1.125 2.25 3.375; 4.125 5.25 6.375; 7.125 8.25 9.5", ", first wrong at [2,2]"),
        ("9.5 2.25 3.375; 4.125 5.25 6.375; 7.125 8.25 9.375", ""),  # it is seen
        ("9, 2, 3, 4, 5, 6, 7, 8, 9", ""),  # nothing is cut
    ],
)
def test_the_first_wrong_value_of_a_list_that_is_cut_is_told_by_its_place(
    tmp_path: Path, answer: str, told: str
) -> None:
    image = [[1.125, 2.25, 3.375], [4.125, 5.25, 6.375], [7.125, 8.25, 9.375]]
    spec = {"input": "3x3x1", "layers": ["relu"], "example": {"given": {"input": image}}}
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"relu1.value": answer}), encoding="utf-8")
    assignment = read_assignment({"spec": spec, "questions": ["relu1.value"]})
    summary = SUMMARIES["table"](grade(assignment, [Found(str(file), "one")]))
    assert f'"{told}, no cause known' in summary


@pytest.mark.parametrize(
    ("relus", "told"),
    [
        (["1 5 6"], ", first that does not follow at [0], no cause known"),
        (["1 2 3"], ", no cause known"),  # nothing follows, and the first wrong value is seen
        (["1 5 6", "1 5 4"], ", no cause known"),  # 10, 12 for one, and 10 alone for the other
    ],
)
def test_where_a_list_does_not_follow_from_own_answers_is_told_by_its_place(
    tmp_path: Path, relus: list[str], told: str
) -> None:
    """Twice 5 and 6 are 10 and 12, and twice 1 is not 9."""
    spec = {
        "input": "3",
        "layers": ["relu", {"dense": {"units": 3, "bias": False}}],
        "example": {
            "given": {"input": [1, 2, 3], "dense1.weight": [[2, 0, 0], [0, 2, 0], [0, 0, 2]]}
        },
    }
    found = []
    for name, relu in enumerate(relus):
        file = tmp_path / f"{name}.json"
        answers = {"relu1.value": relu, "dense1.value": "9 10 12"}
        file.write_text(json.dumps(answers), encoding="utf-8")
        found.append(Found(str(file), str(name)))
    assignment = read_assignment({"spec": spec, "questions": ["relu1.value", "dense1.value"]})
    run = grade(assignment, found)
    assert f'"9 10 12"{told}' in SUMMARIES["table"](run)
    places = {"9 10 12": "[0]"} if "[0]" in told else {}
    asked = json.loads(SUMMARIES["json"](run))["questions"][1]
    assert asked["first_unfollowed"] == places


def test_one_mistake_at_several_layers_is_told_in_words_that_are_true_of_all(
    tmp_path: Path,
) -> None:
    """31 without the + 1 of conv1. Then 14 at max_pool1, which conv2 keeps, or 15 there and
    15 - 3 + 2 = 14 at conv2: it is that where 15 is what the student has for max_pool1.
    """
    spec = {
        "input": "32x32x3",
        "rounding": "floor",
        "layers": [
            {"conv": {"K": 32, "F": 5, "P": 2}}, {"max_pool": 2},
            {"conv": {"K": 64, "F": 3, "P": 1}},
        ],
    }  # fmt: skip
    found = []
    asks = ["conv1.output", "max_pool1.output", "conv2.output"]
    for name, pooled in {"Ann": "", "Bob": "15x15x32"}.items():
        file = tmp_path / f"{name}.json"
        answers = dict(zip(asks, ("31x31x32", pooled, "14x14x64"), strict=True))
        file.write_text(json.dumps(answers), encoding="utf-8")
        found.append(Found(str(file), name))
    run = grade(read_assignment({"spec": spec, "questions": asks}), found)
    ann, bob = (item.marked.marks[2].matter for item in run.marked)
    assert (ann, bob) == (
        "the + 1 was forgotten at max_pool1 or at conv2", "the + 1 was forgotten",
    )  # fmt: skip
    whole = json.loads(SUMMARIES["json"](run))
    told = {"forgot_plus_one": "the + 1 was forgotten"}
    assert whole["questions"][2]["explanations"] == told
    assert "at max_pool1" not in SUMMARIES["table"](run)


def test_whoever_is_not_named_is_counted(tmp_path: Path) -> None:
    wrong = [f"{n}x{n}x7" for n in range(21, 33)]
    unread = ["many", "lots", "a lot", "plenty", "heaps", "tons"]
    run = graded(tmp_path, "conv1.output", *wrong, wrong[0], *unread)
    text = SUMMARIES["table"](run)
    assert '  2 students: "21x21x7", no cause known' in text
    assert "  9 more: other answers, no cause known" in text  # 13 less those of three answers
    assert "  3 more: other answers, needs a look" in text


def test_an_answer_on_several_lines_is_shown_on_one(tmp_path: Path) -> None:
    run = graded(tmp_path, "conv1.value", "[[11, 14]\n[20, 26]]", "very\nmany\tpixels\u2028here")
    text = SUMMARIES["table"](run) + exports.render("table", run)
    assert '"[[11, 14] [20, 26]]"' in text
    assert '"very many pixels here"' in text
    assert "?" not in text


def test_what_a_question_asks_stands_behind_an_id_that_does_not_say_it(tmp_path: Path) -> None:
    long = "the-output-of-the-first-convolution"
    asked = [
        {"id": "q1", "ask": "conv1.output"},
        {"id": "q2", "ask": "formula(conv1.output.width)"},
        {"id": long, "ask": "conv2.output"},
        "conv1.weights",
    ]
    file = tmp_path / "s.json"
    file.write_text(json.dumps(dict.fromkeys(("q2", long), "banana")), encoding="utf-8")
    assignment = read_assignment({"spec": SPEC, "questions": asked})
    run = grade(assignment, [Found(str(file), "s")])
    text = SUMMARIES["table"](run)
    assert "\n1  q1  conv1.output  " in text
    assert re.search(r"\n2  q2  formula\(conv1.output.width\) +0 ", text)
    assert "\n2  q2  formula(conv1.output.width)\n" in text
    assert f"\n3  {long}  " in text
    assert "\n4  conv1.weights  " in text
    assert "conv2.output" not in text
    questions = json.loads(SUMMARIES["json"](run))["questions"]
    assert [question["asked"] for question in questions][1] == "formula(conv1.output.width)"


def test_a_table_with_short_ids_is_at_most_100_wide(tmp_path: Path) -> None:
    asked = [{"id": f"q{n}", "ask": "formula(conv1.output.width)"} for n in range(1, 13)]
    file = tmp_path / "s.json"
    file.write_text(json.dumps({"q1": "banana"}), encoding="utf-8")
    run = grade(read_assignment({"spec": SPEC, "questions": asked}), [Found(str(file), "s")])
    assert max(map(len, SUMMARIES["table"](run).splitlines())) <= 100


@pytest.mark.parametrize(("id_", "cut"), [("q1", False), ("a" * 39, True)])
def test_a_name_has_the_room_that_the_screen_has(tmp_path: Path, id_: str, cut: bool) -> None:
    """Eight numbers and their gaps are 60 wide at most; a name is cut beyond 100."""
    path = "formula(conv1.output.width)"
    asked = [{"id": id_, "ask": path}, *({"id": f"r{n}", "ask": path} for n in range(2, 12))]
    file = tmp_path / "s.json"
    file.write_text(json.dumps({id_: "banana"}), encoding="utf-8")
    run = grade(read_assignment({"spec": SPEC, "questions": asked}), [Found(str(file), "s")])
    table = SUMMARIES["table"](run).split("\n\n")[2].splitlines()
    assert " ".join(table[0].split()) == " ".join(HEADERS)
    assert {len(line) for line in table} == {len(table[0])}
    assert (path not in table[2]) is cut
    assert all(path in line for line in table[3:])
    assert [line.index(f"r{n}") for n, line in enumerate(table[3:], 2)] == [4] * 10


def test_what_is_perhaps_a_cause_is_no_sure_one_for_the_class(tmp_path: Path) -> None:
    """A volume of 1x2x2 may be chance, whoever else wrote it."""
    run = graded(tmp_path, "conv1.output", "1x2x2", "1x2x2")
    assert [item.marked.marks[0].perhaps for item in run.marked] == [True, True]
    told = "  2 students: perhaps the depth was written first; here it goes last"
    assert told in SUMMARIES["table"](run)
    assert told in exports.render("table", run)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("7 -1, 20.50; .5", "[[7, -1], [20.50, .5]]"),
        ([7, -1, 20.5, 0.5], "[[7, -1], [20.5, 0.5]]"),
        ([[7, -1], [20.5, 0.5]], "[[7, -1], [20.5, 0.5]]"),
        ("7 -1 20.5", "7 -1 20.5"),  # it takes four
        ("about 7 -1 20.5 0.5", "about 7 -1 20.5 0.5"),
    ],
)
def test_a_flat_list_is_told_in_the_rows_of_the_right_answer(
    tmp_path: Path, answer: Any, shown: str
) -> None:
    run = graded(tmp_path, "conv1.value", answer)
    (item,) = run.marked
    (mark,) = item.marked.marks
    assert mark.right == "[[11, 14], [20, 25]]"
    assert mark.answer == shown


def test_a_list_without_rows_stays_flat(tmp_path: Path) -> None:
    spec = {"input": 2, "layers": ["relu"], "example": {"given": {"input": [2, 3]}}}
    file = tmp_path / "s.json"
    file.write_text(json.dumps({"relu1.value": "0 1"}), encoding="utf-8")
    homework = {"spec": spec, "questions": ["relu1.value"]}
    (item,) = grade(read_assignment(homework), [Found(str(file), "s")]).marked
    assert item.marked.marks[0].answer == "0 1"


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, ""),
        (1, "1 answer may follow from one that needs a look: its points may change (s0)"),
        (
            2,
            "2 answers may follow from one that needs a look: their points may change (s0 and s1)",
        ),
        (
            7,
            "7 answers may follow from one that needs a look: their points may change"
            " (s0, s1, s2, s3, s4 and 2 more)",
        ),
    ],
)
def test_answers_whose_points_may_change_with_another_are_told(
    tmp_path: Path, count: int, told: str
) -> None:
    """14*14*8*10 = 15,680 without the 10 biases, on a volume that is not read."""
    spec = {"input": "14x14x4", "layers": [{"conv": {"K": 8, "F": 1}}, "flatten", {"dense": 10}]}
    asked = ["conv1.output", "dense1.parameters"]
    found = []
    for number in range(count or 1):
        file = tmp_path / f"s{number}.json"
        dense = "15680" if count else "15690"
        file.write_text(json.dumps({asked[0]: "see my scan", asked[1]: dense}), encoding="utf-8")
        found.append(Found(str(file), f"s{number}"))
    homework = {"spec": spec, "questions": asked, "follow_through": 1}
    run = grade(read_assignment(homework), found)
    for text in (SUMMARIES["table"](run), exports.render("table", run) if count > 1 else ""):
        lines = [line for line in text.splitlines() if "points may change" in line]
        assert [line for line in lines if "teacher" not in line] == [told] * bool(told and text)


def test_two_more_are_named_where_they_are_the_last(tmp_path: Path) -> None:
    wrong = [f"{n}x{n}x7" for n in range(21, 26)]
    text = SUMMARIES["table"](graded(tmp_path, "conv1.output", *wrong))
    assert all(f'  1 student: "{answer}", no cause known' in text for answer in wrong)
    text = SUMMARIES["table"](graded(tmp_path, "conv1.output", *wrong, "26x26x7"))
    assert "  3 more: other answers, no cause known" in text
