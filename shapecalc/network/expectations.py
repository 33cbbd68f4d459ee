"""What a spec claims under `expect`, for a layer, an instance or the whole network."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, create_model
from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.diagnostics import LIMIT, quote
from shapecalc.layers.field_types import PartialVolume
from shapecalc.layers.read_numbers import FieldType, Schema, crossed, crossed_schema, wrong
from shapecalc.layers.read_volumes import PARTIAL_VOLUME, read_partial_volume
from shapecalc.network.bounds import BOUNDS_SCHEMA, Bounds, read_count
from shapecalc.quantities import QUANTITIES
from shapecalc.volumes import MOST_AXES


def _per_axis(value: Any) -> tuple[float, ...]:
    """Read a receptive field or a jump: a number, [3, 5] or 3x5; fractions are allowed."""
    sizes = crossed(value) if isinstance(value, str) else value
    if type(sizes) in (int, float):
        sizes = [sizes]
    if (
        isinstance(sizes, list | tuple)
        and 1 <= len(sizes) <= MOST_AXES - 1
        and all(type(size) in (int, float) and 0 < size <= LIMIT for size in sizes)
    ):
        return tuple(sizes)
    raise wrong("a number, or one per axis as [3, 5] or 3x5", value)


def _volumes(value: Any) -> dict[str, PartialVolume]:
    if not isinstance(value, dict):
        raise wrong("a mapping of outputs' names to volumes", value)
    volumes = {}
    faults: list[tuple[str, PydanticCustomError]] = []
    for name, written in value.items():
        try:
            volumes[str(name)] = read_partial_volume(written)
        except PydanticCustomError as error:
            faults.append((str(name), error))
            meant = (error.context or {}).get("meant")
            if meant is None:
                raise
            volumes[str(name)] = meant
    if faults:
        name, first = faults[0]
        repairs = [
            repair._replace(change=repair.change.at((name,)))
            for repair in (first.context or {}).get("repairs", ())
        ]
        message = f"{quote(name)} {first.message()}"
        context = {"message": message, "repairs": repairs, "meant": volumes}
        raise PydanticCustomError(rules.WRONG_VALUE.code, "{message}", context)
    return volumes


def optional(read: Any, schema: Schema) -> FieldType:
    """Return the type of a claim that may be left open with null."""
    return FieldType(
        lambda value: None if value is None else read(value),
        {"anyOf": [schema, {"type": "null"}]},
    )


_NUMBER: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": LIMIT}
_PER_AXIS: Schema = {
    "title": "number per axis",
    "anyOf": [
        _NUMBER,
        {"type": "array", "items": _NUMBER, "minItems": 1, "maxItems": MOST_AXES - 1},
        crossed_schema(1, 1, MOST_AXES - 1),
    ],
}
_VOLUMES: Schema = {"type": "object", "additionalProperties": PARTIAL_VOLUME}

MaybeVolume = Annotated[PartialVolume | None, optional(read_partial_volume, PARTIAL_VOLUME)]
Count = Annotated[int | Bounds | None, optional(read_count, BOUNDS_SCHEMA)]
PerAxis = Annotated[tuple[float, ...] | None, optional(_per_axis, _PER_AXIS)]


class Expectations(BaseModel):
    """The claims that both a layer and a network can make; each count of theirs is one more."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    output: MaybeVolume = None

    def given(self) -> dict[str, Any]:
        """Return the claims that were made."""
        # Iterating over a model takes four times as long, and every claim asks.
        return {key: value for key, value in vars(self).items() if value is not None}


if TYPE_CHECKING:
    _Counted = Expectations
else:
    _counts = {quantity.key: (Count, None) for quantity in QUANTITIES.values()}
    _Counted = create_model("Expectations", __base__=Expectations, **_counts)


class LayerExpectations(_Counted):
    """The claims about a layer, a residual, a parallel or an instance."""

    receptive_field: PerAxis = None
    jump: PerAxis = None


class NetworkExpectations(_Counted):
    """The claims about the whole network."""

    outputs: Annotated[dict[str, PartialVolume] | None, optional(_volumes, _VOLUMES)] = None
