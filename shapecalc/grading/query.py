"""What a question asks for, by a path: `conv1.output`, `total.macs`, `P(conv2)`, `loss`.

The other paths are `fits(conv2)` and those into the executed example: `conv1.value[0,2,1]` (depth,
row, column, from 0), `conv1.weight.grad[0,0,1,1]`, `conv1.grad`, `conv1.weight.next`; and parts of
what a report has: `conv1.output.height`, `conv1.weight.shape`; and layers are counted by
`total.layers`, `layers(conv)`. `fitting(input)` asks for a size that fits the network,
`conv1.receptive_field[2,1]` for what a unit sees (row, column), `conv1.im2col[4,2]` for what stands
in a row and a column of that matrix, `conv1.im2col.values` for all of it, and
`formula(conv1.output.width)` for a formula in letters.
"""

from __future__ import annotations

from typing import NamedTuple

from shapecalc.diagnostics import quote, some
from shapecalc.grading.answers import Form
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.regex import regex
from shapecalc.quantities import QUANTITIES

CALL = regex(r"\s*([A-Za-z_]+)\(\s*([^()\s]+)\s*\)\s*")
PLACE = regex(r"(.*?)\s*\[\s*(\d{1,9}(?:\s*,\s*\d{1,9})*)\s*\]")
EXECUTED = ("value", "grad", "next")
VOLUMES = ("output", "input")
SIZES = (*VOLUMES, "receptive_field", "jump", "im2col")
OF_TOTAL = tuple(QUANTITIES)
ONCE_FOR_ALL = ("receptive_field", "jump")  # sizes that may be given once where all are equal
COUNTS = (*OF_TOTAL, "unshared_parameters")
IN_LETTERS = ("parameters", "weights", "biases", "macs", "flops", "activations")
LAYERS = ("layers", "weight_layers")
AXES = ("frames", "height", "width", "length", "depth")
LONGEST = 400  # characters of a path


class Query(NamedTuple):
    """One thing to ask for. `name` is a layer's or instance's full name, or `total`.

    `key` is a record's (`output`, `macs`), `fits`, a field (`P`), an example's (`conv1.grad`), a
    size's (`height`), a parameter's (`weight`), or which layers are counted (`layers`, `conv`).
    `place` is an index; of a question for FLOPs it is their convention, of one for a size that fits
    the volume that is excluded.
    """

    path: str
    kind: str  # record, fits, field, example, size, shape, or a word of kinds/
    form: Form
    name: str
    key: str
    place: tuple[int, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the answer is whole numbers, or yes or no: nothing to round."""
        return not self.executed

    @property
    def of_a_volume(self) -> bool:
        """Whether the answer is a volume, or may be one, with its depth."""
        return self.kind == "fitting" or (self.kind == "record" and self.key in VOLUMES)

    @property
    def executed(self) -> bool:
        """Whether the answer is made of the values of the spec's example."""
        return self.kind in ("example", "im2col")


def read_path(path: str) -> Query:
    """Return what a path asks for. Raises Unanswerable where it has no known form."""
    path = path.strip()
    if len(path) > LONGEST:
        raise Unanswerable(f"a path of more than {LONGEST} characters", _hint())
    call = CALL.fullmatch(path)
    if call:
        key, name = call.groups()
        if key == "fits":
            return Query(path, "fits", "truth", name, key)
        if key == "layers":
            return Query(path, "layers", "number", "total", name)
        if key == "formula":
            return _formula(path, read_path(name))
        if key == "fitting":
            return Query(path, "fitting", "sizes", name, key)
        return Query(path, "field", "field", name, key)
    place = PLACE.fullmatch(path)
    index = tuple(int(number) for number in place[2].split(",")) if place else ()
    whole = place[1] if place else path
    name, _, key = whole.rpartition(".")
    if whole == "loss" or (name and key in EXECUTED):
        wanted = name if key == "value" else whole
        number = bool(index) or whole == "loss"
        return Query(path, "example", "number" if number else "array", name, wanted, index)
    inner, _, last = name.rpartition(".")
    if inner and not place and key in AXES and last == "output":
        return Query(path, "size", "number", inner, key)
    if inner and not place and key == "shape":
        return Query(path, "shape", "sizes", inner, last)
    if name and not place and key in LAYERS:
        return Query(path, "layers", "number", name, key)
    if place and name and key == "receptive_field":
        return Query(path, "range", "ranges", name, key, index)
    if place and name and key == "im2col":
        return Query(path, "im2col", "number", name, key, index)
    if inner and not place and key == "values" and last == "im2col":
        return Query(path, "im2col", "array", inner, last)
    if not name or place:
        raise Unanswerable(f"{quote(path)} is nothing that can be asked for", _hint())
    if key in SIZES or key in COUNTS:
        form: Form = "sizes" if key in SIZES else "number"
        if name == "total" and key not in OF_TOTAL:
            raise Unanswerable(f"there is no total {quote(key)}", f"there is {some(OF_TOTAL)}")
        return Query(path, "record", form, name, key)
    raise Unanswerable(f"{quote(path)} asks for {quote(key)}, which no layer has", _hint())


def _formula(path: str, of: Query) -> Query:
    """Return what asks for a formula of what another path asks for. Raises Unanswerable."""
    if of.kind != "size" and (of.kind != "record" or of.key not in IN_LETTERS):
        message = f"{quote(path)} asks for a formula of {quote(of.path)}"
        hint = f"ask for formula(LAYER.output.height) or formula(LAYER.KEY) with {some(IN_LETTERS)}"
        raise Unanswerable(message, hint)
    return Query(path, "formula", "formula", of.name, of.key)


def _hint() -> str:
    return (
        f"ask for LAYER.KEY with {some((*SIZES, *COUNTS))}; LAYER.output.height,"
        " LAYER.weight.shape, total.parameters, total.layers, layers(conv), fits(LAYER),"
        " fitting(input), formula(LAYER.parameters), P(LAYER), LAYER.receptive_field[row,column],"
        " LAYER.im2col[row,column], LAYER.value[depth,row,column], LAYER.weight.grad, loss"
    )
