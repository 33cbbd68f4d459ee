"""An answer file that is no YAML or JSON as a whole, read answer by answer: a slip costs no more.

A piece begins at the left margin and goes on to the next. Where a piece alone is YAML it
is read as such, otherwise as the text behind its key. What is neither is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from textwrap import dedent
from typing import Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.document import Document
from shapecalc.grading.answer_texts import LETTERS, lines_of
from shapecalc.grading.regex import regex
from shapecalc.grading.submission_file import MOST_NOTES, NotGradable
from shapecalc.readers import native

MOST_PIECES = 2000  # each takes PyYAML a tenth of a millisecond
BEGINS = regex(r"(?m)^(?=[^\s#\]})-])")
ANSWERS = regex(r"[\"']?answers[\"']?[ \t]*:[ \t]*(?:#.*)?\n(?=[ \t])")
COMMENT = regex(r"(?m)^[ \t]*#.*$")
AsWritten = Callable[[Document, str, Mapping[str, Any]], dict[str, Any]]


class Pieces(NamedTuple):
    """What could be read: raw answers by key, what is told, and whether something was not read."""

    answers: dict[str, Any]
    notes: tuple[str, ...]
    unread: bool


def read_pieces(text: str, ids: Collection[str], as_written: AsWritten) -> Pieces:
    """Return what the pieces of a text hold, of two answers with one key the first.

    Raises NotGradable for too many pieces.
    """
    answers: dict[str, Any] = {}
    notes: list[str] = []
    unread = False
    for count, (line, piece) in enumerate(_pieces(text, 1, "answers" in ids), 1):
        if count > MOST_PIECES:
            raise NotGradable(f"more than {MOST_PIECES:,} answers")
        document = native.read_bytes(piece.encode(), "")
        if isinstance(document.data, Mapping):
            more = as_written(document, piece, document.data)
        else:
            piece = COMMENT.sub("", piece)  # in a text `# n: 4` would be an answer
            lines = lines_of(piece, ids)
            more = {} if lines.unread else dict(lines.answers)
        if not more:
            if LETTERS.search(piece):
                notes.append(f"Line {line:,} was not read: `{quote(' '.join(piece.split()))}`")
                unread = True
            continue
        twice = [key for key in more if key in answers]
        notes += [f"{quote(key)} is answered twice: the first counted" for key in twice]
        answers.update((key, more[key]) for key in more if key not in answers)
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"{len(notes) - MOST_NOTES:,} more notes are left out"]
    return Pieces(answers, tuple(notes), unread)


def _pieces(text: str, line: int, plain: bool) -> Iterator[tuple[int, str]]:
    """Yield the pieces of a text, each with its first line; those of `answers:` one by one, unless
    it is `plain`: a question of that name.
    """
    for piece in BEGINS.split(text):
        inner = None if plain else ANSWERS.match(piece)
        if inner is not None:
            yield from _pieces(dedent(piece[inner.end() :]), line + 1, True)
        elif piece.strip():
            yield line, piece
        line += piece.count("\n")
