"""A module of PyTorch in this process: its graph by torch.export, as a program.

Code of users runs here: whatever it raises becomes one line. torch is imported only once there is
a module, which brought it along.
"""

from __future__ import annotations

import inspect
import io
import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from itertools import islice, product
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, quote
from shapecalc.document import Document
from shapecalc.network.given_inputs import read_given
from shapecalc.readers.items import Sizes
from shapecalc.readers.pytorch.document import document_of
from shapecalc.readers.pytorch.exported import program_of_export
from shapecalc.readers.pytorch.graph import batch_behind
from shapecalc.volumes import show

EXAMPLE = "224x224x3"
LONGEST = 300  # of a message of somebody else's
MOST_TRIED = 27  # ways to give the inputs
TENSOR = "*"  # the name of the only input, until the module tells


class _Way(NamedTuple):
    """How a volume is given: its axes in the order of the tensor, and whether as whole numbers."""

    shape: tuple[int, ...]
    whole: bool


def is_module(model: Any) -> bool:
    """Say whether an object is a module of PyTorch, by what it can do."""
    wanted = ("forward", "state_dict", "named_modules", "named_parameters", "eval", "train")
    return not isinstance(model, type) and all(
        callable(getattr(type(model), name, None)) for name in wanted
    )


def of_module(module: Any, inputs: Any) -> Document:
    """Return the document of a module, used on zeros of the volumes that are given.

    The batch is 1. The depth comes first, as convolutions have it; where the module fails on that,
    last, or as whole numbers, as embeddings take them. A recurrent layer that takes the steps in
    front of the batch gets them so. Raises SpecError for what is no volume.
    """
    name = type(module).__name__
    if inputs is None:
        message = f"a module of PyTorch does not tell the size of its input: {quote(name)}"
        hint = f'give it, for example inputs="{EXAMPLE}", or --input {EXAMPLE}'
        return _refused(Fault(rules.INPUT_SIZE, message, hint))
    volumes = _volumes(module, inputs)
    unknown = [key for key, volume in volumes.items() if None in volume]
    if unknown:
        message = f"the volume {show(volumes[unknown[0]])} leaves sizes open"
        return _refused(Fault(rules.WRONG_VALUE, message, "give every size"))
    try:
        program = program_of_export(_exported(module, volumes), name)
        behind = batch_behind(program)  # of recurrent layers that take the steps first
        if not behind.isdisjoint(program.inputs):
            steps_first = frozenset(volumes) if TENSOR in volumes else frozenset(behind)
            program = program_of_export(_exported(module, volumes, steps_first), name)
    except (Exception, SystemExit) as error:  # of the module, or of torch about it
        said = _line(error)
        message = f"torch.export of {quote(name)} fails: {type(error).__name__}: {said}"
        given = ", ".join(show(volume) for volume in volumes.values())
        return _refused(Fault(rules.UNREADABLE, message, f"the input was {given}, the depth last"))
    document = document_of(program, None)
    document.with_inputs = lambda given: _again(module, volumes, given)
    return document


def _again(module: Any, before: Mapping[str, Sizes], given: Mapping[str, Sizes]) -> Document:
    """Return the document with other volumes, whose names are those in the graph."""
    if TENSOR in before:
        return of_module(module, next(iter(given.values()), before[TENSOR]))
    return of_module(module, {**before, **given})


def _refused(fault: Fault) -> Document:
    return Document(None, None, [Finding(fault, ())])


def _line(error: BaseException) -> str:
    """Return the first line of a message that says something."""
    lines = (line.strip() for line in str(error).splitlines())
    return quote(next((line for line in lines if line), "no message"), LONGEST)


def _volumes(module: Any, inputs: Any) -> dict[str, Sizes]:
    """Return the volumes by the names of forward's parameters; a lone one by no name."""
    if not isinstance(inputs, Mapping):
        return {TENSOR: read_given(inputs, "the input")}
    taken = inspect.signature(module.forward).parameters
    named = [*taken]
    anything = any(one.kind is one.VAR_KEYWORD for one in taken.values())
    if inputs.keys().isdisjoint(named) and not anything:  # a volume as a mapping of its axes
        return {TENSOR: read_given(inputs, "the input")}
    return {str(name): read_given(volume, str(name)) for name, volume in inputs.items()}


# -- torch.export ----------------------------------------------------------------------------------


def _exported(
    module: Any, volumes: Mapping[str, Sizes], steps_first: frozenset[str] = frozenset()
) -> Any:
    """Return the exported program. Raises what the module raises on the first way it is given."""
    torch = import_module("torch")  # the module has imported it already
    like = next(module.parameters(), None)
    first: Exception | None = None
    with _evaluating(module):
        ways = product(*(_ways(volume, name in steps_first) for name, volume in volumes.items()))
        for way in islice(ways, MOST_TRIED):
            tensors = {
                name: torch.zeros(
                    shape,
                    dtype=torch.long if whole else _floating(like, torch),
                    device=None if like is None else like.device,
                )
                for name, (shape, whole) in zip(volumes, way, strict=True)
            }
            alone = TENSOR in tensors
            try:
                return torch.export.export(
                    module,
                    tuple(tensors.values()) if alone else (),
                    {} if alone else tensors,
                )
            except Exception as error:  # the next way may be the one that is meant
                first = first or error
    assert first is not None
    raise first


def _floating(like: Any, torch: Any) -> Any:
    """Return the type of numbers that a module computes with."""
    return like.dtype if like is not None and like.dtype.is_floating_point else None


def _ways(volume: Sizes, steps_first: bool) -> Sequence[_Way]:
    """Return the ways to give a volume, the likeliest first."""
    sizes = tuple(size or 1 for size in volume)
    behind = [_Way((sizes[0], 1, sizes[1]), False)] if len(sizes) == 2 else []
    if steps_first and behind:
        return behind
    first, last = (1, sizes[-1], *sizes[:-1]), (1, *sizes)
    if len(sizes) == 1:
        return _Way(last, False), _Way(last, True)
    return (_Way(first, False), _Way(last, False), _Way(last, True), *behind)


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Put a module into evaluation mode for a while, quietly; each part has its own mode back."""
    modes = [(part, part.training) for part in module.modules()]
    logged = logging.root.manager.disable
    logging.disable()  # torch tells at length of what it tried
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            module.eval()
            yield
    finally:
        logging.disable(logged)
        for part, training in modes:
            part.training = training
