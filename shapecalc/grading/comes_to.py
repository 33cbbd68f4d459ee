"""What a working comes to, whatever is written behind it: 2,616 for `6*6*3*24 + 24 = 2606`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from shapecalc.grading.answers import LONGEST, Reading
from shapecalc.grading.arithmetic import OVER, TIMES, worked_out
from shapecalc.grading.notation import SO, plain
from shapecalc.grading.question import Question
from shapecalc.grading.values import Number
from shapecalc.grading.written import is_rounded_from

LAST = re.compile(rf"(?:^|[^\d(\[.])([\d(\[.][\d\s()\[\].,_'+^{TIMES}{OVER}-]*)$")
PARTED = re.compile(r"[,;] |:")


def slipped_from(question: Question, answer: Any, ways: Sequence[Reading]) -> Number | None:
    """Return what the working of an answer comes to, where that is not what it is read as.

    None as well where the answer is that number rounded.
    """
    if question.query.form != "number" or not isinstance(answer, str) or len(answer) > LONGEST:
        return None
    parts = SO.sub("=", plain(answer)).split("=")
    last = LAST.search(PARTED.split(parts[-2])[-1].strip()) if len(parts) > 1 else None
    result = worked_out(last[1]) if last else None
    if result is None or (question.query.exact and result.denominator != 1):
        return None
    number: Number = int(result) if result.denominator == 1 else float(result)
    for reading in ways:
        stated = reading.value
        if not isinstance(stated, int | float) or isinstance(stated, bool):
            return None
        if abs(stated - number) <= reading.off or question.tolerance.near(number, stated):
            return None
        if is_rounded_from([stated], [number]):
            return None
    return number
