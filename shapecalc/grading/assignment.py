"""An assignment: a network, and what is asked about it. Read from YAML or JSON, faults located.

title: Convolutions
spec: alexnet.yaml            # a path beside this file, or a network in place
questions:
  - conv1.output
  - {id: q2, ask: conv1.parameters, points: 2, partial: {forgot_bias: 0.5}, key: 34944}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Path, quote
from shapecalc.document import Document
from shapecalc.grading import settings
from shapecalc.grading.answer_key import check_choices, check_key
from shapecalc.grading.fault import Faults, Unanswerable
from shapecalc.grading.multiple_choice import read_choices
from shapecalc.grading.networks import Networks
from shapecalc.grading.prompts import with_prompts
from shapecalc.grading.query import read_path
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.section import Section
from shapecalc.grading.subject import Subject
from shapecalc.readers import native

KEYS = (
    "title", "description", "spec", "questions", "partial", "follow_through", "tolerance", "order",
    "show", "due", "penalty", "attempts", "columns", "flops", "given",
)  # fmt: skip
QUESTION_KEYS = (
    "id", "ask", "prompt", "points", "key", "spec", "partial", "follow_through", "tolerance",
    "order", "accept", "exclude", "choices", "flops", "given",
)  # fmt: skip
MOST_QUESTIONS = 10_000
EXAMPLE = "for example {spec: alexnet.yaml, questions: [conv1.output, conv1.parameters]}"


def read_assignment(source: Any) -> Assignment:
    """Read an assignment from a path or a mapping. Raises OSError for a path that cannot be
    opened; everything else is in the result's `diagnostics`.
    """
    if isinstance(source, Mapping):
        return assignment_of(Document(source), FilePath())
    path = FilePath(source)
    return assignment_of(native.read_path(path), path.parent)


def assignment_of(document: Document, folder: FilePath) -> Assignment:
    """Return the assignment of a document; paths of networks start at a folder."""
    assignment = Assignment(document, findings=list(document.findings))
    faults = Faults(assignment.findings)
    data = document.data
    if data is None and assignment.findings:
        return assignment
    if not isinstance(data, Mapping):
        faults.add(
            rules.WRONG_ASSIGNMENT_VALUE,
            f"an assignment is a mapping, not {quote(data)}",
            EXAMPLE,
            (),
        )
        return assignment
    if "layers" in data and "questions" not in data:
        message = "this is the spec of a network, not an assignment"
        faults.add(rules.WRONG_ASSIGNMENT_VALUE, message, EXAMPLE, ())
        return assignment
    whole = Section(data, (), faults)
    whole.knows_only(KEYS, "an assignment")
    assignment.title = whole.text("title")
    assignment.description = whole.text("description")
    assignment.policy = settings.policy(whole)
    reader = _QuestionReader(whole, Networks(document, folder, faults.add))
    asked = reader.asked()
    if asked is not None:
        assignment.questions = reader.read(asked)
        if not assignment.questions and not assignment.findings:
            whole.wrong(rules.MISSING_IN_ASSIGNMENT, "there are no questions", EXAMPLE, "questions")
    return assignment


class _QuestionReader:
    """Reads the questions one by one; a faulty one is reported and left out."""

    def __init__(self, whole: Section, networks: Networks) -> None:
        self.whole, self.networks, self.faults = whole, networks, whole.faults
        self.network: Subject | None = None  # of the questions that name none

    def asked(self) -> Sequence[Any] | None:
        """Return what is asked, as it is written; None where that is no list of questions."""
        written, spec = self.whole.data.get("questions"), self.whole.data.get("spec")
        if written is None:
            self.whole.wrong(rules.MISSING_IN_ASSIGNMENT, "there are no questions", EXAMPLE)
            return None
        if spec is not None:
            self.network = self.networks.subject(spec, ("spec",))
        if written == "all":
            if spec is None:
                self.whole.wrong(
                    rules.MISSING_IN_ASSIGNMENT,
                    "questions: all needs a spec",
                    "write spec: network.yaml",
                )
            return _all(self.network) if self.network else []
        if not isinstance(written, list | tuple):
            message = f"questions must be a list or `all`, not {quote(written)}"
            self.whole.wrong(
                rules.WRONG_ASSIGNMENT_VALUE, message, "for example [conv1.output]", "questions"
            )
            return None
        if len(written) > MOST_QUESTIONS:
            message = f"there are more than {MOST_QUESTIONS:,} questions"
            self.whole.wrong(
                rules.WRONG_ASSIGNMENT_VALUE, message, "split the assignment", "questions"
            )
            return None
        return written

    def read(self, asked: Sequence[Any]) -> list[Question]:
        """Return the questions that could be read, each id once."""
        found: dict[str, Question] = {}
        for number, item in enumerate(asked):
            path: Path = ("questions", number)
            question = self._question(item, path)
            if question is None:
                continue
            if question.id in found:
                message = f"two questions are called {quote(question.id)}"
                self.faults.add(rules.QUESTION_TWICE, message, "give one of them another id", path)
                continue
            found[question.id] = question
        return with_prompts(list(found.values()))

    def _question(self, item: Any, path: Path) -> Question | None:
        written = {"ask": item} if isinstance(item, str) else item
        if not isinstance(written, Mapping):
            message = f"a question is a path or a mapping, not {quote(item)}"
            self.faults.add(
                rules.WRONG_ASSIGNMENT_VALUE,
                message,
                "for example {id: q1, ask: conv1.output}",
                path,
            )
            return None
        section = Section(written, path, self.faults)
        section.knows_only(QUESTION_KEYS, "a question")
        ask = written.get("ask")
        if not isinstance(ask, str):
            example = "for example ask: conv1.output"
            if ask is None:
                section.wrong(rules.MISSING_IN_ASSIGNMENT, "the question asks nothing", example)
            else:
                section.wrong(rules.WRONG_ASSIGNMENT_VALUE, "the question ask is not text", example)
            return None
        subject = self._subject(section)
        if subject is None:
            return None
        try:
            question = self._answered(ask, subject, section)
        except Unanswerable as error:
            self.faults.put(error.fault, path if isinstance(item, str) else (*path, "ask"))
            return None
        check_key(question, self.faults)
        check_choices(question, self.faults)
        return question

    def _subject(self, section: Section) -> Subject | None:
        """Return the network of a question, its own or that of all."""
        own = section.data.get("spec")
        if own is not None:
            return self.networks.subject(own, (*section.path, "spec"))
        if self.whole.data.get("spec") is None:
            hint = "write spec: network.yaml, for all questions or for this one"
            section.wrong(rules.MISSING_IN_ASSIGNMENT, "there is no spec to ask about", hint)
        return self.network

    def _answered(self, ask: str, subject: Subject, section: Section) -> Question:
        """Return a question with its computed answer. Raises Unanswerable."""
        query = settings.by_convention(read_path(ask), section, self.whole)
        query = settings.excluding(query, subject, section)
        right, order = subject.answer(query), settings.depth_first(section, self.whole)
        working = subject.working(query, depth_first=order)
        question = Question(
            section.text("id") or ask,
            query,
            subject,
            right,
            working,
            section.text("prompt"),
            section.number("points", 1.0),
            settings.tolerance(section, self.whole, query.exact),
            settings.partial_credit(section, self.whole),
            settings.follow_through(section, self.whole),
            section.data.get("key"),
            section.path,
            settings.accepted(section, query.form),
            order,
            read_choices(section, query.form),
            settings.given(section, self.whole),
        )
        accepted, choices = (
            tuple(map(question.as_computed, values))
            for values in (question.accepted, question.choices)
        )
        return replace(question, accepted=accepted, choices=choices)


def _all(subject: Subject) -> list[str]:
    """Return the questions of `questions: all`: every layer's volume, and parameters if any."""
    paths = []
    for record in subject.trace.layers:
        paths.append(f"{record.name}.output")
        if record.layer is not None and record.layer.has_weights:
            paths.append(f"{record.name}.parameters")
    return paths
