"""Quizzes as other programs read them: GIFT, Moodle's XML, YAML, text2qti, and paper.

GIFT is read back by a parser of its own, written from Moodle's description of the format.
"""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from shapecalc.grading.assignment import read_assignment
from shapecalc.grading.marking import Marker
from shapecalc.grading.quiz import Quiz, gift, make_quiz, markdown, text2qti
from shapecalc.grading.quiz.choices import (
    QuizQuestion,
    afterwards,
    margin,
    plain,
    questions_of,
    typed,
)
from shapecalc.grading.quiz.formats import FORMATS
from shapecalc.readers.yaml_text import read_yaml

STRANGE = "A/b: {x} = ~#\\ <i> & * _z_ é\n]]>\ud800\x07"  # a student's name
MOODLES = {0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100}  # shares that it imports


@pytest.fixture(scope="module")
def quizzes() -> list[Quiz]:
    """Quizzes of every level; together they have every kind of question."""
    return [
        make_quiz(seed=seed, level=level, count=40, student=STRANGE)
        for seed, level in product(range(2), (1, 2, 3, 4))
    ]


# -- GIFT ----------------------------------------------------------------------------------------


class Read(NamedTuple):
    """A question as GIFT says it; answers are sign, percentage, text and feedback."""

    title: str
    text: str
    kind: str
    answers: list[tuple[str, float | None, str, str]]
    working: str


def read_gift(text: str) -> list[Read]:
    """Parse GIFT: what a backslash stands before is hidden in the private area meanwhile."""
    lines = [line for line in text.split("\n") if not line.startswith("//")]
    hidden = re.sub(r"\\([\\~=#{}:])", lambda m: chr(0xE000 + ord(m[1])), "\n".join(lines))
    return [read_question(part) for part in re.split(r"\n\s*\n", hidden) if part.strip()]


def plainly(text: str) -> str:
    """Bring back what was hidden."""
    return re.sub("[\ue000-\ue0ff]", lambda m: chr(ord(m[0]) - 0xE000), text).strip()


def read_question(hidden: str) -> Read:
    """Read one question: ::title::text{answers####working}."""
    found = re.fullmatch(r"\s*::([^:{}]+)::([^:{}~=#]+)\{([^{}]*)\}\s*", hidden)
    assert found, hidden
    title, text, body = found.groups()
    body, _, working = body.partition("####")
    body = body.strip()
    read = Read(plainly(title), plainly(text), "", [], plainly(working))
    if body in ("T", "F"):
        return read._replace(kind=body)
    kind = "number" if body.startswith("#") else "choice"
    answers = []
    for sign, share, answer, feedback in re.findall(
        r"([=~])(?:%([\d.]+)%)?([^=~#]*)(?:#([^=~#]*))?", body.removeprefix("#")
    ):
        shared = float(share) if share else None
        answers.append((sign, shared, plainly(answer), plainly(feedback)))
    if "~" not in body and kind == "choice":
        kind = "short"
    return read._replace(kind=kind, answers=answers)


@pytest.mark.slow
def test_gift_reads_back(quizzes: list[Quiz]) -> None:
    kinds = set()
    for quiz in quizzes:
        questions = questions_of(quiz)
        marker = Marker(quiz.assignment)
        read = read_gift(gift.render(quiz))
        assert [(r.title, r.text, r.working) for r in read] == [
            (a.id, a.text, afterwards(a.question)) for a in questions
        ]
        for one, question in zip(read, questions, strict=True):
            compare(one, question, marker)
            kinds.add(one.kind)
    assert kinds == {"T", "F", "choice", "number", "short"}


def is_marked_right(marker: Marker, name: str, text: str) -> bool:
    """Say whether an answer would be right if it were handed in."""
    marks = {mark.id: mark for mark in marker.mark("s", {name: text}).marks}
    return marks[name].verdict == "right"


def compare(read: Read, quiz_question: QuizQuestion, marker: Marker) -> None:
    """Compare a question that was read with what it was written from."""
    if quiz_question.response_type == "truth":
        assert read.kind == ("T" if quiz_question.question.right else "F")
        return
    assert read.kind == quiz_question.response_type
    if quiz_question.response_type == "short":
        for sign, share, text, _ in read.answers:
            assert (sign, share) == ("=", None)
            assert is_marked_right(marker, quiz_question.id, text)
        return
    wrong = {o.text: (o.share * 100, o.told) for o in quiz_question.options if not o.right}
    (key,) = [o.text for o in quiz_question.options if o.right]
    for index, (sign, share, text, feedback) in enumerate(read.answers):
        text, _, off = text.partition(":")
        if quiz_question.response_type == "number":
            assert sign == "="
            assert off == margin(quiz_question.question)  # of mistakes as well
        else:
            assert text == quiz_question.options[index].text  # in the drawn order
            assert sign == ("=" if text == key else "~")
        if text == key:
            assert (share, feedback) == (None, "Right.")
        else:
            assert (share or 0, feedback) == wrong.pop(text)
            assert (share or 0) in MOODLES
    assert not wrong


@pytest.mark.parametrize("sign", list("\\~=#{}:"))
def test_gift_escapes(sign: str) -> None:
    assert gift.escape(f"a{sign}b") == f"a\\{sign}b"
    (read,) = read_gift(f"::q::{gift.escape(f'a {sign} b')} {{T}}\n")
    assert read.text == f"a {sign} b"


# -- Moodle's XML --------------------------------------------------------------------------------


@pytest.mark.slow
def test_moodle_xml_reads_back(quizzes: list[Quiz]) -> None:
    kinds = set()
    for quiz in quizzes:
        category, *read = ElementTree.fromstring(FORMATS["moodle-xml"](quiz).encode())
        assert category.get("type") == "category"
        assert "A//b" in str(category.findtext("category/text"))
        questions = questions_of(quiz)
        assert len(read) == len(questions)
        marker = Marker(quiz.assignment)
        for element, question in zip(read, questions, strict=True):
            assert element.findtext("name/text") == question.id
            assert element.findtext("questiontext/text") == question.text
            assert element.findtext("generalfeedback/text") == afterwards(question.question)
            kinds.add(str(element.get("type")))
            compare_xml(element, question, marker)
    assert kinds == {"numerical", "multichoice", "truefalse", "shortanswer"}


def compare_xml(element: ElementTree.Element, quiz_question: QuizQuestion, marker: Marker) -> None:
    """Compare the answers of a question in XML with what they were written from."""
    read = [
        (str(answer.findtext("text")), float(answer.get("fraction", "")) / 100)
        for answer in element.findall("answer")
    ]
    assert all(round(share * 100, 6) in MOODLES for _, share in read)
    if quiz_question.response_type == "truth":
        assert element.get("type") == "truefalse"
        assert read == [
            ("true", float(quiz_question.true)),
            ("false", float(not quiz_question.true)),
        ]
    elif quiz_question.response_type == "short":
        assert element.get("type") == "shortanswer"
        assert all(
            share == 1 and is_marked_right(marker, quiz_question.id, text) for text, share in read
        )
    else:
        assert (
            element.get("type")
            == {"choice": "multichoice", "number": "numerical"}[quiz_question.response_type]
        )
        assert read == [
            (option.text, pytest.approx(option.share)) for option in quiz_question.options
        ]
        said = [answer.findtext("feedback/text") for answer in element.findall("answer")]
        assert said == ["Right." if o.right else o.told for o in quiz_question.options]
    if quiz_question.response_type == "number":
        offs = [float(str(answer.findtext("tolerance"))) for answer in element.findall("answer")]
        assert offs == [float(margin(quiz_question.question))] * len(read)
    assert element.findtext("generalfeedback/text")


# -- YAML ----------------------------------------------------------------------------------------


def test_yaml_reads_back_to_the_same_questions(quizzes: list[Quiz]) -> None:
    for quiz in quizzes:
        text = FORMATS["yaml"](quiz)
        document = read_yaml(text)
        assert not document.findings
        assert document.data == quiz.mapping
        again = read_assignment(document.data)
        assert again.usable
        assert again.title == quiz.title
        for one, other in zip(again.questions, quiz.assignment.questions, strict=True):
            assert (one.id, one.query, one.right, one.prompt, one.points, one.partial) == (
                other.id, other.query, other.right, other.prompt, other.points, other.partial,
            )  # fmt: skip


def test_the_questions_of_a_problem_share_its_network() -> None:
    again = read_assignment(read_yaml(FORMATS["yaml"](make_quiz(level=2, count=20))).data)
    shared = {q.id[:-1]: q.subject for q in again.questions if q.id.endswith("a")}
    assert shared
    for question in again.questions:
        if question.id.endswith("b"):
            assert question.subject is shared[question.id[:-1]]


def test_a_right_sheet_gets_all_points(quizzes: list[Quiz]) -> None:
    for quiz in quizzes:
        answers = {question.id: plain(question.right) for question in quiz.assignment.questions}
        marked = Marker(quiz.assignment).mark("s", answers)
        assert marked.score == marked.possible == len(answers)


# -- text2qti and paper --------------------------------------------------------------------------


@pytest.mark.slow
def test_text2qti_has_one_kind_of_answer_each(quizzes: list[Quiz]) -> None:
    for quiz in quizzes:
        head, *parts = re.split(r"\n\n(?=Title: )", text2qti.render(quiz))
        assert head.startswith("Quiz title: Shapes")
        for number, (part, quiz_question) in enumerate(
            zip(parts, questions_of(quiz), strict=True), 1
        ):
            lines = part.strip().split("\n")
            assert lines[:2] == [f"Title: {quiz_question.id}", "Points: 1"]
            assert lines[2].startswith(f"{number}. ")
            keys = [re.sub(r"^\*[a-e]\) ", "", ln) for ln in lines if re.match(r"\*[a-e]\) ", ln)]
            numbers = [line[2:] for line in lines if line.startswith("= ")]
            typed = [line[2:] for line in lines if line.startswith("* ")]
            if quiz_question.response_type == "number":
                wanted = quiz_question.key if quiz_question.key != "0" else "[-0.001, 0.001]"
                assert [n.partition(" +- ")[0] for n in numbers] == [wanted]
            elif quiz_question.response_type == "truth":
                assert keys == ["True" if quiz_question.question.right else "False"]
            elif quiz_question.response_type == "choice":
                assert keys == [quiz_question.key]
            else:
                assert typed[0] == quiz_question.key
            assert [bool(keys), bool(numbers), bool(typed)].count(True) == 1


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("max_pool1 2*2", "max\\_pool1 2\\*2"), ("[1]", "\\[1\\]"), ("$x$", "&#36;x&#36;"),
        ("<&>", "&lt;&amp;>"), ("\\`", "\\\\\\`"),
    ],
)  # fmt: skip
def test_text2qti_escapes(text: str, escaped: str) -> None:
    assert text2qti.escape(text) == escaped


@pytest.mark.slow
def test_what_a_platform_tells_is_in_sentences(quizzes: list[Quiz]) -> None:
    for quiz in quizzes:
        gifts = [a[3] for q in read_gift(gift.render(quiz)) for a in q.answers if a[3]]
        root = ElementTree.fromstring(FORMATS["moodle-xml"](quiz))
        xml = [node.text or "" for name in ("feedback", "generalfeedback")
               for node in root.findall(f".//{name}/text") if node.text]  # fmt: skip
        lines = text2qti.render(quiz).split("\n")
        qti = [line.removeprefix("... ") for line in lines if line.startswith("... ")]
        for told in (*gifts, *xml, *qti):
            assert re.fullmatch(r"[A-Z].*[^.]\.", told), told


@pytest.mark.slow
def test_everybody_is_told_the_whole_answer_afterwards(quizzes: list[Quiz]) -> None:
    """The working of a volume is that of a size: 13 of 13x13x32."""
    for quiz in quizzes:
        for asked, read in zip(questions_of(quiz), read_gift(gift.render(quiz)), strict=True):
            which = "A" if asked.question.query.kind == "fitting" else "The"
            assert read.working.startswith(f"{which} right answer is {asked.question.right_shown}")
            assert asked.question.working in read.working


def test_no_option_can_be_left_out_by_its_looks(quizzes: list[Quiz]) -> None:
    """Of volumes to choose from, none is a lone number."""
    asked = [one for quiz in quizzes for one in questions_of(quiz)]
    for one in asked:
        if one.response_type == "choice" and "x" in one.key:
            assert all("x" in option.text for option in one.options)


def test_the_sheet_has_questions_and_the_key_has_answers(quizzes: list[Quiz]) -> None:
    for quiz in quizzes:
        sheet, key = markdown.render(quiz), markdown.render(quiz, key=True)
        assert sheet.count("\nAnswer: ____") == len(quiz.assignment.questions)
        assert [int(n) for n in re.findall(r"(?m)^## (\d+)$", sheet)] == list(range(1, 41))
        for problem in quiz.problems:
            assert markdown.escape(problem.intro) in sheet
            assert markdown.escape(problem.intro) in key
        for question in quiz.assignment.questions:
            assert f"**{typed(question, question.right)}**" in key
            assert f"`{question.working}`" in key or not question.working
            assert not question.working or question.working not in sheet
        assert "`" not in sheet
        assert "- " not in sheet.replace("&", "").split("## 1", 1)[0]


def test_a_strange_student_breaks_no_format() -> None:
    for name in FORMATS:
        text = FORMATS[name](make_quiz(student=STRANGE, count=1))
        text.encode("utf-8")
        assert "\x07" not in text
    assert "\\*" in markdown.render(make_quiz(student=STRANGE, count=1))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("max_pool1 is _a_", "max_pool1 is \\_a\\_"), ("2*2", "2\\*2"), ("a <b> & `c`",
         "a \\<b\\> \\& \\`c\\`"), ("# [x](y) | ~", "\\# \\[x\\](y) \\| \\~"),
    ],
)  # fmt: skip
def test_markdown_escapes(text: str, escaped: str) -> None:
    assert markdown.escape(text) == escaped
