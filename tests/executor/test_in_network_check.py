"""Layers checked where they stand: planted faults are found, in layers and joins; others none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Engine
from shapecalc.executor.in_network_check import InNetworkCheck
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.session import Session
from shapecalc.executor.verify import verify

CONV = {"conv": {"K": 16, "F": 3, "P": 1}}
WIDE = [CONV, "batch_norm", "relu", {"conv": {"K": 24, "F": 5, "P": 2}}, "tanh", {"dense": 5}]
RESIDUAL = [CONV, "relu", {"residual": [CONV, "tanh"]}, {"multiply": ["relu1", "add1"]}]
SHARED = [
    {"dense": {"name": "first", "units": 30}}, "tanh",
    {"dense": {"name": "last", "units": 30, "share": "first"}}, {"add": ["tanh1", "last"]},
]  # fmt: skip
POOLED = [CONV, "relu", {"max_pool": 2}, {"avg_pool": {"F": 3, "S": 1}}, "layer_norm", "softmax"]
TIED = [
    {"dense": {"name": "code", "units": 20}}, "sigmoid",
    {"dense": {"units": 30, "share": {"weight": "code", "transposed": True}}},
]  # fmt: skip


def traced(size: Any, layers: Sequence[Any], batch: int = 2) -> Trace:
    trace = shapecalc.trace({"input": size, "layers": list(layers), "batch": batch})
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    return trace


def checked(trace: Trace, seed: int = 0) -> InNetworkCheck:
    """Return the check after its pass. Biases are drawn, as verify has them."""
    session = Session(trace, seed=seed, keep="outputs", fast=False)
    for index, own in enumerate(session.engine.parameters):
        if "bias" in own:
            own["bias"][...] = np.random.default_rng((seed, index)).normal(size=own["bias"].shape)
    check = InNetworkCheck(session, seed)
    with np.errstate(all="ignore"):
        check.run(session.inputs())
    return check


NETS = {
    "wide": traced("24x24x3", WIDE),
    "residual": traced("16x16x16", RESIDUAL),
    "shared": traced(30, SHARED),
    "pooled": traced("24x24x3", POOLED),
    "tied": traced(30, TIED),
}


# -- nothing planted -------------------------------------------------------------------------------


@pytest.mark.quick(2)
@pytest.mark.parametrize("name", NETS)
def test_a_sound_network_is_found_right(name: str) -> None:
    for seed in range(4):
        check = checked(NETS[name], seed)
        assert check.right, seed
        assert len(check.tensors) == len(NETS[name].layers)
        assert max(check.joined.values()) < 3e-7


def test_every_tensor_has_a_result() -> None:
    names = [[tensor.name for tensor in found] for found in checked(NETS["wide"]).tensors.values()]
    learned = ["input", "weight", "bias"]
    assert sorted(names) == sorted([learned, learned, ["input"], learned, ["input"], learned])
    twice = checked(NETS["residual"]).tensors
    assert [t.name for t in twice[max(twice)]] == ["input", "input 2"]


def test_layers_with_small_tensors_are_left_to_be_checked_value_by_value() -> None:
    check = checked(traced("4x4x2", [{"conv": {"K": 2, "F": 3}}, {"dense": 500}]))
    assert check.small == {0, 1}
    assert check.large == {}


def test_everything_is_put_back() -> None:
    session = Session(NETS["shared"], keep="outputs", fast=False)
    before = [{n: p.copy() for n, p in own.items()} for own in session.engine.parameters]
    InNetworkCheck(session, 0).run(session.inputs())
    for own, kept in zip(session.engine.parameters, before, strict=True):
        assert all(np.array_equal(own[name], kept[name]) for name in kept)
    assert session.engine.watch is None


def test_the_counted_multiplications_are_those_of_one_pass() -> None:
    session = Session(NETS["wide"], keep="outputs", fast=False)
    InNetworkCheck(session, 0).run(session.inputs())
    macs = [2 * (record.macs or 0) for record in NETS["wide"].layers]
    assert session.engine.forward_macs == macs


# -- planted in a layer ----------------------------------------------------------------------------


def plant(patch: pytest.MonkeyPatch, kind: str, change: Callable[..., None]) -> None:
    """Change, in place, the gradients that a kind's kernel gives."""
    base = KERNELS[kind]

    class Spoilt(base):  # type: ignore[valid-type, misc]
        def backward(self, context: Any, upstream: Array, *rest: Any) -> Any:
            below, learned = super().backward(context, upstream, *rest)
            below = [None if g is None else g.copy() for g in below]
            found = {"input": below[0], **learned}
            change(found)
            return [found.pop("input"), *below[1:]], found

    patch.setitem(KERNELS, kind, Spoilt)


def scaled(name: str, factor: float) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found[name] = found[name] * factor

    return change


def negated_channel(name: str) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found[name] = found[name].copy()
        found[name][..., 1] *= -1

    return change


def lost_value(name: str) -> Callable[[dict[str, Any]], None]:
    def change(found: dict[str, Any]) -> None:
        found[name] = found[name].copy()
        flat = found[name].reshape(-1)
        flat[np.abs(flat).argmax()] = 0

    return change


def missing(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update({name: None}) if name == "input" else found.pop(name)


def cut(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.update({name: found[name][1:]})


FAULTS: list[Any] = [
    *(pytest.param(scaled, factor, id=f"times {factor}") for factor in (-1, 0, 1.001, 1 + 1e-5)),
    pytest.param(scaled, np.nan, id="no number"),
    *(pytest.param(fault, None, id=fault.__name__) for fault in (negated_channel, lost_value)),
    *(pytest.param(fault, None, id=fault.__name__) for fault in (missing, cut)),
]


@pytest.mark.quick(11)
@pytest.mark.parametrize(("fault", "factor"), FAULTS)
@pytest.mark.parametrize("name", ["input", "weight", "bias"])
@pytest.mark.parametrize("kind", ["conv", "batch_norm"])
def test_a_wrong_gradient_is_found(
    kind: str, name: str, fault: Any, factor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, kind, fault(name) if factor is None else fault(name, factor))
    if fault is cut and name == "input":
        assert not verify(NETS["wide"]).agrees  # the layer before cannot run
        return
    check = checked(NETS["wide"])
    wrong = {i for i, record in enumerate(NETS["wide"].layers) if record.kind == kind}
    assert not check.right
    assert check.tensors.keys() == check.engine.reached - wrong


@pytest.mark.quick(2)
@pytest.mark.parametrize("kind", ["relu", "max_pool", "avg_pool", "layer_norm", "softmax"])
@pytest.mark.parametrize("change", [scaled("input", 1.001), lost_value("input")])
def test_a_wrong_gradient_of_what_has_no_weights_is_found(
    kind: str, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, kind, change)
    assert not checked(NETS["pooled"]).right


def test_a_slope_where_there_is_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient of a relu goes through everywhere."""
    base = KERNELS["relu"]

    class Open(base):  # type: ignore[valid-type, misc]
        def backward(self, context: Any, upstream: Array, *rest: Any) -> Any:
            return [upstream.copy()], {}

    monkeypatch.setitem(KERNELS, "relu", Open)
    assert not checked(NETS["pooled"]).right


def test_verify_names_the_layer_and_the_tensor(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, "batch_norm", scaled("bias", 1.001))
    result = verify(NETS["wide"])
    assert ("batch_norm1", "gradient bias") in {
        (check.layer, check.what) for check in result.checks if not check.agrees
    }


def test_layers_that_are_right_have_their_results_from_the_network() -> None:
    how = {(c.layer, c.what): c.how for c in verify(NETS["wide"]).checks}
    assert how["conv2", "gradient weight"] == "in the network"
    assert how[None, "gradient inputs"] == how[None, "gradient parameters"] == "at every layer"


# -- planted in the joins --------------------------------------------------------------------------

Waiting = dict[int, Array]


def first_wins(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Drop what any but the last consumer, which comes first, gives back."""
    waiting.setdefault(source, gradient)


def twice(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Count the second consumer twice."""
    waiting[source] = waiting[source] + 2 * gradient if source in waiting else gradient


def slightly_more(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Count the second consumer 1.00001 times."""
    waiting[source] = waiting[source] + 1.00001 * gradient if source in waiting else gradient


@pytest.mark.quick(2)
@pytest.mark.parametrize("fault", [first_wins, twice, slightly_more])
@pytest.mark.parametrize("name", ["residual", "shared"])
def test_consumers_that_are_joined_wrongly_are_found(
    name: str, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "_pass_on", fault)
    check = checked(NETS[name])
    assert not check.joins.hold
    assert check.joins.parameters < 1e-12
    assert checked(NETS["wide"]).right, "nothing is joined there"


def test_a_layer_whose_one_input_has_no_gradient_but_at_kinks_is_left_open() -> None:
    """Where x is above 0, prelu(x) and x are equal, and below, prelu(x) is larger."""
    trace = traced("16x16x16", [CONV, "prelu", {"maximum": ["prelu1", "conv1"]}])
    assert 2 not in checked(trace).tensors


@pytest.mark.parametrize("keep", ["first", "last"])
def test_shared_weights_that_are_not_added_up_are_found(
    keep: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(self: Engine, owner: int, learned: Mapping[str, Array]) -> None:
        sums = self.parameter_gradients[owner]
        for name, gradient in learned.items():
            sums[name] = sums.get(name, gradient) if keep == "first" else gradient

    monkeypatch.setattr(Engine, "_learn", learn)
    check = checked(NETS["shared"])
    assert check.joins.parameters > 0.01
    assert check.joins.inputs < 1e-12
    assert checked(NETS["residual"]).right, "nothing is shared there"


@pytest.mark.parametrize("stop", [0, 2])
def test_a_gradient_that_stops_on_its_way_is_found(
    stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = Engine._needed
    monkeypatch.setattr(
        Engine, "_needed", lambda self, w: [n and i != stop for i, n in enumerate(needed(self, w))]
    )
    assert not checked(NETS["residual"]).right


# -- memory that is written over -------------------------------------------------------------------


def test_a_value_written_over_before_its_last_use_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers write over what others still need."""
    layers = [CONV, "relu", {"add": ["relu1", "conv1"]}]
    trace = traced("16x16x16", layers)
    assert checked(trace).right
    init = Engine.__init__

    def careless(self: Engine, *rest: Any, **more: Any) -> None:
        init(self, *rest, **more)
        self._alone = {*range(10)}

    monkeypatch.setattr(Engine, "__init__", careless)
    assert checked(trace).joins.inputs == float("inf")


def test_what_a_backward_pass_needs_and_others_write_over_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sigmoid keeps its output for its backward pass; here the next layer may write over it."""
    trace = traced("16x16x16", [CONV, "sigmoid", "tanh"])
    assert checked(trace).right
    monkeypatch.setattr(KERNELS["sigmoid"], "keeps_output", False)
    assert 1 not in checked(trace).tensors


def test_an_upstream_gradient_written_over_without_leave_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = KERNELS["tanh"]

    class Careless(base):  # type: ignore[valid-type, misc]
        def backward(self, context: Any, upstream: Array, *rest: Any) -> Any:
            found = super().backward(context, upstream, *rest)
            upstream *= 0.5
            return [found[0][0].copy()], {}

    monkeypatch.setitem(KERNELS, "tanh", Careless)
    trace = traced("16x16x16", [CONV, "tanh"])
    assert 1 not in checked(trace).tensors
