"""What is told of lines: as what they were read, and that they were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shapecalc.diagnostics import quote
from shapecalc.grading.joined_lines import Line
from shapecalc.grading.markdown_tables import NO_ANSWER
from shapecalc.grading.submission_file import MOST_NOTES

LINE = "Line "  # by which a line is called, with its number


def counted_told(
    lines: Iterable[Line], called: Sequence[str], places: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is told of lines with a number alone that were taken for answers."""
    for line in lines:
        if line.id and line.text.strip(NO_ANSWER):
            yield f"{called[line.number - 1]} was read as the answer to {places[line.id]}"


def below_told(
    below: Iterable[tuple[Line, Line, Line]], called: Sequence[str], places: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is told of workings above an array, by their first and last lines and its own."""
    for *working, array in below:
        if array.id:
            first, last, begin = (called[line.number - 1] for line in (*working, array))
            lines, were = (first, "was") if first == last else (_from_to(first, last), "were")
            answer = f"the answer to {places[array.id]} begins at {_inside(begin)}"
            yield f"{lines} {were} taken for a working: {answer}"


def _from_to(first: str, last: str) -> str:
    """Return `Lines 2 to 4`; other names, such as those of a table's rows, stand as they are."""
    if first.startswith(LINE) and last.startswith(LINE):
        return f"Lines {first.removeprefix(LINE)} to {last.removeprefix(LINE)}"
    return f"{first} to {_inside(last)}"


def _inside(name: str) -> str:
    """Return what a line is called amid a sentence."""
    return f"{name[:1].lower()}{name[1:]}"


def lost_told(lines: Sequence[Line], told: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield what is told of lines that were not read, of many how many more there are."""
    for line in lines[:MOST_NOTES]:
        name, written = told[line.number - 1]
        yield f"{name} was not read: `{quote(written.strip())}`"
    if len(lines) > MOST_NOTES:
        yield f"{len(lines) - MOST_NOTES:,} more lines were not read"
