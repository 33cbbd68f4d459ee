"""How a layer's FLOPs follow: from its multiply-accumulates, which are worked out first, and from
the biases that are added, where these count.
"""

from __future__ import annotations

from collections.abc import Sequence

from shapecalc.derivations import Derivation, times


def flops_derivations(
    macs: int,
    biases: int,
    convention: Sequence[int],
    of_macs: Sequence[Derivation],
    output: Sequence[int],
) -> list[Derivation]:
    """Return how FLOPs follow from these numbers of MACs and of biases that are added, `of_macs`
    being how the MACs do; in short where that is not known, as of what is no single layer.
    """
    mac, bias = convention
    counts = bias > 0 and biases > 0
    value = mac * macs + bias * biases
    given = {"convention": convention, "macs": macs, "biases": biases, "worked_out": bool(of_macs)}
    if not macs and of_macs:
        return list(of_macs)
    found = [*of_macs]
    if of_macs and counts:
        found.append(Derivation("biases", biases, times(*output), reason="biases_added"))
    if not of_macs or mac != 1 or counts:
        found.append(Derivation("flops", value, reason="by_convention", given=given))
    return found
