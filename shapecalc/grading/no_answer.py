"""What stands for no answer: nothing, a dash, `n/a`, and that somebody does not know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

NOTHING = ("", "n/a", "na", "none", "null", "[]", "()", "{}", "no answer", "skip", "skipped")
NOT_KNOWN = re.compile(
    r"idk|dunno|(?:i )?(?:do not|don'?t) know|(?:i have )?no (?:idea|clue)"
    r"|(?:i am |i'?m )?(?:not sure|unsure)"
)


def is_blank(answer: Any) -> bool:
    """Say whether nothing was answered."""
    if answer is None or (isinstance(answer, float) and answer != answer):
        return True
    if isinstance(answer, str):
        return len(answer.strip()) <= 20 and (
            _bare_words(answer) in NOTHING or is_not_known(answer)
        )
    return isinstance(answer, list | tuple | Mapping) and not answer


def is_not_known(answer: Any) -> bool:
    """Say whether somebody wrote that they do not know, and nothing else."""
    return isinstance(answer, str) and bool(NOT_KNOWN.fullmatch(_bare_words(answer)))


def _bare_words(answer: str) -> str:
    return answer[:40].strip().lower().replace("\u2019", "'").strip("-?!. ")
