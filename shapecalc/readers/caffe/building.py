"""What the layers of a file are put into a spec with: blobs, their axes, shared parameters.

Every blob of Caffe has the batch in front, then the depth, then the spatial axes: N x C x H x W.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from shapecalc.diagnostics import MAX_LAYERS, Finding, LayerError, Path
from shapecalc.geometry import Rounding
from shapecalc.layers import KINDS
from shapecalc.readers.caffe.layers import Layer, Malformed
from shapecalc.readers.items import Item, Items, Sizes, turned, turned_back
from shapecalc.readers.opaque import UNKNOWN, Opaque

ROUNDING: Rounding = "ceil"  # Caffe's pools round up, its convolutions down, as `ceil` does here
LEARNED = ("weight", "bias")
STATISTICS = ("running_mean", "running_var")
NOWHERE: Mapping[str, Path] = {}


class Owner(NamedTuple):
    """Whose a parameter with a name is, and which of that layer's it is."""

    item: str
    blob: str


class Building:
    """The spec so far, where its fields stand in the file, and who has which parameter."""

    def __init__(self) -> None:
        self.items = Items(ROUNDING)
        self.places: dict[str, Mapping[str, Path]] = {}  # where the fields of each layer stand
        self.blobs: dict[str, tuple[str, ...]] = {}  # the parameters of each layer
        self.owners: dict[str, Owner] = {}  # of parameters with names
        self.masks: dict[str, str] = {}  # the pool whose places a value holds
        self.findings: list[Finding] = []

    # -- values ------------------------------------------------------------------------------------

    def rank(self, value: str) -> int | None:
        """Return how many axes a value has without the batch."""
        return self.items.ranks[value]

    def sizes(self, value: str) -> Sizes | None:
        """Return a value's sizes in the order of the file, without the batch."""
        volume = self.items.volume(value)
        return None if volume is None else turned(volume)

    def known_sizes(self, value: str) -> tuple[int, ...] | None:
        """Return a value's sizes in the order of the file, if all are known."""
        return whole(self.sizes(value))

    def depth(self, value: str) -> int | None:
        """Return how deep a value is."""
        sizes = self.sizes(value)
        return None if not sizes else sizes[0]

    def axis(self, value: str, number: int, path: Path) -> int | None:
        """Return an axis of the file, where 0 is the batch, counted from the front.

        None where that is not known. Raises Malformed where there is none.
        """
        rank = self.rank(value)
        if rank is None:
            return number if number >= 0 else None
        found = number + rank + 1 if number < 0 else number
        if not 0 <= found <= rank:
            raise Malformed(f"there is no axis {number} of {rank + 1}", path)
        return found

    # -- layers ------------------------------------------------------------------------------------

    def add(
        self,
        layer: Layer,
        kind: str,
        fields: Mapping[str, Any],
        sources: Sequence[str],
        rank: int | None = None,
        *,
        name: str = "",
        places: Mapping[str, Path] = NOWHERE,
        share: str | None = None,
        frozen: bool = False,
    ) -> str:
        """Add a layer under the name that the file's has, with `name` behind it; return its value.

        Without a rank it has that of its first source. `places` says where its fields stand in the
        file; `share` is the layer whose parameters it uses, whatever they are called.
        """
        if rank is None and sources:
            rank = self.rank(sources[0])
        item = Item(
            self.items.free(f"{layer.name}{name}"), kind, dict(fields), tuple(sources), layer.path
        )
        blobs = blobs_of(kind, fields)
        learned = sum(blob in LEARNED for blob in blobs)
        if learned and (frozen or not layer.learns(learned)):
            item.beside["trainable"] = False
        if share is not None:
            item.beside["share"] = share
        elif blobs and not self._shared(layer, item, blobs):
            self._in_part(layer, item, blobs)
        self.blobs[item.name] = blobs
        self.places[item.name] = places
        return self.put(item, rank)

    def put(self, item: Item, rank: int | None) -> str:
        """Put a layer into the spec. Raises Malformed where there are more than can be traced."""
        if len(self.items.listed) == MAX_LAYERS:
            raise Malformed(f"it has more than {MAX_LAYERS:,} layers here", item.path)
        return self.items.add(item, rank)

    def _shared(self, layer: Layer, item: Item, blobs: Sequence[str]) -> bool:
        """Note which parameters a layer has from an earlier one: all, or one.

        False where the language cannot say it.
        """
        known: dict[str, Owner] = {}
        for blob, name in zip(blobs, layer.blob_names(), strict=False):
            if name:
                owner = self.owners.setdefault(name, Owner(item.name, blob))
                if owner.item != item.name:
                    known[blob] = owner
        if not known:
            return True
        owners = {owner.item for owner in known.values()}
        if any(owner.blob != blob for blob, owner in known.items()):
            return False
        if len(owners) == 1 and len(known) == len(blobs) == len(self.blobs[min(owners)]):
            item.beside["share"] = min(owners)
            return True
        if len(known) == 1:
            ((blob, owner),) = known.items()
            item.beside["share"] = {blob: owner.item}
            return True
        return False

    def _in_part(self, layer: Layer, item: Item, blobs: Sequence[str]) -> None:
        """Make an operation of a layer that has its parameters from several others."""
        names = layer.blob_names()
        others = {
            blob
            for blob, name in zip(blobs, names, strict=False)
            if name and self.owners[name] != Owner(item.name, blob)
        }
        found = self.as_operation(item.kind, item.fields, item.sources)
        if found.parameters is not None:
            arrays = found.parameters.items()
            own = {name: shape for name, shape in arrays if name not in others}
            found = found._replace(parameters=own)
        item.kind, item.fields = "operation", {"what": layer.type, **_known_of(found)}
        if found.outputs[0] is not None:
            item.fields["output"] = list(turned_back(found.outputs[0]))
        item.beside.clear()

    def as_operation(self, kind: str, fields: Mapping[str, Any], sources: Sequence[str]) -> Opaque:
        """Return what a layer of a kind would give, keep and multiply, as far as that is known."""
        volumes = [whole(self.items.volume(source)) for source in sources]
        known = [volume for volume in volumes if volume is not None]
        if len(known) < len(volumes):
            return UNKNOWN
        try:
            layer = KINDS[kind].model_validate(fields).with_rounding(ROUNDING)
            output, arrays = layer.volume(known), layer.parameters(known)
            macs = layer.macs(known, output)
        except (ValidationError, LayerError):
            return UNKNOWN
        learned = {n: list(a.shape) for n, a in arrays.items() if a.role != "statistic"}
        statistics = {n: list(a.shape) for n, a in arrays.items() if a.role == "statistic"}
        return Opaque((turned(output),), learned, macs, statistics)

    # -- what is not computed ----------------------------------------------------------------------

    def operation(
        self,
        layer: Layer,
        found: Opaque,
        sources: Sequence[str],
        *,
        name: str = "",
        tops: int | None = None,
    ) -> list[str]:
        """Add an operation, and one more for each further output; return their values."""
        kept = sources[0] if found.keeps and sources else None
        values: list[str] = []
        for number in range(max(1, len(layer.tops) if tops is None else tops)):
            sizes = found.outputs[number] if number < len(found.outputs) else None
            if number == 0 and kept is not None:
                sizes = self.sizes(kept)
            fields: dict[str, Any] = {"what": layer.type}
            if sizes is not None:
                fields["output"] = list(turned_back(sizes or (1,)))
            if number:
                fields |= {"parameters": {}, "macs": 0}
            else:
                fields |= _known_of(found)
            rank = None if sizes is None else len(sizes)
            if rank is None and kept is not None and number == 0:
                rank = self.rank(kept)
            behind = f"{name}:{number}" if number else name
            item = Item(
                f"{layer.name}{behind}", "operation", fields,
                tuple(values[:1] if number else sources), layer.path,
            )  # fmt: skip
            values.append(self.put(item, rank))
        return values

    def unknown(self, layer: Layer, sources: Sequence[str]) -> list[str]:
        """Add an operation of which nothing is known but that it keeps no parameters."""
        return self.operation(layer, Opaque((), {}, 0), sources)


def _known_of(found: Opaque) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    arrays = found.arrays()
    if arrays is not None:
        fields["parameters"] = arrays
    if found.macs is not None:
        fields["macs"] = found.macs
    return fields


def blobs_of(kind: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a layer's parameters, by our names, in the order in which Caffe keeps them."""
    if kind in ("conv", "conv_transpose", "dense"):
        return LEARNED if fields.get("bias", True) else LEARNED[:1]
    if kind == "prelu":
        return LEARNED[:1]
    if kind == "scale":
        weight, bias = fields.get("weight", True) is True, fields.get("bias") is True
        return LEARNED[:1] * weight + LEARNED[1:] * bias
    if kind == "batch_norm":
        return STATISTICS if fields.get("scale") is False else LEARNED + STATISTICS
    return ()


def whole(volume: Sizes | None) -> tuple[int, ...] | None:
    """Return a volume if it is known in all its sizes."""
    known = tuple(size for size in volume or () if size is not None)
    return known if volume is not None and len(known) == len(volume) else None
