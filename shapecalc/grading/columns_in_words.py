"""A matrix that is told column by column: `column 0: 1, 3; column 1: 2, 4`, `left: 1, 3, right: 2,
4`.
"""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex
from shapecalc.grading.values import NESTED, Value, flat, width_of

NUMBERED = (
    r"(?:columns?|cols?)[ ._]?#?\d{1,2}|(?:first|second|third|fourth|last|left|right|middle|1st|2nd"
    r"|3rd|4th) (?:columns?|cols?)"
)
COLUMN = regex(rf"(?<!\w)(?:{NUMBERED})(?!\w)", re.IGNORECASE)
SIDE = regex(r"(?<![\w-])(?<!top )(?<!bottom )(?:left|right)(?= ?[:=])", re.IGNORECASE)
OF_INPUT = regex(r"(?<!\w)(?:x|inputs? )[_ ]?\d ?[:=](?= ?[\[(]?[-+\d.]+,? [-+\d.])", re.I)
ROW = regex(r"\b(?:rows?|top|bottom|upper|lower)\b", re.IGNORECASE)


def is_by_columns(text: str, right: Value) -> bool:
    """Say whether the columns of a matrix have names in a text, and its rows have none: of weights
    also those of the inputs, if there are not as many units.
    """
    found = len(COLUMN.findall(text)) or len(SIDE.findall(text))
    inputs, width = len(OF_INPUT.findall(text)), width_of(right)
    if inputs == width > 1 and len(flat(right)) != width * width:
        return True
    return found > 1 and ROW.search(text) is None


def in_rows(columns: Value, right: Value) -> Value | None:
    """Return a matrix row by row that is given column by column; None where another array is asked
    for, or it has not as many values.
    """
    while isinstance(right, NESTED) and len(right) == 1:
        right = right[0]
    given = flat(columns)
    if not isinstance(right, NESTED) or len(given) != len(flat(right)):
        return None
    if not isinstance(right[0], NESTED) or isinstance(right[0][0], NESTED):
        return None
    height = len(right)
    return tuple(tuple(given[row::height]) for row in range(height))
