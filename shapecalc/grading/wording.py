"""The questions in words, by what is asked for: one table for assignments and quizzes.

The words of a count stand with the count (quantities.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shapecalc.grading.query import Query
from shapecalc.grading.ranges import NAMES as RANGES
from shapecalc.quantities import QUANTITIES

AXES = {1: ("length",), 2: ("height", "width"), 3: ("number of frames", "height", "width")}

MOST_NAMED = 4  # layers


def volume_axes(count: int) -> tuple[str, ...]:
    """Return what the sizes of a volume are, in their order: its depth alone if it is flat."""
    return (*AXES.get(count - 1, ()), "depth")


def size_in_words(key: str) -> str:
    """Return what the key of a size means, as AXES has it."""
    return "number of frames" if key == "frames" else key


def sizes_of(query: Query, count: int) -> tuple[str, ...]:
    """Return what the sizes of an answer are, in their order; empty where they have no names."""
    if query.kind == "range":
        return tuple(f"range of {name}" for name in RANGES.get(count, ()))
    if query.key in ("output", "input") and count > 1:
        return volume_axes(count)
    if query.key in ("receptive_field", "jump"):
        return AXES.get(count, ())
    return ("number of rows", "number of columns") if query.key == "im2col" else ()


def in_a_row(names: Sequence[str]) -> str:
    """Return `one`, `one and another` or `one, another and a third`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def holds_for(names: Sequence[str], *, alone: bool) -> str:
    """Return behind an answer that it holds for other layers as well, of many the first ones; in
    brackets where it is not told `alone`.
    """
    more = [f"{len(names) - MOST_NAMED} more layers"] if len(names) > MOST_NAMED + 1 else []
    held = f"which holds for {in_a_row([*names[:MOST_NAMED], *more] if more else names)} as well"
    return f", {held}" if alone else f" ({held})"


def questions_by(numbers: Sequence[int]) -> str:
    """Return `question 4`, `questions 1 and 2` or `questions 1 to 3, 5 and 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [
        f"{run[0]} to {run[-1]}" if len(run) > 2 else str(number)
        for run in runs
        for number in (run[:1] if len(run) > 2 else run)
    ]
    *first, last = parts
    word = "question" if len(numbers) == 1 else "questions"
    return f"{word} {', '.join(first)} and {last}" if first else f"{word} {last}"


# What the letters of fields and formulas mean.
LETTERS: Mapping[str, str] = {
    "K": "the number of filters",
    "C": "the depth of the input",
    "F": "the size of a filter or window",
    "S": "the stride",
    "P": "the padding on each side",
}


class Wording(NamedTuple):
    """A question in words; empty where it is never asked in that way."""

    asked: str  # behind a description of the layer: "its"; {order} is that of the sizes
    drawn: str  # in a quiz, about {name}
    flat: str = ""  # about a volume that is a row of values


WORDINGS: Mapping[str, Wording] = {
    "output": Wording(
        "What is its output volume{order}?",
        "What is the output volume of {name} (height x width x depth)?",
        "How many values does it give?",
    ),
    "input": Wording("What is its input volume{order}?", "", "How many values does it take?"),
    **{key: Wording(quantity.asked, quantity.drawn) for key, quantity in QUANTITIES.items()},
    "receptive_field": Wording(
        "How large is the receptive field of one of its outputs, in input pixels{order}?",
        "How large is the receptive field of one output of {name}, in input pixels"
        " (height x width)?",
    ),
    "jump": Wording(
        "How many input pixels apart are the receptive fields of two neighbouring outputs?",
        "How many input pixels apart are the receptive fields of two neighbouring outputs of"
        " {name} (down x across)?",
    ),
    "unshared_parameters": Wording(
        "How many parameters would it have if every output had its own filter?",
        "How many parameters would {name} have if every output value had a filter and a bias of"
        " its own?",
    ),
    "im2col": Wording(
        "How large is its im2col matrix, rows by columns?",
        "im2col writes every window of {name} as a column. How large is the matrix (rows x"
        " columns)?",
    ),
    "fits": Wording(
        "Does its stride fit, with nothing left over: yes or no?",
        "Does the stride of {name} fit, with nothing left over? (yes or no)",
    ),
    "P": Wording("", "Which padding P on each side of {name} keeps height and width as they are?"),
}


def capital(text: str) -> str:
    """Return a sentence with its first letter large."""
    return text[:1].upper() + text[1:]
