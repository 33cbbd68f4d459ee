"""What every layer kind has: fields, the rule for its output, its counts, how they follow.

A family's file defines classes from `Layer`; walking.py calls their methods and knows no kind.
Volumes are tuples, spatial sizes first, depth last; a flat vector has one number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from math import prod
from typing import Any, ClassVar, NamedTuple, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, model_validator
from pydantic import Field as Declared
from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.derivations import Derivation, Expression, times
from shapecalc.diagnostics import LayerError, repairable
from shapecalc.edits import Change, Repair, set_field
from shapecalc.geometry import Rounding
from shapecalc.layers.field_types import Volume
from shapecalc.layers.read_numbers import MAX_SPATIAL
from shapecalc.quantities import ROLES, Role
from shapecalc.receptive_field import Field, across, everything
from shapecalc.volumes import axes_of, show, titles_of

MOST_SHOWN = 8  # values of a list: as many as a volume has


class Parameter:
    """An array that a layer keeps: its shape as PyTorch has it, what it is, how it begins.

    `start` is what its values begin with; None: He normal, standard deviation sqrt(2/fan_in).
    `negative` says whether values can be; a variance's cannot.

    Source: He et al., "Delving Deep into Rectifiers", 2015.
    """

    __slots__ = ("negative", "role", "shape", "start")  # made in half the time of a NamedTuple

    def __init__(
        self,
        shape: tuple[int, ...],
        role: Role,
        start: float | None = None,
        negative: bool = True,
    ) -> None:
        self.shape = shape
        self.role = role
        self.start = start
        self.negative = negative

    @property
    def learned(self) -> bool:
        """Whether it gets a gradient; a statistic gets none."""
        return self.role != "statistic"

    @property
    def fan_in(self) -> int:
        """The inputs to one output value, as torch.nn.init counts them: the product of all axes
        but the first (for a transposed convolution, whose first axis is the input's depth, too).
        """
        return prod(self.shape[1:])


@lru_cache(1024)  # depths come again and again
def vector(size: int, role: Role, start: float = 0.0, negative: bool = True) -> Parameter:
    """Return a parameter of one axis, for example a bias."""
    return Parameter((size,), role, start, negative)


Parameters = Mapping[str, Parameter]  # by name
NO_PARAMETERS: Parameters = {}


class Counts(NamedTuple):
    """Learnable weights and biases, and values kept but not learned; None for the unknown."""

    weights: int | None
    biases: int | None
    non_trainable: int | None

    @property
    def parameters(self) -> int | None:
        """Learnable values: weights + biases."""
        if self.weights is None or self.biases is None:
            return None
        return self.weights + self.biases


NO_COUNTS = Counts(0, 0, 0)


class Kept:
    """What PyTorch keeps of a layer for its backward pass: its inputs, its output, and more.

    Of an example these are further values in the network's precision, numbers in single precision,
    8-byte indices and 1-byte flags; `once`, numbers in single precision for the whole batch.
    `inputs` is one answer for all of them, or one for each.
    """

    __slots__ = ("flags", "indices", "inputs", "once", "output", "singles", "values")

    def __init__(
        self,
        *,
        inputs: bool | tuple[bool, ...] = False,
        output: bool = False,
        values: int = 0,
        singles: int = 0,
        indices: int = 0,
        flags: int = 0,
        once: int = 0,
    ) -> None:
        self.inputs, self.output = inputs, output
        self.values, self.singles, self.indices, self.flags = values, singles, indices, flags
        self.once = once


class Graded(NamedTuple):
    """What gets a gradient: a layer's own parameters, and each of its inputs."""

    own: bool
    inputs: Sequence[bool]


INPUT, OUTPUT, NOTHING = Kept(inputs=True), Kept(output=True), Kept()


def hidden(word: str) -> Any:
    """Return what stands beside the type of a field whose word would hide a method of Layer, or is
    one of Python's: `return_: Annotated[Text, hidden("return")]`. Specs and reports have the word.
    """
    return Declared(validation_alias=AliasChoices(word))


def field_word(name: str) -> str:
    """Return the word that a field is written with: `return` for `return_`."""
    return name.removesuffix("_")


class Layer(BaseModel):
    """A layer's own fields. `name`, `from`, `expect`, `trainable` and `share` are the network's.

    A field that would hide a method or a word of Python has an underscore behind it (`hidden`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    shorthand: ClassVar[str | None] = None  # the field that a bare value is for
    merges: ClassVar[bool] = False  # takes two or more sources
    any_sources: ClassVar[bool] = False  # takes any number of them, none as well
    has_weights: ClassVar[bool] = False
    multiplies: ClassVar[bool] = False  # has multiply-accumulates (MACs)
    opaque: ClassVar[bool] = False  # nothing of it is computed: what is known, a file tells
    mixes_depth: ClassVar[bool] = False  # where values go depends on the slice that they are in
    one_of: ClassVar[tuple[str, ...]] = ()  # fields of which exactly one is written
    reference: ClassVar[str | None] = None  # the field that names a layer, whose volume it reads
    weight_layout: ClassVar[str] = ""  # the axes of its weight in order, where it has several
    migration_hints: ClassVar[Mapping[str, str]] = {}  # no fields: what to do instead
    keeps: ClassVar[Kept | None] = None  # for the backward pass; None: nobody has said
    is_view: ClassVar[bool] = False  # the output lies in the memory of the input
    passes_gradient: ClassVar[bool] = False  # an input gets the upstream gradient, or a part of it

    def with_rounding(self, rounding: Rounding) -> Self:
        """Return the layer with the network's rounding where it says none itself."""
        return self

    @classmethod
    def refers_to(cls) -> "type[Layer] | None":
        """Return the kind of layer that `reference` names, if it is for one alone.

        What that layer reads is read then, and not what it gives.
        """
        return None

    def bound(self, layer: "Layer") -> Self:
        """Return the layer with the one that `reference` names, where it is for one kind alone."""
        return self

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        """Return the output volume; raise LayerError where the layer cannot take its input.

        A size may stand for many numbers at once: compare it by == and <, not through a set.
        """
        return inputs[0]

    def only_depth(self) -> int | None:
        """Return the one depth that the layer takes; None: it takes several."""
        return None

    def joined(self, volume: Volume) -> int | None:
        """Return the number of the axis along which a merge joins volumes; None: value by value."""
        return None

    def known_volume(self) -> Volume | None:
        """Return the output volume where it does not depend on the input, otherwise None."""
        return None

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        """Return every parameter by its name. Raises LayerError where the input does not fit."""
        return NO_PARAMETERS

    def known_counts(self) -> Counts:
        """Return the counts as far as they do not depend on the input."""
        return Counts(None, None, 0) if self.has_weights else NO_COUNTS

    def counts(self, inputs: Sequence[Volume]) -> Counts:
        """Count the parameters by their roles. Raises LayerError where the input does not fit."""
        return _counted(self.parameters(inputs).values())

    def counts_of(self, inputs: Sequence[Volume], name: str) -> Counts:
        """Count one parameter; zeros where there is none of that name."""
        try:
            parameter = self.parameters(inputs).get(name)
        except LayerError:
            return NO_COUNTS
        return NO_COUNTS if parameter is None else _counted([parameter])

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        """Return the multiply-accumulate operations for one example, without biases."""
        return 0

    def known_macs(self) -> int | None:
        """Return the MACs where they do not depend on the input, otherwise None."""
        return None

    def kept(self, inputs: Sequence[Volume], output: Volume, graded: Graded) -> Kept | None:
        """Return what PyTorch keeps of the layer for its backward pass; None where nobody knows."""
        return self.keeps

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        """Return the receptive field behind the layer; None where it is unknown."""
        return fields[0]

    def leaves_out(self, inputs: Sequence[Volume]) -> bool:
        """Say whether no output sees some values of the input, between others or at the end."""
        return False

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        """Return how the output's sizes follow."""
        return [Derivation("output", output, reason="kept")]

    def count_derivations(self, inputs: Sequence[Volume]) -> list[Derivation]:
        """Return how weights, biases and kept values follow, one for each parameter."""
        return [
            Derivation(
                ROLES[parameter.role],
                prod(parameter.shape),
                times(*parameter.shape) if len(parameter.shape) > 1 else None,
                part=name,
            )
            for name, parameter in self.parameters(inputs).items()
        ]

    def macs_expression(self, inputs: Sequence[Volume], output: Volume) -> Expression:
        """Return how the MACs follow; 0 where a kind has none."""
        return 0

    def field_derivations(self, field: Field, inputs: Sequence[Volume]) -> list[Derivation]:
        """Return how the receptive field follows from the input's; nothing if it is unchanged."""
        return []

    @classmethod
    def example(cls) -> str:
        """Return the line of the docstring that shows how the kind is written."""
        lines = map(str.strip, (cls.__doc__ or "").splitlines())
        return next((line.removeprefix("- ") for line in lines if line.startswith("- ")), "")

    def values(self) -> dict[str, Any]:
        """Return the fields that have a value, written or by default."""
        return {field_word(name): value for name, value in self if value is not None}

    def summary(self, without: Collection[str] = ()) -> str:
        """Return the layer's fields as `K=96 F=11 S=4 P=0`, defaults left out but S and P.

        `without` are the names of fields that are left out, too.
        """
        values = []
        for name, default in _shown_fields(type(self)):
            value = getattr(self, name)
            if value is None:
                continue
            written = name in self.model_fields_set and value != default
            shown = name in ("S", "P") or (written and not isinstance(value, list))
            if shown and not (without and field_word(name) in without):
                values.append(f"{field_word(name)}={show_value(value)}")
        return " ".join(values)

    def shown_fields(self) -> str:
        """Return the fields that messages name beside the layer."""
        return self.summary()


@cache
def _shown_fields(cls: type[Layer]) -> list[tuple[str, Any]]:
    """Return a kind's fields with their defaults: K first, the rest in written order."""
    fields = cls.model_fields
    return [(name, fields[name].default) for name in sorted(fields, key="K".__ne__)]


class OneWay(Layer):
    """A kind that takes exactly one of some fields."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Raise SC103 where none of them is written, SC104 where there are several."""
        written = [name for name in self.one_of if getattr(self, name) is not None]
        *front, last = written if len(written) > 1 else self.one_of
        listed = f"{', '.join(front)} {'and' if written else 'or'} {last}"
        if len(written) > 1:
            message = f"takes one of {listed}, and has {len(written)}"
            raise PydanticCustomError(rules.WRONG_VALUE.code, "{message}", {"message": message})
        if not written:
            example = self.example()
            context = {"message": f"needs {listed}", "hint": f"for example {example}"}
            raise PydanticCustomError(rules.MISSING_FIELD.code, "{message}", context)
        return self


def _counted(parameters: Iterable[Parameter]) -> Counts:
    weights = biases = statistics = 0
    for parameter in parameters:
        role, size = parameter.role, prod(parameter.shape)
        if role == "weight":
            weights += size
        elif role == "bias":
            biases += size
        else:
            statistics += size
    return Counts(weights, biases, statistics)


def value_of(layer: Layer, word: str) -> Any:
    """Return a field's value, by the word that it is written with."""
    return getattr(layer, word if word in type(layer).model_fields else f"{word}_")


class AlongDepth(Layer):
    """A kind whose outputs depend on all values of a position; of a flat vector, on every value."""

    def receptive_field(
        self, fields: Sequence[Field | None], inputs: Sequence[Volume], output: Volume
    ) -> Field | None:
        return everything(fields[0]) if len(output) == 1 else across(fields[0])


def show_value(value: Any) -> str:
    """Return a field's value as a spec would write it; of a long list its beginning."""
    if isinstance(value, tuple):
        if len(value) > MOST_SHOWN:
            return f"[{','.join(map(show_value, value[:2]))},... {len(value):,} values]"
        if all(isinstance(v, int) for v in value):
            return show(value) if len(value) > 1 else f"[{value[0]}]"
        return "[" + ",".join(_show_side(v) for v in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {show_value(one)}" for key, one in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _show_side(value: Any) -> str:
    return f"[{value[0]},{value[1]}]" if isinstance(value, tuple) else show_value(value)


def need_spatial(volume: Volume) -> None:
    """Raise SC206 unless the volume has one to three spatial axes, as windows need them."""
    need_positions(volume)
    axes = len(volume) - 1
    if axes > MAX_SPATIAL:
        message = f"needs one to three spatial axes, and {show(volume)} has {axes}"
        size = show((prod(volume[: axes - 2]), *volume[axes - 2 :]))
        repair = Repair(f"reshape: {size} before it", Change("before", {"reshape": size}))
        raise LayerError(repairable(rules.RANK, message, [repair]))


def need_positions(volume: Volume) -> None:
    """Raise SC206 for a flat vector: there have to be positions beside the depth."""
    if len(volume) < 2:
        message = f"needs a volume with spatial axes, and gets the flat vector {show(volume)}"
        size = f"{volume[0]}x1"
        repair = Repair(f"reshape: {size} before it", Change("before", {"reshape": size}))
        raise LayerError(repairable(rules.RANK, message, [repair]))


def need_groups(groups: int, D: int) -> None:
    """Raise SC204 unless groups divide the depth."""
    if D % groups:
        best = next(g for g in range(min(groups, D, 4096), 0, -1) if D % g == 0)
        repair = Repair(f"groups={best} does", set_field("groups", best))
        message = f"groups={groups} does not divide the depth {D}"
        raise LayerError(repairable(rules.GROUPS, message, [repair]))


def per_axis(value: Any, rank: int, field: str) -> tuple[Any, ...]:
    """Return a field's value for each of `rank` axes; raise SC206 for a list of another length."""
    if not isinstance(value, tuple):
        return (value,) * rank
    if len(value) != rank:
        axes = f"{rank} spatial {'axis' if rank == 1 else 'axes'}"
        message = f"{field}={show_value(value)} is for {len(value)} axes, and the input has {axes}"
        otherwise = f"give {field} one number for every axis, or {rank} in a list"
        wanted = [value[0]] * rank if isinstance(value[0], tuple) else value[0]
        shown = show_value(tuple(wanted) if isinstance(wanted, list) else wanted)
        repair = Repair(f"{field}={shown} for every axis", set_field(field, wanted))
        raise LayerError(repairable(rules.RANK, message, [repair], otherwise))
    return value


def axis_titles(rank: int) -> tuple[str, ...]:
    """Return the names of the spatial axes; more than three have numbers."""
    return titles_of((0,) * (rank + 1))[:-1]


def axis_number(axis: str | int, volume: Volume) -> int:
    """Return the number of an axis, from 0 in written order; raise SC206 where there is none."""
    axes = axes_of(volume)
    if axis in axes:
        return axes.index(axis)
    if isinstance(axis, int) and axis < len(volume):
        return axis
    message = f"{show(volume)} has no axis {axis}"
    repairs = [Repair(f"axis={other}", set_field("axis", other)) for other in axes]
    raise LayerError(repairable(rules.RANK, message, repairs))


def by_axis(derivations: Sequence[Derivation]) -> list[Derivation]:
    """Return one derivation if all axes have the same, otherwise one per axis with its name."""
    if all(derivation == derivations[0] for derivation in derivations):
        return [derivations[0]]
    titles = axis_titles(len(derivations))
    return [of.of_part(title) for title, of in zip(titles, derivations, strict=True)]


@cache
def aliases(cls: type[BaseModel]) -> dict[str, str]:
    """Return every word that a model's fields are read under, with our own word for the field."""
    words = {}
    for name, field in cls.model_fields.items():
        own = field_word(name)
        words[own] = own
        for word in getattr(field.validation_alias, "choices", ()):
            words[str(word)] = own
    return words


def field_words(cls: type[BaseModel], *, required: bool = False) -> list[str]:
    """Return our own words for a model's fields in order; `required` those without a default."""
    fields = cls.model_fields.items()
    return [field_word(name) for name, field in fields if field.is_required() or not required]


__all__ = [
    "NO_COUNTS",
    "Counts",
    "Layer",
    "OneWay",
    "Parameter",
    "Parameters",
    "aliases",
    "axis_number",
    "axis_titles",
    "by_axis",
    "field_word",
    "field_words",
    "hidden",
    "need_groups",
    "need_positions",
    "need_spatial",
    "per_axis",
    "show",
    "show_value",
    "value_of",
    "vector",
]
