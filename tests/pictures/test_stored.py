"""The pictures of the README, against stored ones: a change of the look is seen in a review.

`pytest tests/pictures --update-golden` draws them anew; look at them before committing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import shapecalc

SPECS = Path(__file__).resolve().parents[2] / "specs"
STORED = SPECS / "pictures"
PICTURES = {  # the file: the network and the style
    "alexnet.svg": ("alexnet", "volumes"),
    "resnet-18-graph.svg": ("resnet-18", "graph"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_stored(name: str, update_golden: bool) -> None:
    network, style = PICTURES[name]
    drawn = shapecalc.draw(SPECS / "networks" / f"{network}.yaml", style=style)
    path = STORED / name
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8", newline="\n")
        return
    stored = path.read_text(encoding="utf-8").splitlines()
    for number, (old, new) in enumerate(zip(stored, drawn.splitlines(), strict=True), start=1):
        assert new == old, f"{name}, line {number}; --update-golden accepts it"


def test_nothing_else_is_stored() -> None:
    assert sorted(path.name for path in STORED.iterdir()) == sorted(PICTURES)
