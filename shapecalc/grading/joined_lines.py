"""Lines of a text of answers, and what belongs to an answer of the lines below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from shapecalc.grading.columns import WORD, CanAnswer
from shapecalc.grading.regex import regex

LONGEST = 300  # characters of a result
MOST_JOINED = 200  # lines of one list in brackets
# A line of a list alone, `0.25, -3`, `[1, 2],`, `slice 1: 2 0`; `8. 1.8` may be another answer.
VALUES = regex(
    r"(?!\d{1,4}\s*[:.)]\s)(?:[a-z]+ ?\d{1,2} ?[:=])?[-+0-9.,;|&/()\[\]{}\s]*", re.IGNORECASE
)
STILL_OPEN = regex(r"(?:\$\$?|\\\[)?|[^=]*=")  # `$$` above a formula, `dW =` above a list
BEGIN, END = "\\begin{", "\\end{"
QUESTION = regex(r"\d{1,4}")
COUNTED = regex(r"\W*\d{1,4}\s*[:.)：]")  # `11) 65x65`; `10 = 2*5` is a step of a working
OF_ANOTHER = regex(rf"\W*{WORD}[ .]?\d{{1,4}}\b", re.IGNORECASE)  # `Q12: 5` of 11 questions
INTRODUCED = ": "  # between words, `see the table`, and what they say of
VALUE_ALONE = regex(r"(?<![\w.])(?<![xX×] )\d+(?!\w| ?[xX×] ?\d)")  # no b1, 2x2
# A result: a number, or several of a list or a volume.
RESULT_AT_END = regex(
    r"(?<![\d.])\d+(?:\.\d+)?(?:(?:\s*[,;|xX×]\s*|\s+)[-+]?\d+(?:\.\d+)?)*(?=\W*$)"
)
GROUPED = regex(r"(?<=\d),(?=\d{3}(?!\d))")
LIST_AT_END = regex(r"\d[\])}]+\W*$")
NUMBERS = regex(r"-?\d+(?:\.\d+)?")


class Line(NamedTuple):
    """A line by its number: the question it answers, or whether it names the student, or else is
    `aside`: a heading, or what is no answer but tells more of who answered.
    """

    number: int
    text: str
    id: str | None = None
    named: bool = False
    aside: bool = False
    dashed: str = ""  # the whole of it, where a dash stands between its id and the answer
    row: bool = False  # it is one of a table below its question, or is joined with such rows
    parts: tuple[Line, ...] = ()  # of an answer, line by line

    @property
    def plain(self) -> bool:
        """Whether nothing is known of it: it may belong to the answer above."""
        return self.id is None and not self.named and not self.aside


def joined(lines: Iterable[Line], can_answer: CanAnswer) -> Iterator[Line]:
    """Yield lines with what belongs to them: the answer below an id, the rest of a list in
    brackets, lines of values alone, and the rows of a table.
    """
    open_: Line | None = None
    parts: list[Line] = []
    count, in_table = 0, False
    for line in lines:
        between = None
        if open_ is not None and line.plain and count < MOST_JOINED:
            between = _between(open_, line, in_table, can_answer)
        if open_ is not None and between is not None:
            above = open_.text.rstrip(" .,;") if between == INTRODUCED else open_.text
            text = f"{above}{between}{line.text}".strip()
            parts.append(line)
            open_ = open_._replace(text=text, row=open_.row or line.row)
            count += 1
        else:
            if open_ is not None:
                yield open_._replace(parts=tuple(parts))
            open_, count = line, 0
            parts = [line._replace(id=None)] if line.text else []
        in_table = line.row
        if not open_.id:
            yield open_
            open_ = None
    if open_ is not None:
        yield open_._replace(parts=tuple(parts))


def _between(above: Line, line: Line, in_table: bool, can_answer: CanAnswer) -> str | None:
    """Return what parts an answer from a line below it, if that belongs to it."""
    text = above.text
    if line.row and in_table:
        return "; "
    if line.row and not (text.endswith((":", "=")) or _goes_on(text)):
        told = VALUE_ALONE.search(text) or can_answer(above.id or "", text)
        return None if told else INTRODUCED
    if not line.row and VALUES.fullmatch(line.text) and _ends_a_row(text):
        return " " if text.endswith((":", "],")) else "; "
    return " " if line.row or _goes_on(text) else None


def _goes_on(answer: str) -> bool:
    """Say whether an answer is still to come, or its list, or a matrix in LaTeX, is not closed."""
    opened = answer.startswith("[") and answer.count("[") > answer.count("]")
    return opened or bool(STILL_OPEN.fullmatch(answer)) or answer.count(BEGIN) > answer.count(END)


def _ends_a_row(answer: str) -> bool:
    """Say whether what stands below an answer may be the next row of its list."""
    return bool(answer) and not _goes_on(answer) and answer[-1] in "0123456789.,;:)]"


def is_of_another(text: str, steps: bool) -> bool:
    """Say whether a line is the answer to another question: it is counted, which may be `steps`."""
    return bool(OF_ANOTHER.match(text) or (COUNTED.match(text) and not steps))


def may_be_of_others(line: Line, can_answer: CanAnswer) -> bool:
    """Say whether a table that was taken for a question's array is not what is asked for, and has
    rows that numbers count: `| 1 | 24x24x10 |` below `Exercise 3: Shapes`.
    """
    if not line.row or line.id is None or can_answer(line.id, line.text):
        return False
    rows = line.text.rpartition(INTRODUCED)[2].split("; ")
    counted = [row.partition(",")[0] for row in rows]
    if len(rows) < 2 or not all(map(QUESTION.fullmatch, counted)):
        return False
    return all(int(a) < int(b) for a, b in pairwise(counted))


def says_again(line: str, answer: str) -> bool:
    """Say whether a line's result is what the answer ends with: `= 1,824` below 1824; of a list or
    a volume all of its values.
    """
    results = [text.rpartition("=")[2] for text in (line, answer)]
    if LIST_AT_END.search(line):
        below, above = map(NUMBERS.findall, results)
        return below == above
    ends = [RESULT_AT_END.search(GROUPED.sub("", result[-LONGEST:])) for result in results]
    return all(ends) and len({(*NUMBERS.findall(end[0]),) for end in ends if end}) == 1
