"""What people write around an answer: LaTeX, a printed shape's wrapping, words, remarks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from shapecalc.grading.regex import regex

BARE = regex(r"[1-9][0-9]{0,14}|[1-9][0-9]{0,4}(?:x[1-9][0-9]{0,4}){1,2}")
FRACTION_SIGN = regex(r"(?<![\d.,])[\u00bc-\u00be\u2150-\u215e]")
MIXED = regex(r"(?<![\d.,])(\d{1,6})([\u00bc-\u00be\u2150-\u215e])")  # two and a half
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
AS_TYPED = {0x2212: "-", 0x2013: "-", 0x2026: "..."}
BOLD = regex(r"(?<![\w)])\*\*([^*]+)\*\*(?![\w(])")
RAISED = regex(r"(?<=[0-9)\]])[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
# Two and a half; and a fraction that needs no brackets, amid a matrix, which has others.
MIXED_LATEX = regex(r"(?<![\d.,/*^{])(\d{1,6}) ?\\[dt]?frac\{(\d{1,6})\}\{(\d{1,6})\}")
PLAIN_FRACTION = regex(
    r"(?<![\d./^)])(?<![\d./^)] )\\[dt]?frac\{(\d[\d.]*)\}\{(\d[\d.]*)\}"
    r"(?![\d.^])(?! ?(?:\\left)? ?\()"
)
ENCLOSED = regex(r"^(?:\$++|\\\(|\\\[)(.*?)(?:\$++|\\\)|\\\])$")
LATEX = (
    (regex(r"\\(?:begin|end)\{(?:[a-z]*matrix|array)\}(?:\{[lcr| ]*\})?"), " "),
    (regex(r"\\(?:text|mathrm|mathbf|boxed|textbf|mbox|operatorname)\{([^{}]*)\}"), r"\1"),
    (regex(r"\\[dt]?frac ?(\d) ?(\d)"), r"\\frac{\1}{\2}"),
    (MIXED_LATEX, r"(\1+\2/\3)"),
    (PLAIN_FRACTION, r"\1/\2"),
    (regex(r"/ ?\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r"/((\1)/(\2))"),
    (regex(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}(?=\^)"), r"((\1)/(\2))"),
    (regex(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r"(\1)/(\2)"),
    (regex(r"\\(?:times|cross)(?![a-z])"), "x"),
    (regex(r"\\(?:cdot|ast)(?![a-z])"), "*"),
    (regex(r"\\(?:approx|sim)(?![a-z])"), "≈"),
    (regex(r"\\(?:left|right|displaystyle)(?![a-z])"), ""),
    (regex(r"\\(?:rightarrow|to|implies|Rightarrow)(?![a-z])"), "="),
    (regex(r"\{,\}"), ","),
    (regex(r"\\\\(?:\[[\d.]{1,6}\w\w\])?"), "; "),
    (regex(r"\\[,;:!()\[\] ]|\\q?quad(?![a-z])|~(?=\d)"), " "),
    (regex(r"\^\{([^{}]*[+*/][^{}]*)\}"), r"^(\1)"),
    (regex(r"\^\{([^{}]*)\}"), r"^\1"),
)
# A shape or an array as a framework prints it; what stands behind it inside is about the array.
PRINTED = regex(
    r"^(?:[A-Za-z]+\.)*(array|tensor|Size|TensorShape|Tensor|float\d*|int\d*)\s*\((.*?)"
    r"(?:,\s*(?:dtype|device|grad_fn|requires_grad)\s*=.*)?\)$"
)
SO = regex(r"(?:=>|->|⇒|→|≈|≅|\b(?:so|thus|hence|therefore|gives|makes)\b:?)\s*")
# That somebody is not sure, or has worked it out, says nothing of the answer behind it.
_I = r"(?:i|we)(?: (?:would|have|also)|['’](?:d|ve))?"
_FOUND = (
    r"have|think|believe|guess|suppose|say|get|got|find|found|obtain(?:ed)?|calculated|computed"
)
_UNSURE = (
    r"(?:(?:i am |i['’]m )?(?:not (?:\w+ )?sure|unsure)(?: (?:about|of) (?:this|it|that))?"
    rf"(?:,? but)?|{_I} (?:{_FOUND})(?: that)?|(?:(?:my|just|best|a) ){{0,2}}guess"
    r"|probably|likely|presumably|should be|must be|well|hmm+|ok(?:ay)?)\b[.:,]?\s*"
)
UNSURE = regex(rf"(?>{_UNSURE})++", re.IGNORECASE)
TITLE = regex(  # atomic: a text of such words alone would be split in every way
    rf"^(?>{_UNSURE}"
    r"|(?:so|my|an?|the|it['’]?s|it|this|that|final|correct|total|output|input|answer|ans|result"
    r"|sizes?|volume|vector|length|shape|dimensions?|padding|pad(?: by)?|stride|loss|gradient|sum"
    r"|score|number|of|parameters?|params|weights?|biases|values?|is|are|has|have|would|be|there"
    r"|in (?:total|all)|approximately|approx|about|around|roughly|circa|ca)\b[.:]?\s*"
    r"|[≈~:]\s*)++(?=[-+([.\d])",
    re.IGNORECASE,
)
# With these words around a number or a list it is another one, or none.
GAP = regex(r"(?<=\S)(?:[ \t]{2,}|\t)(?=\S)")  # between what stands apart on a line
CHANGED = regex(
    r"\b(?:not|never|no|wrong|instead|minus|negative|negated|opposite|sign|times|half|twice|doubled?"
    r"|halved|divid\w*|scaled|averaged?|sqrt|ln|log|transpos\w*|inverse|flipped|rotated|mirrored"
    r"|swapped|rate|without|except|before|after|first|then|now|becomes)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
LABEL = regex(  # db: 3; the window must be 3
    r"^[A-Za-z][A-Za-z_]{0,20}(?:\[?\d\]?)? ?: ?(?=[-+([.\d][^:=]*$)"
    r"|^[A-Za-z][A-Za-z_ ]{0,30} (?:must|should|ha[sd] to|needs? to|ought to) be (?=[-+([.\d])"
)
REMARK = regex(
    r"\s*(?:\b(?:because|since|as|if|when|where|but|including|incl|excluding|without|with|for|per"
    r"|each|every|in total|altogether|so that|to (?:keep|get|make|have|preserve)|otherwise|from"
    r"|instead of|rather than)\b.*|#.*|//.*|\s[-–—]\s+[A-Za-z].*"
    r"|,\s+[A-Za-z].*|,\s+- ?(?:ln|log|lg)_?(?:10|2|e)? ?\(? ?[\w.]{1,20} ?\)?"
    r"|(?<=[\d)\]])\s+(?:(?:is )?the )?(?:sum(?:med)?|product|mean|average|max(?:imum)?)"
    r" (?:of|over)\b"
    r"(?!.*\b(?:then|now|but|not|minus|plus|times|divided|halved|doubled|so|answer|result)\b)[^=]*"
    r"|;(?![-+\d.,;\s]+$).*|\([^()]*\))\s*[.!]?$",  # 38; 40 are two numbers
    re.IGNORECASE,
)


BEFORE = regex(r"^(?:[ ,!?]|\.\.+|\.(?!\d))++")  # what words leave in front; .5 has its point
LONGEST_DASHED = 1000  # characters
DASHED = regex(
    r"([A-Za-z][\w.()\[\]{},/' ]*?) [-\u2013\u2014] "
    r"((?=[\d.\[(])(?!.*\d-\d)[-0-9.,;|&/()\[\]{}\s]*\d[\])}.]*)"
)
ENDS_IN_NUMBER = regex(r"[\s(][\d.,]+[\])}]*$")  # rows 1 - 5, params 770 - 10
SAYS = regex(r"\b(?:is|are|be|get|got|gives?|equals?|so|of|by|about|around|plus|minus)\b", re.I)
ASIDE = regex(r"(?<=[\d\]) ])\s*\([^()]*=[^()]*\)$")  # 760 (S=1)
# K in K*(F*F*D + 1) = 760, and x K = 28x28x10, is a part of what is worked out.
FIELD = (
    r"(?<![-+*/^×])(?<![-+*/^×] )(?<!\bx )"
    r"\b(?:F|S|P|K|stride|padding|dilation|kernel|kernel_size|groups)\s*=\s*[\d.x×]+\.?"
)
WITH_FIELDS = regex(  # 28x28x10; I used P=0
    rf"[;,]?\s*(?:\bI used|\b(?:with|for|where|using|and|if))?\s*{FIELD}", re.IGNORECASE
)
# [1, 2] with S=1, and P=0: [1, 2]; `s = 1, 2` and `p = 1, 2` are lists by their names.
BESIDE_A_LIST = regex(
    r"(?:(?<=[\])}])[;,]?\s*|[;,]?\s*\b(?:I used|with|for|where|using|if)\s+)"
    rf"{FIELD}(?:(?:,|\s*\band\b)?\s*{FIELD})*$"
    rf"|^(?:(?:with|for|where|using|if)\s+)?{FIELD}(?:(?:[,;]|\s*\band\b)?\s*{FIELD})*:\s*",
    re.IGNORECASE,
)


def _fraction(sign: re.Match[str]) -> str:
    """Return a sign such as one half as 1/2; nothing else has that sign in the middle."""
    return unicodedata.normalize("NFKC", sign[0]).replace("\u2044", "/")


def bare(text: str) -> tuple[int, ...]:
    """Return the numbers of a text that is nothing but a whole number, or sizes with an x between:
    there are no words or signs to look at. None of any other text.
    """
    return tuple(map(int, text.split("x"))) if BARE.fullmatch(text) else ()


def on_one_line(text: str) -> str:
    """Return a text on one line without LaTeX, quotes and signs of other alphabets, nor a bracket
    behind a number that says something else: `760 (S=1)`.
    """
    return ASIDE.sub("", with_aside(text))


def with_aside(text: str) -> str:
    """Return the same with such a bracket, in which a working may stand."""
    text = " ".join(text.split())  # runs of blanks would be tried in every split
    text = text.strip("\"'`").strip().translate(AS_TYPED)
    text = BOLD.sub(r"\1", text) if "**" in text else text
    text = MIXED.sub(lambda mixed: f"({mixed[1]}+{mixed[2]})", text)
    text = FRACTION_SIGN.sub(_fraction, text)
    if "\\" in text or "$" in text:
        enclosed = ENCLOSED.match(text)
        text = (enclosed[1] if enclosed else text).replace("$", " ")
        for pattern, plainer in LATEX:
            text = pattern.sub(plainer, text)
    if RAISED.search(text):
        text = RAISED.sub(lambda raised: "^" + raised[0].translate(SUPERSCRIPTS), text)
    return " ".join(text.split())


def plain(text: str) -> str:
    """Return a text on one line without LaTeX and the like, nor the fields that were used."""
    text = on_one_line(text)
    without = WITH_FIELDS.sub("", text).rstrip(" ,;.").lstrip(" ,;")
    return without if any(sign.isdigit() for sign in without) else text


def plain_array(text: str) -> str:
    """Return a text with a list on one line, without LaTeX and the like, nor the fields beside it:
    a letter in front is the name of its values, `p = 0.5, 0.3, 0.2`.
    """
    text = on_one_line(text)
    without = BESIDE_A_LIST.sub("", text).rstrip(" ,;.").lstrip(" ,;")
    return without if any(sign.isdigit() for sign in without) else text


def behind_a_dash(text: str) -> str | None:
    """Return the numbers of `dw - 1.636`: the dash parts them from a name, or is their minus. None
    for another text, and where the sign can only be a minus: behind `it is`, a number.
    """
    dashed = DASHED.fullmatch(text.strip()) if len(text) <= LONGEST_DASHED else None
    if dashed is None or SAYS.search(dashed[1]) or UNSURE.match(dashed[1]):
        return None
    if ENDS_IN_NUMBER.search(dashed[1]):
        return None
    return dashed[2]


def printed_shape(text: str) -> str | None:
    """Return the sizes of a shape that a framework printed, which has the depth first."""
    found = PRINTED.match(text)
    return found[2].strip() if found and found[1] == "Size" else None


def unwrapped(text: str) -> str:
    """Return what stands inside `array(...)`, `tensor(...)` and the like."""
    found = PRINTED.match(text)
    return found[2].strip() if found else text


def without_words(text: str) -> Iterator[str]:
    """Yield a text, then with less and less of the words before and behind the answer."""
    met = [text]
    yield text
    untitled = TITLE.sub("", text)
    label = LABEL.match(untitled)
    unlabelled = untitled[label.end() :] if label and not CHANGED.search(label[0]) else untitled
    for start in (text, untitled, unlabelled):
        for _ in range(3):
            if start not in met:
                met.append(start)
                yield start
            shorter = BEFORE.sub("", REMARK.sub("", start, count=1).rstrip(" .,!?"))
            if shorter == start or not shorter:
                break
            start = shorter
