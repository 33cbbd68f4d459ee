"""What stands in an im2col matrix: `conv1.im2col[4,2]`, row and column, or `conv1.im2col.values`.

A column is a window: its values depth by depth, each row by row, as CS231n and PyTorch's unfold
have them. The windows follow each other row by row. Where one lies on the padding, 0 stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

from shapecalc import rules
from shapecalc.derivations import Derivation
from shapecalc.diagnostics import quote
from shapecalc.geometry import Fit
from shapecalc.grading.example_values import ExampleValues
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.record_numbers import im2col
from shapecalc.grading.values import Value, flat, place_of
from shapecalc.layers.conv import Conv

MOST_VALUES = 10_000  # of a matrix that is asked for whole


class Cell(NamedTuple):
    """A cell of the matrix: where in the input it is from, None for the padding, and the value."""

    place: tuple[int, ...] | None  # depth, row, column
    value: float


class Matrix(NamedTuple):
    """The im2col matrix of a convolution on an input with values."""

    fits: Sequence[Fit]
    depth: int
    sizes: tuple[int, ...]  # spatial, of the output
    values: Sequence[float]  # of the input, depth by depth

    @property
    def window(self) -> tuple[int, ...]:
        """The sizes of a window: its depth first."""
        return (self.depth, *(fit.F for fit in self.fits))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return prod(self.window), prod(self.sizes)

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell by its row and column."""
        depth, *taps = place_of(row, self.window)
        steps = zip(place_of(column, self.sizes), taps, self.fits, strict=True)
        place = tuple(at * fit.S - fit.before + tap * fit.dilation for at, tap, fit in steps)
        if not all(0 <= x < fit.W for x, fit in zip(place, self.fits, strict=True)):
            return Cell(None, 0.0)
        at = depth
        for x, fit in zip(place, self.fits, strict=True):
            at = at * fit.W + x
        return Cell((depth, *place), float(self.values[at]))

    def row(self, row: int) -> tuple[float, ...]:
        """Return a row: one value of each window."""
        return tuple(self.cell(row, column).value for column in range(self.shape[1]))


def matrix(layers: NamedLayers, query: Query) -> Matrix:
    """Return the matrix of a layer in the network's example. Raises Unanswerable."""
    record = layers.record(query.name)
    im2col(record)  # what is no convolution, it says
    layer = record.layer
    if not isinstance(layer, Conv) or layer.groups != 1 or layer.mode != "zeros":
        message = f"{quote(query.path)}: {query.name} is no plain convolution"
        raise Unanswerable(message, "ask about a conv without groups, padded with zeros")
    if record.output is None or not record.input or not record.sources:
        reason, repair = layers.reason(query.name)
        message = f"{quote(query.path)} is not known{reason}"
        raise Unanswerable(message, repair, rules.UNUSABLE_NETWORK)
    (volume,) = record.input
    values = _values(layers, query, record.sources[0])
    if len(values) != prod(volume):
        message = f"{quote(query.path)}: the example has several inputs, each with a matrix"
        raise Unanswerable(message, "give one input in the example")
    return Matrix(layer.fits(volume).axes, volume[-1], record.output[:-1], values)


def _values(layers: NamedLayers, query: Query, source: str) -> Sequence[float]:
    """Return the values of what a layer takes, depth by depth: given, or computed."""
    example = layers.trace.spec.example
    if example is None:
        message = f"{quote(query.path)} needs a network with an example, whose values it has"
        raise Unanswerable(message, "write example: {given: {input: [...]}}")
    if source in layers.trace.inputs:
        if source not in example.given:
            message = f"{quote(query.path)} has no fixed value: {source} would be drawn"
            raise Unanswerable(message, f"write example: {{given: {{{source}: [...]}}}}")
        return flat(example.given[source].values)
    computed: Any = ExampleValues(layers, {}).value(
        query._replace(kind="example", form="array", name=source, key=source, place=())
    )
    return flat(computed)


def _answer(layers: NamedLayers, query: Query) -> Value:
    found = matrix(layers, query)
    rows, columns = found.shape
    if query.place:
        if len(query.place) != 2 or query.place[0] >= rows or query.place[1] >= columns:
            message = f"{quote(query.path)} is outside: the matrix is {rows}x{columns}"
            last = f"{query.name}.im2col[{rows - 1},{columns - 1}]"
            raise Unanswerable(message, f"the last value is {last}; both count from 0")
        return found.cell(*query.place).value
    if rows * columns > MOST_VALUES:
        message = f"{quote(query.path)}: the matrix has {rows * columns:,} values"
        raise Unanswerable(message, f"ask for one of them, {query.name}.im2col[0,0]")
    return tuple(map(found.row, range(rows)))


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    """Return where a cell is from; of a whole matrix its first row."""
    found, (row, column) = matrix(layers, query), query.place or (0, 0)
    depth, *tap = place_of(row, found.window)
    cell = found.cell(row, column)
    given = {
        "row": row, "column": column, "depth": depth, "tap": tap,
        "window": list(place_of(column, found.sizes)), "place": cell.place,
    }  # fmt: skip
    return [Derivation("answer", cell.value, reason="im2col_cell", given=given)]


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    order = (
        "Each window is a column, its values depth by depth and row by row; the windows follow row"
        " by row."
    )
    if not query.place:
        return f"{about}. What is its im2col matrix? {order} Write all values, row by row."
    row, column = query.place
    which = f"What stands in row {row}, column {column} of its im2col matrix"
    return f"{about}. {which} (both counted from 0)? {order}"


KIND = Kind(_answer, _derivations, _prompt)
