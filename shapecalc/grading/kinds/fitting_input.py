"""Which input fits: `fitting(input)` asks for a size that every layer takes. All such are right.

The size that is written is hidden where it fits, unless `exclude` asks for another one: then it is
printed and is no answer. One that does not fit is printed like any other, and the question does not
say that of it: another one may ask whether a stride fits. A size is tried by walking the network
with it. What `shapecalc sizes` finds is told as the working, by an answer that the network does not
have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from shapecalc.grading.wording import in_a_row
from shapecalc.layers.base import show
from shapecalc.solving.axes import AxisSizes
from shapecalc.solving.fitting import FittingSizes, fitting
from shapecalc.volumes import Volume, titles_of
from shapecalc.walking import walk

LARGEST = 10**6  # a size that is tried

_FOUND: WeakKeyDictionary[NamedLayers, FittingSizes] = WeakKeyDictionary()
_FIT: WeakKeyDictionary[NamedLayers, dict[str, bool]] = WeakKeyDictionary()


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


def excluding(layers: NamedLayers, query: Query, value: Value) -> Query | None:
    """Return a question that asks for another size than a value, which its `place` holds; None for
    what is no size of the input. Raises Unanswerable where there is no such input.
    """
    volume = completed(layers, query, value)
    return None if volume is None else query._replace(place=volume)


def hides_the_input(layers: NamedLayers, query: Query) -> bool:
    """Say whether the size that is written is an answer, and so is told nowhere."""
    return written(layers, query) != query.place and _written_fits(layers, query)


def _written_fits(layers: NamedLayers, query: Query) -> bool:
    known = _FIT.setdefault(layers, {})
    if query.name not in known:
        known[query.name] = not refusal(layers, query, written(layers, query))
    return known[query.name]


def _answer(layers: NamedLayers, query: Query) -> Volume:
    """Return a size that fits, if there is one beside the written size. Raises Unanswerable."""
    found = _sizes(layers)
    if not found.fits and not _written_fits(layers, query):
        said = f"no size of the input fits: {found.reason}" if found.solved else found.reason
        raise Unanswerable(f"{quote(query.path)}: {said}", rule=rules.UNUSABLE_NETWORK)
    for candidate in _candidates(layers, query):
        if candidate != query.place and not refusal(layers, query, candidate):
            return candidate
    if query.place:
        message = f"{quote(query.path)}: no size was found that fits but {show(query.place)}"
        raise Unanswerable(message, "leave `exclude` out", rules.UNUSABLE_NETWORK)
    message = f"{quote(query.path)}: no size was found that fits the other inputs as they are"
    raise Unanswerable(message, "write inputs that fit each other", rules.UNUSABLE_NETWORK)


def another(layers: NamedLayers, query: Query) -> Volume | None:
    """Return a volume of the input that fits, other than the written one; None where there is none.
    Raises Unanswerable where no size fits at all.
    """
    found = _answer(layers, query)
    return None if found == written(layers, query) else found


def _candidates(layers: NamedLayers, query: Query) -> Iterator[Volume]:
    """Yield volumes that may fit: the nearest above and below the written one and the excluded one,
    then any, and the written one at last.
    """
    given, found = written(layers, query), _sizes(layers)
    axes = found.of(query.name)
    if len(axes) == len(given) - 1:
        yield from _beside(axes, given, int(_written_fits(layers, query)))
        yield from _beside(axes, query.place, 1) if query.place else ()
    if query.name in found.example:
        yield found.example[query.name]
    yield given


def _beside(axes: Sequence[AxisSizes], volume: Volume, least: int) -> Iterator[Volume]:
    """Yield the nearest volumes above and below one, at `least` so far along each axis."""
    *spatial, depth = volume
    pairs = [
        (one.fits.nearest(W + least)[1], one.fits.nearest(W - least)[0])
        for one, W in zip(axes, spatial, strict=True)
    ]
    for side in (0, 1):
        sizes = [pair[side] if pair[side] is not None else pair[1 - side] for pair in pairs]
        if None not in sizes:
            yield (*(size for size in sizes if size is not None), depth)


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
        fits.in_members(in_a_row([found.letters[one.axis] for one in alike]))
        for fits, alike in groupby(found.of(query.name), lambda one: one.fits)
    ]
    given = {"sizes": told, "constraints": list(found.constraints), "but": _excluded(query)}
    return [Derivation("answer", _answer(layers, query), reason="sizes_that_fit", given=given)]


def _excluded(query: Query) -> str:
    """Return the size that is no answer, `96x96`; empty where each is one."""
    return show(query.place[:-1]) if query.place else ""


def _prompt(layers: NamedLayers, query: Query, about: str) -> str:
    volume = written(layers, query)
    which = "the input" if len(layers.trace.inputs) == 1 else f"the input {query.name}"
    axes = titles_of(volume)[:-1]
    other = f" other than {_excluded(query)}" if query.place else ""
    fit = f"{' and '.join(axes)} of {which}{other} {'fit' if len(axes) > 1 else 'fits'}"
    enough = "with nothing left over at any stride? One size that fits is enough."
    return f"Which {fit} all layers of the network, {enough}"


def _suits(layers: NamedLayers, query: Query, value: Value) -> bool:
    volume = completed(layers, query, value)
    if volume is None:
        return _all_fit(layers, query, value)
    return volume != query.place and not refusal(layers, query, volume)


def _all_fit(layers: NamedLayers, query: Query, value: Value) -> bool:
    """Say whether an answer is several sizes, `30, 32, 34`, that each fit all axes; the excluded
    one may be among them. No two of them are alike: 32x32x34 is a volume with another depth.
    """
    if not isinstance(value, tuple) or not 1 < len(value) == len(set(value)):
        return False
    every = query._replace(place=())
    return all(_suits(layers, every, (size,)) for size in value)


def _why_wrong(layers: NamedLayers, query: Query, value: Value) -> str:
    volume, given = completed(layers, query, value), written(layers, query)
    if volume is not None:
        return refusal(layers, query, volume)
    sizes = _without_batch(value, len(given) - 1) if isinstance(value, tuple) else ()
    if sorted(sizes) == sorted(query.place):  # the excluded one in PyTorch's order
        return ""
    if len(sizes) == len(given) and sizes[-1] != given[-1]:
        return f"the depth of {query.name} is {given[-1]}, not {sizes[-1]}"
    return ""


KIND = Kind(_answer, _derivations, _prompt, _suits, _why_wrong)
