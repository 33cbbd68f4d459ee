"""A line of a card: a layer's name, its fields, its parameters, and a bar for its MACs."""

from __future__ import annotations

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.network import Node, summed
from shapecalc.pictures.owners import Owners
from shapecalc.pictures.palette import LETTERS
from shapecalc.pictures.scene import Group, Part, Rect, Text
from shapecalc.pictures.text import cut, fitting, one_or_range, width_of
from shapecalc.pictures.tree import Single
from shapecalc.volumes import plain

ROW = 21.0
INSET, AT_RIGHT = 18.0, 9.0  # of a card's text
BETWEEN = 5.0  # a name and what stands behind it
WIDEST_ROW = 230.0
NARROWEST = 64.0


class Entry:
    """One layer, or neighbours that keep the volume."""

    def __init__(self, singles: list[Single], owners: Owners) -> None:
        self.singles, self.owners = singles, owners
        nodes = [single.node for single in singles]
        self.light = all(node.family in FUSED for node in nodes)
        self.fault = next((node.fault for node in nodes if node.fault), "")
        self.name, self.told = self._words()
        counts = [[node.counts[0] for node in single.like] for single in singles]
        sums = [summed(column) for column in zip(*counts, strict=True)]
        self.count = "" if sums == [0] * len(sums) else one_or_range(sums)
        self.macs = plain(summed([node.counts[1] for single in singles for node in single.like]))
        state = "fault" if self.fault else ""
        self.letters = state or ("note" if self.light else "volume")
        self.named = "fault-name" if self.fault else "name"
        self._measure()

    def _words(self) -> tuple[str, str]:
        """Return the name, as far as it says more than the kind, and the rest."""
        code = self.fault.partition(":")[0]
        if len(self.singles) == 1 and not self.light:
            name, told = self._described(self.singles[0])
        else:
            all_told = (self._described(single) for single in self.singles)
            name, told = "", " · ".join(" ".join(filter(None, words)) for words in all_told)
        return f"{code} {name}".strip(), told.strip()

    def _described(self, single: Single) -> tuple[str, str]:
        """Return a layer's name and its fields: `conv1`, `3×3, 128, /2`.

        The kind stands with the fields where the name does not begin with it. An activation or a
        normalization that nobody named has no name, nor have layers drawn once whose names differ.
        """
        node = single.node
        if node.group:
            return cut(self.owners.label(node)), _ending(", ".join(node.words), node)
        kind, *fields = node.words
        names = {self.owners.label(other) for other in single.like}
        name = names.pop() if len(names) == 1 else ""
        own = node.record is not None and _numbered(name, node.record.kind)
        if own and node.family in FUSED:
            name = ""
        told = ", ".join(fields) if own and name else f"{cut(kind)} {', '.join(fields)}".strip()
        return cut(name), _ending(told, node)

    def _measure(self) -> None:
        named, letters = LETTERS[self.named], LETTERS[self.letters]
        room = WIDEST_ROW
        self.start = INSET
        if self.name:
            self.start += width_of(self.name, named.size, named.bold) + BETWEEN
            room = max(60.0, room - self.start)
        self.told = fitting(self.told, letters.size, room, letters.bold)
        beside = width_of(self.count, LETTERS["small"].size) + 14 if self.count else 0
        width = width_of(self.told, letters.size, letters.bold)
        self.width = self.start + width + beside + AT_RIGHT

    def draw(self, x: float, y: float, width: float, most: int) -> Group:
        """Return it inside of a card with its upper left corner there."""
        parts: list[Part] = []
        height = (ROW - 7) / len(self.singles)
        for number, single in enumerate(self.singles):
            mark = Rect(
                x + 6, y + 3 + number * height, 5, height - 0.5, f"mark-{single.node.family}", 1
            )
            parts.append(mark)
        if self.name:
            parts.append(Text(x + INSET, y + 14, self.name, self.named, "start"))
        if self.told:
            parts.append(Text(x + self.start, y + 14, self.told, self.letters, "start"))
        if self.count:
            parts.append(Text(x + width - AT_RIGHT, y + 14, self.count, "small", "end"))
        if self.macs:
            length = max(1.5, (width - INSET - AT_RIGHT) * self.macs / most)
            family = self.singles[0].node.family
            parts.append(Rect(x + INSET, y + 17.4, length, 1.8, f"mark-{family}", 0.9))
        title = "\n".join(single.node.title for single in self.singles)
        like = self.singles[0].like
        if len(like) > 1:
            title += f"\n{len(like)} like it: {', '.join(cut(node.name) for node in like[:12])}"
        return Group(tuple(parts), title, "layer")


def _numbered(name: str, kind: str) -> bool:
    """Say whether a name is a kind's, with a number or without: relu61 is that of a relu6."""
    return name.startswith(kind) and not name[len(kind) :].strip("0123456789")


def _ending(told: str, node: Node) -> str:
    return f"{told} · output".removeprefix(" · ") if node.gives else told
