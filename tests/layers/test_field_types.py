"""The values that fields take: how each is read, and how strictly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from shapecalc.layers import field_types, read_numbers, read_volumes

LIMIT = 9_223_372_036_854_775_807


def read(annotated: Any, value: Any) -> Any:
    """Return the value as a field of that type reads it."""
    return TypeAdapter(annotated).validate_python(value)


def refused(annotated: Any, value: Any) -> str:
    """Return the code with which a field of that type refuses the value."""
    with pytest.raises(ValidationError) as caught:
        read(annotated, value)
    (problem,) = caught.value.errors()
    assert problem["msg"].startswith("must be ")
    return str(problem["type"])


# -- volumes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "volume"),
    [
        ("227x227x3", (227, 227, 3)),
        ("227X227X3", (227, 227, 3)),
        ("227×227×3", (227, 227, 3)),
        (" 227 x 227 × 3 ", (227, 227, 3)),
        ("10x1", (10, 1)),
        ("16x112x112x3", (16, 112, 112, 3)),
        ("784", (784,)),
        (784, (784,)),
        ([227, 227, 3], (227, 227, 3)),
        ((227, 227, 3), (227, 227, 3)),
        ([784], (784,)),
        ("007x1", (7, 1)),
        ({"length": 10, "depth": 1}, (10, 1)),
        ({"depth": 3, "height": 2, "width": 5}, (2, 5, 3)),
        ({"frames": 16, "height": 2, "width": 5, "depth": 3}, (16, 2, 5, 3)),
        ({"units": 12}, (12,)),
        (LIMIT, (LIMIT,)),
    ],
)
def test_a_volume_is_read(value: Any, volume: tuple[int, ...]) -> None:
    assert read_volumes.read_volume(value) == volume
    assert read(field_types.VolumeField, value) == volume


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "SC104"),
        ("0x3", "SC104"),  # [0, 3], and no size is 0
        ([4, 0, 3], "SC104"),
        (-4, "SC104"),
        (4.0, "SC104"),
        (True, "SC104"),
        (None, "SC104"),
        ("", "SC104"),
        ("x", "SC104"),
        ("3x", "SC104"),
        ("x3", "SC104"),
        ("3xx3", "SC104"),
        ("3x-3", "SC104"),
        ("3.5x3", "SC104"),
        ("3,3,3", "SC104"),
        ("3*3", "SC104"),
        ("٣x٣", "SC104"),  # digits, but not 0 to 9
        ("a photo", "SC104"),
        ([], "SC104"),
        ([1] * 9, "SC104"),
        ("1x2x3x4x5x6x7x8x9", "SC104"),
        (["3", 3, 3], "SC104"),
        ([[3, 3, 3]], "SC104"),
        ([True, 3, 3], "SC104"),
        ([3, None], "SC104"),
        ({}, "SC104"),
        ({"height": 3, "width": 3}, "SC104"),
        ({"height": 3, "width": 3, "depth": 3, "units": 3}, "SC104"),
        ({"units": "12"}, "SC104"),
        (LIMIT + 1, "SC108"),
        ("3x99999999999999999999", "SC108"),
        ([3, 10**30], "SC108"),
        ("9" * 390 + "x3", "SC108"),
    ],
)
def test_no_volume_is_refused(value: Any, code: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read_volumes.read_volume(value)
    assert caught.value.type == code


def test_long_texts_are_refused_in_no_time() -> None:
    for text in ("3x" * 100_000 + "3", "9" * 1_000_000, "3" + " " * 1_000_000 + "x"):
        with pytest.raises(PydanticCustomError):
            read_volumes.read_volume(text)
        assert read_numbers.crossed(text) is None


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("3x5", [3, 5]),
        ("3 × 5 X 7", [3, 5, 7]),
        ("3", [3]),
        ("0x3", [0, 3]),
        ("3x5a", None),
        ("3 5", None),
        ("", None),
    ],
)
def test_digits_and_crosses(text: str, sizes: list[int] | None) -> None:
    assert read_numbers.crossed(text) == sizes


# -- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotated", "least"),
    [(field_types.Positive, 1), (field_types.Natural, 0)],
    ids=["positive", "natural"],
)
def test_whole_numbers_are_strict(annotated: Any, least: int) -> None:
    for good in (least, least + 1, 7, LIMIT):
        assert read(annotated, good) == good
    wrong: list[Any] = [least - 1, -7, 2.5, 7.0, "7", True, False, None, [7], {}, float("nan")]
    for value in wrong:
        assert refused(annotated, value) == "SC104", value
    for large in (LIMIT + 1, 10**40):
        assert refused(annotated, large) == "SC108"


@pytest.mark.parametrize(
    ("value", "instead"),
    [(7.0, 7), ("7", 7), (" 7 ", 7), (-3, 3), ("-3", 3), (2.4, 2), ([8], 8), ("7.0", 7)],
)
def test_a_number_that_is_not_whole_is_told_what_may_be_meant(value: Any, instead: int) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read_numbers.check_whole(value, 1, "a positive whole number")
    assert (caught.value.context or {})["instead"] == instead


NO_NUMBERS: list[Any] = ["1", True, None, float("nan"), float("inf"), -float("inf"), [1]]


@pytest.mark.parametrize(
    ("annotated", "good", "wrong"),
    [
        (field_types.Rate, [0, 0.0, 0.5, 0.999], [1, 1.5, -0.1, *NO_NUMBERS]),
        (field_types.Real, [0, -2.5, 1e-300, 10**15], NO_NUMBERS),
        (field_types.PositiveReal, [1e-12, 1, 2.5], [0, -1, 0.0, *NO_NUMBERS]),
        (field_types.Truth, [True, False], [1, 0, "true", "no", None, []]),
        (
            Annotated[str, field_types.choice("nearest", "bilinear")],
            ["nearest", "bilinear"],
            ["Bilinear", "", 1, None, ["nearest"], True],
        ),
    ],
    ids=["rate", "real", "positive", "truth", "choice"],
)
def test_other_values_are_strict(annotated: Any, good: list[Any], wrong: list[Any]) -> None:
    for value in good:
        assert read(annotated, value) == value
    for value in wrong:
        assert refused(annotated, value) == "SC104", value


@pytest.mark.parametrize(
    ("annotated", "value", "written"),
    [
        (Annotated[str, field_types.choice("nearest", "bilinear")], "Bilinear", "bilinear"),
        (Annotated[str, field_types.choice("nearest", "bilinear")], "bilinaer", "bilinear"),
        (field_types.Truth, "yes", True),
        (field_types.Truth, "Off", False),
        (field_types.Truth, "True", True),
        (field_types.Truth, "flase", False),
        (field_types.Truth, "Ture", True),
        (field_types.Truth, 0, False),
        (field_types.Positive, 3.0, 3),
        (field_types.Rate, 50, 0.5),
        (field_types.Pads, "Same", "same"),
        (Annotated[str, field_types.choice("nearest", "bilinear")], "cubic", None),
        (field_types.Truth, "maybe", None),
        (field_types.Rate, 1.5, None),
    ],
)
def test_a_near_miss_is_told_what_to_write(annotated: Any, value: Any, written: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        read(annotated, value)
    (error,) = caught.value.errors()
    assert error["ctx"]["instead"] == written


@pytest.mark.parametrize(
    "annotated", [field_types.LayerList, field_types.Text], ids=["list", "text"]
)
def test_lists_and_texts(annotated: Any) -> None:
    pair: tuple[Any, Any] = (["relu"], "relu")
    good, bad = pair if annotated is field_types.LayerList else pair[::-1]
    assert read(annotated, good) == good
    wrong: list[Any] = [bad, 3, None, {}, True]
    for value in wrong:
        assert refused(annotated, value) == "SC104", value


# -- a number for every axis -------------------------------------------------------------------

Reading = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("value", "sizes"),
    [
        (3, 3),
        ([3], (3,)),
        ([3, 5], (3, 5)),
        ((3, 5, 7), (3, 5, 7)),
        ("3x5", (3, 5)),
        ("3 × 5", (3, 5)),
        ("3X5x7", (3, 5, 7)),
    ],
)
def test_sizes_are_one_or_one_per_axis(value: Any, sizes: Any) -> None:
    assert read(field_types.Sizes, value) == sizes
    assert read(field_types.Offsets, value) == sizes


@pytest.mark.parametrize(
    "value",
    [
        "3",
        "",
        "x",
        "3x",
        2.5,
        3.0,
        True,
        None,
        [],
        {},
        [3, 5, 7, 9],
        "1x2x3x4",
        [[3, 5]],
        ["3"],
        [True],
    ],
)
def test_what_is_no_size(value: Any) -> None:
    assert refused(field_types.Sizes, value) == "SC104"
    assert refused(field_types.Offsets, value) == "SC104"


def test_zero_is_an_offset_and_no_size() -> None:
    assert read(field_types.Offsets, 0) == 0
    assert read(field_types.Offsets, "0x3") == (0, 3)
    for value in (0, "0x3", [1, 0]):
        assert refused(field_types.Sizes, value) == "SC104"
    for value in (-1, [0, -1]):
        assert refused(field_types.Offsets, value) == "SC104"


@pytest.mark.parametrize(
    ("value", "sides"),
    [
        (0, 0),
        (2, 2),
        ([1, 2], (1, 2)),  # height and width, both sides alike
        ("1x2", (1, 2)),
        ([[1, 2]], ((1, 2),)),  # one axis, before and after
        ([[0, 1], [2, 3]], ((0, 1), (2, 3))),
        ([1, [2, 3]], (1, (2, 3))),
        ([0, 0, 0], (0, 0, 0)),
    ],
)
def test_paddings(value: Any, sides: Any) -> None:
    assert read(field_types.Pads, value) == sides
    assert read(field_types.Border, value) == sides


@pytest.mark.parametrize("policy", ["same", "same_lower", "valid", "full"])
def test_policies_are_for_windows(policy: str) -> None:
    assert read(field_types.Pads, policy) == policy
    assert refused(field_types.Border, policy) == "SC104"


@pytest.mark.parametrize(
    "value",
    [
        -1,
        1.0,
        "1",
        "SAME",
        "Same",
        "",
        True,
        None,
        {},
        [],
        [[1]],
        [[1, 2, 3]],
        [-1],
        [[0, -1]],
        [1] * 8,
        [["1", 2]],
        [[[1, 2]]],
    ],
)
def test_what_is_no_padding(value: Any) -> None:
    assert refused(field_types.Pads, value) == "SC104"
    assert refused(field_types.Border, value) == "SC104"


@pytest.mark.parametrize(
    "annotated", [field_types.Sizes, field_types.Offsets, field_types.Pads, field_types.Border]
)
@pytest.mark.parametrize("value", [LIMIT + 1, [3, LIMIT + 1], "3x99999999999999999999"])
def test_numbers_beyond_the_limit(annotated: Any, value: Any) -> None:
    assert refused(annotated, value) == "SC108"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x1b[31mb\nc", '"a?[31mb?c"'),
        ("y" * 200, "..."),
        ({"a": 1}, "a mapping"),
        (None, "nothing"),
        (True, "true"),
    ],
)
def test_a_refusal_quotes_the_value_cleaned_and_cut(value: Any, shown: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read(field_types.Positive, value)
    message = caught.value.errors()[0]["msg"]
    assert shown in message
    assert len(message) < 200
    assert message.isprintable()
