"""The tables of Markdown in a text of answers: one has an answer a row, `| q1 | 32x32x10 |`, and
another is the array that the question above it asks for.

Markdown has a header above every table; of an array it holds labels, nothing, or the first row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shapecalc.grading.columns import WORD, plain
from shapecalc.grading.markdown_tables import ANSWERS, AROUND, as_line, cells_of, tables_in
from shapecalc.grading.notation import CHANGED
from shapecalc.grading.regex import regex

ROW = "\ue001"  # of no alphabet: in front of an array's row, in a line of text
EMPTY = "?"  # stands for no value, and no other cell may take its place
LABEL = regex(r"(?:([A-Za-z][A-Za-z_ ]*?)[ _]?)?[\[(]?(\d{1,4})[\])]?")  # `in 0`, `b_1`, `2`
DIGIT = regex(r"\d")
# What a column is called in which questions are named or counted, beside that of the answers.
QUESTION = regex(rf"|#|id|part|(?:{WORD}s? ?)?(?:no|nr|num|number|nummer)|{WORD}s?(?: ?(?:#|id))?")
IN_FULL = regex(r"(?:questions?|fragen?|problems?|exercises?|tasks?|aufgaben?)")
Cells = Sequence[str]


def without_tables(
    text: str,
    is_answer: Callable[[str], bool],
    begins: Callable[[str], bool],
    names_question: Callable[[str], bool],
) -> str:
    """Return a text with a row a line: `q1: 32x32x10` of a table of answers, `ROW 2, 0` of an array
    below a line that `begins` a question's answer.

    The line of a table's header is left empty, unless that is an answer itself, or a row.
    """
    lines = text.splitlines()
    below, behind = False, 0
    for start, end in tables_in(lines):
        below = below or any(map(begins, lines[behind:start]))
        behind = end
        rows = [cells_of(lines[at]) for at in (start, *range(start + 2, end))]
        if below and not _is_of_answers(rows, names_question):
            found = [f"{ROW} {row}" if row else "" for row in _array_rows(rows)]
        else:
            found = [as_line(rows[0], cells) for cells in rows]
            found[0] = found[0] if is_answer(found[0]) else ""
            below = True
        lines[start:end] = [found[0], "", *found[1:]]
    return "\n".join(lines)


def _is_of_answers(rows: Sequence[Cells], names_question: Callable[[str], bool]) -> bool:
    """Say whether a table has an answer a row: its header says so, or the first column has the ids
    of questions; numbers alone may be values.
    """
    head, *body = rows
    named = [names_question(cells[0]) for cells in rows]
    if sum(named) > 1 or (all(named[1:]) and (body or named[0])):
        return True
    titles = [plain(cell) for cell in head]
    answers = any(ANSWERS.fullmatch(cell.strip(AROUND)) for cell in head[1:])
    return bool(IN_FULL.fullmatch(titles[0])) or (answers and bool(QUESTION.fullmatch(titles[0])))


def _array_rows(rows: Sequence[Cells]) -> list[str]:
    """Return what each row of a table of values says as the row of a list; nothing where it holds
    labels. These are left out where they count on from 0 or 1, and else they stay.
    """
    width = len(rows[0])
    filled = [[*cells, *[""] * (width - len(cells))] for cells in rows]
    used = [at for at in range(len(filled[0])) if any(row[at : at + 1] != [""] for row in filled)]
    cells = [[*(row[at] for at in used), *row[width:]] for row in filled]
    kept = _without_labels(cells) if used else cells
    return [_as_row(row) if at or any(row) else "" for at, row in enumerate(kept)]


def _without_labels(cells: list[list[str]]) -> list[list[str]]:
    """Return a table with an empty row for its header, and without its first column, where these
    are labels. Numbers alone are labels where both have some, and nothing counts in the corner.
    """
    head, *body = cells
    first = [row[0] for row in body]
    if not DIGIT.search(head[0]) and _count_on(head[1:]) and _count_on(first):
        return [[], *(row[1:] for row in body)]
    if body and _count_on(head) and head[0][0].isalpha():
        cells = [[], *body]
    rows = [row for row in cells if any(row)]
    if _count_on([row[0] for row in rows]) and rows[0][0][0].isalpha():
        return [row[1:] for row in cells]
    return cells


def _count_on(labels: Cells) -> bool:
    """Say whether all of some labels have one word, or none, and count from 0 or 1."""
    found = [LABEL.fullmatch(label) for label in labels]
    parts = [((match[1] or "").lower(), int(match[2])) for match in found if match]
    if not parts or len(parts) < len(labels) or len({word for word, _ in parts}) > 1:
        return False
    if CHANGED.search(parts[0][0]):
        return False
    begin = parts[0][1]
    return begin in (0, 1) and [n for _, n in parts] == [*range(begin, begin + len(parts))]


def _as_row(cells: Cells) -> str:
    between = " & " if any("," in cell for cell in cells) else ", "
    return between.join(cell or EMPTY for cell in cells)
