"""A combination worked out: its totals, its outputs, or what does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import shapecalc
from shapecalc import network, readers
from shapecalc.collector import paused
from shapecalc.diagnostics import Diagnostic, SpecError, quote
from shapecalc.document import Document
from shapecalc.sweep.settings import BadSetting, Target, changed, target_of
from shapecalc.tracing import Trace
from shapecalc.volumes import show

TOTALS = ("parameters", "macs", "activations")
OF_MEMORY = ("peak", "inference_peak", "kept")
LOST = "its process was ended"


class Source(NamedTuple):
    """A file's bytes, and what is asked of every combination: it goes to other processes so.

    `memory` are the names and values it is estimated with, None where it is not asked for.
    """

    raw: bytes
    file: str
    names: tuple[str, ...]
    max_layers: int
    memory: tuple[tuple[str, Any], ...] | None = None


class Found(NamedTuple):
    """What is wrong with a combination: the code, None where there is none, and the layer."""

    code: str | None
    layer: str | None
    message: str


class Row(NamedTuple):
    """A combination of values: the totals by name, the outputs as text; None for the unknown."""

    values: tuple[str, ...]
    numbers: Mapping[str, int | None]
    outputs: Mapping[str, str | None]
    found: tuple[Found, ...] = ()
    batch: int | None = None  # the largest that fits, where that is asked for

    @property
    def fits(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found


def base_of(source: Source) -> tuple[Document, list[Target]]:
    """Return the file's document, and what the names mean in it.

    Raises BadSetting for a name that means nothing, SpecError for a file without a network.
    """
    document = readers.read_bytes(source.raw, source.file)
    traced = shapecalc.trace(network.build(document, source.max_layers))
    if not traced.spec.readable:
        raise SpecError(traced.diagnostics)
    return document, [target_of(traced, name) for name in source.names]


_base = lru_cache(2)(base_of)  # each process reads the file once


def row_of(source: Source, values: tuple[str, ...]) -> Row:
    """Return the row of a combination. Never raises for what is wrong with it."""
    try:
        document, targets = _base(source)
        return _row(_traced(source, document, targets, values), values, source.memory)
    except SpecError as error:
        return Row(values, {}, {}, tuple(map(_found, error.diagnostics)))
    except BadSetting as error:
        return Row(values, {}, {}, (Found(None, None, str(error)),))
    except (Exception, RecursionError, MemoryError) as error:  # the others go on
        return failed(values, f"it cannot be worked out ({type(error).__name__})")


def failed(values: tuple[str, ...], why: str = LOST) -> Row:
    """Return the row of a combination that could not be worked out."""
    return Row(values, {}, {}, (Found(None, None, why),))


def _traced(
    source: Source, document: Document, targets: Sequence[Target], values: Sequence[str]
) -> Trace:
    pairs = zip(targets, values, strict=True)
    given = {target.input: value for target, value in pairs if target.input is not None}
    if document.is_native:
        document = readers.read_mapping(changed(document.data, targets, values))
    with paused():
        return shapecalc.trace(network.build(document, source.max_layers, given or None))


def _row(trace: Trace, values: tuple[str, ...], memory: tuple[tuple[str, Any], ...] | None) -> Row:
    wrong = tuple(_found(d) for d in trace.diagnostics if d.severity == "error")
    if wrong:
        return Row(values, {}, {}, wrong)
    numbers = {key: trace.totals[key] for key in TOTALS}
    outputs = {
        name: None if volume is None else show(volume) for name, volume in trace.outputs.items()
    }
    if memory is None:
        return Row(values, numbers, outputs)
    from shapecalc.footprint import estimate  # few ask for it

    found = estimate(trace, **dict(memory))
    numbers |= {key: getattr(found, key) for key in OF_MEMORY}
    return Row(values, numbers, outputs, batch=found.fit.batch if found.fit else None)


def _found(found: Diagnostic) -> Found:
    return Found(found.code, found.layer, quote(found.message, 400))
