"""Answers as lines of text, `q1: 32x32x10`, as they are typed into a box or an editor.

No line vanishes: what is not read is listed, for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice, pairwise
from typing import Any, NamedTuple

from shapecalc.diagnostics import quote
from shapecalc.grading.arrays_below import with_arrays_below
from shapecalc.grading.columns import (
    IN_BRACKETS,
    NAMES,
    CanAnswer,
    by_number,
    by_plain_id,
    matched,
    never,
    plain,
)
from shapecalc.grading.headings import (
    DECORATION,
    SHEET,
    is_name,
    is_title,
    name_in,
    of_person,
    time_of,
)
from shapecalc.grading.html_text import plain_text
from shapecalc.grading.joined_lines import (
    COUNTED,
    VALUES,
    Line,
    is_of_another,
    joined,
    may_be_of_others,
    says_again,
)
from shapecalc.grading.left_unanswered import (
    as_said,
    contradicted,
    is_about_others,
    left_unanswered,
)
from shapecalc.grading.markdown_tables import NO_ANSWER
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.plainer_lists import DRAWN
from shapecalc.grading.regex import regex
from shapecalc.grading.shortened import shortened
from shapecalc.grading.submission_file import MOST_NOTES, Found, NotGradable, Submission, clean
from shapecalc.grading.text_tables import ROW, without_tables
from shapecalc.grading.told_of_lines import LINE, below_told, counted_told, lost_told
from shapecalc.grading.words_to_reader import is_word_to_reader
from shapecalc.grading.workings_below import works_out_a_value

SENTENCE, LONGEST_REMARK = 5, 80  # words at least, characters that are shown
SEPARATOR = regex(r"\s*(?:[:=\uff1a\uff1d)\]]|\.(?=\s|$)|\s[-–](?=\s)|\s)\s*")
# A dash behind a separator is the answer's own minus, `14. - 1.636`.
MINUS = regex(r"[.:=)\]\uff1a\uff1d]\s*[-\u2013\u2212]\s*$")
DASHED = regex(r"\s[-\u2013]\s+$")
STRONG = (":", "=", "\uff1a", "\uff1d")
MOST_LINES = 5000
MOST_SEPARATORS = 8  # of a line, behind which no answer begins any more
LONGEST_KEY = 400
NEGATIVE = regex(r"\s*[-\u2013\u2212]\d")  # a value, and no question's number
BARE = regex(r"\d{1,4}(?:\s*[:)\uff1a]|\s*\.(?!\d)|\s+=(?=\s))\s*")  # 1.2 is a value
RESULT = regex(  # total 760; \begin{pmatrix} 3 & 2 \end{pmatrix}
    r"^(?!.*\b(?:see|page)\b).*\d(?:[\])}|$*`\s]|\\end\{[a-z]{1,20}\}|\\right|\\)*+[.!]?$",
    re.IGNORECASE,
)
EQUALS = regex(r"= ?[-+.\d(\[{$]")  # what stands above it, whatever is said behind it
LETTERS = regex(r"\w")
LETTER = regex(r"[^\W\d_]")  # `12. ?` is a number alone, with an answer that is none

MARKED_HEADING = regex(r"\s{0,3}#{1,6}\s")
NUMBER_ALONE = regex(r"\s{0,3}#{1,6}\s+[*_]{0,3}(\d{1,4})[*_.:)\s]*#*\s*")  # `## 1`
VALUE = regex(r"[:=]\s*[-(\[\d]|\d\s?[xX×]\s?\d")  # which no heading has


class Lines(NamedTuple):
    """What a text holds: the student, if a line names one, the answers, and what is told."""

    student: str
    answers: dict[str, str]
    notes: tuple[str, ...]
    unread: bool  # there are lines that were not read
    when: str = ""  # it was handed in, if a line says so
    above: str = ""  # the first line, where that may be a name
    goes_on: tuple[str, ...] = ()  # ids of answers that lines below may be a part of

    def of(self, found: Found) -> Submission:
        """Return the submission of a file that holds this."""
        return Submission(
            clean(found.student) or clean(self.student) or clean(found.otherwise),
            self.answers,
            quote(found.path, 400),
            notes=(*self.notes, *self.nameless(found)),
            identity=clean(found.identity),
            late=found.late,
            when=self.when or found.when,
            unread=self.unread,
            goes_on=self.goes_on,
        )

    def nameless(self, found: Found) -> list[str]:
        """Return what is told of a first line that may be a name, where none is known: it is not
        taken for one, since titles look alike, and a false name is worse than that of the file.
        """
        name = quote(self.above if is_name(self.above) else name_in(self.above))
        if not name or clean(found.student) or clean(self.student):
            return []
        line = quote(self.above)
        return [f"The first line, `{line}`, was not taken as a name: write `Name: {name}` for that"]


def lines_of(
    text: str,
    ids: Collection[str],
    can_answer: CanAnswer = never,
    told: Sequence[tuple[str, str]] = (),
    arrays: Collection[str] = (),
) -> Lines:
    """Return the answers of the lines that begin with an id, or with a question's number.

    `told` is what each line is called and how it is shown, where it is not written so itself;
    `arrays` are the ids of questions that ask for several values.

    Numbers alone count where no line has an id, where they go on counting, or where a question has
    no other line and can have what stands there for its answer. A list in brackets goes on to its
    end, and an answer may stand in the line below its id. Raises NotGradable for too many lines.
    """
    text = plain_text(text).translate(DRAWN)
    if len(text.splitlines()) > MOST_LINES:
        raise NotGradable(f"more than {MOST_LINES:,} lines")
    short = by_plain_id(ids)
    if len(told) != len(text.splitlines()):
        told = [(f"{LINE}{n:,}", line) for n, line in enumerate(text.splitlines(), 1)]
    text = without_tables(
        text,
        is_answer=lambda line: _split(line, ids, short, False) is not None,
        begins=lambda line: any((_begun(line, ids, short, True) or ("",))[:1]),
        names_question=lambda cell: bool(LETTER.search(cell) and _split(cell, ids, short, False)),
    )
    by_id, by_any = (_with_open_dash([*_keyed(text, ids, bare)]) for bare in (False, True))
    title = _title(text, by_id, by_any, can_answer)
    if title is not None:
        for keyed in (by_id, by_any):
            keyed[:] = [title if line.number == title.number else line for line in keyed]
    lines, counted = (list(joined(keyed, can_answer)) for keyed in (by_id, by_any))
    answered = any(line.id and line.text.strip(NO_ANSWER) for line in lines)  # no heading `# P`
    added: list[Line] = []
    if not answered or _counts_on(lines, counted, ids):
        lines = counted
    elif added := _counted_alone(by_id, by_any, ids, can_answer):
        at = {line.number: line for line in added}
        lines = list(joined((at.get(line.number, line) for line in by_id), can_answer))
    lines, below, unclear = with_arrays_below(lines, arrays, can_answer)
    student = next((line.text for line in lines if line.named), "")
    found = [(line.id, line.text.replace(NO_ANSWER, "")) for line in lines if line.id]
    answers, twice = first_of(found)
    answers = as_said(answers, lines, ids)
    lost = [line for line in lines if line.plain]
    places = {id_: f"question {place}" for place, id_ in enumerate(ids, 1)}
    called = [name for name, _ in told]
    taken = [*counted_told(added, called, places), *below_told(below, called, places)]
    taken += contradicted(answers, lines, ids, told)
    notes = (*twice, *taken[:MOST_NOTES], *lost_told(lost, told))
    when = next(filter(None, (time_of(line.text) for line in lines if line.aside)), "")
    goes_on = tuple(dict.fromkeys([*_that_go_on(lines, ids, can_answer), *unclear]))
    unread = bool(lost) or any(may_be_of_others(line, can_answer) for line in lines)
    return Lines(student, answers, notes, unread, when, _name_above(lines), goes_on)


def _title(
    text: str, by_id: Sequence[Line], by_any: Sequence[Line], can_answer: CanAnswer
) -> Line | None:
    """Return the line above all answers that has a number, if it is the title of the sheet and no
    answer, as what is aside: `Exercise 4: Shapes` where question 4 is answered below.
    """
    first = next((line for line in by_id if not (line.named or line.aside)), None)
    if first is None or not first.id or (first.text and can_answer(first.id, first.text)):
        return None
    written = _undecorated(text.splitlines()[first.number - 1])
    below = {line.id for line in by_any if line.text and line.number > first.number}
    is_title = first.id in below and SHEET.fullmatch(written)
    return first._replace(id=None, aside=True) if is_title else None


def _that_go_on(
    lines: Iterable[Line], ids: Collection[str], can_answer: CanAnswer
) -> Iterator[str]:
    """Yield the questions below whose answers a line was not read that may give their results,
    `750 + 10 = 760`, and is none of another question.
    """
    above: Line | None = None
    for line in lines:
        steps = above is not None and COUNTED.match(above.text) is not None
        other = is_of_another(line.text, steps)
        ends = RESULT.search(line.text) or EQUALS.match(line.text)
        other = other or (above is not None and is_about_others(line.text, above.id, ids))
        result = above and above.id and line.plain and ends and not other
        if result and above and above.id and not says_again(line.text, above.text):
            working = works_out_a_value(line.text, above.text)
            if not (working and can_answer(above.id, above.text)):
                yield above.id
        above = line if line.id else above if line.plain else None


def _name_above(lines: Sequence[Line]) -> str:
    """Return the first line, if that has a few words that a name may be."""
    if not lines or lines[0].id is not None or lines[0].named:
        return ""
    text = re.sub(r"[*_`]", "", lines[0].text).strip(DECORATION)
    if lines[0].text == text and is_name(text) and not SHEET.fullmatch(text):
        return text
    name = name_in(text)
    return text if name and (lines[0].aside or name != text) else ""


def _counted_alone(
    by_id: Sequence[Line], by_any: Sequence[Line], ids: Collection[str], can_answer: CanAnswer
) -> list[Line]:
    """Return the lines that begin with a number alone, `11) 65x65` below `q9: 7`, which are
    answers to questions, most of which have no other line.

    What stands below an id and is counted from 1 is a working in steps, if it is less than a whole
    sheet; where most of the questions are answered elsewhere, it is something else.
    """
    answered = {line.id for line in by_id if line.id}
    order = [*ids]
    found: list[Line] = []
    above = False
    for alone, group in groupby(zip(by_id, by_any, strict=True), _is_counted):
        run = [counted for _, counted in group]
        named = [line.id for line in run if line.id]
        if alone:
            whole = named == order and order[0] not in answered
            steps = above and named == order[: len(named)] and not whole
            few = 2 * len(answered.intersection(named)) < len(named)
            once = len({*named}) == len(named)
            plainly = named == order or all(can_answer(line.id or "", line.text) for line in run)
            if once and few and not steps and plainly:
                found += run
        above = above or bool(named)
    return found


def _is_counted(pair: tuple[Line, Line]) -> bool:
    """Say whether a line is none by ids, and one of a question's where numbers alone count."""
    line, counted = pair
    return line.plain and counted.id is not None and COUNTED.match(line.text) is not None


def _counts_on(lines: Sequence[Line], counted: Sequence[Line], ids: Collection[str]) -> bool:
    """Say whether numbers alone go on where ids began, `Q1: 5`, `2) 7`, and are no steps of a
    working: several of them, each question once, in the order of the sheet, and most of it.
    """
    order = {id_: place for place, id_ in enumerate(ids)}
    places = [order[line.id] for line in counted if line.id]
    more = len(places) - sum(line.id is not None for line in lines)
    rising = all(a < b for a, b in pairwise(places))
    return rising and more > 1 and 2 * len(places) >= len(order)


def first_of(answered: Collection[tuple[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    """Return the first answer to each question that is not blank, and what is told of others."""
    found: dict[str, Any] = {}
    notes: list[str] = []
    for id_, answer in answered:
        if id_ not in found or is_blank(found[id_]):
            found[id_] = answer
        elif answer == found[id_] or is_blank(answer) or len(notes) >= MOST_NOTES:
            continue
        elif _is_remark(answer):
            said = f"`{shortened(answer, LONGEST_REMARK)}`"
            notes.append(f"{quote(id_)}: {said} was taken for a remark, not for a second answer")
        else:
            notes.append(
                f"{quote(id_)} is answered twice:"
                f" {quote(found[id_])} counted, {quote(answer)} did not"
            )
    return found, notes


def _is_remark(answer: Any) -> bool:
    """Say whether a text below an answer is a sentence without a number."""
    words = answer.split() if isinstance(answer, str) else []
    return len(words) >= SENTENCE and not any(map(str.isdigit, answer))


def _keyed(text: str, ids: Collection[str], bare: bool) -> Iterator[Line]:
    """Yield the lines that have letters or digits, with the questions that they answer."""
    short = by_plain_id(ids)
    answered = begun = awaited = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(ROW):
            yield Line(number, line.removeprefix(ROW).strip(), row=True)
            continue
        stripped = _undecorated(line)
        if not LETTERS.search(stripped):
            continue
        found = _begun(line, ids, short, bare)
        if found is not None:
            id_, answer = found
            key = stripped[: len(stripped) - len(answer)]
            dashed = f"{key}{answer}" if DASHED.search(key) else ""
            told = answer.replace("`", "").strip(" *_")
            yield Line(number, told, id_, id_ is None, dashed=dashed)
            answered = answered or id_ is not None
        else:
            names = not begun and (is_name(stripped) or name_in(stripped) not in ("", stripped))
            above = not answered and (names or is_title(stripped))
            heading = above or (MARKED_HEADING.match(line) and not VALUE.search(line))
            aside = bool(heading) or of_person(stripped) or is_word_to_reader(stripped)
            aside = aside or bool(left_unanswered(stripped, ids, begun=awaited))
            yield Line(number, line.strip(), aside=aside)
        begun = True
        awaited = found is not None and not found[1].strip()


def _with_open_dash(lines: list[Line]) -> list[Line]:
    """Return lines of which the only one with a dash between its id and values, `dw - 1.6`, keeps
    that, which may be a minus; where several have one, that is how answers are parted from ids.
    """
    dashed = [at for at, line in enumerate(lines) if line.dashed]
    if len(dashed) == 1:
        (at,) = dashed
        line = lines[at]
        if line.text[:1] not in "-+" and VALUES.fullmatch(line.text):
            lines[at] = line._replace(text=line.dashed)
    return lines


def _undecorated(line: str) -> str:
    return line.strip().strip("*_`").lstrip(DECORATION)


def _begun(
    line: str, ids: Collection[str], short: Mapping[str, str], bare: bool
) -> tuple[str | None, str] | None:
    """Return what a line as it is written begins with, and the rest, as `_split` does."""
    heading = NUMBER_ALONE.fullmatch(line) if bare else None
    if heading:
        id_ = by_number(heading[1], ids, short)
        return (id_, "") if id_ is not None else None
    return None if NEGATIVE.match(line) else _split(_undecorated(line), ids, short, bare)


def _split(
    line: str, ids: Collection[str], short: Mapping[str, str], bare: bool
) -> tuple[str | None, str] | None:
    """Return the question that a line begins with, None for the student's name, and the rest."""
    number = BARE.match(line) if bare else None
    if number:
        id_ = by_number(re.sub(r"\D+$", "", number[0]), ids, short)
        if id_ is not None:
            return id_, line[number.end() :]
    separators = list(islice(SEPARATOR.finditer(line[:LONGEST_KEY]), MOST_SEPARATORS))
    for separator in sorted(separators, key=lambda s: s[0].strip() not in STRONG):  # fits (x): yes
        if MINUS.search(line[: separator.start()]):
            continue
        key = line[: separator.start()].strip(DECORATION)
        end = separator.end()
        if separator[0].isspace() or separator[0].strip() in (")", "]"):  # `“q1” : 5`, `q1) = 5`
            more = SEPARATOR.match(line, end)
            end = more.end() if more and not more[0].isspace() else end
        if key and not key.isdigit():
            id_ = matched(key, ids, short) or by_number(key, ids, short)
            if id_ is not None:
                return id_, line[end:]
            if plain(key) in NAMES and not separator[0].isspace():
                return None, line[end:]
        elif key and separator[0].strip() and key in ids:
            return key, line[end:]
    key = line.strip(DECORATION + ":.=")
    named = LETTER.search(IN_BRACKETS.sub("", key))  # `8. (b)` is a number, and its answer
    alone = matched(key, ids, short) or (by_number(key, ids, short) if named else None)
    return (alone, "") if alone else None
