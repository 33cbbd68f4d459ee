"""The array that an answer ends with, put back into the shape that is asked for behind a list of
another one: `W^T g = 1 3 2 4, put back: [[1, 2], [3, 4]]`, `[1, 3, 2, 4] as 2x2: [[1, 2], [3, 4]]`.
"""

from __future__ import annotations

import re

from shapecalc.grading.answers import OR
from shapecalc.grading.bracketed_lists import bracketed_lists, on_one_line, row_widths
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.leading_values import runs
from shapecalc.grading.lists import plain_list
from shapecalc.grading.regex import regex
from shapecalc.grading.turned_arrays import axes_of
from shapecalc.grading.values import Value, flat, width_of
from shapecalc.grading.words_beside_list import DENIED, DONE

SIZES = r"\d+(?: ?[x×] ?\d+)+"
SHAPE = rf"(?:(?:a|the|its) )?(?:{SIZES}|shape|slices|volume|feature maps?|maps?|place)"
AGAIN = (
    rf"(?:(?:put|placed|folded|brought|written) back|reshaped?|unflatten(?:ed)?)"
    rf"(?: back)?(?: (?:in|into|to|as) {SHAPE})?|(?:back )?(?:in|into|to|as) {SHAPE}"
)
IN_FRONT = regex(rf"(?:^|[,;.:)]\s|\s)(?:{AGAIN}) ?[:=]? ?$", re.IGNORECASE)
GOES_ON = regex(rf"[ ,;.]*(?:{AGAIN}) ?[:=]? ?(?=[\[({{])", re.IGNORECASE)
AT_END = regex(r"[\s.)]*")


def put_back(answer: str, right: Value) -> str:
    """Return the last list of an answer if it has the rows that are asked for, stands behind such
    words, and no list in front of them has as many values in such rows; otherwise an empty text.
    """
    text, count, axes = on_one_line(answer), len(flat(right)), axes_of(right)
    if len(axes) < 2 or OR.search(text) or TAKEN_BACK.search(text):
        return ""
    found = bracketed_lists(text, count, width_of(right))
    last = found[-1] if found and found[-1].alone else None
    if last is None or not AT_END.fullmatch(text, last.end):
        return ""
    front = text[: last.start]
    if not IN_FRONT.search(front) or DENIED.search(front) or DONE.search(front):
        return ""
    others = (front[run.start : run.end] for run in runs(front) if run.numbers == count)
    of_its_shape = any(_widths(one) == {axes[-1]} for one in others)
    return last.text if _widths(last.text) == {axes[-1]} and not of_its_shape else ""


def is_put_back(text: str, end: int) -> bool:
    """Say whether a list that ends at a place of a text is put into another shape behind it."""
    return GOES_ON.match(text, end) is not None


def _widths(written: str) -> set[int]:
    return row_widths(plain_list(written))
