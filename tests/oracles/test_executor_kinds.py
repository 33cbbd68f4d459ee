"""PyTorch's autograd as a second opinion on every kernel of the executor, forward and backward.

A case is one layer on small inputs, with a given upstream gradient. Outputs, gradients of inputs
and of parameters are compared in float64: the largest difference, relative to the largest value of
PyTorch's array where that is above 1, is at most 1e-10. Each case runs in several ways, which must
all agree. Sliding pools are compared with windows counted one by one, since no framework knows all
of these cases; where PyTorch's own pools do, the two oracles are compared with each other.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, reduce
from itertools import chain, islice, permutations, product
from math import inf, prod
from typing import Any, NamedTuple

import numpy as np
import pytest

from shapecalc import trace
from shapecalc.executor import run
from shapecalc.executor.buffers import Buffers
from shapecalc.executor.kernels import KERNELS, Context
from shapecalc.executor.kernels.methods import winograd
from shapecalc.executor.parameters import owned_by
from shapecalc.executor.results import Result, result_of
from shapecalc.executor.session import Session
from shapecalc.layers import KINDS

torch = pytest.importorskip("torch")
functional = torch.nn.functional

Array = Any
Tensor = Any
Volume = tuple[int, ...]
Fields = Mapping[str, Any]
EXACT, LOOSE = 1e-10, 1e-4
COMPOSITES = {"residual", "parallel", "repeat"}


class Case(NamedTuple):
    """One layer's fields as written, and what it is run on."""

    fields: Fields
    volumes: tuple[Volume, ...]
    rounding: str = "floor"
    training: bool = True
    values: str = "normal"
    before: tuple[dict[str, Any], ...] = ()  # layers that it names


class Given(NamedTuple):
    """The arrays of a run, depth first; upstream is by layer or input."""

    inputs: dict[str, Array]
    parameters: dict[str, Array]
    upstream: dict[str, Array]


class Oracle(NamedTuple):
    """PyTorch's function of the inputs and parameters, and the cases it is asked about."""

    function: Callable[[Case, list[Tensor], dict[str, Tensor]], Tensor]
    cases: Callable[[], Iterator[Case]]
    least: int


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread: the arrays are tiny."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


# -- values ------------------------------------------------------------------------------------

VALUES: dict[str, Callable[[np.random.Generator, Volume], Array]] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "ties": lambda rng, shape: rng.integers(-1, 2, shape),
    "whole": lambda rng, shape: rng.integers(-7, 8, shape),
    "large": lambda rng, shape: rng.standard_normal(shape) * 60,
    "zeros": lambda rng, shape: np.zeros(shape),
    "above 0": lambda rng, shape: np.abs(rng.standard_normal(shape)) + 0.25,
}


def draw(rng: np.random.Generator, shape: Volume, values: str = "normal") -> Array:
    """Return values that float32 holds, too."""
    return VALUES[values](rng, shape).astype(np.float32).astype(np.float64)


def depth_first(volume: Sequence[int]) -> Volume:
    """Return a volume's sizes with the depth first."""
    return (volume[-1], *volume[:-1])


def draw_parameters(traced: Any, rng: np.random.Generator) -> dict[str, Array]:
    """Return values for every parameter of a network; variances are positive."""
    drawn = {}
    for record, owned in zip(traced.layers, owned_by(traced), strict=True):
        for name, parameter in owned.items():
            array = draw(rng, parameter.shape) / 2
            drawn[f"{record.name}.{name}"] = array if parameter.negative else abs(array) + 0.25
    return drawn


def draw_given(traced: Any, seed: int, batch: int, upstream: Sequence[str], values: str) -> Given:
    """Return inputs, parameters and upstream gradients for a network."""
    rng = np.random.default_rng(seed)
    volumes = dict(traced.inputs) | {record.name: record.output for record in traced.layers}
    inputs = {n: draw(rng, (batch, *depth_first(volumes[n])), values) for n in traced.inputs}
    above = {name: draw(rng, (batch, *depth_first(volumes[name]))) for name in upstream}
    return Given(inputs, draw_parameters(traced, rng), above)


def distance(ours: Array, theirs: Array) -> float:
    """Return the largest difference, relative to the largest value of theirs if above 1.

    An infinity, of a window wholly in the padding, has to be the same one.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.shape != theirs.shape:
        return float("inf")
    one, other = ours[np.isfinite(theirs)], theirs[np.isfinite(theirs)]
    if not np.isfinite(one).all() or not np.isin(ours[~np.isfinite(theirs)], -np.inf).all():
        return float("inf")
    largest = np.abs(other).max(initial=1)
    return float(np.abs(one - other).max(initial=0) / largest)


def differences(
    ours: Mapping[str, Array], theirs: Mapping[str, Array], limit: float
) -> Iterator[str]:
    """Say which arrays are missing or differ."""
    for name, array in theirs.items():
        if name not in ours:
            yield f"{name} is missing"
        elif not (far := distance(ours[name], array)) <= limit:
            yield f"{name} differs by {far:.1e} ({ours[name].shape}, {array.shape})"


# -- windows -----------------------------------------------------------------------------------


def per_axis(value: Any, rank: int) -> list[Any]:
    """Return a field's value for every axis."""
    return list(value) if isinstance(value, list) else [value] * rank


def span_of(F: int, dilation: int) -> int:
    """Return how many pixels a dilated filter reaches over."""
    return dilation * (F - 1) + 1


def sides_of(fields: Fields, spatial: Sequence[int]) -> list[tuple[int, int]]:
    """Return the padding before and after each axis that P stands for."""
    rank = len(spatial)
    S = fields.get("S", fields["F"] if "K" not in fields and "multiplier" not in fields else 1)
    names = zip(
        spatial,
        per_axis(fields["F"], rank),
        per_axis(S, rank),
        per_axis(fields.get("P", 0), rank),
        per_axis(fields.get("dilation", 1), rank),
        strict=True,
    )
    sides = []
    for W, F, s, P, dilation in names:
        span = span_of(F, dilation)
        if P in ("same", "same_lower"):
            total = max((-(-W // s) - 1) * s + span - W, 0)
            P = [total // 2, total - total // 2]
            P = P if fields["P"] == "same" else P[::-1]
        elif P in ("valid", "full"):
            P = span - 1 if P == "full" else 0
        elif P == "causal":
            P = [span - 1, 0]
        sides.append(tuple(P) if isinstance(P, list) else (P, P))
    return sides


def bordered(
    x: Tensor, sides: Sequence[tuple[int, int]], value: float = 0.0, mode: str = "zeros"
) -> Tensor:
    """Return x with a border before and after each spatial axis; negative numbers crop."""
    flat = [side for axis in reversed(sides) for side in axis]
    if mode != "zeros":
        return functional.pad(x, flat, mode=mode)
    return functional.pad(x, flat, value=value)


class Windows(NamedTuple):
    """Where the windows of one axis start, the input's first pixel being 0."""

    starts: list[int]
    F: int
    dilation: int
    W: int
    end: int  # of the padding

    def pixels(self) -> Array:
        """Return the pixel under every tap of every window."""
        return np.add.outer(self.starts, np.arange(self.F) * self.dilation)


def windows_of(case: Case, spatial: Sequence[int]) -> list[Windows]:
    """Return the windows of every axis: tried one by one, not computed."""
    fields, rank = case.fields, len(spatial)
    ceil = fields.get("rounding", case.rounding) == "ceil"
    found = []
    sides = sides_of(fields, spatial)
    for W, F, S, dilation, (before, after) in zip(
        spatial,
        per_axis(fields["F"], rank),
        per_axis(fields.get("S", fields["F"]), rank),
        per_axis(fields.get("dilation", 1), rank),
        sides,
        strict=True,
    ):
        span = span_of(F, dilation)
        starts = [s for s in range(-before, W + after, S) if s + span <= W + after]
        if ceil and not str(fields.get("P")).startswith("same"):
            more = starts[-1] + S if starts else -before
            starts += [more] * (more < W and more + span < W + after + S)
        found.append(Windows(starts, F, dilation, W, W + after))
    return found


def patches(x: Tensor, axes: Sequence[Windows], fill: float) -> Tensor:
    """Return N x D x windows x taps."""
    rank = len(axes)
    sides = []
    for axis in axes:
        pixels = axis.pixels()
        sides.append((-min(pixels.min(), 0), max(pixels.max() + 1 - axis.W, 0)))
    x = bordered(x, sides, fill)
    for number in reversed(range(rank)):
        pixels = torch.from_numpy(axes[number].pixels() + sides[number][0])
        x = x.index_select(2 + number, pixels.flatten()).unflatten(2 + number, pixels.shape)
    order = [0, 1, *range(2, 2 + 2 * rank, 2), *range(3, 3 + 2 * rank, 2)]
    return x.permute(order).flatten(2 + rank)


def max_pool(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the largest value of each window, the first of several."""
    (x,) = inputs
    seen = patches(x, windows_of(case, x.shape[2:]), -torch.inf)
    first = torch.from_numpy(seen.detach().numpy().argmax(-1))[..., None]
    return seen.gather(-1, first)[..., 0]


def max_unpool(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    """Return PyTorch's max unpooling where no windows overlap, otherwise values put one by one."""
    x, image = inputs
    pool = case._replace(fields=case.before[0]["max_pool"])
    own = unpooled(pool, x, image)
    theirs = native_unpool(pool, x, image)
    if theirs is None:
        return own
    assert torch.equal(own, theirs), case
    overlap = any(
        axis.starts[1:2] and axis.starts[1] - axis.starts[0] < span_of(axis.F, axis.dilation)
        for axis in windows_of(pool, image.shape[2:])
    )
    return own if overlap else theirs


def unpooled(pool: Case, x: Tensor, image: Tensor) -> Tensor:
    """Return the values of x where the windows of an image have their largest; the last counts."""
    axes = windows_of(pool, image.shape[2:])
    numbers = torch.arange(1, 1 + prod(image.shape[2:]), dtype=x.dtype).reshape(image.shape[2:])
    seen = patches(image.detach(), axes, -torch.inf)
    first = torch.from_numpy(seen.numpy().argmax(-1))[..., None]
    places = patches(numbers.expand(image.shape), axes, 0.0).gather(-1, first)[..., 0]
    places = places.long().flatten(2)  # 0 where the largest value is one of the padding
    owned = torch.zeros(places.shape, dtype=torch.bool)
    for n, d in product(*map(range, places.shape[:2])):
        last = {int(place): window for window, place in enumerate(places[n, d])}
        owned[n, d, [window for place, window in last.items() if place]] = True
    y = x.new_zeros((*x.shape[:2], 1 + prod(image.shape[2:])))
    y = y.scatter_add(2, places, x.flatten(2) * owned)
    return y[..., 1:].reshape(image.shape)


def native_unpool(pool: Case, x: Tensor, image: Tensor) -> Tensor | None:
    """Return PyTorch's max_unpool of its own max_pool's places; None where it has no such pool."""
    fields, rank = pool.fields, x.ndim - 2
    if native_pool("max_pool", pool, image) is None or fields.get("dilation", 1) != 1:
        return None
    F, S, P = fields["F"], fields.get("S"), fields.get("P", 0)
    options = {"ceil_mode": pool.rounding == "ceil", "return_indices": True}
    _, places = getattr(functional, f"max_pool{rank}d")(image.detach(), F, S, P, **options)
    apply = getattr(functional, f"max_unpool{rank}d")
    try:
        return apply(x, places, F, S, P, output_size=list(image.shape[2:]))
    except ValueError:  # it allows sizes within a stride of the largest that fits
        return None


def unpools() -> Iterator[Case]:
    """Yield pools of one axis with everything small, then more axes; ties for the largest."""
    grid = list(product((2, 5, 6, 7), (1, 2, 3), (1, 2, 3, 4), (0, 1, "same"), (1, 2)))
    pick = random.Random(6).choice
    written = [(1, (W,), {"F": F, "S": S, "P": P, "dilation": d}) for W, F, S, P, d in grid]
    for rank in (1, 2, 2, 2, 2, 3) * 12:
        fields = {"F": pick((2, 3)), "S": pick((1, 2, 2, 3)), "P": pick((0, 0, 1, "same"))}
        written.append((rank, tuple(pick((4, 5, 6)) for _ in range(rank)), fields))
    for _, spatial, fields in sampled(written, 220):
        rounding, values = pick(("floor", "floor", "ceil")), pick(("normal", "ties"))
        spec = {"input": [*spatial, 2], "rounding": rounding, "layers": [{"max_pool": fields}]}
        pooled = trace(spec)
        if pooled.output is None or any(d.severity == "error" for d in pooled.diagnostics):
            continue
        before = {"max_pool": {**fields, "name": "pool", "from": "b"}}
        volumes = (pooled.output, (*spatial, 2))
        yield Case({"of": "pool"}, volumes, rounding, values=values, before=(before,))


def avg_pool(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the mean of each window; a last window that ends past the padding is cut there."""
    (x,) = inputs
    axes = windows_of(case, x.shape[2:])
    counted = case.fields.get("count_include_pad", not str(case.fields.get("P")).startswith("same"))
    sizes = []
    for axis in axes:
        pixels = axis.pixels()
        inside = (pixels >= 0) & (pixels < axis.W)
        sizes.append(((pixels < axis.end) if counted else inside).sum(1))
    divisor = reduce(np.multiply.outer, sizes)
    return patches(x, axes, 0.0).sum(-1) / torch.from_numpy(np.maximum(divisor, 1))


def l2_pool(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the root of each window's sum of squares, its gradient 0 at 0."""
    (x,) = inputs
    squares = patches(x, windows_of(case, x.shape[2:]), 0.0).square().sum(-1)
    some = squares > 0
    return torch.where(some, torch.where(some, squares, 1.0).sqrt(), 0.0)


def native_pool(kind: str, case: Case, x: Tensor) -> Tensor | None:
    """Return what PyTorch's own pool gives, or None where it has no such pool."""
    fields, rank = case.fields, x.ndim - 2
    P = fields.get("P", 0)
    flat = per_axis(P, rank)
    if isinstance(P, str) or any(isinstance(side, list) for side in flat):
        return None
    dilation = fields.get("dilation", 1)
    if any(2 * p > F for p, F in zip(flat, per_axis(fields["F"], rank), strict=True)):
        return None
    ceil = fields.get("rounding", case.rounding) == "ceil"
    F, S = fields["F"], fields.get("S")
    if kind == "max_pool":
        pool = getattr(functional, f"max_pool{rank}d")
        return pool(x, F, S, P, dilation, ceil_mode=ceil)
    if kind == "avg_pool":
        if rank == 3 and min(x.shape[2:]) < max(per_axis(F, rank)):
            return None  # refused there, of all pools and ranks
        pool, counted = getattr(functional, f"avg_pool{rank}d"), fields.get("count_include_pad")
        return pool(x, F, S, P, ceil, counted is None or counted)
    if any(flat) or ceil:  # PyTorch's counts a cut window as a whole one
        return None
    return getattr(functional, f"lp_pool{rank}d")(x, 2, F, S)


# -- PyTorch's functions -----------------------------------------------------------------------


def conv(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return PyTorch's convolution of the padded input."""
    (x,), fields = inputs, case.fields
    apply = getattr(functional, f"conv{x.ndim - 2}d")
    groups = fields.get("groups", 1) if "K" in fields else x.shape[1]
    options = {"dilation": fields.get("dilation", 1), "groups": groups}
    weight, bias = parameters["weight"], parameters.get("bias")
    if fields.get("P") == "same" and fields.get("S", 1) == 1 and "mode" not in fields:
        return apply(x, weight, bias, padding="same", **options)
    sides = sides_of({"multiplier": 1, **fields}, x.shape[2:])
    x = bordered(x, sides, mode=fields.get("mode", "zeros"))
    return apply(x, weight, bias, fields.get("S", 1), 0, **options)


def separable_conv(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return PyTorch's two convolutions, one behind the other."""
    apply = getattr(functional, f"conv{inputs[0].ndim - 2}d")
    fields = {name: value for name, value in case.fields.items() if name != "K"}
    first = conv(case._replace(fields=fields), inputs, {"weight": parameters["depthwise"]})
    return apply(first, parameters["pointwise"], parameters.get("bias"))


def local_conv(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the windows times a filter for each of them."""
    (x,), weight = inputs, parameters["weight"]
    axes = windows_of(case, x.shape[2:])
    sizes = [len(axis.starts) for axis in axes]
    seen = patches(x, axes, 0.0).flatten(2, -2)  # N x D x positions x taps
    filters = weight.reshape(case.fields["K"], seen.shape[2], x.shape[1], -1)
    y = torch.einsum("ndpt,kpdt->nkp", seen, filters).unflatten(2, sizes)
    return y + parameters["bias"].reshape(y.shape[1:]) if "bias" in parameters else y


def conv_transpose(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return PyTorch's transposed convolution, by itself or cropped afterwards."""
    (x,), fields = inputs, case.fields
    rank = x.ndim - 2
    apply = getattr(functional, f"conv_transpose{rank}d")
    options = {name: fields.get(name, 1) for name in ("groups", "dilation")}
    S, P, weight = fields.get("S", 1), fields.get("P", 0), parameters["weight"]
    bias = parameters.get("bias")
    if not isinstance(P, str) and not any(isinstance(p, list) for p in per_axis(P, rank)):
        extra = fields.get("output_padding", 0)
        return apply(x, weight, bias, S, P, extra, **options)
    y = apply(x, weight, None, S, **options)
    sides = []
    for number, (W, p) in enumerate(zip(x.shape[2:], per_axis(P, rank), strict=True)):
        full = y.shape[2 + number]
        step = per_axis(S, rank)[number]
        extra = per_axis(fields.get("output_padding"), rank)[number]
        if isinstance(p, str):  # Keras': the odd one of what is cut is at the end
            span = full - (W - 1) * step
            same = W * step if extra is None else full - 2 * (span // 2) + extra
            valid = max(full, W * step) if extra is None else full + extra
            cut = full - (same if p == "same" else valid)
            sides.append((-(max(cut, 0) // 2), max(cut, 0) // 2 - cut))
        else:
            before, after = p if isinstance(p, list) else (p, p)
            sides.append((-before, (extra or 0) - after))
    y = bordered(y, sides)
    return y if bias is None else y + bias.reshape(-1, *(1,) * rank)


def adaptive(kind: str) -> Callable[..., Tensor]:
    """Return PyTorch's adaptive pool; a global one has one bin."""

    def apply(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
        (x,) = inputs
        pool = getattr(functional, f"adaptive_{kind}_pool{x.ndim - 2}d")
        y = pool(x, case.fields.get("output", 1))
        return y if case.fields.get("keep", True) else y.flatten(1)

    return apply


def dense(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    if not case.fields.get("flatten", True):
        last = inputs[0].movedim(1, -1)
        return functional.linear(last, parameters["weight"], parameters.get("bias")).movedim(-1, 1)
    return functional.linear(inputs[0].flatten(1), parameters["weight"], parameters.get("bias"))


def reshape(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    return inputs[0].reshape(-1, *depth_first(case.fields["output"]))


def dropout(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the input: the mask of training has a test of its own."""
    assert not (case.training and case.fields.get("rate", 0.5))
    return inputs[0] * 1


def batch_norm(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    running = [parameters[name].detach().clone() for name in ("running_mean", "running_var")]
    affine = [parameters.get(name) for name in ("weight", "bias")]
    eps = case.fields.get("eps", 1e-5)
    return functional.batch_norm(inputs[0], *running, *affine, training=case.training, eps=eps)


def norm(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return PyTorch's instance, group or layer norm."""
    (x,), fields = inputs, case.fields
    affine = {name: parameters.get(name) for name in ("weight", "bias")}
    eps = fields.get("eps", 1e-5)
    if "groups" in fields:
        if affine["weight"] is None:  # PyTorch's backward fails with a beta alone
            affine["weight"] = torch.ones(x.shape[1], dtype=x.dtype)
        return functional.group_norm(x, fields["groups"], **affine, eps=eps)
    return functional.instance_norm(x, **affine, eps=eps)


def layer_norm(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    last = inputs[0].movedim(1, -1)
    affine = [parameters.get(name) for name in ("weight", "bias")]
    eps = case.fields.get("eps", 1e-5)
    if case.fields.get("over") == "all":
        return functional.layer_norm(inputs[0], inputs[0].shape[1:], *affine, eps)
    return functional.layer_norm(last, last.shape[-1:], *affine, eps).movedim(-1, 1)


def rms_norm(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    last = inputs[0].movedim(1, -1)
    eps = case.fields.get("eps", 1e-6)
    y = functional.rms_norm(last, last.shape[-1:], parameters.get("weight"), eps)
    return y.movedim(-1, 1)


def l2_normalize(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    return functional.normalize(inputs[0], dim=1, eps=case.fields.get("eps", 1e-12))


def scaled(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    last = inputs[0].movedim(1, -1)
    weight, bias = (
        torch.tensor(own, dtype=last.dtype) if isinstance(own, list) else own
        for own in (case.fields.get("weight", True), case.fields.get("bias", False))
    )
    last = last * parameters.get("weight", 1 if weight is False else weight)
    return (last + parameters.get("bias", 0 if bias is False else bias)).movedim(-1, 1)


def lrn(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    options = {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 1.0} | dict(case.fields)
    return functional.local_response_norm(inputs[0], **options)


def prelu(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    if case.fields.get("slopes") == "per_value":
        return torch.where(inputs[0] > 0, inputs[0], inputs[0] * parameters["weight"])
    return functional.prelu(inputs[0], parameters["weight"])


def shifted(case: Case, inputs: list[Tensor], sign: int) -> Tensor:
    """Return the input with a border added or cut off."""
    P = per_axis(case.fields["P"], inputs[0].ndim - 2)
    pairs = [side if isinstance(side, list) else [side, side] for side in P]
    sides = [(sign * before, sign * after) for before, after in pairs]
    return bordered(inputs[0], sides, mode=case.fields.get("mode", "zeros"))


def cropped(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    """Return the input without its border, or its centre."""
    if "P" in case.fields:
        return shifted(case, inputs, -1)
    x, like = inputs
    for axis, size in enumerate(like.shape[2:], start=2):
        x = x.narrow(axis, int((x.shape[axis] - size) / 2), size)  # as Keras' CenterCrop
    return x


def centres() -> Iterator[Case]:
    """Yield images cut to another one's size, odd and even numbers of rows less."""
    for W, w in product((5, 6, 9), (1, 4, 5)):
        yield Case({"like": "b"}, ((W, 2), (w, 3)))
        yield Case({"like": "b"}, ((W, W + 1, 2), (w, w, 1)))
    yield Case({"like": "b"}, ((4, 5, 6, 2), (3, 2, 1, 2)))


def upsample(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    x, fields = inputs[0], case.fields
    rank = x.ndim - 2
    how: dict[str, Any] = {"size": tuple(per_axis(fields.get("output", 0), rank))}
    if "scale" in fields:
        how = {"scale_factor": tuple(map(float, per_axis(fields["scale"], rank)))}
    elif "like" in fields:
        how = {"size": tuple(inputs[1].shape[2:])}
    if fields.get("mode", "nearest") == "nearest":
        return functional.interpolate(x, **how)
    mode = ("linear", "bilinear", "trilinear")[rank - 1]
    return functional.interpolate(x, **how, mode=mode, align_corners=False)


def merged(function: Callable[[list[Tensor]], Tensor]) -> Callable[..., Tensor]:
    """Return the merge of inputs, flat ones stretched over all positions."""

    def apply(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
        rank = max(x.ndim for x in inputs)
        return function([x.reshape(*x.shape, *(1,) * (rank - x.ndim)) for x in inputs])

    return apply


def plainly(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Return a function of the input and the fields."""
    return lambda case, inputs, parameters: function(inputs[0], **case.fields)


# -- cases -------------------------------------------------------------------------------------

VOLUMES: tuple[Volume, ...] = ((6,), (5, 4), (4, 3, 6), (2, 3, 4, 2))
SPATIAL = VOLUMES[1:]
MORE_AXES = (*VOLUMES, (2, 1, 3, 2, 4))


def sampled(grid: Sequence[Any], count: int) -> list[Any]:
    """Return so many points of a grid, always the same ones."""
    return random.Random(0).sample(grid, min(count, len(grid)))


def without_none(**fields: Any) -> dict[str, Any]:
    """Return the fields that are written."""
    return {name: value for name, value in fields.items() if value is not None}


def convolutions(kind: str) -> Iterator[Case]:
    """Yield one axis with everything small, then more axes, groups and larger volumes."""
    main = {"K": 3} if kind == "conv" else {"multiplier": 2}
    pads = (None, 1, 2, "same", "same_lower", "full", "causal", [[1, 0]], [[0, 2]])
    grid = list(product((1, 2, 5, 6), (1, 2, 3, 4), (None, 2, 3, 5), pads, (None, 2)))
    for W, F, S, P, dilation in sampled(grid, 160):
        yield Case(main | without_none(F=F, S=S, P=P, dilation=dilation), ((W, 2),))
    pick = random.Random(1).choice
    for _ in range(110):
        rank = pick((1, 2, 2, 2, 3))
        volume = (*[pick((3, 4, 5, 6, 7)) for _ in range(rank)], pick((1, 2, 4, 6)))
        fields = fields_of(rank, pick) | {"bias": pick((True, False))}
        if kind == "conv":
            fields |= {"K": pick((2, 4, 6)), "groups": pick((1, 1, 2, volume[-1]))}
        else:
            fields |= {"multiplier": pick((1, 1, 2, 3))}
        yield Case(fields, (volume,))
    wide = {"K": 8} if kind == "conv" else {"multiplier": 1}
    for W, F, S, P in product((12, 13), (1, 2, 3, 5), (1, 2), (0, 1, "same")):
        yield Case(wide | {"F": F, "S": S, "P": P}, ((W, 14, 8),))
    yield Case(wide | {"F": 3, "P": 1}, ((70, 66, 8),))
    if kind == "conv":
        yield from filled_convolutions()
        # as large as Winograd's way needs
        for W, P in ((28, 1), (31, "same"), (32, 0), (30, [[0, 2], [1, 3]]), (29, "full")):
            yield Case({"K": 16, "F": 3, "P": P}, ((W, 33, 16),))
    yield Case(wide | {"F": [3, 5], "S": [2, 1], "P": [[2, 0], [1, 3]]}, ((90, 90, 16),))


def few_convolutions(kind: str) -> Iterator[Case]:
    """Yield some of the small cases of a convolution, and a wider one."""
    dilations = (1, 2) if kind == "separable_conv" else (1,)
    pads = (0, 1, "same", "same_lower", "full", [[0, 2]])
    grid = list(product((1, 2, 5, 6), (1, 2, 3), (1, 2, 3), pads, dilations))
    for W, F, S, P, dilation in sampled(grid, 90):
        fields = {"K": 3, "F": F, "S": S, "P": P}
        yield Case(fields | ({"dilation": 2} if dilation > 1 else {}), ((W, 2),))
    pick = random.Random(4).choice
    for _ in range(80):
        rank = pick((1, 2, 2, 3))
        volume = (*[pick((3, 4, 5, 6)) for _ in range(rank)], pick((1, 2, 3)))
        fields = fields_of(rank, pick) | {"K": pick((1, 2, 4)), "bias": pick((True, False))}
        if kind == "local_conv":
            del fields["dilation"]
        else:
            fields |= {"multiplier": pick((1, 1, 2, 3))}
        yield Case(fields, (volume,))
    yield Case({"K": 8, "F": 3, "S": 1, "P": "same"}, ((12, 13, 8),))


def filled_convolutions() -> Iterator[Case]:
    """Yield padding with values of the input: along one axis, by name, on more axes, grouped."""
    pads = (0, 1, 4, "same", "same_lower", "full", "causal", [[3, 0]], [[0, 4]])
    grid = list(product((5, 6), (1, 2, 3), (1, 2), pads, (1, 2), MODES))
    for W, F, S, P, dilation, mode in sampled(grid, 90):
        yield Case({"K": 3, "F": F, "S": S, "P": P, "dilation": dilation, "mode": mode}, ((W, 2),))
    for volume, P, mode in product(((5, 4, 4), (4, 3, 5, 4)), (1, 2, "same"), MODES):
        yield Case({"K": 4, "F": 3, "P": P, "mode": mode, "groups": 2}, (volume,))
    yield Case({"K": 16, "F": 3, "P": 2, "mode": "reflect"}, ((30, 33, 16),))


def fields_of(rank: int, pick: Callable[[Sequence[Any]], Any]) -> dict[str, Any]:
    """Return fields of a window, each written as one number or one an axis."""

    def field(*values: int) -> Any:
        return [pick(values) for _ in range(rank)] if pick((0, 1)) else pick(values)

    pairs = [[pick((0, 1, 2)), pick((0, 1))] for _ in range(rank)]
    return {
        "F": field(1, 2, 3),
        "S": field(1, 2, 3, 4),
        "P": pick((field(0, 1), "same", "same_lower", "full", pairs)),
        "dilation": field(1, 1, 2),
    }


def transposed() -> Iterator[Case]:
    """Yield one axis with everything small, then more axes and groups."""
    pads = (None, 1, 2, "same", "valid", [[1, 0]], [[0, 2]])
    grid = list(product((1, 2, 4), (1, 2, 3, 4), (None, 2, 3, 5), pads, (None, 0, 1, 2), (None, 2)))
    for W, F, S, P, extra, dilation in sampled(grid, 400):
        fields = without_none(F=F, S=S, P=P, output_padding=extra, dilation=dilation)
        yield Case({"K": 3, **fields}, ((W, 2),))
    pick = random.Random(2).choice
    for _ in range(110):
        rank = pick((1, 2, 2, 3))
        volume = (*[pick((1, 2, 3, 4)) for _ in range(rank)], pick((2, 4)))
        fields = fields_of(rank, pick)
        if fields["P"] in ("same_lower", "full"):
            fields["P"] = "valid"
        extra = pick((None, 0, 1, [pick((0, 1)) for _ in range(rank)]))
        fields |= {"K": pick((2, 4)), "groups": pick((1, 2)), **without_none(output_padding=extra)}
        yield Case(fields | {"bias": pick((True, False))}, (volume,))
    yield Case({"K": 8, "F": 4, "S": 2, "P": 1}, ((24, 25, 8),))


def pools(kind: str) -> Iterator[Case]:
    """Yield one axis with everything small, then more axes; ties for the largest."""
    dilations = (None, 2, 3) if kind == "max_pool" else (None,)
    counted = (None, True, False) if kind == "avg_pool" else (None,)
    pads = (None, 1, 2, "same", "same_lower", [[1, 0]], [[0, 1]])
    grid = list(
        product(
            *((1, 2, 5, 6, 7), (1, 2, 3, 4), (None, 1, 2, 3, 5)),
            *(pads, dilations, counted, ("floor", "ceil"), ("normal", "ties")),
        )
    )
    for W, F, S, P, dilation, count, rounding, values in sampled(grid, 450):
        fields = without_none(F=F, S=S, P=P, dilation=dilation, count_include_pad=count)
        yield Case(fields, ((W, 2),), rounding, values=values)
    pick = random.Random(3).choice
    for _ in range(130):
        rank = pick((1, 2, 2, 2, 3))
        volume = (*[pick((3, 4, 5, 6, 7)) for _ in range(rank)], 3)
        fields = fields_of(rank, pick)
        if kind != "max_pool":
            del fields["dilation"]
        if kind == "avg_pool" and pick((0, 1)):
            fields["count_include_pad"] = pick((True, False))
        if pick((0, 1)):
            fields["rounding"] = pick(("floor", "ceil"))
        yield Case(fields, (volume,), pick(("floor", "ceil")), values=pick(("normal", "ties")))
    for F, S, P in ((2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (2, 1, "same")):
        for W, values in product((14, 15), ("normal", "ties")):
            yield Case({"F": F, "S": S, "P": P}, ((W, W, 16),), values=values)
    for values in ("zeros", "whole", "large"):
        yield Case({"F": 3, "S": 2, "P": 1}, ((7, 6, 3),), values=values)
    for F, S, P, volume in product(
        (8, 11, 20), (None, 9), (None, 1, 4, [[3, 1]]), ((7, 2), (7, 4, 2), (3, 7, 4, 2))
    ):  # larger than the padded image, on some axes or on all
        sides = P if P is None or isinstance(P, int) else P * (len(volume) - 1)
        yield Case(without_none(F=F, S=S, P=sides), (volume,), "ceil")
    yield Case({"F": 1280}, ((7, 7, 2),), "ceil")


def globals_and_bins(is_global: bool) -> Iterator[Case]:
    """Yield global pools, or bins that divide the sizes and that do not."""
    for volume, values in product((*SPATIAL, (7, 2), (9, 8, 4)), ("normal", "ties", "whole")):
        if is_global:
            yield Case({}, (volume,), values=values)
            yield Case({"keep": False}, (volume,), values=values)
            continue
        for bins in (1, 2, 3, 5, 11):
            yield Case({"output": bins}, (volume,), values=values)
        if len(volume) == 3:
            for bins in product((1, 3, 4), (2, 5)):
                yield Case({"output": list(bins)}, (volume,), values=values)


def on_all(*written: Fields, volumes: Sequence[Volume] = MORE_AXES) -> Callable[[], Iterator[Case]]:
    """Return what yields all fields on all volumes."""
    return lambda: (Case(fields, (volume,)) for fields in written for volume in volumes)


def reshapes() -> Iterator[Case]:
    for volume in ((24,), (6, 4), (3, 4, 2), (2, 3, 2, 2), (2, 1, 3, 2, 2)):
        for output in (
            [1, 2, 3, 1, 2, 2],
            [24],
            [4, 6],
            [2, 3, 4],
            [4, 3, 2],
            [1, 2, 3, 4],
            [2, 2, 2, 3],
        ):
            yield Case({"output": output}, (volume,))


def no_more(volume: Volume) -> Sequence[Fields]:
    return ()


def activations(
    *written: Fields, more: Callable[[Volume], Sequence[Fields]] = no_more
) -> Callable[[], Iterator[Case]]:
    """Return what yields normal and large values, and whole ones, which lie on the kinks.

    `more` has the fields that depend on the volume.
    """
    volumes = (*MORE_AXES, (9, 7, 11), (600, 300))
    return lambda: (
        Case(fields, (volume,), values=values)
        for volume in volumes
        for fields in (*(written or ({},)), *more(volume))
        for values in ("normal", "whole", "large")
    )


def fixed_for_each(volume: Volume) -> Sequence[Fields]:
    """Return numbers of a scale's own for each slice, one of them 0."""
    weight = [0.5 * n - 1 for n in range(volume[-1])]
    bias = [3 - 0.25 * n for n in range(volume[-1])]
    return {"weight": weight, "bias": bias}, {"weight": weight, "bias": True}, {"bias": bias}


def modest() -> Iterator[Case]:
    """Yield values whose powers float32 holds."""
    return (case for case in activations()() if case.values == "normal")


def above_0() -> Iterator[Case]:
    return (Case({}, (volume,), values="above 0") for volume in (*VOLUMES, (9, 7, 11)))


def gated() -> Iterator[Case]:
    """Yield volumes of an even depth."""
    return (case for case in activations()() if case.volumes[0][-1] % 2 == 0)


def norms(*more: Fields) -> Callable[[], Iterator[Case]]:
    """Return what yields norms in training and inference."""
    written = ({}, {"affine": False}, {"eps": 0.1}, {"scale": False}, {"center": False})
    grid = list(product(written, more or ({},), (*MORE_AXES, (9, 7, 8))))
    return lambda: (
        Case(fields | one, (volume,), training=training)
        for fields, one, volume in grid
        for training in (True, False)
        if volume[-1] % one.get("groups", 1) == 0
    )


def instance_norms() -> Iterator[Case]:
    return (case for case in norms()() if len(case.volumes[0]) > 1)


def lrns() -> Iterator[Case]:
    strong = {"alpha": 0.5, "beta": 0.6, "k": 2}
    for size, volume in product((1, 2, 3, 4, 5, 8, 20), (*SPATIAL, (5, 4, 12))):
        yield Case({"size": size}, (volume,))
        yield Case({"size": size, **strong}, (volume,))
    for more in ({}, {"beta": 1}, {"beta": 0.5}, {"beta": 0.75}, {"beta": 2}, {"alpha": 0}):
        yield Case(strong | more, ((4, 3, 7),), values="whole")


def borders() -> Iterator[Case]:
    for top, bottom, left, right in product((0, 2), (0, 1), (0, 3), (0, 1)):
        yield Case({"P": [[top, bottom], [left, right]]}, ((4, 5, 3),))
    for volume, P in product(((7, 2), (6, 5, 2), (5, 6, 5, 2)), (0, 1, 2)):
        yield Case({"P": P}, (volume,))
    yield Case({"P": [[2, 0]]}, ((5, 3),))
    yield Case({"P": [1, 0, 2]}, ((5, 3, 6, 2),))


MODES = ("reflect", "replicate", "circular")


def filled_borders() -> Iterator[Case]:
    """Yield borders, and those with values of the input as wide as they may be."""
    yield from borders()
    sides: tuple[tuple[Volume, Any], ...] = (
        ((4, 2), 3), ((4, 2), [[0, 2]]), ((3, 5, 2), [2, 1]), ((4, 3, 2), [[2, 0], [1, 2]]),
        ((2, 3, 4, 2), 1), ((2, 3, 4, 2), [[1, 0], [0, 2], [3, 1]]),
    )  # fmt: skip
    for (volume, P), mode in product(sides, MODES):
        yield Case({"P": P, "mode": mode}, (volume,))
    yield Case({"P": 4, "mode": "circular"}, ((4, 2),))
    yield Case({"P": 9, "mode": "replicate"}, ((4, 2),))


def upsamples() -> Iterator[Case]:
    volumes = (*SPATIAL, (1, 2), (1, 5, 3), (6, 7, 9))
    for volume, scale, mode in product(volumes, (1, 2, 3, 4), (None, "nearest", "bilinear")):
        yield Case(without_none(scale=scale, mode=mode), (volume,))
    for scale, mode in product(([1, 2], [3, 1], [2, 5]), ("nearest", "bilinear")):
        yield Case({"scale": scale, "mode": mode}, ((3, 4, 2),))
    for mode in ("nearest", "bilinear"):
        yield Case({"scale": [1, 2, 3], "mode": mode}, ((3, 1, 4, 2),))
        for W, scale in product((1, 3, 5, 8), (0.5, 0.75, 1.25, 1.5, 2.3, 2.7, 3.3)):
            # PyTorch's nearest has another pixel's gradient where a size stays or doubles
            if mode == "bilinear" or int(W * scale) not in (W, 2 * W):
                yield Case({"scale": scale, "mode": mode}, ((W, 2),))
        for W, size in product((1, 2, 3, 5, 8), (1, 2, 3, 4, 7, 9, 12)):
            yield Case({"output": size, "mode": mode}, ((W, 3),))
        yield Case({"scale": [1.5, 2], "mode": mode}, ((5, 4, 2),))
        yield Case({"output": [9, 4], "mode": mode}, ((4, 7, 2),))
        yield Case({"output": [5, 3, 7], "mode": mode}, ((3, 4, 5, 2),))
        yield Case({"like": "b", "mode": mode}, ((3, 4, 2), (7, 5, 3)))
        yield Case({"like": "b", "mode": mode}, ((5, 2), (3, 1)))


def merges() -> Iterator[Case]:
    """Yield pairs of which either is stretched, three and four sources; ties for the maximum."""
    full = (4, 3, 6)
    parts = (full, (1, 1, 6), (4, 1, 6), (1, 3, 1), (1, 1, 1), (6,), (1,))
    groups: list[tuple[Volume, ...]] = [(full, part) for part in parts]
    groups += [(part, full) for part in parts[1:]]
    groups += [((4, 1, 6), (1, 3, 1)), ((1, 3, 1), (4, 1, 6)), ((6,), (4, 3, 1))]
    groups += [(full, full, full), (full, (6,), (4, 3, 1)), (parts[1], full, parts[2], parts[3])]
    groups += [((6,), (6,)), ((6,), (1,)), ((5, 4), (5, 4), (4,)), ((2, 3, 4, 2), (2,), (1,))]
    groups += [((2, 3, 4, 2), (1, 3, 1, 2)), ((40, 40, 8),) * 2, ((5, 1), (1, 4), (5, 4))]
    for volumes, values in product(groups, ("normal", "ties")):
        yield Case({}, volumes, values=values)


def sums() -> Iterator[Case]:
    """Yield the merges, and sources of different sizes that are added in part."""
    yield from merges()
    for volumes in (
        ((8,), (5,)), ((5,), (8,)), ((5, 4), (5, 6)), ((4, 3, 6), (2, 5, 3)),
        ((4, 3, 6), (1, 1, 6)),
        ((4, 3, 6), (5, 4, 8), (4, 3, 2)), ((2, 3, 4, 2), (2, 3, 4, 1)), ((2, 1, 3, 2, 4),) * 2,
    ):  # fmt: skip
        yield Case({"unequal": "first"}, volumes)


def added(case: Case, inputs: list[Tensor], parameters: dict[str, Tensor]) -> Tensor:
    """Return the sum, of the other sources' common part with the first."""
    if "unequal" not in case.fields:
        return merged(sum)(case, inputs, parameters)
    first, *others = inputs
    for x in others:
        common = x[tuple(slice(size) for size in first.shape)]
        more = [n - size for n, size in zip(first.shape, common.shape, strict=True)]
        first = first + functional.pad(common, [side for n in more[::-1] for side in (0, n)])
    return first


def joins() -> Iterator[Case]:
    along = {"length": 1, "height": 2, "width": 2, "frames": 3, "depth": 3, 0: 4, 2: 3}
    for axis, rank in along.items():
        names = AXES_OF.get(rank + 1, [*range(rank + 1)])
        at = axis if isinstance(axis, int) else names.index(axis)
        full = (*(2, 3, 4, 2)[:rank], 3)
        volumes = tuple((*full[:at], size, *full[at + 1 :]) for size in (2, 1, 3))
        yield Case({"axis": axis}, volumes)
    for depths in ((1, 2), (3, 1, 4), (2, 2, 2, 2)):
        for spatial in ((), (5,), (4, 3), (2, 3, 2), (2, 1, 3, 2, 2)):
            yield Case({}, tuple((*spatial, depth) for depth in depths))


def concat(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    axis, rank = case.fields.get("axis", "depth"), inputs[0].dim() - 1
    at = axis if isinstance(axis, int) else AXES_OF.get(rank, [axis]).index(axis)
    return torch.cat(inputs, 1 if at == rank - 1 or axis == "depth" else 2 + at)


def shuffles() -> Iterator[Case]:
    for spatial, (D, groups) in product(
        ((), (3,), (4, 3), (2, 3, 2), (2, 1, 3, 2)), ((6, 2), (6, 3), (6, 1), (6, 6), (12, 4))
    ):
        yield Case({"groups": groups}, ((*spatial, D),))


def channel_shuffle(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    (x,) = inputs
    if x.dim() == 2:
        return functional.channel_shuffle(x[..., None], case.fields["groups"])[..., 0]
    return functional.channel_shuffle(x, case.fields["groups"])


def _scales() -> Iterator[tuple[Volume, Fields]]:
    orders: tuple[Fields, ...] = ({}, {"order": "pytorch"}, {"order": "tensorflow"})
    for order in orders:
        for volume in ((6,), (6, 4), (4, 6), (2, 6, 4)):
            for scale in (1, 2):
                yield volume, {"scale": scale, **order}
        yield (6,), {"scale": 3, **order}
        yield (6, 4), {"scale": [3, 2], **order}
        yield (2, 6, 4), {"scale": [1, 3, 2], **order}


def pixel_shuffles() -> Iterator[Case]:
    for spatial, fields in _scales():
        block = prod(per_axis(fields["scale"], len(spatial)))
        for D in (1, 3):
            yield Case(fields, ((*spatial, D * block),))


def pixel_unshuffles() -> Iterator[Case]:
    for spatial, fields in _scales():
        for D in (1, 3):
            yield Case(fields, ((*spatial, D),))


def pixel_shuffle(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    """Copy each value to its place, one place of the block at a time."""
    (x,) = inputs
    n, D, *spatial = x.shape
    scales = per_axis(case.fields["scale"], len(spatial))
    C, blocks = D // prod(scales), list(product(*map(range, scales)))
    y = x.new_zeros((n, C, *(W * s for W, s in zip(spatial, scales, strict=True))))
    for number, place in enumerate(blocks):
        first_slice = case.fields.get("order") != "tensorflow"
        taken = [c * len(blocks) + number if first_slice else number * C + c for c in range(C)]
        steps = tuple(slice(p, None, s) for p, s in zip(place, scales, strict=True))
        y[(slice(None), slice(None), *steps)] = x[:, taken]
    return y


def pixel_unshuffle(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    """Read each value of a block, one place at a time."""
    (x,) = inputs
    scales = per_axis(case.fields["scale"], x.dim() - 2)
    parts = [
        x[(slice(None), slice(None), *(slice(p, None, s) for p, s in zip(at, scales, strict=True)))]
        for at in product(*map(range, scales))
    ]
    if case.fields.get("order") == "tensorflow":
        return torch.cat(parts, 1)
    return torch.stack(parts, 2).flatten(1, 2)


def slices() -> Iterator[Case]:
    written: tuple[Fields, ...] = (
        {}, {"start": 2}, {"stop": 3}, {"start": 1, "stop": -1}, {"start": -2},
        {"part": 1, "of": 3}, {"part": 3, "of": 3},
    )  # fmt: skip
    for volume in ((6,), (5, 6), (4, 5, 6), (2, 4, 5, 6)):
        for fields in written:
            yield Case(fields, (volume,))
    for axis, fields in product(("height", "width"), ({"start": 1}, {"part": 2, "of": 2})):
        yield Case({"axis": axis, **fields}, ((4, 6, 3),))
        yield Case({"axis": axis, **fields}, ((2, 4, 6, 3),))
    yield Case({"axis": "frames", "stop": 1}, ((2, 4, 6, 3),))
    yield Case({"axis": "length", "start": -2}, ((4, 3),))
    for axis in range(5):
        yield Case({"axis": axis, "start": 1}, ((2, 4, 3, 2, 3),))


SLOPES = ("one", "per_slice", "per_value")
AXES_OF = {1: ["depth"], 2: ["length", "depth"], 3: ["height", "width", "depth"],
           4: ["frames", "height", "width", "depth"]}  # fmt: skip


def sliced(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    (x,) = inputs
    axis = case.fields.get("axis", "depth")
    if axis == "depth":
        axis = x.dim() - 2
    elif isinstance(axis, str):
        axis = AXES_OF[x.dim() - 1].index(axis)
    at = 1 if axis == x.dim() - 2 else 2 + axis
    if "of" in case.fields:
        return torch.chunk(x, case.fields["of"], at)[case.fields["part"] - 1]
    places = range(x.shape[at])[case.fields.get("start", 0) : case.fields.get("stop")]
    return torch.narrow(x, at, places.start, len(places))


def transposes() -> Iterator[Case]:
    for volume in ((5,), (4, 5), (3, 4, 5), (2, 3, 4, 5)):
        for order in permutations(range(len(volume))):
            yield Case({"axes": list(order)}, (volume,))
            yield Case({"axes": [AXES_OF[len(volume)][axis] for axis in order]}, (volume,))
    for order in ((0, 2, 1, 3, 4), (4, 3, 2, 1, 0), (1, 4, 0, 3, 2)):
        yield Case({"axes": list(order)}, ((2, 3, 1, 4, 5),))


def transposed_axes(case: Case, inputs: list[Tensor], _: Any) -> Tensor:
    depth_last = inputs[0].movedim(1, -1)
    names = AXES_OF.get(depth_last.dim() - 1, [])
    order = [1 + (names.index(a) if isinstance(a, str) else a) for a in case.fields["axes"]]
    return depth_last.permute(0, *order).movedim(-1, 1)


def activation(function: Callable[..., Tensor], *written: Fields) -> Oracle:
    """Return the oracle of a function of each value."""
    return Oracle(plainly(function), activations(*written), 18)


def softplus(x: Tensor) -> Tensor:
    """Return softplus without PyTorch's threshold, above which it gives x."""
    return torch.logaddexp(x, torch.zeros_like(x))


def relu(x: Tensor, max: float = inf, slope: float = 0, threshold: float = 0) -> Tensor:  # noqa: A002
    """Return Keras' ReLU, whose slope is 0 at max."""
    if (max, slope, threshold) == (inf, 0, 0):
        return functional.relu(x)
    above = torch.where(x < max, x, torch.full_like(x, max) if max < inf else x)
    return torch.where(x > threshold, above, slope * (x - threshold))


def hard_sigmoid(x: Tensor) -> Tensor:
    """Return hard_sigmoid; the slope of PyTorch's own is the float32 next to 1/6."""
    return functional.relu6(x + 3) / 6


ORACLES: dict[str, Oracle] = {
    "conv": Oracle(conv, lambda: convolutions("conv"), 270),
    "depthwise_conv": Oracle(conv, lambda: convolutions("depthwise_conv"), 270),
    "separable_conv": Oracle(separable_conv, lambda: few_convolutions("separable_conv"), 120),
    "local_conv": Oracle(local_conv, lambda: few_convolutions("local_conv"), 120),
    "conv_transpose": Oracle(conv_transpose, transposed, 270),
    "max_pool": Oracle(max_pool, lambda: pools("max_pool"), 300),
    "max_unpool": Oracle(max_unpool, unpools, 120),
    "avg_pool": Oracle(avg_pool, lambda: pools("avg_pool"), 400),
    "l2_pool": Oracle(l2_pool, lambda: pools("l2_pool"), 400),
    "global_max_pool": Oracle(adaptive("max"), lambda: globals_and_bins(True), 30),
    "global_avg_pool": Oracle(adaptive("avg"), lambda: globals_and_bins(True), 30),
    "adaptive_max_pool": Oracle(adaptive("max"), lambda: globals_and_bins(False), 90),
    "adaptive_avg_pool": Oracle(adaptive("avg"), lambda: globals_and_bins(False), 90),
    "dense": Oracle(
        dense,
        on_all(
            *({"units": 1}, {"units": 5}, {"units": 5, "bias": False}, {"K": 1, "flatten": False}),
            {"units": 5, "bias": False, "flatten": False},
        ),
        25,
    ),
    "flatten": Oracle(lambda case, inputs, _: inputs[0].flatten(1), on_all({}), 4),
    "reshape": Oracle(reshape, reshapes, 24),
    "dropout": Oracle(
        dropout,
        lambda: (
            Case({"rate": rate}, (volume,), training=training)
            for volume in VOLUMES
            for rate, training in ((0.5, False), (0.9, False), (0, True))
        ),
        12,
    ),
    "batch_norm": Oracle(batch_norm, norms(), 30),
    "instance_norm": Oracle(norm, instance_norms, 24),
    "layer_norm": Oracle(layer_norm, norms({}, {"over": "all"}), 100),
    "group_norm": Oracle(norm, norms({"groups": 1}, {"groups": 2}, {"groups": 4}), 50),
    "lrn": Oracle(lrn, lrns, 62),
    "rms_norm": Oracle(rms_norm, activations({}, {"weight": False}, {"eps": 0.1}), 50),
    "l2_normalize": Oracle(l2_normalize, activations({}, {"eps": 2}), 30),
    "scale": Oracle(
        scaled,
        activations(
            {},
            {"bias": True},
            {"weight": False, "bias": True},
            {"weight": False},
            {"weight": 0.5, "bias": -2},
            {"weight": -1.5, "bias": True},
            more=fixed_for_each,
        ),
        100,
    ),
    "relu": activation(
        relu,
        *({}, {"max": 3}, {"slope": 0.25}, {"threshold": 2}, {"max": 2, "threshold": 4}),
        {"max": 6, "slope": -0.5, "threshold": 1},
    ),
    "hard_tanh": activation(functional.hardtanh),
    "softsign": activation(functional.softsign),
    "exp": Oracle(plainly(torch.exp), modest, 5),
    "abs": activation(torch.abs),
    "sqrt": Oracle(plainly(torch.sqrt), above_0, 5),
    "identity": activation(lambda x: x * 1),
    "glu": Oracle(plainly(lambda x: functional.glu(x, 1)), gated, 15),
    "gelu": activation(functional.gelu),
    "silu": activation(functional.silu),
    "mish": activation(functional.mish),
    "relu6": activation(functional.relu6),
    "hard_sigmoid": activation(hard_sigmoid),
    "hard_swish": activation(functional.hardswish),
    "sigmoid": activation(torch.sigmoid),
    "tanh": activation(torch.tanh),
    "softplus": activation(softplus),
    "softmax": activation(lambda x: functional.softmax(x, 1)),
    "log_softmax": activation(lambda x: functional.log_softmax(x, 1)),
    "elu": activation(functional.elu),
    "selu": activation(functional.selu),
    "leaky_relu": activation(
        lambda x, slope=0.01: functional.leaky_relu(x, slope),
        *({}, {"slope": 0.2}, {"slope": 0}, {"slope": -0.5}, {"slope": 1.5}),
    ),
    "prelu": Oracle(
        prelu, activations({}, {"per_channel": True}, *({"slopes": s} for s in SLOPES)), 90
    ),
    "pad": Oracle(lambda case, inputs, _: shifted(case, inputs, 1), filled_borders, 45),
    "crop": Oracle(cropped, lambda: chain(borders(), centres()), 45),
    "upsample": Oracle(upsample, upsamples, 200),
    "channel_shuffle": Oracle(channel_shuffle, shuffles, 15),
    "pixel_shuffle": Oracle(pixel_shuffle, pixel_shuffles, 30),
    "pixel_unshuffle": Oracle(pixel_unshuffle, pixel_unshuffles, 30),
    "slice": Oracle(sliced, slices, 25),
    "transpose": Oracle(transposed_axes, transposes, 30),
    "add": Oracle(added, sums, 48),
    "subtract": Oracle(merged(lambda xs: reduce(torch.sub, xs)), merges, 40),
    "multiply": Oracle(merged(lambda xs: reduce(torch.mul, xs)), merges, 40),
    "maximum": Oracle(merged(lambda xs: reduce(torch.maximum, xs)), merges, 40),
    "average": Oracle(merged(lambda xs: sum(xs) / len(xs)), merges, 40),
    "concat": Oracle(concat, joins, 22),
}


# -- runs --------------------------------------------------------------------------------------


def spec_of(kind: str, case: Case, batch: int, chain: bool = False) -> dict[str, Any]:
    """Return the spec of a case; in a chain with a layer before (x + x) and behind (its mean)."""
    names = ["a", "b", "c", "d"][: len(case.volumes)]
    sources, layers = names, []
    if chain:
        sources = [f"{name}2" for name in names]
        layers = [{"add": {"name": f"{name}2", "from": [name, name]}} for name in names]
    one = len(names) == 1 or KINDS[kind].reference is not None
    layer = {"name": "layer", "from": sources[0] if one else sources}
    layers += [*case.before, {kind: {**case.fields, **layer}}]
    if chain:
        layers.append({"average": {"name": "behind", "from": ["layer", "layer"]}})
    volumes = dict(zip(names, map(list, case.volumes), strict=True))
    return {"inputs": volumes, "batch": batch, "rounding": case.rounding, "layers": layers}


def passed(traced: Any, given: Given, passes: int = 1, inputs_too: bool = True, **more: Any) -> Any:
    """Run a session: forward and backward, so many times."""
    session = Session(traced, given.parameters, **more)
    for _ in range(passes):
        session.engine.forward(session.inputs(given.inputs))
        session.engine.backward(session.upstream(given.upstream), inputs_too=inputs_too)
    return result_of(session, [])


def once(traced: Any, given: Given, **more: Any) -> Result:
    """Run a network by the package's own function."""
    return run(traced, **given._asdict(), **more)


Way = tuple[Callable[..., Result], dict[str, Any], float]
WAYS: dict[str, Way] = {
    "run": (once, {}, EXACT),
    "plain": (passed, {"plain": True}, EXACT),
    "fast": (passed, {"fast": True}, EXACT),
    "twice": (passed, {"passes": 2, "keep": "outputs"}, EXACT),
    "without the inputs' gradients": (passed, {"inputs_too": False}, EXACT),
    "float32": (once, {"dtype": "float32"}, LOOSE),
}
TURNS = (("fast", "twice"), ("without the inputs' gradients", "float32"))  # by turns, for speed


def from_torch(function: Callable[..., Tensor], case: Case, given: Given) -> dict[str, Array]:
    """Return the output and the gradients, by name."""
    inputs = {name: torch.from_numpy(x).requires_grad_() for name, x in given.inputs.items()}
    parameters = {
        name.removeprefix("layer."): torch.from_numpy(p).requires_grad_("running" not in name)
        for name, p in given.parameters.items()
    }
    output = function(case, list(inputs.values()), parameters)
    output.backward(torch.from_numpy(given.upstream["layer"]))
    found = {"output": output.detach().numpy()}
    for name, x in inputs.items():  # one that is only looked at has a gradient of 0
        found[f"{name}.grad"] = np.zeros(x.shape) if x.grad is None else x.grad.numpy()
    return found | {
        f"layer.{name}.grad": p.grad.numpy() for name, p in parameters.items() if p.requires_grad
    }


def named(result: Result, output: str = "layer") -> dict[str, Array]:
    """Return the output and the gradients of a run under the names of `from_torch`."""
    gradients = {f"{name}.grad": array for name, array in result.gradients.items()}
    return {"output": result.outputs[output], **gradients}


def faults(
    attempt: Callable[[], Result], output: str, wanted: Mapping[str, Array], limit: float
) -> list[str]:
    """Run, and say what differs from what is wanted; running statistics have no gradient."""
    try:
        ours = named(attempt(), output)
    except (ValueError, TypeError, IndexError, ArithmeticError) as error:
        return [f"{type(error).__name__} {error}"]
    found = [f"{name} is there" for name in ours if "running" in name]
    return found + list(differences(ours, wanted, limit))


def run_differs(
    kind: str, function: Callable[..., Tensor], case: Case, number: int
) -> list[str] | None:
    """Say where the executor and PyTorch differ in one case; None where the spec is faulty."""
    alone = kind == "batch_norm" and len(case.volumes[0]) == 1  # refused by PyTorch: one value
    batch = 1 if number % 2 and not alone else 3
    traced = trace(spec_of(kind, case, batch))
    if any(item.severity == "error" for item in traced.diagnostics):
        return None
    given = draw_given(traced, number, batch, ["layer"], case.values)
    before = draw_given(traced, number, batch, ["layer"], case.values)
    theirs = from_torch(function, case, given)
    assert not any(np.isnan(array).any() for array in theirs.values()), (kind, case)
    found = []
    learned = {n: a for n, a in theirs.items() if n.partition(".")[0] not in given.inputs}
    for way in ("run", "plain", *TURNS[number // 2 % len(TURNS)]):
        how, options, limit = WAYS[way]
        wanted = learned if options.get("inputs_too") is False else theirs
        attempt = partial(how, traced, given, training=case.training, **options)
        found += [f"{way}: {text}" for text in faults(attempt, "layer", wanted, limit)]
    halved = Given(
        {name: x / 2 for name, x in given.inputs.items()},
        given.parameters,
        {"behind": given.upstream["layer"]},
    )
    chained = trace(spec_of(kind, case, batch, chain=True))
    attempt = partial(passed, chained, halved, training=case.training, keep="outputs")
    wanted = {n: a if n in learned else a * 2 for n, a in theirs.items()}
    found += [f"chain: {text}" for text in faults(attempt, "behind", wanted, EXACT)]
    for part, old in zip(given, before, strict=True):
        found += [f"{n} was written over" for n in part if not np.array_equal(part[n], old[n])]
    return found


def compare(kind: str, oracle: Oracle) -> None:
    """Fail with the cases in which the two differ, and if there are fewer cases than meant."""
    differing, compared = [], 0
    for number, case in enumerate(oracle.cases()):
        found = run_differs(kind, oracle.function, case, number)
        if found is not None:
            compared += 1
            if found:
                differing.append((case, found))
    assert compared >= oracle.least, f"only {compared} cases of {kind}"
    lines = [f"{len(differing)} of {compared} cases of {kind} differ"]
    lines += [f"{case}: {'; '.join(found)}" for case, found in differing[:12]]
    assert not differing, "\n".join(lines)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("kind", ORACLES)
def test_kernels_agree_with_autograd(kind: str) -> None:
    compare(kind, ORACLES[kind])


def small_bands(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Let kernels cut small arrays, too, into bands and blocks; return what was changed."""
    changed = set()
    for name, module in list(sys.modules.items()):
        for constant, value in {"BAND": 200, "BLOCK": 200, "SHORT": 1}.items():
            if name.startswith("shapecalc.executor.kernels.") and hasattr(module, constant):
                monkeypatch.setattr(module, constant, value)
                changed.add(f"{name.rpartition('.')[2]}.{constant}")
    monkeypatch.setattr(
        winograd,
        "fits",
        lambda how, *_: how.F == (3, 3) and {*how.S, *how.dilation, how.groups} == {1},
    )
    return changed


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("kind", ORACLES)
def test_kernels_agree_in_small_bands(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"cache_blocks.BLOCK", "im2col.BAND", "winograd.BAND"} <= small_bands(monkeypatch)
    oracle = ORACLES[kind]
    cases = [case for case in oracle.cases() if prod(case.volumes[0]) < 3000]
    cases = cases[1 :: 3 if len(cases) > 60 else 1]
    compare(kind, oracle._replace(cases=lambda: iter(cases), least=1))


def test_max_pool_one_axis_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small windows, too, the way large ones are taken."""
    monkeypatch.setattr("shapecalc.executor.kernels.small_windows.FEW", 0)
    oracle = ORACLES["max_pool"]
    compare("max_pool", oracle._replace(cases=lambda: islice(oracle.cases(), 1, None, 3), least=1))


def test_every_kind_has_an_oracle() -> None:
    # an operation is never executed: its kernel is there for verify, which goes around it
    assert set(ORACLES) | {"operation"} == set(KINDS) - COMPOSITES == set(KERNELS)


@pytest.mark.parametrize("kind", ["max_pool", "avg_pool", "l2_pool"])
def test_windows_counted_one_by_one_are_those_of_pytorch(kind: str) -> None:
    compared = 0
    for number, case in enumerate(ORACLES[kind].cases()):
        traced = trace(spec_of(kind, case, 2))
        if any(item.severity == "error" for item in traced.diagnostics) or case.values == "zeros":
            continue
        given = draw_given(traced, number, 2, ["layer"], case.values)
        x = torch.from_numpy(given.inputs["a"]) + (100.0 if kind == "l2_pool" else 0.0)
        theirs = native_pool(kind, case, x.requires_grad_())
        if theirs is None or torch.isinf(theirs).any():
            continue
        ours = ORACLES[kind].function(case, [x], {})
        above = torch.from_numpy(given.upstream["layer"])
        gradients = [torch.autograd.grad(y, x, above)[0].numpy() for y in (ours, theirs)]
        assert distance(ours.detach(), theirs.detach()) <= 1e-12, case
        assert distance(*gradients) <= 1e-12, case
        compared += 1
    assert compared >= 40


ACTIVATIONS = (
    *("relu", "relu6", "hard_sigmoid", "hard_swish", "leaky_relu", "elu", "selu", "gelu", "silu"),
    *("mish", "sigmoid", "tanh", "softplus", "hard_tanh"),
)


@pytest.mark.parametrize("above", [math.inf, -math.inf])
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_an_infinite_gradient_becomes_what_pytorch_makes_of_it(kind: str, above: float) -> None:
    x = np.array([-9.0, -3.0, -0.5, -0.0, 0.0, 0.5, 3.0, 6.0, 9.0])
    given = torch.tensor(x.reshape(1, -1), requires_grad=True)
    y = ORACLES[kind].function(Case({}, ((len(x),),)), [given], {})
    (theirs,) = torch.autograd.grad(y, given, torch.full_like(y, above))
    result = run({"input": len(x), "layers": [kind]}, inputs=x)
    assert np.isfinite(result.outputs[f"{kind}1"]).all()
    kernel, context = KERNELS[kind](KINDS[kind]()), Context(Buffers("float64"))
    _, saved = kernel.forward(context, [x.reshape(1, -1)], {})
    (ours,), _ = kernel.backward(context, np.full((1, len(x)), above), saved, {}, [True])
    assert ours is not None
    assert np.array_equal(ours, theirs.numpy(), equal_nan=True), (ours, theirs)


# -- planted faults ----------------------------------------------------------------------------


def first_cases(kind: str, more: Callable[..., Tensor] | None = None) -> Oracle:
    """Return an oracle for a few cases, with another function if one is given."""
    oracle = ORACLES[kind]
    return Oracle(more or oracle.function, lambda: islice(oracle.cases(), 0, 40, 8), 1)


@pytest.mark.parametrize("kind", ORACLES)
def test_a_wrong_oracle_is_noticed(kind: str) -> None:
    right = ORACLES[kind].function

    class Steeper(torch.autograd.Function):  # type: ignore[misc, name-defined]
        """The identity, with a gradient that is a millionth too large."""

        @staticmethod
        def forward(context: Any, x: Tensor) -> Tensor:
            return x * 1

        @staticmethod
        def backward(context: Any, above: Tensor) -> Tensor:
            return above * (1 + 1e-6)

    for wrong in (
        lambda *given: right(*given) * (1 + 1e-6),
        lambda *given: Steeper.apply(right(*given)),
    ):
        with pytest.raises(AssertionError, match="differ"):
            compare(kind, first_cases(kind, wrong))


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        *product(ORACLES, ["forward", "inputs"]),
        *((kind, "parameters") for kind in ORACLES if KINDS[kind].has_weights),
    ],
)
def test_a_wrong_kernel_is_noticed(kind: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = KERNELS[kind]
    touched = False

    def off(values: Array) -> Array:
        nonlocal touched
        touched = True
        return values * (1 + 1e-6)

    class Wrong(right):  # type: ignore[misc, valid-type]
        """The kernel, a millionth too large in one of its answers."""

        def forward(self, *given: Any) -> Any:
            output, saved = super().forward(*given)
            return off(output) if what == "forward" else output, saved

        def backward(self, *given: Any) -> Any:
            below, learned = super().backward(*given)
            if what == "inputs":
                below = [off(g) if g is not None else None for g in below]
            if what == "parameters":
                learned = {name: off(g) for name, g in learned.items()}
            return below, learned

    monkeypatch.setitem(KERNELS, kind, Wrong)
    with pytest.raises(AssertionError, match="differ"):
        compare(kind, first_cases(kind))
    assert touched


# -- networks of a few layers ------------------------------------------------------------------

Written = Mapping[str, Any]


def evaluate(
    spec: Written, given: Given, training: bool = True
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Run a spec whose layers are all named in PyTorch; return values and parameters by name."""
    values = {name: torch.from_numpy(x).requires_grad_() for name, x in given.inputs.items()}
    parameters = {
        name: torch.from_numpy(p).requires_grad_("running" not in name)
        for name, p in given.parameters.items()
    }
    before = next(iter(values))
    for layer in spec["layers"]:
        ((kind, fields),) = layer.items()
        fields = dict(fields)
        name, sources = fields.pop("name"), fields.pop("from", before)
        owner = fields.pop("share", name)
        own = {
            key.rpartition(".")[2]: p
            for key, p in parameters.items()
            if key.rpartition(".")[0] == owner
        }
        sources = [sources] if isinstance(sources, str) else sources
        case = Case(fields, (), spec.get("rounding", "exact"), training)
        values[name] = ORACLES[kind].function(case, [values[s] for s in sources], own) * 1
        values[name].retain_grad()
        before = name
    return values, parameters


def gradients_of(
    values: Mapping[str, Tensor], parameters: Mapping[str, Tensor]
) -> dict[str, Array]:
    """Return the gradients that there are."""
    both = {**values, **parameters}
    return {name: t.grad.numpy() for name, t in both.items() if t.grad is not None}


def passed_back(
    spec: Written, given: Given, upstream: Sequence[str], training: bool
) -> tuple[dict[str, Array], dict[str, Array], dict[str, Tensor]]:
    """Return PyTorch's values and gradients, and the parameters."""
    values, parameters = evaluate(spec, given, training)
    above = [torch.from_numpy(given.upstream[name]) for name in upstream]
    torch.autograd.backward([values[name] for name in upstream], above)
    outputs = {name: value.detach().numpy() for name, value in values.items()}
    return outputs, gradients_of(values, parameters), parameters


def rounded_away(
    spec: Written,
    given: Given,
    upstream: Sequence[str],
    training: bool,
    wanted: Sequence[Mapping[str, Array]],
) -> set[str]:
    """Return the names of arrays that PyTorch's own float32 does not give either.

    What an elu gives at -20 is -1 then, where a hard_tanh lets nothing through; and a bias in front
    of a batch_norm has a gradient of 0, of which nothing but rounding is left.
    """
    single = Given(
        *({name: a.astype(np.float32) for name, a in arrays.items()} for arrays in given)
    )
    *found, _ = passed_back(spec, single, upstream, training)
    return {
        name
        for ours, theirs in zip(found, wanted, strict=True)
        for name, array in theirs.items()
        if not distance(ours[name], array) <= LOOSE
    }


def compare_network(
    spec: Written, upstream: Sequence[str], batch: int = 2, training: bool = True, seed: int = 0
) -> None:
    """Compare every value and every gradient of a small network."""
    traced = trace(spec)
    assert not [item for item in traced.diagnostics if item.severity == "error"], traced
    given = draw_given(traced, seed, batch, upstream, "normal")
    outputs, gradients, parameters = passed_back(spec, given, upstream, training)
    unsettled = rounded_away(spec, given, upstream, training, (outputs, gradients))
    for options in ({}, {"dtype": "float32"}, {"keep": "outputs"}):
        limit = 10 * LOOSE if "dtype" in options else EXACT  # rounding adds up over the layers
        result = once(traced, given, training=training, **options)
        wanted, learned = outputs, gradients
        if options.get("keep") == "outputs":
            wanted = {n: outputs[n] for n in traced.outputs}
            learned = {n: g for n, g in gradients.items() if n in parameters or n in traced.inputs}
            assert set(result.outputs) == set(wanted)
        if "dtype" in options:
            wanted = {n: a for n, a in wanted.items() if n not in unsettled}
            learned = {n: a for n, a in learned.items() if n not in unsettled}
        found = [*differences(result.outputs, wanted, limit)]
        found += differences(result.gradients, learned, limit)
        assert not found, (options, found)
    for way in ({"plain": True}, {"fast": True}, {"plain": True, "keep": "outputs", "passes": 2}):
        result = passed(traced, given, training=training, **way)
        learned = {n: g for n, g in gradients.items() if n in parameters or n in traced.inputs}
        found = [*differences(result.gradients, learned, EXACT)]
        assert not found, (way, found)


def conv_named(name: str, K: int, F: int = 3, **more: Any) -> dict[str, Any]:
    """Return a convolution that keeps the sizes."""
    return {"conv": {"K": K, "F": F, "P": F // 2, "name": name, **more}}


NETWORKS: dict[str, tuple[Written, list[str]]] = {
    "a convolution used twice": (
        {
            "input": [6, 5, 3],
            "layers": [
                conv_named("first", 3),
                {"relu": {"name": "act"}},
                conv_named("again", 3, share="first"),
                conv_named("else", 3, share="first", **{"from": "input"}),
                {"add": {"name": "sum", "from": ["again", "else", "act"]}},
            ],
        },
        ["sum"],
    ),
    "dense, norm and slopes used twice": (
        {
            "inputs": {"left": [8], "right": [2, 4]},
            "layers": [
                {"dense": {"units": 6, "name": "one", "from": "left"}},
                {"batch_norm": {"name": "norm"}},
                {"prelu": {"per_channel": True, "name": "slopes"}},
                {"dense": {"units": 6, "name": "two", "from": "right", "share": "one"}},
                {"batch_norm": {"name": "norm2", "share": "norm"}},
                {"prelu": {"per_channel": True, "name": "slopes2", "share": "slopes"}},
                {"subtract": {"name": "gap", "from": ["slopes", "slopes2"]}},
                {"layer_norm": {"name": "level"}},
                {"layer_norm": {"name": "level2", "share": "level", "from": "slopes2"}},
            ],
            "outputs": ["level", "level2", "gap"],
        },
        ["level", "level2", "gap"],
    ),
    "several consumers of one output": (
        {
            "input": [6, 6, 2],
            "rounding": "floor",
            "layers": [
                conv_named("stem", 4),
                {"relu": {"name": "act"}},
                {"max_pool": {"F": 3, "S": 1, "P": 1, "name": "pooled"}},
                {"sigmoid": {"name": "gate", "from": "act"}},
                {"multiply": {"name": "gated", "from": ["act", "gate", "pooled"]}},
                {"subtract": {"name": "less", "from": ["gated", "act"]}},
                {"tanh": {"name": "bent", "from": "less"}},
                {"concat": {"name": "all", "from": ["bent", "act", "less", "bent"]}},
                {"softmax": {"name": "p"}},
            ],
        },
        ["p"],
    ),
    "several inputs and outputs, one of them in the middle": (
        {
            "inputs": {"image": [5, 5, 3], "vector": [4], "mask": [5, 5, 1]},
            "layers": [
                conv_named("a", 4, **{"from": "image"}),
                {"multiply": {"name": "masked", "from": ["a", "mask"]}},
                {"add": {"name": "shifted", "from": ["vector", "masked"]}},
                {"relu": {"name": "act"}},
                {"global_avg_pool": {"name": "mean"}},
                {"dense": {"units": 3, "name": "scores"}},
                conv_named("map", 2, 1, **{"from": "act"}),
            ],
            "outputs": ["act", "scores", "map", "masked"],
        },
        ["act", "scores", "map", "masked"],
    ),
    "upstream gradients of inputs and of layers that are no outputs": (
        {
            "input": [4, 4, 2],
            "layers": [
                conv_named("a", 2),
                {"relu": {"name": "b"}},
                {"relu6": {"name": "c"}},
                {"dropout": {"rate": 0, "name": "d"}},
                {"add": {"name": "e", "from": ["d", "input", "d"]}},
            ],
        },
        ["e", "input", "a", "b", "c", "d"],
    ),
    "one after the other, each written over the last": (
        {
            "input": [6, 4, 4],
            "layers": [
                {"add": {"name": "double", "from": ["input", "input"]}},
                *({kind: {"name": kind}} for kind in ("relu6", "sigmoid", "tanh", "elu", "selu")),
                *({kind: {"name": kind}} for kind in ("silu", "softplus", "gelu", "mish")),
                *({kind: {"name": kind}} for kind in ("hard_swish", "leaky_relu", "prelu")),
                *({kind: {"name": kind}} for kind in ("batch_norm", "softmax", "log_softmax")),
                {"instance_norm": {"name": "in"}},
                {"relu": {"name": "relu"}},
                {"crop": {"P": [[1, 0], [0, 1]], "name": "crop"}},
                {"batch_norm": {"name": "again"}},
                {"relu": {"name": "last"}},
            ],
        },
        ["last"],
    ),
    "flattened, reshaped, cut and convolved": (
        {
            "input": [6, 4, 3],
            "layers": [
                {"flatten": {"name": "flat"}},
                {"dense": {"units": 48, "name": "full"}},
                {"reshape": {"output": [4, 3, 4], "name": "volume"}},
                conv_named("a", 3),
                {"reshape": {"output": [6, 6], "name": "line"}},
                conv_named("b", 4),
                {"reshape": {"output": [4, 6, 1], "name": "slice"}},
                {"pad": {"P": [[1, 0], [0, 2]], "name": "pad"}},
                {"crop": {"P": [[0, 1], [2, 1]], "name": "crop"}},
                conv_named("c", 2),
                {"upsample": {"scale": 2, "mode": "bilinear", "name": "up"}},
                {"depthwise_conv": {"F": 3, "name": "deep"}},
                {"reshape": {"output": [3, 2, 2, 8], "name": "cube"}},
                {"conv_transpose": {"K": 2, "F": 2, "S": 2, "name": "wide"}},
                {"max_pool": {"F": 2, "name": "pool"}},
                {"dense": {"units": 4, "name": "end"}},
            ],
        },
        ["end"],
    ),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
def test_small_networks(name: str, training: bool) -> None:
    for batch in (2, 3):
        compare_network(*NETWORKS[name], batch=batch, training=training)


SHRINKING = {"F": 3, "S": 2, "P": 1}
RANDOM: list[Written] = [
    {"conv": {"K": 4, "F": 3, "P": "same"}},
    {"conv": {"K": 2, "F": 2, "S": 2}},
    {"conv": {"K": 4, "F": 1, "groups": 2}},
    {"depthwise_conv": {"F": 3, "P": 1, "multiplier": 2}},
    {"conv_transpose": {"K": 2, "F": 3, "S": 2}},
    *({kind: SHRINKING} for kind in ("max_pool", "avg_pool", "l2_pool")),
    {"global_avg_pool": {}},
    {"adaptive_max_pool": {"output": 3}},
    *({kind: {}} for kind in ("relu", "gelu", "silu", "tanh", "sigmoid", "softmax", "elu")),
    *({kind: {}} for kind in ("relu6", "hard_swish", "leaky_relu", "prelu", "log_softmax")),
    *({kind: {}} for kind in ("batch_norm", "lrn", "flatten")),
    {"group_norm": {"groups": 2}},
    {"dense": {"units": 12}},
    {"dropout": {"rate": 0}},
    *({kind: {}} for kind in ("abs", "identity", "softsign", "hard_tanh", "glu")),
    {"relu": {"max": 1, "slope": 0.2, "threshold": 0.1}},
    *({kind: {}} for kind in ("rms_norm", "l2_normalize", "scale")),
    {"scale": {"weight": 0.5, "bias": True}},
    {"scale": {"weight": [0.5, -1, 2, 1], "bias": [0, 1, -1, 0.5]}},
    {"conv": {"K": 4, "F": 2, "P": "causal"}},
    *({"conv": {"K": 4, "F": 3, "P": 1, "mode": mode}} for mode in ("reflect", "circular")),
    {"pad": {"P": 1, "mode": "replicate"}},
    *({"pad": {"P": 1, "mode": mode}} for mode in ("reflect", "circular")),
    {"global_max_pool": {"keep": False}},
    {"layer_norm": {"over": "all"}},
    *({"prelu": {"slopes": slopes}} for slopes in ("per_slice", "per_value")),
    {"separable_conv": {"K": 4, "F": 3, "P": 1}},
    {"local_conv": {"K": 2, "F": 2, "S": 1}},
    {"concat": {"axis": "height"}},
    {"slice": {"axis": "width", "stop": -1}},
    {"channel_shuffle": {"groups": 2}},
    {"pixel_shuffle": {"scale": 2}},
    {"pixel_unshuffle": {"scale": 2, "order": "tensorflow"}},
    *({"slice": {"part": part, "of": 2}} for part in (1, 2)),
    {"slice": {"axis": "height", "start": 1}},
    *({"transpose": {"axes": axes}} for axes in ([1, 0, 2], [2, 0, 1], [1, 0])),
    *({"reshape": {"output": volume}} for volume in ([2, 3, 2], [2, 2, 4], [4, 3], [2, 2, 3, 4])),
    {"pad": {"P": 1}},
    {"crop": {"P": [[1, 0], [0, 1]]}},
    {"upsample": {"scale": 2}},
    {"upsample": {"scale": 2, "mode": "bilinear"}},
    *({kind: {}} for kind in ("add", "multiply", "average", "subtract", "concat", "maximum")),
]


def random_network(seed: int, count: int = 14) -> tuple[dict[str, Any], list[str]]:
    """Return a network of random layers, each on random earlier values, and its loose ends."""
    pick = random.Random(seed)
    spec: dict[str, Any] = {"input": pick.choice(([6, 6, 4], [8, 4])), "rounding": "floor"}
    names, used, apart = ["input"], {"input"}, set[str]()
    spec["layers"] = []
    while len(spec["layers"]) < count:
        ((kind, fields),) = pick.choice(RANDOM).items()
        recent = names[-3:] if pick.random() < 0.8 else names
        sources: Any = pick.choice(recent)
        if kind in ("add", "multiply", "average", "subtract", "concat", "maximum"):
            sources = [sources, *pick.choices(names, k=pick.choice((1, 1, 2)))]
        layer = {kind: {**fields, "name": f"n{len(names)}", "from": sources}}
        tried = trace(spec | {"layers": [*spec["layers"], layer]})
        if any(item.severity == "error" for item in tried.diagnostics):
            continue
        made = tried.layers[-1]
        if prod(made.output) > 2000:
            continue
        if fields.get("mode") == "bilinear" and (
            1 in made.input[0][:-1]  # copies, equal but for rounding: the largest is chance
            or apart & {sources}  # x - y and y - x meet at 0 but for rounding, which is a kink
        ):
            continue
        if kind == "batch_norm" and prod(made.output[:-1]) == 1:
            continue  # one value a slice: PyTorch refuses that in training
        if kind == "subtract" or not apart.isdisjoint(made.sources):
            apart.add(f"n{len(names)}")
        spec["layers"].append(layer)
        names.append(f"n{len(names)}")
        used |= {sources} if isinstance(sources, str) else set(sources)
    ends = [name for name in names if name not in used]
    return spec | {"outputs": ends}, ends


@pytest.mark.parametrize("seed", range(60))
def test_random_networks(seed: int) -> None:
    spec, ends = random_network(seed)
    compare_network(spec, ends, batch=1 + seed % 3 if seed % 2 else 2, seed=seed)


# -- composites --------------------------------------------------------------------------------

COMPOSED: dict[str, tuple[Written, Callable[[Tensor, dict[str, Tensor]], Tensor]]] = {
    "residual": (
        {
            "body": [{"conv": {"K": 4, "F": 3, "P": 1}}, "relu"],
            "shortcut": [{"conv": {"K": 4, "F": 1}}],
        },
        lambda x, p: (
            functional.relu(functional.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=1))
            + functional.conv2d(x, p["conv2.weight"], p["conv2.bias"])
        ),
    ),
    "parallel": (
        {
            "branches": [
                [{"conv": {"K": 2, "F": 3, "P": 1}}, "tanh"],
                [],
                [{"max_pool": {"F": 3, "S": 1, "P": 1}}],
            ]
        },
        lambda x, p: torch.cat(
            [
                torch.tanh(functional.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=1)),
                x,
                functional.max_pool2d(x, 3, 1, 1),
            ],
            1,
        ),
    ),
    "repeat": (
        {"times": 3, "layers": [{"conv": {"K": 4, "F": 2}}, "relu"]},
        lambda x, p: reduce(
            lambda y, i: functional.relu(
                functional.conv2d(y, p[f"conv{i}.weight"], p[f"conv{i}.bias"])
            ),
            (1, 2, 3),
            x,
        ),
    ),
}


@pytest.mark.parametrize("kind", COMPOSED)
def test_composites(kind: str) -> None:
    fields, function = COMPOSED[kind]
    traced = trace({"input": [6, 5, 4], "layers": [{kind: fields}]})
    (last,) = traced.outputs
    given = draw_given(traced, 0, 2, [last], "normal")
    x = torch.from_numpy(given.inputs["input"]).requires_grad_()
    parameters = {n: torch.from_numpy(p).requires_grad_() for n, p in given.parameters.items()}
    y = function(x, parameters)
    y.backward(torch.from_numpy(given.upstream[last]))
    for options in ({}, {"keep": "outputs"}):
        result = once(traced, given, **options)
        assert distance(result.outputs[last], y.detach()) <= EXACT
        wanted = gradients_of({"input": x}, parameters)
        assert not list(differences(result.gradients, wanted, EXACT))


def test_a_block_used_twice() -> None:
    pair = {"layers": [{"dense": 5}, "tanh"]}
    layers = [{"pair": {"name": "a"}}, {"pair": {"name": "b", "share": "a"}}]
    spec = {"input": 5, "blocks": {"pair": pair}, "layers": layers}
    traced = trace(spec)
    given = draw_given(traced, 0, 3, ["b.tanh1"], "normal")
    assert set(given.parameters) == {"a.dense1.weight", "a.dense1.bias"}
    x = torch.from_numpy(given.inputs["input"]).requires_grad_()
    parameters = {n: torch.from_numpy(p).requires_grad_() for n, p in given.parameters.items()}
    y = x
    for _ in range(2):
        y = torch.tanh(functional.linear(y, *parameters.values()))
    y.backward(torch.from_numpy(given.upstream["b.tanh1"]))
    result = once(traced, given._replace(upstream={"b": given.upstream["b.tanh1"]}))
    assert distance(result.outputs["b.tanh1"], y.detach()) <= EXACT
    assert not list(differences(result.gradients, gradients_of({"input": x}, parameters), EXACT))


# -- dropout -----------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["all", "outputs"])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("volume", [(40,), (9, 7, 11), (90, 80, 5)])
def test_dropout(volume: Volume, rate: float, keep: str) -> None:
    layers = [
        {"add": {"name": "two", "from": ["input", "input"]}},
        {"dropout": {"rate": rate, "name": "drop"}},
        {"average": {"name": "same", "from": ["drop", "drop"]}},
        {"dropout": {"rate": rate, "name": "other", "from": "two"}},
    ]
    spec = {"input": list(volume), "layers": layers, "outputs": ["same", "other"]}
    traced = trace(spec)
    given = draw_given(traced, 0, 3, ["same"], "normal")
    x = given.inputs["input"] + np.copysign(1, given.inputs["input"])  # no zeros
    given = Given({"input": x / 2}, {}, given.upstream)
    result = once(traced, given, keep=keep)
    y = result.outputs["same"]
    mask = y != 0
    assert distance(y, x * mask / (1 - rate)) <= EXACT
    assert distance(result.gradients["input"], 2 * given.upstream["same"] * mask / (1 - rate)) <= (
        EXACT
    )
    n = mask.size
    assert abs((~mask).sum() - n * rate) <= 5 * (n * rate * (1 - rate)) ** 0.5
    assert (mask != (result.outputs["other"] != 0)).any(), "layers have masks of their own"

    def again(**options: Any) -> Array:
        return once(traced, given, keep=keep, **options).outputs["same"]

    assert np.array_equal(y, again())
    assert np.array_equal(mask, again(dtype="float32") != 0)
    assert not np.array_equal(y, again(seed=1))
    assert np.array_equal(x, again(training=False))


# -- losses ------------------------------------------------------------------------------------

FINALS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    # from the output and the classes, the sum over examples and positions
    "softmax": lambda y, c: functional.nll_loss(y.log(), c, reduction="sum"),
    "log_softmax": lambda y, c: functional.nll_loss(y, c, reduction="sum"),
    "relu": lambda y, c: functional.cross_entropy(y, c, reduction="sum"),
}


def compare_loss(
    spec: Written, batch: int, loss: Mapping[str, Any], of: Callable[[dict[str, Tensor]], Tensor]
) -> None:
    """Compare a loss and every gradient with PyTorch's, given its loss from the values by name."""
    traced = trace(spec)
    given = draw_given(traced, batch, batch, [], "normal")
    values, parameters = evaluate(spec, given)
    total = of(values) / batch
    total.backward()
    for options in ({}, {"dtype": "float32"}, {"keep": "outputs"}):
        limit = LOOSE if "dtype" in options else EXACT
        result = run(traced, inputs=given.inputs, parameters=given.parameters, loss=loss, **options)
        assert distance(result.loss, total.item()) <= limit
        wanted = gradients_of(values, parameters)
        if "keep" in options:
            wanted = {n: g for n, g in wanted.items() if n in parameters or n in traced.inputs}
        found = list(differences(result.gradients, wanted, limit))
        assert not found, (options, found)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("volume", [(6,), (5, 3), (4, 3, 6)])
def test_squared_error(volume: Volume, batch: int) -> None:
    layers = [{"tanh": {"name": "a"}}, {"batch_norm": {"name": "b"}}, {"silu": {"name": "c"}}]
    layers = layers[:1] + layers[2:] if batch == 1 else layers
    wanted = np.random.default_rng(0).standard_normal((batch, *depth_first(volume)))
    loss = {"squared_error": wanted}
    of = lambda values: (values["c"] - torch.from_numpy(wanted)).square().sum()  # noqa: E731
    compare_loss({"input": list(volume), "layers": layers}, batch, loss, of)
    if batch == 1:
        compare_loss({"input": list(volume), "layers": layers}, 1, {"squared_error": wanted[0]}, of)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("volume", [(5,), (4, 3), (3, 4, 2), (2, 3, 2, 3)])
@pytest.mark.parametrize("final", FINALS)
def test_cross_entropy(final: str, volume: Volume, batch: int) -> None:
    linear = {"dense": {"units": 4, "name": "a"}}
    if len(volume) > 1:
        linear = {"conv": {"K": 4, "F": 1, "name": "a"}}
    spec = {"input": list(volume), "layers": [linear, {final: {"name": "b"}}]}
    classes = np.random.default_rng(0).integers(0, 4, (batch, *volume[:-1]))
    of = lambda values: FINALS[final](values["b"], torch.from_numpy(classes))  # noqa: E731
    compare_loss(spec, batch, {"cross_entropy": classes}, of)
    compare_loss(spec, batch, {"cross_entropy": {"b": classes.tolist()}}, of)


@pytest.mark.parametrize("further", [False, True])
@pytest.mark.parametrize("final", FINALS)
def test_losses_of_several_outputs(final: str, further: bool) -> None:
    """With `further` outputs feed other outputs, and a loss stands before and behind a softmax."""
    layers = [
        {"dense": {"units": 4, "name": "a"}},
        {final: {"name": "b"}},
        {"dense": {"units": 3, "name": "c", "from": "b" if further else "input"}},
        {"log_softmax": {"name": "d"}},
    ]
    outputs = ["b", "d", *(["a"] if further else [])]
    spec = {"input": [2, 3], "layers": layers, "outputs": outputs}
    rng = np.random.default_rng(0)
    classes = {"b": rng.integers(0, 4, 3), "d": rng.integers(0, 3, 3), "a": rng.integers(0, 4, 3)}
    finals = {"b": final, "d": "log_softmax", "a": "relu"}

    def of(values: dict[str, Tensor]) -> Tensor:
        return sum(FINALS[finals[n]](values[n], torch.from_numpy(classes[n])) for n in outputs)

    compare_loss(spec, 3, {"cross_entropy": {n: classes[n] for n in outputs}}, of)


@pytest.mark.parametrize("final", FINALS)
def test_cross_entropy_of_large_logits(final: str) -> None:
    """Scores a thousand apart: no infinity, no 0/0."""
    spec = {"input": 3, "layers": [{final: {"name": "b"}}]}
    x = np.array([[1000.0, 2.0, 900.0], [1.0, 800.0, 1600.0]])
    given = torch.from_numpy(x).requires_grad_()
    functional.cross_entropy(given, torch.tensor([1, 0]), reduction="sum").div(2).backward()
    result = run(spec, inputs=x, loss={"cross_entropy": [1, 0]})
    assert result.loss == pytest.approx((998 + 1599) / 2, rel=1e-12)
    assert distance(result.gradients["input"], given.grad) <= EXACT
