"""Yes and no as people write them; a text that says both, or neither, is no answer."""

from __future__ import annotations

import re

from shapecalc.grading.regex import regex

YES = ("yes", "y", "true", "t", "yep", "yeah", "yup")
NO = ("no", "n", "false", "f", "nope", "nah")
# What says of a statement what stands behind it: `it's false`, `the statement is true`.
SUBJECT = (
    r"(?:it|this|that|(?:the|this)(?: given)? (?:statement|claim|answer|assertion))"
    r"(?:'?s| is| must be| should be| has to be)"
)
OPENING = regex(
    r"(?:(?:so|well|probably|definitely|clearly|obviously|certainly|surely|the answer is|answer"
    r"|(?:(?:i am|i'?m) )?(?:(?:pretty|quite|fairly|very) )?sure"
    r"|i(?: would|'d)? (?:think|believe|guess|say)|that(?= (?:it|this|that|the)\b)"
    rf"|{SUBJECT}(?: (?:definitely|clearly|obviously|certainly|surely|probably))?"
    r"(?: a)?(?= (?:yes|no|true|false)\b))\b[:,]? *)+"
)
# A working in front of what it shows: `(64-5)/3 = 19.67, so`, `20 ->`.
WORKING = regex(
    r"(?:\b(?:\d?[wfspkx]|floor|remainder|(?:is )?(?:odd|even|uneven))\b|\b\d?[a-z](?= ?[-+*/=^)])"
    r"|[-+*/=≈~()\[\]^.,:;>→⇒·×\d\s])+"
    r"(?:(?:so|thus|hence|therefore|and|which(?= is)|which means|that is|this is|that means|i\.e\.)"
    r"\b[,:.]? *)*"
)
# The whole of what is said of a statement, `that is incorrect`, or in front of its reason.
JUDGED = regex(
    rf"(?:{SUBJECT} |(?:(?:it|this|that) )?(?=isn'?t ))?"
    r"(?:(?P<no>(?:not |isn'?t |in)correct|(?:not|isn'?t) (?:true|right)|untrue|wrong)"
    r"|correct|right)(?=$| ?[,;:.(-])"
)
UNSURE = regex(r"(?:no (?:idea|clue)|not sure|unsure|i do ?n[o']?t know)\b")
# `fits`, `it does not fit`, `the stride doesn't`: whether it is denied decides.
FITS = regex(
    r"(?:(?:it|this|that|the (?:stride|filter|window)) )?"
    r"(?:(?P<no>(?:(?:does|will|would|can)(?: not|n'?t)|cannot|won'?t) (?:fit|work)"
    r"|not fit(?:ting)?|(?:a )?fit is (?:not possible|impossible)\b"
    r"|(?:does|will) ?n[o']?t$|fits not\b"
    r"|(?:(?:is )?(?:not|no)|isn'?t) (?:an? )?(?:whole|integer|integral|divisible)\b)"
    r"|(?:(?:does|will) )?fits?\b|does$|(?:is )?(?:an? )?(?:whole number|integer)\b)"
)
# With these behind it nothing plainly fits: `fits only after rounding down`, `integer division`.
CONDITION = r"only|if|unless|provided|round(?:ed|ing)|floor(?:ed|ing)?"
DOUBT = regex(
    rf"[^,;:.(]*\b(?:not|never|until|after|when|almost|nearly|hardly|barely|division|{CONDITION}"
    r"|remainder(?! ?(?:is|of|=)? ?(?:0|zero)))\b"
    rf"|[^,;:.(]*n't\b|.*[,;:.(] ?(?:but )?(?:it is |it's )?(?:{CONDITION})\b"
)
CONDITIONAL = regex(rf"\b(?:{CONDITION})\b")
DECIDES = regex(r"\b(?:yes|no|true|false|fits?|works?|whole|integer)\b")
DOUBTED_YES = regex(rf"[ ,;-]*(?:but )?(?:it fits )?(?:{CONDITION}|when)\b")
WITHOUT = regex(r"\b(?:no|without(?: any| a)?) \w+(?: to \w+)?")
# `no remainder`, `no problem` mean that it fits, others that it does not: they say no to a noun.
NO_NOUN = regex(
    r"no (?!(?:it|the|this|that|there|because|since|as|i|we|does|doesn'?t|cannot|not|n|yes|whole"
    r"|integer)\b)[a-z]"
)
# Behind a first yes or no: the other one, alone between signs, at the end, or `for` something.
ANOTHER = (
    r"(?:[\s,;/|.?!-]|\b(?:or|and)\b)+(?:{0})(?=$|[,;/|.?!])"
    r"|.*[^\w'](?:{0}|but not)(?:$| (?:for|in|on|if)\b)"
)
OTHER = {
    True: regex(ANOTHER.format("|".join(NO))),
    False: regex(ANOTHER.format("|".join(YES))),
}


def yes_or_no(text: str) -> bool | None:
    """Return what a text says; None where it says neither, or both: `yes/no`."""
    said = (
        " ".join(text.lower().replace("\u2019", "'").split()).strip(" .!?()\"'").lstrip("=>-→⇒: ")
    )
    working = WORKING.match(said)
    if working and any(sign.isdigit() for sign in working[0]):
        said = said[working.end() :]
    said = OPENING.sub("", said, count=1)
    if UNSURE.match(said) or NO_NOUN.match(said):
        return None
    first = re.match(r"[a-z']+", said)
    for value, words in ((True, YES), (False, NO)):
        if first and first[0] in words:
            behind = said[first.end() :].lstrip(" ,;.:-")
            of_that = behind.startswith("that ")  # false that it fits
            denied = _fits(behind.removeprefix("that ")) is (not (value or of_that))
            contrary = OTHER[value].match(said, first.end()) or denied
            doubted = value and DOUBTED_YES.match(said, first.end())
            return None if contrary or doubted else value
    judged = JUDGED.match(said)
    if judged:
        value = not judged["no"]
        behind = said[judged.end() :].lstrip(" ,;.:(-")
        contrary = OTHER[value].match(said, judged.end()) or _fits(behind) is (not value)
        return None if contrary or DOUBTED_YES.match(said, judged.end()) else value
    fits = _fits(said)
    return None if fits is None or OTHER[fits].match(said) else fits


def has_condition(text: str) -> bool:
    """Say whether a text that says neither, nor both, says so because of a condition."""
    said = text.lower()
    return bool(CONDITIONAL.search(said) and DECIDES.search(said)) and yes_or_no(text) is None


def _fits(said: str) -> bool | None:
    """Return what a sentence about fitting says; None for another one, or one that doubts it."""
    found = FITS.match(said)
    if found is None or found["no"]:
        return None if found is None else False
    return None if DOUBT.match(WITHOUT.sub("", said[found.end() :])) else True
