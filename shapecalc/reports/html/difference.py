"""What differs between two networks, as a page: the totals, then every layer that is another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shapecalc.pictures.text import short
from shapecalc.quantities import QUANTITIES
from shapecalc.reports import difference as wording
from shapecalc.reports.html.markup import Markup, element, join, told
from shapecalc.reports.html.page import Card, Table, cards, heading, page, table
from shapecalc.reports.numbers import count, exact, volumes
from shapecalc.volumes import plain

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
    parts = [heading(1, title), element("p", files, class_="soft"), element("p", verdict(found))]
    parts.append(cards(_card(found, key) for key in IN_CARDS))
    parts += [element("p", line) for line in beside(found)]
    if found.layers:
        parts += [heading(2, "Layers"), table("Layers that differ", changes(found))]
    if found.totals:
        parts += [heading(2, "Totals"), table("Totals that differ", totals(found))]
    return page(f"{title}: difference", parts)


def changes(found: Difference) -> Table:
    """Return the layers that differ."""
    return Table(TITLES, [_row(change) for change in found.layers])


def totals(found: Difference) -> Table:
    """Return the totals that differ."""
    return Table(TOTALS, [_total(key, *pair) for key, pair in found.totals.items()])


def beside(found: Difference) -> list[str]:
    """Return what else is to be said: inputs and outputs, and layers that are not listed."""
    return [*_ends(found), *wording.rest(found)]


def verdict(found: Difference) -> Markup:
    """Return whether they are the same network, in a line."""
    if found.same:
        return element("span", "✓ the same network", class_="good")
    changed = len(found.changes)
    said = f"different networks: {count(changed, 'layer')} added, removed or changed"
    return element("span", f"✗ {said}", class_="wrong")


def _ends(found: Difference) -> Iterator[Markup]:
    """Yield where the inputs and outputs differ."""
    for what, pair in (("input", found.inputs), ("output", found.outputs)):
        if pair is not None:
            yield join([f"{what}: ", _both(*(volumes(side) or "none" for side in pair))])
    if found.outputs_from is not None:
        names = (", ".join(map(told, side)) or "none" for side in found.outputs_from)
        yield join(["output from: ", _both(*names)])


def _card(found: Difference, key: str) -> Card:
    old, new = found.old.totals[key], found.new.totals[key]
    title = QUANTITIES[key].title
    title = title[:1].upper() + title[1:]
    if old == new:
        return Card(title, short(new), ["unchanged"])
    return Card(title, f"{short(old)}{ARROW}{short(new)}", [_growth(old, new)])


def _growth(old: int | None, new: int | None) -> str:
    old, new = plain(old), plain(new)
    if old is None or new is None:
        return "?"
    if not old:
        return f"{new - old:+,}"
    share = 100 * (new - old) / old
    return f"{share:+.1f} %" if abs(share) >= 0.05 or not share else f"{share:+.1g} %"


def _total(key: str, old: int | None, new: int | None) -> list[str]:
    numbers = plain(old), plain(new)
    apart = "?" if None in numbers else f"{(numbers[1] or 0) - (numbers[0] or 0):+,}"
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
