"""text2qti reads our quizzes: as many questions, each of the kind and with the answer it is for.

It is no dependency: `pip install text2qti` to run this.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shapecalc.grading.feedback import right_answer
from shapecalc.grading.quiz import make_quiz, text2qti
from shapecalc.grading.quiz.choices import QuizQuestion, questions_of, spellings

program: Any = pytest.importorskip("text2qti.quiz")
CONFIG: Any = pytest.importorskip("text2qti.config").Config()
QTI: Any = pytest.importorskip("text2qti.qti").QTI
KINDS = {
    "number": "numerical_question",
    "choice": "multiple_choice_question",
    "truth": "true_false_question",
    "short": "short_answer_question",
}
STRANGE = "<b> $x$ _a_ *b* [c](d) {e} &amp; ü\\"


def words(html: str) -> str:
    """Return the text of HTML inside XML."""
    return unescape(re.sub(r"<[^>]*>", "", unescape(html))).strip()


@pytest.mark.parametrize(("seed", "level"), [*product(range(3), (1, 2, 3))])
def test_text2qti_reads_it(seed: int, level: int, tmp_path: Path) -> None:
    made = make_quiz(seed=seed, level=level, count=60, student=STRANGE)
    quiz = program.Quiz(text2qti.render(made), config=CONFIG)
    assert words(quiz.description_html_xml) == f"Seed {seed}, student {STRANGE}"
    questions = questions_of(made)
    assert len(quiz.questions_and_delims) == len(questions)
    for read, question in zip(quiz.questions_and_delims, questions, strict=True):
        compare(read, question)
    QTI(quiz).save(tmp_path / "quiz.zip")
    assert (tmp_path / "quiz.zip").stat().st_size > 1000


def compare(read: Any, quiz_question: QuizQuestion) -> None:
    """Compare a question as text2qti has it with ours."""
    assert read.type == KINDS[quiz_question.response_type]
    assert words(read.question_html_xml) == quiz_question.text
    told = words((read.feedback_raw and read.feedback_html_xml) or "")
    assert told == right_answer(quiz_question.question)
    right = quiz_question.question.right
    if quiz_question.response_type == "number":
        assert read.numerical_min <= right <= read.numerical_max  # type: ignore[operator]
        return
    if quiz_question.response_type == "short":
        assert [unescape(choice.choice_xml) for choice in read.choices] == spellings(
            quiz_question.question
        )
        return
    keys = [words(choice.choice_html_xml) for choice in read.choices if choice.correct]
    if quiz_question.response_type == "truth":
        assert keys == ["True" if right else "False"]
    else:
        assert keys == [quiz_question.key]
        offered = [words(choice.choice_html_xml) for choice in read.choices]
        assert offered == [option.text for option in quiz_question.options]
