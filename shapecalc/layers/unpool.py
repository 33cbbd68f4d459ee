"""Unpooling: back to where a max pool came from."""

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import PrivateAttr

from shapecalc import rules
from shapecalc.derivations import Derivation
from shapecalc.diagnostics import Fault, LayerError, repairable
from shapecalc.edits import Change, Repair
from shapecalc.layers.base import NOTHING, Layer, show
from shapecalc.layers.field_types import LayerName, Volume
from shapecalc.layers.pool import MaxPool
from shapecalc.receptive_field import Field as ReceptiveField
from shapecalc.receptive_field import bounding, spread_out


class MaxUnpool(Layer):
    """max_unpool: puts values back where an earlier max pool found its largest ones.

    Output: the volume that the pool named by `of` takes; the input must be as large as what that
    pool gives. All other values are 0. No parameters, no MACs. It reads the pool's input as well,
    for the positions. Where windows overlap and several have one position, the last one counts.

    Backward: each value gets the upstream gradient of its position, and 0 if another one took it;
    none goes to the pool's input, since the positions do not move with it. The receptive field is
    an upper bound: that of all the windows that may put a value there.

    Example: 16x16x64 with of: max_pool1, whose windows of 2x2 made 16x16x64 of 32x32x64, becomes
    32x32x64 again.

        - max_unpool: max_pool1

    Fields: of (main): the name of an earlier max_pool.

    Sources: Badrinarayanan et al., "SegNet", 2017; PyTorch, torch.nn.MaxUnpool2d.
    """

    of: LayerName

    shorthand = "of"
    reference: ClassVar[str | None] = "of"
    _pool: MaxPool | None = PrivateAttr(None)
    keeps = NOTHING

    @classmethod
    def refers_to(cls) -> type[Layer]:
        return MaxPool

    def bound(self, layer: Layer) -> Self:
        known = self.model_copy()
        known._pool = layer if isinstance(layer, MaxPool) else None
        return known

    @property
    def pool(self) -> MaxPool:
        """The pool that is named."""
        assert self._pool is not None, "a layer with two sources knows its pool"
        return self._pool

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        volume, before = inputs
        try:
            pooled: Volume | None = self.pool.volume([before])
        except LayerError as error:  # the pool has said why
            pooled = error.output
        if pooled is not None and volume != pooled:
            raise LayerError(self._other(volume, pooled), before)
        return before

    def _other(self, volume: Volume, pooled: Volume) -> Fault:
        """Return the fault of a volume that the pool does not give."""
        message = f"{show(volume)} is not what {self.of} gives, {show(pooled)}"
        if len(volume) != len(pooled):
            hint = "of names a pool of as many axes"
            return Fault(rules.RANK, message, hint, otherwise=hint)
        if volume[:-1] == pooled[:-1]:
            projection = {"conv": {"K": pooled[-1], "F": 1}}
            text = f"conv: {{K: {pooled[-1]}, F: 1}} before it gives {show(pooled)}"
            repair = Repair(text, Change("before", projection))
            return repairable(rules.DISAGREEMENT, message, [repair])
        hint = "of names the pool whose windows it undoes, the last one first"
        return Fault(rules.DISAGREEMENT, message, hint, otherwise=hint)

    def receptive_field(
        self,
        fields: Sequence[ReceptiveField | None],
        inputs: Sequence[Volume],
        output: Volume,
    ) -> ReceptiveField | None:
        return bounding(spread_out(fields[0], self.pool.fits(inputs[1]).steps))

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        return any(fit.span > fit.S for fit in self.pool.fits(inputs[1]).axes)

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return [Derivation("output", output, reason="input_of", given={"layer": self.of})]

    def field_derivations(
        self, field: ReceptiveField, inputs: Sequence[Volume]
    ) -> list[Derivation]:
        return [Derivation("receptive_field", None, reason="transposed")]
