"""What is said in passing in the brackets behind a list, with a word or number that changes a list
elsewhere: `[[2, 0], [0, 8]] (the -1s become 0, does not matter here)`, `[3, 0] (the largest of the
first window; stride 1, not 2)`.
"""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex

BRACKETS = regex(r"(?<=[\])}\d])\s*\((?P<said>[^()\[\]{}]*[^\W\d_]{2}[^()\[\]{}]*)\)[ .!]*$")
VALUES = r"(?:values?|ones?|numbers?|entr(?:y|ies)|pixels?)"
BEGINS = r"(?:^|(?<=[,;:.] ))"
ENDS = r"(?: (?:here|at all|anyway|either))?(?=\s*(?:$|[,;:.]))"  # nothing is excepted
NO_MATTER = regex(
    rf"(?:^|,? )(?:(?:which|that|it|this|but(?: it| that| this)?) )?"
    r"(?:(?:do(?:es)?|did)(?: not|n['\u2019]t) (?:matter|play (?:a|any) role"
    r"|(?:change|do|affect) (?:anything|it|them|the (?:result|values?)))|makes? no difference)"
    rf"{ENDS}",
    re.IGNORECASE,
)
NOT_NEEDED = regex(
    rf"{BEGINS}(?:(?:so )?not (?:needed|relevant|used)|no (?:padding|overlap|change)){ENDS}",
    re.IGNORECASE,
)
NOTHING_NEGATIVE = (
    rf"(?:no negatives?(?: {VALUES})?"
    rf"|(?:nothing|none|no {VALUES})(?: of (?:them|these|those|it))? (?:is|are|was|were) negative)"
)
NONE_NEGATIVE = regex(
    rf"{BEGINS}(?:so )?(?:there (?:is|are) )?{NOTHING_NEGATIVE}(?: left)?{ENDS}", re.IGNORECASE
)
CUT = regex(
    rf"{BEGINS}(?:(?:I|we) )?(?:cut|set|clip(?:ped)?|put|turn(?:ed)?) (?:(?:all|the) ){{0,2}}"
    rf"negatives?(?: {VALUES})? to (?:0|zero)s?{ENDS}",
    re.IGNORECASE,
)
# How large a window is, and where its largest value was; how far apart they are.
PLACE = r"(?:window|row|column|block|square|region|patch)"
SIZE = regex(rf"\b\d{{1,2}} ?[x×] ?\d{{1,2}} (?=(?:{PLACE}|filter|kernel)(?:e?s)?\b)")
FIRST = regex(
    r"(\b(?:max(?:imum)?|largest|biggest|highest)\b[^,;:.\d]{0,20} (?:in|of|from|over) the)"
    rf" first(?= {PLACE}\b{ENDS})",
    re.IGNORECASE,
)
SETTING = regex(
    rf"\b(stride|padding|[SP])(?: of| is| ?=)? ?\d{{1,2}},? (?:and )?not \d{{1,2}}{ENDS}",
    re.IGNORECASE,
)
AROUND = " ,;:."


def without_passing(text: str, lowest: float) -> str:
    """Return a text without what its last brackets say in passing: of negative values only where
    the `lowest` one of its list is none.
    """
    found = BRACKETS.search(text)
    if found is None:
        return text
    said = NOT_NEEDED.sub("", NO_MATTER.sub("", SETTING.sub(r"\1", found["said"])))
    said = FIRST.sub(r"\1", SIZE.sub("", said))
    if lowest >= 0:
        said = NONE_NEGATIVE.sub("", CUT.sub("", said))
    if said == found["said"]:
        return text
    front, said = text[: found.start()], said.strip(AROUND)
    return f"{front} ({said})" if said else front
