"""Quizzes: problems with drawn numbers, other ones for every student, and their key."""

from shapecalc.grading.quiz.build import MOST, Quiz, make_quiz
from shapecalc.grading.quiz.problem import KINDS

__all__ = ["KINDS", "MOST", "Quiz", "make_quiz"]
