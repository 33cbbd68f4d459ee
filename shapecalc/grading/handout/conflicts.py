"""Questions of a sheet that stand in each other's way: two that each need the other's answer, and a
text of the author's that tells another question's answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shapecalc.grading.handout.open_inputs import sizes_needed
from shapecalc.grading.hyperparameters import SPATIAL
from shapecalc.grading.kinds.fitting_input import hides_the_input, written
from shapecalc.grading.prompts import Secrets, by_network, is_ours, titles
from shapecalc.grading.question import Assignment, Question
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import NOTE, decided_by_a_tie
from shapecalc.grading.wording import questions_by
from shapecalc.layers.base import aliases, show

MEND = "leave one out, or give it in a prompt of your own"
MOST = 300  # questions
LEAST = 100  # a smaller count may stand in a text by chance


def conflicts(assignment: Assignment) -> Iterator[str]:
    """Yield what is to be told of an assignment's questions, with their numbers.

    Nothing is told of more questions than a sheet has, each of which would be held against each.
    """
    if len(assignment.questions) > MOST:
        return
    numbers = {q.id: number for number, q in enumerate(assignment.questions, 1)}
    groups = by_network(assignment.questions)
    for questions in groups.values():
        secrets = Secrets(questions)
        asked = [q for q in questions if q.query.kind == "field" and is_ours(q, secrets)]
        for question in asked:
            name, key = question.query.name, question.query.key
            others = [q for q in questions if _tells_the_size(q, question)]
            if others:
                both = questions_by(sorted({numbers[q.id] for q in (question, *others)}))
                why = f"{key} of {name} follows from its output only, and that from {key}"
                yield f"{both}: {why}; {MEND}"
            more = [q for q in asked if q is not question and _share_a_size(q, question)]
            if more and all(numbers[q.id] > numbers[question.id] for q in more):
                both = questions_by([numbers[q.id] for q in (question, *more)])
                fields = " and ".join(q.query.key for q in (question, *more))
                yield f"{both}: {fields} of {name} follow only from each other; {MEND}"
            yield from _tells_a_height_and_width(question, questions, numbers, secrets)
        for question in questions:
            if question.query.kind == "field":
                yield from _told_elsewhere(question, numbers, groups)
        yield from sizes_needed(questions, numbers)
        for question in questions:
            if not is_ours(question, secrets):
                yield from _names_the_hidden_size(question, numbers[question.id])
                told = [q for q in questions if q is not question and _tells(question, q)]
                if decided_by_a_tie(question.subject, question.query):
                    yield f"question {numbers[question.id]}: {NOTE}; each such answer is right"
                for other in told:
                    yield (
                        f"the text of question {numbers[question.id]} tells the answer to question"
                        f" {numbers[other.id]}: {other.right_shown}"
                    )


def _told_elsewhere(
    question: Question, numbers: Mapping[str, int], groups: Mapping[Subject, Sequence[Question]]
) -> Iterator[str]:
    """Yield which other network has the same layer, and its field that is asked for is printed."""
    name, key = question.query.name, question.query.key
    layer = question.subject.records[name].layer
    which = titles([questions[0] for questions in groups.values()])
    for subject, questions in groups.items():
        other = subject.records[name].layer if name in subject.records else None
        if subject is question.subject or layer is None or type(other) is not type(layer):
            continue
        words = aliases(type(layer))
        hidden = words[key] in {words[k] for k in Secrets(questions).fields.get(name, ())}
        if not hidden and other is not None and other.summary() == layer.summary():
            yield (
                f"question {numbers[question.id]}: {key} of {name} is printed with"
                f" {which[subject]}, which has the same layer; ask about another one"
            )


def _tells_a_height_and_width(
    field: Question, questions: Sequence[Question], numbers: Mapping[str, int], secrets: Secrets
) -> Iterator[str]:
    """Yield that what a layer gives stands in the text about its field, which follows from it, and
    that others ask for its height and width: the layer keeps those of what it takes.
    """
    name = field.query.name
    output = field.subject.records[name].output or ()
    hidden = secrets.hides(output) or name in field.subject.unsound.inputs
    if hidden or len(output) < 2 or name not in secrets.sized:
        return
    asking = [numbers[q.id] for q in questions if name in Secrets([q]).sized]
    others = f"{questions_by(asking)} {'asks' if len(asking) == 1 else 'ask'}"
    told = f"the text of question {numbers[field.id]} tells {field.written(output)}"
    yield f"{told}, and {others} for that height and width; {MEND}"


def _names_the_hidden_size(question: Question, number: int) -> Iterator[str]:
    """Yield that a text names the input's own size, which is one that fits: it counts as right."""
    query, layers = question.query, question.subject.layers
    if query.kind == "fitting" and hides_the_input(layers, query):
        volume = written(layers, query)
        size = show(volume[:-1])
        whole = show(volume), question.written(volume)
        spelled = (*whole, *([size] if "x" in size else []))
        if any(_stands_in(text, question.prompt) for text in spelled):
            yield (
                f"the text of question {number} tells {size}, which counts as right;"
                f" with `exclude: {size}` another size is asked for"
            )


def _tells_the_size(other: Question, field: Question) -> bool:
    """Say whether a question asks for the volume that a field would be worked out from."""
    record = field.subject.records[field.query.name]
    if other.query.kind == "size":
        return other.query.name == record.name
    return other.query.key in ("output", "input") and other.right == record.output


def _share_a_size(one: Question, two: Question) -> bool:
    """Say whether two questions ask for fields of a layer that give the same size together."""
    layer = one.subject.records[one.query.name].layer
    if one.query.name != two.query.name or layer is None:
        return False
    words = aliases(type(layer))
    return {words[one.query.key], words[two.query.key]} <= set(SPATIAL)


def _tells(question: Question, other: Question) -> bool:
    """Say whether a text has another question's answer in it, which nothing else gives."""
    right, query = other.right, other.query
    sizes = isinstance(right, tuple) and len(right) > 1 and query.kind in ("record", "shape")
    if not sizes and not (isinstance(right, int) and right >= LEAST):
        return False
    if right == question.right or right in other.subject.trace.inputs.values():
        return False
    return _stands_in(other.right_shown, question.prompt) and not _stands_in(
        other.right_shown, other.prompt
    )


def _stands_in(answer: str, text: str) -> bool:
    spelled: Sequence[str] = (answer, answer.replace(",", ""))
    plain = re.sub(r"(?<=\d) ?[x\u00d7*] ?(?=\d)", "x", text)
    return any(re.search(rf"(?<![\w.,]){re.escape(s)}(?![\w]|[.,]\d)", plain) for s in spelled)
