"""Repairs of volumes that do not agree by a layer more: a projection, a border, an upsampling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shapecalc.diagnostics import LayerError, Path
from shapecalc.edits import Change, Repair, Unchangeable, several, value_at
from shapecalc.layers import KINDS
from shapecalc.layers.base import Layer, show
from shapecalc.layers.field_types import Volume
from shapecalc.layers.pool import Pool
from shapecalc.layers.window import Sliding
from shapecalc.network.layer_item import inner_lists
from shapecalc.network.validation import PARAMETER
from shapecalc.repairs.branches import Merge
from shapecalc.repairs.written import written_value

NAMES = {"conv": "projection", "pad": "padded", "crop": "cropped", "upsample": "upsampled"}
Fitting = tuple[dict[str, Any], Volume]  # a layer as it is written, and what the merge gives then


class Insertions:
    """Layers that may be put between a merge and one of its sources."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.data = merge.trace.spec.document.data
        try:
            self.value = value_at(self.data, merge.path)
        except Unchangeable:
            self.value = None

    def projections(self) -> Iterator[Repair]:
        """Yield a convolution of 1x1 on the larger volume: He et al.'s projection shortcut.

        It comes before all other repairs where a branch halves its sizes and changes its depth, or
        widens it manifold: both are done on purpose, and the identity cannot follow.
        """
        if self.merge.joined is not None:
            return
        for place, volume in enumerate(self.merge.inputs):
            wanted = self.merge.other_than(place)
            if len(volume) != len(wanted) or len(volume) < 2:
                continue
            smaller = any(w < v for w, v in zip(wanted[:-1], volume[:-1], strict=True))
            wider = wanted[-1] > volume[-1] and wanted[-1] % volume[-1] == 0
            bare = not self.merge.own(place)
            if (bare and wider) or (smaller and wanted[-1] != volume[-1]):
                yield from self._placed(place, self._convolutions(place))

    def layers(self) -> Iterator[Repair]:
        """Yield any layer that makes one branch agree with another."""
        places = range(len(self.merge.sources))
        for place in places:
            yield from self._rounded_up(place)
        for place in places:
            if not self.merge.joins_depth or self.merge.path[-1] == "parallel":
                yield from self._placed(place, self._convolutions(place))
            yield from self._placed(place, self._others(place))

    def _rounded_up(self, place: int) -> Iterator[Repair]:
        """Yield `rounding: ceil` in a pool that lost a row, with the surplus cropped at the end.

        Down and up again, 65 comes to 64: the row was lost in the pool, and nowhere else.
        """
        chains, wanted = self.merge.chains, self.merge.other_than(place)
        own = self.merge.own(place)
        for far, index in enumerate(own):
            node = self.merge.trace.spec.nodes[index]
            if not isinstance(node.layer, Pool) or node.layer.rounding != "floor":
                continue
            up = node.layer.model_copy(update={"rounding": "ceil"})
            volume = chains.behind(own[: far + 1], up)
            if volume is None or len(volume) != len(wanted):
                continue
            more = [v - w for v, w in zip(volume[:-1], wanted[:-1], strict=True)]
            if min(more) < 0 or not max(more):  # without a surplus, it is the pool's own repair
                continue
            sides = [[n // 2, n - n // 2] for n in more]
            output = self.merge.output_with(place, (*wanted[:-1], volume[-1]))
            placed = self._place(place, {"crop": {"P": sides}})
            if output is not None and placed is not None:
                where, change = placed
                text = f"rounding: ceil in {node.name} and crop: {_shown({'P': sides})} {where}"
                ceil = Change("field", "ceil", node.path, "rounding")
                yield Repair(f"{text} gives {show(output)}", several(ceil, change))

    # -- which layer ---------------------------------------------------------------------------

    def _convolutions(self, place: int) -> Iterator[Fitting]:
        """Yield the convolution of 1x1 that fits, rounded down where its stride leaves a rest."""
        volume, wanted = self.merge.inputs[place], self.merge.other_than(place)
        K = volume[-1] if self.merge.joins_depth else wanted[-1]
        for S in range(1, 9):
            if S == 1 and volume[-1] == K:
                continue
            fields: dict[str, Any] = {"K": K, "F": 1} | ({"S": S} if S > 1 else {})
            tries = [fields] if S == 1 else [fields, {**fields, "rounding": "floor"}]
            found = next(filter(None, (self._tried(place, "conv", one) for one in tries)), None)
            if found is not None:
                item, output = found
                yield {"conv": self._as_written(place, item["conv"])}, output
                return

    def _as_written(self, place: int, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a projection's fields with the block's parameters that the other branch takes its
        depth and its stride from: $width, which is another number in another instance.
        """
        given: dict[str, Any] = {}
        trace = self.merge.trace
        for name, wanted in (("K", fields["K"]), ("S", fields.get("S", 1))):
            for index in (i for p in self._others_than(place) for i in self.merge.own(p)):
                node = trace.spec.nodes[index]
                if node.layer is None or node.layer.values().get(name) != wanted:
                    continue
                value = written_value(trace, node.path, name)
                if isinstance(value, str) and PARAMETER.fullmatch(value):
                    given[name] = value
                    if name == "S" and self._rounds_here(node.layer):
                        given["rounding"] = "floor"  # which another stride may need
                    break
        return {**fields, **given}

    def _rounds_here(self, layer: Layer) -> bool:
        """Say whether a layer rounds down, and the network does not."""
        rounding = self.data.get("rounding", "exact")
        return rounding == "exact" and layer.values().get("rounding") == "floor"

    def _others_than(self, place: int) -> Iterator[int]:
        return (other for other in range(len(self.merge.sources)) if other != place)

    def _others(self, place: int) -> Iterator[Fitting]:
        volume, wanted = self.merge.inputs[place], self.merge.other_than(place)
        if len(volume) != len(wanted) or len(volume) < 2:
            return
        pairs = list(zip(volume[:-1], wanted[:-1], strict=True))
        if self.merge.joined is not None and not self.merge.joins_depth:
            pairs[self.merge.joined] = (volume[self.merge.joined],) * 2  # which may differ
        more = [w - v for v, w in pairs]
        tried: list[tuple[str, dict[str, Any]]] = []
        # What differs by a half or more comes from a stride, not from borders.
        if all(2 * max(pair) < 3 * min(pair) for pair in pairs):
            sides = [[abs(n) // 2, abs(n) - abs(n) // 2] for n in more]
            tried.append(("pad" if min(more) >= 0 else "crop", {"P": sides}))
        tried += [("upsample", {"scale": scale}) for scale in range(2, 9)]
        yield from filter(None, (self._tried(place, word, fields) for word, fields in tried))

    def _tried(self, place: int, word: str, fields: dict[str, Any]) -> Fitting | None:
        layer: Layer = KINDS[word].model_validate(fields)
        if isinstance(layer, Sliding):
            layer = layer.with_rounding(self.data.get("rounding", "exact"))
        try:
            made = layer.volume([self.merge.inputs[place]])
        except LayerError:
            return None
        # A size of 1 would be stretched to any other, which is not what agreeing means here.
        if any(m == 1 < w for m, w in zip(made, self.merge.other_than(place), strict=False)):
            return None
        output = self.merge.output_with(place, made)
        return ({word: fields}, output) if output is not None else None

    # -- where it is written -------------------------------------------------------------------

    def _placed(self, place: int, fitting: Iterator[Fitting]) -> Iterator[Repair]:
        for item, output in fitting:
            ((word, fields),) = item.items()
            placed = self._place(place, item)
            if placed is not None:
                where, change = placed
                yield Repair(f"{word}: {_shown(fields)} {where} gives {show(output)}", change)

    def _place(self, place: int, item: dict[str, Any]) -> tuple[str, Change] | None:
        """Return the change that puts a layer between a source and the merge, and where it is."""
        if self.merge.path[-1] in ("residual", "parallel"):
            return self._in_branch(place, item)
        return self._in_front(place, item)

    def _in_branch(self, place: int, item: dict[str, Any]) -> tuple[str, Change] | None:
        """Return the change that puts a layer at the end of a composite's branch."""
        kind, value, path = str(self.merge.path[-1]), self.value, self.merge.path
        if not isinstance(value, Mapping | list):
            return None
        lists = list(inner_lists(kind, value, path))
        if len(lists) < len(self.merge.sources):  # the identity, which is not written
            lists.append((None, (*path, "shortcut")))
        if len(lists) != len(self.merge.sources):
            return None
        items, branch = lists[place]
        where = f"at the end of {_title(branch)}"
        if items:
            return where, Change("append", item, branch)
        if isinstance(value, Mapping) or kind == "parallel":
            return where, Change("set", [item], branch)
        return where, Change("set", {"body": value, "shortcut": [item]}, path)

    def _in_front(self, place: int, item: dict[str, Any]) -> tuple[str, Change] | None:
        """Return the change that puts a layer of its own in front of a merge, which takes it."""
        value, path = self.value, self.merge.path
        if isinstance(value, Mapping):
            path, value = (*path, "from"), value.get("from")
        if not isinstance(value, list | tuple) or len(value) != len(self.merge.sources):
            return None
        if not isinstance(self.merge.path[-2], int) or not isinstance(value[place], str):
            return None
        ((word, fields),) = item.items()
        if self._renames(word):
            return None
        name = self._free(NAMES[word])
        layer = {word: {"name": name, **fields, "from": value[place]}}
        change = several(
            Change("set", name, (*path, place)), Change("insert", layer, self.merge.path[:-1])
        )
        return f"on {value[place]}", change

    def _free(self, word: str) -> str:
        taken = {name.rpartition(".")[2] for name in self.merge.chains.names}
        words = (word, *(f"{word}_{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in words if name not in taken)

    def _renames(self, word: str) -> bool:
        """Say whether a later layer that is spoken of by its number would get another one."""
        later = {
            record.name.rpartition(".")[2]
            for record in self.merge.trace.layers[self.merge.index :]
            if record.kind == word
        }
        return bool(later) and bool(later & set(_texts(self.data)))


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in data, but for keys."""
    waiting, seen = [value], set()
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, str):
            yield inner
        elif isinstance(inner, Mapping | list | tuple) and id(inner) not in seen:
            seen.add(id(inner))
            waiting.extend(inner.values() if isinstance(inner, Mapping) else inner)


def _shown(fields: Mapping[str, Any]) -> str:
    """Return a layer's fields as the file would have them."""
    if len(fields) == 1 and "P" in fields:
        return str(fields["P"]).replace(" ", "")
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def _title(path: Path) -> str:
    """Return what people call a branch."""
    step = path[-1]
    return f"branch {step + 1}" if isinstance(step, int) else f"the {step}"
