"""The quiz in Moodle's XML: numerical, multichoice, shortanswer and truefalse questions."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from shapecalc.grading.quiz.build import Quiz
from shapecalc.grading.quiz.choices import Asked, asked_in, margin, spellings

TYPES = {
    "truth": "truefalse", "choice": "multichoice", "number": "numerical", "short": "shortanswer",
}  # fmt: skip
# What XML 1.0 cannot hold at all, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(quiz: Quiz) -> str:
    """Return the quiz; its questions go into a category of its own."""
    root = Element("quiz")
    category = SubElement(SubElement(root, "question", type="category"), "category")
    name = f"{quiz.title}, {quiz.assignment.description}".replace("/", "//")
    _text(category, f"$course$/top/{name}")
    for asked in asked_in(quiz):
        _question(root, asked)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _question(root: Element, asked: Asked) -> None:
    question = SubElement(root, "question", type=TYPES[asked.way])
    _text(SubElement(question, "name"), asked.id)
    _text(SubElement(question, "questiontext", format="plain_text"), asked.text)
    working = asked.question.working
    _text(SubElement(question, "generalfeedback", format="plain_text"), working)
    SubElement(question, "defaultgrade").text = f"{asked.question.points:g}"
    SubElement(question, "penalty").text = "1" if asked.way == "truth" else "0.3333333"
    SubElement(question, "hidden").text = "0"
    if asked.way == "truth":
        for word, right in (("true", asked.true), ("false", not asked.true)):
            _answer(question, word, float(right), "")
    elif asked.way == "short":
        SubElement(question, "usecase").text = "0"
        for spelled in spellings(asked.question):
            _answer(question, spelled, 1.0, "ok")
    else:
        if asked.way == "choice":
            SubElement(question, "single").text = "true"
            SubElement(question, "shuffleanswers").text = "false"  # the order is drawn already
            SubElement(question, "answernumbering").text = "abc"
        for option in asked.options:
            feedback = "ok" if option.right else option.feedback
            answer = _answer(question, option.text, option.share, feedback)
            if asked.way == "number":
                off = margin(asked.question) if option.right else "0"
                SubElement(answer, "tolerance").text = off


def _answer(question: Element, text: str, share: float, feedback: str) -> Element:
    answer = SubElement(question, "answer", fraction=f"{share * 100:.3g}", format="plain_text")
    _text(answer, text)
    _text(SubElement(answer, "feedback", format="plain_text"), feedback)
    return answer


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = FORBIDDEN.sub("?", text)
