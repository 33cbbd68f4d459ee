"""An answer that is nothing but a number or a volume is read as one with a blank around it is: that
goes through all the forms in which people write.
"""

from __future__ import annotations

import random

import pytest

from shapecalc.grading import read_assignment
from shapecalc.grading.answered import Read
from shapecalc.grading.first_look import FirstLook
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.notation import bare
from shapecalc.grading.question import Question
from shapecalc.grading.question_readings import readings_for
from shapecalc.grading.reading import Reading
from shapecalc.grading.student_working import working_in
from shapecalc.grading.values import flat
from shapecalc.grading.written_numbers import Unreadable

ASKED = ("conv1.output", "P(conv1)", "total.macs", "fitting(input)", "conv1.output.width")
LAYERS = [{"conv": {"K": 4, "F": 3, "P": 1}}, {"max_pool": {"F": 2, "S": 2}}]
HOMEWORK = {"spec": {"input": "12x12x3", "layers": LAYERS}, "questions": [*ASKED]}


def _texts() -> list[str]:
    chosen = random.Random(7)
    sizes = [str(chosen.randrange(1, 10 ** chosen.randrange(1, 6))) for _ in range(240)]
    numbers = [str(chosen.randrange(1, 10 ** chosen.randrange(1, 16))) for _ in range(40)]
    two = ["x".join(sizes[at : at + 2]) for at in range(0, 80, 2)]
    three = ["x".join(sizes[at : at + 3]) for at in range(80, 240, 3)]
    return ["1", "12x12x4", "1x1x1", *numbers, *two, *three]


def _ways(question: Question, text: str) -> list[Reading] | None:
    try:
        return readings_for(question, text)
    except Unreadable:
        return None


@pytest.mark.parametrize("path", ASKED)
def test_a_bare_answer_is_read_as_the_same_one_with_a_blank(path: str) -> None:
    question = read_assignment(HOMEWORK).questions[ASKED.index(path)]
    read = 0
    for text in _texts():
        assert bare(text) == tuple(map(int, text.split("x")))
        assert not bare(f" {text}")
        assert working_in(text) == working_in(f" {text}")
        ways = _ways(question, text)
        assert ways == _ways(question, f" {text}"), text
        read += ways is not None
    assert read > 40


@pytest.mark.parametrize("path", [*ASKED, "max_pool1.receptive_field", "conv1.parameters"])
def test_a_bare_answer_is_looked_at_as_the_same_one_with_a_blank(path: str) -> None:
    """Where it has other numbers than are asked for as well: 6x6x4 is no field of 4x4."""
    assignment = read_assignment({**HOMEWORK, "questions": [path]})
    look, (question,) = FirstLook(Marker(assignment).told), assignment.questions
    right = flat(question.right)
    texts = ["x".join(map(str, right)), "x".join(map(str, [*right, *right][:3])), *_texts()]
    for text in texts:
        at_once, at_length = look.at(question, text), look.at(question, f" {text}")
        mark = at_length if isinstance(at_length, Mark) else at_length.right
        told = mark and mark._replace(answer=text)
        if isinstance(at_length, Mark):
            assert at_once == told, text
        else:
            assert at_once == at_length._replace(right=told), text
    kinds = {type(look.at(question, text)) for text in texts}
    assert Read in kinds


@pytest.mark.parametrize(
    "text", ["", "0", "007", "12,345", "1.5", "3 x 3", "3x3x3x3", "-4", "\u0663", "2x"]
)
def test_what_has_more_than_one_way_to_be_read_is_not_bare(text: str) -> None:
    assert bare(text) == ()
