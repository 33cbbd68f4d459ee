"""What differs between two networks, as text and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from shapecalc.diagnostics import quote
from shapecalc.layers.base import show_value
from shapecalc.quantities import QUANTITIES
from shapecalc.volumes import PartialVolume, plain, show

if TYPE_CHECKING:
    from shapecalc.comparison import Change, Difference

MOST_LINES = 40  # changes that a reader is shown, and
MOST_NAMES = 2  # layers that changed in the same way
TOTALS = ("parameters", "trainable", "non_trainable", "macs", "activations")


def text(found: Difference) -> str:
    """Return the lines for a terminal, without a line break at the end."""
    lines = [*_inputs(found), *_changes(found, ""), *rest(found)]
    lines += [f"{name}: {words}" for name, words in _totals(found)]
    return "\n".join(lines)


def markdown(found: Difference) -> str:
    """Return a comment for a pull request."""
    lines = [f"**{_verdict(found)}**", ""]
    lines += [f"- {line}" for line in (*_inputs(found), *_changes(found, "`"), *rest(found))]
    totals = list(_totals(found))
    if totals:
        lines += ["", "| total | change |", "| --- | --- |"]
        lines += [f"| {name} | {words} |" for name, words in totals]
    return "\n".join(lines).rstrip()


def _verdict(found: Difference) -> str:
    names = " and ".join(
        _code(trace.spec.file or "the network") for trace in (found.old, found.new)
    )
    return f"{names}: {'the same network' if found.same else 'different networks'}"


def _inputs(found: Difference) -> Iterator[str]:
    for what, pair in (("input", found.inputs), ("output", found.outputs)):
        if pair is not None:
            old, new = (", ".join(map(_volume, volumes)) or "none" for volumes in pair)
            yield f"{what}: {old} -> {new}"
    if found.outputs_from is not None:
        old, new = (", ".join(map(quote, names)) or "none" for names in found.outputs_from)
        yield f"output from: {old} -> {new}"


def _changes(found: Difference, mark: str) -> Iterator[str]:
    """Yield the changes in lines; the same change of several layers is told once."""
    groups: dict[str, list[Change]] = {}
    for change in found.changes:
        groups.setdefault(_what(change), []).append(change)
    listed = list(groups.items())
    for what, alike in listed[:MOST_LINES]:
        yield f"{alike[0].what} {_layers(alike, mark)}{what}"
    if len(listed) > MOST_LINES:
        yield f"and {sum(len(alike) for _, alike in listed[MOST_LINES:]):,} more changes"


def _what(change: Change) -> str:
    """Return what happened to a layer, without its name."""
    record = change.old or change.new
    assert record is not None
    if change.old is None or change.new is None:
        return f" ({quote(record.summary)})"
    fields = [f"{key}={value(a)} -> {value(b)}" for key, (a, b) in change.fields.items()]
    if change.output is not None:
        fields.append("output " + " -> ".join(map(_volume, change.output)))
    return f": {', '.join(fields)}"


def _layers(alike: Sequence[Change], mark: str) -> str:
    """Return the names of layers that changed in the same way."""
    names = [_title(change, mark) for change in alike[:MOST_NAMES]]
    if len(alike) == 1:
        return names[0]
    more = len(alike) - len(names)
    listed = ", ".join(names) + (f" and {more:,} more" if more else "")
    return f"{len(alike):,} layers, {listed}"


def _title(change: Change, mark: str) -> str:
    record = change.old or change.new
    assert record is not None
    name = _named(record.name, mark)
    renamed = change.old and change.new and change.new.name != change.old.name
    return f"{name} (now {_named(change.new.name, mark)})" if renamed and change.new else name


def _named(name: str, mark: str) -> str:
    shown = quote(name)
    return _code(shown) if mark else shown


def _code(text: str) -> str:
    """Return a text as code in Markdown, which nothing in it can end."""
    return "`" + quote(text, 400).replace("`", "'") + "`"


def rest(found: Difference) -> Iterator[str]:
    """Yield what is to be said of layers that are not told of."""
    if found.behind and not found.same:
        layers = "layer has another volume" if found.behind == 1 else "layers have other volumes"
        yield f"{found.behind:,} {layers} for that"
    renamed = len(found.layers) - len(found.changes)
    if found.same:
        names = "layer has another name" if renamed == 1 else "layers have other names"
        yield "the same network" + (f"; {renamed:,} {names}" if renamed else "")


def _totals(found: Difference) -> Iterator[tuple[str, str]]:
    for key in TOTALS:
        if key not in found.totals or (key == "trainable" and not _frozen(found)):
            continue
        old, new = found.totals[key]
        words = f"{_count(old)} -> {_count(new)}"
        old, new = plain(old), plain(new)
        if old is not None and new is not None:
            words += f" ({new - old:+,}"
            words += f", {100 * (new - old) / old:+.1f} %)" if old else ")"
        yield QUANTITIES[key].title, words


def _frozen(found: Difference) -> bool:
    """Say whether not all parameters are trained in one of the two."""
    return any(trace.totals.frozen != 0 for trace in (found.old, found.new))


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _volume(volume: PartialVolume | None) -> str:
    return "?" if volume is None else show(volume)


def value(given: Any) -> str:
    """Return a field's value as text."""
    if given is None:
        return "none"
    if isinstance(given, list):
        return "[" + ", ".join(map(value, given)) + "]"
    return quote(given) if isinstance(given, str) else show_value(given)
