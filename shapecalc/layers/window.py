"""What convolutions and pools share: a window of F that slides with stride S over padding P."""

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field

from shapecalc import rules
from shapecalc.derivations import Derivation, minus, plus, times
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Repair, set_field
from shapecalc.frameworks.synonyms import SYNONYMS
from shapecalc.geometry import CAUSAL, Fit, Fits, Rounding, slide_all
from shapecalc.layers.base import (
    Kept,
    Layer,
    axis_titles,
    by_axis,
    need_spatial,
    per_axis,
)
from shapecalc.layers.field_types import ROUNDING_WORDS, Pads, Sizes, Volume, choice
from shapecalc.layers.read_numbers import MAX_SPATIAL
from shapecalc.layers.repairs import repairs_of
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import slid

Stride = Annotated[Sizes, Field(validation_alias=AliasChoices("S", *SYNONYMS["S"]))]
Zeros = Annotated[Pads, Field(validation_alias=AliasChoices("P", *SYNONYMS["P"]))]
Window = Annotated[Sizes, Field(validation_alias=AliasChoices("F", *SYNONYMS["F"]))]


@lru_cache(maxsize=8192)  # the volume, the field and three rules ask, of layers that are alike
def _fits(volume: Volume, F: Any, S: Any, P: Any, dilation: Any, rounding: Rounding) -> Fits:
    rank = len(volume) - 1
    if not 0 < rank <= MAX_SPATIAL:
        need_spatial(volume)
    if P == CAUSAL and rank > 1:
        raise LayerError(rule=rules.RANK, say=lambda: _not_causal(rank))
    return slide_all(
        volume[:-1],
        per_axis(F, rank, "F"),
        per_axis(S, rank, "S"),
        per_axis(P, rank, "P"),
        per_axis(dilation, rank, "dilation"),
        rounding,
    )


class Sliding(Layer):
    """A layer whose window slides over one to three spatial axes."""

    F: Any
    S: Any
    P: Zeros = 0
    rounding: Annotated[Rounding | None, choice("exact", "floor", "ceil", meant=ROUNDING_WORDS)] = (
        None
    )

    def window_dilation(self) -> Any:
        """Return the dilation, where the kind has one."""
        return 1

    def border(self) -> str:
        """Return what the padding is filled with, where the kind has several."""
        return "zeros"

    def stride(self) -> Any:
        """Return the stride, where the kind has a default of its own."""
        return self.S

    def with_rounding(self, rounding: Rounding) -> Self:
        if self.rounding is not None or rounding == "exact":
            return self
        rounded = self.model_copy(update={"rounding": rounding})
        rounded.model_fields_set.discard("rounding")  # it is the network's: not shown as a field
        return rounded

    def fits(self, volume: Volume) -> Fits:
        """Return how the window fits on each axis; raise LayerError where it cannot."""
        rounding = self.rounding or "exact"
        return _fits(volume, self.F, self.stride(), self.P, self.window_dilation(), rounding)

    def windows_of(
        self, volume: Volume, indices: int = 0, values: int = 0, graded: bool = True
    ) -> Kept:
        """Return what is kept for windows over an input.

        That is the input, or where PyTorch's own operation does not pad so, a padded copy of it;
        borders of the input's own values need it as well, if it gets a gradient.
        """
        fits, mode = self.fits(volume).axes, self.border()
        uneven = any(fit.before != fit.after for fit in fits)
        filled = mode != "zeros" and any(fit.before or fit.after for fit in fits)
        if not uneven and not filled:
            return Kept(inputs=True, indices=indices, values=values)
        padded = prod(fit.before + fit.W + fit.after for fit in fits) * volume[-1]
        mirrored = graded and filled and mode in ("reflect", "replicate")
        return Kept(inputs=mirrored, indices=indices, values=padded + values)

    def depth(self, D: int) -> int:
        """Return the output's depth for an input of depth D."""
        return D

    def output_if_valid(self, volume: Volume) -> Volume | None:
        """Return the output volume if everything fits, otherwise None; repairs are tried by it."""
        fits = self.fits(volume)
        if fits.passes and self.too_wide(fits) is None:
            return (*fits.sizes, self.depth(volume[-1]))
        return None

    def _takes(self, volume: Volume, **changes: Any) -> bool:
        return self.model_copy(update=changes).output_if_valid(volume) is not None

    def too_wide(self, fits: Fits) -> Fit | None:
        """Return the axis whose padding is wider than the kind allows."""
        return None

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        (volume,) = inputs
        output = self.output_if_valid(volume)
        if output is not None:
            return output
        depth = self.depth(volume[-1])  # may be refused itself; no repair of the window mends that
        fits = self.fits(volume)
        wide = self.too_wide(fits)
        if wide is not None:
            raise LayerError(
                rule=rules.POOL_PADDING, say=lambda: self.padded_too_much(volume, fits.axes, wide)
            )
        if not all(fits.sizes):
            raise LayerError(rule=rules.TOO_LARGE, say=lambda: self._too_large(volume, fits.axes))
        raise LayerError(
            rule=rules.STRIDE_FIT,
            say=lambda: self._does_not_fit(volume, fits.axes),
            output=(*fits.sizes, depth),
        )

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return slid(fields[0], self.fits(inputs[0]).steps)

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        fits = self.fits(inputs[0]).axes
        ends = any(fit.has_gaps or fit.dropped for fit in fits)
        return self.window_dilation() != 1 or ends

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return by_axis([fit.derivation() for fit in self.fits(inputs[0]).axes])

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        if field.axes is None or field.whole or len(field.axes) != len(inputs[0]) - 1:
            return []
        if any(len(axis.starts) > 1 for axis in field.axes):
            return [Derivation("receptive_field", None, reason="widest_window")]
        found = []
        for axis, step in zip(field.axes, self.fits(inputs[0]).steps, strict=True):
            size, jump = axis.size, axis.jump
            found.append(
                Derivation(
                    "receptive_field",
                    size + (step.span - 1) * jump,
                    plus(size, times(plus(step.span, minus(1)), jump)),
                    beside=[Derivation("jump", jump * step.S, times(jump, step.S))],
                )
            )
        return by_axis(found)

    def shown_fields(self) -> str:
        return self.summary(without="K")

    def padded_too_much(self, volume: Volume, fits: Sequence[Fit], wide: Fit) -> Fault:
        """Return the fault of an axis whose padding is wider than the kind allows."""
        span = f"F={wide.F}" if wide.dilation == 1 else f"the filter's span of {wide.span}"
        message = f"the padding {max(wide.before, wide.after)} is more than half of {span}"
        most = min(fit.span for fit in fits) // 2
        takes = (p for p in range(most, max(most - 64, -1), -1) if self._takes(volume, P=p))
        best = next(takes, None)
        if best is None:
            return Fault(rules.POOL_PADDING, message, f"P is at most {most} here")
        repair = Repair(f"P={best} fits", set_field("P", best))
        return repairable(rules.POOL_PADDING, message, [repair], f"P is at most {most} here")

    def _does_not_fit(self, volume: Volume, fits: Sequence[Fit]) -> Fault:
        bad = [fit for fit in fits if fit.remainder]
        working = comes_to(bad[0])
        titles = axis_titles(len(fits))
        if len(bad) == 1 and len(fits) > 1:
            working = f"{titles[fits.index(bad[0])]}: {working}"
        elif len(set(bad)) > 1:
            axes = zip(titles, map(comes_to, fits), strict=True)
            working = "; ".join(f"{title}: {line}" for title, line in axes)
        message = f"{working}, the stride does not fit (remainder {bad[0].remainder})"
        return repairable(rules.STRIDE_FIT, message, repairs_of(self, volume, fits))

    def _too_large(self, volume: Volume, fits: Sequence[Fit]) -> Fault:
        fit = next(fit for fit in fits if not fit.size)
        padded = fit.W + fit.before + fit.after
        span = f"F={fit.F}" if fit.dilation == 1 else f"F={fit.F} (spans {fit.span})"
        message = f"the filter {span} is larger than the padded input {padded} = {_sum(fit)}"
        if self.rounding == "ceil":
            message += f"; ceil makes up for at most S - 1 = {fit.S - 1}"
        return repairable(rules.TOO_LARGE, message, repairs_of(self, volume, fits))


def _not_causal(rank: int) -> Fault:
    message = f"P=causal is for one spatial axis, and the input has {rank}"
    repair = Repair("P=same gives as many values", set_field("P", "same"))
    otherwise = "zeros in front alone are written out as P: [[2, 0], [2, 0]]"
    return repairable(rules.RANK, message, [repair], otherwise)


def comes_to(fit: Fit) -> str:
    """Return the number of windows with its formula, also where it is not whole."""
    return f"{fit.formula()} = {fit.fraction() if fit.remainder else fit.size}"


def _sum(fit: Fit) -> str:
    if fit.before == fit.after:
        return f"{fit.W} + 2*{fit.before}"
    return f"{fit.W} + {fit.before} + {fit.after}"
