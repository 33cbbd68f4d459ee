"""What is told of a wrong answer that nothing explains: what is right in it, and what would follow
from the student's own earlier answers.
"""

from __future__ import annotations

from typing import NamedTuple

from shapecalc.grading.behind_terms import BehindTerms
from shapecalc.grading.comparison import in_full
from shapecalc.grading.diagnosis import Diagnosis
from shapecalc.grading.differences import first_wrong, matter
from shapecalc.grading.evidence import Evidence
from shapecalc.grading.feedback import Told
from shapecalc.grading.followed_in_part import followed_in_part
from shapecalc.grading.from_own_numbers import from_own_numbers
from shapecalc.grading.marks import Mark
from shapecalc.grading.open_padding import followed_by_a_fraction
from shapecalc.grading.own_answers import OwnAnswers
from shapecalc.grading.own_branches import own_branches
from shapecalc.grading.question import Question
from shapecalc.grading.reading import Reading
from shapecalc.grading.stated_terms import terms_of_total
from shapecalc.grading.total_terms import right_terms
from shapecalc.grading.values import index
from shapecalc.grading.wording import capital


class Unexplained(NamedTuple):
    """What is told, and how the answer was read; the number meant, what is the matter with it in
    short, and the place of an array that does not follow from others, where most of it does; the
    mistakes that are certain `in_terms` of a total.
    """

    feedback: str
    note: str
    meant: str
    matter: str
    unfollowed: str
    in_terms: tuple[str, ...]

    def marked(self, mark: Mark) -> Mark:
        """Return the mark of the answer with all of that."""
        return mark._replace(**self._asdict())


def without_cause(
    question: Question,
    reading: Reading,
    own: OwnAnswers,
    evidence: Evidence,
    diagnosis: Diagnosis,
    told: Told,
) -> Unexplained:
    """Return what is told of a wrong answer as it was read."""
    value, working = reading.value, evidence.working
    good, part = own.each_right(question, value), followed_in_part(question, value, own)
    terms = terms_of_total(question, reading, working)
    behind = BehindTerms(question, terms, own, evidence, diagnosis).causes
    in_terms = right_terms(question, terms, own, diagnosis.numbers, behind, hides=told.hides)
    in_part, from_own = in_terms.told, ""
    supposed = from_own_numbers(question, own) if part is None else None
    branches = own_branches(question, value, own)
    if part is not None:
        in_part = told.in_part(question, part, diagnosis.sources(part.sources))
    elif supposed is not None:
        from_own = told.from_own(question, supposed[0], diagnosis.sources(supposed[1]))
    elif branches is not None:
        from_own = branches.told(diagnosis.numbers, hides=told.hides)
    elif sources := followed_by_a_fraction(question, value, own):
        from_own = f"It follows from {diagnosis.sources(sources)}, but a padding is a whole number."
    feedback = told.wrong(
        question, value, None, good=good, followed=own.each_followed(question, value, good),
        working=working, in_part=in_part, from_own=from_own,
    )  # fmt: skip
    return Unexplained(
        noted(feedback, reading.note),
        reading.note,
        question.shown(in_full(question.query, question.right, value)),
        matter(question, value, working) or in_terms.matter,
        index(first_wrong(question.right, part.good)) if part else "",
        in_terms.mistakes,
    )


def noted(feedback: str, note: str) -> str:
    """Return what is told of an answer, behind how it was read where that is not plain."""
    return f"{capital(note)}. {feedback}".rstrip() if note else feedback
