"""A network as a spec, in YAML, as a person would have written it.

A spec keeps its own words and structure. In a file of another format, whose layers stand in one
list, runs become repeats, pieces that come again become blocks, branches become composites. What
was written is read again and compared with the network, layer by layer; were it not the same, a
flatter spec is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, SpecError
from shapecalc.exporters.spec_data import data_of
from shapecalc.exporters.yaml_spec.graph import Flat
from shapecalc.exporters.yaml_spec.layout import Comments, text_of
from shapecalc.exporters.yaml_spec.making import Made, Maker, head
from shapecalc.exporters.yaml_spec.proof import is_same
from shapecalc.exporters.yaml_spec.reading import flat_of
from shapecalc.readers.base import MAX_BYTES
from shapecalc.tracing import Trace
from shapecalc.volumes import show

TASTES = (0.0, 0.5, 1.0)  # how much long blocks are preferred to those that save most lines
MOST_TRIED, MOST_SEARCHED = 3_000, 20_000  # layers for which all are tried, for which one is
PER_LINE = 20  # characters that a line is worth


def export(trace: Trace) -> str:
    """Return the spec as YAML, with a line break at its end. YAML is returned as it stands.

    Raises SpecError for a file in which no network can be read, or with an input of which not even
    the number of axes is known.
    """
    spec = trace.spec
    data = data_of(trace)
    if not spec.document.is_native:
        text = _made(trace)
        if text is not None:
            return text
    source = spec.document.source
    own = spec.document.is_native and source is not None and not spec.given
    if own and source is not None and not source.text.lstrip().startswith("{"):
        return source.text
    if spec.given or not spec.document.is_native:
        data = _with_sizes_shown(data)
    return _text(data, {}, trace)


def _with_sizes_shown(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a spec with the volumes of its inputs as people write them."""
    volumes = data.get("inputs")
    if not isinstance(volumes, Mapping):
        return {k: _shown(v) if k == "input" else v for k, v in data.items()}
    return {**data, "inputs": {name: _shown(volume) for name, volume in volumes.items()}}


def _shown(volume: Any) -> Any:
    return show(volume) if isinstance(volume, list) and len(volume) > 1 else volume


def _made(trace: Trace) -> str | None:
    """Return the spec of a file of another format; None where it has to be written as it is."""
    flat = flat_of(trace.spec)
    if flat is None:
        return None
    return _structured(trace, flat) or _proved(trace, Maker(trace, flat, structured=False).plain())


def _structured(trace: Trace, flat: Flat) -> str | None:
    """Return the spec that is easiest to read, of several with blocks of different sizes; None
    where it is not the network.
    """
    maker = Maker(trace, flat.copied(), structured=True)
    size = len(flat.leaves)
    if size > MOST_SEARCHED:
        return _proved(trace, maker.plain())
    made = [maker.with_blocks(taste) for taste in TASTES[: 3 if size <= MOST_TRIED else 1]]
    return _proved(trace, min(made, key=lambda one: _length(_text(one.data, {}, trace))))


def _length(text: str) -> int:
    return len(text) + PER_LINE * text.count("\n")


def _proved(trace: Trace, made: Made) -> str | None:
    text = head(trace.spec) + _text(made.data, made.comments, trace)
    return text if is_same(text, trace, made.order) else None


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
