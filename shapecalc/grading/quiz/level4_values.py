"""Values worked out by hand: im2col, dropout with a mask, steps with momentum and of Adam."""

from __future__ import annotations

from shapecalc.grading.quiz.draws import Draws
from shapecalc.grading.quiz.numeric_problems import grid, in_rows, listed
from shapecalc.grading.quiz.problem import Part, Problem, Spec, Template, network

RATE = 0.1
ORDER = "slice by slice, each row by row; windows from left to right, then downwards"


def _im2col(draw: Draws) -> Problem | None:
    """What stands in the matrix of a small image's windows."""
    F, S, P, D = draw.between(2, 3), draw.between(1, 2), draw.between(0, 1), draw.between(1, 2)
    steps = draw.between(2, 3)
    size = (steps - 1) * S + F - 2 * P
    if size < F:
        return None
    slices = [grid(draw, size, size, 1, 9) for _ in range(D)]
    spec = network((size, size, D), {"conv": {"K": 1, "F": F, "S": S, "P": P}})
    spec["example"] = {"given": {"input": slices if D > 1 else slices[0]}}
    row, column = draw.below(D * F * F), draw.below(steps * steps)
    parts = [in_rows(rows) for rows in slices]
    told = f"two slices, with the rows {' and '.join(parts)}" if D > 1 else f"the rows {parts[0]}"
    return Problem(
        spec,
        (
            Part(
                f"conv1.im2col[{row},{column}]",
                f"What stands in row {row}, column {column} of the matrix, both counted from 0?",
            ),
        ),
        f"The input has {told}. im2col writes every window of conv1, of {F}x{F}, stride {S},"
        f" padding {P}, as a column: {ORDER}.",
    )


def _dropped(draw: Draws) -> Problem | None:
    """A neuron behind a dropout whose mask is given."""
    count, rate = draw.between(3, 5), draw.one_of((0.2, 0.5, 0.5, 0.75))
    values, weights = draw.several(count, -4, 8), draw.several(count, -3, 3)
    mask = draw.several(count, 0, 1)
    if len(set(mask)) < 2:
        return None
    spec = network((count,), {"dropout": {"rate": rate}}, {"dense": {"units": 1, "bias": False}})
    spec["example"] = {
        "given": {"input": values, "dense1.weight": weights, "dropout1.mask": mask},
    }
    kept = draw.one_of([at for at, stays in enumerate(mask) if stays])
    return Problem(
        spec,
        (
            Part(f"dropout1.value[{kept}]", f"What does dropout1 give at place {kept}, from 0?"),
            Part("dense1.value[0]", "What is the output of dense1?"),
        ),
        f"The input is {listed(values)}. dropout1 has a rate of {rate:g} and is trained with the"
        f" mask {listed(mask)}: 1 stays and is divided by 1 - rate. dense1 is one neuron with the"
        f" weights {listed(weights)}, no bias and no activation.",
    )


def _neuron(x: list[int], w: list[int], target: int, optimizer: object, steps: int) -> Spec:
    spec = network((len(x),), {"dense": {"units": 1, "bias": False}})
    spec["example"] = {
        "given": {"input": x, "dense1.weight": w},
        "loss": {"squared_error": target},
        "rate": RATE,
        "steps": steps,
        "optimizer": optimizer,
    }
    return spec


def _told(x: list[int], w: list[int], target: int) -> str:
    return (
        f"The input is {listed(x)}. dense1 is one neuron with the weights {listed(w)}, no bias and"
        f" no activation; its loss is the square of output - target, for the target {target}."
    )


def _momentum(draw: Draws) -> Problem | None:
    """Two steps of one weight."""
    x, w, target = draw.several(1, 1, 2), draw.several(1, -2, 3), draw.between(-4, 6)
    if x[0] * w[0] == target:  # nothing moves
        return None
    momentum = draw.one_of((0.5, 0.5, 0.9))
    intro = (
        f"{_told(x, w, target)} Gradient descent with momentum {momentum:g} and rate {RATE:g}:"
        f" velocity = {momentum:g}*velocity + gradient, from 0; then weight - {RATE:g}*velocity."
    )
    return Problem(
        _neuron(x, w, target, {"momentum": momentum}, 2),
        (Part("dense1.weight.next[0,0]", "What is the weight after two steps?"),),
        intro,
    )


def _adam(draw: Draws) -> Problem | None:
    """The first step of Adam, which is as long as the rate whatever the gradient's size."""
    x, w = draw.several(2, -3, 4), draw.several(2, -3, 4)
    target, at = draw.between(-6, 9), draw.below(2)
    off = sum(a * b for a, b in zip(x, w, strict=True)) - target
    if not off or not x[at]:  # a gradient of 0 makes no step
        return None
    intro = (
        f"{_told(x, w, target)} One step of Adam with rate {RATE:g}, beta1 0.9, beta2 0.999 and"
        " epsilon 1e-8, both means from 0 and corrected."
    )
    return Problem(
        _neuron(x, w, target, "adam", 1),
        (
            Part(
                f"dense1.weight.next[0,{at}]",
                f"What is the weight at place {at}, from 0, after it?",
            ),
        ),
        intro,
    )


TEMPLATES = (
    Template(("conv",), _im2col),
    Template(("dense",), _dropped),
    Template(("dense",), _momentum),
    Template(("dense",), _adam),
)
