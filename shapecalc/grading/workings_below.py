"""A line in brackets below a list that works out one of its values: `(the 5 is 1 + 6 - 0 - 2)`."""

from __future__ import annotations

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.regex import regex
from shapecalc.grading.written import is_rounded_from

LONGEST = 200  # characters of such a line
NUMBER = r"[-+−]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
SUM = r"[-+−*/·×().\d ]{3,150}"
IN_BRACKETS = regex(
    rf"\((?:(?:the|for example|e\.g\.),? )*(?P<value>{NUMBER}) ?(?:is|was|comes from|=|:)"
    rf" ?(?P<working>{SUM})\)\.?"
)
RESULT = regex(rf"\((?P<working>{SUM})= ?(?P<value>{NUMBER})\)\.?")
ALONE = regex(rf"(?<![\w.]){NUMBER}(?![\w.]*\w)")


def works_out_a_value(line: str, values: str) -> bool:
    """Say whether a line in brackets works out one of the `values` that are written above it."""
    line = line.strip()
    if len(line) > LONGEST or line[:1] != "(":
        return False
    found = IN_BRACKETS.fullmatch(line) or RESULT.fullmatch(line)
    comes_to = worked_out(found["working"].replace("−", "-")) if found else None
    if found is None or comes_to is None:
        return False
    value = _number(found["value"])
    written = [_number(one) for one in ALONE.findall(values)]
    return len(written) > 1 and value in written and is_rounded_from([value], [float(comes_to)])


def _number(text: str) -> float:
    return float(text.replace("−", "-"))
