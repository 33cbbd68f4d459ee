"""Volumes whose plane and depth stand apart, `28x28, depth 8`, `8 maps of 28x28`, or whose order is
told, `8x28x28 (channels first)`.

A text is read as a whole: with any word that is no part of such a volume it is none.
"""

from __future__ import annotations

import re

from shapecalc.grading.number_words import in_digits
from shapecalc.grading.regex import regex
from shapecalc.grading.values import Number
from shapecalc.grading.written_sizes import SLICES

Sizes = tuple[Number, ...]

LONGEST = 200  # characters
SIZE = r"[1-9]\d{0,8}"
# Between, before and behind the two.
AROUND = (
    r"(?:[\s,;:.]|\b(?:the|an?|it|its|is|are|has|have|of|with|and|but|at|in|as|to|each|per|still|now"
    r"|stays?|remains?|kept|keeps|unchanged|same|also|spatial(?:ly)?|sizes?|outputs?|volumes?|shape"
    r"|dimensions?|gives|becomes|pixels?|px)\b)*+"
)
TIMES = r" ?(?:[xX×*·]|by) ?"
PLANE = (
    rf"(?P<plane>{SIZE}(?:{TIMES}{SIZE}){{1,3}}(?!\d| ?\^)|[(\[] ?{SIZE}(?:(?:{TIMES}| ?, ?){SIZE})"
    rf"{{1,2}} ?[)\]])(?: ?(?:pixels|px)\b)?"
)
PLANE_ALONE = regex(PLANE, re.IGNORECASE)
OF_DEPTH = r"(?:is|of|stays|stays at|remains|remains at|becomes|now|[=:])"
DEPTH = (
    r"[(\[]?(?:(?:the )?(?:depth|channels|filters|maps|C|D|(?P<K>K))"
    rf"(?: ?{OF_DEPTH})? ?(?P<named>{SIZE})"
    rf"|(?P<counted>{SIZE}) (?:(?:activation|output|feature) )?{SLICES})\b[)\]]?"
)
APART = (
    regex(rf"{AROUND}{PLANE}{AROUND}{DEPTH}{AROUND}", re.IGNORECASE),
    regex(rf"{AROUND}{DEPTH}{AROUND}{PLANE}(?: (?:activation |feature )?maps)?{AROUND}", re.I),
)
# (28, 28) x 8; 28x28 (x8); 8 x (28x28); 8@28x28; 8 28x28 maps
GROUPED = (
    regex(rf"(?=[(\[]){PLANE}(?:{TIMES}| ?, ?)(?P<counted>{SIZE})"),
    regex(rf"{PLANE} ?\( ?[xX×] ?(?P<counted>{SIZE})\)"),
    regex(rf"(?P<counted>{SIZE})(?:{TIMES}| ?@ ?)(?=[(\[]){PLANE}"),
    regex(rf"(?P<counted>{SIZE}) ?@ ?{PLANE}"),
    regex(rf"(?P<counted>{SIZE}) {PLANE} (?:activation |feature )?maps"),
)
# 576-dimensional; a vector of 576 entries; 10 (10x10); 10x10 pixels of the input
VECTOR = regex(
    rf"(?:an? )?(?:1-?d(?:imensional)?\b,? ?)?(?:vector,? ?)?(?:with |of (?:length )?)?({SIZE}\d)"
    r"(?:[ -]?(?:d|dims?|dimensions?|dimensional))?(?: (?:entries|elements|components|vector))?"
    r"[.!]?",
    re.IGNORECASE,
)
SQUARE = regex(rf"({SIZE})(?: (?:pixels|px))? ?\(\1{TIMES}\1(?: (?:pixels|px))?\)[.!]?", re.I)
OF_INPUT = regex(
    r" (?:of|in|on) the (?:(?:input|original)(?: image| picture| layer| volume)?|image|picture)"
    r"[.!]?$",
    re.IGNORECASE,
)
AXIS = r"(?:channels?|depth|filters|height|width|[CDKHW])(?:_?out)?"
AXES = rf"[(\[]?{AXIS}(?:(?: ?[,xX×*] ?|){AXIS}){{1,3}}[)\]]?"
FIRST = regex(r"(?:channels?|depth) (?:first|last)", re.IGNORECASE)
VOLUME = rf"(?P<volume>[(\[]?{SIZE}(?:(?:{TIMES}| ?, ?){SIZE}){{2,3}}[)\]]?)"
ORDERED = (
    regex(rf"{VOLUME},? ?\(?(?P<order>{AXES}|{FIRST.pattern})(?: order)?\)?[ .]*", re.IGNORECASE),
    regex(rf"(?P<order>{AXES}|{FIRST.pattern}) ?(?:[=:]|is) ?{VOLUME}[ .]*", re.IGNORECASE),
)
COUNT = regex(rf"\b[a-z-]+(?= {SLICES})", re.IGNORECASE)  # eight channels
DEPTHS = ("c", "k", "f", "d")  # how a name of the depth begins; of a video D is another axis
POWER = regex(rf"({SIZE}) ?\^ ?([23])(?={TIMES}{SIZE}|$)")
POWERS = regex(rf"{POWER.pattern}(?:{TIMES}({SIZE}))?")


def volumes_in_words(text: str) -> list[Sizes]:
    """Return what a volume can be whose plane and depth stand apart, or whose order is told: with
    its depth last. None for another text.
    """
    if len(text) > LONGEST:
        return []
    of_input = OF_INPUT.search(text)
    if of_input and PLANE_ALONE.fullmatch(text, 0, of_input.start()):
        return [_sizes(text)]
    text = COUNT.sub(lambda word: in_digits(word[0]), text)
    for pattern in ORDERED:
        found = pattern.fullmatch(text)
        if found:
            return _ordered(_sizes(found["volume"]), found["order"])
    square, vector = SQUARE.fullmatch(text), VECTOR.fullmatch(text)
    if square:
        return [(int(square[1]), int(square[1]))]
    if vector and not text.isdigit():
        return [(int(vector[1]),)]
    for pattern in (*APART, *GROUPED):
        found = pattern.fullmatch(text)
        if found:
            names = found.groupdict()
            plane, depth = _sizes(found["plane"]), names.get("named") or found["counted"]
            # K = 3 beside a plane that has no depth, as a receptive field, is a filter's size.
            return [*_with_depth(plane, int(depth)), *([plane] if names.get("K") else [])]
    return []


def without_powers(text: str) -> str:
    """Return a volume with each power as the sizes that it stands for, `28^2 x 8`; any other text
    as it is.
    """
    if not POWERS.fullmatch(text):
        return text
    return POWER.sub(lambda power: "x".join([power[1]] * int(power[2])), text)


def _sizes(text: str) -> Sizes:
    return tuple(map(int, re.findall(r"\d+", text)))


def _ordered(volume: Sizes, order: str) -> list[Sizes]:
    """Return a volume as height, width, depth, whatever order is told; none where that is of other
    axes than it has.
    """
    if FIRST.fullmatch(order):
        return [(*volume[1:], volume[0]) if "first" in order.lower() else volume]
    axes = [name[0].lower() for name in re.findall(AXIS, order, re.IGNORECASE)]
    if len({*axes}) < len(axes) or len(axes) != len(volume):
        return []
    deep = next((axis for axis in DEPTHS if axis in axes), "")
    axes = ["" if axis == deep else axis for axis in axes]
    spatial = sorted(axis for axis in axes if axis)  # d, h, w
    return [tuple(volume[axes.index(axis)] for axis in [*spatial, ""])] if deep else []


def _with_depth(plane: Sizes, depth: int) -> list[Sizes]:
    """Return a plane with a depth; with three sizes the last one may be that depth, told again.

    None of three sizes with another depth.
    """
    whole = (*plane, depth)
    if len(plane) < 3:
        return [whole]
    return [plane, whole] if plane[-1] == depth else []
