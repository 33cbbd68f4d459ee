"""The document of a Caffe file: its spec, what is wrong with the file, and where things stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Path
from shapecalc.document import Document
from shapecalc.readers.base import MAX_BYTES, unreadable
from shapecalc.readers.caffe.building import ROUNDING, Building
from shapecalc.readers.caffe.layers import Malformed, Net, read_net
from shapecalc.readers.caffe.spec import NO_VOLUMES, translated
from shapecalc.readers.caffe.text import Broken, Message, TextPlaces, parse, placing
from shapecalc.readers.given_sizes import check_axes
from shapecalc.readers.items import Sizes

WHOLE = "mend the file there, or give the whole file"
NO_NETWORK = (  # a field that it has, what it is, what to do
    (("net", "train_net", "test_net", "net_param", "base_lr", "solver_type"),
     "a Caffe solver", "its field net names the file of the network: give that one"),
    (("item",), "a Caffe label map", "give the file of the network, with its layers"),
)  # fmt: skip


def of_bytes(raw: bytes, name: str, certain: bool, named: bool) -> Document | None:
    """Return the document of a file's bytes; None where it is of another kind.

    It is `certain` that the file is a network where it shows layers of Caffe's; where it does not,
    it may be one by its name.
    """
    if len(raw) > MAX_BYTES:
        fault = Fault(
            rules.LIMIT_PASSED, f"the file is larger than {MAX_BYTES:,} bytes", "split it"
        )
        return unreadable(fault, (1, 1), name)
    text = raw.decode("utf-8-sig", "replace")  # comments are in any encoding
    try:
        root = parse(text)
    except Broken as error:
        if not certain:
            return None
        fault = Fault(rules.DAMAGED, error.message, WHOLE)
        return unreadable(fault, placing(text)(error.offset), name)
    if root.fields.keys().isdisjoint(("layer", "layers")):
        return _no_network(root, name)
    if not (certain or named):
        return None
    places = TextPlaces(root, text)
    try:
        return _document(read_net(root), places, name)
    except Malformed as error:
        return _malformed(error, places, name)


def _no_network(root: Message, name: str) -> Document | None:
    """Return the document of a text of Caffe's that has no layers; None where it is none."""
    for keys, what, hint in NO_NETWORK:
        if not root.fields.keys().isdisjoint(keys):
            document = unreadable(Fault(rules.UNREADABLE, f"this is {what}", hint), (1, 1), name)
            document.meant = False
            return document
    return None


def _malformed(error: Malformed, places: TextPlaces, name: str | None) -> Document:
    line, column, *_ = places.find(error.path)
    return unreadable(Fault(rules.DAMAGED, error.message, WHOLE), (line, column), name)


def _document(
    net: Net, places: TextPlaces, name: str | None, given: Mapping[str, Sizes] = NO_VOLUMES
) -> Document:
    translation = translated(net, given)
    building = translation.building
    items = building.items
    check_axes(items, given)
    data: dict[str, Any] = {"name": net.name} if net.name else {}
    data["inputs"] = {
        value: None if sizes is None else list(sizes) for value, sizes in items.inputs.items()
    }
    data["rounding"] = ROUNDING
    data["layers"] = items.layers()
    if translation.outputs:
        data["outputs"] = translation.outputs
    document = Document(
        data,
        name,
        building.findings,
        read_places=lambda: places,
        original_path=_Origins(building).of,
    )

    def other(inputs: Mapping[str, Sizes]) -> Document:
        try:
            return _document(net, places, name, inputs)
        except Malformed as error:  # an axis that a volume of these sizes has not
            return _malformed(error, places, name)

    document.with_inputs = other
    return document


class _Origins:
    """Leads from a path of the spec to that in the file."""

    def __init__(self, building: Building) -> None:
        self.items, self.places = building.items, building.places

    def of(self, path: Path) -> Path:
        """Return the path in the file."""
        if path[:1] == ("layers",) and len(path) > 1 and isinstance(path[1], int):
            item = self.items.listed[path[1]]
            field = str(path[3]) if len(path) > 3 else ""
            return self.places.get(item.name, {}).get(field, item.path)
        if path[:1] == ("inputs",) and len(path) > 1:
            return self.items.input_paths.get(str(path[1]), ())
        return ()
