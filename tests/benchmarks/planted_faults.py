"""How many planted faults verify finds: random faults of every kind in random networks.

    python tests/benchmarks/planted_faults.py [--plantings 100] [--kinds sign count] [--seed 0]

Half of the networks are small, so that tensors are checked value by value, half are larger. A seed
plants the same faults whatever verify does: run it before and after a change of verify, with
PYTHONPATH set to each tree. The last row plants nothing: what is found there is a false alarm.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import shapecalc
from shapecalc import Trace
from shapecalc.executor.engine import Engine
from shapecalc.executor.kernels import KERNELS
from shapecalc.executor.verify import verify

CONV = {"conv": {"K": 16, "F": 3, "P": 1}}
MERGES = ("add", "subtract", "multiply", "maximum", "average")
CHOICES: list[dict[str, Any]] = [
    CONV, CONV, {"conv": {"K": 16, "F": 5, "P": 2}}, {"depthwise_conv": {"F": 3, "P": 1}},
    {"conv": {"K": 16, "F": 1}}, {"batch_norm": {}}, {"relu": {}}, {"tanh": {}}, {"prelu": {}},
    {"layer_norm": {}}, {"max_pool": {"F": 3, "S": 1, "P": 1}}, {"dropout": {}},
    *({kind: {}} for kind in MERGES),
]  # fmt: skip

Kernels = Callable[..., Any]
Found = bool | None  # None: there is no place for the fault


def random_network(pick: random.Random, side: int) -> Trace:
    """Return random layers with branches that meet again, and a dense layer."""
    layers: list[Any] = [{"conv": {"K": 16, "F": 3, "P": 1, "name": "n0"}}]
    while len(layers) < 8:
        ((kind, fields),) = pick.choice(CHOICES).items()
        names = [f"n{index}" for index in range(len(layers))]
        far = pick.choice(names)
        if kind in MERGES and far == names[-1]:
            continue
        sources = [names[-1], far] if kind in MERGES else names[-1]
        layers.append({kind: {**fields, "name": f"n{len(layers)}", "from": sources}})
    layers.append({"dense": {"units": 5, "name": "out"}})
    volume = f"{side}x{side}x{pick.choice((2, 3, 16))}"
    return shapecalc.trace({"input": volume, "batch": 2, "layers": layers})


# -- gradients -------------------------------------------------------------------------------------


def _spoilt(layer: Any, change: Callable[[list[Any], dict[str, Any]], None]) -> Kernels:
    """Return a backward whose gradients are changed for one layer."""

    def make(base: type) -> type:
        def backward(self: Any, *rest: Any) -> Any:
            below, learned = base.backward(self, *rest)  # type: ignore[attr-defined]
            if repr(self.layer) != repr(layer):
                return below, learned
            below = [None if g is None else g.copy() for g in below]
            learned = {name: g.copy() for name, g in learned.items()}
            change(below, learned)
            return below, learned

        return type(base.__name__, (base,), {"backward": backward})

    return make


@contextmanager
def _replaced(table: Any, name: str, new: Any) -> Iterator[None]:
    old = table[name]
    table[name] = new(old)
    try:
        yield
    finally:
        table[name] = old


def _in_kernel(
    trace: Trace, pick: random.Random, tensor: str, change: Callable[[Any], None]
) -> Found:
    """Change the gradient of one tensor (input, weight, bias, any) of one layer, in place."""
    places = []
    for record in trace.layers:
        owned = list(record.layer.parameters(record.input)) if record.layer else []
        names = [n for n in ("weight", "bias") if n in owned]
        places += [(record, n) for n in ["input", *names] if tensor in (n, "any")]
    if not places:
        return None
    record, name = pick.choice(places)

    def spoil(below: list[Any], learned: dict[str, Any]) -> None:
        array = below[0] if name == "input" else learned.get(name)
        if array is not None:
            change(array)

    with _replaced(KERNELS, record.kind, _spoilt(record.layer, spoil)):
        return not verify(trace).agrees


def wrong_sign(trace: Trace, pick: random.Random) -> Found:
    """Negate the gradient of one channel of a tensor."""
    channel = pick.randrange(2**20)

    def change(g: Any) -> None:
        g[..., channel % g.shape[-1]] *= -1

    return _in_kernel(trace, pick, "any", change)


def lost_tap(trace: Trace, pick: random.Random) -> Found:
    """Forget one tap of a filter, of one input channel."""
    places = [pick.randrange(2**20) for _ in range(3)]

    def change(g: Any) -> None:
        g[tuple(p % size for p, size in zip(places, g.shape[:-1], strict=False))] = 0

    return _in_kernel(trace, pick, "weight", change)


def bias_off(trace: Trace, pick: random.Random) -> Found:
    """Multiply the gradient of a bias by 1.001."""

    def change(g: Any) -> None:
        g *= 1.001

    return _in_kernel(trace, pick, "bias", change)


def one_value(trace: Trace, pick: random.Random) -> Found:
    """Multiply one value of a gradient by 1.1."""
    place = pick.randrange(2**20)

    def change(g: Any) -> None:
        g.reshape(-1)[place % g.size] *= 1.1

    return _in_kernel(trace, pick, "any", change)


# -- joins -----------------------------------------------------------------------------------------


def forgotten_consumer(trace: Trace, pick: random.Random) -> Found:
    """Leave what one consumer gives out of the sum of one value."""
    uses = [source for node in trace.spec.nodes for source in node.sources or ()]
    joins = sorted({source for source in uses if uses.count(source) > 1})
    if not joins:
        return None
    forgotten, number = pick.choice(joins), pick.randrange(2)
    pass_on = Engine._pass_on
    seen: dict[int, int] = {}

    def forgets(self: Engine, waiting: Any, own: Any, source: int, *rest: Any) -> None:
        if source == forgotten:
            key = id(waiting)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] == number + 1:
                return
        pass_on(self, waiting, own, source, *rest)

    Engine._pass_on = forgets  # type: ignore[method-assign]
    try:
        return not verify(trace).agrees
    finally:
        Engine._pass_on = pass_on  # type: ignore[method-assign]


# -- predictions -----------------------------------------------------------------------------------


def _with(trace: Trace, index: int, **values: Any) -> bool:
    layers = list(trace.layers)
    layers[index] = layers[index]._replace(**values)
    return not verify(dataclasses.replace(trace, layers=tuple(layers))).agrees


def wrong_size(trace: Trace, pick: random.Random) -> Found:
    """Predict a volume that is off by one along one axis."""
    index = pick.randrange(len(trace.layers))
    volume = [size or 0 for size in trace.layers[index].output or ()]
    volume[pick.randrange(len(volume))] += pick.choice((-1, 1))
    return _with(trace, index, output=tuple(volume))


def wrong_count(trace: Trace, pick: random.Random) -> Found:
    """Predict a count that is off by one."""
    index = pick.randrange(len(trace.layers))
    name = pick.choice(("weights", "biases", "non_trainable", "macs"))
    return _with(
        trace, index, **{name: (getattr(trace.layers[index], name) or 0) + pick.choice((-1, 1))}
    )


def wrong_field(trace: Trace, pick: random.Random) -> Found:
    """Predict a receptive field that begins or ends a pixel too early or too late."""
    placed = [i for i, r in enumerate(trace.layers) if r.field is not None and r.field.axes]
    if not placed:
        return None
    index = pick.choice(placed)
    field = trace.layers[index].field
    assert field is not None
    axes = list(field.axes or ())
    which, step, at = pick.randrange(len(axes)), pick.choice((-1, 1)), pick.choice((True, False))
    axis = axes[which]
    if at:
        axis = axis._replace(starts=tuple(start + step for start in axis.starts))
    else:
        axis = axis._replace(ends=tuple(end + step for end in axis.ends))
    axes[which] = axis
    return _with(trace, index, field=field._replace(axes=tuple(axes)))


def nothing(trace: Trace, pick: random.Random) -> Found:
    """Plant nothing: what is found is a false alarm."""
    return not verify(trace, seed=pick.randrange(100)).agrees


KINDS: dict[str, Callable[[Trace, random.Random], Found]] = {
    "sign": wrong_sign,
    "tap": lost_tap,
    "bias": bias_off,
    "value": one_value,
    "consumer": forgotten_consumer,
    "size": wrong_size,
    "count": wrong_count,
    "field": wrong_field,
    "nothing": nothing,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print for every kind how many of the plantings were found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--plantings", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    chosen = parser.parse_args(arguments)
    print(f"{'kind':10}{'planted':>8}{'found':>7}{'CPU s':>8}   not found")
    for kind in chosen.kinds:
        found: list[bool] = []
        missed: list[int] = []
        start, seed = time.process_time(), 0
        while len(found) < chosen.plantings:
            seed += 1
            pick = random.Random(f"{kind} {chosen.seed} {seed}")
            trace = random_network(pick, side=4 if seed % 2 else 16)
            with np.errstate(all="ignore"):
                outcome = KINDS[kind](trace, pick)
            if outcome is None:
                continue
            found.append(outcome)
            if not outcome:
                missed.append(seed)
        seconds = time.process_time() - start
        numbers = " ".join(map(str, missed[:12])) if kind != "nothing" else ""
        print(f"{kind:10}{len(found):8}{sum(found):7}{seconds:8.1f}   {numbers}", flush=True)


if __name__ == "__main__":
    main()
