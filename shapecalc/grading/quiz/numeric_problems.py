"""Values worked out by hand: small arrays of small whole numbers, and one value asked for."""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.problem import Part, Problem, Template, network

Rows = list[list[int]]


def listed(values: Sequence[int]) -> str:
    """Return a row of numbers as it is told."""
    return f"[{', '.join(map(str, values))}]"


def in_rows(rows: Rows) -> str:
    """Return a grid of numbers as it is told."""
    return ", ".join(map(listed, rows))


def grid(draw: Draws, height: int, width: int, least: int, most: int) -> Rows:
    """Draw a grid of whole numbers."""
    return [draw.several(width, least, most) for _ in range(height)]


def _line(draw: Draws) -> Problem | None:
    """A filter slides along a row of numbers."""
    F, S, P = draw.between(2, 3), draw.between(1, 2), draw.between(0, 1)
    steps = draw.between(2, 4)
    values = draw.several((steps - 1) * S + F - 2 * P, 0, 5)
    weights = draw.several(F, -2, 3)
    bias = draw.between(-2, 2)
    if len(values) < F or not any(weights):
        return None
    spec = network((len(values), 1), {"conv": {"K": 1, "F": F, "S": S, "P": P}})
    spec["example"] = {
        "given": {"input": values, "conv1.weight": weights, "conv1.bias": [bias]},
    }
    at = draw.below(steps)
    return Problem(
        spec,
        (Part(f"conv1.value[0,{at}]", f"What is the output of conv1 at place {at}, from 0?"),),
        f"The input is the row {listed(values)}. conv1 has one filter {listed(weights)} with bias"
        f" {bias}, stride {S}, padding {P}; the filter is not flipped.",
    )


def _image(draw: Draws) -> Problem | None:
    """A filter slides over a small image."""
    F, S, P = draw.between(2, 3), draw.between(1, 2), draw.between(0, 1)
    size = (draw.between(2, 3) - 1) * S + F - 2 * P
    if size < F:
        return None
    rows, weights = grid(draw, size, size, 0, 3), grid(draw, F, F, -1, 2)
    bias = draw.between(-1, 2)
    spec = network((size, size, 1), {"conv": {"K": 1, "F": F, "S": S, "P": P}})
    spec["example"] = {"given": {"input": rows, "conv1.weight": weights, "conv1.bias": [bias]}}
    row, column = draw.below(2), draw.below(2)
    return Problem(
        spec,
        (_cell("conv1", row, column),),
        f"The input has the rows {in_rows(rows)}. conv1 has one filter with the rows"
        f" {in_rows(weights)} and bias {bias}, stride {S}, padding {P}; the filter is not flipped.",
    )


def _cell(name: str, row: int, column: int) -> Part:
    text = f"What is the output of {name} in row {row}, column {column}, both counted from 0?"
    return Part(f"{name}.value[0,{row},{column}]", text)


def _pooled(kind: str) -> Template:
    """Return what asks for one value of a pool."""
    word = {"max_pool": "the largest", "avg_pool": "the average"}[kind]

    def draw_problem(draw: Draws) -> Problem | None:
        F, S = draw.one_of(((2, 2), (2, 1), (3, 1), (3, 2) if kind == "max_pool" else (2, 2)))
        steps = 2 if F == 3 else draw.between(2, 3)
        size = (steps - 1) * S + F
        least = -4 if kind == "max_pool" else 0
        rows = grid(draw, size, size, least, 9)
        if kind == "avg_pool" and F == 3:
            rows = [[9 * value for value in row] for row in rows]  # so that averages are whole
        spec = network((size, size, 1), {kind: {"F": F, "S": S}})
        spec["example"] = {"given": {"input": rows}}
        intro = (
            f"The input has the rows {in_rows(rows)}. {kind}1 takes {word} of each window of"
            f" {F}x{F}, stride {S}."
        )
        return Problem(spec, (_cell(f"{kind}1", draw.below(2), draw.below(2)),), intro)

    return Template((kind,), draw_problem)


def _neuron(draw: Draws) -> Problem | None:
    """One neuron, and how far it is off."""
    count = draw.between(2, 4)
    values, weights = draw.several(count, -3, 5), draw.several(count, -3, 3)
    bias, target = draw.between(-3, 3), draw.between(-5, 9)
    spec = network((count,), {"dense": {"units": 1}})
    spec["example"] = {
        "given": {"input": values, "dense1.weight": weights, "dense1.bias": [bias]},
        "loss": {"squared_error": target},
    }
    return Problem(
        spec,
        (
            Part("dense1.value[0]", "What is its output?"),
            Part("loss", f"The target is {target}. What is the squared error of its output?"),
        ),
        f"The input is {listed(values)}. dense1 is one neuron with the weights"
        f" {listed(weights)} and bias {bias}, and no activation.",
    )


TEMPLATES = (
    Template(("conv",), _line),
    Template(("conv",), _image),
    _pooled("max_pool"),
    _pooled("avg_pool"),
    Template(("dense",), _neuron),
)
