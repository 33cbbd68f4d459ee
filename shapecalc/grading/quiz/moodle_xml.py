"""The quiz in Moodle's XML: numerical, multichoice, shortanswer and truefalse questions."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import (
    RIGHT,
    QuizQuestion,
    afterwards,
    margin,
    questions_of,
    spellings,
)
from shapecalc.grading.regex import regex

TYPES = {
    "truth": "truefalse", "choice": "multichoice", "number": "numerical", "short": "shortanswer",
}  # fmt: skip
# What XML 1.0 cannot hold at all, not even escaped.
FORBIDDEN = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(quiz: Quiz) -> str:
    """Return the quiz; its questions go into a category of its own."""
    root = Element("quiz")
    category = SubElement(SubElement(root, "question", type="category"), "category")
    name = f"{quiz.title}, {quiz.assignment.description}".replace("/", "//")
    _text(category, f"$course$/top/{name}")
    for quiz_question in questions_of(quiz):
        _question(root, quiz_question)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _question(root: Element, quiz_question: QuizQuestion) -> None:
    question = SubElement(root, "question", type=TYPES[quiz_question.response_type])
    _text(SubElement(question, "name"), quiz_question.id)
    _text(SubElement(question, "questiontext", format="plain_text"), quiz_question.text)
    told = afterwards(quiz_question.question)
    _text(SubElement(question, "generalfeedback", format="plain_text"), told)
    SubElement(question, "defaultgrade").text = f"{quiz_question.question.points:g}"
    SubElement(question, "penalty").text = (
        "1" if quiz_question.response_type == "truth" else "0.3333333"
    )
    SubElement(question, "hidden").text = "0"
    if quiz_question.response_type == "truth":
        for word, right in (("true", quiz_question.true), ("false", not quiz_question.true)):
            _answer(question, word, float(right), "")
    elif quiz_question.response_type == "short":
        SubElement(question, "usecase").text = "0"
        for spelled in spellings(quiz_question.question):
            _answer(question, spelled, 1.0, RIGHT)
    else:
        if quiz_question.response_type == "choice":
            SubElement(question, "single").text = "true"
            SubElement(question, "shuffleanswers").text = "false"  # the order is drawn already
            SubElement(question, "answernumbering").text = "abc"
        for option in quiz_question.options:
            answer = _answer(question, option.text, option.share, option.told)
            if quiz_question.response_type == "number":
                SubElement(answer, "tolerance").text = margin(quiz_question.question)


def _answer(question: Element, text: str, share: float, feedback: str) -> Element:
    answer = SubElement(question, "answer", fraction=f"{share * 100:.3g}", format="plain_text")
    _text(answer, text)
    _text(SubElement(answer, "feedback", format="plain_text"), feedback)
    return answer


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = FORBIDDEN.sub("?", text)
