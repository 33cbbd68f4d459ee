"""The engine: work in place changes nothing that anybody sees, and nothing superfluous is kept.

A network cut off behind a layer ends there, and its last value is nobody's to overwrite: so values
are compared with those of cut networks, and gradients with those of networks that begin later.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import shapecalc
from shapecalc.executor import run
from shapecalc.executor.buffers import Array
from shapecalc.executor.engine import Engine
from shapecalc.executor.results import result_of
from shapecalc.executor.session import Session

Spec = dict[str, Any]
SIZE = (3, 40, 40, 4)  # N x H x W x D: more than the pool leaves to NumPy
UNIT = [
    "relu", "relu6", "tanh", "sigmoid", "elu", "selu", "softplus", "softmax", "log_softmax",
    "gelu", "silu", "hard_sigmoid", "leaky_relu", {"leaky_relu": {"slope": 0}}, "prelu",
    {"dropout": 0.5}, "batch_norm", "lrn", {"avg_pool": {"F": 3, "S": 1, "P": 1}},
    {"l2_pool": {"F": 3, "S": 1, "P": 1}}, {"conv": {"K": 4, "F": 3, "P": 1}},
]  # fmt: skip


def spec_of(layers: list[Any], **more: Any) -> Spec:
    n, *volume = SIZE
    return {"input": volume, "batch": n, "layers": layers, **more}


def named(layers: list[Any], start: int = 0) -> list[Any]:
    """Return layers with the names n0, n1, ..."""
    found = []
    for index, layer in enumerate(layers, start):
        ((kind, fields),) = (layer if isinstance(layer, dict) else {layer: {}}).items()
        main = {"dropout": "rate", "multiply": "from"}.get(kind, "")
        fields = fields if isinstance(fields, dict) else {main: fields}
        found.append({kind: {"name": f"n{index}", **fields}})
    return found


# -- what the caller gave --------------------------------------------------------------------------


def guarded(random: np.random.Generator, *shape: int) -> Array:
    """Return random values, a 0 among them; flat or of depth 1, they are used without a copy."""
    values = random.standard_normal(shape)
    values.flat[0] = 0
    return values


@pytest.mark.parametrize("keep", ["all", "outputs"])
@pytest.mark.parametrize("last", ["relu", {"multiply": ["input", "n0", "n0"]}, "softmax"])
@pytest.mark.parametrize("first", UNIT[:17], ids=str)
def test_no_array_of_the_caller_is_changed(first: Any, last: Any, keep: Any) -> None:
    source = np.random.default_rng(0)
    size = 5000
    x, u, w = guarded(source, 2, size), guarded(source, 2, size), guarded(source, size)
    given = {"n0.weight": w, "n0.bias": w} if first == "batch_norm" else {}
    before = x.copy(), u.copy(), w.copy()
    run(
        {"input": size, "layers": named([first, last])},
        inputs=x, parameters=given, upstream={"n1": u, "n0": u, "input": u}, keep=keep,
    )  # fmt: skip
    for array, kept in zip((x, u, w), before, strict=True):
        assert np.array_equal(array, kept)


def test_the_values_wanted_of_a_loss_are_not_changed() -> None:
    wanted = np.ones((2, 9000))
    run({"input": 9000, "batch": 2, "layers": ["relu"]}, loss={"squared_error": wanted})
    assert (wanted == 1).all()


# -- what is kept ----------------------------------------------------------------------------------


@pytest.mark.quick(3)
@pytest.mark.parametrize("seed", range(12))
def test_every_value_and_gradient_of_a_chain_is_that_of_a_part_of_it(seed: int) -> None:
    pick = random.Random(seed)
    layers = named([pick.choice(UNIT) for _ in range(7)])
    layers = [layer for layer in layers if "dropout" not in layer]  # its mask is its place's
    names = [fields["name"] for layer in layers for fields in layer.values()]
    upstream = np.random.default_rng(seed).standard_normal((SIZE[0], SIZE[-1], *SIZE[1:-1]))
    whole = run(spec_of(layers), upstream={names[-1]: upstream})
    parameters = dict(whole.parameters.items())
    for index, name in enumerate(names):
        part = {key: v for key, v in parameters.items() if key.split(".")[0] in names[: index + 1]}
        cut = run(spec_of(layers[: index + 1]), parameters=part, keep="outputs")
        np.testing.assert_array_equal(whole.outputs[name], cut.outputs[name])
        rest = {key: v for key, v in parameters.items() if key not in part}
        if index + 1 < len(names):
            later = run(
                spec_of(layers[index + 1 :]), inputs=whole.outputs[name], parameters=rest,
                upstream={names[-1]: upstream}, keep="outputs",
            )  # fmt: skip
            np.testing.assert_array_equal(whole.gradients[name], later.gradients["input"])


MERGES = ("add", "multiply", "subtract", "average", "maximum")


def tangled(seed: int) -> Spec:
    """Return random layers on random earlier values, of which some are outputs too."""
    pick = random.Random(seed)
    names, layers = ["input"], []
    for index in range(14):
        if pick.random() < 0.35:
            sources = pick.choices(names[-4:], k=pick.choice((2, 2, 3)))
            layers.append({pick.choice(MERGES): {"name": f"n{index}", "from": sources}})
        else:
            layers += named([pick.choice(UNIT)], index)
            next(iter(layers[-1].values()))["from"] = pick.choice(names[-3:])
        names.append(f"n{index}")
    return spec_of(layers, outputs=sorted({names[-1], *pick.choices(names[1:], k=2)}))


def numbers(spec: Spec, keep: Any, overwrite_all: bool = False) -> dict[str, Array]:
    """Return all numbers of a run from random upstream gradients."""
    session = Session(shapecalc.trace(spec), keep=keep, seed=3)
    engine = session.engine
    if overwrite_all:
        engine._alone = {engine.numbers.of(index) for index in range(len(engine.steps))}
    engine.forward(session.inputs())
    source = np.random.default_rng(1)
    engine.backward(
        {i: source.standard_normal(session.value(i).shape) for i in spec_outputs(session)}
    )
    result = result_of(session, [])
    return {
        **{f"value {name}": a for name, a in result.outputs.items()},
        **{f"gradient {name}": a for name, a in result.gradients.items()},
    }


def spec_outputs(session: Session) -> list[int]:
    return [index for index in session.trace.spec.outputs.values() if index is not None]


def differing(one: dict[str, Array], other: dict[str, Array]) -> Iterator[str]:
    """Yield what both hold with different numbers; sums may be in another order."""
    for name in set(one) & set(other):
        scale = max(1e-9, np.abs(one[name]).max(), np.abs(other[name]).max())
        if not np.abs(one[name] - other[name]).max() <= 1e-12 * scale:
            yield name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_work_in_place_gives_what_work_with_everything_kept_gives(seed: int) -> None:
    spec = tangled(seed)
    every, ends = numbers(spec, "all"), numbers(spec, "outputs")
    assert {f"value {name}" for name in spec["outputs"]} | {"gradient input"} <= set(ends)
    assert list(differing(every, ends)) == []


def test_work_in_place_over_what_is_still_needed_is_noticed() -> None:
    """A planted fault: values are overwritten whoever else takes them."""
    specs = [tangled(seed) for seed in range(20)]
    found = [any(differing(numbers(s, "all"), numbers(s, "outputs", True))) for s in specs]
    assert sum(found) > 5


def test_a_later_pass_leaves_the_values_of_an_earlier_one_alone() -> None:
    trace = shapecalc.trace(tangled(5))
    session = Session(trace, seed=1)
    seen: list[tuple[dict[str, Array], dict[str, Array]]] = []
    for seed in (7, 8, 7):
        random = np.random.default_rng(seed)
        session.engine.forward([random.standard_normal(SIZE)])
        upstream = {
            i: random.standard_normal(session.value(i).shape) for i in spec_outputs(session)
        }
        session.engine.backward(upstream)
        result = result_of(session, [])
        held = {**dict(result.outputs.items()), **dict(result.gradients.items())}
        seen.append((held, {name: array.copy() for name, array in held.items()}))
    for held, before in seen:
        assert all(np.array_equal(held[name], before[name]) for name in before)
    first, other, again = (held for held, _ in seen)
    assert all(np.array_equal(first[name], again[name]) for name in first if "grad" not in name)
    assert not np.array_equal(first["n0"], other["n0"])


def test_an_array_outlives_its_session() -> None:
    first = run(tangled(2), seed=4)
    copies = {name: array.copy() for name, array in first.outputs.items()}
    for seed in range(3):
        run(tangled(2), seed=seed)
    assert all(np.array_equal(first.outputs[name], copies[name]) for name in copies)


# -- nothing superfluous ---------------------------------------------------------------------------


def engine_of(spec: Spec, **settings: Any) -> tuple[Session, Engine]:
    session = Session(shapecalc.trace(spec), **settings)
    session.engine.forward(session.inputs())
    return session, session.engine


LAYERS = [{"dense": 4}, "relu", {"dense": 2}, "tanh", {"dense": {"units": 1, "from": "relu1"}}]
FORKED = {"input": 3, "layers": LAYERS, "outputs": ["tanh1", "dense3"]}


def test_values_are_dropped_after_their_last_use() -> None:
    _, every = engine_of(FORKED)
    assert all(value is not None for value in every.values)
    _, ends = engine_of(FORKED, keep="outputs")
    assert [index for index, value in enumerate(ends.values) if value is not None] == [4, 5]
    assert [step.last_uses for step in ends.steps] == [{0}, {1}, set(), {3}, {2}]


def test_a_step_counts_its_multiplications_and_tells_its_shape() -> None:
    _, engine = engine_of(FORKED | {"batch": 5})
    assert engine.forward_macs == [5 * 12, 0, 5 * 8, 0, 5 * 4]
    assert engine.shapes == [(5, 4), (5, 4), (5, 2), (5, 2), (5, 1)]
    assert engine.current == 4


@pytest.mark.parametrize(
    ("at", "reached"), [(5, {4, 1, 0}), (4, {3, 2, 1, 0}), (2, {1, 0}), (1, {0}), (0, set())]
)
def test_a_gradient_reaches_what_is_before_it_only(at: int, reached: set[int]) -> None:
    _, engine = engine_of(FORKED)
    value = engine.values[at]
    assert value is not None
    engine.backward({at: np.ones_like(value)})
    assert engine.reached == reached
    assert set(engine.gradients) == {index + 1 for index in reached} | {0, at}
    learned = {index for index, found in enumerate(engine.parameter_gradients) if found}
    assert learned == reached & {0, 2, 4}


@pytest.mark.parametrize("inputs_too", [True, False])
def test_gradients_nobody_asks_for_are_not_computed(inputs_too: bool) -> None:
    _, engine = engine_of({"input": 3, "layers": ["relu", {"dense": 4}, "tanh"]})
    asked: list[list[bool]] = []
    for step in engine.steps:
        step.kernel.backward = watched(step.kernel.backward, asked)  # type: ignore[method-assign]
    engine.backward({3: np.ones((1, 4))}, inputs_too=inputs_too)
    assert asked == [[True], [True], [True]] if inputs_too else [[True], [False]]
    assert (0 in engine.gradients) is inputs_too
    assert set(engine.parameter_gradients[1]) == {"weight", "bias"}


def test_parameters_learn_nothing_unless_it_is_asked_for() -> None:
    _, engine = engine_of({"input": 3, "layers": ["relu", {"dense": 4}, "tanh"]})
    engine.backward({3: np.ones((1, 4))}, parameters=False)
    assert engine.parameter_gradients == [{}, {}, {}]
    assert engine.gradients[0].shape == (1, 3)


def watched(backward: Any, asked: list[list[bool]]) -> Any:
    """Return a backward that notes which gradients it was asked for."""

    def noting(context: Any, upstream: Any, saved: Any, parameters: Any, wanted: Any) -> Any:
        asked.append(list(wanted))
        return backward(context, upstream, saved, parameters, wanted)

    return noting
