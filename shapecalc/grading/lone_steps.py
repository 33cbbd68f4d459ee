"""A step that stands alone in a working, `-0.1*grad`, `lr * dW`: no old value is in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from math import isclose as is_close

from shapecalc.grading.regex import regex

MOST = 8  # of one answer
RATE = r"(?:the )?(?:lr|learning[ _-]?rate|rate|step ?size|\\?(?:alpha|eta)|[αη])"
NUMBER = r"(?:\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
TIMES = r" ?(?:[*·×∗]|times\b|(?<=[\w)]) ?x(?= )) ?"
NAME = r"(?:the )?(?:d(?!ense)[A-Za-z]|∂|∇|grad)[\w/∂.'_]{0,12}(?: of [\w.]{1,12})?"
FACTORS = rf"\( ?[-−]? ?{NUMBER}(?:{TIMES}\(?[-−]? ?{NUMBER}\)?){{1,3}} ?\)"  # (-0.76*5.5)
GRADIENT = rf"(?:{NAME}|{FACTORS}|\(?[-−]? ?{NUMBER}\)?|[\[(][-−+\d., ]{{1,200}}[\])])"
# Behind a list, `[1, -3] - 0.1*grad`, a minus with blanks around it takes something off that.
FRONT = (
    r"(?:(?:^|[=:;,]|\b(?:is|step|just|only|by|used|with|from|did|took)\b)\s*\(?[-−+]? ?"
    r"|[)\]]\s+\(?(?:[-−+](?! ))?)"
)
END = r"(?=\s*(?:$|[=:;,()\]]|\.(?!\d)))"
ALONE = regex(
    rf"{FRONT}(?:(?P<rate>{RATE}|{NUMBER})\)?{TIMES}-?{GRADIENT}"
    rf"|-?{GRADIENT}{TIMES}(?P<behind>{RATE}|{NUMBER})){END}",
    re.IGNORECASE | re.MULTILINE,
)


def rates_of_lone_steps(text: str) -> Iterator[float | None]:
    """Yield the rates of steps that stand alone in a text; None for one by its name. Of two numbers
    either may be the rate.
    """
    for step in islice(ALONE.finditer(text), MOST):
        numbers = re.findall(NUMBER, step[0])
        rate = step["rate"] or step["behind"]
        if not rate[-1].isdigit():
            yield None
        elif len(numbers) == 2:
            yield from map(float, numbers)
        else:
            yield float(rate)


def is_by(rates: tuple[float | None, ...], rate: float) -> bool:
    """Say whether one of the rates of lone steps is a rate, or stands there by its name."""
    return any(found is None or is_close(found, rate) for found in rates)
