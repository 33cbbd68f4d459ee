"""An assignment: a network, and what is asked about it. Read from YAML or JSON, faults located.

title: Convolutions
spec: alexnet.yaml            # a path beside this file, or a network in place
questions:
  - conv1.output
  - {id: q2, ask: conv1.parameters, points: 2, partial: {forgot_bias: 0.5}, key: 34944}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path, nearest, quote, some
from shapecalc.document import Document
from shapecalc.grading.answers import Unreadable, read_answer, shown
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions import misconceptions
from shapecalc.grading.misprints import false_key
from shapecalc.grading.networks import Networks
from shapecalc.grading.prompts import prompt_for
from shapecalc.grading.query import read_path
from shapecalc.grading.question import EXACT, Assignment, Question, Tolerance
from shapecalc.grading.subject import Subject
from shapecalc.readers import native
from shapecalc.rules import Rule

KEYS = ("title", "description", "spec", "questions", "partial", "follow_through", "tolerance")
QUESTION_KEYS = (
    "id", "ask", "prompt", "points", "key", "spec", "partial", "follow_through", "tolerance",
)  # fmt: skip
MOST_QUESTIONS = 10_000


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
    return _Reader(document, folder).read()


class _Reader:
    """Reads an assignment key by key; a faulty question is reported and left out."""

    def __init__(self, document: Document, folder: FilePath) -> None:
        self.document, self.folder = document, folder
        self.assignment = Assignment(document, findings=list(document.findings))
        self.networks = Networks(document, folder, self._add)

    def read(self) -> Assignment:
        data, found = self.document.data, self.assignment
        if data is None and found.findings:
            return found
        if not isinstance(data, Mapping):
            self._add("SC503", f"an assignment is a mapping, not {quote(data)}", _EXAMPLE, ())
            return found
        self._known(data, KEYS, ())
        found.title = self._text(data, "title", ())
        found.description = self._text(data, "description", ())
        questions = data.get("questions")
        if questions is None:
            self._add("SC502", "there are no questions", _EXAMPLE, ())
            return found
        default = (
            self.networks.subject(data["spec"], ("spec",)) if data.get("spec") is not None else None
        )
        if questions == "all":
            questions = _all(default) if default else []
            if default is None and data.get("spec") is None:
                self._add("SC502", "questions: all needs a spec", "write spec: network.yaml", ())
        if not isinstance(questions, list | tuple):
            message = f"questions must be a list or `all`, not {quote(questions)}"
            self._add("SC503", message, "for example [conv1.output]", ("questions",))
            return found
        if len(questions) > MOST_QUESTIONS:
            message = f"there are more than {MOST_QUESTIONS:,} questions"
            self._add("SC503", message, "split the assignment", ("questions",))
            return found
        ids: dict[str, int] = {}
        for number, item in enumerate(questions):
            path: Path = ("questions", number)
            question = self._question(item, path, data, default)
            if question is None:
                continue
            if question.id in ids:
                message = f"two questions are called {quote(question.id)}"
                self._add("SC506", message, "give one of them another id", path)
                continue
            ids[question.id] = number
            found.questions.append(question)
        if not found.questions and not found.findings:
            self._add("SC502", "there are no questions", _EXAMPLE, ("questions",))
        return found

    def _question(
        self, item: Any, path: Path, data: Mapping[str, Any], default: Subject | None
    ) -> Question | None:
        if isinstance(item, str):
            item = {"ask": item}
        if not isinstance(item, Mapping):
            message = f"a question is a path or a mapping, not {quote(item)}"
            self._add("SC503", message, "for example {id: q1, ask: conv1.output}", path)
            return None
        self._known(item, QUESTION_KEYS, path)
        ask = item.get("ask")
        if not isinstance(ask, str):
            code, what = ("SC502", "asks nothing") if ask is None else ("SC503", "ask is not text")
            self._add(code, f"the question {what}", "for example ask: conv1.output", path)
            return None
        own = item.get("spec")
        subject = default if own is None else self.networks.subject(own, (*path, "spec"))
        if subject is None:
            if own is None and data.get("spec") is None:
                hint = "write spec: network.yaml, for all questions or for this one"
                self._add("SC502", "there is no spec to ask about", hint, path)
            return None
        try:
            query = read_path(ask)
            right = subject.answer(query)
            working = subject.working(query)
        except Unanswerable as error:
            place = (*path, "ask") if "ask" in self._written(path) else path
            self._add(error.fault.rule, error.fault.message, error.fault.hint, place)
            return None
        id_ = self._text(item, "id", path) or ask
        question = Question(
            id_, query, subject, right, working,
            self._text(item, "prompt", path) or prompt_for(subject, query),
            self._number(item, "points", path, 1.0),
            EXACT if query.exact else self._tolerance(item, path, data),
            self._credits(item, path, data),
            self._share(item, path, data),
            item.get("key"), path,
        )  # fmt: skip
        self._check_key(question)
        return question

    def _written(self, path: Path) -> Any:
        value: Any = self.document.data
        for step in path:
            value = value[step]
        return value if isinstance(value, Mapping) else {}

    def _check_key(self, question: Question) -> None:
        """Compare the author's key with what is computed."""
        if question.key is None:
            return
        try:
            given = read_answer(question.key, question.query.form)
        except Unreadable as error:
            self._add(
                "SC503", f"the key of {quote(question.id)}: {error}", "", (*question.path, "key")
            )
            return
        said = false_key(question, given)
        if said:
            right = question.right  # a comma of thousands ends a value in braces
            written = str(right) if type(right) is int else shown(right)
            hint = f"write key: {written}, or leave it out: it is computed"
            self._add("SC507", said, hint, (*question.path, "key"))

    # -- values --------------------------------------------------------------------------------

    def _known(self, data: Mapping[str, Any], keys: Sequence[str], path: Path) -> None:
        for key in data:
            if key not in keys:
                close = nearest(str(key), keys)
                hint = f"did you mean {close}?" if close else f"there is {some(keys)}"
                what = "a question" if path else "an assignment"
                self._add("SC501", f"{what} has no {quote(key)}", hint, (*path, str(key)))

    def _text(self, data: Mapping[str, Any], key: str, path: Path) -> str:
        value = data.get(key)
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str):
            return value
        self._add("SC503", f"{key} must be text, not {quote(value)}", "", (*path, key))
        return ""

    def _number(
        self, data: Mapping[str, Any], key: str, path: Path, otherwise: float, most: int = 10**9
    ) -> float:
        value = data.get(key, otherwise)
        if type(value) in (int, float) and 0 <= value <= most:  # NaN is neither
            return float(value)
        wanted = "a share from 0 to 1" if most == 1 else "a number, 0 or more"
        message = f"{key} must be {wanted}, not {quote(value)}"
        self._add("SC503", message, "", (*path, key))
        return otherwise

    def _tolerance(self, item: Mapping[str, Any], path: Path, data: Mapping[str, Any]) -> Tolerance:
        own = "tolerance" in item
        holder, place = (item, path) if own else (data, ())
        value = holder.get("tolerance")
        if value is None:
            return Tolerance()
        if isinstance(value, Mapping):
            inner = (*place, "tolerance")
            self._known_tolerance(value, inner)
            kinds = {k: self._number(value, k, inner, 0.0) for k in Tolerance._fields if k in value}
            return Tolerance(**kinds)
        return Tolerance(self._number(holder, "tolerance", place, 0.0))

    def _known_tolerance(self, value: Mapping[str, Any], path: Path) -> None:
        for key in value:
            if key not in Tolerance._fields:
                hint = "write {absolute: 0.01} or {relative: 0.01}"
                self._add("SC501", f"a tolerance has no {quote(key)}", hint, (*path, str(key)))

    def _credits(
        self, item: Mapping[str, Any], path: Path, data: Mapping[str, Any]
    ) -> dict[str, float]:
        known = [misconception.name for misconception in misconceptions()]
        found: dict[str, float] = {}
        for holder, place in ((data, ()), (item, path)):
            credits_ = holder.get("partial")
            if credits_ is None:
                continue
            inner = (*place, "partial")
            if not isinstance(credits_, Mapping):
                self._add(
                    "SC503",
                    f"partial must be a mapping, not {quote(credits_)}",
                    "for example {forgot_bias: 0.5}",
                    inner,
                )
                continue
            for name in credits_:
                if name not in known:
                    close = nearest(str(name), known)
                    hint = f"did you mean {close}?" if close else f"there is {some(known, 40)}"
                    self._add(
                        "SC501",
                        f"there is no misconception {quote(name)}",
                        hint,
                        (*inner, str(name)),
                    )
                else:
                    found[name] = self._number(credits_, name, inner, 0.0, 1)
        return found

    def _share(self, item: Mapping[str, Any], path: Path, data: Mapping[str, Any]) -> float:
        holder, place = (item, path) if "follow_through" in item else (data, ())
        return self._number(holder, "follow_through", place, 0.0, 1)

    def _add(self, rule: Rule | str, message: str, hint: str, path: Path) -> None:
        finding = Finding(
            Fault(rules.of(rule) if isinstance(rule, str) else rule, message, hint), path
        )
        if finding not in self.assignment.findings:
            self.assignment.findings.append(finding)


_EXAMPLE = "for example {spec: alexnet.yaml, questions: [conv1.output, conv1.parameters]}"


def _all(subject: Subject) -> list[str]:
    """Return the questions of `questions: all`: every layer's volume, and parameters if any."""
    paths = []
    for record in subject.trace.layers:
        paths.append(f"{record.name}.output")
        if record.layer is not None and record.layer.has_weights:
            paths.append(f"{record.name}.parameters")
    return paths
