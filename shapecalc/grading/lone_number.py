"""The only number of a short sentence: `It takes about 314k MACs.`, `All in all 902 parameters: 760
+ 142.`, `Flattened, that is a vector of 600 numbers.`

Every word of the sentence is one of those below: none is passed over that could make another number
of it. A sum or product beside the number has to come to it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.notation import plain
from shapecalc.grading.number_units import ABOUT, SCALE, rounded_numbers
from shapecalc.grading.query import Query
from shapecalc.grading.regex import regex

_LEAD = (
    r"(?:all in all|in (?:total|all)|altogether|together|overall"
    r"|summ(?:ing|ed) (?:(?:it|them|everything|all) )?up|so|thus|hence|therefore)(?:[,:] ?| )"
)
_CLAUSE = (
    r"(?:(?:it|this|that) (?:takes|needs|requires|uses|has|gives|makes|is|costs|comes to"
    r"|amounts to|adds up to|sums (?:up )?to)|(?:that|it)['\u2019]s|there (?:is|are)"
    r"|(?:i|we) (?:have|get|got|find|found|obtain|need|count|come to)):? "
)
OPENING = regex(rf"\s*(?:{_LEAD})?(?:{_CLAUSE})?(?:a total of )?", re.IGNORECASE)
OF_BOTH = regex(r"\b(?:all|total|altogether|together|overall|up)\b", re.IGNORECASE)
# Flattened, / After the second pool,
DONE = regex(
    r"\s*(?:(?:flattened|pooled|unrolled|flattening|pooling|unrolling)(?: it)?"
    r"|(?:after|by|when) (?:(?:pool|flatten|unroll)ing(?: it)?"
    r"|(?:the )?(?:(?:first|second|third|fourth|last|1st|2nd|3rd|4th) )?"
    r"(?:(?:max |average )?pool(?:ing)?|flatten(?:ing)?|conv(?:olution)?)(?: layer)?))[,:]? ",
    re.IGNORECASE,
)
# Whose number it is, if nothing else is called so.
WHOLE = regex(r"\bthe (?:(?:whole|full|entire) )?(?:network|net|model) ", re.IGNORECASE)
LAYER = regex(r"\b(?:the|this) layer ", re.IGNORECASE)
UNITS = (
    r"(?: (?:(?:trainable|learnable|learned) )?(?:parameters?|params?|weights?|bias(?:es)?|MACs?"
    r"|FLOPs?|multiply-accumulates?(?: operations)?|multiplications|operations|values?|numbers?"
    r"|units|neurons|entries|elements|features|activations)"
    r"(?: (?:in (?:total|all)|altogether|together|overall))?)?"
)
_WHOLE = r"(?:\d{1,3}(?:[ ,]\d{3})+|\d{1,15})(?![\d,]*\d)"
_SUM = r"[\d(][\d\s,.()+*x\u00d7\u00b7-]{0,200}?[\d)]"
_END = r"[ .!]*"
PARTED = regex(r":|, ")  # without an opening
GROUPS = regex(r"(?<=\d) (?=\d)")  # 27 814
SOME = regex(r"some (?=\d)", re.IGNORECASE)
COUNT = regex(
    rf"(?:{ABOUT}\s?)?(?:{_WHOLE}|\d{{1,9}}\.\d{{1,6}}){SCALE}?{UNITS}"
    rf"(?: (?:per|for (?:one|each|an|every)) (?:example|image|input))?{_END}",
    re.IGNORECASE,
)
IN_FRONT = regex(
    rf"(?P<count>(?:{ABOUT}\s?)?(?:{_WHOLE}|\d{{1,9}}\.\d{{1,6}}){SCALE}?){UNITS}"
    rf"(?:(?::|,(?= )| ?=) ?(?P<sum>{_SUM})| ?\((?P<inside>{_SUM})\)){_END}",
    re.IGNORECASE,
)
BEHIND = regex(rf"(?P<sum>{_SUM}) ?= ?(?P<count>{_WHOLE}){UNITS}{_END}", re.IGNORECASE)
FLAT = regex(
    rf"(?:(?:an? )?(?:(?:flat |long |1-?d )?(?:vector|list|row|column) (?:of|with) )?"
    rf"{_WHOLE}{UNITS}|(?:an? )?\d{{1,5}}(?: ?[x\u00d7] ?\d{{1,5}}){{1,3}}){_END}",
    re.IGNORECASE,
)
SEEN = regex(
    rf"\d{{1,5}}(?: ?(?:[x\u00d7]|by) ?\d{{1,5}})?(?: (?:input )?(?:pixels|px))?{_END}",
    re.IGNORECASE,
)
FIELD = regex(
    r"(?:an? (?P<name>padding|stride) of )?(?P<told>\d{1,4}(?: (?:zeros?|pixels?|px))?"
    rf"(?: (?:on|at) (?:each|every|both) sides?)?){_END}",
    re.IGNORECASE,
)
NAMES = {"padding": "P", "stride": "S"}


def without_opening(query: Query, text: str) -> str:
    """Return the number that a sentence tells without the words in front of it; any other text as
    it is.
    """
    if query.form == "sizes" and query.key not in ("output", "receptive_field"):
        return text
    said = _of_it(query, text)
    done = DONE.match(said) if query.form == "sizes" or query.kind == "size" else None
    opening = OPENING.match(said, done.end() if done else 0)
    rest = said[opening.end() :] if opening else said
    rest = SOME.sub("about ", rest) if SOME.match(rest) else rest
    if rest == text and not PARTED.search(text):
        return text
    if query.kind == "field" and opening and OF_BOTH.search(opening[0]):
        return text  # 2 zeros altogether are 1 on each side
    return _told(query, rest) or text


def _told(query: Query, rest: str) -> str:
    """Return what stands behind the opening, if it is a number and no more; nothing otherwise."""
    if query.form == "number" and query.kind != "size":
        return rest if COUNT.fullmatch(rest) else _summed(rest)
    if query.kind == "field":
        found = FIELD.fullmatch(rest)
        is_own = found and (not found["name"] or NAMES[found["name"].lower()] == query.key)
        return found["told"] if found and is_own else ""
    pattern = SEEN if query.key == "receptive_field" else FLAT
    return rest if pattern.fullmatch(rest) else ""


def _summed(rest: str) -> str:
    """Return the sum beside a count and what it comes to, if that is the count; else nothing."""
    found = IN_FRONT.fullmatch(rest) or BEHIND.fullmatch(rest)
    if found is None:
        return ""
    groups = found.groupdict()
    count, working = GROUPS.sub("", groups["count"]), groups["sum"] or groups["inside"]
    return f"{working} = {count}" if _comes_to(working, count) else ""


def _comes_to(working: str, count: str) -> bool:
    exact, digits = worked_out(plain(working)), count.replace(",", "")
    if exact is None or digits.isdigit():
        return exact is not None and exact == Fraction(digits)
    return any(abs(number.value - exact) <= number.off for number in rounded_numbers(count))


def _of_it(query: Query, text: str) -> str:
    """Return a text with `it` for what is asked about, by its name."""
    if query.name == "total":
        return WHOLE.sub("it ", text, count=1)
    return LAYER.sub("it ", text.replace(f"{query.name} ", "it ", 1), count=1)
