"""What stands in an im2col matrix, against the windows cut out by hand and by plain loops."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.marks import Mark

# Two slices: 1 to 9 and 11 to 19, each row by row.
IMAGE = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[11, 12, 13], [14, 15, 16], [17, 18, 19]]]


def spec(image: Any = IMAGE, size: str = "3x3x2", **fields: Any) -> dict[str, Any]:
    conv = {"conv": {"K": 1, "F": 2, **fields}}
    return {"input": size, "layers": [conv], "example": {"given": {"input": image}}}


def right(ask: str, network: Any = None) -> Any:
    found = read_assignment({"spec": network or spec(), "questions": [ask]})
    assert not found.findings, found.diagnostics
    return found.questions[0].right


def test_the_whole_matrix_by_hand() -> None:
    """Windows from the left above on: 1 2 4 5, 2 3 5 6, 4 5 7 8, 5 6 8 9, and those below them."""
    assert right("conv1.im2col.values") == (
        (1, 2, 4, 5), (2, 3, 5, 6), (4, 5, 7, 8), (5, 6, 8, 9),
        (11, 12, 14, 15), (12, 13, 15, 16), (14, 15, 17, 18), (15, 16, 18, 19),
    )  # fmt: skip
    assert right("conv1.im2col[5,2]") == 15
    assert right("conv1.im2col") == (8, 4)


def windows(image: Any, F: int, S: int, P: int, dilation: int) -> list[list[float]]:
    """Return the matrix' columns, each window cut out of the padded slices."""
    slices = []
    for rows in image:
        width = len(rows[0]) + 2 * P
        blank = [[0.0] * width for _ in range(P)]
        slices.append([*blank, *([0.0] * P + row + [0.0] * P for row in rows), *blank])
    reach = dilation * (F - 1) + 1
    columns = []
    for top in range(0, len(slices[0]) - reach + 1, S):
        for left in range(0, len(slices[0][0]) - reach + 1, S):
            inside = [row[left : left + reach : dilation] for one in slices
                      for row in one[top : top + reach : dilation]]  # fmt: skip
            columns.append([value for row in inside for value in row])
    return columns


@pytest.mark.parametrize(
    ("F", "S", "P", "dilation"),
    [(3, 1, 0, 1), (3, 2, 1, 1), (2, 1, 1, 2), (3, 1, 2, 2), (1, 1, 0, 1)],
)
def test_strides_padding_and_dilation(F: int, S: int, P: int, dilation: int) -> None:
    image = [[[float(100 * d + 10 * y + x) for x in range(7)] for y in range(5)] for d in (1, 2)]
    network = spec(image, "5x7x2", F=F, S=S, P=P, dilation=dilation)
    columns = windows(image, F, S, P, dilation)
    assert right("conv1.im2col.values", network) == tuple(zip(*columns, strict=True))


def test_behind_another_layer_it_has_what_that_computes() -> None:
    network: dict[str, Any] = spec()
    conv = {"conv": {"K": 1, "F": 1, "name": "next"}}
    network["layers"] = [{"conv": {"K": 1, "F": 2}}, "relu", conv]
    given = {"conv1.weight": [[[[1, 0], [0, 0]], [[0, 0], [0, -1]]]], "next.weight": [[[[1]]]]}
    network["example"]["given"] |= given
    assert right("next.im2col.values", network) == ((0, 0, 0, 0),)
    given["conv1.weight"] = [[[[1, 0], [0, 0]], [[0, 0], [0, 1]]]]
    network["example"]["given"] |= given
    assert right("next.im2col.values", network) == (
        (16, 18, 22, 24),
    )  # 1 + 15, 2 + 16, 4 + 18, ...


def marked(ask: str, answer: Any) -> Mark:
    return mark({"spec": spec(), "questions": [ask]}, {ask: answer}).marks[0]


def test_a_cell_and_a_matrix_are_marked() -> None:
    assert marked("conv1.im2col[5,2]", "15").verdict == "right"
    wrong = marked("conv1.im2col[5,2]", "99")
    assert "row 5 is depth 1, place [0, 1] of a window, column 2 the window at [1, 0]" in (
        wrong.feedback
    )
    assert ": the input at [1, 1, 1], 15." in wrong.feedback
    rows = "[[1,2,4,5],[2,3,5,6],[4,5,7,8],[5,6,8,9],[11,12,14,15],[12,13,15,16],[14,15,17,18]"
    assert marked("conv1.im2col.values", f"{rows},[15,16,18,19]]").verdict == "right"


def test_windows_written_as_rows_are_named_as_that() -> None:
    row = spec([[[1], [2], [3], [4], [5]]], "5x1x1", F=[2, 1])
    ask = "conv1.im2col.values"
    assert right(ask, row) == ((1, 2, 3, 4), (2, 3, 4, 5))
    (found,) = mark({"spec": row, "questions": [ask]}, {ask: "1 2; 2 3; 3 4; 4 5"}).marks
    assert (found.verdict, found.misconception) == ("wrong", "im2col_transposed")


def test_a_sheet_has_the_values_and_says_the_order() -> None:
    found = read_assignment({"spec": spec(), "questions": ["conv1.im2col.values"]})
    text = FORMATS["markdown"](found).replace("\\", "")
    assert "given: input (depth, row, column) = [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]" in text
    assert "Each window is a column, its values depth by depth and row by row" in text


@pytest.mark.parametrize(
    ("ask", "network", "code", "says"),
    [
        ("conv1.im2col[8,0]", spec(), "SC505", "the matrix is 8x4"),
        ("conv1.im2col[0]", spec(), "SC505", "outside"),
        ("conv1.im2col.values", spec(groups=2, K=2), "SC505", "no plain convolution"),
        ("conv1.im2col.values", spec([IMAGE, IMAGE]), "SC505", "several inputs"),
        ("conv1.im2col.values", {**spec(), "example": None}, "SC505", "an example"),
        ("conv9.im2col[0,0]", spec(), "SC505", "no layer conv9"),
        ("conv1.im2col[0,0]", spec(S=2), "SC504", "is not known"),
        ("conv1.im2col.values", {"input": "99x99x2", "layers": [{"conv": {"K": 1, "F": 3}}],
         "example": {"given": {"input": [[[1] * 99] * 99] * 2}}}, "SC505", "169,362 values"),
    ],
)  # fmt: skip
def test_what_has_no_matrix_is_a_fault(ask: str, network: Any, code: str, says: str) -> None:
    (found,) = read_assignment({"spec": network, "questions": [ask]}).diagnostics
    assert found.code == code
    assert says in found.message


def test_an_input_that_is_not_given_has_no_values() -> None:
    network = spec()
    network["example"] = {"given": {"conv1.weight": [[[[1, 2], [3, 4]], [[1, 2], [3, 4]]]]}}
    (found,) = read_assignment({"spec": network, "questions": ["conv1.im2col[0,0]"]}).diagnostics
    assert "input would be drawn" in found.message
