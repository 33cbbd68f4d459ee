"""Random networks for the search of sizes that fit, and the sizes that do by trying all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

import shapecalc
from shapecalc.network import NetworkSpec
from shapecalc.solving.axes import Axis, axes_of
from shapecalc.solving.fitting import FittingSizes, fitting, inputs
from shapecalc.walking import walk

LARGEST = 300
PAIRS = 100
UNSOLVED = "cannot be worked out"


def window(random: Random, rank: int) -> dict[str, Any]:
    """Return the fields of a window, its padding in one of all ways to write it."""
    P: Any = random.choice((0, 0, 0, 1, 1, 2, 3, "same", "same_lower", "valid", "full"))
    if random.random() < 0.1:
        P = [[random.randint(0, 2), random.randint(0, 3)] for _ in range(rank)]
    S: Any = random.choice((1, 1, 1, 2, 2, 2, 3, 4))
    F: Any = random.choice((1, 2, 2, 3, 3, 3, 4, 5, 7))
    if rank > 1 and random.random() < 0.1:
        F, S = [F, random.randint(1, 5)], [S, random.randint(1, 3)]
    fields = {"F": F, "S": S, "P": P}
    if random.random() < 0.4:
        fields["rounding"] = random.choice(("exact", "floor"))
    if random.random() < 0.15:
        fields["dilation"] = random.choice((2, 3))
    return fields


def layer(random: Random, rank: int, names: list[str], pools: list[str]) -> dict[str, Any]:
    """Return one layer; it may read earlier ones."""
    kind = random.choices(
        ("conv", "max_pool", "avg_pool", "conv_transpose", "pad", "crop", "like", "upsample",
         "concat", "add", "gate", "relu", "local_conv", "unpool", "slice", "unshuffle", "along"),
        (30, 14, 5, 9, 3, 4, 4, 5, 9, 6, 1, 3, 1, 1, 2, 2, 1),
    )[0]  # fmt: skip
    before = random.choice(names[-5:])
    if kind == "conv":
        return {"conv": {"K": 2, **window(random, rank)}}
    if kind == "local_conv":
        return {"local_conv": {"K": 2, "F": 2, "S": random.choice((1, 2)), "rounding": "floor"}}
    if kind in ("max_pool", "avg_pool"):
        fields = window(random, rank)
        fields.pop("dilation", None)
        if fields["P"] == "full" or isinstance(fields["P"], list):
            fields["P"] = 0
        if random.random() < 0.35:
            fields["rounding"] = "ceil"
        return {kind: fields}
    if kind == "conv_transpose":
        S = random.choice((1, 2, 2, 3))
        fields = {"K": 2, "F": random.choice((1, 2, 3, 4)), "S": S}
        fields["P"] = random.choice((0, 0, 1, "same", "valid"))
        if S > 1 and random.random() < 0.2:
            fields["output_padding"] = 1
        return {"conv_transpose": fields}
    if kind == "pad":
        mode = random.choice(("zeros", "reflect", "circular"))
        return {"pad": {"P": random.randint(1, 3), "mode": mode}}
    if kind == "crop":
        return {"crop": random.randint(1, 3)}
    if kind == "like":
        return {random.choice(("crop", "upsample")): {"like": before}}
    if kind == "upsample":
        return {"upsample": random.choice((2, 2, 3, 1.5, 0.5))}
    if kind in ("concat", "add"):
        return {kind: [names[-1], before]}
    if kind == "along":
        return {"concat": {"from": [names[-1], before], "axis": "length" if rank == 1 else "width"}}
    if kind == "gate":
        return {"adaptive_avg_pool": random.choice((1, 2, 5))}
    if kind == "unpool" and pools:
        return {"max_unpool": random.choice(pools)}
    if kind == "slice":
        axis = "length" if rank == 1 else "height"
        cut = random.choice(({"start": 1}, {"stop": -2}, {"part": 1, "of": 2}, {"stop": 9}))
        return {"slice": {"axis": axis, **cut}}
    return {"pixel_unshuffle": 2} if kind == "unshuffle" else {"relu": None}


def network(random: Random) -> dict[str, Any]:
    """Return a spec of a few layers."""
    rank = random.choice((1, 2, 2))
    names, pools = ["input"], list[str]()
    layers = []
    for number in range(random.randint(1, 10)):
        made = layer(random, rank, names, pools)
        ((kind, fields),) = made.items()
        name = f"n{number}"
        shorthand = {"crop": "P", "max_unpool": "of", "adaptive_avg_pool": "output"}
        shorthand |= {"upsample": "scale", "pixel_unshuffle": "scale"}
        if isinstance(fields, list):
            fields = {"from": fields}
        elif not isinstance(fields, dict):
            fields = {} if fields is None else {shorthand[kind]: fields}
        layers.append({kind: {"name": name, **fields}})
        names.append(name)
        if kind == "max_pool":
            pools.append(name)
    size = random.choice((32, 64, 100, 224))
    rounding = random.choice(("exact", "exact", "floor", "ceil"))
    return {"input": [size] * rank + [2], "rounding": rounding, "layers": layers}


def fits(spec: NetworkSpec, sizes: dict[Axis, int]) -> bool:
    """Say whether a trace with these sizes has no structural fault."""
    sized = replace(spec, inputs=inputs(spec, sizes), example=None)
    found = walk(sized, to_the_end=False)
    return not any(one.rule.structural for one in found.findings)


def said(found: FittingSizes, sizes: dict[Axis, int]) -> bool:
    """Say whether sizes are said to fit together."""
    return found.fits and all(one.fits.has(sizes[one.axis]) for one in found.axes)


def some_pairs(found: FittingSizes) -> Iterator[dict[Axis, int]]:
    """Yield sizes for all axes, most of them among those that fit along their axis."""
    random = Random(repr([one.fits for one in found.axes]))
    for _ in range(PAIRS):
        sizes = {}
        for one in found.axes:
            size = random.randint(1, LARGEST)
            near = [W for W in one.fits.nearest(size) if W is not None and W <= LARGEST]
            sizes[one.axis] = random.choice(near) if near and random.random() < 0.7 else size
        yield sizes


def differences(spec: NetworkSpec, found: FittingSizes | None = None) -> Iterator[str]:
    """Yield every size up to LARGEST that is said to fit and does not, or the other way round:
    along each axis, the others as in the example that is given; everywhere; and pairs of sizes.
    """
    found = found or fitting(spec)
    if UNSOLVED in found.reason:
        yield found.reason
        return
    if found.constraints:
        return
    axes = axes_of(spec)
    tried = [dict.fromkeys(axes, size) for size in range(1, LARGEST + 1)]
    if len(axes) > 1:
        if found.fits:
            given = {axis: found.example[axis.input][axis.number] for axis in axes}
            tried += [{**given, axis: sizes[axis]} for axis in axes for sizes in tried[:LARGEST]]
        tried += some_pairs(found)
    for sizes in tried:
        if fits(spec, sizes) != said(found, sizes):
            shown = ", ".join(f"{axis.key} {size}" for axis, size in sizes.items())
            sets = "; ".join(f"{one.axis.key}: {one.fits.text('W')}" for one in found.axes)
            yield f"{shown}: {sets} is said" if found.fits else f"{shown} fits, and none is said to"


def compared(name: str, spec: NetworkSpec, counts: Counter[str]) -> None:
    """Print where a network fits and is not said to, or the other way round."""
    if not spec.readable or not any(volume for volume in spec.inputs.values()):
        return
    found = fitting(spec)
    counts["networks"] += 1
    counts["with sizes that fit"] += found.fits
    different = list(islice(differences(spec, found), 3))
    counts["not solved" if UNSOLVED in found.reason else "wrong"] += len(different)
    for difference in different:
        print(f"{name}: {difference}", flush=True)


def main() -> None:
    """Compare random networks, and before those of seed 1 all specs: [NETWORKS] [SEED] [FIRST]."""
    import sys
    from pathlib import Path

    count, seed, first = (*map(int, sys.argv[1:]), *(5000, 1, 0)[len(sys.argv) - 1 :])
    counts: Counter[str] = Counter()
    for path in sorted(Path("specs").rglob("*.yaml")) if (seed, first) == (1, 0) else ():
        compared(str(path), shapecalc.read(path), counts)
    for number in range(first, first + count):
        spec = shapecalc.read(network(Random(f"{seed}.{number}")))
        compared(f"network {number} of seed {seed}", spec, counts)
    print(", ".join(f"{number:,} {what}" for what, number in counts.items()))


if __name__ == "__main__":
    main()
