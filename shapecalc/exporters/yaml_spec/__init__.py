"""A network as a spec, in YAML, as a person would have written it.

A spec keeps its own words and structure. In a file of another format, whose layers stand in one
list, runs become repeats, pieces that come again become blocks, branches become composites. What
was written is read again and compared with the network, layer by layer; were it not the same, a
flatter spec would be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, SpecError, quote
from shapecalc.exporters.spec_data import data_of
from shapecalc.exporters.yaml_spec.blocks import Blocks
from shapecalc.exporters.yaml_spec.elements import Call, Element, Likeness, leaves
from shapecalc.exporters.yaml_spec.graph import Chain, Chains, Flat
from shapecalc.exporters.yaml_spec.layout import Comments, text_of
from shapecalc.exporters.yaml_spec.naming import Names
from shapecalc.exporters.yaml_spec.proof import is_same
from shapecalc.exporters.yaml_spec.reading import flat_of
from shapecalc.exporters.yaml_spec.repeats import folded
from shapecalc.exporters.yaml_spec.writing import Writing
from shapecalc.readers.base import MAX_BYTES
from shapecalc.tracing import Trace
from shapecalc.volumes import show

TASTES = (0.0, 0.5, 1.0)  # how much long blocks are preferred to those that save most lines
MOST_TRIED = 3000  # layers for which all are tried
PER_LINE = 20  # characters that a line is worth
CLAIMED = ("parameters", "non_trainable", "macs")  # of the totals


def export(trace: Trace) -> str:
    """Return the spec as YAML, with a line break at its end.

    Raises SpecError for a file in which no network can be read.
    """
    spec = trace.spec
    data = data_of(trace)
    if spec.document.is_native:
        source = spec.document.source
        if source is not None and not spec.given and not source.text.lstrip().startswith(("{", "[")):
            return source.text  # somebody has written it
        return _text(data, {}, trace)
    flat = flat_of(spec)
    if flat is not None:
        text = _structured(trace, flat) or _proved(trace, _Made(trace, flat, None))
        if text is not None:
            return text
    return _text(data, {}, trace)


def _structured(trace: Trace, flat: Flat) -> str | None:
    """Return the spec that is easiest to read, of several ways to find blocks; None where it is
    not the network.
    """
    tastes = TASTES if len(flat.leaves) <= MOST_TRIED else TASTES[:1]
    made = [_Made(trace, flat, taste) for taste in tastes]
    return _proved(trace, min(made, key=lambda one: _length(one.text)))


def _length(text: str) -> int:
    return len(text) + PER_LINE * text.count("\n")


def _proved(trace: Trace, made: _Made) -> str | None:
    return made.text if is_same(made.text, trace, made.order) else None


def _text(data: Mapping[str, Any], comments: Comments, trace: Trace) -> str:
    """Return data as text. Raises SpecError for values that YAML has not, and for too many."""
    try:
        text = text_of(data, comments, MAX_BYTES)
    except (TypeError, ValueError, RecursionError):
        fault = Fault(rules.WRONG_VALUE, "the network holds a value that YAML has not")
        raise SpecError([trace.spec.document.located(Finding(fault, ()))]) from None
    if text is None:
        fault = Fault(rules.LIMIT_PASSED, f"the spec has more than {MAX_BYTES:,} characters")
        raise SpecError([trace.spec.document.located(Finding(fault, ()))])
    return text


class _Made:
    """A spec made of a flat network: its data, and the order in which it has the layers."""

    def __init__(self, trace: Trace, flat: Flat, taste: float | None) -> None:
        self.trace, self.flat = trace, flat.copied()
        spec = trace.spec
        kinds = [node.kind for node in spec.nodes]
        self.names = Names([*spec.inputs], [node.name for node in spec.nodes], kinds)
        chains = Chains(self.flat, taste is not None).listed()
        self.outputs = [value for value in spec.outputs.values() if value is not None]
        self.last = self._wire(chains)
        lists = [chain.elements for chain in chains]
        likeness, blocks = Likeness(), []
        if taste is not None:
            lists[:] = [folded(one, likeness, self.names.boundary) for one in lists]
            blocks = Blocks(lists, likeness, self.names, taste).find()
        self.lists: Sequence[Sequence[Element]] = lists
        self.order = [index for elements in lists for index in leaves(elements)]
        for element in (element for elements in lists for element in elements):
            if isinstance(element, Call) and element.named:
                self.names.called(element.inside)
        self.writing = Writing(self.names, flat.inputs)
        self.blocks = self.writing.blocks(blocks)
        self.layers = self.writing.layers(lists)
        self.text = self._written()

    def _wire(self, chains: Sequence[Chain]) -> int:
        """Say on the first layers of chains what they take, where it is not the layer before, and
        note what others take by its name. Return the value of the last layer.
        """
        ends = {self.flat.inputs + last.elements[-1].index: last.elements[-1]  # type: ignore[union-attr]
                for last in chains}
        before = 0 if self.flat.inputs == 1 else None
        named: set[int] = set()
        for chain in chains:
            if chain.origin != (before,):
                chain.elements[0].origin = chain.origin  # type: ignore[union-attr]
                named.update(chain.origin)
            before = self.flat.inputs + chain.elements[-1].index  # type: ignore[union-attr]
        assert before is not None
        if self.outputs != [before]:
            named.update(self.outputs)
        for value in named:
            if value in ends:
                ends[value].named = True  # type: ignore[union-attr]
        return before

    def _written(self) -> str:
        """Return the whole spec."""
        data: dict[str, Any] = {}
        spec = self.trace.spec
        if spec.name:
            data["name"] = spec.name
        volumes = [None if v is None else _volume(v) for v in spec.inputs.values()]
        if len(volumes) == 1:
            data["input"] = volumes[0]
        else:
            data["inputs"] = dict(zip(self.names.inputs, volumes, strict=True))
        if "rounding" in spec.document.data:
            data["rounding"] = spec.document.data["rounding"]
        if self.blocks:
            data["blocks"] = self.blocks
        data["layers"] = self.layers
        if self.outputs != [self.last]:
            data["outputs"] = [self.writing.name_of(value) for value in self.outputs]
        data |= self._claims()
        return "".join(self._head()) + _text(data, self.writing.comments, self.trace)

    def _head(self) -> Iterator[str]:
        document = self.trace.spec.document
        if document.file and document.file != "-":
            name = quote(PurePath(document.file).name)
            yield f"# From {name}, whose own names stand in the comments.\n"

    def _claims(self) -> dict[str, Any]:
        """Return what is known of the whole network: whoever edits the spec is told of changes."""
        output = self.trace.output
        claims = {} if output is None or None in output else {"output": _volume(output)}
        claims |= {key: value for key in CLAIMED if (value := self.trace.totals[key])}
        return {"expect": claims} if claims else {}


def _volume(volume: Sequence[int | None]) -> str | int | None:
    return show(volume) if len(volume) > 1 else volume[0]
