"""Regular expressions that are compiled when they are first used.

What students write takes hundreds of them to read, of which a class needs few; to compile them all
takes longer than to mark a student, in every process that marks.
"""

from __future__ import annotations

import re
from typing import Any, cast


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression as `re.compile` does, but compile it when it is first used."""
    return cast("re.Pattern[str]", _CompiledLate(text, flags))


class _CompiledLate:
    def __init__(self, text: str, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Return a method of the pattern, which is looked up here once."""
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
