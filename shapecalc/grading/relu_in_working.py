"""A ReLU that a working takes where the layer is another activation: `max(0, -1) = 0`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shapecalc.grading.regex import regex

if TYPE_CHECKING:
    from shapecalc.grading.cause import Cause
    from shapecalc.grading.misconceptions.question_context import QuestionContext
    from shapecalc.grading.student_working import Working

FOR_LEAKY = frozenset(("relu_for_leaky",))
ZERO, NUMBER = r"0(?:\.0)?", r"[-+\u2212]?\(?[-+\u2212]?[\d.]{1,12}\)?"
RELU = regex(
    rf"\bmax ?\( ?(?:{ZERO} ?[,;] ?{NUMBER}|{NUMBER} ?[,;] ?{ZERO}) ?\)"
    rf"|(?<!leaky )(?<!leaky-)(?<!leaky)\brelu ?\( ?{NUMBER} ?\)",
    re.IGNORECASE,
)


def takes_relu(text: str) -> bool:
    """Say whether a text takes the larger one of 0 and a number."""
    return RELU.search(text) is not None


def shows_relu(working: Working, context: QuestionContext, cause: Cause) -> bool | None:
    """Say whether a working takes a ReLU, as who takes it for another activation does; None if that
    is not shown.
    """
    return True if working.relu and cause.names == FOR_LEAKY else None
