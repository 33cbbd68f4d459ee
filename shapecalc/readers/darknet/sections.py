"""The text of a .cfg file: sections, which may repeat, of options, each with its place.

It is read as Darknet reads it: all blanks of a line are left out, # and ; begin a comment only at
the beginning of a line, the first of two equal keys counts, a line that is no option counts for
nothing, and numbers are what C's atoi and atof make of a text: what stands in front of the first
other character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import MAX_LAYERS, Fault
from shapecalc.document import Span
from shapecalc.readers.scalars import whole

BLANKS = " \t\r"
NO_BLANKS = str.maketrans("", "", BLANKS)
MOST_LINES = 400_000  # real files have a few thousand
MOST_IN_LIST = 10_000
SPLIT = "split it"
INTEGER = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,3})?")


class Unreadable(Exception):
    """A file that is too long, or of which a list is."""

    def __init__(self, fault: Fault, place: tuple[int, int]) -> None:
        super().__init__(fault.message)
        self.fault, self.place = fault, place


class Option(NamedTuple):
    """An option's value without blanks, and where the option stands."""

    text: str
    span: Span


class Section:
    """A section: its word without brackets, what else stands on its line, its options by key."""

    __slots__ = ("options", "rest", "span", "word")

    def __init__(self, word: str, rest: str, span: Span) -> None:
        self.word, self.rest, self.span = word, rest, span
        self.options: dict[str, Option] = {}

    def text(self, key: str, default: str = "") -> str:
        """Return an option as it is written."""
        option = self.options.get(key)
        return default if option is None else option.text

    def whole(self, key: str, default: int = 0) -> int:
        """Return an option as a whole number; 0 where it is written and is none."""
        option = self.options.get(key)
        return default if option is None else atoi(option.text)

    def real(self, key: str, default: float) -> float:
        """Return an option as a number; 0 where it is written and is none."""
        option = self.options.get(key)
        if option is None:
            return default
        found = NUMBER.match(option.text)
        return float(found.group()) if found else 0.0

    def numbers(self, key: str) -> list[int]:
        """Return a list of whole numbers, which ends at a #. Raises Unreadable if it is too long.

        Nothing is in the list of an option that is not written.
        """
        option = self.options.get(key)
        if option is None:
            return []
        listed = _listed(option).split(",", MOST_IN_LIST)
        if len(listed) > MOST_IN_LIST:
            message = f"the list {key} has more than {MOST_IN_LIST:,} numbers"
            fault = Fault(rules.LIMIT_PASSED, message, "shorten it")
            raise Unreadable(fault, option.span[:2])
        return [atoi(number) for number in listed]

    def count(self, key: str, default: int) -> int:
        """Return how many numbers a list has; another number where the option is not written."""
        option = self.options.get(key)
        return default if option is None else _listed(option).count(",") + 1


def _listed(option: Option) -> str:
    return option.text.partition("#")[0]


def atoi(text: str) -> int:
    """Return the whole number that a text begins with; 0 where it begins with none."""
    found = INTEGER.match(text)
    return whole(found.group()) if found else 0


def sections_of(text: str) -> list[Section]:
    """Return the sections of a text. Raises Unreadable where it has too many lines."""
    found: list[Section] = []
    for number, line in _lines(text):
        start = len(line) - len(line.lstrip(BLANKS))
        bare = line.strip(BLANKS)
        if not bare or bare[0] in "#;":
            continue
        span = (number, start + 1, number, start + len(bare) + 1)
        written = bare.translate(NO_BLANKS)
        if written[0] == "[":
            if len(found) > MAX_LAYERS:
                message = f"the file has more than {MAX_LAYERS:,} sections"
                raise Unreadable(Fault(rules.LIMIT_PASSED, message, SPLIT), span[:2])
            word, _, rest = written[1:].partition("]")
            found.append(Section(word, rest, span))
        elif found:
            key, _, value = written.partition("=")
            if value:
                found[-1].options.setdefault(key, Option(value, span))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n", MOST_LINES)
    if len(lines) > MOST_LINES:
        message = f"the file has more than {MOST_LINES:,} lines"
        raise Unreadable(Fault(rules.LIMIT_PASSED, message, SPLIT), (1, 1))
    return enumerate(lines, start=1)
