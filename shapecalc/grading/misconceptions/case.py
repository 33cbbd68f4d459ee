"""What a misconception is, and the numbers of a question that it computes wrongly.

A misconception is a model of the wrong way: for a question it gives the numbers that somebody who
has it would answer, with the arithmetic that leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from typing import Any, NamedTuple

from shapecalc.geometry import Fit, slide
from shapecalc.grading.answers import Value
from shapecalc.grading.asked import Asked
from shapecalc.grading.subject import Subject
from shapecalc.layers.base import show
from shapecalc.layers.conv import Convolution
from shapecalc.layers.dense import Dense
from shapecalc.layers.fields import Volume
from shapecalc.layers.window import Sliding
from shapecalc.records import LayerRecord


class Wrong(NamedTuple):
    """A wrong answer, and the student's own arithmetic."""

    value: Value
    arithmetic: str


class Misconception(NamedTuple):
    """A wrong model. `name` is what assignments give partial credit by, `says` what feedback says.

    `model` yields the wrong answers to a question; none where the misconception does not apply.
    """

    name: str
    says: str
    model: Callable[[Case], Iterable[Wrong]]


class Weighted(NamedTuple):
    """The numbers behind a layer's weights: K filters of F... x deep, or K units of deep inputs."""

    K: int
    F: tuple[int, ...]  # empty for a dense layer
    deep: int
    bias: bool
    D: int  # the input's depth, before groups divide it

    def counted(self, K: int, F: Iterable[int], deep: int, biases: int) -> Wrong:
        """Return weights plus biases computed from other numbers."""
        factors = [*F, deep, K]
        text = "*".join(map(str, (f for f in factors if f != 1 or len(factors) == 1))) or "1"
        value = prod(factors) + biases
        return Wrong(value, f"{text}{f' + {biases}' if biases else ''} = {value:,}")


class Case:
    """A question about a network: what is asked, the right answer, and the layer's numbers."""

    def __init__(self, subject: Subject, asked: Asked, right: Value) -> None:
        self.subject, self.asked, self.right = subject, asked, right
        self.record: LayerRecord | None = subject.records.get(asked.name)

    @property
    def key(self) -> str:
        """What is asked of the layer: `output`, `parameters`, `P`..."""
        return self.asked.key

    @property
    def layer(self) -> Any:
        """The layer asked about, or None for totals and instances."""
        return self.record.layer if self.record else None

    @property
    def volume(self) -> Volume:
        """The layer's (first) input; empty where there is none."""
        return self.record.input[0] if self.record and self.record.input else ()

    @property
    def output(self) -> Volume:
        """The layer's output; empty where it is not known."""
        return self.record.output or () if self.record else ()

    @property
    def slides(self) -> bool:
        """Whether the layer is a convolution or a pool over a volume of known sizes."""
        return isinstance(self.layer, Sliding) and len(self.volume) > 1 and len(self.output) > 1

    @property
    def fits(self) -> tuple[Fit, ...]:
        """How the window fits on each axis."""
        return self.layer.fits(self.volume).axes if self.slides else ()

    @property
    def weighted(self) -> Weighted | None:
        """The numbers behind the weights of a convolution or dense layer."""
        layer = self.layer
        if not self.volume or not isinstance(layer, Convolution | Dense):
            return None
        assert self.record is not None
        shapes = layer.parameters(self.record.input or ())
        K, deep, *F = shapes["weight"]
        return Weighted(K, tuple(F), deep, "bias" in shapes, self.volume[-1])

    def sized(self, change: Callable[[Fit], Fit]) -> Iterable[Wrong]:
        """Yield the output volume with each axis' fit changed, where that gives a volume."""
        fits = [change(fit) for fit in self.fits]
        sizes = tuple(fit.size for fit in fits)
        if sizes and all(sizes):
            lines = list(dict.fromkeys(fit.working() for fit in fits))
            depth = self.output[-1]
            yield Wrong((*sizes, depth), f"{'; '.join(lines)}, so {show((*sizes, depth))}")


def refit(
    fit: Fit,
    *,
    S: int | None = None,
    sides: tuple[int, int] | None = None,
    dilation: int | None = None,
    rounding: Any = None,
) -> Fit:
    """Return how a window fits with some of its numbers changed; what is left over is dropped."""
    policy = "floor" if fit.policy in ("exact", "same", "same_lower") else fit.policy
    return slide(
        fit.W,
        fit.F,
        fit.S if S is None else S,
        (fit.before, fit.after) if sides is None else sides,
        fit.dilation if dilation is None else dilation,
        rounding or policy,
    )
