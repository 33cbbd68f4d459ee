"""What part of the points a mistake leaves, and why so much."""

from __future__ import annotations

from shapecalc.grading.cause import Cause
from shapecalc.grading.question import Question


def credit_of(question: Question, found: Cause | None, *, further: bool) -> tuple[float, str]:
    """Return the share of the points that an answer with a mistake gets, and why so much;
    `further` is one in what follows from an earlier slip, and not the same one again.
    """
    if found is None:
        return 0.0, ""
    share = found.share(question.partial)
    through = question.follow_through if further else 1.0
    each = [] if found.either else found.shares(question.partial)
    if len(each) > 1 and (not further if share else any(each)):
        return share * through, _both_credited(*each, in_turn=len(found.names) > 1)
    told = credit_told(question, share, through, several=bool(found.either))
    return share * through, told


def credit_told(
    question: Question, mistake: float, through: float = 1.0, *, several: bool = False
) -> str:
    """Return why so much is given for a mistake, maybe one of `several`, and for one in what
    follows from an earlier slip, in shares of the points; empty where nothing is given.
    """
    if not mistake * through * question.points:
        return ""
    which = "one of these mistakes" if several else "this mistake"
    told = f"An answer with {which} gets {percent(mistake)} of the points"
    if through < 1:
        told += f", and {percent(through)} of these since it follows from an earlier slip"
    return f"{told}."


def percent(share: float) -> str:
    """Return a share of the points in words."""
    return f"{share * 100:.4g} %"


def _both_credited(one: float, other: float, *, in_turn: bool) -> str:
    """Return why so much is given for two mistakes that were made at once, or nothing since one has
    no credit; they are told `in_turn`, or in one sentence.
    """
    if not one * other:
        first, then = ("first", "second") if one else ("second", "first")
        which = f"The {first}" if in_turn else "One"
        rest = f"the {then}" if in_turn else "the other"
        return (
            f"{which} of these mistakes alone gets {percent(one or other)} of the points, but for"
            f" {rest} one there are none."
        )
    return (
        f"It has {percent(one)} of the points for the one mistake, and of these"
        f" {percent(other)} for the other."
    )
