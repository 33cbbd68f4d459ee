"""What a misconception is, and the numbers of a question that it computes wrongly.

A misconception is a model of the wrong way: for a question it gives the numbers that somebody who
has it would answer, with the arithmetic that leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from shapecalc.derivations import Derivation
from shapecalc.diagnostics import LayerError
from shapecalc.geometry import Fit, TransposedFit
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.misconceptions.variants import (
    AS_IS,
    Change,
    applied,
    as_written,
    equal,
    refit,
    respread,
    times,
)
from shapecalc.grading.query import Query
from shapecalc.grading.subject import Subject
from shapecalc.grading.values import Value
from shapecalc.grading.volume_order import volume_text
from shapecalc.grading.weight_axes import weight_axes
from shapecalc.layers.base import Layer, aliases, show
from shapecalc.layers.conv import Conv, DepthwiseConv
from shapecalc.layers.conv_transpose import ConvTranspose
from shapecalc.layers.dense import Dense
from shapecalc.layers.field_types import Volume
from shapecalc.layers.reshape import Bordered
from shapecalc.layers.separable import LocalConv, SeparableConv
from shapecalc.layers.window import Sliding
from shapecalc.records import KnownRecord
from shapecalc.reports import sentences

AND = "; and "  # between the explanations of two mistakes
RECOUNTED = ("parameters", "weights", "macs", "flops")  # that other filters give another number of


class Way(NamedTuple):
    """The wrong volumes that an answer goes by: the last one, in place of the right one, and those
    `between` the network's input and it; `layers` are those that have a wrong volume then, `at`
    those at which the mistake was made, the fewest where these are open. `sizes` are the first ones
    of all volumes on the way.
    """

    right: Volume
    wrong: Volume
    between: tuple[Volume, ...]
    layers: frozenset[str]
    at: tuple[str, ...] = ()
    sizes: frozenset[int] = frozenset()

    @property
    def depth_alone(self) -> bool:
        """Whether only another depth shows it, where there are other sizes as well."""
        return len(self.right) > 1 and self.right[:-1] == self.wrong[:-1]


class Wrong(NamedTuple):
    """A wrong answer, and the student's own arithmetic. `explanation` is in place of its
    misconception's, where that does not fit the layer that is asked about. `sizes` says that it is
    a volume though not all of its sizes are whole. `by_size` is the arithmetic of each of them, for
    who is only asked for one; empty where there is none. `way` is that of a mistake made before,
    which the answer only follows from. `known` says that it is one with its misconception in other
    words: who took the mean shares the gradient. `by_itself` is the explanation for who is not told
    what it was made besides, where it says `as well`.
    """

    value: Value
    arithmetic: str
    explanation: str = ""
    sizes: bool = False
    by_size: tuple[str, ...] = ()
    way: Way | None = None
    known: bool = False
    by_itself: str = ""


class Misconception(NamedTuple):
    """A wrong model. Assignments give partial credit by its `name`, feedback tells `explanation`.

    `model` yields the wrong answers to a question; none where the misconception does not apply.
    `change` is what it takes otherwise in the formula of sizes, so that it can meet others there.
    `parts` are the mistakes that it is two at once of, with whose credit it goes. `others` are
    other words for `explanation`, which tell of the same. `of_all` is said of a class in which not
    all were told of it in the same words, where the explanation fits some of them alone.

    `keys` are the numbers of a record that it is about (`output`, `macs`), `kinds` whole kinds of
    questions, by the words of `Query.kind`; its model is asked about nothing else, and without both
    about everything. One size, and a formula, are asked about as the volume or the number is.
    """

    name: str
    explanation: str
    model: Callable[[QuestionContext], Iterable[Wrong]]
    change: Change | None = None
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    of_all: str = ""
    keys: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def is_about(self, kind: str, key: str) -> bool:
        """Say whether it is about questions of a kind; `key` as `QuestionContext.key` has it."""
        return not (self.keys or self.kinds) or kind in self.kinds or key in self.keys

    def answers(self, context: QuestionContext) -> Iterable[Wrong]:
        """Return the wrong answers to a question; none to one that it is not about."""
        return self.model(context) if self.is_about(context.query.kind, context.key) else ()

    @property
    def title(self) -> str:
        """What is done wrong, in words, without what would be right."""
        return title_of(self.explanation)


def title_of(explanation: str) -> str:
    """Return what is done wrong, of an explanation that tells what is right behind a semicolon; of
    each, where it is of two mistakes.
    """
    return AND.join(one.partition(";")[0] for one in explanation.split(AND))


class Weighted(NamedTuple):
    """The numbers behind a layer's weights: K filters of F... x deep.

    A dense layer has K units whose filters are as large as the volume: F is its spatial sizes.
    """

    K: int
    F: tuple[int, ...]
    deep: int
    bias: bool
    D: int  # the input's depth, before groups divide it
    positions: tuple[int, ...]  # at which every filter is applied
    dense: bool

    @property
    def biases(self) -> int:
        """How many biases there are."""
        return self.K if self.bias else 0

    @property
    def weights(self) -> int:
        """How many weights there are."""
        return prod(self.F) * self.deep * self.K


class QuestionContext:
    """A question about a network: what is asked, the right answer, and the layer's numbers.

    Volumes are computed with their depth last, and written `depth_first` where that is asked for.
    """

    def __init__(
        self, subject: Subject, query: Query, right: Value, *, depth_first: bool = False
    ) -> None:
        self.subject, self.query, self.right = subject, query, right
        self.depth_first = depth_first
        self.of_one_size = False  # whether one size is asked for, of the volume that stands here
        self.record: KnownRecord | None = subject.records.get(query.name)

    def asking(self, query: Query, right: Value, subject: Subject | None = None) -> QuestionContext:
        """Return another question, of what is told in the same text."""
        about = self.subject if subject is None else subject
        return QuestionContext(about, query, right, depth_first=self.depth_first)

    def written(self, volume: Value) -> str:
        """Return a volume as the question has it."""
        return volume_text(volume, first=self.depth_first)

    @cached_property
    def key(self) -> str:
        """Which of a record's numbers is asked: `output`, `parameters`; empty for other kinds."""
        return self.query.key if self.query.kind == "record" else ""

    @property
    def total(self) -> bool:
        """Whether the whole network is asked about."""
        return self.query.name == "total" and bool(self.key)

    @cached_property
    def layer(self) -> Any:
        """The layer asked about, or None for totals and instances."""
        return self.record.layer if self.record else None

    @cached_property
    def volume(self) -> Volume:
        """The layer's (first) input; empty where there is none."""
        return self.record.input[0] if self.record and self.record.input else ()

    @cached_property
    def output(self) -> Volume:
        """The layer's output; empty where it is not known."""
        return self.record.output or () if self.record else ()

    # -- sizes -----------------------------------------------------------------------------------

    @cached_property
    def slides(self) -> bool:
        """Whether the layer is a convolution or a pool over a volume of known sizes."""
        return isinstance(self.layer, Sliding) and 1 < len(self.volume) == len(self.output)

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """How the window fits on each axis."""
        return self.layer.fits(self.volume).axes if self.slides else ()

    @cached_property
    def transposed_fits(self) -> tuple[TransposedFit, ...]:
        """How a transposed convolution spreads each axis."""
        known = isinstance(self.layer, ConvTranspose) and 1 < len(self.volume) == len(self.output)
        return self.layer.transposed_fits(self.volume) if known else ()

    @cached_property
    def borders(self) -> tuple[tuple[int, int], ...]:
        """What a layer puts around each axis: zeros before and after; negative for a crop."""
        if isinstance(self.layer, Bordered) and len(self.volume) > 1 and self.record:
            return tuple(self.layer.sides(*self.record.input or ()))
        return tuple((part.before, part.after) for part in self.fits or self.transposed_fits)

    def resized(self, change: Change) -> Iterable[Wrong]:
        """Yield the output volume with a stride, a padding or a dilation changed on every axis."""
        if self.fits:
            yield from self.sized(change)
        elif self.transposed_fits and not change.less and not change.rounding:
            parts = [respread(part, change) for part in self.transposed_fits]
            yield from self.fitted(parts, change)
        elif self.borders and change.sides is not None and change == Change(sides=change.sides):
            changed = [change.sides(*pair) for pair in self.borders]
            sizes = [W + a + b for W, (a, b) in zip(self.volume, changed, strict=False)]
            lines = [
                f"{W} {'-' if size < W else '+'} {abs(size - W)} = {size}"
                if size != W
                else f"{W} stays {W}"
                for W, size in zip(self.volume, sizes, strict=False)
            ]
            yield from self.volumes(sizes, lines)

    def sized(self, change: Change) -> Iterable[Wrong]:
        """Yield the output volume with each axis' fit changed, where that gives a volume."""
        alike = {fit: refit(fit, change) for fit in self.fits}  # as most axes are
        fits = [alike[fit] for fit in self.fits]
        if not change.less:
            yield from self.fitted(fits, change)
            return
        told = {
            fit: f"{as_written(fit.steps(), change)} = {fit.size - change.less}"
            for fit in alike.values()
        }
        yield from self.volumes([fit.size - change.less for fit in fits], [told[f] for f in fits])

    def fitted(
        self, axes: Sequence[Fit | TransposedFit], change: Change = AS_IS
    ) -> Iterable[Wrong]:
        """Yield the output volume that windows give which slide or spread along the axes so, by a
        change or otherwise.
        """
        told = {
            axis: sentences.sentence(_as_written(axis.derivation(), change)) for axis in {*axes}
        }
        yield from self.volumes([axis.size for axis in axes], [told[axis] for axis in axes])

    def volumes(self, sizes: Sequence[int], lines: Sequence[str]) -> Iterable[Wrong]:
        """Yield a volume of these spatial sizes and the right depth, where there is such a one."""
        if sizes and min(sizes) > 0 and self.output:
            volume = (*sizes, self.output[-1])
            told = f"{'; '.join(dict.fromkeys(lines))}, so {self.written(volume)}"
            yield Wrong(volume, told, by_size=(*lines, ""))

    def deepened(self, depth: int, line: str) -> Iterable[Wrong]:
        """Yield the right spatial sizes with another depth."""
        if len(self.output) > 1 and depth > 0 and depth != self.output[-1]:
            volume = (*self.output[:-1], depth)
            by_size = (*("" for _ in volume[:-1]), line)
            yield Wrong(volume, f"{line}, so {self.written(volume)}", by_size=by_size)

    # -- shapes ----------------------------------------------------------------------------------

    @property
    def weight_shape(self) -> Volume:
        """The shape of a weight that is asked for, of a layer whose axes have names; else empty."""
        if self.query.kind != "shape" or not self.record or self.layer is None:
            return ()
        parameter = self.layer.parameters(self.record.input or ()).get(self.query.key)
        if parameter is None or parameter.role != "weight":
            return ()
        return tuple(parameter.shape) if weight_axes(self.layer, parameter) else ()

    def reshaped(self, shape: Sequence[int], told: str = "") -> Iterable[Wrong]:
        """Yield another shape, of a weight that is asked for."""
        if self.weight_shape:
            yield Wrong(tuple(shape), show(tuple(shape)), told)

    # -- counts ----------------------------------------------------------------------------------

    @cached_property
    def weighted(self) -> Weighted | None:
        """The numbers behind the weights of a convolution or dense layer that has one weight."""
        layer, volume = self.layer, self.volume
        if not volume or not isinstance(layer, Conv | DepthwiseConv | ConvTranspose | Dense):
            return None
        if isinstance(layer, Dense) and not layer.whole(volume):
            D = volume[-1]
            return Weighted(layer.units, (), D, layer.bias, D, self.output[:-1], True)
        if isinstance(layer, Dense):
            *spatial, D = self.unflattened
            return Weighted(layer.units, tuple(spatial), D, layer.bias, D, (), True)
        try:
            weight = layer.parameters((volume,))["weight"]
        except LayerError:
            return None
        K, deep, *F = weight.shape
        positions = self.output[:-1]
        if isinstance(layer, ConvTranspose):
            K, deep, positions = layer.K, volume[-1] // layer.groups, volume[:-1]
        return Weighted(K, tuple(F), deep, layer.bias, volume[-1], positions, False)

    @property
    def has_filters(self) -> bool:
        """Whether the output's depth is a number of filters or units."""
        return self.weighted is not None or isinstance(self.layer, SeparableConv | LocalConv)

    @property
    def unflattened(self) -> Volume:
        """The layer's input as it was before layers that only flatten it; a student's own length of
        it need not be that of what stands before.
        """
        record = self.record
        volume = self.volume
        for _ in self.subject.trace.layers:
            if record is None or not record.sources or len(volume) > 1:
                break
            record = self.subject.records.get(record.sources[0])
            if record is None or record.kind not in ("flatten", "dropout") or not record.input:
                break
            if prod(record.input[0]) != prod(volume):
                break
            volume = record.input[0]
        return volume

    def recounted(
        self,
        *,
        K: int | None = None,
        F: Sequence[int] | None = None,
        deep: int | None = None,
        biases: int | None = None,
        positions: Sequence[int] | None = None,
    ) -> Iterable[Wrong]:
        """Yield the parameters, weights, MACs or FLOPs, whatever is asked, from other numbers."""
        own = self.weighted
        if own is None or self.key not in RECOUNTED:
            return
        if biases is None:
            biases = (own.K if K is None else K) if own.bias else 0
        factors: list[int] = [*(own.F if F is None else F), own.deep if deep is None else deep]
        factors.append(own.K if K is None else K)
        text = times(factors)
        value = prod(factors)
        if self.key == "parameters" and biases:
            text, value = f"{text} + {biases:,}", value + biases
        elif self.key in ("macs", "flops"):
            at = own.positions if positions is None else positions
            text = applied("*".join(map(str, at)), text)
            value *= prod(at)
            if self.key == "flops":
                text, value = f"2 * {text}", value * 2
        yield Wrong(value, equal(text, value))

    def recounted_at(self, positions: Sequence[int]) -> Iterable[Wrong]:
        """Yield the MACs or FLOPs with the filters applied at other positions."""
        if self.key in ("macs", "flops"):
            yield from self.recounted(positions=positions)

    def number(self, key: str) -> int | None:
        """Return another count of what is asked about, a layer or the network."""
        found = self.of(self.query.name, key) if self.record or self.total else None
        return found if type(found) is int else None

    def asks_for(self, field: str) -> bool:
        """Say whether a layer's field is asked for, whatever word the question has for it."""
        if self.query.kind != "field" or not isinstance(self.layer, Layer):
            return False
        return aliases(type(self.layer)).get(self.query.key) == field

    @property
    def counted_layers(self) -> Sequence[KnownRecord]:
        """The layers that a total sums over; none for another question."""
        return self.subject.trace.layers if self.total else ()

    @property
    def source_depths(self) -> list[int]:
        """The depth of each volume that a merge takes."""
        inputs = (self.record.input or ()) if self.record else ()
        return [volume[-1] for volume in inputs] if len(inputs) > 1 else []

    # -- more layers -----------------------------------------------------------------------------

    @cached_property
    def windows(self) -> list[tuple[Fit, ...]]:
        """The windows on the way back (`way_back`), from the network's input to this layer."""
        return self.windows_without(lambda record: False)[0]

    def windows_without(
        self,
        left_out: Callable[[KnownRecord], bool],
        change: Callable[[KnownRecord, Fit], Fit] = lambda record, fit: fit,
    ) -> tuple[list[tuple[Fit, ...]], list[KnownRecord]]:
        """Return the same as if some layers on the way were not there, and these; the windows of
        others are as a `change` has them.
        """
        found: list[tuple[Fit, ...]] = []
        passed: list[KnownRecord] = []
        for record, context in self.way_back:
            if left_out(record):
                passed.append(record)
            elif context.slides:
                found.append(tuple(change(record, fit) for fit in context.fits))
            elif context.output != context.volume and record.kind not in ("pad", "crop"):
                return [], []
        return found[::-1], passed[::-1]

    @cached_property
    def way_back(self) -> list[tuple[KnownRecord, QuestionContext]]:
        """This layer and those before it, back to the network's input: from a merge along the
        branch that sees as much as it does; none where the way branches otherwise.
        """
        record = self.record
        if record is None or record.field is None or record.field.whole:
            return []
        found: list[tuple[KnownRecord, QuestionContext]] = []
        passed: set[str] = set()
        while record is not None:
            if record.layer is None or not record.sources:
                return []
            if record.name in passed:  # where two layers have one name, the way goes in a circle
                return []
            passed.add(record.name)
            if len(record.sources) > 1:
                record = self._widest_into(record)
                if record is None:
                    return []
                continue
            if len(record.input or ()) != 1:
                return []
            there = QuestionContext(self.subject, self.query._replace(name=record.name), 0)
            found.append((record, there))
            record = self.subject.records.get(record.sources[0])
        return found

    def _widest_into(self, merge: KnownRecord) -> KnownRecord | None:
        """Return the first layer into a merge whose field is as large as that of the merge."""
        field = self.of(merge.name, "receptive_field")
        wide = (s for s in merge.sources or () if self.of(s, "receptive_field") == field)
        return self.subject.records.get(next(wide, ""))

    def of(self, name: str, key: str | None = None) -> Value | None:
        """Return the right answer to the same question about another layer; None: there is none."""
        return self._answer(
            self.query._replace(name=name, key=self.query.key if key is None else key)
        )

    def of_place(self, place: tuple[int, ...]) -> Value | None:
        """Return the right answer at another place of the array; None: there is none."""
        return self._answer(self.query._replace(place=place))

    def _answer(self, query: Query) -> Value | None:
        try:
            return self.subject.answer(query)
        except Unanswerable:
            return None


def _as_written(derivation: Derivation, change: Change) -> Derivation:
    """Return how a size follows by a change, in terms that somebody writes."""
    return Derivation(
        derivation.quantity,
        derivation.value,
        as_written(derivation.expression or 0, change),
        reason=derivation.reason,
        given=derivation.given,
        beside=derivation.beside,
    )
