"""Names: which of a file's own are kept, what blocks are called, and where each part came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cache
from itertools import pairwise
from typing import Any

from shapecalc.diagnostics import quote
from shapecalc.exporters.spec_data import STRAY, names_of
from shapecalc.exporters.yaml_spec.elements import Block, Call, Element, Group, Leaf, Repeat
from shapecalc.frameworks.lookups import all_words, spelled
from shapecalc.layers import KINDS, kind_of
from shapecalc.network.blocks import RESERVED
from shapecalc.network.wiring import Node

PARTS = re.compile(r"[/._:-]+")
DIGITS = re.compile(r"[0-9]+")
COUNTED = re.compile(r"(.+?)(?:_[0-9]+)?")
STAGE_LETTER = re.compile(r"[0-9]+[a-z]?$")
SHORT = {"batch_norm": "norm", "depthwise_conv": "depthwise", "conv_transpose": "deconv"}
NOBODYS = frozenset(
    (
        "activation",
        "merge",
        "model",
        "layer",
        "node",
        "op",
        "tensor",
        "features",
        "leaky",
        "maxpool",
        "avgpool",
        "shortcut",
        "route",
        "connected",
        "reorg",
        "yolo",
    )
)
WORD = re.compile("[a-z]{3,20}")
GENERAL = ("block", "conv_block", "layer", "unit", "module", "stage", "cell")  # of any network
KERAS = "keras"  # names layers by their classes; others by operations, whose words are our kinds
MOST_PARTS = 8  # of a name
LONGEST = 60  # characters of a name in a comment


class Names:
    """The names of a network's layers, by their indices: as the file has them, and in ours."""

    def __init__(self, inputs: Sequence[str], nodes: Sequence[Node], form: str | None) -> None:
        self.own = own = _without_scopes([node.name for node in nodes])
        self.kinds = [node.kind for node in nodes]
        ours = names_of([*inputs, *own])
        self.inputs = ["input"] if len(inputs) == 1 else [ours[name] for name in inputs]
        self.ours = [ours[name] for name in own]
        self._known = frozenset(own)
        self._beginnings: Counter[tuple[str, ...]] | None = None  # of names; counted if needed
        self._words = _words(form != KERAS)
        self._parts = [[part for part in PARTS.split(name, MOST_PARTS) if part] for name in own]
        self._digits = [DIGITS.findall(name) for name in own]
        self._blocks: set[str] = set()
        pairs = pairwise(range(len(own)))
        # Whether names say what belongs together; those that frameworks count up do not.
        self.telling = 2 * sum(self.belong(pair) for pair in pairs) > len(own)

    def copied(self) -> Names:
        """Return names of which some may be taken for blocks."""
        other = copy(self)
        other.ours, other._blocks = [*self.ours], {*self._blocks}
        return other

    # -- layers ------------------------------------------------------------------------------------

    def kept(self, index: int) -> str | None:
        """Return the name that a layer keeps though nobody asks for it; None where it says nothing.

        A framework's own, such as conv2d_5, says nothing, and conv2 is what the language says.
        """
        name = self.own[index]
        layer, _, last = name.rpartition("/")
        behind = last == self.kinds[index] and layer in self._known  # an activation inside a layer
        counted = name.rfind("/") == 0 or _is_automatic(name, self._words)  # /Flatten_1, conv2d_5
        if behind or counted or self._is_taken(self.ours[index]):
            return None
        return self.ours[index]

    def called(self, indices: Sequence[int]) -> None:
        """Let the last of some layers be known by what the names of all have in common."""
        name = STRAY.sub("_", self.label(indices)).strip("_")[:LONGEST]
        if name and name not in RESERVED and name not in self.ours and name not in self.inputs:
            self.ours[indices[-1]] = name

    def needed(self, index: int) -> str:
        """Return the name of a layer that others take by it."""
        name = self.ours[index]
        while self._is_taken(name):
            name = re.sub(r"([0-9]+)$", r"_\1", name)
            while name in self.ours:
                name += "_"
        return name

    def _is_taken(self, name: str) -> bool:
        """Say whether the language may give a name to another layer."""
        digits = re.search("[0-9]+$", name)
        cuts = range(digits.start(), len(name)) if digits else ()
        return any(name[:cut] in KINDS or name[:cut] in self._blocks for cut in cuts)

    def word(self, index: int) -> str:
        """Return what a layer is for, by its name: `expand` for block_1_expand_conv; or nothing."""
        last = self._parts[index][-3:]
        for part in reversed(last):
            word = part.lower()
            if WORD.fullmatch(word) and not _is_automatic(word, _words(True)):
                return word if word not in GENERAL and word not in RESERVED else ""
        return ""

    # -- where parts came from ---------------------------------------------------------------------

    def boundary(self, before: int | None, index: int) -> int:
        """Return how much the numbers in two layers' names differ: not at all, 0, to much, 2."""
        one = None if before is None else self._digits[before]
        other = self._digits[index]
        if one == other:
            return 0
        return 1 if one and len(other) > 1 and one[: len(other) - 1] == other[:-1] else 2

    def label(self, indices: Sequence[int]) -> str:
        """Return what the names of some layers have in common; empty where that is nothing."""
        parts = [self._parts[index] for index in indices]
        first, last = min(parts), max(parts)
        count = 0
        while count < min(len(first), len(last)) and first[count] == last[count]:
            count += 1
        if not count or (count == 1 and _is_automatic(first[0], _words(True))):
            return ""
        name = self.own[indices[0]]
        end = 0
        for part in first[:count]:
            end = name.index(part, end) + len(part)
        return name[:end].strip("/")

    def _covers(self, label: str, count: int) -> bool:
        """Say whether no more than so many layers have names that begin with some parts."""
        parts = [part for part in PARTS.split(label, MOST_PARTS) if part]
        if self._beginnings is None:
            self._beginnings = Counter(
                tuple(own[:end]) for own in self._parts for end in range(1, len(own) + 1)
            )
        return self._beginnings[tuple(parts)] <= count

    def belong(self, indices: Sequence[int]) -> bool:
        """Say whether the names of some layers begin with the same parts, numbers among them."""
        return DIGITS.search(self.label(indices)) is not None

    def comment(self, indices: Sequence[int], copies: int = 1) -> str:
        """Return what a comment says of some layers, in so many copies of the same."""
        size = max(1, len(indices) // copies)
        if copies == 1:
            label = self.label(indices)
            if label and (DIGITS.search(label) or self._covers(label, len(indices))):
                return said(label)
        first, last = self.label(indices[:size]), self.label(indices[-size:])
        if not first or not last or first == last:
            first, last = self.own[indices[0]], self.own[indices[-1]]
        if first == last or last.startswith(f"{first}/"):
            return said(first)
        return f"{said(first)} to {said(last)}"

    # -- blocks ------------------------------------------------------------------------------------

    def of_block(self, places: Sequence[Sequence[int]], layers: Sequence[Element]) -> str:
        """Return a name for the block of some layers that stand at several places."""
        found = self._common_word(places)
        plain = [element for element in layers if isinstance(element, Leaf)]
        if len(plain) == len(layers) <= 3:
            found = "_".join(SHORT.get(leaf.kind, leaf.kind) for leaf in plain)
        elif len(layers) == 1 and isinstance(layers[0], Repeat):
            found = f"{_structure(layers[0].layers)}s".replace("blocks", "convs")
        elif any(map(_repeats, layers)):
            found = "stage"
        elif not found or found in GENERAL:
            structure = _structure(layers)
            found = structure if structure != "block" or not found else found
        if found in self._blocks:
            found = _structure(layers)
        if kind_of(found) is not None or found in RESERVED:
            found += "_block"
        return self._free(found)

    def settle(self, blocks: Sequence[Block]) -> None:
        """Number the names of blocks anew, once it is known which are written."""
        self._blocks.clear()
        for block in blocks:
            block.name = self._free(re.sub("_[0-9]+$", "", block.name))

    def _free(self, name: str) -> str:
        """Return a name for a block like another, and take it."""
        free, number = name, 1
        while free in self._blocks or kind_of(free) is not None:
            number += 1
            free = f"{name}_{number}"
        self._blocks.add(free)
        return free

    def _common_word(self, places: Sequence[Sequence[int]]) -> str:
        words = set()
        for indices in places:
            label = self.label(indices)
            if not label and len(self._parts[indices[-1]]) == 1:
                label = self.own[indices[-1]]
            parts = (STAGE_LETTER.sub("", part).lower() for part in PARTS.split(label))
            telling = dict.fromkeys(part for part in parts if not _is_automatic(part, _words(True)))
            words.add("_".join(part for part in telling if len(part) > 2))
        word = words.pop() if len(words) == 1 else ""
        return word if re.fullmatch(r"[a-z][a-z_]{2,30}", word) else ""


def said(name: str) -> str:
    """Return a file's own text for a comment: in one line, and nothing that silences findings."""
    return quote(name, LONGEST).replace("shapecalc:", "shapecalc-")


def _without_scopes(names: Sequence[str]) -> list[str]:
    """Return names without the scopes around them, where each stays one of a kind:
    layer1.0/conv1 for /layer1/layer1.0/conv1/Conv.
    """
    short = [_without_scope(name) if name.startswith("/") else name for name in names]
    counts = Counter(short)
    known = {*names}
    return [
        one if counts[one] == 1 and one not in known else name
        for one, name in zip(short, names, strict=True)
    ]


def _without_scope(name: str) -> str:
    parts = [part for part in name.split("/", MOST_PARTS) if part]
    if len(parts) > 1:
        parts.pop()  # the operation
    following = [*parts[1:], ""]
    kept = [p for p, then in zip(parts, following, strict=True) if not then.startswith(f"{p}.")]
    return "/".join(kept) or name


def _repeats(element: Element) -> bool:
    return isinstance(element, Repeat) or (
        isinstance(element, Call) and any(map(_repeats, element.block.layers))
    )


def _structure(layers: Sequence[Element]) -> str:
    """Return what a piece is called in the field, by what it is made of."""
    group = layers[0]
    if len(layers) <= 2 and isinstance(group, Group):
        if group.kind == "residual":
            return "bottleneck" if _sizes(group.branches[0]) == [1, 3, 1] else "residual_block"
        if group.merge == "multiply":
            return "gate"
        return "dense_layer" if [] in group.branches else "branches"
    kinds = [leaf.kind for leaf in _leaves(layers)]
    if "depthwise_conv" in kinds:
        return "inverted_bottleneck" if kinds.count("conv") == 2 else "separable"
    if sum(isinstance(element, Group) for element in layers) > 1:
        return "stage"
    sizes = _sizes(layers)
    return "bottleneck" if sizes == [1, 3, 1] else "basic_block" if sizes == [3, 3] else "block"


def _sizes(layers: Sequence[Element]) -> list[Any]:
    """Return the filter sizes of the convolutions among some layers."""
    return [leaf.fields.get("F") for leaf in _leaves(layers) if leaf.kind == "conv"]


def _leaves(layers: Sequence[Element]) -> Iterator[Leaf]:
    """Yield the layers in a list and in the blocks that it uses, those in composites left out."""
    for layer in layers:
        if isinstance(layer, Leaf):
            yield layer
        elif isinstance(layer, Call):
            yield from _leaves(layer.block.layers)


@cache
def _words(our_kinds: bool) -> frozenset[str]:
    """Return the words that frameworks make names of: of their layers, or of operations."""
    words = {spelled(word.name) for word in all_words()} | NOBODYS
    return frozenset(words | set(map(spelled, KINDS)) if our_kinds else words)


def _is_automatic(name: str, words: frozenset[str]) -> bool:
    """Say whether a framework gave a name by itself: a word for the layer, perhaps a number."""
    match = COUNTED.fullmatch(name)
    word = spelled(match[1]) if match else ""
    return name.isdigit() or word in words or re.sub("[0-9]d$", "", word) in words
