"""Operations that files of Keras 3 and tf.keras have among their layers: x*2 + 3, x[:, 1:], mean.

What has a kind becomes one; the rest becomes an operation, whose volume is worked out where that
takes no more than looking at axes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import isfinite, prod
from typing import Any

from shapecalc.frameworks.meanings import ACTIVATIONS
from shapecalc.layers import KINDS
from shapecalc.readers.items import Sizes, turned_back
from shapecalc.readers.keras.building import Building
from shapecalc.readers.keras.formulas import formula_of
from shapecalc.readers.keras.graph import Layer, TensorRef
from shapecalc.readers.keras.opaque import product, stretched, whole
from shapecalc.readers.keras.walk import Call
from shapecalc.readers.keras.words import word_of
from shapecalc.readers.opaque import Opaque
from shapecalc.volumes import titles_of

MERGED = ("Add", "Subtract", "Multiply", "Maximum", "Average", "Minimum", "Concatenate", "Merge")
OF_TENSORFLOW = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer")
JOINED = {"add": "add", "subtract": "subtract", "multiply": "multiply", "maximum": "maximum"}
SAME = {  # other names of an operation
    "sub": "subtract", "mul": "multiply", "true_divide": "divide", "truediv": "divide",
    "div": "divide", "realdiv": "divide", "concat": "concatenate", "abs": "absolute",
    "reduce_mean": "mean", "reduce_max": "max", "reduce_sum": "sum", "reduce_min": "min",
    "reduce_prod": "prod", "permute_dimensions": "transpose", "getitem": "get_item",
    "add_v2": "add", "neg": "negative", "hard_silu": "hard_swish",
}  # fmt: skip
REDUCED = ("mean", "max", "sum", "min", "prod", "var", "std", "any", "all", "argmax", "argmin",
           "logsumexp", "amax", "amin", "norm")  # fmt: skip
POOLED = {"mean": "global_avg_pool", "max": "global_max_pool", "amax": "global_max_pool"}
UNCHANGED = ("identity", "cast", "stop_gradient", "copy", "array", "convert_to_tensor")
ELEMENTWISE = {"absolute": "abs", "exp": "exp", "sqrt": "sqrt"}
KEPT = (
    "square", "log", "log1p", "log2", "expm1", "sin", "cos", "clip", "clip_by_value", "round",
    "floor", "ceil", "sign", "reciprocal", "erf", "rsqrt", "logical_not", "nan_to_num", "celu",
    "log_sigmoid", "squareplus", "sparse_plus", "soft_shrink", "hard_shrink", "tanh_shrink",
    "sparsemax", "threshold", "normalize", "l2_normalize", "cumsum", "flip", "roll", "sort",
    "bias_add", "power", "pow", "floor_divide", "mod", "dropout", "is_nan", "zeros_like",
    "ones_like", "erfinv", "arctan", "tan", "sinh", "cosh",
)  # fmt: skip
BETWEEN = ("divide", "minimum", "greater", "greater_equal", "less", "less_equal", "equal",
           "not_equal", "logical_and", "logical_or", "squared_difference", "arctan2")  # fmt: skip
NO_WEIGHTS: dict[str, list[int]] = {}


def name_of(layer: Layer) -> str | None:
    """Return the name of an operation, get_item or add, whoever wrote it; None for a layer."""
    if layer.class_name in OF_TENSORFLOW:
        function = layer.config.get("function")
        if layer.class_name == "SlicingOpLambda":
            return "get_item"
        name = function.rpartition(".")[2] if isinstance(function, str) else "unknown"
        return SAME.get(name, name)
    if layer.module is None:
        return _without_module(layer)
    return _snake(layer.class_name) if ".ops." in f"{layer.module}." else None


@lru_cache(1000)  # files repeat their classes
def _snake(class_name: str) -> str:
    name = re.sub("([a-z0-9])([A-Z])", r"\1_\2", class_name).lower()
    return SAME.get(name, name)


def _without_module(layer: Layer) -> str | None:
    """Return the name of an operation of Keras 3 in a file that leaves modules out (.h5).

    Layers say whether they are trainable. Those that join take a list, operations one tensor after
    the other.
    """
    if "trainable" in layer.config:
        return None
    name = _snake(layer.class_name)
    if layer.class_name in MERGED:
        arguments = layer.nodes[0].arguments if layer.nodes else ()
        if len(arguments) < 2 or type(arguments[0]) in (list, tuple):  # a reference is a tuple, too
            return None
    elif layer.class_name == "Reshape":
        return name if "newshape" in layer.config else None
    elif word_of(layer.class_name) is not None or formula_of(layer.class_name) is not None:
        return None
    return name if _is_known(name) else None


def _is_known(name: str) -> bool:
    """Say whether an operation has a meaning here."""
    listed = name in JOINED or name in ELEMENTWISE or name in ACTIVATIONS
    lists = (UNCHANGED, REDUCED, KEPT, BETWEEN)
    return listed or any(name in names for names in lists) or hasattr(_Operation, f"_of_{name}")


def keeps_order(layer: Layer) -> bool:
    """Say whether an operation gives its axes in the order in which it gets them."""
    name = name_of(layer)
    return name in JOINED or name in KEPT or name in BETWEEN or name in ACTIVATIONS or (
        name in (*UNCHANGED, *ELEMENTWISE, "concatenate", "negative", "pad")
    )  # fmt: skip


def add(building: Building, call: Call) -> None:
    """Add what an operation is in the spec."""
    name = name_of(call.layer) or ""
    value = None
    if call.inputs:
        value = _Operation(building, call, name).value()
    if value is None:
        what = call.layer.config.get("function") if name != "get_item" else None
        shown = what if isinstance(what, str) else call.layer.class_name
        building.opaque(call, shown, Opaque((None,), NO_WEIGHTS), building.sources(call))
    elif call.outputs[0] not in building.values:
        building.gives(call, value)


class _Operation:
    """One call of an operation."""

    def __init__(self, building: Building, call: Call, name: str) -> None:
        self.building, self.call, self.name = building, call, name
        self.items = building.items
        self.sources = building.sources(call)
        self.source = self.sources[0]
        self.operands = list(call.node.arguments)
        self.options: dict[str, Any] = {**call.layer.config, **call.node.keywords}

    def value(self) -> str | None:
        """Return its value, or None where nothing is known of it."""
        name = self.name
        if name in JOINED or name in BETWEEN or name == "power":
            return self._of_two()
        if name in UNCHANGED:
            return self._kept("identity", {})
        if name in ACTIVATIONS:
            return self._activation()
        if name in ELEMENTWISE:
            return self._kept(ELEMENTWISE[name], {})
        if name == "negative":
            return self._kept("scale", {"weight": -1.0})
        if name in REDUCED:
            return self._reduced()
        special: Callable[[], str | None] | None = getattr(self, f"_of_{name}", None)
        if special is not None:
            return special()
        if name in KEPT:
            return self._unchanged()
        return None

    def _kept(self, kind: str, fields: dict[str, Any]) -> str:
        return self.building.add(
            self.call, kind, fields, [self.source], self.building.rank(self.source),
            first=self.source in self.items.first,
        )  # fmt: skip

    def _unchanged(self) -> str:
        """Add an operation that keeps its volume."""
        return self._opaque(self.items.file_volume(self.source), keeps=True)

    def _opaque(self, sizes: Sizes | None, macs: int | None = 0, *, keeps: bool = False) -> str:
        function = self.options.get("function")
        what = function if isinstance(function, str) else self.call.layer.class_name
        found = Opaque((sizes,), NO_WEIGHTS, macs, keeps=keeps)
        return self.building.opaque(self.call, what, found, self.sources)

    def _option(self, *names: str, place: int | None = None) -> Any:
        """Return an option under one of its names, or that at a place behind the tensor."""
        for name in names:
            if name in self.options:
                return self.options[name]
        if place is not None and place < len(self.operands):
            return self.operands[place]
        return None

    # -- arithmetic --------------------------------------------------------------------------------

    def _of_two(self) -> str | None:
        operands = [*self.operands, *(self.options[k] for k in ("x", "x2", "y", "b")
                                      if k in self.options)][:2]  # fmt: skip
        if len(self.sources) > 1:
            if self.name in JOINED:
                return merged(self.building, self.call, JOINED[self.name], self.sources, None)
            return self._opaque(stretched([self.items.file_volume(s) for s in self.sources]))
        if len(operands) == 2:
            fields = self._scaled(*operands)
            if fields is not None:
                return self._kept("scale", fields)
        alone = len(operands) == 2 and any(_number(operand) is not None for operand in operands)
        return self._unchanged() if alone else self._opaque(None)

    def _scaled(self, one: Any, other: Any) -> dict[str, Any] | None:
        """Return a product or sum with a number as fields of scale."""
        behind = isinstance(one, TensorRef)
        number = _number(other if behind else one)
        if number is None:
            return None
        if self.name == "multiply":
            return {"weight": number}
        if self.name == "add":
            return {"weight": False, "bias": number}
        if self.name == "subtract":
            return (
                {"weight": False, "bias": -number} if behind else {"weight": -1.0, "bias": number}
            )
        if self.name == "divide" and behind and number:
            return {"weight": 1 / number}
        return None

    def _activation(self) -> str | None:
        kind, fields = ACTIVATIONS[self.name]
        axis = self._option("axis", place=1)
        if axis is not None and not self.building.is_depth(
            self.source, self.building.axis(self.source, axis)
        ):
            return self._unchanged()
        slope = _number(self._option("negative_slope", "alpha"))
        if self.name == "leaky_relu" and slope is not None:
            fields = {"slope": slope}
        return self._kept(kind, dict(fields)) if kind in KINDS else None

    def _of_matmul(self) -> str | None:
        if len(self.sources) != 2:
            return None
        one, other = (self.items.file_volume(source) for source in self.sources)
        if not one or not other or len(one) != len(other) or len(one) < 2:
            return None
        values = product(*one)
        macs = None if values is None or other[-1] is None else values * other[-1]
        return self._opaque((*one[:-1], other[-1]), macs)

    # -- axes --------------------------------------------------------------------------------------

    def _axes(self, axes: Any) -> list[int] | None:
        """Return axes without the batch, counted from 0 as the file has them."""
        rank = self.building.rank(self.source)
        listed = axes if isinstance(axes, list | tuple) else [axes]
        if rank is None or not all(type(axis) is int for axis in listed):
            return None
        found = [axis + rank if axis < 0 else axis - 1 for axis in listed]
        return found if all(0 <= axis < rank for axis in found) else None

    def _reduced(self) -> str | None:
        keeps = self._option("keepdims", "keep_dims", place=2) is True
        axes = self._axes(self._option("axis", "dim", place=1))
        rank = self.building.rank(self.source)
        if axes is None or rank is None:
            return None
        spatial = range(1, rank) if self.source in self.items.first else range(rank - 1)
        kind = POOLED.get(self.name)
        if kind and 2 <= rank <= 4 and sorted(axes) == list(spatial):
            fields = {} if keeps else {"keep": False}
            first = keeps and self.source in self.items.first
            return self.building.add(
                self.call, kind, fields, [self.source], rank if keeps else 1, first=first
            )
        sizes = self.items.file_volume(self.source)
        if sizes is None:
            return self._opaque(None)
        left = [1 if n in axes else size for n, size in enumerate(sizes) if keeps or n not in axes]
        return self._opaque(tuple(left))

    def _of_concatenate(self) -> str | None:
        axis = self._option("axis", place=1)
        return merged(
            self.building, self.call, "concat", self.sources, -1 if axis is None else axis
        )

    def _of_reshape(self) -> str | None:
        shape = self._option("newshape", "shape", place=1)
        if not isinstance(shape, list | tuple) or len(shape) < 2:
            return None
        return reshaped(self.building, self.call, list(shape)[1:], self.source)

    def _of_transpose(self) -> str | None:
        axes = self._option("axes", "perm", place=1)
        return permuted(self.building, self.call, axes, self.source)

    def _of_expand_dims(self) -> str | None:
        sizes = self.items.file_volume(self.source)
        axis = self._option("axis", place=1)
        if sizes is None or type(axis) is not int:
            return None
        place = axis + len(sizes) + 1 if axis < 0 else axis - 1
        if not 0 <= place <= len(sizes):
            return None
        return reshaped(self.building, self.call, [*sizes[:place], 1, *sizes[place:]], self.source)

    def _of_squeeze(self) -> str | None:
        sizes, axis = self.items.file_volume(self.source), self._option("axis", place=1)
        axes = None if axis is None else self._axes(axis)
        if sizes is None or axes is None or any(sizes[place] != 1 for place in axes):
            return None
        left = [size for place, size in enumerate(sizes) if place not in axes]
        return reshaped(self.building, self.call, left or [1], self.source)

    def _of_pad(self) -> str | None:
        pairs = self._option("pad_width", "paddings", place=1)
        if not isinstance(pairs, list) or len(pairs) < 3 or not all(map(_is_pair, pairs)):
            return None
        first = self.source in self.items.first
        spatial, depth = (pairs[2:], pairs[1]) if first else (pairs[1:-1], pairs[-1])
        if (
            any(pairs[0])
            or any(depth)
            or self._option("mode") not in (None, "constant", "CONSTANT")
        ):
            return None
        return self._kept("pad", {"P": spatial})

    # -- parts -------------------------------------------------------------------------------------

    def _of_split(self) -> str | None:
        """Return the first of equal parts; the others have names of their own."""
        parts = whole(self._option("indices_or_sections", "num_or_size_splits", place=1))
        number = self.building.axis(self.source, self._option("axis", place=2) or -1)
        rank = self.building.rank(self.source)
        if parts is None or number is None or rank is None or not 1 <= rank <= 4:
            return None
        if len(self.call.outputs) > parts:
            return None
        title = titles_of((1,) * rank)[number] if number >= 0 else "depth"
        for index, tensor in enumerate(self.call.outputs):
            fields: dict[str, Any] = {"part": index + 1, "of": parts}
            if title != "depth":
                fields["axis"] = title
            self.building.values[tensor] = self.building.add(
                self.call, "slice", fields, [self.source], rank,
                first=self.source in self.items.first, name=f":{index}" if index else "",
            )  # fmt: skip
        return self.building.values[self.call.outputs[0]]

    def _of_get_item(self) -> str | None:
        """Return a part of one axis as a slice; whatever else is indexed as an operation."""
        written = self._option("slice_spec", "key", place=1)
        rank = self.building.rank(self.source)
        if rank is None:
            return None
        parts = [_part(part) for part in (written if isinstance(written, list) else [written])]
        if any(part is None for part in parts) or not parts or len(parts) > rank + 1:
            return None
        if parts[0] != _WHOLE:
            return None
        rest = [part for part in parts[1:] if part is not None]
        cut = [(place, part) for place, part in enumerate(rest) if part != _WHOLE]
        if not cut:
            return self._kept("identity", {})
        place, part = cut[0]
        if len(cut) == 1 and isinstance(part, tuple) and rank <= 4:
            start, stop = part
            number = self.building.axis(self.source, place + 1)
            if number is None:
                return None
            limits = {"start": start, "stop": stop}
            title = titles_of((1,) * rank)[number]
            fields: dict[str, Any] = {k: v for k, v in limits.items() if v is not None}
            return self._kept("slice", fields if title == "depth" else {"axis": title, **fields})
        return self._opaque(_indexed(self.items.file_volume(self.source), rest))


def _number(value: Any) -> float | None:
    """Return a finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)


_WHOLE = (None, None)


def _part(written: Any) -> tuple[int | None, int | None] | int | None:
    """Return what is taken of an axis: start and stop, or one index; None where it is neither."""
    if type(written) is int:
        return written
    if not isinstance(written, Mapping):
        return None
    limits = written.get("config") if written.get("class_name") == "__slice__" else written
    if not isinstance(limits, Mapping) or "start" not in limits:
        return None
    start, stop, step = (limits.get(key) for key in ("start", "stop", "step"))
    if step not in (None, 1) or any(type(v) is not int for v in (start, stop) if v is not None):
        return None
    return (start or None, stop)


def _indexed(sizes: Sizes | None, parts: Sequence[Any]) -> Sizes | None:
    """Return what is left of a volume; an axis of which one index is taken goes."""
    if sizes is None:
        return None
    left: list[int | None] = []
    for place, size in enumerate(sizes):
        part = parts[place] if place < len(parts) else _WHOLE
        if isinstance(part, int):
            continue
        left.append(size if part == _WHOLE or size is None else len(range(size)[slice(*part)]))
    return tuple(left)


# -- for layers and operations alike ---------------------------------------------------------------


def merged(
    building: Building, call: Call, kind: str, sources: Sequence[str], axis: Any
) -> str | None:
    """Add what joins several values, with `axis` along that one; None where it has no kind."""
    items = building.items
    first = sources[0] in items.first
    sources = [building.in_order(call, source, first) for source in sources]
    ranks = [rank for source in sources if (rank := building.rank(source)) is not None]
    rank = max(ranks, default=None)
    fields: dict[str, Any] = {}
    if len(sources) == 1:
        return building.add(call, "identity", {}, sources, rank, first=first)
    if kind == "concat":
        number = building.axis(sources[0], axis)
        if rank is not None and number is None:
            return None
        if not building.is_depth(sources[0], number) and rank is not None and number is not None:
            fields["axis"] = titles_of((1,) * rank)[number] if rank <= 4 else number
    return building.add(call, kind, fields, sources, rank, first=first)


def reshaped(building: Building, call: Call, target: Any, source: str) -> str | None:
    """Add a reshape to sizes in the file's order, of which one may be -1: what is left over."""
    if not isinstance(target, list) or not target or len(target) > 8:
        return None
    sizes = [-1 if size is None else size for size in target]
    if any(type(size) is not int for size in sizes):
        return None
    first = len(sizes) > 1 and building.layouts.depth_first(call.outputs[0])
    if any(size < 1 for size in sizes):
        volume = building.items.file_volume(source)
        known = prod(size for size in sizes if size != -1)
        if sizes.count(-1) != 1 or known < 1:
            return None
        values = None if volume is None else product(*volume)
        if values is None or values % known:
            left: Sizes = tuple(None if size == -1 else size for size in sizes)
            found = Opaque((left,), NO_WEIGHTS, 0)
            return building.opaque(call, call.layer.class_name, found, [source])
        sizes[sizes.index(-1)] = values // known
    output = turned_back(tuple(sizes)) if first else tuple(sizes)
    return building.add(
        call, "reshape", {"output": list(output)}, [source], len(output), first=first
    )


def permuted(building: Building, call: Call, axes: Any, source: str) -> str | None:
    """Add a transpose by the axes of the file, of which 0 is the batch and stays in front."""
    if not isinstance(axes, list) or any(type(axis) is not int for axis in axes):
        return None
    if sorted(axes) != list(range(len(axes))) or axes[:1] != [0] or len(axes) < 2:
        return None
    if building.rank(source) is None:
        building.items.ranks[source] = len(axes) - 1
    if building.rank(source) != len(axes) - 1:
        return None
    first = len(axes) > 2 and building.layouts.depth_first(call.outputs[0])
    order = tuple(axes[1:])
    order = turned_back(order) if first else order
    numbers = [building.axis(source, axis) for axis in order]
    found = [number for number in numbers if number is not None]
    if found == list(range(len(found))):
        return building.add(call, "identity", {}, [source], len(found), first=first)
    return building.add(call, "transpose", {"axes": found}, [source], len(found), first=first)
