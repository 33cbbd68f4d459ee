"""Typical mistakes, one small file each: every module but SHARED holds a MISCONCEPTION.

A plug-in adds its own by `register`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from shapecalc.diagnostics import quote, some
from shapecalc.grading.comparison import NEAR, alike
from shapecalc.grading.formula import POINTS, Formula
from shapecalc.grading.kinds import KINDS
from shapecalc.grading.kinds.letters import WHAT, at, scaled
from shapecalc.grading.misconceptions.question_context import (
    Misconception,
    QuestionContext,
    Wrong,
)
from shapecalc.grading.query import COUNTS, SIZES, read_path
from shapecalc.grading.question import Tolerance
from shapecalc.grading.resized import resized_value
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import flat, shown
from shapecalc.grading.wording import in_a_row, size_in_words, volume_axes
from shapecalc.registry import Registry

KEYS = (*SIZES, *COUNTS)
OF_KINDS = ("record", "fits", "field", "example", "shape", *(set(KINDS) - {"formula"}))
SHARED = ("fields", "question_context", "rerun", "variants")

_FILES = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
MISCONCEPTIONS: Registry[Misconception] = Registry(
    "misconception",
    {name: f"{__name__}.{name}:MISCONCEPTION" for name in _FILES if name not in SHARED},
    fits=lambda thing: isinstance(thing, Misconception),
    needs="a Misconception",
)


def register(misconception: Misconception) -> None:
    """Add a misconception: it is then named as a cause, and gives partial credit by its name.

    Raises ValueError for a name that is taken or is none, and for what no question asks for.
    """
    for asked, known in ((misconception.keys, KEYS), (misconception.kinds, OF_KINDS)):
        unknown = [quote(word) for word in asked if word not in known]
        if unknown:
            message = f"{misconception.name} is about {in_a_row(unknown)}, which nothing asks for"
            raise ValueError(f"{message}; there are {some(sorted(known))}")
    MISCONCEPTIONS.register(misconception.name)(misconception)


def misconceptions() -> tuple[Misconception, ...]:
    """Return all misconceptions: our own by the names of their files, then the registered ones."""
    return _of_names(tuple(MISCONCEPTIONS))


@lru_cache(maxsize=1)
def _of_names(names: tuple[str, ...]) -> tuple[Misconception, ...]:
    """They are asked for at every wrong answer of a class."""
    return tuple(MISCONCEPTIONS[name] for name in names)


def misconceptions_about(kind: str, key: str) -> tuple[Misconception, ...]:
    """Return those of all misconceptions that are about questions of a kind, and a record's key."""
    return _about(tuple(MISCONCEPTIONS), kind, key)


@lru_cache(maxsize=100)  # there are fewer kinds and keys; other names come with a plug-in alone
def _about(names: tuple[str, ...], kind: str, key: str) -> tuple[Misconception, ...]:
    """Few of all misconceptions are about one question."""
    return tuple(one for one in _of_names(names) if one.is_about(kind, key))


def wrong_answers(
    context: QuestionContext, near: Tolerance = NEAR, names: Collection[str] | None = None
) -> list[tuple[Misconception, Wrong]]:
    """Return what each misconception, or each of these `names`, answers where that is not right."""
    if context.query.kind == "size":
        found = _of_one_size(context)
        return [(m, wrong) for m, wrong in found if names is None or m.name in names]
    if context.query.kind == "formula":
        whole = scaled(context.layer, POINTS[0]) == POINTS[0]  # at the points that are compared
        found = _of_formula(context) if whole else iter(())
        return [(m, wrong) for m, wrong in found if names is None or m.name in names]
    executed = context.query.executed
    asked = misconceptions() if executed else misconceptions_about(context.query.kind, context.key)
    ask = _with_other_sizes if executed else Misconception.answers
    return [
        (misconception, wrong)
        for misconception in asked
        if names is None or misconception.name in names
        for wrong in ask(misconception, context)
        if not alike(context.right, wrong.value, near)
    ]


def _with_other_sizes(misconception: Misconception, context: QuestionContext) -> Iterator[Wrong]:
    """Yield the answers about an example, and its values where a mistake in the formula of sizes
    gives more or fewer, or the one at a place of these.
    """
    yield from misconception.answers(context)
    if misconception.change is not None:
        found = resized_value(context.subject, context.query, misconception.change)
        one = bool(context.query.place)
        if found is not None and (one or len(flat(found)) != len(flat(context.right))):
            yield Wrong(found, f"with this it would be {shown(found)}")


def _of_formula(context: QuestionContext) -> Iterator[tuple[Misconception, Wrong]]:
    """Yield what misconceptions about a number come to, at every point at which formulas are
    compared.
    """
    rows = []
    for point in POINTS:
        row: dict[tuple[str, int], tuple[Misconception, Wrong]] = {}
        for misconception, wrong in wrong_answers(_at_point(context, point)):
            place = sum(name == misconception.name for name, _ in row)
            row[misconception.name, place] = misconception, wrong
        rows.append(row)
    right = context.right
    letters = [letter for letter in POINTS[0] if letter in str(right)]
    told = ", ".join(f"{letter} = {POINTS[0][letter]}" for letter in letters)
    gives = right.values[0] if isinstance(right, Formula) else None
    other = f", and the right one {int(gives):,}" if gives is not None else ""
    for key, (misconception, wrong) in rows[0].items():
        column = [row[key][1].value for row in rows if key in row]
        values = tuple(Fraction(value) for value in column if isinstance(value, int))
        if len(values) == len(rows):
            formula = Formula("", values)
            of_volume = context.query.key not in WHAT and not wrong.by_size
            own = f"{column[0]:,}" if of_volume else wrong.arithmetic
            arithmetic = f"with {told}, for example, your formula gives {own}{other}"
            yield misconception, wrong._replace(value=formula, arithmetic=arithmetic)


def _at_point(context: QuestionContext, point: Mapping[str, int]) -> QuestionContext:
    """Return the question for the number that a formula comes to at a point."""
    name, key = context.query.name, context.query.key
    subject = Subject(at(context.subject.layers, context.query, point))
    query = read_path(f"{name}.{key if key in WHAT else f'output.{key}'}")
    return QuestionContext(subject, query, subject.answer(query))


def _of_one_size(context: QuestionContext) -> Iterator[tuple[Misconception, Wrong]]:
    """Yield what misconceptions about a whole volume say of the size that is asked for."""
    query = read_path(f"{context.query.name}.output")
    whole = context.asking(query, context.output)
    whole.of_one_size = True
    names, name = volume_axes(len(context.output)), size_in_words(context.query.key)
    for misconception, wrong in wrong_answers(whole):
        value = wrong.value
        if isinstance(value, tuple) and len(value) == len(names):
            axis = names.index(name)
            size = value[axis]
            if size == context.right:
                continue
            if sorted(value) == sorted(context.output):  # in another order
                other = names[context.output.index(size)]
                yield misconception, Wrong(size, str(size), f"it is the {other}, not the {name}")
            else:
                told = (wrong.by_size[axis] if wrong.by_size else "") or wrong.arithmetic
                yield misconception, wrong._replace(value=size, arithmetic=told)


__all__ = [
    "MISCONCEPTIONS", "Misconception", "Wrong", "misconceptions", "misconceptions_about",
    "register", "wrong_answers",
]  # fmt: skip
