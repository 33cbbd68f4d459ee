"""The layers of a Caffe file, whichever of the three dialects each is written in, and its inputs.

V2 has `layer { type: "Convolution" convolution_param {...} }`, V1 `layers { type: CONVOLUTION }`
with the same messages inside, V0 `layers { layer { type: "conv" ... } }` with all settings in one
message. One file may hold all three. Source: Caffe, caffe.proto and upgrade_proto.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shapecalc.diagnostics import MAX_LAYERS, Path, quote
from shapecalc.frameworks import caffe as words
from shapecalc.readers.caffe.text import Field, Message, Value, Word

LONGEST_NAME = 1000
TRUTHS = {"true": True, "t": True, "True": True, "false": False, "f": False, "False": False}
TEST = "TEST"
PHASES: dict[Value, str] = {"TRAIN": "TRAIN", "TEST": TEST, 0: "TRAIN", 1: TEST}
NOTHING = Message()


class Malformed(Exception):
    """A file that says what no network can have. `path` leads to it."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.message, self.path = message, path


class Settings:
    """The fields of a message, read as what they have to be, and the path of each.

    `spelled` are the words that a dialect has for some of them.
    """

    __slots__ = ("message", "path", "spelled")

    def __init__(
        self, message: Message | None, path: Path, spelled: dict[str, str] | None = None
    ) -> None:
        self.message = message or NOTHING
        self.path = path
        self.spelled = spelled or {}

    def where(self, name: str, index: int | None = None) -> Path:
        """Return the path of a field."""
        path = (*self.path, self.spelled.get(name, name))
        return path if index is None else (*path, index)

    def all(self, name: str) -> list[Value]:
        """Return all values of a field."""
        fields = self.message.fields.get(self.spelled.get(name, name), ())
        return [field.value for field in fields]

    def get(self, name: str) -> Value | None:
        """Return a field's value, the last one; None where it is not written."""
        fields = self.message.fields.get(self.spelled.get(name, name))
        return fields[-1].value if fields else None

    def __contains__(self, name: str) -> bool:
        return self.spelled.get(name, name) in self.message.fields

    def inner(self, name: str) -> Settings:
        """Return the settings of a message inside; nothing is set where it is not written."""
        value = self.get(name)
        if value is not None and not isinstance(value, Message):
            raise self.wrong(name, "a message in braces", value)
        return Settings(value, self.where(name))

    def inners(self, name: str) -> Iterator[Settings]:
        """Yield the settings of each message of a field."""
        for index, value in enumerate(self.all(name)):
            if not isinstance(value, Message):
                wanted = "a message in braces"
                raise Malformed(_wrong(name, wanted, value), self.where(name, index))
            yield Settings(value, self.where(name, index))

    def whole(self, name: str, default: int | None = None) -> int | None:
        """Return a whole number."""
        value = self.get(name)
        if value is None:
            return default
        if type(value) is not int:
            raise self.wrong(name, "a whole number", value)
        return value

    def wholes(self, name: str) -> list[int]:
        """Return a field's whole numbers."""
        values = self.all(name)
        for value in values:
            if type(value) is not int:
                raise self.wrong(name, "a whole number", value)
        return values  # type: ignore[return-value]  # all are whole numbers

    def number(self, name: str, default: float) -> int | float:
        """Return a number."""
        value = self.get(name)
        if value is None:
            return default
        if not isinstance(value, int | float):
            raise self.wrong(name, "a number", value)
        return value

    def numbers(self, name: str) -> list[int | float]:
        """Return a field's numbers."""
        values = self.all(name)
        for value in values:
            if not isinstance(value, int | float):
                raise self.wrong(name, "a number", value)
        return values  # type: ignore[return-value]  # all are numbers

    def truth(self, name: str, default: bool) -> bool:
        """Return true or false, which may be written as 1 or 0."""
        value = self.get(name)
        if value is None:
            return default
        if isinstance(value, str) and value in TRUTHS:
            return TRUTHS[value]
        if type(value) is int and value in (0, 1):
            return bool(value)
        raise self.wrong(name, "true or false", value)

    def word(self, name: str, names: Sequence[str]) -> str:
        """Return one of a few names, or the one of a number; the first by default."""
        value = self.get(name)
        if value is None:
            return names[0]
        if isinstance(value, str) and value.upper() in names:
            return value.upper()
        if type(value) is int and 0 <= value < len(names):
            return names[value]
        raise self.wrong(name, f"one of {', '.join(dict.fromkeys(names))}", value)

    def text(self, name: str) -> str:
        """Return a text; an empty one where it is not written."""
        value = self.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > LONGEST_NAME:
            raise self.wrong(name, f"a text of at most {LONGEST_NAME} characters", value)
        return str(value)

    def texts(self, name: str) -> list[str]:
        """Return a field's texts."""
        values = self.all(name)
        for index, value in enumerate(values):
            if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
                wanted = f"a text of 1 to {LONGEST_NAME} characters"
                raise Malformed(_wrong(name, wanted, value), self.where(name, index))
        return [str(value) for value in values]

    def wrong(self, name: str, wanted: str, value: Value) -> Malformed:
        """Return the error of a field that has another value."""
        return Malformed(_wrong(name, wanted, value), self.where(name))


def _wrong(name: str, wanted: str, value: Value) -> str:
    written = "a message" if isinstance(value, Message) else quote(value)
    return f"{name} has to be {wanted}, and is {written}"


@dataclass(slots=True)
class Layer:
    """A layer as it is written. `kind` is its type's one word for all dialects."""

    name: str
    type: str
    kind: str
    bottoms: list[str]
    tops: list[str]
    outer: Settings
    old: Settings | None  # all that is set, in V0

    @property
    def path(self) -> Path:
        """The path of the layer."""
        return self.outer.path

    def settings(self, name: str) -> Settings:
        """Return the settings of a message such as convolution_param."""
        return self.outer.inner(name) if self.old is None else self.old

    def bottom_path(self, index: int) -> Path:
        """Return where one of the blobs that it takes is named."""
        return self.outer.where("bottom", index)

    def blob_names(self) -> list[str]:
        """Return the names by which its parameters are shared, each empty where it has none."""
        values = self.outer.all("param")
        names = []
        for index, value in enumerate(values):
            if isinstance(value, Message):
                names.append(Settings(value, self.outer.where("param", index)).text("name"))
            else:
                names.append(str(value) if isinstance(value, str) else "")
        return names

    def learns(self, blobs: int) -> bool:
        """Say whether one of so many parameters has a learning rate: they have unless it is 0."""
        rates: list[int | float] = []
        for index, value in enumerate(self.outer.all("param")):
            if isinstance(value, Message):
                inner = Settings(value, self.outer.where("param", index))
                rates.append(inner.number("lr_mult", 1.0))
        rates = rates or (self.old or self.outer).numbers("blobs_lr")
        return len(rates) < blobs or any(rates[:blobs])


class State(NamedTuple):
    """What decides which layers are in the network: it is looked at as it is tested."""

    phase: str
    level: int
    stages: frozenset[str]

    def meets(self, rule: Settings) -> bool:
        """Say whether a rule of include or exclude holds."""
        phase = rule.get("phase")
        if phase is not None:
            if isinstance(phase, Message) or phase not in PHASES:
                raise rule.wrong("phase", "TRAIN or TEST", phase)
            if PHASES[phase] != self.phase:
                return False
        lowest, highest = rule.whole("min_level"), rule.whole("max_level")
        if lowest is not None and self.level < lowest:
            return False
        if highest is not None and self.level > highest:
            return False
        if not self.stages.issuperset(rule.texts("stage")):
            return False
        return self.stages.isdisjoint(rule.texts("not_stage"))

    def has(self, layer: Settings) -> bool:
        """Say whether a layer is in the network."""
        included = [*layer.inners("include")]
        if included:
            return any(map(self.meets, included))
        return not any(map(self.meets, layer.inners("exclude")))


class Declared(NamedTuple):
    """An input that stands at the top of the file; None where its shape is not told."""

    name: str
    shape: tuple[int, ...] | None  # with the batch
    path: Path


@dataclass(frozen=True)
class Net:
    """A file's network. `left_out` are the layers of another phase or stage."""

    name: str
    inputs: tuple[Declared, ...]
    layers: tuple[Layer, ...]
    left_out: tuple[Layer, ...]


def read_net(root: Message) -> Net:
    """Return the network of a file. Raises Malformed with the path of what is wrong."""
    top = Settings(root, ())
    state = top.inner("state")
    now = State(TEST, state.whole("level", 0) or 0, frozenset(state.texts("stage")))
    layers: list[Layer] = []
    left_out: list[Layer] = []
    for settings in _written(root):
        (layers if now.has(settings) else left_out).append(_layer(settings))
    return Net(top.text("name"), tuple(_declared(top)), tuple(layers), tuple(left_out))


def _written(root: Message) -> list[Settings]:
    """Return all layers in the order of the file."""
    found: list[tuple[Field, Settings]] = []
    for name in ("layer", "layers"):
        for index, field in enumerate(root.fields.get(name, ())):
            if not isinstance(field.value, Message):
                raise Malformed(_wrong(name, "a message in braces", field.value), (name, index))
            found.append((field, Settings(field.value, (name, index))))
    if len(found) > MAX_LAYERS:
        raise Malformed(f"a network of more than {MAX_LAYERS:,} layers", ())
    found.sort(key=lambda pair: pair[0].start)
    return [settings for _, settings in found]


def _layer(outer: Settings) -> Layer:
    old = None
    if "layer" in outer:
        inner = outer.inner("layer")
        old = Settings(inner.message, inner.path, words.V0_FIELDS)
    within = old or outer
    written = within.get("type")
    if written is None:
        raise Malformed("a layer without a type", outer.path)
    if isinstance(written, Message):
        raise within.wrong("type", "a text", written)
    title = str(written)
    if len(title) > LONGEST_NAME:
        raise within.wrong("type", f"a text of at most {LONGEST_NAME} characters", written)
    kind = title.lower().replace("_", "")
    kind = words.V0_TYPES.get(kind, kind) if old else words.V1_TYPES.get(kind, kind)
    name = within.text("name") or title or "layer"
    return Layer(name, title, kind, outer.texts("bottom"), outer.texts("top"), outer, old)


def _declared(top: Settings) -> Iterator[Declared]:
    """Yield the inputs at the top: four input_dim each, or an input_shape each."""
    names, dims = top.texts("input"), top.wholes("input_dim")
    shapes = [*top.inners("input_shape")]
    if dims and len(dims) != 4 * len(names):
        message = f"{len(names)} inputs take {4 * len(names)} input_dim, and there are {len(dims)}"
        raise Malformed(message, top.where("input_dim"))
    if shapes and len(shapes) != len(names):
        message = f"{len(names)} inputs take as many input_shape, and there are {len(shapes)}"
        raise Malformed(message, top.where("input_shape"))
    for index, name in enumerate(names):
        shape = None
        path = top.where("input", index)
        if shapes:
            shape, path = shape_of(shapes[index]), shapes[index].path
        elif dims:
            shape = checked(dims[4 * index :][:4], top.where("input_dim", 4 * index))
        yield Declared(name, shape, path)


def shape_of(settings: Settings) -> tuple[int, ...]:
    """Return the shape that a message tells, with the batch."""
    return checked(settings.wholes("dim"), settings.path)


def checked(dims: Sequence[int], path: Path) -> tuple[int, ...]:
    """Return sizes that can be a blob's; raise Malformed for others."""
    if not 0 < len(dims) <= words.MOST_AXES or any(not 0 < size < 2**63 for size in dims):
        listed = quote(list(dims))
        raise Malformed(f"{listed} is no shape of a blob", path)
    return tuple(dims)


__all__ = ["Declared", "Layer", "Malformed", "Net", "Settings", "Word", "read_net", "shape_of"]
