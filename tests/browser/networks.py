"""The networks that are drawn: all of specs/networks and of every kind, and made-up ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapecalc import Trace, trace

SPECS = Path(__file__).resolve().parents[2] / "specs"
PATHS = [
    *sorted((SPECS / "networks").glob("*.yaml")),
    *sorted((SPECS / "kinds").glob("*.yaml")),
    *sorted((SPECS / "broken").glob("*.yaml")),
]
# Each has something that others have not: long rows, arcs, branches, deep nesting, one axis, none.
HARDEST = (
    "alexnet", "u-net", "googlenet", "densenet-121", "mobilenet-v2", "mit-arrhythmia-1d", "yolov3",
    "wavenet", "fpn-resnet-50", "shufflenet-v2", "se-resnet-50", "dncnn", "segnet",
)  # fmt: skip
LONG = "a_name_that_is_far_too_long_for_any_picture_and_has_to_be_cut_somewhere"
MADE: dict[str, dict[str, Any]] = {
    "nothing": {"input": "8x8x1", "layers": []},
    "flat": {"input": 784, "layers": [{"dense": 10}]},
    "film": {"input": "16x112x112x3", "layers": [{"conv": {"K": 8, "F": 3}}, {"max_pool": 2}]},
    "huge": {"input": "40000x4x1", "layers": [{"conv": {"K": 5000, "F": 3}}, "flatten"]},
    "open": {"input": "?x?x3", "layers": [{"conv": {"K": 8, "F": 3}}, "global_avg_pool"]},
    "inputs": {
        "inputs": {"left": "32x32x3", "right": 10},
        "layers": [
            {"conv": {"K": 4, "F": 3, "from": "left", "name": "a"}},
            {"flatten": {"name": "b"}},
            {"dense": {"units": 7, "from": "right", "name": "c"}},
            {"concat": ["b", "c"]},
        ],
        "outputs": ["a", "concat1"],
    },
    "names": {
        "name": f"{LONG} {LONG}",
        "input": "32x32x3",
        "layers": [{"conv": {"K": 4, "F": 3, "P": 1, "name": f"{LONG}{n}"}} for n in range(4)],
    },
    "crossing": {
        "input": "16x16x4",
        "layers": [
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "a"}},
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "b"}},
            {"conv": {"K": 4, "F": 3, "P": 1, "name": "c", "from": "a"}},
            {"add": {"from": ["b", "c"], "name": "d"}},
            {"add": {"from": ["a", "d"], "name": "e"}},
            {"concat": ["e", "b", "c"]},
        ],
    },
    "long": {"input": "64x64x8", "layers": [{"conv": {"K": 8, "F": 3, "P": 1}}, "relu"] * 60},
}


def network(name: str) -> Trace:
    """Return a made-up network, or one of specs/networks."""
    return trace(MADE[name] if name in MADE else SPECS / "networks" / f"{name}.yaml")
