"""What is to be mended in an answer file that is no YAML or no JSON, for those who know neither."""

from __future__ import annotations

import re

from shapecalc.diagnostics import Fault, quote
from shapecalc.document import Place
from shapecalc.grading.regex import regex
from shapecalc.readers import foreign

YAML_SAYS, JSON_SAYS = "not YAML: ", "not JSON: "  # in front of a parser's own words
QUOTED = regex(r":\s+[%@`&*!|>?]"), "put the answer in quotes"
HERE = (  # in the line that the parser names, or in the one before: it is noticed a line late
    (regex(r"^ *\t"), "begins with a tab; use spaces"),
    (regex(r"^\s*(?:\"[^\"]*\"|'[^']*'|[\w().-]+):[^\s/\\]"), "put a space after the colon"),
    QUOTED,
    (regex(r"^[^#]*?:\s.*:(?:\s|$)"), "put the answer in quotes"),
    (regex(r"^\s*[^\s:#\"'\[{][^:#]*$"),
     "write the question, a colon, a space and the answer, as in q1: 32x32x10"),
)  # fmt: skip
STRING = regex(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
LONGEST = 1000  # characters of a line that are looked at
OPEN = (("[", "]"), ("{", "}"), ('"', '"'))


def mended(text: str, fault: Fault, place: Place) -> str:
    """Return what is to be done in which line, counted from 1."""
    line = place[0]
    if fault.hint == foreign.UTF_8:
        return f"line {line}: not UTF-8 text: {fault.hint}"
    if fault.message.startswith(JSON_SAYS) and "number" not in fault.message:
        return _json_mended(text, fault, place)
    if not fault.message.startswith(YAML_SAYS):
        here = text.splitlines()[line - 1 : line]
        mend = QUOTED[1] if here and QUOTED[0].search(here[0][:LONGEST]) else fault.message
        return f"line {line}: {mend}"
    lines = [written[:LONGEST] for written in text.splitlines()[:line]]
    for number in range(len(lines), max(0, len(lines) - 2), -1):
        for pattern, mend in HERE:
            if pattern.search(lines[number - 1]):
                return f"line {number}: {mend}"
    for number in range(len(lines), 0, -1):  # it is noticed at the end of the file
        for left, right in OPEN:
            if _unclosed(lines[number - 1], left, right):
                return f"line {number}: a {left} is not closed"
    return f"line {line}: write each answer as in q1: 32x32x10, or put it in quotes"


def _json_mended(text: str, fault: Fault, place: Place) -> str:
    """Return what is to be done by what stands where a reader of JSON stops."""
    line, column = place
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    before = "\n".join([*lines[: line - 1], here[: column - 1]]).rstrip()
    rest = here[column - 1 :][:LONGEST]
    if not "\n".join([rest, *lines[line:]]).strip():
        for left, right in OPEN:
            if before.count(left) > before.count(right):
                return f"line {line}: a {left} is not closed"
        return f"line {line}: the file ends too early"
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return "line 1: begin with { and end with }"
    if rest[:1] == "'":
        what = "write double quotes, not single ones"
    elif before.endswith(",") and rest[:1] in ("}", "]"):
        what = f"no comma belongs before the last {rest[0]}"
    elif ord(rest[:1] or " ") < ord(" ") or (rest[:1] == '"' and not STRING.match(rest)):
        what = 'a " is not closed'
    elif rest[:1] == '"' and before[-1:] not in tuple("{[,:"):
        what = "a comma is missing in front of " + quote(rest.partition(":")[0])
    elif re.match(r"[\w.+-]", rest) and (before[-1:] in tuple("{,") and not before.endswith("[")):
        what = "put the question's name in double quotes"
    elif re.match(r"[\w.+-]", rest):
        what = 'put the answer in double quotes, as in "32x32x10"'
    else:
        what = fault.hint
    return f"line {line}: not JSON: {what}"


def _unclosed(line: str, left: str, right: str) -> bool:
    count = line.count(left)
    return count % 2 == 1 if left == right else count > line.count(right)
