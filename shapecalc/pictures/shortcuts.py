"""Which ways are shortcuts: they go past layers, and do little themselves."""

from __future__ import annotations

from shapecalc.pictures.families import FUSED
from shapecalc.pictures.text import volume_text
from shapecalc.pictures.tree import Branches, Chain

RESHAPING = (*FUSED, "shape")


def is_shortcut(item: Branches, branch: Chain) -> bool:
    """Say whether one of several branches is a shortcut past another one.

    An identity is, or what only crops, pads or reshapes; where volumes are added, a single layer
    that gives its input the volume of the sum is one, too (the projection of a residual network).
    The branches of an inception module are none: they are joined side by side.
    """
    if item.merge is None:
        return False
    own = _working(branch)
    if not own:
        return any(_working(other) or other.items for other in item.branches if other is not branch)
    beside = item.merge.node.record is not None and item.merge.node.record.kind == "concat"
    return own == 1 and not beside and any(_working(other) > 1 for other in item.branches)


def faulty_volume(item: Branches, place: int) -> str:
    """Return the volume that a branch brings to a merge which it does not fit; else nothing."""
    node = item.merge.node if item.merge is not None else None
    record = node.record if node is not None and node.fault else None
    volumes = record.input if record is not None else None
    if volumes is None or len(volumes) != len(item.branches):
        return ""
    return volume_text(volumes[place])


def _working(chain: Chain) -> int:
    """Count the layers of a chain that do more than change a volume's shape."""
    return sum(single.node.family not in RESHAPING for single in chain.nodes())
