"""What people write around sizes, counts and fields that says no more: `stays 96`, `kernel 11`,
`216/4 = 54, +1 = 55`, `11*11*3 = 363 rows, 55*55 = 3025 columns`.
"""

from __future__ import annotations

import re

from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.told_in_a_sentence import without_sentence
from shapecalc.grading.values import flat

BRACED = regex(r"(?<=\d)\{,\}(?=\d{3})")  # LaTeX's, without its dollars
# A step that goes on from the result in front of it.
GOES_ON = regex(r"= ?(\d(?:[\d.]*\d)?)([,;] ?)(?=[+*/×·] ?\d[\d.]* ?=)")
UNCHANGED = r"(?:(?:stays|remains|keeps|still|unchanged|the same|same)(?: as (?:before|above))?)"
SIZE = regex(rf"\s*{UNCHANGED}(?: at)?[,:;]? (?=\d+\W*$)", re.IGNORECASE)
FILTER = regex(
    r"\s*(?:the )?(?:kernel|filter|window)s?(?:[ -]size)?(?: is| are| of|:)? (?=\d)", re.IGNORECASE
)
FIELD = regex(  # so the field is 11
    r"\s*(?:(?:so|thus|hence),? )?(?:(?:the|its|my) )?(?:receptive )?field(?: of view)?"
    r"(?: is|:| ?=)? (?=\d)",
    re.IGNORECASE,
)
# Rows and columns by their names, in whichever order, each perhaps behind its working.
_SIDE = r"(?:[\d\s()*x×·+-]+ ?= ?)?"
_OF = r"(?:{0}s?(?: ?[:=]| is| are)? {1}(?P<{2}>\d[\d,]*)|{1}(?P<{2}_first>\d[\d,]*) {0}s?)"
ROWS, COLUMNS = _OF.format("row", _SIDE, "rows"), _OF.format("(?:col|column)", _SIDE, "columns")
_AND = r"(?:,? (?:and|x|×|by) |[,;] )(?:the )?"
IN_ROWS = regex(rf"{ROWS}{_AND}{COLUMNS}\W*", re.IGNORECASE)
IN_COLUMNS = regex(rf"{COLUMNS}{_AND}{ROWS}\W*", re.IGNORECASE)
GROUPED = regex(r"(?<=\d),(?=\d{3}(?!\d))")
SIZES = regex(r"\d+")
LIST = regex(r"\W*\d[\d,]*(?:,\s+\d[\d,]*)+\W*")


def plainer_answer(query: Query, text: str) -> str:
    """Return an answer without what says no more of its numbers."""
    text = without_sentence(query, BRACED.sub(",", text))
    if query.kind == "size":
        text = SIZE.sub("", _without_own_name(query.key, text))
    if query.kind == "field" and query.key == "F":
        text = FILTER.sub("", text)
    if query.key == "receptive_field" and query.form == "sizes":
        text = FIELD.sub("", text, count=1) if FIELD.match(text) else text
    if query.key == "im2col" and query.form == "sizes":
        return _rows_first(text)
    return GOES_ON.sub(r"= \1\2\1 ", text) if query.form in ("number", "sizes") else text


def without_thousands(question: Question, text: str) -> str:
    """Return sizes with commas and blanks between, `(10, 43,264)`, without the commas in them, if
    they are as many as are asked for then; any other text as it is.
    """
    if question.query.form != "sizes" or not LIST.fullmatch(text):
        return text
    shorter = GROUPED.sub("", text)
    return shorter if len(SIZES.findall(shorter)) == len(flat(question.right)) else text


def without_depth(question: Question, reading: Reading) -> Reading:
    """Return the size of a filter without the depth that all filters of its layer have, which is
    not asked for: `11x11x3`.
    """
    query, value = question.query, reading.value
    if query.kind != "field" or query.key != "F" or not isinstance(value, tuple):
        return reading
    inputs = question.subject.records[query.name].input or ()
    if len(inputs) != 1 or len(value) != len(inputs[0]) or value in question.accepted:
        return reading
    depth = inputs[0][-1]
    if depth not in (value[-1], value[0]):
        return reading
    told = f"the depth of the filters, {depth}, is not asked for"
    note = f"{reading.note}; {told}" if reading.note else told
    return reading._replace(value=value[:-1] if value[-1] == depth else value[1:], note=note)


def _rows_first(text: str) -> str:
    """Return the number of rows and that of columns where both are told by name; or the text."""
    found = IN_ROWS.fullmatch(text.strip()) or IN_COLUMNS.fullmatch(text.strip())
    if found is None:
        return text
    rows, columns = (found[of] or found[f"{of}_first"] for of in ("rows", "columns"))
    return f"{rows}x{columns}"


def _without_own_name(name: str, text: str) -> str:
    return re.sub(rf"\s*(?:the )?(?:output )?{name}:? (?=\d+\W*$)", "", text, flags=re.IGNORECASE)
