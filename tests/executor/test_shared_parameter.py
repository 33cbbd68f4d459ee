"""Layers that have one parameter from another, laid out otherwise: values, gradients, checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import run
from shapecalc.executor.engine import Engine

CONV = {"K": 3, "F": 3, "S": 2, "P": 1, "name": "enc"}
DECODERS: dict[str, list[Any]] = {
    "conv_transpose": [
        {"conv": CONV},
        {"conv_transpose": {"K": 2, "F": 3, "S": 2, "P": 1, "name": "dec",
                            "share": {"weight": "enc"}}},
    ],
    "all of a conv": [
        {"conv": {**CONV, "K": 2}},
        {"conv_transpose": {"K": 2, "F": 3, "S": 2, "P": 1, "name": "dec", "share": "enc"}},
    ],
    "transposed conv": [
        {"conv": CONV},
        {"conv": {"K": 2, "F": 3, "P": 1, "name": "dec",
                  "share": {"weight": "enc", "transposed": True}}},
    ],
    "depthwise": [
        {"depthwise_conv": {"F": 3, "P": 1, "name": "enc"}},
        {"conv": {"K": 2, "F": 3, "groups": 2, "name": "dec", "share": {"weight": "enc"}}},
    ],
    "dense": [
        "flatten",
        {"dense": {"units": 5, "name": "enc"}},
        {"dense": {"units": 50, "name": "dec", "share": {"weight": "enc", "transposed": True}}},
    ],
    "bias": [
        {"conv": CONV},
        {"conv": {"K": 3, "F": 1, "name": "dec", "share": {"bias": "enc"}}},
    ],
}  # fmt: skip


def without_share(layers: list[Any]) -> list[Any]:
    """Return the layers with weights of their own."""
    return [
        {kind: {k: v for k, v in fields.items() if k != "share"} for kind, fields in layer.items()}
        if isinstance(layer, dict)
        else layer
        for layer in layers
    ]


@pytest.mark.parametrize("name", DECODERS)
def test_it_computes_as_with_a_copy_and_the_gradients_are_added(name: str) -> None:
    layers = DECODERS[name]
    shared_spec: dict[str, Any] = {"input": [5, 5, 2], "layers": layers}
    share = next(iter(layers[-1].values()))["share"]
    turned = isinstance(share, dict) and "transposed" in share
    names = (
        ["weight", "bias"] if isinstance(share, str) else [n for n in share if n != "transposed"]
    )
    one = run(shared_spec, upstream={"dec": np.ones(shape_of(shared_spec))}, seed=3)
    copies = {f"dec.{n}": one.parameters[f"enc.{n}"].swapaxes(0, 1) if turned
              else one.parameters[f"enc.{n}"] for n in names}  # fmt: skip
    given = {**one.parameters, **copies}
    two = run(
        {**shared_spec, "layers": without_share(layers)}, parameters=given,
        upstream={"dec": np.ones(shape_of(shared_spec))}, seed=3,
    )  # fmt: skip
    assert not {f"dec.{n}" for n in names} & {*one.parameters, *one.gradients}
    np.testing.assert_allclose(one.outputs["dec"], two.outputs["dec"], atol=1e-12)
    for key in one.gradients:
        wanted = two.gradients[key]
        own = key.removeprefix("enc.")
        if own in names and key != own:
            other = two.gradients[f"dec.{own}"]
            wanted = wanted + (other.swapaxes(0, 1) if turned else other)
        np.testing.assert_allclose(one.gradients[key], wanted, atol=1e-11, err_msg=key)


def shape_of(spec: Any) -> tuple[int, ...]:
    """Return the output's shape as arrays have it, one example."""
    *spatial, depth = shapecalc.trace(spec).output or ()
    return (1, depth, *spatial)


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", DECODERS)
def test_verify_agrees(name: str) -> None:
    spec: dict[str, Any] = {"input": [5, 5, 2], "batch": 2, "layers": DECODERS[name]}
    found = shapecalc.verify(spec)
    assert [check for check in found.checks if not check.agrees] == []
    counted = {check.quantity for check in found.checks if check.layer == "dec"}
    assert ("weights" in counted) is (name != "all of a conv")


@pytest.mark.parametrize("name", ["conv_transpose", "dense"])
def test_gradients_that_are_not_laid_out_or_passed_on_are_found(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec: dict[str, Any] = {"input": [5, 5, 2], "layers": DECODERS[name]}
    right = Engine._pass_to_owners

    def forgets(self: Engine, step: Any, learned: Any) -> None:
        right(self, step._replace(shared={}), {} if step.shared else learned)

    monkeypatch.setattr(Engine, "_pass_to_owners", forgets)
    wrong = [check for check in shapecalc.verify(spec).checks if not check.agrees]
    assert any((check.layer, check.tensor) == (None, "parameters") for check in wrong)


def test_an_example_names_the_owner() -> None:
    spec: dict[str, Any] = {
        "input": 2,
        "layers": [
            {"dense": {"units": 1, "name": "enc", "bias": False}},
            {"dense": {"units": 2, "name": "dec", "bias": False,
                       "share": {"weight": "enc", "transposed": True}}},
        ],
        "example": {
            "given": {"input": [1, 2], "enc.weight": [[3, 4]]},
            "upstream": {"dec": [1, 0]},
            "rate": 1,
            # h = 11, y = [33, 44]; dW = h*[1, 0] + 3*x
            "expect": {"enc": 11, "dec": [33, 44], "enc.weight.grad": [[14, 6]],
                       "enc.weight.next": [[-11, -2]], "input.grad": [9, 12]},
        },
    }  # fmt: skip
    assert shapecalc.verify(spec).agrees
    spec["example"]["given"]["dec.weight"] = [[1], [1]]
    (found,) = shapecalc.trace(spec).diagnostics
    assert found.code == "SC107"
    assert "write enc.weight" in found.hint
