"""Networks that are made by code: --module package.module:name, the one place that runs any."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import redirect_stdout
from typing import Any

from shapecalc import readers
from shapecalc.cli.files import Inputs, Unusable, built
from shapecalc.diagnostics import SpecError, quote
from shapecalc.document import Document
from shapecalc.network import NetworkSpec

NEITHER = "this is neither a module of PyTorch nor a model of Keras, but of the class {}"
LONGEST = 300  # of a message of somebody else's


def made(name: str, max_layers: int, inputs: Inputs = None) -> NetworkSpec:
    """Return the network of what a module of Python names. Raises Unusable where it fails."""
    try:
        with redirect_stdout(sys.stderr):  # a result goes to standard output, and nothing else
            document, given = _document(_loaded(name), inputs)
    except _Failed as error:
        raise Unusable(error) from None
    except SpecError as error:
        (fault,) = error.diagnostics
        raise Unusable(ValueError(f"--input: {fault.message}; {fault.hint}")) from None
    document.file = name
    return built(document, max_layers, given)


class _Failed(Exception):
    """What is wrong with the code that was run, in one line."""


def _document(model: Any, inputs: Inputs) -> tuple[Document, Inputs]:
    """Return the document of a model, and the inputs that are still to be given."""
    document = readers.read_live(model)
    if document is not None:
        return document, inputs
    document = readers.read_module(model, inputs)
    if document is None:
        raise _Failed(NEITHER.format(type(model).__name__))
    if inputs is None:
        raise _Failed("a module does not tell the size of its input: give it, --input 224x224x3")
    return document, None


def _loaded(name: str) -> Any:
    """Return what is named; what a class or another function gives where it is one."""
    module, _, attribute = name.partition(":")
    folder = os.getcwd()
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    found: Any = _run(f"importing {module}", importlib.import_module, module)
    for step in attribute.split("."):
        missing = object()
        found = getattr(found, step, missing)
        if found is missing:
            raise _Failed(f"{quote(module)} has no {quote(attribute)}")
    if isinstance(found, type) or not _is_model(found):
        if not callable(found):
            raise _Failed(
                f"a {type(found).__name__} is no module of PyTorch, and no model of Keras"
            )
        found = _run(f"calling {attribute}()", found)
    return found


def _is_model(value: Any) -> bool:
    return any(hasattr(value, name) for name in ("state_dict", "get_config"))


def _run(what: str, function: Any, *arguments: Any) -> Any:
    """Run code of somebody else's; whatever it raises becomes one line."""
    try:
        return function(*arguments)
    except (Exception, SystemExit) as error:
        said = " ".join(str(error).split()) or "no message"
        kind = type(error).__name__
        raise _Failed(f"{quote(what)} fails: {kind}: {quote(said, LONGEST)}") from None
