"""Answers as a CSV: a column a question, a row a student, as spreadsheets and forms export it.

What the columns are is table_header.py's; here the rows are read, one at a time.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import escape
from itertools import chain, islice
from typing import BinaryIO

from shapecalc.diagnostics import quote
from shapecalc.grading.answer_texts import lines_of
from shapecalc.grading.columns import (
    EMAILS,
    FIRST,
    LAST,
    NAMES,
    NUMBERS,
    WORD,
    Mapped,
    by_plain_id,
    matched,
    plain,
)
from shapecalc.grading.html_text import plain_text
from shapecalc.grading.markdown_tables import ANSWERS, AROUND, as_line
from shapecalc.grading.moments import has_day_first, year_first
from shapecalc.grading.regex import regex
from shapecalc.grading.submission_file import (
    FOR_THE_AUTHOR,
    MOST_NOTES,
    Found,
    NotGradable,
    Submission,
    clean,
    notes_on,
    opened,
    refused,
    skipped,
)
from shapecalc.grading.table_header import Header, header_of

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 5_000
MOST_TIMES = 1000  # rows that are looked at for whether the day or the month stands in front
MOST_LINES = 500_000  # a cell may have several
LONGEST_LINE = 1024 * 1024  # bytes; a cell is cut off by the csv module at 128 KiB
SUMS = ("points possible", "overall average")  # rows of gradebooks that are nobody's
DELIMITERS = ",;\t"
OF_QUESTIONS = regex(rf"{WORD}s?")  # a column with questions' numbers
NO_STUDENT = f"{FOR_THE_AUTHOR} 'student=ITS COLUMN'"
NO_QUESTION = f"{FOR_THE_AUTHOR} '{{}}=ITS COLUMN' for each"
Row = tuple[int, list[str]]  # its line, and its cells
NO_CELLS = "a quote is never closed, or a cell is too long"  # what csv refuses


def read_table(found: Found, ids: Collection[str], mapped: Mapped) -> Iterator[Submission]:
    """Yield a submission a row. What goes wrong at a line is told, and ends the reading there.

    Raises NotGradable where there is no header with a question.
    """
    with opened(found.path, MOST_BYTES) as file:
        lines = _lines(file)
        first = next((line for line in lines if line.strip()), None)
        if first is None:
            raise NotGradable("the file is empty")
        delimiter = _delimiter(first, ids, mapped)
        rows = _rows(csv.reader(chain([first], lines), delimiter=delimiter))
        yield from read_rows(found, rows, ids, mapped, delimiter)


def read_rows(
    found: Found, rows: Iterator[Row], ids: Collection[str], mapped: Mapped, delimiter: str = "|"
) -> Iterator[Submission]:
    """Yield a submission a row of a table, whose first row is its header. Raises NotGradable."""
    line, head = next(rows, (0, []))
    if not line:
        raise NotGradable("nothing stands in its cells")
    if len(head) > MOST_COLUMNS:
        raise NotGradable(f"more than {MOST_COLUMNS:,} columns")
    header = header_of(head, ids, mapped)
    if len(header.questions) < 2 and not mapped.columns:
        few, rows = _first(rows, 2 * len(ids) + MOST_NOTES)
        upright = _upright(found, [(line, head), *few], ids, header, delimiter)
        if upright is not None and len(upright.answers) > bool(header.people):
            yield upright
            return
        rows = chain(few, rows)
    if not header.questions:
        raise NotGradable(
            f"no column is named after a question: {NO_QUESTION.format(next(iter(ids)))}"
        )
    if found.student or not header.people:
        yield from _own(found, header, rows, ids)
        return
    try:
        yield from _everybody(found, header, rows)
    except NotGradable as error:
        yield refused(found, str(error))


def _first(rows: Iterator[Row], count: int) -> tuple[list[Row], Iterator[Row]]:
    """Return the first rows, and those behind them: what cannot be read is met there."""
    few: list[Row] = []
    try:
        few += islice(rows, count)
    except NotGradable as error:
        return few, _refusing(error)
    return few, rows


def _refusing(error: NotGradable) -> Iterator[Row]:
    raise error
    yield  # a generator: it is raised once somebody asks for a row


def _upright(
    found: Found, rows: Sequence[Row], ids: Collection[str], header: Header, delimiter: str
) -> Submission | None:
    """Return the answers of a table with a row a question, `q1,32x32x10`; None for other tables."""
    _, title = rows[0]
    if _is_above_rows(header, title) and not _has_ids(rows, ids, header):
        return None
    head = lines_of(as_line(title, title), ids)
    rows = rows if head.answers or head.student else rows[1:]  # `question,answer`
    lines: list[str] = []
    told: list[tuple[str, str]] = []
    for line, cells in rows:
        text = _answer_line(title, [plain_text(cell) for cell in cells], delimiter)
        first, *more = text.splitlines() or [""]
        place = f"row on line {line:,}"
        lines += (first, *more)
        told.append((f"The {place}", ", ".join(filter(None, map(str.strip, cells)))))
        told += [(f"A further line in the {place}", text) for text in more]
    text = escape("\n".join(lines), quote=False)  # it is no HTML any more
    read = lines_of(text, ids, told=told)
    answered = len(read.answers)
    if answered < min(2, len(ids)) or 2 * answered < len(rows):
        return None
    return read.of(found)


def _answer_line(title: Sequence[str], cells: Sequence[str], delimiter: str) -> str:
    """Return a question's row as a line of text. What it has more than its header belongs to an
    answer in the last column, or else it is not known to which.
    """
    filled = [at for at, cell in enumerate(cells, 1) if cell.strip()]
    last, end = len(title) - 1, max(filled, default=0)
    if end > len(title):
        if not ANSWERS.fullmatch(title[last].strip(AROUND)):
            return as_line(cells, cells)
        cells = [*cells[:last], delimiter.join(cells[last:end])]
    return as_line(title, cells)


def _is_above_rows(header: Header, title: Sequence[str]) -> bool:
    """Say whether a header has a question's column beside one that is of no question: then numbers
    in front of rows count these, `No,q2`.
    """
    beside = header.questions and 0 not in header.questions.values()
    return bool(beside) and not OF_QUESTIONS.fullmatch(plain(title[0]))


def _has_ids(rows: Sequence[Row], ids: Collection[str], header: Header) -> bool:
    """Say whether ids stand in front of rows, where no people do."""
    short = by_plain_id(ids)
    keys = (cells[0] for _, cells in rows if 0 not in header.people.values())
    return any(matched(key, ids, short) for key in keys if not key.strip().isdigit())


def _lines(file: BinaryIO) -> Iterator[str]:
    """Yield the lines, each short and of text: a huge one is refused before it is read whole."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number > MOST_LINES:
            raise NotGradable(f"more than {MOST_LINES:,} lines: the rest is not read")
        if len(line) > LONGEST_LINE:
            raise NotGradable(f"line {number} is longer than {LONGEST_LINE:,} bytes")
        if b"\0" in line:
            raise NotGradable("a binary file, not text")
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise NotGradable(f"line {number} is not UTF-8 text: save as CSV UTF-8") from None


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows in which anything stands, each with its line."""
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                yield reader.line_num, cells  # type: ignore[attr-defined]
    except csv.Error:
        line = reader.line_num  # type: ignore[attr-defined]
        raise NotGradable(f"line {line}: {NO_CELLS}") from None


def _delimiter(first: str, ids: Collection[str], mapped: Mapped) -> str:
    """Return what stands between columns: what finds most questions in the header."""

    def recognized(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first], delimiter=delimiter))
        except csv.Error:
            raise NotGradable(f"line 1: {NO_CELLS}") from None
        if len(cells) > MOST_COLUMNS:
            return 0, len(cells)
        header = header_of(cells, ids, mapped)
        return len(header.questions) + len(header.people), len(cells)

    return max(DELIMITERS, key=recognized)


def _everybody(found: Found, header: Header, rows: Iterator[Row]) -> Iterator[Submission]:
    """Yield a class' rows; with the first one, what its author has to know of the columns.

    Raises NotGradable.
    """
    told, count = header.told, 0
    few, rows = _first(rows, MOST_TIMES)
    swapped = has_day_first(_at(cells, header.time) for _, cells in few)
    for count, (line, cells) in enumerate(chain(few, rows), 1):
        if count > MOST_ROWS:
            raise NotGradable(f"more than {MOST_ROWS:,} rows: the rest is not read")
        row = _row(found, header, line, cells)
        row = row._replace(when=year_first(row.when)) if swapped else row
        yield row._replace(columnless=header.told.missing, table=told if count == 1 else None)
    if not count:
        raise NotGradable("no row under the header")


def _own(
    found: Found, header: Header, rows: Iterator[Row], ids: Collection[str]
) -> Iterator[Submission]:
    """Yield the only row of a file that is one student's, who is told what is not read of it."""
    line, cells = next(rows, (0, []))
    if not line:
        raise NotGradable("no row under the header")
    if next(rows, None) is not None:
        if found.student:
            raise NotGradable("several rows: expected one row, since it is one student's")
        raise NotGradable(f"several rows, and no column tells whose they are: {NO_STUDENT}")
    row = _row(found, header._replace(people={}), line, cells)
    filled = [
        name for name, at in header.unknown.items() if any(map(str.strip, cells[at : at + 1]))
    ]
    notes = (*header.told.in_sentences, *notes_on(filled, ids))
    yield row._replace(notes=notes, unread=bool(filled))


def _row(found: Found, header: Header, line: int, cells: Sequence[str]) -> Submission:
    """Return one row's answers. A row that is too long has commas that belong to an answer."""

    people = {name: clean(_at(cells, position)) for name, position in header.people.items()}
    own = clean(found.student) or clean(found.otherwise)
    unnamed = f"{own}, line {line} (no name)" if header.people else own
    student = _filled(people, NAMES) or _whole_name(people)
    student = student or _filled(people, (*EMAILS, *NUMBERS)) or unnamed
    identity = _filled(people, (*NUMBERS, *EMAILS)) or clean(found.identity)
    if student.casefold() in SUMS:
        return skipped(found, f"line {line} is {quote(student)}: nobody's answers")
    if any(cell.strip() for cell in cells[header.width :]):
        reason = (
            f"line {line} has {len(cells)} cells under {header.width} columns:"
            " put an answer with a delimiter in quotes"
        )
        return refused(found, reason, student, identity)
    answers = {id_: _at(cells, position) for id_, position in header.questions.items()}
    file = quote(found.path, 400)
    columns = tuple(
        (title, clean(_at(cells, position))) for position, title in header.titles.items()
    )
    when = _at(cells, header.time) if header.time is not None else found.when
    return Submission(
        student, answers, file, "", (), identity, found.late, when=when, columns=columns
    )


def _at(cells: Sequence[str], position: int | None) -> str:
    return cells[position] if position is not None and position < len(cells) else ""


def _filled(people: Mapping[str, str], words: Sequence[str]) -> str:
    return next((people[word] for word in words if people.get(word)), "")


def _whole_name(people: Mapping[str, str]) -> str:
    return " ".join(filter(None, (_filled(people, FIRST), _filled(people, LAST))))
