"""The document of an exported program: its spec, or what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding
from shapecalc.document import Document, Original
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.pytorch.archive import open_archive
from shapecalc.readers.pytorch.graph import Graph
from shapecalc.readers.pytorch.malformed import Malformed, NoProgram
from shapecalc.readers.pytorch.program import Program, program_of

DAMAGED = "export it again, torch.export.save(torch.export.export(model, inputs), file)"


def of_stream(stream: BinaryIO, name: str | None) -> Document | None:
    """Return the document of an open file; None where it is of another kind."""
    try:
        stored = open_archive(stream)
        if stored is None:
            return None
        return document_of(program_of(stored.program, stored.sharing), name)
    except Malformed as error:
        rule = rules.UNREADABLE if isinstance(error, NoProgram) else rules.DAMAGED
        fault = Fault(rule, error.message, error.hint or DAMAGED)
        where = Original((error.node,)) if error.node else Original()
        return Document(None, name, [Finding(fault, where)], original_path=_as_it_is)


def document_of(
    program: Program, name: str | None, inputs: Mapping[str, Sizes] = NOTHING
) -> Document:
    """Return the document of a program, with other volumes in the place of some inputs'."""
    graph = Graph(program, inputs)
    outputs = graph.built()
    return graph.network.document(
        program.name, name, outputs, lambda given: document_of(program, name, given)
    )


def _as_it_is(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return path
