"""What differs between two networks, as a page: the totals, then every layer that is another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shapecalc.quantities import QUANTITIES
from shapecalc.reports import difference as wording
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.numbers import count, exact, short, volumes
from shapecalc.reports.html.page import Card, Table, cards, heading, page, table

if TYPE_CHECKING:
    from shapecalc.comparison import Change, Difference

TITLES = (("layer", False), ("change", False), ("what", False), ("output", False))
TOTALS = (("total", False), ("old", True), ("new", True), ("difference", True), ("share", True))
IN_CARDS = ("parameters", "macs", "activations")
SIGNS = {"changed": "~", "added": "+", "removed": "−", "renamed": "="}
ARROW = " → "


def render(found: Difference) -> str:
    """Return the page, without a last line break."""
    names = [told(trace.name or trace.spec.file or "network") for trace in (found.old, found.new)]
    title = names[0] if names[0] == names[1] else ARROW.join(names)
    files = ARROW.join(told(trace.spec.file or "") for trace in (found.old, found.new))
    parts = [heading(1, title), element("p", files, class_="soft"), element("p", _verdict(found))]
    parts.append(cards(_card(found, key) for key in IN_CARDS))
    parts += [element("p", line) for line in wording.around(found)]
    if found.layers:
        listed = (_row(change) for change in found.layers)
        parts += [heading(2, "Layers"), table("Layers that differ", Table(TITLES, [*listed]))]
    if found.totals:
        rows = [_total(key, *pair) for key, pair in found.totals.items()]
        parts += [heading(2, "Totals"), table("Totals that differ", Table(TOTALS, rows))]
    return page(f"{title}: difference", parts)


def _verdict(found: Difference) -> Markup:
    if found.same:
        return element("span", "✓ the same network", class_="good")
    changed = len(found.changes)
    said = f"different networks: {count(changed, 'layer')} added, removed or changed"
    return element("span", f"✗ {said}", class_="wrong")


def _card(found: Difference, key: str) -> Card:
    old, new = found.old.totals[key], found.new.totals[key]
    title = QUANTITIES[key].title
    title = title[:1].upper() + title[1:]
    if old == new:
        return Card(title, short(new), ["unchanged"])
    return Card(title, f"{short(old)}{ARROW}{short(new)}", [_growth(old, new)])


def _growth(old: int | None, new: int | None) -> str:
    if old is None or new is None:
        return "?"
    return f"{100 * (new - old) / old:+.1f} %" if old else f"{new - old:+,}"


def _total(key: str, old: int | None, new: int | None) -> list[str]:
    known = old is not None and new is not None
    apart = f"{(new or 0) - (old or 0):+,}" if known else "?"
    return [QUANTITIES[key].title, exact(old), exact(new), apart, _growth(old, new)]


def _row(change: Change) -> list[str]:
    record = change.new or change.old
    assert record is not None
    name = told(record.name)
    if change.old and change.new and change.old.name != change.new.name:
        name = _both(told(change.old.name), name)
    sign = f"{SIGNS[change.what]} {change.what}"
    if change.old is None or change.new is None:
        tag = "ins" if change.old is None else "del"
        what: str = element(tag, told(record.summary))
        output: str = element(tag, volumes([record.output]))
    else:
        what = join(_fields(change), ", ")
        output = volumes([change.new.output])
        if change.output is not None:
            output = _both(*(volumes([side]) for side in change.output))
    return [name, sign, what, output]


def _fields(change: Change) -> Iterator[Markup]:
    for key, pair in change.fields.items():
        old, new = map(wording.value, pair)
        yield join([f"{key}=", _both(old, new)])


def _both(old: str, new: str) -> Markup:
    return join([element("del", old), ARROW, element("ins", new)])
