"""The networks that are drawn: all of some folders of specs, made-up ones; what pictures say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapecalc import Trace, trace
from shapecalc.pictures.scene import Group, Part, Scene, Text

SPECS = Path(__file__).resolve().parents[2] / "specs"
PATHS = [
    path
    for folder in ("networks", "kinds", "broken", "lectures")
    for path in sorted((SPECS / folder).glob("*.yaml"))
]
# Each has something that others have not: long rows, arcs, branches, deep nesting, one axis, none.
HARDEST = (
    "alexnet", "u-net", "googlenet", "densenet-121", "mobilenet-v2", "mit-arrhythmia-1d", "yolov3",
    "wavenet", "fpn-resnet-50", "shufflenet-v2", "se-resnet-50", "dncnn", "segnet",
)  # fmt: skip
LONG = "a_name_that_is_far_too_long_for_any_picture_and_has_to_be_cut_somewhere"
MADE: dict[str, dict[str, Any]] = {
    "unknown sizes": {"input": "?x?x3", "layers": [{"conv": {"K": 4, "F": 3}}, "global_avg_pool"]},
    "unknown volume": {"layers": [{"conv": {"K": 4, "F": 3}}, "relu", {"dense": 3}]},
    "named sizes": {
        "input": "HxWx3",
        "layers": [
            {"conv": {"K": 8, "F": 3, "S": 2}},
            "relu",
            {"residual": {"body": [{"conv": {"K": 8, "F": 3, "P": 1}}, "relu"]}},
            "global_avg_pool",
            {"dense": 5},
        ],
    },
    "nothing": {"input": "4x4x1", "layers": []},
    "flat": {"input": 784, "layers": [{"dense": 10}, "softmax"]},
    "huge": {"input": "900000000x4x1", "layers": [{"conv": {"K": 90000, "F": 3}}, "flatten"]},
    "film": {"input": "16x56x56x3", "layers": [{"conv": {"K": 8, "F": 3}}, {"max_pool": 2}]},
    "two inputs, two outputs": {
        "inputs": {"left": "32x32x3", "right": 10},
        "layers": [
            {"conv": {"K": 4, "F": 3, "from": "left", "name": "a"}},
            {"flatten": {"name": "b"}},
            {"dense": {"units": 7, "from": "right", "name": "c"}},
            {"concat": ["b", "c"]},
        ],
        "outputs": ["a", "concat1"],
    },
    "the same read twice": {
        "input": "8x8x4",
        "layers": [
            {"conv": {"K": 4, "F": 1, "name": "a"}},
            {"conv": {"K": 4, "F": 1, "name": "b", "from": "input"}},
            {"add": ["a", "b"]},
            {"concat": ["a", "b"]},
        ],
    },
    "unknown at the beginning": {
        "input": "?x8x4",
        "layers": [{"dense": 3}, "relu", {"dense": 4}],
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
    "names": {
        "name": f"{LONG} {LONG}",
        "input": "32x32x3",
        "layers": [{"conv": {"K": 4, "F": 3, "P": 1, "name": f"{LONG}{n}"}} for n in range(4)],
    },
    "long": {"input": "64x64x8", "layers": [{"conv": {"K": 8, "F": 3, "P": 1}}, "relu"] * 60},
}


def network(name: str) -> Trace:
    """Return a made-up network, or one of specs/networks."""
    return trace(MADE[name] if name in MADE else SPECS / "networks" / f"{name}.yaml")


def texts(scene: Scene) -> list[str]:
    """Return all texts of a scene."""
    return [leaf.text for leaf in scene.leaves() if isinstance(leaf, Text)]


def titles(parts: tuple[Part, ...]) -> list[str]:
    """Return the titles of all groups, the inner ones as well."""
    groups = [part for part in parts if isinstance(part, Group)]
    return [title for group in groups for title in (group.title, *titles(group.parts)) if title]
