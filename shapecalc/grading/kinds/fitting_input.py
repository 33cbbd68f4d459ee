"""Which input fits: `fitting(input)` asks for a size that every layer takes. All such are right.

The size that is written is hidden where it fits. One that does not fit is printed like any other,
and the question does not say that of it: another one may ask whether a stride fits. A size is tried
by walking the network with it. What `shapecalc sizes` finds is told as the working.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from weakref import WeakKeyDictionary

from shapecalc import rules
from shapecalc.derivations import Derivation
from shapecalc.diagnostics import nearest, quote, some
from shapecalc.grading.fault import Unanswerable
from shapecalc.grading.kinds.kind import Kind
from shapecalc.grading.named_layers import NamedLayers
from shapecalc.grading.query import Query
from shapecalc.grading.values import Value
from shapecalc.solving.fitting import FittingSizes, fitting
from shapecalc.tracing import walk
from shapecalc.volumes import Volume, titles_of

LARGEST = 10**6  # a size that is tried

_FOUND: WeakKeyDictionary[NamedLayers, FittingSizes] = WeakKeyDictionary()


def written(layers: NamedLayers, query: Query) -> Volume:
    """Return the input's volume as the network has it. Raises Unanswerable where there is none."""
    inputs = layers.trace.inputs
    if query.name not in inputs:
        close = nearest(query.name, list(inputs))
        hint = f"did you mean {quote(close)}?" if close else f"there is {some(list(inputs))}"
        raise Unanswerable(f"there is no input {quote(query.name)}", hint)
    volume = inputs[query.name]
    if volume is None or len(volume) < 2:
        message = f"{quote(query.path)}: {quote(query.name)} is flat, and no window slides over it"
        raise Unanswerable(message, "ask about an input with a height and a width, or a length")
    return volume


def refusal(layers: NamedLayers, query: Query, volume: Volume) -> str:
    """Return what the first layer says that does not take what a volume of the input gives it;
    empty where all of them take it.
    """
    spec = layers.trace.spec
    inputs = {**spec.inputs, query.name: volume}
    found = walk(replace(spec, inputs=inputs, example=None, findings=())).findings
    return next((one.fault.message for one in found if one.rule.structural), "")


def completed(layers: NamedLayers, query: Query, value: Value) -> Volume | None:
    """Return the volume that an answer means, which may be one number for all axes and leave the
    depth out, or have a batch of one in front; None where it is none.
    """
    *spatial, depth = written(layers, query)
    if not isinstance(value, tuple) or not all(type(n) is int and 0 < n <= LARGEST for n in value):
        return None
    sizes = value * len(spatial) if len(value) == 1 else _without_batch(value, len(spatial))
    if len(sizes) == len(spatial):
        return (*sizes, depth)
    return sizes if len(sizes) == len(spatial) + 1 and sizes[-1] == depth else None


def _without_batch(sizes: tuple[int, ...], axes: int) -> tuple[int, ...]:
    """Return a volume of so many axes and a depth without the 1 in front, if it has one."""
    return sizes[1:] if len(sizes) == axes + 2 and sizes[0] == 1 else sizes


def _answer(layers: NamedLayers, query: Query) -> Volume:
    """Return the written size where it fits, otherwise one next to it. Raises Unanswerable."""
    volume = written(layers, query)
    if not refusal(layers, query, volume):
        return volume
    found = _sizes(layers)
    if not found.fits:
        said = f"no size of the input fits: {found.reason}" if found.solved else found.reason
        raise Unanswerable(f"{quote(query.path)}: {said}", rule=rules.UNUSABLE_NETWORK)
    for candidate in _candidates(found, query.name, volume[-1]):
        if not refusal(layers, query, candidate):
            return candidate
    message = f"{quote(query.path)}: no size was found that fits the other inputs as they are"
    raise Unanswerable(message, "write inputs that fit each other", rules.UNUSABLE_NETWORK)


def another(layers: NamedLayers, query: Query) -> Volume | None:
    """Return a larger volume of the input than the written one that fits, or None."""
    *spatial, depth = written(layers, query)
    axes = _sizes(layers).of(query.name)
    sizes = [one.fits.nearest(size + 1)[1] for one, size in zip(axes, spatial, strict=False)]
    larger = tuple(size for size in sizes if size is not None)
    if len(larger) < len(spatial) or refusal(layers, query, (*larger, depth)):
        return None
    return (*larger, depth)


def _candidates(found: FittingSizes, name: str, depth: int) -> Iterator[Volume]:
    """Yield volumes that may fit: the nearest above and below the written one, then any."""
    near = [axis.nearest[::-1] for axis in found.of(name)]
    for side in (0, 1):
        sizes = [pair[side] if pair[side] is not None else pair[1 - side] for pair in near]
        if None not in sizes:
            yield (*(size for size in sizes if size is not None), depth)
    yield found.example[name]


def _sizes(layers: NamedLayers) -> FittingSizes:
    if layers not in _FOUND:
        _FOUND[layers] = fitting(layers.trace.spec)
    return _FOUND[layers]


def _derivations(layers: NamedLayers, query: Query) -> list[Derivation]:
    """Return which sizes fit, axis by axis, as `shapecalc sizes` tells them."""
    found = _sizes(layers)
    if not found.fits:
        return []
    told = [
        fits.text(", ".join(found.letters[one.axis] for one in alike))
        for fits, alike in groupby(found.of(query.name), lambda one: one.fits)
    ]
    given = {"sizes": told, "constraints": list(found.constraints)}
    return [Derivation("answer", _answer(layers, query), reason="sizes_that_fit", given=given)]


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    volume = written(layers, query)
    which = "the input" if len(layers.trace.inputs) == 1 else f"the input {query.name}"
    axes = titles_of(volume)[:-1]
    fit = f"{' and '.join(axes)} of {which} {'fit' if len(axes) > 1 else 'fits'}"
    enough = "with nothing left over at any stride? One size that fits is enough."
    return f"Which {fit} all layers of the network, {enough}"


def _suits(layers: NamedLayers, query: Query, value: Value) -> bool:
    volume = completed(layers, query, value)
    if volume is None:
        return _all_fit(layers, query, value)
    return not refusal(layers, query, volume)


def _all_fit(layers: NamedLayers, query: Query, value: Value) -> bool:
    """Say whether an answer is several sizes, `30, 32, 34`, that each fit all axes. No two of them
    are alike: 32x32x34 is a volume with another depth.
    """
    if not isinstance(value, tuple) or len(value) != len(set(value)):
        return False
    return len(value) > 1 and all(_suits(layers, query, (size,)) for size in value)


def _why_wrong(layers: NamedLayers, query: Query, value: Value) -> str:
    volume, given = completed(layers, query, value), written(layers, query)
    if volume is not None:
        return refusal(layers, query, volume)
    sizes = _without_batch(value, len(given) - 1) if isinstance(value, tuple) else ()
    if len(sizes) == len(given) and sizes[-1] != given[-1]:
        return f"the depth of {query.name} is {given[-1]}, not {sizes[-1]}"
    return ""


KIND = Kind(_answer, _derivations, _prompt, _suits, _why_wrong)
