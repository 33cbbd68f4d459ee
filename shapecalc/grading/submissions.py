"""Answer files: raw answers by question id, or why there are none.

YAML and JSON hold one student's answers, in a mapping, and so do lines of text; a CSV may hold a
whole class.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from shapecalc.diagnostics import Finding, Path, quote
from shapecalc.document import Document
from shapecalc.grading import notebooks
from shapecalc.grading.answer_tables import read_rows, read_table
from shapecalc.grading.answer_texts import first_of, lines_of
from shapecalc.grading.broken_yaml import read_pieces
from shapecalc.grading.columns import (
    NAMES,
    OTHERS,
    PEOPLE,
    TIMES,
    Mapped,
    by_plain_id,
    plain,
    question_of,
)
from shapecalc.grading.html_text import with_markdown_tables
from shapecalc.grading.markdown_tables import table_in
from shapecalc.grading.mending import JSON_SAYS, mended
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.notebooks import read_notebook
from shapecalc.grading.regex import regex
from shapecalc.grading.submission_file import (
    MOST_NOTES,
    Found,
    NotGradable,
    Submission,
    clean,
    internal_error,
    notes_on,
    opened,
    refused,
    skipped,
)
from shapecalc.grading.table_header import header_of
from shapecalc.readers import foreign, native

NOTHING_MAPPED = Mapped()
MAPPINGS = (".yaml", ".yml", ".json")
TABLES = (".csv", ".tsv")
TEXTS = (".txt", ".md", ".html", ".htm")
ENDINGS = (*MAPPINGS, *TABLES, *TEXTS)
READ = f"{', '.join('*' + ending for ending in (*ENDINGS, notebooks.ENDING))} are read"
NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?=[\s,}\]]|$)"
FLOAT, FLOAT_ALONE = regex(rf"[\"']?\s*:\s*{NUMBER}"), regex(NUMBER)  # a key's; an item
SAVE_AS = "save the answers as text (.txt) and hand them in again"
MOST_BYTES = 1024 * 1024  # of a YAML or JSON file; a CSV is of a whole class
MOST_VALUES = 100_000  # of a YAML or JSON file, which takes PyYAML half a second


def read_submissions(
    found: Found, ids: Collection[str], mapped: Mapped = NOTHING_MAPPED
) -> Iterator[Submission]:
    """Yield what a file holds: one submission, or a CSV's many. Never raises.

    `ids` are the questions'; a key such as `student` is an answer if a question is called so.
    """
    try:
        if found.skipped:
            yield skipped(found, found.reason)
        elif found.reason:
            raise NotGradable(found.reason)
        elif _ending(found.path) in TABLES:
            yield from read_table(found, ids, mapped)
        else:
            yield from _read_one(found, ids, mapped)
    except NotGradable as error:
        yield refused(found, str(error))
    except Exception as error:  # one broken file must not stop the others
        reason = internal_error("reading", error)
        yield refused(found, "")._replace(reason=reason, failed=True)


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # PurePath would keep every name


def _read_one(found: Found, ids: Collection[str], mapped: Mapped) -> Iterator[Submission]:
    """Yield the submission of a file that is no table. Raises NotGradable."""
    ending = _ending(found.path)
    if ending in MAPPINGS:
        yield _read_mapping(found, ids)
    elif ending in TEXTS:
        yield from _read_text(found, ids, mapped)
    else:
        yield from _read_unknown(found, ids, mapped)


def _raw(found: Found, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a text. Raises NotGradable."""
    with opened(found.path, most) as file:
        raw = file.read(most + 1)
    kind = foreign.binary(raw)
    if kind is not None:
        mend = f": {kind.hint}" if kind.hint == foreign.UTF_8 else f", not answers; {SAVE_AS}"
        raise NotGradable(f"{kind.name}{mend}")
    if b"\0" in raw:
        raise NotGradable(f"a binary file, not text; {SAVE_AS}")
    if not raw.strip():
        raise NotGradable("the file is empty")
    return raw


def _read_text(found: Found, ids: Collection[str], mapped: Mapped) -> Iterator[Submission]:
    """Yield what a text holds. Raises NotGradable."""
    try:
        text = with_markdown_tables(_raw(found).decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotGradable("not UTF-8 text: save the file as UTF-8") from None
    yield from _read_lines(found, text, ids, mapped)


def _read_cells(found: Found, ids: Collection[str], mapped: Mapped) -> Iterator[Submission]:
    """Yield what the text of a notebook holds; its code is not read. Raises NotGradable."""
    notebook = read_notebook(_raw(found, notebooks.MOST_BYTES))
    text = "\n".join(notebook.lines)
    said = (
        f"The code of {notebook.programs:,} cell{'s' if notebook.programs > 1 else ''} was not read"
    )
    for read in _read_lines(found, text, ids, mapped, notebook.names):
        noted = (*read.notes, said) if notebook.programs else read.notes
        yield read._replace(notes=noted, unread=read.unread or notebook.programs > 0)


def _read_lines(
    found: Found,
    text: str,
    ids: Collection[str],
    mapped: Mapped,
    names: Sequence[str] = (),
) -> Iterator[Submission]:
    """Yield what lines hold, with what each is called if that is not its number, or a table with a
    column a question. Raises NotGradable.
    """
    table, rest = table_in(text, lambda cells: len(header_of(cells, ids, mapped).questions) > 1)
    own = mapped.without_sheet(rest)
    told = list(zip(names, own.splitlines(), strict=False))
    lines = lines_of(own, ids, mapped.can_answer, told, mapped.arrays)
    if table:
        whose = clean(lines.student) or found.otherwise
        named = found._replace(otherwise=whose, when=lines.when or found.when)
        for row in read_rows(named, iter(table), ids, mapped):
            alone = len(table) == 2
            answers = {**lines.answers, **row.answers} if alone else row.answers
            nameless = lines.nameless(found) if row.student == clean(found.otherwise) else ()
            notes = (*row.notes, *lines.notes, *nameless)
            unread = row.unread or (alone and lines.unread)
            yield row._replace(answers=answers, notes=notes, unread=unread)
        return
    if not lines.answers:
        example = f"{next(iter(ids))}: 32x32x10"
        raise NotGradable(f"no line begins with the id of a question, as in `{quote(example)}`")
    yield lines.of(found)


def _read_unknown(found: Found, ids: Collection[str], mapped: Mapped) -> Iterator[Submission]:
    """Read a file of another ending, which may hold answers all the same.

    Raises NotGradable, which says what it is instead.
    """
    is_notebook = _ending(found.path) == notebooks.ENDING
    try:
        yield from (_read_cells if is_notebook else _read_text)(found, ids, mapped)
    except NotGradable as error:
        ending = os.path.splitext(found.path)[1]
        known = "not answers" in str(error) or not ending
        what = str(error) if known else f"a *{quote(ending)} file: {error}"
        raise NotGradable(f"{what} ({READ})") from None


def _read_mapping(found: Found, ids: Collection[str]) -> Submission:
    raw = _raw(found)
    if sum(map(raw.count, (b",", b"\n", b"[", b"{"))) > MOST_VALUES:
        raise NotGradable(f"more than {MOST_VALUES:,} values")
    document = native.read_bytes(raw, found.path)
    text = raw.decode("utf-8-sig", "replace")
    if document.data is None and document.findings:
        return _of_answers(found, ids, *_read_broken(document.findings[0], raw, ids))
    data = document.data
    if not isinstance(data, Mapping):
        example = next(iter(ids), "q1")
        only = "" if data is None else f"; there is only {quote(data)}"
        write = f"write `{quote(example)}: ` in front of its answer"
        raise NotGradable(f"no question is named: {write}{only}")
    answers = _as_written(document, text, (), data)
    if "answers" not in ids and isinstance(answers.get("answers"), Mapping):
        answers |= _as_written(document, text, ("answers",), answers.pop("answers"))
    short = by_plain_id(ids)
    repeated = [_repeated(finding, ids, short) for finding in document.findings[:MOST_NOTES]]
    return _of_answers(found, ids, answers, repeated)


def _read_broken(
    finding: Finding, raw: bytes, ids: Collection[str]
) -> tuple[dict[str, Any], list[str], bool]:
    """Return what can be read of a file that cannot be read as a whole: raw answers by key, what is
    told, and whether more stands there. Raises NotGradable where nothing can.
    """
    if finding.place is None:
        raise NotGradable(finding.fault.message)
    text = raw.decode("utf-8-sig", "replace")
    mend = mended(text, finding.fault, finding.place)
    if foreign.kind_of(raw, None) is not None or finding.fault.hint == foreign.UTF_8:
        raise NotGradable(mend)
    pieces = read_pieces(text, ids, _piece_as_written)
    short = by_plain_id(ids)
    if not any(question_of(str(key), ids, short) for key in pieces.answers):
        raise NotGradable(mend)
    form = "JSON" if finding.fault.message.startswith(JSON_SAYS) else "YAML"
    mend = mend.replace(JSON_SAYS, "")
    note = f"Your file is not valid {form} ({mend}), so it was read answer by answer"
    return pieces.answers, [note, *pieces.notes], pieces.unread


def _piece_as_written(document: Document, piece: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return _as_written(document, piece, (), data)


def _of_answers(
    found: Found,
    ids: Collection[str],
    answers: Mapping[str, Any],
    told: Collection[str],
    lost: bool = False,
) -> Submission:
    """Return the submission of raw answers by key. Raises NotGradable where no question has one."""
    short = by_plain_id(ids)
    meant = {key: question_of(str(key), ids, short) for key in answers}
    known, twice = first_of([(id_, answers[key]) for key, id_ in meant.items() if id_])
    others = [key for key, id_ in meant.items() if id_ is None]
    ignored = [key for key in others if plain(str(key)) not in (*PEOPLE, *OTHERS, *TIMES)]
    if not known:
        raise NotGradable("none of its keys is the id of a question")
    notes = [*told, *twice, *notes_on(map(str, ignored), ids)]
    named = next((clean(answers[key]) for key in others if plain(str(key)) in NAMES), "")
    whose = clean(found.student) or named or clean(found.otherwise)
    when = next((str(answers[key]) for key in others if plain(str(key)) in TIMES), found.when)
    unread = lost or not all(is_blank(answers[key]) for key in ignored)
    return Submission(
        whose, known, quote(found.path, 400), "", tuple(notes), clean(found.identity), found.late,
        when=when, unread=unread,
    )  # fmt: skip


def _as_written(
    document: Document, text: str, path: Path, mapping: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a mapping with its floats as the file has them: `4.608` may be 4,608, and who wrote
    `4.057e4` knows no 40570.0.
    """
    places = document.places if any(map(_has_floats, mapping.values())) else None
    if places is None:
        return dict(mapping)
    lines = text.split("\n")

    def written(value: Any, path: Path) -> Any:
        if isinstance(value, list):
            return [written(part, (*path, place)) for place, part in enumerate(value)]
        if isinstance(value, Mapping):
            return {key: written(part, (*path, key)) for key, part in value.items()}
        if not isinstance(value, float):
            return value
        in_list = isinstance(path[-1], int)
        place = places.find(path)
        line, column = place[:2] if in_list else place[2:]  # behind a key, where that ends
        pattern = FLOAT_ALONE if in_list else FLOAT
        match = pattern.match(lines[line - 1], column - 1) if line <= len(lines) else None
        return match[1] if match and float(match[1]) == value else value

    return {key: written(value, (*path, key)) for key, value in mapping.items()}


def _has_floats(value: Any) -> bool:
    if isinstance(value, list | Mapping):
        return any(map(_has_floats, value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, float)


def _repeated(finding: Finding, ids: Collection[str], short: Mapping[str, str]) -> str:
    """Return what is told of a key that stands twice, of which the first one counts."""
    id_ = question_of(str(finding.path[-1]), ids, short) if finding.path else None
    return f"{quote(id_)} is answered twice: the first counted" if id_ else finding.fault.message
