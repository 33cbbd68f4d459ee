"""What is to be mended in an answer file that is no YAML, for those who do not know YAML."""

from __future__ import annotations

import re

from shapecalc.diagnostics import Fault
from shapecalc.readers import foreign

YAML_SAYS = "not YAML: "  # in front of a parser's own words
HERE = (  # in the line that the parser names, or in the one before: it is noticed a line late
    (re.compile(r"^ *\t"), "begins with a tab; use spaces"),
    (re.compile(r"^\s*(?:\"[^\"]*\"|'[^']*'|[\w().-]+):[^\s/\\]"), "put a space after the colon"),
    (re.compile(r":\s+[%@`&*!|>]"), "put the answer in quotes"),
    (re.compile(r"^[^#]*?:\s.*:(?:\s|$)"), "put the answer in quotes"),
    (re.compile(r"^\s*[^\s:#\"'\[{][^:#]*$"),
     "write the question, a colon, a space and the answer, as in q1: 32x32x10"),
)  # fmt: skip
LONGEST = 1000  # characters of a line that are looked at
OPEN = (("[", "]"), ("{", "}"), ('"', '"'))


def mended(text: str, fault: Fault, line: int) -> str:
    """Return what is to be done in which line, counted from 1."""
    if fault.hint == foreign.UTF_8:
        return f"line {line}: not UTF-8 text: {fault.hint}"
    if not fault.message.startswith(YAML_SAYS):
        return f"line {line}: {fault.message}"
    lines = [written[:LONGEST] for written in text.splitlines()[:line]]
    for number in range(len(lines), max(0, len(lines) - 2), -1):
        for pattern, mend in HERE:
            if pattern.search(lines[number - 1]):
                return f"line {number}: {mend}"
    for number in range(len(lines), 0, -1):  # it is noticed at the end of the file
        for left, right in OPEN:
            if _unclosed(lines[number - 1], left, right):
                return f"line {number}: a {left} is not closed"
    return f"line {line}: {fault.hint}"


def _unclosed(line: str, left: str, right: str) -> bool:
    count = line.count(left)
    return count % 2 == 1 if left == right else count > line.count(right)
