"""Where the receptive field comes from that a merge hands on, which is the hard step behind one:
`15 before conv3 is the larger of conv2's 1 + (5 - 1)*1 + (2 - 1)*2 + (3 - 1)*4 = 15 and pool1's 7`.
"""

from __future__ import annotations

from shapecalc.derivations import Derivation, Expression, Operation
from shapecalc.grading.wording import AXES
from shapecalc.records import KnownRecord

MOST_BRANCHES = 4  # that are told each


def widest_branch(
    merge: KnownRecord, part: str | None, value: Expression
) -> tuple[str, dict[str, int]] | None:
    """Return the branch that sees the most along an axis (None: along all of them), and what each
    one does; None where the merge does not see just as much, as where branches lie apart.
    """
    seen: dict[str, int] = {}
    for source, field in zip(merge.sources or (), merge.source_fields, strict=True):
        sizes = (field.sizes() if field is not None else None) or ()
        names = AXES.get(len(sizes), ())
        if not sizes or (part is None and len({*sizes}) > 1) or (part and part not in names):
            return None
        seen[source] = sizes[names.index(part) if part else 0]
    widest = max(seen, key=lambda source: seen[source], default="")
    return (widest, seen) if widest and seen[widest] == value else None


def field_of_merge(
    at: KnownRecord,
    part: str | None,
    found: tuple[str, dict[str, int]],
    working: Operation | None,
) -> Derivation:
    """Return how the field in front of a layer is that of the widest branch, whose `working` is
    told where it has one.
    """
    widest, seen = found
    alike = len({*seen.values()}) == 1
    few = {widest: seen[widest]} if alike or len(seen) > MOST_BRANCHES else seen
    count = 1 if alike else len(seen)
    given = {"layer": at.name, "widest": widest, "branches": few, "count": count}
    return Derivation(
        "receptive_field", seen[widest], working, part=part, reason="widest_branch", given=given
    )
