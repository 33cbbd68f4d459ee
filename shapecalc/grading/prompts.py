"""The text of a question, where its author wrote none. It contains no answer of another question.

A volume or a field that is asked for anywhere is not told: `on the output of conv1` stands in its
place. Nor is a volume behind layers that keep the height and width that are asked for, nor that of
a question with `given: false`, which follows from the network.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from shapecalc.grading.array_axes import array_axes, outermost
from shapecalc.grading.kinds import KINDS
from shapecalc.grading.kinds.fitting_input import hides_the_input
from shapecalc.grading.kinds.flops import counting_in_words
from shapecalc.grading.query import Query
from shapecalc.grading.question import Question
from shapecalc.grading.same_sizes import same_sizes
from shapecalc.grading.steps_in_words import steps_in_words
from shapecalc.grading.subject import Subject
from shapecalc.grading.tied_pools import NOTE, decided_by_a_tie
from shapecalc.grading.values import Value, flat
from shapecalc.grading.volume_order import depth_first
from shapecalc.grading.weight_axes import axes_in_words
from shapecalc.grading.wording import LETTERS, WORDINGS, size_in_words, sizes_of
from shapecalc.layers.base import aliases, show
from shapecalc.layers.window import Sliding
from shapecalc.quantities import OF_OUTPUT, QUANTITIES
from shapecalc.records import KnownRecord
from shapecalc.volumes import Volume, titles_of

LONGEST_NAME = 40  # characters of a network's name in a question
ROUNDED = {"floor": "down", "ceil": "up"}
PLURALS = {"weight": "weights", "bias": "biases"}


class Secrets:
    """What the questions about one network ask for, and no text of theirs may tell."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.volumes: set[Value] = set()
        self.inputs: set[str] = set()  # layers whose inputs are asked for
        self.open: set[str] = set()  # the network's inputs for which a size that fits is asked
        self.fields: dict[str, set[str]] = {}
        asked = list(questions)
        self.firsts = {question.depth_first for question in asked}  # orders of their volumes
        for question in asked:
            query = question.query
            if query.kind == "size":
                self.volumes.add(question.subject.records[query.name].output or ())
            elif query.kind == "fitting":
                if hides_the_input(question.subject.layers, query):
                    self.open.add(query.name)
            elif query.kind == "field":
                self.fields.setdefault(query.name, set()).add(query.key)
            elif query.kind == "record" and query.key in ("output", "input"):
                self.volumes.add(question.right)
                self.inputs |= {query.name} if query.key == "input" else set()
            elif query.key in OF_OUTPUT and query.name in question.subject.records:
                self.volumes.add(question.subject.records[query.name].output or ())
        self.sized = _same_sizes(asked)  # layers whose outputs have sizes that are asked for
        several = [v for v in self.volumes if isinstance(v, tuple) and len(v) > 1]
        self.volumes |= {(prod(volume),) for volume in several}  # what it is once it is flattened

    def hides(self, volume: Volume) -> bool:
        """Say whether a layer's volume is not told: it, or what it follows from, is asked for."""
        return bool(self.open) or volume in self.volumes

    def hides_output(self, name: str, volume: Volume) -> bool:
        """Say whether a layer's output is not told to whom it is an input: it, or its height and
        width, are those that are asked for.
        """
        return name in self.sized or self.hides(volume)

    def told_input(self, name: str, volume: Volume, *, first: bool = False) -> str:
        """Return an input's volume, `227x227x3`; `HxWx3` where a size that fits is asked for; with
        its depth `first` or last.
        """
        if name not in self.open:
            return _shown(volume, first=first)
        sizes = *(title[0].upper() for title in titles_of(volume)[:-1]), str(volume[-1])
        return "x".join(depth_first(sizes) if first else sizes)

    def on_the_sheet(self, name: str, volume: Volume) -> str:
        """Return the same as the network's lines have it: in the order that all questions ask for,
        and with that in words where one of them asks for the depth first.
        """
        first = self.firsts == {True}
        told, axes = self.told_input(name, volume, first=first), titles_of(volume)
        if len(volume) < 2 or True not in self.firsts:
            return told
        return f"{told} ({' x '.join(depth_first(axes) if first else axes)})"


def _same_sizes(questions: Sequence[Question]) -> set[str]:
    """Return the layers whose outputs have the sizes that questions about one network ask for."""
    names: set[str] = set()
    for question in questions:
        query, trace = question.query, question.subject.trace
        instance = question.subject.layers.instance(query.name)
        record = question.subject.records.get(query.name)
        if instance is not None and instance.sources and len(instance.sources) == 1:
            record = trace.producer(instance.sources[0])
        if record is None:
            continue
        if query.key == "input" and query.kind == "record":
            names |= {*(record.sources or ())} - {*trace.inputs}
        elif query.kind == "size":
            names |= {record.name} if size_in_words(query.key) != "depth" else set()
        elif query.key in ("output", *OF_OUTPUT) and query.kind == "record":
            names.add(record.name)
    return same_sizes(questions[0].subject.trace.layers, names) if names else names


def by_network(questions: Iterable[Question]) -> dict[Subject, list[Question]]:
    """Return the questions about each network, in their order."""
    found: dict[Subject, list[Question]] = {}
    for question in questions:
        found.setdefault(question.subject, []).append(question)
    return found


def with_prompts(questions: Sequence[Question]) -> list[Question]:
    """Return questions with a text for each that has none."""
    secrets = {subject: Secrets(asked) for subject, asked in by_network(questions).items()}
    which = titles(questions) if len(secrets) > 1 else {}

    def prompt(question: Question) -> str:
        about = which.get(question.subject)
        text = prompt_for(question, secrets[question.subject])
        return f"{about}. {text}" if about else text

    return [q if q.prompt else replace(q, prompt=prompt(q)) for q in questions]


def on_the_sheet(questions: Sequence[Question]) -> dict[str, str]:
    """Return the questions' texts by their ids as they stand on a sheet with all the networks: an
    author's own begins with its network where another one has such a layer as well.
    """
    which = titles(questions)
    secrets = {subject: Secrets(asked) for subject, asked in by_network(questions).items()}
    networks = Counter(
        name for s in which for name in {*s.records, *s.instances, *s.trace.inputs, "total", ""}
    )

    def text(question: Question) -> str:
        name, title = question.query.name, which[question.subject]
        layer = name if name in networks else name.rpartition(".")[0]  # of conv1.weight
        clear = networks[layer] < 2 or is_ours(question, secrets[question.subject])
        return (
            question.prompt if clear or _names(question, title) else f"{title}. {question.prompt}"
        )

    return {question.id: text(question) for question in questions}


def is_ours(question: Question, secrets: Secrets) -> bool:
    """Say whether a question has the text that is written where its author gives none."""
    return question.prompt.endswith(prompt_for(question, secrets))


def _names(question: Question, title: str) -> bool:
    """Say whether an author's text names its network, by its number or its name."""
    number, name = title.partition(" (")[0], name_of(question.subject)
    words = [f"(?i:{number})", *([re.escape(name)] if name else [])]  # a small "large" is no name
    return bool(re.search(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", question.prompt))


def titles(questions: Iterable[Question]) -> dict[Subject, str]:
    """Return `Network 2 (LeNet)` for each network, in their order; `The network` if it is alone.

    A name that is a sentence is left out.
    """
    subjects = list(dict.fromkeys(question.subject for question in questions))
    if len(subjects) == 1:
        return {subjects[0]: "The network"}
    found = {}
    for number, subject in enumerate(subjects, 1):
        name = name_of(subject)
        short = name and len(name) <= LONGEST_NAME and not name.endswith("?")
        found[subject] = f"Network {number}{f' ({name})' if short else ''}"
    return found


def name_of(subject: Subject) -> str:
    """Return a network's name on one line; empty where it has none."""
    return " ".join((subject.trace.spec.name or "").split())


def prompt_for(question: Question, secrets: Secrets) -> str:
    """Return the question in words, with what the layer is and takes."""
    subject, query = question.subject, question.query
    if query.kind in KINDS:
        about = _about(question, secrets)
        return KINDS[query.kind].prompt(subject.layers, query, about)
    if query.name == "total":
        return f"How many {QUANTITIES[query.key].summed}?".format(**_counting(subject, query))
    if query.kind == "example":
        return _executed(question)
    about = _about(question, secrets)
    if query.kind == "field":
        output = subject.records[query.name].output
        if output and not secrets.hides(output):
            rounded = query.name in subject.unsound.inputs and len(output) > 1
            whole = _shown(output, first=question.depth_first)
            gives = f"a depth of {output[-1]}" if rounded else whole
            about = f"{about.replace(' on ', ' takes ', 1)} and gives {gives}"
        meaning = LETTERS.get(query.key)
        return f"{about}. What is {query.key}{f', {meaning}' if meaning else ''}?"
    if query.kind == "shape":
        what = "weights" if query.key == "weight" else query.key
        return f"{about}. What is the shape of its {what}, as PyTorch has it{_axes(question)}?"
    if _is_flat(question):
        return f"{about}. {WORDINGS['output' if query.kind == 'size' else query.key].flat}"
    if query.kind == "size":
        return f"{about}. What is the {size_in_words(query.key)} of its output volume?"
    asked = WORDINGS[query.key].asked
    return f"{about}. {asked.format(order=order_in_words(question), **_counting(subject, query))}"


def _is_flat(question: Question) -> bool:
    """Say whether a volume is asked for that is a row of values."""
    query = question.query
    if query.kind == "size":
        return len(question.subject.records[query.name].output or ()) == 1
    right = question.right
    return query.key in ("output", "input") and isinstance(right, tuple) and len(right) == 1


def _counting(subject: Subject, query: Query) -> dict[str, str]:
    """Return what is said of what counts where a count is asked for: nothing of biases where there
    are none.
    """
    if query.key == "flops":
        return {"counting": counting_in_words(subject.layers, query)}
    record = subject.records.get(query.name)
    known = subject.trace.totals if query.name == "total" else {}
    if (record.biases if record else known.get("biases")) == 0:
        return {"included": "", "excluded": ""}
    return {"included": ", biases included", "excluded": ", biases not counted"}


def order_in_words(question: Question) -> str:
    """Return the sizes that are asked for, as ` (height x width x depth)`; empty for one size."""
    right = question.right
    names = sizes_of(question.query, len(right)) if isinstance(right, tuple) else ()
    if len(names) < 2:
        return ""
    if question.depth_first and names[-1] == "depth":
        names = depth_first(names)
    return f" ({' x '.join(names)})"


def _axes(question: Question) -> str:
    """Return the order of a parameter's axes, as ` (filters x depth x height x width)`."""
    record = question.subject.records[question.query.name]
    if record.layer is None:
        return ""
    parameters = record.layer.parameters(record.input or ())
    words = axes_in_words(record.layer, parameters[question.query.key])
    return f" ({' x '.join(words)})" if len(words) > 1 else ""


def described(subject: Subject, secrets: Secrets) -> Iterator[str]:
    """Yield a network, a line an input and a layer; `P=?` where a field is asked for."""
    for name, volume in subject.trace.inputs.items():
        yield f"{name}: {secrets.on_the_sheet(name, volume or ())}"
    yield from _rounding(subject)
    before = list(subject.trace.inputs)[-1:]
    for record in subject.trace.layers:
        sources = list(record.sources or ())
        behind = f", from {', '.join(sources)}" if sources != before else ""
        yield f"{record.name}: {record.kind} {told_fields(record, secrets)}".rstrip() + behind
        before = [record.name]


def _rounding(subject: Subject) -> Iterator[str]:
    """Yield how a network rounds sizes, if it does and a window of it goes by more than 1; whether
    any size needs it is not told, and a layer's own `rounding` stands among its fields.
    """
    layers = (record.layer for record in subject.trace.layers)
    rounds = {
        layer.rounding
        for layer in layers
        if isinstance(layer, Sliding)
        and "rounding" not in layer.model_fields_set
        and any(S != 1 for S in flat(layer.stride()))
    }
    for how in ("ceil", "floor"):
        if how in rounds:
            where = " of a convolution" if how == "floor" and "ceil" in rounds else ""
            yield f"rounding: {how}, a size{where} that is not whole is rounded {ROUNDED[how]}"


def _about(question: Question, secrets: Secrets) -> str:
    """Return what a layer is, and what it is applied to."""
    query = question.query
    record = question.subject.records.get(query.name)
    if record is None:
        return query.name
    takes = " and ".join(_taken(question, record, secrets)) or "its input"
    return f"{query.name}: {record.kind} {told_fields(record, secrets)}".rstrip() + f" on {takes}"


def told_fields(record: KnownRecord, secrets: Secrets) -> str:
    """Return a layer's fields as `K=96 F=11 S=4 P=?`, where P is asked for."""
    layer = record.layer
    if layer is None:
        return ""
    hidden = {aliases(type(layer))[key] for key in secrets.fields.get(record.name, ())}
    unknown = (f"{field}=?" for field in sorted(hidden))
    return " ".join(filter(None, (layer.summary(without=hidden), *unknown)))


def _taken(question: Question, record: KnownRecord, secrets: Secrets) -> Iterable[str]:
    """Yield each input of a layer: its volume, or whose output it is where that is asked for, or
    is not to be given.
    """
    subject = question.subject
    for source, volume in zip(record.sources or (), record.input or (), strict=False):
        given = source in subject.trace.inputs
        if record.name in secrets.inputs:
            yield "the input" if given else f"the output of {source}"
        elif source in subject.unsound.outputs:  # rounded down, where a stride does not fit
            yield f"the output of {source}"
        elif given:
            yield secrets.told_input(source, volume, first=question.depth_first)
        elif question.given and not secrets.hides_output(source, volume):
            yield _shown(volume, first=question.depth_first)
        else:
            yield f"the output of {source}"


def _shown(volume: Volume, *, first: bool) -> str:
    """Return a volume as `13x13x32`, or `1600 values` where it is a row of them."""
    written = show(depth_first(volume) if first else volume)
    return f"{written}{' values' if len(volume) == 1 else ''}"


def _executed(question: Question) -> str:
    """Return a question for numbers of the executed example."""
    subject, query = question.subject, question.query
    if query.path.strip() == "loss":
        return "What is the loss?"
    name, parameter = query.name, ""
    if name not in {*subject.records, *subject.instances, *subject.trace.inputs}:
        name, _, parameter = name.rpartition(".")
    thing = f"the {parameter} of {name}" if parameter else _value_of(subject, name)
    single = bool(query.place) or len(flat(question.right)) == 1
    several = parameter in PLURALS and not single
    if several:
        thing = f"the {PLURALS[parameter]} of {name}"
    what, example = thing, subject.trace.spec.example
    if query.key.endswith(".next"):
        what = f"{thing} after {steps_in_words(example)}"
    elif query.key.endswith(".grad"):
        several = False
        of_loss = " of the loss" if example and example.loss else ""
        what = f"the gradient{of_loss} with respect to {thing}"
    if not query.place:
        rows = outermost(subject.trace, query.key)
        whole = "" if single else f" Write all values{f', {rows} by {rows}' if rows else ''}."
        tied = f" {NOTE[0].upper()}{NOTE[1:]}." if decided_by_a_tie(subject, query) else ""
        return f"What {'are' if several else 'is'} {what}?{whole}{tied}"
    axes = array_axes(subject.trace, query.key, len(query.place))
    words = zip(axes, query.place, strict=True) if axes else [("index", list(query.place))]
    at = ", ".join(f"{word} {number}" for word, number in words)
    return f"What is {what}, at {at} (counted from 0)?"


def _value_of(subject: Subject, name: str) -> str:
    if name in subject.trace.inputs:
        return "the input" if name == "input" else f"the input {name}"
    return f"the output of {name}"
