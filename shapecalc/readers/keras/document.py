"""The document of a Keras file: its spec, what is wrong with the file, and where things stand."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, Path, quote
from shapecalc.document import Document, Original
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.given_sizes import check_axes
from shapecalc.readers.items import ROUNDING, Item, Sizes, turned
from shapecalc.readers.keras.building import Building
from shapecalc.readers.keras.graph import Graph, Malformed, NoLayers, TooLarge
from shapecalc.readers.keras.model import Model, read
from shapecalc.readers.keras.spec import translated
from shapecalc.readers.keras.walk import flatten
from shapecalc.readers.keras.words import field_key
from shapecalc.volumes import show

NO_LAYERS = "save keras.Model(inputs, model.call(inputs)), or write the network as a spec"
TOO_LARGE = "shapecalc explain SC108 tells how large a file may be"
DAMAGED = "save the model again with Keras, and give the whole file"


def of_stream(stream: BinaryIO, name: str | None) -> Document | None:
    """Return the document of an open file; None where it is of another kind."""
    try:
        model = read(stream)
        return _document(model, name)
    except NoLayers as error:
        if not error.is_model:
            return None
        document = _refused(error, Fault(rules.UNREADABLE, error.message, NO_LAYERS), name)
        document.meant = False
        return document
    except Malformed as error:
        if not error.is_model:
            return None
        if isinstance(error, TooLarge):
            return _refused(error, Fault(rules.LIMIT_PASSED, error.message, TOO_LARGE), name)
        return _refused(error, Fault(rules.DAMAGED, error.message, DAMAGED), name)


def of_model(model: Any) -> Document:
    """Return the document of a live model."""
    try:
        text = model.to_json()
    except Exception as error:  # code of users: layers that cannot say what they are
        said = f"{type(error).__name__}: {quote(str(error))}"
        fault = Fault(rules.UNREADABLE, f"to_json of the model fails: {said}", NO_LAYERS)
        return Document(None, None, [Finding(fault, ())])
    raw = text.encode() if isinstance(text, str) else b""
    document = of_stream(io.BytesIO(raw), None)
    if document is None:
        fault = Fault(rules.UNREADABLE, "to_json of the model gives no model of Keras", NO_LAYERS)
        return Document(None, None, [Finding(fault, ())])
    return document


def _refused(error: Malformed, fault: Fault, name: str | None) -> Document:
    """Return the document of a file that gives no network, with the place of what is wrong."""
    where = error.path if error.place or not error.member else (error.member, *error.path)
    return Document(None, name, [Finding(fault, Original(where), place=error.place)])


def _document(model: Model, name: str | None, inputs: Mapping[str, Sizes] = NOTHING) -> Document:
    graph = model.graph
    try:
        flat = flatten(graph)
    except Malformed as error:
        error.place, error.member = model.place(error.path), model.source.member
        raise
    building = translated(flat, inputs)
    items = building.items
    check_axes(items, inputs)
    data: dict[str, Any] = {"name": graph.name} if graph.name else {}
    data["inputs"] = {
        value: list(sizes) if sizes is not None else _axes_alone(items.own.get(value))
        for value, sizes in items.inputs.items()
    }
    data["rounding"] = ROUNDING
    data["layers"] = items.layers()
    data["outputs"] = list(dict.fromkeys(building.values[end] for end in building.flat.outputs))
    lines = model.source.has_lines
    document = Document(
        data,
        name,
        read_places=model.source.document.read_places if lines else None,
        original_path=_Origins(building, graph, lines).of,
    )
    document.findings = _contradictions(building, graph)
    document.with_inputs = lambda given: _document(model, name, given)
    return document


def _axes_alone(own: Sizes | None) -> list[None] | None:
    """Return an input of unknown sizes whose number of axes is known by what takes it."""
    return None if own is None else [None] * len(own)


# -- places ----------------------------------------------------------------------------------------


class _Origins:
    """Leads from a path of the spec to that in the file; without lines, to the layer's name."""

    def __init__(self, building: Building, graph: Graph, lines: bool) -> None:
        self.items, self.graph, self.lines = building.items, graph, lines
        self.configs = {call.layer.path: call.layer for call in building.flat.calls}

    def of(self, path: Path) -> Path:
        """Return the path in the file, or the name of the layer."""
        if path[:1] == ("layers",) and len(path) > 1 and isinstance(path[1], int):
            item = self.items.listed[path[1]]
            return self._of_item(item, path[3:]) if self.lines else (item.name,)
        if path[:1] == ("inputs",) and len(path) > 1:
            name = str(path[1])
            return self.items.input_paths.get(name, ()) if self.lines else (name,)
        return self.graph.path

    def _of_item(self, item: Item, steps: Path) -> Path:
        if steps[:1] == ("expect",):
            return item.claim_path
        layer = self.configs.get(item.path)
        if not steps or layer is None:
            return item.path
        key = field_key(layer, str(steps[0]))
        return item.path if key is None else (*item.path, "config", key)


# -- what the file says against itself -------------------------------------------------------------


def _contradictions(building: Building, graph: Graph) -> list[Finding]:
    """Return where the file states a shape that is not the one that it states before."""
    findings = []
    for tensor, stated in building.stated.items():
        value = building.values[tensor]
        shapes = [(one.shape[1:], one.path) for one in stated]
        if value in building.items.inputs:
            sizes = building.items.inputs[value]
            if sizes is not None:
                shown = turned(sizes) if value in building.items.first else sizes
                shapes.insert(0, (shown, ()))
        for (first, _), (other, path) in zip(shapes[:1] * len(shapes[1:]), shapes[1:], strict=True):
            if _agree(first, other):
                continue
            message = f"{value}: {show(other)} stated, {show(first)} in another place"
            fault = Fault(rules.FALSE_CLAIM, message, "one of the two is wrong")
            findings.append(Finding(fault, Original(path), value))
    return findings


def _agree(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    """Say whether two shapes may be the same; an unknown size is any."""
    return len(one) == len(other) and all(
        a == b or a is None or b is None for a, b in zip(one, other, strict=True)
    )
