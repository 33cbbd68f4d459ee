"""Whether one layer can use the weights of another: kind, parameters and their shapes agree.

Convolutions of all kinds may share, where the shapes are the same: a decoder's transposed
convolution has the weight of its encoder's convolution so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shapecalc import rules
from shapecalc.diagnostics import Fault, LayerError, quote, repairable, some
from shapecalc.edits import Change, Repair, set_field
from shapecalc.layers.base import Layer, field_word, show, show_value
from shapecalc.layers.field_types import Volume

Shapes = Mapping[str, tuple[int, ...]]  # of parameters, by name


def unlike(
    name: str,
    kind: str,
    layer: Layer,
    inputs: Sequence[Volume],
    owner: str,
    owner_kind: str,
    owner_layer: Layer,
    owner_inputs: Sequence[Volume],
) -> Fault | None:
    """Return why a layer cannot use the weights of `owner`, or None if it can.

    A layer whose own fields do not fit has said so itself.
    """
    try:
        mine, theirs = _shapes(layer, inputs), _shapes(owner_layer, owner_inputs)
    except LayerError:
        return None
    alike = kind == owner_kind or bool(layer.weight_layout and owner_layer.weight_layout)
    if alike and mine == theirs:
        return None
    own = Repair("leave out share", Change("remove", path=("share",)))
    repairs = [own]
    if not theirs:
        reason = f"{owner} has no weights"
    elif not alike or (kind != owner_kind and mine.get("weight") != theirs.get("weight")):
        reason = f"{owner} is {_described(owner_kind, owner_layer, layer)}"
        reason += f", and {name} {_described(kind, layer, owner_layer)}"
    else:
        reason = "; ".join(_differences(owner, mine, theirs))
        fields = _as_owner(layer, inputs, owner, owner_layer, theirs)
        repairs = [*fields, *_alone(owner, mine, theirs), own]
    hint = "give both the same fields and the same depth of input, or leave out share"
    return repairable(rules.SHARED_SHAPES, f"{name} cannot share {owner}: {reason}", repairs, hint)


def unlike_one(
    name: str,
    layer: Layer,
    inputs: Sequence[Volume],
    parameter: str,
    transposed: bool,
    owner: str,
    owner_layer: Layer,
    owner_inputs: Sequence[Volume],
) -> Fault | None:
    """Return why a layer cannot use one parameter of `owner`, or None if it can.

    `transposed` swaps the first two axes of the owner's.
    """
    try:
        mine, theirs = _shapes(layer, inputs), _shapes(owner_layer, owner_inputs)
    except LayerError:
        return None
    lacking = next(
        (who for who, has in ((owner, theirs), (name, mine)) if parameter not in has), ""
    )
    repairs = [Repair("leave out share", Change("remove", path=("share",)))]
    if lacking:
        known = some(list(theirs if lacking == owner else mine)) or "no parameters"
        reason = f"{lacking} has {known}"
    else:
        shape = theirs[parameter]
        if mine[parameter] == (swapped(shape) if transposed else shape):
            return None
        title = parameter.replace("_", " ")
        turned = ", transposed" if transposed else ""
        reason = f"its {title} is {show(mine[parameter])}, that of {owner}{turned} "
        reason += show(swapped(shape) if transposed else shape)
        if mine[parameter] == (shape if transposed else swapped(shape)):
            repairs.insert(0, _transposing(not transposed))
    message = f"{name} cannot share the {quote(parameter)} of {owner}: {reason}"
    return repairable(rules.SHARED_SHAPES, message, repairs)


def swapped(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with its first two axes swapped."""
    return (*shape[1::-1], *shape[2:])


def _transposing(on: bool) -> Repair:
    path = ("share", "transposed")
    if on:
        return Repair("transposed: true beside it fits", Change("set", True, path))
    return Repair("leave out transposed", Change("remove", path=path))


def _alone(owner: str, mine: Shapes, theirs: Shapes) -> Iterator[Repair]:
    """Yield the weight alone, where that is the same, or is when it is transposed."""
    first = next(iter(mine), "")  # of all kinds the weight
    if first not in theirs:
        return
    share: dict[str, Any] = {first: owner}
    if mine[first] != theirs[first]:
        if mine[first] != swapped(theirs[first]):
            return
        share["transposed"] = True
    shown = ", ".join(f"{key}: {show_value(value)}" for key, value in share.items())
    text = f"share: {{{shown}}} is for the {first.replace('_', ' ')} alone"
    yield Repair(text, Change("set", share, ("share",)))


def _shapes(layer: Layer, inputs: Sequence[Volume]) -> Shapes:
    return {name: parameter.shape for name, parameter in layer.parameters(inputs).items()}


def _described(kind: str, layer: Layer, other: Layer) -> str:
    """Return a kind as `a conv, whose weight is K x D/groups x F...`."""
    article = "an" if kind[0] in "aeiou" else "a"
    if not (layer.weight_layout and other.weight_layout):
        return f"{article} {kind}"
    return f"{article} {kind}, whose weight is {layer.weight_layout}"


def _differences(owner: str, mine: Shapes, theirs: Shapes) -> Iterator[str]:
    """Yield what differs between the parameters of two layers of one kind."""
    for name in dict.fromkeys((*mine, *theirs)):
        title = name.replace("_", " ")
        if name not in theirs:
            yield f"it has a {title}, {owner} has none"
        elif name not in mine:
            yield f"{owner} has a {title}, it has none"
        elif mine[name] != theirs[name]:
            yield f"its {title} is {show(mine[name])}, that of {owner} {show(theirs[name])}"


def _as_owner(
    layer: Layer, inputs: Sequence[Volume], owner: str, owner_layer: Layer, theirs: Shapes
) -> Iterator[Repair]:
    """Yield the fields of the owner that would make the shapes equal, each by itself."""
    for field in type(layer).model_fields:
        value = getattr(owner_layer, field, getattr(layer, field))
        if value == getattr(layer, field):
            continue
        try:
            if _shapes(layer.model_copy(update={field: value}), inputs) == theirs:
                sign = ": " if isinstance(value, bool) else "="
                word = field_word(field)
                text = f"{word}{sign}{show_value(value)} as {owner} has"
                yield Repair(text, set_field(word, value))
        except LayerError:
            continue
