"""The sections that take the outputs of earlier layers, by their numbers.

Source: Darknet, parser.c.
"""

from __future__ import annotations

from shapecalc import rules
from shapecalc.diagnostics import quote
from shapecalc.readers.darknet.activations import activate
from shapecalc.readers.darknet.network import Network, Stored, Term
from shapecalc.readers.opaque import Opaque

WEIGHTS = {"per_feature": False, "per_layer": False, "per_channel": True}  # for each slice?


def route(network: Network) -> None:
    """The outputs of layers, joined along the depth; of `groups` parts the one of group_id."""
    section = network.section
    sources = _sources(network, "layers")
    if not sources:
        network.unknown("route")
        return
    parts = section.whole("groups", 1)
    name = "route" if parts == 1 else "joined"
    if len(sources) > 1:
        network.add(name, "concat", sources=sources, keys={"": "layers"})
    elif parts == 1:
        network.add(name, "identity", sources=sources)
    if parts != 1:
        fields = {"part": section.whole("group_id") + 1, "of": parts}
        taken = sources if len(sources) == 1 else None
        network.add("route", "slice", fields, taken, {"": "groups", "part": "group_id"})


def shortcut(network: Network) -> None:
    """What stands before, and the outputs of layers, added up; the first one's volume is kept.

    Of another depth, what both have in common is added. Weights are one for each source, or one
    for each of their slices.
    """
    section, before = network.section, network.before
    sources = [before, *_sources(network, "from")]
    kind = section.text("weights_type", "none")
    if kind not in WEIGHTS and kind != "none":
        message = f"{network.title}: Darknet has no weights_type {quote(kind)}"
        network.fault(rules.WRONG_VALUE, message, "per_feature or per_channel", "weights_type")
    volumes = [network.volume(source) for source in sources]
    factor = float(len(sources) - 1)
    if kind in WEIGHTS:
        factor *= 2
        depth = 1 if volumes[0] is None or not WEIGHTS[kind] else volumes[0][-1]
        known = depth is not None and volumes[0] is not None
        shapes = {"weight": [len(sources), depth or 1] if WEIGHTS[kind] else [len(sources)]}
        found = Opaque(volumes[:1], shapes if known else None, 0)  # type: ignore[arg-type]
        name = network.opaque("shortcut", found, sources)
        network.stored.append(Stored(name, "weight"))
    elif len(sources) == 1:
        name = network.add("shortcut", "identity")
    else:
        equal = None not in volumes and all(volume == volumes[0] for volume in volumes)
        fields = {} if equal else {"unequal": "first"}
        name = network.add("shortcut", "add", fields, sources, {"": "from", "unequal": "from"})
    network.terms.append(Term(name, "activations", factor))
    activate(network)


def scaled(network: Network) -> None:
    """The output of a layer, times what stands before: one value a slice, or ([sam]) for each."""
    before = network.before
    sources = _sources(network, "from")[:1]
    if sources:
        network.add(network.word, "multiply", sources=[*sources, before], keys={"": "from"})
    else:
        network.unknown(network.word)
    activate(network)


def implicit(network: Network) -> None:
    """Learned values that no input goes into: atoms x 1 x filters."""
    section = network.section
    atoms, filters = section.whole("atoms", 1), section.whole("filters", 128)
    shape = [max(atoms, 0), 1, max(filters, 0)]
    output = (atoms, 1, filters) if min(atoms, filters) > 0 else None
    name = network.opaque("implicit", Opaque((output,), {"weight": shape}, 0), [])
    network.stored.append(Stored(name, "weight"))


def history(network: Network) -> None:
    """An image with those of the steps before, along the depth."""
    volume, steps = network.volume(), network.section.whole("history_size", 4)
    known = volume is not None and volume[-1] is not None and steps > 0
    output = (*volume[:-1], volume[-1] * steps) if known and volume else None  # type: ignore[operator]
    network.opaque("history", Opaque((output,), {}, 0))


def _sources(network: Network, key: str) -> list[str]:
    """Return the values of the layers that an option lists."""
    if key not in network.section.options:
        message = f"{network.title} has no {key}"
        network.fault(rules.MISSING_FIELD, message, f"for example {key}=-3, three layers before")
        return []
    return network.referred(key, network.section.numbers(key))
