"""Goes through the sections of a file in their order, and puts what each one is into a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import MAX_LAYERS, Fault, Finding, Path, quote
from shapecalc.document import Original
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.layers import KINDS
from shapecalc.readers.darknet.sections import SPLIT, Section, Unreadable
from shapecalc.readers.items import Item, Items, Sizes
from shapecalc.readers.opaque import UNKNOWN, Opaque

NET = "net"
INPUT = "input"
BATCH_NORM = "batch_norm"
MOST_REFERENCES = 2 * MAX_LAYERS  # as many as the spec language allows


class Term(NamedTuple):
    """What a layer adds to Darknet's BFLOPS: so often one of its numbers."""

    layer: str
    quantity: str
    factor: float


class Stored(NamedTuple):
    """An array as .weights files have them, one after the other: a layer's, by its name."""

    layer: str
    parameter: str


class Network:
    """The spec so far, and what the sections before gave.

    `section` is at work, of the kind `word`; `number` is its number, counted from 0 behind [net],
    and `before` the value that it takes unless it names others.
    """

    def __init__(self, net: Section, inputs: Mapping[str, Sizes] = NOTHING) -> None:
        self.items = Items()
        self.findings: list[Finding] = []
        self.terms: list[Term] = []
        self.stored: list[Stored] = []
        self.keys: dict[str, tuple[str, Mapping[str, str]]] = {}  # by layer: section, field to key
        self.given: list[str] = []  # the value of each section, by its number
        self.words: list[str] = []  # what it is
        self.no_image: dict[str, str] = {}  # values of which Darknet has no image, and whose
        self.losses: set[str] = set()  # the values of losses, which are no outputs
        self.references = 0  # to layers, in all sections so far
        self.frozen_before = -1  # the number of the section in front of which none is trained
        self.norms_until = -1  # and of that up to which batch norms alone are
        self.section, self.word = net, NET
        own = self._input_volume(net)
        self.before = self.items.add_input(INPUT, inputs.get(INPUT, own), (NET,))
        if own is None:  # an image, or a vector
            own = (None,) * (1 if len(inputs.get(INPUT, ())) == 1 else 3)
        self.items.own[self.before] = own

    def _input_volume(self, net: Section) -> Sizes | None:
        """Return the volume that [net] tells: an image, or `inputs` values."""
        sizes = tuple(self._size(net, key) for key in ("height", "width", "channels"))
        if any(sizes):
            return sizes
        inputs = self._size(net, "inputs")
        return (inputs,) if inputs else None

    def _size(self, net: Section, key: str) -> int | None:
        """Return a size of the input; None where it is left open, or 0, or is no size."""
        size, option = net.whole(key), net.options.get(key)
        if option is not None and size <= 0 and option.text.strip() != "0":
            message = f"{key} of the input cannot be {quote(option.text)}"
            fault = Fault(rules.WRONG_VALUE, message, "a whole number above 0")
            self.findings.append(Finding(fault, Original((NET, key)), NET))
        return size if size > 0 else None

    @property
    def number(self) -> int:
        """The number of the section at work."""
        return len(self.given)

    @property
    def title(self) -> str:
        """How the section at work is called."""
        return self.name(self.word)

    def name(self, word: str) -> str:
        """Return the name of a layer that the section at work becomes, or a part of it.

        Darknet has numbers alone, and prints `0 conv`. Files, too, speak of layers by number, so
        every layer has that of its section, behind a word for what it does.
        """
        return f"{word}_{self.number}"

    def volume(self, value: str | None = None) -> Sizes | None:
        """Return a value's volume, of the one before if none is named, as far as it is known."""
        return self.items.volume(value or self.before)

    def add(
        self,
        word: str,
        kind: str,
        fields: Mapping[str, Any] = NOTHING,
        sources: Sequence[str] | None = None,
        keys: Mapping[str, str] = NOTHING,
    ) -> str:
        """Add a layer, of what stands before it if no sources are named; return its value.

        `keys` lead from fields to the options that tell them.
        """
        taken = (self.before,) if sources is None else tuple(sources)
        item = Item(self.name(word), kind, dict(fields), taken, ())
        if KINDS[kind].has_weights and not self._trained(kind):
            item.beside["trainable"] = False
        self.before = self.items.add(item, None)
        self.keys[self.before] = self.title, keys
        return self.before

    def _trained(self, kind: str) -> bool:
        if self.section.whole("dont_update") or self.number < self.frozen_before:
            return False
        return self.number > self.norms_until or kind == BATCH_NORM

    def opaque(self, word: str, found: Opaque, sources: Sequence[str] | None = None) -> str:
        """Add what has no kind, with what is known of it."""
        fields: dict[str, Any] = {"what": word}
        volume = found.outputs[0]
        if volume is not None:
            fields["output"] = list(volume)
        arrays = found.arrays()
        if arrays is not None:
            fields["parameters"] = arrays
        if found.macs is not None:
            fields["macs"] = found.macs
        return self.add(word, "operation", fields, sources)

    def keeping(self, word: str) -> str:
        """Add what has no kind, no weights, and gives a volume like that before it.

        Where that is not known, it is what passes its input on: an operation's output is stated.
        """
        volume = self.volume()
        if volume is None or None in volume:
            return self.add(word, "identity")
        return self.opaque(word, Opaque((volume,), {}, 0))

    def unknown(self, word: str) -> str:
        """Add what nothing is known of."""
        return self.opaque(word, UNKNOWN)

    def referred(self, key: str, numbers: Sequence[int]) -> list[str]:
        """Return the values of earlier layers, by their numbers; negative ones count backwards.

        What is no earlier layer is left out, and a finding. Raises Unreadable for too many in all.
        """
        self.references += len(numbers)
        if self.references > MOST_REFERENCES:
            message = f"the file has more than {MOST_REFERENCES:,} references to layers"
            span = self.section.options[key].span
            raise Unreadable(Fault(rules.LIMIT_PASSED, message, SPLIT), span[:2])
        found = []
        for written in numbers:
            number = written + self.number if written < 0 else written
            if 0 <= number < self.number:
                found.append(self.given[number])
                continue
            last = self.number - 1
            there = f"the layers before are 0 to {last}" if last > 0 else "there is layer 0"
            there = "no layer stands before" if last < 0 else there
            backwards = f", -1 to -{self.number} counted backwards" if last >= 0 else ""
            message = f"{self.title}: {key} names no earlier layer with {written}"
            self.fault(rules.NO_SUCH_NAME, message, there + backwards, key)
        return found

    def fault(self, rule: rules.Rule, message: str, hint: str, key: str = "") -> None:
        """Add a finding at an option, or at the section where it has none."""
        path: Path = (self.title, key) if key in self.section.options else (self.title,)
        self.findings.append(Finding(Fault(rule, message, hint), Original(path), self.title))

    def end(self) -> None:
        """Say that the section at work is done with: what stands before is its value."""
        self.given.append(self.before)
        self.words.append(self.word)
