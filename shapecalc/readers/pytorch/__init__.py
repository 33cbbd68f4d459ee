"""PyTorch's files: programs of torch.export (.pt2), and Sequentials saved whole by torch.save.

Nothing of a file is executed, imported or unpickled, and weights are never read.

archive.py finds the program in the file, program.py makes plain data of it, graph.py a spec, node
by node; what an operator does stands in windows.py, dense.py, norms.py, arithmetic.py and shapes.py
under its name, what its arguments are by default in arguments.py. exported.py makes the same plain
data of a program in memory, live.py of a module; sequential.py reads torch.save(model).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from shapecalc.document import Document
    from shapecalc.readers.base import File

endings = (".pt2",)

ZIP = b"PK\x03\x04"
# Compiled when they are first needed: most files are specs.
INSIDE = rb"archive_format|models/[^/]{1,200}\.json|data/weights/|serialized_exported_program\.json"


LEGACY = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"  # how torch.save began before 1.6
MODULES = b"_modules"  # an attribute of every module, which a state dict has not


def claims(start: bytes, name: str) -> bool:
    """Say whether a file may hold a network: an archive of an exported program, or a pickle of
    modules.
    """
    if not start.startswith((ZIP, LEGACY)):
        return False
    if MODULES in start:
        return True
    return name.lower().endswith(".pt2") or re.search(INSIDE, start) is not None


def read(file: File) -> Document | None:
    """Return a file's document; None where it holds no network after all."""
    from shapecalc.readers.pytorch import document  # few files are PyTorch's

    if MODULES in file.start:
        found = document.of_pickle(file)
        if found is not None:
            return found
    return document.of_stream(file.stream, file.name) if file.start.startswith(ZIP) else None


def read_module(model: Any, inputs: Any) -> Document | None:
    """Return the document of a module in this process, used on volumes; None for anything else."""
    from shapecalc.readers.pytorch import live

    return live.of_module(model, inputs) if live.is_module(model) else None
