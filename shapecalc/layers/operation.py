"""What a file of another format has, and the spec language has no kind for."""

from collections.abc import Collection, Mapping, Sequence
from math import prod
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic_core import PydanticCustomError

from shapecalc import rules
from shapecalc.derivations import Derivation
from shapecalc.diagnostics import LIMIT, UnknownVolume, quote
from shapecalc.layers.base import Counts, Layer, Parameter, Parameters, hidden
from shapecalc.layers.field_types import Natural, StatedVolume, Text, Volume, one_of
from shapecalc.layers.read_numbers import NATURAL, FieldType, Schema, check_whole, wrong
from shapecalc.quantities import ROLES, Role
from shapecalc.receptive_field import Field as ReceptiveField

MOST_AXES = 32
SHAPE = "a shape: a list of whole numbers, [3, 3, 8, 8], [] for a single value"


class Array(NamedTuple):
    """An array that an operation keeps, as the file has it."""

    shape: tuple[int, ...]
    role: Role


def _arrays(value: Any) -> dict[str, Array] | None:
    """Read the arrays that an operation keeps, by name; null where the file does not tell them."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise wrong("a mapping of names to shapes", value)
    arrays = {str(name): _array(str(name), written) for name, written in value.items()}
    if sum(prod(array.shape) for array in arrays.values()) > LIMIT:
        message = "the arrays have more than 2^63 values"
        raise PydanticCustomError(rules.LIMIT_PASSED.code, "{message}", {"message": message})
    return arrays


def _array(name: str, written: Any) -> Array:
    role: Role = "weight"
    shape = written
    if isinstance(written, Mapping):
        if "shape" not in written or not written.keys() <= {"shape", "role"}:
            raise wrong(f"a shape, or a mapping with shape and role, for {quote(name)}", written)
        shape = written["shape"]
        role = one_of(written.get("role", role), tuple(ROLES))  # type: ignore[assignment]
    if not isinstance(shape, list | tuple) or len(shape) > MOST_AXES:
        raise wrong(f"{SHAPE}, for {quote(name)}", shape)
    return Array(tuple(check_whole(size, 0, f"{SHAPE}, for {quote(name)}") for size in shape), role)


_SHAPE: Schema = {"type": "array", "items": NATURAL, "maxItems": MOST_AXES}
_ARRAYS: Schema = {
    "type": ["object", "null"],
    "additionalProperties": {
        "anyOf": [
            _SHAPE,
            {
                "type": "object",
                "properties": {"shape": _SHAPE, "role": {"enum": list(ROLES)}},
                "required": ["shape"],
                "additionalProperties": False,
            },
        ]
    },
}
Arrays = Annotated[dict[str, Array] | None, FieldType(_arrays, _ARRAYS)]


class Operation(Layer):
    """operation: something that is known by its name alone; nothing of it is computed.

    Readers of other formats write it for what the language has no kind for. What is known of it,
    the file tells: the output volume, perhaps in part ([null, null, 64]), the arrays that it keeps,
    and its MACs. What is left out is not known, and makes the totals unknown; {} and 0 say that
    there are none. It takes any number of sources, and none with from: []. Further outputs are
    operations of their own, with parameters: {} and macs: 0, which take the first one.

    Backward: none. It is never executed; verify checks the layers around it.

    Example: an LSTM of 5 units on 10x4: 4*(4 + 5 + 1)*5 = 200 parameters, output 5.

        - operation: {what: LSTM, output: 5, parameters: {w: [10, 20]}, macs: 1800}

    Fields: what (its name in the file), output (a volume), parameters (names to shapes, or to
    {shape: ..., role: ...}; the roles are weight, bias and statistic), macs.

    Source: the file.
    """

    what: Text | None = None
    output: StatedVolume | None = None
    parameters_: Annotated[Arrays, hidden("parameters")] = None
    macs_: Annotated[Natural | None, hidden("macs")] = None

    any_sources: ClassVar[bool] = True
    has_weights: ClassVar[bool] = True
    multiplies: ClassVar[bool] = True
    opaque: ClassVar[bool] = True

    def volume(self, inputs: Sequence[Volume]) -> Volume:
        volume = self.known_volume()
        if volume is None:
            raise UnknownVolume
        return volume

    def known_volume(self) -> Volume | None:
        if self.output is None:
            return None
        known = tuple(size for size in self.output if size is not None)
        return known if len(known) == len(self.output) else None

    def parameters(self, inputs: Sequence[Volume]) -> Parameters:
        arrays = self.parameters_ or {}
        return {name: Parameter(array.shape, array.role) for name, array in arrays.items()}

    def counts(self, inputs: Sequence[Volume]) -> Counts:
        return self.known_counts()

    def known_counts(self) -> Counts:
        return Counts(None, None, None) if self.parameters_ is None else super().counts(())

    def macs(self, inputs: Sequence[Volume], output: Volume) -> int:
        return self.macs_ or 0

    def known_macs(self) -> int | None:
        return self.macs_

    def receptive_field(
        self, fields: Sequence[ReceptiveField | None], inputs: Sequence[Volume], output: Volume
    ) -> ReceptiveField | None:
        return None

    def size_derivations(self, inputs: Sequence[Volume], output: Volume) -> list[Derivation]:
        return [Derivation("output", output, reason="stated")]

    def values(self) -> dict[str, Any]:
        arrays = {name: array._asdict() for name, array in (self.parameters_ or {}).items()}
        values = super().values()
        return values if self.parameters_ is None else values | {"parameters": arrays}

    def summary(self, without: Collection[str] = ()) -> str:
        return quote(self.what or "")
