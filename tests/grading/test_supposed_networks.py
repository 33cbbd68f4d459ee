"""Networks with a student's own volumes: layers in front of these are not walked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapecalc import trace
from shapecalc.grading.subject import Subject
from shapecalc.tracing import KnownTrace, known, walk

NETWORKS = Path(__file__).resolve().parents[2] / "specs" / "networks"
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


def test_a_layer_in_front_of_a_supposed_one_is_not_walked_again() -> None:
    """A record that is planted there stays; the same one behind it does not."""
    traced = network("alexnet")
    names = [record.name for record in traced.layers]
    at = names.index("conv3")
    planted = tuple(record._replace(weights=-1) for record in traced.layers)
    found = walk(traced.spec, {"conv3": (9, 9, 384)}, known=planted[:at])
    assert {record.weights for record in found.layers[:at]} == {-1}
    assert -1 not in {record.weights for record in found.layers[at:]}
