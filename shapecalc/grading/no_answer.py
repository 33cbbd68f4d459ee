"""What stands for no answer: nothing, a dash, `n/a`, and that somebody does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc.grading.named_questions import as_this
from shapecalc.grading.regex import regex

NOTHING = ("", "n/a", "n.a", "na", "none", "null", "[]", "()", "{}", "no answer", "skip", "skipped")
NOT_KNOWN = regex(
    r"(?:(?:sorry|honestly)[, ]+)?(?:idk|dunno"
    r"|(?:i )?(?:really )?(?:do not|don'?t) (?:really )?know"
    r"|(?:i have |i'?ve )?(?:absolutely )?no (?:idea|clue)|(?:i am |i'?m )?(?:not sure|unsure))\b"
    r"(?: at all)?"
)
# That somebody had no time, gave up or left it out. `I can't do it` may tell that a size does not
# fit, and `nothing` that there is nothing to count.
TO = r"(?:to|with|for|on|at|before)(?: (?:do|finish|answer|solve|attempt|try|start|complete))?"
THIS = rf"(?: {TO})?(?: (?:this|that|it|the|these|part|question|exercise|task|one))*(?: in time)?"
NO_TIME = (
    r"(?:(?:(?:i|there was) )?(?:had |have )?(?:no|not enough)(?: more)? time"
    r"|(?:i )?(?:have )?(?:ran |run )?out of time"
    r"|(?:i )?(?:did not|didn'?t) (?:have|get) (?:the |any |enough )*time)(?: left)?"
    r"|(?:my )?time (?:was|is) up|time'?s up"
)
NOT_DONE = (
    r"(?:i )?(?:did not|didn'?t|have not|haven'?t|could not|couldn'?t)"
    r" (?:do|done|got|get|finish(?:ed)?|solved?|attempt(?:ed)?|answer(?:ed)?|tr(?:y|ied)"
    r"|start(?:ed)?|manage[ds]?|complete[ds]?)"
    r"|not (?:yet )?(?:done|attempted|answered|finished|solved)(?: yet)?|unfinished|unanswered"
    r"|(?:i )?(?:do not|don'?t|did not|didn'?t) (?:understand|get) (?:this|it)"
    r"|(?:i )?forgot(?: how(?: to \w+)?)?"
)
LEAVE = r"(?:i )?(?:had to )?"
LEFT_OUT = (
    rf"(?:(?:so |very )?sorry|{NO_TIME}|{NOT_DONE}|(?:i )?(?:give|gave|giving) up(?: on)?"
    rf"|{LEAVE}skip(?:ped|ping)?|{LEAVE}(?:left|leave) (?:(?:it|this) )?(?:blank|empty|out)"
    r"|(?:left )?(?:blank|empty)"
    r"|to ?do|tb[ad]|too (?:hard|difficult)(?: for me)?|no (?:idea|clue|answer)|idk|n/?a)"
)
# Questions that are named are read as `this`: `sorry, number 10 was skipped`, `Q9: no time`.
FRONT = (
    r"(?:(?:unfortunately|sadly),? )?(?:(?:(?:for|on|with|in) )?this[ ,;:.-]+)?"
    r"(?:(?:is|was|are|were|(?:has|have) been|had to be|got) )?"
)
NONE = rf"{FRONT}(?:{LEFT_OUT}|(?:(?<=\bis )|(?<=\bare ))missing){THIS}"
NOT_ANSWERED = regex(rf"{NONE}(?:(?:[,;.:( -]+|,? (?:because|since|as|but) ){NONE})*")
# In front of it, which other answer is missing: `needs 8, so I don't know`.
NEEDED = regex(
    r"(?:(?:i|it|this) )?(?:needs?|requires?|depends on|hangs on|(?:comes|follows) from)"
    r" (?:(?:the|my|answer|result|question|exercise|part|number|of|to|from|no\.?|q|#) ?)*"
    r"\d{0,2} ?\(?[a-e]?\)?(?:[,;]| which| that)?(?: (?:so|and|but|which|that))? (?=(?:i )?\w)"
)
# Behind that, what says no more: `idk, ran out of time`.
EXCUSE = regex(
    r"(?:[,;.:( -]+(?:sorry|(?:i )?(?:have )?(?:ran|run) out of time|no time(?: left)?"
    r"|how(?: to (?:do|solve|compute|calculate) (?:this|it|that))?|this(?: one)?|it|that"
    r"|the answer|what to do))+\)?"
)
# Behind `idk how to go back through the pool` nothing is answered: no number, sign or guess.
GUESS = regex(
    r"[\d=^*/]|\b(?:maybe|perhaps|probably|guess\w*|think|but|say|same|yes|no|true|false|or"
    r"|the (?:first|second|third|last|other)"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
# But how many things there are is no guess: `how this works with two filters`, `the one bias`.
HOW_MANY = regex(
    r"\b(with|of|for|from|over|between|the|these|those|both|to (?:do|compute|calculate|solve))"
    r" (?:(?:two|three|four|five|six|seven|eight|nine|ten|[2-9])(?: [a-z]+)? [a-z]{2,}s"
    r"|(?:one|1) [a-z]{3,})\b"
)
CLAUSE_END = regex(r"[,;.:(]")
# Nor is it behind why somebody does not know: `idk, never understood what a MAC is`.
WHY = regex(
    r"[,;.:( -]+(?:(?:sorry|because|since|as|bc)[, ]+)?"
    r"(?:(?:i|we)(?:'ve| have)? )?(?:really |just )?"
    r"(?:(?:never|(?:did|do|could|have|had|was|were)(?: not|n'?t)|can(?:not| not|'?t))"
    r" (?:really |quite )?(?:underst\w+|learn\w*|stud\w+|got|get|had|have|attend\w*|manage\w*"
    r"|finish\w*|cover\w*|remember\w*|recall|know|knew|figure|solve|find|found|do|did|done|hear\w*"
    r"|read|there)"
    r"|missed|forgot|(?:was|am|been) (?:sick|ill|absent|away|lost|confused)|lost|confused)\b"
)
# Nor is it behind how a number comes about, without one: `don't know, everything added up`.
ALL = (
    r"(?:everything|(?:it|them) all|all(?: of)?(?: (?:it|the|these|those|its|them))?"
    r"(?: (?:layers|parameters|weights|biases|numbers|results|answers|rows|terms))?)"
)
DONE = r"(?:added|summed|counted|put|multiplied)"
DO = r"(?:add|sum|summ|count|total|multiply)(?:ing)?"
WORKED_OUT = regex(
    r"[,;.:( -]+(?:(?:so|just|simply|it|is|it's|i|you|we|one|would|have to|has to|should|to) )*"
    rf"(?:{ALL} *(?:(?:is|are|gets?|has to be|have to be) )?(?:{DONE}(?: up| together)?|together)"
    rf"|{DO} (?:up )?{ALL}(?: up| together)?|(?:the )?(?:sum|total) of {ALL})\)?"
)
# What may be found where somebody says that it stands.
ELSEWHERE = regex(
    r"\b(?:see|look|drawing|paper|sheet|page|on the back|above|below|attached|asked?)\b"
)
# Behind a `?` that an earlier number must be wrong is no answer, with a size that there cannot be.
AT_FAULT = regex(  # that something does not fit may say no
    r"\b(?:(?:must|has to|have to|may|might|could) (?:be|have gone) (?:wrong|an? (?:mistake|error))"
    r"|(?:is|are|was|were|went|looks?|seems?) wrong|(?:can ?not|can't) be (?:right|true))\b"
)
NO_SIZE = regex(
    r"\b(?:width|height|length|size)s?(?: here| there)?"
    r" (?:of|is|are|was|=|becomes?|would be|comes out as) (?:0|zero|negative|-\d{1,4})"
    r"(?![\w.]*\d| ?[*+/x×=-])"
)
HOW = regex(r" (?:how|what|why|where|which|whether|if)\b")
SIGNS = "-\u2013\u2014_?!. "  # that stand for nothing, or to write on
AROUND = f"{SIGNS}()[]:;,"
LONGEST = 100  # characters of what may stand for no answer


def is_blank(answer: Any) -> bool:
    """Say whether nothing was answered."""
    if answer is None or (isinstance(answer, float) and answer != answer):
        return True
    if isinstance(answer, str):
        said = as_this(_bare_words(answer))
        return len(answer.strip()) <= LONGEST and (
            said in NOTHING
            or NOT_ANSWERED.fullmatch(said.strip(AROUND)) is not None
            or is_not_known(answer)
            or _is_at_fault(answer)
        )
    return isinstance(answer, list | tuple | Mapping) and not answer


def _is_at_fault(answer: str) -> bool:
    """Say whether a `?` is given for an answer, and that a number before must be wrong."""
    said = NO_SIZE.sub("", _bare_words(answer))
    asked = answer.lstrip().startswith("?")
    return asked and AT_FAULT.search(said) is not None and not GUESS.search(said)


def is_not_known(answer: Any) -> bool:
    """Say whether somebody wrote that they do not know, and nothing else."""
    if not isinstance(answer, str):
        return False
    said = NEEDED.sub("", _bare_words(answer))
    known = NOT_KNOWN.match(said)
    if known is None:
        return False
    rest = said[known.end() :]
    excuse = EXCUSE.fullmatch(as_this(rest)) or WORKED_OUT.fullmatch(rest)
    alone = not rest or excuse is not None
    reasoned = HOW.match(rest) or WHY.match(rest)
    if alone or reasoned is None:
        return alone
    clause, *others = CLAUSE_END.split(rest[reasoned.end() :], maxsplit=1)
    said = " ".join([HOW_MANY.sub(r"\1", clause), *others])
    return not GUESS.search(said) and not ELSEWHERE.search(said)


def _bare_words(answer: str) -> str:
    return answer[: 2 * LONGEST].strip().lower().replace("\u2019", "'").strip(SIGNS)
