"""The whole network's gradients: planted faults in how layers are joined are found, others none."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc import Trace
from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Engine
from shapecalc.executor.network_gradient_check import random_upstream, whole_check
from shapecalc.executor.parameters import owned_by
from shapecalc.executor.session import Session
from shapecalc.executor.verify import WHOLE

Spec = dict[str, Any]


def joined(trace: Trace, seed: int = 0, **settings: Any) -> dict[str, float]:
    """Return the errors after a pass forward and backward; biases keep values off the kinks."""
    biases: dict[str, Array] = {}
    for record, owned in zip(trace.layers, owned_by(trace), strict=True):
        if "bias" in owned:
            source = np.random.default_rng((seed, len(biases)))
            biases[f"{record.name}.bias"] = source.standard_normal(owned["bias"].shape)
    session = Session(trace, biases, seed=seed, keep="outputs", fast=False, **settings)
    inputs = session.inputs()
    session.engine.forward(inputs)
    session.engine.backward(random_upstream(session, seed))
    return whole_check(session, inputs, seed).errors


def traced(size: Any, *layers: Any, **more: Any) -> Trace:
    trace = shapecalc.trace({"input": size, "layers": list(layers), **more})
    assert [d for d in trace.diagnostics if d.severity == "error"] == []
    return trace


CONV = {"conv": {"K": 3, "F": 3, "P": 1}}
NETS: dict[str, Trace] = {
    "residual": traced("6x6x3", CONV, {"residual": [CONV, "tanh"]}, {"dense": 3}),
    "dense block": traced(
        "6x6x3", CONV, "elu", {"concat": ["input", "elu1"]}, CONV, {"concat": ["concat1", "conv2"]},
        "batch_norm", {"conv": {"K": 2, "F": 1}}, batch=2,
    ),
    "shared": traced(
        6, {"dense": {"name": "d0", "units": 6}}, {"dense": {"units": 6, "share": "d0"}},
        "tanh", {"dense": {"units": 6, "share": "d0"}}, {"add": ["tanh1", "d0", "input"]},
    ),
    "three consumers": traced(
        "5x5x2", "sigmoid", {"multiply": ["sigmoid1", "input"]},
        {"subtract": ["multiply1", "sigmoid1"]}, {"average": ["subtract1", "sigmoid1", "input"]},
        {"dense": 4},
    ),
    "squeeze": traced(
        "6x6x4", CONV, "global_avg_pool", {"dense": 2}, "tanh", {"dense": 3}, "sigmoid",
        {"multiply": ["conv1", "sigmoid1"]}, batch=2,
    ),
    "two outputs": traced(
        "6x6x2", CONV, {"max_pool": 2}, "gelu", {"dense": {"units": 2, "from": "max_pool1"}},
        outputs=["gelu1", "dense1"],
    ),
    "kinks": traced(
        "8x8x3", CONV, "relu", {"maximum": ["relu1", "conv1"]}, {"max_pool": 2}, "relu6", CONV,
        "leaky_relu", {"residual": [CONV, "relu"]}, "global_max_pool", {"dropout": 0.5}, batch=3,
    ),
}  # fmt: skip
FORKS = ["residual", "dense block", "three consumers", "squeeze", "two outputs"]


# -- nothing planted -------------------------------------------------------------------------------


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "seeds", [range(8), pytest.param(range(8, 30), marks=pytest.mark.slow)], ids=["few", "many"]
)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NETS)
def test_a_sound_network_is_never_accused(name: str, training: bool, seeds: range) -> None:
    for seed in seeds:
        errors = joined(NETS[name], seed, training=training)
        assert next(iter(errors)) == "inputs"
        assert max(errors.values()) < WHOLE / 10, seed


MERGES = ("add", "multiply", "maximum", "average", "concat")
LAYERS: list[Any] = [
    CONV, CONV, {"relu": {}}, {"tanh": {}}, {"batch_norm": {}}, {"softmax": {}},
    {"dropout": {"rate": 0.3}}, {"selu": {}}, {"group_norm": {"groups": 1}},
    {"max_pool": {"F": 3, "S": 1, "P": 1}}, {"l2_pool": {"F": 3, "S": 1, "P": 1}},
    {"conv": {"K": 3, "F": 3, "P": 1, "mode": "reflect"}}, {"prelu": {"slopes": "per_value"}},
    {"layer_norm": {"over": "all"}}, {"scale": {"weight": [0.5, 2, -1], "bias": True}},
    {"separable_conv": {"K": 3, "F": 3, "P": 1}}, {"slice": {"start": 0, "stop": 3}},
    {"transpose": {"axes": [1, 0, 2]}},
    *({kind: {}} for kind in MERGES),
]  # fmt: skip


def random_net(seed: int) -> Trace:
    """Return random layers, each on one of the last values or joining two of all."""
    pick = random.Random(seed)
    spec: Spec = {"input": "6x6x3", "batch": 3}
    layers: list[Any] = []
    while len(layers) < 10:
        names = ["input", *(f"n{index}" for index in range(len(layers)))]
        ((kind, fields),) = pick.choice(LAYERS).items()
        near, far = pick.choice(names[-2:]), pick.choice(names)
        sources = [near, far] if kind in MERGES else near
        layer = {kind: {**fields, "name": f"n{len(layers)}", "from": sources}}
        tried = shapecalc.trace(spec | {"layers": [*layers, layer]})
        distinct = kind not in MERGES or near != far
        if distinct and all(d.severity != "error" for d in tried.diagnostics):
            layers.append(layer)
    return shapecalc.trace(spec | {"layers": layers})


@pytest.mark.quick(8)
@pytest.mark.parametrize("seed", range(40))
def test_a_random_network_is_not_accused(seed: int) -> None:
    assert max(joined(random_net(seed), seed).values()) < WHOLE


def test_only_what_is_there_is_checked() -> None:
    assert set(joined(traced(4, "tanh", "sigmoid"))) == {"inputs"}
    assert set(joined(traced(4, {"dense": 2}))) == {"inputs", "parameters"}
    assert set(joined(traced("3x3x2", {"batch_norm": {"affine": False}}))) == {"inputs"}


def test_everything_is_put_back() -> None:
    session = Session(NETS["dense block"], seed=3, keep="outputs")
    inputs = session.inputs()
    session.engine.forward(inputs)
    session.engine.backward(random_upstream(session, 3))
    before = [{n: p.copy() for n, p in own.items()} for own in session.engine.parameters]
    copies = [x.copy() for x in inputs]
    first = whole_check(session, inputs, 3)
    for own, kept in zip(session.engine.parameters, before, strict=True):
        assert all(np.array_equal(own[name], kept[name]) for name in kept)
    assert all(np.array_equal(x, y) for x, y in zip(inputs, copies, strict=True))
    assert whole_check(session, inputs, 3) == first
    assert whole_check(session, inputs, 4) != first


# -- planted faults --------------------------------------------------------------------------------

Waiting = dict[int, Array]
PassOn = Callable[[Engine, Waiting, set[int], int, Array, bool], None]


def first_wins(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Drop what any but the last consumer, which comes first, gives back."""
    waiting.setdefault(source, gradient)


def last_wins(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Keep what the first consumer gives back, and nothing else."""
    waiting[source] = gradient


def twice(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Count the second consumer twice."""
    waiting[source] = waiting[source] + 2 * gradient if source in waiting else gradient


def mean(
    self: Engine, waiting: Waiting, own: set[int], source: int, gradient: Array, fresh: bool
) -> None:
    """Take the mean of the consumers instead of their sum."""
    waiting[source] = (waiting[source] + gradient) / 2 if source in waiting else gradient


@pytest.mark.quick(4)
@pytest.mark.parametrize("fault", [first_wins, last_wins, twice, mean])
@pytest.mark.parametrize("name", FORKS)
def test_gradients_of_consumers_that_are_joined_wrongly_are_found(
    name: str, fault: PassOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "_pass_on", fault)
    for seed in range(5):
        assert max(joined(NETS[name], seed).values()) > WHOLE, seed


def overwrites(sums: dict[str, Array], name: str, gradient: Array) -> Array:
    return gradient


def keeps_the_first(sums: dict[str, Array], name: str, gradient: Array) -> Array:
    return sums.get(name, gradient)


def averages(sums: dict[str, Array], name: str, gradient: Array) -> Array:
    return (sums[name] + gradient) / 2 if name in sums else gradient


@pytest.mark.parametrize("fault", [overwrites, keeps_the_first, averages])
def test_gradients_of_shared_weights_that_are_not_added_up_are_found(
    fault: Callable[[dict[str, Array], str, Array], Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(self: Engine, owner: int, learned: Mapping[str, Array]) -> None:
        sums = self.parameter_gradients[owner]
        for name, gradient in learned.items():
            sums[name] = fault(sums, name, gradient)

    monkeypatch.setattr(Engine, "_learn", learn)
    for seed in range(10):
        errors = joined(NETS["shared"], seed)
        assert errors["parameters"] > 10 * WHOLE, seed
        assert errors["inputs"] < WHOLE, seed
        assert max(joined(NETS["residual"], seed).values()) < WHOLE, "nothing is shared there"


def test_a_gradient_that_stops_on_its_way_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = Engine._needed
    stop = 3  # the value of the residual's tanh
    monkeypatch.setattr(
        Engine, "_needed", lambda self, w: [n and i != stop for i, n in enumerate(needed(self, w))]
    )
    errors = joined(NETS["residual"])
    assert min(errors.values()) > 10 * WHOLE


def test_a_gradient_that_never_comes_to_the_input_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = Engine._needed
    monkeypatch.setattr(Engine, "_needed", lambda self, wanted: needed(self, False))
    errors = joined(NETS["residual"])
    assert errors["inputs"] > 10 * WHOLE
    assert errors["parameters"] < WHOLE


def test_weights_taken_from_another_layer_are_found() -> None:
    """The backward pass uses other weights than the forward pass."""
    session = Session(traced(5, {"dense": 5}, "tanh", {"dense": 5}))
    inputs = session.inputs()
    engine = session.engine
    engine.forward(inputs)
    right = list(engine.parameters)
    engine.parameters = [right[2], right[1], right[0]]
    engine.backward(random_upstream(session, 0))
    engine.parameters = right
    assert whole_check(session, inputs, 0).errors["inputs"] > 10 * WHOLE


def test_what_is_no_number_is_an_infinite_error() -> None:
    session = Session(NETS["shared"])
    inputs = session.inputs()
    session.engine.forward(inputs)
    session.engine.backward(random_upstream(session, 0))
    session.engine.gradients[0] = session.engine.gradients[0] * np.nan
    assert whole_check(session, inputs, 0).errors["inputs"] == float("inf")
