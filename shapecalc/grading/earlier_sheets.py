"""Sheets as they were handed out before: with the volumes that a question tells depth last, also
where it asks for the depth first. Students hand them in still.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapecalc.grading.prompts import order_in_words, with_prompts
from shapecalc.grading.question import Question


def on_an_earlier_sheet(questions: Sequence[Question]) -> list[Question]:
    """Return questions as such a sheet had them; nothing where it was the same."""
    if not any(question.depth_first for question in questions):
        return []
    ours = with_prompts([replace(question, prompt="") for question in questions])
    last = with_prompts([replace(one, depth_first=False, prompt="") for one in questions])
    found = []
    for question, own, other in zip(questions, ours, last, strict=True):
        asked = order_in_words(other)
        text = other.prompt.replace(asked, order_in_words(question)) if asked else other.prompt
        text = text if question.prompt == own.prompt else question.prompt
        found.append(replace(other, prompt=text))
    return found
