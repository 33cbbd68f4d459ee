"""A count that is written as a rounded one beside the sum or product which is exact, `about 57.5k
(912 + 1940 + 54696)`: it is what that comes to.
"""

from __future__ import annotations

from typing import Any

from shapecalc.grading.answers import LONGEST
from shapecalc.grading.arithmetic import worked_out
from shapecalc.grading.labelled_terms import without_names
from shapecalc.grading.notation import plain
from shapecalc.grading.number_units import ABOUT, NUMBER, rounded_numbers
from shapecalc.grading.question import Question
from shapecalc.grading.regex import regex
from shapecalc.grading.summed_terms import THOUSANDS

SUM = r"(?P<sum>[\w(\[][^=≈≅~]*?)"
OPERATION = regex(r"\w[)\]]? ?(?:[+*×·]|x ?\d)")
ROUNDED = rf"(?P<rounded>(?:{ABOUT}\s*)?[\d.,]*\d(?:[eE]\d{{1,2}})?\s?[A-Za-z]*(?: [a-z]+)?)"
LINK = r"(?:=|≈|≅|~|->|→|:|,\s|\bis\b|\bso\b|\bwhich is\b)"
IN_FRONT = regex(rf"\s*{ROUNDED}\s*(?:{LINK}\s*\(?|\(\s*=?\s*|\s\s+){SUM}\)?\s*\.?\s*")
BEHIND = regex(rf"\s*{SUM}\s*(?P<link>{LINK})\s*{ROUNDED}\s*\.?\s*")
BY = regex(r"(?<=\d) ?x ?(?=\d)")
BLANKS = regex(r"\s{3,}")  # which would be tried in every split
NEARLY = ("≈", "≅", "~")


def exact_sum(question: Question, answer: Any) -> Any:
    """Return the sum and what it comes to of a count that is rounded beside it, if that is so
    rounded; any other answer as it is.
    """
    if not isinstance(answer, str) or len(answer) > LONGEST or question.choices:
        return answer
    if question.query.form != "number" or type(question.right) is not int:
        return answer
    written = BLANKS.sub("  ", answer)
    for found in filter(None, (IN_FRONT.fullmatch(written), BEHIND.fullmatch(written))):
        if not OPERATION.search(found["sum"]):
            continue
        named = without_names(question, f"{found['sum']} = 0")  # it has a result, for the names
        text = BY.sub("*", plain(named.partition("=")[0].strip()))
        exact = worked_out(THOUSANDS.sub("", text))
        link = found.groupdict().get("link")
        rounded = f"{link if link in NEARLY else ''}{found['rounded']}"
        if exact is None or exact.denominator != 1 or not NUMBER.search(rounded):
            continue
        if any(abs(n.value - exact) <= n.off for n in rounded_numbers(rounded)):
            return f"{text} = {exact}"
    return answer
