"""Networks wired at random, with names of any kind: what is written is always the same network."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from shapecalc import Trace
from shapecalc.exporters.yaml_spec import export
from shapecalc.exporters.yaml_spec.proof import is_same
from shapecalc.layers.field_types import NAME

Flat = Callable[..., Trace]
STYLES = ("conv_%d", "layer%d.conv", "/a/a.%d/Conv", "relu%d", "b%d_1", "input_%d", "block%d/add")
ODD = ("loss", "total", "conv2", "relu61", "é", "$x", "- a", "# b", "a\nb", "1", "yes")


def network(random: Random) -> dict[str, Any]:
    """Return layers of the same volume, each behind others, some sharing or naming another."""
    inputs = random.choice((["image"], ["image"], ["left in", "right/in"]))
    values, convs, layers = list(inputs), [], []
    style = random.choice(STYLES)
    for number in range(random.randint(1, 50)):
        name = style % number if random.random() < 0.9 else random.choice(ODD)
        name = f"n{number}" if name in values else name
        before = values[-1] if random.random() < 0.75 else random.choice(values[-6:])
        fields: dict[str, Any] = {"name": name, "from": before}
        kind = random.choices(
            ("conv", "relu", "batch_norm", "add", "subtract", "operation", "share", "crop", "gelu"),
            (35, 15, 10, 15, 5, 5, 5, 5, 5),
        )[0]
        if kind == "share" and convs:
            owner = random.choice(convs)
            fields |= owner | {"name": name, "from": before, "share": owner["name"]}
        if kind in ("conv", "share"):
            kind = "conv"
            fields = {"K": 4, "F": random.choice((1, 3)), "P": "same"} | fields
            convs.append({key: value for key, value in fields.items() if key != "share"})
        elif kind in ("add", "subtract"):
            others = random.choice((1, 1, 2))
            fields["from"] = [before, *(random.choice(values[-5:]) for _ in range(others))]
        elif kind == "operation":
            fields["from"] = [random.choice(values) for _ in range(random.randint(0, 3))]
            fields |= {"what": "Op", "output": [8, 8, 4], "parameters": {}, "macs": 0}
        elif kind == "crop":
            fields["like"] = random.choice([v for v in values if NAME.fullmatch(v)] or ["?"])
            kind = "identity" if fields["like"] == "?" else kind
            fields = fields if kind == "crop" else {"name": name, "from": before}
        elif kind == "gelu":
            fields["trainable"] = False
        layers.append({kind: fields})
        values.append(name)
    top: dict[str, Any] = {"layers": layers, "inputs": {name: [8, 8, 4] for name in inputs}}
    if random.random() < 0.4:
        top["outputs"] = random.sample(values, min(len(values), random.randint(1, 3)))
    return top


@pytest.mark.parametrize("first", [0, pytest.param(10, marks=pytest.mark.slow)])
def test_networks_wired_at_random(
    first: int, foreign: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved: list[bool] = []

    def check(*args: Any) -> bool:
        proved.append(is_same(*args))
        return proved[-1]

    monkeypatch.setattr("shapecalc.exporters.yaml_spec.is_same", check)
    for seed in range(first, first + (10 if first == 0 else 500)):
        proved.clear()
        trace = foreign(**network(Random(seed)))
        assert not [found for found in trace.findings if found.rule.structural], seed
        text = export(trace)
        assert proved == [True], seed  # with all its structure
        if seed % 10 == 0:
            assert export(trace) == text
