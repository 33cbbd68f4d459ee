"""An answer with too few numbers, or none, where several values are asked for: `old weights minus
half of number 8`. It has no list that could be read, and is told what is wanted.
"""

from __future__ import annotations

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.differences import count_in_words
from shapecalc.grading.named_questions import as_this
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.turned_arrays import axes_of
from shapecalc.grading.values import flat
from shapecalc.grading.wording import capital

NUMBER = regex(r"(?<![\w.])(?:\.?\d)")  # none of a name, W1


def numbers_asked(question: Question, text: object) -> str:
    """Return how many numbers are asked for, where a text has not as many; empty for other texts
    and questions.
    """
    count = len(flat(question.right))
    asks = question.query.form == "array" and count > 1 and not question.choices
    if not asks or not isinstance(text, str) or len(text) > LONGEST:
        return ""
    if len(NUMBER.findall(as_this(text))) >= count:
        return ""
    axes = axes_of(question.right)
    if len(axes) > 2:
        return f"{'x'.join(map(str, axes))} numbers are asked for."
    rows = f" in {count_in_words(axes[0], 'row')}" if len(axes) == 2 else ""
    return f"{capital(count_in_words(count, 'number'))}{rows} are asked for."
