"""What a working comes to, whatever is written behind it: 2,616 for `6*6*3*24 + 24 = 2606`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shapecalc.grading.answers import LONGEST, Reading
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.notation import SO, plain
from shapecalc.grading.question import Question
from shapecalc.grading.values import Number

LAST = re.compile(r"(?:^|[^\d(\[.])([\d(\[.][\d\s()\[\].,_'*/+×·xX^-]*)$")
PARTED = re.compile(r"[,;] |:")


def slipped_from(question: Question, answer: Any, ways: Sequence[Reading]) -> Number | None:
    """Return what the working of an answer comes to, where that is not what it is read as.

    None as well where the answer is that number rounded. A hyperparameter is a whole number.
    """
    form = question.query.form
    if form not in ("number", "field") or not isinstance(answer, str) or len(answer) > LONGEST:
        return None
    parts = SO.sub("=", plain(answer)).split("=")
    last = LAST.search(PARTED.split(parts[-2])[-1].strip()) if len(parts) > 1 else None
    result = worked_out(last[1]) if last else None
    if result is None or ((form == "field" or question.query.exact) and result.denominator != 1):
        return None
    number: Number = int(result) if result.denominator == 1 else float(result)
    for reading in ways:
        stated = reading.value
        if not isinstance(stated, int | float) or isinstance(stated, bool):
            return None
        if abs(stated - number) <= reading.off or question.tolerance.near(number, stated):
            return None
    return number
