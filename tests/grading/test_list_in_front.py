"""The list that an answer begins with is the answer, where only a remark or a working is behind it.

Each pattern is filled with the right list and with a wrong one, in brackets and without: neither is
taken for the other, and where the text may mean something else a person looks at both.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.class_run import grade
from shapecalc.grading.leading_values import MOST, leading_run, runs
from shapecalc.grading.marking import Marker
from shapecalc.grading.marks import Mark
from shapecalc.grading.submission_file import Found

INPUT = [[[1, 2, 0], [0, 1, 3], [2, 0, 1]], [[2, 0, 1], [1, 1, 0], [0, 3, 2]]]
UPSTREAM = [[1, 0], [2, -1]]
CONV: dict[str, Any] = {
    "input": "3x3x2",
    "layers": [{"conv": {"K": 1, "F": 2}}],
    "example": {
        "given": {
            "input": INPUT,
            "conv1.weight": [[[[1, 0], [-1, 2]], [[0, 1], [1, -1]]]],
            "conv1.bias": [1],
        },
        "upstream": {"conv1": [UPSTREAM]},
    },
}
X, WEIGHT, BIAS = [2, 1, 4, 3], [[1, 0, -1, 1], [0, 1, 1, -1], [1, -1, 0, 0]], [1, 1, -1]
DENSE: dict[str, Any] = {
    "input": 4,
    "layers": [{"dense": 3}],
    "example": {
        "given": {"input": X, "dense1.weight": WEIGHT, "dense1.bias": BIAS},
        "upstream": {"dense1": [1, -1, 2]},
    },
}
FORMS = ["2 3 0", "2, 3, 0", "2; 3; 0", "[2, 3, 0]", "(2, 3, 0)", "[2 3 0]", "2.0, 3.0, 0.0"]
SLICES = [
    "[[0, 1], [4, 0]], [[3, 2], [-2, 5]]",
    "[[0, 1], [4, 0]] and [[3, 2], [-2, 5]]",
    "[[0, 1], [4, 0]]; [[3, 2], [-2, 5]]",
    "[[0, 1], [4, 0]] [[3, 2], [-2, 5]]",
    "slice 1: [[0, 1], [4, 0]], slice 2: [[3, 2], [-2, 5]]",
    "first slice: [[0, 1], [4, 0]], second slice: [[3, 2], [-2, 5]]",
    "[[[0, 1], [4, 0]], [[3, 2], [-2, 5]]]",
    "0 1 / 4 0 and 3 2 / -2 5",
    "0 1 / 4 0 | 3 2 / -2 5",
    "0 1; 4 0; 3 2; -2 5",
    "slice 1: 0 1 / 4 0, slice 2: 3 2 / -2 5",
]


@cache
def marker(spec: str, ask: str) -> Marker:
    """Return who marks one question, and look at what may be answered to it once."""
    questions = [{"id": "a", "ask": ask}]
    return Marker(read_assignment({"spec": json.loads(spec), "questions": questions}))


def mark(answer: Any, spec: dict[str, Any] = DENSE, ask: str = "dense1.value") -> Mark:
    return marker(json.dumps(spec), ask).mark("Ada", {"a": answer}).marks[0]


def wrong(written: str) -> str:
    """Return a list with a 7 for its last 3 or 5, which the right ones have once."""
    return "7".join(written.rsplit("5" if "5" in written else "3", 1))


def test_the_numbers_of_this_file_are_those_of_the_formula() -> None:
    x, upstream = np.array(INPUT), np.array(UPSTREAM)
    gradient = [
        [[(x[d, i : i + 2, j : j + 2] * upstream).sum() for j in range(2)] for i in range(2)]
        for d in range(2)
    ]
    assert np.array(gradient).tolist() == [[[0, 1], [4, 0]], [[3, 2], [-2, 5]]]
    assert (np.array(WEIGHT) @ X + BIAS).tolist() == [2, 3, 0]


REMARKS = [
    " (W*p + b)",
    ", W*p + b",
    "; W*p + b",
    ". W*p + b",
    " // W*p + b",
    " (relu: all the negative ones are 0)",
    ", the negative ones become 0",
    ", target minus p",
    " (target minus p)",
    " (p - y)",
    " (w minus rate times dw)",
    " (W minus 0.1 times dW)",
    " (dscores times pool output)",
    ", the scores gradient times pool output",
    " upstream times layer input, row by row",
    " (delta times pooled activations minus the target)",
    ", p - y with p = (7, 1, 9)",
    " with p = (7, 1, 9)",
    " where p = (7, 1, 9)",
    " where p is 7 1 9",
    " because z = [7, 1, 9]",
    " since b = 7, 1, 9",
    " from 7 1 9",
    " using b = [7, 1, 9]",
    " for x = [7, 1, 9]",
    " of [7, 1, 9]",
    " from p = [7, 1, 9], sent to 6 (0.7), 3",
    " from p = [7, 1, 9] sent to the largest",
    " from p = [7, 1, 9] and y = [1, 0, 0]",
    ", p - y with p = (7, 1, 9) and the y = (1, 0, 0)",
    " (before relu: 7 1 -9)",
    ", before the bias: 7 1 9",
    " after the pool [2, 1, 4, 3]",
    ", the pool is 2 1 4 3",
    "  the pool is 2 1 4 3",
    " (the first is 2-4+3+1 = 2)",
    ", the 1 in the bias gets 1.02, the 2 gets 0.54, the -1 gets 0.03",
    "; bias 1 at (0, 1, 2, 3)",
    "; 2-4+3+1 = 2 is one of them",
    " (see page 2)",
    # behind a gap
    "   after relu",
    "   e.g. the first 2-4+3+1",
    "   W*p + b",
    "   2-4+3+1 = 2",
    "\tp - y",
    " in this order",
]


@pytest.mark.quick(10)
@pytest.mark.parametrize("remark", REMARKS)
def test_a_list_in_front_of_a_remark_is_the_answer(remark: str) -> None:
    for written in FORMS:
        assert mark(f"{written}{remark}").verdict == "right", written
        assert mark(f"{wrong(written)}{remark}").verdict == "wrong", written


@pytest.mark.quick(9)
@pytest.mark.parametrize(
    "lead", ["s = ", "s: ", "my answer: ", "I think ", "the answer is ", "so "]
)
@pytest.mark.parametrize("written", FORMS)
def test_it_may_have_a_name_or_a_title(lead: str, written: str) -> None:
    assert mark(f"{lead}{written}, W*p + b with p = (7, 1, 9)").verdict == "right"
    assert mark(f"{lead}{wrong(written)}, W*p + b with p = (7, 1, 9)").verdict == "wrong"


@pytest.mark.quick(20)
@pytest.mark.parametrize(
    "remark",
    ["", " (up * x)", "   (w - dw)", ", w - dw", "; the map is 0.3 at (0,1), 0.5 at (1,2)",
     ", the 1 in the map gets 1.02, the 2 gets 0.54", " with x = [1 2 0; 0 1 3; 2 0 1]",
     " where the map is 1 0 / 2 -1", " with dw = [[1, 1], [1, 1]], [[1, 1], [1, 1]]"],
)  # fmt: skip
@pytest.mark.parametrize("written", SLICES)
def test_slices_stand_one_after_the_other(written: str, remark: str) -> None:
    ask = "conv1.weight.grad"
    assert mark(f"{written}{remark}", CONV, ask).verdict == "right"
    assert mark(f"{wrong(written)}{remark}", CONV, ask).verdict == "wrong"


@pytest.mark.parametrize(
    "written",
    ["0,5 0,25 0,25", "0,5; 0,25; 0,25", "[0,5; 0,25; 0,25]", "1/2, 1/4, 1/4", "5e-1 .25 .25",
     "1/2, 1/4 and 1/4"],
)  # fmt: skip
def test_decimal_commas_and_fractions_are_values(written: str) -> None:
    halves = {
        "given": {"input": [1], "dense1.weight": [[0.5], [0.25], [0.25]], "dense1.bias": [0] * 3}
    }
    spec = {"input": 1, "layers": [{"dense": 3}], "example": halves}
    assert mark(f"{written}, W times x with x = 1", spec).verdict == "right"
    assert mark(f"{written}, W times x with x = 1").verdict == "wrong"


@pytest.mark.quick(7)
@pytest.mark.parametrize(
    "lead",
    ["W times x:", "W times x plus b =", "s = W times the pool output:", "y - p times the inputs:"],
)
@pytest.mark.parametrize("written", [*FORMS, "[2], [3], [0]"])
def test_a_formula_in_words_stands_in_front(written: str, lead: str) -> None:
    assert mark(f"{lead} {written}").verdict == "right"
    assert mark(f"{lead} {wrong(written)}").verdict == "wrong"


LOOK = [
    # done to the list
    "LIST minus y", "LIST - y", "LIST, minus y", "LIST * b (W*p)", "LIST + b (W*p)", "LIST (* 0.5)",
    "LIST, times 0.5", "LIST (times 0.5)", "LIST x 10^-2 (W*p)", "LIST (x 10^-2)", "LIST squared",
    "LIST, then minus y", "LIST, all divided by 4", "LIST (softmax) - y", "LIST (W*p), + b",
    "LIST W + b", "LIST . W (dot)", "LIST, W*p, -y", "LIST, subtract y", "LIST, take away y",
    "LIST, plus b", "LIST times lr", "LIST (times lr)", "LIST, times -1",
    "LIST (still times the rate)", "LIST (half the pool times x)", "LIST (needs a factor times x)",
    "LIST (wrong sign times x)", "LIST (should be pool times x)", "z = LIST (z times pool output)",
    "LIST (times pool output)", "times 2: LIST", "times lr: LIST", "wrong pool times x: LIST",
    "half of W times x: LIST", "times W times x: LIST", "LIST, W times x minus",
    "LIST over 2", "LIST by 2", "LIST; times W", "LIST. Then subtract the target.",
    "LIST, flip the sign", "LIST with opposite signs", "LIST, in reverse order",
    "LIST, column by column", "LIST, in percent", "LIST x W", "LIST and a half", "LIST, and a half",
    "LIST (softmax), over 2", "LIST k",
    "LIST million", "LIST, four",
    # taken back, denied, or left open
    "LIST, no, the pool is 2 1 4 3", "LIST not sure, W*p + b", "LIST, sorry I mean 7 1 9",
    "LIST wait, W*p + b", "LIST I mean 7 1 9", "LIST, W*p, but the last should be 1",
    "LIST (wrong)", "LIST instead of 7 1 9", "LIST no W*p", "LIST hmm no", "LIST, maybe 7 1 9",
    "LIST, W*p, or 7 for the 2nd",
    "LIST without bias, W*p", "LIST (before the bias)", "LIST, first try", "LIST was my first",
    "LIST is the pool", "not LIST, W*p + b", "minus LIST, W*p + b", "-s = LIST, W*p + b",
    "z = LIST, s = z + b", "x = LIST, W*p + b", "b = LIST, W*p is 2 1 4",
    # as many other values
    "LIST, W*p = 7 1 9", "LIST, s = [7, 1, 9]", "s = LIST where s: 7 1 9",
    "LIST after relu: 7 1 9", "LIST after relu 7 1 9", "LIST before relu 7 1 9",
    "LIST with bias 7 1 9", "LIST with bias = 7 1 9 here", "LIST, mine is (7, 1, 9)",
    "LIST (the negative ones are 0, 7, 1, 9)",
    "LIST, W*p gives 7 1 9", "LIST (relu) [7,1,9]", "LIST (relu)[7,1,9]", "LIST, W*p(7,1,9)",
    "LIST, s1 = 7, s2 = 1, s3 = 9", "LIST (s1 = 7, s2 = 1, s3 = 9) relu",
    "LIST, 1+6 = 7, 1+0 = 1, 9*1 = 9 are the scores",
    "LIST for W, 7 1 9 for b", "LIST for slice 1, 7 1 9 for slice 2", "LIST; row 1: 7, row 2: 1, "
    "row 3: 9", "LIST scores, 2 [7 1 9] pool", "LIST with p = [7, 1, 9] - y",
    "LIST with p = (2, 1, 4, 3); 7, 1, 9", "LIST where p is 7 1 9, so 7 1 8",
    "LIST and y = [1, 0, 0]", "LIST from p = [7, 1, 9], y = [1, 0, 0]",
    "LIST from p = [7, 1, 9] and mine = [1, 0, 0]", "LIST, W*p, so 6 (0.7), 3",
    "LIST, W*p, 6 (0.7), 3", "LIST from p = [7, 1, 9] - y",
    "LIST   no, 7 1 9", "LIST   - y", "LIST   times 2", "LIST   then minus y: 7, 1, 9",
    # another conclusion
    "LIST, W*p, so 7", "LIST, W*p, so 7 1 9", "LIST, W*p, the answer is 7 1 9 2",
    "LIST relu so s = 7",
]  # fmt: skip


@pytest.mark.quick(23)
@pytest.mark.parametrize("pattern", LOOK)
def test_what_may_be_meant_otherwise_is_for_a_person(pattern: str) -> None:
    for written in ("2 3 0", "2, 3, 0"):
        assert mark(pattern.replace("LIST", written)).verdict == "needs a look", written
        assert mark(pattern.replace("LIST", wrong(written))).verdict == "needs a look", written


@pytest.mark.parametrize(
    "remark",
    ["; slice 1: 1 1 / 1 1, slice 2: 1 1 / 1 1", " - w", " minus w", ", times 0.5",
     " and 1 1 / 1 1", ", so [[1, 1], [1, 1]], [[1, 1], [1, 1]]",
     ", slice 1: 1 1 / 1 1, slice 2: 1 1 / 1 1, slice 3: 1 1 / 1 1, slice 4: 1 1 / 1 1",
     "; p [[1 1] [1 1]] [[1 1] [1 1]] [[1 1] [1 1]] [[1 1] [1 1]]",
     ", it is 1 1 1 1 1 1 1 1; 1 1 1 1 1 1 1 1", ", it is 1 1 / 1 1 and 1 1 / 1 1 and 1",
     ", w - dw = [[1, 1], [1, 1]], [[1, 1], [1, 1]]"],
)  # fmt: skip
def test_slices_with_others_behind_them_are_for_a_person(remark: str) -> None:
    for written in ("[[0, 1], [4, 0]], [[3, 2], [-2, 5]]", "0 1 / 4 0 and 3 2 / -2 5"):
        for one in (written, wrong(written)):
            assert mark(f"{one}{remark}", CONV, "conv1.weight.grad").verdict == "needs a look", one


@pytest.mark.parametrize(
    "answer",
    ["2 3 0 1, W*p + b", "2, 3 (W*p + b)", "2 3 0 (2 1 4 3), W*p", "(2, 3), 0 (W*p + b)",
     "[2, 3, 0 (W*p + b)", "slice 1: 2 3 0, slice 3: W*p", "2 3 0(W*p)", "2 3 0*W, p", "p 2 3 0"],
)  # fmt: skip
def test_what_is_no_list_of_so_many_values_is_for_a_person(answer: str) -> None:
    assert mark(answer).verdict == "needs a look"


@pytest.mark.parametrize(
    "written", ["0 1 4 / 0 3 2 / -2 5", "[[0, 1, 4], [0, 3, 2, -2, 5]]", "0; 1; 4; 0; 3; 2; -2; 5"]
)
def test_slices_of_another_shape_are_for_a_person(written: str) -> None:
    assert mark(f"{written}, w - dw", CONV, "conv1.weight.grad").verdict == "needs a look"


def test_it_is_told_that_a_working_stands_beside_a_list() -> None:
    assert mark("2 3 0, W*p + b").note == "what stands beside the list was taken for a working"
    for plain in ("2 3 0 (W*p + b)", "[2, 3, 0] (W p + b).", "[2, 3, 0]   W p + b"):
        assert (mark(plain).verdict, mark(plain).note) == ("right", "")
    for other in (
        "[2, 3, 0] W p + b",
        "s = [2, 3, 0] (W p), (+ b)",
        "W p + b = [2, 3, 0] (by hand)",
    ):
        assert mark(other).verdict == "right", other
    assert mark("[2, 3, 0] W p + b").note == "what stands beside the list was taken for a working"
    alone = mark("0 1 / 4 0 and 3 2 / -2 5", CONV, "conv1.weight.grad")
    assert (alone.verdict, alone.note) == ("right", "")


@pytest.mark.quick(3)
@pytest.mark.parametrize("ask", ["conv1.bias.grad", "conv1.bias.grad[0]"])
@pytest.mark.parametrize(
    "remark",
    [" sum of 4", " sum of 4 values", " is the sum of 1, 0, 2 and -1", " the sum over 4 windows",
     " mean of 8", " sum of 4 (windows)", " summed over 4"],
)  # fmt: skip
def test_one_value_stands_in_front_of_what_it_is_the_sum_of(ask: str, remark: str) -> None:
    """1 + 0 + 2 - 1 = 2."""
    for written in ("2", "[2]", "[2.0]"):
        assert mark(f"{written}{remark}", CONV, ask).verdict == "right"
    for written in ("6", "[6]"):
        assert mark(f"{written}{remark}", CONV, ask).verdict == "wrong"


@pytest.mark.parametrize("ask", ["conv1.bias.grad", "conv1.bias.grad[0]"])
@pytest.mark.parametrize(
    "remark", [" minus 4", " sums 4", " sum of 4 then times 2", " sum of 4 not divided by 4"]
)
def test_one_value_with_more_done_to_it_is_for_a_person(ask: str, remark: str) -> None:
    for value in (2, 6):
        assert mark(f"{value}{remark}", CONV, ask).verdict == "needs a look"


def test_values_alone_are_read_as_before() -> None:
    assert mark("2; 3; 0; 2*1 = 2").verdict == "needs a look"
    found = mark("2 3 0 = W*p + b")
    assert (found.verdict, found.note) == ("right", "")


def test_a_mistake_in_front_of_a_remark_has_its_cause() -> None:
    assert mark("1 2 1, W*p with p = (2, 1, 4, 3)").misconception == "bias_not_added"


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "first", ["2, 3, 0, W*p + b", "2, 3, 0 (W*p)", "2, 3, 0 with p = (2, 1, 4, 3)"]
)
@pytest.mark.parametrize("below", ["1, 2, 1", "[1, 2, 1]", "s = [1, 2, 1]", "so 1 2 1"])
def test_another_list_on_the_next_line_is_not_passed_over(
    tmp_path: Path, first: str, below: str
) -> None:
    """Whichever of both is right."""
    for one, other in ((first, below), (first.replace("2, 3, 0", "1, 2, 1"), "[2, 3, 0]")):
        assert graded(tmp_path, f"{one}\n{other}") == "needs a look"


@pytest.mark.parametrize("below", ["the pool is 2 1 4 3", "[2, 3, 0]", "s = 2, 3, 0"])
def test_other_lines_below_leave_it_as_it_is(tmp_path: Path, below: str) -> None:
    assert graded(tmp_path, f"2, 3, 0, W*p + b\n{below}") == "right"


def graded(path: Path, answer: str) -> str:
    asked = [{"id": "a", "ask": "dense1.value"}, {"id": "b", "ask": "dense1.parameters"}]
    file = path / "a.txt"
    file.write_text(f"Name: Ada\n1. {answer}\n2. 15\n", encoding="utf-8")
    read = read_assignment({"spec": DENSE, "questions": asked})
    (found,) = grade(read, [Found(str(file), otherwise="stem")]).graded
    return found.marked.marks[0].verdict


def test_a_run_ends_where_no_bracket_is_open() -> None:
    assert leading_run("0 1; 2 1 (relu 3)") == (0, 8, 4)
    assert leading_run("s = [1, 2], [3] and 4x4") == (4, 15, 3)
    assert leading_run("W*p = 1 2 3") is None
    assert [run.numbers for run in runs("a (1, 2), [3 of w1 4 5; x = 6.")] == [2, 1, 2, 1]
    assert len([*runs("1 a " * 2 * MOST)]) == MOST + 1


@pytest.mark.quick(13)
@pytest.mark.parametrize(
    "part", ["1 ", "1 (", "1, a ", "[1 2 3] ", "slice 1: ", "(a) ", "for a ", "1 minus a ", "1/",
             "so 1 ", "and ", "a minus a times ", "with a = [7, 1, 9], ", "1-1 ", "(((", "9" * 50]
)  # fmt: skip
@pytest.mark.parametrize("begins", ["2 3 0, ", "2 3 0 (a", "slice 1: 2, slice 2: ", ""])
def test_a_hostile_text_takes_no_time(part: str, begins: str) -> None:
    text = f"{begins}{part * 1000}"[:1000]
    began = process_time()
    assert mark(text).verdict in ("needs a look", "wrong", "right")
    assert process_time() - began < 2


@pytest.mark.parametrize("gap", [" ", "   ", ", ", " ("])
@pytest.mark.parametrize(
    "told", ["negative one is cut off", "negatives are cut off", "the negative values get removed"]
)
def test_what_a_relu_does_leaves_its_list(gap: str, told: str) -> None:
    spec = {
        "input": 3,
        "layers": ["relu"],
        "example": {"given": {"input": [0.5, -2, 2]}},
    }
    homework = {"spec": spec, "questions": ["relu1.value"]}
    end = ")" if "(" in gap else ""
    for values, verdict in (("[0.5, 0, 2]", "right"), ("[0.5, -2, 2]", "wrong")):
        answer = {"relu1.value": f"{values}{gap}{told}{end}"}
        (mark,) = Marker(read_assignment(homework)).mark("one", answer).marks
        assert mark.verdict == verdict


POOL: dict[str, Any] = {
    "input": "4x4x1",
    "layers": [{"max_pool": 2}],
    "example": {
        "given": {"input": [[2, 1, -1, 0], [0, -3, -3, -1], [4, 1, 5, 2], [3, 0, 1, 4]]},
    },
}


@pytest.mark.quick(7)
@pytest.mark.parametrize(
    "remark",
    [
        " (after the relu, max of every 2x2)",
        " (after relu, the max of each 2x2 window)",
        " (after the ReLU; maximum over each 2 x 2 block)",
        " (after relu, 2x2 max)",
        " (after the relu and the conv)",
        " (after the relu, 2x2 pool with stride 2)",
        " after the relu, largest of every 2x2",
        " (2x2 max pool, stride 2)",
    ],
)
@pytest.mark.parametrize("values", ["2 0 4 {}", "2 0; 4 {}", "[[2, 0], [4, {}]]", "2, 0, 4, {}"])
def test_the_steps_to_a_list_leave_it_as_it_is(values: str, remark: str) -> None:
    for last, verdict in ((5, "right"), (7, "wrong")):
        answer = f"{values.format(last)}{remark}"
        assert mark(answer, POOL, "max_pool1.value").verdict == verdict


@pytest.mark.parametrize(
    "remark",
    [
        "max of every 2x2: 1 0 4 5",
        "max of every 2x2 is 3 1 4 5",
        "max of every 2x2 gives 5",
        "2 -1 4 5",
        "mine is 3 0 4 5",
        "or 2 -1 4 5",
        "0 for -1",
        "the second is 1",
        "the first should be 3",
        "plus the bias",
        "minus 1 each",
        "times 2",
        "halved",
        "transposed",
        "without the bias",
        "before the pool",
        "not the pool",
        "one is missing",
    ],
)
@pytest.mark.parametrize("values", ["2 0 4 5", "2 0 4 7"])
def test_more_than_the_steps_to_a_list_is_for_a_person(values: str, remark: str) -> None:
    answer = f"{values} (after the relu, {remark})"
    assert mark(answer, POOL, "max_pool1.value").verdict == "needs a look"
