"""Batch norms of a weight file that an exporter has folded into the layers in front of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shapecalc import rules
from shapecalc.diagnostics import Fault, Finding, some
from shapecalc.weights.matching import KEPT_LAST, Matching, Pair, meant
from shapecalc.weights.sides import Module, Shape

MOST_NAMES = 3
HINT = (
    "they were folded into the layers in front: weights of the same shapes with other values, and"
    " biases"
)


def without_folded(found: Matching, file: str) -> tuple[Matching, list[Finding]]:
    """Return a matching without the batch norms of the file and the biases in their place, and one
    finding about them all; as it is where some norm is in the network, or a bias comes from none.
    """
    norms = [module for module in found.unexpected if _is_norm(module)]
    bare = [pair for pair in found.pairs if _lacks_biases(pair)]
    if not norms or not bare or any(_is_norm(pair.module) for pair in found.pairs):
        return found, []
    if Counter(map(_bias, bare)) - Counter(map(_depth, norms)):
        return found, []
    gone, done = {id(module) for module in norms}, {id(pair) for pair in bare}
    rest = Matching(
        [pair for pair in found.pairs if id(pair) not in done],
        found.missing,
        [module for module in found.unexpected if id(module) not in gone],
    )
    return rest, [_told(norms, bare, file)]


def _is_norm(module: Module) -> bool:
    """Say whether a module keeps a variance, as nothing but a batch norm does."""
    return any(meant(part, (KEPT_LAST,)) for part in module.tensors)


def _depth(module: Module) -> Shape:
    """Return the shape of what a norm keeps."""
    return next(iter(module.tensors.values())).shape


def _lacks_biases(pair: Pair) -> bool:
    """Say whether a layer fits but for its biases, which the file does not have."""
    if pair.differing or pair.unexpected or len(pair.missing) != 1:
        return False
    layer = pair.owner.record.layer
    if layer is None or pair.owner.opaque:
        return False
    return layer.parameters(pair.owner.record.input or ())[pair.missing[0]].role == "bias"


def _bias(pair: Pair) -> Shape:
    return pair.owner.shapes[pair.missing[0]]


def _told(norms: Sequence[Module], bare: Sequence[Pair], file: str) -> Finding:
    norm = "batch norm" if len(norms) == 1 else f"{len(norms):,} batch norms"
    layers = some([pair.owner.name for pair in bare], MOST_NAMES)
    message = f"no layer has the {norm} of {file}, which has no biases for {layers}"
    return Finding(Fault(rules.UNEXPECTED_TENSOR, message, HINT), ())
