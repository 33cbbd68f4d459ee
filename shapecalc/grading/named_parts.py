"""Counts that are given in parts, each by its name: `{weights: 12800, biases: 32}`.

Where the names are exactly the parts, the weights and the biases, or the layers of a total, what is
meant is their sum.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.notation import SO, plain
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number, shown
from shapecalc.grading.written_numbers import Unreadable, number_of, whole_if_so

OF_PARAMETERS = frozenset(("weights", "biases"))
SPELLED = {"weight": "weights", "bias": "biases"}
ONE = {several: one for one, several in SPELLED.items()}
SUMS = ("total", "sum", "parameters")
MOST = 100  # parts
OF_LAYER = regex(  # conv 10; conv1: 3*3 = 9; 10 conv
    r"([a-z][a-z_]*\d*)(?: ?[:=]| is| has)? (\d[^a-z]*)|(\d[\d.,]*) ([a-z][a-z_]*\d*)[.]?",
    re.IGNORECASE,
)
DENSE = ("fc", "linear")  # what others call a dense layer
BOTH = regex(r"(?=.*\bweights?\b).*\bbias(?:es)?\b", re.IGNORECASE)
BETWEEN = regex(
    r"(?:\s*(?:[;&+]|,(?!\d{3})|\band\b|\bplus\b))+\s*|(?<=\d weights) (?=\d)", re.IGNORECASE
)
NAME = r"\(?(?:the )?(weights?|bias(?:es)?|total|sum)\)?"
ASIDE = r"(?: \([^()]*\))?"  # 750 (5*5*3*10)
PART = regex(  # weights: 5*5*3*10 = 750; weights - 750; 750 weights
    rf"{NAME}(?: ?[:=]| is| are| -(?= ))? ([^a-z]+?){ASIDE}|([^a-z]+?) ?{NAME}{ASIDE}[.]?",
    re.IGNORECASE,
)
# Biases behind the weights, in brackets: 98,304 (+96 bias); and parts behind their sum.
ADDED = regex(
    r"(\d[\d,.]*)(?: weights?)? \((?:\+|plus) ?(\d[\d,.]*) ?(?:for )?(?:the )?bias(?:es)?\)",
    re.IGNORECASE,
)
SUMMED = regex(
    r"(\d[\d,.]*)(?: (?!weights?\b|bias)[A-Za-z]+){0,3}"
    r" \(((?=[^()]*\bweights?\b)[^()]*\bbias(?:es)?\b[^()]*)\)",
    re.IGNORECASE,
)
SUMMED_UP = regex(r"(\d[\d,.]*) ?[=:] ?(\d[\d,.]*)")  # of `conv 10, dense 15 = 25`
NUMBERED = regex(r"\b([a-z]+) (\d{1,2})(?= ?[:=])", re.IGNORECASE)  # conv 1: 10
# 750 weights, 10 biases => 760; 760: 750 weights, 10 biases
TOTAL_BEHIND = regex(
    r"[ ,;]*(?:=>|->|\u21d2|\u2192|, | so | makes | gives | (?:which|that) (?:is|makes|gives) )"
    r" ?(\d[\d,]*)[.!]?$"
)
TOTAL_BEFORE = regex(r"^(\d[\d,]*) ?[:=] ?(?=[^=]*weight)")
SHORT = ((regex(r"(?<=\d) ?w\b"), " weights"), (regex(r"(?<=\d) ?b\b"), " biases"))
EACH = regex(  # one bias for each of the 20 filters: 20 biases
    r"\b(?:one|a|1) bias (?:for each|each for|per each) (?:of (?:the|all) )?(?=\d[\d,]* [a-z]+s\b)",
    re.IGNORECASE,
)
STATED = regex(r"\d[\d,]* ?[:=] ?\d")
OF_EACH = regex(r"(\d[\d,]*) (?:filters|kernels|units|neurons|outputs)\b", re.IGNORECASE)
TIMES = regex(r"(?<=\d) ?[xX×] ?(?=\d)")
DIGIT = regex(r"\d")


def sum_of_parts(question: Question, answer: Any) -> Reading | None:
    """Return the sum of the parts of a count, if all of them are given by name, and nothing else;
    a sum that stands beside them has to be theirs. Raises Unreadable for parts that are named twice
    or have no such sum.
    """
    query = question.query
    if query.kind != "record" or query.form != "number":
        return None
    of = _parts_of(question)
    if isinstance(answer, Mapping):
        given = list(answer.items())
    else:
        given = (_in_words(answer) if OF_PARAMETERS in of else None) or []
        layers = of[-1] if query.name == "total" and of else frozenset()
        given = given or _by_layer(answer, layers) or []
    if not 2 <= len(given) <= MOST:
        return None
    named = {name for names in of for name in names}
    empty = question.subject.records.keys() - named  # max_pool1: 0
    given = [(name, value) for name, value in given if value not in (0, "0") or name not in empty]
    spelled = [_spelled(name) for name, _ in given]
    if len({*spelled} - {*SUMS}) < 2 or {*spelled} - {*SUMS} not in of:
        return None
    if len({*spelled}) < len(spelled):
        raise Unreadable("a part is named twice")
    parts = {name: _number(value) for name, (_, value) in zip(spelled, given, strict=True)}
    sums = {parts.pop(name) for name in SUMS if name in parts}
    if any(number < 0 for number in parts.values()):
        raise Unreadable("a part is negative")
    total = whole_if_so(sum(parts.values()))
    if sums - {total}:
        raise Unreadable(f"its parts are {shown(total)} together")
    by_kind = query.name == "total" and parts.keys() == OF_PARAMETERS  # and not by layers
    terms = (
        f"{shown(v)} {ONE[n] if v == 1 else n}" if by_kind else shown(v) for n, v in parts.items()
    )
    return Reading(total, f"read as {' + '.join(terms)} = {shown(total)}")


def _parts_of(question: Question) -> list[Set[str]]:
    """Return the names of what a count is made of, in each way it is."""
    query = question.query
    found: list[Set[str]] = [OF_PARAMETERS] if query.key == "parameters" else []
    if query.name == "total":
        layers = (d.given.get("layers", ()) for d in question.subject.derivations(query))
        found += [{_spelled(name) for name in names} for names in layers]
    return found


def _spelled(name: Any) -> str:
    plainer = str(name)[:LONGEST].strip().lower()
    return SPELLED.get(plainer, plainer)


def _number(value: Any) -> Number:
    """Return a part's number, which may be a working. Raises Unreadable."""
    if not isinstance(value, str):
        return number_of(value)
    result = value.rpartition("=")[2].strip()
    worked = worked_out(result)
    return number_of(result) if worked is None else whole_if_so(float(worked))


def _in_words(answer: Any) -> list[tuple[str, str]] | None:
    """Return the parts of `12800 weights and 32 biases`, `weights: 12800, biases: 32`. Raises
    Unreadable where another number stands beside both.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST:
        return None
    added = ADDED.fullmatch(plain(answer).rstrip(" ."))
    if added:
        return [("weights", added[1].rstrip(",.")), ("biases", added[2].rstrip(",."))]
    text = plain("; ".join(answer.strip().splitlines()))
    each = EACH.search(text)
    if each and (STATED.match(text) or TOTAL_BEHIND.search(text)):  # else it may be each one's
        biases = OF_EACH.sub(r"\1 biases", text[each.end() :], count=1)
        text = f"{text[: each.start()]}{biases}"
    if all(short.search(text) for short, _ in SHORT):  # 750w + 10b
        for short, name in SHORT:
            text = short.sub(name, text)
    for pattern in (TOTAL_BEHIND, TOTAL_BEFORE):
        total = pattern.search(text)
        of = _of_names(text[: total.start()] + text[total.end() :]) if total else None
        if of is not None and total is not None:
            return [*of, ("total", total[1].rstrip(","))]
    return _of_names(text)


def _of_names(text: str) -> list[tuple[str, str]] | None:
    """Return the parts of a text that names each of them, and their sum; None for another text."""
    if not BOTH.match(text) or SO.search(text):
        return None
    text = TIMES.sub("*", text)
    summed = SUMMED.fullmatch(text)
    if summed:
        of = _of_names(summed[2])
        return None if of is None else [*of, ("total", summed[1])]
    parts = [(piece, PART.fullmatch(piece)) for piece in BETWEEN.split(text)]
    found = [(part[1] or part[4], part[2] or part[3]) for _, part in parts if part is not None]
    if all(part is not None for _, part in parts):
        return found
    others = any(part is None and DIGIT.search(piece) for piece, part in parts)
    if others and {_spelled(name) for name, _ in found} >= OF_PARAMETERS:
        raise Unreadable("another number stands beside its parts")
    return None


def _by_layer(answer: Any, layers: Set[str]) -> list[tuple[str, str]] | None:
    """Return the parts of `conv 10, dense 15` by the names of layers; None for another text. The
    only layer of a kind may go by that.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or not layers:
        return None
    kinds = [name.rstrip("0123456789") for name in layers]
    names = {kind: name for kind, name in zip(kinds, layers, strict=True) if kinds.count(kind) == 1}
    names |= {other: names["dense"] for other in DENSE if "dense" in names}
    names |= {name: name for name in (*layers, *SUMS)}
    text = TIMES.sub("*", plain("; ".join(answer.strip().splitlines())))
    text = NUMBERED.sub(lambda one: _joined(one, names), text)
    parts = [OF_LAYER.fullmatch(piece) for piece in BETWEEN.split(text)]
    given = [(part[1] or part[4], part[2] or part[3]) for part in parts if part is not None]
    known = [(names[name.lower()], value) for name, value in given if name.lower() in names]
    if not known or len(known) < len(parts):
        return None
    name, value = known[-1]
    stated = SUMMED_UP.fullmatch(value)
    return [*known[:-1], (name, stated[1]), ("total", stated[2])] if stated else known


def _joined(name: re.Match[str], names: Collection[str]) -> str:
    """Return `conv 1` as `conv1`, if that is a layer's name."""
    joined = f"{name[1]}{name[2]}"
    return joined if joined.lower() in names else name[0]
