"""Fields that name another layer, whose volume is read: `like` of crop, `of` of max_unpool.

What is named becomes a second source of the layer. So its volume, its kernel, the order of a pass
and how long values are kept see it as they see any value, and nobody needs to know of references.
"""

from __future__ import annotations

from collections.abc import Iterator

from shapecalc import rules
from shapecalc.diagnostics import Finding, Path, quote, repairable
from shapecalc.edits import Change, Repair
from shapecalc.layers import Layer
from shapecalc.network.scopes import Scope
from shapecalc.network.values import Sources
from shapecalc.network.wiring import Wiring

MOST_OFFERS = 3


def joined(
    wiring: Wiring,
    layer: Layer,
    sources: Sources | None,
    path: Path,
    scope: Scope,
    owner: str,
    bare: bool,
) -> tuple[Layer, Sources | None]:
    """Return a layer and its sources with what its reference names; None where that is unknown.

    `path` is the layer's, `owner` its full name; `bare` says that its value is the reference.
    """
    field = layer.reference or ""
    name = getattr(layer, field)
    if name is None:
        return layer, sources
    place = path if bare else (*path, field)
    found = wiring.named(name, place, scope, owner)
    if found is None:
        return layer, None
    if len(found) != 1:
        message = f"{quote(name)} stands for {len(found)} volumes"
        wiring.report(owner, rules.NUMBER_OF_SOURCES, message, "name one of them", place)
        return layer, None
    kind = layer.refers_to()
    if kind is None:
        return layer, None if sources is None else (*sources, *found)
    index = wiring.values.producer(found[0])
    named = None if index is None else wiring.nodes[index]
    if named is not None and named.layer is None:
        return layer, None  # its own fault is told
    if named is None or not isinstance(named.layer, kind):
        if wiring.findings.again(owner, place, rules.NO_SUCH_NAME):
            return layer, None
        what = "an input" if named is None else f"a layer of kind {named.kind}"
        message = f"{field} names {what}: {quote(name)}"
        offers = [
            Repair(f"{other} is a {word}", Change("set", other))
            for other, word in _of_kind(wiring, scope, kind)
        ]
        fault = repairable(rules.NO_SUCH_NAME, message, offers, layer.example())
        wiring.findings.append(Finding(fault, place, owner))
        return layer, None
    read = None if sources is None or named.sources is None else (*sources, *named.sources)
    return layer.bound(named.layer), read


def _of_kind(wiring: Wiring, scope: Scope, kind: type[Layer]) -> Iterator[tuple[str, str]]:
    """Yield the nearest earlier layers of a kind that can be named, with its word."""
    offers = 0
    for name in scope.known():
        found = scope.find(name)
        index = wiring.values.producer(found) if isinstance(found, int) else None
        if index is not None and isinstance(wiring.nodes[index].layer, kind):
            yield name, wiring.nodes[index].kind
            offers += 1
        if offers == MOST_OFFERS:
            return
