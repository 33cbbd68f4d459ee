"""A Sequential that was saved whole, torch.save(model): its layers in order, from the pickle.

The pickle is read without running it (checkpoints/pickles.py): what is named in it stays a name,
and the modules' attributes are plain data. A module of any other class does not say what its
forward does with its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from shapecalc.checkpoints.pickles import Global, Object
from shapecalc.checkpoints.stored import StoredTensor
from shapecalc.diagnostics import MAX_LAYERS, MAX_NESTING, quote
from shapecalc.document import Document
from shapecalc.frameworks.conversion import Reading, read_layer
from shapecalc.frameworks.meanings import NOTHING, Word
from shapecalc.frameworks.pytorch import WORDS
from shapecalc.layers import KINDS
from shapecalc.readers.given_sizes import check_axes
from shapecalc.readers.items import ROUNDING, Item, Items, Sizes
from shapecalc.readers.pytorch.malformed import Malformed
from shapecalc.readers.pytorch.roles import role_of
from shapecalc.readers.tensors.windows import alike

TORCH = "torch.nn.modules."  # where PyTorch's own classes are
SEQUENTIAL = Global(f"{TORCH}container", "Sequential")
INPUT = "input"
LONGEST_NAME = 200
MOST_NUMBERS = 32  # in an attribute
WRAPPED = ("model", "net", "network", "module")  # in a training's checkpoint
ALONG_THE_LAST = ("dense", "layer_norm", "rms_norm")  # axis of the tensor
ALIKE = ("F", "S", "P", "dilation", "output_padding", "scale", "output")  # a number for each axis
LEARNED = ("weight", "bias")  # what a layer with a kind may have of its own
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


class Part(NamedTuple):
    """A layer of a Sequential, under the name that leads to it."""

    name: str
    module: Object


def module_in(root: Any) -> Object | None:
    """Return the module that was saved, alone or in a training's checkpoint; None for others."""
    if isinstance(root, dict):
        found = (module_in(root.get(key)) for key in WRAPPED if isinstance(root.get(key), Object))
        return next((module for module in found if module is not None), None)
    is_module = isinstance(root, Object) and isinstance(root.kind, Global)
    return root if is_module and isinstance(root.attributes.get("_modules"), dict) else None


def class_of(module: Object) -> str:
    """Return the name of a module's class."""
    return module.kind.name if isinstance(module.kind, Global) else "module"


def document_of(
    module: Object, file: str | None, given: Mapping[str, Sizes] = NOTHING
) -> Document | None:
    """Return the document of a Sequential; None for a module of another class.

    Raises Malformed where it is none that PyTorch saves.
    """
    if module.kind != SEQUENTIAL:
        return None
    network = _Network([*_parts(module)], given)
    items = network.items
    check_axes(items, given)
    sizes = items.inputs[INPUT]
    data: dict[str, Any] = {
        "name": SEQUENTIAL.name,
        "inputs": {INPUT: None if sizes is None else list(sizes)},
        "rounding": ROUNDING,
        "layers": items.layers(),
        "outputs": [network.value],
    }

    def original(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        if path[:1] == ("layers",) and len(path) > 1 and isinstance(path[1], int):
            return items.listed[path[1]].path
        return (INPUT,) if path[:1] == ("inputs",) else ()

    document = Document(data, file, original_path=original)
    document.with_inputs = lambda volumes: _again(module, file, volumes)
    return document


def _again(module: Object, file: str | None, given: Mapping[str, Sizes]) -> Document:
    document = document_of(module, file, given)
    assert document is not None
    return document


def _parts(module: Object) -> Iterator[Part]:
    """Yield the layers in order, those of Sequentials inside in their places."""
    waiting = [("", module, 0)]
    count = 0
    while waiting:
        name, found, depth = waiting.pop()
        if found.kind != SEQUENTIAL:
            yield Part(name, found)
            continue
        inside = found.attributes.get("_modules")
        if not isinstance(inside, dict) or depth > MAX_NESTING:
            who = quote(name) if name else "itself"
            raise Malformed(f"Sequential {who} has no layers, or itself among them")
        count += len(inside)
        if count > MAX_LAYERS:
            raise Malformed(f"more than {MAX_LAYERS:,} layers")
        for key, part in reversed(inside.items()):
            if not isinstance(key, str) or len(key) > LONGEST_NAME:
                raise Malformed("a layer has no name", name)
            full = f"{name}.{key}" if name else key
            if not isinstance(part, Object):
                raise Malformed("a layer is none", full)
            waiting.append((full, part, depth + 1))


class _Network:
    """Puts one layer behind the other into a spec."""

    def __init__(self, parts: list[Part], given: Mapping[str, Sizes]) -> None:
        self.items = Items()
        self.owners: dict[int, str] = {}  # of parameters, by the module that has them
        words = {word.name: word for word in WORDS}
        self.readings = [_reading(part.module, words) for part in parts]
        known = [pair for pair in self.readings if pair is not None]
        self.first = any(word.axes for word, _ in known)  # the depth, among the tensor's axes
        own = self._input()
        volume = given.get(INPUT, own)
        self.value = self.items.add_input(INPUT, volume, (INPUT,))
        if own is not None:
            self.items.own[INPUT] = own
        for part, pair in zip(parts, self.readings, strict=True):
            self._add(part, pair)

    def _input(self) -> Sizes | None:
        """Return the volume of the input, as far as the first layer that minds tells."""
        for pair in self.readings:
            if pair is None:
                return None
            word, reading = pair
            told = {stated.what: stated.value for stated in reading.stated}
            depth = told.get("depth", told.get("values"))
            if word.axes:
                return (*[None] * max(word.axes), depth)
            if reading.kind == "dense":
                return (depth,)
            if reading.kind in ("flatten", "reshape", "transpose"):
                return None
        return None

    def _add(self, part: Part, pair: tuple[Word, Reading] | None) -> None:
        module, arrays = part.module, _arrays(part.module)
        item = Item(part.name, "operation", {}, (self.value,), (part.name,))
        rank = self.items.ranks[self.value]
        fits = pair is not None and not (
            pair[1].kind in ALONG_THE_LAST and self.first and rank not in (0, 1)
        )
        if pair is not None and fits and not _foreign(arrays):
            word, reading = pair
            item.kind, item.fields = reading.kind, _shortened(reading.fields)
            if item.kind == "dense" and rank not in (0, 1):
                item.fields["flatten"] = False
            rank = 1 if item.kind == "flatten" else max(word.axes) + 1 if word.axes else rank
        else:
            item.fields = self._operation(module, arrays, pair)
            rank = rank if pair is not None else None
        self._share(item, module, arrays)
        self.value = self.items.add(item, rank)

    def _operation(
        self, module: Object, arrays: Mapping[str, StoredTensor], pair: Any
    ) -> dict[str, Any]:
        """Return the fields of a layer that has no kind: its parameters are known."""
        shown = {
            name: list(tensor.shape)
            if role == "weight"
            else {"shape": list(tensor.shape), "role": role}
            for name, tensor in arrays.items()
            if (role := _role(name, tensor)) is not None
        }
        fields: dict[str, Any] = {"what": class_of(module), "parameters": shown}
        if pair is not None and pair[1].kind in ("layer_norm", "rms_norm"):
            volume = self.items.volume(self.value)
            fields |= {"macs": 0} if volume is None else {"macs": 0, "output": list(volume)}
        return fields

    def _share(self, item: Item, module: Object, arrays: Mapping[str, StoredTensor]) -> None:
        """Say whose parameters a layer has, whether they are learned, and how many they are."""
        learned = [tensor for name, tensor in arrays.items() if _role(name, tensor) != "statistic"]
        if not learned:
            return
        if not any(tensor.requires_grad for tensor in learned):
            item.beside["trainable"] = False
        owner = self.owners.get(id(module))
        if owner is not None:
            item.beside["share"] = owner
            return
        self.owners[id(module)] = item.name = self.items.free(item.name)
        weight = arrays.get("weight")
        if item.kind in ("conv", "conv_transpose", "dense") and weight is not None:
            item.beside["expect"] = {"weights": prod(weight.shape)}
            item.claim_path = item.path


def _reading(module: Object, words: Mapping[str, Word]) -> tuple[Word, Reading] | None:
    """Return what a module is in our words; None for one that has no kind."""
    kind = module.kind
    if not isinstance(kind, Global) or not kind.module.startswith(TORCH):
        return None
    word = words.get(kind.name)
    if word is None:
        return None
    attributes = module.attributes
    written = {key: attributes[key] for key in word.fields if key in attributes}
    if not all(map(_is_plain, written.values())):
        return None
    told = {k: list(v) if isinstance(v, tuple) else v for k, v in written.items()}
    parameters = attributes.get("_parameters")
    if (
        isinstance(parameters, dict)
        and told.get("affine", True)
        and told.get("elementwise_affine", True)
    ):  # an argument of the class may say whether there is a parameter of its name
        own = [name for name in LEARNED if name in parameters and name in word.fields]
        told.update({name: parameters[name] is not None for name in own})
    reading = read_layer(word, told)
    if reading is None or reading.kind not in KINDS or KINDS[reading.kind].merges:
        return None
    whole = reading.kind == "flatten" and reading.refused
    if whole or any(not meaning.harmless for meaning in reading.refused.values()):
        return None
    return word, reading


def _is_plain(value: Any) -> bool:
    """Say whether an attribute is a number, a text, or a few of those."""
    if isinstance(value, tuple | list):
        return len(value) <= MOST_NUMBERS and not any(
            isinstance(one, tuple | list) for one in value
        )
    return value is None or isinstance(value, bool | int | float | str)


def _shortened(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with [3, 3] as 3, which is the same for every axis."""
    return {
        key: alike(value) if key in ALIKE and _is_numbers(value) else value
        for key, value in fields.items()
    }


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int | float) for one in value)


def _arrays(module: Object) -> dict[str, StoredTensor]:
    """Return the parameters and buffers of a module, and of the modules inside it, by name."""
    found: dict[str, StoredTensor] = {}
    waiting = [("", module, 0)]
    met = 0
    while waiting:
        name, part, depth = waiting.pop()
        met += 1
        if met > MAX_LAYERS or depth > MAX_NESTING:
            raise Malformed("a layer has too many parts", name)
        for kept in ("_parameters", "_buffers"):
            inside = part.attributes.get(kept)
            for key, tensor in inside.items() if isinstance(inside, dict) else ():
                if isinstance(tensor, StoredTensor) and isinstance(key, str):
                    found[f"{name}{key}"] = tensor
        below = part.attributes.get("_modules")
        for key, inner in below.items() if isinstance(below, dict) else ():
            if isinstance(inner, Object) and isinstance(key, str) and len(key) <= LONGEST_NAME:
                waiting.append((f"{name}{key}.", inner, depth + 1))
    return found


def _foreign(arrays: Mapping[str, StoredTensor]) -> bool:
    """Say whether a module has arrays that no layer of its class has, such as weight_g."""
    return not arrays.keys() <= {*LEARNED, *STATISTICS}


def _role(name: str, tensor: StoredTensor) -> str | None:
    """Return what an array is; None for whole numbers, such as how many batches there were."""
    if "float" not in tensor.dtype:
        return None
    if name.rpartition(".")[2] in STATISTICS or not tensor.parameter:
        return "statistic"
    return role_of(name)
