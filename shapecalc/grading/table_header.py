"""What the columns of a table of answers are: questions, who answered, when, and the rest.

Spreadsheets and platforms name them in their own ways: Moodle has `Response 1`, Canvas `4711: text`
and the points behind it, Google Forms the question's text, and authors put numbers in front.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from shapecalc.diagnostics import quote, some
from shapecalc.grading.columns import (
    AROUND,
    IN_BRACKETS,
    OTHERS,
    PEOPLE,
    TIMES,
    WORD,
    Mapped,
    by_number,
    by_plain_id,
    matched,
    plain,
    words,
)
from shapecalc.grading.regex import regex

# The number in front of a text, or alone: `Question 3`, `Q3) How`, `3. How`; Canvas' `4711: How`.
NUMBERED = regex(
    rf"(?:(?P<word>{WORD})[ .]{{0,2}})?(?P<number>\d{{1,9}}) ?(?:$|[.:)\]\u2013] *)(?P<text>.*)"
)
GIVEN = ("response", "answer", "antwort")  # beside which Moodle may put `Question 3` itself
CANVAS = regex(r"\s*\d{2,}:\s")
ABOUT = regex(  # about an answer: Google's `How? [Score]`, Microsoft's `Points - How?`
    r"\[(?:score|feedback|points)\]\s*$|^(?:grade|score|total)(?: ?(?:/|points|score|[(\d]).*)?$"
    r"|^(?:points|feedback) ?[-\u2013]|^right answer \d+$|^\d+(?:\.\d+)?$"
)


FEWEST_NUMBERED = 2  # columns that numbers alone tell
MOST_BRACKETS = 4  # behind a question's text
ASKED_FOR = (  # what forms ask people for in words of their own
    ("id number", regex(r"\b(?:student|matriculation|university|campus) (?:id|number|no)\b"
                             r"|\bmatrikelnummer\b|\bnet ?id\b")),
    ("email", regex(r"\be ?mail\b")),
    ("name", regex(r"\byour (?:full |own )?name\b|^(?:full |student'?s? )?names?$")),
)  # fmt: skip


class TableColumns(NamedTuple):
    """What the author has to know of a table's columns: all of it empty where each has its use."""

    ignored: tuple[str, ...] = ()  # columns that are no question's, and nothing a platform adds
    missing: tuple[str, ...] = ()  # ids of questions that no column is for
    absent: tuple[str, ...] = ()  # columns that the author maps, which are not there
    twice: tuple[str, ...] = ()  # what is told where two columns are for the same
    numbered: str = ""  # what is told where numbers alone say whose columns are

    @property
    def in_sentences(self) -> tuple[str, ...]:
        """What is told of columns that have their use."""
        return (*self.twice, self.numbered) if self.numbered else self.twice


class Header(NamedTuple):
    """Positions of each question's column, of who answered, and of the rest, by their names."""

    questions: dict[str, int]
    people: dict[str, int]  # by the platform's word in plain letters
    unknown: dict[str, int]
    width: int
    titles: dict[int, str]  # as they are written, of those who answered
    time: int | None = None
    told: TableColumns = TableColumns()


def header_of(cells: Sequence[str], ids: Collection[str], mapped: Mapped) -> Header:
    """Return what each column is; no question's column means that there is none."""
    header = Header({}, {}, {}, len(cells), {})
    names = [cell.strip() for cell in cells]
    twice: list[str] = []
    questions = _Questions(names, ids, mapped)
    by_position = questions.found()
    time = None
    for position, name in enumerate(names):
        mine = name and name == mapped.columns.get("student", "")
        word = "student" if mine else _of_person(name)
        if position in by_position:
            id_ = by_position[position]
            if id_ in header.questions:
                twice.append(f"two columns are for {quote(id_)}: the first one counts")
            header.questions.setdefault(id_, position)
        elif word in PEOPLE:
            if word in header.people:
                twice.append(f"two columns are called {quote(name)}: the first one counts")
            header.people.setdefault(word, position)
            header.titles[position] = name
        elif word in TIMES and time is None:
            time = position
        elif name and word not in TIMES:
            header.unknown.setdefault(name, position)
    told = TableColumns(
        tuple(
            quote(name)
            for name in header.unknown
            if not _of_platform(name) and questions.repeated(name) not in header.questions
        ),
        tuple(id_ for id_ in ids if id_ not in header.questions),
        tuple(quote(name) for name in mapped.columns.values() if name not in names),
        tuple(twice),
        questions.numbered,
    )
    return header._replace(time=time, told=told)


def _of_person(name: str) -> str:
    """Return what a column tells of who answered, in the words of PEOPLE where it is that."""
    word = plain(name)
    asked = () if word in PEOPLE else (w for w, pattern in ASKED_FOR if pattern.search(word))
    return next(iter(asked), word)


def _of_platform(name: str) -> bool:
    """Say whether a platform adds a column of this name, in which no answer stands."""
    return plain(name) in OTHERS or bool(ABOUT.search(name.casefold()))


class _Questions:
    """Finds the questions of a table's columns: the author's word comes first, then ids, then the
    questions' texts, then numbers. Two columns may have one question.
    """

    def __init__(self, names: Sequence[str], ids: Collection[str], mapped: Mapped) -> None:
        self.names, self.ids, self.order = names, ids, list(ids)
        self.short = by_plain_id(ids)
        self.texts: dict[str, list[str]] = {}  # ids by each form of their prompts
        for id_, prompt in mapped.prompts.items():
            sheet = mapped.on_the_sheet.get(id_, prompt)
            for form in dict.fromkeys(chain(_forms(prompt), _forms(sheet))):
                self.texts.setdefault(form, []).append(id_)
        wanted = {column: id_ for id_, column in mapped.columns.items() if id_ in ids}
        self.mapped = {at: wanted[name] for at, name in enumerate(names) if name in wanted}
        student = mapped.columns.get("student")
        self.free = [at for at, n in enumerate(names) if n and n != student and n not in wanted]
        self.numbered = ""  # what is told where numbers alone say whose columns are

    def found(self) -> dict[int, str]:
        """Return the question of each column that has one."""
        found = {**self.mapped, **self._more(self._by_id(), self.mapped)}
        by_text = self._by_text([at for at in self.free if at not in found])
        found |= self._more(by_text, found)
        found |= self._more(self._by_number(found, by_text), found)
        return found if len(found) > len(self.mapped) else {**found, **self._by_order()}

    def _more(self, some: Mapping[int, str], found: Mapping[int, str]) -> dict[int, str]:
        """Return the columns whose questions have none yet."""
        taken = set(found.values())
        return {at: id_ for at, id_ in some.items() if id_ not in taken and at not in found}

    def _by_id(self) -> dict[int, str]:
        """Return the questions whose id a column has, or begins with: `q1: How ...`."""
        found = {}
        for at in self.free:
            name = self.names[at]
            if name in self.ids:
                found[at] = name
            elif plain(name) not in PEOPLE and not ABOUT.search(name.casefold()):
                id_ = matched(name, self.ids, self.short) or self._in_front(plain(name))
                if id_ is not None:
                    found[at] = id_
        return found

    def _in_front(self, text: str) -> str | None:
        """Return the question whose id stands in front of a text that is not one's own."""
        if text in self.texts:
            return None
        first = re.split(r"[:.)(\s\[]", text, maxsplit=1)[0]
        heads = (text.split(": ", 1)[0].replace(" ", ""), first)
        return next((self.short[h] for h in heads if h in self.short and len(h) < len(text)), None)

    def _by_text(self, free: Sequence[int]) -> dict[int, str]:
        """Return the questions whose text a column has. Several of one text are in their order."""
        groups: dict[tuple[str, ...], list[int]] = {}
        for at in free:
            numbered = NUMBERED.fullmatch(words(self.names[at]))
            texts = [self.names[at], *([numbered["text"]] if numbered else [])]
            forms = (form for text in texts for form in _forms(text) if form in self.texts)
            form = next(forms, None)
            if form is not None:
                groups.setdefault(tuple(self.texts[form]), []).append(at)
        found: dict[int, str] = {}
        for ids, places in groups.items():
            if len(ids) == 1:
                found |= dict.fromkeys(places, ids[0])
            elif len(ids) == len(places):
                found |= dict(zip(places, ids, strict=True))
        return found

    def _by_number(self, found: Mapping[int, str], by_text: Mapping[int, str]) -> dict[int, str]:
        """Return the questions of columns with a number, where that is how questions are counted.

        No other column may contradict it; and of a number without a word, before a text that is
        not the question's, another column has to show that it is the question's and no field's, or
        the numbers have to be those of all questions.
        """
        numbered = {
            at: match
            for at, name in enumerate(self.names)
            if (match := NUMBERED.fullmatch(words(name))) and not ABOUT.search(name.casefold())
        }
        own = {at: self._at(match) == found[at] for at, match in numbered.items() if at in found}
        if not all(agrees for at, agrees in own.items() if at not in self.mapped):
            return {}
        alone = self._whole_sheet(numbered)
        if any(at not in found for at in alone) and not any(
            found.get(at, id_) != id_ for at, id_ in alone.items()
        ):
            named = [f"{self.names[at]} is {id_}" for at, id_ in alone.items() if at not in found]
            self.numbered = f"columns were found by their numbers alone: {some(named)}"
            return alone
        shown = any(at in by_text for at in own)
        given = any(m["word"] in GIVEN and not m["text"] for m in numbered.values())
        more = {}
        for at in self.free:
            match, id_ = numbered.get(at), self._at(numbered[at]) if at in numbered else None
            if match is None or id_ is None or at in found:
                continue
            if match["word"] in GIVEN or (match["word"] and not given) or (shown and not given):
                more[at] = id_
        return more

    def _whole_sheet(self, numbered: Mapping[int, re.Match[str]]) -> dict[int, str]:
        """Return the questions of columns with numbers in front that count all questions and
        nothing else, in their order: `1. Padding`, `2. Output`; otherwise nothing.

        No number may be one of another question's id, and no such column may tell of a person.
        """
        columns = {
            at: m
            for at, m in numbered.items()
            if not m["word"] and any(sign.isalpha() for sign in m["text"])
        }
        if [int(m["number"]) for m in columns.values()] != list(range(1, len(self.order) + 1)):
            return {}
        person = any(_of_person(m["text"]) in (*PEOPLE, *TIMES) for m in columns.values())
        clash = any(by_number(m["number"], self.ids, self.short) is None for m in columns.values())
        if person or clash or len(columns) < FEWEST_NUMBERED:
            return {}
        return dict(zip(columns, self.order, strict=True))

    def _at(self, numbered: re.Match[str]) -> str | None:
        """Return the question that a number counts."""
        place = int(numbered["number"])
        return self.order[place - 1] if 0 < place <= len(self.order) else None

    def repeated(self, name: str) -> str | None:
        """Return the question whose text stands in a column: Moodle's `Question 3`."""
        match = NUMBERED.fullmatch(words(name))
        return self._at(match) if match and match["word"] and not match["text"] else None

    def _by_order(self) -> dict[int, str]:
        """Return the questions of Canvas' columns, where there are as many of both."""
        columns = [at for at in self.free if CANVAS.match(self.names[at])]
        left = [id_ for id_ in self.order if id_ not in self.mapped.values()]
        return dict(zip(columns, left, strict=True)) if len(columns) == len(left) else {}


def _forms(text: str) -> list[str]:
    """Return a text in small letters, then without what is in brackets behind it: `(1 point)`."""
    forms = [words(text)]
    for _ in range(MOST_BRACKETS):
        shorter = IN_BRACKETS.sub("", forms[-1]).strip(AROUND)
        if shorter in ("", forms[-1]):
            break
        forms.append(shorter)
    return forms
