"""What an answer can mean as one to its question: parts of a count, a percentage of a probability,
the plane that a unit sees.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from shapecalc.grading.answers import CROSSED, LONGEST, WORDY, read_answer, readings
from shapecalc.grading.arrays_below import with_arrays_below
from shapecalc.grading.bracketed_lists import LETTER
from shapecalc.grading.clauses import CUT, clauses, split_aside
from shapecalc.grading.columns_in_words import in_rows, is_by_columns
from shapecalc.grading.formulas_in_front import behind_its_formula
from shapecalc.grading.harmless_remarks import without_harmless
from shapecalc.grading.joined_lines import Line
from shapecalc.grading.length_asked import lengths_first
from shapecalc.grading.list_beside_working import has_bare_list, list_beside_working
from shapecalc.grading.list_in_front import list_in_front
from shapecalc.grading.named_formulas import behind_a_formula
from shapecalc.grading.named_values import named_values
from shapecalc.grading.notation import GAP, bare, on_one_line
from shapecalc.grading.percentages import as_parts_of_one, told_of, told_once
from shapecalc.grading.plainer_answers import plainer_answer, without_thousands
from shapecalc.grading.plainer_lists import (
    plainer,
    with_decimal_points,
    with_equals,
    with_lines_parted,
    with_new_values,
    with_small_numbers,
    without_asides,
    without_bullets,
)
from shapecalc.grading.put_back import put_back
from shapecalc.grading.query import ONCE_FOR_ALL, Query
from shapecalc.grading.question import Question
from shapecalc.grading.reading import SEVERAL, Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.slices_in_words import slices_behind_workings
from shapecalc.grading.stated_last import behind_words, is_stated_last, number_at_end
from shapecalc.grading.stated_logarithms import stated_loss
from shapecalc.grading.stated_sums import told_sum
from shapecalc.grading.told_beside import BESIDE, noted, noted_beside
from shapecalc.grading.turned_arrays import in_written_rows
from shapecalc.grading.values import Number, Value, flat, shown
from shapecalc.grading.values_at_end import last_bracketed, only_list
from shapecalc.grading.values_in_front import (
    leading_values,
    without_brackets,
    without_dash,
    without_reason,
)
from shapecalc.grading.written_numbers import Unreadable

RESULTS = ("answer", "value", "result")  # a mapping of one of them alone is what it has
# A field's letter in front of its value: `P = `, `the padding P must be `; not the P of 2*P.
NAMED = (
    r"(?<![\w*+/·^×.-])(?<![*+/·^×-] )KEY(?:\([\w.]+\)| of \w+)?"
    r"(?: ?[=:]| (?:is|was|equals)| (?:must|should|would|will|can|could|has to|needs to) be)"
    r" ?(?=[-+(\d.F]|[a-z])"
)
WORDS = {"padding": "P", "stride": "S"}
OTHER_FIELD = regex(
    rf"\s*(?:the )?(?:([FSPK])(?= ?[=:])|({'|'.join(WORDS)})\b)[ =:]*(?:is |of )?\d", re.IGNORECASE
)
WITH_WORDS = regex(r"(\d{1,9}) [A-Za-z]{2}")
MOST_NAMED = 12  # places where a field has its name
# A size alone, or with a letter or a word in front: `W = 48`, `for example 48x48`.
STATED = regex(r"(?:[A-Za-z][A-Za-z ,.']{0,40}(?: ?[=:])? ?)?\(?\d[\dxX×*,. ]*\)?(?: ?[A-Za-z ]+)?")
ARROW = regex(r"->|\u2192")
SIGN = regex(r"\w")
LEARNED = ("parameters", "weights", "biases", "trainable", "frozen", "unshared_parameters")
# That there is nothing to count, and why: `none, pooling has nothing to learn`; alone it is 0 or no
# answer.
NOTHING = regex(
    r"(?:it has |there are )?(?:none(?= *[,;:(-] *\w)|no (?:learn(?:able|ed) |trainable )?"
    r"(?:parameters?|params|weights?|biases))"
    r"(?! (?:in|for|of)\b)"
    r"(?!.*\b(?:but|except|only|not sure|maybe|unless|idea|time)\b)[^\d]{0,150}",
    re.IGNORECASE | re.DOTALL,
)
BELOW = "what stands above the array was taken for a working"
COLUMNS = "your columns were put side by side"
BY_COLUMNS = "it is told by columns"
AT_END = "the number at the end was taken"


def readings_for(question: Question, answer: Any) -> list[Reading]:
    """Return what an answer can mean, the likeliest first. Raises Unreadable."""
    if question.query.executed and _is_text(answer):
        if question.query.form == "array" and len(flat(question.right)) > 1:
            return _of_a_list(question, answer)
        answer = with_equals(with_small_numbers(answer))
        if question.query.form in ("number", "array"):
            return _of_a_number(question, answer)
    return _readings_for(question, answer)


def _of_a_number(question: Question, text: str) -> list[Reading]:
    """Read a text that is to give a number, also one that ends with the right one. Raises
    Unreadable, also where the only value of an array may be that, and another one was read.
    """
    alone = question.query.form == "array"
    last = number_at_end(text := without_reason(text) if alone else text)
    ways = readings(last, "number") if last else []
    right = [way for way in ways if _is_right(question, flat(way.value))]
    try:
        found = _readings_for(question, text)
    except Unreadable:
        if not right:
            raise
        value = _as_array(right[0].value) if question.query.form == "array" else right[0].value
        return [noted(right[0]._replace(value=value), AT_END)]
    if not alone or any(_is_right(question, flat(way.value)) for way in found):
        return found
    with suppress(Unreadable):
        in_front = readings(without_brackets(text), "number")[0]
        if _is_right(question, flat(in_front.value)):
            return [in_front._replace(value=_as_array(in_front.value))]
    if right or _begins_right(question, text):
        raise Unreadable(SEVERAL)
    return found


def _of_a_list(question: Question, text: str) -> list[Reading]:
    """Read a text that is to give several values, also by their names. Raises Unreadable."""
    count = len(flat(question.right))
    text = with_decimal_points(with_new_values(plainer(without_dash(text)), count), count)
    text = without_harmless(question, behind_its_formula(with_lines_parted(text, count)))
    found = _bulleted(question, text := last_bracketed(text, question.right, question.query.path))
    try:
        found += _readings_for(question, text)
    except Unreadable:
        stated = found or _stated_otherwise(question, text)
        if stated is None:
            raise
        found = stated
    if not any(len(flat(way.value)) == count for way in found) and _begins_right(question, text):
        raise Unreadable(SEVERAL)
    if not is_by_columns(text, question.right):
        return [r._replace(value=in_written_rows(question, text, r.value)) for r in found]
    turned = ((way, in_rows(way.value, question.right)) for way in found)
    by_rows = [noted(way._replace(value=value), COLUMNS) for way, value in turned if value]
    if not by_rows:
        raise Unreadable(BY_COLUMNS)
    return by_rows


def _bulleted(question: Question, text: str) -> list[Reading]:
    """Return what lines with a dash in front mean if that is no minus."""
    bare = without_bullets(text)
    with suppress(Unreadable):
        return _readings_for(question, bare) if bare != text else []
    return []


def _stated_otherwise(question: Question, text: str) -> list[Reading] | None:
    """Return the values that a text states by names that tell their order, or in another way in
    which it may mean others as well, if they are the right ones; or its only list, otherwise None.
    """
    plain_text = as_parts_of_one(on_one_line(text) if "\\" in text else text)
    named = named_values(plain_text)
    if named and named.ordered:
        found = readings(named.text, "array")
        count = len(flat(question.right))
        return [way for way in found if len(flat(way.value)) == count] or None
    others = [named.text if named else "", without_asides(text), with_small_numbers(text)]
    for other in (*others, *behind_words(text)):
        with suppress(Unreadable):
            for reading in readings(other, "array") if other not in ("", text) else ():
                if _is_right(question, flat(reading.value)):
                    return [reading]
    if is_stated_last(text, question.right, lambda values: _is_right(question, values)):
        return [Reading(question.right, BESIDE)]
    only = only_list(text, question.right, question.query.path)
    return _readings_for(question, only) if only else None


def _begins_right(question: Question, text: str) -> bool:
    """Say whether the right values stand in front of what was read."""
    return _is_right(question, leading_values(text, len(flat(question.right))))


def _is_right(question: Question, values: Sequence[Number]) -> bool:
    wanted = flat(question.right)
    return len(values) == len(wanted) and all(map(question.tolerance.near, wanted, values))


def _readings_for(question: Question, answer: Any) -> list[Reading]:
    """Return what an answer can mean that has only such signs as everybody writes. Raises
    Unreadable.
    """
    form = question.query.form
    sizes = bare(answer) if form in WORDY and isinstance(answer, str) else ()
    if sizes and (form == "sizes" or len(sizes) == 1):  # most answers are
        return [Reading(sizes if form == "sizes" else sizes[0])]
    if question.query.key in LEARNED and _is_text(answer) and NOTHING.fullmatch(answer.strip()):
        return [Reading(0)]
    if isinstance(answer, Mapping) and len(answer) == 1:
        ((name, value),) = answer.items()
        answer = value if name in (*RESULTS, question.id, question.query.path) else answer
    if _is_text(answer) and not question.query.executed:
        answer = plainer_answer(question.query, answer)
    if question.query.kind == "field" and _is_text(answer):
        answer = _of_fields(question.query, answer)
    if question.query.kind == "fitting" and _is_text(answer):
        answer = of_fitting(answer)
    if question.query.key == "loss" and _is_text(answer):
        answer = stated_loss(answer)
    if question.query.form == "array" and _is_text(answer) and "\n" in answer:
        below = _below_a_working(question, answer)
        if below is not None:
            return [noted(reading, BELOW) for reading in _in_form(question, below)]
    parts = told_sum(question, answer)
    found = _in_form(question, answer) if parts is None else [parts]
    if _is_text(answer) and (grouped := without_thousands(question, answer)) != answer:
        found = [*_in_form(question, grouped), *found]
    found = [_of_the_last_layer(question, answer, reading) for reading in found]
    return lengths_first(question, answer, found)


def _of_fields(query: Query, text: str) -> str:
    """Return what stands behind the name of a field, where its text has that: 2 of `P = 2, S = 1`
    and of `2P = F-1, so P = 2 on each side`; otherwise the text.

    Raises Unreadable for two values, and for one of another field.
    """
    named = re.compile(NAMED.replace("KEY", re.escape(query.key)), re.IGNORECASE)
    found: dict[Value, str] = {}
    for name in islice(named.finditer(text), MOST_NAMED):
        cut = CUT.search(text, name.end())
        said = split_aside(text[name.end() : cut.start() if cut else len(text)])[0].strip(" ,;(")
        with_words = WITH_WORDS.match(said)  # 1 it would shrink to 94
        for one in (said, with_words[1] if with_words else ""):
            with suppress(Unreadable):
                found.setdefault(read_answer(one, query.form), one)
                break
    if len(found) > 1:
        raise Unreadable(SEVERAL)
    other = OTHER_FIELD.match(text)
    named_other = (other[1] or WORDS[other[2].lower()]).upper() if other else query.key
    if not found and named_other != query.key:
        raise Unreadable(f"it is told of {named_other}")
    return next(iter(found.values()), text)


def of_fitting(text: str) -> str:
    """Return a size that is stated in front of what comes of it, layer by layer: 48 of `48, 48/2 =
    24, 24 - 4 = 20` and of `48 -> 24 -> 20`; otherwise the text.
    """
    found = clauses(text)
    if not found or found[0].link or not STATED.fullmatch(found[0].text):
        return text
    first, *others = found
    shown_in_steps = any("=" in other.text for other in others) or len(ARROW.findall(text)) > 1
    return first.text if shown_in_steps else text


def _below_a_working(question: Question, text: str) -> str | None:
    """Return the array that ends the lines of a text, where those above it are a working; None
    where the whole has as many values as are asked for. Raises Unreadable where it is not plain.
    """
    count = len(flat(question.right))

    def fits(id_: str, part: str) -> bool:
        with suppress(Unreadable):
            return any(len(flat(r.value)) == count for r in _in_form(question, part))
        return False

    if count < 2 or fits(question.id, text):
        return None
    written = [line.strip() for line in text.splitlines()]
    lines = [Line(number, one) for number, one in enumerate(written) if SIGN.search(one)]
    whole = [one._replace(id=question.id, parts=(one,)) for one in lines[:1]]
    found = with_arrays_below([*whole, *lines[1:]], [question.id], fits)
    if found.unclear:
        raise Unreadable(SEVERAL)
    return found.lines[0].text if found.taken else None


def _in_form(question: Question, answer: Any) -> list[Reading]:
    """Read an answer in its form; a percentage of values as a part of 1, and the only value of an
    array also as a number, with words and units around it. Raises Unreadable.
    """
    form = question.query.form
    percent = told_of(answer) if question.query.executed and _is_text(answer) else ""
    answer = told_once(answer) if percent else answer
    if form == "array" and _is_text(answer):
        slices = slices_behind_workings(answer, question.right)
        answer = ", ".join(slices) if slices else behind_a_formula(answer)
    found: list[Reading] = []
    unread: Unreadable | None = None
    try:
        found = readings(answer, form)
    except Unreadable as error:
        unread = error
    if form == "array":
        found = _of_an_array(question, answer, found)
    if unread is not None and not found:
        raise unread
    if percent:
        found = [noted(reading, percent) for reading in found]
    return found


def _of_an_array(question: Question, answer: Any, found: list[Reading]) -> list[Reading]:
    """Return what was found, if anything, or the list of as many values as are asked for that an
    answer states beside other values. Raises Unreadable where that is not plain.
    """
    count = len(flat(question.right))
    if count == 1 and not found:
        with suppress(Unreadable):
            return [r._replace(value=_as_array(r.value)) for r in readings(answer, "number")]
    if count == 1 or not _is_text(answer):
        return found
    whole = [reading for reading in found if len(flat(reading.value)) == count]
    in_words = LETTER.search(answer) is not None
    if whole and not in_words:
        return found
    right, key = question.right, question.query.key
    stated = list_beside_working(answer, right, key)
    parted = in_words or not found or (not whole and GAP.search(answer) is not None)
    if parted and (whole or not (stated and stated.plain)):
        in_front = list_in_front(answer, right, key)
        if in_front and (not whole or in_front.ways[0].value != whole[0].value):
            if in_front.alone:
                return in_front.ways
            return noted_beside(answer, in_front.ways)
    last = "" if whole or (stated and stated.plain) else put_back(answer, right)
    if last:
        return [noted(reading, BESIDE) for reading in readings(last, "array")]
    if stated is None and found and not whole and has_bare_list(answer, count):
        raise Unreadable(SEVERAL)
    if stated is None or (whole and not (stated.reasoned and stated.differs(whole[0].value))):
        return found
    if stated.plain:
        ways = (r for r in readings(stated.text, "array") if len(flat(r.value)) == count)
        return noted_beside(answer, ways)
    if found:
        raise Unreadable(SEVERAL)
    return []


def _is_text(answer: Any) -> bool:
    return isinstance(answer, str) and len(answer) <= LONGEST


def _as_array(value: Value) -> Value:
    return (float(value),) if isinstance(value, int | float) else value


def _of_the_last_layer(question: Question, answer: Any, reading: Reading) -> Reading:
    """Return the last of growing fields, `3, 7, 8, 16, 18, 30`, which are one for each layer: what
    is asked for is of the last, once for all axes. No others are more than the axes and a depth.
    """
    query, right, sizes = question.query, question.right, reading.value
    if query.key not in ONCE_FOR_ALL or query.form != "sizes" or not isinstance(right, tuple):
        return reading
    if not isinstance(answer, str) or not isinstance(sizes, tuple) or CROSSED.search(answer):
        return reading
    grows = sizes == tuple(sorted(sizes)) and sizes[0] < sizes[-1]
    if len(sizes) <= len(right) or not grows:
        return reading
    told = f"the last of the growing sizes, {shown(sizes[-1])}, was taken"
    return noted(reading._replace(value=sizes[-1:]), told)


def of_the_plane(question: Question, reading: Reading) -> Reading:
    """Return a receptive field without the depth of the input, which it has in the words of
    lectures, "the neuron sees 11x11x3", and which is not asked for.
    """
    query, right, value = question.query, question.right, reading.value
    if query.key != "receptive_field" or query.form != "sizes" or not isinstance(right, tuple):
        return reading
    depths = {volume and volume[-1] for volume in question.subject.trace.inputs.values()}
    if not isinstance(value, tuple) or len(value) != len(right) + 1 or len(depths) != 1:
        return reading
    (depth,) = depths
    if depth not in (value[0], value[-1]) or value in question.accepted:
        return reading
    plane = value[:-1] if value[-1] == depth else value[1:]
    told = f"the depth of the input, {depth}, is not asked for"
    return noted(reading._replace(value=plane), told)
