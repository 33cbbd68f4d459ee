"""A remark behind an answer and its working: `9x9, 5 + 2 + 2 (the pools do not count, they have no
weights)`.

It has no number in it, and no word that takes the answer back or does something to it.
"""

from __future__ import annotations

import re
from typing import Any

from shapecalc.grading.answers import LONGEST, OR
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.regex import regex

WORKED = r"[^,;:()]*\d[^,;:()]*[,;:]\s+.*[\d)\]] ?[-+*/^×·x] ?[\d(\[]"  # a value, and a working
REMARK = regex(r"\s*(?:\((?P<inside>[^()\d=]*)\)|[,;] +(?P<behind>[^\W\d_][^()\d=]*))[ .!]*$")
ANSWERED = regex(WORKED, re.DOTALL)
DONE = regex(
    r"\b(?:minus|plus|times|half|halved|twice|double[ds]?|divid\w*|multipl\w*|squared?|scaled"
    r"|wrong|instead|opposite|negative|then|but|so|percent|round\w*|floor\w*|ceil\w*)\b|[%*/+]",
    re.IGNORECASE,
)
WORD = regex(r"[^\W\d_]{2}")


def without_remark(answer: Any) -> Any:
    """Return an answer of a value and its working without the remark behind these; any other answer
    as it is.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return answer
    remark = REMARK.search(answer)
    said = (remark["inside"] or remark["behind"] or "") if remark else ""
    if remark is None or not WORD.search(said) or not ANSWERED.match(answer[: remark.start()]):
        return answer
    if OR.search(said) or TAKEN_BACK.search(said) or DONE.search(said):
        return answer
    return answer[: remark.start()]
