"""Behind which layers the height and width of another layer can still be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import prod

from shapecalc.records import KnownRecord
from shapecalc.volumes import Volume


def same_sizes(layers: Iterable[KnownRecord], names: Collection[str]) -> set[str]:
    """Return `names`, and the layers that are reached from them through layers that keep the sizes
    of their input, whatever they do to its depth, or all of its values, as a flatten does.
    """
    found = set(names)
    for record in layers:
        taken = zip(record.sources or (), record.input or (), strict=False)
        if any(source in found and _keeps(volume, record.output) for source, volume in taken):
            found.add(record.name)
    return found


def _keeps(volume: Volume, output: Volume | None) -> bool:
    if output is None:
        return False
    return prod(volume) == prod(output) or (len(volume) > 1 and volume[:-1] == output[:-1])
