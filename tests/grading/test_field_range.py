"""What a unit sees, against a plain loop that follows every window back to the pixels."""

from __future__ import annotations

from typing import Any

import pytest

from shapecalc.grading import mark, read_assignment
from shapecalc.grading.handout import FORMATS
from shapecalc.grading.marks import Mark
from shapecalc.grading.ranges import read_ranges

# Two convolutions, of which the second has zeros around it: a unit sees 7 pixels, 2 apart.
TWO: dict[str, Any] = {
    "input": "15x17x1",
    "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}, {"conv": {"K": 1, "F": 3, "P": 1}}],
}


def windows(W: int, F: int, S: int, P: int) -> list[set[int]]:
    """Return the positions that each window covers, placed one by one; zeros are none."""
    return [
        {x - P for x in range(start, start + F) if 0 <= x - P < W}
        for start in range(0, W + 2 * P - F + 1, S)
    ]


def pixels(W: int, layers: list[tuple[int, int, int]], unit: int) -> set[int]:
    """Return the pixels that a unit of the last layer sees, followed back layer by layer."""
    steps, size = [], W
    for F, S, P in layers:
        steps.append(windows(size, F, S, P))
        size = len(steps[-1])
    units = {unit}
    for covered in reversed(steps):
        units = set().union(*(covered[one] for one in units))
    return units


GRID = [
    [(3, 1, 1), (3, 2, 1), (3, 1, 1)],
    [(5, 2, 2), (2, 2, 0), (3, 1, 1)],
    [(11, 4, 0), (3, 2, 0), (5, 1, 2)],
    [(7, 2, 3), (3, 2, 1), (1, 1, 0)],
]


@pytest.mark.quick(1)
@pytest.mark.parametrize("layers", GRID, ids=str)
def test_every_unit_sees_what_a_loop_finds(layers: list[tuple[int, int, int]]) -> None:
    """At sizes at which all windows fit; a unit whose windows leave pixels out is not asked for."""
    kinds = [{"conv": {"K": 1, "F": F, "S": S, "P": P}} for F, S, P in layers]
    asked = 0
    for W in range(20, 68):
        spec = {"input": f"{W}x1", "layers": kinds}
        size = W
        for F, S, P in layers:
            size = len(windows(size, F, S, P)) if size else 0
        at = sorted({0, 1, size // 2, size - 2, size - 1})
        paths = [f"conv3.receptive_field[{unit}]" for unit in at if unit >= 0]
        for question in read_assignment({"spec": spec, "questions": paths}).questions:
            seen = pixels(W, layers, question.query.place[0])
            assert question.right == ((min(seen), max(seen)),), (W, question.id)
            asked += 1
    assert asked > 10


def about(spec: Any, path: str) -> Any:
    """Return an assignment of one question."""
    return read_assignment({"spec": spec, "questions": [path]})


def test_a_unit_behind_dropped_pixels_is_asked_for_only_where_it_is_known() -> None:
    """7 pixels, windows of 2 at S=3, rounded down: pixels 2, 5 and 6 are in none. The second
    layer's last unit has a zero where a third window would be: it sees no more than pixel 4.
    """
    conv = {"conv": {"K": 1, "F": 2, "S": 3, "rounding": "floor"}}
    spec = {"input": "7x1", "layers": [conv, {"conv": {"K": 1, "F": 3, "P": 1}}]}
    (found,) = about(spec, "conv2.receptive_field[1]").diagnostics
    assert (found.code, found.hint) == ("SC505", "")
    assert "leave pixels out" in found.message
    wider = {**spec, "input": "31x1"}
    (found,) = about(wider, "conv2.receptive_field[0]").diagnostics
    asked = found.hint.removeprefix("ask for ")
    (question,) = about(wider, asked).questions
    assert asked == "conv2.receptive_field[5]"
    assert question.right == ((12, 19),)  # the windows at 12, 15 and 18


def marked(answer: Any, place: str = "3,4", **keys: Any) -> Mark:
    path = f"conv2.receptive_field[{place}]"
    return mark({"spec": TWO, "questions": [path], **keys}, {path: answer}).marks[0]


@pytest.mark.parametrize(
    "answer",
    ["rows 4 to 10, columns 6 to 12", "4-10, 6-12", "[4, 10] x [6, 12]", "4..10 and 6..12",
     "[[4, 10], [6, 12]]", [[4, 10], [6, 12]], {"rows": [4, 10], "columns": [6, 12]},
     "columns 6-12, rows 4-10", "(4, 6) to (10, 12)", "4:11, 6:13", "[4, 11) x [6, 13)",
     "row 4 to row 10; column 6 to column 12", "rows 4 through 10, cols 6 through 12",
     "$[4, 10] \\times [6, 12]$", "[4, 10] x [6, 12] (rows x columns)",
     "4-10 x 6-12, rows by columns", "6-12 x 4-10, columns by rows",
     "rows 4,5,6,7,8,9,10; columns 6,7,8,9,10,11,12", "4,5,6,7,8,9,10 / 6,7,8,9,10,11,12",
     "rows 4, 5, 6, 7, 8, 9 and 10; columns 6, 7, 8, 9, 10, 11, and 12",
     "rows {4,5,6,7,8,9,10}, columns {6,7,8,9,10,11,12}",
     "top left (4, 6), bottom right (10, 12)", "(4, 6), (10, 12)", "(4, 6) and (10, 12)",
     "upper-left corner: (4, 6); lower-right corner: (10, 12)", [[4, 6], [10, 12]],
     "W: 6 to 12, H: 4 to 10", "H: 4 to 10, W: 6 to 12", "x 6 to 12, y 4 to 10",
     "y 4 to 10, x 6 to 12", "horizontal 6 to 12, vertical 4 to 10",
     "j = 6..12, i = 4..10", "i = 4..10, j = 6..12"],
)  # fmt: skip
def test_ranges_are_read_as_people_write_them(answer: Any) -> None:
    """Row 3: from (3 - 1)*2 = 4, seven pixels; column 4: from 6."""
    assert marked(answer).verdict == "right"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("5-11, 7-13", "range_from_one"),
        ("4-11, 6-13", "range_one_too_far"),
        ("6-12, 8-14", "range_padding_ignored"),
        ("1-7, 2-8", "range_jump_ignored"),
    ],
)
def test_a_wrong_range_gets_its_name(answer: str, name: str) -> None:
    found = marked(answer)
    assert (found.verdict, found.misconception) == ("wrong", name)
    told = "rows 3*2 - 2 = 4 to 4 + 7 - 1 = 10; columns 4*2 - 2 = 6 to 6 + 7 - 1 = 12."
    assert f"The right answer is rows 4 to 10, columns 6 to 12: {told}" in found.feedback


def test_behind_an_upsampling_the_jump_is_no_product_of_strides() -> None:
    """At S=2 doubled and pooled by 2: 2 pixels apart, and not 2*2. Row 4: from 4*2 - 1 = 7."""
    layers = [{"conv": {"K": 8, "F": 3, "S": 2, "P": 1}}, {"upsample": 2}, {"max_pool": 2}]
    spec = {"input": "24x24x3", "layers": layers, "rounding": "floor"}
    ask = "max_pool1.receptive_field[4,5]"
    assert mark({"spec": spec, "questions": [ask]}, {ask: "7-9, 9-11"}).marks[0].verdict == "right"
    (found,) = mark({"spec": spec, "questions": [ask]}, {ask: "3-5, 4-6"}).marks
    assert found.misconception == "range_jump_ignored"
    assert (
        "were taken to be one pixel apart: rows 3 to 5, columns 4 to 6; here they lie further"
        in found.feedback
    )


def test_a_unit_at_the_border_sees_no_padding() -> None:
    """Unit 0 begins at -2, and the input at 0."""
    assert marked("0-4, 0-4", "0,0").verdict == "right"
    assert marked("0-4", "0,0").verdict == "right"
    found = marked("-2 to 4, -2 to 4", "0,0")
    assert found.misconception == "range_not_cut"
    assert "rows 0*2 - 2 = -2 to (-2) + 7 - 1 = 4, in the input 0 to 4" in found.feedback


def test_what_is_right_of_it_is_told() -> None:
    assert "The range of rows is right; the range of columns is not." in (
        marked("4-10, 5-11").feedback
    )
    assert "their order is not" in marked("6-12, 4-10").feedback


@pytest.mark.parametrize(
    "answer",
    ["W: 4 to 10, H: 6 to 12", "j = 4..10, i = 6..12", "6-12 x 4-10, rows by columns",
     "x 4 to 10, y 6 to 12", "top left (6, 4), bottom right (12, 10)",
     "4-10 x 6-12, columns x rows",
     "rows 4,5,6,7,8,9; columns 6,7,8,9,10,11,12", "[[4, 12], [6, 10]]"],
)  # fmt: skip
def test_axes_the_other_way_round_are_not(answer: str) -> None:
    assert marked(answer).verdict == "wrong"


def test_a_list_of_even_length_may_be_ends() -> None:
    assert [way.value for way in read_ranges("4, 5, 6, 7")] == [((4, 5), (6, 7))]
    assert [way.value for way in read_ranges("4, 5, 6")] == [((4, 6),)]
    assert [way.value for way in read_ranges("rows 4,5,6,7; columns 1,2,3")] == [((4, 7), (1, 3))]


@pytest.mark.parametrize(
    "answer",
    ["7x7", "4", "10-4, 12-6", "4-10 or 5-11", "rows 4-10 (7), columns 6-12", "4-10," * 90],
)
def test_what_is_no_range_needs_a_look(answer: str) -> None:
    found = marked(answer)
    assert found.verdict == "needs a look"
    assert found.points == 0


def test_what_a_sheet_and_a_platform_say() -> None:
    path = "conv2.receptive_field[3,4]"
    found = about(TWO, path)
    assert "Which rows and columns of the input does its unit at row 3, column 4 see" in (
        FORMATS["markdown"](found)
    )
    gift = FORMATS["gift"](found)
    assert "=rows 4 to 10, columns 6 to 12" in gift
    assert "~rows 5 to 11, columns 7 to 13#The pixels were counted from 1" in gift


def test_keys_and_choices_are_read() -> None:
    path = "conv2.receptive_field[3,4]"
    asked = {"ask": path, "key": "4-10, 6-12", "choices": ["4-10, 6-12", "5-11, 7-13"]}
    found = about(TWO, asked)
    assert not found.findings
    assert mark(found, {path: "a"}).marks[0].verdict == "right"
    (wrong,) = read_assignment(
        {"spec": TWO, "questions": [{"ask": path, "key": "5-11, 7-13"}]}
    ).diagnostics
    assert wrong.code == "SC507"
    assert "rows 4 to 10, columns 6 to 12" in wrong.hint


@pytest.mark.parametrize(
    ("ask", "code", "says"),
    [
        ("conv2.receptive_field[3]", "SC505", "outside: the output of conv2 is 7x8"),
        ("conv2.receptive_field[7,0]", "SC505", "outside"),
        ("dense1.receptive_field[0]", "SC505", "sees the whole input"),
        ("conv9.receptive_field[0,0]", "SC505", "there is no layer conv9"),
        ("up1.receptive_field[0,0]", "SC505", "a bound"),
    ],
)
def test_what_has_no_range_is_a_fault(ask: str, code: str, says: str) -> None:
    up = {"upsample": {"scale": 2, "mode": "bilinear", "name": "up1"}}
    spec = {**TWO, "layers": [*TWO["layers"], up, "flatten", {"dense": 3}]}  # type: ignore[misc]
    (found,) = about(spec, ask).diagnostics
    assert found.code == code
    assert says in found.message


def test_sizes_behind_a_fault_have_no_range() -> None:
    spec = {"input": "8x8x1", "layers": [{"conv": {"K": 1, "F": 3, "S": 2}}, "relu"]}
    (found,) = about(spec, "relu1.receptive_field[0,0]").diagnostics
    assert found.code == "SC504"


def test_a_slice_is_read_with_its_end_or_without() -> None:
    assert [way.value for way in read_ranges("4:9")] == [((4, 8),), ((4, 9),)]
