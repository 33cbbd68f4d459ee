"""Which sums of products in a working are a mistake's own."""

from __future__ import annotations

from time import process_time

import pytest

from shapecalc.grading import mark
from shapecalc.grading.summed_terms import chains_in, is_another_product, is_of_field

SLICES = {"input": "11x11x96", "layers": [{"depthwise_conv": {"F": 3, "P": 1, "bias": False}}]}


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("3*96 = 288", "filter_not_squared"),
        ("96x3 = 288", "filter_not_squared"),
        ("288", "filter_not_squared"),
        ("9*32 = 288", None),  # which is squared
        ("3*3*32 = 288", None),
    ],
)
def test_a_squared_filter_is_not_said_not_to_be(answer: str, name: str | None) -> None:
    (marked,) = mark(
        {"spec": SLICES, "questions": ["depthwise_conv1.weights"]},
        {"depthwise_conv1.weights": answer},
    ).marks
    assert (marked.verdict, marked.misconception) == ("wrong", name)


@pytest.mark.parametrize(
    ("formula", "another"),
    [
        ("5*3*10 + 10", False),
        ("10 + 10*3*5", False),
        ("15*10 + 10", False),
        ("150 + 10", False),
        ("25*6 + 10", True),
        ("5*30 + 5*2", False),  # 10 is 5*2
        ("5*5*10 + 10", False),  # 260, another number
        ("16*10", False),  # (15 + 1)*10
        ("0*160", False),
    ],
)
def test_factors_may_be_taken_together(formula: str, another: bool) -> None:
    assert is_another_product([formula], "5*3*10 + 10 = 160") is another


def test_one_way_of_several_is_enough() -> None:
    assert not is_another_product(["9*32", "3*96"], "3*96 = 288")
    assert not is_another_product([], "3*96 = 288")
    assert not is_another_product(["9*32"], "the weights of conv1 = 288")


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("1 + 4 + 1 + 2*2", True),
        ("4 + 1 + 2*2 + 1", True),
        ("6 + 2*2", True),
        ("6 + 4", True),
        ("5 + 1 + (3 - 1)*2", True),
        ("1 + 4 + 1 + 4", True),
        ("2 + 2*2 + 4", None),
        ("6 + 2*2*1", True),
        ("7 + 3", None),
        ("6 + 2*3", None),  # 12
        ("5*2", None),
    ],
)
def test_a_field_is_a_sum_or_goes_on_from_one(formula: str, shown: bool | None) -> None:
    assert is_of_field([formula], [], "1 + 4 + 1 + 2*2 = 10") is shown


def test_a_product_for_a_single_number_is_another_mistake_where_there_is_none() -> None:
    told = "1 + 4 + 1 + 4 = 10"
    assert is_of_field(["6 + 2*2"], [], told, all_factors=True) is False
    assert is_of_field(["6 + 2*2", "6 + 4"], [], told, all_factors=True) is True
    assert is_of_field(["6 + 2*2"], [], told) is True


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("1 + 4 + 2*4 + 2", True),
        ("2 + 3 + 2 + 8", True),
        ("1 + 4 + 4 + 4 + 2", False),
        ("1 + 4 + 2*4 + 3", None),  # 16
    ],
)
def test_a_longer_sum_has_other_terms_for_the_first_one_alone(
    formula: str, shown: bool | None
) -> None:
    assert is_of_field([formula], [], "5 + 2*4 + 2 = 15") is shown


def test_fields_of_one_layer_after_the_other() -> None:
    assert chains_in("3 -> 7 → 7 => 8, so 8") == [(3, 7, 8)]
    assert chains_in("3 -> 7") == chains_in("3.5 -> 7 -> 8.5 -> 1") == []
    assert is_of_field([], [(5, 6, 10)], "1 + 4 + 1 + 2*2 = 10") is True
    assert is_of_field([], [(5, 7, 10)], "1 + 4 + 1 + 2*2 = 10") is None


def test_no_text_takes_long() -> None:
    begun = process_time()
    many = "*".join(["2"] * 490)
    for formula in (many, "*".join("23571113" * 60), "+".join(["2*3*4*6*8*12*24*2"] * 50)):
        is_another_product([formula] * 16, formula.replace("2", "3", 1))
        is_another_product(["4*6*24*2*2*3*8*12"] * 16, "2*3*4*6*8*12*24*2")
        is_of_field([formula] * 16, [], formula)
    chains_in("1 -> " * 200)
    assert process_time() - begun < 2
