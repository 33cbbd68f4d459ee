"""The report as a page: the sums, the picture, every layer with its working, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shapecalc.diagnostics import briefly
from shapecalc.pictures.text import share, short, volume_text
from shapecalc.quantities import QUANTITIES
from shapecalc.records import own_counts
from shapecalc.reports import Format, Layout
from shapecalc.reports.html import findings, tensors
from shapecalc.reports.html.drawings import drawings
from shapecalc.reports.html.layers import LayerTable
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.page import Card, Table, cards, heading, page, table
from shapecalc.reports.numbers import count, exact, of_unit, size
from shapecalc.tracing import Trace
from shapecalc.volumes import PartialVolume, plain

LARGEST = 3  # layers that are named for most of the MACs
COUNTING = (
    "MACs are multiply-accumulates for one example, without biases; FLOPs are about twice as many."
    " Activations are the values of all layers' outputs for one example. Bytes are of single"
    " precision, 4 a value."
)


class Section(NamedTuple):
    """What is on a page of one network, and its line in the index of several."""

    title: str
    entry: Sequence[str]
    parts: Sequence[Markup]


INDEX = (
    ("network", False),
    ("file", False),
    ("layers", True),
    ("parameters", True),
    ("MACs", True),
    ("activations", True),
    ("found", False),
)


def render(networks: Iterable[tuple[Trace, Layout]]) -> str:
    """Return the page of networks, or weight files, with an index where there are several."""
    sections = [
        _section(trace, layout, number) for number, (trace, layout) in enumerate(networks, 1)
    ]
    if len(sections) == 1:
        (only,) = sections
        return page(only.title, [heading(1, only.title), *only.parts], [COUNTING])
    title = count(len(sections), "file")
    index = table("All files", Table(INDEX, [section.entry for section in sections]))
    articles = [
        element("article", heading(2, section.title, f"n{number}"), *section.parts)
        for number, section in enumerate(sections, 1)
    ]
    return page(title, [heading(1, title), index, *articles], [COUNTING])


def _section(trace: Trace, layout: Layout, number: int) -> Section:
    anchor = f"n{number}"
    several = layout.file is not None
    if trace.spec.document.weights is not None:
        return _of_weights(trace, layout, anchor)
    title = told(trace.name or trace.spec.file or "network")
    entry = [
        element("a", title, href=f"#{anchor}"),
        told(layout.file or ""),
        f"{len(trace.layers):,}",
        *(exact(trace.totals[key]) for key in ("parameters", "macs", "activations")),
        findings.verdict(trace.diagnostics),
    ]
    parts = [_about(trace, layout, anchor)]
    level = 3 if several else 2
    layers = LayerTable(trace, layout, anchor)
    if trace.layers:
        parts += [_cards(trace), *drawings(trace, anchor, layout.depth)]
    if trace.diagnostics:
        lines = findings.lines_of(trace.spec.document)
        found = findings.listed(briefly(trace.diagnostics), lines, anchor, layers.anchors)
        parts.append(join([heading(level, "Findings", f"{anchor}-findings"), found]))
    if trace.layers:
        parts += [heading(level, "Layers"), *layers.drawn()]
    for title_of, asked in (("Memory", layout.memory), ("In other tools", layout.dialect)):
        if asked is not None:
            parts += [heading(level, title_of), element("pre", str(asked), tabindex=0)]
    return Section(title, entry, parts)


def _of_weights(trace: Trace, layout: Layout, anchor: str) -> Section:
    title = told(trace.spec.file or "weights")
    made = tensors.parts(trace.spec.document.weights)
    entry = [element("a", title, href=f"#{anchor}"), told(layout.file or ""), "", "", "", "", ""]
    return Section(title, entry, made)


# -- what stands at the top ------------------------------------------------------------------------


def _about(trace: Trace, layout: Layout, anchor: str) -> Markup:
    """Return what a network is: where it is from, its inputs and outputs, how sound it is."""
    document = trace.spec.document
    lines: list[str] = []
    if trace.spec.source:
        lines.append(told(trace.spec.source))
    facts = [_named("input", trace.inputs), _named("output", trace.outputs)]
    facts.append(count(len(trace.layers), "layer"))
    if not document.is_native:
        facts.append(f"read from {document.format}")
    if trace.name:
        facts.append(told(trace.spec.file or ""))
    lines.append(" · ".join(fact for fact in facts if fact))
    href = f"#{anchor}-findings" if trace.diagnostics else None
    parts = [element("p", line, class_="soft") for line in lines]
    return join([*parts, element("p", findings.verdict(trace.diagnostics, href))])


def _named(what: str, volumes: Mapping[str, PartialVolume | None]) -> str:
    """Return inputs or outputs with their names, unless one is called what it is."""
    if not volumes:
        return ""
    listed = ", ".join(f"{told(name)} {volume_text(sizes)}" for name, sizes in volumes.items())
    return listed if [*volumes] == [what] else f"{what} {listed}"


def _cards(trace: Trace) -> Markup:
    totals = trace.totals
    weigh = [*_bytes(totals.parameters, "in float32"), *_mostly(trace, "parameters")]
    if totals.non_trainable:
        weigh.append(f"and {short(totals.non_trainable)} non-trainable values")
    if totals.frozen:
        weigh.append(f"{short(totals.frozen)} of them frozen")
    values = [*_bytes(totals.activations, "for one example"), *_mostly(trace, "activations")]
    operations = ["for one example"]
    macs = plain(totals.macs)
    if macs:
        operations.append(f"about {of_unit(2 * macs, 'FLOPs')}")
    part, names = _share(trace, "macs", LARGEST)
    made = [
        Card("Parameters", short(totals.parameters), weigh),
        Card("MACs", short(totals.macs), operations),
        Card("Activations", short(totals.activations), values),
    ]
    if part:
        made.append(Card("Where the MACs are", part, [f"in {names}"]))
    return cards(made)


def _bytes(values: int | None, what: str) -> Iterator[str]:
    """Yield how many bytes values take; nothing where that is a formula, or not known."""
    if plain(values) is not None:
        yield f"{size(values)} {what}"


def _mostly(trace: Trace, key: str) -> Iterator[str]:
    """Yield which layer has most of a count."""
    part, name = _share(trace, key, 1)
    if part:
        yield f"{part} in {name}"


def _share(trace: Trace, key: str, most: int) -> tuple[str, str]:
    """Return how much of a count the layers with most of it have, and their names."""
    total = plain(trace.totals[key])
    if not total:
        return "", ""
    owned = (
        (own_counts(record) for record in trace.layers) if QUANTITIES[key].weighty else trace.layers
    )
    records = [record for record in owned if record is not None and record.number(key)]
    largest = sorted(records, key=lambda record: -record.number(key))[:most]
    part = sum(record.number(key) for record in largest)
    return share(part, total), ", ".join(told(record.name) for record in largest)


HTML = Format(lambda trace, layout: render([(trace, layout)]), tells=True, whole=render)
