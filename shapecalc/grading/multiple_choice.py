"""Questions with answers to choose from: by a letter, or by writing one of them down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from string import ascii_lowercase
from typing import Any

from shapecalc import rules
from shapecalc.grading.answers import LONGEST as LONGEST_READ
from shapecalc.grading.answers import Form, read_answer, readings
from shapecalc.grading.clauses import BECAUSE
from shapecalc.grading.query import ONCE_FOR_ALL
from shapecalc.grading.question import Question
from shapecalc.grading.reading import SEVERAL, Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.section import Section
from shapecalc.grading.values import Value, flat
from shapecalc.grading.written_numbers import PLAIN, Unreadable
from shapecalc.grading.written_sizes import DENIED, VOLUME, WORD

FORMS = ("sizes", "number", "field", "ranges", "formula")
FEWEST = 2
# What is written around a letter: `I choose`, `my answer is`, `the letter`; `is my answer`.
FRAME = (
    r"(?:(?:i|we|choose|chose|pick|think|it'?s|it|is|my|the|letter|option|choice|answer|antwort)\b"
    r"[ :=]*)*"
)
BEHIND = r"(?:[ ,]*is (?:my answer|my choice|right|correct))?[ .!?]*"
ALONE = regex(rf"{FRAME}\(?([a-z])\)?{BEHIND}", re.IGNORECASE)
WITH_VALUE = regex(
    r"(?:(?:option|choice|answer|antwort)\b[ :]*)?\(?([a-z])(?:[.):\]]+\s*|\s+)(.+)",
    re.IGNORECASE | re.DOTALL,
)
# A letter with a reason, `a because ...`, or a remark, `(a) - the mean`; a bare one may be an
# article.
WITH_REASON = regex(
    rf"{FRAME}(?:\(([a-z])\)|([a-z])(?=[):.,;\]]|\s+[-\u2013\u2014]\s|\s+{BECAUSE}|\s+\((?=[^()]{{3,}}\))))"
    r"[\s):.,;\]\u2013\u2014-]*"
    rf"(?P<reason>{BECAUSE}|for\b)?(?P<told>.*)",
    re.IGNORECASE,
)
SEVERAL_LETTERS = regex(
    rf"{FRAME}\(?[a-z]\)?(?:(?:[ ,/&+]|\b(?:or|and|either)\b)+\(?[a-z]\)?)+[ .!?]*", re.IGNORECASE
)
# A letter behind its working: `(7-3)/2+1 = 3, so a`, `3x3x64 (a)`.
BEHIND_WORKING = regex(
    r"(?=.*\d)(?P<working>.+?)"
    r"(?:(?:[,;:.]|=>|->|\u2192|\u21d2|\b(?:so|thus|hence|therefore|means|is))[ ,:]*"
    rf"{FRAME}\(?(?P<letter>[a-z])\)?|[ ]\((?P<bracketed>[a-z])\)){BEHIND}",
    re.IGNORECASE,
)
# Every letter that may be of a choice, also one of `so a or c`, `cannot be b`; no article.
NAMED = regex(
    r"(?:[ (]\(|(?:[,;:./&]|=>|->|\u2192|\u21d2"
    r"|\b(?:so|thus|hence|therefore|means|is|be|or|and|not|never|either|but)|n['\u2019]?t\b)[ ,:]*"
    rf"{FRAME}\(?)([a-z])(?= ?(?:$|[).,;:!?/&]|\b(?:or|and|not|is|because|since|as|but)\b))",
    re.IGNORECASE,
)
WITH_BRACKET = regex(r" \(?([A-Za-z])\)(?!\w)")  # wait b)
LAST = regex(r"[^\w'\u2019]([A-Za-z])[ .!?]*$")  # actually b
EXCLUDED = regex(rf"{DENIED.pattern}|\b(?:exclud\w+|except|rather|cannot)\b", re.IGNORECASE)
# What a layer lacks or does not do, `pooling has no weights`, which denies no letter. That needs
# something that it is said of: `(a) has no biases` may be said against (a).
LACKING = regex(
    r"(?:^|(?<=\w )(?:has|have|having|with|is|are|needs?|learns?|gets?|uses?|adds?) )no (?:\w+ )?"
    r"(?:weight|bias|param|padding|filter|kernel|connection|learn|train)\w*"
    r"|(?<=\w )(?:do|does)(?: not|n['\u2019]?t) (?:have|learn|train|need|use|add|change)\b"
    r"|(?<=\w )(?:is|are)(?: not|n['\u2019]?t) (?:learn|train)\w+"
    r"|(?<=\w )never (?:learn|train|change)\w*",
    re.IGNORECASE,
)
GOOD = regex(r"\b(?:right|correct|true|possible|valid|fits?|sense|enough)\b", re.IGNORECASE)
NOT_CHOSEN = "its letter may be one that is not meant"
CLAUSE = regex(r"[,;:] |\. ")
LONGEST = 200  # characters of a working
LARGEST_PLACE = 10**9  # a number that may count the choices
COUNTED = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
PLACE = regex(
    rf"{FRAME}(?:({'|'.join(COUNTED)}|last)|(\d{{1,2}})(?:st|nd|rd|th))"
    r"(?: (?:one|option|choice|answer))?[ .!?]*",
    re.IGNORECASE,
)
NUMBERED = regex(
    r"(?:the )?(?:(option|choice) ?)?(?:number |no\.? ?|# ?)?\(?(\d{1,9})\)?[ .]*", re.IGNORECASE
)


def read_choices(section: Section, form: Form) -> tuple[Value, ...]:
    """Return the answers that an author gives to choose from, as written; what are none is
    reported.
    """
    written = section.data.get("choices")
    if written is None:
        return ()
    example = "for example [55x55x96, 54x54x96]"
    if form not in FORMS:
        message = "a list of values and a yes or no have no choices"
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, "leave choices out", "choices")
        return ()
    if not isinstance(written, list | tuple) or not FEWEST <= len(written) <= len(ascii_lowercase):
        message = f"choices must be a list of {FEWEST} to {len(ascii_lowercase)} answers"
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, message, example, "choices")
        return ()
    try:
        found = [read_answer(answer, form) for answer in written]
    except Unreadable as error:
        section.wrong(rules.WRONG_ASSIGNMENT_VALUE, f"choices: {error}", example, "choices")
        return ()
    return tuple(found)


def listed(question: Question) -> Iterator[str]:
    """Yield the choices as a sheet has them, `(a) 55x55x96`."""
    for letter, value in zip(ascii_lowercase, question.choices, strict=False):
        yield f"({letter}) {question.shown(value)}"


def right_told(question: Question) -> str:
    """Return the right answer, of choices with its letter, `(c), 55x55x96`."""
    for letter, value in zip(ascii_lowercase, question.choices, strict=False):
        if value == question.right:
            return f"({letter}), {question.right_shown}"
    return question.right_shown


def letters(question: Question) -> str:
    """Return `(a) to (d)`."""
    return f"(a) to ({ascii_lowercase[len(question.choices) - 1]})"


def chosen(question: Question, answer: Any) -> Reading | None:
    """Return the choice that a letter names, or its place: `b`, `(b) 55x55x96`, `the second one`.

    None where the answer may be a value. Raises Unreadable where it names several choices, none
    that there is, or another answer behind its letter.
    """
    if isinstance(answer, str):
        text = " ".join(answer.split())
    elif type(answer) is int and 0 < answer < LARGEST_PLACE:
        text = str(answer)
    else:
        return None
    place = PLACE.fullmatch(text)
    if place is not None:
        return _at(question, _counted(place, len(question.choices)))
    numbered = NUMBERED.fullmatch(text)
    if numbered is not None:
        return _numbered(question, int(numbered[2]), bool(numbered[1]))
    alone = ALONE.fullmatch(text)
    if alone is not None:
        return _at(question, ascii_lowercase.index(alone[1].lower()))
    if SEVERAL_LETTERS.fullmatch(text):
        raise Unreadable(SEVERAL)
    match = WITH_VALUE.fullmatch(text)
    at = ascii_lowercase.index(match[1].lower()) if match else len(question.choices)
    if match is None or at >= len(question.choices):
        return _with_reason(question, text) or _behind_working(question, text)
    with suppress(Unreadable):
        if question.choices[at] in _meant(question, match[2].strip()):
            return _at(question, at)
    reasoned = _with_reason(question, text)
    if reasoned is not None:
        return reasoned
    if question.choices[at] not in _meant(question, match[2].strip()):
        raise Unreadable(SEVERAL)
    return _at(question, at)


def _with_reason(question: Question, text: str) -> Reading | None:
    """Return the choice of a letter in front of a reason or a remark; None for another text.

    Raises Unreadable where another choice is named or written there, or the letter is denied, and
    a letter that there is not.
    """
    match = WITH_REASON.fullmatch(text) if len(text) <= LONGEST_READ else None
    if match is None or question.query.form == "formula":
        return None
    written_as, told = match[1] or match[2], match["told"]
    letter = written_as.lower()
    if not match["reason"] and (not WORD.search(told) or _readable(question, told)):
        return None
    at = ascii_lowercase.index(letter)
    chosen_one = _at(question, at)
    last = ascii_lowercase[len(question.choices) - 1]
    others = {name.lower() for name in _named_in(told, capitals=written_as.isupper())} - {letter}
    written = [found[0] for found in chain(VOLUME.finditer(told), PLAIN.finditer(told))]
    values = {
        value for one in written if _readable(question, one) for value in _meant(question, one)
    }
    if any(name <= last for name in others) or values & {*question.choices} - {
        question.choices[at]
    }:
        raise Unreadable(SEVERAL)
    if not match["reason"] and _is_denied(told):
        raise Unreadable(NOT_CHOSEN)
    return chosen_one


def _named_in(told: str, capitals: bool) -> Iterator[str]:
    """Yield the letters that a remark names; one at its end, written as the chosen one is: C may be
    a depth.
    """
    yield from NAMED.findall(f" {told}")
    yield from WITH_BRACKET.findall(f" {told}")
    yield from (last for last in LAST.findall(told) if last.isupper() == capitals)


def _is_denied(told: str) -> bool:
    """Say whether a remark may deny the letter in front of it; what a layer lacks does not."""
    rest = LACKING.sub("", told)
    return bool(EXCLUDED.search(rest) or (rest != told and GOOD.search(rest)))


def _readable(question: Question, text: str) -> bool:
    with suppress(Unreadable):
        return bool(_meant(question, text.strip()))
    return False


def _behind_working(question: Question, text: str) -> Reading | None:
    """Return the choice of a letter behind its working; None where there is none, or the letter may
    be one of a formula.

    Raises Unreadable where the working comes to another one, and where other letters are named, or
    this one is denied.
    """
    if len(text) > LONGEST or question.query.form == "formula":
        return None
    last = ascii_lowercase[len(question.choices) - 1]
    named = {letter for found in NAMED.findall(text) if (letter := found.lower()) <= last}
    match = BEHIND_WORKING.fullmatch(text)
    letter = (match["letter"] or match["bracketed"]).lower() if match else ""
    if match is None or letter > last:
        if named:
            raise Unreadable(SEVERAL if len(named) > 1 else NOT_CHOSEN)
        return None
    at = ascii_lowercase.index(letter)
    if named - {letter}:
        raise Unreadable(SEVERAL)
    if EXCLUDED.search(CLAUSE.split(match["working"])[-1]):
        raise Unreadable(NOT_CHOSEN)
    meant: Sequence[Value] = ()
    with suppress(Unreadable):
        meant = [value for value in _meant(question, match["working"]) if value in question.choices]
    if meant and question.choices[at] not in meant:
        raise Unreadable(SEVERAL)
    return _at(question, at)


def _at(question: Question, place: int) -> Reading:
    """Return a choice by its place, counted from 0. Raises Unreadable where there is none."""
    if not 0 <= place < len(question.choices):
        raise Unreadable(f"there are {letters(question)}")
    value = question.choices[place]
    return Reading(value, f"({ascii_lowercase[place]}) is {question.shown(value)}")


def _counted(place: re.Match[str], count: int) -> int:
    """Return the place that a word or a number counts: the first is 0."""
    word = (place[1] or "").lower()
    if word == "last":
        return count - 1
    return COUNTED.index(word) if word else int(place[2]) - 1


def _numbered(question: Question, number: int, option: bool) -> Reading | None:
    """Return the choice of `option 2`; None for a number that is itself a choice, 27 for 27x27.

    Raises Unreadable for another bare number, which may count the choices.
    """
    if option and number not in question.choices:
        return _at(question, number - 1)
    if not option and number in question.choices:
        return None
    place = 0 < number <= len(question.choices)
    once = question.query.key in ONCE_FOR_ALL and not place
    if once and any(set(flat(value)) == {number} for value in question.choices):
        return None
    if place or question.query.form == "sizes":
        raise Unreadable("it may be the place of a choice")
    return None


def _meant(question: Question, text: str) -> Sequence[Value]:
    """Return what a text can mean, in the order of sizes that is compared."""
    found = [reading.value for reading in readings(text, question.query.form)]
    return [question.as_computed(value) for value in found]
