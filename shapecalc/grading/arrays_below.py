"""Arrays that stand below a working: `p - y = (0.5, -0.5)`, and the matrix in the lines below.

What has exactly as many values as are asked for, behind lines that have others, is what is meant.
Where that is not plain, a person looks at the answer, if it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import NamedTuple

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.columns import CanAnswer
from shapecalc.grading.joined_lines import BEGIN, COUNTED, Line, is_of_another, joined
from shapecalc.grading.lists import CLOSING, OPENING, how_many
from shapecalc.grading.notation import CHANGED, plain_array
from shapecalc.grading.regex import regex

MOST = 30  # lines of an answer, of which some may be an array
LETTER = regex(r"[^\W\d_]")
# In front of an array: `dW =`, `so`. Other words may say that it is not what is asked for.
NAME = regex(
    r"(?:(?:so|thus|hence|therefore)\b[ ,:]*)?[$` ]*(?:[^\W\d][\w/\\^{}']{0,30} ?= ?)?[$` ]*",
    re.IGNORECASE,
)
STEPS = regex(r"\b(?:then|first)\b", re.IGNORECASE)  # `flip it, then slide`
DIFFERENCE = regex(r"\(?[^\W\d]\w{0,9} ?- ?[^\W\d]\w{0,9}\)? ?=[^=]*$")  # `p - y =`, no dW
LABEL = regex(r"[a-z]+ ?\d{1,2} ?[:=]", re.IGNORECASE)  # `row 1:`
GOES_ON = regex(r"= ?(?!=)")  # `= [0, -3, 3]` below `W*x = [1, -5, 1]`
LIST = regex(r"[-+0-9.,;|&/()\[\]{}$`\s]*\d[-+0-9.,;|&/()\[\]{}$`\s]*")


class Found(NamedTuple):
    """The lines of a text; those that begin an array below a working, with the questions that it
    answers, and the first and the last line of that; and the ids of questions where that is not
    plain.
    """

    lines: list[Line]
    taken: list[tuple[Line, Line, Line]]
    unclear: list[str]


def with_arrays_below(
    lines: Sequence[Line], arrays: Collection[str], can_answer: CanAnswer
) -> Found:
    """Return lines in which a question of `arrays` whose answer has other values is answered by
    the array that ends what stands below, in front of another answer.
    """
    found = Found([], [], [])
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        found.lines.append(line)
        if line.id is None or line.id not in arrays:
            continue
        chain = _chain(line, _below(line, lines[at:]), can_answer)
        if chain is not None:
            *steps, last = (*(line.parts or (line,)), *chain)
            found.taken.append((steps[0], steps[-1], last._replace(id=line.id)))
            found.lines[-1] = _in_one(line, chain)
            at += len(chain)
            continue
        answers = can_answer(line.id, line.text)
        ends = not answers or _ends_in_an_array(line.parts, line.id, can_answer)
        if not ends and _is_alone(line.text):
            continue
        own = _below(line, lines[at:])
        every = [*line.parts, *own]
        if not 1 < len(every) <= MOST or any(len(one.text) > LONGEST for one in every):
            continue
        array = _array(every, line.id, can_answer)
        whole = None if answers else _whole(line, every, can_answer)
        if not ends:  # values and words: which of both is meant, is read in the whole
            if array is not None:
                found.lines[-1] = line._replace(text="\n".join(one.text for one in every))
            continue
        if array is None:
            if whole is not None:
                found.lines[-1] = whole
                at += len(own)
            elif _is_named(line.parts[:1]) and len(_widths([one.text for one in line.parts])) > 1:
                found.unclear.append(line.id)
                if answers:
                    found.lines[-1] = line._replace(text="\n".join(one.text for one in every))
            continue
        start, text = array
        if _is_plain(every[:start], text, line.id, can_answer):
            array_line = every[start]._replace(id=line.id)
            found.taken.append((every[0], every[start - 1], array_line))
            found.lines[-1] = line._replace(text=text)
            found.lines.extend(every[len(line.parts) : start])
            at += len(own)
        elif whole is not None:
            found.lines[-1] = whole
            at += len(own)
        elif _is_named(every[:start]) or len(_widths([one.text for one in every])) > 1:
            found.unclear.append(line.id)
    return found


def _below(line: Line, lines: Sequence[Line]) -> list[Line]:
    """Return the lines that may belong to the answer above them."""
    steps = COUNTED.match(line.text) is not None
    return [*takewhile(lambda one: one.plain and not is_of_another(one.text, steps), lines)]


def _whole(line: Line, every: Sequence[Line], can_answer: CanAnswer) -> Line | None:
    """Return an answer with all lines below it, if these together can answer its question: each
    gives a value with its name or its working, `p0 = 1/4 = 0.25` above `p1 = 3/4 = 0.75`.
    """
    text = "\n".join(one.text for one in every)
    if len(text) > LONGEST or any(one.row for one in every):
        return None
    if not can_answer(line.id or "", text):
        return None
    return line._replace(text=text, parts=tuple(every))


def _chain(line: Line, below: Sequence[Line], can_answer: CanAnswer) -> Sequence[Line] | None:
    """Return the lines below an answer if each goes on with what it equals, and the last one is a
    list that can answer its question; None otherwise.
    """
    name, equals, _ = line.text.partition("=")
    if not below or line.id is None or len(below) > MOST or not (equals and LETTER.search(name)):
        return None
    if not all(GOES_ON.match(one.text) and len(one.text) <= LONGEST for one in below):
        return None
    last, whole = GOES_ON.sub("", below[-1].text, count=1), _in_one(line, below).text
    if not _is_alone(last) or CHANGED.search(whole) or len(whole) > LONGEST:
        return None
    both = can_answer(line.id, last) and can_answer(line.id, whole)
    return below if both else None


def _in_one(line: Line, chain: Sequence[Line]) -> Line:
    """Return an answer with the lines that go on with it."""
    return line._replace(text="\n".join([line.text, *(one.text for one in chain)]))


def _array(every: Sequence[Line], id_: str, can_answer: CanAnswer) -> tuple[int, str] | None:
    """Return where an array begins that goes to the last line, all of a table, and its text."""
    for start in range(1, len(every)):
        if every[start].row and every[start - 1].row:
            continue
        array = [*joined([Line(every[start].number, "", id_), *every[start:]], can_answer)]
        if len(array) == 1 and can_answer(id_, array[0].text) and _is_alone(array[0].text):
            return start, array[0].text
    return None


def _ends_in_an_array(parts: Sequence[Line], id_: str, can_answer: CanAnswer) -> bool:
    """Say whether the lines of an answer are values, and what can answer its question below them:
    what is below that may belong to it, too.
    """
    array = _array(parts, id_, can_answer) if 1 < len(parts) <= MOST else None
    return array is not None and bool(_widths([part.text for part in parts[: array[0]]]))


def _is_alone(text: str) -> bool:
    """Say whether a text is a list, with no other words than a name and labels of its rows."""
    text = plain_array(text)
    name = NAME.match(text)
    end = name.end() if name else 0
    values = LABEL.sub(" ", text if LABEL.match(text) else text[end:])
    return bool(LIST.fullmatch(values)) and not CHANGED.search(text[:end])


def _is_plain(front: Sequence[Line], array: str, id_: str, can_answer: CanAnswer) -> bool:
    """Say whether what stands above an array is a working, and no row of it, nor another array
    that may be meant.
    """
    texts = [line.text for line in front]
    others = [*texts, *("; ".join(texts[at:]) for at in range(len(texts) - 1))]
    if CHANGED.search(STEPS.sub("", texts[-1])) or not _is_named(front):
        return False
    if any(can_answer(id_, other) for other in others):
        return False
    may_be_rows = [text for text in texts if not DIFFERENCE.match(plain_array(text))]
    return _is_closed(array) or not _widths(may_be_rows) & _widths([array])


def _is_named(front: Sequence[Line]) -> bool:
    """Say whether lines have words or names, beside labels that count rows."""
    return any(LETTER.search(LABEL.sub("", plain_array(line.text))) for line in front)


def _widths(texts: Sequence[str]) -> set[int]:
    """Return how many values there are in the rows of lists, behind their names."""
    behind = (plain_array(text).rpartition("=")[2] for text in texts)
    rows = (LABEL.sub("", row) for text in behind for row in text.split(";"))
    return {how_many(row) for row in rows} - {0}


def _is_closed(array: str) -> bool:
    """Say whether an array is one matrix in LaTeX or in brackets, which has no row above it."""
    name = NAME.match(array)
    text = array[name.end() if name else 0 :].strip("$` .,;")
    if text.startswith(BEGIN):
        return array.count(BEGIN) == 1
    depth = 0
    for at, sign in enumerate(text, 1):
        depth += (sign in OPENING) - (sign in CLOSING)
        if depth <= 0:
            return at > 1 and at == len(text)
    return False
