"""Answers in words that begin with the right one, or have it among them, though another was read.

People write a remark or a working behind an answer: `15x10x24 because (30-4+2)/2+1 = 15`, `1216;
16*75 = 1200 without bias`. What is meant is for a person to say, but it is not simply wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate, islice
from typing import Any

from shapecalc.grading.another_result import gives_another
from shapecalc.grading.answers import LONGEST as LONGEST_READ
from shapecalc.grading.answers import read_answer
from shapecalc.grading.clauses import TAKEN_BACK
from shapecalc.grading.comparison import is_right, ways_to_read
from shapecalc.grading.concluded import may_be_a_step
from shapecalc.grading.list_beside_working import has_another_list
from shapecalc.grading.lists import CLOSING, OPENING
from shapecalc.grading.named_parts import EACH
from shapecalc.grading.named_quantity import names_another_quantity
from shapecalc.grading.no_answer import is_blank
from shapecalc.grading.notation import TITLE, on_one_line, plain, plain_array
from shapecalc.grading.number_words import in_digits
from shapecalc.grading.other_readings import may_be_right, may_be_wrong
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.sizes_by_name import NAMED
from shapecalc.grading.slices_in_words import slices_behind_workings
from shapecalc.grading.stated_products import stated_product
from shapecalc.grading.values import Value, flat
from shapecalc.grading.volume_order import depth_first
from shapecalc.grading.written_numbers import PLAIN, Unreadable
from shapecalc.grading.written_sizes import SLICES, VOLUME

NUMBER = regex(r"\d+")
WORD = regex(r"[A-Za-z]{2,}")
BETWEEN = regex(r"[A-Za-z]{2,}|[=/-]|(?<=\d )\(")  # what no plain list of sizes has
# A number that is no part of a sum or product.
ALONE = regex(rf"(?<![\w.,*+/^×-])(?<![*+/^×-] )(?:{PLAIN.pattern})(?!\w| ?[-*+/^×(\d]| [xX] ?\d)")
# What follows a number that is no part of a sum or product: a word, a comma, a bracket, an end.
REMARK = regex(r"\s*(?:[;:,(\[]\s*)?(?![xX×] ?\d)[A-Za-z\d(≈~]")
# Behind a number that is not the whole: `76 per filter`, `76 weights each`, `2 on one side`.
# Questions are about one layer, one example, and each axis and side.
WHOLE = "layer|side|direction|axis|dimension|example|image|picture|input|sample|forward"
OF_ONE = regex(
    rf"(?:{PLAIN.pattern})(?: [a-z]+)?,? (?:(?:per|each|every|apiece|for (?:each|every|one))\b"
    rf"(?! (?:{WHOLE}))(?! \w+ (?:is|are|has|have|takes?|needs?|gives?|gets?|sees?|uses?)\b)"
    r"|on one side)",
    re.IGNORECASE,
)
# With these words, two volumes are one that is meant and one that is not.
TURN = regex(
    r"\b(?:not|no|but|instead|rather|would|should|actually|however|otherwise|here|wrong)\b", re.I
)
# A depth in words, 7x7, the depth doesn't change: which number is meant hangs on the input. With
# its number behind it, `depth stays 24`, it is read.
KEPT = regex(
    r"(?:\bsame (?:depth|number of (?:channels|maps|slices))\b|\b(?:depth|channels?)\b[^.;\d]{0,20}"
    r"\b(?:same|unchanged|stays?|kept|(?:not|\w+n['\u2019]t) change[sd]?)\b)(?!\D{0,15}\d)",
    re.I,
)
MOST_TAKEN_BACK = 5  # such words of an answer that are looked at; with more it takes something back
GOES_ON = regex(r"\n\s*=")  # with what it equals, in the line below
MOST_STEPS = 12  # of a working
VALUE = regex(r"[^\s,|&()\[\]{}]*\d[^\s,|&()\[\]{}]*")  # of a list
LEAST = 100  # a smaller number may stand in a text by chance
LONGEST = 300  # characters of a text that are looked through


def holds_the_right_one(question: Question, answer: object) -> bool:
    """Say whether a text that was not read as right may have the right answer in it."""
    if not isinstance(answer, str):
        return False
    if may_be_right(question, answer):
        return True
    if question.query.key == "parameters" and EACH.search(plain(answer)):
        return True  # 750 weights and one bias for each of the 10 filters, of all or of each
    form = question.query.form
    if form == "array":
        return _has_another_list(question, answer)
    text = plain(answer)
    if form == "sizes":
        kept = KEPT.search(text) is not None and not _volumes(question, text)
        return kept or _has_volume(question, text) or _names_all(question, answer)
    return form in ("number", "field") and (_begins(question, text) or _has_count(question, text))


def leaves_a_choice(question: Question, answer: object) -> bool:
    """Say whether a text says more than the one answer that was read in it, right or wrong: a value
    that is taken back, two volumes of which it drops one, a number of a part only, a right one
    behind another that is stated, or that its values are something else.
    """
    if not isinstance(answer, str):
        return False
    if names_another_quantity(question.query, answer):
        return True
    if question.query.form == "number" and stated_product(answer):
        return False
    if may_be_wrong(question, answer) or gives_another(question, answer):
        return True
    if not WORD.search(answer):
        return False
    if may_be_a_step(question, answer):
        return True
    if question.query.form != "truth" and _takes_back(question, answer):
        return True
    text = plain(answer)
    if question.query.form == "sizes":
        return len(_volumes(question, text)) > 1 and bool(TURN.search(text))
    if question.query.form not in ("number", "field"):
        return False
    return bool(OF_ONE.match(TITLE.sub("", text[:LONGEST])))


def _takes_back(question: Question, answer: str) -> bool:
    """Say whether two values stand before and behind a word of correction, and are not the same."""
    text = in_digits(on_one_line(answer[:LONGEST_READ]))
    found = list(islice(TAKEN_BACK.finditer(text), MOST_TAKEN_BACK + 1))
    if len(found) > MOST_TAKEN_BACK:
        return True
    for word in found:
        before, behind = text[: word.start()], text[word.end() :]
        if not (NUMBER.search(before) and NUMBER.search(behind)):
            continue
        values = [
            _value(question, part.strip(" ,;:.!?(\u2026-\u2013\u2014")) for part in (before, behind)
        ]
        if values[0] is None or values[0] != values[1]:
            return True
    return False


def _value(question: Question, part: str) -> Value | None:
    """Return what a part of a text means by itself, if anything."""
    part = part.strip("() ") if part.count("(") != part.count(")") else part
    with suppress(Unreadable):
        return read_answer(part, question.query.form)
    return None


def _volumes(question: Question, text: str) -> set[str]:
    """Return the volumes of a text that have as many sizes as the right one: no 3x3 of a filter."""
    axes = len(question.right) if isinstance(question.right, tuple) else 1
    found = {volume[0].replace(" ", "").lower() for volume in VOLUME.finditer(text)}
    return {volume for volume in found if len(re.split("[x×]", volume)) == axes}


def nothing_is_right(question: Question, answer: object) -> bool:
    """Say whether `none` may be an answer: where 0 is right, it is no blank."""
    said = isinstance(answer, str) and answer.strip(" .").lower() in ("none", "null")
    return said and is_blank(answer) and question.right == 0


def _has_volume(question: Question, text: str) -> bool:
    """Say whether the right volume is among others in a text, which was read as a whole before."""
    found = (volume[0] for volume in VOLUME.finditer(text))
    return any(_is_right(question, volume) for volume in found if volume != text)


def _names_all(question: Question, text: str) -> bool:
    """Say whether the numbers of a text in words are the right sizes: one behind the other, the
    depth last or first; of a weight's shape in any order.
    """
    whole = question.right
    right: tuple[Any, ...] = whole if isinstance(whole, tuple) else (whole,)
    text = text[:LONGEST]
    text = text.replace(",", ", ")
    given = [int(number) for number in NUMBER.findall(text)]
    if question.query.kind == "shape":
        in_words = bool(WORD.search(text))
        return in_words and (sorted(given) == sorted(right) or given == [*dict.fromkeys(right)])
    if not BETWEEN.search(text) or len(NAMED.findall(text)) == len(given):  # `H=60, W=40, D=16`
        return False
    orders: set[Any] = {right, depth_first(right)}
    if len(right) > 1 and len({*right[:-1]}) == 1 and _names_depth(text, right[-1]):
        orders.add(right[-2:])  # 44; 64 filters
    inside = set(_inside_volumes(text, len(right)))  # 24 and 30x22 of 28x20x24 (from 30x22x16)
    starts = range(len(given))
    return any(
        tuple(given[start : start + len(order)]) == order
        and inside.isdisjoint((start, start + len(order)))
        for order in orders
        for start in starts
    )


def _inside_volumes(text: str, axes: int) -> Iterator[int]:
    """Yield the numbers of a text, by their places among these, that stand in a whole volume behind
    its first size: no other volume begins there, or has its last size in front of it.
    """
    for volume in VOLUME.finditer(text):
        sizes = len(NUMBER.findall(volume[0]))
        if sizes == axes:
            first = len(NUMBER.findall(text[: volume.start()]))
            yield from range(first + 1, first + sizes)


def _names_depth(text: str, depth: object) -> bool:
    """Say whether a number is called the depth: `64 filters`, `depth 64`."""
    named = re.compile(
        rf"\b{depth} {SLICES}|\b(?:depth|channels)(?: is| of| ?[=:])? {depth}\b", re.I
    )
    return bool(named.search(text))


def _goes_on_behind_a_list(question: Question, text: str) -> bool:
    """Say whether rows that are all of a list have more behind them, as of a question whose id was
    forgotten. A matrix may be of another size: its rows are then alike, and not closed one by one.
    """
    rows = [row for row in text.split(";") if VALUE.search(row)]
    counts = [len(VALUE.findall(row)) for row in rows]
    if len(flat(question.right)) not in list(accumulate(counts))[:-1]:
        return False
    is_matrix = isinstance(question.right, tuple) and isinstance(question.right[0], tuple)
    closed = all(row.strip()[0] in OPENING and row.strip()[-1] in CLOSING for row in rows)
    return not is_matrix or closed or len(set(counts)) > 1


def _has_another_list(question: Question, answer: str) -> bool:
    """Say whether a text has as many values as are asked for in front of others, or in brackets
    beside what was read, `[3, 2, 0] max pool gives 1, 4, 6`.
    """
    right, read = question.right, ways_to_read(question, answer)[0].value
    if len(flat(read)) != len(flat(right)):
        return _goes_on_behind_a_list(question, plain_array(answer))
    if len(flat(right)) < 2 or len(answer) > LONGEST_READ:
        return False
    if _in_another_order(question, answer, read):
        return True
    *steps, _ = GOES_ON.split(answer, MOST_STEPS)
    if any(_is_right(question, step.strip()) for step in steps):
        return True  # z = [0, -3, 3], and below it = [0, 0, 3], which is relu(z)
    return has_another_list(answer, right, question.query.key, read)


def _in_another_order(question: Question, answer: str, read: Value) -> bool:
    """Say whether slices that stand each behind its working are the right ones in another order,
    which these may tell.
    """
    right, given = flat(question.right), flat(read)
    slices = slices_behind_workings(answer, question.right)
    if not slices:
        return False
    size = len(given) // len(slices)
    wanted, found = ([v[at : at + size] for at in range(0, len(v), size)] for v in (right, given))
    near = question.tolerance.near
    return all(any(all(map(near, one, other)) for other in found) for one in wanted)


def _has_count(question: Question, text: str) -> bool:
    """Say whether the right count stands alone in a text in words: `1200 weights, total: 1216`."""
    right = question.right
    if not isinstance(right, int) or right < LEAST or not WORD.search(text):
        return False
    return any(_is_right(question, found[0]) for found in ALONE.finditer(text[:LONGEST]))


def _begins(question: Question, text: str) -> bool:
    first = PLAIN.match(text)
    if first is None or not REMARK.match(text, first.end()):
        return False
    return _is_right(question, first[0])


def _is_right(question: Question, text: str) -> bool:
    try:
        return is_right(question, read_answer(text, question.query.form))
    except Unreadable:
        return False
