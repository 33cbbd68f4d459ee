"""The document of an exported program: its spec, or what is wrong with the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, quote
from shapecalc.document import Document, Original
from shapecalc.frameworks.meanings import NOTHING
from shapecalc.readers.items import Sizes
from shapecalc.readers.pytorch.archive import open_archive
from shapecalc.readers.pytorch.graph import Graph
from shapecalc.readers.pytorch.malformed import Malformed, NoProgram
from shapecalc.readers.pytorch.program import Program, program_of

if TYPE_CHECKING:
    from shapecalc.readers.base import File

EXPORT = "torch.export.save(torch.export.export(model.eval(), inputs), 'model.pt2')"
DAMAGED = f"export it again: {EXPORT}"


TREE = "the code of its class says how its parts are joined: save what torch.export.export gives"


def of_pickle(file: File) -> Document | None:
    """Return the document of what torch.save wrote; None where no module was saved whole.

    A Sequential is a network; of any other class there are the weights, and what to do.
    """
    from shapecalc.checkpoints.base import Unreadable
    from shapecalc.checkpoints.pytorch import read_saved
    from shapecalc.readers import weights
    from shapecalc.readers.pytorch import sequential

    try:
        module = sequential.module_in(read_saved(file.stream).root)
        if module is None:
            return None
        document = sequential.document_of(module, file.name)
    except Unreadable:  # whoever reads weights says what is wrong
        return None
    except Malformed as error:
        return _damaged(error, file.name)
    if document is not None:
        return document
    kind = quote(sequential.class_of(module))
    message = f"this is a module of PyTorch of the class {kind}, saved whole"
    fault = Fault(rules.UNREADABLE, message, f"{TREE}: {EXPORT}")
    found = weights.read(file) or Document(None, file.name)
    found.findings = [Finding(fault, (), place=(1, 1))]
    found.meant = False
    return found


def of_stream(stream: BinaryIO, name: str | None) -> Document | None:
    """Return the document of an open file; None where it is of another kind."""
    try:
        stored = open_archive(stream)
        if stored is None:
            return None
        return document_of(program_of(stored.program, stored.sharing), name)
    except Malformed as error:
        return _damaged(error, name)


def _damaged(error: Malformed, name: str | None) -> Document:
    """Return the document of a file that gives no network, with the node that is wrong."""
    rule = rules.UNREADABLE if isinstance(error, NoProgram) else rules.DAMAGED
    fault = Fault(rule, error.message, error.hint or DAMAGED)
    where = Original((error.node,)) if error.node else Original()
    return Document(None, name, [Finding(fault, where)], original_path=lambda path: path)


def document_of(
    program: Program, name: str | None, inputs: Mapping[str, Sizes] = NOTHING
) -> Document:
    """Return the document of a program, with other volumes in the place of some inputs'."""
    graph = Graph(program, inputs)
    outputs = graph.built()
    return graph.network.document(
        program.name, name, outputs, lambda given: document_of(program, name, given)
    )
