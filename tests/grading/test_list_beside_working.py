"""A list in brackets beside a working is the answer, where it is plain that it is meant.

Each pattern is filled with the right list and with a wrong one: neither is taken for the other, and
where the text may mean something else a person looks at both.
"""

from __future__ import annotations

from functools import cache
from time import process_time
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.student_working import working_in

POOLED = [2, 1, 4, 3]
WEIGHT = [[1, 0, -1, 1], [0, 1, 1, -1], [1, -1, 0, 0]]
BIAS = [1, 1, -1]
UPSTREAM = [1, -1, 2]
SPEC: dict[str, Any] = {
    "input": 4,
    "layers": [{"dense": 3}],
    "example": {
        "given": {"input": POOLED, "dense1.weight": WEIGHT, "dense1.bias": BIAS},
        "upstream": {"dense1": UPSTREAM},
    },
}
SCORES, WRONG = "[2, 3, 0]", "[2, 3, 1]"
WITHOUT_BIAS = "[1, 2, 1]"
GRADIENT = "[[2, 1, 4, 3], [-2, -1, -4, -3], [4, 2, 8, 6]]"


@cache
def marker(ask: str) -> Marker:
    """Return who marks one question, and look at what may be answered to it once."""
    return Marker(read_assignment({"spec": SPEC, "questions": [{"id": "a", "ask": ask}]}))


def mark(answer: Any, ask: str = "dense1.value") -> Mark:
    return marker(ask).mark("Ada", {"a": answer}).marks[0]


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    assert (np.array(WEIGHT) @ POOLED + BIAS).tolist() == eval_list(SCORES)
    assert (np.array(WEIGHT) @ POOLED).tolist() == eval_list(WITHOUT_BIAS)
    assert np.outer(UPSTREAM, POOLED).ravel().tolist() == eval_list(GRADIENT)


def eval_list(text: str) -> list[int]:
    return [int(number) for number in text.replace("[", "").replace("]", "").split(",")]


PLAIN = [
    "pooled = 2, 1, 4, 3. LIST",
    "max pool: 2, 1, 4, 3, so scores = LIST",
    "max pool: 2 1 4 3, then scores = LIST",
    "LIST    max pool gives 2 1 4 3, 2-4+3+1 = 2, 1+4-3+1 = 3, 2-1-1 = 0",
    "s = LIST    max pool gives 2 1 4 3 (before: 1 0 2 1 / 0 3 4 3)",
    "LIST   W*p = 2-4+3, 4 numbers go in",
    "LIST (the pool is 2 1 4 3)",
    "LIST; max pool was 2, 1, 4, 3",
    "LIST because the pool is 2 1 4 3",
    "LIST because the bias is 1, 1, -1",
    "LIST because x = [7, 1, 9]",
    "LIST where x = [7, 1, 9]",
    "LIST from [2 1; 4 3]",
    "LIST // the pool is 2 1 4 3",
    "LIST  before the bias: 1 2 1 0",
    "so s = LIST, where the pool is (2, 1, 4, 3)",
    "I think the answer is LIST, with pool 2, 1, 4, 3",
    "2-4+3+1 = 2, 1+4-3+1 = 3, 2-1-1 = 0 so LIST",
    "2-4+3 = 1, 1+4-3 = 2, 2-1 = 1, with the bias, so LIST",
    "W*p = 1, 2, 1 so LIST",
    "the pool is 2 1 4 3, therefore: LIST.",
    "2 1 4 3 -> LIST, the last one is 2-1-1",
    "the pool is 2 1 4 3, so **LIST**",
    "the pool is 2 1 4 3, so `LIST`",
    "the pool is 2 1 4 3, so s = np.array(LIST)",
    "max(2, 1) = 2, max(0, 1, 2) = 2, so LIST",
    "e^2 = 7.39, e^1 = 2.72, e^0 = 1, sum 11.11, softmax = LIST",
    "LIST. The pool is [2, 1, 4, 3], rows times that + b",
    "flattened: [2, 1, 4, 3], dense = LIST",
    "W*(2,1,4,3) + b gives LIST.",
    "pool: 2, 1, 4, 3\nscores: LIST",
    "scores: LIST\npool: 2, 1, 4, 3",
]


@pytest.mark.quick(7)
@pytest.mark.parametrize("pattern", PLAIN)
def test_a_list_beside_a_working_is_the_answer(pattern: str) -> None:
    assert mark(pattern.replace("LIST", SCORES)).verdict == "right"
    assert mark(pattern.replace("LIST", WITHOUT_BIAS)).verdict in ("wrong", "needs a look")
    if " = 2, " not in pattern:  # of which the results are a right list
        assert mark(pattern.replace("LIST", WRONG)).verdict == "wrong"


@pytest.mark.quick(5)
@pytest.mark.parametrize(
    "written",
    ["(2, 3, 0)", "{2, 3, 0}", "[2 3 0]", "(2; 3; 0)", "(2, 3, 0)^T", "[[2, 3, 0]]",
     "[2.0, 3.0, 0.0]", "[4/2, 3, 0]", "[[2], [3], [0]]",
     r"\begin{pmatrix} 2 \\ 3 \\ 0 \end{pmatrix}", r"\left(2, 3, 0\right)", "$[2, 3, 0]$"],
)  # fmt: skip
@pytest.mark.parametrize("pattern", ["pooled = 2, 1, 4, 3. LIST", "LIST  max pool gives 2 1 4 3"])
def test_it_stands_in_brackets_of_any_sort(pattern: str, written: str) -> None:
    assert mark(pattern.replace("LIST", written)).verdict == "right"
    assert mark(pattern.replace("LIST", written.replace("3", "7"))).verdict == "wrong"


@pytest.mark.parametrize(
    "written",
    [GRADIENT, "[2 1 4 3; -2 -1 -4 -3; 4 2 8 6]", "(2 1 4 3 / -2 -1 -4 -3 / 4 2 8 6)",
     "[2, 1, 4, 3, -2, -1, -4, -3, 4, 2, 8, 6]"],
)  # fmt: skip
@pytest.mark.parametrize("pattern", ["LIST  (x is 2 1 4 3)", "x is 2 1 4 3, so dW = LIST"])
def test_a_matrix_has_its_rows(pattern: str, written: str) -> None:
    ask = "dense1.weight.grad"
    assert mark(pattern.replace("LIST", written), ask).verdict == "right"
    assert mark(pattern.replace("LIST", written.replace("8", "7")), ask).verdict == "wrong"


@pytest.mark.parametrize(
    "written", ["[2 1 4; 3 -2 -1; -4 -3 4; 2 8 6]", "[[2, 1], [4, 3, -2, -1, -4, -3, 4, 2, 8, 6]]"]
)
def test_rows_of_another_length_are_for_a_person(written: str) -> None:
    assert mark(f"x is 2 1 4 3, so dW = {written}", "dense1.weight.grad").verdict == "needs a look"


LOOK = [
    "pool 2 1 4 3, not LIST",
    "pool 2, 1, 4, 3. not LIST",
    "I first had LIST, pool 2 1 4 3",
    "LIST, no, the pool is 2 1 4 4",
    "LIST is wrong, the pool is 2 1 4 4",
    "LIST should have been halved, pool 2 1 4 3",
    "LIST is what Ben has, mine is 2 1 4 3",
    "pool 2 1 4 3, minus LIST",
    "-s = LIST, pool 2 1 4 3",
    "pool 2 1 4 3, so 2*LIST",
    "pool 2 1 4 3, so 2 LIST",
    "pool 2 1 4 3, so LIST/2",
    "LIST squared",
    "LIST plus b",
    "LIST (softmax) - y",
    "pool 2 1 4 3, so LIST + b",
    "pool 2 1 4 3, so -np.array(LIST)",
    "pool 2 1 4 3, relu(LIST)",
    "LIST . (2 1 4 3)",
    "LIST plus the bias 1 1 -1 0",
    "z = LIST (pool 2 1 4 3), s = z + b",
    "W*p = LIST, then + b, p is 2 1 4 3",
    "without the bias LIST, pool 2 1 4 3",
    "pool 2 1 4 3 with bias LIST",
    "W*p = 1 2 1 1, b = LIST",
    "The bias LIST is added to 1, 2, 1, 1",
    "x = LIST, pool 2 1 4 3",
    "add LIST to 2 1 4 3",
    "s1 = 1, s2 = 2, s3 = 1 (bias LIST)",
    "pool 2 1 4 3, perhaps LIST",
    "pool 2 1 4 3, LIST or [3, 3, 0]",
    "pool 2 1 4 3, s with z = LIST",
    "7 1 9, x = LIST",
    "2+5 = 7, 3-2 = 1, 0+9 = 9, pooled = LIST",
    "7 1 9. LIST",
    "s = 7, 1, 9 and p = LIST",
    "p = LIST and s = 7, 1, 9",
    "LIST pooled, s 7, 1, 9",
    "LIST, pool 2 1 4 3, but the last one should be 1",
    "LIST, the pool is 2 1 4 3, which isn't right",
    "s1 = 7, s2 = 1, s3 = 9 (in code LIST)",
    "pool 2 1 4 3, LIST, 7 1 9 5",
    "LIST because the pool is 2 1 4 3, so 7, 1, 9",
    "LIST because the pool is 2 1 4 3, so 7",
    "the scores are [1 0 2; 3 1 1] LIST",
    "LIST [1 0 2; 3 1 1] are the scores",
    "LIST relu, so 7, 1, 9",
    "LIST pooled, 2+5 = 7, 3-2 = 1, 0+9 = 9",
    "2, LIST",
    "LIST 2",
    "s = LIST, x = [7, 1, 9]",
    "LIST, [7, 1, 9]",
    "LIST, LIST, LIST",
    "row 1: LIST, row 2: LIST",
    "pool 2 1 4 3, so s = LIST and x = [7, 1, 9]",
]


@pytest.mark.quick(22)
@pytest.mark.parametrize("pattern", LOOK)
@pytest.mark.parametrize("written", [SCORES, WRONG])
def test_what_may_be_meant_otherwise_is_for_a_person(pattern: str, written: str) -> None:
    assert mark(pattern.replace("LIST", written)).verdict == "needs a look"


@pytest.mark.parametrize("inside", ["(1 + 1, 3, 0)", "(2, 3, 1 - 1)", "[2*1, 3, 0]", "(2-0, 3, 0)"])
def test_brackets_of_an_expression_are_for_a_person(inside: str) -> None:
    assert mark(f"pool 2 1 4 3, so {inside}").verdict == "needs a look"
    assert mark(f"{inside}  pool 2 1 4 3").verdict == "needs a look"


@pytest.mark.parametrize("answer", [f"{SCORES} max pool gives 7, 1, 9", f"{SCORES} pool = 7, 1, 9"])
def test_a_list_in_front_is_not_passed_over_for_one_behind(answer: str) -> None:
    """What is behind it has as many values, and may be the working, or the answer."""
    assert mark(answer).verdict == "needs a look"
    assert mark(answer.replace(SCORES, WRONG)).verdict == "needs a look"


def test_an_operand_in_front_is_no_other_answer() -> None:
    assert mark("with b = [1, 1, -1]: s = 2 3 0").verdict == "right"
    assert mark("with b = [1, 1, -1]: s = 2 3 1").verdict == "wrong"


@pytest.mark.parametrize("link", ["so", "=", "->", "gives", "+ [1, 1, -1] ="])
def test_what_comes_of_a_list_is_the_answer(link: str) -> None:
    assert mark(f"{WITHOUT_BIAS} {link} {SCORES}").verdict == "right"
    assert mark(f"{SCORES} {link} {WRONG}").verdict == "wrong"


@pytest.mark.parametrize(
    "answer", ["2, 3, 0, 4", "[[2, 3, 0], [2, 3, 0]]", "2 3 0 / 2 3 0", "[2, 3, 0, 4]", "[2, 3]"]
)
def test_a_list_of_another_length_alone_is_wrong(answer: str) -> None:
    assert mark(answer).verdict == "wrong"


@pytest.mark.parametrize(
    "answer",
    [
        "max pooling: [2, 1, 4, 3] => W*x + b: 2, 3, 0",
        "2 1 4 3 -> the scores: 2, 3, 0",
        "pooled, 2 1 4 3 -> 2-4+3+1 = 2, 1+4-3+1 = 3, 2-1-1 = 0 (b)",
        "row 1: 2 3 0, row 2: 2 3 0",
    ],
)
def test_values_among_others_are_not_passed_over(answer: str) -> None:
    assert mark(answer).verdict == "needs a look"


@pytest.mark.quick(4)
@pytest.mark.parametrize("name", ["s", "p", "f", "k", "S"])
@pytest.mark.parametrize("values", ["2, 3, 0", "2 3 0", "2; 3; 0", "[2, 3, 0]"])
def test_a_letter_in_front_of_values_is_no_field(name: str, values: str) -> None:
    assert mark(f"{name} = {values}").verdict == "right"
    assert mark(f"{name} = {values.replace('3', '7')}").verdict == "wrong"


@pytest.mark.parametrize(
    "answer", ["[2, 3, 0] with S=1", "2, 3, 0 for S = 1 and P=0", "[2, 3, 0], S=1", "S=1: 2, 3, 0"]
)
def test_fields_beside_a_list_are_none_of_it(answer: str) -> None:
    assert mark(answer).verdict == "right"


def test_that_a_working_stands_beside_is_told_and_it_is_seen() -> None:
    answer = f"s = {WITHOUT_BIAS}, max pool 2 1 4 3, 2-4+3 = 1, 1+4-3 = 2, 2-1 = 1"
    marked = mark(answer)
    assert marked.misconception == "bias_not_added"
    assert marked.note == "what stands beside the list was taken for a working"
    assert "2-4+3" in [formula.strip() for formula in working_in(answer).formulas]
    assert mark(SCORES).note == ""


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        ("dense1.output", "output 3, since [4 values] go in"),
        ("dense1.parameters", "15, since [4*3 + 3]"),
        ("dense1.weight.shape", "3x4 [(2, 3, 0) are its outputs]"),
    ],
)
def test_answers_of_other_kinds_are_read_as_before(ask: str, answer: str) -> None:
    assert mark(answer, ask).verdict in ("right", "needs a look")


@pytest.mark.quick(8)
@pytest.mark.parametrize(
    "part", ["(", "[1 ", "(1, 2, 3) ", "[1, 2, 3], 1 = ", "1+", "so [", "x = 1, ", "1 - 1 = ", ")("]
)
@pytest.mark.parametrize("ends", ["", "]" * 300, "[2, 3, 0]", "so [2, 3, 0] so"])
def test_a_hostile_text_takes_no_time(part: str, ends: str) -> None:
    text = f"{(part * 1000)[: 990 - len(ends)]}{ends}"
    began = process_time()
    assert mark(text).verdict in ("needs a look", "wrong", "right")
    assert process_time() - began < 2
