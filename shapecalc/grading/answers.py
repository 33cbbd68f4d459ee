"""Answers as people write them: `32x32x10`, `(None, 32, 32, 10)`, `7,600 parameters`, `16*25 + 16`.

Nothing is executed: an answer is matched against the forms that a value can be written in, without
the words around it. A text that can be meant in several ways (`7.600`) has a reading for each.
What matches no form is said to be so, and is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import dropwhile
from typing import Any, Literal

from shapecalc.diagnostics import quote
from shapecalc.geometry import PADDING_POLICIES
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.clauses import statement
from shapecalc.grading.functions import without_functions
from shapecalc.grading.list_in_words import lists_in
from shapecalc.grading.lists import (
    DEEPEST,
    is_open,
    last_step,
    plain_list,
    read_list,
    with_mixed_numbers,
    worked_list,
)
from shapecalc.grading.notation import (
    SO,
    TITLE,
    behind_a_dash,
    on_one_line,
    plain,
    plain_array,
    printed_shape,
    unwrapped,
    without_words,
)
from shapecalc.grading.number_units import ABOUT, in_binary, rounded_numbers
from shapecalc.grading.number_words import in_digits
from shapecalc.grading.ranges import EXAMPLE as RANGES_EXAMPLE
from shapecalc.grading.ranges import read_ranges
from shapecalc.grading.reading import SEVERAL, Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.sizes_by_name import GIVEN
from shapecalc.grading.sizes_in_answers import (
    as_sizes,
    behind_a_batch,
    of_a_volume,
    of_framework,
    volume_and_products,
    worked_towards,
)
from shapecalc.grading.values import Number, Value, flat, shown
from shapecalc.grading.volumes_in_words import without_powers
from shapecalc.grading.written_formula import read_formula
from shapecalc.grading.written_numbers import Unreadable, also_spelled, number_of, whole_if_so
from shapecalc.grading.written_sizes import BATCH, read_sizes
from shapecalc.grading.yes_or_no import has_condition, yes_or_no

Form = Literal["sizes", "field", "number", "truth", "array", "ranges", "formula"]

LONGEST = 1000  # characters of an answer
MOST_PARTS = 12  # of a working, `a = b = c`, counted from its result
DECIMALS = regex(r"(?<![\d,.])(\d+),(\d+)(?![\d,.])")  # 0,5; 0,25
# Between two answers of somebody who leaves the choice to the reader.
OR = regex(
    r"\b(?:or|either|maybe|perhaps|possibly|alternatively|(?<!not )(?:exactly|precisely)|no,? wait)"
    r"\b:?",
    re.I,
)
# Another answer behind such a word, without its number.
OTHERWISE = regex(
    r"\b(?:others?|opposite|reversed?|vice[ -]?versa|swapped|inverse|transposed?|negative|minus"
    r"|positive|plus)\b",
    re.I,
)
# What is told of minus a name, `-dW = 3`; `-ln p = 0.7` is how a loss is worked out.
OPPOSITE = regex(r"(?:-|minus|negative|the opposite of) ?(?!ln|log|sum)[a-z][\w/]*", re.IGNORECASE)
BETWEEN_PARTS = regex(r"[,;|&]|\band\b")
ANOTHER_LIST = regex(r"\] ?(?:and|&) ?[^=]*$")  # [[1, 2]] and db = [3]
FACTORED = regex(r"([-\d./*() ]*[\d)]) (\([^()]*\d ?[-+][^()]*\))")
CONDITIONAL = "it has a condition"
VOLUME_AT_END = regex(  # /2 = 2.5, + 1 = 3.5: 3x3x32; = 14; 14x14x8
    r"(?:\s*:|(?<=[= ]\d);|(?<=[= ]\d\d);|(?<=[= ]\d{3});)\s*(?=\d+(?: ?[xX×] ?\d+)+$)"
)
CROSSED = regex(r"\d ?[xX×] ?\d")
SIGNED = ("number", "field", "array")  # `db - 3`: the dash parts, or it is a minus
NO_MINUS = "its dash was not read as a minus"
WORDY = ("sizes", "field", "number")  # forms that are read without the words around an answer
WANTED: Mapping[Form, str] = {
    "sizes": "a volume such as 32x32x10",
    "field": "a number, or one for each axis",
    "number": "a number",
    "truth": "yes or no",
    "array": "a list of numbers",
    "ranges": f"a first and a last one, such as {RANGES_EXAMPLE}",
    "formula": "a formula in letters such as 2*(W + 1)",
}


def read_answer(answer: Any, form: Form) -> Value:
    """Return the value of an answer, as it is most likely meant. Raises Unreadable."""
    return readings(answer, form)[0].value


def readings(answer: Any, form: Form) -> list[Reading]:
    """Return what an answer can mean, the likeliest first. Raises Unreadable."""
    dashed = behind_a_dash(answer) if isinstance(answer, str) and form != "truth" else None
    if dashed is None:
        return _undashed(answer, form)
    found = _undashed(dashed, form)
    if form not in SIGNED:
        return found
    parted = [r._replace(note="; ".join(filter(None, (r.note, NO_MINUS)))) for r in found]
    with suppress(Unreadable):
        found = _undashed(f"-{dashed}", form)
        return [*parted, *(r._replace(note=f"read as {shown(r.value)}") for r in found)]
    return parted


def _undashed(answer: Any, form: Form) -> list[Reading]:
    """Read an answer that has no name with a dash behind it in front. Raises Unreadable."""
    if form in OWN:
        return _own(answer, form)
    if not isinstance(answer, str):
        return _other_ways(answer, READERS[form](answer), form)
    if len(answer) > LONGEST:
        raise Unreadable(f"longer than {LONGEST:,} characters")
    if form == "sizes":  # `K = 10` may be the depth
        found = of_a_volume(TITLE.sub("", on_one_line(answer)))
        if found:
            return found
    text = plain_array(answer) if form == "array" else plain(answer)
    text = text if form == "truth" else in_digits(text)
    found = _one_of(text, form) if OR.search(text) else _without_choice(text, form)
    return [_rounded(text, reading) for reading in found] if form == "number" else found


def _own(answer: Any, form: Form) -> list[Reading]:
    """Read what is not read word by word less. Raises Unreadable."""
    if isinstance(answer, str) and OR.search(answer):
        raise Unreadable(SEVERAL)
    try:
        return [Reading(value, note) for value, note in OWN[form](answer)]
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _rounded(text: str, reading: Reading) -> Reading:
    """Return a reading with how far its number may be off, where the text rounds it."""
    numbers = (n for t in (text, in_binary(text)) if t for n in rounded_numbers(t))
    return reading._replace(off=next((n.off for n in numbers if n.value == reading.value), 0.0))


def _one_of(text: str, form: Form) -> list[Reading]:
    """Read a text that leaves a choice, `16 (maybe 14)`, where all it gives is one value.

    Raises Unreadable.
    """
    found: list[list[Reading]] = []
    first, *others = OR.split(text)
    if any(OTHERWISE.search(part) for part in others if not any(map(str.isdigit, part))):
        raise Unreadable(SEVERAL)
    for part in (first, *others):
        shorter = part.strip(" ,;.?!")
        if shorter.count("(") != shorter.count(")"):
            shorter = shorter.strip("() ,;.?!")
        if form == "truth":
            with suppress(Unreadable):
                found.append(_without_choice(shorter, form))
        elif any(sign.isdigit() for sign in shorter):
            found.append(_without_choice(shorter, form))
    if not found:
        return _without_choice(text, form)
    if len({ways[0].value for ways in found}) > 1:
        raise Unreadable(SEVERAL)
    return found[0]


def _without_choice(text: str, form: Form) -> list[Reading]:
    """Read a text with less and less of the words around the answer. Raises Unreadable."""
    if form == "truth":
        return [Reading(_truth(unwrapped(text)))]
    stated = statement(text) if form in WORDY else None
    found: list[Reading] = []
    for shorter in without_words(stated or text) if form in WORDY else lists_in(text):
        with suppress(Unreadable):
            found += _read(shorter, form)
        if found:
            break
    if form == "number":
        found += _factored(text)
    if form == "sizes" and (not found or len(as_sizes(found[0].value)) == 1):
        found = [*worked_towards(found, stated or text), *found]
    if not found:
        raise Unreadable(f"{quote(text)} is not {WANTED[form]}")
    return list({reading.value: reading for reading in reversed(found)}.values())[::-1]


def _read(text: str, form: Form) -> list[Reading]:
    """Read a text of which every word counts. Raises Unreadable."""
    shape = printed_shape(text) if form == "sizes" else None
    if shape is not None:
        return of_framework(read_sizes(shape))
    text = unwrapped(text)
    if form == "array":
        last = last_step(text)
        if last != text:
            told = "the last of your steps was read"
            read = _read(last, form)
            return [r._replace(note=f"{r.note}; {told}" if r.note else told) for r in read]
        text = plain_list(text)
        worked = worked_list(text)
        if worked is not None:
            return [Reading(read_list(worked), "the result of each working was taken")]
    found = of_a_volume(text) if form == "sizes" else []
    if found:
        return found
    if "=" in text or SO.search(text):
        text = VOLUME_AT_END.sub(" = ", text) if form == "sizes" else text
        found = _worked(SO.sub("=", text), form)
        if form == "sizes" and len(as_sizes(found[0].value)) == 1 and len(GIVEN.findall(text)) > 1:
            raise Unreadable(SEVERAL)  # each axis has its own
        return found
    return _one(text, form)


def _one(text: str, form: Form) -> list[Reading]:
    """Read a value, or a sum or product that comes to one. Raises Unreadable."""
    found: list[Reading] = []
    with suppress(Unreadable):
        found = _other_ways(text, READERS[form](text), form)
    if form == "number" or (form != "array" and not CROSSED.search(text)):
        found += _result(text, form)
    if not found:
        raise Unreadable(f"{quote(text)} is not {WANTED[form]}")
    return found


def _other_ways(answer: Any, value: Value, form: Form) -> list[Reading]:
    """Return a value with what else its writer may mean by it."""
    found = [Reading(value)]
    if form == "sizes" and isinstance(value, tuple):
        found += behind_a_batch(answer, value)
    if form == "array" and isinstance(answer, str) and DECIMALS.search(answer):
        note = "the commas were read as decimal points"
        with suppress(Unreadable):
            found.append(Reading(read_list(DECIMALS.sub(r"\1.\2", answer)), note))
    if isinstance(answer, str) and form == "array":
        mixed = with_mixed_numbers(answer)
        if mixed != answer:
            found = _with_mixed(found, answer, mixed)
    if isinstance(answer, str) and form != "array":
        for number, more in also_spelled(answer):
            found.append(_single(number, form, f"read as {shown(number)}{more}"))
    return found


def _with_mixed(found: list[Reading], answer: str, mixed: str) -> list[Reading]:
    """Return the readings of a list, and that with mixed numbers: first, where its parts have one
    value else, `1, 1 3/4`; `1 1/2; 3 1/4` may be two rows.
    """
    with suppress(Unreadable):
        more = Reading(read_list(mixed), "a fraction behind a number was added to it")
        alone = len({len(part.split()) for part in BETWEEN_PARTS.split(answer)}) > 1
        return [more, *found] if alone else [*found, more]
    return found


def _single(number: Number, form: Form, note: str) -> Reading:
    return Reading((number,) if form == "sizes" else number, note)


def _result(text: str, form: Form) -> list[Reading]:
    """Return what a sum or product comes to, if it is one."""
    result, how = worked_out(text), ""
    if result is None and form == "number":
        shorter, how = without_functions(text)
        result = worked_out(shorter)
    if result is None:
        return []
    number: Number = int(result) if result.denominator == 1 else whole_if_so(float(result))
    note = f"your expression gives {shown(number)}"
    return [_single(number, form, f"{note}; {how}" if how else note)]


def _factored(text: str) -> list[Reading]:
    """Return what `1/2 (49 + 100)` comes to: a sum in brackets may tell how the number in front of
    it comes about, or be multiplied by it.
    """
    found = FACTORED.fullmatch(text)
    return _result(f"({found[1]})*{found[2]}", "number") if found else []


def _worked(text: str, form: Form) -> list[Reading]:
    """Read a working with its result, `5*5*3*10 + 10 = 760`. Raises Unreadable.

    The result is what is written last, or a volume beside the number of its values.
    """
    parts = [part.strip() for part in text.split("=")][::-1][:MOST_PARTS]
    if OPPOSITE.fullmatch(parts[-1]):
        raise Unreadable(f"{quote(text)} tells the opposite of what is asked for")
    if form == "array":
        parts = [*dropwhile(lambda part: not any(map(str.isdigit, part)), parts)]  # 6, 4 = dW
        if any(is_open(part) or ANOTHER_LIST.search(part) for part in parts[1:]):  # [6 = 2*3, 4]
            raise Unreadable(f"{quote(text)} has no result")
    found: list[Reading] = []
    for part in parts:
        with suppress(Unreadable):
            said = _without_title(part) if form in WORDY else part
            found += _other_ways(said, READERS[form](said), form)
    if form == "sizes" and found:
        return volume_and_products(found)
    if not found:
        found = next(filter(None, (_result(part, form) for part in parts)), [])
    named = form == "array" and len(parts) > 2 and found and len(flat(found[0].value)) == 1
    if not found or named:  # `a = 1, b = 2` is a list of two
        raise Unreadable(f"{quote(text)} has no result")
    return [found[0], *(reading for reading in found[1:2] if reading.note)]


def _without_title(part: str) -> str:
    """Return a result without the words in front of it; one that is called rounded with these."""
    untitled = TITLE.sub("", part)
    return part if re.search(ABOUT, part.removesuffix(untitled)) else untitled


def _field(answer: Any) -> Value:
    """Read a hyperparameter: a number, one for each axis, pairs of sides, or a policy's name."""
    policy = answer.lower().removesuffix(" padding") if isinstance(answer, str) else ""
    if policy in PADDING_POLICIES:
        return policy
    if isinstance(answer, str) and BATCH.match(answer):
        raise Unreadable(f"{quote(answer)} has a batch")
    if isinstance(answer, list | tuple) and any(isinstance(side, list | tuple) for side in answer):
        return tuple(read_sizes(side) for side in answer[:DEEPEST])
    sizes = read_sizes(answer)
    return sizes[0] if len(sizes) == 1 else sizes


def _truth(answer: Any) -> bool:
    if isinstance(answer, bool):
        return answer
    said = yes_or_no(answer) if isinstance(answer, str) else None
    if isinstance(answer, str) and has_condition(answer):
        raise Unreadable(CONDITIONAL)
    if said is None:
        raise Unreadable(f"{quote(answer)} is not {WANTED['truth']}")
    return said


OWN: Mapping[Form, Callable[[Any], Iterable[tuple[Value, str]]]] = {
    "ranges": read_ranges,
    "formula": lambda answer: [read_formula(answer)],
}
READERS: Mapping[Form, Callable[[Any], Value]] = {
    "sizes": lambda answer: read_sizes(
        without_powers(answer) if isinstance(answer, str) else answer
    ),
    "field": _field,
    "number": number_of,
    "truth": _truth,
    "array": read_list,
}
