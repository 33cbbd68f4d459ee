"""Lines that are a word to the reader, and say of no answer that it stands elsewhere: `thanks!`,
`sorry for the handwriting`, `I did the workings on paper`, `all values are rounded`.
"""

from __future__ import annotations

import re

from shapecalc.grading.number_words import SMALL
from shapecalc.grading.regex import regex

COURTESY = regex(
    r"\(?(?:many |kind |best |with (?:kind |best )?)?"
    r"(?:thanks?|thank you|thx|sorry|apologies|regards|wishes|sincerely|cheers|good luck|have a)\b"
    r"(?!.*\b(?:see|page|attach|photo|picture|pdf|scan|paper|separate|below|above))[^\d:=]*",
    re.IGNORECASE,
)
# Around such a word: `Hi, sorry for the mess :)`
GREETING = regex(
    r"^(?:hi|hello|hey|dear)(?: (?:there|all|both|everyone|professor|prof|sir|madam))?"
    r"\s?[,.!]\s{1,3}(?=[^\W\d_])",
    re.IGNORECASE,
)
SMILE = regex(
    r"\s?(?:[:;]-?[)(DPp]|\^_?\^|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?){1,3}\s{0,3}$"
)
# Of these words alone, and one of those that it is about, a line can hold no answer: who did a
# question on paper says which, and who shows a photo says that.
ABOUT = (
    r"workings?|work|calculations?|computations?|derivations?|arithmetic|steps|handwriting|writing"
    r"|english|spelling|typos?|formatting|format|layout|mess|calculator|python|numpy|excel"
    r"|decimals?|digits?|places|figures|handout"
)
MORE = (
    r"i|we|my|our|the|a|an|any|all|some|most|these|those|this|them|it|its|they|which|that|here"
    r"|everything|sorry|apologies|please|excuse|forgive|pardon|hope|ps|note|thanks|thank|you"
    r"|for|of|about|with|without|in|on|by|to|from|at|and|but|as|so|too|just|only|not|very|quite"
    r"|rather|really|bit|little|also|is|are|was|were|be|been|am|have|has|had|did|do|done|does"
    r"|didn['’]?t|don['’]?t|used|using|use|rounded|rounding|checked|worked|calculated|computed"
    r"|wrote|written|typed|shown|show|made|kept|keep|skipped|left|out|read|readable|legible"
    r"|short|brief|long|messy|ugly|bad|poor|sloppy|missing|small|final|intermediate|clear|fine|ok"
    r"|okay|hand|head|paper|time|full|exact|significant|decimal|values?|numbers?"
    r"|results?|native|speaker|first|language|good|best|after|before|end|each|every|enough|no"
)
WORD = regex(r"[^\W\d_](?:[\w'’]*\w)?")
KNOWN = regex(rf"(?:{ABOUT}|{MORE}|{'|'.join(SMALL)})", re.IGNORECASE)
TOPIC = regex(rf"\b(?:{ABOUT})\b", re.IGNORECASE)
SIGNS = regex(r"[\w\s'’,.;!?():-]*")
LONGEST = 300  # characters
# Three digits, but not three alone, which may be an answer.
NUMBER = regex(
    rf"\b(?:{'|'.join(SMALL)})\b"
    r"(?! (?:significant |decimal )?(?:digits?|decimals?|places|figures))",
    re.IGNORECASE,
)


def is_word_to_reader(line: str) -> bool:
    """Say whether a line is a word to the reader, whatever it greets or smiles with, and can hold
    no answer.
    """
    line = SMILE.sub("", GREETING.sub("", line))
    if COURTESY.fullmatch(line):
        return True
    if len(line) > LONGEST or any(sign.isdigit() for sign in line) or not SIGNS.fullmatch(line):
        return False
    if NUMBER.search(line) or not TOPIC.search(line):
        return False
    words = WORD.findall(line)
    return len(words) > 2 and all(map(KNOWN.fullmatch, words))
