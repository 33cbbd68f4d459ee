"""A word to the reader is no line that was not read; what may hold an answer is."""

from __future__ import annotations

import pytest

from shapecalc.grading.answer_texts import lines_of


@pytest.mark.parametrize(
    "said",
    [
        "sorry for the short workings, I did them on paper",
        "I did all calculations by hand",
        "All values are rounded to three digits.",
        "PS: I rounded everything to three decimal places",
        "Workings are a bit messy, sorry",
        "used a calculator for the arithmetic",
        "Hi, sorry for the handwriting-style answers :)",
        "Hello Professor, I did all calculations by hand ;-)",
        "thank you \U0001f600",
    ],
)
def test_a_word_to_the_reader_is_not_listed(said: str) -> None:
    lines = lines_of(f"q1: 5\n{said}\nq2: 7\n{said}", ["q1", "q2"])
    assert lines.answers == {"q1": "5", "q2": "7"}
    assert (lines.notes, lines.unread) == ((), False)


@pytest.mark.parametrize(
    "said",
    [
        "sorry, I did question four on paper",
        "I did it on paper",
        "sorry, see the paper for the workings",
        "the workings are on the next page",
        "no workings, padding is same",
        "I used a calculator and got four",
        "three, workings on paper",
        "rounded to 3 digits",
        "hi, the padding is same :)",
        "Hello, I got four :)",
        "Hi, see the photo for the workings :)",
    ],
)
def test_what_may_hold_an_answer_or_say_where_it_stands_is_listed(said: str) -> None:
    lines = lines_of(f"q1: 5\n{said}", ["q1", "q2"])
    assert lines.unread
    assert lines.notes == (f"Line 2 was not read: `{said}`",)
