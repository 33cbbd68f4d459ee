"""A ReLU that a working takes where the layer is another activation: `max(0, -1) = 0`."""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex

ZERO, NUMBER = r"0(?:\.0)?", r"[-+\u2212]?\(?[-+\u2212]?[\d.]{1,12}\)?"
RELU = regex(
    rf"\bmax ?\( ?(?:{ZERO} ?[,;] ?{NUMBER}|{NUMBER} ?[,;] ?{ZERO}) ?\)"
    rf"|(?<!leaky )(?<!leaky-)(?<!leaky)\brelu ?\( ?{NUMBER} ?\)",
    re.IGNORECASE,
)


def takes_relu(text: str) -> bool:
    """Say whether a text takes the larger one of 0 and a number."""
    return RELU.search(text) is not None
