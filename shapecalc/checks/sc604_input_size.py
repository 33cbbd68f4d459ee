"""A file of another format leaves the size of an input open.

A network that takes images of any size is saved without one: Keras writes null, ONNX a name. How
large the volumes are, and how many multiplications there are, follows only from a size.

Warned of: "the file leaves the size of input_1 open".

Good: `shapecalc report model.keras --input 224x224x3`; of several inputs,
`--input left=32x32x3 --input right=10`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shapecalc import rules
from shapecalc.checks.rule import Check
from shapecalc.diagnostics import Fault, Finding, Path, quote
from shapecalc.tracing import Trace
from shapecalc.volumes import show

IMAGE = (224, 224, 3)  # offered where the file tells no size
WORDS = 128  # likewise, of a flat sequence


def find(trace: Trace) -> Iterator[Finding]:
    """Yield a finding for each input whose volume is not known, or in part."""
    written = trace.spec.document.data
    several = len(trace.inputs) > 1
    for (path, value), (name, volume) in zip(_inputs(written), trace.inputs.items(), strict=False):
        if volume is not None and None not in volume:
            continue
        message = f"the file leaves the size of {quote(name)} open"
        which = f"{quote(name)}=" if several else ""
        fitting = trace.fitting_inputs.get(name)
        example = _for_example(value) if fitting is None else show(fitting)
        hint = f"give one, for example --input {which}{example}"
        yield Finding(Fault(rules.INPUT_SIZE, message, hint), path)


def _inputs(data: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the inputs as the data has them, each with its path."""
    data = data if isinstance(data, Mapping) else {}
    if "input" in data:
        yield ("input",), data["input"]
    elif isinstance(data.get("inputs"), Mapping):
        yield from ((("inputs", str(key)), value) for key, value in data["inputs"].items())


def _for_example(written: Any) -> str:
    """Return a volume as large as is usual, with the sizes that the file has."""
    sizes = list(written) if isinstance(written, list | tuple) else [None] * len(IMAGE)
    depth = IMAGE[-1:] if len(sizes) > 1 else (WORDS,)
    usual = (*(IMAGE[:1] * (len(sizes) - 1)), *depth)
    known = [size if type(size) is int else usual[axis] for axis, size in enumerate(sizes)]
    return show(tuple(known))


CHECK = Check(rules.INPUT_SIZE, of_network=find)
