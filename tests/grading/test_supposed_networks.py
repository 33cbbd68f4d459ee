"""Networks with a student's own volumes: layers in front of these are not walked again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shapecalc import trace
from shapecalc.grading.subject import Subject
from shapecalc.tracing import KnownTrace, Trace, known
from shapecalc.walking import walk

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"
TraceText = Callable[..., Trace]
BRANCHED = ("alexnet", "googlenet", "resnet-18", "u-net")


def network(name: str) -> KnownTrace:
    return known(trace(NETWORKS / f"{name}.yaml"))


@pytest.mark.parametrize("name", BRANCHED)
def test_what_follows_is_what_a_walk_from_the_start_gives(name: str) -> None:
    traced = network(name)
    subject = Subject(traced)
    layers = [record for record in traced.layers if record.output is not None]
    for record in layers[:: max(1, len(layers) // 7)]:
        *sizes, depth = record.output or ()
        outputs = {record.name: (*(size + 4 for size in sizes), depth)}
        whole = walk(traced.spec, outputs)
        assert subject.supposing(outputs).trace.layers == whole.layers
        more = {layers[-1].name: (3, 5, 7)}
        both = subject.supposing(outputs).further(more).trace
        assert both.layers == walk(traced.spec, {**outputs, **more}).layers


def test_a_layer_that_takes_what_it_took_is_not_walked_again() -> None:
    """A record that is planted there stays; one that takes something else does not."""
    traced = network("alexnet")
    names = [record.name for record in traced.layers]
    planted = tuple(record._replace(weights=-1) for record in traced.layers)
    found = walk(traced.spec, {"conv3": (9, 9, 384)}, known=planted)
    stay = [name for name, record in zip(names, found.layers, strict=True) if record.weights == -1]
    changed = names[names.index("conv3") : names.index("dense1") + 1]
    assert stay == [name for name in names if name not in changed]


def test_a_layer_that_shares_weights_is_compared_again(trace_text: TraceText) -> None:
    """It takes what it took, but the layer that has the weights takes another depth."""
    traced = trace_text(
        "input: 8x8x3\n"
        "layers:\n"
        "  - conv: {name: a, K: 4, F: 3, P: 1}\n"
        "  - conv: {name: owner, K: 4, F: 1}\n"
        "  - conv: {name: b, K: 4, F: 3, P: 1, from: input}\n"
        "  - conv: {name: user, K: 4, F: 1, share: owner}\n"
    )
    assert not traced.findings
    found = Subject(known(traced)).supposing({"a": (8, 8, 8)}).trace
    assert [finding.layer for finding in found.findings] == ["user"]
    assert found.layers == walk(known(traced).spec, {"a": (8, 8, 8)}).layers
