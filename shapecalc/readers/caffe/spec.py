"""A Caffe network in the spec language: each of its layers as one of ours, blobs as their values.

It is read as it is tested. A layer that writes into its own blob changes what later layers read
under that name. What measures (losses, Accuracy) is left out, and so are blobs that only those
read: the outputs are the blobs that nothing else reads, as a network in use has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, quote, suggested
from shapecalc.document import Original
from shapecalc.frameworks.caffe import MEASURES, SINKS
from shapecalc.readers.caffe import elementwise, operations, shapes, windows
from shapecalc.readers.caffe.building import Building
from shapecalc.readers.caffe.inputs import given_by
from shapecalc.readers.caffe.layers import Layer, Malformed, Net
from shapecalc.readers.items import Item, Sizes, turned_back

Function = Callable[[Building, Layer, Sequence[str]], list[str]]
LAYERS: Mapping[str, Function] = {**windows.TABLE, **elementwise.TABLE, **shapes.TABLE}
KEEPING = {*elementwise.TABLE, "concat", "slice", "split"}  # as many axes as come in
NO_VOLUMES: Mapping[str, Sizes] = {}


def translated(net: Net, given: Mapping[str, Sizes] = NO_VOLUMES) -> Translation:
    """Return the spec of a network, with other volumes in the place of some of its inputs'.

    Raises Malformed with the path of what no network can have.
    """
    translation = Translation(net, given)
    for declared in net.inputs:
        sizes = None if declared.shape is None else declared.shape[1:] or (1,)
        translation.add_input(declared.name, sizes, declared.path)
    for layer in net.layers:
        translation.add(layer)
    translation.leave_out()
    if not translation.building.items.inputs:
        other = "no layer of the file is there in the phase TEST"
        raise Malformed("a network without an input" if net.layers else other, ())
    return translation


class Translation:
    """The network so far: which value each blob has now, and which of them nothing reads yet."""

    def __init__(self, net: Net, given: Mapping[str, Sizes]) -> None:
        self.net, self.given = net, given
        self.building = Building()
        self.blobs: dict[str, str] = {}
        self.unread: dict[str, None] = {}  # blobs, in their order
        self.taken: set[str] = set()  # values that a layer takes, were it for their size alone
        self.read_at_all = {name for layer in net.layers for name in layer.bottoms}
        self.has_source = bool(net.inputs) or any(map(_is_source, net.layers))
        self.spare = _spare_inputs(net)
        self.axes = _axes_of_blobs(net)

    @property
    def outputs(self) -> list[str]:
        """The values of blobs that nothing reads, inputs left out."""
        items = self.building.items
        values = (self.blobs[blob] for blob in self.unread)
        return [value for value in dict.fromkeys(values) if items.producer(value) is not None]

    def add_input(self, blob: str, sizes: Sizes | None, path: tuple[str | int, ...]) -> str:
        """Add an input of the network; return its value."""
        items = self.building.items
        axes = self.axes.get(blob)
        volume: Sizes | None = None if axes is None else (None,) * (axes + 1)
        if sizes is not None:
            volume = turned_back(sizes)
        value = items.add_input(blob, self.given.get(blob, volume), path)
        if sizes is not None:  # the file says how many axes there are
            items.own[value] = turned_back(sizes)
        self.gives(blob, value)
        return value

    def gives(self, blob: str, value: str) -> None:
        """Note what a blob is from here on."""
        self.blobs[blob] = value
        self.unread[blob] = None

    def add(self, layer: Layer) -> None:
        """Add a layer of the file."""
        if _is_source(layer):
            for blob, sizes in given_by(layer):
                self.add_input(blob, sizes, layer.path)
            return
        if layer.kind in SINKS:
            for blob in layer.bottoms:
                self.unread.pop(blob, None)
            return
        if self._only_measures(layer):
            if layer.kind == "softmaxwithloss" and len(layer.tops) > 1:
                source = self._read(layer, 0)
                self.taken.add(source)
                self.gives(layer.tops[1], self.building.add(layer, "softmax", {}, [source]))
            return
        sources = [self._read(layer, index) for index in range(len(layer.bottoms))]
        self.taken.update(sources)
        for blob in layer.bottoms:
            self.unread.pop(blob, None)
        function = LAYERS.get(layer.kind, operations.operation)
        if function is not operations.operation and not sources:
            raise Malformed(f"{quote(layer.type)} takes a blob, and has no bottom", layer.path)
        values = function(self.building, layer, sources)
        for blob, value in zip(layer.tops, values, strict=False):
            self.gives(blob, value)

    def _only_measures(self, layer: Layer) -> bool:
        """Say whether a layer is left out: nothing reads what it gives, and it learns nothing."""
        if layer.kind in MEASURES:
            return self.read_at_all.isdisjoint(layer.tops[:1])
        weights = layer.outer.numbers("loss_weight")
        is_loss = layer.kind.endswith("loss") or any(weights)
        learns = "param" in layer.outer or layer.kind in LAYERS
        return is_loss and not learns and self.read_at_all.isdisjoint(layer.tops)

    def _read(self, layer: Layer, index: int) -> str:
        """Return the value of a blob that a layer takes."""
        blob = layer.bottoms[index]
        value = self.blobs.get(blob)
        if value is not None:
            return value
        path = layer.bottom_path(index)
        if blob in self.spare:
            source = self.spare[blob]
            return self.add_input(blob, dict(given_by(source))[blob], source.path)
        if self.has_source:
            close = suggested(blob, lambda: self.blobs, self.building.findings)
            hint = f"is it {quote(close)}?" if close else "a layer before it names it as a top"
            fault = Fault(rules.NO_SUCH_NAME, f"no layer before gives {quote(blob)}", hint)
            self.building.findings.append(Finding(fault, Original(path), layer.name))
            fields = {"what": "nothing", "parameters": {}, "macs": 0}
            value = self.building.put(Item(blob, "operation", fields, (), path), None)
            self.blobs[blob] = value
            return value
        return self.add_input(blob, None, path)  # a part of a network, without what comes in

    def leave_out(self) -> None:
        """Leave out the inputs that nothing reads, such as the labels that a loss compares, and the
        places of a pool's values where an unpooling is known to have them.
        """
        items = self.building.items
        read = {source for item in items.listed for source in item.sources}
        kept = {*read, *self.outputs}
        spare = {name for name in self.building.masks if name not in kept}
        items.listed = [item for item in items.listed if item.name not in spare]
        unread = [name for name in items.inputs if name not in self.taken]
        if len(unread) < len(items.inputs):
            for name in unread:
                del items.inputs[name]


def _is_source(layer: Layer) -> bool:
    """Say whether a layer gives blobs and reads none: it brings the data, whatever its type."""
    return not layer.bottoms and bool(layer.tops) and layer.kind != "parameter"


def _axes_of_blobs(net: Net) -> dict[str, int]:
    """Return how many spatial axes blobs have that windows slide over, behind layers that keep
    them, too.
    """
    found: dict[str, int] = {}
    for layer in reversed(net.layers):
        axes = windows.axes_of(layer)
        if axes is None and layer.kind in KEEPING:
            axes = next((found[top] for top in layer.tops if top in found), None)
        if axes is not None:
            found |= dict.fromkeys(layer.bottoms, axes)
    return found


def _spare_inputs(net: Net) -> dict[str, Layer]:
    """Return the data layers of other phases and stages, by the blobs that they give."""
    return {blob: layer for layer in net.left_out if _is_source(layer) for blob in layer.tops}
