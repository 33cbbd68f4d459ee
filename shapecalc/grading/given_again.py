"""A mistake that makes an array of one of the student's own: the probabilities as the gradient."""

from __future__ import annotations

from shapecalc.grading.cause import Cause
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.own_values import OwnNetwork
from shapecalc.grading.ranking import Explanations
from shapecalc.grading.values import Value, flat


def given_again(
    network: OwnNetwork, supposed: Explanations, value: Value, evidence: Evidence
) -> Cause | None:
    """Return the one mistake in the student's own network by which an array that they gave before
    is given again: nobody comes to all its numbers by chance, however few digits these have.
    """
    numbers = flat(value)
    if len({*numbers} - {0}) < 2 or all(flat(own) != numbers for _, own in network.sources):
        return None
    names = supposed.names_alone(value, evidence)
    causes = [cause for cause in supposed.single if cause.names == names]
    return causes[0] if causes else None
