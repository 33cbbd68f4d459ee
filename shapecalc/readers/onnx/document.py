"""The document of an ONNX file: its spec, and what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, BinaryIO

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, quote
from shapecalc.document import Document, Original
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.onnx.messages import read_model
from shapecalc.readers.onnx.model import BITS, NAMES, Graph, Model
from shapecalc.readers.onnx.spec import Translation
from shapecalc.readers.onnx.wire import Malformed, open_data

DAMAGED = "export the model again, and give the whole file"
NEEDS_OPSET = 3  # the IR version from which on a model says which operators it means


def of_stream(stream: BinaryIO, name: str, certain: bool) -> Document | None:
    """Return the document of an open file; None where it is of another kind after all.

    `certain` says that its first bytes are those of an ONNX file.
    """
    try:
        model = read_model(open_data(stream))
        if model.graph is None:
            if not certain:
                return None
            raise Malformed("it has no graph", 0)
        return _document(model, name)
    except Malformed as error:
        return refused(error, name) if certain else None


def refused(error: Malformed, name: str) -> Document:
    """Return the document of a damaged file."""
    fault = Fault(rules.DAMAGED, f"{error.message} (at byte {error.at:,})", DAMAGED)
    return Document(None, name, [Finding(fault, Original(()))])


def _document(model: Model, name: str, inputs: Mapping[str, Sizes] = NOTHING) -> Document:
    graph = model.graph
    assert graph is not None
    translation = Translation(model, graph, inputs)
    outputs = [
        translation.tensors[value.name]
        for value in graph.outputs
        if value.name in translation.tensors
    ]

    def again(given: Mapping[str, Any]) -> Document:
        return _document(model, name, given)

    document = translation.network.document(graph.name, name, outputs, again)
    if model.ir_version >= NEEDS_OPSET and not model.opsets:
        message = "it does not say which version of the operators it means: it may be cut off"
        document.findings.append(Finding(Fault(rules.DAMAGED, message, DAMAGED), Original(())))
    document.findings += _contradictions(graph)
    for tensor, stated, computed in translation.contradicted:
        message = f"{quote(tensor)} has {computed} axes, the batch among them; {stated} are stated"
        fault = Fault(rules.FALSE_CLAIM, message, "one of the two is wrong")
        document.findings.append(Finding(fault, Original((tensor,))))
    return document


def _contradictions(graph: Graph) -> list[Finding]:
    """Return which arrays have another number of bytes in the file than their shape asks for.

    Arrays without any were taken out on purpose.
    """
    findings = []
    for tensor in graph.initializers.values():
        if not tensor.stored or tensor.data_type not in BITS:
            continue
        needed = -(-prod(tensor.shape) * BITS[tensor.data_type] // 8)
        if needed != tensor.stored:
            sizes = "x".join(map(str, tensor.shape)) or "one value"
            message = (
                f"{quote(tensor.name)}: {sizes} of {NAMES.get(tensor.data_type, 'its type')} take "
                f"{needed:,} bytes, {tensor.stored:,} are stored"
            )
            findings.append(Finding(Fault(rules.DAMAGED, message, DAMAGED),
                                    Original((tensor.name,))))  # fmt: skip
    return findings
