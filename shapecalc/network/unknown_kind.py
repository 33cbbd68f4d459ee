"""What is said of a word that is no layer kind: what it is here, or that it is not here yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, misspelt, quote, repairable, suggested
from shapecalc.edits import Change, Repair
from shapecalc.frameworks.elsewhere import (
    NO_LAYERS,
    NOT_YET,
    NOTHING_CHANGES,
    OTHER_WORDS,
    SAME_COUNTS,
)
from shapecalc.frameworks.lookups import names, spelled, words_of
from shapecalc.layers import ALIASES, KINDS


def unknown_kind(word: str, blocks: Mapping[str, Any], findings: Sequence[Finding]) -> Fault:
    """Return the fault of a word that is no kind, with what it is here, or that it is not here.

    A near word is offered only where it is the same word misspelt.
    """
    shown = quote(word)
    if word[:1] == "$":
        return Fault(
            rules.NO_SUCH_NAME, f"{shown} is not a parameter here", "parameters belong in blocks"
        )
    message = f"there is no layer kind {shown}"
    if words_of(word):  # Keras' Activation, whose value is none
        hint = "write the activation itself, such as - relu"
        return Fault(rules.UNKNOWN_KIND, f"{shown} needs the name of an activation", hint)
    known = {spelled(name): name for name in (*KINDS, *ALIASES, *blocks)}
    meant = spelled(word.rpartition(".")[2])
    if meant not in known and not _is_foreign(meant) and _is_foreign(stem(meant)):
        meant = stem(meant)
    if meant not in known and not _is_foreign(meant):
        foreign = [*NOT_YET, *NO_LAYERS, *OTHER_WORDS, *map(spelled, names())]
        meant = suggested(meant, lambda: [*known, *foreign], findings) or ""
    if meant in NOT_YET:
        return _not_yet(f"{message} yet", NOT_YET[meant])
    if meant in NO_LAYERS:
        return Fault(rules.UNKNOWN_KIND, message, NO_LAYERS[meant])
    close = (known[meant],) if meant in known else OTHER_WORDS.get(meant, ())
    if not close and meant:
        close = tuple(word.kind for word in words_of(meant)[:1] if word.kind)
    if "(" in word:
        example = f", such as {KINDS[close[0]].example()}" if close and close[0] in KINDS else ""
        return Fault(
            rules.UNKNOWN_KIND,
            message,
            f"write the layer's kind and fields, without a call{example}",
        )
    fault = Fault(rules.UNKNOWN_KIND, message, "shapecalc explain lists the kinds")
    if len(close) > 1:
        offers = [Repair(f"write {kind}", Change("rename", kind)) for kind in close]
        return repairable(rules.UNKNOWN_KIND, message, offers, f"write {' or '.join(close)}")
    return misspelt(fault, close[0] if close else None)


def stem(word: str) -> str:
    """Return a word without its number of axes and long endings: maxunpooling2d is maxunpool."""
    word = re.sub(r"[1-3]d$", "", word).replace("pooling", "pool").replace("convolution", "conv")
    return re.sub(r"normali[sz]ation", "norm", word)


def _is_foreign(word: str) -> bool:
    return any(word in words for words in (NOT_YET, NO_LAYERS, OTHER_WORDS))


def _not_yet(message: str, hint: str) -> Fault:
    """Return the fault of a layer that has no kind here, with a way round it where there is one."""
    if hint == SAME_COUNTS:
        return repairable(
            rules.UNKNOWN_KIND, message, [Repair(hint, Change("rename", "dropout"))], hint
        )
    if hint == NOTHING_CHANGES:
        return repairable(rules.UNKNOWN_KIND, message, [Repair(hint, Change("remove"))], hint)
    return Fault(rules.UNKNOWN_KIND, message, hint or "shapecalc explain lists the kinds")
